//! Faults of a scenario's text, word for word: a table of what is changed in the flash sale and what is said.

use accelerando::diagnostic::line_and_column;
use accelerando::scenario::{FLASH_SALE, Scenario};
use proptest::prelude::*;

/// What is replaced, by what, the code, and what is said, word for word.
const FAULTS: [(&str, &str, &str, &str); 14] = [
    (
        "on = \"traffic > spike.on\"",
        "on = \"trafic > spike.on\"",
        "unknown_name",
        "unknown name `trafic`, did you mean `traffic`?",
    ),
    (
        "on = \"traffic > spike.on\"",
        "on = \"traffic > 2000ms\"",
        "unit_mismatch",
        "`traffic` is a rate (/min) and `2000ms` is a duration: they cannot be compared",
    ),
    (
        "on = \"traffic > spike.on\"",
        "on = \"traffic\"",
        "type_mismatch",
        "`traffic` must be a condition, but it is a rate (/min)",
    ),
    (
        "on = \"traffic > spike.on\"",
        "on = \"traffic > \"",
        "syntax",
        "expected a value, but the expression ends here",
    ),
    (
        "tier = \"recovery\"",
        "tier = \"recovry\"",
        "unknown_tier",
        "unknown tier `recovry`, did you mean `recovery`?",
    ),
    (
        "duration = \"40min\"",
        "duration = \"40 bananas\"",
        "not_a_duration",
        "`40 bananas` is not a duration, write it like `500ms`, `30s`, `7min`, `2h`",
    ),
    (
        "duration = \"40min\"",
        "duration = \"0s\"",
        "duration_out_of_range",
        "`duration` must be longer than nothing and at most 8784 h",
    ),
    (
        "accelerando = 1\n",
        "accelerando = 9\n",
        "unknown_version",
        "this is format 9, and this program reads 1, write `accelerando = 1`",
    ),
    (
        "title = \"Flash sale\"",
        "titel = \"Flash sale\"",
        "unknown_key",
        "unknown key `titel`, did you mean `title`?",
    ),
    (
        "every = \"5min\"",
        "every = \"5min\"\ncron = \"* * * * *\"",
        "two_baselines",
        "endpoint `traffic_monitor` has both `every` and `cron`, keep one of them",
    ),
    (
        "observes = [\"traffic\", \"page_load\"]",
        "observes = [\"traffic\", \"page_lod\"]",
        "unknown_name",
        "unknown metric `page_lod`, did you mean `page_load`?",
    ),
    (
        "requires = [\"cache_warm_up\"",
        "requires = [\"cache_warmup\"",
        "unknown_name",
        "unknown endpoint `cache_warmup`, did you mean `cache_warm_up`?",
    ),
    (
        "from = \"9:00\"",
        "from = \"4:00\"",
        "phases_out_of_order",
        "phase `strain` must begin after the one before it, and the first at 0:00",
    ),
    (
        "id = \"struggle\"",
        "id = \"slow\"",
        "duplicate_rule",
        "rule `slow` is defined twice",
    ),
];

#[test]
fn each_fault_is_told_where_it_is() {
    for (old, new, code, words) in FAULTS {
        assert!(FLASH_SALE.contains(old), "{old}");
        let text = FLASH_SALE.replacen(old, new, 1);
        let faults = Scenario::parse(&text).expect_err(new);
        let fault = &faults[0];
        let changed = FLASH_SALE.find(old).expect("it was looked for");
        let (line, _) = line_and_column(&text, fault.place.start);
        let (from, _) = line_and_column(&text, changed);
        let (to, _) = line_and_column(&text, changed + new.len());
        assert!(
            (from..=to).contains(&line),
            "{new}: told at line {line}, not {from}: {fault}"
        );
        assert_eq!(
            (fault.code, fault.to_string().as_str()),
            (code, words),
            "{new}"
        );
    }
}

