//! espeak-ng as a reader of single words, the way misaki asks it about those that it does not know.

use super::Espeak;
use crate::text::{Language, Origin, Phonemizer, TextError, WordReader};

impl WordReader for Espeak {
    fn read_word(&self, word: &str, language: Language) -> Result<Option<(String, Origin)>, TextError> {
        let phonemes = self.phonemize(word, language)?;
        Ok(Some((phonemes, Origin::Espeak)).filter(|(phonemes, _)| !phonemes.is_empty()))
    }
}
