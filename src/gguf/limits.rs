//! Bounds on what a file may claim, each with the reason for its size.

/// Most tensors in a file. The largest Kokoro file has about 800; the bound keeps the directory small.
pub const MAX_TENSORS: u64 = 65_536;

/// Most metadata pairs in a file. Kokoro files have about 90.
pub const MAX_METADATA_PAIRS: u64 = 65_536;

/// Longest metadata key in bytes, from the GGUF specification.
pub const MAX_KEY_BYTES: u64 = 65_535;

/// Longest tensor name in bytes. Kokoro's reach 64, more than upstream ggml takes; its forks allow 127.
pub const MAX_TENSOR_NAME_BYTES: u64 = 1_024;

/// Most bytes of metadata. The phonemizer tables of a "no espeak" file take 20 MB.
pub const MAX_METADATA_BYTES: u64 = 256 << 20;

/// Most axes of a tensor: ggml's `GGML_MAX_DIMS`.
pub const MAX_DIMS: usize = 4;

/// Longest axis of a tensor: no weight comes near, and products of two axes stay below 2⁶³.
pub const MAX_NE: u64 = 1 << 31;

/// Largest `general.alignment`: one huge page is the most that anybody has a use for.
pub const MAX_ALIGNMENT: u32 = 1 << 20;

/// Alignment of a file without `general.alignment`, from the GGUF specification.
pub const DEFAULT_ALIGNMENT: u32 = 32;

/// Fewest bytes of a metadata pair: key length, one byte of key, value type, one byte of value.
pub(super) const MIN_METADATA_PAIR_BYTES: u64 = 8 + 1 + 4 + 1;

/// Fewest bytes of a tensor's directory entry: name length, rank, one axis, type, offset.
pub(super) const MIN_TENSOR_INFO_BYTES: u64 = 8 + 4 + 8 + 4 + 8;

/// Fewest bytes of a string in an array: its length.
pub(super) const MIN_STRING_BYTES: u64 = 8;
