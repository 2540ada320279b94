//! The forms in which a run goes out to files and other programs, by one set of names for all doors.

use super::{Chart, Findings, Theme, csv, json, markdown, svg, trace_events};
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
    /// A picture of the whole run, or of one of its charts.
    Svg(Chart, Theme),
}

impl Format {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::Json,
        Self::Csv,
        Self::Markdown,
        Self::TraceEvent,
        Self::Svg(Chart::Whole, Theme::Auto),
    ];

    /// The name that doors use.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Csv => "csv",
            Self::Markdown => "markdown",
            Self::TraceEvent => "trace-event",
            Self::Svg(..) => "svg",
        }
    }

    /// The format of that name. What a picture shows and its colours may follow, as in `svg:cadence`, `svg:dark` and
    /// `svg:cadence:dark`.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        let mut words = name.split(':');
        let first = words.next()?;
        let mut found = Self::ALL
            .into_iter()
            .find(|format| format.name() == first)?;
        let (mut charts, mut themes) = (0, 0);
        for word in words {
            let Self::Svg(chart, theme) = &mut found else {
                return None;
            };
            if let Some(known) = Chart::ALL.into_iter().find(|chart| chart.name() == word) {
                *chart = known;
                charts += 1;
            } else {
                *theme = Theme::ALL.into_iter().find(|theme| theme.name() == word)?;
                themes += 1;
            }
        }
        (charts <= 1 && themes <= 1).then_some(found)
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
        Format::Svg(chart, theme) => svg(trace, findings, (chart, theme)),
    })
}

fn lines(written: serde_json::Result<String>) -> Result<String, String> {
    written
        .map(|text| text + "\n")
        .map_err(|error| error.to_string())
}
