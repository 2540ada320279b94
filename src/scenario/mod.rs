//! A scenario: a file's text, checked and compiled.
//!
//! Takes the text of a file; gives a [`Scenario`], or all faults of the text at once. Never runs anything.

mod compiled;
mod names;
mod parameters;
mod parse;
mod table;
mod template;
mod words;

use std::sync::Arc;

use serde::{Deserialize, Serialize};

pub use parameters::{Form, Parameter, ParameterError, Parameters, Purpose};
pub use template::Template;
pub use words::{ClaimFunction, PlanName, WorldName};

use crate::diagnostic::{self, Fault};
use crate::rule::{Condition, Formula, Shown, Unit};
use crate::schedule::{EndpointId, Governor, Tier, Zone};
use crate::time::{Instant, Span};

/// The flash sale, as it ships.
pub const FLASH_SALE: &str = include_str!("../../public/scenarios/flash-sale.toml");

/// A slow leak in a quiet night, as it ships.
const NIGHT_LEAK: &str = include_str!("../../public/scenarios/night-leak.toml");

/// All scenarios that ship: name and text.
pub const SHIPPED: [(&str, &str); 2] = [("flash-sale", FLASH_SALE), ("night-leak", NIGHT_LEAK)];

/// The text of a shipped scenario.
#[must_use]
pub fn shipped(name: &str) -> Option<&'static str> {
    SHIPPED
        .iter()
        .find(|(known, _)| *known == name)
        .map(|&(_, text)| text)
}

/// A checked scenario, ready to be run any number of times.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Scenario {
    /// The name that links and the command line use.
    pub name: String,
    /// The name that people read.
    pub title: String,
    /// One or two sentences on what it shows.
    pub about: String,
    /// How long it runs; nothing starts at its end or later.
    pub duration: Span,
    /// By how much later than written all but the first phase begins: the time that metrics read is behind by so much.
    #[serde(skip)]
    pub shifted: Span,
    /// How hints and baselines compete.
    pub governor: Governor,
    /// Wall time of the start, in milliseconds after 1970-01-01 UTC.
    pub epoch_ms: i64,
    /// The zone that cron expressions and the time of day are read in.
    pub zone: Zone,
    /// The phases, in order of time; the first begins at the start.
    pub phases: Vec<Phase>,
    /// The metrics of the world, in the order in which they are worked out.
    pub metrics: Vec<Metric>,
    /// The endpoints, from the lowest tier up.
    pub endpoints: Vec<Endpoint>,
    /// The planner's rules, in the order in which they are looked at.
    pub rules: Vec<Rule>,
    /// When an incident opens and closes.
    pub incident: Option<Incident>,
    /// What must come out at the defaults.
    pub claims: Vec<Claim>,
    /// Everything that can be changed from outside.
    pub parameters: Vec<Parameter>,
    /// What the names in the metrics' formulas mean.
    pub world_names: Vec<WorldName>,
    /// What the names in rules, messages and claims mean.
    pub plan_names: Vec<PlanName>,
    /// What the functions in claims mean.
    pub claim_functions: Vec<ClaimFunction>,
    /// Fixed schedules of the story's own, to be compared with.
    pub policies: Vec<Policy>,
    /// Numbers that the story tells although they cannot come out.
    pub told: Option<Told>,
    /// The story, chapter by chapter.
    pub chapters: Vec<Chapter>,
    /// What a reader is asked to cause at its end.
    pub questions: Vec<Question>,
}

/// A stretch of the run with its own values.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Phase {
    /// The name that parameters use.
    pub id: String,
    /// The name that people read.
    pub name: String,
    /// Its first instant.
    pub from: Instant,
    /// The values of the columns, in their order.
    pub values: Vec<f64>,
}

/// Something in the world that can be measured.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Metric {
    /// The name that rules use.
    pub id: String,
    /// The name that people read.
    pub name: String,
    /// Its unit.
    pub unit: Unit,
    /// How its values are written.
    pub shown: Shown,
    /// Whether it is only a step on the way to others.
    pub hidden: bool,
    /// How it follows from the phase, the recoveries and the metrics before it.
    pub formula: Formula,
}

