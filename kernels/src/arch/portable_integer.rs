//! Integer kernels on the `wide` crate: bytes widened to 16 bits, whose pairs of products every SIMD can add.

use wide::{f32x8, i16x16, i32x8, u8x16};

use super::integer::IntegerSimd;
use super::portable::Portable;
use super::simd::Simd;
use super::table_integer::integer_table;

/// Bytes as two vectors, the type for which `wide` can widen.
type Bytes = [u8; 32];

/// Sums of pairs, of outputs 0 to 3 and 4 to 7.
type Pairs = [i32x8; 2];

#[inline(always)]
fn halves(a: &Bytes) -> [[u8; 16]; 2] {
    let (low, high) = a.split_at(16);
    [low, high].map(|half| half.try_into().expect("half of 32 bytes"))
}

#[inline(always)]
fn add_pairs(sums: i32x8, pairs: Pairs) -> i32x8 {
    let sums = sums.to_array();
    let pairs = pairs.map(i32x8::to_array);
    i32x8::new(std::array::from_fn(|o| sums[o] + pairs[o / 4][2 * (o % 4)] + pairs[o / 4][2 * (o % 4) + 1]))
}

impl IntegerSimd for Portable {
    type Float = Portable;
    type Bytes = Bytes;
    type Ints = i32x8;
    type Quad = i16x16;
    type Small = Pairs;
    type Signed = Pairs;
    type Codes = i16x16;
    /// Unsigned bytes are the ones that every baseline widens fast.
    const BIAS: i32 = 128;
    const CENTRED: bool = true;

    #[inline(always)]
    fn float(self) -> Portable {
        self
    }
    #[inline(always)]
    fn splat_product(self, a: i32, b: i32) -> i32x8 {
        i32x8::splat(a * b)
    }
    #[inline(always)]
    fn to_float(self, a: i32x8) -> f32x8 {
        f32x8::from_i32x8(a)
    }
    #[inline(always)]
    fn low_nibbles(self, a: Bytes) -> Bytes {
        a.map(|b| b & 15)
    }
    #[inline(always)]
    fn high_nibbles(self, a: Bytes) -> Bytes {
        a.map(|b| b >> 4)
    }
    #[inline(always)]
    fn add_fifth_bits(self, a: Bytes, bits: [u16; 4]) -> Bytes {
        std::array::from_fn(|i| a[i] + ((bits[i / 16] >> (i % 16) & 1) << 4) as u8)
    }
    #[inline(always)]
    fn bias(self, a: Bytes) -> Bytes {
        a.map(|b| b ^ 128)
    }
    #[inline(always)]
    fn transpose(self, a: [Bytes; 4]) -> [Bytes; 4] {
        std::array::from_fn(|quad| std::array::from_fn(|i| a[i / 4 % 4][i / 16 * 16 + quad * 4 + i % 4]))
    }
    #[inline(always)]
    fn small_begin(self, _sums: i32x8) -> Pairs {
        [i32x8::splat(0); 2]
    }
    #[inline(always)]
    fn small_step(self, sums: Pairs, weights: Bytes, x: i16x16) -> Pairs {
        let [low, high] = halves(&weights).map(|half| i16x16::from(u8x16::new(half)));
        [sums[0] + low.dot(x), sums[1] + high.dot(x)]
    }
    #[inline(always)]
    fn small_end(self, sums: i32x8, small: Pairs) -> i32x8 {
        add_pairs(sums, small)
    }
    #[inline(always)]
    fn signed_begin(self, _sums: i32x8) -> Pairs {
        [i32x8::splat(0); 2]
    }
    #[inline(always)]
    fn signed_step(self, sums: Pairs, weights: Bytes, x: i16x16) -> Pairs {
        self.small_step(sums, weights, x)
    }
    #[inline(always)]
    fn signed_end(self, sums: i32x8, signed: Pairs) -> i32x8 {
        add_pairs(sums, signed)
    }
    #[inline(always)]
    fn codes_step(self, sums: Pairs, weights: Bytes, x: i16x16) -> Pairs {
        let zero = i16x16::splat(128);
        let [low, high] = halves(&self.bias(weights)).map(|half| i16x16::from(u8x16::new(half)) - zero);
        [sums[0] + low.dot(x), sums[1] + high.dot(x)]
    }
    #[inline(always)]
    unsafe fn codes(self, p: *const u8) -> i16x16 {
        // SAFETY: the caller vouches for four bytes.
        let quad = unsafe { *p.cast::<[u8; 4]>() };
        i16x16::new(std::array::from_fn(|i| i16::from(quad[i % 4]) - 128))
    }
    #[inline(always)]
    unsafe fn load_ints(self, p: *const i32) -> i32x8 {
        // SAFETY: the caller vouches for eight i32.
        i32x8::new(unsafe { *p.cast::<[i32; 8]>() })
    }
    #[inline(always)]
    unsafe fn quad(self, p: *const i8) -> i16x16 {
        // SAFETY: the caller vouches for four bytes.
        let quad = unsafe { *p.cast::<[i8; 4]>() };
        i16x16::new(std::array::from_fn(|i| i16::from(quad[i % 4])))
    }
    #[inline(always)]
    unsafe fn load_bytes(self, p: *const u8) -> Bytes {
        // SAFETY: the caller vouches for 32 bytes.
        unsafe { *p.cast::<Bytes>() }
    }
    #[inline(always)]
    unsafe fn store_bytes(self, p: *mut u8, a: Bytes) {
        // SAFETY: the caller vouches for 32 bytes.
        unsafe { *p.cast::<Bytes>() = a }
    }
    #[inline(always)]
    unsafe fn load_every_fourth(self, rows: *const *const u8, offset: usize) -> Bytes {
        // SAFETY: the caller vouches for 16 bytes of rows 0 and 4.
        let [first, second] = [0, 4].map(|i| unsafe { *(*rows.add(i)).add(offset).cast::<[u8; 16]>() });
        std::array::from_fn(|i| if i < 16 { first[i] } else { second[i - 16] })
    }
    #[inline(always)]
    unsafe fn store_codes(self, p: *mut u8, a: f32x8) {
        let code = Simd::round(self, a.fast_min(f32x8::splat(255.0)).fast_max(f32x8::splat(1.0)));
        // SAFETY: the caller vouches for eight bytes.
        unsafe { *p.cast::<[u8; 8]>() = code.to_array().map(|v| v as u8) }
    }
    #[inline(always)]
    unsafe fn store_low_bytes(self, p: *mut u8, a: f32x8) {
        // SAFETY: the caller vouches for eight bytes.
        unsafe { *p.cast::<[u8; 8]>() = a.to_array().map(|v| v as i8 as u8) }
    }
}

integer_table!(bytes, Portable, Portable, 2, 2, {});
