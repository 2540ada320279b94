//! The four tiers as they stand at the cursor: who is awake, what was found and said, and who asked whom.

use leptos::prelude::*;

use super::lanes::{glyph, title_case};
use super::store::{Store, store};
use crate::insight::{flows, moment};
use crate::schedule::{EndpointId, Tier};
use crate::time::{Instant, Span};

/// For how long an arrow stays lit after a rule used it.
const LIT: Span = Span::from_secs(15);
/// For how long a finding or a message is shown.
const FRESH: Span = Span::from_mins(5);
/// Heights, in CSS pixels: a tier's heading, its nodes, the line below them, the space between tiers.
const HEADING: f64 = 24.0;
const NODE: f64 = 50.0;
const NOTE: f64 = 18.0;
const SPACE: f64 = 6.0;

const fn reads(tier: Tier) -> &'static str {
    match tier {
        Tier::Alert => "reads recovery history",
        Tier::Recovery => "reads findings",
        Tier::Investigation => "reads health",
        Tier::Health => "reads the shop",
    }
}

/// The endpoints of each tier, from the top.
fn stacked(store: Store) -> Vec<(Tier, Vec<EndpointId>)> {
    let scenario = store.scenario();
    let of = |tier: Tier| {
        (0..)
            .map(EndpointId)
            .zip(&scenario.endpoints)
            .filter(|(_, endpoint)| endpoint.schedule.tier == tier)
            .map(|(id, _)| id)
            .collect()
    };
    Tier::ALL
        .into_iter()
        .rev()
        .map(|tier| (tier, of(tier)))
        .collect()
}

/// The diagram.
#[component]
pub fn Tiers() -> impl IntoView {
    let store = store();
    let tiers = stacked(store);
    let blocks = tiers
        .iter()
        .map(|(tier, endpoints)| {
            let tier = *tier;
            let nodes = endpoints.iter().map(|id| node(store, *id)).collect_view();
            view! {
                <div class=format!("tier-block {}", tier.name())>
                    <h2>
                        <span class="glyph" aria-hidden="true">{glyph(tier)}</span>
                        <span>{title_case(tier.name())}</span>
                        <span class="reads">{reads(tier)}</span>
                    </h2>
                    <div class="nodes">{nodes}</div>
                    <p class="note">
                        <span>{move || note(store, tier)}</span>
                    </p>
                </div>
            }
        })
        .collect_view();
    view! {
        <section class="tiers" aria-label="The four tiers at the cursor">
            {blocks}
            <Arrows tiers=tiers />
        </section>
    }
}

fn node(store: Store, id: EndpointId) -> impl IntoView + use<> {
    let name = store
        .scenario()
        .endpoints
        .get(id.index())
        .map(|endpoint| endpoint.name.clone())
        .unwrap_or_default();
    let now = Memo::new(move |_| {
        let at = store.cursor.get();
        store.run.with(|run| moment(&run.trace, id, at))
    });
    view! {
        <button
            class=move || format!("node {}", now.with(|now| now.doing.name()))
            on:click=move |_| store.select(id, store.cursor.get_untracked())
        >
            <span class="name">{name}</span>
            <span class="words">{move || now.with(|now| now.words.clone())}</span>
        </button>
    }
}

/// What a tier found or said last, if that is not long ago.
fn note(store: Store, tier: Tier) -> Option<String> {
    let at = store.cursor.get();
    let fresh = |then: Instant| then <= at && at - then < FRESH;
    store.run.with(|run| {
        let trace = &run.trace;
        match tier {
            Tier::Investigation => {
                let found = trace
                    .findings
                    .iter()
                    .rfind(|finding| finding.at <= at && fresh(finding.at))?;
                Some(format!("found: {}", found.text))
            }
            Tier::Recovery => {
                let tried = trace
                    .recoveries
                    .iter()
                    .rfind(|attempt| attempt.at <= at && fresh(attempt.at))?;
                let name = &trace.scenario.endpoints.get(tried.endpoint.index())?.name;
                Some(match tried.works_from {
                    None if !tried.succeeded => format!("{name} failed"),
                    Some(from) if from > at => format!("{name} works from {from}"),
                    _ => format!("{name} works"),
                })
            }
            Tier::Alert => {
                let said = trace
                    .messages
                    .iter()
                    .rfind(|message| message.at <= at && fresh(message.at))?;
                Some(said.text.clone())
            }
            Tier::Health => None,
        }
    })
}

/// Who asked whom: all that ever happened in the run, faint; what happened just now, lit.
#[component]
fn Arrows(tiers: Vec<(Tier, Vec<EndpointId>)>) -> impl IntoView {
    let store = store();
    let height = tiers.len() as f64 * (HEADING + NODE + NOTE + SPACE);
    let tiers = StoredValue::new(tiers);
    // Nodes of a tier share its width: a place is a share of it, in per mille.
    let place = move |id: EndpointId| {
        tiers.with_value(|tiers| {
            tiers
                .iter()
                .enumerate()
                .find_map(|(row, (tier, endpoints))| {
                    let index = endpoints.iter().position(|known| *known == id)?;
                    let x = (index as f64 + 0.5) / endpoints.len() as f64 * 1_000.0;
                    let top = row as f64 * (HEADING + NODE + NOTE + SPACE) + HEADING;
                    Some((*tier, x, top))
                })
        })
    };
    let all = Memo::new(move |_| store.run.with(|run| flows(&run.trace)));
    let curve = move |from: EndpointId, to: EndpointId| {
        let ((_, from_x, from_top), (tier, to_x, to_top)) = (place(from)?, place(to)?);
        // From the top of the lower node to the bottom of the upper one.
        let (start, end) = if from_top > to_top {
            (from_top, to_top + NODE)
        } else {
            (from_top + NODE, to_top)
        };
        let middle = (start + end) / 2.0;
        Some((
            tier,
            format!(
                "M{from_x:.0} {start:.0}C{from_x:.0} {middle:.0} {to_x:.0} {middle:.0} {to_x:.0} {end:.0}"
            ),
        ))
    };
    let faint = Memo::new(move |_| {
        all.with(|all| {
            let mut pairs: Vec<_> = all.iter().map(|flow| (flow.from, flow.to)).collect();
            pairs.sort_unstable();
            pairs.dedup();
            pairs
                .into_iter()
                .filter_map(|(from, to)| curve(from, to))
                .map(|(_, d)| d)
                .collect::<String>()
        })
    });
    let lit = Memo::new(move |_| {
        let at = store.cursor.get();
        all.with(|all| {
            let now = all
                .iter()
                .filter(|flow| flow.at <= at && at - flow.at < LIT);
            now.filter_map(|flow| curve(flow.from, flow.to))
                .collect::<Vec<_>>()
        })
    });
    view! {
        <svg
            class="arrows"
            viewBox=format!("0 0 1000 {height}")
            preserveAspectRatio="none"
            aria-hidden="true"
        >
            <path class="faint" d=faint />
            {move || {
                lit.get()
                    .into_iter()
                    .map(|(tier, d)| view! { <path class=format!("lit {}", tier.name()) d=d /> })
                    .collect_view()
            }}
        </svg>
    }
}
