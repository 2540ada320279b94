//! What each endpoint is doing at one moment, in a word or two, and what was decided last.

use super::explain::run_reason;
use crate::schedule::{Baseline, Decision, EndpointId, RunId, Source, Tier, Tool};
use crate::sim::{Cause, Trace};
use crate::time::{Instant, Span};

/// For how long after it a run counts as just having happened.
const JUST: Span = Span::from_secs(15);

/// For how long what a tier found or said is news.
const FRESH: Span = Span::from_mins(5);

/// What an endpoint is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doing {
    /// Nothing, until it is woken.
    Asleep,
    /// A rule has considered it and is held back.
    HeldBack,
    /// It waits for a run that is planned once.
    Pending,
    /// It runs by its own schedule.
    Baseline,
    /// It runs by an interval hint.
    Hinted,
    /// An action that has just been executed.
    JustRan,
    /// An action that cools down.
    Cooling,
}

impl Doing {
    /// A short name for views.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Asleep => "asleep",
            Self::HeldBack => "held-back",
            Self::Pending => "pending",
            Self::Baseline => "baseline",
            Self::Hinted => "hinted",
            Self::JustRan => "just-ran",
            Self::Cooling => "cooling",
        }
    }
}

/// An endpoint at a moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moment {
    /// What it is doing.
    pub doing: Doing,
    /// The same in a few words.
    pub words: String,
}

/// What an endpoint is doing at an instant.
#[must_use]
pub fn moment(trace: &Trace, endpoint: EndpointId, at: Instant) -> Moment {
    let definition = trace.endpoints.get(endpoint.index());
    let check = definition.is_some_and(|endpoint| endpoint.tier.is_check());
    let alert = definition.is_some_and(|endpoint| endpoint.tier == Tier::Alert);
    let decision = trace.planned_at(endpoint, at);
    let last = trace.last_run(endpoint, at).map(|(_, run)| run);
    let say = |doing, words: String| Moment { doing, words };
    if let Some(plan) = decision
        .as_ref()
        .filter(|plan| plan.source == Some(Source::OneShot))
        && let Some(next) = plan.at
    {
        return say(Doing::Pending, format!("due {next}"));
    }
    let pause = decision.as_ref().and_then(|plan| plan.pause);
    let cause = pause.and_then(|pause| trace.cause(pause.call));
    if matches!(cause, Some(Cause::Intervention(_))) {
        return say(Doing::Asleep, "paused by hand".to_owned());
    }
    if check {
        return match decision.as_ref().and_then(|plan| interval(trace, plan)) {
            Some((Source::IntervalHint, every)) => say(Doing::Hinted, format!("every {every}")),
            Some((_, every)) => say(Doing::Baseline, format!("every {every}")),
            None => say(Doing::Asleep, "asleep".to_owned()),
        };
    }
    let verb = match last {
        Some(run) if !run.ok => "failed",
        _ if alert => "sent",
        _ => "ran",
    };
    if let Some(run) = last {
        let ran = run.start;
        if at - ran < JUST {
            return say(Doing::JustRan, format!("{verb} just now"));
        }
        let cooled = trace.cooled(run);
        if cooled > at {
            let left = Span::from_mins((cooled - at).ms().div_euclid(60_000).max(1));
            // How long an alert stays silent matters to nobody but its lane.
            let words = if alert {
                format!("{verb} {ran}")
            } else {
                format!("{verb} {ran}, cools {left}")
            };
            return say(Doing::Cooling, words);
        }
    }
    if held_back(trace, endpoint, at) {
        return say(Doing::HeldBack, "held back".to_owned());
    }
    let words = last.map_or("asleep".to_owned(), |run| format!("{verb} {}", run.start));
    say(Doing::Asleep, words)
}

/// What a tier found, tried or said last, if that is at most five minutes ago.
#[must_use]
pub fn tier_note(trace: &Trace, tier: Tier, at: Instant) -> Option<String> {
    let fresh = |then: Instant| then <= at && at - then < FRESH;
    match tier {
        Tier::Investigation => {
            let mut findings = trace.findings.iter();
            let found = findings.rfind(|finding| fresh(finding.at))?;
            Some(format!("found {}: {}", found.at, found.text))
        }
        Tier::Recovery => {
            let mut recoveries = trace.recoveries.iter();
            let tried = recoveries.rfind(|attempt| fresh(attempt.at))?;
            let name = &trace.scenario.endpoints.get(tried.endpoint.index())?.name;
            Some(match tried.works_from {
                None if !tried.succeeded => format!("{name} failed"),
                Some(from) if from > at => format!("{name} works from {from}"),
                _ => format!("{name} works"),
            })
        }
        Tier::Alert => {
            let mut messages = trace.messages.iter();
            Some(messages.rfind(|message| fresh(message.at))?.text.clone())
        }
        Tier::Health => None,
    }
}

/// Whether a rule that would run this endpoint is considered at an instant but held back.
fn held_back(trace: &Trace, endpoint: EndpointId, at: Instant) -> bool {
    let rules = trace.scenario.rules.iter().enumerate();
    rules
        .filter(|(_, rule)| rule.can_run(endpoint))
        .any(|(index, _)| {
            trace
                .held_back_at(index, at)
                .is_some_and(|held| held.considered && !held.on)
        })
}

