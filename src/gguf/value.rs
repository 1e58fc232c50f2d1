//! One metadata value.

use std::fmt;

use super::array::{MetaArray, check_bools};
use super::error::{GgufError, GgufErrorKind, Quoted};
use super::reader::Reader;
use super::value_type::ValueType;

/// A metadata value: a scalar, a string or an array of these.
#[derive(Debug, Clone, PartialEq)]
pub enum MetaValue {
    /// Unsigned 8-bit integer.
    U8(u8),
    /// Signed 8-bit integer.
    I8(i8),
    /// Unsigned 16-bit integer.
    U16(u16),
    /// Signed 16-bit integer.
    I16(i16),
    /// Unsigned 32-bit integer.
    U32(u32),
    /// Signed 32-bit integer.
    I32(i32),
    /// Single precision number.
    F32(f32),
    /// True or false.
    Bool(bool),
    /// Text.
    String(Box<str>),
    /// Elements of one type.
    Array(MetaArray),
    /// Unsigned 64-bit integer.
    U64(u64),
    /// Signed 64-bit integer.
    I64(i64),
    /// Double precision number.
    F64(f64),
}

impl MetaValue {
    /// Reads a type code and the value; `key` is for errors.
    pub(super) fn parse(reader: &mut Reader<'_>, key: &str) -> Result<Self, GgufError> {
        let type_at = reader.at();
        let code = reader.u32("metadata value type")?;
        let value_type = ValueType::from_code(code).ok_or_else(|| {
            GgufError::new(type_at as u64, GgufErrorKind::ValueType { key: key.to_owned(), found: code })
        })?;
        match value_type {
            ValueType::String => Ok(Self::String(reader.string("metadata string")?.into())),
            ValueType::Array => Ok(Self::Array(MetaArray::parse(reader, key)?)),
            scalar => {
                let start = reader.at();
                let bytes = reader.take("metadata value", scalar.n_bytes().map_or(0, |n| n as u64))?;
                if scalar == ValueType::Bool {
                    check_bools(bytes, start, key)?;
                }
                Ok(Self::from_le_bytes(scalar, bytes))
            }
        }
    }

    /// Decodes a scalar.
    ///
    /// # Panics
    /// If `value_type` is no scalar type or `bytes` is not of its size.
    pub(super) fn from_le_bytes(value_type: ValueType, bytes: &[u8]) -> Self {
        fn fixed<const N: usize>(bytes: &[u8]) -> [u8; N] {
            bytes.try_into().expect("callers cut the bytes by the type's size")
        }
        match value_type {
            ValueType::U8 => Self::U8(u8::from_le_bytes(fixed(bytes))),
            ValueType::I8 => Self::I8(i8::from_le_bytes(fixed(bytes))),
            ValueType::U16 => Self::U16(u16::from_le_bytes(fixed(bytes))),
            ValueType::I16 => Self::I16(i16::from_le_bytes(fixed(bytes))),
            ValueType::U32 => Self::U32(u32::from_le_bytes(fixed(bytes))),
            ValueType::I32 => Self::I32(i32::from_le_bytes(fixed(bytes))),
            ValueType::F32 => Self::F32(f32::from_le_bytes(fixed(bytes))),
            ValueType::Bool => Self::Bool(fixed(bytes) != [0]),
            ValueType::U64 => Self::U64(u64::from_le_bytes(fixed(bytes))),
            ValueType::I64 => Self::I64(i64::from_le_bytes(fixed(bytes))),
            ValueType::F64 => Self::F64(f64::from_le_bytes(fixed(bytes))),
            ValueType::String | ValueType::Array => panic!("{value_type} is not a scalar type"),
        }
    }

    /// The type's name, such as `u32` or `array<string>`.
    pub fn type_name(&self) -> &'static str {
        match self {
            Self::Array(array) => array.element_type().array_name(),
            scalar => scalar.value_type().name(),
        }
    }

    /// The type.
    pub fn value_type(&self) -> ValueType {
        match self {
            Self::U8(_) => ValueType::U8,
            Self::I8(_) => ValueType::I8,
            Self::U16(_) => ValueType::U16,
            Self::I16(_) => ValueType::I16,
            Self::U32(_) => ValueType::U32,
            Self::I32(_) => ValueType::I32,
            Self::F32(_) => ValueType::F32,
            Self::Bool(_) => ValueType::Bool,
            Self::String(_) => ValueType::String,
            Self::Array(_) => ValueType::Array,
            Self::U64(_) => ValueType::U64,
            Self::I64(_) => ValueType::I64,
            Self::F64(_) => ValueType::F64,
        }
    }

    /// The value of any integer type.
    pub fn as_integer(&self) -> Option<i128> {
        match *self {
            Self::U8(v) => Some(v.into()),
            Self::I8(v) => Some(v.into()),
            Self::U16(v) => Some(v.into()),
            Self::I16(v) => Some(v.into()),
            Self::U32(v) => Some(v.into()),
            Self::I32(v) => Some(v.into()),
            Self::U64(v) => Some(v.into()),
            Self::I64(v) => Some(v.into()),
            _ => None,
        }
    }

    /// Type and value for a message, long strings cut: `i32 -1`, `string "x"`, `array<string>[178]`.
    pub(super) fn describe(&self) -> String {
        match self {
            Self::String(text) => format!("string {}", Quoted(text)),
            Self::Array(array) => array.to_string(),
            scalar => format!("{} {scalar}", scalar.type_name()),
        }
    }
}

/// Numbers and bools as they are, strings quoted and escaped, arrays as type and length.
impl fmt::Display for MetaValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::U8(v) => v.fmt(f),
            Self::I8(v) => v.fmt(f),
            Self::U16(v) => v.fmt(f),
            Self::I16(v) => v.fmt(f),
            Self::U32(v) => v.fmt(f),
            Self::I32(v) => v.fmt(f),
            Self::F32(v) => v.fmt(f),
            Self::Bool(v) => v.fmt(f),
            Self::String(text) => write!(f, "{text:?}"),
            Self::Array(array) => array.fmt(f),
            Self::U64(v) => v.fmt(f),
            Self::I64(v) => v.fmt(f),
            Self::F64(v) => v.fmt(f),
        }
    }
}
