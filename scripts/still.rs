//! Prints the page as it opens, without a program: what `make build` puts into the page's HTML.
#![allow(clippy::expect_used, reason = "a build step may end with a panic")]

use std::sync::Arc;

use accelerando::export::{Findings, still};
use accelerando::scenario::{FLASH_SALE, Parameters, Scenario};
use accelerando::sim::simulate;
use accelerando::time::Instant;

fn main() {
    let scenario = Arc::new(Scenario::parse(FLASH_SALE).expect("the flash sale is well-formed"));
    let trace = simulate(&scenario, &Parameters::new(&scenario)).expect("it runs");
    let findings = Findings::of(&trace).expect("it can be compared");
    let opening = trace
        .messages
        .last()
        .map_or(Instant::START, |message| message.at);
    println!("{}", still(&trace, &findings, opening));
}
