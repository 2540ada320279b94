//! The same shop under fixed schedules: what they cost and how long they leave it unseen.
//!
//! A fixed policy ignores clamps, hints and pauses and acts on nothing. A problem is true while a rule's condition
//! over metrics alone holds on the true values; the shop is blind to it from then until the first run after which it
//! holds on what runs have observed, while it is true.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::sync::Arc;

use crate::diagnostic::counted;
use crate::limits;
use crate::order;
use crate::rule::{Env, FunctionId, NameId};
use crate::scenario::{Parameters, PlanName, Scenario};
use crate::schedule::{Baseline, Cron, EndpointId};
use crate::sim::{Engine, Progress, SLICE, SimulationError, Trace, World};
use crate::time::{Instant, Span};

/// How finely the world is looked at.
const GRID: Span = Span::from_secs(1);
/// By how much the sale's start is shifted from comparison to comparison.
const SHIFT: Span = Span::from_secs(5);
/// The intervals of the fixed policies that every scenario is compared with.
pub(super) const FIXED: [(&str, Span); 5] = [
    ("cron-30s", Span::from_secs(30)),
    ("cron-1m", Span::from_mins(1)),
    ("cron-5m", Span::from_mins(5)),
    ("cron-10m", Span::from_mins(10)),
    ("cron-30m", Span::from_mins(30)),
];

/// What a policy costs and what it misses.
#[derive(Clone, Debug, PartialEq)]
pub struct PolicyResult {
    /// Its name; `adaptive` is the schedule of the run itself.
    pub policy: String,
    /// All starts in the run.
    pub runs: usize,
    /// Starts that look (health and investigation) in the run.
    pub checks: usize,
    /// Checks over a day with one such run in it.
    pub checks_a_day: f64,
    /// From the beginning of the first problem to the first run that observes it.
    pub detection_delay: Option<Span>,
    /// Time in which a problem was true and had not been seen, over all problems.
    pub blind: Span,
    /// The same delay over the sale's start, shifted through a period: mean and worst.
    pub shifted: Option<(Span, Span)>,
    /// What was said to people.
    pub messages: usize,
    /// For each problem that was true in the run, how long after its beginning it was first observed.
    pub delays: Vec<ProblemDelay>,
    /// For each message, how long after the beginning of the first problem it was sent; nothing if none was true by then.
    pub lateness: Vec<Option<Span>>,
    /// From when on the shop was no longer in trouble; nothing if it never was, or was until the end.
    pub recovered: Option<Instant>,
    /// When each endpoint started, in the scenario's order.
    pub starts: Vec<Vec<Instant>>,
}

/// How long a problem went unseen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProblemDelay {
    /// The rule whose condition was true.
    pub rule: usize,
    /// When it became true.
    pub from: Instant,
    /// From then to the first run that observed it; nothing if it went away unseen.
    pub delay: Option<Span>,
}

/// When an endpoint runs under a policy.
#[derive(Clone, Debug)]
struct Starts {
    endpoint: EndpointId,
    at: Vec<Instant>,
}

/// From when to when a problem was true.
type Stretches = Vec<(Instant, Instant)>;

/// A problem: a condition over metrics alone.
#[derive(Clone, Debug)]
struct Problem {
    rule: usize,
    metrics: Vec<usize>,
}

/// The true values at an instant, under the names that rules use.
struct Truth<'a> {
    scenario: &'a Scenario,
    parameters: &'a Parameters,
    values: &'a [f64],
}

impl Env for Truth<'_> {
    fn value(&self, name: NameId) -> f64 {
        match self.scenario.plan_names.get(name.index()) {
            Some(PlanName::Constant(value)) => *value,
            Some(PlanName::Parameter(index)) => self.parameters.get(*index),
            Some(PlanName::Metric(metric)) => self.values.get(*metric).copied().unwrap_or(f64::NAN),
            _ => f64::NAN,
        }
    }

    fn call(&self, _: FunctionId, _: &[f64]) -> f64 {
        f64::NAN
    }
}

fn problems(scenario: &Scenario) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (index, rule) in scenario.rules.iter().enumerate() {
        let names = rule.on.names().iter();
        let only_metrics = names
            .filter_map(|name| scenario.plan_names.get(name.index()))
            .all(|name| {
                let metric = matches!(name, PlanName::Metric(_));
                metric || matches!(name, PlanName::Constant(_) | PlanName::Parameter(_))
            });
        let metrics = scenario.metrics_of(index);
        if only_metrics && !metrics.is_empty() {
            problems.push(Problem {
                rule: index,
                metrics,
            });
        }
    }
    problems
}

