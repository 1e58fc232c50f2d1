//! The vector operations that the integer kernels are written in.

use super::simd::Simd;

/// Operations on bytes, for dot products of four neighbouring bytes at a time. Like [`Simd`], a value is a token.
///
/// A vector of bytes holds `LANES` outputs of four inputs each, output by output; the sums are `LANES` i32.
/// Everything is exact.
pub(crate) trait IntegerSimd: Copy {
    /// The f32 side, with the same number of lanes.
    type Float: Simd;
    /// `4 · LANES` bytes.
    type Bytes: Copy;
    /// `LANES` i32.
    type Ints: Copy;
    /// Four activations, ready to be multiplied with every output's four weights.
    type Quad: Copy;
    /// Sums of products with weights in 0..=31, of at most [`SMALL_STEPS`] steps.
    type Small: Copy;
    /// Sums of products with signed weights.
    type Signed: Copy;
    /// Four unsigned activations with 128 for zero, ready for [`codes_step`](Self::codes_step).
    type Codes: Copy;
    /// What [`bias`](Self::bias) adds to a signed weight.
    const BIAS: i32;
    /// Whether [`codes_step`](Self::codes_step) takes 128 from the activations.
    const CENTRED: bool;

    fn float(self) -> Self::Float;
    /// `a · b` in every lane.
    fn splat_product(self, a: i32, b: i32) -> Self::Ints;
    fn to_float(self, a: Self::Ints) -> <Self::Float as Simd>::V;

    /// Bits 0 to 3 of every byte.
    fn low_nibbles(self, a: Self::Bytes) -> Self::Bytes;
    /// Bits 4 to 7 of every byte, moved down.
    fn high_nibbles(self, a: Self::Bytes) -> Self::Bytes;
    /// Adds 16 to byte `i` of part `p` (of 16 bytes) where bit `i` of `bits[p]` is set.
    fn add_fifth_bits(self, a: Self::Bytes, bits: [u16; 4]) -> Self::Bytes;
    /// Signed weights as [`signed_step`](Self::signed_step) takes them.
    fn bias(self, a: Self::Bytes) -> Self::Bytes;
    /// Transposes the 4 × 4 matrix of four-byte groups that the same 16 bytes of four vectors hold.
    fn transpose(self, a: [Self::Bytes; 4]) -> [Self::Bytes; 4];

    fn small_begin(self, sums: Self::Ints) -> Self::Small;
    fn small_step(self, sums: Self::Small, weights: Self::Bytes, x: Self::Quad) -> Self::Small;
    /// `sums` is what the steps began with.
    fn small_end(self, sums: Self::Ints, small: Self::Small) -> Self::Ints;
    fn signed_begin(self, sums: Self::Ints) -> Self::Signed;
    /// `weights` are biased, and none was −128.
    fn signed_step(self, sums: Self::Signed, weights: Self::Bytes, x: Self::Quad) -> Self::Signed;
    /// `sums` is what the steps began with.
    fn signed_end(self, sums: Self::Ints, signed: Self::Signed) -> Self::Ints;

    /// Adds products of signed weights, none of them −128, with unsigned activations.
    fn codes_step(self, sums: Self::Signed, weights: Self::Bytes, x: Self::Codes) -> Self::Signed;

    /// Four unsigned activations.
    ///
    /// # Safety
    /// Four bytes must be readable at `p`.
    unsafe fn codes(self, p: *const u8) -> Self::Codes;
    /// # Safety
    /// `LANES` i32 must be readable at `p`.
    unsafe fn load_ints(self, p: *const i32) -> Self::Ints;
    /// Four activations in −127..=127.
    ///
    /// # Safety
    /// Four bytes must be readable at `p`.
    unsafe fn quad(self, p: *const i8) -> Self::Quad;
    /// # Safety
    /// `4 · LANES` bytes must be readable at `p`.
    unsafe fn load_bytes(self, p: *const u8) -> Self::Bytes;
    /// # Safety
    /// `4 · LANES` bytes must be writable at `p`.
    unsafe fn store_bytes(self, p: *mut u8, a: Self::Bytes);
    /// Sixteen bytes of every fourth row: `p(0)`, `p(4)`, … one after the other.
    ///
    /// # Safety
    /// Sixteen bytes must be readable at `offset` behind each of `rows[0]`, `rows[4]`, … of `LANES` rows.
    unsafe fn load_every_fourth(self, rows: *const *const u8, offset: usize) -> Self::Bytes;
    /// `LANES` numbers rounded to the nearest integer in 1..=255, ties to even.
    ///
    /// # Safety
    /// `LANES` bytes must be writable at `p`.
    unsafe fn store_codes(self, p: *mut u8, a: <Self::Float as Simd>::V);
    /// `LANES` integral numbers in −128..=127, as two's complement.
    ///
    /// # Safety
    /// `LANES` bytes must be writable at `p`.
    unsafe fn store_low_bytes(self, p: *mut u8, a: <Self::Float as Simd>::V);
}

/// Steps that a [`IntegerSimd::Small`] sum holds: 4 · 2 · 31 · 127 is below 2¹⁵.
pub(crate) const SMALL_STEPS: usize = 4;
