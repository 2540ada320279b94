//! A bare calendar queue: 1,024 buckets of 1,024 ms, sorted when opened, a bitmap of those that hold anything,
//! a side heap for the open one; each run stores a record of 64 bytes. No rules, no hints, no checks. Frozen.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::work::{Proof, Work};

const BUCKETS: usize = 1_024;
const WIDTH_BITS: u32 = 10;

/// What each run stores.
#[derive(Clone, Copy, Debug, Default)]
#[repr(C)]
pub struct Record {
    /// When it ran, when it runs next, and room for what a scheduler would note.
    pub fields: [i64; 8],
}

/// The queue and the records.
#[derive(Debug)]
pub struct Calendar {
    open: i64,
    current: Vec<(i64, u32)>,
    side: BinaryHeap<Reverse<(i64, u32)>>,
    buckets: Vec<Vec<(i64, u32)>>,
    filled: [u64; BUCKETS / 64],
    /// One for each run.
    pub records: Vec<Record>,
}

/// The queue with every endpoint's first run.
pub fn ready(work: &Work) -> Calendar {
    let mut calendar = Calendar {
        open: -1,
        current: Vec::new(),
        side: BinaryHeap::new(),
        buckets: vec![Vec::new(); BUCKETS],
        filled: [0; BUCKETS / 64],
        records: Vec::new(),
    };
    for id in 0..work.n {
        calendar.push(work.first(id), id);
    }
    calendar
}

impl Calendar {
    fn push(&mut self, at: i64, id: u32) {
        let bucket = at >> WIDTH_BITS;
        if bucket <= self.open {
            self.side.push(Reverse((at, id)));
        } else {
            // No gap of this work is longer than the calendar.
            let index = (bucket as usize) % BUCKETS;
            self.buckets[index].push((at, id));
            self.filled[index / 64] |= 1 << (index % 64);
        }
    }

    fn pop(&mut self) -> Option<(i64, u32)> {
        loop {
            match (self.current.last(), self.side.peek()) {
                (Some(&a), Some(&Reverse(b))) if b < a => {
                    return self.side.pop().map(|Reverse(entry)| entry);
                }
                (Some(_), _) => return self.current.pop(),
                (None, Some(_)) => return self.side.pop().map(|Reverse(entry)| entry),
                (None, None) => {}
            }
            let bucket = self.next_filled()?;
            let index = (bucket as usize) % BUCKETS;
            self.open = bucket;
            std::mem::swap(&mut self.current, &mut self.buckets[index]);
            self.filled[index / 64] &= !(1 << (index % 64));
            self.current.sort_unstable_by(|a, b| b.cmp(a));
        }
    }

    fn next_filled(&self) -> Option<i64> {
        let first = ((self.open + 1) as usize) % BUCKETS;
        let words = self.filled.len();
        for step in 0..=words {
            let index = (first / 64 + step) % words;
            let mut word = self.filled[index];
            if step == 0 {
                word &= !0 << (first % 64);
            }
            if word != 0 {
                let found = index * 64 + word.trailing_zeros() as usize;
                return Some(self.open + 1 + ((found + BUCKETS - first) % BUCKETS) as i64);
            }
        }
        None
    }
}

/// Runs it over the whole time.
pub fn run(calendar: &mut Calendar, work: &Work) -> Proof {
    let mut proof = Proof::NONE;
    let end = work.end();
    while let Some((at, id)) = calendar.pop() {
        if at >= end {
            break;
        }
        proof.count(at, id);
        let next = work.next(id, at);
        calendar.records.push(Record {
            fields: [at, next, i64::from(id), 0, 0, 0, 0, 0],
        });
        calendar.push(next, id);
    }
    proof
}
