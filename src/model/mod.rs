//! The Kokoro graph: token ids and a style to a waveform.
//!
//! One file a part, in upstream's names and order: `albert` → `prosody` → `alignment` → `text_encoder` →
//! `decoder` → `generator` (with `source` and `noise`). Activations are `[time, channels]`.

mod albert;
mod alignment;
mod config;
mod cost;
mod decoder;
mod generator;
mod native;
mod noise;
mod options;
mod precision;
mod prosody;
mod resblock;
mod residual;
mod source;
mod text_encoder;
mod trace;
mod voices;
mod weights;

pub use config::{Config, GeneratorConfig};
pub use cost::PartCost;
pub use native::NativeRules;
pub use noise::NoiseSource;
pub use options::ModelOptions;
pub use precision::Precision;
pub use trace::{NoTrace, Trace};

use std::path::{Path, PathBuf};

use kokoro_kernels::{Isa, Kernels};

use crate::error::{Error, ModelError, Result};
use crate::gguf::GgufFile;
use crate::ops::workspace::Workspace;

use albert::Albert;
use decoder::Decoder;
use generator::Generator;
use prosody::ProsodyPredictor;
use text_encoder::TextEncoder;
use voices::Voices;
use weights::Scope;

/// Frames that one utterance may have: five minutes. Real speech has about 3 frames a token, so 512 tokens at half
/// speed stay far below; damaged weights can ask for a hundred times that, and memory grows with it.
pub const MAX_FRAMES: usize = 12_000;

const TOKENS_KEY: &str = "tokenizer.ggml.tokens";

/// A loaded Kokoro model. `Send + Sync`: one instance serves any number of threads.
///
/// Matrices stay in the model file and are multiplied from there; convolution kernels are repacked once, at load.
/// Work runs on the rayon pool of the calling thread.
#[derive(Debug)]
pub struct Model {
    label: PathBuf,
    file: GgufFile,
    config: Config,
    kernels: &'static Kernels,
    precision: Precision,
    voices: Voices,
    albert: Albert,
    predictor: ProsodyPredictor,
    text_encoder: TextEncoder,
    decoder: Decoder,
    generator: Generator,
    workspace: Workspace,
}

/// What [`Model::forward`] speaks.
#[derive(Debug, Clone, Copy)]
pub struct Utterance<'a> {
    /// Token ids with the boundary zeros at both ends: 3 to [`Config::context_length`] of them.
    pub token_ids: &'a [u32],
    /// A row of a voice pack, `[2·style_dim]`: the decoder's half, then the predictor's.
    pub style: &'a [f32],
    /// Divides the durations; 1.0 is as trained, 0.1 to 10.
    pub speed: f32,
    /// The draws of the harmonic source.
    pub noise: &'a NoiseSource,
}

/// What [`Model::forward`] returns.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Speech {
    /// 24 kHz mono, nominally within ±1: exactly 600 samples a frame.
    pub samples: Vec<f32>,
    /// Frames of each token.
    pub durations_frames: Vec<u32>,
}

/// What the predictor says of an utterance.
struct Predicted {
    durations_frames: Vec<u32>,
    /// Two values a frame.
    f0_hz: Vec<f32>,
    /// Energy, two values a frame.
    n: Vec<f32>,
}

impl Model {
    /// Maps the file and checks it.
    ///
    /// Nothing of the file is copied but the convolution kernels. If another program shortens the file while it is
    /// mapped, the process dies by a signal; if one changes it, the speech is undefined. That is the caller's to
    /// prevent, or use [`read`](Self::read).
    ///
    /// # Errors
    /// [`Error::Io`], [`Error::Gguf`] for a damaged container, [`Error::Model`] for what is no Kokoro model.
    pub fn open(path: impl AsRef<Path>) -> Result<Self> {
        ModelOptions::default().open(path)
    }

