//! Vectors of the `wide` crate: SIMD wherever the compiler's baseline has any.

use wide::f32x8;

use super::simd::Simd;
use super::table::kernel_table;
use crate::Isa;

/// Needs nothing of the CPU beyond what the program was compiled for.
#[derive(Clone, Copy)]
pub(super) struct Portable;

impl Simd for Portable {
    type V = f32x8;
    const LANES: usize = 8;

    #[inline(always)]
    fn splat(self, x: f32) -> f32x8 {
        f32x8::splat(x)
    }
    #[inline(always)]
    fn add(self, a: f32x8, b: f32x8) -> f32x8 {
        a + b
    }
    #[inline(always)]
    fn sub(self, a: f32x8, b: f32x8) -> f32x8 {
        a - b
    }
    #[inline(always)]
    fn mul(self, a: f32x8, b: f32x8) -> f32x8 {
        a * b
    }
    #[inline(always)]
    fn div(self, a: f32x8, b: f32x8) -> f32x8 {
        a / b
    }
    #[inline(always)]
    fn fma(self, a: f32x8, b: f32x8, c: f32x8) -> f32x8 {
        a * b + c
    }
    #[inline(always)]
    fn fma_exact(self, a: f32x8, b: f32x8, c: f32x8) -> f32x8 {
        let ([a, b], c) = ([a, b].map(f32x8::to_array), c.to_array());
        // The product of two f32 is exact in f64.
        let sum = |i: usize| (f64::from(a[i]) * f64::from(b[i]) + f64::from(c[i])) as f32;
        f32x8::new(std::array::from_fn(sum))
    }
    #[inline(always)]
    fn min(self, a: f32x8, b: f32x8) -> f32x8 {
        a.fast_min(b)
    }
    #[inline(always)]
    fn max(self, a: f32x8, b: f32x8) -> f32x8 {
        a.fast_max(b)
    }
    #[inline(always)]
    fn round(self, a: f32x8) -> f32x8 {
        // `f32x8::round` takes ties away from zero where the baseline has no instruction. Beside 2²³ there is no room for
        // a fraction, so that adding it rounds, to even.
        let magic = f32x8::splat(8_388_608.0).copysign(a);
        a.abs().simd_lt(f32x8::splat(8_388_608.0)).select((a + magic) - magic, a)
    }
    #[inline(always)]
    fn exp2_integral(self, n: f32x8) -> f32x8 {
        // Integers below 2²³ added to 2²³ + 127 stand in the low mantissa bits, already biased.
        let biased: [f32; 8] = (n + f32x8::splat(8_388_608.0 + 127.0)).to_array();
        f32x8::new(biased.map(|b| f32::from_bits(b.to_bits() << 23)))
    }
    #[inline(always)]
    fn select_less(self, a: f32x8, b: f32x8, x: f32x8, y: f32x8) -> f32x8 {
        a.simd_lt(b).select(x, y)
    }
    #[inline(always)]
    fn copy_sign(self, magnitude: f32x8, sign: f32x8) -> f32x8 {
        magnitude.copysign(sign)
    }
    #[inline(always)]
    fn sum(self, a: f32x8) -> f32 {
        let [a, b, c, d, e, f, g, h] = a.to_array();
        ((a + e) + (c + g)) + ((b + f) + (d + h))
    }
    #[inline(always)]
    fn max_lane(self, a: f32x8) -> f32 {
        a.to_array().into_iter().fold(f32::NEG_INFINITY, f32::max)
    }
    #[inline(always)]
    unsafe fn load(self, p: *const f32) -> f32x8 {
        // SAFETY: the caller vouches for eight f32 at `p`; an array of f32 needs no more alignment than they have.
        f32x8::new(unsafe { *p.cast::<[f32; 8]>() })
    }
    #[inline(always)]
    unsafe fn store(self, p: *mut f32, v: f32x8) {
        // SAFETY: the caller vouches for eight f32 at `p`.
        unsafe { *p.cast::<[f32; 8]>() = v.to_array() }
    }
    #[inline(always)]
    unsafe fn load_f16(self, p: *const u16) -> f32x8 {
        // SAFETY: the caller vouches for eight u16 at `p`.
        let bits = unsafe { *p.cast::<[u16; 8]>() };
        f32x8::new(bits.map(|b| half::f16::from_bits(b).to_f32()))
    }
    #[inline(always)]
    unsafe fn load_bf16(self, p: *const u16) -> f32x8 {
        // SAFETY: the caller vouches for eight u16 at `p`.
        let bits = unsafe { *p.cast::<[u16; 8]>() };
        f32x8::new(bits.map(crate::bf16::to_f32))
    }
    #[inline(always)]
    unsafe fn store_bf16(self, p: *mut u16, v: f32x8) {
        // SAFETY: the caller vouches for eight u16 at `p`.
        unsafe { *p.cast::<[u16; 8]>() = v.to_array().map(crate::bf16::from_f32) }
    }
    #[inline(always)]
    unsafe fn load_bf16_pairs(self, p: *const u16) -> [f32x8; 2] {
        // SAFETY: the caller vouches for sixteen u16 at `p`.
        let pairs = unsafe { *p.cast::<[[u16; 2]; 8]>() };
        [0, 1].map(|i| f32x8::new(pairs.map(|pair| crate::bf16::to_f32(pair[i]))))
    }
}

kernel_table!(Portable, Portable, Isa::Portable, super::portable_integer::bytes::TABLE, 2, 2, {});
