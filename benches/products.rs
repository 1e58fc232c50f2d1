//! Matrix products at the shapes of Kokoro's layers: convolutions in f32, bf16 and int8, and matrices in their stored types.
//!
//! Each is compared with scalar code before it is measured. One thread; `KOKORO_ISA` chooses the instruction set.

mod common;

use std::hint::black_box;

use common::measured::{Work, criterion, measure};
use common::peaks::Peaks;
use common::shapes::{
    CONVOLUTIONS, Convolution, LSTM_HIDDEN, MATRICES, MATRIX_ROWS, StoredMatrix, TILE_ROWS,
};
use criterion::Criterion;
use kokoro_kernels::bf16::{self, Bf16Product, Line};
use kokoro_kernels::int8::{self, ByteLine, Int8Panel, Int8Product};
use kokoro_kernels::quantize::quantize_row;
use kokoro_kernels::testing::{assert_within, noise};
use kokoro_kernels::toom_cook::OUTPUTS;
use kokoro_kernels::{GEMV_PANEL_WIDTH, Isa, Kernels, Q8Activations, ToomCook, WeightRows, WeightType};

/// Share of the peak by which a product of up to 3,300 terms may differ when it is summed in another order.
const PRODUCT_TOLERANCE: f32 = 1e-5;

fn main() {
    let kernels = Kernels::from_environment().expect("KOKORO_ISA names an instruction set of this CPU");
    let peaks = Peaks::measure(kernels);
    let mut criterion = criterion();
    for shape in &CONVOLUTIONS {
        f32_convolution(&mut criterion, &peaks, kernels, shape);
        bf16_convolution(&mut criterion, &peaks, kernels, shape);
        int8_convolution(&mut criterion, &peaks, kernels, shape);
    }
    for shape in &MATRICES {
        for kind in WeightType::ALL {
            for m in MATRIX_ROWS {
                stored_matrix(&mut criterion, &peaks, kernels, shape, kind, m);
            }
        }
    }
    recurrence(&mut criterion, &peaks, kernels);
    toom_cook(&mut criterion, &peaks, kernels);
    criterion.final_summary();
}

fn scalar() -> &'static Kernels {
    Kernels::for_isa(Isa::Scalar).expect("scalar code runs everywhere")
}

fn assert_same_product(what: &str, found: &[f32], expected: &[f32]) {
    let peak = expected.iter().fold(0.0f32, |a, b| a.max(b.abs()));
    assert_within(what, found, expected, |_| PRODUCT_TOLERANCE * peak);
}

fn operations(shape: &Convolution) -> usize {
    2 * TILE_ROWS * shape.taps * shape.in_channels * shape.out_channels
}

/// Weights `[outputs][taps · in_channels]` as panels of `width` outputs.
fn panels(weights: &[f32], k: usize, width: usize) -> Vec<Vec<f32>> {
    let panel = |rows: &[f32]| {
        let mut panel = vec![0.0; k * width];
        for (o, row) in rows.chunks_exact(k).enumerate() {
            row.iter().enumerate().for_each(|(p, w)| panel[p * width + o] = *w);
        }
        panel
    };
    weights.chunks(k * width).map(panel).collect()
}

fn f32_convolution(criterion: &mut Criterion, peaks: &Peaks, kernels: &'static Kernels, shape: &Convolution) {
    let &Convolution { layer, in_channels, out_channels, taps } = shape;
    let k = taps * in_channels;
    let x = noise((TILE_ROWS + taps - 1) * in_channels, 1);
    let weights = noise(out_channels * k, 2);
    // Row by row and output by output, whatever the panels' width.
    let run = |kernels: &Kernels, panels: &[Vec<f32>], out: &mut [f32]| {
        let width = kernels.panel_width();
        for (panel, acc) in panels.iter().zip(out.chunks_exact_mut(TILE_ROWS * width)) {
            acc.fill(0.0);
            kernels.gemm_panel(black_box(&x), in_channels, TILE_ROWS, k, panel, acc);
        }
    };
    let result = |kernels: &Kernels| {
        let width = kernels.panel_width();
        let panels = panels(&weights, k, width);
        let mut out = vec![0.0; panels.len() * TILE_ROWS * width];
        run(kernels, &panels, &mut out);
        let place = |r: usize, o: usize| (o / width * TILE_ROWS + r) * width + o % width;
        (0..TILE_ROWS)
            .flat_map(|r| (0..out_channels).map(move |o| (r, o)))
            .map(|(r, o)| out[place(r, o)])
            .collect()
    };
    let (found, expected): (Vec<f32>, Vec<f32>) = (result(kernels), result(scalar()));
    assert_same_product(layer, &found, &expected);

    let panels = panels(&weights, k, kernels.panel_width());
    let mut out = vec![0.0; panels.len() * TILE_ROWS * kernels.panel_width()];
    measure(criterion, peaks, "gemm_panel", layer, Work::F32(operations(shape)), || {
        run(kernels, &panels, &mut out)
    });
}

