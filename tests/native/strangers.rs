//! A scenario that carries an attack in every text that a file can hold, in every output.

use std::process::{Command, Output};
use std::sync::{Arc, OnceLock};

use accelerando::export::{
    Chart, Findings, Format, Paint, Part, Shared, Theme, explanation_text, export, part, snippets,
    still, tables, text,
};
use accelerando::insight::{chapters, explain};
use accelerando::letters::is_hidden;
use accelerando::scenario::{
    Chapter, Claim, Effect, Endpoint, FLASH_SALE, Finding, Incident, Line, Metric, Parameters,
    Phase, Policy, Question, Rule, Scenario, Sentence, Told,
};
use accelerando::schedule::EndpointId;
use accelerando::sim::{Trace, simulate};
use accelerando::time::Instant;

const ATTACK: &str = include_str!("../shared/attack.toml");
/// How every attack begins, and what those end with that may hold letters nobody sees.
const SEEN: &str = "=1+1\"x><img src=x onerror=top.hit=1><script>top.hit=2</script>";
const HIDDEN: &str = "|\u{241b}[31m\u{fffd}\u{2407}\u{fffd}\u{fffd}";

fn attacked() -> &'static (Trace, Findings) {
    static RUN: OnceLock<(Trace, Findings)> = OnceLock::new();
    RUN.get_or_init(|| {
        let scenario = Arc::new(Scenario::parse(ATTACK).expect("titles may hold what can be seen"));
        let trace = simulate(&scenario, &Parameters::new(&scenario)).expect("it runs");
        let findings = Findings::of(&trace).expect("it can be compared");
        (trace, findings)
    })
}

fn words(sentences: &[Sentence]) -> bool {
    sentences
        .iter()
        .all(|Sentence { text, when: _ }| shows(text))
}

/// Whether a template says the whole attack.
fn shows(template: &impl std::fmt::Debug) -> bool {
    format!("{template:?}").contains("onerror=top.hit=1")
        && format!("{template:?}").contains("\u{241b}[31m\u{fffd}")
}

/// Every struct is taken apart whole, so that a new field of a scenario does not compile until it has its attack here.
#[test]
fn every_text_that_a_file_can_hold_carries_an_attack() {
    let scenario = Scenario::clone(&attacked().0.scenario);
    let title = |text: &str| assert!(text.starts_with(SEEN), "no attack: {text}");
    let prose = |text: &str| {
        assert!(
            text.starts_with(SEEN) && text.contains(HIDDEN),
            "no attack: {text}"
        )
    };
    let Scenario {
        name: _,
        title: its_title,
        about,
        duration: _,
        shifted: _,
        governor: _,
        epoch_ms: _,
        zone: _,
        phases,
        metrics,
        endpoints,
        rules,
        incident,
        claims,
        parameters,
        world_names: _,
        plan_names: _,
        claim_functions: _,
        policies,
        told,
        chapters,
        questions,
    } = scenario;
    title(&its_title);
    prose(&about);
    for Phase {
        id: _,
        name,
        from: _,
        values: _,
    } in &phases
    {
        title(name);
    }
    for Metric {
        id: _,
        name,
        unit: _,
        shown: _,
        hidden: _,
        formula: _,
    } in &metrics
    {
        title(name);
    }
    let mut effects = 0;
    for Endpoint {
        id: _,
        name,
        schedule: _,
        observes: _,
        takes: _,
        sleeps_after_run: _,
        effect,
        message,
        milder: _,
        requires: _,
    } in &endpoints
    {
        title(name);
        if let Some(Effect {
            text,
            delay: _,
            ramp: _,
        }) = effect
        {
            title(text);
            effects += 1;
        }
        assert!(words(message), "{message:?}");
    }
    assert!(
        effects > 0
            && endpoints
                .iter()
                .any(|endpoint| !endpoint.message.is_empty())
    );
    for Rule {
        id: _,
        name,
        tier: _,
        on: _,
        off: _,
        dwell: _,
        once_per_incident: _,
        consider: _,
        calls: _,
        ends: _,
        reason: _,
        headline,
        finding,
    } in &rules
    {
        title(name);
        headline.iter().for_each(|headline| title(headline));
        if let Some(Finding { endpoint: _, text }) = finding {
            assert!(shows(text), "{text:?}");
        }
    }
    assert!(
        rules
            .iter()
            .any(|rule| words(&rule.reason) && rule.finding.is_none())
    );
    assert!(
        rules.iter().any(|rule| rule.finding.is_some())
            && rules.iter().any(|rule| rule.headline.is_some())
    );
    let Incident {
        name,
        opens: _,
        closes: _,
        trouble: _,
    } = incident.expect("there is one");
    title(&name);
    for Claim {
        id: _,
        text,
        expected,
        actual,
        holds: _,
        at: _,
    } in &claims
    {
        prose(text);
        prose(expected);
        assert!(shows(actual), "{actual:?}");
    }
    let thresholds = parameters
        .iter()
        .filter(|parameter| parameter.text.starts_with(SEEN));
    assert!(thresholds.count() > 20);
    for Policy { id: _, every: _ } in &policies {}
    let Told { runs, because } = told.expect("there is something");
    prose(&runs);
    prose(&because);
    assert!(!chapters.is_empty() && !questions.is_empty());
    for Chapter {
        id: _,
        title: its_title,
        at: _,
        sentences,
    } in &chapters
    {
        title(its_title);
        for Line {
            text,
            when: _,
            look: _,
            at: _,
        } in sentences
        {
            assert!(shows(text), "{text:?}");
        }
    }
    for Question {
        text,
        hint,
        holds: _,
    } in &questions
    {
        prose(text);
        prose(hint);
    }
}

