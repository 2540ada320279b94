//! The command line from the outside: what it prints, where, and how it exits.

use std::io::Read as _;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_accelerando-app"));
    command.env_remove("NO_COLOR").env_remove("CLICOLOR_FORCE");
    command
}

fn call(args: &[&str]) -> Output {
    program()
        .args(args)
        .output()
        .expect("the program can be started")
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).expect("it prints UTF-8")
}

fn errors(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).expect("it prints UTF-8")
}

fn json(args: &[&str]) -> serde_json::Value {
    let output = call(args);
    serde_json::from_slice(&output.stdout).expect("it prints JSON")
}

/// A file of that text for as long as a test needs it.
fn file(name: &str, text: &str) -> PathBuf {
    let path = std::env::temp_dir().join(format!("accelerando-{}-{name}", std::process::id()));
    std::fs::write(&path, text).expect("a temporary file can be written");
    path
}

#[test]
fn alone_it_prints_the_flash_sale() {
    let output = call(&[]);
    assert_eq!(output.status.code(), Some(0));
    assert!(output.stderr.is_empty());
    let text = out(&output);
    for wanted in [
        "In 40 min of flash sale it ran 113 checks",
        "Minute by minute",
        "Phase by phase",
        "cools down until 15:05",
        "cools down until 35:05",
        "🚨 Flash sale traffic up 5×, monitoring tightened",
        "wake the engineer: considered and held back until 21:00",
        "traffic monitor 50, order processor 34, inventory sync 11",
        "the story says         150-200",
        "Claims: 20 of 20 hold",
        "Invariants: 9 of 9 hold",
        "cron-5m",
    ] {
        assert!(text.contains(wanted), "{wanted}");
    }
}

#[test]
fn no_line_is_longer_than_a_hundred_columns() {
    for args in [
        &[][..],
        &["--set", "traffic=2"],
        &["--set", "traffic=0.2"],
        &[
            "--set",
            "cache_warm_up.fails=true",
            "--set",
            "scale_checkout_workers.fails=true",
        ],
        &["--explain", "slack_customer_support@20:05"],
        &["--explain", "emergency_oncall_page@15:00"],
        &["--help"],
    ] {
        for line in out(&call(args)).lines() {
            let width = line.chars().count();
            assert!(width <= 100, "{width} columns with {args:?}: {line}");
        }
    }
}

#[test]
fn colour_only_on_a_terminal_and_never_with_no_color() {
    assert!(!out(&call(&[])).contains('\u{1b}'));
    let output = program()
        .env("NO_COLOR", "1")
        .output()
        .expect("the program can be started");
    assert!(!out(&output).contains('\u{1b}'));
}

#[test]
fn output_that_is_closed_early_is_no_failure() {
    for args in [&[][..], &["--format", "json"], &["--format", "csv"]] {
        let mut child = program()
            .args(args)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program can be started");
        let mut first = [0; 1];
        let mut pipe = child.stdout.take().expect("it is piped");
        pipe.read_exact(&mut first).expect("it prints");
        drop(pipe);
        let output = child.wait_with_output().expect("it ends");
        assert_eq!(output.status.code(), Some(0), "{args:?}");
        assert_eq!(errors(&output), "", "{args:?}");
    }
}

#[test]
fn a_claim_that_fails_matters_only_with_check() {
    assert_eq!(call(&["--check"]).status.code(), Some(0));
    assert_eq!(call(&["--set", "traffic=2"]).status.code(), Some(0));
    let checked = call(&["--set", "traffic=2", "--check"]);
    assert_eq!(checked.status.code(), Some(1));
    assert!(out(&checked).contains("Claims: 12 of 20 hold"));
}

#[test]
fn whoever_asks_for_a_part_of_a_run_has_it_judged_as_well() {
    for part in [&["--link"][..], &["--explain", "traffic_monitor@5:00"]] {
        let judged = |set: &str| {
            let asked = call(&[&["--set", set], part].concat());
            let checked = call(&[&["--set", set, "--check"], part].concat());
            assert_eq!(out(&asked), out(&checked), "{part:?}");
            [asked.status.code(), checked.status.code()]
        };
        assert_eq!(judged("traffic=1"), [Some(0), Some(0)], "{part:?}");
        assert_eq!(judged("traffic=2"), [Some(0), Some(1)], "{part:?}");
    }
    for list in ["--list", "--list-parameters"] {
        let refused = call(&["--check", list]);
        assert_eq!(refused.status.code(), Some(2));
        let told = "--check judges a run, and a list makes none; leave one of them out\n";
        assert_eq!(
            (errors(&refused).as_str(), out(&refused).as_str()),
            (told, "")
        );
    }
}

