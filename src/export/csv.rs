//! All runs as comma-separated values, one line each.

use crate::sim::Trace;

/// A field with quotes where it needs them.
pub(super) fn field(text: &str) -> String {
    if text.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}

/// The runs of a trace with a header line.
#[must_use]
pub fn csv(trace: &Trace) -> String {
    let mut out = String::from("endpoint,tier,start_ms,end_ms,source,ok,moved_by,reason\r\n");
    for run in &trace.log.runs {
        let Some(endpoint) = trace.endpoints.get(run.endpoint.index()) else {
            continue;
        };
        let end = run.end().map_or(String::new(), |end| end.ms().to_string());
        let cells = [
            endpoint.name.clone(),
            endpoint.tier.name().to_owned(),
            run.start.ms().to_string(),
            end,
            run.source.map_or("", |source| source.name()).to_owned(),
            run.ok.to_string(),
            run.clamp.map_or("", |clamp| clamp.name()).to_owned(),
            crate::insight::run_reason(trace, run),
        ];
        out.push_str(&cells.map(|cell| field(&cell)).join(","));
        out.push_str("\r\n");
    }
    out
}
