#![allow(clippy::expect_used, clippy::indexing_slicing)]

use std::sync::{Arc, LazyLock};

use proptest::prelude::*;

use super::key::*;
use super::*;
use crate::draw::Viewport;
use crate::limits;
use crate::scenario::{FLASH_SALE, Scenario};
use crate::schedule::EndpointId;
use crate::session::{Call, Rival, Selection, Setup, Tab, Wish};
use crate::sim::{self, Engine, Trace};
use crate::time::Instant;

static SALE: LazyLock<Arc<Scenario>> =
    LazyLock::new(|| Arc::new(Scenario::parse(FLASH_SALE).expect("it is well-formed")));
const OPENING: Instant = Instant::from_ms(1_205_000);

fn opening() -> View {
    View::opening(&SALE, OPENING)
}

fn there_and_back(view: &View) -> Read {
    read(&SALE, OPENING, &write(&SALE, "", OPENING, view, None))
}

fn run(setup: &Setup) -> Trace {
    let engine = Engine::new(&SALE, &setup.parameters, setup.interventions());
    engine.and_then(Engine::finished).expect("it runs")
}

fn ten_moved() -> View {
    let mut view = opening();
    let values = [
        ("traffic", "1.45"),
        ("cache_warm_up.effectiveness", "0.35"),
        ("scale_checkout_workers.delay", "2min 30s"),
        ("traffic_monitor.every", "4min 50s"),
        ("order_processor_health.every", "3min 35s"),
        ("inventory_sync_check.max", "14min"),
        ("slack_operations.cooldown", "25min"),
        ("tight.traffic", "45s"),
        ("support.patience", "12min"),
        ("noise", "0.05"),
    ];
    for (name, value) in values {
        view.setup
            .parameters
            .set_text(&SALE, name, value)
            .unwrap_or_else(|fault| panic!("{name}: {fault}"));
    }
    view.cursor = Instant::from_ms(814_000);
    view
}

#[test]
fn a_page_as_it_opens_has_no_fragment() {
    assert_eq!(write(&SALE, "", OPENING, &opening(), None), "");
    let found = read(&SALE, OPENING, "");
    assert_eq!(found.view, opening());
    assert!(found.skipped.is_empty() && !found.damaged);
}

#[test]
fn ten_moved_sliders_and_the_cursor_stay_under_300_characters() {
    let view = ten_moved();
    let proof = Proof::of(&run(&view.setup), FLASH_SALE);
    let text = write(&SALE, "", OPENING, &view, Some(&proof));
    assert!(text.len() < 300, "{}: {text}", text.len());
    let found = read(&SALE, OPENING, &text);
    assert_eq!((found.view, found.proof), (view, Some(proof)));
    assert_eq!((found.skipped, found.damaged), (Vec::new(), false));
}

/// The sum over the text of the last of the links.
const OWN_TEXT: u64 = 6_174_097_919_616_629_163;

/// Links that the first version has made. They stay as they are for good.
const KEPT: &str = include_str!("v1.txt");

#[test]
fn links_of_the_first_version_are_read_for_good() {
    let links: Vec<Read> = KEPT
        .lines()
        .map(|link| read(&SALE, OPENING, link))
        .collect();
    let [sliders, calls, views, own] = links.as_slice() else {
        panic!("four links")
    };
    for found in &links {
        assert_eq!((&found.skipped, found.damaged), (&Vec::new(), false));
    }
    assert_eq!(sliders.view, ten_moved());
    assert_eq!(calls.view, with_calls());
    assert_eq!(views.view, with_everything());
    // A text of one's own is told from one that ships, or has shipped: that one must be kept, too.
    let link = KEPT.lines().last().expect("there are four");
    let text = super::text(source_of(link)).expect("what it was made from is known for good");
    assert_eq!(hash(&text), OWN_TEXT);
    assert_eq!(own.view, packed_calls());
}

