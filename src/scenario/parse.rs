//! From a file's text to a checked scenario: names first, then what uses them.

use std::sync::Arc;

use toml::de::DeTable;

use super::parameters::{self, Form, Parameter, Purpose};
use super::table::{Table, Text, Value, place_of};
use super::template::Template;
use super::words::{ClaimFunction, PlanName, WorldName};
use super::{
    Claim, Effect, Endpoint, Finding, Incident, Metric, Phase, PlannedCall, PlannedPause, Policy,
    Proposal, Rule, Scenario, Sentence, Told,
};
use crate::diagnostic::{Fault, Place};
use crate::rule::{self, Condition, Formula, Kind, Shown, SymbolClass, Unit, Vocabulary};
use crate::schedule::{self, Baseline, Cron, EndpointId, Governor, Tier, Zone};
use crate::time::{Instant, Span};

/// The version of the format that this program writes and reads.
const VERSION: i64 = 1;
/// The largest file, in bytes.
const MOST_BYTES: usize = 1 << 20;
/// The most endpoints, rules or metrics in one scenario.
const MOST_PARTS: usize = 1_000;
/// The longest run.
const LONGEST: Span = Span::from_mins(366 * 24 * 60);

const ENDPOINT: SymbolClass = SymbolClass(1);
const RULE: SymbolClass = SymbolClass(2);
const METRIC: SymbolClass = SymbolClass(3);
const TIER: SymbolClass = SymbolClass(4);

type Faults = Vec<Fault>;

pub(super) fn scenario(text: &str) -> Result<Scenario, Faults> {
    if text.len() > MOST_BYTES {
        let message =
            format!("the file is larger than {MOST_BYTES} bytes, the limit for a scenario");
        return Err(vec![Fault::new("too_large", message, Place::default())]);
    }
    let (document, errors) = DeTable::parse_recoverable(text);
    if !errors.is_empty() {
        let fault = |error: &toml::de::Error| {
            let place = error
                .span()
                .map_or(Place::default(), |span| Place::new(span.start, span.end));
            Fault::new("not_toml", error.message().to_owned(), place)
        };
        return Err(errors.iter().map(fault).collect());
    }
    let mut faults = Vec::new();
    let place = Place::new(0, text.find('\n').unwrap_or(text.len()));
    let mut file = Table::new(text, document.get_ref(), place, &mut faults);
    let scenario = read(&mut file);
    file.finish();
    faults.sort_by_key(|fault| (fault.place.start, fault.place.end));
    match scenario {
        Some(scenario) if faults.is_empty() => Ok(scenario),
        _ => Err(faults),
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
        }
    }

    fn add_world(&mut self, name: &str, kind: Kind, shown: Shown, meaning: WorldName) {
        self.world.add_name(name, kind, shown);
        self.world_names.push(meaning);
    }

    fn add_plan(&mut self, name: &str, kind: Kind, shown: Shown, meaning: PlanName) {
        self.plan.add_name(name, kind, shown);
        self.plan_names.push(meaning);
    }
}

fn id_of(index: usize) -> EndpointId {
    EndpointId(u32::try_from(index).unwrap_or(u32::MAX))
}

