//! What comes out along the range of one number, found by trying some of its values.
//!
//! Invariant: the values that were tried are in order and lie from 0 to 1, as shares of the range.

/// How closely the boundary between two outcomes is looked for, as a share of the range.
const CLOSE: f64 = 0.0015;

/// What came out at the values that were tried so far.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Outcomes<T> {
    tried: Vec<(f64, T)>,
}

impl<T: Copy + PartialEq> Outcomes<T> {
    /// Whether nothing was tried yet.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.tried.is_empty()
    }

    /// What to try next: the middle of the first two values that are further apart than `spacing`, or closer where the
    /// outcome changes between them; nothing when there are none. So an outcome that is met on the way to a boundary
    /// keeps a stretch of its own.
    #[must_use]
    pub fn next(&self, spacing: f64) -> Option<f64> {
        match self.tried.len() {
            0 => return Some(0.0),
            1 => return Some(1.0),
            _ => {}
        }
        self.tried.windows(2).find_map(|pair| {
            let [(low, before), (high, after)] = pair else {
                return None;
            };
            let far = if before == after { spacing } else { CLOSE };
            (high - low > far).then_some((low + high) / 2.0)
        })
    }

    /// What is told of a value: what came out at the nearest one that was tried.
    #[must_use]
    pub fn at(&self, share: f64) -> Option<T> {
        let away = |(tried, _): &&(f64, T)| (tried - share).abs();
        let nearest = self.tried.iter().min_by(|a, b| away(a).total_cmp(&away(b)));
        nearest.map(|(_, outcome)| *outcome)
    }

    /// Takes in what came out at a value.
    pub fn add(&mut self, share: f64, outcome: T) {
        let place = self.tried.partition_point(|(tried, _)| *tried < share);
        self.tried.insert(place, (share, outcome));
    }

    /// The outcomes along the range, each from where to where it reaches.
    #[must_use]
    pub fn stretches(&self) -> Vec<(f64, f64, T)> {
        let mut all = Vec::<(f64, f64, T)>::new();
        let mut share_before = 0.0;
        for &(share, outcome) in &self.tried {
            let edge = (share_before + share) / 2.0;
            share_before = share;
            if all.last().is_some_and(|(_, _, before)| *before == outcome) {
                continue;
            }
            if let Some(before) = all.last_mut() {
                before.1 = edge;
            }
            all.push((edge, 1.0, outcome));
        }
        all
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// What is found of a range that is cut at some shares, each stretch with its number.
    fn found(cuts: &[f64], spacing: f64) -> Outcomes<usize> {
        let mut outcomes = Outcomes { tried: Vec::new() };
        while let Some(share) = outcomes.next(spacing) {
            outcomes.add(share, cuts.iter().filter(|cut| **cut <= share).count());
        }
        outcomes
    }

    #[test]
    fn what_is_met_between_two_others_keeps_its_stretch() {
        // Much narrower than the spacing, between two outcomes that are told apart anyway.
        let all = found(&[0.215, 0.22], 1.0 / 16.0).stretches();
        assert_eq!(
            all.iter().map(|stretch| stretch.2).collect::<Vec<_>>(),
            [0, 1, 2]
        );
    }

    #[test]
    fn what_is_known_by_itself_gets_a_stretch_of_its_own() {
        // Nothing is told apart there, until it is looked at.
        let mut all = found(&[], 1.0 / 16.0);
        let own = 0.2003;
        assert_eq!(all.at(own), Some(0));
        all.add(own, 7);
        assert_eq!(all.at(own), Some(7));
        while let Some(share) = all.next(1.0 / 16.0) {
            all.add(share, 0);
        }
        let told = all.stretches();
        let [_, (from, to, 7), _] = told.as_slice() else {
            panic!("{told:?}")
        };
        assert!(*from < own && own < *to && to - from < 0.02, "{told:?}");
    }

    #[test]
    fn a_finer_spacing_goes_on_from_a_coarser_one() {
        let mut outcomes = found(&[0.5], 1.0 / 64.0);
        let coarse = outcomes.tried.len();
        assert!(coarse >= 48, "{coarse}");
        let share = outcomes.next(1.0 / 256.0).expect("there is more to try");
        outcomes.add(share, 0);
        assert_eq!(outcomes.tried.len(), coarse + 1);
        assert!(outcomes.tried.is_sorted_by(|a, b| a.0 < b.0));
        assert_eq!(found(&[0.5], 1.0 / 64.0).next(1.0 / 64.0), None);
    }

    proptest! {
        #[test]
        fn stretches_cover_the_range_and_end_where_outcomes_change(
            mut cuts in prop::collection::vec(0.001..1.0_f64, 0..4),
        ) {
            cuts.sort_by(f64::total_cmp);
            let all = found(&cuts, 1.0 / 64.0).stretches();
            prop_assert_eq!(all.first().map(|stretch| stretch.0), Some(0.0));
            prop_assert_eq!(all.last().map(|stretch| stretch.1), Some(1.0));
            for pair in all.windows(2) {
                prop_assert_eq!(pair[0].1, pair[1].0);
                prop_assert!(pair[0].2 != pair[1].2);
                prop_assert!(cuts.iter().any(|cut| (cut - pair[0].1).abs() <= CLOSE));
            }
        }
    }
}
