//! Why an endpoint ran at a moment, or why it did not: typed reasons of the trace, turned into sentences.
//!
//! Invariant: nothing here works a reason out again; times and winners come from the governor's own record.

use super::past::Past;
use crate::order;
use crate::rule::{Comparison, Condition, Reading, shown_value};
use crate::scenario::PlanName;
use crate::schedule::{
    Baseline, Call, CallId, Candidate, Clamp, Decision, EndpointId, NotCounting, PauseEnd, RunId,
    Source, Tool,
};
use crate::sim::{Cause, HeldBack, Trace};
use crate::time::Instant;

/// Whether there is a run to explain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExplanationKind {
    /// It ran at that moment.
    Ran,
    /// It did not.
    DidNotRun,
}

impl ExplanationKind {
    /// The name that exports use.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ran => "ran",
            Self::DidNotRun => "did_not_run",
        }
    }
}

/// What a step of an explanation points at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Link {
    /// A run.
    Run(RunId),
    /// A rule.
    Rule(usize),
    /// Nothing but its moment.
    Moment,
}

/// One step of an explanation, oldest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// When.
    pub at: Instant,
    /// What it points at.
    pub link: Link,
    /// What happened, in the reader's words.
    pub text: String,
    /// The rule's own condition or the governor's own record behind it; empty if there is none.
    pub detail: String,
}

impl Step {
    fn new(at: Instant, link: Link, text: String) -> Self {
        Self {
            at,
            link,
            text,
            detail: String::new(),
        }
    }
}

/// Why something ran or did not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// Which of the two.
    pub kind: ExplanationKind,
    /// Whose.
    pub endpoint: EndpointId,
    /// The moment that was asked about.
    pub at: Instant,
    /// The run, if there is one.
    pub run: Option<RunId>,
    /// The whole of it in one sentence.
    pub sentence: String,
    /// The chain, oldest first.
    pub steps: Vec<Step>,
}

/// Explains what an endpoint did at a moment.
///
/// ```
/// use std::sync::Arc;
/// use accelerando::insight::{ExplanationKind, explain};
/// use accelerando::scenario::{FLASH_SALE, Parameters, Scenario};
/// use accelerando::time::Instant;
///
/// let scenario = Arc::new(Scenario::parse(FLASH_SALE).expect("it ships with the crate"));
/// let trace = accelerando::sim::simulate(&scenario, &Parameters::new(&scenario))?;
/// let support = scenario.endpoint("slack_customer_support").expect("it is there");
/// let told = explain(&trace, support, Instant::from_ms(1_205_000));
/// assert_eq!(told.kind, ExplanationKind::Ran);
/// assert!(told.sentence.contains("the incident is 15 min old"));
/// # Ok::<(), accelerando::sim::SimulationError>(())
/// ```
#[must_use]
pub fn explain(trace: &Trace, endpoint: EndpointId, at: Instant) -> Explanation {
    match trace.runs_of(endpoint).find(|(_, run)| run.start == at) {
        Some((run, _)) => explain_run(trace, run, endpoint, at),
        None => explain_absence(trace, endpoint, at),
    }
}

fn name_of(trace: &Trace, id: EndpointId) -> &str {
    trace
        .scenario
        .endpoints
        .get(id.index())
        .map_or("an endpoint", |endpoint| endpoint.name.as_str())
}

/// What a run measured, in words.
#[must_use]
pub fn seen(trace: &Trace, run: RunId) -> Option<String> {
    let at = trace.run(run)?.end()?;
    let from = trace.observations.partition_point(|o| o.at < at);
    let values: Vec<String> = trace
        .observations
        .iter()
        .skip(from)
        .take_while(|o| o.at == at)
        .filter(|o| o.run == run)
        .filter_map(|o| {
            let metric = trace.scenario.metrics.get(o.metric)?;
            Some(format!(
                "{} {}",
                metric.name.to_ascii_lowercase(),
                shown_value(o.value, metric.shown)
            ))
        })
        .collect();
    (!values.is_empty()).then(|| values.join(", "))
}

