//! Checks types and units of a syntax tree and compiles it.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::evaluate::{Comparison, Env, Memory, Run};
use super::grammar::{self, Node, Operator, Tree};
use super::shown::Shown;
use super::vocabulary::{FunctionId, Kind, NameId, Unit, Vocabulary};
use crate::diagnostic::{Fault, Place, counted};
use crate::limits::{FAULTS, LEVELS, NODES};
use crate::time::Instant;

/// A compiled expression.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) enum Code {
    Number(f64),
    Name(NameId),
    Local(usize),
    Negative(Box<Code>),
    Not(Box<Code>),
    Add(Box<(Code, Code)>),
    Subtract(Box<(Code, Code)>),
    Multiply(Box<(Code, Code)>),
    Divide(Box<(Code, Code)>),
    Compare(Comparison, Box<(Code, Code)>),
    And(Box<(Code, Code)>),
    Or(Box<(Code, Code)>),
    If(Box<(Code, Code, Code)>),
    Min(Box<(Code, Code)>),
    Max(Box<(Code, Code)>),
    /// A function of the environment.
    Call(FunctionId, Vec<Code>),
    /// A function of the language: its body, which all who call it share.
    Apply(Arc<Body>, Vec<Code>),
    /// The number of its memory, the condition and how long it must have held.
    Held(usize, Box<(Code, Code)>),
}

/// The body of a function of the language, compiled once.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Body {
    pub code: Code,
    size: Size,
}

/// What an expression costs to work out; a function that it calls counts with its body.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Size {
    /// How many steps it takes.
    steps: u32,
    /// How many of them lie within each other.
    levels: u32,
}

impl Size {
    /// One step around others.
    fn around(parts: impl IntoIterator<Item = Self>) -> Self {
        let inner = parts.into_iter().fold(Self::default(), |a, b| Self {
            steps: a.steps.saturating_add(b.steps),
            levels: a.levels.max(b.levels),
        });
        inner.within()
    }

    fn within(self) -> Self {
        Self {
            steps: self.steps.saturating_add(1),
            levels: self.levels.saturating_add(1),
        }
    }

    /// What is wrong with an expression of this size, if anything.
    fn fault(self, place: Place) -> Option<Fault> {
        if self.levels as usize > LEVELS {
            let message = format!(
                "an expression may have at most {LEVELS} steps within each other, and this has {}, those of the functions that it calls included",
                counted(self.levels as usize)
            );
            return Some(Fault::new("too_deep", message, place));
        }
        (self.steps as usize > NODES).then(|| {
            let found = match self.steps {
                u32::MAX => "more than can be counted".to_owned(),
                steps => counted(steps as usize),
            };
            let message = format!(
                "the expressions of a scenario may have at most {} steps together, those of the functions that they call included, and this alone has {found}",
                counted(NODES)
            );
            let fault = Fault::new("too_many_steps", message, place);
            fault.with_hint("call fewer functions within each other")
        })
    }
}

impl Body {
    /// Stands for a body that is refused, so that those who call it are not told of it, too.
    pub(super) fn refused() -> Self {
        let code = Code::Number(f64::NAN);
        Self {
            size: code.size(),
            code,
        }
    }
}

impl Code {
    fn size(&self) -> Size {
        match self {
            Self::Number(_) | Self::Name(_) | Self::Local(_) => Size::around([]),
            Self::Negative(inner) | Self::Not(inner) => Size::around([inner.size()]),
            Self::Add(pair)
            | Self::Subtract(pair)
            | Self::Multiply(pair)
            | Self::Divide(pair)
            | Self::Compare(_, pair)
            | Self::And(pair)
            | Self::Or(pair)
            | Self::Min(pair)
            | Self::Max(pair)
            | Self::Held(_, pair) => Size::around([pair.0.size(), pair.1.size()]),
            Self::If(parts) => Size::around([parts.0.size(), parts.1.size(), parts.2.size()]),
            Self::Call(_, args) => Size::around(args.iter().map(Self::size)),
            Self::Apply(body, args) => Size::around(args.iter().map(Self::size).chain([body.size])),
        }
    }
}

/// Milliseconds in a minute: between durations in milliseconds and rates per minute.
const MINUTE: f64 = 60_000.0;

/// A number, or the name of a symbol, that is worked out from names.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Formula {
    #[serde(skip)]
    text: String,
    code: Code,
    kind: Kind,
    shown: Shown,
    names: Vec<NameId>,
    steps: u32,
}

