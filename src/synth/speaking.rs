//! The iterator that speaks one piece after the other.

use super::options::SpeakOptions;
use super::seam;
use crate::error::{Error, Result};
use crate::model::{Model, NoiseSource, Utterance};
use crate::text::{Encoded, Piece, Pieces, Vocab};
use crate::voice::Voice;

/// Token id at both ends of an utterance.
const BOUNDARY: u32 = 0;

/// One piece of speech, with the pause before it.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Chunk {
    /// 24 kHz mono, nominally within ±1: the pause, then 600 samples a frame as the model made them.
    pub samples: Vec<f32>,
    /// Samples of the pause; 0 for the first chunk.
    pub pause_samples: usize,
    /// The phonemes of the piece.
    pub phonemes: String,
    /// Token ids with the two boundary zeros.
    pub token_ids: Vec<u32>,
    /// Frames of 600 samples, one count a token id.
    pub durations_frames: Vec<u32>,
    /// Phonemes that the vocabulary lacks, in order of appearance; they were left out.
    pub skipped: Vec<char>,
    /// Share of the script that has been spoken with this chunk, 0 to 1.
    pub progress: f32,
}

/// Speaks piece by piece; see [`Synthesizer::speak`](super::Synthesizer::speak). After an error it ends.
pub struct Speaking<'a> {
    model: &'a Model,
    vocab: &'a Vocab,
    voice: Voice,
    pieces: Pieces<'a>,
    /// Found ahead, to know at once whether there is anything to say.
    first: Option<(Piece, Encoded)>,
    script_bytes: usize,
    speed: f32,
    seed: u64,
    spoken: u64,
    last_sample: f32,
    failed: bool,
}

impl<'a> Speaking<'a> {
    /// Finds the first piece.
    pub(super) fn start(
        model: &'a Model,
        vocab: &'a Vocab,
        voice: Voice,
        pieces: Pieces<'a>,
        script_bytes: usize,
        options: &SpeakOptions,
    ) -> Result<Self> {
        let mut speaking = Self {
            model,
            vocab,
            voice,
            pieces,
            first: None,
            script_bytes,
            speed: options.speed,
            seed: options.seed,
            spoken: 0,
            last_sample: 0.0,
            failed: false,
        };
        speaking.first = speaking.next_piece()?;
        if speaking.first.is_none() {
            return Err(Error::NothingToSay { reason: "it holds nothing that the model can speak" });
        }
        Ok(speaking)
    }

    /// The next piece that has a token; pieces whose every symbol is unknown say nothing.
    fn next_piece(&mut self) -> Result<Option<(Piece, Encoded)>> {
        while let Some(piece) = self.pieces.next().transpose()? {
            let encoded = self.vocab.encode(&piece.phonemes);
            if !encoded.ids.is_empty() {
                return Ok(Some((piece, encoded)));
            }
        }
        Ok(None)
    }

    fn speak(&mut self, piece: Piece, encoded: Encoded) -> Result<Chunk> {
        let token_ids: Vec<u32> =
            std::iter::once(BOUNDARY).chain(encoded.ids).chain(std::iter::once(BOUNDARY)).collect();
        // Every piece has its own noise, and the first one that of the seed itself.
        let noise = NoiseSource::Seeded(self.seed ^ self.spoken.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let style = self.voice.style(piece.phonemes.chars().count());
        let utterance = Utterance { token_ids: &token_ids, style, speed: self.speed, noise: &noise };
        let speech = self.model.forward(&utterance)?;
        let pause_samples = if self.spoken == 0 { 0 } else { seam::pause_samples(piece.boundary) };
        let first = speech.samples.first().copied().unwrap_or_default();
        let mut samples: Vec<f32> = seam::pause(self.last_sample, first, pause_samples).collect();
        samples.extend_from_slice(&speech.samples);
        self.last_sample = samples.last().copied().unwrap_or_default();
        self.spoken += 1;
        Ok(Chunk {
            samples,
            pause_samples,
            phonemes: piece.phonemes,
            token_ids,
            durations_frames: speech.durations_frames,
            skipped: encoded.skipped,
            progress: (piece.source.end as f32 / self.script_bytes.max(1) as f32).min(1.0),
        })
    }
}

impl Iterator for Speaking<'_> {
    type Item = Result<Chunk>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.failed {
            return None;
        }
        let piece = match self.first.take() {
            Some(first) => Ok(Some(first)),
            None => self.next_piece(),
        };
        let chunk =
            piece.and_then(|piece| piece.map(|(piece, encoded)| self.speak(piece, encoded)).transpose());
        self.failed = chunk.is_err();
        chunk.transpose()
    }
}
