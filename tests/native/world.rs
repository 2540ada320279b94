//! The shop itself: the story's table, and that more load is never faster.

use accelerando::scenario::{Parameters, Scenario};
use accelerando::sim::{World, simulate};
use accelerando::time::Instant;
use proptest::prelude::*;

use crate::settings::flash_sale;

/// Minutes, visitors, page load, orders, database, lag, as the story tells them.
const TABLE: [(i64, i64, f64, f64, f64, f64, f64); 6] = [
    (0, 5, 1_000.0, 800.0, 40.0, 120.0, 100.0),
    (5, 9, 5_000.0, 1_800.0, 180.0, 280.0, 250.0),
    (9, 13, 5_500.0, 3_200.0, 160.0, 850.0, 450.0),
    (13, 21, 6_000.0, 4_500.0, 120.0, 1_200.0, 600.0),
    (21, 26, 5_200.0, 2_800.0, 175.0, 650.0, 350.0),
    (26, 40, 1_500.0, 1_100.0, 50.0, 180.0, 150.0),
];

fn value(scenario: &Scenario, values: &[f64], metric: &str) -> f64 {
    values[scenario.metric(metric).expect("it is a metric")]
}

#[test]
fn at_the_defaults_the_metrics_are_those_of_the_story() {
    let scenario = flash_sale();
    let trace = simulate(&scenario, &Parameters::new(&scenario)).expect("it runs");
    for (from, to, traffic, page, orders, database, lag) in TABLE {
        let middle = Instant::from_ms((from + to) * 30_000);
        let values = &trace.truth([middle])[0];
        for (metric, wanted) in [
            ("traffic", traffic),
            ("page_load", page),
            ("orders", orders),
            ("db_time", database),
            ("inventory_lag", lag),
        ] {
            let got = value(&scenario, values, metric);
            assert!(
                (got - wanted).abs() <= wanted * 0.01,
                "{metric} at {middle}: {got}, not {wanted}"
            );
        }
    }
}

#[test]
fn values_step_at_the_first_instant_of_a_phase() {
    let scenario = flash_sale();
    let trace = simulate(&scenario, &Parameters::new(&scenario)).expect("it runs");
    let at = |ms| {
        value(
            &scenario,
            &trace.truth([Instant::from_ms(ms)])[0],
            "traffic",
        )
    };
    assert_eq!((at(299_999), at(300_000)), (1_000.0, 5_000.0));
}

/// The page load at an instant, with recoveries that began at given times.
fn page_load(settings: &[(&str, f64)], recovered: [Option<i64>; 2], at: i64) -> f64 {
    let scenario = flash_sale();
    let mut parameters = Parameters::new(&scenario);
    for (name, value) in settings {
        let index = scenario.parameter(name).expect("it is a parameter");
        parameters
            .set(&scenario, index, *value)
            .expect("it is in range");
    }
    let mut world = World::new(&scenario, &parameters);
    for (id, since) in ["cache_warm_up", "scale_checkout_workers"]
        .into_iter()
        .zip(recovered)
    {
        if let Some(since) = since {
            let id = scenario.endpoint(id).expect("it is an endpoint");
            world.recover(id, Instant::from_ms(since));
        }
    }
    let values = world.metrics(&scenario, &parameters, Instant::from_ms(at));
    value(&scenario, values, "page_load")
}

fn moment() -> impl Strategy<Value = Option<i64>> {
    proptest::option::of(0..2_400_000_i64)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn more_traffic_is_never_faster(
        at in 0..2_400_000_i64, low in 0.0..5.0_f64, high in 0.0..5.0_f64, cache in moment(), workers in moment()
    ) {
        let (low, high) = if low < high { (low, high) } else { (high, low) };
        let recovered = [cache, workers];
        let slow = page_load(&[("traffic", high)], recovered, at);
        let fast = page_load(&[("traffic", low)], recovered, at);
        prop_assert!(fast <= slow, "{fast} ms at {low}, {slow} ms at {high}");
    }

    #[test]
    fn more_effectiveness_is_never_slower(
        at in 0..2_400_000_i64, low in 0.0..2.0_f64, high in 0.0..2.0_f64, traffic in 0.0..5.0_f64,
        cache in moment(), workers in moment(), which in 0..2_usize
    ) {
        let (low, high) = if low < high { (low, high) } else { (high, low) };
        let name = ["cache_warm_up.effectiveness", "scale_checkout_workers.effectiveness"][which];
        let recovered = [cache, workers];
        let weak = page_load(&[("traffic", traffic), (name, low)], recovered, at);
        let strong = page_load(&[("traffic", traffic), (name, high)], recovered, at);
        prop_assert!(strong <= weak, "{name}: {strong} ms at {high}, {weak} ms at {low}");
    }

    #[test]
    fn nothing_changes_for_as_long_as_the_world_says_it_is_steady(
        at in 0..2_400_000_i64, share in 0.0..1.0_f64, cache in moment(), workers in moment()
    ) {
        let scenario = flash_sale();
        let parameters = Parameters::new(&scenario);
        let mut world = World::new(&scenario, &parameters);
        for (id, since) in ["cache_warm_up", "scale_checkout_workers"].into_iter().zip([cache, workers]) {
            if let Some(since) = since {
                world.recover(scenario.endpoint(id).expect("it is an endpoint"), Instant::from_ms(since));
            }
        }
        let at = Instant::from_ms(at);
        let until = world.steady_until(&scenario, at);
        prop_assert!(until >= at && until <= scenario.phase_end(scenario.phase_at(at)));
        let here = world.metrics(&scenario, &parameters, at).to_vec();
        let last = (until - at).ms() - 1;
        if last > 0 {
            let within = Instant::from_ms(at.ms() + (last as f64 * share) as i64);
            prop_assert_eq!(world.metrics(&scenario, &parameters, within), here.as_slice());
            let end = Instant::from_ms(until.ms() - 1);
            prop_assert_eq!(world.metrics(&scenario, &parameters, end), here.as_slice());
        }
    }
}