fn with_calls() -> View {
    let mut view = opening();
    let call = |at_ms, endpoint, wish| Call {
        at_ms,
        endpoint,
        wish,
    };
    view.setup.calls = vec![
        call(
            60_000,
            0,
            Wish::Interval {
                every_ms: 20_000,
                ttl_ms: 300_000,
            },
        ),
        call(
            61_000,
            1,
            Wish::Once {
                in_ms: 5_000,
                ttl_ms: 60_000,
            },
        ),
        call(
            61_000,
            2,
            Wish::Pause {
                for_ms: Some(240_000),
            },
        ),
        call(90_000, 3, Wish::Wake),
        call(95_000, 0, Wish::Clear),
        call(2_400_000, 9, Wish::Pause { for_ms: None }),
    ];
    view
}

fn with_everything() -> View {
    let mut view = ten_moved();
    view.kept = Some(with_calls().setup);
    view.rival = Rival::Cron("*/7 8-18 * * mon".to_owned());
    view.chapter = Some(3);
    view.selection = Some(Selection {
        endpoint: EndpointId(4),
        at: Instant::from_ms(575_000),
    });
    view.viewport = Viewport {
        from: Instant::from_ms(500_000),
        to: Instant::from_ms(900_000),
    };
    view.tab = Tab::Compare;
    view
}

#[test]
fn a_chapter_may_be_linked_by_its_name_alone() {
    let found = read(&SALE, OPENING, "#story=critical");
    assert_eq!(found.view.chapter, Some(3));
    assert_eq!((found.skipped, found.damaged), (Vec::new(), false));
}

#[test]
fn what_cannot_be_read_is_told_and_the_rest_is_kept() {
    let told = |text: &str| {
        let found = read(&SALE, OPENING, text);
        assert!(found.damaged, "{text}");
        let told: Vec<String> = found.skipped.iter().map(ToString::to_string).collect();
        (found.view, told.join("; "))
    };
    let traffic = key("traffic", levers(&SALE));
    let (view, skipped) = told(&format!(
        "v=1&l={traffic}:1.5,zzzz:3,{traffic}&t=zzzzzz&q=1"
    ));
    let index = SALE.parameter("traffic").expect("there is one");
    assert_eq!(view.setup.parameters.get(index), 1.5);
    assert_eq!(
        skipped,
        format!(
            "`l=zzzz:3`: no lever of this scenario; `l={traffic}`: no lever: it has no `:`; \
             `t=zzzzzz`: no moment of the run; `q=1`: not known here"
        )
    );
    let (view, skipped) = told(&format!("v=1&l={traffic}:99&l={traffic}:2"));
    assert_eq!(view.setup, opening().setup);
    assert!(skipped.contains("it is there twice"), "{skipped}");
    assert!(
        skipped.contains(&format!("`l={traffic}:99`: ")),
        "{skipped}"
    );
    let (_, skipped) = told("v=7&t=5k");
    assert!(
        skipped.contains("a version that is not known here"),
        "{skipped}"
    );
    assert!(told("t=5k").1.contains("the version is missing"));
}

#[test]
fn a_run_is_reproduced_or_the_lanes_are_named_that_differ() {
    let trace = run(&opening().setup);
    let proof = Proof::of(&trace, FLASH_SALE);
    assert_eq!(proof.verdict(&trace, FLASH_SALE), Verdict::Reproduced);
    let mut other = opening().setup;
    other
        .parameters
        .set_text(&SALE, "inventory_sync_check.every", "9min")
        .expect("in range");
    match proof.verdict(&run(&other), FLASH_SALE) {
        Verdict::Differs { lanes, engine } => {
            assert!(lanes.contains(&"inventory sync".to_owned()), "{lanes:?}");
            assert!(!lanes.contains(&"traffic monitor".to_owned()), "{lanes:?}");
            assert!(!engine);
        }
        other => panic!("the runs are others: {other:?}"),
    }
    let older = Proof::read(&proof.written().replacen(&sim::ENGINE.to_string(), "0", 1));
    let older = older.expect("it can be read");
    assert_eq!(
        older.verdict(&trace, FLASH_SALE),
        Verdict::Reproduced,
        "what counts is what it came to"
    );
}

