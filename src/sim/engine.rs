//! The engine: takes the next event, lets it happen, lets the planner look, and goes on.
//!
//! Order at one instant: hints expire and pauses end, runs end (what they saw may change plans), somebody's own
//! calls, then starts. Ties go by order of declaration.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::fmt;
use std::sync::Arc;

use super::noise;
use super::places::Found;
use super::planner::{Known, Planner};
use super::planning::Planning;
use super::trace::{
    AFTER_RUN, FIRST_INTERVENTION, FindingNote, HeldBack, IncidentSpan, LIFTED, Message,
    Observation, RecoveryAttempt, RuleChange, Trace,
};
use super::world::World;
use crate::diagnostic::counted;
use crate::limits;
use crate::order;
use crate::rule::{Condition, Memory};
use crate::scenario::{
    Parameters, PlannedCall, PlannedPause, Proposal, Purpose, Scenario, Sentence,
};
use crate::schedule::{
    Baseline, DefinitionError, EndpointId, Log, Options, Origin, PauseEnd, RunId, Scheduler, Tier,
    Tool,
};
use crate::time::{Instant, Span};

/// How many events are one slice of work, where a simulation is made bit by bit: short however dear an event is.
pub const SLICE: u64 = 64;

/// A tool call by somebody's own hand.
#[derive(Clone, Debug, PartialEq)]
pub struct Intervention {
    /// When; what was due then anyway comes first.
    pub at: Instant,
    /// On which endpoint.
    pub endpoint: EndpointId,
    /// What is asked for.
    pub tool: Tool,
    /// Why.
    pub reason: Arc<str>,
}

/// Why a simulation could not be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SimulationError {
    /// The endpoints contradict themselves.
    Definition(DefinitionError),
    /// More of something than a run may have, at this moment.
    Over(Budget, Instant),
}

/// Something of which a run may have only so much.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Budget {
    /// Events: starts, ends, expiries and tool calls.
    Events,
    /// Starts of endpoints.
    Runs,
    /// Steps of expressions, and some for each event.
    Steps,
    /// Bytes of messages, reasons and findings.
    Text,
    /// Observed values.
    Observations,
    /// Changes of rules, and of what holds them back.
    Changes,
}

impl Budget {
    /// How much of it a run may have.
    #[must_use]
    pub const fn most(self) -> u64 {
        match self {
            Self::Events => limits::EVENTS,
            Self::Runs => limits::RUNS,
            Self::Steps => limits::STEPS,
            Self::Text => limits::TEXT_BYTES,
            Self::Observations => limits::OBSERVATIONS,
            Self::Changes => limits::CHANGES,
        }
    }

    const fn code(self) -> &'static str {
        match self {
            Self::Events => "too_many_events",
            // The two were one limit once, and programs rely on its name.
            Self::Runs => "too_many_events",
            Self::Steps => "too_many_steps",
            Self::Text => "too_much_text",
            Self::Observations => "too_many_observations",
            Self::Changes => "too_many_changes",
        }
    }

    /// What it is called, and what to do to need less of it.
    const fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Events => ("events", "make cadences longer or the run shorter"),
            Self::Runs => ("starts", "make cadences longer or the run shorter"),
            Self::Steps => (
                "steps of expressions",
                "make cadences longer, the run shorter, or conditions and formulas simpler",
            ),
            Self::Text => (
                "bytes of messages, reasons and findings",
                "make them shorter, or say them less often",
            ),
            Self::Observations => (
                "observed values",
                "observe fewer metrics, make cadences longer or the run shorter",
            ),
            Self::Changes => (
                "changes of rules and of what holds them back",
                "make rules fewer or steadier, or the run shorter",
            ),
        }
    }
}

impl SimulationError {
    /// A short name that programs may rely on.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Definition(error) => error.code(),
            Self::Over(budget, _) => budget.code(),
        }
    }
}

impl fmt::Display for SimulationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Definition(error) => error.fmt(f),
            Self::Over(budget, at) => {
                let (what, advice) = budget.words();
                let most = counted(usize::try_from(budget.most()).unwrap_or(usize::MAX));
                write!(
                    f,
                    "stopped at {at}: a run may have at most {most} {what}; {advice}"
                )
            }
        }
    }
}

