//! Text to phonemes.

use std::fmt;

/// Text that cannot be turned into phonemes.
#[derive(Debug)]
pub struct TextError;
impl TextError {
    /// The class of this error.
    pub fn error_kind(&self) -> crate::error_kind::ErrorKind {
        crate::error_kind::ErrorKind::InvalidInput
    }
}
impl fmt::Display for TextError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("text")
    }
}
impl std::error::Error for TextError {}