/// That nothing of an attack is HTML in a text; `"x>` ends an attribute only where there are any.
fn no_html(text: &str, what: &str) {
    assert!(!text.contains("\"x>"), "\"x> in {what}");
    no_markup(text, what);
}

/// That nothing in a text is hidden but the ends of its lines.
fn all_seen(text: &str, what: &str) {
    let hidden = text
        .chars()
        .find(|letter| is_hidden(*letter) && !matches!(letter, '\n' | '\r'));
    assert_eq!(hidden, None, "{what}");
}

fn no_markup(text: &str, what: &str) {
    all_seen(text, what);
    for raw in ["<img", "<script"] {
        assert!(!text.contains(raw), "{raw} in {what}");
    }
    assert!(text.contains("&lt;img"), "there is an attack in {what}");
}

#[test]
fn html_and_pictures_hold_it_as_text() {
    let (trace, findings) = attacked();
    let at = Instant::from_ms(1_205_000);
    for wanted in Part::ALL {
        no_html(&part(trace, findings, wanted, at), wanted.name());
    }
    no_html(&still(trace, findings, at), "still");
    for chart in Chart::ALL {
        let svg =
            export(trace, findings, Format::Svg(chart, Theme::Auto)).expect("it can be drawn");
        no_html(&svg, chart.name());
    }
    assert!(part(trace, findings, Part::Sentence, at).contains(" of <bdi>=1+1&quot;x&gt;&lt;img"));
}

#[test]
fn markdown_holds_it_as_text() {
    let (trace, findings) = attacked();
    let whole = export(trace, findings, Format::Markdown).expect("it can be written");
    let each = tables(trace)
        .iter()
        .map(|table| table.markdown())
        .collect::<String>();
    for text in [whole, each] {
        no_markup(&text, "Markdown");
        for link in ["http://", "www.evil", "me@evil", "![a", "](http"] {
            assert!(!text.replace("\\]", "").contains(link), "{link}");
        }
        // As many cells in each row as in its head, whatever stands in them.
        let cells = |line: &str| line.replace("\\|", "").matches('|').count();
        for table in text.split("\n## ") {
            let mut rows = table
                .lines()
                .filter(|line| line.starts_with('|'))
                .map(cells);
            let head = rows.next().unwrap_or_default();
            assert!(rows.all(|row| row == head), "{table}");
        }
    }
}

