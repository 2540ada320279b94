//! What the page loads once somebody writes a cron expression: most readers never do, and what reads one weighs as much
//! as the scheduler.

#[cfg(target_arch = "wasm32")]
use accelerando::{
    schedule::{Cron, Zone},
    time::Instant,
};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen::prelude::*;

/// The slots of a cron expression, in milliseconds from the start of a run, which is `epoch_ms` after 1970-01-01 UTC.
///
/// # Errors
/// What is wrong with it, in words.
#[cfg(target_arch = "wasm32")]
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

fn main() {}
