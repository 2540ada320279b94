//! From tokens to a syntax tree.
//!
//! Lowest to highest: `for`, `or`, `and`, `not`, comparison, `+ -`, `* /`, sign, atom.

use super::lexer::{self, Token};
use super::shown::Shown;
use super::vocabulary::Unit;
use crate::diagnostic::{Fault, Place};
use crate::limits::NESTED;

#[derive(Clone, Debug)]
pub(super) struct Node {
    pub tree: Tree,
    pub place: Place,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operator {
    Or,
    And,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Equal,
    NotEqual,
    Add,
    Subtract,
    Multiply,
    Divide,
}

#[derive(Clone, Debug)]
pub(super) enum Tree {
    Number {
        value: f64,
        unit: Unit,
        bare: bool,
        shown: Shown,
    },
    Truth(bool),
    Text(String),
    Name(String),
    Call(String, Vec<Node>),
    Not(Box<Node>),
    Negative(Box<Node>),
    Binary(Operator, Box<Node>, Box<Node>),
    If(Box<Node>, Box<Node>, Box<Node>),
    Held(Box<Node>, Box<Node>),
}

const KEYWORDS: [&str; 9] = [
    "and", "or", "not", "if", "then", "else", "for", "true", "false",
];

/// Whether a word means something in the language itself.
#[must_use]
pub fn is_keyword(word: &str) -> bool {
    KEYWORDS.contains(&word)
}

struct Parser {
    tokens: Vec<(Token, Place)>,
    next: usize,
    end: usize,
    depth: usize,
}

type Parsed = Result<Node, Fault>;

/// Reads a whole expression; syntax stops at its first fault.
pub(super) fn parse(text: &str) -> Result<Node, Vec<Fault>> {
    let tokens = lexer::tokens(text)?;
    let mut parser = Parser {
        tokens,
        next: 0,
        end: text.len(),
        depth: 0,
    };
    if parser.tokens.is_empty() {
        return Err(vec![Fault::new(
            "empty",
            "there is no expression here",
            Place::new(0, text.len()),
        )]);
    }
    let node = parser.expression().map_err(|fault| vec![fault])?;
    match parser.tokens.get(parser.next) {
        None => Ok(node),
        Some(_) => Err(vec![parser.unexpected("an operator or the end")]),
    }
}

impl Parser {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.next).map(|(token, _)| token)
    }

    fn place(&self) -> Place {
        self.tokens
            .get(self.next)
            .map_or(Place::new(self.end, self.end), |(_, place)| *place)
    }

    fn last_end(&self) -> usize {
        self.next
            .checked_sub(1)
            .and_then(|last| self.tokens.get(last))
            .map_or(0, |(_, place)| place.end)
    }

    fn unexpected(&self, expected: &str) -> Fault {
        let found = self
            .peek()
            .map_or("the expression ends here".to_owned(), |token| {
                format!("here is {}", token.told())
            });
        Fault::new(
            "syntax",
            format!("expected {expected}, but {found}"),
            self.place(),
        )
    }

    fn takes_word(&mut self, word: &str) -> bool {
        let found = matches!(self.peek(), Some(Token::Word(found)) if found == word);
        self.next += usize::from(found);
        found
    }

    fn takes_sign(&mut self, sign: &str) -> bool {
        let found = matches!(self.peek(), Some(Token::Sign(found)) if *found == sign);
        self.next += usize::from(found);
        found
    }

    fn needs(&mut self, found: bool, expected: &str) -> Result<(), Fault> {
        if found {
            Ok(())
        } else {
            Err(self.unexpected(expected))
        }
    }

    fn node(&self, tree: Tree, start: usize) -> Node {
        Node {
            tree,
            place: Place::new(start, self.last_end()),
        }
    }

    fn deeper<T>(&mut self, read: impl FnOnce(&mut Self) -> Result<T, Fault>) -> Result<T, Fault> {
        self.depth += 1;
        if self.depth > NESTED {
            let message = format!("an expression can be nested {NESTED} deep at most");
            return Err(Fault::new("too_deep", message, self.place()));
        }
        let result = read(self);
        self.depth -= 1;
        result
    }

    fn expression(&mut self) -> Parsed {
        self.deeper(|parser| {
            let start = parser.place().start;
            let mut node = parser.or()?;
            while parser.takes_word("for") {
                let span = parser.sum()?;
                node = parser.node(Tree::Held(Box::new(node), Box::new(span)), start);
            }
            Ok(node)
        })
    }

    fn or(&mut self) -> Parsed {
        let start = self.place().start;
        let mut left = self.and()?;
        while self.takes_word("or") {
            let right = self.and()?;
            left = self.node(
                Tree::Binary(Operator::Or, Box::new(left), Box::new(right)),
                start,
            );
        }
        Ok(left)
    }

    fn and(&mut self) -> Parsed {
        let start = self.place().start;
        let mut left = self.negation()?;
        while self.takes_word("and") {
            let right = self.negation()?;
            left = self.node(
                Tree::Binary(Operator::And, Box::new(left), Box::new(right)),
                start,
            );
        }
        Ok(left)
    }

    fn negation(&mut self) -> Parsed {
        let start = self.place().start;
        if self.takes_word("not") {
            let inner = self.deeper(Self::negation)?;
            return Ok(self.node(Tree::Not(Box::new(inner)), start));
        }
        self.comparison()
    }

    fn comparison_sign(&mut self) -> Option<Operator> {
        let operator = match self.peek()? {
            Token::Sign("<") => Operator::Less,
            Token::Sign("<=") => Operator::LessOrEqual,
            Token::Sign(">") => Operator::Greater,
            Token::Sign(">=") => Operator::GreaterOrEqual,
            Token::Sign("==") => Operator::Equal,
            Token::Sign("!=") => Operator::NotEqual,
            _ => return None,
        };
        self.next += 1;
        Some(operator)
    }

    fn comparison(&mut self) -> Parsed {
        let start = self.place().start;
        let left = self.sum()?;
        let Some(operator) = self.comparison_sign() else {
            return Ok(left);
        };
        let right = self.sum()?;
        let node = self.node(
            Tree::Binary(operator, Box::new(left), Box::new(right)),
            start,
        );
        let place = self.place();
        if self.comparison_sign().is_some() {
            let fault = Fault::new("chained", "comparisons cannot be chained", place);
            return Err(fault.with_hint("join two comparisons with `and`"));
        }
        Ok(node)
    }

    fn sum(&mut self) -> Parsed {
        let start = self.place().start;
        let mut left = self.product()?;
        loop {
            let operator = if self.takes_sign("+") {
                Operator::Add
            } else if self.takes_sign("-") {
                Operator::Subtract
            } else {
                return Ok(left);
            };
            let right = self.product()?;
            left = self.node(
                Tree::Binary(operator, Box::new(left), Box::new(right)),
                start,
            );
        }
    }

    fn product(&mut self) -> Parsed {
        let start = self.place().start;
        let mut left = self.signed()?;
        loop {
            let operator = if self.takes_sign("*") {
                Operator::Multiply
            } else if self.takes_sign("/") {
                Operator::Divide
            } else {
                return Ok(left);
            };
            let right = self.signed()?;
            left = self.node(
                Tree::Binary(operator, Box::new(left), Box::new(right)),
                start,
            );
        }
    }

    fn signed(&mut self) -> Parsed {
        let start = self.place().start;
        if self.takes_sign("-") {
            let inner = self.deeper(Self::signed)?;
            return Ok(self.node(Tree::Negative(Box::new(inner)), start));
        }
        self.atom()
    }

    fn atom(&mut self) -> Parsed {
        let start = self.place().start;
        let Some(token) = self.peek().cloned() else {
            return Err(self.unexpected("a value"));
        };
        match token {
            Token::Number {
                value,
                unit,
                bare,
                shown,
            } => {
                self.next += 1;
                Ok(self.node(
                    Tree::Number {
                        value,
                        unit,
                        bare,
                        shown,
                    },
                    start,
                ))
            }
            Token::Text(text) => {
                self.next += 1;
                Ok(self.node(Tree::Text(text), start))
            }
            Token::Sign("(") => {
                self.next += 1;
                let mut inner = self.expression()?;
                let closed = self.takes_sign(")");
                self.needs(closed, "`)`")?;
                inner.place = Place::new(start, self.last_end());
                Ok(inner)
            }
            Token::Word(word) if word == "if" => {
                self.next += 1;
                let condition = self.expression()?;
                let then = self.takes_word("then");
                self.needs(then, "`then`")?;
                let yes = self.expression()?;
                let or = self.takes_word("else");
                self.needs(or, "`else`")?;
                let no = self.expression()?;
                Ok(self.node(
                    Tree::If(Box::new(condition), Box::new(yes), Box::new(no)),
                    start,
                ))
            }
            Token::Word(word) if word == "true" || word == "false" => {
                self.next += 1;
                Ok(self.node(Tree::Truth(word == "true"), start))
            }
            Token::Word(word) if !KEYWORDS.contains(&word.as_str()) => {
                self.next += 1;
                if self.takes_sign("(") {
                    let args = self.arguments()?;
                    return Ok(self.node(Tree::Call(word, args), start));
                }
                Ok(self.node(Tree::Name(word), start))
            }
            _ => Err(self.unexpected("a value")),
        }
    }

    fn arguments(&mut self) -> Result<Vec<Node>, Fault> {
        let mut args = Vec::new();
        if self.takes_sign(")") {
            return Ok(args);
        }
        loop {
            args.push(self.expression()?);
            if self.takes_sign(")") {
                return Ok(args);
            }
            let comma = self.takes_sign(",");
            self.needs(comma, "`,` or `)`")?;
        }
    }
}
