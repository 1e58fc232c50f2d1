//! A convolution's sums on their way out: bias, residual, scale, and the statistics of what is stored.

use crate::arch::simd::Simd;
use crate::dispatch::half::{BandStatistics, Finish};

/// Vectors of channels that go through all rows together: whole cache lines.
const VECTORS: usize = 2;

/// See [`crate::Kernels::finish_rows`].
#[inline(always)]
pub(crate) fn finish<S: Simd>(
    s: S,
    sums: &[f32],
    sums_stride: usize,
    how: &Finish<'_>,
    out: &mut [&mut [f32]],
    statistics: Option<&mut BandStatistics>,
) {
    match (how.residual.is_some(), how.accumulate) {
        (false, false) => columns::<S, false, false>(s, sums, sums_stride, how, out, statistics),
        (false, true) => columns::<S, false, true>(s, sums, sums_stride, how, out, statistics),
        (true, false) => columns::<S, true, false>(s, sums, sums_stride, how, out, statistics),
        (true, true) => columns::<S, true, true>(s, sums, sums_stride, how, out, statistics),
    }
}

/// Vectors from `values[at]` on.
///
/// # Safety
/// There must be as many values.
#[inline(always)]
unsafe fn load<S: Simd>(s: S, values: &[f32], at: usize) -> [S::V; VECTORS] {
    let mut vectors = [s.splat(0.0); VECTORS];
    for (v, vector) in vectors.iter_mut().enumerate() {
        // SAFETY: the caller vouches for it.
        *vector = unsafe { s.load(values.as_ptr().add(at + v * S::LANES)) };
    }
    vectors
}

#[inline(always)]
fn columns<S: Simd, const RESIDUAL: bool, const ACCUMULATE: bool>(
    s: S,
    sums: &[f32],
    sums_stride: usize,
    how: &Finish<'_>,
    out: &mut [&mut [f32]],
    statistics: Option<&mut BandStatistics>,
) {
    let cols = how.bias.len();
    let (residual, residual_stride) = how.residual.unwrap_or((&[], 0));
    let block = VECTORS * S::LANES;
    let whole = cols / block * block;
    let scalar = |r: usize, c: usize, y: f32| {
        let residual = if RESIDUAL { residual[r * residual_stride + c] } else { 0.0 };
        let old = if ACCUMULATE { y } else { 0.0 };
        (old + (sums[r * sums_stride + c] + how.bias[c] + residual)) * how.scale
    };
    let mut statistics = statistics;
    if let Some(statistics) = statistics.as_deref_mut()
        && statistics.count == 0
        && let Some(first) = out.first()
    {
        for c in 0..cols {
            statistics.pivot[c] = scalar(0, c, first[c]);
        }
    }
    let scale = s.splat(how.scale);
    for c in (0..whole).step_by(block) {
        // SAFETY: every row of `out`, `sums` and the residual has `cols` values from its start, and the vectors of the
        // statistics too (checked by `Kernels::finish_rows`); `c + block ≤ whole ≤ cols`.
        unsafe {
            let bias = load(s, how.bias, c);
            let (pivot, mut sum, mut squares) = match statistics.as_deref() {
                Some(t) => (load(s, &t.pivot, c), load(s, &t.sum, c), load(s, &t.squares, c)),
                None => ([scale; VECTORS], [scale; VECTORS], [scale; VECTORS]),
            };
            for (r, row) in out.iter_mut().enumerate() {
                for v in 0..VECTORS {
                    let p = row.as_mut_ptr().add(c + v * S::LANES);
                    let mut y = s.add(s.load(sums.as_ptr().add(r * sums_stride + c + v * S::LANES)), bias[v]);
                    if RESIDUAL {
                        y = s.add(y, s.load(residual.as_ptr().add(r * residual_stride + c + v * S::LANES)));
                    }
                    if ACCUMULATE {
                        y = s.add(s.load(p), y);
                    }
                    let y = s.mul(y, scale);
                    s.store(p, y);
                    let d = s.sub(y, pivot[v]);
                    sum[v] = s.add(sum[v], d);
                    squares[v] = s.fma(d, d, squares[v]);
                }
            }
            if let Some(t) = statistics.as_deref_mut() {
                for v in 0..VECTORS {
                    s.store(t.sum.as_mut_ptr().add(c + v * S::LANES), sum[v]);
                    s.store(t.squares.as_mut_ptr().add(c + v * S::LANES), squares[v]);
                }
            }
        }
    }
    for c in whole..cols {
        for (r, row) in out.iter_mut().enumerate() {
            row[c] = scalar(r, c, row[c]);
            if let Some(t) = statistics.as_deref_mut() {
                let d = row[c] - t.pivot[c];
                t.sum[c] += d;
                t.squares[c] += d * d;
            }
        }
    }
    if let Some(t) = statistics {
        t.count += out.len();
    }
}