/// A comparison with its values, in words.
#[must_use]
pub fn reading_text(trace: &Trace, reading: &Reading, past: &Past<'_>) -> String {
    let outcome = match reading.holds {
        Some(true) => "yes",
        Some(false) => "no",
        None => "unknown",
    };
    if let Some(name) = reading.name {
        let meaning = trace.scenario.plan_names.get(name.index());
        if let Some(PlanName::Rule(rule)) = meaning {
            let known = trace
                .scenario
                .rules
                .get(*rule)
                .map_or(reading.text.as_str(), |rule| rule.name.as_str());
            let changed = trace.changes_until(*rule, past.instant()).next_back();
            return match changed {
                Some(change) if change.on => format!("{known}: yes, since {}", change.at),
                Some(change) => format!("{known}: no, not since {}", change.at),
                None => format!("{known}: not once so far"),
            };
        }
        return format!("{}: {outcome}", named(trace, &reading.text));
    }
    let (left, right) = (
        shown_value(reading.left, reading.shown),
        shown_value(reading.right, reading.shown),
    );
    let written = left_side(reading);
    let side = named(trace, written);
    if reading.comparison == Comparison::Greater
        && reading.right == 0.0
        && let Some(endpoint) = side.strip_suffix(" attempts")
    {
        return format!("{endpoint} has run: {outcome}");
    }
    if reading.left.is_nan() {
        return format!("{side}: {}", unknown(written));
    }
    format!(
        "{side} {left} {} {right}: {outcome}",
        reading.comparison.sign()
    )
}

/// A name of the rules' language as people say it: rules and endpoints by the names that they have on the page.
fn named(trace: &Trace, text: &str) -> String {
    for (kept, since) in [(".off_for", "end"), (".on_for", "start")] {
        if let Some(id) = text.strip_suffix(kept) {
            let rule = trace.scenario.rules.iter().find(|rule| rule.id == id);
            let name = rule.map_or(id, |rule| rule.name.as_str());
            return format!("time since the {since} of \u{201c}{name}\u{201d}");
        }
    }
    let endpoints = trace.scenario.endpoints.iter();
    let known = endpoints.fold(text.to_owned(), |text, endpoint| {
        text.replace(&endpoint.id, &endpoint.name)
    });
    known.replace(['_', '.'], " ")
}

/// What it means that a side of a comparison is unknown.
fn unknown(text: &str) -> &'static str {
    match text.rsplit_once('.').map(|(_, kept)| kept) {
        Some("off_for") => "no end so far",
        Some("on_for") => "it does not hold",
        Some("age") => "there is no incident",
        Some("last_run") => "it has not run yet",
        _ => "not looked at yet",
    }
}

/// The left side of a comparison, as it is written.
fn left_side(reading: &Reading) -> &str {
    let side = reading.text.split(['<', '>', '=', '!']).next();
    side.unwrap_or_default().trim()
}

/// A rule's own condition with its values.
fn readings(trace: &Trace, condition: &Condition, past: &Past<'_>) -> String {
    let readings = condition.readings(past, past.instant());
    let each = readings
        .iter()
        .map(|reading| reading_text(trace, reading, past));
    let mut each: Vec<String> = each.collect();
    each.dedup();
    each.join("; ")
}

