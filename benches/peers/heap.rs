//! A, the measure of all others: the standard library's heap, pop and push only, no record. Frozen.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::work::{Proof, Work};

/// The heap with every endpoint's first run.
pub fn ready(work: &Work) -> BinaryHeap<Reverse<(i64, u32)>> {
    (0..work.n)
        .map(|id| Reverse((work.first(id), id)))
        .collect()
}

/// Runs it over the whole time.
pub fn run(heap: &mut BinaryHeap<Reverse<(i64, u32)>>, work: &Work) -> Proof {
    let mut proof = Proof::NONE;
    let end = work.end();
    while let Some(Reverse((at, id))) = heap.pop() {
        if at >= end {
            break;
        }
        proof.count(at, id);
        heap.push(Reverse((work.next(id, at), id)));
    }
    proof
}