fn unit_named(text: &Text, faults: &mut Faults) -> (Unit, Shown) {
    match text.value.as_str() {
        "" => (Unit::PLAIN, Shown::Plain),
        "%" => (Unit::PLAIN, Shown::Percent),
        "ms" => (Unit::DURATION, Shown::Milliseconds),
        "s" | "min" | "h" => (Unit::DURATION, Shown::Duration),
        "/min" => (Unit::RATE, Shown::PerMinute),
        other => {
            let known = ["", "%", "ms", "s", "min", "h", "/min"];
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

fn read(file: &mut Table<'_, '_>) -> Option<Scenario> {
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
    let name = file.needed_text("name");
    let title = file.text("title");
    let about = file.text("about").map(|t| t.value).unwrap_or_default();
    let duration = if file.get("duration").is_some() {
        file.span("duration")
    } else {
        None
    };
    if duration.is_none_or(|d| !d.is_positive() || d > LONGEST) {
        let place = file.get("duration").map_or(file.place(), place_of);
        let message = format!("`duration` must be longer than nothing and at most {LONGEST}");
        file.fault(Fault::new("duration_out_of_range", message, place));
    }
    let seed = file.whole("seed").unwrap_or(1);
    let governor = governor(file);
    let (epoch_ms, zone) = start(file);
    let clamps = clamps(file);

    let mut words = Words::new();
    let (columns, phases) = phases(file, &mut words);
    let mut parameters = traffic_parameters(&phases);
    let sources = file.array("endpoint");
    let endpoints = endpoints(file, &sources, clamps, (zone, epoch_ms));
    endpoint_parameters(&endpoints, &mut parameters);
    thresholds(file, &mut parameters);
    parameters.push(parameters::built_in(
        "noise",
        Purpose::Noise,
        (Form::Number(Unit::PLAIN), Shown::Plain),
        (0.0, 0.2, 0.0),
        "standard deviation of every observation, as a share of its value",
    ));
    let seed = u32::try_from(seed).map_or(1.0, f64::from);
    parameters.push(parameters::built_in(
        "seed",
        Purpose::Seed,
        (Form::Whole, Shown::Plain),
        (0.0, f64::from(u32::MAX), seed),
        "seed of all random numbers",
    ));
    no_duplicates(file, &parameters);

    constants(file, &mut words);
    world_words(&endpoints, &parameters, &columns, &mut words);
    functions(file, &mut words);
    let metrics = metrics(file, &mut words);
    let rule_sources = file.array("rule");
    let heads = rule_heads(file, &rule_sources);
    plan_words(&metrics, &endpoints, &heads, &parameters, &mut words);
    let endpoints = complete_endpoints(file, &sources, endpoints, &metrics, &words);
    let rules = rules(file, &rule_sources, &heads, &endpoints, &mut words);
    let incident = incident(file, &words);
    add_claim_functions(&mut words, &metrics, &endpoints, &heads);
    let claims = claims(file, &words);
    let policies = policies(file, &endpoints);
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
            file.fault(
                Fault::new("unknown_time_zone", message, text.place).with_hint(
                    "write `UTC` or a name of the IANA database such as `Europe/Berlin`",
                ),
            );
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

fn phases(file: &mut Table<'_, '_>, words: &mut Words) -> (Vec<(String, Unit)>, Vec<Phase>) {
    let mut columns = Vec::new();
    if let Some(table) = file.table("phases") {
        file.nested(table, |t| {
            let Some((names, _)) = t.table("columns") else {
                return;
            };
            for (index, (name, _, value)) in Table::entries(names).into_iter().enumerate() {
                let Some(text) = t.text_of(name, value) else {
                    continue;
                };
                let (unit, shown) = unit_named(&text, t.faults());
                words.add_world(name, Kind::Number(unit), shown, WorldName::Column(index));
                columns.push((name.to_owned(), unit));
            }
        });
    }
    let mut phases: Vec<Phase> = Vec::new();
    for value in file.array("phase") {
        let Some(table) = file.table_of("phase", value) else {
            continue;
        };
        let phase = file.nested(table, |t| {
            let id = t.needed_text("id")?.value;
            let name = t.text("name").map_or_else(|| id.clone(), |text| text.value);
            let from = t.moment("from")?;
            let mut values = vec![f64::NAN; columns.len()];
            if let Some(cells) = t.table("values") {
                for (name, place, value) in Table::entries(cells.0) {
                    let Some(column) = columns.iter().position(|(known, _)| known == name) else {
                        let fault =
                            Fault::new("unknown_column", format!("unknown column `{name}`"), place);
                        t.fault(
                            fault.with_nearest(
                                name,
                                columns.iter().map(|(known, _)| known.as_str()),
                            ),
                        );
                        continue;
                    };
                    let unit = columns.get(column).map(|(_, unit)| *unit);
                    if let (Some((number, _)), Some(cell)) =
                        (t.quantity_of(name, value, unit), values.get_mut(column))
                    {
                        *cell = number;
                    }
                }
            }
            if let Some((missing, _)) = columns
                .iter()
                .zip(&values)
                .find(|(_, v)| v.is_nan())
                .map(|(c, _)| c)
            {
                let fault = Fault::new(
                    "missing_value",
                    format!("phase `{id}` has no value for `{missing}`"),
                    t.place(),
                );
                t.fault(fault);
            }
            Some(Phase {
                id,
                name,
                from,
                values,
            })
        });
        if let Some(phase) = phase {
            let in_order = phases
                .last()
                .map_or(phase.from == Instant::START, |before| {
                    before.from < phase.from
                });
            if !in_order {
                let message = format!(
                    "phase `{}` must begin after the one before it, and the first at 0:00",
                    phase.id
                );
                file.fault(Fault::new("phases_out_of_order", message, table.1));
            }
            phases.push(phase);
        }
    }
    if phases.is_empty() {
        phases.push(Phase {
            id: "run".to_owned(),
            name: "Run".to_owned(),
            from: Instant::START,
            values: vec![f64::NAN; columns.len()],
        });
    }
    (columns, phases)
}

fn traffic_parameters(phases: &[Phase]) -> Vec<Parameter> {
    let shape = (Form::Number(Unit::PLAIN), Shown::Plain);
    let mut parameters = vec![parameters::built_in(
        "traffic",
        Purpose::Traffic,
        shape,
        (0.0, 5.0, 1.0),
        "traffic of the whole run, as a multiple",
    )];
    for (index, phase) in phases.iter().enumerate() {
        parameters.push(parameters::built_in(
            format!("traffic.{}", phase.id),
            Purpose::PhaseTraffic(index),
            shape,
            (0.0, 5.0, 1.0),
            format!("traffic in {}, as a multiple", phase.name),
        ));
    }
    parameters
}

fn endpoint_parameters(endpoints: &[Endpoint], parameters: &mut Vec<Parameter>) {
    let duration = (Form::Number(Unit::DURATION), Shown::Duration);
    let day = Span::from_mins(24 * 60).ms() as f64;
    for (index, endpoint) in endpoints.iter().enumerate() {
        let id = id_of(index);
        let mut add = |what: &str, purpose, shape, range, text: String| {
            parameters.push(parameters::built_in(
                format!("{}.{what}", endpoint.id),
                purpose,
                shape,
                range,
                text,
            ));
        };
        if let Some(effect) = &endpoint.effect {
            let plain = (Form::Number(Unit::PLAIN), Shown::Plain);
            let half_an_hour = Span::from_mins(30).ms() as f64;
            add(
                "effectiveness",
                Purpose::Effectiveness(id),
                plain,
                (0.0, 2.0, 1.0),
                format!("strength of {}, as a multiple", endpoint.name),
            );
            add(
                "delay",
                Purpose::Delay(id),
                duration,
                (0.0, half_an_hour, effect.delay.ms() as f64),
                format!("time until {} begins to work", endpoint.name),
            );
            add(
                "fails",
                Purpose::Fails(id),
                (Form::Truth, Shown::Plain),
                (0.0, 1.0, 0.0),
                format!("whether {} fails", endpoint.name),
            );
        }
        if let Baseline::Every(every) = endpoint.schedule.baseline {
            add(
                "every",
                Purpose::Every(id),
                duration,
                (1_000.0, day, every.ms() as f64),
                format!("baseline interval of {}", endpoint.name),
            );
        }
        add(
            "min",
            Purpose::Min(id),
            duration,
            (0.0, day, endpoint.schedule.min.ms() as f64),
            format!("smallest gap of {}", endpoint.name),
        );
        add(
            "max",
            Purpose::Max(id),
            duration,
            (1_000.0, day, endpoint.schedule.max.ms() as f64),
            format!("largest gap of {}", endpoint.name),
        );
        add(
            "cooldown",
            Purpose::Cooldown(id),
            duration,
            (0.0, day, endpoint.schedule.cooldown.ms() as f64),
            format!("cooldown of {}", endpoint.name),
        );
    }
}

fn thresholds(file: &mut Table<'_, '_>, parameters: &mut Vec<Parameter>) {
    let Some((table, place)) = file.table("thresholds") else {
        return;
    };
    for (name, _, value) in Table::entries(table) {
        let Some(inner) = file.table_of(name, value) else {
            continue;
        };
        let read = file.nested(inner, |t| {
            let (default, kind) = match t.get("default") {
                Some(value) => t.quantity_of("default", value, None)?,
                None => {
                    t.missing("default");
                    return None;
                }
            };
            let unit = if let Kind::Number(unit) = kind {
                unit
            } else {
                Unit::PLAIN
            };
            let is_percent = |v: &Value<'_>| {
                v.get_ref()
                    .as_str()
                    .is_some_and(|s| s.trim_end().ends_with('%'))
            };
            let in_ms = |v: &Value<'_>| {
                v.get_ref()
                    .as_str()
                    .is_some_and(|s| s.trim_end().ends_with("ms"))
            };
            let shown = match t.get("default") {
                Some(value) if is_percent(value) => Shown::Percent,
                Some(value) if in_ms(value) => Shown::Milliseconds,
                _ => shown_of(unit),
            };
            let mut bound = |key: &'static str, otherwise: f64| match t.get(key) {
                Some(value) => t
                    .quantity_of(key, value, Some(unit))
                    .map_or(otherwise, |(number, _)| number),
                None => otherwise,
            };
            let (from, to) = (bound("from", 0.0), bound("to", default * 10.0));
            let text = t.text("text").map(|t| t.value).unwrap_or_default();
            let parameter = parameters::built_in(
                name,
                Purpose::Threshold,
                (Form::Number(unit), shown),
                (from, to, default),
                text,
            );
            if let Err(error) = parameter.checked(default) {
                let place = t.place();
                t.fault(Fault::new("out_of_range", error.to_string(), place));
            }
            Some(parameter)
        });
        parameters.extend(read);
    }
    let _ = place;
}

fn no_duplicates(file: &mut Table<'_, '_>, parameters: &[Parameter]) {
    let mut names: Vec<&str> = parameters.iter().map(|p| p.name.as_str()).collect();
    names.sort_unstable();
    for pair in names.windows(2) {
        if let [a, b] = pair
            && a == b
        {
            let place = file.place();
            file.fault(Fault::new(
                "duplicate_parameter",
                format!("the parameter `{a}` stands for two things"),
                place,
            ));
        }
    }
}

fn constants(file: &mut Table<'_, '_>, words: &mut Words) {
    let Some((table, _)) = file.table("constants") else {
        return;
    };
    for (name, _, value) in Table::entries(table) {
        if let Some((number, kind)) = file.quantity_of(name, value, None) {
            let shown = if let Kind::Number(unit) = kind {
                shown_of(unit)
            } else {
                Shown::Plain
            };
            words.add_world(name, kind, shown, WorldName::Constant(number));
            words.add_plan(name, kind, shown, PlanName::Constant(number));
        }
    }
}

fn world_words(
    endpoints: &[Endpoint],
    parameters: &[Parameter],
    _columns: &[(String, Unit)],
    words: &mut Words,
) {
    let plain = Kind::Number(Unit::PLAIN);
    words.add_world("multiplier", plain, Shown::Plain, WorldName::Multiplier);
    words.add_world(
        "time",
        Kind::Number(Unit::DURATION),
        Shown::Duration,
        WorldName::Time,
    );
    for (index, endpoint) in endpoints.iter().enumerate() {
        if endpoint.effect.is_some() {
            words.add_world(
                &format!("{}.progress", endpoint.id),
                plain,
                Shown::Plain,
                WorldName::Progress(id_of(index)),
            );
        }
    }
    for (index, parameter) in parameters.iter().enumerate() {
        let for_world = matches!(
            parameter.purpose,
            Purpose::Threshold | Purpose::Effectiveness(_)
        );
        if let (true, Form::Number(unit)) = (for_world, parameter.form) {
            words.add_world(
                &parameter.name,
                Kind::Number(unit),
                parameter.shown,
                WorldName::Parameter(index),
            );
        }
    }
}

fn functions(file: &mut Table<'_, '_>, words: &mut Words) {
    let Some((table, _)) = file.table("functions") else {
        return;
    };
    for (name, _, value) in Table::entries(table) {
        let Some(inner) = file.table_of(name, value) else {
            continue;
        };
        file.nested(inner, |t| {
            let (Some(of), Some(is)) = (t.needed_text("of"), t.needed_text("is")) else {
                return;
            };
            for vocabulary in [&mut words.world, &mut words.plan] {
                if let Err(found) =
                    vocabulary.define(name, &[(of.value.as_str(), Unit::PLAIN)], &is.value)
                {
                    t.faults()
                        .extend(found.into_iter().map(|fault| is.moved(fault)));
                    return;
                }
            }
        });
    }
}

fn formula(
    t: &mut Table<'_, '_>,
    text: &Text,
    vocabulary: &Vocabulary,
    kind: Option<Kind>,
) -> Option<Formula> {
    match rule::formula(&text.value, vocabulary, kind) {
        Ok(formula) => Some(formula),
        Err(found) => {
            t.faults()
                .extend(found.into_iter().map(|fault| text.moved(fault)));
            None
        }
    }
}

fn condition(t: &mut Table<'_, '_>, text: &Text, vocabulary: &Vocabulary) -> Option<Condition> {
    match rule::condition(&text.value, vocabulary) {
        Ok(condition) => Some(condition),
        Err(found) => {
            t.faults()
                .extend(found.into_iter().map(|fault| text.moved(fault)));
            None
        }
    }
}

fn template(t: &mut Table<'_, '_>, text: &Text, vocabulary: &Vocabulary) -> Template {
    match Template::parse(&text.value, vocabulary) {
        Ok(template) => template,
        Err(found) => {
            t.faults()
                .extend(found.into_iter().map(|fault| text.moved(fault)));
            Template::default()
        }
    }
}

fn metrics(file: &mut Table<'_, '_>, words: &mut Words) -> Vec<Metric> {
    let mut metrics = Vec::new();
    for value in limited(file, "metric") {
        let Some(table) = file.table_of("metric", value) else {
            continue;
        };
        let metric = file.nested(table, |t| {
            let id = t.needed_text("id")?;
            let name = t
                .text("name")
                .map_or_else(|| id.value.clone(), |text| text.value);
            let unit_text = t.text("unit");
            let (unit, shown) = unit_text.map_or((Unit::PLAIN, Shown::Plain), |text| {
                unit_named(&text, t.faults())
            });
            let hidden = t.flag("hidden");
            let is = t.needed_text("is")?;
            let formula = formula(t, &is, &words.world, Some(Kind::Number(unit)))?;
            if words.world.name(&id.value).is_some() {
                t.fault(Fault::new(
                    "duplicate_name",
                    format!("`{}` already means something else", id.value),
                    id.place,
                ));
            }
            Some(Metric {
                id: id.value,
                name,
                unit,
                shown,
                hidden,
                formula,
            })
        });
        if let Some(metric) = metric {
            words.add_world(
                &metric.id,
                Kind::Number(metric.unit),
                metric.shown,
                WorldName::Metric(metrics.len()),
            );
            metrics.push(metric);
        }
    }
    metrics
}

/// The elements of an array of tables, as many as are allowed.
fn limited<'a>(file: &mut Table<'a, '_>, key: &'static str) -> Vec<&'a Value<'a>> {
    let mut values = file.array(key);
    if let Some(extra) = values.get(MOST_PARTS) {
        let place = place_of(extra);
        file.fault(Fault::new(
            "too_many",
            format!("more than {MOST_PARTS} of `{key}`, the limit for a scenario"),
            place,
        ));
        values.truncate(MOST_PARTS);
    }
    values
}

