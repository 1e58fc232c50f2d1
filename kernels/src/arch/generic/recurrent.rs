//! The LSTM cell.

use super::math;
use crate::arch::simd::Simd;

/// See [`crate::Kernels::lstm_cell`].
#[inline(always)]
pub(crate) fn lstm_cell<S: Simd>(s: S, gates: &[f32], c: &mut [f32], h: &mut [f32]) {
    let n = h.len();
    let whole = n / S::LANES * S::LANES;
    for j in (0..whole).step_by(S::LANES) {
        // SAFETY: `j + LANES ≤ n`; `gates` is `4 n` long and `c` is `n` long (checked by `Kernels::lstm_cell`).
        unsafe {
            let gate = |q: usize| s.load(gates.as_ptr().add(q * n + j));
            let keep = s.mul(math::sigmoid(s, gate(1)), s.load(c.as_ptr().add(j)));
            let cell = s.fma(math::sigmoid(s, gate(0)), math::tanh(s, gate(2)), keep);
            s.store(c.as_mut_ptr().add(j), cell);
            s.store(h.as_mut_ptr().add(j), s.mul(math::sigmoid(s, gate(3)), math::tanh(s, cell)));
        }
    }
    if whole < n {
        let tail: Vec<f32> = (0..4).flat_map(|q| &gates[q * n + whole..(q + 1) * n]).copied().collect();
        crate::scalar::lstm_cell(&tail, &mut c[whole..], &mut h[whole..]);
    }
}
