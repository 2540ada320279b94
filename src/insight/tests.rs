//! What the tests of this room share.

use std::sync::Arc;

use crate::scenario::{FLASH_SALE, Parameters, Scenario};
use crate::sim::{Trace, simulate};

/// A run of the flash sale with some parameters set as people write them.
pub(super) fn run(settings: &[(&str, &str)]) -> Trace {
    let scenario = Arc::new(Scenario::parse(FLASH_SALE).expect("it is well-formed"));
    let mut parameters = Parameters::new(&scenario);
    for (name, value) in settings {
        parameters
            .set_text(&scenario, name, value)
            .expect("it can be set");
    }
    simulate(&scenario, &parameters).expect("it runs")
}
