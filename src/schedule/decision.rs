//! The full record behind one planned run.

use super::endpoint::EndpointId;
use super::log::{CallId, PauseEnd};
use crate::time::Instant;

/// What a run came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Source {
    /// The endpoint's own schedule.
    Baseline,
    /// A fresh interval hint.
    IntervalHint,
    /// A fresh one-shot.
    OneShot,
}

impl Source {
    /// The name that exports use.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Baseline => "baseline",
            Self::IntervalHint => "interval_hint",
            Self::OneShot => "one_shot",
        }
    }
}

/// What moved a candidate away from its raw time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clamp {
    /// The smallest gap.
    Min,
    /// The largest gap.
    Max,
    /// The cooldown.
    Cooldown,
    /// The present: an overdue endpoint runs now (or when its pause ends).
    Now,
}

impl Clamp {
    /// The name that exports use.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Min => "min",
            Self::Max => "max",
            Self::Cooldown => "cooldown",
            Self::Now => "now",
        }
    }
}

/// Why a candidate does not count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotCounting {
    /// Its hint has expired.
    Expired,
    /// Its result is not before its hint's expiry.
    ExpiresFirst,
    /// An interval hint replaces the baseline (`governor = "override"`).
    Overridden,
    /// The endpoint is paused without an end that is known.
    Paused,
}

impl NotCounting {
    /// The name that exports use.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Expired => "expired",
            Self::ExpiresFirst => "expires_first",
            Self::Overridden => "overridden",
            Self::Paused => "paused",
        }
    }
}

/// One time that was considered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// What it comes from.
    pub source: Source,
    /// The time before floors and clamps.
    pub raw: Instant,
    /// The time after them.
    pub at: Instant,
    /// What moved it last, if its result is not its raw time.
    pub moved: Option<Clamp>,
    /// Why it does not count, or nothing if it does.
    pub not_counting: Option<NotCounting>,
    /// The call that made its hint.
    pub call: Option<CallId>,
    /// When its hint expires.
    pub expires: Option<Instant>,
}

/// A pause as the governor saw it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PauseSeen {
    /// When it ends.
    pub end: PauseEnd,
    /// The call that made it.
    pub call: CallId,
}

/// The full record behind one planned run, or behind there being none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decision {
    /// Whose run it is.
    pub endpoint: EndpointId,
    /// When it was planned.
    pub decided_at: Instant,
    /// Start of the run before it.
    pub anchor: Option<Instant>,
    /// Consecutive failures that lengthen the baseline.
    pub failures: u8,
    /// Whether a run is in progress, so that nothing is planned.
    pub running: bool,
    /// The planned time, or nothing.
    pub at: Option<Instant>,
    /// The winner.
    pub source: Option<Source>,
    /// What moved the winner.
    pub clamp: Option<Clamp>,
    /// Baseline, interval hint and one-shot, as far as there are any.
    pub candidates: [Option<Candidate>; 3],
    /// The pause in force.
    pub pause: Option<PauseSeen>,
}

impl Decision {
    /// The candidates there are, baseline first.
    pub fn considered(&self) -> impl Iterator<Item = &Candidate> {
        self.candidates.iter().flatten()
    }

    /// The candidate that won.
    #[must_use]
    pub fn winner(&self) -> Option<&Candidate> {
        let source = self.source?;
        self.considered()
            .find(|candidate| candidate.source == source)
    }

    /// When the winning hint expires.
    #[must_use]
    pub fn expires(&self) -> Option<Instant> {
        self.winner()?.expires
    }
}
