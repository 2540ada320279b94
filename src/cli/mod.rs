//! The command line: reads arguments, asks the core, prints.
//!
//! Invariant: no decision is made here.

mod arguments;
mod linked;

use std::fmt::Write as _;
use std::io::{self, IsTerminal, Read as _, Write};
use std::process::ExitCode;
use std::sync::Arc;

use arguments::{Arguments, Format, Task};

use crate::diagnostic;
use crate::export::{self, Findings, Paint};
use crate::insight;
use crate::letters::visible;
use crate::limits;
use crate::link::{self, Proof, View};
use crate::scenario::{self, Form, Scenario};
use crate::sim;
use crate::time::Instant;

/// The scenario that is run when none is named.
const UNNAMED: &str = "flash-sale";

/// What went wrong, told on standard error; nothing is on standard output then.
struct Bad(String);

/// Runs the command line.
#[must_use]
pub fn run() -> ExitCode {
    match answer(std::env::args_os().skip(1)) {
        Ok((text, code)) => match print(&text) {
            Ok(()) => ExitCode::from(code),
            Err(error) => {
                linked::say(&format!("the answer cannot be written: {error}"));
                ExitCode::from(2)
            }
        },
        Err(Bad(message)) => {
            linked::say(diagnostic::shortened(&message));
            ExitCode::from(2)
        }
    }
}

/// Prints; a reader that has gone away is no fault.
fn print(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    let written = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    match written {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        written => written,
    }
}

fn paint() -> Paint {
    let no_colour = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    if io::stdout().is_terminal() && !no_colour {
        Paint::Colour
    } else {
        Paint::Plain
    }
}

fn answer(args: impl Iterator<Item = std::ffi::OsString>) -> Result<(String, u8), Bad> {
    let arguments = Arguments::parse(args).map_err(Bad)?;
    match arguments.task {
        Task::Help => return Ok((arguments::HELP.to_owned(), 0)),
        Task::Version => return Ok((format!("accelerando {}\n", env!("CARGO_PKG_VERSION")), 0)),
        Task::List => return Ok((list(), 0)),
        Task::ListParameters | Task::Report | Task::Explain(_) | Task::Link => {}
    }
    let link = arguments.open.as_deref();
    let (text, file) = match (&arguments.scenario, link) {
        (None, Some(link)) => linked::scenario(link),
        (named, _) => load(named.as_deref().unwrap_or(UNNAMED))?,
    };
    let scenario = Arc::new(parsed(&text, &file)?);
    if let Task::ListParameters = arguments.task {
        return Ok((visible(&list_parameters(&scenario)), 0));
    }
    // Where the page opens is of use for links alone.
    let opening = match arguments.open.is_some() || matches!(arguments.task, Task::Link) {
        true => linked::opening(&scenario, &file)?,
        false => Instant::START,
    };
    let link = link.map(|link| linked::opened(&scenario, opening, link));
    let mut view = link.as_ref().map_or_else(
        || View::opening(&scenario, opening),
        |link| link.view.clone(),
    );
    let read = arguments.set.iter().map(|(name, value)| {
        let (index, parameter) = scenario.known_parameter(name)?;
        Ok((index, parameter.read(value)?))
    });
    let faults = view.setup.parameters.set_read(&scenario, read);
    if !faults.is_empty() {
        let told: Vec<String> = faults.iter().map(ToString::to_string).collect();
        return Err(Bad(told.join("\n")));
    }
    let trace = linked::run(&scenario, &view.setup, &file)?;
    let same =
        link.is_none_or(|link| !arguments.set.is_empty() || linked::judged(&link, &trace, &text));
    // Whoever asks for a part of it wants it judged all the same.
    let is_kept = || {
        let findings = Findings::of(&trace).map_err(|error| Bad(error.to_string()))?;
        Ok(same && findings.claims_hold() && findings.invariants_hold())
    };
    let judged = || match arguments.check {
        true => is_kept().map(|kept| u8::from(!kept)),
        false => Ok(0),
    };
    match &arguments.task {
        Task::Explain(question) => return Ok((explained(&trace, question)?, judged()?)),
        Task::Link => {
            let link = link::write(
                &scenario,
                &link::source(&text),
                opening,
                &view,
                Some(&Proof::of(&trace, &text)),
            );
            return Ok((format!("#{link}\n"), judged()?));
        }
        _ => {}
    }
    let findings = Findings::of(&trace).map_err(|error| Bad(error.to_string()))?;
    let text = match arguments.format {
        Format::Text => export::text(&trace, &findings, paint()),
        Format::As(format) => export::export(&trace, &findings, format).map_err(Bad)?,
    };
    let broken = !findings.invariants_hold();
    let unkept = arguments.check && !(same && findings.claims_hold());
    Ok((text, u8::from(broken || unkept)))
}

