//! The run beside another: whom to compare with, a scoreboard, and every policy as a point.

use leptos::prelude::*;

use super::beside::{Beside, policy_words};
use super::dom::{El, button, el, fold, pictured, row, short, svg, table};
use super::run::Shown as ShownRun;
use super::signals::{RwSignal, effect};
use super::store::{Store, store};
use super::turns::Turns;
use crate::insight::{
    Frontier, OverStarts, Point, PolicyResult, ProblemDelay, blinder, compare_policy, surprise,
};
use crate::rule::{Shown, shown_value, unbroken};
use crate::scenario::Scenario;
use crate::session::{Command, Rival};
use crate::time::Span;

/// What the chart of points is called as a table.
const POINTS: &str = "All points";
/// How the scoreboard is read.
const READ: &str = "“blind”: two problems unseen for 5 min at once are 10 min. “over first”: it was over before a check \
    saw it. “not then”: in that world it did not begin then.";
/// What a fixed schedule is allowed to do.
const CRON: &str = "Cron runs all checks at each of its times, since it cannot know which is needed, and nothing else.";
/// What lets a fixed schedule look better than it is.
const LUCK: &str = "Most problems here begin on a whole minute, just as cron looks. ";
/// For how long a run must have stood still before the sale is begun at other times, in milliseconds.
const STILL: u32 = 300;
/// What a cron expression consists of.
const FIELDS: &str = "minute, hour, day, month, weekday (seconds may come first)";
/// The size of the chart of points, in CSS pixels, and the room around it.
const WIDTH: f64 = 344.0;
const HEIGHT: f64 = 176.0;
const LEFT: f64 = 44.0;
const BOTTOM: f64 = 30.0;
const TOP: f64 = 18.0;
const RIGHT: f64 = 14.0;

/// Everything about the comparison.
pub fn compare() -> Vec<El> {
    let store = store();
    let (open, listed) = (RwSignal::new(false), RwSignal::new(false));
    let over = over_starts(store);
    vec![
        el("p").class("second").live_text(move || {
            match store.rival.get() {
                Rival::Defaults | Rival::Kept => "The same run with its levers elsewhere.",
                _ => "The same world under another schedule.",
            }
            .to_owned()
        }),
        choice(store),
        el("div").live(move || scoreboard(store, open, over)),
        el("h2")
            .class("panel-title")
            .text("Checks a day against time blind"),
        el("div")
            .class("points")
            .live(move || points(store, listed)),
    ]
}

/// Mean and worst delay of the first problem.
type Delay = Option<(Span, Span)>;

/// What this run and the other see over all starts of the sale, as far as that takes simulating; found in turns, while
/// nothing moves.
fn over_starts(store: Store) -> RwSignal<[Delay; 2]> {
    let found = RwSignal::new([None, None]);
    let turns = Turns::new();
    effect(move || {
        let other = store.beside.with(|beside| match beside {
            Some(Ok(beside)) => Some(beside.run.clone()),
            _ => None,
        });
        let run = store.run.get();
        turns.stop();
        found.set([None, None]);
        let Some(other) = other else { return };
        let rival = store.rival.get_untracked();
        let mut begun = None;
        turns.start(STILL, move || {
            // Only now: while a lever moves, nobody waits for this.
            let [own, theirs] = begun.get_or_insert_with(|| {
                let search = |run: &ShownRun| {
                    let scenario = store
                        .compiled
                        .with_value(|bytes| Scenario::from_compiled(bytes));
                    OverStarts::new(&run.trace, scenario.ok()?)
                };
                [search(&run), other.as_ref().and_then(search)]
            });
            let mut more = false;
            for search in [&mut *own, &mut *theirs].into_iter().flatten() {
                more |= matches!(search.advance(), Ok(true));
            }
            if !more {
                let fixed = match &rival {
                    Rival::Policy(name) => compare_policy(&run.trace, name),
                    _ => None,
                };
                let fixed = fixed.and_then(|fixed| fixed.shifted);
                let all = |search: &Option<OverStarts>| search.as_ref()?.found();
                found.set([all(own), all(theirs).or(fixed)]);
            }
            more
        });
    });
    found
}

// --- whom to compare with ---

