//! AMX: the int8 product on tiles of sixteen rows by 64 bytes. What is said in [`super::amx`] holds here too.

use std::arch::asm;
use std::arch::x86_64::*;

use super::amx::Tiles;
use crate::int8::{ByteLine, Int8Product, PANEL, ROWS, STEP_LINES};

/// Rows that are multiplied together: four tiles.
const BLOCK_ROWS: usize = 4 * ROWS;

/// Sums of four tiles of rows by one panel, on their way from the tiles to the vectors that scale them.
#[repr(align(64))]
struct Sums([i32; BLOCK_ROWS * PANEL]);

/// See [`crate::Kernels::gemm_int8`].
///
/// # Safety
/// [`super::amx::is_available`] must have said so, the CPU must have AVX-512, and `product` and `acc` must have passed
/// [`Int8Product::check`].
#[target_feature(enable = "avx512f")]
pub(crate) unsafe fn gemm_int8(product: &Int8Product<'_>, acc: &mut [f32], acc_stride: usize) {
    let Int8Product { lhs, row_stride, rows, panel, .. } = *product;
    let mut sums = Sums([0; BLOCK_ROWS * PANEL]);
    // SAFETY: the caller vouches for the tiles, and that every row of `lhs` and `acc` down to `rows` exists.
    unsafe {
        let _tiles = Tiles::configure();
        let halves = |p: *const f32| [_mm512_loadu_ps(p), _mm512_loadu_ps(p.add(16))];
        let scales = halves(panel.scales().as_ptr());
        let corrections = halves(panel.corrections().as_ptr().cast()).map(|v| _mm512_castps_si512(v));
        let mut first = 0;
        while first < rows {
            let lhs = lhs.as_ptr().add(first * row_stride);
            let count = if first + BLOCK_ROWS <= rows {
                four_row_tiles(product, lhs, 0, &mut sums);
                four_row_tiles(product, lhs, 1, &mut sums);
                BLOCK_ROWS
            } else if first + 2 * ROWS <= rows {
                two_row_tiles(product, lhs, &mut sums);
                2 * ROWS
            } else {
                one_row_tile(product, lhs, &mut sums);
                ROWS
            };
            for r in 0..count {
                let to = acc.as_mut_ptr().add((first + r) * acc_stride);
                for v in 0..2 {
                    let sum = _mm512_load_si512(sums.0.as_ptr().add(r * PANEL + 16 * v).cast());
                    let sum = _mm512_cvtepi32_ps(_mm512_add_epi32(sum, corrections[v]));
                    _mm512_storeu_ps(to.add(16 * v), _mm512_mul_ps(sum, scales[v]));
                }
            }
            first += count;
        }
    }
}

/// 64 rows by the first or second half of the outputs: four products for five loads, of which only one is of weights, which
/// come from the second-level cache.
///
/// # Safety
/// Tiles are configured; the rows exist at `lhs`; `half` is 0 or 1.
#[inline]
unsafe fn four_row_tiles(product: &Int8Product<'_>, lhs: *const ByteLine, half: usize, sums: &mut Sums) {
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
            steps = in(reg) product.panel.steps(),
            taps = inout(reg) product.panel.taps() => _,
            tap_bytes = in(reg) product.tap_stride * size_of::<ByteLine>(),
            stride = in(reg) row_bytes,
            next = in(reg) ROWS * row_bytes,
            // Back to the first tile of rows, one line further.
            back = in(reg) (3 * ROWS * row_bytes).wrapping_sub(size_of::<ByteLine>()),
            line = in(reg) size_of::<ByteLine>(),
            b = inout(reg) product.panel.lines().as_ptr().add(half * STEP_LINES / 2) => _,
            c = in(reg) sums.0.as_mut_ptr().add(half * PANEL / 2),
            options(nostack),
        );
    }
}

/// 32 rows by 32 outputs: four products for four loads.
///
/// # Safety
/// Tiles are configured; the rows exist at `lhs`.
#[inline]
unsafe fn two_row_tiles(product: &Int8Product<'_>, lhs: *const ByteLine, sums: &mut Sums) {
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
            steps = in(reg) product.panel.steps(),
            taps = inout(reg) product.panel.taps() => _,
            tap_bytes = in(reg) product.tap_stride * size_of::<ByteLine>(),
            stride = in(reg) row_bytes,
            line = in(reg) size_of::<ByteLine>(),
            b = inout(reg) product.panel.lines().as_ptr() => _,
            c = in(reg) sums.0.as_mut_ptr(),
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
unsafe fn one_row_tile(product: &Int8Product<'_>, lhs: *const ByteLine, sums: &mut Sums) {
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
            steps = in(reg) product.panel.steps(),
            taps = inout(reg) product.panel.taps() => _,
            tap_bytes = in(reg) product.tap_stride * size_of::<ByteLine>(),
            stride = in(reg) row_bytes,
            line = in(reg) size_of::<ByteLine>(),
            b = inout(reg) product.panel.lines().as_ptr() => _,
            c = in(reg) sums.0.as_mut_ptr(),
            options(nostack),
        );
    }
}
