//! The language as tables: what is written, and what comes of it.

#![allow(
    clippy::indexing_slicing,
    clippy::expect_used,
    clippy::float_cmp,
    reason = "a test that cannot go on fails"
)]

use proptest::prelude::*;

use super::*;
use crate::time::Instant;

const NAMES: [(&str, Kind, f64); 7] = [
    ("traffic", Kind::Number(Unit::RATE), 5_000.0),
    ("page", Kind::Number(Unit::DURATION), 1_800.0),
    ("share", Kind::Number(Unit::PLAIN), 0.036),
    ("never", Kind::Number(Unit::PLAIN), f64::NAN),
    ("yes", Kind::Truth, 1.0),
    ("no", Kind::Truth, 0.0),
    ("maybe", Kind::Truth, f64::NAN),
];

fn vocabulary() -> Vocabulary {
    let mut vocabulary = Vocabulary::new();
    for (name, kind, _) in NAMES {
        vocabulary.add_name(name, kind, Shown::Plain);
    }
    vocabulary.add_symbol(SymbolClass(1), "monitor", 4);
    vocabulary.add_function(
        "runs",
        &[Kind::Symbol(SymbolClass(1))],
        Kind::Number(Unit::PLAIN),
    );
    vocabulary
}

/// The names with their values; `runs(monitor)` is the number of the symbol.
struct Fixed;

impl Env for Fixed {
    fn value(&self, name: NameId) -> f64 {
        NAMES[name.index()].2
    }

    fn call(&self, _: FunctionId, args: &[f64]) -> f64 {
        args[0]
    }
}

fn value(text: &str) -> f64 {
    formula(text, &vocabulary(), None)
        .unwrap_or_else(|faults| panic!("{text}: {faults:?}"))
        .value(&Fixed)
}

fn holds(text: &str) -> bool {
    let condition =
        condition(text, &vocabulary()).unwrap_or_else(|faults| panic!("{text}: {faults:?}"));
    condition
        .check(&Fixed, Instant::START, &mut condition.memory())
        .holds
}

#[test]
fn numbers_and_their_units() {
    for (text, wanted) in [
        ("42", 42.0),
        ("0.5", 0.5),
        ("3.2%", 0.032),
        ("500ms", 500.0),
        ("30s", 30_000.0),
        ("1.5s", 1_500.0),
        ("7min", 420_000.0),
        ("7m", 420_000.0),
        ("2h", 7_200_000.0),
        ("4m30s", 270_000.0),
        ("9:35", 575_000.0),
        ("2:08:20", 7_700_000.0),
        ("3500/min", 3_500.0),
        ("2/s", 120.0),
        ("120/h", 2.0),
    ] {
        assert!(
            (value(text) - wanted).abs() < 1e-9,
            "{text} is {}, not {wanted}",
            value(text)
        );
    }
}

#[test]
fn arithmetic_and_its_order() {
    for (text, wanted) in [
        ("1 + 2 * 3", 7.0),
        ("(1 + 2) * 3", 9.0),
        ("10 - 4 - 3", 3.0),
        ("100 / 10 / 2", 5.0),
        ("-2 * 3", -6.0),
        ("-(2 + 3)", -5.0),
        ("2 - -3", 5.0),
        ("min(3, 2)", 2.0),
        ("max(3, max(2, 7))", 7.0),
        ("clamp(9, 1, 5)", 5.0),
        ("clamp(-9, 1, 5)", 1.0),
        ("if yes then 1 else 2", 1.0),
        ("if no then 1 else 2", 2.0),
        (
            "if traffic > 1000/min then 1 else if page > 1s then 2 else 3",
            1.0,
        ),
        ("runs(monitor) + 1", 5.0),
        ("traffic * share", 180.0),
        ("page / 1s", 1.8),
        ("traffic * 2min", 10_000.0),
        ("page + 200ms", 2_000.0),
    ] {
        assert!(
            (value(text) - wanted).abs() < 1e-9,
            "{text} is {}, not {wanted}",
            value(text)
        );
    }
}

#[test]
fn what_is_unknown_stays_unknown() {
    for text in [
        "never",
        "never + 1",
        "min(never, 1)",
        "max(1, never)",
        "if maybe then 1 else 2",
        "1 / never",
    ] {
        assert!(value(text).is_nan(), "{text} is {}", value(text));
    }
}