fn choice(store: Store) -> El {
    let names = store.run.with_untracked(|run| {
        let fixed = run.findings.comparison.iter().skip(1);
        fixed
            .map(|result| result.policy.clone())
            .collect::<Vec<_>>()
    });
    let fixed = names.into_iter().map(|name| {
        let words = policy_words(&name);
        (Rival::Policy(name), words)
    });
    // The last is what was typed; it can be seen here, and chosen by typing.
    let all: Vec<(Rival, String)> = [(Rival::Nobody, "nothing".to_owned())]
        .into_iter()
        .chain(fixed)
        .chain([
            (Rival::Defaults, "the defaults".to_owned()),
            (Rival::Kept, "B, as kept".to_owned()),
            (Rival::Cron(String::new()), "your own cron".to_owned()),
        ])
        .collect();
    let chosen = all.clone();
    let index = move || {
        let rival = store.rival.get();
        let known = chosen.iter().position(|(known, _)| *known == rival);
        known.unwrap_or(chosen.len() - 1)
    };
    let options = all.iter().enumerate().map(|(index, (rival, words))| {
        let typed = matches!(rival, Rival::Cron(_));
        let kept = *rival == Rival::Kept;
        el("option")
            .attr("value", &index.to_string())
            .live_flag("disabled", move || {
                typed || kept && store.kept.with(Option::is_none)
            })
            .text(words)
    });
    let select = el("select")
        .attr("aria-label", "Compare with")
        .children(options)
        .live_prop("selectedIndex", move || (index() as f64).into())
        .on("change", move |event| {
            let index = event_target_value(&event).parse::<usize>().ok();
            if let Some((rival, _)) = index.and_then(|index| all.get(index)) {
                compare_with(store, rival.clone());
            }
        });
    el("div")
        .class("choice")
        .child(el("label").text("Compare with ").child(select))
        .child(cron_field(store))
        .child(keep(store))
}

/// How what the run is compared with is drawn.
fn legend() -> El {
    let entries = [
        (
            "ghost",
            "M8 9v5M20 9v5M32 9v5",
            "its checks, at the foot of each lane",
        ),
        ("ink other", "M2 11h36", "its world"),
    ];
    el("p").class("legend").children(entries.map(pictured))
}

fn compare_with(store: Store, rival: Rival) {
    store.dispatch(&Command::Compare { rival });
}

/// Any cron expression; what cannot be read is said and stays where it is.
fn cron_field(store: Store) -> El {
    let start = store
        .scenario()
        .epoch_ms
        .div_euclid(60_000)
        .rem_euclid(24 * 60);
    let fields = format!("{FIELDS}; 0′ is {}:{:02} UTC", start / 60, start % 60);
    let text = move || match store.rival.get() {
        Rival::Cron(expression) => expression,
        _ => String::new(),
    };
    let fault = move || match store.beside.get() {
        Some(Err(fault)) => fault,
        _ => String::new(),
    };
    let field = el("input")
        .attr("type", "text")
        .attr("placeholder", "*/7 * * * *")
        .attr("aria-label", "Any cron expression")
        .live_prop("value", move || text().into())
        .on("change", move |event| {
            let expression = event_target_value(&event).trim().to_owned();
            compare_with(
                store,
                match expression.is_empty() {
                    true => Rival::Nobody,
                    false => Rival::Cron(expression),
                },
            );
        });
    el("div")
        .class("cron")
        .child(el("label").text("Your own cron ").child(field))
        .child(el("p").class("second").text(&fields))
        .child(
            el("p")
                .class("fault")
                .attr("role", "alert")
                .live_text(fault),
        )
}

fn keep(store: Store) -> El {
    let is_kept = move || store.kept.with(Option::is_some);
    let is_this = move || {
        store
            .setup
            .with(|setup| store.kept.with(|kept| kept.as_ref() == Some(setup)))
    };
    el("div")
        .class("keep")
        .child(
            button("plain", move || store.dispatch(&Command::Keep))
                .live_flag("disabled", is_this)
                .live_text(move || {
                    if is_this() {
                        "This is B now"
                    } else {
                        "Keep this as B"
                    }
                    .to_owned()
                }),
        )
        .child(
            button("plain", move || compare_with(store, Rival::Kept))
                .live_flag("disabled", move || !is_kept())
                .live_attr("aria-pressed", move || {
                    (store.rival.get() == Rival::Kept).to_string()
                })
                .text("Compare with B"),
        )
}

// --- the scoreboard ---

