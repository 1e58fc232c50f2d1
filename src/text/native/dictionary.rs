//! Words and phrases with the conditions under which they are read so.

use std::collections::HashMap;

use super::NativeData;
use crate::text::english_tokens::Word;
use crate::text::letters::fold;

/// Longer phrases are not looked for.
const MAX_PHRASE_BYTES: usize = 64;

/// The dictionary.
#[derive(Debug, Default)]
pub(super) struct Dictionary {
    /// By word or phrase without its markers; those with the most markers first, then the last of the file.
    entries: HashMap<Box<str>, Vec<Entry>>,
    /// The first words of phrases, and how long their phrases may be in bytes.
    phrases: HashMap<Box<str>, usize>,
}

#[derive(Debug)]
struct Entry {
    /// Leading `$`: only after a number.
    after_number: bool,
    /// Leading `#`: not at the beginning of a clause.
    not_first: bool,
    /// Trailing `#`: not at the end of a clause.
    not_last: bool,
    /// Phonemes, and the text that they read besides the word.
    readings: Vec<(Box<str>, Box<str>)>,
}

impl Dictionary {
    /// Reads the dictionary of `data`.
    pub(super) fn new(data: &NativeData<'_>) -> Dictionary {
        let mut dictionary = Dictionary::default();
        for (key, value) in &data.dictionary {
            let (after_number, rest) = strip(key, |key| key.strip_prefix('$'));
            let (not_first, rest) = strip(rest, |key| key.strip_prefix('#'));
            let (not_last, word) = strip(rest, |key| key.strip_suffix('#'));
            let word = plain(word);
            let is_phrase = word.contains([' ', '-']);
            let readings: Vec<_> = value.split(',').filter_map(|reading| readable(&word, reading)).collect();
            let is_word = word.chars().all(|c| c.is_alphabetic() || matches!(c, '\'' | '-' | ' ' | '.'));
            if !is_word || readings.is_empty() || is_phrase && word.len() > MAX_PHRASE_BYTES {
                continue;
            }
            if is_phrase {
                let first = word.split([' ', '-']).next().unwrap_or_default();
                let longest = dictionary.phrases.entry(first.into()).or_default();
                *longest = word.len().max(*longest);
            }
            let entry = Entry { after_number, not_first, not_last, readings };
            dictionary.entries.entry(word.into()).or_default().insert(0, entry);
        }
        for entries in dictionary.entries.values_mut() {
            entries.sort_by_key(|e| {
                3 - [e.after_number, e.not_first, e.not_last].iter().filter(|set| **set).count()
            });
        }
        dictionary
    }

    /// The phonemes of `word` in espeak-ng's notation, and how many bytes of what follows they read, too.
    pub(super) fn read(&self, word: &Word<'_>) -> Option<(&str, usize)> {
        let typed = plain(word.text);
        let lower = typed.to_lowercase();
        self.phrase(&lower, word)
            .or_else(|| self.entry(&typed, word))
            .or_else(|| self.entry(&lower, word))
            .or_else(|| {
                let folded: String = lower.chars().map(|c| if c == '\'' { "'" } else { fold(c) }).collect();
                self.entry(&folded, word)
            })
    }

    /// The reading of `word` whatever stands around it.
    pub(super) fn plain(&self, word: &str) -> Option<&str> {
        let entries = self.entries.get(word)?;
        let plain = entries.iter().rev().flat_map(|entry| &entry.readings).find(|(_, rest)| rest.is_empty());
        plain.map(|(phonemes, _)| &**phonemes)
    }

    /// The longest phrase that begins with `word`.
    fn phrase(&self, lower: &str, word: &Word<'_>) -> Option<(&str, usize)> {
        let longest = *self.phrases.get(lower)?;
        let mut phrase = lower.to_owned();
        let mut found = None;
        let mut following = word.following.char_indices().peekable();
        while let Some((at, c)) = following.next() {
            phrase.extend(plain_char(c).to_lowercase());
            if phrase.len() > longest {
                break;
            }
            let ends = following.peek().is_none_or(|&(_, next)| !(next.is_alphanumeric() || next == '\''));
            let end = at + c.len_utf8();
            if ends && let Some(entries) = self.entries.get(phrase.as_str()) {
                let fits = entries.iter().find_map(|entry| entry.reading(word, end, ""));
                found = fits.map(|phonemes| (phonemes, end)).or(found);
            }
        }
        found
    }

    /// The reading of `key` that takes in the most of what follows, else the one with the most conditions.
    fn entry(&self, key: &str, word: &Word<'_>) -> Option<(&str, usize)> {
        let entries = self.entries.get(key)?;
        let mut rests: Vec<&str> = Vec::new();
        for (_, rest) in entries.iter().flat_map(|entry| &entry.readings) {
            if begins(word.following, rest) && !rests.contains(&&**rest) {
                rests.push(rest);
            }
        }
        rests.sort_by_key(|rest| std::cmp::Reverse(rest.len()));
        rests.into_iter().find_map(|rest| {
            let phonemes = entries.iter().find_map(|entry| entry.reading(word, rest.len(), rest))?;
            Some((phonemes, rest.len()))
        })
    }
}

impl Entry {
    /// The first reading of the word with `rest`, if the conditions hold. It ends `end` bytes behind the word.
    fn reading(&self, word: &Word<'_>, end: usize, rest: &str) -> Option<&str> {
        let holds = !(self.after_number && !word.follows_number
            || self.not_first && word.begins_clause
            || self.not_last && ends_clause(&word.following[end..]));
        let (phonemes, _) = self.readings.iter().find(|(_, with)| holds && **with == *rest)?;
        Some(phonemes)
    }
}

/// Whether `marker` takes something off `key`, and what remains.
fn strip<'a>(key: &'a str, marker: impl Fn(&'a str) -> Option<&'a str>) -> (bool, &'a str) {
    marker(key).map_or((false, key), |rest| (true, rest))
}

/// One reading of a value, `phonemes` or `phonemes:rest`; `None` if it is not one of `word`. The data has phrases of
/// which a part only is read, and the remains of lists in brackets.
fn readable(word: &str, reading: &str) -> Option<(Box<str>, Box<str>)> {
    let (phonemes, rest) = reading.split_once(':').unwrap_or((reading, ""));
    let phonemes = phonemes.trim();
    let bad = phonemes.is_empty() || phonemes.contains(['(', ')', '.']);
    let words = |text: &str| text.split(' ').count();
    let is_part = word.contains(' ') && words(word) != words(phonemes);
    (!bad && !is_part).then(|| (phonemes.into(), rest.into()))
}

/// `text` with typewriter apostrophes.
fn plain(text: &str) -> String {
    text.chars().map(plain_char).collect()
}

fn plain_char(c: char) -> char {
    if c == '’' { '\'' } else { c }
}

/// Whether `text` begins with `rest`, in any ASCII case, and a word ends there.
fn begins(text: &str, rest: &str) -> bool {
    text.get(..rest.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(rest))
        && (rest.is_empty()
            || !text[rest.len()..].starts_with(|c: char| c.is_alphanumeric() || matches!(c, '\'' | '’')))
}

/// Whether a clause ends before `text`.
fn ends_clause(text: &str) -> bool {
    let next = text.trim_start().chars().next();
    next.is_none_or(|c| matches!(c, '.' | '!' | '?' | '…' | ',' | ';' | ':' | '—' | ')' | ']' | '}'))
}
