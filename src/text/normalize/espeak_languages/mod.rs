//! Spanish, French, Italian, Brazilian Portuguese and Hindi, which espeak-ng reads.
//!
//! espeak-ng reads numbers; what is put in words here is what it does not know: times, dates, units, signs of money and clear
//! abbreviations, with the gender and number that their numerals need. Numbers stay in digits where no agreement is at stake.

mod grammar;
mod lexicon;

use super::Classes;
use super::digits::{self, CONTINENTAL, ENGLISH, Notation, Number};
use super::english::Date;
use super::scan::{Edits, Scan};
use crate::text::Language;
use grammar::{Gender, Style};
use lexicon::{Lexicon, Noun};

pub(super) fn rule(scan: &Scan<'_>, at: usize, c: char) -> Option<Edits> {
    let lexicon = lexicon::of(scan.language)?;
    if c.is_ascii_digit() {
        return if digits::is_start(scan, at) { number(scan, at, lexicon) } else { None };
    }
    if c.is_alphabetic() {
        return if scan.is_start(at) { abbreviation(scan, at, lexicon) } else { None };
    }
    prefixed_money(scan, at, c, lexicon).or_else(|| sign(scan, at, c, lexicon))
}

fn notation(language: Language) -> Notation {
    if language == Language::Hindi { ENGLISH } else { CONTINENTAL }
}

fn number(scan: &Scan<'_>, at: usize, lexicon: &Lexicon) -> Option<Edits> {
    date(scan, at)
        .or_else(|| time(scan, at))
        .or_else(|| phone(scan, at))
        .or_else(|| range(scan, at, lexicon))
        .or_else(|| month_day(scan, at, lexicon))
        .or_else(|| measure(scan, at, lexicon))
        .or_else(|| {
            let number = digits::number(scan, at, notation(scan.language))?;
            Some(Edits::keep(number.end))
        })
}

/// A number in front of a noun: its words where it agrees with the noun, else its digits as they were written.
fn counted(scan: &Scan<'_>, start: usize, number: &Number<'_>, noun: &Noun) -> String {
    let written = &scan.text[start..number.end];
    let agreeing = number.small().and_then(|value| grammar::agreeing(value, noun.gender, scan.language));
    agreeing.unwrap_or_else(|| written.to_owned())
}

/// The form of a noun behind a number.
fn form<'a>(number: &Number<'_>, noun: &'a Noun, language: Language) -> &'a str {
    // French counts up to two as one.
    let singular = number.is_one()
        || language == Language::French && (number.whole == "0" || number.whole == "1")
        || language == Language::BrazilianPortuguese && number.whole == "0" && number.fraction.is_some();
    if singular { noun.one } else { noun.many }
}

/// `5 km/h`, `20 °C`, `5 €`, `1,50 €`.
fn measure(scan: &Scan<'_>, at: usize, lexicon: &Lexicon) -> Option<Edits> {
    let number = digits::number(scan, at, notation(scan.language))?;
    let start = scan.spaces(number.end);
    if scan.has(Classes::CURRENCIES)
        && let Some((noun, cent, end)) = money(scan, start, lexicon)
    {
        return Some(Edits::put(end, amount(scan, at, &number, noun, cent)));
    }
    if !scan.has(Classes::UNITS) {
        return None;
    }
    let (noun, tail, end) = unit(scan, start, lexicon, start > number.end)?;
    let name = form(&number, noun, scan.language);
    let words = counted(scan, at, &number, noun);
    Some(match words == scan.text[at..number.end] {
        true => Edits::keep(number.end).then(end, format!(" {name}{tail}")),
        false => Edits::put(end, format!("{words} {name}{tail}")),
    })
}

