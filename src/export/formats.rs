//! The forms in which a run goes out to files and other programs, by one set of names for all doors.

use super::{Findings, csv, json, markdown, svg, trace_events};
use crate::sim::Trace;

/// A form in which a run goes out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// One JSON object with everything that is said about the run.
    Json,
    /// All runs, one line each.
    Csv,
    /// The report as tables.
    Markdown,
    /// Trace events, as Perfetto opens them.
    TraceEvent,
    /// A picture of the whole run.
    Svg,
}

impl Format {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::Json,
        Self::Csv,
        Self::Markdown,
        Self::TraceEvent,
        Self::Svg,
    ];

    /// The name that doors use.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Csv => "csv",
            Self::Markdown => "markdown",
            Self::TraceEvent => "trace-event",
            Self::Svg => "svg",
        }
    }

    /// The format of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.name() == name)
    }
}

/// A run in one of the forms: the same bytes wherever it is asked for.
///
/// ```
/// use std::sync::Arc;
/// use accelerando::export::{Findings, Format, export};
/// use accelerando::scenario::{FLASH_SALE, Parameters, Scenario};
/// use accelerando::sim::simulate;
///
/// let scenario = Arc::new(Scenario::parse(FLASH_SALE).expect("it ships with the crate"));
/// let trace = simulate(&scenario, &Parameters::new(&scenario))?;
/// let findings = Findings::of(&trace)?;
/// let csv = export(&trace, &findings, Format::Csv).expect("it can be written");
/// assert_eq!(csv.lines().count(), 1 + trace.log.runs.len());
/// # Ok::<(), accelerando::sim::SimulationError>(())
/// ```
///
/// # Errors
/// Why it cannot be written as JSON; no run is known that cannot.
pub fn export(trace: &Trace, findings: &Findings, format: Format) -> Result<String, String> {
    Ok(match format {
        Format::Json => lines(serde_json::to_string_pretty(&json(trace, findings)))?,
        Format::Csv => csv(trace),
        Format::Markdown => markdown(trace, findings),
        Format::TraceEvent => lines(serde_json::to_string(&trace_events(trace)))?,
        Format::Svg => svg(trace, findings),
    })
}

fn lines(written: serde_json::Result<String>) -> Result<String, String> {
    written
        .map(|text| text + "\n")
        .map_err(|error| error.to_string())
}
