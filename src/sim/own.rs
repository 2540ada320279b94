//! A planner of somebody's own: it looks at each observation and calls the tools, in place of the scenario's rules or
//! beside them.
//!
//! Invariant: like the rules, it is told what was observed and never what is true. The rules' conditions are watched
//! in any case, since incidents open and close by them; without leave to act, rules make no calls.

use std::sync::Arc;

use super::engine::{Engine, Progress, SimulationError};
use super::planning::Planning;
use super::trace::{Cause, OWN_PLANNER, Trace};
use crate::letters::visible;
use crate::scenario::{Parameters, Scenario};
use crate::schedule::{Decision, EndpointId, PauseEnd, Refusal, RunId, Tool};
use crate::time::{Instant, Span};

/// The failure that ended an own planner.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlannerFault {
    /// When.
    pub at: Instant,
    /// The run whose observation it looked at.
    pub run: RunId,
    /// Whose run that was.
    pub endpoint: EndpointId,
    /// What it said.
    pub message: String,
}

/// What an own planner sees at an observation, and the tools that it may call.
#[derive(Debug)]
pub struct Context<'a> {
    engine: &'a mut Engine,
    run: RunId,
    endpoint: EndpointId,
}

impl Engine {
    /// The same run with these callers of the tools. With an own planner, [`Engine::run`] stops at each observation.
    #[must_use]
    pub fn planned_by(mut self, planning: Planning) -> Self {
        self.trace.planning = planning;
        self
    }

    /// Whether so much has happened that the run cannot go on.
    #[must_use]
    pub fn is_spent(&self) -> bool {
        self.spent.is_up()
    }

    /// A call counts as an event: a run without end is refused whoever causes it.
    fn call_of_own(
        &mut self,
        id: EndpointId,
        tool: Tool,
        (reason, run): (&Arc<str>, RunId),
    ) -> Option<Refusal> {
        self.spent.events += 1;
        self.spent.text += reason.len() as u64;
        let by = (OWN_PLANNER, reason);
        let answer = self.scheduler.call(id, tool, by, self.now);
        self.trace.call_runs.push(Some(run));
        answer.err()
    }

    /// What an own planner sees, when [`Engine::run`] has stopped with [`Progress::Observed`]; nothing otherwise.
    pub fn context(&mut self) -> Option<Context<'_>> {
        let (run, endpoint) = self.looking?;
        Some(Context {
            engine: self,
            run,
            endpoint,
        })
    }

    /// The own planner has failed at the observation that it looked at: this is put on record, and it is asked no
    /// more. What it has called stands; its hints expire, and the endpoints' own schedules go on.
    pub fn planner_failed(&mut self, message: &str) {
        let Some((run, endpoint)) = self.looking.take() else {
            return;
        };
        self.trace.planner_fault = Some(PlannerFault {
            at: self.now,
            run,
            endpoint,
            message: visible(message),
        });
    }
}

impl Context<'_> {
    /// The present.
    #[must_use]
    pub fn now(&self) -> Instant {
        self.engine.now
    }

    /// The run that has just observed something.
    #[must_use]
    pub fn run(&self) -> RunId {
        self.run
    }

    /// Whose run it was.
    #[must_use]
    pub fn endpoint(&self) -> EndpointId {
        self.endpoint
    }

    /// The scenario, where names stand.
    #[must_use]
    pub fn scenario(&self) -> &Arc<Scenario> {
        &self.engine.scenario
    }

    /// What this run observed: metrics by their number, in their units.
    pub fn observed(&self) -> impl Iterator<Item = (usize, f64)> + '_ {
        let all = self.engine.trace.observations.iter().rev();
        all.take_while(|seen| seen.run == self.run)
            .map(|seen| (seen.metric, seen.value))
    }

    /// What was last observed of a metric, by whichever run; nothing if none has looked at it yet.
    #[must_use]
    pub fn latest(&self, metric: usize) -> Option<f64> {
        let value = self.engine.planner.latest.get(metric).copied()?;
        Some(value).filter(|value| !value.is_nan())
    }

    /// Since when the incident is open; nothing if none is.
    #[must_use]
    pub fn incident(&self) -> Option<Instant> {
        self.engine.planner.incident
    }

    /// Whether a rule of the scenario is on.
    #[must_use]
    pub fn rule_on(&self, rule: usize) -> bool {
        let state = self.engine.planner.rules.get(rule);
        state.is_some_and(|state| state.on_since.is_some())
    }

    /// What is planned for an endpoint now, and why; nothing if there is no such endpoint.
    #[must_use]
    pub fn decision(&self, endpoint: EndpointId) -> Option<Decision> {
        self.engine.scheduler.decision(endpoint)
    }

    /// The scheduler, to be read.
    #[must_use]
    pub fn scheduler(&self) -> &crate::schedule::Scheduler {
        &self.engine.scheduler
    }

    /// Whether the run has had so many events that it will be refused; then there is no use in further calls.
    #[must_use]
    pub fn is_spent(&self) -> bool {
        self.engine.is_spent()
    }

    /// Asks for a run every `every` until `ttl` has passed.
    ///
    /// # Errors
    /// The first [`Refusal`] that applies; it is on record, and nothing else changes.
    pub fn propose_interval(
        &mut self,
        endpoint: EndpointId,
        (every, ttl): (Span, Span),
        reason: &str,
    ) -> Result<Decision, Refusal> {
        self.call(endpoint, Tool::ProposeInterval { every, ttl }, reason)
    }

    /// Asks for one run at `at`, as long as `ttl` has not passed.
    ///
    /// # Errors
    /// The first [`Refusal`] that applies; it is on record, and nothing else changes.
    pub fn propose_next_time(
        &mut self,
        endpoint: EndpointId,
        (at, ttl): (Instant, Span),
        reason: &str,
    ) -> Result<Decision, Refusal> {
        self.call(endpoint, Tool::ProposeNextTime { at, ttl }, reason)
    }

    /// Lets an endpoint sleep until then; nothing wakes it.
    ///
    /// # Errors
    /// The first [`Refusal`] that applies; it is on record, and nothing else changes.
    pub fn pause_until(
        &mut self,
        endpoint: EndpointId,
        end: Option<PauseEnd>,
        reason: &str,
    ) -> Result<Decision, Refusal> {
        self.call(endpoint, Tool::PauseUntil(end), reason)
    }

    /// Forgets both hints of an endpoint.
    ///
    /// # Errors
    /// The first [`Refusal`] that applies; it is on record, and nothing else changes.
    pub fn clear_hints(&mut self, endpoint: EndpointId) -> Result<Decision, Refusal> {
        self.call(endpoint, Tool::ClearHints, "")
    }

    /// Calls a tool; gives what is planned then.
    ///
    /// # Errors
    /// The first [`Refusal`] that applies; it is on record, and nothing else changes.
    pub fn call(
        &mut self,
        endpoint: EndpointId,
        tool: Tool,
        reason: &str,
    ) -> Result<Decision, Refusal> {
        // It stands in reports and messages, where a scenario's own texts can be seen, too.
        let reason = Arc::from(visible(reason));
        match self.engine.call_of_own(endpoint, tool, (&reason, self.run)) {
            Some(refusal) => Err(refusal),
            None => self.decision(endpoint).ok_or(Refusal::UnknownEndpoint),
        }
    }
}

