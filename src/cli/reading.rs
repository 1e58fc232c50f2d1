//! How a text is read: what `synth` and `phonemize` have in common.

use std::collections::BTreeMap;
use std::env;
use std::sync::Arc;

use kokoro_gguf::Error;
use kokoro_gguf::text::normalize::{Classes, Normalizer, Options};
use kokoro_gguf::text::{Espeak, Markup, Origin, Phonemizers, PieceToken, Preparation, UserLexicon};

use super::Failure;
use super::args::ReadingArgs;
use super::console::Console;

/// The variable that names a folder of espeak-ng's data to use in place of the built-in one.
const ESPEAK_DATA_VARIABLE: &str = "KOKORO_ESPEAK_DATA";

/// Words that one warning names.
const MAX_NAMED: usize = 10;

/// The phonemizers of this build, with espeak-ng's data where the environment says.
///
/// # Errors
/// If espeak-ng does not start with it.
pub fn phonemizers() -> Result<Phonemizers, Failure> {
    let phonemizers = Phonemizers::new();
    match env::var_os(ESPEAK_DATA_VARIABLE).filter(|value| !value.is_empty()) {
        Some(directory) => Ok(phonemizers.with_espeak(Espeak::with_data(directory).map_err(Error::from)?)),
        None => Ok(phonemizers),
    }
}

/// What is done with a text before it is read; warnings of the lexicon go to `console`.
///
/// # Errors
/// If the lexicon cannot be read.
pub fn preparation(args: &ReadingArgs, console: &Console) -> Result<Preparation, Failure> {
    let mut preparation = Preparation::default();
    if args.ssml {
        preparation.markup = Markup::Ssml;
    }
    if let Some(path) = &args.lexicon {
        let lexicon = UserLexicon::open(path).map_err(Error::from)?;
        lexicon.warnings().iter().for_each(|warning| console.warn(warning));
        preparation.lexicon = Some(Arc::new(lexicon));
    }
    let classes = if args.no_normalize { Classes::NONE } else { args.normalize.unwrap_or_default() };
    preparation.normalizer = Normalizer::new(Options { classes, ..Options::default() });
    Ok(preparation)
}

/// Words of a text that its phonemizer does not know.
#[derive(Debug, Default)]
pub struct UnknownWords {
    /// Words that were not said at all, and how often.
    unsaid: BTreeMap<String, usize>,
}

impl UnknownWords {
    /// Takes note of the `tokens` of a piece of `text` that was read by `phonemizer`, and says which words it did not know.
    pub fn add(&mut self, text: &str, tokens: &[PieceToken], phonemizer: &str) -> Option<String> {
        let mut named = Vec::new();
        for token in tokens {
            let Some(word) = text.get(token.source.clone()) else { continue };
            let is_unknown = match token.origin {
                Origin::Unknown => {
                    // Signs without a name, such as stray symbols, are no words.
                    if word.contains(char::is_alphanumeric) {
                        *self.unsaid.entry(word.to_owned()).or_default() += 1;
                    }
                    true
                }
                // misaki asks others about what its lexicons and rules lack.
                Origin::Espeak | Origin::Rules => phonemizer == "misaki",
                _ => false,
            };
            if is_unknown {
                named.push(format!("{word} ({})", token.origin));
            }
        }
        (!named.is_empty()).then(|| format!("unknown words: {}", named.join(", ")))
    }

    /// Which words were not said.
    pub fn warning(&self) -> Option<String> {
        let count: usize = self.unsaid.values().sum();
        let mut names: Vec<String> = self.unsaid.keys().take(MAX_NAMED).cloned().collect();
        if self.unsaid.len() > MAX_NAMED {
            names.push("…".to_owned());
        }
        let (noun, verb) = if count == 1 { ("word", "was") } else { ("words", "were") };
        (count > 0).then(|| {
            format!("{count} {noun} that nothing here can read {verb} not said: {}", names.join(", "))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unsaid_words_are_counted_and_named() {
        let unknown =
            UnknownWords { unsaid: BTreeMap::from([("漢字".to_owned(), 2), ("가".to_owned(), 1)]) };
        assert_eq!(
            unknown.warning().as_deref(),
            Some("3 words that nothing here can read were not said: 漢字, 가")
        );
        assert_eq!(UnknownWords::default().warning(), None);
    }
}
