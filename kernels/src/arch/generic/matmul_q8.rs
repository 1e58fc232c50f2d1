//! Products of weights in ggml blocks with activations in bytes: integer dots of a block, scaled and summed in f32.
//!
//! The codes of a group of outputs are brought into the order of the dot instructions (four inputs of each output
//! side by side) once, and used for all rows.

use crate::WeightType;
use crate::activations_q8::Q8Rows;
use crate::arch::integer::{IntegerSimd, SMALL_STEPS};
use crate::arch::simd::Simd;
use crate::block::{BLOCK_ELEMENTS, BlockQ4_0, BlockQ4_1, BlockQ5_0, BlockQ5_1, BlockQ8_0};
use crate::dispatch::WeightRows;

/// Vectors of outputs that share each broadcast of activations.
const VECTORS: usize = 2;
/// Lanes of the widest vector.
const MAX_LANES: usize = 16;
const MAX_OUTPUTS: usize = VECTORS * MAX_LANES;
/// Blocks of a group of outputs prepared at a time: at most 16 KB of codes.
const CHUNK_BLOCKS: usize = 16;
/// Four-byte groups in a block.
const QUADS: usize = BLOCK_ELEMENTS / 4;

/// A chunk of a group of outputs, in the order in which it is used. Aligned, so that no load straddles cache lines.
#[repr(align(64))]
struct Prepared {
    /// `[block][quad][vector][lane][4]`
    codes: [u8; CHUNK_BLOCKS * BLOCK_ELEMENTS * MAX_OUTPUTS],
    /// `[block][vector][lane]`
    scales: [f32; CHUNK_BLOCKS * MAX_OUTPUTS],
    /// `[block][vector][lane]`, for formats with offsets.
    offsets: [f32; CHUNK_BLOCKS * MAX_OUTPUTS],
}

/// A block format: `w = d · (code − ZERO) (+ m)`. A trait and not closures, so that all is compiled with the caller's
/// target features.
trait Format<S: IntegerSimd> {
    const BYTES: usize;
    /// What the code of a weight of zero is, as the dots see it.
    const ZERO: i32;
    /// Whether blocks have an offset `m` behind their scale.
    const OFFSET: bool;
    /// Whether codes are signed bytes.
    const SIGNED: bool;

    /// The codes of one block of `LANES` rows, four inputs of each row side by side: quads 0 to 3, and 4 to 7.
    ///
    /// # Safety
    /// `BYTES` must be readable `at` bytes behind each of `LANES` `rows`.
    unsafe fn codes(s: S, rows: *const *const u8, at: usize) -> [[S::Bytes; 4]; 2];
}

/// Codes of nibbles `at` bytes behind the rows, with fifth bits, if any, at another place.
///
/// # Safety
/// Of `LANES` rows, 16 bytes at `at` and 4 bytes at `fifth_bits` must be readable.
#[inline(always)]
unsafe fn nibbles<S: IntegerSimd>(
    s: S,
    rows: *const *const u8,
    at: usize,
    fifth_bits: Option<usize>,
) -> [[S::Bytes; 4]; 2] {
    // SAFETY: the caller vouches for the bytes; rows `j`, `j + 4`, … are below `LANES`.
    unsafe {
        let first = s.load_every_fourth(rows, at);
        let mut halves = [[first; 4]; 2];
        let [lower, upper] = &mut halves;
        for (j, (lower, upper)) in lower.iter_mut().zip(upper).enumerate() {
            let packed = if j == 0 { first } else { s.load_every_fourth(rows.add(j), at) };
            (*lower, *upper) = (s.low_nibbles(packed), s.high_nibbles(packed));
            if let Some(at) = fifth_bits {
                let mut bits = [[0u16; 2]; 4];
                for (part, bits) in bits.iter_mut().enumerate().take(<S::Float as Simd>::LANES / 4) {
                    let p = (*rows.add(j + 4 * part)).add(at);
                    let [a, b, c, d] = *p.cast::<[u8; 4]>();
                    *bits = [u16::from_le_bytes([a, b]), u16::from_le_bytes([c, d])];
                }
                *lower = s.add_fifth_bits(*lower, bits.map(|[bits, _]| bits));
                *upper = s.add_fifth_bits(*upper, bits.map(|[_, bits]| bits));
            }
        }
        [s.transpose(halves[0]), s.transpose(halves[1])]
    }
}

