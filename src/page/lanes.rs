//! Ten lanes in four tiers: runs as marks, states as bands.

use leptos::prelude::*;
use wasm_bindgen::JsCast as _;
use web_sys::KeyboardEvent;

use super::dom::{El, el, short, svg};
use super::gestures::told as pointed_at;
use super::hands::{FLAG, Note, flags, hands, noted};
use super::metrics::MANY;
use super::panel::reveal;
use super::run::Shown;
use super::signals::{Memo, RwSignal, effect};
use super::store::{Store, store};
use super::timeline::pointer_x;
use super::turns::Turns;
use crate::draw::{Band, BandKind, Lane, TimeScale, cause_of, ticks_path};
use crate::insight::{explain, moment, run_reason};
use crate::schedule::{EndpointId, RunId, Tier};
use crate::time::{Instant, Span};

/// The height of a lane, of the space above each tier, and of the names that stand above lanes on narrow pages.
const LANE: f64 = 22.0;
const GAP: f64 = 9.0;
const NAME: f64 = 20.0;
/// A click this near to a mark means the mark, in CSS pixels.
const NEAR: f64 = 7.0;
/// The room that words need in the box of what was held back, and that a time alone needs, in CSS pixels.
const ROOM: f64 = 104.0;
const LEAST_ROOM: f64 = 50.0;

/// What draws a part of a lane as path data.
type PathOf = fn(&Lane, &TimeScale) -> String;

/// The bands, from the one at the back, then the marks: class and path.
const PATHS: [(&str, PathOf); 5] = [
    ("band pending", |lane, scale| {
        lane.bands_path(BandKind::Pending, scale, FULL)
    }),
    ("band hint", |lane, scale| {
        lane.bands_path(BandKind::Hint, scale, FULL)
    }),
    ("band cooldown", |lane, scale| {
        lane.bands_path(BandKind::Cooldown, scale, THIN)
    }),
    ("mark", |lane, scale| lane.marks_path(scale, LANE, true)),
    ("mark failed", |lane, scale| {
        lane.marks_path(scale, LANE, false)
    }),
];
/// How many of them are bands.
const BANDS: usize = 3;
/// From where to where a band goes that fills its lane, and one that only leads away from a mark.
const FULL: (f64, f64) = (3.0, LANE - 3.0);
const THIN: (f64, f64) = (LANE - 6.0, LANE - 2.0);
/// Where the starts of what the run is compared with stand.
const FOOT: (f64, f64) = (LANE - 4.5, LANE - 0.5);

/// A tier's glyph: never colour alone.
pub const fn glyph(tier: Tier) -> &'static str {
    match tier {
        Tier::Alert => "▲",
        Tier::Recovery => "⟳",
        Tier::Investigation => "◎",
        Tier::Health => "♥",
    }
}

#[derive(Clone)]
struct Row {
    endpoint: EndpointId,
    tier: Tier,
    first: bool,
    name: String,
}

/// Where the middle of each lane lies, from the top of all lanes.
fn middles(rows: &[Row], narrow: bool) -> Vec<f64> {
    let mut top = 0.0;
    let mut middles = Vec::new();
    for row in rows {
        if row.first {
            top += GAP;
        }
        if narrow {
            top += NAME;
        }
        middles.push(top + LANE / 2.0);
        top += LANE;
    }
    middles
}

/// What the lanes are, to those who do not see them.
const LABEL: &str = "Runs of all endpoints. Up and down walk the lanes, left and right their runs, brackets go to \
    cause and effect. The table “All runs” lists them.";
/// For how long a run must have stood still before its decisions are listed, in milliseconds.
const STILL: u32 = 300;

