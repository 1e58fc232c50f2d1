//! Voices: packs of style vectors, one row for each phoneme count, and blends of them.

mod archive;
mod file;
mod npy;
mod official;
mod pickle;
mod spec;
mod torch;

pub use file::VoiceFormat;
pub use official::{Gender, VoiceFacts};
pub use spec::VoiceSpec;

use crate::tensor::Matrix;

/// A pack `[rows, 2·style_dim]`: row `r` is the style for a string of `r + 1` phonemes, its first half the decoder's
/// style, its second half the predictor's.
#[derive(Debug, Clone, PartialEq)]
pub struct Voice {
    pack: Matrix,
}

impl Voice {
    /// From a pack `[rows, 2·style_dim]`.
    ///
    /// # Panics
    /// If the pack has no rows.
    pub fn new(pack: Matrix) -> Self {
        assert!(pack.rows() > 0, "a voice pack without rows");
        Self { pack }
    }

    /// The pack.
    pub fn pack(&self) -> &Matrix {
        &self.pack
    }

    /// The style for a phoneme string of `code_points` code points, counted before unknown ones are dropped: row
    /// `code_points − 1`, clamped to the pack.
    pub fn style(&self, code_points: usize) -> &[f32] {
        self.pack.row(code_points.saturating_sub(1).min(self.pack.rows() - 1))
    }

    /// `Σ wᵢ·Vᵢ / Σ wᵢ`.
    ///
    /// # Panics
    /// If there is no voice, the packs differ in shape, or the weights do not sum to a positive number.
    pub fn blend(parts: &[(&Voice, f64)]) -> Voice {
        let total: f64 = parts.iter().map(|(_, w)| w).sum();
        assert!(total > 0.0 && total.is_finite(), "blend: weights sum to {total}");
        let (first, _) = parts[0];
        let shape = (first.pack.rows(), first.pack.cols());
        assert!(
            parts.iter().all(|(v, _)| (v.pack.rows(), v.pack.cols()) == shape),
            "blend: packs differ in shape"
        );
        let mut sums = vec![0.0f64; first.pack.data().len()];
        for (voice, weight) in parts {
            let weight = weight / total;
            sums.iter_mut().zip(voice.pack.data()).for_each(|(s, &v)| *s += weight * f64::from(v));
        }
        Voice::new(Matrix::from_vec(shape.0, shape.1, sums.into_iter().map(|s| s as f32).collect()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn constant(value: f32) -> Voice {
        Voice::new(Matrix::from_vec(3, 2, vec![value; 6]))
    }

    #[test]
    fn style_rows_are_clamped_to_the_pack() {
        let voice = Voice::new(Matrix::from_vec(3, 1, vec![10.0, 11.0, 12.0]));
        let rows: Vec<f32> = [0, 1, 2, 3, 4, 900].iter().map(|&n| voice.style(n)[0]).collect();
        assert_eq!(rows, [10.0, 10.0, 11.0, 12.0, 12.0, 12.0]);
    }

    #[test]
    fn blends_are_normalised() {
        let blend = Voice::blend(&[(&constant(1.0), 3.0), (&constant(5.0), 1.0)]);
        assert_eq!(blend, constant(2.0));
    }
}
