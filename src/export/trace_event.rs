//! A run as trace events, the JSON that Perfetto and Chrome's tracing open.
//!
//! One process a tier, one track an endpoint, with a complete event for each run; counters for metrics and cadences;
//! a flow arrow from each run that made somebody ask for another to that other run. Times are microseconds.
//!
//! Invariants, as the format wants them: complete events of one track never overlap, the two ends of an arrow have one
//! id that no other arrow has, lie within the slices that they join, and go forward in time.

use serde::Serialize;

use crate::diagnostic::counted;
use crate::draw::cause_of;
use crate::insight::{cadences, run_reason};
use crate::limits;
use crate::order;
use crate::schedule::{EndpointId, Run, RunId, Tier};
use crate::sim::Trace;
use crate::time::{Instant, Span};

/// How long a run is drawn that took no time, in microseconds: long enough to be seen and to hold on to an arrow.
const SEEN: i64 = 1_000;
/// How finely the world is looked at, and into how many steps at most a long run is cut for that.
const GRID: Span = Span::from_secs(10);
const STEPS: i64 = 10_000;
/// The process of all metrics, and that of all cadences; tiers are numbered from 1.
const METRICS: usize = 11;
const CADENCES: usize = 12;
/// Tracks are numbered from here, apart from all processes.
const FIRST_TRACK: usize = 101;

/// A file of trace events.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TraceEvents {
    trace_events: Vec<Event>,
    display_time_unit: &'static str,
    other_data: About,
}

#[derive(Debug, Serialize)]
struct About {
    scenario: String,
    result_hash: String,
    /// What is not here, in words.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    left_out: Vec<String>,
}

#[derive(Debug, Serialize)]
struct Event {
    name: String,
    #[serde(skip_serializing_if = "str::is_empty")]
    cat: &'static str,
    ph: &'static str,
    ts: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    dur: Option<i64>,
    pid: usize,
    tid: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<usize>,
    /// Binding point of an arrow's end: the slice around it.
    #[serde(skip_serializing_if = "Option::is_none")]
    bp: Option<&'static str>,
    /// Scope of an instant event.
    #[serde(skip_serializing_if = "Option::is_none")]
    s: Option<&'static str>,
    #[serde(skip_serializing_if = "Args::is_none")]
    args: Args,
}

#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Args {
    None,
    Name { name: String },
    SortIndex { sort_index: usize },
    Run(Box<RunArgs>),
    Observed { observed: f64 },
    True { r#true: f64 },
    Every { every_s: f64 },
}

impl Args {
    const fn is_none(&self) -> bool {
        matches!(self, Self::None)
    }
}

#[derive(Debug, Serialize)]
struct RunArgs {
    endpoint: String,
    reason: String,
    ok: bool,
    took_ms: i64,
    moved_by: Option<&'static str>,
}

impl Event {
    fn new(name: impl Into<String>, ph: &'static str, ts: i64, (pid, tid): (usize, usize)) -> Self {
        Self {
            name: name.into(),
            cat: "",
            ph,
            ts,
            dur: None,
            pid,
            tid,
            id: None,
            bp: None,
            s: None,
            args: Args::None,
        }
    }

    fn with(self, args: Args) -> Self {
        Self { args, ..self }
    }
}

fn us(at: Instant) -> i64 {
    at.ms().saturating_mul(1_000)
}

/// Process and track of an endpoint.
fn track(trace: &Trace, id: EndpointId) -> (usize, usize) {
    let tier = trace
        .endpoints
        .get(id.index())
        .map_or(Tier::Health, |endpoint| endpoint.tier);
    (tier as usize + 1, FIRST_TRACK + id.index())
}

/// A run as trace events.
#[must_use]
pub fn trace_events(trace: &Trace) -> TraceEvents {
    let mut events = Vec::new();
    let slices = slices(trace);
    runs(trace, &slices, &mut events);
    arrows(trace, &slices, &mut events);
    incidents(trace, &mut events);
    metrics(trace, &mut events);
    every(trace, &mut events);
    // A stable order by time: a slice stands before the arrows that hold on to it.
    order::by_key(&mut events, |event| (event.ts, 0));
    let mut all = names(trace);
    all.append(&mut events);
    TraceEvents {
        trace_events: all,
        display_time_unit: "ms",
        other_data: About {
            scenario: trace.scenario.name.clone(),
            result_hash: format!("{:016x}", trace.hash()),
            left_out: left_out(trace),
        },
    }
}