/// An endpoint of the scenario, and what running it means.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Endpoint {
    /// The name that rules, parameters and exports use.
    pub id: String,
    /// The name that people read.
    pub name: String,
    /// Its tier, clamps and baseline, before parameters.
    pub schedule: crate::schedule::Endpoint,
    /// The metrics that a run observes.
    pub observes: Vec<usize>,
    /// How long a run takes.
    pub takes: Span,
    /// Whether it goes to sleep after each run.
    pub sleeps_after_run: bool,
    /// What a successful run does to the world.
    pub effect: Option<Effect>,
    /// What a run says to people.
    pub message: Vec<Sentence>,
    /// Actions that must have been executed earlier in the same incident: milder alerts.
    pub milder: Vec<EndpointId>,
    /// Actions that must have been executed before it.
    pub requires: Vec<EndpointId>,
}

/// What a recovery does to the world: its progress goes from 0 to 1.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Effect {
    /// What people read.
    pub text: String,
    /// How long after the run it begins, before parameters.
    pub delay: Span,
    /// How long it takes from there to its full strength.
    pub ramp: Span,
}

/// A part of a message or of a reason.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Sentence {
    /// The text, with numbers to be filled in.
    pub text: Template,
    /// When it is said; always if there is no condition.
    pub when: Option<Condition>,
}

/// A rule of the planner.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Rule {
    /// The name that other rules use.
    pub id: String,
    /// The name that people read.
    pub name: String,
    /// The tier whose endpoints it is about.
    pub tier: Tier,
    /// When it goes on.
    pub on: Condition,
    /// When it goes off again; when `on` no longer holds, if there is no condition.
    pub off: Option<Condition>,
    /// How long it stays on at least.
    pub dwell: Span,
    /// Whether it goes on at most once in an incident.
    pub once_per_incident: bool,
    /// When people would say that its calls were considered.
    pub consider: Option<Condition>,
    /// The calls that it makes when it goes on.
    pub calls: Vec<PlannedCall>,
    /// The calls that it makes when it goes off.
    pub ends: Vec<PlannedCall>,
    /// Why, in words.
    pub reason: Vec<Sentence>,
    /// What the summary says if it ever goes on.
    pub headline: Option<String>,
    /// What it means as a finding of an investigation.
    pub finding: Option<Finding>,
}

/// Calls on one endpoint, made in the order clear, wake, propose, pause.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PlannedCall {
    /// On which endpoint.
    pub endpoint: EndpointId,
    /// Whether both hints are cleared first.
    pub clear: bool,
    /// Whether it is woken.
    pub wake: bool,
    /// What is proposed.
    pub proposal: Option<Proposal>,
    /// How it is paused at the end.
    pub pause: Option<PlannedPause>,
}

/// A hint that a rule asks for; both values are durations.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Proposal {
    /// Run every so often; renewed after each run of the endpoint as long as the rule is on.
    Interval {
        /// The interval.
        every: Formula,
        /// How long the hint lasts.
        ttl: Formula,
    },
    /// Run once, so long from now.
    Once {
        /// How long from now.
        after: Formula,
        /// How long the hint lasts.
        ttl: Formula,
    },
}

/// A pause that a rule asks for.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum PlannedPause {
    /// Until it is woken.
    Forever,
    /// For so long.
    For(Formula),
    /// Until a condition holds, which has this number among the pauses of the scenario.
    Until(Arc<Condition>, u32),
}

/// What an investigation found.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Finding {
    /// Which endpoint finds it.
    pub endpoint: EndpointId,
    /// What it found, in words.
    pub text: Template,
}

/// When an incident is open.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Incident {
    /// What people call it.
    pub name: String,
    /// It opens when this holds.
    pub opens: Condition,
    /// It closes when this holds.
    pub closes: Condition,
    /// The rule whose condition, on the world's true values, means that there is trouble.
    pub trouble: Option<usize>,
}

/// Something that must come out.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Claim {
    /// Its name.
    pub id: String,
    /// What is claimed.
    pub text: String,
    /// What is expected, in words.
    pub expected: String,
    /// What came out, in words.
    pub actual: Template,
    /// Whether it holds.
    pub holds: Condition,
    /// The moment that proves or breaks it.
    pub at: Option<Formula>,
}

/// A part of the story that a scenario tells to people who are not technical.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Chapter {
    /// The name that links use.
    pub id: String,
    /// Its title.
    pub title: String,
    /// The moment to look at.
    pub at: Formula,
    /// Its sentences.
    pub sentences: Vec<Line>,
}

