//! Short-time Fourier transform and its inverse, for windows so short that a matrix beats a fast transform.
//!
//! Source: `TorchSTFT`, kokoro/istftnet.py: periodic Hann window, `center`, reflect padding, one-sided, unnormalised.

use std::f64::consts::TAU;

use rayon::prelude::*;

use crate::tensor::Matrix;

/// Frames a task transforms.
const TASK_FRAMES: usize = 256;

/// Window, hop and the transform's matrices.
#[derive(Debug, Clone)]
pub struct Stft {
    n_fft: usize,
    hop: usize,
    window: Vec<f64>,
    /// `[bins][n_fft]`: cosine and sine, each `e^{−2πikm/n}`'s part.
    cos: Vec<f64>,
    sin: Vec<f64>,
}

impl Stft {
    /// A transform of `n_fft` samples every `hop`.
    ///
    /// # Panics
    /// If `n_fft` is odd, or `hop` is 0 or does not leave every sample under a window.
    pub fn new(n_fft: usize, hop: usize) -> Self {
        assert!(n_fft.is_multiple_of(2) && hop > 0 && 2 * hop <= n_fft, "stft: n_fft {n_fft}, hop {hop}");
        let angle = |i: usize| TAU * i as f64 / n_fft as f64;
        let table = |f: fn(f64) -> f64| {
            (0..=n_fft / 2).flat_map(|k| (0..n_fft).map(move |m| f(angle(k * m % n_fft)))).collect()
        };
        Self {
            n_fft,
            hop,
            window: (0..n_fft).map(|m| 0.5 - 0.5 * angle(m).cos()).collect(),
            cos: table(f64::cos),
            sin: table(|a| -a.sin()),
        }
    }

    /// Frequency bins, `n_fft / 2 + 1`.
    pub fn bins(&self) -> usize {
        self.n_fft / 2 + 1
    }

    /// Magnitudes and phases of `signal`: `[len / hop + 1, 2·bins]`, magnitudes first, phases in (−π, π].
    ///
    /// The imaginary parts of the lowest and highest bin are +0 exactly, so their phase is 0 or +π, as in PyTorch.
    ///
    /// # Panics
    /// If the signal is shorter than the reflection at its ends needs.
    pub fn magnitude_and_phase(&self, signal: &[f32]) -> Matrix {
        let half = self.n_fft / 2;
        assert!(signal.len() > half, "stft: {} samples, the reflection needs {}", signal.len(), half + 1);
        let reflect = |i: isize| {
            let last = signal.len() as isize - 1;
            let i = i.abs();
            f64::from(signal[if i > last { 2 * last - i } else { i } as usize])
        };
        let (frames, bins) = (signal.len() / self.hop + 1, self.bins());
        let mut out = Matrix::zeros(frames, 2 * bins);
        out.data_mut().par_chunks_mut(2 * bins * TASK_FRAMES).enumerate().for_each(|(task, rows)| {
            let mut windowed = vec![0.0; self.n_fft];
            for (i, row) in rows.chunks_exact_mut(2 * bins).enumerate() {
                let first = ((task * TASK_FRAMES + i) * self.hop) as isize - half as isize;
                for (m, (x, w)) in windowed.iter_mut().zip(&self.window).enumerate() {
                    *x = reflect(first + m as isize) * w;
                }
                let (magnitudes, phases) = row.split_at_mut(bins);
                for (k, (magnitude, phase)) in magnitudes.iter_mut().zip(phases).enumerate() {
                    let dot = |table: &[f64]| -> f64 {
                        table[k * self.n_fft..][..self.n_fft].iter().zip(&windowed).map(|(t, x)| t * x).sum()
                    };
                    let real = dot(&self.cos) as f32;
                    let imaginary = if k == 0 || k == bins - 1 { 0.0 } else { dot(&self.sin) as f32 };
                    *magnitude = (real * real + imaginary * imaginary).sqrt();
                    *phase = imaginary.atan2(real);
                }
            }
        });
        out
    }

