//! The kernels around the bf16 product: what goes in, the product, what comes out.

use super::{ChannelAffine, Kernels};
use crate::bf16::{Bf16Product, Line, lines};

/// The parameters `α` of a snake activation `y + sin²(α·y) / α`, one a channel, in the forms that kernels want.
#[derive(Debug, Clone, PartialEq)]
pub struct Snake {
    alpha: Vec<f32>,
    inverse: Vec<f32>,
    turns: Vec<f32>,
}

impl Snake {
    /// From `α`, none of which may be zero if the result is to be finite.
    pub fn new(alpha: Vec<f32>) -> Self {
        let inverse = alpha.iter().map(|a| 1.0 / a).collect();
        let turns = alpha.iter().map(|a| a * std::f32::consts::FRAC_1_PI).collect();
        Self { alpha, inverse, turns }
    }

    /// `α`, `[channels]`.
    pub fn alpha(&self) -> &[f32] {
        &self.alpha
    }

    /// `1 / α`, `[channels]`.
    pub fn inverse(&self) -> &[f32] {
        &self.inverse
    }

    /// `α / π`, `[channels]`.
    pub(crate) fn turns(&self) -> &[f32] {
        &self.turns
    }
}

/// An activation function.
#[derive(Debug, Clone, Copy)]
pub enum Activation<'a> {
    /// None.
    Identity,
    /// Leaky ReLU with this slope.
    LeakyRelu(f32),
    /// Snake.
    Snake(&'a Snake),
}

/// Values of either type.
#[derive(Debug, Clone, Copy)]
pub enum Values<'a> {
    /// Single precision.
    F32(&'a [f32]),
    /// Brain floats.
    Bf16(&'a [u16]),
}

impl<'a> Values<'a> {
    /// How many there are.
    pub fn len(&self) -> usize {
        match self {
            Values::F32(values) => values.len(),
            Values::Bf16(values) => values.len(),
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Those in `range`.
    ///
    /// # Panics
    /// If there are not as many.
    pub fn slice(self, range: std::ops::Range<usize>) -> Values<'a> {
        match self {
            Values::F32(values) => Values::F32(&values[range]),
            Values::Bf16(values) => Values::Bf16(&values[range]),
        }
    }

    /// The value at `index`.
    ///
    /// # Panics
    /// If there is none.
    pub fn get(&self, index: usize) -> f32 {
        match self {
            Values::F32(values) => values[index],
            Values::Bf16(values) => crate::bf16::to_f32(values[index]),
        }
    }

    /// Their memory.
    fn bytes(&self) -> &'a [u8] {
        match self {
            Values::F32(values) => bytemuck::cast_slice(values),
            Values::Bf16(values) => bytemuck::cast_slice(values),
        }
    }
}

/// Rows of either type to write to.
#[derive(Debug)]
pub enum RowsMut<'a, 'b> {
    /// Single precision.
    F32(&'a mut [&'b mut [f32]]),
    /// Brain floats; what is stored is rounded, statistics are of what was rounded.
    Bf16(&'a mut [&'b mut [u16]]),
}

impl RowsMut<'_, '_> {
    fn len(&self) -> usize {
        match self {
            RowsMut::F32(rows) => rows.len(),
            RowsMut::Bf16(rows) => rows.len(),
        }
    }

    fn all_have(&self, cols: usize) -> bool {
        match self {
            RowsMut::F32(rows) => rows.iter().all(|row| row.len() >= cols),
            RowsMut::Bf16(rows) => rows.iter().all(|row| row.len() >= cols),
        }
    }
}

/// What happens to values before they are rounded to bf16.
#[derive(Debug, Clone, Copy)]
pub enum Prepare<'a> {
    /// The activation; snake only comes behind a normalisation.
    Plain(Activation<'a>),
    /// `AdaIN`, then the activation. At least as many channels as a vector has lanes: sixteen.
    Styled(ChannelAffine<'a>, Activation<'a>),
}

/// What happens to sums before they are stored: `out = ([out +] sums + bias [+ residual]) · scale`.
#[derive(Debug, Clone, Copy)]
pub struct Finish<'a> {
    /// One a column.
    pub bias: &'a [f32],
    /// Added to the sums: values, and the distance from one row to the next.
    pub residual: Option<(Values<'a>, usize)>,
    /// Whether the old content is added.
    pub accumulate: bool,
    /// Factor of everything.
    pub scale: f32,
}

/// Sums of a few hundred rows about a pivot that lies among them, so that no digits cancel.
#[derive(Debug, Clone, PartialEq)]
pub struct BandStatistics {
    /// Rows so far.
    pub count: usize,
    /// The first row.
    pub pivot: Vec<f32>,
    /// `Σ (y − pivot)`.
    pub sum: Vec<f32>,
    /// `Σ (y − pivot)²`.
    pub squares: Vec<f32>,
}

