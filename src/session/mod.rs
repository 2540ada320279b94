//! What the page shows and what was done to it: state, commands, undo.
//!
//! Invariant: [`Session::apply`] is the only way to change a session. Commands hold absolute values, so that a log of
//! them can be replayed. Nothing here knows a browser; the time of playback is handed in.

use serde::{Deserialize, Serialize};

use crate::draw::Viewport;
use crate::order;
use crate::scenario::{ParameterError, Parameters, Scenario};
use crate::schedule::EndpointId;
use crate::sim::Intervention;
use crate::time::{Instant, Span};

mod call;
mod view;

pub use call::{Call, Wish};
pub use view::View;

/// The fastest playback, in seconds of the run in a second.
const FASTEST: u16 = 240;
/// How many changes can be undone.
const MOST_UNDOS: usize = 300;

/// The speed of playback at a place of its slider, from 0 (real time) to 100 (the fastest).
///
/// Every step is faster by the same factor; the faster it is, the rounder is the number.
#[must_use]
pub fn speed_at(place: u16) -> u16 {
    // By way of logarithms, which the page has anyway: a power of its own weighs as much as this whole file.
    let exact = (f64::from(FASTEST).ln() * f64::from(place.min(100)) / 100.0).exp();
    let grain = match exact {
        ..20.0 => 1.0,
        ..100.0 => 5.0,
        _ => 10.0,
    };
    ((exact / grain).round() * grain) as u16
}

/// The place of a speed on the slider; see [`speed_at`].
#[must_use]
pub fn place_of(speed: u16) -> u16 {
    let speed = f64::from(speed.clamp(1, FASTEST));
    (speed.ln() / f64::from(FASTEST).ln() * 100.0).round() as u16
}

/// What the panel beside the timeline shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tab {
    /// The sliders.
    Levers,
    /// The explanation of what is selected.
    Why,
    /// The run beside another.
    Compare,
    /// The claims and invariants, and the report.
    Claims,
    /// Calls by the reader's own hand.
    Planner,
}

/// What a run is compared with.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rival {
    /// Nothing.
    #[default]
    Nobody,
    /// The fixed schedule of that name.
    Policy(String),
    /// Every check at the slots of a cron expression.
    Cron(String),
    /// The same scenario at its defaults.
    Defaults,
    /// The setup that was kept.
    Kept,
}

impl Tab {
    /// All of them, in order.
    pub const ALL: [Self; 5] = [
        Self::Levers,
        Self::Why,
        Self::Compare,
        Self::Claims,
        Self::Planner,
    ];

    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Levers => "Levers",
            Self::Why => "Why",
            Self::Compare => "Compare",
            Self::Claims => "Claims",
            Self::Planner => "Planner",
        }
    }
}

/// An endpoint at a moment: a run, or a moment without one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
    /// Sets all parameters to their defaults, takes all calls of the reader's own back, and looks at nothing in
    /// particular: no selection, no comparison, the whole run.
    ResetAll,
    /// Calls a tool by hand.
    Intervene {
        /// The call.
        call: Call,
    },
    /// Puts another call in the place of one that was made by hand.
    Amend {
        /// Its number, in order of time.
        index: usize,
        /// The call.
        call: Call,
    },
    /// Takes a call that was made by hand back.
    Withdraw {
        /// Its number, in order of time.
        index: usize,
    },
    /// Keeps the present setup, to be compared with later.
    Keep,
    /// Compares the run with something.
    Compare {
        /// With what.
        rival: Rival,
    },
    /// Opens a chapter of the story, or closes the story.
    Read {
        /// Its number.
        chapter: Option<usize>,
    },
    /// Takes the last change back.
    Undo,
    /// Makes the last change that was taken back again.
    Redo,
    /// Keeps the cursor and the stretch of time that is shown where they are, or lets them move again.
    Lock {
        /// Which of the two.
        locked: bool,
    },
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

