//! The tokens of English text for phonemizers without a grammar of their own: words, numbers, signs and marks.

use std::ops::Range;

use super::english_numbers::{Ending, Number, cardinal};
use super::letters::{fold, is_accent, is_apostrophe, numbers, weak_forms};
use super::passage_parts::{Part, parts, settled_token};
use super::{Language, Origin, Passage, TextError, Token};

/// Marks that the phonemes keep as they stand.
const KEPT: &str = ";:,.!?—…\"“”()";

/// A word where it stands.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Word<'a> {
    /// Letters, with apostrophes and accents; single letters with full stops behind them, if `dotted`.
    pub text: &'a str,
    /// Whether the word is an initialism with full stops.
    pub dotted: bool,
    /// What follows it.
    pub following: &'a str,
    /// Whether nothing, or the end of a clause, comes before it.
    pub begins_clause: bool,
    /// Whether a number comes before it.
    pub follows_number: bool,
    /// Its language.
    pub language: Language,
}

/// What a word is read as.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Reading {
    /// Its phonemes.
    pub phonemes: String,
    /// Where they come from.
    pub origin: Origin,
    /// Bytes of what follows the word that these phonemes read, too.
    pub more_bytes: usize,
}

/// Reads words in their context.
pub(crate) trait Words {
    /// The phonemes of `word`; `None` if it cannot be read.
    fn read(&self, word: &Word<'_>) -> Result<Option<Reading>, TextError>;
}

/// The tokens of `passage`: what its markup settles, and words and numbers one each; a hyphen joins words without a space.
///
/// # Errors
/// If `language` is not English, which `phonemizer` is said not to read, or `words` fails.
pub(crate) fn read_passage(
    passage: &Passage<'_>,
    language: Language,
    words: &dyn Words,
    phonemizer: &'static str,
) -> Result<Vec<Token>, TextError> {
    if !language.is_english() {
        return Err(TextError::LanguageNotRead { phonemizer, language });
    }
    let mut tokens = Vec::new();
    for part in parts(passage) {
        match part {
            Part::Settled(range, phonemes) => tokens.push(settled_token(passage.text, range, phonemes)),
            Part::Open(range) => read(passage.text, range, language, words, &mut tokens)?,
        }
    }
    weak_forms::choose(passage.text, &mut tokens, language == Language::BritishEnglish);
    Ok(tokens)
}

/// Appends the tokens of `text[range]`.
fn read(
    text: &str,
    range: Range<usize>,
    language: Language,
    words: &dyn Words,
    tokens: &mut Vec<Token>,
) -> Result<(), TextError> {
    Scanner { text, at: range.start, end: range.end, language, words, tokens }.scan()
}

/// Reads `text[at..end]` into tokens.
struct Scanner<'a> {
    text: &'a str,
    at: usize,
    end: usize,
    language: Language,
    words: &'a dyn Words,
    tokens: &'a mut Vec<Token>,
}

impl<'a> Scanner<'a> {
    fn scan(mut self) -> Result<(), TextError> {
        while let Some(c) = self.rest().chars().next() {
            let len = c.len_utf8();
            if c.is_whitespace() {
                self.space();
                self.at += len;
            } else if c.is_ascii_digit() {
                self.number(0, None);
            } else if let Some(names) = numbers::currency(c, self.is_british())
                && self.rest()[len..].starts_with(|c: char| c.is_ascii_digit())
            {
                self.number(len, Some(names));
            } else if is_letter(c) {
                self.word()?;
            } else if KEPT.contains(c) && !self.is_inside_number(c) {
                self.push(len, c.to_string(), Origin::Punctuation);
            } else {
                self.sign(c);
            }
        }
        Ok(())
    }

