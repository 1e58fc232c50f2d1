//! CPU kernels of kokoro-gguf.
//!
//! Everything here is serial and deterministic: callers split work over threads. Shapes are asserted, so a
//! wrong one is a panic and never a stray read.
//!
//! * [`Kernels`] is a table of kernels for one instruction set; holding one proves that the CPU has it.
//! * [`scalar`] holds the obvious version of every kernel; it judges the fast ones.
//! * [`bf16`] and [`int8`] are the layouts that these products take.
//! * [`block`] and [`quantize`] know the ggml block formats.
//!
//! Notation: `m` rows of activations, `n` outputs, `k` inputs summed over; matrices are row-major; a *panel* is
//! `[k, panel_width]`: the weights of `panel_width` neighbouring outputs, input by input.

pub mod accuracy;
pub mod activations_q8;
mod arch;
pub mod bf16;
pub mod block;
mod dispatch;
pub mod int8;
pub mod isa;
pub mod quantize;
pub mod scalar;
#[cfg(feature = "testing")]
pub mod testing;
pub mod toom_cook;

pub use activations_q8::Q8Activations;
pub use block::WeightType;
pub use dispatch::half::{Activation, BandStatistics, Finish, Prepare, RowsMut, Snake, Values};
pub use dispatch::{ChannelAffine, Kernels, WeightRows};
pub use isa::{Isa, IsaError};
pub use toom_cook::ToomCook;

/// Outputs a panel of [`Kernels::gemv_wide`] covers: eight AVX2 vectors, so that eight sums hide the latency of
/// one multiply-add.
pub const GEMV_PANEL_WIDTH: usize = 64;
