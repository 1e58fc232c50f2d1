//! The generator: features and harmonic source to the waveform. Source: `Generator`, kokoro/istftnet.py.

use std::ops::Range;

use kokoro_kernels::{BandStatistics, Finish, Kernels};
use rayon::prelude::*;

use super::config::Config;
use super::noise::NoiseSource;
use super::resblock::{AdaInResBlock1, Share};
use super::source::HarmonicSource;
use super::trace::{Trace, tap};
use super::weights::Scope;
use crate::error::ModelError;
use crate::ops::conv_transpose1d::{ConvTranspose1d, ConvTransposeShape, Upsampled};
use crate::ops::conv1d::{Conv1d, ConvShape, Epilogue, Prologue};
use crate::ops::feature::Feature;
use crate::ops::moments::Moments;
use crate::ops::stft::Stft;
use crate::ops::workspace::{Stored, Workspace};
use crate::tensor::Matrix;

const STAGE_SLOPE: f32 = 0.1;
/// PyTorch's default: upstream calls `leaky_relu` without a slope before the last convolution.
const POST_SLOPE: f32 = 0.01;

/// iSTFTNet with a harmonic-plus-noise source.
#[derive(Debug)]
pub(super) struct Generator {
    source: HarmonicSource,
    stft: Stft,
    stages: Vec<Stage>,
    conv_post: Conv1d,
    /// Whether activations between layers are stored as bf16.
    half: bool,
    kernels: &'static Kernels,
}

/// One upsampling stage.
#[derive(Debug)]
struct Stage {
    noise_conv: Conv1d,
    noise_res: AdaInResBlock1,
    up: ConvTranspose1d,
    resblocks: Vec<AdaInResBlock1>,
}

impl Generator {
    /// `channels`: of the decoder's features.
    pub(super) fn load(scope: &Scope<'_>, config: &Config, channels: usize) -> Result<Self, ModelError> {
        let generator = &config.generator;
        let mut stages = Vec::with_capacity(generator.upsample_rates.len());
        let mut in_channels = channels;
        for i in 0..generator.upsample_rates.len() {
            let [_, out, _] = scope.child("ups").child(i).shape("weight")?;
            stages.push(Stage::load(scope, config, i, in_channels, out)?);
            in_channels = out;
        }
        let [_, _, kernel_size] = scope.shape("conv_post_weight")?;
        let post = ConvShape {
            in_channels,
            out_channels: generator.n_fft + 2,
            kernel_size,
            stride: 1,
            padding: (kernel_size - 1) / 2,
            dilation: 1,
        };
        Ok(Self {
            source: HarmonicSource::load(scope, generator)?,
            stft: Stft::new(generator.n_fft, generator.hop, scope.kernels()),
            stages,
            conv_post: scope.exact().conv1d("conv_post_weight", Some("conv_post_bias"), post)?,
            half: scope.stores_halves(),
            kernels: scope.kernels(),
        })
    }

    /// Bytes that the activations of `frames` frames take at the most: of the longest stage a sum in f32 and four buffers as
    /// they are stored, and the source's spectrum.
    pub(super) fn activation_bytes(&self, frames: usize) -> u64 {
        let rows = (frames * self.source.samples_per_frame() / self.stft.hop() + 1) as u64;
        let channels = self.stages.last().map_or(0, |stage| stage.noise_conv.shape().out_channels) as u64;
        let stored = if self.half { 2 } else { 4 };
        rows * (channels * (4 + 4 * stored) + 4 * 4 * self.stft.bins() as u64)
    }

    /// `x`: `[2·frames, channels]`; `f0_hz`: two values a frame. Returns 600 samples a frame.
    pub(super) fn forward(
        &self,
        x: Matrix,
        f0_hz: &[f32],
        style: &[f32],
        noise: &NoiseSource,
        workspace: &Workspace,
        trace: &mut dyn Trace,
    ) -> Vec<f32> {
        let mut har = self.stft.magnitude_and_phase(&self.source.forward(f0_hz, noise, trace));
        tap(trace, "har", None, &mut har);
        let mut x = x;
        for (i, stage) in self.stages.iter().enumerate() {
            let place = Place { index: i, is_last: i + 1 == self.stages.len() };
            let run = Run { kernels: self.kernels, style, place, workspace, trace };
            x = match self.half {
                true => stage.forward::<u16>(x, &mut har, run),
                false => stage.forward::<f32>(x, &mut har, run),
            };
        }
        let mut post = self.conv_post.forward(&x, Prologue::LeakyRelu(POST_SLOPE));
        workspace.give(x);
        tap(trace, "conv_post", None, &mut post);
        let audio = self.stft.inverse(post.rows(), |frames, out| self.spectrum(&post, frames, out));
        let mut audio = Matrix::from_vec(audio.len(), 1, audio);
        tap(trace, "audio", None, &mut audio);
        audio.into_data()
    }

