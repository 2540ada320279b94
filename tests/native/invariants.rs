//! Whatever endpoints, hints, calls and failures come along, what must hold holds; and what checks it can tell.

use std::sync::Arc;

use accelerando::insight::{InvariantResult, invariants};
use accelerando::scenario::{Parameters, Scenario};
use accelerando::schedule::{
    Baseline, Clamp, Cron, Endpoint, EndpointId, Governor, HintEnd, Options, Origin, PauseEnd,
    Scheduler, Source, Tier, Tool, Zone,
};
use accelerando::sim::{Found, Planning, Trace, simulate};
use accelerando::time::{Instant, Span};
use proptest::prelude::*;

use crate::flash_sale::run;
use crate::settings::flash_sale;

const END: Instant = Instant::from_ms(2_400_000);

fn span(seconds: std::ops::Range<i64>) -> impl Strategy<Value = Span> {
    seconds.prop_map(Span::from_secs)
}

fn baseline() -> impl Strategy<Value = Baseline> {
    prop_oneof![
        2 => Just(Baseline::None),
        4 => span(1..1_500).prop_map(Baseline::Every),
        1 => prop::sample::select(vec!["* * * * *", "*/7 * * * *", "0 * * * *", "no cron"])
            .prop_map(|text| Baseline::Cron(Box::new(Cron::new(text, Zone::Utc, 0)))),
    ]
}

fn endpoint() -> impl Strategy<Value = Endpoint> {
    let limits = (
        span(0..120),
        span(0..900),
        prop_oneof![3 => Just(Span::ZERO), 1 => span(1..1_500)],
    );
    (baseline(), limits, 0..300_i64, prop::bool::weighted(0.3)).prop_map(
        |(baseline, (min, more, cooldown), start, asleep)| Endpoint {
            baseline,
            min,
            max: min + more + Span::from_secs(1),
            cooldown,
            start_at: Instant::from_ms(start * 1_000),
            asleep,
            ..Endpoint::new("e", Tier::Health)
        },
    )
}

#[derive(Clone, Debug)]
enum Call {
    Interval(Span, Span),
    Once(Span, Span),
    Pause(Option<Span>),
    Wake,
    Clear,
}

fn call() -> impl Strategy<Value = Call> {
    prop_oneof![
        4 => (span(-5..600), span(-5..900)).prop_map(|(every, ttl)| Call::Interval(every, ttl)),
        4 => (span(-20..600), span(-5..900)).prop_map(|(after, ttl)| Call::Once(after, ttl)),
        2 => proptest::option::of(span(-5..600)).prop_map(Call::Pause),
        2 => Just(Call::Wake),
        1 => Just(Call::Clear),
    ]
}

/// Everything that happens to a scheduler from outside.
#[derive(Clone, Debug)]
struct Story {
    endpoints: Vec<Endpoint>,
    governor: Governor,
    /// When, on which endpoint, what.
    calls: Vec<(i64, usize, Call)>,
    /// How long each run takes, in milliseconds, and whether it succeeds; used over and over.
    runs: Vec<(i64, bool)>,
}

fn story() -> impl Strategy<Value = Story> {
    let calls = prop::collection::vec((0..2_400_000_i64, 0..6_usize, call()), 0..60);
    let runs = prop::collection::vec(
        (
            prop_oneof![3 => Just(0), 1 => 0..200_000_i64],
            prop::bool::weighted(0.8),
        ),
        1..20,
    );
    let governor = prop_oneof![Just(Governor::Tightest), Just(Governor::Override)];
    (
        prop::collection::vec(endpoint(), 1..6),
        governor,
        calls,
        runs,
    )
        .prop_map(|(mut endpoints, governor, mut calls, runs)| {
            for (index, endpoint) in endpoints.iter_mut().enumerate() {
                endpoint.name = format!("e{index}");
            }
            // Calls come on whole seconds more often than not, where they meet runs and expiries.
            for (at, ..) in &mut calls {
                if *at % 3 != 0 {
                    *at = *at / 1_000 * 1_000;
                }
            }
            calls.sort_by_key(|(at, ..)| *at);
            Story {
                endpoints,
                governor,
                calls,
                runs,
            }
        })
}