    fn rest(&self) -> &'a str {
        &self.text[self.at..self.end]
    }

    fn is_british(&self) -> bool {
        self.language == Language::BritishEnglish
    }

    /// Whether a digit follows the colon `c` and another stands before it.
    fn is_inside_number(&self, c: char) -> bool {
        c == ':'
            && self.text[..self.at].ends_with(|c: char| c.is_ascii_digit())
            && self.rest()[1..].starts_with(|c: char| c.is_ascii_digit())
    }

    fn push(&mut self, len: usize, phonemes: String, origin: Origin) {
        let source = self.at..self.at + len;
        self.at += len;
        self.tokens.push(Token { source, phonemes, space_after: false, origin });
    }

    /// Puts a space behind what has been read.
    fn space(&mut self) {
        if let Some(last) = self.tokens.last_mut() {
            last.space_after = true;
        }
    }

    /// Puts a space before what comes, unless an opening mark stands there.
    fn space_before(&mut self) {
        let opens = |token: &Token| matches!(token.phonemes.as_str(), "(" | "“" | "\"");
        if self.tokens.last().is_some_and(|last| !opens(last)) {
            self.space();
        }
    }

    /// A number behind `sign` bytes of currency sign.
    fn number(&mut self, sign: usize, names: Option<&[&str; 4]>) {
        let Some(number) = Number::scan(&self.rest()[sign..]) else { return };
        let british = self.is_british();
        let say = |words: Vec<&str>| -> String {
            words.into_iter().map(|word| numbers::word(word, british)).collect::<Vec<_>>().join(" ")
        };
        let is_one = |digits: &str| digits.trim_start_matches('0') == "1";
        let mut phonemes = match (names, number.fractions.as_slice()) {
            (None, _) => say(number.words(false)),
            (Some(&[unit, units, hundredth, hundredths]), [cents]) if cents.len() == 2 => {
                let whole = Number { fractions: Vec::new(), ..number.clone() }.words(true);
                let unit = if is_one(number.integer) { unit } else { units };
                let cents_digits = cents.trim_start_matches('0');
                let mut said = format!("{} {unit}", say(whole));
                if !cents_digits.is_empty() {
                    let hundredth = if is_one(cents) { hundredth } else { hundredths };
                    let cents = cardinal(cents_digits);
                    said += &format!(" {} {} {hundredth}", numbers::word("and", british), say(cents));
                }
                said
            }
            (Some(&[unit, units, ..]), fractions) => {
                let unit = if is_one(number.integer) && fractions.is_empty() { unit } else { units };
                format!("{} {unit}", say(number.words(true)))
            }
        };
        if number.ending == Ending::Plural {
            phonemes.push_str(numbers::plural(&phonemes, british));
        }
        self.space_before_number();
        self.push(sign + number.len, phonemes, Origin::Number);
        if self.rest().starts_with(is_letter) {
            self.space();
        }
    }

    /// A number is a word of its own, even in "x2".
    fn space_before_number(&mut self) {
        if self.text[..self.at].ends_with(|c: char| is_letter(c) || c.is_ascii_digit()) {
            self.space();
        }
    }

    /// Letters with apostrophes inside, or an initialism with full stops.
    fn word(&mut self) -> Result<(), TextError> {
        let rest = self.rest();
        let dotted = dotted_len(rest);
        let (text, following) = rest.split_at(if dotted > 0 { dotted } else { word_len(rest) });
        let last = self.tokens.last();
        let word = Word {
            text,
            dotted: dotted > 0,
            following,
            begins_clause: last.is_none_or(|last| last.origin == Origin::Punctuation),
            follows_number: last.is_some_and(|last| last.origin == Origin::Number),
            language: self.language,
        };
        let read = self.words.read(&word)?;
        let unknown = Reading { phonemes: String::new(), origin: Origin::Unknown, more_bytes: 0 };
        let Reading { phonemes, origin, more_bytes } = read.unwrap_or(unknown);
        self.push(text.len() + more_bytes, phonemes, origin);
        Ok(())
    }

    /// A sign that is said, a dash, a hyphen, or something that nobody can read.
    fn sign(&mut self, c: char) {
        let len = c.len_utf8();
        if let Some(name) = numbers::sign(c, self.is_british()) {
            self.space_before();
            self.push(len, name.to_owned(), Origin::Rules);
            if self.rest().starts_with(|c: char| c.is_alphanumeric()) {
                self.space();
            }
            return;
        }
        let spoken = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
        let before = self.text[..self.at].chars().next_back();
        let run = self.rest().chars().take_while(|&other| is_dash(other)).count();
        let run_bytes: usize = self.rest().chars().take(run).map(char::len_utf8).sum();
        let behind = self.rest()[run_bytes..].chars().next();
        match c {
            '{' | '[' => self.push(len, "(".to_owned(), Origin::Punctuation),
            '}' | ']' => self.push(len, ")".to_owned(), Origin::Punctuation),
            '«' => self.push(len, "“".to_owned(), Origin::Punctuation),
            '»' => self.push(len, "”".to_owned(), Origin::Punctuation),
            '-' | '−' if behind.is_some_and(|c| c.is_ascii_digit()) && run == 1 && !spoken(before) => {
                self.push(len, numbers::word("minus", self.is_british()), Origin::Number);
                self.space();
            }
            _ if run > 1 || run == 1 && !(spoken(before) && spoken(behind)) || c == '―' => {
                self.push(run_bytes.max(len), "—".to_owned(), Origin::Punctuation);
            }
            _ if is_dash(c) || c == ':' => {
                // Joins words, but keeps numbers apart.
                let digit = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
                if digit(before) || digit(behind) {
                    self.space();
                }
                self.at += len;
            }
            _ if is_silent(c) => self.at += len,
            _ => self.push(len, String::new(), Origin::Unknown),
        }
    }
}

