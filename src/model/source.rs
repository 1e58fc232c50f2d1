//! The harmonic source: F0 to a waveform of nine harmonics and noise. Source: `SineGen` and `SourceModuleHnNSF`,
//! kokoro/istftnet.py; the arithmetic is PyTorch's on a CPU, rounding by rounding (kokoro-graph.md section 9).

use std::f32::consts::PI;

use kokoro_kernels::Kernels;
use rayon::prelude::*;

use super::config::GeneratorConfig;
use super::noise::NoiseSource;
use super::trace::{Trace, tap};
use super::weights::Scope;
use crate::error::ModelError;
use crate::tensor::Matrix;

const SAMPLE_RATE_HZ: f32 = 24_000.0;
const SINE_AMPLITUDE: f32 = 0.1;
/// Noise beside a voiced sine; where there is no voice the noise is a third of the sine's amplitude.
const VOICED_NOISE: f32 = 0.003;
/// Frames above this are voiced.
const VOICED_THRESHOLD_HZ: f32 = 10.0;

/// `generator.m_source`.
#[derive(Debug)]
pub(super) struct HarmonicSource {
    weights: Vec<f32>,
    bias: f32,
    /// Samples an F0 value.
    upsample: usize,
    kernels: &'static Kernels,
}

impl HarmonicSource {
    /// `scope` is the generator's.
    pub(super) fn load(scope: &Scope<'_>, config: &GeneratorConfig) -> Result<Self, ModelError> {
        Ok(Self {
            weights: scope.values("m_source_weight", &[1, config.harmonics])?,
            bias: scope.values("m_source_bias", &[1])?[0],
            upsample: config.samples_per_frame / 2,
            kernels: scope.kernels(),
        })
    }

    /// Samples of a frame.
    pub(super) fn samples_per_frame(&self) -> usize {
        2 * self.upsample
    }

    /// `f0_hz`: one value for every 300 samples; returns that many samples each.
    pub(super) fn forward(&self, f0_hz: &[f32], noise: &NoiseSource, trace: &mut dyn Trace) -> Vec<f32> {
        let harmonics = self.weights.len();
        let samples = f0_hz.len() * self.upsample;
        let phases: Vec<Vec<f32>> = (1..=harmonics).map(|h| self.phases(f0_hz, h as f32)).collect();
        let block = self.upsample * harmonics;
        let mut source = vec![0.0; samples];
        if trace.wants_every_stage() {
            let mut waves = Matrix::zeros(samples, harmonics);
            let blocks = waves.data_mut().par_chunks_mut(block).enumerate();
            blocks.for_each(|(i, waves)| self.waves(f0_hz, &phases, i, noise, waves));
            tap(trace, "harmonics", None, &mut waves);
            let blocks = source.par_chunks_mut(self.upsample).zip(waves.data().par_chunks(block));
            blocks.for_each(|(source, waves)| self.mix(waves, source));
        } else {
            source.par_chunks_mut(self.upsample).enumerate().for_each_init(
                || vec![0.0; block],
                |waves, (i, source)| {
                    self.waves(f0_hz, &phases, i, noise, waves);
                    self.mix(waves, source);
                },
            );
        }
        let mut source = Matrix::from_vec(samples, 1, source);
        tap(trace, "source", None, &mut source);
        source.into_data()
    }

    /// The harmonics of the samples of F0 value `i`, with their noise: `[samples, harmonics]`.
    fn waves(&self, f0_hz: &[f32], phases: &[Vec<f32>], i: usize, noise: &NoiseSource, waves: &mut [f32]) {
        let harmonics = phases.len();
        noise.fill(i, waves);
        if f0_hz[i] <= VOICED_THRESHOLD_HZ || f0_hz[i].is_nan() {
            return waves.iter_mut().for_each(|w| *w *= SINE_AMPLITUDE / 3.0);
        }
        let mut angles = vec![0.0; waves.len()];
        for (j, row) in angles.chunks_exact_mut(harmonics).enumerate() {
            let at = self.position(i * self.upsample + j, f0_hz.len());
            for (angle, phases) in row.iter_mut().zip(phases) {
                *angle = at.interpolate(phases);
            }
        }
        let (mut sines, mut cosines) = (vec![0.0; waves.len()], vec![0.0; waves.len()]);
        self.kernels.sin_cos(&angles, &mut sines, &mut cosines);
        for (w, sine) in waves.iter_mut().zip(&sines) {
            *w = sine * SINE_AMPLITUDE + VOICED_NOISE * *w;
        }
    }

    /// Harmonics `[samples, harmonics]` to samples.
    fn mix(&self, waves: &[f32], source: &mut [f32]) {
        for (y, w) in source.iter_mut().zip(waves.chunks_exact(self.weights.len())) {
            *y = w.iter().zip(&self.weights).map(|(w, a)| w * a).sum::<f32>() + self.bias;
        }
        self.kernels.tanh(source);
    }

    /// The phase of a harmonic at each F0 value, in radians times the upsampling.
    ///
    /// The sum runs in f64 and is rounded to f32 at every step; then three f32 products, each rounded.
    fn phases(&self, f0_hz: &[f32], harmonic: f32) -> Vec<f32> {
        let mut sum = 0.0f64;
        f0_hz
            .iter()
            .map(|f0| {
                sum += f64::from((f0 * harmonic / SAMPLE_RATE_HZ).rem_euclid(1.0));
                sum as f32 * 2.0 * PI * self.upsample as f32
            })
            .collect()
    }

    /// Where sample `j` lies between two phases: linear interpolation, `align_corners = false`, all in f32.
    fn position(&self, j: usize, len: usize) -> Position {
        let scale = 1.0 / self.upsample as f32;
        let at = ((j as f32 + 0.5) * scale - 0.5).max(0.0);
        let left = (at as usize).min(len - 1);
        Position { left, right: (left + 1).min(len - 1), fraction: at - left as f32 }
    }
}

struct Position {
    left: usize,
    right: usize,
    fraction: f32,
}

impl Position {
    /// The phase in f32. It reaches 10⁵ rad, where the sine's kernel still reduces it exactly.
    fn interpolate(&self, phases: &[f32]) -> f32 {
        let right = self.fraction * phases[self.right];
        (1.0 - self.fraction).mul_add(phases[self.left], right)
    }
}
