//! Accelerando: an adaptive monitoring schedule that can be watched while it thinks.

pub mod diagnostic;
pub mod insight;
pub mod rule;
pub mod scenario;
pub mod schedule;
pub mod sim;
pub mod time;
