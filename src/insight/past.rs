//! What the planner knew at a moment of a finished run, and the questions that claims ask about the whole of it.

use crate::rule::{Env, FunctionId, NameId};
use crate::scenario::{ClaimFunction, PlanName};
use crate::schedule::{EndpointId, RunId, Source, Tier};
use crate::sim::Trace;
use crate::time::{Instant, Span};

/// The planner's knowledge at an instant of a trace, up to and including one run.
#[derive(Clone, Copy, Debug)]
pub struct Past<'a> {
    trace: &'a Trace,
    at: Instant,
    run: RunId,
}

fn truth(value: bool) -> f64 {
    f64::from(u8::from(value))
}

fn ms(span: Option<Span>) -> f64 {
    span.map_or(f64::NAN, |span| span.ms() as f64)
}

fn moment(at: Option<Instant>) -> f64 {
    at.map_or(f64::NAN, |at| at.ms() as f64)
}

impl<'a> Past<'a> {
    /// What was known at an instant, after everything that happened then.
    #[must_use]
    pub fn at(trace: &'a Trace, at: Instant) -> Self {
        let count = trace.log.runs.partition_point(|run| run.start <= at);
        Self {
            trace,
            at,
            run: RunId(u32::try_from(count).unwrap_or(u32::MAX)),
        }
    }

    /// What was known right after a run.
    #[must_use]
    pub fn after(trace: &'a Trace, run: RunId) -> Self {
        let at = trace
            .run(run)
            .map_or(Instant::START, |r| r.end().unwrap_or(r.start));
        Self { trace, at, run }
    }

    /// The instant.
    #[must_use]
    pub fn instant(&self) -> Instant {
        self.at
    }

