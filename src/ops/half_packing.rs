//! Stored weights into the panels of the bf16 product, once, when a model is opened.

use kokoro_kernels::bf16::{self, Line, PANEL, STEP, STEP_LINES};
use kokoro_kernels::{Activation, Kernels, Prepare, Values, WeightType, quantize};
use rayon::prelude::*;

use super::half_filter::Digits;

/// Lines of a row, at most, that a group has.
const GROUP_STEPS: usize = 8;

/// Outputs that are packed together: those of a tile, half a panel.
const TILE_OUTPUTS: usize = PANEL / 2;

/// How rows of activations are cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Groups {
    /// Groups of a row.
    pub(super) count: usize,
    /// Steps, and lines, of a group.
    pub(super) steps: usize,
}

impl Groups {
    pub(super) fn of(in_channels: usize) -> Self {
        let steps = bf16::lines(in_channels);
        let count = steps.div_ceil(GROUP_STEPS);
        Self { count, steps: steps.div_ceil(count) }
    }

    /// Lines of a whole row, those included that only fill the last group up.
    pub(super) fn row_lines(self) -> usize {
        self.count * self.steps
    }
}

/// What goes where: the weight of output `o`, tap `t` and channel `c` is number `outputs[o] + inputs[t · in_channels + c]` of
/// the stored tensor. The channels of a tap are equally far apart, in ascending order.
pub(super) struct Packing<'a> {
    pub(super) groups: Groups,
    pub(super) in_channels: usize,
    pub(super) outputs: &'a [usize],
    pub(super) inputs: &'a [usize],
}

impl Packing<'_> {
    /// Panels `[panel][group][tap][step]`, and with [`Digits::Split`] the same of what rounding took away.
    pub(super) fn pack(
        &self,
        kernels: &Kernels,
        kind: WeightType,
        bytes: &[u8],
        digits: Digits,
    ) -> (Vec<Line>, Option<Vec<Line>>) {
        let taps = self.inputs.len() / self.in_channels;
        let panel_lines = taps * self.groups.row_lines() * STEP_LINES;
        let panels = || vec![Line::ZERO; self.outputs.len().div_ceil(PANEL) * panel_lines];
        let (mut high, mut low) = (panels(), if digits == Digits::Split { panels() } else { Vec::new() });
        let stored = Stored { kernels, kind, bytes, split: digits == Digits::Split };
        // Rows of outputs mostly lie one behind the other; else the whole tensor is converted first.
        let len = self.inputs.len();
        let in_rows = self.outputs.iter().enumerate().all(|(o, &first)| first == o * len);
        let all = if in_rows { Rounded::default() } else { stored.round(0..stored.count()) };
        let mut low_chunks: Vec<&mut [Line]> = low.chunks_mut(panel_lines).collect();
        low_chunks.resize_with(self.outputs.len().div_ceil(PANEL), Default::default);
        high.par_chunks_mut(panel_lines)
            .zip(low_chunks)
            .zip(self.outputs.par_chunks(PANEL))
            .enumerate()
            .for_each(|(panel, ((high, low), outputs))| {
                for (half, outputs) in outputs.chunks(TILE_OUTPUTS).enumerate() {
                    let first = panel * PANEL + half * TILE_OUTPUTS;
                    let rows = || stored.round(first * len..(first + outputs.len()) * len);
                    let near = in_rows.then(rows);
                    let source = near.as_ref().unwrap_or(&all);
                    let base = |o: usize| if in_rows { o * len } else { outputs[o] };
                    self.fill(&source.high, base, outputs.len(), half, high);
                    if !low.is_empty() {
                        self.fill(&source.low, base, outputs.len(), half, low);
                    }
                }
            });
        (high, (digits == Digits::Split).then_some(low))
    }

    /// Writes the tiles of up to sixteen outputs. Tile by tile, so that what is written stays in the first-level cache.
    fn fill(
        &self,
        stored: &[u16],
        base: impl Fn(usize) -> usize,
        outputs: usize,
        half: usize,
        panel: &mut [Line],
    ) {
        let (Groups { count, steps }, taps) = (self.groups, self.inputs.len() / self.in_channels);
        let group_lines = taps * steps * STEP_LINES;
        for (group, panel) in panel.chunks_exact_mut(group_lines).enumerate().take(count) {
            for tap in 0..taps {
                let inputs = &self.inputs[tap * self.in_channels..][..self.in_channels];
                let channels =
                    inputs.len().min(group * steps * STEP)..inputs.len().min((group + 1) * steps * STEP);
                for (step, inputs) in inputs[channels].chunks(STEP).enumerate() {
                    let (line, _) = bf16::weight_place(tap, steps, step * STEP, half * TILE_OUTPUTS);
                    let tile = &mut panel[line..line + STEP / 2];
                    // Channels are equally far apart, which saves looking each one up.
                    let (first, distance) = (inputs[0], inputs.get(1).map_or(1, |second| second - inputs[0]));
                    debug_assert!(inputs.iter().enumerate().all(|(c, &i)| i == first + c * distance));
                    for o in 0..outputs {
                        let mut row = stored[base(o) + first..].iter().step_by(distance);
                        let pairs = tile.iter_mut().flat_map(|line| &mut line.0[2 * o..2 * o + 2]);
                        for place in pairs.take(inputs.len()) {
                            *place = *row.next().expect("the tensor has a value for every input");
                        }
                    }
                }
            }
        }
    }
}

/// A stored tensor.
struct Stored<'a> {
    kernels: &'a Kernels,
    kind: WeightType,
    bytes: &'a [u8],
    split: bool,
}

/// Values as bf16, and what rounding took away.
#[derive(Default)]
struct Rounded {
    high: Vec<u16>,
    low: Vec<u16>,
}

impl Stored<'_> {
    /// Values of the tensor.
    fn count(&self) -> usize {
        self.bytes.len() / self.kind.block_bytes() * self.kind.block_elements()
    }

    /// The values in `range`, which is whole blocks.
    fn round(&self, range: std::ops::Range<usize>) -> Rounded {
        let blocks = |elements: usize| elements / self.kind.block_elements() * self.kind.block_bytes();
        let bytes = &self.bytes[blocks(range.start)..blocks(range.end)];
        let mut values = vec![0.0; range.len()];
        match (self.kind, bytemuck::try_cast_slice::<u8, u16>(bytes)) {
            (WeightType::F16, Ok(halves)) => self.kernels.widen_f16(halves, &mut values),
            (WeightType::BF16, Ok(halves)) => self.kernels.widen_bf16(halves, &mut values),
            _ => quantize::dequantize_row(self.kind, bytes, &mut values),
        }
        let lines = vec![Line::ZERO; bf16::lines(values.len())];
        let mut low = if self.split { lines.clone() } else { Vec::new() };
        let mut high = lines;
        let identity = Prepare::Plain(Activation::Identity);
        let low_lines = self.split.then_some(&mut low[..]);
        self.kernels.prepare_bf16(Values::F32(&values), values.len(), &identity, &mut high, low_lines);
        let flat = |lines: Vec<Line>| bytemuck::cast_slice::<Line, u16>(&lines).to_vec();
        Rounded { high: flat(high), low: flat(low) }
    }
}
