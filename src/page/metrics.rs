//! The metrics of the world: what was true, what was observed, and the levels that rules use.

use super::dom::{El, el, short, svg};
use super::gestures::told;
use super::hands::{Note, noted};
use super::signals::Memo;
use super::store::{Store, store};
use crate::draw::{Ink, MetricSeries, metric_chart};
use crate::insight::metric_words;
use crate::rule::{Shown, shown_value};
use crate::time::Span;

/// The height of a chart, in CSS pixels.
const HEIGHT: f64 = 27.0;
/// About how wide a letter of the words in a chart is.
const LETTER: f64 = 5.2;
/// So close to a level the pointer is on it, in CSS pixels.
const CLOSE: f64 = 4.0;
/// What a chart is drawn with, from the back.
const INKS: [Ink; 3] = [Ink::Threshold, Ink::Truth, Ink::Observed];

/// So many rows are laid out whether they are seen or not.
pub const MANY: usize = 32;

/// One row for each metric.
pub fn metrics() -> El {
    let store = store();
    let count = store.run.with_untracked(|run| run.metrics.len());
    // The world itself at the cursor, not a point between two corners of a line.
    let truth = Memo::new(move |_| {
        let last = store.scenario().end() - Span::from_ms(1);
        let at = store.cursor.get().min(last);
        store
            .run
            .with(|run| run.trace.truth([at]).pop().unwrap_or_default())
    });
    el("div")
        .class(if count > MANY {
            "metrics many"
        } else {
            "metrics"
        })
        .children((0..count).map(|index| row(store, truth, index)))
}

fn row(store: Store, truth: Memo<Vec<f64>>, index: usize) -> El {
    let scenario = store.scenario();
    let number = store
        .run
        .with_untracked(|run| run.metrics.get(index).map(|series| series.metric));
    let metric = number.and_then(|metric| scenario.metrics.get(metric));
    let name = metric.map_or("", |metric| metric.name.as_str());
    let shown = metric.map_or(Shown::Plain, |metric| metric.shown);
    let value = move || {
        let value = truth.with(|truth| truth.get(number?).copied());
        shown_value(value.unwrap_or(f64::NAN), shown)
    };
    let gutter = el("div")
        .class("gutter")
        .child(el("span").class("name").text(name))
        .child(el("span").class("value").live_text(value))
        .child(scale(store, index, shown));
    el("div").class("row metric").child(gutter).child(told(
        el("div")
            .class("plot scrub")
            .child(chart(store, index, name)),
        move |x, y| pointed_at(store, index, x, y),
    ))
}

/// What a pointer on a chart points at: the metric then, and a level if it is close to one.
fn pointed_at(store: Store, index: usize, x: f64, y: f64) -> String {
    let at = store.instant(x);
    let Some((series, _)) = both(store, index) else {
        return String::new();
    };
    let (low, high) = series.range;
    let away = |level: f64| ((high - level) / (high - low) * HEIGHT - y).abs();
    let levels = series.thresholds.iter().copied();
    let near = levels.min_by(|a, b| away(*a).total_cmp(&away(*b)));
    let near = near.filter(|level| away(*level) < CLOSE);
    store
        .run
        .with_untracked(|run| metric_words(&run.trace, series.metric, at, near))
}

/// The smallest and the largest value that a chart shows, at its foot and at its top.
fn scale(store: Store, index: usize, shown: Shown) -> El {
    let ends = Memo::new(move |_| {
        let ends = |all: &[MetricSeries]| all.get(index).map(MetricSeries::ends);
        let (low, high) = store.run.with(|run| ends(&run.metrics))?;
        let other = store.beside.with(|beside| match beside {
            Some(Ok(beside)) => ends(&beside.metrics),
            _ => None,
        });
        let (least, most) = other.unwrap_or((low, high));
        Some((low.min(least), high.max(most)))
    });
    let end = move |of: fn((f64, f64)) -> f64| {
        el("span").live_text(move || {
            ends.get()
                .map(of)
                .filter(|end| end.is_finite())
                .map_or(String::new(), |end| shown_value(end, shown))
        })
    };
    el("span")
        .class("scale")
        .attr("aria-hidden", "true")
        .child(end(|(_, high)| high))
        .child(end(|(low, _)| low))
}

