//! Links to the page, opened on the command line: what cannot be read and whether a run comes to the same is said on
//! standard error.

use std::io::{self, Write as _};
use std::sync::Arc;

use super::Bad;
use crate::insight;
use crate::letters::visible;
use crate::link::{self, Read};
use crate::scenario::{FLASH_SALE, Scenario};
use crate::session::Setup;
use crate::sim::{self, Engine, Trace};
use crate::time::Instant;

/// Says something on standard error; whatever it quotes can be seen and steers no terminal.
pub(super) fn say(words: &str) {
    let _ = writeln!(io::stderr(), "{}", visible(words));
}

/// The run of a setup; one that would be too long is refused before it is made, where that can be told.
pub(super) fn run(scenario: &Arc<Scenario>, setup: &Setup, file: &str) -> Result<Trace, Bad> {
    let interventions = setup.interventions();
    let checked = match interventions.is_empty() {
        true => sim::check(scenario, &setup.parameters),
        // Somebody's own calls may put to sleep what runs too often.
        false => Ok(()),
    };
    checked
        .and_then(|()| Engine::new(scenario, &setup.parameters, interventions))
        .and_then(Engine::finished)
        .map_err(|error| Bad(format!("{file}: it cannot be run: {error}")))
}

/// The moment at which the page opens.
pub(super) fn opening(scenario: &Arc<Scenario>, file: &str) -> Result<Instant, Bad> {
    Ok(insight::opening(&run(
        scenario,
        &Setup::new(scenario),
        file,
    )?))
}

fn fragment(link: &str) -> &str {
    link.split_once('#').map_or(link, |(_, fragment)| fragment)
}

/// The text of the scenario that a link is about, and what it is called in messages; where it cannot be read, which is
/// said with the rest of the link, the one that ships.
pub(super) fn scenario(link: &str) -> (String, String) {
    let source = link::source_of(fragment(link));
    let text = link::scenario(source).and_then(|_| link::text(source));
    let text = text.unwrap_or_else(|_| FLASH_SALE.to_owned());
    (text, "the link's scenario".to_owned())
}

/// What a link shows, or the end of one.
pub(super) fn opened(scenario: &Scenario, opening: Instant, link: &str) -> Read {
    let read = link::read(scenario, opening, fragment(link));
    for told in read.told() {
        say(&format!("the link: {told}"));
    }
    read
}

/// Says whether a run of the scenario of that text comes to what its link says, and gives whether it does.
pub(super) fn judged(link: &Read, trace: &Trace, text: &str) -> bool {
    let Some((same, words)) = link.judged(trace, text) else {
        return true;
    };
    say(&format!("the link: {words}"));
    same
}
