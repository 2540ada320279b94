//! The claims of the story and what must hold for every run, with pass or fail.

use leptos::prelude::*;

use super::store::store;
use crate::time::Instant;

/// One line of the ledger.
fn entry(
    holds: bool,
    at: Option<Instant>,
    text: String,
    evidence: String,
    go: impl Fn(Instant) + 'static,
) -> impl IntoView {
    let verdict = if holds { "holds" } else { "fails" };
    let content = view! {
        <span class="verdict" aria-hidden="true">
            {if holds { "✓" } else { "✕" }}
        </span>
        <span class="for-readers">{verdict}": "</span>
        <span class="claim-text">{text}</span>
        <span class="when">{at.map(|at| at.to_string())}</span>
        <span class="evidence">{evidence}</span>
    };
    view! {
        <li class=verdict>
            {match at {
                Some(at) => {
                    view! {
                        <button class="claim" title=format!("Go to {at}") on:click=move |_| go(at)>
                            {content}
                        </button>
                    }
                        .into_any()
                }
                None => view! { <div class="claim">{content}</div> }.into_any(),
            }}
        </li>
    }
}

/// The ledger.
#[component]
pub fn Claims() -> impl IntoView {
    let store = store();
    let go = move |at: Instant| {
        store.seek(at);
        store.show(at);
    };
    let claims = move || {
        store.run.with(|run| {
            let each = run.findings.claims.iter().map(|claim| {
                let evidence = if claim.holds {
                    claim.actual.clone()
                } else {
                    format!("{}, but expected {}", claim.actual, claim.expected)
                };
                entry(claim.holds, claim.at, claim.text.clone(), evidence, go)
            });
            each.collect_view()
        })
    };
    let invariants = move || {
        store.run.with(|run| {
            let each = run.findings.invariants.iter().map(|invariant| {
                let first = invariant.violations.first();
                let evidence = match first {
                    None => format!("checked {} times", invariant.checked),
                    Some(violation) => violation.text.clone(),
                };
                let at = first.map(|violation| violation.at);
                entry(
                    invariant.holds(),
                    at,
                    invariant.text.to_owned(),
                    evidence,
                    go,
                )
            });
            each.collect_view()
        })
    };
    let told = store.scenario().told.clone().map(|told| {
        view! {
            <p class="told">
                "The story says " <b>{told.runs}</b> " runs; this run has "
                <b>{move || store.run.with(|run| run.trace.log.runs.len())}</b> ". " {told.because}
            </p>
        }
    });
    view! {
        <h2 class="panel-title">"What the story claims"</h2>
        <ul class="ledger">{claims}</ul>
        {told}
        <h2 class="panel-title">"What holds for every run"</h2>
        <ul class="ledger">{invariants}</ul>
    }
}
