//! The source's noise: seeded, replayed or none.

use std::sync::Arc;

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use rand_distr::{Distribution, StandardNormal};

/// Standard normal draws for every sample and harmonic: the only randomness of the graph.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum NoiseSource {
    /// Drawn from ChaCha8, one stream of the generator for every 300 samples, so that any thread can draw any block.
    Seeded(u64),
    /// Given, `[samples][harmonics]`; zeros where it ends.
    Replay(Arc<[f32]>),
    /// No noise.
    Silent,
}

impl NoiseSource {
    /// Fills block number `block`; all blocks have the same size.
    pub(super) fn fill(&self, block: usize, out: &mut [f32]) {
        match self {
            NoiseSource::Seeded(seed) => {
                let mut rng = ChaCha8Rng::seed_from_u64(*seed);
                rng.set_stream(block as u64);
                out.iter_mut().for_each(|v| *v = StandardNormal.sample(&mut rng));
            }
            NoiseSource::Replay(draws) => {
                let start = (block * out.len()).min(draws.len());
                let given = &draws[start..draws.len().min(start + out.len())];
                out[..given.len()].copy_from_slice(given);
                out[given.len()..].fill(0.0);
            }
            NoiseSource::Silent => out.fill(0.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_are_independent_of_the_order_in_which_they_are_drawn() {
        let noise = NoiseSource::Seeded(7);
        let draw = |block| {
            let mut out = vec![0.0; 50];
            noise.fill(block, &mut out);
            out
        };
        let (second, first) = (draw(1), draw(0));
        assert_eq!((draw(0), draw(1)), (first.clone(), second.clone()));
        assert_ne!(first, second);
    }

    #[test]
    fn seeded_noise_is_standard_normal() {
        let mut out = vec![0.0; 100_000];
        NoiseSource::Seeded(1).fill(0, &mut out);
        let n = out.len() as f64;
        let mean = out.iter().map(|&v| f64::from(v)).sum::<f64>() / n;
        let variance = out.iter().map(|&v| (f64::from(v) - mean).powi(2)).sum::<f64>() / n;
        // Five standard errors of mean and variance of 100,000 draws.
        assert!(mean.abs() < 0.016 && (variance - 1.0).abs() < 0.023, "mean {mean}, variance {variance}");
    }

    #[test]
    fn replay_ends_in_zeros() {
        let noise = NoiseSource::Replay(vec![1.0, 2.0, 3.0].into());
        let mut out = vec![9.0; 2];
        noise.fill(1, &mut out);
        assert_eq!(out, [3.0, 0.0]);
        noise.fill(5, &mut out);
        assert_eq!(out, [0.0, 0.0]);
    }
}
