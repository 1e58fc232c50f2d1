//! Products with weights in their stored format: every block is decoded once and used for up to eight rows.

use crate::WeightType;
use crate::arch::simd::Simd;
use crate::block::BLOCK_ELEMENTS;
use crate::dispatch::WeightRows;
use crate::quantize::dequantize_row;

/// Rows of activations that share one decoding of a block. Eight independent sums hide the multiply-add's latency.
const ROWS: usize = 8;

/// See [`crate::Kernels::matmul_rows`].
#[inline(always)]
pub(crate) fn matmul_rows<S: Simd>(
    s: S,
    w: &WeightRows<'_>,
    x: &[f32],
    x_stride: usize,
    m: usize,
    out: &mut [f32],
) {
    match w.kind {
        WeightType::F32 => rows(w, x, x_stride, m, out, s, |b, o| load_f32(b, o)),
        WeightType::F16 => rows(w, x, x_stride, m, out, s, |b, o| {
            // SAFETY: a block is 32 u16, so all vectors of the loop lie inside it.
            unsafe {
                for i in (0..BLOCK_ELEMENTS).step_by(S::LANES) {
                    s.store(o.as_mut_ptr().add(i), s.load_f16(b.as_ptr().cast::<u16>().add(i)));
                }
            }
        }),
        WeightType::BF16 => rows(w, x, x_stride, m, out, s, |b, o| {
            // SAFETY: a block is 32 u16, so all vectors of the loop lie inside it.
            unsafe {
                for i in (0..BLOCK_ELEMENTS).step_by(S::LANES) {
                    s.store(o.as_mut_ptr().add(i), s.load_bf16(b.as_ptr().cast::<u16>().add(i)));
                }
            }
        }),
        WeightType::Q4_0 => rows(w, x, x_stride, m, out, s, |b, o| s.decode_q4_0(bytemuck::from_bytes(b), o)),
        WeightType::Q4_1 => rows(w, x, x_stride, m, out, s, |b, o| s.decode_q4_1(bytemuck::from_bytes(b), o)),
        WeightType::Q5_0 => rows(w, x, x_stride, m, out, s, |b, o| s.decode_q5_0(bytemuck::from_bytes(b), o)),
        WeightType::Q5_1 => rows(w, x, x_stride, m, out, s, |b, o| s.decode_q5_1(bytemuck::from_bytes(b), o)),
        WeightType::Q8_0 => rows(w, x, x_stride, m, out, s, |b, o| s.decode_q8_0(bytemuck::from_bytes(b), o)),
    }
}

#[inline(always)]
fn load_f32(bytes: &[u8], out: &mut [f32; BLOCK_ELEMENTS]) {
    for (w, b) in out.iter_mut().zip(bytes.as_chunks::<4>().0) {
        *w = f32::from_le_bytes(*b);
    }
}

/// All rows of `x`, eight at a time.
#[inline(always)]
fn rows<S: Simd>(
    w: &WeightRows<'_>,
    x: &[f32],
    x_stride: usize,
    m: usize,
    out: &mut [f32],
    s: S,
    decode: impl Fn(&[u8], &mut [f32; BLOCK_ELEMENTS]) + Copy,
) {
    let mut i = 0;
    while i < m {
        let x = &x[i * x_stride..];
        let out = &mut out[i * w.n..];
        // The sums of a row do not depend on how many rows share the pass: one vector of partial sums each.
        i += match m - i {
            ROWS.. => group::<S, ROWS>(w, x, x_stride, out, s, decode),
            4.. => group::<S, 4>(w, x, x_stride, out, s, decode),
            2.. => group::<S, 2>(w, x, x_stride, out, s, decode),
            _ => group::<S, 1>(w, x, x_stride, out, s, decode),
        };
    }
}

/// `R` rows of `x` times all rows of `w`; returns `R`.
#[inline(always)]
fn group<S: Simd, const R: usize>(
    w: &WeightRows<'_>,
    x: &[f32],
    x_stride: usize,
    out: &mut [f32],
    s: S,
    decode: impl Fn(&[u8], &mut [f32; BLOCK_ELEMENTS]),
) -> usize {
    let group_bytes = w.kind.block_bytes() * (BLOCK_ELEMENTS / w.kind.block_elements());
    let blocks = w.k / BLOCK_ELEMENTS;
    let tail = blocks * BLOCK_ELEMENTS..w.k;
    let row_bytes = w.kind.row_bytes(w.k);
    let mut block = [0.0f32; BLOCK_ELEMENTS];
    for o in 0..w.n {
        let row = &w.bytes[o * w.stride_bytes..][..row_bytes];
        let mut sums = [s.splat(0.0); R];
        for (b, bytes) in row.chunks_exact(group_bytes).enumerate() {
            decode(bytes, &mut block);
            for i in (0..BLOCK_ELEMENTS).step_by(S::LANES) {
                // SAFETY: `block` is 32 long; `b < k / 32`, and `x` holds `k` values from `r · x_stride` on for every
                // row of the group (checked by `Kernels::matmul_rows`).
                unsafe {
                    let weights = s.load(block.as_ptr().add(i));
                    let x = x.as_ptr().add(b * BLOCK_ELEMENTS + i);
                    for (r, sum) in sums.iter_mut().enumerate() {
                        *sum = s.fma(weights, s.load(x.add(r * x_stride)), *sum);
                    }
                }
            }
        }
        // Only formats without blocks can have a tail.
        let mut rest = [0.0; R];
        if !tail.is_empty() {
            dequantize_row(w.kind, &row[blocks * group_bytes..], &mut block[..tail.len()]);
            for (r, rest) in rest.iter_mut().enumerate() {
                *rest = block.iter().zip(&x[r * x_stride..][tail.clone()]).map(|(w, x)| w * x).sum();
            }
        }
        for (r, (sum, rest)) in sums.into_iter().zip(rest).enumerate() {
            out[r * w.n + o] = s.sum(sum) + rest;
        }
    }
    R
}
