//! Whole utterances of 10 to 400 tokens: the built-in voice, and the file that `KOKORO_MODEL` names.
//!
//! All threads of rayon's pool (`RAYON_NUM_THREADS`). Tells the real-time factor: compute time over audio time.

mod common;

use std::time::Instant;

use common::measured::criterion;
use common::spoken::{models, speak};
use criterion::Throughput;
use kokoro_gguf::audio::SAMPLE_RATE_HZ;
use kokoro_gguf::model::NoTrace;

const TOKENS: [usize; 4] = [10, 25, 100, 400];

fn main() {
    let mut criterion = criterion().sample_size(10);
    for (label, model) in models() {
        println!("{label}: {}, {}, {} threads", model.isa(), model.precision(), rayon::current_num_threads());
        for tokens in TOKENS {
            // Touches memory, fills caches, and tells the length, which does not depend on the arithmetic.
            let samples = speak(&model, tokens, &mut NoTrace).samples.len();
            let mut best_s = f64::INFINITY;
            let mut group = criterion.benchmark_group(&label);
            group.throughput(Throughput::Elements(samples as u64));
            group.bench_function(format!("{tokens} tokens"), |bencher| {
                bencher.iter_custom(|runs| {
                    let started = Instant::now();
                    (0..runs)
                        .for_each(|_| assert_eq!(speak(&model, tokens, &mut NoTrace).samples.len(), samples));
                    let elapsed = started.elapsed();
                    best_s = best_s.min(elapsed.as_secs_f64() / runs as f64);
                    elapsed
                });
            });
            group.finish();
            if best_s.is_finite() {
                let audio_s = samples as f64 / f64::from(SAMPLE_RATE_HZ);
                println!(
                    "{label}/{tokens} tokens: {audio_s:.2} s of audio, real-time factor {:.3}",
                    best_s / audio_s
                );
            }
        }
    }
    criterion.final_summary();
}
