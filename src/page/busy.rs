//! What takes a while, with a way to stop it, and what cannot be run.

use super::dom::{El, button, el};
use super::store::store;
use crate::session::Command;

/// Both, each while there is one.
pub fn busy() -> [El; 2] {
    let store = store();
    let going_on = el("div")
        .class("busy")
        // Its end is told by the run itself; how far it is, is there for those who ask.
        .live_flag("hidden", move || store.percent().is_none())
        .child(
            el("span")
                .attr("role", "progressbar")
                .attr("aria-label", "Simulating")
                .live_attr("aria-valuenow", move || {
                    store.percent().unwrap_or(0).to_string()
                })
                .live_text(move || {
                    let percent = store.percent().unwrap_or(0);
                    format!("Simulating: {percent} %. Until then you see the run before.")
                }),
        )
        .child(button("plain", move || store.stop()).text("Stop"));
    let failed = el("div")
        .class("busy")
        .attr("role", "alert")
        .live_flag("hidden", move || store.unrun.with(Option::is_none))
        .child(el("span").live_text(move || match store.unrun.get() {
            Some(why) => format!("This cannot be run: {why}. You see the run before."),
            None => String::new(),
        }))
        .child(button("plain", move || store.dispatch(&Command::Undo)).text("Undo"));
    [going_on, failed]
}