/// What is asked, and what it says on standard error, word for word.
const MISTAKES: [(&[&str], &str); 19] = [
    (
        &["--set", "traffic=_1__"],
        "`traffic` cannot be `_1__`: write a number such as `1.5`",
    ),
    (
        &["--set", "traffic=1__0"],
        "`traffic` cannot be `1__0`: write a number such as `1.5`",
    ),
    (
        &["--set", "trafic=2"],
        "unknown parameter `trafic`, did you mean `traffic`?",
    ),
    (
        &["--set", "zzz=2"],
        "unknown parameter `zzz`; --list-parameters shows all of them",
    ),
    (
        &["--set", "traffic"],
        "--set needs NAME=VALUE, not `traffic`; --list-parameters shows the names",
    ),
    (
        &["--set", "traffic=-1"],
        "`traffic` cannot be -1: it goes from 0 to 5",
    ),
    (
        &["--set", "traffic=NaN"],
        "`traffic` cannot be `NaN`: write a number such as `1.5`",
    ),
    (
        &["--set", "traffic=much"],
        "`traffic` cannot be `much`: write a number such as `1.5`",
    ),
    (
        &["--set", "traffic_monitor.every=0s"],
        "`traffic_monitor.every` cannot be 0 s: it goes from 1 s to 24 h",
    ),
    (
        &["--set", "scale_checkout_workers.delay=300"],
        "`scale_checkout_workers.delay` cannot be `300`: write a duration such as `500ms`, `30s`, `7min` or `2h`",
    ),
    (
        &["--set", "traffic_monitor.min=20min"],
        "`traffic_monitor.min` would be larger than `traffic_monitor.max`; lower the one or raise the other",
    ),
    (
        &["--set", "cache_warm_up.fails=maybe"],
        "`cache_warm_up.fails` cannot be `maybe`: write `true` or `false`",
    ),
    (
        &["--seed", "1.5"],
        "`seed` cannot be `1.5`: write a whole number such as `7`",
    ),
    (
        &["--format", "xml"],
        "unknown format `xml`, write text, json, csv, markdown, trace-event or svg",
    ),
    (
        &["--explain", "slack_operation@5:05"],
        "unknown endpoint `slack_operation`, did you mean `slack_operations`?",
    ),
    (
        &["--explain", "slack_operations@soon"],
        "--explain needs ENDPOINT@MM:SS such as monitor@5:00, not `slack_operations@soon`",
    ),
    (
        &["--explain", "slack_operations@41:00"],
        "41:00 is not before the end of the run, 40:00",
    ),
    (
        &["--formt", "json"],
        "unknown option --formt, did you mean --format?",
    ),
    (
        &["flash-sail"],
        "unknown scenario `flash-sail`, did you mean `flash-sale`?",
    ),
];

#[test]
fn bad_input_is_told_on_standard_error_and_nothing_is_printed() {
    for (args, wanted) in MISTAKES {
        let output = call(args);
        assert_eq!(output.status.code(), Some(2), "{args:?}");
        assert!(output.stdout.is_empty(), "{args:?}");
        assert_eq!(errors(&output).trim_end(), wanted, "{args:?}");
    }
}

#[test]
fn a_file_that_is_not_there_or_not_well_formed_is_told_with_its_place() {
    let output = call(&["no/such/file.toml"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(
        errors(&output).starts_with("no/such/file.toml: "),
        "{}",
        errors(&output)
    );
    let text = accelerando::scenario::FLASH_SALE.replace("traffic > spike.on", "trafic > spike.on");
    let path = file("fault.toml", &text);
    let shown = path.to_string_lossy().into_owned();
    let output = call(&[&shown]);
    assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0));
    let told = errors(&output);
    let line = text
        .lines()
        .position(|line| line.contains("trafic >"))
        .expect("it is there")
        + 1;
    assert!(told.starts_with(&format!("{shown}:{line}:7: ")), "{told}");
    assert!(told.contains("did you mean `traffic`?"), "{told}");
    assert!(told.contains("^^^^^^"), "{told}");
}

