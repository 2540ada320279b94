//! The bar at the bottom: play, pause, step, scrub, speed.

use leptos::prelude::*;
use wasm_bindgen::JsCast as _;
use web_sys::{Element, KeyboardEvent, PointerEvent};

use super::dom::{El, button, el, icon, percent, short, svg};
use super::levers::full_label;
use super::planner::clock;
use super::signals::{Memo, RwSignal, effect};
use super::store::{Store, store};
use super::timeline::pointer_x;
use crate::draw::Apart;
use crate::insight::latest;
use crate::rule::{rounded, unbroken};
use crate::schedule::{EndpointId, Tier};
use crate::session::{Command, Setup, place_of, speed_at};
use crate::time::{Instant, Span};

/// Longer pauses between two frames (a hidden page) count as this long.
const LONGEST_FRAME: f64 = 100.0;

/// One animation loop, which runs only while the cursor moves by itself.
fn animate(store: Store) {
    let before = StoredValue::new_local(None::<f64>);
    effect(move || {
        if store.playing.get() {
            before.set_value(None);
            frame(store, before);
        }
    });
}

fn frame(store: Store, before: StoredValue<Option<f64>, LocalStorage>) {
    request_animation_frame(move || {
        if store.playing.try_get_untracked() != Some(true) {
            return;
        }
        let now = window()
            .performance()
            .map_or(0.0, |performance| performance.now());
        let passed = before
            .get_value()
            .map_or(0.0, |before| (now - before).clamp(0.0, LONGEST_FRAME));
        before.set_value(Some(now));
        store.tick(Span::from_ms(passed.round() as i64));
        store.show(store.cursor.get_untracked());
        frame(store, before);
    });
}

/// The bar.
pub fn playback() -> El {
    let store = store();
    animate(store);
    let clock = move || clock(store.cursor.get());
    let turn = move || {
        let looped = !store.looped.get_untracked();
        store.dispatch(&Command::Loop { looped });
    };
    el("section")
        .class("playback")
        .attr("aria-label", "Playback")
        .child(step(store, false))
        .child(play(store))
        .child(step(store, true))
        .child(
            el("output")
                .class("clock")
                .attr("aria-label", "Time of the run")
                .attr("aria-live", "off")
                .live_text(clock),
        )
        .child(scrubber(store))
        .child(said(store))
        .child(changed(store))
        .child(
            button("quiet loop", turn)
                .live_attr("aria-pressed", move || store.looped.get().to_string())
                .attr("title", "Begin again at the end")
                .text("Loop"),
        )
        .child(speed(store))
}

/// The button that goes to the next or the previous decision.
fn step(store: Store, forward: bool) -> El {
    let (name, key, arrow, edge) = if forward {
        ("Next decision", '.', "M5 3v10l6.5-5z", "M3.5 3v10")
    } else {
        ("Previous decision", ',', "M11 3v10L4.5 8z", "M12.5 3v10")
    };
    button("icon", move || store.step(forward))
        .attr("title", &format!("{name} ({key})"))
        .attr("aria-label", name)
        .live_flag("disabled", move || store.locked.get())
        .child(icon(&[("solid", arrow), ("ring", edge)]))
}

fn play(store: Store) -> El {
    let toggle = move || {
        let playing = !store.playing.get_untracked();
        store.dispatch(&Command::Play { playing });
    };
    let either = move |pause: &str, play: &str| {
        let playing = store.playing.get();
        (if playing { pause } else { play }).to_owned()
    };
    let picture = move || either("M4.5 3.5h2.6v9H4.5zM8.9 3.5h2.6v9H8.9z", "M5.5 3v10l7.5-5z");
    let anew = Memo::new(move |_| store.begins_anew());
    let title = move || match anew.get() {
        true => either("Pause (Space)", "Play from the start (Space)"),
        false => either("Pause (Space)", "Play on (Space)"),
    };
    button("play", toggle)
        .live_attr("title", title)
        .live_attr("aria-label", move || either("Pause", "Play"))
        .child(icon(&[]).child(svg("path").live_attr("d", picture)))
}

/// The latest run: of which endpoint, when, its name, and why it ran.
type Said = (EndpointId, Instant, String, String);

