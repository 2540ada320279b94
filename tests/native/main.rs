//! Whole scenarios, the command line and the sources themselves, natively.
#![cfg(not(target_arch = "wasm32"))]
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on fails"
)]

mod architecture;
mod command_line;
mod edits;
mod exports;
mod faults;
mod flash_sale;
mod invariants;
mod limits;
mod own_planner;
mod strangers;
mod traces;
mod works;
mod world;

#[path = "../shared/settings.rs"]
mod settings;