/// Something that holds or does not.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Condition {
    #[serde(skip)]
    text: String,
    pub(super) parts: Vec<Part>,
    leaves: Vec<Leaf>,
    names: Vec<NameId>,
    memories: usize,
    steps: u32,
}

/// One operand of the outermost `and`: all parts must hold.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Part {
    /// As it was written.
    #[serde(skip)]
    pub text: String,
    /// Where.
    #[serde(skip)]
    pub place: Place,
    pub(super) code: Code,
}

/// A comparison or a truth within a condition.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Leaf {
    part: usize,
    alternative: usize,
    negated: bool,
    text: String,
    comparison: Comparison,
    sides: (Code, Code),
    shown: Shown,
    name: Option<NameId>,
}

/// A comparison or a truth within a condition, with its values at a moment.
#[derive(Clone, Debug, PartialEq)]
pub struct Reading {
    /// The part that it belongs to.
    pub part: usize,
    /// Which alternative within the condition: those of one belong together, of several one is enough.
    pub alternative: usize,
    /// Whether it must not be so.
    pub negated: bool,
    /// As it was written.
    pub text: String,
    /// The value on the left; of a truth, 0 or 1.
    pub left: f64,
    /// How they are compared; a truth is compared with 1.
    pub comparison: Comparison,
    /// The value on the right.
    pub right: f64,
    /// How both are written.
    pub shown: Shown,
    /// The name, if the reading is of a truth such as another rule.
    pub name: Option<NameId>,
    /// What is compared, if a bare name stands on the left.
    pub subject: Option<NameId>,
    /// Whether it holds; nothing if a value is unknown.
    pub holds: Option<bool>,
}

/// Compiles a formula; a bare number takes the unit that is expected.
///
/// # Errors
/// All faults, with places within the text.
pub fn formula(
    text: &str,
    vocabulary: &Vocabulary,
    expected: Option<Kind>,
) -> Result<Formula, Vec<Fault>> {
    let node = grammar::parse(text)?;
    let mut compiler = Compiler::new(text, vocabulary, &[], false);
    let typed = compiler.compile(&node);
    let (typed, names) = compiler.done(typed)?;
    let size = typed.code.size();
    if let Some(fault) = size.fault(node.place) {
        return Err(vec![fault]);
    }
    let kind = match expected {
        Some(expected) if typed.fits(expected) => expected,
        Some(expected) => {
            let message = format!("this must be {expected}, but it is {}", typed.kind);
            return Err(vec![Fault::new("unit_mismatch", message, node.place)]);
        }
        None => typed.kind,
    };
    Ok(Formula {
        text: text.to_owned(),
        code: typed.code,
        kind,
        shown: typed.shown,
        names,
        steps: size.steps,
    })
}

/// Compiles a condition.
///
/// # Errors
/// All faults, with places within the text.
pub fn condition(text: &str, vocabulary: &Vocabulary) -> Result<Condition, Vec<Fault>> {
    let node = grammar::parse(text)?;
    let mut compiler = Compiler::new(text, vocabulary, &[], true);
    let mut nodes = Vec::new();
    let held = if let Tree::Held(inner, span) = &node.tree {
        operands(inner, &mut nodes);
        Some(span.place)
    } else {
        operands(&node, &mut nodes);
        None
    };
    let mut parts = Vec::new();
    let mut whole = nodes
        .into_iter()
        .map(|node| (node, node.place))
        .collect::<Vec<_>>();
    if let Some(span) = held {
        // The whole condition once more, so that how long it has held is a part of its own.
        whole.push((
            &node,
            Place::new(
                node.place.end.min(span.start.saturating_sub(4)),
                node.place.end,
            ),
        ));
    }
    let mut typed_all = Some(());
    for (node, place) in whole {
        compiler.part = parts.len();
        compiler.leaves_wanted = place == node.place;
        let Some(typed) = compiler.truth(node) else {
            typed_all = None;
            continue;
        };
        let text = text
            .get(place.start..place.end)
            .unwrap_or_default()
            .trim()
            .to_owned();
        parts.push(Part {
            text,
            place,
            code: typed.code,
        });
    }
    let leaves = std::mem::take(&mut compiler.leaves);
    let memories = compiler.memories;
    let (_, names) = compiler.done(typed_all.map(|()| Typed::number(0.0)))?;
    let size = Size::around(parts.iter().map(|part| part.code.size()));
    if let Some(fault) = size.fault(node.place) {
        return Err(vec![fault]);
    }
    Ok(Condition {
        text: text.to_owned(),
        parts,
        leaves,
        names,
        memories,
        steps: size.steps,
    })
}

