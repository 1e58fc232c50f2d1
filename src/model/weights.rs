//! Tensors by name, with the shape that their place in the graph requires.

use kokoro_kernels::{Isa, Kernels, WeightType};

use super::precision::Precision;
use crate::error::ModelError;
use crate::gguf::{GgmlType, GgufFile, SharedBytes, TensorInfo};
use crate::ops::ada_in::AdaIn1d;
use crate::ops::block_filter::BlockFilter;
use crate::ops::conv1d::{Conv1d, ConvShape, ConvWeights};
use crate::ops::half_filter::{Digits, HalfFilter};
use crate::ops::int8_filter::Int8Filter;
use crate::ops::linear::Linear;
use crate::ops::lstm::{BiLstm, GATES, LstmDirection};
use crate::ops::panels::Panels;
use crate::tensor::Weight;

/// A place in the tree of tensor names, such as `kokoro.decoder.generator`.
#[derive(Clone)]
pub(super) struct Scope<'a> {
    file: &'a GgufFile,
    kernels: &'static Kernels,
    arithmetic: Arithmetic,
    prefix: String,
}

/// How the layers of a place are computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Arithmetic {
    F32,
    Split,
    Half,
    /// Bytes where inputs are normalised; the others as for `Half` where that is fast, else in f32.
    Int8,
}

impl<'a> Scope<'a> {
    /// The root of all tensor names.
    pub(super) fn root(file: &'a GgufFile, kernels: &'static Kernels, precision: Precision) -> Self {
        let arithmetic = match precision {
            Precision::Bf16 => Arithmetic::Half,
            Precision::Int8 => Arithmetic::Int8,
            Precision::F32 | Precision::Auto => Arithmetic::F32,
        };
        Self { file, kernels, arithmetic, prefix: "kokoro.".into() }
    }

    /// The same place, where everything is computed to sixteen bits at least: what durations and pitch depend on.
    pub(super) fn accurate(&self) -> Self {
        // Three bf16 products for one of f32 pay only on tiles.
        let splits = matches!(self.arithmetic, Arithmetic::Half | Arithmetic::Int8) && self.has_tiles();
        let arithmetic = if splits { Arithmetic::Split } else { Arithmetic::F32 };
        Self { arithmetic, ..self.clone() }
    }

    fn has_tiles(&self) -> bool {
        self.kernels.isa() == Isa::Amx
    }

    /// The same place, where everything is computed in f32.
    pub(super) fn exact(&self) -> Self {
        Self { arithmetic: Arithmetic::F32, ..self.clone() }
    }

    /// The scope `name` below this one.
    pub(super) fn child(&self, name: impl std::fmt::Display) -> Self {
        Self { prefix: format!("{}{name}.", self.prefix), ..self.clone() }
    }

    /// The scope whose names continue `name` without a dot, as in `norm1_gamma_weight`.
    fn stem(&self, name: impl std::fmt::Display) -> Self {
        Self { prefix: format!("{}{name}", self.prefix), ..self.clone() }
    }

