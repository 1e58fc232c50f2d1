//! Samples to bytes: PCM conversion and WAV files.
//!
//! A leaf: it knows samples, bytes and files, and nothing of models or text. All audio is mono at
//! [`SAMPLE_RATE_HZ`]; samples are `f32`, nominally within ±1, and leave here unchanged but for the
//! conversion that the format asks for.

mod error;
mod header;
pub mod pcm;
mod sink;
mod wav;
mod whole;

pub use error::AudioError;
pub use wav::{SampleFormat, WavWriter};
pub use whole::WholeFile;

/// Samples a second of all audio this crate makes.
pub const SAMPLE_RATE_HZ: u32 = 24_000;
