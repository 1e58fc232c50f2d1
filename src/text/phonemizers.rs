//! The phonemizers of this build, made when they are needed, and the choice among them.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use super::{Espeak, Language, Phonemizer, PhonemizerChoice, TextError};

/// All phonemizers that are built in. Cheap to clone; clones share what has been made.
#[derive(Clone, Default)]
pub struct Phonemizers {
    espeak: LazyEspeak,
    /// The rules and dictionary in a model's file.
    file_rules: Option<Arc<dyn Phonemizer>>,
    /// One of the caller's, which reads everything.
    own: Option<Arc<dyn Phonemizer>>,
}

/// A phonemizer that was chosen.
#[derive(Clone)]
pub struct Selected {
    /// The phonemizer.
    pub phonemizer: Arc<dyn Phonemizer>,
    /// Its name, such as `misaki`.
    pub name: &'static str,
    /// What the user should know: that it is not the best one for the language, and why.
    pub notice: Option<String>,
}

impl fmt::Debug for Selected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Selected")
            .field("name", &self.name)
            .field("notice", &self.notice)
            .finish_non_exhaustive()
    }
}

impl Phonemizers {
    /// Those that are built in.
    pub fn new() -> Self {
        Self::default()
    }

    /// With `espeak` in place of espeak-ng on the data that is built in.
    pub fn with_espeak(mut self, espeak: Espeak) -> Self {
        self.espeak = LazyEspeak { made: Arc::new(Mutex::new(Some(espeak))) };
        self
    }

    /// With the rules and dictionary of a model's file, for [`PhonemizerChoice::Native`].
    pub fn with_file_rules(mut self, rules: impl Phonemizer + 'static) -> Self {
        self.file_rules = Some(Arc::new(rules));
        self
    }

    /// With one of the caller's for every language, whatever is chosen.
    pub fn with_own(mut self, own: impl Phonemizer + 'static) -> Self {
        self.own = Some(Arc::new(own));
        self
    }

    /// The phonemizer that `choice` means for `language`.
    ///
    /// # Errors
    /// [`TextError::NoPhonemizer`] if none that could be meant is built in, [`TextError::LanguageNotRead`] if the one that
    /// was chosen does not read the language, and what espeak-ng fails with where it is needed.
    pub fn select(&self, choice: PhonemizerChoice, language: Language) -> Result<Selected, TextError> {
        if let Some(own) = &self.own {
            return Ok(Selected { phonemizer: own.clone(), name: "own", notice: None });
        }
        match choice {
            PhonemizerChoice::Auto => self.best(language),
            PhonemizerChoice::Misaki => self.misaki(language),
            PhonemizerChoice::Espeak => self.espeak(language),
            PhonemizerChoice::Native => self.native(language),
        }
    }

    /// The best of those built in, with a notice if it is not the one that should read the language.
    fn best(&self, language: Language) -> Result<Selected, TextError> {
        type Select = fn(&Phonemizers, Language) -> Result<Selected, TextError>;
        let wanted: &[Select] = match language {
            _ if language.is_english() => &[Self::misaki, Self::espeak, Self::native],
            Language::Mandarin => &[Self::mandarin, Self::espeak],
            _ => &[Self::espeak],
        };
        let mut missing: Option<&'static str> = None;
        for select in wanted {
            match select(self, language) {
                Err(TextError::NoPhonemizer { feature }) => {
                    missing.get_or_insert(feature);
                }
                Err(error) => return Err(error),
                Ok(mut found) => {
                    if let Some(feature) = missing {
                        let name = found.name;
                        let worse = format!(
                            "{language} is read by {name}, less well than by what the cargo feature `{feature}` builds in"
                        );
                        found.notice =
                            Some(found.notice.map_or(worse.clone(), |notice| format!("{worse}; {notice}")));
                    }
                    return Ok(found);
                }
            }
        }
        Err(TextError::NoPhonemizer { feature: missing.unwrap_or("espeak") })
    }

    #[cfg(feature = "misaki")]
    fn misaki(&self, language: Language) -> Result<Selected, TextError> {
        if !language.is_english() {
            return Err(TextError::LanguageNotRead { phonemizer: "misaki", language });
        }
        let unknown = unknown_words::UnknownWords { espeak: self.espeak.clone() };
        let phonemizer = Arc::new(super::Misaki::new(Some(Arc::new(unknown))));
        Ok(Selected { phonemizer, name: "misaki", notice: None })
    }