/// How many steps it takes to look at all metrics and at some problems.
fn steps_of_look(scenario: &Scenario, problems: &[Problem]) -> u64 {
    let metrics = scenario.metrics.iter();
    let world: u64 = metrics
        .map(|metric| 1 + u64::from(metric.formula.steps()))
        .sum();
    let effects = scenario.endpoints.iter().filter(|e| e.effect.is_some());
    let world = world + effects.count() as u64;
    let rules = problems
        .iter()
        .filter_map(|problem| scenario.rules.get(problem.rule));
    world
        + rules
            .map(|rule| 1 + u64::from(rule.on.steps()))
            .sum::<u64>()
}

/// How finely the world is looked at: to the second, or less finely where that would be too often.
fn grid(scenario: &Scenario, world: &World, problems: &[Problem]) -> Span {
    let most = limits::LOOKS / steps_of_look(scenario, problems).max(1);
    let coarser = looks(scenario, world).div_ceil(most.max(1)).max(1);
    GRID.times(i64::try_from(coarser).unwrap_or(i64::MAX))
}

/// How often the world would be looked at to the second.
fn looks(scenario: &Scenario, world: &World) -> u64 {
    world.changing(scenario).ms().unsigned_abs() / GRID.ms().unsigned_abs()
}

/// When to look at the world again: problems are over metrics alone, so while none moves, nothing begins or ends.
fn next_look(scenario: &Scenario, world: &World, grid: Span, at: Instant) -> Instant {
    let steady = world.steady_until(scenario, at) - at;
    let seconds = (steady.ms() + GRID.ms() - 1).div_euclid(GRID.ms());
    match seconds > 0 {
        true => at + GRID.times(seconds),
        false => at + grid,
    }
}

/// The stretches in which each problem is true.
fn true_stretches(
    scenario: &Scenario,
    parameters: &Parameters,
    mut world: World,
    problems: &[Problem],
) -> Vec<Vec<(Instant, Instant)>> {
    let mut stretches: Vec<Vec<(Instant, Instant)>> = vec![Vec::new(); problems.len()];
    let mut open: Vec<Option<Instant>> = vec![None; problems.len()];
    let mut values: Vec<f64> = Vec::new();
    let mut next = Instant::START;
    let grid = grid(scenario, &world, problems);
    let mut room = limits::STRETCHES;
    while next < scenario.end() && room > 0 {
        let at = next;
        next = next_look(scenario, &world, grid, at);
        values.clear();
        values.extend_from_slice(world.metrics(scenario, parameters, at));
        let env = Truth {
            scenario,
            parameters,
            values: &values,
        };
        for ((problem, open), stretches) in problems.iter().zip(&mut open).zip(&mut stretches) {
            let Some(rule) = scenario.rules.get(problem.rule) else {
                continue;
            };
            let holds = rule.on.check(&env, at, &mut rule.on.memory()).holds;
            match (*open, holds) {
                (None, true) => *open = Some(at),
                (Some(from), false) => {
                    stretches.push((from, at));
                    *open = None;
                    room = room.saturating_sub(1);
                }
                _ => {}
            }
        }
    }
    for (open, stretches) in open.into_iter().zip(&mut stretches).filter(|_| room > 0) {
        stretches.extend(open.map(|from| (from, scenario.end())));
    }
    stretches
}

/// A world, and when each problem is true in it.
#[derive(Clone, Copy)]
struct Shop<'a> {
    scenario: &'a Scenario,
    parameters: &'a Parameters,
    world: &'a World,
    problems: &'a [Problem],
    stretches: &'a [Stretches],
}

impl<'a> Shop<'a> {
    /// The problem that begins first, and its first stretch.
    fn first(&self) -> Option<(&'a Problem, (Instant, Instant))> {
        let (index, stretch) = first_problem(self.stretches)?;
        Some((self.problems.get(index)?, stretch))
    }