/// The interval that a plan follows, within the endpoint's clamps, and where it comes from.
fn interval(trace: &Trace, plan: &Decision) -> Option<(Source, Span)> {
    let definition = trace.endpoints.get(plan.endpoint.index())?;
    let winner = plan.winner()?;
    let every = match winner.source {
        Source::OneShot => return None,
        Source::IntervalHint => match trace.log.call(winner.call?)?.tool {
            Tool::ProposeInterval { every, .. } => every,
            _ => return None,
        },
        Source::Baseline => match &definition.baseline {
            Baseline::Every(every) => every.times(1 << plan.failures.min(5)),
            Baseline::Cron(cron) => {
                let next = cron.first_after(winner.raw)?;
                return Some((Source::Baseline, next - winner.raw));
            }
            Baseline::None => return None,
        },
    };
    let within = every
        .max(definition.min)
        .max(definition.cooldown)
        .min(definition.max.max(definition.cooldown));
    Some((winner.source, within))
}

/// From this instant on an endpoint is planned to run so often, or on demand only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cadence {
    /// From when.
    pub from: Instant,
    /// How often.
    pub every: Option<Span>,
}

/// How the cadence of an endpoint changes, step by step.
#[must_use]
pub fn cadences(trace: &Trace, endpoint: EndpointId) -> Vec<Cadence> {
    let mut steps: Vec<Cadence> = Vec::new();
    for context in trace.contexts_of(endpoint) {
        let every = trace
            .planned_at(endpoint, context.from)
            // While it is paused it has no cadence, whatever waits for the pause to end.
            .filter(|plan| plan.pause.is_none())
            .and_then(|plan| interval(trace, &plan))
            .map(|(_, every)| every);
        if steps.last().is_some_and(|step| step.from == context.from) {
            steps.pop();
        }
        if steps.last().is_none_or(|step| step.every != every) {
            let from = context.from;
            steps.push(Cadence { from, every });
        }
    }
    steps
}

/// The moments at which something was decided and done: every start, each instant once.
#[must_use]
pub fn decisions(trace: &Trace) -> Vec<Instant> {
    let mut at: Vec<Instant> = trace.log.runs.iter().map(|run| run.start).collect();
    at.dedup();
    at
}

/// The moment at which a page opens: when people were told something last, or the middle of the run.
#[must_use]
pub fn opening(trace: &Trace) -> Instant {
    let middle = Instant::from_ms(trace.end().ms() / 2);
    let last = trace.messages.last();
    last.map_or(middle, |message| message.at)
}

/// The last run up to an instant that says most about it, and its reason: that of an endpoint which is looked at, else
/// an action before a check.
#[must_use]
pub fn latest(
    trace: &Trace,
    at: Instant,
    looked_at: Option<EndpointId>,
) -> Option<(RunId, String, String)> {
    let count = trace.log.runs.partition_point(|run| run.start <= at);
    let newest = trace.log.runs.get(count.checked_sub(1)?)?.start;
    let here = (0..count)
        .rev()
        .map(|index| RunId(u32::try_from(index).unwrap_or(u32::MAX)))
        .filter_map(|id| Some((id, trace.run(id)?)))
        .take_while(|(_, run)| run.start == newest);
    let (id, run) = here.max_by_key(|(_, run)| {
        let endpoint = trace.endpoints.get(run.endpoint.index());
        (
            looked_at == Some(run.endpoint),
            endpoint.map(|endpoint| endpoint.tier as usize),
        )
    })?;
    let name = trace.scenario.endpoints.get(run.endpoint.index())?;
    Some((id, name.name.clone(), run_reason(trace, run)))
}

/// A rule that, after a run of one endpoint, asked for something of another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Flow {
    /// When.
    pub at: Instant,
    /// Whose run it was looked at after.
    pub from: EndpointId,
    /// Which rule.
    pub rule: usize,
    /// Whom it asked.
    pub to: EndpointId,
}

/// Everything that rules asked of others than the endpoint that looked, in order of time.
#[must_use]
pub fn flows(trace: &Trace) -> Vec<Flow> {
    let calls = trace.log.all_calls();
    calls
        .filter(|(_, call)| call.refused.is_none())
        .filter_map(|(id, call)| match trace.cause(id)? {
            Cause::Rule { rule, run } => Some(Flow {
                at: call.at,
                from: trace.run(run)?.endpoint,
                rule,
                to: call.endpoint,
            }),
            _ => None,
        })
        .filter(|flow| flow.from != flow.to)
        .collect()
}

/// The most severe alert that went out: 0 for none, otherwise its place among the scenario's alerts, from 1.
#[must_use]
pub fn severity(trace: &Trace) -> usize {
    let alerts = trace
        .scenario
        .endpoints
        .iter()
        .enumerate()
        .filter(|(_, endpoint)| endpoint.schedule.tier == Tier::Alert);
    let mut told = vec![false; trace.scenario.endpoints.len()];
    for message in &trace.messages {
        if let Some(told) = told.get_mut(message.endpoint.index()) {
            *told = true;
        }
    }
    let sent = alerts
        .enumerate()
        .filter(|(_, (index, _))| told.get(*index) == Some(&true));
    sent.map(|(place, _)| place + 1).max().unwrap_or(0)
}
