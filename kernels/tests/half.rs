//! The kernels around the bf16 product on every instruction set that this CPU has, against their definitions.

use kokoro_kernels::bf16::{self, Bf16Product, Line, PANEL, STEP, STEP_LINES};
use kokoro_kernels::testing::{assert_within, noise, reorder_bound};
use kokoro_kernels::{
    Activation, BandStatistics, ChannelAffine, Finish, Isa, Kernels, Prepare, RowsMut, Snake, Values,
};

/// Half a unit in the last place of a bf16 in [1, 2), relative.
const HALF_ULP: f32 = 1.0 / 256.0;

/// Tables to test. What this CPU lacks is named, so that a log shows what was not run.
fn tables() -> impl Iterator<Item = &'static Kernels> {
    for isa in Isa::ALL.into_iter().filter(|isa| !isa.is_available()) {
        eprintln!("skipped: this CPU has no {isa}");
    }
    Kernels::available()
}

fn random_lines(count: usize, seed: u64) -> Vec<Line> {
    noise(count * STEP, seed)
        .chunks_exact(STEP)
        .map(|values| Line(std::array::from_fn(|i| bf16::from_f32(values[i]))))
        .collect()
}

fn value(lines: &[Line], at: usize) -> f32 {
    bf16::to_f32(lines[at / STEP].0[at % STEP])
}

#[test]
fn the_bf16_product_is_the_sum_of_the_rounded_products() {
    for kernels in tables() {
        for (rows, taps, steps, row_stride, tap_stride) in
            [(16, 1, 1, 1, 0), (32, 3, 2, 2, 2), (48, 11, 4, 4, 20), (64, 2, 3, 1, 1), (80, 7, 1, 6, 1)]
        {
            let lhs = random_lines((rows - 1) * row_stride + (taps - 1) * tap_stride + steps, 1);
            let panel = random_lines(taps * steps * STEP_LINES, 2);
            for accumulate in [false, true] {
                let acc_stride = PANEL + 5;
                let start = noise((rows - 1) * acc_stride + PANEL, 3);
                let mut acc = start.clone();
                let product = Bf16Product {
                    lhs: &lhs,
                    row_stride,
                    rows,
                    taps,
                    tap_stride,
                    steps,
                    panels: &panel,
                    accumulate,
                };
                kernels.gemm_bf16(&product, &mut acc, acc_stride);
                for r in 0..rows {
                    for o in 0..PANEL {
                        let (mut x, mut w) = (Vec::new(), Vec::new());
                        for tap in 0..taps {
                            for i in 0..steps * STEP {
                                x.push(value(&lhs, (r * row_stride + tap * tap_stride) * STEP + i));
                                let (line, at) = bf16::weight_place(tap, steps, i, o);
                                w.push(bf16::to_f32(panel[line].0[at]));
                            }
                        }
                        if accumulate {
                            x.push(1.0);
                            w.push(start[r * acc_stride + o]);
                        }
                        let exact: f64 = x.iter().zip(&w).map(|(x, w)| f64::from(*x) * f64::from(*w)).sum();
                        let found = acc[r * acc_stride + o];
                        let isa = kernels.isa();
                        assert!(
                            (f64::from(found) - exact).abs() <= f64::from(reorder_bound(&x, &w)),
                            "{isa}: {rows} rows, {taps} taps, {steps} steps at {r},{o}: {found}, exactly {exact}"
                        );
                    }
                }
            }
        }
    }
}

#[test]
fn the_bf16_product_does_not_depend_on_how_many_rows_there_are() {
    for kernels in tables() {
        let (lhs, panel) = (random_lines(64 * 2, 3), random_lines(2 * STEP_LINES, 4));
        let run = |lhs: &[Line], rows: usize| {
            let mut acc = vec![0.0; rows * PANEL];
            let product = Bf16Product {
                lhs,
                row_stride: 2,
                rows,
                taps: 1,
                tap_stride: 0,
                steps: 2,
                panels: &panel,
                accumulate: false,
            };
            kernels.gemm_bf16(&product, &mut acc, PANEL);
            acc
        };
        let whole = run(&lhs, 64);
        for first in [0, 16, 32, 48] {
            assert_eq!(run(&lhs[first * 2..], 16), whole[first * PANEL..][..16 * PANEL], "{}", kernels.isa());
        }
    }
}

