//! The report as Markdown: the sentence, the tables, the comparison and the claims.

use super::markup::Markdown;
use super::{Findings, Table, cut, tables};
use crate::insight::{holding, plain, summary};
use crate::sim::Trace;
use crate::time::Span;

/// The whole report.
#[must_use]
pub fn markdown(trace: &Trace, findings: &Findings) -> String {
    let mut out = Markdown::default();
    out.put("# {}\n", &[&trace.scenario.title]);
    let sentence = plain(&summary(trace, &findings.comparison));
    out.put("\n{}\n", &[&sentence]);
    let changed = Some(changed(trace)).filter(|changed| !changed.rows.is_empty());
    let last = [comparison(findings), claims(findings)];
    for table in changed.iter().chain(&tables(trace)).chain(&last) {
        out.put("\n", &[]);
        out.add(&table.in_markdown());
    }
    for note in cut::all(trace, findings) {
        out.put("\n{}\n", &[&note]);
    }
    let held = holding(&findings.claims);
    let kept = findings.invariants.iter().filter(|i| i.holds()).count();
    out.put(
        "\n{} of {} claims and {} of {} invariants hold. Result hash `{}`.\n",
        &[
            &held,
            &findings.claims.len(),
            &kept,
            &findings.invariants.len(),
            &format!("{:016x}", trace.hash()),
        ],
    );
    out.into_text()
}

fn changed(trace: &Trace) -> Table {
    let parameters = trace.scenario.parameters.iter();
    let rows = parameters
        .zip(trace.parameters.values())
        .filter(|(parameter, value)| parameter.default != **value)
        .map(|(parameter, value)| {
            vec![
                parameter.name.clone(),
                parameter.written(*value),
                parameter.written(parameter.default),
            ]
        });
    let head = ["parameter", "value", "default"];
    Table::new("Changed parameters", &head, rows.collect())
}

fn comparison(findings: &Findings) -> Table {
    let span = |span: Option<Span>| span.map_or("never".to_owned(), |span| span.to_string());
    let rows = findings.comparison.iter().map(|policy| {
        vec![
            policy.policy.clone(),
            policy.runs.to_string(),
            policy.checks.to_string(),
            span(policy.detection_delay),
            policy.blind.to_string(),
            policy.messages.to_string(),
        ]
    });
    let head = [
        "policy",
        "runs",
        "checks",
        "detected after",
        "time blind",
        "messages",
    ];
    Table::new("Comparison", &head, rows.collect())
}

fn claims(findings: &Findings) -> Table {
    let rows = findings.claims.iter().map(|claim| {
        vec![
            if claim.holds { "holds" } else { "fails" }.to_owned(),
            claim.text.clone(),
            claim.expected.clone(),
            claim.actual.clone(),
            claim.at.map_or(String::new(), |at| at.to_string()),
        ]
    });
    let head = ["", "claim", "expected", "came out", "at"];
    Table::new("Claims", &head, rows.collect())
}