/// The unit at `start`: its noun, what follows it, and its end.
fn unit<'l>(
    scan: &Scan<'_>,
    start: usize,
    lexicon: &'l Lexicon,
    spaced: bool,
) -> Option<(&'l Noun, String, usize)> {
    if let Some(sign @ ('°' | 'º')) = scan.char(start) {
        let after = start + sign.len_utf8();
        let scale = scan.spaces(after);
        let (noun, end) = match scan.letters(scale) {
            "C" => (&lexicon.celsius, scale + 1),
            "F" => (&lexicon.fahrenheit, scale + 1),
            // "5º" is an ordinal.
            _ if sign == '°' => (&lexicon.degree, after),
            _ => return None,
        };
        return Some((noun, String::new(), end));
    }
    let symbol = scan.letters(start);
    let mut end = start + symbol.len();
    let (_, noun) = lexicon.units.iter().find(|(symbols, _)| symbols.contains(&symbol))?;
    if matches!(symbol, "s" | "t" | "h") && !spaced && symbol != "h" {
        return None;
    }
    let mut tail = String::new();
    for (sign, squared) in [('²', lexicon.squared), ('³', lexicon.cubed)] {
        if scan.rest(end).starts_with(sign) && symbol.ends_with('m') {
            tail = format!(" {squared}");
            end += sign.len_utf8();
        }
    }
    if scan.rest(end).starts_with('/') {
        let below = scan.letters(end + 1);
        if let Some((_, name)) = lexicon.per.iter().find(|(symbols, _)| symbols.contains(&below)) {
            tail = format!("{tail} {name}");
            end += 1 + below.len();
        }
    }
    scan.is_end(end).then_some((noun, tail, end))
}

/// The sign or code of a currency at `start`: its noun, its hundredth, and its end.
fn money<'l>(
    scan: &Scan<'_>,
    start: usize,
    lexicon: &'l Lexicon,
) -> Option<(&'l Noun, Option<&'l Noun>, usize)> {
    let rest = scan.rest(start);
    let (sign, noun, cent) = lexicon.money.iter().find(|(sign, _, _)| rest.starts_with(sign))?;
    let end = start + sign.len();
    let is_word = sign.ends_with(char::is_alphabetic);
    ((!is_word || scan.is_end(end)) && scan.digits(end).is_empty()).then_some((noun, cent.as_ref(), end))
}

/// An amount with its hundredths.
fn amount(scan: &Scan<'_>, start: usize, number: &Number<'_>, noun: &Noun, cent: Option<&Noun>) -> String {
    let (Some(fraction), Some(cent)) = (number.fraction.filter(|fraction| fraction.len() == 2), cent) else {
        let name = form(number, noun, scan.language);
        let million = grammar::of_millions(number, name, scan.language);
        return format!("{} {million}{name}", counted(scan, start, number, noun));
    };
    let whole = Number { fraction: None, end: number.end - 1 - fraction.len(), ..number.clone() };
    let cents = Number {
        whole: fraction.trim_start_matches('0').to_owned(),
        fraction: None,
        grouped: false,
        end: number.end,
    };
    let head = format!("{} {}", counted(scan, start, &whole, noun), form(&whole, noun, scan.language));
    if cents.whole.is_empty() {
        return head;
    }
    let count = cents.small().and_then(|value| grammar::agreeing(value, cent.gender, scan.language));
    let count = count.unwrap_or_else(|| cents.whole.clone());
    format!("{head} {} {count} {}", grammar::and(scan.language), form(&cents, cent, scan.language))
}

/// `$5`, `R$ 10,50`, `₹500`.
fn prefixed_money(scan: &Scan<'_>, at: usize, c: char, lexicon: &Lexicon) -> Option<Edits> {
    if !scan.has(Classes::CURRENCIES) || c.is_alphanumeric() {
        return None;
    }
    let (sign, noun, cent) = lexicon.money.iter().find(|(sign, _, _)| scan.rest(at).starts_with(sign))?;
    let start = scan.spaces(at + sign.len());
    let number = digits::number(scan, start, notation(scan.language))
        .filter(|number| scan.is_end(number.end) && !number.whole.is_empty())?;
    Some(Edits::put(number.end, amount(scan, start, &number, noun, cent.as_ref())))
}

