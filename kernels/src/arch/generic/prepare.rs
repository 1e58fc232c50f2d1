//! A convolution's input on its way into the bf16 product: normalised, activated, rounded.

use super::math;
use crate::arch::simd::Simd;
use crate::bf16::{Line, STEP, lines};
use crate::dispatch::half::{Activation, Prepare};

/// Rows that share the loads of the channels' parameters.
const SHARED_ROWS: usize = 4;

/// Lanes of the widest vector.
const MAX_LANES: usize = 16;

/// What is done to a vector of values with the vectors of parameters of their channels.
pub(super) trait Step<S: Simd>: Copy {
    /// The parameters of `LANES` channels from `channel` on.
    ///
    /// # Safety
    /// These channels exist.
    unsafe fn parameters(self, s: S, channel: usize) -> [S::V; 5];
    fn apply(self, s: S, x: S::V, parameters: &[S::V; 5]) -> S::V;
}

#[derive(Clone, Copy)]
pub(super) struct Identity;

impl<S: Simd> Step<S> for Identity {
    #[inline(always)]
    unsafe fn parameters(self, s: S, _: usize) -> [S::V; 5] {
        [s.splat(0.0); 5]
    }
    #[inline(always)]
    fn apply(self, _: S, x: S::V, _: &[S::V; 5]) -> S::V {
        x
    }
}

#[derive(Clone, Copy)]
pub(super) struct LeakyRelu(pub(super) f32);

impl<S: Simd> Step<S> for LeakyRelu {
    #[inline(always)]
    unsafe fn parameters(self, s: S, _: usize) -> [S::V; 5] {
        [s.splat(0.0); 5]
    }
    #[inline(always)]
    fn apply(self, s: S, x: S::V, _: &[S::V; 5]) -> S::V {
        s.select_less(x, s.splat(0.0), s.mul(x, s.splat(self.0)), x)
    }
}

/// `AdaIN`, then leaky ReLU with the slope, or snake.
#[derive(Clone, Copy)]
pub(super) struct Styled<'a, const SNAKE: bool> {
    pub(super) vectors: [&'a [f32]; 5],
    pub(super) slope: f32,
}

impl<S: Simd, const SNAKE: bool> Step<S> for Styled<'_, SNAKE> {
    #[inline(always)]
    unsafe fn parameters(self, s: S, channel: usize) -> [S::V; 5] {
        let mut parameters = [s.splat(0.0); 5];
        for (p, v) in parameters.iter_mut().zip(self.vectors) {
            // SAFETY: the caller vouches for the channels; all vectors have one value for each.
            *p = unsafe { s.load(v.as_ptr().add(channel)) };
        }
        parameters
    }
    #[inline(always)]
    fn apply(self, s: S, x: S::V, [mean, scale, shift, turns, inverse]: &[S::V; 5]) -> S::V {
        let y = s.fma(s.sub(x, *mean), *scale, *shift);
        if SNAKE {
            s.fma(math::sin_squared_of_turns(s, s.mul(y, *turns)), *inverse, y)
        } else {
            s.select_less(y, s.splat(0.0), s.mul(y, s.splat(self.slope)), y)
        }
    }
}

/// See [`crate::Kernels::prepare_bf16`].
#[inline(always)]
pub(crate) fn prepare<S: Simd>(s: S, x: &[f32], channels: usize, how: &Prepare<'_>, dst: &mut [Line]) {
    match how {
        Prepare::Plain(Activation::Identity) => rows(s, x, channels, Identity, dst),
        Prepare::Plain(Activation::LeakyRelu(slope)) => rows(s, x, channels, LeakyRelu(*slope), dst),
        Prepare::Plain(Activation::Snake(_)) => unreachable!("refused by Kernels::prepare_bf16"),
        Prepare::Styled(affine, activation) => {
            let (mean, scale, shift) = (affine.mean, affine.scale, affine.shift);
            match activation {
                Activation::Snake(snake) => {
                    let vectors = [mean, scale, shift, snake.turns(), snake.inverse()];
                    rows(s, x, channels, Styled::<true> { vectors, slope: 0.0 }, dst);
                }
                // The last two are not used, but must be there.
                Activation::LeakyRelu(slope) => {
                    let step = Styled::<false> { vectors: [mean, scale, shift, mean, mean], slope: *slope };
                    rows(s, x, channels, step, dst);
                }
                Activation::Identity => {
                    let step = Styled::<false> { vectors: [mean, scale, shift, mean, mean], slope: 1.0 };
                    rows(s, x, channels, step, dst);
                }
            }
        }
    }
}

