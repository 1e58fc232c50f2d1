//! A convolution's weights rounded to bf16, and the convolution of one tile with them.
//!
//! Rows of many channels are cut into groups, which stand one behind the other: a tile of a wide row touches so many places that
//! the processor no longer fetches them ahead.
//!
//! Where sixteen bits of precision are wanted, inputs and weights are each the sum of two bf16, and three products are
//! summed: high by high, low by high, high by low. On AMX tiles that is still several times as fast as f32.
//!
//! A tile's input is prepared once (normalised, activated, rounded), then multiplied block of rows by block of rows with all
//! panels, and each block is finished while its sums are in the first-level cache.

use std::cell::RefCell;
use std::ops::Range;

use kokoro_kernels::bf16::{self, Bf16Product, Line, PANEL, ROWS, STEP, STEP_LINES};
use kokoro_kernels::{Activation, BandStatistics, Kernels, Prepare, WeightType};
use rayon::prelude::*;

use super::conv1d::{ConvShape, Epilogue, InputRows};
use super::feature::{Feature, View};
use super::half_packing::{Groups, Packing};
use super::row_blocks::{BLOCK_ROWS, Block, Finishing, multiply_and_finish};
use crate::tensor::{Matrix, Tile};

/// Lines of prepared input a task aims at: 128 KB, which leaves the second-level cache to the weights.
const TILE_LINES: usize = 2 * 1024;

/// Rows that are prepared before they are cut into groups.
const PREPARED_ROWS: usize = 16;

/// Weights `[panel][group][tap][step]` in the layout of [`bf16`].
#[derive(Debug, Clone)]
pub struct HalfFilter {
    panels: Vec<Line>,
    /// What rounding took away from `panels`, rounded.
    low_panels: Option<Vec<Line>>,
    taps: usize,
    groups: Groups,
    kernels: &'static Kernels,
}

/// What [`HalfFilter::matmul`] multiplies with, and where the product goes.
#[derive(Debug)]
pub struct MatrixProduct<'a> {
    /// The weights.
    pub filter: &'a HalfFilter,
    /// One an output.
    pub bias: &'a [f32],
    /// `[rows, outputs]`.
    pub out: &'a mut Matrix,
}

/// Outputs of a matrix product's task.
const MATRIX_TILE_OUTPUTS: usize = 128;

/// How many bits of the weights and inputs count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Digits {
    /// One bf16: eight bits.
    Half,
    /// Two: sixteen bits.
    Split,
}

/// Prepared rows, `[group][row][step]`.
#[derive(Default)]
struct Input {
    high: Vec<Line>,
    /// What rounding took away; empty where that is not wanted.
    low: Vec<Line>,
    rows: usize,
}

/// Working memory of a thread's tiles.
#[derive(Default)]
struct Scratch {
    input: Input,
    /// A few rows before they are cut into groups.
    rows: Input,
    sums: Vec<f32>,
}

thread_local! {
    static SCRATCH: RefCell<Scratch> = RefCell::default();
}

impl HalfFilter {
    /// Packs weights: that of output `o`, tap `t` and channel `c` is number `outputs[o] + inputs[t · in_channels + c]` of the
    /// stored tensor.
    ///
    /// # Panics
    /// If `inputs` is not whole taps, or a number reaches past `bytes`.
    pub fn pack(
        kernels: &'static Kernels,
        kind: WeightType,
        bytes: &[u8],
        in_channels: usize,
        outputs: &[usize],
        inputs: &[usize],
        digits: Digits,
    ) -> Self {
        assert_eq!(inputs.len() % in_channels, 0, "half filter: inputs are not whole taps");
        let groups = Groups::of(in_channels);
        let packing = Packing { groups, in_channels, outputs, inputs };
        let (panels, low_panels) = packing.pack(kernels, kind, bytes, digits);
        Self { panels, low_panels, taps: inputs.len() / in_channels, groups, kernels }
    }

    /// Rows a tile should have, and what they should be a multiple of.
    pub fn tile_rows(&self, shape: &ConvShape) -> (usize, usize) {
        let halo = shape.dilation * (shape.kernel_size - 1);
        let rows = (TILE_LINES / self.groups.row_lines()).saturating_sub(halo) / shape.stride;
        ((rows / BLOCK_ROWS * BLOCK_ROWS).max(2 * BLOCK_ROWS), BLOCK_ROWS)
    }

