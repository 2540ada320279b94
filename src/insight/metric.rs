//! What is said of a metric at one moment, and the levels that rules compare it with.

use super::Past;
use crate::rule::{Condition, shown_value};
use crate::scenario::PlanName;
use crate::sim::Trace;
use crate::time::Instant;

/// A level of a metric at which a rule goes on.
#[derive(Clone, Debug, PartialEq)]
pub struct Threshold {
    /// The metric.
    pub metric: usize,
    /// The rule.
    pub rule: usize,
    /// The level, in the metric's unit.
    pub value: f64,
}

/// All levels of metrics that rules compare observations with.
#[must_use]
pub fn thresholds(trace: &Trace) -> Vec<Threshold> {
    let mut found: Vec<Threshold> = Vec::new();
    for (rule, definition) in trace.scenario.rules.iter().enumerate() {
        let levels = levels(trace, &definition.on).map(|(metric, value)| Threshold {
            metric,
            rule,
            value,
        });
        found.extend(levels);
    }
    found
}

/// What a condition compares metrics with.
fn levels(trace: &Trace, condition: &Condition) -> impl Iterator<Item = (usize, f64)> {
    let past = Past::at(trace, Instant::START);
    let readings = condition.readings(&past, Instant::START).into_iter();
    readings.filter_map(|reading| {
        match trace.scenario.plan_names.get(reading.subject?.index())? {
            PlanName::Metric(metric) if reading.right.is_finite() => Some((*metric, reading.right)),
            _ => None,
        }
    })
}

/// A metric at an instant in words: what is true, what a check saw last, and one of its levels with the rules that use
/// it, if one is asked for.
#[must_use]
pub fn metric_words(trace: &Trace, metric: usize, at: Instant, level: Option<f64>) -> String {
    let Some(told) = trace.scenario.metrics.get(metric) else {
        return String::new();
    };
    let shown = |value: f64| shown_value(value, told.shown);
    let truth = trace.truth([at]).pop();
    let truth = truth.and_then(|all| all.get(metric).copied());
    let mut words = format!(
        "{} at {at}: {}",
        told.name,
        shown(truth.unwrap_or(f64::NAN))
    );
    match trace.observed(metric, at) {
        Some(seen) => words += &format!("; a check saw {} at {}", shown(seen.value), seen.at),
        None => words += "; no check has looked yet",
    }
    if let Some(level) = level {
        words += &format!(". Dotted: {} puts on", shown(level));
        let all = thresholds(trace).into_iter();
        for one in all.filter(|one| one.metric == metric && one.value == level) {
            let Some(rule) = trace.scenario.rules.get(one.rule) else {
                continue;
            };
            words += &format!(" “{}”", rule.name);
            let mut off = rule.off.iter().flat_map(|off| levels(trace, off));
            if let Some((_, off)) = off.find(|(of, _)| *of == metric) {
                words += &format!(" (off again at {})", shown(off));
            }
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::insight::tests::run;

    #[test]
    fn a_metric_is_told_as_it_is_and_as_it_was_seen() {
        let trace = run(&[]);
        let visitors = trace
            .scenario
            .metrics
            .iter()
            .position(|metric| metric.name == "Visitors");
        let visitors = visitors.expect("there is one");
        let told = |at, level| metric_words(&trace, visitors, Instant::from_ms(at), level);
        // The surge begins at 5:00; a check looks then, and every 30 s from then on.
        assert_eq!(
            told(299_000, None),
            "Visitors at 4:59: 1,000/min; a check saw 1,000/min at 0:00"
        );
        let levels = thresholds(&trace);
        let level = levels
            .iter()
            .find(|level| level.metric == visitors)
            .expect("there is one");
        assert_eq!(
            told(320_000, Some(level.value)),
            "Visitors at 5:20: 5,000/min; a check saw 5,000/min at 5:00. Dotted: 3,500/min puts on “traffic spike” (off \
             again at 2,500/min)"
        );
    }

    #[test]
    fn a_metric_that_nobody_looks_at_is_told_as_such() {
        let trace = run(&[]);
        let order = |name: &str| {
            trace
                .scenario
                .metrics
                .iter()
                .position(|metric| metric.name == name)
        };
        let lag = order("Database query").expect("there is one");
        assert_eq!(
            metric_words(&trace, lag, Instant::START, None),
            "Database query at 0:00: 120 ms; no check has looked yet"
        );
    }
}
