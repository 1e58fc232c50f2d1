//! The key-value part of a file, and getters that check types.

use std::fmt;

use super::array::Strings;
use super::error::{GgufError, GgufErrorKind};
use super::limits;
use super::name_index::NameIndex;
use super::reader::Reader;
use super::value::MetaValue;

const ALIGNMENT_KEY: &str = "general.alignment";

/// A file's metadata: values by key, in the file's order.
///
/// The typed getters return `Ok(None)` for a missing key and [`WrongType`] for a value that does not fit,
/// so that a caller can treat the two differently.
#[derive(Debug, Clone)]
pub struct Metadata {
    pairs: Vec<(Box<str>, MetaValue)>,
    index: NameIndex,
    alignment: u32,
}

/// A metadata value that is not of the type asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrongType {
    /// The key.
    pub key: String,
    /// The type asked for, such as `an integer from 0 to 4294967295`.
    pub expected: &'static str,
    /// The type and value found, such as `i32 -1`.
    pub found: String,
}

impl Metadata {
    /// Reads `count` pairs.
    pub(super) fn parse(reader: &mut Reader<'_>, count: u64) -> Result<Self, GgufError> {
        let start = reader.at();
        let count = reader.expect_records("metadata", count, limits::MIN_METADATA_PAIR_BYTES)?;
        let mut pairs: Vec<(Box<str>, MetaValue)> = Vec::with_capacity(count);
        let mut index = NameIndex::with_capacity(count);
        let mut alignment = limits::DEFAULT_ALIGNMENT;
        for position in 0..count {
            let pair_at = reader.at() as u64;
            let key = reader.name("metadata key", limits::MAX_KEY_BYTES)?;
            if key.is_empty() {
                return Err(GgufError::new(pair_at, GgufErrorKind::EmptyKey));
            }
            if !index.insert(key, position, |i| &pairs[i].0) {
                return Err(GgufError::new(pair_at, GgufErrorKind::DuplicateKey { key: key.to_owned() }));
            }
            let value_at = reader.at() as u64;
            let value = MetaValue::parse(reader, key)?;
            let n_bytes = (reader.at() - start) as u64;
            if n_bytes > limits::MAX_METADATA_BYTES {
                let (what, limit) = ("metadata size", limits::MAX_METADATA_BYTES);
                return Err(GgufError::new(pair_at, GgufErrorKind::Limit { what, found: n_bytes, limit }));
            }
            if key == ALIGNMENT_KEY {
                alignment = check_alignment(&value).map_err(|kind| GgufError::new(value_at, kind))?;
            }
            pairs.push((key.into(), value));
        }
        Ok(Self { pairs, index, alignment })
    }

    /// What tensor offsets are multiples of: `general.alignment`, or 32 without that key.
    pub(super) fn alignment(&self) -> u32 {
        self.alignment
    }

    /// How many pairs.
    pub fn len(&self) -> usize {
        self.pairs.len()
    }

    /// Whether there is no pair.
    pub fn is_empty(&self) -> bool {
        self.pairs.is_empty()
    }

    /// Keys and values in the file's order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, &MetaValue)> {
        self.pairs.iter().map(|(key, value)| (&**key, value))
    }

    /// The value of a key, whatever its type.
    pub fn get(&self, key: &str) -> Option<&MetaValue> {
        let position = self.index.find(key, |i| &self.pairs[i].0)?;
        Some(&self.pairs[position].1)
    }

    /// A string.
    ///
    /// # Errors
    /// If the value is something else.
    pub fn str(&self, key: &str) -> Result<Option<&str>, WrongType> {
        self.typed(key, "a string", |value| match value {
            MetaValue::String(text) => Some(&**text),
            _ => None,
        })
    }

    /// An integer of any type whose value fits a `u32`.
    ///
    /// # Errors
    /// If the value is no integer, negative or too large.
    pub fn u32(&self, key: &str) -> Result<Option<u32>, WrongType> {
        self.typed(key, "an integer from 0 to 4294967295", |value| value.as_integer()?.try_into().ok())
    }

    /// A number of type `f32`, or one of type `f64` rounded.
    ///
    /// # Errors
    /// If the value is something else; an integer is.
    pub fn f32(&self, key: &str) -> Result<Option<f32>, WrongType> {
        self.typed(key, "a floating-point number", |value| match *value {
            MetaValue::F32(v) => Some(v),
            MetaValue::F64(v) => Some(v as f32),
            _ => None,
        })
    }

    /// A bool.
    ///
    /// # Errors
    /// If the value is something else; an integer is.
    pub fn bool(&self, key: &str) -> Result<Option<bool>, WrongType> {
        self.typed(key, "a bool", |value| match *value {
            MetaValue::Bool(v) => Some(v),
            _ => None,
        })
    }

    /// An array of strings, borrowed from the file.
    ///
    /// # Errors
    /// If the value is something else.
    pub fn strings(&self, key: &str) -> Result<Option<Strings<'_>>, WrongType> {
        self.typed(key, "an array of strings", |value| match value {
            MetaValue::Array(array) => array.strings(),
            _ => None,
        })
    }

    fn typed<'a, T>(
        &'a self,
        key: &str,
        expected: &'static str,
        convert: impl FnOnce(&'a MetaValue) -> Option<T>,
    ) -> Result<Option<T>, WrongType> {
        let Some(value) = self.get(key) else { return Ok(None) };
        match convert(value) {
            Some(converted) => Ok(Some(converted)),
            None => Err(WrongType { key: key.to_owned(), expected, found: value.describe() }),
        }
    }
}

impl fmt::Display for WrongType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "metadata key {} is {}, expected {}", self.key, self.found, self.expected)
    }
}

impl std::error::Error for WrongType {}

fn check_alignment(value: &MetaValue) -> Result<u32, GgufErrorKind> {
    match *value {
        MetaValue::U32(found) if found.is_power_of_two() && found <= limits::MAX_ALIGNMENT => Ok(found),
        MetaValue::U32(found) => Err(GgufErrorKind::Alignment { found }),
        ref other => Err(GgufErrorKind::AlignmentType { found: other.type_name() }),
    }
}
