//! Voices: packs of style vectors, one row for each phoneme count, and blends of them.

use crate::error::{Error, Result};
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

/// A voice as a user writes it: one name, or names with weights such as `af_heart:0.7+am_adam:0.3`.
#[derive(Debug, Clone, PartialEq)]
pub struct VoiceSpec {
    parts: Vec<(String, f64)>,
}

impl VoiceSpec {
    /// Reads a specification. A name without a weight counts 1; weights need not sum to 1, they are normalised.
    ///
    /// # Errors
    /// [`Error::BadVoice`] for an empty name, and a weight that is no number, negative, not finite, or zero in all parts.
    pub fn parse(spec: &str) -> Result<Self> {
        let bad = |reason: String| Error::BadVoice { spec: spec.to_owned(), reason };
        let mut parts = Vec::new();
        for part in spec.split('+') {
            let (name, weight) = match part.split_once(':') {
                None => (part.trim(), 1.0),
                Some((name, weight)) => {
                    let weight = weight.trim();
                    let value = weight
                        .parse::<f64>()
                        .map_err(|_| bad(format!("weight {weight:?} is not a number")))?;
                    (name.trim(), value)
                }
            };
            if name.is_empty() {
                return Err(bad("expected a name, or name:weight joined by +".into()));
            }
            if !weight.is_finite() || weight < 0.0 {
                return Err(bad(format!("weight of {name} is {weight}, expected a number of 0 or more")));
            }
            parts.push((name.to_owned(), weight));
        }
        let total: f64 = parts.iter().map(|(_, w)| w).sum();
        if total <= 0.0 || !total.is_finite() {
            return Err(bad(format!("weights sum to {total}, expected more than 0")));
        }
        Ok(Self { parts })
    }

    /// Names and weights, in the order written.
    pub fn parts(&self) -> impl ExactSizeIterator<Item = (&str, f64)> {
        self.parts.iter().map(|(name, weight)| (name.as_str(), *weight))
    }

    /// The first voice named: it decides the language where none is given.
    pub fn first(&self) -> &str {
        &self.parts[0].0
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

    #[test]
    fn specifications_are_read_and_refused() {
        let parts = |s: &str| VoiceSpec::parse(s).map(|v| v.parts);
        assert_eq!(parts("af_heart").unwrap(), [("af_heart".to_owned(), 1.0)]);
        assert_eq!(parts("a:0.7 + b:0.3").unwrap(), [("a".to_owned(), 0.7), ("b".to_owned(), 0.3)]);
        for bad in ["", "a+", ":1", "a:x", "a:-1", "a:NaN", "a:inf", "a:0", "a:0+b:0", "a:1e308+b:1e308"] {
            assert!(matches!(parts(bad), Err(Error::BadVoice { .. })), "{bad:?}");
        }
    }
}
