//! The kernels around the int8 product on every instruction set that this CPU has, against their definitions.

use kokoro_kernels::int8::{ByteLine, Int8Panel, Int8Product, PANEL, STEP, ZERO, lines, peak};
use kokoro_kernels::testing::noise;
use kokoro_kernels::{Activation, ChannelAffine, Isa, Kernels, Prepare, Snake, Values, bf16};

/// Tables to test. What this CPU lacks is named, so that a log shows what was not run.
fn tables() -> impl Iterator<Item = &'static Kernels> {
    for isa in Isa::ALL.into_iter().filter(|isa| !isa.is_available()) {
        eprintln!("skipped: this CPU has no {isa}");
    }
    Kernels::available()
}

/// Lines of all codes from 0 to 255.
fn random_lines(count: usize, seed: u64) -> Vec<ByteLine> {
    let codes = noise(count * STEP, seed);
    codes
        .chunks_exact(STEP)
        .map(|codes| ByteLine(std::array::from_fn(|i| (codes[i] * 128.0 + 128.0) as u8)))
        .collect()
}

/// A panel whose weights are its codes: integers of which one is ±127.
fn unit_panel(outputs: usize, taps: usize, in_channels: usize, weight: impl Fn(usize) -> i8) -> Int8Panel {
    let per_output = taps * in_channels;
    let mut weights: Vec<f32> = (0..outputs * per_output).map(|i| f32::from(weight(i))).collect();
    weights.chunks_exact_mut(per_output).for_each(|w| w[0] = 127.0f32.copysign(w[0]));
    Int8Panel::pack(&weights, outputs, taps, in_channels, &vec![1.0; in_channels])
}

fn product(kernels: &Kernels, product: &Int8Product<'_>) -> Vec<f32> {
    let outputs = product.panels.len() * PANEL;
    let mut acc = vec![f32::NAN; product.rows * outputs];
    kernels.gemm_int8(product, &mut acc, outputs);
    acc
}

#[test]
fn the_int8_product_is_exact() {
    // The sizes are those at which everything stays below 2²⁴, where f32 still holds every integer.
    for kernels in tables() {
        for (rows, taps, in_channels, row_stride, tap_stride) in
            [(16, 1, 64, 1, 1), (32, 3, 128, 2, 2), (48, 11, 32, 1, 5), (80, 2, 22, 3, 1), (64, 1, 512, 8, 0)]
        {
            let noise = noise(PANEL * taps * in_channels, 7);
            let panel = unit_panel(PANEL, taps, in_channels, |i| (noise[i] * 127.0).round() as i8);
            let steps = lines(in_channels);
            let lhs = random_lines((rows - 1) * row_stride + (taps - 1) * tap_stride + steps, 1);
            let found = product(
                kernels,
                &Int8Product {
                    lhs: &lhs,
                    row_stride,
                    rows,
                    tap_stride,
                    panels: std::slice::from_ref(&panel),
                    scale: 1.0,
                },
            );
            for (i, found) in found.iter().enumerate() {
                let (r, o) = (i / PANEL, i % PANEL);
                let mut sum = 0i64;
                for tap in 0..taps {
                    for c in 0..in_channels {
                        let line = &lhs[r * row_stride + tap * tap_stride + c / STEP];
                        let x = i64::from(line.0[c % STEP]) - i64::from(ZERO);
                        sum += x * i64::from(panel.code(tap, c, o));
                    }
                }
                assert!(sum.abs() < 1 << 24, "the test's own sums are too large");
                let isa = kernels.isa();
                assert_eq!(*found, sum as f32, "{isa}: {rows} rows, {taps}×{in_channels} at {r},{o}");
            }
        }
    }
}

