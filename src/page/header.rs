//! The name of the page and of the scenario, and what works on everything: undo, reset, theme, help.

use super::dom::{El, button, el, icon};
use super::panel::reveal;
use super::share::{scenario_button, share_button};
use super::signals::RwSignal;
use super::store::store;
use super::story::read;
use super::theme::theme_button;
use crate::session::{Command, Tab};

/// What this is, for those who come upon it.
const ABOUT: &str = "A simulated scheduler that looks more often when it matters, and says why";

/// The top of the page.
pub fn header(help: RwSignal<bool>) -> El {
    let store = store();
    let scenario = store.scenario();
    let named =
        |button: El, name: &str, title: &str| button.attr("aria-label", name).attr("title", title);
    let undo = button("icon", move || store.dispatch(&Command::Undo))
        .live_flag("disabled", move || !store.undoable.get().0)
        .child(icon(&[(
            "ring",
            "M6 3L3 6l3 3M3 6h6.5a3.5 3.5 0 0 1 0 7H6",
        )]));
    let redo = button("icon", move || store.dispatch(&Command::Redo))
        .live_flag("disabled", move || !store.undoable.get().1)
        .child(icon(&[(
            "ring",
            "M10 3l3 3-3 3M13 6H6.5a3.5 3.5 0 0 0 0 7H10",
        )]));
    el("header")
        .class("top")
        .child(el("span").class("product").text("Accelerando"))
        .child(scenario_button())
        .child(el("span").class("about").text(ABOUT))
        .child(el("span").class("grow"))
        .child(
            button("quiet", move || match store.chapter.get_untracked() {
                None => read(store, 0),
                Some(_) => store.dispatch(&Command::Read { chapter: None }),
            })
            .live_flag("hidden", move || scenario.chapters.is_empty())
            .live_attr("aria-pressed", move || {
                store.chapter.get().is_some().to_string()
            })
            .text("Story"),
        )
        .child(
            button("quiet", move || {
                store.dispatch(&Command::Open { tab: Tab::Compare });
                reveal(store);
            })
            .text("Compare"),
        )
        .child(
            button("quiet", move || store.dispatch(&Command::ResetAll))
                .live_flag("disabled", move || store.is_reset())
                .attr(
                    "title",
                    "Levers, calls by hand, comparison, selection and zoom as at the start",
                )
                .text("Reset all"),
        )
        .child(share_button())
        .child(named(undo, "Undo", "Undo (Ctrl+Z)"))
        .child(named(redo, "Redo", "Redo (Ctrl+Shift+Z)"))
        .child(theme_button())
        .child(named(
            button("icon", move || help.set(true)).text("?"),
            "Help",
            "Help (?)",
        ))
}
