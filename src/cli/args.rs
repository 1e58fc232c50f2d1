//! What was typed, flag by flag, and the help that teaches it.

use std::path::PathBuf;
use std::sync::LazyLock;

use clap::{ArgGroup, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

use kokoro_gguf::model::Precision;
use kokoro_gguf::text::normalize::Classes;
use kokoro_gguf::text::{Language, PhonemizerChoice, TextError};

/// Speaks text with Kokoro-82M GGUF files.
#[derive(Debug, Parser)]
#[command(name = "kokoro-gguf", version, long_version = long_version(), after_help = EXAMPLES)]
#[command(subcommand_value_name = "COMMAND", subcommand_help_heading = "Commands")]
pub struct Args {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    Synth(SynthArgs),
    Phonemize(PhonemizeArgs),
    Voices(VoicesArgs),
    Inspect(InspectArgs),
    Bench(BenchArgs),
    Completions(CompletionsArgs),
}

/// Speak text into a WAV file
///
/// Speaks TEXT, a file or standard input into a WAV file: mono, 24 kHz. The file appears at its place when it is
/// complete, never half written. The same text, model, options and seed give the same samples whatever the number
/// of threads.
#[derive(Debug, clap::Args)]
#[command(after_long_help = SYNTH_EXAMPLES, after_help = "'--help' shows examples.")]
#[command(group(ArgGroup::new("script").args(["text", "text_file", "phonemes"]).required(true)))]
pub struct SynthArgs {
    /// The text; '-' reads standard input
    pub text: Option<String>,

    #[command(flatten)]
    pub model: ModelArgs,

    /// Where the WAV goes; '-' is standard output
    ///
    /// May be left out if standard output is not a terminal. What exists and is no regular file, such as a device
    /// or a named pipe, is written as it is.
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,

    /// Read the text from a UTF-8 file; '-' is standard input
    #[arg(long, value_name = "FILE")]
    pub text_file: Option<PathBuf>,

    /// Speak phonemes in the model's notation instead of text
    ///
    /// They reach the model verbatim: misaki's IPA, one token a character. Characters outside the model's
    /// vocabulary are skipped with a warning.
    #[arg(long, value_name = "PHONEMES", allow_hyphen_values = true)]
    pub phonemes: Option<String>,

    /// A voice, or a weighted blend such as 'af_heart:0.7+am_adam:0.3'
    ///
    /// 'kokoro-gguf voices' lists the names. A part may be a voice file (.bin, .npy, .pt). Weights are divided by their
    /// sum; a negative one takes a voice away. [default: af_heart, else the file's first]
    #[arg(short, long)]
    pub voice: Option<String>,

    /// How fast to speak, from 0.5 to 2
    #[arg(long, value_name = "RATIO", default_value = "1", value_parser = speed, allow_hyphen_values = true)]
    pub speed: f32,

    #[command(flatten)]
    pub reading: ReadingArgs,

    /// Write when each word is spoken to a .json, .srt, .vtt or .tsv file
    ///
    /// JSON is a list of {word, start, end, start_char, end_char}: seconds, and Unicode scalars of the text. Every word,
    /// as white space separates them, has one entry; words that say nothing, such as emoji, lie in the silence next to
    /// them.
    #[arg(long, value_name = "FILE", conflicts_with = "phonemes")]
    pub timestamps: Option<PathBuf>,

    /// Silence to add between sentences that are spoken apart, in seconds
    #[arg(long, value_name = "SECONDS", default_value = "0.1", value_parser = pause, allow_hyphen_values = true)]
    pub sentence_pause: f32,

    /// Silence to add between paragraphs, in seconds
    #[arg(long, value_name = "SECONDS", default_value = "0.4", value_parser = pause, allow_hyphen_values = true)]
    pub paragraph_pause: f32,

    /// Seed of the noise in the voice's source
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub seed: u64,

    /// Threads to compute with, from 1 to 256 [default: as many as the CPU runs at once]
    #[arg(long, value_name = "N", value_parser = threads, allow_hyphen_values = true)]
    pub threads: Option<usize>,

    /// Arithmetic: auto (the fastest here that sounds the same), f32, bf16 or int8
    #[arg(long, value_name = "P", default_value = "auto", value_parser = precision)]
    pub precision: Precision,

    /// How samples are stored
    #[arg(long, value_enum, default_value_t = Format::S16)]
    pub format: Format,

    /// No progress bar and no warnings
    #[arg(short, long, conflicts_with = "verbose")]
    pub quiet: bool,

    /// Show each piece's phonemes and the time taken
    #[arg(long)]
    pub verbose: bool,
}

/// Print the phonemes of a text
///
/// Shows what 'synth' would say, in the notation that '--phonemes' takes: one line a piece. Needs no model.
#[derive(Debug, clap::Args)]
#[command(after_help = PHONEMIZE_EXAMPLES)]
pub struct PhonemizeArgs {
    /// The text; '-' or nothing reads standard input
    pub text: Option<String>,

    /// Read the text from a UTF-8 file; '-' is standard input
    #[arg(long, value_name = "FILE", conflicts_with = "text")]
    pub text_file: Option<PathBuf>,

    #[command(flatten)]
    pub reading: ReadingArgs,

    /// Print one JSON object: phonemes, ids, pieces, and the words with where their phonemes come from
    #[arg(long)]
    pub json: bool,

    /// No warnings
    #[arg(short, long)]
    pub quiet: bool,
}

/// How a text is read.
#[derive(Debug, Clone, clap::Args)]
pub struct ReadingArgs {
    /// The text's language, such as 'a', 'en-us' or 'fr-fr'
    ///
    /// a American English, b British English, e Spanish, f French, h Hindi, i Italian, j Japanese, p Brazilian
    /// Portuguese, z Mandarin Chinese. [default: the voice's, by the first letter of its name; else American English]
    #[arg(long, value_name = "LANG", value_parser = language)]
    pub lang: Option<Language>,

    /// What turns the text into phonemes
    #[arg(long, value_enum, default_value_t = PhonemizerName::Auto)]
    pub phonemizer: PhonemizerName,

    /// A file of pronunciations: word, tab, phonemes or =respelling, one a line
    #[arg(long, value_name = "FILE")]
    pub lexicon: Option<PathBuf>,

    /// The text is SSML: speak, break, sub, phoneme, say-as, prosody rate, p, s
    #[arg(long)]
    pub ssml: bool,

    /// Which classes of signs and abbreviations to write in words, such as 'dates,times' [default: all]
    #[arg(long, value_name = "CLASS,…", conflicts_with = "no_normalize", value_parser = classes)]
    pub normalize: Option<Classes>,

    /// Leave signs and abbreviations to the phonemizer
    #[arg(long)]
    pub no_normalize: bool,
}

/// The name of a phonemizer, as it is typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum PhonemizerName {
    /// What reads the language best
    Auto,
    /// misaki's lexicons and rules, for English
    Misaki,
    /// espeak-ng
    Espeak,
    /// The rules in the model's file or, without such, English by its letters
    Native,
}