#[test]
fn the_int8_product_does_not_saturate() {
    // Every pair of the ends of both ranges, where 16-bit sums of two products would overflow.
    for kernels in tables() {
        for codes in [[0u8, 0], [255, 255], [0, 255], [1, 255], [128, 0], [128, 128]] {
            for weights in [[127i8, 127], [-127, -127], [127, -127], [0, 127]] {
                let panel = unit_panel(PANEL, 1, STEP, |i| weights[i % 2]);
                let lhs = vec![ByteLine(std::array::from_fn(|i| codes[i % 2])); 16];
                let what = Int8Product {
                    lhs: &lhs,
                    row_stride: 1,
                    rows: 16,
                    tap_stride: 0,
                    panels: std::slice::from_ref(&panel),
                    scale: 1.0,
                };
                let expected: i32 =
                    (0..STEP).map(|i| (i32::from(codes[i % 2]) - 128) * i32::from(panel.code(0, i, 0))).sum();
                let found = product(kernels, &what);
                let what = format!("{}: {codes:?} times {weights:?}", kernels.isa());
                assert!(found.iter().all(|sum| *sum == expected as f32), "{what}: {} {expected}", found[0]);
            }
        }
    }
}

#[test]
fn the_int8_product_is_the_same_to_the_bit_on_every_isa_and_split() {
    let (rows, taps, in_channels) = (176, 7, 150);
    let scales: Vec<f32> = noise(in_channels, 6).iter().map(|s| s.abs() + 0.1).collect();
    let panels = [(PANEL, 5), (PANEL, 8), (29, 9)].map(|(outputs, seed)| {
        Int8Panel::pack(&noise(outputs * taps * in_channels, seed), outputs, taps, in_channels, &scales)
    });
    let steps = lines(in_channels);
    let lhs = random_lines((rows + 3 * (taps - 1)) * steps, 4);
    let whole = Int8Product {
        lhs: &lhs,
        row_stride: steps,
        rows,
        tap_stride: 3 * steps,
        panels: &panels,
        scale: 0.37,
    };
    let expected = product(Kernels::for_isa(Isa::Scalar).expect("runs everywhere"), &whole);
    for kernels in tables() {
        assert_eq!(product(kernels, &whole), expected, "{}", kernels.isa());
        for first in [16, 64, 96, 160] {
            let part = Int8Product { lhs: &lhs[first * steps..], rows: rows - first, ..whole };
            let expected = &expected[first * panels.len() * PANEL..];
            assert_eq!(product(kernels, &part), expected, "{} from {first}", kernels.isa());
        }
        let middle = product(kernels, &Int8Product { panels: &panels[1..2], ..whole });
        let columns = expected.chunks_exact(3 * PANEL).flat_map(|row| &row[PANEL..2 * PANEL]);
        assert!(middle.iter().eq(columns), "{} middle panel", kernels.isa());
    }
}

#[test]
fn packing_rounds_to_the_nearest_code_and_folds_input_scales() {
    let (outputs, taps, in_channels) = (5, 3, 70);
    let weights = noise(outputs * taps * in_channels, 1);
    let scales: Vec<f32> = noise(in_channels, 2).iter().map(|s| s.abs() + 0.01).collect();
    let panel = Int8Panel::pack(&weights, outputs, taps, in_channels, &scales);
    for o in 0..outputs {
        let scale = panel.scales()[o];
        let mut sum = 0;
        for tap in 0..taps {
            for c in 0..in_channels {
                let code = panel.code(tap, c, o);
                let w = weights[(o * in_channels + c) * taps + tap] * scales[c];
                // Half a step, and a little for the reciprocal's rounding.
                assert!((f32::from(code) * scale - w).abs() <= 0.5001 * scale, "{o},{tap},{c}: {code} {w}");
                sum += i32::from(code);
            }
        }
        assert_eq!(panel.corrections()[o], -128 * sum, "output {o}");
    }
    for o in outputs..PANEL {
        assert_eq!((panel.scales()[o], panel.code(0, 0, o)), (0.0, 0), "output {o} is not there");
    }
    for bad in [f32::NAN, f32::INFINITY] {
        let mut weights = vec![1.0; 64];
        weights[40] = bad;
        assert!(Int8Panel::pack(&weights, 1, 1, 64, &[1.0; 64]).scales()[0].is_nan(), "{bad}");
    }
    let zero = Int8Panel::pack(&[0.0; 64], 1, 1, 64, &[1.0; 64]);
    assert_eq!((zero.scales()[0], zero.code(0, 5, 0)), (0.0, 0));
}

