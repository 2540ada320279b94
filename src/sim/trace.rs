//! What happened in a run: append-only records, from which every view, report and check is made.

use std::sync::Arc;

#[cfg(feature = "planner")]
use super::own::PlannerFault;
use super::places::{Found, considered, items, items_while};
use super::planning::Planning;
use super::world::{Onset, World};
#[cfg(doc)]
use crate::limits;
use crate::scenario::{Parameters, Scenario};
use crate::schedule::{
    self, Call, CallId, Context, Decision, EndpointId, Governor, HintEnd, Log, Origin, PauseEnd,
    Run, RunId, Tool,
};
use crate::time::{Instant, Span};

/// What an endpoint measured when a run ended.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Observation {
    /// By which run.
    pub run: RunId,
    /// When the run ended.
    pub at: Instant,
    /// Which metric.
    pub metric: usize,
    /// What was measured.
    pub value: f64,
}

/// A rule that went on or off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RuleChange {
    /// When.
    pub at: Instant,
    /// Which.
    pub rule: usize,
    /// Whether it went on.
    pub on: bool,
    /// After which run.
    pub run: RunId,
}

/// From this moment until the next record of the same rule, it was held back by these conditions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HeldBack {
    /// From when.
    pub at: Instant,
    /// Which rule.
    pub rule: usize,
    /// After which run.
    pub run: RunId,
    /// Whether its `consider` condition holds: people would say that its calls were considered.
    pub considered: bool,
    /// The parts of its `on` condition that did not hold, one bit each; none while the rule is on.
    pub failing: u64,
    /// Whether it was held back because it had already gone on in this incident.
    pub spent: bool,
    /// Whether the rule is on, so that nothing holds it back.
    pub on: bool,
}

/// An incident from its opening to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IncidentSpan {
    /// When it opened.
    pub opened: Instant,
    /// When it closed; nothing if it was open at the end.
    pub closed: Option<Instant>,
}

/// Something that was said to people.
#[derive(Clone, Debug, PartialEq)]
pub struct Message {
    /// By which run.
    pub run: RunId,
    /// By which endpoint.
    pub endpoint: EndpointId,
    /// When.
    pub at: Instant,
    /// In these words.
    pub text: String,
    /// When its cooldown ends.
    pub cooldown_until: Instant,
}

/// An attempt to recover.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecoveryAttempt {
    /// By which run.
    pub run: RunId,
    /// By which endpoint.
    pub endpoint: EndpointId,
    /// When it ended.
    pub at: Instant,
    /// Whether it succeeded.
    pub succeeded: bool,
    /// When its effect begins, if it succeeded and was the first to do so.
    pub works_from: Option<Instant>,
}

/// What an investigation found.
#[derive(Clone, Debug, PartialEq)]
pub struct FindingNote {
    /// When.
    pub at: Instant,
    /// By which run.
    pub run: RunId,
    /// By which endpoint.
    pub endpoint: EndpointId,
    /// The rule that made a finding of the observation.
    pub rule: usize,
    /// In words.
    pub text: String,
}

/// What a call came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// The definition of the endpoint.
    Definition,
    /// A rule, looked at after a run.
    Rule {
        /// The rule.
        rule: usize,
        /// The run that it was looked at after.
        run: RunId,
    },
    /// The end of a run of an endpoint that sleeps after each.
    AfterRun(RunId),
    /// The end of a pause on a condition.
    Lifted(RunId),
    /// Somebody's own hand.
    Intervention(u32),
    /// An own planner, which looked at what this run observed.
    #[cfg(feature = "planner")]
    Own(RunId),
}

