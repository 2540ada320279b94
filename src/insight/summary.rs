//! The run in one sentence, as pieces that a view may underline.

use super::compare::PolicyResult;
use super::report::totals;
use crate::order;
use crate::rule::{rounded, shown_value};
use crate::schedule::{EndpointId, Tier};
use crate::sim::Trace;
use crate::time::{Instant, Span};

/// A piece of the sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// The words.
    pub text: String,
    /// The tier that a figure belongs to, if it is one.
    pub figure: Option<Tier>,
    /// The moment that a figure points at.
    pub at: Option<Instant>,
    /// The endpoint that it is about, if it is about one.
    pub endpoint: Option<EndpointId>,
    /// Whether it says that nothing happened.
    pub nothing: bool,
    /// Whether the piece is about other policies.
    pub aside: bool,
    /// Whether it is a text of the scenario within a sentence of ours, which is to keep its direction to itself.
    pub theirs: bool,
}

#[derive(Default)]
struct Pieces(Vec<Piece>);

impl Pieces {
    fn words(&mut self, text: impl Into<String>) {
        self.0.push(Piece {
            text: text.into(),
            figure: None,
            at: None,
            endpoint: None,
            nothing: false,
            aside: false,
            theirs: false,
        });
    }

    fn theirs(&mut self, text: impl Into<String>) {
        self.words(text);
        if let Some(piece) = self.0.last_mut() {
            piece.theirs = true;
        }
    }

    fn figure(
        &mut self,
        text: impl Into<String>,
        tier: Tier,
        (at, endpoint): (Option<Instant>, Option<EndpointId>),
    ) {
        self.0.push(Piece {
            text: text.into(),
            figure: Some(tier),
            at,
            endpoint,
            nothing: false,
            aside: false,
            theirs: false,
        });
    }

    fn aside(&mut self, text: impl Into<String>) {
        self.0.push(Piece {
            text: text.into(),
            figure: None,
            at: None,
            endpoint: None,
            nothing: false,
            aside: true,
            theirs: false,
        });
    }
}

fn counted(count: usize, one: &str, many: &str) -> String {
    match count {
        0 => format!("no {one}"),
        1 => format!("1 {one}"),
        _ => format!(
            "{} {many}",
            shown_value(count as f64, crate::rule::Shown::Plain)
        ),
    }
}

/// The run in one sentence, with what fixed cron would have done if that is given.
#[must_use]
pub fn summary(trace: &Trace, policies: &[PolicyResult]) -> Vec<Piece> {
    let mut pieces = Pieces::default();
    let totals = totals(trace);
    let scenario = &trace.scenario;
    pieces.words(format!("In {} of ", scenario.duration));
    pieces.theirs(scenario.title.to_ascii_lowercase());
    pieces.words(" it ran ");
    pieces.figure(
        counted(totals.checks, "check", "checks"),
        Tier::Health,
        (None, None),
    );
    let mut rest = told(trace, seen_late(trace, policies));
    let recoveries = trace.recoveries.len();
    if recoveries > 0 {
        let failed = trace
            .recoveries
            .iter()
            .filter(|attempt| !attempt.succeeded)
            .count();
        let mut part = Pieces::default();
        part.words("tried ");
        part.figure(
            counted(recoveries, "recovery", "recoveries"),
            Tier::Recovery,
            (
                trace.recoveries.first().map(|a| a.at),
                trace.recoveries.first().map(|a| a.endpoint),
            ),
        );
        if failed > 0 {
            part.words(format!(" ({failed} failed)"));
        }
        let place = rest
            .iter()
            .position(|(at, _)| Some(*at) > trace.recoveries.first().map(|a| a.at))
            .unwrap_or(rest.len());
        rest.insert(place, (Instant::START, part.0));
    }
    let woken = woken(trace);
    let count = rest.len();
    for (index, (_, part)) in rest.into_iter().enumerate() {
        let last = index + 1 == count && woken.is_none();
        pieces.words(if last && count > 0 { " and " } else { ", " });
        pieces.0.extend(part);
    }
    if let Some(woken) = woken {
        pieces.words(" and woke ");
        pieces.0.push(woken);
    }
    if let Some(headline) = headline(trace) {
        pieces.words("; ");
        pieces.0.push(headline);
    }
    pieces.words(".");
    if let Some(aside) = aside(policies) {
        pieces.aside(format!(" {aside}"));
    }
    pieces.0
}