    /// Those who observe anything of a problem, and what.
    fn observers<'s>(&self, problem: &Problem, starts: &'s [Starts]) -> Vec<Observer<'s>> {
        let observer = |starts: &'s Starts| {
            let endpoint = self.scenario.endpoints.get(starts.endpoint.index())?;
            let seen = problem.metrics.iter().copied();
            let metrics: Vec<usize> = seen.filter(|m| endpoint.observes.contains(m)).collect();
            (!metrics.is_empty()).then_some(Observer {
                at: &starts.at,
                metrics,
            })
        };
        let mut observers: Vec<Observer<'_>> = starts.iter().filter_map(observer).collect();
        // Who looks whenever another looks, and at the same, sees nothing else.
        observers.dedup();
        observers
    }

    /// How long a problem that is true from `from` to `to` goes unseen by those who look `earlier` than they say.
    fn unseen(
        &self,
        problem: &Problem,
        observers: &[Observer<'_>],
        (from, to): (Instant, Instant),
        earlier: Span,
    ) -> Span {
        // Whoever looks at the only metric sees it.
        if problem.metrics.len() == 1 {
            let next = observers.iter().filter_map(|observer| {
                let place = observer.at.partition_point(|at| *at < from);
                observer.at.get(place).copied()
            });
            return next.min().filter(|at| *at < to).unwrap_or(to) - from;
        }
        let Some(rule) = self.scenario.rules.get(problem.rule) else {
            return to - from;
        };
        let mut world = self.world.clone();
        let mut known = vec![f64::NAN; self.scenario.metrics.len()];
        let mut look = |known: &mut [f64], metric: usize, at: Instant| {
            let values = world.metrics(self.scenario, self.parameters, at - earlier);
            if let (Some(known), Some(value)) = (known.get_mut(metric), values.get(metric)) {
                *known = *value;
            }
        };
        // What was seen before may count, too.
        for &metric in &problem.metrics {
            let last = |observer: &Observer<'_>| {
                let place = observer.at.partition_point(|at| *at < from);
                observer.at.get(place.checked_sub(1)?).copied()
            };
            let of_metric = observers.iter().filter(|o| o.metrics.contains(&metric));
            if let Some(at) = of_metric.filter_map(last).max() {
                look(&mut known, metric, at);
            }
        }
        let mut next: BinaryHeap<Reverse<(Instant, usize)>> = BinaryHeap::new();
        let mut places: Vec<usize> = Vec::with_capacity(observers.len());
        for (index, observer) in observers.iter().enumerate() {
            let place = observer.at.partition_point(|at| *at < from);
            next.extend(observer.at.get(place).map(|at| Reverse((*at, index))));
            places.push(place);
        }
        while let Some(Reverse((at, _))) = next.peek().copied().filter(|Reverse((at, _))| *at < to)
        {
            // Everybody who looks at this moment.
            while let Some(Reverse((_, index))) = next
                .peek()
                .copied()
                .filter(|Reverse((then, _))| *then == at)
            {
                next.pop();
                let (Some(observer), Some(place)) = (observers.get(index), places.get_mut(index))
                else {
                    continue;
                };
                for &metric in &observer.metrics {
                    look(&mut known, metric, at);
                }
                *place += 1;
                next.extend(observer.at.get(*place).map(|at| Reverse((*at, index))));
            }
            let env = Truth {
                scenario: self.scenario,
                parameters: self.parameters,
                values: &known,
            };
            if rule.on.check(&env, at, &mut rule.on.memory()).holds {
                return at - from;
            }
        }
        to - from
    }
}

/// Somebody who observes something of a problem: when, and which of its metrics.
#[derive(PartialEq)]
struct Observer<'a> {
    at: &'a [Instant],
    metrics: Vec<usize>,
}

fn world_of(trace: &Trace) -> World {
    let mut world = World::new(&trace.scenario, &trace.parameters);
    for onset in &trace.onsets {
        if let Some(since) = onset.since {
            world.recover(onset.endpoint, since);
        }
    }
    world
}

/// The problem whose first stretch begins first; of equals, the first of the file.
fn first_problem(stretches: &[Vec<(Instant, Instant)>]) -> Option<(usize, (Instant, Instant))> {
    let firsts = stretches
        .iter()
        .enumerate()
        .filter_map(|(index, s)| Some((index, *s.first()?)));
    firsts
        .filter(|(_, (from, _))| *from > Instant::START)
        .min_by_key(|(_, (from, _))| *from)
}

fn result(shop: Shop<'_>, policy: &str, starts: &[Starts]) -> PolicyResult {
    let scenario = shop.scenario;
    let is_check = |id: EndpointId| {
        scenario
            .endpoints
            .get(id.index())
            .is_some_and(|e| e.schedule.tier.is_check())
    };
    let checks = starts
        .iter()
        .filter(|s| is_check(s.endpoint))
        .map(|s| s.at.len())
        .sum();
    let delays = delays(shop, starts);
    let blind = delays.iter().map(|(_, unseen)| *unseen);
    let blind = blind.fold(Span::ZERO, |sum, span| sum + span);
    let first = shop
        .first()
        .map(|(problem, (from, _))| (problem.rule, from));
    let detection = delays
        .iter()
        .find(|(delay, _)| Some((delay.rule, delay.from)) == first);
    let detection_delay = detection.map(|(_, unseen)| *unseen);
    let said: Vec<Instant> = starts
        .iter()
        .filter(|s| {
            scenario
                .endpoints
                .get(s.endpoint.index())
                .is_some_and(|e| !e.message.is_empty())
        })
        .flat_map(|s| s.at.iter().copied())
        .collect();
    let mut by_endpoint = vec![Vec::new(); scenario.endpoints.len()];
    for starts in starts {
        if let Some(place) = by_endpoint.get_mut(starts.endpoint.index()) {
            place.clone_from(&starts.at);
        }
    }
    PolicyResult {
        policy: policy.to_owned(),
        runs: starts.iter().map(|s| s.at.len()).sum(),
        checks,
        checks_a_day: 0.0,
        detection_delay,
        blind,
        shifted: None,
        messages: said.len(),
        delays: delays.into_iter().map(|(delay, _)| delay).collect(),
        lateness: lateness(&said, shop.stretches),
        recovered: recovered(shop),
        starts: by_endpoint,
    }
}

