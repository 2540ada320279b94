//! Phases, parameters, constants, functions and metrics.

use super::*;

/// The columns that phases have values in.
fn columns(file: &mut Table<'_, '_>, words: &mut Words) -> Vec<(String, Unit)> {
    let mut columns = Vec::new();
    if let Some(table) = file.table("phases") {
        file.nested(table, |t| {
            let Some((names, _)) = t.table("columns") else {
                return;
            };
            for (index, (name, at, value)) in t
                .limited_entries(names, ("columns", limits::COLUMNS))
                .into_iter()
                .enumerate()
            {
                t.named(name, at, Name::Word);
                words.meanings.declared(name, at);
                let Some(text) = t.text_of(name, value) else {
                    continue;
                };
                let (unit, shown) = unit_named(&text, t.faults());
                words.add_world(name, Kind::Number(unit), shown, WorldName::Column(index));
                columns.push((name.to_owned(), unit));
            }
        });
    }
    columns
}

pub(super) fn phases(
    file: &mut Table<'_, '_>,
    duration: Option<Span>,
    words: &mut Words,
) -> (Vec<(String, Unit)>, Vec<Phase>) {
    let columns = columns(file, words);
    let mut phases: Vec<Phase> = Vec::new();
    for value in file.limited("phase", ("phases", limits::PHASES)) {
        let Some(table) = file.table_of("phase", value) else {
            continue;
        };
        let phase = file.nested(table, |t| {
            let id = t.needed_name("id", Name::Word)?;
            words
                .meanings
                .declared(&format!("traffic.{}", id.value), id.place);
            let id = id.value;
            let name = t
                .title("name")
                .map_or_else(|| id.clone(), |text| text.value);
            let from = t.moment("from")?;
            let place = t.get("from").map_or(t.place(), place_of);
            let mut values = vec![f64::NAN; columns.len()];
            if let Some(cells) = t.table("values") {
                for (name, place, value) in t.entries_of(cells.0) {
                    let Some(column) = columns.iter().position(|(known, _)| known == name) else {
                        let fault =
                            Fault::new("unknown_column", format!("unknown column `{name}`"), place);
                        t.unknown(fault, name, columns.iter().map(|(known, _)| known.as_str()));
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
            let phase = Phase {
                id,
                name,
                from,
                values,
            };
            Some((phase, place))
        });
        if let Some((phase, place)) = phase {
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
                file.fault(Fault::new("phases_out_of_order", message, place));
            }
            let end = duration.map(|duration| Instant::START + duration);
            if let Some(end) = end.filter(|end| phase.from >= *end && phase.from > Instant::START) {
                let (id, from) = (&phase.id, phase.from);
                let message = format!("phase `{id}` begins at {from}, but the run ends at {end}");
                let fault = Fault::new("phase_after_end", message, place);
                file.fault(fault.with_hint("let it begin earlier, or make `duration` longer"));
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

pub(super) fn traffic_parameters(phases: &[Phase]) -> Vec<Parameter> {
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

pub(super) fn endpoint_parameters(endpoints: &[Endpoint], parameters: &mut Vec<Parameter>) {
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

pub(super) fn thresholds(
    file: &mut Table<'_, '_>,
    parameters: &mut Vec<Parameter>,
    words: &mut Words,
) {
    let Some((table, _)) = file.table("thresholds") else {
        return;
    };
    for (name, at, value) in file.limited_entries(table, ("thresholds", limits::THRESHOLDS)) {
        file.named(name, at, Name::Parameter);
        words.meanings.declared(name, at);
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
            let at = t.get("default").map_or(t.place(), place_of);
            let Kind::Number(unit) = kind else {
                let message = format!("the default of `{name}` must be a number, not a condition");
                t.fault(Fault::new("type_mismatch", message, at));
                return None;
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
            // Ten times the default is the end of the range where none is written.
            if !to.is_finite() {
                t.endless("to", at);
                return None;
            }
            let text = t.title("text").map(|t| t.value).unwrap_or_default();
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
}

pub(super) fn no_duplicates(file: &mut Table<'_, '_>, parameters: &[Parameter], words: &Words) {
    let mut names: Vec<&str> = parameters.iter().map(|p| p.name.as_str()).collect();
    names.sort_unstable();
    for pair in names.windows(2) {
        if let [a, b] = pair
            && a == b
        {
            let place = words.meanings.place(a).unwrap_or(file.place());
            file.fault(Fault::new(
                "duplicate_parameter",
                format!("the parameter `{a}` stands for two things"),
                place,
            ));
        }
    }
}

pub(super) fn constants(file: &mut Table<'_, '_>, words: &mut Words) {
    let Some((table, _)) = file.table("constants") else {
        return;
    };
    for (name, at, value) in file.limited_entries(table, ("constants", limits::CONSTANTS)) {
        file.named(name, at, Name::Word);
        words.meanings.declared(name, at);
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

pub(super) fn world_words(
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

pub(super) fn functions(file: &mut Table<'_, '_>, words: &mut Words) {
    let Some((table, _)) = file.table("functions") else {
        return;
    };
    for (name, at, value) in file.limited_entries(table, ("functions", limits::FUNCTIONS)) {
        file.named(name, at, Name::Word);
        if rule::is_function(name) || is_claim_function(name) {
            let message = format!("`{name}` is a function of the language already");
            let fault = Fault::new("duplicate_name", message, at);
            file.fault(fault.with_hint(format!("call it `{name}_` or so")));
        }
        let Some(inner) = file.table_of(name, value) else {
            continue;
        };
        file.nested(inner, |t| {
            let (Some(of), Some(is)) = (t.needed_name("of", Name::Word), t.needed_text("is"))
            else {
                return;
            };
            let mut told = false;
            for vocabulary in [&mut words.world, &mut words.plan] {
                let params = [(of.value.as_str(), Unit::PLAIN)];
                let found = vocabulary.define(name, &params, &is.value);
                if let (Err(found), false) = (found, told) {
                    t.faults()
                        .extend(found.into_iter().map(|fault| is.moved(fault)));
                    told = true;
                }
            }
        });
    }
}

pub(super) fn formula(
    t: &mut Table<'_, '_>,
    text: &Text,
    vocabulary: &Vocabulary,
    kind: Option<Kind>,
) -> Option<Formula> {
    if t.faults().is_full() {
        return None;
    }
    match rule::formula(&text.value, vocabulary, kind) {
        Ok(formula) => {
            t.count(Counted::Steps, formula.steps() as usize, text.place);
            Some(formula)
        }
        Err(found) => {
            t.faults()
                .extend(found.into_iter().map(|fault| text.moved(fault)));
            None
        }
    }
}

/// A condition that only decides.
pub(super) fn condition(
    t: &mut Table<'_, '_>,
    text: &Text,
    vocabulary: &Vocabulary,
) -> Option<Condition> {
    read_condition(t, text, vocabulary, Condition::without_readings)
}

/// A condition that is shown with its values.
pub(super) fn explained_condition(
    t: &mut Table<'_, '_>,
    text: &Text,
    vocabulary: &Vocabulary,
) -> Option<Condition> {
    read_condition(t, text, vocabulary, |condition| condition)
}

fn read_condition(
    t: &mut Table<'_, '_>,
    text: &Text,
    vocabulary: &Vocabulary,
    kept: impl FnOnce(Condition) -> Condition,
) -> Option<Condition> {
    if t.faults().is_full() {
        return None;
    }
    match rule::condition(&text.value, vocabulary) {
        Ok(condition) => {
            let condition = kept(condition);
            t.count(Counted::Steps, condition.kept_steps() as usize, text.place);
            Some(condition)
        }
        Err(found) => {
            t.faults()
                .extend(found.into_iter().map(|fault| text.moved(fault)));
            None
        }
    }
}

pub(super) fn template(t: &mut Table<'_, '_>, text: &Text, vocabulary: &Vocabulary) -> Template {
    if t.faults().is_full() {
        return Template::default();
    }
    match Template::parse(&text.value, vocabulary) {
        Ok(template) => {
            t.count(Counted::Steps, template.steps() as usize, text.place);
            template
        }
        Err(found) => {
            t.faults()
                .extend(found.into_iter().map(|fault| text.moved(fault)));
            Template::default()
        }
    }
}

pub(super) fn metrics(file: &mut Table<'_, '_>, words: &mut Words) -> Vec<Metric> {
    let mut metrics = Vec::new();
    for value in file.limited("metric", ("metrics", limits::METRICS)) {
        let Some(table) = file.table_of("metric", value) else {
            continue;
        };
        let metric = file.nested(table, |t| {
            let id = t.needed_name("id", Name::Word)?;
            let name = t
                .title("name")
                .map_or_else(|| id.value.clone(), |text| text.value);
            let unit_text = t.text("unit");
            let (unit, shown) = unit_text.map_or((Unit::PLAIN, Shown::Plain), |text| {
                unit_named(&text, t.faults())
            });
            let hidden = t.flag("hidden");
            let is = t.needed_text("is")?;
            let formula = formula(t, &is, &words.world, Some(Kind::Number(unit)))?;
            words.meanings.declared(&id.value, id.place);
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
