//! What a page shows, as text for the fragment of its address.
//!
//! Version 1 is a list of fields, `name=value` with `&` between them, in which only what differs from a page as it opens
//! is written:
//!
//! | field | what it holds |
//! |---|---|
//! | `v` | the version; the first field |
//! | `l` | levers that were moved: key, `:`, value; `,` between them |
//! | `c` | calls by hand: key of the endpoint, `:`, when, `.`, what; `,` between them |
//! | `t` | the cursor |
//! | `w` | the stretch of time that is shown: from, `.`, to |
//! | `e` | what is explained: key of the endpoint, `:`, when |
//! | `p` | the panel that is open |
//! | `r` | what the run is compared with |
//! | `bl`, `bc` | levers and calls of the setup that was kept as B |
//! | `h` | the chapter of the story that is open |
//! | `x` | what the run came to, so that whoever opens the link can tell whether it still does |
//! | `k` | a sum over everything before it |
//!
//! Times are whole milliseconds in base 36, values of levers are decimal. A key is the beginning of a hash of a name,
//! long enough to tell it from all others of the scenario, so that a link stays short and outlives a new order of names.
//!
//! Reading never fails: what cannot be read is skipped, part by part, and told.

mod proof;
mod read;
mod write;

pub use proof::{Proof, Verdict};
pub use read::{Read, Skipped, read};
pub use write::write;

use crate::draw::Viewport;
use crate::scenario::Scenario;
use crate::session::{Rival, Selection, Session, Setup, Tab};
use crate::time::Instant;

/// The version that is written.
const VERSION: &str = "1";

/// What a page shows, as far as others should see it too.
#[derive(Clone, Debug, PartialEq)]
pub struct View {
    /// What the run follows from.
    pub setup: Setup,
    /// The setup that was kept as B.
    pub kept: Option<Setup>,
    /// What the run is compared with.
    pub rival: Rival,
    /// The chapter of the story that is open, by its number.
    pub chapter: Option<usize>,
    /// The cursor.
    pub cursor: Instant,
    /// The stretch of time that is shown.
    pub viewport: Viewport,
    /// What is explained.
    pub selection: Option<Selection>,
    /// The panel that is open.
    pub tab: Tab,
}

impl View {
    /// A page as it opens, with the cursor at `opening`.
    #[must_use]
    pub fn opening(scenario: &Scenario, opening: Instant) -> Self {
        Self::of(&Session::new(scenario, opening))
    }

    /// What a session shows.
    #[must_use]
    pub fn of(session: &Session) -> Self {
        Self {
            setup: session.setup.clone(),
            kept: session.kept.clone(),
            rival: session.rival.clone(),
            chapter: session.chapter,
            cursor: session.cursor,
            viewport: session.viewport,
            selection: session.selection,
            tab: session.tab,
        }
    }
}

/// The digits of keys and sums: 64, all of which may stand in a fragment.
const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
/// The shortest key.
const SHORTEST_KEY: usize = 3;

/// The first digits of a number, from its upper bits on; 10 at most.
fn digits(number: u64, count: usize) -> String {
    (0..count.min(10))
        .map(|place| {
            let digit = (number >> (58 - 6 * place)) & 63;
            DIGITS.get(digit as usize).copied().map_or('A', char::from)
        })
        .collect()
}

fn hash(text: &str) -> u64 {
    xxhash_rust::xxh64::xxh64(text.as_bytes(), 1)
}

/// The key of a name among others.
fn key<'a>(name: &str, others: impl Iterator<Item = &'a str> + Clone) -> String {
    let own = hash(name);
    let lengths = SHORTEST_KEY..10;
    let alone = |length: &usize| {
        let key = digits(own, *length);
        let mut same = others
            .clone()
            .filter(|other| *other != name && digits(hash(other), *length) == key);
        same.next().is_none()
    };
    digits(own, lengths.into_iter().find(alone).unwrap_or(10))
}

/// The place of the name that a key means, if it means exactly one.
fn named<'a>(key: &str, names: impl Iterator<Item = &'a str>) -> Option<usize> {
    if key.len() < SHORTEST_KEY {
        return None;
    }
    let mut found = names
        .enumerate()
        .filter(|(_, name)| digits(hash(name), key.len()) == key)
        .map(|(place, _)| place);
    let first = found.next()?;
    found.next().is_none().then_some(first)
}

fn levers(scenario: &Scenario) -> impl Iterator<Item = &str> + Clone {
    scenario
        .parameters
        .iter()
        .map(|parameter| parameter.name.as_str())
}

fn endpoints(scenario: &Scenario) -> impl Iterator<Item = &str> + Clone {
    scenario
        .endpoints
        .iter()
        .map(|endpoint| endpoint.id.as_str())
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests;
