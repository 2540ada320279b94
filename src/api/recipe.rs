//! What a run is made of, small enough to travel with it: with it the same run is made again whenever something more
//! is asked of it.
//!
//! A run that held on to its trace in wasm would have to be freed by its callers, or would wait for a collector that
//! knows nothing of wasm's memory. Making it again takes milliseconds, and comes out the same to the last bit.

use std::collections::BTreeMap;
use std::sync::Arc;

use js_sys::JSON;
use serde::{Deserialize, Serialize};
use wasm_bindgen::prelude::*;

use super::fault::{error, parameter_errors, scenario_error, simulation_error};
use super::input::{field, is_missing, names, text};
use crate::diagnostic::nearest;
use crate::scenario::{self, FLASH_SALE, ParameterError, Parameters, SHIPPED, Scenario};
use crate::schedule::{EndpointId, PauseEnd, RunId, Tool};
use crate::sim::{self, OwnCall, Planning, Trace};
use crate::time::{Instant, Span};

/// The longest recipe that is read, in UTF-16 units.
const LONGEST: u32 = 64 << 20;

/// What a run is made of.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recipe {
    /// The name of a scenario that ships, or a scenario's text.
    pub scenario: String,
    /// The parameters that are not at their defaults.
    pub parameters: BTreeMap<String, f64>,
    /// What an own planner did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub planner: Option<Planned>,
}

/// What an own planner did: with its calls the run is made again without it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Planned {
    /// Whether the scenario's rules called tools, too.
    pub rules_act: bool,
    pub calls: Vec<PlannedCall>,
    /// The run at which it failed, and what it said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failed: Option<(u32, String)>,
}

/// A call of an own planner.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlannedCall {
    /// The run that it looked at.
    run: u32,
    endpoint: String,
    asked: Asked,
    reason: String,
}

/// What a call asked for, in milliseconds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Asked {
    Interval { every: i64, ttl: i64 },
    Once { at: i64, ttl: i64 },
    PauseUntil(i64),
    PauseForever,
    Wake,
    Clear,
}

/// Whether something is meant to be the name of a scenario and not its text.
fn is_name(text: &str) -> bool {
    !text.contains(['\n', '=', '['])
}

/// The text of a scenario by its name, or the text itself.
pub fn toml(scenario: &str) -> Result<&str, JsValue> {
    if let Some(text) = scenario::shipped(scenario) {
        return Ok(text);
    }
    if !is_name(scenario) {
        return Ok(scenario);
    }
    let known = || SHIPPED.iter().map(|(name, _)| *name);
    let hint = nearest(scenario, known()).map_or_else(
        || {
            let ship = known().collect::<Vec<_>>().join(", ");
            format!("; there ship {ship}, and a text in TOML can be given instead")
        },
        |near| format!(", did you mean `{near}`?"),
    );
    let shown: String = scenario.chars().take(60).collect();
    let message = format!("unknown scenario `{shown}`{hint}");
    Err(error("unknown_scenario", &message))
}

/// Reads a scenario's text.
pub fn parsed(toml: &str) -> Result<Arc<Scenario>, JsValue> {
    Scenario::parse(toml)
        .map(Arc::new)
        .map_err(|faults| scenario_error(&faults, toml))
}

/// A scenario as it is passed: a name, a text, or what `parse` gave.
pub fn scenario_text(value: &JsValue) -> Result<String, JsValue> {
    let given = if value.is_object() {
        let toml = field(value, "toml", "scenario")?;
        text(&toml, "scenario.toml")?
    } else {
        text(value, "scenario")?
    };
    // A text that ships is named, so that runs of it can be told apart from runs of somebody's own.
    Ok(if given == FLASH_SALE {
        "flash-sale".to_owned()
    } else {
        given
    })
}

/// Parameters as they are passed.
pub fn parameters(scenario: &Scenario, given: Option<&JsValue>) -> Result<Parameters, JsValue> {
    let mut parameters = Parameters::new(scenario);
    let Some(given) = given else {
        return Ok(parameters);
    };
    let place = "options.parameters";
    let mut given_in_order = Vec::new();
    for name in names(given, place)? {
        let value = field(given, &name, place)?;
        // As everywhere, undefined is nothing.
        if !value.is_undefined() {
            given_in_order.push(read(scenario, &name, &value)?);
        }
    }
    let faults = parameters.set_read(scenario, given_in_order);
    if faults.is_empty() {
        return Ok(parameters);
    }
    Err(parameter_errors(&faults))
}

