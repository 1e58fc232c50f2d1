//! What a phonemizer is given and what it gives back.

use std::fmt;
use std::ops::Range;

/// A stretch of text, at most some sentences long, with what its writer has settled about parts of it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Passage<'a> {
    /// The text.
    pub text: &'a str,
    /// Settled parts: in order, disjoint, not empty, on character boundaries of `text`.
    pub marks: &'a [Mark],
}

impl<'a> Passage<'a> {
    /// A text about which nothing is settled.
    pub fn plain(text: &'a str) -> Self {
        Self { text, marks: &[] }
    }
}

/// A part of a text about which something is settled.
#[derive(Debug, Clone, PartialEq)]
pub struct Mark {
    /// Bytes of the text.
    pub range: Range<usize>,
    /// What is settled.
    pub kind: MarkKind,
}

/// What is settled about a part of a text.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum MarkKind {
    /// Its phonemes, from `[word](/phonemes/)`, SSML's `<phoneme>` or the user's lexicon.
    Phonemes(String),
    /// Its level of stress, as in misaki: −2 to 2.
    Stress(f32),
    /// How its numbers are read: misaki's flags, a set of `&`, `n` and `a`.
    NumberFlags(String),
}

/// A word or mark of punctuation with its phonemes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// Bytes of the passage's text that it reads. In order and disjoint within a passage.
    pub source: Range<usize>,
    /// Phonemes in Kokoro's notation, without white space at the ends; several words (`fˈIv dˈɑləɹz`) may be one
    /// token. Empty if nothing is said.
    pub phonemes: String,
    /// Whether a space follows the phonemes.
    pub space_after: bool,
    /// Where the phonemes come from.
    pub origin: Origin,
}

/// Where the phonemes of a token come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Origin {
    /// A pronunciation dictionary, with its endings.
    Lexicon,
    /// Letter-to-sound rules or a model of them.
    Rules,
    /// A number, date, amount or the like.
    Number,
    /// Letter by letter.
    Spelled,
    /// espeak-ng.
    Espeak,
    /// The rules and dictionary stored in the model's file.
    Native,
    /// The user: the text's markup or a lexicon of the user's.
    User,
    /// A mark of punctuation.
    Punctuation,
    /// Nothing could read it; it is not said.
    Unknown,
}

impl Origin {
    /// The name used in reports.
    pub fn name(self) -> &'static str {
        match self {
            Origin::Lexicon => "lexicon",
            Origin::Rules => "rules",
            Origin::Number => "number",
            Origin::Spelled => "spelled",
            Origin::Espeak => "espeak",
            Origin::Native => "native",
            Origin::User => "user",
            Origin::Punctuation => "punctuation",
            Origin::Unknown => "unknown",
        }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The phonemes of all tokens as one string, trimmed.
pub fn join(tokens: &[Token]) -> String {
    let mut joined = String::new();
    for token in tokens {
        joined.push_str(&token.phonemes);
        if token.space_after {
            joined.push(' ');
        }
    }
    joined.trim().to_owned()
}
