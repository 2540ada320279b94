//! A run as one JSON object. Fields may be added; those that are here stay.

use serde::Serialize;
use std::collections::BTreeMap;

use super::{Findings, cut};
use crate::insight::{ClaimResult, PolicyResult, run_reason, snapshots, totals};
use crate::scenario::{Form, Parameter};
use crate::schedule::{EndpointId, Tier};
use crate::sim::Trace;

/// A run with everything that is said about it, as `--format json` writes it. Times are integer milliseconds.
#[derive(Serialize)]
#[cfg_attr(
    all(target_arch = "wasm32", feature = "api"),
    derive(tsify::Tsify),
    tsify(rename = "Run", missing_as_null, hashmap_as_object)
)]
pub struct Json {
    /// The version of this form.
    accelerando: u32,
    /// The scenario's name.
    scenario: String,
    /// All parameters; durations in milliseconds, rates a minute.
    parameters: BTreeMap<String, ParameterValue>,
    /// The same only for runs that are the same: 16 hexadecimal digits.
    result_hash: String,
    /// All starts, in order of time.
    runs: Vec<RunRow>,
    /// What was said to people.
    messages: Vec<Message>,
    /// Attempts to recover.
    recoveries: Vec<Recovery>,
    /// The run minute by minute.
    snapshots: Vec<Snapshot>,
    /// What the scenario claims, and what came out.
    claims: Vec<Claim>,
    /// What must hold for every run.
    invariants: Vec<Invariant>,
    /// How many runs there were.
    totals: Totals,
    /// The run beside fixed schedules; `adaptive` is the run itself.
    comparison: Vec<Comparison>,
    /// The failure that ended an own planner; absent if none did.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(all(target_arch = "wasm32", feature = "api"), tsify(optional))]
    planner_fault: Option<PlannerFault>,
    /// What is not here since there is more of it than a limit allows, in words; absent if everything is.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(all(target_arch = "wasm32", feature = "api"), tsify(optional))]
    left_out: Option<Vec<String>>,
}

/// The failure that ended an own planner.
#[derive(Serialize)]
#[cfg_attr(
    all(target_arch = "wasm32", feature = "api"),
    derive(tsify::Tsify),
    tsify(missing_as_null)
)]
struct PlannerFault {
    /// When.
    at_ms: i64,
    /// Whose observation it looked at.
    endpoint: String,
    /// What it said.
    message: String,
}

#[derive(Serialize)]
#[cfg_attr(
    all(target_arch = "wasm32", feature = "api"),
    derive(tsify::Tsify),
    tsify(missing_as_null, hashmap_as_object)
)]
#[serde(untagged)]
enum ParameterValue {
    Truth(bool),
    Whole(i64),
    Number(f64),
}

#[derive(Serialize)]
#[cfg_attr(
    all(target_arch = "wasm32", feature = "api"),
    derive(tsify::Tsify),
    tsify(missing_as_null, hashmap_as_object)
)]
struct RunRow {
    endpoint: String,
    start_ms: i64,
    /// Nothing if it was still running at the end.
    end_ms: Option<i64>,
    #[cfg_attr(
        all(target_arch = "wasm32", feature = "api"),
        tsify(type = "Source | null")
    )]
    source: Option<&'static str>,
    ok: bool,
    reason: String,
}

#[derive(Serialize)]
#[cfg_attr(
    all(target_arch = "wasm32", feature = "api"),
    derive(tsify::Tsify),
    tsify(missing_as_null, hashmap_as_object)
)]
struct Message {
    endpoint: String,
    at_ms: i64,
    text: String,
    cooldown_until_ms: i64,
}

#[derive(Serialize)]
#[cfg_attr(
    all(target_arch = "wasm32", feature = "api"),
    derive(tsify::Tsify),
    tsify(missing_as_null, hashmap_as_object)
)]
struct Recovery {
    endpoint: String,
    at_ms: i64,
    succeeded: bool,
    effect: String,
}

#[derive(Serialize)]
#[cfg_attr(
    all(target_arch = "wasm32", feature = "api"),
    derive(tsify::Tsify),
    tsify(missing_as_null, hashmap_as_object)
)]
struct Snapshot {
    minute: i64,
    phase: String,
    /// What was true; nothing where a value is not known.
    metrics: BTreeMap<String, Option<f64>>,
    awake: Vec<String>,
    runs: usize,
}

