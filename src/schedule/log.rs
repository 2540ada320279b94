//! What happened, append-only and compact: runs, calls, the ends of hints, and the states in between.
//!
//! A run stores only what cannot be worked out again; the governor rebuilds its decision from the state that
//! held when it was planned ([`Context`]). A call stores when, of whom, and which [`Wish`].

use std::fmt;
use std::sync::Arc;

use super::decision::{Clamp, Decision, Source};
use super::endpoint::{Endpoint, EndpointId};
use super::governor::{self, Governor, IntervalHint, OneShot, Pause, Standing, State};
use crate::time::{Instant, Span};

/// A call's number in the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CallId(pub u32);

impl CallId {
    /// Stands for no call: half the size of an option.
    const NONE: Self = Self(u32::MAX);

    fn known(self) -> Option<Self> {
        (self != Self::NONE).then_some(self)
    }
}

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

    /// The same tool with every moment moved by `by`.
    #[must_use]
    #[inline]
    fn moved(self, by: Span) -> Self {
        match self {
            Self::ProposeNextTime { at, ttl } => Self::ProposeNextTime { at: at + by, ttl },
            Self::PauseUntil(Some(PauseEnd::At(until))) => {
                Self::PauseUntil(Some(PauseEnd::At(until + by)))
            }
            other => other,
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

impl std::error::Error for Refusal {}

/// What calls ask for, apart from when and of whom: the same wish is made again and again, and kept once.
#[derive(Clone, Debug, PartialEq)]
pub struct Wish {
    /// What was asked for, as if the call had been made at the start.
    pub tool: Tool,
    /// Who asked.
    pub origin: Origin,
    /// Why, in the caller's words.
    pub reason: Arc<str>,
}

/// One tool call, as compactly as it can be kept; [`Log::call`] reads it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CallRecord {
    /// When.
    pub at: Instant,
    /// On which endpoint.
    pub endpoint: EndpointId,
    /// The place of its wish in the log.
    pub wish: u32,
}

/// One tool call and its answer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Call<'a> {
    /// When.
    pub at: Instant,
    /// On which endpoint.
    pub endpoint: EndpointId,
    /// What was asked for.
    pub tool: Tool,
    /// Who asked.
    pub origin: Origin,
    /// Why, in the caller's words.
    pub reason: &'a Arc<str>,
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
    interval: CallId,
    one_shot: CallId,
    pause: CallId,
    /// Consecutive failures.
    pub failures: u8,
}

impl Context {
    /// What stands from an instant on.
    #[inline]
    pub(super) fn new(endpoint: EndpointId, standing: &Standing, from: Instant) -> Self {
        Self {
            from,
            endpoint,
            interval: standing.interval.map_or(CallId::NONE, |hint| hint.call),
            one_shot: standing.one_shot.map_or(CallId::NONE, |hint| hint.call),
            pause: standing.pause.map_or(CallId::NONE, |pause| pause.call),
            failures: standing.failures,
        }
    }

    /// The call behind the interval hint.
    #[must_use]
    pub fn interval(&self) -> Option<CallId> {
        self.interval.known()
    }

    /// The call behind the one-shot.
    #[must_use]
    pub fn one_shot(&self) -> Option<CallId> {
        self.one_shot.known()
    }

    /// The call behind the pause.
    #[must_use]
    pub fn pause(&self) -> Option<CallId> {
        self.pause.known()
    }
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
    pub calls: Vec<CallRecord>,
    /// What calls asked for.
    pub wishes: Vec<Wish>,
    /// The calls that were refused, in order, and why.
    pub refusals: Vec<(CallId, Refusal)>,
    /// All ends of hints.
    pub endings: Vec<HintEnding>,
    /// All states that endpoints were in, in order of their beginning.
    pub contexts: Vec<Context>,
}

/// How many of the latest wishes a new call is compared with.
const WISHES_AT_HAND: usize = 4;

impl Log {
    /// Writes a call down.
    pub(super) fn add_call(
        &mut self,
        (at, endpoint): (Instant, EndpointId),
        tool: Tool,
        (origin, reason): (Origin, &Arc<str>),
    ) -> CallId {
        let tool = tool.moved(Instant::START - at);
        let same = |wish: &Wish| {
            wish.tool == tool && wish.origin == origin && Arc::ptr_eq(&wish.reason, reason)
        };
        let from = self.wishes.len().saturating_sub(WISHES_AT_HAND);
        let at_hand = self.wishes.get(from..).unwrap_or_default();
        let wish = match at_hand.iter().rposition(same) {
            Some(place) => from + place,
            None => {
                self.wishes.push(Wish {
                    tool,
                    origin,
                    reason: reason.clone(),
                });
                self.wishes.len() - 1
            }
        };
        let id = CallId(index_of(self.calls.len()));
        self.calls.push(CallRecord {
            at,
            endpoint,
            wish: index_of(wish),
        });
        id
    }

