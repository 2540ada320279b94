//! Chooses the door: the command line natively, the page in the browser.

#[cfg(all(not(target_arch = "wasm32"), feature = "cli"))]
fn main() -> std::process::ExitCode {
    accelerando::cli::run()
}

/// Opens the page on a compiled scenario.
#[cfg(all(target_arch = "wasm32", feature = "page"))]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn open(scenario: Box<[u8]>) {
    accelerando::page::start(scenario);
}

#[cfg(not(all(not(target_arch = "wasm32"), feature = "cli")))]
fn main() {}
