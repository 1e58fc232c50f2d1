//! Integer kernels for AVX-512 BW, without and with VNNI.

use std::arch::x86_64::*;

use super::avx512::Avx512;
use super::integer::IntegerSimd;
use super::table_integer::integer_table;

/// Proof that AVX-512 VNNI may be used.
#[derive(Clone, Copy)]
struct Avx512Vnni(Avx512<false>);

impl Avx512Vnni {
    /// # Safety
    /// The CPU must have AVX-512 VNNI and what [`Avx512`] needs.
    #[inline(always)]
    unsafe fn assume() -> Self {
        // SAFETY: passed on to the caller.
        Avx512Vnni(unsafe { Avx512::<false>::assume() })
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
        type Float = Avx512<false>;
        type Bytes = __m512i;
        type Ints = __m512i;
        type Quad = __m512i;

        #[inline(always)]
        fn splat_product(self, a: i32, b: i32) -> __m512i {
            op!(_mm512_mullo_epi32(_mm512_set1_epi32(a), _mm512_set1_epi32(b)))
        }
        #[inline(always)]
        fn to_float(self, a: __m512i) -> __m512 {
            op!(_mm512_cvtepi32_ps(a))
        }
        #[inline(always)]
        fn low_nibbles(self, a: __m512i) -> __m512i {
            op!(_mm512_and_si512(a, _mm512_set1_epi8(15)))
        }
        #[inline(always)]
        fn high_nibbles(self, a: __m512i) -> __m512i {
            op!(_mm512_and_si512(_mm512_srli_epi16::<4>(a), _mm512_set1_epi8(15)))
        }
        #[inline(always)]
        fn add_fifth_bits(self, a: __m512i, bits: [u16; 4]) -> __m512i {
            let mask = bits.iter().rev().fold(0u64, |mask, bits| mask << 16 | u64::from(*bits));
            op!(_mm512_mask_add_epi8(a, mask, a, _mm512_set1_epi8(16)))
        }
        #[inline(always)]
        fn transpose(self, [a, b, c, d]: [__m512i; 4]) -> [__m512i; 4] {
            op!({
                let (ab, ab2) = (_mm512_unpacklo_epi32(a, b), _mm512_unpackhi_epi32(a, b));
                let (cd, cd2) = (_mm512_unpacklo_epi32(c, d), _mm512_unpackhi_epi32(c, d));
                [
                    _mm512_unpacklo_epi64(ab, cd),
                    _mm512_unpackhi_epi64(ab, cd),
                    _mm512_unpacklo_epi64(ab2, cd2),
                    _mm512_unpackhi_epi64(ab2, cd2),
                ]
            })
        }
        #[inline(always)]
        unsafe fn quad(self, p: *const i8) -> __m512i {
            // SAFETY: the caller vouches for four bytes.
            unsafe { _mm512_set1_epi32(p.cast::<i32>().read_unaligned()) }
        }
        #[inline(always)]
        unsafe fn load_ints(self, p: *const i32) -> __m512i {
            // SAFETY: the caller vouches for sixteen i32.
            unsafe { _mm512_loadu_si512(p.cast()) }
        }
        #[inline(always)]
        unsafe fn load_bytes(self, p: *const u8) -> __m512i {
            // SAFETY: the caller vouches for 64 bytes.
            unsafe { _mm512_loadu_si512(p.cast()) }
        }
        #[inline(always)]
        unsafe fn store_bytes(self, p: *mut u8, a: __m512i) {
            // SAFETY: the caller vouches for 64 bytes.
            unsafe { _mm512_storeu_si512(p.cast(), a) }
        }
        #[inline(always)]
        unsafe fn load_every_fourth(self, rows: *const *const u8, offset: usize) -> __m512i {
            // SAFETY: the caller vouches for 16 bytes of rows 0, 4, 8 and 12.
            unsafe {
                let row = |i: usize| _mm_loadu_si128((*rows.add(i)).add(offset).cast());
                let v = _mm512_castsi128_si512(row(0));
                let v = _mm512_inserti32x4::<1>(v, row(4));
                let v = _mm512_inserti32x4::<2>(v, row(8));
                _mm512_inserti32x4::<3>(v, row(12))
            }
        }
        #[inline(always)]
        unsafe fn store_codes(self, p: *mut u8, a: __m512) {
            // SAFETY: the caller vouches for sixteen bytes.
            unsafe {
                let codes = _mm512_cvtps_epi32(_mm512_min_ps(a, _mm512_set1_ps(255.0)));
                let codes = _mm512_max_epi32(codes, _mm512_set1_epi32(1));
                _mm_storeu_si128(p.cast(), _mm512_cvtepi32_epi8(codes));
            }
        }
        #[inline(always)]
        unsafe fn store_low_bytes(self, p: *mut u8, a: __m512) {
            // SAFETY: the caller vouches for sixteen bytes.
            unsafe { _mm_storeu_si128(p.cast(), _mm512_cvtepi32_epi8(_mm512_cvtps_epi32(a))) }
        }
    };
}

/// Activations about zero: magnitudes up to 128, and which are negative.
#[derive(Clone, Copy)]
pub(super) struct Centred {
    magnitudes: __m512i,
    negative: __mmask64,
}

impl IntegerSimd for Avx512<false> {
    common!();

