//! What must hold for every trace, whatever the scenario, seed or parameters: code that checks, not prose.
//!
//! The checks read the log alone and do not share code with the scheduler, but for number 7, which asks the governor
//! to make each decision again.

use crate::schedule::{
    Baseline, Context, Endpoint, EndpointId, HintEnd, PauseEnd, Run, RunId, Source, Tool,
};
use crate::sim::Trace;
use crate::time::{Instant, Span};

/// An invariant and whether it held.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvariantResult {
    /// Its name.
    pub id: &'static str,
    /// What must hold.
    pub text: &'static str,
    /// How many runs, gaps or hints were looked at.
    pub checked: usize,
    /// Where it does not hold.
    pub violations: Vec<Violation>,
}

impl InvariantResult {
    /// Whether it holds everywhere.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.violations.is_empty()
    }
}

/// A place where an invariant does not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// When.
    pub at: Instant,
    /// Whose.
    pub endpoint: EndpointId,
    /// What is wrong.
    pub text: String,
}

struct Check<'a> {
    trace: &'a Trace,
    result: InvariantResult,
}

impl<'a> Check<'a> {
    fn new(trace: &'a Trace, id: &'static str, text: &'static str) -> Self {
        Self {
            trace,
            result: InvariantResult {
                id,
                text,
                checked: 0,
                violations: Vec::new(),
            },
        }
    }

    fn expect(&mut self, holds: bool, run: (Instant, EndpointId), text: impl FnOnce() -> String) {
        self.result.checked += 1;
        if !holds {
            self.result.violations.push(Violation {
                at: run.0,
                endpoint: run.1,
                text: text(),
            });
        }
    }

