//! The phonemizer on top of espeak-ng's C functions.

use std::collections::HashMap;
use std::ffi::CString;
use std::ops::Range;
use std::path::{Path, PathBuf};

use super::tokens::Tokens;
use super::{align, chunks, data, ffi, scripts};
use crate::text::marks::{self, Stretch};
use crate::text::words::Words;
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

    /// The tokens of `text`, a part of a passage that begins at byte `at` of it.
    ///
    /// English is mapped as misaki maps the words it asks espeak-ng for, the other languages as misaki maps those that it
    /// leaves to espeak-ng.
    fn read(&self, text: &str, at: usize, language: Language, tokens: &mut Tokens) -> Result<(), TextError> {
        let (cleaned, unseen) = marks::clean(text);
        let mut lost = scripts::unreadable(&cleaned, language).map(|r| unseen.to_source(r)).peekable();
        let (kept, readable) = scripts::readable(&cleaned, language);
        let (prepared, typography) = marks::normalise(&kept, language);
        let source = |range: Range<usize>| unseen.to_source(readable.to_source(typography.to_source(range)));
        let in_passage = |range: Range<usize>| range.start + at..range.end + at;
        let offset = |part: &str| part.as_ptr() as usize - prepared.as_ptr() as usize;
        let report_lost = |tokens: &mut Tokens, lost: &mut std::iter::Peekable<_>, end: usize| {
            while let Some(range) = lost.next_if(|range: &Range<usize>| range.start < end) {
                tokens.push(in_passage(range), String::new(), Origin::Unknown);
            }
        };

        let mut engine = ffi::lock();
        self.start(&mut engine)?;
        let mut reader = Reader { espeak: self, engine: &mut engine, language, alone: HashMap::new() };
        for stretch in marks::cut(&prepared, language) {
            match stretch {
                Stretch::Marks(run) => {
                    if run.starts_with(char::is_whitespace) {
                        tokens.space();
                    }
                    for marks in
                        run.split_inclusive(char::is_whitespace).filter(|marks| !marks.trim().is_empty())
                    {
                        let (shown, start) = (marks.trim(), offset(marks));
                        let range = source(start..start + shown.len());
                        report_lost(tokens, &mut lost, range.start);
                        tokens.push(in_passage(range), to_kokoro(shown, language), Origin::Punctuation);
                        if marks.len() > shown.len() {
                            tokens.space();
                        }
                    }
                }
                Stretch::Spoken(spoken) => {
                    let mut is_first = true;
                    for chunk in chunks::chunks(spoken) {
                        for (words, phonemes) in reader.words(chunk)? {
                            let start = offset(chunk);
                            let range = source(words.start + start..words.end + start);
                            let phonemes = to_kokoro(&phonemes, language);
                            if !is_first && !phonemes.is_empty() {
                                tokens.space();
                            }
                            is_first &= phonemes.is_empty();
                            report_lost(tokens, &mut lost, range.start);
                            let is_word = chunk[words].contains(char::is_alphanumeric);
                            let origin = match phonemes.is_empty() {
                                false => Origin::Espeak,
                                true if is_word => Origin::Unknown,
                                true => Origin::Punctuation,
                            };
                            tokens.push(in_passage(range), phonemes, origin);
                        }
                    }
                }
            }
        }
        report_lost(tokens, &mut lost, usize::MAX);
        Ok(())
    }
}

/// espeak-ng's IPA in Kokoro's notation.
fn to_kokoro(ipa: &str, language: Language) -> String {
    match language.is_english() {
        true => ipa::from_english_ipa(ipa, language == Language::BritishEnglish),
        false => ipa::from_other_ipa(ipa),
    }
}

/// Has espeak-ng read chunks, and tells the words apart.
struct Reader<'a> {
    espeak: &'a Espeak,
    engine: &'a mut ffi::Engine,
    language: Language,
    /// What has been read of words alone.
    alone: HashMap<String, String>,
}

impl Reader<'_> {
    /// espeak-ng's answer to `text`, tidied.
    fn answer(&mut self, text: &str) -> Result<String, TextError> {
        let language = self.language;
        let failed = |reason| TextError::EspeakVoice { language, path: self.espeak.data.clone(), reason };
        let c_text = CString::new(text).expect("`marks::clean` has removed NUL");
        self.engine.phonemes(language.espeak_voice(), &c_text).map_err(failed)
    }

    /// Words of a chunk, as ranges of its bytes, with espeak-ng's IPA; in parts if the answer may have been cut short.
    fn words(&mut self, chunk: &str) -> Result<Vec<(Range<usize>, String)>, TextError> {
        let answer = self.answer(chunk)?;
        if let Some(at) = chunks::cut_again(chunk, &answer) {
            let mut words = self.words(&chunk[..at])?;
            let rest = self.words(&chunk[at..])?;
            words.extend(rest.into_iter().map(|(range, ipa)| (range.start + at..range.end + at, ipa)));
            return Ok(words);
        }
        let tidied = marks::tidy(&answer, self.language);
        let words: Vec<Range<usize>> = Words::new(chunk).collect();
        let said: Vec<&str> = tidied.split(' ').filter(|word| !word.is_empty()).collect();
        if words.len() <= 1 {
            return Ok(words.into_iter().map(|word| (word, tidied.clone())).collect());
        }
        let alone =
            words.iter().map(|word| self.alone(&chunk[word.clone()])).collect::<Result<Vec<_>, _>>()?;
        let groups = align::align(&alone, &said);
        let in_text = |group: &Range<usize>| words[group.start].start..words[group.end - 1].end;
        Ok(groups.iter().map(|group| (in_text(&group.words), said[group.answer.clone()].join(" "))).collect())
    }

    /// What espeak-ng makes of a word alone.
    fn alone(&mut self, word: &str) -> Result<String, TextError> {
        if let Some(known) = self.alone.get(word) {
            return Ok(known.clone());
        }
        let answer = self.answer(word)?;
        let tidied = marks::tidy(&answer, self.language);
        self.alone.insert(word.to_owned(), tidied.clone());
        Ok(tidied)
    }
}

impl Phonemizer for Espeak {
    fn tokens(&self, passage: &Passage<'_>, language: Language) -> Result<Vec<Token>, TextError> {
        let Passage { text, marks } = *passage;
        let mut tokens = Tokens::default();
        let mut at = 0;
        let settled = marks.iter().filter_map(|mark| match &mark.kind {
            MarkKind::Phonemes(phonemes) => Some((mark.range.clone(), Some(phonemes))),
            _ => None,
        });
        for (range, phonemes) in settled.chain([(text.len()..text.len(), None)]) {
            let before = &text[at..range.start];
            if before.starts_with(char::is_whitespace) {
                tokens.space();
            }
            if !before.trim().is_empty() {
                self.read(before, at, language, &mut tokens)?;
            }
            if before.ends_with(char::is_whitespace) {
                tokens.space();
            }
            at = range.end;
            if let Some(phonemes) = phonemes {
                tokens.push(range, phonemes.trim().to_owned(), Origin::User);
            }
        }
        Ok(tokens.finish())
    }
}
