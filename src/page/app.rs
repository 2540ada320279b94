//! The page as a whole, and the keys that work everywhere on it.

use std::sync::Arc;
use std::time::Duration;

use leptos::prelude::*;
use wasm_bindgen::JsCast as _;

use super::busy::busy;
use super::cron::reading;
use super::dom::{El, el};
use super::header::header;
use super::help::help as help_dialog;
use super::maker::now;
use super::panel::panel;
use super::playback::playback;
use super::run::{Making, Run};
use super::share::in_address;
use super::signals::{RwSignal, effect};
use super::store::Store;
use super::story::story;
use super::summary::summary;
use super::tiers::tiers;
use super::timeline::{page_width, timeline};
use super::turns::Turns;
use crate::insight::plain;
use crate::scenario::Scenario;
use crate::session::{Command, Setup, Tab};

/// For how long the sentence must have stood still before the title says it, in milliseconds.
const REST: u32 = 200;

/// The scenario, the bytes that it was read from, and its run at the defaults.
pub type Opened = (Arc<Scenario>, Box<[u8]>, Run);

/// Works out what the page begins with, in turns, and hands it over, or why there is nothing.
pub fn opening(bytes: Box<[u8]>, then: impl FnOnce(Result<Opened, String>) + 'static) {
    let begun = Scenario::from_compiled(&bytes).and_then(|scenario| {
        let scenario = Arc::new(scenario);
        let making = Making::new(&scenario, &Setup::new(&scenario))?;
        Ok((scenario, making))
    });
    match begun {
        Ok((scenario, making)) => making_on((scenario, bytes, making), then),
        Err(why) => then(Err(why)),
    }
}

/// For how long the page may be busy with its first run, in milliseconds, before the browser has its turn.
const TURN: f64 = 30.0;

fn making_on(
    (scenario, bytes, mut making): (Arc<Scenario>, Box<[u8]>, Making),
    then: impl FnOnce(Result<Opened, String>) + 'static,
) {
    let until = now() + TURN;
    loop {
        match making.advance() {
            Ok(Some(run)) => return then(Ok((scenario, bytes, run))),
            Err(why) => return then(Err(why)),
            Ok(None) if now() > until => break,
            Ok(None) => {}
        }
    }
    set_timeout(
        move || making_on((scenario, bytes, making), then),
        Duration::ZERO,
    );
}

/// The page, or why there is none; how wide its plots will be, where that is known. What stands beside the figure is
/// made in a turn of its own.
pub fn app(opened: Result<Opened, String>, width: Option<f64>) -> El {
    match opened.map(|(scenario, bytes, run)| Store::new(scenario, bytes, run)) {
        Ok(store) => {
            if let Some(width) = width {
                store.plot_width.set(width);
            }
            store.page_width.set(page_width());
            provide_context(store);
            page(store)
        }
        Err(why) => el("pre").class("broken").text(&why),
    }
}

fn page(store: Store) -> El {
    let help = RwSignal::new(false);
    let side = el("aside")
        .class("side")
        .attr("aria-label", "Tiers, levers and reasons");
    let beside = side.node().clone();
    let owner = Owner::current();
    let rest = move || {
        let make = || {
            for part in [tiers(), panel()] {
                let _ = beside.append_child(part.node());
            }
        };
        match owner {
            Some(owner) => owner.with(make),
            None => make(),
        }
    };
    let main = el("main").children(summary()).child(
        el("div")
            .class("columns")
            .child(story())
            .child(timeline())
            .child(side),
    );
    title(store);
    reading(store);
    in_address(store);
    keys_of_nobody(store, help);
    set_timeout(rest, Duration::ZERO);
    el("div")
        .class("page")
        .on_key(move |event| key(store, help, event))
        .child(header(help))
        .child(main)
        .children(busy())
        .child(playback())
        .child(help_dialog(help))
}

/// Where nothing has the focus, as after a button that went with what it did, keys are the page's all the same.
fn keys_of_nobody(store: Store, help: RwSignal<bool>) {
    let listener = window_event_listener(leptos::ev::keydown, move |event| {
        let target = event
            .target()
            .and_then(|target| target.dyn_into::<web_sys::Element>().ok());
        if target.is_some_and(|target| target.tag_name() == "BODY") {
            key(store, help, &event);
        }
    });
    on_cleanup(move || listener.remove());
}

/// The title of the document says what the run did, too, once a slider has come to rest: the browser is told of each one.
fn title(store: Store) {
    let turns = Turns::new();
    effect(move || {
        let sentence = store.run.with(|run| plain(&run.summary));
        turns.start(REST, move || {
            let first = sentence.split(". ").next().unwrap_or_default();
            document().set_title(&format!("{} · Accelerando", first.trim_end_matches('.')));
            false
        });
    });
}

/// The keys that work everywhere on the page, but not while something is typed.
fn key(store: Store, help: RwSignal<bool>, event: &web_sys::KeyboardEvent) {
    let target = event
        .target()
        .and_then(|target| target.dyn_into::<web_sys::Element>().ok());
    let tag = target
        .as_ref()
        .map(web_sys::Element::tag_name)
        .unwrap_or_default();
    let kind = target
        .and_then(|target| target.get_attribute("type"))
        .unwrap_or_default();
    let field = tag == "INPUT" && kind == "text";
    let typing = tag == "SELECT" || field;
    if event.ctrl_key() || event.meta_key() {
        // In a field, undo is the field's own.
        if !field && event.code() == "KeyZ" {
            event.prevent_default();
            store.dispatch(if event.shift_key() {
                &Command::Redo
            } else {
                &Command::Undo
            });
        }
        return;
    }
    if typing || event.alt_key() || help.get_untracked() || !store.keys.get_untracked() {
        return;
    }
    let cursor = store.cursor.get_untracked();
    match (event.code().as_str(), event.key().as_str()) {
        // A slider has no use for it.
        ("Space", _)
            if kind == "range" || !matches!(tag.as_str(), "BUTTON" | "INPUT" | "SUMMARY") =>
        {
            let playing = !store.playing.get_untracked();
            store.dispatch(&Command::Play { playing });
        }
        (_, ",") => store.step(false),
        (_, ".") => store.step(true),
        (_, "?") => help.set(true),
        (_, "c" | "C") => store.dispatch(&Command::Open { tab: Tab::Compare }),
        ("Digit0" | "Numpad0", _) => store.fit(),
        ("KeyW", _) => store.zoom(cursor, 0.7),
        ("KeyS", _) => store.zoom(cursor, 1.0 / 0.7),
        ("KeyA", _) => store.pan(-0.2),
        ("KeyD", _) => store.pan(0.2),
        _ => return,
    }
    event.prevent_default();
}
