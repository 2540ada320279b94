//! A run for other programs and for reading: JSON, CSV, Markdown, trace events, a picture and text, the same bytes
//! from every door.

mod csv;
mod cut;
#[cfg(feature = "formats")]
mod formats;
#[cfg(feature = "json")]
mod json;
#[cfg(feature = "formats")]
mod markdown;
mod markup;
#[cfg(feature = "charts")]
mod parts;
#[cfg(feature = "formats")]
mod snippet;
#[cfg(feature = "charts")]
mod still;
#[cfg(feature = "formats")]
mod svg;
mod tables;
mod text;
#[cfg(feature = "formats")]
mod trace_event;

pub use csv::csv;
#[cfg(feature = "formats")]
pub use formats::{Format, export};
#[cfg(feature = "json")]
pub use json::{Claim, Comparison, Json, claim_rows, comparison_row, json};
#[cfg(feature = "formats")]
pub use markdown::markdown;
#[cfg(feature = "charts")]
pub use parts::{Part, part};
#[cfg(feature = "formats")]
pub use snippet::{Shared, Snippets, snippets};
#[cfg(feature = "charts")]
pub use still::still;
#[cfg(feature = "formats")]
pub use svg::{Chart, Theme, svg};
pub use tables::{Table, tables};
pub use text::{Paint, explanation_text, text};
#[cfg(feature = "formats")]
pub use trace_event::{TraceEvents, trace_events};

use crate::insight::{ClaimResult, InvariantResult, PolicyResult, claims, compare, invariants};
use crate::sim::{SimulationError, Trace};

/// What the sentence takes for known.
pub const TERMS: &str = "“It” is the scheduler. Blind: something is wrong, and no check has seen it yet; two at once count twice. A day: one such run, and calm for the rest. Times count from the start.";

/// A trace with everything that is said about it.
#[derive(Clone, Debug)]
pub struct Findings {
    /// The claims of the scenario.
    pub claims: Vec<ClaimResult>,
    /// What must hold for every run.
    pub invariants: Vec<InvariantResult>,
    /// The run beside fixed schedules.
    pub comparison: Vec<PolicyResult>,
}

impl Findings {
    /// Works everything out.
    ///
    /// # Errors
    /// [`SimulationError`] when a run to be compared with cannot be made.
    pub fn of(trace: &Trace) -> Result<Self, SimulationError> {
        Ok(Self {
            claims: claims(trace),
            invariants: invariants(trace),
            comparison: compare(trace)?,
        })
    }

    /// Whether every claim of the scenario holds.
    #[must_use]
    pub fn claims_hold(&self) -> bool {
        self.claims.iter().all(|claim| claim.holds)
    }

    /// Whether everything holds that must hold for every run.
    #[must_use]
    pub fn invariants_hold(&self) -> bool {
        self.invariants.iter().all(InvariantResult::holds)
    }
}
