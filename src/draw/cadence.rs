//! How often each endpoint is planned to run, over time, on a logarithmic scale with the tightest cadence on top.

use plotters::prelude::{ChartBuilder, LineSeries, PathElement};

use super::plot::{Ink, Plot};
use super::viewport::Viewport;
use crate::insight::{Cadence, cadences};
use crate::scenario::Scenario;
use crate::schedule::{EndpointId, Tier};
use crate::sim::Trace;
use crate::time::{Instant, Span};

/// The levels that are labelled where they lie within the chart.
const LEVELS: [Span; 9] = [
    Span::from_secs(10),
    Span::from_secs(30),
    Span::from_mins(1),
    Span::from_mins(2),
    Span::from_mins(5),
    Span::from_mins(10),
    Span::from_mins(30),
    Span::from_mins(120),
    Span::from_mins(720),
];

/// The cadences of a run, ready to be drawn at any size.
#[derive(Clone, Debug, PartialEq)]
pub struct CadenceChart {
    /// Endpoint, tier, and its cadence step by step.
    pub lines: Vec<(EndpointId, Tier, Vec<Cadence>)>,
    /// Tightest clamp and widest clamp of all endpoints that are drawn.
    pub clamps: (Span, Span),
    end: Instant,
}

fn log(span: Span) -> f64 {
    (span.ms().max(1) as f64).ln()
}

/// Where the name of a line stands.
#[derive(Clone, Debug, PartialEq)]
pub struct LineName {
    /// Its right end, in pixels from the left.
    pub x: f64,
    /// Its foot, in pixels from the top.
    pub y: f64,
    /// The tier of those whose line it is.
    pub tier: Tier,
    /// Whose line it is.
    pub of: Vec<EndpointId>,
}

impl LineName {
    /// The name: that of the endpoint, or of all whose line it is.
    #[must_use]
    pub fn words(&self, scenario: &Scenario) -> String {
        names(scenario, &self.of)
    }
}

fn names(scenario: &Scenario, of: &[EndpointId]) -> String {
    let of = of.iter().filter_map(|id| {
        let endpoint = scenario.endpoints.get(id.index())?;
        Some(endpoint.name.clone())
    });
    of.collect::<Vec<_>>().join(", ")
}

/// About how wide and how high a name is, and how close above a line another is in its way, in pixels.
const NAME: f64 = 110.0;
const LETTERS: f64 = 10.0;
const CLOSE: f64 = 13.0;

impl CadenceChart {
    /// The cadences of a run's checks.
    #[must_use]
    pub fn of(trace: &Trace) -> Self {
        let lines: Vec<_> = (0..)
            .map(EndpointId)
            .zip(&trace.endpoints)
            .filter(|(_, endpoint)| endpoint.tier.is_check())
            .map(|(id, endpoint)| (id, endpoint.tier, cadences(trace, id)))
            .collect();
        let drawn = |id: &EndpointId| trace.endpoints.get(id.index());
        let min = lines
            .iter()
            .filter_map(|(id, ..)| drawn(id))
            .map(|e| e.min)
            .min();
        let max = lines
            .iter()
            .filter_map(|(id, ..)| drawn(id))
            .map(|e| e.max)
            .max();
        let clamps = (
            min.unwrap_or(Span::from_secs(20)).max(Span::from_secs(1)),
            max.unwrap_or(Span::from_mins(15)),
        );
        Self {
            lines,
            clamps,
            end: trace.end(),
        }
    }

    fn range(&self) -> (f64, f64) {
        let every = self
            .lines
            .iter()
            .flat_map(|(_, _, steps)| steps)
            .filter_map(|step| step.every);
        let (low, high) = every.fold(self.clamps, |(low, high), every| {
            (low.min(every), high.max(every))
        });
        let room = 0.12;
        (log(low) - room, log(high).max(log(low) + 0.1) + room)
    }

    /// Where a cadence lies, from the top as a share of the height.
    fn share(&self) -> impl Fn(Span) -> f64 + Copy {
        let (low, high) = self.range();
        move |every| (log(every) - low) / (high - low)
    }

    /// The labels: level, and where it lies from the top as a share of the height.
    #[must_use]
    pub fn labels(&self) -> Vec<(Span, f64)> {
        let share = self.share();
        LEVELS
            .into_iter()
            .map(|level| (level, share(level)))
            .filter(|(_, share)| (0.0..=1.0).contains(share))
            .collect()
    }
}

impl CadenceChart {
    /// Where the lines' names stand that end within what is shown, at their right ends.
    ///
    /// Lines that end at one place have one name.
    #[must_use]
    pub fn names(&self, viewport: Viewport, size: (f64, f64)) -> Vec<LineName> {
        let ends = self.ends(viewport, size);
        let mut names: Vec<LineName> = Vec::new();
        for end in &ends {
            // Below its line where another is close above.
            let above = |other: &LineName| {
                let close =
                    (other.x - end.x).abs() < NAME && (end.y - CLOSE..=end.y).contains(&other.y);
                close
                    && (other.y < end.y
                        || other.x > end.x
                        || other.x == end.x && other.tier != end.tier)
            };
            let places = match ends.iter().any(above) {
                true => [11.0, -4.0],
                false => [-4.0, 11.0],
            };
            let free = places.map(|down| end.y + down).into_iter().find(|y| {
                let meets = |name: &LineName| {
                    // It is as much further left as its line ends.
                    (name.x + 14.0 - end.x).abs() < NAME && (name.y - y).abs() < LETTERS
                };
                !names.iter().any(meets)
            });
            // Where there is no room, the pointer is told.
            names.extend(free.map(|y| LineName {
                // Left of a last step.
                x: end.x - 14.0,
                y,
                ..end.clone()
            }));
        }
        names
    }

