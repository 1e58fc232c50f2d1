//! The program as users run it, when all goes well.

#[path = "common/cli.rs"]
mod harness;

use harness::{Dir, HELLO, Wav, default_voice};

/// Speech has some energy: RMS of s16 samples, well below any voice's and far above silence.
const SPEECH_RMS: f64 = 300.0;

fn rms(samples: &[i16]) -> f64 {
    let sum: f64 = samples.iter().map(|&s| f64::from(s).powi(2)).sum();
    (sum / samples.len() as f64).sqrt()
}

#[test]
fn synth_writes_a_wav_file_and_says_nothing() {
    let dir = Dir::new();
    let outcome = dir.kokoro(["synth", "--phonemes", HELLO, "-o", "hello.wav"]).run().succeeds_silently();
    outcome.expect(outcome.output.stdout.is_empty(), "nothing on standard output");
    let samples = Wav::parse(&dir.read("hello.wav")).s16();
    assert_eq!(samples.len() % 600, 0, "whole frames of 600 samples");
    assert!((12_000..72_000).contains(&samples.len()), "{} samples for two words", samples.len());
    assert!(rms(&samples) > SPEECH_RMS, "RMS {}", rms(&samples));
    assert_eq!(dir.names(), ["hello.wav"]);
}

#[test]
#[cfg(feature = "espeak")]
fn text_comes_from_the_command_line_a_file_or_a_pipe() {
    let dir = Dir::new();
    let text = "Hello there. How are you?\n";
    dir.write("text.txt", text);
    dir.write("windows.txt", format!("\u{feff}{text}"));
    dir.kokoro(["synth", text, "-o", "argument.wav"]).run().succeeds_silently();
    dir.kokoro(["synth", "--text-file", "text.txt", "-o", "file.wav"]).run().succeeds_silently();
    dir.kokoro(["synth", "--text-file", "windows.txt", "-o", "bom.wav"]).run().succeeds_silently();
    dir.kokoro(["synth", "-", "-o", "dash.wav"]).stdin(text).run().succeeds_silently();
    dir.kokoro(["synth", "--text-file", "-", "-o", "pipe.wav"]).stdin(text).run().succeeds_silently();
    let expected = dir.read("argument.wav");
    assert!(Wav::parse(&expected).s16().len() > 24_000);
    for name in ["file.wav", "bom.wav", "dash.wav", "pipe.wav"] {
        assert!(dir.read(name) == expected, "{name} differs");
    }
}

#[test]
#[cfg(feature = "espeak")]
fn language_is_a_letter_or_a_tag() {
    let dir = Dir::new();
    for lang in ["a", "en-us"] {
        let args = ["synth", "Hello.", "--lang", lang, "-o", &format!("{lang}.wav")];
        dir.kokoro(args).run().succeeds_silently();
    }
    assert!(dir.read("a.wav") == dir.read("en-us.wav"), "the letter and the tag speak differently");
}

#[test]
fn voice_of_another_language_is_noted_unless_quiet() {
    let dir = Dir::new();
    let args = ["synth", "--phonemes", HELLO, "--lang", "f", "-o", "a.wav"];
    let outcome = dir.kokoro(args).run().succeeds();
    let stderr = outcome.stderr();
    outcome.expect(stderr.starts_with("kokoro-gguf: warning: "), "a warning");
    outcome.expect(stderr.contains("American English") && stderr.contains("French"), "both languages");
    dir.kokoro(args.iter().chain(&["-q"])).run().succeeds_silently();
}

#[test]
fn stdout_gets_the_same_bytes_as_a_file() {
    let dir = Dir::new();
    dir.kokoro(["synth", "--phonemes", HELLO, "-o", "a.wav"]).run().succeeds_silently();
    let expected = dir.read("a.wav");
    let dash = dir.kokoro(["synth", "--phonemes", HELLO, "-o", "-"]).run().succeeds_silently();
    assert!(dash.output.stdout == expected, "-o - differs");
    let pipe = dir.kokoro(["synth", "--phonemes", HELLO]).run().succeeds_silently();
    assert!(pipe.output.stdout == expected, "no -o differs");
    dir.shell(&format!("$KOKORO synth --phonemes '{HELLO}' > b.wav")).run().succeeds_silently();
    assert!(dir.read("b.wav") == expected, "redirection differs");
}

