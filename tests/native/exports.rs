//! Trace events and pictures keep to what their formats ask, for many runs; every format is the same from every door.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use accelerando::export::{Chart, Findings, Format, Theme, export};
use accelerando::insight::{claims, compare_here, invariants};
use accelerando::scenario::{Parameters, Scenario};
use accelerando::sim::{Trace, simulate};
use serde_json::Value;

use crate::settings::{flash_sale, setting};

/// The defaults, some random settings, runs that take time, and a rule that flaps.
fn traces() -> &'static [Trace] {
    static TRACES: OnceLock<Vec<Trace>> = OnceLock::new();
    TRACES.get_or_init(made)
}

fn made() -> Vec<Trace> {
    let sale = flash_sale();
    let mut traces = vec![simulate(&sale, &Parameters::new(&sale)).expect("it runs")];
    for number in 0..24 {
        traces.extend(simulate(&sale, &setting(&sale, number)));
    }
    for text in [include_str!("works.toml"), include_str!("flapping.toml")] {
        let scenario = Arc::new(Scenario::parse(text).expect("it is well-formed"));
        traces.push(simulate(&scenario, &Parameters::new(&scenario)).expect("it runs"));
    }
    traces
}

fn written(trace: &Trace, format: Format) -> String {
    // What takes long to work out, the sale's other starts, is in none of these formats.
    let findings = Findings {
        claims: claims(trace),
        invariants: invariants(trace),
        comparison: compare_here(trace),
    };
    export(trace, &findings, format).expect("it can be written")
}

fn events(trace: &Trace) -> Vec<Value> {
    let file: Value =
        serde_json::from_str(&written(trace, Format::TraceEvent)).expect("it is JSON");
    file["traceEvents"]
        .as_array()
        .expect("there are events")
        .clone()
}

fn of<'a>(events: &'a [Value], ph: &str) -> Vec<&'a Value> {
    events.iter().filter(|event| event["ph"] == ph).collect()
}

fn number(event: &Value, field: &str) -> i64 {
    event[field]
        .as_i64()
        .unwrap_or_else(|| panic!("{field} of {event}"))
}

/// Process and track.
fn track(event: &Value) -> (i64, i64) {
    (number(event, "pid"), number(event, "tid"))
}

#[test]
fn every_endpoint_has_a_track_of_its_own_with_a_complete_event_for_each_run() {
    for trace in traces() {
        let events = events(trace);
        let mut names: BTreeMap<(i64, i64), String> = BTreeMap::new();
        for event in of(&events, "M") {
            if event["name"] == "thread_name" {
                let name = event["args"]["name"].as_str().expect("it is named");
                assert!(names.insert(track(event), name.to_owned()).is_none());
            }
        }
        assert_eq!(names.len(), trace.scenario.endpoints.len());
        let runs = of(&events, "X");
        assert_eq!(runs.len(), trace.log.runs.len());
        for (event, run) in runs.iter().zip(&trace.log.runs) {
            let endpoint = &trace.scenario.endpoints[run.endpoint.index()];
            assert_eq!(names[&track(event)], endpoint.name);
            assert_eq!(number(event, "ts"), run.start.ms() * 1_000);
            assert_eq!(event["args"]["endpoint"], endpoint.id.as_str());
        }
    }
}

#[test]
fn complete_events_of_one_track_never_overlap_and_can_be_seen() {
    for trace in traces() {
        let mut busy: BTreeMap<(i64, i64), i64> = BTreeMap::new();
        for event in of(&events(trace), "X") {
            let (start, length) = (number(event, "ts"), number(event, "dur"));
            let until = busy
                .insert(track(event), start + length)
                .unwrap_or(i64::MIN);
            assert!(start >= until, "{event} begins before {until}");
            assert!(length > 0, "{event} cannot be seen");
        }
    }
}

#[test]
fn runs_that_take_time_are_as_long_as_they_took() {
    let trace = traces()
        .iter()
        .rfind(|trace| trace.scenario.name == "works");
    let trace = trace.expect("it is there");
    let events = events(trace);
    let long = of(&events, "X")
        .into_iter()
        .filter(|event| number(event, "dur") > 1_000)
        .inspect(|event| {
            assert_eq!(
                number(event, "dur"),
                event["args"]["took_ms"].as_i64().unwrap_or(0) * 1_000
            );
        });
    assert!(long.count() > 3);
}

#[test]
fn arrows_have_two_ends_with_one_id_within_slices_and_go_forward() {
    let mut arrows = 0;
    for trace in traces() {
        let events = events(trace);
        let slices = of(&events, "X");
        let within = |end: &Value| {
            slices.iter().any(|slice| {
                let from = number(slice, "ts");
                track(slice) == track(end)
                    && (from..=from + number(slice, "dur")).contains(&number(end, "ts"))
            })
        };
        let mut starts: BTreeMap<i64, &Value> = BTreeMap::new();
        for start in of(&events, "s") {
            assert!(
                starts.insert(number(start, "id"), start).is_none(),
                "{start}"
            );
            assert!(within(start), "{start}");
        }
        let ends = of(&events, "f");
        assert_eq!(starts.len(), ends.len());
        for end in ends {
            let start = starts
                .remove(&number(end, "id"))
                .expect("it begins somewhere");
            assert!(within(end), "{end}");
            assert_eq!(end["bp"], "e");
            assert!(number(start, "ts") <= number(end, "ts"), "{start} {end}");
            assert_eq!((&start["name"], &start["cat"]), (&end["name"], &end["cat"]));
            arrows += 1;
        }
        assert!(starts.is_empty());
    }
    assert!(arrows > 500, "{arrows}");
}

