//! Amounts of text that espeak-ng takes without overrunning its buffers or dropping words.
//!
//! It translates a clause in 800 bytes, into which it puts spaces and names of symbols, and 1,000 phonemes, behind
//! which it silently stops. Its own cut of longer clauses counts neither, and text such as `x.x.x` repeated has
//! made it write outside its buffers. A clause of ordinary words is cut here only where espeak-ng would, too.

/// The most that one call may cost, see [`cost`]: below 800 with room for what cannot be foreseen.
const MAX_COST: usize = 640;
/// The longest run of characters without a space, as espeak-ng spells longer ones and stops in the middle.
const MAX_WORD_CHARS: usize = 60;
/// The same in bytes, below espeak-ng's `N_WORD_BYTES` of 160.
const MAX_WORD_BYTES: usize = 150;
/// An answer of this many characters may have been cut short at 1,000 phonemes.
const FULL_CHARS: usize = 700;

/// Cuts `text` at white space, or inside of what is too long for a word; nothing else is lost.
pub(super) fn chunks(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text.trim_start();
    std::iter::from_fn(move || {
        let (chunk, tail) = rest.split_at(first_chunk(rest));
        rest = tail.trim_start();
        (!chunk.is_empty()).then(|| chunk.trim_end())
    })
}

/// Length in bytes of the first chunk of `text`.
fn first_chunk(text: &str) -> usize {
    let (mut total, mut last) = (0, ' ');
    // The last place where a word has ended, and the length of the word since.
    let (mut word_end, mut word_start, mut word_chars) = (0, 0, 0);
    for (at, c) in text.char_indices() {
        if c.is_whitespace() {
            (word_end, word_start, word_chars) = (at, at + c.len_utf8(), 0);
        } else {
            word_chars += 1;
        }
        total += cost(last, c);
        let word_bytes = (at + c.len_utf8()).saturating_sub(word_start);
        if word_chars > MAX_WORD_CHARS || word_bytes > MAX_WORD_BYTES {
            return at;
        }
        if total > MAX_COST {
            return if word_end > 0 { word_end } else { at };
        }
        last = c;
    }
    text.len()
}

/// What `c` behind `last` may need in espeak-ng's buffer, in bytes.
fn cost(last: char, c: char) -> usize {
    match c {
        _ if c.is_whitespace() => 1,
        // A capital inside a word may begin another.
        _ if c.is_uppercase() && !last.is_whitespace() => c.len_utf8() + 3,
        _ if c.is_alphabetic() && (last.is_alphabetic() || last.is_whitespace()) => c.len_utf8(),
        _ if c.is_ascii() || c.is_alphabetic() => c.len_utf8() + 3,
        // Accents and vowel signs.
        _ if c.len_utf8() < 4 && last.is_alphabetic() => c.len_utf8(),
        // Symbols and emoji become their names.
        _ => 60,
    }
}

/// Where to cut a chunk whose answer may be incomplete: at the white space nearest to the middle, else in the
/// middle. `None` if the answer is short enough or there is nothing to cut.
pub(super) fn cut_again(chunk: &str, answer: &str) -> Option<usize> {
    if answer.chars().count() < FULL_CHARS {
        return None;
    }
    let middle = chunk.len() / 2;
    let space =
        chunk.match_indices(char::is_whitespace).map(|(at, _)| at).min_by_key(|at| at.abs_diff(middle));
    let inside = || (middle..chunk.len()).find(|&at| chunk.is_char_boundary(at));
    space.or_else(inside).filter(|&at| at > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinary_clauses_stay_whole() {
        let clause = "the quick brown fox jumps over the lazy dog ".repeat(14);
        assert_eq!(chunks(&clause).collect::<Vec<_>>(), [clause.trim()]);
        let hindi = "मेरा नाम राम है मैं दिल्ली में रहता हूँ ".repeat(5);
        assert_eq!(chunks(&hindi).collect::<Vec<_>>(), [hindi.trim()]);
    }

    #[test]
    fn chunks_lose_nothing_but_white_space() {
        let bare = |text: &str| text.split_whitespace().collect::<String>();
        for text in
            ["word ".repeat(1000), "x".repeat(5000), "你好".repeat(700), "A1b2 😀".repeat(300), " ".repeat(9)]
        {
            assert_eq!(chunks(&text).map(bare).collect::<String>(), bare(&text));
            assert!(chunks(&text).all(|chunk| !chunk.is_empty() && chunk.len() <= MAX_COST));
        }
    }

    #[test]
    fn only_long_answers_are_cut_again() {
        let long = "p".repeat(FULL_CHARS);
        assert_eq!(cut_again("one two three", "wˈʌn"), None);
        assert_eq!(cut_again("one two three", &long), Some(7));
        assert_eq!(cut_again("你好", &long), Some(3));
        assert_eq!(cut_again("你", &long), None);
    }
}