#[inline(always)]
fn rows<S: Simd>(s: S, x: &[f32], channels: usize, step: impl Step<S>, dst: &mut [Line]) {
    let stride = lines(channels) * STEP;
    let count = x.len() / channels;
    let whole = channels / S::LANES * S::LANES;
    let (src, out) = (x.as_ptr(), dst.as_mut_ptr().cast::<u16>());
    // SAFETY: `x` is `count` rows of `channels` values, `dst` as many of `stride` (checked by `Kernels::prepare_bf16`), and
    // the vectors of parameters have `channels` values; `channel + LANES ≤ whole ≤ channels`.
    unsafe {
        let mut row = 0;
        while row < count {
            let shared = SHARED_ROWS.min(count - row);
            for channel in (0..whole).step_by(S::LANES) {
                let parameters = step.parameters(s, channel);
                if shared == SHARED_ROWS {
                    // All four before the first is stored: their chains of instructions then run side by side.
                    let mut values = [s.splat(0.0); SHARED_ROWS];
                    for (r, v) in values.iter_mut().enumerate() {
                        *v = step.apply(s, s.load(src.add((row + r) * channels + channel)), &parameters);
                    }
                    for (r, v) in values.into_iter().enumerate() {
                        s.store_bf16(out.add((row + r) * stride + channel), v);
                    }
                } else {
                    for r in row..row + shared {
                        let v = step.apply(s, s.load(src.add(r * channels + channel)), &parameters);
                        s.store_bf16(out.add(r * stride + channel), v);
                    }
                }
            }
            row += shared;
        }
        if whole < channels {
            tail(s, x, channels, whole, step, dst);
        }
    }
}

/// The channels from `whole` on, fewer than a vector's.
///
/// # Safety
/// As in [`rows`].
#[inline(always)]
unsafe fn tail<S: Simd>(
    s: S,
    x: &[f32],
    channels: usize,
    whole: usize,
    step: impl Step<S>,
    dst: &mut [Line],
) {
    let rest = channels - whole;
    // A channel's parameters beyond the last are those of a vector that ends with it, shifted.
    let back = whole.min(S::LANES - rest);
    let stride = lines(channels);
    for (x, dst) in x.chunks_exact(channels).zip(dst.chunks_exact_mut(stride)) {
        let dst: &mut [u16] = bytemuck::cast_slice_mut(dst);
        if back + rest == S::LANES {
            // SAFETY: the vector ends with the last channel, and `channels ≤ STEP · stride`.
            unsafe {
                let at = whole - back;
                let v = step.apply(s, s.load(x.as_ptr().add(at)), &step.parameters(s, at));
                s.store_bf16(dst.as_mut_ptr().add(at), v);
            }
        } else {
            // Fewer channels than lanes in all: only plain steps, which need no parameters, come here.
            let mut padded = [0.0f32; MAX_LANES];
            padded[..rest].copy_from_slice(&x[whole..]);
            let mut out = [0u16; MAX_LANES];
            // SAFETY: the arrays hold a vector; `parameters` of plain steps read nothing.
            unsafe {
                let v = step.apply(s, s.load(padded.as_ptr()), &step.parameters(s, 0));
                s.store_bf16(out.as_mut_ptr(), v);
            }
            dst[whole..channels].copy_from_slice(&out[..rest]);
        }
    }
}