/// A claim and what came out.
#[derive(Serialize)]
#[cfg_attr(
    all(target_arch = "wasm32", feature = "api"),
    derive(tsify::Tsify),
    tsify(missing_as_null, hashmap_as_object)
)]
pub struct Claim {
    id: String,
    text: String,
    holds: bool,
    expected: String,
    actual: String,
    /// The moment that proves or breaks it.
    at_ms: Option<i64>,
}

#[derive(Serialize)]
#[cfg_attr(
    all(target_arch = "wasm32", feature = "api"),
    derive(tsify::Tsify),
    tsify(missing_as_null, hashmap_as_object)
)]
struct Invariant {
    id: &'static str,
    text: &'static str,
    holds: bool,
    checked: usize,
    /// The first of them.
    violations: Vec<Violation>,
    /// How many there are besides; absent if there are none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(all(target_arch = "wasm32", feature = "api"), tsify(optional))]
    more_violations: Option<usize>,
}

#[derive(Serialize)]
#[cfg_attr(
    all(target_arch = "wasm32", feature = "api"),
    derive(tsify::Tsify),
    tsify(missing_as_null, hashmap_as_object)
)]
struct Violation {
    endpoint: String,
    at_ms: i64,
    text: String,
}

#[derive(Serialize)]
#[cfg_attr(
    all(target_arch = "wasm32", feature = "api"),
    derive(tsify::Tsify),
    tsify(missing_as_null, hashmap_as_object)
)]
struct Totals {
    runs: usize,
    /// Runs that look: health and investigation.
    checks: usize,
    by_endpoint: BTreeMap<String, usize>,
    #[cfg_attr(
        all(target_arch = "wasm32", feature = "api"),
        tsify(type = "Record<Tier, number>")
    )]
    by_tier: BTreeMap<&'static str, usize>,
}

/// What a schedule would have seen of the same world.
#[derive(Serialize)]
#[cfg_attr(
    all(target_arch = "wasm32", feature = "api"),
    derive(tsify::Tsify),
    tsify(missing_as_null, hashmap_as_object)
)]
pub struct Comparison {
    policy: String,
    runs: usize,
    /// From the beginning of the first problem to the first run that observes it.
    detection_delay_ms: Option<i64>,
    /// Time in which a problem was true and had not been seen.
    blind_ms: i64,
    messages: usize,
    checks: usize,
    checks_a_day: f64,
    /// Over many starts of the sale; nothing with an own planner, which cannot be asked again.
    mean_delay_ms: Option<i64>,
    /// See `mean_delay_ms`.
    worst_delay_ms: Option<i64>,
}

fn value(parameter: &Parameter, value: f64) -> ParameterValue {
    match parameter.form {
        Form::Truth => ParameterValue::Truth(value != 0.0),
        Form::Whole => ParameterValue::Whole(value as i64),
        // Whole numbers without a point, as people write them.
        Form::Number(_) if value.fract() == 0.0 && value.abs() < 9e15 => {
            ParameterValue::Whole(value as i64)
        }
        Form::Number(_) => ParameterValue::Number(value),
    }
}

