//! Where more is better: a little more traffic that ends better, which happens when trouble is big enough to be met sooner.

use std::sync::Arc;

use super::moment::severity;
use crate::scenario::{Purpose, Scenario};
use crate::schedule::Tier;
use crate::sim::{Engine, Intervention, SimulationError, Trace};
use crate::time::Span;

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

/// Says so if the one of two runs that ends better, with a less severe alert, is blind for longer. Each is a name, the
/// run, and for how long it is blind.
#[must_use]
pub fn blinder(one: (&str, &Trace, Span), other: (&str, &Trace, Span)) -> Option<String> {
    let (better, worse) = if severity(one.1) < severity(other.1) {
        (one, other)
    } else {
        (other, one)
    };
    let surprises = severity(better.1) < severity(worse.1) && better.2 > worse.2;
    surprises.then(|| {
        format!(
            "Note that {} is blind for longer, and yet {} need not be told: blind time counts every problem alike, whether or not \
             it leads to anything.",
            better.0,
            alert(&worse.1.scenario, severity(worse.1))
        )
    })
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
    fn a_run_that_is_blinder_and_ends_better_is_told() {
        let (told, quiet) = (run(&[]), run(&[("traffic", "1.1")]));
        let [short, long] = [Span::from_mins(1), Span::from_mins(2)];
        let found = "Note that B is blind for longer, and yet customer support need not be told: blind time counts every problem alike, \
                     whether or not it leads to anything.";
        let this = ("this run", &told, short);
        assert_eq!(blinder(this, ("B", &quiet, long)).as_deref(), Some(found));
        assert_eq!(blinder(("B", &quiet, long), this).as_deref(), Some(found));
        assert_eq!(blinder(this, ("B", &quiet, short)), None);
        assert_eq!(blinder(this, ("B", &told, long)), None);
    }

    #[test]
    fn where_more_is_not_better_nothing_is_said() {
        assert_eq!(found(&[("traffic", "0.2")]), None);
        assert_eq!(found(&[("traffic", "2")]), None);
        assert_eq!(found(&[("traffic", "5")]), None);
    }
}
