//! When each word is spoken, from the durations that the model predicts.
//!
//! Source: `KPipeline.join_timestamps` of the kokoro package, 0.9.4: a word begins and ends in the middle of the spaces around it,
//! and everything comes three frames early. Unlike there a token without phonemes takes no duration, and durations are
//! those of the ids, not of symbols that the vocabulary lacks.

use std::ops::Range;

use crate::text::Piece;

/// Frames of 25 ms in a second.
const FRAMES_PER_SECOND: f64 = 40.0;

/// Frames by which words come before their first phoneme's, as upstream has it: speech is prepared before it is heard.
const EARLY_FRAMES: u32 = 3;

/// Frames for a word that says nothing and finds no silence between its neighbours, such as an emoji.
const SILENT_WORD_FRAMES: f64 = 0.5;

/// A word of the script and when it is spoken.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct TimedWord {
    /// Bytes of the script.
    pub bytes: Range<usize>,
    /// Unicode scalars of the script.
    pub chars: Range<usize>,
    /// Seconds from the first sample of the script's speech.
    pub start_s: f64,
    /// The same for its end: more than the start, at most the audio's length, and at most the next word's start.
    pub end_s: f64,
}

/// Finds the times of words, piece by piece.
#[derive(Debug)]
pub(super) struct Timeline<'a> {
    script: &'a str,
    /// Byte and scalar up to which the script has been counted.
    counted: (usize, usize),
    /// A word that goes on in the next piece, and its start in seconds.
    open: Option<(Range<usize>, f64)>,
}

impl<'a> Timeline<'a> {
    /// For the words of `script`.
    pub(super) fn new(script: &'a str) -> Self {
        Timeline { script, counted: (0, 0), open: None }
    }

    /// The words that end in `piece`, whose speech begins `offset_s` seconds after the script's. `before` has for each code
    /// point of its phonemes the number of ids before it; `durations_frames` those of the ids and the boundaries.
    pub(super) fn words(
        &mut self,
        piece: &Piece,
        before: &[usize],
        durations_frames: &[u32],
        offset_s: f64,
    ) -> Vec<TimedWord> {
        let opened = self.open.take();
        let mut words: Vec<Range<usize>> = Vec::with_capacity(piece.words.len() + 1);
        words.extend(opened.iter().map(|(word, _)| word.clone()));
        words.extend_from_slice(&piece.words);
        if words.is_empty() {
            return Vec::new();
        }
        let spans = spans(piece, &words, before, durations_frames);
        let second = |frames: f64| offset_s + frames / FRAMES_PER_SECOND;
        let mut timed = Vec::with_capacity(words.len());
        for (index, (bytes, span)) in words.into_iter().zip(spans).enumerate() {
            let start_s = match &opened {
                Some((_, start_s)) if index == 0 => *start_s,
                _ => second(span.start),
            };
            if bytes.end > piece.source.end {
                self.open = Some((bytes, start_s));
                break;
            }
            let chars = self.count(bytes.start)..self.count(bytes.end);
            timed.push(TimedWord { bytes, chars, start_s, end_s: second(span.end) });
        }
        timed
    }

    /// Scalars before byte `at`, which no earlier call has passed.
    fn count(&mut self, at: usize) -> usize {
        let (byte, count) = &mut self.counted;
        let at = at.max(*byte);
        *count += self.script[*byte..at].chars().count();
        *byte = at;
        *count
    }
}

/// Frames of each word: in order, not overlapping, longer than zero.
fn spans(
    piece: &Piece,
    words: &[Range<usize>],
    before: &[usize],
    durations_frames: &[u32],
) -> Vec<Range<f64>> {
    let mut starts: Vec<f64> = Vec::with_capacity(durations_frames.len() + 1);
    let mut total = 0u32;
    for &frames in durations_frames {
        starts.push(f64::from(total));
        total += frames;
    }
    starts.push(f64::from(total));
    let early = f64::from(durations_frames.first().map_or(0, |&leading| leading.min(EARLY_FRAMES)));
    // The first id stands behind the leading boundary.
    let time = |symbol: usize| starts[1 + before[symbol]] - early;

    let mut spoken: Vec<Option<Range<f64>>> = vec![None; words.len()];
    let mut current = 0;
    for token in &piece.tokens {
        let span = time(token.symbols.start)..time(token.symbols.end);
        if span.start == span.end {
            continue;
        }
        for (word, part) in shares(words, &token.source, &mut current, span) {
            match &mut spoken[word] {
                Some(known) => known.end = part.end,
                unknown => *unknown = Some(part),
            }
        }
    }
    fill(&spoken, f64::from(total))
}

/// The words that a token reads, from `current` on, each with its part of the token's time by the token's letters in it.
fn shares(
    words: &[Range<usize>],
    source: &Range<usize>,
    current: &mut usize,
    span: Range<f64>,
) -> Vec<(usize, Range<f64>)> {
    // What was put in behind a word, as "dollars" behind "$5", belongs to it.
    let from = source.start + usize::from(!source.is_empty());
    while *current + 1 < words.len() && words[*current].end < from {
        *current += 1;
    }
    let mut parts: Vec<(usize, f64)> = Vec::new();
    for (index, word) in words.iter().enumerate().skip(*current) {
        if word.start >= source.end {
            break;
        }
        let shared = word.end.min(source.end).saturating_sub(word.start.max(source.start));
        if shared > 0 {
            parts.push((index, shared as f64));
        }
    }
    if parts.is_empty() {
        return vec![(*current, span)];
    }
    let letters: f64 = parts.iter().map(|(_, shared)| shared).sum();
    let (len, mut at, mut done) = (span.end - span.start, span.start, 0.0);
    *current = parts[parts.len() - 1].0;
    let mut shares = Vec::with_capacity(parts.len());
    for (index, shared) in parts {
        done += shared;
        let end = span.start + len * (done / letters);
        shares.push((index, at..end));
        at = end;
    }
    shares
}