#[test]
fn a_scenario_from_a_path_is_the_same_as_the_one_that_ships() {
    let path = file("same.toml", accelerando::scenario::FLASH_SALE);
    assert_eq!(
        out(&call(&[&path.to_string_lossy()])),
        out(&call(&["flash-sale"]))
    );
}

#[test]
fn the_last_of_repeated_settings_counts() {
    let once = json(&["--format", "json", "--set", "traffic=1.2"]);
    let twice = json(&[
        "--format",
        "json",
        "--set",
        "traffic=2",
        "--set",
        "traffic=1.2",
    ]);
    assert_eq!(once["result_hash"], twice["result_hash"]);
    assert_eq!(once["parameters"]["traffic"], 1.2);
}

#[test]
fn gaps_that_contradict_each_other_only_on_the_way_are_set_in_any_order() {
    let (min, max) = ("traffic_monitor.min=20min", "traffic_monitor.max=30min");
    let one = json(&["--format", "json", "--set", min, "--set", max]);
    let other = json(&["--format", "json", "--set", max, "--set", min]);
    assert_eq!(one["parameters"]["traffic_monitor.min"], 1_200_000);
    assert_eq!(one, other);
}

#[test]
fn every_parameter_that_cannot_be_set_is_told_in_the_order_of_the_arguments() {
    let min = "traffic_monitor.min=20min";
    let output = call(&[
        "--set",
        min,
        "--set",
        "seed=x",
        "--set",
        "traffic=9",
        "--set",
        "traffic=2",
    ]);
    let told = errors(&output);
    let lines: Vec<&str> = told.lines().collect();
    assert_eq!(lines.len(), 3, "{told}");
    assert!(lines[0].contains("would be larger than"));
    assert!(lines[1].starts_with("`seed` cannot be `x`"));
    assert!(lines[2].starts_with("`traffic` cannot be 9"));
}

#[test]
fn json_has_what_other_programs_rely_on() {
    let run = json(&["--format", "json"]);
    assert_eq!(run["accelerando"], 1);
    assert_eq!(run["scenario"], "flash-sale");
    assert_eq!(run["parameters"]["traffic"], 1);
    assert!(
        run["result_hash"]
            .as_str()
            .is_some_and(|hash| hash.len() == 16)
    );
    let runs = run["runs"].as_array().expect("a list");
    assert_eq!(runs.len(), 117);
    let detection = runs
        .iter()
        .find(|run| run["endpoint"] == "traffic_monitor" && run["start_ms"] == 300_000)
        .expect("it ran at 5:00");
    assert_eq!(
        (&detection["end_ms"], &detection["ok"]),
        (&300_000.into(), &true.into())
    );
    assert_eq!(detection["source"], "baseline");
    assert!(detection["reason"].is_string());
    for run in runs {
        let source = run["source"].as_str();
        assert!(
            matches!(source, Some("baseline" | "interval_hint" | "one_shot")),
            "{source:?}"
        );
    }
    let message = &run["messages"][0];
    assert_eq!(message["endpoint"], "slack_operations");
    assert_eq!(
        (&message["at_ms"], &message["cooldown_until_ms"]),
        (&305_000.into(), &905_000.into())
    );
    let recovery = &run["recoveries"][0];
    assert_eq!(
        (&recovery["endpoint"], &recovery["at_ms"]),
        (&"cache_warm_up".into(), &545_000.into())
    );
    assert_eq!(recovery["succeeded"], true);
    assert!(recovery["effect"].is_string());
    let snapshots = run["snapshots"].as_array().expect("a list");
    assert_eq!(snapshots.len(), 40);
    assert_eq!(
        (&snapshots[0]["minute"], &snapshots[0]["phase"]),
        (&0.into(), &"Baseline".into())
    );
    assert_eq!(snapshots[5]["metrics"]["traffic"].as_f64(), Some(5_000.0));
    assert!(
        snapshots[0]["awake"]
            .as_array()
            .is_some_and(|awake| awake.contains(&"traffic_monitor".into()))
    );
    let counted: u64 = snapshots
        .iter()
        .filter_map(|snapshot| snapshot["runs"].as_u64())
        .sum();
    assert_eq!(counted, 117);
    let claim = &run["claims"][0];
    assert_eq!(
        (&claim["id"], &claim["holds"], &claim["at_ms"]),
        (&"surge-detected".into(), &true.into(), &300_000.into())
    );
    assert!(
        claim["text"].is_string() && claim["expected"].is_string() && claim["actual"].is_string()
    );
    let invariant = &run["invariants"][0];
    assert_eq!(
        (&invariant["id"], &invariant["holds"]),
        (&"min-gap".into(), &true.into())
    );
    assert!(
        invariant["checked"].as_u64().is_some() && invariant["violations"].as_array().is_some()
    );
    assert_eq!(run["totals"]["runs"], 117);
    assert_eq!(run["totals"]["by_endpoint"]["traffic_monitor"], 50);
    assert_eq!(run["totals"]["by_tier"]["alert"], 2);
    let policies = run["comparison"].as_array().expect("a list");
    let cron = policies
        .iter()
        .find(|policy| policy["policy"] == "cron-5m")
        .expect("it is compared");
    assert_eq!(
        (&cron["runs"], &cron["detection_delay_ms"]),
        (&40.into(), &0.into())
    );
    assert!(cron["blind_ms"].as_i64().is_some() && cron["messages"].as_i64().is_some());
}

