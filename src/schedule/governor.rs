//! The governor: one pure function from an endpoint's state and the time to its next run, with the reasons.
//!
//! Invariant: nothing here remembers anything, so a decision can be rebuilt at any time and must come out equal.

use serde::{Deserialize, Serialize};

use super::decision::{Candidate, Clamp, Decision, NotCounting, PauseSeen, Source};
use super::endpoint::{Baseline, Endpoint, EndpointId};
use super::log::{CallId, PauseEnd};
use crate::time::{Instant, Span};

/// How hints and baseline compete.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Governor {
    /// The earliest of all candidates wins.
    #[default]
    Tightest,
    /// An interval hint that counts replaces the baseline, so that it can also relax it.
    Override,
}

/// A wish to run every so often until it expires.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IntervalHint {
    /// The interval, start to start.
    pub every: Span,
    /// From this instant on it is gone.
    pub expires: Instant,
    /// The call that made it.
    pub call: CallId,
}

/// A wish to run once at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OneShot {
    /// When to run.
    pub at: Instant,
    /// From this instant on it is gone.
    pub expires: Instant,
    /// The call that made it.
    pub call: CallId,
}

/// A stretch in which nothing starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pause {
    /// When it ends.
    pub end: PauseEnd,
    /// The call that made it.
    pub call: CallId,
}

/// What failures and tool calls have left behind: all of a state that an ordinary run leaves as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Standing {
    /// Consecutive failures, counting the run that just ended.
    pub failures: u8,
    /// The interval hint in force.
    pub interval: Option<IntervalHint>,
    /// The one-shot that is pending.
    pub one_shot: Option<OneShot>,
    /// The pause in force.
    pub pause: Option<Pause>,
}

/// All that planning depends on, besides the definition and the time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct State<'a> {
    /// Start of the last run.
    pub anchor: Option<Instant>,
    /// Whether a run is in progress.
    pub running: bool,
    /// Failures, hints and pause.
    pub standing: &'a Standing,
}

/// What the scheduler needs of a decision to go on; the rest is rebuilt by [`decide`] on demand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Plan {
    /// When the endpoint runs next.
    pub at: Instant,
    /// What won.
    pub source: Source,
    /// What moved the winner.
    pub clamp: Option<Clamp>,
}

/// Largest exponent of the back-off: a failing baseline is at most 32 times as long.
const MOST_DOUBLINGS: u8 = 5;

/// When planning has to happen as of, or nothing while the end of a pause is not known.
fn as_of(state: &State<'_>, now: Instant) -> Option<Instant> {
    match state.standing.pause {
        Some(Pause {
            end: PauseEnd::At(until),
            ..
        }) if until > now => Some(until),
        None
        | Some(Pause {
            end: PauseEnd::At(_),
            ..
        }) => Some(now),
        Some(Pause {
            end: PauseEnd::Forever | PauseEnd::Condition(_),
            ..
        }) => None,
    }
}

/// Floors and clamps one raw time; also says what moved it last.
fn placed(
    endpoint: &Endpoint,
    anchor: Option<Instant>,
    now: Instant,
    raw: Instant,
    source: Source,
) -> (Instant, Option<Clamp>) {
    let mut at = raw;
    let mut moved = None;
    if at < now {
        (at, moved) = (now, Some(Clamp::Now));
    }
    if let Some(anchor) = anchor {
        let earliest = anchor + endpoint.min;
        if at < earliest {
            (at, moved) = (earliest, Some(Clamp::Min));
        }
        let cooled = anchor + endpoint.cooldown;
        if at < cooled {
            (at, moved) = (cooled, Some(Clamp::Cooldown));
        }
        let latest = anchor + endpoint.max;
        if at > latest && source != Source::OneShot {
            (at, moved) = (latest, Some(Clamp::Max));
            if at < cooled {
                (at, moved) = (cooled, Some(Clamp::Cooldown));
            }
            if at < now {
                (at, moved) = (now, Some(Clamp::Now));
            }
        }
    }
    (at, if at == raw { None } else { moved })
}

