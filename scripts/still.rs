//! Prints the page as it opens, without a program: what `make build` puts into the page's HTML. With `--parts`, the
//! parts that a view in somebody else's page shows before it is seen, as JSON.
#![allow(clippy::expect_used, reason = "a build step may end with a panic")]

use std::collections::BTreeMap;
use std::sync::Arc;

use accelerando::export::{Findings, Part, part, still};
use accelerando::insight::opening;
use accelerando::scenario::{FLASH_SALE, Parameters, Scenario};
use accelerando::sim::simulate;

fn main() {
    let scenario = Arc::new(Scenario::parse(FLASH_SALE).expect("the flash sale is well-formed"));
    let trace = simulate(&scenario, &Parameters::new(&scenario)).expect("it runs");
    let findings = Findings::of(&trace).expect("it can be compared");
    let opening = opening(&trace);
    if std::env::args().any(|arg| arg == "--parts") {
        let parts = [Part::Sentence, Part::Ruler, Part::Timeline, Part::Cadence];
        let drawn = parts.map(|wanted| {
            let html = part(&trace, &findings, wanted, opening);
            (wanted.name(), serde_json::Value::from(html))
        });
        let drawn = drawn.into_iter().collect::<BTreeMap<_, _>>();
        println!("{}", serde_json::to_string(&drawn).expect("it is text"));
    } else {
        println!("{}", still(&trace, &findings, opening));
    }
}
