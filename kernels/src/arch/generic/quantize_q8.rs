//! Rows of f32 to blocks of 32 bytes with a scale.

use crate::activations_q8::Q8RowsMut;
use crate::arch::integer::IntegerSimd;
use crate::arch::simd::Simd;
use crate::block::BLOCK_ELEMENTS;
use crate::scalar::integer::scale_and_reciprocal;

/// Vectors of the narrowest instruction set in a block.
const MAX_VECTORS: usize = BLOCK_ELEMENTS / 8;

/// See [`crate::Kernels::quantize_q8`].
#[inline(always)]
pub(crate) fn quantize_q8<S: IntegerSimd>(i: S, x: &[f32], x_stride: usize, rows: &mut Q8RowsMut<'_>) {
    let (k, s) = (rows.k, i.float());
    let lanes = <S::Float as Simd>::LANES;
    let vectors = BLOCK_ELEMENTS / lanes;
    let blocks = k / BLOCK_ELEMENTS;
    let limit = s.splat(127.0);
    let zero = s.splat(0.0);
    for (r, codes) in rows.codes.chunks_exact_mut(k).enumerate() {
        let x = &x[r * x_stride..][..k];
        for (b, (x, codes)) in x
            .as_chunks::<BLOCK_ELEMENTS>()
            .0
            .iter()
            .zip(codes.as_chunks_mut::<BLOCK_ELEMENTS>().0)
            .enumerate()
        {
            let mut v = [zero; MAX_VECTORS];
            let (mut peak, mut witness) = (zero, zero);
            for (at, v) in v.iter_mut().enumerate().take(vectors) {
                // SAFETY: `vectors · lanes` is 32, the length of `x`.
                *v = unsafe { s.load(x.as_ptr().add(at * lanes)) };
                peak = s.max(s.max(*v, s.sub(zero, *v)), peak);
                // Zero, unless an element is not finite.
                witness = s.fma(*v, zero, witness);
            }
            let (scale, reciprocal) = scale_and_reciprocal(s.max_lane(peak), s.sum(witness));
            let reciprocal = s.splat(reciprocal);
            let mut sum = zero;
            for (at, v) in v.into_iter().enumerate().take(vectors) {
                let code = s.max(s.min(s.round(s.mul(v, reciprocal)), limit), s.sub(zero, limit));
                sum = s.add(sum, code);
                // SAFETY: `vectors · lanes` is 32, the length of `codes`; −127 ≤ `code` ≤ 127.
                unsafe { i.store_low_bytes(codes.as_mut_ptr().cast::<u8>().add(at * lanes), code) }
            }
            // Sums of integers of this size are exact in f32.
            rows.negated_sums[r * blocks + b] = -s.sum(sum) as i32;
            rows.scales[r * blocks + b] = scale;
        }
    }
}