fn tier(t: &mut Table<'_, '_>) -> Tier {
    let Some(text) = t.needed_text("tier") else {
        return Tier::Health;
    };
    Tier::named(&text.value).unwrap_or_else(|| {
        let fault = Fault::new(
            "unknown_tier",
            format!("unknown tier `{}`", text.value),
            text.place,
        );
        t.fault(fault.with_nearest(&text.value, Tier::ALL.map(Tier::name)));
        Tier::Health
    })
}

/// Endpoints with everything that needs no names; what does is added by [`complete_endpoints`].
fn endpoints(
    file: &mut Table<'_, '_>,
    sources: &[&Value<'_>],
    clamps: (Span, Span),
    (zone, epoch_ms): (Zone, i64),
) -> Vec<Endpoint> {
    let mut endpoints: Vec<Endpoint> = Vec::new();
    for value in sources {
        let Some(table) = value.get_ref().as_table() else {
            continue;
        };
        let text = |key: &str| table.get(key).and_then(|v| v.get_ref().as_str());
        let span = |key: &str| text(key).and_then(crate::time::parse_span);
        let id = text("id").unwrap_or_default().to_owned();
        let mut inner = schedule::Endpoint::new(
            &id,
            text("tier").and_then(Tier::named).unwrap_or(Tier::Health),
        );
        inner.min = span("min").unwrap_or(clamps.0);
        inner.max = span("max").unwrap_or(clamps.1);
        inner.cooldown = span("cooldown").unwrap_or(Span::ZERO);
        inner.start_at = text("start_at")
            .and_then(crate::time::parse_instant)
            .unwrap_or(Instant::START);
        inner.asleep = table
            .get("asleep")
            .and_then(|v| v.get_ref().as_bool())
            .unwrap_or(false);
        if let Some(every) = span("every") {
            inner.baseline = Baseline::Every(every);
        } else if let (Some(expression), Some(at)) = (text("cron"), table.get("cron")) {
            let cron = Cron::new(expression, zone, epoch_ms);
            if let Some(why) = cron.fault() {
                let message = format!("the cron expression `{expression}` cannot be read: {why}");
                file.fault(Fault::new("bad_cron", message, place_of(at)));
            }
            inner.baseline = Baseline::Cron(Box::new(cron));
        }
        if let Err(error) = inner.check() {
            file.fault(Fault::new(error.code(), error.to_string(), place_of(value)));
        }
        if endpoints.iter().any(|known| known.id == id) {
            let message = format!("endpoint `{id}` is defined twice");
            file.fault(
                Fault::new("duplicate_endpoint", message, place_of(value))
                    .with_hint("give each its own id"),
            );
        }
        let effect = table
            .get("effect")
            .and_then(|v| v.get_ref().as_table())
            .map(|effect| {
                let part = |key: &str| effect.get(key).and_then(|v| v.get_ref().as_str());
                let length = |key: &str| {
                    part(key)
                        .and_then(crate::time::parse_span)
                        .unwrap_or(Span::ZERO)
                };
                Effect {
                    text: part("text").unwrap_or_default().to_owned(),
                    delay: length("delay"),
                    ramp: length("ramp"),
                }
            });
        endpoints.push(Endpoint {
            name: text("name").unwrap_or(&id).to_owned(),
            id,
            schedule: inner,
            observes: Vec::new(),
            takes: span("takes").unwrap_or(Span::ZERO),
            sleeps_after_run: table
                .get("sleeps_after_run")
                .and_then(|v| v.get_ref().as_bool())
                .unwrap_or(false),
            effect,
            message: Vec::new(),
            milder: Vec::new(),
            requires: Vec::new(),
        });
    }
    if endpoints.len() > MOST_PARTS {
        let place = file.place();
        file.fault(Fault::new(
            "too_many",
            format!("more than {MOST_PARTS} endpoints, the limit for a scenario"),
            place,
        ));
    }
    if endpoints.is_empty() {
        file.missing("endpoint");
    }
    endpoints
}

/// Reads everything of the endpoints again, now with faults for each key, and with the names that they use.
fn complete_endpoints<'a>(
    file: &mut Table<'a, '_>,
    sources: &[&'a Value<'a>],
    mut endpoints: Vec<Endpoint>,
    metrics: &[Metric],
    words: &Words,
) -> Vec<Endpoint> {
    let ids: Vec<String> = endpoints
        .iter()
        .map(|endpoint| endpoint.id.clone())
        .collect();
    let tables: Vec<_> = sources
        .iter()
        .filter_map(|value| Some((value.get_ref().as_table()?, place_of(value))))
        .collect();
    for (endpoint, (table, place)) in endpoints.iter_mut().zip(tables) {
        file.nested((table, place), |t| {
            t.needed_text("id");
            t.text("name");
            tier(t);
            for key in ["every", "min", "max", "cooldown", "takes"] {
                t.span(key);
            }
            t.text("cron");
            if t.get("start_at").is_some() {
                t.moment("start_at");
            }
            t.flag("asleep");
            t.flag("sleeps_after_run");
            if let Some(effect) = t.table("effect") {
                t.nested(effect, |e| {
                    e.text("text");
                    e.span("delay");
                    e.span("ramp");
                });
            }
            endpoint.observes = named_list(
                t,
                "observes",
                "metric",
                |name| metrics.iter().position(|m| m.id == name),
                metrics.iter().map(|m| m.id.as_str()).collect(),
            );
            endpoint.milder = endpoint_list(t, "milder", &ids);
            endpoint.requires = endpoint_list(t, "requires", &ids);
            endpoint.message = message(t, words);
        });
    }
    endpoints
}