    #[cfg(not(feature = "misaki"))]
    fn misaki(&self, _language: Language) -> Result<Selected, TextError> {
        Err(TextError::NoPhonemizer { feature: "misaki" })
    }

    #[cfg(feature = "mandarin")]
    fn mandarin(&self, _language: Language) -> Result<Selected, TextError> {
        // Latin words among the Chinese are English ones.
        let english = self.best(Language::AmericanEnglish)?.phonemizer;
        let phonemizer = super::Mandarin::with_english(Arc::new(english_words::EnglishWords { english }));
        Ok(Selected { phonemizer: Arc::new(phonemizer), name: "mandarin", notice: None })
    }

    #[cfg(not(feature = "mandarin"))]
    fn mandarin(&self, _language: Language) -> Result<Selected, TextError> {
        Err(TextError::NoPhonemizer { feature: "mandarin" })
    }

    fn espeak(&self, language: Language) -> Result<Selected, TextError> {
        let notice = language.espeak_quality_note().map(str::to_owned);
        Ok(Selected { phonemizer: Arc::new(self.espeak.get()?), name: "espeak", notice })
    }

    #[cfg(feature = "native")]
    fn native(&self, language: Language) -> Result<Selected, TextError> {
        if !language.is_english() {
            return Err(TextError::LanguageNotRead { phonemizer: "native", language });
        }
        let phonemizer = self.file_rules.clone().unwrap_or_else(|| Arc::new(super::Letters::new()));
        Ok(Selected { phonemizer, name: "native", notice: None })
    }

    #[cfg(not(feature = "native"))]
    fn native(&self, _language: Language) -> Result<Selected, TextError> {
        Err(TextError::NoPhonemizer { feature: "native" })
    }
}

impl fmt::Debug for Phonemizers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (rules, own) = (self.file_rules.is_some(), self.own.is_some());
        f.debug_struct("Phonemizers").field("file_rules", &rules).field("own", &own).finish_non_exhaustive()
    }
}

/// espeak-ng, started at the first use.
#[derive(Clone, Default)]
struct LazyEspeak {
    made: Arc<Mutex<Option<Espeak>>>,
}

impl LazyEspeak {
    fn get(&self) -> Result<Espeak, TextError> {
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        if made.is_none() {
            *made = Some(Espeak::new()?);
        }
        Ok(made.clone().expect("it was made above"))
    }
}

/// What misaki asks about words that it does not know.
#[cfg(feature = "misaki")]
mod unknown_words {
    use super::LazyEspeak;
    use crate::text::{Language, Origin, TextError, WordReader};

    /// espeak-ng where it is built in and starts, else the letter-to-sound model.
    pub(super) struct UnknownWords {
        pub(super) espeak: LazyEspeak,
    }

    impl WordReader for UnknownWords {
        fn read_word(&self, word: &str, language: Language) -> Result<Option<(String, Origin)>, TextError> {
            // Without espeak-ng a word sounds worse, which is no reason not to speak at all.
            if let Ok(Some(read)) = self.espeak.get().and_then(|espeak| espeak.read_word(word, language)) {
                return Ok(Some(read));
            }
            by_letters(word, language)
        }
    }

    #[cfg(feature = "native")]
    fn by_letters(word: &str, language: Language) -> Result<Option<(String, Origin)>, TextError> {
        crate::text::Letters::new().read_word(word, language)
    }

    #[cfg(not(feature = "native"))]
    fn by_letters(_word: &str, _language: Language) -> Result<Option<(String, Origin)>, TextError> {
        Ok(None)
    }
}

/// The English words of a Mandarin text.
#[cfg(feature = "mandarin")]
mod english_words {
    use std::sync::Arc;

    use crate::text::{Language, Origin, Passage, Phonemizer, TextError, WordReader, join};

    /// A phonemizer of English that is asked about single words.
    pub(super) struct EnglishWords {
        pub(super) english: Arc<dyn Phonemizer>,
    }

    impl WordReader for EnglishWords {
        fn read_word(&self, word: &str, language: Language) -> Result<Option<(String, Origin)>, TextError> {
            let tokens = self.english.tokens(&Passage::plain(word), language)?;
            let origin =
                tokens.iter().map(|token| token.origin).find(|origin| *origin != Origin::Punctuation);
            let phonemes = join(&tokens);
            Ok(origin.filter(|_| !phonemes.is_empty()).map(|origin| (phonemes, origin)))
        }
    }
}
