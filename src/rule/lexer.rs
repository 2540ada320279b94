//! From text to tokens, each with its place.

use winnow::LocatingSlice;
use winnow::ascii::{digit1, multispace0, multispace1};
use winnow::combinator::{alt, delimited, not, opt, peek, preceded, repeat, terminated};
use winnow::prelude::*;
use winnow::token::{any, one_of, take_till, take_while};

use super::shown::Shown;
use super::vocabulary::Unit;
use crate::diagnostic::{Fault, Place, counted};
use crate::limits;
use crate::time;

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token {
    /// A number; `bare` if it has no unit of its own.
    Number {
        value: f64,
        unit: Unit,
        bare: bool,
        shown: Shown,
    },
    Text(String),
    /// A name or a keyword.
    Word(String),
    Sign(&'static str),
}

impl Token {
    /// The token as it is told to people.
    pub(super) fn told(&self) -> String {
        match self {
            Self::Number { .. } => "a number".to_owned(),
            Self::Text(_) => "a text".to_owned(),
            Self::Word(word) => format!("`{word}`"),
            Self::Sign(sign) => format!("`{sign}`"),
        }
    }
}

type Input<'a> = LocatingSlice<&'a str>;

pub(super) fn tokens(text: &str) -> Result<Vec<(Token, Place)>, Vec<Fault>> {
    if text.len() > limits::EXPRESSION_BYTES {
        let message = format!(
            "an expression may have at most {} bytes, and this has {}",
            counted(limits::EXPRESSION_BYTES),
            counted(text.len())
        );
        return Err(vec![Fault::new(
            "too_long",
            message,
            Place::new(0, text.len()),
        )]);
    }
    let mut input = LocatingSlice::new(text);
    let spaced = preceded(multispace0, token.with_span());
    let found: Vec<_> = repeat(0.., spaced)
        .parse_next(&mut input)
        .unwrap_or_default();
    let rest = input.trim_start();
    if rest.is_empty() {
        return Ok(found
            .into_iter()
            .map(|(token, span)| (token, Place::new(span.start, span.end)))
            .collect());
    }
    let start = text.len() - rest.len();
    Err(vec![unreadable(rest, start)])
}

/// What is wrong where no token begins.
fn unreadable(rest: &str, start: usize) -> Fault {
    let number = rest
        .find(|c: char| !c.is_ascii_digit() && c != '.')
        .unwrap_or(rest.len());
    if number > 0 {
        let value = rest
            .split(|c: char| !c.is_ascii_digit() && c != '.' && c != ':')
            .next();
        let value = value.unwrap_or_default();
        if let Some(message) = time::too_long(value) {
            let place = Place::new(start, start + value.len());
            return Fault::new("too_long", message, place);
        }
        let tail = rest.get(number..).unwrap_or_default();
        let rate = tail.starts_with('/');
        let letters = tail.get(usize::from(rate)..).unwrap_or_default();
        let length = letters.find(|c: char| !in_word(c)).unwrap_or(letters.len());
        let unit = tail.get(..length + usize::from(rate)).unwrap_or_default();
        let place = Place::new(start + number, start + number + unit.len());
        let fault = Fault::new("unknown_unit", format!("unknown unit `{unit}`"), place);
        return fault.with_hint("known units are `ms`, `s`, `min`, `h`, `%`, `/s`, `/min`, `/h`");
    }
    let first = rest.chars().next().unwrap_or(' ');
    if first == '"' || first == '\'' {
        let fault = Fault::new(
            "unclosed_text",
            "this text is not closed",
            Place::new(start, start + rest.len()),
        );
        return fault.with_hint(format!("end it with `{first}`"));
    }
    let place = Place::new(start, start + first.len_utf8());
    if first == '=' {
        return Fault::new("unknown_sign", "unknown sign `=`", place)
            .with_hint("compare with `==`");
    }
    Fault::new("unknown_sign", format!("unknown sign `{first}`"), place)
}

fn token(input: &mut Input<'_>) -> ModalResult<Token> {
    alt((
        moment,
        quantity,
        quoted.map(Token::Text),
        word.map(Token::Word),
        sign.map(Token::Sign),
    ))
    .parse_next(input)
}

fn sign(input: &mut Input<'_>) -> ModalResult<&'static str> {
    let compared = alt((
        "<=".value("<="),
        ">=".value(">="),
        "==".value("=="),
        "!=".value("!="),
        "<".value("<"),
        ">".value(">"),
    ));
    let others = alt((
        "+".value("+"),
        "-".value("-"),
        "*".value("*"),
        "/".value("/"),
        "(".value("("),
        ")".value(")"),
        ",".value(","),
    ));
    alt((compared, others)).parse_next(input)
}

fn quoted(input: &mut Input<'_>) -> ModalResult<String> {
    alt((
        delimited('"', take_till(0.., '"'), '"'),
        delimited('\'', take_till(0.., '\''), '\''),
    ))
    .map(str::to_owned)
    .parse_next(input)
}

/// Whether a letter could belong to a word; whatever is not ASCII could, so that faults show it whole.
fn in_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_' || !c.is_ascii()
}

fn letter(c: char) -> bool {
    c.is_ascii_lowercase() || c == '_'
}

fn word(input: &mut Input<'_>) -> ModalResult<String> {
    let segment = (
        one_of(letter),
        take_while(0.., |c: char| letter(c) || c.is_ascii_digit()),
    );
    let more = repeat::<_, _, (), _, _>(
        0..,
        (
            '.',
            one_of(letter),
            take_while(0.., |c: char| letter(c) || c.is_ascii_digit()),
        ),
    );
    (segment, more).take().map(str::to_owned).parse_next(input)
}

/// Whether a text is one word of the language, dots within it included.
#[must_use]
pub fn is_word(text: &str) -> bool {
    word.parse(LocatingSlice::new(text)).is_ok()
}

/// Not followed by something that would make another word of it.
fn word_ends(input: &mut Input<'_>) -> ModalResult<()> {
    not(one_of(in_word)).parse_next(input)
}

fn decimal(input: &mut Input<'_>) -> ModalResult<f64> {
    (digit1, opt(('.', digit1)), not('.'))
        .take()
        .verify_map(super::decimal)
        .verify(|n: &f64| n.is_finite())
        .parse_next(input)
}

/// `20:05` or `2:08:20`, a duration since the start.
fn moment(input: &mut Input<'_>) -> ModalResult<Token> {
    let text = (digit1, ':', digit1, opt((':', digit1)), opt(('.', digit1))).take();
    terminated(text, word_ends)
        .verify_map(|text: &str| time::parse_instant(text))
        .map(|at| Token::Number {
            value: at.ms() as f64,
            unit: Unit::DURATION,
            bare: false,
            shown: Shown::Duration,
        })
        .parse_next(input)
}

fn time_unit(input: &mut Input<'_>) -> ModalResult<f64> {
    let unit = alt(("ms", "min", "m", "s", "h"));
    let follows = alt((word_ends, peek(digit1).void()));
    terminated(unit, follows)
        .verify_map(time::unit_ms)
        .map(|ms| ms as f64)
        .parse_next(input)
}

fn quantity(input: &mut Input<'_>) -> ModalResult<Token> {
    alt((duration, rate, percent, bare)).parse_next(input)
}

/// `30s`, `4m30s`, `4 min 30 s`.
fn duration(input: &mut Input<'_>) -> ModalResult<Token> {
    let part =
        (decimal, preceded(multispace0, time_unit)).map(|(number, unit)| (number * unit, unit));
    let shown = |unit: f64| {
        if unit == 1.0 {
            Shown::Milliseconds
        } else {
            Shown::Duration
        }
    };
    let mut first = part;
    let (value, unit) = first.parse_next(input)?;
    let next = preceded(
        multispace0,
        (decimal, preceded(multispace0, time_unit)).map(|(number, unit)| number * unit),
    );
    let more: f64 = repeat(0.., next)
        .fold(|| 0.0, |sum, value: f64| sum + value)
        .parse_next(input)?;
    Ok(Token::Number {
        value: value + more,
        unit: Unit::DURATION,
        bare: false,
        shown: shown(unit),
    })
}

/// `3500/min`, `2/s`; not the start of `5/min(…)`.
fn rate(input: &mut Input<'_>) -> ModalResult<Token> {
    let unit = alt(("/min", "/m", "/s", "/h", "/ms"));
    let ends = (word_ends, not((multispace0, '(')));
    let (number, unit) = (decimal, terminated(unit, ends)).parse_next(input)?;
    let value = match unit {
        "/s" => number * 60.0,
        "/h" => number / 60.0,
        "/ms" => number * 60_000.0,
        _ => number,
    };
    Ok(Token::Number {
        value,
        unit: Unit::RATE,
        bare: false,
        shown: Shown::PerMinute,
    })
}

fn percent(input: &mut Input<'_>) -> ModalResult<Token> {
    let number = terminated(decimal, preceded(opt(multispace1), '%')).parse_next(input)?;
    Ok(Token::Number {
        value: number / 100.0,
        unit: Unit::PLAIN,
        bare: false,
        shown: Shown::Percent,
    })
}

fn bare(input: &mut Input<'_>) -> ModalResult<Token> {
    let ends = (
        word_ends,
        not((
            '/',
            any.verify(|c: &char| in_word(*c) && !c.is_ascii_digit() && *c != '_'),
        )),
    );
    let value = terminated(decimal, ends).parse_next(input)?;
    Ok(Token::Number {
        value,
        unit: Unit::PLAIN,
        bare: true,
        shown: Shown::Plain,
    })
}
