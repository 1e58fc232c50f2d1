//! English by the rules and the dictionary that GGUF files without espeak-ng hold.
//!
//! Source: the native phonemizer of TTS.cpp, which the files are made for; the behaviour is what its data intends, and
//! `docs/native-phonemizer.md` lists where that differs from what it does.

mod dictionary;
mod ipa;
mod phonemizer;
mod roman;
mod rules;

use super::TextError;

pub use phonemizer::NativePhonemizer;

/// What such a file holds, as it stands there.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NativeData<'a> {
    /// Letters that are read together: `phonemizer.graphemes`.
    pub graphemes: Vec<&'a str>,
    /// What a grapheme is read as among its neighbours, `grapheme.before.after.word`, and its phonemes:
    /// `phonemizer.rules.keys` and `phonemizer.rules.phonemes`.
    pub rules: Vec<(&'a str, &'a str)>,
    /// Words and phrases with their phonemes: `phonemizer.dictionary.keys` and `phonemizer.dictionary.values`.
    pub dictionary: Vec<(&'a str, &'a str)>,
}

/// The most entries of one kind. The published data has some hundred thousand.
const MAX_ENTRIES: usize = 4_000_000;
/// The most text of all rules, keys and phonemes.
const MAX_RULE_BYTES: usize = 128 << 20;
/// The longest key or value.
const MAX_ENTRY_BYTES: usize = 1024;

impl NativeData<'_> {
    /// Refuses what no file made for speaking holds.
    fn check(&self) -> Result<(), TextError> {
        let (rules, dictionary) = (&self.rules, &self.dictionary);
        for (what, count) in
            [("graphemes", self.graphemes.len()), ("rules", rules.len()), ("dictionary", dictionary.len())]
        {
            if count > MAX_ENTRIES {
                let (expected, found) = (format!("at most {MAX_ENTRIES} entries"), count.to_string());
                return Err(TextError::NativeData { what, expected, found });
            }
        }
        let graphemes = self.graphemes.iter().map(|grapheme| ("graphemes", *grapheme));
        let rules =
            rules.iter().flat_map(|(key, phonemes)| [("rule keys", *key), ("rule phonemes", *phonemes)]);
        let words = dictionary
            .iter()
            .flat_map(|(key, value)| [("dictionary keys", *key), ("dictionary values", *value)]);
        let mut rule_bytes = 0;
        for (what, text) in graphemes.chain(rules).chain(words) {
            if text.len() > MAX_ENTRY_BYTES {
                let (expected, found) =
                    (format!("at most {MAX_ENTRY_BYTES} bytes each"), text.len().to_string());
                return Err(TextError::NativeData { what, expected, found });
            }
            rule_bytes += if what.starts_with("rule") { text.len() } else { 0 };
        }
        if rule_bytes > MAX_RULE_BYTES {
            let (expected, found) = (format!("at most {MAX_RULE_BYTES} bytes"), rule_bytes.to_string());
            return Err(TextError::NativeData { what: "rules", expected, found });
        }
        if self.rules.is_empty() {
            let (expected, found) = ("at least one".to_owned(), "none".to_owned());
            return Err(TextError::NativeData { what: "rules", expected, found });
        }
        Ok(())
    }
}