fn endpoint_list(t: &mut Table<'_, '_>, key: &'static str, ids: &[String]) -> Vec<EndpointId> {
    let find = |name: &str| ids.iter().position(|id| id == name).map(id_of);
    named_list(
        t,
        key,
        "endpoint",
        find,
        ids.iter().map(String::as_str).collect(),
    )
}

fn named_list<T>(
    t: &mut Table<'_, '_>,
    key: &'static str,
    what: &str,
    find: impl Fn(&str) -> Option<T>,
    known: Vec<&str>,
) -> Vec<T> {
    let mut found = Vec::new();
    for value in t.array(key) {
        let Some(text) = t.text_of(key, value) else {
            continue;
        };
        match find(&text.value) {
            Some(item) => found.push(item),
            None => {
                let fault = Fault::new(
                    "unknown_name",
                    format!("unknown {what} `{}`", text.value),
                    text.place,
                );
                t.fault(fault.with_nearest(&text.value, known.iter().copied()));
            }
        }
    }
    found
}

fn message(t: &mut Table<'_, '_>, words: &Words) -> Vec<Sentence> {
    let Some(value) = t.get("message") else {
        return Vec::new();
    };
    if value.get_ref().is_str() {
        let text = t.text("message");
        return text
            .map(|text| Sentence {
                text: template(t, &text, &words.plan),
                when: None,
            })
            .into_iter()
            .collect();
    }
    let mut sentences = Vec::new();
    for value in t.array("message") {
        if value.get_ref().is_str() {
            if let Some(text) = t.text_of("message", value) {
                sentences.push(Sentence {
                    text: template(t, &text, &words.plan),
                    when: None,
                });
            }
        } else if let Some(table) = t.table_of("message", value) {
            t.nested(table, |t| {
                let Some(text) = t.needed_text("text") else {
                    return;
                };
                let text = template(t, &text, &words.plan);
                let when = t
                    .text("when")
                    .and_then(|when| condition(t, &when, &words.plan));
                sentences.push(Sentence { text, when });
            });
        }
    }
    sentences
}