/// Everything that happened in one run of a scenario.
#[derive(Clone, Debug)]
pub struct Trace {
    /// The scenario.
    pub scenario: Arc<Scenario>,
    /// Its parameters.
    pub parameters: Parameters,
    /// The endpoints as they were scheduled, with their parameters.
    pub endpoints: Vec<schedule::Endpoint>,
    /// How hints and baselines competed.
    pub governor: Governor,
    /// Runs, calls, ends of hints, states.
    pub log: Log,
    /// For each call, the run after which it was made.
    pub call_runs: Vec<Option<RunId>>,
    /// Everything that was measured.
    pub observations: Vec<Observation>,
    /// Every rule that went on or off.
    pub changes: Vec<RuleChange>,
    /// Every moment when what holds a rule back changed.
    pub held_back: Vec<HeldBack>,
    /// All incidents.
    pub incidents: Vec<IncidentSpan>,
    /// All messages.
    pub messages: Vec<Message>,
    /// All attempts to recover.
    pub recoveries: Vec<RecoveryAttempt>,
    /// All findings.
    pub findings: Vec<FindingNote>,
    /// The effects of the recoveries, as they were at the end.
    pub onsets: Vec<Onset>,
    /// Who called the tools.
    pub planning: Planning,
    /// Where everything stands that is about one endpoint, metric or rule; found at the first question. Whoever changes
    /// the lists after that sets it anew.
    pub places: Found,
    /// How many steps of [`limits::STEPS`] it took.
    pub steps: u64,
    /// The failure that ended an own planner, if one did.
    #[cfg(feature = "planner")]
    pub planner_fault: Option<PlannerFault>,
}

/// Origins of calls that are not rules.
pub(super) const AFTER_RUN: Origin = Origin(u32::MAX - 1);
pub(super) const LIFTED: Origin = Origin(u32::MAX - 2);
#[cfg(feature = "planner")]
pub(super) const OWN_PLANNER: Origin = Origin(u32::MAX - 3);
/// Interventions count down from here.
pub(super) const FIRST_INTERVENTION: u32 = 1 << 31;

impl Trace {
    /// The end of the run.
    #[must_use]
    pub fn end(&self) -> Instant {
        self.scenario.end()
    }

    /// A run by its number.
    #[must_use]
    pub fn run(&self, id: RunId) -> Option<&Run> {
        self.log.runs.get(id.0 as usize)
    }

    /// The numbers of all runs of an endpoint, in order.
    pub fn runs_of(
        &self,
        endpoint: EndpointId,
    ) -> impl DoubleEndedIterator<Item = (RunId, &Run)> + Clone {
        let runs = items(&self.log.runs, &self.places.of(self).runs, endpoint.index());
        runs.map(|(place, run)| (RunId(place), run))
    }

    /// The numbers of the runs of an endpoint that started up to an instant, in order.
    pub fn runs_until(
        &self,
        endpoint: EndpointId,
        at: Instant,
    ) -> impl DoubleEndedIterator<Item = (RunId, &Run)> + Clone {
        let places = &self.places.of(self).runs;
        let is = move |run: &Run| run.start <= at;
        items_while(&self.log.runs, places, endpoint.index(), is)
            .map(|(place, run)| (RunId(place), run))
    }

    /// How many runs of an endpoint started before an instant.
    #[must_use]
    pub fn runs_before(&self, endpoint: EndpointId, at: Instant) -> usize {
        let places = self.places.of(self).runs.get(endpoint.index());
        let before = |place: &u32| {
            let run = self.log.runs.get(*place as usize);
            run.is_some_and(|run| run.start < at)
        };
        places.map_or(0, |places| places.partition_point(before))
    }

    /// The first run of an endpoint that started after an instant.
    #[must_use]
    pub fn run_after(&self, endpoint: EndpointId, at: Instant) -> Option<&Run> {
        let places = self.places.of(self).runs.get(endpoint.index())?;
        let next = Instant::from_ms(at.ms().checked_add(1)?);
        let place = places.get(self.runs_before(endpoint, next))?;
        self.log.runs.get(*place as usize)
    }

    /// The shortest time between two starts of an endpoint.
    #[must_use]
    pub fn shortest_gap(&self, endpoint: EndpointId) -> Option<Span> {
        *self.places.of(self).gaps.get(endpoint.index())?
    }

    /// The last run of an endpoint that started up to an instant.
    #[must_use]
    pub fn last_run(&self, endpoint: EndpointId, at: Instant) -> Option<(RunId, &Run)> {
        self.runs_until(endpoint, at).next_back()
    }

    /// The states of an endpoint, in order.
    pub fn contexts_of(
        &self,
        endpoint: EndpointId,
    ) -> impl DoubleEndedIterator<Item = &Context> + Clone {
        let places = &self.places.of(self).contexts;
        items(&self.log.contexts, places, endpoint.index()).map(|(_, context)| context)
    }