/// `10:30`, `14h30`, `8 h`, `9h`.
fn time(scan: &Scan<'_>, at: usize) -> Option<Edits> {
    if !scan.has(Classes::TIMES) {
        return None;
    }
    let (hour, end) = digits::small(scan, at, 2, 25)?;
    let mark = if scan.rest(end).starts_with('h') { end } else { scan.spaces(end) };
    let (minute, style, end) = match scan.char(mark)? {
        ':' if mark == end => {
            let (minute, end) = two_digits(scan, end + 1)?;
            (minute, Style::Clock, end)
        }
        'h' | 'H' if scan.language != Language::Hindi => hours(scan, mark + 1),
        _ => return None,
    };
    // "10:30:15", "10:30h", "10:30 h"
    let mut end = end;
    let hours = scan.spaces(end);
    if ["h", "hs", "hrs", "horas", "heures", "ore"].contains(&scan.letters(hours))
        && scan.text[..end].contains(':')
    {
        end = hours + scan.letters(hours).len();
    }
    let goes_on = scan.goes_on(end, &[':', '.', ',', '/']);
    if !scan.is_end(end) || goes_on {
        return None;
    }
    let (half, end) = half(scan, end).unwrap_or((None, end));
    // Hindi has its word for "o'clock" in what is put there.
    let o_clock = scan.spaces(end);
    let end = if scan.language == Language::Hindi && scan.letters(o_clock) == "बजे" {
        o_clock + "बजे".len()
    } else {
        end
    };
    // "l'1:30" has its article as well.
    let elided = matches!(scan.before(at), Some('\'' | '’'));
    let before = if elided { "l".to_owned() } else { scan.word_before(at).to_lowercase() };
    let text = grammar::time(hour, minute, half, style, &before, scan.language)?;
    Some(Edits::put(end, text))
}

fn two_digits(scan: &Scan<'_>, at: usize) -> Option<(u64, usize)> {
    digits::small(scan, at, 2, 60).filter(|(_, end)| *end == at + 2)
}

/// What stands behind the letter h at `at`: minutes or nothing, and how the time is written.
fn hours(scan: &Scan<'_>, at: usize) -> (u64, Style, usize) {
    let next = if scan.digits(at).is_empty() { scan.spaces(at) } else { at };
    let Some((minute, end)) = two_digits(scan, next) else { return (0, Style::Hours, at) };
    let unit_at = scan.spaces(end);
    match scan.letters(unit_at) {
        unit @ ("min" | "mn" | "minutos" | "minutes" | "minuti") => {
            (minute, Style::Duration, unit_at + unit.len())
        }
        _ => (minute, Style::Clock, end),
    }
}

/// Whether the time is in the morning, behind its minutes: `p. m.`, `AM`.
fn half(scan: &Scan<'_>, at: usize) -> Option<(Option<bool>, usize)> {
    let start = scan.spaces(at);
    let rest = scan.rest(start);
    for (mark, morning) in [
        ("a. m.", true),
        ("p. m.", false),
        ("a.m.", true),
        ("p.m.", false),
        ("am", true),
        ("pm", false),
        ("AM", true),
        ("PM", false),
    ] {
        if rest.starts_with(mark) && scan.is_end(start + mark.len()) {
            let stop = mark.ends_with('.') && scan.ends_sentence(start + mark.len());
            return Some((Some(morning), start + mark.len() - usize::from(stop)));
        }
    }
    None
}

pub(super) fn spoken_time(hour: u64, minute: u64, language: Language) -> Option<String> {
    grammar::time(hour, minute, None, Style::Clock, "", language)
}

/// `2024-03-05`, `5/3/2024`, `05.03.2024`.
fn date(scan: &Scan<'_>, at: usize) -> Option<Edits> {
    if !scan.has(Classes::DATES) {
        return None;
    }
    let first = scan.digits(at);
    let separator = scan.char(at + first.len()).filter(|c| matches!(c, '-' | '/' | '.'))?;
    let (second, second_end) = digits::small(scan, at + first.len() + 1, 2, 32)?;
    let third_at = scan.rest(second_end).strip_prefix(separator).map(|_| second_end + 1)?;
    let third = scan.digits(third_at);
    let end = third_at + third.len();
    let goes_on = scan.goes_on(end, &['-', '/', '.', ',']);
    if !scan.is_end(end) || goes_on {
        return None;
    }
    let value = |digits: &str| digits.parse::<u64>().ok();
    let (year, month, day) = match (first.len(), third.len()) {
        (4, 1 | 2) if separator == '-' => (value(first)?, second, value(third)?),
        (1 | 2, 4) => (value(third)?, second, value(first)?),
        (1 | 2, 2) if separator == '/' => {
            let year = value(third)?;
            (year + if year < 50 { 2000 } else { 1900 }, second, value(first)?)
        }
        _ => return None,
    };
    if !(1000..=2999).contains(&year) {
        return None;
    }
    let text = spoken_date(Date::new(Some(year), month, Some(day))?, scan.language)?;
    Some(Edits::put(end, text))
}

