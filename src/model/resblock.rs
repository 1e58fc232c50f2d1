//! The generator's residual block. Source: `AdaINResBlock1`, kokoro/istftnet.py.

use kokoro_kernels::Snake;

use super::config::GeneratorConfig;
use super::weights::Scope;
use crate::error::ModelError;
use crate::ops::ada_in::AdaIn1d;
use crate::ops::conv1d::{Conv1d, ConvShape, Epilogue, Prologue};
use crate::ops::feature::{Feature, View};
use crate::ops::moments::Moments;
use crate::ops::workspace::{Stored, Workspace};
use crate::tensor::Matrix;

/// Three pairs of convolutions, each behind `AdaIN` and snake, each pair added to its input.
#[derive(Debug)]
pub(super) struct AdaInResBlock1 {
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
    pub(super) fn load(
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

    /// `x`: `[len, channels]`, with its `moments`. The result, of the same shape, becomes `share` of `out`. What lies between
    /// is stored as `x` is.
    pub(super) fn forward<T: Stored>(
        &self,
        x: &Matrix<T>,
        mut moments: Moments,
        style: &[f32],
        share: Share,
        workspace: &Workspace,
        out: &mut Matrix,
    ) {
        let mut hidden: Matrix<T> = workspace.take(x.rows(), x.cols());
        // The sums so far; after the first layer.
        let mut state: Matrix<T> = workspace.take(x.rows(), x.cols());
        for (i, layer) in self.layers.iter().enumerate() {
            let norm = layer.adain1.prepare(&moments, style);
            let input = if i == 0 { x } else { &state };
            let snake = Prologue::AdaInSnake(&norm, &layer.snake1);
            let inner = layer.conv1.forward_with_moments(input, snake, Epilogue::default(), &mut hidden);
            let norm = layer.adain2.prepare(&inner, style);
            let snake = Prologue::AdaInSnake(&norm, &layer.snake2);
            if i + 1 == self.layers.len() {
                let epilogue = share.epilogue(input);
                layer.conv2.forward_into(&hidden, snake, epilogue, out);
            } else {
                let residual = (i == 0).then_some(View::of(x));
                let epilogue = Epilogue { residual, accumulate: i > 0, ..Epilogue::default() };
                moments = layer.conv2.forward_with_moments(&hidden, snake, epilogue, &mut state);
            }
        }
        workspace.give(hidden);
        workspace.give(state);
    }
}

/// Which of `count` blocks that are averaged: the first one writes, the others add, the last one divides.
#[derive(Debug, Clone, Copy)]
pub(super) struct Share {
    pub(super) index: usize,
    pub(super) count: usize,
}

impl Share {
    /// A block by itself.
    pub(super) const WHOLE: Share = Share { index: 0, count: 1 };

    fn scale(self) -> f32 {
        if self.index + 1 == self.count { 1.0 / self.count as f32 } else { 1.0 }
    }

    fn epilogue<T: Feature>(self, residual: &Matrix<T>) -> Epilogue<'_> {
        Epilogue { residual: Some(View::of(residual)), accumulate: self.index > 0, scale: self.scale() }
    }

    /// The same for a result that has been written by itself.
    pub(super) fn add(self, mean: &mut Matrix, y: &Matrix) {
        for (m, y) in mean.data_mut().iter_mut().zip(y.data()) {
            *m = (if self.index > 0 { *m + y } else { *y }) * self.scale();
        }
    }
}
