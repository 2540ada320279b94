//! Short keys for long names, and sums.

use crate::scenario::Scenario;

/// The version that is written.
pub(super) const VERSION: &str = "1";

/// The digits of keys and sums: 64, all of which may stand in a fragment.
pub(super) const DIGITS: &[u8; 64] =
    b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
/// The shortest key.
const SHORTEST_KEY: usize = 3;
/// The longest: a hash has no more digits.
const LONGEST_KEY: usize = 10;

/// The first digits of a number, from its upper bits on; 10 at most.
pub(super) fn digits(number: u64, count: usize) -> String {
    (0..count.min(10))
        .map(|place| {
            let digit = (number >> (58 - 6 * place)) & 63;
            DIGITS.get(digit as usize).copied().map_or('A', char::from)
        })
        .collect()
}

/// Whether these are the first digits of a number.
fn is_digits(number: u64, written: &str) -> bool {
    let digit = |place: usize| DIGITS.get(((number >> (58 - 6 * place)) & 63) as usize);
    let mut written = written.bytes().enumerate();
    written.all(|(place, byte)| place < 10 && digit(place) == Some(&byte))
}

pub(super) fn hash(text: &str) -> u64 {
    xxhash_rust::xxh64::xxh64(text.as_bytes(), 1)
}

/// The key of a name among others.
pub(super) fn key<'a>(name: &str, others: impl Iterator<Item = &'a str> + Clone) -> String {
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
pub(super) fn named<'a>(key: &str, names: impl Iterator<Item = &'a str>) -> Option<usize> {
    if !(SHORTEST_KEY..=LONGEST_KEY).contains(&key.len()) {
        return None;
    }
    let mut found = names
        .enumerate()
        .filter(|(_, name)| is_digits(hash(name), key))
        .map(|(place, _)| place);
    let first = found.next()?;
    found.next().is_none().then_some(first)
}

pub(super) fn levers(scenario: &Scenario) -> impl Iterator<Item = &str> + Clone {
    scenario
        .parameters
        .iter()
        .map(|parameter| parameter.name.as_str())
}

pub(super) fn endpoints(scenario: &Scenario) -> impl Iterator<Item = &str> + Clone {
    scenario
        .endpoints
        .iter()
        .map(|endpoint| endpoint.id.as_str())
}
