//! The table of kernels for one instruction set, and the checked methods through which it is used.

mod elementary;
pub mod half;
pub(crate) mod integer;

use crate::bf16::{Bf16Product, Line};
use crate::toom_cook::OUTPUTS;
use crate::{GEMV_PANEL_WIDTH, Isa, IsaError, ToomCook, WeightType, arch, scalar};
use half::{BandStatistics, Finish, Prepare, RowsMut, Snake, Values};

/// Rows of a weight matrix in its stored format: output `o` is the `k` weights at byte `o · stride_bytes`.
#[derive(Debug, Clone, Copy)]
pub struct WeightRows<'a> {
    /// The rows, any alignment.
    pub bytes: &'a [u8],
    /// Their format.
    pub kind: WeightType,
    /// Outputs.
    pub n: usize,
    /// Inputs.
    pub k: usize,
    /// Bytes from one row to the next.
    pub stride_bytes: usize,
}

/// Per-channel normalisation and style: `y[c] = (x[c] − mean[c]) · scale[c] + shift[c]`.
#[derive(Debug, Clone, Copy)]
pub struct ChannelAffine<'a> {
    /// Mean over time.
    pub mean: &'a [f32],
    /// `(1 + γ) / √(variance + ε)`.
    pub scale: &'a [f32],
    /// `β`.
    pub shift: &'a [f32],
}

