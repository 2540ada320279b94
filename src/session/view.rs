//! What of a session others should see too, and how it travels from one program to another.

use serde::{Deserialize, Serialize};

use super::{Rival, Selection, Session, Setup, Tab};
use crate::draw::Viewport;
use crate::limits;
use crate::scenario::{Parameters, Scenario};
use crate::time::Instant;

/// Raised whenever the bytes of a view come to mean something else.
const VERSION: u8 = 1;

/// What a page shows, as far as others should see it too.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct View {
    /// What the run follows from.
    pub setup: Setup,
    /// The setup that was kept as B.
    pub kept: Option<Setup>,
    /// What the run is compared with.
    pub rival: Rival,
    /// The chapter of the story that is open, by its number.
    pub chapter: Option<usize>,
    /// The cursor.
    pub cursor: Instant,
    /// The stretch of time that is shown.
    pub viewport: Viewport,
    /// What is explained.
    pub selection: Option<Selection>,
    /// The panel that is open.
    pub tab: Tab,
}

impl View {
    /// A page as it opens, with the cursor at `opening`.
    #[must_use]
    pub fn opening(scenario: &Scenario, opening: Instant) -> Self {
        Session::new(scenario, opening).view
    }

    /// The view as bytes, for programs of this version.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        // Plain data that is written to memory: there is nothing that could fail.
        postcard::to_allocvec(&(VERSION, self)).unwrap_or_default()
    }

    /// A view of a scenario from what [`View::bytes`] gave; nothing if these are other bytes, or those of a view of
    /// another scenario.
    #[must_use]
    pub fn from_bytes(scenario: &Scenario, bytes: &[u8]) -> Option<Self> {
        let (version, view): (u8, Self) = postcard::from_bytes(bytes).ok()?;
        let fits = |setup: &Setup| {
            let calls = &setup.calls;
            let endpoints = scenario.endpoints.len();
            Parameters::from_values(scenario, setup.parameters.values().to_vec()).is_some()
                && calls.len() <= limits::LINK_CALLS
                && calls
                    .iter()
                    .all(|call| (call.endpoint as usize) < endpoints)
        };
        let sound = version == VERSION
            && fits(&view.setup)
            && view.kept.as_ref().is_none_or(fits)
            && view.viewport.from < view.viewport.to;
        sound.then_some(view)
    }

    /// What makes a place of its own, to which Back leads: everything but the cursor and the stretch of time.
    #[must_use]
    pub fn place(&self) -> Self {
        Self {
            cursor: Instant::START,
            viewport: Viewport {
                from: Instant::START,
                to: Instant::START,
            },
            ..self.clone()
        }
    }
}
