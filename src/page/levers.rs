//! The levers: everything that a reader changes first, each with a number field, a reset and its default marked.
//!
//! A track is painted with what would happen at each of its values, found by simulating it while nothing else is done.

use gloo_timers::callback::Timeout;
use leptos::ev;
use leptos::prelude::*;

use super::lanes::title_case;
use super::store::{Store, store};
use crate::insight::severity;
use crate::scenario::{Parameter, Parameters, Purpose, Scenario};
use crate::schedule::Tier;
use crate::session::Command;
use crate::sim::simulate;

/// At how many values a track is simulated.
const SAMPLES: u32 = 32;
/// How long the levers must have stood still before tracks are painted, in milliseconds.
const STILL: u32 = 140;

/// What a reader calls a parameter.
fn label(scenario: &Scenario, parameter: &Parameter) -> String {
    let name = |id: crate::schedule::EndpointId| {
        let endpoint = scenario.endpoints.get(id.index());
        title_case(endpoint.map_or("", |endpoint| endpoint.name.as_str()))
    };
    match parameter.purpose {
        Purpose::Traffic => "Traffic".to_owned(),
        Purpose::PhaseTraffic(phase) => scenario
            .phases
            .get(phase)
            .map_or(String::new(), |phase| phase.name.clone()),
        Purpose::Effectiveness(id) => format!("{} strength", name(id)),
        Purpose::Delay(id) => format!("{} delay", name(id)),
        Purpose::Fails(id) => format!("{} fails", name(id)),
        Purpose::Seed => "Seed".to_owned(),
        Purpose::Noise => "Noise of observations".to_owned(),
        _ => parameter.name.clone(),
    }
}

/// By how much an arrow key moves a slider.
fn step(parameter: &Parameter) -> f64 {
    match parameter.purpose {
        Purpose::Delay(_) => 10_000.0,
        Purpose::Noise => 0.005,
        Purpose::Seed => 1.0,
        _ => 0.05,
    }
}

/// All levers.
#[component]
pub fn Levers() -> impl IntoView {
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
    let phases = of(|purpose| matches!(purpose, Purpose::PhaseTraffic(_)));
    let fails = of(|purpose| matches!(purpose, Purpose::Fails(_)));
    let seed = of(|purpose| matches!(purpose, Purpose::Seed));
    let noise = of(|purpose| matches!(purpose, Purpose::Noise));
    let tracks = Tracks::new(store, main.iter().chain(&phases).copied().collect());
    let slider = |index: usize| view! { <Slider index=index tracks=tracks /> };
    view! {
        <div class="levers">
            {main.into_iter().map(slider).collect_view()}
            <Legend />
            <div class="switches">
                {fails.into_iter().map(|index| view! { <Switch index=index /> }).collect_view()}
            </div>
            <details>
                <summary>"Traffic phase by phase"</summary>
                {phases.into_iter().map(slider).collect_view()}
            </details>
            {noise.into_iter().map(|index| view! { <Slider index=index tracks=tracks /> }).collect_view()}
            {seed.into_iter().map(|index| view! { <Seed index=index /> }).collect_view()}
            <p class="refused" role="alert">
                {store.refused}
            </p>
        </div>
    }
}

/// What would happen along each track.
#[derive(Clone, Copy)]
struct Tracks {
    painted: RwSignal<Vec<(usize, Vec<usize>)>>,
}

impl Tracks {
    fn new(store: Store, sliders: Vec<usize>) -> Self {
        let painted = RwSignal::new(Vec::new());
        let waiting = StoredValue::new_local(None::<Timeout>);
        let sliders = StoredValue::new(sliders);
        Effect::new(move |_| {
            let parameters = store.parameters.get();
            // Dropping the timer before stops what was still to be painted.
            let next = move || paint(store, parameters, sliders.get_value(), painted, waiting);
            waiting.set_value(Some(Timeout::new(STILL, next)));
        });
        Self { painted }
    }

    fn of(self, index: usize) -> Vec<usize> {
        self.painted.with(|all| {
            let found = all.iter().find(|(known, _)| *known == index);
            found.map(|(_, track)| track.clone()).unwrap_or_default()
        })
    }
}

