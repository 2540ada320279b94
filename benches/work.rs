//! The work that every system of the bench does: who runs when, and what proves that all did the same.
//!
//! N endpoints with baselines of 3, 5 and 10 minutes, a hint of 30 s in force for 21 minutes from 5:00 on.
//! Frozen: figures of different days compare only while this file stays as it is.

use std::sync::Arc;

use accelerando::schedule::{
    Baseline, Decision, Endpoint, EndpointId, Options, Origin, Scheduler, Tier,
};
use accelerando::time::{Instant, Span};

const MINUTE: i64 = 60_000;
/// The interval of the hint.
pub const HINT_EVERY: i64 = 30_000;
const HINT_FROM: i64 = 5 * MINUTE;
/// How long the hint lasts.
pub const HINT_TTL: i64 = 21 * MINUTE;

/// One load: how many endpoints for how long, in step or not.
#[derive(Clone, Copy, Debug)]
pub struct Work {
    /// How many endpoints.
    pub n: u32,
    /// How many simulated minutes.
    pub minutes: i64,
    /// Whether starts and calls are spread (each endpoint at its own milliseconds) or all in step.
    pub spread: bool,
}

impl Work {
    /// A number that looks random but is the same everywhere, 32 bits wide so that JavaScript agrees.
    fn noise(id: u32) -> i64 {
        i64::from(id.wrapping_mul(2_654_435_769) >> 12)
    }

    /// Where the simulated time ends; what is due at that instant is not run.
    pub fn end(&self) -> i64 {
        self.minutes * MINUTE
    }

    /// The baseline of an endpoint.
    pub fn every(id: u32) -> i64 {
        match id % 3 {
            0 => 3 * MINUTE,
            1 => 5 * MINUTE,
            _ => 10 * MINUTE,
        }
    }

    /// Its first run.
    pub fn first(&self, id: u32) -> i64 {
        if self.spread {
            Self::noise(id) % Self::every(id)
        } else {
            0
        }
    }

    /// When its hint is proposed.
    pub fn hint_at(&self, id: u32) -> i64 {
        if self.spread {
            HINT_FROM + Self::noise(id) % HINT_EVERY
        } else {
            HINT_FROM
        }
    }

    /// The calls in the order of their times.
    pub fn calls(&self) -> Vec<(i64, u32)> {
        let mut calls: Vec<(i64, u32)> = (0..self.n).map(|id| (self.hint_at(id), id)).collect();
        calls.sort_unstable();
        calls
    }

    /// The product, ready to run.
    ///
    /// # Panics
    /// When the definitions are refused, which they are not.
    pub fn scheduler(&self) -> Scheduler {
        let endpoints = (0..self.n)
            .map(|id| Endpoint {
                baseline: Baseline::Every(Span::from_ms(Self::every(id))),
                start_at: Instant::from_ms(self.first(id)),
                ..Endpoint::new(format!("endpoint-{id}"), Tier::Health)
            })
            .collect();
        Scheduler::new(endpoints, Options::default()).expect("the definitions are sound")
    }
}

/// What proves that two systems did the same work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Proof {
    /// How many runs.
    pub events: u32,
    /// A checksum over times and endpoints in the order of the runs.
    pub order: u32,
}

impl Proof {
    /// Before the first run.
    pub const NONE: Self = Self {
        events: 0,
        order: 0x811c_9dc5,
    };

    /// Counts one run.
    #[inline]
    pub fn count(&mut self, at: i64, id: u32) {
        self.events += 1;
        // The low 32 bits are meant: JavaScript can do the same.
        let mixed = (at as u32) ^ id.wrapping_mul(2_654_435_769);
        self.order = (self.order ^ mixed).wrapping_mul(0x0100_0193);
    }
}

/// Runs the product over the whole time, records on. With `full`, also keeps every run's full decision.
///
/// # Panics
/// When the scheduler refuses what the rules allow.
pub fn run_product(
    scheduler: &mut Scheduler,
    work: &Work,
    calls: &[(i64, u32)],
    mut full: Option<&mut Vec<Decision>>,
) -> Proof {
    let mut proof = Proof::NONE;
    let end = work.end();
    let why: Arc<str> = Arc::from("traffic surge");
    let hint = (Span::from_ms(HINT_EVERY), Span::from_ms(HINT_TTL));
    let mut calls = calls.iter().copied().peekable();
    loop {
        let due = scheduler.next_due();
        let at = due.map_or(end, |(at, _)| at.ms()).min(end);
        let timer = scheduler.next_timer().map_or(end, Instant::ms);
        let call = calls.peek().map_or(end, |&(at, _)| at);
        if timer < end && timer <= at && timer <= call {
            scheduler.advance(Instant::from_ms(timer));
            continue;
        }
        if call < end && call <= at {
            if let Some((call, id)) = calls.next() {
                scheduler
                    .propose_interval(
                        EndpointId(id),
                        hint,
                        (Origin(0), &why),
                        Instant::from_ms(call),
                    )
                    .expect("the hint is sound");
            }
            continue;
        }
        let Some((at, id)) = due.filter(|(at, _)| at.ms() < end) else {
            return proof;
        };
        if let Some(full) = full.as_deref_mut() {
            full.extend(scheduler.decision(id));
        }
        scheduler.start(id, at).expect("it is not running");
        scheduler.finish(id, at, true).expect("it is running");
        proof.count(at.ms(), id.0);
    }
}
