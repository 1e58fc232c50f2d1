//! Text or phonemes into the pieces that the model speaks, found as they are asked for.

mod pack;
mod reading;

pub use pack::TARGET_PHONEMES;
pub use reading::PieceToken;

use std::collections::VecDeque;
use std::ops::Range;

use pack::{LONG_SENTENCE, LOOK_AHEAD};
use reading::Reading;

use super::split::{Sentences, split_phonemes, split_sentences};
use super::words::Words;
use super::{Boundary, Language, Passage, Phonemizer, Rewrite, SourceMap, TextError, emoji};

/// The most phonemes the model takes at once: its context of 512 less the two boundary zeros.
pub const MAX_PHONEMES: usize = 510;

/// A first piece that is to be short is cut behind a clause from this many phonemes on.
const SHORT_FIRST: usize = 120;

/// What is spoken in one run of the model.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Piece {
    /// 1 to [`MAX_PHONEMES`] code points.
    pub phonemes: String,
    /// What separates it from the piece before.
    pub boundary: Boundary,
    /// A pause before it that the script asks for, in seconds, in place of the boundary's.
    pub pause_s: Option<f32>,
    /// How much faster than the rest of the script it is spoken, as the script asks for: 1 is no faster.
    pub rate: f32,
    /// Bytes of the script that it covers. The pieces' ranges are in order and disjoint, and no word lies between them.
    pub source: Range<usize>,
    /// The tokens of its phonemes; none if phonemes were given.
    pub tokens: Vec<PieceToken>,
    /// Bytes of the words, as white space separates them, that begin in it. Every word of the script is in one piece.
    pub words: Vec<Range<usize>>,
}

/// Pieces of a text, phonemised sentence by sentence, or of a phoneme string.
///
/// Pieces without anything to speak are left out, so text of emoji gives none; their words are the neighbours'.
pub struct Pieces<'a> {
    input: Input<'a>,
    /// The script, if it is text.
    script: &'a str,
    /// Sentences that have been phonemised and not been spoken.
    window: VecDeque<Sentence>,
    /// The words of sentences before the first that can be spoken.
    silent_words: Vec<Range<usize>>,
    /// An error met behind sentences that are still to be given out.
    failed: Option<TextError>,
    ready: VecDeque<Piece>,
    /// Whether a piece has been given out.
    started: bool,
    first_short: bool,
}

enum Input<'a> {
    Text { sentences: Sentences<'a>, words: Words<'a>, phonemizer: &'a dyn Phonemizer, language: Language },
    End,
}

/// A sentence that has been phonemised.
struct Sentence {
    reading: Reading,
    source: Range<usize>,
    words: Vec<Range<usize>>,
    boundary: Boundary,
}

impl Sentence {
    /// Whether it may be spoken in one piece with what comes before it.
    fn is_joinable(&self) -> bool {
        self.boundary == Boundary::Sentence
    }
}

impl<'a> Pieces<'a> {
    /// Pieces of `text`. Sentences are put together within a paragraph to about [`TARGET_PHONEMES`] each; a long one is
    /// cut where a clause ends, and one above [`MAX_PHONEMES`] wherever it must be.
    pub fn from_text(text: &'a str, phonemizer: &'a dyn Phonemizer, language: Language) -> Self {
        let (sentences, words) = (split_sentences(text), Words::new(text));
        Self::new(Input::Text { sentences, words, phonemizer, language }, text)
    }

    /// Pieces of `phonemes`, verbatim: whole if they fit, else split.
    pub fn from_phonemes(phonemes: &str) -> Self {
        let mut pieces = Self::new(Input::End, "");
        pieces.ready = given(phonemes);
        pieces
    }

    fn new(input: Input<'a>, script: &'a str) -> Self {
        Pieces {
            input,
            script,
            window: VecDeque::new(),
            silent_words: Vec::new(),
            failed: None,
            ready: VecDeque::new(),
            started: false,
            first_short: false,
        }
    }