    /// Computes a tile of `x`'s convolution. Returns the statistics of what was stored.
    pub fn run_tile<U: Feature>(
        &self,
        shape: &ConvShape,
        x: View<'_>,
        prepare: &Prepare<'_>,
        finishing: Finishing<'_>,
        tile: &mut Tile<'_, U>,
    ) -> Option<BandStatistics> {
        SCRATCH.with_borrow_mut(|scratch| {
            let Scratch { input, rows, sums } = scratch;
            let needed = tile.rows.len().next_multiple_of(ROWS);
            self.prepare(shape, x, prepare, tile.row, needed, input, rows);
            self.multiply_tile(shape, input, tile.row, finishing, tile, sums)
        })
    }

    /// The products of all rows of `x` with the weights of several filters as matrices, the biases added. The rows are rounded
    /// once for all of them.
    ///
    /// # Panics
    /// If a shape does not fit, or weights have taps.
    pub fn matmul(x: View<'_>, products: Vec<MatrixProduct<'_>>) {
        let Some(MatrixProduct { filter, .. }) = products.first() else { return };
        let (groups, split) = (filter.groups, filter.low_panels.is_some());
        let shape = ConvShape::matrix(x.cols, 0);
        let mut input = Input::default();
        let identity = Prepare::Plain(Activation::Identity);
        let rows = x.rows.next_multiple_of(ROWS);
        filter.prepare(&shape, x, &identity, 0, rows, &mut input, &mut Input::default());
        let mut tasks = Vec::new();
        for MatrixProduct { filter, bias, out } in products {
            let like_the_first = (filter.groups, filter.low_panels.is_some()) == (groups, split);
            assert!(
                like_the_first && filter.taps == 1 && out.rows() == x.rows,
                "half filter: matrix product"
            );
            let finishing = Finishing {
                kernels: filter.kernels,
                epilogue: Epilogue::default(),
                bias,
                with_statistics: false,
            };
            tasks.extend(
                out.tiles_mut(BLOCK_ROWS, MATRIX_TILE_OUTPUTS)
                    .into_iter()
                    .map(|tile| (filter, finishing, tile)),
            );
        }
        tasks.into_par_iter().for_each(|(filter, finishing, mut tile)| {
            SCRATCH.with_borrow_mut(|scratch| {
                filter.multiply_tile(&shape, &input, 0, finishing, &mut tile, &mut scratch.sums);
            });
        });
    }

    /// Multiplies and finishes a tile. `input` begins with the rows that output `first` sees.
    fn multiply_tile<U: Feature>(
        &self,
        shape: &ConvShape,
        input: &Input,
        first: usize,
        finishing: Finishing<'_>,
        tile: &mut Tile<'_, U>,
        sums: &mut Vec<f32>,
    ) -> Option<BandStatistics> {
        let cols = tile.rows.first().map_or(0, |row| row.len());
        let panels = tile.col / PANEL..(tile.col + cols).div_ceil(PANEL);
        let sums_stride = panels.len() * PANEL;
        multiply_and_finish(finishing, tile, sums, sums_stride, |Block { row, rows }, sums| {
            let place = Place { shape, row: row - first, rows, input_rows: input.rows };
            let mut add = |lhs: &[Line], weights: &[Line], accumulate| {
                let weights = self.some_panels(weights, panels.clone());
                self.multiply(place, lhs, weights, sums, sums_stride, accumulate);
            };
            add(&input.high, &self.panels, false);
            if let Some(low_panels) = &self.low_panels {
                add(&input.low, &self.panels, true);
                add(&input.high, low_panels, true);
            }
        })
    }

    /// Lines of a panel's weights.
    fn panel_lines(&self) -> usize {
        self.groups.row_lines() * self.taps * STEP_LINES
    }

