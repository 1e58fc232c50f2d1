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

    /// The new text so far.
    pub fn written(&self) -> &str {
        &self.new
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

    /// This map followed by `next`, which maps a further rewriting of this one's text: from the text of `next` to this
    /// map's source. What either replaces is replaced as a whole.
    pub fn then(&self, next: &SourceMap) -> SourceMap {
        let mut joined: Vec<Span> = Vec::new();
        let mut push = |span: Span| match joined.last_mut() {
            Some(last) if span.kept && last.kept => {
                (last.new.end, last.old.end) = (span.new.end, span.old.end)
            }
            _ if span.new.is_empty() && span.old.is_empty() => {}
            _ => joined.push(span),
        };
        let (mut first, mut second) = (Unjoined::new(self), Unjoined::new(next));
        // Ends of what has been joined, in the source and in the text of `next`.
        let (mut old, mut new) = (0, 0);
        loop {
            let (earlier, later) = (first.current.clone(), second.current.clone());
            let (ends, kept) = match (earlier, later) {
                (None, None) => break,
                // Taken out by the first map, or put in by the second.
                (Some(a), _) if a.new.is_empty() => ((first.take(), None), false),
                (_, Some(b)) if b.old.is_empty() => ((None, second.take()), false),
                (Some(a), Some(b)) if a.kept && b.kept => {
                    let end = a.new.end.min(b.old.end);
                    ((first.take_to(end, |s| &s.new), second.take_to(end, |s| &s.old)), true)
                }
                (Some(a), Some(b)) => {
                    let mut end = if a.kept { b.old.end } else { a.new.end };
                    let (mut left, mut right) = (None, None);
                    // Grows until both maps have a boundary there.
                    loop {
                        let (left_end, right_end) = (
                            left.as_ref().map_or(a.new.start, |s: &Span| s.new.end),
                            right.as_ref().map_or(b.old.start, |s: &Span| s.old.end),
                        );
                        if left_end < end {
                            left = first.take_to(end, |s| &s.new);
                        } else if right_end < end {
                            right = second.take_to(end, |s| &s.old);
                        } else {
                            break;
                        }
                        end = end.max(left.as_ref().map_or(0, |s| s.new.end));
                        end = end.max(right.as_ref().map_or(0, |s| s.old.end));
                        if left.is_none() && right.is_none() {
                            break;
                        }
                    }
                    ((left, right), false)
                }
                // The maps do not belong together; what is left has no counterpart.
                (Some(_), None) => ((first.take(), None), false),
                (None, Some(_)) => ((None, second.take()), false),
            };
            let old_end = ends.0.map_or(old, |s| s.old.end);
            let new_end = ends.1.map_or(new, |s| s.new.end);
            push(Span { new: new..new_end, old: old..old_end, kept });
            (old, new) = (old_end, new_end);
        }
        SourceMap { spans: joined }
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

/// The spans of one map that are still to be joined with those of another.
struct Unjoined<'a> {
    spans: std::slice::Iter<'a, Span>,
    /// What is left of the span at hand.
    current: Option<Span>,
}

impl<'a> Unjoined<'a> {
    fn new(map: &'a SourceMap) -> Self {
        let mut spans = map.spans.iter();
        let current = spans.next().cloned();
        Self { spans, current }
    }

    fn take(&mut self) -> Option<Span> {
        std::mem::replace(&mut self.current, self.spans.next().cloned())
    }

    /// The first `len` bytes of the span at hand, which keeps its text and has more than that.
    fn split(&mut self, len: usize) -> Option<Span> {
        let rest = self.current.as_mut()?;
        let head = Span {
            new: rest.new.start..rest.new.start + len,
            old: rest.old.start..rest.old.start + len,
            kept: true,
        };
        (rest.new.start, rest.old.start) = (head.new.end, head.old.end);
        Some(head)
    }

    /// Takes a whole span, or as much of one that keeps its text as ends at `end` of the side that `side` names.
    fn take_to(&mut self, end: usize, side: impl Fn(&Span) -> &Range<usize>) -> Option<Span> {
        match &self.current {
            Some(span) if span.kept && side(span).end > end => self.split(end - side(span).start),
            _ => self.take(),
        }
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
    fn two_maps_in_a_row_are_one() {
        let steps = [(2..3, ""), (4..5, ""), (8..9, "zz"), (10..14, ""), (15..15, "in")];
        let raw = "a *b* cdefghijklmnop";
        let mut first = Rewrite::new(raw);
        for (range, text) in steps {
            first.keep_to(range.start);
            first.replace_to(range.end, text);
        }
        let (middle, first) = first.finish();
        assert_eq!(middle, "a b cdzzfkinlmnop");
        let mut second = Rewrite::new(&middle);
        for (range, text) in [(3..3, "<"), (5..7, "D"), (11..12, ""), (14..16, "NO")] {
            second.keep_to(range.start);
            second.replace_to(range.end, text);
        }
        let (new, second) = second.finish();
        assert_eq!(new, "a b< cDzfkilmNOp");
        let both = first.then(&second);
        let at = |word: &str| new.find(word).map(|at| both.to_source(at..at + word.len())).map(|r| &raw[r]);
        assert_eq!(at("a "), Some("a "));
        assert_eq!(at("b"), Some("b"));
        assert_eq!(at(" c"), Some(" c"));
        assert_eq!(at("D"), Some("de"), "what is replaced twice is replaced as a whole");
        assert_eq!(at("f"), Some("f"));
        assert_eq!(at("lm"), Some("lm"));
        assert_eq!(at("NO"), Some("no"));
        assert_eq!(at("p"), Some("p"));
        assert_eq!(both.to_source(0..new.len()), 0..raw.len());
        assert_eq!(SourceMap::identity(raw.len()).then(&first), first);
        assert_eq!(first.then(&SourceMap::identity(middle.len())), first);
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
