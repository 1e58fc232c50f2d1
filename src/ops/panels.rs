//! Weights repacked once, at load, into the panels that the GEMM kernel streams.

use kokoro_kernels::{Kernels, WeightType};
use rayon::prelude::*;

/// Weights of `n` outputs and `k` inputs as `[panel][k][panel width]`, in the width they are stored in: half-precision
/// weights stay half, and are widened (exactly) a chunk at a time when they are used.
#[derive(Debug, Clone)]
pub struct Panels {
    data: Data,
    k: usize,
    kernels: &'static Kernels,
}

#[derive(Debug, Clone)]
enum Data {
    F32(Vec<f32>),
    F16(Vec<u16>),
    BF16(Vec<u16>),
}

impl Panels {
    /// Packs weights: that of output `o` and input `i` is number `outputs[o] + inputs[i]` of the stored tensor.
    ///
    /// # Panics
    /// If `kind` is quantised, or a number reaches past `bytes`.
    pub fn pack(
        kernels: &'static Kernels,
        kind: WeightType,
        bytes: &[u8],
        outputs: &[usize],
        inputs: &[usize],
    ) -> Self {
        let width = kernels.panel_width();
        let halves = || pack_as(width, bytes.as_chunks::<2>().0, outputs, inputs, |b| u16::from_le_bytes(*b));
        let data = match kind {
            WeightType::F32 => Data::F32(pack_as(width, bytes.as_chunks::<4>().0, outputs, inputs, |b| {
                f32::from_le_bytes(*b)
            })),
            WeightType::F16 => Data::F16(halves()),
            WeightType::BF16 => Data::BF16(halves()),
            quantised => panic!("{} weights are not packed into panels", quantised.name()),
        };
        Self { data, k: inputs.len(), kernels }
    }

    /// Inputs `range` of panel `panel` as f32, in `scratch` if they must be widened.
    ///
    /// # Panics
    /// If there is no such panel or input.
    pub fn chunk<'a>(
        &'a self,
        panel: usize,
        range: std::ops::Range<usize>,
        scratch: &'a mut Vec<f32>,
    ) -> &'a [f32] {
        let width = self.kernels.panel_width();
        let range = (panel * self.k + range.start) * width..(panel * self.k + range.end) * width;
        match &self.data {
            Data::F32(data) => &data[range],
            Data::F16(data) => {
                scratch.resize(range.len(), 0.0);
                self.kernels.widen_f16(&data[range], scratch);
                scratch
            }
            Data::BF16(data) => {
                scratch.resize(range.len(), 0.0);
                self.kernels.widen_bf16(&data[range], scratch);
                scratch
            }
        }
    }
}

fn pack_as<S: Sync, D: Copy + Default + Send + Sync>(
    width: usize,
    stored: &[S],
    outputs: &[usize],
    inputs: &[usize],
    read: impl Fn(&S) -> D + Sync,
) -> Vec<D> {
    let mut data = vec![D::default(); outputs.len().div_ceil(width) * inputs.len() * width];
    let panels = data.par_chunks_mut((inputs.len() * width).max(1));
    panels.zip(outputs.par_chunks(width)).for_each(|(panel, outputs)| {
        for (lanes, input) in panel.chunks_exact_mut(width).zip(inputs) {
            for (w, output) in lanes.iter_mut().zip(outputs) {
                *w = read(&stored[output + input]);
            }
        }
    });
    data
}