/// Lets a story happen to a scheduler, in order of time.
fn played(story: &Story) -> Trace {
    let options = Options {
        governor: story.governor,
    };
    let mut scheduler =
        Scheduler::new(story.endpoints.clone(), options).expect("the endpoints are well-formed");
    let mut calls = story.calls.iter().peekable();
    let mut runs = story.runs.iter().cycle();
    let mut ends: Vec<(Instant, EndpointId, bool)> = Vec::new();
    let reason: Arc<str> = Arc::from("test");
    loop {
        let due = scheduler.next_due().map(|(at, _)| at);
        let timer = scheduler.next_timer();
        let end = ends.iter().map(|(at, ..)| *at).min();
        let call = calls.peek().map(|(at, ..)| Instant::from_ms(*at));
        let Some(now) = [due, timer, end, call]
            .into_iter()
            .flatten()
            .min()
            .filter(|now| *now < END)
        else {
            break;
        };
        if timer == Some(now) {
            scheduler.advance(now);
        } else if end == Some(now) {
            let place = ends
                .iter()
                .position(|(at, ..)| *at == now)
                .expect("it is the earliest");
            let (_, id, ok) = ends.remove(place);
            scheduler.finish(id, now, ok).expect("it runs");
        } else if call == Some(now) {
            let (_, index, call) = calls.next().expect("it was looked at");
            let id = EndpointId(u32::try_from(*index).expect("few"));
            let tool = match call {
                Call::Interval(every, ttl) => Tool::ProposeInterval {
                    every: *every,
                    ttl: *ttl,
                },
                Call::Once(after, ttl) => Tool::ProposeNextTime {
                    at: now + *after,
                    ttl: *ttl,
                },
                Call::Pause(None) => Tool::PauseUntil(Some(PauseEnd::Forever)),
                Call::Pause(Some(span)) => Tool::PauseUntil(Some(PauseEnd::At(now + *span))),
                Call::Wake => Tool::PauseUntil(None),
                Call::Clear => Tool::ClearHints,
            };
            let before = scheduler.decision(id);
            let refused = scheduler.call(id, tool, (Origin(0), &reason), now).is_err();
            if refused {
                assert_eq!(
                    scheduler.decision(id),
                    before,
                    "a refused call changes nothing"
                );
            }
        } else {
            let (at, id) = scheduler.next_due().expect("it was looked at");
            scheduler.start(id, at).expect("it is due");
            let (takes, ok) = *runs.next().expect("there is at least one");
            if takes == 0 {
                scheduler.finish(id, at, ok).expect("it runs");
            } else {
                ends.push((at + Span::from_ms(takes), id, ok));
            }
        }
    }
    scheduler.advance(END - Span::from_ms(1));
    trace_of(story, scheduler)
}

/// What a scheduler has logged, as the trace of a scenario that has nothing else in it.
fn trace_of(story: &Story, scheduler: Scheduler) -> Trace {
    let scenario = flash_sale();
    let empty = Scenario {
        endpoints: Vec::new(),
        rules: Vec::new(),
        ..(*scenario).clone()
    };
    Trace {
        parameters: Parameters::new(&empty),
        scenario: Arc::new(empty),
        endpoints: story.endpoints.clone(),
        governor: story.governor,
        call_runs: Vec::new(),
        log: scheduler.into_log(),
        observations: Vec::new(),
        changes: Vec::new(),
        held_back: Vec::new(),
        incidents: Vec::new(),
        messages: Vec::new(),
        recoveries: Vec::new(),
        findings: Vec::new(),
        onsets: Vec::new(),
        planning: Planning::Rules,
        planner_fault: None,
        places: Found::default(),
        steps: 0,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn every_invariant_holds_whatever_happens(story in story()) {
        let trace = played(&story);
        for invariant in invariants(&trace) {
            prop_assert!(invariant.holds(), "{}: {:?}", invariant.id, invariant.violations);
        }
    }

    #[test]
    fn the_same_story_gives_the_same_log(story in story()) {
        prop_assert_eq!(played(&story).log, played(&story).log);
    }

    #[test]
    fn everything_that_was_hinted_ends_once(story in story()) {
        let trace = played(&story);
        for (id, call) in trace.log.all_calls() {
            let ends = trace.log.endings.iter().filter(|ending| ending.call == id).count();
            let hint = matches!(call.tool, Tool::ProposeInterval { .. } | Tool::ProposeNextTime { .. });
            prop_assert!(ends <= usize::from(hint && call.refused.is_none()), "call {}: {} ends", id.0, ends);
        }
    }
}

// --- what checks the invariants can tell ---

fn of<'a>(results: &'a [InvariantResult], id: &str) -> &'a InvariantResult {
    results
        .iter()
        .find(|result| result.id == id)
        .expect("it is checked")
}

/// The flash sale's trace with something in it changed by hand.
fn tampered(change: impl FnOnce(&mut Trace)) -> Vec<InvariantResult> {
    let mut trace = run(&[]);
    change(&mut trace);
    trace.places = Found::default();
    invariants(&trace)
}

fn caught(id: &str, change: impl FnOnce(&mut Trace)) {
    let results = tampered(change);
    assert!(!of(&results, id).holds(), "{id} did not notice");
}

/// The place of the first run of an endpoint after a moment.
fn place(trace: &Trace, endpoint: &str, after: i64) -> usize {
    let id = trace
        .scenario
        .endpoint(endpoint)
        .expect("it is an endpoint");
    let runs = trace.log.runs.iter();
    runs.clone()
        .position(|run| run.endpoint == id && run.start >= Instant::from_ms(after * 1_000))
        .expect("it ran")
}

