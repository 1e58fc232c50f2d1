//! Stamps one instruction set's integer kernels: a wrapper with the right target features around each generic one.

/// `integer_table!(module, token, type, rows of a matmul tile, of an int8 GEMM tile, attributes)` defines `module::TABLE`.
///
/// The token expression is evaluated inside each wrapper, where the target features hold.
macro_rules! integer_table {
    ($module:ident, $token:expr, $simd:ty, $matmul_rows:literal, $gemm_rows:literal, { $(#[$features:meta])* }) => {
        pub(crate) mod $module {
            use super::*;
            use $crate::activations_q8::{Q8Rows, Q8RowsMut};
            use $crate::arch::generic::{gemm_int8, matmul_q8, prepare_int8, quantize_q8};
            use $crate::dispatch::half::{Prepare, Values};
            use $crate::dispatch::WeightRows;
            use $crate::dispatch::integer::IntegerTable;
            use $crate::int8::{ByteLine, Int8Product};

            pub(crate) const TABLE: IntegerTable = IntegerTable { quantize_q8, matmul_q8, gemm_int8, prepare_int8 };

            $(#[$features])*
            fn quantize_q8(x: &[f32], x_stride: usize, rows: &mut Q8RowsMut<'_>) {
                quantize_q8::quantize_q8::<$simd>($token, x, x_stride, rows);
            }
            $(#[$features])*
            fn matmul_q8(w: &WeightRows<'_>, x: Q8Rows<'_>, out: &mut [f32]) {
                matmul_q8::matmul_q8::<$simd, $matmul_rows>($token, w, x, out);
            }
            $(#[$features])*
            fn gemm_int8(product: &Int8Product<'_>, acc: &mut [f32], acc_stride: usize) {
                gemm_int8::gemm::<$simd, $gemm_rows>($token, product, acc, acc_stride);
            }
            $(#[$features])*
            fn prepare_int8(x: Values<'_>, inverse_scales: &[f32], how: &Prepare<'_>, dst: &mut [ByteLine]) {
                prepare_int8::prepare::<$simd>($token, x, inverse_scales, how, dst);
            }
        }
    };
}

pub(crate) use integer_table;
