//! The product's part of the bench as a bare wasm module, without bindings: node calls it and holds the clock.
#![allow(
    unsafe_code,
    missing_docs,
    clippy::expect_used,
    reason = "exported names are declared unsafe, though nothing here is; a bench may end with a panic"
)]

use std::cell::RefCell;

use std::sync::Arc;

use accelerando::insight::{claims, invariants};
use accelerando::scenario::{FLASH_SALE, Parameters, Scenario};
use accelerando::schedule::Scheduler;
use accelerando::sim::simulate;

mod work;

use work::{Proof, Work};

struct Ready {
    work: Work,
    calls: Vec<(i64, u32)>,
    scheduler: Scheduler,
}

thread_local! {
    static SALE: Arc<Scenario> = Arc::new(Scenario::parse(FLASH_SALE).expect("it is well-formed"));
    static READY: RefCell<Option<Ready>> = const { RefCell::new(None) };
    static PROOF: RefCell<Option<Proof>> = const { RefCell::new(None) };
}

/// Makes a fresh scheduler; not to be timed.
#[unsafe(no_mangle)]
pub extern "C" fn ready(n: u32, minutes: u32, spread: u32) {
    let work = Work {
        n,
        minutes: i64::from(minutes),
        spread: spread == 1,
    };
    READY.set(None);
    READY.set(Some(Ready {
        calls: work.calls(),
        scheduler: work.scheduler(),
        work,
    }));
}

/// Runs it over the whole time; gives the number of runs.
#[unsafe(no_mangle)]
pub extern "C" fn pass() -> u32 {
    READY.with_borrow_mut(|ready| {
        let ready = ready.as_mut().expect("it was made ready");
        let proof = work::run_product(&mut ready.scheduler, &ready.work, &ready.calls, None);
        PROOF.set(Some(proof));
        proof.events
    })
}

/// The checksum of the last pass.
#[unsafe(no_mangle)]
pub extern "C" fn order() -> u32 {
    PROOF.with_borrow(|proof| proof.map_or(0, |proof| proof.order))
}

/// Parses the flash sale, once; not to be timed.
#[unsafe(no_mangle)]
pub extern "C" fn sale_ready() {
    SALE.with(|_| ());
}

/// The default flash sale: simulation, claims and invariants. Gives the number of runs, or 0 if something fails.
#[unsafe(no_mangle)]
pub extern "C" fn sale() -> u32 {
    SALE.with(|scenario| {
        let trace = simulate(scenario, &Parameters::new(scenario)).expect("it runs");
        let holds = claims(&trace).iter().all(|claim| claim.holds)
            && invariants(&trace).iter().all(|invariant| invariant.holds());
        if holds {
            u32::try_from(trace.log.runs.len()).expect("few")
        } else {
            0
        }
    })
}
