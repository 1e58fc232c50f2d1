//! The integer kernels of a table, and the checked methods through which they are used.

use super::{Kernels, WeightRows};
use crate::WeightType;
use crate::activations_q8::{Q8Rows, Q8RowsMut};

/// The integer kernels for one instruction set.
#[derive(Debug, Clone, Copy)]
pub(crate) struct IntegerTable {
    pub(crate) quantize_q8: unsafe fn(&[f32], usize, &mut Q8RowsMut<'_>),
    pub(crate) matmul_q8: unsafe fn(&WeightRows<'_>, Q8Rows<'_>, &mut [f32]),
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
}

fn is_quantised(kind: WeightType) -> bool {
    !matches!(kind, WeightType::F32 | WeightType::F16 | WeightType::BF16)
}
