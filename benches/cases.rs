//! Calls that change a plan early, to be compared with the cost of a run.

use std::sync::Arc;
use std::time::Instant as Clock;

use accelerando::schedule::{EndpointId, Origin, PauseEnd, Scheduler, Tool};
use accelerando::time::{Instant, Span};

use super::work::{Proof, Work};
use super::{Figure, median};

/// One kind of call, made once on every endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Case {
    /// A one-shot that comes before the baseline.
    Nudge,
    /// A pause without an end.
    Pause,
    /// The end of that pause.
    Wake,
    /// Both hints cleared, so that the baseline counts again.
    Clear,
}

impl Case {
    /// What the worker and the table call it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Nudge => "nudge",
            Self::Pause => "pause",
            Self::Wake => "wake",
            Self::Clear => "cleared hint",
        }
    }

    /// The case of that name.
    pub fn named(name: &str) -> Option<Self> {
        [Self::Nudge, Self::Pause, Self::Wake, Self::Clear]
            .into_iter()
            .find(|case| case.name() == name)
    }

    fn tool(self, round: i64) -> Tool {
        match self {
            Self::Nudge => Tool::ProposeNextTime {
                at: Instant::from_ms(round + 30_000),
                ttl: Span::from_secs(60),
            },
            Self::Pause => Tool::PauseUntil(Some(PauseEnd::Forever)),
            Self::Wake => Tool::PauseUntil(None),
            Self::Clear => Tool::ClearHints,
        }
    }
}

/// Nanoseconds a call. Rounds of nudge, clear, pause and wake over all endpoints; only `case` is on the clock.
pub fn measure(case: Case, work: &Work) -> Figure {
    let why: Arc<str> = Arc::from("traffic surge");
    let n = work.n;
    let once = |core: &mut Scheduler, case: Case, now: i64| {
        let tool = case.tool(now);
        let from = Clock::now();
        for id in 0..n {
            let answer = core.call(
                EndpointId(id),
                tool,
                (Origin(0), &why),
                Instant::from_ms(now),
            );
            assert!(answer.is_ok(), "{case:?} is refused: {answer:?}");
        }
        from.elapsed().as_nanos() as f64
    };
    let mut figures = Vec::new();
    let mut took = 0.0;
    let mut made = 0_u32;
    let mut cold = None;
    while made < 1_000_000 || figures.len() < 3 {
        // A fresh scheduler whose endpoints have all run once, then a second of calls each.
        let mut core = work.scheduler();
        while let Some((at, id)) = core.next_due().filter(|(at, _)| at.ms() < 600_000)
            && core.state(id).is_some_and(|state| state.anchor.is_none())
        {
            core.start(id, at).expect("it is not running");
            core.finish(id, at, true).expect("it is running");
        }
        for round in 0..10 {
            let now = 600_000 + round * 1_000;
            for step in [Case::Nudge, Case::Clear, Case::Pause, Case::Wake] {
                let spent = once(&mut core, step, now);
                if step == case {
                    took += spent;
                    made += n;
                    cold.get_or_insert(spent / f64::from(n));
                }
            }
        }
        if figures.is_empty() || made / 100_000 > figures.len() as u32 {
            figures.push(took / f64::from(10 * n));
        }
        took = 0.0;
    }
    Figure {
        proof: Proof::NONE,
        cold: cold.unwrap_or(f64::NAN),
        warm: median(&mut figures),
    }
}
