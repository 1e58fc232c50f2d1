//! `make-model`: a synthetic Kokoro GGUF in the layout of the published files.

use std::error::Error;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use kokoro_gguf_tools::make::{Request, make};
use kokoro_gguf_tools::preset::Preset;
use kokoro_kernels::WeightType;

/// Writes a Kokoro GGUF with random weights that behave like trained ones, in the layout of the published files.
///
/// It speaks noise: some three frames a token, F0 in the range of speech, RMS near 0.1. The same preset, type, seed and
/// voices give the same file; files of one seed hold the same weights, each in its type.
#[derive(Debug, Parser)]
#[command(name = "make-model", version)]
struct Args {
    /// Sizes: 82m, as the published model, or tiny
    #[arg(long, default_value = "82m")]
    preset: Preset,
    /// Type of the matrices: F32, F16, BF16, Q8_0, Q5_0, Q5_1, Q4_0 or Q4_1
    #[arg(long = "type", value_name = "TYPE", default_value = "F32", value_parser = weight_type)]
    kind: WeightType,
    /// Seed of all that is drawn
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How many of the 50 published voices the file has
    #[arg(long, value_name = "N", default_value_t = 50, value_parser = clap::value_parser!(u8).range(1..=50))]
    voice_count: u8,
    /// Take the voices from raw packs such as DIR/af_heart.bin (510 x 256 little-endian floats)
    #[arg(long, value_name = "DIR")]
    voices: Option<PathBuf>,
    /// Where the file goes
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

fn weight_type(name: &str) -> Result<WeightType, String> {
    WeightType::ALL
        .into_iter()
        .find(|kind| kind.name().eq_ignore_ascii_case(name))
        .ok_or_else(|| format!("expected one of {}", WeightType::ALL.map(WeightType::name).join(", ")))
}

/// 0: done. 1: it failed. 2: the command line is wrong.
fn main() -> ExitCode {
    let args = Args::parse();
    let request = Request {
        preset: args.preset,
        kind: args.kind,
        seed: args.seed,
        voices: args.voice_count.into(),
        voice_folder: args.voices,
    };
    match make(&request, &args.out) {
        Ok(report) => {
            eprintln!(
                "{}: {} {}, {} tensors, {} bytes, {:.2} frames a token, RMS {:.3}",
                args.out.display(),
                args.preset,
                args.kind.name(),
                report.tensors,
                report.bytes,
                report.behaviour.frames_per_token,
                report.behaviour.rms
            );
            ExitCode::SUCCESS
        }
        Err(error) => {
            let mut line = error.to_string();
            let mut cause = error.source();
            while let Some(source) = cause {
                line += &format!(": {source}");
                cause = source.source();
            }
            eprintln!("make-model: {line}");
            ExitCode::FAILURE
        }
    }
}
