//! From a file's text to a checked scenario: names first, then what uses them.

mod claims;
mod endpoints;
mod malformed;
mod meanings;
mod rules;
mod story;
mod world;

use std::sync::Arc;

use toml::de::DeTable;

use super::names::Name;
use super::parameters::{self, Form, Parameter, Purpose};
use super::table::{Counted, Reading, Table, Text, Value, place_of};
use super::template::Template;
use super::words::{ClaimFunction, PlanName, WorldName};
use super::{
    Claim, Effect, Endpoint, Finding, Incident, Metric, Phase, PlannedCall, PlannedPause, Policy,
    Proposal, Rule, Scenario, Sentence, Told,
};
use crate::diagnostic::{Fault, Faults, Place, counted};
use crate::limits;
use crate::rule::{self, Condition, Formula, Kind, Shown, SymbolClass, Unit, Vocabulary};
use crate::schedule::{self, Baseline, Cron, EndpointId, Governor, Tier, Zone};
use crate::time::{Instant, Span};

use claims::*;
use endpoints::*;
use meanings::Meanings;
use rules::*;
use story::*;
use world::*;

/// The version of the format that this program writes and reads.
const VERSION: i64 = 1;
/// The longest run.
const LONGEST: Span = Span::from_mins(366 * 24 * 60);

const ENDPOINT: SymbolClass = SymbolClass(1);
const RULE: SymbolClass = SymbolClass(2);
const METRIC: SymbolClass = SymbolClass(3);
const TIER: SymbolClass = SymbolClass(4);

pub(super) fn scenario(text: &str) -> Result<Scenario, Vec<Fault>> {
    if text.len() > limits::FILE_BYTES {
        let message = format!(
            "a scenario may have at most {} bytes, and this has {}",
            limits::FILE_BYTES,
            text.len()
        );
        return Err(vec![Fault::new("too_large", message, Place::default())]);
    }
    let (document, errors) = DeTable::parse_recoverable(text);
    if !errors.is_empty() {
        let mut faults = Faults::new();
        let shown = errors.iter().take(limits::FAULTS);
        faults.extend(shown.map(|error| malformed::fault(text, error)));
        faults.count(errors.len().saturating_sub(limits::FAULTS));
        return Err(faults.told());
    }
    let mut reading = Reading::default();
    let place = Place::new(0, text.find('\n').unwrap_or(text.len()));
    let mut file = Table::new(text, document.get_ref(), place, &mut reading);
    let scenario = read(&mut file);
    file.finish();
    reading.weigh();
    match scenario {
        Some(scenario) if reading.faults.is_empty() => Ok(scenario),
        _ => Err(reading.faults.told()),
    }
}

/// What the parts of a file have in common while it is read.
struct Words {
    world: Vocabulary,
    world_names: Vec<WorldName>,
    plan: Vocabulary,
    plan_names: Vec<PlanName>,
    claim_functions: Vec<ClaimFunction>,
    pauses: u32,
    meanings: Meanings,
}

impl Words {
    fn new() -> Self {
        Self {
            world: Vocabulary::new(),
            world_names: Vec::new(),
            plan: Vocabulary::new(),
            plan_names: Vec::new(),
            claim_functions: Vec::new(),
            pauses: 0,
            meanings: Meanings::default(),
        }
    }
}

fn id_of(index: usize) -> EndpointId {
    EndpointId(u32::try_from(index).unwrap_or(u32::MAX))
}

fn unit_named(text: &Text, faults: &mut Faults) -> (Unit, Shown) {
    match text.value.as_str() {
        "" => (Unit::PLAIN, Shown::Plain),
        "whole" => (Unit::PLAIN, Shown::Whole),
        "%" => (Unit::PLAIN, Shown::Percent),
        "ms" => (Unit::DURATION, Shown::Milliseconds),
        "s" | "min" | "h" => (Unit::DURATION, Shown::Duration),
        "/min" => (Unit::RATE, Shown::PerMinute),
        other => {
            let known = ["", "whole", "%", "ms", "s", "min", "h", "/min"];
            let fault = Fault::new(
                "unknown_unit",
                format!("unknown unit `{other}`"),
                text.place,
            );
            faults.push(fault.with_hint(format!(
                "write one of {}",
                known.map(|u| format!("`{u}`")).join(", ")
            )));
            (Unit::PLAIN, Shown::Plain)
        }
    }
}

fn shown_of(unit: Unit) -> Shown {
    if unit == Unit::DURATION {
        Shown::Duration
    } else if unit == Unit::RATE {
        Shown::PerMinute
    } else {
        Shown::Plain
    }
}

fn version(file: &mut Table<'_, '_>) {
    if file.get("accelerando").is_none() {
        file.missing_line("accelerando", VERSION);
    }
    if let Some(version) = file.whole("accelerando")
        && version != VERSION
    {
        let place = file.get("accelerando").map_or(file.place(), place_of);
        file.fault(
            Fault::new(
                "unknown_version",
                format!("this is format {version}, and this program reads {VERSION}"),
                place,
            )
            .with_hint(format!("write `accelerando = {VERSION}`")),
        );
    }
}

fn duration(file: &mut Table<'_, '_>) -> Option<Span> {
    let duration = match file.get("duration") {
        Some(_) => file.span("duration"),
        None => {
            file.missing("duration");
            None
        }
    };
    if let (Some(span), Some(at)) = (duration, file.get("duration"))
        && (!span.is_positive() || span > LONGEST)
    {
        let message = format!("`duration` must be longer than nothing and at most {LONGEST}");
        file.fault(Fault::new("duration_out_of_range", message, place_of(at)));
    }
    duration
}

