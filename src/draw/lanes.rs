//! One lane an endpoint: its runs as marks, its states as bands.

use std::fmt::Write as _;

use super::scale::{Apart, TimeScale};
use crate::order;
use crate::rule::{Rounded, rounded};
use crate::schedule::{EndpointId, RunId, Tier, Tool};
use crate::sim::Trace;
use crate::time::Instant;

/// A run on a lane.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    /// Which run.
    pub run: RunId,
    /// When it started.
    pub at: Instant,
    /// Whether it succeeded.
    pub ok: bool,
}

/// What a band shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum BandKind {
    /// Paused.
    Asleep,
    /// An interval hint is in force.
    Hint,
    /// A one-shot is pending.
    Pending,
    /// An action cools down.
    Cooldown,
    /// A rule considered it and was held back.
    HeldBack,
}

impl BandKind {
    /// The name that style sheets use.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Asleep => "asleep",
            Self::Hint => "hint",
            Self::Pending => "pending",
            Self::Cooldown => "cooldown",
            Self::HeldBack => "held-back",
        }
    }
}

/// A state of an endpoint for a while.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Band {
    /// What it shows.
    pub kind: BandKind,
    /// From when.
    pub from: Instant,
    /// Until when.
    pub to: Instant,
}

/// The lane of an endpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lane {
    /// Whose.
    pub endpoint: EndpointId,
    /// Its tier.
    pub tier: Tier,
    /// Its name.
    pub name: String,
    /// Its runs, in order of time.
    pub marks: Vec<Mark>,
    /// Its states.
    pub bands: Vec<Band>,
}

impl Lane {
    /// The mark nearest to an instant.
    #[must_use]
    pub fn nearest(&self, at: Instant) -> Option<Mark> {
        let after = self.marks.partition_point(|mark| mark.at < at);
        let before = after.checked_sub(1).and_then(|index| self.marks.get(index));
        let after = self.marks.get(after);
        before
            .into_iter()
            .chain(after)
            .min_by_key(|mark| (mark.at - at).ms().abs())
            .copied()
    }
}

/// All lanes, from the top: alerts first, and within a tier the one declared last first, as tiers are stacked.
#[must_use]
pub fn lanes(trace: &Trace) -> Vec<Lane> {
    let mut lanes: Vec<Lane> = (0..)
        .map(EndpointId)
        .zip(&trace.scenario.endpoints)
        .map(|(id, endpoint)| Lane {
            endpoint: id,
            tier: endpoint.schedule.tier,
            name: endpoint.name.clone(),
            marks: trace
                .runs_of(id)
                .map(|(run, record)| Mark {
                    run,
                    at: record.start,
                    ok: record.ok,
                })
                .collect(),
            bands: bands(trace, id),
        })
        .collect();
    lanes.reverse();
    order::by_key(&mut lanes, |lane| (-(lane.tier as i64), 0));
    lanes
}

/// Whether a state holds in a context.
type Holds = fn(&crate::schedule::Context) -> bool;

fn bands(trace: &Trace, id: EndpointId) -> Vec<Band> {
    let mut bands = Vec::new();
    let contexts: Vec<_> = trace.contexts_of(id).collect();
    let states: [(BandKind, Holds); 3] = [
        (BandKind::Asleep, |c| c.pause().is_some()),
        (BandKind::Hint, |c| {
            c.interval().is_some() && c.pause().is_none()
        }),
        (BandKind::Pending, |c| {
            c.one_shot().is_some() && c.pause().is_none()
        }),
    ];
    for (kind, holds) in states {
        let mut open: Option<Instant> = None;
        for context in &contexts {
            match (open, holds(context)) {
                (None, true) => open = Some(context.from),
                (Some(from), false) => {
                    bands.push(Band {
                        kind,
                        from,
                        to: context.from,
                    });
                    open = None;
                }
                _ => {}
            }
        }
        if let Some(from) = open {
            bands.push(Band {
                kind,
                from,
                to: trace.end(),
            });
        }
    }
    let cooldown = trace
        .endpoints
        .get(id.index())
        .map(|endpoint| endpoint.cooldown);
    if let Some(cooldown) = cooldown.filter(|cooldown| cooldown.is_positive()) {
        bands.extend(trace.runs_of(id).map(|(_, run)| Band {
            kind: BandKind::Cooldown,
            from: run.start,
            to: run.start + cooldown,
        }));
    }
    for (rule, definition) in trace.scenario.rules.iter().enumerate() {
        if definition.can_run(id) {
            bands.extend(trace.considered(rule).into_iter().map(|(from, to)| Band {
                kind: BandKind::HeldBack,
                from,
                to,
            }));
        }
    }
    bands.retain(|band| band.from < band.to);
    bands
}

/// The run that a run goes back to: the one whose observation made a rule or an own planner ask for it.
#[must_use]
pub fn cause_of(trace: &Trace, run: RunId) -> Option<RunId> {
    let record = trace.run(run)?;
    let call = trace.decision(record)?.winner()?.call?;
    if matches!(trace.log.call(call)?.tool, Tool::PauseUntil(_)) {
        return None;
    }
    match trace.cause(call)? {
        crate::sim::Cause::Rule { run, .. } => Some(run),
        #[cfg(feature = "planner")]
        crate::sim::Cause::Own(run) => Some(run),
        _ => None,
    }
}

