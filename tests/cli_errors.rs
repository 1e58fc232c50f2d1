//! Bad input: one line that names the thing and the way out, exit code 1 or 2, no file left behind.

#[path = "common/cli.rs"]
mod harness;

use std::fs;
use std::time::{Duration, Instant};

use harness::{Dir, HELLO, default_voice};

/// Runs `synth` with `args` and an output that must not appear.
#[track_caller]
fn synth_fails(dir: &Dir, args: &[&str], code: i32, words: &[&str]) {
    let before = dir.names();
    let output = ["-o", "out.wav"];
    dir.kokoro(["synth"].iter().chain(args).chain(&output)).run().fails(code, words);
    assert_eq!(dir.names(), before, "{args:?} left something behind");
}

/// As [`synth_fails`], with text on standard input.
#[track_caller]
fn stdin_fails(text: &[u8], code: i32, words: &[&str]) {
    let dir = Dir::new();
    dir.kokoro(["synth", "-", "-o", "out.wav"]).stdin(text).run().fails(code, words);
    assert_eq!(dir.names(), [""; 0]);
}

#[test]
fn wrong_command_lines_are_usage_errors() {
    let dir = Dir::new();
    dir.write("a.txt", "Hello.");
    let synth_help = "try 'kokoro-gguf synth --help'";
    let cases: [(&[&str], &[&str]); 19] = [
        (&[], &["no command", "try 'kokoro-gguf --help'"]),
        (&["sing"], &["'sing'", "try 'kokoro-gguf --help'"]),
        (&["--synth"], &["'--synth'"]),
        (&["synth", "-o", "a.wav"], &["no text given", "--text-file", synth_help]),
        (&["synth", "Hi.", "--spede", "1", "-o", "a.wav"], &["'--spede'", "'--speed'", synth_help]),
        (&["synth", "Hi.", "there.", "-o", "a.wav"], &["'there.'", synth_help]),
        (&["synth", "Hi.", "--text-file", "a.txt", "-o", "a.wav"], &["--text-file", "cannot be used with"]),
        (&["synth", "Hi.", "--phonemes", "hI", "-o", "a.wav"], &["--phonemes", "cannot be used with"]),
        (&["synth", "--phonemes", "hI", "--text-file", "a.txt", "-o", "a.wav"], &["cannot be used with"]),
        (&["synth", "Hi.", "-q", "--verbose", "-o", "a.wav"], &["--verbose", "cannot be used with"]),
        (&["synth", "Hi.", "--format", "mp3", "-o", "a.wav"], &["'mp3'", "s16, f32"]),
        (&["synth", "Hi.", "--seed", "-1", "-o", "a.wav"], &["'-1'"]),
        (&["synth", "Hi.", "--seed", "x", "-o", "a.wav"], &["'x'", "--seed"]),
        (&["synth", "Hi.", "-o", ""], &["--output", "value is required"]),
        (&["synth", "Hi.", "-m", "", "-o", "a.wav"], &["--model", "value is required"]),
        (&["synth", "Hi.", "-o"], &["--output"]),
        (&["inspect"], &["MODEL", "try 'kokoro-gguf inspect --help'"]),
        (&["voices", "extra"], &["'extra'", "try 'kokoro-gguf voices --help'"]),
        (&["completions", "tcsh"], &["'tcsh'", "bash"]),
    ];
    for (args, words) in cases {
        dir.kokoro(args).run().fails(2, words);
        assert_eq!(dir.names(), ["a.txt"], "{args:?} left something behind");
    }
}

#[test]
fn values_out_of_range_are_usage_errors() {
    let dir = Dir::new();
    for speed in ["0", "-1", "-0.5", "0.49", "2.01", "1e30", "NaN", "nan", "inf", "-inf", "", "quick"] {
        synth_fails(&dir, &["Hi.", "--speed", speed], 2, &["--speed", "from 0.5 to 2"]);
    }
    for threads in ["0", "10000", "257", "-1", "1.5", "many", ""] {
        synth_fails(&dir, &["Hi.", "--threads", threads], 2, &["--threads", "from 1 to 256"]);
    }
    for lang in ["xx", "ko", "klingon", ""] {
        synth_fails(&dir, &["Hi.", "--lang", lang], 2, &["--lang", "en-us"]);
    }
}

