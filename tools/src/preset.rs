//! The sizes of the models that can be made.

use std::fmt;
use std::str::FromStr;

/// Sizes of a Kokoro. Names follow upstream's `config.json`; what is the same in every Kokoro is a constant here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Preset {
    /// What the command line calls it.
    pub name: &'static str,
    /// ALBERT's hidden size.
    pub albert_hidden: usize,
    /// ALBERT's feed-forward size.
    pub albert_intermediate: usize,
    /// ALBERT's attention heads.
    pub albert_heads: usize,
    /// Passes over ALBERT's one stored layer.
    pub albert_passes: usize,
    /// Channels of the text half, `hidden_dim`.
    pub hidden: usize,
    /// Channels inside the decoder.
    pub inner: usize,
    /// Channels of the text joined to every decoder block.
    pub asr_res: usize,
    /// Channels that enter the generator, `upsample_initial_channel`; each stage halves them.
    pub generator: usize,
}

/// Vocabulary size, the unused ids included.
pub const N_TOKEN: usize = 178;
/// Tokens an utterance may have, boundary zeros included.
pub const POSITIONS: usize = 512;
/// ALBERT's embedding width.
pub const ALBERT_EMBEDDING: usize = 128;
/// Length of each half of a style vector.
pub const STYLE: usize = 128;
/// Duration logits a token.
pub const MAX_DURATION: usize = 50;
/// Layers of the duration encoder, and convolutions of the text encoder.
pub const TEXT_LAYERS: usize = 3;
/// Taps of the text encoder's convolutions.
pub const TEXT_KERNEL: usize = 5;
/// Residual blocks of the F0 branch and of the energy branch.
pub const PROSODY_BLOCKS: usize = 3;
/// Residual blocks of the decoder after the first.
pub const DECODER_BLOCKS: usize = 4;
/// Strides and taps of the generator's upsampling.
pub const UPSAMPLES: [(usize, usize); 2] = [(10, 20), (6, 12)];
/// Taps of the residual blocks of each stage.
pub const RES_KERNELS: [usize; 3] = [3, 7, 11];
/// Taps of the residual block behind each stage's noise convolution.
pub const NOISE_RES_KERNELS: [usize; 2] = [7, 11];
/// Dilations within a residual block.
pub const DILATIONS: [usize; 3] = [1, 3, 5];
/// Samples of an STFT frame.
pub const N_FFT: usize = 20;
/// Samples from one STFT frame to the next.
pub const HOP: usize = 5;
/// Frequencies of an STFT frame.
pub const BINS: usize = N_FFT / 2 + 1;
/// Taps of the generator's last convolution.
pub const POST_KERNEL: usize = 7;
/// Harmonics of the source, the fundamental included.
pub const HARMONICS: usize = 9;

impl Preset {
    /// hexgrad/Kokoro-82M.
    pub const FULL: Self = Self {
        name: "82m",
        albert_hidden: 768,
        albert_intermediate: 2048,
        albert_heads: 12,
        albert_passes: 12,
        hidden: 512,
        inner: 1024,
        asr_res: 64,
        generator: 512,
    };

    /// The same architecture, narrow enough for a test.
    pub const TINY: Self = Self {
        name: "tiny",
        albert_hidden: 96,
        albert_intermediate: 128,
        albert_heads: 4,
        albert_passes: 3,
        hidden: 64,
        inner: 128,
        asr_res: 16,
        generator: 64,
    };

    /// Every preset.
    pub const ALL: [Self; 2] = [Self::FULL, Self::TINY];

    /// Product of the strides still to come after stage `stage`: the rate at which it needs the source's spectrum.
    pub fn noise_stride(stage: usize) -> usize {
        UPSAMPLES[stage + 1..].iter().map(|(stride, _)| stride).product()
    }

    /// Taps of stage `stage`'s noise convolution.
    pub fn noise_kernel(stage: usize) -> usize {
        match Self::noise_stride(stage) {
            1 => 1,
            stride => 2 * stride,
        }
    }
}

impl FromStr for Preset {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        Self::ALL
            .into_iter()
            .find(|preset| preset.name == name)
            .ok_or_else(|| format!("expected {}", Self::ALL.map(|p| p.name).join(" or ")))
    }
}

impl fmt::Display for Preset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name)
    }
}