/// The object for a trace and what is said about it.
#[must_use]
pub fn json(trace: &Trace, findings: &Findings) -> Json {
    let scenario = &trace.scenario;
    let name = |id: EndpointId| name_of(trace, id);
    let totals = totals(trace);
    let parameters = scenario.parameters.iter().zip(trace.parameters.values());
    Json {
        accelerando: 1,
        scenario: scenario.name.clone(),
        parameters: parameters
            .map(|(parameter, v)| (parameter.name.clone(), value(parameter, *v)))
            .collect(),
        result_hash: format!("{:016x}", trace.hash()),
        runs: trace
            .log
            .runs
            .iter()
            .map(|run| RunRow {
                endpoint: name(run.endpoint),
                start_ms: run.start.ms(),
                end_ms: run.end().map(|end| end.ms()),
                source: run.source.map(|source| source.name()),
                ok: run.ok,
                reason: run_reason(trace, run),
            })
            .collect(),
        messages: trace
            .messages
            .iter()
            .map(|message| Message {
                endpoint: name(message.endpoint),
                at_ms: message.at.ms(),
                text: message.text.clone(),
                cooldown_until_ms: message.cooldown_until.ms(),
            })
            .collect(),
        recoveries: trace
            .recoveries
            .iter()
            .map(|attempt| {
                let effect = scenario
                    .endpoints
                    .get(attempt.endpoint.index())
                    .and_then(|e| e.effect.as_ref());
                Recovery {
                    endpoint: name(attempt.endpoint),
                    at_ms: attempt.at.ms(),
                    succeeded: attempt.succeeded,
                    effect: effect.map_or(String::new(), |effect| effect.text.clone()),
                }
            })
            .collect(),
        snapshots: snapshot_rows(trace),
        claims: claim_rows(&findings.claims),
        invariants: invariant_rows(trace, findings),
        totals: Totals {
            runs: totals.runs,
            checks: totals.checks,
            by_endpoint: (0..)
                .map(EndpointId)
                .zip(&totals.by_endpoint)
                .map(|(id, count)| (name(id), *count))
                .collect(),
            by_tier: Tier::ALL
                .iter()
                .map(|tier| tier.name())
                .zip(totals.by_tier)
                .collect(),
        },
        comparison: findings.comparison.iter().map(comparison_row).collect(),
        planner_fault: trace.planner_fault.as_ref().map(|fault| PlannerFault {
            at_ms: fault.at.ms(),
            endpoint: name(fault.endpoint),
            message: fault.message.clone(),
        }),
        left_out: Some(cut::all(trace, findings)).filter(|notes| !notes.is_empty()),
    }
}

fn name_of(trace: &Trace, id: EndpointId) -> String {
    let endpoint = trace.endpoints.get(id.index());
    endpoint.map_or(String::new(), |endpoint| endpoint.name.clone())
}

fn snapshot_rows(trace: &Trace) -> Vec<Snapshot> {
    let scenario = &trace.scenario;
    let name = |id: EndpointId| name_of(trace, id);
    snapshots(trace)
        .into_iter()
        .map(|snapshot| Snapshot {
            minute: snapshot.minute,
            phase: scenario
                .phases
                .get(snapshot.phase)
                .map_or(String::new(), |phase| phase.name.clone()),
            metrics: scenario
                .metrics
                .iter()
                .zip(&snapshot.metrics)
                .map(|(metric, value)| (metric.id.clone(), value.is_finite().then_some(*value)))
                .collect(),
            awake: snapshot.awake.into_iter().map(name).collect(),
            runs: snapshot.runs,
        })
        .collect()
}

/// Claims as they are written.
#[must_use]
pub fn claim_rows(claims: &[ClaimResult]) -> Vec<Claim> {
    claims
        .iter()
        .map(|claim| Claim {
            id: claim.id.clone(),
            text: claim.text.clone(),
            holds: claim.holds,
            expected: claim.expected.clone(),
            actual: claim.actual.clone(),
            at_ms: claim.at.map(|at| at.ms()),
        })
        .collect()
}

fn invariant_rows(trace: &Trace, findings: &Findings) -> Vec<Invariant> {
    findings
        .invariants
        .iter()
        .map(|invariant| Invariant {
            id: invariant.id,
            text: invariant.text,
            holds: invariant.holds(),
            checked: invariant.checked,
            violations: invariant
                .violations
                .iter()
                .map(|v| Violation {
                    endpoint: name_of(trace, v.endpoint),
                    at_ms: v.at.ms(),
                    text: v.text.clone(),
                })
                .collect(),
            more_violations: Some(invariant.more).filter(|more| *more > 0),
        })
        .collect()
}

/// A policy as it is written.
#[must_use]
pub fn comparison_row(policy: &PolicyResult) -> Comparison {
    Comparison {
        policy: policy.policy.clone(),
        runs: policy.runs,
        detection_delay_ms: policy.detection_delay.map(|delay| delay.ms()),
        blind_ms: policy.blind.ms(),
        messages: policy.messages,
        checks: policy.checks,
        checks_a_day: policy.checks_a_day,
        mean_delay_ms: policy.shifted.map(|(mean, _)| mean.ms()),
        worst_delay_ms: policy.shifted.map(|(_, worst)| worst.ms()),
    }
}
