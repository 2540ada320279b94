//! Noise on observations: each value's own random number, from the seed and its place in the run.
//!
//! No stream is shared, so one more run of one endpoint does not change what another sees.

use rand_pcg::Pcg64Mcg;
use rand_pcg::rand_core::{Rng, SeedableRng};

/// A standard normal number for one observation: `count` runs of `endpoint` came before, the metric is `metric`.
///
/// Sum of twelve uniform numbers less six: mean 0, variance 1, and no function that differs between machines.
pub(super) fn standard(seed: u64, endpoint: u32, count: u32, metric: usize) -> f64 {
    let place = (u64::from(endpoint) << 32) | u64::from(count);
    let mixed = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15)
        ^ place.wrapping_mul(0xD1B5_4A32_D192_ED03)
        ^ (metric as u64).wrapping_mul(0x8CB9_2BA7_2F3D_8DD7);
    let mut random = Pcg64Mcg::seed_from_u64(mixed);
    let sum: u64 = (0..12).map(|_| u64::from(random.next_u32())).sum();
    sum as f64 / 4_294_967_296.0 - 6.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_standard_and_each_place_has_its_own() {
        let numbers: Vec<f64> = (0..2_000).map(|count| standard(1, 3, count, 0)).collect();
        let mean = numbers.iter().sum::<f64>() / 2_000.0;
        let variance = numbers.iter().map(|n| (n - mean) * (n - mean)).sum::<f64>() / 2_000.0;
        assert!(mean.abs() < 0.1, "{mean}");
        assert!((variance - 1.0).abs() < 0.1, "{variance}");
        assert!(standard(1, 3, 0, 0) != standard(1, 3, 0, 1));
        assert!(standard(1, 3, 0, 0) != standard(2, 3, 0, 0));
    }
}
