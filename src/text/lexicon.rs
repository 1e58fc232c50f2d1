//! The user's pronunciation dictionary.
//!
//! One entry a line: a word, a tab, and its phonemes in Kokoro's notation, or `=` and another spelling to read instead.
//! Lines that begin with `#`, and empty ones, are skipped. `[en-us]` or `[es, pt-br]` on a line of its own begins a section
//! for these languages (`[en]` is both Englishes, `[all]` every language, as at the start of the file).
//!
//! ```text
//! # word       phonemes or =respelling
//! gguf         =G G U F
//! Nguyen       wˈɪn
//! New Delhi    nˌu dˈɛli
//! [es]
//! wifi         wˈifi
//! ```
//!
//! An entry without capitals matches a word in any case, one with capitals only as it is written, and is tried first. An entry
//! in a section for the language goes before one for all. The longest entry that fits counts; it matches whole words, which may be several, with
//! any white space between. Of two entries for the same the last one counts, with a warning.

use std::collections::HashMap;
use std::io::Read;
use std::path::Path;

use super::markup::move_marks;
use super::{Document, Language, Mark, MarkKind, Rewrite, TextError};

/// The largest file that is read.
pub const MAX_BYTES: u64 = 32 << 20;

/// The longest entry, in words and signs; it bounds the time that a text takes.
pub const MAX_PARTS: usize = 32;

/// Pronunciations and respellings of words.
#[derive(Debug, Clone, Default)]
pub struct UserLexicon {
    /// Entries by their parts in lower case; the first node is the root.
    nodes: Vec<Node>,
    len: usize,
    warnings: Vec<String>,
}

/// What begins alike.
#[derive(Debug, Clone, Default)]
struct Node {
    next: HashMap<String, usize>,
    /// Entries that end here, by language and spelling; the spelling of those in lower case is empty.
    entries: HashMap<(Option<Language>, String), Value>,
}

#[derive(Debug, Clone, PartialEq)]
enum Value {
    Phonemes(String),
    Respelling(String),
}

