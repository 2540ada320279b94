//! How to read and use the page: the words stand in the page's HTML, what can be done about them is added here.

use leptos::prelude::*;
use wasm_bindgen::JsCast as _;

use super::dom::{El, button, el, focus, standing};
use super::keep::keep;
use super::signals::{RwSignal, effect};
use super::store::{KEYS as KEPT_KEYS, store};

/// The help, over the page.
pub fn help(open: RwSignal<bool>) -> El {
    let dialog = standing("dialog")
        .on("close", move |_| open.set(false))
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
                focus("#help-title");
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
