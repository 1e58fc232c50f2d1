//! What can be wrong with a GGUF file, and where.

use std::fmt::{self, Write};

use super::ggml_type::{self, GgmlType};
use super::limits;
use crate::error_kind::ErrorKind;

/// A damaged or unsupported GGUF file: what is wrong with it, and at which byte.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GgufError {
    offset: u64,
    kind: GgufErrorKind,
}

/// What is wrong with a GGUF file. Lengths are in bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum GgufErrorKind {
    /// The first four bytes are not `GGUF`.
    Magic {
        /// The bytes found.
        found: [u8; 4],
    },
    /// A version other than 2 and 3.
    Version {
        /// The version found.
        found: u32,
    },
    /// A file with big-endian numbers.
    BigEndian {
        /// Its version, in the right byte order.
        version: u32,
    },
    /// The file ends before something it announces.
    Truncated {
        /// What is cut short.
        what: &'static str,
        /// How many bytes it takes.
        need: u64,
        /// How many bytes are left in the file.
        have: u64,
    },
    /// A count or length above its limit.
    Limit {
        /// What was counted.
        what: &'static str,
        /// The count found.
        found: u64,
        /// The most accepted, from [`limits`].
        limit: u64,
    },
    /// A metadata key without a character.
    EmptyKey,
    /// Text that is not UTF-8; the offset is that of the first bad byte.
    Utf8 {
        /// What the text is.
        what: &'static str,
    },
    /// A key or tensor name with a NUL in it; the offset is that of the NUL.
    Nul {
        /// What the name names.
        what: &'static str,
    },
    /// A metadata key that an earlier pair has.
    DuplicateKey {
        /// The key.
        key: String,
    },
    /// A tensor name that an earlier tensor has.
    DuplicateTensor {
        /// The name.
        tensor: String,
    },
    /// A value type that GGUF does not define.
    ValueType {
        /// The key of the value.
        key: String,
        /// The type code found.
        found: u32,
    },
    /// An array of arrays, which no Kokoro file has and ggml refuses too.
    NestedArray {
        /// The key of the array.
        key: String,
    },
    /// A bool that is neither 0 nor 1.
    Bool {
        /// The key of the value, or of the array it is in.
        key: String,
        /// The byte found.
        found: u8,
    },
    /// `general.alignment` is not a `u32`.
    AlignmentType {
        /// The type found.
        found: &'static str,
    },
    /// `general.alignment` is zero, no power of two or too large.
    Alignment {
        /// The value found.
        found: u32,
    },
    /// A tensor with no axis, or more than four.
    Rank {
        /// The tensor.
        tensor: String,
        /// How many axes it claims.
        found: u32,
    },
    /// A tensor's axis that is empty or too long.
    Dimension {
        /// The tensor.
        tensor: String,
        /// Which `ne`, 0 being the fastest axis.
        axis: usize,
        /// The length found.
        found: u64,
    },
    /// A tensor type that this reader has no use for.
    TensorType {
        /// The tensor.
        tensor: String,
        /// The type's code.
        found: u32,
    },
    /// Rows that do not divide into the type's blocks.
    PartialBlock {
        /// The tensor.
        tensor: String,
        /// Its type.
        ggml_type: GgmlType,
        /// Elements in a row, `ne[0]`.
        found: u64,
    },
    /// A tensor whose size is beyond 64 bits.
    SizeOverflow {
        /// The tensor.
        tensor: String,
        /// Its axes, fastest first.
        ne: [u64; 4],
    },
    /// A tensor offset off the alignment.
    Misaligned {
        /// The tensor.
        tensor: String,
        /// The offset found, counted from the start of the data.
        found: u64,
        /// The file's alignment.
        alignment: u32,
    },
    /// A tensor that reaches past the end of the file; the offset is that of its data.
    TensorPastEnd {
        /// The tensor.
        tensor: String,
        /// How many bytes it takes.
        need: u64,
        /// How many bytes the file has from there on.
        have: u64,
    },
    /// A tensor that begins inside another; the offset is that of its data.
    Overlap {
        /// The tensor.
        tensor: String,
        /// The tensor that begins before it, or at the same byte but earlier in the directory.
        other: String,
        /// The first byte after `other`.
        other_end: u64,
    },
}

impl GgufError {
    pub(super) fn new(offset: u64, kind: GgufErrorKind) -> Self {
        Self { offset, kind }
    }

    /// The byte of the file where the offending field or data begins.
    pub fn offset(&self) -> u64 {
        self.offset
    }

    /// What is wrong.
    pub fn kind(&self) -> &GgufErrorKind {
        &self.kind
    }

    /// The class of this error.
    pub fn error_kind(&self) -> ErrorKind {
        use GgufErrorKind as Kind;
        match &self.kind {
            Kind::Version { .. }
            | Kind::BigEndian { .. }
            | Kind::NestedArray { .. }
            | Kind::TensorType { .. } => ErrorKind::Unsupported,
            Kind::Limit { .. } => ErrorKind::LimitExceeded,
            _ => ErrorKind::Malformed,
        }
    }
}

impl std::error::Error for GgufError {}