/// All that a run follows from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Setup {
    /// The parameters.
    pub parameters: Parameters,
    /// The calls by the reader's own hand, in order of time.
    pub calls: Vec<Call>,
}

impl Setup {
    /// A scenario at its defaults.
    #[must_use]
    pub fn new(scenario: &Scenario) -> Self {
        Self {
            parameters: Parameters::new(scenario),
            calls: Vec::new(),
        }
    }

    /// The calls as the simulation takes them.
    #[must_use]
    pub fn interventions(&self) -> Vec<Intervention> {
        self.calls.iter().map(Call::intervention).collect()
    }
}

/// A change that can be undone.
#[derive(Clone, Debug, PartialEq)]
struct Change {
    before: Setup,
    after: Setup,
    /// What was looked at before it.
    selection: Option<Selection>,
    /// What was compared with and shown before it, if it has reset that too.
    reset: Option<(Rival, Viewport)>,
    /// The parameter that is being dragged, as long as it is.
    dragging: Option<usize>,
}

/// What the page shows.
#[derive(Clone, Debug, PartialEq)]
pub struct Session {
    /// What others should see too.
    pub view: View,
    /// Whether the cursor moves by itself.
    pub playing: bool,
    /// How fast, in seconds of the run in a second.
    pub speed: u16,
    /// Whether it begins again at the end.
    pub looped: bool,
    /// Whether cursor and viewport stay where they are.
    pub locked: bool,
    end: Instant,
    /// Whether nobody has moved the cursor yet.
    fresh: bool,
    past: Vec<Change>,
    future: Vec<Change>,
    /// Whether what happened last is that a change was taken back.
    pub undone: bool,
}

impl Session {
    /// A scenario at its defaults, paused at `cursor`.
    #[must_use]
    pub fn new(scenario: &Scenario, cursor: Instant) -> Self {
        let end = scenario.end();
        Self {
            view: View {
                setup: Setup::new(scenario),
                kept: None,
                rival: Rival::Nobody,
                chapter: None,
                cursor: cursor.min(end),
                viewport: Viewport::fit(end),
                selection: None,
                tab: Tab::Levers,
            },
            playing: false,
            speed: 60,
            looped: false,
            locked: false,
            end,
            fresh: true,
            past: Vec::new(),
            future: Vec::new(),
            undone: false,
        }
    }

    /// Shows what a link or a place of the browser's history holds; if that changes the run, it can be undone.
    pub fn show(&mut self, view: View) {
        self.change(view.setup.clone(), None, None);
        self.view = view;
        self.playing = false;
        self.fresh = false;
    }

