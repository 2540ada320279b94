//! Between the values of a parameter and the positions of its slider, both ways.

use crate::rule::Unit;
use crate::scenario::{Form, Parameter, Purpose};

/// The shortest duration that stands on a slider of factors, besides its lower end, in milliseconds.
const SECOND: f64 = 1_000.0;
/// How many times as long as the shortest the longest duration may be before a slider goes by factors.
const WIDE: f64 = 100.0;
/// The last position of a slider of factors.
const LAST: f64 = 1_000.0;
/// The seconds that durations are held to: up to a duration, multiples of a step. On a day no step is finer than
/// the positions, so that every value has a position of its own.
const STEPS: [(f64, f64); 6] = [
    (60.0, 1.0),
    (300.0, 5.0),
    (600.0, 10.0),
    (1_800.0, 30.0),
    (3_600.0, 60.0),
    (21_600.0, 300.0),
];
/// The step beyond all of them, in seconds.
const LONGEST_STEP: f64 = 1_800.0;

/// Maps the values of a parameter to the positions of its slider.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SliderScale {
    from: f64,
    to: f64,
    /// By how much a slider moves at least, in positions.
    pub step: f64,
    /// Whether equal ways are equal factors. The lower end has a position of its own if it is less than a second.
    factors: bool,
}

impl SliderScale {
    /// The scale that suits a parameter.
    #[must_use]
    pub fn of(parameter: &Parameter) -> Self {
        let &Parameter { from, to, form, .. } = parameter;
        let wide = form == Form::Number(Unit::DURATION) && to / from.max(SECOND) > WIDE;
        let (step, factors) = match parameter.purpose {
            // Delays are compared by their difference.
            Purpose::Delay(_) => (10_000.0, false),
            Purpose::Traffic | Purpose::PhaseTraffic(_) | Purpose::Effectiveness(_) => {
                (0.05, false)
            }
            Purpose::Noise => (0.005, false),
            _ if wide => (1.0, true),
            _ => (tenth_power((to - from) / 1_000.0), false),
        };
        Self {
            from,
            to,
            step,
            factors,
        }
    }

    /// The positions of the ends.
    #[must_use]
    pub fn ends(&self) -> (f64, f64) {
        if self.factors {
            (0.0, LAST)
        } else {
            (self.from, self.to)
        }
    }

    /// The position of a value.
    #[must_use]
    pub fn position(&self, value: f64) -> f64 {
        if !self.factors {
            return value;
        }
        if value <= self.from {
            return 0.0;
        }
        let (lowest, first) = self.lowest();
        let share = (value / lowest).ln() / (self.to / lowest).ln();
        (first + (LAST - first) * share).round().clamp(first, LAST)
    }

    /// The value at a position; durations on a slider of factors are whole seconds that people would name.
    #[must_use]
    pub fn value(&self, position: f64) -> f64 {
        if !self.factors {
            return position;
        }
        if position <= 0.0 {
            return self.from;
        }
        if position >= LAST {
            return self.to;
        }
        let (lowest, first) = self.lowest();
        let share = (position - first).max(0.0) / (LAST - first);
        let seconds = lowest * ((self.to / lowest).ln() * share).exp() / SECOND;
        let step = STEPS
            .iter()
            .find(|(until, _)| seconds < *until)
            .map_or(LONGEST_STEP, |(_, step)| *step);
        ((seconds / step).round() * step * SECOND).clamp(lowest, self.to)
    }

    /// The position of a value, as a share of the way between the ends.
    #[must_use]
    pub fn share(&self, value: f64) -> f64 {
        let (first, last) = self.ends();
        (self.position(value) - first) / (last - first)
    }

    /// The value at a share of the way between the ends.
    #[must_use]
    pub fn at(&self, share: f64) -> f64 {
        let (first, last) = self.ends();
        self.value(first + (last - first) * share)
    }

    /// The next larger or smaller value of a slider of factors, where one position is often not yet another value.
    ///
    /// Other sliders go on by their step.
    #[must_use]
    pub fn beside(&self, value: f64, larger: bool) -> Option<f64> {
        if !self.factors {
            return None;
        }
        let here = self.position(value);
        (1..=LAST as u32)
            .map(f64::from)
            .map(|by| self.value(if larger { here + by } else { here - by }))
            .find(|beside| {
                if larger {
                    *beside > value
                } else {
                    *beside < value
                }
            })
    }

    /// The shortest duration that others are multiples of, and its position.
    fn lowest(&self) -> (f64, f64) {
        if self.from < SECOND {
            (SECOND, 1.0)
        } else {
            (self.from, 0.0)
        }
    }
}

