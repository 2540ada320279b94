//! What the page asks of its worker, which is this package: everything that reads what others wrote, and whatever takes
//! too long to be done where the page answers its reader.
//!
//! Invariant: a question and its answer are plain data of these types, and belong to one version of the program.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use tsify::Tsify;
use wasm_bindgen::prelude::*;

use super::fault::{error, simulation_error};
use super::object;
use crate::diagnostic::{MORE_FAULTS, line_and_column};
use crate::export::{self, Chart, Findings, Format, Theme, snippets, svg};
use crate::insight::{self, plain, summary, told};
use crate::letters::on_one_line;
use crate::link::{self, Proof, Skipped, View};
use crate::scenario::{Form, SHIPPED, Scenario};
use crate::schedule::{Cron, Zone};
use crate::session::Setup;
use crate::sim::{Engine, SimulationError, Trace};
use crate::time::Instant;

/// Raised whenever a question or an answer comes to mean something else.
const VERSION: u32 = 1;

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"
/** What `ask` answers, by the question's `kind`. */
export interface Answers {
  cronSlots: { slots: Ms[] };
  scenario: OpenedScenario;
  shipped: { scenarios: ShippedScenario[] };
  text: { text: string };
  faults: { faults: TextFault[] };
  carried: { link: string };
  link: { link: string };
  share: Shared;
  file: { text: string };
  open: OpenedLink;
}
"#;

/// A question of the page.
#[derive(Deserialize, Tsify)]
#[serde(
    tag = "kind",
    rename_all = "camelCase",
    rename_all_fields = "camelCase",
    deny_unknown_fields
)]
enum Question {
    /// The slots of a cron expression; the run starts so many milliseconds after 1970-01-01 UTC.
    CronSlots {
        expression: String,
        zone: String,
        epoch_ms: f64,
        until_ms: f64,
    },
    /// The scenario of a link, for the page.
    Scenario { source: String },
    /// The scenarios that ship.
    Shipped {},
    /// The text of a link's scenario.
    Text { source: String },
    /// What is wrong with a scenario's text.
    Faults { text: String },
    /// A link to a view, with another text in the place of its scenario.
    Carried {
        view: Shown,
        /// The text.
        text: String,
    },
    /// A link to a view.
    Link { view: Shown },
    /// Everything that a view is shared as.
    Share {
        view: Shown,
        /// Where the page is: an address that ends in `/`.
        base: String,
    },
    /// The run of a view in one of the forms that every door has.
    File { view: Shown, format: String },
    /// The view that a link's fragment holds, for a page that shows a scenario.
    Open { fragment: String, source: String },
}

/// What a page shows, as it gives it to others.
#[derive(Deserialize, Tsify)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Shown {
    /// The view as bytes, which only programs of this version read.
    #[serde(with = "serde_bytes")]
    #[tsify(type = "Uint8Array")]
    bytes: Vec<u8>,
    /// What links say of its scenario.
    source: String,
}

#[derive(Serialize)]
struct Slots {
    slots: Vec<f64>,
}

/// A scenario that can be shown.
#[derive(Serialize, Tsify)]
struct OpenedScenario {
    /// The scenario, compiled for the page.
    #[serde(with = "serde_bytes")]
    #[tsify(type = "Uint8Array")]
    compiled: Vec<u8>,
}

#[derive(Serialize)]
struct Shipped {
    scenarios: Vec<ShippedScenario>,
}

/// A scenario that ships.
#[derive(Serialize, Tsify)]
struct ShippedScenario {
    /// What links say of it.
    source: String,
    title: String,
    about: String,
}

#[derive(Serialize)]
struct Text {
    text: String,
}

#[derive(Serialize)]
struct Faults {
    faults: Vec<TextFault>,
}

/// A fault of a scenario's text.
#[derive(Serialize, Tsify)]
struct TextFault {
    /// From 1; 0 for the whole text.
    line: usize,
    /// Where it begins, as JavaScript counts letters.
    from: usize,
    /// Where it ends.
    to: usize,
    /// What is wrong.
    words: String,
}

#[derive(Serialize)]
struct Linked {
    link: String,
}

/// What a view is shared as.
#[derive(Serialize, Tsify)]
#[serde(rename_all = "camelCase")]
struct Shared {
    /// The fragment of its link.
    link: String,
    /// The link.
    address: String,
    /// An element of one script, in HTML.
    element: String,
    /// A frame, in HTML.
    frame: String,
    /// A picture with a link, in Markdown.
    markdown: String,
    /// The address that the frame shows.
    frame_address: String,
    /// The run in one sentence.
    sentence: String,
    /// Its picture.
    svg: String,
    /// The values that were changed, by name; durations in milliseconds.
    #[tsify(type = "Record<string, number | boolean>")]
    changed: BTreeMap<String, Value>,
    /// How many calls were made by hand.
    calls: usize,
    /// The scenario's text, unless the page opens with it.
    text: String,
}

/// A value of a parameter.
#[derive(Serialize)]
#[serde(untagged)]
enum Value {
    Truth(bool),
    Number(f64),
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Truth(truth) => truth.fmt(f),
            Self::Number(number) => number.fmt(f),
        }
    }
}