/// Spans of all words from those that are `spoken`, in `total` frames: neighbours meet in the middle of the space between
/// them, and words that say nothing share it.
fn fill(spoken: &[Option<Range<f64>>], total: f64) -> Vec<Range<f64>> {
    let mut spans: Vec<Range<f64>> = Vec::with_capacity(spoken.len());
    // Where the last spoken word ends before it gets its part of the space.
    let mut last_end: Option<f64> = None;
    let mut at = 0;
    while at < spoken.len() {
        let silent = spoken[at..].iter().take_while(|span| span.is_none()).count();
        let mut next = spoken.get(at + silent).cloned().flatten();
        let space = last_end.unwrap_or(0.0)..next.as_ref().map_or(total, |next| next.start);
        // Between two words each gets half as much of the space as a silent one. At the ends of a piece the silence is the
        // model's, not the word's.
        let is_between = last_end.is_some() && next.is_some();
        let shares = silent as f64 + if is_between { 1.0 } else { 0.0 };
        let mut width = (space.end - space.start) / shares.max(1.0);
        let mut begin = space.start;
        if let (true, Some(before)) = (is_between, spans.last_mut()) {
            begin += width / 2.0;
            before.end = begin;
        }
        if silent > 0 && width <= 0.0 {
            // There is no space: the next word gives of its time, or the one before.
            let (Some(giver), is_before) = (match &mut next {
                Some(next) => (Some(next), false),
                None => (spans.last_mut(), true),
            }) else {
                break;
            };
            width = SILENT_WORD_FRAMES.min((giver.end - giver.start) / (2.0 * silent as f64));
            match is_before {
                true => giver.end -= width * silent as f64,
                false => giver.start += width * silent as f64,
            }
            begin = if is_before { giver.end } else { space.start };
        }
        for _ in 0..silent {
            spans.push(begin..begin + width);
            begin += width;
        }
        if let Some(next) = next {
            let start = if is_between || silent > 0 { begin } else { next.start };
            spans.push(start..next.end);
            last_end = Some(next.end);
        }
        at += silent + 1;
    }
    spans
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn spans(spoken: &[Option<(f64, f64)>], total: f64) -> Vec<(f64, f64)> {
        let spoken: Vec<_> = spoken.iter().map(|span| span.map(|(start, end)| start..end)).collect();
        fill(&spoken, total).into_iter().map(|span| (span.start, span.end)).collect()
    }

    #[test]
    fn neighbours_meet_in_the_middle_of_the_space() {
        assert_eq!(spans(&[Some((4.0, 8.0)), Some((10.0, 12.0))], 20.0), [(4.0, 9.0), (9.0, 12.0)]);
    }

    #[test]
    fn words_that_say_nothing_share_the_silence_around_them() {
        let spoken = [None, Some((4.0, 8.0)), None, None, Some((11.0, 12.0)), None];
        let expected = [(0.0, 4.0), (4.0, 8.5), (8.5, 9.5), (9.5, 10.5), (10.5, 12.0), (12.0, 20.0)];
        assert_eq!(spans(&spoken, 20.0), expected);
        // And get a little of a word where there is none.
        assert_eq!(spans(&[None, Some((0.0, 8.0))], 8.0), [(0.0, 0.5), (0.5, 8.0)]);
        assert_eq!(spans(&[Some((0.0, 8.0)), None], 8.0), [(0.0, 7.5), (7.5, 8.0)]);
    }

    #[test]
    fn a_token_of_several_words_is_shared_by_their_length() {
        let shared = |source: Range<usize>, current: usize| {
            let mut current = current;
            shares(&[0..3, 4..6, 7..12], &source, &mut current, 10.0..20.0)
        };
        assert_eq!(shared(0..6, 0), [(0, 10.0..16.0), (1, 16.0..20.0)]);
        assert_eq!(shared(7..12, 0), [(2, 10.0..20.0)]);
        // What stands behind a word without bytes of its own is that word's.
        assert_eq!(shared(6..6, 0), [(1, 10.0..20.0)]);
        assert_eq!(shared(3..3, 0), [(0, 10.0..20.0)]);
    }

    proptest! {
        #[test]
        fn spans_are_in_order_and_longer_than_zero(
            words in proptest::collection::vec((any::<bool>(), 1u8..9, 0u8..4), 1..20),
            lead in 0u8..5,
            tail in 1u8..5,
        ) {
            let mut at = f64::from(lead);
            let mut spoken = Vec::new();
            for (is_spoken, len, space) in words {
                spoken.push(is_spoken.then(|| {
                    let span = at..at + f64::from(len);
                    at = span.end + f64::from(space);
                    span
                }));
            }
            let total = at + f64::from(tail);
            let spans = fill(&spoken, total);
            prop_assert_eq!(spans.len(), spoken.len());
            let mut end = 0.0;
            for span in spans {
                prop_assert!(span.start >= end && span.end > span.start && span.end <= total + 1e-9);
                end = span.end;
            }
        }
    }
}
