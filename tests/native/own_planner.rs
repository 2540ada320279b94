//! Planners of somebody's own, in the core.

use accelerando::insight::{compare, explain, invariants};
use accelerando::limits;
use accelerando::scenario::{Parameters, Scenario};
use accelerando::schedule::{EndpointId, PauseEnd, Refusal, Source};
use accelerando::sim::{
    Budget, Engine, Planning, Progress, SimulationError, Trace, own_calls, replay, simulate,
    simulate_with_planner,
};
use accelerando::time::{Instant, Span};

use crate::settings::{SETTINGS, flash_sale, setting};

fn run(
    planning: Planning,
    planner: impl FnMut(&mut accelerando::sim::Context<'_>) -> Result<(), String>,
) -> Trace {
    let scenario = flash_sale();
    simulate_with_planner(&scenario, &Parameters::new(&scenario), planning, planner)
        .expect("it runs")
}

fn id(scenario: &Scenario, name: &str) -> EndpointId {
    scenario.endpoint(name).expect("it exists")
}

/// Tightens whatever has seen many visitors.
fn tighten(context: &mut accelerando::sim::Context<'_>) -> Result<(), String> {
    let traffic = context.scenario().metric("traffic").expect("it exists");
    if context
        .latest(traffic)
        .is_some_and(|visitors| visitors > 3_000.0)
    {
        let hint = (Span::from_secs(30), Span::from_mins(2));
        let endpoint = context.endpoint();
        context
            .propose_interval(endpoint, hint, "many visitors")
            .map_err(|refusal| refusal.to_string())?;
    }
    Ok(())
}

#[test]
fn in_place_of_the_rules_only_the_planner_calls_while_rules_watch() {
    let trace = run(Planning::Own, |_| Ok(()));
    assert!(
        trace
            .log
            .runs
            .iter()
            .all(|run| run.source == Some(Source::Baseline))
    );
    assert!(trace.changes.len() > 5, "rules go on and off");
    assert_eq!(trace.incidents.len(), 1);
    assert!(trace.messages.is_empty());
    let tightened = run(Planning::Own, tighten);
    assert!(tightened.log.runs.len() > trace.log.runs.len() + 20);
}

#[test]
fn beside_the_rules_a_planner_that_does_nothing_changes_nothing() {
    let scenario = flash_sale();
    for number in 0..SETTINGS / 8 {
        let parameters = setting(&scenario, number);
        let Ok(wanted) = simulate(&scenario, &parameters) else {
            continue;
        };
        let trace = simulate_with_planner(&scenario, &parameters, Planning::Both, |_| Ok(()))
            .expect("it runs");
        assert_eq!(trace.hash(), wanted.hash(), "setting {number}");
    }
}

#[test]
fn it_looks_after_every_run_that_observed_and_sees_only_what_was_observed() {
    let mut looks = Vec::new();
    let trace = run(Planning::Both, |context| {
        let seen: Vec<(usize, f64)> = context.observed().collect();
        assert!(!seen.is_empty());
        for (metric, value) in &seen {
            assert_eq!(context.latest(*metric), Some(*value));
        }
        looks.push((
            context.run(),
            context.now(),
            seen.len(),
            context.incident(),
            context.endpoint(),
        ));
        Ok(())
    });
    let mut runs: Vec<_> = trace.observations.iter().map(|seen| seen.run).collect();
    runs.dedup();
    assert_eq!(looks.iter().map(|look| look.0).collect::<Vec<_>>(), runs);
    assert_eq!(
        looks.iter().map(|look| look.2).sum::<usize>(),
        trace.observations.len()
    );
    for (run, now, _, incident, endpoint) in looks {
        let record = trace.run(run).expect("it ran");
        assert_eq!((record.end(), record.endpoint), (Some(now), endpoint));
        let open = trace
            .incidents
            .iter()
            .find(|i| i.opened <= now && i.closed.is_none_or(|closed| closed > now));
        assert_eq!(incident, open.map(|incident| incident.opened));
    }
}

#[test]
fn its_calls_are_answered_by_the_scheduler_and_explained() {
    let scenario = flash_sale();
    let (traffic, support) = (
        id(&scenario, "traffic_monitor"),
        id(&scenario, "slack_customer_support"),
    );
    let mut refusals = Vec::new();
    let trace = run(Planning::Own, |context| {
        if context.now() == Instant::from_ms(300_000) && context.endpoint() == traffic {
            let now = context.now();
            refusals.extend([
                context
                    .propose_interval(traffic, (Span::ZERO, Span::from_mins(1)), "")
                    .err(),
                context
                    .propose_next_time(traffic, (Instant::START, Span::from_mins(1)), "")
                    .err(),
                context
                    .propose_next_time(traffic, (now + Span::from_mins(2), Span::from_mins(1)), "")
                    .err(),
                context.clear_hints(EndpointId(99)).err(),
            ]);
            context
                .pause_until(support, None, "awake")
                .expect("it can be woken");
            let planned = context.propose_next_time(
                support,
                (now + Span::from_secs(7), Span::from_mins(1)),
                "told at once",
            );
            assert_eq!(
                planned.expect("it is taken").at,
                Some(now + Span::from_secs(7))
            );
            let asleep = context.pause_until(
                traffic,
                Some(PauseEnd::At(now + Span::from_mins(10))),
                "quiet",
            );
            assert_eq!(
                asleep.expect("it is taken").at,
                Some(now + Span::from_mins(10))
            );
        }
        Ok(())
    });
    let wanted = [
        Refusal::NotPositive,
        Refusal::InThePast,
        Refusal::AfterExpiry,
        Refusal::UnknownEndpoint,
    ];
    assert_eq!(refusals, wanted.map(Some));
    let at = Instant::from_ms(307_000);
    let told = explain(&trace, support, at);
    let steps: Vec<&str> = told.steps.iter().map(|step| step.text.as_str()).collect();
    assert!(told.sentence.contains("told at once"), "{}", told.sentence);
    assert!(
        steps
            .iter()
            .any(|step| step.starts_with("the own planner woke it and asked for one run at 5:07")),
        "{steps:?}"
    );
    assert!(
        steps
            .iter()
            .any(|step| step.starts_with("traffic monitor saw visitors 5,000/min")),
        "{steps:?}"
    );
    assert_eq!(
        trace.runs_of(traffic).nth(2).map(|(_, run)| run.start),
        Some(Instant::from_ms(900_000))
    );
}

#[test]
fn a_failure_is_on_record_and_the_run_goes_on_without_the_planner() {
    let mut asked = 0;
    let trace = run(Planning::Own, |context| {
        asked += 1;
        if context.now() >= Instant::from_ms(600_000) {
            return Err("out of ideas".to_owned());
        }
        tighten(context)
    });
    let fault = trace.planner_fault.clone().expect("it failed");
    assert_eq!(fault.message, "out of ideas");
    assert!(fault.at >= Instant::from_ms(600_000) && fault.at < Instant::from_ms(660_000));
    assert_eq!(
        trace.run(fault.run).map(|run| run.endpoint),
        Some(fault.endpoint)
    );
    let seen = trace
        .observations
        .iter()
        .map(|seen| seen.run)
        .filter(|run| *run <= fault.run);
    let mut seen: Vec<_> = seen.collect();
    seen.dedup();
    assert_eq!(asked, seen.len());
    assert!(
        trace
            .log
            .runs
            .iter()
            .any(|run| run.start > fault.at && run.source == Some(Source::IntervalHint))
    );
    assert!(
        trace
            .log
            .runs
            .last()
            .is_some_and(|run| run.start > Instant::from_ms(1_800_000))
    );
}

#[test]
fn invariants_hold_with_any_planner_and_its_calls_make_the_same_trace_again() {
    let scenario = flash_sale();
    for number in 0..16 {
        let parameters = setting(&scenario, number);
        for planning in [Planning::Own, Planning::Both] {
            let mut turn = number;
            let planner = |context: &mut accelerando::sim::Context<'_>| {
                turn = turn
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(1_442_695_040_888_963_407);
                let whose = EndpointId(u32::try_from(turn >> 33).expect("it is small") % 11);
                let span = Span::from_ms(i64::try_from(turn >> 45).expect("it is small") - 1_000);
                let now = context.now();
                let _ = match turn >> 20 & 7 {
                    0 | 1 => context.propose_interval(whose, (span, Span::from_mins(3)), "tighter"),
                    2 | 3 => {
                        context.propose_next_time(whose, (now + span, Span::from_mins(3)), "once")
                    }
                    4 => context.pause_until(whose, Some(PauseEnd::At(now + span)), "for a while"),
                    5 | 6 => context.pause_until(whose, None, "awake"),
                    _ => context.clear_hints(whose),
                };
                if turn % 199 == 7 {
                    Err("tired".to_owned())
                } else {
                    Ok(())
                }
            };
            let Ok(trace) = simulate_with_planner(&scenario, &parameters, planning, planner) else {
                continue;
            };
            // Whether an action may run before another is the planner's own business.
            for invariant in invariants(&trace)
                .iter()
                .filter(|i| !i.id.ends_with("-first"))
            {
                assert!(
                    invariant.holds(),
                    "{number} {planning:?} {}: {:?}",
                    invariant.id,
                    invariant.violations
                );
            }
            let calls = own_calls(&trace);
            assert!(!calls.is_empty());
            let failed = trace
                .planner_fault
                .as_ref()
                .map(|fault| (fault.run, fault.message.as_str()));
            let again =
                replay(&scenario, &parameters, planning, (&calls, failed)).expect("it runs");
            assert_eq!(again.hash(), trace.hash(), "{number} {planning:?}");
            assert_eq!(again.planner_fault, trace.planner_fault);
        }
    }
}

