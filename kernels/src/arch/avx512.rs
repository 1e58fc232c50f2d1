//! AVX-512: twice the lanes and twice the registers of AVX2; with and without bf16 instructions, and with AMX tiles.

use std::arch::x86_64::*;

use super::avx2::Avx2;
use super::simd::Simd;
use super::table::kernel_table;
use crate::Isa;
use crate::block::{BLOCK_ELEMENTS, BlockQ4_0, BlockQ4_1, BlockQ5_0, BlockQ5_1, BlockQ8_0};

/// Proof that AVX-512 F, BW, DQ and VL may be used, and BF16 if `BF16`.
#[derive(Clone, Copy)]
pub(super) struct Avx512<const BF16: bool>(Avx2);

impl<const BF16: bool> Avx512<BF16> {
    /// # Safety
    /// The CPU must have AVX-512 F, BW, DQ, VL, BF16 if `BF16`, and what [`Avx2`] needs.
    #[inline(always)]
    pub(super) unsafe fn assume() -> Self {
        // SAFETY: passed on to the caller.
        Avx512(unsafe { Avx2::assume() })
    }
}

/// Calls a register-only intrinsic.
macro_rules! op {
    ($e:expr) => {{
        // SAFETY: the token proves that the CPU has the instruction; only registers are touched.
        unsafe { $e }
    }};
}

impl<const BF16: bool> Simd for Avx512<BF16> {
    type V = __m512;
    const LANES: usize = 16;

    #[inline(always)]
    fn splat(self, x: f32) -> __m512 {
        op!(_mm512_set1_ps(x))
    }
    #[inline(always)]
    fn add(self, a: __m512, b: __m512) -> __m512 {
        op!(_mm512_add_ps(a, b))
    }
    #[inline(always)]
    fn sub(self, a: __m512, b: __m512) -> __m512 {
        op!(_mm512_sub_ps(a, b))
    }
    #[inline(always)]
    fn mul(self, a: __m512, b: __m512) -> __m512 {
        op!(_mm512_mul_ps(a, b))
    }
    #[inline(always)]
    fn div(self, a: __m512, b: __m512) -> __m512 {
        op!(_mm512_div_ps(a, b))
    }
    #[inline(always)]
    fn fma(self, a: __m512, b: __m512, c: __m512) -> __m512 {
        op!(_mm512_fmadd_ps(a, b, c))
    }
    #[inline(always)]
    fn min(self, a: __m512, b: __m512) -> __m512 {
        op!(_mm512_min_ps(a, b))
    }
    #[inline(always)]
    fn max(self, a: __m512, b: __m512) -> __m512 {
        op!(_mm512_max_ps(a, b))
    }
    #[inline(always)]
    fn round(self, a: __m512) -> __m512 {
        op!(_mm512_roundscale_ps::<{ _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC }>(a))
    }
    #[inline(always)]
    fn exp2_integral(self, n: __m512) -> __m512 {
        op!(_mm512_castsi512_ps(_mm512_slli_epi32::<23>(_mm512_add_epi32(
            _mm512_cvtps_epi32(n),
            _mm512_set1_epi32(127)
        ))))
    }
    #[inline(always)]
    fn select_less(self, a: __m512, b: __m512, x: __m512, y: __m512) -> __m512 {
        op!(_mm512_mask_blend_ps(_mm512_cmp_ps_mask::<_CMP_LT_OQ>(a, b), y, x))
    }
    #[inline(always)]
    fn copy_sign(self, magnitude: __m512, sign: __m512) -> __m512 {
        op!({
            let bit = _mm512_set1_ps(-0.0);
            _mm512_or_ps(_mm512_andnot_ps(bit, magnitude), _mm512_and_ps(bit, sign))
        })
    }
    #[inline(always)]
    fn sum(self, a: __m512) -> f32 {
        op!(_mm512_reduce_add_ps(a))
    }
    #[inline(always)]
    fn max_lane(self, a: __m512) -> f32 {
        op!(_mm512_reduce_max_ps(a))
    }
    #[inline(always)]
    unsafe fn load(self, p: *const f32) -> __m512 {
        // SAFETY: the caller vouches for sixteen readable f32.
        unsafe { _mm512_loadu_ps(p) }
    }
    #[inline(always)]
    unsafe fn store(self, p: *mut f32, v: __m512) {
        // SAFETY: the caller vouches for sixteen writable f32.
        unsafe { _mm512_storeu_ps(p, v) }
    }
    #[inline(always)]
    unsafe fn load_f16(self, p: *const u16) -> __m512 {
        // SAFETY: the caller vouches for sixteen readable u16.
        unsafe { _mm512_cvtph_ps(_mm256_loadu_si256(p.cast())) }
    }
    #[inline(always)]
    unsafe fn load_bf16(self, p: *const u16) -> __m512 {
        // SAFETY: the caller vouches for sixteen readable u16.
        unsafe {
            let wide = _mm512_cvtepu16_epi32(_mm256_loadu_si256(p.cast()));
            _mm512_castsi512_ps(_mm512_slli_epi32::<16>(wide))
        }
    }

