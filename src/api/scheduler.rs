//! The live core for JavaScript: a scheduler that somebody else's clock drives.

use std::cell::{RefCell, RefMut};
use std::sync::Arc;

use serde::Serialize;
use tsify::Tsify;
use wasm_bindgen::prelude::*;

use super::answers::{answer, decided, known, ms, name};
use super::fault::error;
use super::input::{Fields, instant, list, text};
use super::{input, object, tools};
use crate::limits;
use crate::schedule::{
    Baseline, Cron, Endpoint, EndpointId, Governor, Options, Origin, Scheduler, StateError, Tier,
    Tool, Zone,
};
use crate::time::{Instant, Span};

/// One piece of recurring or on-demand work.
#[derive(Tsify)]
#[serde(rename_all = "camelCase")]
struct EndpointSpec {
    id: String,
    /// "health" where nothing is said.
    #[tsify(optional, type = "Tier")]
    tier: Option<String>,
    /// Baseline: run so often. Not together with `cron`; without either it runs on demand only.
    #[tsify(optional, type = "Ms")]
    every_ms: Option<Span>,
    /// Baseline: five fields, or six with seconds first, in the scheduler's time zone.
    #[tsify(optional)]
    cron: Option<String>,
    /// Smallest start-to-start gap, 20 s where nothing is said.
    #[tsify(optional, type = "Ms")]
    min_ms: Option<Span>,
    /// Largest start-to-start gap of a baseline or an interval hint, 15 min where nothing is said.
    #[tsify(optional, type = "Ms")]
    max_ms: Option<Span>,
    /// Shortest time between two executions, from the start of the last.
    #[tsify(optional, type = "Ms")]
    cooldown_ms: Option<Span>,
    /// When an endpoint that has never run is first due.
    #[tsify(optional, type = "Ms")]
    start_at_ms: Option<Instant>,
    /// Paused until it is woken with `pauseUntil(id, null, …)`.
    #[tsify(optional)]
    asleep: Option<bool>,
}

/// How a scheduler behaves as a whole.
#[derive(Tsify)]
#[serde(rename_all = "camelCase")]
struct SchedulerOptions {
    /// How an interval hint and the baseline compete: the tighter wins, or the hint replaces the baseline.
    #[tsify(optional, type = "\"tightest\" | \"override\"")]
    governor: Option<String>,
    /// IANA name of the zone that cron expressions are read in, "UTC" where nothing is said.
    #[tsify(optional)]
    time_zone: Option<String>,
    /// Wall time of instant 0, in milliseconds after 1970-01-01 UTC.
    #[tsify(optional, type = "Ms")]
    epoch_ms: Option<i64>,
}

/// How a run ended.
#[derive(Tsify)]
struct RunResult {
    ok: bool,
    /// What it measured; the scheduler itself does not look at it.
    #[tsify(optional, type = "Record<string, number>")]
    #[expect(dead_code, reason = "it is for whoever plans")]
    observed: Option<()>,
}

/// The next planned run.
#[derive(Serialize, Tsify)]
#[serde(rename_all = "camelCase")]
struct Due {
    endpoint: String,
    #[tsify(type = "Ms")]
    at_ms: f64,
}

