//! Bytes, and how matrices of them are laid out for the int8 product: as in [`bf16`], with 64 inputs a line.
//!
//! *Activations* are unsigned with [`ZERO`] for zero: `x ≈ scale · (code − 128)`, codes in 1..=255. Rows of lines, row `t`
//! for time step `t`, so that a convolution's taps are shifted rows; padding in time is lines of [`ZERO`]. *Weights* are
//! signed, in panels of [`PANEL`] outputs with a scale each; for each tap and each step of [`STEP`] inputs a panel has two
//! tiles of sixteen outputs, and line `p` of a tile holds inputs `4p` to `4p + 3` of each output, side by side. That is the
//! order in which `tdpbusd` and `vpdpbusd` take them.

use bytemuck::{Pod, Zeroable};

use crate::bf16::{self, Line};

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

/// Whether a sum of this many taps and channels always fits an i32: up to 66,000 products.
pub fn fits(taps: usize, in_channels: usize) -> bool {
    let products = taps.checked_mul(lines(in_channels) * STEP);
    products.and_then(|n| n.checked_mul(255 * 127)).is_some_and(|most| most <= i32::MAX as usize)
}

/// The place of a weight in a panel with `steps` steps for each tap: line, and byte in the line.
///
/// `output` counts within the panel.
#[inline]
fn weight_place(tap: usize, steps: usize, input: usize, output: usize) -> (usize, usize) {
    let tile = (tap * steps + input / STEP) * (PANEL / TILE_OUTPUTS) + output / TILE_OUTPUTS;
    (tile * TILE_LINES + input % STEP / 4, output % TILE_OUTPUTS * 4 + input % 4)
}

/// The largest magnitude among prepared activations; not finite if one of them is not.
pub fn peak(activations: &[Line]) -> f32 {
    let values: &[u16] = bytemuck::cast_slice(activations);
    // Magnitudes are ordered as their bits are. `f32::max` would not be vectorised, because of what it does with a NaN.
    bf16::to_f32(values.iter().fold(0i16, |peak, &bits| peak.max(bits as i16 & i16::MAX)) as u16)
}

/// The largest magnitude; not finite if a value is not.
fn peak_f32(values: &[f32]) -> f32 {
    f32::from_bits(values.iter().fold(0i32, |peak, v| peak.max(v.to_bits() as i32 & i32::MAX)) as u32)
}

/// The integer nearest to `x`, ties to even; `|x|` at most 127 and a rounding more.
fn nearest(x: f32) -> i8 {
    /// Between it and its double, numbers are whole, and their last bits are those of an integer in two's complement.
    const WHOLE: f32 = 1.5 * (1 << 23) as f32;
    (x + WHOLE).to_bits() as i8
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
    /// Rounds and packs `weights`, `[outputs][in_channels][taps]` as PyTorch stores a convolution's, ties to even.
    ///
    /// `input_scales`, one a channel, are those of the activations. They are folded into the weights, so that channels of
    /// different sizes can have different scales and the sums still have one for each output. An output with a weight that
    /// is not finite gets a scale that is no number, so that products show it.
    ///
    /// # Panics
    /// If there are more than [`PANEL`] outputs, `weights` is not as long as the sizes say, or the sums do not fit ([`fits`]).
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
        assert!(fits(taps, in_channels), "int8 panel: sums could overflow");
        let mut panel = Self {
            taps,
            steps,
            lines: vec![ByteLine([0; STEP]); taps * steps * STEP_LINES],
            scales: [0.0; PANEL],
            corrections: [0; PANEL],
        };
        let mut scaled = vec![0.0; taps * in_channels];
        let mut codes = vec![0; taps * in_channels];
        for (o, weights) in weights.chunks_exact(taps * in_channels).enumerate() {
            for (c, scale) in input_scales.iter().enumerate() {
                for tap in c * taps..(c + 1) * taps {
                    scaled[tap] = weights[tap] * scale;
                }
            }
            let scale = peak_f32(&scaled) / 127.0;
            let reciprocal = if scale < f32::MIN_POSITIVE { 0.0 } else { 1.0 / scale };
            panel.scales[o] = if scale.is_finite() { scale } else { f32::NAN };
            for (code, w) in codes.iter_mut().zip(&scaled) {
                *code = nearest(w * reciprocal);
            }
            panel.corrections[o] = codes.iter().map(|&code| -i32::from(ZERO) * i32::from(code)).sum();
            for (c, codes) in codes.chunks_exact(taps).enumerate() {
                let (line, byte) = weight_place(0, steps, c, o);
                for (tap, &code) in codes.iter().enumerate() {
                    panel.lines[line + tap * steps * STEP_LINES].0[byte] = code as u8;
                }
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
    /// Scale of the activations.
    pub scale: f32,
}

impl Int8Product<'_> {
    /// # Panics
    /// If a part does not fit the others.
    pub(crate) fn check(&self, acc: usize, acc_stride: usize) {
        let Self { lhs, row_stride, rows, tap_stride, panels, .. } = *self;
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
