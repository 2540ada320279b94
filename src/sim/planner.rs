//! The planner: what has been observed so far, and which rules are on.
//!
//! Invariant: it sees observations, never the world.

use crate::rule::{Condition, Env, FunctionId, Memory, NameId, Verdict};
use crate::scenario::{Parameters, PlanName, Scenario, Sentence};
use crate::schedule::{EndpointId, Scheduler};
use crate::time::{Instant, Span};

/// A rule's state.
#[derive(Clone, Debug)]
pub(super) struct RuleState {
    /// Since when it is on.
    pub on_since: Option<Instant>,
    /// Since when it is off after having been on.
    pub off_since: Option<Instant>,
    /// The incident in which it last went on.
    pub fired_in: Option<u32>,
    /// What holds it back, as it was last recorded.
    pub held: Option<(bool, u64, bool, bool)>,
    on_memory: Memory,
    off_memory: Option<Memory>,
    consider_memory: Option<Memory>,
}

/// What is known of an endpoint besides its schedule.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct EndpointState {
    pub runs: u32,
    /// Runs since the incident opened.
    pub attempts: u32,
    pub last_ok: Option<bool>,
}

/// Everything that rules may look at.
#[derive(Clone, Debug)]
pub struct Planner {
    pub(super) latest: Vec<f64>,
    pub(super) first: Vec<f64>,
    pub(super) rules: Vec<RuleState>,
    pub(super) endpoints: Vec<EndpointState>,
    /// The rules that make a finding of each endpoint.
    finders: Vec<Vec<usize>>,
    pub(super) incident: Option<Instant>,
    /// How many incidents have opened.
    pub(super) incidents: u32,
    opens: Option<Memory>,
    closes: Option<Memory>,
}

/// The planner's knowledge at an instant, as an environment for conditions and texts.
#[derive(Clone, Copy)]
pub struct Known<'a> {
    /// The scenario.
    pub scenario: &'a Scenario,
    /// Its parameters.
    pub parameters: &'a Parameters,
    /// What was observed.
    pub planner: &'a Planner,
    /// What is planned.
    pub scheduler: &'a Scheduler,
    /// The instant.
    pub now: Instant,
}

/// The two halves of a rule's check.
#[derive(Clone, Copy, Debug)]
pub(super) struct Checked {
    pub on: Verdict,
    pub off: bool,
    pub considered: bool,
}

fn truth(value: bool) -> f64 {
    f64::from(u8::from(value))
}

fn since(start: Option<Instant>, now: Instant) -> f64 {
    start.map_or(f64::NAN, |start| (now - start).ms() as f64)
}

impl Env for Known<'_> {
    #[inline]
    fn value(&self, name: NameId) -> f64 {
        let Some(name) = self.scenario.plan_names.get(name.index()) else {
            return f64::NAN;
        };
        self.meaning(*name)
    }

    fn call(&self, _: FunctionId, _: &[f64]) -> f64 {
        f64::NAN
    }
}

impl Known<'_> {
    /// Those of the sentences that are said now, with their numbers.
    #[must_use]
    pub fn said(&self, sentences: &[Sentence]) -> String {
        let holds = |when: &Condition| when.check(self, self.now, &mut when.memory()).holds;
        let said = sentences
            .iter()
            .filter(|sentence| sentence.when.as_ref().is_none_or(holds));
        said.map(|sentence| sentence.text.text(self)).collect()
    }

    /// The value of a name.
    #[must_use]
    pub fn meaning(&self, name: PlanName) -> f64 {
        let planner = self.planner;
        let endpoint = |id: EndpointId| {
            planner
                .endpoints
                .get(id.index())
                .copied()
                .unwrap_or_default()
        };
        let state = |id: EndpointId| self.scheduler.state(id);
        match name {
            PlanName::Constant(value) => value,
            PlanName::Parameter(index) => self.parameters.get(index),
            PlanName::Metric(metric) => planner.latest.get(metric).copied().unwrap_or(f64::NAN),
            PlanName::First(metric) => planner.first.get(metric).copied().unwrap_or(f64::NAN),
            PlanName::Rule(rule) => truth(
                planner
                    .rules
                    .get(rule)
                    .is_some_and(|r| r.on_since.is_some()),
            ),
            PlanName::OnFor(rule) => {
                since(planner.rules.get(rule).and_then(|r| r.on_since), self.now)
            }
            PlanName::OffFor(rule) => {
                since(planner.rules.get(rule).and_then(|r| r.off_since), self.now)
            }
            PlanName::Awake(id) => {
                truth(state(id).is_some_and(|state| state.standing.pause.is_none()))
            }
            PlanName::LastRun(id) => since(state(id).and_then(|state| state.anchor), self.now),
            PlanName::Runs(id) => f64::from(endpoint(id).runs),
            PlanName::Attempts(id) => f64::from(endpoint(id).attempts),
            PlanName::InCooldown(id) => {
                let cooldown = self
                    .scheduler
                    .endpoint(id)
                    .map_or(Span::ZERO, |endpoint| endpoint.cooldown);
                truth(
                    state(id)
                        .and_then(|state| state.anchor)
                        .is_some_and(|anchor| anchor + cooldown > self.now),
                )
            }
            PlanName::Succeeded(id) => endpoint(id).last_ok.map_or(f64::NAN, truth),
            PlanName::Finding(id) => {
                let is_on = |rule: &usize| {
                    let state = planner.rules.get(*rule);
                    state.is_some_and(|state| state.on_since.is_some())
                };
                let finders = planner.finders.get(id.index());
                truth(finders.is_some_and(|rules| rules.iter().any(is_on)))
            }
            PlanName::IncidentOpen => truth(planner.incident.is_some()),
            PlanName::IncidentAge => since(planner.incident, self.now),
            PlanName::Time => self.now.ms() as f64,
            PlanName::TimeOfDay => self
                .scenario
                .zone
                .time_of_day(self.scenario.epoch_ms, self.now)
                .ms() as f64,
        }
    }
}

