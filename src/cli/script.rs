//! What to say: from the command line, a file or standard input.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use kokoro_gguf::synth::Script;

use super::Failure;
use super::args::SynthArgs;

/// The most text that one command takes: some nine hours of speech. More is a mistake more often than a wish, and would
/// run for hours before it came near the largest WAV file.
const MAX_TEXT_BYTES: usize = 512 << 10;

/// Text or phonemes, read and known to be text.
#[derive(Debug)]
pub enum OwnedScript {
    /// Text.
    Text(String),
    /// Phonemes in the model's notation.
    Phonemes(String),
}

impl OwnedScript {
    /// Takes the script out of `args`, reading the file or standard input if they name one.
    ///
    /// # Errors
    /// If it cannot be read, is not UTF-8, holds NUL bytes or is too long.
    pub fn read(args: &mut SynthArgs) -> Result<Self, Failure> {
        if let Some(phonemes) = args.phonemes.take() {
            return Ok(OwnedScript::Phonemes(phonemes));
        }
        Self::read_text(args.text.take(), args.text_file.take()).map(OwnedScript::Text)
    }

    /// Text as it was typed, or of a file, or of standard input where neither names another.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub fn read_text(text: Option<String>, file: Option<PathBuf>) -> Result<String, Failure> {
        let file = match (text, file) {
            (Some(text), _) if text != "-" => return Ok(text),
            (None, Some(file)) if file.as_os_str() != "-" => file,
            _ => return read_text(io::stdin().lock(), Path::new("standard input")),
        };
        let opened = File::open(&file).map_err(|e| cannot_read(&file, e))?;
        read_text(opened, &file)
    }

    /// Its characters.
    pub fn as_str(&self) -> &str {
        match self {
            OwnedScript::Text(script) | OwnedScript::Phonemes(script) => script,
        }
    }

    /// The script as the library takes it.
    pub fn as_script(&self) -> Script<'_> {
        match self {
            OwnedScript::Text(text) => Script::Text(text),
            OwnedScript::Phonemes(phonemes) => Script::Phonemes(phonemes),
        }
    }
}

fn read_text(from: impl Read, path: &Path) -> Result<String, Failure> {
    let mut bytes = Vec::new();
    from.take(MAX_TEXT_BYTES as u64 + 1).read_to_end(&mut bytes).map_err(|e| cannot_read(path, e))?;
    if bytes.len() > MAX_TEXT_BYTES {
        return Err(Failure::TextTooLong { path: path.to_path_buf(), limit_bytes: MAX_TEXT_BYTES });
    }
    let not_text = |found, offset| Failure::NotText { path: path.to_path_buf(), found, offset };
    // UTF-16 has NUL bytes in every Latin letter; espeak-ng would end the text at the first.
    if let Some(offset) = bytes.iter().position(|&byte| byte == 0) {
        return Err(not_text("a NUL byte", offset));
    }
    let mut text = String::from_utf8(bytes).map_err(|error| {
        let offset = error.utf8_error().valid_up_to();
        not_text("an invalid sequence", offset)
    })?;
    if text.starts_with(BYTE_ORDER_MARK) {
        text.drain(..BYTE_ORDER_MARK.len_utf8());
    }
    Ok(text)
}

/// Some Windows programs begin a UTF-8 file with it; it is no part of the text.
const BYTE_ORDER_MARK: char = '\u{feff}';

fn cannot_read(path: &Path, source: io::Error) -> Failure {
    Failure::Io { action: "read", path: PathBuf::from(path), source }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> Result<String, String> {
        read_text(bytes, Path::new("a.txt")).map_err(|failure| failure.line())
    }

    #[test]
    fn text_comes_through_without_its_byte_order_mark() {
        assert_eq!(read("Grüße.\r\n".as_bytes()).as_deref(), Ok("Grüße.\r\n"));
        assert_eq!(read("\u{feff}Hi\u{feff}".as_bytes()).as_deref(), Ok("Hi\u{feff}"));
        assert_eq!(read(b"").as_deref(), Ok(""));
    }

    #[test]
    fn what_is_no_text_is_refused_with_its_offset() {
        let way_out = "; convert it to UTF-8 text first";
        for (bytes, problem) in [
            (&b"abc\xff"[..], "an invalid sequence at byte 3"),
            (b"ab\xc3", "an invalid sequence at byte 2"),
            (b"a\0b", "a NUL byte at byte 1"),
            (b"\xff\xfeH\0i\0", "a NUL byte at byte 3"),
        ] {
            assert_eq!(read(bytes), Err(format!("a.txt is not UTF-8 text: {problem}{way_out}")));
        }
    }

    #[test]
    fn text_without_end_is_cut_short_with_an_error() {
        let line = read_text(io::repeat(b'a'), Path::new("a.txt")).map_err(|failure| failure.line());
        let expected = "a.txt is longer than 524288 bytes; split it and speak the parts one by one";
        assert_eq!(line, Err(expected.to_owned()));
    }
}