/// What would have had to be so, and how it was instead.
fn needed(trace: &Trace, reading: &Reading, past: &Past<'_>) -> String {
    let written = left_side(reading);
    let side = named(trace, written);
    let value = |value| shown_value(value, reading.shown);
    if reading.name.is_some() {
        let text = reading_text(trace, reading, past);
        let (name, how) = text.split_once(": ").unwrap_or((&text, ""));
        return match reading.holds {
            Some(true) if reading.negated => format!("the end of \u{201c}{name}\u{201d}"),
            Some(true) => format!("\u{201c}{name}\u{201d} for longer ({how})"),
            _ => format!("\u{201c}{name}\u{201d} ({how})"),
        };
    }
    // Attempts, runs and the like are counted from nothing.
    if reading.comparison == Comparison::Greater && reading.right == 0.0 && reading.left == 0.0 {
        return match side.strip_suffix(" attempts") {
            Some(endpoint) => format!("{endpoint} to have run (it had not)"),
            None => format!("{side} (none so far)"),
        };
    }
    let by = match (reading.comparison, reading.negated) {
        (Comparison::Less, false) | (Comparison::GreaterOrEqual, true) => "below ",
        (Comparison::LessOrEqual, false) | (Comparison::Greater, true) => "at most ",
        (Comparison::Greater, false) | (Comparison::LessOrEqual, true) => "above ",
        (Comparison::GreaterOrEqual, false) | (Comparison::Less, true) => "at least ",
        (Comparison::Equal, false) | (Comparison::NotEqual, true) => "",
        (Comparison::NotEqual, false) | (Comparison::Equal, true) => "other than ",
    };
    let longer = if stands(reading) { " for longer" } else { "" };
    let was = match reading.left.is_nan() {
        true => unknown(written).to_owned(),
        false => match last_seen(trace, reading, past) {
            // What was true may have been another by then.
            Some(at) => format!("seen at {at}: {}", value(reading.left)),
            None => format!("it was {}", value(reading.left)),
        },
    };
    format!("{side} {by}{}{longer} ({was})", value(reading.right))
}

/// When the metric that a reading is about was seen last, if it is about one.
fn last_seen(trace: &Trace, reading: &Reading, past: &Past<'_>) -> Option<Instant> {
    let name = trace.scenario.plan_names.get(reading.subject?.index())?;
    let PlanName::Metric(metric) = name else {
        return None;
    };
    trace.observed(*metric, past.instant()).map(|seen| seen.at)
}

/// Whether a comparison or truth is as it must be.
fn stands(reading: &Reading) -> bool {
    reading.holds == Some(!reading.negated)
}

/// Whether two belong to one alternative, all of which must be so.
fn together(one: &Reading, other: &Reading) -> bool {
    (one.part, one.alternative) == (other.part, other.alternative)
}

/// All that a condition still needed: of each part, all of one alternative.
fn all_needed(
    trace: &Trace,
    condition: &Condition,
    past: &Past<'_>,
    missing: impl Fn(&Reading) -> bool,
) -> String {
    let readings = condition.readings(past, past.instant());
    let mut words = String::new();
    let mut before: Option<&Reading> = None;
    for reading in readings.iter().filter(|reading| missing(reading)) {
        // What is as it must be is named only where all else is, too: then it is not so for long enough.
        let mut alternative = readings.iter().filter(|other| together(reading, other));
        if stands(reading) && !alternative.all(stands) {
            continue;
        }
        words.push_str(match before.replace(reading) {
            None => "",
            Some(last) if together(last, reading) => " and ",
            Some(last) if last.part == reading.part => " or ",
            Some(_) => ", and ",
        });
        words.push_str(&needed(trace, reading, past));
    }
    words
}

/// What a call asked for, in words.
#[must_use]
pub fn asked(tool: Tool, at: Instant) -> String {
    match tool {
        Tool::ProposeInterval { every, ttl } => {
            format!("asked for a run every {every}, valid until {}", at + ttl)
        }
        Tool::ProposeNextTime { at: time, ttl } => {
            format!("asked for one run at {time}, valid until {}", at + ttl)
        }
        Tool::PauseUntil(None) => "woke it".to_owned(),
        Tool::PauseUntil(Some(PauseEnd::At(until))) => format!("paused it until {until}"),
        Tool::PauseUntil(Some(PauseEnd::Forever)) => "sent it to sleep".to_owned(),
        Tool::PauseUntil(Some(PauseEnd::Condition(_))) => {
            "paused it until a condition holds".to_owned()
        }
        Tool::ClearHints => "cleared its hints".to_owned(),
    }
}

