//! Reading what a caller passes, with the place of every fault.
//!
//! Invariant: whatever is passed (proxies, getters that throw, objects of other realms) is read or refused with a
//! code, and nothing of a caller's is called while something of ours is borrowed.

use js_sys::{Array, Function, JsString, Reflect};
use wasm_bindgen::prelude::*;

use super::fault::{error, instead};
use crate::diagnostic::counted;
use crate::limits;
use crate::time::{Instant, Span};

/// The largest number of milliseconds that JavaScript's numbers hold exactly.
const EXACT: f64 = 9_007_199_254_740_991.0;
/// The longest text that is taken in, in UTF-16 units; scenarios have a limit of their own below it.
const LONGEST: u32 = 4 << 20;
/// The most entries of a list or object that is taken in.
const MOST: u32 = 100_000;

#[wasm_bindgen]
extern "C" {
    // The bindings of js-sys believe that these never throw; with a revoked proxy they do.
    #[wasm_bindgen(catch, js_namespace = Array, js_name = isArray)]
    fn is_array(value: &JsValue) -> Result<bool, JsValue>;
    #[wasm_bindgen(catch, js_namespace = Object, js_name = keys)]
    fn keys(value: &JsValue) -> Result<Array, JsValue>;
}

/// An object whose fields are read by name; `place` says which one in messages.
pub struct Fields {
    object: JsValue,
    place: String,
}

fn refused<T>(place: &str, what: &str) -> Result<T, JsValue> {
    Err(error("bad_input", &format!("{place} must be {what}")))
}

/// Whether nothing is passed.
pub fn is_missing(value: &JsValue) -> bool {
    value.is_undefined() || value.is_null()
}

/// The names of an object's own fields.
pub fn names(object: &JsValue, place: &str) -> Result<Vec<String>, JsValue> {
    if !object.is_object() || is_array(object).unwrap_or(true) {
        return refused(place, "an object");
    }
    let Ok(keys) = keys(object) else {
        return refused(place, "an object whose fields can be read");
    };
    if keys.length() > MOST {
        return Err(error(
            "too_large",
            &format!("{place} has more than {MOST} fields"),
        ));
    }
    keys.iter().map(|key| text(&key, place)).collect()
}

/// A field of an object; undefined if it is missing.
pub fn field(object: &JsValue, name: &str, place: &str) -> Result<JsValue, JsValue> {
    match Reflect::get(object, &JsValue::from(name)) {
        Ok(value) => Ok(value),
        Err(_) => Err(error(
            "bad_input",
            &format!("{place}.{name} cannot be read"),
        )),
    }
}

/// The entries of an array.
pub fn list(value: &JsValue, place: &str) -> Result<Vec<JsValue>, JsValue> {
    if !is_array(value).unwrap_or(false) {
        return refused(place, "an array");
    }
    let length = field(value, "length", place)?.as_f64().unwrap_or(0.0);
    if length > f64::from(MOST) {
        return Err(error(
            "too_large",
            &format!("{place} has more than {MOST} entries"),
        ));
    }
    (0..length as u32)
        .map(|index| field(value, &index.to_string(), place))
        .collect()
}

/// A text.
pub fn text(value: &JsValue, place: &str) -> Result<String, JsValue> {
    if !value.is_string() {
        return refused(place, "a string");
    }
    // It is copied only once it is known to be short enough.
    if value.unchecked_ref::<JsString>().length() > LONGEST {
        let message = format!("{place} is longer than {LONGEST} characters");
        return Err(error("too_large", &message));
    }
    match value.as_string() {
        Some(text) => Ok(text),
        None => refused(place, "a string"),
    }
}

/// A text that may be missing.
pub fn optional_text(value: &JsValue, place: &str) -> Result<Option<String>, JsValue> {
    if is_missing(value) {
        return Ok(None);
    }
    text(value, place).map(Some)
}

/// A text with so many letters at most.
pub fn within(text: String, place: &str, most: usize) -> Result<String, JsValue> {
    // A letter has a byte at least.
    let letters = match text.len() > most {
        true => text.chars().count(),
        false => 0,
    };
    if letters > most {
        let message = format!(
            "{place} may have at most {} letters, and this has {}",
            counted(most),
            counted(letters)
        );
        return Err(error("too_long", &message));
    }
    Ok(text)
}

