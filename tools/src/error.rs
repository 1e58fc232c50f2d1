//! What can go wrong while a model is made.

use std::fmt;
use std::io;
use std::path::PathBuf;

/// Everything that making a model can fail with.
///
/// `Display` tells only this level; the cause is in [`source`](std::error::Error::source).
#[derive(Debug)]
#[non_exhaustive]
pub enum ToolError {
    /// A file could not be created, read or written.
    Io {
        /// What was being done, such as `write`.
        action: &'static str,
        /// The file.
        path: PathBuf,
        /// The system's answer.
        source: io::Error,
    },
    /// The place for the file is a folder.
    IsFolder {
        /// The place.
        path: PathBuf,
    },
    /// The place for the file holds something else than a file, such as a device.
    NotAFile {
        /// The place.
        path: PathBuf,
    },
    /// A voice pack has another size than 510 rows of 256 floats.
    VoiceSize {
        /// The pack.
        path: PathBuf,
        /// The bytes that a pack has.
        expected: u64,
        /// The bytes that this one has.
        found: u64,
    },
    /// A voice pack holds a number that is not finite.
    VoiceValue {
        /// The pack.
        path: PathBuf,
        /// Which of its floats.
        index: usize,
        /// What it is.
        found: f32,
    },
    /// The model that was made does not load or speak.
    Model(kokoro_gguf::Error),
}

impl fmt::Display for ToolError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io { action, path, .. } => write!(f, "cannot {action} {}", path.display()),
            Self::IsFolder { path } => {
                write!(f, "{} is a folder, expected a place for a file", path.display())
            }
            Self::NotAFile { path } => write!(f, "{} is no file, and would be replaced", path.display()),
            Self::VoiceSize { path, expected, found } => {
                write!(f, "{} has {found} bytes, expected a voice pack of {expected}", path.display())
            }
            Self::VoiceValue { path, index, found } => {
                write!(f, "float {index} of {} is {found}, expected a finite number", path.display())
            }
            Self::Model(_) => f.write_str("the model does not behave"),
        }
    }
}

impl std::error::Error for ToolError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Io { source, .. } => Some(source),
            Self::Model(source) => Some(source),
            Self::IsFolder { .. }
            | Self::NotAFile { .. }
            | Self::VoiceSize { .. }
            | Self::VoiceValue { .. } => None,
        }
    }
}

impl From<kokoro_gguf::Error> for ToolError {
    fn from(source: kokoro_gguf::Error) -> Self {
        Self::Model(source)
    }
}
