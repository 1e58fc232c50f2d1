//! Short-time Fourier transform and its inverse, for windows so short that a matrix beats a fast transform.
//!
//! Window, scale and transform are one matrix each way, multiplied by the convolutions' kernel: neighbouring frames overlap, so
//! the signal itself is the matrix of frames, row `t` at sample `t · hop`. Source: `TorchSTFT`, kokoro/istftnet.py: periodic
//! Hann window, `center`, reflect padding, one-sided, unnormalised.

use std::f64::consts::TAU;
use std::ops::Range;

use kokoro_kernels::Kernels;
use rayon::prelude::*;

use crate::tensor::Matrix;

/// Frames a task transforms.
const TASK_FRAMES: usize = 256;

/// Window, hop and the transforms' matrices.
#[derive(Debug, Clone)]
pub struct Stft {
    n_fft: usize,
    hop: usize,
    window: Vec<f64>,
    /// Samples to real parts, then imaginary parts: `[panel][n_fft][panel width]`.
    forward: Vec<f32>,
    /// Real and imaginary parts to windowed samples: `[panel][2·bins][panel width]`.
    backward: Vec<f32>,
    kernels: &'static Kernels,
}

impl Stft {
    /// A transform of `n_fft` samples every `hop`.
    ///
    /// # Panics
    /// If `n_fft` is odd, or `hop` is 0 or does not leave every sample under a window.
    pub fn new(n_fft: usize, hop: usize, kernels: &'static Kernels) -> Self {
        assert!(n_fft.is_multiple_of(2) && hop > 0 && 2 * hop <= n_fft, "stft: n_fft {n_fft}, hop {hop}");
        let bins = n_fft / 2 + 1;
        let angle = |i: usize| TAU * i as f64 / n_fft as f64;
        let window: Vec<f64> = (0..n_fft).map(|m| 0.5 - 0.5 * angle(m).cos()).collect();
        // Column `k` is the real part of bin `k`, column `bins + k` the imaginary part; those of the lowest and the highest
        // bin are zero, and stay so to the last bit.
        let part = |column: usize, m: usize| {
            let k = column % bins;
            let inner = k != 0 && k != bins - 1;
            match column < bins {
                true => angle(k * m % n_fft).cos(),
                false if inner => -angle(k * m % n_fft).sin(),
                false => 0.0,
            }
        };
        // The inner bins count twice, for their mirror images.
        let weight = |k: usize| if k == 0 || k == bins - 1 { 1.0 } else { 2.0 } / n_fft as f64;
        let width = kernels.panel_width();
        Self {
            forward: panels(width, n_fft, 2 * bins, |m, column| part(column, m) * window[m]),
            backward: panels(width, 2 * bins, n_fft, |column, m| {
                part(column, m) * weight(column % bins) * window[m]
            }),
            n_fft,
            hop,
            window,
            kernels,
        }
    }

    /// Frequency bins, `n_fft / 2 + 1`.
    pub fn bins(&self) -> usize {
        self.n_fft / 2 + 1
    }

    /// Samples from one frame to the next.
    pub fn hop(&self) -> usize {
        self.hop
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
        let mut padded = Vec::with_capacity(signal.len() + self.n_fft);
        padded.extend(signal[1..=half].iter().rev());
        padded.extend_from_slice(signal);
        padded.extend(signal[signal.len() - half - 1..signal.len() - 1].iter().rev());
        let (frames, bins) = (signal.len() / self.hop + 1, self.bins());
        let mut out = Matrix::zeros(frames, 2 * bins);
        out.data_mut().par_chunks_mut(2 * bins * TASK_FRAMES).enumerate().for_each(|(task, rows)| {
            let count = rows.len() / (2 * bins);
            let spectrum = self.multiply(
                &padded[task * TASK_FRAMES * self.hop..],
                self.hop,
                count,
                self.n_fft,
                &self.forward,
                2 * bins,
            );
            let column = |first: usize| -> Vec<f32> {
                spectrum.chunks_exact(2 * bins).flat_map(|row| &row[first..first + bins]).copied().collect()
            };
            let (real, imaginary) = (column(0), column(bins));
            let mut phases = vec![0.0; real.len()];
            self.kernels.atan2(&imaginary, &real, &mut phases);
            let parts =
                real.chunks_exact(bins).zip(imaginary.chunks_exact(bins)).zip(phases.chunks_exact(bins));
            for (row, ((real, imaginary), phases)) in rows.chunks_exact_mut(2 * bins).zip(parts) {
                for ((magnitude, re), im) in row.iter_mut().zip(real).zip(imaginary) {
                    *magnitude = (re * re + im * im).sqrt();
                }
                row[bins..].copy_from_slice(phases);
            }
        });
        out
    }

