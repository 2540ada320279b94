//! What happened, append-only and compact: runs, calls, the ends of hints, and the states in between.
//!
//! A run stores only what cannot be worked out again; the governor rebuilds its decision from the state that
//! held when it was planned ([`Context`]).

use std::fmt;
use std::sync::Arc;

use super::decision::{Clamp, Source};
use super::endpoint::EndpointId;
use crate::time::{Instant, Span};

/// A call's number in the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CallId(pub u32);

/// A run's number in the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RunId(pub u32);

/// A state's number in the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ContextId(pub u32);

/// Who called a tool: a number whose meaning belongs to the caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Origin(pub u32);

impl Origin {
    /// The definition itself: an endpoint that is asleep from the start.
    pub const DEFINITION: Self = Self(u32::MAX);
}

/// When a pause ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PauseEnd {
    /// At a time.
    At(Instant),
    /// When it is lifted.
    Forever,
    /// When the condition of this number holds; whoever evaluates it lifts the pause.
    Condition(u32),
}

/// What was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tool {
    /// Run every so often for a while.
    ProposeInterval {
        /// The interval, start to start.
        every: Span,
        /// How long the hint lasts.
        ttl: Span,
    },
    /// Run once at a time.
    ProposeNextTime {
        /// When.
        at: Instant,
        /// How long the hint lasts.
        ttl: Span,
    },
    /// Start nothing until then; nothing at all means: wake.
    PauseUntil(Option<PauseEnd>),
    /// Forget both hints.
    ClearHints,
}

impl Tool {
    /// The tool's name.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::ProposeInterval { .. } => "propose_interval",
            Self::ProposeNextTime { .. } => "propose_next_time",
            Self::PauseUntil(_) => "pause_until",
            Self::ClearHints => "clear_hints",
        }
    }
}

/// Why a call was refused; the first that applies, in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// No endpoint has that number.
    UnknownEndpoint,
    /// An interval or a time to live of nothing or less.
    NotPositive,
    /// A time before now, or below zero.
    InThePast,
    /// A time that is not before the hint's own expiry.
    AfterExpiry,
    /// A time inside the endpoint's cooldown, which ends then.
    InCooldown(Instant),
}

impl Refusal {
    /// The code that programs may rely on.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::UnknownEndpoint => "unknown_endpoint",
            Self::NotPositive => "not_positive",
            Self::InThePast => "in_the_past",
            Self::AfterExpiry => "after_expiry",
            Self::InCooldown(_) => "in_cooldown",
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownEndpoint => f.write_str("no such endpoint"),
            Self::NotPositive => {
                f.write_str("an interval and a time to live must be longer than nothing")
            }
            Self::InThePast => f.write_str("that time is already past"),
            Self::AfterExpiry => f.write_str("that time is not before the hint's own expiry"),
            Self::InCooldown(until) => write!(f, "still cooling down until {until}"),
        }
    }
}

/// One tool call and its answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    /// When.
    pub at: Instant,
    /// On which endpoint.
    pub endpoint: EndpointId,
    /// What was asked for.
    pub tool: Tool,
    /// Who asked.
    pub origin: Origin,
    /// Why, in the caller's words.
    pub reason: Arc<str>,
    /// Nothing if it was accepted.
    pub refused: Option<Refusal>,
}

/// How a hint ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HintEnd {
    /// A one-shot that caused this run.
    Ran(RunId),
    /// A newer call took its place.
    Replaced(CallId),
    /// It was cleared.
    Cleared(CallId),
    /// It expired without ever having caused a run.
    ExpiredUnused,
    /// It expired after having caused at least one run.
    Expired,
}

/// The end of a hint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HintEnding {
    /// When.
    pub at: Instant,
    /// Whose.
    pub endpoint: EndpointId,
    /// The call that made the hint.
    pub call: CallId,
    /// How.
    pub how: HintEnd,
}

/// An endpoint's hints, pause and failures from one instant until its next context.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Context {
    /// From when it holds.
    pub from: Instant,
    /// Whose it is.
    pub endpoint: EndpointId,
    /// The call behind the interval hint.
    pub interval: Option<CallId>,
    /// The call behind the one-shot.
    pub one_shot: Option<CallId>,
    /// The call behind the pause.
    pub pause: Option<CallId>,
    /// Consecutive failures.
    pub failures: u8,
}

/// One run, as compactly as its decision can still be rebuilt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Run {
    /// When it started.
    pub start: Instant,
    /// How long it took, or less than nothing while it is in progress.
    pub took: Span,
    /// Whose it is.
    pub endpoint: EndpointId,
    /// The run of the same endpoint before it, or `NONE` for the first: half the size of an option.
    pub(super) before: RunId,
    /// The state that it was planned in.
    pub context: ContextId,
    /// What it came from; nothing if it was started without a plan.
    pub source: Option<Source>,
    /// What moved it.
    pub clamp: Option<Clamp>,
    /// Whether it succeeded.
    pub ok: bool,
}

impl Run {
    /// Marks a run that has not ended.
    pub(super) const IN_PROGRESS: Span = Span::from_ms(-1);
    /// Stands for no run.
    pub(super) const NONE: RunId = RunId(u32::MAX);

    /// The run of the same endpoint before it.
    #[must_use]
    pub fn before(&self) -> Option<RunId> {
        (self.before != Self::NONE).then_some(self.before)
    }

    /// When it ended, or nothing while it is in progress.
    #[must_use]
    pub fn end(&self) -> Option<Instant> {
        (self.took >= Span::ZERO).then(|| self.start + self.took)
    }
}

/// Everything that happened, in order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Log {
    /// All runs, in order of their start.
    pub runs: Vec<Run>,
    /// All calls, refused ones too.
    pub calls: Vec<Call>,
    /// All ends of hints.
    pub endings: Vec<HintEnding>,
    /// All states that endpoints were in, in order of their beginning.
    pub contexts: Vec<Context>,
}
