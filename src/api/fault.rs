//! What is thrown: `Error` objects with a `code`, never bare strings.

use js_sys::{Array, Error, Object, Reflect};
use wasm_bindgen::prelude::*;

use crate::diagnostic::{Fault, line_and_column, nearest, shortened};
use crate::letters::visible;
use crate::scenario::ParameterError;
use crate::sim::SimulationError;

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"
/** What every function of this package throws: an error with a code that programs may rely on. */
export interface AccelerandoError extends Error {
  code: string;
  /** Where there may be several faults at once, all of them. */
  all?: AccelerandoError[];
}

/** A fault in a scenario's text, with its place; `all` holds every fault of the text. */
export interface ScenarioError extends AccelerandoError {
  name: "ScenarioError";
  /** From 1. */
  line: number;
  /** From 1, in characters. */
  column: number;
  /** Every fault, in the order of the text; empty in the entries themselves. */
  all: ScenarioError[];
}
"#;

/// An `Error` with a `code`, to be thrown.
pub fn error(code: &str, message: &str) -> JsValue {
    // Whatever is quoted from others can be seen.
    let error = Error::new(&visible(shortened(message)));
    set(&error, "code", &JsValue::from(code));
    error.into()
}

/// What to write instead of an unknown name: the nearest, or all that there are.
pub fn instead(name: &str, known: &[&str], others: &str) -> String {
    match nearest(name, known.iter().copied()) {
        Some(near) => format!(", did you mean `{near}`?"),
        None => format!("; there are {}{others}", known.join(", ")),
    }
}

/// The same as [`error`], for faults that an input can have several of.
fn all(errors: impl IntoIterator<Item = JsValue>, first: JsValue) -> JsValue {
    let list: Array = errors.into_iter().collect();
    set(&first, "all", &list);
    first
}

fn set(object: &JsValue, key: &str, value: &JsValue) {
    // Setting a property of an object that was made here cannot fail.
    let _ = Reflect::set(object, &JsValue::from(key), value);
}

/// A property that is there but is not seen when an object is copied, compared or printed.
pub fn hide(object: &JsValue, key: &str, value: &JsValue) -> Result<(), JsValue> {
    let descriptor = Object::new();
    set(&descriptor, "value", value);
    set(&descriptor, "writable", &JsValue::TRUE);
    set(&descriptor, "configurable", &JsValue::TRUE);
    let object: &Object = object.unchecked_ref();
    if Reflect::define_property(object, &JsValue::from(key), &descriptor)? {
        Ok(())
    } else {
        Err(error("internal", &format!("`{key}` cannot be set")))
    }
}

/// All faults of a scenario's text as one error to be thrown.
pub fn scenario_error(faults: &[Fault], text: &str) -> JsValue {
    let one = |fault: &Fault| {
        let error = error(fault.code, &fault.to_string());
        let (line, column) = line_and_column(text, fault.place.start);
        set(&error, "name", &JsValue::from("ScenarioError"));
        set(&error, "line", &JsValue::from(line as f64));
        set(&error, "column", &JsValue::from(column as f64));
        set(&error, "all", &Array::new());
        error
    };
    match faults.first() {
        Some(first) => all(faults.iter().map(one), one(first)),
        None => error(
            "internal",
            "the scenario cannot be read, and no fault is known",
        ),
    }
}

/// All parameters that cannot be set as one error to be thrown.
pub fn parameter_errors(faults: &[ParameterError]) -> JsValue {
    let one = |fault: &ParameterError| {
        let message = match fault {
            ParameterError::Unknown(name, None) => {
                format!("unknown parameter `{name}`; parse(…).parameters has all of them")
            }
            other => other.to_string(),
        };
        error(fault.code(), &message)
    };
    match faults.first() {
        Some(first) => all(faults.iter().map(one), one(first)),
        None => error(
            "internal",
            "a parameter cannot be set, and no fault is known",
        ),
    }
}

/// Why a run could not be made.
pub fn simulation_error(fault: &SimulationError) -> JsValue {
    error(fault.code(), &fault.to_string())
}
