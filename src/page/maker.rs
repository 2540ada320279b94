//! Makes runs: at once where nobody notices, and else in turns, while the page goes on showing what it has.

use std::sync::Arc;

use leptos::prelude::*;

use super::run::{Making, Run, Shown};
use super::signals::RwSignal;
use super::turns::Turns;
use crate::scenario::Scenario;
use crate::session::Setup;

/// For how long a run may be made at once, in milliseconds: most take less, and are there with the change that asked
/// for them.
const AT_ONCE: f64 = 50.0;

/// A run, or why there is none, in words.
pub type Made = Result<Shown, String>;

/// Makes the run of one setup at a time.
#[derive(Clone, Copy)]
pub struct Maker {
    scenario: StoredValue<Arc<Scenario>>,
    turns: Turns,
    /// What was made in turns last, and of what.
    made: RwSignal<Option<(Setup, Made)>>,
    /// How far the one that is being made, or was made in turns last, has come, in percent.
    pub percent: RwSignal<u8>,
}

/// The browser's clock, in milliseconds; not a number where there is none.
pub fn now() -> f64 {
    let clock = window().performance();
    clock.map_or(f64::NAN, |clock| clock.now())
}

impl Maker {
    /// Of runs of a scenario.
    pub fn new(scenario: &Arc<Scenario>) -> Self {
        Self {
            scenario: StoredValue::new(Arc::clone(scenario)),
            turns: Turns::new(),
            made: RwSignal::new(None),
            percent: RwSignal::new(0),
        }
    }

    /// The run of a setup; nothing while it is being made. Whoever asks in a memo or an effect is asked again once it
    /// is there.
    pub fn run(self, setup: &Setup) -> Option<Made> {
        let known = self.made.with(|made| match made {
            Some((known, made)) if known == setup => Some(made.clone()),
            _ => None,
        });
        if known.is_some() {
            return known;
        }
        let mut making = match self
            .scenario
            .with_value(|scenario| Making::new(scenario, setup))
        {
            Ok(making) => making,
            Err(why) => return Some(Err(why)),
        };
        let until = now() + AT_ONCE;
        // Without a clock, only the first slice is made at once.
        while now() < until {
            match making.advance() {
                Ok(None) => {}
                Ok(Some(run)) => return Some(Ok(shown(run))),
                Err(why) => return Some(Err(why)),
            }
        }
        let setup = setup.clone();
        self.turns.start(0, move || {
            let made = match making.advance() {
                Ok(None) => {
                    let percent = making.percent();
                    if self.percent.with_untracked(|shown| *shown != percent) {
                        self.percent.set(percent);
                    }
                    return true;
                }
                Ok(Some(run)) => Ok(shown(run)),
                Err(why) => Err(why),
            };
            self.made.set(Some((setup.clone(), made)));
            false
        });
        None
    }

    /// Gives up what is being made.
    pub fn stop(self) {
        self.turns.stop();
    }
}

fn shown(run: Run) -> Shown {
    Shown(Arc::new(run))
}