/// Every problem that was true, in order of its beginning, and how long it went unseen.
fn delays(shop: Shop<'_>, starts: &[Starts]) -> Vec<(ProblemDelay, Span)> {
    let each = shop.problems.iter().zip(shop.stretches);
    let mut delays: Vec<_> = each
        .flat_map(|(problem, stretches)| {
            let observers = shop.observers(problem, starts);
            stretches.iter().map(move |&(from, to)| {
                let unseen = shop.unseen(problem, &observers, (from, to), Span::ZERO);
                let delay = ProblemDelay {
                    rule: problem.rule,
                    from,
                    delay: (from + unseen < to).then_some(unseen),
                };
                (delay, unseen)
            })
        })
        .collect();
    order::by_key(&mut delays, |(delay, _)| {
        (delay.from.ms(), delay.rule as i64)
    });
    delays
}

/// How late each message was, counted from the beginning of the first problem.
fn lateness(said: &[Instant], stretches: &[Stretches]) -> Vec<Option<Span>> {
    let first = first_problem(stretches).map(|(_, (from, _))| from);
    let late = |&at: &Instant| Some(at - first.filter(|first| *first <= at)?);
    said.iter().map(late).collect()
}

/// The end of the last stretch of trouble, as the scenario names it.
fn recovered(shop: Shop<'_>) -> Option<Instant> {
    let trouble = shop.scenario.incident.as_ref()?.trouble?;
    let mut problems = shop.problems.iter();
    let place = problems.position(|problem| problem.rule == trouble)?;
    let (_, to) = shop.stretches.get(place)?.last()?;
    Some(*to).filter(|to| *to < shop.scenario.end())
}

const DAY: Span = Span::from_mins(24 * 60);
/// Over what length the sale's start is shifted beside a cron expression, whose period is not known.
const LONGEST_SHIFT: Span = Span::from_mins(60);

fn ids(scenario: &Scenario) -> impl Iterator<Item = (EndpointId, &crate::scenario::Endpoint)> {
    (0..).map(EndpointId).zip(&scenario.endpoints)
}

/// The run itself and every policy that it is compared with, over the sale's start as well.
///
/// ```
/// use std::sync::Arc;
/// use accelerando::insight::compare;
/// use accelerando::scenario::{FLASH_SALE, Parameters, Scenario};
///
/// let scenario = Arc::new(Scenario::parse(FLASH_SALE).expect("it ships with the crate"));
/// let trace = accelerando::sim::simulate(&scenario, &Parameters::new(&scenario))?;
/// let results = compare(&trace)?;
/// assert_eq!(results[0].policy, "adaptive");
/// let fixed = results.iter().find(|row| row.policy == "cron-5m").expect("it is compared with");
/// assert!(fixed.blind > results[0].blind);
/// # Ok::<(), accelerando::sim::SimulationError>(())
/// ```
///
/// # Errors
/// [`SimulationError`] when a shifted run cannot be made.
pub fn compare(trace: &Trace) -> Result<Vec<PolicyResult>, SimulationError> {
    let scenario = &trace.scenario;
    let worlds = Worlds::of(trace);
    let policies = policies(scenario);
    let mut results = here(trace, &worlds, &policies);
    let copy = Scenario::clone(scenario);
    if let (Some(own), Some(mut starts)) =
        (results.first_mut(), OverStarts::of(trace, copy, &worlds))
    {
        while starts.advance()? {}
        own.shifted = starts.found();
    }
    for (found, policy) in results.iter_mut().skip(1).zip(&policies) {
        found.shifted = policy.shifted(worlds.untouched(trace));
    }
    Ok(results)
}

/// The run itself and every policy that it is compared with, but only as the sale starts here: nothing is simulated
/// again, so that this can be done while a lever moves.
#[must_use]
pub fn compare_here(trace: &Trace) -> Vec<PolicyResult> {
    here(trace, &Worlds::of(trace), &policies(&trace.scenario))
}

fn here(trace: &Trace, worlds: &Worlds, policies: &[Fixed]) -> Vec<PolicyResult> {
    let untouched = worlds.untouched(trace);
    std::iter::once(adaptive(trace, worlds.own(trace)))
        .chain(policies.iter().map(|policy| policy.result(untouched)))
        .collect()
}

/// How long a rule's condition first held in the world before a run observed it; nothing if it never did, or speaks of
/// more than metrics.
pub(super) fn seen_after(trace: &Trace, rule: usize) -> Option<Span> {
    let seen = trace.seen_after(|| all_seen_after(trace));
    seen.get(rule).copied().flatten()
}

