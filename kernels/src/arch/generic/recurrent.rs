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
            let gate = gates.as_ptr().add(j);
            let (i, f) = (s.load(gate), s.load(gate.add(n)));
            let (g, o) = (s.load(gate.add(2 * n)), s.load(gate.add(3 * n)));
            let keep = s.mul(math::sigmoid(s, f), s.load(c.as_ptr().add(j)));
            let cell = s.fma(math::sigmoid(s, i), math::tanh(s, g), keep);
            s.store(c.as_mut_ptr().add(j), cell);
            s.store(h.as_mut_ptr().add(j), s.mul(math::sigmoid(s, o), math::tanh(s, cell)));
        }
    }
    if whole < n {
        let tail: Vec<f32> = (0..4).flat_map(|q| &gates[q * n + whole..(q + 1) * n]).copied().collect();
        crate::scalar::lstm_cell(&tail, &mut c[whole..], &mut h[whole..]);
    }
}