#[test]
fn a_context_is_there_only_at_an_observation() {
    let scenario = flash_sale();
    let engine =
        Engine::new(&scenario, &Parameters::new(&scenario), Vec::new()).expect("it can be run");
    let mut engine = engine.planned_by(Planning::Own);
    assert!(engine.context().is_none());
    assert_eq!(engine.run(u64::MAX), Ok(Progress::Observed(Instant::START)));
    assert!(engine.context().is_some());
    engine.planner_failed("no more");
    assert!(engine.context().is_none());
    assert_eq!(
        engine.into_trace().planner_fault.map(|fault| fault.message),
        Some("no more".to_owned())
    );
}

#[test]
fn a_planner_that_calls_without_end_is_refused_as_a_run_without_end() {
    let scenario = flash_sale();
    let mut calls = 0_u64;
    let refused = simulate_with_planner(
        &scenario,
        &Parameters::new(&scenario),
        Planning::Own,
        |context| {
            while !context.is_spent() {
                let _ = context.clear_hints(EndpointId(0));
                calls += 1;
            }
            Ok(())
        },
    );
    assert_eq!(
        refused.err(),
        Some(SimulationError::Over(Budget::Events, Instant::START))
    );
    assert!(calls > limits::EVENTS / 2);
    // The run's own events besides them are some hundreds.
    let mut left = limits::EVENTS - 2_000;
    let made = simulate_with_planner(
        &scenario,
        &Parameters::new(&scenario),
        Planning::Own,
        |context| {
            for _ in 0..std::mem::take(&mut left) {
                let _ = context.clear_hints(EndpointId(0));
            }
            Ok(())
        },
    );
    assert!(made.is_ok());
}