#[test]
fn f32_and_s16_are_the_same_speech() {
    let dir = Dir::new();
    for format in ["s16", "f32"] {
        let args = ["synth", "--phonemes", HELLO, "--format", format, "-o", &format!("{format}.wav")];
        dir.kokoro(args).run().succeeds_silently();
    }
    let integers = Wav::parse(&dir.read("s16.wav")).s16();
    let floats = Wav::parse(&dir.read("f32.wav")).data;
    let floats: Vec<f32> =
        floats.chunks_exact(4).map(|b| f32::from_le_bytes(b.try_into().unwrap())).collect();
    assert_eq!(integers.len(), floats.len());
    for (at, (&integer, &float)) in integers.iter().zip(&floats).enumerate() {
        let rounded = (float * 32_767.0).round_ties_even() as i16;
        assert_eq!(integer, rounded, "sample {at} is {float}");
    }
}

#[test]
fn samples_do_not_depend_on_threads_mapping_or_where_the_model_is() {
    let dir = Dir::new();
    let model = default_voice().into_os_string().into_string().unwrap();
    let common = ["synth", "--phonemes", HELLO, "-q", "-o", "-"];
    let expected = dir.kokoro(common).run().succeeds_silently().output.stdout;
    let variants: [&[&str]; 5] = [
        &["--threads", "1"],
        &["--threads", "2"],
        &["--threads", "3"],
        &["-m", &model],
        &["--model", &model, "--no-mmap"],
    ];
    for variant in variants {
        let outcome = dir.kokoro(common.iter().chain(variant)).run().succeeds_silently();
        outcome.expect(outcome.output.stdout == expected, "the same bytes");
    }
    let named = dir.kokoro(common).env("KOKORO_MODEL", &model).run().succeeds_silently();
    named.expect(named.output.stdout == expected, "the same bytes");
    let unset = dir.kokoro(common).env("KOKORO_MODEL", "").run().succeeds_silently();
    unset.expect(unset.output.stdout == expected, "the same bytes");
}

#[test]
fn seed_speed_and_voice_are_heard() {
    let dir = Dir::new();
    let speak = |flags: &[&str]| {
        let args = ["synth", "--phonemes", HELLO, "-o", "-"];
        let outcome = dir.kokoro(args.iter().chain(flags)).run().succeeds_silently();
        Wav::parse(&outcome.output.stdout).s16()
    };
    let plain = speak(&[]);
    assert!(speak(&["--seed", "0"]) == plain, "seed 0 is the default");
    let seeded = speak(&["--seed", "1"]);
    assert!(seeded != plain && seeded.len() == plain.len(), "a seed changes samples, not durations");
    assert!(speak(&["--voice", "am_rms"]) == plain, "am_rms is the default voice");
    let other = speak(&["-v", "af_slt"]);
    assert!(other != plain, "voices differ");
    let blend = speak(&["-v", "am_rms:0.5+af_slt:0.5"]);
    assert!(blend != plain && blend != other, "a blend is neither");
    assert!(speak(&["--speed", "0.5"]).len() > plain.len(), "half the speed takes longer");
    assert!(speak(&["--speed=2"]).len() < plain.len(), "twice the speed takes less");
}

