//! Where in the lists of a trace everything stands that is about one endpoint, metric or rule: found once, so that no
//! question about one of them goes through all of the others.

use std::sync::OnceLock;

use super::trace::{HeldBack, Trace};
use crate::time::{Instant, Span};

/// The places of each thing in one list, in its order.
type Of = Vec<Vec<u32>>;

/// The places in the lists of a trace.
#[derive(Debug, Default)]
pub(super) struct Places {
    pub runs: Of,
    pub contexts: Of,
    pub seen: Of,
    pub changes: Of,
    pub held_back: Of,
    /// The shortest time between two starts of each endpoint.
    pub gaps: Vec<Option<Span>>,
    /// The start of each endpoint from which on no time between two starts is shorter than the one before it.
    pub relaxed: Vec<Option<Instant>>,
    /// When each endpoint was awake.
    pub awake: Vec<Vec<(Instant, Instant)>>,
    /// How often each rule went on, and when it was first considered and held back.
    pub rules: Vec<(usize, Option<Instant>)>,
}

/// Places that are found when somebody asks for them. A copy looks for its own: it may be changed before it is asked.
#[derive(Debug, Default)]
pub struct Found {
    places: OnceLock<Places>,
    /// For each rule, how late it was seen that its condition held.
    pub(super) seen_after: OnceLock<Vec<Option<Span>>>,
}

impl Clone for Found {
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl Found {
    pub(super) fn of(&self, trace: &Trace) -> &Places {
        self.places.get_or_init(|| Places::of(trace))
    }
}

fn placed(count: usize, whose: impl Iterator<Item = usize>) -> Of {
    let mut of = vec![Vec::new(); count];
    for (place, whose) in (0..).zip(whose) {
        if whose >= of.len() {
            of.resize(whose + 1, Vec::new());
        }
        if let Some(places) = of.get_mut(whose) {
            places.push(place);
        }
    }
    of
}

impl Places {
    fn of(trace: &Trace) -> Self {
        let endpoints = trace.endpoints.len();
        let rules = trace.scenario.rules.len();
        let log = &trace.log;
        let gap = |places: &Vec<u32>| {
            let starts = places
                .iter()
                .filter_map(|place| log.runs.get(*place as usize));
            let gaps = starts.clone().zip(starts.skip(1));
            gaps.map(|(before, after)| after.start - before.start).min()
        };
        let runs = placed(endpoints, log.runs.iter().map(|run| run.endpoint.index()));
        let relaxed = |places: &Vec<u32>| {
            let run = |place: usize| log.runs.get(*places.get(place)? as usize);
            let gap = |place: usize| Some(run(place + 1)?.start - run(place)?.start);
            let mut from = places.len().checked_sub(1)?;
            while let Some(before) = from.checked_sub(1)
                && gap(from).is_none_or(|after| gap(before).is_some_and(|gap| gap <= after))
            {
                from = before;
            }
            run(from).map(|run| run.start)
        };
        let contexts = placed(endpoints, log.contexts.iter().map(|c| c.endpoint.index()));
        let awake = |places: &Vec<u32>| {
            let states = places
                .iter()
                .filter_map(|place| log.contexts.get(*place as usize));
            let mut next = states.clone().skip(1);
            let mut awake = Vec::new();
            for state in states {
                let until = next.next().map_or(trace.end(), |next| next.from);
                if state.pause().is_none() && until > state.from {
                    awake.push((state.from, until));
                }
            }
            awake
        };
        let mut on = vec![0; rules];
        for change in trace.changes.iter().filter(|change| change.on) {
            if let Some(on) = on.get_mut(change.rule) {
                *on += 1;
            }
        }
        let held_back = placed(rules, trace.held_back.iter().map(|held| held.rule));
        let considered = (0..rules).map(|rule| {
            let mut stretches = considered(trace, items(&trace.held_back, &held_back, rule));
            stretches.next().map(|(from, _)| from)
        });
        Self {
            relaxed: runs.iter().map(relaxed).collect(),
            awake: contexts.iter().map(awake).collect(),
            rules: on.into_iter().zip(considered).collect(),
            gaps: runs.iter().map(gap).collect(),
            runs,
            contexts,
            seen: placed(
                trace.scenario.metrics.len(),
                trace.observations.iter().map(|seen| seen.metric),
            ),
            changes: placed(rules, trace.changes.iter().map(|change| change.rule)),
            held_back,
        }
    }
}

/// The stretches in which a rule was considered but held back.
pub(super) fn considered<'a>(
    trace: &Trace,
    mut records: impl Iterator<Item = (u32, &'a HeldBack)>,
) -> impl Iterator<Item = (Instant, Instant)> {
    let end = trace.end();
    let is = |held: &HeldBack| held.considered && !held.on;
    let stretch = move || {
        let (_, first) = records.find(|(_, held)| is(held))?;
        let next = records.find(|(_, held)| !is(held));
        Some((first.at, next.map_or(end, |(_, held)| held.at)))
    };
    std::iter::from_fn(stretch).filter(|(from, to)| from < to)
}

/// What a list holds of one thing, in its order.
pub(super) fn items<'a, T>(
    list: &'a [T],
    of: &'a Of,
    whose: usize,
) -> impl DoubleEndedIterator<Item = (u32, &'a T)> + Clone + 'a {
    let places = of.get(whose).map_or(&[][..], Vec::as_slice);
    places
        .iter()
        .filter_map(move |place| Some((*place, list.get(*place as usize)?)))
}

/// What a list holds of one thing up to where something is no longer so; the list is in the order of what is asked.
pub(super) fn items_while<'a, T>(
    list: &'a [T],
    of: &'a Of,
    whose: usize,
    is: impl Fn(&T) -> bool,
) -> impl DoubleEndedIterator<Item = (u32, &'a T)> + Clone + 'a {
    let places = of.get(whose).map_or(&[][..], Vec::as_slice);
    let end = places.partition_point(|place| list.get(*place as usize).is_some_and(&is));
    let places = places.get(..end).unwrap_or_default();
    places
        .iter()
        .filter_map(move |place| Some((*place, list.get(*place as usize)?)))
}
