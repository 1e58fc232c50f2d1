//! One-dimensional convolution as a sum of matrix products on shifted rows, with what surrounds it fused in.
//!
//! Activations are `[time, channels]`, so the input of one tap is a run of whole rows: no im2col. A task prepares its
//! rows once (normalisation, activation, zero padding), multiplies them with every panel of weights, and finishes the
//! output while it is in cache (bias, residual, scale, channel statistics).

use std::cell::RefCell;
use std::ops::Range;

use kokoro_kernels::{Activation, BandStatistics, Finish, Kernels, Prepare, Snake, Values};
use kokoro_kernels::{bf16, int8};
use rayon::prelude::*;

use super::ada_in::StyledNorm;
use super::block_filter::BlockFilter;
use super::feature::{Feature, View};
use super::half_filter::HalfFilter;
use super::int8_filter::Int8Filter;
use super::moments::Moments;
use super::panels::Panels;
use super::row_blocks::Finishing;
use crate::tensor::{Matrix, Tile};

/// Inputs multiplied before the sums go back to memory: 256 × 16 weights are half of a 32 KB first-level cache.
const CHUNK_INPUTS: usize = 256;
/// f32 of prepared input a task aims at: 192 KB, under half of the smallest second-level cache in use.
const TILE_FLOATS: usize = 48 * 1024;
/// The same for a convolution without taps: a matrix product.
const MATRIX_TILE_FLOATS: usize = 4 * TILE_FLOATS;
/// Task rows are a multiple of this, so that the kernels' blocks of 6 and 12 rows leave no remainder.
const ROW_MULTIPLE: usize = 12;
/// Tasks that a layer is cut into at least, if its size allows, so that short inputs use every core.
const MIN_TASKS: usize = 16;
/// Outputs in a task at least, since every task prepares its own input.
const MIN_TASK_OUTPUTS: usize = 128;

/// What happens to the input on its way in.
#[derive(Debug, Clone, Copy)]
pub enum Prologue<'a> {
    /// Nothing.
    Identity,
    /// Leaky ReLU with this slope.
    LeakyRelu(f32),
    /// `AdaIN`, then leaky ReLU with this slope.
    AdaInLeakyRelu(&'a StyledNorm, f32),
    /// `AdaIN`, then snake.
    AdaInSnake(&'a StyledNorm, &'a Snake),
}

impl<'a> Prologue<'a> {
    /// As the kernels take it.
    fn prepare(self) -> Prepare<'a> {
        match self {
            Prologue::Identity => Prepare::Plain(Activation::Identity),
            Prologue::LeakyRelu(slope) => Prepare::Plain(Activation::LeakyRelu(slope)),
            Prologue::AdaInLeakyRelu(norm, slope) => {
                Prepare::Styled(norm.view(), Activation::LeakyRelu(slope))
            }
            Prologue::AdaInSnake(norm, snake) => Prepare::Styled(norm.view(), Activation::Snake(snake)),
        }
    }
}

/// What happens to the output on its way out: `out = ([out +] conv + bias [+ residual]) · scale`.
#[derive(Debug, Clone, Copy)]
pub struct Epilogue<'a> {
    /// Added to the convolution, same shape as the output.
    pub residual: Option<View<'a>>,
    /// Whether the output's old content is added.
    pub accumulate: bool,
    /// Factor of everything.
    pub scale: f32,
}

impl Default for Epilogue<'_> {
    fn default() -> Self {
        Self { residual: None, accumulate: false, scale: 1.0 }
    }
}

/// The sizes of a convolution. Source: `torch.nn.Conv1d`, groups 1, zero padding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConvShape {
    /// Channels in.
    pub in_channels: usize,
    /// Channels out.
    pub out_channels: usize,
    /// Taps.
    pub kernel_size: usize,
    /// Input steps from one output to the next.
    pub stride: usize,
    /// Zeros on both sides.
    pub padding: usize,
    /// Input steps from one tap to the next.
    pub dilation: usize,
}

impl ConvShape {
    /// That of a matrix product: one tap.
    pub fn matrix(in_channels: usize, out_channels: usize) -> Self {
        Self { in_channels, out_channels, kernel_size: 1, stride: 1, padding: 0, dilation: 1 }
    }

    /// Output length for an input of `len` steps; 0 if the kernel does not fit.
    pub fn out_len(&self, len: usize) -> usize {
        (len + 2 * self.padding).checked_sub(self.span()).map_or(0, |room| room / self.stride + 1)
    }