/// A metric and what it is compared with, on one scale, so that they can be told apart by eye.
fn both(store: Store, index: usize) -> Option<(MetricSeries, Option<MetricSeries>)> {
    let mut own = store.run.with(|run| run.metrics.get(index).cloned())?;
    let mut other = store.beside.with(|beside| match beside {
        Some(Ok(beside)) => beside.metrics.get(index).cloned(),
        _ => None,
    });
    if let Some(other) = &mut other {
        own.range = (
            own.range.0.min(other.range.0),
            own.range.1.max(other.range.1),
        );
        other.range = own.range;
    }
    Some((own, other))
}

fn chart(store: Store, index: usize, name: &str) -> El {
    let plots = Memo::new(move |_| {
        let scale = store.scale();
        let draw =
            |series: &MetricSeries| metric_chart(series, scale.viewport, (scale.width, HEIGHT));
        both(store, index)
            .map(|(own, other)| {
                let other = other.map(|other| draw(&other).path(Ink::Truth).to_owned());
                (draw(&own), other.unwrap_or_default())
            })
            .unwrap_or_default()
    });
    let layers = INKS.map(|ink| {
        svg("path")
            .class(&format!("ink {}", ink.name()))
            .live_attr("d", move || plots.with(|(own, _)| own.path(ink).to_owned()))
    });
    let other = svg("path")
        .class("ink other")
        .live_attr("d", move || plots.with(|(_, other)| other.clone()));
    let late = move || delays(store, index);
    let label = format!(
        "{name} over time, with what was observed and the levels that rules use; the table “Minute by minute” has it"
    );
    svg("svg")
        .attr("height", &short(HEIGHT))
        .live_attr("width", move || short(store.plot_width.get()))
        .attr("role", "img")
        .attr("aria-label", &label)
        .child(other)
        .children(layers)
        .child(noted(late, |note| vec![note.drawn("delay")], svg("g")))
}

/// How late a run observed what a rule reacts to, beside the point that showed it and away from the line.
fn delays(store: Store, index: usize) -> Vec<Note> {
    let scale = store.scale();
    let scenario = store.scenario();
    store.run.with(|run| {
        let series = run.metrics.get(index);
        let metric = series.map(|series| series.metric);
        let own = run.findings.comparison.first();
        let mut left = f64::NEG_INFINITY;
        let delays = own.map_or(&[][..], |own| &own.delays);
        let starts: Vec<f64> = delays
            .iter()
            .filter_map(|problem| Some(scale.x(problem.from + problem.delay?)))
            .collect();
        let each = delays.iter().filter_map(|problem| {
            let delay = problem.delay.filter(|delay| delay.is_positive())?;
            let of = scenario.metrics_of(problem.rule).first().copied();
            let seen = problem.from + delay;
            let x = scale.x(seen);
            if of != metric || !(0.0..scale.width - 62.0).contains(&x) || x <= left {
                return None;
            }
            let rule = scenario.rules.get(problem.rule);
            let name = rule.map_or("", |rule| rule.name.as_str());
            let title = format!(
                "“{name}” began at {} and was seen {delay} later",
                problem.from
            );
            // By its whole name where that meets no other.
            let short = format!("seen +{delay}");
            let whole = format!("“{name}” {short}");
            let until = |words: &str| x + words.chars().count() as f64 * LETTER + 6.0;
            let meets = starts
                .iter()
                .any(|start| *start > x && *start < until(&whole));
            // In how many of eight places up to there the line is in the upper half.
            let upper = |end: f64| {
                let places = (0..8).map(|step| x + (end - x) * f64::from(step) / 8.0);
                let values = places.filter_map(|x| series?.at(scale.instant_clamped(x)));
                let (low, high) = series.map_or((0.0, 1.0), |series| series.range);
                values
                    .filter(|value| (value - low) / (high - low) > 0.5)
                    .count()
            };
            let crossed = (1..8).contains(&upper(until(&whole)));
            let words = match meets || crossed || until(&whole) > scale.width {
                true => short,
                false => whole,
            };
            left = until(&words);
            let y = match upper(left) {
                0..4 => 8.0,
                _ => HEIGHT - 3.0,
            };
            Some(Note {
                x: x + 2.0,
                y,
                words,
                title,
            })
        });
        each.collect()
    })
}
