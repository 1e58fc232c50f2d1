//! Where each part of a rewritten text came from.
//!
//! Markup is taken out, numbers are written in words, yet timestamps, warnings and overrides speak of the text as it was
//! typed. A [`Rewrite`] records what it keeps and what it replaces; the [`SourceMap`] it leaves answers in both directions.

use std::ops::Range;

/// A text being rewritten from left to right.
#[derive(Debug)]
pub struct Rewrite<'a> {
    old: &'a str,
    at: usize,
    new: String,
    spans: Vec<Span>,
}

/// The two ends of one step of a rewrite.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Span {
    new: Range<usize>,
    old: Range<usize>,
    /// The bytes are the same, so offsets inside correspond.
    kept: bool,
}

impl<'a> Rewrite<'a> {
    /// Begins at the start of `old`.
    pub fn new(old: &'a str) -> Self {
        Self { old, at: 0, new: String::with_capacity(old.len()), spans: Vec::new() }
    }

    /// The byte of the old text up to which it has been rewritten.
    pub fn position(&self) -> usize {
        self.at
    }

    /// Keeps the old text up to byte `end`.
    ///
    /// # Panics
    /// If `end` lies before the position or inside a character.
    pub fn keep_to(&mut self, end: usize) {
        let text = &self.old[self.at..end];
        self.push(text, end, true);
    }

    /// Puts `text` in place of the old text up to byte `end`; with `end` at the position it is inserted.
    ///
    /// # Panics
    /// If `end` lies before the position or inside a character.
    pub fn replace_to(&mut self, end: usize, text: &str) {
        assert!(self.old.is_char_boundary(end), "replace_to: {end} is inside a character");
        self.push(text, end, false);
    }

    fn push(&mut self, text: &str, end: usize, kept: bool) {
        assert!(end >= self.at, "rewrite: {end} lies before the position {}", self.at);
        let span = Span { new: self.new.len()..self.new.len() + text.len(), old: self.at..end, kept };
        self.new.push_str(text);
        self.at = end;
        match self.spans.last_mut() {
            Some(last) if kept && last.kept => {
                (last.new.end, last.old.end) = (span.new.end, span.old.end);
            }
            _ if span.new.is_empty() && span.old.is_empty() => {}
            _ => self.spans.push(span),
        }
    }

    /// Keeps the rest and ends.
    pub fn finish(mut self) -> (String, SourceMap) {
        self.keep_to(self.old.len());
        (self.new, SourceMap { spans: self.spans })
    }
}

/// Maps byte ranges of a rewritten text to those of its source, and back. Ranges inside of a replacement stand for all of it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SourceMap {
    spans: Vec<Span>,
}

impl SourceMap {
    /// The map of a text of `len` bytes that was not rewritten.
    pub fn identity(len: usize) -> Self {
        Self { spans: vec![Span { new: 0..len, old: 0..len, kept: true }] }
    }

    /// The bytes of the source that `range` of the rewritten text came from.
    pub fn to_source(&self, range: Range<usize>) -> Range<usize> {
        translate(&self.spans, range, |s| (&s.new, &s.old))
    }

    /// The bytes of the rewritten text that `range` of the source became.
    pub fn to_rewritten(&self, range: Range<usize>) -> Range<usize> {
        translate(&self.spans, range, |s| (&s.old, &s.new))
    }
}

/// Translates `range` from the first side of the spans to the second.
fn translate(
    spans: &[Span],
    range: Range<usize>,
    sides: impl Fn(&Span) -> (&Range<usize>, &Range<usize>),
) -> Range<usize> {
    // Spans that share a byte with the range; for an empty range, the one that it stands in.
    let first = spans.partition_point(|s| sides(s).0.end <= range.start);
    let last = spans.partition_point(|s| sides(s).0.start < range.end.max(range.start + 1));
    let Some(touched) = spans.get(first..last).filter(|t| !t.is_empty()) else {
        let end =
            spans.get(first).map_or_else(|| spans.last().map_or(0, |s| sides(s).1.end), |s| sides(s).1.start);
        return end..end;
    };
    let start = |s: &Span| {
        let (from, to) = sides(s);
        if s.kept { to.start + range.start.saturating_sub(from.start) } else { to.start }
    };
    let end = |s: &Span| {
        let (from, to) = sides(s);
        if s.kept { to.end - from.end.saturating_sub(range.end.max(range.start)) } else { to.end }
    };
    start(&touched[0])..end(&touched[touched.len() - 1])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn example() -> (String, SourceMap) {
        // "it is 10:30 now" → "it is ten thirty now"
        let mut rewrite = Rewrite::new("it is 10:30 now");
        rewrite.keep_to(6);
        rewrite.replace_to(11, "ten thirty");
        rewrite.finish()
    }

    #[test]
    fn kept_text_corresponds_byte_by_byte_and_replaced_text_as_a_whole() {
        let (text, map) = example();
        assert_eq!(text, "it is ten thirty now");
        assert_eq!(map.to_source(3..5), 3..5);
        assert_eq!(map.to_source(6..9), 6..11); // ten
        assert_eq!(map.to_source(10..16), 6..11); // thirty
        assert_eq!(map.to_source(17..20), 12..15); // now
        assert_eq!(map.to_source(0..20), 0..15);
        assert_eq!(map.to_rewritten(6..8), 6..16);
        assert_eq!(map.to_rewritten(12..15), 17..20);
        assert_eq!(map.to_source(4..4), 4..4);
        assert_eq!(map.to_source(20..20), 15..15);
    }

    #[test]
    fn what_was_taken_out_leaves_an_empty_range() {
        let mut rewrite = Rewrite::new("a *b* c");
        rewrite.keep_to(2);
        rewrite.replace_to(3, "");
        rewrite.keep_to(4);
        rewrite.replace_to(5, "");
        let (text, map) = rewrite.finish();
        assert_eq!(text, "a b c");
        assert_eq!(map.to_rewritten(2..3), 2..2);
        assert_eq!(map.to_rewritten(3..4), 2..3);
        assert_eq!(map.to_source(2..3), 3..4);
        assert_eq!(map.to_source(4..5), 6..7);
        assert_eq!(SourceMap::identity(5).to_source(1..3), 1..3);
    }
}
