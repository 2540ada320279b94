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
    use accelerando::link::{Read, read};
    use accelerando::scenario::{FLASH_SALE, Scenario};
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
        assert_eq!(many[limits::FAULTS], "and 499,981 more");
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
        assert_eq!(with(limits::LINK_PARTS + 1), "and 3,979 more");
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
