//! Links to the page, opened on the command line: what cannot be read and whether a run comes to the same is said on
//! standard error.

use std::io::{self, Write as _};
use std::sync::Arc;

use super::Bad;
use crate::insight;
use crate::link::{self, Read, Verdict};
use crate::scenario::Scenario;
use crate::session::Setup;
use crate::sim::{Engine, Trace};
use crate::time::Instant;

fn say(words: &str) {
    let _ = writeln!(io::stderr(), "{words}");
}

/// The run of a setup.
pub(super) fn run(scenario: &Arc<Scenario>, setup: &Setup) -> Result<Trace, Bad> {
    Engine::new(scenario, &setup.parameters, setup.interventions())
        .and_then(Engine::finished)
        .map_err(|error| Bad(error.to_string()))
}

/// The moment at which the page opens.
pub(super) fn opening(scenario: &Arc<Scenario>) -> Result<Instant, Bad> {
    Ok(insight::opening(&run(scenario, &Setup::new(scenario))?))
}

/// What a link shows, or the end of one.
pub(super) fn opened(scenario: &Scenario, opening: Instant, link: &str) -> Read {
    let fragment = link.split_once('#').map_or(link, |(_, fragment)| fragment);
    let read = link::read(scenario, opening, fragment);
    for skipped in &read.skipped {
        say(&format!("the link: skipped {skipped}"));
    }
    if read.damaged {
        say("the link: it is damaged, so it may show something else than it was made for");
    }
    read
}

/// Says whether a run comes to what its link says, and gives whether it does.
pub(super) fn judged(link: &Read, trace: &Trace) -> bool {
    let Some(proof) = &link.proof else {
        return true;
    };
    match proof.verdict(trace) {
        Verdict::Reproduced => {
            say("the link: reproduced");
            true
        }
        Verdict::Differs { lanes, engine } => {
            let what = match lanes.is_empty() {
                true => "what was observed or planned differs, the runs do not".to_owned(),
                false => format!("other runs of {}", lanes.join(", ")),
            };
            let why = match (engine, link.damaged) {
                (true, _) => "it was made by another version of the engine",
                (false, true) => "the link is damaged",
                (false, false) => "the scenario is another than it was",
            };
            say(&format!(
                "the link: not reproduced: {what}; likely because {why}"
            ));
            false
        }
    }
}
