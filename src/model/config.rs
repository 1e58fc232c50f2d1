//! The sizes of a model: from tensor shapes where they show there, from metadata where they do not.

use crate::error::ModelError;
use crate::gguf::GgufFile;

use super::weights::Scope;

/// Sizes of the whole graph. Names follow upstream's config.json.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Config {
    /// Vocabulary size, `n_token`.
    pub n_token: usize,
    /// Tokens an utterance may have, boundary zeros included.
    pub context_length: usize,
    /// Channels of the text half, `hidden_dim`.
    pub hidden: usize,
    /// Length of each half of a style vector, `style_dim`.
    pub style_dim: usize,
    /// ALBERT's embedding width.
    pub albert_embedding: usize,
    /// ALBERT's hidden size.
    pub albert_hidden: usize,
    /// ALBERT's feed-forward size.
    pub albert_intermediate: usize,
    /// ALBERT's attention heads.
    pub albert_heads: usize,
    /// Passes over ALBERT's one stored layer.
    pub albert_passes: usize,
    /// Duration logits a token, `max_dur`.
    pub max_duration: usize,
    /// LSTM and normalisation pairs of the duration encoder.
    pub duration_layers: usize,
    /// Residual blocks of the F0 branch and of the energy branch.
    pub prosody_blocks: usize,
    /// Convolutions of the text encoder.
    pub text_encoder_layers: usize,
    /// Residual blocks of the decoder after the first.
    pub decoder_blocks: usize,
    /// Sizes of the generator.
    pub generator: GeneratorConfig,
}

/// Sizes of the generator (iSTFTNet).
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct GeneratorConfig {
    /// Strides of the upsampling stages.
    pub upsample_rates: Vec<usize>,
    /// Residual blocks a stage, one for each kernel size.
    pub kernels: usize,
    /// Dilations of a residual block.
    pub dilations: Vec<usize>,
    /// Samples of an STFT frame.
    pub n_fft: usize,
    /// Samples from one STFT frame to the next.
    pub hop: usize,
    /// Samples a frame of 1/40 s.
    pub samples_per_frame: usize,
    /// Harmonics of the source, the fundamental included.
    pub harmonics: usize,
}

/// Layers, passes and blocks are single or double digits in every Kokoro; the bound keeps a hostile file from asking
/// for work without end.
const MAX_REPEATS: usize = 64;

impl Config {
    /// Reads and checks the sizes.
    pub(super) fn read(file: &GgufFile, root: &Scope<'_>) -> Result<Self, ModelError> {
        let keys = Keys { file };
        let (albert, predictor) = (root.child("albert"), root.child("duration_predictor"));
        let [n_token, albert_embedding] = albert.shape("token_embd")?;
        let [positions, _] = albert.shape("position_embd")?;
        let [albert_hidden, _] = albert.child("layer").child(0).shape("q")?;
        let [albert_intermediate, _] = albert.child("layer").child(0).shape("ffn")?;
        let [_, hidden] = root.child("text_encoder").shape("embedding_weight")?;
        let [max_duration, _] = predictor.shape("duration_proj")?;
        let [_, style_dim] = predictor.child("layers").child(1).shape("gamma_weight")?;
        let a = "kokoro.duration_predictor.albert";
        let albert_heads = keys.count(&format!("{a}.attn_heads"), 1..=MAX_REPEATS)?;
        keys.equal(&format!("{a}.hidden_size"), albert_hidden)?;
        keys.equal(&format!("{a}.layers"), 1)?;
        keys.equal("kokoro.duration_predictor.hidden_size", hidden)?;
        if albert_hidden % albert_heads != 0 {
            return Err(keys.wrong(
                &format!("{a}.attn_heads"),
                format!("a divisor of {albert_hidden}"),
                albert_heads,
            ));
        }
        if hidden % 2 != 0 {
            let key = "kokoro.duration_predictor.hidden_size";
            return Err(keys.wrong(key, "an even number, for two LSTM directions".into(), hidden));
        }
        Ok(Self {
            n_token,
            context_length: keys.count(&format!("{a}.context_length"), 3..=positions)?,
            hidden,
            style_dim,
            albert_embedding,
            albert_hidden,
            albert_intermediate,
            albert_heads,
            albert_passes: keys.count(&format!("{a}.recurrence"), 1..=MAX_REPEATS)?,
            max_duration,
            duration_layers: keys.count("kokoro.duration_predictor.layers", 1..=MAX_REPEATS)?,
            prosody_blocks: keys.count("kokoro.duration_predictor.f0_n_blocks", 1..=MAX_REPEATS)?,
            text_encoder_layers: keys.count("kokoro.text_encoder.layers", 1..=MAX_REPEATS)?,
            decoder_blocks: keys.count("kokoro.decoder.generator.layers", 1..=MAX_REPEATS)?,
            generator: GeneratorConfig::read(&keys, root)?,
        })
    }
}