    /// Real and imaginary parts of the last convolution's frames, `[frames, 2·bins]`: its halves are log magnitudes, and what
    /// becomes a phase in [−1, 1] by a sine.
    fn spectrum(&self, post: &Matrix, frames: Range<usize>, out: &mut [f32]) {
        let bins = self.stft.bins();
        let half = |first: usize| -> Vec<f32> {
            frames.clone().flat_map(|t| &post.row(t)[first..first + bins]).copied().collect()
        };
        let (mut magnitudes, angles) = (half(0), half(bins));
        self.kernels.exp(&mut magnitudes);
        let (mut phases, mut sines, mut cosines) = (angles.clone(), angles.clone(), angles.clone());
        self.kernels.sin_cos(&angles, &mut phases, &mut cosines);
        self.kernels.sin_cos(&phases, &mut sines, &mut cosines);
        for (t, row) in out.chunks_exact_mut(2 * bins).enumerate() {
            let (real, imaginary) = row.split_at_mut(bins);
            for k in 0..bins {
                let magnitude = magnitudes[t * bins + k];
                (real[k], imaginary[k]) =
                    (magnitude * cosines[t * bins + k], magnitude * sines[t * bins + k]);
            }
        }
    }
}

impl Stage {
    fn load(
        scope: &Scope<'_>,
        config: &Config,
        index: usize,
        in_channels: usize,
        out_channels: usize,
    ) -> Result<Self, ModelError> {
        let generator = &config.generator;
        let style = config.style_dim;
        let noise = scope.child("noise_blocks").child(index);
        let [_, _, noise_kernel] = noise.shape("conv_weight")?;
        let stride = generator.noise_stride(index);
        let noise_shape = ConvShape {
            in_channels: generator.n_fft + 2,
            out_channels,
            kernel_size: noise_kernel,
            stride,
            padding: if stride > 1 { stride.div_ceil(2) } else { 0 },
            dilation: 1,
        };
        let up = scope.child("ups").child(index);
        let [_, _, kernel_size] = up.shape("weight")?;
        let rate = generator.upsample_rates[index];
        let (kind, bytes) = up.kernel_bytes("weight", &[in_channels, out_channels, kernel_size])?;
        let shape = ConvTransposeShape {
            in_channels,
            out_channels,
            kernel_size,
            stride: rate,
            padding: (kernel_size - rate) / 2,
        };
        let bias = up.values("bias", &[out_channels])?;
        let resblock = |scope: Scope<'_>| AdaInResBlock1::load(&scope, generator, out_channels, style);
        Ok(Self {
            noise_conv: noise.exact().conv1d("conv_weight", Some("conv_bias"), noise_shape)?,
            noise_res: resblock(noise.child("resblock"))?,
            up: ConvTranspose1d::new(
                shape,
                kind,
                &bytes,
                &bias,
                scope.kernels(),
                scope.digits(in_channels).is_some(),
            ),
            resblocks: (index * generator.kernels..(index + 1) * generator.kernels)
                .map(|b| resblock(scope.child("resblocks").child(b)))
                .collect::<Result<_, _>>()?,
        })
    }

