//! What stands in for espeak-ng in a build without it.

use std::convert::Infallible;
use std::path::Path;

use crate::text::{Language, Passage, Phonemizer, TextError, Token};

/// The espeak-ng phonemizer, which this build lacks: the cargo feature `espeak` is off.
#[derive(Debug, Clone)]
pub struct Espeak {
    never: Infallible,
}

impl Espeak {
    /// Fails: the feature is not built in.
    ///
    /// # Errors
    /// [`TextError::NoPhonemizer`], always.
    pub fn new() -> Result<Espeak, TextError> {
        Err(TextError::NoPhonemizer { feature: "espeak" })
    }

    /// Fails: the feature is not built in.
    ///
    /// # Errors
    /// [`TextError::NoPhonemizer`], always.
    pub fn with_data(_directory: impl AsRef<Path>) -> Result<Espeak, TextError> {
        Espeak::new()
    }

    /// Never called, as there is no value of this type.
    pub fn data_directory(&self) -> &Path {
        match self.never {}
    }
}

impl Phonemizer for Espeak {
    fn tokens(&self, _passage: &Passage<'_>, _language: Language) -> Result<Vec<Token>, TextError> {
        match self.never {}
    }
}
