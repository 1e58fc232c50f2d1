//! The model's vocabulary: one code point of phoneme notation to one token id.
//!
//! Source: `tokenizer.ggml.tokens` of the GGUF files, the `vocab` of hexgrad/Kokoro-82M's `config.json`.

use std::collections::HashMap;

use super::TextError;

/// The 114 symbols of Kokoro-82M v1.0: the first id of each run of used ids, and the run's symbols.
#[rustfmt::skip]
const KOKORO: [(u32, &str); 30] = [
    (1, ";:,.!?"), (9, "—…\"()“” \u{303}ʣʥʦʨᵝꭧAI"), (31, "O"), (33, "Q"), (35, "ST"), (39, "W"),
    (41, "Yᵊabcdef"), (50, "hijklmnopqrstuvwxyzɑɐɒæ"), (75, "βɔɕç"), (80, "ɖðʤə"), (85, "ɚɛɜ"), (90, "ɟ"),
    (92, "ɡ"), (99, "ɥ"), (101, "ɨɪʝ"), (110, "ɯɰŋɳɲɴø"), (118, "ɸθœ"), (123, "ɹ"), (125, "ɾɻ"),
    (128, "ʁɽʂʃʈʧ"), (135, "ʊʋ"), (138, "ʌɣɤ"), (142, "χʎ"), (147, "ʒʔ"), (156, "ˈˌː"), (162, "ʰ"),
    (164, "ʲ"), (169, "↓"), (171, "→↗↘"), (177, "ᵻ"),
];

/// Number of ids in Kokoro's vocabulary, the unused ones included.
const KOKORO_IDS: usize = 178;

/// Marks that the text front end keeps but no Kokoro vocabulary holds; they are no sounds, so dropping them is
/// not worth a warning.
const SILENT_MARKS: [char; 8] = ['¡', '¿', '[', ']', '{', '}', '«', '»'];

/// Maps phoneme symbols to token ids.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vocab {
    ids: HashMap<char, u32>,
}

/// A phoneme string as the model takes it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Encoded {
    /// Token ids, without the zeros that go before and after them.
    pub ids: Vec<u32>,
    /// Symbols that the vocabulary lacks, in order of appearance, repeats included.
    pub skipped: Vec<char>,
    /// How many of the ids come before each code point of the string, and before its end: symbols `a..b` have the ids
    /// `before[a]..before[b]`.
    pub before: Vec<usize>,
}

impl Vocab {
    /// A vocabulary from its tokens, the index being the id. Empty tokens are unused ids; id 0 pads and bounds
    /// the model's input, so a token there is never matched.
    ///
    /// # Errors
    /// [`TextError::Vocabulary`] if a token is longer than one code point or occurs twice, or all are empty.
    pub fn new<S: AsRef<str>>(tokens: impl IntoIterator<Item = S>) -> Result<Vocab, TextError> {
        let mut ids = HashMap::new();
        let mut count = 0;
        for (id, token) in tokens.into_iter().enumerate() {
            count = id + 1;
            let token = token.as_ref();
            let bad = |expected| TextError::Vocabulary { id, found: token.to_owned(), expected };
            let mut symbols = token.chars();
            let Some(symbol) = symbols.next().filter(|_| id != 0) else { continue };
            if symbols.next().is_some() {
                return Err(bad("at most one code point"));
            }
            let id_u32 = u32::try_from(id).map_err(|_| bad("an id below 2^32"))?;
            if ids.insert(symbol, id_u32).is_some() {
                return Err(bad("a symbol that no lower id has"));
            }
        }
        if ids.is_empty() {
            let expected = "at least one token with a symbol, after id 0";
            return Err(TextError::Vocabulary { id: count, found: String::new(), expected });
        }
        Ok(Vocab { ids })
    }

    /// The vocabulary of Kokoro-82M v1.0.
    pub fn kokoro() -> Vocab {
        let run = |&(first, symbols): &(u32, &'static str)| symbols.chars().zip(first..);
        Vocab { ids: KOKORO.iter().flat_map(run).collect() }
    }

    /// Kokoro's tokens as [`Vocab::new`] takes them, unused ids empty.
    pub fn kokoro_tokens() -> Vec<String> {
        let mut tokens = vec![String::new(); KOKORO_IDS];
        for (symbol, id) in Vocab::kokoro().ids {
            tokens[id as usize].push(symbol);
        }
        tokens
    }

    /// Ids of `phonemes`, code point by code point. Nothing is normalised: `õ` as one code point is not the
    /// `o` and U+0303 of the vocabulary.
    pub fn encode(&self, phonemes: &str) -> Encoded {
        let mut encoded = Encoded::default();
        for symbol in phonemes.chars() {
            encoded.before.push(encoded.ids.len());
            match self.ids.get(&symbol) {
                Some(&id) => encoded.ids.push(id),
                None if SILENT_MARKS.contains(&symbol) => {}
                None => encoded.skipped.push(symbol),
            }
        }
        encoded.before.push(encoded.ids.len());
        encoded
    }

    /// Whether `symbol` has an id.
    pub fn contains(&self, symbol: char) -> bool {
        self.ids.contains_key(&symbol)
    }

    /// Number of symbols.
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// Whether there is no symbol, which [`Vocab::new`] refuses.
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }
}