    /// As [`open`](Self::open), but copies the file into memory.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub fn read(path: impl AsRef<Path>) -> Result<Self> {
        ModelOptions::default().read(path)
    }

    /// A model from bytes of any alignment, which it keeps: `&'static [u8]`, `Vec<u8>`, `Arc<[u8]>`, …
    ///
    /// # Errors
    /// [`Error::Gguf`] for a damaged container, [`Error::Model`] for what is no Kokoro model.
    pub fn from_bytes(bytes: impl AsRef<[u8]> + Send + Sync + 'static) -> Result<Self> {
        ModelOptions::default().from_bytes(bytes)
    }

    /// The built-in voice: a small model that speaks American English, made for this project.
    ///
    /// # Errors
    /// Only if `KOKORO_ISA` names an instruction set that this CPU lacks.
    #[cfg(feature = "default-voice")]
    pub fn built_in() -> Result<Self> {
        ModelOptions::default().built_in()
    }

    fn load(
        label: PathBuf,
        file: GgufFile,
        kernels: &'static Kernels,
        precision: Precision,
    ) -> std::result::Result<Self, ModelError> {
        check_architecture(&file)?;
        let root = Scope::root(&file, kernels, precision);
        let accurate = root.accurate();
        let config = Config::read(&file, &root)?;
        check_vocabulary(&file, config.n_token)?;
        let scope = root.child("decoder");
        // Side by side, since each has stretches that occupy one thread only.
        let (text, acoustics) = rayon::join(
            || {
                Ok::<_, ModelError>((
                    Albert::load(&accurate.child("albert"), &config)?,
                    ProsodyPredictor::load(&accurate.child("duration_predictor"), &config)?,
                    TextEncoder::load(&accurate.child("text_encoder"), &config)?,
                ))
            },
            || {
                let (decoder, channels) = Decoder::load(&scope, &config)?;
                Ok::<_, ModelError>((decoder, Generator::load(&scope.child("generator"), &config, channels)?))
            },
        );
        let (decoder, generator) = acoustics?;
        let (albert, predictor, text_encoder) = text?;
        let model = Self {
            voices: Voices::find(&file, config.style_dim)?,
            albert,
            predictor,
            text_encoder,
            generator,
            decoder,
            workspace: Workspace::default(),
            config,
            kernels,
            precision,
            label,
            file,
        };
        // Packing has been through the whole file; what speaking reads from it is a small part, and comes back by itself.
        model.file.release();
        Ok(model)
    }

    /// Where the model came from: its path, or a name in angle brackets.
    pub fn path(&self) -> &Path {
        &self.label
    }

    /// The model's sizes.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// The file behind the model.
    pub fn file(&self) -> &GgufFile {
        &self.file
    }

    /// The instruction set that computes.
    pub fn isa(&self) -> Isa {
        self.kernels.isa()
    }

    /// The arithmetic of the acoustic half; never [`Precision::Auto`].
    pub fn precision(&self) -> Precision {
        self.precision
    }

    /// The vocabulary: one symbol for each token id, empty where an id is unused.
    pub fn vocabulary(&self) -> impl Iterator<Item = &str> {
        self.file.metadata().strings(TOKENS_KEY).ok().flatten().into_iter().flatten()
    }

    /// The rules and the dictionary for English that files without espeak-ng hold; `None` if this is not such a file.
    ///
    /// # Errors
    /// [`Error::Model`] if it says that it has them, and they are absent or of another form.
    pub fn native_rules(&self) -> Result<Option<NativeRules<'_>>> {
        native::read(self.file.metadata()).map_err(|source| Error::Model { path: self.label.clone(), source })
    }

    /// Speaks one utterance.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] if a part of the utterance is outside its range or the durations sum to more than
    /// [`MAX_FRAMES`]; [`Error::Model`] if the weights make samples that are not finite.
    pub fn forward(&self, utterance: &Utterance<'_>) -> Result<Speech> {
        self.forward_traced(utterance, &mut NoTrace)
    }

    /// [`forward`](Self::forward) with a look at every stage.
    ///
    /// # Errors
    /// As [`forward`](Self::forward).
    pub fn forward_traced(&self, utterance: &Utterance<'_>, trace: &mut dyn Trace) -> Result<Speech> {
        self.check(utterance)?;
        // From outside the pool every layer would hand its work over and wait, hundreds of times.
        rayon::scope(|_| self.compute(utterance, trace))
    }

    fn compute(&self, utterance: &Utterance<'_>, trace: &mut dyn Trace) -> Result<Speech> {
        let Utterance { token_ids, style, speed, noise } = *utterance;
        let (decoder_style, predictor_style) = style.split_at(self.config.style_dim);
        // Both have recurrences that occupy two threads at the most, and the text encoder is not needed before the decoder.
        let mut text_states = None;
        let predicted = if trace.allows_overlap() {
            let predict = || self.predict(token_ids, predictor_style, speed, trace);
            let (predicted, states) =
                rayon::join(predict, || self.text_encoder.forward(token_ids, &mut NoTrace));
            text_states = Some(states);
            predicted
        } else {
            self.predict(token_ids, predictor_style, speed, trace)
        };
        let Predicted { durations_frames, f0_hz, n } = predicted?;
        let text_states = text_states.unwrap_or_else(|| self.text_encoder.forward(token_ids, trace));
        let mut asr = text_states.gather(&alignment::frame_to_token(&durations_frames));
        trace::tap(trace, "asr", None, &mut asr);
        let x = self.decoder.forward(&asr, &f0_hz, &n, decoder_style, trace);
        let samples = self.generator.forward(x, &f0_hz, decoder_style, noise, &self.workspace, trace);
        self.workspace.trim();

        match samples.iter().position(|s| !s.is_finite()) {
            None => Ok(Speech { samples, durations_frames }),
            Some(sample) => {
                let source = ModelError::NotFinite { sample, found: samples[sample] };
                Err(Error::Model { path: self.label.clone(), source })
            }
        }
    }

    /// When and how high: durations, F0 and energy.
    fn predict(
        &self,
        token_ids: &[u32],
        style: &[f32],
        speed: f32,
        trace: &mut dyn Trace,
    ) -> Result<Predicted> {
        let albert = self.albert.forward(token_ids, trace);
        let d = self.predictor.encode(&albert, style, trace);
        let durations_frames = self.predictor.durations(&d, speed, trace);
        check_length(&durations_frames)?;
        self.check_memory(durations_frames.iter().sum::<u32>() as usize)?;
        let mut en = d.gather(&alignment::frame_to_token(&durations_frames));
        trace::tap(trace, "en", None, &mut en);
        let (f0_hz, n) = self.predictor.curves(&en, style, trace);
        Ok(Predicted { durations_frames, f0_hz, n })
    }

    /// Asks for the memory of an utterance before it begins: in the middle of it, a refusal would end the process.
    fn check_memory(&self, frames: usize) -> Result<()> {
        let bytes = self.generator.activation_bytes(frames);
        let asked = usize::try_from(bytes).map(|bytes| Vec::<u8>::new().try_reserve_exact(bytes));
        match asked {
            Ok(Ok(())) => Ok(()),
            _ => Err(Error::Memory { bytes, audio_s: frames as f64 / 40.0 }),
        }
    }

    fn check(&self, utterance: &Utterance<'_>) -> Result<()> {
        let Utterance { token_ids, style, speed, .. } = *utterance;
        let out_of_range =
            |what, found: String, expected: String| Err(Error::OutOfRange { what, found, expected });
        let (n, most) = (token_ids.len(), self.config.context_length);
        if !(3..=most).contains(&n) {
            return out_of_range("the number of token ids", n.to_string(), format!("3 to {most}"));
        }
        if let Some(id) = token_ids.iter().find(|&&id| id as usize >= self.config.n_token) {
            return out_of_range("a token id", id.to_string(), format!("0 to {}", self.config.n_token - 1));
        }
        if style.len() != 2 * self.config.style_dim {
            let expected = (2 * self.config.style_dim).to_string();
            return out_of_range("the style vector's length", style.len().to_string(), expected);
        }
        if !(0.1..=10.0).contains(&speed) {
            return out_of_range("speed", speed.to_string(), "0.1 to 10".into());
        }
        Ok(())
    }
}

