//! How to read and use the page.

use leptos::prelude::*;
use wasm_bindgen::JsCast as _;

use super::dom::{El, button, el, pictured};
use super::keep::keep;
use super::signals::{RwSignal, effect};
use super::store::{KEYS as KEPT_KEYS, store};

const KEYS: [(&str, &str); 10] = [
    ("Space", "play or pause"),
    (", and .", "previous and next decision"),
    ("A D", "move the view"),
    ("W S", "look closer and further away"),
    ("0", "show the whole run"),
    ("↑ ↓ ← →", "in the timeline: walk lanes and runs"),
    ("[ and ]", "from a run to its cause, and to what it caused"),
    ("C", "compare"),
    ("Ctrl+Z, Ctrl+Shift+Z", "undo and redo"),
    ("?", "this help"),
];

const READ: &str = "Ten endpoints watch and mend a shop through a flash sale; each has a lane. “seen +30 s” on a chart: so long \
    after its beginning a check saw it.";
const USE: &str = "Move a lever and everything is simulated again. Choose a run to see why it happened, or an empty \
    stretch to see why nothing did. Drag over the charts to move the cursor; ";
/// How to look closer, by class: with a mouse, with fingers.
const CLOSER: [(&str, &str); 2] = [
    ("fine", "Ctrl and the wheel look closer."),
    ("coarse", "two fingers look closer."),
];

const WORDS: [(&str, &str); 8] = [
    ("Baseline", "an endpoint's own schedule"),
    (
        "Hint",
        "what a rule asks of an endpoint: an interval, or one run (a one-shot); it expires",
    ),
    (
        "Governor",
        "weighs the times that baseline and hints propose (candidates) and plans the next run",
    ),
    ("Clamp", "the smallest and the largest gap that it allows"),
    ("Cooldown", "how long an action rests after a run"),
    ("Incident", "from the surge until all is well again"),
    ("Cron", "a fixed schedule by the clock"),
    ("Seed", "picks the noise: one seed, one run"),
];

/// What is drawn: the class that draws it, how it is drawn in 40 by 22, and its name.
const LEGEND: [(&str, &str, &str); 12] = [
    ("health mark", "M8 4v14M20 4v14M32 4v14", "checks"),
    (
        "alert mark",
        "M20 4l7 7-7 7-7-7z",
        "an action; an alert with what it said",
    ),
    (
        "health band hint",
        "M2 3h36v16H2z",
        "asked to run closer, for a while",
    ),
    (
        "recovery band cooldown",
        "M2 16h36v4H2z",
        "cools down after an action",
    ),
    ("asleep", "M2 11h36", "asleep, or nothing to do"),
    (
        "alert held",
        "M2.5 4.5h35v13h-35z",
        "considered, and held back",
    ),
    (
        "alert cause",
        "M4 18C30 18 38 4 36 4",
        "from cause to effect",
    ),
    ("hand", "M14 6h12l-6 9z", "called by hand, in Planner"),
    ("ink truth", "M2 16h14V6h22", "what was true"),
    (
        "ink observed",
        "M6 11h0M20 11h0M34 11h0",
        "what a check saw",
    ),
    ("ink threshold", "M2 11h36", "a level that rules use"),
    (
        "ghost",
        "M8 12v5M20 12v5M32 12v5",
        "checks of what it is compared with",
    ),
];
const WHEN: &str = "Keys work while a part of this page has the focus and nothing is being typed.";

/// The help, over the page.
pub fn help(open: RwSignal<bool>) -> El {
    let keys = KEYS.iter().flat_map(|(keys, does)| {
        let keys = el("dt").child(el("kbd").text(keys));
        [keys, el("dd").text(does)]
    });
    let words = WORDS
        .iter()
        .flat_map(|(word, means)| [el("dt").text(word), el("dd").text(means)]);
    let dialog = el("dialog")
        .class("help")
        .attr("aria-labelledby", "help-title")
        .on("close", move |_| open.set(false))
        .child(
            // It begins at its beginning, though what can be used is at its end.
            el("h2")
                .attr("id", "help-title")
                .attr("tabindex", "-1")
                .attr("autofocus", "")
                .text("How to read this page"),
        )
        .child(el("p").text(READ))
        .child(el("div").class("marks").children(LEGEND.map(pictured)))
        .child(
            el("p")
                .text(USE)
                .children(CLOSER.map(|(class, words)| el("span").class(class).text(words))),
        )
        .child(
            el("div")
                .class("lists")
                .child(el("dl").class("words-meant").children(words))
                .child(el("dl").class("keys").children(keys)),
        )
        .child(el("p").class("second when-keys").text(WHEN))
        .child(
            el("div")
                .class("acts")
                .child(single_keys())
                .child(button("plain", move || open.set(false)).text("Close")),
        );
    let node: web_sys::HtmlDialogElement = dialog.node().clone().unchecked_into();
    let node = StoredValue::new_local(node);
    effect(move || {
        let open = open.get();
        node.with_value(|dialog| {
            if open && !dialog.open() {
                let _ = dialog.show_modal();
            } else if !open && dialog.open() {
                dialog.close();
            }
        });
    });
    dialog
}

/// Single keys can get in the way of other tools: they can be turned off.
fn single_keys() -> El {
    let keys = store().keys;
    let input = el("input")
        .attr("type", "checkbox")
        .live_prop("checked", move || keys.get().into())
        .on("change", move |event| {
            let on = event_target_checked(&event);
            keys.set(on);
            keep(KEPT_KEYS, if on { "on" } else { "off" });
        });
    el("label")
        .class("check")
        .child(input)
        .text(" Use single keys")
}
