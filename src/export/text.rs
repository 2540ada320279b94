//! The report for a terminal: at most 100 columns, aligned, coloured only when asked for.

use std::fmt::Write as _;

use super::{Findings, cut};
use crate::diagnostic::counted;
use crate::insight::{
    Explanation, PolicyResult, asked, holding, phases, plain, snapshots, summary, totals,
};
use crate::letters::{visible, visible_letter};
use crate::limits;
use crate::rule::{Shown, shown_value};
use crate::schedule::{EndpointId, Tier};
use crate::sim::Trace;
use crate::time::{Instant, Span};

/// How many places are told of an invariant that does not hold.
const VIOLATIONS: usize = 5;
/// The widest line.
const WIDTH: usize = 100;

/// Whether and how words are coloured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Paint {
    /// Not at all.
    Plain,
    /// With the escape codes of terminals.
    Colour,
}

/// The codes that reports use: none, bold, dim, passed and failed.
const CODES: [&str; 5] = ["0", "1", "2", "32", "1;31"];

impl Paint {
    fn wrap(self, code: &str, text: &str) -> String {
        match self {
            Self::Plain => text.to_owned(),
            Self::Colour => format!("\u{1b}[{code}m{text}\u{1b}[0m"),
        }
    }

    fn heading(self, text: &str) -> String {
        self.wrap("1", text)
    }

    fn verdict(self, holds: bool) -> String {
        if holds {
            self.wrap("32", "pass")
        } else {
            self.wrap("1;31", "FAIL")
        }
    }

    fn dim(self, text: &str) -> String {
        self.wrap("2", text)
    }
}

/// Width on a terminal; the signs of the messages take two columns, their selectors none.
fn columns(text: &str) -> usize {
    text.chars()
        .map(|c| match c {
            '\u{fe0f}' => 0,
            '\u{1f300}'..='\u{1faff}' => 2,
            _ => 1,
        })
        .sum()
}

/// `text` in lines of at most the given width, broken between words.
fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let Some(line) = lines.last_mut() else { break };
        if line.is_empty() {
            line.push_str(word);
        } else if columns(line) + 1 + columns(word) <= width {
            line.push(' ');
            line.push_str(word);
        } else {
            lines.push(word.to_owned());
        }
    }
    lines
}

/// `text` behind `lead`, its further lines indented to the same column.
fn hanging(out: &mut String, lead: &str, text: &str) {
    // Colours take no columns; the lead is measured without them.
    let indent = columns(&strip(lead));
    if indent > WIDTH / 2 {
        // Beside what is so long there is no room.
        let _ = writeln!(out, "{}", lead.trim_end());
        return hanging(out, "    ", text);
    }
    let pad = " ".repeat(indent);
    for (index, line) in wrapped(text, WIDTH.saturating_sub(indent))
        .iter()
        .enumerate()
    {
        let _ = writeln!(out, "{}{line}", if index == 0 { lead } else { &pad });
    }
}

/// A report in which everything of others can be seen: of the escape codes, only our own colours are left.
fn seen(report: &str) -> String {
    let mut out = String::with_capacity(report.len());
    for (index, part) in report.split('\u{1b}').enumerate() {
        if index > 0 {
            let ours = CODES.iter().any(|code| {
                let rest = part
                    .strip_prefix('[')
                    .and_then(|part| part.strip_prefix(code));
                rest.is_some_and(|rest| rest.starts_with('m'))
            });
            out.push(if ours {
                '\u{1b}'
            } else {
                visible_letter('\u{1b}')
            });
        }
        out.push_str(&visible(part));
    }
    out
}

fn strip(text: &str) -> String {
    let mut out = String::new();
    let mut escape = false;
    for c in text.chars() {
        match (escape, c) {
            (false, '\u{1b}') => escape = true,
            (false, _) => out.push(c),
            (true, 'm') => escape = false,
            (true, _) => {}
        }
    }
    out
}

