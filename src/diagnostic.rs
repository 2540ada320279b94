//! Faults in what somebody wrote, each with its place and what to do about it.
//!
//! Whatever is quoted in a fault is made visible, so that no door has to think of it. All faults of one input are collected and told at once.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::letters::{on_one_line, visible_letter};
use crate::limits;
use crate::order;

/// A stretch of a text, in bytes from its start; the end is exclusive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Place {
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}

impl Place {
    /// The stretch from `start` up to `end`.
    #[must_use]
    pub const fn new(start: usize, end: usize) -> Self {
        Self { start, end }
    }

    /// The same stretch of a text that begins `by` bytes further on.
    #[must_use]
    pub const fn moved(self, by: usize) -> Self {
        Self::new(self.start + by, self.end + by)
    }
}

/// The code of the last fault of a text that has more than are told: how many more there are.
pub const MORE_FAULTS: &str = "more_faults";

/// One thing that is wrong with an input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// A short name that programs may rely on, such as `unknown_name`.
    pub code: &'static str,
    /// What is wrong, as a sentence without a full stop.
    pub message: String,
    /// What to do about it, if that is known ("did you mean `traffic`?").
    pub hint: Option<String>,
    /// Where in the text.
    pub place: Place,
}

impl Fault {
    /// A fault without a hint.
    #[must_use]
    pub fn new(code: &'static str, message: impl AsRef<str>, place: Place) -> Self {
        let message = message.as_ref();
        // What somebody wrote may be told in it, however long it is.
        let told = beginning(message, limits::FAULT_BYTES);
        let cut = if told.len() < message.len() {
            "…"
        } else {
            ""
        };
        Self {
            code,
            message: on_one_line(told) + cut,
            hint: None,
            place,
        }
    }

    /// The same fault with a hint.
    #[must_use]
    pub fn with_hint(mut self, hint: impl AsRef<str>) -> Self {
        self.hint = Some(on_one_line(hint.as_ref()));
        self
    }

    /// The same fault, saying "did you mean …?" where a known name is near to what was written.
    #[must_use]
    pub fn with_nearest<'a>(self, written: &str, known: impl IntoIterator<Item = &'a str>) -> Self {
        match nearest(written, known) {
            Some(name) => {
                let hint = format!("did you mean `{name}`?");
                self.with_hint(hint)
            }
            None => self,
        }
    }
}

/// The faults of one text: the first are kept, the rest are counted.
#[derive(Debug, Default)]
pub struct Faults {
    kept: Vec<Fault>,
    /// Those that are counted only.
    more: usize,
    /// Whether there may be others that nobody looked for.
    cut: bool,
}

impl Faults {
    /// No faults.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Whether nothing is wrong.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.kept.is_empty()
    }

    /// Whether there are so many that nobody needs more of them: then the text is not read on, and there may be others.
    #[must_use]
    pub fn is_full(&mut self) -> bool {
        let full = self.kept.len() >= limits::FAULTS_READ;
        self.cut |= full;
        full
    }

    /// One more.
    pub fn push(&mut self, fault: Fault) {
        if !self.is_full() {
            self.kept.push(fault);
        }
    }

    /// Some more.
    pub fn extend(&mut self, faults: impl IntoIterator<Item = Fault>) {
        faults.into_iter().for_each(|fault| self.push(fault));
    }

    /// So many others are known, and what they are is not told.
    pub fn count(&mut self, more: usize) {
        self.more += more;
    }

    /// As they are told: in order of their places, the first [`limits::FAULTS`], and in one more how many are left.
    #[must_use]
    pub fn told(mut self) -> Vec<Fault> {
        order::by_key(&mut self.kept, |fault| {
            (fault.place.start as i64, fault.place.end as i64)
        });
        let more = self.more + self.kept.len().saturating_sub(limits::FAULTS);
        let last = self.kept.get(limits::FAULTS).or(self.kept.last());
        let place = last.map_or(Place::default(), |fault| fault.place);
        self.kept.truncate(limits::FAULTS);
        if more > 0 {
            let least = if self.cut { "at least " } else { "" };
            let message = format!("and {least}{} more", counted(more));
            self.kept.push(Fault::new(MORE_FAULTS, message, place));
        }
        self.kept
    }
}

/// That there is more of something than there may be.
#[must_use]
pub fn too_many(what: &str, most: usize, found: usize, place: Place) -> Fault {
    let message = format!(
        "a scenario may have at most {} {what}, and this has {}",
        counted(most),
        counted(found)
    );
    Fault::new("too_many", message, place)
}

/// A message, or as much of its beginning as anybody reads.
#[must_use]
pub fn shortened(message: &str) -> &str {
    beginning(message, limits::MESSAGE_BYTES)
}

/// At most so many bytes of the beginning of a text, in whole letters.
fn beginning(text: &str, bytes: usize) -> &str {
    let mut end = bytes.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or_default()
}

/// A count with its thousands apart, as in 1,234.
#[must_use]
pub fn counted(count: usize) -> String {
    let digits = count.to_string();
    let mut shown = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            shown.push(',');
        }
        shown.push(digit);
    }
    shown
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        match &self.hint {
            Some(hint) => write!(f, ", {hint}"),
            None => Ok(()),
        }
    }
}

/// The known name that is nearest to what was written, if one is near enough to be meant.
#[must_use]
pub fn nearest<'a>(written: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    // What is longer is no slip of somebody's hand, and likeness takes the product of both lengths to work out.
    let is_short = |name: &str| name.len() <= limits::NEAR_LETTERS;
    if !is_short(written) {
        return None;
    }
    let mut best: Option<(f64, &str)> = None;
    let known = known.into_iter().take(limits::NEAR_NAMES);
    for name in known.filter(|name| is_short(name)) {
        let likeness = strsim::jaro_winkler(written, name);
        // The first of equals stays, so that the answer does not depend on chance.
        if likeness >= 0.75 && best.is_none_or(|(most, _)| likeness > most) {
            best = Some((likeness, name));
        }
    }
    best.map(|(_, name)| name)
}

