//! The levers: everything that a reader can change, each with a number field, a reset and its default marked.
//!
//! What is changed first stands open; the rest is in groups, whose sliders are made when a group is first opened.

use leptos::prelude::*;
use wasm_bindgen::prelude::JsValue;
use web_sys::{Event, HtmlDetailsElement, HtmlInputElement};

use super::dom::{El, button, el, icon};
use super::lanes::title_case;
use super::signals::{Memo, RwSignal, effect};
use super::store::{Store, store};
use super::story::questions;
use super::tracks::{Track, Tracks, legend};
use crate::draw::SliderScale;
use crate::rule::decimal;
use crate::rule::rounded;
use crate::scenario::{Parameter, Purpose, Scenario};
use crate::schedule::EndpointId;
use crate::session::Command;

/// So close to the default, as a share of the track, a hand is taken to mean the default.
const NEAR: f64 = 0.008;
/// From so far sideways on a finger on a slider means the slider and no scrolling, in CSS pixels.
const SIDEWAYS: f64 = 6.0;

/// What a group is called, and what is in it.
type Group = (&'static str, fn(Purpose) -> bool);

/// The groups, from the top.
const GROUPS: [Group; 5] = [
    ("Traffic phase by phase", |purpose| {
        matches!(purpose, Purpose::PhaseTraffic(_))
    }),
    ("Thresholds and tight intervals", |purpose| {
        purpose == Purpose::Threshold
    }),
    ("Cadences: everybody's own schedule", |purpose| {
        matches!(purpose, Purpose::Every(_))
    }),
    ("Clamps: smallest and largest gap", |purpose| {
        matches!(purpose, Purpose::Min(_) | Purpose::Max(_))
    }),
    ("Cooldowns: how long an action rests", |purpose| {
        matches!(purpose, Purpose::Cooldown(_))
    }),
];

/// A position of a slider as its field takes it.
fn exact(position: f64) -> String {
    rounded(position, 6).to_string()
}

/// What a reader calls a parameter.
fn label(scenario: &Scenario, parameter: &Parameter) -> String {
    let of = |id: EndpointId, what: &str| {
        let endpoint = scenario.endpoints.get(id.index());
        let name = endpoint.map_or("", |endpoint| endpoint.name.as_str());
        format!("{} {what}", title_case(name))
    };
    match parameter.purpose {
        Purpose::Traffic => "Traffic".to_owned(),
        Purpose::PhaseTraffic(phase) => scenario
            .phases
            .get(phase)
            .map_or(String::new(), |phase| phase.name.clone()),
        Purpose::Effectiveness(id) => of(id, "strength"),
        Purpose::Delay(id) => of(id, "delay"),
        Purpose::Fails(id) => of(id, "fails"),
        Purpose::Every(id) => of(id, "every"),
        Purpose::Min(id) => of(id, "min gap"),
        Purpose::Max(id) => of(id, "max gap"),
        Purpose::Cooldown(id) => of(id, "cooldown"),
        Purpose::Threshold if parameter.text.is_empty() => parameter.name.clone(),
        Purpose::Threshold => title_case(&parameter.text),
        Purpose::Seed => "Seed".to_owned(),
        Purpose::Noise => "Noise of observations".to_owned(),
    }
}

/// What a reader calls a parameter where nothing around it says more.
pub fn full_label(scenario: &Scenario, parameter: &Parameter) -> String {
    let label = label(scenario, parameter);
    match parameter.purpose {
        Purpose::PhaseTraffic(_) => format!("Traffic in {label}"),
        _ => label,
    }
}

/// A parameter that can be changed here.
#[derive(Clone, Copy)]
struct Lever {
    store: Store,
    index: usize,
    parameter: StoredValue<Parameter>,
    value: Memo<f64>,
    /// Why the last value could not be taken.
    fault: RwSignal<Option<String>>,
}

impl Lever {
    fn new(store: Store, index: usize) -> Option<Self> {
        let parameter = store.scenario().parameters.get(index)?.clone();
        Some(Self {
            store,
            index,
            parameter: StoredValue::new(parameter),
            value: Memo::new(move |_| store.parameters.with(|all| all.get(index))),
            fault: RwSignal::new(None),
        })
    }

    fn label(self) -> String {
        let scenario = self.store.scenario();
        self.parameter
            .with_value(|parameter| label(&scenario, parameter))
    }

    /// The value as people read it.
    fn written(self) -> String {
        let value = self.value.get();
        self.parameter
            .with_value(|parameter| parameter.written(value))
    }

    /// Sets the value, as part of a change that goes on.
    fn set(self, value: f64) {
        self.store.dispatch(&Command::Set {
            parameter: self.index,
            value,
        });
    }

    /// Sets the value, as a change of its own; why it cannot be done is said beside the lever.
    fn change(self, value: f64) {
        self.set(value);
        self.fault.set(self.store.refused.get_untracked());
        self.store.dispatch(&Command::Settle);
    }

    /// The nearest value that does not contradict another: the smallest gap stops at the largest.
    fn held(self, value: f64) -> f64 {
        let scenario = self.store.scenario();
        let other = |purpose| {
            self.store
                .parameters
                .with_untracked(|all| all.of(&scenario, purpose))
        };
        match self.parameter.with_value(|parameter| parameter.purpose) {
            Purpose::Min(id) => value.min(other(Purpose::Max(id))),
            Purpose::Max(id) => value.max(other(Purpose::Min(id))),
            _ => value,
        }
    }
}

/// All levers.
pub fn levers() -> El {
    let store = store();
    let scenario = store.scenario();
    let of = |wanted: fn(Purpose) -> bool| -> Vec<usize> {
        let all = scenario.parameters.iter().enumerate();
        all.filter(|(_, parameter)| wanted(parameter.purpose))
            .map(|(index, _)| index)
            .collect()
    };
    let main = of(|purpose| {
        matches!(
            purpose,
            Purpose::Traffic | Purpose::Effectiveness(_) | Purpose::Delay(_)
        )
    });
    let fails = of(|purpose| matches!(purpose, Purpose::Fails(_)));
    let noise = of(|purpose| purpose == Purpose::Noise);
    let seeds = of(|purpose| purpose == Purpose::Seed);
    let lever = |index: usize| Lever::new(store, index);
    let tracks = Tracks::new(store);
    let shown = RwSignal::new(true);
    let groups = GROUPS.map(|(title, wanted)| group(store, tracks, title, of(wanted)));
    el("div")
        .class("levers")
        .child(questions(store))
        .child(legend(store))
        .children(sliders(store, tracks, &main, shown))
        .child(
            el("div")
                .class("switches")
                .children(fails.into_iter().filter_map(lever).map(switch)),
        )
        .children(groups.into_iter().flatten())
        .children(sliders(store, tracks, &noise, shown))
        .children(seeds.into_iter().filter_map(lever).map(seed))
        .child(tracks.listed())
        .child(
            el("p")
                .class("refused")
                .attr("role", "alert")
                .live_text(move || store.refused.get().unwrap_or_default()),
        )
}

/// Levers that can be shown and hidden together; nothing if there are none.
fn group(store: Store, tracks: Tracks, title: &str, levers: Vec<usize>) -> Option<El> {
    if levers.is_empty() {
        return None;
    }
    let open = RwSignal::new(false);
    // What has been made stays.
    let opened = Memo::new(move |before| before == Some(&true) || open.get());
    let content = move || {
        if opened.get() {
            sliders(store, tracks, &levers, open)
        } else {
            Vec::new()
        }
    };
    let group = el("details")
        .on("toggle", move |event| {
            open.set(event_target::<HtmlDetailsElement>(&event).open());
        })
        .child(el("summary").text(title))
        .child(el("div").class("group").live(content));
    Some(group)
}

/// Levers with a slider, which can be seen as long as `shown` says so.
fn sliders(store: Store, tracks: Tracks, levers: &[usize], shown: RwSignal<bool>) -> Vec<El> {
    let levers = levers.iter().filter_map(|index| Lever::new(store, *index));
    levers.map(|lever| slider(lever, tracks, shown)).collect()
}

fn slider(lever: Lever, tracks: Tracks, shown: RwSignal<bool>) -> El {
    let (default, scale) = lever
        .parameter
        .with_value(|parameter| (parameter.default, SliderScale::of(parameter)));
    let track = tracks.add(lever.index, scale, shown);
    let name = lever.label();
    let head = el("div")
        .class("lever-head")
        .child(
            el("label")
                .attr("for", &format!("lever-{}", lever.index))
                .text(&name),
        )
        .child(reset(lever, &name))
        .children(number_field(lever, &name));
    let mark = el("span")
        .class("default")
        .style("--default", &rounded(scale.share(default), 4).to_string());
    let slider = el("div")
        .class("slider")
        .child(track.picture())
        .child(mark)
        .child(thumb(lever, scale, track));
    el("div").class("lever").child(head).child(slider)
}

/// What is dragged along the track.
fn thumb(lever: Lever, scale: SliderScale, track: Track) -> El {
    let (name, written) = lever
        .parameter
        .with_value(|parameter| (parameter.name.clone(), parameter.written(parameter.default)));
    let (first, last) = scale.ends();
    let by_hand = StoredValue::new(false);
    // Where a finger came down that has not yet said whether it means the slider or the page; else no number.
    let undecided = RwSignal::new(f64::NAN);
    let take = move |event: &Event| take(lever, scale, by_hand.get_value(), event);
    let on_change = move |event: Event| {
        // A tap.
        if !undecided.get_untracked().is_nan() {
            take(&event);
        }
        lever.store.dispatch(&Command::Settle);
        // Where nothing else was set, nothing moves it to where it belongs.
        put_back(lever, scale, &event);
    };
    let value_text = move || match track.outcome() {
        Some(outcome) => format!("{}: {outcome}", lever.written()),
        None => lever.written(),
    };
    el("input")
        .attr("type", "range")
        .attr("id", &format!("lever-{}", lever.index))
        .attr("data-parameter", &name)
        .attr("title", &format!("The mark below: its default, {written}"))
        .attr("min", &exact(first))
        .attr("max", &exact(last))
        .attr("step", &exact(scale.step))
        .live_prop("value", move || {
            JsValue::from(exact(scale.position(lever.value.get())))
        })
        .live_attr("aria-valuetext", value_text)
        .on_pointer("pointerdown", move |event| {
            by_hand.set_value(true);
            let finger = event.pointer_type() == "touch";
            undecided.set(if finger {
                f64::from(event.client_x())
            } else {
                f64::NAN
            });
        })
        .on_pointer("pointermove", move |event| {
            if (f64::from(event.client_x()) - undecided.get_untracked()).abs() > SIDEWAYS {
                undecided.set(f64::NAN);
                take(event);
            }
        })
        // It meant the page: what it touched stays as it was.
        .on_pointer("pointercancel", move |event| {
            undecided.set(f64::NAN);
            put_back(lever, scale, event);
        })
        .on_key(move |event| {
            by_hand.set_value(false);
            let larger = match event.key().as_str() {
                "ArrowRight" | "ArrowUp" => true,
                "ArrowLeft" | "ArrowDown" => false,
                _ => return,
            };
            if let Some(beside) = scale.beside(lever.value.get_untracked(), larger) {
                event.prevent_default();
                lever.change(lever.held(beside));
            }
        })
        .on("input", move |event| {
            if undecided.get_untracked().is_nan() {
                take(&event);
            }
        })
        .on("change", on_change)
}

/// Sets what a slider stands at.
#[inline(never)]
fn take(lever: Lever, scale: SliderScale, by_hand: bool, event: &Event) {
    let Some(position) = decimal(&event_target_value(event)) else {
        return;
    };
    let value = scale.value(position);
    let default = lever.parameter.with_value(|parameter| parameter.default);
    // The default can be found again by hand; keys leave it by single steps.
    let near = (scale.share(value) - scale.share(default)).abs() < NEAR;
    let meant = if near && by_hand { default } else { value };
    lever.set(lever.held(meant));
}

/// Puts a slider where its value is.
#[inline(never)]
fn put_back(lever: Lever, scale: SliderScale, event: &Event) {
    let position = scale.position(lever.value.get_untracked());
    event_target::<HtmlInputElement>(event).set_value(&exact(position));
}

/// Back to the default; there only while it would change something.
fn reset(lever: Lever, name: &str) -> El {
    let default = lever.parameter.with_value(|parameter| parameter.default);
    let title = format!("Reset {name} to its default");
    button("reset", move || lever.change(default))
        .live_class("gone", move || lever.value.get() == default)
        .attr("title", &title)
        .attr("aria-label", &title)
        .child(icon(&[(
            "ring",
            "M3.2 5.2a5.6 5.6 0 1 1-.7 3.6M3 2v3.4h3.4",
        )]))
}

/// The value as text that can be typed; what cannot be read is said and stays where it is.
fn number_field(lever: Lever, name: &str) -> [El; 2] {
    let fault = lever.fault;
    // Once anything has changed, what was wrong before is no matter, and goes with what was typed.
    let gone = RwSignal::new(false);
    effect(move || {
        lever.store.setup.with(|_| ());
        if fault.with_untracked(Option::is_some) {
            fault.set(None);
            gone.set(true);
        }
    });
    let multiple = lever.parameter.with_value(|parameter| {
        matches!(
            parameter.purpose,
            Purpose::Traffic | Purpose::PhaseTraffic(_) | Purpose::Effectiveness(_)
        )
    });
    let on_change = move |event: Event| {
        let typed = event_target_value(&event);
        match lever
            .parameter
            .with_value(|parameter| parameter.read(&typed))
        {
            Ok(value) => lever.change(value),
            Err(error) => fault.set(Some(error.to_string())),
        }
    };
    let field = el("input")
        .attr("type", "text")
        .attr("aria-label", &format!("{name}, value"))
        .live_attr("aria-invalid", move || {
            fault.with(Option::is_some).to_string()
        })
        .live_prop("value", move || {
            gone.get();
            JsValue::from(lever.written())
        })
        .on("change", on_change);
    let times = multiple.then(|| el("span").attr("aria-hidden", "true").text("×"));
    let number = el("span")
        .class(if multiple {
            "number multiple"
        } else {
            "number"
        })
        .children(times)
        .child(field);
    // Faults name the parameter as scenarios do; here it has the reader's name.
    let label = name.to_owned();
    let own = lever
        .parameter
        .with_value(|parameter| format!("`{}`", parameter.name));
    let line = el("p")
        .class("fault")
        .attr("role", "alert")
        .live_class("gone", move || fault.with(Option::is_none))
        .live_text(move || fault.get().unwrap_or_default().replace(&own, &label));
    [number, line]
}

fn switch(lever: Lever) -> El {
    let name = lever
        .parameter
        .with_value(|parameter| parameter.name.clone());
    let input = el("input")
        .attr("type", "checkbox")
        .attr("role", "switch")
        .attr("data-parameter", &name)
        .live_prop("checked", move || JsValue::from(lever.value.get() != 0.0))
        .on("change", move |event| {
            lever.change(if event_target_checked(&event) {
                1.0
            } else {
                0.0
            });
        });
    el("label")
        .class("switch")
        .child(input)
        .child(el("span").class("knob").attr("aria-hidden", "true"))
        .text(&lever.label())
}

fn seed(lever: Lever) -> El {
    let next = button("reset", move || {
        lever.change(lever.value.get_untracked() + 1.0)
    });
    let head = el("div")
        .class("lever-head")
        .child(el("span").class("lever-name").text("Seed of the noise"))
        .child(next.text("next"))
        .children(number_field(lever, &lever.label()));
    el("div").class("lever").child(head)
}