/// The whole report.
#[must_use]
pub fn text(trace: &Trace, findings: &Findings, paint: Paint) -> String {
    let mut out = String::new();
    let scenario = &trace.scenario;
    let _ = writeln!(out, "{}", paint.heading(&scenario.title));
    hanging(&mut out, "", &plain(&summary(trace, &findings.comparison)));
    let changed = changed_parameters(trace);
    if !changed.is_empty() {
        hanging(&mut out, &paint.dim("changed: "), &changed);
    }
    minutes(&mut out, trace, paint);
    note(&mut out, cut::minutes(trace), paint);
    phase_table(&mut out, trace, paint);
    alerts(&mut out, trace, paint);
    recoveries(&mut out, trace, paint);
    counts(&mut out, trace, paint);
    notable(&mut out, trace, paint);
    comparison(&mut out, &findings.comparison, paint);
    note(&mut out, cut::policies(trace, findings), paint);
    verdicts(&mut out, trace, findings, paint);
    seen(&out)
}

fn section(out: &mut String, paint: Paint, title: &str) {
    let _ = writeln!(out, "\n{}", paint.heading(title));
}

/// The parameters that are not at their defaults, with their values.
pub(super) fn changed_parameters(trace: &Trace) -> String {
    let changed: Vec<String> = trace
        .scenario
        .parameters
        .iter()
        .zip(trace.parameters.values())
        .filter(|(parameter, value)| parameter.default.to_bits() != value.to_bits())
        .map(|(parameter, value)| format!("{} = {}", parameter.name, parameter.written(*value)))
        .collect();
    changed.join(", ")
}

fn name_of(trace: &Trace, id: EndpointId) -> String {
    trace
        .scenario
        .endpoints
        .get(id.index())
        .map_or(String::new(), |endpoint| endpoint.name.clone())
}

/// What is not shown above, if anything is not.
fn note(out: &mut String, words: Option<String>, paint: Paint) {
    if let Some(words) = words {
        hanging(out, "", &paint.dim(&words));
    }
}

fn minutes(out: &mut String, trace: &Trace, paint: Paint) {
    section(out, paint, "Minute by minute");
    let scenario = &trace.scenario;
    let shown: Vec<usize> = scenario
        .metrics
        .iter()
        .enumerate()
        .filter(|(_, m)| !m.hidden)
        .map(|(i, _)| i)
        .take(5)
        .collect();
    let mut head = format!("{:>3}  {:<10}", "min", "phase");
    for metric in shown
        .iter()
        .filter_map(|index| scenario.metrics.get(*index))
    {
        let _ = write!(head, "{:>15}", metric.name);
    }
    let _ = writeln!(out, "{}", paint.dim(&format!("{head}  runs")));
    let investigation = |id: &EndpointId| {
        trace
            .endpoints
            .get(id.index())
            .is_some_and(|e| e.tier == Tier::Investigation)
    };
    let mut awake_before = Vec::new();
    for snapshot in snapshots(trace) {
        let phase = scenario
            .phases
            .get(snapshot.phase)
            .map_or("", |phase| phase.name.as_str());
        let _ = write!(out, "{:>3}  {:<10}", snapshot.minute, phase);
        for index in &shown {
            let value = snapshot.metrics.get(*index).copied().unwrap_or(f64::NAN);
            let metric_shown = scenario
                .metrics
                .get(*index)
                .map_or(Shown::Plain, |metric| metric.shown);
            let _ = write!(out, "{:>15}", shown_value(value, metric_shown));
        }
        let _ = writeln!(out, "  {:>4}", snapshot.runs);
        let awake: Vec<EndpointId> = snapshot.awake.into_iter().filter(investigation).collect();
        if awake != awake_before {
            let names: Vec<String> = awake.iter().map(|id| name_of(trace, *id)).collect();
            let line = if names.is_empty() {
                "investigation asleep".to_owned()
            } else {
                format!("awake: {}", names.join(", "))
            };
            let _ = writeln!(out, "     {}", paint.dim(&line));
            awake_before = awake;
        }
    }
}

