//! The names, symbols and functions that an expression may use, with their types.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::compile::{self, Body};
use super::shown::Shown;
use crate::diagnostic::{Fault, Place};

/// A power of time: durations are kept in milliseconds, rates per minute.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unit(pub(super) i8);

impl Unit {
    /// A plain number.
    pub const PLAIN: Self = Self(0);
    /// A duration, in milliseconds.
    pub const DURATION: Self = Self(1);
    /// A rate, per minute.
    pub const RATE: Self = Self(-1);
}

impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            0 => f.write_str("a plain number"),
            1 => f.write_str("a duration"),
            -1 => f.write_str("a rate (/min)"),
            n if n > 1 => write!(f, "a duration to the power of {n}"),
            n => write!(f, "a rate to the power of {}", -n),
        }
    }
}

/// A kind of names that functions take as arguments.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SymbolClass(pub u8);

impl SymbolClass {
    /// Texts in quotes.
    pub const TEXT: Self = Self(0);
}

/// The type of an expression.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Kind {
    /// True, false or unknown.
    Truth,
    /// A number with a unit.
    Number(Unit),
    /// A name out of a class.
    Symbol(SymbolClass),
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Truth => f.write_str("a condition"),
            Self::Number(unit) => unit.fmt(f),
            Self::Symbol(_) => f.write_str("a name"),
        }
    }
}

/// A name's number in its vocabulary.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NameId(u32);

/// A function's number in its vocabulary.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FunctionId(u32);

impl NameId {
    /// The number as an index, in order of declaration.
    #[must_use]
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

impl FunctionId {
    /// The number as an index, in order of declaration.
    #[must_use]
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

#[derive(Clone, Debug)]
pub(super) struct Name {
    pub text: String,
    pub kind: Kind,
    pub shown: Shown,
}

#[derive(Clone, Debug)]
struct Symbol {
    class: SymbolClass,
    text: String,
    index: u32,
}

#[derive(Clone, Debug)]
pub(super) struct Function {
    pub text: String,
    pub params: Vec<Kind>,
    pub result: Kind,
    pub id: FunctionId,
}

/// A function written in the language itself.
#[derive(Clone, Debug)]
pub(super) struct Defined {
    pub text: String,
    pub params: Vec<Unit>,
    pub result: Kind,
    pub body: Arc<Body>,
}

/// The words that expressions are read against.
#[derive(Clone, Debug, Default)]
pub struct Vocabulary {
    names: Vec<Name>,
    /// Where each name stands first.
    places: BTreeMap<String, u32>,
    symbols: Vec<Symbol>,
    functions: Vec<Function>,
    defined: Vec<Defined>,
}

/// The functions that every expression may call.
const BUILT_IN: [&str; 3] = ["min", "max", "clamp"];

/// Whether every expression may call a function of that name.
#[must_use]
pub fn is_function(name: &str) -> bool {
    BUILT_IN.contains(&name)
}

fn number_of(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

impl Vocabulary {
    /// A vocabulary without words.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a name; names are numbered in the order in which they are added.
    pub fn add_name(&mut self, text: &str, kind: Kind, shown: Shown) -> NameId {
        let place = number_of(self.names.len());
        self.names.push(Name {
            text: text.to_owned(),
            kind,
            shown,
        });
        self.places.entry(text.to_owned()).or_insert(place);
        NameId(place)
    }

    /// Adds a name that functions can take as an argument; its value is its index.
    pub fn add_symbol(&mut self, class: SymbolClass, text: &str, index: u32) {
        self.symbols.push(Symbol {
            class,
            text: text.to_owned(),
            index,
        });
    }

    /// Adds a function that the environment answers; functions are numbered in the order in which they are added.
    pub fn add_function(&mut self, text: &str, params: &[Kind], result: Kind) -> FunctionId {
        let id = FunctionId(number_of(self.functions.len()));
        self.functions.push(Function {
            text: text.to_owned(),
            params: params.to_vec(),
            result,
            id,
        });
        id
    }

    /// Adds a function that is written in the language.
    ///
    /// # Errors
    /// All faults of its body, with places within it.
    pub fn define(
        &mut self,
        text: &str,
        params: &[(&str, Unit)],
        body: &str,
    ) -> Result<(), Vec<Fault>> {
        let (body, result, too_large) = compile::body(body, self, params)?;
        let params = params.iter().map(|(_, unit)| *unit).collect();
        let body = match too_large {
            Some(_) => Body::refused(),
            None => body,
        };
        self.defined.push(Defined {
            text: text.to_owned(),
            params,
            result,
            body: Arc::new(body),
        });
        too_large.map_or(Ok(()), |fault| Err(vec![fault]))
    }

    /// The number and type of a name.
    #[must_use]
    pub fn name(&self, text: &str) -> Option<(NameId, Kind)> {
        let id = NameId(*self.places.get(text)?);
        Some((id, self.names.get(id.index())?.kind))
    }

    /// All names, in order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.names.iter().map(|name| name.text.as_str())
    }

    pub(super) fn shown(&self, id: NameId) -> Shown {
        self.names
            .get(id.index())
            .map_or(Shown::Plain, |name| name.shown)
    }

    pub(super) fn symbol(
        &self,
        class: SymbolClass,
        text: &str,
        place: Place,
    ) -> Result<u32, Fault> {
        let known = || self.symbols.iter().filter(|symbol| symbol.class == class);
        match known().find(|symbol| symbol.text == text) {
            Some(symbol) => Ok(symbol.index),
            None => {
                let fault = Fault::new("unknown_name", format!("unknown name `{text}`"), place);
                Err(fault.with_nearest(text, known().map(|symbol| symbol.text.as_str())))
            }
        }
    }

    pub(super) fn function(&self, text: &str) -> Option<&Function> {
        self.functions.iter().find(|function| function.text == text)
    }

    pub(super) fn defined(&self, text: &str) -> Option<&Defined> {
        self.defined.iter().find(|function| function.text == text)
    }

    pub(super) fn function_names(&self) -> impl Iterator<Item = &str> {
        let own = self.functions.iter().map(|function| function.text.as_str());
        own.chain(self.defined.iter().map(|function| function.text.as_str()))
            .chain(BUILT_IN)
    }
}
