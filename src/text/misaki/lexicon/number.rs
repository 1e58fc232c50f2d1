//! Numbers, years, ranks and amounts of money.
//!
//! Source: misaki 0.9.4, `Lexicon.is_number`, `get_number`.

use unicode_properties::{GeneralCategory, UnicodeGeneralCategory};

use super::number_words::{cardinal, ordinal, spelled, year};
use super::{Asked, Lexicon, NumberFlags, Query, Spoken};
use crate::text::Origin;

/// Endings that a number may have.
const SUFFIXES: [&str; 9] = ["ing", "'d", "ed", "'s", "st", "nd", "rd", "th", "s"];

/// The major and the minor unit of a currency.
pub(super) fn units(currency: char) -> Option<(&'static str, &'static str)> {
    match currency {
        '$' => Some(("dollar", "cent")),
        '£' => Some(("pound", "pence")),
        '€' => Some(("euro", "cent")),
        _ => None,
    }
}

/// The value of a digit of any script.
pub(super) fn digit(c: char) -> Option<u8> {
    if c.is_ascii() {
        return c.to_digit(10).map(|digit| digit as u8);
    }
    if c.general_category() != GeneralCategory::DecimalNumber {
        return None;
    }
    // Unicode keeps the ten digits of a script in a row. The block of mathematical digits holds five rows of them.
    if ('\u{1d7ce}'..='\u{1d7ff}').contains(&c) {
        return Some(((c as u32 - 0x1d7ce) % 10) as u8);
    }
    let is_digit = |n: u32| {
        char::from_u32(c as u32 - n).is_some_and(|c| c.general_category() == GeneralCategory::DecimalNumber)
    };
    (0..10).rev().find(|n| (1..=*n).all(is_digit)).map(|n| n as u8)
}

/// Whether `word` is digits with commas, points and an ending; a minus may lead where nothing stands before it.
pub(super) fn is_number(word: &str, is_head: bool) -> bool {
    if !word.bytes().any(|b| b.is_ascii_digit()) {
        return false;
    }
    let number = SUFFIXES.iter().find_map(|suffix| word.strip_suffix(suffix)).unwrap_or(word);
    let number = if is_head { number.strip_prefix('-').unwrap_or(number) } else { number };
    number.bytes().all(|b| b.is_ascii_digit() || b == b',' || b == b'.')
}

/// The words of a number, collected.
struct Words<'a> {
    lexicon: &'a Lexicon,
    flags: NumberFlags,
    phonemes: Vec<String>,
    /// Whether a word had no entry.
    missing: bool,
}

impl Lexicon {
    pub(super) fn number(&self, word: &str, query: &Query<'_>) -> Option<Spoken> {
        let number = word.trim_end_matches(|c: char| c.is_ascii_lowercase() || c == '\'');
        let suffix = &word[number.len()..];
        let mut words = Words { lexicon: self, flags: query.flags, phonemes: Vec::new(), missing: false };
        let unsigned = match number.strip_prefix('-') {
            Some(unsigned) => {
                words.push("minus", None);
                unsigned
            }
            None => number,
        };
        words.number(unsigned, suffix, query, unsigned.len() < number.len());
        if words.missing || words.phonemes.is_empty() {
            return None;
        }
        let phonemes = words.phonemes.join(" ");
        let phonemes = match suffix {
            "s" | "'s" => self.add_s(&phonemes)?,
            "ed" | "'d" => self.add_ed(&phonemes)?,
            "ing" => self.add_ing(&phonemes)?,
            _ => phonemes,
        };
        Some(Spoken { phonemes, origin: Origin::Number })
    }
}

