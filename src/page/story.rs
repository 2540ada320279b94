//! Story mode: chapters for people who are not technical, and three things to cause at the end.
//!
//! A sentence and the lanes that it speaks of light each other up.

use super::dom::{El, button, el};
use super::panel::{reveal, reveal_part};
use super::signals::{Memo, effect};
use super::store::{Store, store};
use super::voice::About;
use crate::insight::{ChapterTold, SentenceTold, answered, begins, told};
use crate::rule::unbroken;
use crate::session::{Command, Setup, Tab};
use crate::time::Instant;

/// The chapter that is open, above the figure; nothing while the story is closed.
pub fn story() -> El {
    let store = store();
    followed(store);
    let chapter = Memo::new(move |_| {
        let index = store.chapter.get()?;
        store.run.with(|run| {
            let chapter = run.trace.scenario.chapters.get(index)?;
            Some(told(chapter, &run.trace))
        })
    });
    el("section")
        .class("story")
        .attr("aria-label", "The story")
        .live_flag("hidden", move || store.chapter.get().is_none())
        .child(head(store))
        .child(moved(store))
        .child(
            el("div")
                .class("story-text")
                .live(move || chapter.get().map_or(Vec::new(), |told| text(store, &told))),
        )
}

/// While the cursor moves by itself, the chapter is the one of what goes on.
fn followed(store: Store) {
    let begins = Memo::new(move |_| {
        store.run.with(|run| {
            let chapters = run.trace.scenario.chapters.iter();
            let begins = chapters.map(|chapter| begins(chapter, &run.trace));
            begins.collect::<Vec<_>>()
        })
    });
    effect(move || {
        if !store.playing.get() {
            return;
        }
        let Some(open) = store.chapter.get() else {
            return;
        };
        let cursor = store.cursor.get();
        let come = |from: &Option<Instant>| from.is_some_and(|from| from <= cursor);
        let chapter = begins.with(|begins| begins.iter().rposition(come));
        let chapter = chapter.unwrap_or(0);
        if chapter != open {
            let chapter = Some(chapter);
            store.dispatch(&Command::Read { chapter });
        }
    });
}

/// Shows the levers, above which the questions stand.
fn turn(store: Store) {
    store.dispatch(&Command::Open { tab: Tab::Levers });
    reveal(store);
}

/// Whether the last chapter is open.
fn at_end(store: Store) -> bool {
    let count = store.scenario().chapters.len();
    store
        .chapter
        .get()
        .is_some_and(|chapter| chapter + 1 == count)
}

/// Opens a chapter and looks at its moment.
pub fn read(store: Store, chapter: usize) {
    store.dispatch(&Command::Play { playing: false });
    store.dispatch(&Command::Read {
        chapter: Some(chapter),
    });
    let at = store.run.with_untracked(|run| {
        let chapter = run.trace.scenario.chapters.get(chapter)?;
        told(chapter, &run.trace).at
    });
    if let Some(at) = at {
        store.go(at);
    }
    reveal_part(store, ".story");
    // There is what is asked at the end.
    if chapter + 1 == store.scenario().chapters.len() {
        store.dispatch(&Command::Open { tab: Tab::Levers });
    }
}

/// The chapter's title, and the ways to the others. It stays while chapters come and go, so that the focus does too.
fn head(store: Store) -> El {
    let scenario = store.scenario();
    let count = scenario.chapters.len();
    let here = move || store.chapter.get();
    let chapters = scenario.chapters.iter();
    let titles: Vec<String> = chapters.map(|chapter| chapter.title.clone()).collect();
    let title = move || {
        let chapter = here().unwrap_or(0);
        let title = titles.get(chapter).map_or("", String::as_str);
        format!("{}. {title}", chapter + 1)
    };
    let dots = scenario
        .chapters
        .iter()
        .enumerate()
        .map(|(index, chapter)| {
            let current = move || {
                if here() == Some(index) {
                    "step"
                } else {
                    "false"
                }
            };
            button("dot", move || read(store, index))
                .attr(
                    "aria-label",
                    &format!("Chapter {}: {}", index + 1, chapter.title),
                )
                .attr("title", &chapter.title)
                .live_attr("aria-current", move || current().to_owned())
        });
    let go = move |forward: bool| {
        let here = store.chapter.get_untracked().unwrap_or(0);
        let next = if forward {
            here + 1
        } else {
            here.saturating_sub(1)
        };
        read(store, next.min(count.saturating_sub(1)));
    };
    el("div")
        .class("story-head")
        .child(el("h2").live_text(title))
        .child(el("div").class("dots").children(dots))
        .child(
            button("plain", move || go(false))
                .live_flag("disabled", move || here() == Some(0))
                .text("Back"),
        )
        .child(
            button("plain next", move || go(true))
                .live_flag("disabled", move || here() == count.checked_sub(1))
                .text("Next"),
        )
        .child(
            button("quiet", move || {
                store.lit.set(Vec::new());
                store.dispatch(&Command::Read { chapter: None });
            })
            .text("Close"),
        )
}

