//! The page's one state, and the one way to change it.

use std::sync::Arc;

use leptos::prelude::*;

use super::beside::Beside;
use super::cron::Read;
use super::keep::kept;
use super::maker::Maker;
use super::run::{Run, Shown};
use super::signals::{Memo, RwSignal};
use super::voice::Voice;
use crate::draw::{TimeScale, Viewport};
use crate::insight::opening;
use crate::scenario::{Parameters, Scenario};
use crate::schedule::EndpointId;
use crate::session::{Command, Rival, Selection, Session, Setup, Tab, View};
use crate::time::{Instant, Span};

/// Below this width of the page, in CSS pixels, names stand above what they name.
const NARROW: f64 = 760.0;

/// Where it is kept whether single keys do anything.
pub const KEYS: &str = "accelerando-keys";

/// The page's one state.
#[derive(Clone, Copy)]
pub struct Store {
    scenario: StoredValue<Arc<Scenario>>,
    /// The scenario as the bytes that it was read from.
    pub compiled: StoredValue<Box<[u8]>>,
    session: RwSignal<Session>,
    /// The run at the parameters of the session; the last good one while that is being made, or cannot be.
    pub run: Memo<Shown>,
    /// Why there is no run at the parameters of the session.
    pub unrun: Memo<Option<String>>,
    /// What makes runs, and those that it is compared with.
    makers: [Maker; 2],
    /// What the run that is wanted follows from.
    pub setup: Memo<Setup>,
    /// The parameters.
    pub parameters: Memo<Parameters>,
    /// What the run is compared with.
    pub rival: Memo<Rival>,
    /// The setup that was kept.
    pub kept: Memo<Option<Setup>>,
    /// The chapter of the story that is open.
    pub chapter: Memo<Option<usize>>,
    /// What the run is compared with, worked out, or why it cannot be.
    pub beside: Memo<Option<Result<Beside, String>>>,
    /// The cron expression that was read last.
    pub cron: RwSignal<Option<Read>>,
    /// Which of the story's questions have been answered since the page was opened.
    pub solved: RwSignal<Vec<bool>>,
    /// What the last change has caused of it, in words.
    pub won: RwSignal<Option<String>>,
    /// Whether single keys do anything.
    pub keys: RwSignal<bool>,
    /// Whether the press that is going on has become a drag, so that it is no click.
    pub dragged: StoredValue<bool>,
    /// The endpoints that a sentence speaks of, while it is pointed at.
    pub lit: RwSignal<Vec<EndpointId>>,
    /// The moment that all panels show.
    pub cursor: Memo<Instant>,
    /// The stretch of time that all panels show.
    pub viewport: Memo<Viewport>,
    /// What is explained.
    pub selection: Memo<Option<Selection>>,
    /// What the panel shows.
    pub tab: Memo<Tab>,
    /// What the panel showed before the figure's tables were asked for.
    pub came_from: StoredValue<Option<Tab>>,
    /// Whether the cursor moves by itself.
    pub playing: Memo<bool>,
    /// How fast.
    pub speed: Memo<u16>,
    /// Whether playback begins again at the end.
    pub looped: Memo<bool>,
    /// Whether cursor and viewport stay where they are.
    pub locked: Memo<bool>,
    /// Whether there is something to undo and to redo.
    pub undoable: Memo<(bool, bool)>,
    /// Between time and pixels, for all plots.
    scale: Memo<TimeScale>,
    /// The width of the plots, in CSS pixels.
    pub plot_width: RwSignal<f64>,
    /// The width of the page, in CSS pixels.
    pub page_width: RwSignal<f64>,
    /// What is said to those who do not see the page.
    pub voice: Voice,
    /// Why the last command could not be done.
    pub refused: RwSignal<Option<String>>,
}

