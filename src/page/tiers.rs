//! The four tiers as they stand at the cursor: who is awake, what was found and said, and who asked whom.

use leptos::prelude::*;

use super::dom::{El, button, el, short, svg};
use super::lanes::{glyph, title_case};
use super::panel::reveal;
use super::signals::Memo;
use super::store::{Store, store};
use crate::insight::{flows, moment, tier_note};
use crate::order;
use crate::schedule::{EndpointId, Tier};
use crate::time::Span;

/// For how long an arrow stays lit after a rule used it.
const LIT: Span = Span::from_secs(15);
/// Heights, in CSS pixels: a tier's heading, its nodes, the line below them, the space between tiers.
const HEADING: f64 = 24.0;
const NODE: f64 = 50.0;
const NOTE: f64 = 18.0;
const SPACE: f64 = 6.0;

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
pub fn tiers() -> El {
    let store = store();
    let tiers = stacked(store);
    let blocks = tiers
        .iter()
        .map(|(tier, endpoints)| block(store, *tier, endpoints));
    el("section")
        .class("tiers")
        .attr("aria-label", "The four tiers at the cursor. Who asked whom, and why, stands in the table “All runs”.")
        .children(blocks)
        .child(arrows(store, &tiers))
}

/// A tier: its name, its nodes, and what it found or said last.
fn block(store: Store, tier: Tier, endpoints: &[EndpointId]) -> El {
    let title = el("h2")
        .child(
            el("span")
                .class("glyph")
                .attr("aria-hidden", "true")
                .text(glyph(tier)),
        )
        .child(el("span").text(&title_case(tier.name())))
        .child(el("span").class("reads").text(tier.reads()));
    let nodes = endpoints.iter().map(|id| node(store, *id));
    let words = move || {
        let at = store.cursor.get();
        let note = store.run.with(|run| tier_note(&run.trace, tier, at));
        note.unwrap_or_default()
    };
    el("div")
        .class(&format!("tier-block {}", tier.name()))
        .child(title)
        .child(el("div").class("nodes").children(nodes))
        .child(el("p").class("note").child(el("span").live_text(words)))
}

fn node(store: Store, id: EndpointId) -> El {
    let scenario = store.scenario();
    let endpoint = scenario.endpoints.get(id.index());
    let name = endpoint.map_or("", |endpoint| endpoint.name.as_str());
    let now = Memo::new(move |_| {
        let at = store.cursor.get();
        store.run.with(|run| moment(&run.trace, id, at))
    });
    let class = move || format!("node {}", now.with(|now| now.doing.name()));
    let words = move || now.with(|now| now.words.clone());
    let on_click = move || {
        store.select(id, store.cursor.get_untracked());
        reveal(store);
    };
    button("node", on_click)
        .live_attr("class", class)
        .child(el("span").class("name").text(name))
        .child(el("span").class("words").live_text(words))
}

/// Where a node is: its tier, and the middle of its top. Nodes of a tier share its width, so a place along it is a
/// share of it, in per mille.
#[derive(Clone, Copy)]
struct Place {
    id: EndpointId,
    tier: Tier,
    x: f64,
    top: f64,
}

fn places(tiers: &[(Tier, Vec<EndpointId>)]) -> Vec<Place> {
    let row = |(row, (tier, endpoints)): (usize, &(Tier, Vec<EndpointId>))| {
        let (tier, count) = (*tier, endpoints.len() as f64);
        let top = row as f64 * (HEADING + NODE + NOTE + SPACE) + HEADING;
        let each = endpoints.iter().enumerate().map(move |(index, id)| Place {
            id: *id,
            tier,
            x: (index as f64 + 0.5) / count * 1_000.0,
            top,
        });
        each.collect::<Vec<_>>()
    };
    tiers.iter().enumerate().flat_map(row).collect()
}

/// The arrow from one node to another, with the tier that it leads to.
fn curve(places: &[Place], from: EndpointId, to: EndpointId) -> Option<(Tier, String)> {
    let place = |id: EndpointId| places.iter().find(|place| place.id == id);
    let (from, to) = (place(from)?, place(to)?);
    // From the top of the lower node to the bottom of the upper one.
    let (start, end) = if from.top > to.top {
        (from.top, to.top + NODE)
    } else {
        (from.top + NODE, to.top)
    };
    let middle = (start + end) / 2.0;
    let tier = to.tier;
    let [from, start, middle, to, end] = [from.x, start, middle, to.x, end].map(short);
    Some((
        tier,
        format!("M{from} {start}C{from} {middle} {to} {middle} {to} {end}"),
    ))
}

/// Who asked whom: all that ever happened in the run, faint; what happened just now, lit.
fn arrows(store: Store, tiers: &[(Tier, Vec<EndpointId>)]) -> El {
    let height = tiers.len() as f64 * (HEADING + NODE + NOTE + SPACE);
    let places = StoredValue::new(places(tiers));
    let curve = move |from, to| places.with_value(|places| curve(places, from, to));
    let all = Memo::new(move |_| store.run.with(|run| flows(&run.trace)));
    let faint = move || {
        all.with(|all| {
            let mut pairs: Vec<_> = all.iter().map(|flow| (flow.from, flow.to)).collect();
            order::by_key(&mut pairs, |(from, to)| {
                (i64::from(from.0), i64::from(to.0))
            });
            pairs.dedup();
            pairs
                .into_iter()
                .filter_map(|(from, to)| curve(from, to))
                .map(|(_, d)| d)
                .collect()
        })
    };
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
    // One path for all that is lit towards a tier: the cursor moves without making elements.
    let lit = tiers.iter().map(|&(tier, _)| {
        let towards = move || {
            lit.with(|lit| {
                lit.iter()
                    .filter(|(known, _)| *known == tier)
                    .map(|(_, d)| d.as_str())
                    .collect()
            })
        };
        svg("path")
            .class(&format!("lit {}", tier.name()))
            .live_attr("d", towards)
    });
    svg("svg")
        .class("arrows")
        .attr("viewBox", &format!("0 0 1000 {}", short(height)))
        .attr("preserveAspectRatio", "none")
        .attr("aria-hidden", "true")
        .child(svg("path").class("faint").live_attr("d", faint))
        .children(lit)
}