    /// The signal whose frames have these magnitudes and phases, `[frames, bins]` each: `(frames − 1)·hop` samples.
    ///
    /// # Panics
    /// If the shapes are not `[frames, bins]` with at least one frame.
    pub fn inverse(&self, magnitude: &Matrix, phase: &Matrix) -> Vec<f32> {
        let bins = self.bins();
        let frames = magnitude.rows();
        assert!(frames > 0 && magnitude.cols() == bins, "inverse stft: magnitudes are not [frames, bins]");
        assert_eq!(
            (phase.rows(), phase.cols()),
            (frames, bins),
            "inverse stft: phases are not [frames, bins]"
        );
        let mut windowed = Matrix::zeros(frames, self.n_fft);
        windowed.data_mut().par_chunks_mut(self.n_fft * TASK_FRAMES).enumerate().for_each(|(task, rows)| {
            for (i, row) in rows.chunks_exact_mut(self.n_fft).enumerate() {
                let t = task * TASK_FRAMES + i;
                self.inverse_frame(magnitude.row(t), phase.row(t), row);
            }
        });
        self.overlap_add(&windowed)
    }

    /// One windowed frame from its spectrum; the inner bins count twice, for their mirror images.
    fn inverse_frame(&self, magnitude: &[f32], phase: &[f32], out: &mut [f32]) {
        let bins = self.bins();
        let mut frame = vec![0.0f64; self.n_fft];
        for (k, (&a, &p)) in magnitude.iter().zip(phase).enumerate() {
            let inner = k != 0 && k != bins - 1;
            let a = f64::from(a) * if inner { 2.0 } else { 1.0 } / self.n_fft as f64;
            let real = a * f64::from(p.cos());
            let imaginary = if inner { a * f64::from(p.sin()) } else { 0.0 };
            let tables = self.cos[k * self.n_fft..].iter().zip(&self.sin[k * self.n_fft..]);
            for (x, (c, s)) in frame.iter_mut().zip(tables) {
                // Re((real + i·imaginary)·e^{+iθ}); the table holds −sin θ.
                *x += real * c + imaginary * s;
            }
        }
        for ((y, x), w) in out.iter_mut().zip(frame).zip(&self.window) {
            *y = (x * w) as f32;
        }
    }

    /// Sums the frames at their places, divides by the summed squares of the window, drops half a window at each end.
    fn overlap_add(&self, windowed: &Matrix) -> Vec<f32> {
        let (frames, half) = (windowed.rows(), self.n_fft / 2);
        let mut out = vec![0.0; (frames - 1) * self.hop];
        out.par_chunks_mut(self.hop * TASK_FRAMES).enumerate().for_each(|(task, samples)| {
            for (i, y) in samples.iter_mut().enumerate() {
                let at = task * self.hop * TASK_FRAMES + i + half;
                let last = (at / self.hop).min(frames - 1);
                let first = (at + 1).saturating_sub(self.n_fft).div_ceil(self.hop);
                let (mut sum, mut envelope) = (0.0, 0.0);
                for t in first..=last {
                    let m = at - t * self.hop;
                    sum += f64::from(windowed.row(t)[m]);
                    envelope += self.window[m] * self.window[m];
                }
                *y = (sum / envelope) as f32;
            }
        });
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inverse_undoes_the_transform() {
        let stft = Stft::new(20, 5);
        let signal: Vec<f32> =
            (0..600).map(|i| (i as f32 * 0.37).sin() * 0.5 + (i as f32 * 0.11).cos()).collect();
        let spectrum = stft.magnitude_and_phase(&signal);
        let half = |first: usize| {
            let rows = spectrum.iter_rows().flat_map(|r| r[first..first + 11].to_vec());
            Matrix::from_vec(spectrum.rows(), 11, rows.collect())
        };
        let back = stft.inverse(&half(0), &half(11));
        assert_eq!(back.len(), signal.len());
        assert!(back.iter().zip(&signal).all(|(a, b)| (a - b).abs() < 1e-5));
    }

    #[test]
    fn real_bins_never_have_phase_minus_pi() {
        let stft = Stft::new(20, 5);
        let spectrum = stft.magnitude_and_phase(&[-0.25; 300]);
        assert!(spectrum.iter_rows().all(|r| r[11] == std::f32::consts::PI), "{:?}", spectrum.row(3));
    }
}
