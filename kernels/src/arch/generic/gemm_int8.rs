//! The int8 product where there are no tiles: `MR` rows by one panel in registers.

use crate::arch::integer::IntegerSimd;
use crate::arch::simd::Simd;
use crate::int8::{ByteLine, Int8Panel, Int8Product, PANEL, ROWS, STEP, STEP_LINES};

/// Vectors of outputs that are summed at once.
const VECTORS: usize = 2;

/// Outputs whose quads fill a line.
const LINE_OUTPUTS: usize = STEP / 4;

/// See [`crate::Kernels::gemm_int8`]; `MR` divides [`ROWS`], or is twelve: what that leaves is done by four or eight rows.
#[inline(always)]
pub(crate) fn gemm<S: IntegerSimd, const MR: usize>(
    s: S,
    product: &Int8Product<'_>,
    acc: &mut [f32],
    acc_stride: usize,
) {
    const { assert!(ROWS == 16 && (ROWS.is_multiple_of(MR) || MR == 12)) };
    for (p, panel) in product.panels.iter().enumerate() {
        for first in (0..PANEL).step_by(VECTORS * <S::Float as Simd>::LANES) {
            let mut r = 0;
            while r < product.rows {
                let rows = MR.min(product.rows - r);
                // SAFETY: `Int8Product::check` has found all rows of `lhs` and `acc`, whose number is a multiple of 16:
                // twelve leave four or eight of them, and other `MR` none.
                unsafe {
                    let lhs = product.lhs.as_ptr().add(r * product.row_stride);
                    let acc = acc.as_mut_ptr().add(r * acc_stride + p * PANEL + first);
                    if rows == MR {
                        tile::<S, MR>(s, product, panel, lhs, first, acc, acc_stride);
                    } else if rows == 8 {
                        tile::<S, 8>(s, product, panel, lhs, first, acc, acc_stride);
                    } else {
                        tile::<S, 4>(s, product, panel, lhs, first, acc, acc_stride);
                    }
                }
                r += rows;
            }
        }
    }
}

/// `MR` rows by the outputs `first ..` of the panel.
///
/// # Safety
/// The rows exist at `lhs` and `acc`.
#[inline(always)]
unsafe fn tile<S: IntegerSimd, const MR: usize>(
    s: S,
    product: &Int8Product<'_>,
    panel: &Int8Panel,
    lhs: *const ByteLine,
    first: usize,
    acc: *mut f32,
    acc_stride: usize,
) {
    let f = s.float();
    let lanes = <S::Float as Simd>::LANES;
    let tile_lines = STEP_LINES / (PANEL / LINE_OUTPUTS);
    let (taps, steps) = (panel.taps(), panel.steps());
    let weights = panel.lines().as_ptr();
    // SAFETY: the caller vouches for the rows; the panel holds `STEP_LINES` lines for each step, and `PANEL` scales and
    // corrections, of which `first + VECTORS · LANES` is no more.
    unsafe {
        let corrections = panel.corrections().as_ptr().add(first);
        let start = [s.load_ints(corrections), s.load_ints(corrections.add(lanes))];
        let mut sums = [[s.signed_begin(start[0]); VECTORS]; MR];
        for sums in &mut sums {
            for (sum, start) in sums.iter_mut().zip(start) {
                // Products of centred codes need no correction.
                *sum = s.signed_begin(if S::CENTRED { s.splat_product(0, 0) } else { start });
            }
        }
        for tap in 0..taps {
            for step in 0..steps {
                let w = weights.add((tap * steps + step) * STEP_LINES);
                let x = lhs.add(tap * product.tap_stride + step).cast::<u8>();
                for quad in 0..tile_lines {
                    let mut vectors = [s.load_bytes(w.cast()); VECTORS];
                    for (v, vector) in vectors.iter_mut().enumerate() {
                        let output = first + v * lanes;
                        let line = w.add(output / LINE_OUTPUTS * tile_lines + quad);
                        *vector = s.load_bytes(line.cast::<u8>().add(output % LINE_OUTPUTS * 4));
                    }
                    for (r, sums) in sums.iter_mut().enumerate() {
                        let codes = s.codes(x.add(r * product.row_stride * STEP + 4 * quad));
                        for (sum, w) in sums.iter_mut().zip(vectors) {
                            *sum = s.codes_step(*sum, w, codes);
                        }
                    }
                }
            }
        }
        let scales = panel.scales().as_ptr().add(first);
        let scale = f.splat(product.scale);
        for (r, sums) in sums.into_iter().enumerate() {
            for (v, sum) in sums.into_iter().enumerate() {
                let sum = s.signed_end(s.splat_product(0, 0), sum);
                let scales = f.mul(f.load(scales.add(v * lanes)), scale);
                let scaled = f.mul(s.to_float(sum), scales);
                f.store(acc.add(r * acc_stride + v * lanes), scaled);
            }
        }
    }
}
