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
