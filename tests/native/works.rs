//! Runs that take time, pauses until a condition holds, refused calls, and what somebody does by hand.

use std::sync::Arc;

use accelerando::insight::{explain, invariants, moment};
use accelerando::scenario::{Parameters, Scenario};
use accelerando::schedule::{Clamp, PauseEnd, Refusal, Tool};
use accelerando::sim::{Cause, Engine, Intervention, Progress, Trace};
use accelerando::time::{Instant, Span};

fn works(interventions: Vec<Intervention>) -> Trace {
    let scenario =
        Arc::new(Scenario::parse(include_str!("works.toml")).expect("it is well-formed"));
    let mut engine =
        Engine::new(&scenario, &Parameters::new(&scenario), interventions).expect("it can be run");
    assert_eq!(engine.run(u64::MAX), Ok(Progress::Done));
    let trace = engine.into_trace();
    for invariant in invariants(&trace) {
        assert!(
            invariant.holds(),
            "{} {:?}",
            invariant.id,
            invariant.violations
        );
    }
    trace
}

fn starts(trace: &Trace, endpoint: &str) -> Vec<String> {
    let id = trace
        .scenario
        .endpoint(endpoint)
        .expect("it is an endpoint");
    trace
        .runs_of(id)
        .map(|(_, run)| run.start.to_string())
        .collect()
}

#[test]
fn a_run_that_takes_longer_than_its_interval_is_followed_at_its_end() {
    let trace = works(Vec::new());
    assert_eq!(
        starts(&trace, "press")[..4],
        ["0:00", "0:45", "1:30", "2:15"]
    );
    let id = trace.scenario.endpoint("press").expect("it is an endpoint");
    let runs: Vec<_> = trace
        .runs_of(id)
        .map(|(_, run)| (run.took, run.clamp))
        .collect();
    assert_eq!(runs[0], (Span::from_secs(45), None));
    assert_eq!(runs[1], (Span::from_secs(45), Some(Clamp::Now)));
}

#[test]
fn a_pause_on_a_condition_ends_at_the_observation_that_meets_it() {
    let trace = works(Vec::new());
    let press = starts(&trace, "press");
    // The run of 9:45 had begun before 10:00; nothing starts until 20:00 is seen.
    let at = press
        .iter()
        .position(|start| start == "9:45")
        .expect("it ran");
    assert_eq!(press[at + 1], "20:00");
    let id = trace.scenario.endpoint("press").expect("it is an endpoint");
    let mut calls = trace
        .log
        .all_calls()
        .filter(|(_, call)| call.endpoint == id);
    let (_, paused) = calls.next().expect("it was paused");
    assert_eq!(
        (paused.tool, paused.at.to_string().as_str()),
        (Tool::PauseUntil(Some(PauseEnd::Condition(0))), "10:00")
    );
    let (id, lifted) = calls.next().expect("the pause was lifted");
    assert_eq!(
        (lifted.tool, lifted.at.to_string().as_str()),
        (Tool::PauseUntil(None), "20:00")
    );
    let cause = trace.cause(id);
    assert!(matches!(cause, Some(Cause::Lifted(_))), "{cause:?}");
}

#[test]
fn a_refused_call_is_on_record_with_its_reason() {
    let trace = works(Vec::new());
    assert_eq!(starts(&trace, "service"), ["10:10"]);
    let refused: Vec<_> = trace
        .log
        .all_calls()
        .filter_map(|(_, call)| Some((call.at.to_string(), call.reason.to_string(), call.refused?)))
        .collect();
    let cooled = Instant::from_ms(1_210_000);
    assert_eq!(
        refused,
        [(
            "13:00".to_owned(),
            "still 90 degrees".to_owned(),
            Refusal::InCooldown(cooled)
        )]
    );
}

#[test]
fn what_somebody_does_by_hand_changes_what_comes_after_it() {
    let scenario = Scenario::parse(include_str!("works.toml")).expect("it is well-formed");
    let thermometer = scenario.endpoint("thermometer").expect("it is an endpoint");
    let by_hand = |at: i64, tool| Intervention {
        at: Instant::from_ms(at * 1_000),
        endpoint: thermometer,
        tool,
        reason: Arc::from("by hand"),
    };
    // Handed in out of order.
    let trace = works(vec![
        by_hand(330, Tool::PauseUntil(None)),
        by_hand(
            95,
            Tool::ProposeNextTime {
                at: Instant::from_ms(100_000),
                ttl: Span::from_secs(60),
            },
        ),
        by_hand(130, Tool::PauseUntil(Some(PauseEnd::Forever))),
    ]);
    assert_eq!(
        starts(&trace, "thermometer")[..6],
        ["0:00", "1:00", "1:40", "5:30", "6:30", "7:30"]
    );
    let doing = |at| moment(&trace, thermometer, Instant::from_ms(at)).words;
    assert_eq!(doing(140_000), "paused by hand");
    assert_eq!(doing(340_000), "every 1 min");
    let explanation = explain(&trace, thermometer, Instant::from_ms(100_000));
    assert!(
        explanation
            .steps
            .iter()
            .any(|step| step.text.starts_with("somebody asked for one run")),
        "{explanation:?}"
    );
}
