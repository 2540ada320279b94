//! What would have changed the outcome: the smallest change of one number, found by simulating again.
//!
//! Takes a run and a question about one endpoint ("it ran between these moments", or it did not); gives, parameter by
//! parameter, the value nearest to the present one at which the answer is the other. Each is verified on both sides:
//! the outcome flips at the value, and does not one step nearer. Close to the present value every step is tried; further
//! away, values in between may flip too where an outcome goes back and forth, so what is found is an upper bound.

use std::sync::Arc;

use crate::order;
use crate::rule::Unit;
use crate::scenario::{Form, Parameter, Parameters, Purpose, Scenario};
use crate::schedule::EndpointId;
use crate::sim::{Engine, Intervention, Progress, SLICE, Trace};
use crate::time::{Instant, Span};

/// How many distances are tried on each side of the present value, before halving.
const DISTANCES: i64 = 14;
/// Up to so many steps from the present value, every nearer one on both sides is tried as well.
const NEAR: i64 = 12;

/// Whether an endpoint starts within a stretch of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Question {
    /// Which endpoint.
    pub endpoint: EndpointId,
    /// From here on.
    pub from: Instant,
    /// Up to here, excluded.
    pub to: Instant,
    /// What the answer is in the run that is asked about.
    pub ran: bool,
    /// How many starts before it do not count: an action that runs later has not run once more.
    pub before: usize,
}

impl Question {
    /// The question behind a click: an action's run is a matter of the whole run, a check's of the gap around it.
    #[must_use]
    pub fn about(trace: &Trace, endpoint: EndpointId, at: Instant) -> Self {
        let starts = || trace.runs_of(endpoint).map(|(_, run)| run.start);
        let ran = starts().any(|start| start == at);
        let is_check = trace
            .endpoints
            .get(endpoint.index())
            .is_some_and(|endpoint| endpoint.tier.is_check());
        let whole = (Instant::START, trace.end());
        let just_after = |start: Instant| start + Span::from_ms(1);
        let gap = (
            starts().take_while(|&start| start < at).last(),
            starts().find(|&start| start > at),
        );
        let (from, to) = match (is_check, ran) {
            (true, true) => (at, just_after(at)),
            (false, true) => whole,
            (_, false) => (gap.0.map_or(whole.0, just_after), gap.1.unwrap_or(whole.1)),
        };
        Self {
            endpoint,
            from,
            to,
            ran,
            before: if is_check || ran {
                0
            } else {
                starts().filter(|&start| start < at).count()
            },
        }
    }

    /// The answer in a run: when it starts first within the stretch, if it does.
    #[must_use]
    pub fn answer(&self, trace: &Trace) -> Option<Instant> {
        trace
            .runs_of(self.endpoint)
            .map(|(_, run)| run.start)
            .skip(self.before)
            .find(|start| *start >= self.from && *start < self.to)
    }

    /// What runs instead in a run in which it does not any more: the start closest to the stretch, if there is one.
    #[must_use]
    pub fn instead(&self, trace: &Trace) -> Option<Instant> {
        if !self.ran || self.answer(trace).is_some() {
            return None;
        }
        let starts = trace.runs_of(self.endpoint).map(|(_, run)| run.start);
        starts.min_by_key(|start| (*start - self.from).ms().abs())
    }
}

/// A change of one parameter that flips the outcome.
#[derive(Clone, Debug, PartialEq)]
pub struct Flip {
    /// The parameter's number.
    pub parameter: usize,
    /// The value nearest to the present one, of those tried, at which the outcome is the other.
    pub value: f64,
    /// The value one step nearer, at which it is not.
    pub nearer: f64,
    /// When it runs then, if it does.
    pub at: Option<Instant>,
    /// Which run is the closest then, if the one that was asked about is no more.
    pub instead: Option<Instant>,
    /// How far the value is from the present one, as a share of the parameter's range.
    pub share: f64,
}

/// A call by hand without which the outcome is the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Withdrawal {
    /// Its number among the interventions.
    pub call: usize,
    /// When it runs then, if it does.
    pub at: Option<Instant>,
    /// Which run is the closest then, if the one that was asked about is no more.
    pub instead: Option<Instant>,
}