/// What is known of a rule before any condition is read.
struct RuleHead {
    id: String,
    finding_of: Option<String>,
}

fn rule_heads(file: &mut Table<'_, '_>, sources: &[&Value<'_>]) -> Vec<RuleHead> {
    let mut heads: Vec<RuleHead> = Vec::new();
    for value in sources {
        let Some(table) = value.get_ref().as_table() else {
            continue;
        };
        let id = table
            .get("id")
            .and_then(|v| v.get_ref().as_str())
            .unwrap_or_default()
            .to_owned();
        if heads.iter().any(|head| head.id == id) {
            file.fault(Fault::new(
                "duplicate_rule",
                format!("rule `{id}` is defined twice"),
                place_of(value),
            ));
        }
        let finding_of = table
            .get("finding")
            .and_then(|v| v.get_ref().as_table())
            .and_then(|f| f.get("of"))
            .and_then(|v| v.get_ref().as_str())
            .map(str::to_owned);
        heads.push(RuleHead { id, finding_of });
    }
    heads
}

fn plan_words(
    metrics: &[Metric],
    endpoints: &[Endpoint],
    heads: &[RuleHead],
    parameters: &[Parameter],
    words: &mut Words,
) {
    let plain = Kind::Number(Unit::PLAIN);
    let span = Kind::Number(Unit::DURATION);
    for (index, metric) in metrics.iter().enumerate() {
        let kind = Kind::Number(metric.unit);
        words.add_plan(&metric.id, kind, metric.shown, PlanName::Metric(index));
        words.add_plan(
            &format!("{}.first", metric.id),
            kind,
            metric.shown,
            PlanName::First(index),
        );
    }
    for (index, endpoint) in endpoints.iter().enumerate() {
        let id = id_of(index);
        let mut add = |what: &str, kind, shown, meaning| {
            words.add_plan(&format!("{}.{what}", endpoint.id), kind, shown, meaning)
        };
        add("awake", Kind::Truth, Shown::Plain, PlanName::Awake(id));
        add("last_run", span, Shown::Duration, PlanName::LastRun(id));
        add("runs", plain, Shown::Plain, PlanName::Runs(id));
        add("attempts", plain, Shown::Plain, PlanName::Attempts(id));
        add(
            "in_cooldown",
            Kind::Truth,
            Shown::Plain,
            PlanName::InCooldown(id),
        );
        add(
            "succeeded",
            Kind::Truth,
            Shown::Plain,
            PlanName::Succeeded(id),
        );
        if heads
            .iter()
            .any(|head| head.finding_of.as_deref() == Some(&endpoint.id))
        {
            add("finding", Kind::Truth, Shown::Plain, PlanName::Finding(id));
        }
    }
    for (index, head) in heads.iter().enumerate() {
        words.add_plan(&head.id, Kind::Truth, Shown::Plain, PlanName::Rule(index));
        words.add_plan(
            &format!("{}.on_for", head.id),
            span,
            Shown::Duration,
            PlanName::OnFor(index),
        );
        words.add_plan(
            &format!("{}.off_for", head.id),
            span,
            Shown::Duration,
            PlanName::OffFor(index),
        );
    }
    for (index, parameter) in parameters.iter().enumerate() {
        if let (Purpose::Threshold, Form::Number(unit)) = (parameter.purpose, parameter.form) {
            words.add_plan(
                &parameter.name,
                Kind::Number(unit),
                parameter.shown,
                PlanName::Parameter(index),
            );
        }
    }
    words.add_plan(
        "incident.open",
        Kind::Truth,
        Shown::Plain,
        PlanName::IncidentOpen,
    );
    words.add_plan("incident.age", span, Shown::Duration, PlanName::IncidentAge);
    words.add_plan("time", span, Shown::Duration, PlanName::Time);
    words.add_plan("time_of_day", span, Shown::Duration, PlanName::TimeOfDay);
}

fn rules<'a>(
    file: &mut Table<'a, '_>,
    sources: &[&'a Value<'a>],
    heads: &[RuleHead],
    endpoints: &[Endpoint],
    words: &mut Words,
) -> Vec<Rule> {
    let mut rules = Vec::new();
    for value in sources {
        let Some(table) = file.table_of("rule", value) else {
            continue;
        };
        if let Some(rule) = file.nested(table, |t| read_rule(t, endpoints, words)) {
            rules.push(rule);
        }
    }
    if rules.len() == heads.len() && !rules.is_sorted_by_key(|rule: &Rule| rule.tier) {
        let late = rules.windows(2).find_map(|pair| match pair {
            [a, b] if a.tier > b.tier => Some((a.tier, b.id.clone())),
            _ => None,
        });
        if let Some((tier, id)) = late {
            let message = format!(
                "rule `{id}` stands after a rule of the tier {tier}, but rules are looked at from the lowest tier up"
            );
            let place = file.place();
            file.fault(Fault::new("rules_out_of_order", message, place).with_hint("move it up"));
        }
    }
    rules
}

