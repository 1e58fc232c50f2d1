//! A convolution's input on its way into the int8 product: normalised, activated, rounded to codes.

use super::prepare::{Identity, LeakyRelu, Step, Styled};
use crate::arch::integer::IntegerSimd;
use crate::arch::simd::{Element, Simd};
use crate::dispatch::half::{Activation, Prepare, Values};
use crate::int8::{ByteLine, STEP, ZERO, lines};

/// Rows that share the loads of the channels' parameters.
const SHARED_ROWS: usize = 4;

/// Lanes of the widest vector.
const MAX_LANES: usize = 16;

/// See [`crate::Kernels::prepare_int8`].
#[inline(always)]
pub(crate) fn prepare<S: IntegerSimd>(
    s: S,
    x: Values<'_>,
    inverse_scales: &[f32],
    how: &Prepare<'_>,
    dst: &mut [ByteLine],
) {
    match x {
        Values::F32(x) => typed(s, x, inverse_scales, how, dst),
        Values::Bf16(x) => typed(s, x, inverse_scales, how, dst),
    }
}

#[inline(always)]
fn typed<S: IntegerSimd, E: Element>(
    s: S,
    x: &[E],
    inverse_scales: &[f32],
    how: &Prepare<'_>,
    dst: &mut [ByteLine],
) {
    match how {
        Prepare::Plain(Activation::Identity) => rows(s, x, inverse_scales, Identity, dst),
        Prepare::Plain(Activation::LeakyRelu(slope)) => rows(s, x, inverse_scales, LeakyRelu(*slope), dst),
        Prepare::Plain(Activation::Snake(_)) => unreachable!("refused by Kernels::prepare_int8"),
        Prepare::Styled(affine, activation) => {
            let (mean, scale, shift) = (affine.mean, affine.scale, affine.shift);
            let slope = match activation {
                Activation::Snake(snake) => {
                    let vectors = [mean, scale, shift, snake.turns(), snake.inverse()];
                    return rows(s, x, inverse_scales, Styled::<true> { vectors, slope: 0.0 }, dst);
                }
                Activation::LeakyRelu(slope) => *slope,
                Activation::Identity => 1.0,
            };
            // The last two are not used, but must be there.
            let step = Styled::<false> { vectors: [mean, scale, shift, mean, mean], slope };
            rows(s, x, inverse_scales, step, dst);
        }
    }
}

/// The code, not yet rounded.
#[inline(always)]
fn code<S: Simd>(s: S, y: S::V, inverse_scale: S::V) -> S::V {
    s.fma(y, inverse_scale, s.splat(f32::from(ZERO)))
}

#[inline(always)]
fn rows<S: IntegerSimd, E: Element>(
    i: S,
    x: &[E],
    inverse_scales: &[f32],
    step: impl Step<S::Float>,
    dst: &mut [ByteLine],
) {
    let (s, lanes) = (i.float(), <S::Float as Simd>::LANES);
    let channels = inverse_scales.len();
    let stride = lines(channels) * STEP;
    let count = x.len() / channels;
    let whole = channels / lanes * lanes;
    let (src, out) = (x.as_ptr(), dst.as_mut_ptr().cast::<u8>());
    // SAFETY: `x` is `count` rows of `channels` values, `dst` as many of `stride` (checked by `Kernels::prepare_int8`), and
    // all vectors of parameters have `channels` values; `channel + LANES ≤ whole ≤ channels`.
    unsafe {
        for first in (0..count).step_by(SHARED_ROWS) {
            let shared = SHARED_ROWS.min(count - first);
            for channel in (0..whole).step_by(lanes) {
                let parameters = step.parameters(s, channel);
                let inverse = s.load(inverse_scales.as_ptr().add(channel));
                if shared == SHARED_ROWS {
                    // All four before the first is stored: their chains of instructions then run side by side.
                    let mut values = [s.splat(0.0); SHARED_ROWS];
                    for (r, v) in values.iter_mut().enumerate() {
                        let y = E::load(s, src.add((first + r) * channels + channel));
                        *v = code(s, step.apply(s, y, &parameters), inverse);
                    }
                    for (r, v) in values.into_iter().enumerate() {
                        i.store_codes(out.add((first + r) * stride + channel), v);
                    }
                } else {
                    for r in first..first + shared {
                        let y = E::load(s, src.add(r * channels + channel));
                        let v = code(s, step.apply(s, y, &parameters), inverse);
                        i.store_codes(out.add(r * stride + channel), v);
                    }
                }
            }
        }
        if whole < channels {
            tail(i, x, inverse_scales, step, dst);
        }
    }
}

/// The channels beyond the last whole vector.
///
/// # Safety
/// As in [`rows`].
#[inline(always)]
unsafe fn tail<S: IntegerSimd, E: Element>(
    i: S,
    x: &[E],
    inverse_scales: &[f32],
    step: impl Step<S::Float>,
    dst: &mut [ByteLine],
) {
    let (s, lanes) = (i.float(), <S::Float as Simd>::LANES);
    let channels = inverse_scales.len();
    let rest = channels % lanes;
    for (x, dst) in x.chunks_exact(channels).zip(dst.chunks_exact_mut(lines(channels))) {
        let dst: &mut [u8] = bytemuck::cast_slice_mut(dst);
        if channels >= lanes {
            // A vector that ends with the last channel; some channels are done twice.
            let at = channels - lanes;
            // SAFETY: `at + LANES` is `channels`, no more than the line's bytes.
            unsafe {
                let y = step.apply(s, E::load(s, x.as_ptr().add(at)), &step.parameters(s, at));
                let v = code(s, y, s.load(inverse_scales.as_ptr().add(at)));
                i.store_codes(dst.as_mut_ptr().add(at), v);
            }
        } else {
            // Fewer channels than lanes in all: only plain steps, which need no parameters, come here.
            let mut padded = [[0.0f32; MAX_LANES]; 2];
            for (padded, x) in padded[0].iter_mut().zip(x) {
                *padded = x.to_f32();
            }
            padded[1][..rest].copy_from_slice(inverse_scales);
            let mut out = [0u8; MAX_LANES];
            // SAFETY: the arrays hold a vector; `parameters` of plain steps read nothing.
            unsafe {
                let y = step.apply(s, s.load(padded[0].as_ptr()), &step.parameters(s, 0));
                i.store_codes(out.as_mut_ptr(), code(s, y, s.load(padded[1].as_ptr())));
            }
            dst[..rest].copy_from_slice(&out[..rest]);
        }
    }
}