#[test]
fn verbose_tells_pieces_and_time_and_the_durations_are_the_audio() {
    let dir = Dir::new();
    let args = ["synth", "--phonemes", HELLO, "--verbose", "-o", "a.wav"];
    let outcome = dir.kokoro(args).run().succeeds();
    let stderr = outcome.stderr();
    outcome.expect(stderr.lines().all(|line| line.starts_with("kokoro-gguf: ")), "the name on every line");
    let piece = stderr.lines().find_map(|line| line.strip_prefix("kokoro-gguf: piece 1: "));
    outcome.expect(piece.is_some_and(|piece| piece.ends_with(HELLO)), "the phonemes");
    outcome.expect(piece.is_some_and(|piece| piece.starts_with("13 tokens, ")), "11 phonemes and two zeros");
    let seconds = piece.and_then(|piece| {
        piece.split([',', ' ']).find_map(|word| word.parse::<f64>().ok().filter(|_| word.contains('.')))
    });
    let samples = Wav::parse(&dir.read("a.wav")).s16().len() as f64;
    outcome.expect(seconds.is_some_and(|s| (s - samples / 24_000.0).abs() < 0.001), "the audio's length");
    outcome.expect(stderr.contains("real-time factor"), "the real-time factor");
}

#[test]
fn phonemes_the_model_does_not_know_are_counted_and_named() {
    let dir = Dir::new();
    let phonemes = format!("g{HELLO}gʘ");
    let outcome = dir.kokoro(["synth", "--phonemes", &phonemes, "-o", "a.wav"]).run().succeeds();
    let expected = "kokoro-gguf: warning: 3 phonemes unknown to the model were skipped: g U+0067 (2 times), \
                    ʘ U+0298\n";
    outcome.expect(outcome.stderr() == expected, expected);
    dir.kokoro(["synth", "--phonemes", &phonemes, "-q", "-o", "b.wav"]).run().succeeds_silently();
    dir.kokoro(["synth", "--phonemes", HELLO, "-o", "c.wav"]).run().succeeds_silently();
    assert!(dir.read("a.wav") == dir.read("c.wav"), "skipped phonemes change nothing else");
}

#[test]
fn reader_that_leaves_is_no_error() {
    let dir = Dir::new();
    for command in [
        "$KOKORO --help",
        "$KOKORO synth --help",
        "$KOKORO completions bash",
        "$KOKORO voices",
        "$KOKORO inspect \"$MODEL\" --json",
        "$KOKORO synth --phonemes 'hᵊlˈO ðˈɛɹ.' -o -",
    ] {
        // The reader is gone before the program starts to write.
        let script = format!("set -o pipefail; {{ sleep 0.2; {command}; }} | true");
        dir.shell(&script).env("MODEL", default_voice()).run().succeeds_silently();
    }
}

#[test]
fn devices_and_links_are_written_as_they_are() {
    let dir = Dir::new();
    dir.kokoro(["synth", "--phonemes", HELLO, "-o", "/dev/null"]).run().succeeds_silently();
    dir.kokoro(["synth", "--phonemes", HELLO, "-o", "a.wav"]).run().succeeds_silently();
    let through = dir.kokoro(["synth", "--phonemes", HELLO, "-o", "/dev/stdout"]).run().succeeds_silently();
    assert!(through.output.stdout == dir.read("a.wav"), "/dev/stdout differs");
    let script =
        format!("mkfifo pipe; cat pipe > b.wav & $KOKORO synth --phonemes '{HELLO}' -o pipe && wait");
    dir.shell(&script).run().succeeds_silently();
    assert!(dir.read("b.wav") == dir.read("a.wav"), "a named pipe differs");
    dir.shell(&format!(
        "ln -s b.wav link; $KOKORO synth --phonemes '{HELLO}' -v af_slt -o link; test -L link"
    ))
    .run()
    .succeeds_silently();
    assert!(dir.read("b.wav") != dir.read("a.wav"), "the link's target was not written");
}

