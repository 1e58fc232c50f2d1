//! Stands in for `kokoro_gguf::text::Language` until that lands, with the same methods.

use std::fmt;

const LANGUAGES: [(char, &[&str], &str); 9] = [
    ('a', &["en-us", "en"], "American English"),
    ('b', &["en-gb"], "British English"),
    ('e', &["es"], "Spanish"),
    ('f', &["fr-fr", "fr"], "French"),
    ('h', &["hi"], "Hindi"),
    ('i', &["it"], "Italian"),
    ('j', &["ja"], "Japanese"),
    ('p', &["pt-br", "pt"], "Brazilian Portuguese"),
    ('z', &["zh"], "Mandarin Chinese"),
];

/// One of Kokoro's nine languages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Language(usize);

/// No language of that name.
#[derive(Debug)]
pub struct UnknownLanguage;

impl Language {
    /// Reads a letter or a tag.
    pub fn parse(name: &str) -> Result<Self, UnknownLanguage> {
        let wanted = name.trim().to_lowercase().replace('_', "-");
        let found = LANGUAGES
            .iter()
            .position(|(letter, tags, _)| wanted == letter.to_string() || tags.contains(&wanted.as_str()));
        found.map(Self).ok_or(UnknownLanguage)
    }

    /// The language of a voice, from the first letter of a name such as `af_heart`.
    pub fn from_voice(voice: &str) -> Option<Self> {
        LANGUAGES.iter().position(|(letter, ..)| voice.starts_with(*letter)).map(Self)
    }

    /// Kokoro's letter.
    pub fn letter(self) -> char {
        LANGUAGES[self.0].0
    }

    /// The name in English.
    pub fn english_name(self) -> &'static str {
        LANGUAGES[self.0].2
    }
}

impl fmt::Display for UnknownLanguage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "expected a b e f h i j p z or a tag such as en-us, en-gb, es, fr-fr, hi, it, ja, pt-br, zh"
        )
    }
}
