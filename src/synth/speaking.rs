//! The iterator that speaks one piece after the other.
//!
//! The first piece is computed by itself, so that it can be heard soon, the others a few side by side: that occupies every
//! thread also where a piece has a stretch for one only. A piece's samples do not depend on what is computed beside it.

use std::collections::VecDeque;

use rayon::prelude::*;

use super::SAMPLE_RATE_HZ;
use super::boundaries::Unstretched;
use super::closing::{self, Ending};
use super::options::{Pauses, SpeakOptions};
use super::seam;
use super::timeline::{TimedWord, Timeline};
use crate::error::{Error, Result};
use crate::model::{Model, NoTrace, NoiseSource, Speech, Utterance};
#[cfg(doc)]
use crate::text::Origin;
use crate::text::{Boundary, Encoded, Piece, PieceToken, Pieces, Vocab};
use crate::voice::Voice;

/// Token id at both ends of an utterance.
const BOUNDARY: u32 = 0;

/// Silence behind the last piece of a text, in seconds: some players drop the end of what they play.
const CLOSING_S: f32 = 0.05;

/// Speeds of a piece, the script's own rate included.
const SPEEDS: (f32, f32) = (0.25, 4.0);

/// One piece of speech, with the pause before it.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Chunk {
    /// 24 kHz mono, nominally within ±1: the pause, 600 samples a frame as the model made them, and the closing pause.
    pub samples: Vec<f32>,
    /// Samples of the pause; 0 for the first chunk, unless the script begins with a pause.
    pub pause_samples: usize,
    /// Samples of silence behind the speech: only the last chunk of a text has them.
    pub closing_samples: usize,
    /// The phonemes of the piece.
    pub phonemes: String,
    /// Token ids with the two boundary zeros.
    pub token_ids: Vec<u32>,
    /// Frames of 600 samples, one count a token id.
    pub durations_frames: Vec<u32>,
    /// Phonemes that the vocabulary lacks, in order of appearance; they were left out.
    pub skipped: Vec<char>,
    /// The words of the text that end in this chunk, each with its time. Every word of a text, as white space separates
    /// them, comes once; those that say nothing, such as emoji, lie in the silence between their neighbours.
    pub words: Vec<TimedWord>,
    /// The tokens of the piece, with where their phonemes come from; none if phonemes were given. What nothing could read
    /// has [`Origin::Unknown`].
    pub tokens: Vec<PieceToken>,
    /// Share of the script that has been spoken with this chunk, 0 to 1.
    pub progress: f32,
}

/// Token ids that are computed side by side at the most: those of two long pieces, whose activations are held at once.
const MAX_IDS_AT_ONCE: usize = 512;

/// A piece with its ids.
type Ready = (Piece, Encoded);

/// A piece as the model is to speak it.
struct Planned {
    piece: Piece,
    phonemes: String,
    token_ids: Vec<u32>,
    skipped: Vec<char>,
    before: Vec<usize>,
    speed: f32,
    noise: NoiseSource,
    is_last: bool,
}

/// Speaks piece by piece; see [`Synthesizer::speak`](super::Synthesizer::speak). After an error it ends.
pub struct Speaking<'a> {
    model: &'a Model,
    vocab: &'a Vocab,
    voice: Voice,
    pieces: Pieces<'a>,
    /// Found ahead, to know whether there is anything to say and which piece is the last.
    next: Option<Result<Ready>>,
    /// Computed and not yet handed out.
    computed: VecDeque<(Planned, Result<Speech>)>,
    timeline: Timeline<'a>,
    is_text: bool,
    script_bytes: usize,
    speed: f32,
    seed: u64,
    pauses: Pauses,
    pieces_at_once: usize,
    /// Pieces so far that were planned, and that were handed out.
    planned: u64,
    spoken: u64,
    spoken_samples: u64,
    last_sample: f32,
    failed: bool,
    phonemizer: &'static str,
    notices: Vec<String>,
}