impl std::error::Error for SimulationError {}

impl From<DefinitionError> for SimulationError {
    fn from(error: DefinitionError) -> Self {
        Self::Definition(error)
    }
}

/// How far a simulation has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// The budget is used up; there is more to come after this instant.
    More(Instant),
    /// An own planner may look now, through [`Engine::context`]; the next call goes on without it.
    #[cfg(feature = "planner")]
    Observed(Instant),
    /// The end of the run is reached.
    Done,
}

/// A pause that ends when a condition holds.
#[derive(Clone, Debug)]
struct ConditionalPause {
    endpoint: EndpointId,
    number: u32,
    condition: Arc<Condition>,
    memory: Memory,
}

/// A simulation that can stop after a number of events and go on.
#[derive(Clone, Debug)]
pub struct Engine {
    pub(super) scenario: Arc<Scenario>,
    parameters: Parameters,
    pub(super) scheduler: Scheduler,
    pub(super) planner: Planner,
    world: World,
    /// Runs in progress, by their end.
    ends: BinaryHeap<Reverse<(Instant, EndpointId, RunId)>>,
    interventions: Vec<Intervention>,
    next_intervention: usize,
    pauses: Vec<ConditionalPause>,
    fails: Vec<bool>,
    reasons: Reasons,
    pub(super) now: Instant,
    /// How much it has had of each budget.
    pub(super) spent: Spent,
    costs: Costs,
    noise: f64,
    seed: u64,
    /// The run at which an own planner may look.
    #[cfg(feature = "planner")]
    pub(super) looking: Option<(RunId, EndpointId)>,
    pub(super) trace: Trace,
}

/// Reasons of the engine's own, and the last one of each rule: said again in the same words, it is the same text.
#[derive(Clone, Debug)]
struct Reasons {
    done: Arc<str>,
    lifted: Arc<str>,
    rules: Vec<Option<Arc<str>>>,
}

/// What was used up so far.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Spent {
    pub events: u64,
    pub runs: u64,
    pub steps: u64,
    pub text: u64,
    pub observations: u64,
    pub changes: u64,
}

impl Spent {
    fn all(&self) -> [(Budget, u64); 6] {
        [
            (Budget::Events, self.events),
            (Budget::Runs, self.runs),
            (Budget::Steps, self.steps),
            (Budget::Text, self.text),
            (Budget::Observations, self.observations),
            (Budget::Changes, self.changes),
        ]
    }

    /// The first budget of which there is more than there may be, if there is one.
    fn over(&self) -> Option<Budget> {
        let mut over = self.all().into_iter();
        over.find(|(budget, spent)| *spent > budget.most())
            .map(|(budget, _)| budget)
    }

    /// Whether some budget is used up.
    #[cfg(feature = "planner")]
    pub(super) fn is_up(&self) -> bool {
        self.all()
            .iter()
            .any(|(budget, spent)| *spent >= budget.most())
    }
}

/// What parts of the scenario cost each time, in steps.
#[derive(Clone, Copy, Debug)]
struct Costs {
    /// All rules and the incident, looked at once.
    look: u64,
    /// The incident alone.
    incident: u64,
    /// All metrics of the world.
    world: u64,
    /// All effects of recoveries.
    effects: u64,
}

impl Costs {
    fn of(scenario: &Scenario) -> Self {
        let of = |condition: Option<&Condition>| condition.map_or(0, |c| u64::from(c.steps()));
        let rules = scenario.rules.iter().map(|rule| {
            let parts = [Some(&rule.on), rule.off.as_ref(), rule.consider.as_ref()];
            // What is told of a rule is looked through in any case.
            4 + parts.map(of).iter().sum::<u64>() + rule.calls.len() as u64
        });
        let incident = scenario.incident.as_ref();
        let incident = incident.map_or(0, |i| of(Some(&i.opens)) + of(Some(&i.closes)));
        let metrics = scenario.metrics.iter();
        let effects = scenario.endpoints.iter().filter(|e| e.effect.is_some());
        Self {
            effects: effects.count() as u64,
            look: rules.sum::<u64>() + 2 * incident,
            incident,
            world: metrics.map(|m| 1 + u64::from(m.formula.steps())).sum(),
        }
    }
}

