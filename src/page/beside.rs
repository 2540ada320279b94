//! What the run is compared with, worked out once for all panels that show it.

use super::cron::Read;
use super::run::Run;
use crate::draw::{MetricSeries, untouched_series};
use crate::insight::{PolicyResult, compare_cron};
use crate::session::{Rival, Setup};

/// What the run is compared with.
#[derive(Clone, Debug, PartialEq)]
pub struct Beside {
    /// What people call it.
    pub name: String,
    /// What it cost and missed.
    pub result: PolicyResult,
    /// The world under it.
    pub metrics: Vec<MetricSeries>,
}

impl Beside {
    /// What a run is to be compared with, or why it cannot be.
    pub fn of(
        run: &Run,
        rival: &Rival,
        kept: Option<&Setup>,
        cron: Option<&Read>,
    ) -> Option<Result<Self, String>> {
        let fixed = |name: String, result: PolicyResult| Self {
            name,
            result,
            metrics: untouched_series(&run.trace),
        };
        let other = |name: &str, setup: &Setup| {
            let other = Run::of(&run.trace.scenario, setup)?;
            let mut results = other.findings.comparison.into_iter();
            Ok(Self {
                name: name.to_owned(),
                result: results.next().ok_or("there is nothing to compare")?,
                metrics: other.metrics,
            })
        };
        Some(match rival {
            Rival::Nobody => return None,
            Rival::Policy(name) => {
                let known = run.findings.comparison.iter();
                let found = known.skip(1).find(|result| result.policy == *name)?;
                Ok(fixed(policy_words(name), found.clone()))
            }
            // Nothing is shown until it has been read.
            Rival::Cron(expression) => match cron.filter(|(known, _)| known == expression)? {
                (_, Ok(cron)) => compare_cron(&run.trace, cron)
                    .map(|result| fixed(format!("cron {expression}"), result)),
                (_, Err(fault)) => Err(fault.clone()),
            },
            Rival::Defaults => other("the defaults", &Setup::new(&run.trace.scenario)),
            Rival::Kept => other("B, as kept", kept?),
        })
    }
}

/// A fixed schedule as people call it: `cron-30s` is cron every 30 s.
pub fn policy_words(name: &str) -> String {
    match name.strip_prefix("cron-") {
        Some(every) => {
            let (number, unit) = every.split_at(
                every
                    .find(|c: char| c.is_ascii_alphabetic())
                    .unwrap_or(every.len()),
            );
            let unit = if unit == "m" { "min" } else { unit };
            format!("cron every {number} {unit}")
        }
        None => format!("the {name}'s own cron"),
    }
}
