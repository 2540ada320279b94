//! Texts of others in HTML, SVG, Markdown and CSV: whatever is written goes through one of these types.
//!
//! Invariant: only a `&'static str` is taken as it is. All else is escaped on its way in, and there is no other way in:
//! none of the types is `fmt::Write` or shows itself, so what is not escaped does not compile.

use std::fmt::{self, Display, Write};

/// A piece of HTML or SVG, escaped where it came from others.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Html(String);

/// What may stand in HTML: whatever can be shown, which is escaped, and HTML itself.
pub(super) trait InHtml {
    fn put_into(&self, out: &mut String);
}

impl InHtml for Html {
    fn put_into(&self, out: &mut String) {
        out.push_str(&self.0);
    }
}

impl<T: Display + ?Sized> InHtml for T {
    fn put_into(&self, out: &mut String) {
        let _ = write!(Escaped(out), "{self}");
    }
}

/// Writes text into HTML or XML, where it may stand between tags and in quotes.
struct Escaped<'a>(&'a mut String);

impl Write for Escaped<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for letter in text.chars() {
            match letter {
                '&' => self.0.push_str("&amp;"),
                '<' => self.0.push_str("&lt;"),
                '>' => self.0.push_str("&gt;"),
                '"' => self.0.push_str("&quot;"),
                // XML knows none of these, and a reader sees none.
                '\0'..='\u{8}' | '\u{b}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => {
                    self.0.push('\u{fffd}');
                }
                other => self.0.push(other),
            }
        }
        Ok(())
    }
}

impl Html {
    pub(super) const fn new() -> Self {
        Self(String::new())
    }

    /// A piece made of a pattern; each `{}` in it stands for the next of the parts.
    pub(super) fn of(pattern: &'static str, parts: &[&dyn InHtml]) -> Self {
        let mut html = Self::new();
        html.put(pattern, parts);
        html
    }

    /// Adds a pattern; each `{}` in it stands for the next of the parts.
    pub(super) fn put(&mut self, pattern: &'static str, parts: &[&dyn InHtml]) {
        filled(&mut self.0, pattern, parts.iter(), |out, part| {
            part.put_into(out);
        });
    }

    pub(super) fn add(&mut self, html: &Self) {
        self.0.push_str(&html.0);
    }

    pub(super) fn into_text(self) -> String {
        self.0
    }
}

/// Writes a pattern with its parts.
fn filled<T>(
    out: &mut String,
    pattern: &'static str,
    mut parts: impl ExactSizeIterator<Item = T>,
    put: impl Fn(&mut String, T),
) {
    debug_assert_eq!(
        pattern.matches("{}").count(),
        parts.len(),
        "a part for each place of {pattern}"
    );
    for (index, raw) in pattern.split("{}").enumerate() {
        if index > 0
            && let Some(part) = parts.next()
        {
            put(out, part);
        }
        out.push_str(raw);
    }
}

/// A text in Markdown, escaped where it came from others.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Markdown(String);

impl Markdown {
    /// Adds a pattern; each `{}` in it stands for the next of the texts, which hold no line breaks, HTML, links or other
    /// marks then.
    pub(super) fn put(&mut self, pattern: &'static str, texts: &[&dyn Display]) {
        filled(&mut self.0, pattern, texts.iter(), |out, text| {
            let last = ' ';
            let _ = write!(Plain { out, last }, "{text}");
        });
    }

    /// Adds the destination of a link.
    #[cfg(feature = "formats")]
    pub(super) fn address(&mut self, address: &str) {
        for byte in address.bytes() {
            match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => self.0.push(byte.into()),
                b'-' | b'.' | b'_' | b'~' | b':' | b'/' | b'?' | b'#' | b'=' | b'&' | b'+'
                | b'%' | b',' => {
                    self.0.push(byte.into());
                }
                other => {
                    let _ = write!(self.0, "%{other:02X}");
                }
            }
        }
    }

    #[cfg(feature = "formats")]
    pub(super) fn add(&mut self, markdown: &Self) {
        self.0.push_str(&markdown.0);
    }

    pub(super) fn into_text(self) -> String {
        self.0
    }
}

/// Writes text into Markdown, where it is text and nothing else.
struct Plain<'a> {
    out: &'a mut String,
    last: char,
}

impl Write for Plain<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for letter in text.chars() {
            match (self.last, letter) {
                (_, '&') => self.out.push_str("&amp;"),
                (_, '<') => self.out.push_str("&lt;"),
                (_, '\n') => self.out.push(' '),
                (_, '\r') => {}
                // Emphasis, code, links and pictures, tables, headings; and what many programs take for a link although
                // nothing marks it: `http://`, `www.`, `me@there`.
                (_, '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '~' | '#' | '$' | '@')
                | (':', '/')
                | ('w' | 'W', '.') => {
                    self.out.push('\\');
                    self.out.push(letter);
                }
                _ => self.out.push(letter),
            }
            self.last = letter;
        }
        Ok(())
    }
}

