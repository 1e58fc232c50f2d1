//! GGUF container: a bounds-checked reader over bytes in memory.

mod bytes;
mod mmap;

pub use bytes::SharedBytes;
pub use mmap::{map, read};

use std::fmt;

/// A malformed or unsupported GGUF file.
#[derive(Debug)]
pub struct GgufError;

impl GgufError {
    /// The class of this error.
    pub fn error_kind(&self) -> crate::error_kind::ErrorKind {
        crate::error_kind::ErrorKind::Malformed
    }
}
impl fmt::Display for GgufError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("malformed")
    }
}
impl std::error::Error for GgufError {}