impl fmt::Display for GgufError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use GgufErrorKind as Kind;
        let at = self.offset;
        match &self.kind {
            Kind::Magic { found } => {
                write!(f, "magic at byte {at} is \"{}\", expected \"GGUF\"", found.escape_ascii())?;
                match likely_origin(found) {
                    Some(origin) => write!(f, " ({origin})"),
                    None => Ok(()),
                }
            }
            Kind::Version { found } => write!(f, "version at byte {at} is {found}, expected 2 or 3"),
            Kind::BigEndian { version } => {
                write!(f, "version at byte {at} is {version} in big-endian order, expected little-endian")
            }
            Kind::Truncated { what, need, have } => {
                write!(f, "{what} at byte {at} needs {need} bytes, file has {have}")
            }
            Kind::Limit { what, found, limit } => {
                write!(f, "{what} at byte {at} is {found}, expected at most {limit}")
            }
            Kind::EmptyKey => {
                write!(f, "metadata key at byte {at} is empty, expected 1 to {} bytes", limits::MAX_KEY_BYTES)
            }
            Kind::Utf8 { what } => write!(f, "{what} is not UTF-8 at byte {at}"),
            Kind::Nul { what } => write!(f, "{what} has a NUL at byte {at}, expected text"),
            Kind::DuplicateKey { key } => {
                write!(f, "metadata key {} at byte {at} is there already, expected it once", Quoted(key))
            }
            Kind::DuplicateTensor { tensor } => {
                write!(f, "tensor {} at byte {at} is there already, expected it once", Quoted(tensor))
            }
            Kind::ValueType { key, found } => {
                write!(
                    f,
                    "metadata key {} at byte {at} has value type {found}, expected 0 to 12",
                    Quoted(key)
                )
            }
            Kind::NestedArray { key } => write!(
                f,
                "metadata key {} at byte {at} is an array of arrays, expected one of numbers, bools or strings",
                Quoted(key)
            ),
            Kind::Bool { key, found } => {
                write!(f, "bool of metadata key {} at byte {at} is {found}, expected 0 or 1", Quoted(key))
            }
            Kind::AlignmentType { found } => {
                write!(f, "general.alignment at byte {at} is of type {found}, expected u32")
            }
            Kind::Alignment { found } => write!(
                f,
                "general.alignment at byte {at} is {found}, expected a power of two up to {}",
                limits::MAX_ALIGNMENT
            ),
            Kind::Rank { tensor, found } => {
                write!(f, "tensor {} at byte {at} has {found} axes, expected 1 to 4", Quoted(tensor))
            }
            Kind::Dimension { tensor, axis, found } => write!(
                f,
                "ne[{axis}] of tensor {} at byte {at} is {found}, expected 1 to {}",
                Quoted(tensor),
                limits::MAX_NE
            ),
            Kind::TensorType { tensor, found } => {
                let (tensor, found) = (Quoted(tensor), ggml_type::Code(*found));
                write!(f, "tensor {tensor} at byte {at} has type {found}, expected {}", GgmlType::ALL_NAMES)
            }
            Kind::PartialBlock { tensor, ggml_type, found } => write!(
                f,
                "ne[0] of tensor {} at byte {at} is {found}, expected a multiple of {} for {ggml_type}",
                Quoted(tensor),
                ggml_type.block_elements()
            ),
            Kind::SizeOverflow { tensor, ne } => write!(
                f,
                "ne of tensor {} at byte {at} is {ne:?}, expected fewer than 2^64 elements and bytes",
                Quoted(tensor)
            ),
            Kind::Misaligned { tensor, found, alignment } => write!(
                f,
                "offset of tensor {} at byte {at} is {found}, expected a multiple of {alignment}",
                Quoted(tensor)
            ),
            Kind::TensorPastEnd { tensor, need, have } => {
                write!(f, "tensor {} at byte {at} needs {need} bytes, file has {have}", Quoted(tensor))
            }
            Kind::Overlap { tensor, other, other_end } => write!(
                f,
                "tensor {} begins at byte {at}, expected {other_end} or later, where tensor {} ends",
                Quoted(tensor),
                Quoted(other)
            ),
        }
    }
}

/// What a file with this magic probably is, for those that are often mistaken for a model.
fn likely_origin(magic: &[u8; 4]) -> Option<&'static str> {
    match magic {
        b"vers" => Some("a Git LFS pointer: the model itself was not downloaded"),
        b"PK\x03\x04" => Some("a ZIP archive, such as a PyTorch checkpoint"),
        b"<!DO" | b"<!do" | b"<htm" | b"<HTM" => Some("a web page"),
        b"ggjt" | b"ggml" | b"ggmf" | b"tjgg" | b"lmgg" | b"fmgg" => Some("a format older than GGUF"),
        _ => None,
    }
}

/// A name out of a file, made fit for a message: quoted, control characters escaped, long ones cut.
pub(super) struct Quoted<'a>(pub &'a str);

/// Characters of a name that a message shows: more than any name of a sound model has.
const QUOTED_CHARS: usize = 128;

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.char_indices().nth(QUOTED_CHARS) {
            None => write!(f, "{:?}", self.0),
            Some((end, _)) => {
                write!(f, "{:?}", &self.0[..end])?;
                f.write_char('…')
            }
        }
    }
}
