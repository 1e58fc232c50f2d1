//! The harmonic source: F0 to a waveform of nine harmonics and noise. Source: `SineGen` and `SourceModuleHnNSF`,
//! kokoro/istftnet.py; the arithmetic is PyTorch's on a CPU, rounding by rounding (kokoro-graph.md section 9).

use std::f32::consts::PI;

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
}

impl HarmonicSource {
    /// `scope` is the generator's.
    pub(super) fn load(scope: &Scope<'_>, config: &GeneratorConfig) -> Result<Self, ModelError> {
        Ok(Self {
            weights: scope.values("m_source_weight", &[1, config.harmonics])?,
            bias: scope.values("m_source_bias", &[1])?[0],
            upsample: config.samples_per_frame / 2,
        })
    }

    /// `f0_hz`: one value for every 300 samples; returns that many samples each.
    pub(super) fn forward(&self, f0_hz: &[f32], noise: &NoiseSource, trace: &mut dyn Trace) -> Vec<f32> {
        let harmonics = self.weights.len();
        let samples = f0_hz.len() * self.upsample;
        let phases: Vec<Vec<f32>> = (1..=harmonics).map(|h| self.phases(f0_hz, h as f32)).collect();
        let mut waves = Matrix::zeros(samples, harmonics);
        let block = self.upsample * harmonics;
        waves.data_mut().par_chunks_mut(block).enumerate().for_each(|(i, waves)| {
            noise.fill(i, waves);
            let voiced = f0_hz[i] > VOICED_THRESHOLD_HZ;
            let amplitude = if voiced { VOICED_NOISE } else { SINE_AMPLITUDE / 3.0 };
            for (j, row) in waves.chunks_exact_mut(harmonics).enumerate() {
                let at = self.position(i * self.upsample + j, f0_hz.len());
                for (w, phases) in row.iter_mut().zip(&phases) {
                    let sine =
                        if voiced { at.interpolate(phases).sin() as f32 * SINE_AMPLITUDE } else { 0.0 };
                    *w = sine + amplitude * *w;
                }
            }
        });
        tap(trace, "harmonics", None, &mut waves);
        let mut source = vec![0.0; samples];
        source.par_iter_mut().zip(waves.data().par_chunks_exact(harmonics)).for_each(|(y, w)| {
            let mix: f32 = w.iter().zip(&self.weights).map(|(w, a)| w * a).sum();
            *y = (mix + self.bias).tanh();
        });
        let mut source = Matrix::from_vec(samples, 1, source);
        tap(trace, "source", None, &mut source);
        source.into_data()
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
    /// The f32 phase, as f64 so that its sine needs no reduction in single precision (it reaches 10⁵ rad).
    fn interpolate(&self, phases: &[f32]) -> f64 {
        let right = self.fraction * phases[self.right];
        f64::from((1.0 - self.fraction).mul_add(phases[self.left], right))
    }
}
