//! Kernels that pass over activations, at the shapes of Kokoro's layers, in bytes a second beside a copy.
//!
//! Each is compared with scalar code before it is measured. One thread; `KOKORO_ISA` chooses the instruction set.

mod common;

use std::hint::black_box;

use common::measured::{Work, criterion, measure};
use common::peaks::Peaks;
use common::shapes::{ALBERT, ATTENTION, Activations, DECODER, FEED_FORWARD, LSTM_HIDDEN, SPECTRUM, STAGES};
use criterion::Criterion;
use kokoro_kernels::bf16::{self, Line};
use kokoro_kernels::int8::{self, ByteLine};
use kokoro_kernels::testing::{assert_within, noise};
use kokoro_kernels::{
    Activation, BandStatistics, ChannelAffine, Finish, Isa, Kernels, Prepare, Q8Activations, RowsMut, Snake,
    Values,
};

/// Absolute difference of an elementary function from scalar code, for arguments of a few units; the kernels' own tests
/// hold them to much less.
const FUNCTION_TOLERANCE: f32 = 1e-5;
/// As that, for a sum over the rows of a tile.
const SUM_TOLERANCE: f32 = 1e-3;
/// Relative difference of neighbouring bf16.
const BF16_STEP: f32 = 1.0 / 128.0;

fn main() {
    let kernels = Kernels::from_environment().expect("KOKORO_ISA names an instruction set of this CPU");
    let peaks = Peaks::measure(kernels);
    let mut run = Elementwise { criterion: criterion(), peaks, kernels };
    for stage in &STAGES {
        run.snake(stage);
        run.prepare(stage);
        run.finish(stage);
        run.statistics(stage);
    }
    run.leaky_relu(&DECODER);
    run.in_place("gelu", &FEED_FORWARD, |kernels, x| kernels.gelu(x));
    run.in_place("exp", &SPECTRUM, |kernels, x| kernels.exp(x));
    run.in_place("sigmoid", &ALBERT, |kernels, x| kernels.sigmoid(x));
    run.in_place("tanh", &ALBERT, |kernels, x| kernels.tanh(x));
    run.in_place("softmax", &ATTENTION, |kernels, x| {
        x.chunks_exact_mut(ATTENTION.channels).for_each(|row| kernels.softmax(row));
    });
    let (gamma, beta) = (noise(ALBERT.channels, 8), noise(ALBERT.channels, 9));
    run.in_place("layer_norm", &ALBERT, |kernels, x| {
        x.chunks_exact_mut(ALBERT.channels).for_each(|row| kernels.layer_norm(row, &gamma, &beta, 1e-5));
    });
    run.trigonometry(&SPECTRUM);
    run.halves(&DECODER);
    run.lstm_cell();
    run.attention_sum(&ATTENTION);
    run.quantize(&ALBERT);
    run.criterion.final_summary();
}

struct Elementwise {
    criterion: Criterion,
    peaks: Peaks,
    kernels: &'static Kernels,
}

fn scalar() -> &'static Kernels {
    Kernels::for_isa(Isa::Scalar).expect("scalar code runs everywhere")
}

/// Parameters of `AdaIN` and snake.
struct Style {
    mean: Vec<f32>,
    scale: Vec<f32>,
    shift: Vec<f32>,
    snake: Snake,
}

impl Style {
    fn new(channels: usize) -> Self {
        let alpha = noise(channels, 5).iter().map(|v| v.exp()).collect();
        let [mean, scale, shift] = [2, 3, 4].map(|seed| noise(channels, seed));
        Self { mean, scale, shift, snake: Snake::new(alpha) }
    }

    fn affine(&self) -> ChannelAffine<'_> {
        ChannelAffine { mean: &self.mean, scale: &self.scale, shift: &self.shift }
    }
}