fn names(trace: &Trace) -> Vec<Event> {
    let mut named = Vec::new();
    let mut process = |pid: usize, name: String, index: usize| {
        let at = (pid, 0);
        named.push(Event::new("process_name", "M", 0, at).with(Args::Name { name }));
        let sort = Args::SortIndex { sort_index: index };
        named.push(Event::new("process_sort_index", "M", 0, at).with(sort));
    };
    // Alerts on top, as tiers are stacked.
    for (index, tier) in Tier::ALL.into_iter().rev().enumerate() {
        process(tier as usize + 1, tier.name().to_owned(), index);
    }
    process(METRICS, "metrics".to_owned(), METRICS);
    process(CADENCES, "cadence".to_owned(), CADENCES);
    for (id, endpoint) in (0..).map(EndpointId).zip(&trace.scenario.endpoints) {
        let at = track(trace, id);
        let name = endpoint.name.clone();
        named.push(Event::new("thread_name", "M", 0, at).with(Args::Name { name }));
        let sort_index = trace.endpoints.len().saturating_sub(id.index());
        let sort = Args::SortIndex { sort_index };
        named.push(Event::new("thread_sort_index", "M", 0, at).with(sort));
    }
    named
}

/// Start and length of each run as it is drawn, in microseconds.
fn slices(trace: &Trace) -> Vec<(i64, i64)> {
    let runs = &trace.log.runs;
    let mut next: Vec<Option<i64>> = vec![None; trace.endpoints.len()];
    let mut slices = Vec::with_capacity(runs.len());
    for run in runs.iter().rev() {
        let start = us(run.start);
        let end = us(run.end().unwrap_or(trace.end()));
        let place = next.get_mut(run.endpoint.index());
        let room = place.and_then(|place| place.replace(start));
        let most = room.map_or(i64::MAX, |next| next - start);
        slices.push((start, (end - start).max(SEEN).min(most).max(0)));
    }
    slices.reverse();
    slices
}

fn runs(trace: &Trace, slices: &[(i64, i64)], events: &mut Vec<Event>) {
    for (run, (start, length)) in trace.log.runs.iter().zip(slices) {
        let name = run.source.map_or("run", |source| source.name());
        let took = run
            .end()
            .map_or(trace.end() - run.start, |end| end - run.start);
        let endpoint = trace.scenario.endpoints.get(run.endpoint.index());
        let args = RunArgs {
            endpoint: endpoint.map_or(String::new(), |endpoint| endpoint.id.clone()),
            reason: run_reason(trace, run),
            ok: run.ok,
            took_ms: took.ms(),
            moved_by: run.clamp.map(|clamp| clamp.name()),
        };
        events.push(Event {
            cat: "run",
            dur: Some(*length),
            ..Event::new(name, "X", *start, track(trace, run.endpoint))
                .with(Args::Run(Box::new(args)))
        });
    }
}

/// Of so many things each how many-th is shown, so that a file can still be opened.
fn thinned(count: usize) -> usize {
    count.div_ceil(limits::EVENTS_SHOWN).max(1)
}

/// Of how many runs one has its arrow shown, which has two ends.
fn arrows_of_one_in(trace: &Trace) -> usize {
    thinned(2 * trace.log.runs.len())
}

/// Of how many runs one has its observed values shown: whole runs are left out, so that each metric is thinned alike.
fn values_of_one_in(trace: &Trace) -> usize {
    thinned(trace.observations.len())
}

/// What is thinned, in words.
fn left_out(trace: &Trace) -> Vec<String> {
    let thin = [
        ("arrows", arrows_of_one_in(trace)),
        ("observed values", values_of_one_in(trace)),
    ];
    let thin = thin.into_iter().filter(|(_, every)| *every > 1);
    let most = counted(limits::EVENTS_SHOWN);
    thin.map(|(what, every)| {
        format!("the {what} of one run in {every} are shown: there may be at most {most} events of a kind")
    })
    .collect()
}