/// Line and column (both from 1, the column in characters) of a byte of `text`.
#[must_use]
pub fn line_and_column(text: &str, byte: usize) -> (usize, usize) {
    let mut end = byte.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let before = text.get(..end).unwrap_or_default();
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    let line = before.bytes().filter(|&b| b == b'\n').count() + 1;
    let column = before.get(line_start..).unwrap_or_default().chars().count() + 1;
    (line, column)
}

/// How many letters of a line are shown under a fault.
const LONGEST_LINE: usize = 200;

/// A fault as it is told to people: `name.toml:12:7: message, hint`, the line itself and a caret under the place.
#[must_use]
pub fn rendered(fault: &Fault, file: &str, text: &str) -> String {
    let (line, column) = line_and_column(text, fault.place.start);
    let shown = text.lines().nth(line - 1).unwrap_or_default();
    // Of a long line only the part around the place is shown.
    let cut = match shown.len() > LONGEST_LINE {
        true => column.saturating_sub(LONGEST_LINE / 2),
        false => 0,
    };
    let (shown, column) = match shown.char_indices().nth(cut) {
        Some((start, _)) if cut > 0 => (shown.get(start..).unwrap_or_default(), column - cut),
        _ => (shown, column),
    };
    let shown = match shown.char_indices().nth(LONGEST_LINE) {
        Some((end, _)) => shown.get(..end).unwrap_or_default(),
        None => shown,
    };
    let width = text
        .get(fault.place.start..fault.place.end)
        .map_or(1, |s| s.lines().next().unwrap_or_default().chars().count())
        .clamp(1, LONGEST_LINE.saturating_sub(column).max(1));
    let shown: String = shown.chars().map(visible_letter).collect();
    let indent = " ".repeat(column - 1);
    let column = column + cut;
    format!(
        "{}:{line}:{column}: {fault}\n  {shown}\n  {indent}{}",
        on_one_line(file),
        "^".repeat(width)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_compared_up_to_a_length_and_with_so_many() {
        let near = |letters: usize| {
            let known = "a".repeat(letters);
            nearest(&known, [known.as_str()]).is_some()
        };
        assert!(near(limits::NEAR_LETTERS));
        assert!(!near(limits::NEAR_LETTERS + 1));
        let among = |others: usize| {
            let known = std::iter::repeat_n("zzz", others).chain(["traffic"]);
            nearest("trafic", known)
        };
        assert_eq!(among(limits::NEAR_NAMES - 1), Some("traffic"));
        assert_eq!(among(limits::NEAR_NAMES), None);
    }

    #[test]
    fn the_first_faults_are_told_and_the_rest_are_counted() {
        let told = |count: usize| {
            let mut faults = Faults::new();
            faults.extend((0..count).rev().map(|at| {
                let place = Place::new(at, at + 1);
                Fault::new("wrong", format!("fault {at}"), place)
            }));
            faults.told()
        };
        assert_eq!(told(limits::FAULTS).len(), limits::FAULTS);
        let some = told(limits::FAULTS + 1);
        assert_eq!(some[0].message, "fault 0");
        assert_eq!(some[limits::FAULTS].message, "and 1 more");
        assert_eq!(some[limits::FAULTS].code, "more_faults");
        let most = told(limits::FAULTS_READ);
        assert_eq!(most[limits::FAULTS].message, "and 180 more");
        let many = told(400_000);
        assert_eq!(many.len(), limits::FAULTS + 1);
        assert_eq!(many[limits::FAULTS].message, "and at least 180 more");
        let mut known = Faults::new();
        known.push(Fault::new("wrong", "one", Place::default()));
        known.count(1_234);
        assert_eq!(known.told()[1].message, "and 1,234 more");
    }

    #[test]
    fn messages_are_cut_beyond_their_limits_alone() {
        let fault = |bytes: usize| Fault::new("wrong", "x".repeat(bytes), Place::default()).message;
        assert_eq!(fault(limits::FAULT_BYTES).len(), limits::FAULT_BYTES);
        let cut = fault(limits::FAULT_BYTES + 1);
        assert_eq!(cut.trim_end_matches('…').len(), limits::FAULT_BYTES);
        assert!(cut.ends_with('…'));
        let most = "x".repeat(limits::MESSAGE_BYTES);
        assert_eq!(shortened(&most), most);
        assert_eq!(shortened(&format!("{most}x")), most);
    }

    #[test]
    fn a_near_name_is_offered_and_a_far_one_is_not() {
        assert_eq!(nearest("trafic", ["page_load", "traffic"]), Some("traffic"));
        assert_eq!(nearest("xyz", ["page_load", "traffic"]), None);
    }

    #[test]
    fn a_fault_is_told_with_file_line_column_and_caret() {
        let text = "a = 1\non = \"trafic > 2\"\n";
        let fault = Fault::new(
            "unknown_name",
            "unknown metric `trafic`",
            Place::new(12, 18),
        )
        .with_nearest("trafic", ["traffic"]);
        assert_eq!(
            rendered(&fault, "my.toml", text),
            "my.toml:2:7: unknown metric `trafic`, did you mean `traffic`?\n  on = \"trafic > 2\"\n        ^^^^^^"
        );
    }

    #[test]
    fn columns_count_characters_and_survive_any_byte() {
        assert_eq!(line_and_column("é\nüx", 5), (2, 2));
        assert_eq!(line_and_column("é", 1), (1, 1));
        assert_eq!(line_and_column("", 99), (1, 1));
    }
}