/// The cells of a file of comma-separated values.
fn cells(csv: &str) -> Vec<String> {
    let (mut cells, mut cell, mut quoted) = (Vec::new(), String::new(), false);
    for letter in csv.chars() {
        match letter {
            '"' => {
                quoted = !quoted;
                if quoted && !cell.is_empty() {
                    cell.push('"');
                }
            }
            ',' | '\n' if !quoted => cells.push(std::mem::take(&mut cell)),
            '\r' if !quoted => {}
            other => cell.push(other),
        }
    }
    cells
}

#[test]
fn no_cell_of_a_table_is_a_formula() {
    let (trace, findings) = attacked();
    let runs = export(trace, findings, Format::Csv).expect("it can be written");
    let each = tables(trace)
        .iter()
        .map(|table| table.csv())
        .collect::<String>();
    for csv in [runs, each] {
        all_seen(&csv, "CSV");
        let cells = cells(&csv);
        assert!(cells.iter().any(|cell| cell.starts_with("'=1+1\"x>")));
        for cell in cells {
            let begins = cell.trim_start().starts_with(['=', '+', '-', '@']);
            assert!(!begins || cell.parse::<f64>().is_ok(), "{cell}");
        }
    }
}

#[test]
fn json_holds_it_exactly() {
    let (trace, findings) = attacked();
    for format in [Format::Json, Format::TraceEvent] {
        let text = export(trace, findings, format).expect("it can be written");
        all_seen(&text, format.name());
        let json: serde_json::Value = serde_json::from_str(&text).expect("it is JSON");
        assert!(json.to_string().contains("<img src=x onerror=top.hit=1>"));
    }
}

#[test]
fn reports_reasons_and_the_story_steer_no_terminal() {
    let (trace, findings) = attacked();
    all_seen(&text(trace, findings, Paint::Plain), "report");
    for number in 0..trace.endpoints.len() {
        for minute in [3, 10, 16, 20, 35] {
            let id = EndpointId(u32::try_from(number).expect("few"));
            let why = explain(trace, id, Instant::from_ms(minute * 60_000 + 5_000));
            all_seen(&explanation_text(&why, Paint::Plain), "explanation");
        }
    }
    for told in chapters(trace) {
        all_seen(&format!("{told:?}").replace("\\n", ""), "chapter");
    }
    let painted = text(trace, findings, Paint::Colour);
    for code in painted.split('\u{1b}').skip(1) {
        assert!(
            ["[0m", "[1m", "[2m", "[32m", "[1;31m"]
                .iter()
                .any(|ours| code.starts_with(ours)),
            "{code}"
        );
    }
}

#[test]
fn what_is_pasted_elsewhere_holds_it_as_text() {
    let (trace, findings) = attacked();
    let sentence =
        accelerando::insight::plain(&accelerando::insight::summary(trace, &findings.comparison));
    let found = snippets(&Shared {
        base: "https://a.example/",
        link: "v=1",
        source: "",
        sentence: &sentence,
        changed: &[],
    });
    no_markup(&found.markdown, "Markdown");
    assert_eq!(
        found.markdown.replace("\\]", "").matches("](").count(),
        2,
        "{}",
        found.markdown
    );
}

/// A name of each kind in the flash sale, with `@` where another is tried.
const NAMES: [(&str, &str); 12] = [
    ("name = \"flash-sale\"", "name = \"@\""),
    ("columns = { script =", "columns = { \"@\" ="),
    ("id = \"surge\"", "id = \"@\""),
    ("load = { of", "\"@\" = { of"),
    ("of = \"utilisation\"", "of = \"@\""),
    ("database_capacity =", "\"@\" ="),
    ("id = \"traffic\"", "id = \"@\""),
    ("id = \"traffic_monitor\"", "id = \"@\""),
    ("\"spike.on\" =", "\"@\" ="),
    ("id = \"slow\"", "id = \"@\""),
    ("id = \"surge-detected\"", "id = \"@\""),
    ("[told]", "[[policy]]\nid = \"@\"\n[told]"),
];