    fn observed(&self, metric: usize) -> impl DoubleEndedIterator<Item = f64> + '_ {
        let seen = self.trace.observations_until(metric, self.at);
        seen.filter(move |o| o.run <= self.run).map(|o| o.value)
    }

    fn last_change(&self, rule: usize) -> Option<(Instant, bool)> {
        let mut changes = self.trace.changes_until(rule, self.at);
        let last = changes.rfind(|c| c.run <= self.run);
        last.map(|c| (c.at, c.on))
    }

    fn starts(&self, endpoint: EndpointId) -> impl DoubleEndedIterator<Item = Instant> + '_ {
        let runs = self.trace.runs_until(endpoint, self.at);
        runs.map(|(_, run)| run.start)
    }

    /// How often an endpoint started from an instant up to before another.
    fn between(&self, endpoint: EndpointId, from: Instant, to: Instant) -> f64 {
        let trace = self.trace;
        let next = Instant::from_ms(self.at.ms().saturating_add(1));
        let (from, to) = (from.min(next), to.min(next));
        let (from, to) = (
            trace.runs_before(endpoint, from),
            trace.runs_before(endpoint, to),
        );
        to.saturating_sub(from) as f64
    }

    /// The last incident that had opened.
    fn last_incident(&self) -> Option<&crate::sim::IncidentSpan> {
        let incidents = &self.trace.incidents;
        let opened = incidents.partition_point(|span| span.opened <= self.at);
        incidents.get(opened.checked_sub(1)?)
    }

    fn incident(&self) -> Option<Instant> {
        let last = self.last_incident()?;
        let open = last.closed.is_none_or(|closed| closed > self.at);
        open.then_some(last.opened)
    }

    fn awake(&self, endpoint: EndpointId) -> bool {
        let context = self.trace.context_at(endpoint, self.at);
        context.is_some_and(|context| context.pause().is_none())
    }

    fn meaning(&self, name: PlanName) -> f64 {
        let since = |from: Option<Instant>| ms(from.map(|from| self.at - from));
        match name {
            PlanName::Constant(value) => value,
            PlanName::Parameter(index) => self.trace.parameters.get(index),
            PlanName::Metric(metric) => self.observed(metric).next_back().unwrap_or(f64::NAN),
            PlanName::First(metric) => self.observed(metric).next().unwrap_or(f64::NAN),
            PlanName::Rule(rule) => truth(self.last_change(rule).is_some_and(|(_, on)| on)),
            PlanName::OnFor(rule) => since(
                self.last_change(rule)
                    .filter(|(_, on)| *on)
                    .map(|(at, _)| at),
            ),
            PlanName::OffFor(rule) => since(
                self.last_change(rule)
                    .filter(|(_, on)| !on)
                    .map(|(at, _)| at),
            ),
            PlanName::Awake(id) => truth(self.awake(id)),
            PlanName::LastRun(id) => since(self.starts(id).next_back()),
            PlanName::Runs(id) => self.between(id, Instant::START, self.trace.end()),
            PlanName::Attempts(id) => {
                let opened = self.last_incident().map(|incident| incident.opened);
                self.between(id, opened.unwrap_or(Instant::START), self.trace.end())
            }
            PlanName::InCooldown(id) => {
                let cooldown = self
                    .trace
                    .endpoints
                    .get(id.index())
                    .map_or(Span::ZERO, |endpoint| endpoint.cooldown);
                truth(
                    self.starts(id)
                        .next_back()
                        .is_some_and(|start| start + cooldown > self.at),
                )
            }
            PlanName::Succeeded(id) => self
                .trace
                .runs_of(id)
                .rfind(|(_, run)| run.end().is_some_and(|end| end <= self.at))
                .map_or(f64::NAN, |(_, run)| truth(run.ok)),
            PlanName::Finding(id) => {
                let mut rules = self.trace.scenario.rules.iter().enumerate();
                truth(rules.any(|(index, rule)| {
                    rule.finding
                        .as_ref()
                        .is_some_and(|finding| finding.endpoint == id)
                        && self.last_change(index).is_some_and(|(_, on)| on)
                }))
            }
            PlanName::IncidentOpen => truth(self.incident().is_some()),
            PlanName::IncidentAge => since(self.incident()),
            PlanName::Time => self.at.ms() as f64,
            PlanName::TimeOfDay => {
                let scenario = &self.trace.scenario;
                scenario.zone.time_of_day(scenario.epoch_ms, self.at).ms() as f64
            }
        }
    }

    fn ask(&self, function: ClaimFunction, args: &[f64]) -> f64 {
        let trace = self.trace;
        let number = |index: usize| args.get(index).copied().unwrap_or(f64::NAN);
        let endpoint = |index: usize| EndpointId(number(index) as u32);
        let rule = |index: usize| number(index) as usize;
        let time = |index: usize| {
            Some(number(index))
                .filter(|n| n.is_finite())
                .map(|n| Instant::from_ms(n as i64))
        };
        match function {
            ClaimFunction::Runs => self.between(endpoint(0), Instant::START, trace.end()),
            ClaimFunction::RunsBetween => {
                let (Some(from), Some(to)) = (time(1), time(2)) else {
                    return f64::NAN;
                };
                self.between(endpoint(0), from, to)
            }
            ClaimFunction::TierRunsBetween => {
                let (Some(from), Some(to)) = (time(1), time(2)) else {
                    return f64::NAN;
                };
                let tier = Tier::ALL.get(rule(0)).copied();
                let ids = (0..).map(EndpointId).zip(&trace.endpoints);
                let of_tier = ids.filter(|(_, endpoint)| Some(endpoint.tier) == tier);
                let runs = of_tier.map(|(id, _)| {
                    let (from, to) = (trace.runs_before(id, from), trace.runs_before(id, to));
                    to.saturating_sub(from)
                });
                runs.sum::<usize>() as f64
            }
            ClaimFunction::FirstRun => moment(self.starts(endpoint(0)).next()),
            ClaimFunction::TurnedOn
            | ClaimFunction::TurnedOff
            | ClaimFunction::TimesOn
            | ClaimFunction::Considered => self.history(function, rule(0)),
            ClaimFunction::Cadence => {
                let Some(at) = time(1) else { return f64::NAN };
                let id = endpoint(0);
                let mut until = trace.runs_until(id, at.min(self.at));
                let last = until.next_back().map(|(_, run)| run.start);
                let next = trace.run_after(id, at).map(|run| run.start);
                let next = next.filter(|next| *next <= self.at);
                ms(last.zip(next).map(|(last, next)| next - last))
            }
            ClaimFunction::LastGap => {
                let mut starts = self.starts(endpoint(0)).rev();
                ms(starts
                    .next()
                    .zip(starts.next())
                    .map(|(last, before)| last - before))
            }
            ClaimFunction::RelaxesFrom => {
                let Some(at) = time(1) else { return f64::NAN };
                truth(trace.relaxes_from(endpoint(0), at))
            }
            ClaimFunction::AsleepBetween => {
                let (Some(from), Some(to)) = (time(1), time(2)) else {
                    return f64::NAN;
                };
                truth(trace.asleep_between(endpoint(0), from, to))
            }
            ClaimFunction::SourceIs => {
                let source = [Source::Baseline, Source::IntervalHint, Source::OneShot]
                    .get(rule(2))
                    .copied();
                let Some(at) = time(1) else { return 0.0 };
                let runs = trace.runs_until(endpoint(0), at).rev();
                let mut then = runs.take_while(|(_, run)| run.start == at);
                truth(then.any(|(_, run)| run.source == source))
            }
            ClaimFunction::Observed => time(1)
                .and_then(|at| trace.observed(rule(0), at))
                .map_or(f64::NAN, |o| o.value),
            ClaimFunction::Checks => {
                let ids = (0..).map(EndpointId).zip(&trace.endpoints);
                let checks = ids.filter(|(_, endpoint)| endpoint.tier.is_check());
                checks
                    .map(|(id, _)| trace.runs_before(id, trace.end()))
                    .sum::<usize>() as f64
            }
            ClaimFunction::SeenAfter => ms(super::compare::seen_after(trace, rule(0))),
            ClaimFunction::FastestCadence => ms(self.fastest_cadence()),
            ClaimFunction::LongestCooldown => ms(trace
                .endpoints
                .iter()
                .map(|endpoint| endpoint.cooldown)
                .max()),
        }
    }

    /// What became of a rule over the whole run.
    fn history(&self, function: ClaimFunction, rule: usize) -> f64 {
        let mut changes = self.trace.changes_of(rule);
        match function {
            ClaimFunction::TurnedOn => moment(changes.find(|c| c.on).map(|c| c.at)),
            ClaimFunction::TurnedOff => moment(changes.rfind(|c| !c.on).map(|c| c.at)),
            ClaimFunction::TimesOn => self.trace.times_on(rule) as f64,
            _ => moment(self.trace.first_considered(rule)),
        }
    }

    /// The shortest gap of any check.
    fn fastest_cadence(&self) -> Option<Span> {
        let trace = self.trace;
        let ids = (0..).map(EndpointId).zip(&trace.endpoints);
        let checks = ids.filter(|(_, endpoint)| endpoint.tier.is_check());
        checks.filter_map(|(id, _)| trace.shortest_gap(id)).min()
    }
}

impl Env for Past<'_> {
    fn value(&self, name: NameId) -> f64 {
        self.trace
            .scenario
            .plan_names
            .get(name.index())
            .map_or(f64::NAN, |name| self.meaning(*name))
    }

    fn call(&self, function: FunctionId, args: &[f64]) -> f64 {
        self.trace
            .scenario
            .claim_functions
            .get(function.index())
            .map_or(f64::NAN, |function| self.ask(*function, args))
    }
}
