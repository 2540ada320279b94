//! What the rules come to in this work, for the peers, which have no rules of their own. Frozen.

use crate::work::{HINT_EVERY, HINT_TTL, Work};

impl Work {
    /// The run after one at `now`, as the rules give it.
    #[inline]
    pub fn next(&self, id: u32, now: i64) -> i64 {
        let baseline = now + Self::every(id);
        let hinted = now + HINT_EVERY;
        let from = self.hint_at(id);
        if now < from {
            baseline.min(from.max(hinted))
        } else if hinted < from + HINT_TTL {
            hinted
        } else {
            baseline
        }
    }
}
