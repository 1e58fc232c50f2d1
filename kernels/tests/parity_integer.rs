//! Every integer kernel of every instruction set that this CPU has, against the scalar reference and f64.

use kokoro_kernels::activations_q8::Q8Activations;
use kokoro_kernels::quantize::{dequantize_row, quantize_row};
use kokoro_kernels::testing::noise;
use kokoro_kernels::{Isa, Kernels, WeightRows, WeightType};

/// Types of weights that come in blocks.
const BLOCK_TYPES: [WeightType; 5] =
    [WeightType::Q4_0, WeightType::Q4_1, WeightType::Q5_0, WeightType::Q5_1, WeightType::Q8_0];

/// Tables to test. What this CPU lacks is named, so that a log shows what was not run.
fn tables() -> impl Iterator<Item = &'static Kernels> {
    for isa in Isa::ALL.into_iter().filter(|isa| !isa.is_available()) {
        eprintln!("skipped: this CPU has no {isa}");
    }
    Kernels::available()
}

fn scalar() -> &'static Kernels {
    Kernels::for_isa(Isa::Scalar).expect("scalar code runs everywhere")
}

fn quantised(kernels: &Kernels, x: &[f32], x_stride: usize, m: usize, k: usize) -> Q8Activations {
    let mut rows = Q8Activations::zeros(m, k);
    kernels.quantize_q8(x, x_stride, rows.rows_mut());
    rows
}

/// `n` rows of noise in blocks.
fn weights(kind: WeightType, n: usize, k: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    (0..n).for_each(|o| quantize_row(kind, &noise(k, o as u64), &mut bytes));
    bytes
}

#[test]
fn activations_quantise_to_the_bit_on_every_isa() {
    for kernels in tables() {
        for (m, k, stride) in [(1, 32, 32), (3, 64, 70), (5, 288, 288)] {
            for reach in [1e-30, 0.7, 1e30] {
                let x: Vec<f32> = noise(m * stride, 1).iter().map(|v| v * reach).collect();
                let expected = quantised(scalar(), &x, stride, m, k);
                assert_eq!(quantised(kernels, &x, stride, m, k), expected, "{} {m}×{k}", kernels.isa());
            }
        }
    }
}

#[test]
fn activations_round_to_nearest_even() {
    // With a peak of 127 the scale is one, and halves are ties.
    let mut x: Vec<f32> = (0..32).map(|i| i as f32 - 16.5).collect();
    x[31] = -127.0;
    let mut expected: Vec<i8> = x.iter().map(|v| f64::from(*v).round_ties_even() as i8).collect();
    expected[31] = -127;
    for kernels in tables() {
        let rows = quantised(kernels, &x, 32, 1, 32);
        assert_eq!((rows.codes(), rows.scales()), (&expected[..], &[1.0][..]), "{}", kernels.isa());
    }
}

#[test]
fn codes_times_scale_are_within_half_a_scale() {
    for kernels in tables() {
        let x = noise(320, 3);
        let rows = quantised(kernels, &x, 320, 1, 320);
        for (i, x) in x.iter().enumerate() {
            let scale = rows.scales()[i / 32];
            let back = f32::from(rows.codes()[i]) * scale;
            // Half a step, and a little for the reciprocal's rounding.
            assert!((x - back).abs() <= 0.5001 * scale, "{} at {i}: {x} {back}", kernels.isa());
        }
    }
}

#[test]
fn blocks_that_are_not_finite_show_and_tiny_ones_are_zero() {
    let w = weights(WeightType::Q8_0, 1, 64);
    let w = WeightRows { bytes: &w, kind: WeightType::Q8_0, n: 1, k: 64, stride_bytes: 68 };
    for kernels in tables() {
        for bad in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
            for at in [0, 13, 31, 32, 63] {
                let mut x = noise(64, 1);
                x[at] = bad;
                let rows = quantised(kernels, &x, 64, 1, 64);
                assert!(rows.codes().iter().all(|c| *c != i8::MIN), "{} {bad} at {at}", kernels.isa());
                let mut out = [0.0];
                kernels.matmul_q8(&w, rows.rows(), &mut out);
                assert!(out[0].is_nan(), "{} {bad} at {at}: {}", kernels.isa(), out[0]);
            }
        }
        let rows = quantised(kernels, &[f32::MIN_POSITIVE; 32], 32, 1, 32);
        assert_eq!((rows.codes(), rows.scales()), (&[0; 32][..], &[0.0][..]), "{}", kernels.isa());
    }
}

#[test]
fn products_of_blocks_match_f64() {
    for kernels in tables() {
        for kind in BLOCK_TYPES {
            for k in [32, 96, 512, 544, 1088] {
                for (m, n) in [(1, 1), (2, 5), (3, 16), (5, 33), (7, 32), (13, 65)] {
                    let bytes = weights(kind, n, k);
                    let w = WeightRows { bytes: &bytes, kind, n, k, stride_bytes: kind.row_bytes(k) };
                    let x = quantised(scalar(), &noise(m * k, 9), k, m, k);
                    let mut found = vec![f32::NAN; m * n];
                    kernels.matmul_q8(&w, x.rows(), &mut found);
                    let mut row = vec![0.0; k];
                    for o in 0..n {
                        dequantize_row(kind, &bytes[o * w.stride_bytes..][..w.stride_bytes], &mut row);
                        for i in 0..m {
                            let (mut sum, mut magnitude) = (0.0, 0.0);
                            for (p, w) in row.iter().enumerate() {
                                let scale = x.scales()[(i * k + p) / 32];
                                let x = f64::from(x.codes()[i * k + p]) * f64::from(scale);
                                sum += x * f64::from(*w);
                                magnitude += (x * f64::from(*w)).abs();
                            }
                            // The documented bound; Σ |products| is no less than Σ |dots|, and what types with
                            // offsets cancel between dot and offset is at most twice as large again.
                            let bound = (k as f64 / 32.0 + 3.0) * f64::from(f32::EPSILON) * 3.0 * magnitude;
                            let error = (f64::from(found[i * n + o]) - sum).abs();
                            assert!(
                                error <= bound,
                                "{} {} {m}×{n}×{k} at {i},{o}: off by {error:e}, bound {bound:e}",
                                kernels.isa(),
                                kind.name()
                            );
                        }
                    }
                }
            }
        }
    }
}

