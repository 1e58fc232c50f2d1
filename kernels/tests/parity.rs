//! Every kernel of every instruction set that this CPU has, against the scalar reference, at sizes around the lanes.

use kokoro_kernels::quantize::{dequantize_row, quantize_row};
use kokoro_kernels::testing::{assert_within, noise, reorder_bound};
use kokoro_kernels::toom_cook::OUTPUTS;
use kokoro_kernels::{
    ChannelAffine, GEMV_PANEL_WIDTH, Isa, Kernels, Snake, ToomCook, WeightRows, WeightType,
};

const SIZES: [usize; 14] = [1, 2, 3, 7, 8, 9, 15, 16, 17, 31, 32, 33, 64, 257];

/// Tables to test. What this CPU lacks is named, so that a log shows what was not run.
fn tables() -> impl Iterator<Item = &'static Kernels> {
    for isa in Isa::ALL.into_iter().filter(|isa| !isa.is_available()) {
        eprintln!("skipped: this CPU has no {isa}");
    }
    Kernels::available().skip(1)
}

fn scalar() -> &'static Kernels {
    Kernels::for_isa(Isa::Scalar).expect("scalar code runs everywhere")
}

#[test]
fn gemm_panel_matches_a_triple_loop() {
    for kernels in Kernels::available() {
        let width = kernels.panel_width();
        for rows in [1, 2, 3, 4, 5, 6, 7, 11, 12, 13, 25] {
            for (k, row_stride) in [(1, 1), (3, 2), (8, 8), (17, 4), (64, 80)] {
                let (a, panel) = (noise((rows - 1) * row_stride + k, 1), noise(k * width, 2));
                let start = noise(rows * width, 3);
                let mut acc = start.clone();
                kernels.gemm_panel(&a, row_stride, rows, k, &panel, &mut acc);
                for r in 0..rows {
                    for j in 0..width {
                        let x = &a[r * row_stride..][..k];
                        let w: Vec<f32> = (0..k).map(|p| panel[p * width + j]).collect();
                        let sum: f32 = x.iter().zip(&w).map(|(x, w)| x * w).sum();
                        let expected = start[r * width + j] + sum;
                        let bound = reorder_bound(x, &w) + 4.0 * f32::EPSILON * expected.abs().max(1.0);
                        let found = acc[r * width + j];
                        let isa = kernels.isa();
                        assert!(
                            (found - expected).abs() <= bound,
                            "{isa} {rows}×{k} at {r},{j}: {found} {expected}"
                        );
                    }
                }
            }
        }
    }
}

#[test]
fn matmul_rows_matches_decoded_weights_for_every_type() {
    for kernels in tables() {
        for kind in WeightType::ALL {
            let sizes: &[usize] =
                if kind.block_elements() == 1 { &[1, 22, 32, 50, 96] } else { &[32, 64, 320] };
            for &k in sizes {
                for m in [1, 2, 3, 4, 5, 7, 8, 9, 17] {
                    let n = 5;
                    let mut bytes = Vec::new();
                    (0..n).for_each(|o| quantize_row(kind, &noise(k, o as u64), &mut bytes));
                    let w = WeightRows { bytes: &bytes, kind, n, k, stride_bytes: kind.row_bytes(k) };
                    let x = noise(m * (k + 3), 9);
                    let (mut found, mut expected) = (vec![f32::NAN; m * n], vec![0.0; m * n]);
                    kernels.matmul_rows(&w, &x, k + 3, m, &mut found);
                    scalar().matmul_rows(&w, &x, k + 3, m, &mut expected);
                    let what = format!("{} {} {m}×{n}×{k}", kernels.isa(), kind.name());
                    assert_within(&what, &found, &expected, |_| 2.0 * k as f32 * f32::EPSILON * k as f32);
                }
            }
        }
    }
}

