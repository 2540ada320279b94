//! A run as it is shown: parts of its picture, what stands where at a moment, and the places of sliders.

use std::collections::BTreeMap;

use serde::Serialize;
use tsify::Tsify;
use wasm_bindgen::prelude::*;

use super::answers::ms;
use super::fault::{error, instead, parameter_errors};
use super::input::{instant, is_missing, list, text};
use super::run::passed;
use super::{kept, object, recipe};
use crate::draw::SliderScale;
use crate::export::{Part, part};
use crate::insight::{self, tier_note};
use crate::rule::{Unit, shown_value};
use crate::scenario::Form;
use crate::schedule::{EndpointId, Tier};
use crate::sim::Trace;
use crate::time::{Instant, Span};

/// How many values of a parameter stand on its slider at most.
const PLACES: usize = 121;

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"
/** The parts that a run's picture can be drawn in. */
export type Part = "sentence" | "ruler" | "metrics" | "timeline" | "cadence" | "tiers" | "claims";
"#;

/// Parts of a run's picture, with the cursor at one instant.
#[derive(Serialize, Tsify)]
#[serde(rename_all = "camelCase")]
struct Drawing {
    /// Where the cursor stands: where it was put, or at the run's last message.
    #[tsify(type = "Ms")]
    at_ms: f64,
    /// Where the run ends.
    #[tsify(type = "Ms")]
    end_ms: f64,
    /// HTML without styles and scripts, for classes that a style sheet knows.
    #[tsify(type = "Partial<Record<Part, string>>")]
    parts: BTreeMap<&'static str, String>,
}

/// What stands where at an instant.
#[derive(Serialize, Tsify)]
#[serde(rename_all = "camelCase")]
#[tsify(rename = "Moment")]
struct MomentOut {
    #[tsify(type = "Ms")]
    at_ms: f64,
    /// What was true, by the metric's id, as people read it.
    #[tsify(type = "Record<string, string>")]
    metrics: BTreeMap<String, String>,
    /// What each endpoint is doing, by its id.
    #[tsify(type = "Record<string, EndpointMoment>")]
    endpoints: BTreeMap<String, EndpointMoment>,
    /// What a tier found, tried or said in the last five minutes.
    #[tsify(type = "Partial<Record<Tier, string>>")]
    notes: BTreeMap<&'static str, String>,
}

/// What an endpoint is doing.
#[derive(Serialize, Tsify)]
struct EndpointMoment {
    #[tsify(
        type = "\"asleep\" | \"held-back\" | \"pending\" | \"baseline\" | \"hinted\" | \"just-ran\" | \"cooling\""
    )]
    doing: &'static str,
    /// The same in a few words.
    words: String,
}

/// The places of a parameter's slider, from its lower to its upper end.
#[derive(Serialize, Tsify)]
struct Slider {
    /// What it is.
    text: String,
    /// The value at each place, in the units of `Parameter`.
    values: Vec<f64>,
    /// The same as people read it.
    texts: Vec<String>,
    /// The place of the value where nothing else is said.
    default: usize,
    /// The place of the value that was asked for, or else of the default.
    place: usize,
}

/// An instant of the run, or where it has most to say.
fn cursor(trace: &Trace, at_ms: &JsValue) -> Result<Instant, JsValue> {
    if is_missing(at_ms) {
        return Ok(insight::opening(trace));
    }
    let last = trace.end() - Span::from_ms(1);
    Ok(instant(at_ms, "atMs")?.max(Instant::START).min(last))
}

/// Parts of the run's picture as HTML. Without an instant, the cursor stands at the run's last message.
#[wasm_bindgen(js_name = drawParts, unchecked_return_type = "Drawing")]
pub fn draw_parts(
    #[wasm_bindgen(unchecked_param_type = "Run")] run: &JsValue,
    #[wasm_bindgen(unchecked_param_type = "Part[]")] parts: &JsValue,
    #[wasm_bindgen(js_name = atMs, unchecked_optional_param_type = "Ms | null")] at_ms: &JsValue,
) -> Result<JsValue, JsValue> {
    let mut wanted = Vec::new();
    for (index, name) in list(parts, "parts")?.iter().enumerate() {
        let name = text(name, &format!("parts[{index}]"))?;
        let part = Part::named(&name).ok_or_else(|| {
            let hint = instead(&name, &Part::ALL.map(Part::name), "");
            error("unknown_part", &format!("unknown part `{name}`{hint}"))
        })?;
        if !wanted.contains(&part) {
            wanted.push(part);
        }
    }
    let made = passed(run)?;
    let (trace, findings) = (&made.trace, made.findings()?);
    let at = cursor(trace, at_ms)?;
    let drawn = wanted
        .into_iter()
        .map(|wanted| (wanted.name(), part(trace, findings, wanted, at)));
    object(&Drawing {
        at_ms: ms(at),
        end_ms: ms(trace.end()),
        parts: drawn.collect(),
    })
}

