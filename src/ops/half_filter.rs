//! A convolution's weights rounded to bf16, and the convolution of one tile with them.
//!
//! A tile's input is prepared once (normalised, activated, rounded), then multiplied block of rows by block of rows with all
//! panels, and each block is finished while its sums are in the first-level cache.

use std::cell::RefCell;

use kokoro_kernels::bf16::{self, Bf16Product, Line, PANEL, ROWS, STEP, STEP_LINES};
use kokoro_kernels::{BandStatistics, Finish, Kernels, Prepare, WeightType};
use rayon::prelude::*;

use super::conv1d::{ConvShape, Epilogue};
use crate::tensor::{Matrix, Tile};

/// Rows that are multiplied and finished together: two row tiles.
const BLOCK_ROWS: usize = 2 * ROWS;

/// Lines of prepared input a task aims at: 128 KB, which leaves the second-level cache to the weights.
const TILE_LINES: usize = 2 * 1024;

/// Stored values that are converted by one task.
const CONVERTED_VALUES: usize = 64 * 1024;

/// Weights `[panel][tap][step]` in the layout of [`bf16`].
#[derive(Debug, Clone)]
pub struct HalfFilter {
    panels: Vec<Line>,
    taps: usize,
    /// Steps of a tap.
    steps: usize,
    kernels: &'static Kernels,
}

thread_local! {
    /// Working memory of this thread's tiles: prepared input, sums.
    static SCRATCH: RefCell<(Vec<Line>, Vec<f32>)> = const { RefCell::new((Vec::new(), Vec::new())) };
}

impl HalfFilter {
    /// Packs weights: that of output `o`, tap `t` and channel `c` is number `outputs[o] + inputs[t · in_channels + c]` of the
    /// stored tensor.
    ///
    /// # Panics
    /// If `kind` is quantised, `inputs` is not whole taps, or a number reaches past `bytes`.
    pub fn pack(
        kernels: &'static Kernels,
        kind: WeightType,
        bytes: &[u8],
        in_channels: usize,
        outputs: &[usize],
        inputs: &[usize],
    ) -> Self {
        assert_eq!(kind.block_elements(), 1, "{} weights are not packed into panels", kind.name());
        assert_eq!(inputs.len() % in_channels, 0, "half filter: inputs are not whole taps");
        let (taps, steps) = (inputs.len() / in_channels, bf16::lines(in_channels));
        let stored = round_all(kernels, kind, bytes);
        let panel_lines = taps * steps * STEP_LINES;
        let mut panels = vec![Line([0; STEP]); outputs.len().div_ceil(PANEL) * panel_lines];
        panels.par_chunks_mut(panel_lines).zip(outputs.par_chunks(PANEL)).for_each(|(panel, outputs)| {
            // Step by step, so that what is read and what is written stay in the first-level cache.
            for first in (0..in_channels).step_by(STEP) {
                for (o, output) in outputs.iter().enumerate() {
                    for c in first..in_channels.min(first + STEP) {
                        for tap in 0..taps {
                            let (line, at) = bf16::weight_place(tap, steps, c, o);
                            panel[line].0[at] = stored[output + inputs[tap * in_channels + c]];
                        }
                    }
                }
            }
        });
        Self { panels, taps, steps, kernels }
    }

    /// Rows a tile should have, and what they should be a multiple of.
    pub fn tile_rows(&self, shape: &ConvShape) -> (usize, usize) {
        let halo = shape.dilation * (shape.kernel_size - 1);
        let rows = (TILE_LINES / self.steps).saturating_sub(halo) / shape.stride;
        ((rows / BLOCK_ROWS * BLOCK_ROWS).max(2 * BLOCK_ROWS), BLOCK_ROWS)
    }

