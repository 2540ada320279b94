//! Instants and spans: integer milliseconds from the start of a run, and how people write them.
//!
//! Invariant: nothing here reads a clock, and no plain number stands for a time.

use std::fmt;
use std::ops::{Add, AddAssign, Sub};

use serde::{Deserialize, Serialize};

use crate::diagnostic::counted;
use crate::limits;

/// A moment, in integer milliseconds from the start of the run (0 is the start).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
pub struct Instant(i64);

/// A length of time, in integer milliseconds; may be negative as the difference of two instants.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
pub struct Span(i64);

impl Instant {
    /// The start of a run.
    pub const START: Self = Self(0);
    /// Later than every instant that a scenario can name.
    pub const FAR: Self = Self(i64::MAX / 4);

    /// The instant `ms` milliseconds after the start.
    #[must_use]
    pub const fn from_ms(ms: i64) -> Self {
        Self(ms)
    }

    /// Milliseconds since the start.
    #[must_use]
    pub const fn ms(self) -> i64 {
        self.0
    }

    /// The number of the minute that this instant lies in.
    #[must_use]
    pub const fn minute(self) -> i64 {
        self.0.div_euclid(60_000)
    }
}

impl Span {
    /// No time at all.
    pub const ZERO: Self = Self(0);

    /// A span of `ms` milliseconds.
    #[must_use]
    pub const fn from_ms(ms: i64) -> Self {
        Self(ms)
    }

    /// A span of `seconds` seconds.
    #[must_use]
    pub const fn from_secs(seconds: i64) -> Self {
        Self(seconds.saturating_mul(1_000))
    }

    /// A span of `minutes` minutes.
    #[must_use]
    pub const fn from_mins(minutes: i64) -> Self {
        Self(minutes.saturating_mul(60_000))
    }

    /// Milliseconds.
    #[must_use]
    pub const fn ms(self) -> i64 {
        self.0
    }

    /// Whether the span is longer than nothing.
    #[must_use]
    pub const fn is_positive(self) -> bool {
        self.0 > 0
    }

    /// The span `factor` times as long, held at the largest value instead of overflowing.
    #[must_use]
    pub const fn times(self, factor: i64) -> Self {
        Self(self.0.saturating_mul(factor))
    }
}

impl Add<Span> for Instant {
    type Output = Self;
    fn add(self, span: Span) -> Self {
        Self(self.0.saturating_add(span.0))
    }
}

impl AddAssign<Span> for Instant {
    fn add_assign(&mut self, span: Span) {
        *self = *self + span;
    }
}

impl Sub<Span> for Instant {
    type Output = Self;
    fn sub(self, span: Span) -> Self {
        Self(self.0.saturating_sub(span.0))
    }
}

impl Sub for Instant {
    type Output = Span;
    fn sub(self, earlier: Self) -> Span {
        Span(self.0.saturating_sub(earlier.0))
    }
}

impl Add for Span {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl fmt::Display for Instant {
    /// Minutes and seconds (`12:40`), before them hours where there are any (`2:08:20`), after them milliseconds where
    /// there are any (`12:40.250`).
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let ms = self.0.unsigned_abs();
        let (hours, minutes, seconds) = (ms / 3_600_000, ms / 60_000 % 60, ms / 1_000 % 60);
        match hours {
            0 => write!(f, "{sign}{minutes}:{seconds:02}")?,
            _ => write!(f, "{sign}{hours}:{minutes:02}:{seconds:02}")?,
        }
        match ms % 1_000 {
            0 => Ok(()),
            rest => write!(f, ".{rest:03}"),
        }
    }
}

impl fmt::Debug for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for Span {
    /// Hours, minutes, seconds and milliseconds, without those that are nought (`4 min 30 s`).
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 == 0 {
            return f.write_str("0 s");
        }
        if self.0 < 0 {
            f.write_str("-")?;
        }
        let ms = self.0.unsigned_abs();
        let parts = [
            (ms / 3_600_000, "h"),
            (ms / 60_000 % 60, "min"),
            (ms / 1_000 % 60, "s"),
            (ms % 1_000, "ms"),
        ];
        let mut gap = "";
        for (amount, unit) in parts {
            if amount > 0 {
                write!(f, "{gap}{amount} {unit}")?;
                gap = " ";
            }
        }
        Ok(())
    }
}

impl fmt::Debug for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// What is wrong with the length of a text that is to be one value (a moment, a duration or a number), if anything is.
#[must_use]
pub fn too_long(text: &str) -> Option<String> {
    (text.len() > limits::VALUE_BYTES).then(|| {
        format!(
            "a moment, a duration or a number may have at most {} bytes, and this has {}",
            limits::VALUE_BYTES,
            counted(text.len())
        )
    })
}

/// Milliseconds in one `unit` of time (`ms`, `s`, `m` or `min`, `h`), or `None` for any other word.
#[must_use]
pub fn unit_ms(unit: &str) -> Option<i64> {
    Some(match unit {
        "ms" => 1,
        "s" => 1_000,
        "m" | "min" => 60_000,
        "h" => 3_600_000,
        _ => return None,
    })
}

/// Reads a span as people write it: `500ms`, `30s`, `7min` or `7m`, `2h`, `4m30s`, `4 min 30 s`.
///
/// Returns `None` when the text is not a span, has a fraction of a millisecond, is too long for 64 bits or is
/// [`too_long`].
#[must_use]
pub fn parse_span(text: &str) -> Option<Span> {
    if text.len() > limits::VALUE_BYTES {
        return None;
    }
    let mut rest = text.trim();
    if rest.is_empty() {
        return None;
    }
    let mut total: i64 = 0;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let (number, tail) = rest.split_at_checked(digits)?;
        let tail = tail.trim_start();
        let letters = tail
            .find(|c: char| !c.is_ascii_alphabetic())
            .unwrap_or(tail.len());
        let (unit, tail) = tail.split_at_checked(letters)?;
        total = total.checked_add(scaled(number, unit_ms(unit)?)?)?;
        rest = tail.trim_start();
    }
    Some(Span(total))
}

