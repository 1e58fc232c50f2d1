//! Products with weights in their stored format: every block is decoded once and used for up to eight rows.

use crate::WeightType;
use crate::arch::simd::Simd;
use crate::block::BLOCK_ELEMENTS;
use crate::dispatch::WeightRows;
use crate::quantize::dequantize_row;

/// Rows of activations that share one decoding of a block. Eight independent sums hide the multiply-add's latency.
const ROWS: usize = 8;

/// Decodes 32 weights. A trait and not a closure, so that it is compiled with the caller's target features.
trait Decode<S: Simd>: Copy {
    /// `bytes` are exactly the 32 weights.
    fn decode(self, s: S, bytes: &[u8], out: &mut [f32; BLOCK_ELEMENTS]);
}

macro_rules! decoder {
    ($name:ident, |$s:ident, $bytes:ident, $out:ident| $body:expr) => {
        #[derive(Clone, Copy)]
        struct $name;

        impl<S: Simd> Decode<S> for $name {
            #[inline(always)]
            fn decode(self, $s: S, $bytes: &[u8], $out: &mut [f32; BLOCK_ELEMENTS]) {
                $body
            }
        }
    };
}

decoder!(F32, |_s, bytes, out| {
    for (w, b) in out.iter_mut().zip(bytes.as_chunks::<4>().0) {
        *w = f32::from_le_bytes(*b);
    }
});
decoder!(F16, |s, bytes, out| {
    let bytes: &[u8; 2 * BLOCK_ELEMENTS] = bytes.try_into().expect("32 half-precision weights");
    for i in (0..BLOCK_ELEMENTS).step_by(S::LANES) {
        // SAFETY: `bytes` are 32 u16 and `out` 32 f32, and the step divides 32.
        unsafe { s.store(out.as_mut_ptr().add(i), s.load_f16(bytes.as_ptr().cast::<u16>().add(i))) }
    }
});
decoder!(BF16, |s, bytes, out| {
    let bytes: &[u8; 2 * BLOCK_ELEMENTS] = bytes.try_into().expect("32 half-precision weights");
    for i in (0..BLOCK_ELEMENTS).step_by(S::LANES) {
        // SAFETY: `bytes` are 32 u16 and `out` 32 f32, and the step divides 32.
        unsafe { s.store(out.as_mut_ptr().add(i), s.load_bf16(bytes.as_ptr().cast::<u16>().add(i))) }
    }
});
decoder!(Q4_0, |s, bytes, out| s.decode_q4_0(bytemuck::from_bytes(bytes), out));
decoder!(Q4_1, |s, bytes, out| s.decode_q4_1(bytemuck::from_bytes(bytes), out));
decoder!(Q5_0, |s, bytes, out| s.decode_q5_0(bytemuck::from_bytes(bytes), out));
decoder!(Q5_1, |s, bytes, out| s.decode_q5_1(bytemuck::from_bytes(bytes), out));
decoder!(Q8_0, |s, bytes, out| s.decode_q8_0(bytemuck::from_bytes(bytes), out));

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
        WeightType::F32 => rows(w, x, x_stride, m, out, s, F32),
        WeightType::F16 => rows(w, x, x_stride, m, out, s, F16),
        WeightType::BF16 => rows(w, x, x_stride, m, out, s, BF16),
        WeightType::Q4_0 => rows(w, x, x_stride, m, out, s, Q4_0),
        WeightType::Q4_1 => rows(w, x, x_stride, m, out, s, Q4_1),
        WeightType::Q5_0 => rows(w, x, x_stride, m, out, s, Q5_0),
        WeightType::Q5_1 => rows(w, x, x_stride, m, out, s, Q5_1),
        WeightType::Q8_0 => rows(w, x, x_stride, m, out, s, Q8_0),
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
    decode: impl Decode<S>,
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
    decode: impl Decode<S>,
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
            decode.decode(s, bytes, &mut block);
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