#[test]
fn a_proof_covers_what_the_scenario_says() {
    let trace = run(&opening().setup);
    let proof = Proof::of(&trace, FLASH_SALE);
    let forged = FLASH_SALE.replace("title = \"Flash sale\"", "title = \"All is well\"");
    assert_eq!(proof.verdict(&trace, &forged), Verdict::OtherWords);
    let link = write(&SALE, "", OPENING, &opening(), Some(&proof));
    let found = read(&SALE, OPENING, &link);
    assert_eq!(found.proof.as_ref(), Some(&proof));
    assert_eq!(
        found.judged(&trace, FLASH_SALE),
        Some((true, "reproduced".to_owned()))
    );
    let (same, words) = found.judged(&trace, &forged).expect("it proves something");
    assert!(!same);
    assert!(
        words.starts_with("the runs are reproduced, but the scenario says something else"),
        "{words}"
    );
}

#[test]
fn a_proof_without_a_sum_of_the_words_judges_the_runs_as_before() {
    let trace = run(&opening().setup);
    let written = Proof::of(&trace, FLASH_SALE).written();
    let (before, _) = written.rsplit_once('.').expect("the words' sum is last");
    let old = Proof::read(before).expect("links of the first version have none");
    assert_eq!(old.written(), before);
    assert_eq!(old.verdict(&trace, FLASH_SALE), Verdict::Reproduced);
    assert_eq!(old.verdict(&trace, "others"), Verdict::WordsUnknown);
    let own = FLASH_SALE.replace("title = \"Flash sale\"", "title = \"All is well\"");
    let link = with_sum(&format!("v=1&s={}&x={before}", source(&own)));
    let found = read(&SALE, OPENING, &link);
    assert!(found.own && !found.damaged, "{:?}", found.skipped);
    assert_eq!(
        found.judged(&trace, &own),
        Some((
            false,
            "the runs are reproduced, but the link does not say for which words of the scenario"
                .to_owned()
        ))
    );
    for wrong in [
        format!("{before}."),
        format!("{before}.abc"),
        format!("{before}.ab!def"),
    ] {
        assert_eq!(Proof::read(&wrong), None, "{wrong}");
    }
}

/// A fragment with the sum that a whole one ends with.
fn with_sum(fields: &str) -> String {
    format!("{fields}&k={}", digits(hash(fields), 3))
}

#[test]
fn what_is_said_of_a_scenario_is_said_of_the_one_that_opens() {
    let text = FLASH_SALE.replace("title = \"Flash sale\"", "title = \"All is well\"");
    let own = source(&text);
    let hidden = super::packed::packed("s=flash-sale", "").expect("it can be packed");
    for link in [
        with_sum(&format!("v=1&z={hidden}&s={own}")),
        with_sum(&format!("v=1&s={own}&z={hidden}")),
    ] {
        assert_eq!(source_of(&link), own);
        let found = read(&SALE, OPENING, &link);
        assert!(found.own && !found.foreign, "{link}");
        assert_eq!(found.skipped.len(), 1, "{:?}", found.skipped);
        assert_eq!(found.skipped[0].part, "s=flash-sale");
        assert_eq!(
            found.skipped[0].why,
            "a scenario stands in a link as it is, not packed"
        );
    }
    let junk = |parts: usize| format!("v=1{}&s={own}", "&l".repeat(parts));
    // Parts of parts count for the reader, too; the scenario is told all the same.
    let levers = format!("v=1&l={}&s={own}", "a,".repeat(limits::LINK_PARTS));
    for (link, opens) in [
        (junk(limits::LINK_PARTS - 2), true),
        (junk(limits::LINK_PARTS - 1), false),
        (levers, true),
    ] {
        assert_eq!(is_own(source_of(&link)), opens);
        assert_eq!(read(&SALE, OPENING, &link).own, opens);
    }
}

