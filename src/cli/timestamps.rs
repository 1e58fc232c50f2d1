//! The file of `--timestamps`.

use std::path::PathBuf;

use kokoro_gguf::audio::WholeFile;
use kokoro_gguf::synth::{CaptionFormat, TimedWord};

use super::Failure;

/// Where the times of words go, and how.
#[derive(Debug)]
pub struct Timestamps {
    path: PathBuf,
    format: CaptionFormat,
}

impl Timestamps {
    /// The file at `path`, in the format that its ending tells.
    ///
    /// # Errors
    /// A usage error if it tells none.
    pub fn new(path: PathBuf) -> Result<Self, Failure> {
        match CaptionFormat::of_path(&path) {
            Some(format) => Ok(Timestamps { path, format }),
            None => Err(Failure::usage(
                "synth",
                format!(
                    "--timestamps {} ends in no known format, expected .json, .srt, .vtt or .tsv",
                    path.display()
                ),
            )),
        }
    }

    /// Whether the file can be written, so that nothing is spoken in vain.
    ///
    /// # Errors
    /// If it cannot.
    pub fn check(&self) -> Result<(), Failure> {
        WholeFile::create(&self.path).map(drop).map_err(Failure::Timestamps)
    }

    /// Writes `words` of `text` beside the target.
    ///
    /// # Errors
    /// If the system refuses.
    pub fn write(&self, text: &str, words: &[TimedWord]) -> Result<WholeFile, Failure> {
        let mut file = WholeFile::create(&self.path).map_err(Failure::Timestamps)?;
        file.write(self.format.render(text, words).as_bytes()).map_err(Failure::Timestamps)?;
        Ok(file)
    }

    /// Lets a written file appear at its place.
    ///
    /// # Errors
    /// If the system refuses.
    pub fn finish(&self, file: WholeFile) -> Result<(), Failure> {
        file.finish().map_err(Failure::Timestamps)
    }
}