impl From<PhonemizerName> for PhonemizerChoice {
    fn from(name: PhonemizerName) -> Self {
        match name {
            PhonemizerName::Auto => PhonemizerChoice::Auto,
            PhonemizerName::Misaki => PhonemizerChoice::Misaki,
            PhonemizerName::Espeak => PhonemizerChoice::Espeak,
            PhonemizerName::Native => PhonemizerChoice::Native,
        }
    }
}

/// List a model's voices, or save a blend of them
///
/// Prints each voice with the language and gender that its name tells ('af_heart' is American English, female) and the
/// grade that Kokoro's maker has given it, from A to F. Voice files (.bin, .npy, .pt) in a folder 'voices' beside the
/// model's file are listed too. With --blend and --save a blend becomes a voice file of its own.
#[derive(Debug, clap::Args)]
#[command(after_help = VOICES_EXAMPLES)]
pub struct VoicesArgs {
    #[command(flatten)]
    pub model: ModelArgs,

    /// Print JSON
    #[arg(long, conflicts_with = "save")]
    pub json: bool,

    /// The blend to save, such as 'af_heart:0.7+am_adam:0.3'
    #[arg(long, value_name = "VOICE", requires = "save")]
    pub blend: Option<String>,

    /// Where the blend goes: a .bin or .npy file
    #[arg(long, value_name = "FILE", requires = "blend")]
    pub save: Option<PathBuf>,
}

/// Show what a GGUF file holds
///
/// Prints metadata, voices, phonemizer, the sizes of the architecture, and the tensors by family and type with
/// their bytes. Any sound GGUF file can be inspected, whatever its architecture.
#[derive(Debug, clap::Args)]
#[command(after_help = INSPECT_EXAMPLES)]
pub struct InspectArgs {
    /// The GGUF file
    pub model: PathBuf,

    /// Print JSON
    #[arg(long)]
    pub json: bool,

    /// Read the file into memory instead of mapping it
    #[arg(long)]
    pub no_mmap: bool,
}

