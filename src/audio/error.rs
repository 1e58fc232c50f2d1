//! What can go wrong between samples and a file.

use std::fmt;
use std::io;
use std::path::PathBuf;

use crate::error_kind::ErrorKind;

/// Audio that cannot be written.
///
/// `Display` tells only this level; the system's answer is in [`source`](std::error::Error::source).
#[derive(Debug)]
#[non_exhaustive]
pub enum AudioError {
    /// The system refused to create, write or rename.
    Io {
        /// What was being done, such as `create`.
        action: &'static str,
        /// The file asked for, or the name of a stream.
        path: PathBuf,
        /// The system's answer.
        source: io::Error,
    },
    /// The folder that the file should go to does not exist.
    NoFolder {
        /// The file asked for.
        path: PathBuf,
        /// The folder that is missing.
        folder: PathBuf,
    },
    /// The target is a folder.
    IsFolder {
        /// The folder.
        path: PathBuf,
    },
    /// More samples than the 32-bit sizes of a WAV file can count.
    TooLong {
        /// The file asked for, or the name of a stream.
        path: PathBuf,
        /// Bytes of samples that a WAV file can hold.
        limit_bytes: u64,
    },
}

impl AudioError {
    /// The class of this error, for programs.
    pub fn error_kind(&self) -> ErrorKind {
        match self {
            AudioError::Io { source, .. } if source.kind() == io::ErrorKind::NotFound => ErrorKind::NotFound,
            AudioError::Io { .. } | AudioError::IsFolder { .. } => ErrorKind::Io,
            AudioError::NoFolder { .. } => ErrorKind::NotFound,
            AudioError::TooLong { .. } => ErrorKind::LimitExceeded,
        }
    }
}

impl fmt::Display for AudioError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            AudioError::Io { action, path, .. } => write!(f, "cannot {action} {}", path.display()),
            AudioError::NoFolder { path, folder } => {
                write!(f, "cannot create {}: the folder {} does not exist", path.display(), folder.display())
            }
            AudioError::IsFolder { path } => write!(f, "{} is a folder, expected a file", path.display()),
            AudioError::TooLong { path, limit_bytes } => {
                write!(
                    f,
                    "{} would pass the {limit_bytes} bytes of samples a WAV file can hold",
                    path.display()
                )
            }
        }
    }
}

impl std::error::Error for AudioError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            AudioError::Io { source, .. } => Some(source),
            _ => None,
        }
    }
}
