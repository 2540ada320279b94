//! Traces made in the browser are those that are made natively, bit for bit.

use accelerando::insight::{claims, invariants};
use accelerando::scenario::Parameters;
use accelerando::sim::simulate;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::settings::{SETTINGS, flash_sale, hashes};

#[wasm_bindgen_test]
fn every_setting_gives_the_trace_that_it_gives_natively() {
    let native = option_env!("ACCELERANDO_TRACE_HASHES").unwrap_or_default();
    assert!(
        !native.is_empty(),
        "scripts/test-wasm hands the native hashes in"
    );
    let native: Vec<&str> = native.split(',').collect();
    let here = hashes();
    assert_eq!(here.len(), usize::try_from(SETTINGS).expect("few"));
    assert_eq!(here.len(), native.len());
    for (number, (here, native)) in here.iter().zip(native).enumerate() {
        assert_eq!(here, native, "setting {number}");
    }
}

#[wasm_bindgen_test]
fn the_story_holds_here_too() {
    let scenario = flash_sale();
    let trace = simulate(&scenario, &Parameters::new(&scenario)).expect("it runs");
    assert!(claims(&trace).iter().all(|claim| claim.holds));
    assert!(invariants(&trace).iter().all(|invariant| invariant.holds()));
}
