//! The run in one sentence, with its figures underlined in the colour of their tier.

use super::dom::{El, button, el, unbroken};
use super::panel::reveal;
use super::signals::{Memo, effect};
use super::store::{Store, store};
use super::timeline::tables;
use super::voice::About;
use crate::export::TERMS;
use crate::insight::{Piece, plain};

/// The sentence.
pub fn summary() -> [El; 3] {
    let store = store();
    let pieces = Memo::new(move |_| store.run.with(|run| run.summary.clone()));
    let piece = move |piece: Piece| {
        let class = match (piece.figure, piece.aside) {
            (Some(tier), _) if piece.nothing => format!("figure nothing {}", tier.name()),
            (Some(tier), _) => format!("figure {}", tier.name()),
            (None, true) => "aside".to_owned(),
            (None, false) => String::new(),
        };
        let shown = match piece.figure {
            Some(_) => {
                let go = move || {
                    match (piece.at, piece.endpoint) {
                        (Some(at), None) => return store.go(at),
                        (Some(at), Some(endpoint)) => store.select(endpoint, at),
                        (None, _) => tables(store),
                    }
                    reveal(store);
                };
                let title = match piece.at {
                    Some(at) => format!("Why? Go to {at}"),
                    None => "The report lists them".to_owned(),
                };
                button(&class, go).attr("title", &title)
            }
            None => el("span").class(&class),
        };
        shown.text(&unbroken(&piece.text))
    };
    let sentence = el("h1")
        .class("summary")
        .live(move || pieces.get().into_iter().map(piece).collect());
    told(store);
    let terms = el("p").class("terms second").text(TERMS);
    [sentence, terms, store.voice.status()]
}

/// Has the sentence said when it has become another.
fn told(store: Store) {
    let mut before = None;
    effect(move || {
        let sentence = store.run.with(|run| plain(&run.summary));
        if before.as_ref().is_some_and(|before| *before != sentence) {
            store.voice.tell(About::Run, sentence.clone());
        }
        before = Some(sentence);
    });
}
