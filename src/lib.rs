//! Speech from Kokoro-82M GGUF files.

pub mod audio;
pub mod error;
mod error_kind;
pub mod gguf;
pub mod model;
pub mod synth;
pub mod text;

pub use error::{Error, ErrorKind, Result};
pub use model::Model;
pub use synth::{Chunk, Synthesizer};

/// The examples in the README compile.
#[cfg(all(doctest, feature = "default-voice"))]
#[doc = include_str!("../README.md")]
mod readme {}