#[test]
fn csv_has_a_line_for_each_run() {
    let text = out(&call(&["--format", "csv"]));
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 118);
    assert_eq!(
        lines[0],
        "endpoint,tier,start_ms,end_ms,source,ok,moved_by,reason"
    );
    assert!(lines[1].starts_with("traffic_monitor,health,0,0,baseline,true,,"));
}

#[test]
fn a_link_is_made_and_opened_again() {
    let set = [
        "--set",
        "traffic=1.4",
        "--set",
        "scale_checkout_workers.delay=2min",
    ];
    let made = out(&call(&[&set[..], &["--link"]].concat()));
    assert!(made.starts_with("#v=1&l="), "{made}");
    let link = format!("https://example.org/sale/{}", made.trim());
    let opened = call(&["--open", &link, "--format", "csv"]);
    assert_eq!(errors(&opened), "the link: reproduced\n");
    assert_eq!(
        out(&opened),
        out(&call(&[&set[..], &["--format", "csv"]].concat()))
    );
    // With something changed of it, it cannot come to the same, and nobody asks.
    let changed = call(&["--open", &link, "--set", "traffic=1", "--link"]);
    assert_eq!(errors(&changed), "");
    // A digit of the traffic has changed on the way.
    let damaged = link.replace(":1.4", ":1.9");
    assert_ne!(damaged, link);
    let opened = call(&["--open", &damaged, "--check", "--link"]);
    let told = errors(&opened);
    assert!(told.contains("it is damaged"), "{told}");
    assert!(told.contains("not reproduced: other runs of "), "{told}");
    assert!(
        told.contains("likely because the link is damaged"),
        "{told}"
    );
    assert_eq!(opened.status.code(), Some(1));
    let opened = call(&["--open", "#v=1&l=zzz:4&k=AAA", "--format", "csv"]);
    assert!(errors(&opened).contains("skipped `l=zzz:4`: no lever of this scenario"));
    assert_eq!(out(&opened), out(&call(&["--format", "csv"])));
}

#[test]
fn a_run_is_explained_by_its_whole_chain() {
    let text = out(&call(&["--explain", "slack_customer_support@20:05"]));
    let parts = [
        "customer support ran at 20:05: the incident is 15 min old and the shop has not recovered.",
        "20:00  traffic monitor saw visitors 6,000/min, page load 3,307 ms",
        "from here on “tell customer support” holds: the incident is 15 min old and the shop has",
        "(incident age 15 min ≥ 15 min: yes",
        "the rule woke it and asked for one run at 20:05, valid until",
        "planned for 20:05: nothing stood in the way",
        "(governor: one-shot 20:05 is the only candidate; nothing moved it)",
        "it said: ⚠️ Checkout delays detected.",
        "35:05  its cooldown ends",
    ];
    let mut from = 0;
    for part in parts {
        let at = text[from..]
            .find(part)
            .unwrap_or_else(|| panic!("{part}\nis not in, or not in order:\n{text}"));
        from += at;
    }
}

