//! Text or phonemes into the pieces that the model speaks, found as they are asked for.

use std::collections::VecDeque;
use std::ops::Range;

use super::emoji;
use super::split::{Sentences, split_phonemes, split_sentences};
use super::{Boundary, Language, Phonemizer, TextError};

/// The most phonemes the model takes at once: its context of 512 less the two boundary zeros.
pub const MAX_PHONEMES: usize = 510;

/// Sentences are put together up to this many phonemes: short ones sound hurried or clipped alone, and near
/// [`MAX_PHONEMES`] the model rushes.
pub const TARGET_PHONEMES: usize = 250;

/// What is spoken in one run of the model.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Piece {
    /// 1 to [`MAX_PHONEMES`] code points.
    pub phonemes: String,
    /// What separates it from the piece before.
    pub boundary: Boundary,
    /// Bytes of the original text or phoneme string that it speaks; an estimate where a sentence is cut. The end
    /// is how much has been consumed.
    pub source: Range<usize>,
}

/// Pieces of a text, phonemised sentence by sentence, or of a phoneme string.
///
/// Pieces without anything to speak are left out, so text of emoji in a language that has no names for them
/// gives none.
pub struct Pieces<'a> {
    input: Input<'a>,
    /// A sentence that did not fit the piece before it.
    held: Option<Sentence>,
    /// An error met behind a piece that was still to be given out.
    failed: Option<TextError>,
    ready: VecDeque<Piece>,
    /// Whether a piece has been given out.
    started: bool,
}

enum Input<'a> {
    Text { text: &'a str, sentences: Sentences<'a>, phonemizer: &'a dyn Phonemizer, language: Language },
    Phonemes,
}

/// A sentence that has been phonemised.
struct Sentence {
    phonemes: String,
    len: usize,
    source: Range<usize>,
    begins_paragraph: bool,
}

impl<'a> Pieces<'a> {
    /// Pieces of `text`. Sentences are put together within a paragraph up to [`TARGET_PHONEMES`]; one above
    /// [`MAX_PHONEMES`] is split.
    pub fn from_text(text: &'a str, phonemizer: &'a dyn Phonemizer, language: Language) -> Self {
        let sentences = split_sentences(text);
        Self::new(Input::Text { text, sentences, phonemizer, language }, VecDeque::new())
    }

    /// Pieces of `phonemes`, verbatim: whole if they fit, else split.
    pub fn from_phonemes(phonemes: &str) -> Self {
        Self::new(Input::Phonemes, speakable(phonemes, 0..phonemes.len(), Boundary::Start))
    }

    fn new(input: Input<'a>, ready: VecDeque<Piece>) -> Self {
        Pieces { input, held: None, failed: None, ready, started: false }
    }

    /// The next sentence that has something to speak.
    fn next_sentence(&mut self) -> Result<Option<Sentence>, TextError> {
        if let Some(held) = self.held.take() {
            return Ok(Some(held));
        }
        let Input::Text { text, sentences, phonemizer, language } = &mut self.input else { return Ok(None) };
        let mut begins_paragraph = false;
        loop {
            let Some((source, after_blank_line)) = sentences.next_range() else { return Ok(None) };
            begins_paragraph |= after_blank_line;
            let words = emoji::strip(&text[source.clone()]);
            let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
            let phonemes = phonemizer.phonemize(&words, *language)?.trim().to_owned();
            if is_speakable(&phonemes) {
                let len = phonemes.chars().count();
                return Ok(Some(Sentence { phonemes, len, source, begins_paragraph }));
            }
        }
    }

    /// Puts sentences together and makes the result ready.
    fn fill(&mut self) -> Result<(), TextError> {
        if let Some(error) = self.failed.take() {
            return Err(error);
        }
        let Some(mut piece) = self.next_sentence()? else { return Ok(()) };
        while piece.len < TARGET_PHONEMES {
            match self.next_sentence() {
                Err(error) => {
                    self.failed = Some(error);
                    break;
                }
                Ok(None) => break,
                Ok(Some(next)) if next.begins_paragraph || piece.len + 1 + next.len > TARGET_PHONEMES => {
                    self.held = Some(next);
                    break;
                }
                Ok(Some(next)) => {
                    piece.phonemes.extend([" ", &next.phonemes]);
                    piece.len += 1 + next.len;
                    piece.source.end = next.source.end;
                }
            }
        }
        let boundary = if self.started { Boundary::Sentence } else { Boundary::Start };
        self.ready = speakable(&piece.phonemes, piece.source, boundary);
        Ok(())
    }
}

impl Iterator for Pieces<'_> {
    type Item = Result<Piece, TextError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ready.is_empty()
            && let Err(error) = self.fill()
        {
            // After an error nothing more comes: the next sentence would only fail alike.
            self.input = Input::Phonemes;
            return Some(Err(error));
        }
        let piece = self.ready.pop_front()?;
        self.started = true;
        Some(Ok(piece))
    }
}

/// Segments of `phonemes` that have something to speak; the first has `boundary` before it.
fn speakable(phonemes: &str, source: Range<usize>, boundary: Boundary) -> VecDeque<Piece> {
    let mut pieces = VecDeque::new();
    let mut first = boundary;
    for segment in split_phonemes(phonemes, MAX_PHONEMES) {
        if !is_speakable(segment.phonemes) {
            continue;
        }
        let begin = segment.phonemes.as_ptr() as usize - phonemes.as_ptr() as usize;
        let at = |byte: usize| source.start + scale(byte, source.len(), phonemes.len());
        let boundary = if pieces.is_empty() { first } else { segment.boundary };
        first = boundary;
        pieces.push_back(Piece {
            phonemes: segment.phonemes.to_owned(),
            boundary,
            source: at(begin)..at(begin + segment.phonemes.len()),
        });
    }
    pieces
}

/// `value · to / from`, for `value` at most `from`.
fn scale(value: usize, to: usize, from: usize) -> usize {
    if from == to { value } else { (value as u128 * to as u128 / from.max(1) as u128) as usize }
}

/// Whether a phoneme string has anything but punctuation, stress and white space.
fn is_speakable(phonemes: &str) -> bool {
    phonemes.chars().any(|c| c.is_alphabetic() && !matches!(c, 'ˈ' | 'ˌ' | 'ː' | 'ʰ' | 'ʲ'))
}
