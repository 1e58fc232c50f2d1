//! A script ready to be cut into pieces: plain text, and what is settled about its parts.

use std::ops::Range;

use super::words::Words;
use super::{Mark, SourceMap};

/// A text without markup, with numbers and signs in words, that knows where it came from.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Prepared {
    /// What a phonemizer reads.
    pub(crate) text: String,
    /// From `text` to the script as it was typed.
    pub(crate) map: SourceMap,
    /// Settled parts of `text`: in order, disjoint.
    pub(crate) marks: Vec<Mark>,
    /// Silences, each in front of a byte of `text`, in seconds; in order.
    pub(crate) pauses: Vec<(usize, f32)>,
    /// Parts of `text` with a speed of their own; in order, disjoint.
    pub(crate) rates: Vec<(Range<usize>, f32)>,
    /// The words of the script, as white space separates them: bytes of it, in order, disjoint.
    pub(crate) words: Vec<Range<usize>>,
}

impl Prepared {
    /// `text` as it is.
    pub fn verbatim(text: &str) -> Self {
        Prepared {
            text: text.to_owned(),
            map: SourceMap::identity(text.len()),
            words: Words::new(text).collect(),
            ..Prepared::default()
        }
    }

    /// Bytes at which a piece must end and another begin: a pause, or a change of speed. In order, without the ends.
    pub(crate) fn borders(&self) -> Vec<usize> {
        let rates = self.rates.iter().flat_map(|(range, _)| [range.start, range.end]);
        let mut borders: Vec<usize> = self.pauses.iter().map(|&(at, _)| at).chain(rates).collect();
        borders.sort_unstable();
        borders.dedup();
        borders.retain(|at| (1..self.text.len()).contains(at));
        borders
    }

    /// The speed of the text behind byte `at`.
    pub(crate) fn rate_at(&self, at: usize) -> f32 {
        let index = self.rates.partition_point(|(range, _)| range.end <= at);
        self.rates.get(index).filter(|(range, _)| range.start <= at).map_or(1.0, |&(_, rate)| rate)
    }

    /// Marks inside of `range`, in bytes from its start.
    pub(crate) fn marks_in(&self, range: &Range<usize>) -> impl Iterator<Item = Mark> {
        let first = self.marks.partition_point(|mark| mark.range.end <= range.start);
        let (start, end) = (range.start, range.end);
        let inside = self.marks[first..].iter().take_while(move |mark| mark.range.start < end);
        inside.map(move |mark| {
            let range = mark.range.start.max(start) - start..mark.range.end.min(end) - start;
            Mark { range, kind: mark.kind.clone() }
        })
    }
}
