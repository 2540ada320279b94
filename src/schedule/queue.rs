//! Orders endpoints by (time, number): a calendar of one-second buckets, opened and sorted one at a time.
//!
//! Most gaps are far longer than a bucket, so almost every insertion is a push of one number to the end of a vector.
//! What falls into the bucket that is already open goes to a small heap beside it, what lies beyond the calendar to
//! another. Entries are not removed when a plan changes: whoever asks says which are still valid. An entry that is
//! there twice does no harm, since it is valid only as long as its endpoint is planned for that very time.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::endpoint::EndpointId;
use crate::time::Instant;

const BUCKETS: usize = 1_024;
/// Buckets are 2^10 ms wide.
const WIDTH_BITS: u32 = 10;

/// The number of the bucket that an instant falls into.
const fn bucket(at: Instant) -> i64 {
    at.ms() >> WIDTH_BITS
}

/// The slot of a bucket's number.
const fn slot(bucket: i64) -> usize {
    (bucket.rem_euclid(BUCKETS as i64)) as usize
}

/// A time within its bucket and an endpoint in one number, which is stored and compared in one step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Place(u64);

impl Place {
    #[inline]
    const fn new(at: Instant, endpoint: EndpointId) -> Self {
        let within = at.ms() & ((1 << WIDTH_BITS) - 1);
        Self(((within as u64) << 32) | endpoint.0 as u64)
    }

    #[inline]
    const fn entry(self, bucket: i64) -> (Instant, EndpointId) {
        let at = (bucket << WIDTH_BITS) + (self.0 >> 32) as i64;
        (Instant::from_ms(at), EndpointId(self.0 as u32))
    }
}

/// A priority queue of endpoints by time, then by number.
#[derive(Clone, Debug)]
pub struct Calendar {
    /// The bucket whose entries are in `current` and `side`.
    open: i64,
    /// The open bucket, latest first.
    current: Vec<Place>,
    /// What came into the open bucket, or before it, after it was opened.
    side: BinaryHeap<Reverse<(Instant, EndpointId)>>,
    buckets: Vec<Vec<Place>>,
    /// Which buckets hold anything.
    filled: [u64; BUCKETS / 64],
    /// What lies beyond the calendar.
    far: BinaryHeap<Reverse<(Instant, EndpointId)>>,
    /// Emptied buckets, whose room is used again.
    spare: Vec<Vec<Place>>,
}

impl Default for Calendar {
    fn default() -> Self {
        Self {
            open: -1,
            current: Vec::new(),
            side: BinaryHeap::new(),
            buckets: vec![Vec::new(); BUCKETS],
            filled: [0; BUCKETS / 64],
            far: BinaryHeap::new(),
            spare: Vec::new(),
        }
    }
}

impl Calendar {
    /// Adds an endpoint at a time.
    #[inline]
    pub fn push(&mut self, at: Instant, endpoint: EndpointId) {
        let ahead = bucket(at) - self.open;
        if ahead <= 0 {
            self.side.push(Reverse((at, endpoint)));
        } else if ahead < BUCKETS as i64 {
            let index = slot(bucket(at));
            if let (Some(bucket), Some(word)) =
                (self.buckets.get_mut(index), self.filled.get_mut(index / 64))
            {
                if bucket.capacity() == 0
                    && let Some(spare) = self.spare.pop()
                {
                    *bucket = spare;
                }
                bucket.push(Place::new(at, endpoint));
                *word |= 1 << (index % 64);
            }
        } else {
            self.far.push(Reverse((at, endpoint)));
        }
    }

    /// The earliest entry that is still valid, which stays; those before it are thrown away.
    #[inline]
    pub fn first(
        &mut self,
        valid: impl Fn(Instant, EndpointId) -> bool,
    ) -> Option<(Instant, EndpointId)> {
        loop {
            let (found, in_current) = self.peek()?;
            if valid(found.0, found.1) {
                return Some(found);
            }
            self.take(in_current);
        }
    }

    /// Takes an entry away if it is the earliest of the open bucket, as it is when what is due starts in time.
    #[inline]
    pub fn take_if_first(&mut self, at: Instant, endpoint: EndpointId) {
        if bucket(at) == self.open && self.current.last() == Some(&Place::new(at, endpoint)) {
            self.current.pop();
        }
    }

    /// Takes the earliest entry away.
    #[inline]
    pub fn pop(&mut self) -> Option<(Instant, EndpointId)> {
        let (found, in_current) = self.peek()?;
        self.take(in_current);
        Some(found)
    }

    /// The earliest entry, and whether it is in `current` rather than in `side`.
    #[inline]
    fn peek(&mut self) -> Option<((Instant, EndpointId), bool)> {
        loop {
            let current = self.current.last().map(|place| place.entry(self.open));
            let side = self.side.peek().map(|Reverse(entry)| *entry);
            match (current, side) {
                (Some(current), None) => return Some((current, true)),
                (Some(current), Some(side)) if current <= side => return Some((current, true)),
                (_, Some(side)) => return Some((side, false)),
                (None, None) if self.open_next() => {}
                (None, None) => return None,
            }
        }
    }

    #[inline]
    fn take(&mut self, from_current: bool) {
        if from_current {
            self.current.pop();
        } else {
            self.side.pop();
        }
    }

