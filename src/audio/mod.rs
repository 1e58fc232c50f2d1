//! Samples to bytes: PCM conversion and WAV files.

use std::fmt;

/// Audio that cannot be written.
#[derive(Debug)]
pub struct AudioError;
impl AudioError {
    /// The class of this error.
    pub fn error_kind(&self) -> crate::error_kind::ErrorKind {
        crate::error_kind::ErrorKind::Io
    }
}
impl fmt::Display for AudioError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("audio")
    }
}
impl std::error::Error for AudioError {}