    /// The input that `rows` outputs from `first` on see, for an input of `len` steps.
    pub(super) fn input_rows(&self, first: usize, rows: usize, len: usize) -> InputRows {
        let needed = (rows.max(1) - 1) * self.stride + self.span();
        // Row `i` is step `first · stride + i − padding` of the input.
        let begin = first * self.stride;
        let skip = self.padding.saturating_sub(begin).min(needed);
        let from = (begin + skip).saturating_sub(self.padding).min(len);
        let to = (begin + needed).saturating_sub(self.padding).clamp(from, len);
        InputRows { needed, skip, present: from..to }
    }

    /// Input steps that one output sees, first to last.
    fn span(&self) -> usize {
        self.dilation * (self.kernel_size - 1) + 1
    }
}

/// The input of some outputs, padding included.
pub(super) struct InputRows {
    /// How many rows.
    pub(super) needed: usize,
    /// Rows of padding before the first that is there.
    pub(super) skip: usize,
    /// Those that are there; behind them is padding again.
    pub(super) present: Range<usize>,
}

/// Packed weights, and with them the algorithm.
#[derive(Debug, Clone)]
pub enum ConvWeights {
    /// A multiplication for every tap: `out_channels` outputs and `kernel_size · in_channels` inputs, tap by tap.
    Direct(Panels),
    /// A third to a half of the multiplications; a few more roundings.
    Blocks(BlockFilter),
    /// Inputs and weights rounded to bf16.
    Half(HalfFilter),
    /// Inputs and weights rounded to bytes.
    Int8(Int8Filter),
}

/// A convolution with packed weights.
#[derive(Debug, Clone)]
pub struct Conv1d {
    shape: ConvShape,
    weights: ConvWeights,
    bias: Vec<f32>,
    kernels: &'static Kernels,
}

impl Conv1d {
    /// A convolution; `weights` were packed for this shape.
    ///
    /// # Panics
    /// If `bias` is not `[out_channels]`.
    pub fn new(shape: ConvShape, weights: ConvWeights, bias: Vec<f32>, kernels: &'static Kernels) -> Self {
        assert_eq!(bias.len(), shape.out_channels, "conv1d: bias is not [out_channels]");
        Self { shape, weights, bias, kernels }
    }

    /// The sizes.
    pub fn shape(&self) -> &ConvShape {
        &self.shape
    }

    /// `x`: `[len, in_channels]`; returns `[out_len, out_channels]`.
    ///
    /// # Panics
    /// If `x` has another number of channels.
    pub fn forward<T: Feature>(&self, x: &Matrix<T>, prologue: Prologue<'_>) -> Matrix {
        let mut out = Matrix::zeros(self.shape.out_len(x.rows()), self.shape.out_channels);
        self.run(View::of(x), prologue, Epilogue::default(), &mut out, false);
        out
    }

    /// [`forward`](Self::forward) into `out`, with an epilogue.
    ///
    /// # Panics
    /// If a shape does not fit.
    pub fn forward_into<T: Feature, U: Feature>(
        &self,
        x: &Matrix<T>,
        prologue: Prologue<'_>,
        epilogue: Epilogue<'_>,
        out: &mut Matrix<U>,
    ) {
        self.run(View::of(x), prologue, epilogue, out, false);
    }

    /// [`forward_into`](Self::forward_into) that also gathers the statistics of what it stores.
    ///
    /// # Panics
    /// If a shape does not fit.
    pub fn forward_with_moments<T: Feature, U: Feature>(
        &self,
        x: &Matrix<T>,
        prologue: Prologue<'_>,
        epilogue: Epilogue<'_>,
        out: &mut Matrix<U>,
    ) -> Moments {
        self.run(View::of(x), prologue, epilogue, out, true)
    }

    fn run<U: Feature>(
        &self,
        x: View<'_>,
        prologue: Prologue<'_>,
        epilogue: Epilogue<'_>,
        out: &mut Matrix<U>,
        with_moments: bool,
    ) -> Moments {
        let ConvShape { in_channels, out_channels, .. } = self.shape;
        assert_eq!(x.cols, in_channels, "conv1d: input channels");
        assert_eq!(
            (out.rows(), out.cols()),
            (self.shape.out_len(x.rows), out_channels),
            "conv1d: output shape"
        );
        if let Some(r) = epilogue.residual {
            assert_eq!((r.rows, r.cols), (out.rows(), out.cols()), "conv1d: residual shape");
        }
        let (rows, cols) = self.tile_size(out.rows());
        let parts: Vec<Vec<(usize, BandStatistics)>> = out
            .tiles_mut(rows, cols)
            .into_par_iter()
            .map(|tile| self.run_tile(x, prologue, epilogue, tile, with_moments))
            .collect();
        let mut moments = Moments::empty(out_channels);
        parts.iter().flatten().for_each(|(col, part)| moments.merge(*col, &Moments::of_statistics(part)));
        moments
    }

