//! Ruler, metrics, lanes and cadence on one time axis, with one cursor through all of them.

use leptos::ev::{MouseEvent, PointerEvent, WheelEvent};
use leptos::prelude::*;
use wasm_bindgen::JsCast as _;
use wasm_bindgen::prelude::Closure;

use super::lanes::Lanes;
use super::metrics::Metrics;
use super::store::{Store, store};
use crate::draw::{cadence_chart, ticks};
use crate::time::Span;

/// The height of the cadence chart, in CSS pixels.
const CADENCE: f64 = 108.0;
/// The strongest shade of a phase; the sketches' own would cost marks their contrast.
const SHADE: f64 = 0.04;

/// How far from the left of the element that listens an event happened, in CSS pixels.
pub fn pointer_x(event: &MouseEvent) -> f64 {
    let element = event
        .current_target()
        .and_then(|target| target.dyn_into::<web_sys::Element>().ok());
    element.map_or(0.0, |element| {
        f64::from(event.client_x()) - element.get_bounding_client_rect().left()
    })
}

fn plot_x(event: &MouseEvent) -> Option<f64> {
    let target = event.target()?.dyn_into::<web_sys::Element>().ok()?;
    let plot = target.closest(".plot.scrub").ok().flatten()?;
    Some(f64::from(event.client_x()) - plot.get_bounding_client_rect().left())
}

/// The whole figure.
#[component]
pub fn Timeline() -> impl IntoView {
    let store = store();
    let ruler = NodeRef::<leptos::html::Div>::new();
    let figure = NodeRef::<leptos::html::Section>::new();
    Effect::new(move |_| {
        if let (Some(ruler), Some(figure)) = (ruler.get(), figure.get()) {
            watch_width(store, ruler.unchecked_into(), figure.unchecked_into());
        }
    });
    let dragging = StoredValue::new(false);
    let scrub = move |event: &MouseEvent| {
        if let Some(x) = plot_x(event) {
            store.seek(store.scale().instant_clamped(x));
        }
    };
    let on_down = move |event: PointerEvent| {
        if event.button() == 0 && plot_x(&event).is_some() {
            dragging.set_value(true);
            scrub(&event);
        }
    };
    let on_move = move |event: PointerEvent| {
        if dragging.get_value() && event.buttons() & 1 == 1 {
            scrub(&event);
        }
    };
    let on_wheel = move |event: WheelEvent| {
        let sideways = event.delta_x().abs() > event.delta_y().abs();
        if event.ctrl_key() {
            event.prevent_default();
            let around = plot_x(&event).map_or_else(
                || store.cursor.get_untracked(),
                |x| store.scale().instant_clamped(x),
            );
            store.zoom(around, (event.delta_y() * 0.004).clamp(-1.0, 1.0).exp());
        } else if sideways || event.shift_key() {
            event.prevent_default();
            let by = if sideways {
                event.delta_x()
            } else {
                event.delta_y()
            };
            store.pan(by / store.plot_width.get_untracked().max(1.0));
        }
    };
    let zoomed = move || store.viewport.get() != crate::draw::Viewport::fit(store.scenario().end());
    view! {
        <section
            class="timeline"
            aria-label="Timeline"
            node_ref=figure
            on:pointerdown=on_down
            on:pointermove=on_move
            on:pointerup=move |_| dragging.set_value(false)
            on:wheel=on_wheel
        >
            <Ground />
            <Ruler node=ruler />
            <Metrics />
            <Lanes />
            <CadenceRow />
            <Cursor />
            <div class="views" role="group" aria-label="View">
                <button class="icon" title="Closer (W)" aria-label="Closer" on:click=move |_| store.zoom(store.cursor.get_untracked(), 0.5)>"+"</button>
                <button class="icon" title="Further away (S)" aria-label="Further away" on:click=move |_| store.zoom(store.cursor.get_untracked(), 2.0)>"−"</button>
                <button class="quiet" title="The whole run (0)" disabled=move || !zoomed() on:click=move |_| store.fit()>"Fit"</button>
            </div>
        </section>
    }
}

/// Keeps the widths in the store true.
fn watch_width(store: Store, ruler: web_sys::Element, figure: web_sys::Element) {
    let measure = {
        let ruler = ruler.clone();
        move || {
            let width = ruler.get_bounding_client_rect().width();
            if width > 0.0 && (width - store.plot_width.get_untracked()).abs() >= 0.5 {
                store.plot_width.set(width);
            }
            let page = window()
                .inner_width()
                .ok()
                .and_then(|width| width.as_f64())
                .unwrap_or(1_440.0);
            if (page - store.page_width.get_untracked()).abs() >= 0.5 {
                store.page_width.set(page);
            }
        }
    };
    measure();
    let closure = Closure::<dyn FnMut()>::new(measure);
    if let Ok(observer) = web_sys::ResizeObserver::new(closure.as_ref().unchecked_ref()) {
        observer.observe(&ruler);
        observer.observe(&figure);
        let kept = StoredValue::new_local((observer, closure));
        on_cleanup(move || {
            kept.with_value(|(observer, _)| observer.disconnect());
        });
    }
}