/// The same for each rule.
fn all_seen_after(trace: &Trace) -> Vec<Option<Span>> {
    let scenario = &trace.scenario;
    let problems = problems(scenario);
    let world = world_of(trace);
    let stretches = true_stretches(scenario, &trace.parameters, world.clone(), &problems);
    let shop = Shop {
        scenario,
        parameters: &trace.parameters,
        world: &world,
        problems: &problems,
        stretches: &stretches,
    };
    let mut seen = vec![None; scenario.rules.len()];
    let delays = delays(shop, &starts_of(trace));
    for (first, _) in delays.iter().rev() {
        if let Some(seen) = seen.get_mut(first.rule) {
            *seen = first.delay;
        }
    }
    seen
}

/// What a fixed schedule of the checks would have seen of the same world, shifted starts included.
///
/// # Errors
/// What is wrong with the expression, in words.
pub fn compare_cron(trace: &Trace, cron: &Cron) -> Result<PolicyResult, String> {
    let scenario = &trace.scenario;
    if let Some(fault) = cron.fault() {
        return Err(fault.to_owned());
    }
    let checks = ids(scenario).filter(|(_, endpoint)| endpoint.schedule.tier.is_check());
    let most = limits::FIXED_STARTS as usize / checks.count().max(1);
    let most = most.min(limits::SLOTS);
    if cron.slots(cron_horizon(scenario)).take(most + 1).count() > most {
        let most = counted(most);
        return Err(format!(
            "it may have at most {most} slots in this run; make it come less often"
        ));
    }
    let times = Times::Cron(Arc::new(cron.clone()));
    Ok(Fixed::of_checks(scenario, cron.expression(), &times).whole(trace))
}

/// What a fixed schedule by name would have seen of the same world, shifted starts included; nothing if the scenario is
/// not compared with it.
#[must_use]
pub fn compare_policy(trace: &Trace, name: &str) -> Option<PolicyResult> {
    let mut policies = policies(&trace.scenario).into_iter();
    let policy = policies.find(|policy| policy.name == name)?;
    Some(policy.whole(trace))
}

/// Up to where [`compare_cron`] asks for the slots of a cron.
#[must_use]
pub fn cron_horizon(scenario: &Scenario) -> Instant {
    scenario.end() + DAY.max(LONGEST_SHIFT + LONGEST_SHIFT)
}

/// The problems of a scenario, and the world with the run's own recoveries and without any.
struct Worlds {
    problems: Vec<Problem>,
    own: (World, Vec<Stretches>),
    untouched: (World, Vec<Stretches>),
}

impl Worlds {
    fn of(trace: &Trace) -> Self {
        let problems = problems(&trace.scenario);
        let with = |world: World| {
            let (scenario, parameters) = (&trace.scenario, &trace.parameters);
            let stretches = true_stretches(scenario, parameters, world.clone(), &problems);
            (world, stretches)
        };
        Self {
            own: with(world_of(trace)),
            untouched: with(World::new(&trace.scenario, &trace.parameters)),
            problems,
        }
    }

    fn own<'a>(&'a self, trace: &'a Trace) -> Shop<'a> {
        self.shop(trace, &self.own)
    }

    fn untouched<'a>(&'a self, trace: &'a Trace) -> Shop<'a> {
        self.shop(trace, &self.untouched)
    }

    fn shop<'a>(
        &'a self,
        trace: &'a Trace,
        (world, stretches): &'a (World, Vec<Stretches>),
    ) -> Shop<'a> {
        Shop {
            scenario: &trace.scenario,
            parameters: &trace.parameters,
            world,
            problems: &self.problems,
            stretches,
        }
    }
}

/// A fixed schedule, ready to be looked at.
struct Fixed {
    name: String,
    times: Vec<(EndpointId, Times)>,
    end: Instant,
}

/// When a fixed schedule runs an endpoint.
#[derive(Clone, Debug)]
enum Times {
    /// Every so often, from the start.
    Every(Span),
    /// At the slots of a cron expression.
    Cron(Arc<Cron>),
}

impl Times {
    fn until(&self, endpoint: EndpointId, end: Instant) -> Starts {
        let mut at = Vec::new();
        let mut next = match self {
            Self::Every(interval) => interval.is_positive().then_some(Instant::START),
            Self::Cron(cron) => cron.first_from(Instant::START),
        };
        while let Some(slot) = next.filter(|slot| *slot < end) {
            at.push(slot);
            next = match self {
                Self::Every(interval) => Some(slot + *interval),
                Self::Cron(cron) => cron.first_after(slot),
            };
        }
        Starts { endpoint, at }
    }

    /// Starts in a day.
    fn a_day(&self) -> f64 {
        match self {
            Self::Every(interval) => DAY.ms() as f64 / interval.ms().max(1) as f64,
            Self::Cron(_) => self.until(EndpointId(0), Instant::START + DAY).at.len() as f64,
        }
    }
}