/// What a kernel that does not touch a byte leaves there.
const UNTOUCHED: u8 = 7;

/// `y` by the definition, and how far f32 arithmetic may be from it.
fn prepared(how: &Prepare<'_>, x: f64, c: usize) -> (f64, f64) {
    let (y, activation) = match how {
        Prepare::Plain(activation) => (x, activation),
        Prepare::Styled(affine, activation) => {
            let [mean, scale, shift] = [affine.mean[c], affine.scale[c], affine.shift[c]].map(f64::from);
            ((x - mean) * scale + shift, activation)
        }
    };
    match activation {
        Activation::Identity => (y, 0.0),
        Activation::LeakyRelu(slope) => (y.max(y * f64::from(*slope)), 0.0),
        Activation::Snake(snake) => {
            let a = f64::from(snake.alpha()[c]);
            (y + (a * y).sin().powi(2) / a, 3e-5 / a.abs())
        }
    }
}

#[test]
fn prepared_codes_are_the_nearest() {
    for kernels in tables() {
        for channels in [1, 2, 15, 16, 17, 22, 63, 64, 65, 128, 514] {
            for rows in [1, 3, 4, 9] {
                let halves: Vec<u16> =
                    noise(rows * channels, 1).iter().map(|v| bf16::from_f32(v * 4.0)).collect();
                let x: Vec<f32> = halves.iter().map(|bits| bf16::to_f32(*bits)).collect();
                let (mean, shift) = (noise(channels, 2), noise(channels, 3));
                let scale: Vec<f32> = noise(channels, 4).iter().map(|v| v + 1.5).collect();
                let affine = ChannelAffine { mean: &mean, scale: &scale, shift: &shift };
                let alpha: Vec<f32> = noise(channels, 5).iter().map(|v| v * 3.0 + v.signum() * 0.3).collect();
                let snake = Snake::new(alpha);
                // Large enough for some to be clipped.
                let inverse: Vec<f32> = noise(channels, 6).iter().map(|v| 30.0 + 20.0 * v).collect();
                let activations =
                    [Activation::Identity, Activation::LeakyRelu(0.1), Activation::Snake(&snake)];
                let plain = activations[..2].iter().map(|a| Prepare::Plain(*a));
                let styled = activations.iter().map(|a| Prepare::Styled(affine, *a));
                for how in plain.chain(styled.filter(|_| channels >= 16)) {
                    let stride = lines(channels);
                    let mut found = vec![ByteLine([UNTOUCHED; STEP]); rows * stride];
                    kernels.prepare_int8(Values::F32(&x), &inverse, &how, &mut found);
                    let mut from_halves = vec![ByteLine([UNTOUCHED; STEP]); rows * stride];
                    kernels.prepare_int8(Values::Bf16(&halves), &inverse, &how, &mut from_halves);
                    let what = format!("{} {how:?}, {rows}×{channels}", kernels.isa());
                    assert!(found == from_halves, "{what}: bf16 values give other codes");
                    for (r, row) in found.chunks_exact(stride).enumerate() {
                        for (c, code) in bytemuck::cast_slice::<ByteLine, u8>(row).iter().enumerate() {
                            if c >= channels {
                                assert_eq!(*code, UNTOUCHED, "{what}: wrote behind the channels");
                                continue;
                            }
                            let (exact, slack) = prepared(&how, f64::from(x[r * channels + c]), c);
                            let step = f64::from(inverse[c]);
                            let exact = (exact * step).clamp(-127.0, 127.0) + f64::from(ZERO);
                            // Half a step, what f32 loses before rounding, and half an ulp below 256.
                            let bound = 0.5 + (slack + 2e-6) * step + 8e-6;
                            let error = (f64::from(*code) - exact).abs();
                            assert!(error <= bound, "{what} at {r},{c}: {code}, exactly {exact}");
                        }
                    }
                }
            }
        }
    }
}