/// Simulates one track, and leaves the others to later turns so that input is never kept waiting for long.
fn paint(
    store: Store,
    parameters: Parameters,
    mut sliders: Vec<usize>,
    painted: RwSignal<Vec<(usize, Vec<usize>)>>,
    waiting: StoredValue<Option<Timeout>, LocalStorage>,
) {
    let scenario = store.scenario();
    if sliders.is_empty() {
        return;
    }
    let index = sliders.remove(0);
    if let Some(parameter) = scenario.parameters.get(index) {
        let outcome = |sample: u32| {
            let share = f64::from(sample) / f64::from(SAMPLES - 1);
            let value = parameter.from + (parameter.to - parameter.from) * share;
            let mut tried = parameters.clone();
            tried.set(&scenario, index, value).ok()?;
            simulate(&scenario, &tried)
                .ok()
                .map(|trace| severity(&trace))
        };
        let track: Vec<usize> = (0..SAMPLES)
            .map(|sample| outcome(sample).unwrap_or(0))
            .collect();
        painted.update(|all| {
            all.retain(|(known, _)| *known != index);
            all.push((index, track));
        });
    }
    let next = move || paint(store, parameters, sliders, painted, waiting);
    waiting.set_value(Some(Timeout::new(0, next)));
}

/// What the colours and heights of the tracks mean.
#[component]
fn Legend() -> impl IntoView {
    let scenario = store().scenario();
    let alerts = scenario
        .endpoints
        .iter()
        .filter(|endpoint| endpoint.schedule.tier == Tier::Alert);
    let words: Vec<String> = std::iter::once("quiet".to_owned())
        .chain(alerts.map(|endpoint| endpoint.name.clone()))
        .collect();
    view! {
        <p class="legend">
            "Who would be told: "
            {words
                .into_iter()
                .enumerate()
                .map(|(severity, words)| {
                    view! {
                        <span class="entry">
                            <span class=format!("swatch severity-{}", severity.min(3))></span>
                            {words}
                        </span>
                    }
                })
                .collect_view()}
        </p>
    }
}

#[component]
fn Slider(index: usize, tracks: Tracks) -> impl IntoView {
    let store = store();
    let scenario = store.scenario();
    let Some(parameter) = scenario.parameters.get(index).cloned() else {
        return ().into_any();
    };
    let name = label(&scenario, &parameter);
    let value = Memo::new(move |_| store.parameters.with(|all| all.get(index)));
    let (from, to, default) = (parameter.from, parameter.to, parameter.default);
    let share = move |value: f64| (value - from) / (to - from) * 100.0;
    let set = move |value: f64| {
        store.dispatch(&Command::Set {
            parameter: index,
            value,
        })
    };
    let on_input = move |event: ev::Event| {
        if let Ok(value) = event_target_value(&event).parse::<f64>() {
            // Close to the default means the default: it can be found again by hand.
            let near = (value - default).abs() < (to - from) * 0.008;
            set(if near { default } else { value });
        }
    };
    let path = move |wanted: usize| {
        let track = tracks.of(index);
        let width = 100.0 / (track.len().max(2) - 1) as f64;
        let height = 4.0 + 3.0 * wanted as f64;
        let pieces = track
            .iter()
            .enumerate()
            .filter(|(_, severity)| **severity == wanted);
        pieces
            .map(|(sample, _)| {
                let left = (sample as f64 * width - width / 2.0).max(0.0);
                let right = (sample as f64 * width + width / 2.0).min(100.0);
                format!("M{left:.2} {:.1}H{right:.2}V16H{left:.2}z", 16.0 - height)
            })
            .collect::<String>()
    };
    view! {
        <div class="lever">
            <div class="lever-head">
                <label for=format!("lever-{index}")>{name.clone()}</label>
                <Reset index=index name=name.clone() />
                <NumberField index=index name=name />
            </div>
            <div class="slider">
                <svg class="track" viewBox="0 0 100 16" preserveAspectRatio="none" aria-hidden="true">
                    <path class="empty" d="M0 12H100V16H0z" />
                    {(0..4)
                        .map(|severity| {
                            view! {
                                <path
                                    class=format!("severity-{severity}")
                                    d=move || path(severity)
                                />
                            }
                        })
                        .collect_view()}
                </svg>
                <span class="default" style=("--default", format!("{:.4}", share(default) / 100.0))></span>
                <input
                    type="range"
                    id=format!("lever-{index}")
                    data-parameter=parameter.name.clone()
                    min=from.to_string()
                    max=to.to_string()
                    step=step(&parameter).to_string()
                    prop:value=move || value.get().to_string()
                    aria-valuetext=move || parameter.written(value.get())
                    on:input=on_input
                    on:change=move |_| store.dispatch(&Command::Settle)
                />
            </div>
        </div>
    }
    .into_any()
}

