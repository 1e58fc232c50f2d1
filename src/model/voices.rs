//! The voice packs of a model file, read when they are asked for.

use super::Model;
use crate::error::{Error, ModelError, Result};
use crate::gguf::GgufFile;
use crate::tensor::Matrix;
use crate::voice::{Voice, VoiceSpec};

const PREFIX: &str = "kokoro.voice_tensors.";
/// What upstream's examples speak with.
const PREFERRED: &str = "af_heart";
/// Names below this similarity are no help.
const NEAR: f64 = 0.5;

/// The names of the voices, in the file's order.
#[derive(Debug)]
pub(super) struct Voices {
    names: Vec<String>,
}

impl Voices {
    /// Lists the voice tensors and checks their shapes; their values are not read.
    pub(super) fn find(file: &GgufFile, style_dim: usize) -> std::result::Result<Self, ModelError> {
        let mut names = Vec::new();
        for info in file.tensors() {
            let Some(name) = info.name().strip_prefix(PREFIX) else { continue };
            let [cols, rows, rest @ ..] = info.ne();
            if cols != 2 * style_dim as u64 || rest != [1, 1] {
                return Err(ModelError::Shape {
                    name: info.name().to_owned(),
                    expected: vec![rows, 2 * style_dim as u64],
                    found: info.shape(),
                });
            }
            names.push(name.to_owned());
        }
        if names.is_empty() { Err(ModelError::NoVoices) } else { Ok(Self { names }) }
    }
}

impl Model {
    /// Names of the voices, in the file's order.
    pub fn voices(&self) -> impl ExactSizeIterator<Item = &str> {
        self.voices.names.iter().map(String::as_str)
    }

    /// `af_heart` if the file has it, else its first voice.
    pub fn default_voice(&self) -> &str {
        self.voices().find(|name| *name == PREFERRED).unwrap_or(&self.voices.names[0])
    }

    /// Reads one voice.
    ///
    /// # Errors
    /// [`Error::UnknownVoice`], with near names; [`Error::Model`] if the pack holds a number that is not finite.
    pub fn voice(&self, name: &str) -> Result<Voice> {
        let found =
            self.voices().find(|v| *v == name).and_then(|_| self.file.tensor(&format!("{PREFIX}{name}")));
        let Some(info) = found else {
            return Err(Error::UnknownVoice {
                name: name.to_owned(),
                near: self.near(name),
                available: self.voices().len(),
            });
        };
        let [cols, rows, ..] = info.ne().map(|n| n as usize);
        let mut pack = Matrix::zeros(rows, cols);
        let kind = super::weights::weight_type(info.ggml_type());
        kokoro_kernels::quantize::dequantize_row(kind, &self.file.tensor_bytes(info), pack.data_mut());
        match pack.data().iter().position(|v| !v.is_finite()) {
            None => Ok(Voice::new(pack)),
            Some(index) => {
                let (name, found) = (info.name().to_owned(), pack.data()[index]);
                let source = ModelError::Value { name, index, found, expected: "a finite number" };
                Err(Error::Model { path: self.path().to_owned(), source })
            }
        }
    }

    /// Reads the voices of a specification and blends them.
    ///
    /// # Errors
    /// As [`voice`](Self::voice); [`Error::BadVoice`] if the packs differ in shape.
    pub fn blend(&self, spec: &VoiceSpec) -> Result<Voice> {
        let voices = spec.parts().map(|(name, _)| self.voice(name)).collect::<Result<Vec<_>>>()?;
        let shape = |v: &Voice| (v.pack().rows(), v.pack().cols());
        if voices.iter().any(|v| shape(v) != shape(&voices[0])) {
            let spec: Vec<_> = spec.parts().map(|(name, _)| name).collect();
            let reason = "the packs differ in shape and cannot be blended".into();
            return Err(Error::BadVoice { spec: spec.join("+"), reason });
        }
        let parts: Vec<_> =
            voices.iter().zip(spec.parts()).map(|(voice, (_, weight))| (voice, weight)).collect();
        // One voice is itself, bit by bit.
        Ok(if parts.len() == 1 { voices[0].clone() } else { Voice::blend(&parts) })
    }

    /// Up to three names that are most like `name`.
    fn near(&self, name: &str) -> Vec<String> {
        let name = name.to_lowercase();
        let mut scored: Vec<(f64, &str)> = self
            .voices()
            .map(|v| (strsim::jaro_winkler(v, &name), v))
            .filter(|(score, _)| *score >= NEAR)
            .collect();
        scored.sort_by(|a, b| b.0.total_cmp(&a.0));
        scored.into_iter().take(3).map(|(_, v)| v.to_owned()).collect()
    }
}
