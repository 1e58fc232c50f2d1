//! Helpers for tests and benches (cargo feature `testing`).

/// Uniform numbers in [−1, 1), the same for the same seed on every machine.
pub fn noise(len: usize, seed: u64) -> Vec<f32> {
    // SplitMix64: Steele, Lea and Flood, 2014.
    let mut state = seed;
    let mut next = || {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    };
    (0..len).map(|_| (next() >> 40) as f32 / (1u64 << 23) as f32 - 1.0).collect()
}

/// What reordering a sum of products can change: `2 k ε Σ|aᵢ bᵢ|`.
pub fn reorder_bound(a: &[f32], b: &[f32]) -> f32 {
    let magnitude: f32 = a.iter().zip(b).map(|(a, b)| (a * b).abs()).sum();
    2.0 * a.len() as f32 * f32::EPSILON * magnitude + f32::MIN_POSITIVE
}

/// Fails with the place and both values where `found` is further than `bound(i)` from `expected`.
///
/// # Panics
/// If it is, if a value is not a number, or if the lengths differ.
pub fn assert_within(what: &str, found: &[f32], expected: &[f32], bound: impl Fn(usize) -> f32) {
    assert_eq!(found.len(), expected.len(), "{what}: lengths");
    for (i, (f, e)) in found.iter().zip(expected).enumerate() {
        let bound = bound(i);
        assert!((f - e).abs() <= bound, "{what}: at {i} found {f}, expected {e} ± {bound}");
    }
}
