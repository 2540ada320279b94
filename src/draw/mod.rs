//! The run as geometry: lanes, charts and the arithmetic between time and pixels.
//!
//! Takes a trace, a viewport and a size; gives plain shapes. Invariant: no browser and no colour is known here;
//! shapes carry names that the style sheet gives colours to.

mod cadence;
mod lanes;
mod metric;
mod plot;
mod scale;
mod slider;
mod viewport;

pub use cadence::{CadenceChart, LineName, cadence_chart};
pub use lanes::{Band, BandKind, Lane, Mark, cause_of, lanes, ticks_path};
pub use metric::{MetricSeries, metric_chart, metric_series, untouched_series};
pub use plot::{Ink, Plot};
pub use scale::{Apart, TimeScale, ticks};
pub use slider::SliderScale;
pub use viewport::Viewport;
