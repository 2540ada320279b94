//! What the page loads once somebody writes a cron expression, or makes or opens a link: most readers never do, and what
//! reads them weighs as much as the scheduler.

#[cfg(target_arch = "wasm32")]
mod doors {
    use std::cell::RefCell;
    use std::collections::BTreeMap;
    use std::sync::Arc;

    use accelerando::diagnostic::line_and_column;
    use accelerando::export::{
        Chart, Findings, Format, Shared, Snippets, Theme, export, snippets, svg,
    };
    use accelerando::insight::{self, chapters, plain, summary};
    use accelerando::letters::on_one_line;
    use accelerando::link::{self, Proof, View};
    use accelerando::scenario::{Form, SHIPPED, Scenario};
    use accelerando::schedule::{Cron, Zone};
    use accelerando::session::Setup;
    use accelerando::sim::{Engine, Trace};
    use accelerando::time::Instant;
    use serde_json::Value;
    use wasm_bindgen::prelude::*;

    /// The slots of a cron expression, in milliseconds from the start of a run, which is `epoch_ms` after 1970-01-01 UTC.
    ///
    /// # Errors
    /// What is wrong with it, in words.
    #[wasm_bindgen(js_name = cronSlots)]
    pub fn cron_slots(
        expression: &str,
        zone: &str,
        epoch_ms: f64,
        until_ms: f64,
    ) -> Result<Vec<f64>, String> {
        let zone = Zone::named(zone).ok_or("the time zone of this scenario is not known here")?;
        let cron = Cron::new(expression, zone, epoch_ms as i64);
        match cron.fault() {
            Some(fault) => Err(format!(
                "That is no cron expression such as */7 * * * *: {}",
                on_one_line(fault.trim_end_matches('.'))
            )),
            None => Ok(cron
                .slots_until(Instant::from_ms(until_ms as i64))
                .into_iter()
                .map(|slot| slot.ms() as f64)
                .collect()),
        }
    }

    fn run(scenario: &Arc<Scenario>, setup: &Setup) -> Result<Trace, String> {
        Engine::new(scenario, &setup.parameters, setup.interventions())
            .and_then(Engine::finished)
            .map_err(|error| error.to_string())
    }

    /// A scenario, and the moment at which its page opens.
    type Opened = (Arc<Scenario>, Instant);

    thread_local! {
        /// What was opened last: most questions are about the same scenario.
        static LAST: RefCell<Option<(String, Opened)>> = const { RefCell::new(None) };
    }

    fn opened(source: &str) -> Result<Opened, String> {
        let known = LAST.with_borrow(|last| {
            let known = last.as_ref().filter(|(known, _)| known == source);
            known.map(|(_, opened)| opened.clone())
        });
        if let Some(known) = known {
            return Ok(known);
        }
        let scenario = Arc::new(link::scenario(source)?);
        let opening = insight::opening(&run(&scenario, &Setup::new(&scenario))?);
        let opened = (scenario, opening);
        LAST.set(Some((source.to_owned(), opened.clone())));
        Ok(opened)
    }

    /// The view that numbers and a text are of, and where it belongs; `what` cannot be done without one.
    fn viewed(
        numbers: &[f64],
        text: &str,
        source: &str,
        what: &str,
    ) -> Result<(Opened, View), String> {
        let opened = opened(source)?;
        let view = View::from_flat(&opened.0, numbers, text)
            .ok_or_else(|| format!("there is nothing to {what}"))?;
        Ok((opened, view))
    }

    /// The scenario of a link, compiled for the page.
    ///
    /// # Errors
    /// Why it cannot be read.
    #[wasm_bindgen(js_name = scenarioOf)]
    pub fn scenario_of(source: &str) -> Result<Vec<u8>, String> {
        // One that cannot be run cannot be shown.
        opened(source)?.0.compiled()
    }

    /// The text of a link's scenario.
    ///
    /// # Errors
    /// Why it cannot be read.
    #[wasm_bindgen(js_name = textOf)]
    pub fn text_of(source: &str) -> Result<String, String> {
        link::text(source)
    }

    /// The scenarios that ship: a link's word for it, title and what it is about, one after the other.
    #[wasm_bindgen(js_name = shipped)]
    #[must_use]
    pub fn shipped() -> Vec<String> {
        let told = SHIPPED.into_iter().filter_map(|(_, text)| {
            let scenario = Scenario::parse(text).ok()?;
            Some([link::source(text), scenario.title, scenario.about])
        });
        told.flatten().collect()
    }

    /// The faults of a scenario's text, one after the other: the line (0 for the whole text), where it begins and ends
    /// (as JavaScript counts letters), and what is wrong.
    #[wasm_bindgen(js_name = faultsOf)]
    #[must_use]
    pub fn faults_of(text: &str) -> js_sys::Array {
        let out = js_sys::Array::new();
        let add = |line: usize, from: usize, to: usize, words: &str| {
            for number in [line, from, to] {
                out.push(&JsValue::from(number as f64));
            }
            out.push(&JsValue::from_str(words));
        };
        let letters = |byte: usize| {
            let before = text.get(..byte).unwrap_or_default();
            before.encode_utf16().count()
        };
        match Scenario::parse(text) {
            Err(faults) => {
                for fault in &faults {
                    let (line, _) = line_and_column(text, fault.place.start);
                    let (from, to) = (letters(fault.place.start), letters(fault.place.end));
                    add(line, from, to, &fault.to_string());
                }
            }
            Ok(scenario) => {
                let scenario = Arc::new(scenario);
                if let Err(words) = run(&scenario, &Setup::new(&scenario)) {
                    add(0, 0, 0, &words);
                }
            }
        }
        out
    }