    /// The signal of `frames` frames: `(frames − 1)·hop` samples. `spectrum(range, out)` writes the frames in `range`,
    /// `[frames, 2·bins]`, real parts first; it may be asked for a frame more than once.
    ///
    /// # Panics
    /// If there is no frame.
    pub fn inverse(&self, frames: usize, spectrum: impl Fn(Range<usize>, &mut [f32]) + Sync) -> Vec<f32> {
        assert!(frames > 0, "inverse stft: no frames");
        let half = self.n_fft / 2;
        // Frames that reach into a hop's samples, besides its own: those before it, and those whose centre lies behind.
        let (before, after) = (self.n_fft.div_ceil(self.hop), half.div_ceil(self.hop));
        let mut out = vec![0.0; (frames - 1) * self.hop];
        out.par_chunks_mut(self.hop * TASK_FRAMES).enumerate().for_each(|(task, samples)| {
            let from = (task * TASK_FRAMES).saturating_sub(before);
            let to = (task * TASK_FRAMES + samples.len().div_ceil(self.hop) + after + 1).min(frames);
            let mut parts = vec![0.0; (to - from) * 2 * self.bins()];
            spectrum(from..to, &mut parts);
            let width = 2 * self.bins();
            let windowed = self.multiply(&parts, width, to - from, width, &self.backward, self.n_fft);
            for (i, y) in samples.iter_mut().enumerate() {
                // Half a window is dropped at the front.
                let at = task * self.hop * TASK_FRAMES + i + half;
                let last = (at / self.hop).min(frames - 1);
                let first = (at + 1).saturating_sub(self.n_fft).div_ceil(self.hop);
                let (mut sum, mut envelope) = (0.0, 0.0);
                for t in first..=last {
                    let m = at - t * self.hop;
                    sum += f64::from(windowed[(t - from) * self.n_fft + m]);
                    envelope += self.window[m] * self.window[m];
                }
                *y = (sum / envelope) as f32;
            }
        });
        out
    }

    /// `rows` rows of `k` values, `stride` apart, times a matrix in panels: `[rows, n]`.
    fn multiply(
        &self,
        x: &[f32],
        stride: usize,
        rows: usize,
        k: usize,
        matrix: &[f32],
        n: usize,
    ) -> Vec<f32> {
        let width = self.kernels.panel_width();
        let mut out = vec![0.0; rows * n];
        let mut sums = vec![0.0; rows * width];
        for (panel, weights) in matrix.chunks_exact(k * width).enumerate() {
            sums.fill(0.0);
            self.kernels.gemm_panel(x, stride, rows, k, weights, &mut sums);
            let columns = panel * width..n.min((panel + 1) * width);
            for (row, sums) in out.chunks_exact_mut(n).zip(sums.chunks_exact(width)) {
                row[columns.clone()].copy_from_slice(&sums[..columns.len()]);
            }
        }
        out
    }
}

/// A matrix of `k` inputs and `n` outputs as `[panel][k][width]`.
fn panels(width: usize, k: usize, n: usize, value: impl Fn(usize, usize) -> f64) -> Vec<f32> {
    let columns = |panel: usize| panel * width..(panel + 1) * width;
    (0..n.div_ceil(width))
        .flat_map(|panel| (0..k).flat_map(move |i| columns(panel).map(move |o| (i, o))))
        .map(|(i, o)| if o < n { value(i, o) as f32 } else { 0.0 })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stft() -> Stft {
        Stft::new(20, 5, Kernels::from_environment().expect("KOKORO_ISA is valid"))
    }

    #[test]
    fn inverse_undoes_the_transform() {
        let stft = stft();
        // Longer than a task's frames.
        let signal: Vec<f32> =
            (0..6000).map(|i| (i as f32 * 0.37).sin() * 0.5 + (i as f32 * 0.11).cos()).collect();
        let spectrum = stft.magnitude_and_phase(&signal);
        let back = stft.inverse(spectrum.rows(), |range, out| {
            for (t, out) in range.zip(out.chunks_exact_mut(22)) {
                for k in 0..11 {
                    let (magnitude, phase) = (spectrum.row(t)[k], spectrum.row(t)[11 + k]);
                    (out[k], out[11 + k]) = (magnitude * phase.cos(), magnitude * phase.sin());
                }
            }
        });
        assert_eq!(back.len(), signal.len());
        assert!(back.iter().zip(&signal).all(|(a, b)| (a - b).abs() < 1e-5));
    }

    #[test]
    fn a_frame_is_its_definition() {
        let stft = stft();
        let signal: Vec<f32> = (0..300).map(|i| ((i * 37 + 11) % 101) as f32 / 50.0 - 1.0).collect();
        let spectrum = stft.magnitude_and_phase(&signal);
        for t in [0, 1, 2, 30, 59, 60] {
            for k in 0..11 {
                let (mut re, mut im) = (0.0f64, 0.0f64);
                for m in 0..20 {
                    let i = (5 * t + m) as isize - 10;
                    let i = if i < 0 {
                        -i
                    } else if i > 299 {
                        598 - i
                    } else {
                        i
                    };
                    let angle = TAU * (k * m) as f64 / 20.0;
                    let x = f64::from(signal[i as usize]) * (0.5 - 0.5 * (TAU * m as f64 / 20.0).cos());
                    re += x * angle.cos();
                    im -= x * angle.sin();
                }
                let magnitude = f64::from(spectrum.row(t)[k]);
                assert!((magnitude - re.hypot(im)).abs() < 1e-5, "frame {t}, bin {k}: {magnitude}");
                let phase = f64::from(spectrum.row(t)[11 + k]);
                assert!((magnitude * phase.cos() - re).abs() < 1e-5, "frame {t}, bin {k}: phase {phase}");
            }
        }
    }

    #[test]
    fn real_bins_never_have_phase_minus_pi() {
        let spectrum = stft().magnitude_and_phase(&[-0.25; 300]);
        assert!(spectrum.iter_rows().all(|r| r[11] == std::f32::consts::PI), "{:?}", spectrum.row(3));
    }
}
