//! ALBERT: one transformer layer, passed through several times. Source: `CustomAlbert`, kokoro/modules.py.

use kokoro_kernels::Kernels;
use rayon::prelude::*;

use super::config::Config;
use super::trace::{Trace, tap};
use super::weights::Scope;
use crate::error::ModelError;
use crate::ops::attention::self_attention;
use crate::ops::linear::Linear;
use crate::tensor::{Matrix, Weight};

/// transformers' `layer_norm_eps` for ALBERT; below f32's resolution, and kept.
const EPS: f32 = 1e-12;

/// Rows of an element-wise task.
const TASK_ROWS: usize = 32;

/// The phoneme-level language model: token ids to `[tokens, albert_hidden]`.
#[derive(Debug)]
pub(super) struct Albert {
    token: Weight,
    position: Weight,
    token_type: Vec<f32>,
    norm: LayerNorm,
    mapping: Linear,
    layer: AlbertLayer,
    passes: usize,
}

#[derive(Debug)]
struct AlbertLayer {
    query: Linear,
    key: Linear,
    value: Linear,
    dense: Linear,
    attention_norm: LayerNorm,
    ffn: Linear,
    ffn_output: Linear,
    output_norm: LayerNorm,
    heads: usize,
    kernels: &'static Kernels,
}

#[derive(Debug)]
struct LayerNorm {
    gamma: Vec<f32>,
    beta: Vec<f32>,
    kernels: &'static Kernels,
}

impl LayerNorm {
    fn load(scope: &Scope<'_>, name: &str, len: usize) -> Result<Self, ModelError> {
        Ok(Self {
            gamma: scope.values(name, &[len])?,
            beta: scope.values(&format!("{name}_bias"), &[len])?,
            kernels: scope.kernels(),
        })
    }

    fn apply(&self, x: &mut Matrix) {
        let cols = x.cols();
        x.data_mut().par_chunks_mut(TASK_ROWS * cols).for_each(|rows| {
            for row in rows.chunks_exact_mut(cols) {
                self.kernels.layer_norm(row, &self.gamma, &self.beta, EPS);
            }
        });
    }
}

impl Albert {
    pub(super) fn load(scope: &Scope<'_>, config: &Config) -> Result<Self, ModelError> {
        let (embedding, hidden) = (config.albert_embedding, config.albert_hidden);
        let [positions, _] = scope.shape("position_embd")?;
        Ok(Self {
            token: scope.matrix("token_embd", config.n_token, embedding)?,
            position: scope.matrix("position_embd", positions, embedding)?,
            token_type: scope.values("token_type_embd", &[embedding])?,
            norm: LayerNorm::load(scope, "norm", embedding)?,
            mapping: scope.linear("embd", hidden, embedding)?,
            layer: AlbertLayer::load(&scope.child("layer").child(0), config)?,
            passes: config.albert_passes,
        })
    }

    /// Returns `[tokens, albert_hidden]`. Ids must be below the vocabulary's size, and not more than the positions.
    pub(super) fn forward(&self, token_ids: &[u32], trace: &mut dyn Trace) -> Matrix {
        let mut x = Matrix::zeros(token_ids.len(), self.token.cols());
        let mut position = vec![0.0; self.token.cols()];
        for (i, &id) in token_ids.iter().enumerate() {
            self.token.decode_row(id as usize, x.row_mut(i));
            self.position.decode_row(i, &mut position);
            for ((x, p), t) in x.row_mut(i).iter_mut().zip(&position).zip(&self.token_type) {
                *x += p + t;
            }
        }
        self.norm.apply(&mut x);
        let mut x = self.mapping.forward(&x);
        tap(trace, "albert_embedding", None, &mut x);
        let mut buffers = Buffers::new(&self.layer, x.rows());
        for _ in 0..self.passes {
            self.layer.forward(&mut x, &mut buffers);
        }
        tap(trace, "albert", None, &mut x);
        x
    }
}

impl AlbertLayer {
    fn load(scope: &Scope<'_>, config: &Config) -> Result<Self, ModelError> {
        let (hidden, inner) = (config.albert_hidden, config.albert_intermediate);
        Ok(Self {
            query: scope.packed_linear("q", hidden, hidden)?,
            key: scope.packed_linear("k", hidden, hidden)?,
            value: scope.packed_linear("v", hidden, hidden)?,
            dense: scope.packed_linear("o", hidden, hidden)?,
            // The converter's names read backwards: `ffn_norm` follows the attention, `attn_norm` the FFN.
            attention_norm: LayerNorm::load(scope, "ffn_norm", hidden)?,
            ffn: scope.packed_linear("ffn", inner, hidden)?,
            ffn_output: scope.packed_linear("ffn_out", hidden, inner)?,
            output_norm: LayerNorm::load(scope, "attn_norm", hidden)?,
            heads: config.albert_heads,
            kernels: scope.kernels(),
        })
    }

    fn forward(&self, x: &mut Matrix, buffers: &mut Buffers) {
        let Buffers { query, key, value, context, inner, change } = buffers;
        Linear::forward_all([&self.query, &self.key, &self.value], x, [&mut *query, key, value]);
        self_attention(self.kernels, query, key, value, self.heads, context);
        self.dense.forward_to(context, change);
        add(x, change);
        self.attention_norm.apply(x);
        self.ffn.forward_to(x, inner);
        let cols = inner.cols();
        inner.data_mut().par_chunks_mut(TASK_ROWS * cols).for_each(|rows| self.kernels.gelu(rows));
        self.ffn_output.forward_to(inner, change);
        add(x, change);
        self.output_norm.apply(x);
    }
}

/// What one pass computes, in memory that the next one uses again; `[tokens, …]`.
struct Buffers {
    query: Matrix,
    key: Matrix,
    value: Matrix,
    context: Matrix,
    inner: Matrix,
    change: Matrix,
}

impl Buffers {
    fn new(layer: &AlbertLayer, rows: usize) -> Self {
        let like = |linear: &Linear| Matrix::zeros(rows, linear.out_features());
        Self {
            query: like(&layer.query),
            key: like(&layer.key),
            value: like(&layer.value),
            context: like(&layer.value),
            inner: like(&layer.ffn),
            change: like(&layer.dense),
        }
    }
}

fn add(a: &mut Matrix, b: &Matrix) {
    let task = TASK_ROWS * a.cols();
    a.data_mut().par_chunks_mut(task).zip(b.data().par_chunks(task)).for_each(|(a, b)| {
        a.iter_mut().zip(b).for_each(|(a, b)| *a += b);
    });
}
