//! Voice packs: drawn, or read from a folder of raw ones.

use std::fs;
use std::path::Path;

use crate::ToolError;
use crate::draws::Draws;
use crate::preset::STYLE;

/// Rows and columns of a pack: a row for each phoneme count, the decoder's half of a style and the predictor's.
pub const SHAPE: [usize; 2] = [510, 2 * STYLE];

/// What the names of packs begin with in a file.
pub const PREFIX: &str = "kokoro.voice_tensors.";

/// The voices of the published files, in their order.
#[rustfmt::skip]
pub const PUBLISHED: [&str; 50] = [
    "af_alloy", "af_aoede", "af_bella", "af_heart", "af_jessica", "af_kore", "af_nicole", "af_nova", "af_river",
    "af_sarah", "af_sky", "am_adam", "am_echo", "am_eric", "am_fenrir", "am_liam", "am_michael", "am_onyx",
    "am_puck", "am_santa", "bf_alice", "bf_emma", "bf_isabella", "bf_lily", "bm_daniel", "bm_fable", "bm_george",
    "bm_lewis", "ef_dora", "em_alex", "em_santa", "ff_siwis", "hf_alpha", "hf_beta", "hm_omega", "hm_psi",
    "if_sara", "im_nicola", "jf_alpha", "jf_gongitsune", "jf_nezumi", "jf_tebukuro", "jm_kumo", "pf_dora",
    "pm_alex", "pm_santa", "zf_xiaobei", "zf_xiaoni", "zf_xiaoxiao", "zf_xiaoyi",
];

/// Levels of a part of a drawn style; their squares sum to that of the official packs, 0.19².
struct Levels {
    /// What all voices share.
    shared: f32,
    /// What one adds.
    own: f32,
    /// How far it drifts from the first row to the last.
    drift: f32,
}

/// The decoder's half is as different from voice to voice as the official packs are.
const DECODER: Levels = Levels { shared: 0.115, own: 0.145, drift: 0.04 };
/// The predictor's half is less so: a random predictor answers with twice the duration where a trained one talks a
/// little slower.
const PREDICTOR: Levels = Levels { shared: 0.175, own: 0.07, drift: 0.02 };

/// Draws the pack of `name`.
pub fn drawn(draws: Draws, name: &str) -> Vec<f32> {
    let [rows, cols] = SHAPE;
    let shared = draws.normal("voices", cols);
    let own = draws.normal(&format!("voice {name}"), 2 * cols);
    let (own, drift) = own.split_at(cols);
    let mut pack = Vec::with_capacity(rows * cols);
    for row in 0..rows {
        let place = 2.0 * row as f32 / (rows - 1) as f32 - 1.0;
        pack.extend((0..cols).map(|c| {
            let levels = if c < STYLE { &DECODER } else { &PREDICTOR };
            levels.shared * shared[c] + levels.own * own[c] + levels.drift * place * drift[c]
        }));
    }
    pack
}

/// Reads the pack `{folder}/{name}.bin`: little-endian floats, row by row.
///
/// # Errors
/// [`ToolError::Io`], [`ToolError::VoiceSize`], [`ToolError::VoiceValue`].
pub fn read(folder: &Path, name: &str) -> Result<Vec<f32>, ToolError> {
    let path = folder.join(format!("{name}.bin"));
    let io = |source| ToolError::Io { action: "read", path: path.clone(), source };
    let expected = (SHAPE[0] * SHAPE[1] * size_of::<f32>()) as u64;
    // Before it is read: what lies there may be of any size.
    let found = fs::metadata(&path).map_err(io)?.len();
    let bytes = if found == expected { fs::read(&path).map_err(io)? } else { Vec::new() };
    if bytes.len() as u64 != expected {
        return Err(ToolError::VoiceSize { path, expected, found });
    }
    let pack: Vec<f32> = bytes.as_chunks().0.iter().map(|b| f32::from_le_bytes(*b)).collect();
    match pack.iter().position(|v| !v.is_finite()) {
        None => Ok(pack),
        Some(index) => Err(ToolError::VoiceValue { path, index, found: pack[index] }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn drawn_styles_have_the_level_of_the_official_ones() {
        let pack = drawn(Draws::new(3), "af_heart");
        let rms = (pack.iter().map(|v| v * v).sum::<f32>() / pack.len() as f32).sqrt();
        // Both halves of the official packs have 0.19; 256 draws vary by a twentieth.
        assert!((0.15..0.23).contains(&rms), "{rms}");
    }
}
