//! The crate's one error type: what went wrong, with what, and what a program should do about it.

use std::fmt;
use std::io;
use std::path::PathBuf;

use kokoro_kernels::IsaError;

use crate::audio::AudioError;
pub use crate::error_kind::ErrorKind;
use crate::gguf::GgufError;
use crate::text::TextError;

/// `Result` with this crate's [`Error`].
pub type Result<T> = std::result::Result<T, Error>;

/// Everything that opening a model or speaking with it can fail with.
///
/// `Display` tells only this level; the cause is in [`source`](std::error::Error::source).
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// A file could not be opened, read or written.
    Io {
        /// What was being done, such as `read`.
        action: &'static str,
        /// The file.
        path: PathBuf,
        /// The system's answer.
        source: io::Error,
    },
    /// The bytes are not a sound GGUF file.
    Gguf {
        /// The file, or a name for bytes in memory.
        path: PathBuf,
        /// Where and how.
        source: GgufError,
    },
    /// A sound GGUF file that is not a Kokoro model this crate can run.
    Model {
        /// The file, or a name for bytes in memory.
        path: PathBuf,
        /// What does not fit.
        source: ModelError,
    },
    /// No voice of that name in the model.
    UnknownVoice {
        /// The name asked for.
        name: String,
        /// Names that are close to it, nearest first.
        near: Vec<String>,
        /// How many voices the model has.
        available: usize,
    },
    /// A voice specification that cannot be read, such as a blend with negative weights.
    BadVoice {
        /// The specification as given.
        spec: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A file that is no voice pack.
    VoiceFile {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// A value outside its range.
    OutOfRange {
        /// What the value is, such as `speed`.
        what: &'static str,
        /// The value found.
        found: String,
        /// The values allowed.
        expected: String,
    },
    /// The instruction set in use has no fast arithmetic of the precision asked for.
    Precision {
        /// The precision.
        wanted: &'static str,
        /// The instruction set.
        isa: &'static str,
    },
    /// The system has not the memory that an utterance needs.
    Memory {
        /// Bytes needed.
        bytes: u64,
        /// Seconds of audio.
        audio_s: f64,
    },
    /// The environment asks for an instruction set that cannot be used here.
    Isa(IsaError),
    /// Text without anything that can be spoken.
    NothingToSay {
        /// Why nothing is left, such as `the text is empty`.
        reason: &'static str,
    },
    /// Text could not be turned into phonemes.
    Text(TextError),
    /// Audio could not be written.
    Audio(AudioError),
}

/// A GGUF file that is not a usable Kokoro model.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum ModelError {
    /// `general.architecture` names something else.
    Architecture {
        /// The value found.
        found: String,
    },
    /// A required metadata key is absent.
    MissingKey {
        /// The key.
        key: String,
    },
    /// A metadata value has the wrong type or does not fit the tensors.
    Metadata {
        /// The key.
        key: String,
        /// What it should be.
        expected: String,
        /// What it is.
        found: String,
    },
    /// A required tensor is absent.
    MissingTensor {
        /// The tensor.
        name: String,
        /// The most similar name in the file.
        nearest: Option<String>,
    },
    /// A tensor has another shape than its place in the graph requires.
    Shape {
        /// The tensor.
        name: String,
        /// The shape required, slowest axis first.
        expected: Vec<u64>,
        /// The shape found, slowest axis first.
        found: Vec<u64>,
    },
    /// A tensor's type cannot be used in its place.
    TensorType {
        /// The tensor.
        name: String,
        /// The type found.
        found: String,
        /// The types that can be used.
        expected: &'static str,
    },
    /// A tensor holds a value that would poison the audio: not finite, or a zero divisor.
    Value {
        /// The tensor.
        name: String,
        /// Index of the value, in storage order.
        index: usize,
        /// The value.
        found: f32,
        /// The rule it breaks.
        expected: &'static str,
    },
    /// The file holds no voice.
    NoVoices,
    /// The weights made a sample that is no number: they are damaged.
    NotFinite {
        /// Index of the first such sample.
        sample: usize,
        /// Its value.
        found: f32,
    },
}

