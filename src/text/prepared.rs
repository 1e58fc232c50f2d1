//! A script ready to be cut into pieces: its markup read, the user's words settled, numbers and signs written out.

use std::ops::Range;
use std::sync::Arc;

use super::words::Words;
use super::{Document, Language, Normalizer, SourceMap, TextError, UserLexicon};

/// How the markup of a script is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum Markup {
    /// `[word](/phonemes/)`, `[pause:1.5s]` and the like in plain text; see [`Document::plain`].
    #[default]
    Plain,
    /// SSML; see [`Document::ssml`].
    Ssml,
    /// None: every character is text.
    None,
}

/// What is done with a script before a phonemizer reads it.
#[derive(Debug, Clone, Default)]
pub struct Preparation {
    /// How its markup is written.
    pub markup: Markup,
    /// The user's pronunciations.
    pub lexicon: Option<Arc<UserLexicon>>,
    /// What writes numbers, signs and abbreviations in words.
    pub normalizer: Normalizer,
}

/// A script that is ready to be read.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Prepared {
    pub(crate) document: Document,
    /// The words of the script as they are shown, which white space separates: bytes of it, in order, disjoint.
    pub(crate) words: Vec<Range<usize>>,
}

impl Prepared {
    /// Prepares `script`, a text in `language`.
    ///
    /// # Errors
    /// [`TextError::Ssml`] for SSML that is not well-formed.
    pub fn new(script: &str, language: Language, how: &Preparation) -> Result<Self, TextError> {
        let parsed = match how.markup {
            Markup::Plain => Document::plain(script),
            Markup::Ssml => Document::ssml(script, language)?,
            Markup::None => Document::verbatim(script),
        };
        let words = shown_words(&parsed);
        let document = match &how.lexicon {
            Some(lexicon) => lexicon.apply(parsed, language),
            None => parsed,
        };
        Ok(Prepared { document: how.normalizer.normalize_document(document, language), words })
    }

    /// `text` as it is.
    pub fn verbatim(text: &str) -> Self {
        Prepared { words: Words::new(text).collect(), document: Document::verbatim(text) }
    }

    /// What in the markup was ignored, one line each.
    pub fn warnings(&self) -> impl Iterator<Item = String> {
        self.document.warnings.iter().map(ToString::to_string)
    }

    /// Bytes of the text at which a piece must end and another begin: a pause, or a change of speed. In order, without the
    /// ends.
    pub(crate) fn borders(&self) -> Vec<usize> {
        let mut borders = self.document.borders();
        borders.retain(|at| (1..self.document.text.len()).contains(at));
        borders
    }

    /// The speed of the text behind byte `at`.
    pub(crate) fn rate_at(&self, at: usize) -> f32 {
        let rates = &self.document.rates;
        let index = rates.partition_point(|rate| rate.range.end <= at);
        rates.get(index).filter(|rate| rate.range.start <= at).map_or(1.0, |rate| rate.factor)
    }
}

/// The words of a document as bytes of its source. Where markup is inside of a word, as in `[Kokoro](/kˈOkəɹO/)'s`, it is
/// what stands together first, `Kokoro`; words that markup has put in are one, the markup that did so.
fn shown_words(document: &Document) -> Vec<Range<usize>> {
    let mut words: Vec<Range<usize>> = Vec::new();
    for word in Words::new(&document.text) {
        let shown = first_together(&document.map, &document.text, word);
        let is_new = words.last().is_none_or(|last| shown.start >= last.end);
        if is_new && !shown.is_empty() {
            words.push(shown);
        }
    }
    words
}

/// The source of the first part of `word` that stands together there.
fn first_together(map: &SourceMap, text: &str, word: Range<usize>) -> Range<usize> {
    let whole = map.to_source(word.clone());
    if whole.len() == word.len() {
        return whole;
    }
    let ends = text[word.clone()].char_indices().map(|(at, c)| word.start + at + c.len_utf8());
    let mut together = map.to_source(word.start..word.start + 1);
    for end in ends {
        let part = map.to_source(word.start..end);
        // What was put in place of something has its bytes as a whole.
        if part.len() > (end - word.start).max(together.len()) {
            break;
        }
        together = part;
    }
    together
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(script: &str, markup: Markup) -> Vec<&str> {
        let how = Preparation { markup, ..Preparation::default() };
        let prepared = Prepared::new(script, Language::AmericanEnglish, &how).unwrap();
        prepared.words.iter().map(|word| &script[word.clone()]).collect()
    }

    #[test]
    fn words_are_those_that_a_reader_sees() {
        assert_eq!(
            shown("At 10:30 **Dr.** Who left — $5!", Markup::Plain),
            ["At", "10:30", "**Dr.**", "Who", "left", "—", "$5!"]
        );
        assert_eq!(
            shown("See [Kokoro](/kˈOkəɹO/)'s [two words](/tˈu/). [pause:1s] Now", Markup::Plain),
            ["See", "Kokoro", "two", "words", "Now"]
        );
        let ssml = "<speak>The <sub alias=\"World Wide Web\">WWW</sub>, <break/>and &amp; more</speak>";
        let words = shown(ssml, Markup::Ssml);
        assert_eq!((words[0], words[words.len() - 1]), ("The", "more"));
        assert!(words.iter().any(|word| word.contains("WWW")), "{words:?}");
        assert_eq!(words.len(), 5, "{words:?}");
    }
}
