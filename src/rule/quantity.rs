//! A single value as people write it into a field: a number with its unit, and nothing to be worked out.

use super::decimal::decimal;
use super::vocabulary::Unit;
use crate::limits::VALUE_BYTES;
use crate::time::{parse_instant, parse_span};

/// Reads `1.5`, `3 %`, `30s`, `20:05` or `3500/min` as a value of that unit; nothing if it is none.
///
/// What this reads, the language reads as the same value; the language can also calculate.
#[must_use]
pub fn quantity(text: &str, unit: Unit) -> Option<f64> {
    if text.len() > VALUE_BYTES {
        return None;
    }
    let text = text.trim();
    match unit {
        Unit::DURATION => {
            let moment = || parse_instant(text).map(|at| at.ms() as f64);
            parse_span(text)
                .map(|span| span.ms() as f64)
                .or_else(moment)
        }
        Unit::RATE => {
            let (number, per) = text.split_once('/')?;
            let number = decimal(number)?;
            Some(match per {
                "min" | "m" => number,
                "s" => number * 60.0,
                "h" => number / 60.0,
                "ms" => number * 60_000.0,
                _ => return None,
            })
        }
        _ => match text.strip_suffix('%') {
            Some(percent) => Some(decimal(percent.trim_end())? / 100.0),
            None => decimal(text),
        },
    }
    .filter(|value| value.is_finite())
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;
    use crate::rule::{Kind, constant};
    use proptest::prelude::*;

    #[test]
    fn values_are_read_with_their_units() {
        for (text, unit, value) in [
            ("1.5", Unit::PLAIN, Some(1.5)),
            (" 3 % ", Unit::PLAIN, Some(0.03)),
            ("30s", Unit::DURATION, Some(30_000.0)),
            ("4 min 30 s", Unit::DURATION, Some(270_000.0)),
            ("20:05", Unit::DURATION, Some(1_205_000.0)),
            ("3500/min", Unit::RATE, Some(3_500.0)),
            ("2/s", Unit::RATE, Some(120.0)),
            ("30", Unit::DURATION, None),
            ("3500", Unit::RATE, None),
            ("3/day", Unit::RATE, None),
            ("30s", Unit::PLAIN, None),
            ("", Unit::PLAIN, None),
            ("1e400", Unit::PLAIN, None),
            ("1_000", Unit::PLAIN, Some(1_000.0)),
            ("_1", Unit::PLAIN, None),
            ("1_", Unit::PLAIN, None),
            ("1__0", Unit::PLAIN, None),
            ("1_.5", Unit::PLAIN, None),
            ("1._5%", Unit::PLAIN, None),
            ("_1__/min", Unit::RATE, None),
        ] {
            assert_eq!(quantity(text, unit), value, "{text}");
        }
    }

    #[test]
    fn what_is_longer_than_a_value_is_none() {
        for (end, unit, value) in [
            ("1", Unit::PLAIN, 1.0),
            ("1%", Unit::PLAIN, 0.01),
            ("1/s", Unit::RATE, 60.0),
            ("1s", Unit::DURATION, 1_000.0),
        ] {
            let text = |bytes: usize| format!("{}{end}", "0".repeat(bytes - end.len()));
            assert_eq!(quantity(&text(VALUE_BYTES), unit), Some(value), "{end}");
            assert_eq!(quantity(&text(VALUE_BYTES + 1), unit), None, "{end}");
        }
    }

    proptest! {
        #[test]
        fn what_it_reads_the_language_reads_as_the_same(
            whole in 0_u32..100_000, fraction in "(\\.[0-9]{1,2})?", space in " ?",
            unit in prop::sample::select(vec!["", "%", "ms", "s", "min", "m", "h", "/s", "/min", "/h"]),
        ) {
            let text = format!("{whole}{fraction}{}{unit}", if unit.starts_with('/') { "" } else { &space });
            for kind in [Unit::PLAIN, Unit::DURATION, Unit::RATE] {
                if let Some(value) = quantity(&text, kind).filter(|_| text.trim().ends_with(unit)) {
                    // The language multiplies, where spans are counted in whole milliseconds.
                    let other = constant(text.trim(), Kind::Number(kind)).expect("the language reads it too");
                    prop_assert!((value - other).abs() <= other * 1e-12, "{}: {} {}", text, value, other);
                }
            }
        }
    }
}