/// What stands where at an instant; beyond the run's ends, at its first or last.
#[wasm_bindgen(unchecked_return_type = "Moment")]
pub fn moment(
    #[wasm_bindgen(unchecked_param_type = "Run")] run: &JsValue,
    #[wasm_bindgen(js_name = atMs, unchecked_param_type = "Ms")] at_ms: &JsValue,
) -> Result<JsValue, JsValue> {
    let at = instant(at_ms, "atMs")?;
    let made = passed(run)?;
    let trace = &made.trace;
    let scenario = &trace.scenario;
    let at = at.max(Instant::START).min(trace.end() - Span::from_ms(1));
    let truth = trace.truth([at]).pop().unwrap_or_default();
    let metrics = scenario.metrics.iter().zip(truth);
    let shown = metrics
        .filter(|(metric, _)| !metric.hidden)
        .map(|(metric, value)| (metric.id.clone(), shown_value(value, metric.shown)));
    let endpoints = (0..).map(EndpointId).zip(&scenario.endpoints);
    let endpoints = endpoints.map(|(id, endpoint)| {
        let now = insight::moment(trace, id, at);
        let out = EndpointMoment {
            doing: now.doing.name(),
            words: now.words,
        };
        (endpoint.id.clone(), out)
    });
    let notes = Tier::ALL
        .into_iter()
        .filter_map(|tier| Some((tier.name(), tier_note(trace, tier, at)?)));
    object(&MomentOut {
        at_ms: ms(at),
        metrics: shown.collect(),
        endpoints: endpoints.collect(),
        notes: notes.collect(),
    })
}

/// The places of a parameter's slider; a value that is asked for, in any form that options take, has a place of its own.
#[wasm_bindgen(unchecked_return_type = "Slider")]
pub fn slider(
    #[wasm_bindgen(unchecked_param_type = "string | Scenario")] scenario: &JsValue,
    #[wasm_bindgen(unchecked_param_type = "string")] parameter: &JsValue,
    #[wasm_bindgen(unchecked_optional_param_type = "number | boolean | string | null")]
    value: &JsValue,
) -> Result<JsValue, JsValue> {
    let named = recipe::scenario_text(scenario)?;
    let name = text(parameter, "parameter")?;
    let scenario = kept::scenario(recipe::toml(&named)?)?;
    let found = scenario.known_parameter(&name);
    let (_, parameter) = found.map_err(|fault| parameter_errors(&[fault]))?;
    let scale = SliderScale::of(parameter);
    let places = match parameter.form {
        Form::Truth => 2,
        _ => PLACES,
    };
    let mut values: Vec<f64> = Vec::new();
    for place in 0..places {
        let value = scale.at(place as f64 / (places - 1) as f64);
        let value = match parameter.form {
            Form::Number(unit) if unit != Unit::DURATION => (value * 1_000.0).round() / 1_000.0,
            _ => value.round(),
        };
        let value = value.clamp(parameter.from, parameter.to);
        if values.last().is_none_or(|last| value > *last) {
            values.push(value);
        }
    }
    let wanted = match is_missing(value) {
        true => parameter.default,
        false => recipe::parameter_value(&scenario, &name, value)?,
    };
    for own in [parameter.default, wanted] {
        let place = values.partition_point(|value| *value < own);
        if values.get(place) != Some(&own) {
            values.insert(place, own);
        }
    }
    let place = |own: f64| values.partition_point(|value| *value < own);
    let (default, place) = (place(parameter.default), place(wanted));
    object(&Slider {
        text: parameter.text.clone(),
        texts: values.iter().map(|v| parameter.written(*v)).collect(),
        values,
        default,
        place,
    })
}