fn read_rule(t: &mut Table<'_, '_>, endpoints: &[Endpoint], words: &mut Words) -> Option<Rule> {
    let id = t.needed_text("id")?.value;
    let name = t.text("name").map_or_else(|| id.clone(), |text| text.value);
    let tier = tier(t);
    let on = t
        .needed_text("on")
        .and_then(|text| condition(t, &text, &words.plan));
    let off = t
        .text("off")
        .and_then(|text| condition(t, &text, &words.plan));
    let dwell = t.span("dwell").unwrap_or(Span::from_secs(60));
    let once = t.text("once");
    if let Some(once) = &once
        && once.value != "incident"
    {
        t.fault(
            Fault::new(
                "unknown_once",
                format!("unknown `once = \"{}\"`", once.value),
                once.place,
            )
            .with_hint("write `incident`"),
        );
    }
    let consider = t
        .text("consider")
        .and_then(|text| condition(t, &text, &words.plan));
    let calls = planned_calls(t, "calls", endpoints, words);
    let ends = planned_calls(t, "ends", endpoints, words);
    let reason = t.text("reason").map(|text| template(t, &text, &words.plan));
    let headline = t.text("headline").map(|text| text.value);
    let finding = t.table("finding").and_then(|finding| {
        t.nested(finding, |t| {
            let of = t.needed_text("of")?;
            let text = t.needed_text("text")?;
            let endpoint = find_endpoint(t, &of, endpoints)?;
            Some(Finding {
                endpoint,
                text: template(t, &text, &words.plan),
            })
        })
    });
    let reason = match reason {
        Some(reason) => reason,
        None => Template::parse(&name.replace(['{', '}'], ""), &parameters::no_names())
            .unwrap_or_default(),
    };
    Some(Rule {
        id,
        name,
        tier,
        on: on?,
        off,
        dwell,
        once_per_incident: once.is_some(),
        consider,
        calls,
        ends,
        reason,
        headline,
        finding,
    })
}