macro_rules! nibble_format {
    ($block:ty, $zero:expr, $offset:expr, $fifth_bits:expr, $nibbles:expr) => {
        impl<S: IntegerSimd> Format<S> for $block {
            const BYTES: usize = size_of::<$block>();
            const ZERO: i32 = $zero;
            const OFFSET: bool = $offset;
            const SIGNED: bool = false;

            #[inline(always)]
            unsafe fn codes(s: S, rows: *const *const u8, at: usize) -> [[S::Bytes; 4]; 2] {
                let fifth_bits: Option<usize> = $fifth_bits;
                // SAFETY: the nibbles and fifth bits lie within the block, for which the caller vouches.
                unsafe { nibbles(s, rows, at + $nibbles, fifth_bits.map(|bits| at + bits)) }
            }
        }
    };
}

nibble_format!(BlockQ4_0, 8, false, None, 2);
nibble_format!(BlockQ4_1, 0, true, None, 4);
nibble_format!(BlockQ5_0, 16, false, Some(2), 6);
nibble_format!(BlockQ5_1, 0, true, Some(4), 8);

impl<S: IntegerSimd> Format<S> for BlockQ8_0 {
    const BYTES: usize = size_of::<BlockQ8_0>();
    const ZERO: i32 = S::BIAS;
    const OFFSET: bool = false;
    const SIGNED: bool = true;

    #[inline(always)]
    unsafe fn codes(s: S, rows: *const *const u8, at: usize) -> [[S::Bytes; 4]; 2] {
        // SAFETY: the caller vouches for the blocks, 2 + 32 bytes each; rows `j`, `j + 4`, … are below `LANES`.
        unsafe {
            let mut halves = [[s.load_every_fourth(rows, at + 2); 4]; 2];
            for (half, codes) in halves.iter_mut().enumerate() {
                for (j, codes) in codes.iter_mut().enumerate() {
                    *codes = s.bias(s.load_every_fourth(rows.add(j), at + 2 + 16 * half));
                }
            }
            [s.transpose(halves[0]), s.transpose(halves[1])]
        }
    }
}

/// See [`crate::Kernels::matmul_q8`].
#[inline(always)]
pub(crate) fn matmul_q8<S: IntegerSimd, const ROWS: usize>(
    s: S,
    w: &WeightRows<'_>,
    x: Q8Rows<'_>,
    out: &mut [f32],
) {
    match w.kind {
        WeightType::Q4_0 => multiply::<S, BlockQ4_0, ROWS>(s, w, x, out),
        WeightType::Q4_1 => multiply::<S, BlockQ4_1, ROWS>(s, w, x, out),
        WeightType::Q5_0 => multiply::<S, BlockQ5_0, ROWS>(s, w, x, out),
        WeightType::Q5_1 => multiply::<S, BlockQ5_1, ROWS>(s, w, x, out),
        WeightType::Q8_0 => multiply::<S, BlockQ8_0, ROWS>(s, w, x, out),
        WeightType::F32 | WeightType::F16 | WeightType::BF16 => {
            unreachable!("Kernels::matmul_q8 takes quantised weights only")
        }
    }
}

/// A group of outputs at a time, for all rows of `x`: every sum is over the blocks in order.
#[inline(always)]
fn multiply<S: IntegerSimd, F: Format<S>, const ROWS: usize>(
    s: S,
    w: &WeightRows<'_>,
    x: Q8Rows<'_>,
    out: &mut [f32],
) {
    let group = VECTORS * <S::Float as Simd>::LANES;
    let (m, blocks) = (x.m(), w.k / BLOCK_ELEMENTS);
    let mut prepared = Prepared {
        codes: [0; CHUNK_BLOCKS * BLOCK_ELEMENTS * MAX_OUTPUTS],
        scales: [0.0; CHUNK_BLOCKS * MAX_OUTPUTS],
        offsets: [0.0; CHUNK_BLOCKS * MAX_OUTPUTS],
    };
    let mut sums = vec![0.0f32; m * group];
    for first in (0..w.n).step_by(group) {
        // Lanes beyond the last output repeat it; their sums are not looked at.
        let rows: [&[u8]; MAX_OUTPUTS] = std::array::from_fn(|o| {
            let output = (first + o.min(group - 1)).min(w.n - 1);
            &w.bytes[output * w.stride_bytes..][..blocks * F::BYTES]
        });
        sums.fill(0.0);
        for start in (0..blocks).step_by(CHUNK_BLOCKS) {
            let count = CHUNK_BLOCKS.min(blocks - start);
            prepare::<S, F>(s, &rows[..group], start, count, &mut prepared);
            let mut r = 0;
            while r < m {
                let at = Place { row: r, block: start, count };
                let sums = &mut sums[r * group..];
                let left = m - r;
                r += if left >= ROWS {
                    tile::<S, F, ROWS>(s, &prepared, x, at, sums);
                    ROWS
                } else if left >= 3 && ROWS > 3 {
                    tile::<S, F, 3>(s, &prepared, x, at, sums);
                    3
                } else {
                    tile::<S, F, 1>(s, &prepared, x, at, sums);
                    1
                };
            }
        }
        let outputs = group.min(w.n - first);
        for (sums, out) in sums.chunks_exact(group).zip(out.chunks_exact_mut(w.n)) {
            out[first..first + outputs].copy_from_slice(&sums[..outputs]);
        }
    }
}

