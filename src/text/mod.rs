//! Text to phonemes in Kokoro's notation, to pieces that fit the model, to token ids.
//!
//! [`Pieces`] cuts a text into sentences, hands each to a [`Phonemizer`], and puts the results together to what
//! the model speaks at once; [`Vocab`] makes them token ids. This module knows nothing of the model.

mod choice;
#[cfg(feature = "native")]
mod english_numbers;
#[cfg(feature = "native")]
mod english_tokens;
mod error;
mod espeak;
mod gaps;
pub mod ipa;
mod language;
#[cfg(feature = "native")]
mod letters;
pub mod lexicon;
#[cfg(feature = "mandarin")]
mod mandarin;
#[cfg_attr(not(feature = "espeak"), allow(dead_code, reason = "only espeak-ng needs its punctuation kept"))]
mod marks;
pub mod markup;
#[cfg(feature = "misaki")]
mod misaki;
#[cfg(feature = "native")]
mod native;
pub mod normalize;
mod number_names;
#[cfg(feature = "native")]
mod passage_parts;
mod phonemizers;
mod pieces;
mod prepared;
mod source_map;
pub mod split;
mod token;
mod vocab;
mod word_reader;
mod words;

pub use choice::PhonemizerChoice;
pub use error::TextError;
pub use espeak::Espeak;
pub use language::Language;
#[cfg(feature = "native")]
pub use letters::Letters;
pub use lexicon::UserLexicon;
#[cfg(feature = "mandarin")]
pub use mandarin::Mandarin;
pub use markup::Document;
#[cfg(feature = "misaki")]
pub use misaki::Misaki;
#[cfg(feature = "native")]
pub use native::{NativeData, NativePhonemizer};
pub use normalize::Normalizer;
pub use phonemizers::{Phonemizers, Selected};
pub use pieces::{MAX_PHONEMES, Piece, PieceToken, Pieces, TARGET_PHONEMES};
pub use prepared::{Markup, Preparation, Prepared};
pub use source_map::{Rewrite, SourceMap};
pub use split::Boundary;
pub use token::{Mark, MarkKind, Origin, Passage, Token, join};
pub use vocab::{Encoded, Vocab};
pub use word_reader::WordReader;

use std::sync::Arc;

/// Turns text into phonemes in Kokoro's notation.
pub trait Phonemizer: Send + Sync {
    /// The words and marks of `passage` with their phonemes, in order. White space of any kind separates words, and no
    /// character makes it fail; what cannot be read is a token of [`Origin::Unknown`]. A part with
    /// [`MarkKind::Phonemes`] has exactly these.
    ///
    /// # Errors
    /// If the phonemizer cannot work at all, or not in `language`.
    fn tokens(&self, passage: &Passage<'_>, language: Language) -> Result<Vec<Token>, TextError>;

    /// The phonemes of `text`, with its punctuation; empty if nothing in it can be spoken.
    ///
    /// # Errors
    /// As [`tokens`](Self::tokens).
    fn phonemize(&self, text: &str, language: Language) -> Result<String, TextError> {
        Ok(join(&self.tokens(&Passage::plain(text), language)?))
    }
}

impl<P: Phonemizer + ?Sized> Phonemizer for &P {
    fn tokens(&self, passage: &Passage<'_>, language: Language) -> Result<Vec<Token>, TextError> {
        (**self).tokens(passage, language)
    }
}

impl<P: Phonemizer + ?Sized> Phonemizer for Arc<P> {
    fn tokens(&self, passage: &Passage<'_>, language: Language) -> Result<Vec<Token>, TextError> {
        (**self).tokens(passage, language)
    }
}
