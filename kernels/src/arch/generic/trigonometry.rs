//! Sine, cosine and arc tangent on vectors.

use std::f32::consts::{FRAC_2_PI, FRAC_PI_2, FRAC_PI_4, PI};

use super::math::polynomial;
use crate::arch::simd::Simd;

/// Arguments up to here are reduced by [`reduce`] to little more than ±π/4: beyond, the product that chooses the multiple
/// of π/2 has too few digits left behind the point.
pub(super) const REDUCED_BELOW: f32 = 524_288.0;

/// `n` and `x − n·π/2` for the nearest integer `n`.
///
/// Cody and Waite in three parts. With a fused multiply-add the first difference is exact (a multiple of 2⁻²³ below 2)
/// and the second is rounded once; parts after the third are below 2⁻⁴⁵.
#[inline(always)]
fn reduce<S: Simd>(s: S, x: S::V) -> (S::V, S::V) {
    const HALF_PI_B: f32 = -4.371_139e-8;
    const HALF_PI_C: f32 = -1.715_119_8e-15;
    let n = s.round(s.mul(x, s.splat(FRAC_2_PI)));
    let r = s.fma_exact(n, s.splat(-FRAC_PI_2), x);
    let r = s.fma_exact(n, s.splat(-HALF_PI_B), r);
    (n, s.fma_exact(n, s.splat(-HALF_PI_C), r))
}

/// `(sin x, cos x)` for `|x|` up to [`REDUCED_BELOW`].
#[inline(always)]
pub(super) fn sin_cos<S: Simd>(s: S, x: S::V) -> (S::V, S::V) {
    let (zero, one) = (s.splat(0.0), s.splat(1.0));
    let (n, r) = reduce(s, x);
    let z = s.mul(r, r);
    // Cephes' sinf and cosf on |r| ≤ π/4.
    let p = polynomial(s, z, [-1.951_529_6e-4, 8.332_161e-3, -1.666_665_5e-1]);
    let near_sin = s.fma(s.mul(p, z), r, r);
    let p = polynomial(s, z, [2.443_315_7e-5, -1.388_731_6e-3, 4.166_664_6e-2]);
    let near_cos = s.fma(s.mul(z, z), p, s.fma(z, s.splat(-0.5), one));
    // The quadrant as 0, ¼, ½ or ¾ of a turn.
    let quarter = s.mul(n, s.splat(0.25));
    let turn = s.sub(quarter, s.round(quarter));
    let turn = s.select_less(turn, s.splat(-0.1), s.add(turn, one), turn);
    let middle = s.sub(turn, s.splat(0.375));
    let distance = s.max(middle, s.sub(zero, middle));
    // ¼ and ¾ swap the two; sine is negative from ½ on, cosine for ¼ and ½.
    let doubled = s.add(turn, turn);
    let offset = s.sub(doubled, s.round(doubled));
    let swapped = s.mul(offset, offset);
    let sin = s.select_less(s.splat(0.1), swapped, near_cos, near_sin);
    let cos = s.select_less(s.splat(0.1), swapped, near_sin, near_cos);
    (
        s.select_less(s.splat(0.4), turn, s.sub(zero, sin), sin),
        s.select_less(distance, s.splat(0.2), s.sub(zero, cos), cos),
    )
}

/// The angle of `(x, y)` for finite numbers, with IEEE 754's signs of zero.
#[inline(always)]
pub(super) fn atan2<S: Simd>(s: S, y: S::V, x: S::V) -> S::V {
    const TAN_PI_8: f32 = 0.414_213_57;
    // What the f32 constants leave of π and π/2.
    const PI_REST: f32 = -8.742_278e-8;
    const HALF_PI_REST: f32 = -4.371_139e-8;
    const QUARTER_PI_REST: f32 = -2.185_569_4e-8;
    let (zero, one) = (s.splat(0.0), s.splat(1.0));
    let (a, b) = (s.copy_sign(x, one), s.copy_sign(y, one));
    let (low, high) = (s.min(a, b), s.max(a, b));
    // Sums of the largest numbers would overflow, products of the smallest have few digits; both scales are exact.
    let scale = s.select_less(s.splat(1e38), high, s.splat(0.25), one);
    let scale = s.select_less(high, s.splat(1e-30), s.splat(1_073_741_824.0), scale);
    let (low, high) = (s.mul(low, scale), s.mul(high, scale));
    // atan t for t in 0..=1, as it is or as π/4 + atan((t − 1) / (t + 1)).
    let bound = s.mul(high, s.splat(TAN_PI_8));
    let numerator = s.select_less(bound, low, s.sub(low, high), low);
    let denominator = s.select_less(bound, low, s.add(low, high), high);
    let start = s.select_less(bound, low, s.splat(FRAC_PI_4), zero);
    let rest = s.select_less(bound, low, s.splat(QUARTER_PI_REST), zero);
    let t = s.select_less(zero, denominator, s.div(numerator, denominator), zero);
    let z = s.mul(t, t);
    // Cephes' atanf.
    let p = polynomial(s, z, [8.053_744_5e-2, -1.387_768_6e-1, 1.997_771_1e-1, -3.333_295e-1]);
    let angle = s.fma(s.mul(p, z), t, t);
    let angle = s.add(start, s.add(rest, angle));
    let steep = s.sub(s.splat(FRAC_PI_2), s.sub(angle, s.splat(HALF_PI_REST)));
    let angle = s.select_less(a, b, steep, angle);
    let behind = s.sub(s.splat(PI), s.sub(angle, s.splat(PI_REST)));
    let angle = s.select_less(s.copy_sign(one, x), zero, behind, angle);
    s.copy_sign(angle, y)
}
