//! What is shown, as numbers and a text: how the page hands it to the module that reads and writes links, which is loaded
//! when it is needed.

use super::View;
use crate::draw::Viewport;
use crate::scenario::{Parameters, Scenario};
use crate::schedule::EndpointId;
use crate::session::{Call, Rival, Selection, Setup, Tab, Wish};
use crate::time::Instant;

/// What stands for nothing.
const NONE: f64 = -1.0;

impl View {
    /// As numbers and a text.
    #[must_use]
    pub fn flat(&self) -> (Vec<f64>, String) {
        let mut numbers = Vec::new();
        setup(&self.setup, &mut numbers);
        numbers.push(if self.kept.is_some() { 1.0 } else { NONE });
        if let Some(kept) = &self.kept {
            setup(kept, &mut numbers);
        }
        let (rival, text) = match &self.rival {
            Rival::Nobody => (0.0, ""),
            Rival::Defaults => (1.0, ""),
            Rival::Kept => (2.0, ""),
            Rival::Policy(name) => (3.0, name.as_str()),
            Rival::Cron(expression) => (4.0, expression.as_str()),
        };
        let (endpoint, at) = self.selection.map_or((NONE, NONE), |selection| {
            (f64::from(selection.endpoint.0), selection.at.ms() as f64)
        });
        numbers.extend([
            rival,
            self.chapter.map_or(NONE, |chapter| chapter as f64),
            self.cursor.ms() as f64,
            self.viewport.from.ms() as f64,
            self.viewport.to.ms() as f64,
            endpoint,
            at,
            self.tab as usize as f64,
        ]);
        (numbers, text.to_owned())
    }

    /// From what [`View::flat`] gave for the same scenario; nothing if it is anything else.
    #[must_use]
    pub fn from_flat(scenario: &Scenario, numbers: &[f64], text: &str) -> Option<Self> {
        let mut numbers = numbers.iter().copied();
        let own = setup_from(scenario, &mut numbers)?;
        let kept = match numbers.next()? {
            NONE => None,
            _ => Some(setup_from(scenario, &mut numbers)?),
        };
        let mut next = || numbers.next();
        let rival = match next()? {
            0.0 => Rival::Nobody,
            1.0 => Rival::Defaults,
            2.0 => Rival::Kept,
            3.0 => Rival::Policy(text.to_owned()),
            _ => Rival::Cron(text.to_owned()),
        };
        let moment = |ms: f64| Instant::from_ms(ms as i64);
        let some = |number: f64| (number >= 0.0).then_some(number);
        Some(Self {
            setup: own,
            kept,
            rival,
            chapter: some(next()?).map(|chapter| chapter as usize),
            cursor: moment(next()?),
            viewport: Viewport {
                from: moment(next()?),
                to: moment(next()?),
            },
            selection: {
                let (endpoint, at) = (next()?, next()?);
                some(endpoint).map(|endpoint| Selection {
                    endpoint: EndpointId(endpoint as u32),
                    at: moment(at),
                })
            },
            tab: *Tab::ALL.get(next()? as usize)?,
        })
    }
}

fn setup(setup: &Setup, numbers: &mut Vec<f64>) {
    numbers.extend_from_slice(setup.parameters.values());
    numbers.push(setup.calls.len() as f64);
    for call in &setup.calls {
        let (wish, first, second) = match call.wish {
            Wish::Interval { every_ms, ttl_ms } => (0.0, every_ms, ttl_ms),
            Wish::Once { in_ms, ttl_ms } => (1.0, in_ms, ttl_ms),
            Wish::Pause { for_ms: Some(ms) } => (2.0, ms, 0),
            Wish::Pause { for_ms: None } => (3.0, 0, 0),
            Wish::Wake => (4.0, 0, 0),
            Wish::Clear => (5.0, 0, 0),
        };
        let times = [call.at_ms, first, second].map(|ms| ms as f64);
        numbers.extend([f64::from(call.endpoint), wish]);
        numbers.extend(times);
    }
}

fn setup_from(scenario: &Scenario, numbers: &mut impl Iterator<Item = f64>) -> Option<Setup> {
    let values: Vec<f64> = numbers.by_ref().take(scenario.parameters.len()).collect();
    let mut setup = Setup::new(scenario);
    setup.parameters = Parameters::from_values(scenario, values)?;
    let count = numbers.next()? as usize;
    for _ in 0..count {
        let mut next = || numbers.next();
        let (endpoint, wish) = (next()? as u32, next()?);
        let mut ms = || Some(next()? as i64);
        let (at_ms, first, second) = (ms()?, ms()?, ms()?);
        let wish = match wish {
            0.0 => Wish::Interval {
                every_ms: first,
                ttl_ms: second,
            },
            1.0 => Wish::Once {
                in_ms: first,
                ttl_ms: second,
            },
            2.0 => Wish::Pause {
                for_ms: Some(first),
            },
            3.0 => Wish::Pause { for_ms: None },
            4.0 => Wish::Wake,
            _ => Wish::Clear,
        };
        setup.calls.push(Call {
            at_ms,
            endpoint,
            wish,
        });
    }
    Some(setup)
}
