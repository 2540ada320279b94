//! The governor: one pure function from an endpoint's state and the time to its next run, with the reasons.
//!
//! Invariant: nothing here remembers anything, so a decision can be rebuilt at any time and must come out equal.

use super::decision::{Candidate, Clamp, Decision, NotCounting, PauseSeen, Source};
use super::endpoint::{Baseline, Endpoint, EndpointId};
use super::log::{CallId, PauseEnd};
use crate::time::{Instant, Span};

/// How hints and baseline compete.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
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

/// All that planning depends on, besides the definition and the time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct State {
    /// Start of the last run.
    pub anchor: Option<Instant>,
    /// Consecutive failures, counting the run that just ended.
    pub failures: u8,
    /// Whether a run is in progress.
    pub running: bool,
    /// The interval hint in force.
    pub interval: Option<IntervalHint>,
    /// The one-shot that is pending.
    pub one_shot: Option<OneShot>,
    /// The pause in force.
    pub pause: Option<Pause>,
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
fn as_of(state: &State, now: Instant) -> Option<Instant> {
    match state.pause {
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
#[inline]
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
#[inline]
fn baseline_raw(endpoint: &Endpoint, state: &State) -> Option<Instant> {
    match (&endpoint.baseline, state.anchor) {
        (Baseline::None, _) => None,
        (Baseline::Every(_), None) => Some(endpoint.start_at),
        (Baseline::Every(every), Some(anchor)) => {
            Some(anchor + every.times(1 << state.failures.min(MOST_DOUBLINGS)))
        }
        (Baseline::Cron(cron), None) => cron.first_from(endpoint.start_at),
        (Baseline::Cron(cron), Some(anchor)) => cron.first_after(anchor),
    }
}

/// All candidates as of `now`: baseline, interval hint, one-shot.
#[inline]
fn candidates(
    endpoint: &Endpoint,
    state: &State,
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
    let interval = state.interval.map(|hint| {
        let raw = state
            .anchor
            .map_or(endpoint.start_at, |anchor| anchor + hint.every);
        candidate(Source::IntervalHint, raw, Some((hint.expires, hint.call)))
    });
    let one_shot = state
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
#[must_use]
#[inline]
pub fn plan(endpoint: &Endpoint, state: &State, now: Instant, governor: Governor) -> Option<Plan> {
    if state.running {
        return None;
    }
    let now = as_of(state, now)?;
    winner(&candidates(endpoint, state, now, governor))
}

/// The same as [`plan`], with everything that was considered.
#[must_use]
pub fn decide(
    id: EndpointId,
    endpoint: &Endpoint,
    state: &State,
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
        .pause
        .filter(|pause| !matches!(pause.end, PauseEnd::At(until) if until <= now));
    Decision {
        endpoint: id,
        decided_at: now,
        anchor: state.anchor,
        failures: state.failures,
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