fn seed(file: &mut Table<'_, '_>) -> u32 {
    let Some(whole) = file.whole("seed") else {
        return 1;
    };
    u32::try_from(whole).unwrap_or_else(|_| {
        let place = file.get("seed").map_or(file.place(), place_of);
        let message = format!("`seed` must be from 0 to {}, not {whole}", u32::MAX);
        file.fault(Fault::new("out_of_range", message, place));
        1
    })
}

fn read(file: &mut Table<'_, '_>) -> Option<Scenario> {
    version(file);
    let name = file.needed_name("name", Name::Label);
    let title = file.title("title");
    let about = file.text("about").map(|t| t.value).unwrap_or_default();
    let duration = duration(file);
    let seed = seed(file);
    let governor = governor(file);
    let (epoch_ms, zone) = start(file);
    let clamps = clamps(file);

    let mut words = Words::new();
    let (columns, phases) = phases(file, duration, &mut words);
    let mut parameters = traffic_parameters(&phases);
    let sources = file.limited("endpoint", ("endpoints", limits::ENDPOINTS));
    let end = Instant::START + duration.unwrap_or(Span::ZERO);
    let endpoints = endpoints(file, &sources, (clamps, end), (zone, epoch_ms), &mut words);
    endpoint_parameters(&endpoints, &mut parameters);
    thresholds(file, &mut parameters, &mut words);
    parameters.push(parameters::built_in(
        "noise",
        Purpose::Noise,
        (Form::Number(Unit::PLAIN), Shown::Plain),
        (0.0, 0.2, 0.0),
        "standard deviation of every observation, as a share of its value",
    ));
    parameters.push(parameters::built_in(
        "seed",
        Purpose::Seed,
        (Form::Whole, Shown::Plain),
        (0.0, f64::from(u32::MAX), f64::from(seed)),
        "seed of all random numbers",
    ));
    no_duplicates(file, &parameters, &words);

    constants(file, &mut words);
    world_words(&endpoints, &parameters, &columns, &mut words);
    functions(file, &mut words);
    let metrics = metrics(file, &mut words);
    let rule_sources = file.limited("rule", ("rules", limits::RULES));
    let heads = rule_heads(file, &rule_sources, &mut words);
    plan_words(&metrics, &endpoints, &heads, &parameters, &mut words);
    let endpoints = complete_endpoints(file, &sources, endpoints, &metrics, &words);
    let rules = rules(file, &rule_sources, &heads, &endpoints, &mut words);
    let incident = incident(file, &heads, &words);
    add_claim_functions(&mut words, &metrics, &endpoints, &heads);
    std::mem::take(&mut words.meanings).weigh(file);
    let claims = claims(file, &words);
    let policies = policies(file, &endpoints);
    let chapters = chapters(file, &endpoints, &words);
    let questions = questions(file, &words);
    let told = file.table("told").map(|told| {
        file.nested(told, |t| Told {
            runs: t.needed_text("runs").map(|t| t.value).unwrap_or_default(),
            because: t
                .needed_text("because")
                .map(|t| t.value)
                .unwrap_or_default(),
        })
    });
    let name = name?.value;
    Some(Scenario {
        title: title.map_or_else(|| name.clone(), |t| t.value),
        name,
        about,
        duration: duration?,
        shifted: Span::ZERO,
        governor,
        epoch_ms,
        zone,
        phases,
        metrics,
        endpoints,
        rules,
        incident,
        claims,
        parameters,
        world_names: words.world_names,
        plan_names: words.plan_names,
        claim_functions: words.claim_functions,
        policies,
        told,
        chapters,
        questions,
    })
}

fn governor(file: &mut Table<'_, '_>) -> Governor {
    let Some(text) = file.text("governor") else {
        return Governor::Tightest;
    };
    match text.value.as_str() {
        "tightest" => Governor::Tightest,
        "override" => Governor::Override,
        other => {
            let fault = Fault::new(
                "unknown_governor",
                format!("unknown governor `{other}`"),
                text.place,
            );
            file.fault(fault.with_hint("write `tightest` or `override`"));
            Governor::Tightest
        }
    }
}

fn start(file: &mut Table<'_, '_>) -> (i64, Zone) {
    let zone = file.text("time_zone").map_or(Zone::Utc, |text| {
        Zone::named(&text.value).unwrap_or_else(|| {
            let message = format!("unknown time zone `{}`", text.value);
            let hint = match cfg!(feature = "zones") {
                true => "write `UTC` or a name of the IANA database such as `Europe/Berlin`",
                false => "only `UTC` is known here; the command line knows them all",
            };
            file.fault(Fault::new("unknown_time_zone", message, text.place).with_hint(hint));
            Zone::Utc
        })
    });
    let epoch = file.text("start").map_or(0, |text| {
        chrono::DateTime::parse_from_rfc3339(&text.value).map_or_else(
            |_| {
                let message = format!("`{}` is not a date and time", text.value);
                file.fault(
                    Fault::new("not_a_date", message, text.place)
                        .with_hint("write it like `2026-11-27T09:00:00Z`"),
                );
                0
            },
            |start| start.timestamp_millis(),
        )
    });
    (epoch, zone)
}

fn clamps(file: &mut Table<'_, '_>) -> (Span, Span) {
    let defaults = (
        schedule::Endpoint::DEFAULT_MIN,
        schedule::Endpoint::DEFAULT_MAX,
    );
    let Some(table) = file.table("clamps") else {
        return defaults;
    };
    file.nested(table, |t| {
        (
            t.span("min").unwrap_or(defaults.0),
            t.span("max").unwrap_or(defaults.1),
        )
    })
}
