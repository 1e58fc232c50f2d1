//! Random numbers: a stream of its own for every name, so that no tensor depends on another's size or order.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use rand_distr::{Distribution, StandardNormal, Uniform};

/// All draws of one seed.
#[derive(Debug, Clone, Copy)]
pub struct Draws {
    seed: u64,
}

impl Draws {
    /// The draws of `seed`.
    pub fn new(seed: u64) -> Self {
        Self { seed }
    }

    fn generator(self, name: &str) -> ChaCha8Rng {
        let mut rng = ChaCha8Rng::seed_from_u64(self.seed);
        rng.set_stream(fnv1a(name));
        rng
    }

    /// `n` standard normal draws for `name`.
    pub fn normal(self, name: &str, n: usize) -> Vec<f32> {
        let mut rng = self.generator(name);
        (0..n).map(|_| StandardNormal.sample(&mut rng)).collect()
    }

    /// `n` uniform draws from −1 to 1 for `name`.
    pub fn uniform(self, name: &str, n: usize) -> Vec<f32> {
        let mut rng = self.generator(name);
        let range = Uniform::new_inclusive(-1.0, 1.0).expect("the bounds are finite and in order");
        (0..n).map(|_| range.sample(&mut rng)).collect()
    }
}

/// The 64-bit FNV-1a hash: any hash would do that stays the same for ever.
fn fnv1a(name: &str) -> u64 {
    name.bytes().fold(0xcbf2_9ce4_8422_2325, |h, b| (h ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_seeds_have_draws_of_their_own() {
        let draws = Draws::new(1);
        assert_eq!(draws.normal("a", 50), draws.normal("a", 100)[..50]);
        assert_ne!(draws.normal("a", 50), draws.normal("b", 50));
        assert_ne!(draws.normal("a", 50), Draws::new(2).normal("a", 50));
    }

    #[test]
    fn names_are_hashed_as_the_authors_of_the_hash_say() {
        // From the test vectors of the hash's authors (isthe.com/chongo/tech/comp/fnv).
        assert_eq!(fnv1a(""), 0xcbf2_9ce4_8422_2325);
        assert_eq!(fnv1a("foobar"), 0x8594_4171_f739_67e8);
    }
}
