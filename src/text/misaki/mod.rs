//! English as Kokoro was trained on it: misaki's lexicons, tags and rules.
//!
//! A text is cut into tokens and tagged ([`tokenizer`], [`tagger`]), tokens are cut into pieces and grouped ([`subtoken`],
//! [`group`]), and from the last to the first each is read by the [`lexicon`] or by what is asked about unknown words
//! ([`resolve`]). Source: hexgrad's misaki 0.9.4, `en.py`; where ours differs is listed in docs/misaki-differences.md.

mod group;
mod heteronyms;
mod lexicon;
mod resolve;
mod subtoken;
mod symbols;
mod tagger;
mod tokenizer;

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use super::{Language, Mark, MarkKind, Passage, Phonemizer, TextError, Token, WordReader};
use group::Tagged;
use lexicon::{Lexicon, NumberFlags};
use resolve::Resolver;
use tagger::Tag;

/// Reads American and British English as misaki does.
///
/// Its data is part of the program; nothing is read from disk.
#[derive(Clone)]
pub struct Misaki {
    fallback: Option<Arc<dyn WordReader>>,
    heteronyms: bool,
}

impl Misaki {
    /// Reads with misaki's lexicons and asks `fallback` about words that they and the rules do not know. What nothing can
    /// read is spelled letter by letter.
    pub fn new(fallback: Option<Arc<dyn WordReader>>) -> Misaki {
        Misaki { fallback, heteronyms: true }
    }

    /// Whether the part of speech decides between readings also where misaki has only one (`wind`, `row`, `minute`); it
    /// does unless this says otherwise.
    pub fn heteronyms(self, heteronyms: bool) -> Misaki {
        Misaki { heteronyms, ..self }
    }

    /// Readies the data for `language` ahead of the first text.
    ///
    /// # Errors
    /// If `language` is not English.
    pub fn load(language: Language) -> Result<(), TextError> {
        lexicon(language)?;
        tagger::load();
        Ok(())
    }

    /// The words, parts of contractions and marks of punctuation of `text` as bytes of it, each with its part of speech as
    /// a tag of the Penn Treebank.
    pub fn tags(text: &str) -> Vec<(Range<usize>, &'static str)> {
        let tokens = tokenizer::tokens(text);
        let tags = tagger::tags(text, &tokens);
        tokens.into_iter().zip(tags).map(|(token, tag)| (token.range, tag.name())).collect()
    }
}

impl fmt::Debug for Misaki {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Misaki")
            .field("fallback", &self.fallback.is_some())
            .field("heteronyms", &self.heteronyms)
            .finish()
    }
}

impl Phonemizer for Misaki {
    fn tokens(&self, passage: &Passage<'_>, language: Language) -> Result<Vec<Token>, TextError> {
        let lexicon = lexicon(language)?;
        let tagged = tagged(passage);
        let resolver = Resolver {
            text: passage.text,
            language,
            lexicon,
            tokens: &tagged,
            fallback: self.fallback.as_deref(),
            heteronyms: self.heteronyms,
        };
        let units = group::units(passage.text, &tagged);
        let mut tokens = resolver.resolve(units)?;
        close_gaps(&mut tokens);
        Ok(tokens)
    }
}

fn lexicon(language: Language) -> Result<&'static Lexicon, TextError> {
    match language {
        Language::AmericanEnglish => Ok(Lexicon::american()),
        Language::BritishEnglish => Ok(Lexicon::british()),
        _ => Err(TextError::LanguageNotRead { phonemizer: "misaki", language }),
    }
}

/// The tokens of a passage with their tags and what its marks settle.
fn tagged(passage: &Passage<'_>) -> Vec<Tagged> {
    let raw = tokenizer::tokens(passage.text);
    let tags = tagger::tags(passage.text, &raw);
    let plain = raw.into_iter().zip(tags).map(|(token, tag)| Tagged {
        range: token.range,
        tag,
        space_after: token.space_after,
        phonemes: None,
        stress: None,
        flags: NumberFlags::default(),
    });
    if passage.marks.is_empty() {
        return plain.collect();
    }
    let mut tokens = Vec::new();
    let mut marks = passage.marks.iter().peekable();
    for mut token in plain {
        // Each mark takes what lies in it; a token that goes on behind a mark is looked at again.
        loop {
            while let Some(mark) = marks.next_if(|mark| mark.range.end <= token.range.start) {
                add_unsaid(mark, &mut tokens);
            }
            let Some(mark) = marks.peek().filter(|mark| mark.range.start < token.range.end) else {
                tokens.push(token);
                break;
            };
            let goes_on = mark.range.end < token.range.end;
            match &mark.kind {
                MarkKind::Stress(level) => token.stress = Some(*level),
                MarkKind::NumberFlags(flags) => token.flags = NumberFlags::parse(flags),
                MarkKind::Phonemes(phonemes) => match settle(mark, phonemes, token, &mut tokens) {
                    Some(rest) => {
                        token = rest;
                        continue;
                    }
                    None => break,
                },
            }
            if !goes_on {
                tokens.push(token);
                break;
            }
            marks.next();
        }
    }
    marks.for_each(|mark| add_unsaid(mark, &mut tokens));
    tokens
}

/// Pushes `token` with the phonemes of `mark`, which it shares bytes with, and gives back what of it lies behind the mark.
fn settle(mark: &Mark, phonemes: &str, mut token: Tagged, tokens: &mut Vec<Tagged>) -> Option<Tagged> {
    let mut rest = None;
    if token.range.start < mark.range.start {
        let before = token.range.start..mark.range.start;
        tokens.push(Tagged { range: before, space_after: false, ..token.clone() });
        token.range.start = mark.range.start;
    }
    if mark.range.end < token.range.end {
        rest = Some(Tagged { range: mark.range.end..token.range.end, ..token.clone() });
        token.range.end = mark.range.end;
        token.space_after = false;
    }
    match tokens.last_mut().filter(|last| last.phonemes.is_some() && last.range.start >= mark.range.start) {
        // The first token of the mark has the phonemes of all.
        Some(first) => {
            first.range.end = token.range.end;
            first.space_after = token.space_after;
        }
        None => tokens.push(Tagged { phonemes: Some(phonemes.to_owned()), ..token }),
    }
    rest
}

/// Adds the phonemes of a mark that no token lies in, such as one on white space.
fn add_unsaid(mark: &Mark, tokens: &mut Vec<Tagged>) {
    let MarkKind::Phonemes(phonemes) = &mark.kind else { return };
    if tokens.last().is_some_and(|last| last.range.end > mark.range.start) {
        return;
    }
    tokens.push(Tagged {
        range: mark.range.clone(),
        tag: Tag::XX,
        space_after: true,
        phonemes: Some(phonemes.clone()),
        stress: None,
        flags: NumberFlags::default(),
    });
}

/// Takes out spaces around tokens that are not said, so that two never follow each other.
fn close_gaps(tokens: &mut [Token]) {
    let mut spaced = true;
    for token in tokens {
        if token.phonemes.is_empty() && spaced {
            token.space_after = false;
        } else {
            spaced = token.space_after;
        }
    }
}