fn bf16_convolution(
    criterion: &mut Criterion,
    peaks: &Peaks,
    kernels: &'static Kernels,
    shape: &Convolution,
) {
    let &Convolution { layer, in_channels, out_channels, taps } = shape;
    let steps = bf16::lines(in_channels);
    let lines = |count: usize, seed: u64| -> Vec<Line> {
        let values = noise(count * bf16::STEP, seed);
        values.as_chunks().0.iter().map(|line: &[f32; bf16::STEP]| Line(line.map(bf16::from_f32))).collect()
    };
    let lhs = lines((TILE_ROWS + taps - 1) * steps, 1);
    let count = out_channels.div_ceil(bf16::PANEL);
    let panels = lines(count * taps * steps * bf16::STEP_LINES, 2);
    let run = |kernels: &Kernels, out: &mut [f32]| {
        let product = Bf16Product {
            lhs: black_box(&lhs),
            row_stride: steps,
            rows: TILE_ROWS,
            taps,
            tap_stride: steps,
            steps,
            panels: &panels,
            accumulate: false,
        };
        kernels.gemm_bf16(&product, out, count * bf16::PANEL);
    };
    let mut out = vec![0.0; count * TILE_ROWS * bf16::PANEL];
    let mut expected = out.clone();
    run(kernels, &mut out);
    run(scalar(), &mut expected);
    assert_same_product(layer, &out, &expected);
    measure(criterion, peaks, "gemm_bf16", layer, Work::Bf16(operations(shape)), || run(kernels, &mut out));
}

fn int8_convolution(
    criterion: &mut Criterion,
    peaks: &Peaks,
    kernels: &'static Kernels,
    shape: &Convolution,
) {
    let &Convolution { layer, in_channels, out_channels, taps } = shape;
    let weights = noise(out_channels * taps * in_channels, 2);
    let scales = vec![1.0; in_channels];
    let panels: Vec<Int8Panel> = weights
        .chunks(int8::PANEL * taps * in_channels)
        .map(|w| Int8Panel::pack(w, w.len() / (taps * in_channels), taps, in_channels, &scales))
        .collect();
    let steps = panels[0].steps();
    let codes = noise((TILE_ROWS + taps - 1) * steps * int8::STEP, 1);
    let code = |x: f32| (128.0 + 127.0 * x).round().max(1.0) as u8;
    let lhs: Vec<ByteLine> =
        codes.as_chunks().0.iter().map(|line: &[f32; int8::STEP]| ByteLine(line.map(code))).collect();
    let run = |kernels: &Kernels, out: &mut [f32]| {
        let product = Int8Product {
            lhs: black_box(&lhs),
            row_stride: steps,
            rows: TILE_ROWS,
            tap_stride: steps,
            panels: &panels,
            scale: 1.0,
        };
        kernels.gemm_int8(&product, out, panels.len() * int8::PANEL);
    };
    let mut out = vec![0.0; panels.len() * TILE_ROWS * int8::PANEL];
    let mut expected = out.clone();
    run(kernels, &mut out);
    run(scalar(), &mut expected);
    assert_eq!(out, expected, "{layer}: integers are exact");
    measure(criterion, peaks, "gemm_int8", layer, Work::Int8(operations(shape)), || run(kernels, &mut out));
}