pub(super) fn spoken_date(date: Date, language: Language) -> Option<String> {
    let lexicon = lexicon::of(language)?;
    let month = lexicon.months[date.month as usize - 1];
    let of = lexicon.of;
    let year = date.year.map(|year| year.to_string());
    Some(match date.day {
        Some(day) => {
            let day = grammar::day(day, language);
            let year = year.map_or(String::new(), |year| format!("{of}{year}"));
            // French and Italian put the year behind the month without a word, and the day before it.
            format!("{day}{}{month}{year}", lexicon.of_month)
        }
        None => format!("{month}{}", year.map_or(String::new(), |year| format!("{of}{year}"))),
    })
}

/// `1 janvier`: the first of a month is an ordinal in French, Italian and Portuguese; `5 mar.` has its month in short.
fn month_day(scan: &Scan<'_>, at: usize, lexicon: &Lexicon) -> Option<Edits> {
    if !scan.has(Classes::DATES) {
        return None;
    }
    let (day, end) = digits::small(scan, at, 2, 32).filter(|(day, _)| *day > 0)?;
    let mut month_at = scan.spaces(end);
    if let Some(de) = lexicon.of_month.trim().split(' ').next().filter(|de| !de.is_empty())
        && scan.letters(month_at) == de
    {
        month_at = scan.spaces(month_at + de.len());
    }
    let name = scan.letters(month_at).to_lowercase();
    if !lexicon.months.contains(&name.as_str()) || month_at == end {
        return None;
    }
    let ordinal = grammar::day(day, scan.language);
    (ordinal != scan.text[at..end]).then(|| Edits::put(end, ordinal))
}

/// `+34 91 123 45 67`, `01 23 45 67 89`: digit by digit or, in French, in pairs, as they are written.
fn phone(scan: &Scan<'_>, at: usize) -> Option<Edits> {
    if !scan.has(Classes::PHONES) {
        return None;
    }
    let mut groups: Vec<&str> = Vec::new();
    let mut end = at;
    while groups.len() < 8 {
        let start = if groups.is_empty() {
            at
        } else {
            match scan.char(end) {
                Some(sign @ (' ' | '-' | '.' | '\u{a0}')) => end + sign.len_utf8(),
                _ => break,
            }
        };
        let group = scan.digits(start);
        if group.is_empty() || group.len() > 5 {
            break;
        }
        groups.push(group);
        end = start + group.len();
    }
    let lengths: Vec<usize> = groups.iter().map(|group| group.len()).collect();
    let total: usize = lengths.iter().sum();
    let leading_zero = groups.first().is_some_and(|group| group.starts_with('0'));
    let fits = match scan.language {
        _ if groups.len() < 2 || !scan.is_end(end) => false,
        _ if scan.before(at) == Some('+') => (8..=15).contains(&total),
        Language::French => leading_zero && total == 10,
        Language::Italian => leading_zero && (9..=11).contains(&total) && groups.len() <= 4,
        Language::Spanish => {
            matches!(lengths[..], [3, 2, 2, 2] | [2, 3, 2, 2]) && groups[0].starts_with(['6', '7', '8', '9'])
        }
        Language::BrazilianPortuguese => {
            matches!(lengths[..], [5, 4] | [4, 4] | [2, 5, 4] | [2, 4, 4])
                && scan.before(end - 4) == Some('-')
        }
        _ => false,
    };
    if !fits {
        return None;
    }
    let parts = groups.iter().map(|group| match scan.language {
        // Zeros in front are said, the rest is a number.
        Language::French if group.len() == 2 && group.starts_with('0') => format!("0 {}", &group[1..]),
        Language::French if group.len() == 2 => (*group).to_owned(),
        _ => group.split_inclusive(|_| true).collect::<Vec<_>>().join(" "),
    });
    Some(Edits::put(end, parts.collect::<Vec<_>>().join(", ")))
}

