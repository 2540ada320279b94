//! You are the planner: any tool, on any endpoint, at the cursor; the future runs again from there.

use leptos::prelude::*;

use super::dom::{El, button, el, focus};
use super::panel::reveal_part;
use super::run::Run;
use super::signals::{Memo, RwSignal, effect};
use super::store::{Store, store};
use crate::insight::{answer as came_to, asked};
use crate::rule::unbroken;
use crate::scenario::Scenario;
use crate::schedule::{CallId, EndpointId};
use crate::session::{Call, Command, Wish};
use crate::sim::Cause;
use crate::time::{Instant, Span, parse_span};

/// The tools, as the form shows them: name, and which fields they have.
const TOOLS: [(&str, &[Field]); 5] = [
    ("run every so often", &[Field::Every, Field::Ttl]),
    ("run once", &[Field::After, Field::Ttl]),
    ("pause", &[Field::For]),
    ("wake", &[]),
    ("clear hints", &[]),
];

/// A duration that a tool takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Field {
    Every,
    After,
    Ttl,
    For,
}

impl Field {
    const ALL: [Self; 4] = [Self::Every, Self::After, Self::Ttl, Self::For];

    const fn label(self) -> &'static str {
        match self {
            Self::Every => "every",
            Self::After => "in",
            Self::Ttl => "valid for",
            Self::For => "for (empty: until woken)",
        }
    }

    const fn default(self) -> &'static str {
        match self {
            // Closer than any rule asks for, so that it changes something.
            Self::Every => "20s",
            Self::After => "5s",
            Self::Ttl => "5min",
            Self::For => "5min",
        }
    }
}

/// What the form holds.
#[derive(Clone, Copy)]
struct Form {
    endpoint: RwSignal<u32>,
    tool: RwSignal<usize>,
    texts: [RwSignal<String>; 4],
    /// The call that is being changed, by its number.
    editing: RwSignal<Option<usize>>,
    fault: RwSignal<String>,
}

impl Form {
    fn new() -> Self {
        Self {
            endpoint: RwSignal::new(0),
            tool: RwSignal::new(0),
            texts: Field::ALL.map(|field| RwSignal::new(field.default().to_owned())),
            editing: RwSignal::new(None),
            fault: RwSignal::new(String::new()),
        }
    }

    fn text(&self, field: Field) -> RwSignal<String> {
        let [every, after, ttl, length] = self.texts;
        match field {
            Field::Every => every,
            Field::After => after,
            Field::Ttl => ttl,
            Field::For => length,
        }
    }

    fn span(&self, field: Field) -> Result<i64, String> {
        let text = self.text(field).get_untracked();
        parse_span(text.trim()).map(Span::ms).ok_or_else(|| {
            format!("“{text}” is no duration: write one such as 500ms, 30s, 7min or 2h")
        })
    }

    fn wish(&self) -> Result<Wish, String> {
        Ok(match self.tool.get_untracked() {
            0 => Wish::Interval {
                every_ms: self.span(Field::Every)?,
                ttl_ms: self.span(Field::Ttl)?,
            },
            1 => Wish::Once {
                in_ms: self.span(Field::After)?,
                ttl_ms: self.span(Field::Ttl)?,
            },
            2 => Wish::Pause {
                for_ms: match self
                    .text(Field::For)
                    .with_untracked(|text| text.trim().is_empty())
                {
                    true => None,
                    false => Some(self.span(Field::For)?),
                },
            },
            3 => Wish::Wake,
            _ => Wish::Clear,
        })
    }

    /// Fills the form with a call that is to be changed.
    fn show(&self, index: usize, call: &Call) {
        self.editing.set(Some(index));
        self.endpoint.set(call.endpoint);
        let write = |field: Field, ms: i64| {
            let text = Span::from_ms(ms).to_string().replace(' ', "");
            self.text(field).set(text);
        };
        self.tool.set(match call.wish {
            Wish::Interval { every_ms, ttl_ms } => {
                write(Field::Every, every_ms);
                write(Field::Ttl, ttl_ms);
                0
            }
            Wish::Once { in_ms, ttl_ms } => {
                write(Field::After, in_ms);
                write(Field::Ttl, ttl_ms);
                1
            }
            Wish::Pause { for_ms } => {
                match for_ms {
                    Some(ms) => write(Field::For, ms),
                    None => self.text(Field::For).set(String::new()),
                }
                2
            }
            Wish::Wake => 3,
            Wish::Clear => 4,
        });
    }
}

