//! A run as a picture that stands by itself: the whole of it, or one of its charts, with title, sentence and source, and
//! with its colours, light and dark, from the page's own style sheet.
//!
//! Invariant: well-formed XML whatever the scenario's texts are, without scripts, links or fonts to be loaded.

use std::fmt::Write as _;

use super::Findings;
use super::markup::Html;
use super::text::changed_parameters;
use crate::draw::{
    BandKind, CadenceChart, Ink, Lane, TimeScale, Viewport, cadence_chart, lanes, metric_chart,
    metric_series, ticks,
};
use crate::insight::{holding, plain, summary};
use crate::rule::{Rounded, rounded, shown_value};
use crate::schedule::{CallId, Tier};
use crate::sim::{Cause, Trace};
use crate::time::Instant;

/// The whole width, the margins, and the column of names.
const WIDTH: f64 = 1_200.0;
const MARGIN: f64 = 24.0;
const NAMES: f64 = 200.0;
const PLOT: f64 = WIDTH - 2.0 * MARGIN - NAMES;
/// Heights of a metric, a lane and the cadence chart.
const METRIC: f64 = 36.0;
const LANE: f64 = 22.0;
const CADENCE: f64 = 120.0;
/// The size of most letters, and how many of them fit into the whole width without measuring any.
const SMALL: f64 = 12.0;
const LETTERS: usize = 150;

/// The colours, as the page has them.
const TOKENS: &str = include_str!("../../style/tokens.css");
/// The names of the colours that the picture uses.
const COLOURS: [&str; 8] = [
    "ground",
    "text",
    "second",
    "hairline",
    "health",
    "investigation",
    "recovery",
    "alert",
];

/// A colour of the style sheet: light and dark.
fn colour(name: &str) -> Option<(&'static str, &'static str)> {
    let (_, rest) = TOKENS.split_once(&format!("--{name}: light-dark("))?;
    let (pair, _) = rest.split_once(')')?;
    pair.split_once(", ")
}

/// What a picture shows, besides title, sentence and source.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Chart {
    /// Metrics, lanes, cadence and claims.
    #[default]
    Whole,
    /// What was true, what was observed, and the levels that rules use.
    Metrics,
    /// A lane for each endpoint.
    Timeline,
    /// How often each check runs.
    Cadence,
    /// What the scenario claims, and what came out.
    Claims,
}

impl Chart {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::Whole,
        Self::Metrics,
        Self::Timeline,
        Self::Cadence,
        Self::Claims,
    ];

    /// The name that doors use.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Whole => "whole",
            Self::Metrics => "metrics",
            Self::Timeline => "timeline",
            Self::Cadence => "cadence",
            Self::Claims => "claims",
        }
    }
}

/// The colours of a picture.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    /// As whoever looks at it prefers.
    #[default]
    Auto,
    /// Dark on light.
    Light,
    /// Light on dark.
    Dark,
}

impl Theme {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Auto, Self::Light, Self::Dark];

    /// The name that doors use.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }
}

/// Style rules without variables: many programs that show pictures know none.
fn style(theme: Theme) -> String {
    let sheet = |pick: fn((&'static str, &'static str)) -> &'static str| {
        let mut sheet = String::new();
        for name in COLOURS {
            if let Some(pair) = colour(name) {
                let colour = pick(pair);
                let _ = write!(
                    sheet,
                    ".f-{name}{{fill:{colour}}}.s-{name}{{stroke:{colour}}}"
                );
            }
        }
        sheet
    };
    let (light, dark) = (sheet(|pair| pair.0), sheet(|pair| pair.1));
    match theme {
        Theme::Auto => format!("{light}@media (prefers-color-scheme:dark){{{dark}}}"),
        Theme::Light => light,
        Theme::Dark => dark,
    }
}

/// What is being drawn, and how far down it has come.
struct Picture {
    body: Html,
    y: f64,
}

/// No more attributes.
const NOTHING: Html = Html::new();

fn px(place: f64) -> Rounded {
    rounded(place, 1)
}

impl Picture {
    fn words(&mut self, (x, y): (f64, f64), class: &str, more: &Html, text: &str) {
        let text = text.replace('\n', " ");
        self.body.put(
            "<text x=\"{}\" y=\"{}\" class=\"{}\"{}>{}</text>",
            &[&px(x), &px(y), &class, more, &text],
        );
    }

    fn path(&mut self, class: &str, more: &'static str, d: &str) {
        if !d.is_empty() {
            self.body.put("<path class=\"{}\"", &[&class]);
            self.body.put(more, &[]);
            self.body.put(" d=\"{}\"/>", &[&d]);
        }
    }