/// What a run comes from, in words.
#[must_use]
pub const fn source_words(source: Source) -> &'static str {
    match source {
        Source::Baseline => "baseline",
        Source::IntervalHint => "interval hint",
        Source::OneShot => "one-shot",
    }
}

fn moved_words(clamp: Clamp) -> &'static str {
    match clamp {
        Clamp::Min => "put off by the smallest gap",
        Clamp::Max => "pulled forward by the largest gap",
        Clamp::Cooldown => "put off by the cooldown",
        Clamp::Now => "due already, so at once",
    }
}

fn candidate_words(candidate: &Candidate) -> String {
    let source = source_words(candidate.source);
    let moved = candidate.moved.map_or(String::new(), |clamp| {
        format!(" (asked for {}, {})", candidate.raw, moved_words(clamp))
    });
    let why = match candidate.not_counting {
        None => "",
        Some(NotCounting::Expired) => ", which has expired",
        Some(NotCounting::ExpiresFirst) => ", which does not count: its hint expires first",
        Some(NotCounting::Overridden) => ", which an interval hint overrides",
        Some(NotCounting::Paused) => ", which waits for the pause to end",
    };
    format!("{source} {}{moved}{why}", candidate.at)
}

/// What the governor weighed and chose, in words.
#[must_use]
pub fn decision_words(decision: &Decision) -> String {
    let all: Vec<String> = decision.considered().map(candidate_words).collect();
    if decision.running {
        return "a run is in progress, so nothing is planned yet".to_owned();
    }
    match (decision.winner(), all.as_slice()) {
        (Some(winner), [only]) if all.len() == 1 => {
            let nothing = if winner.moved.is_none() {
                "; nothing moved it"
            } else {
                ""
            };
            format!("governor: {only} is the only candidate{nothing}")
        }
        (Some(winner), _) => {
            format!(
                "governor: {} is the earliest of {}: {}",
                source_words(winner.source),
                all.len(),
                all.join("; ")
            )
        }
        (None, []) => "governor: no candidate, it runs on demand only".to_owned(),
        (None, _) => format!("governor: nothing counts: {}", all.join("; ")),
    }
}

/// The same for readers: when it was to run, and what moved it.
fn plan_words(decision: &Decision) -> String {
    if decision.running {
        return "it was running, so nothing was planned yet".to_owned();
    }
    let Some(winner) = decision.winner() else {
        return "nothing was planned".to_owned();
    };
    let at = winner.at;
    match winner.moved {
        Some(clamp) => format!(
            "planned for {at}: {} was asked for, {}",
            winner.raw,
            moved_words(clamp)
        ),
        None => format!("planned for {at}: nothing stood in the way"),
    }
}

fn explain_run(trace: &Trace, run: RunId, endpoint: EndpointId, at: Instant) -> Explanation {
    let mut steps = Vec::new();
    let record = trace.run(run).copied();
    let decision = record.and_then(|run| trace.decision(&run));
    let mut because = "somebody started it".to_owned();
    if let Some(winner) = decision.as_ref().and_then(Decision::winner) {
        match winner.call {
            Some(call) => because = call_steps(trace, call, &mut steps),
            None => {
                because = baseline_words(trace, endpoint, decision.as_ref());
                let since = decision
                    .as_ref()
                    .and_then(|d| d.anchor)
                    .unwrap_or(Instant::START);
                steps.push(Step::new(since, Link::Moment, because.clone()));
            }
        }
    }
    if let Some(decision) = &decision {
        steps.push(Step {
            detail: decision_words(decision),
            ..Step::new(decision.decided_at, Link::Moment, plan_words(decision))
        });
    }
    outcome_steps(trace, run, endpoint, at, &mut steps);
    let sentence = format!("{} ran at {at}: {because}.", name_of(trace, endpoint));
    Explanation {
        kind: ExplanationKind::Ran,
        endpoint,
        at,
        run: Some(run),
        sentence,
        steps,
    }
}

