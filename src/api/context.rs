//! What an own planner in JavaScript is given: what was observed, and the tools.
//!
//! The engine lies in a place that this object and the simulation share. It is there only while the planner is asked;
//! before and after, and from within, every use is refused with a code.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use js_sys::{Error, Function, JsString};
use serde::Serialize;
use tsify::Tsify;
use wasm_bindgen::prelude::*;

use super::answers::{answer, decided, known, ms};
use super::fault::{error, simulation_error};
use super::input::text;
use super::{input, object, tools};
use crate::schedule::{Refusal, Tool};
use crate::sim::{Context, Engine, Progress, Trace};

/// The longest message of a failed planner that is kept, in characters.
const LONGEST: usize = 2_000;

/// The incident that is open.
#[derive(Serialize, Tsify)]
#[serde(rename_all = "camelCase")]
struct Incident {
    #[tsify(type = "Ms")]
    opened_at_ms: f64,
}

/// Where the engine lies while an own planner is asked. It is boxed, since its place stays until JavaScript's collector
/// has come to the context.
type Shared = Rc<RefCell<Option<Box<Engine>>>>;

/// What an own planner sees at an observation, and the tools that it may call. One object for a whole run: it speaks
/// of the present observation, and only until the planner returns.
#[wasm_bindgen(js_name = Context)]
pub struct PlannerContext {
    shared: Shared,
}

impl PlannerContext {
    fn with<T>(
        &self,
        work: impl FnOnce(&mut Context<'_>) -> Result<T, JsValue>,
    ) -> Result<T, JsValue> {
        let closed = || {
            let message = "a planner's context can be used only until the planner returns";
            error("context_closed", message)
        };
        let mut engine = self.shared.try_borrow_mut().map_err(|_| closed())?;
        let context = engine.as_mut().and_then(|engine| engine.context());
        work(&mut context.ok_or_else(closed)?)
    }

    fn call(
        &self,
        endpoint: &JsValue,
        tool: Tool,
        reason: Option<String>,
    ) -> Result<JsValue, JsValue> {
        let endpoint = text(endpoint, "endpoint")?;
        self.with(|context| {
            if context.is_spent() {
                let message = "the run has had as much of something as a run may have: events with calls, text or steps";
                return Err(error("too_many_events", message));
            }
            let came = match context.scheduler().find(&endpoint) {
                Some(id) => context.call(id, tool, reason.as_deref().unwrap_or_default()),
                None => Err(Refusal::UnknownEndpoint),
            };
            answer(context.scheduler(), &endpoint, came.map(Some))
        })
    }
}

#[wasm_bindgen(js_class = Context)]
impl PlannerContext {
    /// There is none to be made: `simulate` gives one to the planner. Throws an `Error` with the code `not_to_be_made`.
    #[wasm_bindgen(constructor)]
    pub fn new() -> Result<Self, JsValue> {
        let message = "a Context cannot be made: simulate(…, { planner }) gives one to the planner";
        Err(error("not_to_be_made", message))
    }

    /// The present, in milliseconds from the start of the run.
    #[wasm_bindgen(getter, js_name = nowMs, unchecked_return_type = "Ms")]
    pub fn now_ms(&self) -> Result<JsValue, JsValue> {
        self.with(|context| Ok(JsValue::from(ms(context.now()))))
    }

    /// The endpoint whose run has just observed something.
    #[wasm_bindgen(getter, unchecked_return_type = "string")]
    pub fn endpoint(&self) -> Result<JsValue, JsValue> {
        self.with(|context| {
            let endpoint = context.scenario().endpoints.get(context.endpoint().index());
            Ok(JsValue::from(
                endpoint.map_or("", |endpoint| endpoint.id.as_str()),
            ))
        })
    }

    /// What this run observed, metric by metric; null where nothing could be measured.
    #[wasm_bindgen(getter, unchecked_return_type = "Record<string, number | null>")]
    pub fn observed(&self) -> Result<JsValue, JsValue> {
        self.with(|context| {
            let name = |(index, value): (usize, f64)| {
                let metric = context.scenario().metrics.get(index)?;
                Some((metric.id.as_str(), Some(value).filter(|v| v.is_finite())))
            };
            let seen: BTreeMap<_, _> = context.observed().filter_map(name).collect();
            object(&seen)
        })
    }

    /// What was last observed of every metric, by whichever run; null where none has looked yet.
    #[wasm_bindgen(getter, unchecked_return_type = "Record<string, number | null>")]
    pub fn metrics(&self) -> Result<JsValue, JsValue> {
        self.with(|context| {
            let metrics = context.scenario().metrics.iter().enumerate();
            let latest = |index| context.latest(index).filter(|value| value.is_finite());
            let seen: BTreeMap<&str, Option<f64>> = metrics
                .map(|(index, metric)| (metric.id.as_str(), latest(index)))
                .collect();
            object(&seen)
        })
    }

    /// The incident that is open; null if none is.
    #[wasm_bindgen(getter, unchecked_return_type = "Incident | null")]
    pub fn incident(&self) -> Result<JsValue, JsValue> {
        self.with(|context| {
            let incident = context.incident().map(|opened| Incident {
                opened_at_ms: ms(opened),
            });
            object(&incident)
        })
    }

    /// Which of the scenario's rules are on.
    #[wasm_bindgen(getter, unchecked_return_type = "Record<string, boolean>")]
    pub fn rules(&self) -> Result<JsValue, JsValue> {
        self.with(|context| {
            let rules = context.scenario().rules.iter().enumerate();
            let on: BTreeMap<&str, bool> = rules
                .map(|(index, rule)| (rule.id.as_str(), context.rule_on(index)))
                .collect();
            object(&on)
        })
    }

