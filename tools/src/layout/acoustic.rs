//! The decoder and the generator.

use super::residual::{block, generator_block};
use super::text::STATE_LEVEL;
use super::{Fill, List};
use crate::preset::{
    BINS, DECODER_BLOCKS, HARMONICS, NOISE_RES_KERNELS, POST_KERNEL, Preset, RES_KERNELS, UPSAMPLES,
};

/// Taps over neighbouring values of F0 and of energy, of the kind that training gives.
const F0_TAPS: [f32; 3] = [0.5, 1.0, 0.45];
const ENERGY_TAPS: [f32; 3] = [0.4, 1.0, 0.55];
/// Weights of the harmonics, falling.
const HARMONIC_WEIGHTS: [f32; HARMONICS] = [1.08, 0.72, 0.54, 0.42, 0.36, 0.3, 0.24, 0.18, 0.12];

/// Everything of the decoder before the generator.
pub(super) fn decoder(list: &mut List, preset: &Preset) {
    let (inner, wide) = (preset.inner, preset.inner + preset.asr_res + 2);
    block(list, "decoder.encoder_block", [preset.hidden + 2, inner], STATE_LEVEL, false);
    for i in 0..DECODER_BLOCKS {
        // The last block narrows to the generator's channels and doubles the length.
        let last = i + 1 == DECODER_BLOCKS;
        let outputs = if last { preset.generator } else { inner };
        block(list, &format!("decoder.decoder_blocks.{i}"), [wide, outputs], 0.9, last);
    }
    for (name, taps) in [("f0", F0_TAPS), ("n", ENERGY_TAPS)] {
        list.bias(&format!("decoder.{name}_conv_bias"), 1);
        list.push(&format!("decoder.{name}_conv_weight"), &[1, 1, 3], Fill::Given(taps.to_vec()));
    }
    list.bias("decoder.asr_conv_bias", preset.asr_res);
    list.kernel("decoder.asr_conv_weight", [preset.asr_res, preset.hidden, 1], STATE_LEVEL, 1.0);
}

/// The generator.
pub(super) fn generator(list: &mut List, preset: &Preset) {
    let g = "decoder.generator";
    let channels = |stage: usize| preset.generator >> (stage + 1);
    list.push(&format!("{g}.m_source_weight"), &[1, HARMONICS], Fill::Given(HARMONIC_WEIGHTS.to_vec()));
    list.push(&format!("{g}.m_source_bias"), &[1], Fill::Given(vec![0.01]));
    for i in 0..UPSAMPLES.len() {
        let taps = Preset::noise_kernel(i);
        let std = 1.0 / ((BINS * taps) as f32).sqrt();
        let name = format!("{g}.noise_blocks.{i}");
        list.push(&format!("{name}.conv_weight"), &[channels(i), 2 * BINS, taps], Fill::Spectrum { std });
        list.bias(&format!("{name}.conv_bias"), channels(i));
    }
    for (i, &kernel) in NOISE_RES_KERNELS.iter().enumerate() {
        generator_block(list, &format!("{g}.noise_blocks.{i}.resblock"), channels(i), kernel);
    }
    for (i, &(stride, taps)) in UPSAMPLES.iter().enumerate() {
        let inputs = 2 * channels(i);
        list.bias(&format!("{g}.ups.{i}.bias"), channels(i));
        // Of a transposed convolution's taps one in `stride` meets each output.
        let std = 1.0 / ((inputs * taps / stride) as f32).sqrt();
        list.push(&format!("{g}.ups.{i}.weight"), &[inputs, channels(i), taps], Fill::Rows { std });
    }
    for i in 0..UPSAMPLES.len() * RES_KERNELS.len() {
        let (stage, kernel) = (i / RES_KERNELS.len(), RES_KERNELS[i % RES_KERNELS.len()]);
        generator_block(list, &format!("{g}.resblocks.{i}"), channels(stage), kernel);
    }
    list.bias(&format!("{g}.conv_post_bias"), 2 * BINS);
    let shape = [2 * BINS, channels(UPSAMPLES.len() - 1), POST_KERNEL];
    list.kernel(&format!("{g}.conv_post_weight"), shape, 1.0, 1.0);
}
