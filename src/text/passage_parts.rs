//! The parts of a passage whose phonemes are settled, and what lies between them.

use std::ops::Range;

use super::{MarkKind, Origin, Passage, Token};

/// A part of a passage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Part<'a> {
    /// Bytes that the phonemizer reads; not empty.
    Open(Range<usize>),
    /// Bytes whose phonemes the writer has given.
    Settled(Range<usize>, &'a str),
}

/// The parts of `passage`, in order; together they are all of it.
pub(crate) fn parts<'a>(passage: &Passage<'a>) -> impl Iterator<Item = Part<'a>> + use<'a> {
    let Passage { text, marks } = *passage;
    let mut settled = marks.iter().filter_map(|mark| match &mark.kind {
        MarkKind::Phonemes(phonemes) => Some((mark.range.clone(), phonemes.as_str())),
        _ => None,
    });
    let (mut at, mut held) = (0, None);
    std::iter::from_fn(move || {
        let next = held.take().or_else(|| settled.next());
        let start = next.as_ref().map_or(text.len(), |(range, _)| range.start);
        if at < start {
            let open = at..start;
            (at, held) = (start, next);
            return Some(Part::Open(open));
        }
        let (range, phonemes) = next?;
        at = range.end;
        Some(Part::Settled(range, phonemes))
    })
}

/// The token of a settled part of `text`.
pub(crate) fn settled_token(text: &str, range: Range<usize>, phonemes: &str) -> Token {
    let space_after = text[range.end..].starts_with(char::is_whitespace);
    Token { source: range, phonemes: phonemes.trim().to_owned(), space_after, origin: Origin::User }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Mark;

    #[test]
    fn parts_cover_the_passage_in_order() {
        let settled = |range| Mark { range, kind: MarkKind::Phonemes("x".into()) };
        let marks =
            [settled(0..1), Mark { range: 2..3, kind: MarkKind::Stress(1.0) }, settled(4..6), settled(6..7)];
        let found: Vec<Part> = parts(&Passage { text: "abcdefghi", marks: &marks }).collect();
        let expected = [
            Part::Settled(0..1, "x"),
            Part::Open(1..4),
            Part::Settled(4..6, "x"),
            Part::Settled(6..7, "x"),
            Part::Open(7..9),
        ];
        assert_eq!(found, expected);
        assert_eq!(parts(&Passage::plain("")).count(), 0);
        assert_eq!(parts(&Passage::plain("a b")).collect::<Vec<_>>(), [Part::Open(0..3)]);
    }
}
