//! What pointers do to the figure: one drags the cursor over the charts, or the view over the lanes where not all is
//! in view, two pinch.

use std::rc::Rc;

use leptos::prelude::*;
use wasm_bindgen::JsCast as _;
use web_sys::{MouseEvent, PointerEvent};

use super::dom::{El, px};
use super::store::Store;
use crate::draw::Viewport;
use crate::rule::unbroken;
use crate::time::{Instant, Span};

/// From so far on a press is a drag, in CSS pixels.
const DRAG: f64 = 4.0;

/// What the pointers that are down are doing.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Gesture {
    None,
    /// Moving the cursor; a finger may mean to scroll, so its own press moves nothing yet.
    Scrub {
        from: f64,
        moved: bool,
    },
    /// Moving the view: where it began, and what was seen then.
    Pan {
        x: f64,
        view: Viewport,
    },
    /// Looking closer or further away: how far apart two fingers were, what lay between them, and what was seen then.
    Pinch {
        apart: f64,
        middle: Instant,
        view: Viewport,
    },
}

/// The pointers on the figure, and what they do.
#[derive(Clone, Debug)]
struct Hold {
    down: Vec<(i32, f64)>,
    gesture: Gesture,
}

/// Lets pointers move the cursor and the view.
pub fn gestures(store: Store, figure: El) -> El {
    let hold = StoredValue::new(Hold {
        down: Vec::new(),
        gesture: Gesture::None,
    });
    let lift = move |event: &PointerEvent| {
        hold.update_value(|hold| {
            hold.down.retain(|(id, _)| *id != event.pointer_id());
            hold.gesture = Gesture::None;
        });
    };
    figure
        .on_pointer("pointerdown", move |event| {
            hold.update_value(|hold| press(store, hold, event));
        })
        .on_pointer("pointermove", move |event| {
            hold.update_value(|hold| drag(store, hold, event));
        })
        .on_pointer("pointerup", move |event| {
            // A tap that was no scroll.
            if let Gesture::Scrub { from, moved: false } = hold.with_value(|hold| hold.gesture) {
                scrub(store, from);
            }
            lift(event);
        })
        .on_pointer("pointercancel", lift)
        .on_pointer("pointerleave", lift)
}

/// How far from the left of the plot in whose row an event happened, and whether one drags the cursor there. Left of it,
/// beside the names, is less than nothing; where names stand above plots, they are part of the row.
pub fn plot_x(event: &MouseEvent) -> Option<(f64, bool)> {
    let target = event.target()?.dyn_into::<web_sys::Element>().ok()?;
    let row = target.closest(".row").ok().flatten()?;
    let plot = row.query_selector(".plot").ok().flatten()?;
    let x = f64::from(event.client_x()) - plot.get_bounding_client_rect().left();
    Some((x, plot.class_list().contains("scrub")))
}

/// Says what a pointer over a plot is on, by its place from the left and from the top: what is written there stands for
/// more, if it says so.
pub fn told(plot: El, words: impl Fn(f64, f64) -> String + 'static) -> El {
    told_boxed(plot, Box::new(words))
}

#[inline(never)]
fn told_boxed(plot: El, words: Box<dyn Fn(f64, f64) -> String>) -> El {
    let node = plot.node().clone();
    let say = Rc::new(move |event: &PointerEvent| {
        let rect = node.get_bounding_client_rect();
        let x = f64::from(event.client_x()) - rect.left();
        let y = f64::from(event.client_y()) - rect.top();
        let on = event
            .target()
            .and_then(|target| target.dyn_into::<web_sys::Element>().ok());
        let whole = on.and_then(|on| on.get_attribute("data-whole"));
        // A finger says where it is; it asks only what shortened words stand for.
        let told = match (whole, event.pointer_type().as_str()) {
            (Some(whole), _) => whole,
            (None, "touch") => String::new(),
            (None, _) => unbroken(&words(x, y)),
        };
        let _ = node.set_attribute("data-tip", &told);
        if let Some(node) = node.dyn_ref::<web_sys::HtmlElement>() {
            let _ = node.style().set_property("--tip", &px(x));
        }
    });
    let moved = Rc::clone(&say);
    plot.on_pointer("pointerdown", move |event| say(event))
        .on_pointer("pointermove", move |event| moved(event))
}

fn scrub(store: Store, x: f64) {
    store.seek(store.instant(x));
}

fn press(store: Store, hold: &mut Hold, event: &PointerEvent) {
    let Some((x, scrubs)) = plot_x(event).filter(|(x, _)| *x >= 0.0) else {
        return;
    };
    if event.pointer_type() == "mouse" {
        hold.down.clear();
    }
    hold.down.push((event.pointer_id(), x));
    store.dragged.set_value(false);
    let view = store.viewport.get_untracked();
    hold.gesture = match *hold.down.as_slice() {
        [(_, a), (_, b)] => Gesture::Pinch {
            apart: (a - b).abs().max(1.0),
            middle: store.scale().instant_clamped((a + b) / 2.0),
            view,
        },
        [_] if event.button() != 0 => Gesture::None,
        [_] if scrubs => {
            let moved = event.pointer_type() == "mouse";
            if moved {
                scrub(store, x);
            }
            Gesture::Scrub { from: x, moved }
        }
        [_] => Gesture::Pan { x, view },
        _ => Gesture::None,
    };
}

fn drag(store: Store, hold: &mut Hold, event: &PointerEvent) {
    let (Some((x, _)), true) = (plot_x(event), event.buttons() & 1 == 1) else {
        return;
    };
    if let Some(place) = hold
        .down
        .iter_mut()
        .find(|(id, _)| *id == event.pointer_id())
    {
        place.1 = x;
    }
    let end = store.scenario().end();
    let width = store.plot_width.get_untracked().max(1.0);
    match (hold.gesture, hold.down.as_slice()) {
        (Gesture::Scrub { from, moved }, _) if moved || (x - from).abs() > DRAG => {
            hold.gesture = Gesture::Scrub { from, moved: true };
            scrub(store, x);
        }
        (Gesture::Pan { x: from, view }, _) if (x - from).abs() > DRAG => {
            store.dragged.set_value(true);
            // Where all is in view, there is only the cursor to move.
            if view == Viewport::fit(end) {
                return scrub(store, x);
            }
            let by = (from - x) / width * view.length().ms() as f64;
            store.look(view.panned(Span::from_ms(by as i64), end));
        }
        (
            Gesture::Pinch {
                apart,
                middle,
                view,
            },
            &[(_, a), (_, b)],
        ) => {
            store.dragged.set_value(true);
            store.look(view.zoomed(middle, apart / (a - b).abs().max(1.0), end));
        }
        _ => {}
    }
}
