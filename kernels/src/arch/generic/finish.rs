//! A convolution's sums on their way out: bias, residual, scale, and the statistics of what is stored.

use crate::arch::simd::{Element, Simd};
use crate::dispatch::half::{BandStatistics, Finish, RowsMut, Values};

/// Vectors of channels that go through all rows together: whole cache lines.
const VECTORS: usize = 4;

/// See [`crate::Kernels::finish_rows`].
#[inline(always)]
pub(crate) fn finish<S: Simd>(
    s: S,
    sums: &[f32],
    sums_stride: usize,
    how: &Finish<'_>,
    out: RowsMut<'_, '_>,
    statistics: Option<&mut BandStatistics>,
) {
    match out {
        RowsMut::F32(out) => typed(s, sums, sums_stride, how, out, statistics),
        RowsMut::Bf16(out) => typed(s, sums, sums_stride, how, out, statistics),
    }
}

#[inline(always)]
fn typed<S: Simd, E: Element>(
    s: S,
    sums: &[f32],
    sums_stride: usize,
    how: &Finish<'_>,
    out: &mut [&mut [E]],
    statistics: Option<&mut BandStatistics>,
) {
    let sums = Sums { values: sums, stride: sums_stride };
    match (how.residual, how.accumulate) {
        (None, false) => columns::<S, E, f32, false>(s, sums, how, None, out, statistics),
        (None, true) => columns::<S, E, f32, true>(s, sums, how, None, out, statistics),
        (Some((Values::F32(r), stride)), false) => {
            columns::<S, E, f32, false>(s, sums, how, Some((r, stride)), out, statistics);
        }
        (Some((Values::F32(r), stride)), true) => {
            columns::<S, E, f32, true>(s, sums, how, Some((r, stride)), out, statistics);
        }
        (Some((Values::Bf16(r), stride)), false) => {
            columns::<S, E, u16, false>(s, sums, how, Some((r, stride)), out, statistics);
        }
        (Some((Values::Bf16(r), stride)), true) => {
            columns::<S, E, u16, true>(s, sums, how, Some((r, stride)), out, statistics);
        }
    }
}

/// The products, row by row.
#[derive(Clone, Copy)]
struct Sums<'a> {
    values: &'a [f32],
    stride: usize,
}

/// Vectors from `values[at]` on.
///
/// # Safety
/// There must be as many values.
#[inline(always)]
unsafe fn load<S: Simd, const N: usize>(s: S, values: &[f32], at: usize) -> [S::V; N] {
    let mut vectors = [s.splat(0.0); N];
    for (v, vector) in vectors.iter_mut().enumerate() {
        // SAFETY: the caller vouches for it.
        *vector = unsafe { s.load(values.as_ptr().add(at + v * S::LANES)) };
    }
    vectors
}

#[inline(always)]
fn columns<S: Simd, E: Element, R: Element, const ACCUMULATE: bool>(
    s: S,
    sums: Sums<'_>,
    how: &Finish<'_>,
    residual: Option<(&[R], usize)>,
    out: &mut [&mut [E]],
    mut statistics: Option<&mut BandStatistics>,
) {
    let cols = how.bias.len();
    let scalar = |r: usize, c: usize, y: E| {
        let residual = residual.map_or(0.0, |(values, stride)| values[r * stride + c].to_f32());
        let old = if ACCUMULATE { y.to_f32() } else { 0.0 };
        (old + (sums.values[r * sums.stride + c] + how.bias[c] + residual)) * how.scale
    };
    if let Some(statistics) = statistics.as_deref_mut()
        && statistics.count == 0
        && let Some(first) = out.first()
    {
        for c in 0..cols {
            statistics.pivot[c] = scalar(0, c, first[c]);
        }
    }
    let mut c = 0;
    // SAFETY: every row of `out`, `sums` and the residual has `cols` values from its start, and the vectors of the
    // statistics too (checked by `Kernels::finish_rows`); the columns asked for end at or before `cols`.
    unsafe {
        while c + VECTORS * S::LANES <= cols {
            block::<S, E, R, ACCUMULATE, VECTORS>(s, sums, how, residual, out, statistics.as_deref_mut(), c);
            c += VECTORS * S::LANES;
        }
        while c + S::LANES <= cols {
            block::<S, E, R, ACCUMULATE, 1>(s, sums, how, residual, out, statistics.as_deref_mut(), c);
            c += S::LANES;
        }
    }
    for c in c..cols {
        for (r, row) in out.iter_mut().enumerate() {
            let y = scalar(r, c, row[c]);
            row[c] = E::from_f32(y);
            if let Some(t) = statistics.as_deref_mut() {
                let d = y - t.pivot[c];
                t.sum[c] += d;
                t.squares[c] += d * d;
            }
        }
    }
    if let Some(t) = statistics {
        t.count += out.len();
    }
}

/// All rows of `N` vectors of columns from `c` on.
///
/// # Safety
/// The columns exist everywhere.
#[inline(always)]
unsafe fn block<S: Simd, E: Element, R: Element, const ACCUMULATE: bool, const N: usize>(
    s: S,
    sums: Sums<'_>,
    how: &Finish<'_>,
    residual: Option<(&[R], usize)>,
    out: &mut [&mut [E]],
    statistics: Option<&mut BandStatistics>,
    c: usize,
) {
    let scale = s.splat(how.scale);
    // SAFETY: the caller vouches for the columns.
    unsafe {
        let bias = load::<S, N>(s, how.bias, c);
        let (pivot, mut sum, mut squares) = match &statistics {
            Some(t) => {
                (load::<S, N>(s, &t.pivot, c), load::<S, N>(s, &t.sum, c), load::<S, N>(s, &t.squares, c))
            }
            None => ([scale; N], [scale; N], [scale; N]),
        };
        for (r, row) in out.iter_mut().enumerate() {
            for v in 0..N {
                let at = c + v * S::LANES;
                let p = row.as_mut_ptr().add(at);
                let mut y = s.add(s.load(sums.values.as_ptr().add(r * sums.stride + at)), bias[v]);
                if let Some((values, stride)) = residual {
                    y = s.add(y, R::load(s, values.as_ptr().add(r * stride + at)));
                }
                if ACCUMULATE {
                    y = s.add(E::load(s, p), y);
                }
                let y = s.mul(y, scale);
                E::store(s, p, y);
                let d = s.sub(y, pivot[v]);
                sum[v] = s.add(sum[v], d);
                squares[v] = s.fma(d, d, squares[v]);
            }
        }
        if let Some(t) = statistics {
            for v in 0..N {
                s.store(t.sum.as_mut_ptr().add(c + v * S::LANES), sum[v]);
                s.store(t.squares.as_mut_ptr().add(c + v * S::LANES), squares[v]);
            }
        }
    }
}
