//! Ten lanes in four tiers: runs as marks, states as bands.

use leptos::ev::{KeyboardEvent, MouseEvent};
use leptos::prelude::*;

use super::store::{Store, store};
use super::timeline::pointer_x;
use crate::draw::{BandKind, cause_of};
use crate::schedule::{EndpointId, RunId, Tier};
use crate::time::Instant;

/// The height of a lane, of the space above each tier, and of the names that stand above lanes on narrow pages.
const LANE: f64 = 22.0;
const GAP: f64 = 9.0;
const NAME: f64 = 20.0;
/// A click this near to a mark means the mark, in CSS pixels.
const NEAR: f64 = 7.0;
/// The room that words need in the box of what was held back, in CSS pixels.
const ROOM: f64 = 165.0;
/// The room that the short form needs.
const SHORT_ROOM: f64 = 98.0;

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

/// The lanes; one stop for the keyboard, in which the arrow keys walk.
#[component]
pub fn Lanes() -> impl IntoView {
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
    let kept = StoredValue::new(rows.clone());
    view! {
        <div
            class="lanes"
            tabindex="0"
            role="application"
            aria-label="Runs of all endpoints. Up and down walk the lanes, left and right their runs, brackets go to cause and effect."
            on:keydown=move |event| kept.with_value(|rows| walk(store, rows, &event))
        >
            {rows.iter().enumerate().map(|(index, row)| lane(store, index, row)).collect_view()}
            <Curve rows=rows />
        </div>
    }
}

fn lane(store: Store, index: usize, row: &Row) -> impl IntoView + use<> {
    let Row {
        endpoint,
        tier,
        first,
        name,
    } = row.clone();
    let paths = Memo::new(move |_| {
        let scale = store.scale();
        store.run.with(|run| {
            let lane = run.lanes.get(index)?;
            let band = |kind, span| lane.bands_path(kind, &scale, span);
            let thin = (LANE / 2.0 - 2.5, LANE / 2.0 + 2.5);
            let full = (3.0, LANE - 3.0);
            Some([
                ("band pending", band(BandKind::Pending, full)),
                ("band hint", band(BandKind::Hint, full)),
                ("band cooldown", band(BandKind::Cooldown, thin)),
                ("mark", lane.marks_path(&scale, LANE, true)),
                ("mark failed", lane.marks_path(&scale, LANE, false)),
            ])
        })
    });
    let held = Memo::new(move |_| {
        let scale = store.scale();
        store.run.with(|run| {
            let bands = run
                .lanes
                .get(index)
                .map(|lane| lane.bands.clone())
                .unwrap_or_default();
            let held = bands
                .into_iter()
                .filter(|band| band.kind == BandKind::HeldBack);
            held.filter_map(|band| {
                let (from, to) = scale.stretch(band.from, band.to)?;
                let minutes =
                    crate::time::Span::from_mins(((band.to - band.from).ms() + 30_000) / 60_000);
                let words = match to - from {
                    room if room > ROOM => format!("considered, held back {minutes}"),
                    room if room > SHORT_ROOM => format!("held back {minutes}"),
                    _ => String::new(),
                };
                Some((from, to, words))
            })
            .collect::<Vec<_>>()
        })
    });
    let count = move || {
        store
            .run
            .with(|run| run.lanes.get(index).map(|lane| lane.marks.len()))
    };
    let selected = move || {
        store
            .selection
            .get()
            .is_some_and(|selection| selection.endpoint == endpoint)
    };
    let on_click = move |event: MouseEvent| {
        let scale = store.scale();
        let x = pointer_x(&event);
        let at = scale.instant_clamped(x);
        let mark = store
            .run
            .with_untracked(|run| run.lanes.get(index).and_then(|lane| lane.nearest(at)));
        let near = mark.filter(|mark| (scale.x(mark.at) - x).abs() <= NEAR);
        store.select(endpoint, near.map_or(at, |mark| mark.at));
    };
    let tier_name = title_case(tier.name());
    view! {
        <div class=format!("row lane {}", tier.name()) class:first=first class:selected=selected>
            <div class="gutter">
                <span class="tier">
                    {first
                        .then(|| {
                            view! {
                                <span class="glyph" aria-hidden="true">
                                    {glyph(tier)}
                                </span>
                                {tier_name}
                            }
                        })}
                </span>
                <span class="glyph small" aria-hidden="true">
                    {glyph(tier)}
                </span>
                <span class="name">{name}</span>
                <span class="count">{count}</span>
            </div>
            <div class="plot" on:click=on_click>
                <svg height=LANE width=move || store.plot_width.get() aria-hidden="true">
                    <path class="asleep" d=move || format!("M0 {0}H{1}", LANE / 2.0, store.plot_width.get()) />
                    {move || drawn(paths.get(), true)}
                    {move || {
                        held.get()
                            .into_iter()
                            .map(|(from, to, words)| {
                                let room = to - from;
                                view! {
                                    <rect
                                        class="held"
                                        x=from + 0.5
                                        y=3.5
                                        width=(room - 1.0).max(1.0)
                                        height=LANE - 7.0
                                        rx="2"
                                    />
                                    <text class="held-words" x=from + 6.0 y=LANE / 2.0 + 3.5>
                                        {words}
                                    </text>
                                }
                            })
                            .collect_view()
                    }}
                    {move || drawn(paths.get(), false)}
                </svg>
            </div>
        </div>
    }
}

