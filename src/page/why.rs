//! Why an endpoint ran at a moment, or why it did not: a chain of moments, oldest first.

use leptos::prelude::*;

use super::store::store;
use crate::insight::{ExplanationKind, Link, explain};

/// The chain.
#[component]
pub fn Why() -> impl IntoView {
    let store = store();
    let explanation = Memo::new(move |_| {
        let chosen = store.selection.get()?;
        store
            .run
            .with(|run| Some(explain(&run.trace, chosen.endpoint, chosen.at)))
    });
    let chain = move || {
        let Some(explanation) = explanation.get() else {
            return view! {
                <p class="empty">
                    "Click a run to see why it happened, or an empty stretch of a lane to see why nothing did."
                </p>
            }
            .into_any();
        };
        let definition = store.scenario();
        let definition = definition.endpoints.get(explanation.endpoint.index());
        let name = definition
            .map(|endpoint| endpoint.name.clone())
            .unwrap_or_default();
        let tier = definition.map_or("", |endpoint| endpoint.schedule.tier.name());
        let what = match explanation.kind {
            ExplanationKind::Ran => "ran",
            ExplanationKind::DidNotRun => "did not run",
        };
        let steps = explanation
            .steps
            .into_iter()
            .map(|step| {
                let go = move |_| match step.link {
                    Link::Run(run) => {
                        let place = store.run.with_untracked(|shown| {
                            shown.trace.run(run).map(|run| (run.endpoint, run.start))
                        });
                        if let Some((endpoint, at)) = place {
                            store.select(endpoint, at);
                        }
                    }
                    _ => {
                        store.seek(step.at);
                        store.show(step.at);
                    }
                };
                view! {
                    <li>
                        <button class="step" title=format!("Go to {}", step.at) on:click=go>
                            <span class="when">{step.at.to_string()}</span>
                            <span class="what">{step.text}</span>
                        </button>
                    </li>
                }
            })
            .collect_view();
        view! {
            <h2 class=format!("why-title {tier}")>
                <span class="diamond" aria-hidden="true"></span>
                {name}
                ", "
                {explanation.at.to_string()}
                <span class="second">{what}</span>
            </h2>
            <p class="why-sentence" role="status">
                {explanation.sentence}
            </p>
            <ol class="chain">{steps}</ol>
        }
        .into_any()
    };
    view! { <div class="why">{chain}</div> }
}
