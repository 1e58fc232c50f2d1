//! Bounds on the errors of the elementary functions, held by `tests/exhaustive.rs` on every instruction set. An ulp is
//! the distance of neighbouring f32 at the exact result.

/// Of [`Kernels::exp`](crate::Kernels::exp), in ulp.
pub const EXP_ULP: f64 = 2.0;
/// Of [`Kernels::tanh`](crate::Kernels::tanh), in ulp.
pub const TANH_ULP: f64 = 3.0;
/// Of [`Kernels::atan2`](crate::Kernels::atan2), in ulp.
pub const ATAN2_ULP: f64 = 3.0;
/// Of [`Kernels::sigmoid`](crate::Kernels::sigmoid), absolute.
pub const SIGMOID_ABSOLUTE: f64 = 1.2e-7;
/// Of [`Kernels::sin_cos`](crate::Kernels::sin_cos), absolute.
pub const SIN_COS_ABSOLUTE: f64 = 1.2e-7;
/// Of [`Kernels::gelu`](crate::Kernels::gelu), times the larger of 1 and the argument's magnitude.
pub const GELU_RELATIVE: f64 = 3.0e-7;
/// Of the sine's square in [`Kernels::adain_snake`](crate::Kernels::adain_snake), absolute, for arguments up to 10⁴.
pub const SIN_SQUARED_ABSOLUTE: f64 = 3.0e-7;
