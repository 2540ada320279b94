//! Reads TOML tables key by key, collecting every fault with its place instead of stopping at the first.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::names::{self, Name};
use crate::diagnostic::{Fault, Faults, Place, counted, too_many};
use crate::letters::visible;
use crate::limits;
use crate::order;
use crate::rule::{self, Kind, Unit, Vocabulary};
use crate::time::{self, Instant, Span};

/// A text of the file in which everything can be seen, with the place of its first character.
#[derive(Clone, Debug)]
pub(super) struct Text {
    pub value: String,
    pub place: Place,
    /// Whether places within the value are places within the file (no escapes).
    exact: bool,
}

impl Text {
    /// A fault within this text, moved to its place in the file.
    pub(super) fn moved(&self, mut fault: Fault) -> Fault {
        fault.place = if self.exact {
            fault.place.moved(self.place.start)
        } else {
            self.place
        };
        fault
    }
}

/// Something of which there may be only so many in a whole file, wherever they stand.
#[derive(Clone, Copy, Debug)]
pub(super) enum Counted {
    /// Steps of expressions.
    Steps,
    /// Calls of rules.
    Calls,
    /// Sentences of messages, reasons and chapters.
    Sentences,
    /// Names in lists.
    Listed,
}

impl Counted {
    const ALL: [Self; 4] = [Self::Steps, Self::Calls, Self::Sentences, Self::Listed];

    /// What they are called, and how many there may be.
    fn limit(self) -> (&'static str, usize) {
        match self {
            Self::Steps => ("steps in all its expressions together", limits::NODES),
            Self::Calls => ("calls in all its rules together", limits::CALLS),
            Self::Sentences => (
                "sentences in all messages, reasons and chapters together",
                limits::SENTENCES,
            ),
            Self::Listed => ("names in all its lists together", limits::LISTED),
        }
    }
}

/// What is found while a file is read: faults, and how many there are of what is counted.
#[derive(Debug, Default)]
pub(super) struct Reading {
    pub faults: Faults,
    counts: [usize; Counted::ALL.len()],
    /// Where the first stands that is one too many.
    over: [Option<Place>; Counted::ALL.len()],
}

impl Reading {
    /// Adds a fault for each count that is over its limit.
    pub(super) fn weigh(&mut self) {
        for ((counted, count), over) in Counted::ALL.into_iter().zip(self.counts).zip(self.over) {
            if let Some(place) = over {
                let (what, most) = counted.limit();
                self.faults.push(too_many(what, most, count, place));
            }
        }
    }
}

/// One table of the file; every key that is asked for is remembered, the others are faults in the end.
pub(super) struct Table<'a, 'f> {
    source: &'a str,
    table: &'a DeTable<'a>,
    place: Place,
    asked: Vec<&'static str>,
    reading: &'f mut Reading,
}

pub(super) type Value<'a> = Spanned<DeValue<'a>>;

pub(super) fn place_of<T>(value: &Spanned<T>) -> Place {
    let span = value.span();
    Place::new(span.start, span.end)
}

impl<'a, 'f> Table<'a, 'f> {
    pub(super) fn new(
        source: &'a str,
        table: &'a DeTable<'a>,
        place: Place,
        reading: &'f mut Reading,
    ) -> Self {
        Self {
            source,
            table,
            place,
            asked: Vec::new(),
            reading,
        }
    }

    pub(super) fn place(&self) -> Place {
        self.place
    }

    pub(super) fn fault(&mut self, fault: Fault) {
        self.reading.faults.push(fault);
    }

    pub(super) fn faults(&mut self) -> &mut Faults {
        &mut self.reading.faults
    }

