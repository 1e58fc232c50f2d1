//! The reference for every kernel: plain loops and the standard library's functions. Always built, never tuned.

use half::{bf16, f16};

use crate::bf16::{Line, STEP, from_f32, lines, to_f32};
use crate::dispatch::half::{Activation, BandStatistics, Finish, Prepare, RowsMut, Snake, Values};
use crate::dispatch::{ChannelAffine, Kernels, WeightRows};
use crate::quantize::dequantize_row;
use crate::{GEMV_PANEL_WIDTH, Isa, toom_cook};

pub mod elementary;
pub mod integer;

/// Outputs a panel of [`gemm_panel`] covers.
pub const PANEL_WIDTH: usize = 16;

pub(crate) static KERNELS: Kernels = Kernels {
    isa: Isa::Scalar,
    integer: integer::TABLE,
    panel_width: PANEL_WIDTH,
    gemm_panel,
    matmul_rows,
    gemv_wide,
    widen_f16,
    widen_bf16,
    adain_snake,
    adain_leaky_relu,
    leaky_relu,
    gelu,
    exp: elementary::exp,
    sigmoid: elementary::sigmoid,
    tanh: elementary::tanh,
    sin_cos: elementary::sin_cos,
    atan2: elementary::atan2,
    softmax,
    layer_norm,
    lstm_cell,
    column_sums,
    column_square_deviations,
    weighted_row_sum,
    toom_cook_input: toom_cook::input,
    toom_cook_output: toom_cook::output,
    gemm_bf16: crate::bf16::gemm,
    prepare_bf16,
    finish_rows,
    prefetch: |_| (),
};

/// See [`Kernels::gemm_panel`].
pub fn gemm_panel(a: &[f32], row_stride: usize, rows: usize, k: usize, panel: &[f32], acc: &mut [f32]) {
    for r in 0..rows {
        for p in 0..k {
            for j in 0..PANEL_WIDTH {
                acc[r * PANEL_WIDTH + j] += a[r * row_stride + p] * panel[p * PANEL_WIDTH + j];
            }
        }
    }
}

/// See [`Kernels::matmul_rows`].
pub fn matmul_rows(w: &WeightRows<'_>, x: &[f32], x_stride: usize, m: usize, out: &mut [f32]) {
    let mut row = vec![0.0; w.k];
    for o in 0..w.n {
        dequantize_row(w.kind, &w.bytes[o * w.stride_bytes..][..w.kind.row_bytes(w.k)], &mut row);
        for i in 0..m {
            out[i * w.n + o] = row.iter().zip(&x[i * x_stride..]).map(|(w, x)| w * x).sum();
        }
    }
}

/// See [`Kernels::gemv_wide`].
pub fn gemv_wide(panels: &[f32], x: &[f32], y: &mut [f32]) {
    for (panel, y) in
        panels.chunks_exact(x.len() * GEMV_PANEL_WIDTH).zip(y.chunks_exact_mut(GEMV_PANEL_WIDTH))
    {
        for (&x, w) in x.iter().zip(panel.chunks_exact(GEMV_PANEL_WIDTH)) {
            for (y, w) in y.iter_mut().zip(w) {
                *y += x * w;
            }
        }
    }
}

/// See [`Kernels::widen_f16`].
pub fn widen_f16(src: &[u16], dst: &mut [f32]) {
    for (d, &s) in dst.iter_mut().zip(src) {
        *d = f16::from_bits(s).to_f32();
    }
}

/// See [`Kernels::widen_bf16`].
pub fn widen_bf16(src: &[u16], dst: &mut [f32]) {
    for (d, &s) in dst.iter_mut().zip(src) {
        *d = bf16::from_bits(s).to_f32();
    }
}

fn adain(x: f32, affine: &ChannelAffine<'_>, c: usize) -> f32 {
    (x - affine.mean[c]) * affine.scale[c] + affine.shift[c]
}

/// See [`Kernels::adain_snake`].
pub fn adain_snake(x: &[f32], affine: &ChannelAffine<'_>, snake: &Snake, dst: &mut [f32]) {
    for (c, (d, &x)) in dst.iter_mut().zip(x).enumerate() {
        *d = activate(adain(x, affine, c), Activation::Snake(snake), c);
    }
}

/// An activation of channel `c`.
fn activate(y: f32, activation: Activation<'_>, c: usize) -> f32 {
    match activation {
        Activation::Identity => y,
        Activation::LeakyRelu(slope) => {
            if y < 0.0 {
                y * slope
            } else {
                y
            }
        }
        Activation::Snake(snake) => y + (snake.alpha()[c] * y).sin().powi(2) / snake.alpha()[c],
    }
}

/// See [`Kernels::prepare_bf16`].
pub fn prepare_bf16(
    x: Values<'_>,
    channels: usize,
    how: &Prepare<'_>,
    dst: &mut [Line],
    mut low: Option<&mut [Line]>,
) {
    let stride = lines(channels);
    for i in 0..x.len() {
        let (r, c) = (i / channels, i % channels);
        let y = match how {
            Prepare::Plain(activation) => activate(x.get(i), *activation, c),
            Prepare::Styled(affine, activation) => activate(adain(x.get(i), affine, c), *activation, c),
        };
        let (line, at) = (r * stride + c / STEP, c % STEP);
        dst[line].0[at] = from_f32(y);
        if let Some(low) = low.as_deref_mut() {
            low[line].0[at] = from_f32(y - to_f32(dst[line].0[at]));
        }
    }
}

