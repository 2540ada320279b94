//! How values are written for people.

use serde::{Deserialize, Serialize};

use super::decimal::rounded;
use crate::time::Span;

/// How a value is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Shown {
    /// A plain number.
    Plain,
    /// A share, as a percentage.
    Percent,
    /// A duration in the units that fit it.
    Duration,
    /// A duration in milliseconds.
    Milliseconds,
    /// A rate per minute.
    PerMinute,
    /// A number of things, of which there are no parts.
    Whole,
}

/// A value as people read it: at most two decimals below a hundred, thousands apart, its unit behind it.
#[must_use]
pub fn shown_value(value: f64, shown: Shown) -> String {
    if value.is_nan() {
        return "unknown".to_owned();
    }
    match shown {
        Shown::Plain => number(value),
        Shown::Whole => number(value.round()),
        Shown::Percent => format!("{} %", number(value * 100.0)),
        Shown::Duration => Span::from_ms(value.round() as i64).to_string(),
        Shown::Milliseconds => format!("{} ms", number(value.round())),
        Shown::PerMinute => format!(
            "{}/min",
            number(if value.abs() < 10.0 {
                value
            } else {
                value.round()
            })
        ),
    }
}

/// The same words, with numbers that no line break parts from their unit.
#[must_use]
pub fn unbroken(words: &str) -> String {
    let mut out = String::new();
    for (index, word) in words.split(' ').enumerate() {
        let unit = word.trim_end_matches([',', '.', ';', ':', ')']);
        let number = out.ends_with(|last: char| last.is_ascii_digit());
        if number && matches!(unit, "s" | "ms" | "min" | "h" | "%") {
            out.push('\u{a0}');
        } else if index > 0 {
            out.push(' ');
        }
        out.push_str(word);
    }
    out
}

fn number(value: f64) -> String {
    if !value.is_finite() {
        return rounded(value, 0).to_string();
    }
    // Beyond the hundreds a fraction says nothing any more.
    let text = rounded(value, if value.abs() < 100.0 { 2 } else { 0 }).to_string();
    let (sign, digits) = text.split_at(usize::from(text.starts_with('-')));
    let (whole, fraction) = digits.split_at(digits.find('.').unwrap_or(digits.len()));
    let mut out = sign.to_owned();
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out + fraction
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_written_with_their_units() {
        for (value, shown, text) in [
            (1800.0, Shown::Milliseconds, "1,800 ms"),
            (0.032, Shown::Percent, "3.2 %"),
            (6000.0, Shown::PerMinute, "6,000/min"),
            (270_000.0, Shown::Duration, "4 min 30 s"),
            (0.7, Shown::Plain, "0.7"),
            (56.38, Shown::Whole, "56"),
            (-1234.5, Shown::Plain, "-1,235"),
            (-12.346, Shown::Plain, "-12.35"),
            (1_234_567.0, Shown::Plain, "1,234,567"),
            (5.0, Shown::Plain, "5"),
            (f64::NAN, Shown::Percent, "unknown"),
        ] {
            assert_eq!(shown_value(value, shown), text);
        }
    }
}
