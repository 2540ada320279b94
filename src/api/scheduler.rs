//! The live core for JavaScript: a scheduler that somebody else's clock drives.

use std::sync::Arc;

use js_sys::Array;
use serde::Serialize;
use wasm_bindgen::prelude::*;

use super::input::{Fields, instant};
use super::{error, object};
use crate::diagnostic::nearest;
use crate::schedule::{
    Baseline, Cron, Decision, Endpoint, EndpointId, Governor, Options, Origin, PauseEnd, Refusal,
    Scheduler, Source, Tier, Tool, Zone,
};
use crate::time::Instant;

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"
/** Integer milliseconds. Instants count from the start that the caller has chosen. */
export type Ms = number;
export type Source = "baseline" | "interval_hint" | "one_shot";

/** One piece of recurring or on-demand work. */
export interface EndpointSpec {
  id: string;
  /** "health" where nothing is said. */
  tier?: "health" | "investigation" | "recovery" | "alert";
  /** Baseline: run so often. Not together with `cron`; without either it runs on demand only. */
  everyMs?: Ms;
  /** Baseline: five fields, or six with seconds first, in the scheduler's time zone. */
  cron?: string;
  /** Smallest start-to-start gap, 20 s where nothing is said. */
  minMs?: Ms;
  /** Largest start-to-start gap of a baseline or an interval hint, 15 min where nothing is said. */
  maxMs?: Ms;
  /** Shortest time between two executions, from the start of the last. */
  cooldownMs?: Ms;
  /** When an endpoint that has never run is first due. */
  startAtMs?: Ms;
  /** Paused until it is woken with `pauseUntil(id, null, …)`. */
  asleep?: boolean;
}

export interface SchedulerOptions {
  /** How an interval hint and the baseline compete: the tighter wins, or the hint replaces the baseline. */
  governor?: "tightest" | "override";
  /** IANA name of the zone that cron expressions are read in, "UTC" where nothing is said. */
  timeZone?: string;
  /** Wall time of instant 0, in milliseconds after 1970-01-01 UTC. */
  epochMs?: Ms;
}

/** A time that the governor considered. */
export interface Candidate {
  source: Source;
  /** After floors and clamps. */
  atMs: Ms;
  counts: boolean;
  /** Why it does not count. */
  why?: string;
}

/** What is planned for an endpoint, and why. */
export interface Decision {
  endpoint: string;
  /** The planned start; null while the endpoint runs, sleeps or has nothing to do. */
  atMs: Ms | null;
  source: Source | null;
  decidedAtMs: Ms;
  /** Start of the run before. */
  anchorMs: Ms | null;
  candidates: Candidate[];
  /** What moved the winner. */
  clamp: "min" | "max" | "cooldown" | "now" | null;
  /** The pause in force; `untilMs` is null until it is lifted. */
  pause: { untilMs: Ms | null; reason: string } | null;
  /** When the winning hint expires. */
  expiresAtMs: Ms | null;
  reason: string;
}

export type Answer =
  | { accepted: true; decision: Decision }
  | { accepted: false; code: string; message: string };

export interface IntervalHintSpec { everyMs: Ms; ttlMs: Ms; reason?: string }
export interface OneShotSpec { atMs?: Ms; inMs?: Ms; ttlMs: Ms; reason?: string }
export type PauseSpec = { untilMs: Ms } | { forever: true } | null;
export interface RunResult { ok: boolean; observed?: Record<string, number> }
"#;

