//! `kokoro-gguf bench`: how fast a model speaks here, and where the time goes.

use std::fs;
use std::io::{self, Write};
use std::time::Instant;

use serde::Serialize;

use super::args::BenchArgs;
use super::model_source::ModelSource;
use super::synth::{default_threads, pool};
use super::{Failure, output};
use kokoro_gguf::Model;
use kokoro_gguf::model::{NoiseSource, Trace, Utterance};
use kokoro_gguf::synth::SAMPLE_RATE_HZ;
use kokoro_gguf::tensor::Matrix;

/// Sounds of running English, repeated to the length wanted.
const PHONEMES: &str = "ðə kwˈɪk bɹˈWn fˈɑks ʤˈʌmps ˈOvəɹ ðə lˈAzi dˈɔɡ. ";

/// What is printed; the names are the JSON's.
#[derive(Debug, Serialize)]
struct Report {
    model: String,
    cpu: Option<String>,
    isa: &'static str,
    threads: usize,
    precision: &'static str,
    load_s: f64,
    /// Opening the model and the first utterance, which finds caches cold and memory unused.
    first_audio_s: f64,
    /// Of the whole process so far; `null` where the system does not tell.
    peak_rss_bytes: Option<u64>,
    runs: Vec<Run>,
}

/// One length of text.
#[derive(Debug, Serialize)]
struct Run {
    tokens: usize,
    audio_s: f64,
    wall_s_median: f64,
    wall_s_min: f64,
    /// Of the first run, which warms up.
    first_wall_s: f64,
    /// Compute time over audio time, of the median.
    rtf: f64,
    stages: Vec<Stage>,
}

/// Time of one part of the graph, in a run of its own.
#[derive(Debug, Serialize)]
struct Stage {
    name: &'static str,
    wall_s: f64,
    /// Billions of floating-point operations a second, as direct convolutions would do them; `null` for what has none.
    gflops: Option<f64>,
}

/// Runs the command.
pub fn run(args: BenchArgs) -> Result<(), Failure> {
    let threads = args.threads.unwrap_or_else(default_threads);
    let json = args.json;
    let report = pool(threads)?.install(|| measure(args, threads))?;
    if json { output::print_json(&report) } else { output::print(|out| table(out, &report)) }
}

fn measure(args: BenchArgs, threads: usize) -> Result<Report, Failure> {
    let started = Instant::now();
    let model = ModelSource::choose(args.model, "bench")?.open(args.precision)?;
    let load_s = started.elapsed().as_secs_f64();
    let runs: Vec<Run> = args
        .tokens
        .iter()
        .map(|&tokens| measure_length(&model, tokens, args.repeats))
        .collect::<Result<_, _>>()?;
    let first_audio_s = load_s + runs.first().map_or(0.0, |run| run.first_wall_s);
    Ok(Report {
        model: model.path().display().to_string(),
        cpu: cpu(),
        isa: model.isa().name(),
        threads,
        precision: model.precision().name(),
        load_s,
        first_audio_s,
        peak_rss_bytes: peak_rss_bytes(),
        runs,
    })
}

fn measure_length(model: &Model, tokens: usize, repeats: usize) -> Result<Run, Failure> {
    let ids: Vec<u32> = PHONEMES
        .chars()
        .cycle()
        .filter_map(|c| model.vocabulary().position(|token| token.chars().eq([c])))
        .map(|id| id as u32)
        .take(tokens)
        .collect();
    let token_ids: Vec<u32> = [&[0], ids.as_slice(), &[0]].concat();
    let voice = model.voice(model.default_voice())?;
    let noise = NoiseSource::Seeded(0);
    let utterance =
        Utterance { token_ids: &token_ids, style: voice.style(tokens), speed: 1.0, noise: &noise };
    // The first run touches memory and fills caches, and is told nowhere; the second tells the stages.
    let started = Instant::now();
    let warm_up = model.forward(&utterance)?;
    let first_wall_s = started.elapsed().as_secs_f64();
    let samples = warm_up.samples.len();
    let mut stages = StageTimes { last: Instant::now(), stages: Vec::new() };
    model.forward_traced(&utterance, &mut stages)?;
    let frames = warm_up.durations_frames.iter().sum::<u32>() as usize;
    for cost in model.multiply_adds(token_ids.len(), frames) {
        for stage in stages.stages.iter_mut().filter(|stage| stage.name == cost.part) {
            stage.gflops = Some(2e-9 * cost.multiply_adds as f64 / stage.wall_s);
        }
    }
    let mut walls = Vec::with_capacity(repeats);
    for _ in 0..repeats {
        let started = Instant::now();
        model.forward(&utterance)?;
        walls.push(started.elapsed().as_secs_f64());
    }
    walls.sort_by(f64::total_cmp);
    let audio_s = samples as f64 / f64::from(SAMPLE_RATE_HZ);
    let wall_s_median = walls[walls.len() / 2];
    Ok(Run {
        tokens,
        audio_s,
        wall_s_median,
        wall_s_min: walls[0],
        first_wall_s,
        rtf: wall_s_median / audio_s,
        stages: stages.stages,
    })
}

