//! From text to what is shown.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::key::{VERSION, digits, endpoints, hash, levers, named};
use super::packed::unpacked;
use super::source;
use super::{Proof, Verdict, View};
use crate::diagnostic::counted;
use crate::draw::Viewport;
use crate::letters::on_one_line;
use crate::limits;
use crate::order;
use crate::scenario::Scenario;
use crate::schedule::EndpointId;
use crate::session::{Call, Rival, Selection, Setup, Tab, Wish};
use crate::sim::Trace;
use crate::time::Instant;

/// The longest time that is taken from a link, in milliseconds: a hundred years.
const LONGEST: i64 = 100 * 366 * 24 * 3_600_000;
/// How many letters of a part that cannot be read are told.
const SHOWN: usize = 60;
/// What is said of a link whose scenario does not ship.
const OWN: &str =
    "its scenario, with its title, words and claims, was written by whoever made the link";
/// How many are kept.
const KEPT: usize = 200;

/// A part of a link that could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skipped {
    /// The part, as it stands in the link, or its beginning; empty for all those that are counted only.
    pub part: String,
    /// What is wrong with it.
    pub why: String,
}

impl fmt::Display for Skipped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.part.is_empty() {
            return f.write_str(&self.why);
        }
        // Nobody reads more of what cannot be read.
        let (part, more) = match self.part.char_indices().nth(SHOWN) {
            Some((end, _)) => (self.part.get(..end).unwrap_or_default(), "…"),
            None => (self.part.as_str(), ""),
        };
        write!(
            f,
            "`{}{more}`: {}",
            on_one_line(part),
            on_one_line(&self.why)
        )
    }
}

/// What was found in a link.
#[derive(Clone, Debug, PartialEq)]
pub struct Read {
    /// What it shows: a page as it opens, with everything that could be read.
    pub view: View,
    /// What the run is to come to.
    pub proof: Option<Proof>,
    /// What could not be read.
    pub skipped: Vec<Skipped>,
    /// Whether it is not as it was written: a part is missing, or another than it was.
    pub damaged: bool,
    /// Whether its scenario is none that ships: whoever made the link has written all that it says.
    pub own: bool,
    /// Whether its scenario could not be read: the rest is read as if it spoke of the one that is shown.
    pub foreign: bool,
}

/// Reads the fragment of a link, with or without its `#`, for a page that shows its scenario (see
/// [`scenario`](super::scenario)) and opens with the cursor at `opening`.
#[must_use]
pub fn read(scenario: &Scenario, opening: Instant, fragment: &str) -> Read {
    let text = fragment.strip_prefix('#').unwrap_or(fragment);
    let mut reader = Reader {
        scenario,
        found: Read {
            view: View::opening(scenario, opening),
            proof: None,
            skipped: Vec::new(),
            damaged: false,
            own: false,
            foreign: false,
        },
        fields: 0,
        more: 0,
    };
    if text.len() <= limits::LINK_BYTES {
        reader.all(text);
    } else {
        reader.found.damaged = true;
        let why = format!(
            "a link may have at most {} bytes, and this has {}: nothing of it was read",
            counted(limits::LINK_BYTES),
            counted(text.len())
        );
        reader.skip("", why);
    }
    reader
        .found
        .skipped
        .extend((reader.more > 0).then(|| Skipped {
            part: String::new(),
            why: reader.rest(),
        }));
    reader.found
}

impl Read {
    /// Who wrote its scenario, if that is none that ships, and what could not be read: a sentence each.
    #[must_use]
    pub fn told(&self) -> Vec<String> {
        let own = (self.own && !self.foreign).then(|| OWN.to_owned());
        let skipped = self
            .skipped
            .iter()
            .map(|skipped| match skipped.part.is_empty() {
                true => skipped.to_string(),
                false => format!("skipped {skipped}"),
            });
        let damaged = "it is damaged, so it may show something else than it was made for";
        let damaged = self.damaged.then(|| damaged.to_owned());
        own.into_iter().chain(skipped).chain(damaged).collect()
    }