impl GeneratorConfig {
    fn read(keys: &Keys<'_>, root: &Scope<'_>) -> Result<Self, ModelError> {
        let g = "kokoro.decoder.generator";
        let scope = root.child("decoder").child("generator");
        let stages = keys.count(&format!("{g}.upsamples"), 1..=8)?;
        let kernels = keys.count(&format!("{g}.kernels"), 1..=8)?;
        let n_fft = keys.count(&format!("{g}.n_fft"), 4..=4096)?;
        let hop = keys.count(&format!("{g}.hop"), 1..=n_fft / 2)?;
        if n_fft % 2 != 0 {
            return Err(keys.wrong(&format!("{g}.n_fft"), "an even number".into(), n_fft));
        }
        let upsample_rates = (0..stages)
            .map(|i| keys.count(&format!("{g}.up_convs.{i}.stride"), 2..=64))
            .collect::<Result<Vec<_>, _>>()?;
        // The decoder's last block doubles the rate before the generator.
        let samples_per_frame = 2 * hop * upsample_rates.iter().product::<usize>();
        keys.equal(&format!("{g}.up_sampling_factor"), samples_per_frame)?;
        if n_fft > samples_per_frame {
            let expected = format!("at most the {samples_per_frame} samples of a frame");
            return Err(keys.wrong(&format!("{g}.n_fft"), expected, n_fft));
        }
        let [_, harmonics] = scope.shape("m_source_weight")?;
        let config = Self {
            dilations: keys.dilations(&format!("{g}.res_blocks.0"))?,
            upsample_rates,
            kernels,
            n_fft,
            hop,
            samples_per_frame,
            harmonics,
        };
        config.check_strides_and_paddings(keys, &scope)?;
        Ok(config)
    }

    /// The rates at which the source's spectrum is needed by each stage: the product of the strides still to come.
    pub(super) fn noise_stride(&self, stage: usize) -> usize {
        self.upsample_rates[stage + 1..].iter().product()
    }

