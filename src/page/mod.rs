//! The page: one part of it a file, all of them fed from one [`store::Store`].
//!
//! Invariant: nothing is decided here. What the page shows comes from the trace and what `insight` says about it.

mod app;
mod beside;
mod claims;
mod compare;
mod cron;
mod dom;
mod flips;
mod gestures;
mod hands;
mod header;
mod help;
mod keep;
mod lanes;
mod levers;
mod metrics;
mod panel;
mod planner;
mod playback;
mod report;
mod run;
mod signals;
mod store;
mod story;
mod summary;
mod theme;
mod tiers;
mod timeline;
mod tracks;
mod turns;
mod voice;
mod why;

use std::time::Duration;

use leptos::prelude::*;
use wasm_bindgen::JsCast as _;

/// Puts the page into the element with the id `app`, or into the body if there is none.
///
/// What stood there before (a picture, a sentence) is replaced.
pub fn start() {
    let opened = app::opened();
    // In turns, so that input is not kept waiting for all of it.
    set_timeout(move || mount(opened), Duration::ZERO);
}

fn mount(opened: Result<app::Opened, String>) {
    let place = document()
        .get_element_by_id("app")
        .and_then(|element| element.dyn_into::<web_sys::HtmlElement>().ok());
    match place {
        Some(place) => {
            // The picture's plots are as wide as those that take their place: they need not be drawn twice.
            let plot = place.query_selector(".plot").ok().flatten();
            let width = plot.map(|plot| plot.get_bounding_client_rect().width());
            place.set_inner_html("");
            mount_to(place, move || app::app(opened, width)).forget();
        }
        None => mount_to_body(move || app::app(opened, None)),
    }
}