/// The step in which a parameter's values are tried: a round number of its own unit, about a thousandth of its range.
#[must_use]
pub fn step(parameter: &Parameter) -> f64 {
    let range = parameter.to - parameter.from;
    match parameter.form {
        Form::Truth | Form::Whole => 1.0,
        Form::Number(Unit::DURATION) => [10_000.0, 1_000.0, 100.0, 10.0]
            .into_iter()
            .find(|step| step * 1_500.0 <= range)
            .unwrap_or(1.0),
        Form::Number(_) => [100.0, 10.0, 1.0, 0.1, 0.01, 0.001]
            .into_iter()
            .find(|step| step * 500.0 <= range)
            .unwrap_or(0.0001),
    }
}

/// Where the search for one parameter is.
#[derive(Clone, Copy, Debug)]
enum Stage {
    /// Trying distances outward; each on the lower side, then on the upper.
    Outward(i64, bool),
    /// Halving between a number of steps that does not flip and one that does.
    Halving { same: i64, flipped: i64 },
    /// Trying what is nearer than a number of steps that flips: so many steps on the lower side, then on the upper.
    Nearer { steps: i64, flipped: i64 },
}

/// A simulation has more to come before it can be asked.
struct Unfinished;

/// A search that can be done in pieces.
#[derive(Clone, Debug)]
pub struct FlipSearch {
    scenario: Arc<Scenario>,
    parameters: Parameters,
    interventions: Vec<Intervention>,
    question: Question,
    /// How many calls by hand are still to be left out, one at a time, before any parameter.
    calls: usize,
    withdrawals: Vec<Withdrawal>,
    /// The parameters that are still to be tried, the last first.
    waiting: Vec<usize>,
    total: usize,
    now: Option<(usize, Stage)>,
    found: Vec<Flip>,
    /// The answer of the last try that flipped, and what runs instead.
    flipped: (Option<Instant>, Option<Instant>),
    simulations: usize,
    /// The simulation that is going on.
    trying: Option<Box<Engine>>,
}

impl FlipSearch {
    /// Prepares the search around a run.
    #[must_use]
    pub fn new(trace: &Trace, interventions: &[Intervention], question: Question) -> Self {
        let scenario = trace.scenario.clone();
        let waiting: Vec<usize> = scenario
            .parameters
            .iter()
            .enumerate()
            .rev()
            .filter(|(_, parameter)| !matches!(parameter.purpose, Purpose::Seed | Purpose::Noise))
            .map(|(index, _)| index)
            .collect();
        Self {
            parameters: trace.parameters.clone(),
            interventions: interventions.to_vec(),
            question,
            calls: interventions.len(),
            withdrawals: Vec::new(),
            total: waiting.len() + interventions.len(),
            waiting,
            now: None,
            found: Vec::new(),
            flipped: (None, None),
            simulations: 0,
            trying: None,
            scenario,
        }
    }

    /// The question that is searched for.
    #[must_use]
    pub fn question(&self) -> Question {
        self.question
    }

    /// What was found so far, nearest first.
    #[must_use]
    pub fn found(&self) -> Vec<Flip> {
        let mut found = self.found.clone();
        order::by_key(&mut found, |flip| (order::of_number(flip.share), 0));
        found
    }

    /// The calls by hand that stand behind the outcome.
    #[must_use]
    pub fn withdrawals(&self) -> &[Withdrawal] {
        &self.withdrawals
    }

    /// How many parameters and calls by hand are done, and how many there are.
    #[must_use]
    pub fn progress(&self) -> (usize, usize) {
        let open = self.waiting.len() + self.calls + usize::from(self.now.is_some());
        (self.total - open, self.total)
    }

    /// How many simulations it took so far.
    #[must_use]
    pub fn simulations(&self) -> usize {
        self.simulations
    }

