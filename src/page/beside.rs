//! What the run is compared with, worked out once for all panels that show it.

use std::sync::Arc;

use super::cron::Read;
use super::maker::Maker;
use super::run::{Run, Shown};
use crate::draw::{MetricSeries, untouched_series};
use crate::insight::{PolicyResult, compare_cron};
use crate::letters::on_one_line;
use crate::scenario::Scenario;
use crate::session::{Rival, Setup};

/// What the run is compared with.
#[derive(Clone, Debug)]
pub struct Beside {
    /// What people call it.
    pub name: String,
    /// What it cost and missed.
    pub result: PolicyResult,
    /// The world under it.
    pub metrics: Vec<MetricSeries>,
    /// Its run, if it is one of the scheduler's own.
    pub run: Option<Shown>,
}

/// Each is worked out because something has changed: to show it anew costs less than to find out whether it is the same.
impl PartialEq for Beside {
    fn eq(&self, _: &Self) -> bool {
        false
    }
}

impl Beside {
    /// The fixed schedule that a run is to be compared with, in the run's own world, or why it cannot be.
    pub fn fixed(run: &Run, rival: &Rival, cron: Option<&Read>) -> Option<Result<Self, String>> {
        let named = |name: String, result: PolicyResult| Self {
            name,
            result,
            metrics: untouched_series(&run.trace),
            run: None,
        };
        Some(match rival {
            Rival::Policy(name) => {
                let known = run.findings.comparison.iter();
                let found = known.skip(1).find(|result| result.policy == *name)?;
                Ok(named(policy_words(name), found.clone()))
            }
            // Nothing is shown until it has been read.
            Rival::Cron(expression) => match cron.filter(|(known, _)| known == expression)? {
                (_, Ok(cron)) => compare_cron(&run.trace, cron)
                    .map(|result| named(format!("cron {}", on_one_line(expression)), result)),
                (_, Err(fault)) => Err(fault.clone()),
            },
            _ => return None,
        })
    }

    /// The other setup that a run is to be compared with, which is the same whatever becomes of the run; nothing while
    /// its run is being made.
    pub fn other(
        scenario: &Arc<Scenario>,
        rival: &Rival,
        kept: Option<&Setup>,
        maker: Maker,
    ) -> Option<Result<Self, String>> {
        let run_of = |name: &str, setup: &Setup| {
            let named = |other: Shown| {
                let first = other.findings.comparison.first();
                Ok(Self {
                    name: name.to_owned(),
                    result: first.cloned().ok_or("there is nothing to compare")?,
                    metrics: other.metrics.clone(),
                    run: Some(other),
                })
            };
            Some(maker.run(setup)?.and_then(named))
        };
        match rival {
            Rival::Defaults => run_of("the defaults", &Setup::new(scenario)),
            Rival::Kept => run_of("B, as kept", kept?),
            _ => {
                maker.stop();
                None
            }
        }
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