/// How many bytes of a text take about as long to say as one step.
const BYTES_A_STEP: u64 = 8;

/// What it costs to say sentences, in steps, apart from their length.
fn cost_of(sentences: &[Sentence]) -> u64 {
    let cost = |sentence: &Sentence| {
        let when = sentence.when.as_ref().map_or(0, Condition::steps);
        u64::from(sentence.text.steps()) + u64::from(when)
    };
    sentences.iter().map(cost).sum()
}

/// Runs a scenario to its end.
///
/// ```
/// use std::sync::Arc;
/// use accelerando::scenario::{FLASH_SALE, Parameters, Scenario};
/// use accelerando::sim::simulate;
///
/// let scenario = Arc::new(Scenario::parse(FLASH_SALE).expect("it ships with the crate"));
/// let trace = simulate(&scenario, &Parameters::new(&scenario))?;
/// assert_eq!(trace.log.runs.len(), 117);
/// # Ok::<(), accelerando::sim::SimulationError>(())
/// ```
///
/// # Errors
/// [`SimulationError`] when the parameters contradict each other or the run has too much of something.
pub fn simulate(
    scenario: &Arc<Scenario>,
    parameters: &Parameters,
) -> Result<Trace, SimulationError> {
    Engine::new(scenario, parameters, Vec::new())?.finished()
}

/// Whether a scenario can be run, as far as that can be told without running it: its endpoints do not contradict
/// themselves, and those that nothing puts to sleep do not start more often than a run may start anything.
///
/// # Errors
/// [`SimulationError`], as the run itself would come to it.
pub fn check(scenario: &Arc<Scenario>, parameters: &Parameters) -> Result<(), SimulationError> {
    let endpoints = scheduled(scenario, parameters);
    let mut sleepers = vec![false; endpoints.len()];
    for rule in &scenario.rules {
        for call in rule.calls.iter().chain(&rule.ends) {
            if let (Some(sleeps), Some(_)) = (sleepers.get_mut(call.endpoint.index()), &call.pause)
            {
                *sleeps = true;
            }
        }
    }
    let mut starts = 0_u64;
    for ((endpoint, sleeps), world) in endpoints.iter().zip(sleepers).zip(&scenario.endpoints) {
        let has_rhythm = matches!(endpoint.baseline, Baseline::Every(_));
        if endpoint.asleep || sleeps || world.sleeps_after_run || !has_rhythm {
            continue;
        }
        let gap = endpoint.max.max(endpoint.cooldown).max(world.takes);
        let time = (scenario.end() - endpoint.start_at).ms().max(0);
        starts = starts.saturating_add((time / gap.ms().max(1)).unsigned_abs());
    }
    let options = Options {
        governor: scenario.governor,
    };
    Scheduler::new(endpoints, options)?;
    let each = limits::STEPS_AN_EVENT + Costs::of(scenario).look;
    let needs = [
        (Budget::Runs, starts),
        (Budget::Steps, starts.saturating_mul(each)),
    ];
    let over = needs
        .into_iter()
        .find(|(budget, least)| *least > budget.most());
    over.map_or(Ok(()), |(budget, _)| {
        Err(SimulationError::Over(budget, Instant::START))
    })
}