type GemmPanel = unsafe fn(&[f32], usize, usize, usize, &[f32], &mut [f32]);
type Transform = unsafe fn(&ToomCook, &[f32], usize, &mut [f32], usize, usize);
type PrepareBf16 = unsafe fn(Values<'_>, usize, &Prepare<'_>, &mut [Line], Option<&mut [Line]>);
type FinishRows = unsafe fn(&[f32], usize, &Finish<'_>, RowsMut<'_, '_>, Option<&mut BandStatistics>);
type AffineSlope = unsafe fn(&[f32], &ChannelAffine<'_>, f32, &mut [f32]);

/// Kernels for one instruction set. Holding a reference proves that this CPU supports it.
#[derive(Debug)]
pub struct Kernels {
    pub(crate) isa: Isa,
    pub(crate) integer: integer::IntegerTable,
    pub(crate) panel_width: usize,
    pub(crate) gemm_panel: GemmPanel,
    pub(crate) matmul_rows: unsafe fn(&WeightRows<'_>, &[f32], usize, usize, &mut [f32]),
    pub(crate) gemv_wide: unsafe fn(&[f32], &[f32], &mut [f32]),
    pub(crate) widen_f16: unsafe fn(&[u16], &mut [f32]),
    pub(crate) widen_bf16: unsafe fn(&[u16], &mut [f32]),
    pub(crate) adain_snake: unsafe fn(&[f32], &ChannelAffine<'_>, &Snake, &mut [f32]),
    pub(crate) adain_leaky_relu: AffineSlope,
    pub(crate) leaky_relu: unsafe fn(&[f32], f32, &mut [f32]),
    pub(crate) gelu: unsafe fn(&mut [f32]),
    pub(crate) exp: unsafe fn(&mut [f32]),
    pub(crate) sigmoid: unsafe fn(&mut [f32]),
    pub(crate) tanh: unsafe fn(&mut [f32]),
    pub(crate) sin_cos: unsafe fn(&[f32], &mut [f32], &mut [f32]),
    pub(crate) atan2: unsafe fn(&[f32], &[f32], &mut [f32]),
    pub(crate) softmax: unsafe fn(&mut [f32]),
    pub(crate) layer_norm: unsafe fn(&mut [f32], &[f32], &[f32], f32),
    pub(crate) lstm_cell: unsafe fn(&[f32], &mut [f32], &mut [f32]),
    pub(crate) column_sums: unsafe fn(&[f32], usize, &mut [f32]),
    pub(crate) column_square_deviations: unsafe fn(&[f32], usize, &[f32], &mut [f32]),
    pub(crate) weighted_row_sum: unsafe fn(&[f32], &[f32], usize, &mut [f32]),
    pub(crate) toom_cook_input: Transform,
    pub(crate) toom_cook_output: Transform,
    pub(crate) gemm_bf16: unsafe fn(&Bf16Product<'_>, &mut [f32], usize),
    pub(crate) prepare_bf16: PrepareBf16,
    pub(crate) finish_rows: FinishRows,
    pub(crate) prefetch: unsafe fn(&[u8]),
}

impl Kernels {
    /// The kernels for `isa`, or `None` if this CPU lacks it.
    pub fn for_isa(isa: Isa) -> Option<&'static Kernels> {
        isa.is_available().then_some(match isa {
            Isa::Scalar => &scalar::KERNELS,
            Isa::Portable => &arch::portable::KERNELS,
            #[cfg(target_arch = "x86_64")]
            Isa::Avx2 => &arch::avx2::KERNELS,
            #[cfg(target_arch = "x86_64")]
            Isa::Avx2Vnni => &arch::avx2::VNNI_KERNELS,
            #[cfg(target_arch = "x86_64")]
            Isa::Avx512 => &arch::avx512::KERNELS,
            #[cfg(target_arch = "x86_64")]
            Isa::Avx512Vnni => &arch::avx512::VNNI_KERNELS,
            #[cfg(target_arch = "x86_64")]
            Isa::Avx512Bf16 => &arch::avx512::with_bf16::KERNELS,
            #[cfg(target_arch = "x86_64")]
            Isa::Amx => &arch::avx512::AMX_KERNELS,
            #[cfg(not(target_arch = "x86_64"))]
            Isa::Avx2 | Isa::Avx2Vnni | Isa::Avx512 | Isa::Avx512Vnni | Isa::Avx512Bf16 | Isa::Amx => {
                return None;
            }
        })
    }

    /// Every table that this CPU can run, slowest first.
    pub fn available() -> impl DoubleEndedIterator<Item = &'static Kernels> {
        Isa::ALL.into_iter().filter_map(Kernels::for_isa)
    }

    /// The kernels that `KOKORO_ISA` asks for, else the best for this CPU.
    ///
    /// # Errors
    /// If the variable names an instruction set that cannot be used here.
    pub fn from_environment() -> Result<&'static Kernels, IsaError> {
        Ok(Kernels::for_isa(Isa::from_environment()?).unwrap_or(&scalar::KERNELS))
    }

    /// The instruction set of this table.
    pub fn isa(&self) -> Isa {
        self.isa
    }

    /// Outputs that one panel of [`gemm_panel`](Self::gemm_panel) covers.
    pub fn panel_width(&self) -> usize {
        self.panel_width
    }

    /// `acc[r][j] += Σ_p a[r · row_stride + p] · panel[p][j]` for `rows` rows, `k` inputs and
    /// `panel_width` outputs.
    ///
    /// Rows may overlap: with `row_stride` below `k` this is a convolution's sliding window.
    ///
    /// # Panics
    /// If `a` ends before the last row, or `panel` or `acc` has another size.
    pub fn gemm_panel(
        &self,
        a: &[f32],
        row_stride: usize,
        rows: usize,
        k: usize,
        panel: &[f32],
        acc: &mut [f32],
    ) {
        if rows == 0 {
            return;
        }
        assert!((rows - 1) * row_stride + k <= a.len(), "gemm_panel: lhs ends before the last row");
        assert_eq!(panel.len(), k * self.panel_width, "gemm_panel: panel is not k × panel width");
        assert_eq!(acc.len(), rows * self.panel_width, "gemm_panel: acc is not rows × panel width");
        // SAFETY: only `for_isa` hands out a table, after it has detected the table's instruction set.
        unsafe { (self.gemm_panel)(a, row_stride, rows, k, panel, acc) }
    }

    /// `out[i][o] = Σ_p w[o][p] · x[i · x_stride + p]` for `m` rows of `x`, from the stored weights.
    ///
    /// Sums run in a fixed order that does not depend on `m`'s split among calls of the same size.
    ///
    /// # Panics
    /// If a slice is too short or `out` is not `m × n`.
    pub fn matmul_rows(&self, w: &WeightRows<'_>, x: &[f32], x_stride: usize, m: usize, out: &mut [f32]) {
        assert_eq!(out.len(), m * w.n, "matmul_rows: out is not m × n");
        if m == 0 || w.n == 0 {
            return;
        }
        let row_bytes = w.kind.row_bytes(w.k);
        assert!((w.n - 1) * w.stride_bytes + row_bytes <= w.bytes.len(), "matmul_rows: weights end early");
        assert!((m - 1) * x_stride + w.k <= x.len(), "matmul_rows: rhs ends before the last row");
        // SAFETY: only `for_isa` hands out a table, after it has detected the table's instruction set.
        unsafe { (self.matmul_rows)(w, x, x_stride, m, out) }
    }

    /// `y[o] += Σ_p x[p] · w[p][o]`, weights in panels `[y.len() / 64][x.len()][64]`.
    ///
    /// # Panics
    /// If `y` is no multiple of [`GEMV_PANEL_WIDTH`] or `panels` has another size.
    pub fn gemv_wide(&self, panels: &[f32], x: &[f32], y: &mut [f32]) {
        assert_eq!(y.len() % GEMV_PANEL_WIDTH, 0, "gemv_wide: outputs are not whole panels");
        assert_eq!(panels.len(), x.len() * y.len(), "gemv_wide: panels are not inputs × outputs");
        if x.is_empty() {
            return;
        }
        // SAFETY: only `for_isa` hands out a table, after it has detected the table's instruction set.
        unsafe { (self.gemv_wide)(panels, x, y) }
    }

    /// f16 bits to f32, exactly.
    ///
    /// # Panics
    /// If the lengths differ.
    pub fn widen_f16(&self, src: &[u16], dst: &mut [f32]) {
        assert_eq!(src.len(), dst.len(), "widen_f16: lengths differ");
        // SAFETY: only `for_isa` hands out a table, after it has detected the table's instruction set.
        unsafe { (self.widen_f16)(src, dst) }
    }

    /// bf16 bits to f32, exactly.
    ///
    /// # Panics
    /// If the lengths differ.
    pub fn widen_bf16(&self, src: &[u16], dst: &mut [f32]) {
        assert_eq!(src.len(), dst.len(), "widen_bf16: lengths differ");
        // SAFETY: only `for_isa` hands out a table, after it has detected the table's instruction set.
        unsafe { (self.widen_bf16)(src, dst) }
    }

    /// One time step of `AdaIN` and snake: `y = affine(x)`, `dst = y + sin²(α·y) / α`. All slices `[channels]`.
    ///
    /// # Accuracy
    /// Absolute error below `3e-7 / |α| + 1 ulp` for `|α·y| ≤ 10⁴` (test `snake_is_accurate`); finite beyond.
    ///
    /// # Panics
    /// If the lengths differ.
    pub fn adain_snake(&self, x: &[f32], affine: &ChannelAffine<'_>, snake: &Snake, dst: &mut [f32]) {
        check_affine(x.len(), affine, dst.len());
        assert_eq!(x.len(), snake.alpha().len(), "adain_snake: alpha is not [channels]");
        // SAFETY: only `for_isa` hands out a table, after it has detected the table's instruction set.
        unsafe { (self.adain_snake)(x, affine, snake, dst) }
    }

    /// One time step of `AdaIN` and leaky ReLU. All slices `[channels]`.
    ///
    /// # Panics
    /// If the lengths differ.
    pub fn adain_leaky_relu(&self, x: &[f32], affine: &ChannelAffine<'_>, slope: f32, dst: &mut [f32]) {
        check_affine(x.len(), affine, dst.len());
        // SAFETY: only `for_isa` hands out a table, after it has detected the table's instruction set.
        unsafe { (self.adain_leaky_relu)(x, affine, slope, dst) }
    }

    /// `dst = x` where `x ≥ 0`, else `slope · x`.
    ///
    /// # Panics
    /// If the lengths differ.
    pub fn leaky_relu(&self, x: &[f32], slope: f32, dst: &mut [f32]) {
        assert_eq!(x.len(), dst.len(), "leaky_relu: lengths differ");
        // SAFETY: only `for_isa` hands out a table, after it has detected the table's instruction set.
        unsafe { (self.leaky_relu)(x, slope, dst) }
    }

    /// `gelu_new` in place: `½x · (1 + tanh(√(2/π) · (x + 0.044715 x³)))`.
    ///
    /// # Accuracy
    /// Absolute error below `3e-7 · max(1, |x|)` (test `gelu_is_accurate`).
    pub fn gelu(&self, x: &mut [f32]) {
        // SAFETY: only `for_isa` hands out a table, after it has detected the table's instruction set.
        unsafe { (self.gelu)(x) }
    }

    /// Softmax of one row, in place.
    pub fn softmax(&self, x: &mut [f32]) {
        // SAFETY: only `for_isa` hands out a table, after it has detected the table's instruction set.
        unsafe { (self.softmax)(x) }
    }

    /// Layer norm of one row, in place: `(x − mean) / √(variance + eps) · gamma + beta`, biased variance.
    ///
    /// # Panics
    /// If the lengths differ.
    pub fn layer_norm(&self, x: &mut [f32], gamma: &[f32], beta: &[f32], eps: f32) {
        assert_eq!((x.len(), x.len()), (gamma.len(), beta.len()), "layer_norm: lengths differ");
        // SAFETY: only `for_isa` hands out a table, after it has detected the table's instruction set.
        unsafe { (self.layer_norm)(x, gamma, beta, eps) }
    }

    /// One LSTM step: `gates` are the pre-activations `[i f g o]` of `h.len()` cells each; `c` and `h` are updated.
    ///
    /// # Accuracy
    /// Sigmoid and tanh within `2e-7` absolute (test `lstm_cell_is_accurate`).
    ///
    /// # Panics
    /// If `gates` is not four times, or `c` not as long as, `h`.
    pub fn lstm_cell(&self, gates: &[f32], c: &mut [f32], h: &mut [f32]) {
        assert_eq!((gates.len(), c.len()), (4 * h.len(), h.len()), "lstm_cell: gates or state sizes");
        // SAFETY: only `for_isa` hands out a table, after it has detected the table's instruction set.
        unsafe { (self.lstm_cell)(gates, c, h) }
    }

    /// `sums[j] += Σ_r x[r · stride + j]` over the rows in `x`.
    ///
    /// # Panics
    /// If `x` is not whole rows of `stride`, or a row is shorter than `sums`.
    pub fn column_sums(&self, x: &[f32], stride: usize, sums: &mut [f32]) {
        check_columns(x.len(), stride, sums.len());
        // SAFETY: only `for_isa` hands out a table, after it has detected the table's instruction set.
        unsafe { (self.column_sums)(x, stride, sums) }
    }

    /// `sums[j] += Σ_r (x[r · stride + j] − mean[j])²` over the rows in `x`.
    ///
    /// # Panics
    /// If `x` is not whole rows of `stride`, or a row is shorter than `sums`, or `mean` has another length.
    pub fn column_square_deviations(&self, x: &[f32], stride: usize, mean: &[f32], sums: &mut [f32]) {
        check_columns(x.len(), stride, sums.len());
        assert_eq!(mean.len(), sums.len(), "column_square_deviations: mean and sums differ");
        // SAFETY: only `for_isa` hands out a table, after it has detected the table's instruction set.
        unsafe { (self.column_square_deviations)(x, stride, mean, sums) }
    }

    /// `out[j] = Σ_i weights[i] · x[i · stride + j]`.
    ///
    /// # Panics
    /// If `x` ends before the last row.
    pub fn weighted_row_sum(&self, weights: &[f32], x: &[f32], stride: usize, out: &mut [f32]) {
        if let Some(last) = weights.len().checked_sub(1) {
            assert!(last * stride + out.len() <= x.len(), "weighted_row_sum: rows end early");
        }
        // SAFETY: only `for_isa` hands out a table, after it has detected the table's instruction set.
        unsafe { (self.weighted_row_sum)(weights, x, stride, out) }
    }

    /// `Bᵀ x` for `len` channels side by side: `out[p · out_stride + c]` from `x[i · x_stride + c]`, `points` rows each.
    ///
    /// # Panics
    /// If a slice ends before its last row.
    pub fn toom_cook_input(
        &self,
        plan: &ToomCook,
        x: &[f32],
        x_stride: usize,
        out: &mut [f32],
        out_stride: usize,
        len: usize,
    ) {
        assert!((plan.points() - 1) * x_stride + len <= x.len(), "toom_cook_input: x ends early");
        assert!((plan.points() - 1) * out_stride + len <= out.len(), "toom_cook_input: out ends early");
        // SAFETY: only `for_isa` hands out a table, after it has detected the table's instruction set.
        unsafe { (self.toom_cook_input)(plan, x, x_stride, out, out_stride, len) }
    }

    /// `Aᵀ x` for `len` channels side by side: `out[i · out_stride + c]`, [`OUTPUTS`] rows, from `x[p · x_stride + c]`.
    ///
    /// # Panics
    /// If a slice ends before its last row.
    pub fn toom_cook_output(
        &self,
        plan: &ToomCook,
        x: &[f32],
        x_stride: usize,
        out: &mut [f32],
        out_stride: usize,
        len: usize,
    ) {
        assert!((plan.points() - 1) * x_stride + len <= x.len(), "toom_cook_output: x ends early");
        assert!((OUTPUTS - 1) * out_stride + len <= out.len(), "toom_cook_output: out ends early");
        // SAFETY: only `for_isa` hands out a table, after it has detected the table's instruction set.
        unsafe { (self.toom_cook_output)(plan, x, x_stride, out, out_stride, len) }
    }
}

fn check_affine(channels: usize, affine: &ChannelAffine<'_>, dst: usize) {
    let lengths = [affine.mean.len(), affine.scale.len(), affine.shift.len(), dst];
    assert_eq!(lengths, [channels; 4], "adain: mean, scale, shift or dst is not [channels]");
}

fn check_columns(len: usize, stride: usize, columns: usize) {
    assert!(columns <= stride && stride > 0, "column sums: rows are shorter than the sums");
    assert_eq!(len % stride, 0, "column sums: not whole rows");
}
