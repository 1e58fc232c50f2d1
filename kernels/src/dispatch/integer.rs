//! The integer kernels of a table, and the checked methods through which they are used.

use super::half::{Activation, Prepare, Values};
use super::{Kernels, WeightRows};
use crate::WeightType;
use crate::activations_q8::{Q8Rows, Q8RowsMut};
use crate::int8::{ByteLine, Int8Product, lines};

/// The integer kernels for one instruction set.
#[derive(Debug, Clone, Copy)]
pub(crate) struct IntegerTable {
    pub(crate) quantize_q8: unsafe fn(&[f32], usize, &mut Q8RowsMut<'_>),
    pub(crate) matmul_q8: unsafe fn(&WeightRows<'_>, Q8Rows<'_>, &mut [f32]),
    pub(crate) gemm_int8: unsafe fn(&Int8Product<'_>, &mut [f32], usize),
    pub(crate) prepare_int8: unsafe fn(Values<'_>, &[f32], &Prepare<'_>, &mut [ByteLine]),
}

impl Kernels {
    /// Rounds rows of `x`, `x_stride` apart, to bytes: for every 32 of them `scale = max |x| / 127` and
    /// `code = x · (1 / scale)` rounded to the nearest integer, ties to even.
    ///
    /// The same to the bit on every instruction set. A block with an element that is not finite gets a scale that is no
    /// number, so that products show it; one whose scale would be subnormal counts as zero.
    ///
    /// # Panics
    /// If `x` ends before the last row.
    pub fn quantize_q8(&self, x: &[f32], x_stride: usize, mut rows: Q8RowsMut<'_>) {
        let m = rows.m();
        if m == 0 {
            return;
        }
        assert!((m - 1) * x_stride + rows.k <= x.len(), "quantize_q8: x ends before the last row");
        // SAFETY: only `for_isa` hands out a table, after it has detected the table's instruction set.
        unsafe { (self.integer.quantize_q8)(x, x_stride, &mut rows) }
    }

    /// `out[i][o] = Σ_p w[o][p] · x[i][p]` for all rows of `x`, weights in ggml blocks as they are stored.
    ///
    /// The 32 products of a block are summed exactly, as integers; their sum is scaled, and blocks are added in order in
    /// f32. A row's sums do not depend on how many others there are.
    ///
    /// # Accuracy
    /// Against the exact sum of the quantised numbers: within `(k / 32 + 3) ε Σ |d_w d_x dot|` over the blocks, with
    /// `|m_w d_x Σ code|` added for types with offsets, ε = [`f32::EPSILON`]; exact where all scales are one and sums stay
    /// below 2²⁴ (test `products_of_blocks_are_exact_at_the_extremes`).
    ///
    /// # Panics
    /// If `w` is not of blocks, `x` has another `k`, the weights end early, or `out` is not `m × n`.
    pub fn matmul_q8(&self, w: &WeightRows<'_>, x: Q8Rows<'_>, out: &mut [f32]) {
        assert!(is_quantised(w.kind), "matmul_q8: weights are {}, not blocks", w.kind.name());
        let m = x.m();
        assert_eq!(out.len(), m * w.n, "matmul_q8: out is not m × n");
        if m == 0 || w.n == 0 {
            return;
        }
        assert_eq!(x.k, w.k, "matmul_q8: lhs and rhs have different k");
        let row_bytes = w.kind.row_bytes(w.k);
        let last = (w.n - 1).checked_mul(w.stride_bytes).and_then(|at| at.checked_add(row_bytes));
        assert!(last.is_some_and(|end| end <= w.bytes.len()), "matmul_q8: weights end early");
        // SAFETY: only `for_isa` hands out a table, after it has detected the table's instruction set.
        unsafe { (self.integer.matmul_q8)(w, x, out) }
    }

    /// `acc[r][o] = scale · scale[o] · Σ_tap Σ_i (lhs[r + tap][i] − 128) · code[tap][i][o]` for the outputs of all panels,
    /// the sum exact; `acc` is overwritten. Calls for 64 rows and all panels at a time are the fastest.
    ///
    /// The same to the bit on every instruction set, and however rows are split.
    ///
    /// # Panics
    /// If the rows are no multiple of [`ROWS`](crate::int8::ROWS), or `lhs` or `acc` ends before the last row.
    pub fn gemm_int8(&self, product: &Int8Product<'_>, acc: &mut [f32], acc_stride: usize) {
        product.check(acc.len(), acc_stride);
        // SAFETY: only `for_isa` hands out a table, after it has detected the table's instruction set.
        unsafe { (self.integer.gemm_int8)(product, acc, acc_stride) }
    }

    /// Rows of `x`, `[rows, channels]`, to rows of whole lines: `code = 128 + y · inverse_scales[c]` rounded to the nearest
    /// integer, ties to even, and clipped to 1..=255. What a line holds behind the last channel is left as it is.
    ///
    /// # Accuracy
    /// Snake before rounding: `3e-5 / |α|` for `|α·y| ≤ 100` (test `prepared_codes_are_the_nearest`). What is no number
    /// becomes some code.
    ///
    /// # Panics
    /// If a slice has another size, snake comes without a normalisation, or one with fewer than sixteen channels.
    pub fn prepare_int8(
        &self,
        x: Values<'_>,
        inverse_scales: &[f32],
        how: &Prepare<'_>,
        dst: &mut [ByteLine],
    ) {
        let channels = inverse_scales.len();
        assert!(channels > 0 && x.len().is_multiple_of(channels), "prepare_int8: not whole rows");
        assert_eq!(dst.len(), x.len() / channels * lines(channels), "prepare_int8: dst is not as many rows");
        match how {
            Prepare::Plain(activation) => {
                let plain = !matches!(activation, Activation::Snake(_));
                assert!(plain, "prepare_int8: snake without a normalisation");
            }
            Prepare::Styled(affine, activation) => {
                super::check_affine(channels, affine, channels);
                assert!(channels >= 16, "prepare_int8: fewer channels than a vector has lanes");
                if let Activation::Snake(snake) = activation {
                    assert_eq!(snake.alpha().len(), channels, "prepare_int8: alpha is not [channels]");
                }
            }
        }
        // SAFETY: only `for_isa` hands out a table, after it has detected the table's instruction set.
        unsafe { (self.integer.prepare_int8)(x, inverse_scales, how, dst) }
    }
}

fn is_quantised(kind: WeightType) -> bool {
    !matches!(kind, WeightType::F32 | WeightType::F16 | WeightType::BF16)
}
