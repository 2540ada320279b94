//! Why an endpoint ran at a moment, or why it did not: a chain of moments, oldest first.

use leptos::prelude::*;

use super::dom::{El, button, el};
use super::flips::flips;
use super::store::{Store, store};
use crate::insight::{Explanation, ExplanationKind, Link, Step, explain};

/// What to do where nothing is selected.
const NOTHING: &str =
    "Click a run to see why it happened, or an empty stretch of a lane to see why nothing did.";

/// The chain.
pub fn why() -> El {
    let store = store();
    let explanation = Memo::new(move |_| {
        let chosen = store.selection.get()?;
        store
            .run
            .with(|run| Some(explain(&run.trace, chosen.endpoint, chosen.at)))
    });
    // What was asked for is said at once; that another run has another answer follows from what is said of the run.
    Effect::new(move |_| {
        if store.selection.get().is_some()
            && let Some(told) = explanation.get_untracked()
        {
            store.voice.answer(told.sentence);
        }
    });
    el("div").class("why").live(move || {
        // What would have changed it is another matter in every run, even where the reasons read the same.
        store.run.with(|_| ());
        match explanation.get() {
            Some(explanation) => explained(store, explanation),
            None => vec![el("p").class("empty").text(NOTHING)],
        }
    })
}

/// The question, its answer in a sentence, and how it came to it.
fn explained(store: Store, explanation: Explanation) -> Vec<El> {
    let definition = store.scenario();
    let definition = definition.endpoints.get(explanation.endpoint.index());
    let name = definition.map_or("", |endpoint| endpoint.name.as_str());
    let tier = definition.map_or("", |endpoint| endpoint.schedule.tier.name());
    let what = match explanation.kind {
        ExplanationKind::Ran => "ran",
        ExplanationKind::DidNotRun => "did not run",
    };
    let title = el("h2")
        .class(&format!("why-title {tier}"))
        .child(el("span").class("diamond").attr("aria-hidden", "true"))
        .text(&format!("{name}, {}", explanation.at))
        .child(el("span").class("second").text(what));
    let sentence = el("p").class("why-sentence").text(&explanation.sentence);
    let flips = flips(store, &explanation);
    let steps = explanation.steps.into_iter();
    let chain = el("ol")
        .class("chain")
        .children(steps.map(|step| line(store, step)));
    vec![title, sentence, chain, flips]
}

/// One step, which leads to its moment or to the run that it is about.
fn line(store: Store, step: Step) -> El {
    let Step { at, link, .. } = step;
    let go = move || match link {
        Link::Run(run) => {
            let place = store.run.with_untracked(|shown| {
                let run = shown.trace.run(run);
                run.map(|run| (run.endpoint, run.start))
            });
            if let Some((endpoint, at)) = place {
                store.select(endpoint, at);
            }
        }
        _ => store.go(at),
    };
    let step = button("step", go)
        .attr("title", &format!("Go to {at}"))
        .child(el("span").class("when").text(&at.to_string()))
        .child(el("span").class("what").text(&step.text));
    el("li").child(step)
}