    /// Makes the first piece a single sentence, or the first clauses of a long one, so that it can be heard soon.
    pub fn with_short_first(mut self, short: bool) -> Self {
        self.first_short = short;
        self
    }

    /// Phonemises the next sentence; `false` if there is none.
    fn fetch(&mut self) -> Result<bool, TextError> {
        let Input::Text { sentences, words, phonemizer, language } = &mut self.input else { return Ok(false) };
        let Some((source, after_blank_line)) = sentences.next_range() else {
            self.input = Input::End;
            return Ok(false);
        };
        let mut own = Vec::new();
        while let Some(word) = words.clone().next().filter(|word| word.start < source.end) {
            own.push(word);
            words.next();
        }
        let reading = read(&self.script[source.clone()], source.start, *phonemizer, *language)?;
        let boundary = if after_blank_line { Boundary::Paragraph } else { Boundary::Sentence };
        if is_speakable(&reading.phonemes) {
            let mut all = std::mem::take(&mut self.silent_words);
            all.append(&mut own);
            let start = all.first().map_or(source.start, |word| word.start.min(source.start));
            let sentence = Sentence { reading, source: start..source.end, words: all, boundary };
            self.window.push_back(sentence);
        } else if let Some(before) = self.window.back_mut() {
            before.source.end = source.end;
            before.words.append(&mut own);
        } else {
            self.silent_words.append(&mut own);
        }
        Ok(true)
    }

    /// Puts sentences together and makes the result ready.
    fn fill(&mut self) -> Result<(), TextError> {
        let mut run = 0;
        let mut is_complete = false;
        loop {
            // The sentences from the first on that may be spoken together.
            while !is_complete && run < self.window.len() {
                match run == 0 || self.window[run].is_joinable() {
                    true => run += 1,
                    false => is_complete = true,
                }
            }
            let seen: usize = self.window.iter().take(run).map(|sentence| sentence.reading.len).sum();
            // What follows the first sentence is looked at in any case: it may be silent.
            if is_complete || (seen > LOOK_AHEAD && run > 1) {
                break;
            }
            match self.fetch() {
                Ok(true) => {}
                Ok(false) => {
                    is_complete = true;
                    break;
                }
                Err(error) => {
                    // After an error nothing more comes: the next sentence would only fail alike.
                    self.input = Input::End;
                    self.failed = Some(error);
                }
            }
        }
        if self.window.is_empty() {
            return self.failed.take().map_or(Ok(()), Err);
        }
        let is_first_short = self.first_short && !self.started;
        let lens: Vec<usize> = self.window.iter().take(run).map(|sentence| sentence.reading.len).collect();
        let count = if is_first_short { 1 } else { pack::take(&lens, is_complete) };
        let mut together = self.window.drain(..count).collect::<Vec<_>>().into_iter();
        let mut piece = together.next().expect("the packer takes at least one sentence");
        for sentence in together {
            piece.reading.append(sentence.reading);
            piece.source.end = sentence.source.end;
            piece.words.extend(sentence.words);
        }
        if !self.started {
            piece.boundary = Boundary::Start;
        }
        self.ready = cut(piece, is_first_short, self.script);
        Ok(())
    }
}

impl Iterator for Pieces<'_> {
    type Item = Result<Piece, TextError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ready.is_empty()
            && let Err(error) = self.fill()
        {
            return Some(Err(error));
        }
        let piece = self.ready.pop_front()?;
        self.started = true;
        Some(Ok(piece))
    }
}

/// The phonemes of a sentence that stands at byte `at` of the script.
fn read(
    sentence: &str,
    at: usize,
    phonemizer: &dyn Phonemizer,
    language: Language,
) -> Result<Reading, TextError> {
    let (text, map) = plain(sentence);
    let tokens = phonemizer.tokens(&Passage::plain(&text), language)?;
    let to_script = |range: Range<usize>| {
        let source = map.to_source(range);
        source.start + at..source.end + at
    };
    Ok(Reading::of(&tokens, to_script))
}