fn scoreboard(store: Store, open: RwSignal<bool>, over: RwSignal<[Delay; 2]>) -> Vec<El> {
    let Some(Ok(beside)) = store.beside.get() else {
        return Vec::new();
    };
    let rival = store.rival.get();
    let fixed = matches!(rival, Rival::Policy(_) | Rival::Cron(_));
    let own_times = match &rival {
        Rival::Policy(name) => times(store, name),
        _ => String::new(),
    };
    store.run.with(|run| {
        let Some(own) = run.findings.comparison.first() else {
            return Vec::new();
        };
        let other = &beside.result;
        let incident = run.trace.scenario.incident.as_ref();
        let trouble = incident.and_then(|incident| incident.trouble);
        let mut rows = vec![
            row(
                "checks in this run",
                &[own.checks, other.checks].map(|n| number(n as f64)),
            ),
            row(
                "checks a day",
                &[own, other].map(|result| number(result.checks_a_day.round())),
            ),
            row(
                "blind, summed over problems",
                &[own, other].map(|result| result.blind.to_string()),
            ),
            row("messages", &[own, other].map(said)),
            row(
                "out of trouble",
                &[own, other].map(|result| {
                    let in_trouble = result.delays.iter().any(|one| Some(one.rule) == trouble);
                    match (result.recovered, in_trouble) {
                        (Some(at), _) => at.to_string(),
                        (None, true) => "never".to_owned(),
                        (None, false) => "never in it".to_owned(),
                    }
                }),
            ),
        ];
        let theirs_alone = other.delays.iter().filter(|theirs| {
            let same = |ours: &&ProblemDelay| (ours.rule, ours.from) == (theirs.rule, theirs.from);
            !own.delays.iter().any(|ours| same(&ours))
        });
        let problems: Vec<&ProblemDelay> = own.delays.iter().chain(theirs_alone).collect();
        if !problems.is_empty() {
            let title = "seen so long after it began";
            rows.push(el("tr").child(el("th").class("part").attr("colspan", "3").text(title)));
        }
        rows.extend(problems.into_iter().filter_map(|delay| {
            let from = delay.from;
            let rule = run.trace.scenario.rules.get(delay.rule)?;
            let words = |result: &PolicyResult| {
                let found = result
                    .delays
                    .iter()
                    .find(|other| other.rule == delay.rule && other.from == from);
                found.map_or("not then".to_owned(), |found| {
                    found
                        .delay
                        .map_or("over first".to_owned(), |delay| delay.to_string())
                })
            };
            let name = format!("{}, began {from}", rule.name);
            Some(row(&name, &[own, other].map(words)))
        }));
        let [ours, theirs] = over.get();
        let shifted = [ours, theirs.or(other.shifted)];
        let told = |delay: Delay| {
            delay.map_or("…".to_owned(), |(mean, worst)| {
                format!("{}, {worst}", whole(mean))
            })
        };
        rows.push(row("first problem, over all starts in an hour: mean, worst", &shifted.map(told)));
        let head = ["figure", "this run", &beside.name];
        let priced = |result: &PolicyResult| {
            let a_day = number(result.checks_a_day.round());
            let (checks, blind) = (result.checks, result.blind);
            format!("{checks} checks ({a_day} a day), blind for {blind}")
        };
        let verdict = format!(
            "With {}: {}. This run: {}.",
            beside.name,
            priced(other),
            priced(own)
        );
        let whole_minutes = own.delays.iter().filter(|one| one.from.ms() % 60_000 == 0);
        let even = match whole_minutes.count() * 2 > own.delays.len() {
            true => LUCK,
            false => "",
        };
        let luck = match shifted {
            [Some((own, _)), Some((other, _))] if fixed => format!(
                "{even}Had it all begun at any other moment of that hour, {} would see the first problem {} late on average, this run {}.",
                beside.name,
                whole(other),
                whole(own)
            ),
            _ => String::new(),
        };
        let odd = beside.run.as_ref().and_then(|there| {
            let there = (beside.name.as_str(), &there.trace, other.blind);
            blinder(("this run", &run.trace, own.blind), there)
        });
        vec![
            el("p").class("verdict-line").text(&unbroken(&verdict)),
            el("p").text(&odd.unwrap_or_default()),
            el("p").class("second").text(&unbroken(&luck)),
            legend(),
            table("Both runs", &head, rows).class("scoreboard"),
            el("p").class("second").text(READ),
            el("p").class("second").text(match fixed {
                true if own_times.is_empty() => CRON,
                true => &own_times,
                false => "",
            }),
            lanes_apart(run, &beside, open),
        ]
    })
}

/// When a schedule of the scenario's own runs whom.
fn times(store: Store, name: &str) -> String {
    let scenario = store.scenario();
    let mut words = String::new();
    if let Some(own) = scenario.policies.iter().find(|policy| policy.id == name) {
        for (id, every) in &own.every {
            if let Some(endpoint) = scenario.endpoints.get(id.index()) {
                words += if words.is_empty() { "It runs " } else { ", " };
                words += &format!("{} every {every}", endpoint.name);
            }
        }
        words += ", whatever happens.";
    }
    words
}