#[test]
fn a_row_of_matmul_does_not_depend_on_how_many_rows_there_are() {
    for kernels in Kernels::available() {
        let (n, k, m) = (4, 96, 19);
        let mut bytes = Vec::new();
        (0..n).for_each(|o| quantize_row(WeightType::Q5_0, &noise(k, o as u64), &mut bytes));
        let kind = WeightType::Q5_0;
        let w = WeightRows { bytes: &bytes, kind, n, k, stride_bytes: kind.row_bytes(k) };
        let x = noise(m * k, 9);
        let mut all = vec![0.0; m * n];
        kernels.matmul_rows(&w, &x, k, m, &mut all);
        for (row, expected) in x.chunks_exact(k).zip(all.chunks_exact(n)) {
            let mut one = vec![0.0; n];
            kernels.matmul_rows(&w, row, k, 1, &mut one);
            assert_eq!(one, expected, "{}", kernels.isa());
        }
    }
}

#[test]
fn quantised_blocks_decode_to_the_bit_on_every_isa() {
    // A unit vector picks single weights out of the product, so any difference in decoding shows exactly.
    for kernels in tables() {
        for kind in WeightType::ALL {
            let mut bytes = Vec::new();
            let row: Vec<f32> = noise(64, 5).iter().map(|v| v * 37.0).collect();
            quantize_row(kind, &row, &mut bytes);
            let mut expected = vec![0.0; 64];
            dequantize_row(kind, &bytes, &mut expected);
            let w = WeightRows { bytes: &bytes, kind, n: 1, k: 64, stride_bytes: bytes.len() };
            for (i, expected) in expected.iter().enumerate() {
                let mut x = vec![0.0; 64];
                x[i] = 1.0;
                let mut found = [0.0];
                kernels.matmul_rows(&w, &x, 64, 1, &mut found);
                assert_eq!(found[0], *expected, "{} {} weight {i}", kernels.isa(), kind.name());
            }
        }
    }
}

#[test]
fn gemv_wide_matches_scalar() {
    for kernels in tables() {
        for (k, panels) in [(1, 1), (32, 2), (33, 3), (256, 16)] {
            let n = panels * GEMV_PANEL_WIDTH;
            let (w, x, start) = (noise(k * n, 1), noise(k, 2), noise(n, 3));
            let (mut found, mut expected) = (start.clone(), start);
            kernels.gemv_wide(&w, &x, &mut found);
            scalar().gemv_wide(&w, &x, &mut expected);
            let bound = 2.0 * k as f32 * f32::EPSILON * k as f32;
            assert_within(&format!("{} {k}×{n}", kernels.isa()), &found, &expected, |_| bound);
        }
    }
}

#[test]
fn halves_widen_exactly() {
    for kernels in tables() {
        let all: Vec<u16> = (0..=u16::MAX).collect();
        for len in [all.len(), 1, 7, 15, 17] {
            let src = &all[..len];
            let (mut found, mut expected) = (vec![0.0; len], vec![0.0; len]);
            kernels.widen_f16(src, &mut found);
            scalar().widen_f16(src, &mut expected);
            let same = |a: &f32, b: &f32| a.to_bits() == b.to_bits() || a.is_nan() && b.is_nan();
            assert!(found.iter().zip(&expected).all(|(a, b)| same(a, b)), "{} f16", kernels.isa());
            kernels.widen_bf16(src, &mut found);
            scalar().widen_bf16(src, &mut expected);
            assert!(found.iter().zip(&expected).all(|(a, b)| same(a, b)), "{} bf16", kernels.isa());
        }
    }
}

