//! Reads the arguments.

use std::ffi::OsString;

use lexopt::{Arg, Parser, ValueExt};

use crate::diagnostic::nearest;
use crate::export;
use crate::time::{self, Instant, parse_instant};

pub(super) const HELP: &str = "\
Accelerando runs an adaptive monitoring schedule against a scenario and says what it did, and why.

Usage: accelerando-app [SCENARIO] [OPTIONS]

SCENARIO is the name of a scenario that ships (see --list) or a path ending in .toml;
flash-sale if left out.

Options:
  --set NAME=VALUE           change a parameter (see --list-parameters); of repeated ones the last
                             counts
  --seed N                   seed of all random numbers
  --format FORMAT            how to print: text (a report), json (one object), csv (a line for each
                             run), markdown (tables), trace-event (for Perfetto) or svg (a picture;
                             svg:cadence:dark is one chart: metrics, timeline, cadence or claims)
  --explain ENDPOINT@MM:SS   why the endpoint ran at that moment, or why it did not
  --open LINK                run what a link holds, changed by --set, and say whether it still
                             comes to the same
  --link                     print the run as the end of a link to the page: settings, calls and
                             what it came to
  --check                    exit with 1 if a claim does not hold or a link is not reproduced
  --list                     the scenarios that ship
  --list-parameters          every parameter with its unit, range and default
  -h, --help                 this text
  -V, --version              the version

Exit codes: 0 it ran; 1 an invariant fails or, with --check, a claim or a link; 2 bad input.
";

const OPTIONS: [&str; 11] = [
    "set",
    "seed",
    "format",
    "explain",
    "open",
    "link",
    "check",
    "list",
    "list-parameters",
    "help",
    "version",
];

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Format {
    /// The report for a terminal.
    Text,
    /// One of the forms that every door has.
    As(export::Format),
}

#[derive(Debug, PartialEq, Eq)]
pub(super) struct Question {
    pub endpoint: String,
    pub at: Instant,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Task {
    Report,
    Explain(Question),
    Link,
    List,
    ListParameters,
    Help,
    Version,
}

pub(super) struct Arguments {
    pub scenario: Option<String>,
    pub set: Vec<(String, String)>,
    pub format: Format,
    pub check: bool,
    /// The link to begin with.
    pub open: Option<String>,
    pub task: Task,
}

impl Arguments {
    pub(super) fn parse(args: impl Iterator<Item = OsString>) -> Result<Self, String> {
        let mut parser = Parser::from_args(args);
        let mut scenario = None;
        let mut set = Vec::new();
        let mut format = Format::Text;
        let mut check = false;
        let mut open = None;
        let mut task = Task::Report;
        let told = |error: lexopt::Error| format!("{error}; --help shows how to call it");
        while let Some(arg) = parser.next().map_err(told)? {
            match arg {
                Arg::Value(value) if scenario.is_none() => {
                    scenario = Some(value.string().map_err(told)?)
                }
                Arg::Value(value) => {
                    return Err(format!("one scenario at a time: what is {value:?}?"));
                }
                Arg::Long("set") => {
                    set.push(assignment(&text(&mut parser, "--set", "NAME=VALUE")?)?)
                }
                Arg::Long("seed") => set.push((
                    "seed".to_owned(),
                    text(&mut parser, "--seed", "a whole number")?,
                )),
                Arg::Long("format") => {
                    format = named_format(&text(&mut parser, "--format", &formats())?)?
                }
                Arg::Long("explain") => {
                    task = Task::Explain(question(&text(
                        &mut parser,
                        "--explain",
                        "ENDPOINT@MM:SS",
                    )?)?)
                }
                Arg::Long("open") => open = Some(text(&mut parser, "--open", "a link")?),
                Arg::Long("link") => task = Task::Link,
                Arg::Long("check") => check = true,
                Arg::Long("list") => task = Task::List,
                Arg::Long("list-parameters") => task = Task::ListParameters,
                Arg::Long("help") | Arg::Short('h') => task = Task::Help,
                Arg::Long("version") | Arg::Short('V') => task = Task::Version,
                Arg::Long(other) => {
                    let hint = nearest(other, OPTIONS)
                        .map_or("--help shows them all".to_owned(), |near| {
                            format!("did you mean --{near}?")
                        });
                    return Err(format!("unknown option --{other}, {hint}"));
                }
                Arg::Short(other) => {
                    return Err(format!("unknown option -{other}, --help shows them all"));
                }
            }
        }
        let lists = matches!(task, Task::List | Task::ListParameters);
        if check && lists {
            return Err(
                "--check judges a run, and a list makes none; leave one of them out".to_owned(),
            );
        }
        Ok(Self {
            scenario,
            set,
            format,
            check,
            open,
            task,
        })
    }
}

fn text(parser: &mut Parser, option: &str, expected: &str) -> Result<String, String> {
    let value = parser
        .value()
        .map_err(|_| format!("{option} needs a value: {expected}"))?;
    value.string().map_err(|error| error.to_string())
}

fn assignment(text: &str) -> Result<(String, String), String> {
    let parts = text
        .split_once('=')
        .map(|(name, value)| (name.trim().to_owned(), value.trim().to_owned()));
    parts.ok_or_else(|| {
        format!("--set needs NAME=VALUE, not `{text}`; --list-parameters shows the names")
    })
}

/// All formats, as they are told.
fn formats() -> String {
    let [others @ .., last] = export::Format::ALL.map(export::Format::name);
    format!("text, {} or {last}", others.join(", "))
}

fn named_format(name: &str) -> Result<Format, String> {
    if name == "text" {
        return Ok(Format::Text);
    }
    if let Some(format) = export::Format::named(name) {
        return Ok(Format::As(format));
    }
    let known = export::Format::ALL.map(export::Format::name);
    let hint = nearest(name, known.into_iter().chain(["text"])).map_or_else(
        || format!("write {}", formats()),
        |near| format!("did you mean `{near}`?"),
    );
    Err(format!("unknown format `{name}`, {hint}"))
}

fn question(text: &str) -> Result<Question, String> {
    let parts = text
        .rsplit_once('@')
        .and_then(|(endpoint, at)| Some((endpoint.to_owned(), parse_instant(at)?)));
    let (endpoint, at) = parts.ok_or_else(|| {
        let at = text.rsplit_once('@').map_or("", |(_, at)| at);
        match time::too_long(at) {
            Some(told) => format!("--explain needs ENDPOINT@MM:SS such as monitor@5:00: {told}"),
            None => format!("--explain needs ENDPOINT@MM:SS such as monitor@5:00, not `{text}`"),
        }
    })?;
    Ok(Question { endpoint, at })
}