/// Who was told, but for the last alert of the scenario, which wakes somebody.
fn told(trace: &Trace, late: Option<Span>) -> Vec<(Instant, Vec<Piece>)> {
    let detected = trace.incidents.first().map(|incident| incident.opened);
    let last = last_alert(trace);
    let mut first = vec![None; trace.scenario.endpoints.len()];
    for message in &trace.messages {
        if let Some(first) = first.get_mut(message.endpoint.index()) {
            first.get_or_insert(message);
        }
    }
    let mut parts = Vec::new();
    for (index, endpoint) in trace.scenario.endpoints.iter().enumerate() {
        if endpoint.schedule.tier != Tier::Alert || Some(index) == last {
            continue;
        }
        let Some(message) = first.get(index).copied().flatten() else {
            continue;
        };
        let mut part = Pieces::default();
        match detected
            .filter(|detected| message.at >= *detected && (message.at - *detected).ms() < 60_000)
        {
            Some(detected) => {
                part.words("told ");
                part.theirs(&endpoint.name);
                part.words(" ");
                part.figure(
                    (message.at - detected).to_string(),
                    Tier::Alert,
                    (Some(message.at), Some(message.endpoint)),
                );
                let what = trace
                    .scenario
                    .incident
                    .as_ref()
                    .map_or("it", |incident| incident.name.as_str());
                part.words(" after seeing ");
                part.theirs(what);
                if let Some(late) = late {
                    part.words(format!(" (seen {late} late)"));
                }
            }
            None => {
                part.words("told ");
                part.theirs(&endpoint.name);
                part.words(" at ");
                part.figure(
                    message.at.to_string(),
                    Tier::Alert,
                    (Some(message.at), Some(message.endpoint)),
                );
            }
        }
        parts.push((message.at, part.0));
    }
    order::by_key(&mut parts, |(at, _)| (at.ms(), 0));
    parts
}

/// How long after it began the first incident was seen, if it was not seen at once.
fn seen_late(trace: &Trace, policies: &[PolicyResult]) -> Option<Span> {
    let seen = trace.incidents.first()?.opened;
    let own = policies.iter().find(|policy| policy.policy == "adaptive")?;
    let mut late = own.delays.iter().filter_map(|problem| {
        let delay = problem.delay.filter(|delay| delay.is_positive())?;
        (problem.from + delay == seen).then_some(delay)
    });
    late.next()
}

fn last_alert(trace: &Trace) -> Option<usize> {
    trace.scenario.endpoints.iter().rposition(|endpoint| {
        endpoint.schedule.tier == Tier::Alert && !endpoint.requires.is_empty()
    })
}

fn woken(trace: &Trace) -> Option<Piece> {
    let last = last_alert(trace)?;
    let message = trace
        .messages
        .iter()
        .find(|message| message.endpoint.index() == last);
    let text = message.map_or("nobody".to_owned(), |message| {
        format!("an engineer at {}", message.at)
    });
    // Where nobody was woken, the moment is the one from which it was considered.
    let id = EndpointId(u32::try_from(last).unwrap_or(u32::MAX));
    let considered = || {
        let rules = trace.scenario.rules.iter().enumerate();
        let mut stretches = rules
            .filter(|(_, rule)| rule.can_run(id))
            .flat_map(|(rule, _)| trace.considered(rule));
        stretches.next().map(|(from, _)| from)
    };
    Some(Piece {
        text,
        figure: Some(Tier::Alert),
        at: message.map(|message| message.at).or_else(considered),
        endpoint: Some(id),
        nothing: message.is_none(),
        aside: false,
        theirs: false,
    })
}

/// The first rule that is worth a headline and went on.
fn headline(trace: &Trace) -> Option<Piece> {
    let worth = |rule: usize| {
        trace
            .scenario
            .rules
            .get(rule)
            .and_then(|rule| rule.headline.as_deref())
    };
    let change = trace
        .changes
        .iter()
        .find(|change| change.on && worth(change.rule).is_some())?;
    let text = format!("{} at {}", worth(change.rule)?, change.at);
    let saw = trace.run(change.run)?;
    Some(Piece {
        text,
        figure: Some(Tier::Alert),
        at: Some(saw.start),
        endpoint: Some(saw.endpoint),
        nothing: false,
        aside: false,
        theirs: false,
    })
}

fn aside(policies: &[PolicyResult]) -> Option<String> {
    let own = policies.iter().find(|policy| policy.policy == "adaptive")?;
    let slow = policies.iter().find(|policy| policy.policy == "cron-5m")?;
    let fast = policies.iter().find(|policy| policy.policy == "cron-30s")?;
    let times = |fixed: &PolicyResult| times(fixed.checks_a_day / own.checks_a_day.max(1.0));
    let cost = format!("every 30 s, it costs {} checks a day", times(fast));
    let longer = slow.blind.ms() - own.blind.ms();
    let apart = Span::from_ms(longer.abs());
    let blind = match longer {
        0 => "sees as much here".to_owned(),
        1.. => format!("is blind {apart} longer"),
        _ => format!(
            "is blind {apart} less here, for {} checks a day",
            times(slow)
        ),
    };
    Some(format!("Cron every 5 min {blind}; {cost}."))
}

/// How many times as many, in words; to one decimal where that says more.
fn times(ratio: f64) -> String {
    let decimals = if ratio < 2.0 { 1 } else { 0 };
    match rounded(ratio, decimals).to_string() {
        one if one == "1" => "about as many".to_owned(),
        times => format!("{times}× as many"),
    }
}

/// The sentence as plain text.
#[must_use]
pub fn plain(pieces: &[Piece]) -> String {
    pieces.iter().map(|piece| piece.text.as_str()).collect()
}
