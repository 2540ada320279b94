//! The tracks of the sliders: each is painted with what would happen at each of its values.
//!
//! That is found by simulating, for a few milliseconds at a time, once the levers have stood still for a while. Only
//! tracks that can be seen are painted.

use super::dom::{El, el, fold, row, short, svg, table};
use super::levers::full_label;
use super::signals::{RwSignal, effect};
use super::store::Store;
use super::turns::Turns;
use crate::draw::SliderScale;
use crate::insight::{Outcomes, severity as severity_of};
use crate::rule::{Rounded, Shown, rounded};
use crate::scenario::Scenario;
use crate::schedule::Tier;
use crate::session::{Setup, Tab};
use crate::sim::{Engine, Progress, SLICE};

/// How far apart the values are at which a track is simulated, as a share of the track: first all tracks coarsely, then
/// all finely, so that narrow stretches are found as well.
const SPACINGS: [f64; 2] = [1.0 / 64.0, 1.0 / 256.0];
/// How long the levers must have stood still before tracks are painted, in milliseconds.
const STILL: u32 = 140;
/// What the tracks are called as a table.
const LISTED: &str = "The sliders’ colours as a table";
/// From here on severities look the same.
const MOST_SEVERE: usize = 3;

/// What people call a severity: the most severe alert that goes out.
fn told(scenario: &Scenario, severity: usize) -> Option<&str> {
    let Some(place) = severity.checked_sub(1) else {
        return Some("quiet");
    };
    let alerts = scenario
        .endpoints
        .iter()
        .filter(|endpoint| endpoint.schedule.tier == Tier::Alert);
    let mut names = alerts.map(|endpoint| endpoint.name.as_str());
    names.nth(place)
}

/// What the colours and heights of the tracks mean.
pub fn legend(store: Store) -> El {
    let scenario = store.scenario();
    let names = (0..).map_while(|severity| Some((severity, told(&scenario, severity)?)));
    let entries = names.map(|(severity, name)| {
        let colour = format!("swatch severity-{}", severity.min(MOST_SEVERE));
        el("span")
            .class("entry")
            .live_class("now", move || {
                store.run.with(|run| severity_of(&run.trace)) == severity
            })
            .child(el("span").class(&colour))
            .text(name)
    });
    let other = [("barred", "not allowed"), ("unknown", "not worked out yet")];
    let other = other.map(|(class, name)| {
        let swatch = el("span").class(&format!("swatch {class}"));
        el("span").class("entry").child(swatch).text(name)
    });
    el("p")
        .class("legend")
        .text("Who would be told: ")
        .children(entries)
        .children(other)
}

/// What would happen along a track.
#[derive(Clone, Default)]
struct Painted {
    /// What it was found with.
    setup: Option<Setup>,
    /// The severity at each of its values; nothing where the parameter cannot have that value.
    outcomes: Outcomes<Option<usize>>,
}

/// The track of one slider.
#[derive(Clone, Copy)]
pub struct Track {
    store: Store,
    parameter: usize,
    scale: SliderScale,
    /// Whether the slider can be seen when the levers can be.
    shown: RwSignal<bool>,
    painted: RwSignal<Painted>,
}

impl Track {
    /// What happens at the slider's present value, in the legend's words, once the track is painted.
    pub fn outcome(self) -> Option<String> {
        if self.painted.with(|painted| painted.outcomes.is_empty()) {
            return None;
        }
        let severity = self.store.run.with(|run| severity_of(&run.trace));
        told(&self.store.scenario(), severity).map(str::to_owned)
    }

    /// The track as it lies behind its slider.
    pub fn picture(self) -> El {
        let ground = svg("path").class("empty").attr("d", "M0 14H100");
        let barred = svg("path")
            .class("barred")
            .live_attr("d", move || self.barred());
        let painted = (0..=MOST_SEVERE).map(|severity| {
            svg("path")
                .class(&format!("severity-{severity}"))
                .live_attr("d", move || self.stretches(severity))
        });
        svg("svg")
            .class("track")
            .attr("viewBox", "0 0 100 16")
            .attr("preserveAspectRatio", "none")
            .attr("aria-hidden", "true")
            .child(ground)
            .child(barred)
            .children(painted)
    }

    /// The path around all values at which something so severe happens.
    fn stretches(self, wanted: usize) -> String {
        let top = 12.0 - 3.0 * wanted as f64;
        self.drawn(
            |found| found.map(|found| found.min(MOST_SEVERE)) == Some(wanted),
            |left, right| format!("M{left} {}H{right}V16H{left}z", short(top)),
        )
    }

    /// The line along all values that cannot be had.
    fn barred(self) -> String {
        self.drawn(
            |found| found.is_none(),
            |left, right| format!("M{left} 14H{right}"),
        )
    }

    /// The path of all stretches of a kind.
    fn drawn(
        self,
        wanted: impl Fn(Option<usize>) -> bool,
        path: impl Fn(Rounded, Rounded) -> String,
    ) -> String {
        let place = |share: f64| rounded(share * 100.0, 2);
        let all = self.painted.with(|painted| painted.outcomes.stretches());
        let each = all.into_iter().filter(|(_, _, found)| wanted(*found));
        each.map(|(from, to, _)| path(place(from), place(to)))
            .collect()
    }

