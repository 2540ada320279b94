//! The scenario of a link: one that ships, by its name, or a text of one's own, as what differs from one that ships.
//!
//! A text is written as `key~hunks~packed`: the key of a shipped text, the lines that are kept, dropped and inserted, and
//! the inserted ones in short. Both the dropped lines and the inserted ones are mostly the same with a change, so that the
//! dropped ones are known when the inserted ones are read.

use similar::{DiffOp, TextDiff};

use super::key::{digits, hash};
use super::packed::{packed, unpacked};
use super::write::short;
use crate::limits;
use crate::scenario::{FLASH_SALE, SHIPPED, Scenario, shipped};

/// The texts that differences are told from: those that ship, and those that have shipped. A text that is gone from here
/// is gone from the links that were made with it.
fn bases() -> impl Iterator<Item = &'static str> {
    let once = [
        include_str!("shipped/flash-sale-1.toml"),
        include_str!("shipped/night-leak-1.toml"),
    ];
    SHIPPED.into_iter().map(|(_, text)| text).chain(once)
}

fn key(text: &str) -> String {
    digits(hash(text), 4)
}

/// What a link says of the scenario that it is about; empty for the one that the page opens with.
#[must_use]
pub fn source(text: &str) -> String {
    if text == FLASH_SALE {
        return String::new();
    }
    if let Some((name, _)) = SHIPPED.iter().find(|(_, known)| *known == text) {
        return (*name).to_owned();
    }
    let all = bases().filter_map(|base| difference(base, text));
    all.min_by_key(String::len).unwrap_or_default()
}

/// Whether what a link says of its scenario is one that does not ship: whoever made the link has written it.
#[must_use]
pub fn is_own(source: &str) -> bool {
    source.contains('~')
}

/// Whether a text ships or has shipped: whoever made a link with it has not written it.
pub(super) fn is_shipped(text: &str) -> bool {
    bases().any(|base| base == text)
}

/// The text of the scenario that a link is about.
///
/// # Errors
/// Why it cannot be read, in words.
pub fn text(source: &str) -> Result<String, String> {
    if source.is_empty() {
        return Ok(FLASH_SALE.to_owned());
    }
    let Some((base, difference)) = source.split_once('~') else {
        let text = shipped(source).ok_or("no scenario of this name ships")?;
        return Ok(text.to_owned());
    };
    let base = bases()
        .find(|text| key(text) == base)
        .ok_or("what its scenario was made from is not known here")?;
    let (hunks, inserted) = difference
        .split_once('~')
        .ok_or("a part of its scenario is missing")?;
    let damaged = || "its scenario is damaged".to_owned();
    applied(base, hunks, inserted)?.ok_or_else(damaged)
}

/// The scenario that a link is about.
///
/// # Errors
/// Why it cannot be read, in words.
pub fn scenario(source: &str) -> Result<Scenario, String> {
    Scenario::parse(&text(source)?).map_err(|faults| {
        let first = faults.first().map_or(String::new(), ToString::to_string);
        format!("its scenario is none that this version reads: {first}")
    })
}

/// What a fragment says of its scenario: the first `s` that stands in it unpacked, among as many parts as are read.
///
/// This is the only reader of it: what is said of a link's scenario follows from the same source that is opened.
#[must_use]
pub fn source_of(fragment: &str) -> &str {
    let text = fragment.strip_prefix('#').unwrap_or(fragment);
    if text.len() > limits::LINK_BYTES {
        return "";
    }
    let fields = text.split('&').filter(|field| !field.is_empty());
    fields
        .take(limits::LINK_PARTS)
        .find_map(|field| field.strip_prefix("s="))
        .unwrap_or_default()
}