#[test]
fn who_wrote_a_scenario_that_does_not_ship_is_said() {
    let own = source(&FLASH_SALE.replace("title = \"Flash sale\"", "title = \"All is well\""));
    let scenario = super::scenario(&own).expect("it is well-formed");
    let found = read(
        &scenario,
        OPENING,
        &write(
            &scenario,
            &own,
            OPENING,
            &View::opening(&scenario, OPENING),
            None,
        ),
    );
    assert!(found.own && found.skipped.is_empty());
    assert_eq!(
        found.told(),
        ["its scenario, with its title, words and claims, was written by whoever made the link"]
    );
    assert_eq!(
        read(&SALE, OPENING, "#v=1&s=flash-sale").told(),
        Vec::<String>::new()
    );
}

#[test]
fn what_cannot_be_read_is_told_so_that_it_can_be_seen() {
    let found = read(&SALE, OPENING, "#v=1&q=\u{1b}[31m\u{202e}\n");
    assert!(
        found.told()[0].starts_with("skipped `q=\u{241b}[31m\u{fffd} `"),
        "{:?}",
        found.told()
    );
}

#[test]
fn every_name_has_a_key_of_its_own() {
    for (place, name) in levers(&SALE).enumerate() {
        assert_eq!(named(&key(name, levers(&SALE)), levers(&SALE)), Some(place));
    }
    // Names that begin alike get longer keys.
    let many: Vec<String> = (0..3_000)
        .map(|number| format!("endpoint_{number}"))
        .collect();
    let names = || many.iter().map(String::as_str);
    for (place, name) in many.iter().enumerate().step_by(97) {
        assert_eq!(named(&key(name, names()), names()), Some(place), "{name}");
    }
}

// --- scenarios of one's own ---

/// A scenario of 150 lines that somebody has made from the one that ships.
fn edited() -> String {
    let mut text = FLASH_SALE
        .replace("Flash sale", "Our own sale")
        .replace("every = \"5min\"", "every = \"4min\"")
        .replace("every = \"10min\"", "every = \"7min\"");
    text.push_str(&"# What we have found since, line by line.\n".repeat(10));
    text
}

#[test]
fn an_edited_scenario_is_what_differs_and_comes_back_whole() {
    let text = edited();
    let source = source(&text);
    assert!(source.len() < 2_000, "{}: {source}", source.len());
    assert_eq!(super::text(&source), Ok(text));
    let scenario = scenario(&source).expect("it is well-formed");
    let (view, proof) = (opening(), Proof::of(&run(&opening().setup), FLASH_SALE));
    let link = write(&scenario, &source, OPENING, &view, Some(&proof));
    assert!(link.len() < 2_000, "{}: {link}", link.len());
    assert_eq!(source_of(&format!("#{link}")), source);
    let found = read(&scenario, OPENING, &link);
    assert_eq!((found.view, found.proof), (view, Some(proof)));
    assert_eq!(
        (found.skipped, found.damaged, found.foreign),
        (vec![], false, false)
    );
}

#[test]
fn a_scenario_that_ships_goes_by_its_name() {
    assert_eq!(source(FLASH_SALE), "");
    for (name, text) in crate::scenario::SHIPPED {
        assert_eq!(super::text(name).as_deref(), Ok(text));
        let source = source(text);
        assert!(
            source == name || text == FLASH_SALE && source.is_empty(),
            "{source}"
        );
    }
}

#[test]
fn a_link_whose_scenario_is_damaged_shows_another_and_says_so() {
    let source = source(&edited());
    let proof = Proof::of(&run(&opening().setup), FLASH_SALE);
    let link = write(&SALE, &source, OPENING, &ten_moved(), Some(&proof));
    let cut = link.replacen(&source, &source[..source.len() - 9], 1);
    let found = read(&SALE, OPENING, &cut);
    assert!(found.damaged && found.foreign);
    assert_eq!(found.view, ten_moved());
    assert!(
        found.told()[0].contains("its scenario is damaged"),
        "{:?}",
        found.told()
    );
    let (same, words) = found
        .judged(&run(&ten_moved().setup), FLASH_SALE)
        .expect("it has a proof");
    assert!(
        !same && words.contains("its own scenario could not be read"),
        "{words}"
    );
    for (source, why) in [
        ("nobodys", "no scenario of this name"),
        ("AAAA~~", "is not known here"),
        ("AAAA", "no scenario of this name"),
    ] {
        let told = super::text(source).expect_err("there is none");
        assert!(told.contains(why), "{told}");
    }
}

