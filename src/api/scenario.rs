//! A scenario as a plain object: what can be asked of it, and the text that it was read from.

use serde::Serialize;
use tsify::Tsify;

use crate::rule::Unit;
use crate::scenario::{Form, Parameter, Scenario};
use crate::schedule::EndpointId;

/// A checked scenario. It is a plain object: to run it is to read its `toml` again.
#[derive(Serialize, Tsify)]
#[serde(rename_all = "camelCase")]
#[tsify(rename = "Scenario")]
pub struct ScenarioOut {
    /// The name that exports use.
    name: String,
    /// The name that people read.
    title: String,
    about: String,
    #[tsify(type = "Ms")]
    duration_ms: i64,
    phases: Vec<Phase>,
    metrics: Vec<Metric>,
    endpoints: Vec<ScenarioEndpoint>,
    rules: Vec<Rule>,
    /// Everything that can be changed by `simulate(scenario, { parameters })`.
    #[tsify(type = "Parameter[]")]
    parameters: Vec<ParameterOut>,
    /// The text that all of this was read from.
    toml: String,
}

/// A stretch of the run with its own values.
#[derive(Serialize, Tsify)]
#[serde(rename_all = "camelCase")]
struct Phase {
    id: String,
    name: String,
    #[tsify(type = "Ms")]
    from_ms: i64,
}

/// Something in the world that can be measured.
#[derive(Serialize, Tsify)]
struct Metric {
    id: String,
    name: String,
}

/// An endpoint of a scenario.
#[derive(Serialize, Tsify)]
struct ScenarioEndpoint {
    id: String,
    name: String,
    #[tsify(type = "Tier")]
    tier: &'static str,
    /// The metrics that its runs observe.
    observes: Vec<String>,
}

/// A rule of the scenario's own planner.
#[derive(Serialize, Tsify)]
struct Rule {
    id: String,
    name: String,
    /// The endpoints that it calls tools on.
    calls: Vec<String>,
}

/// Something that can be changed from outside.
#[derive(Serialize, Tsify)]
#[tsify(rename = "Parameter")]
struct ParameterOut {
    name: String,
    /// What it is.
    text: String,
    /// Numbers are milliseconds for a duration, and a minute for a rate.
    #[tsify(type = "\"boolean\" | \"integer\" | \"duration\" | \"rate\" | \"number\"")]
    kind: &'static str,
    from: f64,
    to: f64,
    /// The value where nothing else is said; 0 or 1 for a boolean.
    default: f64,
}

fn kind(parameter: &Parameter) -> &'static str {
    match parameter.form {
        Form::Truth => "boolean",
        Form::Whole => "integer",
        Form::Number(Unit::DURATION) => "duration",
        Form::Number(Unit::RATE) => "rate",
        Form::Number(_) => "number",
    }
}

/// What can be asked of a scenario.
pub fn described(scenario: &Scenario, toml: &str) -> ScenarioOut {
    let endpoint = |id: EndpointId| {
        let endpoint = scenario.endpoints.get(id.index());
        endpoint.map_or(String::new(), |endpoint| endpoint.id.clone())
    };
    let observed = |index: &usize| Some(scenario.metrics.get(*index)?.id.clone());
    ScenarioOut {
        name: scenario.name.clone(),
        title: scenario.title.clone(),
        about: scenario.about.clone(),
        duration_ms: scenario.duration.ms(),
        phases: scenario
            .phases
            .iter()
            .map(|phase| Phase {
                id: phase.id.clone(),
                name: phase.name.clone(),
                from_ms: phase.from.ms(),
            })
            .collect(),
        metrics: scenario
            .metrics
            .iter()
            .map(|metric| Metric {
                id: metric.id.clone(),
                name: metric.name.clone(),
            })
            .collect(),
        endpoints: scenario
            .endpoints
            .iter()
            .map(|endpoint| ScenarioEndpoint {
                id: endpoint.id.clone(),
                name: endpoint.name.clone(),
                tier: endpoint.schedule.tier.name(),
                observes: endpoint.observes.iter().filter_map(observed).collect(),
            })
            .collect(),
        rules: scenario
            .rules
            .iter()
            .map(|rule| Rule {
                id: rule.id.clone(),
                name: rule.name.clone(),
                calls: rule
                    .calls
                    .iter()
                    .map(|call| endpoint(call.endpoint))
                    .collect(),
            })
            .collect(),
        parameters: scenario
            .parameters
            .iter()
            .map(|parameter| ParameterOut {
                name: parameter.name.clone(),
                text: parameter.text.clone(),
                kind: kind(parameter),
                from: parameter.from,
                to: parameter.to,
                default: parameter.default,
            })
            .collect(),
        toml: toml.to_owned(),
    }
}
