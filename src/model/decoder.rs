//! The decoder: aligned text, pitch and energy to the generator's features. Source: `Decoder`, kokoro/istftnet.py.

use super::config::Config;
use super::residual::AdainResBlk1d;
use super::trace::{Trace, tap};
use super::weights::Scope;
use crate::error::ModelError;
use crate::ops::conv1d::{Conv1d, ConvShape, Prologue};
use crate::tensor::Matrix;

/// Everything of `decoder` before the generator.
#[derive(Debug)]
pub(super) struct Decoder {
    f0_conv: Conv1d,
    n_conv: Conv1d,
    asr_res: Conv1d,
    encode: AdainResBlk1d,
    decode: Vec<AdainResBlk1d>,
}

impl Decoder {
    /// Also returns the channels of the result.
    pub(super) fn load(scope: &Scope<'_>, config: &Config) -> Result<(Self, usize), ModelError> {
        let (hidden, style) = (config.hidden, config.style_dim);
        let curve =
            ConvShape { in_channels: 1, out_channels: 1, kernel_size: 3, stride: 2, padding: 1, dilation: 1 };
        let [asr_channels, _, _] = scope.shape("asr_conv_weight")?;
        let [inner, _, _] = scope.child("encoder_block").shape("conv1_weight")?;
        let asr = ConvShape {
            in_channels: hidden,
            out_channels: asr_channels,
            kernel_size: 1,
            stride: 1,
            padding: 0,
            dilation: 1,
        };
        let mut channels = inner;
        let mut decode = Vec::with_capacity(config.decoder_blocks);
        for i in 0..config.decoder_blocks {
            let scope = scope.child("decoder_blocks").child(i);
            let [out, _, _] = scope.shape("conv1_weight")?;
            // Text, pitch and energy are joined to every block's input; only the last block doubles the length.
            let last = i + 1 == config.decoder_blocks;
            decode.push(AdainResBlk1d::load(&scope, channels + asr_channels + 2, out, style, last)?);
            channels = out;
        }
        let decoder = Self {
            f0_conv: scope.exact().conv1d("f0_conv_weight", Some("f0_conv_bias"), curve)?,
            n_conv: scope.exact().conv1d("n_conv_weight", Some("n_conv_bias"), curve)?,
            asr_res: scope.exact().conv1d("asr_conv_weight", Some("asr_conv_bias"), asr)?,
            encode: AdainResBlk1d::load(&scope.child("encoder_block"), hidden + 2, inner, style, false)?,
            decode,
        };
        Ok((decoder, channels))
    }

    /// `asr`: `[frames, hidden]`; `f0_hz`, `n`: two values a frame. Returns `[2·frames, channels]`.
    pub(super) fn forward(
        &self,
        asr: &Matrix,
        f0_hz: &[f32],
        n: &[f32],
        style: &[f32],
        trace: &mut dyn Trace,
    ) -> Matrix {
        let curve = |values: &[f32]| Matrix::from_vec(values.len(), 1, values.to_vec());
        let mut f0 = self.f0_conv.forward(&curve(f0_hz), Prologue::Identity);
        tap(trace, "f0_conv", None, &mut f0);
        let mut n = self.n_conv.forward(&curve(n), Prologue::Identity);
        tap(trace, "n_conv", None, &mut n);
        let mut x = self.encode.forward(&Matrix::concat_columns(&[asr, &f0, &n]), style);
        tap(trace, "decoder.encode", None, &mut x);
        let mut asr_res = self.asr_res.forward(asr, Prologue::Identity);
        tap(trace, "asr_res", None, &mut asr_res);
        for (i, block) in self.decode.iter().enumerate() {
            x = block.forward(&Matrix::concat_columns(&[&x, &asr_res, &f0, &n]), style);
            tap(trace, "decoder.decode", Some(i), &mut x);
        }
        x
    }
}
