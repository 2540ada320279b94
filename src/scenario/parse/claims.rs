//! Claims, and the fixed schedules to be compared with.

use super::*;

pub(super) fn add_claim_functions(
    words: &mut Words,
    metrics: &[Metric],
    endpoints: &[Endpoint],
    heads: &[RuleHead],
) {
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
    for (name, params, result, function) in functions() {
        words.plan.add_function(name, &params, result);
        words.claim_functions.push(function);
    }
}

/// The functions of claims, chapters and questions: name, arguments, what they give and what they mean.
fn functions() -> [(&'static str, Vec<Kind>, Kind, ClaimFunction); 18] {
    use ClaimFunction as F;
    let number = Kind::Number(Unit::PLAIN);
    let span = Kind::Number(Unit::DURATION);
    let symbol = Kind::Symbol;
    [
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
        ("times_on", vec![symbol(RULE)], number, F::TimesOn),
        ("checks", vec![], number, F::Checks),
        ("seen_after", vec![symbol(RULE)], span, F::SeenAfter),
    ]
}

/// Whether a function of claims, chapters and questions is called so.
pub(super) fn is_claim_function(name: &str) -> bool {
    functions().iter().any(|(known, ..)| *known == name)
}

pub(super) fn claims(file: &mut Table<'_, '_>, words: &Words) -> Vec<Claim> {
    let mut claims = Vec::new();
    for value in file.limited("claim", ("claims", limits::CLAIMS)) {
        let Some(table) = file.table_of("claim", value) else {
            continue;
        };
        claims.extend(file.nested(table, |t| {
            let id = t.needed_name("id", Name::Label)?;
            let known = claims.iter().map(|claim: &Claim| claim.id.as_str());
            t.unique("claims", "duplicate_claim", &id, known);
            let id = id.value;
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

/// Whether a comparison calls one of its own policies so: the run itself, and fixed schedules such as `cron-5m`.
fn is_reserved(policy: &str) -> bool {
    policy == "adaptive" || policy.starts_with("cron-")
}

pub(super) fn policies(file: &mut Table<'_, '_>, endpoints: &[Endpoint]) -> Vec<Policy> {
    let mut policies = Vec::new();
    for value in file.limited("policy", ("policies", limits::POLICIES)) {
        let Some(table) = file.table_of("policy", value) else {
            continue;
        };
        policies.extend(file.nested(table, |t| {
            let id = t.needed_name("id", Name::Label)?;
            let known = policies.iter().map(|policy: &Policy| policy.id.as_str());
            t.unique("policies", "duplicate_policy", &id, known);
            if is_reserved(&id.value) {
                let message = format!("`{}` is the name of a policy that is built in", id.value);
                let fault = Fault::new("reserved_name", message, id.place);
                t.fault(fault.with_hint("`adaptive` and what begins with `cron-` are reserved"));
            }
            let id = id.value;
            let mut every = Vec::new();
            if let Some((table, _)) = t.table("every") {
                for (name, place, value) in t.entries_of(table) {
                    if !t.count(Counted::Listed, 1, place) {
                        continue;
                    }
                    let Some((interval, _)) = t.quantity_of(name, value, Some(Unit::DURATION))
                    else {
                        continue;
                    };
                    let Some(index) = endpoints.iter().position(|endpoint| endpoint.id == name)
                    else {
                        let fault =
                            Fault::new("unknown_name", format!("unknown endpoint `{name}`"), place);
                        t.unknown(
                            fault,
                            name,
                            endpoints.iter().map(|endpoint| endpoint.id.as_str()),
                        );
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
