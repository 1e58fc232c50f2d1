//! What to say, and how.

use crate::error::{Error, Result};
use crate::text::Language;

/// What to say.
#[derive(Debug, Clone, Copy)]
pub enum Script<'a> {
    /// Text in the voice's language.
    Text(&'a str),
    /// Phonemes in the model's notation, taken verbatim.
    Phonemes(&'a str),
}

/// How to say it.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct SpeakOptions {
    /// A voice's name or a weighted blend such as `af_heart:0.7+am_adam:0.3`; `None` is the model's default.
    pub voice: Option<String>,
    /// Divides all durations: 0.25 to 4, 1 is as trained.
    pub speed: f32,
    /// Language of the text; `None` takes it from the first letter of the (first) voice's name, American English if
    /// that tells nothing.
    pub language: Option<Language>,
    /// Seed of the noise source. The same seed, script, model and instruction set give the same samples.
    pub seed: u64,
}

impl Default for SpeakOptions {
    fn default() -> Self {
        Self { voice: None, speed: 1.0, language: None, seed: 0 }
    }
}

impl SpeakOptions {
    pub(super) fn check(&self) -> Result<()> {
        if (0.25..=4.0).contains(&self.speed) {
            return Ok(());
        }
        Err(Error::OutOfRange { what: "speed", found: self.speed.to_string(), expected: "0.25 to 4".into() })
    }
}