#[test]
fn missing_or_strange_model_files_are_named() {
    let dir = Dir::new();
    fs::create_dir(dir.path("folder")).unwrap();
    dir.write("empty.gguf", "");
    dir.write("text.gguf", "This is a text and no model, though its name says otherwise.");
    dir.write("zip.gguf", b"PK\x03\x04 something else altogether");
    dir.write("zeros.gguf", vec![0; 4096]);
    let cases: [(&str, &[&str]); 6] = [
        ("missing.gguf", &["missing.gguf", "No such file", "-m or KOKORO_MODEL"]),
        ("folder", &["folder", "directory"]),
        ("empty.gguf", &["empty.gguf", "GGUF"]),
        ("text.gguf", &["text.gguf", "GGUF"]),
        ("zip.gguf", &["zip.gguf", "GGUF"]),
        ("zeros.gguf", &["zeros.gguf", "GGUF"]),
    ];
    for (model, words) in cases {
        for flags in [&[][..], &["--no-mmap"]] {
            let args = [&["--phonemes", HELLO, "-m", model], flags].concat();
            synth_fails(&dir, &args, 1, words);
            dir.kokoro([&["inspect", model], flags].concat()).run().fails(1, &words[..1]);
        }
        dir.kokoro(["voices", "-m", model]).run().fails(1, words);
    }
    let args = ["synth", "--phonemes", HELLO, "-o", "out.wav"];
    dir.kokoro(args).env("KOKORO_MODEL", "missing.gguf").run().fails(1, &["missing.gguf"]);
}

#[test]
fn truncated_model_is_refused_wherever_it_ends() {
    let dir = Dir::new();
    let whole = fs::read(default_voice()).unwrap();
    let len = whole.len();
    for end in [1, 3, 4, 7, 8, 15, 16, 23, 24, 60, 1000, 5000, 20_000, 60_000, len / 2, len - 40_000] {
        dir.write("cut.gguf", &whole[..end]);
        synth_fails(&dir, &["--phonemes", HELLO, "-m", "cut.gguf"], 1, &["cut.gguf"]);
        dir.kokoro(["inspect", "cut.gguf"]).run().fails(1, &["cut.gguf"]);
    }
}

/// Where `needle` is in `bytes`.
fn find(bytes: &[u8], needle: &[u8]) -> usize {
    bytes.windows(needle.len()).position(|window| window == needle).expect("the model has it")
}

#[test]
fn model_of_another_architecture_is_told_apart_and_can_be_inspected() {
    let dir = Dir::new();
    let mut model = fs::read(default_voice()).unwrap();
    let key = b"general.architecture";
    let value = find(&model, key) + key.len() + 4 + 8; // type, length
    assert_eq!(&model[value..value + 6], b"kokoro");
    model[value..value + 6].copy_from_slice(b"parler");
    dir.write("parler.gguf", model);
    let words = ["parler.gguf", "\"parler\"", "kokoro", "inspect"];
    synth_fails(&dir, &["--phonemes", HELLO, "-m", "parler.gguf"], 1, &words);
    let report = dir.kokoro(["inspect", "parler.gguf"]).run().succeeds_silently();
    report.expect(report.stdout().contains("Architecture  parler"), "the architecture");
}

#[test]
fn missing_and_misshapen_tensors_are_named() {
    let dir = Dir::new();
    let whole = fs::read(default_voice()).unwrap();
    let name = b"kokoro.text_encoder.lstm.0.weights.0";
    let at = find(&whole, name);

    let mut model = whole.clone();
    model[at + name.len() - 1] = b'X';
    dir.write("missing.gguf", &model);
    let words = ["missing.gguf", "kokoro.text_encoder.lstm.0.weights.0", "missing", "nearest"];
    synth_fails(&dir, &["--phonemes", HELLO, "-m", "missing.gguf"], 1, &words);

    // The two lengths exchanged: the same bytes, another matrix.
    let mut model = whole;
    let lengths = at + name.len() + 4;
    let swapped = [&model[lengths + 8..lengths + 16], &model[lengths..lengths + 8]].concat();
    assert_ne!(swapped[..8], swapped[8..], "the matrix must not be square");
    model[lengths..lengths + 16].copy_from_slice(&swapped);
    dir.write("shape.gguf", &model);
    let words = ["shape.gguf", "kokoro.text_encoder.lstm.0.weights.0", "expected"];
    synth_fails(&dir, &["--phonemes", HELLO, "-m", "shape.gguf"], 1, &words);
}