/// The baseline's own next time, lengthened by failures.
#[inline(always)]
fn baseline_raw(endpoint: &Endpoint, state: &State<'_>) -> Option<Instant> {
    match (&endpoint.baseline, state.anchor) {
        (Baseline::None, _) => None,
        (Baseline::Every(_), None) => Some(endpoint.start_at),
        (Baseline::Every(every), Some(anchor)) => {
            Some(anchor + every.times(1 << state.standing.failures.min(MOST_DOUBLINGS)))
        }
        (Baseline::Cron(cron), None) => cron.first_from(endpoint.start_at),
        (Baseline::Cron(cron), Some(anchor)) => cron.first_after(anchor),
    }
}

/// All candidates as of `now`: baseline, interval hint, one-shot.
#[inline]
fn candidates(
    endpoint: &Endpoint,
    state: &State<'_>,
    now: Instant,
    governor: Governor,
) -> [Option<Candidate>; 3] {
    let candidate = |source, raw, hint: Option<(Instant, CallId)>| {
        let (at, moved) = placed(endpoint, state.anchor, now, raw, source);
        let not_counting = match hint {
            Some((expires, _)) if expires <= now => Some(NotCounting::Expired),
            Some((expires, _)) if at >= expires => Some(NotCounting::ExpiresFirst),
            _ => None,
        };
        Candidate {
            source,
            raw,
            at,
            moved,
            not_counting,
            call: hint.map(|(_, call)| call),
            expires: hint.map(|(expires, _)| expires),
        }
    };
    let mut baseline =
        baseline_raw(endpoint, state).map(|raw| candidate(Source::Baseline, raw, None));
    let interval = state.standing.interval.map(|hint| {
        let raw = state
            .anchor
            .map_or(endpoint.start_at, |anchor| anchor + hint.every);
        candidate(Source::IntervalHint, raw, Some((hint.expires, hint.call)))
    });
    let one_shot = state
        .standing
        .one_shot
        .map(|hint| candidate(Source::OneShot, hint.at, Some((hint.expires, hint.call))));
    if governor == Governor::Override
        && interval.is_some_and(|hint| hint.not_counting.is_none())
        && let Some(baseline) = &mut baseline
    {
        baseline.not_counting = Some(NotCounting::Overridden);
    }
    [baseline, interval, one_shot]
}

/// The earliest candidate that counts; on a tie the one-shot, then the interval hint, then the baseline.
#[inline]
fn winner(candidates: &[Option<Candidate>; 3]) -> Option<Plan> {
    let mut best: Option<Plan> = None;
    for candidate in candidates.iter().flatten() {
        // Later kinds win ties, since they stand in the order baseline, interval hint, one-shot.
        if candidate.not_counting.is_none() && best.is_none_or(|plan| candidate.at <= plan.at) {
            best = Some(Plan {
                at: candidate.at,
                source: candidate.source,
                clamp: candidate.moved,
            });
        }
    }
    best
}

/// The next run of `endpoint` in `state`, planned at `now`; nothing while it runs, sleeps or has no schedule.
///
/// This is what every run pays for: it weighs what [`decide`] weighs without writing it down, and a test holds the two
/// equal.
#[must_use]
#[inline]
pub fn plan(
    endpoint: &Endpoint,
    state: &State<'_>,
    now: Instant,
    governor: Governor,
) -> Option<Plan> {
    if state.running {
        return None;
    }
    let now = as_of(state, now)?;
    // Most times lie between all limits, where nothing moves them.
    let (floor, ceiling) = match state.anchor {
        Some(anchor) => {
            let gap = endpoint.min.max(endpoint.cooldown);
            ((anchor + gap).max(now), anchor + endpoint.max)
        }
        None => (now, Instant::FAR),
    };
    let weigh = |source, raw: Instant| {
        let (at, clamp) = if raw >= floor && raw <= ceiling {
            (raw, None)
        } else {
            placed(endpoint, state.anchor, now, raw, source)
        };
        Plan { at, source, clamp }
    };
    let hint = state
        .standing
        .interval
        .filter(|hint| hint.expires > now)
        .and_then(|hint| {
            let raw = state
                .anchor
                .map_or(endpoint.start_at, |anchor| anchor + hint.every);
            Some(weigh(Source::IntervalHint, raw)).filter(|plan| plan.at < hint.expires)
        });
    let mut best = match hint {
        Some(hint) if governor == Governor::Override => Some(hint),
        // On a tie the hint wins.
        Some(hint) => match baseline_raw(endpoint, state).map(|raw| weigh(Source::Baseline, raw)) {
            Some(baseline) if baseline.at < hint.at => Some(baseline),
            _ => Some(hint),
        },
        None => baseline_raw(endpoint, state).map(|raw| weigh(Source::Baseline, raw)),
    };
    if let Some(hint) = state.standing.one_shot.filter(|hint| hint.expires > now) {
        let plan = weigh(Source::OneShot, hint.at);
        if plan.at < hint.expires && best.is_none_or(|best| plan.at <= best.at) {
            best = Some(plan);
        }
    }
    best
}

