//! Compiles the scenarios that ship, for the page, into files beside their texts.
#![allow(clippy::expect_used, reason = "a build step may end with a panic")]

use std::fs;
use std::path::Path;

use accelerando::scenario::{SHIPPED, Scenario};

fn main() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("public/scenarios");
    for (name, text) in SHIPPED {
        let scenario = Scenario::parse(text).expect("what ships is well-formed");
        let bytes = scenario.compiled().expect("it can be written");
        let file = folder.join(name).with_extension("compiled");
        if fs::read(&file).ok().as_deref() != Some(&bytes) {
            fs::write(&file, bytes).expect("it can be kept");
        }
    }
}
