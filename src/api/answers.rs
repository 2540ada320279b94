//! Decisions and answers to tool calls as plain objects.

use serde::Serialize;
use tsify::Tsify;
use wasm_bindgen::prelude::*;

use super::fault::error;
use super::object;
use crate::diagnostic::nearest;
use crate::schedule::{
    Baseline, CallId, Decision, EndpointId, PauseEnd, Refusal, Scheduler, Source,
};
use crate::time::Instant;

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"
/** Integer milliseconds. Instants count from the start of the run, or from the start that the caller has chosen. */
export type Ms = number;
export type Source = "baseline" | "interval_hint" | "one_shot";
export type Tier = "health" | "investigation" | "recovery" | "alert";
/** What a tool call comes to. */
export type Answer = Accepted | Refused;
"#;

/// A time that the governor considered.
#[derive(Serialize, Tsify)]
#[serde(rename_all = "camelCase")]
struct Candidate {
    #[tsify(type = "Source")]
    source: &'static str,
    /// After floors and clamps.
    #[tsify(type = "Ms")]
    at_ms: f64,
    counts: bool,
    /// Why it does not count.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[tsify(
        optional,
        type = "\"expired\" | \"expires_first\" | \"overridden\" | \"paused\""
    )]
    why: Option<&'static str>,
}

/// A pause in force.
#[derive(Serialize, Tsify)]
#[serde(rename_all = "camelCase")]
struct Pause {
    /// Null until it is lifted.
    #[tsify(type = "Ms | null")]
    until_ms: Option<f64>,
    reason: String,
}

/// What is planned for an endpoint, and why.
#[derive(Serialize, Tsify)]
#[serde(rename_all = "camelCase")]
#[tsify(rename = "Decision")]
pub struct DecisionOut {
    endpoint: String,
    /// The planned start; null while the endpoint runs, sleeps or has nothing to do.
    #[tsify(type = "Ms | null")]
    at_ms: Option<f64>,
    #[tsify(type = "Source | null")]
    source: Option<&'static str>,
    #[tsify(type = "Ms")]
    decided_at_ms: f64,
    /// Start of the run before.
    #[tsify(type = "Ms | null")]
    anchor_ms: Option<f64>,
    candidates: Vec<Candidate>,
    /// What moved the winner.
    #[tsify(type = "\"min\" | \"max\" | \"cooldown\" | \"now\" | null")]
    clamp: Option<&'static str>,
    /// The pause in force.
    #[tsify(type = "Pause | null")]
    pause: Option<Pause>,
    /// When the winning hint expires.
    #[tsify(type = "Ms | null")]
    expires_at_ms: Option<f64>,
    reason: String,
}

/// A tool call that was taken.
#[derive(Serialize, Tsify)]
struct Accepted {
    #[tsify(type = "true")]
    accepted: bool,
    /// What is planned now.
    #[tsify(type = "Decision")]
    decision: DecisionOut,
}

/// A tool call that was refused, and changed nothing.
#[derive(Serialize, Tsify)]
struct Refused {
    #[tsify(type = "false")]
    accepted: bool,
    #[tsify(
        type = "\"unknown_endpoint\" | \"not_positive\" | \"in_the_past\" | \"after_expiry\" | \"in_cooldown\""
    )]
    code: &'static str,
    message: String,
}

/// An instant as JavaScript has it: beyond 2^53, which sums of what callers pass can reach, it is the nearest number.
pub fn ms(at: Instant) -> f64 {
    at.ms() as f64
}

/// The name of an endpoint.
pub fn name(core: &Scheduler, id: EndpointId) -> String {
    core.endpoint(id)
        .map_or(String::new(), |endpoint| endpoint.name.clone())
}

/// That no endpoint has that name, and which one may be meant.
fn unknown(core: &Scheduler, endpoint: &str) -> String {
    let ids = (0..core.len()).filter_map(|index| {
        let id = EndpointId(u32::try_from(index).ok()?);
        core.endpoint(id).map(|endpoint| endpoint.name.as_str())
    });
    match nearest(endpoint, ids) {
        Some(near) => format!("unknown endpoint `{endpoint}`, did you mean `{near}`?"),
        None => format!("unknown endpoint `{endpoint}`"),
    }
}

/// The endpoint of that name.
pub fn known(core: &Scheduler, endpoint: &str) -> Result<EndpointId, JsValue> {
    core.find(endpoint)
        .ok_or_else(|| error("unknown_endpoint", &unknown(core, endpoint)))
}

/// The answer to a call.
pub fn answer(
    core: &Scheduler,
    endpoint: &str,
    came: Result<Option<Decision>, Refusal>,
) -> Result<JsValue, JsValue> {
    match came {
        Ok(Some(decision)) => object(&Accepted {
            accepted: true,
            decision: out(core, &decision),
        }),
        Ok(None) => Err(error("internal", "an accepted call has no decision")),
        Err(refusal) => object(&Refused {
            accepted: false,
            code: refusal.code(),
            message: match refusal {
                Refusal::UnknownEndpoint => unknown(core, endpoint),
                other => format!("`{endpoint}`: {other}"),
            },
        }),
    }
}

/// What is planned for an endpoint now.
pub fn decided(core: &Scheduler, id: EndpointId) -> Result<JsValue, JsValue> {
    let decision = core.decision(id).map(|decision| out(core, &decision));
    object(&decision)
}

fn out(core: &Scheduler, decision: &Decision) -> DecisionOut {
    let reason_of = |call: CallId| {
        let call = core.log().call(call);
        call.map_or(String::new(), |call| call.reason.to_string())
    };
    let candidates = decision.considered().map(|candidate| Candidate {
        source: candidate.source.name(),
        at_ms: ms(candidate.at),
        counts: candidate.not_counting.is_none(),
        why: candidate.not_counting.map(|why| why.name()),
    });
    let pause = decision.pause.map(|pause| Pause {
        until_ms: match pause.end {
            PauseEnd::At(until) => Some(ms(until)),
            PauseEnd::Forever | PauseEnd::Condition(_) => None,
        },
        reason: reason_of(pause.call),
    });
    let reason = match decision.winner() {
        Some(winner) => match winner.call {
            Some(call) => reason_of(call),
            None => baseline(core, decision.endpoint),
        },
        None if decision.running => "running".to_owned(),
        None => pause
            .as_ref()
            .map_or("nothing is planned".to_owned(), |pause| {
                pause.reason.clone()
            }),
    };
    DecisionOut {
        endpoint: name(core, decision.endpoint),
        at_ms: decision.at.map(ms),
        source: decision.source.map(Source::name),
        decided_at_ms: ms(decision.decided_at),
        anchor_ms: decision.anchor.map(ms),
        candidates: candidates.collect(),
        clamp: decision.clamp.map(|clamp| clamp.name()),
        pause,
        expires_at_ms: decision.expires().map(ms),
        reason,
    }
}

fn baseline(core: &Scheduler, id: EndpointId) -> String {
    match core.endpoint(id).map(|endpoint| &endpoint.baseline) {
        Some(Baseline::Every(every)) => format!("its own schedule: every {every}"),
        Some(Baseline::Cron(cron)) => format!("its own schedule: cron {}", cron.expression()),
        _ => String::new(),
    }
}
