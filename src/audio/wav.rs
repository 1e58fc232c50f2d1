//! A WAV file that appears whole or not at all.

use std::io::Write;
use std::path::{Path, PathBuf};

use super::header::{header, max_data_bytes};
use super::sink::Sink;
use super::{AudioError, pcm};

/// How a sample is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum SampleFormat {
    /// 16-bit integers, rounded and saturated ([`pcm::s16_from_f32`]); every player reads it.
    #[default]
    S16,
    /// 32-bit IEEE floats, bit for bit as given.
    F32,
}

impl SampleFormat {
    /// Bytes of one sample.
    pub fn bytes_per_sample(self) -> usize {
        match self {
            SampleFormat::S16 => 2,
            SampleFormat::F32 => 4,
        }
    }
}

/// Writes a mono WAV file at [`SAMPLE_RATE_HZ`](super::SAMPLE_RATE_HZ).
///
/// Nothing is visible at the target before [`finish`](Self::finish): samples go to a file beside it, which
/// `finish` renames. Dropped without `finish`, the writer leaves nothing behind.
///
/// ```no_run
/// use kokoro_gguf::audio::{SampleFormat, WavWriter};
///
/// let mut wav = WavWriter::create("tone.wav", SampleFormat::S16)?;
/// wav.write(&[0.0; 24_000])?;
/// wav.finish()?;
/// # Ok::<(), kokoro_gguf::audio::AudioError>(())
/// ```
#[derive(Debug)]
pub struct WavWriter {
    sink: Sink,
    format: SampleFormat,
    data_bytes: u64,
    limit_bytes: u64,
    block: Vec<u8>,
}

/// Samples converted at a time: large enough to make few calls, small enough to stay in cache.
const BLOCK_SAMPLES: usize = 8192;

impl WavWriter {
    /// Begins a WAV file at `path`.
    ///
    /// - A new file gets the permissions of any newly created file; one that is replaced hands its permissions
    ///   on (not its owner, and other hard links keep the old content).
    /// - A symbolic link stays, and the file it names is replaced or created.
    /// - What exists and is no regular file, such as a device or a named pipe, is opened now and gets the whole
    ///   file on `finish`. It cannot be rewound to fill in the sizes, so the samples wait in memory, or beyond
    ///   16 MiB in a nameless temporary file.
    ///
    /// # Errors
    /// If the folder does not exist, `path` is a folder, or the system refuses to create or open.
    pub fn create(path: impl AsRef<Path>, format: SampleFormat) -> Result<Self, AudioError> {
        let sink = Sink::create(path.as_ref(), &header(format, 0))?;
        Ok(Self::new(sink, format))
    }

    /// Begins a WAV file that goes to `out` on `finish`, whole and with true sizes.
    ///
    /// `name` stands for `out` in errors, such as `standard output`. The samples wait in memory, or beyond
    /// 16 MiB in a nameless temporary file.
    pub fn to_stream(
        out: impl Write + Send + 'static,
        name: impl Into<PathBuf>,
        format: SampleFormat,
    ) -> Self {
        Self::new(Sink::to_stream(Box::new(out), name.into()), format)
    }

    fn new(sink: Sink, format: SampleFormat) -> Self {
        Self { sink, format, data_bytes: 0, limit_bytes: max_data_bytes(format), block: Vec::new() }
    }

    /// Appends `samples`, nominally within ±1.
    ///
    /// # Errors
    /// If the system refuses to write, or the file would pass the 4 GiB that WAV's sizes can count (24.8 hours
    /// of S16, 12.4 of F32).
    pub fn write(&mut self, samples: &[f32]) -> Result<(), AudioError> {
        let bytes = (samples.len() * self.format.bytes_per_sample()) as u64;
        if self.data_bytes + bytes > self.limit_bytes {
            let path = self.sink.name().to_path_buf();
            return Err(AudioError::TooLong { path, limit_bytes: self.limit_bytes });
        }
        for samples in samples.chunks(BLOCK_SAMPLES) {
            self.block.clear();
            match self.format {
                SampleFormat::S16 => pcm::extend_s16_le(&mut self.block, samples),
                SampleFormat::F32 => pcm::extend_f32_le(&mut self.block, samples),
            }
            self.sink.write_all(&self.block)?;
        }
        self.data_bytes += bytes;
        Ok(())
    }

    /// The file that holds the samples until `finish`, if it has a name: what to delete if the process is
    /// about to end without dropping the writer.
    pub fn scratch_path(&self) -> Option<&Path> {
        self.sink.scratch_path()
    }

    /// Fills in the sizes and makes the file appear at its target.
    ///
    /// # Errors
    /// If the system refuses to write or rename; the target is then as it was, unless it is a device or pipe.
    pub fn finish(self) -> Result<(), AudioError> {
        let data_bytes = u32::try_from(self.data_bytes).expect("`write` keeps the size below 4 GiB");
        self.sink.finish(&header(self.format, data_bytes))
    }
}
