//! Why an endpoint ran at a moment, or why it did not: a chain of moments, oldest first.

use super::dom::{El, button, el, focus};
use super::flips::flips;
use super::lanes::glyph;
use super::signals::{Memo, effect};
use super::store::{Store, store};
use crate::insight::{Explanation, ExplanationKind, Link, Step, explain, latest};
use crate::rule::unbroken;
use crate::schedule::Tier;

/// What to do where nothing is selected.
const NOTHING: &str = "The latest at the cursor. Choose any run, or an empty stretch of a lane to see why nothing ran.";

/// The chain.
pub fn why() -> El {
    let store = store();
    let chosen = move || store.selection.get();
    let explanation = Memo::new(move |before: Option<&Option<Explanation>>| {
        if let Some(chosen) = chosen() {
            return store
                .run
                .with(|run| Some(explain(&run.trace, chosen.endpoint, chosen.at)));
        }
        // Reasons that flit by explain nothing.
        if store.playing.get() {
            return before.cloned().flatten();
        }
        let at = store.cursor.get();
        store.run.with(|run| {
            let latest = run.trace.run(latest(&run.trace, at, None)?.0)?;
            Some(explain(&run.trace, latest.endpoint, latest.start))
        })
    });
    // What was asked for is said at once; that another run has another answer follows from what is said of the run.
    effect(move || {
        if store.selection.get().is_some()
            && let Some(told) = explanation.get_untracked()
        {
            store.voice.answer(told.sentence);
        }
    });
    // The frame stays, so that the focus has somewhere to be when what it was on goes.
    el("div").class("why").attr("tabindex", "-1").live(move || {
        // What would have changed it is another matter in every run, even where the reasons read the same.
        store.run.with(|_| ());
        let hint = chosen().is_none();
        let hint = hint.then(|| el("p").class("second").text(NOTHING));
        let explained = explanation
            .get()
            .map(|explanation| explained(store, explanation));
        hint.into_iter()
            .chain(explained.into_iter().flatten())
            .collect()
    })
}

/// The question, its answer in a sentence, and how it came to it.
fn explained(store: Store, explanation: Explanation) -> Vec<El> {
    let definition = store.scenario();
    let definition = definition.endpoints.get(explanation.endpoint.index());
    let name = definition.map_or("", |endpoint| endpoint.name.as_str());
    let tier = definition.map(|endpoint| endpoint.schedule.tier);
    let what = match explanation.kind {
        ExplanationKind::Ran => "ran",
        ExplanationKind::DidNotRun => "did not run",
    };
    let title = el("h2")
        .class(&format!("why-title {}", tier.map_or("", Tier::name)))
        .child(
            el("span")
                .class("glyph")
                .attr("aria-hidden", "true")
                .text(tier.map_or("", glyph)),
        )
        .text(&format!("{name}, {}", explanation.at))
        .child(el("span").class("second").text(what));
    let sentence = el("p")
        .class("why-sentence")
        .text(&unbroken(&explanation.sentence));
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
                focus(".why");
            }
        }
        _ => store.go(at),
    };
    let step = button("step", go)
        .attr("title", &format!("Go to {at}"))
        .child(el("span").class("when").text(&at.to_string()))
        .child(
            el("span")
                .class("what")
                .text(&unbroken(&step.text))
                .child(el("small").text(&step.detail)),
        );
    el("li").child(step)
}
