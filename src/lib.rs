//! Speech from Kokoro-82M GGUF files, on the CPU, without Python or ONNX Runtime.
//!
//! ```
//! # fn main() -> kokoro_gguf::Result<()> {
//! # #[cfg(feature = "default-voice")] {
//! use kokoro_gguf::synth::{Script, SpeakOptions};
//! use kokoro_gguf::{Model, Synthesizer};
//!
//! let synthesizer = Synthesizer::new(Model::built_in()?)?;
//! let mut options = SpeakOptions::default();
//! options.voice = Some("am_rms:0.7+af_slt:0.3".into());
//! for chunk in synthesizer.speak(Script::Phonemes("hᵊlˈO ðˈɛɹ."), &options)? {
//!     let chunk = chunk?;
//!     assert!(chunk.samples.len() >= 600 * chunk.token_ids.len());
//! }
//! # }
//! # Ok(())
//! # }
//! ```
//!
//! * [`Model`] opens a file and runs the graph: token ids, a style row and noise to samples and durations.
//! * [`Synthesizer`] puts text, phonemes, voices and pieces around it.
//! * [`text`], [`audio`] and [`gguf`] are useful alone and know nothing of the model.
//!
//! Shapes: activations are `[time, channels]`, row-major f32. `n` is the number of tokens with the two boundary zeros, `T`
//! the number of frames of 1/40 s (600 samples); F0 and energy have `2 T` values, the source's spectrum `120 T + 1` rows.
//!
//! Work runs on the rayon pool of the calling thread; nothing depends on how many threads it has. Errors are [`Error`],
//! with an [`ErrorKind`] for programs. `KOKORO_ISA` forces an instruction set, for tests.

#![deny(unsafe_code)]

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