/// The latest decision, in words. Its button stays the same while the words change, so that it keeps the focus.
fn said(store: Store) -> El {
    let latest = Memo::new(move |_| {
        let at = store.cursor.get();
        // What is explained beside it comes before what else ran then.
        let chosen = store.selection.get().filter(|chosen| chosen.at == at);
        let chosen = chosen.map(|chosen| chosen.endpoint);
        store.run.with(|run| {
            let (id, name, reason) = latest(&run.trace, at, chosen)?;
            let run = run.trace.run(id)?;
            Some((run.endpoint, run.start, name, reason))
        })
    });
    let there = Memo::new(move |_| latest.with(Option::is_some));
    let words = move |of: fn(&Said) -> String| {
        move || latest.with(|latest| latest.as_ref().map(of).unwrap_or_default())
    };
    let explain = move || {
        if let Some((endpoint, at, ..)) = latest.get_untracked() {
            store.select(endpoint, at);
        }
    };
    let line = move || {
        button("", explain)
            .attr("title", "Why?")
            .child(el("b").live_text(words(|(_, at, name, _)| format!("{name} {at}"))))
            .text(": ")
            .live_text(words(|(.., reason)| unbroken(reason)))
    };
    el("p")
        .class("said")
        .live(move || there.get().then(line).into_iter().collect())
}

/// The last change and what came of it, until the cursor moves on; with the way back.
fn changed(store: Store) -> El {
    // Where the cursor stood when it came about; nowhere before the first.
    let seen = RwSignal::new(f64::NAN);
    let at = move |cursor: Instant| cursor.ms() as f64;
    // What is done next is about something else.
    effect(move || {
        let _ = (store.tab.get(), store.rival.get(), store.chapter.get());
        seen.set(f64::NAN);
    });
    // A change may move the cursor with it, which has happened by the time that effects run.
    effect(move || {
        store.setup.with(|_| ());
        if store.with_before(|before| before.is_some()) {
            seen.set(at(store.cursor.get_untracked()));
        }
    });
    let back = move || {
        store.dispatch(match store.undone() {
            true => &Command::Redo,
            false => &Command::Undo,
        });
    };
    el("p")
        .class("changed")
        .live_flag("hidden", move || seen.get() != at(store.cursor.get()))
        .child(el("b").live_text(move || {
            store.setup.with(|now| {
                store.with_before(|before| {
                    before.map_or(String::new(), |before| difference(store, before, now))
                })
            })
        }))
        .child(el("span").live_text(move || {
            let won = store.won.get();
            won.map_or_else(|| came_of_it(store), |won| format!("✓ {won}"))
        }))
        .child(
            button("link", back)
                .live_text(move || if store.undone() { "Redo" } else { "Undo" }.to_owned()),
        )
}

/// In what a setup differs from the one before.
fn difference(store: Store, before: &Setup, now: &Setup) -> String {
    let scenario = store.scenario();
    let mut words = format!(
        "Calls by hand: {}, were {}",
        now.calls.len(),
        before.calls.len()
    );
    let mut moved = 0;
    for (index, parameter) in scenario.parameters.iter().enumerate() {
        let (was, is) = (before.parameters.get(index), now.parameters.get(index));
        if was != is {
            moved += 1;
            let (was, is) = (parameter.written(was), parameter.written(is));
            words = match moved {
                1 => format!("{}: {is}, was {was}", full_label(&scenario, parameter)),
                _ => format!("{moved} levers moved"),
            };
        }
    }
    words
}

/// What a run came to, in a line: how many checks, and who was told.
fn came_of_it(store: Store) -> String {
    store.run.with(|run| {
        let mut pieces = run.summary.iter();
        let checks = pieces.find(|piece| piece.figure == Some(Tier::Health));
        let mut words = checks.map_or(String::new(), |piece| piece.text.clone()) + "; told:";
        for lane in run.lanes.iter().rev() {
            if lane.tier == Tier::Alert && !lane.marks.is_empty() {
                words = words + " " + &lane.name + ",";
            }
        }
        match words.strip_suffix(',') {
            Some(words) => words.to_owned(),
            None => words + " nobody",
        }
    })
}

/// How fast: a slider along which every step is faster by the same factor.
fn speed(store: Store) -> El {
    let words = move || format!("{}×", store.speed.get());
    // Places may share a speed: the thumb stays where it was put while that place has the speed.
    let put = StoredValue::new(place_of(store.speed.get_untracked()));
    let place = move || {
        let (speed, put) = (store.speed.get(), put.get_value());
        if speed_at(put) == speed {
            put
        } else {
            place_of(speed)
        }
    };
    let slider = el("input")
        .attr("type", "range")
        .attr("min", "0")
        .attr("max", "100")
        .attr("step", "1")
        .attr("aria-label", "Speed")
        .live_attr("aria-valuetext", words)
        .live_prop("value", move || place().into())
        .on("input", move |event| {
            if let Ok(place) = event_target_value(&event).parse::<u16>() {
                put.set_value(place);
                let speed = speed_at(place);
                store.dispatch(&Command::Speed { speed });
            }
        });
    el("label")
        .class("speed")
        .attr("title", "So many seconds of the run in each second")
        .child(el("span").class("second").text("Speed"))
        .child(slider)
        // The slider says it.
        .child(el("output").attr("aria-live", "off").live_text(words))
}

