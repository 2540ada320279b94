//! What somebody pastes into a page or a text of their own to show a run: an element, a frame, a picture with a link.

use std::fmt::Write as _;

use super::markup::{Html, Markdown};

/// What is shown where nothing else is asked for.
const VIEW: &str = "metrics timeline";
/// What a scenario that does not ship is saved as, beside the page.
const FILE: &str = "scenario.toml";

/// A run to be shown elsewhere.
#[derive(Clone, Copy, Debug)]
pub struct Shared<'a> {
    /// Where this page is: an address that ends in `/`.
    pub base: &'a str,
    /// The fragment of a link to the run, without `#`.
    pub link: &'a str,
    /// What the link says of its scenario.
    pub source: &'a str,
    /// The run in one sentence.
    pub sentence: &'a str,
    /// The parameters that were changed: name and value, as text.
    pub changed: &'a [(&'a str, String)],
}

/// The texts to be pasted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snippets {
    /// The address of the page that shows the run.
    pub address: String,
    /// An element of one script, in HTML.
    pub element: String,
    /// A frame, in HTML.
    pub frame: String,
    /// A picture with a link, in Markdown.
    pub markdown: String,
    /// The address that the frame shows.
    pub frame_address: String,
}

/// The texts that show a run elsewhere.
#[must_use]
pub fn snippets(shared: &Shared<'_>) -> Snippets {
    let Shared {
        base, link, source, ..
    } = *shared;
    let scenario = match source {
        "" => None,
        own if own.contains('~') => Some(FILE),
        shipped => Some(shipped),
    };
    let mut parameters: Vec<(&str, &str)> = Vec::new();
    parameters.extend(scenario.map(|scenario| ("scenario", scenario)));
    parameters.push(("controls", "traffic"));
    let changed = shared.changed.iter();
    parameters.extend(changed.map(|(name, value)| (*name, value.as_str())));

    let mut element = Html::of(
        "<script type=\"module\" src=\"{}embed/accelerando-view.js\"></script>\n<accelerando-view view=\"{}\"",
        &[&base, &VIEW],
    );
    for (name, value) in &parameters {
        // Whatever is no name of an attribute is left out: escaping would not help where there are no quotes.
        if is_attribute(name) {
            element.put(" {}=\"{}\"", &[name, value]);
        }
    }
    element.put("></accelerando-view>", &[]);

    let mut frame_address = format!(
        "{base}index.html?embed=v1&view={}",
        queried(&VIEW.replace(' ', ","))
    );
    for (name, value) in &parameters {
        let _ = write!(frame_address, "&{}={}", queried(name), queried(value));
    }
    let frame = Html::of(
        "<iframe title=\"A monitoring schedule at work\" sandbox=\"allow-scripts\" width=\"800\" height=\"520\" \
         src=\"{}\"></iframe>",
        &[&frame_address],
    );

    let address = format!("{base}#{link}");
    let mut markdown = Markdown::default();
    markdown.put("[![{}](accelerando.svg)](", &[&shared.sentence]);
    markdown.address(&address);
    markdown.put(")", &[]);
    Snippets {
        address,
        element: element.into_text(),
        frame: frame.into_text(),
        markdown: markdown.into_text(),
        frame_address,
    }
}

/// Whether an attribute of a view may be called so: names of parameters are, and what runs a script is none of them.
fn is_attribute(name: &str) -> bool {
    let letter = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '_' | '.');
    name.starts_with(|c: char| c.is_ascii_lowercase() || c == '_') && name.chars().all(letter)
}

/// A text as it stands in the query of an address.
fn queried(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        match byte {
            b' ' => out.push('+'),
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'*' | b'-' | b'.' | b'_' | b',' => {
                out.push(byte.into());
            }
            other => {
                let _ = write!(out, "%{other:02X}");
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shared<'a>(source: &'a str, changed: &'a [(&'a str, String)]) -> Shared<'a> {
        Shared {
            base: "https://a.example/b/",
            link: "v=1&l=Ab_:2&k=abc",
            source,
            sentence: "It ran [113] checks & woke <nobody>",
            changed,
        }
    }

    #[test]
    fn a_run_is_shown_by_an_element_a_frame_and_a_picture() {
        let changed = [
            ("traffic", "2.5".to_owned()),
            ("spike.on", "3000".to_owned()),
        ];
        let found = snippets(&shared("night-leak", &changed));
        assert_eq!(
            found.element,
            "<script type=\"module\" src=\"https://a.example/b/embed/accelerando-view.js\"></script>\n\
             <accelerando-view view=\"metrics timeline\" scenario=\"night-leak\" controls=\"traffic\" traffic=\"2.5\" \
             spike.on=\"3000\"></accelerando-view>"
        );
        assert_eq!(
            found.frame_address,
            "https://a.example/b/index.html?embed=v1&view=metrics,timeline&scenario=night-leak&controls=traffic&\
             traffic=2.5&spike.on=3000"
        );
        assert_eq!(
            found.frame,
            format!(
                "<iframe title=\"A monitoring schedule at work\" sandbox=\"allow-scripts\" width=\"800\" height=\"520\" \
                 src=\"{}\"></iframe>",
                found.frame_address.replace('&', "&amp;")
            )
        );
        assert_eq!(
            found.markdown,
            "[![It ran \\[113\\] checks &amp; woke &lt;nobody>](accelerando.svg)](https://a.example/b/#v=1&l=Ab_:2&k=abc)"
        );
    }

    #[test]
    fn nothing_of_others_leaves_its_place() {
        let attack = "x\"><img src=x onerror=alert(1)>";
        let changed = [(attack, "1".to_owned()), ("a", attack.to_owned())];
        let mut all = shared(attack, &changed);
        (all.base, all.link, all.sentence) = (attack, ") <b>", "](javascript:alert(1)) <img>");
        let found = snippets(&all);
        for text in [&found.element, &found.frame, &found.markdown] {
            assert!(
                !text.contains("<img") && !text.contains("\"><i") && !text.contains("<b>"),
                "{text}"
            );
        }
        assert!(
            !found.markdown.replace("\\]", "").contains("](javascript"),
            "{}",
            found.markdown
        );
        assert_eq!(
            found.element.matches("onerror").count(),
            3,
            "base, scenario and a value: {}",
            found.element
        );
    }

    #[test]
    fn a_scenario_that_does_not_ship_is_a_file() {
        let found = snippets(&shared("abcd~1~x", &[]));
        assert!(
            found.element.contains(" scenario=\"scenario.toml\" "),
            "{}",
            found.element
        );
    }
}