    /// The state of an endpoint at an instant, after everything that happened then.
    #[must_use]
    pub fn context_at(&self, endpoint: EndpointId, at: Instant) -> Option<&Context> {
        let places = &self.places.of(self).contexts;
        let is = |context: &Context| context.from <= at;
        let mut until = items_while(&self.log.contexts, places, endpoint.index(), is);
        until.next_back().map(|(_, context)| context)
    }

    /// The observations of a metric up to an instant, in order.
    pub fn observations_until(
        &self,
        metric: usize,
        at: Instant,
    ) -> impl DoubleEndedIterator<Item = &Observation> + Clone {
        let places = &self.places.of(self).seen;
        let is = move |seen: &Observation| seen.at <= at;
        items_while(&self.observations, places, metric, is).map(|(_, seen)| seen)
    }

    /// When a rule went on or off, in order.
    pub fn changes_of(&self, rule: usize) -> impl DoubleEndedIterator<Item = &RuleChange> + Clone {
        items(&self.changes, &self.places.of(self).changes, rule).map(|(_, change)| change)
    }

    /// When a rule went on or off, up to an instant, in order.
    pub fn changes_until(
        &self,
        rule: usize,
        at: Instant,
    ) -> impl DoubleEndedIterator<Item = &RuleChange> + Clone {
        let places = &self.places.of(self).changes;
        let is = move |change: &RuleChange| change.at <= at;
        items_while(&self.changes, places, rule, is).map(|(_, change)| change)
    }

    /// Until when the endpoint of a run cools down after it: the run's start if it has no cooldown.
    #[must_use]
    pub fn cooled(&self, run: &Run) -> Instant {
        let endpoint = self.endpoints.get(run.endpoint.index());
        run.start + endpoint.map_or(Span::ZERO, |endpoint| endpoint.cooldown)
    }

    /// The decision behind a run, rebuilt by the governor.
    #[must_use]
    pub fn decision(&self, run: &Run) -> Option<Decision> {
        let endpoint = self.endpoints.get(run.endpoint.index())?;
        self.log.decision(run, endpoint, self.governor)
    }

    /// What was planned for an endpoint at an instant, and why, rebuilt by the governor.
    ///
    /// A run that starts at that instant has started.
    #[must_use]
    pub fn planned_at(&self, endpoint: EndpointId, at: Instant) -> Option<Decision> {
        let definition = self.endpoints.get(endpoint.index())?;
        let context = self.context_at(endpoint, at)?;
        let last = self.last_run(endpoint, at).map(|(_, run)| run);
        let state = schedule::State {
            anchor: last.map(|run| run.start),
            running: last.is_some_and(|run| run.end().is_none_or(|end| end > at)),
            standing: &self.log.standing(context),
        };
        let ended = last.and_then(Run::end).unwrap_or(Instant::START);
        let decided = context.from.max(ended).min(at);
        Some(schedule::governor::decide(
            endpoint,
            definition,
            &state,
            decided,
            self.governor,
        ))
    }

    /// What a call came from.
    #[must_use]
    pub fn cause(&self, call: CallId) -> Option<Cause> {
        let origin = self.log.call(call)?.origin;
        let run = self.call_runs.get(call.0 as usize).copied().flatten();
        Some(match (origin, run) {
            (Origin::DEFINITION, _) => Cause::Definition,
            (AFTER_RUN, Some(run)) => Cause::AfterRun(run),
            (LIFTED, Some(run)) => Cause::Lifted(run),
            #[cfg(feature = "planner")]
            (OWN_PLANNER, Some(run)) => Cause::Own(run),
            (Origin(rule), Some(run)) if rule < FIRST_INTERVENTION => Cause::Rule {
                rule: rule as usize,
                run,
            },
            (Origin(number), _) => Cause::Intervention(number.wrapping_sub(FIRST_INTERVENTION)),
        })
    }

    /// The latest observation of a metric up to an instant.
    #[must_use]
    pub fn observed(&self, metric: usize, at: Instant) -> Option<&Observation> {
        self.observations_until(metric, at).next_back()
    }

    /// Whether a rule is on at an instant.
    #[must_use]
    pub fn rule_on(&self, rule: usize, at: Instant) -> bool {
        let last = self.changes_until(rule, at).next_back();
        last.is_some_and(|change| change.on)
    }

