//! The generator: features and harmonic source to the waveform. Source: `Generator` and `AdaINResBlock1`,
//! kokoro/istftnet.py.

use kokoro_kernels::{Kernels, Snake};
use rayon::prelude::*;

use super::config::{Config, GeneratorConfig};
use super::noise::NoiseSource;
use super::source::HarmonicSource;
use super::trace::{Trace, tap};
use super::weights::Scope;
use crate::error::ModelError;
use crate::ops::ada_in::AdaIn1d;
use crate::ops::conv_transpose1d::{ConvTranspose1d, ConvTransposeShape};
use crate::ops::conv1d::{Conv1d, ConvShape, Epilogue, Prologue};
use crate::ops::moments::Moments;
use crate::ops::stft::Stft;
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
            stft: Stft::new(generator.n_fft, generator.hop),
            stages,
            conv_post: scope.exact().conv1d("conv_post_weight", Some("conv_post_bias"), post)?,
            kernels: scope.kernels(),
        })
    }

    /// `x`: `[2·frames, channels]`; `f0_hz`: two values a frame. Returns 600 samples a frame.
    pub(super) fn forward(
        &self,
        x: Matrix,
        f0_hz: &[f32],
        style: &[f32],
        noise: &NoiseSource,
        trace: &mut dyn Trace,
    ) -> Vec<f32> {
        let source = self.source.forward(f0_hz, noise, trace);
        let mut har = self.stft.magnitude_and_phase(&source);
        tap(trace, "har", None, &mut har);
        let mut x = x;
        for (i, stage) in self.stages.iter().enumerate() {
            let last = i + 1 == self.stages.len();
            x = stage.forward(self.kernels, &x, &har, style, last, i, trace);
        }
        let mut post = self.conv_post.forward(&x, Prologue::LeakyRelu(POST_SLOPE));
        tap(trace, "conv_post", None, &mut post);
        let (magnitude, phase) = self.spectrum(&post);
        let audio = self.stft.inverse(&magnitude, &phase);
        let mut audio = Matrix::from_vec(audio.len(), 1, audio);
        tap(trace, "audio", None, &mut audio);
        audio.into_data()
    }

    /// The last convolution's halves: log magnitudes, and what becomes a phase in [−1, 1] by a sine.
    fn spectrum(&self, post: &Matrix) -> (Matrix, Matrix) {
        let bins = self.stft.bins();
        let half = |first: usize, f: fn(f32) -> f32| {
            let rows = post.data().par_chunks_exact(2 * bins);
            let data: Vec<f32> =
                rows.flat_map_iter(|r| r[first..first + bins].iter().map(move |&v| f(v))).collect();
            Matrix::from_vec(post.rows(), bins, data)
        };
        (half(0, f32::exp), half(bins, f32::sin))
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
            up: ConvTranspose1d::new(shape, kind, &bytes, &bias, scope.kernels(), scope.is_half(in_channels)),
            resblocks: (index * generator.kernels..(index + 1) * generator.kernels)
                .map(|b| resblock(scope.child("resblocks").child(b)))
                .collect::<Result<_, _>>()?,
        })
    }

    #[allow(clippy::too_many_arguments, reason = "the stage's inputs are the graph's")]
    fn forward(
        &self,
        kernels: &'static Kernels,
        x: &Matrix,
        har: &Matrix,
        style: &[f32],
        last: bool,
        index: usize,
        trace: &mut dyn Trace,
    ) -> Matrix {
        let at = Some(index);
        let mut noise = self.noise_conv.forward(har, Prologue::Identity);
        tap(trace, "noise_convs", at, &mut noise);
        let mut noise = self.noise_res.forward(kernels, &noise, style);
        tap(trace, "noise_res", at, &mut noise);
        let mut up = self.up.forward(x, Prologue::LeakyRelu(STAGE_SLOPE));
        tap(trace, "ups", at, &mut up);
        let mut x = noise;
        add_upsampled(&mut x, &up, last);
        tap(trace, "stage_input", at, &mut x);
        let mut mean = Matrix::zeros(x.rows(), x.cols());
        for (j, block) in self.resblocks.iter().enumerate() {
            let mut y = block.forward(kernels, &x, style);
            tap(trace, "resblocks", Some(index * self.resblocks.len() + j), &mut y);
            mean.data_mut().par_iter_mut().zip(y.data()).for_each(|(m, y)| *m += y);
        }
        let n = self.resblocks.len() as f32;
        mean.data_mut().par_iter_mut().for_each(|m| *m /= n);
        tap(trace, "stage_output", at, &mut mean);
        mean
    }
}

