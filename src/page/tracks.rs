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
use crate::insight::severity as severity_of;
use crate::rule::{Rounded, rounded};
use crate::scenario::Scenario;
use crate::schedule::Tier;
use crate::session::{Setup, Tab};
use crate::sim::Engine;

/// At how many values a track is simulated.
const SAMPLES: usize = 49;
/// How often the boundary between two outcomes is halved, from one sample to the next.
const HALVINGS: u32 = 4;
/// How long the levers must have stood still before tracks are painted, in milliseconds.
const STILL: u32 = 140;
/// What the tracks are called as a table.
const LISTED: &str = "The tracks as a table";
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
    outcomes: Vec<Option<usize>>,
    /// Where each sample's stretch ends, as a share of the track.
    edges: Vec<f64>,
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

    /// The path of all samples of a kind, each from its left to its right edge.
    fn drawn(
        self,
        wanted: impl Fn(Option<usize>) -> bool,
        path: impl Fn(Rounded, Rounded) -> String,
    ) -> String {
        self.painted.with(|painted| {
            let edge = |sample: Option<usize>| {
                let edge = sample.and_then(|sample| painted.edges.get(sample));
                rounded(edge.copied().unwrap_or(0.0).min(1.0) * 100.0, 2)
            };
            let each = painted.outcomes.iter().enumerate();
            each.filter(|(_, found)| wanted(**found))
                .map(|(sample, _)| path(edge(sample.checked_sub(1)), edge(Some(sample))))
                .collect()
        })
    }

    /// What the track shows, a row for each stretch: up to where, and what happens there.
    fn rows(self, scenario: &Scenario) -> Vec<El> {
        let Some(parameter) = scenario.parameters.get(self.parameter) else {
            return Vec::new();
        };
        let written = |share: f64| parameter.written(self.scale.at(share));
        self.painted.with(|painted| {
            let mut from = 0.0;
            let all: Vec<_> = painted.outcomes.iter().zip(&painted.edges).collect();
            let stretches = all.chunk_by(|(outcome, _), (next, _)| outcome == next);
            let each = stretches.filter_map(|stretch| {
                let (outcome, edge) = stretch.last()?;
                let ends = [std::mem::replace(&mut from, edge.min(1.0)), from];
                let [from, to] = ends.map(written);
                let outcome = outcome.and_then(|severity| told(scenario, severity));
                let outcome = outcome.unwrap_or("not possible").to_owned();
                Some(row(&full_label(scenario, parameter), &[from, to, outcome]))
            });
            each.collect()
        })
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

    /// What happens at one of its values.
    fn simulated(self, setup: &Setup, share: f64) -> Option<usize> {
        let scenario = self.store.scenario();
        let value = self.scale.at(share);
        let mut tried = setup.parameters.clone();
        tried.set(&scenario, self.parameter, value).ok()?;
        Engine::new(&scenario, &tried, setup.interventions())
            .and_then(Engine::finished)
            .ok()
            .map(|trace| severity_of(&trace))
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
            let mut left = all.get();
            left.retain(|track| track.shown.get() && !track.is_painted(&setup));
            let mut painting = Painting {
                setup,
                left,
                known: Painted::default(),
                open: Vec::new(),
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
    left: Vec<Track>,
    /// What is known of the first track that is left.
    known: Painted,
    /// The boundaries that are still looked for: after which sample, from where to where, and how often to halve.
    open: Vec<(usize, f64, f64, u32)>,
}

impl Painting {
    /// Simulates one value of the first track that is left, which is painted once they are all known; says whether
    /// there was one.
    fn goes_on(&mut self) -> bool {
        let Some(track) = self.left.first().copied() else {
            return false;
        };
        let sampled = self.known.outcomes.len();
        if sampled < SAMPLES {
            let outcome = track.simulated(&self.setup, share_of(sampled));
            self.known.outcomes.push(outcome);
            self.known.edges.push(share_of(sampled) + share_of(1) / 2.0);
            if sampled + 1 == SAMPLES {
                self.open = self.changes();
            }
        } else if let Some((sample, low, high, times)) = self.open.pop() {
            let middle = (low + high) / 2.0;
            let same =
                self.known.outcomes.get(sample) == Some(&track.simulated(&self.setup, middle));
            let (low, high) = if same { (middle, high) } else { (low, middle) };
            if let Some(edge) = self.known.edges.get_mut(sample) {
                *edge = (low + high) / 2.0;
            }
            if times > 1 {
                self.open.push((sample, low, high, times - 1));
            }
        }
        if self.known.outcomes.len() == SAMPLES && self.open.is_empty() {
            self.known.setup = Some(self.setup.clone());
            track.painted.set(std::mem::take(&mut self.known));
            self.left.remove(0);
        }
        true
    }

    /// Where the outcome is another from one sample to the next.
    fn changes(&self) -> Vec<(usize, f64, f64, u32)> {
        let outcomes = self.known.outcomes.iter();
        let pairs = outcomes.zip(self.known.outcomes.iter().skip(1));
        pairs
            .enumerate()
            .filter(|(_, (before, after))| before != after)
            .map(|(sample, _)| (sample, share_of(sample), share_of(sample + 1), HALVINGS))
            .collect()
    }
}

/// Where a sample lies on its track.
fn share_of(sample: usize) -> f64 {
    sample as f64 / (SAMPLES - 1) as f64
}
