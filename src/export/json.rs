//! A run as one JSON object. Fields may be added; those that are here stay.

use serde::Serialize;
use std::collections::BTreeMap;

use super::Findings;
use crate::insight::{run_reason, snapshots, totals};
use crate::scenario::{Form, Parameter};
use crate::schedule::{EndpointId, Tier};
use crate::sim::Trace;

/// The whole object.
#[derive(Serialize)]
pub struct Json {
    accelerando: u32,
    scenario: String,
    parameters: BTreeMap<String, Value>,
    result_hash: String,
    runs: Vec<RunRow>,
    messages: Vec<MessageRow>,
    recoveries: Vec<RecoveryRow>,
    snapshots: Vec<SnapshotRow>,
    claims: Vec<ClaimRow>,
    invariants: Vec<InvariantRow>,
    totals: TotalsRow,
    comparison: Vec<PolicyRow>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Value {
    Truth(bool),
    Whole(i64),
    Number(f64),
}

#[derive(Serialize)]
struct RunRow {
    endpoint: String,
    start_ms: i64,
    end_ms: Option<i64>,
    source: Option<&'static str>,
    ok: bool,
    reason: String,
}

#[derive(Serialize)]
struct MessageRow {
    endpoint: String,
    at_ms: i64,
    text: String,
    cooldown_until_ms: i64,
}

#[derive(Serialize)]
struct RecoveryRow {
    endpoint: String,
    at_ms: i64,
    succeeded: bool,
    effect: String,
}

#[derive(Serialize)]
struct SnapshotRow {
    minute: i64,
    phase: String,
    metrics: BTreeMap<String, Option<f64>>,
    awake: Vec<String>,
    runs: usize,
}

#[derive(Serialize)]
struct ClaimRow {
    id: String,
    text: String,
    holds: bool,
    expected: String,
    actual: String,
    at_ms: Option<i64>,
}

#[derive(Serialize)]
struct InvariantRow {
    id: &'static str,
    text: &'static str,
    holds: bool,
    checked: usize,
    violations: Vec<ViolationRow>,
}

#[derive(Serialize)]
struct ViolationRow {
    endpoint: String,
    at_ms: i64,
    text: String,
}

#[derive(Serialize)]
struct TotalsRow {
    runs: usize,
    checks: usize,
    by_endpoint: BTreeMap<String, usize>,
    by_tier: BTreeMap<&'static str, usize>,
}

#[derive(Serialize)]
struct PolicyRow {
    policy: String,
    runs: usize,
    detection_delay_ms: Option<i64>,
    blind_ms: i64,
    messages: usize,
    checks: usize,
    checks_a_day: f64,
    mean_delay_ms: Option<i64>,
    worst_delay_ms: Option<i64>,
}

fn value(parameter: &Parameter, value: f64) -> Value {
    match parameter.form {
        Form::Truth => Value::Truth(value != 0.0),
        Form::Whole => Value::Whole(value as i64),
        // Whole numbers without a point, as people write them.
        Form::Number(_) if value.fract() == 0.0 && value.abs() < 9e15 => Value::Whole(value as i64),
        Form::Number(_) => Value::Number(value),
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
            .map(|message| MessageRow {
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
                RecoveryRow {
                    endpoint: name(attempt.endpoint),
                    at_ms: attempt.at.ms(),
                    succeeded: attempt.succeeded,
                    effect: effect.map_or(String::new(), |effect| effect.text.clone()),
                }
            })
            .collect(),
        snapshots: snapshot_rows(trace),
        claims: claim_rows(findings),
        invariants: invariant_rows(trace, findings),
        totals: TotalsRow {
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
        comparison: policy_rows(findings),
    }
}

fn name_of(trace: &Trace, id: EndpointId) -> String {
    let endpoint = trace.endpoints.get(id.index());
    endpoint.map_or(String::new(), |endpoint| endpoint.name.clone())
}

fn snapshot_rows(trace: &Trace) -> Vec<SnapshotRow> {
    let scenario = &trace.scenario;
    let name = |id: EndpointId| name_of(trace, id);
    snapshots(trace)
        .into_iter()
        .map(|snapshot| SnapshotRow {
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

fn claim_rows(findings: &Findings) -> Vec<ClaimRow> {
    findings
        .claims
        .iter()
        .map(|claim| ClaimRow {
            id: claim.id.clone(),
            text: claim.text.clone(),
            holds: claim.holds,
            expected: claim.expected.clone(),
            actual: claim.actual.clone(),
            at_ms: claim.at.map(|at| at.ms()),
        })
        .collect()
}

fn invariant_rows(trace: &Trace, findings: &Findings) -> Vec<InvariantRow> {
    findings
        .invariants
        .iter()
        .map(|invariant| InvariantRow {
            id: invariant.id,
            text: invariant.text,
            holds: invariant.holds(),
            checked: invariant.checked,
            violations: invariant
                .violations
                .iter()
                .map(|v| ViolationRow {
                    endpoint: name_of(trace, v.endpoint),
                    at_ms: v.at.ms(),
                    text: v.text.clone(),
                })
                .collect(),
        })
        .collect()
}

fn policy_rows(findings: &Findings) -> Vec<PolicyRow> {
    findings
        .comparison
        .iter()
        .map(|policy| PolicyRow {
            policy: policy.policy.clone(),
            runs: policy.runs,
            detection_delay_ms: policy.detection_delay.map(|delay| delay.ms()),
            blind_ms: policy.blind.ms(),
            messages: policy.messages,
            checks: policy.checks,
            checks_a_day: policy.checks_a_day,
            mean_delay_ms: policy.shifted.map(|(mean, _)| mean.ms()),
            worst_delay_ms: policy.shifted.map(|(_, worst)| worst.ms()),
        })
        .collect()
}
