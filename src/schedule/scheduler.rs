//! The live scheduler: takes tool calls and reports of runs, keeps every endpoint's next run planned.
//!
//! It has no clock: each call says what time it is. Times must not go backwards.

use std::cmp::Reverse;
use std::collections::{BTreeSet, BinaryHeap};
use std::fmt;
use std::sync::Arc;

use super::decision::{Decision, Source};
use super::endpoint::{DefinitionError, Endpoint, EndpointId};
use super::governor::{self, Governor, IntervalHint, OneShot, Pause, Plan, State};
use super::log::{
    Call, CallId, Context, ContextId, HintEnd, HintEnding, Log, Origin, PauseEnd, Refusal, Run,
    RunId, Tool,
};
use super::queue::Calendar;
use crate::time::{Instant, Span};

/// How a scheduler behaves as a whole.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// How hints and baseline compete.
    pub governor: Governor,
}

/// A report that does not fit the endpoint's state; nothing was changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StateError {
    /// No endpoint has that number.
    UnknownEndpoint,
    /// It was reported to start while it runs.
    AlreadyRunning,
    /// It was reported to end while it does not run, or to end before it started.
    NotRunning,
}

impl StateError {
    /// A short name that programs may rely on.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::UnknownEndpoint => "unknown_endpoint",
            Self::AlreadyRunning => "already_running",
            Self::NotRunning => "not_running",
        }
    }
}

impl fmt::Display for StateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::UnknownEndpoint => "no such endpoint",
            Self::AlreadyRunning => "it is already running; report its end first",
            Self::NotRunning => "it is not running; report its start first",
        })
    }
}

impl std::error::Error for StateError {}

/// What a timer is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Timer {
    IntervalExpires,
    OneShotExpires,
    PauseEnds,
}

#[derive(Clone, Debug)]
struct Slot {
    endpoint: Endpoint,
    state: State,
    plan: Option<Plan>,
    decided_at: Instant,
    /// Marks the one entry of the calendar that is valid.
    stamp: u32,
    context: ContextId,
    last_run: Option<RunId>,
    interval_used: bool,
}

/// All endpoints with their plans, and the log of what happened.
#[derive(Clone, Debug)]
pub struct Scheduler {
    slots: Vec<Slot>,
    calendar: Calendar,
    timers: BinaryHeap<Reverse<(Instant, EndpointId, Timer)>>,
    governor: Governor,
    log: Log,
}

impl Scheduler {
    /// Defines all endpoints and plans their first runs.
    ///
    /// # Errors
    /// The first endpoint that cannot be defined; see [`Endpoint::check`].
    pub fn new(endpoints: Vec<Endpoint>, options: Options) -> Result<Self, DefinitionError> {
        let mut names = BTreeSet::new();
        for endpoint in &endpoints {
            endpoint.check()?;
            if !names.insert(endpoint.name.as_str()) {
                return Err(DefinitionError::Duplicate(endpoint.name.clone()));
            }
        }
        let mut scheduler = Self {
            slots: Vec::with_capacity(endpoints.len()),
            calendar: Calendar::default(),
            timers: BinaryHeap::new(),
            governor: options.governor,
            log: Log::default(),
        };
        let why: Arc<str> = Arc::from("asleep until woken");
        for endpoint in endpoints {
            scheduler.define(endpoint, &why);
        }
        Ok(scheduler)
    }

    fn define(&mut self, endpoint: Endpoint, asleep_because: &Arc<str>) {
        let id = EndpointId(index_of(self.slots.len()));
        let mut state = State::default();
        if endpoint.asleep {
            let end = PauseEnd::Forever;
            let call = self.record(Call {
                at: Instant::START,
                endpoint: id,
                tool: Tool::PauseUntil(Some(end)),
                origin: Origin::DEFINITION,
                reason: asleep_because.clone(),
                refused: None,
            });
            state.pause = Some(Pause { end, call });
        }
        self.slots.push(Slot {
            endpoint,
            state,
            plan: None,
            decided_at: Instant::START,
            stamp: 0,
            context: ContextId(0),
            last_run: None,
            interval_used: false,
        });
        self.note_context(id, Instant::START);
        self.replan(id, Instant::START);
    }

