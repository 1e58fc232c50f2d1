//! The acoustic text encoder: embedding, convolutions, one LSTM. Source: `TextEncoder`, kokoro/modules.py.

use kokoro_kernels::Kernels;

use super::config::{Config, odd_kernel};
use super::trace::{Trace, tap};
use super::weights::Scope;
use crate::error::ModelError;
use crate::ops::conv1d::{Conv1d, ConvShape, Prologue};
use crate::ops::lstm::BiLstm;
use crate::tensor::{Matrix, Weight};

const EPS: f32 = 1e-5;
const SLOPE: f32 = 0.2;

/// Token ids to `[tokens, hidden]`.
#[derive(Debug)]
pub(super) struct TextEncoder {
    embedding: Weight,
    layers: Vec<Layer>,
    lstm: BiLstm,
    kernels: &'static Kernels,
}

#[derive(Debug)]
struct Layer {
    conv: Conv1d,
    gamma: Vec<f32>,
    beta: Vec<f32>,
}

impl TextEncoder {
    pub(super) fn load(scope: &Scope<'_>, config: &Config) -> Result<Self, ModelError> {
        let hidden = config.hidden;
        let layer = |i: usize| {
            let scope = scope.child("layers").child(i);
            let kernel_size = odd_kernel(&scope, "weight")?;
            let shape = ConvShape {
                in_channels: hidden,
                out_channels: hidden,
                kernel_size,
                stride: 1,
                padding: (kernel_size - 1) / 2,
                dilation: 1,
            };
            Ok(Layer {
                conv: scope.conv1d("weight", Some("bias"), shape)?,
                gamma: scope.values("gamma", &[hidden])?,
                beta: scope.values("beta", &[hidden])?,
            })
        };
        Ok(Self {
            embedding: scope.matrix("embedding_weight", config.n_token, hidden)?,
            layers: (0..config.text_encoder_layers).map(layer).collect::<Result<_, ModelError>>()?,
            lstm: scope.lstm("lstm", hidden, hidden / 2)?,
            kernels: scope.kernels(),
        })
    }

    /// Returns `[tokens, hidden]`. Ids must be below the vocabulary's size.
    pub(super) fn forward(&self, token_ids: &[u32], trace: &mut dyn Trace) -> Matrix {
        let mut x = Matrix::zeros(token_ids.len(), self.embedding.cols());
        for (i, &id) in token_ids.iter().enumerate() {
            self.embedding.decode_row(id as usize, x.row_mut(i));
        }
        for (i, layer) in self.layers.iter().enumerate() {
            let mut y = layer.conv.forward(&x, Prologue::Identity);
            for t in 0..y.rows() {
                let row = y.row_mut(t);
                self.kernels.layer_norm(row, &layer.gamma, &layer.beta, EPS);
                row.iter_mut().filter(|v| **v < 0.0).for_each(|v| *v *= SLOPE);
            }
            x = y;
            tap(trace, "text_encoder.cnn", Some(i), &mut x);
        }
        let mut t_en = self.lstm.forward(&x);
        tap(trace, "text_encoder", None, &mut t_en);
        t_en
    }
}
