//! Matrix product with packed panels: the microkernel of every convolution.

use crate::arch::simd::Simd;

/// Vectors of outputs in a panel. Two give each broadcast activation two multiply-adds.
pub(crate) const PANEL_VECTORS: usize = 2;

/// See [`crate::Kernels::gemm_panel`]; `MR` rows share each load of weights.
#[inline(always)]
pub(crate) fn gemm_panel<S: Simd, const MR: usize>(
    s: S,
    a: &[f32],
    row_stride: usize,
    rows: usize,
    k: usize,
    panel: &[f32],
    acc: &mut [f32],
) {
    let nr = PANEL_VECTORS * S::LANES;
    let mut r = 0;
    // SAFETY: `(rows − 1) · row_stride + k ≤ a.len()`, `panel` is `k · nr` and `acc` is `rows · nr` long (checked by
    // `Kernels::gemm_panel`), and every block handled below ends at or before `rows`.
    unsafe {
        let at = |r: usize| a.as_ptr().add(r * row_stride);
        let acc = acc.as_mut_ptr();
        while r + MR <= rows {
            tile::<S, MR>(s, at(r), row_stride, k, panel.as_ptr(), acc.add(r * nr));
            r += MR;
        }
        if MR > 4 {
            while r + 4 <= rows {
                tile::<S, 4>(s, at(r), row_stride, k, panel.as_ptr(), acc.add(r * nr));
                r += 4;
            }
        }
        if MR > 2 && r + 2 <= rows {
            tile::<S, 2>(s, at(r), row_stride, k, panel.as_ptr(), acc.add(r * nr));
            r += 2;
        }
        while r < rows {
            tile::<S, 1>(s, at(r), row_stride, k, panel.as_ptr(), acc.add(r * nr));
            r += 1;
        }
    }
}

/// `MR` rows times one panel, sums in registers.
///
/// # Safety
/// Readable: `k` f32 at `a + r · row_stride` for `r < MR`, and `k` panel rows; writable: `MR` panel rows at `acc`.
#[inline(always)]
unsafe fn tile<S: Simd, const MR: usize>(
    s: S,
    a: *const f32,
    row_stride: usize,
    k: usize,
    panel: *const f32,
    acc: *mut f32,
) {
    let (lanes, nr) = (S::LANES, PANEL_VECTORS * S::LANES);
    let mut sums = [[s.splat(0.0); PANEL_VECTORS]; MR];
    // SAFETY: the caller vouches for all rows; `p < k` and `r < MR`.
    unsafe {
        for (r, sums) in sums.iter_mut().enumerate() {
            *sums = [s.load(acc.add(r * nr)), s.load(acc.add(r * nr + lanes))];
        }
        for p in 0..k {
            let w = panel.add(p * nr);
            let w = [s.load(w), s.load(w.add(lanes))];
            for (r, sums) in sums.iter_mut().enumerate() {
                let x = s.splat(*a.add(r * row_stride + p));
                *sums = [s.fma(x, w[0], sums[0]), s.fma(x, w[1], sums[1])];
            }
        }
        for (r, sums) in sums.into_iter().enumerate() {
            s.store(acc.add(r * nr), sums[0]);
            s.store(acc.add(r * nr + lanes), sums[1]);
        }
    }
}
