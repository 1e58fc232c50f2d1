//! What spaCy's English tokenizer takes off a word's ends and cuts a word at.
//!
//! Source: spaCy 3.8, `lang/punctuation.py`, `lang/en/punctuation.py`, `lang/char_classes.py`. The lists of letters there are
//! Unicode's properties here, which differ in scripts that English text does not use.

use std::ops::Range;

use unicode_properties::{GeneralCategory, UnicodeGeneralCategory};

const PUNCTUATION: &str = "….,:;!?¿؟¡()[]{}<>_#*&。？！，、；：～·।،۔؛٪";
const QUOTES: &str = "'\"”“`‘´’‚,„»«「」『』（）〔〕【】《》〈〉〈〉⟦⟧";
const CURRENCIES: &str = "$£€¥฿₽﷼₴₠₡₢₣₤₥₦₧₨₩₪₫₭₮₯₰₱₲₳₵₶₷₸₹₺₻₼₾₿";
const LETTERED_CURRENCIES: [&str; 3] = ["US$", "C$", "A$"];
/// Units, cut off behind a digit.
const UNITS: [&str; 55] = [
    "km", "km²", "km³", "m", "m²", "m³", "dm", "dm²", "dm³", "cm", "cm²", "cm³", "mm", "mm²", "mm³", "ha",
    "µm", "nm", "yd", "in", "ft", "kg", "g", "mg", "µg", "t", "lb", "oz", "m/s", "km/h", "kmh", "mph", "hPa",
    "Pa", "mbar", "mb", "MB", "kb", "KB", "gb", "GB", "tb", "TB", "T", "G", "M", "K", "%", "км", "м", "см",
    "мм", "кг", "г", "мг",
];
const HYPHENS: [&str; 7] = ["-", "–", "—", "--", "---", "——", "~"];

/// Whether `c` is one of the marks that end and begin words alone. A single point is none of them.
fn is_mark(c: char) -> bool {
    c != '.' && (PUNCTUATION.contains(c) || QUOTES.contains(c) || is_icon(c))
}

fn is_icon(c: char) -> bool {
    !c.is_ascii() && c.general_category() == GeneralCategory::OtherSymbol
}

fn is_lower(c: char) -> bool {
    c.is_alphabetic() && !c.is_uppercase()
}

fn is_upper(c: char) -> bool {
    c.is_alphabetic() && !c.is_lowercase()
}

/// Bytes of the prefix that `word` begins with, 0 if with none.
pub(super) fn prefix(word: &str) -> usize {
    let Some(first) = word.chars().next() else { return 0 };
    if word.starts_with("..") {
        return word.len() - word.trim_start_matches('.').len();
    }
    if let Some(currency) = LETTERED_CURRENCIES.iter().find(|currency| word.starts_with(**currency)) {
        return currency.len();
    }
    let second = word[first.len_utf8()..].chars().next();
    let is_prefix = match first {
        '§' | '%' | '=' | '—' | '–' => true,
        '+' => !second.is_some_and(|c| c.is_ascii_digit()),
        _ => is_mark(first) || CURRENCIES.contains(first),
    };
    if is_prefix { first.len_utf8() } else { 0 }
}

/// Bytes of the suffix that `word` ends with, 0 if with none.
pub(super) fn suffix(word: &str) -> usize {
    let Some(last) = word.chars().next_back() else { return 0 };
    let before = &word[..word.len() - last.len_utf8()];
    if word.ends_with("..") {
        return word.len() - word.trim_end_matches('.').len();
    }
    if word.ends_with("……") {
        return "……".len();
    }
    if let Some(s) = ["'s", "'S", "’s", "’S"].iter().find(|s| word.ends_with(**s)) {
        return s.len();
    }
    if let Some(unit) = unit(word) {
        return unit;
    }
    let previous = before.chars().next_back();
    let behind_digit = previous.is_some_and(|c| c.is_ascii_digit());
    let is_suffix = match last {
        '—' | '–' => true,
        '.' => previous.is_some_and(|previous| {
            let two_capitals = is_upper(previous) && before.chars().rev().nth(1).is_some_and(is_upper);
            let degrees = "FfCcKk".contains(previous) && before.chars().rev().nth(1) == Some('°');
            previous.is_ascii_digit()
                || is_lower(previous)
                || "%²-+|".contains(previous)
                || (previous != '.' && (PUNCTUATION.contains(previous) || QUOTES.contains(previous)))
                || two_capitals
                || degrees
        }),
        '+' => behind_digit,
        _ => is_mark(last) || (behind_digit && CURRENCIES.contains(last)),
    };
    if is_suffix { last.len_utf8() } else { 0 }
}

/// Bytes of the longest unit or lettered currency behind a digit at the end of `word`.
fn unit(word: &str) -> Option<usize> {
    let behind_digit = |unit: &&&str| {
        word.strip_suffix(**unit).is_some_and(|number| number.ends_with(|c: char| c.is_ascii_digit()))
    };
    UNITS.iter().chain(&LETTERED_CURRENCIES).filter(behind_digit).map(|unit| unit.len()).max()
}

/// The infixes of `word`, from left to right.
pub(super) fn infixes(word: &str) -> impl Iterator<Item = Range<usize>> {
    let mut at = 0;
    std::iter::from_fn(move || {
        while at < word.len() {
            let c = word[at..].chars().next().expect("before the end");
            if let Some(len) = infix(word, at, c) {
                at += len;
                return Some(at - len..at);
            }
            at += c.len_utf8();
        }
        None
    })
}

/// Bytes of the infix that begins with the character `c` at byte `at`.
fn infix(word: &str, at: usize, c: char) -> Option<usize> {
    let rest = &word[at..];
    let after = |len: usize| rest[len..].chars().next();
    let is_letter_after = |len: usize| after(len).is_some_and(char::is_alphabetic);
    if rest.starts_with("..") {
        return Some(rest.len() - rest.trim_start_matches('.').len());
    }
    if c == '…' || is_icon(c) {
        return Some(c.len_utf8());
    }
    let before = word[..at].chars().next_back()?;
    if matches!(c, '+' | '-' | '*' | '^')
        && before.is_ascii_digit()
        && after(1).is_some_and(|c| c.is_ascii_digit() || c == '-')
    {
        return Some(1);
    }
    if c == '.'
        && (is_lower(before) || QUOTES.contains(before))
        && after(1).is_some_and(|c| is_upper(c) || QUOTES.contains(c))
    {
        return Some(1);
    }
    if c == ',' && before.is_alphabetic() && is_letter_after(1) {
        return Some(1);
    }
    if !(before.is_alphabetic() || before.is_ascii_digit()) {
        return None;
    }
    let hyphen = HYPHENS.iter().find(|h| rest.starts_with(**h) && is_letter_after(h.len()));
    if let Some(hyphen) = hyphen {
        return Some(hyphen.len());
    }
    (":<>=/".contains(c) && is_letter_after(1)).then_some(1)
}
