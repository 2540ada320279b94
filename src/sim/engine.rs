//! The engine: takes the next event, lets it happen, lets the planner look, and goes on.
//!
//! Order at one instant: hints expire and pauses end, runs end (what they saw may change plans), somebody's own
//! calls, then starts. Ties go by order of declaration.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::fmt;
use std::sync::Arc;

use super::noise;
use super::planner::{Known, Planner};
use super::planning::Planning;
use super::trace::{
    AFTER_RUN, FIRST_INTERVENTION, FindingNote, HeldBack, IncidentSpan, LIFTED, Message,
    Observation, RecoveryAttempt, RuleChange, Trace,
};
use super::world::World;
use crate::order;
use crate::rule::{Condition, Memory};
use crate::scenario::{Parameters, PlannedCall, PlannedPause, Proposal, Purpose, Scenario};
use crate::schedule::{
    Baseline, DefinitionError, EndpointId, Log, Options, Origin, PauseEnd, RunId, Scheduler, Tier,
    Tool,
};
use crate::time::{Instant, Span};

/// The most events that a run may have.
pub(super) const MOST_EVENTS: u64 = 2_000_000;

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
    /// More events than a run may have.
    TooManyEvents(Instant),
}

impl SimulationError {
    /// A short name that programs may rely on.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Definition(error) => error.code(),
            Self::TooManyEvents(_) => "too_many_events",
        }
    }
}

impl fmt::Display for SimulationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Definition(error) => error.fmt(f),
            Self::TooManyEvents(at) => {
                write!(
                    f,
                    "stopped at {at}: a run may have {MOST_EVENTS} events; make cadences longer or the run shorter"
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
    pub(super) events: u64,
    /// The run at which an own planner may look.
    #[cfg(feature = "planner")]
    pub(super) looking: Option<(RunId, EndpointId)>,
    pub(super) trace: Trace,
}

/// Reasons of the engine's own.
#[derive(Clone, Debug)]
struct Reasons {
    done: Arc<str>,
    lifted: Arc<str>,
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
/// [`SimulationError`] when the parameters contradict each other or the run has too many events.
pub fn simulate(
    scenario: &Arc<Scenario>,
    parameters: &Parameters,
) -> Result<Trace, SimulationError> {
    Engine::new(scenario, parameters, Vec::new())?.finished()
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
            },
            now: Instant::START,
            events: 0,
            #[cfg(feature = "planner")]
            looking: None,
            trace,
        })
    }

    /// Lets at most `budget` events happen.
    ///
    /// # Errors
    /// [`SimulationError::TooManyEvents`] when the run has more events than any may have.
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
            self.events += 1;
            if self.events > MOST_EVENTS {
                return Err(SimulationError::TooManyEvents(now));
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
    /// [`SimulationError::TooManyEvents`] when the run has more events than any may have.
    pub fn finished(mut self) -> Result<Trace, SimulationError> {
        while self.run(u64::MAX)? != Progress::Done {}
        Ok(self.into_trace())
    }

    /// Ends the simulation where it stands.
    #[must_use]
    pub fn into_trace(mut self) -> Trace {
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
        let noise = self.parameters.of(scenario, Purpose::Noise);
        let seed = self.parameters.of(scenario, Purpose::Seed) as u64;
        let count = self
            .planner
            .endpoints
            .get(id.index())
            .map_or(0, |state| state.runs);
        for &metric in metrics {
            let truth = self
                .world
                .metrics(scenario, &self.parameters, self.now)
                .get(metric)
                .copied()
                .unwrap_or(f64::NAN);
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
            Arc::from(self.known(scenario).said(&definition.reason))
        } else {
            Arc::from(format!("{}: no longer so", definition.name))
        };
        for call in calls {
            self.make(scenario, rule, call, &reason, run);
        }
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
                let reason: Arc<str> = Arc::from(self.known(scenario).said(&definition.reason));
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

    fn proposed(&self, scenario: &Scenario, proposal: &Proposal) -> Option<Tool> {
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