/// What is spoken, as [`Speaking::start`] takes it.
pub(super) struct Source<'a> {
    pub(super) pieces: Pieces<'a>,
    /// The text, or the phonemes.
    pub(super) script: &'a str,
    pub(super) is_text: bool,
    pub(super) phonemizer: &'static str,
    pub(super) notices: Vec<String>,
}

impl<'a> Speaking<'a> {
    /// Finds the first piece.
    pub(super) fn start(
        model: &'a Model,
        vocab: &'a Vocab,
        voice: Voice,
        source: Source<'a>,
        options: &SpeakOptions,
    ) -> Result<Self> {
        let Source { pieces, script, is_text, phonemizer, notices } = source;
        let mut speaking = Self {
            model,
            vocab,
            voice,
            pieces,
            next: None,
            computed: VecDeque::new(),
            timeline: Timeline::new(script),
            is_text,
            script_bytes: script.len(),
            speed: options.speed,
            seed: options.seed,
            pauses: options.pauses,
            pieces_at_once: options.pieces_at_once,
            planned: 0,
            spoken: 0,
            spoken_samples: 0,
            last_sample: 0.0,
            failed: false,
            phonemizer,
            notices,
        };
        let Some(first) = speaking.next_piece(None)? else {
            return Err(Error::NothingToSay { reason: "it holds nothing that the model can speak" });
        };
        speaking.next = Some(Ok(first));
        Ok(speaking)
    }

