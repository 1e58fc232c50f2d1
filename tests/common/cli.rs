//! Runs the program as a user does and tells everything about a run that went wrong.

#![allow(dead_code, reason = "each test file uses its own part")]

use std::ffi::{OsStr, OsString};
use std::fmt;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

/// "Hello there." in the notation of the model, so that no phonemizer is needed.
pub const HELLO: &str = "hᵊlˈO ðˈɛɹ.";

/// The built-in voice as a file.
pub fn default_voice() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/default-voice.gguf")
}

/// A fresh folder in which programs run.
pub struct Dir(tempfile::TempDir);

impl Dir {
    pub fn new() -> Self {
        Dir(tempfile::tempdir().expect("a temporary folder"))
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        fs::write(&path, content).expect("the temporary folder can be written");
        path
    }

    pub fn read(&self, name: &str) -> Vec<u8> {
        fs::read(self.path(name)).unwrap_or_else(|e| panic!("{name}: {e}; the folder has {:?}", self.names()))
    }

    /// Names of what is in the folder, sorted.
    pub fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(self.0.path()).expect("the temporary folder can be read");
        let mut names: Vec<String> = entries
            .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    }

    /// `kokoro-gguf` in this folder, with `args`.
    pub fn kokoro<S: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = S>) -> Run<'_> {
        let mut command = Command::new(env!("CARGO_BIN_EXE_kokoro-gguf"));
        command.args(args).current_dir(self.0.path()).env_remove("KOKORO_MODEL");
        Run { dir: self, command, stdin: Vec::new() }
    }

    /// A shell script in this folder; the program is `$KOKORO`.
    pub fn shell(&self, script: &str) -> Run<'_> {
        let mut command = Command::new("bash");
        command.arg("-c").arg(script).current_dir(self.0.path()).env_remove("KOKORO_MODEL");
        command.env("KOKORO", env!("CARGO_BIN_EXE_kokoro-gguf"));
        Run { dir: self, command, stdin: Vec::new() }
    }
}

/// A run that is being prepared.
pub struct Run<'a> {
    dir: &'a Dir,
    command: Command,
    stdin: Vec<u8>,
}

impl Run<'_> {
    pub fn stdin(mut self, bytes: impl Into<Vec<u8>>) -> Self {
        self.stdin = bytes.into();
        self
    }

    pub fn env(mut self, key: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(key, value);
        self
    }

    /// Starts the program and leaves it to the test.
    pub fn spawn(mut self) -> Child {
        self.command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        self.command.spawn().expect("the program starts")
    }

    /// Runs the program to its end.
    pub fn run(self) -> Outcome {
        let shown: Vec<OsString> = self.command.get_args().map(OsStr::to_owned).collect();
        let (stdin, dir) = (self.stdin.clone(), self.dir.0.path().to_path_buf());
        let mut child = self.spawn();
        let mut pipe = child.stdin.take().expect("a piped stdin");
        let feeder = std::thread::spawn(move || {
            // A program that fails early does not read all of it.
            let _ = pipe.write_all(&stdin);
        });
        let output = child.wait_with_output().expect("the program ends");
        feeder.join().expect("the feeder does not panic");
        Outcome { shown, dir, output }
    }
}

/// A run that has ended. The methods that judge it panic with all that is known.
pub struct Outcome {
    shown: Vec<OsString>,
    dir: PathBuf,
    pub output: Output,
}

impl Outcome {
    pub fn stdout(&self) -> String {
        String::from_utf8_lossy(&self.output.stdout).into_owned()
    }

    pub fn stderr(&self) -> String {
        String::from_utf8_lossy(&self.output.stderr).into_owned()
    }

    /// Exit code 0 and not a word on standard error.
    pub fn succeeds_silently(self) -> Self {
        self.expect(self.output.status.success(), "exit code 0");
        self.expect(self.output.stderr.is_empty(), "nothing on standard error");
        self
    }

    /// Exit code 0.
    pub fn succeeds(self) -> Self {
        self.expect(self.output.status.success(), "exit code 0");
        self
    }

    /// Exit code `code`, nothing on standard output, and one line on standard error that holds all of `words`.
    pub fn fails(self, code: i32, words: &[&str]) -> Self {
        let stderr = self.stderr();
        self.expect(self.output.status.code() == Some(code), &format!("exit code {code}"));
        self.expect(self.output.stdout.is_empty(), "nothing on standard output");
        self.expect(stderr.starts_with("kokoro-gguf: "), "a line that begins with the program's name");
        self.expect(stderr.ends_with('\n') && stderr.lines().count() == 1, "exactly one line");
        for word in words {
            self.expect(stderr.contains(word), &format!("{word:?} on standard error"));
        }
        self
    }

    /// Panics, with everything about the run, unless `holds`.
    #[track_caller]
    pub fn expect(&self, holds: bool, expected: &str) {
        assert!(holds, "expected {expected}\n{self}");
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "arguments: {:?}", self.shown)?;
        writeln!(f, "folder: {}", self.dir.display())?;
        writeln!(f, "status: {}", self.output.status)?;
        let stdout = &self.output.stdout;
        match std::str::from_utf8(stdout) {
            Ok(text) => writeln!(f, "stdout ({} bytes):\n{text}", stdout.len())?,
            Err(_) => writeln!(f, "stdout: {} bytes, no text", stdout.len())?,
        }
        write!(f, "stderr:\n{}", self.stderr())
    }
}

/// The parts of a WAV file that tests look at.
pub struct Wav {
    pub header_bytes: usize,
    pub data: Vec<u8>,
}

impl Wav {
    /// Takes `bytes` apart and checks that its sizes are true.
    #[track_caller]
    pub fn parse(bytes: &[u8]) -> Wav {
        let u32_at = |at: usize| u32::from_le_bytes(bytes[at..at + 4].try_into().expect("4 bytes")) as usize;
        assert!(bytes.len() >= 44, "{} bytes are no WAV file", bytes.len());
        assert_eq!((&bytes[..4], &bytes[8..16]), (&b"RIFF"[..], &b"WAVEfmt "[..]));
        assert_eq!(u32_at(4), bytes.len() - 8, "RIFF size");
        assert_eq!(u32_at(24), 24_000, "samples a second");
        let data_at = 20 + u32_at(16);
        assert_eq!(&bytes[data_at..data_at + 4], b"data");
        assert_eq!(u32_at(data_at + 4), bytes.len() - data_at - 8, "data size");
        Wav { header_bytes: data_at + 8, data: bytes[data_at + 8..].to_vec() }
    }

    /// The samples of a 16-bit file.
    pub fn s16(&self) -> Vec<i16> {
        assert_eq!(self.header_bytes, 44, "16-bit files have the plain header");
        self.data.chunks_exact(2).map(|b| i16::from_le_bytes([b[0], b[1]])).collect()
    }
}