/// A plan that keeps its distance from the anchor for as long as what stands stays as it is.
///
/// Most runs are planned like the one before them; with its rhythm at hand, an endpoint need not be weighed anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rhythm {
    gap: Span,
    /// From here on its hint is gone.
    until: Instant,
    source: Source,
    clamp: Option<Clamp>,
}

impl Rhythm {
    /// What [`plan`] gives for an endpoint that is not running, or nothing where it has to be asked.
    #[must_use]
    #[inline]
    pub fn plan(&self, anchor: Instant, now: Instant) -> Option<Plan> {
        let at = anchor + self.gap;
        (now < at && at < self.until).then_some(Plan {
            at,
            source: self.source,
            clamp: self.clamp,
        })
    }
}

/// The rhythm of an endpoint, if it has one: failures, one-shots, pauses and cron each have times of their own.
#[must_use]
#[inline]
pub fn rhythm(endpoint: &Endpoint, standing: &Standing, governor: Governor) -> Option<Rhythm> {
    let Standing {
        failures: 0,
        interval,
        one_shot: None,
        pause: None,
    } = *standing
    else {
        return None;
    };
    if matches!(endpoint.baseline, Baseline::Cron(_)) {
        return None;
    }
    // Planned as if it had started first thing: a hint that does not count then counts at no later time either.
    let state = State {
        anchor: Some(Instant::START),
        running: false,
        standing,
    };
    let plan = plan(endpoint, &state, Instant::START, governor)?;
    let until = match plan.source {
        Source::IntervalHint => interval?.expires,
        Source::Baseline | Source::OneShot => Instant::FAR,
    };
    Some(Rhythm {
        gap: plan.at - Instant::START,
        until,
        source: plan.source,
        clamp: plan.clamp,
    })
}

