//! AMX: the int8 product on tiles of sixteen rows by 64 bytes. What is said in [`super::amx`] holds here too.

use std::arch::asm;
use std::arch::x86_64::*;
use std::mem::MaybeUninit;

use super::amx::Tiles;
use crate::int8::{ByteLine, Int8Panel, Int8Product, PANEL, ROWS, STEP_LINES};

/// Rows that are multiplied together: four tiles.
const BLOCK_ROWS: usize = 4 * ROWS;

/// Room for the sums of four tiles of rows by one panel, on their way from the tiles to the vectors that scale them.
type Sums = [ByteLine; BLOCK_ROWS * PANEL * size_of::<i32>() / size_of::<ByteLine>()];

/// See [`crate::Kernels::gemm_int8`].
///
/// # Safety
/// [`super::amx::is_available`] must have said so, the CPU must have AVX-512, and `product` and `acc` must have passed
/// [`Int8Product::check`].
#[target_feature(enable = "avx512f")]
pub(crate) unsafe fn gemm_int8(product: &Int8Product<'_>, acc: &mut [f32], acc_stride: usize) {
    let Int8Product { lhs, row_stride, rows, panels, .. } = *product;
    let mut sums = MaybeUninit::<Sums>::uninit();
    let sums = sums.as_mut_ptr().cast::<i32>();
    // SAFETY: the caller vouches for the tiles, and that every row of `lhs` and `acc` down to `rows` exists.
    unsafe {
        let _tiles = Tiles::configure();
        for first in (0..rows).step_by(BLOCK_ROWS) {
            let count = BLOCK_ROWS.min(rows - first);
            for (p, panel) in panels.iter().enumerate() {
                let at = Place { panel, lhs: lhs.as_ptr().add(first * row_stride), sums };
                match count / ROWS {
                    4 => {
                        four_row_tiles(product, at, 0);
                        four_row_tiles(product, at, 1);
                    }
                    3 => {
                        two_row_tiles(product, at);
                        let lhs = at.lhs.add(2 * ROWS * row_stride);
                        one_row_tile(product, Place { lhs, sums: sums.add(2 * ROWS * PANEL), ..at });
                    }
                    2 => two_row_tiles(product, at),
                    _ => one_row_tile(product, at),
                }
                let to = acc.as_mut_ptr().add(first * acc_stride + p * PANEL);
                scale(product, panel, sums, count, to, acc_stride);
            }
        }
    }
}

/// Where a product of some tiles takes place.
#[derive(Clone, Copy)]
struct Place<'a> {
    panel: &'a Int8Panel,
    /// The first row.
    lhs: *const ByteLine,
    /// Rows of [`PANEL`] sums.
    sums: *mut i32,
}

/// Corrects and scales the sums of `count` rows.
///
/// # Safety
/// There are so many rows of sums, and as many of `PANEL` values `acc_stride` apart at `acc`.
#[inline]
#[target_feature(enable = "avx512f")]
unsafe fn scale(
    product: &Int8Product<'_>,
    panel: &Int8Panel,
    sums: *const i32,
    count: usize,
    acc: *mut f32,
    acc_stride: usize,
) {
    for v in 0..PANEL / 16 {
        // SAFETY: the caller vouches for the rows; scales and corrections are `PANEL` long, sums aligned to lines.
        unsafe {
            let scales = _mm512_loadu_ps(panel.scales().as_ptr().add(16 * v));
            let scales = _mm512_mul_ps(scales, _mm512_set1_ps(product.scale));
            let corrections = _mm512_loadu_si512(panel.corrections().as_ptr().add(16 * v).cast());
            for r in 0..count {
                let sum = _mm512_load_si512(sums.add(r * PANEL + 16 * v).cast());
                let sum = _mm512_cvtepi32_ps(_mm512_add_epi32(sum, corrections));
                _mm512_storeu_ps(acc.add(r * acc_stride + 16 * v), _mm512_mul_ps(sum, scales));
            }
        }
    }
}

/// 64 rows by the first or second half of the outputs: four products for five loads, of which only one is of weights, which
/// come from the second-level cache.
///
/// # Safety
/// Tiles are configured; the rows exist at `lhs`; `half` is 0 or 1.
#[inline]
unsafe fn four_row_tiles(product: &Int8Product<'_>, at: Place<'_>, half: usize) {
    let Place { panel, lhs, sums } = at;
    let row_bytes = product.row_stride * size_of::<ByteLine>();
    // SAFETY: the caller vouches for the tiles and the rows; the panel holds `taps · steps` steps of 2 KB, each half tile 0
    // and half tile 1; `sums` is 64 rows of 128 bytes.
    unsafe {
        asm!(
            "tilezero tmm0",
            "tilezero tmm1",
            "tilezero tmm2",
            "tilezero tmm3",
            "2:",
            "mov {a}, {tap0}",
            "mov {n}, {steps}",
            "3:",
            "tileloadd tmm7, [{b} + {line}*1]",
            "tileloadd tmm4, [{a} + {stride}*1]",
            "tdpbusd tmm0, tmm4, tmm7",
            "add {a}, {next}",
            "tileloadd tmm5, [{a} + {stride}*1]",
            "tdpbusd tmm1, tmm5, tmm7",
            "add {a}, {next}",
            "tileloadd tmm6, [{a} + {stride}*1]",
            "tdpbusd tmm2, tmm6, tmm7",
            "add {a}, {next}",
            "tileloadd tmm4, [{a} + {stride}*1]",
            "tdpbusd tmm3, tmm4, tmm7",
            "sub {a}, {back}",
            "add {b}, 2048",
            "dec {n}",
            "jnz 3b",
            "add {tap0}, {tap_bytes}",
            "dec {taps}",
            "jnz 2b",
            "mov {n:e}, 128",
            "tilestored [{c} + {n}*1], tmm0",
            "tilestored [{c} + {n}*1 + 2048], tmm1",
            "tilestored [{c} + {n}*1 + 4096], tmm2",
            "tilestored [{c} + {n}*1 + 6144], tmm3",
            a = out(reg) _,
            n = out(reg) _,
            tap0 = inout(reg) lhs => _,
            steps = in(reg) panel.steps(),
            taps = inout(reg) panel.taps() => _,
            tap_bytes = in(reg) product.tap_stride * size_of::<ByteLine>(),
            stride = in(reg) row_bytes,
            next = in(reg) ROWS * row_bytes,
            // Back to the first tile of rows, one line further.
            back = in(reg) (3 * ROWS * row_bytes).wrapping_sub(size_of::<ByteLine>()),
            line = in(reg) size_of::<ByteLine>(),
            b = inout(reg) panel.lines().as_ptr().add(half * STEP_LINES / 2) => _,
            c = in(reg) sums.add(half * PANEL / 2),
            options(nostack),
        );
    }
}

