//! Accelerando: an adaptive monitoring schedule that can be watched while it thinks.
//!
//! The rooms, in the order in which they may know each other:
//! [`limits`], [`order`], [`letters`], [`diagnostic`], [`time`], [`schedule`], [`rule`], [`scenario`], [`sim`], [`insight`], `draw`, [`export`], `session`, `link`, and the doors.

#[cfg(all(target_arch = "wasm32", feature = "api"))]
pub mod api;
#[cfg(all(not(target_arch = "wasm32"), feature = "cli"))]
pub mod cli;
pub mod diagnostic;
#[cfg(feature = "charts")]
pub mod draw;
pub mod export;
pub mod insight;
pub mod letters;
pub mod limits;
#[cfg(feature = "charts")]
pub mod link;
pub mod order;
#[cfg(all(target_arch = "wasm32", feature = "page"))]
pub mod page;
pub mod rule;
pub mod scenario;
pub mod schedule;
#[cfg(feature = "charts")]
pub mod session;
pub mod sim;
pub mod time;
