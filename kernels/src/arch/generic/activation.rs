//! Element-wise kernels. Tails are padded into one vector, so that every element takes the same path.

use super::math;
use crate::arch::simd::Simd;
use crate::dispatch::ChannelAffine;
use crate::dispatch::half::Snake;

/// Lanes of the widest vector.
pub(super) const MAX_LANES: usize = 16;

/// A function of `N` vectors.
///
/// A trait and not a closure, because a closure's body does not inherit the caller's target features unless the compiler
/// happens to inline it, and these methods can be told to be.
pub(super) trait Map<S: Simd, const N: usize> {
    fn apply(&self, s: S, inputs: [S::V; N]) -> S::V;
}

/// Vectors at `offset` of each input.
///
/// # Safety
/// `LANES` f32 must be readable there.
#[inline(always)]
unsafe fn load_all<S: Simd, const N: usize>(s: S, inputs: [*const f32; N], offset: usize) -> [S::V; N] {
    let mut vectors = [s.splat(0.0); N];
    for (v, p) in vectors.iter_mut().zip(inputs) {
        // SAFETY: the caller vouches for it.
        *v = unsafe { s.load(p.add(offset)) };
    }
    vectors
}

/// `dst[i] = f(inputs[0][i], …)`: whole vectors first, then one padded with ones (a value every function here takes).
///
/// # Safety
/// `len` f32 must be readable at every input and writable at `dst`; an input may be `dst`.
#[inline(always)]
pub(super) unsafe fn map<S: Simd, const N: usize>(
    s: S,
    inputs: [*const f32; N],
    dst: *mut f32,
    len: usize,
    f: &impl Map<S, N>,
) {
    let whole = len / S::LANES * S::LANES;
    // SAFETY: `i + LANES ≤ whole ≤ len`; the arrays hold `MAX_LANES ≥ LANES` f32, and `rest` of them are copied.
    unsafe {
        for i in (0..whole).step_by(S::LANES) {
            s.store(dst.add(i), f.apply(s, load_all(s, inputs, i)));
        }
        let rest = len - whole;
        if rest > 0 {
            let mut padded = [[1.0f32; MAX_LANES]; N];
            let mut heads = inputs;
            for ((padded, head), input) in padded.iter_mut().zip(&mut heads).zip(inputs) {
                padded.as_mut_ptr().copy_from_nonoverlapping(input.add(whole), rest);
                *head = padded.as_ptr();
            }
            let mut out = [0.0f32; MAX_LANES];
            s.store(out.as_mut_ptr(), f.apply(s, load_all(s, heads, 0)));
            dst.add(whole).copy_from_nonoverlapping(out.as_ptr(), rest);
        }
    }
}

/// `(x − mean) · scale + shift`.
#[inline(always)]
fn restyle<S: Simd>(s: S, [x, mean, scale, shift]: [S::V; 4]) -> S::V {
    s.fma(s.sub(x, mean), scale, shift)
}

#[inline(always)]
fn leaky<S: Simd>(s: S, x: S::V, slope: f32) -> S::V {
    s.select_less(x, s.splat(0.0), s.mul(x, s.splat(slope)), x)
}

struct AdainSnake;

impl<S: Simd> Map<S, 6> for AdainSnake {
    #[inline(always)]
    fn apply(&self, s: S, [x, mean, scale, shift, alpha, inverse]: [S::V; 6]) -> S::V {
        let y = restyle(s, [x, mean, scale, shift]);
        s.fma(math::sin_squared(s, s.mul(alpha, y)), inverse, y)
    }
}

struct AdainLeakyRelu(f32);

impl<S: Simd> Map<S, 4> for AdainLeakyRelu {
    #[inline(always)]
    fn apply(&self, s: S, inputs: [S::V; 4]) -> S::V {
        leaky(s, restyle(s, inputs), self.0)
    }
}

struct LeakyRelu(f32);

impl<S: Simd> Map<S, 1> for LeakyRelu {
    #[inline(always)]
    fn apply(&self, s: S, [x]: [S::V; 1]) -> S::V {
        leaky(s, x, self.0)
    }
}

struct Gelu;

impl<S: Simd> Map<S, 1> for Gelu {
    #[inline(always)]
    fn apply(&self, s: S, [z]: [S::V; 1]) -> S::V {
        const SQRT_2_OVER_PI: f32 = 0.797_884_6;
        let cubic = s.mul(s.mul(z, z), s.mul(z, s.splat(0.044_715)));
        let t = math::tanh(s, s.mul(s.add(z, cubic), s.splat(SQRT_2_OVER_PI)));
        s.mul(s.mul(z, s.splat(0.5)), s.add(s.splat(1.0), t))
    }
}

/// See [`crate::Kernels::adain_snake`].
#[inline(always)]
pub(crate) fn adain_snake<S: Simd>(
    s: S,
    x: &[f32],
    affine: &ChannelAffine<'_>,
    snake: &Snake,
    dst: &mut [f32],
) {
    let inputs = [x, affine.mean, affine.scale, affine.shift, snake.alpha(), snake.inverse()];
    // SAFETY: all slices are as long as `dst` (checked by `Kernels::adain_snake`).
    unsafe { map(s, pointers(inputs), dst.as_mut_ptr(), dst.len(), &AdainSnake) }
}

/// See [`crate::Kernels::adain_leaky_relu`].
#[inline(always)]
pub(crate) fn adain_leaky_relu<S: Simd>(
    s: S,
    x: &[f32],
    affine: &ChannelAffine<'_>,
    slope: f32,
    dst: &mut [f32],
) {
    let inputs = [x, affine.mean, affine.scale, affine.shift];
    // SAFETY: all slices are as long as `dst` (checked by `Kernels::adain_leaky_relu`).
    unsafe { map(s, pointers(inputs), dst.as_mut_ptr(), dst.len(), &AdainLeakyRelu(slope)) }
}

/// See [`crate::Kernels::leaky_relu`].
#[inline(always)]
pub(crate) fn leaky_relu<S: Simd>(s: S, x: &[f32], slope: f32, dst: &mut [f32]) {
    // SAFETY: `x` is as long as `dst` (checked by `Kernels::leaky_relu`).
    unsafe { map(s, [x.as_ptr()], dst.as_mut_ptr(), dst.len(), &LeakyRelu(slope)) }
}

/// See [`crate::Kernels::gelu`].
#[inline(always)]
pub(crate) fn gelu<S: Simd>(s: S, x: &mut [f32]) {
    let p = x.as_mut_ptr();
    // SAFETY: input and output are the one slice.
    unsafe { map(s, [p.cast_const()], p, x.len(), &Gelu) }
}

#[inline(always)]
fn pointers<const N: usize>(slices: [&[f32]; N]) -> [*const f32; N] {
    slices.map(<[f32]>::as_ptr)
}