    /// The name of the phonemizer that reads the text, such as `misaki`; `none` for phonemes.
    pub fn phonemizer(&self) -> &'static str {
        self.phonemizer
    }

    /// What the user should know about how the text is read: that another phonemizer would read it better, what in its
    /// markup was ignored. One line each.
    pub fn notices(&self) -> &[String] {
        &self.notices
    }

    /// The next piece that has a token. Pieces whose every symbol is unknown say nothing; their words become those of the
    /// piece `before`, or of the next.
    fn next_piece(&mut self, mut before: Option<&mut Piece>) -> Result<Option<Ready>> {
        let mut silent: Option<Piece> = None;
        while let Some(mut piece) = self.pieces.next().transpose()? {
            let encoded = self.vocab.encode(&piece.phonemes);
            if encoded.ids.is_empty() {
                match (&mut before, &mut silent) {
                    (Some(before), _) => take_words(before, piece),
                    (None, Some(silent)) => take_words(silent, piece),
                    (None, none) => *none = Some(piece),
                }
                continue;
            }
            if let Some(silent) = silent {
                piece.source.start = silent.source.start;
                piece.words.splice(0..0, silent.words);
            }
            return Ok(Some((piece, encoded)));
        }
        Ok(None)
    }

    /// The next pieces, as many as are computed at once: the first one alone.
    fn plan(&mut self) -> Result<Vec<Planned>> {
        let at_once = if self.planned == 0 { 1 } else { self.pieces_at_once };
        let at_once = at_once.min(rayon::current_num_threads());
        let (mut planned, mut ids) = (Vec::new(), 0);
        while planned.len() < at_once {
            let fits = match &self.next {
                None => false,
                Some(Ok((_, encoded))) => planned.is_empty() || ids + encoded.ids.len() <= MAX_IDS_AT_ONCE,
                // What is planned is spoken before the error is told.
                Some(Err(_)) => planned.is_empty(),
            };
            let Some(next) = self.next.take_if(|_| fits) else { break };
            let (mut piece, encoded) = next?;
            self.next = self.next_piece(Some(&mut piece)).transpose();
            ids += encoded.ids.len();
            planned.push(self.plan_piece(piece, encoded));
        }
        Ok(planned)
    }

    fn plan_piece(&mut self, piece: Piece, encoded: Encoded) -> Planned {
        let Encoded { ids, skipped, before, .. } = encoded;
        let (phonemes, closing_id) = match self.is_text {
            true => closing::with_mark(&piece, self.ending(), self.vocab),
            false => (piece.phonemes.clone(), None),
        };
        let token_ids: Vec<u32> =
            std::iter::once(BOUNDARY).chain(ids).chain(closing_id).chain(std::iter::once(BOUNDARY)).collect();
        // Every piece has its own noise, and the first one that of the seed itself.
        let noise = NoiseSource::Seeded(self.seed ^ self.planned.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        self.planned += 1;
        let speed = (self.speed * piece.rate).clamp(SPEEDS.0, SPEEDS.1);
        let is_last = self.next.is_none();
        Planned { piece, phonemes, token_ids, skipped, before, speed, noise, is_last }
    }

    fn compute(&self, planned: &Planned) -> Result<Speech> {
        let Planned { phonemes, token_ids, speed, noise, .. } = planned;
        let style = self.voice.style(phonemes.chars().count());
        let utterance = Utterance { token_ids, style, speed: *speed, noise };
        match self.is_text {
            true => self.model.forward_traced(&utterance, &mut Unstretched { speed: *speed }),
            false => self.model.forward_traced(&utterance, &mut NoTrace),
        }
    }

    /// The chunk of a piece, with what surrounds its speech.
    fn finish(&mut self, planned: Planned, speech: Speech) -> Chunk {
        let Planned { piece, phonemes, token_ids, skipped, before, is_last, .. } = planned;
        let pause_samples = match piece.pause_s {
            Some(pause_s) => seam::samples(pause_s),
            None if self.spoken == 0 => 0,
            None => self.pauses.samples(piece.boundary),
        };
        let first = speech.samples.first().copied().unwrap_or_default();
        let mut samples: Vec<f32> = seam::pause(self.last_sample, first, pause_samples).collect();
        samples.extend_from_slice(&speech.samples);
        self.last_sample = samples.last().copied().unwrap_or_default();
        let mut closing_samples = 0;
        if self.is_text && is_last {
            closing_samples = seam::samples(CLOSING_S + self.pieces.closing_pause_s());
            samples.extend(seam::pause(self.last_sample, 0.0, closing_samples));
        }
        let speech_at = self.spoken_samples + pause_samples as u64;
        let offset_s = speech_at as f64 / f64::from(SAMPLE_RATE_HZ);
        let end = piece.source.end;
        let words = self.timeline.words(&piece, &before, &speech.durations_frames, offset_s);
        self.spoken += 1;
        self.spoken_samples += samples.len() as u64;
        Chunk {
            samples,
            pause_samples,
            closing_samples,
            tokens: piece.tokens,
            phonemes,
            token_ids,
            durations_frames: speech.durations_frames,
            skipped,
            words,
            progress: (end as f32 / self.script_bytes.max(1) as f32).min(1.0),
        }
    }

    /// What comes behind the piece before the one that was found ahead.
    fn ending(&self) -> Ending {
        match &self.next {
            None => Ending::Sentence,
            Some(Ok((next, _))) => match next.boundary {
                Boundary::Sentence | Boundary::Paragraph => Ending::Sentence,
                _ if next.pause_s.is_some() => Ending::Pause,
                _ => Ending::Open,
            },
            Some(Err(_)) => Ending::Open,
        }
    }
}

/// Gives the words of `silent`, which follows `piece`, to it.
fn take_words(piece: &mut Piece, silent: Piece) {
    piece.source.end = silent.source.end;
    piece.words.extend(silent.words);
}

impl Iterator for Speaking<'_> {
    type Item = Result<Chunk>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.failed {
            return None;
        }
        if self.computed.is_empty() {
            let planned = match self.plan() {
                Ok(planned) => planned,
                Err(error) => {
                    self.failed = true;
                    return Some(Err(error));
                }
            };
            let this = &*self;
            let computed: Vec<_> = planned.par_iter().map(|planned| this.compute(planned)).collect();
            self.computed = planned.into_iter().zip(computed).collect();
        }
        let (planned, speech) = self.computed.pop_front()?;
        self.failed = speech.is_err();
        Some(speech.map(|speech| self.finish(planned, speech)))
    }
}
