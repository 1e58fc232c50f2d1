//! The weight formats of GGUF files: block layouts pinned at compile time.
//!
//! Source: `ggml-common.h`; all integers little-endian. Every struct has alignment 1, so blocks can be read in
//! place from a mapped file.

use bytemuck::{Pod, Zeroable};
use half::f16;

/// Weights in a quantised block.
pub const BLOCK_ELEMENTS: usize = 32;

/// 32 weights sharing one scale: `w[i] = d · (q[i] − 8)`, low nibbles first half, high nibbles second.
#[repr(C)]
#[derive(Debug, Clone, Copy, Pod, Zeroable)]
pub struct BlockQ4_0 {
    /// Scale, little-endian f16.
    pub d: [u8; 2],
    /// Byte `j` holds `q[j]` (low nibble) and `q[j + 16]` (high nibble).
    pub qs: [u8; 16],
}

/// 32 weights with scale and offset: `w[i] = d · q[i] + m`.
#[repr(C)]
#[derive(Debug, Clone, Copy, Pod, Zeroable)]
pub struct BlockQ4_1 {
    /// Scale, little-endian f16.
    pub d: [u8; 2],
    /// Offset, little-endian f16.
    pub m: [u8; 2],
    /// Nibbles as in [`BlockQ4_0`].
    pub qs: [u8; 16],
}

/// 32 weights of five bits: `w[i] = d · (q[i] − 16)`.
#[repr(C)]
#[derive(Debug, Clone, Copy, Pod, Zeroable)]
pub struct BlockQ5_0 {
    /// Scale, little-endian f16.
    pub d: [u8; 2],
    /// Bit `i` is the fifth bit of `q[i]`.
    pub qh: [u8; 4],
    /// Low four bits, nibbles as in [`BlockQ4_0`].
    pub qs: [u8; 16],
}

/// 32 weights of five bits with scale and offset: `w[i] = d · q[i] + m`.
#[repr(C)]
#[derive(Debug, Clone, Copy, Pod, Zeroable)]
pub struct BlockQ5_1 {
    /// Scale, little-endian f16.
    pub d: [u8; 2],
    /// Offset, little-endian f16.
    pub m: [u8; 2],
    /// Bit `i` is the fifth bit of `q[i]`.
    pub qh: [u8; 4],
    /// Low four bits, nibbles as in [`BlockQ4_0`].
    pub qs: [u8; 16],
}

/// 32 weights of eight bits sharing one scale: `w[i] = d · qs[i]`.
#[repr(C)]
#[derive(Debug, Clone, Copy, Pod, Zeroable)]
pub struct BlockQ8_0 {
    /// Scale, little-endian f16.
    pub d: [u8; 2],
    /// Weights.
    pub qs: [i8; 32],
}

const _: () = assert!(size_of::<BlockQ4_0>() == 18 && align_of::<BlockQ4_0>() == 1);
const _: () = assert!(size_of::<BlockQ4_1>() == 20 && align_of::<BlockQ4_1>() == 1);
const _: () = assert!(size_of::<BlockQ5_0>() == 22 && align_of::<BlockQ5_0>() == 1);
const _: () = assert!(size_of::<BlockQ5_1>() == 24 && align_of::<BlockQ5_1>() == 1);
const _: () = assert!(size_of::<BlockQ8_0>() == 34 && align_of::<BlockQ8_0>() == 1);

/// How the numbers of a weight matrix are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(non_camel_case_types, reason = "ggml's names")]
pub enum WeightType {
    /// IEEE single precision.
    F32,
    /// IEEE half precision.
    F16,
    /// The upper half of an f32.
    BF16,
    /// [`BlockQ4_0`].
    Q4_0,
    /// [`BlockQ4_1`].
    Q4_1,
    /// [`BlockQ5_0`].
    Q5_0,
    /// [`BlockQ5_1`].
    Q5_1,
    /// [`BlockQ8_0`].
    Q8_0,
}

impl WeightType {
    /// Every weight type.
    pub const ALL: [WeightType; 8] = [
        WeightType::F32,
        WeightType::F16,
        WeightType::BF16,
        WeightType::Q4_0,
        WeightType::Q4_1,
        WeightType::Q5_0,
        WeightType::Q5_1,
        WeightType::Q8_0,
    ];

    /// ggml's name.
    pub fn name(self) -> &'static str {
        match self {
            WeightType::F32 => "F32",
            WeightType::F16 => "F16",
            WeightType::BF16 => "BF16",
            WeightType::Q4_0 => "Q4_0",
            WeightType::Q4_1 => "Q4_1",
            WeightType::Q5_0 => "Q5_0",
            WeightType::Q5_1 => "Q5_1",
            WeightType::Q8_0 => "Q8_0",
        }
    }

    /// Weights in one block; 1 for the types that have no blocks.
    pub fn block_elements(self) -> usize {
        match self {
            WeightType::F32 | WeightType::F16 | WeightType::BF16 => 1,
            _ => BLOCK_ELEMENTS,
        }
    }

    /// Bytes of one block.
    pub fn block_bytes(self) -> usize {
        match self {
            WeightType::F32 => 4,
            WeightType::F16 | WeightType::BF16 => 2,
            WeightType::Q4_0 => size_of::<BlockQ4_0>(),
            WeightType::Q4_1 => size_of::<BlockQ4_1>(),
            WeightType::Q5_0 => size_of::<BlockQ5_0>(),
            WeightType::Q5_1 => size_of::<BlockQ5_1>(),
            WeightType::Q8_0 => size_of::<BlockQ8_0>(),
        }
    }

    /// Bytes of a row of `elements` weights.
    ///
    /// # Panics
    /// If `elements` is no multiple of the block.
    pub fn row_bytes(self, elements: usize) -> usize {
        assert_eq!(elements % self.block_elements(), 0, "{} rows are whole blocks", self.name());
        elements / self.block_elements() * self.block_bytes()
    }
}

/// The f32 value of a stored little-endian f16.
pub(crate) fn f16_to_f32(bytes: [u8; 2]) -> f32 {
    f16::from_le_bytes(bytes).to_f32()
}
