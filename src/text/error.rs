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
    /// No phonemizer of that name.
    UnknownPhonemizer {
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
    /// SSML that is not well-formed XML, or goes beyond a bound.
    Ssml {
        /// Byte of the text.
        byte: usize,
        /// Line of the text, from 1.
        line: usize,
        /// What is wrong there.
        reason: String,
    },
    /// A user's lexicon that cannot be read.
    LexiconFile {
        /// The file.
        path: PathBuf,
        /// The system's answer.
        source: std::io::Error,
    },
    /// A line of a user's lexicon that is no entry.
    Lexicon {
        /// The file, or a name for where the text came from.
        name: String,
        /// Line, from 1.
        line: usize,
        /// What could stand there.
        expected: &'static str,
        /// What stands there.
        found: String,
    },
    /// No class of normalisation of that name.
    UnknownClass {
        /// The name asked for.
        found: String,
        /// The names there are.
        known: String,
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
            TextError::UnknownLanguage { .. } | TextError::UnknownPhonemizer { .. } => {
                ErrorKind::InvalidInput
            }
            TextError::NoPhonemizer { .. } | TextError::LanguageNotRead { .. } => ErrorKind::Unsupported,
            TextError::EspeakData { .. } => ErrorKind::Io,
            TextError::LexiconFile { source, .. } => match source.kind() {
                std::io::ErrorKind::NotFound => ErrorKind::NotFound,
                std::io::ErrorKind::InvalidData => ErrorKind::Malformed,
                _ => ErrorKind::Io,
            },
            TextError::Ssml { .. } | TextError::UnknownClass { .. } => ErrorKind::InvalidInput,
            TextError::Lexicon { .. } => ErrorKind::Malformed,
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
            TextError::UnknownPhonemizer { found } => {
                write!(f, "unknown phonemizer {found:?}, expected auto, misaki, espeak or native")
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
            TextError::Ssml { byte, line, reason } => {
                write!(f, "SSML at byte {byte} (line {line}): {reason}")
            }
            TextError::LexiconFile { path, .. } => write!(f, "cannot read the lexicon {}", path.display()),
            TextError::Lexicon { name, line, expected, found } => {
                write!(f, "{name}:{line}: expected {expected}, found {found:?}")
            }
            TextError::UnknownClass { found, known } => {
                write!(f, "unknown class of normalisation {found:?}, expected one of {known}")
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
            TextError::EspeakData { source, .. } | TextError::LexiconFile { source, .. } => Some(source),
            _ => None,
        }
    }
}
