//! What stands on the lanes besides runs: messages as flags, and calls by the reader's own hand, which can be dragged.

use leptos::prelude::*;
use wasm_bindgen::JsCast as _;

use super::dom::{El, follow, short, svg};
use super::store::Store;
use super::timeline::pointer_x;
use crate::draw::BandKind;
use crate::order;
use crate::schedule::EndpointId;
use crate::session::{Command, Tab, Wish};
use crate::time::Instant;

/// About how wide a letter of a flag is, and how much room a flag needs at least, in CSS pixels.
const LETTER: f64 = 5.7;
const ROOM: f64 = 60.0;
/// How far to the right of its mark a flag's words begin, in CSS pixels.
pub const FLAG: f64 = 10.0;

/// Words in a plot: where, as far as there is room for them, and whole.
#[derive(Clone, PartialEq)]
pub struct Note {
    pub x: f64,
    pub y: f64,
    pub words: String,
    pub title: String,
}

impl Note {
    /// The words as an element of such a class.
    pub fn drawn(&self, class: &str) -> El {
        svg("text")
            .class(class)
            .attr("x", &short(self.x))
            .attr("y", &short(self.y))
            .attr("data-whole", &self.title)
            .text(&self.words)
    }
}

/// Keeps what is noted in a plot up to date; it is made anew only where it is another.
pub fn noted(
    notes: impl Fn() -> Vec<Note> + 'static,
    made: fn(&Note) -> Vec<El>,
    within: El,
) -> El {
    noted_boxed(Box::new(notes), made, within)
}

#[inline(never)]
fn noted_boxed(notes: Box<dyn Fn() -> Vec<Note>>, made: fn(&Note) -> Vec<El>, within: El) -> El {
    let element = within.node().clone();
    let mut before = Vec::new();
    follow(Box::new(move || {
        let notes = notes();
        if notes != before {
            element.set_text_content(None);
            for part in notes.iter().flat_map(made) {
                let _ = element.append_child(part.node());
            }
            before = notes;
        }
    }));
    within
}

/// What an endpoint said, as far as there is room before the next message or the edge.
pub fn flags(store: Store, endpoint: EndpointId, y: f64) -> Vec<Note> {
    let scale = store.scale();
    store.run.with(|run| {
        let lane = run.lanes.iter().find(|lane| lane.endpoint == endpoint);
        let mut boxes: Vec<f64> = lane
            .into_iter()
            .flat_map(|lane| &lane.bands)
            .filter(|band| band.kind == BandKind::HeldBack)
            .map(|band| scale.x(band.from))
            .collect();
        order::by_key(&mut boxes, |x| (order::of_number(*x), 0));
        let said: Vec<_> = run
            .trace
            .messages
            .iter()
            .filter(|message| message.endpoint == endpoint)
            .collect();
        let places: Vec<f64> = said.iter().map(|message| scale.x(message.at)).collect();
        said.iter()
            .enumerate()
            .filter_map(|(index, message)| {
                let x = places
                    .get(index)
                    .copied()
                    .filter(|x| (0.0..scale.width).contains(x))?;
                let next = places.get(index + 1).copied().unwrap_or(scale.width);
                let held = boxes.get(boxes.partition_point(|held| *held <= x)).copied();
                let until = next.min(scale.width).min(held.unwrap_or(scale.width));
                let room = until - x - 24.0;
                // Emblems are for messengers; the lane has its own.
                let words = message.text.trim_start_matches(|c: char| !c.is_ascii());
                let words = shortened(words.trim(), (room / LETTER) as usize);
                (room > ROOM).then(|| Note {
                    x: x + FLAG,
                    y,
                    words,
                    title: message.text.clone(),
                })
            })
            .collect()
    })
}

fn shortened(words: &str, most: usize) -> String {
    if words.chars().count() <= most {
        return words.to_owned();
    }
    let kept: String = words.chars().take(most.saturating_sub(1)).collect();
    format!("{}…", kept.trim_end())
}

/// The calls by hand on a lane. Dragged, they move in time; pressed, they open the planner.
pub fn hands(store: Store, endpoint: EndpointId) -> Vec<El> {
    let scale = store.scale();
    let calls = store.run.with(|run| run.setup.calls.clone());
    calls
        .into_iter()
        .enumerate()
        .filter(|(_, call)| call.endpoint == endpoint.0)
        .filter_map(|(index, call)| {
            let at = Instant::from_ms(call.at_ms);
            let x = scale.x(at);
            if !(-6.0..=scale.width + 6.0).contains(&x) {
                return None;
            }
            let words = matches!(call.wish, Wish::Pause { .. }).then(|| {
                let words = svg("text").class("flag").attr("y", "10");
                // What lies under them is the stretch that the pause empties.
                let words = words.attr("pointer-events", "none");
                words.attr("x", &short(x + 9.0)).text("paused by hand")
            });
            let moved = StoredValue::new(None::<Instant>);
            let mark = svg("path")
                .class("hand")
                .attr("d", &format!("M{} 0h12l-6 9z", short(x - 6.0)))
                .child(svg("title").text("Called by hand; drag to move it in time"));
            let node = mark.node().clone();
            let (captured, put_back) = (node.clone(), node.clone());
            let mark = mark
                .on_pointer("pointerdown", move |event| {
                    event.stop_propagation();
                    let _ = captured.set_pointer_capture(event.pointer_id());
                    moved.set_value(None);
                })
                .on_pointer("pointermove", move |event| {
                    if event.buttons() & 1 == 1 {
                        event.stop_propagation();
                        let to = plot_x(event);
                        let _ = node
                            .set_attribute("transform", &format!("translate({} 0)", short(to - x)));
                        moved.set_value(Some(store.instant(to)));
                    }
                })
                .on_pointer("pointerup", move |_| match moved.get_value() {
                    Some(to) => {
                        let mut call = call.clone();
                        call.at_ms = to.ms();
                        store.dispatch(&Command::Amend { index, call });
                    }
                    None => {
                        store.go(at);
                        store.dispatch(&Command::Open { tab: Tab::Planner });
                    }
                })
                .on_pointer("pointercancel", move |_| {
                    let _ = put_back.remove_attribute("transform");
                    moved.set_value(None);
                })
                .on("click", |event| event.stop_propagation());
            Some(words.into_iter().chain([mark]))
        })
        .flatten()
        .collect()
}

/// How far from the left of its plot an event on a mark happened.
fn plot_x(event: &web_sys::PointerEvent) -> f64 {
    let plot = event
        .current_target()
        .and_then(|target| target.dyn_into::<web_sys::Element>().ok())
        .and_then(|mark| mark.closest("svg").ok().flatten());
    plot.map_or_else(
        || pointer_x(event),
        |plot| f64::from(event.client_x()) - plot.get_bounding_client_rect().left(),
    )
}
