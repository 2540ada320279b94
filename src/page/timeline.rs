//! Ruler, metrics, lanes and cadence on one time axis, with one cursor through all of them.

use leptos::prelude::*;
use wasm_bindgen::JsCast as _;
use wasm_bindgen::prelude::Closure;
use web_sys::{Element, MouseEvent, WheelEvent};

use super::dom::{El, button, el, focus, px, short, svg};
use super::gestures::{gestures, plot_x, told};
use super::hands::{Note, noted};
use super::lanes::lanes;
use super::metrics::metrics;
use super::run::Shown;
use super::signals::{Memo, effect};
use super::store::{Store, store};
use crate::draw::{Ink, LineName, Viewport, cadence_chart, ticks};
use crate::rule::rounded;
use crate::scenario::Phase;

use crate::session::{Command, Tab};
use crate::time::{Instant, Span};

/// The height of the cadence chart, in CSS pixels.
const CADENCE: f64 = 108.0;
/// What the cadence chart is drawn with: only checks have a cadence.
const INKS: [Ink; 4] = [Ink::Grid, Ink::Threshold, Ink::Health, Ink::Investigation];
/// The strongest shade of a phase; the sketches' own would cost marks their contrast.
const SHADE: f64 = 0.04;

/// How far from the left of the element that listens an event happened, in CSS pixels.
pub fn pointer_x(event: &MouseEvent) -> f64 {
    let element = event
        .current_target()
        .and_then(|target| target.dyn_into::<Element>().ok());
    element.map_or(0.0, |element| {
        f64::from(event.client_x()) - element.get_bounding_client_rect().left()
    })
}

/// The whole figure.
pub fn timeline() -> El {
    let store = store();
    let plot = el("div").class("plot scrub");
    let figure = el("section")
        .class("timeline")
        .attr("aria-label", "Timeline")
        .on("wheel", move |event| turn(store, event.unchecked_ref()));
    let (measured, around) = (plot.node().clone(), figure.node().clone());
    // There is no width before the figure is on the page, which it is when effects run.
    effect(move || watch_width(store, &measured, &around));
    gestures(store, figure)
        .child(ground(store))
        .child(ruler(store, plot))
        .child(metrics())
        .child(lanes())
        .child(cadence(store))
        .child(cursor(store))
        .child(veil(store))
        .child(views(store))
}

