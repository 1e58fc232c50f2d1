//! Text to the tokens that the tagger was trained on: words, parts of contractions, marks of punctuation.
//!
//! White space separates words. From each word, prefixes and suffixes are taken off until an exception or nothing of the
//! kind is left; the rest is cut at infixes. Source: spaCy 3.8, `tokenizer.pyx`, `lang/en`.

mod affixes;
mod tables;
mod url;

use std::ops::Range;

pub(super) use tables::Tables;

/// A token: never white space, never empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct RawToken {
    /// Bytes of the text.
    pub range: Range<usize>,
    /// The norm that an exception gives it.
    pub norm: Option<&'static str>,
    /// Whether white space follows.
    pub space_after: bool,
}

/// The tokens of `text`. A run of white space counts as one space.
pub(super) fn tokens(text: &str) -> Vec<RawToken> {
    let mut tokens = Vec::with_capacity(text.len() / 4);
    for word in text.split_whitespace() {
        let start = word.as_ptr() as usize - text.as_ptr() as usize;
        let first = tokens.len();
        if !push_exception(word, start, &mut tokens) {
            split(word, start, true, &mut tokens);
            join_exceptions(text, first, &mut tokens);
        }
        if let Some(last) = tokens.last_mut() {
            last.space_after = start + word.len() < text.len();
        }
    }
    tokens
}

fn push(range: Range<usize>, tokens: &mut Vec<RawToken>) {
    tokens.push(RawToken { range, norm: None, space_after: false });
}

/// Pushes the pieces of `word` if it is an exception.
fn push_exception(word: &str, start: usize, tokens: &mut Vec<RawToken>) -> bool {
    let Some(pieces) = Tables::get().exception(word) else { return false };
    let mut at = start;
    for piece in pieces {
        tokens.push(RawToken { range: at..at + piece.text.len(), norm: piece.norm, space_after: false });
        at += piece.text.len();
    }
    true
}

/// Takes `word`, which begins at byte `start` of the text, apart.
fn split(word: &str, start: usize, with_exceptions: bool, tokens: &mut Vec<RawToken>) {
    let is_exception = |word: &str| with_exceptions && Tables::get().exception(word).is_some();
    let (mut begin, mut end) = (0, word.len());
    let mut suffixes = Vec::new();
    while begin < end && !is_exception(&word[begin..end]) {
        let rest = &word[begin..end];
        let prefix = affixes::prefix(rest);
        if prefix > 0 && prefix < rest.len() && is_exception(&rest[prefix..]) {
            push(start + begin..start + begin + prefix, tokens);
            begin += prefix;
            break;
        }
        let suffix = affixes::suffix(&rest[prefix..]);
        if suffix > 0 && suffix < rest.len() && is_exception(&rest[..rest.len() - suffix]) {
            suffixes.push(start + end - suffix..start + end);
            end -= suffix;
            break;
        }
        if prefix == 0 && suffix == 0 {
            break;
        }
        if prefix > 0 {
            push(start + begin..start + begin + prefix, tokens);
        }
        if suffix > 0 {
            suffixes.push(start + end - suffix..start + end);
        }
        begin += prefix;
        end -= suffix;
    }
    let rest = &word[begin..end];
    let whole = start + begin..start + end;
    if rest.is_empty() || (with_exceptions && push_exception(rest, whole.start, tokens)) {
        // Nothing is left, or its pieces are known.
    } else if url::is_url(rest) {
        push(whole, tokens);
    } else {
        cut_at_infixes(rest, whole.start, tokens);
    }
    for suffix in suffixes.into_iter().rev() {
        push(suffix, tokens);
    }
}

fn cut_at_infixes(word: &str, start: usize, tokens: &mut Vec<RawToken>) {
    let mut from = 0;
    for infix in affixes::infixes(word) {
        if infix.start == 0 {
            continue;
        }
        if infix.start > from {
            push(start + from..start + infix.start, tokens);
        }
        push(start + infix.start..start + infix.end, tokens);
        from = infix.end;
    }
    if from < word.len() {
        push(start + from..start + word.len(), tokens);
    }
}

/// Puts tokens of one word together again where they spell an exception that the affixes have torn apart: the longest
/// runs first, then the leftmost.
fn join_exceptions(text: &str, first: usize, tokens: &mut Vec<RawToken>) {
    let longest = Tables::get().longest_exception();
    let mut found: Vec<(usize, usize)> = Vec::new();
    for i in first..tokens.len() {
        for j in i..tokens.len() {
            let range = tokens[i].range.start..tokens[j].range.end;
            if range.len() > longest {
                break;
            }
            if Tables::get().exception(&text[range.clone()]).is_some()
                && is_torn(&text[range], &tokens[i..=j])
            {
                found.push((i, j));
            }
        }
    }
    if found.is_empty() {
        return;
    }
    found.sort_by_key(|(i, j)| (std::cmp::Reverse(j - i), *i));
    let mut taken = vec![false; tokens.len() - first];
    let mut chosen = Vec::new();
    for (i, j) in found {
        if !taken[i - first] && !taken[j - first] {
            chosen.push((i, j));
        }
        taken[i - first..=j - first].fill(true);
    }
    chosen.sort_unstable();
    let old = tokens.split_off(first);
    let mut at = 0;
    for (i, j) in chosen {
        tokens.extend_from_slice(&old[at..i - first]);
        let range = old[i - first].range.start..old[j - first].range.end;
        push_exception(&text[range.clone()], range.start, tokens);
        at = j - first + 1;
    }
    tokens.extend_from_slice(&old[at..]);
}

/// Whether `exception` is one that affixes or infixes are found in, and `tokens` are what they leave of it.
fn is_torn(exception: &str, tokens: &[RawToken]) -> bool {
    let start = tokens[0].range.start;
    let mut torn = Vec::new();
    split(exception, start, false, &mut torn);
    torn.len() == tokens.len()
        && torn.iter().zip(tokens).all(|(torn, token)| torn.range == token.range)
        && (affixes::prefix(exception) > 0
            || affixes::suffix(exception) > 0
            || affixes::infixes(exception).next().is_some())
}
