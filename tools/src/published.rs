//! Which tensor has which type in the published files: the rule of TTS.cpp's quantiser, run with
//! `--convert-non-quantized-to-f16`.

use kokoro_kernels::WeightType;

/// Whether the tensor `name` is one of the matrices that take a file's quantised type.
pub fn is_quantisable(name: &str) -> bool {
    let name = name.trim_start_matches("kokoro.");
    let third = name.split('.').nth(1).unwrap_or_default();
    let listed = ["duration_proj", "encode", "shared_lstm", "duration_lstm", "layers"].contains(&third);
    is_f16_compatible(name)
        && (name.starts_with("albert")
            || name.starts_with("text_encoder.lstm")
            || name.starts_with("duration_predictor.") && listed)
}

/// Whether the tensor `name` may have less than single precision at all.
pub fn is_f16_compatible(name: &str) -> bool {
    !["voice_tensors", "bias", "gamma", "beta", "alpha"].iter().any(|part| name.contains(part))
        && !name.ends_with("embd")
        && !name.ends_with("norm")
}

/// The type of the tensor `name` in a file of type `wanted`: quantisable matrices in that, other large ones in half
/// precision, the rest F32.
pub fn type_of(name: &str, wanted: WeightType) -> WeightType {
    let half = if wanted == WeightType::BF16 { WeightType::BF16 } else { WeightType::F16 };
    match name {
        _ if wanted == WeightType::F32 => WeightType::F32,
        _ if is_quantisable(name) => wanted,
        _ if is_f16_compatible(name) => half,
        _ => WeightType::F32,
    }
}