    /// Rows and columns of a task's tile: from the shape alone, so that the result never depends on the threads.
    fn tile_size(&self, out_rows: usize) -> (usize, usize) {
        let ConvShape { in_channels, out_channels, kernel_size, stride, .. } = self.shape;
        let (rows, multiple) = match &self.weights {
            ConvWeights::Blocks(filter) => (filter.tile_rows(), filter.row_multiple()),
            ConvWeights::Half(filter) => filter.tile_rows(&self.shape),
            ConvWeights::Int8(filter) => filter.tile_rows(),
            ConvWeights::Direct(_) => {
                let halo = self.shape.span() - 1;
                // Without taps each weight is used once a row, and fetching it costs more than a larger tile.
                let floats = if kernel_size == 1 { MATRIX_TILE_FLOATS } else { TILE_FLOATS };
                let fit = (floats / in_channels).saturating_sub(halo) / stride;
                ((fit / ROW_MULTIPLE * ROW_MULTIPLE).max(4 * ROW_MULTIPLE), ROW_MULTIPLE)
            }
        };
        // A long layer is cut evenly: 17 tasks where 16 would be full leave one core idle at the end.
        let bands = out_rows.div_ceil(rows).max(1);
        let rows = out_rows.div_ceil(bands).next_multiple_of(multiple);
        let width = self.panel_width();
        let across = MIN_TASKS.div_ceil(bands).min(out_channels.div_ceil(MIN_TASK_OUTPUTS)).max(1);
        (rows, out_channels.div_ceil(across).next_multiple_of(width))
    }

    /// Outputs of a panel.
    fn panel_width(&self) -> usize {
        match &self.weights {
            ConvWeights::Half(_) => bf16::PANEL,
            ConvWeights::Int8(_) => int8::PANEL,
            _ => self.kernels.panel_width(),
        }
    }

    /// Computes a tile; returns the statistics of what was stored, by the first column they are of.
    fn run_tile<U: Feature>(
        &self,
        x: View<'_>,
        prologue: Prologue<'_>,
        epilogue: Epilogue<'_>,
        mut tile: Tile<'_, U>,
        with_moments: bool,
    ) -> Vec<(usize, BandStatistics)> {
        let finishing =
            Finishing { kernels: self.kernels, epilogue, bias: &self.bias, with_statistics: with_moments };
        let statistics = match &self.weights {
            ConvWeights::Half(filter) => {
                filter.run_tile(&self.shape, x, &prologue.prepare(), finishing, &mut tile)
            }
            ConvWeights::Int8(filter) => {
                filter.run_tile(&self.shape, x, &prologue.prepare(), finishing, &mut tile)
            }
            ConvWeights::Direct(_) | ConvWeights::Blocks(_) => {
                return SCRATCH.with_borrow_mut(|scratch| {
                    self.run_exact_tile(x, prologue, epilogue, tile, with_moments, scratch)
                });
            }
        };
        statistics.into_iter().map(|s| (tile.col, s)).collect()
    }