/// `x += up`; in the last stage `up` is one step shorter, and its second step is reflected to the front.
fn add_upsampled(x: &mut Matrix, up: &Matrix, reflect: bool) {
    let cols = x.cols();
    let skip = usize::from(reflect);
    assert_eq!(x.rows(), up.rows() + skip, "generator: the source's and the features' lengths differ");
    if reflect {
        x.row_mut(0).iter_mut().zip(up.row(1)).for_each(|(x, u)| *x += u);
    }
    x.data_mut()[skip * cols..].par_iter_mut().zip(up.data()).for_each(|(x, u)| *x += u);
}

/// Three pairs of convolutions, each behind `AdaIN` and snake, each pair added to its input.
#[derive(Debug)]
struct AdaInResBlock1 {
    layers: Vec<ResLayer>,
}

#[derive(Debug)]
struct ResLayer {
    adain1: AdaIn1d,
    snake1: Snake,
    conv1: Conv1d,
    adain2: AdaIn1d,
    snake2: Snake,
    conv2: Conv1d,
}

impl AdaInResBlock1 {
    fn load(
        scope: &Scope<'_>,
        config: &GeneratorConfig,
        channels: usize,
        style: usize,
    ) -> Result<Self, ModelError> {
        let layer = |(d, &dilation): (usize, &usize)| {
            let scope = scope.child(d);
            let [_, _, kernel_size] = scope.shape("convs1_weight")?;
            let shape = |dilation: usize| ConvShape {
                in_channels: channels,
                out_channels: channels,
                kernel_size,
                stride: 1,
                padding: dilation * (kernel_size - 1) / 2,
                dilation,
            };
            Ok(ResLayer {
                adain1: scope.ada_in("", "1", channels, style)?,
                snake1: Snake::new(scope.divisors("alpha1", channels)?),
                conv1: scope.conv1d_in_blocks("convs1_weight", "convs1_bias", shape(dilation))?,
                adain2: scope.ada_in("", "2", channels, style)?,
                snake2: Snake::new(scope.divisors("alpha2", channels)?),
                conv2: scope.conv1d_in_blocks("convs2_weight", "convs2_bias", shape(1))?,
            })
        };
        Ok(Self {
            layers: config.dilations.iter().enumerate().map(layer).collect::<Result<_, ModelError>>()?,
        })
    }

    /// `x`: `[len, channels]`; returns the same shape.
    fn forward(&self, kernels: &'static Kernels, x: &Matrix, style: &[f32]) -> Matrix {
        let mut out = Matrix::zeros(x.rows(), x.cols());
        let mut hidden = Matrix::zeros(x.rows(), x.cols());
        let mut moments = Moments::of(kernels, x);
        for (i, layer) in self.layers.iter().enumerate() {
            let norm = layer.adain1.prepare(&moments, style);
            let input = if i == 0 { x } else { &out };
            let snake = Prologue::AdaInSnake(&norm, &layer.snake1);
            let inner = layer.conv1.forward_with_moments(input, snake, Epilogue::default(), &mut hidden);
            let norm = layer.adain2.prepare(&inner, style);
            let snake = Prologue::AdaInSnake(&norm, &layer.snake2);
            let epilogue =
                Epilogue { residual: (i == 0).then_some(x), accumulate: i > 0, ..Epilogue::default() };
            moments = layer.conv2.forward_with_moments(&hidden, snake, epilogue, &mut out);
        }
        out
    }
}
