//! Matrices of activations and matrices of stored weights.

use kokoro_kernels::{WeightRows, WeightType};

use crate::gguf::SharedBytes;

/// A row-major matrix: `[rows, cols]`, for activations `[time, channels]`. Of f32, or of bf16 bits (`u16`).
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Matrix<T = f32> {
    rows: usize,
    cols: usize,
    data: Vec<T>,
}

impl Matrix {
    /// A matrix of zeros.
    pub fn zeros(rows: usize, cols: usize) -> Self {
        Self { rows, cols, data: vec![0.0; rows * cols] }
    }
}

impl<T: Copy> Matrix<T> {
    /// A matrix over `data`, row by row.
    ///
    /// # Panics
    /// If `data` is not `rows × cols` long.
    pub fn from_vec(rows: usize, cols: usize, data: Vec<T>) -> Self {
        assert_eq!(data.len(), rows * cols, "matrix data is not rows × cols");
        Self { rows, cols, data }
    }

    /// Rows; for activations, time steps.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Columns; for activations, channels.
    pub fn cols(&self) -> usize {
        self.cols
    }

    /// All values, row by row.
    pub fn data(&self) -> &[T] {
        &self.data
    }

    /// All values, row by row.
    pub fn data_mut(&mut self) -> &mut [T] {
        &mut self.data
    }

    /// All values, row by row.
    pub fn into_data(self) -> Vec<T> {
        self.data
    }

    /// One row.
    ///
    /// # Panics
    /// If there is no such row.
    pub fn row(&self, row: usize) -> &[T] {
        &self.data[row * self.cols..][..self.cols]
    }

    /// One row.
    ///
    /// # Panics
    /// If there is no such row.
    pub fn row_mut(&mut self, row: usize) -> &mut [T] {
        &mut self.data[row * self.cols..][..self.cols]
    }

    /// The rows in order.
    pub fn iter_rows(&self) -> impl ExactSizeIterator<Item = &[T]> {
        (0..self.rows).map(|r| self.row(r))
    }

    /// Rows `indices[0], indices[1], …` as a new matrix.
    ///
    /// # Panics
    /// If an index is not a row.
    pub fn gather(&self, indices: &[usize]) -> Matrix<T> {
        let mut data = Vec::with_capacity(indices.len() * self.cols);
        indices.iter().for_each(|&i| data.extend_from_slice(self.row(i)));
        Matrix::from_vec(indices.len(), self.cols, data)
    }

    /// The columns of all `parts` side by side.
    ///
    /// # Panics
    /// If the parts differ in rows.
    pub fn concat_columns(parts: &[&Matrix<T>]) -> Matrix<T> {
        let rows = parts.first().map_or(0, |p| p.rows);
        assert!(parts.iter().all(|p| p.rows == rows), "concat_columns: parts differ in rows");
        let cols = parts.iter().map(|p| p.cols).sum();
        let mut data = Vec::with_capacity(rows * cols);
        for r in 0..rows {
            parts.iter().for_each(|p| data.extend_from_slice(p.row(r)));
        }
        Matrix::from_vec(rows, cols, data)
    }

    /// Every row followed by `tail`.
    pub fn append_to_rows(&self, tail: &[T]) -> Matrix<T> {
        let mut data = Vec::with_capacity(self.rows * (self.cols + tail.len()));
        for row in self.iter_rows() {
            data.extend_from_slice(row);
            data.extend_from_slice(tail);
        }
        Matrix::from_vec(self.rows, self.cols + tail.len(), data)
    }

    /// Disjoint tiles of at most `rows × cols`, in row-major order of tiles.
    pub fn tiles_mut(&mut self, rows: usize, cols: usize) -> Vec<Tile<'_, T>> {
        let (rows, cols) = (rows.clamp(1, self.rows.max(1)), cols.max(1));
        let width = self.cols;
        let across = width.div_ceil(cols);
        let mut tiles = Vec::with_capacity(self.rows.div_ceil(rows) * across);
        if width == 0 {
            return tiles;
        }
        for (band, data) in self.data.chunks_mut(rows * width).enumerate() {
            let start = tiles.len();
            tiles.extend((0..across).map(|c| Tile { row: band * rows, col: c * cols, rows: Vec::new() }));
            for row in data.chunks_mut(width) {
                for (tile, part) in tiles[start..].iter_mut().zip(row.chunks_mut(cols)) {
                    tile.rows.push(part);
                }
            }
        }
        tiles
    }
}

/// A rectangle of a [`Matrix`] that one task may write.
#[derive(Debug)]
pub struct Tile<'a, T = f32> {
    /// First row.
    pub row: usize,
    /// First column.
    pub col: usize,
    /// The rectangle's part of each row.
    pub rows: Vec<&'a mut [T]>,
}

/// A weight matrix `[rows, cols]` = `[outputs, inputs]` in its stored format, still in the model file.
#[derive(Debug, Clone)]
pub struct Weight {
    bytes: SharedBytes,
    kind: WeightType,
    rows: usize,
    cols: usize,
}

impl Weight {
    /// A matrix over `bytes`.
    ///
    /// # Panics
    /// If `bytes` is not exactly the matrix, or a row is no whole number of blocks.
    pub fn new(bytes: SharedBytes, kind: WeightType, rows: usize, cols: usize) -> Self {
        assert_eq!(bytes.len(), rows * kind.row_bytes(cols), "weight bytes are not rows × cols");
        Self { bytes, kind, rows, cols }
    }

    /// Outputs.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Inputs.
    pub fn cols(&self) -> usize {
        self.cols
    }

    /// Storage format.
    pub fn kind(&self) -> WeightType {
        self.kind
    }

    /// Rows `range` for the kernels.
    ///
    /// # Panics
    /// If the range reaches past the last row.
    pub fn view(&self, range: std::ops::Range<usize>) -> WeightRows<'_> {
        let stride_bytes = self.kind.row_bytes(self.cols);
        WeightRows {
            bytes: &self.bytes[range.start * stride_bytes..range.end * stride_bytes],
            kind: self.kind,
            n: range.len(),
            k: self.cols,
            stride_bytes,
        }
    }

    /// Decodes row `row` into `out`.
    ///
    /// # Panics
    /// If there is no such row or `out` has another length.
    pub fn decode_row(&self, row: usize, out: &mut [f32]) {
        kokoro_kernels::quantize::dequantize_row(self.kind, self.view(row..row + 1).bytes, out);
    }

    /// The whole matrix as f32.
    pub fn decode(&self) -> Matrix {
        let mut m = Matrix::zeros(self.rows, self.cols);
        (0..self.rows).for_each(|r| self.decode_row(r, m.row_mut(r)));
        m
    }

    /// Says that the stored bytes are not needed for now.
    pub fn release(&self) {
        self.bytes.release();
    }

    /// The stored bytes.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tiles_cover_the_matrix_once() {
        let mut m = Matrix::zeros(7, 10);
        for tile in m.tiles_mut(3, 4) {
            for (r, row) in tile.rows.into_iter().enumerate() {
                for (c, v) in row.iter_mut().enumerate() {
                    *v += ((tile.row + r) * 10 + tile.col + c) as f32;
                }
            }
        }
        assert_eq!(m.data(), (0..70).map(|i| i as f32).collect::<Vec<_>>());
    }
}