#[test]
fn a_rule_that_has_had_its_turn_says_what_came_of_it() {
    let told = |arguments: &[&str]| {
        let text = out(&call(arguments));
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let ran = told(&["--explain", "slack_operations@35:37"]);
    let turn = "5:00 “tell operations” has had its turn in the incident that ended at 26:00: it asked at 5:00, and operations ran at 5:05";
    assert!(ran.contains(turn), "{ran}");
    // With noise, what had been seen by one check is taken back by the next, before anybody is told.
    let off = told(&[
        "--set",
        "noise=0.1",
        "--explain",
        "slack_customer_support@20:54",
    ]);
    let turn = "did not run at 20:54: it was asleep, and “tell customer support” has had its turn in this incident: it asked \
                at 20:00, and called it off at 20:00, before customer support could run.";
    assert!(off.contains(turn), "{off}");
}

#[test]
fn what_a_rule_that_is_waited_for_needs_itself_is_told_with_its_values() {
    let text = out(&call(&["--explain", "emergency_oncall_page@18:00"]));
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    for part in [
        "it needed “recovery was in vain” (not once so far)",
        "18:00 “recovery was in vain” itself needed time since the start of “both recoveries attempted” at least 10 min (it was 4 min 40 s) or “checkout broken” (not once so far)",
    ] {
        assert!(text.contains(part), "{part}\nis not in:\n{text}");
    }
    // What belongs to one alternative is joined by "and", alternatives by "or".
    let text = out(&call(&["--explain", "emergency_oncall_page@20:03"]));
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let needed = "at least 10 min (it was 6 min 43 s) and “shop critical” (no, not since 20:00) or “checkout broken” (not once so far)";
    assert!(text.contains(needed), "{text}");
    let text = out(&call(&["--explain", "cache_warm_up@9:05"]));
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    for part in [
        "product pages take 1,167 ms, of at most 850 ms",
        "the rule woke it and asked for one run",
    ] {
        assert!(text.contains(part), "{part}\nis not in:\n{text}");
    }
}

#[test]
fn a_reason_names_the_condition_that_held_and_when_it_was_seen() {
    let failing = [
        "--set",
        "cache_warm_up.effectiveness=0",
        "--set",
        "page.patience=5min",
    ];
    let runs = out(&call(&[&failing[..], &["--format", "csv"]].concat()));
    let told = runs
        .lines()
        .find(|line| line.starts_with("slack_customer_support"))
        .expect("support is told");
    assert!(
        told.contains("both recoveries have failed") && !told.contains("old"),
        "{told}"
    );
    let text = out(&call(&["--explain", "traffic_monitor@26:00"]));
    assert!(
        text.contains("a surge of 5,200/min visitors (seen at 25:30)"),
        "{text}"
    );
}

#[test]
fn what_did_not_run_is_explained_by_what_held_it_back() {
    let text = out(&call(&["--explain", "emergency_oncall_page@15:00"]));
    assert!(
        text.starts_with("on-call page did not run at 15:00: it was asleep"),
        "{text}"
    );
    assert!(
        text.replace('\n', " ").contains(
            "it needed “recovery was in vain” (not once so far), and customer support to have run (it had not)"
        ),
        "{text}"
    );
    let planned = out(&call(&["--explain", "traffic_monitor@3:00"]));
    assert!(planned.contains("it was planned for 5:00"), "{planned}");
}

#[test]
fn lists_and_help_need_no_run() {
    assert!(out(&call(&["--list"])).starts_with("flash-sale "));
    let parameters = out(&call(&["--list-parameters"]));
    for name in [
        "traffic ",
        "traffic.surge ",
        "cache_warm_up.effectiveness ",
        "spike.on ",
        "seed ",
        "noise ",
    ] {
        assert!(
            parameters.lines().any(|line| line.starts_with(name)),
            "{name}"
        );
    }
    assert!(out(&call(&["--help"])).contains("Exit codes"));
    assert!(out(&call(&["--version"])).contains(env!("CARGO_PKG_VERSION")));
}

#[test]
fn noise_depends_on_the_seed_alone() {
    let hash = |seed: &str| {
        json(&["--format", "json", "--set", "noise=0.02", "--seed", seed])["result_hash"].clone()
    };
    assert_eq!(hash("3"), hash("3"));
    assert_ne!(hash("3"), hash("4"));
}

#[test]
fn an_answer_that_cannot_be_written_is_told() {
    // A device that takes nothing, where there is one.
    let Ok(full) = std::fs::OpenOptions::new().write(true).open("/dev/full") else {
        return;
    };
    let output = program()
        .args(["--format", "json"])
        .stdout(Stdio::from(full))
        .output()
        .expect("the program can be started");
    assert_eq!(output.status.code(), Some(2));
    assert!(
        errors(&output).starts_with("the answer cannot be written: "),
        "{}",
        errors(&output)
    );
}