#[wasm_bindgen]
extern "C" {
    /// The endpoints that a scheduler is made of.
    #[wasm_bindgen(typescript_type = "EndpointSpec[]")]
    pub type EndpointSpecs;
    /// How a scheduler behaves as a whole.
    #[wasm_bindgen(typescript_type = "SchedulerOptions")]
    pub type SchedulerOptions;
    /// A wish for an interval.
    #[wasm_bindgen(typescript_type = "IntervalHintSpec")]
    pub type IntervalHintSpec;
    /// A wish for one run.
    #[wasm_bindgen(typescript_type = "OneShotSpec")]
    pub type OneShotSpec;
    /// A pause, or null to wake.
    #[wasm_bindgen(typescript_type = "PauseSpec")]
    pub type PauseSpec;
    /// How a run ended.
    #[wasm_bindgen(typescript_type = "RunResult")]
    pub type RunResult;
    /// An answer to a tool call.
    #[wasm_bindgen(typescript_type = "Answer")]
    pub type Answer;
    /// A decision.
    #[wasm_bindgen(typescript_type = "Decision")]
    pub type DecisionObject;
    /// The next run of all.
    #[wasm_bindgen(typescript_type = "{ endpoint: string; atMs: Ms } | null")]
    pub type NextDue;
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct CandidateOut {
    source: &'static str,
    at_ms: i64,
    counts: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<&'static str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PauseOut {
    until_ms: Option<i64>,
    reason: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct DecisionOut {
    endpoint: String,
    at_ms: Option<i64>,
    source: Option<&'static str>,
    decided_at_ms: i64,
    anchor_ms: Option<i64>,
    candidates: Vec<CandidateOut>,
    clamp: Option<&'static str>,
    pause: Option<PauseOut>,
    expires_at_ms: Option<i64>,
    reason: String,
}

#[derive(Serialize)]
struct Accepted {
    accepted: bool,
    decision: DecisionOut,
}

#[derive(Serialize)]
struct Refused {
    accepted: bool,
    code: &'static str,
    message: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Due {
    endpoint: String,
    at_ms: i64,
}

/// A scheduler that the caller's own clock drives: ask what is due, report starts and ends, call tools.
#[wasm_bindgen(js_name = Scheduler)]
pub struct LiveScheduler {
    core: Scheduler,
}

const FIELDS: [&str; 9] = [
    "id",
    "tier",
    "everyMs",
    "cron",
    "minMs",
    "maxMs",
    "cooldownMs",
    "startAtMs",
    "asleep",
];

fn endpoint(
    value: &JsValue,
    place: &str,
    (zone, epoch_ms): (Zone, i64),
) -> Result<Endpoint, JsValue> {
    let fields = Fields::of(value, place, &FIELDS)?;
    let id = fields.needed("id", fields.text("id")?)?;
    let tier = match fields.text("tier")? {
        None => Tier::Health,
        Some(name) => Tier::named(&name).ok_or_else(|| {
            let known = Tier::ALL.map(Tier::name).join(", ");
            error(
                "bad_input",
                &format!("{place}.tier cannot be `{name}`; there are {known}"),
            )
        })?,
    };
    let mut endpoint = Endpoint::new(id, tier);
    endpoint.baseline = match (fields.span("everyMs")?, fields.text("cron")?) {
        (Some(_), Some(_)) => {
            return Err(error(
                "bad_input",
                &format!("{place} has everyMs and cron; give one of them"),
            ));
        }
        (Some(every), None) => Baseline::Every(every),
        (None, Some(expression)) => {
            let cron = Cron::new(&expression, zone, epoch_ms);
            if let Some(fault) = cron.fault() {
                return Err(error(
                    "bad_cron",
                    &format!("{place}.cron `{expression}`: {fault}"),
                ));
            }
            Baseline::Cron(Box::new(cron))
        }
        (None, None) => Baseline::None,
    };
    endpoint.min = fields.span("minMs")?.unwrap_or(endpoint.min);
    endpoint.max = fields.span("maxMs")?.unwrap_or(endpoint.max);
    endpoint.cooldown = fields.span("cooldownMs")?.unwrap_or(endpoint.cooldown);
    endpoint.start_at = fields
        .ms("startAtMs")?
        .map_or(endpoint.start_at, Instant::from_ms);
    endpoint.asleep = fields.truth("asleep")?.unwrap_or(false);
    Ok(endpoint)
}

#[wasm_bindgen(js_class = Scheduler)]
impl LiveScheduler {
    /// A scheduler of these endpoints. Throws an `Error` with a `code` when one of them cannot be.
    #[wasm_bindgen(constructor)]
    pub fn new(
        endpoints: &EndpointSpecs,
        options: Option<SchedulerOptions>,
    ) -> Result<Self, JsValue> {
        let mut governor = Governor::default();
        let mut wall = (Zone::Utc, 0);
        if let Some(options) =
            options.filter(|options| !options.is_null() && !options.is_undefined())
        {
            let fields = Fields::of(&options, "options", &["governor", "timeZone", "epochMs"])?;
            governor = match fields.text("governor")?.as_deref() {
                None | Some("tightest") => Governor::Tightest,
                Some("override") => Governor::Override,
                Some(other) => {
                    let message = format!(
                        "options.governor cannot be `{other}`; there are tightest, override"
                    );
                    return Err(error("bad_input", &message));
                }
            };
            if let Some(name) = fields.text("timeZone")? {
                wall.0 = Zone::named(&name).ok_or_else(|| {
                    error(
                        "unknown_time_zone",
                        &format!("options.timeZone `{name}` is not a zone of the IANA database"),
                    )
                })?;
            }
            wall.1 = fields.ms("epochMs")?.unwrap_or(0);
        }
        let list: &JsValue = endpoints.as_ref();
        if !Array::is_array(list) {
            return Err(error("bad_input", "endpoints must be an array"));
        }
        let defined: Result<Vec<Endpoint>, JsValue> = Array::from(list)
            .iter()
            .enumerate()
            .map(|(index, value)| endpoint(&value, &format!("endpoints[{index}]"), wall))
            .collect();
        let core = Scheduler::new(defined?, Options { governor })
            .map_err(|fault| error(fault.code(), &fault.to_string()))?;
        Ok(Self { core })
    }

    /// Runs the endpoint every `everyMs` until the hint expires.
    #[wasm_bindgen(js_name = proposeInterval)]
    pub fn propose_interval(
        &mut self,
        endpoint: &str,
        hint: &IntervalHintSpec,
        #[wasm_bindgen(js_name = nowMs)] now_ms: f64,
    ) -> Result<Answer, JsValue> {
        let fields = Fields::of(hint, "hint", &["everyMs", "ttlMs", "reason"])?;
        let every = fields.needed("everyMs", fields.span("everyMs")?)?;
        let ttl = fields.needed("ttlMs", fields.span("ttlMs")?)?;
        self.call(
            endpoint,
            Tool::ProposeInterval { every, ttl },
            fields.text("reason")?,
            now_ms,
        )
    }

    /// Runs the endpoint once, at `atMs` or `inMs` from now.
    #[wasm_bindgen(js_name = proposeNextTime)]
    pub fn propose_next_time(
        &mut self,
        endpoint: &str,
        hint: &OneShotSpec,
        #[wasm_bindgen(js_name = nowMs)] now_ms: f64,
    ) -> Result<Answer, JsValue> {
        let now = instant(now_ms, "nowMs")?;
        let fields = Fields::of(hint, "hint", &["atMs", "inMs", "ttlMs", "reason"])?;
        let at = match (fields.ms("atMs")?, fields.span("inMs")?) {
            (Some(at), None) => Instant::from_ms(at),
            (None, Some(span)) => now + span,
            _ => return Err(error("bad_input", "hint needs either atMs or inMs")),
        };
        let ttl = fields.needed("ttlMs", fields.span("ttlMs")?)?;
        self.call(
            endpoint,
            Tool::ProposeNextTime { at, ttl },
            fields.text("reason")?,
            now_ms,
        )
    }

    /// Lets the endpoint sleep; null wakes it.
    #[wasm_bindgen(js_name = pauseUntil)]
    pub fn pause_until(
        &mut self,
        endpoint: &str,
        pause: &PauseSpec,
        reason: Option<String>,
        #[wasm_bindgen(js_name = nowMs)] now_ms: f64,
    ) -> Result<Answer, JsValue> {
        let end = if pause.is_null() || pause.is_undefined() {
            None
        } else {
            let fields = Fields::of(pause, "pause", &["untilMs", "forever"])?;
            Some(match (fields.ms("untilMs")?, fields.truth("forever")?) {
                (Some(until), None) => PauseEnd::At(Instant::from_ms(until)),
                (None, Some(true)) => PauseEnd::Forever,
                _ => {
                    return Err(error(
                        "bad_input",
                        "pause must be { untilMs }, { forever: true } or null",
                    ));
                }
            })
        };
        self.call(endpoint, Tool::PauseUntil(end), reason, now_ms)
    }

    /// Forgets both hints of the endpoint.
    #[wasm_bindgen(js_name = clearHints)]
    pub fn clear_hints(
        &mut self,
        endpoint: &str,
        #[wasm_bindgen(js_name = nowMs)] now_ms: f64,
    ) -> Result<Answer, JsValue> {
        self.call(endpoint, Tool::ClearHints, None, now_ms)
    }

    /// The next planned run over all endpoints; null when there is none.
    #[wasm_bindgen(js_name = nextDue)]
    pub fn next_due(&mut self) -> Result<NextDue, JsValue> {
        let due = self.core.next_due().map(|(at, id)| Due {
            endpoint: self.name(id),
            at_ms: at.ms(),
        });
        object(&due).map(JsCast::unchecked_into)
    }

    /// What is planned for the endpoint now, and why. Throws for an unknown endpoint.
    pub fn decision(&self, endpoint: &str) -> Result<DecisionObject, JsValue> {
        let id = self.known(endpoint)?;
        self.decided(id)
    }

    /// Reports a start; gives the decision that caused it, as it stood. Throws when the endpoint is unknown or running.
    pub fn started(
        &mut self,
        endpoint: &str,
        #[wasm_bindgen(js_name = nowMs)] now_ms: f64,
    ) -> Result<DecisionObject, JsValue> {
        let id = self.known(endpoint)?;
        let now = instant(now_ms, "nowMs")?;
        self.core.advance(now);
        let cause = self.decided(id)?;
        self.core
            .start(id, now)
            .map_err(|fault| self.state_error(endpoint, fault))?;
        Ok(cause)
    }

    /// Reports the end of a run; gives the next plan. Throws when the endpoint is unknown or not running.
    pub fn finished(
        &mut self,
        endpoint: &str,
        #[wasm_bindgen(js_name = nowMs)] now_ms: f64,
        result: &RunResult,
    ) -> Result<DecisionObject, JsValue> {
        let id = self.known(endpoint)?;
        let now = instant(now_ms, "nowMs")?;
        let fields = Fields::of(result, "result", &["ok", "observed"])?;
        let ok = fields.needed("ok", fields.truth("ok")?)?;
        self.core
            .finish(id, now, ok)
            .map_err(|fault| self.state_error(endpoint, fault))?;
        self.decided(id)
    }
}

impl LiveScheduler {
    fn name(&self, id: EndpointId) -> String {
        self.core
            .endpoint(id)
            .map_or(String::new(), |endpoint| endpoint.name.clone())
    }

    fn unknown(&self, endpoint: &str) -> String {
        let ids = (0..self.core.len()).filter_map(|index| {
            let id = EndpointId(u32::try_from(index).ok()?);
            self.core
                .endpoint(id)
                .map(|endpoint| endpoint.name.as_str())
        });
        match nearest(endpoint, ids) {
            Some(near) => format!("unknown endpoint `{endpoint}`, did you mean `{near}`?"),
            None => format!("unknown endpoint `{endpoint}`"),
        }
    }

    fn known(&self, endpoint: &str) -> Result<EndpointId, JsValue> {
        self.core
            .find(endpoint)
            .ok_or_else(|| error("unknown_endpoint", &self.unknown(endpoint)))
    }

    fn state_error(&self, endpoint: &str, fault: crate::schedule::StateError) -> JsValue {
        error(fault.code(), &format!("`{endpoint}`: {fault}"))
    }

    fn call(
        &mut self,
        endpoint: &str,
        tool: Tool,
        reason: Option<String>,
        now_ms: f64,
    ) -> Result<Answer, JsValue> {
        let now = instant(now_ms, "nowMs")?;
        // A number that no endpoint has is refused by the core itself.
        let id = self.core.find(endpoint).unwrap_or(EndpointId(u32::MAX));
        let reason: Arc<str> = reason.unwrap_or_default().into();
        let answer = match self.core.call(id, tool, (Origin(0), &reason), now) {
            Ok(_) => {
                let decision = self.core.decision(id).map(|decision| self.out(&decision));
                let decision = decision
                    .ok_or_else(|| error("internal", "an accepted call has no decision"))?;
                object(&Accepted {
                    accepted: true,
                    decision,
                })
            }
            Err(refusal) => {
                let message = match refusal {
                    Refusal::UnknownEndpoint => self.unknown(endpoint),
                    other => format!("`{endpoint}`: {other}"),
                };
                object(&Refused {
                    accepted: false,
                    code: refusal.code(),
                    message,
                })
            }
        };
        answer.map(JsCast::unchecked_into)
    }

    fn decided(&self, id: EndpointId) -> Result<DecisionObject, JsValue> {
        let decision = self.core.decision(id).map(|decision| self.out(&decision));
        object(&decision).map(JsCast::unchecked_into)
    }

    fn out(&self, decision: &Decision) -> DecisionOut {
        let reason_of = |call: crate::schedule::CallId| {
            let call = self.core.log().call(call);
            call.map_or(String::new(), |call| call.reason.to_string())
        };
        let candidates = decision.considered().map(|candidate| CandidateOut {
            source: candidate.source.name(),
            at_ms: candidate.at.ms(),
            counts: candidate.not_counting.is_none(),
            why: candidate.not_counting.map(|why| why.name()),
        });
        let pause = decision.pause.map(|pause| PauseOut {
            until_ms: match pause.end {
                PauseEnd::At(until) => Some(until.ms()),
                PauseEnd::Forever | PauseEnd::Condition(_) => None,
            },
            reason: reason_of(pause.call),
        });
        let reason = match decision.winner() {
            Some(winner) => match winner.call {
                Some(call) => reason_of(call),
                None => self.baseline(decision.endpoint),
            },
            None if decision.running => "running".to_owned(),
            None => pause
                .as_ref()
                .map_or("nothing is planned".to_owned(), |pause| {
                    pause.reason.clone()
                }),
        };
        DecisionOut {
            endpoint: self.name(decision.endpoint),
            at_ms: decision.at.map(Instant::ms),
            source: decision.source.map(Source::name),
            decided_at_ms: decision.decided_at.ms(),
            anchor_ms: decision.anchor.map(Instant::ms),
            candidates: candidates.collect(),
            clamp: decision.clamp.map(|clamp| clamp.name()),
            pause,
            expires_at_ms: decision.expires().map(Instant::ms),
            reason,
        }
    }

    fn baseline(&self, id: EndpointId) -> String {
        match self.core.endpoint(id).map(|endpoint| &endpoint.baseline) {
            Some(Baseline::Every(every)) => format!("its own schedule: every {every}"),
            Some(Baseline::Cron(cron)) => format!("its own schedule: cron {}", cron.expression()),
            _ => String::new(),
        }
    }
}
