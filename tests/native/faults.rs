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