/// The same as [`plan`], with everything that was considered.
#[must_use]
pub fn decide(
    id: EndpointId,
    endpoint: &Endpoint,
    state: &State<'_>,
    now: Instant,
    governor: Governor,
) -> Decision {
    let when = as_of(state, now);
    let mut considered = [None; 3];
    if !state.running {
        considered = candidates(endpoint, state, when.unwrap_or(now), governor);
        if when.is_none() {
            for candidate in considered.iter_mut().flatten() {
                candidate.not_counting = Some(NotCounting::Paused);
            }
        }
    }
    let best = winner(&considered);
    // A pause that ends exactly now is over.
    let pause = state
        .standing
        .pause
        .filter(|pause| !matches!(pause.end, PauseEnd::At(until) if until <= now));
    Decision {
        endpoint: id,
        decided_at: now,
        anchor: state.anchor,
        failures: state.standing.failures,
        running: state.running,
        at: best.map(|plan| plan.at),
        source: best.map(|plan| plan.source),
        clamp: best.and_then(|plan| plan.clamp),
        candidates: considered,
        pause: pause.map(|pause| PauseSeen {
            end: pause.end,
            call: pause.call,
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schedule::{Cron, Tier, Zone};

    /// One row of the table; all times in seconds.
    struct Row {
        name: &'static str,
        endpoint: Endpoint,
        anchor: Option<Instant>,
        running: bool,
        standing: Standing,
        now: i64,
        governor: Governor,
        wanted: Option<(i64, Source, Option<Clamp>)>,
        /// Why candidates do not count: baseline, interval hint, one-shot.
        why: [Option<NotCounting>; 3],
    }

    fn at(seconds: i64) -> Instant {
        Instant::from_ms(seconds * 1_000)
    }

    const BASELINE: Source = Source::Baseline;
    const HINT: Source = Source::IntervalHint;
    const SHOT: Source = Source::OneShot;

    /// An endpoint with min 20 s and max 15 min that has never run.
    fn row(name: &'static str) -> Row {
        Row {
            name,
            endpoint: Endpoint::new("e", Tier::Health),
            anchor: None,
            running: false,
            standing: Standing::default(),
            now: 0,
            governor: Governor::Tightest,
            wanted: None,
            why: [None; 3],
        }
    }

    impl Row {
        fn every(mut self, seconds: i64) -> Self {
            self.endpoint.baseline = Baseline::Every(Span::from_secs(seconds));
            self
        }

        fn cron(mut self, expression: &str) -> Self {
            self.endpoint.baseline = Baseline::Cron(Box::new(Cron::new(expression, Zone::Utc, 0)));
            self
        }

        fn clamps(mut self, min: i64, max: i64) -> Self {
            self.endpoint.min = Span::from_secs(min);
            self.endpoint.max = Span::from_secs(max);
            self
        }

        fn cooldown(mut self, seconds: i64) -> Self {
            self.endpoint.cooldown = Span::from_secs(seconds);
            self
        }

        fn first_at(mut self, seconds: i64) -> Self {
            self.endpoint.start_at = at(seconds);
            self
        }

        fn anchor(mut self, seconds: i64) -> Self {
            self.anchor = Some(at(seconds));
            self
        }

        fn failed(mut self, times: u8) -> Self {
            self.standing.failures = times;
            self
        }

        fn running(mut self) -> Self {
            self.running = true;
            self
        }

        fn hint(mut self, every: i64, expires: i64) -> Self {
            self.standing.interval = Some(IntervalHint {
                every: Span::from_secs(every),
                expires: at(expires),
                call: CallId(0),
            });
            self
        }

        fn shot(mut self, time: i64, expires: i64) -> Self {
            self.standing.one_shot = Some(OneShot {
                at: at(time),
                expires: at(expires),
                call: CallId(1),
            });
            self
        }

        fn paused(mut self, end: PauseEnd) -> Self {
            self.standing.pause = Some(Pause {
                end,
                call: CallId(2),
            });
            self
        }

        fn paused_to(self, seconds: i64) -> Self {
            self.paused(PauseEnd::At(at(seconds)))
        }

        fn now(mut self, seconds: i64) -> Self {
            self.now = seconds;
            self
        }

        fn overriding(mut self) -> Self {
            self.governor = Governor::Override;
            self
        }

        fn state(&self) -> State<'_> {
            State {
                anchor: self.anchor,
                running: self.running,
                standing: &self.standing,
            }
        }

        fn gives(mut self, seconds: i64, source: Source) -> Self {
            self.wanted = Some((seconds, source, None));
            self
        }

        fn moved_by(mut self, clamp: Clamp) -> Self {
            self.wanted = self.wanted.map(|(at, source, _)| (at, source, Some(clamp)));
            self
        }

        fn but(mut self, source: Source, why: NotCounting) -> Self {
            self.why[source as usize] = Some(why);
            self
        }
    }

    fn first_runs_and_baselines() -> Vec<Row> {
        vec![
            row("never run: due at once").every(300).gives(0, BASELINE),
            row("never run: due at its start time")
                .every(300)
                .first_at(60)
                .gives(60, BASELINE),
            row("never run and overdue: now")
                .every(300)
                .now(40)
                .gives(40, BASELINE)
                .moved_by(Clamp::Now),
            row("never run: no clamp applies")
                .every(300)
                .clamps(500, 600)
                .gives(0, BASELINE),
            row("never run on demand: nothing"),
            row("never run, hint: due at its start time")
                .hint(30, 90)
                .first_at(60)
                .gives(60, HINT),
            row("counted from the last start")
                .every(300)
                .anchor(100)
                .now(100)
                .gives(400, BASELINE),
            row("late planning keeps the anchor")
                .every(300)
                .anchor(100)
                .now(250)
                .gives(400, BASELINE),
            row("overdue runs now")
                .every(300)
                .anchor(0)
                .now(310)
                .gives(310, BASELINE)
                .moved_by(Clamp::Now),
            row("due exactly now is not moved")
                .every(300)
                .anchor(0)
                .now(300)
                .gives(300, BASELINE),
            row("below min")
                .every(5)
                .anchor(0)
                .gives(20, BASELINE)
                .moved_by(Clamp::Min),
            row("exactly min").every(20).anchor(0).gives(20, BASELINE),
            row("above max")
                .every(3_600)
                .anchor(0)
                .gives(900, BASELINE)
                .moved_by(Clamp::Max),
            row("exactly max").every(900).anchor(0).gives(900, BASELINE),
            row("max already past: now")
                .every(3_600)
                .anchor(0)
                .now(1_000)
                .gives(1_000, BASELINE)
                .moved_by(Clamp::Now),
            row("cooldown beats the interval")
                .every(300)
                .cooldown(600)
                .anchor(0)
                .gives(600, BASELINE)
                .moved_by(Clamp::Cooldown),
            row("cooldown wins over max")
                .every(300)
                .cooldown(1_200)
                .anchor(0)
                .gives(1_200, BASELINE)
                .moved_by(Clamp::Cooldown),
            row("cooldown wins over max, for what lies beyond it too")
                .every(3_600)
                .cooldown(1_200)
                .anchor(0)
                .gives(1_200, BASELINE)
                .moved_by(Clamp::Cooldown),
            row("overdue by exactly min: it is the present that moves it")
                .every(5)
                .anchor(0)
                .now(20)
                .gives(20, BASELINE)
                .moved_by(Clamp::Now),
            row("min and cooldown alike: min moves it")
                .every(5)
                .cooldown(20)
                .anchor(0)
                .gives(20, BASELINE)
                .moved_by(Clamp::Min),
            row("min and max alike: min moves it")
                .every(5)
                .clamps(60, 60)
                .anchor(0)
                .gives(60, BASELINE)
                .moved_by(Clamp::Min),
            row("max and cooldown alike: max moves it")
                .every(3_600)
                .cooldown(900)
                .anchor(0)
                .gives(900, BASELINE)
                .moved_by(Clamp::Max),
            row("max is now: max moves it")
                .every(3_600)
                .anchor(0)
                .now(900)
                .gives(900, BASELINE)
                .moved_by(Clamp::Max),
            row("running: nothing is planned")
                .every(300)
                .anchor(0)
                .running(),
        ]
    }

    fn failures_and_cron() -> Vec<Row> {
        vec![
            row("one failure doubles")
                .every(60)
                .anchor(0)
                .failed(1)
                .gives(120, BASELINE),
            row("two failures quadruple")
                .every(60)
                .anchor(0)
                .failed(2)
                .gives(240, BASELINE),
            row("five failures: 32 times")
                .every(10)
                .anchor(0)
                .failed(5)
                .gives(320, BASELINE),
            row("nine failures: no more than 32 times")
                .every(10)
                .anchor(0)
                .failed(9)
                .gives(320, BASELINE),
            row("back-off stays below max")
                .every(300)
                .anchor(0)
                .failed(3)
                .gives(900, BASELINE)
                .moved_by(Clamp::Max),
            row("hints are not lengthened")
                .every(60)
                .anchor(0)
                .failed(3)
                .hint(30, 300)
                .gives(30, HINT),
            row("cron: first slot from the start")
                .cron("*/5 * * * *")
                .first_at(10)
                .gives(300, BASELINE),
            row("cron: a slot at the start itself")
                .cron("*/5 * * * *")
                .gives(0, BASELINE),
            row("cron stays on its grid")
                .cron("*/5 * * * *")
                .anchor(310)
                .now(310)
                .gives(600, BASELINE),
            row("cron is not lengthened by failures")
                .cron("*/5 * * * *")
                .anchor(0)
                .failed(4)
                .gives(300, BASELINE),
            row("cron slots closer than min")
                .cron("* * * * *")
                .clamps(90, 900)
                .anchor(0)
                .gives(90, BASELINE)
                .moved_by(Clamp::Min),
            row("cron slots further than max")
                .cron("0 * * * *")
                .anchor(0)
                .gives(900, BASELINE)
                .moved_by(Clamp::Max),
            row("a bad cron expression plans nothing")
                .cron("no cron")
                .anchor(0),
        ]
    }

    fn hints() -> Vec<Row> {
        vec![
            row("a hint tightens")
                .every(300)
                .anchor(0)
                .hint(30, 90)
                .gives(30, HINT),
            row("a hint cannot relax")
                .every(60)
                .anchor(0)
                .hint(300, 900)
                .gives(60, BASELINE),
            row("nudged: from the last start, not from now")
                .every(300)
                .anchor(0)
                .hint(45, 200)
                .now(30)
                .gives(45, HINT),
            row("nudged late: now")
                .every(300)
                .anchor(0)
                .hint(30, 200)
                .now(100)
                .gives(100, HINT)
                .moved_by(Clamp::Now),
            row("a hint below min")
                .every(300)
                .anchor(0)
                .hint(5, 90)
                .gives(20, HINT)
                .moved_by(Clamp::Min),
            row("a hint beyond max")
                .anchor(0)
                .hint(2_000, 9_000)
                .gives(900, HINT)
                .moved_by(Clamp::Max),
            row("a hint on demand")
                .anchor(0)
                .hint(30, 90)
                .gives(30, HINT),
            row("expiring exactly now is expired")
                .every(300)
                .anchor(0)
                .hint(30, 60)
                .now(60)
                .gives(300, BASELINE)
                .but(HINT, NotCounting::Expired),
            row("a result at the expiry does not count")
                .every(300)
                .anchor(0)
                .hint(60, 60)
                .gives(300, BASELINE)
                .but(HINT, NotCounting::ExpiresFirst),
            row("a result just before the expiry counts")
                .every(300)
                .anchor(0)
                .hint(60, 61)
                .gives(60, HINT),
            row("longer than its own expiry keeps nothing away")
                .every(300)
                .anchor(0)
                .hint(200, 100)
                .gives(300, BASELINE)
                .but(HINT, NotCounting::ExpiresFirst),
            row("pushed past its expiry by the cooldown")
                .anchor(0)
                .cooldown(120)
                .hint(30, 100)
                .but(HINT, NotCounting::ExpiresFirst),
            row("tie: the hint before the baseline")
                .every(60)
                .anchor(0)
                .hint(60, 300)
                .gives(60, HINT),
            row("override: a hint relaxes")
                .every(60)
                .anchor(0)
                .hint(300, 900)
                .overriding()
                .gives(300, HINT)
                .but(BASELINE, NotCounting::Overridden),
            row("override: a hint that does not count replaces nothing")
                .every(60)
                .anchor(0)
                .hint(300, 200)
                .overriding()
                .gives(60, BASELINE)
                .but(HINT, NotCounting::ExpiresFirst),
            row("override: one-shots still compete")
                .every(60)
                .anchor(0)
                .hint(300, 900)
                .shot(100, 200)
                .overriding()
                .gives(100, SHOT)
                .but(BASELINE, NotCounting::Overridden),
        ]
    }

    fn one_shots() -> Vec<Row> {
        vec![
            row("a one-shot on demand")
                .anchor(0)
                .shot(100, 160)
                .gives(100, SHOT),
            row("a one-shot that has never run is not clamped")
                .shot(5, 60)
                .gives(5, SHOT),
            row("earlier than the baseline")
                .every(300)
                .anchor(0)
                .shot(100, 160)
                .gives(100, SHOT),
            row("later than the baseline")
                .every(60)
                .anchor(0)
                .shot(100, 160)
                .gives(60, BASELINE),
            row("put off by min")
                .every(300)
                .anchor(90)
                .now(90)
                .shot(100, 160)
                .gives(110, SHOT)
                .moved_by(Clamp::Min),
            row("put off by the cooldown")
                .anchor(0)
                .cooldown(120)
                .shot(100, 160)
                .gives(120, SHOT)
                .moved_by(Clamp::Cooldown),
            row("never pulled forward by max")
                .anchor(0)
                .shot(2_000, 3_000)
                .gives(2_000, SHOT),
            row("put off past its expiry")
                .anchor(0)
                .cooldown(200)
                .shot(100, 160)
                .but(SHOT, NotCounting::ExpiresFirst),
            row("put off to exactly its expiry")
                .anchor(0)
                .cooldown(160)
                .shot(100, 160)
                .but(SHOT, NotCounting::ExpiresFirst),
            row("overdue: now")
                .anchor(0)
                .shot(100, 300)
                .now(150)
                .gives(150, SHOT)
                .moved_by(Clamp::Now),
            row("expired")
                .every(300)
                .anchor(0)
                .shot(100, 160)
                .now(160)
                .gives(300, BASELINE)
                .but(SHOT, NotCounting::Expired),
            row("tie: the one-shot before all")
                .every(60)
                .anchor(0)
                .hint(60, 300)
                .shot(60, 300)
                .gives(60, SHOT),
        ]
    }

    fn pauses() -> Vec<Row> {
        let forever = |name| row(name).every(60).anchor(0).paused(PauseEnd::Forever);
        vec![
            forever("asleep: nothing").but(BASELINE, NotCounting::Paused),
            row("asleep: not even a one-shot")
                .anchor(0)
                .shot(30, 90)
                .paused(PauseEnd::Forever)
                .but(SHOT, NotCounting::Paused),
            row("paused on a condition: nothing")
                .every(60)
                .anchor(0)
                .paused(PauseEnd::Condition(3))
                .but(BASELINE, NotCounting::Paused),
            row("after the pause, overdue: at its end")
                .every(60)
                .anchor(0)
                .paused_to(200)
                .gives(200, BASELINE)
                .moved_by(Clamp::Now),
            row("after the pause, not yet due")
                .every(300)
                .anchor(0)
                .paused_to(200)
                .gives(300, BASELINE),
            row("a pause that ends exactly now is over")
                .every(60)
                .anchor(0)
                .paused_to(60)
                .now(60)
                .gives(60, BASELINE),
            row("a pause that ended long ago is over")
                .every(60)
                .anchor(0)
                .paused_to(30)
                .now(100)
                .gives(100, BASELINE)
                .moved_by(Clamp::Now),
            row("a hint that expires within the pause is gone")
                .every(300)
                .anchor(0)
                .hint(30, 90)
                .paused_to(100)
                .gives(300, BASELINE)
                .but(HINT, NotCounting::Expired),
            row("a hint that outlives the pause")
                .every(300)
                .anchor(0)
                .hint(30, 190)
                .paused_to(100)
                .gives(100, HINT)
                .moved_by(Clamp::Now),
            row("a one-shot waits for the end")
                .anchor(0)
                .shot(30, 190)
                .paused_to(100)
                .gives(100, SHOT)
                .moved_by(Clamp::Now),
            row("on demand after a pause: still nothing")
                .anchor(0)
                .paused_to(100),
        ]
    }

    #[test]
    fn the_table_of_decisions() {
        let tables = [
            first_runs_and_baselines(),
            failures_and_cron(),
            hints(),
            one_shots(),
            pauses(),
        ];
        let rows: Vec<Row> = tables.into_iter().flatten().collect();
        assert!(rows.len() >= 40, "only {} rows", rows.len());
        for row in rows {
            let decision = decide(
                EndpointId(0),
                &row.endpoint,
                &row.state(),
                at(row.now),
                row.governor,
            );
            let got = decision
                .at
                .zip(decision.source)
                .map(|(at, source)| (at, source, decision.clamp));
            let wanted = row
                .wanted
                .map(|(time, source, clamp)| (at(time), source, clamp));
            assert_eq!(got, wanted, "{}", row.name);
            let mut why = [None; 3];
            for candidate in decision.considered() {
                why[candidate.source as usize] = candidate.not_counting;
            }
            assert_eq!(why, row.why, "{}: why candidates do not count", row.name);
            let short = plan(&row.endpoint, &row.state(), at(row.now), row.governor);
            assert_eq!(
                short.map(|plan| (plan.at, plan.source, plan.clamp)),
                got,
                "{}: the short form",
                row.name
            );
        }
    }

    #[test]
    fn the_record_keeps_what_was_asked_for_and_what_came_of_it() {
        let row = row("").every(300).anchor(0).hint(5, 90).shot(10, 60).now(3);
        let decision = decide(
            EndpointId(4),
            &row.endpoint,
            &row.state(),
            at(3),
            row.governor,
        );
        let kept: Vec<_> = decision
            .considered()
            .map(|c| (c.source, c.raw, c.at, c.moved, c.expires, c.call))
            .collect();
        assert_eq!(
            kept,
            [
                (BASELINE, at(300), at(300), None, None, None),
                (
                    HINT,
                    at(5),
                    at(20),
                    Some(Clamp::Min),
                    Some(at(90)),
                    Some(CallId(0))
                ),
                (
                    SHOT,
                    at(10),
                    at(20),
                    Some(Clamp::Min),
                    Some(at(60)),
                    Some(CallId(1))
                ),
            ]
        );
        assert_eq!(
            (decision.endpoint, decision.decided_at),
            (EndpointId(4), at(3))
        );
        assert_eq!(
            (decision.anchor, decision.source),
            (Some(at(0)), Some(SHOT))
        );
        assert_eq!(decision.expires(), Some(at(60)));
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod properties {
    use super::*;
    use crate::schedule::Tier;
    use proptest::prelude::*;

    fn secs() -> impl Strategy<Value = Span> {
        (0..400_i64).prop_map(Span::from_secs)
    }

    proptest! {
        // Every second of the first ten minutes after a start, for whatever stands then.
        #[test]
        fn a_rhythm_gives_what_planning_gives(
            every in prop::option::of(secs()),
            (min, more, cooldown) in (secs(), secs(), secs()),
            hint in prop::option::of((secs(), secs())),
            (anchor, overriding) in (0..1_000_i64, any::<bool>()),
        ) {
            let governor = if overriding { Governor::Override } else { Governor::Tightest };
            let endpoint = Endpoint {
                baseline: every.map_or(Baseline::None, Baseline::Every),
                min,
                max: min + more,
                cooldown,
                ..Endpoint::new("e", Tier::Health)
            };
            let anchor = Instant::from_ms(anchor);
            let interval = hint.map(|(every, ttl)| IntervalHint {
                every,
                expires: anchor + ttl,
                call: CallId(0),
            });
            let standing = Standing { interval, ..Standing::default() };
            let state = State { anchor: Some(anchor), running: false, standing: &standing };
            let rhythm = rhythm(&endpoint, &standing, governor);
            for after in 0..600 {
                let now = anchor + Span::from_secs(after);
                if let Some(kept) = rhythm.and_then(|rhythm| rhythm.plan(anchor, now)) {
                    prop_assert_eq!(Some(kept), plan(&endpoint, &state, now, governor), "after {} s", after);
                }
            }
            let first = rhythm.and_then(|rhythm| rhythm.plan(anchor, anchor));
            prop_assert!(
                first.is_some() || plan(&endpoint, &state, anchor, governor).is_none() || hint.is_some(),
                "a baseline alone has a rhythm"
            );
        }
    }
}
