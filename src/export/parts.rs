//! Parts of a run's picture as HTML, for pages without a program and for views in other people's pages.
//!
//! Drawn by the same code as the live page. Invariant: only classes and attributes that draw, nothing that a strict
//! policy forbids; plots are stretched to the room that they are given.

use std::fmt::Write as _;

use super::Findings;
use crate::draw::{
    BandKind, CadenceChart, Ink, Lane, TimeScale, Viewport, cadence_chart, lanes, metric_chart,
    metric_series, ticks,
};
use crate::insight::{Piece, holding, moment, summary, tier_note};
use crate::rule::{Rounded, rounded, shown_value, unbroken};
use crate::schedule::{EndpointId, Tier};
use crate::sim::Trace;
use crate::time::Instant;

/// Plots are drawn so wide and then stretched to the room there is.
const WIDTH: f64 = 1_000.0;
/// The heights of a metric, a lane, the cadence chart and the ruler, as on the live page.
const METRIC: f64 = 27.0;
const LANE: f64 = 22.0;
const CADENCE: f64 = 108.0;
const RULER: f64 = 46.0;

/// A part of a run's picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The run in one sentence.
    Sentence,
    /// Phases and minutes.
    Ruler,
    /// What was true, what was observed, and the levels that rules use.
    Metrics,
    /// A lane for each endpoint.
    Timeline,
    /// How often each check runs.
    Cadence,
    /// The four tiers at the cursor.
    Tiers,
    /// What the scenario claims, and what came out.
    Claims,
}

impl Part {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Sentence,
        Self::Ruler,
        Self::Metrics,
        Self::Timeline,
        Self::Cadence,
        Self::Tiers,
        Self::Claims,
    ];

    /// The name that doors use.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sentence => "sentence",
            Self::Ruler => "ruler",
            Self::Metrics => "metrics",
            Self::Timeline => "timeline",
            Self::Cadence => "cadence",
            Self::Tiers => "tiers",
            Self::Claims => "claims",
        }
    }

    /// The part of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|part| part.name() == name)
    }
}

/// A part of a run's picture, as HTML; the cursor stands at an instant.
#[must_use]
pub fn part(trace: &Trace, findings: &Findings, part: Part, cursor: Instant) -> String {
    let scale = TimeScale {
        viewport: Viewport::fit(trace.end()),
        width: WIDTH,
    };
    let mut out = String::new();
    match part {
        Part::Sentence => {
            let pieces = summary(trace, &findings.comparison);
            out.extend(pieces.iter().map(piece));
        }
        Part::Ruler => ruler(&mut out, trace, &scale),
        Part::Metrics => metrics(&mut out, trace, &scale, cursor),
        Part::Timeline => {
            out.push_str("<div class=\"lanes\">");
            let mut tier = None;
            for lane in lanes(trace) {
                let first = tier.replace(lane.tier) != Some(lane.tier);
                row(&mut out, trace, &lane, (&scale, first));
            }
            out.push_str("</div>");
        }
        Part::Cadence => cadence(&mut out, trace, &scale),
        Part::Tiers => tiers(&mut out, trace, cursor),
        Part::Claims => claims(&mut out, findings),
    }
    out
}

/// The four tiers as they stand at an instant.
fn tiers(out: &mut String, trace: &Trace, at: Instant) {
    out.push_str("<div class=\"tiers\">");
    for tier in Tier::ALL.into_iter().rev() {
        let name = tier.name();
        let _ = write!(
            out,
            "<div class=\"tier-block {name}\" data-tier=\"{name}\"><p class=\"tier-name\">{name} <span class=\"reads\">{}</span></p><div \
             class=\"nodes\">",
            tier.reads()
        );
        let all = (0..).map(EndpointId).zip(&trace.scenario.endpoints);
        for (id, endpoint) in all.filter(|(_, endpoint)| endpoint.schedule.tier == tier) {
            let now = moment(trace, id, at);
            let _ = write!(
                out,
                "<div class=\"node {}\" data-endpoint=\"{}\"><span class=\"name\">{}</span><span class=\"words\">{}</span></div>",
                now.doing.name(),
                escaped(&endpoint.id),
                escaped(&endpoint.name),
                escaped(&now.words)
            );
        }
        let note = tier_note(trace, tier, at).unwrap_or_default();
        let _ = write!(out, "</div><p class=\"note\">{}</p></div>", escaped(&note));
    }
    out.push_str("</div>");
}

