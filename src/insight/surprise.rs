//! Where more is better: a little more traffic that ends better, which happens when trouble is big enough to be met sooner.

use std::sync::Arc;

use super::moment::severity;
use crate::scenario::{Purpose, Scenario};
use crate::schedule::Tier;
use crate::sim::{Engine, Intervention, SimulationError, Trace};

/// By how much traffic is raised.
const MORE: f64 = 1.1;

/// A run with a tenth more traffic that ended better.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Surprise {
    /// It in one sentence.
    pub text: String,
}

/// Simulates a tenth more traffic; says so if that ends better: with a less severe alert.
///
/// # Errors
/// [`SimulationError`] when that run cannot be made.
pub fn surprise(
    trace: &Trace,
    interventions: &[Intervention],
) -> Result<Option<Surprise>, SimulationError> {
    let scenario = &trace.scenario;
    let traffic = scenario
        .parameters
        .iter()
        .position(|parameter| parameter.purpose == Purpose::Traffic);
    let mut parameters = trace.parameters.clone();
    let raised = traffic.and_then(|index| {
        let value = (parameters.get(index) * MORE * 100.0).round() / 100.0;
        parameters.set(scenario, index, value).ok()
    });
    if raised.is_none() {
        return Ok(None);
    }
    let more = Engine::new(scenario, &parameters, interventions.to_vec())?.finished()?;
    if severity(&more) >= severity(trace) {
        return Ok(None);
    }
    Ok(Some(Surprise {
        text: text(scenario, trace, &more),
    }))
}

fn text(scenario: &Arc<Scenario>, trace: &Trace, more: &Trace) -> String {
    let told = alert(scenario, severity(trace));
    // What was tried sooner is why.
    let sooner = more.recoveries.iter().find_map(|attempt| {
        let before = trace
            .recoveries
            .iter()
            .find(|other| other.endpoint == attempt.endpoint)?;
        let name = &scenario.endpoints.get(attempt.endpoint.index())?.name;
        (attempt.at < before.at)
            .then(|| format!(": {name} comes at {} instead of {}", attempt.at, before.at))
    });
    format!(
        "Oddly, more trouble would end better here: with 10 % more traffic {told} would not be told{}.",
        sooner.unwrap_or_default()
    )
}

/// The name of the alert of a severity.
fn alert(scenario: &Scenario, severity: usize) -> &str {
    let alerts = scenario
        .endpoints
        .iter()
        .filter(|endpoint| endpoint.schedule.tier == Tier::Alert);
    let mut names = alerts.map(|endpoint| endpoint.name.as_str());
    names.nth(severity.saturating_sub(1)).unwrap_or("somebody")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::insight::tests::run;

    fn found(settings: &[(&str, &str)]) -> Option<String> {
        surprise(&run(settings), &[])
            .expect("it runs")
            .map(|found| found.text)
    }

    #[test]
    fn a_tenth_more_traffic_brings_the_workers_sooner() {
        assert_eq!(
            found(&[]).as_deref(),
            Some(
                "Oddly, more trouble would end better here: with 10 % more traffic customer support would not be told: scale workers \
                 comes at 9:40 instead of 13:20."
            )
        );
    }

    #[test]
    fn where_more_is_not_better_nothing_is_said() {
        assert_eq!(found(&[("traffic", "0.2")]), None);
        assert_eq!(found(&[("traffic", "2")]), None);
        assert_eq!(found(&[("traffic", "5")]), None);
    }
}
