//! The algorithms, once, over any [`Simd`](super::simd::Simd). All are `inline(always)` into the wrappers of an
//! instruction set's table.
//!
//! Sizes were checked by the table's methods ([`crate::Kernels`]); pointers here stay within those sizes.

pub(crate) mod activation;
pub(crate) mod bf16;
pub(crate) mod elementary;
pub(crate) mod finish;
pub(crate) mod gemm;
pub(crate) mod gemm_int8;
pub(crate) mod gemv;
pub(crate) mod math;
pub(crate) mod matmul;
pub(crate) mod matmul_q8;
pub(crate) mod prepare;
pub(crate) mod prepare_int8;
pub(crate) mod quantize_q8;
pub(crate) mod recurrent;
pub(crate) mod reduce;
pub(crate) mod toom_cook;
mod trigonometry;
