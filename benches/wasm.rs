//! The product's part of the bench as a bare wasm module, without bindings: node calls it and holds the clock.
#![allow(
    unsafe_code,
    missing_docs,
    clippy::expect_used,
    reason = "exported names are declared unsafe, though nothing here is; a bench may end with a panic"
)]

use std::cell::RefCell;

use accelerando::schedule::Scheduler;

mod work;

use work::{Proof, Work};

struct Ready {
    work: Work,
    calls: Vec<(i64, u32)>,
    scheduler: Scheduler,
}

thread_local! {
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
