//! A convolution's weights transformed for Toom-Cook blocks, and the product with them.
//!
//! With dilation `d` the outputs fall into `d` classes that do not meet; a block is six outputs of one class, `d` steps
//! apart. Windows of all classes stand interleaved, so that one matrix product for each point serves them all.

use kokoro_kernels::toom_cook::{MAX_POINTS, OUTPUTS};
use kokoro_kernels::{Kernels, ToomCook, WeightType};
use rayon::prelude::*;

use super::conv1d::ConvShape;

/// Inputs multiplied before the sums go back to memory, as in the direct convolution.
const CHUNK_INPUTS: usize = 256;
/// f32 of transformed input a task aims at: 384 KB, which streams from the second-level cache or close behind it.
const TILE_FLOATS: usize = 96 * 1024;
/// Rows that the matrix kernels take at a time.
const GEMM_ROWS: usize = 6;

/// Transformed weights, `[panel][point][chunk][in_channels][panel width]`.
#[derive(Debug, Clone)]
pub struct BlockFilter {
    plan: ToomCook,
    /// Groups of taps that are transformed by themselves; their products add up.
    chunks: usize,
    in_channels: usize,
    dilation: usize,
    panels: Vec<f32>,
    kernels: &'static Kernels,
}

impl BlockFilter {
    /// Transforms stored weights `[out_channels, in_channels, kernel_size]`. `None` for kernel sizes without a plan, and
    /// for strides.
    ///
    /// # Panics
    /// If `bytes` do not fit the shape, or the type is quantised.
    pub fn pack(
        kernels: &'static Kernels,
        kind: WeightType,
        bytes: &[u8],
        shape: &ConvShape,
    ) -> Option<Self> {
        let ConvShape { in_channels, out_channels, kernel_size, stride, dilation, .. } = *shape;
        // Several chunks share their windows only if a chunk is as long as a block.
        let (taps, chunks) = match kernel_size {
            3 | 7 => (kernel_size, 1),
            11 => (OUTPUTS, 2),
            _ => return None,
        };
        let plan = ToomCook::for_taps(taps).filter(|_| stride == 1)?;
        let (width, points, depth) = (kernels.panel_width(), plan.points(), chunks * in_channels);
        let mut panels = vec![0.0; out_channels.div_ceil(width) * points * depth * width];
        let row_bytes = kind.row_bytes(in_channels * kernel_size);
        panels.par_chunks_mut(points * depth * width).enumerate().for_each(|(panel, out)| {
            let mut row = vec![0.0; in_channels * kernel_size];
            let (mut filter, mut values) = (vec![0.0; chunks * taps], [0.0; MAX_POINTS]);
            for (lane, o) in (panel * width..out_channels.min((panel + 1) * width)).enumerate() {
                kokoro_kernels::quantize::dequantize_row(
                    kind,
                    &bytes[o * row_bytes..][..row_bytes],
                    &mut row,
                );
                for (c, stored) in row.chunks_exact(kernel_size).enumerate() {
                    filter[..kernel_size].copy_from_slice(stored);
                    for (chunk, filter) in filter.chunks_exact(taps).enumerate() {
                        plan.transform_filter(filter, &mut values[..points]);
                        for (p, v) in values[..points].iter().enumerate() {
                            out[(p * depth + chunk * in_channels + c) * width + lane] = *v;
                        }
                    }
                }
            }
        });
        Some(Self { plan, chunks, in_channels, dilation, panels, kernels })
    }

    /// Outputs that belong together: tiles are multiples of it.
    pub fn row_multiple(&self) -> usize {
        OUTPUTS * self.dilation
    }

    /// Rows a tile should have.
    pub fn tile_rows(&self) -> usize {
        let windows = TILE_FLOATS / (self.plan.points() * self.in_channels);
        // Windows of a tile a multiple of the kernels' rows, if the dilation lets them be.
        let step =
            (1..=GEMM_ROWS).find(|blocks| (blocks * self.dilation).is_multiple_of(GEMM_ROWS)).unwrap_or(1);
        let blocks = (windows / self.dilation / step * step).max(step);
        blocks * self.row_multiple()
    }

    /// Input rows that `rows` outputs need, a multiple of [`row_multiple`](Self::row_multiple).
    pub fn needed_rows(&self, rows: usize) -> usize {
        rows + self.dilation * ((self.chunks - 1) * OUTPUTS + self.plan.taps() - 1)
    }

    /// `Bᵀ x` of every window: `[point][window][in_channels]`, from [`needed_rows`](Self::needed_rows) prepared rows.
    pub fn transform(&self, input: &[f32], rows: usize, out: &mut Vec<f32>) {
        let (d, channels) = (self.dilation, self.in_channels);
        let windows = self.windows(rows);
        out.resize(self.plan.points() * windows * channels, 0.0);
        for window in 0..windows {
            // Window `b·d + ρ` starts at the first input of block `b` of class `ρ`.
            let (block, class) = (window / d, window % d);
            let x = &input[(class + d * OUTPUTS * block) * channels..];
            let out = &mut out[window * channels..];
            self.kernels.toom_cook_input(&self.plan, x, d * channels, out, windows * channels, channels);
        }
    }

    /// Windows of a tile, those that only later chunks see included.
    fn windows(&self, rows: usize) -> usize {
        rows / OUTPUTS + (self.chunks - 1) * self.dilation
    }

    /// The convolution of `rows` outputs with one panel of weights: `sums` is `[rows][panel width]`. `products` is
    /// working memory.
    pub fn multiply(
        &self,
        transformed: &[f32],
        rows: usize,
        panel: usize,
        products: &mut Vec<f32>,
        sums: &mut [f32],
    ) {
        let (d, channels, width) = (self.dilation, self.in_channels, self.kernels.panel_width());
        let (points, windows, blocks) = (self.plan.points(), self.windows(rows), rows / OUTPUTS);
        let depth = self.chunks * channels;
        let weights = &self.panels[panel * points * depth * width..][..points * depth * width];
        products.clear();
        products.resize(points * blocks * width, 0.0);
        for point in 0..points {
            let acc = &mut products[point * blocks * width..][..blocks * width];
            let weights = &weights[point * depth * width..][..depth * width];
            let x = &transformed[point * windows * channels..][..windows * channels];
            for chunk in 0..self.chunks {
                for start in (0..channels).step_by(CHUNK_INPUTS) {
                    let end = channels.min(start + CHUNK_INPUTS);
                    let w = &weights[(chunk * channels + start) * width..(chunk * channels + end) * width];
                    let x = &x[chunk * d * channels + start..];
                    self.kernels.gemm_panel(x, channels, blocks, end - start, w, acc);
                }
            }
        }
        for window in 0..blocks {
            let (block, class) = (window / d, window % d);
            let out = &mut sums[(class + d * OUTPUTS * block) * width..];
            let x = &products[window * width..];
            self.kernels.toom_cook_output(&self.plan, x, blocks * width, out, d * width, width);
        }
    }
}
