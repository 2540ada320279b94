//! Every policy as a point: checks a day against time blind. Fixed schedules make a curve; does ours lie under it?

use super::compare::PolicyResult;
use crate::order;
use crate::time::Span;

/// A policy as a point.
#[derive(Clone, Debug, PartialEq)]
pub struct Point {
    /// Its name.
    pub policy: String,
    /// Checks over a day with one such run in it.
    pub checks_a_day: f64,
    /// Time in which a problem was true and had not been seen.
    pub blind: Span,
}

/// The fixed schedules, rarest last, and the schedule of the run itself.
#[derive(Clone, Debug, PartialEq)]
pub struct Frontier {
    /// Fixed schedules of all checks alike, from the most to the fewest checks a day.
    pub fixed: Vec<Point>,
    /// The run's own.
    pub own: Point,
    /// How long a fixed schedule with as many checks a day would be blind, between those that were run.
    pub fixed_alike: Option<Span>,
}

impl Frontier {
    /// The points of a comparison, whose first is the run itself.
    #[must_use]
    pub fn of(results: &[PolicyResult]) -> Option<Self> {
        let point = |result: &PolicyResult| Point {
            policy: result.policy.clone(),
            checks_a_day: result.checks_a_day,
            blind: result.blind,
        };
        let (own, others) = results.split_first()?;
        let mut fixed: Vec<Point> = others
            .iter()
            .filter(|result| result.policy.starts_with("cron-"))
            .map(point)
            .collect();
        order::by_key(&mut fixed, |point| {
            (-order::of_number(point.checks_a_day), 0)
        });
        let own = point(own);
        let fixed_alike = between(&fixed, own.checks_a_day);
        Some(Self {
            fixed,
            own,
            fixed_alike,
        })
    }

    /// Whether the run's own schedule is blind for less time than a fixed one of the same price would be.
    #[must_use]
    pub fn is_under(&self) -> Option<bool> {
        Some(self.own.blind < self.fixed_alike?)
    }
}

/// The curve at a number of checks a day: straight between its points over the interval, since what is looked at half
/// as often is blind about twice as long.
fn between(fixed: &[Point], checks_a_day: f64) -> Option<Span> {
    let (dear, cheap) = fixed
        .iter()
        .zip(fixed.iter().skip(1))
        .find(|(dear, cheap)| (cheap.checks_a_day..=dear.checks_a_day).contains(&checks_a_day))?;
    let interval = |checks: f64| 1.0 / checks;
    let (short, long) = (interval(dear.checks_a_day), interval(cheap.checks_a_day));
    let share = match long - short {
        whole if whole > 0.0 => (interval(checks_a_day) - short) / whole,
        _ => 0.0,
    };
    let more = (cheap.blind.ms() - dear.blind.ms()) as f64;
    // Nobody reads milliseconds off a curve.
    Some(dear.blind + Span::from_secs((share * more / 1_000.0) as i64))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn point(checks_a_day: f64, minutes: i64) -> Point {
        Point {
            policy: String::new(),
            checks_a_day,
            blind: Span::from_mins(minutes),
        }
    }

    #[test]
    fn the_curve_is_straight_over_the_interval() {
        let fixed = [point(1_000.0, 0), point(100.0, 10), point(10.0, 100)];
        let at = |checks| between(&fixed, checks).map(|blind| blind.ms());
        assert_eq!(at(1_000.0), Some(0));
        assert_eq!(at(100.0), Some(600_000));
        assert_eq!(at(200.0), Some(266_000), "four ninths of the way");
        assert_eq!(at(9.0), None, "there is no curve beyond its ends");
    }
}