/// `5-10 km`, `10–20 %`.
fn range(scan: &Scan<'_>, at: usize, lexicon: &Lexicon) -> Option<Edits> {
    if !scan.has(Classes::RANGES) {
        return None;
    }
    let first = digits::number(scan, at, notation(scan.language))?;
    let sign = scan.char(first.end).filter(|c| matches!(c, '-' | '–'))?;
    let last_at = first.end + sign.len_utf8();
    let last = digits::number(scan, last_at, notation(scan.language))?;
    let goes_on = scan.text[last.end..].starts_with(['-', '–', '/', ':']);
    if goes_on || first.small()? >= last.small()? {
        return None;
    }
    let edits = Edits::keep(first.end).then(last_at, format!(" {} ", lexicon.to));
    let Some((noun, tail, end)) =
        unit(scan, scan.spaces(last.end), lexicon, true).filter(|_| scan.has(Classes::UNITS))
    else {
        return scan.is_end(last.end).then(|| edits.then_keep(last.end));
    };
    let words = counted(scan, last_at, &last, noun);
    Some(edits.then(end, format!("{words} {}{tail}", noun.many)))
}

fn abbreviation(scan: &Scan<'_>, at: usize, lexicon: &Lexicon) -> Option<Edits> {
    // "R$ 10": a currency's sign that begins with a letter.
    if scan.has(Classes::CURRENCIES)
        && let Some((sign, noun, cent)) = lexicon
            .money
            .iter()
            .find(|(sign, _, _)| sign.ends_with('$') && sign.len() > 1 && scan.rest(at).starts_with(sign))
    {
        let start = scan.spaces(at + sign.len());
        if let Some(number) =
            digits::number(scan, start, notation(scan.language)).filter(|number| !number.whole.is_empty())
        {
            return Some(Edits::put(number.end, amount(scan, start, &number, noun, cent.as_ref())));
        }
    }
    if !scan.has(Classes::ABBREVIATIONS) {
        return None;
    }
    // "p.es." is not "es."
    if scan.before(at) == Some('.') {
        return None;
    }
    let rest = scan.rest(at);
    let found = lexicon.abbreviations.iter().filter(|(short, _)| rest.starts_with(short));
    let (short, name) = found.max_by_key(|(short, _)| short.len())?;
    let end = at + short.len();
    if !scan.is_end(end) {
        return None;
    }
    let is_title = name.starts_with(|c: char| c.is_lowercase()) && short.starts_with(char::is_uppercase);
    // A title's full stop is no end; that of "etc." may be.
    let ends = scan.ends_sentence(end) && !is_title && !name.ends_with(' ');
    let stop = short.ends_with('.') && (ends || scan.rest(end).starts_with('.'));
    Some(if stop { Edits::put(end - 1, *name).then_keep(end) } else { Edits::put(end, name.trim_end()) })
}

fn sign(scan: &Scan<'_>, at: usize, c: char, lexicon: &Lexicon) -> Option<Edits> {
    if !scan.has(Classes::SYMBOLS) {
        return None;
    }
    let end = at + c.len_utf8();
    let (_, name) = lexicon.signs.iter().find(|(sign, _)| *sign == c)?;
    let is_digit = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
    let (before, after) = (scan.before(scan.spaces_before(at)), scan.char(scan.spaces(end)));
    let fits = match c {
        '%' | '‰' => is_digit(before) && scan.is_end(end),
        '&' => scan.before(at) == Some(' ') && scan.rest(end).starts_with(' '),
        '+' | '=' | '×' | '÷' => is_digit(before) && is_digit(after) || c == '=',
        '±' => is_digit(after),
        _ => true,
    };
    if !fits || before == Some(c) || after == Some(c) {
        return None;
    }
    let lead = if scan.before(at).is_some_and(|c| !c.is_whitespace()) { " " } else { "" };
    let tail = if scan.char(end).is_some_and(char::is_alphanumeric) { " " } else { "" };
    Some(Edits::put(end, format!("{lead}{name}{tail}")))
}

/// An ordinal below 100 in the masculine.
pub(super) fn ordinal(value: u64, language: Language) -> Option<String> {
    grammar::ordinal(value, Gender::Masculine, language)
}
