//! What the page loads once somebody writes a cron expression, or makes or opens a link: most readers never do, and what
//! reads them weighs as much as the scheduler.

#[cfg(target_arch = "wasm32")]
mod doors {
    use std::collections::BTreeMap;
    use std::sync::Arc;

    use accelerando::export::{Chart, Findings, Format, Theme, export, svg};
    use accelerando::insight::{self, plain, summary};
    use accelerando::link::{self, Proof, View};
    use accelerando::scenario::{Form, Scenario};
    use accelerando::schedule::{Cron, Zone};
    use accelerando::session::Setup;
    use accelerando::sim::{Engine, Trace};
    use accelerando::time::Instant;
    use serde_json::Value;
    use wasm_bindgen::prelude::*;

    /// The slots of a cron expression, in milliseconds from the start of a run, which is `epoch_ms` after 1970-01-01 UTC.
    ///
    /// # Errors
    /// What is wrong with it, in words.
    #[wasm_bindgen(js_name = cronSlots)]
    pub fn cron_slots(
        expression: &str,
        zone: &str,
        epoch_ms: f64,
        until_ms: f64,
    ) -> Result<Vec<f64>, String> {
        let zone = Zone::named(zone).ok_or("the time zone of this scenario is not known here")?;
        let cron = Cron::new(expression, zone, epoch_ms as i64);
        match cron.fault() {
            Some(fault) => Err(format!(
                "That is no cron expression such as */7 * * * *: {}",
                fault.trim_end_matches('.')
            )),
            None => Ok(cron
                .slots_until(Instant::from_ms(until_ms as i64))
                .into_iter()
                .map(|slot| slot.ms() as f64)
                .collect()),
        }
    }

    fn run(scenario: &Arc<Scenario>, setup: &Setup) -> Result<Trace, String> {
        Engine::new(scenario, &setup.parameters, setup.interventions())
            .and_then(Engine::finished)
            .map_err(|error| error.to_string())
    }

    /// The scenario, and the moment at which its page opens.
    fn opened() -> Result<(Arc<Scenario>, Instant), String> {
        let scenario = Arc::new(Scenario::flash_sale()?);
        let opening = insight::opening(&run(&scenario, &Setup::new(&scenario))?);
        Ok((scenario, opening))
    }

    /// What a view is shared as: the fragment of a link, the run in one sentence, its picture, the values that were
    /// changed by name (durations in milliseconds, as JSON), and how many calls were made by hand.
    ///
    /// # Errors
    /// That these are the numbers of no view.
    #[wasm_bindgen(js_name = shareOf)]
    pub fn share_of(numbers: &[f64], text: &str) -> Result<js_sys::Array, String> {
        let (scenario, opening) = opened()?;
        let view =
            View::from_flat(&scenario, numbers, text).ok_or("there is nothing to link to")?;
        let trace = run(&scenario, &view.setup)?;
        let findings = Findings::of(&trace).map_err(|error| error.to_string())?;
        let changed: BTreeMap<&str, Value> = scenario
            .parameters
            .iter()
            .zip(view.setup.parameters.values())
            .filter(|(parameter, value)| parameter.default != **value)
            .map(|(parameter, value)| {
                let value = match parameter.form {
                    Form::Truth => Value::from(*value != 0.0),
                    _ => Value::from(*value),
                };
                (parameter.name.as_str(), value)
            })
            .collect();
        let changed = serde_json::to_string(&changed).map_err(|error| error.to_string())?;
        let link = link::write(&scenario, opening, &view, Some(&Proof::of(&trace)));
        let sentence = plain(&summary(&trace, &findings.comparison));
        Ok(js_sys::Array::of5(
            &JsValue::from_str(&link),
            &JsValue::from_str(&sentence),
            &JsValue::from_str(&svg(&trace, &findings, (Chart::Whole, Theme::Auto))),
            &JsValue::from_str(&changed),
            &JsValue::from(view.setup.interventions().len() as f64),
        ))
    }

    /// The run of a view in one of the forms that every door has, by its name.
    ///
    /// # Errors
    /// That these are the numbers of no view, or that there is no such form.
    #[wasm_bindgen(js_name = exportOf)]
    pub fn export_of(numbers: &[f64], text: &str, format: &str) -> Result<String, String> {
        let (scenario, _) = opened()?;
        let view = View::from_flat(&scenario, numbers, text).ok_or("there is nothing to export")?;
        let format = Format::named(format).ok_or("there is no such format")?;
        let trace = run(&scenario, &view.setup)?;
        let findings = Findings::of(&trace).map_err(|error| error.to_string())?;
        export(&trace, &findings, format)
    }

    /// The view that a fragment holds, and what is to be said of it: numbers, text, words.
    ///
    /// # Errors
    /// That this build is broken.
    #[wasm_bindgen(js_name = openLink)]
    pub fn open_link(fragment: &str) -> Result<js_sys::Array, String> {
        let (scenario, opening) = opened()?;
        let read = link::read(&scenario, opening, fragment);
        let (numbers, text) = read.view.flat();
        let judged = read.judged(&run(&scenario, &read.view.setup)?);
        let judged = judged.map(|(_, words)| words);
        let told: Vec<String> = judged.into_iter().chain(read.told()).collect();
        Ok(js_sys::Array::of3(
            &js_sys::Float64Array::from(numbers.as_slice()),
            &JsValue::from_str(&text),
            &JsValue::from_str(&told.join("; ")),
        ))
    }
}

fn main() {}
