//! Vector code: each algorithm once in [`generic`] over the [`simd::Simd`] operations, and one thin file for each
//! instruction set that supplies the operations and stamps the table.

pub(crate) mod generic;
pub(crate) mod integer;
pub(crate) mod portable;
pub(crate) mod portable_integer;
pub(crate) mod simd;
mod table;
mod table_integer;

#[cfg(target_arch = "x86_64")]
pub(crate) mod amx;
#[cfg(target_arch = "x86_64")]
mod amx_int8;
#[cfg(target_arch = "x86_64")]
pub(crate) mod avx2;
#[cfg(target_arch = "x86_64")]
pub(crate) mod avx2_integer;
#[cfg(target_arch = "x86_64")]
pub(crate) mod avx512;
#[cfg(target_arch = "x86_64")]
pub(crate) mod avx512_integer;