fn baseline_words(trace: &Trace, endpoint: EndpointId, decision: Option<&Decision>) -> String {
    let schedule = match trace
        .endpoints
        .get(endpoint.index())
        .map(|endpoint| &endpoint.baseline)
    {
        Some(Baseline::Every(every)) => format!("its own schedule: every {every}"),
        Some(Baseline::Cron(cron)) => format!("its own schedule: cron {}", cron.expression()),
        _ => "no schedule of its own".to_owned(),
    };
    match decision {
        Some(decision) if decision.failures > 0 => format!(
            "{schedule}, lengthened after {} failures",
            decision.failures
        ),
        Some(Decision {
            anchor: Some(anchor),
            ..
        }) => format!("{schedule}, counted from {anchor}"),
        _ => format!("{schedule}, and it had never run"),
    }
}

/// The run at whose end a planner looked.
fn looked(trace: &Trace, run: RunId, at: Instant) -> Option<Step> {
    let by = trace.run(run).map(|run| name_of(trace, run.endpoint))?;
    let text = match seen(trace, run) {
        Some(observed) => format!("{by} saw {observed}"),
        None => format!("{by} ran"),
    };
    Some(Step::new(at, Link::Run(run), text))
}

/// A call's reason for a later moment: that of a rule's interval hint names what was seen when it was renewed, which may
/// be otherwise by then. A one-shot's belongs to its one run.
fn dated(trace: &Trace, id: CallId, call: &Call<'_>) -> String {
    match (trace.cause(id), call.tool) {
        (Some(Cause::Rule { .. }), Tool::ProposeInterval { .. }) => {
            format!("{} (seen at {})", call.reason, call.at)
        }
        _ => call.reason.to_string(),
    }
}

/// The steps that led to a call; gives the reason in a few words.
fn call_steps(trace: &Trace, id: CallId, steps: &mut Vec<Step>) -> String {
    let Some(call) = trace.log.call(id) else {
        return String::new();
    };
    let who = match trace.cause(id) {
        Some(Cause::Rule { rule, run }) => {
            let past = Past::after(trace, run);
            steps.extend(looked(trace, run, call.at));
            let definition = trace.scenario.rules.get(rule);
            let name = definition.map_or("a rule", |rule| rule.name.as_str());
            let mut changes = trace.changes_until(rule, call.at);
            let since = changes.rfind(|change| change.on).map(|change| change.at);
            let text = match since {
                Some(since) if since < call.at => {
                    format!(
                        "\u{201c}{name}\u{201d} still holds, since {since}: {}",
                        call.reason
                    )
                }
                _ => format!("from here on \u{201c}{name}\u{201d} holds: {}", call.reason),
            };
            steps.push(Step {
                detail: definition.map_or(String::new(), |rule| readings(trace, &rule.on, &past)),
                ..Step::new(call.at, Link::Rule(rule), text)
            });
            "the rule"
        }
        Some(Cause::Intervention(_)) => "somebody",
        #[cfg(feature = "planner")]
        Some(Cause::Own(run)) => {
            steps.extend(looked(trace, run, call.at));
            "the own planner"
        }
        Some(Cause::AfterRun(_)) => "its own end",
        Some(Cause::Lifted(_)) => "the end of its pause",
        Some(Cause::Definition) | None => "its definition",
    };
    // What wakes and proposes at once calls twice, in this order.
    let before = id.0.checked_sub(1).map(CallId);
    let woken = before.and_then(|before| Some((trace.log.call(before)?, trace.cause(before))));
    let woken = woken.is_some_and(|(other, cause)| {
        other.tool == Tool::PauseUntil(None)
            && (other.endpoint, other.at) == (call.endpoint, call.at)
            && cause == trace.cause(id)
    });
    let first = if woken { "woke it and " } else { "" };
    let text = format!("{who} {first}{}", asked(call.tool, call.at));
    steps.push(Step::new(call.at, Link::Moment, text));
    dated(trace, id, &call)
}