/// The largest power of ten that is not larger than a number.
fn tenth_power(number: f64) -> f64 {
    // A hair more: a power of ten should be its own.
    10_f64.powi((number.ln() / std::f64::consts::LN_10 + 1e-9).floor() as i32)
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;
    use crate::scenario::{FLASH_SALE, Scenario};
    use proptest::prelude::*;

    const MINUTE: f64 = 60.0 * SECOND;
    const DAY: f64 = 24.0 * 60.0 * MINUTE;

    fn factors(from: f64, to: f64) -> SliderScale {
        SliderScale {
            from,
            to,
            step: 1.0,
            factors: true,
        }
    }

    #[test]
    fn wide_durations_go_by_factors_and_all_else_by_differences() {
        let scenario = Scenario::parse(FLASH_SALE).expect("the flash sale is well-formed");
        let shipped = |name: &str| {
            let index = scenario.parameter(name).expect("it is a parameter");
            SliderScale::of(&scenario.parameters[index])
        };
        for name in [
            "traffic_monitor.every",
            "traffic_monitor.min",
            "tight.traffic",
            "support.patience",
        ] {
            assert_eq!(shipped(name).ends(), (0.0, 1_000.0), "{name}");
        }
        for (name, ends, step) in [
            ("traffic", (0.0, 5.0), 0.05),
            ("cache_warm_up.delay", (0.0, 1_800_000.0), 10_000.0),
            ("slow.on", (0.0, 20_000.0), 10.0),
            ("struggle.on", (0.0, 0.1), 0.0001),
            ("spike.on", (0.0, 30_000.0), 10.0),
        ] {
            let scale = shipped(name);
            assert_eq!((scale.ends(), scale.step), (ends, step), "{name}");
            assert_eq!(scale.beside(ends.0, true), None, "{name}");
        }
    }

    #[test]
    fn every_default_of_the_flash_sale_stands_on_its_slider() {
        let scenario = Scenario::parse(FLASH_SALE).expect("the flash sale is well-formed");
        let numbers = scenario.parameters.iter();
        for parameter in numbers.filter(|known| matches!(known.form, Form::Number(_))) {
            let scale = SliderScale::of(parameter);
            let back = scale.value(scale.position(parameter.default));
            assert_eq!(back, parameter.default, "{}", parameter.name);
            let steps = (parameter.default - scale.ends().0) / scale.step;
            assert!(
                scale.factors || (steps - steps.round()).abs() < 1e-6,
                "{} lies between two positions",
                parameter.name
            );
        }
    }

    #[test]
    fn zero_stands_apart_below_a_second() {
        let scale = factors(0.0, DAY);
        assert_eq!(
            [0.0, 1.0, 1_000.0].map(|at| scale.value(at)),
            [0.0, SECOND, DAY]
        );
        assert_eq!(
            [0.0, 0.5 * SECOND, SECOND, DAY].map(|value| scale.position(value)),
            [0.0, 1.0, 1.0, 1_000.0]
        );
        let scale = factors(SECOND, DAY);
        assert_eq!([0.0, 1_000.0].map(|at| scale.value(at)), [SECOND, DAY]);
    }

    #[test]
    fn equal_ways_are_equal_factors() {
        let scale = factors(SECOND, 10_000.0 * SECOND);
        assert_eq!(
            [0.25, 0.5, 0.75].map(|share| scale.at(share) / SECOND),
            [10.0, 100.0, 990.0]
        );
        assert_eq!(scale.share(100.0 * SECOND), 0.5);
    }

    #[test]
    fn keys_go_from_value_to_value() {
        let scale = factors(0.0, DAY);
        for (value, larger, next) in [
            (0.0, true, Some(SECOND)),
            (SECOND, true, Some(2.0 * SECOND)),
            (SECOND, false, Some(0.0)),
            (0.0, false, None),
            (4.0 * MINUTE, true, Some(4.0 * MINUTE + 5.0 * SECOND)),
            (4.0 * MINUTE, false, Some(4.0 * MINUTE - 5.0 * SECOND)),
            (DAY, true, None),
        ] {
            assert_eq!(scale.beside(value, larger), next, "{value}");
        }
    }

    proptest! {
        #[test]
        fn there_and_back_is_the_same_value(position in 0u16..=1_000, zero: bool) {
            let scale = factors(if zero { 0.0 } else { SECOND }, DAY);
            let value = scale.value(f64::from(position));
            prop_assert_eq!(scale.value(scale.position(value)), value);
            prop_assert!(value <= scale.value(f64::from(position + 1)));
        }
    }
}
