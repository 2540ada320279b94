//! Endpoints: twice over, first what needs no names, then what does.

use super::*;
use crate::scenario::compiled::slots_until;

pub(super) fn tier(t: &mut Table<'_, '_>) -> Tier {
    let Some(text) = t.needed_text("tier") else {
        return Tier::Health;
    };
    Tier::named(&text.value).unwrap_or_else(|| {
        let fault = Fault::new(
            "unknown_tier",
            format!("unknown tier `{}`", text.value),
            text.place,
        );
        t.unknown(fault, &text.value, Tier::ALL.map(Tier::name));
        Tier::Health
    })
}

/// Endpoints with everything that needs no names; what does is added by [`complete_endpoints`].
pub(super) fn endpoints(
    file: &mut Table<'_, '_>,
    sources: &[&Value<'_>],
    (clamps, end): ((Span, Span), Instant),
    (zone, epoch_ms): (Zone, i64),
    words: &mut Words,
) -> Vec<Endpoint> {
    let mut endpoints: Vec<Endpoint> = Vec::new();
    let mut slots = 0;
    let until = slots_until(end);
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
                let expression = cron.expression();
                let message = format!("the cron expression `{expression}` cannot be read: {why}");
                file.fault(Fault::new("bad_cron", message, place_of(at)));
            }
            // Where the slots are handed over as a list, there are so many of them.
            let room = (limits::SLOTS + 1).saturating_sub(slots);
            slots += cron.slots(until).take(room).count();
            if slots > limits::SLOTS && room > 0 {
                let message = format!(
                    "a scenario may have at most {} slots of crons in its run, two days at least, and this has more",
                    counted(limits::SLOTS)
                );
                let fault = Fault::new("too_many", message, place_of(at));
                file.fault(fault.with_hint("make crons come less often"));
            }
            inner.baseline = Baseline::Cron(Box::new(cron));
        }
        if let (Some(_), Some(at)) = (table.get("every"), table.get("cron")) {
            let message = format!("endpoint `{id}` has both `every` and `cron`");
            file.fault(
                Fault::new("two_baselines", message, place_of(at)).with_hint("keep one of them"),
            );
        }
        if let Err(error) = inner.check() {
            file.fault(Fault::new(error.code(), error.to_string(), place_of(value)));
        }
        if endpoints.iter().any(|known| known.id == id) {
            let message = format!("endpoint `{id}` is defined twice");
            file.fault(
                Fault::new(
                    "duplicate_endpoint",
                    message,
                    table.get("id").map_or(place_of(value), place_of),
                )
                .with_hint("give each its own id"),
            );
        }
        if let Some(at) = table.get("id") {
            words.meanings.declared(&id, place_of(at));
        }
        let effect = table.get("effect").and_then(effect_of);
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
    if endpoints.is_empty() {
        file.missing("endpoint");
    }
    endpoints
}

fn effect_of(value: &Value<'_>) -> Option<Effect> {
    let effect = value.get_ref().as_table()?;
    let part = |key: &str| effect.get(key).and_then(|v| v.get_ref().as_str());
    let length = |key: &str| {
        part(key)
            .and_then(crate::time::parse_span)
            .unwrap_or(Span::ZERO)
    };
    Some(Effect {
        text: part("text").unwrap_or_default().to_owned(),
        delay: length("delay"),
        ramp: length("ramp"),
    })
}

/// Reads everything of the endpoints again, now with faults for each key, and with the names that they use.
pub(super) fn complete_endpoints<'a>(
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
            t.needed_name("id", Name::Word);
            t.title("name");
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
                    e.title("text");
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
            endpoint.message = sentences(t, "message", words);
        });
    }
    endpoints
}

pub(super) fn endpoint_list(
    t: &mut Table<'_, '_>,
    key: &'static str,
    ids: &[String],
) -> Vec<EndpointId> {
    let find = |name: &str| ids.iter().position(|id| id == name).map(id_of);
    named_list(
        t,
        key,
        "endpoint",
        find,
        ids.iter().map(String::as_str).collect(),
    )
}

pub(super) fn named_list<T>(
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
        if !t.count(Counted::Listed, 1, text.place) {
            continue;
        }
        match find(&text.value) {
            Some(item) => found.push(item),
            None => {
                let fault = Fault::new(
                    "unknown_name",
                    format!("unknown {what} `{}`", text.value),
                    text.place,
                );
                t.unknown(fault, &text.value, known.iter().copied());
            }
        }
    }
    found
}

/// The sentences under a key: one text, or a list of texts, each with a condition or without.
pub(super) fn sentences(t: &mut Table<'_, '_>, key: &'static str, words: &Words) -> Vec<Sentence> {
    let Some(value) = t.get(key) else {
        return Vec::new();
    };
    if value.get_ref().is_str() {
        t.count(Counted::Sentences, 1, place_of(value));
        let text = t.text(key);
        return text
            .map(|text| Sentence {
                text: template(t, &text, &words.plan),
                when: None,
            })
            .into_iter()
            .collect();
    }
    let mut sentences = Vec::new();
    for value in t.array(key) {
        if !t.count(Counted::Sentences, 1, place_of(value)) {
            continue;
        }
        if value.get_ref().is_str() {
            if let Some(text) = t.text_of(key, value) {
                sentences.push(Sentence {
                    text: template(t, &text, &words.plan),
                    when: None,
                });
            }
        } else if let Some(table) = t.table_of(key, value) {
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
