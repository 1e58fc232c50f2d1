//! A text under the rules of normalisation, and what a rule makes of a part of it.

use super::Classes;
use crate::text::{Language, Mark, MarkKind};

/// The longest word looked at, in bytes: rules look no further, so that each takes constant time.
pub(super) const LONGEST_WORD: usize = 64;

/// How much rules have looked at, so that a test can tell that it grows with the text and no faster.
#[cfg(test)]
pub(super) mod looked_at {
    use std::cell::Cell;

    thread_local! {
        static BYTES: Cell<usize> = const { Cell::new(0) };
    }

    pub(in super::super) fn add(bytes: usize) {
        BYTES.set(BYTES.get() + bytes + 1);
    }

    /// The bytes so far, from 0 again.
    pub(in super::super) fn take() -> usize {
        BYTES.take()
    }
}

/// Counts `text` as looked at, in tests.
pub(super) fn counted(text: &str) -> &str {
    #[cfg(test)]
    looked_at::add(text.len());
    text
}

/// A stretch of text in which rules may replace.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scan<'a> {
    /// The whole text.
    pub(super) text: &'a str,
    /// Rules reach no further than this byte.
    pub(super) limit: usize,
    pub(super) classes: Classes,
    pub(super) language: Language,
}

impl<'a> Scan<'a> {
    pub(super) fn british(&self) -> bool {
        self.language == Language::BritishEnglish
    }

    /// Whether `class` is to be rewritten.
    pub(super) fn has(&self, class: Classes) -> bool {
        self.classes.contains(class)
    }

    /// What follows byte `at`, up to the limit.
    pub(super) fn rest(&self, at: usize) -> &'a str {
        &self.text[at..self.limit]
    }

    /// The character before byte `at`.
    pub(super) fn before(&self, at: usize) -> Option<char> {
        self.text[..at].chars().next_back()
    }

    /// The character at byte `at`.
    pub(super) fn char(&self, at: usize) -> Option<char> {
        self.rest(at).chars().next()
    }

    /// Whether a word may begin at byte `at`: neither a letter nor a digit is before it.
    pub(super) fn is_start(&self, at: usize) -> bool {
        self.before(at).is_none_or(|c| !c.is_alphanumeric())
    }

    /// Whether a word ends at byte `at`: neither a letter nor a digit follows, nor anything that belongs to the same.
    pub(super) fn is_end(&self, at: usize) -> bool {
        self.text[at..].chars().next().is_none_or(|c| !c.is_alphanumeric())
    }

    /// Whether one of `signs` follows at byte `at`, and a digit behind it.
    pub(super) fn goes_on(&self, at: usize, signs: &[char]) -> bool {
        let mut next = self.text[at..].chars();
        next.next().is_some_and(|c| signs.contains(&c)) && next.next().is_some_and(|c| c.is_ascii_digit())
    }

    /// The end of the spaces at byte `at`, within a line.
    pub(super) fn spaces(&self, at: usize) -> usize {
        let rest = self.rest(at);
        let is_space = |c: &char| matches!(c, ' ' | '\t' | '\u{a0}' | '\u{202f}' | '\u{2009}');
        at + counted(&rest[..rest.chars().take(LONGEST_WORD).take_while(is_space).map(char::len_utf8).sum()])
            .len()
    }

    /// The end of the white space at byte `at`: spaces and at most one line break.
    pub(super) fn gap(&self, at: usize) -> usize {
        let end = self.spaces(at);
        let rest = self.rest(end);
        match rest.strip_prefix("\r\n").or_else(|| rest.strip_prefix('\n')) {
            Some(after) => self.spaces(self.limit - after.len()),
            None => end,
        }
    }

    /// The letters at byte `at`.
    pub(super) fn letters(&self, at: usize) -> &'a str {
        let rest = self.rest(at);
        let is_letter = |c: &char| c.is_alphabetic();
        counted(&rest[..rest.chars().take(LONGEST_WORD).take_while(is_letter).map(char::len_utf8).sum()])
    }

    /// The ASCII digits at byte `at`.
    pub(super) fn digits(&self, at: usize) -> &'a str {
        let rest = self.rest(at);
        counted(&rest[..rest.bytes().take_while(u8::is_ascii_digit).count()])
    }

    /// The letters that end at byte `at`.
    pub(super) fn letters_before(&self, at: usize) -> &'a str {
        let head = &self.text[..at];
        let is_letter = |c: &char| c.is_alphabetic();
        let len: usize =
            head.chars().rev().take(LONGEST_WORD).take_while(is_letter).map(char::len_utf8).sum();
        counted(&head[at - len..])
    }

    /// The word before byte `at`, with spaces between; empty if something else is there.
    pub(super) fn word_before(&self, at: usize) -> &'a str {
        self.letters_before(self.spaces_before(at))
    }

    /// The start of the white space that ends at byte `at`: spaces and at most one line break.
    pub(super) fn spaces_before(&self, at: usize) -> usize {
        let mut breaks = 0;
        let is_space = |c: &char| {
            breaks += usize::from(*c == '\n');
            c.is_whitespace() && breaks < 2
        };
        let head = &self.text[..at];
        at - head.chars().rev().take(LONGEST_WORD).take_while(is_space).map(char::len_utf8).sum::<usize>()
    }

    /// Whether a sentence ends at byte `at`: nothing but closing marks, then the end of a paragraph or a capital.
    pub(super) fn ends_sentence(&self, at: usize) -> bool {
        let rest = &self.text[at..];
        let window = rest.char_indices().nth(LONGEST_WORD).map_or(rest, |(end, _)| &rest[..end]);
        let after = window.trim_start_matches(['"', '”', '’', '\'', ')', ']', '*', '_']);
        let gap = after.len() - after.trim_start().len();
        let blank = after[..gap].bytes().filter(|&byte| byte == b'\n').count() > 1;
        let next = after.trim_start().trim_start_matches(['"', '“', '‘', '\'', '(', '[', '*', '_']);
        let next = next.chars().next();
        blank || next.is_none() || gap > 0 && next.is_some_and(char::is_uppercase)
    }
}

