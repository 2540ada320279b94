//! Faults in what somebody wrote, each with its place and what to do about it.
//!
//! Whatever is quoted in a fault is made visible, so that no door has to think of it. All faults of one input are collected and told at once.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::letters::{on_one_line, visible_letter};

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
        Self {
            code,
            message: on_one_line(message.as_ref()),
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
    let mut best: Option<(f64, &str)> = None;
    for name in known {
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

/// A fault as it is told to people: `name.toml:12:7: message, hint`, the line itself and a caret under the place.
#[must_use]
pub fn rendered(fault: &Fault, file: &str, text: &str) -> String {
    let (line, column) = line_and_column(text, fault.place.start);
    let shown = text.lines().nth(line - 1).unwrap_or_default();
    let width = text
        .get(fault.place.start..fault.place.end)
        .map_or(1, |s| s.lines().next().unwrap_or_default().chars().count())
        .max(1);
    let shown: String = shown.chars().map(visible_letter).collect();
    let indent = " ".repeat(column - 1);
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
