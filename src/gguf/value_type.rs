//! Types of metadata values: codes, sizes and names.

use std::fmt;

/// The type of a metadata value or of an array's elements.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ValueType {
    /// Unsigned 8-bit integer.
    U8,
    /// Signed 8-bit integer.
    I8,
    /// Unsigned 16-bit integer.
    U16,
    /// Signed 16-bit integer.
    I16,
    /// Unsigned 32-bit integer.
    U32,
    /// Signed 32-bit integer.
    I32,
    /// Single precision number.
    F32,
    /// One byte, 0 or 1.
    Bool,
    /// UTF-8 text.
    String,
    /// Elements of one type, which is not `Array`.
    Array,
    /// Unsigned 64-bit integer.
    U64,
    /// Signed 64-bit integer.
    I64,
    /// Double precision number.
    F64,
}

impl ValueType {
    /// Every type; the position is the code.
    pub const ALL: [Self; 13] = [
        Self::U8,
        Self::I8,
        Self::U16,
        Self::I16,
        Self::U32,
        Self::I32,
        Self::F32,
        Self::Bool,
        Self::String,
        Self::Array,
        Self::U64,
        Self::I64,
        Self::F64,
    ];

    /// The type with this code in files: `enum gguf_type`.
    pub fn from_code(code: u32) -> Option<Self> {
        Self::ALL.get(usize::try_from(code).ok()?).copied()
    }

    /// Bytes of a value, or `None` where it depends on the value.
    pub const fn n_bytes(self) -> Option<usize> {
        match self {
            Self::U8 | Self::I8 | Self::Bool => Some(1),
            Self::U16 | Self::I16 => Some(2),
            Self::U32 | Self::I32 | Self::F32 => Some(4),
            Self::U64 | Self::I64 | Self::F64 => Some(8),
            Self::String | Self::Array => None,
        }
    }

    /// The name used in messages, such as `u32`.
    pub const fn name(self) -> &'static str {
        self.names().0
    }

    /// The name of an array with elements of this type, such as `array<u32>`.
    pub const fn array_name(self) -> &'static str {
        self.names().1
    }

    const fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::U8 => ("u8", "array<u8>"),
            Self::I8 => ("i8", "array<i8>"),
            Self::U16 => ("u16", "array<u16>"),
            Self::I16 => ("i16", "array<i16>"),
            Self::U32 => ("u32", "array<u32>"),
            Self::I32 => ("i32", "array<i32>"),
            Self::F32 => ("f32", "array<f32>"),
            Self::Bool => ("bool", "array<bool>"),
            Self::String => ("string", "array<string>"),
            Self::Array => ("array", "array<array>"),
            Self::U64 => ("u64", "array<u64>"),
            Self::I64 => ("i64", "array<i64>"),
            Self::F64 => ("f64", "array<f64>"),
        }
    }
}

impl fmt::Display for ValueType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}