/// Every fixed schedule that the scenario is compared with.
fn policies(scenario: &Scenario) -> Vec<Fixed> {
    let common = FIXED.iter().map(|(name, interval)| {
        let times = Times::Every(*interval);
        Fixed::of_checks(scenario, name, &times)
    });
    let own = scenario.policies.iter().map(|policy| Fixed {
        name: policy.id.clone(),
        times: policy
            .every
            .iter()
            .map(|(id, interval)| (*id, Times::Every(*interval)))
            .collect(),
        end: scenario.end(),
    });
    let mut room = Room {
        starts: limits::FIXED_STARTS,
        steps: limits::FIXED_STEPS,
    };
    let look = steps_of_look(scenario, &problems(scenario));
    let all = common.chain(own);
    all.filter(|policy| room.takes(policy.count(), look))
        .collect()
}

/// How much there is room for beside a run.
struct Room {
    starts: u64,
    steps: u64,
}

impl Room {
    /// Whether there is room for a schedule of so many starts and so many moments, each of which takes so many steps;
    /// then there is less for others.
    fn takes(&mut self, (starts, moments): (u64, u64), look: u64) -> bool {
        let steps = moments.saturating_mul(look);
        if starts > self.starts || steps > self.steps {
            return false;
        }
        self.starts -= starts;
        self.steps -= steps;
        true
    }
}

impl Fixed {
    /// How often it starts anything in the run, and at how many moments at most.
    fn count(&self) -> (u64, u64) {
        let end = self.end;
        let counts = self.times.iter().map(|(_, times)| match times {
            Times::Every(interval) => end
                .ms()
                .unsigned_abs()
                .div_ceil(interval.ms().max(1).unsigned_abs()),
            Times::Cron(_) => 0,
        });
        let alike = |pair: &[(EndpointId, Times)]| match pair {
            [(_, Times::Every(a)), (_, Times::Every(b))] => a == b,
            _ => false,
        };
        let starts: u64 = counts.clone().sum();
        let same = self.times.windows(2).all(alike);
        (
            starts,
            if same {
                counts.max().unwrap_or(0)
            } else {
                starts
            },
        )
    }

    /// The same times for everything that looks.
    fn of_checks(scenario: &Scenario, name: &str, times: &Times) -> Self {
        Self {
            name: name.to_owned(),
            times: ids(scenario)
                .filter(|(_, endpoint)| endpoint.schedule.tier.is_check())
                .map(|(id, _)| (id, times.clone()))
                .collect(),
            end: scenario.end(),
        }
    }

    fn starts(&self, until: Instant) -> Vec<Starts> {
        let each = self.times.iter();
        each.map(|(id, times)| times.until(*id, until)).collect()
    }

    fn result(&self, shop: Shop<'_>) -> PolicyResult {
        let mut found = result(shop, &self.name, &self.starts(self.end));
        let checks = self.times.iter().filter(|(id, _)| {
            let endpoint = shop.scenario.endpoints.get(id.index());
            endpoint.is_some_and(|endpoint| endpoint.schedule.tier.is_check())
        });
        found.checks_a_day = checks.map(|(_, times)| times.a_day()).sum();
        found
    }

    /// What it would have seen of a run's world, shifted starts included.
    fn whole(&self, trace: &Trace) -> PolicyResult {
        let worlds = Worlds::of(trace);
        let untouched = worlds.untouched(trace);
        let mut found = self.result(untouched);
        found.shifted = self.shifted(untouched);
        found
    }

    /// Shifting the sale by less than a period is the same as running that much earlier.
    fn shifted(&self, shop: Shop<'_>) -> Option<(Span, Span)> {
        let (problem, (from, to)) = shop.first()?;
        let periods = self.times.iter().map(|(_, times)| match times {
            Times::Every(interval) => *interval,
            Times::Cron(_) => LONGEST_SHIFT,
        });
        let period = periods.max()?;
        // Long enough that whatever runs at all has run once more after the problem.
        let starts = self.starts(to + period + period);
        let observers = shop.observers(problem, &starts);
        let each = if problem.metrics.len() == 1 {
            observers.len() as u64
        } else {
            let within = |observer: &Observer<'_>| {
                let place = |at: Instant| observer.at.partition_point(|start| *start < at);
                place(to).saturating_sub(place(from)) as u64
            };
            let looks: u64 = observers.iter().map(within).sum();
            looks.saturating_mul(steps_of_look(shop.scenario, std::slice::from_ref(problem)))
        };
        let delays = shifts(period, each)
            .map(|shift| shop.unseen(problem, &observers, (from + shift, to + shift), shift));
        mean_and_worst(delays)
    }
}

/// By how much a start is shifted through a period, if each takes so many steps.
fn shifts(period: Span, steps: u64) -> impl Iterator<Item = Span> {
    let by = shift(period, steps);
    (0..(period.ms() / by.ms()).max(1)).map(move |step| by.times(step))
}

