//! A metric over time: what was true, what was observed, and the levels that rules use.

use plotters::prelude::{ChartBuilder, Circle, LineSeries, PathElement};

use super::plot::{Ink, Plot};
use super::scale::Apart;
use super::viewport::Viewport;
use crate::insight::thresholds;
use crate::limits;
use crate::order;
use crate::sim::Trace;
use crate::time::{Instant, Span};

/// How finely the world is looked at between its steps.
const GRID: Span = Span::from_secs(10);

/// A metric over the whole run.
#[derive(Clone, Debug, PartialEq)]
pub struct MetricSeries {
    /// Which metric of the scenario.
    pub metric: usize,
    /// What was true, from step to step.
    pub truth: Vec<(Instant, f64)>,
    /// What was observed.
    pub observed: Vec<(Instant, f64)>,
    /// The levels that rules use.
    pub thresholds: Vec<f64>,
    /// Smallest and largest value that is shown.
    pub range: (f64, f64),
}

impl MetricSeries {
    /// The smallest and the largest value that was true, not a number if none is known; the range that is shown leaves
    /// some room around them.
    #[must_use]
    pub fn ends(&self) -> (f64, f64) {
        let values = self.truth.iter().map(|(_, value)| *value);
        values.fold((f64::NAN, f64::NAN), |(low, high), value| {
            (low.min(value), high.max(value))
        })
    }

    /// What was true at an instant.
    #[must_use]
    pub fn at(&self, at: Instant) -> Option<f64> {
        let after = self.truth.partition_point(|(from, _)| *from <= at);
        let (from, value) = *self.truth.get(after.checked_sub(1)?)?;
        let Some(&(to, next)) = self.truth.get(after) else {
            return Some(value);
        };
        let share = (at - from).ms() as f64 / (to - from).ms().max(1) as f64;
        Some(value + (next - value) * share)
    }
}

/// The metrics of the same world with nobody acting on it, as a fixed schedule leaves it.
#[must_use]
pub fn untouched_series(trace: &Trace) -> Vec<MetricSeries> {
    series_of(trace, |instants| trace.untouched_truth(instants), false)
}

/// All metrics that people see, in the scenario's order.
#[must_use]
pub fn metric_series(trace: &Trace) -> Vec<MetricSeries> {
    series_of(trace, |instants| trace.truth(instants), true)
}

/// How finely the world is looked at: coarser where so many values would be too many.
fn grid(trace: &Trace) -> Span {
    let steps = (trace.world_steps().max(1) as i64).saturating_mul(16);
    let metrics = trace.scenario.metrics.len().max(1) as i64;
    let most = (limits::LOOKS as i64 / steps)
        .min(limits::MINUTE_VALUES as i64 / metrics)
        .max(1);
    let grids = trace.end().ms() / GRID.ms();
    GRID.times((grids / most + i64::from(grids % most > 0)).max(1))
}

fn series_of(
    trace: &Trace,
    truth: impl FnOnce(Vec<Instant>) -> Vec<Vec<f64>>,
    is_observed: bool,
) -> Vec<MetricSeries> {
    let end = trace.end();
    let grid = grid(trace);
    let mut instants: Vec<Instant> = (0..=end.ms() / grid.ms())
        .map(|step| Instant::from_ms(step * grid.ms()))
        .collect();
    // A step takes no time, so both of its sides are looked at.
    for phase in &trace.scenario.phases {
        instants.extend([phase.from - Span::from_ms(1), phase.from]);
    }
    instants.retain(|at| *at >= Instant::START && *at < end);
    instants.push(end - Span::from_ms(1));
    order::by_key(&mut instants, |at| (at.ms(), 0));
    instants.dedup();
    let truth = truth(instants.clone());
    let levels = thresholds(trace);
    let shown = trace
        .scenario
        .metrics
        .iter()
        .enumerate()
        .filter(|(_, metric)| !metric.hidden);
    shown
        .map(|(metric, _)| {
            let values = truth
                .iter()
                .map(|all| all.get(metric).copied().unwrap_or(f64::NAN));
            let truth = corners(instants.iter().copied().zip(values).collect());
            let seen = trace.observations_until(metric, end);
            let observed: Vec<(Instant, f64)> = seen
                .filter(|_| is_observed)
                .map(|observation| (observation.at, observation.value))
                .collect();
            let mut thresholds: Vec<f64> = levels
                .iter()
                .filter(|level| level.metric == metric)
                .map(|level| level.value)
                .collect();
            order::by_key(&mut thresholds, |level| (order::of_number(*level), 0));
            thresholds.dedup();
            let range = range(truth.iter().chain(&observed).map(|(_, value)| *value));
            MetricSeries {
                metric,
                truth,
                observed,
                thresholds,
                range,
            }
        })
        .collect()
}

/// Only the points between which a line is not straight.
fn corners(points: Vec<(Instant, f64)>) -> Vec<(Instant, f64)> {
    let mut kept: Vec<(Instant, f64)> = Vec::new();
    for (index, &(at, value)) in points.iter().enumerate() {
        let level = |other: Option<&(Instant, f64)>| {
            other.is_some_and(|(_, other)| (other - value).abs() <= 1e-9 * value.abs().max(1.0))
        };
        let before = index.checked_sub(1).and_then(|index| points.get(index));
        if !(level(before) && level(points.get(index + 1))) {
            kept.push((at, value));
        }
    }
    kept
}

fn range(values: impl Iterator<Item = f64>) -> (f64, f64) {
    let (low, high) = values
        .filter(|value| value.is_finite())
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| {
            (low.min(value), high.max(value))
        });
    if low > high {
        return (0.0, 1.0);
    }
    let room = ((high - low) * 0.08).max(high.abs() * 0.01).max(1e-9);
    (low - room, high + room)
}

/// The chart of a metric.
#[must_use]
pub fn metric_chart(series: &MetricSeries, viewport: Viewport, size: (f64, f64)) -> Plot {
    let time = |at: Instant| at.ms() as f64;
    Plot::draw(size, |area| {
        let mut chart = ChartBuilder::on(area).build_cartesian_2d(
            time(viewport.from)..time(viewport.to),
            series.range.0..series.range.1,
        )?;
        let (low, high) = series.range;
        let levels = series
            .thresholds
            .iter()
            .filter(|level| (low..=high).contains(*level));
        chart.draw_series(levels.map(|level| {
            let ends = [(time(viewport.from), *level), (time(viewport.to), *level)];
            PathElement::new(ends, Ink::Threshold.colour())
        }))?;
        // Where nothing is known there is no line.
        let line = viewport.clipped(&series.truth);
        for known in line.split(|(_, value)| !value.is_finite()) {
            let line = known.iter().map(|(at, value)| (time(*at), *value));
            chart.draw_series(LineSeries::new(line, Ink::Truth.colour()))?;
        }
        let shown = |at: Instant| at >= viewport.from && at <= viewport.to;
        let mut apart = Apart::default();
        let scale =
            |value: f64, (from, to): (f64, f64), size: f64| (value - from) / (to - from) * size;
        let stretch = (time(viewport.from), time(viewport.to));
        let observed = series
            .observed
            .iter()
            .filter(|(at, value)| shown(*at) && value.is_finite())
            .filter(|(at, value)| {
                let x = scale(time(*at), stretch, size.0);
                apart.is_seen(x, scale(*value, series.range, size.1))
            });
        chart.draw_series(
            observed.map(|(at, value)| Circle::new((time(*at), *value), 1, Ink::Observed.colour())),
        )?;
        Ok(())
    })
}