fn difference(base: &str, text: &str) -> Option<String> {
    let old: Vec<&str> = base.split_inclusive('\n').collect();
    let new: Vec<&str> = text.split_inclusive('\n').collect();
    // What differs takes the product of both lengths to find.
    if new.len() > limits::LINES_COMPARED {
        let hunks = [0, old.len(), new.len()].map(|lines| short(lines as i64));
        let inserted = packed(text, base)?;
        return Some(format!("{}~{}~{inserted}", key(base), hunks.join(".")));
    }
    let (mut hunks, mut dropped, mut inserted) = (Vec::new(), String::new(), String::new());
    let mut kept = 0;
    for op in TextDiff::from_slices(&old, &new).ops() {
        if let DiffOp::Equal { len, .. } = op {
            kept += len;
            continue;
        }
        let (out, into) = (op.old_range(), op.new_range());
        hunks.extend([kept, out.len(), into.len()]);
        kept = 0;
        dropped.extend(old.get(out)?.iter().copied());
        inserted.extend(new.get(into)?.iter().copied());
    }
    let hunks: Vec<String> = hunks.into_iter().map(|lines| short(lines as i64)).collect();
    let inserted = packed(&inserted, &dropped)?;
    Some(format!("{}~{}~{inserted}", key(base), hunks.join(".")))
}

/// A text with what differs, or nothing if that does not fit; an error where that cannot be unpacked.
fn applied(base: &str, hunks: &str, inserted: &str) -> Result<Option<String>, String> {
    let old: Vec<&str> = base.split_inclusive('\n').collect();
    let Some((hunks, dropped)) = hunks_of(&old, hunks) else {
        return Ok(None);
    };
    let (inserted, why) = unpacked(inserted, &dropped);
    match why {
        Some(why) => Err(format!("its scenario {why}")),
        None => Ok(patched(&old, &hunks, &inserted)),
    }
}

/// How many lines are kept, dropped and inserted, hunk by hunk, and the dropped ones.
fn hunks_of(old: &[&str], hunks: &str) -> Option<(Vec<usize>, String)> {
    let hunks: Vec<usize> = hunks
        .split('.')
        .filter(|lines| !lines.is_empty())
        .map(|lines| usize::from_str_radix(lines, 36).ok())
        .collect::<Option<_>>()?;
    if !hunks.len().is_multiple_of(3) {
        return None;
    }
    let mut at = 0_usize;
    let mut dropped = String::new();
    for hunk in hunks.chunks_exact(3) {
        let &[kept, out, _] = hunk else { return None };
        at = at.checked_add(kept)?;
        let end = at.checked_add(out)?;
        dropped.extend(old.get(at..end)?.iter().copied());
        at = end;
    }
    Some((hunks, dropped))
}

/// The text whose lines are kept, dropped and inserted so.
fn patched(old: &[&str], hunks: &[usize], inserted: &str) -> Option<String> {
    let mut new = inserted.split_inclusive('\n');
    let (mut at, mut text) = (0, String::new());
    for hunk in hunks.chunks_exact(3) {
        let &[kept, out, into] = hunk else {
            return None;
        };
        text.extend(old.get(at..at + kept)?.iter().copied());
        at += kept + out;
        for _ in 0..into {
            text.push_str(new.next()?);
        }
    }
    text.extend(old.get(at..)?.iter().copied());
    new.next().is_none().then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_compared_up_to_so_many_lines() {
        // A line at the end that differs is told alone as long as the rest is compared.
        let long = |lines: usize| {
            let have = FLASH_SALE.lines().count();
            format!("{FLASH_SALE}{}", "# more\n".repeat(lines - have))
        };
        let base = FLASH_SALE.lines().count();
        let hunks = |lines: usize| {
            let written = difference(FLASH_SALE, &long(lines)).expect("it can be written");
            assert_eq!(text(&written).as_deref(), Ok(&*long(lines)), "{lines}");
            let hunks = written.split('~').nth(1).expect("it has hunks").to_owned();
            hunks
                .split('.')
                .map(|n| usize::from_str_radix(n, 36).expect("a number"))
                .collect::<Vec<_>>()
        };
        let most = limits::LINES_COMPARED;
        assert_eq!(hunks(most), [base, 0, most - base]);
        assert_eq!(hunks(most + 1), [0, base, most + 1]);
    }
}
