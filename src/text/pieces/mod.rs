//! Text or phonemes into the pieces that the model speaks, found as they are asked for.

mod pack;
mod reading;

pub use pack::TARGET_PHONEMES;
pub use reading::PieceToken;

use std::collections::VecDeque;
use std::ops::Range;

use pack::{LONG_SENTENCE, LOOK_AHEAD};
use reading::{Reading, Segment};

use super::markup::move_marks;
use super::split::{ends_sentence, has_blank_line, sentence_from, split_phonemes};
use super::{Boundary, Language, Passage, Phonemizer, Prepared, Rewrite, SourceMap, TextError, gaps};

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
    /// Sentences that have been phonemised and not been spoken.
    window: VecDeque<Sentence>,
    /// What belongs to sentences before the first that can be spoken.
    silent_words: Vec<Range<usize>>,
    /// Seconds of the pauses since the last sentence that can be spoken.
    pause_s: Option<f32>,
    /// An error met behind sentences that are still to be given out.
    failed: Option<TextError>,
    ready: VecDeque<Piece>,
    /// Whether a piece has been given out.
    started: bool,
    first_short: bool,
}

enum Input<'a> {
    Text(Reader<'a>),
    End,
}

/// Where the text has been read up to.
struct Reader<'a> {
    text: Prepared,
    phonemizer: Box<dyn Phonemizer + 'a>,
    language: Language,
    /// Byte of the text.
    at: usize,
    /// Bytes at which a piece has to end, still to come.
    borders: VecDeque<usize>,
    /// Index of the next of the text's words.
    next_word: usize,
    /// Index of the next of its pauses.
    next_pause: usize,
    /// Whether the next sentence is the first behind a border, and behind a blank line that was there without it.
    is_behind_border: bool,
    is_behind_blank_line: bool,
}

/// A sentence that has been phonemised.
struct Sentence {
    reading: Reading,
    /// Bytes of the script.
    source: Range<usize>,
    words: Vec<Range<usize>>,
    boundary: Boundary,
    pause_s: Option<f32>,
    rate: f32,
    /// Whether it may be spoken in one piece with what comes before it.
    is_joinable: bool,
}

impl<'a> Pieces<'a> {
    /// Pieces of `text`. Sentences are put together within a paragraph to about [`TARGET_PHONEMES`] each; a long one is
    /// cut where a clause ends, and one above [`MAX_PHONEMES`] wherever it must be.
    pub fn from_text(text: &str, phonemizer: impl Phonemizer + 'a, language: Language) -> Self {
        Self::from_prepared(Prepared::verbatim(text), phonemizer, language)
    }

    /// Pieces of a script that has been prepared. They end at its pauses and where its speed changes.
    pub fn from_prepared(text: Prepared, phonemizer: impl Phonemizer + 'a, language: Language) -> Self {
        let borders = text.borders().into();
        Self::new(Input::Text(Reader {
            text,
            phonemizer: Box::new(phonemizer),
            language,
            at: 0,
            borders,
            next_word: 0,
            next_pause: 0,
            is_behind_border: false,
            is_behind_blank_line: false,
        }))
    }

    /// Pieces of `phonemes`, verbatim: whole if they fit, else split.
    pub fn from_phonemes(phonemes: &str) -> Self {
        let mut pieces = Self::new(Input::End);
        pieces.ready = given(phonemes);
        pieces
    }

