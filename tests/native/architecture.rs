//! The sources keep to the order of the rooms, and the core knows no browser, no clock and no map in random order.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// The rooms, in the order in which they may know those before them; the doors stand side by side at the end.
const ROOMS: [&str; 14] = [
    "limits",
    "order",
    "letters",
    "diagnostic",
    "time",
    "schedule",
    "rule",
    "scenario",
    "sim",
    "insight",
    "draw",
    "export",
    "session",
    "link",
];
const DOORS: [&str; 3] = ["cli", "page", "api"];

/// What the core may not name.
const FORBIDDEN: [&str; 9] = [
    "web_sys",
    "js_sys",
    "wasm_bindgen",
    "leptos",
    "gloo",
    "SystemTime",
    "std::time",
    "HashMap",
    "HashSet",
];
/// Functions that come out differently on different machines.
const INEXACT: [&str; 9] = [
    ".sin()", ".cos()", ".exp()", ".ln()", ".log10()", ".log2()", ".powf(", ".powi(", ".tanh()",
];
/// The rooms whose numbers steer decisions.
const EXACT: [&str; 8] = [
    "order",
    "letters",
    "diagnostic",
    "time",
    "schedule",
    "rule",
    "scenario",
    "sim",
];

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("src can be read").flatten() {
        let path = entry.path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs")
            && !path.ends_with("tests.rs")
        {
            found.push(path);
        }
    }
}

/// Room and text of every source, without comments and tests.
fn rooms() -> Vec<(String, PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    sources(&root, &mut found);
    let mut all = Vec::new();
    for path in found {
        let inside = path.strip_prefix(&root).expect("it lies in src");
        let room = inside
            .iter()
            .next()
            .expect("it has a name")
            .to_string_lossy();
        let room = room.trim_end_matches(".rs").to_owned();
        let text = fs::read_to_string(&path).expect("it can be read");
        let text = text.split("mod tests {").next().unwrap_or_default();
        let code: Vec<&str> = text
            .lines()
            .filter(|line| !line.trim_start().starts_with("//"))
            .collect();
        all.push((room, path, code.join("\n")));
    }
    all
}

/// The rooms that a text names.
fn named(code: &str) -> Vec<String> {
    let known = ROOMS.iter().chain(&DOORS);
    known
        .filter(|room| {
            let direct = format!("crate::{room}");
            code.match_indices(&direct).any(|(at, _)| {
                let next = code[at + direct.len()..].chars().next();
                !next.is_some_and(|next| next.is_alphanumeric() || next == '_')
            })
        })
        .map(|room| (*room).to_owned())
        .collect()
}

fn rank(room: &str) -> usize {
    ROOMS
        .iter()
        .position(|known| *known == room)
        .unwrap_or(ROOMS.len())
}

#[test]
fn rooms_know_only_those_before_them() {
    let mut arrows: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (room, path, code) in rooms() {
        if room == "lib" || room == "main" {
            continue;
        }
        assert!(
            ROOMS.contains(&room.as_str()) || DOORS.contains(&room.as_str()),
            "{path:?} stands in no room"
        );
        for other in named(&code) {
            if other != room {
                assert!(
                    rank(&other) < rank(&room),
                    "{path:?} looks to the right, at {other}"
                );
                arrows.entry(room.clone()).or_default().push(other);
            }
        }
    }
    assert!(
        arrows.values().map(Vec::len).sum::<usize>() > 20,
        "the arrows are not found any more"
    );
}

#[test]
fn the_core_knows_no_browser_no_clock_and_no_random_order() {
    for (room, path, code) in rooms() {
        if DOORS.contains(&room.as_str()) || room == "lib" || room == "main" {
            continue;
        }
        for word in FORBIDDEN {
            assert!(!code.contains(word), "{path:?} names {word}");
        }
    }
}

#[test]
fn what_steers_decisions_is_exact_on_every_machine() {
    for (room, path, code) in rooms() {
        if EXACT.contains(&room.as_str()) {
            for word in INEXACT {
                assert!(!code.contains(word), "{path:?} uses {word}");
            }
        }
    }
}

#[test]
fn the_story_stands_in_its_file_and_not_in_the_sources() {
    let scenario = crate::settings::flash_sale();
    for (_, path, code) in rooms() {
        for endpoint in &scenario.endpoints {
            assert!(
                !code.contains(&endpoint.id),
                "{path:?} names {}",
                endpoint.id
            );
        }
    }
}

/// The page is built without the code that writes values for debugging: it would show nothing.
#[test]
fn nobody_is_shown_values_for_debugging() {
    let doors = ["api", "cli"];
    for (room, path, code) in rooms() {
        let shown = code.contains(":?}") || code.contains(":#?}");
        assert!(
            doors.contains(&room.as_str()) || !shown,
            "{path:?} writes with {{:?}}"
        );
    }
}

#[test]
fn nothing_panics_on_purpose() {
    for (_, path, code) in rooms() {
        for word in [
            ".unwrap()",
            ".expect(\"",
            "panic!(",
            "unreachable!(",
            "todo!(",
            "unimplemented!(",
        ] {
            assert!(!code.contains(word), "{path:?} has {word}");
        }
    }
}

#[test]
fn a_function_is_no_longer_than_a_page() {
    // Views are one expression and long by nature.
    for (room, path, code) in rooms() {
        if room == "page" {
            continue;
        }
        let mut begun: Option<(usize, usize, String)> = None;
        for (number, line) in code.lines().enumerate() {
            let indent = line.len() - line.trim_start().len();
            let word = line.trim_start();
            let starts = [
                "fn ",
                "pub fn ",
                "pub(super) fn ",
                "pub const fn ",
                "const fn ",
            ];
            if begun.is_none()
                && starts.iter().any(|start| word.starts_with(start))
                && !word.ends_with(';')
            {
                begun = Some((number, indent, word.to_owned()));
            }
            if let Some((from, depth, name)) = &begun
                && line.starts_with(&format!("{}}}", " ".repeat(*depth)))
                && indent == *depth
            {
                assert!(
                    number - from <= 100,
                    "{path:?}: {} lines in {name}",
                    number - from
                );
                begun = None;
            }
        }
    }
}