/// What a link holds.
#[derive(Serialize, Tsify)]
struct OpenedLink {
    /// The view as bytes.
    #[serde(with = "serde_bytes")]
    #[tsify(type = "Uint8Array")]
    bytes: Vec<u8>,
    /// The same without what makes no place of its own in the browser's history.
    #[serde(with = "serde_bytes")]
    #[tsify(type = "Uint8Array")]
    place: Vec<u8>,
    /// What is to be said of the link.
    told: Vec<String>,
}

/// What the page asks of its worker. It is there for the page that this version of the package belongs to, and
/// `version` must be that page's.
#[wasm_bindgen(unchecked_return_type = "Answers[keyof Answers]")]
pub fn ask(
    version: u32,
    #[wasm_bindgen(unchecked_param_type = "Question")] question: &JsValue,
) -> Result<JsValue, JsValue> {
    if version != VERSION {
        let message = "this page was updated while it was open: load it anew";
        return Err(error("other_version", message));
    }
    let question: Question = serde_wasm_bindgen::from_value(question.clone())
        .map_err(|fault| error("bad_input", &format!("question: {fault}")))?;
    match question {
        Question::CronSlots {
            expression,
            zone,
            epoch_ms,
            until_ms,
        } => object(&cron_slots(&expression, &zone, (epoch_ms, until_ms))?),
        Question::Scenario { source } => {
            // One that cannot be run cannot be shown.
            let compiled = opened(&source)?.0.compiled();
            let compiled = compiled.map_err(|fault| error("internal", &fault))?;
            object(&OpenedScenario { compiled })
        }
        Question::Shipped {} => object(&shipped()),
        Question::Text { source } => object(&Text {
            text: link::text(&source).map_err(|fault| unreadable(&fault))?,
        }),
        Question::Faults { text } => object(&Faults {
            faults: faults(&text),
        }),
        Question::Carried { view, text } => {
            let ((before, opening), read) = viewed(&view)?;
            let source = link::source(&text);
            object(&Linked {
                link: link::write(&before, &source, opening, &read, None),
            })
        }
        Question::Link { view } => {
            let ((scenario, opening), read) = viewed(&view)?;
            let text = link::text(&view.source).map_err(|fault| unreadable(&fault))?;
            let proof = Proof::of(&run(&scenario, &read.setup)?, &text);
            object(&Linked {
                link: link::write(&scenario, &view.source, opening, &read, Some(&proof)),
            })
        }
        Question::Share { view, base } => object(&share(&view, &base)?),
        Question::File { view, format } => {
            let ((scenario, _), read) = viewed(&view)?;
            let format = Format::named(&format)
                .ok_or_else(|| error("unknown_format", "there is no such format"))?;
            let (trace, findings) = found(&scenario, &read.setup)?;
            let text = export::export(&trace, &findings, format);
            object(&Text {
                text: text.map_err(|fault| error("internal", &fault))?,
            })
        }
        Question::Open { fragment, source } => object(&open(&fragment, &source)?),
    }
}

fn unreadable(why: &str) -> JsValue {
    error("unreadable", why)
}

fn cron_slots(expression: &str, zone: &str, (epoch, until): (f64, f64)) -> Result<Slots, JsValue> {
    let zone = Zone::named(zone)
        .ok_or_else(|| error("unknown_time_zone", "the scenario's time zone is unknown"))?;
    let cron = Cron::new(expression, zone, epoch as i64);
    if let Some(fault) = cron.fault() {
        let fault = on_one_line(fault.trim_end_matches('.'));
        let message = format!("Not a cron expression (example: */7 * * * *): {fault}");
        return Err(error("bad_cron", &message));
    }
    let slots = cron.slots_until(Instant::from_ms(until as i64));
    Ok(Slots {
        slots: slots.into_iter().map(|slot| slot.ms() as f64).collect(),
    })
}

fn made(scenario: &Arc<Scenario>, setup: &Setup) -> Result<Trace, SimulationError> {
    Engine::new(scenario, &setup.parameters, setup.interventions()).and_then(Engine::finished)
}

fn run(scenario: &Arc<Scenario>, setup: &Setup) -> Result<Trace, JsValue> {
    made(scenario, setup).map_err(|fault| simulation_error(&fault))
}

fn found(scenario: &Arc<Scenario>, setup: &Setup) -> Result<(Trace, Findings), JsValue> {
    let trace = run(scenario, setup)?;
    let findings = Findings::of(&trace).map_err(|fault| simulation_error(&fault))?;
    Ok((trace, findings))
}

/// A scenario, and the moment at which its page opens.
type Opened = (Arc<Scenario>, Instant);

thread_local! {
    /// What was opened last: most questions are about the same scenario.
    static LAST: RefCell<Option<(String, Opened)>> = const { RefCell::new(None) };
}

