//! Multi-head self-attention over all positions.

use kokoro_kernels::Kernels;
use rayon::prelude::*;

use crate::tensor::Matrix;

/// Queries whose scores are computed together: those of 512 keys are half of a small second-level cache.
const TASK_QUERIES: usize = 48;

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
    let width = kernels.panel_width();
    let scale = 1.0 / (d as f32).sqrt();
    out.tiles_mut(usize::MAX, d).into_par_iter().for_each(|mut tile| {
        let head = tile.col..tile.col + d;
        // Keys as columns, with the scale; values as rows.
        let keys = panels(width, d, n, |i, key| k.row(key)[head.start + i] * scale);
        let values = panels(width, n, d, |key, i| v.row(key)[head.start + i]);
        let keys_padded = n.next_multiple_of(width);
        let mut scores = vec![0.0; TASK_QUERIES * keys_padded];
        let mut sums = vec![0.0; TASK_QUERIES * width];
        for (task, rows) in tile.rows.chunks_mut(TASK_QUERIES).enumerate() {
            let queries = &q.data()[task * TASK_QUERIES * hidden + head.start..];
            let sums = &mut sums[..rows.len() * width];
            for (panel, keys) in keys.chunks_exact(d * width).enumerate() {
                sums.fill(0.0);
                kernels.gemm_panel(queries, hidden, rows.len(), d, keys, sums);
                for (scores, sums) in scores.chunks_exact_mut(keys_padded).zip(sums.chunks_exact(width)) {
                    scores[panel * width..][..width].copy_from_slice(sums);
                }
            }
            for scores in scores.chunks_exact_mut(keys_padded).take(rows.len()) {
                kernels.softmax(&mut scores[..n]);
            }
            for (panel, values) in values.chunks_exact(n * width).enumerate() {
                sums.fill(0.0);
                kernels.gemm_panel(&scores, keys_padded, rows.len(), n, values, sums);
                let columns = panel * width..d.min((panel + 1) * width);
                for (row, sums) in rows.iter_mut().zip(sums.chunks_exact(width)) {
                    row[columns.clone()].copy_from_slice(&sums[..columns.len()]);
                }
            }
        }
    });
}

/// A matrix of `k` inputs and `n` outputs as `[panel][k][width]`, padded with zeros.
fn panels(width: usize, k: usize, n: usize, value: impl Fn(usize, usize) -> f32) -> Vec<f32> {
    let mut panels = vec![0.0; n.div_ceil(width) * k * width];
    for (panel, rows) in panels.chunks_exact_mut(k * width).enumerate() {
        for (i, row) in rows.chunks_exact_mut(width).enumerate() {
            for (place, o) in row.iter_mut().zip(panel * width..n) {
                *place = value(i, o);
            }
        }
    }
    panels
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sums of 16 and 70 products of values below 2.
    const TOLERANCE: f64 = 1e-5;

    #[test]
    fn attention_is_its_definition() {
        let kernels = Kernels::from_environment().expect("KOKORO_ISA is valid");
        for n in [3, 31, 70] {
            let (heads, d) = (3, 16);
            let matrix = |seed: usize| {
                let values =
                    (0..n * heads * d).map(|i| ((i * 7919 + seed * 104_729) % 1009) as f32 / 500.0 - 1.0);
                Matrix::from_vec(n, heads * d, values.collect())
            };
            let (q, k, v) = (matrix(1), matrix(2), matrix(3));
            let mut out = Matrix::zeros(n, heads * d);
            self_attention(kernels, &q, &k, &v, heads, &mut out);
            for head in 0..heads {
                let of = |m: &Matrix, t: usize, i: usize| f64::from(m.row(t)[head * d + i]);
                for t in 0..n {
                    let weight = |s: usize| (0..d).map(|i| of(&q, t, i) * of(&k, s, i)).sum::<f64>() / 4.0;
                    let weights: Vec<f64> = (0..n).map(|s| weight(s).exp()).collect();
                    let total: f64 = weights.iter().sum();
                    for i in 0..d {
                        let expected = (0..n).map(|s| weights[s] * of(&v, s, i)).sum::<f64>() / total;
                        assert!((of(&out, t, i) - expected).abs() < TOLERANCE, "{n}: head {head} at {t},{i}");
                    }
                }
            }
        }
    }
}
