//! Numbers as people write them.
//!
//! The standard library reads any decimal to the last bit, with tables that would make up a twentieth of the page. What
//! people write has few digits, and of up to fifteen this reads every one exactly as the standard library does; a
//! test holds them equal. Writing is the same: nobody is shown more than four decimals.

use std::fmt;

use crate::limits::VALUE_BYTES;

/// The largest whole number up to which all are exact.
const EXACT: u64 = 1 << 53;
/// The largest power of ten that is exact.
const EXACT_POWER: i32 = 22;

/// Reads digits with an optional sign, fraction and exponent; one `_` may stand between two digits. A text of more than
/// [`VALUE_BYTES`] bytes is none.
#[must_use]
pub fn decimal(text: &str) -> Option<f64> {
    if text.len() > VALUE_BYTES {
        return None;
    }
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let (digits, exponent) = match digits.split_once(['e', 'E']) {
        Some((digits, exponent)) => (digits, exponent.parse::<i32>().ok()?),
        None => (digits, 0),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    if !(gaps_within(whole) && gaps_within(fraction)) {
        return None;
    }
    let mut number = 0_u64;
    let mut power = exponent;
    let mut any = false;
    for (digit, behind) in whole
        .bytes()
        .map(|digit| (digit, false))
        .chain(fraction.bytes().map(|digit| (digit, true)))
    {
        if digit == b'_' {
            continue;
        }
        if !digit.is_ascii_digit() {
            return None;
        }
        any = true;
        // Digits beyond what a number can hold are passed over.
        if number < EXACT / 16 {
            number = number * 10 + u64::from(digit - b'0');
            power = power.saturating_sub(i32::from(behind));
        } else if !behind {
            power = power.saturating_add(1);
        }
    }
    let value = scaled(number as f64, power);
    any.then_some(if negative { -value } else { value })
}

/// Whether every `_` stands alone between two digits.
fn gaps_within(digits: &str) -> bool {
    !digits.contains('_') || digits.split('_').all(|group| !group.is_empty())
}

/// A number times a power of ten: one exact step where there is one, else several.
fn scaled(mut value: f64, mut power: i32) -> f64 {
    while power != 0 && value != 0.0 && value.is_finite() {
        let step = power.clamp(-EXACT_POWER, EXACT_POWER);
        let factor = (0..step.abs()).fold(1.0, |factor, _| factor * 10.0);
        value = if step > 0 {
            value * factor
        } else {
            value / factor
        };
        power -= step;
    }
    value
}

/// A number that is written with so many decimals at most.
#[derive(Clone, Copy, Debug)]
pub struct Rounded {
    value: f64,
    decimals: u8,
}

/// The number with at most so many decimals (up to 9), without zeros at its end; halves go away from zero.
#[must_use]
pub const fn rounded(value: f64, decimals: u8) -> Rounded {
    Rounded { value, decimals }
}

impl fmt::Display for Rounded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.value.is_finite() {
            return f.write_str(if self.value.is_nan() {
                "unknown"
            } else {
                "endless"
            });
        }
        let mut grid = 10_u64.pow(u32::from(self.decimals.min(9)));
        let mut digits = (self.value.abs() * grid as f64).round() as u64;
        let mut decimals = usize::from(self.decimals.min(9));
        while decimals > 0 && digits.is_multiple_of(10) {
            (digits, grid, decimals) = (digits / 10, grid / 10, decimals - 1);
        }
        if self.value < 0.0 && digits > 0 {
            f.write_str("-")?;
        }
        write!(f, "{}", digits / grid)?;
        if decimals > 0 {
            write!(f, ".{:0decimals$}", digits % grid)?;
        }
        Ok(())
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::{decimal, rounded};
    use proptest::prelude::*;

    #[test]
    fn what_is_no_number_is_none() {
        for text in [
            "", ".", "-", "1.2.3", "1e", "e5", "12a", "½", "1 2", "inf", "NaN",
        ] {
            assert_eq!(decimal(text), None, "{text}");
        }
        assert_eq!(decimal("1_000.5"), Some(1_000.5));
        assert_eq!(decimal("-0.25"), Some(-0.25));
        assert_eq!(decimal("+3e2"), Some(300.0));
        assert_eq!(decimal("1e400"), Some(f64::INFINITY));
        assert_eq!(decimal("1e-400"), Some(0.0));
        assert_eq!(decimal(&"1".repeat(65)), None);
        assert!(decimal(&"1".repeat(64)).is_some());
    }

    #[test]
    fn numbers_are_written_without_needless_digits() {
        for (value, decimals, text) in [
            (1.25, 1, "1.3"),
            (12.0, 2, "12"),
            (0.05, 2, "0.05"),
            (-0.004, 2, "0"),
            (-3.5, 1, "-3.5"),
            (1e17, 1, "100000000000000000"),
            (f64::NAN, 1, "unknown"),
        ] {
            assert_eq!(rounded(value, decimals).to_string(), text);
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_within_half_a_step(value in -1e6_f64..1e6, decimals in 0_u8..5) {
            let text = rounded(value, decimals).to_string();
            let step = 0.1_f64.powi(i32::from(decimals));
            prop_assert!((text.parse::<f64>().expect("a number") - value).abs() <= step * 0.501, "{}", text);
            prop_assert!(!text.contains('.') || !text.ends_with('0'), "{}", text);
        }

        #[test]
        fn up_to_fifteen_digits_it_reads_what_the_standard_library_reads(
            whole in 0_u64..100_000_000, fraction in "[0-9]{0,7}", exponent in prop::option::of(-7_i32..7)
        ) {
            let exponent = exponent.map_or(String::new(), |exponent| format!("e{exponent}"));
            let point = if fraction.is_empty() { "" } else { "." };
            let text = format!("{whole}{point}{fraction}{exponent}");
            prop_assert_eq!(decimal(&text), text.parse::<f64>().ok(), "{}", text);
        }

        #[test]
        fn more_digits_are_read_to_within_the_last(text in "[0-9]{1,30}\\.[0-9]{1,30}") {
            let (found, exact) = (decimal(&text).expect("a number"), text.parse::<f64>().expect("a number"));
            prop_assert!((found - exact).abs() <= exact.abs() * 1e-14, "{}: {} {}", text, found, exact);
        }
    }
}