    /// How many endpoints there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.slots.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.slots.is_empty()
    }

    /// The definition of an endpoint.
    #[must_use]
    pub fn endpoint(&self, id: EndpointId) -> Option<&Endpoint> {
        self.slots.get(id.index()).map(|slot| &slot.endpoint)
    }

    /// The present state of an endpoint.
    #[must_use]
    pub fn state(&self, id: EndpointId) -> Option<&State> {
        self.slots.get(id.index()).map(|slot| &slot.state)
    }

    /// The endpoint of that name.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<EndpointId> {
        let place = self
            .slots
            .iter()
            .position(|slot| slot.endpoint.name == name)?;
        Some(EndpointId(index_of(place)))
    }

    /// How hints and baseline compete here.
    #[must_use]
    pub fn governor(&self) -> Governor {
        self.governor
    }

    /// What happened so far.
    #[must_use]
    pub fn log(&self) -> &Log {
        &self.log
    }

    /// Gives the log away.
    #[must_use]
    pub fn into_log(self) -> Log {
        self.log
    }

    /// The earliest planned run over all endpoints; nothing when all are asleep, running or without a schedule.
    pub fn next_due(&mut self) -> Option<(Instant, EndpointId)> {
        while let Some((at, id, stamp)) = self.calendar.peek() {
            if self
                .slots
                .get(id.index())
                .is_some_and(|slot| slot.stamp == stamp)
            {
                return Some((at, id));
            }
            self.calendar.pop();
        }
        None
    }

    /// When the next hint expires or the next pause ends.
    pub fn next_timer(&mut self) -> Option<Instant> {
        while let Some(&Reverse((at, id, timer))) = self.timers.peek() {
            if self.timer_is_live(at, id, timer) {
                return Some(at);
            }
            self.timers.pop();
        }
        None
    }

    fn timer_is_live(&self, at: Instant, id: EndpointId, timer: Timer) -> bool {
        self.slots.get(id.index()).is_some_and(|slot| match timer {
            Timer::IntervalExpires => slot.state.interval.is_some_and(|hint| hint.expires == at),
            Timer::OneShotExpires => slot.state.one_shot.is_some_and(|hint| hint.expires == at),
            Timer::PauseEnds => slot
                .state
                .pause
                .is_some_and(|pause| pause.end == PauseEnd::At(at)),
        })
    }

    /// Lets hints expire and pauses end, up to and including `now`, each at its own moment.
    pub fn advance(&mut self, now: Instant) {
        while let Some(&Reverse((at, id, timer))) = self.timers.peek()
            && at <= now
        {
            self.timers.pop();
            if self.timer_is_live(at, id, timer) {
                self.fire(at, id, timer);
            }
        }
    }

    fn fire(&mut self, at: Instant, id: EndpointId, timer: Timer) {
        let Some(slot) = self.slots.get_mut(id.index()) else {
            return;
        };
        let ended = match timer {
            Timer::IntervalExpires => {
                let how = if slot.interval_used {
                    HintEnd::Expired
                } else {
                    HintEnd::ExpiredUnused
                };
                slot.state.interval.take().map(|hint| (hint.call, how))
            }
            Timer::OneShotExpires => slot
                .state
                .one_shot
                .take()
                .map(|hint| (hint.call, HintEnd::ExpiredUnused)),
            Timer::PauseEnds => {
                slot.state.pause = None;
                None
            }
        };
        if let Some((call, how)) = ended {
            self.log.endings.push(HintEnding {
                at,
                endpoint: id,
                call,
                how,
            });
        }
        self.note_context(id, at);
        self.replan(id, at);
    }

    /// What is planned for an endpoint now, and why.
    #[must_use]
    pub fn decision(&self, id: EndpointId) -> Option<Decision> {
        let slot = self.slots.get(id.index())?;
        Some(governor::decide(
            id,
            &slot.endpoint,
            &slot.state,
            slot.decided_at,
            self.governor,
        ))
    }

    /// Asks for a run every `every` until `ttl` has passed. A newer interval hint replaces the older one.
    ///
    /// # Errors
    /// The first [`Refusal`] that applies; nothing is changed then, but the refusal is logged.
    pub fn propose_interval(
        &mut self,
        id: EndpointId,
        (every, ttl): (Span, Span),
        by: (Origin, &Arc<str>),
        now: Instant,
    ) -> Result<CallId, Refusal> {
        self.call(id, Tool::ProposeInterval { every, ttl }, by, now)
    }

    /// Asks for one run at `at`; the wish is gone after `ttl`. A newer one-shot replaces the older one.
    ///
    /// # Errors
    /// The first [`Refusal`] that applies; nothing is changed then, but the refusal is logged.
    pub fn propose_next_time(
        &mut self,
        id: EndpointId,
        (at, ttl): (Instant, Span),
        by: (Origin, &Arc<str>),
        now: Instant,
    ) -> Result<CallId, Refusal> {
        self.call(id, Tool::ProposeNextTime { at, ttl }, by, now)
    }

    /// Pauses an endpoint, or wakes it with `None`.
    ///
    /// # Errors
    /// The first [`Refusal`] that applies; nothing is changed then, but the refusal is logged.
    pub fn pause_until(
        &mut self,
        id: EndpointId,
        end: Option<PauseEnd>,
        by: (Origin, &Arc<str>),
        now: Instant,
    ) -> Result<CallId, Refusal> {
        self.call(id, Tool::PauseUntil(end), by, now)
    }

    /// Forgets both hints of an endpoint.
    ///
    /// # Errors
    /// The first [`Refusal`] that applies; nothing is changed then, but the refusal is logged.
    pub fn clear_hints(
        &mut self,
        id: EndpointId,
        by: (Origin, &Arc<str>),
        now: Instant,
    ) -> Result<CallId, Refusal> {
        self.call(id, Tool::ClearHints, by, now)
    }

    /// Any tool call: answers it, logs it and re-plans its endpoint at once.
    ///
    /// # Errors
    /// The first [`Refusal`] that applies; nothing is changed then, but the refusal is logged.
    pub fn call(
        &mut self,
        id: EndpointId,
        tool: Tool,
        (origin, reason): (Origin, &Arc<str>),
        now: Instant,
    ) -> Result<CallId, Refusal> {
        self.advance(now);
        let refused = match self.slots.get(id.index()) {
            None => Some(Refusal::UnknownEndpoint),
            Some(slot) => refusal(slot, tool, now),
        };
        let call = self.record(Call {
            at: now,
            endpoint: id,
            tool,
            origin,
            reason: reason.clone(),
            refused,
        });
        if let Some(refused) = refused {
            return Err(refused);
        }
        self.apply(id, tool, call, now);
        Ok(call)
    }

    fn apply(&mut self, id: EndpointId, tool: Tool, call: CallId, now: Instant) {
        let Some(slot) = self.slots.get_mut(id.index()) else {
            return;
        };
        let mut ended: [Option<(CallId, HintEnd)>; 2] = [None; 2];
        let mut timer = None;
        match tool {
            Tool::ProposeInterval { every, ttl } => {
                let expires = now + ttl;
                let old = slot.state.interval.replace(IntervalHint {
                    every,
                    expires,
                    call,
                });
                slot.interval_used = false;
                ended = [old.map(|old| (old.call, HintEnd::Replaced(call))), None];
                timer = Some((expires, Timer::IntervalExpires));
            }
            Tool::ProposeNextTime { at, ttl } => {
                let expires = now + ttl;
                let old = slot.state.one_shot.replace(OneShot { at, expires, call });
                ended = [old.map(|old| (old.call, HintEnd::Replaced(call))), None];
                timer = Some((expires, Timer::OneShotExpires));
            }
            Tool::PauseUntil(end) => {
                slot.state.pause = end.map(|end| Pause { end, call });
                if let Some(PauseEnd::At(until)) = end {
                    timer = Some((until, Timer::PauseEnds));
                }
            }
            Tool::ClearHints => {
                let how = HintEnd::Cleared(call);
                ended = [
                    slot.state.interval.take().map(|old| (old.call, how)),
                    slot.state.one_shot.take().map(|old| (old.call, how)),
                ];
            }
        }
        for (call, how) in ended.into_iter().flatten() {
            self.log.endings.push(HintEnding {
                at: now,
                endpoint: id,
                call,
                how,
            });
        }
        if let Some((at, timer)) = timer {
            self.timers.push(Reverse((at, id, timer)));
            // A pause that ends exactly now is over.
            self.advance(now);
        }
        self.note_context(id, now);
        self.replan(id, now);
    }

    /// Reports that an endpoint starts now. A one-shot that caused the run is used up.
    ///
    /// # Errors
    /// [`StateError`] when there is no such endpoint or it is already running.
    #[inline]
    pub fn start(&mut self, id: EndpointId, now: Instant) -> Result<RunId, StateError> {
        self.advance(now);
        let run = RunId(index_of(self.log.runs.len()));
        let slot = self
            .slots
            .get_mut(id.index())
            .ok_or(StateError::UnknownEndpoint)?;
        if slot.state.running {
            return Err(StateError::AlreadyRunning);
        }
        let plan = slot.plan.take();
        self.log.runs.push(Run {
            start: now,
            decided_at: slot.decided_at,
            took: Run::IN_PROGRESS,
            endpoint: id,
            before: slot.last_run,
            context: slot.context,
            source: plan.map(|plan| plan.source),
            clamp: plan.and_then(|plan| plan.clamp),
            ok: true,
        });
        slot.stamp = slot.stamp.wrapping_add(1);
        slot.last_run = Some(run);
        slot.state.anchor = Some(now);
        slot.state.running = true;
        slot.decided_at = now;
        match plan.map(|plan| plan.source) {
            Some(Source::IntervalHint) => slot.interval_used = true,
            Some(Source::OneShot) => {
                if let Some(hint) = slot.state.one_shot.take() {
                    let how = HintEnd::Ran(run);
                    self.log.endings.push(HintEnding {
                        at: now,
                        endpoint: id,
                        call: hint.call,
                        how,
                    });
                    self.note_context(id, now);
                }
            }
            Some(Source::Baseline) | None => {}
        }
        Ok(run)
    }

    /// Reports that an endpoint's run ended now, and how; its next run is planned.
    ///
    /// # Errors
    /// [`StateError`] when there is no such endpoint or it is not running.
    #[inline]
    pub fn finish(&mut self, id: EndpointId, now: Instant, ok: bool) -> Result<(), StateError> {
        self.advance(now);
        let slot = self
            .slots
            .get_mut(id.index())
            .ok_or(StateError::UnknownEndpoint)?;
        let started = slot
            .state
            .anchor
            .filter(|&start| slot.state.running && start <= now);
        let (Some(start), Some(run)) = (started, slot.last_run) else {
            return Err(StateError::NotRunning);
        };
        if let Some(run) = self.log.runs.get_mut(run.0 as usize) {
            run.took = now - start;
            run.ok = ok;
        }
        slot.state.running = false;
        let failures = if ok {
            0
        } else {
            slot.state.failures.saturating_add(1)
        };
        if failures != slot.state.failures {
            slot.state.failures = failures;
            self.note_context(id, now);
        }
        self.replan(id, now);
        Ok(())
    }

    #[inline]
    fn replan(&mut self, id: EndpointId, now: Instant) {
        let Some(slot) = self.slots.get_mut(id.index()) else {
            return;
        };
        let plan = governor::plan(&slot.endpoint, &slot.state, now, self.governor);
        slot.decided_at = now;
        let moved = plan.map(|plan| plan.at) != slot.plan.map(|plan| plan.at);
        slot.plan = plan;
        if moved {
            slot.stamp = slot.stamp.wrapping_add(1);
            if let Some(plan) = plan {
                self.calendar.push(plan.at, id, slot.stamp);
            }
        }
    }

    fn note_context(&mut self, id: EndpointId, now: Instant) {
        let context = ContextId(index_of(self.log.contexts.len()));
        if let Some(slot) = self.slots.get_mut(id.index()) {
            slot.context = context;
            self.log.contexts.push(Context {
                from: now,
                endpoint: id,
                interval: slot.state.interval.map(|hint| hint.call),
                one_shot: slot.state.one_shot.map(|hint| hint.call),
                pause: slot.state.pause.map(|pause| pause.call),
                failures: slot.state.failures,
            });
        }
    }

    fn record(&mut self, call: Call) -> CallId {
        let id = CallId(index_of(self.log.calls.len()));
        self.log.calls.push(call);
        id
    }
}