impl Planner {
    /// A planner that has seen nothing.
    #[must_use]
    pub fn new(scenario: &Scenario) -> Self {
        let rules = scenario.rules.iter().map(|rule| RuleState {
            on_since: None,
            off_since: None,
            fired_in: None,
            held: None,
            on_memory: rule.on.memory(),
            off_memory: rule.off.as_ref().map(Condition::memory),
            consider_memory: rule.consider.as_ref().map(Condition::memory),
        });
        let mut finders = vec![Vec::new(); scenario.endpoints.len()];
        for (index, rule) in scenario.rules.iter().enumerate() {
            let of = rule.finding.as_ref().map(|finding| finding.endpoint);
            if let Some(rules) = of.and_then(|id| finders.get_mut(id.index())) {
                rules.push(index);
            }
        }
        Self {
            finders,
            latest: vec![f64::NAN; scenario.metrics.len()],
            first: vec![f64::NAN; scenario.metrics.len()],
            rules: rules.collect(),
            endpoints: vec![EndpointState::default(); scenario.endpoints.len()],
            incident: None,
            incidents: 0,
            opens: scenario
                .incident
                .as_ref()
                .map(|incident| incident.opens.memory()),
            closes: scenario
                .incident
                .as_ref()
                .map(|incident| incident.closes.memory()),
        }
    }

    /// Takes an observation in.
    pub(super) fn observe(&mut self, metric: usize, value: f64) {
        if let Some(latest) = self.latest.get_mut(metric) {
            *latest = value;
        }
        if let Some(first) = self.first.get_mut(metric)
            && first.is_nan()
        {
            *first = value;
        }
    }

    /// Looks at all conditions of a rule.
    pub(super) fn check(
        &mut self,
        rule: usize,
        (scenario, parameters, scheduler): (&Scenario, &Parameters, &Scheduler),
        now: Instant,
    ) -> Option<Checked> {
        let definition = scenario.rules.get(rule)?;
        // The memories leave the planner while the planner itself is looked at.
        let state = self.rules.get_mut(rule)?;
        let mut on_memory = std::mem::take(&mut state.on_memory);
        let mut off_memory = state.off_memory.take();
        let mut consider_memory = state.consider_memory.take();
        let known = Known {
            scenario,
            parameters,
            planner: self,
            scheduler,
            now,
        };
        let on = definition.on.check(&known, now, &mut on_memory);
        let other = |condition: &Option<Condition>, memory: &mut Option<Memory>| {
            let (condition, memory) = (condition.as_ref()?, memory.as_mut()?);
            Some(condition.check(&known, now, memory).holds)
        };
        let off = other(&definition.off, &mut off_memory).unwrap_or(!on.holds);
        let considered = other(&definition.consider, &mut consider_memory).unwrap_or(false);
        let state = self.rules.get_mut(rule)?;
        state.on_memory = on_memory;
        state.off_memory = off_memory;
        state.consider_memory = consider_memory;
        Some(Checked {
            on,
            off,
            considered,
        })
    }

    /// Opens or closes the incident; says whether it opened (true) or closed (false).
    pub(super) fn turn_incident(
        &mut self,
        (scenario, parameters, scheduler): (&Scenario, &Parameters, &Scheduler),
        now: Instant,
    ) -> Option<bool> {
        let incident = scenario.incident.as_ref()?;
        let mut opens = self.opens.take()?;
        let mut closes = self.closes.take()?;
        let known = Known {
            scenario,
            parameters,
            planner: self,
            scheduler,
            now,
        };
        let may_open = incident.opens.check(&known, now, &mut opens).holds;
        let may_close = incident.closes.check(&known, now, &mut closes).holds;
        self.opens = Some(opens);
        self.closes = Some(closes);
        match self.incident {
            None if may_open => {
                self.incident = Some(now);
                self.incidents += 1;
                for endpoint in &mut self.endpoints {
                    endpoint.attempts = 0;
                }
                Some(true)
            }
            Some(_) if may_close && !may_open => {
                self.incident = None;
                Some(false)
            }
            _ => None,
        }
    }
}