#[test]
fn snake_is_accurate() {
    for kernels in tables() {
        for n in SIZES {
            let scaled = |seed, by: f32| noise(n, seed).iter().map(|v| v * by).collect::<Vec<_>>();
            for reach in [0.01, 1.0, 50.0, 3000.0] {
                let (x, mean, scale, shift) =
                    (scaled(1, 3.0), scaled(2, 1.0), scaled(3, reach), scaled(4, 1.0));
                let alpha: Vec<f32> = noise(n, 5).iter().map(|v| v + v.signum() * 0.3).collect();
                let affine = ChannelAffine { mean: &mean, scale: &scale, shift: &shift };
                let mut found = vec![0.0; n];
                kernels.adain_snake(&x, &affine, &Snake::new(alpha.clone()), &mut found);
                for c in 0..n {
                    // The affine map in the kernel's own precision, the rest in f64.
                    let fused = (x[c] - mean[c]).mul_add(scale[c], shift[c]);
                    let rounded = (x[c] - mean[c]) * scale[c] + shift[c];
                    let exact = |y: f32| {
                        let (y, a) = (f64::from(y), f64::from(alpha[c]));
                        // The product α·y is a f32 in the kernel.
                        y + f64::from((alpha[c] * y as f32) as f64 as f32).sin().powi(2) / a
                    };
                    let bound = 3e-7 / f64::from(alpha[c].abs()) + 1.2e-7 * f64::from(fused.abs());
                    let error = |y| (f64::from(found[c]) - exact(y)).abs();
                    let least = error(fused).min(error(rounded));
                    assert!(
                        least <= bound,
                        "{} reach {reach} at {c}: off by {least:e}, {bound:e}",
                        kernels.isa()
                    );
                }
            }
        }
        // Beyond the domain the result is still bounded.
        let (zero, one) = ([0.0], [1.0]);
        let affine = ChannelAffine { mean: &zero, scale: &one, shift: &zero };
        let mut found = [0.0];
        kernels.adain_snake(&[3e30], &affine, &Snake::new(vec![2.0]), &mut found);
        assert!((found[0] - 3e30).abs() < 1e24, "{}: {}", kernels.isa(), found[0]);
    }
}

#[test]
fn leaky_relus_match_scalar() {
    for kernels in tables() {
        for n in SIZES {
            let [x, mean, scale, shift] = [1, 2, 3, 4].map(|seed| noise(n, seed));
            let affine = ChannelAffine { mean: &mean, scale: &scale, shift: &shift };
            let (mut found, mut expected) = (vec![0.0; n], vec![0.0; n]);
            kernels.adain_leaky_relu(&x, &affine, 0.2, &mut found);
            scalar().adain_leaky_relu(&x, &affine, 0.2, &mut expected);
            assert_within(&format!("{} adain", kernels.isa()), &found, &expected, |_| 4.0 * f32::EPSILON);
            kernels.leaky_relu(&x, 0.1, &mut found);
            scalar().leaky_relu(&x, 0.1, &mut expected);
            assert_eq!(found, expected, "{}", kernels.isa());
        }
    }
}

#[test]
fn gelu_is_accurate() {
    for kernels in tables() {
        let mut x: Vec<f32> = (-2000..=2000).map(|i| i as f32 * 0.01).collect();
        let expected: Vec<f32> = x
            .iter()
            .map(|&z| {
                let z = f64::from(z);
                let inner = (2.0 / std::f64::consts::PI).sqrt() * (z + 0.044715 * z.powi(3));
                (0.5 * z * (1.0 + inner.tanh())) as f32
            })
            .collect();
        let bounds: Vec<f32> = x.iter().map(|z| 3e-7 * z.abs().max(1.0)).collect();
        kernels.gelu(&mut x);
        assert_within(&format!("{} gelu", kernels.isa()), &x, &expected, |i| bounds[i]);
    }
}

#[test]
fn softmax_sums_to_one_and_matches_f64() {
    for kernels in tables() {
        for n in SIZES {
            let x: Vec<f32> = noise(n, 1).iter().map(|v| v * 30.0).collect();
            let peak = x.iter().fold(f64::MIN, |a, &b| a.max(f64::from(b)));
            let exp: Vec<f64> = x.iter().map(|&v| (f64::from(v) - peak).exp()).collect();
            let expected: Vec<f32> = exp.iter().map(|e| (e / exp.iter().sum::<f64>()) as f32).collect();
            let mut found = x;
            kernels.softmax(&mut found);
            assert_within(&format!("{} softmax {n}", kernels.isa()), &found, &expected, |i| {
                // The argument, down to −60, is rounded to half an ulp: 2e-6 of the exponential.
                5e-6 * expected[i] + 1e-30
            });
        }
        let mut far = [0.0, -200.0, -90.0, -104.5];
        kernels.softmax(&mut far);
        assert!(
            far[0] == 1.0 && far[1..].iter().all(|v| (0.0..1e-38).contains(v)),
            "{}: {far:?}",
            kernels.isa()
        );
    }
}