    /// A fault about an unknown name, with the known one that is nearest.
    pub(super) fn unknown<'k>(
        &mut self,
        fault: Fault,
        written: &str,
        known: impl IntoIterator<Item = &'k str>,
    ) {
        if !self.reading.faults.is_full() {
            self.fault(fault.with_nearest(written, known));
        }
    }

    /// So many more of something that is counted over the whole file; says whether that is still within its limit.
    pub(super) fn count(&mut self, counted: Counted, more: usize, place: Place) -> bool {
        let (_, most) = counted.limit();
        let index = counted as usize;
        let (Some(count), Some(over)) = (
            self.reading.counts.get_mut(index),
            self.reading.over.get_mut(index),
        ) else {
            return true;
        };
        *count = count.saturating_add(more);
        if *count <= most {
            return true;
        }
        over.get_or_insert(place);
        false
    }

    /// The elements of an array, of which there may be so many.
    pub(super) fn limited(
        &mut self,
        key: &'static str,
        (what, most): (&str, usize),
    ) -> Vec<&'a Value<'a>> {
        let mut values = self.array(key);
        self.cut(&mut values, (what, most), |value| place_of(value));
        values
    }

    /// The entries of a table, of which there may be so many.
    pub(super) fn limited_entries(
        &mut self,
        table: &'a DeTable<'a>,
        limit: (&str, usize),
    ) -> Vec<(&'a str, Place, &'a Value<'a>)> {
        let mut entries = self.entries_of(table);
        self.cut(&mut entries, limit, |(_, place, _)| *place);
        entries
    }

    fn cut<T>(
        &mut self,
        found: &mut Vec<T>,
        (what, most): (&str, usize),
        place: impl Fn(&T) -> Place,
    ) {
        if let Some(extra) = found.get(most) {
            self.fault(too_many(what, most, found.len(), place(extra)));
            found.truncate(most);
        }
    }

    pub(super) fn get(&mut self, key: &'static str) -> Option<&'a Value<'a>> {
        self.asked.push(key);
        self.table.get(key)
    }

    pub(super) fn missing(&mut self, key: &'static str) {
        let fault = Fault::new("missing_key", format!("`{key}` is missing"), self.place);
        self.reading
            .faults
            .push(fault.with_hint(format!("add `{key} = …` here")));
    }

    /// A line that every file has is missing.
    pub(super) fn missing_line(&mut self, key: &'static str, value: i64) {
        let fault = Fault::new("missing_key", format!("`{key}` is missing"), self.place);
        self.fault(fault.with_hint(format!("begin the file with the line `{key} = {value}`")));
    }

    fn wrong(&mut self, key: &str, expected: &str, value: &Value<'_>) {
        let found = value.get_ref().type_str();
        self.reading.faults.push(Fault::new(
            "wrong_type",
            format!("`{key}` must be {expected}, not of type {found}"),
            place_of(value),
        ));
    }

    fn as_text(&self, value: &'a Value<'a>) -> Option<Text> {
        let text = value.get_ref().as_str()?;
        let place = place_of(value);
        let raw = self.source.get(place.start..place.end).unwrap_or_default();
        let inner = Place::new(
            place.start + 1,
            place.end.saturating_sub(1).max(place.start + 1),
        );
        let value = visible(text);
        let exact = raw.len() == text.len() + 2 && raw.get(1..raw.len() - 1) == Some(&value);
        Some(Text {
            value,
            place: if exact { inner } else { place },
            exact,
        })
    }

    pub(super) fn text_of(&mut self, key: &str, value: &'a Value<'a>) -> Option<Text> {
        let text = self.as_text(value);
        match &text {
            None => self.wrong(key, "a text", value),
            // Whoever needs less has a limit of its own.
            Some(Text { value, place, .. }) if value.len() > limits::TEXT_LETTERS => {
                let length = value.chars().count();
                if length > limits::TEXT_LETTERS {
                    let message = format!(
                        "a text may have at most {} letters, and this has {}",
                        counted(limits::TEXT_LETTERS),
                        counted(length)
                    );
                    let fault = Fault::new("too_long", message, *place);
                    self.fault(fault);
                    return None;
                }
            }
            Some(_) => {}
        }
        text
    }

    pub(super) fn text(&mut self, key: &'static str) -> Option<Text> {
        let value = self.get(key)?;
        self.text_of(key, value)
    }

    pub(super) fn needed_text(&mut self, key: &'static str) -> Option<Text> {
        if self.table.get(key).is_none() {
            self.asked.push(key);
            self.missing(key);
            return None;
        }
        self.text(key)
    }

    /// A text that is a name.
    pub(super) fn needed_name(&mut self, key: &'static str, written: Name) -> Option<Text> {
        let name = self.needed_text(key)?;
        self.named(&name.value, name.place, written);
        Some(name)
    }

    /// Reports what is wrong with a name, which may be a key of the file.
    pub(super) fn named(&mut self, name: &str, place: Place, written: Name) {
        self.faults().extend(written.fault(name, place));
    }

    /// A text that stands within sentences and at the head of things: one line, and nothing hidden.
    pub(super) fn title(&mut self, key: &'static str) -> Option<Text> {
        let text = self.text(key)?;
        let written = self
            .table
            .get(key)
            .and_then(|value| value.get_ref().as_str());
        let fault = names::title_fault(written.unwrap_or_default(), text.place);
        self.faults().extend(fault);
        Some(text)
    }

    /// A title that may not be missing.
    pub(super) fn needed_title(&mut self, key: &'static str) -> Option<Text> {
        if self.table.get(key).is_none() {
            return self.needed_text(key);
        }
        self.title(key)
    }

    pub(super) fn flag(&mut self, key: &'static str) -> bool {
        let Some(value) = self.get(key) else {
            return false;
        };
        value.get_ref().as_bool().unwrap_or_else(|| {
            self.wrong(key, "true or false", value);
            false
        })
    }

    pub(super) fn whole(&mut self, key: &'static str) -> Option<i64> {
        let value = self.get(key)?;
        let number = value
            .get_ref()
            .as_integer()
            .and_then(|n| i64::from_str_radix(n.as_str(), n.radix()).ok());
        if number.is_none() {
            self.wrong(key, "a whole number", value);
        }
        number
    }

    pub(super) fn span(&mut self, key: &'static str) -> Option<Span> {
        let text = self.text(key)?;
        let span = time::parse_span(&text.value);
        if span.is_none() && !self.too_long(&text) {
            self.reading.faults.push(
                Fault::new(
                    "not_a_duration",
                    format!("`{}` is not a duration", text.value),
                    text.place,
                )
                .with_hint("write it like `500ms`, `30s`, `7min`, `2h`"),
            );
        }
        span
    }

    pub(super) fn moment(&mut self, key: &'static str) -> Option<Instant> {
        let text = self.needed_text(key)?;
        let moment = time::parse_instant(&text.value);
        if moment.is_none() && !self.too_long(&text) {
            self.reading.faults.push(
                Fault::new(
                    "not_a_moment",
                    format!("`{}` is not a moment of the run", text.value),
                    text.place,
                )
                .with_hint("write minutes and seconds, like `5:00`"),
            );
        }
        moment
    }

    /// Tells that a text is longer than a value, if it is.
    fn too_long(&mut self, text: &Text) -> bool {
        let message = time::too_long(&text.value);
        let fault = message.map(|message| Fault::new("too_long", message, text.place));
        let is = fault.is_some();
        self.reading.faults.extend(fault);
        is
    }

    /// A fault about a number that is endless or none, such as `1/0`.
    pub(super) fn endless(&mut self, key: &str, place: Place) {
        let message = format!("`{key}` must be a finite number");
        self.fault(Fault::new("not_finite", message, place));
    }

    /// A fault about an id of one kind of thing that another of them has already.
    pub(super) fn unique<'k>(
        &mut self,
        what: &str,
        code: &'static str,
        id: &Text,
        mut known: impl Iterator<Item = &'k str>,
    ) {
        if known.any(|known| known == id.value) {
            let message = format!("there are two {what} `{}`", id.value);
            self.fault(Fault::new(code, message, id.place));
        }
    }

    /// A number with its unit: a bare number, or a text in the rules' language such as `"3500/min"`.
    pub(super) fn quantity_of(
        &mut self,
        key: &str,
        value: &'a Value<'a>,
        unit: Option<Unit>,
    ) -> Option<(f64, Kind)> {
        let bare = match value.get_ref() {
            DeValue::Integer(n) => i64::from_str_radix(n.as_str(), n.radix())
                .ok()
                .map(|n| n as f64),
            DeValue::Float(n) => {
                if let Some(message) = time::too_long(n.as_str()) {
                    self.fault(Fault::new("too_long", message, place_of(value)));
                    return None;
                }
                rule::decimal(n.as_str())
            }
            DeValue::String(_) => {
                let text = self.as_text(value)?;
                return match rule::formula(&text.value, &Vocabulary::new(), unit.map(Kind::Number))
                {
                    Ok(formula) => {
                        let value = formula.value(&NoNames);
                        if !value.is_finite() {
                            self.endless(key, text.place);
                            return None;
                        }
                        Some((value, formula.kind()))
                    }
                    Err(faults) => {
                        self.reading
                            .faults
                            .extend(faults.into_iter().map(|fault| text.moved(fault)));
                        None
                    }
                };
            }
            _ => None,
        };
        match bare.filter(|n| n.is_finite()) {
            Some(number) => Some((number, Kind::Number(unit.unwrap_or(Unit::PLAIN)))),
            None if bare.is_some() => {
                self.endless(key, place_of(value));
                None
            }
            None => {
                self.wrong(key, "a number", value);
                None
            }
        }
    }

    /// A table in the file under this one.
    pub(super) fn table(&mut self, key: &'static str) -> Option<(&'a DeTable<'a>, Place)> {
        let value = self.get(key)?;
        self.table_of(key, value)
    }

    pub(super) fn table_of(
        &mut self,
        key: &str,
        value: &'a Value<'a>,
    ) -> Option<(&'a DeTable<'a>, Place)> {
        let table = value.get_ref().as_table();
        if table.is_none() {
            self.wrong(key, "a table", value);
        }
        table.map(|table| (table, place_of(value)))
    }

    /// The elements of an array, or none if there is no such key.
    pub(super) fn array(&mut self, key: &'static str) -> Vec<&'a Value<'a>> {
        let Some(value) = self.get(key) else {
            return Vec::new();
        };
        if self.reading.faults.is_full() {
            return Vec::new();
        }
        match value.get_ref().as_array() {
            Some(array) => array.iter().collect(),
            None => {
                self.wrong(key, "an array", value);
                Vec::new()
            }
        }
    }

    /// A table under this one, read with its own memory of keys.
    pub(super) fn nested<R>(
        &mut self,
        (table, place): (&'a DeTable<'a>, Place),
        read: impl FnOnce(&mut Table<'a, '_>) -> R,
    ) -> R {
        let mut nested = Table::new(self.source, table, place, self.reading);
        let result = read(&mut nested);
        nested.finish();
        result
    }

    /// All keys with their values, in the order of the file; none where the text is not read on.
    pub(super) fn entries_of(
        &mut self,
        table: &'a DeTable<'a>,
    ) -> Vec<(&'a str, Place, &'a Value<'a>)> {
        match self.reading.faults.is_full() {
            true => Vec::new(),
            false => Self::entries(table),
        }
    }

    /// All keys with their values, in the order of the file.
    fn entries(table: &'a DeTable<'a>) -> Vec<(&'a str, Place, &'a Value<'a>)> {
        let mut entries: Vec<_> = table
            .iter()
            .map(|(key, value)| (key.get_ref().as_ref(), place_of(key), value))
            .collect();
        order::by_key(&mut entries, |(_, place, _)| (place.start as i64, 0));
        entries
    }

    /// Reports the keys that nobody asked for.
    pub(super) fn finish(mut self) {
        for (key, place, _) in self.entries_of(self.table) {
            if !self.asked.contains(&key) {
                if self.reading.faults.is_full() {
                    return;
                }
                let fault = Fault::new("unknown_key", format!("unknown key `{key}`"), place);
                let fault = fault.with_nearest(key, self.asked.iter().copied());
                self.reading.faults.push(fault);
            }
        }
    }
}

/// For formulas without names.
struct NoNames;

impl rule::Env for NoNames {
    fn value(&self, _: rule::NameId) -> f64 {
        f64::NAN
    }
    fn call(&self, _: rule::FunctionId, _: &[f64]) -> f64 {
        f64::NAN
    }
}
