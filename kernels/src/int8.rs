//! Bytes, and how matrices of them are laid out for the int8 product: as in [`bf16`](crate::bf16), with 64 inputs a line.
//!
//! *Activations* are unsigned with [`ZERO`] for zero: `x ≈ scale · (code − 128)`, codes in 1..=255. Rows of lines, row `t`
//! for time step `t`, so that a convolution's taps are shifted rows; padding in time is lines of [`ZERO`]. *Weights* are
//! signed, in panels of [`PANEL`] outputs with a scale each; for each tap and each step of [`STEP`] inputs a panel has two
//! tiles of sixteen outputs, and line `p` of a tile holds inputs `4p` to `4p + 3` of each output, side by side. That is the
//! order in which `tdpbusd` and `vpdpbusd` take them.

use bytemuck::{Pod, Zeroable};

pub use crate::bf16::{PANEL, ROWS, STEP_LINES};

/// Inputs of a step: the values of a line.
pub const STEP: usize = 64;

/// The code of zero.
pub const ZERO: u8 = 128;

/// Outputs of a tile.
const TILE_OUTPUTS: usize = 16;

/// Lines of a tile: quads of inputs.
const TILE_LINES: usize = STEP / 4;

const _: () = assert!(PANEL / TILE_OUTPUTS * TILE_LINES == STEP_LINES);

/// A cache line of codes, aligned as the tile loads like it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Pod, Zeroable)]
#[repr(C, align(64))]
pub struct ByteLine(pub [u8; STEP]);

const _: () = assert!(size_of::<ByteLine>() == 64 && align_of::<ByteLine>() == 64);

impl ByteLine {
    /// Activations of zero.
    pub const ZEROS: ByteLine = ByteLine([ZERO; STEP]);
}

/// Lines that `channels` values need.
pub fn lines(channels: usize) -> usize {
    channels.div_ceil(STEP)
}

/// The place of a weight in a panel with `steps` steps for each tap: line, and byte in the line.
///
/// `output` counts within the panel.
#[inline]
fn weight_place(tap: usize, steps: usize, input: usize, output: usize) -> (usize, usize) {
    let tile = (tap * steps + input / STEP) * (PANEL / TILE_OUTPUTS) + output / TILE_OUTPUTS;
    (tile * TILE_LINES + input % STEP / 4, output % TILE_OUTPUTS * 4 + input % 4)
}

/// Weights of up to [`PANEL`] outputs: `w ≈ scale · code`, codes in −127..=127.
#[derive(Debug, Clone, PartialEq)]
pub struct Int8Panel {
    taps: usize,
    steps: usize,
    lines: Vec<ByteLine>,
    scales: [f32; PANEL],
    /// `−128 · Σ code`: what the offset of the activations adds to a sum, taken away.
    corrections: [i32; PANEL],
}

impl Int8Panel {
    /// Rounds and packs `weights`, `[outputs][taps][in_channels]`, ties to even.
    ///
    /// `input_scales`, one a channel, are those of the activations. They are folded into the weights, so that channels of
    /// different sizes can have different scales and the sums still have one for each output.
    ///
    /// # Panics
    /// If there are more than [`PANEL`] outputs, `weights` is not as long as the sizes say, or a sum of so many products
    /// could overflow an i32.
    pub fn pack(
        weights: &[f32],
        outputs: usize,
        taps: usize,
        in_channels: usize,
        input_scales: &[f32],
    ) -> Self {
        assert!(
            outputs <= PANEL && taps > 0 && in_channels > 0,
            "int8 panel: {outputs} outputs, {taps} taps"
        );
        assert_eq!(weights.len(), outputs * taps * in_channels, "int8 panel: weights of another shape");
        assert_eq!(input_scales.len(), in_channels, "int8 panel: scales of other channels");
        let steps = lines(in_channels);
        let most = (taps * steps * STEP).checked_mul(255 * 127);
        assert!(most.is_some_and(|most| most <= i32::MAX as usize), "int8 panel: sums could overflow");
        let mut panel = Self {
            taps,
            steps,
            lines: vec![ByteLine([0; STEP]); taps * steps * STEP_LINES],
            scales: [0.0; PANEL],
            corrections: [0; PANEL],
        };
        for (o, weights) in weights.chunks_exact(taps * in_channels).enumerate() {
            let scaled = || weights.iter().zip(input_scales.iter().cycle()).map(|(w, s)| w * s);
            let scale = scaled().fold(0.0, |peak: f32, w| peak.max(w.abs())) / 127.0;
            let reciprocal = if scale < f32::MIN_POSITIVE { 0.0 } else { 1.0 / scale };
            panel.scales[o] = scale;
            for (at, w) in scaled().enumerate() {
                let code = (w * reciprocal).round_ties_even().clamp(-127.0, 127.0) as i8;
                let (line, byte) = weight_place(at / in_channels, steps, at % in_channels, o);
                panel.lines[line].0[byte] = code as u8;
                panel.corrections[o] -= i32::from(ZERO) * i32::from(code);
            }
        }
        panel
    }

    /// Taps.
    pub fn taps(&self) -> usize {
        self.taps
    }

    /// Lines of activations that each tap sees.
    pub fn steps(&self) -> usize {
        self.steps
    }

    /// Scale of each output's sums.
    pub fn scales(&self) -> &[f32; PANEL] {
        &self.scales
    }

    /// `−128 · Σ code` of each output.
    pub fn corrections(&self) -> &[i32; PANEL] {
        &self.corrections
    }

    /// The code of a weight.
    ///
    /// # Panics
    /// If there is none.
    pub fn code(&self, tap: usize, input: usize, output: usize) -> i8 {
        assert!(tap < self.taps && input < self.steps * STEP && output < PANEL, "int8 panel: no such weight");
        let (line, byte) = weight_place(tap, self.steps, input, output);
        self.lines[line].0[byte] as i8
    }

    pub(crate) fn lines(&self) -> &[ByteLine] {
        &self.lines
    }
}

/// What [`crate::Kernels::gemm_int8`] multiplies: rows of activations with panels of weights, tap by tap.
#[derive(Debug, Clone, Copy)]
pub struct Int8Product<'a> {
    /// Activations.
    pub lhs: &'a [ByteLine],
    /// Lines from one row to the next; rows may overlap.
    pub row_stride: usize,
    /// Rows, a multiple of [`ROWS`].
    pub rows: usize,
    /// Lines from one tap's first row to the next one's.
    pub tap_stride: usize,
    /// Weights of [`PANEL`] outputs each.
    pub panels: &'a [Int8Panel],
}

impl Int8Product<'_> {
    /// # Panics
    /// If a part does not fit the others.
    pub(crate) fn check(&self, acc: usize, acc_stride: usize) {
        let Self { lhs, row_stride, rows, tap_stride, panels } = *self;
        assert!(rows > 0 && rows.is_multiple_of(ROWS), "gemm_int8: {rows} rows are not a multiple of {ROWS}");
        for panel in panels {
            let end = (rows - 1) * row_stride + (panel.taps - 1) * tap_stride + panel.steps;
            assert!(end <= lhs.len(), "gemm_int8: lhs ends before the last row");
        }
        let outputs = panels.len() * PANEL;
        let fits = acc_stride >= outputs && (rows - 1) * acc_stride + outputs <= acc;
        assert!(fits, "gemm_int8: acc is too small for {rows} rows of {outputs}");
    }
}
