//! GGUF container: a bounds-checked reader over bytes in memory.
//!
//! [`map`] or [`read`] a file, then [`GgufFile::parse`] checks every length, count, name, type and offset
//! in it before anything else in the crate looks at it. A file that parses can be walked without errors:
//! every tensor's window lies inside the file and overlaps no other, every string is UTF-8.
//!
//! A tensor's `ne` is in the file's order, fastest axis first; [`TensorInfo::shape`] is in PyTorch's order.
//!
//! Source: the GGUF specification (docs/gguf.md in ggml-org/ggml), versions 2 and 3, little-endian.

mod array;
mod bytes;
mod error;
mod file;
mod ggml_type;
pub mod limits;
mod metadata;
mod mmap;
mod name_index;
mod reader;
mod tensor_info;
mod value;
mod value_type;

pub use array::{Elements, MetaArray, Strings};
pub use bytes::SharedBytes;
pub use error::{GgufError, GgufErrorKind};
pub use file::GgufFile;
pub use ggml_type::GgmlType;
pub use metadata::{Metadata, WrongType};
pub use mmap::{map, read};
pub use tensor_info::TensorInfo;
pub use value::MetaValue;
pub use value_type::ValueType;
