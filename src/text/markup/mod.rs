//! Text with markup to plain text, and what the markup says about its parts.
//!
//! [`Document::plain`] reads misaki's notation (`[word](/phonemes/)`, `[word](2)`, `[101](#&#)`; source: `preprocess`,
//! misaki `en.py`) and pauses (`[pause:1.5s]`); [`Document::ssml`] a subset of the Speech Synthesis Markup Language 1.1.
//! Both take time and memory linear in the text.

mod builder;
mod ipa;
mod plain;
mod say_as;
mod ssml;

use std::fmt;
use std::ops::Range;

use super::{Language, Mark, Passage, SourceMap, TextError};

/// The longest single pause that markup can ask for, in seconds. Longer ones are cut to it with a warning.
pub const MAX_PAUSE_SECONDS: f32 = 10.0;

/// The slowest and fastest rate that markup can ask for, nested ones multiplied.
pub const RATE_RANGE: (f32, f32) = (0.25, 4.0);

/// The deepest nesting of SSML elements.
pub const MAX_DEPTH: usize = 64;

/// The most warnings kept for one text; the last one says that there were more.
pub const MAX_WARNINGS: usize = 100;

/// A text without markup, and what is known about its parts. Every range and offset is in bytes of `text`, on character
/// boundaries and in order.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Document {
    /// What is to be spoken.
    pub text: String,
    /// From `text` to the text as it was typed.
    pub map: SourceMap,
    /// Parts whose phonemes, stress or numbers are settled: disjoint, not empty.
    pub marks: Vec<Mark>,
    /// Silences.
    pub pauses: Vec<Pause>,
    /// Parts that are spoken faster or slower: disjoint, not empty.
    pub rates: Vec<Rate>,
    /// What was ignored, at most [`MAX_WARNINGS`].
    pub warnings: Vec<Warning>,
}

/// A silence that the text asks for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pause {
    /// Byte of the text before which it stands.
    pub at_byte: usize,
    /// 0 to [`MAX_PAUSE_SECONDS`].
    pub seconds: f32,
}

/// A part of the text with a speed of its own.
#[derive(Debug, Clone, PartialEq)]
pub struct Rate {
    /// Bytes of the text.
    pub range: Range<usize>,
    /// To be multiplied with the speed: 2 is twice as fast. Within [`RATE_RANGE`], never 1.
    pub factor: f32,
}

/// Something in the text that was ignored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    /// Bytes of the text as it was typed.
    pub range: Range<usize>,
    /// Line of it, from 1.
    pub line: usize,
    /// What was ignored and why.
    pub message: String,
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.message)
    }
}

impl Document {
    /// `raw` as it is, without looking for markup.
    pub fn verbatim(raw: &str) -> Document {
        Document { text: raw.to_owned(), map: SourceMap::identity(raw.len()), ..Document::default() }
    }

    /// Reads `[word](/phonemes/)`, `[word](LEVEL)` with a level of stress (an integer, `0.5` or `-0.5`), `[101](#FLAGS#)`
    /// and `[pause:1.5s]` or `[pause:300ms]`. Any other `[text](value)` becomes `text`, as in misaki, and so does an
    /// image `![text](value)`.
    pub fn plain(raw: &str) -> Document {
        plain::parse(raw)
    }

    /// Reads SSML: `speak`, `p`, `s`, `break` (`time`, `strength`), `sub`, `phoneme` (`alphabet` `ipa` or, for phonemes
    /// in Kokoro's notation, `kokoro`), `say-as` and `prosody` (`rate`). Other elements are ignored with a warning and
    /// their text is spoken. `language` decides how `say-as` and IPA are read. A text without `speak` around it will do.
    ///
    /// # Errors
    /// [`TextError::Ssml`] if `raw` is not well-formed, or nests deeper than [`MAX_DEPTH`].
    pub fn ssml(raw: &str, language: Language) -> Result<Document, TextError> {
        ssml::parse(raw, language)
    }

    /// The marks inside of `range`, in bytes from its start; what reaches over its ends is cut off.
    pub fn marks_in(&self, range: Range<usize>) -> Vec<Mark> {
        let first = self.marks.partition_point(|mark| mark.range.end <= range.start);
        let inside = self.marks[first..].iter().take_while(|mark| mark.range.start < range.end);
        inside
            .map(|mark| Mark {
                range: mark.range.start.max(range.start) - range.start
                    ..mark.range.end.min(range.end) - range.start,
                kind: mark.kind.clone(),
            })
            .collect()
    }

    /// The whole text as a phonemizer takes it.
    pub fn passage(&self) -> Passage<'_> {
        Passage { text: &self.text, marks: &self.marks }
    }

    /// Bytes at which something begins or ends that a rewriting must not reach over, in order.
    pub(crate) fn borders(&self) -> Vec<usize> {
        let mut borders: Vec<usize> = self.pauses.iter().map(|pause| pause.at_byte).collect();
        borders.extend(self.rates.iter().flat_map(|rate| [rate.range.start, rate.range.end]));
        borders.sort_unstable();
        borders.dedup();
        borders
    }

    /// This document with `text` in place of its own; `step` maps from it to the old one. Marks are given by the caller.
    pub(crate) fn rewritten(self, text: String, step: &SourceMap, marks: Vec<Mark>) -> Document {
        let mut last = 0;
        let pauses = self.pauses.into_iter().map(|pause| {
            last = step.to_rewritten(pause.at_byte..pause.at_byte).start.max(last);
            Pause { at_byte: last, ..pause }
        });
        let pauses = pauses.collect();
        let mut rates: Vec<Rate> = Vec::with_capacity(self.rates.len());
        for Rate { range, factor } in self.rates {
            let range = step.to_rewritten(range);
            let start = range.start.max(rates.last().map_or(0, |rate| rate.range.end));
            if start < range.end {
                rates.push(Rate { range: start..range.end, factor });
            }
        }
        Document { map: self.map.then(step), text, marks, pauses, rates, warnings: self.warnings }
    }
}

/// Moves `marks` through a rewriting; those of which nothing is left go, and none reaches into another.
pub(crate) fn move_marks(marks: &[Mark], step: &SourceMap) -> Vec<Mark> {
    let mut moved: Vec<Mark> = Vec::with_capacity(marks.len());
    for mark in marks {
        let range = step.to_rewritten(mark.range.clone());
        let start = range.start.max(moved.last().map_or(0, |mark| mark.range.end));
        if start < range.end {
            moved.push(Mark { range: start..range.end, kind: mark.kind.clone() });
        }
    }
    moved
}