/// A scheduler that the caller's own clock drives: ask what is due, report starts and ends, call tools.
#[wasm_bindgen(js_name = Scheduler)]
pub struct LiveScheduler {
    /// Borrowed only once everything of the caller's has been read, so that it is always free.
    core: RefCell<Scheduler>,
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

fn spec(value: &JsValue, place: &str) -> Result<EndpointSpec, JsValue> {
    let fields = Fields::of(value, place, &FIELDS)?;
    Ok(EndpointSpec {
        id: fields.needed("id", fields.text_within("id", limits::TITLE_LETTERS)?)?,
        tier: fields.text("tier")?,
        every_ms: fields.span("everyMs")?,
        cron: fields.text("cron")?,
        min_ms: fields.span("minMs")?,
        max_ms: fields.span("maxMs")?,
        cooldown_ms: fields.span("cooldownMs")?,
        start_at_ms: fields.ms("startAtMs")?.map(Instant::from_ms),
        asleep: fields.truth("asleep")?,
    })
}

fn endpoint(
    value: &JsValue,
    place: &str,
    (zone, epoch_ms): (Zone, i64),
) -> Result<Endpoint, JsValue> {
    let spec = spec(value, place)?;
    let tier = match spec.tier {
        None => Tier::Health,
        Some(name) => Tier::named(&name).ok_or_else(|| {
            let known = Tier::ALL.map(Tier::name).join(", ");
            let message = format!("{place}.tier cannot be `{name}`; there are {known}");
            error("bad_input", &message)
        })?,
    };
    let mut endpoint = Endpoint::new(spec.id, tier);
    endpoint.baseline = match (spec.every_ms, spec.cron) {
        (Some(_), Some(_)) => {
            let message = format!("{place} has everyMs and cron; give one of them");
            return Err(error("bad_input", &message));
        }
        (Some(every), None) => Baseline::Every(every),
        (None, Some(expression)) => {
            let cron = Cron::new(&expression, zone, epoch_ms);
            if let Some(fault) = cron.fault() {
                let message = format!("{place}.cron `{expression}`: {fault}");
                return Err(error("bad_cron", &message));
            }
            Baseline::Cron(Box::new(cron))
        }
        (None, None) => Baseline::None,
    };
    endpoint.min = spec.min_ms.unwrap_or(endpoint.min);
    endpoint.max = spec.max_ms.unwrap_or(endpoint.max);
    endpoint.cooldown = spec.cooldown_ms.unwrap_or(endpoint.cooldown);
    endpoint.start_at = spec.start_at_ms.unwrap_or(endpoint.start_at);
    endpoint.asleep = spec.asleep.unwrap_or(false);
    Ok(endpoint)
}

fn governor_and_wall(options: &JsValue) -> Result<(Governor, (Zone, i64)), JsValue> {
    let known = ["governor", "timeZone", "epochMs"];
    let fields = Fields::optional(options, "options", &known)?;
    let spec = SchedulerOptions {
        governor: fields.text("governor")?,
        time_zone: fields.text("timeZone")?,
        epoch_ms: fields.ms("epochMs")?,
    };
    let governor = match spec.governor.as_deref() {
        None => Governor::default(),
        Some("tightest") => Governor::Tightest,
        Some("override") => Governor::Override,
        Some(other) => {
            let message =
                format!("options.governor cannot be `{other}`; there are tightest, override");
            return Err(error("bad_input", &message));
        }
    };
    let zone = match spec.time_zone {
        None => Zone::Utc,
        Some(name) => Zone::named(&name).ok_or_else(|| {
            let message = format!("options.timeZone `{name}` is not a zone of the IANA database");
            error("unknown_time_zone", &message)
        })?,
    };
    Ok((governor, (zone, spec.epoch_ms.unwrap_or(0))))
}

#[wasm_bindgen(js_class = Scheduler)]
impl LiveScheduler {
    /// A scheduler of these endpoints. Throws an `Error` with a `code` when one of them cannot be.
    #[wasm_bindgen(constructor)]
    pub fn new(
        #[wasm_bindgen(unchecked_param_type = "EndpointSpec[]")] endpoints: &JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "SchedulerOptions | null")]
        options: &JsValue,
    ) -> Result<Self, JsValue> {
        let (governor, wall) = governor_and_wall(options)?;
        let defined: Result<Vec<Endpoint>, JsValue> = list(endpoints, "endpoints")?
            .iter()
            .enumerate()
            .map(|(index, value)| endpoint(value, &format!("endpoints[{index}]"), wall))
            .collect();
        let core = Scheduler::new(defined?, Options { governor })
            .map_err(|fault| error(fault.code(), &fault.to_string()))?;
        Ok(Self {
            core: RefCell::new(core),
        })
    }

    /// Runs the endpoint every `everyMs` until the hint expires.
    #[wasm_bindgen(js_name = proposeInterval, unchecked_return_type = "Answer")]
    pub fn propose_interval(
        &self,
        #[wasm_bindgen(unchecked_param_type = "string")] endpoint: &JsValue,
        #[wasm_bindgen(unchecked_param_type = "IntervalHintSpec")] hint: &JsValue,
        #[wasm_bindgen(js_name = nowMs, unchecked_param_type = "Ms")] now_ms: &JsValue,
    ) -> Result<JsValue, JsValue> {
        let (tool, reason) = tools::interval(hint)?;
        self.call(endpoint, tool, reason, now_ms)
    }

    /// Runs the endpoint once, at `atMs` or `inMs` from now.
    #[wasm_bindgen(js_name = proposeNextTime, unchecked_return_type = "Answer")]
    pub fn propose_next_time(
        &self,
        #[wasm_bindgen(unchecked_param_type = "string")] endpoint: &JsValue,
        #[wasm_bindgen(unchecked_param_type = "OneShotSpec")] hint: &JsValue,
        #[wasm_bindgen(js_name = nowMs, unchecked_param_type = "Ms")] now_ms: &JsValue,
    ) -> Result<JsValue, JsValue> {
        let (tool, reason) = tools::one_shot(hint, || instant(now_ms, "nowMs"))?;
        self.call(endpoint, tool, reason, now_ms)
    }

