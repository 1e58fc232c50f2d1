//! The voice packs of a model file, read when they are asked for.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::Model;
use crate::error::{Error, ModelError, Result};
use crate::gguf::GgufFile;
use crate::tensor::Matrix;
use crate::voice::{Voice, VoiceFormat, VoiceSpec};

const PREFIX: &str = "kokoro.voice_tensors.";
/// What upstream's examples speak with.
const PREFERRED: &str = "af_heart";
/// The folder beside a model's file that may hold voice files.
const FOLDER: &str = "voices";
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

    /// The folder for voice files beside the model: `voices` next to its file; `None` for a model in memory.
    fn voices_folder(&self) -> Option<PathBuf> {
        let folder = self.path().parent().filter(|_| self.path().is_file())?;
        Some(folder.join(FOLDER))
    }

    /// Names of the voices that lie as files (`.bin`, `.npy`, `.pt`) in the folder `voices` beside the model's file and that
    /// the model does not have itself, sorted.
    pub fn voices_beside(&self) -> Vec<String> {
        let entries = self.voices_folder().and_then(|folder| std::fs::read_dir(folder).ok());
        let paths = entries.into_iter().flatten().flatten().map(|entry| entry.path());
        let voices = paths.filter(|path| VoiceFormat::of_path(path).is_some() && path.is_file());
        let names = voices.filter_map(|path| Some(path.file_stem()?.to_str()?.to_owned()));
        let own = |name: &String| self.voices().any(|voice| voice == name);
        let names: BTreeSet<String> = names.filter(|name| !own(name)).collect();
        names.into_iter().collect()
    }

    /// The file beside the model that holds a voice of this name.
    fn file_beside(&self, name: &str) -> Option<PathBuf> {
        if name.contains(['/', '\\']) {
            return None;
        }
        let folder = self.voices_folder()?;
        let files = VoiceFormat::EXTENSIONS.map(|extension| folder.join(format!("{name}.{extension}")));
        files.into_iter().find(|path| path.is_file())
    }

    /// Reads a voice from a file and checks that it fits the model.
    fn voice_file(&self, path: &Path) -> Result<Voice> {
        let voice = Voice::open(path)?;
        let (found, expected) = (voice.pack().cols(), 2 * self.config().style_dim);
        if found == expected {
            return Ok(voice);
        }
        let reason = format!("its rows have {found} numbers, the model takes {expected}");
        Err(Error::VoiceFile { path: path.to_owned(), reason })
    }

    /// Reads one voice: of the model, of a file if `name` ends like one, or of the folder `voices` beside the model's file.
    ///
    /// # Errors
    /// [`Error::UnknownVoice`], with near names; [`Error::Model`] if the pack holds a number that is not finite;
    /// [`Error::Io`] and [`Error::VoiceFile`] for a file.
    pub fn voice(&self, name: &str) -> Result<Voice> {
        let found =
            self.voices().find(|v| *v == name).and_then(|_| self.file.tensor(&format!("{PREFIX}{name}")));
        let Some(info) = found else {
            if VoiceFormat::of_path(Path::new(name)).is_some() {
                return self.voice_file(Path::new(name));
            }
            if let Some(path) = self.file_beside(name) {
                return self.voice_file(&path);
            }
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
        let beside = self.voices_beside();
        let mut scored: Vec<(f64, &str)> = self
            .voices()
            .chain(beside.iter().map(String::as_str))
            .map(|v| (strsim::jaro_winkler(v, &name), v))
            .filter(|(score, _)| *score >= NEAR)
            .collect();
        scored.sort_by(|a, b| b.0.total_cmp(&a.0));
        scored.into_iter().take(3).map(|(_, v)| v.to_owned()).collect()
    }
}
