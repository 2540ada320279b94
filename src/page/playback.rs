//! The bar at the bottom: play, pause, step, scrub, speed.

use leptos::ev::{KeyboardEvent, PointerEvent};
use leptos::prelude::*;
use wasm_bindgen::JsCast as _;

use super::store::{Store, store};
use super::timeline::pointer_x;
use crate::insight::latest;
use crate::session::{Command, SPEEDS};
use crate::time::{Instant, Span};

/// Longer pauses between two frames (a hidden page) count as this long.
const LONGEST_FRAME: f64 = 100.0;

/// One animation loop, which runs only while the cursor moves by itself.
fn animate(store: Store) {
    let before = StoredValue::new_local(None::<f64>);
    Effect::new(move |_| {
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
#[component]
pub fn Playback() -> impl IntoView {
    let store = store();
    animate(store);
    let note = Memo::new(move |_| {
        let at = store.cursor.get();
        store.run.with(|run| {
            let (id, name, reason) = latest(&run.trace, at)?;
            let run = run.trace.run(id)?;
            Some((run.endpoint, run.start, name, reason))
        })
    });
    let toggle = move |_| {
        let playing = !store.playing.get_untracked();
        store.dispatch(&Command::Play { playing });
    };
    view! {
        <section class="playback" aria-label="Playback">
            <button class="icon" title="Previous decision (,)" aria-label="Previous decision" on:click=move |_| store.step(false)>
                <svg viewBox="0 0 16 16" aria-hidden="true">
                    <path class="solid" d="M11 3v10L4.5 8z" />
                    <path class="ring" d="M12.5 3v10" />
                </svg>
            </button>
            <button
                class="play"
                title="Play or pause (Space)"
                aria-label=move || if store.playing.get() { "Pause" } else { "Play" }
                on:click=toggle
            >
                <svg viewBox="0 0 16 16" aria-hidden="true">
                    <path d=move || {
                        if store.playing.get() {
                            "M4.5 3.5h2.6v9H4.5zM8.9 3.5h2.6v9H8.9z"
                        } else {
                            "M5.5 3v10l7.5-5z"
                        }
                    } />
                </svg>
            </button>
            <button class="icon" title="Next decision (.)" aria-label="Next decision" on:click=move |_| store.step(true)>
                <svg viewBox="0 0 16 16" aria-hidden="true">
                    <path class="solid" d="M5 3v10l6.5-5z" />
                    <path class="ring" d="M3.5 3v10" />
                </svg>
            </button>
            <output class="clock" aria-label="Time of the run">
                {move || Instant::from_ms(store.cursor.get().ms() / 1_000 * 1_000).to_string()}
            </output>
            <Scrubber />
            <p class="said">
                {move || {
                    note.get()
                        .map(|(endpoint, at, name, reason)| {
                            view! {
                                <button title="Why?" on:click=move |_| store.select(endpoint, at)>
                                    <b>{name} " " {at.to_string()}</b>
                                    ": "
                                    {reason}
                                </button>
                            }
                        })
                }}
            </p>
            <button
                class="quiet loop"
                aria-pressed=move || store.looped.get().to_string()
                title="Begin again at the end"
                on:click=move |_| store.dispatch(&Command::Loop { looped: !store.looped.get_untracked() })
            >
                "Loop"
            </button>
            <select
                class="speed"
                aria-label="Speed"
                prop:value=move || store.speed.get().to_string()
                on:change=move |event| {
                    if let Ok(speed) = event_target_value(&event).parse() {
                        store.dispatch(&Command::Speed { speed });
                    }
                }
            >
                {SPEEDS
                    .map(|speed| {
                        view! {
                            <option
                                value=speed.to_string()
                                selected=speed == store.speed.get_untracked()
                            >
                                {format!("{speed}×")}
                            </option>
                        }
                    })
                    .collect_view()}
            </select>
        </section>
    }
}

/// The whole run in little, with the viewport and the cursor: drag to move the cursor.
#[component]
fn Scrubber() -> impl IntoView {
    let store = store();
    let end = store.scenario().end();
    let share = move |at: Instant| at.ms() as f64 / end.ms().max(1) as f64;
    let marks = Memo::new(move |_| {
        store.run.with(|run| {
            let lanes = run.lanes.len().max(1) as f64;
            let each = run.lanes.iter().enumerate().map(|(index, lane)| {
                let y = 3.0 + (index as f64 + 0.5) / lanes * 22.0;
                let d: String = lane
                    .marks
                    .iter()
                    .map(|mark| format!("M{:.2} {y:.1}h0", share(mark.at) * 1_000.0))
                    .collect();
                (lane.tier, d)
            });
            each.collect::<Vec<_>>()
        })
    });
    let seek = move |event: &PointerEvent| {
        let width = event
            .current_target()
            .and_then(|target| target.dyn_into::<web_sys::Element>().ok())
            .map_or(1.0, |element| {
                element.get_bounding_client_rect().width().max(1.0)
            });
        let at = Instant::from_ms((pointer_x(event) / width * end.ms() as f64) as i64);
        store.seek(at);
        store.show(store.cursor.get_untracked());
    };
    let on_down = move |event: PointerEvent| {
        if let Some(element) = event
            .current_target()
            .and_then(|target| target.dyn_into::<web_sys::Element>().ok())
        {
            let _ = element.set_pointer_capture(event.pointer_id());
        }
        seek(&event);
    };
    let on_key = move |event: KeyboardEvent| {
        let cursor = store.cursor.get_untracked();
        let by = |seconds: i64| Some(cursor + Span::from_secs(seconds));
        let to = match event.key().as_str() {
            "ArrowLeft" | "ArrowDown" => by(-10),
            "ArrowRight" | "ArrowUp" => by(10),
            "PageDown" => by(-60),
            "PageUp" => by(60),
            "Home" => Some(Instant::START),
            "End" => Some(end),
            _ => None,
        };
        if let Some(to) = to {
            event.prevent_default();
            event.stop_propagation();
            store.seek(to);
            store.show(store.cursor.get_untracked());
        }
    };
    let view_left = move || share(store.viewport.get().from) * 100.0;
    let view_width = move || share(store.viewport.get().to) * 100.0 - view_left();
    view! {
        <div
            class="scrubber"
            tabindex="0"
            role="slider"
            aria-label="Cursor"
            aria-valuemin="0"
            aria-valuemax=(end.ms() / 1_000).to_string()
            aria-valuenow=move || (store.cursor.get().ms() / 1_000).to_string()
            aria-valuetext=move || store.cursor.get().to_string()
            on:pointerdown=on_down
            on:pointermove=move |event| {
                if event.buttons() & 1 == 1 {
                    seek(&event);
                }
            }
            on:keydown=on_key
        >
            <div
                class="window"
                style:left=move || format!("{:.2}%", view_left())
                style:width=move || format!("{:.2}%", view_width())
            ></div>
            <svg viewBox="0 0 1000 28" preserveAspectRatio="none" aria-hidden="true">
                {move || {
                    marks
                        .get()
                        .into_iter()
                        .map(|(tier, d)| view! { <path class=format!("dots {}", tier.name()) d=d /> })
                        .collect_view()
                }}
            </svg>
            <div class="here" style:left=move || format!("{:.3}%", share(store.cursor.get()) * 100.0)></div>
        </div>
    }
}
