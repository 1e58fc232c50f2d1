//! AVX2, FMA and F16C.

use std::arch::x86_64::*;

use super::simd::Simd;
use super::table::kernel_table;
use crate::Isa;
use crate::block::{BLOCK_ELEMENTS, BlockQ4_0, BlockQ4_1, BlockQ5_0, BlockQ5_1, BlockQ8_0};

/// Proof that AVX2, FMA and F16C may be used.
#[derive(Clone, Copy)]
pub(super) struct Avx2(());

impl Avx2 {
    /// # Safety
    /// The CPU must have AVX2, FMA and F16C.
    #[inline(always)]
    pub(super) unsafe fn assume() -> Self {
        Avx2(())
    }
}

/// Calls a register-only intrinsic.
macro_rules! op {
    ($e:expr) => {{
        // SAFETY: the token proves that the CPU has the instruction; only registers are touched.
        unsafe { $e }
    }};
}

impl Simd for Avx2 {
    type V = __m256;
    const LANES: usize = 8;

    #[inline(always)]
    fn splat(self, x: f32) -> __m256 {
        op!(_mm256_set1_ps(x))
    }
    #[inline(always)]
    fn add(self, a: __m256, b: __m256) -> __m256 {
        op!(_mm256_add_ps(a, b))
    }
    #[inline(always)]
    fn sub(self, a: __m256, b: __m256) -> __m256 {
        op!(_mm256_sub_ps(a, b))
    }
    #[inline(always)]
    fn mul(self, a: __m256, b: __m256) -> __m256 {
        op!(_mm256_mul_ps(a, b))
    }
    #[inline(always)]
    fn div(self, a: __m256, b: __m256) -> __m256 {
        op!(_mm256_div_ps(a, b))
    }
    #[inline(always)]
    fn fma(self, a: __m256, b: __m256, c: __m256) -> __m256 {
        op!(_mm256_fmadd_ps(a, b, c))
    }
    #[inline(always)]
    fn min(self, a: __m256, b: __m256) -> __m256 {
        op!(_mm256_min_ps(a, b))
    }
    #[inline(always)]
    fn max(self, a: __m256, b: __m256) -> __m256 {
        op!(_mm256_max_ps(a, b))
    }
    #[inline(always)]
    fn round(self, a: __m256) -> __m256 {
        op!(_mm256_round_ps::<{ _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC }>(a))
    }
    #[inline(always)]
    fn exp2_integral(self, n: __m256) -> __m256 {
        op!(_mm256_castsi256_ps(_mm256_slli_epi32::<23>(_mm256_add_epi32(
            _mm256_cvtps_epi32(n),
            _mm256_set1_epi32(127)
        ))))
    }
    #[inline(always)]
    fn select_less(self, a: __m256, b: __m256, x: __m256, y: __m256) -> __m256 {
        op!(_mm256_blendv_ps(y, x, _mm256_cmp_ps::<_CMP_LT_OQ>(a, b)))
    }
    #[inline(always)]
    fn copy_sign(self, magnitude: __m256, sign: __m256) -> __m256 {
        op!({
            let bit = _mm256_set1_ps(-0.0);
            _mm256_or_ps(_mm256_andnot_ps(bit, magnitude), _mm256_and_ps(bit, sign))
        })
    }
    #[inline(always)]
    fn sum(self, a: __m256) -> f32 {
        op!({
            let s = _mm_add_ps(_mm256_castps256_ps128(a), _mm256_extractf128_ps::<1>(a));
            let s = _mm_add_ps(s, _mm_movehl_ps(s, s));
            _mm_cvtss_f32(_mm_add_ss(s, _mm_movehdup_ps(s)))
        })
    }
    #[inline(always)]
    fn max_lane(self, a: __m256) -> f32 {
        op!({
            let s = _mm_max_ps(_mm256_castps256_ps128(a), _mm256_extractf128_ps::<1>(a));
            let s = _mm_max_ps(s, _mm_movehl_ps(s, s));
            _mm_cvtss_f32(_mm_max_ss(s, _mm_movehdup_ps(s)))
        })
    }
    #[inline(always)]
    unsafe fn load(self, p: *const f32) -> __m256 {
        // SAFETY: the caller vouches for eight readable f32.
        unsafe { _mm256_loadu_ps(p) }
    }
    #[inline(always)]
    unsafe fn store(self, p: *mut f32, v: __m256) {
        // SAFETY: the caller vouches for eight writable f32.
        unsafe { _mm256_storeu_ps(p, v) }
    }
    #[inline(always)]
    unsafe fn load_f16(self, p: *const u16) -> __m256 {
        // SAFETY: the caller vouches for eight readable u16.
        unsafe { _mm256_cvtph_ps(_mm_loadu_si128(p.cast())) }
    }
    #[inline(always)]
    unsafe fn load_bf16(self, p: *const u16) -> __m256 {
        // SAFETY: the caller vouches for eight readable u16.
        unsafe {
            let wide = _mm256_cvtepu16_epi32(_mm_loadu_si128(p.cast()));
            _mm256_castsi256_ps(_mm256_slli_epi32::<16>(wide))
        }
    }