/// Reads the clock at every named stage of the graph.
struct StageTimes {
    last: Instant,
    stages: Vec<Stage>,
}

impl Trace for StageTimes {
    /// The times are to be those of a run that nobody watches.
    fn wants_every_stage(&self) -> bool {
        false
    }

    /// A part's time can only be told when it runs alone.
    fn allows_overlap(&self) -> bool {
        false
    }

    fn tensor(&mut self, name: &str, _: &mut Matrix) {
        let now = Instant::now();
        let wall_s = now.duration_since(self.last).as_secs_f64();
        self.last = now;
        let part = part_of(name);
        match self.stages.iter_mut().find(|stage| stage.name == part) {
            Some(stage) => stage.wall_s += wall_s,
            None => self.stages.push(Stage { name: part, wall_s, gflops: None }),
        }
    }
}

/// The part of the graph that ends with the stage `name`.
fn part_of(name: &str) -> &'static str {
    let is = |prefixes: &[&str]| prefixes.iter().any(|prefix| name.starts_with(prefix));
    match name {
        _ if is(&["albert"]) => "albert",
        _ if is(&["d_en", "duration"]) => "durations",
        _ if is(&["text_encoder", "asr"]) && name != "asr_res" => "text_encoder",
        _ if is(&["decoder", "f0_conv", "n_conv", "asr_res"]) => "decoder",
        _ if is(&["harmonics", "source", "har"]) => "source",
        _ if is(&["noise", "ups", "stage", "resblocks", "conv_post", "audio"]) => "generator",
        _ => "prosody",
    }
}

fn table(out: &mut dyn Write, report: &Report) -> io::Result<()> {
    let Report { model, cpu, isa, threads, precision, load_s, first_audio_s, peak_rss_bytes, runs } = report;
    writeln!(out, "Model    {}", output::printable(model))?;
    writeln!(out, "CPU      {}, {isa}, {threads} threads, {precision}", cpu.as_deref().unwrap_or("unknown"))?;
    write!(out, "Load     {load_s:.3} s, first audio after {first_audio_s:.3} s")?;
    match peak_rss_bytes {
        Some(bytes) => writeln!(out, ", peak memory {:.0} MB", *bytes as f64 / 1e6)?,
        None => writeln!(out)?,
    }
    writeln!(out, "\n{:>6}  {:>8}  {:>10}  {:>8}  {:>6}", "TOKENS", "AUDIO s", "MEDIAN s", "MIN s", "RTF")?;
    for Run { tokens, audio_s, wall_s_median, wall_s_min, rtf, .. } in runs {
        writeln!(out, "{tokens:>6}  {audio_s:>8.2}  {wall_s_median:>10.3}  {wall_s_min:>8.3}  {rtf:>6.3}")?;
    }
    for Run { tokens, stages, .. } in runs {
        let total: f64 = stages.iter().map(|stage| stage.wall_s).sum();
        writeln!(out, "\nStages of {tokens} tokens")?;
        for Stage { name, wall_s, gflops } in stages {
            write!(out, "  {name:14}  {wall_s:>8.4} s  {:>5.1} %", 100.0 * wall_s / total)?;
            match gflops {
                Some(gflops) => writeln!(out, "  {gflops:>6.0} GFLOP/s")?,
                None => writeln!(out)?,
            }
        }
    }
    Ok(())
}

/// The processor's own name, where `/proc/cpuinfo` tells it.
fn cpu() -> Option<String> {
    let info = fs::read_to_string("/proc/cpuinfo").ok()?;
    let line = info.lines().find(|line| line.starts_with("model name"))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}

/// The most memory the process has held, where `/proc/self/status` tells it.
fn peak_rss_bytes() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some(line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()? * 1024)
}

#[cfg(test)]
mod tests {
    use super::part_of;

    #[test]
    fn every_stage_belongs_to_its_part() {
        for (stage, part) in [
            ("albert_embedding", "albert"),
            ("d_en", "durations"),
            ("duration_encoder.2", "durations"),
            ("en", "prosody"),
            ("n", "prosody"),
            ("n_blocks.1", "prosody"),
            ("asr", "text_encoder"),
            ("asr_res", "decoder"),
            ("n_conv", "decoder"),
            ("decoder.decode.3", "decoder"),
            ("har", "source"),
            ("noise_res.1", "generator"),
            ("audio", "generator"),
        ] {
            assert_eq!(part_of(stage), part, "{stage}");
        }
    }
}
