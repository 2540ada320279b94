//! The report as real tables, each to be copied as Markdown or CSV.

use gloo_timers::callback::Timeout;
use leptos::prelude::*;

use super::dom::{El, button, el, focus, fold, table as grid};
use super::panel::reveal_part;
use super::signals::RwSignal;
use super::store::{Store, store};
use crate::export::{Table, tables};
use crate::session::Command;

/// How many tables there are.
const TABLES: usize = 6;
/// How many rows of a table are shown.
const MOST_ROWS: usize = 500;
/// The most starts of a run whose tables are made.
const MOST_STARTS: usize = 10_000;
/// Which of the two times of everything the tables tell.
const TRUE: &str = "Minutes show what was true then; checks see it later. ";
/// For how long a button says that something was copied, in milliseconds.
const SAID: u32 = 2_000;

/// All tables, folded.
pub fn report() -> El {
    let store = store();
    let open: [RwSignal<bool>; TABLES] = std::array::from_fn(|_| RwSignal::new(false));
    el("div")
        .class("report")
        .child(el("h2").class("panel-title").text("Report"))
        .child(
            el("p")
                .class("second")
                .text(TRUE)
                .child(button("link", move || back(store)).text("Back to the figure")),
        )
        .child(el("div").live(move || {
            let starts = store.run.with(|run| run.trace.log.runs.len());
            if starts > MOST_STARTS {
                let words = format!("{starts} starts are too many for tables on a page; Share saves all of them as CSV.");
                return vec![el("p").text(&words)];
            }
            let tables = store.run.with(|run| tables(&run.trace));
            let each = tables.into_iter().zip(open);
            each.map(|(table, open)| folded(store, table, open))
                .collect()
        }))
}

/// Leads back to where the tables were asked for.
fn back(store: Store) {
    if let Some(tab) = store.came_from.get_value() {
        store.dispatch(&Command::Open { tab });
    }
    reveal_part(store, ".timeline");
    focus(".lanes");
}

fn folded(store: Store, table: Table, open: RwSignal<bool>) -> El {
    let head: Vec<&str> = table.head.iter().map(String::as_str).collect();
    let rows = table.rows.iter().take(MOST_ROWS).map(|row| {
        let cells = row.iter().map(|cell| el("td").text(cell));
        el("tr").children(cells)
    });
    let grid = grid(table.title, &head, rows.collect());
    fold(table.title, open)
        .attr("data-table", table.title)
        .child(
            el("div")
                .class("acts")
                .child(copy(
                    store,
                    table.title,
                    "Copy as Markdown",
                    Table::markdown,
                ))
                .child(copy(store, table.title, "Copy as CSV", Table::csv)),
        )
        .child(
            el("div")
                .class("wide")
                .attr("tabindex", "0")
                .attr("role", "region")
                .attr("aria-label", table.title)
                .child(grid),
        )
        .children(more(&table))
}

/// That a table has more rows than are shown.
fn more(table: &Table) -> Option<El> {
    let rows = table.rows.len();
    let words = format!("The first {MOST_ROWS} of {rows} rows; a copy has all of them.");
    (rows > MOST_ROWS).then(|| el("p").class("second").text(&words))
}

/// A button that puts a text on the clipboard, and says so.
fn copy(store: Store, title: &'static str, words: &'static str, of: fn(&Table) -> String) -> El {
    let said = RwSignal::new(words);
    let waiting = StoredValue::new_local(None::<Timeout>);
    button("link", move || {
        let all = store.run.with_untracked(|run| tables(&run.trace));
        let table = all.iter().find(|table| table.title == title);
        let text = table.map_or(String::new(), of);
        let written = window().navigator().clipboard().write_text(&text);
        let back = move || {
            waiting.set_value(Some(Timeout::new(SAID, move || said.set(words))));
        };
        leptos::task::spawn_local(async move {
            let done = written.await.is_ok();
            said.set(if done {
                "Copied"
            } else {
                "The browser did not allow it"
            });
            back();
        });
    })
    .attr("aria-live", "polite")
    .live_text(move || said.get().to_owned())
}
