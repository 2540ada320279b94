//! What the page loads once somebody writes a cron expression, or makes or opens a link: most readers never do, and what
//! reads them weighs as much as the scheduler.

#[cfg(target_arch = "wasm32")]
mod doors {
    use std::sync::Arc;

    use accelerando::insight;
    use accelerando::link::{self, Proof, View};
    use accelerando::scenario::Scenario;
    use accelerando::schedule::{Cron, Zone};
    use accelerando::session::Setup;
    use accelerando::sim::{Engine, Trace};
    use accelerando::time::Instant;
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

    /// The fragment of a link to a view.
    ///
    /// # Errors
    /// That these are the numbers of no view.
    #[wasm_bindgen(js_name = linkOf)]
    pub fn link_of(numbers: &[f64], text: &str) -> Result<String, String> {
        let (scenario, opening) = opened()?;
        let view =
            View::from_flat(&scenario, numbers, text).ok_or("there is nothing to link to")?;
        let proof = Proof::of(&run(&scenario, &view.setup)?);
        Ok(link::write(&scenario, opening, &view, Some(&proof)))
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
