//! Reading of a text that is known to be a date, a number, letters and so on.

use super::english::{self, Date, words};
use super::{Classes, Normalizer, Options, Spoken, espeak_languages};
use crate::text::{Language, Passage};

/// Names of signs, in English.
const SIGNS: &[(char, &str)] = &[
    ('.', "dot"),
    (',', "comma"),
    ('-', "dash"),
    ('_', "underscore"),
    ('/', "slash"),
    ('\\', "backslash"),
    ('@', "at"),
    ('#', "hash"),
    ('$', "dollar"),
    ('%', "percent"),
    ('&', "and"),
    ('*', "asterisk"),
    ('+', "plus"),
    ('=', "equals"),
    (':', "colon"),
    (';', "semicolon"),
    ('!', "exclamation mark"),
    ('?', "question mark"),
    ('\'', "apostrophe"),
    ('"', "quote"),
    ('(', "open parenthesis"),
    (')', "close parenthesis"),
    ('<', "less than"),
    ('>', "greater than"),
    ('~', "tilde"),
    ('|', "vertical bar"),
    ('^', "caret"),
];

/// Character by character.
pub(crate) fn spell_out(text: &str, language: Language) -> Spoken {
    let mut spoken = Spoken::default();
    let british = language == Language::BritishEnglish;
    for c in text.chars().filter(|c| !c.is_whitespace()) {
        let capital = c.to_uppercase().to_string();
        if !language.is_english() {
            spoken.word(&capital);
        } else if c.is_ascii_alphabetic() {
            spoken.word_read(&capital, words::spelled(&capital, british));
        } else if c.is_ascii_digit() {
            spoken.word(&words::digits(&capital, "zero"));
        } else {
            let name = SIGNS.iter().find(|(sign, _)| *sign == c).map(|(_, name)| *name);
            spoken.word(name.unwrap_or(&capital));
        }
    }
    spoken
}

/// Digit by digit, with a pause between groups.
pub(crate) fn telephone(text: &str, language: Language) -> Spoken {
    let zero = if language == Language::BritishEnglish { "oh" } else { "zero" };
    let groups = text.split(|c: char| !c.is_ascii_digit()).filter(|group| !group.is_empty());
    let groups = groups.map(|group| match language.is_english() {
        true => words::digits(group, zero),
        false => group.split_inclusive(|_| true).collect::<Vec<_>>().join(" "),
    });
    let plus = if language.is_english() && text.starts_with('+') { "plus " } else { "" };
    Spoken::from(plus.to_owned() + &groups.collect::<Vec<_>>().join(", "))
}

/// The digits of a whole number, with a sign and separators.
fn integer(text: &str) -> Option<(bool, String)> {
    let (negative, digits) = match text.strip_prefix(['-', '−']) {
        Some(digits) => (true, digits),
        None => (false, text),
    };
    let digits: String = digits.chars().filter(|c| !matches!(c, ',' | ' ' | '\u{a0}' | '\u{202f}')).collect();
    (!digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())).then_some((negative, digits))
}

pub(crate) fn cardinal(text: &str, language: Language) -> Option<Spoken> {
    if let Some((whole, fraction)) = text.split_once('.')
        && let (Some((negative, whole)), Some((false, fraction))) = (integer(whole), integer(fraction))
    {
        let sign = if negative { "minus " } else { "" };
        let words = language.is_english().then(|| words::number(&whole, Some(&fraction)));
        return Some(Spoken::from(words.map_or_else(|| text.to_owned(), |words| sign.to_owned() + &words)));
    }
    let (negative, digits) = integer(text)?;
    if !language.is_english() {
        return Some(Spoken::from(if negative { format!("-{digits}") } else { digits }));
    }
    let sign = if negative { "minus " } else { "" };
    let trimmed = digits.trim_start_matches('0');
    Some(Spoken::from(sign.to_owned() + &words::integer(if trimmed.is_empty() { "0" } else { trimmed })))
}