/// The phases as shades behind everything.
#[component]
fn Ground() -> impl IntoView {
    let store = store();
    let scenario = store.scenario();
    // The busier a phase is, the darker: by the first metric in its middle, at the defaults.
    let busy: Vec<f64> = store.run.with_untracked(|run| {
        let first = run.metrics.first();
        let middle = |index: usize, phase: &crate::scenario::Phase| {
            let half = (scenario.phase_end(index) - phase.from).ms() / 2;
            first
                .and_then(|series| series.at(phase.from + Span::from_ms(half)))
                .unwrap_or(0.0)
        };
        scenario
            .phases
            .iter()
            .enumerate()
            .map(|(index, phase)| middle(index, phase))
            .collect()
    });
    let (low, high) = busy
        .iter()
        .fold((f64::INFINITY, 0.0_f64), |(low, high), value| {
            (low.min(*value), high.max(*value))
        });
    let shades = scenario
        .phases
        .iter()
        .enumerate()
        .zip(busy)
        .map(|((index, phase), busy)| {
            let (from, to) = (phase.from, scenario.phase_end(index));
            let shade = SHADE * (busy - low) / (high - low).max(1e-9);
            let place = Memo::new(move |_| store.scale().stretch(from, to));
            view! {
                <div
                    class="shade"
                    class:gone=move || place.get().is_none()
                    style:opacity=format!("{shade:.4}")
                    style:left=move || format!("{:.1}px", place.get().map_or(0.0, |(from, _)| from))
                    style:width=move || {
                        format!("{:.1}px", place.get().map_or(0.0, |(from, to)| to - from))
                    }
                ></div>
            }
        })
        .collect_view();
    view! {
        <div class="ground over-plots" aria-hidden="true">
            {shades}
        </div>
    }
}

/// The names of the phases and the minutes.
#[component]
fn Ruler(node: NodeRef<leptos::html::Div>) -> impl IntoView {
    let store = store();
    let scenario = store.scenario();
    let names = scenario
        .phases
        .iter()
        .enumerate()
        .map(|(index, phase)| {
            let (from, to) = (phase.from, scenario.phase_end(index));
            let place = Memo::new(move |_| store.scale().stretch(from, to));
            view! {
                <span
                    class="phase"
                    class:gone=move || place.get().is_none()
                    style:left=move || format!("{:.1}px", place.get().map_or(0.0, |(from, _)| from))
                    style:width=move || {
                        format!("{:.1}px", place.get().map_or(0.0, |(from, to)| to - from))
                    }
                >
                    {phase.name.clone()}
                </span>
            }
        })
        .collect_view();
    let labels = move || {
        let scale = store.scale();
        let (at, step) = ticks(&scale, 52.0);
        at.into_iter()
            .map(|at| {
                let text = if step.ms() >= 60_000 {
                    format!("{}′", at.minute())
                } else {
                    at.to_string()
                };
                let x = scale.x(at);
                let last = x > scale.width - 8.0;
                view! {
                    <span class="tick" class:last=last style:left=format!("{x:.1}px")>
                        {text}
                    </span>
                }
            })
            .collect_view()
    };
    view! {
        <div class="row ruler">
            <div class="gutter"></div>
            <div class="plot scrub" node_ref=node>
                <div class="phases">{names}</div>
                <div class="ticks">{labels}</div>
            </div>
        </div>
    }
}

/// How often each check runs.
#[component]
fn CadenceRow() -> impl IntoView {
    let store = store();
    let plot = Memo::new(move |_| {
        let scale = store.scale();
        store
            .run
            .with(|run| cadence_chart(&run.cadence, scale.viewport, (scale.width, CADENCE)))
    });
    let labels = move || {
        store.run.with(|run| {
            let each = run.cadence.labels().into_iter().map(|(span, share)| {
                view! {
                    <span class="level" style:top=format!("{:.1}px", share * CADENCE)>
                        {span.to_string()}
                    </span>
                }
            });
            each.collect_view()
        })
    };
    let clamps = move || {
        store.run.with(|run| {
            format!(
                "clamps {} to {}",
                run.cadence.clamps.0, run.cadence.clamps.1
            )
        })
    };
    view! {
        <div class="row cadence">
            <div class="gutter">
                <span class="name">"Cadence"</span>
                <span class="clamps">{clamps}</span>
                <div class="levels" aria-hidden="true">{labels}</div>
            </div>
            <div class="plot scrub">
                <svg
                    height=CADENCE
                    width=move || store.plot_width.get()
                    role="img"
                    aria-label="How often each check runs, over time"
                >
                    {move || {
                        plot.get()
                            .layers
                            .into_iter()
                            .map(|(ink, d)| view! { <path class=format!("ink {}", ink.name()) d=d /> })
                            .collect_view()
                    }}
                </svg>
            </div>
        </div>
    }
}

/// One line through all panels.
#[component]
fn Cursor() -> impl IntoView {
    let store = store();
    let x = move || store.scale().x(store.cursor.get());
    let gone = move || !(-0.5..=store.plot_width.get() + 0.5).contains(&x());
    view! {
        <div class="over-plots above" aria-hidden="true">
            <div
                class="cursor"
                class:gone=gone
                style:transform=move || format!("translateX({:.1}px)", x())
            ></div>
        </div>
    }
}