    /// Lets the endpoint sleep; null wakes it.
    #[wasm_bindgen(js_name = pauseUntil, unchecked_return_type = "Answer")]
    pub fn pause_until(
        &self,
        #[wasm_bindgen(unchecked_param_type = "string")] endpoint: &JsValue,
        #[wasm_bindgen(unchecked_param_type = "PauseSpec")] pause: &JsValue,
        #[wasm_bindgen(unchecked_param_type = "string | null | undefined")] reason: &JsValue,
        #[wasm_bindgen(js_name = nowMs, unchecked_param_type = "Ms")] now_ms: &JsValue,
    ) -> Result<JsValue, JsValue> {
        let tool = tools::pause(pause)?;
        self.call(endpoint, tool, input::reason(reason, "reason")?, now_ms)
    }

    /// Forgets both hints of the endpoint.
    #[wasm_bindgen(js_name = clearHints, unchecked_return_type = "Answer")]
    pub fn clear_hints(
        &self,
        #[wasm_bindgen(unchecked_param_type = "string")] endpoint: &JsValue,
        #[wasm_bindgen(js_name = nowMs, unchecked_param_type = "Ms")] now_ms: &JsValue,
    ) -> Result<JsValue, JsValue> {
        self.call(endpoint, Tool::ClearHints, None, now_ms)
    }

    /// The next planned run over all endpoints; null when there is none.
    #[wasm_bindgen(js_name = nextDue, unchecked_return_type = "Due | null")]
    pub fn next_due(&self) -> Result<JsValue, JsValue> {
        let mut core = self.core()?;
        let due = core.next_due().map(|(at, id)| Due {
            endpoint: name(&core, id),
            at_ms: ms(at),
        });
        object(&due)
    }

    /// What is planned for the endpoint now, and why. Throws for an unknown endpoint.
    #[wasm_bindgen(unchecked_return_type = "Decision")]
    pub fn decision(
        &self,
        #[wasm_bindgen(unchecked_param_type = "string")] endpoint: &JsValue,
    ) -> Result<JsValue, JsValue> {
        let endpoint = text(endpoint, "endpoint")?;
        let core = self.core()?;
        decided(&core, known(&core, &endpoint)?)
    }

    /// Reports a start; gives the decision that caused it, as it stood. Throws when the endpoint is unknown or running.
    #[wasm_bindgen(unchecked_return_type = "Decision")]
    pub fn started(
        &self,
        #[wasm_bindgen(unchecked_param_type = "string")] endpoint: &JsValue,
        #[wasm_bindgen(js_name = nowMs, unchecked_param_type = "Ms")] now_ms: &JsValue,
    ) -> Result<JsValue, JsValue> {
        let (endpoint, now) = (text(endpoint, "endpoint")?, instant(now_ms, "nowMs")?);
        let mut core = self.core()?;
        let id = known(&core, &endpoint)?;
        core.advance(now);
        let cause = decided(&core, id)?;
        core.start(id, now)
            .map_err(|fault| state_error(&endpoint, fault))?;
        Ok(cause)
    }

    /// Reports the end of a run; gives the next plan. Throws when the endpoint is unknown or not running.
    #[wasm_bindgen(unchecked_return_type = "Decision")]
    pub fn finished(
        &self,
        #[wasm_bindgen(unchecked_param_type = "string")] endpoint: &JsValue,
        #[wasm_bindgen(js_name = nowMs, unchecked_param_type = "Ms")] now_ms: &JsValue,
        #[wasm_bindgen(unchecked_param_type = "RunResult")] result: &JsValue,
    ) -> Result<JsValue, JsValue> {
        let (endpoint, now) = (text(endpoint, "endpoint")?, instant(now_ms, "nowMs")?);
        let fields = Fields::of(result, "result", &["ok", "observed"])?;
        let result = RunResult {
            ok: fields.needed("ok", fields.truth("ok")?)?,
            observed: None,
        };
        let mut core = self.core()?;
        let id = known(&core, &endpoint)?;
        core.finish(id, now, result.ok)
            .map_err(|fault| state_error(&endpoint, fault))?;
        decided(&core, id)
    }
}

fn state_error(endpoint: &str, fault: StateError) -> JsValue {
    error(fault.code(), &format!("`{endpoint}`: {fault}"))
}

impl LiveScheduler {
    fn core(&self) -> Result<RefMut<'_, Scheduler>, JsValue> {
        let busy = |_| error("busy", "the scheduler is being called already");
        self.core.try_borrow_mut().map_err(busy)
    }

    fn call(
        &self,
        endpoint: &JsValue,
        tool: Tool,
        reason: Option<String>,
        now_ms: &JsValue,
    ) -> Result<JsValue, JsValue> {
        let (endpoint, now) = (text(endpoint, "endpoint")?, instant(now_ms, "nowMs")?);
        let reason: Arc<str> = reason.unwrap_or_default().into();
        let mut core = self.core()?;
        // A number that no endpoint has is refused by the core itself.
        let id = core.find(&endpoint).unwrap_or(EndpointId(u32::MAX));
        let called = core.call(id, tool, (Origin(0), &reason), now).map(|_| ());
        let came = called.map(|()| core.decision(id));
        answer(&core, &endpoint, came)
    }
}
