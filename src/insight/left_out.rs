//! The fixed schedules that a run is not compared with, since they do not fit beside it.

use super::PolicyResult;
use super::compare::FIXED;
use crate::sim::Trace;

/// The names of the fixed schedules that a comparison does not hold.
#[must_use]
pub fn left_out(trace: &Trace, comparison: &[PolicyResult]) -> Vec<String> {
    let common = FIXED.iter().map(|(name, _)| *name);
    let own = trace.scenario.policies.iter().map(|p| p.id.as_str());
    let compared = |name: &str| comparison.iter().any(|policy| policy.policy == name);
    let missing = common.chain(own).filter(|name| !compared(name));
    missing.map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::{FLASH_SALE, Scenario};

    #[test]
    fn no_scenario_calls_a_policy_as_one_is_called_that_is_built_in() {
        let names = FIXED.iter().map(|(name, _)| *name).chain(["adaptive"]);
        for name in names {
            let text = format!("{FLASH_SALE}\n[[policy]]\nid = \"{name}\"\n");
            let faults = Scenario::parse(&text).expect_err(name);
            assert_eq!(faults[0].code, "reserved_name", "{name}: {faults:?}");
        }
    }
}