pub(super) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

fn piece(piece: &Piece) -> String {
    let class = match (piece.figure, piece.aside) {
        (Some(tier), _) if piece.at.is_some() && !piece.nothing => {
            format!("figure {} happened", tier.name())
        }
        (Some(tier), _) => format!("figure {}", tier.name()),
        (None, true) => "aside".to_owned(),
        (None, false) => return escaped(&unbroken(&piece.text)),
    };
    format!(
        "<span class=\"{class}\">{}</span>",
        escaped(&unbroken(&piece.text))
    )
}

/// A picture that is stretched sideways: lines keep their width.
fn stretched(height: f64, content: &str) -> String {
    format!(
        "<svg class=\"still\" height=\"{height}\" viewBox=\"0 0 {WIDTH} {height}\" preserveAspectRatio=\"none\" \
         aria-hidden=\"true\">{content}</svg>"
    )
}

fn path(class: &str, d: &str) -> String {
    if d.is_empty() {
        return String::new();
    }
    format!("<path class=\"{class}\" d=\"{d}\"/>")
}

fn share(x: f64) -> Rounded {
    rounded(x / WIDTH * 100.0, 2)
}

fn ruler(out: &mut String, trace: &Trace, scale: &TimeScale) {
    let mut words = String::new();
    for phase in &trace.scenario.phases {
        let x = share(scale.x(phase.from));
        let name = escaped(&phase.name);
        let _ = write!(
            words,
            "<text class=\"still-phase\" x=\"{x}%\" dx=\"6\" y=\"13\">{name}</text>"
        );
    }
    for at in ticks(scale, 100.0).0 {
        let x = share(scale.x(at));
        let (minute, anchor) = match at.minute() {
            0 => (0, "start"),
            minute if at == trace.end() => (minute, "end"),
            minute => (minute, "middle"),
        };
        let _ = write!(
            words,
            "<text class=\"still-tick\" x=\"{x}%\" y=\"36\" text-anchor=\"{anchor}\">{minute}′</text>"
        );
    }
    let _ = write!(
        out,
        "<div class=\"row ruler\"><div class=\"gutter\"></div><div class=\"plot\"><svg width=\"100%\" \
         height=\"{RULER}\" aria-hidden=\"true\">{words}</svg></div></div>"
    );
}

fn metrics(out: &mut String, trace: &Trace, scale: &TimeScale, cursor: Instant) {
    let truth = trace.truth([cursor]).pop().unwrap_or_default();
    out.push_str("<div class=\"metrics\">");
    for series in metric_series(trace) {
        let Some(metric) = trace.scenario.metrics.get(series.metric) else {
            continue;
        };
        let plot = metric_chart(&series, scale.viewport, (WIDTH, METRIC));
        let inks = [Ink::Threshold, Ink::Truth, Ink::Observed];
        let layers: String = inks
            .map(|ink| path(&format!("ink {}", ink.name()), plot.path(ink)))
            .concat();
        let (low, high) = series.ends();
        let value = truth.get(series.metric).copied().unwrap_or(f64::NAN);
        let _ = write!(
            out,
            "<div class=\"row metric\" data-metric=\"{}\"><div class=\"gutter\"><span class=\"name\">{}</span><span \
             class=\"value\">{}</span><span class=\"scale\"><span>{}</span><span>{}</span></span></div><div \
             class=\"plot\">{}</div></div>",
            escaped(&metric.id),
            escaped(&metric.name),
            escaped(&shown_value(value, metric.shown)),
            escaped(&shown_value(high, metric.shown)),
            escaped(&shown_value(low, metric.shown)),
            stretched(METRIC, &layers)
        );
    }
    out.push_str("</div>");
}