    /// What the track shows, a row for each stretch: up to where, and what happens there.
    fn rows(self, scenario: &Scenario) -> Vec<El> {
        let Some(parameter) = scenario.parameters.get(self.parameter) else {
            return Vec::new();
        };
        // Between the values that were tried: to the second is more than is known.
        let second = |value: f64| match parameter.shown {
            Shown::Duration if value >= 10_000.0 => (value / 1_000.0).round() * 1_000.0,
            _ => value,
        };
        let written = |share: f64| parameter.written(second(self.scale.at(share)));
        let all = self.painted.with(|painted| painted.outcomes.stretches());
        let each = all.into_iter().map(|(from, to, outcome)| {
            let outcome = outcome.and_then(|severity| told(scenario, severity));
            let outcome = outcome.unwrap_or("not possible").to_owned();
            let (from, to) = (written(from), written(to));
            let to = if from == to {
                "just there".to_owned()
            } else {
                to
            };
            let cells = [from, to, outcome];
            row(&full_label(scenario, parameter), &cells)
        });
        each.collect()
    }

    /// Whether it is painted as it should be; where its own slider stands makes no difference to it.
    fn is_painted(self, now: &Setup) -> bool {
        self.painted.with_untracked(|painted| {
            painted.setup.as_ref().is_some_and(|then| {
                let then_values = then.parameters.values().iter();
                let both = then_values.zip(now.parameters.values());
                let same = |(index, (then, now))| index == self.parameter || then == now;
                then.calls == now.calls && both.enumerate().all(same)
            })
        })
    }

    /// Where along the track the slider stands.
    fn share(self, setup: &Setup) -> f64 {
        let (first, last) = self.scale.ends();
        let position = self.scale.position(setup.parameters.get(self.parameter));
        ((position - first) / (last - first)).clamp(0.0, 1.0)
    }

    /// The run at one of its values; nothing where it cannot have that value.
    fn simulated(self, setup: &Setup, share: f64) -> Option<Engine> {
        let scenario = self.store.scenario();
        let value = self.scale.at(share);
        let mut tried = setup.parameters.clone();
        tried.set(&scenario, self.parameter, value).ok()?;
        Engine::new(&scenario, &tried, setup.interventions()).ok()
    }
}

/// All tracks, and what paints them.
#[derive(Clone, Copy)]
pub struct Tracks {
    store: Store,
    all: RwSignal<Vec<Track>>,
}

impl Tracks {
    /// No tracks yet.
    pub fn new(store: Store) -> Self {
        let all = RwSignal::new(Vec::<Track>::new());
        let turns = Turns::new();
        effect(move || {
            turns.stop();
            if store.tab.get() != Tab::Levers {
                return;
            }
            let setup = store.setup.get();
            let mut left = Vec::new();
            let all = all.get();
            for spacing in SPACINGS.into_iter().rev() {
                let shown = all.iter().rev().filter(|track| track.shown.get());
                left.extend(shown.map(|track| (*track, spacing)));
            }
            let mut painting = Painting {
                setup,
                left,
                known: Painted::default(),
                trying: None,
            };
            turns.start(STILL, move || painting.goes_on());
        });
        Self { store, all }
    }

    /// The tracks that are painted, as a table.
    pub fn listed(self) -> El {
        let open = RwSignal::new(false);
        let rows = move || {
            let scenario = self.store.scenario();
            let all = self.all.get();
            let rows = all.iter().flat_map(|track| track.rows(&scenario));
            let head = ["lever", "from", "to", "told"];
            vec![table(LISTED, &head, rows.collect())]
        };
        let list = move || if open.get() { rows() } else { Vec::new() };
        fold(LISTED, open).child(el("div").live(list))
    }

    /// The track of another slider, which can be seen as long as `shown` says so.
    pub fn add(self, parameter: usize, scale: SliderScale, shown: RwSignal<bool>) -> Track {
        let track = Track {
            store: self.store,
            parameter,
            scale,
            shown,
            painted: RwSignal::new(Painted::default()),
        };
        self.all.update(|all| all.push(track));
        track
    }
}

/// What is still to be painted.
struct Painting {
    setup: Setup,
    /// Each with how far apart its values shall be, the last first.
    left: Vec<(Track, f64)>,
    /// What is known of the first track that is left.
    known: Painted,
    /// The run at one of its values that is going on.
    trying: Option<(f64, Box<Engine>)>,
}

impl Painting {
    /// Goes on for a part of the run at one value of the first track that is left, which is painted once they are all
    /// known; says whether there was one.
    fn goes_on(&mut self) -> bool {
        if let Some((share, mut engine)) = self.trying.take() {
            let outcome = match engine.run(SLICE) {
                Ok(Progress::Done) => Some(severity_of(&engine.into_trace())),
                Ok(_) => {
                    self.trying = Some((share, engine));
                    return true;
                }
                Err(_) => None,
            };
            self.known.outcomes.add(share, outcome);
            self.known.setup = None;
            return true;
        }
        let Some(&(track, spacing)) = self.left.last() else {
            return false;
        };
        if self.known.outcomes.is_empty() && track.is_painted(&self.setup) {
            self.known = track.painted.get_untracked();
        }
        if let Some(share) = self.known.outcomes.next(spacing) {
            match track.simulated(&self.setup, share) {
                Some(engine) => self.trying = Some((share, Box::new(engine))),
                None => {
                    self.known.outcomes.add(share, None);
                    self.known.setup = None;
                }
            }
            return true;
        }
        // Where the slider stands is known, however narrow the stretch around it is.
        let share = track.share(&self.setup);
        let severity = track
            .store
            .run
            .with_untracked(|run| severity_of(&run.trace));
        if self.known.outcomes.at(share) != Some(Some(severity)) {
            self.known.outcomes.add(share, Some(severity));
            self.known.setup = None;
            return true;
        }
        let mut known = std::mem::take(&mut self.known);
        if known.setup.is_none() {
            known.setup = Some(self.setup.clone());
            track.painted.set(known);
        }
        self.left.pop();
        true
    }
}