/// Why a tool is called; it may be missing.
pub fn reason(value: &JsValue, place: &str) -> Result<Option<String>, JsValue> {
    let text = optional_text(value, place)?;
    text.map(|text| within(text, place, limits::REASON_LETTERS))
        .transpose()
}

fn whole(value: f64) -> Option<i64> {
    (value.fract() == 0.0 && value.abs() <= EXACT).then_some(value as i64)
}

/// An instant.
pub fn instant(value: &JsValue, place: &str) -> Result<Instant, JsValue> {
    match value.as_f64().and_then(whole) {
        Some(ms) => Ok(Instant::from_ms(ms)),
        None => refused(place, "an integer number of milliseconds"),
    }
}

impl Fields {
    /// The fields of an object; fields that are not known are faults.
    pub fn of(value: &JsValue, place: &str, known: &[&str]) -> Result<Self, JsValue> {
        for key in names(value, place)? {
            if !known.contains(&key.as_str()) {
                let hint = instead(&key, known, "");
                let message = format!("{place} has an unknown field `{key}`{hint}");
                return Err(error("unknown_field", &message));
            }
        }
        Ok(Self {
            object: value.clone(),
            place: place.to_owned(),
        })
    }

    /// The same, where nothing passed is an object without fields.
    pub fn optional(value: &JsValue, place: &str, known: &[&str]) -> Result<Self, JsValue> {
        if is_missing(value) {
            return Ok(Self {
                object: js_sys::Object::new().into(),
                place: place.to_owned(),
            });
        }
        Self::of(value, place, known)
    }

    /// A field as it is; nothing if it is missing, undefined or null.
    pub fn get(&self, name: &str) -> Result<Option<JsValue>, JsValue> {
        let value = field(&self.object, name, &self.place)?;
        Ok(Some(value).filter(|value| !is_missing(value)))
    }

    fn read<T>(
        &self,
        name: &str,
        read: impl FnOnce(&JsValue, &str) -> Result<T, JsValue>,
    ) -> Result<Option<T>, JsValue> {
        let place = format!("{}.{name}", self.place);
        self.get(name)?
            .map(|value| read(&value, &place))
            .transpose()
    }

    /// A field that is text.
    pub fn text(&self, name: &str) -> Result<Option<String>, JsValue> {
        self.read(name, text)
    }

    /// A field that is text of so many letters at most.
    pub fn text_within(&self, name: &str, most: usize) -> Result<Option<String>, JsValue> {
        self.read(name, |value, place| {
            within(text(value, place)?, place, most)
        })
    }

    /// The field that says why a tool is called.
    pub fn reason(&self) -> Result<Option<String>, JsValue> {
        Ok(self.read("reason", reason)?.flatten())
    }

    /// A field that is true or false.
    pub fn truth(&self, name: &str) -> Result<Option<bool>, JsValue> {
        self.read(name, |value, place| match value.as_bool() {
            Some(truth) => Ok(truth),
            None => refused(place, "true or false"),
        })
    }

    /// A field that is a function.
    pub fn function(&self, name: &str) -> Result<Option<Function>, JsValue> {
        self.read(name, |value, place| {
            if value.is_function() {
                Ok(value.clone().unchecked_into())
            } else {
                refused(place, "a function")
            }
        })
    }

    /// A field that is a number of milliseconds.
    pub fn ms(&self, name: &str) -> Result<Option<i64>, JsValue> {
        Ok(self.read(name, instant)?.map(Instant::ms))
    }

    /// A field that is a span.
    pub fn span(&self, name: &str) -> Result<Option<Span>, JsValue> {
        Ok(self.ms(name)?.map(Span::from_ms))
    }

    /// A field that must be given.
    pub fn needed<T>(&self, name: &str, value: Option<T>) -> Result<T, JsValue> {
        value.ok_or_else(|| error("bad_input", &format!("{} needs `{name}`", self.place)))
    }
}
