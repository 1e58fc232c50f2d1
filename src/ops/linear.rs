//! `y = x·Wᵀ + b` with weights in their stored format.

use std::sync::Arc;

use kokoro_kernels::{Kernels, WeightType};
use rayon::prelude::*;

use super::conv1d::{Conv1d, ConvShape, ConvWeights, Epilogue, Prologue};
use super::feature::View;
use super::half_filter::{Digits, HalfFilter, MatrixProduct};
use super::panels::Panels;

use crate::tensor::{Matrix, Weight};

/// Outputs a task computes: enough that the tile's rows amortise a task, few enough for all threads.
const TILE_OUTPUTS: usize = 64;

/// Weights laid out for many rows at a time.
#[derive(Debug)]
enum Packed {
    /// For bf16 products.
    Half(HalfFilter),
    /// For f32: a convolution of one tap.
    Single(Conv1d),
}

/// A fully connected layer, `[out, in]`.
#[derive(Debug, Clone)]
pub struct Linear {
    weight: Weight,
    /// The weights again, packed.
    packed: Option<Arc<Packed>>,
    bias: Vec<f32>,
    kernels: &'static Kernels,
}

impl Linear {
    /// A layer; `bias` is `[out]`.
    ///
    /// # Panics
    /// If `bias` has another length than the weight has rows.
    pub fn new(weight: Weight, bias: Vec<f32>, kernels: &'static Kernels) -> Self {
        assert_eq!(weight.rows(), bias.len(), "linear: bias is not [out]");
        Self { weight, packed: None, bias, kernels }
    }

    /// The same layer with weights packed, in f32 or for bf16 products: for layers that are used again and again.
    pub fn pack(mut self, digits: Option<Digits>) -> Self {
        let (n, k) = (self.weight.rows(), self.weight.cols());
        let outputs: Vec<usize> = (0..n).map(|o| o * k).collect();
        let inputs: Vec<usize> = (0..k).collect();
        let packed = match digits {
            Some(digits) => {
                let (kind, bytes) = (self.weight.kind(), self.weight.bytes());
                Packed::Half(HalfFilter::pack(self.kernels, kind, bytes, k, &outputs, &inputs, digits))
            }
            None => {
                let decoded = self.weight.decode();
                let bytes = bytemuck::cast_slice(decoded.data());
                let panels = Panels::pack(self.kernels, WeightType::F32, bytes, &outputs, &inputs);
                let weights = ConvWeights::Direct(panels);
                Packed::Single(Conv1d::new(self.shape(), weights, self.bias.clone(), self.kernels))
            }
        };
        self.weight.release();
        self.packed = Some(Arc::new(packed));
        self
    }

    /// As a convolution.
    fn shape(&self) -> ConvShape {
        ConvShape::matrix(self.weight.cols(), self.weight.rows())
    }

    /// Outputs.
    pub fn out_features(&self) -> usize {
        self.weight.rows()
    }

    /// `x`: `[m, in]`; returns `[m, out]`.
    ///
    /// # Panics
    /// If `x` has another number of columns.
    pub fn forward(&self, x: &Matrix) -> Matrix {
        let mut out = Matrix::zeros(x.rows(), self.out_features());
        self.forward_to(x, &mut out);
        out
    }

    /// [`forward`](Self::forward) into `out`, `[m, out]`.
    ///
    /// # Panics
    /// If the shapes do not fit.
    pub fn forward_to(&self, x: &Matrix, out: &mut Matrix) {
        assert_eq!(x.cols(), self.weight.cols(), "linear: input is not [m, in]");
        match self.packed.as_deref() {
            Some(Packed::Half(_)) => Self::forward_all([self], x, [out]),
            Some(Packed::Single(conv)) => conv.forward_into(x, Prologue::Identity, Epilogue::default(), out),
            None => self.forward_into(x, out, 0),
        }
    }

    /// [`forward_to`](Self::forward_to) of several layers that see the same input.
    ///
    /// # Panics
    /// If the shapes do not fit.
    pub fn forward_all<const N: usize>(layers: [&Linear; N], x: &Matrix, outs: [&mut Matrix; N]) {
        let mut halves = Vec::with_capacity(N);
        for (layer, out) in layers.into_iter().zip(outs) {
            match layer.packed.as_deref() {
                Some(Packed::Half(filter)) => {
                    halves.push(MatrixProduct { filter, bias: &layer.bias, out });
                }
                _ => layer.forward_to(x, out),
            }
        }
        HalfFilter::matmul(View::of(x), halves);
    }

    /// [`forward`](Self::forward) into the columns of `out` that start at `first_col`.
    ///
    /// # Panics
    /// If the shapes do not fit.
    pub fn forward_into(&self, x: &Matrix, out: &mut Matrix, first_col: usize) {
        assert_eq!(x.cols(), self.weight.cols(), "linear: input is not [m, in]");
        assert_eq!(x.rows(), out.rows(), "linear: output rows");
        let n = self.out_features();
        // One task for each group of outputs: its part of every row.
        let mut tasks: Vec<Vec<&mut [f32]>> = (0..n.div_ceil(TILE_OUTPUTS)).map(|_| Vec::new()).collect();
        let cols = out.cols();
        for row in out.data_mut().chunks_exact_mut(cols) {
            for (task, part) in tasks.iter_mut().zip(row[first_col..first_col + n].chunks_mut(TILE_OUTPUTS)) {
                task.push(part);
            }
        }
        tasks.into_par_iter().enumerate().for_each(|(i, rows)| {
            let outputs = i * TILE_OUTPUTS..n.min((i + 1) * TILE_OUTPUTS);
            let mut tile = vec![0.0; rows.len() * outputs.len()];
            let weights = self.weight.view(outputs.clone());
            self.kernels.matmul_rows(&weights, x.data(), x.cols(), rows.len(), &mut tile);
            for (row, sums) in rows.into_iter().zip(tile.chunks_exact(outputs.len())) {
                for ((y, s), b) in row.iter_mut().zip(sums).zip(&self.bias[outputs.clone()]) {
                    *y = s + b;
                }
            }
        });
    }

    /// One input `[in]` to one output `[out]`.
    ///
    /// # Panics
    /// If `x` has another length.
    pub fn forward_vector(&self, x: &[f32]) -> Vec<f32> {
        assert_eq!(x.len(), self.weight.cols(), "linear: input is not [in]");
        let mut out = vec![0.0; self.out_features()];
        self.kernels.matmul_rows(&self.weight.view(0..self.out_features()), x, x.len(), 1, &mut out);
        out.iter_mut().zip(&self.bias).for_each(|(y, b)| *y += b);
        out
    }
}
