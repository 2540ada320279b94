//! Tool calls as callers write them.

use tsify::Tsify;
use wasm_bindgen::prelude::*;

use super::fault::error;
use super::input::{Fields, is_missing};
use crate::schedule::{PauseEnd, Tool};
use crate::time::{Instant, Span};

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"
/** A pause: until a time, until it is lifted, or (null) none any more. */
export type PauseSpec = { untilMs: Ms } | { forever: true } | null;
"#;

/// A wish for an interval.
#[derive(Tsify)]
#[serde(rename_all = "camelCase")]
struct IntervalHintSpec {
    /// Start to start; longer than nothing.
    #[tsify(type = "Ms")]
    every_ms: Span,
    /// How long the hint lasts; longer than nothing.
    #[tsify(type = "Ms")]
    ttl_ms: Span,
    #[tsify(optional)]
    reason: Option<String>,
}

/// A wish for one run, at `atMs` or `inMs` from now.
#[derive(Tsify)]
#[serde(rename_all = "camelCase")]
struct OneShotSpec {
    #[tsify(optional, type = "Ms")]
    at_ms: Option<Instant>,
    #[tsify(optional, type = "Ms")]
    in_ms: Option<Span>,
    /// How long the hint lasts; it must last longer than until the run.
    #[tsify(type = "Ms")]
    ttl_ms: Span,
    #[tsify(optional)]
    reason: Option<String>,
}

/// What a call asks for, and why.
pub type Asked = (Tool, Option<String>);

/// A wish for an interval.
pub fn interval(hint: &JsValue) -> Result<Asked, JsValue> {
    let fields = Fields::of(hint, "hint", &["everyMs", "ttlMs", "reason"])?;
    let spec = IntervalHintSpec {
        every_ms: fields.needed("everyMs", fields.span("everyMs")?)?,
        ttl_ms: fields.needed("ttlMs", fields.span("ttlMs")?)?,
        reason: fields.reason()?,
    };
    let tool = Tool::ProposeInterval {
        every: spec.every_ms,
        ttl: spec.ttl_ms,
    };
    Ok((tool, spec.reason))
}

/// A wish for one run.
pub fn one_shot(
    hint: &JsValue,
    now: impl FnOnce() -> Result<Instant, JsValue>,
) -> Result<Asked, JsValue> {
    let fields = Fields::of(hint, "hint", &["atMs", "inMs", "ttlMs", "reason"])?;
    let spec = OneShotSpec {
        at_ms: fields.ms("atMs")?.map(Instant::from_ms),
        in_ms: fields.span("inMs")?,
        ttl_ms: fields.needed("ttlMs", fields.span("ttlMs")?)?,
        reason: fields.reason()?,
    };
    let at = match (spec.at_ms, spec.in_ms) {
        (Some(at), None) => at,
        (None, Some(span)) => now()? + span,
        _ => return Err(error("bad_input", "hint needs either atMs or inMs")),
    };
    let tool = Tool::ProposeNextTime {
        at,
        ttl: spec.ttl_ms,
    };
    Ok((tool, spec.reason))
}

/// A pause, or none any more.
pub fn pause(pause: &JsValue) -> Result<Tool, JsValue> {
    if is_missing(pause) {
        return Ok(Tool::PauseUntil(None));
    }
    let fields = Fields::of(pause, "pause", &["untilMs", "forever"])?;
    let end = match (fields.ms("untilMs")?, fields.truth("forever")?) {
        (Some(until), None) => PauseEnd::At(Instant::from_ms(until)),
        (None, Some(true)) => PauseEnd::Forever,
        _ => {
            let message = "pause must be { untilMs }, { forever: true } or null";
            return Err(error("bad_input", message));
        }
    };
    Ok(Tool::PauseUntil(Some(end)))
}
