//! The run in one sentence, with its figures underlined in the colour of their tier.

use gloo_timers::callback::Timeout;
use leptos::prelude::*;

use super::dom::{El, button, el, unbroken};
use super::panel::reveal;
use super::signals::{Memo, RwSignal, effect};
use super::store::store;
use crate::insight::{Piece, plain};

/// Between two announcements to a screen reader, in milliseconds.
const QUIET: u32 = 5_000;

/// The sentence.
pub fn summary() -> [El; 2] {
    let store = store();
    let pieces = Memo::new(move |_| store.run.with(|run| run.summary.clone()));
    let piece = move |piece: Piece| {
        let class = match (piece.figure, piece.aside) {
            (Some(tier), _) if piece.nothing => format!("figure nothing {}", tier.name()),
            (Some(tier), _) => format!("figure {}", tier.name()),
            (None, true) => "aside".to_owned(),
            (None, false) => String::new(),
        };
        let shown = match piece.at {
            Some(at) => {
                let go = move || match piece.endpoint {
                    Some(endpoint) => {
                        store.select(endpoint, at);
                        reveal(store);
                    }
                    None => store.go(at),
                };
                button(&class, go).attr("title", &format!("Why? Go to {at}"))
            }
            None => el("span").class(&class),
        };
        shown.text(&unbroken(&piece.text))
    };
    let sentence = el("h1")
        .class("summary")
        .live(move || pieces.get().into_iter().map(piece).collect());
    [sentence, announcer()]
}

/// Says the sentence to screen readers once it has stood still for a while.
fn announcer() -> El {
    let store = store();
    let said = RwSignal::new(String::new());
    let waiting = StoredValue::new_local(None::<Timeout>);
    let first = StoredValue::new(true);
    effect(move || {
        let sentence = store.run.with(|run| plain(&run.summary));
        if first.get_value() {
            first.set_value(false);
            return;
        }
        // Dropping the timer before stops it.
        waiting.set_value(Some(Timeout::new(QUIET, move || said.set(sentence))));
    });
    el("p")
        .class("for-readers")
        .attr("role", "status")
        .live_text(move || said.get())
}