    #[inline(always)]
    unsafe fn store_bf16(self, p: *mut u16, v: __m256) {
        // SAFETY: the caller vouches for eight writable u16; the rest is registers.
        unsafe {
            let bits = _mm256_castps_si256(v);
            let odd = _mm256_and_si256(_mm256_srli_epi32::<16>(bits), _mm256_set1_epi32(1));
            let rounded = _mm256_add_epi32(bits, _mm256_add_epi32(odd, _mm256_set1_epi32(0x7fff)));
            let nan = _mm256_castps_si256(_mm256_cmp_ps::<_CMP_UNORD_Q>(v, v));
            let quiet = _mm256_or_si256(bits, _mm256_set1_epi32(0x40_0000));
            let high = _mm256_srli_epi32::<16>(_mm256_blendv_epi8(rounded, quiet, nan));
            let packed = _mm256_packus_epi32(high, high);
            let packed = _mm256_permute4x64_epi64::<0b1000>(packed);
            _mm_storeu_si128(p.cast(), _mm256_castsi256_si128(packed));
        }
    }
    #[inline(always)]
    unsafe fn load_bf16_pairs(self, p: *const u16) -> [__m256; 2] {
        // SAFETY: the caller vouches for sixteen readable u16.
        unsafe {
            let pairs = _mm256_loadu_si256(p.cast());
            let high = _mm256_and_si256(pairs, _mm256_set1_epi32(0xffff_0000_u32 as i32));
            [_mm256_castsi256_ps(_mm256_slli_epi32::<16>(pairs)), _mm256_castsi256_ps(high)]
        }
    }
    #[inline(always)]
    fn decode_q4_0(self, block: &BlockQ4_0, out: &mut [f32; BLOCK_ELEMENTS]) {
        let (low, high) = self.nibbles(&block.qs);
        let eight = op!(_mm_set1_epi8(8));
        self.scale(
            op!(_mm_sub_epi8(low, eight)),
            op!(_mm_sub_epi8(high, eight)),
            self.half(block.d),
            0.0,
            out,
        );
    }
    #[inline(always)]
    fn decode_q4_1(self, block: &BlockQ4_1, out: &mut [f32; BLOCK_ELEMENTS]) {
        let (low, high) = self.nibbles(&block.qs);
        self.scale(low, high, self.half(block.d), self.half(block.m), out);
    }
    #[inline(always)]
    fn decode_q5_0(self, block: &BlockQ5_0, out: &mut [f32; BLOCK_ELEMENTS]) {
        let (low, high) = self.five_bits(&block.qs, block.qh);
        let sixteen = op!(_mm_set1_epi8(16));
        self.scale(
            op!(_mm_sub_epi8(low, sixteen)),
            op!(_mm_sub_epi8(high, sixteen)),
            self.half(block.d),
            0.0,
            out,
        );
    }
    #[inline(always)]
    fn decode_q5_1(self, block: &BlockQ5_1, out: &mut [f32; BLOCK_ELEMENTS]) {
        let (low, high) = self.five_bits(&block.qs, block.qh);
        self.scale(low, high, self.half(block.d), self.half(block.m), out);
    }
    #[inline(always)]
    fn decode_q8_0(self, block: &BlockQ8_0, out: &mut [f32; BLOCK_ELEMENTS]) {
        // SAFETY: `qs` is 32 bytes, read as two times 16.
        let (low, high) = unsafe {
            let p = block.qs.as_ptr().cast::<__m128i>();
            (_mm_loadu_si128(p), _mm_loadu_si128(p.add(1)))
        };
        self.scale(low, high, self.half(block.d), 0.0, out);
    }
}