    /// Opens the next bucket that holds anything; says whether there was one.
    fn open_next(&mut self) -> bool {
        let near = self.next_filled();
        let far = self.far.peek().map(|Reverse((at, _))| bucket(*at));
        let Some(next) = near.into_iter().chain(far).min() else {
            return false;
        };
        self.open = next;
        if near == Some(next) {
            let index = slot(next);
            if let (Some(bucket), Some(word)) =
                (self.buckets.get_mut(index), self.filled.get_mut(index / 64))
            {
                let emptied = std::mem::replace(&mut self.current, std::mem::take(bucket));
                if emptied.capacity() > 0 {
                    self.spare.push(emptied);
                }
                *word &= !(1 << (index % 64));
            }
        }
        while let Some(&Reverse((at, endpoint))) = self.far.peek()
            && bucket(at) == next
        {
            self.far.pop();
            self.current.push(Place::new(at, endpoint));
        }
        // Most buckets were filled in order of time; turned round, they are sorted already.
        self.current.reverse();
        if !self.current.is_sorted_by(|a, b| a >= b) {
            self.current.sort_unstable_by_key(|place| Reverse(*place));
        }
        true
    }

    /// The nearest bucket ahead of the open one that holds anything.
    fn next_filled(&self) -> Option<i64> {
        let first = slot(self.open + 1);
        let words = self.filled.len();
        for step in 0..=words {
            let index = (first / 64 + step) % words;
            let mut word = self.filled.get(index).copied().unwrap_or(0);
            if step == 0 {
                word &= !0 << (first % 64);
            } else if step == words {
                word &= !(!0 << (first % 64));
            }
            if word != 0 {
                let found = index * 64 + word.trailing_zeros() as usize;
                let ahead = (found + BUCKETS - first) % BUCKETS;
                return Some(self.open + 1 + ahead as i64);
            }
        }
        None
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn drained(calendar: &mut Calendar) -> Vec<(i64, u32)> {
        std::iter::from_fn(|| calendar.pop())
            .map(|(at, id)| (at.ms(), id.0))
            .collect()
    }

    #[test]
    fn a_thousand_due_at_one_instant_come_in_order_of_declaration() {
        let mut calendar = Calendar::default();
        for id in (0..1_000).rev() {
            calendar.push(Instant::from_ms(5_000), EndpointId(id));
        }
        calendar.push(Instant::from_ms(4_999), EndpointId(7));
        let order = drained(&mut calendar);
        assert_eq!(order[0], (4_999, 7));
        assert!(order[1..].iter().map(|&(_, id)| id).eq(0..1_000));
    }

    #[test]
    fn days_apart_is_no_further_than_the_next_bucket() {
        let mut calendar = Calendar::default();
        for at in [0, 1, 86_400_000, 1_048_576, 1_048_575, 2_097_152] {
            calendar.push(Instant::from_ms(at), EndpointId(0));
        }
        let times: Vec<i64> = drained(&mut calendar)
            .into_iter()
            .map(|(at, _)| at)
            .collect();
        assert_eq!(times, [0, 1, 1_048_575, 1_048_576, 2_097_152, 86_400_000]);
    }

    #[test]
    fn a_single_entry_is_found_however_far_ahead_it_is() {
        for open in [0, 1, 63, 64, 700, 1_023, 5_000] {
            for ahead in (0..1_100).chain([2_047, 2_048, 2_049, 100_000]) {
                let mut calendar = Calendar::default();
                let at = |bucket: i64| Instant::from_ms(bucket * 1_024 + 7);
                calendar.push(at(open), EndpointId(1));
                assert_eq!(calendar.pop(), Some((at(open), EndpointId(1))));
                calendar.push(at(open + ahead), EndpointId(2));
                assert_eq!(calendar.pop(), Some((at(open + ahead), EndpointId(2))));
                assert_eq!(calendar.pop(), None);
            }
        }
    }

    /// Holds it equal to a heap: how far ahead of the present each is pushed, whose it is, or that one is popped.
    fn like_a_heap(steps: Vec<(i64, u32, bool)>) -> Result<(), TestCaseError> {
        let mut calendar = Calendar::default();
        let mut heap = BinaryHeap::new();
        let mut now = 0;
        for (ahead, id, pop) in steps {
            if pop {
                let expected = heap.pop().map(|Reverse((at, id))| (at, id));
                let found = calendar.pop().map(|(at, id)| (at.ms(), id.0));
                prop_assert_eq!(found, expected);
                now = found.map_or(now, |(at, _)| at);
            } else {
                calendar.push(Instant::from_ms(now + ahead), EndpointId(id));
                heap.push(Reverse((now + ahead, id)));
            }
        }
        Ok(())
    }

    proptest! {
        // Most of what is pushed falls into the bucket that is open, or into the next.
        #[test]
        fn it_orders_like_a_heap_within_the_open_bucket(
            steps in prop::collection::vec((0_i64..1_500, 0_u32..5, any::<bool>()), 0..200)
        ) {
            like_a_heap(steps)?;
        }

        #[test]
        fn it_orders_like_a_heap_however_pushes_and_pops_are_mixed(
            steps in prop::collection::vec((0_i64..3_000_000, 0_u32..5, any::<bool>()), 0..300)
        ) {
            like_a_heap(steps)?;
        }
    }
}