#[test]
fn layer_norm_matches_scalar() {
    for kernels in tables() {
        for n in SIZES {
            let x: Vec<f32> = noise(n, 1).iter().map(|v| v + 100.0).collect();
            let (gamma, beta) = (noise(n, 2), noise(n, 3));
            let (mut found, mut expected) = (x.clone(), x);
            kernels.layer_norm(&mut found, &gamma, &beta, 1e-5);
            scalar().layer_norm(&mut expected, &gamma, &beta, 1e-5);
            // The mean of values near 100 is good to an ulp of 100, and deviations here are about 0.6.
            assert_within(&format!("{} {n}", kernels.isa()), &found, &expected, |_| 2e-4);
        }
        let mut constant = vec![2.5; 33];
        kernels.layer_norm(&mut constant, &[3.0; 33], &[0.5; 33], 1e-12);
        assert_eq!(constant, vec![0.5; 33], "{}", kernels.isa());
    }
}

#[test]
fn lstm_cell_is_accurate() {
    for kernels in tables() {
        for n in SIZES {
            let gates: Vec<f32> = noise(4 * n, 1).iter().map(|v| v * 12.0).collect();
            let start = noise(n, 2);
            let (mut c, mut h) = (start.clone(), vec![0.0; n]);
            kernels.lstm_cell(&gates, &mut c, &mut h);
            let sigmoid = |x: f32| 1.0 / (1.0 + (-f64::from(x)).exp());
            for j in 0..n {
                let g = f64::from(gates[2 * n + j]).tanh();
                let cell = sigmoid(gates[n + j]) * f64::from(start[j]) + sigmoid(gates[j]) * g;
                let out = sigmoid(gates[3 * n + j]) * cell.tanh();
                let error = (f64::from(c[j]) - cell).abs().max((f64::from(h[j]) - out).abs());
                assert!(error < 5e-7, "{} cell {j} of {n}: off by {error:e}", kernels.isa());
            }
        }
    }
}

#[test]
fn column_sums_and_row_sums_match_scalar() {
    for kernels in tables() {
        for cols in SIZES {
            let (rows, stride) = (13, cols + 2);
            let x = noise(rows * stride, 1);
            let what = format!("{} {cols} columns", kernels.isa());
            let (mut found, mut expected) = (vec![1.0; cols], vec![1.0; cols]);
            kernels.column_sums(&x, stride, &mut found);
            scalar().column_sums(&x, stride, &mut expected);
            assert_within(&what, &found, &expected, |_| 1e-5);
            let mean = noise(cols, 2);
            kernels.column_square_deviations(&x, stride, &mean, &mut found);
            scalar().column_square_deviations(&x, stride, &mean, &mut expected);
            assert_within(&what, &found, &expected, |_| 1e-4);
            let weights = noise(rows, 3);
            kernels.weighted_row_sum(&weights, &x, stride, &mut found);
            scalar().weighted_row_sum(&weights, &x, stride, &mut expected);
            assert_within(&what, &found, &expected, |_| 1e-5);
        }
    }
}

#[test]
fn toom_cook_transforms_match_scalar() {
    for kernels in tables() {
        for taps in [3, 6, 7] {
            let plan = ToomCook::for_taps(taps).expect("a chosen length");
            for len in SIZES {
                let (n, stride) = (plan.points(), len + 3);
                let x = noise(n * stride, 1);
                let what = format!("{} {taps} taps, {len}", kernels.isa());
                let (mut found, mut expected) = (vec![0.0; n * stride], vec![0.0; n * stride]);
                kernels.toom_cook_input(&plan, &x, stride, &mut found, stride, len);
                scalar().toom_cook_input(&plan, &x, stride, &mut expected, stride, len);
                // Entries of the transform reach 20, so sums of a dozen products round to about 1e-5.
                assert_within(&what, &found, &expected, |_| 3e-5);
                let (mut found, mut expected) = (vec![0.0; OUTPUTS * stride], vec![0.0; OUTPUTS * stride]);
                kernels.toom_cook_output(&plan, &x, stride, &mut found, stride, len);
                scalar().toom_cook_output(&plan, &x, stride, &mut expected, stride, len);
                assert_within(&what, &found, &expected, |_| 3e-5);
            }
        }
    }
}
