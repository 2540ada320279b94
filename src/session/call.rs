//! Tool calls by the reader's own hand, as they are kept and sent.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::schedule::{EndpointId, PauseEnd, Tool};
use crate::sim::Intervention;
use crate::time::{Instant, Span};

/// What a call asks for; all times in milliseconds, counted from the call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Wish {
    /// Run every so often until it expires.
    Interval {
        /// The interval.
        every_ms: i64,
        /// How long the hint lasts.
        ttl_ms: i64,
    },
    /// Run once.
    Once {
        /// How long from now.
        in_ms: i64,
        /// How long the hint lasts.
        ttl_ms: i64,
    },
    /// Start nothing for a while, or until it is woken.
    Pause {
        /// How long; nothing for: until it is woken.
        for_ms: Option<i64>,
    },
    /// End a pause.
    Wake,
    /// Forget both hints.
    Clear,
}

/// A tool call by hand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Call {
    /// When, in milliseconds from the start of the run.
    pub at_ms: i64,
    /// The endpoint's number.
    pub endpoint: u32,
    /// What it asks for.
    pub wish: Wish,
}

impl Call {
    /// The call as the simulation takes it.
    #[must_use]
    pub fn intervention(&self) -> Intervention {
        let at = Instant::from_ms(self.at_ms);
        let span = Span::from_ms;
        let tool = match self.wish {
            Wish::Interval { every_ms, ttl_ms } => Tool::ProposeInterval {
                every: span(every_ms),
                ttl: span(ttl_ms),
            },
            Wish::Once { in_ms, ttl_ms } => Tool::ProposeNextTime {
                at: at + span(in_ms),
                ttl: span(ttl_ms),
            },
            Wish::Pause { for_ms } => Tool::PauseUntil(Some(
                for_ms.map_or(PauseEnd::Forever, |length| PauseEnd::At(at + span(length))),
            )),
            Wish::Wake => Tool::PauseUntil(None),
            Wish::Clear => Tool::ClearHints,
        };
        Intervention {
            at,
            endpoint: EndpointId(self.endpoint),
            tool,
            reason: Arc::from("called by hand"),
        }
    }
}