    /// What holds a rule back at an instant.
    #[must_use]
    pub fn held_back_at(&self, rule: usize, at: Instant) -> Option<&HeldBack> {
        let places = &self.places.of(self).held_back;
        let until = items_while(&self.held_back, places, rule, |held| held.at <= at);
        until.map(|(_, held)| held).next_back()
    }

    /// The stretches in which a rule was considered but held back.
    #[must_use]
    pub fn considered(&self, rule: usize) -> Vec<(Instant, Instant)> {
        let places = &self.places.of(self).held_back;
        considered(self, items(&self.held_back, places, rule)).collect()
    }

    /// How often a rule went on.
    #[must_use]
    pub fn times_on(&self, rule: usize) -> usize {
        let rules = &self.places.of(self).rules;
        rules.get(rule).map_or(0, |(on, _)| *on)
    }

    /// When a rule was first considered but held back.
    #[must_use]
    pub fn first_considered(&self, rule: usize) -> Option<Instant> {
        self.places.of(self).rules.get(rule)?.1
    }

    /// Whether the times between the starts of an endpoint from an instant on never shrink; there are two at least.
    #[must_use]
    pub fn relaxes_from(&self, endpoint: EndpointId, at: Instant) -> bool {
        let places = self.places.of(self);
        let count = places.runs.get(endpoint.index()).map_or(0, Vec::len);
        let from = self.runs_before(endpoint, at);
        let relaxed = places.relaxed.get(endpoint.index()).copied().flatten();
        let first = places
            .runs
            .get(endpoint.index())
            .and_then(|of| of.get(from));
        let first = first.and_then(|place| self.log.runs.get(*place as usize));
        let first = first.map(|run| run.start);
        count >= from + 2 && first >= relaxed
    }

    /// Whether an endpoint is asleep from an instant up to another.
    #[must_use]
    pub fn asleep_between(&self, endpoint: EndpointId, from: Instant, to: Instant) -> bool {
        let awake = self.places.of(self).awake.get(endpoint.index());
        let awake = awake.map_or(&[][..], Vec::as_slice);
        let next = awake.partition_point(|(_, until)| *until <= from);
        awake.get(next).is_none_or(|(begins, _)| *begins >= to)
    }

    /// For each rule, how late it was seen that its condition held: worked out at the first question.
    pub fn seen_after(&self, all: impl FnOnce() -> Vec<Option<Span>>) -> &[Option<Span>] {
        self.places.seen_after.get_or_init(all)
    }

    /// How many steps it takes to work all metrics out once.
    #[must_use]
    pub fn world_steps(&self) -> u64 {
        let metrics = self.scenario.metrics.iter();
        metrics
            .map(|metric| 1 + u64::from(metric.formula.steps()))
            .sum()
    }

    /// The true values of all metrics at each of the given instants, in order of time.
    #[must_use]
    pub fn truth(&self, instants: impl IntoIterator<Item = Instant>) -> Vec<Vec<f64>> {
        let mut world = World::new(&self.scenario, &self.parameters);
        for onset in &self.onsets {
            if let Some(since) = onset.since {
                world.recover(onset.endpoint, since);
            }
        }
        self.truth_in(world, instants)
    }

    /// The same with nobody acting on the world.
    #[must_use]
    pub fn untouched_truth(&self, instants: impl IntoIterator<Item = Instant>) -> Vec<Vec<f64>> {
        let world = World::new(&self.scenario, &self.parameters);
        self.truth_in(world, instants)
    }

    fn truth_in(
        &self,
        mut world: World,
        instants: impl IntoIterator<Item = Instant>,
    ) -> Vec<Vec<f64>> {
        instants
            .into_iter()
            .map(|at| world.metrics(&self.scenario, &self.parameters, at).to_vec())
            .collect()
    }