/// The value of an expression without names, or nothing if it is not one of that kind.
#[must_use]
pub fn constant(text: &str, kind: Kind) -> Option<f64> {
    struct Nothing;
    impl Env for Nothing {
        fn value(&self, _: NameId) -> f64 {
            f64::NAN
        }
        fn call(&self, _: FunctionId, _: &[f64]) -> f64 {
            f64::NAN
        }
    }
    let formula = formula(text, &Vocabulary::new(), Some(kind)).ok()?;
    Some(formula.value(&Nothing)).filter(|value| value.is_finite())
}

/// Compiles the body of a function of the language; gives with it whether it is too large to be called.
pub(super) fn body(
    text: &str,
    vocabulary: &Vocabulary,
    params: &[(&str, Unit)],
) -> Result<(Body, Kind, Option<Fault>), Vec<Fault>> {
    let node = grammar::parse(text)?;
    let mut compiler = Compiler::new(text, vocabulary, params, false);
    let typed = compiler.compile(&node);
    let (typed, _) = compiler.done(typed)?;
    let size = typed.code.size();
    let body = Body {
        code: typed.code,
        size,
    };
    Ok((body, typed.kind, size.fault(node.place)))
}

/// The operands of the outermost `and`.
fn operands<'a>(node: &'a Node, found: &mut Vec<&'a Node>) {
    if let Tree::Binary(Operator::And, left, right) = &node.tree {
        operands(left, found);
        operands(right, found);
    } else {
        found.push(node);
    }
}

impl Formula {
    /// The value now; NaN if it is unknown.
    #[inline]
    pub fn value(&self, env: &impl Env) -> f64 {
        Run {
            env,
            now: Instant::START,
            memory: &mut Memory::default(),
        }
        .value(&self.code, &[])
    }

    /// As it was written; empty in a compiled scenario.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Its type.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// How its value is written.
    #[must_use]
    pub fn shown(&self) -> Shown {
        self.shown
    }

    /// The names that it reads.
    #[must_use]
    pub fn names(&self) -> &[NameId] {
        &self.names
    }

    /// How many steps it takes to work it out.
    #[must_use]
    pub fn steps(&self) -> u32 {
        self.steps
    }
}

impl Condition {
    /// As it was written; empty in a compiled scenario.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The operands of its outermost `and`; a `for` around all of them is a part of its own.
    #[must_use]
    pub fn parts(&self) -> &[Part] {
        &self.parts
    }

    /// A memory for its `for` clauses, none of which has held yet.
    #[must_use]
    pub fn memory(&self) -> Memory {
        Memory(vec![None; self.memories])
    }

    /// The names that it reads.
    #[must_use]
    pub fn names(&self) -> &[NameId] {
        &self.names
    }

    /// How many steps it takes to look at it once.
    #[must_use]
    pub fn steps(&self) -> u32 {
        self.steps
    }

    /// How many steps are kept of it: those of its readings, too.
    #[must_use]
    pub fn kept_steps(&self) -> u32 {
        let sides = self
            .leaves
            .iter()
            .flat_map(|leaf| [&leaf.sides.0, &leaf.sides.1]);
        let sides = Size::around(sides.map(Code::size));
        self.steps.saturating_add(sides.steps)
    }

    /// The same, for where nobody asks for its readings.
    #[must_use]
    pub fn without_readings(mut self) -> Self {
        self.leaves.clear();
        self
    }

    /// Every comparison and truth in it, with its values now.
    pub fn readings(&self, env: &impl Env, now: Instant) -> Vec<Reading> {
        let reading = |leaf: &Leaf| {
            let mut memory = self.memory();
            let mut run = Run {
                env,
                now,
                memory: &mut memory,
            };
            let (left, right) = (run.value(&leaf.sides.0, &[]), run.value(&leaf.sides.1, &[]));
            let holds = leaf.comparison.holds(left, right);
            Reading {
                part: leaf.part,
                alternative: leaf.alternative,
                negated: leaf.negated,
                text: leaf.text.clone(),
                left,
                comparison: leaf.comparison,
                right,
                shown: leaf.shown,
                name: leaf.name,
                subject: match (leaf.name, &leaf.sides.0) {
                    (None, Code::Name(subject)) => Some(*subject),
                    _ => None,
                },
                holds,
            }
        };
        self.leaves.iter().map(reading).collect()
    }
}

