//! Parts of a run's picture as HTML, for pages without a program and for views in other people's pages.
//!
//! Drawn by the same code as the live page. Invariant: only classes and attributes that draw, nothing that a strict
//! policy forbids; plots are stretched to the room that they are given.

use super::Findings;
use super::markup::Html;
use crate::draw::{
    BandKind, CadenceChart, Ink, Lane, Plot, TimeScale, Viewport, cadence_chart, lanes,
    metric_chart, metric_series, ticks,
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
    html(trace, findings, part, cursor).into_text()
}

pub(super) fn html(trace: &Trace, findings: &Findings, part: Part, cursor: Instant) -> Html {
    let scale = TimeScale {
        viewport: Viewport::fit(trace.end()),
        width: WIDTH,
    };
    let mut out = Html::new();
    match part {
        Part::Sentence => {
            for shown in &summary(trace, &findings.comparison) {
                piece(&mut out, shown);
            }
        }
        Part::Ruler => ruler(&mut out, trace, &scale),
        Part::Metrics => metrics(&mut out, trace, &scale, cursor),
        Part::Timeline => {
            out.put("<div class=\"lanes\">", &[]);
            let mut tier = None;
            for lane in lanes(trace) {
                let first = tier.replace(lane.tier) != Some(lane.tier);
                row(&mut out, trace, &lane, (&scale, first));
            }
            out.put("</div>", &[]);
        }
        Part::Cadence => cadence(&mut out, trace, &scale),
        Part::Tiers => tiers(&mut out, trace, cursor),
        Part::Claims => claims(&mut out, findings),
    }
    out
}

/// The four tiers as they stand at an instant.
fn tiers(out: &mut Html, trace: &Trace, at: Instant) {
    out.put("<div class=\"tiers\">", &[]);
    for tier in Tier::ALL.into_iter().rev() {
        let name = tier.name();
        out.put(
            "<div class=\"tier-block {}\" data-tier=\"{}\"><p class=\"tier-name\">{} <span class=\"reads\">{}</span></p><div \
             class=\"nodes\">",
            &[&name, &name, &name, &tier.reads()],
        );
        let all = (0..).map(EndpointId).zip(&trace.scenario.endpoints);
        for (id, endpoint) in all.filter(|(_, endpoint)| endpoint.schedule.tier == tier) {
            let now = moment(trace, id, at);
            out.put(
                "<div class=\"node {}\" data-endpoint=\"{}\"><span class=\"name\">{}</span><span class=\"words\">{}</span></div>",
                &[&now.doing.name(), &endpoint.id, &endpoint.name, &now.words],
            );
        }
        let note = tier_note(trace, tier, at).unwrap_or_default();
        out.put("</div><p class=\"note\">{}</p></div>", &[&note]);
    }
    out.put("</div>", &[]);
}

fn piece(out: &mut Html, piece: &Piece) {
    let words = unbroken(&piece.text);
    let class = match (piece.figure, piece.aside) {
        (Some(tier), _) if piece.at.is_some() && !piece.nothing => {
            format!("figure {} happened", tier.name())
        }
        (Some(tier), _) => format!("figure {}", tier.name()),
        (None, true) => "aside".to_owned(),
        (None, false) if piece.theirs => return out.put("<bdi>{}</bdi>", &[&words]),
        (None, false) => return out.put("{}", &[&words]),
    };
    out.put("<span class=\"{}\">{}</span>", &[&class, &words]);
}

/// A picture that is stretched sideways: lines keep their width.
fn stretched(height: f64, content: &Html) -> Html {
    Html::of(
        "<svg class=\"still\" height=\"{}\" viewBox=\"0 0 {} {}\" preserveAspectRatio=\"none\" \
         aria-hidden=\"true\">{}</svg>",
        &[&height, &WIDTH, &height, content],
    )
}

fn path(out: &mut Html, class: &str, d: &str) {
    if !d.is_empty() {
        out.put("<path class=\"{}\" d=\"{}\"/>", &[&class, &d]);
    }
}

/// The lines of a chart, in this order.
fn layers(plot: &Plot, inks: &[Ink]) -> Html {
    let mut layers = Html::new();
    for ink in inks {
        path(&mut layers, &format!("ink {}", ink.name()), plot.path(*ink));
    }
    layers
}

fn share(x: f64) -> Rounded {
    rounded(x / WIDTH * 100.0, 2)
}

fn ruler(out: &mut Html, trace: &Trace, scale: &TimeScale) {
    let mut words = Html::new();
    for phase in &trace.scenario.phases {
        words.put(
            "<text class=\"still-phase\" x=\"{}%\" dx=\"6\" y=\"13\">{}</text>",
            &[&share(scale.x(phase.from)), &phase.name],
        );
    }
    for at in ticks(scale, 100.0).0 {
        let (minute, anchor) = match at.minute() {
            0 => (0, "start"),
            minute if at == trace.end() => (minute, "end"),
            minute => (minute, "middle"),
        };
        words.put(
            "<text class=\"still-tick\" x=\"{}%\" y=\"36\" text-anchor=\"{}\">{}′</text>",
            &[&share(scale.x(at)), &anchor, &minute],
        );
    }
    out.put(
        "<div class=\"row ruler\"><div class=\"gutter\"></div><div class=\"plot\"><svg width=\"100%\" \
         height=\"{}\" aria-hidden=\"true\">{}</svg></div></div>",
        &[&RULER, &words],
    );
}

