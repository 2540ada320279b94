//! The run in one sentence, with its figures underlined in the colour of their tier.

use gloo_timers::callback::Timeout;
use leptos::prelude::*;

use super::store::store;
use crate::insight::plain;

/// Between two announcements to a screen reader, in milliseconds.
const QUIET: u32 = 5_000;

/// The sentence.
#[component]
pub fn Summary() -> impl IntoView {
    let store = store();
    let pieces = Memo::new(move |_| store.run.with(|run| run.summary.clone()));
    view! {
        <h1 class="summary">
            {move || {
                pieces
                    .get()
                    .into_iter()
                    .map(|piece| {
                        let class = match (piece.figure, piece.aside) {
                            (Some(tier), _) => format!("figure {}", tier.name()),
                            (None, true) => "aside".to_owned(),
                            (None, false) => String::new(),
                        };
                        match piece.at {
                            Some(at) => {
                                view! {
                                    <button
                                        class=class
                                        title=format!("Go to {at}")
                                        on:click=move |_| {
                                            store.seek(at);
                                            store.show(at);
                                        }
                                    >
                                        {piece.text}
                                    </button>
                                }
                                    .into_any()
                            }
                            None => view! { <span class=class>{piece.text}</span> }.into_any(),
                        }
                    })
                    .collect_view()
            }}
        </h1>
        <Announcer />
    }
}

/// Says the sentence to screen readers once it has stood still for a while.
#[component]
fn Announcer() -> impl IntoView {
    let store = store();
    let said = RwSignal::new(String::new());
    let waiting = StoredValue::new_local(None::<Timeout>);
    let first = StoredValue::new(true);
    Effect::new(move |_| {
        let sentence = store.run.with(|run| plain(&run.summary));
        if first.get_value() {
            first.set_value(false);
            return;
        }
        // Dropping the timer before stops it.
        waiting.set_value(Some(Timeout::new(QUIET, move || said.set(sentence))));
    });
    view! { <p class="for-readers" role="status">{said}</p> }
}