/// How far a mark at the edge may stick out of what is shown, in pixels.
const EDGE: f64 = 6.0;

impl Lane {
    /// The runs that are shown, as path data: strokes for checks, diamonds for actions.
    #[must_use]
    pub fn marks_path(&self, scale: &TimeScale, height: f64, ok: bool) -> String {
        let mut path = String::new();
        let (middle, half) = (height / 2.0, 6);
        let mut apart = Apart::default();
        for mark in self.marks.iter().filter(|mark| mark.ok == ok) {
            let x = scale.x(mark.at);
            if !(-EDGE..=scale.width + EDGE).contains(&x) || !apart.is_seen(x, 0.0) {
                continue;
            }
            let _ = if self.tier.is_check() {
                write!(
                    path,
                    "M{} {}v{}",
                    px(x),
                    px(middle - f64::from(half)),
                    2 * half
                )
            } else {
                write!(
                    path,
                    "M{} {}l{half} {half}l-{half} {half}l-{half} -{half}z",
                    px(x),
                    px(middle - f64::from(half))
                )
            };
        }
        path
    }

    /// The bands of a kind that are shown, as path data between two heights.
    #[must_use]
    pub fn bands_path(
        &self,
        kind: BandKind,
        scale: &TimeScale,
        (top, bottom): (f64, f64),
    ) -> String {
        let mut path = String::new();
        let mut apart = Apart::default();
        for band in self.bands.iter().filter(|band| band.kind == kind) {
            if let Some((from, to)) = scale.stretch(band.from, band.to)
                && apart.is_seen(from, to)
            {
                let [from, top, to, bottom] = [from, top, to, bottom].map(px);
                let _ = write!(path, "M{from} {top}H{to}V{bottom}H{from}z");
            }
        }
        path
    }
}

/// A place as it stands in path data.
fn px(place: f64) -> Rounded {
    rounded(place, 1)
}

/// Starts of another run as ticks between two heights, as path data.
#[must_use]
pub fn ticks_path(starts: &[Instant], scale: &TimeScale, (top, bottom): (f64, f64)) -> String {
    let mut path = String::new();
    let mut apart = Apart::default();
    for at in starts {
        let x = scale.x(*at);
        if (-EDGE..=scale.width + EDGE).contains(&x) && apart.is_seen(x, 0.0) {
            let _ = write!(path, "M{} {}V{}", px(x), px(top), px(bottom));
        }
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draw::Viewport;
    use crate::scenario::{FLASH_SALE, Parameters, Scenario};
    use std::sync::Arc;

    fn shown() -> (Trace, Vec<Lane>) {
        let scenario =
            Arc::new(Scenario::parse(FLASH_SALE).expect("the flash sale is well-formed"));
        let trace = crate::sim::simulate(&scenario, &Parameters::new(&scenario)).expect("it runs");
        let lanes = lanes(&trace);
        (trace, lanes)
    }

    #[test]
    fn every_run_is_a_mark_and_every_mark_a_run() {
        let (trace, lanes) = shown();
        let marks: usize = lanes.iter().map(|lane| lane.marks.len()).sum();
        assert_eq!(marks, trace.log.runs.len());
        let scale = TimeScale {
            viewport: Viewport::fit(trace.end()),
            width: 760.0,
        };
        for lane in &lanes {
            let drawn = lane.marks_path(&scale, 22.0, true).matches('M').count();
            assert_eq!(drawn, lane.marks.len(), "{}", lane.name);
        }
    }

    #[test]
    fn alerts_stand_on_top_and_the_traffic_monitor_at_the_bottom() {
        let (_, lanes) = shown();
        assert_eq!(
            lanes.first().map(|lane| lane.name.as_str()),
            Some("on-call page")
        );
        assert_eq!(
            lanes.last().map(|lane| lane.name.as_str()),
            Some("traffic monitor")
        );
    }

    #[test]
    fn the_page_was_considered_and_held_back() {
        let (_, lanes) = shown();
        let held: Vec<String> = lanes[0]
            .bands
            .iter()
            .filter(|band| band.kind == BandKind::HeldBack)
            .map(|band| format!("{} - {}", band.from, band.to))
            .collect();
        assert_eq!(held, ["13:20 - 21:00"]);
    }

    #[test]
    fn the_nearest_mark_answers() {
        let (_, lanes) = shown();
        let traffic = lanes.last().expect("there are ten");
        let near = |ms| {
            traffic
                .nearest(Instant::from_ms(ms))
                .expect("it ran")
                .at
                .to_string()
        };
        assert_eq!(near(0), "0:00");
        assert_eq!(near(290_000), "5:00");
        assert_eq!(
            near(2_399_000),
            traffic.marks.last().expect("it ran").at.to_string()
        );
    }

    #[test]
    fn support_goes_back_to_what_the_traffic_monitor_saw() {
        let (trace, lanes) = shown();
        let support = lanes[1].marks[0].run;
        let cause = cause_of(&trace, support)
            .and_then(|run| trace.run(run))
            .expect("a rule asked for it");
        assert_eq!(cause.start.to_string(), "20:00");
    }
}