#[test]
fn prepare_matches_its_definition() {
    for kernels in tables() {
        for channels in [1, 2, 15, 16, 17, 22, 31, 32, 128, 514] {
            for rows in [1, 3, 4, 9] {
                let x: Vec<f32> = noise(rows * channels, 1).iter().map(|v| v * 4.0).collect();
                let (mean, shift) = (noise(channels, 2), noise(channels, 3));
                let scale: Vec<f32> = noise(channels, 4).iter().map(|v| v + 1.5).collect();
                let affine = ChannelAffine { mean: &mean, scale: &scale, shift: &shift };
                let alpha: Vec<f32> = noise(channels, 5).iter().map(|v| v * 3.0 + v.signum() * 0.3).collect();
                let snake = Snake::new(alpha);
                let activations =
                    [Activation::Identity, Activation::LeakyRelu(0.1), Activation::Snake(&snake)];
                let plain = activations[..2].iter().map(|a| Prepare::Plain(*a));
                let styled = activations.iter().map(|a| Prepare::Styled(affine, *a));
                for how in plain.chain(styled.filter(|_| channels >= 16)) {
                    let stride = bf16::lines(channels);
                    let mut found = vec![Line([7; STEP]); rows * stride];
                    let mut low = vec![Line([7; STEP]); rows * stride];
                    kernels.prepare_bf16(Values::F32(&x), channels, &how, &mut found, None);
                    let alone = found.clone();
                    kernels.prepare_bf16(Values::F32(&x), channels, &how, &mut found, Some(&mut low));
                    assert_eq!(alone, found, "what is taken away changes nothing");
                    for r in 0..rows {
                        for c in 0..channels {
                            let x = f64::from(x[r * channels + c]);
                            let (y, activation) = match &how {
                                Prepare::Plain(a) => (x, a),
                                Prepare::Styled(_, a) => {
                                    let [m, k, b] = [mean[c], scale[c], shift[c]].map(f64::from);
                                    ((x - m) * k + b, a)
                                }
                            };
                            let (exact, slack) = match activation {
                                Activation::Identity => (y, 0.0),
                                Activation::LeakyRelu(slope) => (y.max(y * f64::from(*slope)), 0.0),
                                Activation::Snake(snake) => {
                                    let a = f64::from(snake.alpha()[c]);
                                    (y + (a * y).sin().powi(2) / a, 3e-5 / a.abs())
                                }
                            };
                            let at = r * stride * STEP + c;
                            let both = f64::from(value(&found, at)) + f64::from(value(&low, at));
                            let bound = exact.abs() * f64::from(HALF_ULP).powi(2) + slack + 1e-6;
                            assert!(
                                (both - exact).abs() <= bound,
                                "{}: {how:?} at {r},{c}: both {both}, exactly {exact}",
                                kernels.isa()
                            );
                            let found = f64::from(value(&found, at));
                            let bound = exact.abs() * f64::from(HALF_ULP) + slack + 1e-6;
                            let isa = kernels.isa();
                            assert!(
                                (found - exact).abs() <= bound,
                                "{isa}: {channels} channels, {how:?} at {r},{c}: {found}, exactly {exact}"
                            );
                        }
                        for c in channels..stride * STEP {
                            assert_eq!(found[r * stride + c / STEP].0[c % STEP], 7, "padding was written");
                        }
                    }
                }
            }
        }
    }
}

#[test]
fn rounding_to_bf16_keeps_what_is_no_number_and_goes_to_even() {
    let halfway = f32::from_bits(0x3f80_8000); // between 1 and the next bf16
    let above = f32::from_bits(0x3f81_8000);
    let mut x = vec![f32::NAN, f32::INFINITY, f32::NEG_INFINITY, f32::MAX, halfway, above, -0.0, 1.0];
    x.resize(16, 0.5);
    for kernels in tables() {
        let mut found = [Line([0; STEP])];
        kernels.prepare_bf16(Values::F32(&x), 16, &Prepare::Plain(Activation::Identity), &mut found, None);
        let values: Vec<f32> = (0..8).map(|i| value(&found, i)).collect();
        assert!(values[0].is_nan(), "{}", kernels.isa());
        let expected =
            [f32::INFINITY, f32::NEG_INFINITY, f32::INFINITY, 1.0, f32::from_bits(0x3f82_0000), -0.0, 1.0];
        assert_eq!(values[1..], expected, "{}", kernels.isa());
    }
}