#[test]
fn each_invariant_notices_when_it_is_broken() {
    caught("min-gap", |trace| {
        let at = place(trace, "traffic_monitor", 600);
        trace.log.runs[at].start = trace.log.runs[at].start - Span::from_secs(11);
    });
    caught("max-gap", |trace| {
        trace.endpoints[0].max = Span::from_secs(200)
    });
    caught("max-gap", |trace| {
        // The last runs are missing.
        let id = trace
            .scenario
            .endpoint("traffic_monitor")
            .expect("it is an endpoint");
        trace
            .log
            .runs
            .retain(|run| run.endpoint != id || run.start < Instant::from_ms(1_200_000));
    });
    caught("paused", |trace| {
        // The run is told to belong to the state before it was woken.
        let at = place(trace, "slow_page_analyzer", 0);
        let id = trace.log.runs[at].endpoint;
        let asleep = trace
            .log
            .contexts
            .iter()
            .position(|context| context.endpoint == id)
            .expect("it has a state");
        trace.log.runs[at].context =
            accelerando::schedule::ContextId(u32::try_from(asleep).expect("few"));
    });
    caught("one-shot", |trace| {
        let ran = |how: HintEnd| matches!(how, HintEnd::Ran(_));
        let again = *trace
            .log
            .endings
            .iter()
            .find(|ending| ran(ending.how))
            .expect("there is one");
        trace.log.endings.push(again);
    });
    caught("one-shot", |trace| {
        trace
            .log
            .endings
            .retain(|ending| !matches!(ending.how, HintEnd::Ran(_)))
    });
    caught("expired-hint", |trace| {
        for wish in &mut trace.log.wishes {
            if let Tool::ProposeInterval { ttl, .. } = &mut wish.tool {
                *ttl = Span::from_secs(10);
            }
        }
    });
    caught("cooldown", |trace| {
        trace.endpoints[0].cooldown = Span::from_secs(31)
    });
    caught("recomputed", |trace| {
        let at = place(trace, "order_processor_health", 400);
        trace.log.runs[at].source = Some(Source::Baseline);
    });
    caught("recomputed", |trace| {
        let at = place(trace, "order_processor_health", 400);
        trace.log.runs[at].clamp = Some(Clamp::Min);
    });
    caught("milder-first", |trace| {
        let id = trace
            .scenario
            .endpoint("slack_operations")
            .expect("it is an endpoint");
        trace.log.runs.retain(|run| run.endpoint != id);
    });
}

#[test]
fn a_page_without_both_recoveries_is_noticed() {
    let mut trace = run(&[("traffic", "2")]);
    let id = trace
        .scenario
        .endpoint("cache_warm_up")
        .expect("it is an endpoint");
    trace.log.runs.retain(|run| run.endpoint != id);
    assert!(!of(&invariants(&trace), "requires-first").holds());
}

#[test]
fn every_invariant_looks_at_something_in_the_flash_sale() {
    // Nothing is executed twice and nobody is woken at the defaults, so those two need other settings.
    let defaults = run(&[]);
    let busy = run(&[
        ("traffic", "2"),
        ("cache_warm_up.cooldown", "1min"),
        ("slack_operations.cooldown", "0s"),
    ]);
    for (a, b) in invariants(&defaults).iter().zip(&invariants(&busy)) {
        assert!(
            a.checked + b.checked > 0 || a.id == "cooldown",
            "{} looks at nothing",
            a.id
        );
    }
}

#[test]
fn a_flapping_metric_changes_a_rule_no_more_often_than_its_dwell_allows() {
    let scenario =
        Arc::new(Scenario::parse(include_str!("flapping.toml")).expect("it is well-formed"));
    let trace = simulate(&scenario, &Parameters::new(&scenario)).expect("it runs");
    let changes = |id: &str| {
        let rule = scenario.rule(id).expect("it is a rule");
        let all = trace.changes.iter().filter(|change| change.rule == rule);
        all.map(|change| format!("{} {}", change.at, if change.on { "on" } else { "off" }))
            .collect::<Vec<_>>()
    };
    // The metric goes from 90 to 110 and back every minute.
    assert_eq!(
        changes("bare").len(),
        19,
        "without hysteresis and dwell it flaps: {:?}",
        changes("bare")
    );
    assert_eq!(
        changes("hysteresis"),
        ["1:00 on"],
        "it never falls below the lower threshold"
    );
    assert_eq!(
        changes("dwell"),
        [
            "1:00 on",
            "6:00 off",
            "7:00 on",
            "12:00 off",
            "13:00 on",
            "18:00 off",
            "19:00 on"
        ],
        "once on it stays on for five minutes, and then the first observation that meets off drops it"
    );
    assert_eq!(changes("lasting"), [""; 0], "it never holds for 90 s");
}
