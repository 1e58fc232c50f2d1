//! A convolution's weights rounded to bf16, and the convolution of one tile with them.
//!
//! Where sixteen bits of precision are wanted, inputs and weights are each the sum of two bf16, and three products are
//! summed: high by high, low by high, high by low. On AMX tiles that is still several times as fast as f32.
//!
//! A tile's input is prepared once (normalised, activated, rounded), then multiplied block of rows by block of rows with all
//! panels, and each block is finished while its sums are in the first-level cache.

use std::cell::RefCell;

use kokoro_kernels::bf16::{self, Bf16Product, Line, PANEL, ROWS, STEP, STEP_LINES};
use kokoro_kernels::{Activation, BandStatistics, Finish, Kernels, Prepare, Values, WeightType};
use rayon::prelude::*;

use super::conv1d::{ConvShape, Epilogue};
use super::feature::{Feature, View};
use crate::tensor::Tile;

/// Rows that are multiplied and finished together: enough that a panel of weights is used several times while it is near.
const BLOCK_ROWS: usize = 8 * ROWS;

/// Lines of prepared input a task aims at: 128 KB, which leaves the second-level cache to the weights.
const TILE_LINES: usize = 2 * 1024;

/// Stored values that are converted by one task.
const CONVERTED_VALUES: usize = 64 * 1024;

/// Weights `[panel][tap][step]` in the layout of [`bf16`].
#[derive(Debug, Clone)]
pub struct HalfFilter {
    panels: Vec<Line>,
    /// What rounding took away from `panels`, rounded.
    low_panels: Option<Vec<Line>>,
    taps: usize,
    /// Steps of a tap.
    steps: usize,
    kernels: &'static Kernels,
}

/// How many bits of the weights and inputs count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Digits {
    /// One bf16: eight bits.
    Half,
    /// Two: sixteen bits.
    Split,
}

