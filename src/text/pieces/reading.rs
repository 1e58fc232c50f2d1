//! A sentence as it will be said: its phonemes, and which part of the script each of them reads.

use std::collections::VecDeque;
use std::ops::Range;

use crate::text::split::{Boundary, split_phonemes};
use crate::text::{Origin, Token};

/// A part of a piece: the phonemes of one token and where they come from.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct PieceToken {
    /// Code points of the piece's phonemes; empty if nothing is said.
    pub symbols: Range<usize>,
    /// Bytes of the script that they read. In order; several tokens may read the same bytes, as `ten` and `thirty` read
    /// `10:30`.
    pub source: Range<usize>,
    /// Where the phonemes come from.
    pub origin: Origin,
}

/// Phonemes that belong together, with their parts.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Reading {
    /// Without white space at the ends or two spaces in a row.
    pub(super) phonemes: String,
    /// Code points of `phonemes`.
    pub(super) len: usize,
    pub(super) tokens: Vec<PieceToken>,
}

/// A part of a reading that fits the model.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Segment {
    pub(super) reading: Reading,
    pub(super) boundary: Boundary,
}

impl Reading {
    /// Puts `tokens` behind each other; `to_script` tells where a token's source is in the script.
    pub(super) fn of(tokens: &[Token], to_script: impl Fn(Range<usize>) -> Range<usize>) -> Self {
        let mut reading = Reading::default();
        for token in tokens {
            let phonemes = token.phonemes.trim();
            let start = reading.len;
            reading.phonemes.push_str(phonemes);
            reading.len += phonemes.chars().count();
            let (symbols, source) = (start..reading.len, to_script(token.source.clone()));
            reading.tokens.push(PieceToken { symbols, source, origin: token.origin });
            if token.space_after && !reading.phonemes.is_empty() && !reading.phonemes.ends_with(' ') {
                reading.phonemes.push(' ');
                reading.len += 1;
            }
        }
        if reading.phonemes.ends_with(' ') {
            reading.phonemes.pop();
            reading.len -= 1;
            // Tokens without phonemes may stand behind the space.
            for token in reading.tokens.iter_mut().rev().take_while(|token| token.symbols.is_empty()) {
                token.symbols = reading.len..reading.len;
            }
        }
        reading
    }

    /// Adds `next` after a space.
    pub(super) fn append(&mut self, next: Reading) {
        self.phonemes.extend([" ", &next.phonemes]);
        let shift = self.len + 1;
        self.len = shift + next.len;
        self.tokens.extend(next.tokens.into_iter().map(|mut token| {
            token.symbols = token.symbols.start + shift..token.symbols.end + shift;
            token
        }));
    }

    /// Cuts it into segments of at most `max` code points. The source of a token that has to be cut is cut where one of
    /// `words` begins, which are bytes of the script in order; if none does it is the first part's.
    pub(super) fn split(self, max: usize, words: &[Range<usize>]) -> Vec<Segment> {
        if self.len <= max {
            return vec![Segment { reading: self, boundary: Boundary::Start }];
        }
        let mut segments = Vec::new();
        let mut tokens = VecDeque::from(self.tokens);
        // The code point and the byte up to which the string has been looked at.
        let (mut at, mut byte) = (0, 0);
        for segment in split_phonemes(&self.phonemes, max) {
            let begin = segment.phonemes.as_ptr() as usize - self.phonemes.as_ptr() as usize;
            let start = at + self.phonemes[byte..begin].chars().count();
            let len = segment.phonemes.chars().count();
            (at, byte) = (start + len, begin + segment.phonemes.len());
            let mut own = Vec::new();
            while let Some(token) = tokens.pop_front() {
                let (head, tail) = cut_token(token, at, words);
                own.extend(head.map(|token| {
                    let symbols =
                        token.symbols.start.saturating_sub(start)..token.symbols.end.saturating_sub(start);
                    PieceToken { symbols, ..token }
                }));
                if let Some(tail) = tail {
                    tokens.push_front(tail);
                    break;
                }
            }
            let reading = Reading { phonemes: segment.phonemes.to_owned(), len, tokens: own };
            segments.push(Segment { reading, boundary: segment.boundary });
        }
        if let Some(last) = segments.last_mut() {
            let end = last.reading.len;
            last.reading
                .tokens
                .extend(tokens.into_iter().map(|token| PieceToken { symbols: end..end, ..token }));
        }
        segments
    }
}

/// The parts of `token` before and behind code point `at` of the string.
fn cut_token(
    token: PieceToken,
    at: usize,
    words: &[Range<usize>],
) -> (Option<PieceToken>, Option<PieceToken>) {
    let PieceToken { symbols, source, origin } = token.clone();
    if symbols.end <= at {
        return (Some(token), None);
    }
    if symbols.start >= at {
        return (None, Some(token));
    }
    let share = source.len() as u128 * (at - symbols.start) as u128 / symbols.len() as u128;
    let near = source.start + share as usize;
    let word = words[..words.partition_point(|word| word.start <= near)].last();
    let middle = word.map(|word| word.start).filter(|&start| start > source.start).unwrap_or(source.end);
    let head = PieceToken { symbols: symbols.start..at, source: source.start..middle, origin };
    (Some(head), Some(PieceToken { symbols: at..symbols.end, source: middle..source.end, origin }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(source: Range<usize>, phonemes: &str, space_after: bool) -> Token {
        Token { source, phonemes: phonemes.to_owned(), space_after, origin: Origin::Lexicon }
    }

    fn shown(reading: &Reading) -> Vec<(String, Range<usize>)> {
        let symbols: Vec<char> = reading.phonemes.chars().collect();
        assert_eq!(symbols.len(), reading.len);
        reading
            .tokens
            .iter()
            .map(|t| (symbols[t.symbols.clone()].iter().collect(), t.source.clone()))
            .collect()
    }

    #[test]
    fn tokens_know_their_symbols_and_their_source() {
        let tokens = [
            token(0..2, "hˈI", false),
            token(2..3, ",", true),
            token(4..5, "", true),
            token(6..8, "jˈO", true),
        ];
        let reading = Reading::of(&tokens, |r| r.start + 10..r.end + 10);
        assert_eq!(reading.phonemes, "hˈI, jˈO");
        let expected = [("hˈI", 10..12), (",", 12..13), ("", 14..15), ("jˈO", 16..18)];
        assert_eq!(shown(&reading), expected.map(|(s, r)| (s.to_owned(), r)));
    }

    #[test]
    fn split_readings_keep_every_token() {
        let tokens = [token(0..3, "aaaa", true), token(4..7, "bbbb", true), token(8..11, "cccc", false)];
        let reading = Reading::of(&tokens, |r| r);
        let words = [0..3, 4..7, 8..11];
        let segments = reading.clone().split(9, &words);
        let all: Vec<_> = segments.iter().flat_map(|s| shown(&s.reading)).collect();
        assert_eq!(all, shown(&reading));
        // A token that has to be cut shares its bytes at the start of a word, if there is one.
        let cut = |words: &[Range<usize>]| {
            let segments = Reading::of(&[token(0..11, "aaaabbbbcccc", false)], |r| r).split(8, words);
            segments.iter().flat_map(|s| shown(&s.reading)).collect::<Vec<_>>()
        };
        assert_eq!(cut(&words), [("aaaabbbb".to_owned(), 0..4), ("cccc".to_owned(), 4..11)]);
        assert_eq!(cut(&[0..11]), [("aaaabbbb".to_owned(), 0..11), ("cccc".to_owned(), 11..11)]);
    }
}
