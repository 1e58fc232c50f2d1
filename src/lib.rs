//! Speech from Kokoro-82M GGUF files.

pub mod audio;
pub mod error;
mod error_kind;
pub mod gguf;
pub mod model;
mod ops;
pub mod synth;
pub mod tensor;
pub mod text;
pub mod voice;

pub use error::{Error, ErrorKind, Result};
pub use model::Model;
pub use synth::{Chunk, Synthesizer};

/// The examples in the README compile.
#[cfg(all(doctest, feature = "default-voice"))]
#[doc = include_str!("../README.md")]
mod readme {}
