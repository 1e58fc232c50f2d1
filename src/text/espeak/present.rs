//! The phonemizer on top of espeak-ng's C functions.

use std::ffi::CString;
use std::path::{Path, PathBuf};

use super::{chunks, data, ffi, scripts};
use crate::text::marks::{self, Stretch};
use crate::text::{Language, MarkKind, Origin, Passage, Phonemizer, TextError, Token, ipa};

/// Turns text into phonemes with espeak-ng, mapped to Kokoro's notation.
///
/// The library is one to a process: all values share it, take turns, and may be used from any thread.
#[derive(Debug, Clone)]
pub struct Espeak {
    data: PathBuf,
    /// Whether the data is this program's own, so that it can be restored.
    built_in: bool,
}

impl Espeak {
    /// espeak-ng with the data built into this program, written once to the user's cache directory
    /// (`$XDG_CACHE_HOME/kokoro-gguf`, else `~/.cache/kokoro-gguf`), or to the temporary directory if that
    /// cannot be written. Files there that are missing or damaged are written anew.
    ///
    /// # Errors
    /// If the data can be written nowhere, or espeak-ng does not start with it.
    pub fn new() -> Result<Espeak, TextError> {
        let data = data::find_or_write(ffi::MAX_DATA_PATH_BYTES)?;
        Espeak { data, built_in: true }.started()
    }

    /// espeak-ng 1.52 with the data in `directory`, which holds `phontab`, `en_dict`, `lang` and so on. It is
    /// trusted: espeak-ng does not check the content of these files.
    ///
    /// # Errors
    /// [`TextError::EspeakStart`] if it is not such a directory, or of another version.
    pub fn with_data(directory: impl AsRef<Path>) -> Result<Espeak, TextError> {
        let found = directory.as_ref();
        // espeak-ng would read a relative path anew at each change of language.
        let data = std::path::absolute(found).unwrap_or_else(|_| found.to_owned());
        Espeak { data, built_in: false }.started()
    }

    /// Where espeak-ng's data is.
    pub fn data_directory(&self) -> &Path {
        &self.data
    }

    fn started(self) -> Result<Espeak, TextError> {
        self.start(&mut ffi::lock())?;
        Ok(self)
    }

    /// Makes sure that espeak-ng runs, on this data, and that the data is still there: somebody may have emptied
    /// the cache, and another value may have started the library on other data.
    fn start(&self, engine: &mut ffi::Engine) -> Result<(), TextError> {
        let failed = |reason| TextError::EspeakStart { path: self.data.clone(), reason };
        match data::missing(&self.data) {
            Some(_) if self.built_in => data::restore(&self.data)?,
            Some(file) => return Err(failed(format!("there is no file {file} in it"))),
            None => {}
        }
        engine.start(&self.data).map_err(failed)
    }

    /// espeak-ng's IPA of `text`, with ties and with the marks of `text` in their places.
    fn ipa(&self, text: &str, language: Language) -> Result<String, TextError> {
        let mut engine = ffi::lock();
        self.start(&mut engine)?;
        let mut ipa = String::with_capacity(text.len() * 2);
        for stretch in marks::cut(text, language) {
            match stretch {
                Stretch::Marks(marks) => ipa.push_str(marks),
                Stretch::Spoken(spoken) => {
                    let mut separator = "";
                    for chunk in chunks::chunks(spoken) {
                        ipa.push_str(separator);
                        self.append(&mut engine, chunk, language, &mut ipa)?;
                        separator = " ";
                    }
                }
            }
        }
        Ok(ipa)
    }

    /// Appends espeak-ng's answer to one chunk, in parts if it may have been cut short.
    fn append(
        &self,
        engine: &mut ffi::Engine,
        chunk: &str,
        language: Language,
        ipa: &mut String,
    ) -> Result<(), TextError> {
        let failed = |reason| TextError::EspeakVoice { language, path: self.data.clone(), reason };
        let c_chunk = CString::new(chunk).expect("`marks::clean` has removed NUL");
        let answer = engine.phonemes(language.espeak_voice(), &c_chunk).map_err(failed)?;
        match chunks::cut_again(chunk, &answer) {
            None => ipa.push_str(&marks::tidy(&answer, language)),
            Some(at) => {
                let (head, tail) = chunk.split_at(at);
                self.append(engine, head, language, ipa)?;
                ipa.push(' ');
                self.append(engine, tail, language, ipa)?;
            }
        }
        Ok(())
    }
}

impl Espeak {
    /// The phonemes of `text` in Kokoro's notation. English is mapped as misaki maps the words it asks espeak-ng for, the
    /// other languages as misaki maps those that it leaves to espeak-ng.
    fn read(&self, text: &str, language: Language) -> Result<String, TextError> {
        let text = marks::normalise(&scripts::readable(&marks::clean(text), language), language);
        let ipa = self.ipa(&text, language)?;
        Ok(match language.is_english() {
            true => ipa::from_english_ipa(&ipa, language == Language::BritishEnglish),
            false => ipa::from_other_ipa(&ipa),
        })
    }
}

impl Phonemizer for Espeak {
    /// One token for each stretch between parts whose phonemes are settled.
    fn tokens(&self, passage: &Passage<'_>, language: Language) -> Result<Vec<Token>, TextError> {
        let Passage { text, marks } = *passage;
        let mut tokens = Vec::new();
        let mut at = 0;
        let settled = marks.iter().filter_map(|mark| match &mark.kind {
            MarkKind::Phonemes(phonemes) => Some((mark.range.clone(), Some(phonemes))),
            _ => None,
        });
        for (range, phonemes) in settled.chain([(text.len()..text.len(), None)]) {
            let source = at..range.start;
            if !text[source.clone()].trim().is_empty() {
                let space_after = text[source.clone()].ends_with(char::is_whitespace);
                let phonemes = self.read(&text[source.clone()], language)?;
                tokens.push(Token { source, phonemes, space_after, origin: Origin::Espeak });
            }
            at = range.end;
            if let Some(phonemes) = phonemes {
                let space_after = text[at..].starts_with(char::is_whitespace);
                let phonemes = phonemes.trim().to_owned();
                tokens.push(Token { source: range, phonemes, space_after, origin: Origin::User });
            }
        }
        Ok(tokens)
    }
}
