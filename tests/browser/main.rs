//! Core and page in a real browser; scripts/test-wasm runs it.
#![cfg(target_arch = "wasm32")]
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on fails"
)]

#[cfg(feature = "page")]
mod page;
mod traces;

#[path = "../shared/settings.rs"]
mod settings;

wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);
