//! The scheduler: endpoints, hints, the governor that plans each next run, and the live object around it.
//!
//! Takes endpoint definitions, tool calls and reports of runs; gives decisions and an append-only log.
//! Invariant: nothing here knows a scenario, a rule, a clock or a browser. A pause on a condition holds an
//! opaque number; whoever evaluates the condition lifts the pause.

mod beat;
mod cron;
mod decision;
mod endpoint;
pub mod governor;
mod log;
mod queue;
mod scheduler;

pub use cron::{Cron, Zone};
pub use decision::{Candidate, Clamp, Decision, NotCounting, PauseSeen, Source};
pub use endpoint::{Baseline, DefinitionError, Endpoint, EndpointId, Tier};
pub use governor::{Governor, IntervalHint, OneShot, Pause, Standing, State};
pub use log::{
    Call, CallId, CallRecord, Context, ContextId, HintEnd, HintEnding, Log, Origin, PauseEnd,
    Refusal, Run, RunId, Tool, Wish,
};
pub use queue::Calendar;
pub use scheduler::{Accepted, Options, Scheduler, StateError};