#[test]
fn voices_are_listed_with_language_and_gender() {
    let dir = Dir::new();
    let table = dir.kokoro(["voices"]).run().succeeds_silently();
    let rows: Vec<String> =
        table.stdout().lines().map(|row| row.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
    table.expect(rows[0] == "NAME LANGUAGE GENDER GRADE", "a heading");
    table.expect(rows.contains(&"am_rms American English male - (default)".to_owned()), "am_rms");
    table.expect(rows.contains(&"af_slt American English female -".to_owned()), "af_slt");
    let json = dir.kokoro(["voices", "--json"]).run().succeeds_silently();
    let voices: serde_json::Value = serde_json::from_slice(&json.output.stdout).unwrap();
    let expected = serde_json::json!({
        "name": "am_rms", "language": "American English", "language_code": "a", "gender": "male", "grade": null,
        "default": true, "file": false,
    });
    json.expect(voices[0] == expected, "am_rms first");
}

#[test]
fn blends_are_saved_as_voices_and_voices_beside_the_model_are_found() {
    let dir = Dir::new();
    let model = dir.write("model.gguf", std::fs::read(default_voice()).unwrap());
    let model = model.to_str().unwrap();
    std::fs::create_dir(dir.path("voices")).unwrap();
    let blend = "am_rms:1.2+af_slt:-0.2";
    dir.kokoro(["voices", "-m", model, "--blend", blend, "--save", "voices/am_new.npy"])
        .run()
        .succeeds_silently();
    let speak = |voice: &str| {
        let args = ["synth", "--phonemes", HELLO, "-m", model, "-v", voice, "-o", "-"];
        dir.kokoro(args).run().succeeds_silently().output.stdout
    };
    let expected = speak(blend);
    assert!(speak("am_new") == expected, "the voice beside the model differs");
    assert!(speak("voices/am_new.npy") == expected, "the voice file differs");
    let listed = dir.kokoro(["voices", "-m", model, "--json"]).run().succeeds_silently();
    let voices: serde_json::Value = serde_json::from_slice(&listed.output.stdout).unwrap();
    assert_eq!((&voices[2]["name"], &voices[2]["file"]), (&"am_new".into(), &true.into()));
    dir.kokoro(["voices", "--blend", blend, "--save", "a.pt"]).run().fails(2, &["a.pt", ".npy"]);
    dir.kokoro(["voices", "--blend", blend, "--save", "a.wav"]).run().fails(2, &["a.wav", ".bin"]);
    dir.kokoro(["voices", "--blend", blend]).run().fails(2, &["--save"]);
}

/// Text needs one of these.
#[cfg(any(feature = "misaki", feature = "espeak", feature = "native"))]
mod text {
    use super::*;

    #[test]
    fn phonemize_prints_what_synth_would_say() {
        let dir = Dir::new();
        let text = "Hello there. How are you?";
        let plain = dir.kokoro(["phonemize", text]).run().succeeds();
        plain.expect(plain.stdout().lines().count() == 1, "one line for one piece");
        let piped = dir.kokoro(["phonemize"]).stdin(text).run().succeeds();
        assert_eq!(piped.stdout(), plain.stdout());
        let args = ["phonemize", text, "--json", "-q"];
        let json = dir.kokoro(args).run().succeeds_silently();
        let report: serde_json::Value = serde_json::from_slice(&json.output.stdout).unwrap();
        let phonemes = report["phonemes"].as_str().unwrap();
        assert_eq!(format!("{phonemes}\n"), plain.stdout());
        assert_eq!(report["pieces"], serde_json::json!([phonemes]));
        let ids = report["ids"].as_array().unwrap();
        assert_eq!((ids.len(), &ids[0]), (phonemes.chars().count() + 2, &0.into()));
        let words: Vec<&str> =
            report["words"].as_array().unwrap().iter().map(|word| word["text"].as_str().unwrap()).collect();
        assert_eq!(words, ["Hello", "there", "How", "are", "you"]);
        let there = &report["words"][1];
        assert_eq!((&there["start"], &there["end"]), (&6.into(), &11.into()));
        let spoken = dir.kokoro(["synth", text, "--verbose", "-o", "a.wav"]).run().succeeds();
        spoken.expect(spoken.stderr().contains(phonemes), "the same phonemes");
        let empty = dir.kokoro(["phonemize", ""]).run().succeeds();
        assert_eq!(empty.stdout(), "");
    }

    #[test]
    fn timestamps_come_in_four_formats() {
        let dir = Dir::new();
        let text = "Hello “there”, 😀 at 10:30 — goodbye.";
        for name in ["a.json", "a.srt", "a.vtt", "a.TSV"] {
            let args = ["synth", text, "-o", "a.wav", "-q", "--timestamps", name];
            dir.kokoro(args).run().succeeds_silently();
        }
        let seconds = Wav::parse(&dir.read("a.wav")).s16().len() as f64 / 24_000.0;
        let words: serde_json::Value = serde_json::from_slice(&dir.read("a.json")).unwrap();
        let words = words.as_array().unwrap();
        let scalars: Vec<char> = text.chars().collect();
        let mut end = 0.0;
        for (word, expected) in words.iter().zip(text.split_whitespace()) {
            let at = |key: &str| word[key].as_u64().unwrap() as usize;
            assert_eq!(word["word"], expected);
            assert_eq!(scalars[at("start_char")..at("end_char")].iter().collect::<String>(), expected);
            let time = |key: &str| word[key].as_f64().unwrap();
            assert!(time("start") >= end && time("end") > time("start") && time("end") <= seconds, "{word}");
            end = time("end");
        }
        assert_eq!(words.len(), text.split_whitespace().count());
        let lines = |name: &str| String::from_utf8(dir.read(name)).unwrap();
        assert_eq!(lines("a.srt").matches(" --> ").count(), words.len());
        assert_eq!(lines("a.vtt").matches(" --> ").count(), words.len());
        assert_eq!(lines("a.TSV").lines().count(), words.len() + 1);
        let before = dir.names();
        dir.kokoro(["synth", text, "-o", "b.wav", "--timestamps", "a.txt"])
            .run()
            .fails(2, &["a.txt", ".srt"]);
        let missing = ["synth", text, "-q", "-o", "b.wav", "--timestamps", "no/a.srt"];
        dir.kokoro(missing).run().fails(1, &["timestamps", "the folder no does not exist"]);
        assert_eq!(dir.names(), before, "a failed run left a file");
    }

    #[test]
    fn a_lexicon_markup_and_pauses_are_obeyed() {
        let dir = Dir::new();
        dir.write("words.tsv", "# names\nKokoro\tkˈOkəɹO\n");
        let read = |args: &[&str]| {
            dir.kokoro(["phonemize", "-q"].iter().chain(args)).run().succeeds_silently().stdout()
        };
        assert!(read(&["Kokoro", "--lexicon", "words.tsv"]).contains("kˈOkəɹO"));
        assert!(read(&["[xyz](/kˈOkəɹO/)"]).contains("kˈOkəɹO"));
        assert!(read(&["<speak>One<break time='1s'/> two</speak>", "--ssml"]).lines().count() == 2);
        dir.kokoro(["phonemize", "<speak>", "--ssml"]).run().fails(1, &["SSML"]);
        dir.kokoro(["phonemize", "a", "--lexicon", "none.tsv"]).run().fails(1, &["none.tsv"]);
        let samples = |text: &str| {
            let args = ["synth", text, "-q", "-o", "-"];
            Wav::parse(&dir.kokoro(args).run().succeeds_silently().output.stdout).s16().len()
        };
        let paused = samples("One there. [pause:2s] Two there.");
        assert!(paused > samples("One there. Two there.") + 40_000, "{paused} samples");
    }
}

#[test]
fn inspect_tells_what_is_in_the_file() {
    let dir = Dir::new();
    let model = default_voice();
    let args = |flag: &str| vec!["inspect".into(), model.clone().into_os_string(), flag.into()];
    let report = dir.kokoro(args("--no-mmap")).run().succeeds_silently();
    for words in [
        "Architecture  kokoro",
        "Phonemizer    espeak",
        "2: am_rms af_slt",
        "duration_predictor",
        "voice_tensors",
        "decoder",
        "text_encoder",
        "F16",
        "F32",
        "general.architecture",
    ] {
        report.expect(report.stdout().contains(words), words);
    }
    let json = dir.kokoro(args("--json")).run().succeeds_silently();
    let summary: serde_json::Value = serde_json::from_slice(&json.output.stdout).unwrap();
    let of_families = |field: &str| -> u64 {
        let families = summary["families"].as_array().unwrap();
        families.iter().flat_map(|f| f["types"].as_array().unwrap()).map(|t| t[field].as_u64().unwrap()).sum()
    };
    assert_eq!(summary["architecture"], "kokoro");
    assert_eq!(summary["tensor_count"].as_u64(), Some(of_families("tensors")));
    assert_eq!(summary["tensor_bytes"].as_u64(), Some(of_families("bytes")));
    assert_eq!(summary["elements"].as_u64(), Some(of_families("elements")));
    assert_eq!(summary["file_bytes"].as_u64(), Some(std::fs::metadata(&model).unwrap().len()));
    assert_eq!(summary["voices"], serde_json::json!(["am_rms", "af_slt"]));
    assert_eq!(summary["sizes"]["duration_predictor.hidden_size"], 128);
}

#[test]
fn help_teaches_with_examples() {
    let dir = Dir::new();
    for command in ["synth", "phonemize", "voices", "inspect", "completions"] {
        let help = dir.kokoro([command, "--help"]).run().succeeds_silently();
        help.expect(help.stdout().contains("Examples:"), "examples");
        help.expect(help.stdout().contains(&format!("kokoro-gguf {command} ")), "an example of the command");
    }
    let help = dir.kokoro(["--help"]).run().succeeds_silently();
    for word in ["synth", "phonemize", "voices", "inspect", "completions", "Examples:", "Exit codes"] {
        help.expect(help.stdout().contains(word), word);
    }
    let version = dir.kokoro(["--version"]).run().succeeds_silently();
    let expected = concat!("kokoro-gguf ", env!("CARGO_PKG_VERSION"));
    version.expect(version.stdout().starts_with(expected), expected);
}

#[test]
fn every_shell_has_completions() {
    let dir = Dir::new();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = dir.kokoro(["completions", shell]).run().succeeds_silently();
        script.expect(script.stdout().contains("kokoro-gguf"), "the program's name");
        script.expect(script.stdout().contains("text-file"), "a flag of synth");
    }
}