    #[inline(always)]
    unsafe fn store_bf16(self, p: *mut u16, v: __m512) {
        // SAFETY: the caller vouches for sixteen writable u16; the rest is registers.
        unsafe {
            if BF16 {
                let rounded: __m256bh = _mm512_cvtneps_pbh(v);
                p.cast::<__m256bh>().write_unaligned(rounded);
                return;
            }
            let bits = _mm512_castps_si512(v);
            let odd = _mm512_and_si512(_mm512_srli_epi32::<16>(bits), _mm512_set1_epi32(1));
            let rounded = _mm512_add_epi32(bits, _mm512_add_epi32(odd, _mm512_set1_epi32(0x7fff)));
            let quiet = _mm512_or_si512(bits, _mm512_set1_epi32(0x40_0000));
            let nan = _mm512_cmp_ps_mask::<_CMP_UNORD_Q>(v, v);
            let high = _mm512_srli_epi32::<16>(_mm512_mask_blend_epi32(nan, rounded, quiet));
            _mm256_storeu_si256(p.cast(), _mm512_cvtepi32_epi16(high));
        }
    }
    #[inline(always)]
    unsafe fn load_bf16_pairs(self, p: *const u16) -> [__m512; 2] {
        // SAFETY: the caller vouches for 32 readable u16.
        unsafe {
            let pairs = _mm512_loadu_si512(p.cast());
            let high = _mm512_and_si512(pairs, _mm512_set1_epi32(0xffff_0000_u32 as i32));
            [_mm512_castsi512_ps(_mm512_slli_epi32::<16>(pairs)), _mm512_castsi512_ps(high)]
        }
    }
    #[inline(always)]
    unsafe fn dot_bf16<const ROWS: usize>(
        self,
        acc: &mut [__m512; ROWS],
        x: [*const u16; ROWS],
        w: *const u16,
    ) {
        // SAFETY: the caller vouches for 32 readable u16 at `w` and two at each `x`; where `BF16` the CPU has the instruction.
        unsafe {
            if BF16 {
                let w: __m512bh = w.cast::<__m512bh>().read_unaligned();
                for (acc, x) in acc.iter_mut().zip(x) {
                    let pair = _mm512_set1_epi32(x.cast::<i32>().read_unaligned());
                    *acc = _mm512_dpbf16_ps(*acc, std::mem::transmute::<__m512i, __m512bh>(pair), w);
                }
                return;
            }
            let [first, second] = self.load_bf16_pairs(w);
            for (acc, x) in acc.iter_mut().zip(x) {
                let value = |i: usize| self.splat(crate::bf16::to_f32(*x.add(i)));
                *acc = self.fma(value(1), second, self.fma(value(0), first, *acc));
            }
        }
    }

    #[inline(always)]
    fn decode_q4_0(self, block: &BlockQ4_0, out: &mut [f32; BLOCK_ELEMENTS]) {
        self.0.decode_q4_0(block, out);
    }
    #[inline(always)]
    fn decode_q4_1(self, block: &BlockQ4_1, out: &mut [f32; BLOCK_ELEMENTS]) {
        self.0.decode_q4_1(block, out);
    }
    #[inline(always)]
    fn decode_q5_0(self, block: &BlockQ5_0, out: &mut [f32; BLOCK_ELEMENTS]) {
        self.0.decode_q5_0(block, out);
    }
    #[inline(always)]
    fn decode_q5_1(self, block: &BlockQ5_1, out: &mut [f32; BLOCK_ELEMENTS]) {
        self.0.decode_q5_1(block, out);
    }
    #[inline(always)]
    fn decode_q8_0(self, block: &BlockQ8_0, out: &mut [f32; BLOCK_ELEMENTS]) {
        self.0.decode_q8_0(block, out);
    }
}

kernel_table!(
    // SAFETY: the wrappers enable exactly these features, and the table is handed out only where they exist.
    unsafe { Avx512::<false>::assume() },
    Avx512<false>,
    Isa::Avx512,
    super::avx512_integer::maddubs::TABLE,
    12,
    8,
    {
        #[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx2,fma,f16c")]
    }
);

/// The same with VNNI in the integer kernels.
pub(crate) static VNNI_KERNELS: Kernels =
    Kernels { isa: Isa::Avx512Vnni, integer: super::avx512_integer::vnni::TABLE, ..TABLE };

/// The same code with bf16 instructions.
pub(crate) mod with_bf16 {
    use super::Avx512;
    use crate::Isa;
    use crate::arch::table::kernel_table;

    kernel_table!(
        // SAFETY: the wrappers enable exactly these features, and the table is handed out only where they exist.
        unsafe { Avx512::<true>::assume() },
        Avx512<true>,
        Isa::Avx512Bf16,
        crate::arch::avx512_integer::vnni::TABLE,
        12,
        8,
        {
            #[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx512bf16,avx2,fma,f16c")]
        }
    );
}

/// The same again, with the bf16 and int8 products on tiles.
pub(crate) static AMX_KERNELS: crate::Kernels = crate::Kernels {
    isa: Isa::Amx,
    gemm_bf16: super::amx::gemm_bf16,
    integer: crate::dispatch::integer::IntegerTable {
        gemm_int8: super::amx_int8::gemm_int8,
        ..super::avx512_integer::vnni::TABLE
    },
    ..with_bf16::TABLE
};