fn packed_calls() -> View {
    let mut view = opening();
    let call = |minute: i64| Call {
        at_ms: minute * 30_000,
        endpoint: 2,
        wish: Wish::Once {
            in_ms: 15_000,
            ttl_ms: 60_000,
        },
    };
    view.setup.calls = (0..60).map(call).collect();
    view
}

#[test]
fn many_calls_are_packed_and_of_a_damaged_link_the_first_are_kept() {
    let view = packed_calls();
    let link = write(&SALE, "", OPENING, &view, None);
    assert!(
        link.contains("&z=") && link.len() < 500,
        "{}: {link}",
        link.len()
    );
    assert_eq!(there_and_back(&view).view, view);
    let cut = read(&SALE, OPENING, &link[..link.len() / 2]);
    let kept = &cut.view.setup.calls;
    assert!(
        cut.damaged && !kept.is_empty() && view.setup.calls.starts_with(&kept[..kept.len() - 1])
    );
}

// --- any state, any damage ---

fn any_wish() -> impl Strategy<Value = Wish> {
    let ms = 0_i64..100_000_000;
    prop_oneof![
        (ms.clone(), ms.clone()).prop_map(|(every_ms, ttl_ms)| Wish::Interval { every_ms, ttl_ms }),
        (ms.clone(), ms.clone()).prop_map(|(in_ms, ttl_ms)| Wish::Once { in_ms, ttl_ms }),
        prop::option::of(ms).prop_map(|for_ms| Wish::Pause { for_ms }),
        Just(Wish::Wake),
        Just(Wish::Clear),
    ]
}

fn any_setup() -> impl Strategy<Value = Setup> {
    let levers = prop::collection::vec((0..SALE.parameters.len(), 0.0..=1.0_f64), 0..12);
    let calls = prop::collection::vec((0..2_400_000_i64, 0..10_u32, any_wish()), 0..6);
    (levers, calls).prop_map(|(levers, calls)| {
        let mut setup = Setup::new(&SALE);
        for (index, share) in levers {
            let Some(parameter) = SALE.parameters.get(index) else {
                continue;
            };
            let value = parameter.from + (parameter.to - parameter.from) * share;
            let value = if parameter.form == crate::scenario::Form::Number(crate::rule::Unit::PLAIN)
            {
                value
            } else {
                value.round()
            };
            // What contradicts another stays as it is.
            let _ = setup.parameters.set(&SALE, index, value);
        }
        setup.calls = calls
            .into_iter()
            .map(|(at_ms, endpoint, wish)| Call {
                at_ms,
                endpoint,
                wish,
            })
            .collect();
        crate::order::by_key(&mut setup.calls, |call| (call.at_ms, 0));
        setup
    })
}

fn any_view() -> impl Strategy<Value = View> {
    let rival = prop_oneof![
        Just(Rival::Nobody),
        Just(Rival::Defaults),
        Just(Rival::Kept),
        ".{0,30}".prop_map(Rival::Policy),
        ".{0,30}".prop_map(Rival::Cron),
    ];
    let moment = || (0..=2_400_000_i64).prop_map(Instant::from_ms);
    let selection = prop::option::of((0..10_u32, moment()));
    let seen = (0..2_300_000_i64, 30_000..2_400_000_i64);
    (
        (any_setup(), prop::option::of(any_setup())),
        (rival, prop::option::of(0_usize..6)),
        (moment(), seen, selection),
        0..Tab::ALL.len(),
    )
        .prop_map(
            |((setup, kept), (rival, chapter), (cursor, (from, length), selection), tab)| {
                let end = SALE.end();
                let from = Instant::from_ms(from);
                let to = Instant::from_ms(from.ms() + length);
                View {
                    setup,
                    kept,
                    rival,
                    chapter,
                    cursor,
                    viewport: Viewport { from, to }.zoomed(from, 1.0, end),
                    selection: selection.map(|(endpoint, at)| Selection {
                        endpoint: EndpointId(endpoint),
                        at,
                    }),
                    tab: Tab::ALL[tab],
                }
            },
        )
}

