//! Scenarios and their runs: parse, simulate, compare, explain, check, export.

use std::cell::Cell;
use std::rc::Rc;
use std::sync::Arc;

use js_sys::JSON;
use serde::Serialize;
use tsify::Tsify;
use wasm_bindgen::prelude::*;

use super::answers::ms;
use super::fault::{error, hide, instead, simulation_error};
use super::input::{Fields, instant, is_missing, list, text};
use super::kept::{self, Made};
use super::recipe::{self, Recipe};
use super::scenario::described;
use super::{context, object};
use crate::export::{self, Comparison, Format, comparison_row};
use crate::insight;
use crate::scenario::{Parameters, Scenario};
use crate::schedule::{Cron, EndpointId};
use crate::sim::{Engine, Planning, Trace};
use crate::time::Instant;

/// How deeply simulations may be called from planners of other simulations.
const DEEPEST: u32 = 16;
/// How many values one run may have as an object: some 50 MB of text.
const MOST_VALUES: usize = 2_000_000;
/// The most policies in one comparison.
const MOST_POLICIES: usize = 100;
/// The name that stands for the scenario's own schedule at its defaults.
const DEFAULTS: &str = "defaults";

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"
/** The forms that a run can be exported in. */
export type ExportFormat = "json" | "csv" | "markdown" | "trace-event" | Picture;

/** A picture: of what, and in which colours; by default of everything, as whoever looks at it prefers. */
export type Picture = "svg" | `svg:${Chart}` | `svg:${Colours}` | `svg:${Chart}:${Colours}`;
type Chart = "whole" | "metrics" | "timeline" | "cadence" | "claims";
type Colours = "auto" | "light" | "dark";

export interface Run {
  /**
   * What the run is made of: with it the run is made again when something is asked of it. It is not enumerable, so
   * that copies and comparisons see only the fields above; `{ ...run, recipe: run.recipe }` copies it as well.
   */
  readonly recipe?: unknown;
}
"#;

/// How a scenario is run.
#[derive(Tsify)]
#[serde(rename_all = "camelCase")]
struct SimulateOptions {
    /// Values by name: as numbers (durations in milliseconds), as truths, or as people write them ("30s", "3500/min").
    #[tsify(optional, type = "Record<string, number | boolean | string>")]
    parameters: Option<JsValue>,
    /// An own planner: it is asked after each run that has observed something, and calls tools on its context.
    #[tsify(optional, type = "(context: Context) => void")]
    planner: Option<js_sys::Function>,
    /// What the scenario's rules do beside an own planner: only go on and off ("watch", where nothing is said), or
    /// call tools as well ("act").
    #[tsify(optional, type = "\"watch\" | \"act\"")]
    rules: Option<String>,
}

/// Why something ran or did not.
#[derive(Serialize, Tsify)]
#[serde(rename_all = "camelCase")]
#[tsify(rename = "Explanation")]
struct ExplanationOut {
    #[tsify(type = "\"ran\" | \"did_not_run\"")]
    kind: &'static str,
    endpoint: String,
    #[tsify(type = "Ms")]
    at_ms: f64,
    /// The whole of it in one sentence.
    sentence: String,
    /// The chain that led to it, oldest first.
    steps: Vec<ExplanationStep>,
}

/// One step of an explanation.
#[derive(Serialize, Tsify)]
#[serde(rename_all = "camelCase")]
struct ExplanationStep {
    #[tsify(type = "Ms")]
    at_ms: f64,
    /// What happened, in the reader's words.
    text: String,
    /// The condition or the record behind it; empty if there is none.
    detail: String,
}

/// Reads a scenario. Throws a `ScenarioError` with every fault of the text.
#[wasm_bindgen(unchecked_return_type = "Scenario")]
pub fn parse(
    #[wasm_bindgen(unchecked_param_type = "string")] toml: &JsValue,
) -> Result<JsValue, JsValue> {
    let toml = text(toml, "toml")?;
    let scenario = kept::scenario(&toml)?;
    object(&described(&scenario, &toml))
}

