//! Elementary functions on vectors.

use std::f32::consts::{FRAC_1_PI, LOG2_E};

use crate::arch::simd::Simd;

/// Horner's rule; coefficients from the highest power down.
#[inline(always)]
pub(super) fn polynomial<S: Simd, const N: usize>(s: S, x: S::V, coefficients: [f32; N]) -> S::V {
    let mut y = s.splat(coefficients[0]);
    for c in &coefficients[1..] {
        y = s.fma(y, x, s.splat(*c));
    }
    y
}

/// `eˣ` within 2 ulp; 0 below −104, ∞ above 88.73; NaN stays NaN (the order of the clamps' operands sees to it).
#[inline(always)]
pub(crate) fn exp<S: Simd>(s: S, x: S::V) -> S::V {
    // ln 2 in two parts; the first has so few bits that its product with n is exact even without a fused multiply.
    const LN2_HIGH: f32 = 0.693_359_4;
    const LN2_LOW: f32 = -2.121_944_4e-4;
    let x = s.max(s.splat(-104.0), s.min(s.splat(89.0), x));
    let n = s.round(s.mul(x, s.splat(LOG2_E)));
    let r = s.fma(n, s.splat(-LN2_HIGH), x);
    let r = s.fma(n, s.splat(-LN2_LOW), r);
    // Cephes' expf: eʳ = 1 + r + r²·P(r) on |r| ≤ ln 2 / 2.
    let p = polynomial(s, r, [1.987_569_1e-4, 1.398_2e-3, 8.333_452e-3, 4.166_579_6e-2, 1.666_666_5e-1, 0.5]);
    let y = s.add(s.fma(p, s.mul(r, r), r), s.splat(1.0));
    // 2ⁿ in two factors, so that the ends of the range (n = 128, n < −126) neither overflow nor flush early.
    let half = s.round(s.mul(n, s.splat(0.5)));
    s.mul(s.mul(y, s.exp2_integral(half)), s.exp2_integral(s.sub(n, half)))
}

/// `1 / (1 + e⁻ˣ)`.
#[inline(always)]
pub(crate) fn sigmoid<S: Simd>(s: S, x: S::V) -> S::V {
    let e = exp(s, s.sub(s.splat(0.0), x));
    s.div(s.splat(1.0), s.add(s.splat(1.0), e))
}

/// `tanh x`: Cephes' polynomial below 0.625, the exponential above.
#[inline(always)]
pub(crate) fn tanh<S: Simd>(s: S, x: S::V) -> S::V {
    let zero = s.splat(0.0);
    let magnitude = s.max(x, s.sub(zero, x));
    let z = s.mul(x, x);
    let p = polynomial(s, z, [-5.704_988_7e-3, 2.063_909e-2, -5.373_971_6e-2, 1.333_144_2e-1, -3.333_328e-1]);
    let near = s.fma(s.mul(p, z), x, x);
    let e = exp(s, s.mul(magnitude, s.splat(-2.0)));
    let far = s.div(s.sub(s.splat(1.0), e), s.add(s.splat(1.0), e));
    let far = s.select_less(x, zero, s.sub(zero, far), far);
    s.select_less(magnitude, s.splat(0.625), near, far)
}

/// `sin² (π u)` within 3e-5 for `|u| ≤ 30`: enough for what is rounded to bf16 next.
#[inline(always)]
pub(crate) fn sin_squared_of_turns<S: Simd>(s: S, u: S::V) -> S::V {
    let r = s.sub(u, s.round(u));
    let z = s.mul(r, r);
    // Minimax in z on [0, ¼] without a constant term (Lawson's iteration); error 2.3e-5.
    s.mul(polynomial(s, z, [-22.990_92, 41.294_96, -32.353_87, 9.866_674]), z)
}

/// `sin² x`, which has period π: no quadrants, one reduction and one odd polynomial.
#[inline(always)]
pub(crate) fn sin_squared<S: Simd>(s: S, x: S::V) -> S::V {
    // π in three parts (Cody and Waite); the first two have so few bits that products with n below 2¹³ are exact.
    const PI_A: f32 = 3.140_625;
    const PI_B: f32 = 9.675_026e-4;
    const PI_C: f32 = 1.509_958e-7;
    let n = s.round(s.mul(x, s.splat(FRAC_1_PI)));
    let r = s.fma(n, s.splat(-PI_A), x);
    let r = s.fma(n, s.splat(-PI_B), r);
    let r = s.fma(n, s.splat(-PI_C), r);
    // Far outside the domain the reduction loses its digits; the clamp keeps the result in [0, 1] even there.
    let bound = s.splat(1.570_797);
    let r = s.max(s.min(r, bound), s.sub(s.splat(0.0), bound));
    let z = s.mul(r, r);
    // Taylor to r¹¹: the first term left out is 6e-8 at π/2.
    let p = polynomial(s, z, [-2.505_210_8e-8, 2.755_731_9e-6, -1.984_127e-4, 8.333_334e-3, -1.666_666_7e-1]);
    let sin = s.fma(s.mul(p, z), r, r);
    s.mul(sin, sin)
}