    /// What is said of a place of the chart: the line close to it and whose it is, or the clamp there. `y` is from the top
    /// of such a height, in pixels.
    #[must_use]
    pub fn told(&self, scenario: &Scenario, at: Instant, y: f64, height: f64) -> Option<String> {
        let share = self.share();
        let away = |every: Span| (share(every) * height - y).abs();
        let now = self.lines.iter().filter_map(|(id, _, steps)| {
            let step = steps.iter().rfind(|step| step.from <= at)?;
            Some((*id, step.every?))
        });
        let now: Vec<_> = now.collect();
        let nearest = now.iter().map(|(_, every)| *every);
        let nearest = nearest.min_by(|a, b| away(*a).total_cmp(&away(*b)));
        if let Some(near) = nearest.filter(|every| away(*every) < CLOSE) {
            let of = now.iter().filter(|(_, every)| *every == near);
            let of: Vec<EndpointId> = of.map(|(id, _)| *id).collect();
            return Some(format!("{} at {at}: every {near}", names(scenario, &of)));
        }
        let (least, most) = self.clamps;
        let clamp = [(least, "closer"), (most, "further apart")];
        let clamp = clamp.iter().find(|(clamp, _)| away(*clamp) < CLOSE / 2.0)?;
        Some(format!(
            "Clamp: no check runs {} than every {}",
            clamp.1, clamp.0
        ))
    }

    fn ends(&self, viewport: Viewport, (width, height): (f64, f64)) -> Vec<LineName> {
        let share = self.share();
        let mut ends: Vec<LineName> = Vec::new();
        for (id, tier, steps) in &self.lines {
            let corners = stretches(steps, self.end).concat();
            let seen = corners
                .chunks(2)
                .rfind(|pair| pair.first().is_some_and(|(from, _)| *from < viewport.to));
            let Some(&[_, (until, every)]) = seen else {
                continue;
            };
            if until <= viewport.from {
                continue;
            }
            let passed = (until.min(viewport.to) - viewport.from).ms() as f64;
            let x = passed / viewport.length().ms().max(1) as f64 * width;
            let y = share(every) * height;
            let near = ends
                .iter_mut()
                .find(|end| (end.x - x).abs() < 1.0 && (end.y - y).abs() < 8.0);
            match near {
                Some(end) => end.of.push(*id),
                None => ends.push(LineName {
                    x,
                    y,
                    tier: *tier,
                    of: vec![*id],
                }),
            }
        }
        ends
    }
}

/// The chart of all cadences.
#[must_use]
pub fn cadence_chart(cadences: &CadenceChart, viewport: Viewport, size: (f64, f64)) -> Plot {
    let time = |at: Instant| at.ms() as f64;
    let (low, high) = cadences.range();
    // Short intervals stand on top, so the axis runs backwards.
    let level = |span: Span| low + high - log(span);
    Plot::draw(size, |area| {
        let mut chart = ChartBuilder::on(area)
            .build_cartesian_2d(time(viewport.from)..time(viewport.to), low..high)?;
        let across = |span: Span| {
            [
                (time(viewport.from), level(span)),
                (time(viewport.to), level(span)),
            ]
        };
        chart.draw_series(
            cadences
                .labels()
                .into_iter()
                .map(|(span, _)| PathElement::new(across(span), Ink::Grid.colour())),
        )?;
        chart.draw_series(
            [cadences.clamps.0, cadences.clamps.1]
                .map(|span| PathElement::new(across(span), Ink::Threshold.colour())),
        )?;
        for (_, tier, steps) in &cadences.lines {
            for stretch in stretches(steps, cadences.end) {
                let line: Vec<_> = stretch
                    .into_iter()
                    .map(|(at, span)| (at, level(span)))
                    .collect();
                let line = viewport.clipped(&line).into_iter();
                let line = line.map(|(at, level)| (time(at), level));
                chart.draw_series(LineSeries::new(line, Ink::of(*tier).colour()))?;
            }
        }
        Ok(())
    })
}

