//! Adaptive instance normalisation: every channel normalised over the utterance, then restyled by the voice.

use kokoro_kernels::ChannelAffine;

use super::linear::Linear;
use super::moments::Moments;

/// `AdaIN1d`, kokoro/istftnet.py: `(1 + γ)·norm(x) + β` with `γ = Wγ s + bγ`, `β = Wβ s + bβ`.
#[derive(Debug, Clone)]
pub struct AdaIn1d {
    gamma: Linear,
    beta: Linear,
}

/// What [`AdaIn1d`] does to each channel, once the statistics and the style are known; all `[channels]`.
#[derive(Debug, Clone)]
pub struct StyledNorm {
    mean: Vec<f32>,
    scale: Vec<f32>,
    shift: Vec<f32>,
}

impl AdaIn1d {
    /// `InstanceNorm1d`'s default.
    const EPS: f64 = 1e-5;

    /// From the two projections `[channels, style]`.
    pub fn new(gamma: Linear, beta: Linear) -> Self {
        Self { gamma, beta }
    }

    /// The map for features with these `moments` and for a `style` vector.
    ///
    /// # Panics
    /// If the moments have another number of channels or the style another length.
    pub fn prepare(&self, moments: &Moments, style: &[f32]) -> StyledNorm {
        assert_eq!(moments.channels(), self.gamma.out_features(), "AdaIN: channels");
        let channels = 0..moments.channels();
        let rstd = |c| 1.0 / (moments.variance(c) + Self::EPS).sqrt();
        let gamma = self.gamma.forward_vector(style);
        StyledNorm {
            mean: channels.clone().map(|c| moments.mean(c) as f32).collect(),
            scale: channels.map(|c| ((1.0 + f64::from(gamma[c])) * rstd(c)) as f32).collect(),
            shift: self.beta.forward_vector(style),
        }
    }
}

impl StyledNorm {
    /// As the kernels take it.
    pub fn view(&self) -> ChannelAffine<'_> {
        ChannelAffine { mean: &self.mean, scale: &self.scale, shift: &self.shift }
    }
}
