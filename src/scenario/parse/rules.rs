//! The planner's rules, their calls and the incident.

use super::*;

/// What is known of a rule before any condition is read.
pub(super) struct RuleHead {
    pub(super) id: String,
    pub(super) finding_of: Option<String>,
}

pub(super) fn rule_heads(
    file: &mut Table<'_, '_>,
    sources: &[&Value<'_>],
    words: &mut Words,
) -> Vec<RuleHead> {
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
        if let Some(at) = table.get("id") {
            words.meanings.declared(&id, place_of(at));
        }
        if heads.iter().any(|head| head.id == id) {
            file.fault(Fault::new(
                "duplicate_rule",
                format!("rule `{id}` is defined twice"),
                table.get("id").map_or(place_of(value), place_of),
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

pub(super) fn plan_words(
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

pub(super) fn rules<'a>(
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

pub(super) fn read_rule(
    t: &mut Table<'_, '_>,
    endpoints: &[Endpoint],
    words: &mut Words,
) -> Option<Rule> {
    let id = t.needed_name("id", Name::Word)?.value;
    let name = t
        .title("name")
        .map_or_else(|| id.clone(), |text| text.value);
    let tier = tier(t);
    let on = t
        .needed_text("on")
        .and_then(|text| explained_condition(t, &text, &words.plan));
    let off = t
        .text("off")
        .and_then(|text| explained_condition(t, &text, &words.plan));
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
    let mut reason = sentences(t, "reason", words);
    let headline = t.title("headline").map(|text| text.value);
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
    if reason.is_empty() {
        let text = Template::parse(&name.replace(['{', '}'], ""), &parameters::no_names());
        reason.push(Sentence {
            text: text.unwrap_or_default(),
            when: None,
        });
    }
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

pub(super) fn find_endpoint(
    t: &mut Table<'_, '_>,
    text: &Text,
    endpoints: &[Endpoint],
) -> Option<EndpointId> {
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
        t.unknown(
            fault,
            &text.value,
            endpoints.iter().map(|endpoint| endpoint.id.as_str()),
        );
    }
    found
}

pub(super) fn planned_calls(
    t: &mut Table<'_, '_>,
    key: &'static str,
    endpoints: &[Endpoint],
    words: &mut Words,
) -> Vec<PlannedCall> {
    let mut calls = Vec::new();
    for value in t.array(key) {
        let within = t.count(Counted::Calls, 1, place_of(value));
        let Some(table) = t.table_of(key, value).filter(|_| within) else {
            continue;
        };
        calls.extend(t.nested(table, |t| planned_call(t, endpoints, words)));
    }
    calls
}

pub(super) fn planned_call(
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
    let keys = ["sleep", "pause_for", "pause_until"];
    let pauses = [sleep, pause_for.is_some(), until.is_some()];
    let mut asked = keys.into_iter().zip(pauses).filter(|(_, asked)| *asked);
    if let (Some((first, _)), Some((second, _))) = (asked.next(), asked.next()) {
        let place = t.get(second).map_or(t.place(), place_of);
        let message = format!("`{first}` and `{second}` cannot stand together: a call pauses once");
        t.fault(Fault::new("two_pauses", message, place).with_hint("keep one of them"));
    }
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

pub(super) fn incident(
    file: &mut Table<'_, '_>,
    heads: &[RuleHead],
    words: &Words,
) -> Option<Incident> {
    let table = file.table("incident")?;
    file.nested(table, |t| {
        let name = t
            .title("name")
            .map_or_else(|| "the incident".to_owned(), |text| text.value);
        let opens = t
            .needed_text("opens")
            .and_then(|text| condition(t, &text, &words.plan));
        let closes = t
            .needed_text("closes")
            .and_then(|text| condition(t, &text, &words.plan));
        let trouble = t
            .text("trouble")
            .and_then(|text| find_rule(t, &text, heads));
        Some(Incident {
            name,
            opens: opens?,
            closes: closes?,
            trouble,
        })
    })
}

fn find_rule(t: &mut Table<'_, '_>, text: &Text, heads: &[RuleHead]) -> Option<usize> {
    let found = heads.iter().position(|head| head.id == text.value);
    if found.is_none() {
        let words = format!("unknown rule `{}`", text.value);
        let fault = Fault::new("unknown_name", words, text.place);
        t.unknown(
            fault,
            &text.value,
            heads.iter().map(|head| head.id.as_str()),
        );
    }
    found
}