impl Engine {
    /// Prepares a run; interventions need not be in order.
    ///
    /// ```
    /// use std::sync::Arc;
    /// use accelerando::scenario::{FLASH_SALE, Parameters, Scenario};
    /// use accelerando::schedule::Tool;
    /// use accelerando::sim::{Cause, Engine, Intervention};
    /// use accelerando::time::{Instant, Span};
    ///
    /// let scenario = Arc::new(Scenario::parse(FLASH_SALE).expect("it ships with the crate"));
    /// let by_hand = Intervention {
    ///     at: Instant::from_ms(60_000),
    ///     endpoint: scenario.endpoint("traffic_monitor").expect("it is there"),
    ///     tool: Tool::ProposeInterval { every: Span::from_secs(20), ttl: Span::from_mins(2) },
    ///     reason: Arc::from("just to see"),
    /// };
    /// let trace = Engine::new(&scenario, &Parameters::new(&scenario), vec![by_hand])?.finished()?;
    /// let mut calls = trace.log.all_calls();
    /// assert!(calls.any(|(id, _)| trace.cause(id) == Some(Cause::Intervention(0))));
    /// # Ok::<(), accelerando::sim::SimulationError>(())
    /// ```
    ///
    /// # Errors
    /// [`SimulationError::Definition`] when the parameters contradict each other.
    pub fn new(
        scenario: &Arc<Scenario>,
        parameters: &Parameters,
        mut interventions: Vec<Intervention>,
    ) -> Result<Self, SimulationError> {
        order::by_key(&mut interventions, |intervention| (intervention.at.ms(), 0));
        let endpoints = scheduled(scenario, parameters);
        let scheduler = Scheduler::new(
            endpoints.clone(),
            Options {
                governor: scenario.governor,
            },
        )?;
        let fails = (0..scenario.endpoints.len())
            .map(|index| {
                parameters.of(
                    scenario,
                    Purpose::Fails(EndpointId(u32::try_from(index).unwrap_or(u32::MAX))),
                ) == 1.0
            })
            .collect();
        let world = World::new(scenario, parameters);
        let trace = Trace {
            scenario: scenario.clone(),
            parameters: parameters.clone(),
            endpoints,
            governor: scenario.governor,
            log: Log::default(),
            call_runs: vec![None; scheduler.log().calls.len()],
            observations: Vec::new(),
            changes: Vec::new(),
            held_back: Vec::new(),
            incidents: Vec::new(),
            messages: Vec::new(),
            recoveries: Vec::new(),
            findings: Vec::new(),
            onsets: Vec::new(),
            planning: Planning::Rules,
            places: Found::default(),
            steps: 0,
            #[cfg(feature = "planner")]
            planner_fault: None,
        };
        Ok(Self {
            planner: Planner::new(scenario),
            scenario: scenario.clone(),
            parameters: parameters.clone(),
            scheduler,
            world,
            ends: BinaryHeap::new(),
            interventions,
            next_intervention: 0,
            pauses: Vec::new(),
            fails,
            reasons: Reasons {
                done: Arc::from("it has run and goes back to sleep"),
                lifted: Arc::from("the condition of its pause holds"),
                rules: vec![None; scenario.rules.len()],
            },
            now: Instant::START,
            spent: Spent::default(),
            costs: Costs::of(scenario),
            noise: parameters.of(scenario, Purpose::Noise),
            seed: parameters.of(scenario, Purpose::Seed) as u64,
            #[cfg(feature = "planner")]
            looking: None,
            trace,
        })
    }

    /// Lets at most `budget` events happen.
    ///
    /// # Errors
    /// [`SimulationError::Over`] when the run has more of something than any may have.
    pub fn run(&mut self, budget: u64) -> Result<Progress, SimulationError> {
        let end = self.scenario.end();
        #[cfg(feature = "planner")]
        {
            self.looking = None;
        }
        for _ in 0..budget {
            let due = self.scheduler.next_due();
            let ending = self.ends.peek().map(|Reverse((at, ..))| *at);
            let timer = self.scheduler.next_timer();
            let intervention = self
                .interventions
                .get(self.next_intervention)
                .map(|intervention| intervention.at);
            let times = [due.map(|(at, _)| at), ending, timer, intervention];
            let Some(now) = times.into_iter().flatten().min().filter(|&now| now < end) else {
                return Ok(Progress::Done);
            };
            self.spent.events += 1;
            self.spent.steps += limits::STEPS_AN_EVENT;
            if let Some(budget) = self.spent.over() {
                return Err(SimulationError::Over(budget, now));
            }
            self.now = now;
            if timer == Some(now) {
                self.scheduler.advance(now);
            } else if ending == Some(now) {
                if let Some(Reverse((_, id, run))) = self.ends.pop() {
                    self.end_run(id, run);
                }
            } else if let Some((_, id)) = due.filter(|(at, _)| *at == now) {
                self.start_run(id);
            } else {
                // Somebody who looks at a moment and calls a tool has seen all that happened then.
                self.intervene();
            }
            #[cfg(feature = "planner")]
            if self.looking.is_some() {
                return Ok(Progress::Observed(now));
            }
        }
        Ok(Progress::More(self.now))
    }