impl Store {
    /// A store that shows a scenario at its defaults, at which it runs like that.
    pub fn new(scenario: Arc<Scenario>, compiled: Box<[u8]>, first: Run) -> Self {
        let first = Shown(Arc::new(first));
        let session = RwSignal::new(Session::new(&scenario, opening(&first.trace)));
        let setup = Memo::new(move |_| session.with(|session| session.view.setup.clone()));
        let own = StoredValue::new(Arc::clone(&scenario));
        let makers = [Maker::new(&scenario), Maker::new(&scenario)];
        let [maker, other_maker] = makers;
        // A run that is being made or cannot be leaves the last good one on the screen.
        let outcome = Memo::new(move |before: Option<&(Shown, Option<String>)>| {
            let before = before.map_or(&first, |(run, _)| run);
            setup.with(|setup| {
                if before.setup == *setup {
                    maker.stop();
                    return (before.clone(), None);
                }
                match maker.run(setup) {
                    Some(Ok(run)) => (run, None),
                    Some(Err(why)) => (before.clone(), Some(why)),
                    None => (before.clone(), None),
                }
            })
        });
        let run = Memo::new(move |_| outcome.with(|(run, _)| run.clone()));
        let rival = Memo::new(move |_| session.with(|session| session.view.rival.clone()));
        let kept_setup = Memo::new(move |_| session.with(|session| session.view.kept.clone()));
        let cron = RwSignal::new(None::<Read>);
        let viewport = Memo::new(move |_| session.with(|session| session.view.viewport));
        let plot_width = RwSignal::new(760.0);
        let other = Memo::new(move |_| {
            let (scenario, rival) = (own.get_value(), rival.get());
            kept_setup.with(|kept| Beside::other(&scenario, &rival, kept.as_ref(), other_maker))
        });
        Self {
            cron,
            scenario: own,
            compiled: StoredValue::new(compiled),
            session,
            run,
            unrun: Memo::new(move |_| outcome.with(|(_, why)| why.clone())),
            makers,
            setup,
            parameters: Memo::new(move |_| setup.with(|setup| setup.parameters.clone())),
            rival,
            kept: kept_setup,
            chapter: Memo::new(move |_| session.with(|session| session.view.chapter)),
            beside: Memo::new(move |_| {
                other.get().or_else(|| {
                    let rival = rival.get();
                    run.with(|run| cron.with(|cron| Beside::fixed(run, &rival, cron.as_ref())))
                })
            }),
            solved: RwSignal::new(Vec::new()),
            won: RwSignal::new(None),
            keys: RwSignal::new(kept(KEYS).as_deref() != Some("off")),
            dragged: StoredValue::new(false),
            lit: RwSignal::new(Vec::new()),
            cursor: Memo::new(move |_| session.with(|session| session.view.cursor)),
            viewport,
            scale: Memo::new(move |_| TimeScale {
                viewport: viewport.get(),
                width: plot_width.get(),
            }),
            selection: Memo::new(move |_| session.with(|session| session.view.selection)),
            tab: Memo::new(move |_| session.with(|session| session.view.tab)),
            came_from: StoredValue::new(None),
            playing: Memo::new(move |_| session.with(|session| session.playing)),
            speed: Memo::new(move |_| session.with(|session| session.speed)),
            looped: Memo::new(move |_| session.with(|session| session.looped)),
            locked: Memo::new(move |_| session.with(|session| session.locked)),
            undoable: Memo::new(move |_| {
                session.with(|session| (session.can_undo(), session.can_redo()))
            }),
            plot_width,
            page_width: RwSignal::new(1_440.0),
            voice: Voice::new(),
            refused: RwSignal::new(None),
        }
    }

    /// The scenario.
    pub fn scenario(self) -> Arc<Scenario> {
        self.scenario.get_value()
    }

    /// What is shown, as far as others should see it too.
    pub fn view(self) -> View {
        self.session.with_untracked(|session| session.view.clone())
    }

    /// Shows what somebody else saw.
    pub fn open(self, view: View) {
        self.session.update(|session| session.show(view));
    }

    /// How far what is being made has come, in percent.
    pub fn percent(self) -> Option<u8> {
        let [own, other] = self.makers;
        let waits = self
            .setup
            .with(|setup| self.run.with(|run| run.setup != *setup));
        if waits && self.unrun.with(Option::is_none) {
            return Some(own.percent.get());
        }
        let compares = match self.rival.get() {
            Rival::Defaults => true,
            Rival::Kept => self.kept.with(Option::is_some),
            _ => false,
        };
        (compares && self.beside.with(Option::is_none)).then(|| other.percent.get())
    }