fn check_architecture(file: &GgufFile) -> std::result::Result<(), ModelError> {
    const KEY: &str = "general.architecture";
    match file.metadata().str(KEY) {
        Ok(Some("kokoro")) => Ok(()),
        Ok(Some(found)) => Err(ModelError::Architecture { found: found.to_owned() }),
        Ok(None) => Err(ModelError::MissingKey { key: KEY.into() }),
        Err(wrong) => Err(ModelError::Metadata {
            key: KEY.into(),
            expected: "a string".into(),
            found: wrong.found.clone(),
        }),
    }
}

fn check_vocabulary(file: &GgufFile, n_token: usize) -> std::result::Result<(), ModelError> {
    let wrong =
        |expected: String, found: String| ModelError::Metadata { key: TOKENS_KEY.into(), expected, found };
    match file.metadata().strings(TOKENS_KEY) {
        Ok(None) => Err(ModelError::MissingKey { key: TOKENS_KEY.into() }),
        Err(found) => Err(wrong("an array of strings".into(), found.found.clone())),
        Ok(Some(tokens)) => match tokens.count() {
            n if n == n_token => Ok(()),
            n => Err(wrong(format!("{n_token} strings, as the embedding has rows"), format!("{n} strings"))),
        },
    }
}

fn check_length(durations_frames: &[u32]) -> Result<()> {
    let frames: u64 = durations_frames.iter().map(|&d| u64::from(d)).sum();
    if frames > MAX_FRAMES as u64 {
        return Err(Error::OutOfRange {
            what: "the utterance's length",
            found: format!("{frames} frames"),
            expected: format!("at most {MAX_FRAMES}"),
        });
    }
    Ok(())
}

#[cfg(all(test, feature = "default-voice"))]
mod tests {
    use super::*;
    use crate::error::ErrorKind;

    #[test]
    fn memory_that_cannot_be_had_is_refused_before_it_is_needed() {
        let model = Model::built_in().expect("sound");
        model.check_memory(40).expect("a second of audio");
        let error = model.check_memory(1 << 44).expect_err("more than any machine has");
        assert_eq!(error.kind(), ErrorKind::LimitExceeded);
        assert!(error.to_string().contains("MB of memory, which cannot be had"), "{error}");
    }
}
