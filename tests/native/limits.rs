//! Every limit from both sides, the list of limits in the documents, and files that were made to be dear.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use accelerando::diagnostic::{Fault, counted};
use accelerando::limits;
use accelerando::scenario::{FLASH_SALE, Parameters, Scenario};
use accelerando::sim::{Budget, SimulationError, Trace, check, simulate};
use proptest::prelude::*;

const HEAD: &str = "accelerando = 1\nname = \"x\"\ntitle = \"t\"\nduration = \"40min\"\n";
const ENDPOINT: &str =
    "[[endpoint]]\nid = \"a\"\ntier = \"health\"\nevery = \"5min\"\nobserves = [\"m\"]\n";
const METRIC: &str = "[[metric]]\nid = \"m\"\nis = \"1\"\n";

fn times(count: usize, make: impl Fn(usize) -> String) -> String {
    (0..count).map(make).collect()
}

fn file(more: &str) -> String {
    format!("{HEAD}{more}{METRIC}{ENDPOINT}")
}

fn faults(text: &str) -> Vec<Fault> {
    Scenario::parse(text).err().unwrap_or_default()
}

fn messages(text: &str) -> Vec<String> {
    faults(text)
        .into_iter()
        .map(|fault| fault.message)
        .collect()
}

/// The table of the documents, made from the constants and what stands over them.
fn table() -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let source = fs::read_to_string(root.join("src/limits.rs")).expect("it is there");
    let mut table = "| what | at most |\n|---|---|\n".to_owned();
    let mut words = String::new();
    for line in source.lines() {
        if let Some(more) = line.strip_prefix("/// ") {
            let space = if words.is_empty() { "" } else { " " };
            let _ = write!(words, "{space}{more}");
        } else if let Some(constant) = line.strip_prefix("pub const ") {
            let (name, value) = constant.split_once('=').expect("it has a value");
            let name = name.split(':').next().unwrap_or_default();
            let value = value.trim().trim_end_matches(';');
            let words = words.trim_end_matches('.').replace(['[', ']'], "");
            let value = counted(number(value));
            let _ = writeln!(table, "| {words} (`{name}`) | {value} |");
        }
        if !line.starts_with("///") {
            words.clear();
        }
    }
    table
}

fn number(written: &str) -> usize {
    let read = |text: &str| -> usize { text.trim().replace('_', "").parse().expect("a number") };
    if let Some((number, by)) = written.split_once("<<") {
        return read(number) << read(by);
    }
    match written.split_once('*') {
        Some((one, other)) => read(one) * read(other),
        None => read(written),
    }
}

#[test]
fn the_documents_list_every_limit_as_it_is() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let path = root.join("docs/language.md");
    let text = fs::read_to_string(&path).expect("it is there");
    let (start, end) = ("<!-- limits -->\n", "<!-- end of limits -->");
    let (before, rest) = text.split_once(start).expect("the list begins");
    let (listed, after) = rest.split_once(end).expect("the list ends");
    let table = table();
    if std::env::var_os("BLESS").is_some() {
        let text = format!("{before}{start}{table}{end}{after}");
        fs::write(&path, text).expect("it can be written");
        return;
    }
    assert_eq!(listed, table, "BLESS=1 writes the list anew");
}