/// Brings `count` blocks of a group of rows into the order of [`Prepared`].
#[inline(always)]
fn prepare<S: IntegerSimd, F: Format<S>>(
    s: S,
    rows: &[&[u8]],
    start: usize,
    count: usize,
    to: &mut Prepared,
) {
    let f = s.float();
    let lanes = <S::Float as Simd>::LANES;
    let group = VECTORS * lanes;
    assert!(rows.len() == group && count <= CHUNK_BLOCKS, "matmul_q8: not one chunk of one group");
    let mut at = [std::ptr::null::<u8>(); MAX_OUTPUTS];
    // All halves are gathered before the first is widened, so that no load waits for the stores just before it.
    let mut halves = [[0u16; CHUNK_BLOCKS * MAX_OUTPUTS]; 2];
    for (o, row) in rows.iter().enumerate() {
        let row = &row[start * F::BYTES..][..count * F::BYTES];
        at[o] = row.as_ptr();
        for (b, block) in row.chunks_exact(F::BYTES).enumerate() {
            halves[0][b * group + o] = u16::from_le_bytes([block[0], block[1]]);
            if F::OFFSET {
                halves[1][b * group + o] = u16::from_le_bytes([block[2], block[3]]);
            }
        }
    }
    // SAFETY: `at` points at `group` rows of `count` blocks; with `b < count` and `v < VECTORS` all loads and stores end
    // within arrays that are sized for the widest vectors and `CHUNK_BLOCKS`.
    unsafe {
        for i in (0..count * group).step_by(lanes) {
            f.store(to.scales.as_mut_ptr().add(i), f.load_f16(halves[0].as_ptr().add(i)));
            if F::OFFSET {
                f.store(to.offsets.as_mut_ptr().add(i), f.load_f16(halves[1].as_ptr().add(i)));
            }
        }
        for b in 0..count {
            for v in 0..VECTORS {
                let halves = F::codes(s, at.as_ptr().add(v * lanes), b * F::BYTES);
                for (half, quads) in halves.into_iter().enumerate() {
                    for (quad, codes) in quads.into_iter().enumerate() {
                        let at = ((b * QUADS + 4 * half + quad) * VECTORS + v) * 4 * lanes;
                        s.store_bytes(to.codes.as_mut_ptr().add(at), codes);
                    }
                }
            }
        }
    }
}

/// The first row and block of a tile, and how many blocks it has.
#[derive(Clone, Copy)]
struct Place {
    row: usize,
    block: usize,
    count: usize,
}

