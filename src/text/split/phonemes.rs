//! Phoneme strings into segments that fit the model.

use super::{Boundary, CLAUSE_END, CLOSERS, SENTENCE_END};

/// A part of a phoneme string.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Segment<'a> {
    /// The part, a slice of the whole.
    pub phonemes: &'a str,
    /// What separates it from the part before.
    pub boundary: Boundary,
}

/// Splits `phonemes` into segments of at most `max` code points, as even as the places for a cut allow.
///
/// A string that fits is one segment, untouched. Otherwise cuts are made behind the end of a sentence, else
/// behind a clause, else at a space, else inside a word; of places of one kind the most even is taken. White
/// space at a cut is dropped and nothing else.
///
/// # Panics
/// If `max` is 0.
pub fn split_phonemes(phonemes: &str, max: usize) -> Vec<Segment<'_>> {
    assert!(max > 0, "split_phonemes: max is 0");
    let mut boundary = Boundary::Start;
    let mut left = phonemes.chars().count();
    if left <= max {
        return match phonemes.is_empty() {
            true => Vec::new(),
            false => vec![Segment { phonemes, boundary }],
        };
    }
    let mut segments = Vec::new();
    let mut rest = phonemes.trim();
    left -= phonemes.chars().count() - rest.chars().count();
    while left > max {
        let cut = best_cut(rest, left, max);
        let head = &rest[..cut.at];
        let tail = rest[cut.at..].trim_start();
        left -= rest[..rest.len() - tail.len()].chars().count();
        segments.push(Segment { phonemes: head.trim_end(), boundary });
        (rest, boundary) = (tail, cut.kind);
    }
    if !rest.is_empty() {
        segments.push(Segment { phonemes: rest, boundary });
    }
    segments
}

/// A place where a string may be cut.
#[derive(Debug, Clone, Copy)]
struct Place {
    /// Byte.
    at: usize,
    kind: Boundary,
}

/// The best place to cut `text`, of `len` code points, so that what comes before has at most `max`; `len` is
/// above `max`.
fn best_cut(text: &str, len: usize, max: usize) -> Place {
    // With `count` segments in all, `even` code points each; a first one below half of that is too short.
    let count = len.div_ceil(max);
    let even = len.div_ceil(count);
    let mut best: Option<((bool, Boundary, usize), Place)> = None;
    let mut hard = None;
    let mut scan = Scan::default();
    for (index, (at, symbol)) in text.char_indices().enumerate() {
        if let Some(kind) = scan.place_before(symbol).filter(|_| index > 0) {
            let rank = (index < even.div_ceil(2), kind, index.abs_diff(even));
            if best.is_none_or(|(least, _)| rank < least) {
                best = Some((rank, Place { at, kind }));
            }
        }
        if index > 0 && (hard.is_none() || !(attaches_back(symbol) || attaches_forward(scan.last))) {
            hard = Some(at);
        }
        if index == max {
            break;
        }
        scan.last = symbol;
    }
    // `index` reached 1 because `len > max >= 1`, so `hard` is set.
    match best {
        Some((_, place)) => place,
        None => Place { at: hard.unwrap_or(text.len()), kind: Boundary::Cut },
    }
}

/// Knows what the symbols so far allow.
struct Scan {
    last: char,
    /// The mark that closers are being attached to.
    pending: Option<Boundary>,
}

impl Default for Scan {
    fn default() -> Self {
        Scan { last: ' ', pending: None }
    }
}

impl Scan {
    /// The kind of place there is between the last symbol and `symbol`.
    fn place_before(&mut self, symbol: char) -> Option<Boundary> {
        let is_mark = |c: char| SENTENCE_END.contains(&c) || CLAUSE_END.contains(&c);
        if SENTENCE_END.contains(&self.last) {
            self.pending = Some(Boundary::Sentence);
        } else if CLAUSE_END.contains(&self.last) {
            self.pending = Some(self.pending.map_or(Boundary::Clause, |kind| kind.min(Boundary::Clause)));
        } else if !CLOSERS.contains(&self.last) {
            self.pending = None;
        }
        match self.pending {
            // "nˈO." and the quote after it stay together.
            Some(_) if is_mark(symbol) || CLOSERS.contains(&symbol) => None,
            Some(kind) => Some(kind),
            None if symbol.is_whitespace() && !self.last.is_whitespace() => Some(Boundary::Word),
            None => None,
        }
    }
}

/// Whether a symbol belongs to the one before it: combining marks, length, aspiration, tone.
fn attaches_back(symbol: char) -> bool {
    matches!(symbol, '\u{300}'..='\u{36f}' | 'ː' | 'ʰ' | 'ʲ' | 'ᵝ' | '↓' | '→' | '↗' | '↘')
}

/// Whether a symbol belongs to the one after it: stress.
fn attaches_forward(symbol: char) -> bool {
    matches!(symbol, 'ˈ' | 'ˌ')
}
