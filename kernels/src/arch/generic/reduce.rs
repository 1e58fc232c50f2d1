//! Sums over rows and columns, and what is built on them.

use super::math;
use crate::arch::simd::Simd;

/// `Σ (x − about)^power` for power 1 or 2: one vector of partial sums, then the tail.
#[inline(always)]
fn moment<S: Simd, const POWER: u32>(s: S, x: &[f32], about: f32) -> f32 {
    let whole = x.len() / S::LANES * S::LANES;
    let (mut sum, center) = (s.splat(0.0), s.splat(about));
    for i in (0..whole).step_by(S::LANES) {
        // SAFETY: `i + LANES ≤ whole ≤ x.len()`.
        let d = s.sub(unsafe { s.load(x.as_ptr().add(i)) }, center);
        sum = if POWER == 2 { s.fma(d, d, sum) } else { s.add(sum, d) };
    }
    x[whole..].iter().fold(s.sum(sum), |sum, &x| sum + (x - about).powi(POWER as i32))
}

/// See [`crate::Kernels::softmax`].
#[inline(always)]
pub(crate) fn softmax<S: Simd>(s: S, x: &mut [f32]) {
    let whole = x.len() / S::LANES * S::LANES;
    let mut peaks = s.splat(f32::NEG_INFINITY);
    for i in (0..whole).step_by(S::LANES) {
        // SAFETY: `i + LANES ≤ whole ≤ x.len()`.
        peaks = s.max(peaks, unsafe { s.load(x.as_ptr().add(i)) });
    }
    let peak = x[whole..].iter().fold(s.max_lane(peaks), |a, &b| a.max(b));
    for i in (0..whole).step_by(S::LANES) {
        // SAFETY: `i + LANES ≤ whole ≤ x.len()`.
        unsafe {
            let p = x.as_mut_ptr().add(i);
            s.store(p, math::exp(s, s.sub(s.load(p), s.splat(peak))));
        }
    }
    x[whole..].iter_mut().for_each(|x| *x = (*x - peak).exp());
    let total = moment::<S, 1>(s, x, 0.0);
    x.iter_mut().for_each(|x| *x /= total);
}

/// See [`crate::Kernels::layer_norm`]. Two passes: the mean, then the deviations from it.
#[inline(always)]
pub(crate) fn layer_norm<S: Simd>(s: S, x: &mut [f32], gamma: &[f32], beta: &[f32], eps: f32) {
    let n = x.len() as f32;
    let mean = moment::<S, 1>(s, x, 0.0) / n;
    let variance = moment::<S, 2>(s, x, mean) / n;
    let rstd = 1.0 / (variance + eps).sqrt();
    for ((x, g), b) in x.iter_mut().zip(gamma).zip(beta) {
        *x = (*x - mean) * rstd * g + b;
    }
}

/// See [`crate::Kernels::column_sums`].
#[inline(always)]
pub(crate) fn column_sums<S: Simd>(s: S, x: &[f32], stride: usize, sums: &mut [f32]) {
    let whole = sums.len() / S::LANES * S::LANES;
    for row in x.chunks_exact(stride) {
        for j in (0..whole).step_by(S::LANES) {
            // SAFETY: `j + LANES ≤ whole ≤ sums.len() ≤ stride`, the row's length.
            unsafe {
                let p = sums.as_mut_ptr().add(j);
                s.store(p, s.add(s.load(p), s.load(row.as_ptr().add(j))));
            }
        }
        sums[whole..].iter_mut().zip(&row[whole..]).for_each(|(s, x)| *s += x);
    }
}

/// See [`crate::Kernels::column_square_deviations`].
#[inline(always)]
pub(crate) fn column_square_deviations<S: Simd>(
    s: S,
    x: &[f32],
    stride: usize,
    mean: &[f32],
    sums: &mut [f32],
) {
    let whole = sums.len() / S::LANES * S::LANES;
    for row in x.chunks_exact(stride) {
        for j in (0..whole).step_by(S::LANES) {
            // SAFETY: `j + LANES ≤ whole ≤ sums.len() ≤ stride`, the row's length; `mean` is as long as `sums`.
            unsafe {
                let p = sums.as_mut_ptr().add(j);
                let d = s.sub(s.load(row.as_ptr().add(j)), s.load(mean.as_ptr().add(j)));
                s.store(p, s.fma(d, d, s.load(p)));
            }
        }
        for ((s, x), m) in sums[whole..].iter_mut().zip(&row[whole..]).zip(&mean[whole..]) {
            *s += (x - m) * (x - m);
        }
    }
}

/// See [`crate::Kernels::weighted_row_sum`].
#[inline(always)]
pub(crate) fn weighted_row_sum<S: Simd>(s: S, weights: &[f32], x: &[f32], stride: usize, out: &mut [f32]) {
    /// Columns of four vectors share each weight's broadcast.
    const SUMS: usize = 4;
    let block = SUMS * S::LANES;
    let whole = out.len() / block * block;
    for j in (0..whole).step_by(block) {
        let mut sums = [s.splat(0.0); SUMS];
        for (i, &w) in weights.iter().enumerate() {
            let w = s.splat(w);
            for (v, sum) in sums.iter_mut().enumerate() {
                // SAFETY: row `i` holds `out.len()` values (checked by the table) and `j + block ≤ out.len()`.
                let x = unsafe { s.load(x.as_ptr().add(i * stride + j + v * S::LANES)) };
                *sum = s.fma(w, x, *sum);
            }
        }
        for (v, sum) in sums.into_iter().enumerate() {
            // SAFETY: `j + block ≤ out.len()`.
            unsafe { s.store(out.as_mut_ptr().add(j + v * S::LANES), sum) }
        }
    }
    crate::scalar::weighted_row_sum(weights, x.get(whole..).unwrap_or(&[]), stride, &mut out[whole..]);
}
