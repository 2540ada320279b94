//! What a run is made of, each part by itself: where the time goes when the whole falls short.

use std::hint::black_box;

use accelerando::schedule::governor::{self, IntervalHint, Standing, State};
use accelerando::schedule::{
    Baseline, Calendar, CallId, Endpoint, EndpointId, Governor, Run, Tier,
};
use accelerando::time::{Instant, Span};

use super::work::{HINT_EVERY, HINT_TTL, Proof, Work};

/// The product's own queue with every endpoint's first run.
pub fn queue(work: &Work) -> Calendar {
    let mut calendar = Calendar::default();
    for id in 0..work.n {
        calendar.push(Instant::from_ms(work.first(id)), EndpointId(id));
    }
    calendar
}

/// Runs the queue alone over the whole time.
pub fn run_queue(calendar: &mut Calendar, work: &Work) -> Proof {
    let mut proof = Proof::NONE;
    while let Some((at, id)) = calendar.pop().filter(|(at, _)| at.ms() < work.end()) {
        proof.count(at.ms(), id.0);
        let next = work.next(id.0, at.ms());
        calendar.push(Instant::from_ms(next), id);
    }
    proof
}

/// Every run of the work in order: when and whose.
pub fn runs(work: &Work) -> Vec<(i64, u32)> {
    let mut calendar = queue(work);
    let mut runs = Vec::new();
    while let Some((at, id)) = calendar.pop().filter(|(at, _)| at.ms() < work.end()) {
        runs.push((at.ms(), id.0));
        let next = work.next(id.0, at.ms());
        calendar.push(Instant::from_ms(next), id);
    }
    runs
}

/// The governor alone, once for each run.
pub fn plan(runs: &[(i64, u32)], work: &Work) -> Proof {
    let mut proof = Proof::NONE;
    let mut endpoint = Endpoint::new("one", Tier::Health);
    let mut standing = Standing::default();
    for &(at, id) in runs {
        let now = Instant::from_ms(at);
        endpoint.baseline = Baseline::Every(Span::from_ms(Work::every(id)));
        let from = work.hint_at(id);
        standing.interval = (at >= from && at < from + HINT_TTL).then_some(IntervalHint {
            every: Span::from_ms(HINT_EVERY),
            expires: Instant::from_ms(from + HINT_TTL),
            call: CallId(id),
        });
        let state = State {
            anchor: Some(now),
            running: false,
            standing: &standing,
        };
        black_box(governor::plan(
            black_box(&endpoint),
            &state,
            now,
            Governor::Tightest,
        ));
        proof.count(at, id);
    }
    proof
}

/// As large as a run's record.
#[expect(dead_code, reason = "it is only written")]
struct Record {
    start: i64,
    took: i64,
    endpoint: u32,
    before: u32,
    context: u32,
    rest: [u8; 3],
}

const _: () = assert!(size_of::<Record>() == size_of::<Run>());

/// The log's records alone, into memory that is taken as they come.
pub fn log(runs: &[(i64, u32)]) -> Proof {
    let mut proof = Proof::NONE;
    let mut log: Vec<Record> = Vec::new();
    for &(at, id) in runs {
        log.push(Record {
            start: at,
            took: 0,
            endpoint: id,
            before: id,
            context: id,
            rest: [1, 0, 1],
        });
        proof.count(at, id);
    }
    black_box(&log);
    proof
}
