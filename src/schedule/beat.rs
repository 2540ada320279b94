//! What every run of an endpoint reads and writes, in one line of a processor's cache.
//!
//! With a hundred thousand endpoints, where their state lies matters more than what is worked out from it.

use super::governor::{Plan, Rhythm};
use super::log::{ContextId, Run, RunId};
use crate::time::Instant;

/// Where an endpoint is between its last run and its next.
#[derive(Clone, Debug)]
#[repr(align(64))]
pub(super) struct Beat {
    /// Start of the last run; means nothing before the first.
    anchor: Instant,
    /// What is planned.
    pub plan: Option<Plan>,
    /// What will be planned after the next run, if it is like the last.
    rhythm: Option<Rhythm>,
    /// What stands.
    context: ContextId,
    last_run: RunId,
    pub running: bool,
    /// Whether the interval hint in force has caused a run.
    pub interval_used: bool,
    /// Whether `rhythm` is that of what stands now. It is worked out after a run, where it begins to pay.
    attuned: bool,
}

const _: () = assert!(size_of::<Beat>() == 64);

impl Beat {
    /// An endpoint that has never run.
    pub const fn new() -> Self {
        Self {
            anchor: Instant::START,
            plan: None,
            rhythm: None,
            context: ContextId(0),
            last_run: Run::NONE,
            running: false,
            interval_used: false,
            attuned: false,
        }
    }

    /// Start of the last run.
    #[inline]
    pub fn anchor(&self) -> Option<Instant> {
        self.last_run().map(|_| self.anchor)
    }

    /// What stands.
    #[inline]
    pub fn context(&self) -> ContextId {
        self.context
    }

    /// The last run.
    #[inline]
    pub fn last_run(&self) -> Option<RunId> {
        (self.last_run != Run::NONE).then_some(self.last_run)
    }

    /// Whether the endpoint is planned for exactly that time.
    #[inline]
    pub fn is_due(&self, at: Instant) -> bool {
        self.plan.is_some_and(|plan| plan.at == at)
    }

    /// A run begins; gives the plan that it follows, and the run before it.
    #[inline]
    pub fn start(&mut self, run: RunId, now: Instant) -> (Option<Plan>, RunId) {
        self.anchor = now;
        self.running = true;
        let before = std::mem::replace(&mut self.last_run, run);
        (self.plan.take(), before)
    }

    /// Something else stands from now on.
    #[inline]
    pub fn stands(&mut self, context: ContextId) {
        self.context = context;
        self.rhythm = None;
        self.attuned = false;
    }

    /// Takes the rhythm in, unless it is known already.
    #[inline]
    pub fn attune(&mut self, rhythm: impl FnOnce() -> Option<Rhythm>) {
        if !self.attuned {
            self.rhythm = rhythm();
            self.attuned = true;
        }
    }

    /// The plan that keeps the rhythm, if there is one.
    #[inline]
    pub fn in_rhythm(&self, now: Instant) -> Option<Plan> {
        self.rhythm?.plan(self.anchor()?, now)
    }
}
