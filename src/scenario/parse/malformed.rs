//! What is wrong with a text that is not TOML, in words for those who do not know how TOML says things.

use crate::diagnostic::{Fault, Place};

/// The fault behind an error of the reader of TOML.
pub(super) fn fault(text: &str, error: &toml::de::Error) -> Fault {
    let span = error.span().unwrap_or_default();
    let place = Place::new(span.start, span.end);
    let message = match value_around(text, span.start) {
        _ if error.message() == "duplicate key" => {
            let key = text.get(span).unwrap_or_default();
            format!("`{key}` is here a second time: remove one of them")
        }
        Some(value) if value.starts_with(['"', '\'']) => {
            format!(
                "the text {value} does not end as it began: close it with the same quote, or put nothing after it"
            )
        }
        Some("") => "nothing stands after the `=`: write a value, or remove the line".to_owned(),
        Some(value) if !value.starts_with(['[', '{']) => format!(
            "`{value}` is no value: numbers are written like 5, 0.5 or 1_000, yes and no as true and false, and all else, \
             times too, in quotes: \"{value}\""
        ),
        _ => error.message().replace(", expected nothing", ""),
    };
    Fault::new("not_toml", message, place)
}

/// The value on the line of a place, if the place lies behind the line's first `=`.
fn value_around(text: &str, at: usize) -> Option<&str> {
    let start = text.get(..at)?.rfind('\n').map_or(0, |newline| newline + 1);
    let line = text.get(start..)?.lines().next()?;
    let (key, value) = line.split_once('=')?;
    let is_key = key
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | ' ' | '\t'));
    let value = value.trim();
    let value = match value.split_once(" #") {
        Some((value, _)) if !value.starts_with(['"', '\'']) => value.trim_end(),
        _ => value,
    };
    (is_key && !key.trim().is_empty() && at > start + key.len()).then_some(value)
}

#[cfg(test)]
mod tests {
    use crate::scenario::{FLASH_SALE, Scenario};

    fn told(line: &str) -> String {
        let text = format!("{line}\n{FLASH_SALE}");
        let faults = Scenario::parse(&text).expect_err("it is not TOML");
        let first = faults.first().expect("there is one");
        assert_eq!(first.code, "not_toml");
        first.message.clone()
    }

    #[test]
    fn a_malformed_value_is_told_with_how_it_is_written() {
        for value in [
            "1_",
            "1.2.3",
            "01",
            "5 min",
            "tru",
            "1e",
            "2026-13-01",
            "5min # or so",
        ] {
            let words = told(&format!("tries = {value}"));
            let value = value.trim_end_matches(" # or so");
            assert!(
                words.starts_with(&format!("`{value}` is no value: numbers")),
                "{words}"
            );
            assert!(
                words.ends_with(&format!("in quotes: \"{value}\"")),
                "{words}"
            );
        }
    }

    #[test]
    fn a_text_that_does_not_end_is_told() {
        assert!(told("name = \"abc").starts_with("the text \"abc does not end"));
        assert!(told("name = \"abc\" d").starts_with("the text \"abc\" d does not end"));
    }

    #[test]
    fn a_key_that_is_there_twice_is_named() {
        let text = format!("accelerando = 1\n{FLASH_SALE}");
        let faults = Scenario::parse(&text).expect_err("it is there twice");
        assert!(
            faults
                .iter()
                .any(|fault| fault.message
                    == "`accelerando` is here a second time: remove one of them"),
            "{faults:?}"
        );
    }

    #[test]
    fn what_is_no_value_is_told_as_it_is() {
        assert_eq!(told("[[rules]"), "unclosed array table, expected `]`");
        assert!(told("tries = ").starts_with("nothing stands after the `=`"));
    }
}
