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
    /// Packs `n × k` weights. `source(output, input)` is the index of a weight in the stored tensor, or `None` for a
    /// weight that is zero.
    ///
    /// # Panics
    /// If `kind` is quantised, or an index reaches past `bytes`.
    pub fn pack(
        kernels: &'static Kernels,
        kind: WeightType,
        bytes: &[u8],
        n: usize,
        k: usize,
        source: impl Fn(usize, usize) -> Option<usize> + Sync,
    ) -> Self {
        let halves = || pack_as(kernels, bytes.as_chunks::<2>().0, n, k, &source, |b| u16::from_le_bytes(*b));
        let data = match kind {
            WeightType::F32 => Data::F32(pack_as(kernels, bytes.as_chunks::<4>().0, n, k, &source, |b| {
                f32::from_le_bytes(*b)
            })),
            WeightType::F16 => Data::F16(halves()),
            WeightType::BF16 => Data::BF16(halves()),
            quantised => panic!("{} weights are not packed into panels", quantised.name()),
        };
        Self { data, k, kernels }
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

    /// Bytes held.
    pub fn bytes(&self) -> usize {
        match &self.data {
            Data::F32(data) => data.len() * 4,
            Data::F16(data) | Data::BF16(data) => data.len() * 2,
        }
    }
}

fn pack_as<S: Sync, D: Copy + Default + Send + Sync>(
    kernels: &Kernels,
    stored: &[S],
    n: usize,
    k: usize,
    source: &(impl Fn(usize, usize) -> Option<usize> + Sync),
    read: impl Fn(&S) -> D + Sync,
) -> Vec<D> {
    let width = kernels.panel_width();
    let mut data = vec![D::default(); n.div_ceil(width) * k * width];
    data.par_chunks_mut((k * width).max(1)).enumerate().for_each(|(panel, out)| {
        for (input, lanes) in out.chunks_exact_mut(width).enumerate() {
            for (lane, w) in lanes.iter_mut().enumerate().take(n - panel * width) {
                if let Some(index) = source(panel * width + lane, input) {
                    *w = read(&stored[index]);
                }
            }
        }
    });
    data
}
