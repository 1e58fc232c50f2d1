//! The rules and the dictionary that a model's file may hold, for a phonemizer.

use crate::gguf::{GgufFile, MetaValue};
use crate::text::{NativeData, NativePhonemizer, TextError};

/// The value of `phonemizer.type` in a file with rules and a dictionary.
const NATIVE: i128 = 0;

/// The phonemizer of `file`; `None` if it has none of its own.
///
/// # Errors
/// [`TextError::NativeData`] if its lists do not fit each other or cannot be what they should be.
pub(super) fn phonemizer(file: &GgufFile) -> Result<Option<NativePhonemizer>, TextError> {
    let metadata = file.metadata();
    let kind = metadata.get("phonemizer.type").and_then(MetaValue::as_integer);
    if kind != Some(NATIVE) {
        return Ok(None);
    }
    let list =
        |key: &str| -> Vec<&str> { metadata.strings(key).ok().flatten().into_iter().flatten().collect() };
    let pairs = |what, keys: &str, values: &str| {
        let (keys, values) = (list(keys), list(values));
        match keys.len() == values.len() {
            true => Ok(keys.into_iter().zip(values).collect()),
            false => Err(TextError::NativeData {
                what,
                expected: format!("as many values as keys, {}", keys.len()),
                found: values.len().to_string(),
            }),
        }
    };
    NativePhonemizer::new(&NativeData {
        graphemes: list("phonemizer.graphemes"),
        rules: pairs("rules", "phonemizer.rules.keys", "phonemizer.rules.phonemes")?,
        dictionary: pairs("dictionary", "phonemizer.dictionary.keys", "phonemizer.dictionary.values")?,
    })
    .map(Some)
}