impl Elementwise {
    /// Compares `run` on both tables, into as many floats as the tile has, and measures it.
    fn mapped(
        &mut self,
        name: &str,
        tile: &Activations,
        streams: usize,
        run: impl Fn(&'static Kernels, &mut [f32]),
    ) {
        let len = tile.rows * tile.channels;
        let (mut found, mut expected) = (vec![0.0; len], vec![0.0; len]);
        run(self.kernels, &mut found);
        run(scalar(), &mut expected);
        assert_within(name, &found, &expected, |_| FUNCTION_TOLERANCE);
        let work = Work::Bytes(4 * streams * len);
        measure(&mut self.criterion, &self.peaks, name, tile.layer, work, || run(self.kernels, &mut found));
    }

    /// A kernel in place; the input is copied each time, which counts as its reading.
    fn in_place(&mut self, name: &str, tile: &Activations, run: impl Fn(&'static Kernels, &mut [f32])) {
        let x: Vec<f32> = noise(tile.rows * tile.channels, 1).iter().map(|v| 4.0 * v).collect();
        self.mapped(name, tile, 2, |kernels, out| {
            out.copy_from_slice(black_box(&x));
            run(kernels, out);
        });
    }

    fn snake(&mut self, tile: &Activations) {
        let (x, style) = (noise(tile.rows * tile.channels, 1), Style::new(tile.channels));
        self.mapped("adain_snake", tile, 2, |kernels, out| {
            for (x, out) in black_box(&x).chunks_exact(tile.channels).zip(out.chunks_exact_mut(tile.channels))
            {
                kernels.adain_snake(x, &style.affine(), &style.snake, out);
            }
        });
    }

    fn leaky_relu(&mut self, tile: &Activations) {
        let (x, style) = (noise(tile.rows * tile.channels, 1), Style::new(tile.channels));
        self.mapped("adain_leaky_relu", tile, 2, |kernels, out| {
            for (x, out) in black_box(&x).chunks_exact(tile.channels).zip(out.chunks_exact_mut(tile.channels))
            {
                kernels.adain_leaky_relu(x, &style.affine(), 0.2, out);
            }
        });
        self.mapped("leaky_relu", tile, 2, |kernels, out| kernels.leaky_relu(black_box(&x), 0.1, out));
    }

    fn trigonometry(&mut self, tile: &Activations) {
        let [x, y] = [1, 2].map(|seed| noise(tile.rows * tile.channels, seed));
        self.mapped("sin_cos", tile, 3, |kernels, out| {
            let mut cos = vec![0.0; out.len()];
            kernels.sin_cos(black_box(&x), out, &mut cos);
            black_box(cos);
        });
        self.mapped("atan2", tile, 3, |kernels, out| kernels.atan2(black_box(&y), &x, out));
    }

    fn halves(&mut self, tile: &Activations) {
        let bits: Vec<u16> = noise(tile.rows * tile.channels, 1).into_iter().map(bf16::from_f32).collect();
        // Half a float more is read for each one written.
        self.mapped("widen_bf16", tile, 1, |kernels, out| kernels.widen_bf16(black_box(&bits), out));
        let small: Vec<u16> = bits.iter().map(|b| b & 0x3bff).collect();
        self.mapped("widen_f16", tile, 1, |kernels, out| kernels.widen_f16(black_box(&small), out));
    }

    fn lstm_cell(&mut self) {
        let tile = Activations { layer: "lstm", rows: 1, channels: LSTM_HIDDEN };
        let gates: Vec<f32> = noise(4 * LSTM_HIDDEN, 1).iter().map(|v| 4.0 * v).collect();
        let start = noise(LSTM_HIDDEN, 2);
        self.mapped("lstm_cell", &tile, 7, |kernels, h| {
            let mut c = start.clone();
            kernels.lstm_cell(black_box(&gates), &mut c, h);
        });
    }

    fn attention_sum(&mut self, tile: &Activations) {
        // A head has 64 values for each token.
        let head = Activations { layer: tile.layer, rows: 1, channels: 64 };
        let (weights, values) = (noise(tile.rows, 1), noise(tile.rows * head.channels, 2));
        self.mapped("weighted_row_sum", &head, tile.rows, |kernels, out| {
            kernels.weighted_row_sum(black_box(&weights), &values, 64, out);
        });
    }

    fn statistics(&mut self, tile: &Activations) {
        let channels = tile.channels;
        let (x, mean) = (noise(tile.rows * channels, 1), noise(channels, 2));
        let sums = |kernels: &Kernels| {
            let (mut sums, mut squares) = (vec![0.0; channels], vec![0.0; channels]);
            kernels.column_sums(black_box(&x), channels, &mut sums);
            kernels.column_square_deviations(black_box(&x), channels, &mean, &mut squares);
            [sums, squares].concat()
        };
        assert_within("column sums", &sums(self.kernels), &sums(scalar()), |_| SUM_TOLERANCE);
        let (kernels, work) = (self.kernels, Work::Bytes(4 * x.len()));
        let mut out = vec![0.0; channels];
        measure(&mut self.criterion, &self.peaks, "column_sums", tile.layer, work, || {
            kernels.column_sums(black_box(&x), channels, &mut out);
        });
        out.fill(0.0);
        measure(&mut self.criterion, &self.peaks, "column_square_deviations", tile.layer, work, || {
            kernels.column_square_deviations(black_box(&x), channels, &mean, &mut out);
        });
    }

    /// `AdaIN` and snake on the way to the bf16 and int8 products.
    fn prepare(&mut self, tile: &Activations) {
        let channels = tile.channels;
        let (x, style) = (noise(tile.rows * channels, 1), Style::new(channels));
        let how = Prepare::Styled(style.affine(), Activation::Snake(&style.snake));
        let kernels = self.kernels;

        let halves = |kernels: &Kernels, dst: &mut [Line]| {
            kernels.prepare_bf16(Values::F32(black_box(&x)), channels, &how, dst, None);
        };
        let mut found = vec![Line::ZERO; tile.rows * bf16::lines(channels)];
        let mut expected = found.clone();
        halves(kernels, &mut found);
        halves(scalar(), &mut expected);
        let values =
            |lines: &[Line]| -> Vec<f32> { lines.iter().flat_map(|l| l.0.map(bf16::to_f32)).collect() };
        let expected = values(&expected);
        let step = |i: usize| BF16_STEP * expected[i].abs() + FUNCTION_TOLERANCE * 10.0;
        assert_within("prepare_bf16", &values(&found), &expected, step);
        let work = Work::Bytes(6 * x.len());
        measure(&mut self.criterion, &self.peaks, "prepare_bf16", tile.layer, work, || {
            halves(kernels, &mut found)
        });

        let scales = vec![40.0; channels];
        let bytes = |kernels: &Kernels, dst: &mut [ByteLine]| {
            kernels.prepare_int8(Values::F32(black_box(&x)), &scales, &how, dst);
        };
        let mut found = vec![ByteLine::ZEROS; tile.rows * int8::lines(channels)];
        let mut expected = found.clone();
        bytes(kernels, &mut found);
        bytes(scalar(), &mut expected);
        let codes =
            |lines: &[ByteLine]| -> Vec<f32> { lines.iter().flat_map(|l| l.0.map(f32::from)).collect() };
        // What lies near a tie may go either way.
        assert_within("prepare_int8", &codes(&found), &codes(&expected), |_| 1.0);
        let work = Work::Bytes(5 * x.len());
        measure(&mut self.criterion, &self.peaks, "prepare_int8", tile.layer, work, || {
            bytes(kernels, &mut found)
        });
    }

    /// Bias, residual and statistics on the way out of a product.
    fn finish(&mut self, tile: &Activations) {
        let cols = bf16::PANEL;
        let (sums, residual, bias) = (noise(tile.rows * cols, 1), noise(tile.rows * cols, 2), noise(cols, 3));
        let residual = Some((Values::F32(&residual), cols));
        let how = Finish { bias: &bias, residual, accumulate: false, scale: 0.5 };
        let run = |kernels: &Kernels, out: &mut [f32]| {
            let mut statistics = BandStatistics::new(cols);
            let mut rows: Vec<&mut [f32]> = out.chunks_exact_mut(cols).collect();
            kernels.finish_rows(black_box(&sums), cols, &how, RowsMut::F32(&mut rows), Some(&mut statistics));
        };
        let (mut found, mut expected) = (vec![0.0; sums.len()], vec![0.0; sums.len()]);
        run(self.kernels, &mut found);
        run(scalar(), &mut expected);
        assert_within("finish_rows", &found, &expected, |_| FUNCTION_TOLERANCE);
        let (kernels, work) = (self.kernels, Work::Bytes(12 * sums.len()));
        measure(&mut self.criterion, &self.peaks, "finish_rows", tile.layer, work, || {
            run(kernels, &mut found)
        });
    }

    fn quantize(&mut self, tile: &Activations) {
        let (m, k) = (tile.rows, tile.channels);
        let x = noise(m * k, 1);
        let [mut found, mut expected] = [0, 1].map(|_| Q8Activations::zeros(m, k));
        self.kernels.quantize_q8(&x, k, found.rows_mut());
        scalar().quantize_q8(&x, k, expected.rows_mut());
        assert_eq!(
            (found.codes(), found.scales()),
            (expected.codes(), expected.scales()),
            "quantize_q8 is exact"
        );
        let (kernels, work) = (self.kernels, Work::Bytes(5 * m * k));
        measure(&mut self.criterion, &self.peaks, "quantize_q8", tile.layer, work, || {
            kernels.quantize_q8(black_box(&x), k, found.rows_mut());
        });
    }
}