/// Adds `R` rows times the prepared outputs to `sums`, `[R][group]`.
#[inline(always)]
fn tile<S: IntegerSimd, F: Format<S>, const R: usize>(
    s: S,
    w: &Prepared,
    x: Q8Rows<'_>,
    at: Place,
    sums: &mut [f32],
) {
    let f = s.float();
    let lanes = <S::Float as Simd>::LANES;
    let group = VECTORS * lanes;
    let (k, row_blocks) = (x.k, x.k / BLOCK_ELEMENTS);
    assert!(at.count <= CHUNK_BLOCKS && at.block + at.count <= row_blocks, "matmul_q8: blocks end early");
    assert!(at.row + R <= x.m() && R * group <= sums.len(), "matmul_q8: rows end early");
    let first = at.row * row_blocks + at.block;
    // SAFETY: by the assertions, blocks `first + r · row_blocks + b` with `r < R` and `b < count` lie within the
    // activations (whose three slices are the same blocks), `b` within `Prepared`, and `sums` holds `R` groups.
    unsafe {
        let codes = x.codes.as_ptr().add(first * BLOCK_ELEMENTS);
        let (scales, negated) = (x.scales.as_ptr().add(first), x.negated_sums.as_ptr().add(first));
        let total = sums.as_mut_ptr();
        let mut acc = [[f.splat(0.0); VECTORS]; R];
        for (r, acc) in acc.iter_mut().enumerate() {
            for (v, acc) in acc.iter_mut().enumerate() {
                *acc = f.load(total.add(r * group + v * lanes));
            }
        }
        for b in 0..at.count {
            let mut dots = [[s.splat_product(0, 0); VECTORS]; R];
            for (r, dots) in dots.iter_mut().enumerate() {
                *dots = [s.splat_product(*negated.add(r * row_blocks + b), F::ZERO); VECTORS];
            }
            let w_codes = w.codes.as_ptr().add(b * BLOCK_ELEMENTS * group);
            for half in 0..QUADS / SMALL_STEPS {
                let w_codes = w_codes.add(half * SMALL_STEPS * 4 * group);
                let codes = codes.add(b * BLOCK_ELEMENTS + half * SMALL_STEPS * 4);
                if F::SIGNED {
                    steps_signed::<S, R>(s, w_codes, codes, k, &mut dots);
                } else {
                    steps_small::<S, R>(s, w_codes, codes, k, &mut dots);
                }
            }
            for v in 0..VECTORS {
                let scale = f.load(w.scales.as_ptr().add(b * group + v * lanes));
                for (r, acc) in acc.iter_mut().enumerate() {
                    let dot = s.to_float(dots[r][v]);
                    let x_scale = f.splat(*scales.add(r * row_blocks + b));
                    if F::OFFSET {
                        let offset = f.load(w.offsets.as_ptr().add(b * group + v * lanes));
                        let sum = s.to_float(s.splat_product(*negated.add(r * row_blocks + b), -1));
                        let product = f.fma(dot, scale, f.mul(sum, offset));
                        acc[v] = f.fma(product, x_scale, acc[v]);
                    } else {
                        acc[v] = f.fma(f.mul(dot, x_scale), scale, acc[v]);
                    }
                }
            }
        }
        for (r, acc) in acc.into_iter().enumerate() {
            for (v, acc) in acc.into_iter().enumerate() {
                f.store(total.add(r * group + v * lanes), acc);
            }
        }
    }
}

macro_rules! steps {
    ($name:ident, $begin:ident, $step:ident, $end:ident) => {
        /// Adds the products of four quads to `dots`.
        ///
        /// # Safety
        /// Four quads of `VECTORS` vectors of weights and of `R` rows of activations must be readable.
        #[inline(always)]
        unsafe fn $name<S: IntegerSimd, const R: usize>(
            s: S,
            w: *const u8,
            x: *const i8,
            x_stride: usize,
            dots: &mut [[S::Ints; VECTORS]; R],
        ) {
            let bytes = 4 * <S::Float as Simd>::LANES;
            let mut sums = [[s.$begin(dots[0][0]); VECTORS]; R];
            for (sums, dots) in sums.iter_mut().zip(dots.iter()) {
                for (sum, dot) in sums.iter_mut().zip(dots) {
                    *sum = s.$begin(*dot);
                }
            }
            // SAFETY: the caller vouches for it: `quad < SMALL_STEPS` and `r < R`.
            unsafe {
                for quad in 0..SMALL_STEPS {
                    let w = w.add(quad * VECTORS * bytes);
                    let w = [s.load_bytes(w), s.load_bytes(w.add(bytes))];
                    for (r, sums) in sums.iter_mut().enumerate() {
                        let x = s.quad(x.add(r * x_stride + 4 * quad));
                        for (sum, w) in sums.iter_mut().zip(w) {
                            *sum = s.$step(*sum, w, x);
                        }
                    }
                }
            }
            for (sums, dots) in sums.into_iter().zip(dots) {
                for (sum, dot) in sums.into_iter().zip(dots) {
                    *dot = s.$end(*dot, sum);
                }
            }
        }
    };
}

steps!(steps_small, small_begin, small_step, small_end);
steps!(steps_signed, signed_begin, signed_step, signed_end);