    /// Runs to the end; no own planner looks on the way.
    ///
    /// # Errors
    /// [`SimulationError::Over`] when the run has more of something than any may have.
    pub fn finished(mut self) -> Result<Trace, SimulationError> {
        while self.run(u64::MAX)? != Progress::Done {}
        Ok(self.into_trace())
    }

    /// Ends the simulation where it stands.
    #[must_use]
    pub fn into_trace(mut self) -> Trace {
        self.trace.steps = self.spent.steps;
        self.trace.onsets = self.world.onsets().to_vec();
        self.trace
            .call_runs
            .resize(self.scheduler.log().calls.len(), None);
        self.trace.log = self.scheduler.into_log();
        self.trace
    }

    fn start_run(&mut self, id: EndpointId) {
        let Ok(run) = self.scheduler.start(id, self.now) else {
            return;
        };
        self.spent.runs += 1;
        let definition = self.scenario.endpoints.get(id.index());
        let orders = definition.map_or(0, |e| e.milder.len() + e.requires.len());
        self.spent.steps += orders as u64;
        // Wherever the run is listed, so is why it was started.
        let why = self.scheduler.log().reason_of(run);
        self.spent.text += why.map_or(0, |why| why.len() as u64);
        if let Some(state) = self.planner.endpoints.get_mut(id.index()) {
            state.runs += 1;
            state.attempts += 1;
        }
        let takes = self
            .scenario
            .endpoints
            .get(id.index())
            .map_or(Span::ZERO, |endpoint| endpoint.takes);
        if takes.is_positive() {
            self.ends.push(Reverse((self.now + takes, id, run)));
        } else {
            self.end_run(id, run);
        }
    }

    fn end_run(&mut self, id: EndpointId, run: RunId) {
        let scenario = self.scenario.clone();
        let Some(endpoint) = scenario.endpoints.get(id.index()) else {
            return;
        };
        let ok = !self.fails.get(id.index()).copied().unwrap_or(false);
        if self.scheduler.finish(id, self.now, ok).is_err() {
            return;
        }
        if let Some(state) = self.planner.endpoints.get_mut(id.index()) {
            state.last_ok = Some(ok);
        }
        if ok && !endpoint.observes.is_empty() {
            self.observe(&scenario, id, run, &endpoint.observes);
        }
        if endpoint.sleeps_after_run {
            let pause = Tool::PauseUntil(Some(PauseEnd::Forever));
            let why = self.reasons.done.clone();
            self.call(id, pause, AFTER_RUN, &why, Some(run));
        }
        if let Some(effect) = &endpoint.effect {
            self.spent.steps += 3 * self.costs.effects;
            self.spent.text += effect.text.len() as u64;
            let first = ok
                && self
                    .world
                    .onsets()
                    .iter()
                    .any(|onset| onset.endpoint == id && onset.since.is_none());
            if ok {
                self.world.recover(id, self.now);
            }
            let delay = self
                .world
                .onsets()
                .iter()
                .find(|onset| onset.endpoint == id)
                .map_or(effect.delay, |onset| onset.delay);
            let works_from = first.then(|| self.now + delay);
            self.trace.recoveries.push(RecoveryAttempt {
                run,
                endpoint: id,
                at: self.now,
                succeeded: ok,
                works_from,
            });
        } else if endpoint.schedule.tier == Tier::Recovery {
            self.trace.recoveries.push(RecoveryAttempt {
                run,
                endpoint: id,
                at: self.now,
                succeeded: ok,
                works_from: None,
            });
        }
        if !endpoint.message.is_empty() {
            self.say(id, run);
        }
        self.plan(&scenario, id, run);
        #[cfg(feature = "planner")]
        if ok && !endpoint.observes.is_empty() && self.trace.planning.asks() {
            self.looking = Some((run, id));
        }
    }

