//! The nine languages of Kokoro's voices, and the names people give them.

use std::fmt;
use std::str::FromStr;

use super::TextError;

/// A language that Kokoro-82M has voices for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Language {
    /// American English, `a`.
    AmericanEnglish,
    /// British English, `b`.
    BritishEnglish,
    /// Spanish, `e`.
    Spanish,
    /// French, `f`.
    French,
    /// Hindi, `h`.
    Hindi,
    /// Italian, `i`.
    Italian,
    /// Japanese, `j`.
    Japanese,
    /// Brazilian Portuguese, `p`.
    BrazilianPortuguese,
    /// Mandarin Chinese, `z`.
    Mandarin,
}

use Language::*;

impl Language {
    /// All of them, by letter.
    pub const ALL: [Language; 9] = [
        AmericanEnglish,
        BritishEnglish,
        Spanish,
        French,
        Hindi,
        Italian,
        Japanese,
        BrazilianPortuguese,
        Mandarin,
    ];

    /// Reads a letter (`a`), a tag (`en-us`, `EN_GB`, `pt`) or an English name (`french`), in any case.
    ///
    /// # Errors
    /// [`TextError::UnknownLanguage`], which lists what there is.
    pub fn parse(name: &str) -> Result<Language, TextError> {
        let wanted = name.trim().to_lowercase().replace(['_', ' '], "-");
        // A locale such as `fr_FR.UTF-8` or `es_ES@euro` names its language before the dot or at sign.
        let wanted = wanted.split(['.', '@']).next().unwrap_or_default();
        Language::ALL
            .into_iter()
            .find(|language| language.letter().to_string() == wanted || language.aliases().contains(&wanted))
            .ok_or_else(|| TextError::UnknownLanguage { found: name.to_owned() })
    }

    /// The language of a voice, from the first letter of a name such as `af_heart`.
    pub fn from_voice(voice: &str) -> Option<Language> {
        let letter = voice.chars().next()?;
        Language::ALL.into_iter().find(|language| language.letter() == letter)
    }

    /// Kokoro's letter, the first of the voices' names.
    pub fn letter(self) -> char {
        match self {
            AmericanEnglish => 'a',
            BritishEnglish => 'b',
            Spanish => 'e',
            French => 'f',
            Hindi => 'h',
            Italian => 'i',
            Japanese => 'j',
            BrazilianPortuguese => 'p',
            Mandarin => 'z',
        }
    }

    /// The language tag, such as `en-us`.
    pub fn tag(self) -> &'static str {
        self.aliases()[0]
    }

    /// The name in English.
    pub fn english_name(self) -> &'static str {
        match self {
            AmericanEnglish => "American English",
            BritishEnglish => "British English",
            Spanish => "Spanish",
            French => "French",
            Hindi => "Hindi",
            Italian => "Italian",
            Japanese => "Japanese",
            BrazilianPortuguese => "Brazilian Portuguese",
            Mandarin => "Mandarin Chinese",
        }
    }

    /// espeak-ng's identifier of the voice file; its name lookup knows neither `en-gb` nor `fr-fr`.
    pub fn espeak_voice(self) -> &'static str {
        match self {
            AmericanEnglish => "gmw/en-US",
            BritishEnglish => "gmw/en",
            Spanish => "roa/es",
            French => "roa/fr",
            Hindi => "inc/hi",
            Italian => "roa/it",
            Japanese => "jpx/ja",
            BrazilianPortuguese => "roa/pt-BR",
            Mandarin => "sit/cmn",
        }
    }

    /// Whether this is one of the two Englishes.
    pub fn is_english(self) -> bool {
        matches!(self, AmericanEnglish | BritishEnglish)
    }

    /// What a listener should know before espeak-ng is used for this language; `None` if it is what Kokoro was
    /// trained with, or close to it.
    pub fn espeak_quality_note(self) -> Option<&'static str> {
        match self {
            Japanese => Some(
                "espeak-ng reads Japanese poorly: it knows no kanji, and its sounds are not those Kokoro was \
                 trained with",
            ),
            Mandarin => Some(
                "espeak-ng reads Mandarin poorly: tones are lost, and its sounds are not those Kokoro was \
                 trained with",
            ),
            _ => None,
        }
    }

    /// Accepted names, lower case with hyphens; the first is the tag.
    fn aliases(self) -> &'static [&'static str] {
        match self {
            AmericanEnglish => &["en-us", "en", "eng", "english", "american", "american-english"],
            BritishEnglish => &["en-gb", "en-uk", "british", "british-english"],
            Spanish => &["es", "es-es", "es-419", "es-mx", "spa", "spanish"],
            French => &["fr-fr", "fr", "fra", "french"],
            Hindi => &["hi", "hi-in", "hin", "hindi"],
            Italian => &["it", "it-it", "ita", "italian"],
            Japanese => &["ja", "ja-jp", "jpn", "japanese"],
            BrazilianPortuguese => &["pt-br", "pt", "por", "portuguese", "brazilian-portuguese"],
            Mandarin => &["zh", "zh-cn", "zh-hans", "cmn", "mandarin", "chinese", "mandarin-chinese"],
        }
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.english_name())
    }
}

impl FromStr for Language {
    type Err = TextError;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Language::parse(name)
    }
}
