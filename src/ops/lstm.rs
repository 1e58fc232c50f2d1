//! Bidirectional LSTM. Source: `torch.nn.LSTM`, one layer, zero initial state, gates in the order i, f, g, o.

use kokoro_kernels::{GEMV_PANEL_WIDTH, Kernels};

use super::linear::Linear;
use crate::tensor::{Matrix, Weight};

/// Gates of a cell.
pub const GATES: usize = 4;

/// One direction.
#[derive(Debug, Clone)]
pub struct LstmDirection {
    /// Input to each gate, `[hidden, in]`, with both biases.
    input: [Linear; GATES],
    /// Hidden to all gates, `[4·hidden padded to panels / 64][hidden][64]`: read once a step, so kept as f32.
    recurrent: Vec<f32>,
    hidden: usize,
    kernels: &'static Kernels,
}

impl LstmDirection {
    /// From the stored matrices of each gate: `input[g]` is `[hidden, in]`, `recurrent[g]` is `[hidden, hidden]`,
    /// `bias[g]` the sum of both biases.
    ///
    /// # Panics
    /// If the shapes differ among the gates.
    pub fn new(
        input: [Weight; GATES],
        recurrent: &[Weight; GATES],
        bias: [Vec<f32>; GATES],
        kernels: &'static Kernels,
    ) -> Self {
        let hidden = recurrent[0].rows();
        let mut panels = vec![0.0; (GATES * hidden).next_multiple_of(GEMV_PANEL_WIDTH) * hidden];
        for (g, w) in recurrent.iter().enumerate() {
            assert_eq!(
                (w.rows(), w.cols()),
                (hidden, hidden),
                "lstm: recurrent weight is not [hidden, hidden]"
            );
            let w = w.decode();
            for (j, row) in w.iter_rows().enumerate() {
                let (panel, lane) =
                    ((g * hidden + j) / GEMV_PANEL_WIDTH, (g * hidden + j) % GEMV_PANEL_WIDTH);
                for (p, &v) in row.iter().enumerate() {
                    panels[(panel * hidden + p) * GEMV_PANEL_WIDTH + lane] = v;
                }
            }
        }
        let mut bias = bias.into_iter();
        let input = input.map(|w| Linear::new(w, bias.next().unwrap_or_default(), kernels));
        Self { input, recurrent: panels, hidden, kernels }
    }

    /// Writes the states into `out`, `[len, hidden]`, scanning backward in time if `reverse`.
    fn scan(&self, x: &Matrix, reverse: bool) -> Matrix {
        let gates = GATES * self.hidden;
        let mut projected = Matrix::zeros(x.rows(), gates);
        for (g, input) in self.input.iter().enumerate() {
            input.forward_into(x, &mut projected, g * self.hidden);
        }
        let mut out = Matrix::zeros(x.rows(), self.hidden);
        let (mut c, mut h) = (vec![0.0; self.hidden], vec![0.0; self.hidden]);
        let mut sums = vec![0.0; gates.next_multiple_of(GEMV_PANEL_WIDTH)];
        for step in 0..x.rows() {
            let t = if reverse { x.rows() - 1 - step } else { step };
            sums[..gates].copy_from_slice(projected.row(t));
            self.kernels.gemv_wide(&self.recurrent, &h, &mut sums);
            self.kernels.lstm_cell(&sums[..gates], &mut c, &mut h);
            out.row_mut(t).copy_from_slice(&h);
        }
        out
    }
}

/// Both directions side by side.
#[derive(Debug, Clone)]
pub struct BiLstm {
    forward: LstmDirection,
    backward: LstmDirection,
}

impl BiLstm {
    /// From the two directions.
    pub fn new(forward: LstmDirection, backward: LstmDirection) -> Self {
        Self { forward, backward }
    }

    /// `x`: `[len, in]`; returns `[len, 2·hidden]`, forward states first. The directions run in parallel.
    ///
    /// # Panics
    /// If `x` has another number of columns.
    pub fn forward(&self, x: &Matrix) -> Matrix {
        let (forward, backward) = rayon::join(|| self.forward.scan(x, false), || self.backward.scan(x, true));
        Matrix::concat_columns(&[&forward, &backward])
    }
}