/// Comma-separated values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Csv {
    text: String,
    end: &'static str,
}

impl Csv {
    /// An empty file whose lines end so.
    pub(super) const fn new(end: &'static str) -> Self {
        Self {
            text: String::new(),
            end,
        }
    }

    /// Adds a line. A cell that a spreadsheet would take for a formula begins with an apostrophe, as spreadsheets write
    /// what is text.
    pub(super) fn row<T: AsRef<str>>(&mut self, cells: impl IntoIterator<Item = T>) {
        for (index, cell) in cells.into_iter().enumerate() {
            if index > 0 {
                self.text.push(',');
            }
            let cell = without_formulas(cell.as_ref());
            if cell.contains([',', '"', '\n', '\r']) {
                self.text.push('"');
                self.text.push_str(&cell.replace('"', "\"\""));
                self.text.push('"');
            } else {
                self.text.push_str(&cell);
            }
        }
        self.text.push_str(self.end);
    }

    pub(super) fn into_text(self) -> String {
        self.text
    }
}

/// A cell in which nothing is a formula, in a file that is taken apart at commas, or at semicolons, as some countries do.
fn without_formulas(cell: &str) -> String {
    let is_number = |part: &str| {
        let digits = part.strip_prefix(['-', '+']).unwrap_or(part);
        let first = digits.starts_with(|c: char| c.is_ascii_digit());
        first
            && digits
                .chars()
                .all(|c| c.is_ascii_digit() || matches!(c, '.' | ','))
    };
    let mut out = String::with_capacity(cell.len() + 1);
    for part in cell.split_inclusive([';', '\t', '\n', '\r']) {
        let bare = part.trim_matches([';', '\t', '\n', '\r']);
        let begins = part
            .trim_start()
            .starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠']);
        if begins && !is_number(bare) || part.starts_with(['\t', '\r']) {
            out.push('\'');
        }
        out.push_str(part);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_is_put_into_html_is_text_between_tags_and_in_quotes() {
        let attack = "x\"><img src=x onerror='1'>&\u{1b}";
        let inner = Html::of("<b>{}</b>", &[&attack]);
        let html = Html::of(
            "<p title=\"{}\" data-n=\"{}\">{}</p>",
            &[&attack, &5, &inner],
        );
        let text = "x&quot;&gt;&lt;img src=x onerror='1'&gt;&amp;\u{fffd}";
        let whole = format!("<p title=\"{text}\" data-n=\"5\"><b>{text}</b></p>");
        assert_eq!(html.into_text(), whole);
    }

    fn markdown(text: &str) -> String {
        let mut markdown = Markdown::default();
        markdown.put("{}", &[&text]);
        markdown.into_text()
    }

    #[test]
    fn whatever_is_put_into_markdown_is_text() {
        assert_eq!(markdown("<img src=x>"), "&lt;img src=x>");
        assert_eq!(markdown("![a](b) `c`"), "!\\[a\\](b) \\`c\\`");
        assert_eq!(markdown("a|b\nc"), "a\\|b c");
        assert_eq!(
            markdown("http://a www.b c@d.e"),
            "http:\\//a www\\.b c\\@d.e"
        );
        assert_eq!(
            markdown("p99 > 300 ms, 5 × as many"),
            "p99 > 300 ms, 5 × as many"
        );
    }

    #[cfg(feature = "formats")]
    #[test]
    fn an_address_in_markdown_ends_where_it_ends() {
        let mut markdown = Markdown::default();
        markdown.address("https://a.b/(c)/?d=<e>#f g\"");
        assert_eq!(
            markdown.into_text(),
            "https://a.b/%28c%29/?d=%3Ce%3E#f%20g%22"
        );
    }

    fn cell(text: &str) -> String {
        let mut csv = Csv::new("");
        csv.row([text]);
        csv.into_text()
    }

    #[test]
    fn no_cell_is_a_formula() {
        for formula in ["=1+1", "@SUM(1)", "+1+1", "-1+1", " =1", "-cmd", "＝1"] {
            assert_eq!(cell(formula), format!("'{formula}"), "{formula}");
        }
        assert_eq!(cell("\t=1"), "'\t'=1");
        assert_eq!(cell("\r=1"), "\"'\r'=1\"");
        assert_eq!(cell("=a,\"b\""), "\"'=a,\"\"b\"\"\"");
        assert_eq!(cell("a;=1;-2;b"), "a;'=1;-2;b");
        for text in [
            "-5",
            "+0.5",
            "-1,000",
            "a = b",
            "x-1",
            "—",
            "5 ms; so it ran",
        ] {
            assert_eq!(cell(text).trim_matches('"'), text);
        }
    }
}