/// The lanes; one stop for the keyboard, in which the arrow keys walk.
pub fn lanes() -> El {
    let store = store();
    let mut before = None;
    let rows: Vec<Row> = store.run.with_untracked(|run| {
        let each = run.lanes.iter().map(|lane| {
            let first = before.replace(lane.tier) != Some(lane.tier);
            Row {
                endpoint: lane.endpoint,
                tier: lane.tier,
                first,
                name: lane.name.clone(),
            }
        });
        each.collect()
    });
    let listed = listed(store);
    let mut each = rows.iter().enumerate();
    let tiers = rows
        .chunk_by(|row, next| row.tier == next.tier)
        .map(|tier| {
            let name = tier.first().map_or("", |row| row.tier.name());
            let lanes = each.by_ref().take(tier.len());
            el("div")
                .attr("role", "group")
                .attr("aria-label", &title_case(name))
                .children(lanes.map(|(index, row)| lane(store, listed, index, row)))
        });
    el("div")
        .class(if rows.len() > MANY {
            "lanes many"
        } else {
            "lanes"
        })
        .attr("tabindex", "0")
        .attr("role", "application")
        .attr("aria-label", LABEL)
        .children(tiers)
        .child(curve(store, rows.clone()))
        .on_key(move |event| walk(store, &rows, event))
}

/// The run whose decisions are listed: the latest that has stood still, so that listing them keeps no slider waiting.
fn listed(store: Store) -> RwSignal<Option<Shown>> {
    let listed = RwSignal::new(None);
    let turns = Turns::new();
    effect(move || {
        let run = store.run.get();
        turns.start(STILL, move || {
            listed.set(Some(run.clone()));
            false
        });
    });
    listed
}

/// How many decisions of all lanes together are listed.
const LISTED: usize = 1_000;
/// How many boxes of a lane have words.
const MOST: usize = 200;

/// The decisions of an endpoint in words, for those who do not see its lane.
fn decisions(run: &Shown, endpoint: EndpointId) -> Vec<El> {
    let mut runs = run.trace.runs_of(endpoint);
    let most = LISTED / run.lanes.len().max(1);
    let first = runs.by_ref().take(most).map(|(_, record)| {
        let reason = run_reason(&run.trace, record);
        el("li").text(&format!("{}: {reason}", record.start))
    });
    let first: Vec<El> = first.collect();
    let more = match runs.count() {
        0 => None,
        more => Some(el("li").text(&format!("and {more} more; Share saves all runs as CSV"))),
    };
    first.into_iter().chain(more).collect()
}

/// How many runs a lane has.
fn count(store: Store, index: usize) -> usize {
    store
        .run
        .with(|run| run.lanes.get(index).map_or(0, |lane| lane.marks.len()))
}

fn lane(store: Store, listed: RwSignal<Option<Shown>>, index: usize, row: &Row) -> El {
    let endpoint = row.endpoint;
    let name = row.name.clone();
    let selected = move || {
        store
            .selection
            .get()
            .is_some_and(|selection| selection.endpoint == endpoint)
    };
    let first = if row.first { " first" } else { "" };
    el("div")
        .class(&format!("row lane {}{first}", row.tier.name()))
        .attr("role", "group")
        .live_attr("aria-label", move || {
            format!("{name}, runs: {}", count(store, index))
        })
        .live_class("selected", selected)
        .live_class("lit", move || store.lit.with(|lit| lit.contains(&endpoint)))
        .on("pointerenter", move |_| point_at(store, endpoint))
        .on("pointerleave", move |_| point_at_nothing(store))
        .child(gutter(store, index, row))
        .child(pointed_at(
            el("div")
                .class("plot")
                .on_pointer("click", move |event| {
                    choose(store, index, endpoint, pointer_x(event) - into_flag(event));
                })
                .child(drawing(store, index, row)),
            move |x, _| told(store, index, endpoint, x),
        ))
        .child(
            el("ul")
                .class("for-readers")
                .attr("role", "list")
                .live(move || {
                    listed.with(|run| {
                        run.as_ref()
                            .map_or(Vec::new(), |run| decisions(run, endpoint))
                    })
                }),
        )
}

/// How far from its mark the words of a message were hit, in CSS pixels: to choose them is to choose the message.
fn into_flag(event: &web_sys::MouseEvent) -> f64 {
    let target = event.target();
    let words = target.and_then(|target| target.dyn_into::<web_sys::Element>().ok());
    match words.filter(|words| words.class_list().contains("flag")) {
        Some(words) => f64::from(event.client_x()) - words.get_bounding_client_rect().left() + FLAG,
        None => 0.0,
    }
}