    /// Goes on for a part of one simulation; says whether there is more to do.
    pub fn advance(&mut self) -> bool {
        if let Some(call) = self.calls.checked_sub(1) {
            let parameters = self.parameters.clone();
            let Ok(flips) = self.outcome_flips(&parameters, Some(call)) else {
                return true;
            };
            self.calls = call;
            if flips {
                let (at, instead) = self.flipped;
                self.withdrawals.insert(0, Withdrawal { call, at, instead });
            }
            return true;
        }
        let (index, stage) = match self.now.take() {
            Some(now) => now,
            None => match self.waiting.pop() {
                Some(index) => (index, Stage::Outward(1, false)),
                None => return false,
            },
        };
        // A try that is unfinished is begun again at the same stage, and finds its simulation where it was left.
        let next = self.tried(index, stage).unwrap_or(Some(stage));
        self.now = next.map(|stage| (index, stage));
        true
    }

    /// One try; gives the next stage, or nothing when the parameter is done.
    fn tried(&mut self, index: usize, stage: Stage) -> Result<Option<Stage>, Unfinished> {
        let Some(parameter) = self.scenario.parameters.get(index) else {
            return Ok(None);
        };
        let now = self.parameters.get(index);
        let step = step(parameter);
        let steps = |room: f64| (room / step + 1e-6).floor() as i64;
        let (below, above) = (steps(now - parameter.from), steps(parameter.to - now));
        Ok(match stage {
            Stage::Outward(distance, upper) => {
                let room = if upper { above } else { below };
                let sign = if upper { 1 } else { -1 };
                let reach = |distance: i64| {
                    let share = distance as f64 / DISTANCES as f64;
                    ((share * share * room as f64).ceil() as i64).min(room)
                };
                let (at, before) = (reach(distance), reach(distance - 1));
                if at > before && self.flips(index, sign * at)? {
                    let (same, flipped) = (sign * before, sign * at);
                    return Ok(self.narrowed(index, same, flipped));
                }
                match (upper, distance < DISTANCES) {
                    (false, _) => Some(Stage::Outward(distance, true)),
                    (true, true) => Some(Stage::Outward(distance + 1, false)),
                    (true, false) => None,
                }
            }
            Stage::Halving { same, flipped } => {
                let middle = same + (flipped - same) / 2;
                if self.flips(index, middle)? {
                    self.narrowed(index, same, middle)
                } else {
                    self.narrowed(index, middle, flipped)
                }
            }
            Stage::Nearer { steps, flipped } if steps.abs() < flipped.abs() => {
                if steps >= -below && steps <= above && self.flips(index, steps)? {
                    return Ok(self.kept(index, steps - steps.signum(), steps));
                }
                let steps = if steps < 0 { -steps } else { -steps - 1 };
                Some(Stage::Nearer { steps, flipped })
            }
            Stage::Nearer { flipped, .. } => self.kept(index, flipped - flipped.signum(), flipped),
        })
    }

    /// Goes on halving; when there is nothing in between, looks nearer, or keeps what was found.
    fn narrowed(&mut self, index: usize, same: i64, flipped: i64) -> Option<Stage> {
        if (flipped - same).abs() > 1 {
            return Some(Stage::Halving { same, flipped });
        }
        if flipped.abs() <= NEAR {
            return Some(Stage::Nearer { steps: -1, flipped });
        }
        self.kept(index, same, flipped)
    }

    /// Keeps what was found, which ends the search for a parameter.
    fn kept(&mut self, index: usize, same: i64, flipped: i64) -> Option<Stage> {
        let parameter = self.scenario.parameters.get(index)?;
        let (value, nearer) = (self.value(index, flipped)?, self.value(index, same)?);
        let distance = (value - self.parameters.get(index)).abs();
        self.found.push(Flip {
            parameter: index,
            value,
            nearer,
            // What is kept is what flipped last.
            at: self.flipped.0,
            instead: self.flipped.1,
            share: distance / (parameter.to - parameter.from),
        });
        None
    }

