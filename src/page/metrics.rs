//! The metrics of the world: what was true, what was observed, and the levels that rules use.

use leptos::prelude::*;

use super::store::store;
use crate::draw::metric_chart;
use crate::rule::shown_value;
use crate::time::Span;

/// The height of a chart, in CSS pixels.
const HEIGHT: f64 = 27.0;

/// One row for each metric.
#[component]
pub fn Metrics() -> impl IntoView {
    let store = store();
    let scenario = store.scenario();
    let count = store.run.with_untracked(|run| run.metrics.len());
    // The world itself at the cursor, not a point between two corners of a line.
    let truth = Memo::new(move |_| {
        let last = store.scenario().end() - Span::from_ms(1);
        let at = store.cursor.get().min(last);
        store
            .run
            .with(|run| run.trace.truth([at]).pop().unwrap_or_default())
    });
    let row = move |index: usize| {
        let number = store
            .run
            .with_untracked(|run| run.metrics.get(index).map(|series| series.metric));
        let metric = number
            .and_then(|metric| scenario.metrics.get(metric))
            .cloned();
        let name = metric
            .as_ref()
            .map(|metric| metric.name.clone())
            .unwrap_or_default();
        let shown = metric.map_or(crate::rule::Shown::Plain, |metric| metric.shown);
        let plot = Memo::new(move |_| {
            let scale = store.scale();
            store.run.with(|run| {
                let series = run.metrics.get(index);
                series.map(|series| metric_chart(series, scale.viewport, (scale.width, HEIGHT)))
            })
        });
        let value = move || {
            let value = truth.with(|truth| truth.get(number?).copied());
            shown_value(value.unwrap_or(f64::NAN), shown)
        };
        let label =
            format!("{name} over time, with what was observed and the levels that rules use");
        view! {
            <div class="row metric">
                <div class="gutter">
                    <span class="name">{name}</span>
                    <span class="value">{value}</span>
                </div>
                <div class="plot scrub">
                    <svg
                        height=HEIGHT
                        width=move || store.plot_width.get()
                        role="img"
                        aria-label=label
                    >
                        {move || {
                            plot.get()
                                .map(|plot| {
                                    plot.layers
                                        .into_iter()
                                        .map(|(ink, d)| {
                                            view! { <path class=format!("ink {}", ink.name()) d=d /> }
                                        })
                                        .collect_view()
                                })
                        }}
                    </svg>
                </div>
            </div>
        }
    };
    view! { <div class="metrics">{(0..count).map(row).collect_view()}</div> }
}
