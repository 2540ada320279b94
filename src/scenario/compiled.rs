//! Scenarios, compiled: the page reads them without the parser of scenarios and rules, which weighs more than
//! the scheduler, the simulation and all that explains them.

use super::Scenario;
use crate::schedule::{Baseline, Cron};
use crate::time::{Instant, Span};

const DAY: Span = Span::from_mins(24 * 60);

/// Up to where slots of crons are counted in a scenario of that end.
pub(super) fn slots_until(end: Instant) -> Instant {
    end.max(Instant::START + DAY + DAY)
}

impl Scenario {
    /// The scenario as bytes, for this version of the program only.
    ///
    /// # Errors
    /// Why it cannot be written; no scenario is known that cannot.
    pub fn compiled(&self) -> Result<Vec<u8>, String> {
        let mut scenario = self.clone();
        // A comparison moves the start of a run by up to a day.
        let until = slots_until(self.end() + DAY);
        for endpoint in &mut scenario.endpoints {
            if let Baseline::Cron(cron) = &mut endpoint.schedule.baseline {
                **cron = Cron::listed(cron.expression(), cron.slots_until(until));
            }
        }
        postcard::to_allocvec(&scenario).map_err(|error| error.to_string())
    }

    /// A scenario from what [`Scenario::compiled`] gave.
    ///
    /// # Errors
    /// That these are not the bytes of a scenario.
    pub fn from_compiled(bytes: &[u8]) -> Result<Self, String> {
        // Its own words would make up more of the page than they can tell a reader.
        postcard::from_bytes(bytes).map_err(|_| "these are no compiled scenario".to_owned())
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::super::{Parameters, SHIPPED};
    use super::*;
    use crate::sim::simulate;
    use std::path::Path;
    use std::sync::Arc;

    #[test]
    fn what_ships_compiled_is_what_its_text_says() {
        for (name, text) in SHIPPED {
            let scenario = Scenario::parse(text).expect("it is well-formed");
            let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("public/scenarios");
            let kept = std::fs::read(folder.join(name).with_extension("compiled"));
            let compiled = scenario.compiled().expect("it can be written");
            // Thousands of bytes beside thousands of others would tell nobody anything.
            assert!(
                kept.ok() == Some(compiled),
                "{name}: `cargo run --example compile-scenarios` writes it anew"
            );
        }
    }

    #[test]
    fn a_compiled_scenario_runs_as_its_text_does() {
        let text = Scenario::parse(super::super::FLASH_SALE).expect("it is well-formed");
        let read = Scenario::from_compiled(&text.compiled().expect("it can be written"));
        let hash = |scenario: Scenario| {
            let parameters = Parameters::new(&scenario);
            let trace = simulate(&Arc::new(scenario), &parameters).expect("it runs");
            trace.hash()
        };
        assert_eq!(hash(text), hash(read.expect("it can be read")));
    }

    #[test]
    fn a_cron_runs_to_the_end_of_a_long_run() {
        let text = "accelerando = 1\nname = \"x\"\nduration = \"168h\"\n[[endpoint]]\nid = \"a\"\n\
                    tier = \"health\"\ncron = \"0 6 * * *\"\nmax = \"24h\"\n";
        let read = Scenario::parse(text).expect("it is well-formed");
        let compiled = read.compiled().expect("it can be written");
        let compiled = Scenario::from_compiled(&compiled).expect("it can be read");
        // Whoever compiles it once more leaves nothing out.
        let again = compiled.compiled().expect("it can be written");
        let again = Scenario::from_compiled(&again).expect("it can be read");
        let starts = |scenario: Scenario| {
            let parameters = Parameters::new(&scenario);
            let trace = simulate(&Arc::new(scenario), &parameters).expect("it runs");
            trace.log.runs.len()
        };
        assert_eq!([starts(read), starts(compiled), starts(again)], [7; 3]);
    }

    #[test]
    fn bytes_of_something_else_are_refused() {
        for bytes in [&b""[..], b"accelerando", &[255; 400]] {
            assert!(Scenario::from_compiled(bytes).is_err());
        }
    }
}