    /// Computes a tile of `x`'s convolution. Returns the statistics of what was stored.
    pub fn run_tile(
        &self,
        shape: &ConvShape,
        x: &Matrix,
        prepare: &Prepare<'_>,
        epilogue: Epilogue<'_>,
        bias: &[f32],
        tile: &mut Tile<'_>,
        with_statistics: bool,
    ) -> Option<BandStatistics> {
        let cols = tile.rows.first().map_or(0, |row| row.len());
        let mut statistics = with_statistics.then(|| BandStatistics::new(cols));
        let panels = tile.col / PANEL..(tile.col + cols).div_ceil(PANEL);
        let sums_stride = panels.len() * PANEL;
        SCRATCH.with_borrow_mut(|(input, sums)| {
            let rows = tile.rows.len().next_multiple_of(ROWS);
            self.prepare(shape, x, prepare, tile.row, rows, input);
            sums.resize(BLOCK_ROWS * sums_stride, 0.0);
            for (block, out) in tile.rows.chunks_mut(BLOCK_ROWS).enumerate() {
                let first = block * BLOCK_ROWS;
                let row_stride = shape.stride * self.steps;
                for (i, panel) in panels.clone().enumerate() {
                    let lines = self.taps * self.steps * STEP_LINES;
                    let product = Bf16Product {
                        lhs: &input[first * row_stride..],
                        row_stride,
                        rows: BLOCK_ROWS.min(rows - first),
                        taps: self.taps,
                        tap_stride: shape.dilation * self.steps,
                        steps: self.steps,
                        panel: &self.panels[panel * lines..][..lines],
                    };
                    self.kernels.gemm_bf16(&product, &mut sums[i * PANEL..], sums_stride);
                }
                let residual = epilogue
                    .residual
                    .map(|m| (&m.data()[(tile.row + first) * m.cols() + tile.col..], m.cols()));
                let Epilogue { accumulate, scale, .. } = epilogue;
                let how = Finish { bias: &bias[tile.col..tile.col + cols], residual, accumulate, scale };
                self.kernels.finish_rows(sums, sums_stride, &how, out, statistics.as_mut());
            }
        });
        statistics
    }

    /// The rows that `rows` outputs from `first` on see, with the padding as zeros.
    fn prepare(
        &self,
        shape: &ConvShape,
        x: &Matrix,
        prepare: &Prepare<'_>,
        first: usize,
        rows: usize,
        input: &mut Vec<Line>,
    ) {
        let needed = (rows - 1) * shape.stride + shape.dilation * (shape.kernel_size - 1) + 1;
        input.resize(needed * self.steps, Line([0; STEP]));
        // Row `i` of the input is step `first · stride + i − padding` of `x`.
        let begin = first * shape.stride;
        let skip = shape.padding.saturating_sub(begin).min(needed);
        let from = (begin + skip).saturating_sub(shape.padding).min(x.rows());
        let to = (begin + needed).saturating_sub(shape.padding).clamp(from, x.rows());
        let (head, rest) = input.split_at_mut(skip * self.steps);
        let (body, tail) = rest.split_at_mut((to - from) * self.steps);
        head.fill(Line([0; STEP]));
        tail.fill(Line([0; STEP]));
        if x.cols() % STEP != 0 {
            let last = body.iter_mut().skip(self.steps - 1).step_by(self.steps);
            last.for_each(|line| *line = Line([0; STEP]));
        }
        let cols = x.cols();
        self.kernels.prepare_bf16(&x.data()[from * cols..to * cols], cols, prepare, body);
    }
}

/// Stored weights as bf16, in their order.
fn round_all(kernels: &Kernels, kind: WeightType, bytes: &[u8]) -> Vec<u16> {
    let width = kind.row_bytes(1);
    let count = bytes.len() / width;
    let mut rounded = vec![Line([0; STEP]); bf16::lines(count)];
    let chunks = rounded.par_chunks_mut(CONVERTED_VALUES / STEP);
    chunks.zip(bytes.par_chunks(CONVERTED_VALUES * width)).for_each(|(lines, bytes)| {
        let mut values = vec![0.0; bytes.len() / width];
        kokoro_kernels::quantize::dequantize_row(kind, bytes, &mut values);
        let identity = Prepare::Plain(kokoro_kernels::Activation::Identity);
        kernels.prepare_bf16(&values, values.len(), &identity, lines);
    });
    let mut values: Vec<u16> = bytemuck::cast_slice(&rounded).to_vec();
    values.truncate(count);
    values
}
