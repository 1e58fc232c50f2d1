//! The bf16 product where there are no tiles: `MR` rows by one panel in registers.

use crate::arch::simd::Simd;
use crate::bf16::{Bf16Product, Line, PANEL, ROWS, STEP, STEP_LINES};

/// Vectors of outputs that are summed at once.
const VECTORS: usize = 2;

/// See [`crate::Kernels::gemm_bf16`]; `MR` divides [`ROWS`].
#[inline(always)]
pub(crate) fn gemm<S: Simd, const MR: usize>(
    s: S,
    product: &Bf16Product<'_>,
    acc: &mut [f32],
    acc_stride: usize,
) {
    const { assert!(ROWS.is_multiple_of(MR)) };
    for (column, product) in product.each_panel() {
        for r in (0..product.rows).step_by(MR) {
            for first in (0..PANEL).step_by(VECTORS * S::LANES) {
                // SAFETY: `Bf16Product::check` has found all rows of `lhs` and `acc`, and `MR` divides their number.
                unsafe {
                    let lhs = product.lhs.as_ptr().add(r * product.row_stride);
                    let acc = acc.as_mut_ptr().add(r * acc_stride + column + first);
                    tile::<S, MR>(s, &product, lhs, first, acc, acc_stride);
                }
            }
        }
    }
}

/// `MR` rows by the outputs `first ..` of the panel.
///
/// # Safety
/// The rows exist at `lhs` and `acc`.
#[inline(always)]
unsafe fn tile<S: Simd, const MR: usize>(
    s: S,
    product: &Bf16Product<'_>,
    lhs: *const Line,
    first: usize,
    acc: *mut f32,
    acc_stride: usize,
) {
    /// Outputs whose pairs fill a line.
    const LINE_OUTPUTS: usize = STEP / 2;
    let mut sums = [[s.splat(0.0); MR]; VECTORS];
    let tile_lines = STEP_LINES / (PANEL / LINE_OUTPUTS);
    // SAFETY: the caller vouches for the rows; the panel holds `STEP_LINES` lines for each step.
    unsafe {
        if product.accumulate {
            for (v, sums) in sums.iter_mut().enumerate() {
                for (r, sum) in sums.iter_mut().enumerate() {
                    *sum = s.load(acc.add(r * acc_stride + v * S::LANES));
                }
            }
        }
        for tap in 0..product.taps {
            for step in 0..product.steps {
                let w = product.panels.as_ptr().add((tap * product.steps + step) * STEP_LINES);
                let x = lhs.add(tap * product.tap_stride + step);
                for pair in 0..tile_lines {
                    let mut rows = [x.cast::<u16>(); MR];
                    for (r, row) in rows.iter_mut().enumerate() {
                        *row = x.add(r * product.row_stride).cast::<u16>().add(2 * pair);
                    }
                    for (v, sums) in sums.iter_mut().enumerate() {
                        let output = first + v * S::LANES;
                        let line = w.add(output / LINE_OUTPUTS * tile_lines + pair);
                        s.dot_bf16(sums, rows, line.cast::<u16>().add(output % LINE_OUTPUTS * 2));
                    }
                }
            }
        }
        for (v, sums) in sums.into_iter().enumerate() {
            for (r, sum) in sums.into_iter().enumerate() {
                s.store(acc.add(r * acc_stride + v * S::LANES), sum);
            }
        }
    }
}
