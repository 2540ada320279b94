//! The page: one part of it a file, all of them fed from one [`store::Store`].
//!
//! Invariant: nothing is decided here. What the page shows comes from the trace and what `insight` says about it.

mod app;
mod beside;
mod busy;
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
mod maker;
mod metrics;
mod panel;
mod planner;
mod playback;
mod report;
mod run;
mod share;
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

/// Puts the page on a compiled scenario into the element with the id `app`, or into the body if there is none.
///
/// What stood there before (a picture, a sentence) is replaced once everything is there.
pub fn start(scenario: Box<[u8]>) {
    app::opening(scenario, |opened| {
        // In turns, so that input is not kept waiting for all of it.
        set_timeout(move || mount(opened), Duration::ZERO);
    });
}

fn mount(opened: Result<app::Opened, String>) {
    let place = document().get_element_by_id("app").or_else(|| {
        let place = dom::el("div");
        let body = document().body()?;
        body.append_child(place.node()).ok()?;
        Some(place.node().clone())
    });
    let Some(place) = place else { return };
    // The picture's plots are as wide as those that take their place: they need not be drawn twice.
    let plot = place.query_selector(".plot").ok().flatten();
    let width = plot.map(|plot| plot.get_bounding_client_rect().width());
    // The picture stays until all that takes its place is there.
    let made = dom::el("div");
    let made = made.node().clone();
    mount_to(made.clone().unchecked_into(), move || {
        app::app(opened, width)
    })
    .forget();
    let shown = move || {
        place.set_inner_html("");
        while let Some(node) = made.first_child() {
            let _ = place.append_child(&node);
        }
    };
    // After what the page has still to make.
    set_timeout(shown, Duration::ZERO);
}