#[test]
fn products_of_blocks_are_exact_at_the_extremes() {
    // Scale one, offset one, and every combination of the largest codes: where 16-bit sums of pairs would saturate.
    const ONE: [u8; 2] = [0, 0x3c];
    let k = 96;
    for kernels in tables() {
        for kind in BLOCK_TYPES {
            for fill in [0x00u8, 0xff, 0x80, 0x7f, 0x81, 0x08, 0xf0] {
                let mut block = vec![fill; kind.block_bytes()];
                block[..2].copy_from_slice(&ONE);
                if matches!(kind, WeightType::Q4_1 | WeightType::Q5_1) {
                    block[2..4].copy_from_slice(&ONE);
                }
                let bytes = block.repeat(k / 32);
                let mut row = vec![0.0; k];
                dequantize_row(kind, &bytes, &mut row);
                let w = WeightRows { bytes: &bytes, kind, n: 1, k, stride_bytes: bytes.len() };
                for x in [[127.0f32, 127.0], [-127.0, -127.0], [127.0, -127.0], [-127.0, 0.0]] {
                    let x: Vec<f32> = x.into_iter().cycle().take(k).collect();
                    let rows = quantised(kernels, &x, k, 1, k);
                    let mut found = [f32::NAN];
                    kernels.matmul_q8(&w, rows.rows(), &mut found);
                    let expected: f64 = x.iter().zip(&row).map(|(x, w)| f64::from(*x) * f64::from(*w)).sum();
                    let what = format!("{} {} {fill:02x} {}", kernels.isa(), kind.name(), x[1]);
                    assert_eq!(f64::from(found[0]), expected, "{what}");
                }
            }
        }
    }
}

#[test]
fn single_weights_keep_their_place() {
    // One activation at a time, with weights that are all different: any mistake in the order shows.
    let (n, k) = (33, 64);
    for kernels in tables() {
        for kind in BLOCK_TYPES {
            let bytes = weights(kind, n, k);
            let w = WeightRows { bytes: &bytes, kind, n, k, stride_bytes: kind.row_bytes(k) };
            let mut x = vec![0.0; k * k];
            (0..k).for_each(|i| x[i * k + i] = 127.0);
            let rows = quantised(kernels, &x, k, k, k);
            let mut found = vec![0.0; k * n];
            kernels.matmul_q8(&w, rows.rows(), &mut found);
            let mut row = vec![0.0; k];
            for o in 0..n {
                dequantize_row(kind, &bytes[o * w.stride_bytes..][..w.stride_bytes], &mut row);
                for (i, weight) in row.iter().enumerate() {
                    let (found, expected) = (found[i * n + o], 127.0 * weight);
                    // Offsets and codes of opposite sign leave a rounding of the larger one.
                    let what = format!("{} {} weight {i} of {o}", kernels.isa(), kind.name());
                    assert!((found - expected).abs() < 1e-4, "{what}: {found} {expected}");
                }
            }
        }
    }
}

#[test]
fn a_row_does_not_depend_on_how_many_rows_there_are() {
    for kernels in tables() {
        for kind in BLOCK_TYPES {
            let (n, k, m) = (37, 608, 19);
            let bytes = weights(kind, n, k);
            let w = WeightRows { bytes: &bytes, kind, n, k, stride_bytes: kind.row_bytes(k) };
            let x = quantised(kernels, &noise(m * k, 9), k, m, k);
            let mut all = vec![0.0; m * n];
            kernels.matmul_q8(&w, x.rows(), &mut all);
            for first in [1, 2, 5, 12] {
                let mut parts = vec![0.0; m * n];
                let (head, tail) = x.rows().split_at(first);
                kernels.matmul_q8(&w, head, &mut parts[..first * n]);
                kernels.matmul_q8(&w, tail, &mut parts[first * n..]);
                assert_eq!(parts, all, "{} {} split at {first}", kernels.isa(), kind.name());
            }
            // Nor does an output on the others.
            let last = WeightRows { bytes: &bytes[(n - 1) * w.stride_bytes..], n: 1, ..w };
            let mut column = vec![0.0; m];
            kernels.matmul_q8(&last, x.rows(), &mut column);
            let expected: Vec<f32> = all.iter().skip(n - 1).step_by(n).copied().collect();
            assert_eq!(column, expected, "{} {} last output", kernels.isa(), kind.name());
        }
    }
}

#[test]
fn quantising_in_parts_is_quantising_at_once() {
    let (m, k) = (7, 64);
    let x = noise(m * k, 2);
    let expected = quantised(scalar(), &x, k, m, k);
    let mut found = Q8Activations::zeros(m, k);
    let (head, tail) = found.rows_mut().split_at(3);
    scalar().quantize_q8(&x[..3 * k], k, head);
    scalar().quantize_q8(&x[3 * k..], k, tail);
    assert_eq!(found, expected);
}
