//! Transposed convolution as an ordinary one: output phase `p` of `stride` sees the taps `p, p + stride, …`, so one
//! convolution with `stride · out_channels` outputs makes all phases of a step side by side, which in memory is
//! already the upsampled signal.

use kokoro_kernels::{Kernels, WeightType};

use super::conv1d::{Conv1d, ConvShape, ConvWeights, Epilogue, Prologue};
use super::half_filter::{Digits, HalfFilter};
use super::panels::Panels;
use super::workspace::{Stored, Workspace};
use crate::tensor::Matrix;

/// `torch.nn.ConvTranspose1d`, groups 1, output padding 0.
#[derive(Debug, Clone)]
pub struct ConvTranspose1d {
    phases: Conv1d,
    out_channels: usize,
    kernel_size: usize,
    stride: usize,
    padding: usize,
}

/// The sizes of a transposed convolution.
#[derive(Debug, Clone, Copy)]
pub struct ConvTransposeShape {
    /// Channels in.
    pub in_channels: usize,
    /// Channels out.
    pub out_channels: usize,
    /// Taps.
    pub kernel_size: usize,
    /// Output steps from one input to the next.
    pub stride: usize,
    /// Output steps dropped on both sides.
    pub padding: usize,
}

impl ConvTranspose1d {
    /// From stored weights `[in_channels, out_channels, kernel_size]`; `half` multiplies in bf16.
    ///
    /// # Panics
    /// If the bytes or the bias do not fit the shape, the stride does not divide the kernel, or the type is quantised.
    pub fn new(
        shape: ConvTransposeShape,
        kind: WeightType,
        bytes: &[u8],
        bias: &[f32],
        kernels: &'static Kernels,
        half: bool,
    ) -> Self {
        let ConvTransposeShape { in_channels, out_channels, kernel_size, stride, padding } = shape;
        assert_eq!(kernel_size % stride, 0, "conv_transpose1d: the stride does not divide the kernel");
        let taps = kernel_size / stride;
        let outputs: Vec<usize> =
            (0..stride).flat_map(|phase| (0..out_channels).map(move |o| o * kernel_size + phase)).collect();
        // The convolution runs forward in time; the newest input meets the earliest tap.
        let inputs: Vec<usize> = (0..taps)
            .rev()
            .flat_map(|tap| (0..in_channels).map(move |c| c * out_channels * kernel_size + tap * stride))
            .collect();
        let weights = if half {
            ConvWeights::Half(HalfFilter::pack(
                kernels,
                kind,
                bytes,
                in_channels,
                &outputs,
                &inputs,
                Digits::Half,
            ))
        } else {
            ConvWeights::Direct(Panels::pack(kernels, kind, bytes, &outputs, &inputs))
        };
        let phases = ConvShape {
            in_channels,
            out_channels: stride * out_channels,
            kernel_size: taps,
            stride: 1,
            padding: taps - 1,
            dilation: 1,
        };
        Self {
            phases: Conv1d::new(phases, weights, bias.repeat(stride), kernels),
            out_channels,
            kernel_size,
            stride,
            padding,
        }
    }

    /// Output length for an input of `len` steps, at least one.
    pub fn out_len(&self, len: usize) -> usize {
        (len - 1) * self.stride + self.kernel_size - 2 * self.padding
    }

    /// `x`: `[len, in_channels]`; returns `[(len − 1)·stride − 2·padding + kernel_size, out_channels]`.
    ///
    /// # Panics
    /// If `x` is empty or has another number of channels.
    pub fn forward<T: Stored>(
        &self,
        x: &Matrix,
        prologue: Prologue<'_>,
        workspace: &Workspace,
    ) -> Upsampled<T> {
        let shape = self.phases.shape();
        let mut phases = workspace.take(shape.out_len(x.rows()), shape.out_channels);
        self.phases.forward_into(x, prologue, Epilogue::default(), &mut phases);
        let first = self.padding * self.out_channels;
        Upsampled { first, len: self.out_len(x.rows()) * self.out_channels, phases }
    }
}

/// What a transposed convolution returns: all phases side by side, of which the first and last steps are dropped.
#[derive(Debug)]
pub struct Upsampled<T> {
    phases: Matrix<T>,
    first: usize,
    len: usize,
}

impl<T: Stored> Upsampled<T> {
    /// The values, step by step.
    pub fn data(&self) -> &[T] {
        &self.phases.data()[self.first..][..self.len]
    }

    /// Gives the memory back.
    pub fn recycle(self, workspace: &Workspace) {
        workspace.give(self.phases);
    }
}