#[test]
fn all_faults_are_told_at_once_in_order() {
    let text = FLASH_SALE
        .replacen("duration = \"40min\"", "duration = \"long\"", 1)
        .replacen(
            "on = \"traffic > spike.on\"",
            "on = \"trafic > spike.on\"",
            1,
        )
        .replacen("tier = \"alert\"", "tier = \"alarm\"", 1);
    let faults = Scenario::parse(&text).expect_err("it has three faults");
    assert!(faults.len() >= 3, "{faults:?}");
    let places: Vec<usize> = faults.iter().map(|fault| fault.place.start).collect();
    assert!(places.is_sorted());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// Nothing that a file can say makes the program panic.
    #[test]
    fn no_text_makes_it_panic(at in 0..FLASH_SALE.len(), length in 0..40_usize, put in "[ -~\n]{0,12}") {
        let mut bytes = FLASH_SALE.as_bytes().to_vec();
        let end = (at + length).min(bytes.len());
        bytes.splice(at..end, put.bytes());
        let text = String::from_utf8_lossy(&bytes);
        if let Err(faults) = Scenario::parse(&text) {
            prop_assert!(!faults.is_empty());
            for fault in faults {
                prop_assert!(fault.place.start <= fault.place.end);
                let _ = accelerando::diagnostic::rendered(&fault, "x.toml", &text);
            }
        }
    }

    #[test]
    fn no_condition_makes_it_panic(condition in "[a-z0-9_.<>=()+*/% -]{0,60}") {
        let text = FLASH_SALE.replacen("traffic > spike.on", &condition, 1);
        let _ = Scenario::parse(&text);
    }
}

#[test]
fn values_and_names_that_cannot_be_meant_are_told_where_they_are() {
    let claim = "[[claim]]\nid = \"twin\"\ntext = \"t\"\nexpected = \"e\"\nactual = \"a\"\nholds = \"1 < 2\"\n";
    let chapter = "[[chapter]]\nid = \"twin\"\ntitle = \"t\"\nat = \"1:00\"\n";
    let policy = "[[policy]]\nid = \"twin\"\n";
    let twice = |table: &str| format!("{table}{}", table.replace("id = ", "id  = "));
    let constant = |value: &str| format!("[constants]\nodd = {value}\n");
    let threshold = |value: &str| format!("[thresholds]\nodd = {{ {value} }}\n");
    let reserved = |id: &str| {
        (
            format!("[[policy]]\nid = \"{id}\"\n"),
            "reserved_name",
            id.to_owned(),
            format!(
                "`{id}` is the name of a policy that is built in, `adaptive` and what begins with `cron-` are reserved"
            ),
        )
    };
    let twin = |table: &str, code: &'static str, what: &str| {
        let words = format!("there are two {what} `twin`");
        (twice(table), code, "id  = \"twin".to_owned(), words)
    };
    let told = |text: String, code: &'static str, at: &str, words: &str| {
        (text, code, at.to_owned(), words.to_owned())
    };
    let (odd, to) = (
        "`odd` must be a finite number",
        "`to` must be a finite number",
    );
    for (text, code, at, words) in [
        told(
            "seed = -5\n".into(),
            "out_of_range",
            "-5",
            "`seed` must be from 0 to 4294967295, not -5",
        ),
        told(
            "seed = 4294967296\n".into(),
            "out_of_range",
            "4294967296",
            "`seed` must be from 0 to 4294967295, not 4294967296",
        ),
        told(constant("\"1/0\""), "not_finite", "1/0", odd),
        told(constant("\"0/0\""), "not_finite", "0/0", odd),
        told(constant("1e400"), "not_finite", "1e400", odd),
        told(
            threshold("default = \"1/0\""),
            "not_finite",
            "1/0",
            "`default` must be a finite number",
        ),
        told(
            threshold("default = 1, to = \"1/0\""),
            "not_finite",
            "1/0",
            to,
        ),
        told(
            threshold("default = 1, from = \"-1/0\""),
            "not_finite",
            "-1/0",
            "`from` must be a finite number",
        ),
        told(threshold("default = 1e308"), "not_finite", "1e308", to),
        told(
            threshold("default = \"1 < 2\""),
            "type_mismatch",
            "\"1 < 2\"",
            "the default of `odd` must be a number, not a condition",
        ),
        twin(policy, "duplicate_policy", "policies"),
        twin(claim, "duplicate_claim", "claims"),
        twin(chapter, "duplicate_chapter", "chapters"),
        reserved("adaptive"),
        reserved("cron-30s"),
    ] {
        let least = "name = \"least\"\nduration = \"5min\"\n";
        let text = format!("{least}{text}");
        let faults = Scenario::parse(&text).expect_err(&text);
        let fault = faults.iter().find(|fault| fault.code == code);
        let fault = fault.unwrap_or_else(|| panic!("{text}: {faults:?}"));
        assert_eq!(fault.to_string(), words, "{text}");
        let place = text.find(&at).map(|start| line_and_column(&text, start).0);
        let line = line_and_column(&text, fault.place.start).0;
        assert_eq!(Some(line), place, "{text}");
    }
    for seed in ["0", "4294967295"] {
        let text = FLASH_SALE.replacen("\nseed = 1\n", &format!("\nseed = {seed}\n"), 1);
        assert!(Scenario::parse(&text).is_ok(), "{seed}");
    }
}