/// Back to the default; there only while it would change something.
#[component]
fn Reset(index: usize, name: String) -> impl IntoView {
    let store = store();
    let scenario = store.scenario();
    let default = scenario
        .parameters
        .get(index)
        .map_or(0.0, |parameter| parameter.default);
    let moved = move || store.parameters.with(|all| all.get(index) != default);
    let title = format!("Reset {name} to its default");
    view! {
        <button
            class="reset"
            class:gone=move || !moved()
            title=title.clone()
            aria-label=title
            on:click=move |_| {
                store.dispatch(&Command::Set { parameter: index, value: default });
                store.dispatch(&Command::Settle);
            }
        >
            "reset"
        </button>
    }
}

/// The value as text that can be typed; what cannot be read is said and stays where it is.
#[component]
fn NumberField(index: usize, name: String) -> impl IntoView {
    let store = store();
    let scenario = store.scenario();
    let Some(parameter) = scenario.parameters.get(index).cloned() else {
        return ().into_any();
    };
    let fault = RwSignal::new(None::<String>);
    let written = parameter.clone();
    let text = move || {
        fault.track();
        store.parameters.with(|all| written.written(all.get(index)))
    };
    let on_change = move |event: ev::Event| match parameter.read(&event_target_value(&event)) {
        Ok(value) => {
            fault.set(None);
            store.dispatch(&Command::Set {
                parameter: index,
                value,
            });
            store.dispatch(&Command::Settle);
        }
        Err(error) => fault.set(Some(error.to_string())),
    };
    let multiple = scenario.parameters.get(index).is_some_and(|parameter| {
        matches!(
            parameter.purpose,
            Purpose::Traffic | Purpose::PhaseTraffic(_) | Purpose::Effectiveness(_)
        )
    });
    view! {
        <span class="number" class:multiple=multiple>
            {multiple.then(|| view! { <span aria-hidden="true">"×"</span> })}
            <input
                type="text"
                aria-label=format!("{name}, value")
                aria-invalid=move || fault.with(Option::is_some).to_string()
                prop:value=text
                on:change=on_change
            />
        </span>
        <p class="fault" role="alert" class:gone=move || fault.with(Option::is_none)>
            {fault}
        </p>
    }
    .into_any()
}

#[component]
fn Switch(index: usize) -> impl IntoView {
    let store = store();
    let scenario = store.scenario();
    let parameter = scenario.parameters.get(index);
    let name = parameter.map_or(String::new(), |parameter| label(&scenario, parameter));
    let id = parameter.map_or(String::new(), |parameter| parameter.name.clone());
    let on = move || store.parameters.with(|all| all.get(index) != 0.0);
    view! {
        <label class="switch">
            <input
                type="checkbox"
                role="switch"
                data-parameter=id
                prop:checked=on
                on:change=move |event| {
                    let value = if event_target_checked(&event) { 1.0 } else { 0.0 };
                    store.dispatch(&Command::Set { parameter: index, value });
                    store.dispatch(&Command::Settle);
                }
            />
            <span class="knob" aria-hidden="true"></span>
            {name}
        </label>
    }
}

#[component]
fn Seed(index: usize) -> impl IntoView {
    let store = store();
    view! {
        <div class="lever">
            <div class="lever-head">
                <span class="lever-name">"Seed of the noise"</span>
                <button
                    class="reset"
                    on:click=move |_| {
                        let value = store.parameters.with_untracked(|all| all.get(index)) + 1.0;
                        store.dispatch(&Command::Set { parameter: index, value });
                        store.dispatch(&Command::Settle);
                    }
                >
                    "next"
                </button>
                <NumberField index=index name="Seed".to_owned() />
            </div>
        </div>
    }
}