fn stored_matrix(
    criterion: &mut Criterion,
    peaks: &Peaks,
    kernels: &'static Kernels,
    shape: &StoredMatrix,
    kind: WeightType,
    m: usize,
) {
    let &StoredMatrix { layer, n, k } = shape;
    let mut bytes = Vec::new();
    quantize_row(kind, &noise(n * k, 1), &mut bytes);
    let w = WeightRows { bytes: &bytes, kind, n, k, stride_bytes: kind.row_bytes(k) };
    let x = noise(m * k, 2);
    let name = format!("{layer} {} m={m}", kind.name());
    // A single vector is as fast as the weights come.
    let work = if m == 1 { Work::Bytes(bytes.len()) } else { Work::F32(2 * m * n * k) };

    let (mut found, mut expected) = (vec![0.0; m * n], vec![0.0; m * n]);
    kernels.matmul_rows(&w, &x, k, m, &mut found);
    scalar().matmul_rows(&w, &x, k, m, &mut expected);
    assert_same_product(&name, &found, &expected);
    measure(criterion, peaks, "matmul_rows", &name, work, || {
        kernels.matmul_rows(&w, black_box(&x), k, m, &mut found);
    });

    if kind.block_elements() > 1 {
        let mut codes = Q8Activations::zeros(m, k);
        kernels.quantize_q8(&x, k, codes.rows_mut());
        kernels.matmul_q8(&w, codes.rows(), &mut found);
        scalar().matmul_q8(&w, codes.rows(), &mut expected);
        assert_same_product(&name, &found, &expected);
        let work = if m == 1 { work } else { Work::Int8(2 * m * n * k) };
        measure(criterion, peaks, "matmul_q8", &name, work, || {
            kernels.matmul_q8(&w, black_box(&codes).rows(), &mut found);
        });
    }
}

fn recurrence(criterion: &mut Criterion, peaks: &Peaks, kernels: &'static Kernels) {
    let (k, n) = (LSTM_HIDDEN, 4 * LSTM_HIDDEN);
    assert_eq!(n % GEMV_PANEL_WIDTH, 0, "the gates are whole panels");
    let (panels, x) = (noise(k * n, 1), noise(k, 2));
    let (mut found, mut expected) = (vec![0.0; n], vec![0.0; n]);
    kernels.gemv_wide(&panels, &x, &mut found);
    scalar().gemv_wide(&panels, &x, &mut expected);
    assert_same_product("gemv_wide", &found, &expected);
    measure(criterion, peaks, "gemv_wide", "lstm recurrence", Work::Bytes(4 * k * n), || {
        found.fill(0.0);
        kernels.gemv_wide(&panels, black_box(&x), &mut found);
    });
}

fn toom_cook(criterion: &mut Criterion, peaks: &Peaks, kernels: &'static Kernels) {
    // Chunks of the residual blocks' kernels: 3 and 7 taps whole, 11 in two of 6.
    for (layer, taps, channels) in [
        ("generator.resblocks.0", 3, 256),
        ("generator.resblocks.1", 7, 256),
        ("generator.resblocks.2", 6, 256),
    ] {
        let plan = ToomCook::for_taps(taps).expect("a chosen length");
        let points = plan.points();
        let x = noise(points * channels, 1);
        for (name, rows) in [("toom_cook_input", points), ("toom_cook_output", OUTPUTS)] {
            let mut found = vec![0.0; rows * channels];
            let mut expected = found.clone();
            let run = |kernels: &Kernels, out: &mut [f32]| match name {
                "toom_cook_input" => {
                    kernels.toom_cook_input(&plan, black_box(&x), channels, out, channels, channels)
                }
                _ => kernels.toom_cook_output(&plan, black_box(&x), channels, out, channels, channels),
            };
            run(kernels, &mut found);
            run(scalar(), &mut expected);
            assert_same_product(layer, &found, &expected);
            let work = Work::Bytes(4 * (points + rows) * channels);
            measure(criterion, peaks, name, &format!("{layer} taps={taps}"), work, || {
                run(kernels, &mut found)
            });
        }
    }
}