/// A sentence of a chapter.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Line {
    /// The words.
    pub text: Template,
    /// It is told only of runs in which this holds.
    pub when: Option<Condition>,
    /// Whom they speak of.
    pub look: Vec<EndpointId>,
    /// When.
    pub at: Option<Formula>,
}

/// Something that a reader is asked to cause.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Question {
    /// What is to be caused.
    pub text: String,
    /// Where to begin.
    pub hint: String,
    /// Whether a run answers it.
    pub holds: Condition,
}

/// A fixed schedule: some endpoints, each every so often, whatever happens.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Policy {
    /// Its name.
    pub id: String,
    /// Which endpoints, and how often.
    pub every: Vec<(EndpointId, Span)>,
}

/// A number of the story that cannot come out.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Told {
    /// The number of runs that the story tells.
    pub runs: String,
    /// Why another comes out.
    pub because: String,
}

impl Rule {
    /// Whether the rule can make an endpoint run: by waking it, or by a hint.
    #[must_use]
    pub fn can_run(&self, endpoint: EndpointId) -> bool {
        self.calls
            .iter()
            .any(|call| call.endpoint == endpoint && (call.wake || call.proposal.is_some()))
    }
}

impl Scenario {
    /// The metrics that a rule's condition speaks of, in the order in which it names them.
    #[must_use]
    pub fn metrics_of(&self, rule: usize) -> Vec<usize> {
        let names = self.rules.get(rule).map_or(&[][..], |rule| rule.on.names());
        let meanings = names
            .iter()
            .filter_map(|name| self.plan_names.get(name.index()));
        meanings
            .filter_map(|meaning| match meaning {
                PlanName::Metric(metric) => Some(*metric),
                _ => None,
            })
            .collect()
    }

    /// Reads a scenario.
    ///
    /// ```
    /// use accelerando::diagnostic::line_and_column;
    /// use accelerando::scenario::{FLASH_SALE, Scenario};
    ///
    /// assert_eq!(Scenario::parse(FLASH_SALE).map(|scenario| scenario.endpoints.len()), Ok(10));
    ///
    /// let text = FLASH_SALE.replace("traffic > spike.on", "trafic > spike.on");
    /// let faults = Scenario::parse(&text).err().unwrap_or_default();
    /// assert_eq!(faults[0].code, "unknown_name");
    /// assert_eq!(faults[0].hint.as_deref(), Some("did you mean `traffic`?"));
    /// assert_eq!(line_and_column(&text, faults[0].place.start).1, 7);
    /// ```
    ///
    /// # Errors
    /// All faults of the text, in order of their places.
    pub fn parse(text: &str) -> Result<Self, Vec<Fault>> {
        parse::scenario(text)
    }

    /// The phase that an instant lies in.
    #[must_use]
    pub fn phase_at(&self, at: Instant) -> usize {
        self.phases
            .partition_point(|phase| phase.from <= at)
            .saturating_sub(1)
    }

    /// The end of a phase.
    #[must_use]
    pub fn phase_end(&self, phase: usize) -> Instant {
        self.phases
            .get(phase + 1)
            .map_or(Instant::START + self.duration, |next| next.from)
    }

    /// The end of the run.
    #[must_use]
    pub fn end(&self) -> Instant {
        Instant::START + self.duration
    }

    /// The endpoint of that name.
    ///
    /// # Errors
    /// The nearest name that exists, if one is near.
    pub fn endpoint(&self, id: &str) -> Result<EndpointId, Option<&str>> {
        match self.endpoints.iter().position(|endpoint| endpoint.id == id) {
            Some(index) => Ok(EndpointId(u32::try_from(index).unwrap_or(u32::MAX))),
            None => Err(diagnostic::nearest(
                id,
                self.endpoints.iter().map(|e| e.id.as_str()),
            )),
        }
    }

    /// The number of a rule.
    #[must_use]
    pub fn rule(&self, id: &str) -> Option<usize> {
        self.rules.iter().position(|rule| rule.id == id)
    }

    /// The number of a metric.
    #[must_use]
    pub fn metric(&self, id: &str) -> Option<usize> {
        self.metrics.iter().position(|metric| metric.id == id)
    }
}