    /// What is drawn by `inside`, moved to the plots' column at the present height.
    fn plot(&mut self, inside: impl FnOnce(&mut Self)) {
        let (x, y) = (px(MARGIN + NAMES), px(self.y));
        self.body
            .put("<g transform=\"translate({} {})\">", &[&x, &y]);
        inside(self);
        self.body.put("</g>", &[]);
    }

    /// Lines of at most so many letters as fit.
    fn paragraph(&mut self, class: &str, (x, size): (f64, f64), text: &str) {
        let most = (LETTERS as f64 * SMALL / size) as usize;
        let mut line = String::new();
        let mut lines = Vec::new();
        for word in text.split_whitespace() {
            if !line.is_empty() && line.chars().count() + 1 + word.chars().count() > most {
                lines.push(std::mem::take(&mut line));
            }
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
        lines.push(line);
        for line in lines {
            self.y += size * 1.45;
            let more = Html::of(" font-size=\"{}\"", &[&size]);
            self.words((x, self.y), class, &more, &line);
        }
    }
}

/// A run as a picture.
#[must_use]
pub fn svg(trace: &Trace, findings: &Findings, (chart, theme): (Chart, Theme)) -> String {
    let scale = TimeScale {
        viewport: Viewport::fit(trace.end()),
        width: PLOT,
    };
    let sentence = plain(&summary(trace, &findings.comparison));
    let mut picture = Picture {
        body: Html::new(),
        y: MARGIN,
    };
    picture.paragraph("f-text", (MARGIN, 20.0), &trace.scenario.title);
    picture.paragraph("f-text", (MARGIN, 14.0), &sentence);
    picture.y += 18.0;
    let shown = |part: Chart| chart == Chart::Whole || chart == part;
    if chart != Chart::Claims {
        ruler(&mut picture, trace, &scale);
    }
    if shown(Chart::Metrics) {
        metrics(&mut picture, trace, &scale);
    }
    if shown(Chart::Timeline) {
        let mut tier = None;
        for lane in lanes(trace) {
            if tier.replace(lane.tier) != Some(lane.tier) {
                picture.y += 10.0;
            }
            row(&mut picture, &lane, &scale);
        }
    }
    if shown(Chart::Cadence) {
        cadence(&mut picture, trace, &scale);
    }
    if shown(Chart::Claims) {
        claims(&mut picture, findings);
    }
    picture.y += 8.0;
    picture.paragraph("f-second", (MARGIN, SMALL), &source(trace));
    picture.y += MARGIN;
    let (width, height) = (px(WIDTH), px(picture.y));
    let picture = Html::of(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{}\" height=\"{}\" viewBox=\"0 0 {} \
         {}\" role=\"img\" fill=\"none\" font-family=\"Inter, system-ui, sans-serif\" \
         font-size=\"{}\"><title>{}</title><desc>{}</desc><style>{}</style><rect class=\"f-ground\" \
         width=\"{}\" height=\"{}\"/>{}</svg>\n",
        &[
            &width,
            &height,
            &width,
            &height,
            &SMALL,
            &trace.scenario.title,
            &sentence,
            &style(theme),
            &width,
            &height,
            &picture.body,
        ],
    );
    picture.into_text()
}

/// Where a picture comes from: what it takes to make the run again, and what it came to.
fn source(trace: &Trace) -> String {
    let changed = changed_parameters(trace);
    let changed = match changed.as_str() {
        "" => "at its defaults".to_owned(),
        changed => format!("changed: {changed}"),
    };
    let calls = (0..).map(CallId).take(trace.log.calls.len());
    let causes = calls.filter_map(|call| trace.cause(call));
    let by_hand = causes.filter(|cause| matches!(cause, Cause::Intervention(_)));
    let by_hand = match by_hand.count() {
        0 => String::new(),
        count => format!("; calls by hand: {count}"),
    };
    format!(
        "Accelerando {}, scenario {}, {changed}{by_hand}; result {:016x}",
        env!("CARGO_PKG_VERSION"),
        trace.scenario.name,
        trace.hash()
    )
}

fn ruler(picture: &mut Picture, trace: &Trace, scale: &TimeScale) {
    let (instants, _) = ticks(scale, 80.0);
    picture.plot(|picture| {
        for phase in &trace.scenario.phases {
            let more = Html::of(" font-weight=\"600\"", &[]);
            picture.words((scale.x(phase.from), 12.0), "f-text", &more, &phase.name);
        }
        for at in instants {
            let anchor = match at {
                Instant::START => "start",
                end if end == trace.end() => "end",
                _ => "middle",
            };
            let more = Html::of(" text-anchor=\"{}\"", &[&anchor]);
            let minute = format!("{}\u{2032}", at.minute());
            picture.words((scale.x(at), 30.0), "f-second", &more, &minute);
        }
    });
    picture.y += 40.0;
}

fn metrics(picture: &mut Picture, trace: &Trace, scale: &TimeScale) {
    for series in metric_series(trace) {
        let Some(metric) = trace.scenario.metrics.get(series.metric) else {
            continue;
        };
        let plot = metric_chart(&series, scale.viewport, (PLOT, METRIC));
        let (low, high) = series.ends();
        let range = format!(
            "{} \u{2013} {}",
            shown_value(low, metric.shown),
            shown_value(high, metric.shown)
        );
        picture.words((MARGIN, picture.y + 15.0), "f-text", &NOTHING, &metric.name);
        picture.words((MARGIN, picture.y + 30.0), "f-second", &NOTHING, &range);
        picture.plot(|picture| {
            let dashed = " stroke-dasharray=\"1 4\"";
            picture.path("s-second", dashed, plot.path(Ink::Threshold));
            picture.path("s-text", " stroke-width=\"1.3\"", plot.path(Ink::Truth));
            let dots = " stroke-width=\"3.2\" stroke-linecap=\"round\"";
            picture.path("s-health", dots, plot.path(Ink::Observed));
        });
        picture.y += METRIC + 4.0;
    }
}

fn row(picture: &mut Picture, lane: &Lane, scale: &TimeScale) {
    let tier = lane.tier.name();
    let (fill, stroke) = (format!("f-{tier}"), format!("s-{tier}"));
    picture.words((MARGIN, picture.y + 15.0), &fill, &NOTHING, &lane.name);
    let end = Html::of(" text-anchor=\"end\"", &[]);
    let count = lane.marks.len().to_string();
    picture.words(
        (MARGIN + NAMES - 12.0, picture.y + 15.0),
        "f-second",
        &end,
        &count,
    );
    picture.plot(|picture| {
        let band = |kind, heights| lane.bands_path(kind, scale, heights);
        let faint = " fill-opacity=\"0.15\"";
        picture.path(&fill, faint, &band(BandKind::Hint, (3.0, LANE - 3.0)));
        picture.path(&fill, faint, &band(BandKind::Pending, (3.0, LANE - 3.0)));
        let cooling = band(BandKind::Cooldown, (LANE - 6.0, LANE - 2.0));
        picture.path(&fill, " fill-opacity=\"0.28\"", &cooling);
        let held = band(BandKind::HeldBack, (4.0, LANE - 4.0));
        picture.path(&stroke, " stroke-dasharray=\"3 2\"", &held);
        let done = lane.marks_path(scale, LANE, true);
        let failed = lane.marks_path(scale, LANE, false);
        if lane.tier.is_check() {
            picture.path(&stroke, " stroke-width=\"1.7\"", &done);
        } else {
            picture.path(&fill, "", &done);
        }
        picture.path(&stroke, " stroke-dasharray=\"2 1.5\"", &failed);
    });
    picture.y += LANE;
}

fn cadence(picture: &mut Picture, trace: &Trace, scale: &TimeScale) {
    picture.y += 16.0;
    let cadences = CadenceChart::of(trace);
    let plot = cadence_chart(&cadences, scale.viewport, (PLOT, CADENCE));
    picture.words((MARGIN, picture.y + 12.0), "f-text", &NOTHING, "Cadence");
    for (level, share) in cadences.labels() {
        let place = (MARGIN + NAMES - 12.0, picture.y + share * CADENCE + 4.0);
        let end = Html::of(" text-anchor=\"end\"", &[]);
        picture.words(place, "f-second", &end, &level.to_string());
    }
    let tier = |tier: Tier| format!("s-{}", tier.name());
    picture.plot(|picture| {
        picture.path("s-hairline", "", plot.path(Ink::Grid));
        picture.path(
            "s-second",
            " stroke-dasharray=\"1 4\"",
            plot.path(Ink::Threshold),
        );
        let thick = " stroke-width=\"1.6\"";
        picture.path(&tier(Tier::Health), thick, plot.path(Ink::Health));
        picture.path(
            &tier(Tier::Investigation),
            thick,
            plot.path(Ink::Investigation),
        );
    });
    picture.y += CADENCE + 12.0;
}

fn claims(picture: &mut Picture, findings: &Findings) {
    if findings.claims.is_empty() {
        return;
    }
    let held = holding(&findings.claims);
    let head = format!("Claims: {held} of {} hold", findings.claims.len());
    picture.paragraph("f-text", (MARGIN, 14.0), &head);
    for claim in &findings.claims {
        let (mark, class) = if claim.holds {
            ("\u{2713}", "f-health")
        } else {
            ("\u{2715}", "f-alert")
        };
        picture.words((MARGIN, picture.y + SMALL * 1.45), class, &NOTHING, mark);
        let text = format!("{} ({})", claim.text, claim.actual);
        picture.paragraph("f-text", (MARGIN + 18.0, SMALL), &text);
    }
}