impl UserLexicon {
    /// Reads a file.
    ///
    /// # Errors
    /// [`TextError::LexiconFile`] if it cannot be read, [`TextError::Lexicon`] for a line that is no entry.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, TextError> {
        let path = path.as_ref();
        let failed = |source| TextError::LexiconFile { path: path.to_owned(), source };
        let file = std::fs::File::open(path).map_err(failed)?;
        let mut bytes = Vec::new();
        file.take(MAX_BYTES + 1).read_to_end(&mut bytes).map_err(failed)?;
        if bytes.len() as u64 > MAX_BYTES {
            let reason = format!("expected at most {MAX_BYTES} bytes, found more");
            return Err(failed(std::io::Error::new(std::io::ErrorKind::InvalidData, reason)));
        }
        let name = path.display().to_string();
        match std::str::from_utf8(&bytes) {
            Ok(text) => Self::parse(&name, text),
            Err(error) => {
                let good = &bytes[..error.valid_up_to()];
                let line = 1 + good.iter().filter(|&&byte| byte == b'\n').count();
                let found = bytes[good.len()..].iter().take(4).map(|byte| format!("{byte:02x}"));
                let found = found.collect::<Vec<_>>().join(" ");
                Err(TextError::Lexicon { name, line, expected: "UTF-8", found })
            }
        }
    }

    /// Reads `text`; `name` is what errors and warnings call it.
    ///
    /// # Errors
    /// [`TextError::Lexicon`] for a line that is no entry.
    pub fn parse(name: &str, text: &str) -> Result<Self, TextError> {
        let mut lexicon = UserLexicon { nodes: vec![Node::default()], ..Self::default() };
        let mut languages: Vec<Option<Language>> = vec![None];
        // Where each entry was read, for the warning about a second one.
        let mut lines: HashMap<(Option<Language>, String), usize> = HashMap::new();
        for (index, raw) in text.trim_start_matches('\u{feff}').lines().enumerate() {
            let line = raw.trim_end();
            let error = |expected, found: &str| TextError::Lexicon {
                name: name.to_owned(),
                line: index + 1,
                expected,
                found: found.chars().take(80).collect(),
            };
            if line.trim_start().is_empty() || line.trim_start().starts_with('#') {
                continue;
            }
            let section = line.trim_start().strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
            if let Some(section) = section.filter(|_| !line.contains('\t')) {
                languages = sections(section)
                    .ok_or_else(|| error("languages in brackets such as [en-us] or [es, fr]", line))?;
                continue;
            }
            let fields: Vec<&str> =
                line.split('\t').map(str::trim).filter(|field| !field.is_empty()).collect();
            let [word, value] = fields[..] else {
                return Err(error("a word, a tab, and phonemes or =respelling", line));
            };
            let parts: Vec<&str> = Parts::new(word).map(|(part, _)| part).collect();
            if parts.len() > MAX_PARTS {
                return Err(error("at most 32 words and signs", word));
            }
            let value = match value.strip_prefix('=').map(str::trim) {
                Some("") => return Err(error("a respelling behind =", line)),
                Some(respelling) => Value::Respelling(respelling.to_owned()),
                None => Value::Phonemes(value.to_owned()),
            };
            let key = spelling(word);
            for language in &languages {
                if let Some(earlier) = lines.insert((*language, key.clone()), index + 1) {
                    let of = language.map_or(String::new(), |language| format!(" for {language}"));
                    lexicon.warnings.push(format!(
                        "{name}:{}: {word:?}{of} was given on line {earlier} as well; this entry counts",
                        index + 1
                    ));
                }
                lexicon.insert(word, &parts, *language, value.clone());
            }
        }
        Ok(lexicon)
    }

    fn insert(&mut self, word: &str, parts: &[&str], language: Option<Language>, value: Value) {
        let mut node = 0;
        for part in parts {
            let key = part_key(part);
            node = match self.nodes[node].next.get(&key) {
                Some(&next) => next,
                None => {
                    self.nodes.push(Node::default());
                    let next = self.nodes.len() - 1;
                    self.nodes[node].next.insert(key, next);
                    next
                }
            };
        }
        let exact = if word.chars().any(char::is_uppercase) { spelling(word) } else { String::new() };
        if self.nodes[node].entries.insert((language, exact), value).is_none() {
            self.len += 1;
        }
    }

    /// The number of entries; one in a section for two languages counts twice.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there is no entry.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// What was given twice, as lines to show.
    pub fn warnings(&self) -> &[String] {
        &self.warnings
    }

    /// Settles the phonemes of the words of `document` that have them here, and puts respellings in place of the others.
    ///
    /// What the text's own markup has settled stays; no entry matches over a pause. In English an entry with phonemes
    /// covers the possessive ('s) as well.
    pub fn apply(&self, document: Document, language: Language) -> Document {
        if self.is_empty() {
            return document;
        }
        let text = &document.text;
        let mut rewrite = Rewrite::new(text);
        let mut new_marks: Vec<Mark> = Vec::new();
        let mut marks = document.marks.iter().peekable();
        let borders = document.borders();
        let mut borders = borders.iter().copied().peekable();
        let mut parts = Parts::new(text);
        while let Some((part, at)) = parts.next() {
            if part == " " || !is_boundary(text, at) {
                continue;
            }
            while marks.next_if(|mark| mark.range.end <= at).is_some() {}
            while borders.next_if(|&border| border <= at).is_some() {}
            let limit = borders.peek().copied().unwrap_or(text.len());
            let Some((mut end, value)) = self.longest(text, at, limit, language) else { continue };
            let inside: Vec<&Mark> = marks.clone().take_while(|mark| mark.range.start < end).collect();
            let settled = inside.iter().any(|mark| match value {
                Value::Phonemes(_) => true,
                Value::Respelling(_) => !matches!(mark.kind, MarkKind::Stress(_)),
            });
            if settled {
                continue;
            }
            match value {
                Value::Respelling(respelling) => {
                    rewrite.keep_to(at);
                    rewrite.replace_to(end, respelling);
                }
                Value::Phonemes(phonemes) => {
                    let mut phonemes = phonemes.clone();
                    if let Some(ending) = possessive(text, end, limit, &phonemes, language) {
                        phonemes.push_str(ending.0);
                        end = ending.1;
                    }
                    rewrite.keep_to(end);
                    let written = rewrite.written().len();
                    let range = written - (end - at)..written;
                    new_marks.push(Mark { range, kind: MarkKind::Phonemes(phonemes) });
                }
            }
            parts.skip_to(end);
        }
        let (text, step) = rewrite.finish();
        let mut all = move_marks(&document.marks, &step);
        all.extend(new_marks);
        all.sort_by_key(|mark| mark.range.start);
        document.rewritten(text, &step, all)
    }

    /// The longest entry for the text from byte `at` on that ends with a word before `limit`.
    fn longest(&self, text: &str, at: usize, limit: usize, language: Language) -> Option<(usize, &Value)> {
        let mut node = &self.nodes[0];
        let mut best = None;
        for (part, start) in Parts::new(&text[at..limit]) {
            let Some(&next) = node.next.get(&part_key(part)) else { break };
            node = &self.nodes[next];
            let end = at + start + part.len();
            if part == " " || node.entries.is_empty() || !is_boundary(text, end) {
                continue;
            }
            let exact = spelling(&text[at..end]);
            let keys = [
                (Some(language), exact.clone()),
                (None, exact),
                (Some(language), String::new()),
                (None, String::new()),
            ];
            if let Some(value) = keys.iter().find_map(|key| node.entries.get(key)) {
                best = Some((end, value));
            }
        }
        best
    }
}

