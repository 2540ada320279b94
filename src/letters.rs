//! The letters of others: what a reader would not see in a text, or would see elsewhere than it stands, becomes visible.
//!
//! Takes any text; gives one of the same length in which nothing steers a terminal or turns a sentence round. Invariant:
//! one letter for one letter, so that places and columns stay what they are.

/// Whether a letter is not seen itself, but changes how others are: control characters, what turns the direction of
/// writing, what joins or hides without being seen. The joiners of emoji and of Persian are seen in what they join.
#[must_use]
pub const fn is_hidden(letter: char) -> bool {
    matches!(letter,
        '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{ad}'
        // Direction of writing.
        | '\u{61c}' | '\u{200e}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{206f}'
        // Letters and spaces without a shape; lines that end where few programs see it.
        | '\u{180b}'..='\u{180f}' | '\u{200b}' | '\u{2060}'..='\u{2065}' | '\u{feff}' | '\u{3164}' | '\u{ffa0}'
        | '\u{115f}'..='\u{1160}' | '\u{2028}'..='\u{2029}' | '\u{fff0}'..='\u{fffb}'
        | '\u{34f}' | '\u{17b4}'..='\u{17b5}' | '\u{2800}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d159}'
        | '\u{1d173}'..='\u{1d17a}'
        // What no text holds, what everybody draws as they like, and tags that only programs read.
        | '\u{fdd0}'..='\u{fdef}' | '\u{fffe}'..='\u{ffff}' | '\u{e000}'..='\u{f8ff}'
        | '\u{e0000}'..='\u{e0fff}' | '\u{f0000}'..='\u{10ffff}')
        || (letter as u32) & 0xfffe == 0xfffe
}

/// Whether a letter is a mark over or under the one before it.
#[must_use]
pub const fn is_mark(letter: char) -> bool {
    matches!(letter,
        '\u{300}'..='\u{36f}' | '\u{483}'..='\u{489}' | '\u{591}'..='\u{5bd}' | '\u{610}'..='\u{61a}'
        | '\u{64b}'..='\u{65f}' | '\u{e31}' | '\u{e34}'..='\u{e3a}' | '\u{e47}'..='\u{e4e}'
        | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}' | '\u{20d0}'..='\u{20ff}' | '\u{fe20}'..='\u{fe2f}')
}

/// Whether a letter has a shape of its own.
#[must_use]
pub fn is_seen(letter: char) -> bool {
    !(is_hidden(letter) || is_mark(letter) || letter.is_whitespace())
}

/// What is shown of a letter: itself, or a picture of it.
#[must_use]
pub fn visible_letter(letter: char) -> char {
    match letter {
        '\t' => ' ',
        '\0'..='\u{1f}' => char::from_u32(0x2400 + u32::from(letter)).unwrap_or('\u{fffd}'),
        '\u{7f}' => '\u{2421}',
        hidden if is_hidden(hidden) => '\u{fffd}',
        seen => seen,
    }
}

/// A text in which everything can be seen; its lines stay lines.
///
/// ```
/// use accelerando::letters::visible;
///
/// assert_eq!(visible("\u{1b}[31mred\u{202e}\r\nthe next line"), "␛[31mred\u{fffd}\nthe next line");
/// ```
#[must_use]
pub fn visible(text: &str) -> String {
    let mut letters = text.chars().peekable();
    let mut out = String::with_capacity(text.len());
    while let Some(letter) = letters.next() {
        match letter {
            '\r' if letters.peek() == Some(&'\n') => {}
            '\n' => out.push('\n'),
            other => out.push(visible_letter(other)),
        }
    }
    out
}

/// A text in which everything can be seen, on one line.
#[must_use]
pub fn on_one_line(text: &str) -> String {
    visible(text).replace('\n', " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_hidden_becomes_visible_and_all_else_stays() {
        for hidden in [
            '\0',
            '\u{7}',
            '\u{8}',
            '\u{1b}',
            '\u{7f}',
            '\u{9b}',
            '\u{200b}',
            '\u{200e}',
            '\u{200f}',
            '\u{202a}',
            '\u{202e}',
            '\u{2028}',
            '\u{2066}',
            '\u{2069}',
            '\u{61c}',
            '\u{feff}',
            '\u{e0041}',
        ] {
            assert!(is_hidden(hidden), "{hidden:?}");
            assert!(!is_hidden(visible_letter(hidden)), "{hidden:?}");
        }
        for seen in [
            "Flash sale — 5×, 30\u{a0}s",
            "Naïve שלום سلام 你好 🚨 👩\u{200d}💻 ❤\u{fe0f} می\u{200c}خواهم",
        ] {
            assert_eq!(visible(seen), seen);
        }
    }

    #[test]
    fn lines_stay_unless_one_is_asked_for() {
        assert_eq!(visible("a\r\nb\nc\rd\te"), "a\nb\nc\u{240d}d e");
        assert_eq!(on_one_line("a\r\nb\nc"), "a b c");
    }
}
