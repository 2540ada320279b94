//! What of a session others should see too.

use super::{Rival, Selection, Session, Setup, Tab};
use crate::draw::Viewport;
use crate::scenario::Scenario;
use crate::time::Instant;

/// What a page shows, as far as others should see it too.
#[derive(Clone, Debug, PartialEq)]
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
}