    /// Gives up what is being made, and goes back to what is shown.
    pub fn stop(self) {
        for maker in self.makers {
            maker.stop();
        }
        let setup = self.run.with_untracked(|run| run.setup.clone());
        let mut view = self.view();
        if view.setup == setup {
            // What it was to be compared with.
            view.rival = Rival::Nobody;
        }
        self.open(View { setup, ..view });
    }

    /// Does a command; what could not be done is said in [`Store::refused`].
    pub fn dispatch(self, command: &Command) {
        let scenario = self.scenario();
        let result = self
            .session
            .try_update(|session| session.apply(&scenario, command));
        let refused = match result {
            Some(Err(error)) => Some(error.to_string()),
            _ => None,
        };
        if refused.is_some() || self.refused.with_untracked(Option::is_some) {
            self.refused.set(refused);
        }
    }

    /// Whether there is nothing for Reset all to do.
    pub fn is_reset(self) -> bool {
        self.session
            .with(|session| session.is_reset(&self.scenario()))
    }

    /// Whether to play is to begin at the start.
    pub fn begins_anew(self) -> bool {
        self.session.with(Session::begins_anew)
    }

    /// Whether what happened last is that a change was taken back.
    pub fn undone(self) -> bool {
        self.session.with(|session| session.undone)
    }

    /// Looks at what the last change led from, if there was one.
    pub fn with_before<R>(self, look: impl FnOnce(Option<&Setup>) -> R) -> R {
        self.session
            .with_untracked(|session| look(session.before()))
    }

    /// Moves the cursor.
    pub fn seek(self, at: Instant) {
        self.dispatch(&Command::Seek { ms: at.ms() });
    }

    /// Explains an endpoint at a moment, and shows that moment.
    pub fn select(self, endpoint: EndpointId, at: Instant) {
        self.dispatch(&Command::Select {
            endpoint: endpoint.0,
            ms: at.ms(),
        });
        self.show(at);
    }

    /// Moves the cursor to a moment, and shows it.
    pub fn go(self, at: Instant) {
        self.seek(at);
        self.show(at);
    }

    /// Moves the viewport just so far that an instant is in it.
    pub fn show(self, at: Instant) {
        let now = self.viewport.get_untracked();
        self.look(now.showing(at, self.scenario().end()));
    }

    /// Shows a stretch of time.
    pub fn look(self, viewport: Viewport) {
        self.dispatch(&Command::View {
            from: viewport.from.ms(),
            to: viewport.to.ms(),
        });
    }

    /// Shows less (a factor under 1) or more time around the cursor.
    pub fn zoom(self, around: Instant, factor: f64) {
        let now = self.viewport.get_untracked();
        self.look(now.zoomed(around, factor, self.scenario().end()));
    }

    /// Moves the viewport by a share of its length.
    pub fn pan(self, share: f64) {
        let now = self.viewport.get_untracked();
        let by = Span::from_ms((now.length().ms() as f64 * share) as i64);
        self.look(now.panned(by, self.scenario().end()));
    }

    /// Shows the whole run.
    pub fn fit(self) {
        self.look(Viewport::fit(self.scenario().end()));
    }

    /// The instant of the next or the previous decision.
    pub fn step(self, forward: bool) {
        let cursor = self.cursor.get_untracked();
        let to = self.run.with_untracked(|run| {
            if forward {
                run.decisions.iter().copied().find(|at| *at > cursor)
            } else {
                run.decisions.iter().copied().rfind(|at| *at < cursor)
            }
        });
        if let Some(to) = to {
            self.dispatch(&Command::Play { playing: false });
            self.seek(to);
            self.show(to);
        }
    }

    /// Lets playback go on by what has passed on the wall.
    pub fn tick(self, passed: Span) {
        self.session.update(|session| session.tick(passed));
    }

    /// The whole second at a place of the plots: nobody means the milliseconds between two pixels.
    pub fn instant(self, x: f64) -> Instant {
        let at = self.scale().instant_clamped(x);
        Instant::from_ms((at.ms() + 500) / 1_000 * 1_000)
    }

    /// Between time and pixels, for all plots.
    pub fn scale(self) -> TimeScale {
        self.scale.get()
    }

    /// Whether names stand above what they name.
    pub fn narrow(self) -> bool {
        self.page_width.get() < NARROW
    }
}

/// The store of the page.
pub fn store() -> Store {
    expect_context()
}