/// While the story is open, a lane lights up the sentences that speak of it.
fn point_at(store: Store, endpoint: EndpointId) {
    if store.chapter.with_untracked(Option::is_some) {
        store.lit.set(vec![endpoint]);
    }
}

fn point_at_nothing(store: Store) {
    if store.lit.with_untracked(|lit| !lit.is_empty()) {
        store.lit.set(Vec::new());
    }
}

/// The names beside a lane, and how many runs it has.
fn gutter(store: Store, index: usize, row: &Row) -> El {
    let sign = |class: &str| {
        el("span")
            .class(class)
            .attr("aria-hidden", "true")
            .text(glyph(row.tier))
    };
    let tier = el("span").class("tier");
    let tier = if row.first {
        tier.child(sign("glyph")).text(&title_case(row.tier.name()))
    } else {
        tier
    };
    el("div")
        .class("gutter")
        .child(tier)
        .child(sign("glyph small"))
        .child(el("span").class("name").text(&row.name))
        .child(
            el("span")
                .class("count")
                .live_text(move || count(store, index).to_string()),
        )
}

/// Explains the run that a click on a lane is near to, or why there is none.
fn choose(store: Store, index: usize, endpoint: EndpointId, x: f64) {
    if store.dragged.get_value() {
        return;
    }
    let scale = store.scale();
    let at = store.instant(x);
    let mark = store
        .run
        .with_untracked(|run| run.lanes.get(index).and_then(|lane| lane.nearest(at)));
    let near = mark.filter(|mark| (scale.x(mark.at) - x).abs() <= NEAR);
    store.select(endpoint, near.map_or(at, |mark| mark.at));
    reveal(store);
}

/// What a pointer on a lane points at, in words: a run and why it came about, or what the endpoint is doing.
fn told(store: Store, index: usize, endpoint: EndpointId, x: f64) -> String {
    let scale = store.scale();
    let at = store.instant(x);
    store.run.with_untracked(|run| {
        let Some(lane) = run.lanes.get(index) else {
            return String::new();
        };
        let near = lane
            .nearest(at)
            .filter(|mark| (scale.x(mark.at) - x).abs() <= NEAR);
        match near.and_then(|mark| run.trace.run(mark.run)) {
            Some(record) => {
                let reason = run_reason(&run.trace, record);
                format!("{} {}: {reason}", lane.name, record.start)
            }
            None => {
                // What is held back is worth its reason.
                let held = |band: &Band| {
                    band.kind == BandKind::HeldBack && band.from <= at && at < band.to
                };
                match lane.bands.iter().any(held) {
                    true => explain(&run.trace, endpoint, at).sentence,
                    false => {
                        let now = moment(&run.trace, endpoint, at);
                        format!("{} at {at}: {}", lane.name, now.words)
                    }
                }
            }
        }
    })
}

/// A lane's bands and marks: what was held back stands between them.
fn drawing(store: Store, index: usize, row: &Row) -> El {
    let endpoint = row.endpoint;
    // One memo of each lane follows the run, not each of its paths: of many followers, each costs all others something.
    let drawn = Memo::new(move |_| {
        let scale = store.scale();
        store.run.with(|run| {
            let lane = run.lanes.get(index);
            lane.map(|lane| PATHS.map(|(_, path)| path(lane, &scale)))
        })
    });
    let mut paths = PATHS.iter().enumerate().map(|(place, (class, _))| {
        let d = move || {
            let path = drawn.with(|drawn| drawn.as_ref().map(|paths| paths.get(place).cloned()));
            path.flatten().unwrap_or_default()
        };
        svg("path").class(class).live_attr("d", d)
    });
    let bands: Vec<El> = paths.by_ref().take(BANDS).collect();
    let held = move || {
        let scale = store.scale();
        store.run.with(|run| {
            let lane = run.lanes.get(index);
            lane.map_or(Vec::new(), |lane| held_back(lane, &scale))
        })
    };
    let said = move || flags(store, endpoint, LANE / 2.0 + 2.0);
    let ghosts = move || {
        let scale = store.scale();
        store.beside.with(|beside| match beside {
            Some(Ok(beside)) => {
                let starts = beside.result.starts.get(endpoint.index());
                starts.map_or(String::new(), |starts| ticks_path(starts, &scale, FOOT))
            }
            _ => String::new(),
        })
    };
    let asleep = move || format!("M0 {}H{}", short(LANE / 2.0), short(store.plot_width.get()));
    svg("svg")
        .attr("height", &short(LANE))
        .live_attr("width", move || short(store.plot_width.get()))
        .attr("aria-hidden", "true")
        .child(svg("path").class("asleep").live_attr("d", asleep))
        .children(bands)
        .child(noted(held, dashed, svg("g")))
        .children(paths)
        .child(svg("path").class("ghost").live_attr("d", ghosts))
        .child(noted(said, |note| vec![note.drawn("flag")], svg("g")))
        .child(svg("g").live(move || hands(store, endpoint)))
}