    /// Each run with the one before it of the same endpoint, and its endpoint.
    fn pairs(&self) -> impl Iterator<Item = (&'a Run, &'a Run, &'a Endpoint)> + use<'a> {
        let trace = self.trace;
        trace.log.runs.iter().filter_map(|run| {
            let before = trace.run(run.before()?)?;
            Some((before, run, trace.endpoints.get(run.endpoint.index())?))
        })
    }
}

/// Checks everything that must hold for a trace by itself.
#[must_use]
pub fn invariants(trace: &Trace) -> Vec<InvariantResult> {
    vec![
        min_gap(trace),
        max_gap(trace),
        nothing_while_paused(trace),
        one_shots(trace),
        no_expired_hint(trace),
        cooldowns(trace),
        recomputed(trace),
        ordered(
            trace,
            "milder-first",
            "No alert is sent before the milder ones of the same incident",
            |e| &e.milder,
            true,
        ),
        ordered(
            trace,
            "requires-first",
            "No action runs before those that it requires",
            |e| &e.requires,
            false,
        ),
    ]
}

fn min_gap(trace: &Trace) -> InvariantResult {
    let mut check = Check::new(
        trace,
        "min-gap",
        "No two starts of an endpoint are closer than its min",
    );
    for (before, run, endpoint) in check.pairs() {
        let gap = run.start - before.start;
        check.expect(gap >= endpoint.min, (run.start, run.endpoint), || {
            format!("{gap} after the last start, min is {}", endpoint.min)
        });
    }
    check.result
}

fn cooldowns(trace: &Trace) -> InvariantResult {
    let mut check = Check::new(
        trace,
        "cooldown",
        "Executions of an action are at least its cooldown apart",
    );
    for (before, run, endpoint) in check.pairs() {
        if endpoint.cooldown.is_positive() {
            let gap = run.start - before.start;
            check.expect(gap >= endpoint.cooldown, (run.start, run.endpoint), || {
                format!(
                    "{gap} after the last execution, the cooldown is {}",
                    endpoint.cooldown
                )
            });
        }
    }
    check.result
}

/// Since when, up to `until`, an endpoint has been awake with a baseline or an interval hint.
fn eligible_since(
    trace: &Trace,
    id: EndpointId,
    endpoint: &Endpoint,
    until: Instant,
) -> Option<Instant> {
    let has_baseline = match &endpoint.baseline {
        Baseline::None => false,
        Baseline::Every(_) => true,
        Baseline::Cron(cron) => cron.first_from(Instant::START).is_some(),
    };
    let eligible = |context: &Context| {
        context.pause().is_none() && (has_baseline || context.interval().is_some())
    };
    let mut since = None;
    let mut contexts = trace
        .log
        .contexts
        .iter()
        .filter(|c| c.endpoint == id && c.from <= until)
        .peekable();
    while let Some(context) = contexts.next() {
        // A state that was left in the instant that it began in was never in force.
        let momentary = contexts
            .peek()
            .is_some_and(|next| next.from == context.from);
        if eligible(context) {
            since = since.or(Some(context.from));
        } else if !momentary || contexts.peek().is_none() {
            since = None;
        }
    }
    since
}

fn max_gap(trace: &Trace) -> InvariantResult {
    let text = "No two starts are further apart than max while awake with a schedule, neither running nor cooling down";
    let mut check = Check::new(trace, "max-gap", text);
    let late = |before: &Run, endpoint: &Endpoint, next: Instant| {
        let since = eligible_since(trace, before.endpoint, endpoint, next - Span::from_ms(1))?;
        let ended = before.end()?;
        let due = (before.start + endpoint.max)
            .max(before.start + endpoint.cooldown)
            .max(ended)
            .max(since);
        Some(next > due).filter(|late| *late)
    };
    for (before, run, endpoint) in check.pairs() {
        let is_late = late(before, endpoint, run.start).is_some();
        check.expect(!is_late, (run.start, run.endpoint), || {
            format!(
                "{} after the last start, max is {}",
                run.start - before.start,
                endpoint.max
            )
        });
    }
    for (index, endpoint) in trace.endpoints.iter().enumerate() {
        let id = EndpointId(u32::try_from(index).unwrap_or(u32::MAX));
        if let Some((_, last)) = trace.runs_of(id).last() {
            let is_late = late(last, endpoint, trace.end()).is_some();
            check.expect(!is_late, (trace.end(), id), || {
                format!("nothing since {}, max is {}", last.start, endpoint.max)
            });
        }
    }
    check.result
}

fn nothing_while_paused(trace: &Trace) -> InvariantResult {
    let mut check = Check::new(trace, "paused", "Nothing starts while paused");
    for run in &trace.log.runs {
        let pause = trace
            .log
            .contexts
            .get(run.context.0 as usize)
            .and_then(|context| context.pause());
        let end = pause
            .and_then(|call| trace.log.call(call))
            .map(|call| call.tool);
        let in_force = match end {
            Some(Tool::PauseUntil(Some(PauseEnd::At(until)))) => until > run.start,
            Some(Tool::PauseUntil(Some(_))) => true,
            _ => false,
        };
        check.expect(!in_force, (run.start, run.endpoint), || {
            "started while paused".to_owned()
        });
    }
    check.result
}

fn one_shots(trace: &Trace) -> InvariantResult {
    let text = "A one-shot runs once, never before its time, or is refused, replaced, cleared, expired or pending";
    let mut check = Check::new(trace, "one-shot", text);
    let mut ends = vec![0_u32; trace.log.calls.len()];
    let mut ran: Vec<Option<RunId>> = vec![None; trace.log.calls.len()];
    for ending in &trace.log.endings {
        let index = ending.call.0 as usize;
        if let (Some(count), Some(by)) = (ends.get_mut(index), ran.get_mut(index)) {
            *count += 1;
            if let HintEnd::Ran(run) = ending.how {
                *by = Some(run);
            }
        }
    }
    for (id, call) in trace.log.all_calls() {
        let Tool::ProposeNextTime { at, ttl } = call.tool else {
            continue;
        };
        if call.refused.is_some() {
            continue;
        }
        let ended = ends.get(id.0 as usize).copied().unwrap_or(0);
        let pending = call.at + ttl >= trace.end();
        let place = (call.at, call.endpoint);
        check.expect(ended == 1 || (ended == 0 && pending), place, || {
            format!("a one-shot for {at} ended {ended} times")
        });
        if let Some(run) = ran
            .get(id.0 as usize)
            .copied()
            .flatten()
            .and_then(|run| trace.run(run))
        {
            check.expect(run.start >= at, place, || {
                format!("a one-shot for {at} ran at {}", run.start)
            });
        }
    }
    let one_shot_runs = trace
        .log
        .runs
        .iter()
        .filter(|run| run.source == Some(Source::OneShot))
        .count();
    let consumed = trace
        .log
        .endings
        .iter()
        .filter(|ending| matches!(ending.how, HintEnd::Ran(_)))
        .count();
    let first = (Instant::START, EndpointId(0));
    check.expect(one_shot_runs == consumed, first, || {
        format!("{one_shot_runs} runs from {consumed} one-shots")
    });
    check.result
}

fn no_expired_hint(trace: &Trace) -> InvariantResult {
    let mut check = Check::new(trace, "expired-hint", "No run is caused by an expired hint");
    for run in &trace.log.runs {
        let context = trace.log.contexts.get(run.context.0 as usize);
        let call = match run.source {
            Some(Source::IntervalHint) => context.and_then(|context| context.interval()),
            Some(Source::OneShot) => context.and_then(|context| context.one_shot()),
            Some(Source::Baseline) | None => continue,
        };
        let expires = call
            .and_then(|call| trace.log.call(call))
            .and_then(|call| match call.tool {
                Tool::ProposeInterval { ttl, .. } | Tool::ProposeNextTime { ttl, .. } => {
                    Some(call.at + ttl)
                }
                _ => None,
            });
        check.expect(
            expires.is_some_and(|expires| expires > run.start),
            (run.start, run.endpoint),
            || {
                format!(
                    "caused by a hint that expired at {}",
                    expires.map_or("no time".to_owned(), |at| at.to_string())
                )
            },
        );
    }
    check.result
}

fn recomputed(trace: &Trace) -> InvariantResult {
    let text =
        "Every run's decision, made again by the governor, gives exactly its time and source";
    let mut check = Check::new(trace, "recomputed", text);
    for run in &trace.log.runs {
        let decision = trace.decision(run);
        let same = decision.as_ref().is_some_and(|d| {
            d.at == Some(run.start) && d.source == run.source && d.clamp == run.clamp
        });
        check.expect(same, (run.start, run.endpoint), || {
            match decision.and_then(|d| d.at) {
                Some(at) => format!("the governor now says {at}"),
                None => "the governor now plans nothing".to_owned(),
            }
        });
    }
    check.result
}

fn ordered(
    trace: &Trace,
    id: &'static str,
    text: &'static str,
    needs: impl Fn(&crate::scenario::Endpoint) -> &Vec<EndpointId>,
    same_incident: bool,
) -> InvariantResult {
    let mut check = Check::new(trace, id, text);
    for (index, run) in trace.log.runs.iter().enumerate() {
        let Some(endpoint) = trace.scenario.endpoints.get(run.endpoint.index()) else {
            continue;
        };
        // One incident reaches from its opening to the opening of the next.
        let opened = trace
            .incidents
            .iter()
            .rfind(|incident| incident.opened <= run.start)
            .map(|incident| incident.opened);
        let from = opened.filter(|_| same_incident).unwrap_or(Instant::START);
        for &needed in needs(endpoint) {
            let earlier = trace.log.runs.get(..index).unwrap_or_default();
            let ran = earlier
                .iter()
                .any(|other| other.endpoint == needed && other.start >= from);
            let name = trace
                .endpoints
                .get(needed.index())
                .map_or("", |endpoint| endpoint.name.as_str());
            check.expect(ran, (run.start, run.endpoint), || {
                format!("`{name}` had not run before it")
            });
        }
    }
    check.result
}
