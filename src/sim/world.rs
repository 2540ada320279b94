//! The world: every metric at any instant, as the phases script it and the recoveries change it.
//!
//! Invariant: pure in time. The same recoveries give the same values at the same instant, however often it is asked.

use crate::rule::{Env, FunctionId, NameId};
use crate::scenario::{Parameters, Purpose, Scenario, WorldName};
use crate::schedule::EndpointId;
use crate::time::{Instant, Span};

/// When the effect of a recovery begins and how it grows.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Onset {
    /// Whose effect it is.
    pub endpoint: EndpointId,
    /// End of the first successful run; a repeated one does not stack.
    pub since: Option<Instant>,
    /// How long after it the effect begins.
    pub delay: Span,
    /// How long it takes from there to its full strength.
    pub ramp: Span,
}

impl Onset {
    /// How far the effect has come, from 0 to 1.
    #[must_use]
    pub fn progress(&self, at: Instant) -> f64 {
        let Some(since) = self.since else { return 0.0 };
        let begun = (at - since).ms() - self.delay.ms();
        if begun < 0 {
            0.0
        } else if self.ramp.is_positive() {
            (begun as f64 / self.ramp.ms() as f64).min(1.0)
        } else {
            1.0
        }
    }

    /// Until when the effect stays as far as it has come: where it begins, nothing if it never changes any more, the
    /// instant itself while it grows.
    fn steady_until(&self, at: Instant) -> Option<Instant> {
        let begins = self.since? + self.delay;
        if at < begins {
            Some(begins)
        } else {
            (at < begins + self.ramp).then_some(at)
        }
    }
}

/// The world of one run.
#[derive(Clone, Debug)]
pub struct World {
    onsets: Vec<Onset>,
    /// Which of them is each endpoint's.
    onset_of: Vec<Option<usize>>,
    /// Traffic sliders of each phase, multiplied with the whole run's.
    multipliers: Vec<f64>,
    values: Vec<f64>,
    /// Whether a formula asks for the time.
    timed: bool,
    /// What `values` follow from: as long as it stays the same, so do they.
    stage: Option<Stage>,
}

/// Everything about an instant that the metrics depend on.
#[derive(Clone, Debug, PartialEq)]
struct Stage {
    phase: usize,
    /// How far the effect of each recovery has come.
    progress: Vec<f64>,
    /// The instant itself, if a formula asks for the time.
    at: Option<Instant>,
}

struct At<'a> {
    scenario: &'a Scenario,
    parameters: &'a Parameters,
    world: &'a World,
    phase: usize,
    at: Instant,
}

impl Env for At<'_> {
    #[inline]
    fn value(&self, name: NameId) -> f64 {
        let Some(name) = self.scenario.world_names.get(name.index()) else {
            return f64::NAN;
        };
        match *name {
            WorldName::Constant(value) => value,
            WorldName::Column(column) => {
                let phase = self.scenario.phases.get(self.phase);
                phase
                    .and_then(|phase| phase.values.get(column))
                    .copied()
                    .unwrap_or(f64::NAN)
            }
            WorldName::Multiplier => self
                .world
                .multipliers
                .get(self.phase)
                .copied()
                .unwrap_or(1.0),
            WorldName::Parameter(index) => self.parameters.get(index),
            WorldName::Progress(endpoint) => {
                let place = self.world.onset_of.get(endpoint.index());
                let onset = place.and_then(|place| self.world.onsets.get((*place)?));
                onset.map_or(0.0, |onset| onset.progress(self.at))
            }
            WorldName::Metric(metric) => self.world.values.get(metric).copied().unwrap_or(f64::NAN),
            WorldName::Time => (self.at.ms() - self.scenario.shifted.ms()).max(0) as f64,
        }
    }

    fn call(&self, _: FunctionId, _: &[f64]) -> f64 {
        f64::NAN
    }
}

