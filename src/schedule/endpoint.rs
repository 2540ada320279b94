//! What an endpoint is: its tier, its own schedule and the limits on its gaps.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::cron::Cron;
use crate::time::{Instant, Span};

/// An endpoint's number: its place in the order of declaration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct EndpointId(pub u32);

impl EndpointId {
    /// The number as an index.
    #[must_use]
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

/// The four tiers: each reads what the tier below it found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Tier {
    /// Watches the system itself.
    Health,
    /// Looks for the cause.
    Investigation,
    /// Acts on the system.
    Recovery,
    /// Tells people.
    Alert,
}

impl Tier {
    /// All tiers, from the lowest up.
    pub const ALL: [Self; 4] = [
        Self::Health,
        Self::Investigation,
        Self::Recovery,
        Self::Alert,
    ];

    /// The tier's name, as scenarios and exports write it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Health => "health",
            Self::Investigation => "investigation",
            Self::Recovery => "recovery",
            Self::Alert => "alert",
        }
    }

    /// The tier of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|tier| tier.name() == name)
    }

    /// What endpoints of this tier go by, in the reader's words.
    #[must_use]
    pub const fn reads(self) -> &'static str {
        match self {
            Self::Health => "reads metrics",
            Self::Investigation => "reads health",
            Self::Recovery => "reads findings",
            Self::Alert => "reads recovery history",
        }
    }

    /// Whether endpoints of this tier look (health, investigation) rather than act (recovery, alert).
    #[must_use]
    pub const fn is_check(self) -> bool {
        matches!(self, Self::Health | Self::Investigation)
    }
}

impl fmt::Display for Tier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// An endpoint's own schedule.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Baseline {
    /// None: it runs on demand only.
    None,
    /// Every so often, counted from the start of the last run.
    Every(Span),
    /// At the slots of a cron expression.
    Cron(Box<Cron>),
}

/// One piece of recurring or on-demand work.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Endpoint {
    /// Its name, unique among its fellows.
    pub name: String,
    /// The tier that it belongs to.
    pub tier: Tier,
    /// Its own schedule.
    pub baseline: Baseline,
    /// Smallest start-to-start gap.
    pub min: Span,
    /// Largest start-to-start gap of a baseline or an interval hint.
    pub max: Span,
    /// Shortest time between two executions, from the start of the last; zero for none.
    pub cooldown: Span,
    /// When an endpoint that has never run is first due.
    pub start_at: Instant,
    /// Whether it is paused until somebody wakes it.
    pub asleep: bool,
}

/// Why an endpoint cannot be defined.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DefinitionError {
    /// Two endpoints of one name.
    Duplicate(String),
    /// The smallest gap is larger than the largest.
    MinOverMax(String, Span, Span),
    /// An interval or a largest gap that is not positive, or a smallest gap, cooldown or start below zero.
    OutOfRange(String, &'static str, i64),
}

impl DefinitionError {
    /// A short name that programs may rely on.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Duplicate(_) => "duplicate_endpoint",
            Self::MinOverMax(..) => "min_over_max",
            Self::OutOfRange(..) => "out_of_range",
        }
    }
}

impl fmt::Display for DefinitionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Duplicate(name) => write!(
                f,
                "endpoint `{name}` is defined twice; give each its own name"
            ),
            Self::MinOverMax(name, min, max) => {
                write!(
                    f,
                    "endpoint `{name}`: min ({min}) is larger than max ({max}); lower min or raise max"
                )
            }
            Self::OutOfRange(name, what, ms) => {
                write!(f, "endpoint `{name}`: {what} cannot be {ms} ms")
            }
        }
    }
}

impl std::error::Error for DefinitionError {}

impl Endpoint {
    /// Smallest gap where none is set.
    pub const DEFAULT_MIN: Span = Span::from_secs(20);
    /// Largest gap where none is set.
    pub const DEFAULT_MAX: Span = Span::from_mins(15);

    /// An endpoint on demand, with the default clamps, no cooldown, due from the start, awake.
    #[must_use]
    pub fn new(name: impl Into<String>, tier: Tier) -> Self {
        Self {
            name: name.into(),
            tier,
            baseline: Baseline::None,
            min: Self::DEFAULT_MIN,
            max: Self::DEFAULT_MAX,
            cooldown: Span::ZERO,
            start_at: Instant::START,
            asleep: false,
        }
    }

    /// Checks the limits against each other.
    ///
    /// # Errors
    /// The first limit that cannot be kept.
    pub fn check(&self) -> Result<(), DefinitionError> {
        let out = |what, ms| Err(DefinitionError::OutOfRange(self.name.clone(), what, ms));
        if let Baseline::Every(every) = self.baseline
            && !every.is_positive()
        {
            return out("every", every.ms());
        }
        if self.min < Span::ZERO {
            return out("min", self.min.ms());
        }
        if !self.max.is_positive() {
            return out("max", self.max.ms());
        }
        if self.cooldown < Span::ZERO {
            return out("cooldown", self.cooldown.ms());
        }
        if self.start_at < Instant::START {
            return out("start", self.start_at.ms());
        }
        if self.min > self.max {
            return Err(DefinitionError::MinOverMax(
                self.name.clone(),
                self.min,
                self.max,
            ));
        }
        Ok(())
    }
}