fn find_endpoint(t: &mut Table<'_, '_>, text: &Text, endpoints: &[Endpoint]) -> Option<EndpointId> {
    let found = endpoints
        .iter()
        .position(|endpoint| endpoint.id == text.value)
        .map(id_of);
    if found.is_none() {
        let fault = Fault::new(
            "unknown_name",
            format!("unknown endpoint `{}`", text.value),
            text.place,
        );
        t.fault(fault.with_nearest(
            &text.value,
            endpoints.iter().map(|endpoint| endpoint.id.as_str()),
        ));
    }
    found
}

fn planned_calls(
    t: &mut Table<'_, '_>,
    key: &'static str,
    endpoints: &[Endpoint],
    words: &mut Words,
) -> Vec<PlannedCall> {
    let mut calls = Vec::new();
    for value in t.array(key) {
        let Some(table) = t.table_of(key, value) else {
            continue;
        };
        calls.extend(t.nested(table, |t| planned_call(t, endpoints, words)));
    }
    calls
}

fn planned_call(
    t: &mut Table<'_, '_>,
    endpoints: &[Endpoint],
    words: &mut Words,
) -> Option<PlannedCall> {
    let of = t.needed_text("endpoint")?;
    let endpoint = find_endpoint(t, &of, endpoints)?;
    let clear = t.flag("clear");
    let wake = t.flag("wake");
    let sleep = t.flag("sleep");
    let duration = Some(Kind::Number(Unit::DURATION));
    let length = |t: &mut Table<'_, '_>, key: &'static str| {
        let text = t.text(key)?;
        formula(t, &text, &words.plan, duration)
    };
    let every = length(t, "every");
    let after = length(t, "in");
    let ttl = length(t, "ttl");
    let pause_for = length(t, "pause_for");
    let until = t
        .text("pause_until")
        .and_then(|text| condition(t, &text, &words.plan));
    let proposal = match (every, after, ttl) {
        (None, None, None) => None,
        (Some(every), None, Some(ttl)) => Some(Proposal::Interval { every, ttl }),
        (None, Some(after), Some(ttl)) => Some(Proposal::Once { after, ttl }),
        (Some(_), Some(_), _) => {
            let fault = Fault::new(
                "two_proposals",
                "`every` and `in` cannot stand together",
                t.place(),
            );
            t.fault(fault.with_hint("make two calls of them"));
            None
        }
        _ => {
            let has_ttl = t.get("ttl").is_some();
            t.missing(if has_ttl { "every" } else { "ttl" });
            None
        }
    };
    let pause = match (sleep, pause_for, until) {
        (true, _, _) => Some(PlannedPause::Forever),
        (_, Some(length), _) => Some(PlannedPause::For(length)),
        (_, _, Some(until)) => {
            words.pauses += 1;
            Some(PlannedPause::Until(Arc::new(until), words.pauses - 1))
        }
        _ => None,
    };
    Some(PlannedCall {
        endpoint,
        clear,
        wake,
        proposal,
        pause,
    })
}

fn incident(file: &mut Table<'_, '_>, words: &Words) -> Option<Incident> {
    let table = file.table("incident")?;
    file.nested(table, |t| {
        let name = t
            .text("name")
            .map_or_else(|| "the incident".to_owned(), |text| text.value);
        let opens = t
            .needed_text("opens")
            .and_then(|text| condition(t, &text, &words.plan));
        let closes = t
            .needed_text("closes")
            .and_then(|text| condition(t, &text, &words.plan));
        Some(Incident {
            name,
            opens: opens?,
            closes: closes?,
        })
    })
}