    type Small = __m512i;
    type Signed = __m512i;
    type Codes = Centred;
    const BIAS: i32 = 0;
    const CENTRED: bool = true;

    #[inline(always)]
    fn float(self) -> Avx512<false> {
        self
    }
    #[inline(always)]
    fn bias(self, a: __m512i) -> __m512i {
        a
    }
    #[inline(always)]
    fn small_begin(self, _sums: __m512i) -> __m512i {
        op!(_mm512_setzero_si512())
    }
    /// Pairs of products of at most 2 · 31 · 127 in 16 bits.
    #[inline(always)]
    fn small_step(self, sums: __m512i, weights: __m512i, x: __m512i) -> __m512i {
        op!(_mm512_add_epi16(sums, _mm512_maddubs_epi16(weights, x)))
    }
    #[inline(always)]
    fn small_end(self, sums: __m512i, small: __m512i) -> __m512i {
        op!(_mm512_add_epi32(sums, _mm512_madd_epi16(small, _mm512_set1_epi16(1))))
    }
    #[inline(always)]
    fn signed_begin(self, sums: __m512i) -> __m512i {
        sums
    }
    /// The signs go to the activations: 2 · 128 · 127 is below 2¹⁵, where `maddubs` would saturate.
    #[inline(always)]
    fn signed_step(self, sums: __m512i, weights: __m512i, x: __m512i) -> __m512i {
        op!({
            let negative = _mm512_movepi8_mask(weights);
            let x = _mm512_mask_sub_epi8(x, negative, _mm512_setzero_si512(), x);
            let pairs = _mm512_maddubs_epi16(_mm512_abs_epi8(weights), x);
            _mm512_add_epi32(sums, _mm512_madd_epi16(pairs, _mm512_set1_epi16(1)))
        })
    }
    #[inline(always)]
    fn signed_end(self, _sums: __m512i, signed: __m512i) -> __m512i {
        signed
    }
    #[inline(always)]
    unsafe fn codes(self, p: *const u8) -> Centred {
        // SAFETY: the caller vouches for four bytes; the rest is registers.
        unsafe {
            let x = _mm512_xor_si512(self.quad(p.cast()), _mm512_set1_epi8(-128));
            Centred { magnitudes: _mm512_abs_epi8(x), negative: _mm512_movepi8_mask(x) }
        }
    }
    /// The signs go to the weights: 2 · 128 · 127 is below 2¹⁵, where `maddubs` would saturate.
    #[inline(always)]
    fn codes_step(self, sums: __m512i, weights: __m512i, x: Centred) -> __m512i {
        op!({
            let weights = _mm512_mask_sub_epi8(weights, x.negative, _mm512_setzero_si512(), weights);
            let pairs = _mm512_maddubs_epi16(x.magnitudes, weights);
            _mm512_add_epi32(sums, _mm512_madd_epi16(pairs, _mm512_set1_epi16(1)))
        })
    }
}

impl IntegerSimd for Avx512Vnni {
    common!();

    type Small = __m512i;
    type Signed = __m512i;
    type Codes = __m512i;
    const BIAS: i32 = 128;
    const CENTRED: bool = false;

    #[inline(always)]
    fn float(self) -> Avx512<false> {
        self.0
    }
    #[inline(always)]
    fn bias(self, a: __m512i) -> __m512i {
        op!(_mm512_xor_si512(a, _mm512_set1_epi8(-128)))
    }
    #[inline(always)]
    fn small_begin(self, sums: __m512i) -> __m512i {
        sums
    }
    #[inline(always)]
    fn small_step(self, sums: __m512i, weights: __m512i, x: __m512i) -> __m512i {
        op!(_mm512_dpbusd_epi32(sums, weights, x))
    }
    #[inline(always)]
    fn small_end(self, _sums: __m512i, small: __m512i) -> __m512i {
        small
    }
    #[inline(always)]
    fn signed_begin(self, sums: __m512i) -> __m512i {
        sums
    }
    #[inline(always)]
    fn signed_step(self, sums: __m512i, weights: __m512i, x: __m512i) -> __m512i {
        op!(_mm512_dpbusd_epi32(sums, weights, x))
    }
    #[inline(always)]
    fn signed_end(self, _sums: __m512i, signed: __m512i) -> __m512i {
        signed
    }
    #[inline(always)]
    unsafe fn codes(self, p: *const u8) -> __m512i {
        // SAFETY: passed on to the caller.
        unsafe { self.quad(p.cast()) }
    }
    #[inline(always)]
    fn codes_step(self, sums: __m512i, weights: __m512i, x: __m512i) -> __m512i {
        op!(_mm512_dpbusd_epi32(sums, x, weights))
    }
}

integer_table!(
    maddubs,
    // SAFETY: the wrappers enable exactly these features, and the table is handed out only where they exist.
    unsafe { Avx512::<false>::assume() },
    Avx512<false>,
    6,
    8,
    {
        #[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx2,fma,f16c")]
    }
);

integer_table!(
    vnni,
    // SAFETY: the wrappers enable exactly these features, and the table is handed out only where they exist.
    unsafe { Avx512Vnni::assume() },
    Avx512Vnni,
    6,
    12,
    {
        #[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx512vnni,avx2,fma,f16c")]
    }
);
