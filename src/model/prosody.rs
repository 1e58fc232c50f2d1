//! Durations, pitch and energy. Source: `DurationEncoder` and `ProsodyPredictor`, kokoro/modules.py.

use kokoro_kernels::Kernels;

use super::config::Config;
use super::residual::AdainResBlk1d;
use super::trace::{NoTrace, Trace, tap};
use super::weights::Scope;
use crate::error::ModelError;
use crate::ops::conv1d::{Conv1d, ConvShape, Prologue};
use crate::ops::linear::Linear;
use crate::ops::lstm::BiLstm;
use crate::tensor::Matrix;

/// `AdaLayerNorm`'s.
const EPS: f32 = 1e-5;

/// The predictor: ALBERT's states and a style to durations, and aligned states to F0 and energy.
#[derive(Debug)]
pub(super) struct ProsodyPredictor {
    encode: Linear,
    encoder: Vec<DurationEncoderLayer>,
    duration_lstm: BiLstm,
    duration_proj: Linear,
    shared: BiLstm,
    f0: Branch,
    n: Branch,
    kernels: &'static Kernels,
}

#[derive(Debug)]
struct DurationEncoderLayer {
    lstm: BiLstm,
    gamma: Linear,
    beta: Linear,
}

/// Residual blocks and a projection to one curve.
#[derive(Debug)]
struct Branch {
    blocks: Vec<AdainResBlk1d>,
    proj: Conv1d,
}

impl ProsodyPredictor {
    pub(super) fn load(scope: &Scope<'_>, config: &Config) -> Result<Self, ModelError> {
        let (hidden, style) = (config.hidden, config.style_dim);
        let (wide, half) = (hidden + style, hidden / 2);
        let layer = |i: usize| {
            let layers = scope.child("layers");
            let [gamma, beta] = layers.child(2 * i + 1).style_projection("", "", hidden, style)?;
            Ok(DurationEncoderLayer { lstm: layers.child(2 * i).lstm("lstm", wide, half)?, gamma, beta })
        };
        Ok(Self {
            encode: scope.linear("encode", hidden, config.albert_hidden)?,
            encoder: (0..config.duration_layers).map(layer).collect::<Result<_, ModelError>>()?,
            duration_lstm: scope.lstm("duration_lstm", wide, half)?,
            duration_proj: scope.linear("duration_proj", config.max_duration, hidden)?,
            shared: scope.lstm("shared_lstm", wide, half)?,
            f0: Branch::load(scope, "f0", config)?,
            n: Branch::load(scope, "n", config)?,
            kernels: scope.kernels(),
        })
    }

    /// ALBERT's states `[tokens, albert_hidden]` to the duration encoder's, `[tokens, hidden + style]`.
    pub(super) fn encode(&self, albert: &Matrix, style: &[f32], trace: &mut dyn Trace) -> Matrix {
        let mut d_en = self.encode.forward(albert);
        tap(trace, "d_en", None, &mut d_en);
        let mut x = d_en.append_to_rows(style);
        for (i, layer) in self.encoder.iter().enumerate() {
            let mut y = layer.lstm.forward(&x);
            let mut gamma = layer.gamma.forward_vector(style);
            gamma.iter_mut().for_each(|g| *g += 1.0);
            let beta = layer.beta.forward_vector(style);
            for t in 0..y.rows() {
                self.kernels.layer_norm(y.row_mut(t), &gamma, &beta, EPS);
            }
            x = y.append_to_rows(style);
            tap(trace, "duration_encoder", Some(i), &mut x);
        }
        x
    }

    /// Encoded tokens to frames a token, at least one each. `speed` divides the predicted durations.
    ///
    /// Rounds half to even, as PyTorch; there is no upper bound but the number of logits over `speed`.
    pub(super) fn durations(&self, d: &Matrix, speed: f32, trace: &mut dyn Trace) -> Vec<u32> {
        let mut states = self.duration_lstm.forward(d);
        tap(trace, "duration_lstm", None, &mut states);
        let mut logits = self.duration_proj.forward(&states);
        tap(trace, "duration_logits", None, &mut logits);
        let sum = |row: &[f32]| row.iter().map(|z| 1.0 / (1.0 + (-z).exp())).sum::<f32>();
        // A NaN becomes 0 in the cast, hence 1; the audio's own check reports it.
        let mut frames =
            logits.iter_rows().map(|row| (sum(row) / speed).round_ties_even().max(1.0) as u32).collect();
        trace.durations(&mut frames);
        frames
    }

    /// Aligned states `[frames, hidden + style]` to F0 in Hz and energy, two values a frame each.
    pub(super) fn curves(&self, en: &Matrix, style: &[f32], trace: &mut dyn Trace) -> (Vec<f32>, Vec<f32>) {
        let mut shared = self.shared.forward(en);
        tap(trace, "shared_lstm", None, &mut shared);
        if trace.allows_overlap() {
            let branch = |branch: &Branch, name| branch.forward(&shared, style, name, &mut NoTrace);
            return rayon::join(|| branch(&self.f0, "f0"), || branch(&self.n, "n"));
        }
        let f0 = self.f0.forward(&shared, style, "f0", trace);
        let n = self.n.forward(&shared, style, "n", trace);
        (f0, n)
    }
}

impl Branch {
    fn load(scope: &Scope<'_>, name: &str, config: &Config) -> Result<Self, ModelError> {
        let blocks = scope.child(format!("{name}_blocks"));
        let mut channels = config.hidden;
        let mut all = Vec::with_capacity(config.prosody_blocks);
        for i in 0..config.prosody_blocks {
            let scope = blocks.child(i);
            let [out, _, _] = scope.shape("conv1_weight")?;
            all.push(AdainResBlk1d::load(&scope, channels, out, config.style_dim, scope.has("pool_weight"))?);
            channels = out;
        }
        // The decoder expects two values a frame.
        let doublings = (0..all.len()).filter(|i| blocks.child(i).has("pool_weight")).count();
        if doublings != 1 {
            return Err(ModelError::Metadata {
                key: "kokoro.duration_predictor.f0_n_blocks".into(),
                expected: format!("one upsampling block among {name}_blocks"),
                found: format!("{doublings} of {}", all.len()),
            });
        }
        let shape = ConvShape {
            in_channels: channels,
            out_channels: 1,
            kernel_size: 1,
            stride: 1,
            padding: 0,
            dilation: 1,
        };
        let proj = scope.conv1d(&format!("{name}_proj_kernel"), Some(&format!("{name}_proj_bias")), shape)?;
        Ok(Self { blocks: all, proj })
    }

    fn forward(&self, shared: &Matrix, style: &[f32], name: &str, trace: &mut dyn Trace) -> Vec<f32> {
        let mut x: Option<Matrix> = None;
        for (i, block) in self.blocks.iter().enumerate() {
            let mut y = block.forward(x.as_ref().unwrap_or(shared), style);
            tap(trace, &format!("{name}_blocks"), Some(i), &mut y);
            x = Some(y);
        }
        let mut curve = self.proj.forward(x.as_ref().unwrap_or(shared), Prologue::Identity);
        tap(trace, name, None, &mut curve);
        curve.into_data()
    }
}
