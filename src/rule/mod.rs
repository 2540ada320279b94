//! The language of conditions, formulas and the numbers in texts.
//!
//! Takes a text and the names that a scenario declares; gives a typed, compiled expression, or all its faults with
//! their places. Three-valued: what has never been observed is unknown, and an unknown condition does not hold.
//!
//! Invariant: only operations that give the same result on every machine.

mod compile;
mod decimal;
mod evaluate;
mod grammar;
mod lexer;
mod quantity;
mod shown;
#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests;
mod vocabulary;

pub use compile::{Condition, Formula, Part, Reading, condition, constant, formula};
pub use decimal::{Rounded, decimal, rounded};
pub use evaluate::{Comparison, Env, Memory, Verdict};
pub use grammar::is_keyword;
pub use lexer::is_word;
pub use quantity::quantity;
pub use shown::{Shown, shown_value, unbroken};
pub use vocabulary::{FunctionId, Kind, NameId, SymbolClass, Unit, Vocabulary, is_function};
