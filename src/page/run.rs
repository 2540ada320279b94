//! A run with everything that the page shows of it, worked out once.

use std::sync::Arc;

use crate::draw::{CadenceChart, Lane, MetricSeries, lanes, metric_series};
use crate::export::Findings;
use crate::insight::{Piece, claims, compare_here, decisions, invariants, summary};
use crate::scenario::Scenario;
use crate::session::Setup;
use crate::sim::{Engine, Trace};
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

impl Run {
    /// Runs a scenario.
    ///
    /// # Errors
    /// Why it cannot be run, in words.
    pub fn of(scenario: &Arc<Scenario>, setup: &Setup) -> Result<Self, String> {
        let trace = Engine::new(scenario, &setup.parameters, setup.interventions())
            .and_then(Engine::finished)
            .map_err(|error| error.to_string())?;
        let findings = Findings {
            claims: claims(&trace),
            invariants: invariants(&trace),
            comparison: compare_here(&trace),
        };
        Ok(Self {
            setup: setup.clone(),
            summary: summary(&trace, &findings.comparison),
            lanes: lanes(&trace),
            metrics: metric_series(&trace),
            cadence: CadenceChart::of(&trace),
            decisions: decisions(&trace),
            findings,
            trace,
        })
    }
}
