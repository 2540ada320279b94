//! Texts with numbers in them: `traffic is up {traffic / traffic.first}×`.

use serde::{Deserialize, Serialize};

use crate::diagnostic::{Fault, Place};
use crate::limits;
use crate::rule::{self, Env, Formula, Kind, Shown, Unit, Vocabulary};
use crate::time::Instant;

/// A text whose braces hold formulas.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Template {
    pieces: Vec<Piece>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
enum Piece {
    Words(String),
    /// A duration since the start, written as a moment.
    Moment(Formula),
    Number(Formula, Shown),
}

impl Template {
    /// Reads a template; `{formula}` shows a value in its own unit, `{formula:moment}` a duration as a moment.
    pub(super) fn parse(text: &str, vocabulary: &Vocabulary) -> Result<Self, Vec<Fault>> {
        let mut pieces = Vec::new();
        let mut faults = Vec::new();
        let mut rest = text;
        let mut at = 0;
        while let Some((words, tail)) = rest.split_once('{') {
            if faults.len() >= limits::FAULTS_READ {
                return Err(faults);
            }
            if !words.is_empty() {
                pieces.push(Piece::Words(words.to_owned()));
            }
            at += words.len() + 1;
            let Some((inner, tail)) = tail.split_once('}') else {
                let fault = Fault::new(
                    "unclosed_brace",
                    "this brace is not closed",
                    Place::new(at - 1, at),
                );
                faults.push(fault.with_hint("end the formula with `}`"));
                return Err(faults);
            };
            match Self::piece(inner, vocabulary) {
                Ok(piece) => pieces.push(piece),
                Err(found) => faults.extend(found.into_iter().map(|mut fault| {
                    fault.place = fault.place.moved(at);
                    fault
                })),
            }
            at += inner.len() + 1;
            rest = tail;
        }
        if !rest.is_empty() {
            pieces.push(Piece::Words(rest.to_owned()));
        }
        if faults.is_empty() {
            Ok(Self { pieces })
        } else {
            Err(faults)
        }
    }

    fn piece(inner: &str, vocabulary: &Vocabulary) -> Result<Piece, Vec<Fault>> {
        if let Some(text) = inner.strip_suffix(":moment") {
            let formula = rule::formula(text, vocabulary, Some(Kind::Number(Unit::DURATION)))?;
            return Ok(Piece::Moment(formula));
        }
        let formula = rule::formula(inner, vocabulary, None)?;
        let shown = formula.shown();
        Ok(Piece::Number(formula, shown))
    }

    /// The text with its numbers filled in.
    #[must_use]
    pub fn text(&self, env: &impl Env) -> String {
        let mut text = String::new();
        for piece in &self.pieces {
            match piece {
                Piece::Words(words) => text.push_str(words),
                Piece::Moment(formula) => {
                    let ms = formula.value(env);
                    if ms.is_finite() {
                        text.push_str(&Instant::from_ms(ms as i64).to_string());
                    } else {
                        text.push_str("no time");
                    }
                }
                Piece::Number(formula, shown) => {
                    text.push_str(&rule::shown_value(formula.value(env), *shown))
                }
            }
        }
        text
    }

    /// How many steps it takes to fill it in: its numbers, and one for each piece.
    #[must_use]
    pub fn steps(&self) -> u32 {
        let steps = |piece: &Piece| match piece {
            Piece::Words(_) => 1,
            Piece::Moment(formula) | Piece::Number(formula, _) => formula.steps().saturating_add(1),
        };
        self.pieces.iter().map(steps).fold(0, u32::saturating_add)
    }

    /// Whether all its numbers are known.
    #[must_use]
    pub fn is_known(&self, env: &impl Env) -> bool {
        self.pieces.iter().all(|piece| match piece {
            Piece::Number(formula, _) => !formula.value(env).is_nan(),
            Piece::Words(_) | Piece::Moment(_) => true,
        })
    }

    /// Whether the text is the same whatever happens.
    #[must_use]
    pub fn is_constant(&self) -> bool {
        self.pieces
            .iter()
            .all(|piece| matches!(piece, Piece::Words(_)))
    }
}