#[test]
fn finished_rows_and_their_statistics_match_the_reference() {
    let scalar = Kernels::for_isa(Isa::Scalar).expect("scalar code runs everywhere");
    for kernels in tables() {
        for cols in [1, 5, 16, 22, 32, 33, 128] {
            for (has_residual, accumulate) in [(false, false), (false, true), (true, false), (true, true)] {
                let (rows, stride) = (13, cols + 3);
                let sums = noise(rows * stride, 1);
                let bias: Vec<f32> = noise(cols, 2).iter().map(|v| v * 100.0).collect();
                let residual = noise(rows * stride, 3);
                let residual = has_residual.then_some((Values::F32(&residual), stride));
                let how = Finish { bias: &bias, residual, accumulate, scale: 0.75 };
                let run = |kernels: &Kernels| {
                    let mut out = noise(rows * (cols + 1), 4);
                    let mut rows: Vec<&mut [f32]> = out.chunks_exact_mut(cols + 1).collect();
                    let mut statistics = BandStatistics::new(cols);
                    // In two calls, the second of which goes on where the first ended.
                    let (head, tail) = rows.split_at_mut(5);
                    kernels.finish_rows(&sums, stride, &how, RowsMut::F32(head), Some(&mut statistics));
                    let rest =
                        Finish { residual: residual.map(|(r, s)| (r.slice(5 * s..r.len()), s)), ..how };
                    kernels.finish_rows(
                        &sums[5 * stride..],
                        stride,
                        &rest,
                        RowsMut::F32(tail),
                        Some(&mut statistics),
                    );
                    (out, statistics)
                };
                let ((found, ours), (expected, theirs)) = (run(kernels), run(scalar));
                let what = format!("{} {cols}", kernels.isa());
                // Three additions and a product of values of some hundred.
                assert_within(&what, &found, &expected, |_| 4.0 * 128.0 * f32::EPSILON);
                assert_eq!(ours.count, theirs.count);
                let bound = |_| 13.0 * 13.0 * 128.0 * f32::EPSILON;
                assert_within(&what, &ours.pivot, &theirs.pivot, bound);
                assert_within(&what, &ours.sum, &theirs.sum, bound);
                assert_within(&what, &ours.squares, &theirs.squares, bound);
            }
        }
    }
}

#[test]
fn brain_floats_are_taken_and_left_as_their_values_are() {
    for kernels in tables() {
        for channels in [16, 22, 64, 128] {
            let rows = 7;
            let rounded: Vec<u16> = noise(rows * channels, 1).iter().map(|v| bf16::from_f32(*v)).collect();
            let widened: Vec<f32> = rounded.iter().map(|v| bf16::to_f32(*v)).collect();
            let (x, wide) = (Values::Bf16(&rounded), Values::F32(&widened));
            // In: the same as the widened values.
            let how = Prepare::Plain(Activation::LeakyRelu(0.3));
            let prepared = |x| {
                let mut lines = vec![Line([0; STEP]); rows * bf16::lines(channels)];
                kernels.prepare_bf16(x, channels, &how, &mut lines, None);
                lines
            };
            assert_eq!(prepared(x), prepared(wide), "{} {channels}", kernels.isa());
            // Out: what single precision would be, rounded; the statistics are those of single precision.
            let (sums, bias) = (noise(rows * channels, 2), noise(channels, 3));
            for accumulate in [false, true] {
                let finish = |residual| Finish {
                    bias: &bias,
                    residual: Some((residual, channels)),
                    accumulate,
                    scale: 0.5,
                };
                let (mut halves, mut singles) = (rounded.clone(), widened.clone());
                let (mut ours, mut theirs) = (BandStatistics::new(channels), BandStatistics::new(channels));
                let mut out: Vec<&mut [u16]> = halves.chunks_exact_mut(channels).collect();
                kernels.finish_rows(&sums, channels, &finish(x), RowsMut::Bf16(&mut out), Some(&mut ours));
                let mut out: Vec<&mut [f32]> = singles.chunks_exact_mut(channels).collect();
                kernels.finish_rows(
                    &sums,
                    channels,
                    &finish(wide),
                    RowsMut::F32(&mut out),
                    Some(&mut theirs),
                );
                assert_eq!(
                    halves,
                    singles.iter().map(|v| bf16::from_f32(*v)).collect::<Vec<_>>(),
                    "{}",
                    kernels.isa()
                );
                assert_eq!(ours, theirs, "{} {channels}", kernels.isa());
            }
        }
    }
}

#[test]
fn several_panels_are_as_each_by_itself() {
    for kernels in tables() {
        let (rows, taps, steps) = (48, 3, 2);
        let lhs = random_lines((rows + taps) * steps, 5);
        let lines = taps * steps * STEP_LINES;
        let panels = random_lines(3 * lines, 6);
        let run = |panels: &[Line], acc: &mut [f32], stride: usize| {
            let product = Bf16Product {
                lhs: &lhs,
                row_stride: steps,
                rows,
                taps,
                tap_stride: steps,
                steps,
                panels,
                accumulate: false,
            };
            kernels.gemm_bf16(&product, acc, stride);
        };
        let mut together = vec![0.0; rows * 3 * PANEL];
        run(&panels, &mut together, 3 * PANEL);
        for (i, panel) in panels.chunks_exact(lines).enumerate() {
            let mut alone = vec![0.0; rows * PANEL];
            run(panel, &mut alone, PANEL);
            for r in 0..rows {
                let row = &together[(r * 3 + i) * PANEL..][..PANEL];
                assert_eq!(row, &alone[r * PANEL..][..PANEL], "{} panel {i}, row {r}", kernels.isa());
            }
        }
    }
}