    fn run_exact_tile<U: Feature>(
        &self,
        x: View<'_>,
        prologue: Prologue<'_>,
        epilogue: Epilogue<'_>,
        mut tile: Tile<'_, U>,
        with_moments: bool,
        scratch: &mut Scratch,
    ) -> Vec<(usize, BandStatistics)> {
        let width = self.kernels.panel_width();
        let (rows, cols) = (tile.rows.len(), tile.rows.first().map_or(0, |r| r.len()));
        let Scratch { prepared, transformed, sums, working } = scratch;
        let (input, rows): (&[f32], usize) = match &self.weights {
            ConvWeights::Blocks(filter) => {
                let rows = rows.next_multiple_of(filter.row_multiple());
                self.prepare(x, prologue, tile.row, filter.needed_rows(rows), prepared);
                filter.transform(prepared, rows, transformed);
                (transformed, rows)
            }
            ConvWeights::Direct(_) | ConvWeights::Half(_) | ConvWeights::Int8(_) => {
                let needed = (rows.max(1) - 1) * self.shape.stride + self.shape.span();
                self.prepare(x, prologue, tile.row, needed, prepared);
                (prepared, rows)
            }
        };
        sums.resize(rows * width, 0.0);
        let mut parts = Vec::new();
        for first in (0..cols).step_by(width) {
            self.multiply(input, rows, (tile.col + first) / width, working, sums);
            let last = cols.min(first + width);
            let col = tile.col + first;
            let mut out: Vec<&mut [U]> = tile.rows.iter_mut().map(|row| &mut row[first..last]).collect();
            let residual = epilogue.residual.map(|m| (m.from(tile.row, col), m.cols));
            let how = Finish {
                bias: &self.bias[col..tile.col + last],
                residual,
                accumulate: epilogue.accumulate,
                scale: epilogue.scale,
            };
            let mut statistics = with_moments.then(|| BandStatistics::new(last - first));
            self.kernels.finish_rows(sums, width, &how, U::rows_mut(&mut out), statistics.as_mut());
            parts.extend(statistics.map(|s| (col, s)));
        }
        parts
    }

    /// `needed` rows from the one that output `first` begins with, after the prologue, with the padding as zeros.
    fn prepare(
        &self,
        x: View<'_>,
        prologue: Prologue<'_>,
        first: usize,
        needed: usize,
        input: &mut Vec<f32>,
    ) {
        let ConvShape { in_channels, stride, padding, .. } = self.shape;
        input.resize(needed * in_channels, 0.0);
        let mut widened = Vec::new();
        for (i, dst) in input.chunks_exact_mut(in_channels).enumerate() {
            let Some(t) = (first * stride + i).checked_sub(padding).filter(|t| *t < x.rows) else {
                dst.fill(0.0);
                continue;
            };
            let src = match x.values.slice(t * in_channels..(t + 1) * in_channels) {
                Values::F32(row) => row,
                Values::Bf16(row) => {
                    widened.resize(in_channels, 0.0);
                    self.kernels.widen_bf16(row, &mut widened);
                    &widened
                }
            };
            match prologue {
                Prologue::Identity => dst.copy_from_slice(src),
                Prologue::LeakyRelu(slope) => self.kernels.leaky_relu(src, slope, dst),
                Prologue::AdaInLeakyRelu(norm, slope) => {
                    self.kernels.adain_leaky_relu(src, &norm.view(), slope, dst);
                }
                Prologue::AdaInSnake(norm, alpha) => self.kernels.adain_snake(src, &norm.view(), alpha, dst),
            }
        }
    }

    /// Overwrites `sums`, `[rows][panel width]`, with the convolution of a prepared input by one panel of weights.
    fn multiply(&self, input: &[f32], rows: usize, panel: usize, working: &mut Vec<f32>, sums: &mut [f32]) {
        let ConvShape { in_channels, kernel_size, stride, dilation, .. } = self.shape;
        let panels = match &self.weights {
            ConvWeights::Blocks(filter) => return filter.multiply(input, rows, panel, working, sums),
            ConvWeights::Direct(panels) => panels,
            ConvWeights::Half(_) | ConvWeights::Int8(_) => unreachable!("run_tile hands these over"),
        };
        sums.fill(0.0);
        // Taps that follow each other without a gap are one run of inputs.
        let (runs, run_len) =
            if dilation == 1 { (1, kernel_size * in_channels) } else { (kernel_size, in_channels) };
        for run in 0..runs {
            for start in (0..run_len).step_by(CHUNK_INPUTS) {
                let end = run_len.min(start + CHUNK_INPUTS);
                let weights = panels.chunk(panel, run * run_len + start..run * run_len + end, working);
                let lhs = &input[run * dilation * in_channels + start..];
                self.kernels.gemm_panel(lhs, stride * in_channels, rows, end - start, weights, sums);
            }
        }
    }
}

/// Working memory of a thread's tiles.
#[derive(Default)]
struct Scratch {
    /// Input after the prologue.
    prepared: Vec<f32>,
    /// Its values at the points.
    transformed: Vec<f32>,
    sums: Vec<f32>,
    /// Products at the points, or widened weights.
    working: Vec<f32>,
}

thread_local! {
    static SCRATCH: RefCell<Scratch> = RefCell::default();
}
