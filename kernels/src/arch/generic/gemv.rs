//! Matrix-vector product with wide panels (the LSTM recurrence), and widening of half-precision weights.

use crate::GEMV_PANEL_WIDTH;
use crate::arch::simd::Simd;

/// See [`crate::Kernels::gemv_wide`].
#[inline(always)]
pub(crate) fn gemv_wide<S: Simd>(s: S, panels: &[f32], x: &[f32], y: &mut [f32]) {
    /// Sums kept in registers at a time: half a panel of the narrowest vectors, a whole one of the widest.
    const SUMS: usize = 4;
    let width = SUMS * S::LANES;
    for (panel, y) in
        panels.chunks_exact(x.len() * GEMV_PANEL_WIDTH).zip(y.chunks_exact_mut(GEMV_PANEL_WIDTH))
    {
        for (part, y) in y.chunks_exact_mut(width).enumerate() {
            // SAFETY: `part · width + width ≤ 64`, so vector `v` of row `p` lies inside the panel's `x.len()` rows of
            // 64, and inside `y`'s `width`.
            unsafe {
                let w = panel.as_ptr().add(part * width);
                let y = y.as_mut_ptr();
                let mut sums = [s.splat(0.0); SUMS];
                for (v, sum) in sums.iter_mut().enumerate() {
                    *sum = s.load(y.add(v * S::LANES));
                }
                for (p, &x) in x.iter().enumerate() {
                    let x = s.splat(x);
                    for (v, sum) in sums.iter_mut().enumerate() {
                        *sum = s.fma(x, s.load(w.add(p * GEMV_PANEL_WIDTH + v * S::LANES)), *sum);
                    }
                }
                for (v, sum) in sums.into_iter().enumerate() {
                    s.store(y.add(v * S::LANES), sum);
                }
            }
        }
    }
}

/// See [`crate::Kernels::widen_f16`].
#[inline(always)]
pub(crate) fn widen_f16<S: Simd>(s: S, src: &[u16], dst: &mut [f32]) {
    let whole = src.len() / S::LANES * S::LANES;
    for i in (0..whole).step_by(S::LANES) {
        // SAFETY: `i + LANES ≤ whole`, which is within both slices (equal lengths).
        unsafe { s.store(dst.as_mut_ptr().add(i), s.load_f16(src.as_ptr().add(i))) }
    }
    crate::scalar::widen_f16(&src[whole..], &mut dst[whole..]);
}

/// See [`crate::Kernels::widen_bf16`].
#[inline(always)]
pub(crate) fn widen_bf16<S: Simd>(s: S, src: &[u16], dst: &mut [f32]) {
    let whole = src.len() / S::LANES * S::LANES;
    for i in (0..whole).step_by(S::LANES) {
        // SAFETY: `i + LANES ≤ whole`, which is within both slices (equal lengths).
        unsafe { s.store(dst.as_mut_ptr().add(i), s.load_bf16(src.as_ptr().add(i))) }
    }
    crate::scalar::widen_bf16(&src[whole..], &mut dst[whole..]);
}
