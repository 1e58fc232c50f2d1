//! Convolution with fewer multiplications: Toom-Cook on short blocks along time.
//!
//! `OUTPUTS` neighbouring outputs of a filter with `r` taps need `OUTPUTS · r` multiplications directly, and `n =
//! OUTPUTS + r − 1` when filter and input are both seen as values of a polynomial at `n` points:
//! `y = Aᵀ[(G w) ⊙ (Bᵀ x)]`. The sum over input channels moves between the brackets, where it is one matrix product for
//! each point. Source: Winograd, *Arithmetic complexity of computations*, 1980; the matrices are built from the points by
//! Lagrange interpolation, transposed.
//!
//! The points are symmetric about zero, so the rows for `a` and `−a` share their even and their odd half: that halves the
//! transforms. Scales are powers of two, which cost no digits.

/// Outputs of a block.
pub const OUTPUTS: usize = 6;

/// Most points of any plan.
pub const MAX_POINTS: usize = 12;

/// Magnitudes of the points that come in pairs `±a`, best conditioned first.
const MAGNITUDES: [f64; 5] = [1.0, 0.5, 2.0, 0.75, 4.0 / 3.0];

/// The transforms of one filter length.
#[derive(Debug, Clone, PartialEq)]
pub struct ToomCook {
    taps: usize,
    /// Points that have no opposite: zero (if the count is even) and infinity.
    pub(crate) singles: Vec<Single>,
    /// Points `±a`, adjacent.
    pub(crate) pairs: Vec<Pair>,
}

/// A point without an opposite.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Single {
    /// The row of `Bᵀ`, of which only every second entry is not zero.
    pub(crate) input: [f32; MAX_POINTS],
    /// Index of the first of those entries: 0 or 1.
    pub(crate) parity: usize,
    /// The one output it adds to.
    pub(crate) output: usize,
    /// Its row of `G`.
    weights: Vec<f64>,
}

/// Points `a` and `−a`.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Pair {
    /// The row of `Bᵀ` for `a`; that for `−a` has the odd entries negated.
    pub(crate) input: [f32; MAX_POINTS],
    /// `aⁱ` for each output.
    pub(crate) powers: [f32; OUTPUTS],
    /// The row of `G` for `a`.
    weights: Vec<f64>,
}

/// Coefficients of `Π (x − root)`, lowest power first.
fn from_roots(roots: impl Iterator<Item = f64>) -> Vec<f64> {
    roots.fold(vec![1.0], |p, root| {
        let mut next = vec![0.0; p.len() + 1];
        for (i, c) in p.iter().enumerate() {
            next[i + 1] += c;
            next[i] -= root * c;
        }
        next
    })
}

fn padded(row: &[f64], scale: f64) -> [f32; MAX_POINTS] {
    std::array::from_fn(|i| (row.get(i).copied().unwrap_or(0.0) * scale) as f32)
}

impl ToomCook {
    /// Transforms for filters of `taps` taps, if that is one of the lengths for which points are chosen: 3, 6 or 7.
    pub fn for_taps(taps: usize) -> Option<Self> {
        if ![3, 6, 7].contains(&taps) {
            return None;
        }
        let n = OUTPUTS + taps - 1;
        let magnitudes = &MAGNITUDES[..(n - 1) / 2];
        let has_zero = n.is_multiple_of(2);
        let finite: Vec<f64> =
            has_zero.then_some(0.0).into_iter().chain(magnitudes.iter().flat_map(|&a| [a, -a])).collect();
        let powers = |a: f64, len: usize| (0..len).map(|k| a.powi(k as i32)).collect::<Vec<_>>();
        // The Lagrange polynomial that is 1 at `a` and 0 at the other points.
        let lagrange = |a: f64| {
            let others = || finite.iter().copied().filter(move |&q| q != a);
            let norm: f64 = others().map(|q| a - q).product();
            from_roots(others()).into_iter().map(|c| c / norm).collect::<Vec<f64>>()
        };
        // A power of two that brings the filter's row to about unit length; the input's row is divided by it.
        let balance =
            |weights: &[f64]| (-weights.iter().map(|w| w * w).sum::<f64>().sqrt().log2().round()).exp2();
        let mut singles = Vec::new();
        if has_zero {
            let weights = powers(0.0, taps);
            singles.push(Single { input: padded(&lagrange(0.0), 1.0), parity: 0, output: 0, weights });
        }
        let mut weights = vec![0.0; taps];
        weights[taps - 1] = 1.0;
        let infinity = from_roots(finite.iter().copied());
        let parity = usize::from(has_zero);
        singles.push(Single { input: padded(&infinity, 1.0), parity, output: OUTPUTS - 1, weights });
        let pairs = magnitudes.iter().map(|&a| {
            let weights = powers(a, taps);
            let scale = balance(&weights);
            Pair {
                input: padded(&lagrange(a), 1.0 / scale),
                powers: std::array::from_fn(|i| a.powi(i as i32) as f32),
                weights: weights.into_iter().map(|w| w * scale).collect(),
            }
        });
        Some(Self { taps, singles, pairs: pairs.collect() })
    }