fn key_of_base() -> String {
    source("").split('~').next().unwrap_or_default().to_owned()
}

/// What becomes of links on their way.
fn any_damage() -> impl Strategy<Value = (u8, usize, char)> {
    (0_u8..5, any::<usize>(), any::<char>())
}

fn damaged(text: &str, (how, place, letter): (u8, usize, char)) -> String {
    let letters: Vec<char> = text.chars().collect();
    let place = place % letters.len().max(1);
    let (before, after) = letters.split_at(place.min(letters.len()));
    let text = |letters: &[char]| letters.iter().collect::<String>();
    match how {
        0 => text(before),
        1 => text(after),
        2 => format!(
            "{}{letter}{}",
            text(before),
            text(after.get(1..).unwrap_or_default())
        ),
        3 => format!("{0}{0}", text(&letters)),
        _ => format!("{}{letter}{}", text(before), text(after)),
    }
}

proptest! {
    #[test]
    fn any_state_survives_the_way_between_programs(view in any_view()) {
        let bytes = view.bytes();
        prop_assert_eq!(View::from_bytes(&SALE, &bytes), Some(view));
        for cut in 0..bytes.len() {
            prop_assert!(View::from_bytes(&SALE, &bytes[..cut]).is_none(), "{}", cut);
        }
    }

    #[test]
    fn any_state_survives_the_way_through_a_link(view in any_view()) {
        let found = there_and_back(&view);
        prop_assert_eq!(found.skipped, []);
        prop_assert!(!found.damaged);
        prop_assert_eq!(found.view, view);
    }

    #[test]
    fn any_text_survives_the_way_through_a_link(edits in prop::collection::vec((any::<prop::sample::Index>(), 0_usize..4, ".{0,40}\n?"), 0..12)) {
        let mut lines: Vec<&str> = FLASH_SALE.split_inclusive('\n').collect();
        for (place, dropped, inserted) in &edits {
            let from = place.index(lines.len());
            let to = (from + dropped).min(lines.len() - 1);
            lines.splice(from..to.max(from), [inserted.as_str()]);
        }
        let text = lines.concat();
        prop_assert_eq!(super::text(&source(&text)), Ok(text));
    }

    #[test]
    fn any_foreign_source_is_told(source in "[A-Za-z0-9_~.-]{0,80}") {
        let _ = super::text(&source);
        let known = key_of_base();
        let _ = super::text(&format!("{known}~{source}"));
        let _ = super::text(&format!("{known}~1.2.3~{source}"));
    }

    #[test]
    fn any_damage_leaves_a_page_that_runs_and_is_told(view in any_view(), damages in prop::collection::vec(any_damage(), 1..4)) {
        let whole = write(&SALE, "", OPENING, &view, None);
        let link = damages.into_iter().fold(whole.clone(), |link, damage| damaged(&link, damage));
        let found = read(&SALE, OPENING, &link);
        prop_assert!(link == whole || link.is_empty() || found.damaged || found.view == view, "{}", link);
        let setup = &found.view.setup;
        prop_assert!(Engine::new(&SALE, &setup.parameters, setup.interventions()).is_ok());
    }

    #[test]
    fn foreign_text_gives_a_page(text in ".{0,200}") {
        let found = read(&SALE, OPENING, &text);
        prop_assert!(found.view.cursor <= SALE.end());
    }
}