#[test]
fn unknown_voice_brings_near_matches() {
    let dir = Dir::new();
    synth_fails(&dir, &["--phonemes", HELLO, "-v", "am_rsm"], 1, &["\"am_rsm\"", "am_rms"]);
    synth_fails(&dir, &["--phonemes", HELLO, "-v", "AF_SLT"], 1, &["\"AF_SLT\"", "af_slt"]);
    synth_fails(&dir, &["--phonemes", HELLO, "-v", "zzzzzzzz"], 1, &["\"zzzzzzzz\"", "voices"]);
    synth_fails(&dir, &["--phonemes", HELLO, "-v", "am_rms:0.5+nobody:0.5"], 1, &["\"nobody\""]);
}

#[test]
fn bad_blend_is_a_usage_error() {
    let dir = Dir::new();
    for blend in ["", "+", "am_rms+", "am_rms:", "am_rms:x", "am_rms:-1+af_slt:1", "am_rms:nan", "am_rms:inf"]
    {
        synth_fails(&dir, &["--phonemes", HELLO, "--voice", blend], 2, &["voice", "am_adam:0.3"]);
    }
    let zero = "am_rms:0+af_slt:0";
    synth_fails(&dir, &["--phonemes", HELLO, "--voice", zero], 2, &["voice", zero]);
}

#[test]
fn nothing_to_say_is_a_failure() {
    let dir = Dir::new();
    // Phonemes need no phonemizer, so this holds for every build.
    for phonemes in ["", " ", "\n\t", "ʘʘ"] {
        synth_fails(&dir, &["--phonemes", phonemes], 1, &["nothing to say"]);
    }
    for text in ["", "   ", " \r\n\t", "\u{a0}\u{200b}"] {
        synth_fails(&dir, &[text], 1, &["nothing to say"]);
    }
}

#[test]
#[cfg(feature = "espeak")]
fn punctuation_and_emoji_alone_are_nothing_to_say() {
    let dir = Dir::new();
    for text in ["?!...", "—", "()", "😀", "🎉🎉 🎉", "\u{1}\u{2}"] {
        synth_fails(&dir, &[text], 1, &["nothing to say"]);
    }
    stdin_fails("…!? ".repeat(5_000).as_bytes(), 1, &["nothing to say"]);
    stdin_fails("😀".repeat(100_000).as_bytes(), 1, &["nothing to say"]);
}

#[test]
fn a_megabyte_of_text_is_too_much() {
    let text = "All work and no play makes Jack a dull boy. ".repeat(24_000);
    stdin_fails(text.as_bytes(), 1, &["standard input is longer than 524288 bytes", "split it"]);
    let dir = Dir::new();
    dir.write("book.txt", &text);
    synth_fails(&dir, &["--text-file", "book.txt"], 1, &["book.txt is longer than 524288 bytes"]);
}

#[test]
fn input_that_is_no_text_is_refused_with_its_offset() {
    let way_out = "UTF-8";
    stdin_fails(b"Hello \xff there.", 1, &["standard input", "byte 6", way_out]);
    stdin_fails(b"\xc3", 1, &["standard input", "byte 0", way_out]);
    stdin_fails(b"Hello\0there", 1, &["standard input", "NUL", "byte 5", way_out]);
    stdin_fails(b"\xff\xfeH\0i\0", 1, &["standard input", way_out]);
    let mut large = vec![b'a'; 1 << 18];
    large.push(0xfe);
    stdin_fails(&large, 1, &["byte 262144"]);

    let dir = Dir::new();
    dir.write("latin1.txt", b"caf\xe9");
    synth_fails(&dir, &["--text-file", "latin1.txt"], 1, &["latin1.txt", "byte 3", way_out]);
    synth_fails(&dir, &["--text-file", "/dev/zero"], 1, &["/dev/zero", "longer than"]);
    synth_fails(&dir, &["--text-file", "none.txt"], 1, &["none.txt", "No such file"]);
    synth_fails(&dir, &["--text-file", "/"], 1, &["cannot read /", "directory"]);
}