fn outcome_steps(
    trace: &Trace,
    run: RunId,
    endpoint: EndpointId,
    at: Instant,
    steps: &mut Vec<Step>,
) {
    let Some(record) = trace.run(run) else { return };
    let mut text = match (record.ok, seen(trace, run)) {
        (false, _) => "it ran and failed".to_owned(),
        (true, Some(observed)) => format!("it ran and saw {observed}"),
        (true, None) => "it ran".to_owned(),
    };
    if let Some(message) = trace.messages.iter().find(|message| message.run == run) {
        text = format!("it said: {}", message.text);
    }
    steps.push(Step::new(at, Link::Run(run), text));
    if let Some(attempt) = trace.recoveries.iter().find(|attempt| attempt.run == run)
        && let Some(from) = attempt.works_from
    {
        let effect = trace
            .scenario
            .endpoints
            .get(endpoint.index())
            .and_then(|e| e.effect.as_ref());
        let effect = effect.map_or("its effect", |effect| effect.text.as_str());
        let text = format!("from here on {effect}");
        steps.push(Step::new(from, Link::Moment, text));
    }
    let until = trace.cooled(record);
    if until > at {
        let text = match until < trace.end() {
            true => "its cooldown ends: it may run again",
            false => "its cooldown ends, after the run",
        };
        steps.push(Step::new(until, Link::Moment, text.to_owned()));
    }
}

fn explain_absence(trace: &Trace, endpoint: EndpointId, at: Instant) -> Explanation {
    let mut steps = Vec::new();
    let mut sentence = format!("{} did not run at {at}", name_of(trace, endpoint));
    if at >= trace.end() {
        sentence.push_str(": the run is over.");
        return Explanation {
            kind: ExplanationKind::DidNotRun,
            endpoint,
            at,
            run: None,
            sentence,
            steps,
        };
    }
    let decision = trace.planned_at(endpoint, at);
    let mut cooling = String::new();
    if let Some((run, last)) = trace.last_run(endpoint, at) {
        let text = "its last run before".to_owned();
        steps.push(Step::new(last.start, Link::Run(run), text));
        let cooled = trace.cooled(last);
        if cooled > at {
            let text =
                format!("from then on it cooled down until {cooled}: no call runs it before");
            steps.push(Step::new(last.start, Link::Moment, text));
            cooling = format!(" and cooled down until {cooled}");
        }
    }
    if let Some(decision) = &decision {
        if let Some(pause) = decision.pause {
            let call = trace.log.call(pause.call);
            let reason = call.map_or(String::new(), |call| call.reason.to_string());
            let from = call.map_or(Instant::START, |call| call.at);
            let until = match pause.end {
                PauseEnd::At(until) => format!("until {until}"),
                PauseEnd::Forever => "until it is woken".to_owned(),
                PauseEnd::Condition(_) => "until a condition holds".to_owned(),
            };
            let text = format!("asleep {until}: {reason}");
            steps.push(Step {
                detail: decision_words(decision),
                ..Step::new(from, Link::Moment, text)
            });
            sentence.push_str(": it was asleep");
            sentence.push_str(&cooling);
        } else if let Some(next) = decision.at {
            sentence.push_str(&format!(": it was planned for {next}"));
        }
        if decision.pause.is_none() {
            steps.push(Step {
                detail: decision_words(decision),
                ..Step::new(decision.decided_at, Link::Moment, plan_words(decision))
            });
        }
    }
    let held = held_back_steps(trace, endpoint, at, &mut steps);
    if let Some(held) = held {
        sentence.push_str(&format!(", and {held}"));
    }
    sentence.push('.');
    order::by_key(&mut steps, |step| (step.at.ms(), 0));
    Explanation {
        kind: ExplanationKind::DidNotRun,
        endpoint,
        at,
        run: None,
        sentence,
        steps,
    }
}

