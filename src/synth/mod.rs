//! Text in, chunks of audio out: language, phonemes, pieces, style rows, the model, and the seams between pieces.

mod boundaries;
mod captions;
mod closing;
#[cfg(feature = "native")]
mod file_rules;
mod options;
mod seam;
mod speaking;
mod timeline;

pub use captions::CaptionFormat;
pub use options::{Pauses, Script, SpeakOptions};
pub use seam::{MAX_SEAM_SLOPE, pause_samples};
pub use speaking::{Chunk, Speaking};
pub use timeline::TimedWord;

use std::fmt;
use std::sync::Arc;
#[cfg(feature = "native")]
use std::sync::OnceLock;

use crate::error::{Error, Result};
use crate::model::Model;
#[cfg(feature = "native")]
use crate::text::NativePhonemizer;
use crate::text::{Language, Phonemizer, PhonemizerChoice, Phonemizers, Pieces, Prepared, Vocab};
use crate::voice::VoiceSpec;

use speaking::Source;

pub use crate::audio::SAMPLE_RATE_HZ;

/// Samples of one frame, the unit of durations: 25 ms.
pub const SAMPLES_PER_FRAME: usize = 600;

/// Turns text into speech with one model. Cheap to clone, `Send + Sync`.
#[derive(Clone)]
pub struct Synthesizer {
    model: Arc<Model>,
    vocab: Arc<Vocab>,
    phonemizers: Phonemizers,
    /// The rules and dictionary of the model's file, read when they are first asked for.
    #[cfg(feature = "native")]
    file_rules: Arc<OnceLock<Option<Arc<NativePhonemizer>>>>,
}

impl Synthesizer {
    /// A synthesizer on `model`, with the phonemizers that are built in.
    ///
    /// # Errors
    /// [`Error::Text`] if the model's vocabulary cannot be used.
    pub fn new(model: impl Into<Arc<Model>>) -> Result<Self> {
        let model = model.into();
        let vocab = Arc::new(Vocab::new(model.vocabulary())?);
        Ok(Self {
            model,
            vocab,
            phonemizers: Phonemizers::new(),
            #[cfg(feature = "native")]
            file_rules: Arc::default(),
        })
    }

    /// The same with a phonemizer of the caller's, which reads all text.
    pub fn with_phonemizer(self, phonemizer: impl Phonemizer + 'static) -> Self {
        let phonemizers = self.phonemizers.clone().with_own(phonemizer);
        self.with_phonemizers(phonemizers)
    }

    /// The same with other phonemizers to choose from.
    pub fn with_phonemizers(mut self, phonemizers: Phonemizers) -> Self {
        self.phonemizers = phonemizers;
        self
    }

    /// The model.
    pub fn model(&self) -> &Model {
        &self.model
    }

    /// Speaks `text` with default options.
    ///
    /// # Errors
    /// As [`speak`](Self::speak).
    pub fn say<'a>(&'a self, text: &'a str) -> Result<Speaking<'a>> {
        self.speak(Script::Text(text), &SpeakOptions::default())
    }

    /// Speaks `script`, piece by piece as the iterator is asked for it. What can be refused at once is refused here,
    /// text without anything to say included.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] for the speed, [`Error::BadVoice`] and [`Error::UnknownVoice`] for the voice,
    /// [`Error::Text`] if the text cannot be turned into phonemes, [`Error::NothingToSay`].
    pub fn speak<'a>(&'a self, script: Script<'a>, options: &SpeakOptions) -> Result<Speaking<'a>> {
        options.check()?;
        let spec = VoiceSpec::parse(options.voice.as_deref().unwrap_or(self.model.default_voice()))?;
        let voice = self.model.blend(&spec)?;
        let source = match script {
            Script::Phonemes(phonemes) => {
                let pieces = Pieces::from_phonemes(phonemes);
                Source { pieces, script: phonemes, is_text: false, phonemizer: "none", notices: Vec::new() }
            }
            Script::Text(text) if is_blank(text) => {
                return Err(Error::NothingToSay { reason: "the text is empty" });
            }
            Script::Text(text) => {
                let language = options
                    .language
                    .or_else(|| Language::from_voice(spec.first()))
                    .unwrap_or(Language::AmericanEnglish);
                let selected =
                    self.phonemizers_for(options.phonemizer)?.select(options.phonemizer, language)?;
                let prepared = Prepared::new(text, language, &options.preparation)?;
                let mut notices: Vec<String> = selected.notice.into_iter().collect();
                notices.extend(prepared.warnings());
                let pieces = Pieces::from_prepared(prepared, selected.phonemizer, language);
                Source {
                    pieces: pieces.with_short_first(options.first_piece_short),
                    script: text,
                    is_text: true,
                    phonemizer: selected.name,
                    notices,
                }
            }
        };
        Speaking::start(&self.model, &self.vocab, voice, source, options)
    }

    /// The phonemizers, with the rules of the model's file where they may be what is chosen.
    #[cfg(feature = "native")]
    fn phonemizers_for(&self, choice: PhonemizerChoice) -> Result<Phonemizers> {
        let has_better = cfg!(any(feature = "misaki", feature = "espeak"));
        let is_needed = choice == PhonemizerChoice::Native || choice == PhonemizerChoice::Auto && !has_better;
        if is_needed && self.file_rules.get().is_none() {
            let found = file_rules::phonemizer(self.model.file())?.map(Arc::new);
            // Another thread may have been first with the same.
            let _ = self.file_rules.set(found);
        }
        let rules = self.file_rules.get().filter(|_| is_needed).cloned().flatten();
        Ok(match rules {
            Some(rules) => self.phonemizers.clone().with_file_rules(rules),
            None => self.phonemizers.clone(),
        })
    }

    /// The phonemizers.
    #[cfg(not(feature = "native"))]
    fn phonemizers_for(&self, _choice: PhonemizerChoice) -> Result<Phonemizers> {
        Ok(self.phonemizers.clone())
    }
}

/// Whether there is nothing to see in `text`: white space, control characters, zero-width marks.
fn is_blank(text: &str) -> bool {
    let invisible = |c: char| matches!(c, '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}');
    text.chars().all(|c| c.is_whitespace() || c.is_control() || invisible(c))
}

impl fmt::Debug for Synthesizer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Synthesizer").field("model", &self.model.path()).finish_non_exhaustive()
    }
}
