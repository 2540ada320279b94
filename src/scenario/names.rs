//! How names are written, and which texts are titles: the one place that says so.
//!
//! A name becomes a parameter, an attribute, a key or a part of an address somewhere, so it holds nothing that means
//! something there.

use crate::diagnostic::{Fault, Place, counted};
use crate::letters;
use crate::limits;
use crate::rule;

/// The longest name, in letters.
const MOST_NAME: usize = 64;
/// How much of a name that is none is told, in letters.
const TOLD: usize = 40;
/// What means something else in languages that hold our names as keys.
const RESERVED: [&str; 3] = ["__proto__", "constructor", "prototype"];
/// What a view calls its own attributes, beside which parameters stand.
const VIEW: [&str; 11] = [
    "scenario", "view", "controls", "at", "theme", "embed", "origin", "id", "class", "style",
    "slot",
];

/// How a name is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Name {
    /// One word of the language, as formulas use it: `page_load`.
    Word,
    /// Words with dots between them, as parameters are called: `spike.on`.
    Parameter,
    /// Words, digits and hyphens, for what no formula names: `surge-detected`.
    Label,
}

impl Name {
    fn holds(self, text: &str) -> bool {
        match self {
            Self::Word => rule::is_word(text) && !text.contains('.'),
            Self::Parameter => rule::is_word(text),
            Self::Label => {
                let letter = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
                text.starts_with(letter) && text.chars().all(|c| letter(c) || c == '-')
            }
        }
    }

    fn is_reserved(self, text: &str) -> bool {
        let formula = self != Self::Label && rule::is_keyword(text);
        let view = self == Self::Parameter && VIEW.contains(&text);
        formula || view || RESERVED.contains(&text)
    }

    const fn hint(self) -> &'static str {
        match self {
            Self::Word => {
                "write small letters, digits and `_`, and no digit first, like `page_load`"
            }
            Self::Parameter => {
                "write small letters, digits and `_`, with dots between words, like `spike.on`"
            }
            Self::Label => {
                "write small letters, digits, `_` and `-`, and no `-` first, like `first-alert`"
            }
        }
    }

    /// What is wrong with a name, if anything is.
    pub(super) fn fault(self, text: &str, place: Place) -> Option<Fault> {
        let length = text.chars().count();
        let shown: String = text.chars().take(TOLD).collect();
        let more = if length > TOLD { "…" } else { "" };
        if length > MOST_NAME {
            let message = format!(
                "the name `{shown}{more}` has {length} letters, and the most for a name is {MOST_NAME}"
            );
            return Some(Fault::new("name_too_long", message, place));
        }
        if !self.holds(text) {
            let message = format!("`{shown}{more}` is not a name");
            return Some(Fault::new("not_a_name", message, place).with_hint(self.hint()));
        }
        self.is_reserved(text).then(|| {
            let message = format!("`{text}` means something else and cannot be a name");
            Fault::new("reserved_name", message, place)
                .with_hint(format!("call it `{text}_` or so"))
        })
    }
}

/// What is wrong with a title, if anything is: it is one short line, and all of it can be seen.
pub(super) fn title_fault(text: &str, place: Place) -> Option<Fault> {
    let fault = |message: String, hint: &str| {
        Some(Fault::new("hidden_character", message, place).with_hint(hint))
    };
    if let Some(hidden) = text.chars().find(|letter| letters::is_hidden(*letter)) {
        let message = format!(
            "a title or name holds the hidden character U+{:04X}",
            u32::from(hidden)
        );
        return fault(
            message,
            "write it on one line, with letters that can be seen",
        );
    }
    if !text.chars().any(letters::is_seen) {
        let message = "a title or name has no letter that can be seen".to_owned();
        return fault(message, "write at least one");
    }
    let mut marks = 0;
    for letter in text.chars() {
        marks = if letters::is_mark(letter) {
            marks + 1
        } else {
            0
        };
        if marks > limits::MARKS {
            let message = format!(
                "a letter of a title or name may have at most {} marks",
                limits::MARKS
            );
            return fault(message, "leave the others out");
        }
    }
    let length = text.chars().count();
    (length > limits::TITLE_LETTERS).then(|| {
        let message = format!(
            "a title or name may have at most {} letters, and this has {}",
            limits::TITLE_LETTERS,
            counted(length)
        );
        Fault::new("too_long", message, place)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(name: Name, text: &str) -> Option<&'static str> {
        name.fault(text, Place::default()).map(|fault| fault.code)
    }

    #[test]
    fn a_title_is_short_and_can_be_seen() {
        let code = |text: &str| title_fault(text, Place::default()).map(|fault| fault.code);
        let most = "x".repeat(limits::TITLE_LETTERS);
        for title in [&*most, "Flash sale", "a\u{301}b\u{301}", "数", "🚨"] {
            assert_eq!(code(title), None, "{title}");
        }
        assert_eq!(code(&format!("{most}x")), Some("too_long"));
        let marks = format!("e{}", "\u{333}".repeat(limits::MARKS));
        assert_eq!(code(&marks), None);
        let marked = format!("e{}", "\u{333}".repeat(limits::MARKS + 1));
        for title in [
            "",
            " ",
            "\u{2800}",
            "\u{a0}\u{3000}",
            "\u{34f}a",
            "\u{e000}",
            &marked,
        ] {
            assert_eq!(code(title), Some("hidden_character"), "{title:?}");
        }
    }

    #[test]
    fn a_name_is_a_word_and_nothing_else() {
        for word in ["traffic", "p99", "_x", "a_b_1"] {
            assert_eq!(code(Name::Word, word), None, "{word}");
        }
        for other in [
            "",
            "a.b",
            "a-b",
            "A",
            "1a",
            "é",
            "a b",
            "a\"",
            "x><img src=x onerror=alert(1)>",
            "a\n",
            "=a",
            "a\u{202e}",
        ] {
            assert_eq!(code(Name::Word, other), Some("not_a_name"), "{other}");
        }
        assert_eq!(code(Name::Parameter, "spike.on"), None);
        for other in ["spike.", ".on", "spike..on", "spike.1", "spike-on"] {
            assert_eq!(code(Name::Parameter, other), Some("not_a_name"), "{other}");
        }
        assert_eq!(code(Name::Label, "cron-5m"), None);
        assert_eq!(code(Name::Label, "404-page"), None);
        for other in ["", "-a", "a.b", "../a", "a/b", "A"] {
            assert_eq!(code(Name::Label, other), Some("not_a_name"), "{other}");
        }
    }

    #[test]
    fn what_means_something_else_is_no_name() {
        assert_eq!(code(Name::Word, "and"), Some("reserved_name"));
        assert_eq!(code(Name::Label, "and"), None);
        assert_eq!(code(Name::Word, "__proto__"), Some("reserved_name"));
        assert_eq!(code(Name::Parameter, "view"), Some("reserved_name"));
        assert_eq!(code(Name::Word, "view"), None);
    }

    #[test]
    fn the_limit_of_a_name_names_itself() {
        let name = "a".repeat(MOST_NAME);
        assert_eq!(code(Name::Word, &name), None);
        let fault = Name::Word
            .fault(&(name + "a"), Place::default())
            .expect("it is too long");
        assert_eq!(fault.code, "name_too_long");
        assert!(
            fault
                .message
                .ends_with("has 65 letters, and the most for a name is 64"),
            "{fault}"
        );
    }
}
