//! English text without a dictionary: words by their letters, numbers by a simple grammar.

use super::fold::{fold, is_accent, is_apostrophe};
use super::reader::Letters;
use super::{numbers, weak_forms};
use crate::text::english_numbers::{Ending, Number, cardinal};
use crate::text::passage_parts::{Part, parts, settled_token};
use crate::text::{Language, Origin, Passage, Phonemizer, TextError, Token, WordReader};

/// Marks that the phonemes keep as they stand.
const KEPT: &str = ";:,.!?—…\"“”()";

impl Phonemizer for Letters {
    /// Words and numbers one token each; a hyphen between words joins them without a space.
    fn tokens(&self, passage: &Passage<'_>, language: Language) -> Result<Vec<Token>, TextError> {
        if !language.is_english() {
            return Err(TextError::LanguageNotRead { phonemizer: "letter-to-sound", language });
        }
        let text = passage.text;
        let mut tokens = Vec::new();
        for part in parts(passage) {
            match part {
                Part::Settled(range, phonemes) => tokens.push(settled_token(text, range, phonemes)),
                Part::Open(range) => {
                    Scanner { text, at: range.start, end: range.end, language, tokens: &mut tokens }.scan()?
                }
            }
        }
        weak_forms::choose(text, &mut tokens, language == Language::BritishEnglish);
        Ok(tokens)
    }
}

/// Reads `text[at..end]` into tokens.
struct Scanner<'a> {
    text: &'a str,
    at: usize,
    end: usize,
    language: Language,
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
            phonemes.push_str(match phonemes.chars().next_back() {
                Some('s' | 'z') if british => "ɪz",
                Some('s' | 'z') => "ᵻz",
                Some('t' | 'k' | 'θ') => "s",
                _ => "z",
            });
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
        let len = if dotted > 0 { dotted } else { word_len(rest) };
        let word = &rest[..len];
        let read = match dotted {
            0 => Letters.read_word(word, self.language)?,
            // Capitals, so that two letters with full stops are spelled.
            _ => Letters.read_word(&word.replace('.', "").to_uppercase(), self.language)?,
        };
        let (phonemes, origin) = read.unwrap_or((String::new(), Origin::Unknown));
        self.push(len, phonemes, origin);
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
    // The last letter may have none: "U.S".
    let rest = &text[end..];
    let alone = |c: char| c.is_ascii_alphabetic();
    match end {
        0..=2 if !(end == 2 && rest.starts_with(alone) && !rest[1..].starts_with(is_letter)) => 0,
        _ if rest.starts_with(alone) && !rest[1..].starts_with(is_letter) => end + 1,
        // The last full stop may end the sentence: it is punctuation.
        _ => end - 1,
    }
}