    /// Whether a run of the scenario of that text comes to what the link says, and that in words; nothing if it says nothing.
    #[must_use]
    pub fn judged(&self, trace: &Trace, text: &str) -> Option<(bool, String)> {
        let (lanes, engine) = match self.proof.as_ref()?.verdict(trace, text) {
            Verdict::Reproduced => return Some((true, "reproduced".to_owned())),
            Verdict::OtherWords => {
                let words = "the runs are reproduced, but the scenario says something else than it did: its title, claims or \
                             other words are not those that the link was made with";
                return Some((false, words.to_owned()));
            }
            Verdict::WordsUnknown => {
                let words = "the runs are reproduced, but the link does not say for which words of the scenario";
                return Some((false, words.to_owned()));
            }
            Verdict::Differs { lanes, engine } => (lanes, engine),
        };
        let what = match lanes.is_empty() {
            true => "what was observed or planned differs, the runs do not".to_owned(),
            false => format!("other runs of {}", lanes.join(", ")),
        };
        let why = match (self.foreign, engine, self.damaged) {
            (true, ..) => "its own scenario could not be read, and this is another",
            (_, true, _) => "it was made by another version of the engine",
            (_, false, true) => "the link is damaged",
            (_, false, false) => "the scenario is another than it was",
        };
        Some((
            false,
            format!("not reproduced: {what}; likely because {why}"),
        ))
    }
}

struct Reader<'a> {
    scenario: &'a Scenario,
    found: Read,
    /// How many parts were looked at.
    fields: usize,
    /// How many parts were skipped besides those that are told.
    more: usize,
}

