//! What can go wrong between text and token ids.

use std::fmt;
use std::path::PathBuf;

use super::Language;
use crate::error_kind::ErrorKind;

/// Text that cannot be turned into phonemes, or a vocabulary that cannot be used.
///
/// `Display` tells only this level; the cause is in [`source`](std::error::Error::source).
#[derive(Debug)]
#[non_exhaustive]
pub enum TextError {
    /// No language of that name.
    UnknownLanguage {
        /// The name asked for.
        found: String,
    },
    /// The cargo feature that could turn text into phonemes is not built in.
    NoPhonemizer {
        /// The feature.
        feature: &'static str,
    },
    /// A phonemizer does not read a language.
    LanguageNotRead {
        /// The phonemizer.
        phonemizer: &'static str,
        /// The language.
        language: Language,
    },
    /// The rules or dictionary of a model's file that cannot be used.
    NativeData {
        /// Which part.
        what: &'static str,
        /// What it should be.
        expected: String,
        /// What it is.
        found: String,
    },
    /// espeak-ng's data could not be put where espeak-ng can read it.
    EspeakData {
        /// The directory.
        path: PathBuf,
        /// The system's answer.
        source: std::io::Error,
    },
    /// espeak-ng did not start.
    EspeakStart {
        /// Its data directory.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// espeak-ng has no usable voice for a language.
    EspeakVoice {
        /// The language.
        language: Language,
        /// Its data directory.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// A list of tokens that cannot be a vocabulary.
    Vocabulary {
        /// Index of the token.
        id: usize,
        /// The token.
        found: String,
        /// The rule it breaks.
        expected: &'static str,
    },
}

impl TextError {
    /// The class of this error, for programs.
    pub fn error_kind(&self) -> ErrorKind {
        match self {
            TextError::UnknownLanguage { .. } => ErrorKind::InvalidInput,
            TextError::NoPhonemizer { .. } | TextError::LanguageNotRead { .. } => ErrorKind::Unsupported,
            TextError::EspeakData { .. } => ErrorKind::Io,
            TextError::EspeakStart { .. } | TextError::EspeakVoice { .. } => ErrorKind::NotFound,
            TextError::Vocabulary { .. } | TextError::NativeData { .. } => ErrorKind::Malformed,
        }
    }
}

impl fmt::Display for TextError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            TextError::UnknownLanguage { found } => {
                write!(f, "unknown language {found:?}, expected one of ")?;
                let mut separator = "";
                Language::ALL.iter().try_for_each(|language| {
                    write!(f, "{separator}{} or {} ({language})", language.letter(), language.tag())?;
                    separator = ", ";
                    Ok(())
                })
            }
            TextError::NoPhonemizer { feature } => write!(
                f,
                "text needs the cargo feature `{feature}`, which is not built in; phonemes can still be given"
            ),
            TextError::LanguageNotRead { phonemizer, language } => {
                write!(f, "the {phonemizer} phonemizer does not read {language}")
            }
            TextError::EspeakData { path, .. } => {
                write!(f, "cannot put espeak-ng's data into {}", path.display())
            }
            TextError::EspeakStart { path, reason } => {
                write!(f, "espeak-ng cannot start with the data in {}: {reason}", path.display())
            }
            TextError::EspeakVoice { language, path, reason } => {
                write!(f, "espeak-ng cannot load {language} from {}: {reason}", path.display())
            }
            TextError::NativeData { what, expected, found } => {
                write!(f, "native phonemizer: expected {expected} of {what}, found {found}")
            }
            TextError::Vocabulary { id, found, expected } => {
                write!(f, "vocabulary token {id} is {found:?}, expected {expected}")
            }
        }
    }
}

impl std::error::Error for TextError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            TextError::EspeakData { source, .. } => Some(source),
            _ => None,
        }
    }
}
