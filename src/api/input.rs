//! Reading what a caller passes, with the place of every fault.

use js_sys::{Array, Object, Reflect};
use wasm_bindgen::{JsCast as _, JsValue};

use super::error;
use crate::diagnostic::nearest;
use crate::time::{Instant, Span};

/// The largest number of milliseconds that JavaScript's numbers hold exactly.
const EXACT: f64 = 9_007_199_254_740_991.0;

/// An object whose fields are read by name; `place` says which one in messages.
pub struct Fields {
    object: Object,
    place: String,
}

impl Fields {
    /// The fields of an object; fields that are not known are faults.
    pub fn of(value: &JsValue, place: &str, known: &[&str]) -> Result<Self, JsValue> {
        let object: &Object = value
            .dyn_ref()
            .filter(|_| !Array::is_array(value))
            .ok_or_else(|| error("bad_input", &format!("{place} must be an object")))?;
        for key in Object::keys(object)
            .iter()
            .filter_map(|key| key.as_string())
        {
            if !known.contains(&key.as_str()) {
                let hint = nearest(&key, known.iter().copied()).map_or_else(
                    || format!("; there are {}", known.join(", ")),
                    |near| format!(", did you mean `{near}`?"),
                );
                return Err(error(
                    "unknown_field",
                    &format!("{place} has an unknown field `{key}`{hint}"),
                ));
            }
        }
        Ok(Self {
            object: object.clone(),
            place: place.to_owned(),
        })
    }

    fn get(&self, name: &str) -> Option<JsValue> {
        Reflect::get(&self.object, &JsValue::from(name))
            .ok()
            .filter(|value| !value.is_undefined() && !value.is_null())
    }

    fn wrong<T>(&self, name: &str, what: &str) -> Result<T, JsValue> {
        Err(error(
            "bad_input",
            &format!("{}.{name} must be {what}", self.place),
        ))
    }

    /// A field that is text.
    pub fn text(&self, name: &str) -> Result<Option<String>, JsValue> {
        match self.get(name) {
            None => Ok(None),
            Some(value) => match value.as_string() {
                Some(text) => Ok(Some(text)),
                None => self.wrong(name, "a string"),
            },
        }
    }

    /// A field that is true or false.
    pub fn truth(&self, name: &str) -> Result<Option<bool>, JsValue> {
        match self.get(name) {
            None => Ok(None),
            Some(value) => match value.as_bool() {
                Some(truth) => Ok(Some(truth)),
                None => self.wrong(name, "true or false"),
            },
        }
    }

    /// A field that is a number of milliseconds.
    pub fn ms(&self, name: &str) -> Result<Option<i64>, JsValue> {
        match self.get(name) {
            None => Ok(None),
            Some(value) => match value.as_f64().and_then(whole) {
                Some(ms) => Ok(Some(ms)),
                None => self.wrong(name, "an integer number of milliseconds"),
            },
        }
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

fn whole(value: f64) -> Option<i64> {
    (value.fract() == 0.0 && value.abs() <= EXACT).then_some(value as i64)
}

/// An instant that is passed by itself.
pub fn instant(value: f64, name: &str) -> Result<Instant, JsValue> {
    whole(value).map(Instant::from_ms).ok_or_else(|| {
        error(
            "bad_input",
            &format!("{name} must be an integer number of milliseconds"),
        )
    })
}