fn phase_table(out: &mut String, trace: &Trace, paint: Paint) {
    section(out, paint, "Phase by phase");
    let head = format!(
        "{:<12}{:>14}{:>9}{:>15}{:>10}{:>8}{:>14}",
        "phase", "from - to", "health", "investigation", "recovery", "alert", "fastest gap"
    );
    let _ = writeln!(out, "{}", paint.dim(&head));
    for summary in phases(trace) {
        let name = trace
            .scenario
            .phases
            .get(summary.phase)
            .map_or("", |phase| phase.name.as_str());
        let range = format!("{} - {}", summary.from, summary.to);
        let [health, investigation, recovery, alert] = summary.by_tier;
        let fastest = summary
            .fastest
            .map_or("-".to_owned(), |gap| gap.to_string());
        let _ = writeln!(
            out,
            "{name:<12}{range:>14}{health:>9}{investigation:>15}{recovery:>10}{alert:>8}{fastest:>14}"
        );
    }
}

fn alerts(out: &mut String, trace: &Trace, paint: Paint) {
    section(out, paint, "Alerts");
    for message in &trace.messages {
        let lead = format!(
            "{:>6}  {:<18}",
            message.at.to_string(),
            name_of(trace, message.endpoint)
        );
        hanging(out, &lead, &message.text);
        let until = format!("cools down until {}", message.cooldown_until);
        let _ = writeln!(out, "        {:<18}{}", "", paint.dim(&until));
    }
    if trace.messages.is_empty() {
        let _ = writeln!(out, "        nobody was told anything");
    }
    for (index, rule) in trace
        .scenario
        .rules
        .iter()
        .enumerate()
        .filter(|(_, rule)| rule.consider.is_some())
    {
        for (from, to) in trace.considered(index) {
            let _ = writeln!(
                out,
                "{:>6}  {}",
                from.to_string(),
                paint.dim(&format!(
                    "{}: considered and held back until {to}",
                    rule.name
                ))
            );
        }
    }
}

fn recoveries(out: &mut String, trace: &Trace, paint: Paint) {
    section(out, paint, "Recoveries");
    for attempt in &trace.recoveries {
        let effect = trace
            .scenario
            .endpoints
            .get(attempt.endpoint.index())
            .and_then(|e| e.effect.as_ref());
        let effect = effect.map_or("its effect", |effect| effect.text.as_str());
        let what = match (attempt.succeeded, attempt.works_from) {
            (false, _) => "failed".to_owned(),
            (true, Some(from)) => format!("succeeded, {effect} from {from}"),
            (true, None) => "succeeded again, which changes nothing".to_owned(),
        };
        let _ = writeln!(
            out,
            "{:>6}  {:<18}{what}",
            attempt.at.to_string(),
            name_of(trace, attempt.endpoint)
        );
    }
    if trace.recoveries.is_empty() {
        let _ = writeln!(out, "        none was tried");
    }
}

fn counts(out: &mut String, trace: &Trace, paint: Paint) {
    section(out, paint, "Runs");
    let totals = totals(trace);
    for tier in Tier::ALL {
        let count = totals.by_tier.get(tier as usize).copied().unwrap_or(0);
        let each: Vec<String> = (0..)
            .map(EndpointId)
            .zip(&totals.by_endpoint)
            .filter(|(id, _)| {
                trace
                    .endpoints
                    .get(id.index())
                    .is_some_and(|endpoint| endpoint.tier == tier)
            })
            .map(|(id, count)| format!("{} {count}", name_of(trace, id)))
            .collect();
        hanging(
            out,
            &format!("{:<15}{count:>5}   ", tier.name()),
            &each.join(", "),
        );
    }
    let _ = writeln!(
        out,
        "{:<15}{:>5}   of which {} checks",
        "all", totals.runs, totals.checks
    );
    if let Some(told) = &trace.scenario.told {
        hanging(
            out,
            &format!("{:<15}{:>5}   ", "the story says", ""),
            &format!("{}: {}", told.runs, told.because),
        );
    }
}

