//! A convolution's input on its way into the bf16 product: normalised, activated, rounded.

use super::math;
use crate::arch::simd::{Element, Simd};
use crate::bf16::{Line, STEP, lines};
use crate::dispatch::half::{Activation, Prepare, Values};

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
pub(crate) fn prepare<S: Simd>(
    s: S,
    x: Values<'_>,
    channels: usize,
    how: &Prepare<'_>,
    dst: &mut [Line],
    low: Option<&mut [Line]>,
) {
    match x {
        Values::F32(x) => typed(s, x, channels, how, dst, low),
        Values::Bf16(x) => typed(s, x, channels, how, dst, low),
    }
}

#[inline(always)]
fn typed<S: Simd, E: Element>(
    s: S,
    x: &[E],
    channels: usize,
    how: &Prepare<'_>,
    dst: &mut [Line],
    low: Option<&mut [Line]>,
) {
    match how {
        Prepare::Plain(Activation::Identity) => rows(s, x, channels, Identity, dst, low),
        Prepare::Plain(Activation::LeakyRelu(slope)) => rows(s, x, channels, LeakyRelu(*slope), dst, low),
        Prepare::Plain(Activation::Snake(_)) => unreachable!("refused by Kernels::prepare_bf16"),
        Prepare::Styled(affine, activation) => {
            let (mean, scale, shift) = (affine.mean, affine.scale, affine.shift);
            match activation {
                Activation::Snake(snake) => {
                    let vectors = [mean, scale, shift, snake.turns(), snake.inverse()];
                    rows(s, x, channels, Styled::<true> { vectors, slope: 0.0 }, dst, low);
                }
                // The last two are not used, but must be there.
                Activation::LeakyRelu(slope) => {
                    let step = Styled::<false> { vectors: [mean, scale, shift, mean, mean], slope: *slope };
                    rows(s, x, channels, step, dst, low);
                }
                Activation::Identity => {
                    let step = Styled::<false> { vectors: [mean, scale, shift, mean, mean], slope: 1.0 };
                    rows(s, x, channels, step, dst, low);
                }
            }
        }
    }
}

#[inline(always)]
fn rows<S: Simd, E: Element>(
    s: S,
    x: &[E],
    channels: usize,
    step: impl Step<S>,
    dst: &mut [Line],
    mut low: Option<&mut [Line]>,
) {
    match &mut low {
        Some(low) => whole_vectors::<S, E, true>(s, x, channels, step, dst, low),
        None => whole_vectors::<S, E, false>(s, x, channels, step, dst, &mut []),
    }
    if !channels.is_multiple_of(S::LANES) {
        // SAFETY: as there; the tail begins behind the whole vectors.
        unsafe { tail(s, x, channels, channels / S::LANES * S::LANES, step, dst, low) }
    }
}

/// All channels but those that fill no vector. With `SPLIT`, `low` gets what rounding took away.
#[inline(always)]
fn whole_vectors<S: Simd, E: Element, const SPLIT: bool>(
    s: S,
    x: &[E],
    channels: usize,
    step: impl Step<S>,
    dst: &mut [Line],
    low: &mut [Line],
) {
    let stride = lines(channels) * STEP;
    let count = x.len() / channels;
    let whole = channels / S::LANES * S::LANES;
    let (src, out) = (x.as_ptr(), dst.as_mut_ptr().cast::<u16>());
    let low = low.as_mut_ptr().cast::<u16>();
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
                        *v = step.apply(s, E::load(s, src.add((row + r) * channels + channel)), &parameters);
                    }
                    for (r, v) in values.into_iter().enumerate() {
                        let at = (row + r) * stride + channel;
                        s.store_bf16(out.add(at), v);
                        if SPLIT {
                            s.store_bf16(low.add(at), s.sub(v, s.load_bf16(out.add(at))));
                        }
                    }
                } else {
                    for r in row..row + shared {
                        let v = step.apply(s, E::load(s, src.add(r * channels + channel)), &parameters);
                        let at = r * stride + channel;
                        s.store_bf16(out.add(at), v);
                        if SPLIT {
                            s.store_bf16(low.add(at), s.sub(v, s.load_bf16(out.add(at))));
                        }
                    }
                }
            }
            row += shared;
        }
    }
}

/// The channels from `whole` on, fewer than a vector's.
///
/// # Safety
/// As in [`rows`].
#[inline(always)]
unsafe fn tail<S: Simd, E: Element>(
    s: S,
    x: &[E],
    channels: usize,
    whole: usize,
    step: impl Step<S>,
    dst: &mut [Line],
    mut low: Option<&mut [Line]>,
) {
    let rest = channels - whole;
    // A channel's parameters beyond the last are those of a vector that ends with it, shifted.
    let back = whole.min(S::LANES - rest);
    let stride = lines(channels);
    for (r, (x, dst)) in x.chunks_exact(channels).zip(dst.chunks_exact_mut(stride)).enumerate() {
        let dst: &mut [u16] = bytemuck::cast_slice_mut(dst);
        let low = low.as_deref_mut().map(|low| &mut low[r * stride..(r + 1) * stride]);
        let low = low.map(bytemuck::cast_slice_mut::<Line, u16>);
        if back + rest == S::LANES {
            // SAFETY: the vector ends with the last channel, and `channels ≤ STEP · stride`.
            unsafe {
                let at = whole - back;
                let v = step.apply(s, E::load(s, x.as_ptr().add(at)), &step.parameters(s, at));
                s.store_bf16(dst.as_mut_ptr().add(at), v);
                if let Some(low) = low {
                    let rounded = s.load_bf16(dst.as_ptr().add(at));
                    s.store_bf16(low.as_mut_ptr().add(at), s.sub(v, rounded));
                }
            }
        } else {
            // Fewer channels than lanes in all: only plain steps, which need no parameters, come here.
            let mut padded = [0.0f32; MAX_LANES];
            for (padded, x) in padded.iter_mut().zip(&x[whole..]) {
                *padded = x.to_f32();
            }
            let (mut out, mut out_low) = ([0u16; MAX_LANES], [0u16; MAX_LANES]);
            // SAFETY: the arrays hold a vector; `parameters` of plain steps read nothing.
            unsafe {
                let v = step.apply(s, s.load(padded.as_ptr()), &step.parameters(s, 0));
                s.store_bf16(out.as_mut_ptr(), v);
                s.store_bf16(out_low.as_mut_ptr(), s.sub(v, s.load_bf16(out.as_ptr())));
            }
            dst[whole..channels].copy_from_slice(&out[..rest]);
            if let Some(low) = low {
                low[whole..channels].copy_from_slice(&out_low[..rest]);
            }
        }
    }
}