    fn observe(&mut self, scenario: &Scenario, id: EndpointId, run: RunId, metrics: &[usize]) {
        let (noise, seed) = (self.noise, self.seed);
        let count = self
            .planner
            .endpoints
            .get(id.index())
            .map_or(0, |state| state.runs);
        self.spent.observations += metrics.len() as u64;
        self.spent.steps += self.costs.world + self.costs.effects + metrics.len() as u64;
        let truths = self.world.metrics(scenario, &self.parameters, self.now);
        for &metric in metrics {
            let truth = truths.get(metric).copied().unwrap_or(f64::NAN);
            let value = if noise > 0.0 {
                truth * (1.0 + noise * noise::standard(seed, id.0, count, metric))
            } else {
                truth
            };
            self.planner.observe(metric, value);
            self.trace.observations.push(Observation {
                run,
                at: self.now,
                metric,
                value,
            });
        }
    }

    fn known<'a>(&'a self, scenario: &'a Scenario) -> Known<'a> {
        Known {
            scenario,
            parameters: &self.parameters,
            planner: &self.planner,
            scheduler: &self.scheduler,
            now: self.now,
        }
    }

    fn say(&mut self, id: EndpointId, run: RunId) {
        let scenario = self.scenario.clone();
        let Some(endpoint) = scenario.endpoints.get(id.index()) else {
            return;
        };
        let known = self.known(&scenario);
        let text = known.said(&endpoint.message);
        self.spent.steps += cost_of(&endpoint.message) + text.len() as u64 / BYTES_A_STEP;
        self.spent.text += text.len() as u64;
        let cooldown = self
            .scheduler
            .endpoint(id)
            .map_or(Span::ZERO, |endpoint| endpoint.cooldown);
        let start = self
            .scheduler
            .state(id)
            .and_then(|state| state.anchor)
            .unwrap_or(self.now);
        self.trace.messages.push(Message {
            run,
            endpoint: id,
            at: self.now,
            text,
            cooldown_until: start + cooldown,
        });
    }

    fn call(
        &mut self,
        id: EndpointId,
        tool: Tool,
        origin: Origin,
        reason: &Arc<str>,
        run: Option<RunId>,
    ) {
        // The answer is in the log, where refusals are looked up.
        let _ = self.scheduler.call(id, tool, (origin, reason), self.now);
        self.spent.events += 1;
        self.trace.call_runs.push(run);
    }

    fn intervene(&mut self) {
        let Some(intervention) = self.interventions.get(self.next_intervention).cloned() else {
            return;
        };
        let origin = Origin(
            FIRST_INTERVENTION.saturating_add(u32::try_from(self.next_intervention).unwrap_or(0)),
        );
        self.next_intervention += 1;
        self.call(
            intervention.endpoint,
            intervention.tool,
            origin,
            &intervention.reason,
            None,
        );
    }

    /// The planner looks at everything once, after a run.
    fn plan(&mut self, scenario: &Arc<Scenario>, ran: EndpointId, run: RunId) {
        self.spent.steps += self.costs.look;
        self.lift_pauses(scenario, run);
        self.turn_incident(scenario);
        for rule in 0..scenario.rules.len() {
            self.look_at(scenario, rule, ran, run);
        }
        self.turn_incident(scenario);
    }

    fn turn_incident(&mut self, scenario: &Scenario) {
        match self
            .planner
            .turn_incident((scenario, &self.parameters, &self.scheduler), self.now)
        {
            Some(true) => self.trace.incidents.push(IncidentSpan {
                opened: self.now,
                closed: None,
            }),
            Some(false) => {
                if let Some(last) = self.trace.incidents.last_mut() {
                    last.closed = Some(self.now);
                }
            }
            None => {}
        }
    }

