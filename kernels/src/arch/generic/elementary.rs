//! Elementary functions of whole slices.

use super::activation::{MAX_LANES, Map, map};
use super::{math, trigonometry};
use crate::arch::simd::Simd;

struct Exp;

impl<S: Simd> Map<S, 1> for Exp {
    #[inline(always)]
    fn apply(&self, s: S, [x]: [S::V; 1]) -> S::V {
        math::exp(s, x)
    }
}

struct Sigmoid;

impl<S: Simd> Map<S, 1> for Sigmoid {
    #[inline(always)]
    fn apply(&self, s: S, [x]: [S::V; 1]) -> S::V {
        math::sigmoid(s, x)
    }
}

struct Tanh;

impl<S: Simd> Map<S, 1> for Tanh {
    #[inline(always)]
    fn apply(&self, s: S, [x]: [S::V; 1]) -> S::V {
        math::tanh(s, x)
    }
}

struct Atan2;

impl<S: Simd> Map<S, 2> for Atan2 {
    #[inline(always)]
    fn apply(&self, s: S, [y, x]: [S::V; 2]) -> S::V {
        trigonometry::atan2(s, y, x)
    }
}

/// See [`crate::Kernels::exp`].
#[inline(always)]
pub(crate) fn exp<S: Simd>(s: S, x: &mut [f32]) {
    let p = x.as_mut_ptr();
    // SAFETY: input and output are the one slice.
    unsafe { map(s, [p.cast_const()], p, x.len(), &Exp) }
}

/// See [`crate::Kernels::sigmoid`].
#[inline(always)]
pub(crate) fn sigmoid<S: Simd>(s: S, x: &mut [f32]) {
    let p = x.as_mut_ptr();
    // SAFETY: input and output are the one slice.
    unsafe { map(s, [p.cast_const()], p, x.len(), &Sigmoid) }
}

/// See [`crate::Kernels::tanh`].
#[inline(always)]
pub(crate) fn tanh<S: Simd>(s: S, x: &mut [f32]) {
    let p = x.as_mut_ptr();
    // SAFETY: input and output are the one slice.
    unsafe { map(s, [p.cast_const()], p, x.len(), &Tanh) }
}

/// See [`crate::Kernels::atan2`].
#[inline(always)]
pub(crate) fn atan2<S: Simd>(s: S, y: &[f32], x: &[f32], dst: &mut [f32]) {
    // SAFETY: all slices are as long as `dst` (checked by `Kernels::atan2`).
    unsafe { map(s, [y.as_ptr(), x.as_ptr()], dst.as_mut_ptr(), dst.len(), &Atan2) }
    // The vector code is for finite numbers; others are rare, and left to the reference.
    for ((d, &y), &x) in dst.iter_mut().zip(y).zip(x) {
        if !(y.is_finite() && x.is_finite()) {
            *d = y.atan2(x);
        }
    }
}

/// See [`crate::Kernels::sin_cos`].
#[inline(always)]
pub(crate) fn sin_cos<S: Simd>(s: S, x: &[f32], sin: &mut [f32], cos: &mut [f32]) {
    let whole = x.len() / S::LANES * S::LANES;
    // SAFETY: `i + LANES ≤ whole`, and all slices are as long as `x` (checked by `Kernels::sin_cos`); the arrays hold
    // `MAX_LANES ≥ LANES` f32, and `rest` of them are copied.
    unsafe {
        for i in (0..whole).step_by(S::LANES) {
            let (sines, cosines) = trigonometry::sin_cos(s, s.load(x.as_ptr().add(i)));
            s.store(sin.as_mut_ptr().add(i), sines);
            s.store(cos.as_mut_ptr().add(i), cosines);
        }
        let rest = x.len() - whole;
        if rest > 0 {
            let mut padded = [0.0f32; MAX_LANES];
            padded[..rest].copy_from_slice(&x[whole..]);
            let (sines, cosines) = trigonometry::sin_cos(s, s.load(padded.as_ptr()));
            s.store(padded.as_mut_ptr(), sines);
            sin[whole..].copy_from_slice(&padded[..rest]);
            s.store(padded.as_mut_ptr(), cosines);
            cos[whole..].copy_from_slice(&padded[..rest]);
        }
    }
    for ((&x, sin), cos) in x.iter().zip(sin).zip(cos) {
        if x.abs() > trigonometry::REDUCED_BELOW {
            let x = f64::from(x);
            (*sin, *cos) = (x.sin() as f32, x.cos() as f32);
        }
    }
}
