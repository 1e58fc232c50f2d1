//! The vector operations that the generic kernels are written in.

use crate::block::{BLOCK_ELEMENTS, BlockQ4_0, BlockQ4_1, BlockQ5_0, BlockQ5_1, BlockQ8_0};
use crate::quantize;

/// Operations on vectors of f32. A value of the implementing type is a token: whoever makes one vouches that the CPU
/// has the instruction set, which is what makes the register operations safe to call.
///
/// Everything is `inline(always)`: the code is compiled inside the `#[target_feature]` function that calls it.
pub(crate) trait Simd: Copy {
    /// A vector of [`LANES`](Self::LANES) f32.
    type V: Copy;
    const LANES: usize;

    fn splat(self, x: f32) -> Self::V;
    fn add(self, a: Self::V, b: Self::V) -> Self::V;
    fn sub(self, a: Self::V, b: Self::V) -> Self::V;
    fn mul(self, a: Self::V, b: Self::V) -> Self::V;
    fn div(self, a: Self::V, b: Self::V) -> Self::V;
    /// `a · b + c`, fused where the instruction set can.
    fn fma(self, a: Self::V, b: Self::V, c: Self::V) -> Self::V;
    /// `a · b + c`, rounded once or from a sum in f64.
    fn fma_exact(self, a: Self::V, b: Self::V, c: Self::V) -> Self::V {
        self.fma(a, b, c)
    }
    /// `b` where either is not a number, on x86.
    fn min(self, a: Self::V, b: Self::V) -> Self::V;
    fn max(self, a: Self::V, b: Self::V) -> Self::V;
    /// Rounds to the nearest integer, ties to even.
    fn round(self, a: Self::V) -> Self::V;
    /// `2^n` for integral `n` in −126..=127.
    fn exp2_integral(self, n: Self::V) -> Self::V;
    /// `x` where `a < b`, else `y`.
    fn select_less(self, a: Self::V, b: Self::V, x: Self::V, y: Self::V) -> Self::V;
    /// `magnitude` with the sign of `sign`, bit by bit.
    fn copy_sign(self, magnitude: Self::V, sign: Self::V) -> Self::V;
    /// Sum of the lanes, in a fixed order.
    fn sum(self, a: Self::V) -> f32;
    /// Largest lane.
    fn max_lane(self, a: Self::V) -> f32;

    /// Asks for the cache line at `p`, which may be any address.
    #[inline(always)]
    fn prefetch(self, p: *const u8) {
        #[cfg(target_arch = "x86_64")]
        // SAFETY: a prefetch of an address that cannot be read does nothing.
        unsafe {
            std::arch::x86_64::_mm_prefetch::<{ std::arch::x86_64::_MM_HINT_T0 }>(p.cast());
        }
        #[cfg(not(target_arch = "x86_64"))]
        let _ = p;
    }

    /// # Safety
    /// `LANES` f32 must be readable at `p`; no alignment needed.
    unsafe fn load(self, p: *const f32) -> Self::V;
    /// # Safety
    /// `LANES` f32 must be writable at `p`; no alignment needed.
    unsafe fn store(self, p: *mut f32, v: Self::V);
    /// `LANES` f16 at `p` as f32.
    ///
    /// # Safety
    /// `LANES` u16 must be readable at `p`; no alignment needed.
    unsafe fn load_f16(self, p: *const u16) -> Self::V;
    /// `LANES` bf16 at `p` as f32.
    ///
    /// # Safety
    /// `LANES` u16 must be readable at `p`; no alignment needed.
    unsafe fn load_bf16(self, p: *const u16) -> Self::V;
    /// `LANES` values to the nearest bf16 at `p`, ties to even.
    ///
    /// # Safety
    /// `LANES` u16 must be writable at `p`; no alignment needed.
    unsafe fn store_bf16(self, p: *mut u16, v: Self::V);
    /// `LANES` pairs of bf16 at `p`: the first of each pair, and the second.
    ///
    /// # Safety
    /// `2 · LANES` u16 must be readable at `p`; no alignment needed.
    unsafe fn load_bf16_pairs(self, p: *const u16) -> [Self::V; 2];
    /// `acc[i] + x.0 · w[i].0 + x.1 · w[i].1` for the pair `x` in every lane and the pairs of `w`.
    ///
    /// # Safety
    /// `2 · LANES` u16 must be readable at `w`, two at `x`; no alignment needed.
    #[inline(always)]
    unsafe fn dot_bf16<const ROWS: usize>(
        self,
        acc: &mut [Self::V; ROWS],
        x: [*const u16; ROWS],
        w: *const u16,
    ) {
        // SAFETY: passed on to the caller.
        unsafe {
            let [first, second] = self.load_bf16_pairs(w);
            for (acc, x) in acc.iter_mut().zip(x) {
                let value = |i: usize| self.splat(crate::bf16::to_f32(*x.add(i)));
                *acc = self.fma(value(1), second, self.fma(value(0), first, *acc));
            }
        }
    }

    fn decode_q4_0(self, block: &BlockQ4_0, out: &mut [f32; BLOCK_ELEMENTS]) {
        quantize::decode_q4_0(block, out);
    }
    fn decode_q4_1(self, block: &BlockQ4_1, out: &mut [f32; BLOCK_ELEMENTS]) {
        quantize::decode_q4_1(block, out);
    }
    fn decode_q5_0(self, block: &BlockQ5_0, out: &mut [f32; BLOCK_ELEMENTS]) {
        quantize::decode_q5_0(block, out);
    }
    fn decode_q5_1(self, block: &BlockQ5_1, out: &mut [f32; BLOCK_ELEMENTS]) {
        quantize::decode_q5_1(block, out);
    }
    fn decode_q8_0(self, block: &BlockQ8_0, out: &mut [f32; BLOCK_ELEMENTS]) {
        quantize::decode_q8_0(block, out);
    }
}

/// A type that values are stored in.
pub(crate) trait Element: Copy {
    /// # Safety
    /// `LANES` values must be readable at `p`; no alignment needed.
    unsafe fn load<S: Simd>(s: S, p: *const Self) -> S::V;
    /// # Safety
    /// `LANES` values must be writable at `p`; no alignment needed.
    unsafe fn store<S: Simd>(s: S, p: *mut Self, v: S::V);
    fn to_f32(self) -> f32;
    fn from_f32(x: f32) -> Self;
}

impl Element for f32 {
    #[inline(always)]
    unsafe fn load<S: Simd>(s: S, p: *const f32) -> S::V {
        // SAFETY: passed on to the caller.
        unsafe { s.load(p) }
    }
    #[inline(always)]
    unsafe fn store<S: Simd>(s: S, p: *mut f32, v: S::V) {
        // SAFETY: passed on to the caller.
        unsafe { s.store(p, v) }
    }
    #[inline(always)]
    fn to_f32(self) -> f32 {
        self
    }
    #[inline(always)]
    fn from_f32(x: f32) -> f32 {
        x
    }
}

/// Brain floats.
impl Element for u16 {
    #[inline(always)]
    unsafe fn load<S: Simd>(s: S, p: *const u16) -> S::V {
        // SAFETY: passed on to the caller.
        unsafe { s.load_bf16(p) }
    }
    #[inline(always)]
    unsafe fn store<S: Simd>(s: S, p: *mut u16, v: S::V) {
        // SAFETY: passed on to the caller.
        unsafe { s.store_bf16(p, v) }
    }
    #[inline(always)]
    fn to_f32(self) -> f32 {
        crate::bf16::to_f32(self)
    }
    #[inline(always)]
    fn from_f32(x: f32) -> u16 {
        crate::bf16::from_f32(x)
    }
}
