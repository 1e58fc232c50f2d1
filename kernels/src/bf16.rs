//! Brain floats, and how matrices of them are laid out for the bf16 product.
//!
//! Everything is whole cache lines of 32 values. *Activations* are rows of lines: row `t` holds the channels of time step
//! `t`, padded with zeros, so that a convolution's taps are shifted rows. *Weights* are panels of [`PANEL`] outputs; for
//! each tap and each step of [`STEP`] inputs a panel has two tiles of sixteen outputs, and line `p` of a tile holds inputs
//! `2p` and `2p + 1` of each output, side by side. That is the order in which `tdpbf16ps` and `vdpbf16ps` take them.

use bytemuck::{Pod, Zeroable};

/// Inputs of a step: the values of a line.
pub const STEP: usize = 32;

/// Outputs of a panel.
pub const PANEL: usize = 32;

/// Rows that belong together: a product's rows are a multiple of it.
pub const ROWS: usize = 16;

/// Outputs of a tile.
const TILE_OUTPUTS: usize = 16;

/// Lines of a tile: pairs of inputs.
const TILE_LINES: usize = STEP / 2;

/// Lines of a panel's weights for one step.
pub const STEP_LINES: usize = PANEL / TILE_OUTPUTS * TILE_LINES;

/// A cache line of bf16 bits, aligned as the tile loads like it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Pod, Zeroable)]
#[repr(C, align(64))]
pub struct Line(pub [u16; STEP]);

impl Line {
    /// Nothing but zeros.
    pub const ZERO: Line = Line([0; STEP]);
}

const _: () = assert!(size_of::<Line>() == 64 && align_of::<Line>() == 64);

/// Lines that `channels` values need.
pub fn lines(channels: usize) -> usize {
    channels.div_ceil(STEP)
}

/// The nearest bf16, ties to even; what is no number stays none.
#[inline]
pub fn from_f32(x: f32) -> u16 {
    half::bf16::from_f32(x).to_bits()
}

/// The value of bf16 bits.
#[inline]
pub fn to_f32(bits: u16) -> f32 {
    f32::from_bits(u32::from(bits) << 16)
}

/// The place of a weight in a panel with `steps` steps for each tap: line, and value in the line.
///
/// `output` counts within the panel.
#[inline]
pub fn weight_place(tap: usize, steps: usize, input: usize, output: usize) -> (usize, usize) {
    let tile = (tap * steps + input / STEP) * (PANEL / TILE_OUTPUTS) + output / TILE_OUTPUTS;
    (tile * TILE_LINES + input % STEP / 2, output % TILE_OUTPUTS * 2 + input % 2)
}

/// What [`crate::Kernels::gemm_bf16`] multiplies: rows of activations with panels of weights, tap by tap.
#[derive(Debug, Clone, Copy)]
pub struct Bf16Product<'a> {
    /// Activations.
    pub lhs: &'a [Line],
    /// Lines from one row to the next; rows may overlap.
    pub row_stride: usize,
    /// Rows, a multiple of [`ROWS`].
    pub rows: usize,
    /// Taps.
    pub taps: usize,
    /// Lines from one tap's first row to the next one's.
    pub tap_stride: usize,
    /// Steps of each tap.
    pub steps: usize,
    /// Weights of one or more panels, one behind the other, each `taps · steps ·` [`STEP_LINES`] lines.
    pub panels: &'a [Line],
    /// Whether the sums are added to what is there.
    pub accumulate: bool,
}

impl<'a> Bf16Product<'a> {
    /// Lines of a panel.
    fn panel_lines(&self) -> usize {
        self.taps * self.steps * STEP_LINES
    }

    /// The products with each panel by itself, and the first column of its sums.
    pub(crate) fn each_panel(&self) -> impl Iterator<Item = (usize, Bf16Product<'a>)> {
        let whole = *self;
        let panels = self.panels.chunks_exact(self.panel_lines()).enumerate();
        panels.map(move |(i, panels)| (i * PANEL, Bf16Product { panels, ..whole }))
    }

    /// # Panics
    /// If a part does not fit the others.
    pub(crate) fn check(&self, acc: usize, acc_stride: usize) {
        let Self { lhs, row_stride, rows, taps, tap_stride, steps, panels, .. } = *self;
        assert!(rows > 0 && taps > 0 && steps > 0, "gemm_bf16: nothing to multiply");
        assert_eq!(rows % ROWS, 0, "gemm_bf16: rows are not a multiple of {ROWS}");
        let end = (rows - 1) * row_stride + (taps - 1) * tap_stride + steps;
        assert!(end <= lhs.len(), "gemm_bf16: lhs ends before the last row");
        let whole = !panels.is_empty() && panels.len().is_multiple_of(self.panel_lines());
        assert!(whole, "gemm_bf16: panels are not whole, each taps × steps");
        let outputs = panels.len() / self.panel_lines() * PANEL;
        let fits = (rows - 1) * acc_stride + outputs <= acc && acc_stride >= outputs;
        assert!(fits, "gemm_bf16: acc is too small for {rows} rows of {outputs}");
    }
}

/// The obvious version of [`crate::Kernels::gemm_bf16`].
pub fn gemm(product: &Bf16Product<'_>, acc: &mut [f32], acc_stride: usize) {
    for (first, product) in product.each_panel() {
        gemm_panel(&product, &mut acc[first..], acc_stride);
    }
}

fn gemm_panel(product: &Bf16Product<'_>, acc: &mut [f32], acc_stride: usize) {
    let Bf16Product { lhs, row_stride, rows, taps, tap_stride, steps, panels, accumulate } = *product;
    for r in 0..rows {
        for o in 0..PANEL {
            let mut sum = if accumulate { acc[r * acc_stride + o] } else { 0.0f32 };
            for tap in 0..taps {
                for input in 0..steps * STEP {
                    let x = lhs[r * row_stride + tap * tap_stride + input / STEP].0[input % STEP];
                    let (line, at) = weight_place(tap, steps, input, o);
                    sum += to_f32(x) * to_f32(panels[line].0[at]);
                }
            }
            acc[r * acc_stride + o] = sum;
        }
    }
}