#[test]
fn ties_round_to_even_and_ends_are_clipped() {
    let x = [0.5, 1.5, 2.5, -0.5, -1.5, 126.5, 127.5, 1e9, -126.5, -127.5, -1e9, f32::INFINITY, -0.0, 0.0];
    let expected = [128, 130, 130, 128, 126, 254, 255, 255, 2, 1, 1, 255, 128, 128];
    for kernels in tables() {
        // In whole vectors, and as a tail.
        for channels in [x.len(), 3 * x.len()] {
            let x: Vec<f32> = x.iter().copied().cycle().take(channels).collect();
            let mut found = vec![ByteLine::ZEROS; lines(channels)];
            kernels.prepare_int8(
                Values::F32(&x),
                &vec![1.0; channels],
                &Prepare::Plain(Activation::Identity),
                &mut found,
            );
            let found = &bytemuck::cast_slice::<ByteLine, u8>(&found)[..channels];
            let expected: Vec<u8> = expected.iter().copied().cycle().take(channels).collect();
            assert_eq!(found, expected, "{}", kernels.isa());
        }
    }
}

#[test]
fn codes_times_scales_are_the_convolution() {
    // A whole small convolution, from f32 to f32, with different scales for the channels.
    let (rows, taps, in_channels) = (16, 3, 40);
    let steps = lines(in_channels);
    let spread: Vec<f32> = (0..in_channels).map(|c| 0.1 * 1.1f32.powi(c as i32)).collect();
    let x: Vec<f32> = noise((rows + taps - 1) * in_channels, 1)
        .iter()
        .enumerate()
        .map(|(i, v)| v * spread[i % in_channels])
        .collect();
    let input_scales: Vec<f32> = spread.iter().map(|s| s / 127.0).collect();
    let inverse: Vec<f32> = input_scales.iter().map(|s| 1.0 / s).collect();
    let weights = noise(PANEL * taps * in_channels, 2);
    let panel = Int8Panel::pack(&weights, PANEL, taps, in_channels, &input_scales);
    for kernels in tables() {
        let mut lhs = vec![ByteLine::ZEROS; (rows + taps - 1) * steps];
        kernels.prepare_int8(Values::F32(&x), &inverse, &Prepare::Plain(Activation::Identity), &mut lhs);
        let what = Int8Product {
            lhs: &lhs,
            row_stride: steps,
            rows,
            tap_stride: steps,
            panels: std::slice::from_ref(&panel),
            scale: 1.0,
        };
        let found = product(kernels, &what);
        for (i, found) in found.iter().enumerate() {
            let (r, o) = (i / PANEL, i % PANEL);
            let (mut sum, mut bound) = (0.0, 0.0);
            for tap in 0..taps {
                for c in 0..in_channels {
                    let w = f64::from(weights[(o * in_channels + c) * taps + tap]);
                    let x = f64::from(x[(r + tap) * in_channels + c]);
                    let scale = f64::from(input_scales[c]);
                    sum += w * x;
                    // Half a step of either, times the other.
                    let step = f64::from(panel.scales()[o]) / scale;
                    bound += 0.51 * (w.abs() * scale + (x.abs() + scale) * step);
                }
            }
            let error = (f64::from(*found) - sum).abs();
            assert!(error <= bound, "{} at {r},{o}: off by {error}, bound {bound}", kernels.isa());
        }
    }
}

#[test]
fn the_peak_is_the_largest_magnitude() {
    let mut lines = vec![bf16::Line::ZERO; 3];
    assert_eq!(peak(&lines), 0.0);
    lines[1].0[5] = bf16::from_f32(1.5);
    lines[2].0[31] = bf16::from_f32(-2.25);
    assert_eq!(peak(&lines), 2.25);
    for bad in [f32::NAN, f32::NEG_INFINITY, -f32::NAN] {
        lines[0].0[0] = bf16::from_f32(bad);
        assert!(!peak(&lines).is_finite(), "{bad}");
    }
}