/// Runs a scenario: one that ships by its name, a text in TOML, or what `parse` gave.
#[wasm_bindgen(unchecked_return_type = "Run")]
pub fn simulate(
    #[wasm_bindgen(unchecked_param_type = "string | Scenario")] scenario: &JsValue,
    #[wasm_bindgen(unchecked_optional_param_type = "SimulateOptions | null")] options: &JsValue,
) -> Result<JsValue, JsValue> {
    let named = recipe::scenario_text(scenario)?;
    let fields = Fields::optional(options, "options", &["parameters", "planner", "rules"])?;
    let options = SimulateOptions {
        parameters: fields.get("parameters")?,
        planner: fields.function("planner")?,
        rules: fields.text("rules")?,
    };
    let scenario = kept::scenario(recipe::toml(&named)?)?;
    let parameters = recipe::parameters(&scenario, options.parameters.as_ref())?;
    let trace = match (&options.planner, options.rules.as_deref()) {
        (None, None | Some("act")) => crate::sim::simulate(&scenario, &parameters)
            .map_err(|fault| simulation_error(&fault))?,
        (Some(planner), None | Some("watch")) => {
            planned(&scenario, &parameters, (Planning::Own, planner))?
        }
        (Some(planner), Some("act")) => planned(&scenario, &parameters, (Planning::Both, planner))?,
        (None, Some("watch")) => {
            let message = "options.rules can be \"watch\" only beside options.planner";
            return Err(error("bad_input", message));
        }
        (_, Some(other)) => {
            let message = format!("options.rules cannot be `{other}`; there are watch, act");
            return Err(error("bad_input", &message));
        }
    };
    let recipe = Recipe::of(&trace, named);
    let made = Made::new(trace);
    let run = written(&made)?;
    hide(&run, "recipe", &recipe.written()?)?;
    kept::run(&recipe, &made);
    Ok(run)
}

thread_local! {
    static DEPTH: Cell<u32> = const { Cell::new(0) };
}

/// A run with an own planner, which may itself simulate, but not without end.
fn planned(
    scenario: &Arc<Scenario>,
    parameters: &Parameters,
    (planning, planner): (Planning, &js_sys::Function),
) -> Result<Trace, JsValue> {
    let depth = DEPTH.get();
    if depth >= DEEPEST {
        let message = format!("simulations can be called from planners {DEEPEST} deep at most");
        return Err(error("too_deep", &message));
    }
    let engine = Engine::new(scenario, parameters, Vec::new());
    let engine = engine.map_err(|fault| simulation_error(&fault))?;
    DEPTH.set(depth + 1);
    let trace = context::run_with(engine.planned_by(planning), planner);
    DEPTH.set(depth);
    trace
}

/// The run as an object: what the command line writes, read again.
fn written(made: &Made) -> Result<JsValue, JsValue> {
    let trace = &made.trace;
    let minutes = usize::try_from(trace.end().minute()).unwrap_or(usize::MAX);
    let each = trace.scenario.metrics.len() + trace.endpoints.len() + 4;
    let values = minutes
        .saturating_mul(each)
        .saturating_add(trace.log.runs.len().saturating_mul(6));
    if values > MOST_VALUES {
        let message = format!(
            "a run of {} starts and {minutes} minutes is too large for one object; make cadences longer or the run \
             shorter",
            trace.log.runs.len()
        );
        return Err(error("too_large", &message));
    }
    let json = serde_json::to_string(&export::json(trace, made.findings()?));
    JSON::parse(&json.map_err(|fault| error("internal", &fault.to_string()))?)
}

/// The run that is passed, made again if need be.
pub(super) fn passed(run: &JsValue) -> Result<Rc<Made>, JsValue> {
    let (recipe, hash) = recipe::of_run(run)?;
    let made = kept::made(&recipe)?;
    match hash {
        Some(hash) if hash != format!("{:016x}", made.trace.hash()) => Err(recipe::not_the_same()),
        _ => Ok(made),
    }
}

/// The run beside other schedules: names of its own `comparison`, "defaults", or cron expressions for all checks.
/// Without policies, those of its `comparison`.
#[wasm_bindgen(unchecked_return_type = "Comparison[]")]
pub fn compare(
    #[wasm_bindgen(unchecked_param_type = "Run")] run: &JsValue,
    #[wasm_bindgen(unchecked_optional_param_type = "string[] | null")] policies: &JsValue,
) -> Result<JsValue, JsValue> {
    let wanted = if is_missing(policies) {
        None
    } else {
        let mut wanted = Vec::new();
        for (index, policy) in list(policies, "policies")?.iter().enumerate() {
            wanted.push(text(policy, &format!("policies[{index}]"))?);
        }
        if wanted.len() > MOST_POLICIES {
            let message = format!("policies has more than {MOST_POLICIES} entries");
            return Err(error("too_large", &message));
        }
        Some(wanted)
    };
    let made = passed(run)?;
    let rows: Result<Vec<Comparison>, JsValue> = match wanted {
        None => Ok(made
            .findings()?
            .comparison
            .iter()
            .map(comparison_row)
            .collect()),
        Some(wanted) => wanted
            .iter()
            .map(|policy| compared(&made, policy))
            .collect(),
    };
    object(&rows?)
}