/// The steps as connected corners, one list for each stretch without a gap.
fn stretches(steps: &[Cadence], end: Instant) -> Vec<Vec<(Instant, Span)>> {
    let mut all = Vec::new();
    let mut open: Vec<(Instant, Span)> = Vec::new();
    for (index, step) in steps.iter().enumerate() {
        let until = steps.get(index + 1).map_or(end, |next| next.from);
        match step.every {
            Some(every) => open.extend([(step.from, every), (until, every)]),
            None if open.is_empty() => {}
            None => all.push(std::mem::take(&mut open)),
        }
    }
    if !open.is_empty() {
        all.push(open);
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::{FLASH_SALE, Parameters, Scenario};
    use std::sync::Arc;

    fn shown(viewport: impl Fn(Instant) -> Viewport) -> (CadenceChart, Plot) {
        let scenario =
            Arc::new(Scenario::parse(FLASH_SALE).expect("the flash sale is well-formed"));
        let trace = crate::sim::simulate(&scenario, &Parameters::new(&scenario)).expect("it runs");
        let cadences = CadenceChart::of(&trace);
        let plot = cadence_chart(&cadences, viewport(trace.end()), (760.0, 108.0));
        (cadences, plot)
    }

    #[test]
    fn the_traffic_monitor_tightens_at_the_surge_and_relaxes_step_by_step() {
        let (cadences, _) = shown(Viewport::fit);
        let (_, _, steps) = &cadences.lines[0];
        let told: Vec<String> = steps
            .iter()
            .filter_map(|step| Some(format!("{} {}", step.from, step.every?)))
            .collect();
        assert_eq!(
            told[..5],
            [
                "0:00 5 min",
                "5:00 30 s",
                "26:00 1 min",
                "28:00 2 min",
                "32:00 3 min"
            ]
        );
    }

    #[test]
    fn levels_stand_in_order_with_the_tightest_on_top() {
        let (cadences, _) = shown(Viewport::fit);
        let labels = cadences.labels();
        assert!(labels.iter().map(|(span, _)| *span).is_sorted());
        assert!(
            labels
                .iter()
                .map(|(_, share)| *share)
                .is_sorted_by(|a, b| a < b)
        );
    }

    #[test]
    fn nothing_is_drawn_outside_of_what_is_shown() {
        let near = |end: Instant| Viewport::fit(end).zoomed(Instant::from_ms(600_000), 0.05, end);
        let (_, plot) = shown(near);
        for (_, path) in &plot.layers {
            for point in path.split(['M', 'L']).filter(|point| !point.is_empty()) {
                let x = point.split(' ').next().and_then(|x| x.parse::<f64>().ok());
                assert!(x.is_some_and(|x| (0.0..=760.0).contains(&x)), "{point}");
            }
        }
    }

    #[test]
    fn names_never_meet() {
        let scenario = Scenario::parse(FLASH_SALE).expect("the flash sale is well-formed");
        let scenario = Arc::new(scenario);
        for every in (1..60).map(|tens| f64::from(tens) * 10_000.0) {
            let mut parameters = Parameters::new(&scenario);
            let traffic = scenario.parameter("traffic_monitor.every");
            parameters
                .set(&scenario, traffic.expect("it is a parameter"), every)
                .expect("it is within its range");
            let trace = crate::sim::simulate(&scenario, &parameters).expect("it runs");
            let cadences = CadenceChart::of(&trace);
            let names = cadences.names(Viewport::fit(trace.end()), (760.0, 108.0));
            for (index, one) in names.iter().enumerate() {
                for other in &names[index + 1..] {
                    let apart =
                        (one.x - other.x).abs() >= NAME || (one.y - other.y).abs() >= LETTERS;
                    assert!(apart, "{every}: {one:?} {other:?}");
                }
            }
        }
    }

    #[test]
    fn a_line_is_told_where_it_is_pointed_at_and_a_clamp_where_there_is_none() {
        let (cadences, _) = shown(Viewport::fit);
        let scenario = Scenario::parse(FLASH_SALE).expect("the flash sale is well-formed");
        let told = |ms: i64, y: f64| cadences.told(&scenario, Instant::from_ms(ms), y, 100.0);
        let y = |level: Span| {
            let labels = cadences.labels();
            let known = labels.iter().find(|(span, _)| *span == level);
            known.expect("it is labelled").1 * 100.0
        };
        assert_eq!(
            told(600_000, y(Span::from_mins(2))).as_deref(),
            Some("inventory sync, page analyzer, database trace at 10:00: every 2 min")
        );
        assert_eq!(
            told(60_000, 2.0).as_deref(),
            Some("Clamp: no check runs closer than every 20 s")
        );
        assert_eq!(told(60_000, 30.0), None);
    }

    #[test]
    fn lines_that_end_at_one_place_have_one_end() {
        let (cadences, _) = shown(Viewport::fit);
        let end = Instant::from_ms(2_400_000);
        let all = cadences.ends(Viewport::fit(end), (400.0, 100.0));
        let places: Vec<(f64, usize)> = all
            .iter()
            .map(|name| (name.x.round(), name.of.len()))
            .collect();
        // The investigations go to sleep together at 26:00; three health checks go on to the end.
        assert_eq!(
            places,
            [(400.0, 1), (400.0, 1), (400.0, 1), (260.0, 2)],
            "{all:?}"
        );
        assert!(all.iter().all(|name| (0.0..=100.0).contains(&name.y)));
        let early = Viewport {
            from: Instant::START,
            to: Instant::from_ms(240_000),
        };
        assert_eq!(cadences.ends(early, (400.0, 100.0)).len(), 3);
    }
}
