//! The native phonemizer's rules and dictionary, as the metadata of files without espeak-ng holds them.
//!
//! Source: TTS.cpp's converter, `phonemizer.*`.

use crate::error::ModelError;
use crate::gguf::Metadata;

const TYPE_KEY: &str = "phonemizer.type";
/// Values of [`TYPE_KEY`].
const NATIVE: u32 = 0;
const ESPEAK: u32 = 1;

/// Strings borrowed from the file; the pairs are of two arrays of the same length.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct NativeRules<'a> {
    /// `phonemizer.graphemes`.
    pub graphemes: Vec<&'a str>,
    /// `phonemizer.rules.keys` with `phonemizer.rules.phonemes`.
    pub rules: Vec<(&'a str, &'a str)>,
    /// `phonemizer.dictionary.keys` with `phonemizer.dictionary.values`.
    pub dictionary: Vec<(&'a str, &'a str)>,
}

/// The rules of a file, `None` if it says that espeak-ng makes its phonemes, or nothing.
pub(super) fn read(metadata: &Metadata) -> Result<Option<NativeRules<'_>>, ModelError> {
    let wrong = |key: &str, expected: String, found: String| ModelError::Metadata {
        key: key.into(),
        expected,
        found,
    };
    match metadata.u32(TYPE_KEY) {
        Ok(None | Some(ESPEAK)) => return Ok(None),
        Ok(Some(NATIVE)) => {}
        Ok(Some(other)) => {
            return Err(wrong(
                TYPE_KEY,
                format!("{NATIVE} (native) or {ESPEAK} (espeak)"),
                other.to_string(),
            ));
        }
        Err(error) => return Err(wrong(TYPE_KEY, error.expected.into(), error.found)),
    }
    let strings = |key: &str| match metadata.strings(key) {
        Ok(Some(strings)) => Ok(strings.collect::<Vec<_>>()),
        Ok(None) => Err(ModelError::MissingKey { key: key.into() }),
        Err(error) => Err(wrong(key, error.expected.into(), error.found)),
    };
    let pairs = |keys: &str, values: &str| {
        let (first, second) = (strings(keys)?, strings(values)?);
        if first.len() != second.len() {
            let expected = format!("{} strings, as {keys} has", first.len());
            return Err(wrong(values, expected, format!("{} strings", second.len())));
        }
        Ok(first.into_iter().zip(second).collect())
    };
    Ok(Some(NativeRules {
        graphemes: strings("phonemizer.graphemes")?,
        rules: pairs("phonemizer.rules.keys", "phonemizer.rules.phonemes")?,
        dictionary: pairs("phonemizer.dictionary.keys", "phonemizer.dictionary.values")?,
    }))
}
