//! What the page shows and what was done to it: state, commands, undo.
//!
//! Invariant: [`Session::apply`] is the only way to change a session. Commands hold absolute values, so that a log of
//! them can be replayed. Nothing here knows a browser; the time of playback is handed in.

use serde::{Deserialize, Serialize};

use crate::draw::Viewport;
use crate::scenario::{ParameterError, Parameters, Scenario};
use crate::schedule::EndpointId;
use crate::time::{Instant, Span};

/// Speeds of playback: seconds of the run in a second.
pub const SPEEDS: [u16; 8] = [1, 5, 15, 30, 60, 90, 120, 240];
/// How many changes can be undone.
const MOST_UNDOS: usize = 300;

/// What the panel beside the timeline shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tab {
    /// The sliders.
    Levers,
    /// The explanation of what is selected.
    Why,
    /// The claims and invariants.
    Claims,
}

impl Tab {
    /// All of them, in order.
    pub const ALL: [Self; 3] = [Self::Levers, Self::Why, Self::Claims];
}

/// An endpoint at a moment: a run, or a moment without one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Selection {
    /// Which endpoint.
    pub endpoint: EndpointId,
    /// When.
    pub at: Instant,
}

/// Something that can be done to the page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum Command {
    /// Sets a parameter, in its own unit. Several in a row on one parameter are one change until [`Command::Settle`].
    Set {
        /// The parameter's number.
        parameter: usize,
        /// Its value.
        value: f64,
    },
    /// A drag has ended: the next change is a change of its own.
    Settle,
    /// Sets all parameters to their defaults.
    ResetAll,
    /// Takes the last change back.
    Undo,
    /// Makes the last change that was taken back again.
    Redo,
    /// Moves the cursor, in milliseconds from the start; held within the run.
    Seek {
        /// Where to.
        ms: i64,
    },
    /// Plays or pauses.
    Play {
        /// Which of the two.
        playing: bool,
    },
    /// Sets the speed of playback, in seconds of the run in a second.
    Speed {
        /// How fast.
        speed: u16,
    },
    /// Whether playback begins again at the end.
    Loop {
        /// Whether it does.
        looped: bool,
    },
    /// Looks at an endpoint at a moment.
    Select {
        /// The endpoint's number.
        endpoint: u32,
        /// When, in milliseconds from the start.
        ms: i64,
    },
    /// Looks at nothing in particular.
    Deselect,
    /// Opens a tab.
    Open {
        /// Which.
        tab: Tab,
    },
    /// Shows a stretch of time, in milliseconds from the start.
    View {
        /// From.
        from: i64,
        /// To.
        to: i64,
    },
}

/// A change of parameters that can be undone.
#[derive(Clone, Debug, PartialEq)]
struct Change {
    before: Parameters,
    after: Parameters,
    /// The parameter that is being dragged, as long as it is.
    dragging: Option<usize>,
}

/// What the page shows.
#[derive(Clone, Debug, PartialEq)]
pub struct Session {
    /// The parameters of the run that is shown.
    pub parameters: Parameters,
    /// The moment that all panels show.
    pub cursor: Instant,
    /// The stretch of time that all panels show.
    pub viewport: Viewport,
    /// What is explained.
    pub selection: Option<Selection>,
    /// What the panel shows.
    pub tab: Tab,
    /// Whether the cursor moves by itself.
    pub playing: bool,
    /// How fast, in seconds of the run in a second.
    pub speed: u16,
    /// Whether it begins again at the end.
    pub looped: bool,
    end: Instant,
    past: Vec<Change>,
    future: Vec<Change>,
}

impl Session {
    /// A scenario at its defaults, paused at `cursor`.
    #[must_use]
    pub fn new(scenario: &Scenario, cursor: Instant) -> Self {
        let end = scenario.end();
        Self {
            parameters: Parameters::new(scenario),
            cursor: cursor.min(end),
            viewport: Viewport::fit(end),
            selection: None,
            tab: Tab::Levers,
            playing: false,
            speed: 60,
            looped: false,
            end,
            past: Vec::new(),
            future: Vec::new(),
        }
    }

    /// Whether there is something to undo.
    #[must_use]
    pub fn can_undo(&self) -> bool {
        !self.past.is_empty()
    }

    /// Whether there is something to redo.
    #[must_use]
    pub fn can_redo(&self) -> bool {
        !self.future.is_empty()
    }