    /// The fragment of a link to a view, with another text in the place of its scenario: what can be kept of the view is
    /// kept when the link is opened.
    ///
    /// # Errors
    /// That these are the numbers of no view.
    #[wasm_bindgen(js_name = carriedTo)]
    pub fn carried_to(
        numbers: &[f64],
        text: &str,
        source: &str,
        scenario: &str,
    ) -> Result<String, String> {
        let ((before, opening), view) = viewed(numbers, text, source, "keep")?;
        Ok(link::write(
            &before,
            &link::source(scenario),
            opening,
            &view,
            None,
        ))
    }

    /// The fragment of a link to a view.
    ///
    /// # Errors
    /// That these are the numbers of no view.
    #[wasm_bindgen(js_name = linkOf)]
    pub fn link_of(numbers: &[f64], text: &str, source: &str) -> Result<String, String> {
        let ((scenario, opening), view) = viewed(numbers, text, source, "link to")?;
        let trace = run(&scenario, &view.setup)?;
        let proof = Proof::of(&trace, &link::text(source)?);
        Ok(link::write(&scenario, source, opening, &view, Some(&proof)))
    }

    /// What a view is shared as: the fragment of a link, the run in one sentence, its picture, the values that were
    /// changed by name (durations in milliseconds, as JSON), how many calls were made by hand, the text of the
    /// scenario unless it is the one that a page opens with, and what is pasted elsewhere: element, frame, picture in
    /// Markdown, the frame's address. `base` is where the page is.
    ///
    /// # Errors
    /// That these are the numbers of no view.
    #[wasm_bindgen(js_name = shareOf)]
    pub fn share_of(
        numbers: &[f64],
        text: &str,
        source: &str,
        base: &str,
    ) -> Result<js_sys::Array, String> {
        let ((scenario, opening), view) = viewed(numbers, text, source, "link to")?;
        let trace = run(&scenario, &view.setup)?;
        let findings = Findings::of(&trace).map_err(|error| error.to_string())?;
        let changed: BTreeMap<&str, Value> = scenario
            .parameters
            .iter()
            .zip(view.setup.parameters.values())
            .filter(|(parameter, value)| parameter.default != **value)
            .map(|(parameter, value)| {
                let value = match parameter.form {
                    Form::Truth => Value::from(*value != 0.0),
                    _ => Value::from(*value),
                };
                (parameter.name.as_str(), value)
            })
            .collect();
        let own = link::text(source)?;
        let proof = Proof::of(&trace, &own);
        let link = link::write(&scenario, source, opening, &view, Some(&proof));
        let sentence = plain(&summary(&trace, &findings.comparison));
        let own = match source.is_empty() {
            true => String::new(),
            false => own,
        };
        let given: Vec<(&str, String)> = changed
            .iter()
            .map(|(name, value)| (*name, value.to_string()))
            .collect();
        let pasted = snippets(&Shared {
            base,
            link: &link,
            source,
            sentence: &sentence,
            changed: &given,
        });
        let changed = serde_json::to_string(&changed).map_err(|error| error.to_string())?;
        let shared = js_sys::Array::of5(
            &JsValue::from_str(&link),
            &JsValue::from_str(&sentence),
            &JsValue::from_str(&svg(&trace, &findings, (Chart::Whole, Theme::Auto))),
            &JsValue::from_str(&changed),
            &JsValue::from(view.setup.interventions().len() as f64),
        );
        let Snippets {
            element,
            frame,
            markdown,
            frame_address,
            ..
        } = pasted;
        for text in [own, element, frame, markdown, frame_address] {
            shared.push(&JsValue::from(text));
        }
        Ok(shared)
    }

    /// The run of a view in one of the forms that every door has, by its name.
    ///
    /// # Errors
    /// That these are the numbers of no view, or that there is no such form.
    #[wasm_bindgen(js_name = exportOf)]
    pub fn export_of(
        numbers: &[f64],
        text: &str,
        source: &str,
        format: &str,
    ) -> Result<String, String> {
        let ((scenario, _), view) = viewed(numbers, text, source, "export")?;
        let format = Format::named(format).ok_or("there is no such format")?;
        let trace = run(&scenario, &view.setup)?;
        let findings = Findings::of(&trace).map_err(|error| error.to_string())?;
        export(&trace, &findings, format)
    }

    /// The view that a fragment holds, for a page that shows a scenario, and what is to be said of it: numbers, text,
    /// words.
    ///
    /// # Errors
    /// That the scenario cannot be read.
    #[wasm_bindgen(js_name = openLink)]
    pub fn open_link(fragment: &str, source: &str) -> Result<js_sys::Array, String> {
        let (scenario, opening) = opened(source)?;
        let mut read = link::read(&scenario, opening, fragment);
        let trace = run(&scenario, &read.view.setup)?;
        // Who names a chapter alone wants its moment.
        if fragment.starts_with("#story=")
            && let Some(chapter) = read.view.chapter
            && let Some(at) = chapters(&trace).get(chapter).and_then(|told| told.at)
        {
            read.view.cursor = at;
        }
        let (numbers, text) = read.view.flat();
        let judged = read.judged(&trace, &link::text(source)?);
        let judged = judged.map(|(_, words)| words);
        let told: Vec<String> = judged.into_iter().chain(read.told()).collect();
        Ok(js_sys::Array::of3(
            &js_sys::Float64Array::from(numbers.as_slice()),
            &JsValue::from_str(&text),
            &JsValue::from_str(&told.join("; ")),
        ))
    }
}

fn main() {}
