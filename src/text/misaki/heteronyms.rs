//! Words that misaki reads one way although their part of speech, or a neighbour, decides.
//!
//! The table is `heteronyms.tsv`, beside this file.

use std::collections::HashMap;
use std::sync::OnceLock;

use super::group::Tagged;
use super::tagger::Tag;

/// Where a word stands, for what its own tag does not tell.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place<'a> {
    text: &'a str,
    tokens: &'a [Tagged],
    /// The first token of the word, and the one behind its last.
    first: usize,
    end: usize,
}

/// A condition and the readings under it; no reading is the lexicon's.
struct Row {
    tags: Vec<&'static str>,
    before: Vec<&'static str>,
    after: Vec<&'static str>,
    american: Option<&'static str>,
    british: Option<&'static str>,
}

/// Stands for any noun among the phrases behind a word.
const NOUN: &str = "NOUN";

impl<'a> Place<'a> {
    /// The place of the tokens `first` to `end`, not included, of all `tokens` of `text`.
    pub fn new(text: &'a str, tokens: &'a [Tagged], first: usize, end: usize) -> Place<'a> {
        Place { text, tokens, first, end }
    }

    fn is_behind(&self, phrase: &str) -> bool {
        let mut before = self.tokens[..self.first].iter().rev();
        phrase.rsplit(' ').all(|word| before.next().is_some_and(|token| self.is(token, word)))
    }

    fn is_before(&self, phrase: &str) -> bool {
        let mut after = self.tokens[self.end..].iter();
        if phrase == NOUN {
            return after.next().is_some_and(|token| token.tag.parent() == NOUN);
        }
        phrase.split(' ').all(|word| after.next().is_some_and(|token| self.is(token, word)))
    }

    fn is(&self, token: &Tagged, word: &str) -> bool {
        self.text[token.range.clone()].eq_ignore_ascii_case(word)
    }
}

/// The reading of `word` with `tag` in `place` where it is not the lexicon's.
pub(super) fn reading(word: &str, tag: Tag, place: Place<'_>, british: bool) -> Option<&'static str> {
    let rows = match table().get(word) {
        Some(rows) => rows,
        None => table().get(word.to_ascii_lowercase().as_str())?,
    };
    let fits = |phrases: &[&str], found: &dyn Fn(&str) -> bool| {
        phrases.is_empty() || phrases.iter().any(|phrase| found(phrase))
    };
    let row = rows.iter().find(|row| {
        row.tags.contains(&tag.name())
            && fits(&row.before, &|phrase| place.is_behind(phrase))
            && fits(&row.after, &|phrase| place.is_before(phrase))
    })?;
    if british { row.british } else { row.american }
}

fn table() -> &'static HashMap<&'static str, Vec<Row>> {
    static TABLE: OnceLock<HashMap<&'static str, Vec<Row>>> = OnceLock::new();
    TABLE.get_or_init(|| {
        let mut table: HashMap<&str, Vec<Row>> = HashMap::new();
        for line in include_str!("heteronyms.tsv").lines().filter(|line| !line.starts_with('#')) {
            let cells: Vec<&str> = line.split('\t').collect();
            let [word, tags, before, after, american, british] = cells[..] else {
                panic!("the table of heteronyms has a line of {} cells: {line}", cells.len());
            };
            let phrases = |cell: &'static str| match cell {
                "-" => Vec::new(),
                // The hyphen before a word is a token itself.
                "\\-" => vec!["-"],
                _ => cell.split('|').collect(),
            };
            let said = |cell: &'static str| Some(cell).filter(|cell| *cell != "=");
            table.entry(word).or_default().push(Row {
                tags: tags.split(' ').collect(),
                before: phrases(before),
                after: phrases(after),
                american: said(american),
                british: said(british),
            });
        }
        table
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_has_known_tags_and_phonemes_of_the_vocabulary() {
        let vocab = crate::text::Vocab::kokoro();
        for (word, rows) in table() {
            for row in rows {
                row.tags.iter().for_each(|tag| assert_eq!(Tag::named(tag).name(), *tag));
                for reading in [row.american, row.british].into_iter().flatten() {
                    assert!(vocab.encode(reading).skipped.is_empty() && reading != "-", "{word}: {reading}");
                }
                for phrase in row.before.iter().chain(&row.after) {
                    assert!(phrase.split(' ').all(|word| !word.is_empty()), "{word}: {phrase:?}");
                }
            }
        }
    }
}