/// 32 rows by 32 outputs: four products for four loads.
///
/// # Safety
/// Tiles are configured; the rows exist at `lhs`.
#[inline]
unsafe fn two_row_tiles(product: &Int8Product<'_>, at: Place<'_>) {
    let Place { panel, lhs, sums } = at;
    let row_bytes = product.row_stride * size_of::<ByteLine>();
    // SAFETY: the caller vouches for the tiles and the rows; the panel holds `taps · steps` steps of 2 KB; `sums` has
    // rows of 128 bytes, 32 and more.
    unsafe {
        asm!(
            "tilezero tmm0",
            "tilezero tmm1",
            "tilezero tmm2",
            "tilezero tmm3",
            "2:",
            "mov {a0}, {tap0}",
            "mov {a1}, {stride}",
            "shl {a1}, 4",
            "add {a1}, {tap0}",
            "mov {n}, {steps}",
            "3:",
            "tileloadd tmm4, [{a0} + {stride}*1]",
            "tileloadd tmm6, [{b} + {line}*1]",
            "tdpbusd tmm0, tmm4, tmm6",
            "tileloadd tmm7, [{b} + {line}*1 + 1024]",
            "tdpbusd tmm1, tmm4, tmm7",
            "tileloadd tmm5, [{a1} + {stride}*1]",
            "tdpbusd tmm2, tmm5, tmm6",
            "tdpbusd tmm3, tmm5, tmm7",
            "add {a0}, 64",
            "add {a1}, 64",
            "add {b}, 2048",
            "dec {n}",
            "jnz 3b",
            "add {tap0}, {tap_bytes}",
            "dec {taps}",
            "jnz 2b",
            "mov {n:e}, 128",
            "tilestored [{c} + {n}*1], tmm0",
            "tilestored [{c} + {n}*1 + 64], tmm1",
            "tilestored [{c} + {n}*1 + 2048], tmm2",
            "tilestored [{c} + {n}*1 + 2112], tmm3",
            a0 = out(reg) _,
            a1 = out(reg) _,
            n = out(reg) _,
            tap0 = inout(reg) lhs => _,
            steps = in(reg) panel.steps(),
            taps = inout(reg) panel.taps() => _,
            tap_bytes = in(reg) product.tap_stride * size_of::<ByteLine>(),
            stride = in(reg) row_bytes,
            line = in(reg) size_of::<ByteLine>(),
            b = inout(reg) panel.lines().as_ptr() => _,
            c = in(reg) sums,
            options(nostack),
        );
    }
    // Rows of sums are 128 bytes, a tile's sixteen of them 2,048; a step's weights are 2,048 bytes.
    const { assert!(ROWS == 16 && PANEL * size_of::<i32>() == 128 && STEP_LINES * size_of::<ByteLine>() == 2048) };
}

/// Sixteen rows by 32 outputs, for what is left.
///
/// # Safety
/// As [`two_row_tiles`].
#[inline]
unsafe fn one_row_tile(product: &Int8Product<'_>, at: Place<'_>) {
    let Place { panel, lhs, sums } = at;
    let row_bytes = product.row_stride * size_of::<ByteLine>();
    // SAFETY: as in `two_row_tiles`.
    unsafe {
        asm!(
            "tilezero tmm0",
            "tilezero tmm1",
            "2:",
            "mov {a}, {tap}",
            "mov {n}, {steps}",
            "3:",
            "tileloadd tmm4, [{a} + {stride}*1]",
            "tileloadd tmm6, [{b} + {line}*1]",
            "tdpbusd tmm0, tmm4, tmm6",
            "tileloadd tmm7, [{b} + {line}*1 + 1024]",
            "tdpbusd tmm1, tmm4, tmm7",
            "add {a}, 64",
            "add {b}, 2048",
            "dec {n}",
            "jnz 3b",
            "add {tap}, {tap_bytes}",
            "dec {taps}",
            "jnz 2b",
            "mov {n:e}, 128",
            "tilestored [{c} + {n}*1], tmm0",
            "tilestored [{c} + {n}*1 + 64], tmm1",
            a = out(reg) _,
            n = out(reg) _,
            tap = inout(reg) lhs => _,
            steps = in(reg) panel.steps(),
            taps = inout(reg) panel.taps() => _,
            tap_bytes = in(reg) product.tap_stride * size_of::<ByteLine>(),
            stride = in(reg) row_bytes,
            line = in(reg) size_of::<ByteLine>(),
            b = inout(reg) panel.lines().as_ptr() => _,
            c = in(reg) sums,
            options(nostack),
        );
    }
}