/// The form, and the calls that were made.
pub fn planner() -> Vec<El> {
    let store = store();
    let form = Form::new();
    if let Some(selection) = store.selection.get_untracked() {
        form.endpoint.set(selection.endpoint.0);
        let at = store.cursor.get_untracked();
        // Who sleeps can only be woken.
        if store
            .run
            .with_untracked(|run| sleeps(run, selection.endpoint, at))
        {
            form.tool.set(3);
        }
    }
    // A call that is being changed may no longer be the one of that number.
    let made = Memo::new(move |_| store.setup.with(|setup| setup.calls.clone()));
    effect(move || {
        made.with(|_| ());
        form.editing.set(None);
    });
    let intro = "Ask an endpoint for something yourself, as rules do, with one of the scheduler’s tools; the future runs again from there.";
    vec![
        el("p").class("second").text(intro),
        fields(store, form),
        el("h2").class("panel-title").text("Your calls"),
        el("ul")
            .class("calls")
            .attr("tabindex", "-1")
            .live(move || calls(store, form)),
    ]
}

fn fields(store: Store, form: Form) -> El {
    let scenario = store.scenario();
    let endpoints = scenario
        .endpoints
        .iter()
        .map(|endpoint| endpoint.name.as_str());
    let endpoint = select(
        "Endpoint",
        endpoints.collect(),
        move || form.endpoint.get() as usize,
        move |index| form.endpoint.set(u32::try_from(index).unwrap_or(0)),
    );
    let tool = select(
        "Tool",
        TOOLS.map(|(name, _)| name).to_vec(),
        move || form.tool.get(),
        move |index| form.tool.set(index),
    );
    let inputs = Field::ALL.map(|field| {
        let text = form.text(field);
        let wanted = move || {
            let tool = TOOLS.get(form.tool.get());
            tool.is_some_and(|(_, fields)| fields.contains(&field))
        };
        let input = el("input")
            .attr("type", "text")
            .live_prop("value", move || text.get().into())
            .on("input", move |event| text.set(event_target_value(&event)));
        el("label")
            .live_flag("hidden", move || !wanted())
            .text(field.label())
            .text(" ")
            .child(input)
    });
    let act = move || match form.editing.get() {
        Some(index) => match store
            .setup
            .with(|setup| setup.calls.get(index).map(|call| call.at_ms))
        {
            Some(ms) => format!("Change the call of {}", clock(Instant::from_ms(ms))),
            None => String::new(),
        },
        None => format!("Call at {}", clock(store.cursor.get())),
    };
    el("form")
        .class("planner")
        .on("submit", move |event| {
            event.prevent_default();
            submit(store, form);
        })
        .child(el("label").text("On ").child(endpoint))
        .child(el("label").text("Tool ").child(tool))
        .children(inputs)
        .child(
            el("p")
                .class("second")
                .live_text(move || asleep(store, form)),
        )
        .child(
            el("button")
                .attr("type", "submit")
                .class("plain next")
                .live_text(act),
        )
        .child(
            button("quiet", move || form.editing.set(None))
                .live_flag("hidden", move || form.editing.with(Option::is_none))
                .text("Leave it as it is"),
        )
        .child(
            el("p")
                .class("fault")
                .attr("role", "alert")
                .live_text(move || form.fault.get()),
        )
}

fn sleeps(run: &Run, endpoint: EndpointId, at: Instant) -> bool {
    let plan = run.trace.planned_at(endpoint, at);
    plan.is_some_and(|plan| plan.pause.is_some())
}

/// What to know before calling on somebody who sleeps.
fn asleep(store: Store, form: Form) -> String {
    let (endpoint, at) = (EndpointId(form.endpoint.get()), store.cursor.get());
    if form.tool.get() > 1 {
        return String::new();
    }
    store.run.with(|run| {
        let last = run.trace.last_run(endpoint, at);
        let cooled = last
            .map(|(_, last)| run.trace.cooled(last))
            .filter(|cooled| *cooled > at);
        match (cooled, sleeps(run, endpoint, at)) {
            (Some(cooled), _) => format!(
                "It cools down until {}: nothing runs it before.",
                clock(cooled)
            ),
            (None, true) => format!(
                "It is asleep or paused at {}: wake it first, or nothing follows.",
                clock(at)
            ),
            (None, false) => String::new(),
        }
    })
}