    /// The weights of some panels.
    fn some_panels<'a>(&self, weights: &'a [Line], panels: Range<usize>) -> &'a [Line] {
        &weights[panels.start * self.panel_lines()..panels.end * self.panel_lines()]
    }

    /// The product of some rows of prepared input with some panels.
    fn multiply(
        &self,
        place: Place<'_>,
        lhs: &[Line],
        weights: &[Line],
        sums: &mut [f32],
        sums_stride: usize,
        accumulate: bool,
    ) {
        let (Groups { count, steps }, taps) = (self.groups, self.taps);
        let Place { shape, row, rows, input_rows } = place;
        let (row_stride, group_lines) = (shape.stride * steps, input_rows * steps);
        let lhs = &lhs[row * row_stride..];
        let product = Bf16Product {
            lhs,
            row_stride,
            rows,
            taps,
            tap_stride: shape.dilation * steps,
            steps,
            panels: weights,
            accumulate,
        };
        if taps == 1 {
            // Without taps, the groups are as taps that lie far apart.
            let product = Bf16Product { taps: count, tap_stride: group_lines, ..product };
            return self.kernels.gemm_bf16(&product, sums, sums_stride);
        }
        if count == 1 {
            return self.kernels.gemm_bf16(&product, sums, sums_stride);
        }
        for (i, panel) in weights.chunks_exact(self.panel_lines()).enumerate() {
            for (group, panels) in panel.chunks_exact(taps * steps * STEP_LINES).enumerate() {
                let accumulate = accumulate || group > 0;
                let product = Bf16Product { lhs: &lhs[group * group_lines..], panels, accumulate, ..product };
                self.kernels.gemm_bf16(&product, &mut sums[i * PANEL..], sums_stride);
            }
        }
    }

    /// Prepares the rows that `rows` outputs from `first` on see, with the padding as zeros. `few` is working memory.
    #[allow(clippy::too_many_arguments, reason = "a convolution's parts")]
    fn prepare(
        &self,
        shape: &ConvShape,
        x: View<'_>,
        prepare: &Prepare<'_>,
        first: usize,
        rows: usize,
        input: &mut Input,
        few: &mut Input,
    ) {
        let InputRows { needed, skip, present: source } = shape.input_rows(first, rows, x.rows);
        let (from, to) = (source.start, source.end);
        let Groups { count, steps } = self.groups;
        let (present, row_lines) = (skip..skip + source.len(), bf16::lines(x.cols));
        let values = |rows: Range<usize>| x.values.slice(rows.start * x.cols..rows.end * x.cols);
        let split = self.low_panels.is_some();
        input.rows = needed;
        let clear = |lines: &mut Vec<Line>| {
            lines.resize(needed * count * steps, Line::ZERO);
            for group in lines.chunks_exact_mut(needed * steps) {
                group[..present.start * steps].fill(Line::ZERO);
                group[present.end * steps..].fill(Line::ZERO);
            }
            if count * steps * STEP != x.cols {
                // What the last group has behind the last channel.
                for row in lines[(count - 1) * needed * steps..].chunks_exact_mut(steps) {
                    row[(row_lines - 1) % steps..].fill(Line::ZERO);
                }
            }
        };
        clear(&mut input.high);
        if split {
            clear(&mut input.low);
        }
        if count == 1 && row_lines == steps {
            let body = present.start * steps..present.end * steps;
            let low = split.then(|| &mut input.low[body.clone()]);
            self.kernels.prepare_bf16(values(from..to), x.cols, prepare, &mut input.high[body], low);
            return;
        }
        for row in (from..to).step_by(PREPARED_ROWS) {
            let rows = row..to.min(row + PREPARED_ROWS);
            for lines in [&mut few.high, &mut few.low] {
                lines.clear();
                lines.resize(rows.len() * row_lines, Line::ZERO);
            }
            let low = split.then_some(&mut few.low[..]);
            self.kernels.prepare_bf16(values(rows), x.cols, prepare, &mut few.high, low);
            let scatter = |whole: &[Line], input: &mut [Line]| {
                for (r, whole) in whole.chunks_exact(row_lines).enumerate() {
                    for (group, part) in whole.chunks(steps).enumerate() {
                        let at = (group * needed + skip + row - from + r) * steps;
                        input[at..at + part.len()].copy_from_slice(part);
                    }
                }
            };
            scatter(&few.high, &mut input.high);
            if split {
                scatter(&few.low, &mut input.low);
            }
        }
    }
}

/// Where in a prepared input a product begins.
#[derive(Clone, Copy)]
struct Place<'a> {
    shape: &'a ConvShape,
    /// First output, counted from the one that the input begins with.
    row: usize,
    /// Outputs.
    rows: usize,
    /// Rows of the input.
    input_rows: usize,
}