fn list() -> String {
    let mut out = String::new();
    for (name, text) in scenario::SHIPPED {
        let about = Scenario::parse(text).map_or(String::new(), |scenario| scenario.about);
        let _ = writeln!(out, "{name:<16}{about}");
    }
    out
}

/// The text of a shipped scenario by name, or of a file by path, and the name of the file.
fn load(named: &str) -> Result<(String, String), Bad> {
    let is_path = named.contains(['/', '\\']) || named.ends_with(".toml");
    let text = match scenario::shipped(named) {
        Some(text) => text.to_owned(),
        None if is_path => {
            read(named).map_err(|error| Bad(format!("{named}: cannot be read: {error}")))?
        }
        None => {
            let known = scenario::SHIPPED.iter().map(|(name, _)| *name);
            let hint = diagnostic::nearest(named, known).map_or(
                "--list shows those that ship; a file's name ends in .toml".to_owned(),
                |near| format!("did you mean `{near}`?"),
            );
            return Err(Bad(format!("unknown scenario `{named}`, {hint}")));
        }
    };
    let file = if is_path {
        named.to_owned()
    } else {
        format!("{named}.toml")
    };
    Ok((text, file))
}

/// The text of a file; of one that is too large only so much that this can be told.
fn read(path: &str) -> io::Result<String> {
    let mut bytes = Vec::new();
    let most = u64::try_from(limits::FILE_BYTES).unwrap_or(u64::MAX);
    let file = std::fs::File::open(path)?;
    let whole = file.metadata()?.len();
    file.take(most + 1).read_to_end(&mut bytes)?;
    if bytes.len() > limits::FILE_BYTES {
        let whole = usize::try_from(whole).unwrap_or(usize::MAX);
        let has = match whole > limits::FILE_BYTES {
            true => diagnostic::counted(whole),
            false => "more".to_owned(),
        };
        let most = diagnostic::counted(limits::FILE_BYTES);
        return Err(io::Error::other(format!(
            "a scenario may have at most {most} bytes, and this has {has}"
        )));
    }
    String::from_utf8(bytes).map_err(|error| {
        let place = error.utf8_error().valid_up_to();
        io::Error::other(format!(
            "it is no text: byte {} is not UTF-8",
            diagnostic::counted(place + 1)
        ))
    })
}

fn parsed(text: &str, file: &str) -> Result<Scenario, Bad> {
    Scenario::parse(text).map_err(|faults| {
        let told: Vec<String> = faults
            .iter()
            .map(|fault| diagnostic::rendered(fault, file, text))
            .collect();
        Bad(told.join("\n"))
    })
}

fn list_parameters(scenario: &Scenario) -> String {
    let mut out = format!(
        "{:<40}{:<10}{:<24}{:<14}{}\n",
        "name", "unit", "range", "default", "what it is"
    );
    for parameter in &scenario.parameters {
        let unit = match parameter.form {
            Form::Truth => "true/false",
            Form::Whole => "whole",
            Form::Number(unit) if unit == crate::rule::Unit::DURATION => "duration",
            Form::Number(unit) if unit == crate::rule::Unit::RATE => "per minute",
            Form::Number(_) => "number",
        };
        let range = format!(
            "{} - {}",
            parameter.written(parameter.from),
            parameter.written(parameter.to)
        );
        let default = parameter.written(parameter.default);
        let _ = writeln!(
            out,
            "{:<40}{unit:<11}{range:<23} {default:<13} {}",
            parameter.name, parameter.text
        );
    }
    out
}

fn explained(trace: &sim::Trace, question: &arguments::Question) -> Result<String, Bad> {
    let endpoint = trace
        .scenario
        .endpoint(&question.endpoint)
        .map_err(|near| {
            let all = || {
                let ids = trace.scenario.endpoints.iter().map(|e| e.id.as_str());
                format!("; there are {}", ids.collect::<Vec<_>>().join(", "))
            };
            let hint = near.map_or_else(all, |near| format!(", did you mean `{near}`?"));
            Bad(format!("unknown endpoint `{}`{hint}", question.endpoint))
        })?;
    if question.at >= trace.end() {
        return Err(Bad(format!(
            "{} is not before the end of the run, {}",
            question.at,
            trace.end()
        )));
    }
    let explanation = insight::explain(trace, endpoint, question.at);
    Ok(export::explanation_text(&explanation, paint()))
}
