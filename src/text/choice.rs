//! Which phonemizer reads a text.

use std::fmt;
use std::str::FromStr;

use super::TextError;

/// What turns text into phonemes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum PhonemizerChoice {
    /// What is best for the language and built in.
    #[default]
    Auto,
    /// misaki's lexicons and rules, which Kokoro was trained with: American and British English.
    Misaki,
    /// espeak-ng: every language.
    Espeak,
    /// The rules and dictionary in the model's file where it has some, else the letter-to-sound model: English.
    Native,
}

impl PhonemizerChoice {
    /// All of them.
    pub const ALL: [PhonemizerChoice; 4] = [
        PhonemizerChoice::Auto,
        PhonemizerChoice::Misaki,
        PhonemizerChoice::Espeak,
        PhonemizerChoice::Native,
    ];

    /// Its name, which is the cargo feature's too.
    pub fn name(self) -> &'static str {
        match self {
            PhonemizerChoice::Auto => "auto",
            PhonemizerChoice::Misaki => "misaki",
            PhonemizerChoice::Espeak => "espeak",
            PhonemizerChoice::Native => "native",
        }
    }
}

impl fmt::Display for PhonemizerChoice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for PhonemizerChoice {
    type Err = TextError;

    fn from_str(name: &str) -> Result<Self, TextError> {
        let wanted = name.trim().to_ascii_lowercase();
        let found = PhonemizerChoice::ALL.into_iter().find(|choice| choice.name() == wanted);
        found.ok_or_else(|| TextError::UnknownPhonemizer { found: name.to_owned() })
    }
}