/// Where a lane's action was held back, from `x` to `y`, and what is said of it.
fn held_back(lane: &Lane, scale: &TimeScale) -> Vec<Note> {
    let held = lane
        .bands
        .iter()
        .filter(|band| band.kind == BandKind::HeldBack);
    let boxes: Vec<_> = held
        .filter_map(|band| Some((band, scale.stretch(band.from, band.to)?)))
        .collect();
    // Where words of such a width would meet a mark, another box or the edge, there are none.
    let free = |own: f64, left: f64, width: f64| {
        let meets = |x: f64| (own - 8.0..left + width).contains(&x);
        left + width < scale.width
            && boxes.len() <= MOST
            && !lane.marks.iter().any(|mark| meets(scale.x(mark.at)))
            && !boxes
                .iter()
                .any(|(_, (from, _))| *from != own && meets(*from))
    };
    let each = boxes.iter().map(|&(band, (from, to))| {
        let minutes = Span::from_mins(((band.to - band.from).ms() + 30_000) / 60_000);
        let (room, words) = match to - from {
            room if room > ROOM => (ROOM, "held back "),
            room if room > LEAST_ROOM => (LEAST_ROOM, ""),
            // Beside the box.
            _ => (ROOM, "held back "),
        };
        let left = if to - from > LEAST_ROOM { from } else { to };
        let words = match free(from, left, room) {
            true => format!("{words}{minutes}"),
            false => String::new(),
        };
        Note {
            x: from,
            y: to,
            words,
            title: String::new(),
        }
    });
    each.collect()
}

/// The box of what was held back, from `x` to `y`, and the words in it.
fn dashed(
    Note {
        x: from,
        y: to,
        words,
        ..
    }: &Note,
) -> Vec<El> {
    let number = |element: El, name: &str, value: f64| element.attr(name, &short(value));
    let frame = svg("rect").class("held").attr("rx", "2");
    let frame = number(frame, "x", from + 0.5);
    let frame = number(frame, "y", 3.5);
    let frame = number(frame, "width", (to - from - 1.0).max(1.0));
    let inside = to - from > LEAST_ROOM;
    let x = if inside { from + 6.0 } else { to + 4.0 };
    let said = number(svg("text").class("held-words"), "x", x);
    vec![
        number(frame, "height", LANE - 7.0),
        number(said, "y", LANE / 2.0 + 3.5).text(words),
    ]
}

/// A word with its first letter raised.
pub fn title_case(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or(String::new(), |first| {
        std::iter::once(first.to_ascii_uppercase())
            .chain(letters)
            .collect()
    })
}