pub(crate) fn ordinal(text: &str, language: Language) -> Option<Spoken> {
    let digits = text.trim_end_matches(|c: char| c.is_alphabetic() || matches!(c, '.' | 'º' | 'ª'));
    let value: u64 = integer(digits)?.1.parse().ok()?;
    match language.is_english() {
        true => Some(Spoken::from(words::ordinal(value))),
        false => espeak_languages::ordinal(value, language).map(Spoken::from),
    }
}

/// A date in the order that `format` names, such as `mdy` or `dmy`.
pub(crate) fn date(text: &str, format: &str, language: Language) -> Option<Spoken> {
    let fields: Vec<&str> =
        text.split(|c: char| !c.is_ascii_digit()).filter(|field| !field.is_empty()).collect();
    let letters = text.chars().any(char::is_alphabetic);
    let format: Vec<char> =
        format.to_ascii_lowercase().chars().filter(|c| matches!(c, 'd' | 'm' | 'y')).collect();
    let order = match (format.is_empty(), fields.as_slice()) {
        _ if letters || fields.is_empty() => return Some(whole(text, language)),
        (false, _) => format,
        (true, [first, _, _]) if first.len() == 4 => vec!['y', 'm', 'd'],
        (true, [_, _, _]) if language == Language::AmericanEnglish => vec!['m', 'd', 'y'],
        (true, [_, _, _]) => vec!['d', 'm', 'y'],
        (true, [first, _]) if first.len() == 4 => vec!['y', 'm'],
        (true, [_, second]) if second.len() == 4 => vec!['m', 'y'],
        (true, [_, _]) if language == Language::AmericanEnglish => vec!['m', 'd'],
        (true, [_, _]) => vec!['d', 'm'],
        (true, _) => vec!['y'],
    };
    if order.len() != fields.len() {
        return None;
    }
    let field = |name: char| {
        let index = order.iter().position(|&field| field == name)?;
        fields[index].parse::<u64>().ok()
    };
    let two_digits = order.iter().zip(&fields).any(|(name, text)| *name == 'y' && text.len() == 2);
    let year = field('y').map(|year| match year {
        year if two_digits => year + if year < 50 { 2000 } else { 1900 },
        year => year,
    });
    let Some(month) = field('m') else {
        let year = year?;
        let english = language.is_english().then(|| words::year(year));
        return Some(Spoken::from(english.unwrap_or_else(|| year.to_string())));
    };
    let date = Date::new(year, month, field('d'))?;
    match language.is_english() {
        true => Some(Spoken::from(english::spoken_date(date, language == Language::BritishEnglish))),
        false => espeak_languages::spoken_date(date, language).map(Spoken::from),
    }
}

/// A time of day such as `10:30`, `10:30:15` or `5pm`.
pub(crate) fn time(text: &str, language: Language) -> Option<Spoken> {
    let fields: Vec<u64> =
        text.split(':').map(|field| field.trim().parse().ok()).collect::<Option<_>>().unwrap_or_default();
    let (hour, minute, second) = match fields[..] {
        [hour, minute] if hour < 25 && minute < 60 => (hour, minute, None),
        [hour, minute, second] if hour < 25 && minute < 60 && second < 60 => (hour, minute, Some(second)),
        _ => {
            let has_digits = text.bytes().any(|byte| byte.is_ascii_digit());
            return has_digits.then(|| whole(text, language));
        }
    };
    match language.is_english() {
        true => Some(Spoken::from(english::spoken_time(hour, minute, second))),
        false => espeak_languages::spoken_time(hour, minute, language).map(Spoken::from),
    }
}

/// What normalisation makes of `text`.
pub(crate) fn whole(text: &str, language: Language) -> Spoken {
    let options = Options { classes: Classes::ALL, ..Options::default() };
    let normalized = Normalizer::new(options).normalize(&Passage::plain(text), language);
    Spoken { text: normalized.text, marks: normalized.marks }
}