impl World {
    /// The world before any recovery.
    #[must_use]
    pub fn new(scenario: &Scenario, parameters: &Parameters) -> Self {
        let whole = parameters.of(scenario, Purpose::Traffic);
        let multipliers = (0..scenario.phases.len())
            .map(|phase| whole * parameters.of(scenario, Purpose::PhaseTraffic(phase)))
            .collect();
        let mut onsets = Vec::new();
        let mut onset_of = vec![None; scenario.endpoints.len()];
        for (index, endpoint) in scenario.endpoints.iter().enumerate() {
            if let Some(effect) = &endpoint.effect {
                let id = EndpointId(u32::try_from(index).unwrap_or(u32::MAX));
                let delay = parameters.of(scenario, Purpose::Delay(id));
                if let Some(place) = onset_of.get_mut(index) {
                    *place = Some(onsets.len());
                }
                onsets.push(Onset {
                    endpoint: id,
                    since: None,
                    delay: Span::from_ms(delay as i64),
                    ramp: effect.ramp,
                });
            }
        }
        Self {
            onsets,
            onset_of,
            multipliers,
            values: vec![f64::NAN; scenario.metrics.len()],
            timed: scenario.metrics.iter().any(|metric| {
                let mut names = metric.formula.names().iter();
                names.any(|name| scenario.world_names.get(name.index()) == Some(&WorldName::Time))
            }),
            stage: None,
        }
    }

    /// A recovery has succeeded; only its first success counts.
    pub fn recover(&mut self, endpoint: EndpointId, at: Instant) {
        if let Some(onset) = self
            .onsets
            .iter_mut()
            .find(|onset| onset.endpoint == endpoint)
            && onset.since.is_none()
        {
            onset.since = Some(at);
        }
    }

    /// The effects of all recoveries.
    #[must_use]
    pub fn onsets(&self) -> &[Onset] {
        &self.onsets
    }

    /// All metrics at an instant, in the scenario's order.
    pub fn metrics(&mut self, scenario: &Scenario, parameters: &Parameters, at: Instant) -> &[f64] {
        let phase = scenario.phase_at(at);
        if self.stage_changed(phase, at) {
            for (index, metric) in scenario.metrics.iter().enumerate() {
                let value = metric.formula.value(&At {
                    scenario,
                    parameters,
                    world: self,
                    phase,
                    at,
                });
                if let Some(place) = self.values.get_mut(index) {
                    *place = value;
                }
            }
        }
        &self.values
    }

    /// Until when no metric changes from an instant on, by the recoveries known so far: at most the end of its phase,
    /// the instant itself while anything is changing.
    #[must_use]
    pub fn steady_until(&self, scenario: &Scenario, at: Instant) -> Instant {
        let phase_end = scenario.phase_end(scenario.phase_at(at));
        let effects = self
            .onsets
            .iter()
            .filter_map(|onset| onset.steady_until(at));
        let until = effects.fold(phase_end, Instant::min);
        if self.timed { at } else { until }
    }

    /// For how long the metrics may be changing from moment to moment, all in all.
    #[must_use]
    pub fn changing(&self, scenario: &Scenario) -> Span {
        let ramps = self.onsets.iter().map(|onset| onset.ramp);
        let ramps = ramps.fold(Span::ZERO, |sum, ramp| (sum + ramp).min(scenario.duration));
        if self.timed { scenario.duration } else { ramps }
    }

    /// Takes the stage of an instant in; says whether it differs from the one before.
    fn stage_changed(&mut self, phase: usize, at: Instant) -> bool {
        let at_if_timed = self.timed.then_some(at);
        let progress = self.onsets.iter().map(|onset| onset.progress(at));
        if let Some(stage) = &mut self.stage
            && stage.phase == phase
            && stage.at == at_if_timed
            && progress.clone().eq(stage.progress.iter().copied())
        {
            return false;
        }
        self.stage = Some(Stage {
            phase,
            progress: progress.collect(),
            at: at_if_timed,
        });
        true
    }
}
