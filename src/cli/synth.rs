//! `kokoro-gguf synth`: text in, a WAV file out.

use std::collections::BTreeMap;
use std::io::{self, IsTerminal};
use std::num::NonZero;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use kokoro_gguf::audio::{SAMPLE_RATE_HZ, SampleFormat, WavWriter};
use kokoro_gguf::model::Precision;
use kokoro_gguf::synth::{SAMPLES_PER_FRAME, SpeakOptions};
use kokoro_gguf::text::Language;
use kokoro_gguf::voice::VoiceSpec;
use kokoro_gguf::{Chunk, Synthesizer};

use super::Failure;
use super::args::{Format, SynthArgs};
use super::console::Console;
use super::interrupt::delete_on_interrupt;

use super::model_source::ModelSource;
use super::reading::{self, UnknownWords};
use super::script::OwnedScript;
use super::timestamps::Timestamps;

/// Runs the command.
pub fn run(args: SynthArgs) -> Result<(), Failure> {
    let job = Job::new(args)?;
    pool(job.threads)?.install(|| job.run())
}

/// The threads that a command computes on.
///
/// # Errors
/// If the system refuses them.
pub fn pool(threads: usize) -> Result<rayon::ThreadPool, Failure> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
    pool.map_err(|source| Failure::Threads { threads, source })
}

/// A command line that makes sense, with its text read.
struct Job {
    script: OwnedScript,
    model: ModelSource,
    output: Output,
    timestamps: Option<Timestamps>,
    format: SampleFormat,
    precision: Precision,
    options: SpeakOptions,
    threads: usize,
    console: Console,
}

enum Output {
    File(PathBuf),
    Stdout,
}

impl Job {
    fn new(mut args: SynthArgs) -> Result<Self, Failure> {
        let output = match args.output.take() {
            Some(path) if path.as_os_str() == "-" => Output::Stdout,
            Some(path) => Output::File(path),
            None if io::stdout().is_terminal() => {
                let message = "no output given, expected -o FILE.wav, or -o - for standard output";
                return Err(Failure::usage("synth", message));
            }
            None => Output::Stdout,
        };
        let timestamps = args.timestamps.take().map(Timestamps::new).transpose()?;
        let model = ModelSource::choose(args.model.clone(), "synth")?;
        let console = Console::new(args.quiet, args.verbose);
        let mut options = SpeakOptions::default();
        options.preparation = reading::preparation(&args.reading, &console)?;
        let script = OwnedScript::read(&mut args)?;
        options.voice = args.voice;
        options.speed = args.speed;
        options.language = args.reading.lang;
        options.phonemizer = args.reading.phonemizer.into();
        options.pauses.sentence_s = args.sentence_pause;
        options.pauses.paragraph_s = args.paragraph_pause;
        options.seed = args.seed;
        Ok(Self {
            script,
            model,
            output,
            timestamps,
            format: match args.format {
                Format::S16 => SampleFormat::S16,
                Format::F32 => SampleFormat::F32,
            },
            options,
            precision: args.precision,
            threads: args.threads.unwrap_or_else(default_threads),
            console,
        })
    }

    fn run(mut self) -> Result<(), Failure> {
        let options = &self.options;
        let started = Instant::now();
        let phonemizers = reading::phonemizers()?;
        let synthesizer = Synthesizer::new(self.model.open(self.precision)?)?.with_phonemizers(phonemizers);
        let voice = options.voice.as_deref().unwrap_or(synthesizer.model().default_voice());
        let chunks = synthesizer.speak(self.script.as_script(), options)?;
        let opened = started.elapsed();
        self.console.detail(format_args!(
            "model opened in {:.2} s, voice {voice}, {} on {}",
            opened.as_secs_f64(),
            synthesizer.model().precision(),
            synthesizer.model().isa()
        ));
        self.warn_about_voice(voice);
        chunks.notices().iter().for_each(|notice| self.console.warn(notice));
        if let Some(timestamps) = &self.timestamps {
            timestamps.check()?;
        }
        let mut wav = self.create_wav()?;

        self.console.begin();
        let (console, phonemizer) = (&self.console, chunks.phonemizer());
        let text = self.script.as_str();
        let started = Instant::now();
        let mut totals = Totals::default();
        let mut unknown = UnknownWords::default();
        let mut words = Vec::new();
        for chunk in chunks {
            let chunk = chunk?;
            totals.add(&chunk);
            console.detail(piece_detail(totals.pieces, &chunk));
            if let Some(detail) = unknown.add(text, &chunk.tokens, phonemizer) {
                console.detail(detail);
            }
            console.progress(chunk.progress, totals.seconds());
            wav.write(&chunk.samples)?;
            words.extend(chunk.words);
        }
        let elapsed = started.elapsed();
        match &self.timestamps {
            Some(timestamps) => {
                let file = timestamps.write(text, &words)?;
                wav.finish()?;
                timestamps.finish(file)?;
            }
            None => wav.finish()?,
        }
        console.finish();
        [totals.skipped_warning(), unknown.warning()]
            .iter()
            .flatten()
            .for_each(|warning| console.warn(warning));
        console.detail(totals.closing(elapsed, self.threads));
        Ok(())
    }