/// What is selected, and the curve from its cause.
fn curve(store: Store, rows: Vec<Row>) -> El {
    let drawn = move || {
        let selection = store.selection.get()?;
        let row = rows.iter().find(|row| row.endpoint == selection.endpoint)?;
        let (x, y) = place(store, &rows, (selection.endpoint, selection.at))?;
        let cause = store.run.with(|run| {
            let (id, _) = run
                .trace
                .runs_of(selection.endpoint)
                .find(|(_, record)| record.start == selection.at)?;
            let cause = run.trace.run(cause_of(&run.trace, id)?)?;
            Some((cause.endpoint, cause.start))
        });
        let curve = cause
            .and_then(|cause| place(store, &rows, cause))
            .map(|(from_x, from_y)| {
                let bend = ((y - from_y).abs() * 0.25).max(14.0);
                let (out, back) = (short(from_x + bend), short(x + bend));
                let [from_x, from_y, x, y] = [from_x, from_y, x, y].map(short);
                format!("M{from_x} {from_y}C{out} {from_y} {back} {y} {x} {y}")
            });
        Some(Note {
            x,
            y,
            words: curve.unwrap_or_default(),
            title: row.tier.name().to_owned(),
        })
    };
    noted(
        move || drawn().into_iter().collect(),
        |note| {
            let curve = svg("path").class("cause").attr("d", &note.words);
            let ring = svg("circle")
                .class("chosen")
                .attr("cx", &short(note.x))
                .attr("cy", &short(note.y))
                .attr("r", "9.5");
            vec![svg("g").class(&note.title).child(curve).child(ring)]
        },
        svg("svg").class("curve").attr("aria-hidden", "true"),
    )
}

/// Where a moment of an endpoint lies, from the left and from the top of all lanes.
fn place(store: Store, rows: &[Row], (endpoint, at): (EndpointId, Instant)) -> Option<(f64, f64)> {
    let index = rows.iter().position(|row| row.endpoint == endpoint)?;
    let middle = *middles(rows, store.narrow()).get(index)?;
    Some((store.scale().x(at), middle))
}

/// Walks with the keyboard: lanes up and down, runs left and right, causes and effects by brackets.
fn walk(store: Store, rows: &[Row], event: &KeyboardEvent) {
    if event.ctrl_key() || event.meta_key() || event.alt_key() {
        return;
    }
    let chosen = store.selection.get_untracked();
    let at = chosen.map_or_else(|| store.cursor.get_untracked(), |chosen| chosen.at);
    let row = chosen.and_then(|chosen| rows.iter().position(|row| row.endpoint == chosen.endpoint));
    let key = event.key();
    let to = store.run.with_untracked(|run| {
        let mark_near = |row: usize| {
            let lane = run.lanes.get(row)?;
            Some((lane.endpoint, lane.nearest(at).map_or(at, |mark| mark.at)))
        };
        let lane = row.and_then(|row| run.lanes.get(row));
        let here = chosen.and_then(|chosen| {
            run.trace
                .runs_of(chosen.endpoint)
                .find(|(_, record)| record.start == chosen.at)
        });
        let go = |id: RunId| {
            run.trace
                .run(id)
                .map(|record| (record.endpoint, record.start))
        };
        match key.as_str() {
            "ArrowUp" | "ArrowDown" if row.is_none() => mark_near(rows.len().checked_sub(1)?),
            "ArrowUp" => mark_near(row?.checked_sub(1)?),
            "ArrowDown" => mark_near(row? + 1),
            "ArrowLeft" => {
                let lane = lane?;
                lane.marks
                    .iter()
                    .rfind(|mark| mark.at < at)
                    .map(|mark| (lane.endpoint, mark.at))
            }
            "ArrowRight" => {
                let lane = lane?;
                lane.marks
                    .iter()
                    .find(|mark| mark.at > at)
                    .map(|mark| (lane.endpoint, mark.at))
            }
            "[" => go(cause_of(&run.trace, here?.0)?),
            "]" => {
                let (id, _) = here?;
                let count = u32::try_from(run.trace.log.runs.len()).unwrap_or(u32::MAX);
                let later = (id.0 + 1..count).map(RunId);
                let mut effects = later.filter(|later| cause_of(&run.trace, *later) == Some(id));
                go(effects.next()?)
            }
            _ => None,
        }
    });
    if let Some((endpoint, at)) = to {
        store.select(endpoint, at);
    }
    if matches!(
        key.as_str(),
        "ArrowUp" | "ArrowDown" | "ArrowLeft" | "ArrowRight" | "[" | "]"
    ) {
        event.prevent_default();
        event.stop_propagation();
    }
}
