//! What the names in a scenario's formulas stand for.

use serde::{Deserialize, Serialize};

use crate::schedule::EndpointId;

/// A name in the formulas of the world.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum WorldName {
    /// A constant of the scenario.
    Constant(f64),
    /// A column of the phases.
    Column(usize),
    /// The traffic sliders: the whole run's times the phase's.
    Multiplier,
    /// A parameter.
    Parameter(usize),
    /// How far the effect of a recovery has come, from 0 to 1.
    Progress(EndpointId),
    /// A metric that stands earlier in the file.
    Metric(usize),
    /// Time since the start.
    Time,
}

/// A name in rules, messages and claims: observations and what the planner knows, never the world itself.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum PlanName {
    /// A constant of the scenario.
    Constant(f64),
    /// A parameter.
    Parameter(usize),
    /// The latest observation of a metric.
    Metric(usize),
    /// The first observation of a metric.
    First(usize),
    /// Whether a rule is on.
    Rule(usize),
    /// How long a rule has been on; unknown while it is off.
    OnFor(usize),
    /// How long a rule has been off since it was last on; unknown while it is on or was never on.
    OffFor(usize),
    /// Whether an endpoint is awake.
    Awake(EndpointId),
    /// How long ago an endpoint started last.
    LastRun(EndpointId),
    /// How often an endpoint has started.
    Runs(EndpointId),
    /// How often an endpoint has started since the incident opened.
    Attempts(EndpointId),
    /// Whether an endpoint is cooling down.
    InCooldown(EndpointId),
    /// Whether the last run of an endpoint succeeded.
    Succeeded(EndpointId),
    /// Whether an endpoint has a finding.
    Finding(EndpointId),
    /// Whether an incident is open.
    IncidentOpen,
    /// How long the incident has been open; unknown while there is none.
    IncidentAge,
    /// Time since the start.
    Time,
    /// Time since midnight in the scenario's zone.
    TimeOfDay,
}

/// A question that a claim can ask about a finished run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ClaimFunction {
    /// Starts of an endpoint.
    Runs,
    /// Starts of an endpoint from one moment up to another.
    RunsBetween,
    /// Starts within a tier from one moment up to another.
    TierRunsBetween,
    /// First start of an endpoint.
    FirstRun,
    /// When a rule first went on.
    TurnedOn,
    /// When a rule last went off.
    TurnedOff,
    /// When a rule was first considered.
    Considered,
    /// The gap that follows an endpoint's last start at or before a moment.
    Cadence,
    /// The last gap of an endpoint.
    LastGap,
    /// Whether no gap of an endpoint after a moment is shorter than the one before it.
    RelaxesFrom,
    /// Whether an endpoint is paused from one moment to another.
    AsleepBetween,
    /// Whether the run at a moment came from a source.
    SourceIs,
    /// What the last observation of a metric up to a moment was.
    Observed,
    /// The smallest gap of any check.
    FastestCadence,
    /// The longest cooldown of any action.
    LongestCooldown,
    /// How often a rule went on.
    TimesOn,
    /// Starts of everything that looks.
    Checks,
    /// From the moment when a rule's condition first holds in the world to the first run that observes it.
    SeenAfter,
}