#[test]
fn an_arrow_goes_from_what_was_seen_to_what_was_asked_for() {
    let trace = &traces()[0];
    let events = events(trace);
    let support = of(&events, "X")
        .into_iter()
        .find(|event| event["args"]["endpoint"] == "slack_customer_support")
        .expect("support is told");
    let end = of(&events, "f")
        .into_iter()
        .find(|end| track(end) == track(support) && end["ts"] == support["ts"])
        .expect("it has a cause");
    let start = of(&events, "s")
        .into_iter()
        .find(|start| start["id"] == end["id"])
        .expect("it begins somewhere");
    let cause = of(&events, "X")
        .into_iter()
        .find(|slice| track(slice) == track(start) && number(slice, "ts") == 1_200_000_000)
        .expect("it ran at 20:00");
    assert_eq!(cause["args"]["endpoint"], "traffic_monitor");
}

#[test]
fn counters_tell_metrics_and_cadences_in_order_of_time() {
    let trace = &traces()[0];
    let events = events(trace);
    let times: Vec<i64> = events.iter().map(|event| number(event, "ts")).collect();
    assert!(times.is_sorted());
    let counters = of(&events, "C");
    let values = |name: &str, field: &str| -> Vec<(i64, f64)> {
        let of_name = counters.iter().filter(|event| event["name"] == name);
        of_name
            .filter_map(|event| Some((number(event, "ts") / 1_000, event["args"][field].as_f64()?)))
            .collect()
    };
    let visitors = values("Visitors", "true");
    assert_eq!(visitors[0], (0, 1_000.0));
    assert_eq!(visitors[1], (300_000, 5_000.0));
    let seen = trace
        .observations
        .iter()
        .filter(|seen| seen.metric == trace.scenario.metric("traffic").expect("it exists"));
    assert_eq!(values("Visitors", "observed").len(), seen.count());
    assert_eq!(
        values("traffic monitor", "every_s")[..2],
        [(0, 300.0), (300_000, 30.0)]
    );
    assert_eq!(values("page analyzer", "every_s")[0], (0, 0.0), "it sleeps");
    for event in &counters {
        let args = event["args"].as_object().expect("it has values");
        assert!(
            args.values().all(|value| value.as_f64().is_some()),
            "{event}"
        );
    }
}

#[test]
fn incidents_are_marked() {
    let events = events(&traces()[0]);
    let marks: Vec<(i64, String)> = of(&events, "i")
        .iter()
        .map(|mark| {
            (
                number(mark, "ts") / 1_000,
                mark["name"].as_str().unwrap_or_default().to_owned(),
            )
        })
        .collect();
    assert_eq!(
        marks,
        [
            (300_000, "the surge: opened".to_owned()),
            (1_560_000, "the surge: closed".to_owned())
        ]
    );
}

/// Opens and closes every element, as far as a picture needs it: no entities but the five, no comments.
fn well_formed(text: &str) {
    let mut open: Vec<&str> = Vec::new();
    let mut rest = text.trim_end();
    while let Some(at) = rest.find('<') {
        let words = &rest[..at];
        assert!(!words.contains('>'), "{words}");
        for entity in words.split('&').skip(1) {
            let known = ["amp;", "lt;", "gt;", "quot;"];
            assert!(
                known.iter().any(|known| entity.starts_with(known)),
                "&{entity}"
            );
        }
        let end = rest[at..].find('>').expect("a tag ends") + at;
        let tag = &rest[at + 1..end];
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop(), Some(name));
        } else if !tag.ends_with('/') {
            open.push(tag.split(' ').next().unwrap_or_default());
        }
        assert_eq!(tag.matches('"').count() % 2, 0, "{tag}");
        rest = &rest[end + 1..];
    }
    assert!(open.is_empty() && rest.is_empty(), "{open:?} {rest}");
    assert!(
        !text.contains(|c: char| c < ' ' && c != '\n'),
        "control characters"
    );
}