    /// The value so many steps from the present one.
    fn value(&self, index: usize, steps: i64) -> Option<f64> {
        let parameter = self.scenario.parameters.get(index)?;
        let step = step(parameter);
        let value = self.parameters.get(index) + steps as f64 * step;
        // Tenths and hundredths do not add up exactly; people read round numbers.
        let round = if step < 1.0 {
            (value / step).round() * step
        } else {
            value
        };
        Some(round.clamp(parameter.from, parameter.to))
    }

    fn flips(&mut self, index: usize, steps: i64) -> Result<bool, Unfinished> {
        let Some(value) = self.value(index, steps) else {
            return Ok(false);
        };
        let mut tried = self.parameters.clone();
        if tried.set(&self.scenario, index, value).is_err() {
            return Ok(false);
        }
        self.outcome_flips(&tried, None)
    }

    fn outcome_flips(
        &mut self,
        parameters: &Parameters,
        without: Option<usize>,
    ) -> Result<bool, Unfinished> {
        let mut engine = match self.trying.take() {
            Some(engine) => engine,
            None => {
                self.simulations += 1;
                // Only here: a simulation is gone on with many times, and there may be many calls.
                let mut calls = self.interventions.clone();
                if let Some(call) = without.filter(|call| *call < calls.len()) {
                    calls.remove(call);
                }
                match Engine::new(&self.scenario, parameters, calls) {
                    Ok(engine) => Box::new(engine),
                    Err(_) => return Ok(false),
                }
            }
        };
        match engine.run(SLICE) {
            Ok(Progress::Done) => {}
            Ok(_) => {
                self.trying = Some(engine);
                return Err(Unfinished);
            }
            Err(_) => return Ok(false),
        }
        let trace = engine.into_trace();
        let answer = self.question.answer(&trace);
        let flips = answer.is_some() != self.question.ran;
        if flips {
            self.flipped = (answer, self.question.instead(&trace));
        }
        Ok(flips)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::insight::tests::run;
    use crate::schedule::Tool;
    use crate::sim::simulate;

    fn sale() -> (Arc<Scenario>, Trace) {
        let trace = run(&[]);
        (trace.scenario.clone(), trace)
    }

    fn searched(trace: &Trace, endpoint: &str, at: i64) -> FlipSearch {
        let endpoint = trace.scenario.endpoint(endpoint).expect("it exists");
        let question = Question::about(trace, endpoint, Instant::from_ms(at));
        let mut search = FlipSearch::new(trace, &[], question);
        while search.advance() {}
        search
    }

    #[test]
    fn every_flip_is_one_and_one_step_nearer_is_none() {
        let (scenario, trace) = sale();
        for (endpoint, at) in [
            ("slack_customer_support", 1_205_000),
            ("emergency_oncall_page", 900_000),
        ] {
            let search = searched(&trace, endpoint, at);
            let found = search.found();
            assert!(found.len() > 3, "{endpoint}: {}", found.len());
            assert!(found.is_sorted_by(|a, b| a.share <= b.share));
            for flip in &found {
                let name = &scenario.parameters[flip.parameter].name;
                let answer = |value: f64| {
                    let mut parameters = Parameters::new(&scenario);
                    parameters
                        .set(&scenario, flip.parameter, value)
                        .expect("in range");
                    search
                        .question()
                        .answer(&simulate(&scenario, &parameters).expect("it runs"))
                };
                let (there, nearer) = (answer(flip.value), answer(flip.nearer));
                assert_eq!(there, flip.at, "{name} {flip:?}");
                assert_ne!(there.is_some(), search.question().ran, "{name} {flip:?}");
                assert_eq!(nearer.is_some(), search.question().ran, "{name} {flip:?}");
                assert!(flip.share > 0.0 && flip.share <= 1.0);
            }
        }
    }

    #[test]
    fn an_action_that_only_moves_has_not_run_once_more() {
        let (scenario, trace) = sale();
        let search = searched(&trace, "slack_operations", 654_000);
        assert_eq!(search.question().before, 1);
        for flip in search.found() {
            let mut parameters = Parameters::new(&scenario);
            parameters
                .set(&scenario, flip.parameter, flip.value)
                .expect("in range");
            let changed = simulate(&scenario, &parameters).expect("it runs");
            let count = changed.runs_of(search.question().endpoint).count();
            assert!(count > 1, "{flip:?}");
        }
    }

    #[test]
    fn what_runs_instead_is_the_closest_run() {
        let (scenario, trace) = sale();
        let search = searched(&trace, "traffic_monitor", 545_000 - 5_000);
        let found = search.found();
        // Before the surge it runs every 5 min: a little closer, it misses the surge, and looks when that is old.
        let every = scenario
            .parameter("traffic_monitor.every")
            .expect("it is a parameter");
        let moved = found.iter().find(|flip| flip.parameter == every);
        let moved = moved.map(|flip| (flip.value, flip.at, flip.instead));
        let closest = Some(Instant::from_ms(580_000));
        assert_eq!(moved, Some((290_000.0, None, closest)));
    }

    #[test]
    fn support_would_not_have_been_told_had_the_workers_come_sooner() {
        let (scenario, trace) = sale();
        let delay = scenario
            .parameter("scale_checkout_workers.delay")
            .expect("it is a parameter");
        let found = searched(&trace, "slack_customer_support", 1_205_000).found();
        let flip = found
            .iter()
            .find(|flip| flip.parameter == delay)
            .expect("it flips");
        assert!(flip.value < 270_000.0 && flip.value > 60_000.0, "{flip:?}");
        assert_eq!(flip.nearer - flip.value, 1_000.0);
    }

    #[test]
    fn a_call_by_hand_that_is_behind_it_is_named() {
        let scenario = run(&[]).scenario;
        let call = |at: i64, endpoint: &str, tool| Intervention {
            at: Instant::from_ms(at),
            endpoint: scenario.endpoint(endpoint).expect("it exists"),
            tool,
            reason: "tried".into(),
        };
        let (every, ttl) = (Span::from_secs(20), Span::from_mins(5));
        let calls = vec![
            call(50_000, "slack_operations", Tool::ClearHints),
            call(
                100_000,
                "traffic_monitor",
                Tool::ProposeInterval { every, ttl },
            ),
        ];
        let trace = Engine::new(&scenario, &Parameters::new(&scenario), calls.clone())
            .and_then(Engine::finished)
            .expect("it runs");
        let traffic = scenario.endpoint("traffic_monitor").expect("it exists");
        let (_, run) = trace
            .runs_of(traffic)
            .find(|(_, run)| run.start > Instant::from_ms(100_000))
            .expect("it runs as it was asked to");
        let question = Question::about(&trace, traffic, run.start);
        let mut search = FlipSearch::new(&trace, &calls, question);
        while search.advance() {}
        let withdrawal = Withdrawal {
            call: 1,
            at: None,
            instead: Some(Instant::START),
        };
        assert_eq!(search.withdrawals(), [withdrawal]);
        assert_eq!(search.progress().0, search.progress().1);
    }

    #[test]
    fn what_is_asked_depends_on_what_was_clicked() {
        let (scenario, trace) = sale();
        let about = |endpoint: &str, at: i64| {
            let endpoint = scenario.endpoint(endpoint).expect("it exists");
            let question = Question::about(&trace, endpoint, Instant::from_ms(at));
            (question.from.ms(), question.to.ms(), question.ran)
        };
        assert_eq!(about("slack_operations", 305_000), (0, 2_400_000, true));
        assert_eq!(about("slack_operations", 100_000), (0, 305_000, false));
        assert_eq!(about("traffic_monitor", 330_000), (330_000, 330_001, true));
        assert_eq!(about("traffic_monitor", 100_000), (1, 300_000, false));
        assert_eq!(about("emergency_oncall_page", 5), (0, 2_400_000, false));
    }

    #[test]
    fn the_search_is_bounded() {
        let (scenario, trace) = sale();
        let search = searched(&trace, "emergency_oncall_page", 900_000);
        let most = (2 * DISTANCES as usize + 16) * scenario.parameters.len();
        assert!(search.simulations() < most, "{}", search.simulations());
        assert_eq!(search.progress().0, search.progress().1);
    }
}
