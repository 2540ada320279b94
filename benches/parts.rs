//! What a run is made of, each part by itself: where the time goes when the whole falls short.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::hint::black_box;

use accelerando::schedule::governor::{self, IntervalHint, OneShot, Standing, State};
use accelerando::schedule::{
    Baseline, Calendar, CallId, CallRecord, Context, Endpoint, EndpointId, Governor, HintEnd,
    HintEnding, Run, Tier,
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

/// Planning alone, once for each run: by the rhythm, as almost every run is planned.
pub fn plan(runs: &[(i64, u32)], work: &Work) -> Proof {
    let mut proof = Proof::NONE;
    let rhythm = |id: u32, interval| {
        let endpoint = Endpoint {
            baseline: Baseline::Every(Span::from_ms(Work::every(id))),
            ..Endpoint::new("one", Tier::Health)
        };
        let standing = Standing {
            interval,
            ..Standing::default()
        };
        governor::rhythm(&endpoint, &standing, Governor::Tightest).expect("it has one")
    };
    let hint = IntervalHint {
        every: Span::from_ms(HINT_EVERY),
        expires: Instant::from_ms(work.end()),
        call: CallId(0),
    };
    let rhythms = [0, 1, 2].map(|id| [rhythm(id, None), rhythm(id, Some(hint))]);
    for &(at, id) in runs {
        let now = Instant::from_ms(at);
        let from = work.hint_at(id);
        let hinted = usize::from(at >= from && at < from + HINT_TTL);
        black_box(black_box(&rhythms[id as usize % 3][hinted]).plan(now, now));
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

/// One part of a call that changes a plan early.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CallPart {
    /// The call, the state that it leaves and the end of the hint before, into memory that is taken as they come.
    Log,
    /// The timer of its expiry.
    Timer,
    /// The governor, with a one-shot to weigh.
    Plan,
    /// The new place in the calendar.
    Queue,
}

/// How many calls each endpoint gets.
const CALLS: i64 = 10;

/// What a part works on.
pub struct CallReady {
    calls: Vec<CallRecord>,
    contexts: Vec<Context>,
    endings: Vec<HintEnding>,
    timers: BinaryHeap<Reverse<(Instant, EndpointId, u8)>>,
    calendar: Calendar,
    endpoint: Endpoint,
    standing: Standing,
    context: Context,
}

impl CallPart {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Log, Self::Timer, Self::Plan, Self::Queue];

    /// What the worker is called with.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Log => "call-log",
            Self::Timer => "call-timer",
            Self::Plan => "call-plan",
            Self::Queue => "call-queue",
        }
    }

    /// What the table calls it.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Log => "log",
            Self::Timer => "timer",
            Self::Plan => "planning",
            Self::Queue => "queue",
        }
    }

    /// The part of that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|part| part.name() == name)
    }

    /// What is there before the first call.
    pub fn ready(self, work: &Work) -> CallReady {
        let scheduler = Work { n: 1, ..*work }.scheduler();
        CallReady {
            calls: Vec::new(),
            contexts: Vec::new(),
            endings: Vec::new(),
            timers: BinaryHeap::new(),
            calendar: Calendar::default(),
            endpoint: scheduler.endpoint(EndpointId(0)).unwrap().clone(),
            standing: Standing::default(),
            context: *scheduler.log().contexts.first().unwrap(),
        }
    }

    /// The part alone, for every call.
    pub fn run(self, ready: &mut CallReady, work: &Work) -> Proof {
        let mut proof = Proof::NONE;
        for round in 0..CALLS {
            let now = Instant::from_ms(600_000 + round * 1_000);
            for id in 0..work.n {
                self.once(ready, EndpointId(id), now);
                proof.events += 1;
            }
        }
        black_box((&ready.calls, &ready.contexts, &ready.endings));
        proof
    }

    fn once(self, ready: &mut CallReady, endpoint: EndpointId, now: Instant) {
        let at = now + Span::from_secs(30);
        let expires = now + Span::from_secs(60);
        match self {
            Self::Log => {
                ready.calls.push(CallRecord {
                    at: now,
                    endpoint,
                    wish: 0,
                });
                let mut context = ready.context;
                context.from = now;
                context.endpoint = endpoint;
                ready.contexts.push(context);
                ready.endings.push(HintEnding {
                    at: now,
                    endpoint,
                    call: CallId(endpoint.0),
                    how: HintEnd::Replaced(CallId(endpoint.0)),
                });
            }
            Self::Timer => ready.timers.push(Reverse((expires, endpoint, 0))),
            Self::Plan => {
                ready.standing.one_shot = Some(OneShot {
                    at,
                    expires,
                    call: CallId(endpoint.0),
                });
                let state = State {
                    anchor: Some(Instant::START),
                    running: false,
                    standing: &ready.standing,
                };
                black_box(governor::plan(
                    black_box(&ready.endpoint),
                    &state,
                    now,
                    Governor::Tightest,
                ));
            }
            Self::Queue => ready.calendar.push(at, endpoint),
        }
    }
}
