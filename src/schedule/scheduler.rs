//! The live scheduler: takes tool calls and reports of runs, keeps every endpoint's next run planned.
//!
//! It has no clock: each call says what time it is. Times must not go backwards.

use std::cmp::Reverse;
use std::collections::{BTreeSet, BinaryHeap};
use std::fmt;
use std::sync::Arc;

use super::beat::Beat;
use super::decision::{Decision, Source};
use super::endpoint::{DefinitionError, Endpoint, EndpointId};
use super::governor::{self, Governor, IntervalHint, OneShot, Pause, Standing, State};
use super::log::{
    CallId, Context, ContextId, HintEnd, HintEnding, Log, Origin, PauseEnd, Refusal, Run, RunId,
    Tool, index_of,
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

/// What only tool calls, failures and their consequences touch.
#[derive(Clone, Debug)]
#[repr(align(64))]
struct Slot {
    endpoint: Endpoint,
    standing: Standing,
}

/// All endpoints with their plans, and the log of what happened.
///
/// It reads no clock: every call says what time it is.
///
/// ```
/// use std::sync::Arc;
/// use accelerando::schedule::{Baseline, Endpoint, Options, Origin, Scheduler, Source, Tier};
/// use accelerando::time::{Instant, Span};
///
/// let mut checkout = Endpoint::new("checkout", Tier::Health);
/// checkout.baseline = Baseline::Every(Span::from_mins(5));
/// let mut scheduler = Scheduler::new(vec![checkout], Options::default())?;
/// let (at, id) = scheduler.next_due().expect("it is due at its start");
/// scheduler.start(id, at)?;
/// scheduler.finish(id, at, true)?;
///
/// let why = (Origin(0), &Arc::from("traffic spike"));
/// let hint = (Span::from_secs(30), Span::from_secs(90));
/// scheduler.propose_interval(id, hint, why, Instant::from_ms(1_000))?;
/// assert_eq!(scheduler.next_due(), Some((Instant::from_ms(30_000), id)));
/// let decision = scheduler.decision(id).expect("it is planned");
/// assert_eq!(decision.source, Some(Source::IntervalHint));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Scheduler {
    slots: Vec<Slot>,
    /// One for each slot.
    beats: Vec<Beat>,
    calendar: Calendar,
    timers: BinaryHeap<Reverse<(Instant, EndpointId, Timer)>>,
    /// No timer fires before this; every run asks, so it is kept at hand.
    quiet_until: Instant,
    /// Whether the first timer may belong to a hint or pause that is gone.
    stale_timers: bool,
    governor: Governor,
    log: Log,
}

/// The answer to a call that was accepted.
#[derive(Clone, Copy, Debug)]
pub struct Accepted<'a> {
    /// The call's number in the log.
    pub call: CallId,
    endpoint: EndpointId,
    scheduler: &'a Scheduler,
}