/// The languages that a section is for.
fn sections(list: &str) -> Option<Vec<Option<Language>>> {
    let mut languages = Vec::new();
    for name in list.split(',').map(str::trim) {
        match name.to_ascii_lowercase().as_str() {
            "all" | "*" => languages.push(None),
            "en" => languages.extend([Some(Language::AmericanEnglish), Some(Language::BritishEnglish)]),
            name => languages.push(Some(Language::parse(name).ok()?)),
        }
    }
    Some(languages)
}

/// `word` as entries are compared: plain apostrophes, single spaces.
fn spelling(word: &str) -> String {
    word.split_whitespace().collect::<Vec<_>>().join(" ").replace('’', "'")
}

fn part_key(part: &str) -> String {
    match part {
        "’" => "'".to_owned(),
        _ => part.to_lowercase(),
    }
}

/// Whether a word may begin or end at byte `at`.
fn is_boundary(text: &str, at: usize) -> bool {
    let is_part = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || is_combining(c));
    !(is_part(text[..at].chars().next_back()) && is_part(text[at..].chars().next()))
}

/// Marks that belong to the letter before: combining accents, and the vowel signs of Hindi.
fn is_combining(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{900}'..='\u{903}' | '\u{93a}'..='\u{94f}')
}

/// The ending of an English possessive behind byte `end`, and the byte behind it. Source: misaki's rule for -s.
fn possessive(
    text: &str,
    end: usize,
    limit: usize,
    phonemes: &str,
    language: Language,
) -> Option<(&'static str, usize)> {
    let rest = &text[end..limit];
    let tail = rest.strip_prefix('\'').or_else(|| rest.strip_prefix('’'))?.strip_prefix('s')?;
    let behind = limit - tail.len();
    if !language.is_english() || !is_boundary(text, behind) {
        return None;
    }
    let ending = match phonemes.chars().next_back()? {
        'p' | 't' | 'k' | 'f' | 'θ' => "s",
        's' | 'z' | 'ʃ' | 'ʒ' | 'ʧ' | 'ʤ' if language == Language::BritishEnglish => "ɪz",
        's' | 'z' | 'ʃ' | 'ʒ' | 'ʧ' | 'ʤ' => "ᵻz",
        _ => "z",
    };
    Some((ending, behind))
}

/// Words, signs and the spaces between them, with the bytes where they begin. Any white space is one space.
#[derive(Debug, Clone)]
struct Parts<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Parts<'a> {
    fn new(text: &'a str) -> Self {
        Self { text, at: 0 }
    }

    fn skip_to(&mut self, at: usize) {
        self.at = at;
    }
}

impl<'a> Iterator for Parts<'a> {
    type Item = (&'a str, usize);

    fn next(&mut self) -> Option<Self::Item> {
        let rest = &self.text[self.at..];
        let first = rest.chars().next()?;
        let at = self.at;
        if first.is_whitespace() {
            self.at += rest.len() - rest.trim_start().len();
            return Some((" ", at));
        }
        let is_word = |c: char| c.is_alphanumeric() || is_combining(c);
        let len =
            if is_word(first) { rest.find(|c| !is_word(c)).unwrap_or(rest.len()) } else { first.len_utf8() };
        self.at += len;
        Some((&rest[..len], at))
    }
}