    fn look_at(&mut self, scenario: &Arc<Scenario>, rule: usize, ran: EndpointId, run: RunId) {
        let Some(definition) = scenario.rules.get(rule) else {
            return;
        };
        let Some(checked) = self.planner.check(
            rule,
            (scenario, &self.parameters, &self.scheduler),
            self.now,
        ) else {
            return;
        };
        let incidents = self.planner.incidents;
        let Some(state) = self.planner.rules.get_mut(rule) else {
            return;
        };
        let spent = definition.once_per_incident && state.fired_in == Some(incidents);
        let mut change = None;
        match state.on_since {
            None if checked.on.holds && !spent => {
                state.on_since = Some(self.now);
                state.off_since = None;
                state.fired_in = Some(incidents);
                change = Some(true);
            }
            Some(since) if checked.off && self.now - since >= definition.dwell => {
                state.on_since = None;
                state.off_since = Some(self.now);
                change = Some(false);
            }
            _ => {}
        }
        let on = state.on_since.is_some();
        let failing = if on { 0 } else { checked.on.failing };
        let held = (checked.considered, failing, spent && !on, on);
        if state.held != Some(held) {
            state.held = Some(held);
            // Each endpoint that a rule calls shows when it was held back.
            self.spent.changes += 1 + definition.calls.len() as u64;
            self.trace.held_back.push(HeldBack {
                at: self.now,
                rule,
                run,
                considered: checked.considered,
                failing,
                spent: spent && !on,
                on,
            });
        }
        match change {
            Some(on) => {
                self.spent.changes += 1;
                self.spent.steps += self.costs.incident;
                self.trace.changes.push(RuleChange {
                    at: self.now,
                    rule,
                    on,
                    run,
                });
                self.turn_incident(scenario);
                // An incident that this very rule has opened is the one in which it went on.
                if on && let Some(state) = self.planner.rules.get_mut(rule) {
                    state.fired_in = Some(self.planner.incidents);
                }
                self.changed(scenario, rule, on, run);
            }
            None if on => self.renew(scenario, rule, ran, run),
            None => {}
        }
    }

    fn changed(&mut self, scenario: &Arc<Scenario>, rule: usize, on: bool, run: RunId) {
        let Some(definition) = scenario.rules.get(rule) else {
            return;
        };
        if on && let Some(finding) = &definition.finding {
            let text = finding.text.text(&self.known(scenario));
            self.spent.steps += u64::from(finding.text.steps()) + text.len() as u64 / BYTES_A_STEP;
            self.spent.text += text.len() as u64;
            self.trace.findings.push(FindingNote {
                at: self.now,
                run,
                endpoint: finding.endpoint,
                rule,
                text,
            });
        }
        let calls = if on {
            &definition.calls
        } else {
            &definition.ends
        };
        if calls.is_empty() || !self.trace.planning.rules_call() {
            return;
        }
        let reason: Arc<str> = if on {
            self.reason(scenario, rule, &definition.reason)
        } else {
            let text = format!("{}: no longer so", definition.name);
            self.spent.text += text.len() as u64;
            Arc::from(text)
        };
        for call in calls {
            self.make(scenario, rule, call, &reason, run);
        }
    }

    /// Why a rule calls, in words.
    fn reason(&mut self, scenario: &Scenario, rule: usize, sentences: &[Sentence]) -> Arc<str> {
        let text = self.known(scenario).said(sentences);
        self.spent.steps += cost_of(sentences) + text.len() as u64 / BYTES_A_STEP;
        let last = self.reasons.rules.get_mut(rule);
        if let Some(Some(last)) = &last
            && **last == *text
        {
            return last.clone();
        }
        self.spent.text += text.len() as u64;
        let text: Arc<str> = Arc::from(text);
        if let Some(last) = last {
            *last = Some(text.clone());
        }
        text
    }

    /// Interval hints of a rule that stays on are renewed after each run of their endpoint.
    fn renew(&mut self, scenario: &Arc<Scenario>, rule: usize, ran: EndpointId, run: RunId) {
        let Some(definition) = scenario.rules.get(rule) else {
            return;
        };
        if !self.trace.planning.rules_call() {
            return;
        }
        for call in &definition.calls {
            if call.endpoint == ran
                && let Some(proposal @ Proposal::Interval { .. }) = &call.proposal
                && let Some(tool) = self.proposed(scenario, proposal)
            {
                let reason = self.reason(scenario, rule, &definition.reason);
                self.call(call.endpoint, tool, origin_of(rule), &reason, Some(run));
            }
        }
    }

    fn make(
        &mut self,
        scenario: &Arc<Scenario>,
        rule: usize,
        call: &PlannedCall,
        reason: &Arc<str>,
        run: RunId,
    ) {
        let origin = origin_of(rule);
        let proposed = call
            .proposal
            .as_ref()
            .and_then(|proposal| self.proposed(scenario, proposal));
        let pause = call
            .pause
            .as_ref()
            .and_then(|pause| self.paused(scenario, call.endpoint, pause));
        let clear = call.clear.then_some(Tool::ClearHints);
        let wake = call.wake.then_some(Tool::PauseUntil(None));
        for tool in [clear, wake, proposed, pause].into_iter().flatten() {
            self.call(call.endpoint, tool, origin, reason, Some(run));
        }
    }

