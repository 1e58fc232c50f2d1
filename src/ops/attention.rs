//! Multi-head self-attention over all positions.

use kokoro_kernels::{Kernels, WeightRows, WeightType};
use rayon::prelude::*;

use crate::tensor::Matrix;

/// `softmax(q·kᵀ / √d) · v` for each head; `q`, `k`, `v` and `out`: `[n, heads · d]`. Head `h` owns the
/// columns `h·d .. (h + 1)·d`. Source: `AlbertAttention`, transformers.
///
/// # Panics
/// If the shapes differ or `heads` does not divide the columns.
pub fn self_attention(kernels: &Kernels, q: &Matrix, k: &Matrix, v: &Matrix, heads: usize, out: &mut Matrix) {
    let (n, hidden) = (q.rows(), q.cols());
    assert!(
        [k, v, &*out].iter().all(|m| (m.rows(), m.cols()) == (n, hidden)),
        "attention: q, k, v and out differ in shape"
    );
    assert_eq!(hidden % heads, 0, "attention: heads do not divide the columns");
    let d = hidden / heads;
    let scale = 1.0 / (d as f32).sqrt();
    out.tiles_mut(usize::MAX, d).into_par_iter().for_each(|tile| {
        let keys = WeightRows {
            bytes: &bytemuck::cast_slice(k.data())[4 * tile.col..],
            kind: WeightType::F32,
            n,
            k: d,
            stride_bytes: 4 * hidden,
        };
        let mut scores = vec![0.0; n * n];
        kernels.matmul_rows(&keys, &q.data()[tile.col..], hidden, n, &mut scores);
        for (scores, context) in scores.chunks_exact_mut(n).zip(tile.rows) {
            scores.iter_mut().for_each(|s| *s *= scale);
            kernels.softmax(scores);
            kernels.weighted_row_sum(scores, &v.data()[tile.col..], hidden, context);
        }
    });
}
