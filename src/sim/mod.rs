//! The simulation: a scenario and its parameters in, a trace of everything that happened out.
//!
//! Event-driven: cost grows with the number of runs, never with the length of time. Same scenario, parameters and
//! seed give the same trace, byte for byte, on every machine.

/// Raised whenever the same scenario, parameters and interventions come to another trace than before.
pub const ENGINE: u32 = 1;

mod engine;
mod noise;
#[cfg(feature = "planner")]
mod own;
mod places;
mod planner;
mod planning;
mod trace;
mod world;

pub use engine::{Budget, Engine, Intervention, Progress, SLICE, SimulationError, check, simulate};
#[cfg(feature = "planner")]
pub use own::{Context, OwnCall, PlannerFault, own_calls, replay, simulate_with_planner};
pub use places::Found;
pub use planner::{Known, Planner};
pub use planning::Planning;
pub use trace::{
    Cause, FindingNote, HeldBack, IncidentSpan, Message, Observation, RecoveryAttempt, RuleChange,
    Trace,
};
pub use world::{Onset, World};