impl Accepted<'_> {
    /// What is planned for the endpoint now, and why; made when it is asked for.
    #[must_use]
    pub fn decision(&self) -> Option<Decision> {
        self.scheduler.decision(self.endpoint)
    }
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
            beats: Vec::with_capacity(endpoints.len()),
            calendar: Calendar::default(),
            timers: BinaryHeap::new(),
            quiet_until: Instant::FAR,
            stale_timers: false,
            governor: options.governor,
            log: Log::default(),
        };
        let why: Arc<str> = Arc::from("asleep from the start");
        for endpoint in endpoints {
            scheduler.define(endpoint, &why);
        }
        Ok(scheduler)
    }

    fn define(&mut self, endpoint: Endpoint, asleep_because: &Arc<str>) {
        let id = EndpointId(index_of(self.slots.len()));
        let mut standing = Standing::default();
        if endpoint.asleep {
            let end = PauseEnd::Forever;
            let call = self.log.add_call(
                (Instant::START, id),
                Tool::PauseUntil(Some(end)),
                (Origin::DEFINITION, asleep_because),
            );
            standing.pause = Some(Pause { end, call });
        }
        self.slots.push(Slot { endpoint, standing });
        self.beats.push(Beat::new());
        self.stands(id, Instant::START);
        self.attune(id);
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
    pub fn state(&self, id: EndpointId) -> Option<State<'_>> {
        let (slot, beat) = (self.slots.get(id.index())?, self.beats.get(id.index())?);
        Some(State {
            anchor: beat.anchor(),
            running: beat.running,
            standing: &slot.standing,
        })
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
    #[inline]
    pub fn next_due(&mut self) -> Option<(Instant, EndpointId)> {
        let beats = &self.beats;
        self.calendar.first(|at, id| {
            let beat = beats.get(id.index());
            beat.is_some_and(|beat| beat.is_due(at))
        })
    }

    /// When the next hint expires or the next pause ends.
    #[inline]
    pub fn next_timer(&mut self) -> Option<Instant> {
        // What was overtaken by other calls leaves the heap here, so that what is kept at hand becomes exact.
        if self.stale_timers {
            while let Some(&Reverse((at, id, timer))) = self.timers.peek()
                && !self.timer_is_live(at, id, timer)
            {
                self.timers.pop();
            }
            self.stale_timers = false;
            self.note_quiet();
        }
        (self.quiet_until < Instant::FAR).then_some(self.quiet_until)
    }

    fn note_quiet(&mut self) {
        self.quiet_until = self
            .timers
            .peek()
            .map_or(Instant::FAR, |Reverse((at, ..))| *at);
    }

    fn timer_is_live(&self, at: Instant, id: EndpointId, timer: Timer) -> bool {
        self.slots.get(id.index()).is_some_and(|slot| match timer {
            Timer::IntervalExpires => slot
                .standing
                .interval
                .is_some_and(|hint| hint.expires == at),
            Timer::OneShotExpires => slot
                .standing
                .one_shot
                .is_some_and(|hint| hint.expires == at),
            Timer::PauseEnds => slot
                .standing
                .pause
                .is_some_and(|pause| pause.end == PauseEnd::At(at)),
        })
    }

    /// Lets hints expire and pauses end, up to and including `now`, each at its own moment.
    #[inline]
    pub fn advance(&mut self, now: Instant) {
        if self.quiet_until <= now {
            self.fire_all(now);
        }
    }

    fn fire_all(&mut self, now: Instant) {
        while let Some(&Reverse((at, id, timer))) = self.timers.peek()
            && at <= now
        {
            self.timers.pop();
            if self.timer_is_live(at, id, timer) {
                self.fire(at, id, timer);
            }
        }
        self.stale_timers = true;
        self.note_quiet();
    }

    fn fire(&mut self, at: Instant, id: EndpointId, timer: Timer) {
        let (Some(slot), Some(beat)) = (self.slots.get_mut(id.index()), self.beats.get(id.index()))
        else {
            return;
        };
        let standing = &mut slot.standing;
        let ended = match timer {
            Timer::IntervalExpires => {
                let how = if beat.interval_used {
                    HintEnd::Expired
                } else {
                    HintEnd::ExpiredUnused
                };
                standing.interval.take().map(|hint| (hint.call, how))
            }
            Timer::OneShotExpires => standing
                .one_shot
                .take()
                .map(|hint| (hint.call, HintEnd::ExpiredUnused)),
            Timer::PauseEnds => {
                standing.pause = None;
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
        self.stands(id, at);
        self.replan(id, at);
    }

    /// What is planned for an endpoint now, and why.
    #[must_use]
    pub fn decision(&self, id: EndpointId) -> Option<Decision> {
        let (slot, beat) = (self.slots.get(id.index())?, self.beats.get(id.index())?);
        let state = self.state(id)?;
        // While it runs, what is there was decided when it started.
        let decided_at = state
            .anchor
            .filter(|_| state.running)
            .unwrap_or_else(|| self.log.planned_after(beat.context(), beat.last_run()));
        Some(governor::decide(
            id,
            &slot.endpoint,
            &state,
            decided_at,
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
    ) -> Result<Accepted<'_>, Refusal> {
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
    ) -> Result<Accepted<'_>, Refusal> {
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
    ) -> Result<Accepted<'_>, Refusal> {
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
    ) -> Result<Accepted<'_>, Refusal> {
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
    ) -> Result<Accepted<'_>, Refusal> {
        self.advance(now);
        let refused = match (self.slots.get(id.index()), self.beats.get(id.index())) {
            (Some(slot), Some(beat)) => refusal(&slot.endpoint, beat.anchor(), tool, now),
            _ => Some(Refusal::UnknownEndpoint),
        };
        let call = self.log.add_call((now, id), tool, (origin, reason));
        if let Some(refused) = refused {
            self.log.refusals.push((call, refused));
            return Err(refused);
        }
        self.apply(id, tool, call, now);
        Ok(Accepted {
            call,
            endpoint: id,
            scheduler: self,
        })
    }

    fn apply(&mut self, id: EndpointId, tool: Tool, call: CallId, now: Instant) {
        let (Some(slot), Some(beat)) = (
            self.slots.get_mut(id.index()),
            self.beats.get_mut(id.index()),
        ) else {
            return;
        };
        let standing = &mut slot.standing;
        let mut ended: [Option<(CallId, HintEnd)>; 2] = [None; 2];
        let mut timer = None;
        match tool {
            Tool::ProposeInterval { every, ttl } => {
                let expires = now + ttl;
                let old = standing.interval.replace(IntervalHint {
                    every,
                    expires,
                    call,
                });
                beat.interval_used = false;
                ended = [old.map(|old| (old.call, HintEnd::Replaced(call))), None];
                timer = Some((expires, Timer::IntervalExpires));
            }
            Tool::ProposeNextTime { at, ttl } => {
                let expires = now + ttl;
                let old = standing.one_shot.replace(OneShot { at, expires, call });
                ended = [old.map(|old| (old.call, HintEnd::Replaced(call))), None];
                timer = Some((expires, Timer::OneShotExpires));
            }
            Tool::PauseUntil(end) => {
                standing.pause = end.map(|end| Pause { end, call });
                if let Some(PauseEnd::At(until)) = end {
                    timer = Some((until, Timer::PauseEnds));
                }
            }
            Tool::ClearHints => {
                let how = HintEnd::Cleared(call);
                ended = [
                    standing.interval.take().map(|old| (old.call, how)),
                    standing.one_shot.take().map(|old| (old.call, how)),
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
        self.stale_timers = true;
        if let Some((at, timer)) = timer {
            self.timers.push(Reverse((at, id, timer)));
            self.quiet_until = self.quiet_until.min(at);
            // A pause that ends exactly now is over.
            self.advance(now);
        }
        self.stands(id, now);
        if matches!(tool, Tool::ProposeInterval { .. }) {
            self.attune(id);
        }
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
        let beat = self
            .beats
            .get_mut(id.index())
            .ok_or(StateError::UnknownEndpoint)?;
        if beat.running {
            return Err(StateError::AlreadyRunning);
        }
        let context = beat.context();
        let (plan, before) = beat.start(run, now);
        self.calendar.take_if_first(now, id);
        self.log.runs.push(Run {
            start: now,
            took: Run::IN_PROGRESS,
            endpoint: id,
            before,
            context,
            source: plan.map(|plan| plan.source),
            clamp: plan.and_then(|plan| plan.clamp),
            ok: true,
        });
        match plan.map(|plan| plan.source) {
            Some(Source::IntervalHint) => beat.interval_used = true,
            Some(Source::OneShot) => self.use_up_one_shot(id, run, now),
            Some(Source::Baseline) | None => {}
        }
        Ok(run)
    }

    fn use_up_one_shot(&mut self, id: EndpointId, run: RunId, now: Instant) {
        let slot = self.slots.get_mut(id.index());
        let Some(hint) = slot.and_then(|slot| slot.standing.one_shot.take()) else {
            return;
        };
        self.stale_timers = true;
        self.log.endings.push(HintEnding {
            at: now,
            endpoint: id,
            call: hint.call,
            how: HintEnd::Ran(run),
        });
        self.stands(id, now);
    }

    /// Reports that an endpoint's run ended now, and how; its next run is planned.
    ///
    /// # Errors
    /// [`StateError`] when there is no such endpoint or it is not running.
    #[inline]
    pub fn finish(&mut self, id: EndpointId, now: Instant, ok: bool) -> Result<(), StateError> {
        self.advance(now);
        let beat = self
            .beats
            .get_mut(id.index())
            .ok_or(StateError::UnknownEndpoint)?;
        let started = beat
            .anchor()
            .filter(|&start| beat.running && start <= now)
            .zip(beat.last_run());
        let (start, run) = started.ok_or(StateError::NotRunning)?;
        if let Some(run) = self.log.runs.get_mut(run.0 as usize) {
            run.took = now - start;
            run.ok = ok;
        }
        beat.running = false;
        match beat.in_rhythm(now).filter(|_| ok) {
            Some(plan) => {
                beat.plan = Some(plan);
                self.calendar.push(plan.at, id);
            }
            None => self.finish_out_of_rhythm(id, now, ok),
        }
        Ok(())
    }

    fn finish_out_of_rhythm(&mut self, id: EndpointId, now: Instant, ok: bool) {
        let Some(slot) = self.slots.get_mut(id.index()) else {
            return;
        };
        let before = slot.standing.failures;
        slot.standing.failures = if ok { 0 } else { before.saturating_add(1) };
        if slot.standing.failures != before {
            self.stands(id, now);
        }
        self.attune(id);
        self.replan(id, now);
    }

    /// Works out the rhythm of an endpoint: where it will be asked for, while the endpoint is at hand anyway.
    fn attune(&mut self, id: EndpointId) {
        if let (Some(slot), Some(beat)) =
            (self.slots.get(id.index()), self.beats.get_mut(id.index()))
        {
            beat.attune(|| governor::rhythm(&slot.endpoint, &slot.standing, self.governor));
        }
    }

    fn replan(&mut self, id: EndpointId, now: Instant) {
        let (Some(slot), Some(beat)) = (self.slots.get(id.index()), self.beats.get_mut(id.index()))
        else {
            return;
        };
        let state = State {
            anchor: beat.anchor(),
            running: beat.running,
            standing: &slot.standing,
        };
        let plan = governor::plan(&slot.endpoint, &state, now, self.governor);
        let before = std::mem::replace(&mut beat.plan, plan);
        if let Some(plan) = plan
            && before.is_none_or(|before| before.at != plan.at)
        {
            self.calendar.push(plan.at, id);
        }
    }

    /// Writes down what stands for an endpoint from now on, which is what its next decisions follow from.
    fn stands(&mut self, id: EndpointId, now: Instant) {
        let context = ContextId(index_of(self.log.contexts.len()));
        if let (Some(slot), Some(beat)) =
            (self.slots.get(id.index()), self.beats.get_mut(id.index()))
        {
            beat.stands(context);
            self.log
                .contexts
                .push(Context::new(id, &slot.standing, now));
        }
    }
}

/// The first reason to refuse a call, in the order that is promised.
fn refusal(
    endpoint: &Endpoint,
    anchor: Option<Instant>,
    tool: Tool,
    now: Instant,
) -> Option<Refusal> {
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
            let cooled = anchor? + endpoint.cooldown;
            (at < cooled).then_some(Refusal::InCooldown(cooled))
        }
        Tool::PauseUntil(Some(PauseEnd::At(until))) => past(until).then_some(Refusal::InThePast),
        Tool::PauseUntil(_) | Tool::ClearHints => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schedule::{Baseline, Cron, Tier, Zone};

    fn at(seconds: i64) -> Instant {
        Instant::from_ms(seconds * 1_000)
    }

    fn secs(seconds: i64) -> Span {
        Span::from_secs(seconds)
    }

    fn every(name: &str, seconds: i64) -> Endpoint {
        Endpoint {
            baseline: Baseline::Every(secs(seconds)),
            ..Endpoint::new(name, Tier::Health)
        }
    }

    fn on_demand(name: &str) -> Endpoint {
        Endpoint::new(name, Tier::Alert)
    }

    fn scheduler(endpoints: Vec<Endpoint>) -> Scheduler {
        Scheduler::new(endpoints, Options::default()).expect("the endpoints are well-formed")
    }

    fn by() -> (Origin, Arc<str>) {
        (Origin(0), Arc::from("test"))
    }

    const FIRST: EndpointId = EndpointId(0);

    /// Drives runs that take `takes` until `until`; gives the starts of each endpoint.
    fn drive(scheduler: &mut Scheduler, takes: Span, until: Instant) -> Vec<(i64, u32)> {
        let mut starts = Vec::new();
        loop {
            let due = scheduler.next_due();
            let timer = scheduler.next_timer();
            let next = due.map(|(at, _)| at).into_iter().chain(timer).min();
            let Some(now) = next.filter(|now| *now < until) else {
                return starts;
            };
            scheduler.advance(now);
            if let Some((at, id)) = scheduler.next_due().filter(|(at, _)| *at <= now) {
                scheduler.start(id, at).expect("it is due");
                scheduler.finish(id, at + takes, true).expect("it runs");
                starts.push((at.ms() / 1_000, id.0));
            }
        }
    }

    fn times(starts: &[(i64, u32)]) -> Vec<i64> {
        starts.iter().map(|(at, _)| *at).collect()
    }

    // --- the known mistakes of schedulers of this kind ---

    #[test]
    fn mistake_claiming_work_early_never_doubles_a_run() {
        let mut scheduler = scheduler(vec![every("a", 30)]);
        let starts = times(&drive(&mut scheduler, secs(7), at(300)));
        assert_eq!(starts, [0, 30, 60, 90, 120, 150, 180, 210, 240, 270]);
        // Asking ahead claims nothing: the plan is the same however often it is looked at.
        let due = scheduler.next_due();
        assert_eq!(scheduler.next_due(), due);
    }

    #[test]
    fn mistake_an_action_that_is_woken_runs_at_its_one_shot() {
        let mut scheduler = scheduler(vec![Endpoint {
            asleep: true,
            ..on_demand("page")
        }]);
        let who = by();
        let who = (who.0, &who.1);
        scheduler
            .pause_until(FIRST, None, who, at(60))
            .expect("accepted");
        scheduler
            .propose_next_time(FIRST, (at(65), secs(60)), who, at(60))
            .expect("accepted");
        assert_eq!(scheduler.next_due(), Some((at(65), FIRST)));
        // Paused again in the same instant it would have to wait; nothing but the wake-up plans it again.
        scheduler
            .pause_until(FIRST, Some(PauseEnd::At(at(900))), who, at(60))
            .expect("accepted");
        assert_eq!(scheduler.next_due(), None);
        scheduler
            .pause_until(FIRST, None, who, at(61))
            .expect("accepted");
        assert_eq!(scheduler.next_due(), Some((at(65), FIRST)));
    }

    #[test]
    fn mistake_a_one_shot_that_ran_does_not_run_again() {
        let mut scheduler = scheduler(vec![on_demand("a")]);
        let who = by();
        scheduler
            .propose_next_time(FIRST, (at(10), secs(600)), (who.0, &who.1), at(0))
            .expect("accepted");
        assert_eq!(times(&drive(&mut scheduler, Span::ZERO, at(2_000))), [10]);
        assert!(matches!(
            scheduler.log().endings.as_slice(),
            [HintEnding {
                how: HintEnd::Ran(RunId(0)),
                ..
            }]
        ));
    }

    #[test]
    fn mistake_on_demand_stays_on_demand_when_its_pause_lapses() {
        let mut scheduler = scheduler(vec![on_demand("a")]);
        let who = by();
        scheduler
            .pause_until(FIRST, Some(PauseEnd::At(at(60))), (who.0, &who.1), at(0))
            .expect("accepted");
        assert_eq!(times(&drive(&mut scheduler, Span::ZERO, at(5_000))), [0; 0]);
        assert!(
            scheduler
                .state(FIRST)
                .is_some_and(|state| state.standing.pause.is_none())
        );
    }

    #[test]
    fn mistake_a_hint_longer_than_its_expiry_keeps_nothing_away() {
        let mut scheduler = scheduler(vec![every("a", 60)]);
        let who = by();
        drive(&mut scheduler, Span::ZERO, at(1));
        scheduler
            .propose_interval(FIRST, (secs(600), secs(120)), (who.0, &who.1), at(1))
            .expect("accepted");
        assert_eq!(
            times(&drive(&mut scheduler, Span::ZERO, at(241))),
            [60, 120, 180, 240]
        );
    }

    #[test]
    fn mistake_a_nudge_counts_from_the_last_start() {
        let mut scheduler = scheduler(vec![every("a", 300)]);
        let who = by();
        drive(&mut scheduler, Span::ZERO, at(1));
        scheduler
            .propose_interval(FIRST, (secs(30), secs(300)), (who.0, &who.1), at(12))
            .expect("accepted");
        assert_eq!(scheduler.next_due(), Some((at(30), FIRST)));
    }

    #[test]
    fn mistake_a_run_longer_than_its_interval_is_followed_by_one_run_and_no_burst() {
        let mut scheduler = scheduler(vec![every("a", 30)]);
        let starts = times(&drive(&mut scheduler, secs(100), at(450)));
        assert_eq!(starts, [0, 100, 200, 300, 400]);
        let clamps: Vec<_> = scheduler
            .log()
            .runs
            .iter()
            .skip(1)
            .map(|run| run.clamp)
            .collect();
        assert_eq!(clamps, vec![Some(super::super::Clamp::Now); 4]);
    }

    #[test]
    fn mistake_missed_slots_of_a_cron_are_not_replayed() {
        let cron = Cron::new("* * * * *", Zone::Utc, 0);
        let mut scheduler = scheduler(vec![Endpoint {
            baseline: Baseline::Cron(Box::new(cron)),
            ..Endpoint::new("a", Tier::Health)
        }]);
        assert_eq!(
            times(&drive(&mut scheduler, secs(150), at(400))),
            [0, 150, 300]
        );
    }

    #[test]
    fn mistake_a_bad_cron_expression_does_not_stop_the_others() {
        let bad = Endpoint {
            baseline: Baseline::Cron(Box::new(Cron::new("61 * * * *", Zone::Utc, 0))),
            ..Endpoint::new("bad", Tier::Health)
        };
        let mut scheduler = scheduler(vec![bad, every("good", 60)]);
        let starts = drive(&mut scheduler, Span::ZERO, at(181));
        assert_eq!(starts, [(0, 1), (60, 1), (120, 1), (180, 1)]);
    }

    #[test]
    fn mistake_a_failing_endpoint_does_not_stop_the_others() {
        let mut scheduler = scheduler(vec![every("bad", 60), every("good", 60)]);
        scheduler.start(EndpointId(0), at(0)).expect("due");
        scheduler.finish(EndpointId(0), at(0), false).expect("runs");
        assert_eq!(scheduler.next_due(), Some((at(0), EndpointId(1))));
        scheduler.start(EndpointId(1), at(0)).expect("due");
        scheduler.finish(EndpointId(1), at(0), true).expect("runs");
        assert_eq!(scheduler.next_due(), Some((at(60), EndpointId(1))));
        assert_eq!(
            scheduler.decision(EndpointId(0)).and_then(|d| d.at),
            Some(at(120))
        );
    }

    #[test]
    fn mistake_a_thousand_due_at_one_instant_run_oldest_first_then_as_declared() {
        let endpoints: Vec<Endpoint> = (0..1_000).map(|n| every(&format!("e{n}"), 60)).collect();
        let mut scheduler = scheduler(endpoints);
        // The last one is due a moment earlier than all others.
        let who = by();
        let starts = drive(&mut scheduler, Span::ZERO, at(1));
        assert_eq!(starts, (0..1_000).map(|n| (0, n)).collect::<Vec<_>>());
        scheduler
            .propose_interval(
                EndpointId(999),
                (secs(59), secs(90)),
                (who.0, &who.1),
                at(1),
            )
            .expect("accepted");
        let order: Vec<u32> = drive(&mut scheduler, Span::ZERO, at(61))
            .iter()
            .map(|(_, id)| *id)
            .collect();
        assert_eq!(order.first(), Some(&999));
        assert_eq!(
            order.get(1..),
            Some((0..999).collect::<Vec<_>>().as_slice())
        );
    }

    // --- tools ---

    #[test]
    fn refusals_come_in_the_promised_order_and_change_nothing() {
        let mut scheduler = scheduler(vec![Endpoint {
            cooldown: secs(600),
            ..every("a", 60)
        }]);
        scheduler.start(FIRST, at(0)).expect("due");
        scheduler.finish(FIRST, at(0), true).expect("runs");
        let before = scheduler.decision(FIRST);
        let interval = |every, ttl| Tool::ProposeInterval {
            every: secs(every),
            ttl: secs(ttl),
        };
        let once = |time, ttl| Tool::ProposeNextTime {
            at: at(time),
            ttl: secs(ttl),
        };
        let until = |time| Tool::PauseUntil(Some(PauseEnd::At(at(time))));
        for (id, tool, code) in [
            (7, interval(0, 0), "unknown_endpoint"),
            (0, interval(0, 60), "not_positive"),
            (0, interval(60, 0), "not_positive"),
            (0, interval(-5, 60), "not_positive"),
            (0, once(5, 0), "not_positive"),
            (0, once(9, 60), "in_the_past"),
            (0, once(-1, 60), "in_the_past"),
            (0, until(9), "in_the_past"),
            (0, once(70, 60), "after_expiry"),
            (0, once(300, 60), "after_expiry"),
            (0, once(30, 60), "in_cooldown"),
            (0, once(599, 900), "in_cooldown"),
        ] {
            let who = by();
            let refused = scheduler.call(EndpointId(id), tool, (who.0, &who.1), at(10));
            assert_eq!(
                refused.err().map(|refusal| refusal.code()),
                Some(code),
                "{tool:?}"
            );
        }
        assert_eq!(scheduler.decision(FIRST), before);
        assert_eq!(scheduler.log().refusals.len(), 12);
    }

    #[test]
    fn an_accepted_call_is_answered_with_the_new_decision() {
        let mut scheduler = scheduler(vec![every("a", 300)]);
        let who = by();
        drive(&mut scheduler, Span::ZERO, at(1));
        let answer = scheduler
            .propose_interval(FIRST, (secs(30), secs(90)), (who.0, &who.1), at(5))
            .expect("accepted");
        let call = answer.call;
        let decision = answer.decision().expect("it exists");
        assert_eq!(
            (decision.at, decision.source, decision.decided_at),
            (Some(at(30)), Some(Source::IntervalHint), at(5))
        );
        assert_eq!(decision.winner().and_then(|winner| winner.call), Some(call));
        assert_eq!(scheduler.decision(FIRST), Some(decision));
    }

    #[test]
    fn the_end_of_a_cooldown_and_the_present_are_accepted() {
        let mut scheduler = scheduler(vec![Endpoint {
            cooldown: secs(600),
            ..on_demand("a")
        }]);
        let who = by();
        let who = (who.0, &who.1);
        scheduler
            .propose_next_time(FIRST, (at(0), secs(1)), who, at(0))
            .expect("now is not past");
        scheduler.start(FIRST, at(0)).expect("due");
        scheduler.finish(FIRST, at(0), true).expect("runs");
        let refused = scheduler.propose_next_time(FIRST, (at(599), secs(900)), who, at(10));
        assert_eq!(refused.err(), Some(Refusal::InCooldown(at(600))));
        scheduler
            .propose_next_time(FIRST, (at(600), secs(900)), who, at(10))
            .expect("it has ended by then");
        assert_eq!(scheduler.next_due(), Some((at(600), FIRST)));
        scheduler
            .pause_until(FIRST, Some(PauseEnd::At(at(10))), who, at(10))
            .expect("accepted");
        assert_eq!(
            scheduler.next_due(),
            Some((at(600), FIRST)),
            "a pause that ends now is over"
        );
    }

    #[test]
    fn every_end_of_a_hint_is_recorded_once() {
        let mut scheduler = scheduler(vec![every("a", 300)]);
        let who = by();
        let who = (who.0, &who.1);
        drive(&mut scheduler, Span::ZERO, at(1));
        scheduler
            .propose_interval(FIRST, (secs(100), secs(50)), who, at(1))
            .expect("accepted");
        scheduler
            .propose_interval(FIRST, (secs(30), secs(40)), who, at(2))
            .expect("accepted");
        drive(&mut scheduler, Span::ZERO, at(43));
        scheduler
            .propose_next_time(FIRST, (at(100), secs(90)), who, at(43))
            .expect("accepted");
        scheduler.clear_hints(FIRST, who, at(44)).expect("accepted");
        scheduler
            .propose_interval(FIRST, (secs(200), secs(50)), who, at(45))
            .expect("accepted");
        drive(&mut scheduler, Span::ZERO, at(96));
        let ends: Vec<(u32, HintEnd, i64)> = scheduler
            .log()
            .endings
            .iter()
            .map(|ending| (ending.call.0, ending.how, ending.at.ms() / 1_000))
            .collect();
        assert_eq!(
            ends,
            [
                (0, HintEnd::Replaced(CallId(1)), 2),
                (1, HintEnd::Expired, 42),
                (2, HintEnd::Cleared(CallId(3)), 44),
                (4, HintEnd::ExpiredUnused, 95),
            ]
        );
    }

    #[test]
    fn an_expiry_plans_again_from_the_anchor_at_that_moment() {
        let mut scheduler = scheduler(vec![every("a", 300)]);
        let who = by();
        drive(&mut scheduler, Span::ZERO, at(1));
        scheduler
            .propose_interval(FIRST, (secs(100), secs(101)), (who.0, &who.1), at(0))
            .expect("accepted");
        scheduler
            .pause_until(FIRST, Some(PauseEnd::At(at(101))), (who.0, &who.1), at(50))
            .expect("accepted");
        scheduler.advance(at(101));
        let decision = scheduler.decision(FIRST).expect("it exists");
        assert_eq!(
            (decision.at, decision.source),
            (Some(at(300)), Some(Source::Baseline))
        );
        assert_eq!(decision.decided_at, at(101));
    }

    // --- states ---

    #[test]
    fn a_record_is_small_and_the_moment_of_planning_is_worked_out_again() {
        assert_eq!(size_of::<Run>(), 32);
        let mut scheduler = scheduler(vec![every("a", 300)]);
        let who = by();
        let who = (who.0, &who.1);
        let mut planned = Vec::new();
        let mut run = |scheduler: &mut Scheduler, start: i64, end: i64| {
            planned.push(scheduler.decision(FIRST));
            scheduler.start(FIRST, at(start)).expect("it may start");
            scheduler
                .finish(FIRST, at(end), start != 30)
                .expect("it runs");
        };
        run(&mut scheduler, 0, 10);
        scheduler
            .propose_interval(FIRST, (secs(30), secs(90)), who, at(12))
            .expect("accepted");
        run(&mut scheduler, 30, 41);
        run(&mut scheduler, 60, 61);
        // The hint expires and the plan is made again.
        scheduler.advance(at(102));
        run(&mut scheduler, 360, 360);
        scheduler
            .propose_next_time(FIRST, (at(400), secs(60)), who, at(380))
            .expect("accepted");
        run(&mut scheduler, 400, 420);
        run(&mut scheduler, 700, 700);
        let log = scheduler.log();
        let endpoint = scheduler.endpoint(FIRST).expect("it exists");
        let again: Vec<_> = log
            .runs
            .iter()
            .map(|run| log.decision(run, endpoint, Governor::Tightest))
            .collect();
        assert_eq!(again, planned);
        let decided: Vec<i64> = log
            .runs
            .iter()
            .map(|run| log.decided_at(run).ms() / 1_000)
            .collect();
        assert_eq!(decided, [0, 12, 41, 102, 380, 420]);
    }

    #[test]
    fn a_run_is_reported_once() {
        let mut scheduler = scheduler(vec![every("a", 60)]);
        assert_eq!(
            scheduler.finish(FIRST, at(0), true),
            Err(StateError::NotRunning)
        );
        scheduler.start(FIRST, at(10)).expect("it may start");
        assert_eq!(
            scheduler.start(FIRST, at(11)),
            Err(StateError::AlreadyRunning)
        );
        assert_eq!(
            scheduler.finish(FIRST, at(9), true),
            Err(StateError::NotRunning)
        );
        assert_eq!(
            scheduler.start(EndpointId(5), at(0)),
            Err(StateError::UnknownEndpoint)
        );
        assert_eq!(
            scheduler.finish(EndpointId(5), at(0), true),
            Err(StateError::UnknownEndpoint)
        );
        assert_eq!(
            scheduler.next_due(),
            None,
            "while it runs nothing is planned"
        );
        let decision = scheduler.decision(FIRST).expect("it exists");
        assert!(decision.running && decision.at.is_none());
        scheduler.finish(FIRST, at(15), true).expect("it runs");
        assert_eq!(scheduler.next_due(), Some((at(70), FIRST)));
        let run = scheduler.log().runs[0];
        assert_eq!((run.took, run.end(), run.ok), (secs(5), Some(at(15)), true));
    }

    #[test]
    fn a_success_resets_the_failures_before_planning() {
        let mut scheduler = scheduler(vec![every("a", 60)]);
        for (start, ok, next) in [(0, false, 120), (120, false, 360), (360, true, 420)] {
            scheduler.start(FIRST, at(start)).expect("due");
            scheduler.finish(FIRST, at(start), ok).expect("runs");
            assert_eq!(scheduler.next_due(), Some((at(next), FIRST)));
        }
    }

    #[test]
    fn failures_do_not_overflow() {
        let mut scheduler = scheduler(vec![Endpoint {
            max: secs(1_000_000),
            ..every("a", 20)
        }]);
        let mut now = at(0);
        for _ in 0..600 {
            scheduler.start(FIRST, now).expect("it may");
            scheduler.finish(FIRST, now, false).expect("runs");
            now = scheduler.next_due().expect("planned").0;
        }
        let last = scheduler.log().runs.len() - 1;
        let gap = scheduler.log().runs[last].start - scheduler.log().runs[last - 1].start;
        assert_eq!(gap, secs(20 * 32));
    }

    #[test]
    fn a_one_shot_that_lost_is_still_pending() {
        let mut scheduler = scheduler(vec![every("a", 60)]);
        let who = by();
        drive(&mut scheduler, Span::ZERO, at(1));
        scheduler
            .propose_next_time(FIRST, (at(100), secs(200)), (who.0, &who.1), at(1))
            .expect("accepted");
        assert_eq!(
            times(&drive(&mut scheduler, Span::ZERO, at(170))),
            [60, 100, 160]
        );
    }

    #[test]
    fn definitions_are_checked() {
        for (endpoint, code) in [
            (
                Endpoint {
                    min: secs(90),
                    max: secs(60),
                    ..every("a", 60)
                },
                "min_over_max",
            ),
            (every("a", 0), "out_of_range"),
            (
                Endpoint {
                    min: secs(-1),
                    ..every("a", 60)
                },
                "out_of_range",
            ),
            (
                Endpoint {
                    max: secs(0),
                    ..every("a", 60)
                },
                "out_of_range",
            ),
            (
                Endpoint {
                    cooldown: secs(-1),
                    ..every("a", 60)
                },
                "out_of_range",
            ),
            (
                Endpoint {
                    start_at: at(-1),
                    ..every("a", 60)
                },
                "out_of_range",
            ),
        ] {
            let refused = Scheduler::new(vec![endpoint], Options::default()).err();
            assert_eq!(refused.map(|error| error.code()), Some(code));
        }
        let twice = Scheduler::new(vec![every("a", 60), every("a", 60)], Options::default()).err();
        assert_eq!(
            twice.map(|error| error.to_string()).as_deref(),
            Some("endpoint `a` is defined twice; give each its own name")
        );
        let equal = Endpoint {
            min: secs(60),
            max: secs(60),
            ..every("a", 60)
        };
        assert!(Scheduler::new(vec![equal], Options::default()).is_ok());
    }

    #[test]
    fn what_is_wrong_with_a_report_is_told() {
        for (error, code, words) in [
            (
                StateError::UnknownEndpoint,
                "unknown_endpoint",
                "no such endpoint",
            ),
            (
                StateError::AlreadyRunning,
                "already_running",
                "it is already running; report its end first",
            ),
            (
                StateError::NotRunning,
                "not_running",
                "it is not running; report its start first",
            ),
        ] {
            assert_eq!((error.code(), error.to_string().as_str()), (code, words));
        }
    }

    #[test]
    fn a_scheduler_can_be_looked_into() {
        let options = Options {
            governor: Governor::Override,
        };
        let mut one = Scheduler::new(vec![every("a", 60)], options).expect("well-formed");
        assert_eq!(one.governor(), Governor::Override);
        assert_eq!(one.next_timer(), None, "there is nothing that could expire");
        one.start(FIRST, at(7)).expect("it may start");
        assert_eq!(one.state(FIRST).and_then(|state| state.anchor), Some(at(7)));
        one.finish(FIRST, at(8), true).expect("it runs");
        let who = by();
        let who = (who.0, &who.1);
        one.propose_interval(FIRST, (secs(30), secs(90)), who, at(8))
            .expect("accepted");
        assert_eq!(one.next_timer(), Some(at(98)));
        one.clear_hints(FIRST, who, at(9)).expect("accepted");
        assert_eq!(one.next_timer(), None, "what was cleared does not expire");
        assert!(scheduler(Vec::new()).is_empty());
    }

    #[test]
    fn names_are_found() {
        let scheduler = scheduler(vec![every("a", 60), on_demand("b")]);
        assert_eq!(scheduler.find("b"), Some(EndpointId(1)));
        assert_eq!(scheduler.find("c"), None);
        assert_eq!((scheduler.len(), scheduler.is_empty()), (2, false));
    }
}