fn metrics(out: &mut Html, trace: &Trace, scale: &TimeScale, cursor: Instant) {
    let truth = trace.truth([cursor]).pop().unwrap_or_default();
    out.put("<div class=\"metrics\">", &[]);
    for series in metric_series(trace) {
        let Some(metric) = trace.scenario.metrics.get(series.metric) else {
            continue;
        };
        let plot = metric_chart(&series, scale.viewport, (WIDTH, METRIC));
        let layers = layers(&plot, &[Ink::Threshold, Ink::Truth, Ink::Observed]);
        let (low, high) = series.ends();
        let value = truth.get(series.metric).copied().unwrap_or(f64::NAN);
        out.put(
            "<div class=\"row metric\" data-metric=\"{}\"><div class=\"gutter\"><span class=\"name\">{}</span><span \
             class=\"value\">{}</span><span class=\"scale\"><span>{}</span><span>{}</span></span></div><div \
             class=\"plot\">{}</div></div>",
            &[
                &metric.id,
                &metric.name,
                &shown_value(value, metric.shown),
                &shown_value(high, metric.shown),
                &shown_value(low, metric.shown),
                &stretched(METRIC, &layers),
            ],
        );
    }
    out.put("</div>", &[]);
}

fn row(out: &mut Html, trace: &Trace, lane: &Lane, (scale, first): (&TimeScale, bool)) {
    let endpoint = trace.scenario.endpoints.get(lane.endpoint.index());
    let mut content = Html::new();
    let mut band = |class: &str, kind, heights| {
        path(&mut content, class, &lane.bands_path(kind, scale, heights));
    };
    band("band hint", BandKind::Hint, (3.0, LANE - 3.0));
    band(
        "band cooldown",
        BandKind::Cooldown,
        (LANE - 6.0, LANE - 2.0),
    );
    let mut marks = Html::new();
    if lane.tier.is_check() {
        path(&mut content, "mark", &lane.marks_path(scale, LANE, true));
    } else {
        // Diamonds keep their shape: they stand at a share of the width instead of being stretched.
        for mark in &lane.marks {
            marks.put(
                "<svg x=\"{}%\" y=\"{}\" overflow=\"visible\"><path class=\"mark\" d=\"M0 -6l6 6-6 6-6-6z\"/></svg>",
                &[&share(scale.x(mark.at)), &(LANE / 2.0)],
            );
        }
    }
    out.put(
        "<div class=\"row lane {}{}\" data-endpoint=\"{}\"><div class=\"gutter\"><span class=\"name\">{}</span><span \
         class=\"count\">{}</span></div><div class=\"plot\">{}<svg class=\"still-marks\" width=\"100%\" \
         height=\"{}\" aria-hidden=\"true\">{}</svg></div></div>",
        &[
            &lane.tier.name(),
            &if first { " first" } else { "" },
            &endpoint.map_or("", |endpoint| endpoint.id.as_str()),
            &lane.name,
            &lane.marks.len(),
            &stretched(LANE, &content),
            &LANE,
            &marks,
        ],
    );
}

fn cadence(out: &mut Html, trace: &Trace, scale: &TimeScale) {
    let cadences = CadenceChart::of(trace);
    let plot = cadence_chart(&cadences, scale.viewport, (WIDTH, CADENCE));
    let mut levels = Html::new();
    for (level, place) in cadences.labels() {
        let y = rounded(place * CADENCE + 4.0, 1);
        levels.put(
            "<text class=\"still-tick\" x=\"100%\" y=\"{}\" text-anchor=\"end\">{}</text>",
            &[&y, &level],
        );
    }
    let mut names = Html::new();
    for name in cadences.names(scale.viewport, (WIDTH, CADENCE)) {
        names.put(
            "<text class=\"line-name {}\" x=\"{}%\" y=\"{}\" text-anchor=\"end\">{}</text>",
            &[
                &name.tier.name(),
                &share(name.x),
                &rounded(name.y, 1),
                &name.words(&trace.scenario),
            ],
        );
    }
    let inks = [Ink::Grid, Ink::Threshold, Ink::Health, Ink::Investigation];
    out.put(
        "<div class=\"row cadence\"><div class=\"gutter\"><span class=\"name\">Cadence</span><svg \
         class=\"still-levels\" height=\"{}\" aria-hidden=\"true\">{}</svg></div><div \
         class=\"plot\">{}<svg class=\"still-marks\" width=\"100%\" height=\"{}\" \
         aria-hidden=\"true\">{}</svg></div></div>",
        &[
            &CADENCE,
            &levels,
            &stretched(CADENCE, &layers(&plot, &inks)),
            &CADENCE,
            &names,
        ],
    );
}

fn claims(out: &mut Html, findings: &Findings) {
    out.put(
        "<table><caption>Claims: {} of {} hold</caption><thead><tr><th scope=\"col\">claim</th><th \
         scope=\"col\">came out</th></tr></thead><tbody>",
        &[&holding(&findings.claims), &findings.claims.len()],
    );
    for claim in &findings.claims {
        let mark = if claim.holds { "✓" } else { "✕" };
        out.put(
            "<tr><th scope=\"row\">{} {}</th><td>{}</td></tr>",
            &[&mark, &claim.text, &claim.actual],
        );
    }
    out.put("</tbody></table>", &[]);
}