/// The bands of a lane, or its marks: what was held back stands between them.
fn drawn(paths: Option<[(&'static str, String); 5]>, bands: bool) -> impl IntoView {
    let paths = paths.into_iter().flatten();
    paths
        .filter(move |(class, d)| class.starts_with("band") == bands && !d.is_empty())
        .map(|(class, d)| view! { <path class=class d=d /> })
        .collect_view()
}

/// A word with its first letter raised.
pub fn title_case(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or(String::new(), |first| {
        first.to_uppercase().chain(letters).collect()
    })
}

/// What is selected, and the curve from its cause.
#[component]
fn Curve(rows: Vec<Row>) -> impl IntoView {
    let store = store();
    let rows = StoredValue::new(rows);
    let place = move |endpoint: EndpointId, at: Instant| {
        let middles = rows.with_value(|rows| middles(rows, store.narrow()));
        let index = rows.with_value(|rows| rows.iter().position(|row| row.endpoint == endpoint))?;
        Some((store.scale().x(at), *middles.get(index)?))
    };
    let drawn = Memo::new(move |_| {
        let selection = store.selection.get()?;
        let tier = rows.with_value(|rows| {
            rows.iter()
                .find(|row| row.endpoint == selection.endpoint)
                .map(|row| row.tier)
        })?;
        let (x, y) = place(selection.endpoint, selection.at)?;
        let cause = store.run.with(|run| {
            let (id, _) = run
                .trace
                .runs_of(selection.endpoint)
                .find(|(_, record)| record.start == selection.at)?;
            let cause = *run.trace.run(cause_of(&run.trace, id)?)?;
            Some((cause.endpoint, cause.start))
        });
        let curve = cause
            .and_then(|(endpoint, at)| place(endpoint, at))
            .map(|(from_x, from_y)| {
                let bend = ((y - from_y).abs() * 0.25).max(14.0);
                format!(
                    "M{from_x:.1} {from_y:.1}C{:.1} {from_y:.1} {:.1} {y:.1} {x:.1} {y:.1}",
                    from_x + bend,
                    x + bend
                )
            });
        Some((tier, x, y, curve))
    });
    view! {
        <svg class="curve" aria-hidden="true">
            {move || {
                drawn
                    .get()
                    .map(|(tier, x, y, curve)| {
                        view! {
                            <g class=tier.name()>
                                {curve.map(|d| view! { <path class="cause" d=d /> })}
                                <circle class="chosen" cx=x cy=y r="9.5" />
                            </g>
                        }
                    })
            }}
        </svg>
    }
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