    /// Stored strides, dilations and paddings must be the ones that make the lengths meet.
    fn check_strides_and_paddings(&self, keys: &Keys<'_>, scope: &Scope<'_>) -> Result<(), ModelError> {
        let g = "kokoro.decoder.generator";
        let post = odd_kernel(scope, "conv_post_weight")?;
        keys.equal(&format!("{g}.padding"), (post - 1) / 2)?;
        for (i, &rate) in self.upsample_rates.iter().enumerate() {
            let [_, _, kernel] = scope.child("ups").child(i).shape("weight")?;
            if kernel % rate != 0 || (kernel - rate) % 2 != 0 {
                let key = format!("{g}.up_convs.{i}.stride");
                let expected = format!("a divisor of the kernel size {kernel}, an even number below it");
                return Err(keys.wrong(&key, expected, rate));
            }
            keys.equal(&format!("{g}.up_convs.{i}.padding"), (kernel - rate) / 2)?;
            let noise = scope.child("noise_blocks").child(i);
            let stride = self.noise_stride(i);
            let [out, inputs, kernel] = noise.shape("conv_weight")?;
            let expected = if stride > 1 { 2 * stride } else { 1 };
            if kernel != expected {
                return Err(noise.wrong_shape("conv_weight", &[out, inputs, expected]));
            }
            keys.equal(&format!("{g}.noise_blocks.{i}.stride"), stride)?;
            keys.equal(
                &format!("{g}.noise_blocks.{i}.padding"),
                stride.div_ceil(2) * usize::from(stride > 1),
            )?;
            let blocks =
                std::iter::once((format!("{g}.noise_blocks.{i}.res_block"), noise.child("resblock")));
            let stage = (i * self.kernels..(i + 1) * self.kernels)
                .map(|b| (format!("{g}.res_blocks.{b}"), scope.child("resblocks").child(b)));
            for (key, tensors) in blocks.chain(stage) {
                let dilations = keys.dilations(&key)?;
                if dilations.len() != self.dilations.len() {
                    let expected = format!("{} dilations", self.dilations.len());
                    return Err(keys.wrong(&key, expected, dilations.len()));
                }
                for (d, dilation) in dilations.iter().enumerate() {
                    let kernel = odd_kernel(&tensors.child(d), "convs1_weight")?;
                    keys.equal(&format!("{key}.{d}.padding"), dilation * (kernel - 1) / 2)?;
                    keys.equal(&format!("{key}.{d}.dilation"), self.dilations[d])?;
                }
            }
        }
        Ok(())
    }
}

/// The kernel size of a convolution that keeps its input's length: odd, or no padding could.
pub(super) fn odd_kernel(scope: &Scope<'_>, weight: &str) -> Result<usize, ModelError> {
    let [out, inputs, kernel] = scope.shape(weight)?;
    if kernel.is_multiple_of(2) {
        return Err(scope.wrong_shape(weight, &[out, inputs, kernel + 1]));
    }
    Ok(kernel)
}

/// Integer metadata by key.
struct Keys<'a> {
    file: &'a GgufFile,
}

impl Keys<'_> {
    fn number(&self, key: &str) -> Result<usize, ModelError> {
        match self.file.metadata().get(key) {
            None => Err(ModelError::MissingKey { key: key.to_owned() }),
            Some(value) => value
                .as_integer()
                .and_then(|v| usize::try_from(v).ok())
                .ok_or_else(|| self.wrong(key, "an unsigned integer".into(), value)),
        }
    }

    fn count(&self, key: &str, range: std::ops::RangeInclusive<usize>) -> Result<usize, ModelError> {
        let value = self.number(key)?;
        if !range.contains(&value) {
            return Err(self.wrong(key, format!("{} to {}", range.start(), range.end()), value));
        }
        Ok(value)
    }

    fn equal(&self, key: &str, expected: usize) -> Result<(), ModelError> {
        let value = self.number(key)?;
        if value != expected {
            return Err(self.wrong(key, expected.to_string(), value));
        }
        Ok(())
    }

    /// `{prefix}.0.dilation`, `{prefix}.1.dilation`, … until one is missing; at least one.
    fn dilations(&self, prefix: &str) -> Result<Vec<usize>, ModelError> {
        let key = |d: usize| format!("{prefix}.{d}.dilation");
        let mut all = vec![self.count(&key(0), 1..=MAX_REPEATS)?];
        while all.len() < MAX_REPEATS && self.file.metadata().get(&key(all.len())).is_some() {
            all.push(self.count(&key(all.len()), 1..=MAX_REPEATS)?);
        }
        Ok(all)
    }

    fn wrong(&self, key: &str, expected: String, found: impl std::fmt::Display) -> ModelError {
        ModelError::Metadata { key: key.to_owned(), expected, found: found.to_string() }
    }
}
