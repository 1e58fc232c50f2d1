//! English text without a dictionary: words by their letters.

use super::reader::Letters;
use crate::text::english_tokens::{self, Reading, Word, Words};
use crate::text::{Language, Passage, Phonemizer, TextError, Token, WordReader};

impl Phonemizer for Letters {
    /// Words and numbers one token each; a hyphen between words joins them without a space.
    fn tokens(&self, passage: &Passage<'_>, language: Language) -> Result<Vec<Token>, TextError> {
        english_tokens::read_passage(passage, language, self, "letter-to-sound")
    }
}

impl Words for Letters {
    fn read(&self, word: &Word<'_>) -> Result<Option<Reading>, TextError> {
        // In capitals, so that two letters with full stops are spelled.
        let read = match word.dotted {
            true => self.read_word(&word.text.replace('.', "").to_uppercase(), word.language)?,
            false => self.read_word(word.text, word.language)?,
        };
        Ok(read.map(|(phonemes, origin)| Reading { phonemes, origin, more_bytes: 0 }))
    }
}