#[test]
fn bench_measures_each_length() {
    let dir = Dir::new();
    let bench = ["bench", "--tokens", "6,12", "--threads", "2", "--repeats", "2"];
    let table = dir.kokoro(bench).run().succeeds_silently();
    table.expect(table.stdout().contains("RTF") && table.stdout().contains("Stages of 12 tokens"), "a table");
    let json = dir.kokoro(bench.iter().chain(&["--json", "--precision", "f32"])).run().succeeds_silently();
    let report: serde_json::Value = serde_json::from_slice(&json.output.stdout).unwrap();
    assert_eq!((&report["threads"], &report["precision"]), (&2.into(), &"f32".into()));
    assert!(
        report["load_s"].as_f64() > Some(0.0) && report["first_audio_s"].as_f64() > report["load_s"].as_f64()
    );
    let runs = report["runs"].as_array().unwrap();
    assert_eq!(runs.iter().map(|run| run["tokens"].as_u64().unwrap()).collect::<Vec<_>>(), [6, 12]);
    for run in runs {
        let of = |key: &str| run[key].as_f64().unwrap();
        assert!((of("rtf") - of("wall_s_median") / of("audio_s")).abs() < 1e-9);
        assert!(of("wall_s_min") <= of("wall_s_median"));
        let stages = run["stages"].as_array().unwrap();
        assert_eq!(stages.len(), 7);
        assert!(
            stages.iter().all(|stage| (stage["gflops"].as_f64() > Some(0.0)) != (stage["name"] == "source"))
        );
    }
    for bad in [
        ["--tokens", "0"],
        ["--tokens", "511"],
        ["--threads", "10000"],
        ["--precision", "fp4"],
        ["--repeats", "0"],
    ] {
        dir.kokoro(["bench"].iter().chain(&bad)).run().fails(2, &[bad[0]]);
    }
}