/// What a file may hold so many of: what it is called, how many, and a file with a number of them.
type Limit = (&'static str, usize, fn(usize) -> String);

fn parts() -> Vec<Limit> {
    vec![
        ("phases", limits::PHASES, |count| {
            file(
                &times(count, |i| {
                    format!("[[phase]]\nid = \"p{i}\"\nfrom = \"0:{i:02}\"\n")
                })
                .replace("0:60", "1:00")
                .replace("0:61", "1:01")
                .replace("0:62", "1:02")
                .replace("0:63", "1:03")
                .replace("0:64", "1:04"),
            )
            .replace("40min", "65min")
        }),
        ("columns", limits::COLUMNS, |count| {
            file(&format!(
                "[phases.columns]\n{}",
                times(count, |i| format!("c{i} = \"\"\n"))
            ))
        }),
        ("constants", limits::CONSTANTS, |count| {
            file(&format!(
                "[constants]\n{}",
                times(count, |i| format!("c{i} = 1\n"))
            ))
        }),
        ("thresholds", limits::THRESHOLDS, |count| {
            file(&format!(
                "[thresholds]\n{}",
                times(count, |i| format!("c{i} = {{ default = 1 }}\n"))
            ))
        }),
        ("functions", limits::FUNCTIONS, |count| {
            file(&format!(
                "[functions]\n{}",
                times(count, |i| format!("f{i} = {{ of = \"x\", is = \"x\" }}\n"))
            ))
        }),
        ("metrics", limits::METRICS, |count| {
            file(&times(count - 1, |i| {
                format!("[[metric]]\nid = \"m{i}\"\nis = \"1\"\n")
            }))
        }),
        ("endpoints", limits::ENDPOINTS, |count| {
            file(&times(count - 1, |i| {
                format!("[[endpoint]]\nid = \"e{i}\"\ntier = \"health\"\n")
            }))
        }),
        ("rules", limits::RULES, |count| {
            file(&times(count, |i| {
                format!("[[rule]]\nid = \"r{i}\"\ntier = \"health\"\non = \"m > 1\"\n")
            }))
        }),
        ("claims", limits::CLAIMS, |count| {
            file(&times(count, |i| {
                format!(
                    "[[claim]]\nid = \"c{i}\"\ntext = \"\"\nexpected = \"\"\nactual = \"\"\nholds = \"m > 1\"\n"
                )
            }))
        }),
        ("policies", limits::POLICIES, |count| {
            file(&times(count, |i| {
                format!("[[policy]]\nid = \"p{i}\"\nevery = {{ a = \"1min\" }}\n")
            }))
        }),
        ("chapters", limits::CHAPTERS, |count| {
            file(&times(count, |i| {
                format!("[[chapter]]\nid = \"c{i}\"\ntitle = \"t\"\nat = \"1min\"\n")
            }))
        }),
        ("questions", limits::QUESTIONS, |count| {
            file(&times(count, |_| {
                "[[question]]\ntext = \"t\"\nholds = \"m > 1\"\n".to_owned()
            }))
        }),
        ("calls in all its rules together", limits::CALLS, |count| {
            let calls = times(count, |_| "{ endpoint = \"a\", clear = true }, ".to_owned());
            file(&format!(
                "[[rule]]\nid = \"r\"\ntier = \"health\"\non = \"m > 1\"\ncalls = [{calls}]\n"
            ))
        }),
        (
            "sentences in all messages, reasons and chapters together",
            limits::SENTENCES,
            |count| {
                let said = times(count, |_| "\"x\", ".to_owned());
                file("") + &format!("message = [{said}]\n")
            },
        ),
        ("names in all its lists together", limits::LISTED, |count| {
            let names = times(count - 1, |_| "\"a\", ".to_owned());
            file("") + &format!("milder = [{names}]\n")
        }),
        (
            "steps in all its expressions together",
            limits::NODES,
            |count| {
                // The metric that is there is one step, a comparison three and one for the whole, and each reading two
                // and one for all of them.
                // A sum of so many ones, in groups so that it is not deep, has one sign less than ones.
                let sum = |i: usize, ones: usize| {
                    let groups = (0..ones.div_ceil(50)).map(|group| {
                        let size = 50.min(ones - group * 50);
                        format!("({})", vec!["1"; size].join(" + "))
                    });
                    let sum = groups.collect::<Vec<_>>().join(" + ");
                    format!("[[metric]]\nid = \"n{i}\"\nis = \"{sum}\"\n")
                };
                let (whole, rest) = ((count - 1) / 999, (count - 1) % 999);
                let (odd, one) = match rest % 2 {
                    0 => (rest.saturating_sub(1), rest.min(1)),
                    _ => (rest, 0),
                };
                let last = if odd > 0 {
                    sum(whole, odd.div_ceil(2))
                } else {
                    String::new()
                };
                let single = times(one, |i| sum(whole + 1 + i, 1));
                file(&(times(whole, |i| sum(i, 500)) + &last + &single))
            },
        ),
    ]
}

#[test]
fn a_file_may_hold_so_many_of_each_and_no_more() {
    for (what, most, make) in parts() {
        let within = make(most);
        assert_eq!(messages(&within), [""; 0], "{what}");
        let told = messages(&make(most + 1));
        let (most, found) = (counted(most), counted(most + 1));
        let expected = format!("a scenario may have at most {most} {what}, and this has {found}");
        assert!(told.contains(&expected), "{told:?}");
    }
}

#[test]
fn a_file_has_so_many_bytes_and_no_more() {
    let text = |bytes: usize| {
        let text = file("");
        let room = bytes - text.len() - 2;
        text + "# " + &"x".repeat(room)
    };
    assert_eq!(messages(&text(limits::FILE_BYTES)), [""; 0]);
    assert_eq!(
        messages(&text(limits::FILE_BYTES + 1)),
        ["a scenario may have at most 1048576 bytes, and this has 1048577"]
    );
}

#[test]
fn an_expression_is_so_long_so_deep_and_no_more() {
    let with = |is: &str| messages(&file(&format!("[[metric]]\nid = \"n\"\nis = \"{is}\"\n")));
    let long = |bytes: usize| with(&("1".to_owned() + &" ".repeat(bytes - 1)));
    assert_eq!(long(limits::EXPRESSION_BYTES), [""; 0]);
    assert_eq!(
        long(limits::EXPRESSION_BYTES + 1),
        ["an expression may have at most 4,000 bytes, and this has 4,001"]
    );
    let nested = |depth: usize| with(&("(".repeat(depth - 1) + "1" + &")".repeat(depth - 1)));
    assert_eq!(nested(limits::NESTED), [""; 0]);
    assert_eq!(
        nested(limits::NESTED + 1),
        ["an expression can be nested 64 deep at most"]
    );
    let levels = |count: usize| with(&("1 + ".repeat(count - 1) + "1"));
    assert_eq!(levels(limits::LEVELS), [""; 0]);
    let told = "an expression may have at most 200 steps within each other";
    assert_eq!(levels(limits::LEVELS + 1)[0], told);
}

/// Functions that each call the one before them so many times.
fn functions(count: usize, calls: usize) -> String {
    let body = |i: usize| vec![format!("f{i}(x)"); calls].join(" + ");
    let others = times(count, |i| {
        format!("f{} = {{ of = \"x\", is = \"{}\" }}\n", i + 1, body(i))
    });
    file(&format!(
        "[functions]\nf0 = {{ of = \"x\", is = \"x\" }}\n{others}[[metric]]\nid = \"n\"\nis = \"f{count}(1)\"\n"
    ))
}

#[test]
fn functions_count_with_what_they_call_and_are_told_once() {
    // Each doubles the one before it, and adds three steps and more.
    assert_eq!(messages(&functions(11, 2)), [""; 0]);
    let told = messages(&functions(40, 2));
    assert!(
        told[0].starts_with("the expressions of a scenario may have at most 20,000 steps together"),
        "{told:?}"
    );
    assert!(
        told.iter().all(|message| !message.contains("unknown")),
        "{told:?}"
    );
    // A chain does not grow, but it is deep.
    assert_eq!(messages(&functions(60, 1)), [""; 0]);
    let deep = |terms: usize| {
        let text = functions(60, 1);
        let chain = "f60(1)".to_owned() + &" + 1".repeat(terms);
        messages(&text.replace("f60(1)", &chain))
    };
    // A function and its argument are a step of their own each.
    assert_eq!(deep(60), [""; 0]);
    let told = deep(190);
    assert!(
        told[0].contains("those of the functions that it calls included"),
        "{told:?}"
    );
}

#[test]
fn many_faults_are_told_in_part() {
    let lines = |count: usize| file(&times(count, |i| format!("k{i} = 1\n")));
    let told = faults(&lines(100));
    assert_eq!(told.len(), limits::FAULTS + 1);
    assert_eq!(told[limits::FAULTS].message, "and 80 more");
    let told = faults(&lines(limits::FAULTS_READ - 1));
    assert_eq!(told[limits::FAULTS].message, "and 179 more");
    let told = faults(&lines(limits::FAULTS_READ + 1));
    assert_eq!(told[limits::FAULTS].message, "and at least 180 more");
    let told = faults(&"x x\n".repeat(50_000));
    assert_eq!(told[limits::FAULTS].code, "more_faults");
    assert_eq!(told[limits::FAULTS].message, "and 49,980 more");
}

#[test]
fn a_text_has_so_many_letters_and_no_more() {
    let with = |letters: usize| messages(&file(&format!("about = \"{}\"\n", "é".repeat(letters))));
    assert_eq!(with(limits::TEXT_LETTERS), [""; 0]);
    let told = ["a text may have at most 8,000 letters, and this has 8,001"];
    assert_eq!(with(limits::TEXT_LETTERS + 1), told);
}

#[test]
fn a_value_has_so_many_bytes_and_no_more() {
    let told = "a moment, a duration or a number may have at most 64 bytes, and this has 65";
    let zeros = |bytes: usize, end: &str| "0".repeat(bytes - end.len()) + end;
    let duration = |bytes| file("").replace("40min", &zeros(bytes, "40min"));
    let moment = |bytes| file("") + &format!("start_at = \"{}\"\n", zeros(bytes, "1:00"));
    let number = |bytes| {
        let is = zeros(bytes, "1");
        file(&format!("[[metric]]\nid = \"n\"\nis = \"{is}\"\n"))
    };
    let float = |bytes: usize| {
        let value = format!("0.{}1", "0".repeat(bytes - 3));
        file(&format!("[constants]\nc = {value}\n"))
    };
    let texts: [&dyn Fn(usize) -> String; 4] = [&duration, &moment, &number, &float];
    for (place, text) in texts.into_iter().enumerate() {
        assert_eq!(messages(&text(limits::VALUE_BYTES)), [""; 0], "{place}");
        let beyond = messages(&text(limits::VALUE_BYTES + 1));
        assert_eq!(
            beyond.first().map(String::as_str),
            Some(told),
            "{place}: {beyond:?}"
        );
    }
    let scenario = Scenario::parse(FLASH_SALE).expect("it ships");
    let set = |bytes| {
        let mut parameters = Parameters::new(&scenario);
        let set = parameters.set_text(&scenario, "traffic", &zeros(bytes, "1"));
        set.map_err(|fault| fault.to_string())
    };
    assert_eq!(set(limits::VALUE_BYTES), Ok(()));
    let wanted = format!("`traffic` cannot be set: {told}");
    assert_eq!(set(limits::VALUE_BYTES + 1), Err(wanted));
}

#[test]
fn crons_have_so_many_slots_and_no_more() {
    // In two days, which is as far as they are counted where a run is shorter.
    let crons = |daily: usize| {
        let cron = |at: usize, expression: &str| {
            format!("[[endpoint]]\nid = \"c{at}\"\ntier = \"health\"\ncron = \"{expression}\"\n")
        };
        let often = ["* * * * * *"].into_iter();
        let often = often.chain(["*/10 * * * * *"; 4]).chain(["* * * * *"; 2]);
        let all = often.chain(["0 * * * *"; 48]);
        let all = all.chain(std::iter::repeat_n("0 6 * * *", daily));
        format!(
            "{HEAD}{}",
            all.enumerate()
                .map(|(at, cron_at)| cron(at, cron_at))
                .collect::<String>()
        )
    };
    assert_eq!(messages(&crons(8)), [""; 0]);
    let told = "a scenario may have at most 250,000 slots of crons in its run, two days at least, and this has more";
    assert_eq!(messages(&crons(9)), [told]);
    // A longer run has more of them.
    let long = |hours: usize| {
        let text = crons(0).replace("40min", &format!("{hours}h"));
        text.replace("\"* * * * * *\"", "\"0 * * * * *\"")
    };
    assert_eq!(messages(&long(48)), [""; 0]);
    assert_eq!(messages(&long(480)), [told]);
}

fn run(text: &str) -> Result<Trace, SimulationError> {
    let scenario = Arc::new(Scenario::parse(text).unwrap_or_else(|faults| panic!("{faults:?}")));
    simulate(&scenario, &Parameters::new(&scenario))
}

fn over(budget: Budget, text: &str) -> String {
    match run(text).map(|trace| trace.log.runs.len()) {
        Err(error @ SimulationError::Over(found, _)) if found == budget => error.to_string(),
        other => panic!("{other:?}"),
    }
}

/// One endpoint that runs so many times, once a second.
fn starts(count: usize, more: &str) -> String {
    let duration = format!("duration = \"{}ms\"", (count - 1) * 1_000 + 1);
    file("").replace("duration = \"40min\"", &duration).replace(
        "every = \"5min\"",
        &format!("every = \"1s\"\nmin = \"1s\"\n{more}"),
    )
}

#[test]
fn a_run_has_so_many_starts_and_no_more() {
    let most = limits::RUNS as usize;
    let trace = run(&starts(most, "")).expect("it runs");
    assert_eq!(trace.log.runs.len(), most);
    let told = over(Budget::Runs, &starts(most + 2, ""));
    assert!(
        told.ends_with(
            "a run may have at most 250,000 starts; make cadences longer or the run shorter"
        ),
        "{told}"
    );
}

#[test]
fn a_run_observes_says_and_works_out_so_much_and_no_more() {
    let many = "[[metric]]\nid = \"n\"\nis = \"1\"\n";
    let list = "\"m\", ".repeat(1_000);
    let observing = |count: usize| {
        let text = starts(count, "").replace("observes = [\"m\"]", &format!("observes = [{list}]"));
        text.replace(METRIC, &format!("{METRIC}{many}"))
    };
    assert!(run(&observing(1_000)).is_ok());
    over(Budget::Observations, &observing(1_002));

    let word = "x".repeat(4 << 10);
    let saying = |count: usize| starts(count, &format!("message = \"{word}\"\n"));
    assert!(run(&saying(4_096)).is_ok());
    over(Budget::Text, &saying(4_098));

    // A rule's condition and its steps, those of a start, and of the metric.
    let terms = "1 + ".repeat(150);
    let rules = times(30, |i| {
        format!("[[rule]]\nid = \"r{i}\"\ntier = \"health\"\non = \"m > {terms}1\"\n")
    });
    let thinking = |count: usize| starts(count, "") + &rules;
    let trace = run(&thinking(500)).expect("it runs");
    let each = trace.steps / 500;
    let most = (limits::STEPS / each) as usize;
    assert!(run(&thinking(most)).is_ok());
    over(Budget::Steps, &thinking(most + 3));
}

#[test]
fn rules_change_so_often_in_a_run_and_no_more() {
    let rules = times(limits::RULES, |i| {
        format!(
            "[[rule]]\nid = \"r{i}\"\ntier = \"health\"\non = \"m > 0\"\noff = \"m > 0\"\ndwell = \"0s\"\n"
        )
    });
    let text = |count: usize| starts(count, "") + &rules;
    let trace = run(&text(100)).expect("it runs");
    // What each look changes: whether a rule is on, and what holds it back.
    let each = (trace.changes.len() + trace.held_back.len()) / 100;
    assert_eq!(each, 2 * limits::RULES);
    let most = limits::CHANGES as usize / each;
    assert!(run(&text(most)).is_ok());
    let told = over(Budget::Changes, &text(most + 3));
    assert!(told.contains("at most 500,000 changes of rules"), "{told}");
}

mod shown {
    use accelerando::export::{Findings, Format, Paint, export, text};
    use accelerando::insight::{invariants, minutes_a_row};
    use accelerando::sim::{Planning, simulate_with_planner};
    use accelerando::time::{Instant, Span};

    use super::*;

    fn written(trace: &Trace) -> [String; 3] {
        let findings = Findings::of(trace).expect("it can be compared");
        let export = |name| {
            let format = Format::named(name).expect("it is there");
            export(trace, &findings, format).expect("it can be written")
        };
        [
            text(trace, &findings, Paint::Plain),
            export("json"),
            export("markdown"),
        ]
    }

    /// Words of a report, wherever its lines end.
    fn says(report: &str, words: &str) -> bool {
        let report: Vec<&str> = report.split_whitespace().collect();
        report.join(" ").contains(words)
    }

    #[test]
    fn a_table_has_so_many_rows_of_minutes_and_says_what_each_stands_for() {
        let lasting = |minutes: usize, more: &str| {
            let text = file(more).replace("40min", &format!("{minutes}min"));
            run(&text.replace("5min", "15min")).expect("it runs")
        };
        let rows = |trace: &Trace| {
            (
                minutes_a_row(trace),
                accelerando::insight::snapshots(trace).len(),
            )
        };
        let most = limits::MINUTES;
        assert_eq!(rows(&lasting(most, "")), (1, most));
        let long = lasting(most + 1, "");
        assert_eq!(rows(&long), (2, most / 2 + 1));
        let told =
            "Each row stands for 2 minutes: there may be at most 10,080 rows with 500,000 values.";
        for report in written(&long) {
            assert!(says(&report, told));
        }
        // A hundred values in each row.
        let many = times(63, |i| format!("[[metric]]\nid = \"n{i}\"\nis = \"1\"\n"))
            + &times(34, |i| {
                format!("[[endpoint]]\nid = \"e{i}\"\ntier = \"alert\"\n")
            });
        let most = limits::MINUTE_VALUES / 100;
        assert_eq!(rows(&lasting(most, &many)), (1, most));
        assert_eq!(rows(&lasting(most + 1, &many)).0, 2);
        // A world that takes long to look at.
        let terms = "time / 1h + ".repeat(60);
        let dear = times(20, |i| {
            format!("[[metric]]\nid = \"n{i}\"\nis = \"{terms}1\"\n")
        });
        let steps = lasting(40, &dear).world_steps();
        let most = (limits::LOOKS / steps) as usize;
        assert!(most < limits::MINUTES, "{steps}");
        assert_eq!(rows(&lasting(most, &dear)), (1, most));
        assert_eq!(rows(&lasting(most + 1, &dear)).0, 2);
    }

    #[test]
    fn an_invariant_lists_so_many_places_and_counts_the_rest() {
        let broken = |count: usize| {
            let mut trace = run(&starts(count + 1, "")).expect("it runs");
            trace.endpoints[0].min = Span::from_secs(2);
            trace
        };
        let listed = |count: usize| {
            let trace = broken(count);
            let first = invariants(&trace).swap_remove(0);
            assert_eq!(first.id, "min-gap");
            (first.violations.len(), first.more)
        };
        assert_eq!(listed(limits::VIOLATIONS), (limits::VIOLATIONS, 0));
        assert_eq!(listed(limits::VIOLATIONS + 1), (limits::VIOLATIONS, 1));
        let [text, json, _] = written(&broken(limits::VIOLATIONS + 7));
        assert!(says(&text, "and 102 more"), "{text}");
        assert!(json.contains("\"more_violations\": 7"));
        assert!(!written(&broken(limits::VIOLATIONS))[1].contains("more_violations"));
    }

    #[test]
    fn a_report_lists_so_many_refused_calls_and_counts_the_rest() {
        let scenario = Arc::new(Scenario::parse(&file("")).expect("it is well-formed"));
        let refused = |count: usize| {
            let mut left = count;
            let parameters = Parameters::new(&scenario);
            let trace = simulate_with_planner(&scenario, &parameters, Planning::Own, |context| {
                let endpoint = context.endpoint();
                for _ in 0..std::mem::take(&mut left) {
                    let hint = (Instant::START, Span::ZERO);
                    assert!(context.propose_next_time(endpoint, hint, "x").is_err());
                }
                Ok(())
            });
            let [text, ..] = written(&trace.expect("it runs"));
            let lines = text
                .lines()
                .filter(|line| line.contains("must be longer than nothing"));
            let more = text
                .lines()
                .find(|line| line.contains("at most 1,000 are listed"));
            (lines.count(), more.map(|line| line.trim().to_owned()))
        };
        let most = limits::REFUSALS;
        assert_eq!(refused(most), (most, None));
        let more = "and 1 more; at most 1,000 are listed".to_owned();
        assert_eq!(refused(most + 1), (most, Some(more)));
    }

    #[test]
    fn fixed_schedules_start_so_often_and_those_that_do_not_fit_are_named() {
        const BUILT_IN: [usize; 5] = [30, 60, 300, 600, 1_800];
        // The endpoint itself does nothing, and one schedule of the scenario's own runs it each second.
        let lasting = |seconds: usize, metric: &str| {
            let text = format!(
                "{HEAD}{metric}[[endpoint]]\nid = \"a\"\ntier = \"health\"\n[[policy]]\nid = \"p\"\nevery = {{ a = \"1s\" }}\n"
            );
            run(&text.replace("40min", &format!("{seconds}s"))).expect("it runs")
        };
        let starts = |seconds: usize| {
            let built_in = BUILT_IN.iter().map(|each| seconds.div_ceil(*each));
            built_in.sum::<usize>() + seconds
        };
        let longest = |most: usize| {
            let about = most * 18 / 19;
            (about - 100..about + 100)
                .rev()
                .find(|seconds| starts(*seconds) <= most)
        };
        let compared = |trace: &Trace| {
            let findings = Findings::of(trace).expect("it can be compared");
            findings.comparison.len()
        };
        let most = longest(limits::FIXED_STARTS as usize).expect("it is near");
        assert_eq!(compared(&lasting(most, "")), 7);
        let over = lasting(most + 1, "");
        assert_eq!(compared(&over), 6);
        let told = "Left out: p. Fixed schedules may have at most 2,000,000 starts and 20,000,000 steps together.";
        for report in written(&over) {
            assert!(says(&report, told), "{told}");
        }
        // A look at the world takes as many steps as its metric has, and one.
        let metric = format!("[[metric]]\nid = \"m\"\nis = \"{}1\"\n", "1 + ".repeat(99));
        let each = lasting(40, &metric).world_steps() as usize;
        assert_eq!(each, 200);
        let most = longest(limits::FIXED_STEPS as usize / each).expect("it is near");
        assert_eq!(compared(&lasting(most, &metric)), 7);
        assert_eq!(compared(&lasting(most + 1, &metric)), 6);
    }

    #[test]
    fn so_many_stretches_are_compared_and_what_comes_after_is_not() {
        // Each rule is wrong in every second minute, another one once at the end, and nobody looks.
        let stretches = 25;
        let phase = |minute: usize, c: usize, d: usize| {
            format!(
                "[[phase]]\nid = \"p{minute}\"\nfrom = \"{minute}:00\"\nvalues = {{ c = {c}, d = {d} }}\n"
            )
        };
        let phases = times(2 * stretches, |minute| phase(minute, minute % 2, 0))
            + &phase(50, 0, 0)
            + &phase(52, 0, 1)
            + &phase(53, 0, 0);
        let blind = |rules: usize| {
            let rule = |id: &str, on: &str| {
                format!("[[rule]]\nid = \"{id}\"\ntier = \"health\"\non = \"{on}\"\n")
            };
            let rules = times(rules, |i| rule(&format!("r{i}"), "m > 0")) + &rule("last", "n > 0");
            let text = format!(
                "{HEAD}[phases]\ncolumns = {{ c = \"\", d = \"\" }}\n{phases}[[metric]]\nid = \"m\"\nis = \"c\"\n[[metric]]\nid = \"n\"\nis = \"d\"\n[[endpoint]]\nid = \"a\"\ntier = \"health\"\nobserves = [\"m\", \"n\"]\n{rules}"
            );
            let trace = run(&text.replace("40min", "60min")).expect("it runs");
            let findings = Findings::of(&trace).expect("it can be compared");
            findings.comparison[0].blind
        };
        let minutes = |minutes: usize| Span::from_mins(minutes as i64);
        let most = limits::STRETCHES;
        let rules = most / stretches;
        assert_eq!(blind(rules - 1), minutes(most - stretches + 1));
        assert_eq!(blind(rules), minutes(most));
    }
}

#[test]
fn what_cannot_be_run_is_known_before_it_is_run() {
    let text = |max: &str| {
        format!(
            "{HEAD}[[endpoint]]\nid = \"a\"\ntier = \"health\"\nevery = \"10ms\"\nmin = \"0ms\"\nmax = \"{max}\"\n"
        )
        .replace("40min", "8784h")
    };
    let checked = |text: &str| {
        let scenario = Arc::new(Scenario::parse(text).expect("it is well-formed"));
        check(&scenario, &Parameters::new(&scenario)).map_err(|error| error.code())
    };
    assert_eq!(checked(&text("10ms")), Err("too_many_events"));
    // It may come to as much, but need not: that is known by running it.
    assert_eq!(checked(&text("1h")), Ok(()));
    assert_eq!(checked(FLASH_SALE), Ok(()));
}

/// What goes deepest is read, run, packed and dropped on a stack as small as that of a page.
#[test]
fn the_deepest_that_is_accepted_needs_a_small_stack() {
    let work = || {
        let nested = "(".repeat(63) + "m" + &")".repeat(63);
        let choice = (0..30).fold("m".to_owned(), |inner, _| {
            format!("if ({inner}) > 1 then 1 else 0")
        });
        let chain = "m + ".repeat(190) + "m";
        let nots = "not ".repeat(60) + "m > 1";
        let all = (0..150).map(|_| "m > 1").collect::<Vec<_>>().join(" and ");
        let deep = times(60, |i| {
            format!("f{} = {{ of = \"x\", is = \"f{i}(x) + 1\" }}\n", i + 1)
        });
        let rules = [
            format!("{nested} > 1"),
            format!("({choice}) > 1"),
            format!("{chain} > 1"),
            nots,
            all,
        ];
        let rules = rules
            .iter()
            .enumerate()
            .map(|(i, on)| format!("[[rule]]\nid = \"r{i}\"\ntier = \"health\"\non = \"{on}\"\n"));
        let text = file(&format!(
            "[functions]\nf0 = {{ of = \"x\", is = \"x\" }}\n{deep}[[metric]]\nid = \"n\"\nis = \"f60(1)\"\n{}",
            rules.collect::<String>()
        ));
        let scenario = Scenario::parse(&text).unwrap_or_else(|faults| panic!("{faults:?}"));
        let bytes = scenario.compiled().expect("it can be packed");
        let again = Arc::new(Scenario::from_compiled(&bytes).expect("it can be unpacked"));
        let trace = simulate(&again, &Parameters::new(&again)).expect("it runs");
        // What is refused for its depth is dropped, too.
        for deep in [
            "(".repeat(1_900),
            "-".repeat(3_900),
            "1+".repeat(1_900),
            "not ".repeat(900),
        ] {
            let refused = file(&format!("[[metric]]\nid = \"n\"\nis = \"{deep}1\"\n"));
            assert!(Scenario::parse(&refused).is_err());
        }
        let tables = format!("x = {}", "[".repeat(200_000));
        assert!(Scenario::parse(&tables).is_err());
        trace.log.runs.len()
    };
    let thread = std::thread::Builder::new().stack_size(1 << 20).spawn(work);
    let runs = thread.expect("it starts").join().expect("it ends");
    assert_eq!(runs, 8);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Pieces of a scenario in any order, cut anywhere and said again and again, are read or refused in few words.
    #[test]
    fn whatever_is_read_ends_with_few_faults(
        pieces in prop::collection::vec((0..FLASH_SALE.len(), 1_usize..600, 1_usize..40), 1..12),
        cut in 0..FLASH_SALE.len(),
    ) {
        let sound = |at: usize| (0..=at).rev().find(|at| FLASH_SALE.is_char_boundary(*at)).unwrap_or(0);
        let mut text = FLASH_SALE[..sound(cut)].to_owned();
        for (start, length, again) in pieces {
            let (from, to) = (sound(start), sound((start + length).min(FLASH_SALE.len())));
            text.push_str(&FLASH_SALE[from..to.max(from)].repeat(again));
        }
        match Scenario::parse(&text) {
            Ok(scenario) => {
                let scenario = Arc::new(scenario);
                let _ = check(&scenario, &Parameters::new(&scenario));
            }
            Err(faults) => {
                prop_assert!(faults.len() <= limits::FAULTS + 1);
                for fault in faults {
                    prop_assert!(fault.message.len() <= limits::FAULT_BYTES + '…'.len_utf8());
                }
            }
        }
    }
}

mod links {
    use accelerando::limits;
    use accelerando::link::{Read, View, read, write};
    use accelerando::scenario::{FLASH_SALE, Scenario};
    use accelerando::session::{Call, Wish};
    use accelerando::time::Instant;
    use proptest::prelude::*;

    fn opened(fragment: &str) -> Read {
        let scenario = Scenario::parse(FLASH_SALE).expect("it ships");
        read(&scenario, Instant::START, fragment)
    }

    #[test]
    fn what_cannot_be_read_of_a_link_is_told_in_part() {
        let told = |count: usize| opened(&"x&".repeat(count)).told();
        // The parts, the rest in one, that the version is missing is one of them, and that it is damaged.
        assert_eq!(told(5).len(), 7);
        let many = told(500_000);
        assert_eq!(many.len(), limits::FAULTS + 2);
        assert_eq!(
            many[limits::FAULTS],
            "and 499,981 more: a link may have at most 4,000 parts, and this has 500,000"
        );
        assert!(many.concat().len() < 2_000);
    }

    #[test]
    fn a_link_is_so_long_and_no_more() {
        let with = |bytes: usize| opened(&("v=1&q=".to_owned() + &"x".repeat(bytes - 6)));
        let within = with(limits::LINK_BYTES);
        assert!(within.told()[0].ends_with("…`: not known here"));
        let told = with(limits::LINK_BYTES + 1).told();
        assert_eq!(
            told[0],
            "a link may have at most 1,048,576 bytes, and this has 1,048,577: nothing of it was read"
        );
    }

    #[test]
    fn a_link_has_so_many_parts_and_no_more() {
        let with = |parts: usize| {
            let levers = "a:1,".repeat(parts - 2);
            let told = opened(&format!("v=1&l={levers}")).told();
            told[limits::FAULTS].clone()
        };
        // All of them are skipped: within the limit since no lever is meant, beyond it since nobody looked.
        assert_eq!(with(limits::LINK_PARTS), "and 3,978 more");
        assert_eq!(
            with(limits::LINK_PARTS + 1),
            "and 3,979 more: a link may have at most 4,000 parts, and this has 4,001"
        );
    }

    #[test]
    fn a_setup_has_so_many_calls_and_no_more() {
        let scenario = Scenario::parse(FLASH_SALE).expect("it ships");
        let call = Call {
            at_ms: 60_000,
            endpoint: 0,
            wish: Wish::Wake,
        };
        let with = |calls: usize| {
            let mut view = View::opening(&scenario, Instant::START);
            view.setup.calls = vec![call.clone(); calls];
            let link = write(&scenario, "", Instant::START, &view, None);
            let read = opened(&link);
            let bytes = View::from_bytes(&scenario, &view.bytes());
            (read.view.setup.calls.len(), read.told(), bytes.is_some())
        };
        let most = limits::LINK_CALLS;
        assert_eq!(with(most), (most, Vec::new(), true));
        let (read, told, bytes) = with(most + 1);
        assert_eq!((read, bytes), (most, false));
        assert!(
            told[0].ends_with("a setup may have at most 1,000 calls; the first count"),
            "{told:?}"
        );
    }

    proptest! {
        #[test]
        fn any_link_is_read_in_few_words(
            pieces in prop::collection::vec(("[a-z]{1,2}", "[A-Za-z0-9:.,_~-]{0,30}", 1_usize..200), 0..30),
        ) {
            let fields = pieces.iter().map(|(name, value, again)| {
                format!("{name}={}&", value.repeat(*again))
            });
            let read = opened(&fields.collect::<String>());
            prop_assert!(read.skipped.len() <= limits::FAULTS + 1);
            prop_assert!(read.told().concat().len() < 20_000);
        }
    }
}

mod command_line {
    use std::io::Read as _;
    use std::path::PathBuf;
    use std::process::{Command, Output, Stdio};

    use accelerando::limits;

    fn program() -> Command {
        Command::new(env!("CARGO_BIN_EXE_accelerando-app"))
    }

    fn call(args: &[&str]) -> (Option<i32>, String) {
        let Output { status, stderr, .. } = program().args(args).output().expect("it starts");
        (status.code(), String::from_utf8_lossy(&stderr).into_owned())
    }

    fn file(name: &str, bytes: &[u8]) -> PathBuf {
        let path = std::env::temp_dir().join(format!("limits-{}-{name}", std::process::id()));
        std::fs::write(&path, bytes).expect("it can be written");
        path
    }

    #[test]
    fn what_is_no_scenario_is_told_and_ends_nothing() {
        let binary = file("binary.toml", b"name = \"\xff\"");
        let large = file("large.toml", &vec![b'#'; limits::FILE_BYTES + 1]);
        let cases = [
            (binary.as_path(), "it is no text: byte 9 is not UTF-8"),
            (
                large.as_path(),
                "a scenario may have at most 1,048,576 bytes, and this has 1,048,577",
            ),
            (std::path::Path::new("/"), "cannot be read: "),
        ];
        for (path, told) in cases {
            let (code, errors) = call(&[&path.display().to_string()]);
            assert_eq!(code, Some(2), "{errors}");
            assert!(errors.contains(told), "{errors}");
        }
        #[cfg(target_os = "linux")]
        {
            let (code, errors) = call(&["/dev/zero"]);
            assert_eq!(code, Some(2), "{errors}");
            assert!(errors.contains("and this has more"), "{errors}");
        }
        let _ = (std::fs::remove_file(binary), std::fs::remove_file(large));
    }

    #[test]
    fn a_scenario_that_cannot_be_run_says_so() {
        let text = "accelerando = 1\nname = \"x\"\nduration = \"8784h\"\n[[endpoint]]\nid = \"a\"\ntier = \"health\"\nevery = \"10ms\"\nmin = \"0ms\"\nmax = \"10ms\"\n";
        let path = file("endless.toml", text.as_bytes());
        let name = path.display().to_string();
        let (code, errors) = call(&[&name]);
        assert_eq!(code, Some(2));
        let wanted = format!(
            "{name}: it cannot be run: stopped at 0:00: a run may have at most 250,000 starts; make cadences longer or the run shorter\n"
        );
        assert_eq!(errors, wanted);
        let _ = std::fs::remove_file(path);
    }

    #[test]
    fn long_arguments_are_told_in_part() {
        let long = "x".repeat(120_000);
        for args in [
            vec![long.as_str()],
            vec!["--set", &long],
            vec!["--format", &long],
            vec!["--explain", &long],
            vec!["flash-sale", &long],
        ] {
            let (code, errors) = call(&args);
            assert_eq!(code, Some(2));
            assert!(
                errors.len() <= limits::MESSAGE_BYTES + 1,
                "{}",
                errors.len()
            );
        }
        let link = format!("#{}", "a=&".repeat(40_000));
        let (code, errors) = call(&["--open", &link]);
        assert_eq!(code, Some(0));
        assert!(errors.lines().count() <= limits::FAULTS + 2, "{errors}");
    }

    #[test]
    fn a_reader_that_goes_away_is_no_fault() {
        let mut child = program()
            .args(["--format", "json"])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("it starts");
        drop(child.stdout.take());
        let mut errors = String::new();
        let told = child
            .stderr
            .take()
            .expect("it is piped")
            .read_to_string(&mut errors);
        assert!(told.is_ok());
        let status = child.wait().expect("it ends");
        assert_eq!((status.code(), errors.as_str()), (Some(0), ""));
    }
}
