//! How to read and use the page.

use leptos::prelude::*;
use wasm_bindgen::JsCast as _;

const KEYS: [(&str, &str); 9] = [
    ("Space", "play or pause"),
    (", and .", "previous and next decision"),
    ("A D", "move the view"),
    ("W S", "look closer and further away"),
    ("0", "show the whole run"),
    ("↑ ↓ ← →", "in the timeline: walk lanes and runs"),
    ("[ and ]", "from a run to its cause, and to what it caused"),
    ("Ctrl+Z, Ctrl+Shift+Z", "undo and redo"),
    ("?", "this help"),
];

/// The help, over the page.
#[component]
pub fn Help(open: RwSignal<bool>) -> impl IntoView {
    let dialog = NodeRef::<leptos::html::Dialog>::new();
    Effect::new(move |_| {
        let Some(dialog) = dialog.get() else { return };
        let dialog: web_sys::HtmlDialogElement = dialog.unchecked_into();
        if open.get() && !dialog.open() {
            let _ = dialog.show_modal();
        } else if !open.get() && dialog.open() {
            dialog.close();
        }
    });
    view! {
        <dialog
            class="help"
            node_ref=dialog
            aria-labelledby="help-title"
            on:close=move |_| open.set(false)
        >
            <h2 id="help-title">"How to read this page"</h2>
            <p>
                "Ten endpoints watch a shop through a flash sale. Each has a lane: a stroke is a check, a diamond an action. "
                "A tinted band is an interval hint in force, a bar after a diamond its cooldown, a dashed box a time in "
                "which a rule considered the action and was held back."
            </p>
            <p>
                "Move a lever and everything is simulated again. Click a run to see why it happened, or an empty stretch "
                "to see why nothing did. Drag over the charts to move the cursor; Ctrl and the wheel look closer."
            </p>
            <dl class="keys">
                {KEYS
                    .map(|(keys, does)| {
                        view! {
                            <dt>
                                <kbd>{keys}</kbd>
                            </dt>
                            <dd>{does}</dd>
                        }
                    })
                    .collect_view()}
            </dl>
            <p class="second">"Keys work while a part of this page has the focus and nothing is being typed."</p>
            <button class="plain" on:click=move |_| open.set(false)>
                "Close"
            </button>
        </dialog>
    }
}