    /// Does a command.
    ///
    /// # Errors
    /// [`ParameterError`] when a parameter cannot take a value; nothing has changed then.
    pub fn apply(&mut self, scenario: &Scenario, command: &Command) -> Result<(), ParameterError> {
        match *command {
            Command::Set { parameter, value } => {
                let mut parameters = self.parameters.clone();
                parameters.set(scenario, parameter, value)?;
                self.change(parameters, Some(parameter));
            }
            Command::Settle => {
                if let Some(last) = self.past.last_mut() {
                    last.dragging = None;
                }
            }
            Command::ResetAll => self.change(Parameters::new(scenario), None),
            Command::Undo => {
                if let Some(mut change) = self.past.pop() {
                    change.dragging = None;
                    self.parameters = change.before.clone();
                    self.future.push(change);
                }
            }
            Command::Redo => {
                if let Some(change) = self.future.pop() {
                    self.parameters = change.after.clone();
                    self.past.push(change);
                }
            }
            Command::Seek { ms } => self.cursor = self.within(ms),
            Command::Play { playing } => {
                // At the end there is nothing left to play: it begins again.
                if playing && self.cursor >= self.end {
                    self.cursor = Instant::START;
                }
                self.playing = playing;
            }
            Command::Speed { speed } => self.speed = speed.clamp(1, 240),
            Command::Loop { looped } => self.looped = looped,
            Command::Select { endpoint, ms } => {
                if (endpoint as usize) < scenario.endpoints.len() {
                    let at = self.within(ms);
                    self.selection = Some(Selection {
                        endpoint: EndpointId(endpoint),
                        at,
                    });
                    self.cursor = at;
                    self.tab = Tab::Why;
                }
            }
            Command::Deselect => self.selection = None,
            Command::Open { tab } => self.tab = tab,
            Command::View { from, to } => {
                let (from, to) = (Instant::from_ms(from), Instant::from_ms(to));
                // Zooming and panning by nothing keeps a stretch within the run.
                self.viewport = Viewport { from, to }.zoomed(from, 1.0, self.end);
            }
        }
        Ok(())
    }

    /// Moves the cursor by what has passed on the wall during playback; stops or begins again at the end.
    pub fn tick(&mut self, passed: Span) {
        if !self.playing {
            return;
        }
        let next = self.cursor + passed.times(i64::from(self.speed));
        if next < self.end {
            self.cursor = next;
        } else if self.looped {
            self.cursor = Instant::START;
        } else {
            self.cursor = self.end;
            self.playing = false;
        }
    }

    fn within(&self, ms: i64) -> Instant {
        Instant::from_ms(ms.clamp(0, self.end.ms()))
    }

    fn change(&mut self, parameters: Parameters, dragging: Option<usize>) {
        if parameters == self.parameters {
            return;
        }
        self.future.clear();
        let before = std::mem::replace(&mut self.parameters, parameters.clone());
        match self.past.last_mut() {
            Some(last) if dragging.is_some() && last.dragging == dragging => {
                last.after = parameters
            }
            _ => {
                if self.past.len() == MOST_UNDOS {
                    self.past.remove(0);
                }
                self.past.push(Change {
                    before,
                    after: parameters,
                    dragging,
                });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::FLASH_SALE;

    fn session() -> (Scenario, Session) {
        let scenario = Scenario::parse(FLASH_SALE).expect("the flash sale is well-formed");
        let session = Session::new(&scenario, Instant::from_ms(1_205_000));
        (scenario, session)
    }

    fn traffic(scenario: &Scenario, session: &Session) -> f64 {
        session
            .parameters
            .get(scenario.parameter("traffic").expect("it is a parameter"))
    }

    #[test]
    fn a_drag_is_one_change() {
        let (scenario, mut session) = session();
        let parameter = scenario.parameter("traffic").expect("it is a parameter");
        for value in [1.1, 1.4, 2.0] {
            session
                .apply(&scenario, &Command::Set { parameter, value })
                .expect("in range");
        }
        session.apply(&scenario, &Command::Settle).expect("always");
        session
            .apply(
                &scenario,
                &Command::Set {
                    parameter,
                    value: 3.0,
                },
            )
            .expect("in range");
        session.apply(&scenario, &Command::Undo).expect("always");
        assert_eq!(traffic(&scenario, &session), 2.0);
        session.apply(&scenario, &Command::Undo).expect("always");
        assert_eq!(traffic(&scenario, &session), 1.0);
        assert!(!session.can_undo());
        session.apply(&scenario, &Command::Redo).expect("always");
        assert_eq!(traffic(&scenario, &session), 2.0);
    }

    #[test]
    fn a_value_out_of_range_changes_nothing() {
        let (scenario, mut session) = session();
        let parameter = scenario.parameter("traffic").expect("it is a parameter");
        let before = session.clone();
        assert!(
            session
                .apply(
                    &scenario,
                    &Command::Set {
                        parameter,
                        value: 7.0
                    }
                )
                .is_err()
        );
        assert_eq!(session, before);
    }

    #[test]
    fn playback_stops_at_the_end_and_begins_again_when_asked() {
        let (scenario, mut session) = session();
        session
            .apply(&scenario, &Command::Play { playing: true })
            .expect("always");
        session.tick(Span::from_secs(1));
        assert_eq!(session.cursor, Instant::from_ms(1_265_000));
        session.tick(Span::from_mins(60));
        assert_eq!((session.cursor, session.playing), (scenario.end(), false));
        session
            .apply(&scenario, &Command::Play { playing: true })
            .expect("always");
        assert_eq!(session.cursor, Instant::START);
        session
            .apply(&scenario, &Command::Loop { looped: true })
            .expect("always");
        session.tick(Span::from_mins(60));
        assert_eq!((session.cursor, session.playing), (Instant::START, true));
    }

    #[test]
    fn the_cursor_stays_within_the_run() {
        let (scenario, mut session) = session();
        session
            .apply(&scenario, &Command::Seek { ms: -5 })
            .expect("always");
        assert_eq!(session.cursor, Instant::START);
        session
            .apply(&scenario, &Command::Seek { ms: i64::MAX })
            .expect("always");
        assert_eq!(session.cursor, scenario.end());
    }
}
