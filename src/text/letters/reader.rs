//! One word by its letters: read by the network, or spelled where that cannot be.

use std::sync::LazyLock;

use super::fold::{fold, is_accent, is_apostrophe};
use super::model::Model;
use super::numbers;
use super::pronounceable::{is_pronounceable, is_vowel};
use super::spelling::spell;
use crate::text::{Language, Origin, TextError, WordReader};

/// The network of both dialects, see `model.rs`.
pub(super) const MODEL: &[u8] = include_bytes!("letters.bin");

static NETWORK: LazyLock<Model> =
    LazyLock::new(|| Model::parse(MODEL).expect("the file in the program is the one that its test reads"));

/// Longer words are spelled: no English word has so many letters, and the network costs more than a table.
const MAX_LETTERS: usize = 48;

/// Capitals up to this number are an initialism, vowels or not.
const MAX_INITIALISM: usize = 3;

/// Reads American and British English by letters alone, without a dictionary.
///
/// As a [`WordReader`] it says words that a dictionary lacks. As a [`Phonemizer`](crate::text::Phonemizer) it is what is
/// left where no other is built in: words by their letters, numbers by their digits, punctuation as it stands.
#[derive(Debug, Clone, Copy, Default)]
#[non_exhaustive]
pub struct Letters;

impl Letters {
    /// The built-in network.
    pub fn new() -> Letters {
        Letters
    }
}

impl WordReader for Letters {
    /// Reads Latin letters, accented or not, with apostrophes, and digits one by one; anything else in `word` separates
    /// what stands around it. Initialisms, letters without a vowel and words of more than 48 letters are spelled. `None`
    /// if a letter of `word` is of another script, or there is neither letter nor digit, or the language is not English.
    fn read_word(&self, word: &str, language: Language) -> Result<Option<(String, Origin)>, TextError> {
        if !language.is_english() {
            return Ok(None);
        }
        let british = language == Language::BritishEnglish;
        let mut reading = Reading { british, phonemes: String::new(), origin: Origin::Rules };
        // Letters since the last separator, and how many characters of them are capitals, or not.
        let (mut letters, mut capitals, mut small) = (String::new(), 0, 0);
        let mut last = ' ';
        for c in word.chars().chain([' ']) {
            let folded = fold(c);
            if !folded.is_empty() {
                letters.push_str(folded);
                *(if c.is_uppercase() { &mut capitals } else { &mut small }) += 1;
            } else if is_apostrophe(c) {
                letters.push('\'');
            } else if c.is_alphabetic() {
                return Ok(None);
            } else if !is_accent(c) {
                let case = match (capitals, small) {
                    (2.., 0) => Case::Capitals,
                    (2.., 1) if letters.ends_with('s') && last.is_lowercase() => Case::Plural,
                    _ => Case::Mixed,
                };
                reading.letters(letters.trim_matches('\''), case);
                (capitals, small) = (0, 0);
                letters.clear();
                if let Some(name) = c.to_digit(10).and_then(|digit| numbers::digit(digit, british)) {
                    reading.phonemes.push_str(name);
                }
            }
            last = c;
        }
        Ok(Some((reading.phonemes, reading.origin)).filter(|(phonemes, _)| !phonemes.is_empty()))
    }
}

/// What has been read of a word.
struct Reading {
    british: bool,
    phonemes: String,
    origin: Origin,
}

impl Reading {
    /// Adds lower-case letters and apostrophes.
    fn letters(&mut self, letters: &str, case: Case) {
        let (stem, ending) = match letters.strip_suffix("'s") {
            Some(stem) => (stem, true),
            None if case == Case::Plural => (&letters[..letters.len() - 1], true),
            None => (letters, false),
        };
        if letters.is_empty() {
            return;
        }
        if !must_spell(stem, case) {
            let read = NETWORK.read(letters, self.british.into());
            if !read.is_empty() {
                self.phonemes.push_str(&read);
                return;
            }
        }
        self.origin = Origin::Spelled;
        self.phonemes.push_str(&spell(stem, self.british));
        // As in "FBI's" and "PDFs", by the sound that the last letter's name ends in.
        self.phonemes.push_str(match stem.bytes().next_back() {
            Some(_) if !ending => "",
            Some(b'f') => "s",
            Some(b's' | b'x' | b'h') if self.british => "ɪz",
            Some(b's' | b'x' | b'h') => "ᵻz",
            Some(_) => "z",
            None => "",
        });
    }
}

/// Whether [`Letters`] spells `word`, letters and apostrophes, instead of reading it.
pub(in crate::text) fn is_spelled(word: &str) -> bool {
    let mut letters: String = word.chars().map(fold).collect();
    let capitals = word.chars().filter(|c| c.is_uppercase()).count();
    let small = word.chars().filter(|&c| c.is_alphabetic() && !c.is_uppercase()).count();
    let case = match (capitals, small) {
        (2.., 0) => Case::Capitals,
        (2.., 1) if word.ends_with('s') => Case::Plural,
        _ => Case::Mixed,
    };
    if case == Case::Plural {
        letters.pop();
    }
    must_spell(&letters, case)
}

/// Whether lower-case letters without an ending must be spelled.
fn must_spell(letters: &str, case: Case) -> bool {
    let count = letters.len();
    count <= 1
        || count > MAX_LETTERS
        || !letters.bytes().any(is_vowel)
        || case != Case::Mixed && (count <= MAX_INITIALISM || !is_pronounceable(letters))
}

/// How letters are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Case {
    /// As words are.
    Mixed,
    /// Two or more capitals.
    Capitals,
    /// Two or more capitals and an s.
    Plural,
}