    fn new(input: Input<'a>) -> Self {
        Pieces {
            input,
            window: VecDeque::new(),
            silent_words: Vec::new(),
            pause_s: None,
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

    /// Seconds of the pauses that the script has behind its last piece; known when no piece is left.
    pub fn closing_pause_s(&self) -> f32 {
        self.pause_s.unwrap_or_default()
    }

    /// Phonemises the next sentence; `false` if there is none.
    fn fetch(&mut self) -> Result<bool, TextError> {
        let Input::Text(reader) = &mut self.input else { return Ok(false) };
        let Some(found) = reader.next()? else {
            self.pause_s = add(self.pause_s, reader.pauses_to(usize::MAX));
            self.input = Input::End;
            return Ok(false);
        };
        self.pause_s = add(self.pause_s, found.pause_s);
        if is_speakable(&found.reading.phonemes) {
            let mut words = std::mem::take(&mut self.silent_words);
            words.extend(found.words);
            let start = words.first().map_or(found.source.start, |word| word.start.min(found.source.start));
            let pause_s = self.pause_s.take();
            let source = start..found.source.end;
            let is_joinable = found.is_joinable && pause_s.is_none();
            self.window.push_back(Sentence { words, source, pause_s, is_joinable, ..found });
        } else if let Some(before) = self.window.back_mut() {
            before.source.end = found.source.end.max(before.source.end);
            before.words.extend(found.words);
            // What follows stands behind this sentence's border, too.
            reader.is_behind_border |= !found.is_joinable && found.boundary != Boundary::Paragraph;
            reader.is_behind_blank_line |= found.boundary == Boundary::Paragraph;
        } else {
            self.silent_words.extend(found.words);
            reader.is_behind_blank_line |= found.boundary == Boundary::Paragraph;
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
                match run == 0 || self.window[run].is_joinable {
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
        self.ready = cut(piece, is_first_short);
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

impl Reader<'_> {
    /// The next sentence, spoken or not. Its pause is what stands before it.
    fn next(&mut self) -> Result<Option<Sentence>, TextError> {
        let text = &self.text.document.text;
        let (range, is_behind_blank_line) = loop {
            let end = self.borders.front().copied().unwrap_or(text.len());
            match sentence_from(&text[..end], self.at) {
                Some((range, blank_line)) => break (self.with_its_marks(range, end), blank_line),
                None if self.borders.is_empty() => return Ok(None),
                None => {
                    // A blank line may stand before the border.
                    self.is_behind_blank_line |=
                        text[self.at..end].trim_end().is_empty() && has_blank_line(&text[self.at..end]);
                    self.borders.pop_front();
                    self.at = end;
                    self.is_behind_border = true;
                }
            }
        };
        let is_paragraph = is_behind_blank_line | std::mem::take(&mut self.is_behind_blank_line);
        let is_behind_border = std::mem::take(&mut self.is_behind_border);
        self.at = range.end;
        let pause_s = self.pauses_to(range.start + 1);
        let boundary = match is_behind_border && !ends_sentence(&self.text.document.text[..range.start]) {
            _ if is_paragraph => Boundary::Paragraph,
            true => Boundary::Word,
            false => Boundary::Sentence,
        };
        let source = self.text.document.map.to_source(range.clone());
        let first = self.next_word;
        let words = &self.text.words[first..];
        let words = words[..words.partition_point(|word| word.start < source.end)].to_vec();
        self.next_word += words.len();
        Ok(Some(Sentence {
            reading: self.read(&range)?,
            source,
            words,
            boundary,
            pause_s,
            rate: self.text.rate_at(range.start),
            is_joinable: !is_paragraph && !is_behind_border,
        }))
    }

    /// A sentence, longer if it would end inside of a settled part.
    fn with_its_marks(&self, mut range: Range<usize>, end: usize) -> Range<usize> {
        loop {
            let index = self.text.document.marks.partition_point(|mark| mark.range.end <= range.end);
            let cut = self.text.document.marks.get(index).is_some_and(|mark| mark.range.start < range.end);
            match cut.then(|| sentence_from(&self.text.document.text[..end], range.end)).flatten() {
                Some((more, _)) => range.end = more.end,
                None => return range,
            }
        }
    }

    /// Seconds of the pauses that have not been asked for, up to byte `end` of the text.
    fn pauses_to(&mut self, end: usize) -> Option<f32> {
        let due = self.text.document.pauses[self.next_pause..].iter().take_while(|pause| pause.at_byte < end);
        let seconds: Vec<f32> = due.map(|pause| pause.seconds).collect();
        self.next_pause += seconds.len();
        (!seconds.is_empty()).then(|| seconds.iter().sum())
    }

    /// The phonemes of the sentence at `range` of the text.
    fn read(&self, range: &Range<usize>) -> Result<Reading, TextError> {
        let document = &self.text.document;
        let (text, map) = plain(&document.text[range.clone()]);
        let marks = move_marks(&document.marks_in(range.clone()), &map);
        let tokens = self.phonemizer.tokens(&Passage { text: &text, marks: &marks }, self.language)?;
        Ok(Reading::of(&tokens, |token| {
            let in_sentence = map.to_source(token);
            document.map.to_source(in_sentence.start + range.start..in_sentence.end + range.start)
        }))
    }
}

/// The sum of pauses, if there is any.
fn add(pause_s: Option<f32>, more_s: Option<f32>) -> Option<f32> {
    match (pause_s, more_s) {
        (Some(one), Some(other)) => Some(one + other),
        (one, other) => one.or(other),
    }
}

/// `sentence` with every run of white space and emoji as one space: a line break inside of it is an editor's.
fn plain(sentence: &str) -> (String, SourceMap) {
    let mut rewrite = Rewrite::new(sentence);
    for gap in gaps::gaps(sentence) {
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
fn cut(sentence: Sentence, is_first_short: bool) -> VecDeque<Piece> {
    let Sentence { reading, source, words, boundary, pause_s, rate, .. } = sentence;
    let mut pieces: VecDeque<Piece> = VecDeque::new();
    let segments = match is_first_short {
        true => after_first_clauses(reading, &words),
        false => well_spoken(reading, &words),
    };
    let mut words = words.into_iter().peekable();
    let mut start = source.start;
    for segment in segments {
        let end =
            segment.reading.tokens.last().map_or(start, |token| token.source.end.clamp(start, source.end));
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
                let (boundary, pause_s) =
                    if before.is_some() { (segment.boundary, None) } else { (boundary, pause_s) };
                pieces.push_back(Piece {
                    phonemes: segment.reading.phonemes,
                    boundary,
                    pause_s,
                    rate,
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
            (next.boundary, next.pause_s) = (first.boundary, first.pause_s);
        }
    }
    pieces
}

/// The parts of a sentence, or several together, that the model speaks well: all of it unless it is long.
fn well_spoken(reading: Reading, words: &[Range<usize>]) -> Vec<Segment> {
    let ends_clauses = |phonemes: &str| {
        let mut cuts = split_phonemes(phonemes, LONG_SENTENCE).into_iter().skip(1);
        cuts.all(|segment| segment.boundary <= Boundary::Clause)
    };
    let is_cut = reading.len > MAX_PHONEMES || reading.len > LONG_SENTENCE && ends_clauses(&reading.phonemes);
    reading.split(if is_cut { LONG_SENTENCE } else { MAX_PHONEMES }, words)
}

/// As [`well_spoken`], with the first clauses of a long sentence apart.
fn after_first_clauses(reading: Reading, words: &[Range<usize>]) -> Vec<Segment> {
    let cut = split_phonemes(&reading.phonemes, SHORT_FIRST).get(1).map(|segment| segment.boundary);
    let Some(boundary) = cut.filter(|boundary| *boundary <= Boundary::Clause) else {
        return well_spoken(reading, words);
    };
    let mut segments = reading.split(SHORT_FIRST, words).into_iter();
    let mut all: Vec<Segment> = segments.next().into_iter().collect();
    if let Some(mut rest) = segments.next().map(|segment| segment.reading) {
        segments.for_each(|segment| rest.append(segment.reading));
        let mut rest = well_spoken(rest, words);
        rest[0].boundary = boundary;
        all.append(&mut rest);
    }
    all
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
