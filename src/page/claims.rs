//! The claims of the story and what must hold for every run, with pass or fail.

use super::dom::{El, button, el};
use super::report::report;
use super::store::{Store, store};
use crate::insight::totals;
use crate::time::Instant;

/// One line of the ledger.
fn entry(store: Store, holds: bool, at: Option<Instant>, (text, evidence): (&str, &str)) -> El {
    let verdict = if holds { "holds" } else { "fails" };
    let line = match at {
        Some(at) => button("claim", move || store.go(at)).attr("title", &format!("Go to {at}")),
        None => el("div").class("claim"),
    };
    let mark = if holds { "✓" } else { "✕" };
    let when = at.map_or(String::new(), |at| at.to_string());
    el("li").class(verdict).child(
        line.child(
            el("span")
                .class("verdict")
                .attr("aria-hidden", "true")
                .text(mark),
        )
        .child(el("span").class("for-readers").text(verdict).text(": "))
        .child(el("span").class("claim-text").text(text))
        .child(el("span").class("when").text(&when))
        .child(el("span").class("evidence").text(evidence)),
    )
}

/// The ledger.
pub fn claims() -> Vec<El> {
    let store = store();
    let claims = move || {
        store.run.with(|run| {
            let each = run.findings.claims.iter().map(|claim| {
                let evidence = if claim.holds {
                    claim.actual.clone()
                } else {
                    format!("{}, but expected {}", claim.actual, claim.expected)
                };
                entry(store, claim.holds, claim.at, (&claim.text, &evidence))
            });
            each.collect()
        })
    };
    let invariants = move || {
        store.run.with(|run| {
            let each = run.findings.invariants.iter().map(|invariant| {
                let first = invariant.violations.first();
                let evidence = match first {
                    None if invariant.checked == 0 => "nothing to check in this run".to_owned(),
                    None => format!("checked {} times", invariant.checked),
                    Some(violation) => violation.text.clone(),
                };
                let at = first.map(|violation| violation.at);
                entry(store, invariant.holds(), at, (invariant.text, &evidence))
            });
            each.collect()
        })
    };
    let told = store.scenario().told.clone().map(|told| {
        let runs = move || {
            let all = store.run.with(|run| totals(&run.trace));
            let actions = all.runs - all.checks;
            format!("{}: {} checks and {actions} actions", all.runs, all.checks)
        };
        el("p")
            .class("told")
            .text("The story says ")
            .child(el("b").text(&told.runs))
            .text(" runs; this run has ")
            .child(el("b").live_text(runs))
            .text(". No schedule of the story gives its number, so it is no claim. ")
            .text(&told.because)
    });
    let title = |words: &str| el("h2").class("panel-title").text(words);
    [
        title("What the story claims"),
        el("ul").class("ledger").live(claims),
    ]
    .into_iter()
    .chain(told)
    .chain([
        title("What holds for every run"),
        el("ul").class("ledger").live(invariants),
        report(),
    ])
    .collect()
}