/// Working memory of a thread's tiles.
#[derive(Default)]
struct Scratch {
    input: Vec<Line>,
    low_input: Vec<Line>,
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
        let (taps, steps) = (inputs.len() / in_channels, bf16::lines(in_channels));
        let (high, low) = round_all(kernels, kind, bytes, digits);
        let panels = pack_panels(&high, in_channels, outputs, inputs);
        let low_panels = (digits == Digits::Split).then(|| pack_panels(&low, in_channels, outputs, inputs));
        Self { panels, low_panels, taps, steps, kernels }
    }

    /// Rows a tile should have, and what they should be a multiple of.
    pub fn tile_rows(&self, shape: &ConvShape) -> (usize, usize) {
        let halo = shape.dilation * (shape.kernel_size - 1);
        let rows = (TILE_LINES / self.steps).saturating_sub(halo) / shape.stride;
        ((rows / BLOCK_ROWS * BLOCK_ROWS).max(2 * BLOCK_ROWS), BLOCK_ROWS)
    }

    /// Computes a tile of `x`'s convolution. Returns the statistics of what was stored.
    #[allow(clippy::too_many_arguments, reason = "a convolution's parts")]
    pub fn run_tile<U: Feature>(
        &self,
        shape: &ConvShape,
        x: View<'_>,
        prepare: &Prepare<'_>,
        epilogue: Epilogue<'_>,
        bias: &[f32],
        tile: &mut Tile<'_, U>,
        with_statistics: bool,
    ) -> Option<BandStatistics> {
        let cols = tile.rows.first().map_or(0, |row| row.len());
        let mut statistics = with_statistics.then(|| BandStatistics::new(cols));
        let panels = tile.col / PANEL..(tile.col + cols).div_ceil(PANEL);
        let sums_stride = panels.len() * PANEL;
        SCRATCH.with_borrow_mut(|scratch| {
            let rows = tile.rows.len().next_multiple_of(ROWS);
            self.prepare(shape, x, prepare, tile.row, rows, scratch);
            let Scratch { input, low_input, sums } = scratch;
            sums.resize(BLOCK_ROWS * sums_stride, 0.0);
            for (block, out) in tile.rows.chunks_mut(BLOCK_ROWS).enumerate() {
                let first = block * BLOCK_ROWS;
                let row_stride = shape.stride * self.steps;
                let residual = epilogue.residual.map(|m| (m.from(tile.row + first, tile.col), m.cols));
                // What the end of this block reads comes from far away, while the products run.
                if epilogue.accumulate {
                    out.iter().for_each(|row| self.kernels.prefetch(U::values(row)));
                }
                if let Some((values, stride)) = residual {
                    (0..out.len()).for_each(|r| {
                        self.kernels.prefetch(values.slice(r * stride..r * stride + cols));
                    });
                }
                let product = |lhs: &[Line], panels: &[Line], panel: usize, sums: &mut [f32], accumulate| {
                    let lines = self.taps * self.steps * STEP_LINES;
                    let product = Bf16Product {
                        lhs: &lhs[first * row_stride..],
                        row_stride,
                        rows: BLOCK_ROWS.min(rows - first),
                        taps: self.taps,
                        tap_stride: shape.dilation * self.steps,
                        steps: self.steps,
                        panel: &panels[panel * lines..][..lines],
                        accumulate,
                    };
                    self.kernels.gemm_bf16(&product, sums, sums_stride);
                };
                for (i, panel) in panels.clone().enumerate() {
                    let sums = &mut sums[i * PANEL..];
                    product(input, &self.panels, panel, sums, false);
                    if let Some(low_panels) = &self.low_panels {
                        product(low_input, &self.panels, panel, sums, true);
                        product(input, low_panels, panel, sums, true);
                    }
                }
                let Epilogue { accumulate, scale, .. } = epilogue;
                let how = Finish { bias: &bias[tile.col..tile.col + cols], residual, accumulate, scale };
                self.kernels.finish_rows(sums, sums_stride, &how, U::rows_mut(out), statistics.as_mut());
            }
        });
        statistics
    }

    /// The rows that `rows` outputs from `first` on see, with the padding as zeros.
    fn prepare(
        &self,
        shape: &ConvShape,
        x: View<'_>,
        prepare: &Prepare<'_>,
        first: usize,
        rows: usize,
        scratch: &mut Scratch,
    ) {
        let needed = (rows - 1) * shape.stride + shape.dilation * (shape.kernel_size - 1) + 1;
        // Row `i` of the input is step `first · stride + i − padding` of `x`.
        let begin = first * shape.stride;
        let skip = shape.padding.saturating_sub(begin).min(needed);
        let from = (begin + skip).saturating_sub(shape.padding).min(x.rows);
        let to = (begin + needed).saturating_sub(shape.padding).clamp(from, x.rows);
        let body = skip * self.steps..(skip + to - from) * self.steps;
        let clear = |lines: &mut Vec<Line>| {
            lines.resize(needed * self.steps, Line([0; STEP]));
            lines[..body.start].fill(Line([0; STEP]));
            lines[body.end..].fill(Line([0; STEP]));
            if x.cols % STEP != 0 {
                let last = lines[body.clone()].iter_mut().skip(self.steps - 1).step_by(self.steps);
                last.for_each(|line| *line = Line([0; STEP]));
            }
        };
        clear(&mut scratch.input);
        let low = self.low_panels.as_ref().map(|_| {
            clear(&mut scratch.low_input);
            &mut scratch.low_input[body.clone()]
        });
        let values = x.values.slice(from * x.cols..to * x.cols);
        self.kernels.prepare_bf16(values, x.cols, prepare, &mut scratch.input[body.clone()], low);
    }
}

/// Weights in the layout of the product: `[panel][tap][step]`.
fn pack_panels(stored: &[u16], in_channels: usize, outputs: &[usize], inputs: &[usize]) -> Vec<Line> {
    let (taps, steps) = (inputs.len() / in_channels, bf16::lines(in_channels));
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
    panels
}

/// Stored weights as bf16, in their order, and with [`Digits::Split`] what the rounding took away.
fn round_all(kernels: &Kernels, kind: WeightType, bytes: &[u8], digits: Digits) -> (Vec<u16>, Vec<u16>) {
    let (elements, width) = (kind.block_elements(), kind.row_bytes(kind.block_elements()));
    let count = bytes.len() / width * elements;
    let lines = vec![Line([0; STEP]); bf16::lines(count)];
    let (mut high, mut low) = (lines.clone(), lines);
    let chunks =
        high.par_chunks_mut(CONVERTED_VALUES / STEP).zip(low.par_chunks_mut(CONVERTED_VALUES / STEP));
    chunks.zip(bytes.par_chunks(CONVERTED_VALUES / elements * width)).for_each(|((high, low), bytes)| {
        let mut values = vec![0.0; bytes.len() / width * elements];
        kokoro_kernels::quantize::dequantize_row(kind, bytes, &mut values);
        let identity = Prepare::Plain(Activation::Identity);
        let low = (digits == Digits::Split).then_some(low);
        kernels.prepare_bf16(Values::F32(&values), values.len(), &identity, high, low);
    });
    let values = |lines: Vec<Line>| bytemuck::cast_slice::<Line, u16>(&lines)[..count].to_vec();
    (values(high), values(low))
}