/// A compiled expression with its type.
struct Typed {
    code: Code,
    kind: Kind,
    /// Made of plain literals only, so that it takes the unit of what it meets.
    bare: bool,
    shown: Shown,
}

impl Typed {
    fn number(value: f64) -> Self {
        Self {
            code: Code::Number(value),
            kind: Kind::Number(Unit::PLAIN),
            bare: true,
            shown: Shown::Plain,
        }
    }

    fn fits(&self, expected: Kind) -> bool {
        self.kind == expected || (self.bare && matches!(expected, Kind::Number(_)))
    }
}

struct Compiler<'a> {
    text: &'a str,
    vocabulary: &'a Vocabulary,
    params: &'a [(&'a str, Unit)],
    /// Whether `for` may be used.
    remembers: bool,
    memories: usize,
    names: Vec<NameId>,
    faults: Vec<Fault>,
    leaves: Vec<Leaf>,
    leaves_wanted: bool,
    part: usize,
    alternative: usize,
    negated: bool,
    level: usize,
}

impl<'a> Compiler<'a> {
    fn new(
        text: &'a str,
        vocabulary: &'a Vocabulary,
        params: &'a [(&'a str, Unit)],
        remembers: bool,
    ) -> Self {
        Self {
            text,
            vocabulary,
            params,
            remembers,
            memories: 0,
            names: Vec::new(),
            faults: Vec::new(),
            leaves: Vec::new(),
            leaves_wanted: false,
            part: 0,
            alternative: 0,
            negated: false,
            level: 0,
        }
    }

    fn done(self, typed: Option<Typed>) -> Result<(Typed, Vec<NameId>), Vec<Fault>> {
        match typed {
            Some(typed) if self.faults.is_empty() => Ok((typed, self.names)),
            _ => Err(self.faults),
        }
    }

    fn fault<T>(&mut self, code: &'static str, message: String, place: Place) -> Option<T> {
        self.faults.push(Fault::new(code, message, place));
        None
    }

    fn written(&self, place: Place) -> &'a str {
        self.text.get(place.start..place.end).unwrap_or_default()
    }

    fn truth(&mut self, node: &Node) -> Option<Typed> {
        let typed = self.compile(node)?;
        if typed.kind == Kind::Truth {
            if self.leaves_wanted
                && let Code::Name(name) = typed.code
            {
                let sides = (typed.code.clone(), Code::Number(1.0));
                let leaf = Leaf {
                    part: self.part,
                    alternative: self.alternative,
                    negated: self.negated,
                    text: self.written(node.place).to_owned(),
                    comparison: Comparison::Equal,
                    sides,
                    shown: Shown::Plain,
                    name: Some(name),
                };
                self.leaves.push(leaf);
            }
            return Some(typed);
        }
        let message = format!(
            "`{}` must be a condition, but it is {}",
            self.written(node.place),
            typed.kind
        );
        self.fault("type_mismatch", message, node.place)
    }

    fn numeric(&mut self, node: &Node) -> Option<(Typed, Unit)> {
        let typed = self.compile(node)?;
        if let Kind::Number(unit) = typed.kind {
            return Some((typed, unit));
        }
        let message = format!(
            "`{}` must be a number, but it is {}",
            self.written(node.place),
            typed.kind
        );
        self.fault("type_mismatch", message, node.place)
    }

    fn compile(&mut self, node: &Node) -> Option<Typed> {
        self.level += 1;
        if self.level > LEVELS {
            self.level -= 1;
            let message =
                format!("an expression may have at most {LEVELS} steps within each other");
            return self.fault("too_deep", message, node.place);
        }
        let typed = self.tree(node);
        self.level -= 1;
        typed
    }

    fn tree(&mut self, node: &Node) -> Option<Typed> {
        let truth = |code| {
            Some(Typed {
                code,
                kind: Kind::Truth,
                bare: false,
                shown: Shown::Plain,
            })
        };
        match &node.tree {
            Tree::Number {
                value,
                unit,
                bare,
                shown,
            } => Some(Typed {
                code: Code::Number(*value),
                kind: Kind::Number(*unit),
                bare: *bare,
                shown: *shown,
            }),
            Tree::Truth(value) => truth(Code::Number(f64::from(u8::from(*value)))),
            Tree::Text(text) => self.fault(
                "type_mismatch",
                format!("the text `{text}` can only be an argument"),
                node.place,
            ),
            Tree::Name(name) => self.name(name, node.place),
            Tree::Call(name, args) => self.call(name, args, node.place),
            Tree::Not(inner) => {
                self.negated = !self.negated;
                let inner = self.truth(inner);
                self.negated = !self.negated;
                let inner = inner?;
                truth(Code::Not(Box::new(inner.code)))
            }
            Tree::Negative(inner) => {
                let (inner, _) = self.numeric(inner)?;
                Some(Typed {
                    code: Code::Negative(Box::new(inner.code)),
                    ..inner
                })
            }
            Tree::Binary(operator, left, right) => self.binary(*operator, left, right, node.place),
            Tree::If(condition, yes, no) => {
                let condition = self.truth(condition);
                let yes = self.compile(yes);
                let other = self.compile(no);
                let (condition, yes, other) = (condition?, yes?, other?);
                let kind = if yes.bare { other.kind } else { yes.kind };
                if !yes.fits(kind) || !other.fits(kind) {
                    let message = format!(
                        "both sides of `if` must be alike, but one is {} and the other {}",
                        yes.kind, other.kind
                    );
                    return self.fault("unit_mismatch", message, no.place);
                }
                let (bare, shown) = (yes.bare && other.bare, yes.shown);
                Some(Typed {
                    code: Code::If(Box::new((condition.code, yes.code, other.code))),
                    kind,
                    bare,
                    shown,
                })
            }
            Tree::Held(inner, span) => {
                let condition = self.truth(inner);
                let length = self.numeric(span);
                let (condition, (length, unit)) = (condition?, length?);
                if unit != Unit::DURATION {
                    let message = format!(
                        "`for` needs a duration such as `1m`, but `{}` is {}",
                        self.written(span.place),
                        length.kind
                    );
                    return self.fault("unit_mismatch", message, span.place);
                }
                if !self.remembers {
                    return self.fault(
                        "for_in_formula",
                        "`for` can only be used in conditions".to_owned(),
                        node.place,
                    );
                }
                self.memories += 1;
                truth(Code::Held(
                    self.memories - 1,
                    Box::new((condition.code, length.code)),
                ))
            }
        }
    }

    fn name(&mut self, name: &str, place: Place) -> Option<Typed> {
        if let Some(index) = self.params.iter().position(|(param, _)| *param == name) {
            let unit = self
                .params
                .get(index)
                .map_or(Unit::PLAIN, |(_, unit)| *unit);
            return Some(Typed {
                code: Code::Local(index),
                kind: Kind::Number(unit),
                bare: false,
                shown: Shown::Plain,
            });
        }
        let Some((id, kind)) = self.vocabulary.name(name) else {
            let known = self
                .vocabulary
                .names()
                .chain(self.params.iter().map(|(param, _)| *param));
            let fault = Fault::new("unknown_name", format!("unknown name `{name}`"), place);
            let is_told = self.faults.len() <= FAULTS;
            self.faults.push(match is_told {
                true => fault.with_nearest(name, known),
                false => fault,
            });
            return None;
        };
        if !self.names.contains(&id) {
            self.names.push(id);
        }
        Some(Typed {
            code: Code::Name(id),
            kind,
            bare: false,
            shown: self.vocabulary.shown(id),
        })
    }

    fn binary(
        &mut self,
        operator: Operator,
        left: &Node,
        right: &Node,
        place: Place,
    ) -> Option<Typed> {
        match operator {
            Operator::And | Operator::Or => {
                let a = self.truth(left);
                // What must not be so, must be so of none: then `or` means `and`, and the other way round.
                if (operator == Operator::Or) != self.negated {
                    self.alternative += 1;
                }
                let b = self.truth(right);
                let pair = Box::new((a?.code, b?.code));
                let code = if operator == Operator::And {
                    Code::And(pair)
                } else {
                    Code::Or(pair)
                };
                Some(Typed {
                    code,
                    kind: Kind::Truth,
                    bare: false,
                    shown: Shown::Plain,
                })
            }
            Operator::Add | Operator::Subtract => {
                let (a, b) = (self.numeric(left), self.numeric(right));
                let ((a, _), (b, _)) = (a?, b?);
                let (unit, shown) = self.common((&a, left), (&b, right), "added")?;
                let pair = Box::new((a.code, b.code));
                let code = if operator == Operator::Add {
                    Code::Add(pair)
                } else {
                    Code::Subtract(pair)
                };
                Some(Typed {
                    code,
                    kind: Kind::Number(unit),
                    bare: a.bare && b.bare,
                    shown,
                })
            }
            Operator::Multiply | Operator::Divide => {
                let (a, b) = (self.numeric(left), self.numeric(right));
                self.scaled(operator, a?, b?, place)
            }
            _ => self.comparison(operator, left, right, place),
        }
    }

    fn comparison(
        &mut self,
        operator: Operator,
        left: &Node,
        right: &Node,
        place: Place,
    ) -> Option<Typed> {
        let comparison = match operator {
            Operator::Less => Comparison::Less,
            Operator::LessOrEqual => Comparison::LessOrEqual,
            Operator::Greater => Comparison::Greater,
            Operator::GreaterOrEqual => Comparison::GreaterOrEqual,
            Operator::NotEqual => Comparison::NotEqual,
            _ => Comparison::Equal,
        };
        let (a, b) = (self.numeric(left), self.numeric(right));
        let ((a, _), (b, _)) = (a?, b?);
        let (_, shown) = self.common((&a, left), (&b, right), "compared")?;
        let pair = (a.code, b.code);
        if self.leaves_wanted {
            let text = self.written(place).to_owned();
            self.leaves.push(Leaf {
                part: self.part,
                alternative: self.alternative,
                negated: self.negated,
                text,
                comparison,
                sides: pair.clone(),
                shown,
                name: None,
            });
        }
        Some(Typed {
            code: Code::Compare(comparison, Box::new(pair)),
            kind: Kind::Truth,
            bare: false,
            shown: Shown::Plain,
        })
    }

    /// The unit that two sides share.
    fn common(
        &mut self,
        (a, left): (&Typed, &Node),
        (b, right): (&Typed, &Node),
        what: &str,
    ) -> Option<(Unit, Shown)> {
        let (Kind::Number(x), Kind::Number(y)) = (a.kind, b.kind) else {
            return None;
        };
        let shown = if a.bare || (a.shown == Shown::Plain && !b.bare) {
            b.shown
        } else {
            a.shown
        };
        if x == y || b.bare {
            return Some((x, shown));
        }
        if a.bare {
            return Some((y, shown));
        }
        let (left, place) = (self.written(left.place), right.place);
        let right = self.written(place);
        let message = format!("`{left}` is {x} and `{right}` is {y}: they cannot be {what}");
        self.fault("unit_mismatch", message, place)
    }

    /// A product or quotient, converted between milliseconds and minutes where both kinds of time meet.
    fn scaled(
        &mut self,
        operator: Operator,
        a: (Typed, Unit),
        b: (Typed, Unit),
        place: Place,
    ) -> Option<Typed> {
        let ((a, Unit(x)), (b, Unit(y))) = (a, b);
        let divides = operator == Operator::Divide;
        let Some(sum) = (if divides {
            x.checked_sub(y)
        } else {
            x.checked_add(y)
        })
        .filter(|sum| sum.abs() <= 4) else {
            return self.fault(
                "unit_mismatch",
                "this has too high a power of time".to_owned(),
                place,
            );
        };
        // Powers above nought are in milliseconds, those below in minutes: what cancels leaves factors of a minute.
        let minutes = |power: i8| i32::from(power.min(0));
        let factor = minutes(x) + if divides { -minutes(y) } else { minutes(y) } - minutes(sum);
        let pair = Box::new((a.code, b.code));
        let mut code = if divides {
            Code::Divide(pair)
        } else {
            Code::Multiply(pair)
        };
        for _ in 0..factor.abs() {
            let pair = Box::new((code, Code::Number(MINUTE)));
            code = if factor < 0 {
                Code::Divide(pair)
            } else {
                Code::Multiply(pair)
            };
        }
        let unit = Unit(sum);
        let shown = match sum {
            1 if x == 1 => a.shown,
            1 => b.shown,
            -1 => Shown::PerMinute,
            _ => Shown::Plain,
        };
        Some(Typed {
            code,
            kind: Kind::Number(unit),
            bare: a.bare && b.bare,
            shown,
        })
    }

    fn call(&mut self, name: &str, args: &[Node], place: Place) -> Option<Typed> {
        match name {
            "min" | "max" => return self.extreme(name, args, place),
            "clamp" => {
                let [x, low, high] = args else {
                    return self.count(name, 3, args.len(), place);
                };
                let (x, low, high) = (self.numeric(x), self.numeric(low), self.numeric(high));
                let ((x, unit), (low, _), (high, _)) = (x?, low?, high?);
                if !low.fits(x.kind) || !high.fits(x.kind) {
                    return self.fault(
                        "unit_mismatch",
                        format!("the bounds of `clamp` must be {unit}"),
                        place,
                    );
                }
                let inner = Code::Max(Box::new((x.code, low.code)));
                return Some(Typed {
                    code: Code::Min(Box::new((inner, high.code))),
                    kind: x.kind,
                    bare: false,
                    shown: x.shown,
                });
            }
            _ => {}
        }
        if let Some(function) = self.vocabulary.function(name).cloned() {
            if function.params.len() != args.len() {
                return self.count(name, function.params.len(), args.len(), place);
            }
            let codes: Vec<_> = args
                .iter()
                .zip(&function.params)
                .map(|(arg, kind)| self.argument(arg, *kind))
                .collect();
            let codes = codes.into_iter().collect::<Option<Vec<_>>>()?;
            let shown = match function.result {
                Kind::Number(unit) if unit == Unit::DURATION => Shown::Duration,
                Kind::Number(unit) if unit == Unit::RATE => Shown::PerMinute,
                _ => Shown::Plain,
            };
            return Some(Typed {
                code: Code::Call(function.id, codes),
                kind: function.result,
                bare: false,
                shown,
            });
        }
        if let Some(function) = self.vocabulary.defined(name).cloned() {
            if function.params.len() != args.len() {
                return self.count(name, function.params.len(), args.len(), place);
            }
            let codes: Vec<_> = args
                .iter()
                .zip(&function.params)
                .map(|(arg, unit)| self.argument(arg, Kind::Number(*unit)))
                .collect();
            let codes = codes.into_iter().collect::<Option<Vec<_>>>()?;
            return Some(Typed {
                code: Code::Apply(function.body, codes),
                kind: function.result,
                bare: false,
                shown: Shown::Plain,
            });
        }
        let fault = Fault::new(
            "unknown_function",
            format!("unknown function `{name}`"),
            Place::new(place.start, place.start + name.len()),
        );
        let fault = fault.with_nearest(name, self.vocabulary.function_names());
        self.faults.push(fault);
        None
    }

    fn extreme(&mut self, name: &str, args: &[Node], place: Place) -> Option<Typed> {
        let [left, right] = args else {
            return self.count(name, 2, args.len(), place);
        };
        let (a, b) = (self.numeric(left), self.numeric(right));
        let ((a, _), (b, _)) = (a?, b?);
        let (unit, shown) = self.common((&a, left), (&b, right), "compared")?;
        let pair = Box::new((a.code, b.code));
        let code = if name == "min" {
            Code::Min(pair)
        } else {
            Code::Max(pair)
        };
        Some(Typed {
            code,
            kind: Kind::Number(unit),
            bare: a.bare && b.bare,
            shown,
        })
    }

    fn count(&mut self, name: &str, expected: usize, found: usize, place: Place) -> Option<Typed> {
        let plural = if expected == 1 { "" } else { "s" };
        self.fault(
            "wrong_arguments",
            format!("`{name}` takes {expected} argument{plural}, not {found}"),
            place,
        )
    }

    fn argument(&mut self, node: &Node, kind: Kind) -> Option<Code> {
        if let Kind::Symbol(class) = kind {
            let (Tree::Name(text) | Tree::Text(text)) = &node.tree else {
                return self.fault(
                    "type_mismatch",
                    format!("`{}` must be a name", self.written(node.place)),
                    node.place,
                );
            };
            return match self.vocabulary.symbol(class, text, node.place) {
                Ok(index) => Some(Code::Number(f64::from(index))),
                Err(fault) => {
                    self.faults.push(fault);
                    None
                }
            };
        }
        let typed = self.compile(node)?;
        if typed.fits(kind) {
            return Some(typed.code);
        }
        let message = format!(
            "`{}` must be {kind}, but it is {}",
            self.written(node.place),
            typed.kind
        );
        self.fault("unit_mismatch", message, node.place)
    }
}
