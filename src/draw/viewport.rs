//! The stretch of time that all panels show.

use serde::{Deserialize, Serialize};

use crate::time::{Instant, Span};

/// The stretch of time that all panels show.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Viewport {
    /// Its first instant.
    pub from: Instant,
    /// Its end.
    pub to: Instant,
}

/// The shortest stretch that can be looked at.
const SHORTEST: Span = Span::from_secs(30);

impl Viewport {
    /// All of a run that ends at `end`.
    #[must_use]
    pub fn fit(end: Instant) -> Self {
        Self {
            from: Instant::START,
            to: end.max(Instant::START + SHORTEST),
        }
    }

    /// How long it is.
    #[must_use]
    pub fn length(self) -> Span {
        self.to - self.from
    }

    /// Shorter (a factor under 1) or longer around an instant that stays where it is, within a run that ends at `end`.
    #[must_use]
    pub fn zoomed(self, around: Instant, factor: f64, end: Instant) -> Self {
        let all = Self::fit(end);
        let length = (self.length().ms() as f64 * factor).round() as i64;
        let length = length.clamp(SHORTEST.ms().min(all.length().ms()), all.length().ms());
        let share = (around - self.from).ms() as f64 / self.length().ms().max(1) as f64;
        let before = (length as f64 * share.clamp(0.0, 1.0)).round() as i64;
        Self {
            from: around - Span::from_ms(before),
            to: around - Span::from_ms(before) + Span::from_ms(length),
        }
        .within(end)
    }

    /// Moved by a span, within a run that ends at `end`.
    #[must_use]
    pub fn panned(self, by: Span, end: Instant) -> Self {
        Self {
            from: self.from + by,
            to: self.to + by,
        }
        .within(end)
    }

    /// Moved just so far that an instant is in it.
    #[must_use]
    pub fn showing(self, at: Instant, end: Instant) -> Self {
        let by = if at < self.from {
            at - self.from
        } else if at > self.to {
            at - self.to
        } else {
            return self;
        };
        self.panned(by, end)
    }

    /// The part of a line that is shown, with a corner where it crosses the edges. Plotters itself would push what
    /// lies outside onto the edge.
    #[must_use]
    pub fn clipped(self, line: &[(Instant, f64)]) -> Vec<(Instant, f64)> {
        let shown = |at: Instant| at >= self.from && at <= self.to;
        let mut kept: Vec<(Instant, f64)> = Vec::new();
        let pairs = line.iter().zip(line.iter().skip(1));
        for (&(from, a), &(to, b)) in pairs {
            if shown(from) {
                kept.push((from, a));
            }
            let on_the_way = |edge: Instant| {
                let share = (edge - from).ms() as f64 / (to - from).ms().max(1) as f64;
                (edge, a + (b - a) * share)
            };
            let edges = [self.from, self.to].into_iter();
            kept.extend(
                edges
                    .filter(|edge| from < *edge && *edge < to)
                    .map(on_the_way),
            );
        }
        kept.extend(line.last().filter(|(at, _)| shown(*at)));
        kept
    }

    fn within(self, end: Instant) -> Self {
        let all = Self::fit(end);
        let length = self.length().ms().min(all.length().ms());
        let last = all.to.ms() - length;
        let from = self.from.ms().clamp(0, last);
        Self {
            from: Instant::from_ms(from),
            to: Instant::from_ms(from + length),
        }
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const END: Instant = Instant::from_ms(2_400_000);

    #[test]
    fn zooming_keeps_the_instant_under_the_pointer() {
        let at = Instant::from_ms(1_200_000);
        let near = Viewport::fit(END).zoomed(at, 0.5, END);
        assert_eq!((near.from.ms(), near.to.ms()), (600_000, 1_800_000));
    }

    #[test]
    fn an_instant_outside_is_brought_to_the_edge() {
        let near = Viewport {
            from: Instant::from_ms(60_000),
            to: Instant::from_ms(120_000),
        };
        let moved = near.showing(Instant::from_ms(150_000), END);
        assert_eq!((moved.from.ms(), moved.to.ms()), (90_000, 150_000));
        assert_eq!(near.showing(Instant::from_ms(90_000), END), near);
    }

    #[test]
    fn a_line_is_cut_at_the_edges() {
        let at = Instant::from_ms;
        let near = Viewport {
            from: at(60_000),
            to: at(120_000),
        };
        let line = [(at(0), 0.0), (at(90_000), 9.0), (at(180_000), 0.0)];
        assert_eq!(
            near.clipped(&line),
            [(at(60_000), 6.0), (at(90_000), 9.0), (at(120_000), 6.0)]
        );
        let across = [(at(0), 1.0), (at(240_000), 1.0)];
        assert_eq!(
            near.clipped(&across),
            [(at(60_000), 1.0), (at(120_000), 1.0)]
        );
        assert_eq!(near.clipped(&[(at(0), 1.0), (at(30_000), 2.0)]), []);
    }

    proptest! {
        #[test]
        fn never_leaves_the_run(
            steps in proptest::collection::vec((0i64..2_400_000, 0.1f64..10.0, -3_000_000i64..3_000_000), 1..20)
        ) {
            let mut viewport = Viewport::fit(END);
            for (around, factor, pan) in steps {
                viewport = viewport
                    .zoomed(Instant::from_ms(around), factor, END)
                    .panned(Span::from_ms(pan), END);
                prop_assert!(viewport.from >= Instant::START && viewport.to <= END);
                prop_assert!(viewport.length() >= SHORTEST);
            }
        }
    }
}