/// Measure how fast a model speaks here
///
/// Speaks utterances of the given lengths with the model's default voice and prints load time, peak memory, real-time
/// factor (compute time over audio time, lower is better) and the time of each part of the graph.
#[derive(Debug, clap::Args)]
#[command(after_help = BENCH_EXAMPLES)]
pub struct BenchArgs {
    #[command(flatten)]
    pub model: ModelArgs,

    /// Phonemes of each utterance
    #[arg(long, value_name = "N,N,…", value_delimiter = ',', default_value = "25,100,400", value_parser = tokens)]
    pub tokens: Vec<usize>,

    /// Threads that compute, from 1 to 256 [default: the CPUs available]
    #[arg(long, value_name = "N", value_parser = threads, allow_hyphen_values = true)]
    pub threads: Option<usize>,

    /// Arithmetic: auto (the fastest here that sounds the same), f32, bf16 or int8
    #[arg(long, value_name = "P", default_value = "auto", value_parser = precision)]
    pub precision: Precision,

    /// Timed runs of each utterance, after one to warm up
    #[arg(long, value_name = "N", default_value = "5", value_parser = repeats, allow_hyphen_values = true)]
    pub repeats: usize,

    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// Print a shell's completion script
#[derive(Debug, clap::Args)]
#[command(after_help = COMPLETIONS_EXAMPLES)]
pub struct CompletionsArgs {
    /// The shell
    #[arg(value_enum)]
    pub shell: Shell,
}

/// Which model speaks.
#[derive(Debug, Clone, clap::Args)]
pub struct ModelArgs {
    /// The Kokoro GGUF file [env: KOKORO_MODEL=] [default: the built-in voice]
    #[arg(short, long, value_name = "FILE")]
    pub model: Option<PathBuf>,

    /// Read the model into memory instead of mapping it
    ///
    /// Mapping starts faster and shares memory between processes, but the file must not change meanwhile.
    #[arg(long)]
    pub no_mmap: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// 16-bit integers, which every player reads
    S16,
    /// 32-bit floats, the model's own samples
    F32,
}

fn precision(typed: &str) -> Result<Precision, String> {
    typed.parse().map_err(|_| format!("expected one of {}", Precision::ALL.map(Precision::name).join(", ")))
}

fn tokens(typed: &str) -> Result<usize, String> {
    match typed.trim().parse::<usize>() {
        Ok(tokens) if (1..=510).contains(&tokens) => Ok(tokens),
        _ => Err("expected whole numbers from 1 to 510".to_owned()),
    }
}

fn repeats(typed: &str) -> Result<usize, String> {
    match typed.parse::<usize>() {
        Ok(repeats) if (1..=1000).contains(&repeats) => Ok(repeats),
        _ => Err("expected a whole number from 1 to 1000".to_owned()),
    }
}

fn speed(typed: &str) -> Result<f32, String> {
    match typed.trim().parse::<f32>() {
        Ok(speed) if (0.5..=2.0).contains(&speed) => Ok(speed),
        _ => Err("expected a number from 0.5 to 2".to_owned()),
    }
}

fn threads(typed: &str) -> Result<usize, String> {
    match typed.parse::<usize>() {
        Ok(threads) if (1..=256).contains(&threads) => Ok(threads),
        _ => Err("expected a whole number from 1 to 256".to_owned()),
    }
}

fn pause(typed: &str) -> Result<f32, String> {
    match typed.trim().parse::<f32>() {
        Ok(seconds) if (0.0..=10.0).contains(&seconds) => Ok(seconds),
        _ => Err("expected seconds from 0 to 10".to_owned()),
    }
}

fn classes(typed: &str) -> Result<Classes, String> {
    typed.parse().map_err(|error: TextError| error.to_string())
}

fn language(typed: &str) -> Result<Language, String> {
    Language::parse(typed).map_err(|error| error.to_string())
}

/// The version, and what this build can do under which licence.
fn long_version() -> &'static str {
    static TEXT: LazyLock<String> = LazyLock::new(|| {
        let phonemizers = [
            ("misaki", cfg!(feature = "misaki")),
            ("espeak-ng", cfg!(feature = "espeak")),
            ("native", cfg!(feature = "native")),
            ("mandarin", cfg!(feature = "mandarin")),
        ];
        let built_in: Vec<&str> = phonemizers.iter().filter(|(_, is)| *is).map(|(name, _)| *name).collect();
        let licence = match cfg!(feature = "espeak") {
            true => "GPL-3.0-or-later, because of espeak-ng",
            false if built_in.is_empty() => "MIT OR Apache-2.0",
            false => "MIT OR Apache-2.0, with data under Apache-2.0 and MIT",
        };
        let names = if built_in.is_empty() { "none".to_owned() } else { built_in.join(", ") };
        format!("{}\nphonemizers: {names}\nlicence of this build: {licence}", env!("CARGO_PKG_VERSION"))
    });
    &TEXT
}