/// One value of a parameter, as options give it.
pub fn parameter_value(scenario: &Scenario, name: &str, given: &JsValue) -> Result<f64, JsValue> {
    let (_, value) = read(scenario, name, given)?.map_err(|fault| parameter_errors(&[fault]))?;
    Ok(value)
}

type Read = Result<(usize, f64), ParameterError>;

fn read(scenario: &Scenario, name: &str, value: &JsValue) -> Result<Read, JsValue> {
    let (index, parameter) = match scenario.known_parameter(name) {
        Ok(known) => known,
        Err(fault) => return Ok(Err(fault)),
    };
    let read = if let Some(truth) = value.as_bool() {
        parameter.read_truth(truth)
    } else if let Some(number) = value.as_f64() {
        parameter.read_number(number)
    } else if value.is_string() {
        parameter.read(&text(value, name)?)
    } else {
        let message = format!("parameter `{name}` must be a number, true or false, or a string");
        return Err(error("bad_input", &message));
    };
    Ok(read.map(|value| (index, value)))
}

/// The parameters that are not at their defaults.
fn changed(scenario: &Scenario, parameters: &Parameters) -> BTreeMap<String, f64> {
    let all = scenario.parameters.iter().zip(parameters.values());
    all.filter(|(parameter, value)| parameter.default != **value)
        .map(|(parameter, value)| (parameter.name.clone(), *value))
        .collect()
}

impl Recipe {
    /// What a trace was made of; `scenario` is the name or text of its scenario.
    pub fn of(trace: &Trace, scenario: String) -> Self {
        let planner = (trace.planning != Planning::Rules).then(|| Planned {
            rules_act: trace.planning == Planning::Both,
            calls: sim::own_calls(trace)
                .into_iter()
                .map(|call| PlannedCall::of(trace, call))
                .collect(),
            failed: trace
                .planner_fault
                .as_ref()
                .map(|fault| (fault.run.0, fault.message.clone())),
        });
        Self {
            scenario,
            parameters: changed(&trace.scenario, &trace.parameters),
            planner,
        }
    }

    /// Reads what travels with a run.
    pub fn read(value: &JsValue) -> Result<Self, JsValue> {
        let damaged = || {
            error(
                "lost_recipe",
                "run.recipe is damaged: pass what simulate gave",
            )
        };
        let written = JSON::stringify(value).map_err(|_| damaged())?;
        // What stringify knows no text for comes as undefined.
        if !written.is_string() || written.length() > LONGEST {
            return Err(damaged());
        }
        let written = written.as_string().ok_or_else(damaged)?;
        serde_json::from_str(&written).map_err(|_| damaged())
    }

    /// As it travels with a run.
    pub fn written(&self) -> Result<JsValue, JsValue> {
        let written = serde_json::to_string(self);
        let written = written.map_err(|fault| error("internal", &fault.to_string()))?;
        JSON::parse(&written)
    }

    /// Makes the run of a scenario that is known already.
    pub fn made(&self, scenario: &Arc<Scenario>) -> Result<Trace, JsValue> {
        let mut parameters = Parameters::new(scenario);
        let mut values = Vec::new();
        for (name, value) in &self.parameters {
            let known = scenario.known_parameter(name);
            let (index, _) = known.map_err(|fault| parameter_errors(&[fault]))?;
            values.push((index, *value));
        }
        let faults = parameters.set_all(scenario, &values);
        if let Some((_, fault)) = faults.into_iter().next() {
            return Err(parameter_errors(&[fault]));
        }
        let made = match &self.planner {
            None => sim::simulate(scenario, &parameters),
            Some(planner) => {
                let planning = if planner.rules_act {
                    Planning::Both
                } else {
                    Planning::Own
                };
                let calls: Vec<OwnCall> = planner
                    .calls
                    .iter()
                    .map(|call| call.own(scenario))
                    .collect();
                let failed = planner.failed.as_ref();
                let failed = failed.map(|(run, message)| (RunId(*run), message.as_str()));
                sim::replay(scenario, &parameters, planning, (&calls, failed))
            }
        };
        made.map_err(|fault| simulation_error(&fault))
    }
}