/// What a chapter says.
fn text(store: Store, told: &ChapterTold) -> Vec<El> {
    let end = at_end(store).then(|| {
        el("p")
            .text("The end. Now it is your turn: three things to cause, written above the levers. ")
            .child(button("link", move || turn(store)).text("Go there"))
    });
    let lines = told.sentences.iter().map(|sentence| line(store, sentence));
    lines.chain(end).collect()
}

/// The story is told for the defaults: where they are left, that is said.
fn moved(store: Store) -> El {
    el("p")
        .class("story-moved")
        .live_flag("hidden", move || {
            store
                .setup
                .with(|setup| *setup == Setup::new(&store.scenario()))
        })
        .text("The run has been changed, so the story goes differently. ")
        .child(button("link", move || store.dispatch(&Command::ResetAll)).text("Tell it as it was"))
}

fn line(store: Store, sentence: &SentenceTold) -> El {
    let look = sentence.look.clone();
    let (enter, focus) = (look.clone(), look.clone());
    let own = look.clone();
    let at = sentence.at;
    let words = button("sentence", move || {
        if let Some(at) = at {
            store.go(at);
        }
        store.lit.set(own.clone());
        reveal_part(store, ".lane.lit");
    });
    words
        .text(&unbroken(&sentence.text))
        .text(" ")
        .on("pointerenter", move |_| store.lit.set(enter.clone()))
        .on("pointerleave", move |_| store.lit.set(Vec::new()))
        .on("focus", move |_| store.lit.set(focus.clone()))
        .on("blur", move |_| store.lit.set(Vec::new()))
        .live_class("lit", move || {
            store
                .lit
                .with(|lit| !lit.is_empty() && lit.iter().any(|id| look.contains(id)))
        })
}

/// What is to be caused with the levers, once the story is told.
pub fn questions(store: Store) -> El {
    let asked = Memo::new(move |_| at_end(store));
    // Not made anew with every run, so that hints stay unfolded.
    el("div").live(move || match asked.get() {
        true => vec![asked_now(store)],
        false => Vec::new(),
    })
}

fn asked_now(store: Store) -> El {
    // What was caused once counts, also when the next is tried.
    effect(move || {
        let now = store.run.with(|run| answered(&run.trace));
        store.won.set(None);
        store.solved.update(|solved| {
            solved.resize(now.len(), false);
            let scenario = store.scenario();
            let each = scenario.questions.iter().zip(now);
            for (solved, (question, now)) in solved.iter_mut().zip(each) {
                if now && !*solved {
                    *solved = true;
                    let words = format!("Done: {}", question.text);
                    store.won.set(Some(words.clone()));
                    store.voice.tell(About::Question, words);
                }
            }
        });
    });
    let answers = store.solved;
    let scenario = store.scenario();
    let each =
        scenario
            .questions
            .iter()
            .enumerate()
            .map(|(index, question)| {
                let done = move || answers.with(|answers| answers.get(index) == Some(&true));
                el("li")
                    .live_class("done", done)
                    .child(
                        el("span")
                            .class("verdict")
                            .attr("aria-hidden", "true")
                            .live_text(move || if done() { "✓" } else { "○" }.to_owned()),
                    )
                    .child(el("span").text(&question.text).child(
                        el("span").class("for-readers").live_text(move || {
                            if done() { " Done." } else { " Not yet." }.to_owned()
                        }),
                    ))
                    .child(
                        el("details")
                            .child(el("summary").text("Hint"))
                            .child(el("p").text(&question.hint)),
                    )
            });
    el("div")
        .class("questions")
        .child(el("h3").live_text(move || {
            let (done, all) =
                answers.with(|all| (all.iter().filter(|done| **done).count(), all.len()));
            format!("Your turn: cause it with levers or calls. {done} of {all} done")
        }))
        .child(el("ol").children(each))
}
