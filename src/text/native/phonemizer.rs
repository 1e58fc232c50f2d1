//! The phonemizer on top of the rules and the dictionary.

use super::dictionary::Dictionary;
use super::ipa::to_kokoro;
use super::rules::Rules;
use super::{NativeData, roman};
use crate::text::english_numbers::cardinal;
use crate::text::english_tokens::{self, Reading, Word, Words};
use crate::text::letters::{fold, is_apostrophe, is_spelled, numbers};
use crate::text::{Language, Letters, Origin, Passage, Phonemizer, TextError, Token, WordReader};

/// Longer words are left to [`Letters`], which spells them.
const MAX_LETTERS: usize = 40;

/// What follows an apostrophe, besides the s of owners, in espeak-ng's notation.
const CONTRACTIONS: [(&str, &str); 6] =
    [("n't", "ənt"), ("'re", "ɚ"), ("'ve", "əv"), ("'ll", "əl"), ("'d", "d"), ("'m", "m")];

/// Reads English by the rules and the dictionary of a GGUF file without espeak-ng; what these do not cover is read by
/// [`Letters`]. The data is American; a British voice hears its nearest British notation.
#[derive(Debug)]
pub struct NativePhonemizer {
    rules: Rules,
    dictionary: Dictionary,
}

impl NativePhonemizer {
    /// Takes in the data of a file.
    ///
    /// # Errors
    /// [`TextError::NativeData`] if a key cannot be one, or there is more than any such file holds.
    pub fn new(data: &NativeData<'_>) -> Result<NativePhonemizer, TextError> {
        data.check()?;
        Ok(NativePhonemizer { rules: Rules::new(data)?, dictionary: Dictionary::new(data) })
    }

    /// A word without its context: letters and apostrophes.
    fn word(&self, text: &str, language: Language) -> Result<Option<Reading>, TextError> {
        let british = language == Language::BritishEnglish;
        let numeral = roman::value(text).map(|value| {
            let words = cardinal(&value.to_string());
            words.into_iter().map(|word| numbers::word(word, british)).collect::<Vec<_>>().join(" ")
        });
        if let Some(phonemes) = numeral {
            return Ok(Some(Reading { phonemes, origin: Origin::Number, more_bytes: 0 }));
        }
        let letters: String = text.chars().map(|c| if is_apostrophe(c) { "'" } else { fold(c) }).collect();
        let foreign = text.chars().any(|c| c.is_alphabetic() && fold(c).is_empty());
        let ipa = match foreign || letters.len() > MAX_LETTERS || is_spelled(text) {
            true => None,
            false => self.rules_with_ending(&letters).filter(|ipa| is_sayable(ipa)),
        };
        if let Some(ipa) = ipa {
            let phonemes = to_kokoro(&ipa, british);
            return Ok(Some(Reading { phonemes, origin: Origin::Native, more_bytes: 0 }));
        }
        let read = Letters::new().read_word(text, language)?;
        Ok(read.map(|(phonemes, origin)| Reading { phonemes, origin, more_bytes: 0 }))
    }

    /// The rules' reading of lower-case letters and apostrophes: of the word before a contraction or the s of an owner,
    /// with the sound of that.
    fn rules_with_ending(&self, letters: &str) -> Option<String> {
        let stem_of = |stem: &str| match self.dictionary.plain(stem) {
            Some(phonemes) => Some(phonemes.to_owned()),
            None => self.rules.read(&stem.replace('\'', "")),
        };
        for (ending, phonemes) in CONTRACTIONS {
            if let Some(stem) = letters.strip_suffix(ending).filter(|stem| !stem.is_empty()) {
                return Some(stem_of(stem)? + phonemes);
            }
        }
        if let Some(stem) = letters.strip_suffix("'s").filter(|stem| !stem.is_empty()) {
            let ipa = stem_of(stem)?;
            let sound = match ipa.chars().next_back() {
                Some('s' | 'z' | 'ʃ' | 'ʒ') => "ᵻz",
                Some('p' | 't' | 'k' | 'f' | 'θ') => "s",
                _ => "z",
            };
            return Some(ipa + sound);
        }
        self.rules.read(&letters.replace('\'', ""))
    }
}

/// Whether there is a vowel, and one behind every stress mark: the rules leave some words without.
fn is_sayable(ipa: &str) -> bool {
    let last = ipa.rsplit(['ˈ', 'ˌ']).next().unwrap_or_default();
    last.contains(|c| "aeiouæɐɑɔəɚɛɜɪʊʌᵻ".contains(c))
}

impl Words for NativePhonemizer {
    fn read(&self, word: &Word<'_>) -> Result<Option<Reading>, TextError> {
        if word.dotted {
            return Words::read(&Letters::new(), word);
        }
        if let Some((ipa, more_bytes)) = self.dictionary.read(word) {
            let phonemes = to_kokoro(ipa, word.language == Language::BritishEnglish);
            return Ok(Some(Reading { phonemes, origin: Origin::Native, more_bytes }));
        }
        self.word(word.text, word.language)
    }
}

impl WordReader for NativePhonemizer {
    /// Reads a word of letters and apostrophes as in the middle of a clause, and anything else as [`Letters`] does.
    fn read_word(&self, word: &str, language: Language) -> Result<Option<(String, Origin)>, TextError> {
        let is_word = word.chars().all(|c| c.is_alphabetic() || is_apostrophe(c));
        if !is_word || !language.is_english() {
            return Letters::new().read_word(word, language);
        }
        let following = " x";
        let (begins_clause, follows_number) = (false, false);
        let word = Word { text: word, dotted: false, following, begins_clause, follows_number, language };
        Ok(Words::read(self, &word)?.map(|reading| (reading.phonemes, reading.origin)))
    }
}

impl Phonemizer for NativePhonemizer {
    /// Words, phrases of the dictionary and numbers one token each; a hyphen between words joins them without a space.
    fn tokens(&self, passage: &Passage<'_>, language: Language) -> Result<Vec<Token>, TextError> {
        english_tokens::read_passage(passage, language, self, "native")
    }
}
