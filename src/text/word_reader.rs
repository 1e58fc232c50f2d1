//! Readers of single words, which phonemizers ask for what their own dictionary lacks.

use super::{Language, Origin, TextError};

/// Reads one word at a time.
pub trait WordReader: Send + Sync {
    /// The phonemes of `word` in Kokoro's notation and where they come from; `None` if nothing in it can be read.
    ///
    /// # Errors
    /// If the reader cannot work at all, or not in `language`.
    fn read_word(&self, word: &str, language: Language) -> Result<Option<(String, Origin)>, TextError>;
}