/// A scenario with one of everything that has a name.
fn named(more: &str) -> String {
    format!(
        "accelerando = 1\nname = \"x\"\nduration = \"40min\"\n{more}\n[[metric]]\nid = \"m\"\nis = \"1\"\n\
         [[endpoint]]\nid = \"a\"\ntier = \"health\"\nevery = \"5min\"\nobserves = [\"m\"]\n\
         [[rule]]\nid = \"r\"\ntier = \"health\"\non = \"m > 1\"\nfinding = {{ of = \"a\", text = \"t\" }}\n"
    )
}

#[test]
fn no_name_means_two_things() {
    assert!(Scenario::parse(&named("")).is_ok());
    let constant = |name: &str| format!("[constants]\n{name} = 1\n");
    let threshold = |name: &str| format!("[thresholds]\n\"{name}\" = {{ default = 1 }}\n");
    let column = |name: &str| {
        format!(
            "[phases]\ncolumns = {{ {name} = \"\" }}\n[[phase]]\nid = \"p\"\nfrom = \"0:00\"\nvalues = {{ {name} = 1 }}\n"
        )
    };
    let function = |name: &str| format!("[functions]\n{name} = {{ of = \"x\", is = \"x\" }}\n");
    let rule =
        |name: &str| format!("[[rule]]\nid = \"{name}\"\ntier = \"health\"\non = \"m > 2\"\n");
    for (more, name, words) in [
        (
            constant("time"),
            "time",
            "`time` means two things: a constant and the time since the start",
        ),
        (
            constant("time_of_day"),
            "time_of_day",
            "`time_of_day` means two things: a constant and the time of day",
        ),
        (
            constant("multiplier"),
            "multiplier",
            "`multiplier` means two things: a constant and what the traffic levers come to",
        ),
        (
            constant("m"),
            "m\"",
            "`m` means two things: a constant and a metric",
        ),
        (
            constant("r"),
            "r\"",
            "`r` means two things: a constant and a rule",
        ),
        (
            column("time"),
            "time",
            "`time` means two things: a column of the phases and the time since the start",
        ),
        (
            column("m"),
            "m\"",
            "`m` means two things: a column of the phases and a metric",
        ),
        (
            column("c") + &constant("c"),
            "c = 1\n",
            "`c` means two things: a column of the phases and a constant",
        ),
        (
            rule("m"),
            "m\"",
            "`m` means two things: a metric and a rule",
        ),
        (
            rule("time"),
            "time",
            "`time` means two things: a rule and the time since the start",
        ),
        (
            threshold("m"),
            "m\"",
            "`m` means two things: a parameter and a metric",
        ),
        (
            threshold("m.first"),
            "m.first",
            "`m.first` means two things: what was first observed of a metric and a parameter",
        ),
        (
            threshold("a.awake"),
            "a.awake",
            "`a.awake` means two things: whether an endpoint is awake and a parameter",
        ),
        (
            threshold("a.finding"),
            "a.finding",
            "`a.finding` means two things: whether an endpoint found something and a parameter",
        ),
        (
            threshold("r.on_for"),
            "r.on_for",
            "`r.on_for` means two things: how long a rule has been on and a parameter",
        ),
        (
            threshold("incident.open"),
            "incident.open",
            "`incident.open` means two things: a parameter and whether the incident is open",
        ),
        (
            "[[metric]]\nid = \"m\"\nis = \"2\"\n".to_owned(),
            "m\"",
            "there are two things `m`: each is a metric",
        ),
        (
            threshold("a.min"),
            "a.min",
            "the parameter `a.min` stands for two things",
        ),
        (
            function("min"),
            "min",
            "`min` is a function of the language already",
        ),
        (
            function("clamp"),
            "clamp",
            "`clamp` is a function of the language already",
        ),
        (
            function("runs"),
            "runs",
            "`runs` is a function of the language already",
        ),
        (
            function("seen_after"),
            "seen_after",
            "`seen_after` is a function of the language already",
        ),
    ] {
        let text = named(&more);
        let faults = Scenario::parse(&text).expect_err(&text);
        let told: Vec<&str> = faults.iter().map(|fault| fault.message.as_str()).collect();
        assert_eq!(told, [words], "{text}");
        let at = text.get(faults[0].place.start..).unwrap_or_default();
        assert!(
            at.trim_start_matches('"').starts_with(name),
            "{words}: told at {at}"
        );
    }
}