/// By how much from one start to the next: [`SHIFT`], or a multiple of it where so many starts would take too long.
fn shift(period: Span, steps: u64) -> Span {
    let all = (period.ms() / SHIFT.ms()).max(1).unsigned_abs();
    let most = (limits::SHIFT_STEPS / steps.max(1)).clamp(1, limits::SHIFTS);
    SHIFT.times(i64::try_from(all.div_ceil(most)).unwrap_or(i64::MAX))
}

fn mean_and_worst(delays: impl Iterator<Item = Span>) -> Option<(Span, Span)> {
    let delays: Vec<Span> = delays.collect();
    let worst = delays.iter().copied().max()?;
    let sum: i64 = delays.iter().map(|delay| delay.ms()).sum();
    let count = i64::try_from(delays.len()).unwrap_or(1);
    Some((Span::from_ms(sum / count), worst))
}

fn adaptive(trace: &Trace, shop: Shop<'_>) -> PolicyResult {
    let scenario = &trace.scenario;
    let starts = starts_of(trace);
    let mut found = result(shop, "adaptive", &starts);
    found.messages = trace.messages.len();
    let said: Vec<Instant> = trace.messages.iter().map(|message| message.at).collect();
    found.lateness = lateness(&said, shop.stretches);
    let rest = (DAY.ms() - scenario.duration.ms()).max(0) as f64;
    let baseline = trace
        .endpoints
        .iter()
        .filter(|e| e.tier.is_check() && !e.asleep)
        .map(|endpoint| match &endpoint.baseline {
            Baseline::Every(interval) => {
                rest / (*interval).clamp(endpoint.min, endpoint.max).ms().max(1) as f64
            }
            Baseline::None => 0.0,
            Baseline::Cron(_) => rest / endpoint.max.ms().max(1) as f64,
        });
    found.checks_a_day = found.checks as f64 + baseline.sum::<f64>();
    found
}

fn starts_of(trace: &Trace) -> Vec<Starts> {
    let starts = |(endpoint, _)| Starts {
        endpoint,
        at: trace.runs_of(endpoint).map(|(_, run)| run.start).collect(),
    };
    ids(&trace.scenario).map(starts).collect()
}

/// The delay of a run's first problem with the whole sale shifted through the baseline period of those who see it: run
/// after run, so that a page can do something else between them.
#[derive(Debug)]
pub struct OverStarts {
    /// A scenario of its own, whose phases are moved from run to run, and when each began at first.
    scenario: Arc<Scenario>,
    begun: Vec<Instant>,
    parameters: Parameters,
    problem: Problem,
    /// When the problem must have been seen, if the sale begins as it is written.
    within: Span,
    /// The next shift, how much further the one after it is, and the first that is none.
    next: Span,
    by: Span,
    period: Span,
    /// How many steps there are left for all of it: a shifted run may take more than was thought.
    left: u64,
    delays: Vec<Span>,
    /// The run that is going on.
    going_on: Option<Box<Engine>>,
}

impl OverStarts {
    /// For the run of a trace, with another copy of its scenario; nothing where nothing goes wrong after the start, nobody
    /// looks by a schedule of their own, or an own planner decides, who cannot be asked again at other starts: what it
    /// remembers would be wrong there.
    #[must_use]
    pub fn new(trace: &Trace, copy: Scenario) -> Option<Self> {
        Self::of(trace, copy, &Worlds::of(trace))
    }

    fn of(trace: &Trace, copy: Scenario, worlds: &Worlds) -> Option<Self> {
        let scenario = &trace.scenario;
        let (problem, (from, _)) = worlds.own(trace).first()?;
        let seers = ids(scenario).filter(|(_, endpoint)| {
            let mut metrics = problem.metrics.iter();
            metrics.any(|metric| endpoint.observes.contains(metric))
        });
        let periods = seers.filter_map(|(id, _)| match trace.endpoints.get(id.index())?.baseline {
            Baseline::Every(interval) => Some(interval),
            _ => None,
        });
        let period = periods.max().filter(|_| !trace.planning.asks())?;
        let within = (from - Instant::START + longest_gap(trace)).min(scenario.duration);
        let look = steps_of_look(scenario, std::slice::from_ref(problem));
        let searched = from
            - scenario
                .phases
                .get(1)
                .map_or(Instant::START, |phase| phase.from);
        let searched = searched.ms().max(0).unsigned_abs() / GRID.ms().unsigned_abs();
        let moved = part_of(trace.steps, within + period, trace.end());
        let each = moved.saturating_add(searched.saturating_mul(look).min(limits::LOOKS));
        Some(Self {
            begun: copy.phases.iter().map(|phase| phase.from).collect(),
            scenario: Arc::new(copy),
            parameters: trace.parameters.clone(),
            problem: problem.clone(),
            within,
            next: Span::ZERO,
            by: shift(period, each),
            left: 2 * limits::SHIFT_STEPS.max(each),
            period,
            delays: Vec::new(),
            going_on: None,
        })
    }

