//! A run with everything that the page shows of it, made a slice at a time.

use std::sync::Arc;

use crate::draw::{CadenceChart, Lane, MetricSeries, lanes, metric_series};
use crate::export::Findings;
use crate::insight::{
    ClaimResult, InvariantResult, Piece, PolicyResult, checked, compare_here, decisions,
    invariants, summary,
};
use crate::scenario::Scenario;
use crate::session::Setup;
use crate::sim::{Engine, Progress, SLICE, Trace};
use crate::time::Instant;

/// A run with everything that the page shows of it.
#[derive(Debug)]
pub struct Run {
    /// What it follows from.
    pub setup: Setup,
    /// What happened.
    pub trace: Trace,
    /// Claims, invariants, comparison.
    pub findings: Findings,
    /// The run in one sentence.
    pub summary: Vec<Piece>,
    /// Its lanes, from the top.
    pub lanes: Vec<Lane>,
    /// Its metrics.
    pub metrics: Vec<MetricSeries>,
    /// Its cadences.
    pub cadence: CadenceChart,
    /// The instants that playback steps by.
    pub decisions: Vec<Instant>,
}

/// A run that is compared by identity.
#[derive(Clone, Debug)]
pub struct Shown(pub Arc<Run>);

impl PartialEq for Shown {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl std::ops::Deref for Shown {
    type Target = Run;
    fn deref(&self) -> &Run {
        &self.0
    }
}

/// A run that is being made.
#[derive(Debug)]
pub struct Making {
    setup: Setup,
    end: Instant,
    stage: Stage,
}

/// How far it is: each part that takes time is a slice of its own.
#[derive(Debug)]
enum Stage {
    Running(Box<Engine>, Instant),
    Claims(Trace, Vec<ClaimResult>),
    Invariants(Trace, Vec<ClaimResult>),
    Comparison(Trace, Vec<ClaimResult>, Vec<InvariantResult>),
    Lanes(Trace, Findings),
    Metrics(Trace, Findings, Vec<Lane>),
    Cadence(Trace, Findings, Vec<Lane>, Vec<MetricSeries>),
    Rest(Box<Run>),
    /// It is there, or it failed.
    Over,
}

impl Making {
    /// Begins a run.
    ///
    /// # Errors
    /// Why it cannot be run, in words.
    pub fn new(scenario: &Arc<Scenario>, setup: &Setup) -> Result<Self, String> {
        let engine = Engine::new(scenario, &setup.parameters, setup.interventions());
        let engine = engine.map_err(|error| error.to_string())?;
        Ok(Self {
            setup: setup.clone(),
            end: scenario.end(),
            stage: Stage::Running(Box::new(engine), Instant::START),
        })
    }

    /// How far it has come, in percent: what follows the simulation takes about as long as a tenth of it.
    pub fn percent(&self) -> u8 {
        let share = match &self.stage {
            Stage::Running(_, at) => at.ms() as f64 / self.end.ms().max(1) as f64 * 90.0,
            _ => 90.0,
        };
        share as u8
    }

    /// Does the next slice; gives the run once it is there, and nothing after that.
    ///
    /// # Errors
    /// Why it cannot be run, in words.
    pub fn advance(&mut self) -> Result<Option<Run>, String> {
        self.stage = match std::mem::replace(&mut self.stage, Stage::Over) {
            Stage::Running(mut engine, _) => {
                let progress = engine.run(SLICE).map_err(|error| error.to_string())?;
                match progress {
                    Progress::More(at) => Stage::Running(engine, at),
                    _ => Stage::Claims(engine.into_trace(), Vec::new()),
                }
            }
            Stage::Claims(trace, mut claims) => match trace.scenario.claims.get(claims.len()) {
                Some(claim) => {
                    claims.push(checked(claim, &trace));
                    Stage::Claims(trace, claims)
                }
                None => Stage::Invariants(trace, claims),
            },
            Stage::Invariants(trace, claims) => {
                let invariants = invariants(&trace);
                Stage::Comparison(trace, claims, invariants)
            }
            Stage::Comparison(trace, claims, invariants) => {
                let comparison: Vec<PolicyResult> = compare_here(&trace);
                let findings = Findings {
                    claims,
                    invariants,
                    comparison,
                };
                Stage::Lanes(trace, findings)
            }
            Stage::Lanes(trace, findings) => {
                let lanes = lanes(&trace);
                Stage::Metrics(trace, findings, lanes)
            }
            Stage::Metrics(trace, findings, lanes) => {
                let metrics = metric_series(&trace);
                Stage::Cadence(trace, findings, lanes, metrics)
            }
            Stage::Cadence(trace, findings, lanes, metrics) => Stage::Rest(Box::new(Run {
                setup: self.setup.clone(),
                summary: Vec::new(),
                cadence: CadenceChart::of(&trace),
                decisions: Vec::new(),
                lanes,
                metrics,
                findings,
                trace,
            })),
            Stage::Rest(mut run) => {
                run.summary = summary(&run.trace, &run.findings.comparison);
                run.decisions = decisions(&run.trace);
                return Ok(Some(*run));
            }
            Stage::Over => return Ok(None),
        };
        Ok(None)
    }
}