fn add_claim_functions(
    words: &mut Words,
    metrics: &[Metric],
    endpoints: &[Endpoint],
    heads: &[RuleHead],
) {
    use ClaimFunction as F;
    let symbols = |class, names: Vec<&str>, vocabulary: &mut Vocabulary| {
        for (index, name) in names.into_iter().enumerate() {
            vocabulary.add_symbol(class, name, u32::try_from(index).unwrap_or(u32::MAX));
        }
    };
    symbols(
        ENDPOINT,
        endpoints.iter().map(|e| e.id.as_str()).collect(),
        &mut words.plan,
    );
    symbols(
        RULE,
        heads.iter().map(|h| h.id.as_str()).collect(),
        &mut words.plan,
    );
    symbols(
        METRIC,
        metrics.iter().map(|m| m.id.as_str()).collect(),
        &mut words.plan,
    );
    symbols(TIER, Tier::ALL.map(Tier::name).to_vec(), &mut words.plan);
    symbols(
        SymbolClass::TEXT,
        vec!["baseline", "interval_hint", "one_shot"],
        &mut words.plan,
    );
    let number = Kind::Number(Unit::PLAIN);
    let span = Kind::Number(Unit::DURATION);
    let symbol = Kind::Symbol;
    let functions: [(&str, Vec<Kind>, Kind, F); 15] = [
        ("runs", vec![symbol(ENDPOINT)], number, F::Runs),
        (
            "runs_between",
            vec![symbol(ENDPOINT), span, span],
            number,
            F::RunsBetween,
        ),
        (
            "tier_runs_between",
            vec![symbol(TIER), span, span],
            number,
            F::TierRunsBetween,
        ),
        ("first_run", vec![symbol(ENDPOINT)], span, F::FirstRun),
        ("turned_on", vec![symbol(RULE)], span, F::TurnedOn),
        ("turned_off", vec![symbol(RULE)], span, F::TurnedOff),
        ("considered", vec![symbol(RULE)], span, F::Considered),
        ("cadence", vec![symbol(ENDPOINT), span], span, F::Cadence),
        ("last_gap", vec![symbol(ENDPOINT)], span, F::LastGap),
        (
            "relaxes_from",
            vec![symbol(ENDPOINT), span],
            Kind::Truth,
            F::RelaxesFrom,
        ),
        (
            "asleep_between",
            vec![symbol(ENDPOINT), span, span],
            Kind::Truth,
            F::AsleepBetween,
        ),
        (
            "source_is",
            vec![symbol(ENDPOINT), span, symbol(SymbolClass::TEXT)],
            Kind::Truth,
            F::SourceIs,
        ),
        ("observed", vec![symbol(METRIC), span], number, F::Observed),
        ("fastest_cadence", vec![], span, F::FastestCadence),
        ("longest_cooldown", vec![], span, F::LongestCooldown),
    ];
    for (name, params, result, function) in functions {
        words.plan.add_function(name, &params, result);
        words.claim_functions.push(function);
    }
}

fn claims(file: &mut Table<'_, '_>, words: &Words) -> Vec<Claim> {
    let mut claims = Vec::new();
    for value in limited(file, "claim") {
        let Some(table) = file.table_of("claim", value) else {
            continue;
        };
        claims.extend(file.nested(table, |t| {
            let id = t.needed_text("id")?.value;
            let text = t.needed_text("text")?.value;
            let expected = t.needed_text("expected")?.value;
            let actual = t.needed_text("actual")?;
            let actual = template(t, &actual, &words.plan);
            let holds = t.needed_text("holds")?;
            let holds = condition(t, &holds, &words.plan)?;
            let at = t
                .text("at")
                .and_then(|at| formula(t, &at, &words.plan, Some(Kind::Number(Unit::DURATION))));
            Some(Claim {
                id,
                text,
                expected,
                actual,
                holds,
                at,
            })
        }));
    }
    claims
}

fn policies(file: &mut Table<'_, '_>, endpoints: &[Endpoint]) -> Vec<Policy> {
    let mut policies = Vec::new();
    for value in limited(file, "policy") {
        let Some(table) = file.table_of("policy", value) else {
            continue;
        };
        policies.extend(file.nested(table, |t| {
            let id = t.needed_text("id")?.value;
            let mut every = Vec::new();
            if let Some((table, _)) = t.table("every") {
                for (name, place, value) in Table::entries(table) {
                    let Some((interval, _)) = t.quantity_of(name, value, Some(Unit::DURATION))
                    else {
                        continue;
                    };
                    let Some(index) = endpoints.iter().position(|endpoint| endpoint.id == name)
                    else {
                        let fault =
                            Fault::new("unknown_name", format!("unknown endpoint `{name}`"), place);
                        t.fault(fault.with_nearest(
                            name,
                            endpoints.iter().map(|endpoint| endpoint.id.as_str()),
                        ));
                        continue;
                    };
                    if interval < 1_000.0 {
                        t.fault(Fault::new(
                            "out_of_range",
                            "a policy cannot be faster than every second",
                            place_of(value),
                        ));
                        continue;
                    }
                    every.push((id_of(index), Span::from_ms(interval as i64)));
                }
            }
            Some(Policy { id, every })
        }));
    }
    policies
}
