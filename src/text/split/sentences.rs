//! Text into sentences, one at a time.

use std::iter::FusedIterator;
use std::ops::Range;

use super::{CLOSERS, FULL_WIDTH_END, SENTENCE_END, abbreviations};

/// Sentences of `text` in order, found as they are asked for; slices of it without outer white space.
///
/// A sentence ends at `.`, `!`, `?` or `…` with the quotes and brackets that close behind it, before white
/// space; at the full-width marks without it; and at a blank line. A single line break is white space: an editor
/// may have wrapped the line. Common abbreviations, initials and numbers do not end a sentence. Nothing but
/// white space is lost.
pub fn split_sentences(text: &str) -> Sentences<'_> {
    Sentences { text, at: 0 }
}

/// Iterator of [`split_sentences`].
#[derive(Debug, Clone)]
pub struct Sentences<'a> {
    text: &'a str,
    /// Byte at which the next sentence may begin.
    at: usize,
}

/// The bytes of the sentence of `text` that begins at or behind byte `at`, and whether a blank line is between them.
pub(crate) fn sentence_from(text: &str, at: usize) -> Option<(Range<usize>, bool)> {
    let gap_and_rest = &text[at..];
    let rest = gap_and_rest.trim_start();
    let gap = &gap_and_rest[..gap_and_rest.len() - rest.len()];
    let start = at + gap.len();
    let len = rest[..end_of_sentence(rest)].trim_end().len();
    (!rest.is_empty()).then(|| (start..start + len, has_blank_line(gap)))
}

impl<'a> Iterator for Sentences<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        let (range, _) = sentence_from(self.text, self.at)?;
        self.at = range.end;
        Some(&self.text[range])
    }
}

impl FusedIterator for Sentences<'_> {}

/// Length in bytes of the first sentence of `text`, which begins with a visible character.
fn end_of_sentence(text: &str) -> usize {
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        if is_line_end(c) && has_blank_line(leading_space(&text[at..])) {
            return at;
        }
        if !SENTENCE_END.contains(&c) {
            continue;
        }
        let (mut end, mut marks, mut closers, mut full_width) = (at + c.len_utf8(), 1, 0, is_full_width(c));
        while let Some((at, c)) = chars.next_if(|&(_, c)| SENTENCE_END.contains(&c) || CLOSERS.contains(&c)) {
            end = at + c.len_utf8();
            match SENTENCE_END.contains(&c) {
                true => (marks, closers, full_width) = (marks + 1, 0, full_width | is_full_width(c)),
                false => closers += 1,
            }
        }
        let after = &text[end..];
        if full_width || after.is_empty() {
            return end;
        }
        if !after.starts_with(char::is_whitespace) {
            continue;
        }
        let before = &text[..at];
        let is_one_stop = c == '.' && marks == 1;
        let goes_on = match is_one_stop {
            true => abbreviations::goes_on(before, after) || is_list_number(before),
            // "What?" she asked. "Well… perhaps."
            false => (closers > 0 || c == '…' || marks > 1) && begins_lower_case(after),
        };
        if !goes_on {
            return end;
        }
    }
    text.len()
}

/// Whether the last visible part of `text` ends a sentence: a mark, quotes and brackets aside.
pub(crate) fn ends_sentence(text: &str) -> bool {
    text.trim_end().trim_end_matches(CLOSERS).ends_with(SENTENCE_END)
}

fn is_full_width(c: char) -> bool {
    FULL_WIDTH_END.contains(&c)
}

fn is_line_end(c: char) -> bool {
    matches!(c, '\n' | '\r' | '\u{2028}' | '\u{2029}' | '\u{c}')
}

/// Whether white space separates paragraphs.
pub(crate) fn has_blank_line(space: &str) -> bool {
    let breaks = space.chars().filter(|&c| is_line_end(c)).count() - space.matches("\r\n").count();
    breaks > 1 || space.contains(['\u{2029}', '\u{c}'])
}

fn leading_space(text: &str) -> &str {
    &text[..text.len() - text.trim_start().len()]
}

/// Whether the first visible character is a lower-case letter, quotes aside.
fn begins_lower_case(text: &str) -> bool {
    text.trim_start().trim_start_matches(['"', '“', '‘', '\'', '(']).starts_with(char::is_lowercase)
}

/// Whether a sentence so far is the number of a list's item: "1. First".
fn is_list_number(before: &str) -> bool {
    before.len() <= 3 && before.chars().all(|c| c.is_ascii_digit())
}
