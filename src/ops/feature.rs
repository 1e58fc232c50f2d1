//! The types that activations are stored in.

use kokoro_kernels::{RowsMut, Values};

use crate::tensor::Matrix;

/// A type of activations: f32, or `u16` for bf16 bits.
pub trait Feature: Copy + Default + Send + Sync + 'static {
    /// As the kernels read them.
    fn values(values: &[Self]) -> Values<'_>;

    /// As the kernels write them.
    fn rows_mut<'a, 'b>(rows: &'a mut [&'b mut [Self]]) -> RowsMut<'a, 'b>;
}

impl Feature for f32 {
    fn values(values: &[f32]) -> Values<'_> {
        Values::F32(values)
    }

    fn rows_mut<'a, 'b>(rows: &'a mut [&'b mut [f32]]) -> RowsMut<'a, 'b> {
        RowsMut::F32(rows)
    }
}

impl Feature for u16 {
    fn values(values: &[u16]) -> Values<'_> {
        Values::Bf16(values)
    }

    fn rows_mut<'a, 'b>(rows: &'a mut [&'b mut [u16]]) -> RowsMut<'a, 'b> {
        RowsMut::Bf16(rows)
    }
}

/// A matrix of either type, to read.
#[derive(Debug, Clone, Copy)]
pub struct View<'a> {
    /// All values, row by row.
    pub values: Values<'a>,
    /// Rows.
    pub rows: usize,
    /// Columns.
    pub cols: usize,
}

impl<'a> View<'a> {
    /// Of a matrix.
    pub fn of<T: Feature>(matrix: &'a Matrix<T>) -> Self {
        Self { values: T::values(matrix.data()), rows: matrix.rows(), cols: matrix.cols() }
    }

    /// Values from row `row` and column `col` to the end.
    pub fn from(&self, row: usize, col: usize) -> Values<'a> {
        self.values.slice((row * self.cols + col).min(self.values.len())..self.values.len())
    }
}
