//! The tensors of a Kokoro in the published order: names, shapes, and how each is drawn.
//!
//! Levels are chosen so that random weights behave like trained ones: what enters a convolution of a residual block is
//! normalised, so the level of its output follows from its weights' spread; what is not normalised is levelled
//! by [`calibrate`](crate::calibrate). Source: kokoro-gguf-layout.md section 4.

mod acoustic;
mod lstm;
mod residual;
mod text;

use crate::draws::Draws;
use crate::preset::{BINS, Preset};

/// A tensor without its type.
#[derive(Debug, Clone, PartialEq)]
pub struct Tensor {
    /// The name in the file.
    pub name: String,
    /// The shape in PyTorch's order, slowest axis first.
    pub shape: Vec<usize>,
    /// How it is drawn.
    pub fill: Fill,
}

/// How the values of a tensor are drawn.
#[derive(Debug, Clone, PartialEq)]
pub enum Fill {
    /// Normal draws.
    Normal {
        /// Their mean.
        mean: f32,
        /// Their standard deviation.
        std: f32,
    },
    /// Uniform draws from −bound to bound.
    Uniform {
        /// Largest magnitude.
        bound: f32,
    },
    /// `exp` of normal draws: positive, around 1.
    LogNormal {
        /// Standard deviation of the logarithm.
        sigma: f32,
    },
    /// Normal draws whose rows have levels of their own, as weight norm gives them.
    Rows {
        /// Standard deviation over all rows.
        std: f32,
    },
    /// Given values, the same in every row.
    Given(Vec<f32>),
    /// Three taps a row with a dominant centre, like a smoothing upsampler.
    Smoothing {
        /// Level of the output for an input of level 1.
        gain: f32,
    },
    /// `[outputs, 2·BINS, taps]` over magnitudes and phases. A wrapped phase jumps, so its half is quiet.
    Spectrum {
        /// Standard deviation of the magnitudes' half.
        std: f32,
    },
    /// A voice pack; see [`voices`](crate::voices).
    Voice,
}

/// Phases are this much quieter than magnitudes in the noise convolutions.
const PHASE_LEVEL: f32 = 0.0125;
/// Spread of the logarithm of the rows' levels.
const ROW_SIGMA: f32 = 0.1;
/// Side taps of a smoothing upsampler beside a centre of 1.
const SIDE_TAP: f32 = 0.3;

impl Tensor {
    /// Number of elements.
    pub fn elements(&self) -> u64 {
        self.shape.iter().map(|&n| n as u64).product()
    }

    /// The shape in the file's order, fastest axis first; writers of quantised files strip trailing ones.
    pub fn ne(&self, strip: bool) -> Vec<u64> {
        let mut ne: Vec<u64> = self.shape.iter().rev().map(|&n| n as u64).collect();
        while strip && ne.len() > 1 && ne.last() == Some(&1) {
            ne.pop();
        }
        ne
    }

    /// Draws the values.
    ///
    /// # Panics
    /// If the tensor is a voice pack, which has its own source.
    pub fn draw(&self, draws: Draws) -> Vec<f32> {
        let n = self.elements() as usize;
        let scaled = |mut values: Vec<f32>, f: &dyn Fn(usize, f32) -> f32| {
            values.iter_mut().enumerate().for_each(|(i, v)| *v = f(i, *v));
            values
        };
        let normal = || draws.normal(&self.name, n);
        match &self.fill {
            Fill::Normal { mean, std } => scaled(normal(), &|_, v| mean + std * v),
            Fill::Uniform { bound } => scaled(draws.uniform(&self.name, n), &|_, v| bound * v),
            Fill::LogNormal { sigma } => scaled(normal(), &|_, v| (sigma * v).exp()),
            Fill::Rows { std } => {
                let row = n / self.shape[0];
                let levels = draws.normal(&format!("{} levels", self.name), self.shape[0]);
                let levels: Vec<f32> = levels.iter().map(|v| std * (ROW_SIGMA * v).exp()).collect();
                scaled(normal(), &|i, v| levels[i / row] * v)
            }
            Fill::Given(values) => (0..n).map(|i| values[i % values.len()]).collect(),
            Fill::Smoothing { gain } => {
                // Even outputs see the centre tap, odd ones both sides.
                let level = gain / (0.5 * (1.0 + 3.0 * SIDE_TAP * SIDE_TAP)).sqrt();
                scaled(normal(), &|i, v| level * (SIDE_TAP * v + f32::from(u8::from(i % 3 == 1))))
            }
            Fill::Spectrum { std } => {
                let taps = self.shape[2];
                let is_phase = |i: usize| (i / taps) % (2 * BINS) >= BINS;
                scaled(normal(), &|i, v| if is_phase(i) { PHASE_LEVEL * std * v } else { std * v })
            }
            Fill::Voice => panic!("{}: a voice pack is not drawn here", self.name),
        }
    }
}

/// All tensors of `preset` with these voices, in the file's order.
pub fn tensors(preset: &Preset, voices: &[String]) -> Vec<Tensor> {
    let mut list = List { tensors: Vec::new() };
    text::albert(&mut list, preset);
    text::duration_predictor(&mut list, preset);
    text::text_encoder(&mut list, preset);
    acoustic::decoder(&mut list, preset);
    acoustic::generator(&mut list, preset);
    for voice in voices {
        list.push(&format!("voice_tensors.{voice}"), &crate::voices::SHAPE, Fill::Voice);
    }
    list.tensors
}

/// Tensors in the making.
struct List {
    tensors: Vec<Tensor>,
}

impl List {
    /// Adds `kokoro.{name}`.
    fn push(&mut self, name: &str, shape: &[usize], fill: Fill) {
        self.tensors.push(Tensor { name: format!("kokoro.{name}"), shape: shape.to_vec(), fill });
    }

    /// A bias, small beside the levels of 1 of what it is added to.
    fn bias(&mut self, name: &str, n: usize) {
        self.push(name, &[n], Fill::Normal { mean: 0.0, std: 0.05 });
    }

    /// Scale and offset of a layer norm: `{scale}` and `{offset}`.
    fn layer_norm(&mut self, scale: &str, offset: &str, n: usize) {
        self.push(scale, &[n], Fill::Normal { mean: 1.0, std: 0.1 });
        self.push(offset, &[n], Fill::Normal { mean: 0.0, std: 0.1 });
    }

    /// A matrix whose outputs have level `target` for inputs of level `input`, and its bias.
    fn linear(&mut self, name: &str, [outputs, inputs]: [usize; 2], input: f32, target: f32) {
        let std = target / (input * (inputs as f32).sqrt());
        self.push(name, &[outputs, inputs], Fill::Normal { mean: 0.0, std });
        self.bias(&format!("{name}_bias"), outputs);
    }

    /// A convolution kernel `[outputs, inputs, taps]` whose outputs have level `target` for inputs of level `input`.
    fn kernel(&mut self, name: &str, shape: [usize; 3], input: f32, target: f32) {
        let [_, inputs, taps] = shape;
        self.push(name, &shape, Fill::Rows { std: target / (input * ((inputs * taps) as f32).sqrt()) });
    }
}