fn row(out: &mut String, trace: &Trace, lane: &Lane, (scale, first): (&TimeScale, bool)) {
    let endpoint = trace.scenario.endpoints.get(lane.endpoint.index());
    let band = |class: &str, kind, heights| path(class, &lane.bands_path(kind, scale, heights));
    let mut content = band("band hint", BandKind::Hint, (3.0, LANE - 3.0));
    content += &band(
        "band cooldown",
        BandKind::Cooldown,
        (LANE - 6.0, LANE - 2.0),
    );
    let mut marks = String::new();
    if lane.tier.is_check() {
        content += &path("mark", &lane.marks_path(scale, LANE, true));
    } else {
        // Diamonds keep their shape: they stand at a share of the width instead of being stretched.
        for mark in &lane.marks {
            let _ = write!(
                marks,
                "<svg x=\"{}%\" y=\"{}\" overflow=\"visible\"><path class=\"mark\" d=\"M0 -6l6 6-6 6-6-6z\"/></svg>",
                share(scale.x(mark.at)),
                LANE / 2.0
            );
        }
    }
    let _ = write!(
        out,
        "<div class=\"row lane {}{}\" data-endpoint=\"{}\"><div class=\"gutter\"><span class=\"name\">{}</span><span \
         class=\"count\">{}</span></div><div class=\"plot\">{}<svg class=\"still-marks\" width=\"100%\" \
         height=\"{LANE}\" aria-hidden=\"true\">{marks}</svg></div></div>",
        lane.tier.name(),
        if first { " first" } else { "" },
        endpoint.map_or(String::new(), |endpoint| escaped(&endpoint.id)),
        escaped(&lane.name),
        lane.marks.len(),
        stretched(LANE, &content)
    );
}

fn cadence(out: &mut String, trace: &Trace, scale: &TimeScale) {
    let cadences = CadenceChart::of(trace);
    let plot = cadence_chart(&cadences, scale.viewport, (WIDTH, CADENCE));
    let mut levels = String::new();
    for (level, place) in cadences.labels() {
        let y = rounded(place * CADENCE + 4.0, 1);
        let _ = write!(
            levels,
            "<text class=\"still-tick\" x=\"100%\" y=\"{y}\" text-anchor=\"end\">{level}</text>"
        );
    }
    let mut names = String::new();
    for name in cadences.names(scale.viewport, (WIDTH, CADENCE)) {
        let _ = write!(
            names,
            "<text class=\"line-name {}\" x=\"{}%\" y=\"{}\" text-anchor=\"end\">{}</text>",
            name.tier.name(),
            share(name.x),
            rounded(name.y, 1),
            escaped(&name.words(&trace.scenario))
        );
    }
    let inks = [Ink::Grid, Ink::Threshold, Ink::Health, Ink::Investigation];
    let layers: String = inks
        .map(|ink| path(&format!("ink {}", ink.name()), plot.path(ink)))
        .concat();
    let _ = write!(
        out,
        "<div class=\"row cadence\"><div class=\"gutter\"><span class=\"name\">Cadence</span><svg \
         class=\"still-levels\" height=\"{CADENCE}\" aria-hidden=\"true\">{levels}</svg></div><div \
         class=\"plot\">{}<svg class=\"still-marks\" width=\"100%\" height=\"{CADENCE}\" \
         aria-hidden=\"true\">{names}</svg></div></div>",
        stretched(CADENCE, &layers)
    );
}

fn claims(out: &mut String, findings: &Findings) {
    let held = holding(&findings.claims);
    let _ = write!(
        out,
        "<table><caption>Claims: {held} of {} hold</caption><thead><tr><th scope=\"col\">claim</th><th \
         scope=\"col\">came out</th></tr></thead><tbody>",
        findings.claims.len()
    );
    for claim in &findings.claims {
        let mark = if claim.holds { "✓" } else { "✕" };
        let _ = write!(
            out,
            "<tr><th scope=\"row\">{mark} {}</th><td>{}</td></tr>",
            escaped(&claim.text),
            escaped(&claim.actual)
        );
    }
    out.push_str("</tbody></table>");
}
