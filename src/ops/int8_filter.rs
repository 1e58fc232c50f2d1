//! A convolution's weights rounded to bytes, and the convolution of one tile with them.
//!
//! Each output has a scale for its weights. Activations have one for all channels of a tile: theirs come out of a normalisation
//! and are of similar size, and the largest of the tile is known before the first is rounded. A tile is short, so that quiet
//! passages keep their digits beside loud ones.

use std::cell::RefCell;

use kokoro_kernels::bf16::{self, Line};
use kokoro_kernels::int8::{self, ByteLine, Int8Panel, Int8Product, PANEL, ROWS};
use kokoro_kernels::{Activation, BandStatistics, Kernels, Prepare, Values, WeightType, quantize};
use rayon::prelude::*;

use super::conv1d::ConvShape;
use super::feature::{Feature, View};
use super::row_blocks::{BLOCK_ROWS, Block, Finishing, multiply_and_finish};
use crate::tensor::Tile;

/// Rows of a tile.
const TILE_ROWS: usize = 2 * BLOCK_ROWS;

/// The largest code.
const MAX_CODE: f32 = 127.0;

/// Weights of [`PANEL`] outputs each.
#[derive(Debug, Clone)]
pub struct Int8Filter {
    panels: Vec<Int8Panel>,
    kernels: &'static Kernels,
}

/// Working memory of a thread's tiles.
#[derive(Default)]
struct Scratch {
    /// The tile's input after normalisation and activation.
    prepared: Vec<Line>,
    /// The same as bytes, with the padding.
    codes: Vec<ByteLine>,
    sums: Vec<f32>,
}

thread_local! {
    static SCRATCH: RefCell<Scratch> = RefCell::default();
}

impl Int8Filter {
    /// Rounds and packs stored weights, `[out_channels, in_channels, kernel_size]`; `None` if there are too many for the sums to
    /// be exact, or too few to fill a vector.
    ///
    /// # Panics
    /// If the bytes do not fit the shape.
    pub fn pack(
        kernels: &'static Kernels,
        kind: WeightType,
        bytes: &[u8],
        shape: &ConvShape,
    ) -> Option<Self> {
        /// Lanes of the widest vector, which normalisation works on.
        const LEAST_CHANNELS: usize = 16;
        let ConvShape { in_channels, kernel_size, .. } = *shape;
        if in_channels < LEAST_CHANNELS || !int8::fits(kernel_size, in_channels) {
            return None;
        }
        let output_bytes = kind.row_bytes(in_channels * kernel_size);
        let input_scales = vec![1.0; in_channels];
        let pack = |bytes: &[u8]| {
            let outputs = bytes.len() / output_bytes;
            let mut weights = vec![0.0; outputs * in_channels * kernel_size];
            quantize::dequantize_row(kind, bytes, &mut weights);
            Int8Panel::pack(&weights, outputs, kernel_size, in_channels, &input_scales)
        };
        Some(Self { panels: bytes.par_chunks(PANEL * output_bytes).map(pack).collect(), kernels })
    }

    /// Rows a tile should have, and what they should be a multiple of.
    pub fn tile_rows(&self) -> (usize, usize) {
        (TILE_ROWS, BLOCK_ROWS)
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
        SCRATCH.with_borrow_mut(|Scratch { prepared, codes, sums }| {
            let needed = tile.rows.len().next_multiple_of(ROWS);
            let scale = self.round(shape, x, prepare, tile.row, needed, prepared, codes);
            let cols = tile.rows.first().map_or(0, |row| row.len());
            let panels = &self.panels[tile.col / PANEL..(tile.col + cols).div_ceil(PANEL)];
            let row_lines = int8::lines(x.cols);
            let row_stride = shape.stride * row_lines;
            let (first, sums_stride) = (tile.row, panels.len() * PANEL);
            multiply_and_finish(finishing, tile, sums, sums_stride, |Block { row, rows }, sums| {
                let product = Int8Product {
                    lhs: &codes[(row - first) * row_stride..],
                    row_stride,
                    rows,
                    tap_stride: shape.dilation * row_lines,
                    panels,
                    scale,
                };
                self.kernels.gemm_int8(&product, sums, sums_stride);
            })
        })
    }

    /// The codes of the rows that `rows` outputs from `first` on see, with the padding as zeros. Returns their scale.
    #[allow(clippy::too_many_arguments, reason = "a convolution's parts")]
    fn round(
        &self,
        shape: &ConvShape,
        x: View<'_>,
        prepare: &Prepare<'_>,
        first: usize,
        rows: usize,
        prepared: &mut Vec<Line>,
        codes: &mut Vec<ByteLine>,
    ) -> f32 {
        let input = shape.input_rows(first, rows, x.rows);
        let (lines, row_lines) = (bf16::lines(x.cols), int8::lines(x.cols));
        let padded = lines * bf16::STEP;
        prepared.resize(input.present.len() * lines, Line::ZERO);
        if padded != x.cols {
            // What lies behind the last channel is multiplied with zeros, but must not count as the largest.
            prepared.iter_mut().skip(lines - 1).step_by(lines).for_each(|line| *line = Line::ZERO);
        }
        let values = x.values.slice(input.present.start * x.cols..input.present.end * x.cols);
        self.kernels.prepare_bf16(values, x.cols, prepare, prepared, None);
        let scale = int8::peak(prepared) / MAX_CODE;
        let inverse = if scale < f32::MIN_POSITIVE { 0.0 } else { 1.0 / scale };
        codes.resize(input.needed * row_lines, ByteLine::ZEROS);
        let (before, rest) = codes.split_at_mut(input.skip * row_lines);
        let (body, after) = rest.split_at_mut(input.present.len() * row_lines);
        before.fill(ByteLine::ZEROS);
        after.fill(ByteLine::ZEROS);
        let values = Values::Bf16(bytemuck::cast_slice(prepared));
        self.kernels.prepare_int8(
            values,
            &vec![inverse; padded],
            &Prepare::Plain(Activation::Identity),
            body,
        );
        if scale.is_finite() { scale } else { f32::NAN }
    }
}