fn opened(source: &str) -> Result<Opened, JsValue> {
    let known = LAST.with_borrow(|last| {
        let known = last.as_ref().filter(|(known, _)| known == source);
        known.map(|(_, opened)| opened.clone())
    });
    if let Some(known) = known {
        return Ok(known);
    }
    let scenario = Arc::new(link::scenario(source).map_err(|fault| unreadable(&fault))?);
    let opening = insight::opening(&run(&scenario, &Setup::new(&scenario))?);
    let opened = (scenario, opening);
    LAST.set(Some((source.to_owned(), opened.clone())));
    Ok(opened)
}

fn viewed(shown: &Shown) -> Result<(Opened, View), JsValue> {
    let opened = opened(&shown.source)?;
    let view = View::from_bytes(&opened.0, &shown.bytes)
        .ok_or_else(|| error("bad_input", "these are no bytes of a view"))?;
    Ok((opened, view))
}

fn shipped() -> Shipped {
    let told = SHIPPED.into_iter().filter_map(|(_, text)| {
        let scenario = Scenario::parse(text).ok()?;
        Some(ShippedScenario {
            source: link::source(text),
            title: scenario.title,
            about: scenario.about,
        })
    });
    Shipped {
        scenarios: told.collect(),
    }
}

fn faults(text: &str) -> Vec<TextFault> {
    let letters = |byte: usize| {
        let before = text.get(..byte).unwrap_or_default();
        before.encode_utf16().count()
    };
    match Scenario::parse(text) {
        Err(faults) => {
            let told = faults.iter().map(|fault| TextFault {
                line: match fault.code {
                    MORE_FAULTS => 0,
                    _ => line_and_column(text, fault.place.start).0,
                },
                from: letters(fault.place.start),
                to: letters(fault.place.end),
                words: fault.to_string(),
            });
            told.collect()
        }
        Ok(scenario) => {
            let scenario = Arc::new(scenario);
            let failed = made(&scenario, &Setup::new(&scenario)).err();
            let told = failed.into_iter().map(|fault| TextFault {
                line: 0,
                from: 0,
                to: 0,
                words: fault.to_string(),
            });
            told.collect()
        }
    }
}

fn share(view: &Shown, base: &str) -> Result<Shared, JsValue> {
    let ((scenario, opening), read) = viewed(view)?;
    let (trace, findings) = found(&scenario, &read.setup)?;
    let all = scenario
        .parameters
        .iter()
        .zip(read.setup.parameters.values());
    let changed = all.filter(|(parameter, value)| parameter.default != **value);
    let changed: Vec<(&str, Value)> = changed
        .map(|(parameter, value)| {
            let value = match parameter.form {
                Form::Truth => Value::Truth(*value != 0.0),
                _ => Value::Number(*value),
            };
            (parameter.name.as_str(), value)
        })
        .collect();
    let text = link::text(&view.source).map_err(|fault| unreadable(&fault))?;
    let proof = Proof::of(&trace, &text);
    let link = link::write(&scenario, &view.source, opening, &read, Some(&proof));
    let sentence = plain(&summary(&trace, &findings.comparison));
    let written: Vec<(&str, String)> = changed
        .iter()
        .map(|(name, value)| (*name, value.to_string()))
        .collect();
    let pasted = snippets(&export::Shared {
        base,
        link: &link,
        source: &view.source,
        sentence: &sentence,
        changed: &written,
    });
    Ok(Shared {
        link,
        address: pasted.address,
        element: pasted.element,
        frame: pasted.frame,
        markdown: pasted.markdown,
        frame_address: pasted.frame_address,
        svg: svg(&trace, &findings, (Chart::Whole, Theme::Auto)),
        changed: changed
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect(),
        calls: read.setup.calls.len(),
        text: match view.source.is_empty() {
            true => String::new(),
            false => text,
        },
        sentence,
    })
}

fn open(fragment: &str, source: &str) -> Result<OpenedLink, JsValue> {
    let (scenario, opening) = opened(source)?;
    let mut read = link::read(&scenario, opening, fragment);
    let theirs = link::source_of(fragment);
    // The page shows another scenario than the link's, which can be read: so it cannot be run, or its reader stopped it.
    if theirs != source && !read.foreign {
        let why = match opened(theirs) {
            Ok(_) => "its scenario was not opened".to_owned(),
            Err(fault) => {
                let fault: js_sys::Error = fault.unchecked_into();
                format!("its scenario cannot be run ({})", fault.message())
            }
        };
        read.foreign = true;
        read.skipped.push(Skipped {
            part: format!("s={theirs}"),
            why,
        });
    }
    let trace = run(&scenario, &read.view.setup)?;
    // Who names a chapter alone wants its moment.
    if fragment.starts_with("#story=")
        && let Some(chapter) = read
            .view
            .chapter
            .and_then(|chapter| scenario.chapters.get(chapter))
        && let Some(at) = told(chapter, &trace).at
    {
        read.view.cursor = at;
    }
    let text = link::text(source).map_err(|fault| unreadable(&fault))?;
    let judged = read.judged(&trace, &text).map(|(_, words)| words);
    Ok(OpenedLink {
        bytes: read.view.bytes(),
        place: read.view.place().bytes(),
        told: judged.into_iter().chain(read.told()).collect(),
    })
}
