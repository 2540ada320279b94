//! The JavaScript surface: plain objects in, plain objects out, `Error` objects with a `code`.
//!
//! What the command line writes as JSON has the command line's names here; everything else is in camel case.
//! The types that TypeScript sees are made of the Rust types of what goes in and out.
//!
//! Invariant: nothing here decides anything, nothing here panics on what a caller passes, and no call keeps memory
//! that a later one does not use again.

mod answers;
mod ask;
mod context;
mod fault;
mod input;
mod kept;
mod recipe;
mod run;
mod scenario;
mod scheduler;
mod tools;
mod view;

pub use ask::ask;
pub use context::PlannerContext;
pub use run::{claims, compare, explain, export_as, parse, simulate};
pub use scheduler::LiveScheduler;
pub use view::{draw_parts, moment, slider};

use serde::Serialize;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use fault::error;

/// Never called: that it is there has wasm-bindgen write into its glue how a module is made anew, and how an object
/// knows that it is of one that is gone. `scripts/renewed.mjs` calls that after a fault, and takes this one's export.
#[wasm_bindgen(js_name = __renew, skip_typescript)]
pub fn renew() {
    wasm_bindgen::handler::schedule_reinit();
}

/// A plain object, with `null` for what is missing.
fn object(value: &impl Serialize) -> Result<JsValue, JsValue> {
    let serializer = serde_wasm_bindgen::Serializer::new()
        .serialize_missing_as_null(true)
        .serialize_maps_as_objects(true);
    value
        .serialize(&serializer)
        .map_err(|fault| error("internal", &fault.to_string()))
}
