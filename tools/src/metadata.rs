//! The metadata of a published file: keys, values and order of TTS.cpp's converter.
//!
//! Source: kokoro-gguf-layout.md section 3; checked against a file that the converter's Python twin wrote.

use kokoro_gguf::text::Vocab;
use kokoro_kernels::WeightType;

use crate::gguf_writer::{Value, ggml_type};
use crate::layout::Tensor;
use crate::preset::{
    DECODER_BLOCKS, DILATIONS, HOP, N_FFT, NOISE_RES_KERNELS, POSITIONS, POST_KERNEL, PROSODY_BLOCKS, Preset,
    RES_KERNELS, TEXT_LAYERS, UPSAMPLES,
};

/// Keys and values of a file of type `wanted` with these tensors and voices.
pub fn pairs(
    preset: &Preset,
    tensors: &[Tensor],
    voices: &[String],
    wanted: WeightType,
) -> Vec<(String, Value)> {
    let mut pairs = Pairs(Vec::new());
    pairs.string("general.architecture", "kokoro");
    pairs.0.push(("kokoro.voices".into(), Value::Strings(voices.to_vec())));
    pairs.string("general.type", "model");
    pairs.string("general.name", "kokoro");
    pairs.string("general.size_label", &size_label(tensors.iter().map(Tensor::elements).sum()));
    pairs.number("tokenizer.ggml.padding_token_id", 0);
    pairs.number("kokoro.decoder_start_token_id", 0);
    let albert = "kokoro.duration_predictor.albert";
    pairs.number(&format!("{albert}.context_length"), POSITIONS);
    pairs.number(&format!("{albert}.layers"), 1);
    pairs.number(&format!("{albert}.attn_heads"), preset.albert_heads);
    pairs.number(&format!("{albert}.hidden_size"), preset.albert_hidden);
    pairs.number(&format!("{albert}.recurrence"), preset.albert_passes);
    pairs.number("kokoro.duration_predictor.hidden_size", preset.hidden);
    pairs.number("kokoro.duration_predictor.layers", TEXT_LAYERS);
    pairs.number("kokoro.duration_predictor.f0_n_blocks", PROSODY_BLOCKS);
    pairs.number("kokoro.text_encoder.layers", TEXT_LAYERS);
    pairs.generator();
    // The espeak phonemizer, with IPA.
    pairs.number("phonemizer.type", 1);
    pairs.number("phonemizer.phoneme_type", 1);
    // "All F32": the writers leave it so whatever the file holds.
    pairs.number("general.file_type", 0);
    pairs.0.push(("tokenizer.ggml.tokens".into(), Value::Strings(Vocab::kokoro_tokens())));
    pairs.number("tokenizer.ggml.eos_token_id", 0);
    pairs.number("general.quantization_version", 2);
    if wanted != WeightType::F32 {
        pairs.number("general.quantization_type", ggml_type(wanted).code() as usize);
    }
    pairs.0
}

struct Pairs(Vec<(String, Value)>);

impl Pairs {
    fn number(&mut self, key: &str, value: usize) {
        let value = u32::try_from(value).expect("sizes of a preset are far below 2^32");
        self.0.push((key.to_owned(), Value::U32(value)));
    }

    fn string(&mut self, key: &str, value: &str) {
        self.0.push((key.to_owned(), Value::String(value.to_owned())));
    }

    fn generator(&mut self) {
        let g = "kokoro.decoder.generator";
        let rates: usize = UPSAMPLES.iter().map(|(stride, _)| stride).product();
        // The decoder's last block doubles the rate before the generator.
        self.number(&format!("{g}.up_sampling_factor"), 2 * rates * HOP);
        self.number(&format!("{g}.kernels"), RES_KERNELS.len());
        self.number(&format!("{g}.upsamples"), UPSAMPLES.len());
        self.number(&format!("{g}.layers"), DECODER_BLOCKS);
        self.number(&format!("{g}.padding"), (POST_KERNEL - 1) / 2);
        self.number(&format!("{g}.n_fft"), N_FFT);
        self.number(&format!("{g}.hop"), HOP);
        for (i, &kernel) in NOISE_RES_KERNELS.iter().enumerate() {
            self.res_block(&format!("{g}.noise_blocks.{i}.res_block"), kernel);
        }
        for i in 0..UPSAMPLES.len() {
            let stride = Preset::noise_stride(i);
            self.number(&format!("{g}.noise_blocks.{i}.stride"), stride);
            let padding = if stride > 1 { stride.div_ceil(2) } else { 0 };
            self.number(&format!("{g}.noise_blocks.{i}.padding"), padding);
        }
        for i in 0..UPSAMPLES.len() * RES_KERNELS.len() {
            self.res_block(&format!("{g}.res_blocks.{i}"), RES_KERNELS[i % RES_KERNELS.len()]);
        }
        for (i, (stride, kernel)) in UPSAMPLES.iter().enumerate() {
            self.number(&format!("{g}.up_convs.{i}.padding"), (kernel - stride) / 2);
            self.number(&format!("{g}.up_convs.{i}.stride"), *stride);
        }
    }

    fn res_block(&mut self, prefix: &str, kernel: usize) {
        for (i, dilation) in DILATIONS.iter().enumerate() {
            self.number(&format!("{prefix}.{i}.padding"), dilation * (kernel - 1) / 2);
            self.number(&format!("{prefix}.{i}.dilation"), *dilation);
        }
    }
}

/// The number of weights as gguf-py writes it: two digits at least, in thousands, millions, …
fn size_label(weights: u64) -> String {
    let (scaled, suffix) = match weights as f64 {
        n if n > 1e9 => (n * 1e-9, "B"),
        n if n > 1e6 => (n * 1e-6, "M"),
        n => (n * 1e-3, "K"),
    };
    // Digits before the point, of which a lone 0 is none.
    let digits = format!("{:.0}", scaled).trim_start_matches('0').len();
    format!("{scaled:.*}{suffix}", 2usize.saturating_sub(digits))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_labelled_as_gguf_py_does() {
        // `gguf.size_label(n, 0, 0, 0)` of gguf-py 0.19.
        for (weights, label) in [
            (87_668_536, "88M"),
            (2_525_000, "2.5M"),
            (1_500, "1.5K"),
            (9_960_000, "10M"),
            (420, "0.42K"),
            (1_000_000, "1000K"),
        ] {
            assert_eq!(size_label(weights), label, "{weights}");
        }
    }
}
