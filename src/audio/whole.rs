//! A small file that appears whole or not at all, such as the timestamps beside a WAV file.

use std::path::Path;

use super::AudioError;
use super::sink::Sink;

/// A file in the making; [`finish`](Self::finish) lets it appear, dropped without it leaves nothing behind. Targets are
/// treated as [`WavWriter::create`](super::WavWriter::create) does.
#[derive(Debug)]
pub struct WholeFile {
    sink: Sink,
}

impl WholeFile {
    /// Begins a file at `path`.
    ///
    /// # Errors
    /// If the folder does not exist, `path` is a folder, or the system refuses to create or open.
    pub fn create(path: impl AsRef<Path>) -> Result<Self, AudioError> {
        Ok(WholeFile { sink: Sink::create(path.as_ref(), &[])? })
    }

    /// Appends `bytes`.
    ///
    /// # Errors
    /// If the system refuses to write.
    pub fn write(&mut self, bytes: &[u8]) -> Result<(), AudioError> {
        self.sink.write_all(bytes)
    }

    /// Makes the file appear at its target.
    ///
    /// # Errors
    /// If the system refuses to write or rename; the target is then as it was, unless it is a device or pipe.
    pub fn finish(self) -> Result<(), AudioError> {
        self.sink.finish(&[])
    }
}
