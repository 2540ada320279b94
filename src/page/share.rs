//! Links to what is shown: made when asked for, opened when the page has been opened with one. What is said of them, the
//! script that loads their reader says.

use leptos::prelude::{on_cleanup, window, window_event_listener_untyped};
use wasm_bindgen::prelude::*;

use super::dom::{El, button};
use super::store::{Store, store};
use crate::link::View;

#[wasm_bindgen(module = "/public/reader.js")]
extern "C" {
    fn share(numbers: &[f64], text: &str);
    #[wasm_bindgen(js_name = openLink)]
    fn open_link(fragment: &str, then: &JsValue);
}

/// Copies a link to what is shown.
pub fn share_button() -> El {
    let store = store();
    let act = move || {
        let (numbers, text) = store.view().flat();
        share(&numbers, &text);
    };
    button("quiet", act)
        .attr("id", "share")
        .attr("title", "Copy a link to what you see")
        .attr("aria-live", "polite")
        .text("Share")
}

/// Shows what the address holds, now and whenever somebody follows another link to this page.
pub fn follow_links(store: Store) {
    open(store);
    let listener = window_event_listener_untyped("hashchange", move |_| open(store));
    on_cleanup(move || listener.remove());
}

fn open(store: Store) {
    let fragment = window().location().hash().unwrap_or_default();
    if !fragment.starts_with("#v=") {
        return;
    }
    let then = Closure::once_into_js(move |numbers: Vec<f64>, text: String| {
        if let Some(view) = View::from_flat(&store.scenario(), &numbers, &text) {
            store.open(view);
        }
    });
    open_link(&fragment, &then);
}
