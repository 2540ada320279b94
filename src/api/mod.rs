//! The JavaScript surface: plain objects in, plain objects out, `Error` objects with a `code`.
//!
//! Invariant: nothing here decides anything and nothing here panics on what a caller passes.

mod input;
mod scheduler;

pub use scheduler::LiveScheduler;

use serde::Serialize;
use wasm_bindgen::JsValue;

/// An `Error` with a `code`, to be thrown.
fn error(code: &str, message: &str) -> JsValue {
    let error = js_sys::Error::new(message);
    // Setting a property of an object that was made here cannot fail.
    let _ = js_sys::Reflect::set(&error, &JsValue::from("code"), &JsValue::from(code));
    error.into()
}

/// A plain object, with `null` for what is missing.
fn object(value: &impl Serialize) -> Result<JsValue, JsValue> {
    let serializer = serde_wasm_bindgen::Serializer::new().serialize_missing_as_null(true);
    value
        .serialize(&serializer)
        .map_err(|fault| error("internal", &fault.to_string()))
}
