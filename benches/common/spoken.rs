//! The model and the utterances of the benches that speak.

use std::path::PathBuf;

use kokoro_gguf::Model;
use kokoro_gguf::model::{NoiseSource, Speech, Trace, Utterance};
use kokoro_gguf::text::Vocab;

/// The same as `kokoro-gguf bench`'s.
const PHONEMES: &str = "ðə kwˈɪk bɹˈWn fˈɑks ʤˈʌmps ˈOvəɹ ðə lˈAzi dˈɔɡ. ";

/// The built-in voice, and the file that `KOKORO_MODEL` names.
///
/// # Panics
/// If they cannot be loaded.
pub fn models() -> Vec<(String, Model)> {
    let mut models = vec![("built-in".to_owned(), Model::built_in().expect("the built-in voice is sound"))];
    if let Some(path) = std::env::var_os("KOKORO_MODEL").map(PathBuf::from) {
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        models.push((name, Model::open(&path).expect("KOKORO_MODEL names a sound file")));
    }
    models
}

/// Speaks `tokens` tokens with the model's usual voice.
///
/// # Panics
/// If the model does not speak.
pub fn speak(model: &Model, tokens: usize, trace: &mut dyn Trace) -> Speech {
    let ids = Vocab::kokoro().encode(PHONEMES).ids;
    let token_ids: Vec<u32> = std::iter::once(0)
        .chain(ids.iter().copied().cycle().take(tokens))
        .chain(std::iter::once(0))
        .collect();
    let voice = model.voice(model.default_voice()).expect("every model has a voice");
    let noise = NoiseSource::Seeded(0);
    let utterance =
        Utterance { token_ids: &token_ids, style: voice.style(tokens), speed: 1.0, noise: &noise };
    model.forward_traced(&utterance, trace).expect("the model speaks")
}
