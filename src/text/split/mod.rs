//! Where text and phoneme strings may be cut, from the end of a sentence down to the middle of a word.

pub(crate) mod abbreviations;
mod phonemes;
mod sentences;

pub use phonemes::{Segment, split_phonemes};
pub use sentences::{Sentences, split_sentences};
pub(crate) use sentences::{ends_sentence, has_blank_line, sentence_from};

/// What separates a piece from the one before it; a longer pause suits a stronger boundary.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Boundary {
    /// Nothing comes before.
    Start,
    /// The end of a paragraph.
    Paragraph,
    /// The end of a sentence.
    Sentence,
    /// A comma, semicolon, colon or dash.
    Clause,
    /// A space.
    Word,
    /// Nothing: the cut is inside a word.
    Cut,
}

/// Punctuation that ends a sentence, in text and in phonemes.
const SENTENCE_END: &[char] = &['.', '!', '?', '…', '。', '！', '？', '｡', '．', '।', '॥', '؟', '۔'];

/// Those that need no space after them.
const FULL_WIDTH_END: &[char] = &['。', '！', '？', '｡', '．', '।', '॥'];

/// Punctuation that ends a clause.
const CLAUSE_END: &[char] = &[';', ':', ',', '—', '、', '，', '；', '：'];

/// What may close a quotation or bracket behind a sentence's last mark.
const CLOSERS: &[char] =
    &['"', '”', '’', '\'', '»', '›', ')', ']', '}', '」', '』', '）', '】', '》', '*', '_'];
