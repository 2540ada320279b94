//! The run in one sentence, with its figures underlined in the colour of their tier.

use super::dom::{El, button, el};
use super::panel::reveal;
use super::signals::{Memo, effect};
use super::store::{Store, store};
use super::timeline::tables;
use super::voice::About;
use crate::export::TERMS;
use crate::insight::{Piece, plain};
use crate::rule::unbroken;
use crate::session::{Command, Rival};

/// The class of what leads somewhere.
const FIGURE: &str = "figure";
/// What may follow a figure.
const MARKS: [char; 3] = [',', ';', '.'];
/// The class of what fixed cron does, and what is to be known of it.
const ASIDE: &str = "aside";
/// The class of the scenario's own words within the sentence.
const THEIRS: &str = "theirs";
/// What is said of a scenario that does not ship.
const OWN: &str = "This scenario does not ship with Accelerando: whoever made the link wrote its title, words and claims.";
const CRON: &str = "All checks at every time, in the same world. Compare shows more";

/// The sentence.
pub fn summary() -> [El; 4] {
    let store = store();
    let pieces = Memo::new(move |_| store.run.with(|run| run.summary.clone()));
    let classes = move || pieces.with(|pieces| pieces.iter().map(class).collect());
    // What a piece says may change while the piece stays: only another kind of piece is made anew.
    let piece = move |place: usize, class: &str| {
        let piece = move || pieces.with(|pieces| pieces.get(place).cloned());
        let title = move || match piece().and_then(|piece| piece.at) {
            Some(at) => format!("Why? Go to {at}"),
            None => "The table “All runs” lists them, and the actions".to_owned(),
        };
        let go = move || {
            let piece = pieces.with_untracked(|pieces| pieces.get(place).cloned());
            match piece.map(|piece| (piece.at, piece.endpoint)) {
                Some((Some(at), None)) => return store.go(at),
                Some((Some(at), Some(endpoint))) => store.select(endpoint, at),
                _ => return tables(store),
            }
            reveal(store);
        };
        let words = move |place: usize| {
            let text = pieces.with(|pieces| pieces.get(place).map(|piece| unbroken(&piece.text)));
            text.unwrap_or_default()
        };
        if class.starts_with(FIGURE) {
            let figure = button(class, go).live_attr("title", title);
            // A button may stand at the end of a line, a comma not at the beginning of one.
            let mark = move || {
                words(place + 1)
                    .chars()
                    .take_while(|c| MARKS.contains(c))
                    .collect()
            };
            return el("span")
                .class("kept")
                .child(figure.live_text(move || words(place)))
                .child(el("span").live_text(mark));
        }
        let shown = match class == THEIRS {
            true => el("bdi"),
            false => el("span").class(class),
        };
        let shown = match class == ASIDE {
            true => shown.attr("title", CRON),
            false => shown,
        };
        let follows_figure = move || {
            let before = place.checked_sub(1);
            pieces.with(|pieces| before.and_then(|place| pieces.get(place)?.figure).is_some())
        };
        shown.live_text(move || match follows_figure() {
            true => words(place).trim_start_matches(MARKS).to_owned(),
            false => words(place),
        })
    };
    let sentence = el("h1").class("summary").live_keyed(classes, piece);
    told(store);
    let rival = move || {
        store.beside.with(|beside| match beside {
            Some(Ok(beside)) => beside.name.clone(),
            _ => String::new(),
        })
    };
    // Wherever the reader is, what else is in the picture is said above it.
    let compared = el("span")
        .live_flag("hidden", move || rival().is_empty())
        .text(" Dashed, and at the foot of the lanes: ")
        .child(el("b").live_text(rival))
        .text("; the charts’ scales hold both. ")
        .child(
            button("link", move || {
                let rival = Rival::Nobody;
                store.dispatch(&Command::Compare { rival });
            })
            .text("Stop comparing"),
        );
    let terms = el("p")
        .class("terms second")
        .text(TERMS)
        .child(compared)
        // What is to be said of the link that the page was opened with.
        .child(el("b").attr("role", "status").attr("id", "opened"));
    // Before the words of whoever wrote it, so that none of theirs can move it out of sight.
    let own = el("p").class("own-note second").text(OWN);
    [own, sentence, terms, store.voice.status()]
}

/// How a piece of the sentence looks.
fn class(piece: &Piece) -> String {
    match (piece.figure, piece.aside) {
        (Some(tier), _) => {
            let nothing = if piece.nothing { " nothing " } else { " " };
            [FIGURE, nothing, tier.name()].concat()
        }
        (None, true) => ASIDE.to_owned(),
        (None, false) if piece.theirs => THEIRS.to_owned(),
        (None, false) => String::new(),
    }
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
