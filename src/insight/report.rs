//! A run in numbers: minute by minute, phase by phase, endpoint by endpoint.

use crate::limits;
use crate::schedule::{EndpointId, Tier};
use crate::sim::Trace;
use crate::time::{Instant, Span};

/// The world at the first instant of a minute, and what ran within it.
#[derive(Clone, Debug, PartialEq)]
pub struct Snapshot {
    /// The minute.
    pub minute: i64,
    /// The phase that it begins in.
    pub phase: usize,
    /// The true value of every metric, in the scenario's order.
    pub metrics: Vec<f64>,
    /// The endpoints that are not asleep.
    pub awake: Vec<EndpointId>,
    /// Starts within the minute.
    pub runs: usize,
}

/// What happened in a phase.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PhaseSummary {
    /// The phase.
    pub phase: usize,
    /// Its first instant.
    pub from: Instant,
    /// Its end.
    pub to: Instant,
    /// Starts in each tier, from the lowest up.
    pub by_tier: [usize; 4],
    /// Shortest gap that lies within the phase, of any check.
    pub fastest: Option<Span>,
}

/// How often everything ran.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Totals {
    /// All starts.
    pub runs: usize,
    /// Starts of endpoints that look (health and investigation).
    pub checks: usize,
    /// Starts of each endpoint.
    pub by_endpoint: Vec<usize>,
    /// Starts in each tier, from the lowest up.
    pub by_tier: [usize; 4],
}

fn tier_of(trace: &Trace, id: EndpointId) -> usize {
    trace
        .endpoints
        .get(id.index())
        .map_or(0, |endpoint| endpoint.tier as usize)
}

/// How many minutes a row of [`snapshots`] stands for: one, unless the run is so long that there would be too many rows.
#[must_use]
pub fn minutes_a_row(trace: &Trace) -> i64 {
    let minutes = minutes(trace);
    let each = trace.scenario.metrics.len() + trace.endpoints.len() + 1;
    let steps = trace.world_steps().max(1);
    let rows = (limits::MINUTE_VALUES / each)
        .min(usize::try_from(limits::LOOKS / steps).unwrap_or(usize::MAX))
        .clamp(1, limits::MINUTES);
    let rows = i64::try_from(rows).unwrap_or(i64::MAX);
    ((minutes + rows - 1) / rows).max(1)
}

/// How many minutes a run has, the last one begun.
fn minutes(trace: &Trace) -> i64 {
    (trace.end().ms() + 59_999) / 60_000
}

/// The world and the runs, minute by minute; in a very long run, a row stands for several minutes.
#[must_use]
pub fn snapshots(trace: &Trace) -> Vec<Snapshot> {
    let minutes = minutes(trace);
    let step = minutes_a_row(trace);
    let count = usize::try_from((minutes + step - 1) / step).unwrap_or(0);
    let mut runs = vec![0; count];
    for run in &trace.log.runs {
        let row = usize::try_from(run.start.minute() / step).ok();
        if let Some(runs) = row.and_then(|row| runs.get_mut(row)) {
            *runs += 1;
        }
    }
    let starts = (0..).map(|row: i64| Instant::from_ms(row * step * 60_000));
    let starts = starts.take(count);
    let truth = trace.truth(starts.clone());
    let mut contexts = trace.log.contexts.iter().peekable();
    let mut awake = vec![false; trace.endpoints.len()];
    let rows = starts.zip(truth).zip(runs);
    rows.map(|((at, metrics), runs)| {
        while let Some(context) = contexts.next_if(|context| context.from <= at) {
            if let Some(place) = awake.get_mut(context.endpoint.index()) {
                *place = context.pause().is_none();
            }
        }
        let ids = (0..).map(EndpointId).zip(&awake);
        Snapshot {
            minute: at.minute(),
            phase: trace.scenario.phase_at(at),
            metrics,
            awake: ids.filter(|(_, awake)| **awake).map(|(id, _)| id).collect(),
            runs,
        }
    })
    .collect()
}

/// The endpoints that are awake at an instant, after everything that happened then.
#[must_use]
pub fn awake_at(trace: &Trace, at: Instant) -> Vec<EndpointId> {
    let ids = (0..).map(EndpointId).take(trace.endpoints.len());
    let is_awake = |id: &EndpointId| {
        let context = trace.context_at(*id, at);
        context.is_some_and(|context| context.pause().is_none())
    };
    ids.filter(is_awake).collect()
}

/// What happened, phase by phase.
#[must_use]
pub fn phases(trace: &Trace) -> Vec<PhaseSummary> {
    let summary = |(index, phase): (usize, &crate::scenario::Phase)| {
        let (from, to) = (phase.from, trace.scenario.phase_end(index));
        let mut by_tier = [0; 4];
        let mut fastest: Option<Span> = None;
        let place = |at: Instant| trace.log.runs.partition_point(|run| run.start < at);
        let runs = trace.log.runs.get(place(from)..place(to));
        for run in runs.unwrap_or_default() {
            if let Some(count) = by_tier.get_mut(tier_of(trace, run.endpoint)) {
                *count += 1;
            }
            let is_check = trace
                .endpoints
                .get(run.endpoint.index())
                .is_some_and(|endpoint| endpoint.tier.is_check());
            if let (true, Some(before)) =
                (is_check, run.before().and_then(|before| trace.run(before)))
            {
                let gap = run.start - before.start;
                // One that began in the phase before is as much of that.
                if before.start >= from {
                    fastest = Some(fastest.map_or(gap, |fastest| fastest.min(gap)));
                }
            }
        }
        PhaseSummary {
            phase: index,
            from,
            to,
            by_tier,
            fastest,
        }
    };
    trace
        .scenario
        .phases
        .iter()
        .enumerate()
        .map(summary)
        .collect()
}

/// How often everything ran.
#[must_use]
pub fn totals(trace: &Trace) -> Totals {
    let mut by_endpoint = vec![0; trace.endpoints.len()];
    let mut by_tier = [0; 4];
    for run in &trace.log.runs {
        if let Some(count) = by_endpoint.get_mut(run.endpoint.index()) {
            *count += 1;
        }
        if let Some(count) = by_tier.get_mut(tier_of(trace, run.endpoint)) {
            *count += 1;
        }
    }
    let checks = Tier::ALL
        .iter()
        .zip(by_tier)
        .filter(|(tier, _)| tier.is_check())
        .map(|(_, count)| count)
        .sum();
    Totals {
        runs: trace.log.runs.len(),
        checks,
        by_endpoint,
        by_tier,
    }
}