/// A length as a number of the log; logs end long before 2^32 entries, since memory does.
fn index_of(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

/// The first reason to refuse a call, in the order that is promised.
fn refusal(slot: &Slot, tool: Tool, now: Instant) -> Option<Refusal> {
    let past = |at: Instant| at < now || at < Instant::START;
    match tool {
        Tool::ProposeInterval { every, ttl } => {
            (!every.is_positive() || !ttl.is_positive()).then_some(Refusal::NotPositive)
        }
        Tool::ProposeNextTime { at, ttl } => {
            if !ttl.is_positive() {
                return Some(Refusal::NotPositive);
            }
            if past(at) {
                return Some(Refusal::InThePast);
            }
            if at >= now + ttl {
                return Some(Refusal::AfterExpiry);
            }
            let cooled = slot.state.anchor? + slot.endpoint.cooldown;
            (at < cooled).then_some(Refusal::InCooldown(cooled))
        }
        Tool::PauseUntil(Some(PauseEnd::At(until))) => past(until).then_some(Refusal::InThePast),
        Tool::PauseUntil(_) | Tool::ClearHints => None,
    }
}

impl Log {
    /// The hints, pause and failures of a context, with the given start of the run before.
    #[must_use]
    pub fn state(&self, context: &Context, anchor: Option<Instant>) -> State {
        let call =
            |id: Option<CallId>| id.and_then(|id| Some((id, self.calls.get(id.0 as usize)?)));
        let interval = call(context.interval).and_then(|(id, call)| match call.tool {
            Tool::ProposeInterval { every, ttl } => Some(IntervalHint {
                every,
                expires: call.at + ttl,
                call: id,
            }),
            _ => None,
        });
        let one_shot = call(context.one_shot).and_then(|(id, call)| match call.tool {
            Tool::ProposeNextTime { at, ttl } => Some(OneShot {
                at,
                expires: call.at + ttl,
                call: id,
            }),
            _ => None,
        });
        let pause = call(context.pause).and_then(|(id, call)| match call.tool {
            Tool::PauseUntil(Some(end)) => Some(Pause { end, call: id }),
            _ => None,
        });
        State {
            anchor,
            failures: context.failures,
            running: false,
            interval,
            one_shot,
            pause,
        }
    }

    /// The decision behind a run, made again by the governor from what the run stored.
    #[must_use]
    pub fn decision(&self, run: &Run, endpoint: &Endpoint, governor: Governor) -> Option<Decision> {
        let context = self.contexts.get(run.context.0 as usize)?;
        let before = run
            .before
            .and_then(|before| self.runs.get(before.0 as usize));
        let state = self.state(context, before.map(|before| before.start));
        Some(governor::decide(
            run.endpoint,
            endpoint,
            &state,
            run.decided_at,
            governor,
        ))
    }
}
