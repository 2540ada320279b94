//! The name of the page and of the scenario, and what works on everything: undo, reset, theme, help.

use leptos::prelude::*;

use super::store::store;
use super::theme::ThemeButton;
use crate::session::Command;

/// The top of the page.
#[component]
pub fn Header(help: RwSignal<bool>) -> impl IntoView {
    let store = store();
    let scenario = store.scenario();
    let at_defaults = move || {
        store
            .parameters
            .with(|now| *now == crate::scenario::Parameters::new(&store.scenario()))
    };
    view! {
        <header class="top">
            <span class="product">"Accelerando"</span>
            <span class="scenario" title=scenario.about.clone()>{scenario.title.clone()}</span>
            <span class="grow"></span>
            <button
                class="quiet"
                disabled=at_defaults
                on:click=move |_| store.dispatch(&Command::ResetAll)
            >
                "Reset all"
            </button>
            <button
                class="icon"
                title="Undo (Ctrl+Z)"
                aria-label="Undo"
                disabled=move || !store.undoable.get().0
                on:click=move |_| store.dispatch(&Command::Undo)
            >
                <svg viewBox="0 0 16 16" aria-hidden="true">
                    <path class="ring" d="M6 3L3 6l3 3M3 6h6.5a3.5 3.5 0 0 1 0 7H6" />
                </svg>
            </button>
            <button
                class="icon"
                title="Redo (Ctrl+Shift+Z)"
                aria-label="Redo"
                disabled=move || !store.undoable.get().1
                on:click=move |_| store.dispatch(&Command::Redo)
            >
                <svg viewBox="0 0 16 16" aria-hidden="true">
                    <path class="ring" d="M10 3l3 3-3 3M13 6H6.5a3.5 3.5 0 0 0 0 7H10" />
                </svg>
            </button>
            <ThemeButton />
            <button
                class="icon"
                title="Help (?)"
                aria-label="Help"
                on:click=move |_| help.set(true)
            >
                "?"
            </button>
        </header>
    }
}