    /// Whether to play is to begin at the start: at the end there is nothing left to play, and where nobody has looked
    /// for a moment yet, the story begins at its beginning.
    #[must_use]
    pub fn begins_anew(&self) -> bool {
        self.fresh || self.view.cursor >= self.end
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

    /// What the last change led from; one that was taken back has led back.
    #[must_use]
    pub fn before(&self) -> Option<&Setup> {
        match self.undone {
            true => self.future.last().map(|change| &change.after),
            false => self.past.last().map(|change| &change.before),
        }
    }

    /// Whether everything that [`Command::ResetAll`] sets is as at the start.
    #[must_use]
    pub fn is_reset(&self, scenario: &Scenario) -> bool {
        self.view.setup == Setup::new(scenario)
            && self.view.selection.is_none()
            && self.view.rival == Rival::Nobody
            && self.view.viewport == Viewport::fit(self.end)
    }

    /// Does a command.
    ///
    /// # Errors
    /// [`ParameterError`] when a parameter cannot take a value; nothing has changed then.
    pub fn apply(&mut self, scenario: &Scenario, command: &Command) -> Result<(), ParameterError> {
        match *command {
            Command::Set { parameter, value } => {
                let mut setup = self.view.setup.clone();
                setup.parameters.set(scenario, parameter, value)?;
                self.change(setup, Some(parameter), None);
            }
            Command::Intervene { ref call } => self.change_calls(|calls| {
                if (call.endpoint as usize) < scenario.endpoints.len() {
                    calls.push(call.clone());
                }
            }),
            Command::Amend { index, ref call } => self.change_calls(|calls| {
                if let Some(place) = calls.get_mut(index) {
                    place.clone_from(call);
                }
            }),
            Command::Withdraw { index } => self.change_calls(|calls| {
                if index < calls.len() {
                    calls.remove(index);
                }
            }),
            Command::Keep => self.view.kept = Some(self.view.setup.clone()),
            Command::Compare { ref rival } => self.view.rival.clone_from(rival),
            Command::Read { chapter } => {
                self.view.chapter = chapter.filter(|chapter| *chapter < scenario.chapters.len());
            }
            Command::Settle => {
                if let Some(last) = self.past.last_mut() {
                    last.dragging = None;
                }
            }
            Command::ResetAll => {
                if !self.is_reset(scenario) {
                    let looked = (self.view.rival.clone(), self.view.viewport);
                    self.change(Setup::new(scenario), None, Some(looked));
                    self.look_at_nothing();
                }
            }
            Command::Undo => self.undo(),
            Command::Redo => self.redo(),
            Command::Lock { locked } => {
                self.locked = locked;
                self.playing &= !locked;
            }
            Command::Seek { ms } => {
                if !self.locked {
                    self.view.cursor = self.within(ms);
                }
                self.fresh = false;
            }
            Command::Play { playing } => {
                // Nothing plays with a cursor that stays where it is.
                self.locked &= !playing;
                if playing && self.begins_anew() {
                    self.view.cursor = Instant::START;
                }
                self.fresh = false;
                self.playing = playing;
            }
            Command::Speed { speed } => self.speed = speed.clamp(1, FASTEST),
            Command::Loop { looped } => self.looped = looped,
            Command::Select { endpoint, ms } => {
                if (endpoint as usize) < scenario.endpoints.len() {
                    let at = self.within(ms);
                    self.view.selection = Some(Selection {
                        endpoint: EndpointId(endpoint),
                        at,
                    });
                    if !self.locked {
                        self.view.cursor = at;
                    }
                    self.fresh = false;
                    self.view.tab = Tab::Why;
                }
            }
            Command::Deselect => self.view.selection = None,
            Command::Open { tab } => self.view.tab = tab,
            Command::View { from, to } => {
                let (from, to) = (Instant::from_ms(from), Instant::from_ms(to));
                // Zooming and panning by nothing keeps a stretch within the run.
                if !self.locked {
                    self.view.viewport = Viewport { from, to }.zoomed(from, 1.0, self.end);
                }
            }
        }
        Ok(())
    }

    /// Moves the cursor by what has passed on the wall during playback; stops or begins again at the end.
    pub fn tick(&mut self, passed: Span) {
        if !self.playing {
            return;
        }
        let next = self.view.cursor + passed.times(i64::from(self.speed));
        if next < self.end {
            self.view.cursor = next;
        } else if self.looped {
            self.view.cursor = Instant::START;
        } else {
            self.view.cursor = self.end;
            self.playing = false;
        }
    }

    fn within(&self, ms: i64) -> Instant {
        Instant::from_ms(ms.clamp(0, self.end.ms()))
    }

    fn change_calls(&mut self, change: impl FnOnce(&mut Vec<Call>)) {
        let mut setup = self.view.setup.clone();
        change(&mut setup.calls);
        for call in &mut setup.calls {
            call.at_ms = call.at_ms.clamp(0, self.end.ms());
        }
        // The simulation numbers them in this order too.
        order::by_key(&mut setup.calls, |call| (call.at_ms, 0));
        self.change(setup, None, None);
    }

    fn undo(&mut self) {
        let Some(mut change) = self.past.pop() else {
            return;
        };
        change.dragging = None;
        self.view.setup = change.before.clone();
        // As a text's cursor goes to what is undone, so does what is explained.
        if let Some(selection) = change.selection {
            self.view.selection = Some(selection);
            if !self.locked {
                self.view.cursor = selection.at;
            }
        }
        if let Some((rival, viewport)) = &change.reset {
            self.view.rival.clone_from(rival);
            self.view.viewport = *viewport;
        }
        self.future.push(change);
        self.undone = true;
    }

    fn redo(&mut self) {
        let Some(change) = self.future.pop() else {
            return;
        };
        self.view.setup = change.after.clone();
        if change.reset.is_some() {
            self.look_at_nothing();
        }
        self.past.push(change);
        self.undone = false;
    }

    fn look_at_nothing(&mut self) {
        self.view.selection = None;
        self.view.rival = Rival::Nobody;
        self.view.viewport = Viewport::fit(self.end);
    }

    fn change(&mut self, setup: Setup, dragging: Option<usize>, reset: Option<(Rival, Viewport)>) {
        if setup == self.view.setup && reset.is_none() {
            return;
        }
        self.future.clear();
        self.undone = false;
        let before = std::mem::replace(&mut self.view.setup, setup.clone());
        match self.past.last_mut() {
            Some(last) if dragging.is_some() && last.dragging == dragging => last.after = setup,
            _ => {
                if self.past.len() == MOST_UNDOS {
                    self.past.remove(0);
                }
                self.past.push(Change {
                    before,
                    after: setup,
                    selection: self.view.selection,
                    reset,
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
            .view
            .setup
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
        assert_eq!(session.view.cursor, Instant::START, "nobody had moved it");
        session
            .apply(&scenario, &Command::Seek { ms: 1_205_000 })
            .expect("always");
        session.tick(Span::from_secs(1));
        assert_eq!(session.view.cursor, Instant::from_ms(1_265_000));
        session.tick(Span::from_mins(60));
        assert_eq!(
            (session.view.cursor, session.playing),
            (scenario.end(), false)
        );
        session
            .apply(&scenario, &Command::Play { playing: true })
            .expect("always");
        assert_eq!(session.view.cursor, Instant::START);
        session
            .apply(&scenario, &Command::Loop { looped: true })
            .expect("always");
        session.tick(Span::from_mins(60));
        assert_eq!(
            (session.view.cursor, session.playing),
            (Instant::START, true)
        );
    }

    #[test]
    fn the_cursor_stays_within_the_run() {
        let (scenario, mut session) = session();
        session
            .apply(&scenario, &Command::Seek { ms: -5 })
            .expect("always");
        assert_eq!(session.view.cursor, Instant::START);
        session
            .apply(&scenario, &Command::Seek { ms: i64::MAX })
            .expect("always");
        assert_eq!(session.view.cursor, scenario.end());
    }

    #[test]
    fn the_slider_goes_from_real_time_to_the_fastest_in_round_numbers() {
        let speeds: Vec<u16> = (0..=100).map(speed_at).collect();
        assert!(speeds.is_sorted());
        assert_eq!(
            [0, 25, 50, 75, 90, 100].map(speed_at),
            [1, 4, 15, 60, 140, 240]
        );
        for speed in speeds {
            assert_eq!(speed_at(place_of(speed)), speed);
        }
    }

    #[test]
    fn any_whole_speed_is_taken_and_held_within_the_bounds() {
        let (scenario, mut session) = session();
        let asked = [0, 1, 7, 61, 239, 240, 241];
        let taken = asked.map(|speed| {
            session
                .apply(&scenario, &Command::Speed { speed })
                .expect("always");
            session.speed
        });
        assert_eq!(taken, [1, 1, 7, 61, 239, 240, 240]);
    }

    fn wake(at_ms: i64) -> Call {
        Call {
            at_ms,
            endpoint: 3,
            wish: Wish::Wake,
        }
    }

    #[test]
    fn calls_by_hand_stand_in_order_of_time_and_can_be_undone() {
        let (scenario, mut session) = session();
        let mut done = |command: Command| {
            session.apply(&scenario, &command).expect("always");
            let at: Vec<i64> = session
                .view
                .setup
                .calls
                .iter()
                .map(|call| call.at_ms)
                .collect();
            at
        };
        assert_eq!(done(Command::Intervene { call: wake(9_000) }), [9_000]);
        assert_eq!(
            done(Command::Intervene { call: wake(4_000) }),
            [4_000, 9_000]
        );
        let amended = Command::Amend {
            index: 0,
            call: wake(12_000),
        };
        assert_eq!(done(amended), [9_000, 12_000]);
        assert_eq!(done(Command::Withdraw { index: 0 }), [12_000]);
        assert_eq!(done(Command::Withdraw { index: 7 }), [12_000]);
        assert_eq!(done(Command::Undo), [9_000, 12_000]);
        assert_eq!(done(Command::Undo), [4_000, 9_000]);
        assert_eq!(done(Command::Redo), [9_000, 12_000]);
        assert_eq!(done(Command::ResetAll), [0; 0]);
        assert_eq!(done(Command::Undo), [9_000, 12_000]);
    }

    #[test]
    fn what_is_locked_stays_until_it_is_played() {
        let (scenario, mut session) = session();
        let mut done = |command: Command| {
            session.apply(&scenario, &command).expect("always");
            (
                session.view.cursor.ms(),
                session.view.viewport.from.ms(),
                session.locked,
            )
        };
        let lock = |locked| Command::Lock { locked };
        let view = |from| Command::View {
            from,
            to: 2_000_000,
        };
        done(view(600_000));
        done(lock(true));
        assert_eq!(
            done(Command::Seek { ms: 5_000 }),
            (1_205_000, 600_000, true)
        );
        assert_eq!(done(view(700_000)), (1_205_000, 600_000, true));
        let select = Command::Select {
            endpoint: 3,
            ms: 900_000,
        };
        assert_eq!(done(select), (1_205_000, 600_000, true));
        done(lock(false));
        assert_eq!(done(Command::Seek { ms: 5_000 }), (5_000, 600_000, false));
        done(lock(true));
        assert!(!done(Command::Play { playing: true }).2);
    }

    #[test]
    fn undo_goes_back_to_what_was_looked_at() {
        let (scenario, mut session) = session();
        let parameter = scenario.parameter("traffic").expect("it is a parameter");
        let mut done = |command: Command| {
            session.apply(&scenario, &command).expect("always");
            let selected = session.view.selection.map(|selection| selection.at.ms());
            (selected, session.view.rival.clone())
        };
        let select = |ms| Command::Select { endpoint: 3, ms };
        done(select(800_000));
        done(Command::Set {
            parameter,
            value: 2.0,
        });
        done(select(880_000));
        assert_eq!(done(Command::Undo), (Some(800_000), Rival::Nobody));
        done(Command::Compare {
            rival: Rival::Defaults,
        });
        // A reset that changes no lever is a change all the same.
        assert_eq!(done(Command::ResetAll), (None, Rival::Nobody));
        assert_eq!(done(Command::Undo), (Some(800_000), Rival::Defaults));
        assert_eq!(done(Command::Redo), (None, Rival::Nobody));
    }

    #[test]
    fn a_command_survives_being_written_and_read() {
        let command = Command::Intervene {
            call: Call {
                at_ms: 60_000,
                endpoint: 2,
                wish: Wish::Interval {
                    every_ms: 30_000,
                    ttl_ms: 90_000,
                },
            },
        };
        let text = serde_json::to_string(&command).expect("it can be written");
        let read: Command = serde_json::from_str(&text).expect("it can be read");
        assert_eq!(read, command);
    }
}