impl BandStatistics {
    /// Of no rows.
    pub fn new(columns: usize) -> Self {
        let zeros = || vec![0.0; columns];
        Self { count: 0, pivot: zeros(), sum: zeros(), squares: zeros() }
    }
}

impl Kernels {
    /// `acc[r][o] = Σ_tap Σ_i lhs[r + tap][i] · panels[tap][i][o]`, products of bf16 summed in f32; `acc` is overwritten.
    ///
    /// Subnormal values count as zero on some instruction sets.
    ///
    /// # Panics
    /// If the rows are no multiple of [`ROWS`](crate::bf16::ROWS), `lhs` ends before the last row, or `panels` or `acc` has
    /// another size.
    pub fn gemm_bf16(&self, product: &Bf16Product<'_>, acc: &mut [f32], acc_stride: usize) {
        product.check(acc.len(), acc_stride);
        // SAFETY: only `for_isa` hands out a table, after it has detected the table's instruction set.
        unsafe { (self.gemm_bf16)(product, acc, acc_stride) }
    }

    /// Rows of `x`, `[rows, channels]`, to rows of whole lines, rounded to bf16. What a line holds behind the last channel
    /// is left as it is. `low` gets what the rounding took away, rounded: both together have sixteen bits of precision.
    ///
    /// # Accuracy
    /// Snake before rounding: `3e-5 / |α|` for `|α·y| ≤ 100` (test `prepare_matches_its_definition`).
    ///
    /// # Panics
    /// If a slice has another size, snake comes without a normalisation, or one with fewer than sixteen channels.
    pub fn prepare_bf16(
        &self,
        x: Values<'_>,
        channels: usize,
        how: &Prepare<'_>,
        dst: &mut [Line],
        low: Option<&mut [Line]>,
    ) {
        if let Some(low) = &low {
            assert_eq!(low.len(), dst.len(), "prepare_bf16: dst and low differ");
        }
        assert!(channels > 0 && x.len().is_multiple_of(channels), "prepare_bf16: not whole rows");
        assert_eq!(dst.len(), x.len() / channels * lines(channels), "prepare_bf16: dst is not as many rows");
        match how {
            Prepare::Plain(activation) => {
                let plain = !matches!(activation, Activation::Snake(_));
                assert!(plain, "prepare_bf16: snake without a normalisation");
            }
            Prepare::Styled(affine, activation) => {
                super::check_affine(channels, affine, channels);
                assert!(channels >= 16, "prepare_bf16: fewer channels than a vector has lanes");
                if let Activation::Snake(snake) = activation {
                    assert_eq!(snake.alpha.len(), channels, "prepare_bf16: alpha is not [channels]");
                }
            }
        }
        // SAFETY: only `for_isa` hands out a table, after it has detected the table's instruction set.
        unsafe { (self.prepare_bf16)(x, channels, how, dst, low) }
    }

    /// Asks for values that will be wanted soon.
    pub fn prefetch(&self, values: Values<'_>) {
        // SAFETY: only `for_isa` hands out a table, after it has detected the table's instruction set.
        unsafe { (self.prefetch)(values.bytes()) }
    }

    /// Finishes the rows of `out`, `bias.len()` columns from the start of each, from `sums[r · sums_stride + c]`, and adds
    /// them to the statistics.
    ///
    /// # Panics
    /// If a slice ends before its last row, or the statistics have another number of columns.
    pub fn finish_rows(
        &self,
        sums: &[f32],
        sums_stride: usize,
        how: &Finish<'_>,
        out: RowsMut<'_, '_>,
        statistics: Option<&mut BandStatistics>,
    ) {
        let (rows, cols) = (out.len(), how.bias.len());
        let Some(last) = rows.checked_sub(1) else { return };
        assert!(last * sums_stride + cols <= sums.len(), "finish_rows: sums end before the last row");
        assert!(out.all_have(cols), "finish_rows: a row is shorter than the bias");
        if let Some((residual, stride)) = how.residual {
            assert!(last * stride + cols <= residual.len(), "finish_rows: residual ends before the last row");
        }
        if let Some(s) = &statistics {
            let lengths = [s.pivot.len(), s.sum.len(), s.squares.len()];
            assert_eq!(lengths, [cols; 3], "finish_rows: statistics of other columns");
        }
        // SAFETY: only `for_isa` hands out a table, after it has detected the table's instruction set.
        unsafe { (self.finish_rows)(sums, sums_stride, how, out, statistics) }
    }
}
