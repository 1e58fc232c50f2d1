//! The graph's layers as a whole model runs them: of 100 tokens, the time from one named stage to the next.
//!
//! The built-in voice, and the file that `KOKORO_MODEL` names. All threads of rayon's pool (`RAYON_NUM_THREADS`); shares are
//! of as many times one thread's f32 peak, operations those of direct convolutions, so that fewer multiplications show as
//! more than they are.

mod common;

use std::time::{Duration, Instant};

use common::measured::{Work, criterion, measure_durations};
use common::peaks::Peaks;
use common::spoken::{models, speak};
use kokoro_gguf::Model;
use kokoro_gguf::model::{NoTrace, Trace};
use kokoro_gguf::tensor::Matrix;
use kokoro_kernels::Kernels;

const TOKENS: usize = 100;

/// The time of each stage of a run, and its rows.
struct Stages {
    last: Instant,
    stages: Vec<(String, usize, usize, Duration)>,
}

impl Stages {
    fn of(model: &Model) -> Vec<(String, usize, usize, Duration)> {
        let mut stages = Stages { last: Instant::now(), stages: Vec::new() };
        speak(model, TOKENS, &mut stages);
        stages.stages
    }
}

impl Trace for Stages {
    fn tensor(&mut self, name: &str, value: &mut Matrix) {
        self.stages.push((name.to_owned(), value.rows(), value.cols(), self.last.elapsed()));
        self.last = Instant::now();
    }
}

/// Operations of the convolutions that make stage `name` of `rows` time steps.
fn operations(model: &Model, name: &str, rows: usize) -> usize {
    let generator = "kokoro.decoder.generator.";
    let (prefix, steps) = match name.split_once('.') {
        Some(("resblocks", i)) => (format!("{generator}resblocks.{i}."), rows),
        Some(("noise_res", i)) => (format!("{generator}noise_blocks.{i}.resblock."), rows),
        Some(("noise_convs", i)) => (format!("{generator}noise_blocks.{i}.conv_weight"), rows),
        Some(("ups", i)) => {
            // Every input step meets the whole kernel.
            let stage: usize = i.parse().expect("stages are numbered");
            (format!("{generator}ups.{i}."), rows / model.config().generator.upsample_rates[stage])
        }
        Some(("decoder", block)) => {
            let block = block.replace("decode.", "decoder_blocks.");
            let block = if block == "encode" { "encoder_block" } else { &block };
            (format!("kokoro.decoder.{block}.conv"), rows)
        }
        None if name == "conv_post" => (format!("{generator}conv_post_weight"), rows),
        _ => return 0,
    };
    let kernels = model.file().tensors().iter().filter(|t| t.name().starts_with(&prefix) && t.n_dims() == 3);
    let weights: u64 = kernels.filter(|t| !t.name().contains("alpha")).map(|t| t.elements()).sum();
    2 * weights as usize * steps
}

fn main() {
    let kernels = Kernels::from_environment().expect("KOKORO_ISA names an instruction set of this CPU");
    let mut peaks = Peaks::measure(kernels);
    let threads = rayon::current_num_threads() as f64;
    peaks.f32_flops *= threads;
    peaks.copy_bytes *= threads;
    println!("{threads} threads");
    let mut criterion = criterion().sample_size(10);
    for (label, model) in models() {
        // Touches memory and fills caches.
        speak(&model, TOKENS, &mut NoTrace);
        for (index, (name, rows, cols, _)) in Stages::of(&model).into_iter().enumerate() {
            let work = match operations(&model, &name, rows) {
                0 => Work::Bytes(4 * rows * cols),
                n => Work::F32(n),
            };
            measure_durations(&mut criterion, &peaks, &label, &name, work, |runs| {
                (0..runs).map(|_| Stages::of(&model)[index].3).sum()
            });
        }
    }
    criterion.final_summary();
}