#[test]
fn conditions_and_their_order() {
    for (text, wanted) in [
        ("traffic > 4000/min", true),
        ("traffic > 4000/min and page > 2000ms", false),
        ("traffic > 4000/min or page > 2000ms", true),
        ("page >= 1800ms and page <= 1.8s and page == 1800ms", true),
        ("page != 1800ms", false),
        ("share < 4%", true),
        ("not yes", false),
        ("not not yes", true),
        // `not` before `and` before `or`.
        ("not no and yes", true),
        ("no and yes or yes", true),
        ("yes or yes and no", true),
        ("(yes or yes) and no", false),
        ("not (yes and no)", true),
        ("1 + 1 == 2 and 3 > 2", true),
        // Three values: unknown holds neither way, unless the other side settles it.
        ("maybe", false),
        ("not maybe", false),
        ("maybe or yes", true),
        ("maybe and no", false),
        ("not (maybe and no)", true),
        ("never > 0", false),
        ("not (never > 0)", false),
        ("never == never", false),
    ] {
        assert_eq!(holds(text), wanted, "{text}");
    }
}

#[test]
fn the_parts_that_fail_are_told_apart() {
    let condition = condition(
        "yes and page > 2000ms and (no or traffic > 9000/min)",
        &vocabulary(),
    )
    .expect("well-formed");
    let verdict = condition.check(&Fixed, Instant::START, &mut condition.memory());
    assert_eq!((verdict.holds, verdict.failing), (false, 0b110));
    let parts: Vec<&str> = condition
        .parts()
        .iter()
        .map(|part| part.text.as_str())
        .collect();
    assert_eq!(
        parts,
        ["yes", "page > 2000ms", "(no or traffic > 9000/min)"]
    );
    let readings = condition.readings(&Fixed, Instant::START);
    let told: Vec<_> = readings
        .iter()
        .map(|r| (r.part, r.text.as_str(), r.holds))
        .collect();
    assert_eq!(
        told,
        [
            (0, "yes", Some(true)),
            (1, "page > 2000ms", Some(false)),
            (2, "no", Some(false)),
            (2, "traffic > 9000/min", Some(false)),
        ]
    );
    assert_eq!((readings[1].left, readings[1].right), (1_800.0, 2_000.0));
}

#[test]
fn readings_know_their_alternative_and_whether_they_must_not_be_so() {
    let told = |text: &str| -> Vec<(String, usize, bool)> {
        let condition = condition(text, &vocabulary()).expect("well-formed");
        let readings = condition.readings(&Fixed, Instant::START);
        let told = |reading: &Reading| (reading.text.clone(), reading.alternative, reading.negated);
        readings.iter().map(told).collect()
    };
    let named = |text: &str, alternative, negated| (text.to_owned(), alternative, negated);
    assert_eq!(
        told("yes and page > 2000ms or no"),
        [
            named("yes", 0, false),
            named("page > 2000ms", 0, false),
            named("no", 1, false)
        ]
    );
    // None of them may be so: all of that is asked for at once.
    assert_eq!(
        told("not (yes or no) or page > 2000ms"),
        [
            named("yes", 0, true),
            named("no", 0, true),
            named("page > 2000ms", 1, false)
        ]
    );
    // One of them at least may not be so.
    assert_eq!(
        told("not (yes and no)"),
        [named("yes", 0, true), named("no", 1, true)]
    );
}

/// An environment whose one condition changes over time.
struct Switch(f64);

impl Env for Switch {
    fn value(&self, name: NameId) -> f64 {
        if name.index() == 4 {
            self.0
        } else {
            Fixed.value(name)
        }
    }

    fn call(&self, _: FunctionId, _: &[f64]) -> f64 {
        f64::NAN
    }
}

/// What a condition over `yes` comes to at each second, with `yes` as given.
fn over_time(text: &str, seconds: &[f64]) -> Vec<bool> {
    let condition =
        condition(text, &vocabulary()).unwrap_or_else(|faults| panic!("{text}: {faults:?}"));
    let mut memory = condition.memory();
    let at = |second: usize| Instant::from_ms(i64::try_from(second).expect("few") * 1_000);
    let each = seconds.iter().enumerate();
    each.map(|(second, yes)| {
        condition
            .check(&Switch(*yes), at(second), &mut memory)
            .holds
    })
    .collect()
}

#[test]
fn for_asks_that_it_has_held_that_long() {
    let yes = [1.0, 1.0, 1.0, 0.0, 1.0, 1.0, 1.0, 1.0];
    assert_eq!(
        over_time("yes for 2s", &yes),
        [false, false, true, false, false, false, true, true]
    );
    assert_eq!(over_time("yes for 0s", &yes)[3..5], [false, true]);
    // It binds last: the whole condition must have held.
    assert_eq!(
        over_time("not no and yes for 2s", &yes),
        over_time("(not no and yes) for 2s", &yes)
    );
    assert_eq!(
        over_time("no or ((yes) for 2s)", &yes),
        over_time("yes for 2s", &yes)
    );
    // What is unknown for a moment has not held.
    assert_eq!(
        over_time("yes for 2s", &[1.0, 1.0, f64::NAN, 1.0, 1.0, 1.0]),
        [false, false, false, false, false, true]
    );
    // A side that settles it at once does not hide a `for` from what happens meanwhile.
    assert_eq!(
        over_time("traffic > 0/min and ((yes) for 3s)", &[1.0, 1.0, 1.0, 1.0]),
        [false, false, false, true]
    );
}

