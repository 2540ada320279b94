//! What must hold for every trace, whatever the scenario, seed or parameters: code that checks, not prose.
//!
//! The checks read the log alone and do not share code with the scheduler, but for number 7, which asks the governor
//! to make each decision again.

use crate::limits;
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
    /// Where it does not hold: the first [`limits::VIOLATIONS`] places.
    pub violations: Vec<Violation>,
    /// How many places there are besides those.
    pub more: usize,
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
                more: 0,
            },
        }
    }

    fn expect(&mut self, holds: bool, run: (Instant, EndpointId), text: impl FnOnce() -> String) {
        self.result.checked += 1;
        if holds {
            return;
        }
        if self.result.violations.len() >= limits::VIOLATIONS {
            self.result.more += 1;
        } else {
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

/// Since when an endpoint has been awake with a baseline or an interval hint, followed through its states.
struct Eligible<'a> {
    states: Vec<&'a Context>,
    next: usize,
    since: Option<Instant>,
    has_baseline: bool,
}

impl<'a> Eligible<'a> {
    fn new(trace: &'a Trace, id: EndpointId, endpoint: &Endpoint) -> Self {
        let has_baseline = match &endpoint.baseline {
            Baseline::None => false,
            Baseline::Every(_) => true,
            Baseline::Cron(cron) => cron.first_from(Instant::START).is_some(),
        };
        Self {
            states: trace.contexts_of(id).collect(),
            next: 0,
            since: None,
            has_baseline,
        }
    }

    /// Since when, up to an instant that is not before the last one that was asked for.
    fn since(&mut self, until: Instant) -> Option<Instant> {
        let eligible = |context: &Context| {
            context.pause().is_none() && (self.has_baseline || context.interval().is_some())
        };
        while let Some(context) = self.states.get(self.next).filter(|c| c.from <= until) {
            let after = self.states.get(self.next + 1);
            // A state that was left in the instant that it began in was never in force.
            let momentary = after.is_some_and(|next| next.from == context.from);
            if eligible(context) {
                self.since = self.since.or(Some(context.from));
            } else if !momentary {
                self.since = None;
            }
            self.next += 1;
        }
        self.since
    }
}

fn max_gap(trace: &Trace) -> InvariantResult {
    let text = "No two starts are further apart than max while awake with a schedule, neither running nor cooling down";
    let mut check = Check::new(trace, "max-gap", text);
    let late = |since: Option<Instant>, before: &Run, endpoint: &Endpoint, next: Instant| {
        let (Some(since), Some(ended)) = (since, before.end()) else {
            return false;
        };
        let due = (before.start + endpoint.max)
            .max(before.start + endpoint.cooldown)
            .max(ended)
            .max(since);
        next > due
    };
    let ids = (0..).map(EndpointId).zip(&trace.endpoints);
    let mut eligible: Vec<_> = ids.map(|(id, e)| Eligible::new(trace, id, e)).collect();
    let mut since = |id: EndpointId, next: Instant| {
        let eligible = eligible.get_mut(id.index())?;
        eligible.since(next - Span::from_ms(1))
    };
    for (before, run, endpoint) in check.pairs() {
        let is_late = late(since(run.endpoint, run.start), before, endpoint, run.start);
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
        if let Some((_, last)) = trace.runs_of(id).next_back() {
            let is_late = late(since(id, trace.end()), last, endpoint, trace.end());
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
    // When each endpoint ran last before the run that is looked at, and the incident that it is in.
    let mut last: Vec<Option<Instant>> = vec![None; trace.endpoints.len()];
    let mut incidents = trace.incidents.iter().peekable();
    let mut opened = None;
    for run in &trace.log.runs {
        // One incident reaches from its opening to the opening of the next.
        while let Some(incident) = incidents.next_if(|incident| incident.opened <= run.start) {
            opened = Some(incident.opened);
        }
        let from = opened.filter(|_| same_incident).unwrap_or(Instant::START);
        let endpoint = trace.scenario.endpoints.get(run.endpoint.index());
        for &needed in endpoint.map_or(&[][..], |endpoint| needs(endpoint).as_slice()) {
            let before = last.get(needed.index()).copied().flatten();
            let ran = before.is_some_and(|before| before >= from);
            check.expect(ran, (run.start, run.endpoint), || {
                let endpoint = trace.endpoints.get(needed.index());
                let name = endpoint.map_or("", |endpoint| endpoint.name.as_str());
                format!("`{name}` had not run before it")
            });
        }
        if let Some(last) = last.get_mut(run.endpoint.index()) {
            *last = Some(run.start);
        }
    }
    check.result
}