/// To the whole second.
fn whole(span: Span) -> Span {
    Span::from_ms((span.ms() + 500) / 1_000 * 1_000)
}

fn number(value: f64) -> String {
    shown_value(value, Shown::Plain)
}

/// How many messages, and how long after the first problem began the latest was sent.
fn said(result: &PolicyResult) -> String {
    let late = result.lateness.iter().flatten().max();
    match (result.messages, late) {
        (0, _) => "none".to_owned(),
        (count, Some(late)) => format!("{count}, the last {late} after the first problem"),
        (count, None) => format!("{count}, with nothing wrong"),
    }
}

/// How many starts of each lane both have, and how many only one of them.
fn lanes_apart(run: &super::run::Run, beside: &Beside, open: RwSignal<bool>) -> El {
    let rows = run.lanes.iter().filter_map(|lane| {
        let other = beside.result.starts.get(lane.endpoint.index())?;
        let both = lane
            .marks
            .iter()
            .filter(|mark| other.binary_search(&mark.at).is_ok())
            .count();
        let (only_this, only_other) = (lane.marks.len() - both, other.len() - both);
        let cells = [both, only_this, only_other].map(|count| count.to_string());
        Some(row(&lane.name, &cells))
    });
    let head = ["starts", "both", "only this", "only the other"];
    let table = table("Lane by lane", &head, rows.collect());
    fold("Lane by lane", open).child(table.class("scoreboard"))
}

// --- every policy as a point ---

struct Axes {
    checks: (f64, f64),
    blind: f64,
}

impl Axes {
    fn of(points: &[&Point]) -> Self {
        let checks = points.iter().map(|point| point.checks_a_day);
        let (low, high) = checks.fold((f64::INFINITY, 1.0_f64), |(low, high), value| {
            (low.min(value), high.max(value))
        });
        let blind = points.iter().map(|point| point.blind.ms()).max();
        Self {
            checks: (low.clamp(1.0, high) * 0.8, high * 1.25),
            blind: blind.unwrap_or(0).max(60_000) as f64 * 1.05,
        }
    }

    /// Where a point lies: checks grow to the right by ratio, time blind upwards by its square root, which keeps
    /// minutes apart beside hours.
    fn place(&self, checks_a_day: f64, blind: Span) -> (f64, f64) {
        let (low, high) = self.checks;
        let x = (checks_a_day.max(low) / low).ln() / (high / low).ln();
        let y = (blind.ms() as f64 / self.blind).sqrt();
        (
            LEFT + x * (WIDTH - LEFT - RIGHT),
            HEIGHT - BOTTOM - y * (HEIGHT - BOTTOM - TOP),
        )
    }
}

fn points(store: Store, open: RwSignal<bool>) -> Vec<El> {
    let beside = store.beside.get().and_then(Result::ok);
    let frontier = store.run.with(|run| Frontier::of(&run.findings.comparison));
    let Some(frontier) = frontier else {
        return Vec::new();
    };
    let rival = beside.map(|beside| Point {
        policy: beside.name,
        checks_a_day: beside.result.checks_a_day,
        blind: beside.result.blind,
    });
    let all: Vec<&Point> = frontier
        .fixed
        .iter()
        .chain([&frontier.own])
        .chain(&rival)
        .collect();
    let axes = Axes::of(&all);
    let words = verdict(&frontier);
    let rows = frontier
        .fixed
        .iter()
        .map(|point| (policy_words(&point.policy), point));
    let rows = rows.chain([("this run".to_owned(), &frontier.own)]);
    // A fixed schedule that is on the curve has its row already.
    let known = |name: &str| {
        frontier
            .fixed
            .iter()
            .any(|point| policy_words(&point.policy) == name)
    };
    let other = rival.iter().filter(|point| !known(&point.policy));
    let rows = rows.chain(other.map(|point| (point.policy.clone(), point)));
    let cells = |point: &Point| [number(point.checks_a_day.round()), point.blind.to_string()];
    let rows = rows.map(|(name, point)| row(&name, &cells(point)));
    let table = table(
        POINTS,
        &["schedule", "checks a day", "blind"],
        rows.collect(),
    );
    let chart = svg("svg")
        .attr(
            "viewBox",
            &format!("0 0 {} {}", short(WIDTH), short(HEIGHT)),
        )
        .attr("role", "img")
        .attr(
            "aria-label",
            &format!(
                "Checks a day against time blind. {words} The table “{POINTS}” has every point."
            ),
        )
        .children(grid(&axes))
        .child(
            svg("path")
                .class("curve")
                .attr("d", &curve(&axes, &frontier.fixed)),
        )
        .children(frontier.fixed.iter().flat_map(|point| {
            let name = policy_words(&point.policy);
            dot(
                &axes,
                point,
                "fixed",
                name.trim_start_matches("cron every "),
            )
        }))
        .children(rival.iter().flat_map(|point| {
            let name = if known(&point.policy) {
                ""
            } else {
                &point.policy
            };
            dot(&axes, point, "rival", name)
        }))
        .children(dot(&axes, &frontier.own, "own", "this run"));
    let more = store.run.with(|run| {
        let interventions = run.setup.interventions();
        surprise(&run.trace, &interventions).ok().flatten()
    });
    let sentences = [Some(words), more.map(|more| more.text)];
    let sentences = sentences.into_iter().flatten();
    std::iter::once(chart)
        .chain(sentences.map(|words| el("p").class("second").text(&words)))
        .chain([fold(POINTS, open).child(table)])
        .collect()
}