#[test]
fn no_name_can_hold_it() {
    for (name, pattern) in NAMES {
        assert!(FLASH_SALE.contains(name), "{name}");
        for attack in [
            "x><img src=x onerror=alert(1)>",
            "a b",
            "=a",
            "\\u202e",
            "é",
            "A",
        ] {
            let text = FLASH_SALE.replacen(name, &pattern.replace('@', attack), 1);
            let faults = Scenario::parse(&text).expect_err(name);
            assert!(
                faults.iter().any(|fault| fault.code == "not_a_name"),
                "{name}: {faults:?}"
            );
            for fault in faults {
                all_seen(&fault.to_string(), name);
            }
        }
        let text = FLASH_SALE.replacen(name, &pattern.replace('@', &"a".repeat(65)), 1);
        let faults = Scenario::parse(&text).expect_err(name);
        assert!(
            faults.iter().any(|fault| fault.code == "name_too_long"),
            "{name}: {faults:?}"
        );
    }
}

#[test]
fn titles_hold_nothing_that_is_not_seen() {
    for title in [
        "title = \"Flash sale\"",
        "name = \"Surge\"",
        "name = \"Visitors\"",
        "name = \"traffic monitor\"",
        "text = \"visitors that count as a surge\"",
    ] {
        assert!(FLASH_SALE.contains(title), "{title}");
        for letter in [
            "\\u001b[2J",
            "\\u202e",
            "\\u2066",
            "\\u200b",
            "\\n",
            "\\u0085",
            "\\u007f",
        ] {
            let text = FLASH_SALE.replacen(
                title,
                &format!("{}{letter}\"", title.trim_end_matches('"')),
                1,
            );
            let faults = Scenario::parse(&text).expect_err(title);
            assert_eq!(faults[0].code, "hidden_character", "{title}: {faults:?}");
        }
    }
}

fn call(args: &[&str]) -> (Output, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_accelerando-app"))
        .args(args)
        .output()
        .expect("the program can be started");
    let both = [output.stdout.as_slice(), &output.stderr].concat();
    (output, String::from_utf8(both).expect("it prints UTF-8"))
}

#[test]
fn the_command_line_prints_nothing_that_steers_a_terminal() {
    let path = std::env::temp_dir().join(format!("accelerando-attack-{}.toml", std::process::id()));
    std::fs::write(&path, ATTACK).expect("it can be written");
    let path = path.to_string_lossy().into_owned();
    let (_, link) = call(&[&path, "--link"]);
    let link = link.trim();
    for args in [
        &[path.as_str()][..],
        &[&path, "--list-parameters"],
        &[&path, "--explain", "traffic_monitor@5:00"],
        &["--open", link],
        &["--open", "#v=1&l=\u{1b}[31m:1&q=\u{202e}&t=\u{9b}&k=abc"],
        &["\u{1b}[31m"],
        &["\u{1b}[31m.toml"],
        &["--set", "\u{1b}[31m=\u{202e}"],
        &["--set", "\u{1b}[31m"],
        &["--\u{1b}[31m"],
        &["--format", "\u{1b}[31m"],
        &["--explain", "\u{1b}[31m@5:00"],
        &["flash-sale", "\u{1b}[31m"],
    ] {
        let (_, text) = call(args);
        assert!(!text.is_empty());
        all_seen(&text, &format!("{args:?}"));
    }
    let (output, _) = call(&["--open", link]);
    assert_eq!(
        String::from_utf8_lossy(&output.stderr),
        "the link: its scenario, with its title, words and claims, was written by whoever made the link\nthe link: reproduced\n"
    );
    let bad = ATTACK
        .replacen("title = \"", "title = \"\\u001b[31m", 1)
        .replace("duration", "dura\u{9b}tion");
    std::fs::write(&path, bad).expect("it can be written");
    let (output, text) = call(&[&path]);
    assert_eq!(output.status.code(), Some(2));
    all_seen(&text, "faults");
    let _ = std::fs::remove_file(path);
}
