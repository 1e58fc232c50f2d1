//! Mean and variance of every channel over time: what instance normalisation needs.

use kokoro_kernels::{BandStatistics, Kernels};
use rayon::prelude::*;

use crate::tensor::Matrix;

/// Rows that are summed in f32 before the sums are merged in f64.
const BAND_ROWS: usize = 256;

/// Count, mean and sum of squared deviations of each channel.
#[derive(Debug, Clone, PartialEq)]
pub struct Moments {
    count: usize,
    mean: Vec<f64>,
    square_deviations: Vec<f64>,
}

impl Moments {
    /// Of no rows at all.
    pub fn empty(channels: usize) -> Self {
        Self { count: 0, mean: vec![0.0; channels], square_deviations: vec![0.0; channels] }
    }

    /// Of a few hundred rows of `channels` values each, back to back. Two passes in f32, which a band this short and
    /// still in cache affords: deviations are taken from the band's own mean, so no digits cancel.
    ///
    /// # Panics
    /// If `band` is not whole rows.
    pub fn of_band(kernels: &Kernels, band: &[f32], channels: usize) -> Self {
        let count = band.len() / channels;
        let mut mean = vec![0.0; channels];
        kernels.column_sums(band, channels, &mut mean);
        mean.iter_mut().for_each(|m| *m /= count as f32);
        let mut square_deviations = vec![0.0; channels];
        kernels.column_square_deviations(band, channels, &mean, &mut square_deviations);
        Self {
            count,
            mean: mean.into_iter().map(f64::from).collect(),
            square_deviations: square_deviations.into_iter().map(f64::from).collect(),
        }
    }

    /// From sums about a pivot.
    pub fn of_statistics(statistics: &BandStatistics) -> Self {
        let BandStatistics { count, pivot, sum, squares } = statistics;
        let n = (*count).max(1) as f64;
        let sums = || sum.iter().map(|&s| f64::from(s));
        Self {
            count: *count,
            mean: pivot.iter().zip(sums()).map(|(&p, s)| f64::from(p) + s / n).collect(),
            square_deviations: squares
                .iter()
                .zip(sums())
                .map(|(&q, s)| (f64::from(q) - s * s / n).max(0.0))
                .collect(),
        }
    }

    /// Of all rows of `x`.
    pub fn of(kernels: &Kernels, x: &Matrix) -> Self {
        let bands: Vec<_> = x
            .data()
            .par_chunks(BAND_ROWS * x.cols().max(1))
            .map(|band| Self::of_band(kernels, band, x.cols()))
            .collect();
        let mut all = Self::empty(x.cols());
        bands.iter().for_each(|band| all.merge(0, band));
        all
    }

    /// Adds the rows that `other` saw, for the channels from `first` on. Every channel range must be merged equally
    /// often and in the same order. Source: Chan, Golub and LeVeque, parallel variance.
    ///
    /// # Panics
    /// If `other` has channels that this lacks.
    pub fn merge(&mut self, first: usize, other: &Moments) {
        let last = first + other.mean.len();
        let (n, m) = (self.count as f64, other.count as f64);
        let range = first..last;
        let ours = self.mean[range.clone()].iter_mut().zip(&mut self.square_deviations[range]);
        for ((mean, squares), (&their_mean, &their_squares)) in
            ours.zip(other.mean.iter().zip(&other.square_deviations))
        {
            let delta = their_mean - *mean;
            *mean += delta * m / (n + m);
            *squares += their_squares + delta * delta * n * m / (n + m);
        }
        if last == self.mean.len() {
            self.count += other.count;
        }
    }

    /// Channels.
    pub fn channels(&self) -> usize {
        self.mean.len()
    }

    /// Mean of a channel.
    pub fn mean(&self, channel: usize) -> f64 {
        self.mean[channel]
    }

    /// Biased variance of a channel; 0 of no rows.
    pub fn variance(&self, channel: usize) -> f64 {
        self.square_deviations[channel] / self.count.max(1) as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn constant_channels_with_a_large_mean_have_no_variance() {
        let kernels = Kernels::from_environment().expect("KOKORO_ISA is valid");
        let x = Matrix::from_vec(1000, 3, [1e6f32, -3.5, 0.0].repeat(1000));
        let m = Moments::of(kernels, &x);
        assert!((0..3).all(|c| m.variance(c) == 0.0), "{m:?}");
        assert_eq!((m.mean(0), m.mean(1)), (1e6, -3.5));
    }

    #[test]
    fn bands_merge_to_the_moments_of_the_whole() {
        let kernels = Kernels::from_environment().expect("KOKORO_ISA is valid");
        let data: Vec<f32> = (0..777 * 5).map(|i| ((i * 7919) % 1009) as f32 / 100.0 + 50.0).collect();
        let x = Matrix::from_vec(777, 5, data);
        let m = Moments::of(kernels, &x);
        for c in 0..5 {
            let column = || x.iter_rows().map(|r| f64::from(r[c]));
            let mean = column().sum::<f64>() / 777.0;
            let variance = column().map(|v| (v - mean).powi(2)).sum::<f64>() / 777.0;
            assert!((m.mean(c) - mean).abs() < 1e-5 && (m.variance(c) / variance - 1.0).abs() < 1e-5);
        }
    }
}
