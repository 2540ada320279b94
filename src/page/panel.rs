//! The panel below the diagram: what is in it depends on the tab, and only that is kept up to date.

use leptos::prelude::*;
use wasm_bindgen::JsCast as _;

use super::claims::claims;
use super::compare::compare;
use super::dom::{El, button, el};
use super::levers::levers;
use super::planner::planner;
use super::signals::Memo;
use super::store::{Store, store};
use super::why::why;
use crate::insight::holding;
use crate::session::{Command, Tab};

/// From this width of the page on the panel stands beside the figure, in CSS pixels.
const BESIDE: f64 = 1_180.0;

/// Tabs and the panel that is open.
pub fn panel() -> El {
    let store = store();
    let tabs = Tab::ALL.map(|tab| {
        let selected = move || store.tab.get() == tab;
        button("", move || store.dispatch(&Command::Open { tab }))
            .attr("role", "tab")
            .attr("id", &format!("tab-{}", tab.name()))
            .attr("aria-controls", &format!("panel-{}", tab.name()))
            .live_attr("aria-selected", move || selected().to_string())
            .live_attr("tabindex", move || {
                if selected() { "0" } else { "-1" }.to_owned()
            })
            .on_key(move |event| turn(store, tab, event))
            .live_text(move || name(store, tab))
    });
    let panels = Tab::ALL.map(|tab| {
        let open = Memo::new(move |_| store.tab.get() == tab);
        let frame = el("div")
            .attr("role", "tabpanel")
            .attr("id", &format!("panel-{}", tab.name()))
            .attr("aria-labelledby", &format!("tab-{}", tab.name()))
            .live_flag("hidden", move || !open.get());
        match tab {
            // What was unfolded and painted there stays.
            Tab::Levers => frame.child(levers()),
            _ => frame.live(move || match open.get() {
                true => content(tab),
                false => Vec::new(),
            }),
        }
    });
    el("div")
        .class("panel")
        .child(
            el("div")
                .class("tabs")
                .attr("role", "tablist")
                .attr("aria-label", "Panels")
                .children(tabs),
        )
        .children(panels)
}

/// Where the panel stands below the figure, brings it into view: what was asked for is in it.
pub fn reveal(store: Store) {
    reveal_part(store, ".tabs");
}

/// Brings a part of the page into view where parts stand one below the other.
pub fn reveal_part(store: Store, part: &'static str) {
    if store.page_width.get_untracked() < BESIDE {
        // It is there by then.
        request_animation_frame(move || {
            let part = document().query_selector(part).ok().flatten();
            if let Some(part) = part {
                part.scroll_into_view();
            }
        });
    }
}

fn content(tab: Tab) -> Vec<El> {
    match tab {
        Tab::Levers => Vec::new(),
        Tab::Why => vec![why()],
        Tab::Compare => compare(),
        Tab::Claims => claims(),
        Tab::Planner => planner(),
    }
}

fn name(store: Store, tab: Tab) -> String {
    match tab {
        Tab::Levers => "Levers".to_owned(),
        Tab::Why => "Why".to_owned(),
        Tab::Compare => "Compare".to_owned(),
        Tab::Planner => "Planner".to_owned(),
        Tab::Claims => store.run.with(|run| {
            let claims = &run.findings.claims;
            let broken = run
                .findings
                .invariants
                .iter()
                .any(|invariant| !invariant.holds());
            let held = holding(claims);
            if held == claims.len() && !broken {
                format!("Claims {held} ✓")
            } else {
                format!("Claims {held} of {}", claims.len())
            }
        }),
    }
}

/// Arrow keys go from tab to tab.
fn turn(store: Store, tab: Tab, event: &web_sys::KeyboardEvent) {
    let place = Tab::ALL.iter().position(|known| *known == tab).unwrap_or(0);
    let count = Tab::ALL.len();
    let next = match event.key().as_str() {
        "ArrowRight" => (place + 1) % count,
        "ArrowLeft" => (place + count - 1) % count,
        _ => return,
    };
    event.prevent_default();
    event.stop_propagation();
    if let Some(&tab) = Tab::ALL.get(next) {
        store.dispatch(&Command::Open { tab });
        let button = document().get_element_by_id(&format!("tab-{}", tab.name()));
        if let Some(button) =
            button.and_then(|button| button.dyn_into::<web_sys::HtmlElement>().ok())
        {
            let _ = button.focus();
        }
    }
}
