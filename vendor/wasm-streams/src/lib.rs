//! What Leptos' server functions ask of `wasm-streams`, and nothing more.
//!
//! The real crate exports classes to JavaScript, which a linker must keep although nothing calls them: 7 KiB of every
//! page. This page has no server, so a stream from one is empty and none is sent.

use futures_util::stream::{self, Stream};
use wasm_bindgen::JsValue;
use web_sys::ReadableStream as Raw;

/// A stream of the browser.
pub struct ReadableStream(Option<Raw>);

impl ReadableStream {
    /// The stream of a response.
    #[must_use]
    pub fn from_raw(raw: Raw) -> Self {
        Self(Some(raw))
    }

    /// A stream for a request: always empty.
    #[must_use]
    pub fn from_stream(_: impl Stream<Item = Result<JsValue, JsValue>> + 'static) -> Self {
        Self(Raw::new().ok())
    }

    /// What the browser takes.
    #[must_use]
    pub fn into_raw(self) -> Raw {
        self.0.unwrap_or_else(|| JsValue::NULL.into())
    }

    /// The parts of a response: none.
    pub fn into_stream(self) -> impl Stream<Item = Result<JsValue, JsValue>> {
        stream::empty()
    }
}
