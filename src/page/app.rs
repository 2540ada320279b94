//! The page as a whole, and the keys that work everywhere on it.

use leptos::ev::KeyboardEvent;
use leptos::prelude::*;
use wasm_bindgen::JsCast as _;

use super::claims::claims;
use super::header::header;
use super::help::help as help_dialog;
use super::levers::Levers;
use super::playback::Playback;
use super::store::{Store, store};
use super::summary::summary;
use super::tiers::Tiers;
use super::timeline::Timeline;
use super::why::Why;
use crate::diagnostic::rendered;
use crate::insight::holding;
use crate::scenario::{FLASH_SALE, Scenario};
use crate::session::{Command, Tab};

/// The page.
#[component]
pub fn App() -> impl IntoView {
    let opened = Scenario::parse(FLASH_SALE)
        .map_err(|faults| {
            let lines = faults
                .iter()
                .map(|fault| rendered(fault, "flash-sale.toml", FLASH_SALE));
            lines.collect::<Vec<_>>().join("\n")
        })
        .and_then(Store::new);
    match opened {
        Ok(store) => {
            provide_context(store);
            view! { <Page /> }.into_any()
        }
        Err(why) => view! { <pre class="broken">{why}</pre> }.into_any(),
    }
}

#[component]
fn Page() -> impl IntoView {
    let store = store();
    let help = RwSignal::new(false);
    view! {
        <div class="page" on:keydown=move |event| key(store, help, &event)>
            {header(help)}
            <main>
                {summary().into_iter().collect_view()}
                <div class="columns">
                    <Timeline />
                    <aside class="side" aria-label="Tiers, levers and reasons">
                        <Tiers />
                        <Panel />
                    </aside>
                </div>
            </main>
            <Playback />
            {help_dialog(help)}
        </div>
    }
}

/// The tabs below the diagram.
#[component]
fn Panel() -> impl IntoView {
    let store = store();
    let name = move |tab: Tab| match tab {
        Tab::Levers => "Levers".to_owned(),
        Tab::Why => "Why".to_owned(),
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
    };
    let tabs = Tab::ALL
        .map(|tab| {
            let selected = move || store.tab.get() == tab;
            view! {
                <button
                    role="tab"
                    id=format!("tab-{tab:?}")
                    aria-controls=format!("panel-{tab:?}")
                    aria-selected=move || selected().to_string()
                    tabindex=move || if selected() { "0" } else { "-1" }
                    on:click=move |_| store.dispatch(&Command::Open { tab })
                    on:keydown=move |event: KeyboardEvent| turn(store, tab, &event)
                >
                    {move || name(tab)}
                </button>
            }
        })
        .collect_view();
    let hidden = move |tab: Tab| store.tab.get() != tab;
    view! {
        <div class="panel">
        <div class="tabs" role="tablist" aria-label="Panels">
            {tabs}
        </div>
        <div role="tabpanel" id="panel-Levers" aria-labelledby="tab-Levers" hidden=move || hidden(Tab::Levers)>
            <Levers />
        </div>
        <div role="tabpanel" id="panel-Why" aria-labelledby="tab-Why" hidden=move || hidden(Tab::Why)>
            <Why />
        </div>
        <div role="tabpanel" id="panel-Claims" aria-labelledby="tab-Claims" hidden=move || hidden(Tab::Claims)>
            {claims()}
        </div>
        </div>
    }
}

/// Arrow keys go from tab to tab.
fn turn(store: Store, tab: Tab, event: &KeyboardEvent) {
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
        let button = document().get_element_by_id(&format!("tab-{tab:?}"));
        if let Some(button) =
            button.and_then(|button| button.dyn_into::<web_sys::HtmlElement>().ok())
        {
            let _ = button.focus();
        }
    }
}

/// The keys that work everywhere on the page, but not while something is typed.
fn key(store: Store, help: RwSignal<bool>, event: &KeyboardEvent) {
    let target = event
        .target()
        .and_then(|target| target.dyn_into::<web_sys::Element>().ok());
    let tag = target
        .as_ref()
        .map(web_sys::Element::tag_name)
        .unwrap_or_default();
    let kind = target
        .and_then(|target| target.get_attribute("type"))
        .unwrap_or_default();
    let typing = tag == "SELECT" || tag == "TEXTAREA" || (tag == "INPUT" && kind == "text");
    if event.ctrl_key() || event.meta_key() {
        // In a field, undo is the field's own.
        if !typing && event.code() == "KeyZ" {
            event.prevent_default();
            store.dispatch(if event.shift_key() {
                &Command::Redo
            } else {
                &Command::Undo
            });
        }
        return;
    }
    if typing || event.alt_key() || help.get_untracked() {
        return;
    }
    let cursor = store.cursor.get_untracked();
    match (event.code().as_str(), event.key().as_str()) {
        ("Space", _) if !matches!(tag.as_str(), "BUTTON" | "INPUT" | "SUMMARY") => {
            let playing = !store.playing.get_untracked();
            store.dispatch(&Command::Play { playing });
        }
        (_, ",") => store.step(false),
        (_, ".") => store.step(true),
        (_, "?") => help.set(true),
        ("Digit0" | "Numpad0", _) => store.fit(),
        ("KeyW", _) => store.zoom(cursor, 0.7),
        ("KeyS", _) => store.zoom(cursor, 1.0 / 0.7),
        ("KeyA", _) => store.pan(-0.2),
        ("KeyD", _) => store.pan(0.2),
        _ => return,
    }
    event.prevent_default();
}