    pub(super) fn kernels(&self) -> &'static Kernels {
        self.kernels
    }

    /// Whether the scope has a tensor `name`.
    pub(super) fn has(&self, name: &str) -> bool {
        self.file.tensor(&self.full_name(name)).is_some()
    }

    fn full_name(&self, name: &str) -> String {
        format!("{}{name}", self.prefix)
    }

    fn info(&self, name: &str) -> Result<&'a TensorInfo, ModelError> {
        let name = self.full_name(name);
        self.file.tensor(&name).ok_or_else(|| {
            let similarity = |t: &&TensorInfo| (strsim::normalized_levenshtein(&name, t.name()) * 1e6) as u64;
            let nearest = self.file.tensors().iter().max_by_key(similarity).map(|t| t.name().to_owned());
            ModelError::MissingTensor { name: name.clone(), nearest }
        })
    }

    /// The shape of tensor `name`, slowest axis first, with leading ones added or stripped to `N` axes.
    pub(super) fn shape<const N: usize>(&self, name: &str) -> Result<[usize; N], ModelError> {
        let info = self.info(name)?;
        let ne = info.ne();
        if ne[N.min(4)..].iter().any(|&n| n != 1) {
            let expected = vec![0; N];
            return Err(ModelError::Shape { name: info.name().to_owned(), expected, found: info.shape() });
        }
        // The reader bounds every axis to 2³¹.
        Ok(std::array::from_fn(|i| ne[N - 1 - i] as usize))
    }

    /// The error for a tensor that has another shape than `expected`.
    pub(super) fn wrong_shape(&self, name: &str, expected: &[usize]) -> ModelError {
        let found = self.info(name).map(TensorInfo::shape).unwrap_or_default();
        let expected = expected.iter().map(|&n| n as u64).collect();
        ModelError::Shape { name: self.full_name(name), expected, found }
    }

    fn checked(&self, name: &str, expected: &[usize]) -> Result<&'a TensorInfo, ModelError> {
        let info = self.info(name)?;
        // Writers keep or strip trailing axes of length 1 (fastest axis first), so both are padded with ones.
        let mut ne = [1; 4];
        for (ne, &n) in ne.iter_mut().zip(expected.iter().rev()) {
            *ne = n as u64;
        }
        if info.ne() != ne {
            return Err(self.wrong_shape(name, expected));
        }
        Ok(info)
    }

    /// A matrix that stays in the file, `[out, in]`.
    pub(super) fn matrix(&self, name: &str, out: usize, inputs: usize) -> Result<Weight, ModelError> {
        let info = self.checked(name, &[out, inputs])?;
        Ok(Weight::new(self.file.tensor_bytes(info), weight_type(info.ggml_type()), out, inputs))
    }

    /// A small tensor of any shape as f32, all of it finite.
    pub(super) fn values(&self, name: &str, shape: &[usize]) -> Result<Vec<f32>, ModelError> {
        let info = self.checked(name, shape)?;
        let mut values = vec![0.0; shape.iter().product()];
        let kind = weight_type(info.ggml_type());
        kokoro_kernels::quantize::dequantize_row(kind, &self.file.tensor_bytes(info), &mut values);
        self.refuse(name, &values, |v| !v.is_finite(), "a finite number")?;
        Ok(values)
    }

    /// A vector of divisors, `[1, len, 1]`: finite and not zero.
    pub(super) fn divisors(&self, name: &str, len: usize) -> Result<Vec<f32>, ModelError> {
        let values = self.values(name, &[1, len, 1])?;
        self.refuse(name, &values, |v| v == 0.0, "no zero")?;
        Ok(values)
    }

    fn refuse(
        &self,
        name: &str,
        values: &[f32],
        bad: fn(f32) -> bool,
        expected: &'static str,
    ) -> Result<(), ModelError> {
        match values.iter().position(|&v| bad(v)) {
            None => Ok(()),
            Some(index) => {
                Err(ModelError::Value { name: self.full_name(name), index, found: values[index], expected })
            }
        }
    }

    /// `{name}` and `{name}_bias`.
    pub(super) fn linear(&self, name: &str, out: usize, inputs: usize) -> Result<Linear, ModelError> {
        let bias = self.values(&format!("{name}_bias"), &[out])?;
        Ok(Linear::new(self.matrix(name, out, inputs)?, bias, self.kernels))
    }

    /// [`linear`](Self::linear) for a layer that is used so often that packing its weights pays.
    pub(super) fn packed_linear(&self, name: &str, out: usize, inputs: usize) -> Result<Linear, ModelError> {
        Ok(self.linear(name, out, inputs)?.pack(self.digits(inputs)))
    }

    /// `{name}_weight` and `{name}_bias`, two matrices of a style projection: γ and β.
    pub(super) fn ada_in(
        &self,
        prefix: &str,
        suffix: &str,
        channels: usize,
        style: usize,
    ) -> Result<AdaIn1d, ModelError> {
        let [gamma, beta] = self.style_projection(prefix, suffix, channels, style)?;
        Ok(AdaIn1d::new(gamma, beta))
    }

    /// The projections γ and β: `{prefix}gamma{suffix}_weight`, `…_bias` and the same with beta.
    pub(super) fn style_projection(
        &self,
        prefix: &str,
        suffix: &str,
        channels: usize,
        style: usize,
    ) -> Result<[Linear; 2], ModelError> {
        let half = |which: &str| {
            let stem = self.stem(format!("{prefix}{which}{suffix}"));
            let bias = stem.values("_bias", &[channels])?;
            Ok(Linear::new(stem.matrix("_weight", channels, style)?, bias, self.kernels))
        };
        Ok([half("gamma")?, half("beta")?])
    }

    /// A convolution from `weight`, `[out, in, kernel]`, and `bias` if there is one.
    pub(super) fn conv1d(
        &self,
        weight: &str,
        bias: Option<&str>,
        shape: ConvShape,
    ) -> Result<Conv1d, ModelError> {
        let (kind, bytes, bias) = self.conv_parts(weight, bias, &shape)?;
        let ConvShape { in_channels, out_channels, kernel_size, .. } = shape;
        // The kernels take a step's channels together, tap by tap; the file keeps a channel's taps together.
        let outputs: Vec<usize> = (0..out_channels).map(|o| o * in_channels * kernel_size).collect();
        let inputs: Vec<usize> =
            (0..kernel_size).flat_map(|tap| (0..in_channels).map(move |c| c * kernel_size + tap)).collect();
        if let Some(digits) = self.digits(in_channels) {
            let filter = HalfFilter::pack(self.kernels, kind, &bytes, in_channels, &outputs, &inputs, digits);
            bytes.release();
            return Ok(Conv1d::new(shape, ConvWeights::Half(filter), bias, self.kernels));
        }
        let panels = Panels::pack(self.kernels, kind, &bytes, &outputs, &inputs);
        bytes.release();
        Ok(Conv1d::new(shape, ConvWeights::Direct(panels), bias, self.kernels))
    }

    /// As [`conv1d`](Self::conv1d), for inputs that have just been normalised, so that all channels are of similar size: what
    /// bytes can hold.
    pub(super) fn normalised_conv1d(
        &self,
        weight: &str,
        bias: &str,
        shape: ConvShape,
    ) -> Result<Conv1d, ModelError> {
        if self.arithmetic == Arithmetic::Int8 {
            let (kind, bytes, values) = self.conv_parts(weight, Some(bias), &shape)?;
            if let Some(filter) = Int8Filter::pack(self.kernels, kind, &bytes, &shape) {
                bytes.release();
                return Ok(Conv1d::new(shape, ConvWeights::Int8(filter), values, self.kernels));
            }
        }
        self.conv1d(weight, Some(bias), shape)
    }

    /// As [`normalised_conv1d`](Self::normalised_conv1d), but with fewer multiplications in f32 where the kernel size has a
    /// plan for that: for layers that run so often that it pays, and behind which nothing is as sensitive as F0 or a duration.
    pub(super) fn conv1d_in_blocks(
        &self,
        weight: &str,
        bias: &str,
        shape: ConvShape,
    ) -> Result<Conv1d, ModelError> {
        if self.arithmetic != Arithmetic::F32 {
            return self.normalised_conv1d(weight, bias, shape);
        }
        let (kind, bytes, values) = self.conv_parts(weight, Some(bias), &shape)?;
        match BlockFilter::pack(self.kernels, kind, &bytes, &shape) {
            Some(filter) => {
                bytes.release();
                Ok(Conv1d::new(shape, ConvWeights::Blocks(filter), values, self.kernels))
            }
            None => self.conv1d(weight, Some(bias), shape),
        }
    }

    /// The bf16 digits that a layer of `in_channels` is computed with; `None` computes in f32. With fewer channels than a vector
    /// has lanes bf16 would not pay.
    pub(super) fn digits(&self, in_channels: usize) -> Option<Digits> {
        const LEAST_CHANNELS: usize = 16;
        match self.arithmetic {
            _ if in_channels < LEAST_CHANNELS => None,
            Arithmetic::F32 => None,
            Arithmetic::Split => Some(Digits::Split),
            Arithmetic::Half => Some(Digits::Half),
            Arithmetic::Int8 => self.has_tiles().then_some(Digits::Half),
        }
    }

    /// Whether what lies between the layers is stored as bf16.
    pub(super) fn stores_halves(&self) -> bool {
        matches!(self.arithmetic, Arithmetic::Half | Arithmetic::Int8)
    }

    fn conv_parts(
        &self,
        weight: &str,
        bias: Option<&str>,
        shape: &ConvShape,
    ) -> Result<(WeightType, SharedBytes, Vec<f32>), ModelError> {
        let ConvShape { in_channels, out_channels, kernel_size, .. } = *shape;
        let (kind, bytes) = self.kernel_bytes(weight, &[out_channels, in_channels, kernel_size])?;
        let bias = match bias {
            Some(name) => self.values(name, &[out_channels])?,
            None => vec![0.0; out_channels],
        };
        Ok((kind, bytes, bias))
    }

    /// The stored bytes of a convolution kernel, which must not be quantised.
    pub(super) fn kernel_bytes(
        &self,
        name: &str,
        shape: &[usize],
    ) -> Result<(WeightType, SharedBytes), ModelError> {
        let info = self.checked(name, shape)?;
        let kind = weight_type(info.ggml_type());
        if kind.block_elements() != 1 {
            return Err(ModelError::TensorType {
                name: info.name().to_owned(),
                found: kind.name().to_owned(),
                expected: "F32, F16 or BF16",
            });
        }
        Ok((kind, self.file.tensor_bytes(info)))
    }

    /// A bidirectional LSTM `{name}.0`: matrices and biases of gate `g` are numbered `2g` (input) and `2g + 1`
    /// (hidden). Source: kokoro-gguf-layout.md section 4.6.
    pub(super) fn lstm(&self, name: &str, inputs: usize, hidden: usize) -> Result<BiLstm, ModelError> {
        let scope = self.child(name).child(0);
        let direction = |prefix: &str| {
            let (weights, biases) =
                (scope.child(format!("{prefix}weights")), scope.child(format!("{prefix}biases")));
            let mut input = Vec::with_capacity(GATES);
            let mut recurrent = Vec::with_capacity(GATES);
            let mut bias = Vec::with_capacity(GATES);
            for gate in 0..GATES {
                let (i, h) = ((2 * gate).to_string(), (2 * gate + 1).to_string());
                input.push(weights.matrix(&i, hidden, inputs)?);
                recurrent.push(weights.matrix(&h, hidden, hidden)?);
                let (i, h) = (biases.values(&i, &[hidden])?, biases.values(&h, &[hidden])?);
                bias.push(i.iter().zip(&h).map(|(a, b)| a + b).collect());
            }
            let four = "one matrix was pushed for each of the four gates";
            Ok(LstmDirection::new(
                input.try_into().expect(four),
                &recurrent.try_into().expect(four),
                bias.try_into().expect(four),
                self.kernels,
            ))
        };
        Ok(BiLstm::new(direction("")?, direction("reverse_")?))
    }
}

/// The kernels' name for a file's tensor type.
pub(super) fn weight_type(ty: GgmlType) -> WeightType {
    match ty {
        GgmlType::F32 => WeightType::F32,
        GgmlType::F16 => WeightType::F16,
        GgmlType::BF16 => WeightType::BF16,
        GgmlType::Q4_0 => WeightType::Q4_0,
        GgmlType::Q4_1 => WeightType::Q4_1,
        GgmlType::Q5_0 => WeightType::Q5_0,
        GgmlType::Q5_1 => WeightType::Q5_1,
        GgmlType::Q8_0 => WeightType::Q8_0,
    }
}