fn verdict(frontier: &Frontier) -> String {
    let own = number(frontier.own.checks_a_day.round());
    match (frontier.is_under(), frontier.fixed_alike) {
        (Some(true), Some(alike)) => format!(
            "At {own} checks a day this run is blind for {}; a fixed schedule of that price for about {alike}, by the line.",
            frontier.own.blind
        ),
        (Some(false), Some(alike)) => format!(
            "At these settings the schedule does not pay: it is blind for {}, a fixed one of the same {own} checks a day for about {alike}, by the line.",
            frontier.own.blind
        ),
        _ => format!("{own} checks a day lie beyond the fixed schedules that were run."),
    }
}

fn curve(axes: &Axes, fixed: &[Point]) -> String {
    let mut d = String::new();
    for point in fixed {
        let (x, y) = axes.place(point.checks_a_day, point.blind);
        d.push(if d.is_empty() { 'M' } else { 'L' });
        d.push_str(&format!("{} {}", short(x), short(y)));
    }
    d
}

fn text_at(x: f64, y: f64, anchor: &str, words: &str) -> El {
    svg("text")
        .attr("x", &short(x))
        .attr("y", &short(y))
        .attr("text-anchor", anchor)
        .text(words)
}

fn grid(axes: &Axes) -> Vec<El> {
    let line = |d: String| svg("path").class("grid").attr("d", &d);
    let mut parts = Vec::new();
    for checks in [100.0, 1_000.0, 10_000.0] {
        let (x, _) = axes.place(checks, Span::ZERO);
        if checks >= axes.checks.0 && checks <= axes.checks.1 {
            parts.push(line(format!(
                "M{} {}V{}",
                short(x),
                short(TOP),
                short(HEIGHT - BOTTOM)
            )));
            parts.push(text_at(
                x,
                HEIGHT - BOTTOM + 13.0,
                "middle",
                &number(checks),
            ));
        }
    }
    for minutes in [0, 5, 30, 120, 480] {
        let blind = Span::from_mins(minutes);
        if blind.ms() as f64 <= axes.blind {
            let (_, y) = axes.place(axes.checks.0, blind);
            parts.push(line(format!(
                "M{} {}H{}",
                short(LEFT),
                short(y),
                short(WIDTH - RIGHT)
            )));
            parts.push(text_at(LEFT - 6.0, y + 3.5, "end", &blind.to_string()));
        }
    }
    parts.push(text_at(WIDTH - RIGHT, HEIGHT - 3.0, "end", "checks a day"));
    parts.push(text_at(0.0, TOP - 7.0, "start", "blind"));
    parts
}

fn dot(axes: &Axes, point: &Point, class: &str, words: &str) -> [El; 2] {
    let (x, y) = axes.place(point.checks_a_day, point.blind);
    let radius = if class == "own" { "5" } else { "3" };
    let circle = svg("circle")
        .class(class)
        .attr("cx", &short(x))
        .attr("cy", &short(y))
        .attr("r", radius);
    // At the right there is room above only, and the dearest stand close.
    let label = match class {
        "own" => text_at(x - 9.0, y + 4.0, "end", words),
        // Below, where neither the curve's words are nor this run's.
        "rival" => text_at(x, y + 14.0, "middle", words),
        _ if x > WIDTH * 0.9 => text_at(x + 6.0, y - 8.0, "end", words),
        _ if x > WIDTH * 0.7 => text_at(x - 2.0, y - 12.0, "end", words),
        _ => text_at(x + 7.0, y - 5.0, "start", words),
    };
    [circle, label.class(class)]
}