    /// A call by its number.
    #[must_use]
    pub fn call(&self, id: CallId) -> Option<Call<'_>> {
        let record = self.calls.get(id.0 as usize)?;
        let wish = self.wishes.get(record.wish as usize)?;
        let refused = self
            .refusals
            .binary_search_by_key(&id, |(refused, _)| *refused)
            .ok()
            .and_then(|place| Some(self.refusals.get(place)?.1));
        Some(Call {
            at: record.at,
            endpoint: record.endpoint,
            tool: wish.tool.moved(record.at - Instant::START),
            origin: wish.origin,
            reason: &wish.reason,
            refused,
        })
    }

    /// The reason of the hint that started a run, if one did.
    #[must_use]
    pub fn reason_of(&self, run: RunId) -> Option<&Arc<str>> {
        let run = self.run(run)?;
        let context = self.contexts.get(run.context.0 as usize)?;
        let call = match run.source? {
            Source::Baseline => return None,
            Source::IntervalHint => context.interval()?,
            Source::OneShot => context.one_shot()?,
        };
        Some(self.call(call)?.reason)
    }

    /// All calls with their numbers, refused ones too.
    pub fn all_calls(&self) -> impl Iterator<Item = (CallId, Call<'_>)> {
        (0..index_of(self.calls.len()))
            .map(CallId)
            .filter_map(|id| Some((id, self.call(id)?)))
    }

    /// The hints, pause and failures of a context.
    #[must_use]
    pub fn standing(&self, context: &Context) -> Standing {
        let call = |id: Option<CallId>| id.and_then(|id| Some((id, self.call(id)?)));
        let interval = call(context.interval()).and_then(|(id, call)| match call.tool {
            Tool::ProposeInterval { every, ttl } => Some(IntervalHint {
                every,
                expires: call.at + ttl,
                call: id,
            }),
            _ => None,
        });
        let one_shot = call(context.one_shot()).and_then(|(id, call)| match call.tool {
            Tool::ProposeNextTime { at, ttl } => Some(OneShot {
                at,
                expires: call.at + ttl,
                call: id,
            }),
            _ => None,
        });
        let pause = call(context.pause()).and_then(|(id, call)| match call.tool {
            Tool::PauseUntil(Some(end)) => Some(Pause { end, call: id }),
            _ => None,
        });
        Standing {
            failures: context.failures,
            interval,
            one_shot,
            pause,
        }
    }

    /// When a run was planned for the last time: when the run before it ended, or when the state that it was planned
    /// in began, whichever was later.
    #[must_use]
    pub fn decided_at(&self, run: &Run) -> Instant {
        self.planned_after(run.context, run.before())
    }

    /// When what follows `before` was planned for the last time, in a state.
    pub(super) fn planned_after(&self, context: ContextId, before: Option<RunId>) -> Instant {
        let began = self
            .contexts
            .get(context.0 as usize)
            .map(|context| context.from);
        let ended = before.and_then(|before| self.run(before)?.end());
        began.max(ended).unwrap_or(Instant::START)
    }

    /// A run by its number.
    #[must_use]
    pub fn run(&self, id: RunId) -> Option<&Run> {
        self.runs.get(id.0 as usize)
    }

    /// The decision behind a run, made again by the governor from what the run stored.
    #[must_use]
    pub fn decision(&self, run: &Run, endpoint: &Endpoint, governor: Governor) -> Option<Decision> {
        let context = self.contexts.get(run.context.0 as usize)?;
        let before = run.before().and_then(|before| self.run(before));
        let state = State {
            anchor: before.map(|before| before.start),
            running: false,
            standing: &self.standing(context),
        };
        Some(governor::decide(
            run.endpoint,
            endpoint,
            &state,
            self.decided_at(run),
            governor,
        ))
    }
}

/// A length as a number of the log; logs end long before 2^32 entries, since memory does.
#[inline]
pub(super) fn index_of(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}