/// Looks closer and further away with Ctrl and the wheel, and aside with a wheel that turns sideways or with Shift.
fn turn(store: Store, event: &WheelEvent) {
    let sideways = event.delta_x().abs() > event.delta_y().abs();
    if event.ctrl_key() {
        event.prevent_default();
        let around = plot_x(event).filter(|(x, _)| *x >= 0.0).map_or_else(
            || store.cursor.get_untracked(),
            |(x, _)| store.scale().instant_clamped(x),
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
}

/// The buttons that look closer and further away.
fn views(store: Store) -> El {
    let zoom = move |title: &str, name: &str, sign: &str, factor: f64| {
        let on_click = move || store.zoom(store.cursor.get_untracked(), factor);
        button("icon", on_click)
            .attr("title", title)
            .attr("aria-label", name)
            .live_flag("disabled", move || store.locked.get())
            .text(sign)
    };
    let whole =
        move || store.locked.get() || store.viewport.get() == Viewport::fit(store.scenario().end());
    el("div")
        .class("views")
        .attr("role", "group")
        .attr("aria-label", "View")
        .child(zoom("Closer (W)", "Closer", "+", 0.5))
        .child(zoom("Further away (S)", "Further away", "−", 2.0))
        .child(
            button("quiet", move || store.fit())
                .attr("title", "The whole run (0)")
                .live_flag("disabled", whole)
                .text("Fit"),
        )
        .child(
            button("quiet lock", move || {
                let locked = !store.locked.get_untracked();
                store.dispatch(&Command::Lock { locked });
            })
            .attr("title", "Keep cursor and view where they are")
            .live_attr("aria-pressed", move || store.locked.get().to_string())
            .text("Lock"),
        )
        .child(
            button("quiet", move || tables(store))
                .attr("title", "The figure as tables")
                .text("Tables"),
        )
}

/// Leads to the table that holds what the figure shows, among the others.
pub fn tables(store: Store) {
    store.came_from.set_value(Some(store.tab.get_untracked()));
    store.dispatch(&Command::Open { tab: Tab::Claims });
    // They are there by then.
    request_animation_frame(|| {
        let all = document().query_selector("[data-table=\"All runs\"]");
        if let Some(all) = all.ok().flatten() {
            let _ = all.set_attribute("open", "");
            focus("[data-table=\"All runs\"] summary");
        }
    });
}

/// How wide the page is, in CSS pixels.
pub fn page_width() -> f64 {
    let width = window().inner_width().ok();
    width.and_then(|width| width.as_f64()).unwrap_or(1_440.0)
}

/// Keeps the widths in the store true.
fn watch_width(store: Store, plot: &Element, figure: &Element) {
    let measure = {
        let plot = plot.clone();
        move || {
            let width = plot.get_bounding_client_rect().width();
            if width > 0.0 && (width - store.plot_width.get_untracked()).abs() >= 0.5 {
                store.plot_width.set(width);
            }
            let page = page_width();
            if (page - store.page_width.get_untracked()).abs() >= 0.5 {
                store.page_width.set(page);
            }
        }
    };
    // It measures first once the page is laid out, which nobody has to wait for here.
    let closure = Closure::<dyn FnMut()>::new(measure);
    if let Ok(observer) = web_sys::ResizeObserver::new(closure.as_ref().unchecked_ref()) {
        observer.observe(plot);
        observer.observe(figure);
        let kept = StoredValue::new_local((observer, closure));
        on_cleanup(move || {
            kept.with_value(|(observer, _)| observer.disconnect());
        });
    }
}

/// Keeps an element over a stretch of time, unseen while nothing of it is shown.
fn over(store: Store, element: El, (from, to): (Instant, Instant)) -> El {
    let place = Memo::new(move |_| store.scale().stretch(from, to));
    element
        .live_class("gone", move || place.get().is_none())
        .live_style("left", move || {
            px(place.get().map_or(0.0, |(from, _)| from))
        })
        .live_style("width", move || {
            px(place.get().map_or(0.0, |(from, to)| to - from))
        })
}

/// The phases as shades behind everything.
fn ground(store: Store) -> El {
    let scenario = store.scenario();
    // The busier a phase is, the darker: by the first metric in its middle, at the defaults.
    let busy: Vec<f64> = store.run.with_untracked(|run| {
        let first = run.metrics.first();
        let middle = |(index, phase): (usize, &Phase)| {
            let half = (scenario.phase_end(index) - phase.from).ms() / 2;
            first
                .and_then(|series| series.at(phase.from + Span::from_ms(half)))
                .unwrap_or(0.0)
        };
        scenario.phases.iter().enumerate().map(middle).collect()
    });
    let (low, high) = busy
        .iter()
        .fold((f64::INFINITY, 0.0_f64), |(low, high), value| {
            (low.min(*value), high.max(*value))
        });
    let shades = scenario.phases.iter().enumerate().zip(busy);
    let shades = shades.map(|((index, phase), busy)| {
        let shade = SHADE * (busy - low) / (high - low).max(1e-9);
        let element = el("div")
            .class("shade")
            .style("opacity", &rounded(shade, 4).to_string());
        over(store, element, (phase.from, scenario.phase_end(index)))
    });
    el("div")
        .class("ground over-plots")
        .attr("aria-hidden", "true")
        .children(shades)
}

/// The names of the phases and the minutes, on a plot.
fn ruler(store: Store, plot: El) -> El {
    let scenario = store.scenario();
    let names = scenario.phases.iter().enumerate().map(|(index, phase)| {
        let element = el("span").class("phase").text(&phase.name);
        over(store, element, (phase.from, scenario.phase_end(index)))
    });
    let labels = move || {
        let scale = store.scale();
        let (at, step) = ticks(&scale, 52.0);
        let label = |at: Instant| {
            let text = match (at.minute() / 60, at.minute() % 60) {
                _ if step.ms() < 60_000 => at.to_string(),
                (0, minute) => format!("{minute}′"),
                (hour, 0) => format!("{hour} h"),
                (hour, minute) => format!("{hour} h {minute}′"),
            };
            let x = scale.x(at);
            // At the edges, a label stands beside its moment and not around it.
            let class = match x {
                x if x < 8.0 => "tick first",
                x if x > scale.width - 8.0 => "tick last",
                _ => "tick",
            };
            el("span").class(class).style("left", &px(x)).text(&text)
        };
        at.into_iter().map(label).collect()
    };
    el("div")
        .class("row ruler")
        .child(el("div").class("gutter"))
        .child(
            plot.child(el("div").class("phases").children(names))
                .child(el("div").class("ticks").live(labels)),
        )
}

/// How often each check runs.
fn cadence(store: Store) -> El {
    let plot = Memo::new(move |_| {
        let scale = store.scale();
        store
            .run
            .with(|run| cadence_chart(&run.cadence, scale.viewport, (scale.width, CADENCE)))
    });
    let lines = INKS.map(|ink| {
        svg("path")
            .class(&format!("ink {}", ink.name()))
            .live_attr("d", move || plot.with(|plot| plot.path(ink).to_owned()))
    });
    let labels = move || {
        let label = |(span, share): (Span, f64)| Note {
            x: 0.0,
            y: share * CADENCE,
            words: span.to_string(),
            title: String::new(),
        };
        let labels = store.run.with(|run| run.cadence.labels());
        labels.into_iter().map(label).collect()
    };
    let levels = noted(labels, level, el("div").class("levels")).attr("aria-hidden", "true");
    let clamps = move || {
        let (least, most) = store.run.with(|run| run.cadence.clamps);
        format!("clamps {least} to {most}")
    };
    let gutter = el("div")
        .class("gutter")
        .child(el("span").class("name").text("Cadence"))
        .child(el("span").class("clamps").live_text(clamps))
        .child(levels);
    let chart = svg("svg")
        .attr("height", &short(CADENCE))
        .live_attr("width", move || short(store.plot_width.get()))
        .attr("role", "img")
        .attr(
            "aria-label",
            "How often each check runs, over time, as in the table “Cadence”",
        )
        .children(lines)
        .child(ends(store));
    el("div").class("row cadence").child(gutter).child(told(
        el("div").class("plot scrub").child(chart),
        move |x, y| {
            let (scenario, at) = (store.scenario(), store.instant(x));
            let told = |run: &Shown| run.cadence.told(&scenario, at, y, CADENCE);
            store.run.with_untracked(told).unwrap_or_default()
        },
    ))
}

/// What the cadence chart's height stands for.
fn level(note: &Note) -> Vec<El> {
    let level = el("span").class("level").style("top", &px(note.y));
    vec![level.text(&note.words)]
}

/// The lines' names, at their right ends.
fn ends(store: Store) -> El {
    let scenario = store.scenario();
    let names = move || {
        let scale = store.scale();
        let size = (scale.width, CADENCE);
        let ends = store
            .run
            .with(|run| run.cadence.names(scale.viewport, size));
        let named = |end: &LineName| Note {
            x: end.x,
            y: end.y,
            words: end.words(&scenario),
            title: end.tier.name().to_owned(),
        };
        ends.iter().map(named).collect()
    };
    let named = |note: &Note| vec![note.drawn(&format!("line-name {}", note.title))];
    noted(names, named, svg("g"))
}

/// What is still to come, veiled while the cursor moves by itself.
fn veil(store: Store) -> El {
    let x = move || store.scale().x(store.cursor.get());
    let veil = el("div")
        .class("veil")
        .live_flag("hidden", move || !store.playing.get())
        .live_style("transform", move || match store.playing.get() {
            true => format!("translateX({})", px(x().max(0.0))),
            false => String::new(),
        });
    el("div")
        .class("over-plots")
        .attr("aria-hidden", "true")
        .child(veil)
}

/// One line through all panels.
fn cursor(store: Store) -> El {
    let x = move || store.scale().x(store.cursor.get());
    let gone = move || !(-0.5..=store.plot_width.get() + 0.5).contains(&x());
    let line = el("div")
        .class("cursor")
        .live_class("gone", gone)
        .live_style("transform", move || format!("translateX({})", px(x())));
    el("div")
        .class("over-plots above")
        .attr("aria-hidden", "true")
        .child(line)
}
