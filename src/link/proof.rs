//! What a run came to and what its scenario says, short enough for a link.

use super::key::{DIGITS, digits, hash};
use super::source;
use crate::scenario::Scenario;
use crate::schedule::Tier;
use crate::sim::{ENGINE, Trace};

/// Up to so many endpoints each has a sum of its own; of more, each tier has one.
const MOST_LANES: usize = 20;
/// How many digits the sum of the whole run has, and that of a lane.
const WHOLE: usize = 6;
const LANE: usize = 2;

/// What a run came to: sums over it and over its lanes, and over the scenario's text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    engine: u32,
    whole: String,
    lanes: Vec<String>,
    /// Links of the first version had none.
    text: Option<String>,
}

/// Whether a run came to what it is to come to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It did.
    Reproduced,
    /// Its runs did, but the scenario says something else than it did: title, claims or other words.
    OtherWords,
    /// Its runs did, but the link has no sum over what the scenario said, and the scenario is none that has shipped.
    WordsUnknown,
    /// It did not.
    Differs {
        /// The endpoints (of large scenarios: the tiers) whose runs are others; none if only something else differs,
        /// such as what was observed.
        lanes: Vec<String>,
        /// Whether the link was made by another version of the engine, which is the likely cause.
        engine: bool,
    },
}

impl Proof {
    /// What a run of the scenario of that text came to.
    #[must_use]
    pub fn of(trace: &Trace, text: &str) -> Self {
        let lanes = groups(&trace.scenario).into_iter().map(|(_, group)| {
            let sum = trace.hash_of(|endpoint| group.contains(&endpoint));
            digits(sum, LANE)
        });
        Self {
            engine: ENGINE,
            whole: digits(trace.hash(), WHOLE),
            lanes: lanes.collect(),
            text: Some(digits(hash(text), WHOLE)),
        }
    }

    /// Whether a run of the scenario of that text has come to it.
    #[must_use]
    pub fn verdict(&self, trace: &Trace, text: &str) -> Verdict {
        let now = Self::of(trace, text);
        if now.whole == self.whole && now.lanes == self.lanes {
            return match &self.text {
                // Such links were made of texts that have shipped; of others nobody knows what they said.
                None if source::is_shipped(text) => Verdict::Reproduced,
                None => Verdict::WordsUnknown,
                then if *then == now.text => Verdict::Reproduced,
                Some(_) => Verdict::OtherWords,
            };
        }
        let names = groups(&trace.scenario).into_iter().map(|(name, _)| name);
        let sums = now
            .lanes
            .iter()
            .zip(self.lanes.iter().map(Some).chain(std::iter::repeat(None)));
        let lanes = names
            .zip(sums)
            .filter(|(_, (now, then))| Some(*now) != *then)
            .map(|(name, _)| name);
        Verdict::Differs {
            lanes: lanes.collect(),
            engine: self.engine != ENGINE,
        }
    }

    pub(super) fn written(&self) -> String {
        let runs = format!("{}.{}{}", self.engine, self.whole, self.lanes.concat());
        match &self.text {
            Some(text) => format!("{runs}.{text}"),
            None => runs,
        }
    }

    pub(super) fn read(text: &str) -> Option<Self> {
        let (engine, sums) = text.split_once('.')?;
        let (sums, text) = match sums.split_once('.') {
            Some((sums, text)) => (sums, Some(text.to_owned())),
            None => (sums, None),
        };
        let is_sum = |sum: &str| sum.bytes().all(|digit| DIGITS.contains(&digit));
        if !is_sum(sums)
            || text
                .as_ref()
                .is_some_and(|text| !is_sum(text) || text.len() != WHOLE)
        {
            return None;
        }
        let (whole, mut rest) = sums.split_at_checked(WHOLE)?;
        let mut lanes = Vec::new();
        while !rest.is_empty() {
            let (lane, more) = rest.split_at_checked(LANE)?;
            lanes.push(lane.to_owned());
            rest = more;
        }
        Some(Self {
            engine: engine.parse().ok()?,
            whole: whole.to_owned(),
            lanes,
            text,
        })
    }
}

/// What has a sum of its own: its name, and the places of its endpoints.
fn groups(scenario: &Scenario) -> Vec<(String, Vec<usize>)> {
    let all = scenario.endpoints.iter().enumerate();
    if scenario.endpoints.len() <= MOST_LANES {
        return all
            .map(|(place, endpoint)| (endpoint.name.clone(), vec![place]))
            .collect();
    }
    let tier = |tier: Tier| {
        let of_it = all
            .clone()
            .filter(|(_, endpoint)| endpoint.schedule.tier == tier);
        (
            tier.name().to_owned(),
            of_it.map(|(place, _)| place).collect(),
        )
    };
    Tier::ALL.map(tier).into()
}