    /// Points, `n`.
    pub fn points(&self) -> usize {
        OUTPUTS + self.taps - 1
    }

    /// Taps of the filter, `r`.
    pub fn taps(&self) -> usize {
        self.taps
    }

    /// `G w`: the filter's values at the points.
    ///
    /// # Panics
    /// If `filter` is not `[taps]` or `out` not `[points]`.
    pub fn transform_filter(&self, filter: &[f32], out: &mut [f32]) {
        assert_eq!((filter.len(), out.len()), (self.taps, self.points()), "toom-cook: filter or points");
        let mut out = out.iter_mut();
        let mut push = |value: f64| *out.next().expect("as many points as rows") = value as f32;
        for single in &self.singles {
            push(single.weights.iter().zip(filter).map(|(g, &w)| g * f64::from(w)).sum());
        }
        for pair in &self.pairs {
            // Plain loops: this runs a million times when a model is opened.
            let (mut even, mut odd) = (0.0, 0.0);
            for (k, (g, &w)) in pair.weights.iter().zip(filter).enumerate() {
                let term = g * f64::from(w);
                if k % 2 == 0 {
                    even += term;
                } else {
                    odd += term;
                }
            }
            push(even + odd);
            push(even - odd);
        }
    }
}

/// See [`crate::Kernels::toom_cook_input`].
pub fn input(plan: &ToomCook, x: &[f32], x_stride: usize, out: &mut [f32], out_stride: usize, len: usize) {
    let n = plan.points();
    for c in 0..len {
        let column: Vec<f32> = (0..n).map(|i| x[i * x_stride + c]).collect();
        let half = |row: &[f32; MAX_POINTS], parity: usize| -> f32 {
            (parity..n).step_by(2).map(|i| row[i] * column[i]).sum()
        };
        let mut rows: Vec<f32> = plan.singles.iter().map(|s| half(&s.input, s.parity)).collect();
        for pair in &plan.pairs {
            let (even, odd) = (half(&pair.input, 0), half(&pair.input, 1));
            rows.extend([even + odd, even - odd]);
        }
        for (p, v) in rows.into_iter().enumerate() {
            out[p * out_stride + c] = v;
        }
    }
}

/// See [`crate::Kernels::toom_cook_output`].
pub fn output(plan: &ToomCook, x: &[f32], x_stride: usize, out: &mut [f32], out_stride: usize, len: usize) {
    for c in 0..len {
        let at = |p: usize| x[p * x_stride + c];
        let mut y = [0.0f32; OUTPUTS];
        for (p, single) in plan.singles.iter().enumerate() {
            y[single.output] += at(p);
        }
        for (q, pair) in plan.pairs.iter().enumerate() {
            let (plus, minus) = (at(plan.singles.len() + 2 * q), at(plan.singles.len() + 2 * q + 1));
            for (i, y) in y.iter_mut().enumerate() {
                *y += pair.powers[i] * if i % 2 == 0 { plus + minus } else { plus - minus };
            }
        }
        for (i, y) in y.into_iter().enumerate() {
            out[i * out_stride + c] = y;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_is_the_direct_convolution() {
        for taps in [3, 6, 7] {
            let plan = ToomCook::for_taps(taps).expect("a chosen length");
            let n = plan.points();
            let filter: Vec<f32> = (0..taps).map(|k| ((k * 7 + 3) % 5) as f32 - 2.0).collect();
            let x: Vec<f32> = (0..n).map(|i| ((i * 5 + 1) % 7) as f32 - 3.0).collect();
            let (mut g, mut b, mut y) = (vec![0.0; n], vec![0.0; n], [0.0; OUTPUTS]);
            plan.transform_filter(&filter, &mut g);
            input(&plan, &x, 1, &mut b, 1, 1);
            let product: Vec<f32> = g.iter().zip(&b).map(|(g, b)| g * b).collect();
            output(&plan, &product, 1, &mut y, 1, 1);
            for (i, y) in y.into_iter().enumerate() {
                let direct: f32 = filter.iter().zip(&x[i..]).map(|(w, x)| w * x).sum();
                assert!((y - direct).abs() < 1e-3, "{taps} taps, output {i}: {y}, directly {direct}");
            }
        }
    }
}