const EXAMPLES: &str = "\
Examples:
  kokoro-gguf synth \"Hello there.\" -o hello.wav
  kokoro-gguf synth -m Kokoro_espeak_Q4.gguf -v af_heart --text-file letter.txt -o letter.wav
  kokoro-gguf voices -m Kokoro_espeak_Q4.gguf

'kokoro-gguf COMMAND --help' shows a command's options and examples.
Exit codes: 0 done, 1 it failed, 2 the command line is wrong.";

const SYNTH_EXAMPLES: &str = "\
Examples:
  Speak a sentence with the built-in voice:
    kokoro-gguf synth \"Hello there.\" -o hello.wav

  Speak a file with a model and a voice of it:
    kokoro-gguf synth -m Kokoro_espeak_Q4.gguf -v bf_emma --text-file letter.txt -o letter.wav

  Name the model once for the whole session:
    export KOKORO_MODEL=~/models/Kokoro_espeak_Q4.gguf
    kokoro-gguf synth \"Good morning.\" -v 'af_heart:0.7+am_adam:0.3' -o morning.wav

  From a pipe to a player:
    date | kokoro-gguf synth - | aplay

  With the time of each word, for captions:
    kokoro-gguf synth --text-file letter.txt -o letter.wav --timestamps letter.srt

  Phonemes, slowly, as floats:
    kokoro-gguf synth --phonemes 'həlˈO wˈɜɹld.' --speed 0.8 --format f32 -o hello.wav

  A text that begins with a hyphen:
    kokoro-gguf synth -o minus.wav -- \"-5 degrees\"";

const PHONEMIZE_EXAMPLES: &str = "\
Examples:
  kokoro-gguf phonemize \"It grew 5% in the 1990s.\"
  kokoro-gguf phonemize --lang f --text-file lettre.txt
  kokoro-gguf phonemize \"Read it.\" --json | jq -r '.words[] | [.text, .phonemes, .source] | @tsv'";

const VOICES_EXAMPLES: &str = "\
Examples:
  kokoro-gguf voices
  kokoro-gguf voices -m Kokoro_espeak_Q4.gguf --json | jq -r '.[].name'
  kokoro-gguf voices -m Kokoro_espeak_Q4.gguf --blend 'af_heart:1.3+af_sky:-0.3' --save mine.bin
  kokoro-gguf synth -m Kokoro_espeak_Q4.gguf -v mine.bin \"Hello there.\" -o hello.wav";

const INSPECT_EXAMPLES: &str = "\
Examples:
  kokoro-gguf inspect Kokoro_espeak_Q4.gguf
  kokoro-gguf inspect Kokoro_espeak_Q4.gguf --json | jq .tensor_bytes";

const BENCH_EXAMPLES: &str = "\
Examples:
  kokoro-gguf bench
  kokoro-gguf bench -m Kokoro_espeak_Q4.gguf --tokens 25,100,400 --threads 2 --json | jq '.runs[].rtf'";

const COMPLETIONS_EXAMPLES: &str = "\
Examples:
  kokoro-gguf completions bash > ~/.local/share/bash-completion/completions/kokoro-gguf
  kokoro-gguf completions zsh > ~/.zfunc/_kokoro-gguf
  kokoro-gguf completions fish > ~/.config/fish/completions/kokoro-gguf.fish";

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn flags_do_not_contradict_each_other() {
        Args::command().debug_assert();
    }

    #[test]
    fn speed_takes_its_range_and_nothing_else() {
        for (typed, expected) in [("0.5", 0.5), ("1", 1.0), ("2", 2.0), (" 1.25", 1.25), ("5e-1", 0.5)] {
            assert_eq!(speed(typed), Ok(expected));
        }
        for typed in ["0", "-1", "0.4999", "2.001", "NaN", "inf", "-inf", "1e40", "1,5", "", "fast"] {
            assert!(speed(typed).is_err(), "{typed}");
        }
    }

    #[test]
    fn threads_takes_its_range_and_nothing_else() {
        assert_eq!((threads("1"), threads("256")), (Ok(1), Ok(256)));
        for typed in ["0", "257", "10000", "-1", "1.5", "", "99999999999999999999999"] {
            assert!(threads(typed).is_err(), "{typed}");
        }
    }
}
