//! Accelerando: an adaptive monitoring schedule that can be watched while it thinks.

pub mod diagnostic;
pub mod schedule;
pub mod time;
