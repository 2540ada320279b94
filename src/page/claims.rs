//! The claims of the story and what must hold for every run, with pass or fail.

use super::dom::{El, button, el};
use super::panel::reveal_part;
use super::report::report;
use super::store::{Store, store};
use crate::insight::{holding, totals};
use crate::session::Setup;
use crate::time::Instant;

/// One line of the ledger.
fn entry(
    store: Store,
    holds: Option<bool>,
    at: Option<Instant>,
    (text, evidence): (&str, &str),
) -> El {
    let (verdict, mark) = match holds {
        Some(true) => ("holds", "✓"),
        Some(false) => ("fails", "✕"),
        None => ("open", "–"),
    };
    let line = match at {
        Some(at) => {
            let go = move || {
                store.go(at);
                reveal_part(store, ".timeline");
            };
            button("claim", go).attr("title", &format!("Go to {at}"))
        }
        None => el("div").class("claim"),
    };
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

/// What claims speak of, once levers have been moved.
fn moved(store: Store) -> String {
    store.run.with(|run| {
        let claims = &run.findings.claims;
        let failed = claims.len() - holding(claims);
        match failed > 0 && run.setup != Setup::new(&run.trace.scenario) {
            true => format!("They speak of the story as it is told. With what you changed, {failed} of {} failed.", claims.len()),
            false => String::new(),
        }
    })
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
                entry(store, Some(claim.holds), claim.at, (&claim.text, &evidence))
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
                    None if invariant.checked == 1 => "checked once".to_owned(),
                    None => format!("checked {} times", invariant.checked),
                    Some(violation) => violation.text.clone(),
                };
                let at = first.map(|violation| violation.at);
                let holds = (invariant.checked > 0).then(|| invariant.holds());
                entry(store, holds, at, (invariant.text, &evidence))
            });
            each.collect()
        })
    };
    let told = store.scenario().told.clone().map(|told| {
        let runs = move || {
            let all = store.run.with(|run| totals(&run.trace));
            let actions = all.runs - all.checks;
            format!("{} ({} checks and {actions} actions)", all.runs, all.checks)
        };
        el("p")
            .class("told")
            .text("The scenario’s model story has one more number, which is no claim here: ")
            .child(el("b").text(&told.runs))
            .text(" runs in all; this run has ")
            .child(el("b").live_text(runs))
            .text(". ")
            .text(&told.because)
    });
    let title = |words: &str| el("h2").class("panel-title").text(words);
    [
        title("What is claimed of this run"),
        el("p").class("second").live_text(move || moved(store)),
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