impl Reader<'_> {
    fn skip(&mut self, part: impl Into<String>, why: impl Into<String>) {
        if self.found.skipped.len() >= limits::FAULTS {
            self.more += 1;
            return;
        }
        let mut part = part.into();
        if let Some((end, _)) = part.char_indices().nth(KEPT) {
            part.truncate(end);
        }
        let why = why.into();
        self.found.skipped.push(Skipped { part, why });
    }

    /// How many parts were skipped besides those that are told, and whether that is since there are too many.
    fn rest(&self) -> String {
        let more = counted(self.more);
        if self.fields <= limits::LINK_PARTS {
            return format!("and {more} more");
        }
        format!(
            "and {more} more: a link may have at most {} parts, and this has {}",
            counted(limits::LINK_PARTS),
            counted(self.fields)
        )
    }

    /// Whether one more part may be looked at; those that may not are skipped.
    fn looks(&mut self) -> bool {
        self.fields += 1;
        let looks = self.fields <= limits::LINK_PARTS;
        self.more += usize::from(!looks);
        looks
    }

    fn all(&mut self, text: &str) {
        if text.is_empty() {
            return;
        }
        let mut known: Vec<String> = Vec::new();
        let opened = source::source_of(text);
        self.found.own = source::is_own(opened);
        if let Err(why) = source::scenario(opened) {
            self.found.foreign = true;
            self.skip(format!("s={opened}"), why);
        }
        self.fields(text, &mut known, false);
        let knows = |name: &str| known.iter().any(|known| known == name);
        let whole = text
            .rsplit_once("&k=")
            .is_some_and(|(before, sum)| digits(hash(before), 3) == sum);
        // Links to a chapter and to a scenario that ships are written by hand, too.
        let names: Vec<&str> = known.iter().map(String::as_str).collect();
        let by_hand = matches!(names.as_slice(), ["story"] | ["v", "s"]);
        let sound = whole || by_hand && self.found.skipped.is_empty();
        self.found.damaged = !sound;
        if !knows("v") && !by_hand {
            self.skip("v", "the version is missing; read as version 1");
        }
    }

    fn fields(&mut self, text: &str, known: &mut Vec<String>, packed: bool) {
        for field in text.split('&').filter(|field| !field.is_empty()) {
            if !self.looks() {
                continue;
            }
            let Some((name, value)) = field.split_once('=') else {
                self.skip(field, "no field: it has no `=`");
                continue;
            };
            if packed && name == "s" {
                self.skip(field, "a scenario stands in a link as it is, not packed");
                continue;
            }
            if known.iter().any(|known| known == name) {
                self.skip(field, "it is there twice; the first counts");
                continue;
            }
            known.push(name.to_owned());
            if name == "z" {
                let (text, why) = unpacked(value, "");
                if let Some(why) = why {
                    self.skip(field, format!("it {why}; what stands before that was read"));
                }
                self.fields(&text, known, true);
            } else {
                self.field(field, name, value);
            }
        }
    }

    fn field(&mut self, field: &str, name: &str, value: &str) {
        let end = self.scenario.end();
        match name {
            // Whoever reads the whole has read these: the sum of all others, and the scenario.
            "k" | "s" => {}
            "v" if value == VERSION => {}
            "v" => self.skip(
                field,
                "a version that is not known here; what is known of it was read",
            ),
            "l" => self.levers(name, value, false),
            "bl" => self.levers(name, value, true),
            "c" => self.calls(name, value, false),
            "bc" => self.calls(name, value, true),
            "t" => match time(value).filter(|at| *at <= end) {
                Some(at) => self.found.view.cursor = at,
                None => self.skip(field, "no moment of the run"),
            },
            "w" => {
                let ends = value.split_once('.');
                let view = ends.and_then(|(from, to)| Some((time(from)?, time(to)?)));
                match view.filter(|(from, to)| from < to && *to <= Viewport::fit(end).to) {
                    // Looking closer by nothing keeps a stretch within the run and no shorter than can be looked at.
                    Some((from, to)) => {
                        self.found.view.viewport = Viewport { from, to }.zoomed(from, 1.0, end);
                    }
                    None => self.skip(field, "no stretch of the run"),
                }
            }
            "e" => match self.placed(value).filter(|(_, at)| *at <= end) {
                Some((endpoint, at)) => {
                    let endpoint = EndpointId(endpoint);
                    self.found.view.selection = Some(Selection { endpoint, at });
                }
                None => self.skip(field, "no endpoint of this scenario at a moment of the run"),
            },
            "p" => {
                let mut tabs = Tab::ALL.into_iter();
                match tabs.find(|tab| tab.name().eq_ignore_ascii_case(value)) {
                    Some(tab) => self.found.view.tab = tab,
                    None => self.skip(field, "no panel that is known here"),
                }
            }
            "r" => match rival(value) {
                Some(rival) => self.found.view.rival = rival,
                None => self.skip(field, "nothing to compare with that is known here"),
            },
            "h" | "story" => {
                let mut chapters = self.scenario.chapters.iter();
                match chapters.position(|chapter| chapter.id == value) {
                    Some(chapter) => self.found.view.chapter = Some(chapter),
                    None => self.skip(field, "no chapter of this scenario"),
                }
            }
            "x" => match Proof::read(value) {
                Some(proof) => self.found.proof = Some(proof),
                None => self.skip(field, "what the run is to come to cannot be read"),
            },
            _ => self.skip(field, "not known here"),
        }
    }

    /// The setup that a field is about.
    fn setup(&mut self, kept: bool) -> &mut Setup {
        let view = &mut self.found.view;
        match kept {
            true => view.kept.get_or_insert_with(|| Setup::new(self.scenario)),
            false => &mut view.setup,
        }
    }

    fn levers(&mut self, field: &str, value: &str, kept: bool) {
        // That one was kept is told by the field itself.
        self.setup(kept);
        let scenario = self.scenario;
        let (mut values, mut parts) = (Vec::new(), Vec::new());
        for part in value.split(',').filter(|part| !part.is_empty()) {
            if !self.looks() {
                continue;
            }
            let told = format!("{field}={part}");
            let Some((key, number)) = part.split_once(':') else {
                self.skip(told, "no lever: it has no `:`");
                continue;
            };
            let Some(index) = named(key, levers(scenario)) else {
                self.skip(told, "no lever of this scenario");
                continue;
            };
            match number.parse::<f64>() {
                Ok(number) => {
                    values.push((index, number));
                    parts.push(told);
                }
                Err(_) => self.skip(told, "its value is no number"),
            }
        }
        let faults = self.setup(kept).parameters.set_all(scenario, &values);
        for (place, fault) in faults {
            let part = parts.get(place).cloned().unwrap_or_default();
            self.skip(part, fault.to_string());
        }
    }

    fn calls(&mut self, field: &str, value: &str, kept: bool) {
        for part in value.split(',').filter(|part| !part.is_empty()) {
            if !self.looks() {
                continue;
            }
            let many = self.setup(kept).calls.len() >= limits::LINK_CALLS;
            match self.call(part) {
                _ if many => {
                    let most = counted(limits::LINK_CALLS);
                    let why = format!("a setup may have at most {most} calls; the first count");
                    self.skip(field, why);
                    break;
                }
                Some(call) => self.setup(kept).calls.push(call),
                None => self.skip(
                    format!("{field}={part}"),
                    "no call on an endpoint of this scenario",
                ),
            }
        }
        order::by_key(&mut self.setup(kept).calls, |call| (call.at_ms, 0));
    }

    fn call(&self, part: &str) -> Option<Call> {
        let (placed, wish) = part.split_once('.')?;
        let (endpoint, at) = self.placed(placed)?;
        let kind = wish.chars().next()?;
        let rest = wish.get(kind.len_utf8()..)?;
        let two = || {
            let (first, second) = rest.split_once('.')?;
            Some((span(first)?, span(second)?))
        };
        let wish = match (kind, rest) {
            ('i', _) => {
                let (every_ms, ttl_ms) = two()?;
                Wish::Interval { every_ms, ttl_ms }
            }
            ('o', _) => {
                let (in_ms, ttl_ms) = two()?;
                Wish::Once { in_ms, ttl_ms }
            }
            ('p', "") => Wish::Pause { for_ms: None },
            ('p', rest) => Wish::Pause {
                for_ms: Some(span(rest)?),
            },
            ('w', "") => Wish::Wake,
            ('f', "") => Wish::Clear,
            _ => return None,
        };
        (at <= self.scenario.end()).then_some(Call {
            at_ms: at.ms(),
            endpoint,
            wish,
        })
    }

    /// An endpoint and a moment.
    fn placed(&self, text: &str) -> Option<(u32, Instant)> {
        let (key, at) = text.split_once(':')?;
        let endpoint = named(key, endpoints(self.scenario))?;
        Some((u32::try_from(endpoint).ok()?, time(at)?))
    }
}

fn rival(value: &str) -> Option<Rival> {
    let kind = value.chars().next()?;
    let rest = value.get(kind.len_utf8()..)?;
    let text = || String::from_utf8(URL_SAFE_NO_PAD.decode(rest).ok()?).ok();
    Some(match (kind, rest) {
        ('d', "") => Rival::Defaults,
        ('b', "") => Rival::Kept,
        ('p', _) => Rival::Policy(text()?),
        ('c', _) => Rival::Cron(text()?),
        _ => return None,
    })
}

fn span(text: &str) -> Option<i64> {
    let number = i64::from_str_radix(text, 36).ok()?;
    (-LONGEST..=LONGEST).contains(&number).then_some(number)
}

fn time(text: &str) -> Option<Instant> {
    let at = span(text).filter(|ms| *ms >= 0)?;
    Some(Instant::from_ms(at))
}
