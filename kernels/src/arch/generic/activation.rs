//! Element-wise kernels. Tails are padded into one vector, so that every element takes the same path.

use super::math;
use crate::arch::simd::Simd;
use crate::dispatch::ChannelAffine;

/// Lanes of the widest vector.
const MAX_LANES: usize = 16;

/// `dst[i] = f(inputs[0][i], …)`: whole vectors first, then one padded with ones (a value every function here takes).
#[inline(always)]
fn map<S: Simd, const N: usize>(s: S, inputs: [&[f32]; N], dst: &mut [f32], f: impl Fn([S::V; N]) -> S::V) {
    let whole = dst.len() / S::LANES * S::LANES;
    for i in (0..whole).step_by(S::LANES) {
        // SAFETY: `i + LANES ≤ whole ≤ dst.len()`, and all inputs are as long as `dst` (checked by the table).
        unsafe {
            let v = inputs.map(|x| s.load(x.as_ptr().add(i)));
            s.store(dst.as_mut_ptr().add(i), f(v));
        }
    }
    if whole < dst.len() {
        let tail = |x: &[f32]| {
            let mut padded = [1.0; MAX_LANES];
            padded[..dst.len() - whole].copy_from_slice(&x[whole..]);
            padded
        };
        let padded = inputs.map(tail);
        let mut out = [0.0; MAX_LANES];
        // SAFETY: the arrays hold `MAX_LANES ≥ LANES` f32.
        unsafe { s.store(out.as_mut_ptr(), f(padded.each_ref().map(|x| s.load(x.as_ptr())))) }
        let rest = dst.len() - whole;
        dst[whole..].copy_from_slice(&out[..rest]);
    }
}

/// [`map`] in place.
#[inline(always)]
fn map_in_place<S: Simd>(s: S, x: &mut [f32], f: impl Fn(S::V) -> S::V) {
    let whole = x.len() / S::LANES * S::LANES;
    for i in (0..whole).step_by(S::LANES) {
        // SAFETY: `i + LANES ≤ whole ≤ x.len()`.
        unsafe { s.store(x.as_mut_ptr().add(i), f(s.load(x.as_ptr().add(i)))) }
    }
    let mut padded = [1.0; MAX_LANES];
    let tail = &mut x[whole..];
    padded[..tail.len()].copy_from_slice(tail);
    // SAFETY: the array holds `MAX_LANES ≥ LANES` f32.
    unsafe { s.store(padded.as_mut_ptr(), f(s.load(padded.as_ptr()))) }
    tail.copy_from_slice(&padded[..tail.len()]);
}

/// See [`crate::Kernels::adain_snake`].
#[inline(always)]
pub(crate) fn adain_snake<S: Simd>(
    s: S,
    x: &[f32],
    affine: &ChannelAffine<'_>,
    alpha: &[f32],
    dst: &mut [f32],
) {
    let inputs = [x, affine.mean, affine.scale, affine.shift, alpha];
    map(s, inputs, dst, |[x, mean, scale, shift, alpha]| {
        let y = s.fma(s.sub(x, mean), scale, shift);
        s.add(y, s.div(math::sin_squared(s, s.mul(alpha, y)), alpha))
    });
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
    let (zero, slope) = (s.splat(0.0), s.splat(slope));
    map(s, [x, affine.mean, affine.scale, affine.shift], dst, |[x, mean, scale, shift]| {
        let y = s.fma(s.sub(x, mean), scale, shift);
        s.select_less(y, zero, s.mul(y, slope), y)
    });
}

/// See [`crate::Kernels::leaky_relu`].
#[inline(always)]
pub(crate) fn leaky_relu<S: Simd>(s: S, x: &[f32], slope: f32, dst: &mut [f32]) {
    let (zero, slope) = (s.splat(0.0), s.splat(slope));
    map(s, [x], dst, |[x]| s.select_less(x, zero, s.mul(x, slope), x));
}

/// See [`crate::Kernels::gelu`].
#[inline(always)]
pub(crate) fn gelu<S: Simd>(s: S, x: &mut [f32]) {
    const SQRT_2_OVER_PI: f32 = 0.797_884_6;
    map_in_place(s, x, |z| {
        let cubic = s.mul(s.mul(z, z), s.mul(z, s.splat(0.044_715)));
        let t = math::tanh(s, s.mul(s.add(z, cubic), s.splat(SQRT_2_OVER_PI)));
        s.mul(s.mul(z, s.splat(0.5)), s.add(s.splat(1.0), t))
    });
}