/// Whether `c` may begin a word.
fn is_letter(c: char) -> bool {
    c.is_alphabetic() || !fold(c).is_empty()
}

fn is_dash(c: char) -> bool {
    matches!(c, '-' | '‐' | '‑' | '–' | '―' | '—')
}

/// Whether `c` stands for no sound: quotes inside quotes, accents, what is not seen.
fn is_silent(c: char) -> bool {
    is_apostrophe(c)
        || is_accent(c)
        || matches!(c, '_' | '*' | '`' | '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}')
}

/// Bytes of the letters that `text` begins with, apostrophes between letters included.
fn word_len(text: &str) -> usize {
    let mut end = 0;
    let mut pending = false;
    for (at, c) in text.char_indices() {
        if is_apostrophe(c) {
            if pending {
                break;
            }
            pending = true;
        } else if is_letter(c) || is_accent(c) && !pending {
            (end, pending) = (at + c.len_utf8(), false);
        } else {
            break;
        }
    }
    end
}

/// Bytes of single letters with full stops between them, and one behind, as in "U.S." and "e.g."; 0 if there is no such
/// thing.
fn dotted_len(text: &str) -> usize {
    let mut end = 0;
    let mut pairs = text.char_indices().peekable();
    while let Some((at, letter)) = pairs.next() {
        if !letter.is_ascii_alphabetic() || pairs.next_if(|(_, c)| *c == '.').is_none() {
            break;
        }
        end = at + 2;
    }
    // The last letter may have none: "U.S"; or it has an owner's s: "U.S.'s".
    let rest = &text[end..];
    let ends_word = |text: &str| !text.starts_with(char::is_alphanumeric);
    if rest.starts_with(|c: char| c.is_ascii_alphabetic()) && ends_word(&rest[1..]) {
        return if end > 0 { end + 1 } else { 0 };
    }
    let owner =
        ["'s", "’s"].into_iter().find(|owner| rest.starts_with(owner) && ends_word(&rest[owner.len()..]));
    match (end, owner) {
        (0..=2, _) => 0,
        (_, Some(owner)) => end + owner.len(),
        // The last full stop may end the sentence: it is punctuation.
        _ => end - 1,
    }
}
