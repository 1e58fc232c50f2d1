//! Activations rounded to bytes, 32 of them to a scale: the right-hand side of the integer products.
//!
//! Source: the rounding of `quantize_row_q8_1`, ggml-quants.c, with the scale kept in f32 and the sum of every block
//! beside it, which is what offsets in the weights multiply.

use crate::block::BLOCK_ELEMENTS;

/// `m` rows of `k` activations: `x[i] ≈ scale · code`, codes in −127..=127.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Q8Activations {
    m: usize,
    k: usize,
    codes: Vec<i8>,
    /// `[m][k / 32]`
    scales: Vec<f32>,
    /// `−Σ code` of every block.
    negated_sums: Vec<i32>,
}

impl Q8Activations {
    /// `m` rows of `k` zeros.
    ///
    /// # Panics
    /// If `k` is 0 or no multiple of 32.
    pub fn zeros(m: usize, k: usize) -> Self {
        let mut new = Self::default();
        new.resize(m, k);
        new
    }

    /// Changes the shape, keeping the buffers. What the rows hold then is not specified.
    ///
    /// # Panics
    /// If `k` is 0 or no multiple of 32.
    pub fn resize(&mut self, m: usize, k: usize) {
        assert!(
            k > 0 && k.is_multiple_of(BLOCK_ELEMENTS),
            "q8 activations: {k} columns are not whole blocks"
        );
        let blocks = m * (k / BLOCK_ELEMENTS);
        (self.m, self.k) = (m, k);
        self.codes.resize(m * k, 0);
        self.scales.resize(blocks, 0.0);
        self.negated_sums.resize(blocks, 0);
    }

    /// Rows.
    pub fn m(&self) -> usize {
        self.m
    }

    /// Columns.
    pub fn k(&self) -> usize {
        self.k
    }

    /// The codes, `[m][k]`.
    pub fn codes(&self) -> &[i8] {
        &self.codes
    }

    /// The scales, `[m][k / 32]`.
    pub fn scales(&self) -> &[f32] {
        &self.scales
    }

    /// All rows, to multiply.
    pub fn rows(&self) -> Q8Rows<'_> {
        Q8Rows { k: self.k, codes: &self.codes, scales: &self.scales, negated_sums: &self.negated_sums }
    }

    /// All rows, to quantise into.
    pub fn rows_mut(&mut self) -> Q8RowsMut<'_> {
        Q8RowsMut {
            k: self.k,
            codes: &mut self.codes,
            scales: &mut self.scales,
            negated_sums: &mut self.negated_sums,
        }
    }
}

/// Some rows of [`Q8Activations`].
#[derive(Debug, Clone, Copy)]
pub struct Q8Rows<'a> {
    pub(crate) k: usize,
    pub(crate) codes: &'a [i8],
    pub(crate) scales: &'a [f32],
    pub(crate) negated_sums: &'a [i32],
}

impl<'a> Q8Rows<'a> {
    /// Number of rows.
    pub fn m(&self) -> usize {
        self.codes.len() / self.k.max(1)
    }

    /// The first `m` rows, and the rest.
    ///
    /// # Panics
    /// If there are fewer.
    pub fn split_at(self, m: usize) -> (Q8Rows<'a>, Q8Rows<'a>) {
        let (k, blocks) = (self.k, m * (self.k / BLOCK_ELEMENTS));
        let (codes, scales) = (self.codes.split_at(m * k), self.scales.split_at(blocks));
        let sums = self.negated_sums.split_at(blocks);
        (
            Q8Rows { k, codes: codes.0, scales: scales.0, negated_sums: sums.0 },
            Q8Rows { k, codes: codes.1, scales: scales.1, negated_sums: sums.1 },
        )
    }
}

/// Some rows of [`Q8Activations`] to write: threads can have one each.
#[derive(Debug)]
pub struct Q8RowsMut<'a> {
    pub(crate) k: usize,
    pub(crate) codes: &'a mut [i8],
    pub(crate) scales: &'a mut [f32],
    pub(crate) negated_sums: &'a mut [i32],
}

impl<'a> Q8RowsMut<'a> {
    /// Number of rows.
    pub fn m(&self) -> usize {
        self.codes.len() / self.k.max(1)
    }

    /// The first `m` rows, and the rest.
    ///
    /// # Panics
    /// If there are fewer.
    pub fn split_at(self, m: usize) -> (Q8RowsMut<'a>, Q8RowsMut<'a>) {
        let (k, blocks) = (self.k, m * (self.k / BLOCK_ELEMENTS));
        let (codes, scales) = (self.codes.split_at_mut(m * k), self.scales.split_at_mut(blocks));
        let sums = self.negated_sums.split_at_mut(blocks);
        (
            Q8RowsMut { k, codes: codes.0, scales: scales.0, negated_sums: sums.0 },
            Q8RowsMut { k, codes: codes.1, scales: scales.1, negated_sums: sums.1 },
        )
    }
}
