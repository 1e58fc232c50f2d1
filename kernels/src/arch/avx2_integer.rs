//! Integer kernels for AVX2, without and with AVX-VNNI.

use std::arch::x86_64::*;

use super::avx2::Avx2;
use super::integer::IntegerSimd;
use super::table_integer::integer_table;

/// Proof that AVX2 and AVX-VNNI may be used.
#[derive(Clone, Copy)]
struct Avx2Vnni(Avx2);

impl Avx2Vnni {
    /// # Safety
    /// The CPU must have AVX-VNNI and what [`Avx2`] needs.
    #[inline(always)]
    unsafe fn assume() -> Self {
        // SAFETY: passed on to the caller.
        Avx2Vnni(unsafe { Avx2::assume() })
    }
}

/// Calls a register-only intrinsic.
macro_rules! op {
    ($e:expr) => {{
        // SAFETY: the token proves that the CPU has the instruction; only registers are touched.
        unsafe { $e }
    }};
}

/// What does not depend on how dot products are made.
macro_rules! common {
    () => {
        type Float = Avx2;
        type Bytes = __m256i;
        type Ints = __m256i;
        type Quad = __m256i;

        #[inline(always)]
        fn splat_product(self, a: i32, b: i32) -> __m256i {
            op!(_mm256_mullo_epi32(_mm256_set1_epi32(a), _mm256_set1_epi32(b)))
        }
        #[inline(always)]
        fn to_float(self, a: __m256i) -> __m256 {
            op!(_mm256_cvtepi32_ps(a))
        }
        #[inline(always)]
        fn low_nibbles(self, a: __m256i) -> __m256i {
            op!(_mm256_and_si256(a, _mm256_set1_epi8(15)))
        }
        #[inline(always)]
        fn high_nibbles(self, a: __m256i) -> __m256i {
            op!(_mm256_and_si256(_mm256_srli_epi16::<4>(a), _mm256_set1_epi8(15)))
        }
        #[inline(always)]
        fn add_fifth_bits(self, a: __m256i, bits: [u16; 4]) -> __m256i {
            op!({
                // Eight copies of each byte of flags, and one flag of each copied byte looked at.
                let copies = |byte: u16| (0x0101_0101_0101_0101 * u64::from(byte & 255)) as i64;
                let [first, second, ..] = bits;
                let parts = [copies(second >> 8), copies(second), copies(first >> 8), copies(first)];
                let flags = _mm256_set_epi64x(parts[0], parts[1], parts[2], parts[3]);
                let select = _mm256_set1_epi64x(0x8040_2010_0804_0201_u64 as i64);
                let set = _mm256_cmpeq_epi8(_mm256_and_si256(flags, select), select);
                _mm256_or_si256(a, _mm256_and_si256(set, _mm256_set1_epi8(16)))
            })
        }
        #[inline(always)]
        fn transpose(self, [a, b, c, d]: [__m256i; 4]) -> [__m256i; 4] {
            op!({
                let (ab, ab2) = (_mm256_unpacklo_epi32(a, b), _mm256_unpackhi_epi32(a, b));
                let (cd, cd2) = (_mm256_unpacklo_epi32(c, d), _mm256_unpackhi_epi32(c, d));
                [
                    _mm256_unpacklo_epi64(ab, cd),
                    _mm256_unpackhi_epi64(ab, cd),
                    _mm256_unpacklo_epi64(ab2, cd2),
                    _mm256_unpackhi_epi64(ab2, cd2),
                ]
            })
        }
        #[inline(always)]
        unsafe fn quad(self, p: *const i8) -> __m256i {
            // SAFETY: the caller vouches for four bytes.
            unsafe { _mm256_set1_epi32(p.cast::<i32>().read_unaligned()) }
        }
        #[inline(always)]
        unsafe fn load_ints(self, p: *const i32) -> __m256i {
            // SAFETY: the caller vouches for eight i32.
            unsafe { _mm256_loadu_si256(p.cast()) }
        }
        #[inline(always)]
        unsafe fn load_bytes(self, p: *const u8) -> __m256i {
            // SAFETY: the caller vouches for 32 bytes.
            unsafe { _mm256_loadu_si256(p.cast()) }
        }
        #[inline(always)]
        unsafe fn store_bytes(self, p: *mut u8, a: __m256i) {
            // SAFETY: the caller vouches for 32 bytes.
            unsafe { _mm256_storeu_si256(p.cast(), a) }
        }
        #[inline(always)]
        unsafe fn load_every_fourth(self, rows: *const *const u8, offset: usize) -> __m256i {
            // SAFETY: the caller vouches for 16 bytes of rows 0 and 4.
            unsafe {
                let row = |i: usize| (*rows.add(i)).add(offset).cast::<__m128i>();
                _mm256_inserti128_si256::<1>(
                    _mm256_castsi128_si256(_mm_loadu_si128(row(0))),
                    _mm_loadu_si128(row(4)),
                )
            }
        }
        #[inline(always)]
        unsafe fn store_codes(self, p: *mut u8, a: __m256) {
            // SAFETY: the caller vouches for eight bytes.
            unsafe {
                let codes = _mm256_cvtps_epi32(_mm256_min_ps(a, _mm256_set1_ps(255.0)));
                let codes = _mm256_max_epi32(codes, _mm256_set1_epi32(1));
                let words =
                    _mm_packus_epi32(_mm256_castsi256_si128(codes), _mm256_extracti128_si256::<1>(codes));
                _mm_storel_epi64(p.cast(), _mm_packus_epi16(words, words));
            }
        }
        #[inline(always)]
        unsafe fn store_low_bytes(self, p: *mut u8, a: __m256) {
            // SAFETY: the caller vouches for eight bytes.
            unsafe {
                let a = _mm256_cvtps_epi32(a);
                let words = _mm_packs_epi32(_mm256_castsi256_si128(a), _mm256_extracti128_si256::<1>(a));
                _mm_storel_epi64(p.cast(), _mm_packs_epi16(words, words));
            }
        }
    };
}