    /// What is planned for an endpoint now, and why. Throws for an unknown endpoint.
    #[wasm_bindgen(unchecked_return_type = "Decision")]
    pub fn decision(
        &self,
        #[wasm_bindgen(unchecked_param_type = "string")] endpoint: &JsValue,
    ) -> Result<JsValue, JsValue> {
        let endpoint = text(endpoint, "endpoint")?;
        self.with(|context| {
            let core = context.scheduler();
            decided(core, known(core, &endpoint)?)
        })
    }

    /// Runs the endpoint every `everyMs` until the hint expires.
    #[wasm_bindgen(js_name = proposeInterval, unchecked_return_type = "Answer")]
    pub fn propose_interval(
        &self,
        #[wasm_bindgen(unchecked_param_type = "string")] endpoint: &JsValue,
        #[wasm_bindgen(unchecked_param_type = "IntervalHintSpec")] hint: &JsValue,
    ) -> Result<JsValue, JsValue> {
        let (tool, reason) = tools::interval(hint)?;
        self.call(endpoint, tool, reason)
    }

    /// Runs the endpoint once, at `atMs` or `inMs` from now.
    #[wasm_bindgen(js_name = proposeNextTime, unchecked_return_type = "Answer")]
    pub fn propose_next_time(
        &self,
        #[wasm_bindgen(unchecked_param_type = "string")] endpoint: &JsValue,
        #[wasm_bindgen(unchecked_param_type = "OneShotSpec")] hint: &JsValue,
    ) -> Result<JsValue, JsValue> {
        let now = || self.with(|context| Ok(context.now()));
        let (tool, reason) = tools::one_shot(hint, now)?;
        self.call(endpoint, tool, reason)
    }

    /// Lets the endpoint sleep; null wakes it.
    #[wasm_bindgen(js_name = pauseUntil, unchecked_return_type = "Answer")]
    pub fn pause_until(
        &self,
        #[wasm_bindgen(unchecked_param_type = "string")] endpoint: &JsValue,
        #[wasm_bindgen(unchecked_param_type = "PauseSpec")] pause: &JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "string | null")] reason: &JsValue,
    ) -> Result<JsValue, JsValue> {
        let tool = tools::pause(pause)?;
        self.call(endpoint, tool, input::reason(reason, "reason")?)
    }

    /// Forgets both hints of the endpoint.
    #[wasm_bindgen(js_name = clearHints, unchecked_return_type = "Answer")]
    pub fn clear_hints(
        &self,
        #[wasm_bindgen(unchecked_param_type = "string")] endpoint: &JsValue,
    ) -> Result<JsValue, JsValue> {
        self.call(endpoint, Tool::ClearHints, None)
    }
}

/// Runs to the end, asking the planner at each observation until it fails.
pub fn run_with(engine: Engine, planner: &Function) -> Result<Trace, JsValue> {
    let shared: Shared = Rc::new(RefCell::new(Some(Box::new(engine))));
    let context = JsValue::from(PlannerContext {
        shared: shared.clone(),
    });
    let lost = || error("internal", "the run is in use");
    let asked = |work: &mut dyn FnMut(&mut Engine) -> Result<Progress, JsValue>| {
        let mut place = shared.try_borrow_mut().map_err(|_| lost())?;
        work(place.as_mut().ok_or_else(lost)?)
    };
    let mut go_on = |engine: &mut Engine| {
        let progress = engine.run(u64::MAX);
        progress.map_err(|fault| simulation_error(&fault))
    };
    loop {
        match asked(&mut go_on)? {
            Progress::Done => break,
            Progress::More(_) => continue,
            Progress::Observed(_) => {}
        }
        // Nothing is borrowed here: the planner may call whatever it likes, other simulations as well.
        let failed = match planner.call1(&JsValue::UNDEFINED, &context) {
            Err(thrown) => Some(told(&thrown)),
            Ok(given) if is_promise(&given) => Some(
                "the planner gave a promise; it must call its tools before it returns".to_owned(),
            ),
            Ok(_) => None,
        };
        if let Some(message) = failed {
            let engine = shared
                .try_borrow_mut()
                .ok()
                .and_then(|mut place| place.take());
            let mut engine = engine.ok_or_else(lost)?;
            engine.planner_failed(&message);
            return engine.finished().map_err(|fault| simulation_error(&fault));
        }
    }
    let engine = shared
        .try_borrow_mut()
        .ok()
        .and_then(|mut place| place.take());
    Ok(engine.ok_or_else(lost)?.into_trace())
}

fn is_promise(value: &JsValue) -> bool {
    value.is_object()
        && js_sys::Reflect::get(value, &JsValue::from("then")).is_ok_and(|then| then.is_function())
}

/// What was thrown, in words. Whatever it is, reading it throws nothing.
fn told(thrown: &JsValue) -> String {
    let part = |name: &str| {
        let value = js_sys::Reflect::get(thrown, &JsValue::from(name)).ok()?;
        text(&value, name).ok().filter(|text| !text.is_empty())
    };
    let words = if thrown.is_instance_of::<Error>() {
        let name = part("name").unwrap_or_else(|| "Error".to_owned());
        part("message").map_or(name.clone(), |message| format!("{name}: {message}"))
    } else if let Some(text) = thrown
        .dyn_ref::<JsString>()
        .and_then(|_| text(thrown, "it").ok())
    {
        text
    } else {
        "it threw something that is no Error".to_owned()
    };
    words.chars().take(LONGEST).collect()
}
