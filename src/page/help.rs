//! How to read and use the page.

use leptos::prelude::*;
use wasm_bindgen::JsCast as _;

use super::dom::{El, button, el};
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

const READ: &str = "Ten endpoints watch a shop through a flash sale. Each has a lane: a stroke is a check, a diamond an \
    action. A tinted band is an interval hint in force, a bar after a diamond its cooldown, a dashed box a time in which \
    a rule considered the action and was held back. Above, lines are what was true, points what was observed, dotted \
    lines the levels that rules use; “+30 s” is how long after its beginning something was seen.";
const USE: &str = "Move a lever and everything is simulated again. Click a run to see why it happened, or an empty \
    stretch to see why nothing did. Drag over the charts to move the cursor; Ctrl and the wheel look closer.";
const WHEN: &str = "Keys work while a part of this page has the focus and nothing is being typed.";

/// The help, over the page.
pub fn help(open: RwSignal<bool>) -> El {
    let keys = KEYS.iter().flat_map(|(keys, does)| {
        let keys = el("dt").child(el("kbd").text(keys));
        [keys, el("dd").text(does)]
    });
    let dialog = el("dialog")
        .class("help")
        .attr("aria-labelledby", "help-title")
        .on("close", move |_| open.set(false))
        .child(
            el("h2")
                .attr("id", "help-title")
                .text("How to read this page"),
        )
        .child(el("p").text(READ))
        .child(el("p").text(USE))
        .child(el("dl").class("keys").children(keys))
        .child(el("p").class("second").text(WHEN))
        .child(single_keys())
        .child(button("plain", move || open.set(false)).text("Close"));
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