fn arrows(trace: &Trace, slices: &[(i64, i64)], events: &mut Vec<Event>) {
    let slice = |run: RunId| -> Option<(&Run, (i64, i64))> {
        Some((trace.run(run)?, *slices.get(run.0 as usize)?))
    };
    for index in (0..trace.log.runs.len()).step_by(arrows_of_one_in(trace)) {
        let effect = RunId(u32::try_from(index).unwrap_or(u32::MAX));
        let Some((by, (start, length))) = cause_of(trace, effect).and_then(slice) else {
            continue;
        };
        let Some((run, (at, _))) = slice(effect) else {
            continue;
        };
        // From the end of the slice, but never later than what it leads to.
        let from = (start + length - 1).min(at).max(start);
        let end = |ph, ts, whose: &Run| Event {
            cat: "cause",
            id: Some(index + 1),
            ..Event::new("cause", ph, ts, track(trace, whose.endpoint))
        };
        events.push(end("s", from, by));
        events.push(Event {
            bp: Some("e"),
            ..end("f", at, run)
        });
    }
}

fn incidents(trace: &Trace, events: &mut Vec<Event>) {
    let Some(incident) = &trace.scenario.incident else {
        return;
    };
    let mut mark = |what: &str, at: Instant| {
        let name = format!("{}: {what}", incident.name);
        events.push(Event {
            cat: "incident",
            s: Some("g"),
            ..Event::new(name, "i", us(at), (METRICS, 0))
        });
    };
    for span in &trace.incidents {
        mark("opened", span.opened);
        if let Some(closed) = span.closed {
            mark("closed", closed);
        }
    }
}

/// What was true, where it changes, and what was observed.
fn metrics(trace: &Trace, events: &mut Vec<Event>) {
    let shown = |index: usize| {
        let metric = trace.scenario.metrics.get(index)?;
        (!metric.hidden).then(|| metric.name.clone())
    };
    let metrics = trace.scenario.metrics.len().max(1);
    let most = i64::try_from(limits::EVENTS_SHOWN / metrics).unwrap_or(STEPS);
    let grid = GRID.ms().max(trace.end().ms() / most.clamp(1, STEPS));
    let mut instants: Vec<Instant> = (0..=trace.end().ms() / grid)
        .map(|step| Instant::from_ms(step * grid))
        .chain(trace.scenario.phases.iter().map(|phase| phase.from))
        .filter(|at| *at < trace.end())
        .collect();
    order::by_key(&mut instants, |at| (at.ms(), 0));
    instants.dedup();
    let mut before = vec![f64::NAN; trace.scenario.metrics.len()];
    for (at, values) in instants.iter().zip(trace.truth(instants.iter().copied())) {
        for (index, (value, before)) in values.into_iter().zip(&mut before).enumerate() {
            if let Some(name) = shown(index).filter(|_| value.is_finite() && value != *before) {
                let args = Args::True { r#true: value };
                events.push(Event::new(name, "C", us(*at), (METRICS, 0)).with(args));
            }
            *before = value;
        }
    }
    let every = values_of_one_in(trace);
    let shown_runs = |run: RunId| (run.0 as usize).is_multiple_of(every);
    for seen in trace
        .observations
        .iter()
        .filter(|seen| shown_runs(seen.run))
    {
        if let Some(name) = shown(seen.metric).filter(|_| seen.value.is_finite()) {
            let args = Args::Observed {
                observed: seen.value,
            };
            events.push(Event::new(name, "C", us(seen.at), (METRICS, 0)).with(args));
        }
    }
}

/// How often each check is planned, in seconds; 0 while it sleeps.
fn every(trace: &Trace, events: &mut Vec<Event>) {
    for (id, endpoint) in (0..).map(EndpointId).zip(&trace.scenario.endpoints) {
        if !endpoint.schedule.tier.is_check() {
            continue;
        }
        for step in cadences(trace, id) {
            let every_s = step.every.map_or(0.0, |every| every.ms() as f64 / 1_000.0);
            let at = (CADENCES, 0);
            let event = Event::new(endpoint.name.clone(), "C", us(step.from), at);
            events.push(event.with(Args::Every { every_s }));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn so_many_of_a_kind_are_shown_and_more_are_thinned() {
        let most = limits::EVENTS_SHOWN;
        assert_eq!([0, 1, most].map(thinned), [1; 3]);
        assert_eq!([most + 1, 2 * most, 2 * most + 1].map(thinned), [2, 2, 3]);
    }
}