#[test]
fn what_an_own_planner_says_can_be_seen() {
    let trace = run(Planning::Own, |context| {
        let hint = (Span::from_secs(30), Span::from_mins(5));
        let said = context.propose_interval(context.endpoint(), hint, "a\u{202e}b\u{1b}[31m");
        said.map(|_| ()).map_err(|refusal| refusal.to_string())?;
        match context.now() > Instant::from_ms(600_000) {
            true => Err("it\u{7} failed".to_owned()),
            false => Ok(()),
        }
    });
    let (_, call) = trace.log.all_calls().last().expect("it has called");
    assert_eq!(&**call.reason, "a\u{fffd}b␛[31m");
    let fault = trace.planner_fault.as_ref().expect("it has failed");
    assert_eq!(fault.message, "it␇ failed");
    // Made again, it says the same.
    let calls = own_calls(&trace);
    let failed = Some((fault.run, fault.message.as_str()));
    let parameters = Parameters::new(&trace.scenario);
    let again = replay(
        &trace.scenario,
        &parameters,
        Planning::Own,
        (&calls, failed),
    );
    assert_eq!(again.map(|again| again.hash()), Ok(trace.hash()));
}

#[test]
fn nobody_asks_an_own_planner_at_other_starts_of_the_sale() {
    let mut asked = 0;
    let trace = run(Planning::Both, |_| {
        asked += 1;
        Ok(())
    });
    let before = asked;
    let rows = compare(&trace).expect("it can be compared");
    assert_eq!(rows[0].shifted, None);
    assert!(rows[1].shifted.is_some());
    assert_eq!(asked, before);
}
