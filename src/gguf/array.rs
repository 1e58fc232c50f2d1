//! Metadata arrays: a window on the file, decoded element by element.
//!
//! The phonemizer tables of a "no espeak" file hold 20 MB of strings. They are checked once, when the file
//! is parsed, and never copied: an array costs the same few words whatever its length.

use std::fmt;
use std::iter::FusedIterator;

use super::bytes::SharedBytes;
use super::error::{GgufError, GgufErrorKind};
use super::limits::MIN_STRING_BYTES;
use super::reader::Reader;
use super::value::MetaValue;
use super::value_type::ValueType;

const CHECKED: &str = "checked when the file was parsed";

/// An array of scalars or strings.
#[derive(Clone)]
pub struct MetaArray {
    element_type: ValueType,
    len: usize,
    /// The elements back to back as in the file; strings with their lengths.
    bytes: SharedBytes,
}

impl MetaArray {
    /// Reads element type, count and elements; `key` is for errors.
    pub(super) fn parse(reader: &mut Reader<'_>, key: &str) -> Result<Self, GgufError> {
        let type_at = reader.at() as u64;
        let code = reader.u32("array element type")?;
        let type_error = |kind| GgufError::new(type_at, kind);
        let element_type = match ValueType::from_code(code) {
            None => return Err(type_error(GgufErrorKind::ValueType { key: key.to_owned(), found: code })),
            Some(ValueType::Array) => {
                return Err(type_error(GgufErrorKind::NestedArray { key: key.to_owned() }));
            }
            Some(element_type) => element_type,
        };

        let count = reader.u64("array length")?;
        let min_bytes = element_type.n_bytes().map_or(MIN_STRING_BYTES, |n| n as u64);
        let len = reader.expect_records("array", count, min_bytes)?;
        let start = reader.at();
        if element_type == ValueType::String {
            for _ in 0..len {
                reader.string("array string")?;
            }
        } else {
            let elements = reader.take("array", count * min_bytes)?;
            if element_type == ValueType::Bool {
                check_bools(elements, start, key)?;
            }
        }
        Ok(Self { element_type, len, bytes: reader.window_from(start) })
    }

    /// The type of every element.
    pub fn element_type(&self) -> ValueType {
        self.element_type
    }

    /// How many elements.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there is no element.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The elements, decoded one by one. Strings are copied: [`strings`](Self::strings) borrows them.
    pub fn iter(&self) -> Elements<'_> {
        Elements { element_type: self.element_type, rest: &self.bytes, left: self.len }
    }

    /// The strings, borrowed from the file, or `None` if the elements are something else.
    ///
    /// # Panics
    /// The iterator does if the file's bytes have changed since it was parsed.
    pub fn strings(&self) -> Option<Strings<'_>> {
        let is_strings = self.element_type == ValueType::String;
        is_strings.then(|| Strings { rest: &self.bytes, left: self.len })
    }
}

impl<'a> IntoIterator for &'a MetaArray {
    type Item = MetaValue;
    type IntoIter = Elements<'a>;
    fn into_iter(self) -> Elements<'a> {
        self.iter()
    }
}

/// Arrays are equal if their elements are, bit by bit.
impl PartialEq for MetaArray {
    fn eq(&self, other: &Self) -> bool {
        self.element_type == other.element_type && self.len == other.len && *self.bytes == *other.bytes
    }
}

impl fmt::Debug for MetaArray {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Type and length, such as `array<string>[178]`.
impl fmt::Display for MetaArray {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}[{}]", self.element_type.array_name(), self.len)
    }
}

/// Strings of a [`MetaArray`].
#[derive(Debug, Clone)]
pub struct Strings<'a> {
    rest: &'a [u8],
    left: usize,
}

impl<'a> Iterator for Strings<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        self.left = self.left.checked_sub(1)?;
        Some(next_string(&mut self.rest))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.left, Some(self.left))
    }
}

impl ExactSizeIterator for Strings<'_> {}
impl FusedIterator for Strings<'_> {}

/// Elements of a [`MetaArray`] of any type.
#[derive(Debug, Clone)]
pub struct Elements<'a> {
    element_type: ValueType,
    rest: &'a [u8],
    left: usize,
}

impl Iterator for Elements<'_> {
    type Item = MetaValue;

    fn next(&mut self) -> Option<MetaValue> {
        self.left = self.left.checked_sub(1)?;
        Some(match self.element_type.n_bytes() {
            None => MetaValue::String(next_string(&mut self.rest).into()),
            Some(n) => {
                let (element, rest) = self.rest.split_at(n);
                self.rest = rest;
                MetaValue::from_le_bytes(self.element_type, element)
            }
        })
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.left, Some(self.left))
    }
}

impl ExactSizeIterator for Elements<'_> {}
impl FusedIterator for Elements<'_> {}

fn next_string<'a>(rest: &mut &'a [u8]) -> &'a str {
    let (len, tail) = rest.split_first_chunk::<8>().expect(CHECKED);
    let len = usize::try_from(u64::from_le_bytes(*len)).expect(CHECKED);
    let (text, tail) = tail.split_at_checked(len).expect(CHECKED);
    *rest = tail;
    str::from_utf8(text).expect(CHECKED)
}

/// Refuses bytes other than 0 and 1; `start` is their offset in the file.
pub(super) fn check_bools(bools: &[u8], start: usize, key: &str) -> Result<(), GgufError> {
    match bools.iter().position(|&byte| byte > 1) {
        None => Ok(()),
        Some(i) => {
            let kind = GgufErrorKind::Bool { key: key.to_owned(), found: bools[i] };
            Err(GgufError::new((start + i) as u64, kind))
        }
    }
}
