//! A plotters backend that keeps what is drawn as one path for each ink.
//!
//! Colours are the style sheet's business, so an ink is passed through plotters as if it were a colour. Plotters
//! rounds to whole pixels: everything is drawn [`FINE`] times as large and divided again.

use std::convert::Infallible;
use std::fmt::Write as _;

use plotters::prelude::{IntoDrawingArea as _, RGBColor};
use plotters_backend::{
    BackendColor, BackendCoord, BackendStyle, BackendTextStyle, DrawingBackend, DrawingErrorKind,
};

/// How much larger everything is drawn.
const FINE: i32 = 16;

/// What a line is for; the style sheet knows how it looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Ink {
    /// Levels and ticks.
    Grid,
    /// Levels that a rule uses.
    Threshold,
    /// The world's own values.
    Truth,
    /// What was observed, as dots.
    Observed,
    /// The tiers, from the lowest up.
    Health,
    /// See [`Ink::Health`].
    Investigation,
    /// See [`Ink::Health`].
    Recovery,
    /// See [`Ink::Health`].
    Alert,
}

impl Ink {
    const ALL: [Self; 8] = [
        Self::Grid,
        Self::Threshold,
        Self::Truth,
        Self::Observed,
        Self::Health,
        Self::Investigation,
        Self::Recovery,
        Self::Alert,
    ];

    /// The name that style sheets use.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Grid => "grid",
            Self::Threshold => "threshold",
            Self::Truth => "truth",
            Self::Observed => "observed",
            Self::Health => "health",
            Self::Investigation => "investigation",
            Self::Recovery => "recovery",
            Self::Alert => "alert",
        }
    }

    /// The ink of a tier.
    #[must_use]
    pub const fn of(tier: crate::schedule::Tier) -> Self {
        use crate::schedule::Tier;
        match tier {
            Tier::Health => Self::Health,
            Tier::Investigation => Self::Investigation,
            Tier::Recovery => Self::Recovery,
            Tier::Alert => Self::Alert,
        }
    }

    pub(super) const fn colour(self) -> RGBColor {
        RGBColor(self as u8, 0, 0)
    }
}

/// A drawing: the lines of each ink as the data of one SVG path.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plot {
    /// Ink and path data, in the order of [`Ink`].
    pub layers: Vec<(Ink, String)>,
}

pub(super) type Area<'a> = plotters::drawing::DrawingArea<Paths<'a>, plotters::coord::Shift>;
pub(super) type Drawn = Result<(), plotters::drawing::DrawingAreaErrorKind<Infallible>>;

impl Plot {
    /// Draws on an area of that many pixels.
    pub(super) fn draw(
        (width, height): (f64, f64),
        paint: impl FnOnce(&Area<'_>) -> Drawn,
    ) -> Self {
        let mut paths: [String; 8] = Default::default();
        let size = [width, height].map(|pixels| (pixels * f64::from(FINE)).clamp(1.0, 1e6) as u32);
        let area = Paths {
            size: (size[0], size[1]),
            paths: &mut paths,
        }
        .into_drawing_area();
        // The backend cannot fail, and a chart without room stays empty.
        let _ = paint(&area);
        drop(area);
        let layers = Ink::ALL.into_iter().zip(paths);
        Self {
            layers: layers.filter(|(_, path)| !path.is_empty()).collect(),
        }
    }

    /// The path data of an ink; empty where nothing was drawn with it.
    #[must_use]
    pub fn path(&self, ink: Ink) -> &str {
        self.layers
            .iter()
            .find(|(known, _)| *known == ink)
            .map_or("", |(_, path)| path)
    }
}

/// The backend.
pub(super) struct Paths<'a> {
    size: (u32, u32),
    paths: &'a mut [String; 8],
}

impl Paths<'_> {
    fn path(&mut self, colour: BackendColor) -> Option<&mut String> {
        self.paths.get_mut(usize::from(colour.rgb.0))
    }
}

/// Writes a coordinate with at most two decimals and no needless nought.
fn put(path: &mut String, letter: char, (x, y): BackendCoord) {
    path.push(letter);
    for (index, value) in [x, y].into_iter().enumerate() {
        if index == 1 {
            path.push(' ');
        }
        let hundredths = i64::from(value) * 100 / i64::from(FINE);
        if hundredths < 0 {
            path.push('-');
        }
        let size = hundredths.unsigned_abs();
        let _ = match size % 100 {
            0 => write!(path, "{}", size / 100),
            rest => write!(path, "{}.{rest:02}", size / 100),
        };
    }
}

type Done = Result<(), DrawingErrorKind<Infallible>>;

impl DrawingBackend for Paths<'_> {
    type ErrorType = Infallible;

    fn get_size(&self) -> (u32, u32) {
        self.size
    }

    fn ensure_prepared(&mut self) -> Done {
        Ok(())
    }

    fn present(&mut self) -> Done {
        Ok(())
    }

    fn draw_pixel(&mut self, at: BackendCoord, colour: BackendColor) -> Done {
        if let Some(path) = self.path(colour) {
            put(path, 'M', at);
            path.push_str("h0");
        }
        Ok(())
    }

    fn draw_line<S: BackendStyle>(
        &mut self,
        from: BackendCoord,
        to: BackendCoord,
        style: &S,
    ) -> Done {
        self.draw_path([from, to], style)
    }

    fn draw_path<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        points: I,
        style: &S,
    ) -> Done {
        if let Some(path) = self.path(style.color()) {
            for (index, at) in points.into_iter().enumerate() {
                put(path, if index == 0 { 'M' } else { 'L' }, at);
            }
        }
        Ok(())
    }

    /// A dot is a line of no length with a round end: its size is the style sheet's.
    fn draw_circle<S: BackendStyle>(
        &mut self,
        centre: BackendCoord,
        _radius: u32,
        style: &S,
        _fill: bool,
    ) -> Done {
        self.draw_pixel(centre, style.color())
    }

    // Words, areas and pictures are not drawn here: the page has its own. What the crate would do in their place (such
    // as measuring words in the browser) is a twentieth of the page.

    fn draw_text<S: BackendTextStyle>(&mut self, _: &str, _: &S, _: BackendCoord) -> Done {
        Ok(())
    }

    fn estimate_text_size<S: BackendTextStyle>(
        &self,
        _: &str,
        _: &S,
    ) -> Result<(u32, u32), DrawingErrorKind<Infallible>> {
        Ok((0, 0))
    }

    fn draw_rect<S: BackendStyle>(
        &mut self,
        _: BackendCoord,
        _: BackendCoord,
        _: &S,
        _: bool,
    ) -> Done {
        Ok(())
    }

    fn fill_polygon<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        _: I,
        _: &S,
    ) -> Done {
        Ok(())
    }

    fn blit_bitmap(&mut self, _: BackendCoord, _: (u32, u32), _: &[u8]) -> Done {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn coordinates_keep_fractions_of_a_pixel() {
        let mut path = String::new();
        put(&mut path, 'M', (24, -8));
        put(&mut path, 'L', (160, 0));
        assert_eq!(path, "M1.50 -0.50L10 0");
    }

    #[test]
    fn every_ink_has_its_own_path() {
        for (index, ink) in Ink::ALL.into_iter().enumerate() {
            assert_eq!(ink as usize, index);
        }
    }
}