#[test]
fn output_that_cannot_be_written_is_named() {
    let dir = Dir::new();
    dir.write("file", "");
    fs::create_dir(dir.path("folder")).unwrap();
    let cases: [(&str, &[&str]); 5] = [
        ("no/such/out.wav", &["no/such/out.wav", "the folder no/such does not exist", "create it"]),
        ("folder", &["folder is a folder", "add a file name"]),
        ("folder/new/", &["folder/new", "does not exist"]),
        ("file/out.wav", &["file/out.wav", "Not a directory", "-o"]),
        ("/proc/out.wav", &["/proc/out.wav", "-o"]),
    ];
    for (output, words) in cases {
        dir.kokoro(["synth", "--phonemes", HELLO, "-o", output]).run().fails(1, words);
        assert_eq!(dir.names(), ["file", "folder"], "{output} left something behind");
    }
}

#[test]
#[cfg(target_os = "linux")]
fn full_disk_is_told_and_leaves_nothing() {
    let dir = Dir::new();
    let words = ["No space left on device", "free some space"];
    dir.kokoro(["synth", "--phonemes", HELLO, "-o", "/dev/full"]).run().fails(1, &words);
    dir.shell(&format!("$KOKORO synth --phonemes '{HELLO}' > /dev/full")).run().fails(1, &words);
    dir.shell("$KOKORO voices > /dev/full").run().fails(1, &["standard output", "No space left on device"]);

    // A limit on the size of files stands in for a full disk: the write fails in the middle of the samples.
    dir.write("out.wav", "as it was");
    let script = format!("trap '' XFSZ; ulimit -f 8; exec $KOKORO synth --phonemes '{HELLO}' -o out.wav");
    dir.shell(&script).run().fails(1, &["out.wav", "File too large", "free some space"]);
    assert_eq!((dir.names(), dir.read("out.wav")), (vec!["out.wav".to_owned()], b"as it was".to_vec()));
}

#[test]
fn failure_leaves_an_older_file_as_it_was() {
    let dir = Dir::new();
    dir.write("out.wav", "as it was");
    synth_fails(&dir, &["--phonemes", HELLO, "-m", "missing.gguf"], 1, &["missing.gguf"]);
    synth_fails(&dir, &["--phonemes", HELLO, "-v", "nobody"], 1, &["nobody"]);
    synth_fails(&dir, &["--phonemes", " "], 1, &["nothing to say"]);
    assert_eq!(dir.read("out.wav"), b"as it was");
}

#[test]
fn names_with_control_characters_stay_on_one_line() {
    let dir = Dir::new();
    let words = ["a\\nb\\u{1b}[31m.gguf"];
    synth_fails(&dir, &["--phonemes", HELLO, "-m", "a\nb\u{1b}[31m.gguf"], 1, &words);
    dir.kokoro(["two\nlines"]).run().fails(2, &["two"]);
}

/// Long enough to be still speaking when the signal comes, on any machine: hours of audio.
#[test]
#[cfg(unix)]
fn interrupted_run_leaves_nothing_behind() {
    use std::os::unix::process::ExitStatusExt;

    /// SIGTERM; SIGINT takes the same way.
    const SIGTERM: i32 = 15;

    let dir = Dir::new();
    let phonemes = format!("{HELLO} ").repeat(5000);
    let mut child = dir.kokoro(["synth", "--phonemes", &phonemes, "-o", "out.wav"]).spawn();
    let started = Instant::now();
    while dir.names().is_empty() {
        assert!(started.elapsed() < Duration::from_secs(60), "no scratch file appeared");
        std::thread::sleep(Duration::from_millis(5));
    }
    let kill = std::process::Command::new("kill").arg(child.id().to_string()).status();
    assert!(kill.unwrap().success());
    let status = child.wait().unwrap();
    assert_eq!(status.signal(), Some(SIGTERM), "{status}");
    assert_eq!(dir.names(), [""; 0]);
}