/// `number` (digits, at most one point) times `unit`, exact or nothing.
fn scaled(number: &str, unit: i64) -> Option<i64> {
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let mut total = whole.parse::<i64>().ok()?.checked_mul(unit)?;
    if !fraction.is_empty() {
        let power = 10_i64.checked_pow(u32::try_from(fraction.len()).ok()?)?;
        let part = fraction.parse::<i64>().ok()?.checked_mul(unit)?;
        if part % power != 0 {
            return None;
        }
        total = total.checked_add(part / power)?;
    }
    Some(total)
}

/// Reads an instant as minutes and seconds, with or without hours: `12:40`, `12:40.250`, `2:08:20`, `128:20`.
///
/// Returns `None` for anything else, and for a text that is [`too_long`].
#[must_use]
pub fn parse_instant(text: &str) -> Option<Instant> {
    if text.len() > limits::VALUE_BYTES {
        return None;
    }
    let (rest, seconds) = text.trim().rsplit_once(':')?;
    let (hours, minutes) = match rest.split_once(':') {
        Some((hours, minutes)) => (Some(hours), minutes),
        None => (None, rest),
    };
    let all_digits = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
    let (whole, _) = seconds.split_once('.').unwrap_or((seconds, ""));
    if !all_digits(minutes) || whole.len() != 2 || !all_digits(whole) {
        return None;
    }
    let seconds = scaled(seconds, 1_000)?;
    if seconds >= 60_000 {
        return None;
    }
    let ms = minutes.parse::<i64>().ok()?.checked_mul(60_000)?;
    let ms = ms.checked_add(seconds)?;
    let Some(hours) = hours else {
        return Some(Instant(ms));
    };
    // Behind hours there are two digits of minutes, up to 59.
    if !all_digits(hours) || minutes.len() != 2 || ms >= 3_600_000 {
        return None;
    }
    let hours = hours.parse::<i64>().ok()?.checked_mul(3_600_000)?;
    Some(Instant(hours.checked_add(ms)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::VALUE_BYTES;

    #[test]
    fn spans_are_read_as_people_write_them() {
        for (text, ms) in [
            ("500ms", 500),
            ("30s", 30_000),
            ("7min", 420_000),
            ("7m", 420_000),
            ("2h", 7_200_000),
            ("4m30s", 270_000),
            ("4 min 30 s", 270_000),
            ("1.5s", 1_500),
            ("0s", 0),
        ] {
            assert_eq!(parse_span(text), Some(Span(ms)), "{text}");
        }
        for text in [
            "",
            "30",
            "s",
            "-3s",
            "1.0001ms",
            "3 days",
            "1..5s",
            "é",
            "99999999999999h",
        ] {
            assert_eq!(parse_span(text), None, "{text}");
        }
    }

    #[test]
    fn instants_are_read_and_written_as_minutes_and_seconds() {
        for (text, ms) in [
            ("0:00", 0),
            ("5:05", 305_000),
            ("12:40.250", 760_250),
            ("2:08:20", 7_700_000),
            ("59:59.999", 3_599_999),
            ("1:00:00", 3_600_000),
        ] {
            assert_eq!(parse_instant(text), Some(Instant(ms)), "{text}");
            assert_eq!(Instant(ms).to_string(), text);
        }
        assert_eq!(parse_instant("128:20"), Some(Instant(7_700_000)));
        for text in [
            "5",
            "5:5",
            "5:60",
            "-1:00",
            ":30",
            "5:000",
            "a:00",
            "1:60:00",
            "1:5:00",
            ":05:00",
            "1:2:03:04",
            "-1:05:00",
            "1:100:00",
        ] {
            assert_eq!(parse_instant(text), None, "{text}");
        }
    }

    #[test]
    fn what_is_longer_than_a_value_is_none() {
        let instant = |bytes: usize| format!("{}1:00", "0".repeat(bytes - 4));
        assert_eq!(parse_instant(&instant(VALUE_BYTES)), Some(Instant(60_000)));
        assert_eq!(parse_instant(&instant(VALUE_BYTES + 1)), None);
        let span = |bytes: usize| format!("{}1s", "0".repeat(bytes - 2));
        assert_eq!(parse_span(&span(VALUE_BYTES)), Some(Span(1_000)));
        assert_eq!(parse_span(&span(VALUE_BYTES + 1)), None);
        assert_eq!(too_long(&span(VALUE_BYTES)), None);
        let told = "a moment, a duration or a number may have at most 64 bytes, and this has 65";
        assert_eq!(too_long(&span(VALUE_BYTES + 1)).as_deref(), Some(told));
        // Each colon was a call within the last, with a copy of the text.
        assert_eq!(parse_instant(&"0:".repeat(500_000)), None);
        assert_eq!(parse_instant(&format!("{}0:00", "0:".repeat(20))), None);
    }

    #[test]
    fn a_span_names_only_the_units_that_it_has() {
        assert_eq!(Span::from_ms(270_000).to_string(), "4 min 30 s");
        assert_eq!(Span::from_ms(7_200_500).to_string(), "2 h 500 ms");
        assert_eq!(Span::from_ms(-30_000).to_string(), "-30 s");
        assert_eq!(Span::ZERO.to_string(), "0 s");
    }
}