fn compared(made: &Made, policy: &str) -> Result<Comparison, JsValue> {
    let trace = &made.trace;
    let known = &made.findings()?.comparison;
    if let Some(found) = known.iter().find(|known| known.policy == policy) {
        return Ok(comparison_row(found));
    }
    let failed = |fault: crate::sim::SimulationError| simulation_error(&fault);
    if policy == DEFAULTS {
        let defaults = Parameters::new(&trace.scenario);
        let run = crate::sim::simulate(&trace.scenario, &defaults).map_err(failed)?;
        let own = insight::compare(&run).map_err(failed)?.into_iter().next();
        let mut own = own.ok_or_else(|| error("internal", "a run is not compared with itself"))?;
        DEFAULTS.clone_into(&mut own.policy);
        return Ok(comparison_row(&own));
    }
    if policy.split_whitespace().count() >= 5 {
        let cron = Cron::new(policy, trace.scenario.zone, trace.scenario.epoch_ms);
        return insight::compare_cron(trace, &cron)
            .map(|found| comparison_row(&found))
            .map_err(|fault| error("bad_cron", &format!("`{policy}`: {fault}")));
    }
    let names: Vec<&str> = known
        .iter()
        .map(|known| known.policy.as_str())
        .chain([DEFAULTS])
        .collect();
    let hint = instead(policy, &names, ", and cron expressions");
    Err(error(
        "unknown_policy",
        &format!("unknown policy `{policy}`{hint}"),
    ))
}

/// Why an endpoint ran at a moment, or why it did not.
#[wasm_bindgen(unchecked_return_type = "Explanation")]
pub fn explain(
    #[wasm_bindgen(unchecked_param_type = "Run")] run: &JsValue,
    #[wasm_bindgen(unchecked_param_type = "string")] endpoint: &JsValue,
    #[wasm_bindgen(js_name = atMs, unchecked_param_type = "Ms")] at_ms: &JsValue,
) -> Result<JsValue, JsValue> {
    let (endpoint, at) = (text(endpoint, "endpoint")?, instant(at_ms, "atMs")?);
    let made = passed(run)?;
    let trace = &made.trace;
    let id = known(trace, &endpoint)?;
    if at < Instant::START || at >= trace.end() {
        let end = trace.end().ms();
        let message = format!("atMs must lie from 0 to before the end of the run, {end}");
        return Err(error("out_of_range", &message));
    }
    let explanation = insight::explain(trace, id, at);
    object(&ExplanationOut {
        kind: explanation.kind.name(),
        endpoint,
        at_ms: ms(at),
        sentence: explanation.sentence,
        steps: explanation
            .steps
            .into_iter()
            .map(|step| ExplanationStep {
                at_ms: ms(step.at),
                text: step.text,
                detail: step.detail,
            })
            .collect(),
    })
}

fn known(trace: &Trace, endpoint: &str) -> Result<EndpointId, JsValue> {
    trace.scenario.endpoint(endpoint).map_err(|near| {
        let all = || {
            let ids = trace.scenario.endpoints.iter().map(|e| e.id.as_str());
            format!("; there are {}", ids.collect::<Vec<_>>().join(", "))
        };
        let hint = near.map_or_else(all, |near| format!(", did you mean `{near}`?"));
        error(
            "unknown_endpoint",
            &format!("unknown endpoint `{endpoint}`{hint}"),
        )
    })
}

/// What the scenario claims, and what came out.
#[wasm_bindgen(unchecked_return_type = "Claim[]")]
pub fn claims(
    #[wasm_bindgen(unchecked_param_type = "Run")] run: &JsValue,
) -> Result<JsValue, JsValue> {
    let made = passed(run)?;
    object(&export::claim_rows(&insight::claims(&made.trace)))
}

/// The run as a text: the same bytes as the command line's `--format`.
#[wasm_bindgen(js_name = exportAs)]
pub fn export_as(
    #[wasm_bindgen(unchecked_param_type = "Run")] run: &JsValue,
    #[wasm_bindgen(unchecked_param_type = "ExportFormat")] format: &JsValue,
) -> Result<String, JsValue> {
    let format = text(format, "format")?;
    let format = Format::named(&format).ok_or_else(|| {
        let hint = instead(&format, &Format::ALL.map(Format::name), "");
        error(
            "unknown_format",
            &format!("unknown format `{format}`{hint}"),
        )
    })?;
    let made = passed(run)?;
    export::export(&made.trace, made.findings()?, format).map_err(|fault| error("internal", &fault))
}