    /// `x`: what the stage before made; `har`: the source's spectrum, of which the last stage leaves nothing. Returns the mean of
    /// the residual blocks. Activations in between are stored as `T`.
    fn forward<T: Stored>(&self, x: Matrix, har: &mut Matrix, mut run: Run<'_>) -> Matrix {
        let Run { kernels, style, place, workspace, .. } = run;
        let at = Some(place.index);
        let every_stage = run.trace.wants_every_stage();
        let rows = self.noise_conv.shape().out_len(har.rows());
        let channels = self.noise_conv.shape().out_channels;
        let (identity, plain) = (Prologue::Identity, Epilogue::default());
        let mut noise: Matrix<T> = workspace.take(rows, channels);
        let mut moments = self.noise_conv.forward_with_moments(har, identity, plain, &mut noise);
        if place.is_last {
            *har = Matrix::zeros(0, har.cols());
        }
        if every_stage {
            moments = run.show("noise_convs", at, &mut noise);
        }
        let mut sum = workspace.take(rows, channels);
        self.noise_res.forward(&noise, moments, style, Share::WHOLE, workspace, &mut sum);
        tap(run.trace, "noise_res", at, &mut sum);
        let up: Upsampled<T> = self.up.forward(&x, Prologue::LeakyRelu(STAGE_SLOPE), workspace);
        // The first was not taken from the workspace: given to it, it would make the store grow with each utterance.
        match place.index {
            0 => drop(x),
            _ => workspace.give(x),
        }
        // The noise is not needed any more, so its memory takes the stage's input.
        let mut input = noise;
        let mut moments = if every_stage {
            let widened = (0..up.data().len()).map(|i| T::values(up.data()).get(i)).collect();
            let mut shown = Matrix::from_vec(up.data().len() / channels, channels, widened);
            tap(run.trace, "ups", at, &mut shown);
            add_upsampled(kernels, &sum, shown.data(), place.is_last, &mut input)
        } else {
            add_upsampled(kernels, &sum, up.data(), place.is_last, &mut input)
        };
        if every_stage {
            moments = run.show("stage_input", at, &mut input);
        }
        up.recycle(workspace);
        let mut mean = sum;
        for (j, block) in self.resblocks.iter().enumerate() {
            let share = Share { index: j, count: self.resblocks.len() };
            let moments = moments.clone();
            if every_stage {
                let mut y = workspace.take(rows, channels);
                block.forward(&input, moments, style, Share::WHOLE, workspace, &mut y);
                tap(run.trace, "resblocks", Some(place.index * share.count + j), &mut y);
                share.add(&mut mean, &y);
                workspace.give(y);
            } else {
                block.forward(&input, moments, style, share, workspace, &mut mean);
            }
        }
        workspace.give(input);
        tap(run.trace, "stage_output", at, &mut mean);
        mean
    }
}

/// What a stage runs with.
struct Run<'a> {
    kernels: &'static Kernels,
    style: &'a [f32],
    place: Place,
    workspace: &'a Workspace,
    trace: &'a mut dyn Trace,
}

impl Run<'_> {
    /// Shows a matrix to the trace, in f32, and takes over what the trace makes of it. Returns the moments of that.
    fn show<T: Stored>(&mut self, name: &str, at: Option<usize>, matrix: &mut Matrix<T>) -> Moments {
        let widened = (0..matrix.data().len()).map(|i| T::values(matrix.data()).get(i)).collect();
        let mut shown = Matrix::from_vec(matrix.rows(), matrix.cols(), widened);
        tap(self.trace, name, at, &mut shown);
        let zeros = Matrix::zeros(shown.rows(), shown.cols());
        add_upsampled(self.kernels, &zeros, shown.data(), false, matrix)
    }
}

/// Which stage of how many.
#[derive(Debug, Clone, Copy)]
struct Place {
    index: usize,
    is_last: bool,
}

/// `out = x + up`; in the last stage `up` is one step shorter, and its second step is reflected to the front. Returns the
/// moments of the sum.
fn add_upsampled<T: Feature, U: Feature>(
    kernels: &Kernels,
    x: &Matrix,
    up: &[U],
    reflect: bool,
    out: &mut Matrix<T>,
) -> Moments {
    /// Rows that a task adds.
    const TASK_ROWS: usize = 256;
    let cols = x.cols();
    let skip = usize::from(reflect) * cols;
    assert_eq!(x.data().len(), up.len() + skip, "generator: the source's and the features' lengths differ");
    let bias = vec![0.0; cols];
    let add = |up: &[U], x: &[f32], out: &mut [T]| {
        let how =
            Finish { bias: &bias, residual: Some((U::values(up), cols)), accumulate: false, scale: 1.0 };
        let mut statistics = BandStatistics::new(cols);
        let mut rows: Vec<&mut [T]> = out.chunks_exact_mut(cols).collect();
        kernels.finish_rows(x, cols, &how, T::rows_mut(&mut rows), Some(&mut statistics));
        Moments::of_statistics(&statistics)
    };
    let mut moments = Moments::empty(cols);
    let (head, body) = out.data_mut().split_at_mut(skip);
    if reflect {
        moments.merge(0, &add(&up[cols..2 * cols], &x.data()[..cols], head));
    }
    let bands: Vec<Moments> = body
        .par_chunks_mut(TASK_ROWS * cols)
        .zip(up.par_chunks(TASK_ROWS * cols))
        .zip(x.data()[skip..].par_chunks(TASK_ROWS * cols))
        .map(|((out, up), x)| add(up, x, out))
        .collect();
    bands.iter().for_each(|band| moments.merge(0, band));
    moments
}