/// `sentence` with every run of white space and emoji as one space: a line break inside of it is an editor's.
fn plain(sentence: &str) -> (String, SourceMap) {
    let mut rewrite = Rewrite::new(sentence);
    for gap in emoji::gaps(sentence) {
        rewrite.keep_to(gap.start);
        match gap.start == 0 || gap.end == sentence.len() {
            true => rewrite.replace_to(gap.end, ""),
            false if sentence[gap.clone()] == *" " => rewrite.keep_to(gap.end),
            false => rewrite.replace_to(gap.end, " "),
        }
    }
    rewrite.finish()
}

/// The pieces that a sentence, or several together, make: cut if they are too long to be spoken well.
fn cut(sentence: Sentence, is_first_short: bool, script: &str) -> VecDeque<Piece> {
    let Sentence { reading, source, words, boundary } = sentence;
    let clause_ends = |reading: &Reading, max: usize| {
        split_phonemes(&reading.phonemes, max).iter().skip(1).all(|segment| segment.boundary <= Boundary::Clause)
    };
    let max = match reading.len {
        len if is_first_short && len > SHORT_FIRST && clause_ends(&reading, SHORT_FIRST) => SHORT_FIRST,
        len if len > MAX_PHONEMES => LONG_SENTENCE,
        len if len > LONG_SENTENCE && clause_ends(&reading, LONG_SENTENCE) => LONG_SENTENCE,
        _ => MAX_PHONEMES,
    };
    let mut pieces: VecDeque<Piece> = VecDeque::new();
    let mut words = words.into_iter().peekable();
    let mut start = source.start;
    for segment in reading.split(max, script) {
        let end = segment.reading.tokens.last().map_or(start, |token| token.source.end.clamp(start, source.end));
        let mut own = Vec::new();
        while let Some(word) = words.next_if(|word| word.start < end) {
            own.push(word);
        }
        match pieces.back_mut() {
            // What cannot be spoken is not a piece.
            Some(before) if !is_speakable(&segment.reading.phonemes) => {
                before.source.end = end;
                before.words.extend(own);
            }
            before => {
                let boundary = if before.is_some() { segment.boundary } else { boundary };
                pieces.push_back(Piece {
                    phonemes: segment.reading.phonemes,
                    boundary,
                    pause_s: None,
                    rate: 1.0,
                    source: start..end,
                    tokens: segment.reading.tokens,
                    words: own,
                });
            }
        }
        start = end;
    }
    if let Some(last) = pieces.back_mut() {
        last.source.end = source.end;
        last.words.extend(words);
    }
    // The first segment may have been one that cannot be spoken.
    if pieces.front().is_some_and(|first| !is_speakable(&first.phonemes)) {
        let first = pieces.pop_front().expect("it has just been looked at");
        if let Some(next) = pieces.front_mut() {
            next.source.start = first.source.start;
            next.words.splice(0..0, first.words);
            next.boundary = first.boundary;
        }
    }
    pieces
}

/// The segments of a given phoneme string that have something to speak.
fn given(phonemes: &str) -> VecDeque<Piece> {
    let mut pieces = VecDeque::new();
    for segment in split_phonemes(phonemes, MAX_PHONEMES) {
        if !is_speakable(segment.phonemes) {
            continue;
        }
        let begin = segment.phonemes.as_ptr() as usize - phonemes.as_ptr() as usize;
        pieces.push_back(Piece {
            phonemes: segment.phonemes.to_owned(),
            boundary: if pieces.is_empty() { Boundary::Start } else { segment.boundary },
            pause_s: None,
            rate: 1.0,
            source: begin..begin + segment.phonemes.len(),
            tokens: Vec::new(),
            words: Vec::new(),
        });
    }
    pieces
}

/// Whether a phoneme string has anything but punctuation, stress and white space.
fn is_speakable(phonemes: &str) -> bool {
    phonemes.chars().any(|c| c.is_alphabetic() && !matches!(c, 'ˈ' | 'ˌ' | 'ː' | 'ʰ' | 'ʲ'))
}