#[test]
fn what_contradicts_itself_is_told_where_it_is() {
    let call = |pauses: &str| {
        format!(
            "[[rule]]\nid = \"s\"\ntier = \"health\"\non = \"m > 2\"\ncalls = [{{ endpoint = \"a\", {pauses} }}]\n"
        )
    };
    let phases = |from: &str| {
        format!(
            "[[phase]]\nid = \"p\"\nfrom = \"0:00\"\n[[phase]]\nid = \"q\"\nfrom = \"{from}\"\n"
        )
    };
    for (more, at, code, words) in [
        (
            call("sleep = true, pause_for = \"5min\""),
            "\"5min\" }",
            "two_pauses",
            "`sleep` and `pause_for` cannot stand together: a call pauses once, keep one of them",
        ),
        (
            call("pause_until = \"m > 3\", pause_for = \"5min\""),
            "\"m > 3\"",
            "two_pauses",
            "`pause_for` and `pause_until` cannot stand together: a call pauses once, keep one of them",
        ),
        (
            phases("40:00"),
            "\"40:00",
            "phase_after_end",
            "phase `q` begins at 40:00, but the run ends at 40:00, let it begin earlier, or make `duration` longer",
        ),
    ] {
        let text = named(&more);
        let faults = Scenario::parse(&text).expect_err(&text);
        assert_eq!(
            (faults[0].code, faults[0].to_string().as_str()),
            (code, words)
        );
        let told = text.get(faults[0].place.start..).unwrap_or_default();
        assert!(told.starts_with(at), "{words}: told at {told}");
    }
    for sound in [call("wake = true, sleep = true"), phases("39:59.999")] {
        assert_eq!(Scenario::parse(&named(&sound)).err(), None);
    }
    let without = named("").replace("accelerando = 1\n", "");
    let faults = Scenario::parse(&without).expect_err("the version is missing");
    let words = "`accelerando` is missing, begin the file with the line `accelerando = 1`";
    assert_eq!(faults[0].to_string(), words);
    assert_eq!((faults.len(), faults[0].place.start), (1, 0));
}
