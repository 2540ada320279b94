//! Cron expressions, which the worker reads.

use wasm_bindgen::prelude::*;

use super::signals::effect;
use super::store::Store;
use crate::insight::cron_horizon;
use crate::schedule::Cron;
use crate::session::Rival;
use crate::time::Instant;

#[wasm_bindgen(module = "/public/parts.js")]
extern "C" {
    #[wasm_bindgen(js_name = cronSlots)]
    fn cron_slots(expression: &str, zone: &str, epoch_ms: f64, until_ms: f64, then: &JsValue);
}

/// An expression, and its slots or what is wrong with it.
pub type Read = (String, Result<Cron, String>);

/// Has the expression read that the run is to be compared with.
pub fn reading(store: Store) {
    effect(move || {
        let Rival::Cron(expression) = store.rival.get() else {
            return;
        };
        let known =
            |read: &Option<Read>| read.as_ref().is_some_and(|(known, _)| *known == expression);
        if store.cron.with_untracked(known) {
            return;
        }
        let scenario = store.scenario();
        let (until, epoch) = (cron_horizon(&scenario).ms(), scenario.epoch_ms);
        let asked = expression.clone();
        let then = Closure::once_into_js(move |found: JsValue| {
            let read = match found.as_string() {
                Some(fault) => Err(fault),
                None => {
                    let slots = js_sys::Float64Array::new(&found).to_vec();
                    let slots = slots.into_iter().map(|ms| Instant::from_ms(ms as i64));
                    Ok(Cron::listed(&asked, slots.collect()))
                }
            };
            store.cron.set(Some((asked, read)));
        });
        cron_slots(
            &expression,
            scenario.zone.name(),
            epoch as f64,
            until as f64,
            &then,
        );
    });
}
