//! Products with weights in their stored format: every block is decoded once and used for all rows.

use crate::WeightType;
use crate::arch::simd::Simd;
use crate::block::BLOCK_ELEMENTS;
use crate::dispatch::WeightRows;
use crate::quantize::dequantize_row;

/// Outputs whose weights are decoded together, so that the activations come from the second-level cache once for all.
const DECODED: usize = 16;
/// Outputs multiplied together.
const OUTPUTS: usize = 4;
/// Rows of activations that share each load of weights: with four outputs, twelve sums in registers.
const ROWS: usize = 3;
/// Blocks decoded at a time: 16 KB of f32 in all, half of a first-level cache.
const CHUNK_BLOCKS: usize = 8;
const CHUNK: usize = CHUNK_BLOCKS * BLOCK_ELEMENTS;

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

/// Sixteen outputs at a time, for all rows of `x`.
///
/// Every sum is one vector of partial sums over the blocks in order, then their total, then the tail: the same for a row
/// however many others there are.
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
    let group_bytes = w.kind.block_bytes() * (BLOCK_ELEMENTS / w.kind.block_elements());
    let blocks = w.k / BLOCK_ELEMENTS;
    let mut weights = [0.0f32; DECODED * CHUNK];
    // `[row][output]` vectors.
    let row_sums = DECODED * S::LANES;
    let mut sums = vec![0.0f32; m * row_sums];
    for first in (0..w.n).step_by(DECODED) {
        let outputs = DECODED.min(w.n - first);
        sums.fill(0.0);
        for start in (0..blocks).step_by(CHUNK_BLOCKS) {
            let count = CHUNK_BLOCKS.min(blocks - start);
            // Sums of outputs beyond the last are made of what is left there, and not looked at.
            for (o, weights) in weights.chunks_exact_mut(CHUNK).enumerate().take(outputs) {
                let row =
                    &w.bytes[(first + o) * w.stride_bytes + start * group_bytes..][..count * group_bytes];
                for (bytes, block) in row.chunks_exact(group_bytes).zip(weights.as_chunks_mut().0) {
                    decode.decode(s, bytes, block);
                }
            }
            let len = count * BLOCK_ELEMENTS;
            let mut r = 0;
            while r < m {
                let x = &x[r * x_stride + start * BLOCK_ELEMENTS..];
                let sums = &mut sums[r * row_sums..];
                for o in (0..outputs).step_by(OUTPUTS) {
                    let (weights, sums) = (&weights[o * CHUNK..], &mut sums[o * S::LANES..]);
                    match m - r {
                        ROWS.. => multiply::<S, ROWS>(s, weights, x, x_stride, len, sums),
                        2 => multiply::<S, 2>(s, weights, x, x_stride, len, sums),
                        _ => multiply::<S, 1>(s, weights, x, x_stride, len, sums),
                    }
                }
                r += ROWS.min(m - r);
            }
        }
        for r in 0..m {
            for o in 0..outputs {
                // SAFETY: `sums` holds `m · DECODED` vectors.
                let sum = unsafe { s.load(sums.as_ptr().add(r * row_sums + o * S::LANES)) };
                out[r * w.n + first + o] =
                    s.sum(sum) + tail(w, first + o, blocks, group_bytes, &x[r * x_stride..]);
            }
        }
    }
}

/// Adds `R` rows times four outputs over `len` inputs to their partial sums.
#[inline(always)]
fn multiply<S: Simd, const R: usize>(
    s: S,
    weights: &[f32],
    x: &[f32],
    x_stride: usize,
    len: usize,
    sums: &mut [f32],
) {
    assert!(len <= CHUNK && (R - 1) * x_stride + len <= x.len(), "matmul: rows end early");
    let row_sums = DECODED * S::LANES;
    assert!((R - 1) * row_sums + OUTPUTS * S::LANES <= sums.len(), "matmul: sums end early");
    assert!((OUTPUTS - 1) * CHUNK + len <= weights.len(), "matmul: weights end early");
    // SAFETY: by the assertions, `i + LANES ≤ len` (a multiple of 32) lies within each row of `x` and each output's
    // weights, and `sums` holds `OUTPUTS` vectors in each of `R` rows.
    unsafe {
        let at = sums.as_mut_ptr();
        let mut acc = [[s.splat(0.0); OUTPUTS]; R];
        for (r, acc) in acc.iter_mut().enumerate() {
            for (o, sum) in acc.iter_mut().enumerate() {
                *sum = s.load(at.add(r * row_sums + o * S::LANES));
            }
        }
        for i in (0..len).step_by(S::LANES) {
            let mut rows = [s.splat(0.0); R];
            for (r, row) in rows.iter_mut().enumerate() {
                *row = s.load(x.as_ptr().add(r * x_stride + i));
            }
            for o in 0..OUTPUTS {
                let w = s.load(weights.as_ptr().add(o * CHUNK + i));
                for (acc, row) in acc.iter_mut().zip(&rows) {
                    acc[o] = s.fma(w, *row, acc[o]);
                }
            }
        }
        for (r, acc) in acc.into_iter().enumerate() {
            for (o, sum) in acc.into_iter().enumerate() {
                s.store(at.add(r * row_sums + o * S::LANES), sum);
            }
        }
    }
}

/// The inputs beyond the last whole block, which only formats without blocks have.
#[inline(always)]
fn tail(w: &WeightRows<'_>, output: usize, blocks: usize, group_bytes: usize, x: &[f32]) -> f32 {
    let rest = blocks * BLOCK_ELEMENTS..w.k;
    if rest.is_empty() {
        return 0.0;
    }
    let mut weights = [0.0f32; BLOCK_ELEMENTS];
    let weights = &mut weights[..rest.len()];
    let row = &w.bytes[output * w.stride_bytes..][..w.kind.row_bytes(w.k)];
    dequantize_row(w.kind, &row[blocks * group_bytes..], weights);
    weights.iter().zip(&x[rest]).map(|(w, x)| w * x).sum()
}
