//! What is shown, in the address and for others: links, the way back and forward, and scenarios of one's own. What is
//! said of them, the scripts that are loaded for them say.

use wasm_bindgen::prelude::*;

use super::dom::{El, button, el};
use super::signals::effect;
use super::store::{Store, store};
use super::turns::Turns;
use crate::link::View;

/// For how long nothing must have changed before what is shown is a place of its own, to which the browser's Back
/// leads, in milliseconds.
const REST: u32 = 500;

#[wasm_bindgen(module = "/public/parts.js")]
extern "C" {
    fn share(view: &[u8], place: &[u8]);
    fn place(view: &[u8], place: &[u8]);
    #[wasm_bindgen(js_name = inAddress)]
    fn follow(show: &JsValue);
    fn scenarios(view: &[u8], place: &[u8]);
}

fn handed(store: Store, to: impl Fn(&[u8], &[u8])) {
    let view = store.view();
    to(&view.bytes(), &view.place().bytes());
}

/// Copies a link to what is shown.
pub fn share_button() -> El {
    let store = store();
    button("quiet", move || handed(store, share))
        .attr("id", "share")
        .attr("title", "A link, an embed or files of what you see")
        .attr("aria-live", "polite")
        .text("Share")
}

/// Names the scenario, and opens the choice of others.
pub fn scenario_button() -> El {
    let store = store();
    let scenario = store.scenario();
    // As its words are drawn, a mark after the name included.
    let root = leptos::prelude::document().document_element();
    let own = root.is_some_and(|root| root.has_attribute("data-own"));
    let mark = if own { ", changed" } else { "" };
    button("scenario", move || handed(store, scenarios))
        .attr("aria-label", &format!("{}{mark}", scenario.title))
        .attr("title", &scenario.about)
        .child(el("bdi").text(&scenario.title))
}

/// Shows what the address holds, now and whenever the reader goes elsewhere, and has the browser remember where the
/// reader was.
pub fn in_address(store: Store) {
    let show = Closure::<dyn Fn(Vec<u8>)>::new(move |bytes: Vec<u8>| {
        if let Some(view) = View::from_bytes(&store.scenario(), &bytes) {
            store.open(view);
        }
    });
    follow(&show.into_js_value());
    // The page as it opens is a place, too.
    handed(store, place);
    let turns = Turns::new();
    effect(move || {
        store.run.with(|_| ());
        let _ = (store.rival.get(), store.chapter.get(), store.tab.get());
        let _ = (store.selection.get(), store.kept.get());
        turns.start(REST, move || {
            handed(store, place);
            false
        });
    });
}