    /// A number that two traces share only if they record the same: all of it, since it is what is compared between
    /// machines.
    #[must_use]
    pub fn hash(&self) -> u64 {
        let mut digest = Digest(xxhash_rust::xxh64::Xxh64::new(1));
        self.add_runs(&mut digest, |_| true);
        for (_, call) in self.log.all_calls() {
            digest.call(&call);
        }
        for ending in &self.log.endings {
            let how = match ending.how {
                HintEnd::Ran(run) => [0, run.0],
                HintEnd::Replaced(call) => [1, call.0],
                HintEnd::Cleared(call) => [2, call.0],
                HintEnd::ExpiredUnused => [3, 0],
                HintEnd::Expired => [4, 0],
            };
            digest.numbers([ending.at.ms(), i64::from(ending.call.0)]);
            digest.numbers(how.map(i64::from));
        }
        for seen in &self.observations {
            let bits = seen.value.to_bits() as i64;
            digest.numbers([
                i64::from(seen.run.0),
                seen.at.ms(),
                seen.metric as i64,
                bits,
            ]);
        }
        self.add_planning(&mut digest);
        for message in &self.messages {
            digest.numbers([i64::from(message.run.0), message.at.ms()]);
            digest.numbers([message.cooldown_until.ms()]);
            digest.text(&message.text);
        }
        for attempt in &self.recoveries {
            let from = attempt.works_from.map_or(-1, Instant::ms);
            digest.numbers([i64::from(attempt.run.0), i64::from(attempt.succeeded), from]);
        }
        digest.0.digest()
    }

    /// A number that two traces share only if the runs of some endpoints are the same, which are told by their places.
    #[must_use]
    pub fn hash_of(&self, of: impl Fn(usize) -> bool) -> u64 {
        let mut digest = Digest(xxhash_rust::xxh64::Xxh64::new(1));
        self.add_runs(&mut digest, of);
        digest.0.digest()
    }

    fn add_runs(&self, digest: &mut Digest, of: impl Fn(usize) -> bool) {
        for run in self.log.runs.iter().filter(|run| of(run.endpoint.index())) {
            digest.numbers([
                run.start.ms(),
                self.log.decided_at(run).ms(),
                run.took.ms(),
                i64::from(run.endpoint.0),
                run.source.map_or(-1, |source| source as i64),
                run.clamp.map_or(-1, |clamp| clamp as i64),
                i64::from(run.ok),
            ]);
        }
    }

    fn add_planning(&self, digest: &mut Digest) {
        for change in &self.changes {
            let (rule, on) = (change.rule as i64, i64::from(change.on));
            digest.numbers([change.at.ms(), rule, on, i64::from(change.run.0)]);
        }
        for held in &self.held_back {
            digest.numbers([
                held.at.ms(),
                held.rule as i64,
                i64::from(held.run.0),
                held.failing as i64,
            ]);
            digest.numbers([held.considered, held.spent, held.on].map(i64::from));
        }
        for incident in &self.incidents {
            let closed = incident.closed.map_or(-1, Instant::ms);
            digest.numbers([incident.opened.ms(), closed]);
        }
        for finding in &self.findings {
            digest.numbers([
                i64::from(finding.run.0),
                finding.at.ms(),
                finding.rule as i64,
            ]);
            digest.text(&finding.text);
        }
    }
}

/// Takes records in, one after the other.
struct Digest(xxhash_rust::xxh64::Xxh64);

impl Digest {
    fn numbers<const N: usize>(&mut self, numbers: [i64; N]) {
        for number in numbers {
            self.0.update(&number.to_le_bytes());
        }
    }

    fn text(&mut self, text: &str) {
        self.numbers([text.len() as i64]);
        self.0.update(text.as_bytes());
    }

    fn call(&mut self, call: &Call<'_>) {
        let (first, second) = match call.tool {
            Tool::ProposeInterval { every, ttl } => (every.ms(), ttl.ms()),
            Tool::ProposeNextTime { at, ttl } => (at.ms(), ttl.ms()),
            Tool::PauseUntil(Some(PauseEnd::At(until))) => (0, until.ms()),
            Tool::PauseUntil(Some(PauseEnd::Forever)) => (1, 0),
            Tool::PauseUntil(Some(PauseEnd::Condition(number))) => (2, i64::from(number)),
            Tool::PauseUntil(None) => (3, 0),
            Tool::ClearHints => (4, 0),
        };
        self.numbers([call.at.ms(), i64::from(call.endpoint.0), first, second]);
        self.numbers([i64::from(call.origin.0)]);
        self.text(call.tool.name());
        self.text(call.refused.map_or("", |refusal| refusal.code()));
        self.text(call.reason);
    }
}
