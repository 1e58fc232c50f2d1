//! Stamps one instruction set's kernel table: a wrapper with the right target features around each generic kernel.

/// `kernel_table!(token, its type, isa, integer kernels, rows of a GEMM tile, of a bf16 GEMM tile, attributes)`
/// defines `TABLE` and `KERNELS` in the calling module.
///
/// The token expression is evaluated inside each wrapper, where the target features hold.
macro_rules! kernel_table {
    ($token:expr, $simd:ty, $isa:expr, $integer:expr, $gemm_rows:literal, $bf16_rows:literal, { $(#[$features:meta])* }) => {
        use $crate::arch::generic::{activation, bf16, elementary, finish, gemm, gemv, matmul, prepare, recurrent, reduce, toom_cook};
        use $crate::bf16::{Bf16Product, Line};
        use $crate::dispatch::half::{BandStatistics, Finish, Prepare, RowsMut, Snake, Values};
        use $crate::toom_cook::ToomCook;
        use $crate::dispatch::{ChannelAffine, Kernels, WeightRows};

        pub(crate) static KERNELS: Kernels = TABLE;

        pub(super) const TABLE: Kernels = Kernels {
            isa: $isa,
            integer: $integer,
            panel_width: gemm::PANEL_VECTORS * <$simd as $crate::arch::simd::Simd>::LANES,
            gemm_panel,
            matmul_rows,
            gemv_wide,
            widen_f16,
            widen_bf16,
            adain_snake,
            adain_leaky_relu,
            leaky_relu,
            gelu,
            exp,
            sigmoid,
            tanh,
            sin_cos,
            atan2,
            softmax,
            layer_norm,
            lstm_cell,
            column_sums,
            column_square_deviations,
            weighted_row_sum,
            toom_cook_input,
            toom_cook_output,
            gemm_bf16,
            prepare_bf16,
            finish_rows,
            prefetch,
        };

        $(#[$features])*
        fn gemm_panel(a: &[f32], row_stride: usize, rows: usize, k: usize, panel: &[f32], acc: &mut [f32]) {
            gemm::gemm_panel::<$simd, $gemm_rows>($token, a, row_stride, rows, k, panel, acc);
        }
        $(#[$features])*
        fn gemm_bf16(product: &Bf16Product<'_>, acc: &mut [f32], acc_stride: usize) {
            bf16::gemm::<$simd, $bf16_rows>($token, product, acc, acc_stride);
        }
        $(#[$features])*
        fn prepare_bf16(
            x: Values<'_>,
            channels: usize,
            how: &Prepare<'_>,
            dst: &mut [Line],
            low: Option<&mut [Line]>,
        ) {
            prepare::prepare($token, x, channels, how, dst, low);
        }
        $(#[$features])*
        fn prefetch(bytes: &[u8]) {
            for line in bytes.chunks(64) {
                $crate::arch::simd::Simd::prefetch($token, line.as_ptr());
            }
        }
        $(#[$features])*
        fn finish_rows(
            sums: &[f32],
            sums_stride: usize,
            how: &Finish<'_>,
            out: RowsMut<'_, '_>,
            statistics: Option<&mut BandStatistics>,
        ) {
            finish::finish($token, sums, sums_stride, how, out, statistics);
        }
        $(#[$features])*
        fn matmul_rows(w: &WeightRows<'_>, x: &[f32], x_stride: usize, m: usize, out: &mut [f32]) {
            matmul::matmul_rows($token, w, x, x_stride, m, out);
        }
        $(#[$features])*
        fn gemv_wide(panels: &[f32], x: &[f32], y: &mut [f32]) {
            gemv::gemv_wide($token, panels, x, y);
        }
        $(#[$features])*
        fn widen_f16(src: &[u16], dst: &mut [f32]) {
            gemv::widen_f16($token, src, dst);
        }
        $(#[$features])*
        fn widen_bf16(src: &[u16], dst: &mut [f32]) {
            gemv::widen_bf16($token, src, dst);
        }
        $(#[$features])*
        fn adain_snake(x: &[f32], affine: &ChannelAffine<'_>, snake: &Snake, dst: &mut [f32]) {
            activation::adain_snake($token, x, affine, snake, dst);
        }
        $(#[$features])*
        fn adain_leaky_relu(x: &[f32], affine: &ChannelAffine<'_>, slope: f32, dst: &mut [f32]) {
            activation::adain_leaky_relu($token, x, affine, slope, dst);
        }
        $(#[$features])*
        fn leaky_relu(x: &[f32], slope: f32, dst: &mut [f32]) {
            activation::leaky_relu($token, x, slope, dst);
        }
        $(#[$features])*
        fn gelu(x: &mut [f32]) {
            activation::gelu($token, x);
        }
        $(#[$features])*
        fn exp(x: &mut [f32]) {
            elementary::exp($token, x);
        }
        $(#[$features])*
        fn sigmoid(x: &mut [f32]) {
            elementary::sigmoid($token, x);
        }
        $(#[$features])*
        fn tanh(x: &mut [f32]) {
            elementary::tanh($token, x);
        }
        $(#[$features])*
        fn sin_cos(x: &[f32], sin: &mut [f32], cos: &mut [f32]) {
            elementary::sin_cos($token, x, sin, cos);
        }
        $(#[$features])*
        fn atan2(y: &[f32], x: &[f32], dst: &mut [f32]) {
            elementary::atan2($token, y, x, dst);
        }
        $(#[$features])*
        fn softmax(x: &mut [f32]) {
            reduce::softmax($token, x);
        }
        $(#[$features])*
        fn layer_norm(x: &mut [f32], gamma: &[f32], beta: &[f32], eps: f32) {
            reduce::layer_norm($token, x, gamma, beta, eps);
        }
        $(#[$features])*
        fn lstm_cell(gates: &[f32], c: &mut [f32], h: &mut [f32]) {
            recurrent::lstm_cell($token, gates, c, h);
        }
        $(#[$features])*
        fn column_sums(x: &[f32], stride: usize, sums: &mut [f32]) {
            reduce::column_sums($token, x, stride, sums);
        }
        $(#[$features])*
        fn column_square_deviations(x: &[f32], stride: usize, mean: &[f32], sums: &mut [f32]) {
            reduce::column_square_deviations($token, x, stride, mean, sums);
        }
        $(#[$features])*
        fn toom_cook_input(plan: &ToomCook, x: &[f32], x_stride: usize, out: &mut [f32], out_stride: usize, len: usize) {
            toom_cook::input($token, plan, x, x_stride, out, out_stride, len);
        }
        $(#[$features])*
        fn toom_cook_output(plan: &ToomCook, x: &[f32], x_stride: usize, out: &mut [f32], out_stride: usize, len: usize) {
            toom_cook::output($token, plan, x, x_stride, out, out_stride, len);
        }
        $(#[$features])*
        fn weighted_row_sum(weights: &[f32], x: &[f32], stride: usize, out: &mut [f32]) {
            reduce::weighted_row_sum($token, weights, x, stride, out);
        }
    };
}

pub(crate) use kernel_table;
