//! Putting things in order: one compiled sort for whatever is sorted by whole numbers.
//!
//! The standard library's sort is compiled anew for every type, three thousand bytes each; here keys are sorted, by one
//! such sort, and things follow.

/// Puts things in order of their keys; equals stay as they stand.
pub fn by_key<T>(things: &mut Vec<T>, key: impl Fn(&T) -> (i64, i64)) {
    let mut keys: Vec<(i64, i64, usize)> = things
        .iter()
        .enumerate()
        .map(|(place, thing)| {
            let (first, second) = key(thing);
            (first, second, place)
        })
        .collect();
    sort(&mut keys);
    let mut taken: Vec<Option<T>> = things.drain(..).map(Some).collect();
    let in_order = keys
        .iter()
        .filter_map(|(_, _, place)| taken.get_mut(*place).and_then(Option::take));
    things.extend(in_order);
}

#[inline(never)]
fn sort(keys: &mut [(i64, i64, usize)]) {
    keys.sort_unstable();
}

/// A number's place among all numbers, as the total order of floating point has it.
#[must_use]
pub fn of_number(number: f64) -> i64 {
    let bits = number.to_bits() as i64;
    bits ^ (((bits >> 63) as u64) >> 1) as i64
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn it_sorts_like_a_stable_sort(keys in prop::collection::vec((-3_i64..3, -3_i64..3), 0..50)) {
            let mut things: Vec<((i64, i64), usize)> = keys.into_iter().zip(0..).collect();
            let mut expected = things.clone();
            expected.sort_by_key(|(key, _)| *key);
            by_key(&mut things, |(key, _)| *key);
            prop_assert_eq!(things, expected);
        }

        #[test]
        fn numbers_keep_their_total_order(a in any::<f64>(), b in any::<f64>()) {
            prop_assert_eq!(of_number(a).cmp(&of_number(b)), a.total_cmp(&b));
        }
    }
}
