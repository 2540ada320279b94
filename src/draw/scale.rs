//! Between time and pixels, both ways.

use super::viewport::Viewport;
use crate::time::{Instant, Span};

/// Maps a viewport to a width in pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TimeScale {
    /// What is shown.
    pub viewport: Viewport,
    /// How wide, in pixels.
    pub width: f64,
}

impl TimeScale {
    /// The pixel of an instant; outside the width for instants that are not shown.
    #[must_use]
    pub fn x(&self, at: Instant) -> f64 {
        let length = self.viewport.length().ms().max(1) as f64;
        (at - self.viewport.from).ms() as f64 / length * self.width
    }

    /// The instant at a pixel, held within the viewport.
    #[must_use]
    pub fn instant_clamped(&self, x: f64) -> Instant {
        let share = if self.width > 0.0 {
            (x / self.width).clamp(0.0, 1.0)
        } else {
            0.0
        };
        let ms = (self.viewport.length().ms() as f64 * share).round() as i64;
        self.viewport.from + Span::from_ms(ms)
    }

    /// The pixels of a stretch, cut to what is shown; nothing if none of it is.
    #[must_use]
    pub fn stretch(&self, from: Instant, to: Instant) -> Option<(f64, f64)> {
        if to <= self.viewport.from || from >= self.viewport.to {
            return None;
        }
        Some((
            self.x(from.max(self.viewport.from)),
            self.x(to.min(self.viewport.to)),
        ))
    }
}

/// Steps between labels that people read easily.
const STEPS: [Span; 12] = [
    Span::from_secs(1),
    Span::from_secs(5),
    Span::from_secs(10),
    Span::from_secs(30),
    Span::from_mins(1),
    Span::from_mins(2),
    Span::from_mins(5),
    Span::from_mins(10),
    Span::from_mins(30),
    Span::from_mins(60),
    Span::from_mins(180),
    Span::from_mins(360),
];

/// Instants for labels that are at least `room` pixels apart, and the step between them.
#[must_use]
pub fn ticks(scale: &TimeScale, room: f64) -> (Vec<Instant>, Span) {
    let length = scale.viewport.length().ms();
    let most = (scale.width / room.max(1.0)).floor().max(1.0);
    let step = STEPS
        .into_iter()
        .find(|step| length as f64 / step.ms() as f64 <= most)
        .unwrap_or(Span::from_mins(1_440));
    let first = scale.viewport.from.ms().div_euclid(step.ms());
    let last = scale.viewport.to.ms().div_euclid(step.ms());
    let all = (first..=last)
        .map(|count| Instant::from_ms(count * step.ms()))
        .filter(|at| *at >= scale.viewport.from)
        .collect();
    (all, step)
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn scale(width: f64) -> TimeScale {
        TimeScale {
            viewport: Viewport::fit(Instant::from_ms(2_400_000)),
            width,
        }
    }

    #[test]
    fn forty_minutes_on_760_pixels_are_labelled_every_five() {
        let (at, step) = ticks(&scale(760.0), 60.0);
        assert_eq!(step, Span::from_mins(5));
        assert_eq!(at.len(), 9);
    }

    #[test]
    fn a_stretch_is_cut_to_what_is_shown() {
        let near = TimeScale {
            viewport: Viewport {
                from: Instant::from_ms(60_000),
                to: Instant::from_ms(120_000),
            },
            width: 60.0,
        };
        let at = Instant::from_ms;
        assert_eq!(near.stretch(at(0), at(90_000)), Some((0.0, 30.0)));
        assert_eq!(near.stretch(at(0), at(60_000)), None);
        assert_eq!(near.stretch(at(120_000), at(150_000)), None);
    }

    proptest! {
        #[test]
        fn there_and_back_is_the_same_instant(ms in 0i64..=2_400_000, width in 100.0f64..4_000.0) {
            let scale = scale(width);
            let at = Instant::from_ms(ms);
            let back = scale.instant_clamped(scale.x(at));
            prop_assert!((back - at).ms().abs() <= 1);
        }
    }
}
/// Leaves out what would be drawn over what is there, from left to right: a plot has so many places, however many runs.
#[derive(Clone, Debug, Default)]
pub struct Apart {
    column: i64,
    rows: Vec<i64>,
}

impl Apart {
    /// Whether something at a place is seen beside what is there already, to half a pixel.
    pub fn is_seen(&mut self, x: f64, y: f64) -> bool {
        let [column, row] = [x, y].map(|place| (place * 2.0).round() as i64);
        if column != self.column {
            self.column = column;
            self.rows.clear();
        }
        let seen = !self.rows.contains(&row);
        if seen {
            self.rows.push(row);
        }
        seen
    }
}