/// What the rules that a condition was waiting for needed themselves, as long as it is not plain to see.
fn waited_for(
    trace: &Trace,
    condition: &Condition,
    past: &Past<'_>,
    missing: impl Fn(&Reading) -> bool,
    steps: &mut Vec<Step>,
) {
    for reading in condition.readings(past, past.instant()) {
        let name = reading
            .name
            .and_then(|name| trace.scenario.plan_names.get(name.index()));
        let Some(PlanName::Rule(rule)) = name else {
            continue;
        };
        let Some(definition) = trace.scenario.rules.get(*rule) else {
            continue;
        };
        if stands(&reading) || reading.negated || !missing(&reading) {
            continue;
        }
        let own = definition.on.readings(past, past.instant());
        let is_so = |one: &Reading| {
            let mut alternative = own.iter().filter(|other| together(one, other));
            alternative.all(stands)
        };
        // A part of which one alternative is as it must be needs no other. If that is so of all parts, an alternative
        // is not so for long enough.
        let met = |part: usize| own.iter().any(|one| one.part == part && is_so(one));
        let all_met = own.iter().all(|one| met(one.part));
        let needed = all_needed(trace, &definition.on, past, |one| match all_met {
            true => is_so(one),
            false => !met(one.part),
        });
        let text = format!("\u{201c}{}\u{201d} itself needed {needed}", definition.name);
        if needed.is_empty() || steps.iter().any(|step| step.text == text) {
            continue;
        }
        steps.push(Step {
            detail: readings(trace, &definition.on, past),
            ..Step::new(past.instant(), Link::Rule(*rule), text)
        });
    }
}

/// What the rules that could have made it run were waiting for.
fn held_back_steps(
    trace: &Trace,
    endpoint: EndpointId,
    at: Instant,
    steps: &mut Vec<Step>,
) -> Option<String> {
    let past = Past::at(trace, at);
    let mut first = None;
    for (index, rule) in trace.scenario.rules.iter().enumerate() {
        if !rule.can_run(endpoint) {
            continue;
        }
        let held = trace.held_back_at(index, at);
        let name = &rule.name;
        let mut detail = String::new();
        let mut from = held.map_or(Instant::START, |held| held_since(trace, held));
        let text = match held {
            None => format!("\u{201c}{name}\u{201d} had not been looked at yet"),
            Some(held) if held.on => {
                let holds = format!("\u{201c}{name}\u{201d} holds");
                match lapsed(trace, endpoint, index, at) {
                    Some(until) => {
                        from = until;
                        let endpoint = name_of(trace, endpoint);
                        let lapsed = format!(
                            "{holds}, but what it asked for expired at {until}: it asks again only after a run of {endpoint}"
                        );
                        first = first.or_else(|| Some(lapsed.clone()));
                        lapsed
                    }
                    None => format!("{holds} and has asked for what it wants already"),
                }
            }
            Some(held) if held.spent => {
                let (asked, came) = turn_taken(trace, endpoint, index, at).unzip();
                from = asked.unwrap_or(from);
                let spent = format!(
                    "\u{201c}{name}\u{201d} has had its turn in {}{}",
                    incident_at(trace, at),
                    came.unwrap_or_default()
                );
                if held.considered {
                    first = first.or_else(|| Some(spent.clone()));
                }
                spent
            }
            Some(held) => {
                let missing = |reading: &Reading| held.failing & (1 << reading.part.min(63)) != 0;
                let needed = all_needed(trace, &rule.on, &past, missing);
                waited_for(trace, &rule.on, &past, missing, steps);
                detail = readings(trace, &rule.on, &past);
                // Only what was considered is held back; all else has no reason to hold.
                let (verb, since) = match (&rule.consider, held.considered) {
                    (Some(_), true) => ("was held back", "has been held back since"),
                    (Some(_), false) => ("was not considered", "has not been considered since"),
                    (None, _) => ("did not hold", "has not held since"),
                };
                let known = format!("\u{201c}{name}\u{201d}");
                let now = format!("{known} {verb}: it needed {needed}");
                first = first.or_else(|| Some(now.clone()));
                match from == at {
                    true => now,
                    false => format!("{known} {since}; at {at} it needed {needed}"),
                }
            }
        };
        steps.push(Step {
            detail,
            ..Step::new(from, Link::Rule(index), text)
        });
    }
    first
}

