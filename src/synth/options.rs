//! What to say, and how.

use crate::error::{Error, Result};
use crate::text::{Boundary, Language, PhonemizerChoice, Preparation};

use super::seam;

/// The longest silence that an option can put between pieces, in seconds.
const MAX_PAUSE_S: f32 = 10.0;

/// The most pieces that may be computed at once.
const MAX_PIECES_AT_ONCE: usize = 16;

/// What to say.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum Script<'a> {
    /// Text in the voice's language.
    Text(&'a str),
    /// Phonemes in the model's notation, taken verbatim.
    Phonemes(&'a str),
}

/// How to say it.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct SpeakOptions {
    /// A voice's name, a voice file, or a weighted blend of them such as `af_heart:0.7+am_adam:0.3`; `None` is the model's
    /// default.
    pub voice: Option<String>,
    /// Divides all durations: 0.25 to 4, 1 is as trained.
    pub speed: f32,
    /// Language of the text; `None` takes it from the first letter of the (first) voice's name, American English if
    /// that tells nothing.
    pub language: Option<Language>,
    /// Seed of the noise source. The same seed, script, model and instruction set give the same samples.
    pub seed: u64,
    /// What turns the text into phonemes.
    pub phonemizer: PhonemizerChoice,
    /// What is done with the text before: its markup, the user's pronunciations, numbers and signs in words.
    pub preparation: Preparation,
    /// Silence between the pieces.
    pub pauses: Pauses,
    /// Makes the first piece a single sentence, or the first clauses of a long one, so that it can be heard soon.
    pub first_piece_short: bool,
    /// Pieces that are computed side by side, 1 to 16, once the first has been spoken; never more than there are threads. The
    /// samples are the same; a piece at a time needs less memory and hands the second one out sooner.
    pub pieces_at_once: usize,
}

/// Silence that is put between pieces, in seconds, each 0 to 10. It comes on top of what the model leaves at both ends of a
/// piece, some 0.3 s together.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct Pauses {
    /// Between sentences.
    pub sentence_s: f32,
    /// Between paragraphs.
    pub paragraph_s: f32,
}

impl Default for Pauses {
    fn default() -> Self {
        Pauses { sentence_s: 0.1, paragraph_s: 0.4 }
    }
}

impl Pauses {
    /// Samples of the pause before a piece; none before the first.
    pub fn samples(&self, boundary: Boundary) -> usize {
        match boundary {
            Boundary::Sentence => seam::samples(self.sentence_s),
            Boundary::Paragraph => seam::samples(self.paragraph_s),
            other => seam::pause_samples(other),
        }
    }
}

impl Default for SpeakOptions {
    fn default() -> Self {
        Self {
            voice: None,
            speed: 1.0,
            language: None,
            seed: 0,
            phonemizer: PhonemizerChoice::Auto,
            preparation: Preparation::default(),
            pauses: Pauses::default(),
            first_piece_short: false,
            pieces_at_once: 2,
        }
    }
}

impl SpeakOptions {
    pub(super) fn check(&self) -> Result<()> {
        let out_of_range = |what, found: f32, expected: &str| {
            Err(Error::OutOfRange { what, found: found.to_string(), expected: expected.to_owned() })
        };
        if !(0.25..=4.0).contains(&self.speed) {
            return out_of_range("speed", self.speed, "0.25 to 4");
        }
        if !(1..=MAX_PIECES_AT_ONCE).contains(&self.pieces_at_once) {
            return Err(Error::OutOfRange {
                what: "the number of pieces at once",
                found: self.pieces_at_once.to_string(),
                expected: format!("1 to {MAX_PIECES_AT_ONCE}"),
            });
        }
        for (what, pause_s) in [
            ("the pause between sentences", self.pauses.sentence_s),
            ("the pause between paragraphs", self.pauses.paragraph_s),
        ] {
            if !(0.0..=MAX_PAUSE_S).contains(&pause_s) {
                return out_of_range(what, pause_s, "0 to 10 seconds");
            }
        }
        Ok(())
    }
}