/// Text to be put somewhere, and how parts of it are read.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Spoken {
    pub(crate) text: String,
    /// Parts with phonemes, in order.
    pub(crate) marks: Vec<Mark>,
}

impl Spoken {
    /// Adds `word`, with a space before it if something is there.
    pub(crate) fn word(&mut self, word: &str) {
        if !self.text.is_empty() && !word.is_empty() {
            self.text.push(' ');
        }
        self.text.push_str(word);
    }

    /// Adds `word`, which is read as `phonemes` if there are any.
    pub(crate) fn word_read(&mut self, word: &str, phonemes: Option<String>) {
        self.word(word);
        if let Some(phonemes) = phonemes.filter(|_| !word.is_empty()) {
            let end = self.text.len();
            self.marks.push(Mark { range: end - word.len()..end, kind: MarkKind::Phonemes(phonemes) });
        }
    }
}

impl From<&str> for Spoken {
    fn from(text: &str) -> Self {
        Spoken { text: text.to_owned(), marks: Vec::new() }
    }
}

impl From<String> for Spoken {
    fn from(text: String) -> Self {
        Spoken { text, marks: Vec::new() }
    }
}

/// What a rule makes of the text from some byte on: steps that each reach up to a byte, and put something there or, with
/// `None`, keep the text. The last one ends behind that byte.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Edits(pub(super) Vec<(usize, Option<Spoken>)>);

impl Edits {
    /// One replacement.
    pub(super) fn put(end: usize, text: impl Into<Spoken>) -> Self {
        Edits(Vec::new()).then(end, text)
    }

    /// Begins by keeping what is up to byte `end`.
    pub(super) fn keep(end: usize) -> Self {
        Edits(Vec::new()).then_keep(end)
    }

    /// Goes on with a replacement.
    pub(super) fn then(mut self, end: usize, text: impl Into<Spoken>) -> Self {
        self.0.push((end, Some(text.into())));
        self
    }

    /// Goes on with keeping what is up to byte `end`.
    pub(super) fn then_keep(mut self, end: usize) -> Self {
        self.0.push((end, None));
        self
    }

    /// Byte up to which all of it reaches.
    pub(super) fn end(&self) -> usize {
        self.0.last().map_or(0, |(end, _)| *end)
    }
}
