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
/// Heights, in CSS pixels: a tier's heading, its nodes, room for the head of an arrow, the line below, the space between
/// tiers.
const HEADING: f64 = 24.0;
const NODE: f64 = 48.0;
const HEAD: f64 = 6.0;
const NOTE: f64 = 16.0;
const SPACE: f64 = 4.0;
/// The height of a tier with all that belongs to it.
const TIER: f64 = HEADING + NODE + HEAD + NOTE + SPACE;
/// The share of the width that nodes have, in per mille: at their right is the way of arrows that pass tiers by.
const NODES: f64 = 960.0;
/// How round such an arrow's corners are: along, in per mille, and down, in CSS pixels.
const CORNER: (f64, f64) = (14.0, 5.0);

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
        .attr("title", "What it does at the cursor. Choose it to see why")
        .live_attr("class", class)
        .child(el("span").class("name").text(name))
        .child(el("span").class("words").live_text(words))
}

/// Where a node is: its tier and that tier's place from the top, and where along it arrows leave and arrive. Nodes of a
/// tier share its width, so a place along it is a share of it, in per mille.
#[derive(Clone, Copy)]
struct Place {
    id: EndpointId,
    tier: Tier,
    row: usize,
    leaves: f64,
    arrives: f64,
}

impl Place {
    fn top(&self) -> f64 {
        self.row as f64 * TIER + HEADING
    }

    fn foot(&self) -> f64 {
        self.top() + NODE
    }
}

fn places(tiers: &[(Tier, Vec<EndpointId>)]) -> Vec<Place> {
    let row = |(row, (tier, endpoints)): (usize, &(Tier, Vec<EndpointId>))| {
        let (tier, count) = (*tier, endpoints.len());
        let each = endpoints.iter().enumerate().map(move |(index, id)| {
            let along = |share: f64| (index as f64 + share) / count as f64 * NODES;
            // Between the words of the heading that stands above.
            let leaves = match (index, count) {
                (_, 1) => 0.5,
                (0, _) => 0.85,
                _ => 0.3,
            };
            Place {
                id: *id,
                tier,
                row,
                leaves: along(leaves),
                arrives: along(0.5),
            }
        });
        each.collect::<Vec<_>>()
    };
    tiers.iter().enumerate().flat_map(row).collect()
}

/// The arrow from one node to another.
#[derive(PartialEq)]
struct Arrow {
    to: Tier,
    line: String,
    head: String,
}

impl Arrow {
    fn between(places: &[Place], from: EndpointId, to: EndpointId) -> Option<Self> {
        let place = |id: EndpointId| places.iter().find(|place| place.id == id);
        let (from, to) = (place(from)?, place(to)?);
        if from.row == to.row {
            return Some(Self::beside(from, to));
        }
        // From the top of the lower node to the foot of the upper one, or the other way.
        let up = from.row > to.row;
        let (start, end) = if up {
            (from.top(), to.foot())
        } else {
            (from.foot(), to.top())
        };
        let mut line = format!("M{} {}", short(from.leaves), short(start));
        if from.row.abs_diff(to.row) > 1 {
            line += &around(from, to, up);
        } else {
            let middle = short((start + end) / 2.0);
            line += &format!(
                "C{} {middle} {} {middle} ",
                short(from.leaves),
                short(to.arrives)
            );
        }
        line += &format!("{} {}", short(to.arrives), short(end));
        let back = if up { end + HEAD } else { end - HEAD };
        Some(Self {
            to: to.tier,
            line,
            head: head(to.arrives, back, end),
        })
    }

    /// Over the heading of the tier that both are in.
    fn beside(from: &Place, to: &Place) -> Self {
        let (along, down) = CORNER;
        let (top, over) = (from.top(), space(from.row));
        let (leaves, arrives) = (from.leaves, to.leaves + 40.0);
        let along = if arrives > leaves { along } else { -along };
        let line = [
            format!("M{} {}V{}", short(leaves), short(top), short(over + down)),
            turn(leaves, over, (leaves + along, over)),
            format!("H{}", short(arrives - along)),
            turn(arrives, over, (arrives, over + down)),
            format!("V{}", short(top)),
        ];
        Self {
            to: to.tier,
            line: line.concat(),
            head: head(arrives, top - HEAD, top),
        }
    }
}

/// Around a corner.
fn turn(x: f64, y: f64, (to_x, to_y): (f64, f64)) -> String {
    format!("Q{} {} {} {}", short(x), short(y), short(to_x), short(to_y))
}

/// The head of an arrow, from its back to its tip.
fn head(x: f64, back: f64, tip: f64) -> String {
    let [left, middle, right, back, tip] = [x - 11.0, x, x + 11.0, back, tip].map(short);
    format!("M{middle} {back}V{tip}L{left} {back}H{right}L{middle} {tip}")
}

/// Where there is nothing but space: above a tier's heading.
fn space(row: usize) -> f64 {
    (row as f64 * TIER - SPACE / 2.0).max(2.0)
}

/// Past the tiers that lie between two nodes, at their right: between is nobody whom the arrow concerns.
fn around(from: &Place, to: &Place, up: bool) -> String {
    let (along, down) = CORNER;
    let (first, last) = if up {
        (space(from.row), space(to.row + 1))
    } else {
        (space(from.row + 1), space(to.row))
    };
    let down = if up { -down } else { down };
    // Those that lead to different tiers pass side by side.
    let side = NODES + 14.0 + 9.0 * to.row as f64;
    let (leaves, arrives) = (from.leaves, to.arrives);
    [
        format!("V{}", short(first - down)),
        turn(leaves, first, (leaves + along, first)),
        format!("H{}", short(side - along)),
        turn(side, first, (side, first + down)),
        format!("V{}", short(last - down)),
        turn(side, last, (side - along, last)),
        format!("H{}", short(arrives + along)),
        turn(arrives, last, (arrives, last + down)),
        "L".to_owned(),
    ]
    .concat()
}

/// Who asked whom: all that ever happened in the run, faint; what happened just now, lit.
fn arrows(store: Store, tiers: &[(Tier, Vec<EndpointId>)]) -> El {
    let height = tiers.len() as f64 * TIER;
    let places = StoredValue::new(places(tiers));
    let arrow = move |from, to| places.with_value(|places| Arrow::between(places, from, to));
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
                .filter_map(|(from, to)| arrow(from, to))
                .map(|arrow| arrow.line)
                .collect()
        })
    };
    let lit = Memo::new(move |_| {
        let at = store.cursor.get();
        all.with(|all| {
            let now = all
                .iter()
                .filter(|flow| flow.at <= at && at - flow.at < LIT);
            now.filter_map(|flow| arrow(flow.from, flow.to))
                .collect::<Vec<_>>()
        })
    });
    // One path for all that is lit towards a tier: the cursor moves without making elements.
    let lit = tiers.iter().map(|&(tier, _)| {
        let towards = move || {
            lit.with(|lit| {
                lit.iter()
                    .filter(|arrow| arrow.to == tier)
                    .flat_map(|arrow| [arrow.line.as_str(), arrow.head.as_str()])
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