impl Words<'_> {
    fn number(&mut self, number: &str, suffix: &str, query: &Query<'_>, negative: bool) {
        let is_digits = !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit());
        let is_rank = matches!(suffix, "st" | "nd" | "rd" | "th");
        let points = number.matches('.').count();
        let whole: String = number.chars().filter(|c| *c != ',').collect();
        let units = query.currency.and_then(units).filter(|_| {
            points == 0 || (points == 1 && number.split('.').nth(1).is_some_and(|cents| cents.len() < 3))
        });
        let is_amount = query.currency.and_then(self::units).is_some();
        if is_digits && is_rank {
            self.rank(number);
        } else if is_digits && number.len() == 4 && !negative && !is_amount {
            self.extend(&year(number), true);
        } else if !query.is_head && points == 0 {
            self.in_word(&whole);
        } else if points > 1 || !query.is_head {
            self.dotted(&whole);
        } else if let Some((major, minor)) = units {
            self.amount(&whole, major, minor);
        } else if points == 0 {
            if is_rank { self.rank(&whole) } else { self.extend(&cardinal(&whole), true) }
        } else {
            self.decimal(&whole);
        }
    }

    /// A number within a word, as in `F-16` and `area51`: digit by digit or in pairs.
    fn in_word(&mut self, digits: &str) {
        if digits.starts_with('0') || digits.len() > 3 {
            self.extend(&spelled(digits), false);
        } else if digits.len() == 3 && !digits.ends_with("00") {
            self.extend(&cardinal(&digits[..1]), true);
            if digits[1..].starts_with('0') {
                self.push("O", Some(-2.0));
                self.extend(&cardinal(&digits[2..]), false);
            } else {
                self.extend(&cardinal(&digits[1..]), false);
            }
        } else {
            self.extend(&cardinal(digits), true);
        }
    }

    /// Numbers between points, as in version numbers.
    fn dotted(&mut self, numbers: &str) {
        for (i, part) in numbers.split('.').enumerate() {
            let digits = !part.is_empty()
                && (part.starts_with('0')
                    || (part.len() != 2 && part.bytes().skip(1).any(|digit| digit != b'0')));
            if digits {
                self.extend(&spelled(part), false);
            } else if !part.is_empty() {
                self.extend(&cardinal(part), i == 0);
            }
        }
    }

    /// An amount in the units of a currency.
    fn amount(&mut self, number: &str, major: &'static str, minor: &'static str) {
        let is_zero = |digits: &str| digits.bytes().all(|digit| digit == b'0');
        let parts = match number.split_once('.') {
            None => vec![(number, major)],
            Some((whole, cents)) if is_zero(cents) => vec![(whole, major)],
            Some((whole, cents)) if is_zero(whole) => vec![(cents, minor)],
            Some((whole, cents)) => vec![(whole, major), (cents, minor)],
        };
        for (i, (digits, unit)) in parts.into_iter().enumerate() {
            if i > 0 {
                self.push("and", None);
            }
            self.extend(&cardinal(digits), i == 0);
            if digits.trim_start_matches('0') == "1" || unit == "pence" {
                self.push(unit, None);
            } else {
                match self.lexicon.plural_unit(unit) {
                    Some(phonemes) => self.phonemes.push(phonemes),
                    None => self.missing = true,
                }
            }
        }
    }

    /// A number with one point. Zeros at the end are not said, as where the number has gone through a float.
    fn decimal(&mut self, number: &str) {
        let (whole, decimals) = number.split_once('.').expect("called for numbers with a point");
        let said = if whole.is_empty() { decimals } else { decimals.trim_end_matches('0') };
        let mut words = if whole.is_empty() { Vec::new() } else { cardinal(whole) };
        if !said.is_empty() {
            words.push("point");
            words.extend(spelled(said));
        }
        self.extend(&words, true);
    }

    fn rank(&mut self, digits: &str) {
        let words = ordinal(digits);
        self.extend(&words.iter().map(String::as_str).collect::<Vec<_>>(), true);
    }

    /// Adds the words of a number. `first` says that they begin the number, where "one" may be "a".
    fn extend(&mut self, words: &[&str], first: bool) {
        for (i, word) in words.iter().enumerate() {
            if *word == "and" && !self.flags.and {
                if let Some(last) = self.phonemes.last_mut().filter(|_| self.flags.n) {
                    last.push_str("ən");
                }
            } else if first && i == 0 && words.len() > 1 && *word == "one" && self.flags.a {
                self.phonemes.push("ə".to_owned());
            } else {
                self.push(word, if *word == "point" { Some(-2.0) } else { None });
            }
        }
    }

    fn push(&mut self, word: &str, stress: Option<f32>) {
        // The lexicons lack ranks such as "quadrillionth", but not their stems. `lookup` would spell them.
        let (known, ending) = match word.strip_suffix("th") {
            Some(stem) if !self.lexicon.has(word) => (stem, "θ"),
            _ => (word, ""),
        };
        let asked = Asked { stress, ..Asked::default() };
        match self.lexicon.lookup(known, asked) {
            Some(spoken) => self.phonemes.push(spoken.phonemes + ending),
            None => self.missing = true,
        }
    }
}
