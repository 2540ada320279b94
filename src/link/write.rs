//! From what is shown to text.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::key::{VERSION, digits, endpoints, hash, key, levers};
use super::packed::packed;
use super::{Proof, View};
use crate::draw::Viewport;
use crate::scenario::Scenario;
use crate::session::{Call, Rival, Setup, Tab, Wish};
use crate::time::Instant;

/// The fragment of a link to what is shown, without `#`. A page that has been left as it opens, with the cursor at
/// `opening`, has none unless there is something to prove, or its scenario is another than the one that a page opens with
/// (`source`; see [`source`](super::source())).
#[must_use]
pub fn write(
    scenario: &Scenario,
    source: &str,
    opening: Instant,
    view: &View,
    proof: Option<&Proof>,
) -> String {
    let fields = fields(scenario, opening, view);
    let plain: String = fields
        .iter()
        .map(|(name, value)| format!("&{name}={value}"))
        .collect();
    let short = packed(plain.trim_start_matches('&'), "").map(|packed| format!("&z={packed}"));
    let told = match short {
        Some(short) if short.len() < plain.len() => short,
        _ => plain,
    };
    let mut text = String::new();
    if !source.is_empty() {
        text = format!("&s={source}");
    }
    text += &told;
    if let Some(proof) = proof {
        text = text + "&x=" + &proof.written();
    }
    if text.is_empty() {
        return text;
    }
    let text = format!("v={VERSION}{text}");
    let sum = digits(hash(&text), 3);
    text + "&k=" + &sum
}

/// What differs from a page as it opens.
fn fields(scenario: &Scenario, opening: Instant, view: &View) -> Vec<(&'static str, String)> {
    let mut fields: Vec<(&'static str, String)> = Vec::new();
    let mut add = |name, value: String| {
        if !value.is_empty() {
            fields.push((name, value));
        }
    };
    add("l", moved(scenario, &view.setup));
    add("c", calls(scenario, &view.setup.calls));
    if view.cursor != opening {
        add("t", short(view.cursor.ms()));
    }
    if view.viewport != Viewport::fit(scenario.end()) {
        let Viewport { from, to } = view.viewport;
        add("w", format!("{}.{}", short(from.ms()), short(to.ms())));
    }
    if let Some(selection) = view.selection
        && let Some(endpoint) = endpoint_key(scenario, selection.endpoint.0)
    {
        add("e", format!("{endpoint}:{}", short(selection.at.ms())));
    }
    if view.tab != Tab::Levers {
        add("p", view.tab.name().to_ascii_lowercase());
    }
    add("r", rival(&view.rival));
    if let Some(kept) = &view.kept {
        // A kept setup that is the default is kept all the same.
        fields.push(("bl", moved(scenario, kept)));
        let calls = calls(scenario, &kept.calls);
        if !calls.is_empty() {
            fields.push(("bc", calls));
        }
    }
    let chapter = view
        .chapter
        .and_then(|chapter| scenario.chapters.get(chapter));
    if let Some(chapter) = chapter {
        fields.push(("h", chapter.id.clone()));
    }
    fields
}

/// A whole number in base 36.
pub(super) fn short(number: i64) -> String {
    let mut rest = number.unsigned_abs();
    let mut text = Vec::new();
    loop {
        let digit = u32::try_from(rest % 36).unwrap_or(0);
        text.push(char::from_digit(digit, 36).unwrap_or('0'));
        rest /= 36;
        if rest == 0 {
            break;
        }
    }
    if number < 0 {
        text.push('-');
    }
    text.into_iter().rev().collect()
}

/// The levers that are not where they are at first.
fn moved(scenario: &Scenario, setup: &Setup) -> String {
    let all = scenario.parameters.iter().enumerate();
    let moved = all.filter_map(|(index, parameter)| {
        let value = setup.parameters.get(index);
        (value != parameter.default)
            .then(|| format!("{}:{value}", key(&parameter.name, levers(scenario))))
    });
    moved.collect::<Vec<_>>().join(",")
}

fn endpoint_key(scenario: &Scenario, number: u32) -> Option<String> {
    let endpoint = scenario.endpoints.get(number as usize)?;
    Some(key(&endpoint.id, endpoints(scenario)))
}

fn calls(scenario: &Scenario, calls: &[Call]) -> String {
    let written = calls.iter().filter_map(|call| {
        let endpoint = endpoint_key(scenario, call.endpoint)?;
        let wish = match call.wish {
            Wish::Interval { every_ms, ttl_ms } => {
                format!("i{}.{}", short(every_ms), short(ttl_ms))
            }
            Wish::Once { in_ms, ttl_ms } => format!("o{}.{}", short(in_ms), short(ttl_ms)),
            Wish::Pause { for_ms: Some(ms) } => format!("p{}", short(ms)),
            Wish::Pause { for_ms: None } => "p".to_owned(),
            Wish::Wake => "w".to_owned(),
            Wish::Clear => "f".to_owned(),
        };
        Some(format!("{endpoint}:{}.{wish}", short(call.at_ms)))
    });
    written.collect::<Vec<_>>().join(",")
}

fn rival(rival: &Rival) -> String {
    match rival {
        Rival::Nobody => String::new(),
        Rival::Defaults => "d".to_owned(),
        Rival::Kept => "b".to_owned(),
        Rival::Policy(name) => format!("p{}", URL_SAFE_NO_PAD.encode(name)),
        Rival::Cron(expression) => format!("c{}", URL_SAFE_NO_PAD.encode(expression)),
    }
}
