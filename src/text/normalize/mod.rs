//! Text as people type it to text that phonemizers read right: dates, times, units, addresses and the like in words.
//!
//! In front of misaki only what its own grammar lacks or misreads is touched: bare integers, years, decimals, ordinals and
//! whole amounts of `$`, `£` and `€` stay as they are (source: misaki `en.py`). The languages read by espeak-ng get the
//! classes that can be written without grammar of whole sentences.
//!
//! A text is read once from left to right; no rule looks further than a constant number of bytes, so time and memory are
//! linear in the text.

mod classes;
mod digits;
pub(crate) mod emoji;
mod english;
mod espeak_languages;
mod markdown;
mod say;
mod scan;
mod typography;
mod urls;

pub use classes::Classes;
pub(crate) use say::{cardinal, date, ordinal, spell_out, telephone, time, whole};
pub(crate) use scan::Spoken;

use markdown::Markdown;
use scan::{Edits, Scan};
use urls::Urls;

use super::markup::move_marks;
use super::{Document, Language, Mark, MarkKind, Passage, Rewrite, SourceMap};

/// What becomes of signs that are not words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Signs {
    /// They are left out.
    #[default]
    Strip,
    /// They are named, in English.
    Speak,
}

/// What a [`Normalizer`] does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Options {
    /// The classes it rewrites.
    pub classes: Classes,
    /// What becomes of emoji, if their class is rewritten.
    pub emoji: Signs,
    /// What becomes of Markdown's signs, if their class is rewritten.
    pub markdown: Signs,
}

/// Rewrites text into what phonemizers read right.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Normalizer {
    options: Options,
}

/// A rewritten text.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Normalized {
    /// The text.
    pub text: String,
    /// From it to the text before.
    pub map: SourceMap,
    /// The marks of the text before, moved, and new ones for what is spelled: in order, disjoint, not empty.
    pub marks: Vec<Mark>,
}

impl Normalizer {
    /// A normalizer that does as `options` say.
    pub fn new(options: Options) -> Self {
        Self { options }
    }

    /// Rewrites a passage. Parts with [`MarkKind::Phonemes`] or [`MarkKind::NumberFlags`] are not touched.
    pub fn normalize(&self, passage: &Passage<'_>, language: Language) -> Normalized {
        self.between(passage, &[], language)
    }

    /// Rewrites a document. Nothing is put together over a pause or a change of rate.
    pub fn normalize_document(&self, document: Document, language: Language) -> Document {
        if self.options.classes == Classes::NONE {
            return document;
        }
        let Normalized { text, map, marks } =
            self.between(&document.passage(), &document.borders(), language);
        document.rewritten(text, &map, marks)
    }

    /// Rewrites what is between `borders`, which are in order.
    fn between(&self, passage: &Passage<'_>, borders: &[usize], language: Language) -> Normalized {
        let Passage { text, marks } = *passage;
        let mut writer = Writer { rewrite: Rewrite::new(text), marks: Vec::new() };
        let mut rules = Rules::new(self.options, text, language);
        let is_settled = |mark: &&Mark| matches!(mark.kind, MarkKind::Phonemes(_) | MarkKind::NumberFlags(_));
        let mut settled = marks.iter().filter(is_settled).peekable();
        let mut borders = borders.iter().copied().peekable();
        let mut at = 0;
        while at < text.len() {
            while borders.next_if(|&border| border <= at).is_some() {}
            if let Some(mark) = settled.next_if(|mark| mark.range.start <= at) {
                at = mark.range.end.max(at);
                continue;
            }
            let limit = borders.peek().copied().unwrap_or(text.len());
            let limit = limit.min(settled.peek().map_or(text.len(), |mark| mark.range.start));
            let scan = Scan { text, limit, classes: self.options.classes, language };
            while at < limit {
                match rules.at(&scan, at, &writer) {
                    Some(edits) => {
                        debug_assert!(edits.end() > at && edits.end() <= limit, "{edits:?} at {at}");
                        writer.rewrite.keep_to(at);
                        at = edits.end();
                        writer.apply(edits);
                    }
                    None => at += unit(scan.rest(at)),
                }
            }
        }
        let new_marks = writer.marks;
        let (text, map) = writer.rewrite.finish();
        let marks = merge(move_marks(marks, &map), new_marks);
        Normalized { text, map, marks }
    }
}

/// The bytes of a word or number at the start of `text`, inside of which no rule begins; else those of one character.
fn unit(text: &str) -> usize {
    // Powers and fractions in one sign are numeric to Unicode, and have rules.
    let is_sign = |c: char| matches!(c, '²' | '³' | '¹' | '¼'..='¾' | '\u{2150}'..='\u{215e}');
    let word = text.find(|c: char| !c.is_alphanumeric() || is_sign(c)).unwrap_or(text.len());
    match word {
        0 => text.chars().next().map_or(1, char::len_utf8),
        len => len,
    }
}