/// Refused calls and hints that nobody used: rare, and worth a look.
fn notable(out: &mut String, trace: &Trace, paint: Paint) {
    let count = trace.log.refusals.len();
    if count == 0 {
        return;
    }
    section(out, paint, "Refused calls");
    let refused = trace.log.refusals.iter().take(limits::REFUSALS);
    let calls = refused.filter_map(|(id, why)| Some((trace.log.call(*id)?, why)));
    for (call, why) in calls {
        let lead = format!(
            "{:>6}  {:<18}",
            call.at.to_string(),
            name_of(trace, call.endpoint)
        );
        hanging(out, &lead, &format!("{}: {why}", asked(call.tool, call.at)));
    }
    if count > limits::REFUSALS {
        let (most, more) = (counted(limits::REFUSALS), counted(count - limits::REFUSALS));
        let _ = writeln!(out, "        and {more} more; at most {most} are listed");
    }
}

fn comparison(out: &mut String, policies: &[PolicyResult], paint: Paint) {
    section(out, paint, "Beside fixed schedules");
    let head = format!(
        "{:<12}{:>5}{:>14}{:>12}{:>25}{:>14}{:>10}",
        "policy", "runs", "checks a day", "sees after", "shifted: mean, worst", "blind", "messages"
    );
    let _ = writeln!(out, "{}", paint.dim(&head));
    let span = |span: Option<Span>| span.map_or("-".to_owned(), |span| span.to_string());
    for policy in policies {
        let shifted = policy.shifted.map_or("-".to_owned(), |(mean, worst)| {
            format!("{}, {}", Span::from_secs((mean.ms() + 500) / 1_000), worst)
        });
        let day = shown_value(policy.checks_a_day.round(), Shown::Plain);
        let _ = writeln!(
            out,
            "{:<12}{:>5}{day:>14}{:>12}{shifted:>25}{:>14}{:>10}",
            policy.policy,
            policy.runs,
            span(policy.detection_delay),
            policy.blind.to_string(),
            policy.messages
        );
    }
}

fn verdicts(out: &mut String, trace: &Trace, findings: &Findings, paint: Paint) {
    let held = holding(&findings.claims);
    section(
        out,
        paint,
        &format!("Claims: {held} of {} hold", findings.claims.len()),
    );
    for claim in &findings.claims {
        let at = claim.at.map_or(String::new(), |at| at.to_string());
        let lead = format!("{}  {at:>6}  ", paint.verdict(claim.holds));
        hanging(out, &lead, &claim.text);
        hanging(
            out,
            &" ".repeat(14),
            &format!("expected {}; came out: {}", claim.expected, claim.actual),
        );
    }
    let holding = findings
        .invariants
        .iter()
        .filter(|invariant| invariant.holds())
        .count();
    section(
        out,
        paint,
        &format!(
            "Invariants: {holding} of {} hold",
            findings.invariants.len()
        ),
    );
    for invariant in &findings.invariants {
        let lead = format!(
            "{}  {:>6}  ",
            paint.verdict(invariant.holds()),
            invariant.checked
        );
        hanging(out, &lead, invariant.text);
        for violation in invariant.violations.iter().take(VIOLATIONS) {
            let text = format!(
                "{} {}: {}",
                violation.at,
                name_of(trace, violation.endpoint),
                violation.text
            );
            hanging(out, &" ".repeat(14), &text);
        }
        let all = invariant.violations.len() + invariant.more;
        if all > VIOLATIONS {
            let more = format!("and {} more", counted(all - VIOLATIONS));
            hanging(out, &" ".repeat(14), &more);
        }
    }
}

/// An explanation as a chain of moments.
#[must_use]
pub fn explanation_text(explanation: &Explanation, paint: Paint) -> String {
    let mut out = String::new();
    hanging(&mut out, "", &paint.heading(&explanation.sentence));
    let mut before: Option<Instant> = None;
    for step in &explanation.steps {
        let at = if before == Some(step.at) {
            String::new()
        } else {
            step.at.to_string()
        };
        before = Some(step.at);
        hanging(&mut out, &format!("{at:>9}  "), &step.text);
        if !step.detail.is_empty() {
            hanging(&mut out, &" ".repeat(11), &format!("({})", step.detail));
        }
    }
    seen(&out)
}