#[test]
fn a_picture_is_well_formed_and_shows_every_run() {
    for trace in traces() {
        let picture = written(trace, Format::Svg(Chart::Whole, Theme::Auto));
        well_formed(&picture);
        assert!(
            !picture.contains("NaN") && !picture.contains("inf"),
            "{}",
            trace.scenario.name
        );
        assert!(
            !picture.contains("var(") && !picture.contains("http:/")
                || picture.matches("http").count() == 1
        );
        for endpoint in &trace.scenario.endpoints {
            assert!(picture.contains(&endpoint.name), "{}", endpoint.name);
        }
    }
    let picture = written(&traces()[0], Format::Svg(Chart::Whole, Theme::Auto));
    let marks = picture.matches("l6 6l-6 6l-6 -6z").count() + picture.matches("v12").count();
    assert_eq!(marks, 117);
    assert_eq!(picture.matches('\u{2713}').count(), 20);
    assert!(picture.contains(".f-health{fill:#007a5a}"), "light");
    assert!(picture.contains(".f-health{fill:#1fb98d}"), "dark");
}

#[test]
fn a_picture_can_be_of_one_chart_and_in_one_theme_and_says_where_it_comes_from() {
    let trace = &traces()[0];
    for (name, wanted, others) in [
        ("svg:metrics", "Conversion", ["Claims:", "Cadence"]),
        ("svg:timeline", "on-call page", ["Conversion", "Claims:"]),
        ("svg:cadence", "Cadence", ["Conversion", "on-call page"]),
        (
            "svg:claims:dark",
            "Claims: 20 of 20 hold",
            ["Conversion", "Cadence"],
        ),
    ] {
        let picture = written(trace, Format::named(name).expect(name));
        well_formed(&picture);
        assert!(picture.contains(wanted), "{name}");
        for other in others {
            assert!(!picture.contains(other), "{name} has {other}");
        }
        let source = format!(
            "Accelerando {}, scenario flash-sale, at its defaults; result {:016x}",
            env!("CARGO_PKG_VERSION"),
            trace.hash()
        );
        assert!(picture.contains(&source), "{name}");
    }
    let light = written(trace, Format::Svg(Chart::Whole, Theme::Light));
    assert!(light.contains("#007a5a") && !light.contains("#1fb98d"));
    let dark = written(trace, Format::Svg(Chart::Whole, Theme::Dark));
    assert!(dark.contains("#1fb98d") && !dark.contains("#007a5a"));
    for wrong in [
        "svg:",
        "svg:pie",
        "svg:dark:light",
        "svg:cadence:metrics",
        "csv:dark",
        ":svg",
    ] {
        assert_eq!(Format::named(wrong), None, "{wrong}");
    }
}

#[test]
fn texts_of_a_scenario_cannot_break_a_picture_or_a_table() {
    let text = accelerando::scenario::FLASH_SALE
        .replace("title = \"Flash sale\"", "title = \"<b>&\\\"]]>|\"")
        .replace("name = \"traffic monitor\"", "name = \"a|b c<d\"")
        .replacen("expected = \"", "expected = \"<b>&\\u0001\\\"]]>|\\r\\n", 1)
        .replacen("actual = \"", "actual = \"<b>&\\u0001\\\"]]>|\\r\\n", 1);
    let scenario = Arc::new(Scenario::parse(&text).expect("it is well-formed"));
    let trace = simulate(&scenario, &Parameters::new(&scenario)).expect("it runs");
    well_formed(&written(&trace, Format::Svg(Chart::Whole, Theme::Auto)));
    let report = written(&trace, Format::Markdown);
    assert!(report.contains("a\\|b c&lt;d"));
    let mut columns = None;
    for line in report.lines() {
        let cells = line.replace("\\|", "").matches('|').count();
        match columns {
            Some(before) if line.starts_with('|') => assert_eq!(cells, before, "{line}"),
            _ => columns = line.starts_with('|').then_some(cells),
        }
        columns = columns.filter(|_| line.starts_with('|'));
    }
}

#[test]
fn the_report_has_every_table_and_says_what_was_changed() {
    let sale = flash_sale();
    let mut parameters = Parameters::new(&sale);
    parameters
        .set_text(&sale, "traffic", "2")
        .expect("it can be set");
    let report = written(
        &simulate(&sale, &parameters).expect("it runs"),
        Format::Markdown,
    );
    for heading in [
        "# Flash sale",
        "## Changed parameters",
        "## Minute by minute",
        "## Phase by phase",
        "## Alerts",
        "## Recoveries",
        "## All runs",
        "## Cadence",
        "## Comparison",
        "## Claims",
    ] {
        assert!(report.lines().any(|line| line == heading), "{heading}");
    }
    assert!(report.contains("| traffic | 2 | 1 |"), "{}", &report[..600]);
    let plain = written(&traces()[0], Format::Markdown);
    assert!(!plain.contains("Changed parameters"));
    assert!(plain.contains("20 of 20 claims and 9 of 9 invariants hold."));
}

#[test]
fn a_long_run_is_looked_at_in_a_bounded_number_of_steps() {
    let text = include_str!("works.toml").replace("duration = \"30min\"", "duration = \"1440h\"");
    let scenario = Arc::new(Scenario::parse(&text).expect("it is well-formed"));
    let trace = simulate(&scenario, &Parameters::new(&scenario)).expect("it runs");
    let counters = of(&events(&trace), "C").len();
    assert!(counters < 30_000 + trace.observations.len(), "{counters}");
}
