//! Random settings of a scenario that are the same on every machine.

use std::sync::Arc;

use accelerando::scenario::{FLASH_SALE, Form, Parameters, Scenario};
use accelerando::sim::simulate;
use rand_pcg::Pcg32;
use rand_pcg::rand_core::Rng;

/// How many settings are compared.
pub const SETTINGS: u64 = 256;

/// The flash sale.
pub fn flash_sale() -> Arc<Scenario> {
    Arc::new(Scenario::parse(FLASH_SALE).expect("the flash sale is well-formed"))
}

/// A number from 0 up to 1, exact on every machine.
fn share(random: &mut Pcg32) -> f64 {
    f64::from(random.next_u32() >> 8) / f64::from(1_u32 << 24)
}

/// The setting of that number: some parameters moved, the seed and the noise among them.
pub fn setting(scenario: &Scenario, number: u64) -> Parameters {
    let mut random = Pcg32::new(number, 7);
    let mut parameters = Parameters::new(scenario);
    let count = u32::try_from(scenario.parameters.len()).expect("a scenario has few parameters");
    for _ in 0..6 {
        let index = (random.next_u32() % count) as usize;
        let parameter = &scenario.parameters[index];
        let value = parameter.from + (parameter.to - parameter.from) * share(&mut random);
        let value = match parameter.form {
            Form::Truth => f64::from(random.next_u32() % 2),
            Form::Whole => f64::from(random.next_u32() % 1_000),
            Form::Number(_) if parameter.name == "noise" => value,
            // Whole seconds and hundredths, as people set them.
            Form::Number(_) if parameter.to >= 1_000.0 => (value / 1_000.0).round() * 1_000.0,
            Form::Number(_) => (value * 100.0).round() / 100.0,
        };
        // What contradicts another parameter is left as it was.
        let _ = parameters.set(scenario, index, value.clamp(parameter.from, parameter.to));
    }
    parameters
}

/// The hash of the trace of each setting, in order; a setting that cannot be run says why.
pub fn hashes() -> Vec<String> {
    let scenario = flash_sale();
    (0..SETTINGS)
        .map(
            |number| match simulate(&scenario, &setting(&scenario, number)) {
                Ok(trace) => format!("{:016x}", trace.hash()),
                Err(error) => error.code().to_owned(),
            },
        )
        .collect()
}
