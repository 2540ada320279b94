//! All runs as comma-separated values, one line each.

use super::markup::Csv;
use crate::sim::Trace;

/// The runs of a trace with a header line. A cell that a spreadsheet would take for a formula begins with an apostrophe.
#[must_use]
pub fn csv(trace: &Trace) -> String {
    let mut out = Csv::new("\r\n");
    out.row([
        "endpoint", "tier", "start_ms", "end_ms", "source", "ok", "moved_by", "reason",
    ]);
    for run in &trace.log.runs {
        let Some(endpoint) = trace.endpoints.get(run.endpoint.index()) else {
            continue;
        };
        let end = run.end().map_or(String::new(), |end| end.ms().to_string());
        out.row([
            endpoint.name.clone(),
            endpoint.tier.name().to_owned(),
            run.start.ms().to_string(),
            end,
            run.source.map_or("", |source| source.name()).to_owned(),
            run.ok.to_string(),
            run.clamp.map_or("", |clamp| clamp.name()).to_owned(),
            crate::insight::run_reason(trace, run),
        ]);
    }
    out.into_text()
}
