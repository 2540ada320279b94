//! Traces are the same wherever and however often they are made.

use std::collections::BTreeSet;

use accelerando::insight::invariants;
use accelerando::scenario::Parameters;
use accelerando::sim::{Engine, Progress, simulate};

use crate::settings::{SETTINGS, flash_sale, hashes, setting};

#[test]
fn the_same_setting_gives_the_same_trace() {
    assert_eq!(hashes(), hashes());
}

#[test]
fn settings_differ_and_so_do_their_traces() {
    let all = hashes();
    let different: BTreeSet<&String> = all.iter().collect();
    assert!(
        different.len() * 10 > all.len() * 8,
        "{} of {}",
        different.len(),
        all.len()
    );
}

#[test]
fn every_invariant_holds_at_every_setting() {
    let scenario = flash_sale();
    for number in 0..SETTINGS {
        let parameters = setting(&scenario, number);
        let Ok(trace) = simulate(&scenario, &parameters) else {
            continue;
        };
        for invariant in invariants(&trace) {
            assert!(
                invariant.holds(),
                "setting {number}: {} {:?}",
                invariant.id,
                invariant.violations
            );
        }
    }
}

#[test]
fn a_simulation_may_be_made_in_pieces() {
    let scenario = flash_sale();
    let parameters = Parameters::new(&scenario);
    let whole = simulate(&scenario, &parameters).expect("it runs");
    let mut engine = Engine::new(&scenario, &parameters, Vec::new()).expect("it can be run");
    let mut pieces = 0;
    while let Progress::More(_) = engine.run(10).expect("it runs") {
        pieces += 1;
    }
    assert!(pieces > 10);
    assert_eq!(engine.into_trace().hash(), whole.hash());
}

/// Writes the hashes for the browser test, which compares its own with them.
#[test]
#[ignore = "called by scripts/test-wasm"]
fn print_hashes() {
    println!("hashes={}", hashes().join(","));
}