/// Runs a scenario to its end with an own planner, which is asked after each run that has observed something.
///
/// An error of the planner's is put on record as [`Trace::planner_fault`]; it is asked no more, and the run goes on.
///
/// ```
/// use std::sync::Arc;
/// use accelerando::scenario::{FLASH_SALE, Parameters, Scenario};
/// use accelerando::sim::{Planning, simulate_with_planner};
/// use accelerando::time::Span;
///
/// let scenario = Arc::new(Scenario::parse(FLASH_SALE).expect("it ships with the crate"));
/// let traffic = scenario.metric("traffic").expect("the scenario has it");
/// let parameters = Parameters::new(&scenario);
/// let trace = simulate_with_planner(&scenario, &parameters, Planning::Own, |context| {
///     if context.latest(traffic).is_some_and(|visitors| visitors > 3_000.0) {
///         let hint = (Span::from_secs(30), Span::from_mins(5));
///         let endpoint = context.endpoint();
///         context
///             .propose_interval(endpoint, hint, "many visitors")
///             .map_err(|refusal| refusal.to_string())?;
///     }
///     Ok(())
/// })?;
/// assert!(trace.planner_fault.is_none());
/// # Ok::<(), accelerando::sim::SimulationError>(())
/// ```
///
/// # Errors
/// [`SimulationError`] when the parameters contradict each other or the run has too many events; calls count as
/// events.
pub fn simulate_with_planner(
    scenario: &Arc<Scenario>,
    parameters: &Parameters,
    planning: Planning,
    mut planner: impl FnMut(&mut Context<'_>) -> Result<(), String>,
) -> Result<Trace, SimulationError> {
    let mut engine = Engine::new(scenario, parameters, Vec::new())?.planned_by(planning);
    loop {
        match engine.run(u64::MAX)? {
            Progress::Done => return Ok(engine.into_trace()),
            Progress::More(_) => {}
            Progress::Observed(_) => {
                let done = engine
                    .context()
                    .map_or(Ok(()), |mut seen| planner(&mut seen));
                if let Err(message) = done {
                    engine.planner_failed(&message);
                    return engine.finished();
                }
            }
        }
    }
}

/// A call that an own planner has made.
#[derive(Clone, Debug, PartialEq)]
pub struct OwnCall {
    /// The run whose observation it looked at.
    pub run: RunId,
    /// On which endpoint.
    pub endpoint: EndpointId,
    /// What it asked for.
    pub tool: Tool,
    /// Why.
    pub reason: Arc<str>,
}

/// All calls that an own planner has made, in order: with them [`replay`] makes the same trace again.
#[must_use]
pub fn own_calls(trace: &Trace) -> Vec<OwnCall> {
    let calls = trace.log.all_calls();
    calls
        .filter_map(|(id, call)| match trace.cause(id)? {
            Cause::Own(run) => Some(OwnCall {
                run,
                endpoint: call.endpoint,
                tool: call.tool,
                reason: call.reason.clone(),
            }),
            _ => None,
        })
        .collect()
}

/// Runs a scenario again with the calls that an own planner has made in it, and its failure if it failed.
///
/// # Errors
/// [`SimulationError`] as [`simulate_with_planner`].
pub fn replay(
    scenario: &Arc<Scenario>,
    parameters: &Parameters,
    planning: Planning,
    (calls, failed): (&[OwnCall], Option<(RunId, &str)>),
) -> Result<Trace, SimulationError> {
    let mut left = calls;
    simulate_with_planner(scenario, parameters, planning, |context| {
        while let Some((next, rest)) = left
            .split_first()
            .filter(|(next, _)| next.run == context.run)
        {
            // Refusals come out as they did.
            let _ = context.call(next.endpoint, next.tool, &next.reason);
            left = rest;
        }
        match failed {
            Some((run, message)) if run == context.run => Err(message.to_owned()),
            _ => Ok(()),
        }
    })
}
