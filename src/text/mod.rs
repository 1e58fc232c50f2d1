//! Text to phonemes in Kokoro's notation, to pieces that fit the model, to token ids.
//!
//! [`Vocab`] makes phonemes token ids. This module knows nothing of the model.

mod error;
mod language;
pub mod misaki;
mod vocab;

pub use error::TextError;
pub use language::Language;
pub use vocab::{Encoded, Vocab};
