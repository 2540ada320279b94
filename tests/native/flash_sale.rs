//! The story of forty minutes, and what becomes of it when something is different.

use std::sync::Arc;

use accelerando::insight::{claims, compare, explain, invariants, moment, plain, summary, totals};
use accelerando::scenario::{Parameters, Scenario, shipped};
use accelerando::schedule::{PauseEnd, Source, Tool};
use accelerando::sim::{Engine, Intervention, Trace, simulate};
use accelerando::time::{Instant, Span};

use crate::settings::flash_sale;

/// The flash sale with some parameters set, as on the command line.
pub fn run(settings: &[(&str, &str)]) -> Trace {
    let scenario = flash_sale();
    let mut parameters = Parameters::new(&scenario);
    for (name, text) in settings {
        parameters
            .set_text(&scenario, name, text)
            .unwrap_or_else(|error| panic!("{error}"));
    }
    let trace = simulate(&scenario, &parameters).expect("it runs");
    for invariant in invariants(&trace) {
        assert!(
            invariant.holds(),
            "{settings:?}: {} {:?}",
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

fn first(trace: &Trace, endpoint: &str) -> Option<String> {
    starts(trace, endpoint).into_iter().next()
}

/// The first instant from which the shop is never seen critical or degraded again before the sale ends.
fn recovered(trace: &Trace) -> Option<Instant> {
    let rule = trace.scenario.rule("degraded").expect("it is a rule");
    let last = trace.changes.iter().rfind(|change| change.rule == rule)?;
    (!last.on).then_some(last.at)
}

fn failing(trace: &Trace) -> Vec<String> {
    let all = claims(trace);
    all.into_iter()
        .filter(|claim| !claim.holds)
        .map(|claim| claim.id)
        .collect()
}

#[test]
fn every_claim_holds_at_the_defaults() {
    let trace = run(&[]);
    assert_eq!(failing(&trace), [""; 0]);
    assert_eq!(claims(&trace).len(), 20);
}

#[test]
fn the_story_at_the_defaults() {
    let trace = run(&[]);
    assert_eq!(first(&trace, "slack_operations").as_deref(), Some("5:05"));
    assert_eq!(starts(&trace, "slow_page_analyzer")[0], "9:00");
    assert_eq!(starts(&trace, "database_query_trace")[0], "9:35");
    assert_eq!(starts(&trace, "cache_warm_up"), ["9:05"]);
    assert_eq!(starts(&trace, "scale_checkout_workers"), ["13:20"]);
    assert_eq!(starts(&trace, "slack_customer_support"), ["20:05"]);
    assert_eq!(starts(&trace, "emergency_oncall_page"), [""; 0]);
    let said: Vec<&str> = trace
        .messages
        .iter()
        .map(|message| message.text.as_str())
        .collect();
    assert_eq!(
        said,
        [
            "🚨 Flash sale traffic up 5×, monitoring tightened",
            "⚠️ Checkout delays detected. Auto-scaling attempted. Be ready for customer questions.",
        ]
    );
    let totals = totals(&trace);
    assert_eq!((totals.runs, totals.checks), (117, 113));
    assert_eq!(totals.by_endpoint, [50, 34, 11, 9, 9, 1, 1, 1, 1, 0]);
}

#[test]
fn detection_is_the_monitors_own_run_and_nothing_is_missed_in_between() {
    let trace = run(&[]);
    let traffic = trace
        .scenario
        .endpoint("traffic_monitor")
        .expect("it is an endpoint");
    let mut runs = trace.runs_of(traffic).map(|(_, run)| run);
    let seen = runs
        .find(|run| run.start == Instant::from_ms(300_000))
        .expect("it ran at 5:00");
    assert_eq!(seen.source, Some(Source::Baseline));
    let next = runs.next().expect("it ran again");
    assert_eq!(
        (next.start.to_string().as_str(), next.source),
        ("5:30", Some(Source::IntervalHint))
    );
}

#[test]
fn the_sentence_says_it() {
    let trace = run(&[]);
    let policies = compare(&trace).expect("it can be compared");
    assert_eq!(
        plain(&summary(&trace, &policies)),
        "In 40 min of flash sale it ran 113 checks, told operations 5 s after seeing the surge, tried 2 recoveries, \
         told customer support at 20:05 and woke nobody. Cron every 5 min is blind 8 min 5 s longer; every 30 s, it \
         costs 14× as many checks a day."
    );
}

#[test]
fn a_surge_that_is_seen_late_is_said_to_be() {
    let trace = run(&[
        ("traffic_monitor.every", "4min 50s"),
        ("order_processor_health.every", "15min"),
    ]);
    let policies = compare(&trace).expect("it can be compared");
    let sentence = plain(&summary(&trace, &policies));
    let seen = policies[0].delays[0].delay.expect("it is seen");
    assert!(seen.ms() > 60_000, "{seen}");
    assert!(
        sentence.contains(&format!("5 s after seeing the surge (seen {seen} late), ")),
        "{sentence}"
    );
}

#[test]
fn a_problem_counts_as_seen_when_its_rule_goes_on() {
    let all: [&[(&str, &str)]; 5] = [
        &[],
        &[("traffic", "1.3")],
        &[("traffic_monitor.every", "4min 50s")],
        &[("tight.orders", "3min"), ("tight.traffic", "2min")],
        &[("cache_warm_up.fails", "true")],
    ];
    for settings in all {
        let trace = run(settings);
        let policies = compare(&trace).expect("it can be compared");
        for problem in &policies[0].delays {
            let Some(delay) = problem.delay else { continue };
            let (from, seen) = (problem.from, problem.from + delay);
            let before = seen - Span::from_ms(1);
            assert!(
                trace.rule_on(problem.rule, seen),
                "{settings:?}: {problem:?}"
            );
            let early = before > from && trace.rule_on(problem.rule, before);
            // A rule may still be on from the problem's last time.
            let again = trace.rule_on(problem.rule, from - Span::from_ms(1));
            assert!(!early || again, "{settings:?}: {problem:?}");
        }
    }
}

#[test]
fn a_leak_is_seen_later_or_sooner_as_it_begins_at_another_time() {
    let scenario = Arc::new(
        Scenario::parse(shipped("night-leak").expect("it ships")).expect("it is well-formed"),
    );
    let trace = simulate(&scenario, &Parameters::new(&scenario)).expect("it runs");
    let policies = compare(&trace).expect("it can be compared");
    // The gauge looks every 20 min.
    let (mean, worst) = policies[0].shifted.expect("it is moved");
    assert!((590_000..610_000).contains(&mean.ms()), "{mean}");
    assert!((1_190_000..=1_200_000).contains(&worst.ms()), "{worst}");
}

#[test]
fn a_condition_that_does_not_hold_for_long_enough_says_so() {
    let trace = run(&[("traffic", "1.14")]);
    let page = trace
        .scenario
        .endpoint("emergency_oncall_page")
        .expect("it is one");
    let told = |ms| {
        let steps = explain(&trace, page, Instant::from_ms(ms)).steps;
        steps
            .into_iter()
            .map(|step| (step.at.to_string(), step.text))
            .collect::<Vec<_>>()
    };
    let steps = told(811_000);
    let itself = steps
        .iter()
        .find(|(_, text)| text.contains("in vain” itself needed"));
    let (_, itself) = itself.expect("what it needed is said");
    assert!(
        itself.contains("“checkout broken” for longer (yes, since 13:15)"),
        "{itself}"
    );
    // Since when it is held back does not depend on what is still missing.
    for at in [811_000, 870_000] {
        let held = told(at)
            .into_iter()
            .find(|(_, text)| text.contains("held back since"));
        assert_eq!(held.map(|(from, _)| from).as_deref(), Some("9:40"));
    }
}

#[test]
fn a_wish_that_expired_during_a_pause_is_told() {
    let scenario = flash_sale();
    let analyzer = scenario.endpoint("slow_page_analyzer").expect("it is one");
    let at = Instant::from_ms(804_000);
    let paused = Intervention {
        at,
        endpoint: analyzer,
        tool: Tool::PauseUntil(Some(PauseEnd::At(at + Span::from_mins(6)))),
        reason: Arc::from("by hand"),
    };
    let engine = Engine::new(&scenario, &Parameters::new(&scenario), vec![paused]);
    let trace = engine.expect("it starts").finished().expect("it runs");
    let told = explain(&trace, analyzer, Instant::from_ms(1_314_000)).sentence;
    assert!(
        told.contains("“analyze slow pages” holds, but what it asked for expired at 18:00: it asks again only after a run of page analyzer"),
        "{told}"
    );
}

#[test]
fn an_endpoint_whose_last_attempt_failed_says_so() {
    let trace = run(&[("scale_checkout_workers.fails", "true")]);
    let scaling = trace.scenario.endpoint("scale_checkout_workers");
    let now = moment(
        &trace,
        scaling.expect("it is one"),
        Instant::from_ms(1_200_000),
    );
    assert_eq!(now.words, "failed 13:20, cools 13 min");
}

#[test]
fn five_times_is_five_times_at_any_traffic() {
    for traffic in 80..=120 {
        let trace = run(&[("traffic", &format!("{}", f64::from(traffic) / 100.0))]);
        let all = claims(&trace);
        let claim = all.iter().find(|claim| claim.id == "five-fold");
        let claim = claim.expect("it is one");
        assert!(claim.holds, "{traffic}: {}", claim.actual);
    }
}

#[test]
fn a_claim_that_speaks_of_what_never_was_says_so() {
    let trace = run(&[("traffic", "0")]);
    for claim in claims(&trace) {
        assert!(
            !claim.actual.contains("unknown"),
            "{}: {}",
            claim.id,
            claim.actual
        );
    }
}

/// The last message of the sale if somebody calls an alert by hand.
fn told_by_hand(settings: &[(&str, &str)], endpoint: &str, at_ms: i64) -> String {
    let scenario = flash_sale();
    let mut parameters = Parameters::new(&scenario);
    for (name, text) in settings {
        parameters
            .set_text(&scenario, name, text)
            .expect("it is one");
    }
    let id = scenario.endpoint(endpoint).expect("it is an endpoint");
    let at = Instant::from_ms(at_ms);
    let by_hand = |tool| Intervention {
        at,
        endpoint: id,
        tool,
        reason: Arc::from("by hand"),
    };
    let ttl = Span::from_secs(60);
    let calls = vec![
        by_hand(Tool::PauseUntil(None)),
        by_hand(Tool::ProposeNextTime { at, ttl }),
    ];
    let engine = Engine::new(&scenario, &parameters, calls).expect("it starts");
    let trace = engine.finished().expect("it runs");
    let mut said = trace
        .messages
        .iter()
        .filter(|said| said.endpoint == id && said.at >= at);
    said.next().expect("it is sent").text.to_string()
}

#[test]
fn a_message_that_is_sent_by_hand_says_only_what_is_so() {
    let minute = 60_000;
    assert_eq!(
        told_by_hand(&[], "slack_operations", 2 * minute),
        "No surge is seen: visitors are at 1,000/min"
    );
    assert_eq!(
        told_by_hand(&[], "slack_customer_support", 6 * minute),
        "No checkout delays are seen. Be ready for customer questions."
    );
    assert_eq!(
        told_by_hand(&[], "emergency_oncall_page", 30 * minute),
        "Checkout is not critical. Somebody asked for you all the same."
    );
    // Both recoveries were attempted a minute before, which is too early to call them failed.
    assert_eq!(
        told_by_hand(&[], "emergency_oncall_page", 14 * minute),
        "🔴 URGENT: Checkout critical. Manual intervention needed."
    );
}

#[test]
fn investigation_may_see_the_end_of_the_surge_when_it_looks() {
    let trace = run(&[("traffic_monitor.every", "4min 50s")]);
    let all = claims(&trace);
    let claim = all
        .iter()
        .find(|claim| claim.id == "investigation-sleeps")
        .expect("it is one");
    assert!(claim.holds, "{}", claim.actual);
    assert_ne!(
        claim.at,
        Some(Instant::from_ms(26 * 60_000)),
        "{}",
        claim.actual
    );
}

// --- counterfactuals: each is a setting and what must come of it ---

/// Settings, when support is told, when the engineer is woken.
type Outcome = (
    &'static [(&'static str, &'static str)],
    Option<&'static str>,
    Option<&'static str>,
);

const OUTCOMES: [Outcome; 12] = [
    (
        &[
            ("cache_warm_up.fails", "true"),
            ("scale_checkout_workers.fails", "true"),
        ],
        Some("20:05"),
        Some("23:35"),
    ),
    (
        &[
            ("cache_warm_up.effectiveness", "0"),
            ("scale_checkout_workers.effectiveness", "0"),
        ],
        Some("20:05"),
        Some("23:35"),
    ),
    (
        &[("scale_checkout_workers.fails", "true")],
        Some("20:05"),
        None,
    ),
    (&[("scale_checkout_workers.delay", "1min")], None, None),
    (
        &[("scale_checkout_workers.delay", "9m30s")],
        Some("20:05"),
        None,
    ),
    (
        &[
            ("cache_warm_up.effectiveness", "0.5"),
            ("scale_checkout_workers.effectiveness", "0.5"),
        ],
        Some("20:05"),
        Some("23:35"),
    ),
    (
        &[("scale_checkout_workers.effectiveness", "1.5")],
        None,
        None,
    ),
    (&[("scale_checkout_workers.effectiveness", "2")], None, None),
    (&[("traffic", "1.1")], None, None),
    (&[("traffic", "1.2")], Some("14:35"), Some("14:40")),
    (&[("traffic", "1.5")], Some("10:35"), Some("10:40")),
    (&[("traffic", "2")], Some("6:35"), Some("6:40")),
];

#[test]
fn each_counterfactual_comes_out() {
    for (settings, support, page) in OUTCOMES {
        let trace = run(settings);
        let got = (
            first(&trace, "slack_customer_support"),
            first(&trace, "emergency_oncall_page"),
        );
        assert_eq!(
            (got.0.as_deref(), got.1.as_deref()),
            (support, page),
            "{settings:?}"
        );
    }
}

#[test]
fn without_recovery_the_shop_stays_bad_to_the_end_of_the_sale() {
    for settings in [
        [
            ("cache_warm_up.fails", "true"),
            ("scale_checkout_workers.fails", "true"),
        ],
        [
            ("cache_warm_up.effectiveness", "0"),
            ("scale_checkout_workers.effectiveness", "0"),
        ],
    ] {
        let trace = run(&settings);
        let page = trace.scenario.metric("page_load").expect("it is a metric");
        let conversion = trace.scenario.metric("conversion").expect("it is a metric");
        for second in 21 * 60..26 * 60 {
            let values = &trace.truth([Instant::from_ms(second * 1_000)])[0];
            assert!(
                values[page] > 3_100.0 && values[conversion] < 0.03,
                "{settings:?} at {second} s"
            );
        }
        assert_eq!(recovered(&trace), Some(Instant::from_ms(26 * 60_000)));
    }
}

#[test]
fn one_recovery_that_fails_is_shown_as_failed_and_counts_as_attempted() {
    let trace = run(&[("scale_checkout_workers.fails", "true")]);
    let attempts: Vec<(bool, bool)> = trace
        .recoveries
        .iter()
        .map(|attempt| (attempt.succeeded, attempt.works_from.is_some()))
        .collect();
    assert_eq!(attempts, [(true, true), (false, false)]);
    let attempted = trace.scenario.rule("both_attempted").expect("it is a rule");
    assert!(trace.rule_on(attempted, Instant::from_ms(14 * 60_000)));
    let cache = run(&[("cache_warm_up.fails", "true")]);
    assert!(
        first(&cache, "emergency_oncall_page").is_some(),
        "without the cache nothing helps"
    );
}

#[test]
fn earlier_or_stronger_scaling_recovers_before_minute_twenty() {
    for settings in [
        ("scale_checkout_workers.delay", "1min"),
        ("scale_checkout_workers.effectiveness", "2"),
    ] {
        let trace = run(&[settings]);
        let at = recovered(&trace).expect("it recovers");
        assert!(at < Instant::from_ms(20 * 60_000), "{settings:?}: {at}");
    }
}

#[test]
fn little_traffic_is_watched_at_the_baselines_and_nobody_is_told() {
    for traffic in ["0.2", "0.5"] {
        let trace = run(&[("traffic", traffic)]);
        assert_eq!(trace.log.runs.len(), 26, "traffic {traffic}");
        assert!(trace.messages.is_empty() && trace.incidents.is_empty());
        assert!(
            trace
                .log
                .runs
                .iter()
                .all(|run| run.source == Some(Source::Baseline))
        );
    }
}

#[test]
fn twice_the_traffic_breaks_the_checkout_and_wakes_somebody() {
    let trace = run(&[("traffic", "2")]);
    let broken = trace.scenario.rule("broken").expect("it is a rule");
    assert!(
        trace
            .changes
            .iter()
            .any(|change| change.rule == broken && change.on)
    );
    assert_eq!(starts(&trace, "emergency_oncall_page"), ["6:40"]);
    let policies = compare(&trace).expect("it can be compared");
    let sentence = plain(&summary(&trace, &policies));
    assert!(
        sentence.contains("woke an engineer at 6:40; checkout was seen broken at 5:00"),
        "{sentence}"
    );
}

#[test]
fn a_tenth_more_traffic_may_end_better() {
    let (usual, more) = (run(&[]), run(&[("traffic", "1.1")]));
    assert_eq!(
        first(&more, "scale_checkout_workers").as_deref(),
        Some("9:40")
    );
    assert!(recovered(&more) < recovered(&usual));
}

#[test]
fn support_is_told_at_least_five_seconds_before_anybody_is_woken() {
    for (settings, _, page) in OUTCOMES {
        if page.is_none() {
            continue;
        }
        let trace = run(settings);
        let at = |id: &str| {
            trace
                .messages
                .iter()
                .find(|m| trace.endpoints[m.endpoint.index()].name == id)
                .map(|m| m.at)
        };
        let (support, page) = (at("slack_customer_support"), at("emergency_oncall_page"));
        let gap = page
            .zip(support)
            .map(|(page, support)| (page - support).ms());
        assert!(gap.is_some_and(|gap| gap >= 5_000), "{settings:?}: {gap:?}");
    }
}

#[test]
fn auto_scaling_is_mentioned_only_if_it_was_attempted() {
    // Without traces and backlog nothing asks for more workers.
    let trace = run(&[("backlog_high.on", "20000"), ("db_overloaded.on", "20s")]);
    assert_eq!(starts(&trace, "scale_checkout_workers"), [""; 0]);
    let said = trace.messages.last().expect("support is told");
    assert_eq!(
        said.text,
        "⚠️ Checkout delays detected. Be ready for customer questions."
    );
}

#[test]
fn every_refused_call_is_on_record_and_a_second_scaling_does_not_stack() {
    let trace = run(&[("traffic", "1.2")]);
    let effects = trace
        .onsets
        .iter()
        .filter(|onset| onset.since.is_some())
        .count();
    assert!(effects <= 2);
    for attempt in trace.recoveries.iter().filter(|attempt| attempt.succeeded) {
        let earlier = trace.recoveries.iter().any(|other| {
            other.endpoint == attempt.endpoint && other.succeeded && other.at < attempt.at
        });
        assert_eq!(attempt.works_from.is_none(), earlier);
    }
}

// --- no claim is written so that it cannot fail ---

/// For each claim settings under which it fails.
const BREAKS: [(&str, &[(&str, &str)]); 20] = [
    ("surge-detected", &[("traffic_monitor.every", "4min")]),
    ("five-fold", &[("traffic.surge", "1.2")]),
    ("orders-tight", &[("tight.orders", "60s")]),
    (
        "inventory-tight",
        &[("inventory_sync_check.every", "12min")],
    ),
    ("operations-told", &[("traffic_monitor.every", "4min")]),
    ("surge-not-investigated", &[("slow.on", "1500ms")]),
    ("investigation-starts", &[("slow.on", "5s")]),
    ("strain-investigated", &[("tight.investigation", "30s")]),
    ("cache-warmed", &[("product_pages.on", "10s")]),
    ("workers-scaled", &[("db_overloaded.on", "800ms")]),
    ("recovery-attempts", &[("product_pages.on", "20s")]),
    ("support-told", &[("support.patience", "10min")]),
    ("nobody-woken", &[("page.patience", "1min")]),
    ("alerts-in-all", &[("support.patience", "60min")]),
    ("traffic-relaxes", &[("spike.off", "1000/min")]),
    ("orders-relax", &[("struggle.off", "10%")]),
    ("investigation-sleeps", &[("spike.off", "1000/min")]),
    (
        "calm-after",
        &[("support.patience", "22min"), ("degraded.page", "1000ms")],
    ),
    ("fastest-cadence", &[("tight.traffic", "40s")]),
    (
        "longest-cooldown",
        &[("emergency_oncall_page.cooldown", "1h")],
    ),
];

#[test]
fn every_claim_can_fail() {
    let scenario: Arc<Scenario> = flash_sale();
    for claim in &scenario.claims {
        assert!(
            BREAKS.iter().any(|(id, ..)| *id == claim.id),
            "no setting is known under which `{}` fails",
            claim.id
        );
    }
    for (id, settings) in BREAKS {
        let broken = failing(&run(settings));
        assert!(
            broken.iter().any(|other| other == id),
            "{settings:?} breaks {broken:?}, not {id}"
        );
    }
}

// --- fixed schedules ---

#[test]
fn fixed_schedules_cost_and_see_what_they_must() {
    let results = compare(&run(&[])).expect("it can be compared");
    let of = |policy: &str| {
        results
            .iter()
            .find(|result| result.policy == policy)
            .expect("it is compared")
    };
    assert_eq!((of("cron-5m").runs, of("cron-30s").runs), (40, 400));
    assert_eq!(of("cron-30s").checks_a_day, 14_400.0);
    let adaptive = of("adaptive");
    assert!(
        (990.0..1_010.0).contains(&adaptive.checks_a_day),
        "{}",
        adaptive.checks_a_day
    );
    // Every change of the story lies on a whole minute of its grid, so that cron every 5 minutes is as early here.
    assert_eq!(of("cron-5m").detection_delay.map(|d| d.ms()), Some(0));
    assert_eq!(adaptive.detection_delay.map(|d| d.ms()), Some(0));
    // Over the sale's start both are late by half a period.
    let shifted = |policy| of(policy).shifted.expect("it is shifted").0.ms();
    assert!((shifted("cron-5m") - 147_500).abs() < 5_000);
    assert!((shifted("adaptive") - 147_500).abs() < 5_000);
    assert!(adaptive.blind < of("cron-5m").blind);
    assert!(adaptive.blind > of("cron-30s").blind);
    assert!(of("story").messages > 0);
}