/// See [`Kernels::finish_rows`].
pub fn finish_rows(
    sums: &[f32],
    sums_stride: usize,
    how: &Finish<'_>,
    out: RowsMut<'_, '_>,
    statistics: Option<&mut BandStatistics>,
) {
    let finished = |r: usize, c: usize, old: f32| {
        let residual = how.residual.map_or(0.0, |(values, stride)| values.get(r * stride + c));
        let old = if how.accumulate { old } else { 0.0 };
        (old + (sums[r * sums_stride + c] + how.bias[c] + residual)) * how.scale
    };
    let mut none = BandStatistics::new(how.bias.len());
    let statistics = statistics.unwrap_or(&mut none);
    match out {
        RowsMut::F32(rows) => {
            for (r, row) in rows.iter_mut().enumerate() {
                for c in 0..how.bias.len() {
                    row[c] = finished(r, c, row[c]);
                    count(statistics, c, row[c]);
                }
                statistics.count += 1;
            }
        }
        RowsMut::Bf16(rows) => {
            for (r, row) in rows.iter_mut().enumerate() {
                for c in 0..how.bias.len() {
                    let y = finished(r, c, to_f32(row[c]));
                    row[c] = from_f32(y);
                    count(statistics, c, y);
                }
                statistics.count += 1;
            }
        }
    }
}

fn count(statistics: &mut BandStatistics, c: usize, y: f32) {
    if statistics.count == 0 {
        statistics.pivot[c] = y;
    }
    let d = y - statistics.pivot[c];
    statistics.sum[c] += d;
    statistics.squares[c] += d * d;
}

/// See [`Kernels::adain_leaky_relu`].
pub fn adain_leaky_relu(x: &[f32], affine: &ChannelAffine<'_>, slope: f32, dst: &mut [f32]) {
    for (c, (d, &x)) in dst.iter_mut().zip(x).enumerate() {
        let y = adain(x, affine, c);
        *d = if y < 0.0 { y * slope } else { y };
    }
}

/// See [`Kernels::leaky_relu`].
pub fn leaky_relu(x: &[f32], slope: f32, dst: &mut [f32]) {
    for (d, &x) in dst.iter_mut().zip(x) {
        *d = if x < 0.0 { x * slope } else { x };
    }
}

/// See [`Kernels::gelu`].
pub fn gelu(x: &mut [f32]) {
    for z in x {
        let inner = (2.0 / std::f32::consts::PI).sqrt() * (*z + 0.044715 * *z * *z * *z);
        *z = 0.5 * *z * (1.0 + inner.tanh());
    }
}

/// See [`Kernels::softmax`].
pub fn softmax(x: &mut [f32]) {
    let peak = x.iter().fold(f32::NEG_INFINITY, |a, &b| a.max(b));
    x.iter_mut().for_each(|v| *v = (*v - peak).exp());
    let sum: f32 = x.iter().sum();
    x.iter_mut().for_each(|v| *v /= sum);
}

/// See [`Kernels::layer_norm`].
pub fn layer_norm(x: &mut [f32], gamma: &[f32], beta: &[f32], eps: f32) {
    let n = x.len() as f32;
    let mean = x.iter().sum::<f32>() / n;
    let variance = x.iter().map(|v| (v - mean).powi(2)).sum::<f32>() / n;
    let rstd = 1.0 / (variance + eps).sqrt();
    for ((v, g), b) in x.iter_mut().zip(gamma).zip(beta) {
        *v = (*v - mean) * rstd * g + b;
    }
}

fn sigmoid(x: f32) -> f32 {
    1.0 / (1.0 + (-x).exp())
}

/// See [`Kernels::lstm_cell`].
pub fn lstm_cell(gates: &[f32], c: &mut [f32], h: &mut [f32]) {
    let n = h.len();
    for j in 0..n {
        let [i, f, g, o] = [gates[j], gates[n + j], gates[2 * n + j], gates[3 * n + j]];
        c[j] = sigmoid(f) * c[j] + sigmoid(i) * g.tanh();
        h[j] = sigmoid(o) * c[j].tanh();
    }
}

/// See [`Kernels::column_sums`].
pub fn column_sums(x: &[f32], stride: usize, sums: &mut [f32]) {
    for row in x.chunks(stride) {
        sums.iter_mut().zip(row).for_each(|(s, x)| *s += x);
    }
}

/// See [`Kernels::column_square_deviations`].
pub fn column_square_deviations(x: &[f32], stride: usize, mean: &[f32], sums: &mut [f32]) {
    for row in x.chunks(stride) {
        for ((s, x), m) in sums.iter_mut().zip(row).zip(mean) {
            *s += (x - m) * (x - m);
        }
    }
}

/// See [`Kernels::weighted_row_sum`].
pub fn weighted_row_sum(weights: &[f32], x: &[f32], stride: usize, out: &mut [f32]) {
    out.fill(0.0);
    for (i, w) in weights.iter().enumerate() {
        out.iter_mut().zip(&x[i * stride..]).for_each(|(o, x)| *o += w * x);
    }
}
