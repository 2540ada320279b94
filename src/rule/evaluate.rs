//! Evaluates compiled expressions. Unknown is NaN; truths are 0 and 1.

use serde::{Deserialize, Serialize};

use super::compile::{Code, Condition};
use super::vocabulary::{FunctionId, NameId};
use crate::time::Instant;

/// Where names get their values from.
pub trait Env {
    /// The value of a name: a number in its canonical unit, 0 or 1 for a truth, NaN if it is unknown.
    fn value(&self, name: NameId) -> f64;
    /// The answer of a function; symbols come as their index.
    fn call(&self, function: FunctionId, args: &[f64]) -> f64;
}

/// Since when each `for` of a condition has held.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Memory(pub(super) Vec<Option<Instant>>);

/// What became of a condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// Whether it holds; an unknown condition does not.
    pub holds: bool,
    /// One bit for each part that does not hold.
    pub failing: u64,
}

/// How two values are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Comparison {
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
    /// `==`
    Equal,
    /// `!=`
    NotEqual,
}

impl Comparison {
    /// The sign that is written for it.
    #[must_use]
    pub const fn sign(self) -> &'static str {
        match self {
            Self::Less => "<",
            Self::LessOrEqual => "≤",
            Self::Greater => ">",
            Self::GreaterOrEqual => "≥",
            Self::Equal => "=",
            Self::NotEqual => "≠",
        }
    }

    /// Whether the comparison holds; nothing if a value is unknown.
    #[must_use]
    #[expect(clippy::float_cmp, reason = "`==` in the language means exactly equal")]
    pub fn holds(self, left: f64, right: f64) -> Option<bool> {
        if left.is_nan() || right.is_nan() {
            return None;
        }
        Some(match self {
            Self::Less => left < right,
            Self::LessOrEqual => left <= right,
            Self::Greater => left > right,
            Self::GreaterOrEqual => left >= right,
            Self::Equal => left == right,
            Self::NotEqual => left != right,
        })
    }
}

/// Room for the arguments of the functions that are being called.
const MOST_ARGS: usize = 4;

fn truth(value: Option<bool>) -> f64 {
    value.map_or(f64::NAN, |value| f64::from(u8::from(value)))
}

/// An evaluation: names, time and memory.
pub(super) struct Run<'a, E: Env> {
    pub env: &'a E,
    pub now: Instant,
    pub memory: &'a mut Memory,
}

impl<E: Env> Run<'_, E> {
    /// The value of an expression; `locals` are the arguments of the function that it is the body of.
    pub(super) fn value(&mut self, code: &Code, locals: &[f64]) -> f64 {
        match code {
            Code::Number(value) => *value,
            Code::Name(name) => self.env.value(*name),
            Code::Local(index) => locals.get(*index).copied().unwrap_or(f64::NAN),
            Code::Negative(inner) => -self.value(inner, locals),
            Code::Not(inner) => 1.0 - self.value(inner, locals),
            Code::Add(pair) => self.value(&pair.0, locals) + self.value(&pair.1, locals),
            Code::Subtract(pair) => self.value(&pair.0, locals) - self.value(&pair.1, locals),
            Code::Multiply(pair) => self.value(&pair.0, locals) * self.value(&pair.1, locals),
            Code::Divide(pair) => self.value(&pair.0, locals) / self.value(&pair.1, locals),
            Code::Compare(comparison, pair) => {
                let (left, right) = (self.value(&pair.0, locals), self.value(&pair.1, locals));
                truth(comparison.holds(left, right))
            }
            Code::And(pair) => {
                // Both sides are looked at, since a `for` within must see every check.
                let (left, right) = (self.value(&pair.0, locals), self.value(&pair.1, locals));
                if left == 0.0 || right == 0.0 {
                    0.0
                } else {
                    left * right
                }
            }
            Code::Or(pair) => {
                let (left, right) = (self.value(&pair.0, locals), self.value(&pair.1, locals));
                if left == 1.0 || right == 1.0 {
                    1.0
                } else {
                    left + right
                }
            }
            Code::If(parts) => {
                let condition = self.value(&parts.0, locals);
                let (yes, no) = (self.value(&parts.1, locals), self.value(&parts.2, locals));
                if condition.is_nan() {
                    f64::NAN
                } else if condition == 1.0 {
                    yes
                } else {
                    no
                }
            }
            Code::Min(pair) => {
                let (left, right) = (self.value(&pair.0, locals), self.value(&pair.1, locals));
                if right < left || right.is_nan() {
                    right
                } else {
                    left
                }
            }
            Code::Max(pair) => {
                let (left, right) = (self.value(&pair.0, locals), self.value(&pair.1, locals));
                if right > left || right.is_nan() {
                    right
                } else {
                    left
                }
            }
            Code::Call(function, args) => {
                let mut values = [f64::NAN; MOST_ARGS];
                for (place, arg) in values.iter_mut().zip(args) {
                    *place = self.value(arg, locals);
                }
                self.env
                    .call(*function, values.get(..args.len()).unwrap_or(&values))
            }
            Code::Apply(body, args) => {
                let mut values = [f64::NAN; MOST_ARGS];
                for (place, arg) in values.iter_mut().zip(args) {
                    *place = self.value(arg, locals);
                }
                self.value(&body.code, &values)
            }
            Code::Held(index, pair) => {
                let holds = self.value(&pair.0, locals);
                let span = self.value(&pair.1, locals);
                let Some(since) = self.memory.0.get_mut(*index) else {
                    return f64::NAN;
                };
                if holds != 1.0 {
                    *since = None;
                    return holds;
                }
                let start = *since.get_or_insert(self.now);
                truth(Comparison::GreaterOrEqual.holds((self.now - start).ms() as f64, span))
            }
        }
    }
}

impl Condition {
    /// Looks at the condition now; `memory` must be the same from check to check.
    pub fn check(&self, env: &impl Env, now: Instant, memory: &mut Memory) -> Verdict {
        let mut run = Run { env, now, memory };
        let mut failing = 0;
        for (index, part) in self.parts.iter().enumerate() {
            if run.value(&part.code, &[]) != 1.0 {
                failing |= 1 << index.min(63);
            }
        }
        Verdict {
            holds: failing == 0,
            failing,
        }
    }
}
