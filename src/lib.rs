//! Accelerando: an adaptive monitoring schedule that can be watched while it thinks.
//!
//! The rooms, in the order in which they may know each other:
//! [`diagnostic`], [`time`], [`schedule`], [`rule`], [`scenario`], [`sim`], [`insight`], [`export`], and the doors.

#[cfg(all(not(target_arch = "wasm32"), feature = "cli"))]
pub mod cli;
pub mod diagnostic;
pub mod export;
pub mod insight;
pub mod rule;
pub mod scenario;
pub mod schedule;
pub mod sim;
pub mod time;
