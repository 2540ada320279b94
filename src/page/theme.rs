//! Light, dark, or as the system has it.

use leptos::prelude::*;

use super::dom::{El, button, icon, svg};
use super::keep::{keep, kept};
use super::signals::RwSignal;

/// Where the choice is kept.
const KEY: &str = "accelerando-theme";

/// How the page is lit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Theme {
    /// As the system has it.
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

impl Theme {
    /// The name of the choice, in words and in the page's own attribute.
    pub const fn name(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    const fn next(self) -> Self {
        match self {
            Self::System => Self::Light,
            Self::Light => Self::Dark,
            Self::Dark => Self::System,
        }
    }

    /// The choice that was made last.
    pub fn kept() -> Self {
        match kept(KEY).as_deref() {
            Some("light") => Self::Light,
            Some("dark") => Self::Dark,
            _ => Self::System,
        }
    }

    fn keep(self) {
        if let Some(root) = document().document_element() {
            let _ = root.set_attribute("data-theme", self.name());
        }
        keep(KEY, self.name());
    }
}

/// The button that goes through the three choices.
pub fn theme_button() -> El {
    let theme = RwSignal::new(Theme::kept());
    theme.get_untracked().keep();
    let label = move || format!("Theme: {}", theme.get().name());
    let on_click = move || {
        theme.update(|theme| *theme = theme.next());
        theme.get_untracked().keep();
    };
    let half = move || match theme.get() {
        Theme::System => "M8 2.5a5.5 5.5 0 0 1 0 11z",
        Theme::Light => "",
        Theme::Dark => "M8 2.5a5.5 5.5 0 1 1 0 11a5.5 5.5 0 1 1 0-11z",
    };
    let ring = "M8 2.5a5.5 5.5 0 1 1 0 11a5.5 5.5 0 1 1 0-11z";
    let picture = icon(&[("ring", ring)]).child(
        svg("path")
            .class("solid")
            .live_attr("d", move || half().to_owned()),
    );
    button("icon theme", on_click)
        .live_attr("title", label)
        .live_attr("aria-label", label)
        .child(picture)
}
