//! Text to phonemes in Kokoro's notation, to pieces that fit the model, to token ids.
//!
//! [`Pieces`] cuts a text into sentences, hands each to a [`Phonemizer`], and puts the results together to what
//! the model speaks at once; [`Vocab`] makes them token ids. This module knows nothing of the model.

mod emoji;
mod error;
mod espeak;
mod language;
#[cfg_attr(not(feature = "espeak"), allow(dead_code, reason = "only espeak-ng needs its punctuation kept"))]
mod marks;
pub mod misaki;
mod pieces;
pub mod split;
mod vocab;

pub use error::TextError;
pub use espeak::Espeak;
pub use language::Language;
pub use pieces::{MAX_PHONEMES, Piece, Pieces, TARGET_PHONEMES};
pub use split::Boundary;
pub use vocab::{Encoded, Vocab};

/// Turns text into phonemes in Kokoro's notation.
pub trait Phonemizer: Send + Sync {
    /// The phonemes of `text`, with its punctuation; empty if nothing in it can be spoken. White space of any
    /// kind separates words, and no character makes it fail.
    ///
    /// # Errors
    /// If the phonemizer cannot work at all, or not in `language`.
    fn phonemize(&self, text: &str, language: Language) -> Result<String, TextError>;
}