/// Activations about zero, and their magnitudes, up to 128.
#[derive(Clone, Copy)]
pub(super) struct Centred {
    magnitudes: __m256i,
    signed: __m256i,
}

impl IntegerSimd for Avx2 {
    common!();

    type Small = __m256i;
    type Signed = __m256i;
    type Codes = Centred;
    const BIAS: i32 = 0;
    const CENTRED: bool = true;

    #[inline(always)]
    fn float(self) -> Avx2 {
        self
    }
    #[inline(always)]
    fn bias(self, a: __m256i) -> __m256i {
        a
    }
    #[inline(always)]
    fn small_begin(self, _sums: __m256i) -> __m256i {
        op!(_mm256_setzero_si256())
    }
    /// Pairs of products of at most 2 · 31 · 127 in 16 bits.
    #[inline(always)]
    fn small_step(self, sums: __m256i, weights: __m256i, x: __m256i) -> __m256i {
        op!(_mm256_add_epi16(sums, _mm256_maddubs_epi16(weights, x)))
    }
    #[inline(always)]
    fn small_end(self, sums: __m256i, small: __m256i) -> __m256i {
        op!(_mm256_add_epi32(sums, _mm256_madd_epi16(small, _mm256_set1_epi16(1))))
    }
    #[inline(always)]
    fn signed_begin(self, sums: __m256i) -> __m256i {
        sums
    }
    /// The signs go to the activations: 2 · 128 · 127 is below 2¹⁵, where `maddubs` would saturate.
    #[inline(always)]
    fn signed_step(self, sums: __m256i, weights: __m256i, x: __m256i) -> __m256i {
        op!({
            let pairs = _mm256_maddubs_epi16(_mm256_abs_epi8(weights), _mm256_sign_epi8(x, weights));
            _mm256_add_epi32(sums, _mm256_madd_epi16(pairs, _mm256_set1_epi16(1)))
        })
    }
    #[inline(always)]
    fn signed_end(self, _sums: __m256i, signed: __m256i) -> __m256i {
        signed
    }
    #[inline(always)]
    unsafe fn codes(self, p: *const u8) -> Centred {
        // SAFETY: the caller vouches for four bytes; the rest is registers.
        unsafe {
            let signed = _mm256_xor_si256(self.quad(p.cast()), _mm256_set1_epi8(-128));
            Centred { magnitudes: _mm256_abs_epi8(signed), signed }
        }
    }
    /// The signs go to the weights: 2 · 128 · 127 is below 2¹⁵, where `maddubs` would saturate.
    #[inline(always)]
    fn codes_step(self, sums: __m256i, weights: __m256i, x: Centred) -> __m256i {
        op!({
            let pairs = _mm256_maddubs_epi16(x.magnitudes, _mm256_sign_epi8(weights, x.signed));
            _mm256_add_epi32(sums, _mm256_madd_epi16(pairs, _mm256_set1_epi16(1)))
        })
    }
}

impl IntegerSimd for Avx2Vnni {
    common!();

    type Small = __m256i;
    type Signed = __m256i;
    type Codes = __m256i;
    const BIAS: i32 = 128;
    const CENTRED: bool = false;

    #[inline(always)]
    fn float(self) -> Avx2 {
        self.0
    }
    #[inline(always)]
    fn bias(self, a: __m256i) -> __m256i {
        op!(_mm256_xor_si256(a, _mm256_set1_epi8(-128)))
    }
    #[inline(always)]
    fn small_begin(self, sums: __m256i) -> __m256i {
        sums
    }
    #[inline(always)]
    fn small_step(self, sums: __m256i, weights: __m256i, x: __m256i) -> __m256i {
        op!(_mm256_dpbusd_avx_epi32(sums, weights, x))
    }
    #[inline(always)]
    fn small_end(self, _sums: __m256i, small: __m256i) -> __m256i {
        small
    }
    #[inline(always)]
    fn signed_begin(self, sums: __m256i) -> __m256i {
        sums
    }
    #[inline(always)]
    fn signed_step(self, sums: __m256i, weights: __m256i, x: __m256i) -> __m256i {
        op!(_mm256_dpbusd_avx_epi32(sums, weights, x))
    }
    #[inline(always)]
    fn signed_end(self, _sums: __m256i, signed: __m256i) -> __m256i {
        signed
    }
    #[inline(always)]
    unsafe fn codes(self, p: *const u8) -> __m256i {
        // SAFETY: passed on to the caller.
        unsafe { self.quad(p.cast()) }
    }
    #[inline(always)]
    fn codes_step(self, sums: __m256i, weights: __m256i, x: __m256i) -> __m256i {
        op!(_mm256_dpbusd_avx_epi32(sums, x, weights))
    }
}

integer_table!(
    maddubs,
    // SAFETY: the wrappers enable exactly these features, and the table is handed out only where they exist.
    unsafe { Avx2::assume() },
    Avx2,
    3,
    4,
    {
        #[target_feature(enable = "avx2,fma,f16c")]
    }
);

integer_table!(
    vnni,
    // SAFETY: the wrappers enable exactly these features, and the table is handed out only where they exist.
    unsafe { Avx2Vnni::assume() },
    Avx2Vnni,
    3,
    4,
    {
        #[target_feature(enable = "avx2,fma,f16c,avxvnni")]
    }
);
