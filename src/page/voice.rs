//! What is said to those who do not see the page: one status for all of it, so that nothing talks over another.

use leptos::prelude::*;

use super::dom::{El, el};
use super::signals::RwSignal;
use super::turns::Turns;

/// For how long nothing new must have come up before it is said, in milliseconds: so far apart it is said at least.
const QUIET: u32 = 5_000;

/// What there is to say, in the order in which it is said.
#[derive(Clone, Copy)]
pub enum About {
    /// The sentence.
    Run,
    /// A question of the story.
    Question,
    /// The search for what would have flipped an outcome.
    Search,
}

/// What is said.
#[derive(Clone, Copy)]
pub struct Voice {
    said: RwSignal<String>,
    waiting: StoredValue<[String; 3]>,
    turns: Turns,
}

impl Voice {
    /// Nothing to say yet.
    pub fn new() -> Self {
        Self {
            said: RwSignal::new(String::new()),
            waiting: StoredValue::new(Default::default()),
            turns: Turns::new(),
        }
    }

    /// Says at once what was asked for.
    pub fn answer(self, words: String) {
        self.said.set(words);
        self.wait();
    }

    /// Says what came about, once things stand still.
    pub fn tell(self, about: About, words: String) {
        self.waiting.update_value(|waiting| {
            if let Some(place) = waiting.get_mut(about as usize) {
                *place = words;
            }
        });
        self.wait();
    }

    fn wait(self) {
        self.turns.start(QUIET, move || {
            let waiting = self.waiting.try_update_value(std::mem::take);
            let words = waiting.unwrap_or_default().join(" ");
            if words.len() > 2 {
                self.said.set(words);
            }
            false
        });
    }

    /// Where it stands.
    pub fn status(self) -> El {
        el("p")
            .class("for-readers")
            .attr("role", "status")
            .live_text(move || self.said.get())
    }
}