fn select(
    label: &str,
    options: Vec<&str>,
    chosen: impl Fn() -> usize + 'static,
    choose: impl Fn(usize) + 'static,
) -> El {
    let options = options
        .into_iter()
        .enumerate()
        .map(|(index, words)| el("option").attr("value", &index.to_string()).text(words));
    el("select")
        .attr("aria-label", label)
        .children(options)
        .live_prop("selectedIndex", move || (chosen() as f64).into())
        .on("change", move |event| {
            if let Ok(index) = event_target_value(&event).parse() {
                choose(index);
            }
        })
}

fn submit(store: Store, form: Form) {
    let wish = match form.wish() {
        Ok(wish) => wish,
        Err(fault) => {
            form.fault.set(fault);
            return;
        }
    };
    form.fault.set(String::new());
    let endpoint = form.endpoint.get_untracked();
    let at = |index: usize| {
        store
            .setup
            .with_untracked(|setup| setup.calls.get(index).map(|call| call.at_ms))
    };
    match form
        .editing
        .get_untracked()
        .and_then(|index| Some((index, at(index)?)))
    {
        Some((index, at_ms)) => store.dispatch(&Command::Amend {
            index,
            call: Call {
                at_ms,
                endpoint,
                wish,
            },
        }),
        None => store.dispatch(&Command::Intervene {
            call: Call {
                at_ms: second(store.cursor.get_untracked()).ms(),
                endpoint,
                wish,
            },
        }),
    }
    form.editing.set(None);
    reveal_part(store, ".calls");
}

/// A moment in whole seconds, as the clock shows it.
pub fn clock(at: Instant) -> String {
    second(at).to_string()
}

/// The whole second before a moment.
fn second(at: Instant) -> Instant {
    Instant::from_ms(at.ms() / 1_000 * 1_000)
}

/// How many calls are listed.
const MOST_CALLS: usize = 50;

/// Each call with the scheduler's own answer.
fn calls(store: Store, form: Form) -> Vec<El> {
    let scenario = store.scenario();
    store.run.with(|run| {
        let all = run.setup.calls.len();
        let shown = run.setup.calls.iter().enumerate().take(MOST_CALLS);
        // Where each of them stands among all calls of the run, in one pass.
        let mut made: Vec<Option<CallId>> = vec![None; all.min(MOST_CALLS)];
        for (id, _) in run.trace.log.all_calls() {
            if let Some(Cause::Intervention(number)) = run.trace.cause(id)
                && let Some(place) = made.get_mut(number as usize)
            {
                place.get_or_insert(id);
            }
        }
        let more = (all > MOST_CALLS).then(|| {
            let words = format!("and {} more, which count as well", all - MOST_CALLS);
            el("li").class("second").text(&words)
        });
        let lines: Vec<El> = shown
            .zip(made)
            .map(|((index, call), made)| {
                let answer = answer(run, &scenario, made, call);
                let at = Instant::from_ms(call.at_ms);
                let kept = call.clone();
                let moved = call.clone();
                el("li")
                    .child(
                        button("step", move || store.go(at))
                            .child(el("span").class("when").text(&clock(at)))
                            .child(el("span").class("what").text(&unbroken(&answer))),
                    )
                    .child(
                        el("div")
                            .class("acts")
                            .child(button("link", move || form.show(index, &kept)).text("Change"))
                            .child(
                                button("link", move || {
                                    let mut call = moved.clone();
                                    call.at_ms = second(store.cursor.get_untracked()).ms();
                                    store.dispatch(&Command::Amend { index, call });
                                })
                                .text("Move to the cursor"),
                            )
                            .child(
                                button("link", move || {
                                    store.dispatch(&Command::Withdraw { index });
                                    // The button goes with its call; the list keeps the focus.
                                    focus(".calls");
                                })
                                .text("Remove"),
                            ),
                    )
            })
            .chain(more)
            .collect();
        match lines.is_empty() {
            true => vec![el("li").class("second").text("None so far.")],
            false => lines,
        }
    })
}

/// What was asked for, and what the scheduler answered.
fn answer(run: &Run, scenario: &Scenario, made: Option<CallId>, call: &Call) -> String {
    let name = scenario
        .endpoints
        .get(call.endpoint as usize)
        .map_or("", |endpoint| endpoint.name.as_str());
    let tool = call.intervention().tool;
    let what = asked(tool, Instant::from_ms(call.at_ms));
    let came_to = made.map_or_else(
        || "The run was over by then.".to_owned(),
        |id| came_to(&run.trace, id),
    );
    format!("{name}: {what}. {came_to}")
}