impl Error {
    /// The class of this error, for programs.
    pub fn kind(&self) -> ErrorKind {
        match self {
            Error::Io { source, .. } if source.kind() == io::ErrorKind::NotFound => ErrorKind::NotFound,
            Error::Io { .. } => ErrorKind::Io,
            Error::Gguf { source, .. } => source.error_kind(),
            Error::Model { source, .. } => match source {
                ModelError::Architecture { .. } | ModelError::TensorType { .. } => ErrorKind::Unsupported,
                _ => ErrorKind::Malformed,
            },
            Error::UnknownVoice { .. } => ErrorKind::NotFound,
            Error::Memory { .. } => ErrorKind::LimitExceeded,
            Error::VoiceFile { .. } => ErrorKind::Malformed,
            Error::BadVoice { .. }
            | Error::OutOfRange { .. }
            | Error::NothingToSay { .. }
            | Error::Precision { .. }
            | Error::Isa(_) => ErrorKind::InvalidInput,
            Error::Text(source) => source.error_kind(),
            Error::Audio(source) => source.error_kind(),
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Io { action, path, .. } => write!(f, "cannot {action} {}", path.display()),
            Error::Gguf { path, .. } => write!(f, "{} is not a sound GGUF file", path.display()),
            Error::Model { path, .. } => write!(f, "{} is not a usable Kokoro model", path.display()),
            Error::UnknownVoice { name, near, available } => {
                write!(f, "unknown voice {name:?}")?;
                match near.as_slice() {
                    [] => write!(f, ", the model has {available} others (`kokoro-gguf voices` lists them)"),
                    near => write!(f, ", did you mean {}?", near.join(" or ")),
                }
            }
            Error::BadVoice { spec, reason } => write!(f, "voice {spec:?}: {reason}"),
            Error::VoiceFile { path, reason } => write!(f, "{} is no voice file: {reason}", path.display()),
            Error::OutOfRange { what, found, expected } => {
                write!(f, "{what} is {found}, expected {expected}")
            }
            Error::Memory { bytes, audio_s } => {
                let megabytes = bytes.div_ceil(1_000_000);
                write!(
                    f,
                    "{audio_s:.1} s of audio in one piece need {megabytes} MB of memory, which cannot be had"
                )
            }
            Error::Precision { wanted, isa } => {
                write!(f, "precision {wanted} needs instructions that {isa} lacks, expected f32 or auto")
            }
            Error::Isa(_) => write!(f, "cannot choose an instruction set"),
            Error::NothingToSay { reason } => write!(f, "nothing to say: {reason}"),
            Error::Text(_) => write!(f, "cannot turn the text into phonemes"),
            Error::Audio(_) => write!(f, "cannot write the audio"),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Error::Io { source, .. } => Some(source),
            Error::Gguf { source, .. } => Some(source),
            Error::Model { source, .. } => Some(source),
            Error::Isa(source) => Some(source),
            Error::Text(source) => Some(source),
            Error::Audio(source) => Some(source),
            _ => None,
        }
    }
}

impl fmt::Display for ModelError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ModelError::Architecture { found } => {
                write!(f, "general.architecture is {found:?}, expected \"kokoro\"")
            }
            ModelError::MissingKey { key } => write!(f, "metadata key {key} is missing"),
            ModelError::Metadata { key, expected, found } => {
                write!(f, "metadata key {key} is {found}, expected {expected}")
            }
            ModelError::MissingTensor { name, nearest } => {
                write!(f, "tensor {name} is missing")?;
                nearest.iter().try_for_each(|n| write!(f, ", the nearest is {n}"))
            }
            ModelError::Shape { name, expected, found } => {
                write!(f, "tensor {name} has shape {found:?}, expected {expected:?}")
            }
            ModelError::TensorType { name, found, expected } => {
                write!(f, "tensor {name} has type {found}, expected {expected}")
            }
            ModelError::Value { name, index, found, expected } => {
                write!(f, "tensor {name} has {found} at index {index}, expected {expected}")
            }
            ModelError::NotFinite { sample, found } => {
                write!(f, "its weights made sample {sample} {found}, expected a finite number")
            }
            ModelError::NoVoices => write!(f, "it holds no voice (tensors kokoro.voice_tensors.*)"),
        }
    }
}

impl std::error::Error for ModelError {}

impl From<TextError> for Error {
    fn from(source: TextError) -> Self {
        Error::Text(source)
    }
}

impl From<AudioError> for Error {
    fn from(source: AudioError) -> Self {
        Error::Audio(source)
    }
}