impl Avx2 {
    /// A stored f16 as f32.
    #[inline(always)]
    fn half(self, bytes: [u8; 2]) -> f32 {
        op!(_mm_cvtss_f32(_mm_cvtph_ps(_mm_cvtsi32_si128(i32::from(u16::from_le_bytes(bytes))))))
    }

    /// Low and high nibbles as bytes.
    #[inline(always)]
    fn nibbles(self, qs: &[u8; 16]) -> (__m128i, __m128i) {
        // SAFETY: `qs` is 16 readable bytes.
        let q = unsafe { _mm_loadu_si128(qs.as_ptr().cast()) };
        op!({
            let mask = _mm_set1_epi8(15);
            (_mm_and_si128(q, mask), _mm_and_si128(_mm_srli_epi16::<4>(q), mask))
        })
    }

    /// Nibbles with their fifth bits.
    #[inline(always)]
    fn five_bits(self, qs: &[u8; 16], qh: [u8; 4]) -> (__m128i, __m128i) {
        let (low, high) = self.nibbles(qs);
        let [a, b, c, d] = qh;
        (op!(_mm_or_si128(low, self.fifth_bits(a, b))), op!(_mm_or_si128(high, self.fifth_bits(c, d))))
    }

    /// Sixteen bytes, 16 where the flag in `first` (then `second`) is set.
    #[inline(always)]
    fn fifth_bits(self, first: u8, second: u8) -> __m128i {
        op!({
            let copies = |byte: u8| (0x0101_0101_0101_0101 * u64::from(byte)) as i64;
            let bits = _mm_set_epi64x(copies(second), copies(first));
            let select = _mm_set1_epi64x(0x8040_2010_0804_0201_u64 as i64);
            let set = _mm_cmpeq_epi8(_mm_and_si128(bits, select), select);
            _mm_and_si128(set, _mm_set1_epi8(16))
        })
    }

    /// `out = d · q + m` for 32 signed bytes.
    #[inline(always)]
    fn scale(self, low: __m128i, high: __m128i, d: f32, m: f32, out: &mut [f32; BLOCK_ELEMENTS]) {
        let (d, m) = (self.splat(d), self.splat(m));
        for (q, out) in [low, high].into_iter().zip(out.as_chunks_mut::<16>().0) {
            let parts = op!([_mm256_cvtepi8_epi32(q), _mm256_cvtepi8_epi32(_mm_srli_si128::<8>(q))]);
            for (q, out) in parts.into_iter().zip(out.as_chunks_mut::<8>().0) {
                // The product is rounded before the sum, as in the reference.
                let w = op!(_mm256_add_ps(_mm256_mul_ps(_mm256_cvtepi32_ps(q), d), m));
                // SAFETY: `out` is eight f32.
                unsafe { self.store(out.as_mut_ptr(), w) }
            }
        }
    }
}

kernel_table!(
    // SAFETY: the wrappers enable exactly these features, and the table is handed out only where they exist.
    unsafe { Avx2::assume() },
    Avx2,
    Isa::Avx2,
    super::avx2_integer::maddubs::TABLE,
    6,
    2,
    {
        #[target_feature(enable = "avx2,fma,f16c")]
    }
);

/// The same with AVX-VNNI in the integer kernels.
pub(crate) static VNNI_KERNELS: Kernels =
    Kernels { isa: Isa::Avx2Vnni, integer: super::avx2_integer::vnni::TABLE, ..KERNELS };