    /// Goes on for a part of the run from one start; gives whether there is more to do.
    ///
    /// # Errors
    /// [`SimulationError`] when that run cannot be made.
    pub fn advance(&mut self) -> Result<bool, SimulationError> {
        let mut engine = match self.going_on.take() {
            Some(engine) => engine,
            None => Box::new(self.begin()?),
        };
        match engine.run(SLICE) {
            Ok(Progress::Done) => {}
            Ok(_) => {
                self.going_on = Some(engine);
                return Ok(true);
            }
            // What a run may have just about may be too much for a shifted one: then nothing is said of others.
            Err(SimulationError::Over(..)) => {
                self.delays.clear();
                return Ok(false);
            }
            Err(error) => return Err(error),
        }
        let moved = engine.into_trace();
        let (stretch, looks) = first_stretch(&moved, &self.problem);
        let look = steps_of_look(&moved.scenario, std::slice::from_ref(&self.problem));
        let took = moved.steps.saturating_add(looks.saturating_mul(look));
        self.left = self.left.saturating_sub(took);
        if self.left == 0 {
            self.delays.clear();
            return Ok(false);
        }
        self.delays.extend(stretch.map(|stretch| {
            let shop = Shop {
                scenario: &moved.scenario,
                parameters: &moved.parameters,
                world: &world_of(&moved),
                problems: &[],
                stretches: &[],
            };
            let starts = starts_of(&moved);
            let observers = shop.observers(&self.problem, &starts);
            shop.unseen(&self.problem, &observers, stretch, Span::ZERO)
        }));
        Ok(self.next + self.by <= self.period)
    }

    /// Begins the run from the next start.
    fn begin(&mut self) -> Result<Engine, SimulationError> {
        let shift = self.next;
        self.next = shift + self.by;
        // Sole owner here, so this succeeds: the trace of the run before is gone.
        if let Some(scenario) = Arc::get_mut(&mut self.scenario) {
            for (phase, from) in scenario.phases.iter_mut().zip(&self.begun).skip(1) {
                phase.from = *from + shift;
            }
            scenario.shifted = shift;
            // Only the start matters here: the run ends soon after the problem must have been seen.
            scenario.duration = self.within + shift;
        }
        Engine::new(&self.scenario, &self.parameters, Vec::new())
    }

    /// Mean and worst so far.
    #[must_use]
    pub fn found(&self) -> Option<(Span, Span)> {
        mean_and_worst(self.delays.iter().copied())
    }
}

/// How much of something falls to a part of a run; more if that is longer than the run.
fn part_of(steps: u64, part: Span, whole: Instant) -> u64 {
    let share = part.ms().max(0) as f64 / whole.ms().max(1) as f64;
    (steps as f64 * share) as u64
}

/// The first stretch in which a problem is true, looked for from the end of the first phase, and how often the world
/// was looked at for that.
fn first_stretch(trace: &Trace, problem: &Problem) -> (Option<(Instant, Instant)>, u64) {
    let scenario = &trace.scenario;
    let (Some(rule), Some(second)) = (scenario.rules.get(problem.rule), scenario.phases.get(1))
    else {
        return (None, 0);
    };
    let mut world = world_of(trace);
    let mut at = second.from;
    let mut looks = 0;
    let grid = grid(scenario, &world, std::slice::from_ref(problem));
    while at < scenario.end() {
        looks += 1;
        let values = world.metrics(scenario, &trace.parameters, at).to_vec();
        let env = Truth {
            scenario,
            parameters: &trace.parameters,
            values: &values,
        };
        if rule.on.check(&env, at, &mut rule.on.memory()).holds {
            return (Some((at, scenario.end())), looks);
        }
        at = next_look(scenario, &world, grid, at);
    }
    (None, looks)
}

/// The longest gap that any check may have.
fn longest_gap(trace: &Trace) -> Span {
    trace
        .endpoints
        .iter()
        .filter(|e| e.tier.is_check())
        .map(|e| e.max)
        .max()
        .unwrap_or(Span::ZERO)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comparison_is_repeated_over_so_many_starts_and_steps() {
        let tried = |shifts: u64, steps: u64| {
            let period = SHIFT.times(i64::try_from(shifts).expect("it is short"));
            shifts_of(period, steps)
        };
        let shifts_most = limits::SHIFTS;
        assert_eq!(tried(shifts_most, 1), shifts_most);
        assert_eq!(tried(shifts_most + 2, 1), shifts_most / 2 + 1);
        let most = limits::SHIFT_STEPS / 100;
        assert_eq!(tried(100, most), 100);
        assert_eq!(tried(100, most + 1), 50);
    }

    fn shifts_of(period: Span, steps: u64) -> u64 {
        shifts(period, steps).count() as u64
    }
}