/// The element that listens to an event.
fn listener(event: &PointerEvent) -> Option<Element> {
    event.current_target()?.dyn_into().ok()
}

/// The whole run in little, with the viewport and the cursor: drag to move the cursor.
fn scrubber(store: Store) -> El {
    let end = store.scenario().end();
    let share = move |at: Instant| at.ms() as f64 / end.ms().max(1) as f64;
    let seek = move |event: &PointerEvent| {
        let width = listener(event).map_or(1.0, |element| {
            element.get_bounding_client_rect().width().max(1.0)
        });
        store.go(Instant::from_ms(
            (pointer_x(event) / width * end.ms() as f64) as i64,
        ));
    };
    let on_down = move |event: &PointerEvent| {
        if let Some(element) = listener(event) {
            let _ = element.set_pointer_capture(event.pointer_id());
        }
        seek(event);
    };
    let on_move = move |event: &PointerEvent| {
        if event.buttons() & 1 == 1 {
            seek(event);
        }
    };
    let view_left = move || share(store.viewport.get().from) * 100.0;
    let view_width = move || share(store.viewport.get().to) * 100.0 - view_left();
    let window = el("div")
        .class("window")
        .live_style("left", move || percent(view_left()))
        .live_style("width", move || percent(view_width()));
    let here = move || percent(share(store.cursor.get()) * 100.0);
    el("div")
        .class("scrubber")
        .attr("tabindex", "0")
        .attr("role", "slider")
        .attr("title", "The whole run: drag to move the cursor")
        .attr("aria-label", "Cursor")
        .attr(
            "aria-description",
            "Along the whole run, with every run as a dot. The table “All runs” lists them.",
        )
        .attr("aria-valuemin", "0")
        .attr("aria-valuemax", &(end.ms() / 1_000).to_string())
        .live_attr("aria-valuenow", move || {
            (store.cursor.get().ms() / 1_000).to_string()
        })
        .live_attr("aria-valuetext", move || store.cursor.get().to_string())
        .on_pointer("pointerdown", on_down)
        .on_pointer("pointermove", on_move)
        .on_key(move |event| walk(store, event))
        .child(window)
        .child(dots(store, end))
        .child(el("div").class("here").live_style("left", here))
}

/// Keys move the cursor along the scrubber.
fn walk(store: Store, event: &KeyboardEvent) {
    let cursor = store.cursor.get_untracked();
    let by = |seconds: i64| cursor + Span::from_secs(seconds);
    let to = match event.key().as_str() {
        "ArrowLeft" | "ArrowDown" => by(-10),
        "ArrowRight" | "ArrowUp" => by(10),
        "PageDown" => by(-60),
        "PageUp" => by(60),
        "Home" => Instant::START,
        "End" => store.scenario().end(),
        _ => return,
    };
    event.prevent_default();
    event.stop_propagation();
    store.go(to);
}

/// All runs as dots, a line of them for each lane.
fn dots(store: Store, end: Instant) -> El {
    let tiers: Vec<_> = store
        .run
        .with_untracked(|run| run.lanes.iter().map(|lane| lane.tier).collect());
    let count = tiers.len().max(1) as f64;
    let lines = tiers.into_iter().enumerate().map(|(index, tier)| {
        let y = 3.0 + (index as f64 + 0.5) / count * 22.0;
        let place = move |at: Instant| at.ms() as f64 / end.ms().max(1) as f64 * 1_000.0;
        let line = move || {
            store.run.with(|run| {
                let mut apart = Apart::default();
                let marks = run
                    .lanes
                    .get(index)
                    .into_iter()
                    .flat_map(|lane| &lane.marks);
                marks
                    .map(|mark| place(mark.at))
                    .filter(|x| apart.is_seen(*x, 0.0))
                    .map(|x| format!("M{} {}h0", rounded(x, 2), short(y)))
                    .collect()
            })
        };
        svg("path")
            .class(&format!("dots {}", tier.name()))
            .live_attr("d", line)
    });
    svg("svg")
        .attr("viewBox", "0 0 1000 28")
        .attr("preserveAspectRatio", "none")
        .attr("aria-hidden", "true")
        .children(lines)
}