/// From when on something holds a rule back: what is still missing may have changed since.
fn held_since(trace: &Trace, held: &HeldBack) -> Instant {
    let kind = |one: &HeldBack| (one.on, one.spent, one.considered);
    let before = trace.held_back.iter().rev();
    let of_rule = before.filter(|one| one.rule == held.rule && one.at <= held.at);
    let alike = of_rule.take_while(|one| kind(one) == kind(held));
    alike.last().map_or(held.at, |first| first.at)
}

/// The incident at an instant: the one that is open, or the last one.
fn incident_at(trace: &Trace, at: Instant) -> String {
    let mut past = trace.incidents.iter();
    let last = past.rfind(|incident| incident.opened <= at);
    match last.and_then(|incident| incident.closed) {
        Some(closed) if closed <= at => format!("the incident that ended at {closed}"),
        _ => "this incident".to_owned(),
    }
}

/// The calls of a rule on an endpoint up to an instant, but for refused ones.
fn calls_of(trace: &Trace, endpoint: EndpointId, rule: usize, at: Instant) -> Vec<Call<'_>> {
    let calls = trace.log.all_calls().filter(|(id, call)| {
        call.endpoint == endpoint
            && call.at <= at
            && call.refused.is_none()
            && matches!(trace.cause(*id), Some(Cause::Rule { rule: asker, .. }) if asker == rule)
    });
    calls.map(|(_, call)| call).collect()
}

/// When the interval expired that a rule asked of an endpoint last, if it has.
fn lapsed(trace: &Trace, endpoint: EndpointId, rule: usize, at: Instant) -> Option<Instant> {
    let calls = calls_of(trace, endpoint, rule, at);
    let until = calls.iter().rev().find_map(|call| match call.tool {
        Tool::ProposeInterval { ttl, .. } => Some(call.at + ttl),
        _ => None,
    });
    until.filter(|until| *until <= at)
}

/// When a rule asked for an endpoint last, and what came of it: it ran, or was called off.
fn turn_taken(
    trace: &Trace,
    endpoint: EndpointId,
    rule: usize,
    at: Instant,
) -> Option<(Instant, String)> {
    let calls = calls_of(trace, endpoint, rule, at);
    let asks = |tool: &Tool| {
        matches!(
            tool,
            Tool::ProposeInterval { .. } | Tool::ProposeNextTime { .. }
        )
    };
    let place = calls.iter().rposition(|call| asks(&call.tool))?;
    let (asked, later) = calls.get(place..)?.split_first()?;
    let mut runs = trace.runs_of(endpoint).map(|(_, run)| run.start);
    let name = name_of(trace, endpoint);
    let came = match runs.find(|start| *start >= asked.at && *start <= at) {
        Some(ran) => format!("and {name} ran at {ran}"),
        None => match later.iter().find(|call| call.tool == Tool::ClearHints) {
            Some(off) => format!("and called it off at {}, before {name} could run", off.at),
            None => format!("and {name} had not run yet"),
        },
    };
    Some((asked.at, format!(": it asked at {}, {came}", asked.at)))
}

/// Why a run came about, in a few words.
#[must_use]
pub fn run_reason(trace: &Trace, run: &crate::schedule::Run) -> String {
    let decision = trace.decision(run);
    match decision
        .as_ref()
        .and_then(Decision::winner)
        .map(|winner| winner.call)
    {
        Some(Some(id)) => trace
            .log
            .call(id)
            .map_or(String::new(), |call| dated(trace, id, &call)),
        Some(None) => baseline_words(trace, run.endpoint, decision.as_ref()),
        None => "started without a plan".to_owned(),
    }
}
