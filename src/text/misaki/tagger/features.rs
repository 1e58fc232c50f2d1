//! What the tagger sees of a word: hashes of its norm, its ends and its shape, and whether a space follows.
//!
//! Source: spaCy 3.8, `lang/lex_attrs.py`, `strings.pyx`.

use crate::text::misaki::lexicon::is_letter;
use crate::text::misaki::tokenizer::{RawToken, Tables};

/// The columns that the network embeds: norm, prefix, suffix, shape, space, white space.
pub(super) const COLUMNS: usize = 6;

/// Words from this length on have no shape of their own.
const LONG: usize = 100;

pub(super) fn of(text: &str, token: &RawToken) -> [u64; COLUMNS] {
    let word = &text[token.range.clone()];
    let tables = Tables::get();
    let id = |text: &str| tables.fixed_id(text).unwrap_or_else(|| hash(text));
    let norm = match &token.norm {
        Some(norm) => id(norm),
        None => match tables.norm(hash(word)) {
            Some(norm) => id(norm),
            None => id(&word.to_lowercase()),
        },
    };
    let first = word.chars().next().map_or(0, char::len_utf8);
    let last_three = word.char_indices().rev().nth(2).map_or(0, |(at, _)| at);
    [norm, id(&word[..first]), id(&word[last_three..]), id(&shape(word)), token.space_after.into(), 0]
}

/// `Xxxx`, `dd.d` and so on; a class is repeated four times at most.
fn shape(word: &str) -> String {
    if word.chars().count() >= LONG {
        return "LONG".to_owned();
    }
    let (mut shape, mut last, mut run) = (String::new(), None, 0);
    for c in word.chars() {
        let class = if is_letter(c) {
            if c.is_uppercase() { 'X' } else { 'x' }
        } else if c.is_numeric() {
            'd'
        } else {
            c
        };
        run = if last == Some(class) { run + 1 } else { 0 };
        last = Some(class);
        if run < 4 {
            shape.push(class);
        }
    }
    shape
}

/// The hash by which spaCy knows a string: MurmurHash64A with seed 1.
fn hash(text: &str) -> u64 {
    const M: u64 = 0xc6a4_a793_5bd1_e995;
    let mix = |h: u64, k: u64| (h ^ k).wrapping_mul(M);
    let mut h = 1 ^ (text.len() as u64).wrapping_mul(M);
    let (blocks, rest) = text.as_bytes().as_chunks::<8>();
    for block in blocks {
        let mut k = u64::from_le_bytes(*block).wrapping_mul(M);
        k ^= k >> 47;
        h = mix(h, k.wrapping_mul(M));
    }
    if !rest.is_empty() {
        let mut last = [0; 8];
        last[..rest.len()].copy_from_slice(rest);
        h = mix(h, u64::from_le_bytes(last));
    }
    h ^= h >> 47;
    h = h.wrapping_mul(M);
    h ^ (h >> 47)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes_and_hashes_are_spacys() {
        // Expected: spacy.lang.lex_attrs.word_shape and spacy.strings.hash_string, spaCy 3.8.
        for (word, expected) in
            [("barked", "xxxx"), ("Smith", "Xxxxx"), ("Mr.", "Xx."), ("n't", "x'x"), ("12,345", "dd,ddd")]
        {
            assert_eq!(shape(word), expected);
        }
        assert_eq!(shape(&"a".repeat(100)), "LONG");
        for (word, expected) in HASHES {
            assert_eq!(hash(word), expected, "{word}");
        }
    }

    const HASHES: [(&str, u64); 4] = [
        ("a", 11901859001352538922),
        ("coffee", 3197928453018144401),
        ("internationally", 11070640195767574431),
        ("naïve", 16224804062388677344),
    ];
}
