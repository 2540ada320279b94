//! What would have changed the outcome, found by simulating again in turns, each with a button that tries it.

use super::dom::{El, button, el, focus};
use super::levers::full_label as label;
use super::planner::clock;
use super::signals::RwSignal;
use super::store::Store;
use super::turns::Turns;
use super::voice::About;
use crate::insight::{Explanation, ExplanationKind, Flip, FlipSearch, Question, Withdrawal, asked};
use crate::rule::unbroken;
use crate::schedule::Tier;
use crate::session::Command;
use crate::time::Instant;

/// How many are shown.
const MOST: usize = 6;
/// How long an explanation must have stood still before the search begins, in milliseconds.
const STILL: u32 = 200;

/// How far the search is.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Progress {
    done: usize,
    all: usize,
    stopped: bool,
}

/// The smallest changes that flip what is explained, nearest first.
pub fn flips(store: Store, explanation: &Explanation) -> El {
    let (run, calls) = (store.run.get_untracked(), store.setup.get_untracked());
    let at = explanation.at;
    let question = Question::about(&run.trace, explanation.endpoint, at);
    let mut search = FlipSearch::new(&run.trace, &calls.interventions(), question);
    let all = search.progress().1;
    let found = RwSignal::new(Vec::<Flip>::new());
    let withdrawn = RwSignal::new(Vec::<Withdrawal>::new());
    let progress = RwSignal::new(Progress {
        done: 0,
        all,
        stopped: false,
    });
    let said = move || {
        progress.with(|progress| words(progress, found.with(Vec::len) + withdrawn.with(Vec::len)))
    };
    let turns = Turns::new();
    turns.start(STILL, move || {
        let before = search.progress().0;
        let more = search.advance();
        let done = search.progress().0;
        if done != before {
            found.set(search.found());
            withdrawn.set(search.withdrawals().to_vec());
            progress.update(|progress| progress.done = done);
        }
        if !more {
            store.voice.tell(About::Search, said());
        }
        more
    });
    let stop = button("link", move || {
        turns.stop();
        progress.update(|progress| progress.stopped = true);
        store.voice.answer(said());
    });
    let searching = move || progress.with(|p| p.done < p.all && !p.stopped);
    let status = el("p")
        .class("second flip-status")
        .live_text(said)
        .child(stop.live_flag("hidden", move || !searching()).text("Stop"));
    el("div")
        .class("flips")
        .child(el("h3").text(&heading(store, explanation, question)))
        .child(el("ul").live(move || {
            let calls = withdrawn.get();
            let calls = calls
                .into_iter()
                .map(|call| call_line(store, (question, at), call));
            found.with(|found| {
                let found = found.iter().take(MOST);
                let numbers = found.map(|flip| line(store, (question, at), flip));
                calls.chain(numbers).collect()
            })
        }))
        .child(status)
}

fn heading(store: Store, explanation: &Explanation, question: Question) -> String {
    let scenario = store.scenario();
    let endpoint = scenario.endpoints.get(explanation.endpoint.index());
    let alert = endpoint.is_some_and(|endpoint| endpoint.schedule.tier == Tier::Alert);
    let words = match (explanation.kind, alert) {
        (ExplanationKind::Ran, true) => "It would not have been sent with",
        (ExplanationKind::Ran, false) => "It would not have run then with",
        (ExplanationKind::DidNotRun, true) => "It would have been sent",
        (ExplanationKind::DidNotRun, false) => "It would have run",
    };
    match explanation.kind {
        ExplanationKind::Ran => words.to_owned(),
        // The stretch that was asked about, as its ends are.
        ExplanationKind::DidNotRun => {
            let (from, to) = (question.from, question.to);
            let more = if question.before > 0 {
                " once more"
            } else {
                ""
            };
            format!(
                "{words}{more} between {} and {} with",
                clock(from),
                clock(to)
            )
        }
    }
}

fn words(progress: &Progress, found: usize) -> String {
    let Progress { done, all, stopped } = *progress;
    if done < all {
        let what = if stopped {
            "Stopped after"
        } else {
            "Trying by simulation:"
        };
        return format!("{what} {done} of {all} numbers. ");
    }
    match found {
        0 => format!("No single change of any of the {all} numbers within its range does it."),
        _ => format!(
            "Nearest first, as a share of each number's range; all {all} numbers tried, one at a time."
        ),
    }
}

/// After a try, looks at what it has changed: the run that is there now, or the moment at which there is none any more.
fn shown(store: Store, question: Question, at: Instant) {
    let there = store.run.with_untracked(|run| question.answer(&run.trace));
    store.select(question.endpoint, there.unwrap_or(at));
}

/// A call by hand that is behind it, and the way to take it back.
fn call_line(store: Store, (question, at): (Question, Instant), withdrawal: Withdrawal) -> El {
    let index = withdrawal.call;
    let call = store
        .setup
        .with_untracked(|setup| setup.calls.get(index).cloned());
    let Some(call) = call else { return el("li") };
    let scenario = store.scenario();
    let endpoint = scenario.endpoints.get(call.endpoint as usize);
    let name = endpoint.map_or("", |endpoint| endpoint.name.as_str());
    let made = Instant::from_ms(call.at_ms);
    let what = asked(call.intervention().tool, made);
    let words = format!("no call of yours on {name} at {}: “{what}”", clock(made));
    let try_it = button("plain try", move || {
        store.dispatch(&Command::Withdraw { index });
        shown(store, question, at);
        focus(".why");
    });
    el("li")
        .child(
            el("span").text(&words).child(
                el("span")
                    .class("second")
                    .text(&then(withdrawal.at, withdrawal.instead)),
            ),
        )
        .child(
            try_it
                .attr("aria-label", &format!("Try {words}"))
                .text("Try"),
        )
}

/// When it runs then, or what does instead.
fn then(at: Option<Instant>, instead: Option<Instant>) -> String {
    let words = match (at, instead) {
        (Some(at), _) => format!("; then at {at}"),
        (_, Some(other)) => format!("; the closest is then at {other}"),
        _ => String::new(),
    };
    unbroken(&words)
}

fn line(store: Store, (question, at): (Question, Instant), flip: &Flip) -> El {
    let scenario = store.scenario();
    let Some(parameter) = scenario.parameters.get(flip.parameter) else {
        return el("li");
    };
    let now = store
        .parameters
        .with_untracked(|all| all.get(flip.parameter));
    let (index, value) = (flip.parameter, flip.value);
    let verified = format!(
        "Simulated: it flips at {}, and does not at {}",
        parameter.written(value),
        parameter.written(flip.nearer)
    );
    let try_it = button("plain try", move || {
        store.dispatch(&Command::Set {
            parameter: index,
            value,
        });
        store.dispatch(&Command::Settle);
        shown(store, question, at);
        focus(".why");
    });
    el("li")
        .attr("title", &verified)
        .child(
            el("span")
                .text(&format!("{} ", label(&scenario, parameter)))
                .child(el("b").text(&unbroken(&parameter.written(value))))
                .child(el("span").class("second").text(&unbroken(&format!(
                    " instead of {}{}",
                    parameter.written(now),
                    then(flip.at, flip.instead)
                )))),
        )
        .child(
            try_it
                .attr(
                    "aria-label",
                    &format!(
                        "Try {} {}",
                        label(&scenario, parameter),
                        parameter.written(value)
                    ),
                )
                .text("Try"),
        )
}