/// New marks among those that there were; where they meet, the older one stays.
fn merge(old: Vec<Mark>, new: Vec<Mark>) -> Vec<Mark> {
    if new.is_empty() {
        return old;
    }
    let mut merged: Vec<Mark> = Vec::with_capacity(old.len() + new.len());
    let mut new = new.into_iter().peekable();
    for mark in old {
        while let Some(earlier) = new.next_if(|new| new.range.end <= mark.range.start) {
            merged.push(earlier);
        }
        while new.next_if(|new| new.range.start < mark.range.end).is_some() {}
        merged.push(mark);
    }
    merged.extend(new);
    merged
}

/// A text being rewritten, and the marks of what was put in.
struct Writer<'a> {
    rewrite: Rewrite<'a>,
    marks: Vec<Mark>,
}

impl Writer<'_> {
    fn apply(&mut self, edits: Edits) {
        for (end, text) in edits.0 {
            let Some(Spoken { text, marks }) = text else {
                self.rewrite.keep_to(end);
                continue;
            };
            let start = self.rewrite.written().len();
            self.rewrite.replace_to(end, &text);
            self.marks.extend(
                marks
                    .into_iter()
                    .map(|Mark { range, kind }| Mark { range: start + range.start..start + range.end, kind }),
            );
        }
    }

    /// The last visible character before byte `at` of the old text, up to which nothing is pending.
    fn last_visible(&self, at: usize, text: &str) -> Option<char> {
        let kept = &text[self.rewrite.position()..at];
        let back = |text: &str| text.chars().rev().take(scan::LONGEST_WORD).find(|c| !c.is_whitespace());
        back(kept).or_else(|| back(self.rewrite.written()))
    }
}

/// The rules, and what they remember on their way through a text.
struct Rules {
    options: Options,
    markdown: Markdown,
    urls: Urls,
    english: Option<english::English>,
}

impl Rules {
    fn new(options: Options, text: &str, language: Language) -> Self {
        let english = language.is_english().then(|| english::English::new(text, options.classes));
        Self { options, markdown: Markdown::default(), urls: Urls::default(), english }
    }

    /// What is to be made of the text at byte `at`, if anything.
    fn at(&mut self, scan: &Scan<'_>, at: usize, writer: &Writer<'_>) -> Option<Edits> {
        let c = scan.char(at)?;
        if let Some(edits) = self.urls.rule(scan, at, c) {
            return Some(edits);
        }
        if scan.has(Classes::MARKDOWN) {
            let edits = match self.options.markdown {
                Signs::Strip => {
                    let last = if c.is_whitespace() { writer.last_visible(at, scan.text) } else { None };
                    self.markdown.rule(scan, at, c, last)
                }
                Signs::Speak if scan.language.is_english() => markdown::spoken(scan, at, c),
                Signs::Speak => None,
            };
            if edits.is_some() {
                return edits;
            }
        }
        if let Some(edits) = typography::emoji_rule(scan, at, c, self.options.emoji == Signs::Speak) {
            return Some(edits);
        }
        let edits = match (&mut self.english, scan.language) {
            (Some(english), _) => english.rule(scan, at, c),
            (None, _) => espeak_languages::rule(scan, at, c),
        };
        edits.or_else(|| typography::rule(scan, at, c))
    }
}

#[cfg(test)]
mod tests {
    use super::scan::looked_at;
    use super::*;

    /// Doubling the text may double the work, and what does not depend on its length comes on top.
    const MOST_GROWTH: f64 = 2.05;

    #[test]
    fn twice_the_text_is_twice_the_work() {
        let patterns = [
            "1", "1-", "1,", "1.", "1/", "1:", "1 ", "$", "$1", "$1-", "1-800-", "(1", "+1 ", "5 km/", "6'2",
            "-", "- ", ". ", ".", "...", "!", "?!", "'", "\"", "*", "* ", "_", "`", "[", "[a](", "<", "<b",
            "#", "# ", "|", "| ", ">", "\n", "\n- a", " ", "a", "A ", "THE ", "A.", "Dr. ", "St. ", "I ",
            "Henry I", "Jan. ", "Mar 1", "Mon-", "a@", "a.", "http://", "(a", "@a", "/a", "😀", "😀 ", "&",
            "&amp;", "w/", "½", "²", "5x", "1e", "é", "漢", "a-1990", "10:30-", "p.m. ", "x ",
        ];
        for language in [Language::AmericanEnglish, Language::Spanish, Language::Hindi, Language::Japanese] {
            for pattern in patterns {
                let work = |bytes: usize| {
                    let text = pattern.repeat(bytes / pattern.len());
                    looked_at::take();
                    Normalizer::default().normalize(&Passage::plain(&text), language);
                    looked_at::take()
                };
                let (once, twice) = (work(16 << 10), work(32 << 10));
                assert!(
                    twice as f64 <= MOST_GROWTH * once as f64 + 1000.0,
                    "{pattern:?} in {language}: {once} bytes looked at, then {twice}"
                );
            }
        }
    }
}