impl PlannedCall {
    fn of(trace: &Trace, call: OwnCall) -> Self {
        let endpoint = trace.endpoints.get(call.endpoint.index());
        let asked = match call.tool {
            Tool::ProposeInterval { every, ttl } => Asked::Interval {
                every: every.ms(),
                ttl: ttl.ms(),
            },
            Tool::ProposeNextTime { at, ttl } => Asked::Once {
                at: at.ms(),
                ttl: ttl.ms(),
            },
            Tool::PauseUntil(Some(PauseEnd::At(until))) => Asked::PauseUntil(until.ms()),
            Tool::PauseUntil(Some(PauseEnd::Forever | PauseEnd::Condition(_))) => {
                Asked::PauseForever
            }
            Tool::PauseUntil(None) => Asked::Wake,
            Tool::ClearHints => Asked::Clear,
        };
        Self {
            run: call.run.0,
            endpoint: endpoint.map_or(String::new(), |endpoint| endpoint.name.clone()),
            asked,
            reason: call.reason.to_string(),
        }
    }

    fn own(&self, scenario: &Scenario) -> OwnCall {
        let (at, span) = (Instant::from_ms, Span::from_ms);
        OwnCall {
            run: RunId(self.run),
            // A name that no endpoint has is refused by the core itself, as it was.
            endpoint: scenario
                .endpoint(&self.endpoint)
                .unwrap_or(EndpointId(u32::MAX)),
            tool: match self.asked {
                Asked::Interval { every, ttl } => Tool::ProposeInterval {
                    every: span(every),
                    ttl: span(ttl),
                },
                Asked::Once { at: when, ttl } => Tool::ProposeNextTime {
                    at: at(when),
                    ttl: span(ttl),
                },
                Asked::PauseUntil(until) => Tool::PauseUntil(Some(PauseEnd::At(at(until)))),
                Asked::PauseForever => Tool::PauseUntil(Some(PauseEnd::Forever)),
                Asked::Wake => Tool::PauseUntil(None),
                Asked::Clear => Tool::ClearHints,
            },
            reason: Arc::from(self.reason.as_str()),
        }
    }
}

/// The recipe of a run as it is passed.
///
/// A copy of a run has lost its recipe. If its scenario ships and no own planner called, its fields say enough to make
/// it again, and its hash says whether it came out the same.
pub fn of_run(run: &JsValue) -> Result<(Recipe, Option<String>), JsValue> {
    if !run.is_object() {
        return Err(error("bad_input", "run must be what simulate gave"));
    }
    let kept = field(run, "recipe", "run")?;
    if !is_missing(&kept) {
        return Ok((Recipe::read(&kept)?, None));
    }
    let lost = || {
        let message = "this is a copy of a run without its recipe: pass what simulate gave, or copy it with \
                       { ...run, recipe: run.recipe }";
        error("lost_recipe", message)
    };
    let part = |name: &str| field(run, name, "run");
    let (Some(scenario), Some(hash)) = (
        part("scenario")?
            .as_string()
            .filter(|name| scenario::shipped(name).is_some()),
        part("result_hash")?.as_string(),
    ) else {
        return Err(lost());
    };
    let text = toml(&scenario)?;
    let made_of = parsed(text)?;
    let parameters = parameters(&made_of, Some(&part("parameters")?)).map_err(|_| lost())?;
    let recipe = Recipe {
        scenario,
        parameters: changed(&made_of, &parameters),
        planner: None,
    };
    Ok((recipe, Some(hash)))
}

/// That a run cannot be made again.
pub fn not_the_same() -> JsValue {
    let message = "this copy of a run has lost its recipe, and its fields do not say how it was made: pass what \
                   simulate gave, or copy it with { ...run, recipe: run.recipe }";
    error("lost_recipe", message)
}
