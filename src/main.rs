//! Chooses the door: the command line natively, the page in the browser.

#[cfg(all(not(target_arch = "wasm32"), feature = "cli"))]
fn main() -> std::process::ExitCode {
    accelerando::cli::run()
}

#[cfg(all(target_arch = "wasm32", feature = "page"))]
fn main() {
    accelerando::page::start();
}

#[cfg(not(any(
    all(not(target_arch = "wasm32"), feature = "cli"),
    all(target_arch = "wasm32", feature = "page")
)))]
fn main() {}
