//! The residual block of the decoder and of the prosody branches. Source: `AdainResBlk1d`, kokoro/istftnet.py.

use std::f32::consts::FRAC_1_SQRT_2;

use kokoro_kernels::Kernels;
use rayon::prelude::*;

use super::weights::Scope;
use crate::error::ModelError;
use crate::ops::ada_in::{AdaIn1d, StyledNorm};
use crate::ops::conv1d::{Conv1d, ConvShape, Epilogue, Prologue};
use crate::ops::feature::View;
use crate::ops::moments::Moments;
use crate::tensor::Matrix;

const SLOPE: f32 = 0.2;
const TASK_ROWS: usize = 64;

/// `(residual(x) + shortcut(x)) / √2`, doubling the length if the block has a pool.
#[derive(Debug)]
pub(super) struct AdainResBlk1d {
    norm1: AdaIn1d,
    conv1: Conv1d,
    norm2: AdaIn1d,
    conv2: Conv1d,
    shortcut: Option<Conv1d>,
    pool: Option<Pool>,
    kernels: &'static Kernels,
}

/// Depthwise transposed convolution of three taps that doubles the length.
#[derive(Debug)]
struct Pool {
    /// `[3][channels]`.
    taps: [Vec<f32>; 3],
    bias: Vec<f32>,
}

impl AdainResBlk1d {
    /// `upsample`: whether the block doubles the length.
    pub(super) fn load(
        scope: &Scope<'_>,
        in_channels: usize,
        out_channels: usize,
        style: usize,
        upsample: bool,
    ) -> Result<Self, ModelError> {
        let shape = |in_channels: usize, kernel_size: usize| ConvShape {
            in_channels,
            out_channels,
            kernel_size,
            stride: 1,
            padding: (kernel_size - 1) / 2,
            dilation: 1,
        };
        Ok(Self {
            norm1: scope.ada_in("norm1_", "", in_channels, style)?,
            conv1: scope.normalised_conv1d("conv1_weight", "conv1_bias", shape(in_channels, 3))?,
            norm2: scope.ada_in("norm2_", "", out_channels, style)?,
            conv2: scope.normalised_conv1d("conv2_weight", "conv2_bias", shape(out_channels, 3))?,
            shortcut: (in_channels != out_channels)
                .then(|| scope.conv1d("conv1x1_weight", None, shape(in_channels, 1)))
                .transpose()?,
            pool: upsample.then(|| Pool::load(scope, in_channels)).transpose()?,
            kernels: scope.kernels(),
        })
    }

    /// `x`: `[len, in_channels]`; returns `[len or 2·len, out_channels]`.
    pub(super) fn forward(&self, x: &Matrix, style: &[f32]) -> Matrix {
        let norm1 = self.norm1.prepare(&Moments::of(self.kernels, x), style);
        let out_channels = self.conv2.shape().out_channels;
        let rows = if self.pool.is_some() { 2 * x.rows() } else { x.rows() };
        let mut hidden = Matrix::zeros(rows, out_channels);
        let moments = match &self.pool {
            None => {
                let prologue = Prologue::AdaInLeakyRelu(&norm1, SLOPE);
                self.conv1.forward_with_moments(x, prologue, Epilogue::default(), &mut hidden)
            }
            Some(pool) => {
                let doubled = pool.forward(self.kernels, x, &norm1);
                self.conv1.forward_with_moments(
                    &doubled,
                    Prologue::Identity,
                    Epilogue::default(),
                    &mut hidden,
                )
            }
        };
        let norm2 = self.norm2.prepare(&moments, style);
        // A 1×1 convolution commutes with repeating each step, so it runs at the lower rate.
        let projected = self.shortcut.as_ref().map(|conv| conv.forward(x, Prologue::Identity));
        let shortcut = projected.as_ref().unwrap_or(x);
        let repeated = self.pool.as_ref().map(|_| {
            let twice: Vec<usize> = (0..rows).map(|t| t / 2).collect();
            shortcut.gather(&twice)
        });
        let epilogue = Epilogue {
            residual: Some(View::of(repeated.as_ref().unwrap_or(shortcut))),
            scale: FRAC_1_SQRT_2,
            ..Epilogue::default()
        };
        let mut out = Matrix::zeros(rows, out_channels);
        self.conv2.forward_into(&hidden, Prologue::AdaInLeakyRelu(&norm2, SLOPE), epilogue, &mut out);
        out
    }
}

impl Pool {
    fn load(scope: &Scope<'_>, channels: usize) -> Result<Self, ModelError> {
        let w = scope.values("pool_weight", &[channels, 1, 3])?;
        Ok(Self {
            taps: std::array::from_fn(|k| w.iter().skip(k).step_by(3).copied().collect()),
            bias: scope.values("pool_bias", &[channels])?,
        })
    }

    /// Normalises, activates, then doubles the length: `y[2i] = b + w₁·r[i]`, `y[2i+1] = b + w₂·r[i] + w₀·r[i+1]`.
    fn forward(&self, kernels: &Kernels, x: &Matrix, norm: &StyledNorm) -> Matrix {
        let mut r = Matrix::zeros(x.rows(), x.cols());
        for t in 0..x.rows() {
            kernels.adain_leaky_relu(x.row(t), &norm.view(), SLOPE, r.row_mut(t));
        }
        let channels = x.cols();
        let mut out = Matrix::zeros(2 * x.rows(), channels);
        out.data_mut().par_chunks_mut(2 * channels * TASK_ROWS).enumerate().for_each(|(task, rows)| {
            for (i, pair) in rows.chunks_exact_mut(2 * channels).enumerate() {
                let t = task * TASK_ROWS + i;
                let (even, odd) = pair.split_at_mut(channels);
                let here = r.row(t);
                let next = (t + 1 < r.rows()).then(|| r.row(t + 1));
                for c in 0..channels {
                    even[c] = self.bias[c] + self.taps[1][c] * here[c];
                    odd[c] = self.bias[c] + self.taps[2][c] * here[c];
                    if let Some(next) = next {
                        odd[c] += self.taps[0][c] * next[c];
                    }
                }
            }
        });
        out
    }
}