    fn create_wav(&self) -> Result<WavWriter, Failure> {
        Ok(match &self.output {
            Output::Stdout => WavWriter::to_stream(io::stdout(), "standard output", self.format),
            Output::File(path) => {
                let wav = WavWriter::create(path, self.format)?;
                if let Some(scratch) = wav.scratch_path() {
                    delete_on_interrupt(scratch.to_path_buf());
                }
                wav
            }
        })
    }

    fn warn_about_voice(&self, voice: &str) {
        let Self { console, model, options, .. } = self;
        // The built-in voice never had an af_heart that could be missed.
        if options.voice.is_none() && model.is_file() && voice != "af_heart" {
            console.warn(format_args!("the model has no voice af_heart, so {voice} speaks"));
        }
        let Ok(spec) = VoiceSpec::parse(voice) else { return };
        let Some(language) = options.language.or_else(|| Language::from_voice(spec.first())) else { return };
        for name in spec.names() {
            match Language::from_voice(name) {
                Some(native) if native != language => console.warn(format_args!(
                    "voice {name} speaks {}, but the text is taken as {}",
                    native.english_name(),
                    language.english_name()
                )),
                _ => {}
            }
        }
    }
}

/// As many threads as the process has CPUs, within the flag's range.
pub fn default_threads() -> usize {
    std::thread::available_parallelism().map_or(1, NonZero::get).min(256)
}

fn piece_detail(number: usize, chunk: &Chunk) -> String {
    let frames: u32 = chunk.durations_frames.iter().sum();
    let seconds = f64::from(frames) * SAMPLES_PER_FRAME as f64 / f64::from(SAMPLE_RATE_HZ);
    format!("piece {number}: {} tokens, {seconds:.3} s: {}", chunk.token_ids.len(), chunk.phonemes)
}

/// What has been spoken so far.
#[derive(Debug, Default)]
struct Totals {
    pieces: usize,
    samples: u64,
    skipped: BTreeMap<char, usize>,
}

impl Totals {
    fn add(&mut self, chunk: &Chunk) {
        self.pieces += 1;
        self.samples += chunk.samples.len() as u64;
        for &phoneme in &chunk.skipped {
            *self.skipped.entry(phoneme).or_default() += 1;
        }
    }

    fn seconds(&self) -> f64 {
        self.samples as f64 / f64::from(SAMPLE_RATE_HZ)
    }

    /// Which phonemes the model does not know, each with its code point and how often it came.
    fn skipped_warning(&self) -> Option<String> {
        let count: usize = self.skipped.values().sum();
        let names: Vec<String> = self.skipped.iter().map(|(&c, &n)| describe_skipped(c, n)).collect();
        let (noun, verb) = if count == 1 { ("phoneme", "was") } else { ("phonemes", "were") };
        let names = names.join(", ");
        (count > 0).then(|| format!("{count} {noun} unknown to the model {verb} skipped: {names}"))
    }

    fn closing(&self, elapsed: Duration, threads: usize) -> String {
        let (seconds, wall) = (self.seconds(), elapsed.as_secs_f64());
        let factor = if seconds > 0.0 { wall / seconds } else { 0.0 };
        format!("{seconds:.3} s of audio in {wall:.3} s on {threads} threads, real-time factor {factor:.3}")
    }
}

fn describe_skipped(c: char, count: usize) -> String {
    let times = if count > 1 { format!(" ({count} times)") } else { String::new() };
    // A combining or invisible character cannot be shown by itself; its code point always can.
    let shown = if c.is_alphanumeric() { format!("{c} ") } else { String::new() };
    format!("{shown}U+{:04X}{times}", u32::from(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn skipped_phonemes_are_counted_and_named() {
        let mut totals = Totals::default();
        assert_eq!(totals.skipped_warning(), None);
        totals.skipped.insert('g', 1);
        assert_eq!(
            totals.skipped_warning().as_deref(),
            Some("1 phoneme unknown to the model was skipped: g U+0067")
        );
        totals.skipped.insert('\u{361}', 2);
        assert_eq!(
            totals.skipped_warning().as_deref(),
            Some("3 phonemes unknown to the model were skipped: g U+0067, U+0361 (2 times)")
        );
    }

    #[test]
    fn real_time_factor_is_compute_time_over_audio_time() {
        let totals = Totals { pieces: 1, samples: 48_000, ..Totals::default() };
        assert_eq!(
            totals.closing(Duration::from_millis(500), 2),
            "2.000 s of audio in 0.500 s on 2 threads, real-time factor 0.250"
        );
    }
}
