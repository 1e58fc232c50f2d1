//! The transforms of Toom-Cook blocks, channels side by side in vectors.

use crate::arch::simd::Simd;
use crate::toom_cook::{MAX_POINTS, OUTPUTS, ToomCook};

/// See [`crate::Kernels::toom_cook_input`].
#[inline(always)]
pub(crate) fn input<S: Simd>(
    s: S,
    plan: &ToomCook,
    x: &[f32],
    x_stride: usize,
    out: &mut [f32],
    out_stride: usize,
    len: usize,
) {
    match plan.points() {
        8 => input_points::<S, 8>(s, plan, x, x_stride, out, out_stride, len),
        11 => input_points::<S, 11>(s, plan, x, x_stride, out, out_stride, len),
        _ => input_points::<S, MAX_POINTS>(s, plan, x, x_stride, out, out_stride, len),
    }
}

/// The points' number is a constant, so that the inputs stay in registers.
#[inline(always)]
fn input_points<S: Simd, const N: usize>(
    s: S,
    plan: &ToomCook,
    x: &[f32],
    x_stride: usize,
    out: &mut [f32],
    out_stride: usize,
    len: usize,
) {
    assert_eq!(plan.points(), N, "toom-cook: points");
    let whole = len / S::LANES * S::LANES;
    for c in (0..whole).step_by(S::LANES) {
        // SAFETY: `c + LANES ≤ len`, and `x` and `out` hold `len` values in each of `N` rows (checked by
        // `Kernels::toom_cook_input`); the plan has `N` points in all.
        unsafe {
            let (x, out) = (x.as_ptr().add(c), out.as_mut_ptr().add(c));
            let mut column = [s.splat(0.0); N];
            for (i, v) in column.iter_mut().enumerate() {
                *v = s.load(x.add(i * x_stride));
            }
            let mut p = 0;
            for single in &plan.singles {
                s.store(out.add(p * out_stride), half::<S, N>(s, &single.input, &column, single.parity));
                p += 1;
            }
            for pair in &plan.pairs {
                let even = half::<S, N>(s, &pair.input, &column, 0);
                let odd = half::<S, N>(s, &pair.input, &column, 1);
                s.store(out.add(p * out_stride), s.add(even, odd));
                s.store(out.add((p + 1) * out_stride), s.sub(even, odd));
                p += 2;
            }
        }
    }
    if whole < len {
        crate::toom_cook::input(plan, &x[whole..], x_stride, &mut out[whole..], out_stride, len - whole);
    }
}

/// `Σ row[i] · column[i]` over every second `i`.
#[inline(always)]
fn half<S: Simd, const N: usize>(s: S, row: &[f32; MAX_POINTS], column: &[S::V; N], parity: usize) -> S::V {
    let mut sum = s.mul(s.splat(row[parity]), column[parity]);
    // Bounds that are constants unroll; the parity is one in each copy of this code.
    if parity == 0 {
        for i in (2..N).step_by(2) {
            sum = s.fma(s.splat(row[i]), column[i], sum);
        }
    } else {
        for i in (3..N).step_by(2) {
            sum = s.fma(s.splat(row[i]), column[i], sum);
        }
    }
    sum
}

/// See [`crate::Kernels::toom_cook_output`].
#[inline(always)]
pub(crate) fn output<S: Simd>(
    s: S,
    plan: &ToomCook,
    x: &[f32],
    x_stride: usize,
    out: &mut [f32],
    out_stride: usize,
    len: usize,
) {
    let whole = len / S::LANES * S::LANES;
    for c in (0..whole).step_by(S::LANES) {
        // SAFETY: `c + LANES ≤ len`; `x` holds `len` values in each of the plan's points, `out` in each of `OUTPUTS` rows
        // (checked by `Kernels::toom_cook_output`).
        unsafe {
            let (x, out) = (x.as_ptr().add(c), out.as_mut_ptr().add(c));
            let mut y = [s.splat(0.0); OUTPUTS];
            let mut p = 0;
            for single in &plan.singles {
                let v = s.load(x.add(p * x_stride));
                // Zero adds to the first output, infinity to the last.
                if single.output == 0 {
                    y[0] = s.add(y[0], v);
                } else {
                    y[OUTPUTS - 1] = s.add(y[OUTPUTS - 1], v);
                }
                p += 1;
            }
            for pair in &plan.pairs {
                let plus = s.load(x.add(p * x_stride));
                let minus = s.load(x.add((p + 1) * x_stride));
                let (sum, difference) = (s.add(plus, minus), s.sub(plus, minus));
                for i in (0..OUTPUTS).step_by(2) {
                    y[i] = s.fma(s.splat(pair.powers[i]), sum, y[i]);
                    y[i + 1] = s.fma(s.splat(pair.powers[i + 1]), difference, y[i + 1]);
                }
                p += 2;
            }
            for (i, y) in y.into_iter().enumerate() {
                s.store(out.add(i * out_stride), y);
            }
        }
    }
    if whole < len {
        crate::toom_cook::output(plan, &x[whole..], x_stride, &mut out[whole..], out_stride, len - whole);
    }
}