#[test]
fn faults_word_for_word() {
    for (text, column, wanted) in [
        (
            "trafic > 1/min",
            0,
            "unknown name `trafic`, did you mean `traffic`?",
        ),
        (
            "traffic > 5s",
            10,
            "`traffic` is a rate (/min) and `5s` is a duration: they cannot be compared",
        ),
        (
            "page + traffic > 0",
            7,
            "`page` is a duration and `traffic` is a rate (/min): they cannot be added",
        ),
        (
            "page",
            0,
            "`page` must be a condition, but it is a duration",
        ),
        (
            "yes and page",
            8,
            "`page` must be a condition, but it is a duration",
        ),
        (
            "not page",
            4,
            "`page` must be a condition, but it is a duration",
        ),
        (
            "yes > 1",
            0,
            "`yes` must be a number, but it is a condition",
        ),
        (
            "traffic > ",
            10,
            "expected a value, but the expression ends here",
        ),
        ("", 0, "there is no expression here"),
        ("(yes", 4, "expected `)`, but the expression ends here"),
        (
            "yes yes",
            4,
            "expected an operator or the end, but here is `yes`",
        ),
        (
            "page > 5parsecs",
            8,
            "unknown unit `parsecs`, known units are `ms`, `s`, `min`, `h`, `%`, `/s`, `/min`, `/h`",
        ),
        (
            "runs(monitr) > 1",
            5,
            "unknown name `monitr`, did you mean `monitor`?",
        ),
        ("runs() > 1", 0, "`runs` takes 1 argument, not 0"),
        ("max(1, 2, 3) > 1", 0, "`max` takes 2 arguments, not 3"),
        (
            "rums(monitor) > 1",
            0,
            "unknown function `rums`, did you mean `runs`?",
        ),
        (
            "traffic > 1/min for 5",
            20,
            "`for` needs a duration such as `1m`, but `5` is a plain number",
        ),
        (
            "1 < page < 2s",
            9,
            "comparisons cannot be chained, join two comparisons with `and`",
        ),
        ("traffic @ 5", 8, "unknown sign `@`"),
    ] {
        let faults = condition(text, &vocabulary()).expect_err(text);
        let told = faults
            .first()
            .map(|fault| (fault.place.start, fault.to_string()));
        assert_eq!(told, Some((column, wanted.to_owned())), "{text}");
    }
}

#[test]
fn a_bare_number_takes_the_unit_of_what_it_meets() {
    assert!(holds("traffic > 4999"));
    assert!(!holds("traffic > 5000"));
}

#[test]
fn every_fault_of_an_expression_is_told() {
    let faults =
        condition("trafic > 1/min and pge > 2s", &vocabulary()).expect_err("two names are unknown");
    let told: Vec<String> = faults.iter().map(ToString::to_string).collect();
    assert_eq!(
        told,
        [
            "unknown name `trafic`, did you mean `traffic`?",
            "unknown name `pge`, did you mean `page`?"
        ]
    );
}

#[test]
fn nothing_is_nested_without_end() {
    for text in [
        "(".repeat(10_000),
        "not ".repeat(10_000),
        "-".repeat(10_000),
        format!("1{}", "+1".repeat(10_000)),
    ] {
        let faults =
            condition(&text, &vocabulary()).expect_err("it is too deep or not an expression");
        assert!(!faults.is_empty());
    }
}

#[test]
fn constants_need_no_names() {
    let duration = Kind::Number(Unit::DURATION);
    assert_eq!(constant("2 * 30s", duration), Some(60_000.0));
    assert_eq!(constant("page", duration), None);
    assert_eq!(constant("1 / 0", Kind::Number(Unit::PLAIN)), None);
}

proptest! {
    #[test]
    fn no_text_makes_it_panic(text in "\\PC{0,60}") {
        let _ = condition(&text, &vocabulary());
        let _ = formula(&text, &vocabulary(), None);
    }

    #[test]
    fn no_arrangement_of_words_makes_it_panic(
        words in prop::collection::vec(
            prop::sample::select(vec![
                "traffic", "page", "yes", "never", "monitor", "runs", "(", ")", ",", "and", "or", "not", "for", "if", "then",
                "else", "+", "-", "*", "/", "<", ">=", "==", "5", "2s", "3%", "1/min", "9:00", "min", "max", "'x'", "clamp",
            ]),
            0..25,
        )
    ) {
        let text = words.join(" ");
        if let Ok(condition) = condition(&text, &vocabulary()) {
            let verdict = condition.check(&Fixed, Instant::START, &mut condition.memory());
            prop_assert_eq!(verdict.holds, verdict.failing == 0);
            let _ = condition.readings(&Fixed, Instant::START);
        }
        let _ = formula(&text, &vocabulary(), None).map(|formula| formula.value(&Fixed));
    }
}