    fn proposed(&mut self, scenario: &Scenario, proposal: &Proposal) -> Option<Tool> {
        let (Proposal::Interval { every: first, ttl } | Proposal::Once { after: first, ttl }) =
            proposal;
        self.spent.steps += u64::from(first.steps()) + u64::from(ttl.steps());
        let known = self.known(scenario);
        // A length that is not known is asked for as nothing, so that the refusal is on record.
        let length = |formula: &crate::rule::Formula| Span::from_ms(formula.value(&known) as i64);
        Some(match proposal {
            Proposal::Interval { every, ttl } => Tool::ProposeInterval {
                every: length(every),
                ttl: length(ttl),
            },
            Proposal::Once { after, ttl } => Tool::ProposeNextTime {
                at: self.now + length(after),
                ttl: length(ttl),
            },
        })
    }

    fn paused(
        &mut self,
        scenario: &Scenario,
        endpoint: EndpointId,
        pause: &PlannedPause,
    ) -> Option<Tool> {
        let end = match pause {
            PlannedPause::Forever => PauseEnd::Forever,
            PlannedPause::For(length) => {
                self.spent.steps += u64::from(length.steps());
                PauseEnd::At(self.now + Span::from_ms(length.value(&self.known(scenario)) as i64))
            }
            PlannedPause::Until(condition, number) => {
                self.pauses.retain(|pause| pause.endpoint != endpoint);
                let memory = condition.memory();
                self.pauses.push(ConditionalPause {
                    endpoint,
                    number: *number,
                    condition: condition.clone(),
                    memory,
                });
                PauseEnd::Condition(*number)
            }
        };
        Some(Tool::PauseUntil(Some(end)))
    }

    fn lift_pauses(&mut self, scenario: &Arc<Scenario>, run: RunId) {
        let waits = self
            .pauses
            .iter()
            .map(|pause| 4 + u64::from(pause.condition.steps()));
        self.spent.steps += waits.sum::<u64>();
        let mut pauses = std::mem::take(&mut self.pauses);
        let mut lifted = Vec::new();
        pauses.retain_mut(|pause| {
            let in_force = self
                .scheduler
                .state(pause.endpoint)
                .and_then(|state| state.standing.pause)
                .is_some_and(|p| p.end == PauseEnd::Condition(pause.number));
            let holds = pause
                .condition
                .check(&self.known(scenario), self.now, &mut pause.memory)
                .holds;
            if in_force && holds {
                lifted.push(pause.endpoint);
            }
            in_force && !holds
        });
        self.pauses = pauses;
        let why = self.reasons.lifted.clone();
        for endpoint in lifted {
            self.call(endpoint, Tool::PauseUntil(None), LIFTED, &why, Some(run));
        }
    }
}

fn origin_of(rule: usize) -> Origin {
    Origin(u32::try_from(rule).unwrap_or(FIRST_INTERVENTION))
}

/// The endpoints with the parameters' clamps, cadences and cooldowns.
fn scheduled(scenario: &Scenario, parameters: &Parameters) -> Vec<crate::schedule::Endpoint> {
    let mut endpoints: Vec<_> = scenario
        .endpoints
        .iter()
        .map(|endpoint| endpoint.schedule.clone())
        .collect();
    for (index, parameter) in scenario.parameters.iter().enumerate() {
        let value = Span::from_ms(parameters.get(index) as i64);
        let (id, set): (EndpointId, fn(&mut crate::schedule::Endpoint, Span)) =
            match parameter.purpose {
                Purpose::Every(id) => (id, |endpoint, value| {
                    endpoint.baseline = Baseline::Every(value)
                }),
                Purpose::Min(id) => (id, |endpoint, value| endpoint.min = value),
                Purpose::Max(id) => (id, |endpoint, value| endpoint.max = value),
                Purpose::Cooldown(id) => (id, |endpoint, value| endpoint.cooldown = value),
                _ => continue,
            };
        if let Some(endpoint) = endpoints.get_mut(id.index()) {
            set(endpoint, value);
        }
    }
    endpoints
}
