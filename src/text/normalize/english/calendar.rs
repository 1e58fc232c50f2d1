//! Days, months and years.

use super::super::Classes;
use super::super::digits::small;
use super::super::scan::{Edits, Scan};
use super::words;
use crate::text::Language;

/// Names of months and their abbreviations, in any case; which of them are also words is told by [`is_word`].
#[rustfmt::skip]
const MONTHS: [(&str, &[&str]); 12] = [
    ("January", &["Jan"]), ("February", &["Feb"]), ("March", &["Mar"]), ("April", &["Apr"]), ("May", &[]),
    ("June", &["Jun"]), ("July", &["Jul"]), ("August", &["Aug"]), ("September", &["Sep", "Sept"]), ("October", &["Oct"]),
    ("November", &["Nov"]), ("December", &["Dec"]),
];

#[rustfmt::skip]
const WEEKDAYS: [(&str, &[&str]); 7] = [
    ("Monday", &["Mon"]), ("Tuesday", &["Tue", "Tues"]), ("Wednesday", &["Wed"]), ("Thursday", &["Thu", "Thur", "Thurs"]),
    ("Friday", &["Fri"]), ("Saturday", &["Sat"]), ("Sunday", &["Sun"]),
];

/// A day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Date {
    pub(crate) year: Option<u64>,
    /// 1 to 12.
    pub(crate) month: u64,
    /// 1 to 31.
    pub(crate) day: Option<u64>,
}

impl Date {
    /// Checks the numbers.
    pub(crate) fn new(year: Option<u64>, month: u64, day: Option<u64>) -> Option<Date> {
        let days = match month {
            2 => 29,
            4 | 6 | 9 | 11 => 30,
            _ => 31,
        };
        let fits = (1..=12).contains(&month) && day.is_none_or(|day| (1..=days).contains(&day));
        fits.then_some(Date { year, month, day })
    }
}

/// A date in words: "March fifth, twenty twenty four", in Britain "the fifth of March twenty twenty four".
pub(crate) fn spoken_date(date: Date, british: bool) -> String {
    let month = MONTHS[date.month as usize - 1].0;
    let year = date.year.map(words::year);
    match (date.day.map(words::ordinal), british) {
        (Some(day), false) => {
            format!("{month} {day}{}", year.map_or(String::new(), |year| format!(", {year}")))
        }
        (Some(day), true) => {
            format!("the {day} of {month}{}", year.map_or(String::new(), |year| format!(" {year}")))
        }
        (None, _) => format!("{month}{}", year.map_or(String::new(), |year| format!(" {year}"))),
    }
}

/// `2024-03-05` (with a time or not), `3/5/2024`, `05.03.2024`, `2024-03`.
pub(super) fn numeric(scan: &Scan<'_>, at: usize) -> Option<Edits> {
    if !scan.has(Classes::DATES) {
        return None;
    }
    let (date, mut end) = numeric_date(scan, at)?;
    let mut text = spoken_date(date, scan.british());
    // The time of ISO 8601.
    if let Some('T' | 't') = scan.char(end)
        && let Some((time, behind)) = super::clock::iso_time(scan, end + 1)
    {
        text = format!("{text}, {time}");
        end = behind;
    }
    scan.is_end(end).then(|| Edits::put(end, text))
}

fn numeric_date(scan: &Scan<'_>, at: usize) -> Option<(Date, usize)> {
    let first = scan.digits(at);
    let separator = scan.char(at + first.len()).filter(|c| matches!(c, '-' | '/' | '.' | '‑' | '–'))?;
    let second_at = at + first.len() + separator.len_utf8();
    let Some((second, second_end)) = small(scan, second_at, 2, 100) else {
        let (month, _) = small(scan, at, 2, 13)?;
        return month_and_year(scan, second_at, month, separator);
    };
    let third_at = scan.rest(second_end).strip_prefix(separator).map(|_| second_end + separator.len_utf8());
    // Neither "2024-03-05-06" nor a decimal.
    let ends = |end: usize| !scan.goes_on(end, &[separator, '/']);
    if first.len() == 4 {
        let year = first.parse().ok().filter(|year| (1000..=2999).contains(year))?;
        let Some(third_at) = third_at else {
            let two_digits = second_end - second_at == 2;
            // "2010-12" is two years, "2024-03" and "2023-11" are months.
            let is_month = separator == '-' && two_digits && second <= year % 100;
            let date = Date::new(Some(year), second, None).filter(|_| is_month)?;
            return ends(second_end).then_some((date, second_end));
        };
        let (third, end) = small(scan, third_at, 2, 32)?;
        return Some((Date::new(Some(year), second, Some(third))?, end)).filter(|(_, end)| ends(*end));
    }
    let (first_value, _) = small(scan, at, 2, 100)?;
    let year_at = third_at?;
    let year = scan.digits(year_at);
    let end = year_at + year.len();
    let value: u64 = year.parse().ok()?;
    let year_value = match year.len() {
        4 if (1000..=2999).contains(&value) => value,
        2 if separator == '/' => value + if value < 50 { 2000 } else { 1900 },
        2 if separator == '.' && first.len() == 2 && second_end - second_at == 2 => {
            value + if value < 50 { 2000 } else { 1900 }
        }
        _ => return None,
    };
    let day_first = separator == '.' || scan.language == Language::BritishEnglish;
    let (day, month) = if day_first { (first_value, second) } else { (second, first_value) };
    // A month beyond December tells that the order is the other one.
    let date = Date::new(Some(year_value), month, Some(day))
        .or_else(|| Date::new(Some(year_value), day, Some(month)).filter(|_| separator != '.'))?;
    ends(end).then_some((date, end))
}

/// `9/1990`, of which the year is at `at`.
fn month_and_year(scan: &Scan<'_>, at: usize, month: u64, separator: char) -> Option<(Date, usize)> {
    let (year, end) = small(scan, at, 4, 2100).filter(|(year, _)| *year >= 1900 && separator == '/')?;
    let goes_on = scan.goes_on(end, &['/', '-', '.']);
    (!goes_on).then_some((Date::new(Some(year), month, None)?, end))
}

/// The month whose name or abbreviation is at `at`: its number, whether it is abbreviated, the byte behind it.
fn month(scan: &Scan<'_>, at: usize) -> Option<(usize, bool, usize)> {
    let letters = scan.letters(at);
    let end = at + letters.len();
    let capital = letters.starts_with(char::is_uppercase);
    for (index, (name, short)) in MONTHS.iter().enumerate() {
        if letters.eq_ignore_ascii_case(name) && capital {
            return Some((index, false, end));
        }
        if short.iter().any(|short| letters.eq_ignore_ascii_case(short)) && capital {
            let dot = usize::from(scan.rest(end).starts_with('.'));
            return Some((index, true, end + dot));
        }
    }
    None
}

/// The day at `at`, its end, and whether it has its ordinal's ending.
fn day(scan: &Scan<'_>, at: usize) -> Option<(u64, usize, bool)> {
    let (day, end) = small(scan, at, 2, 32).filter(|(day, _)| *day > 0)?;
    let has_ending = ["st", "nd", "rd", "th"].contains(&scan.letters(end));
    let end = if has_ending { end + 2 } else { end };
    let next = scan.text[end..].chars().next();
    let part = scan.goes_on(end, &[':', '.', ',', '/', '%']);
    let unfit = matches!(next, Some('%' | '/' | '°'));
    (scan.is_end(end) && !part && !unfit).then_some((day, end, has_ending))
}

/// `March 5`, `Mar. 5th, 2024`, `Sept. 11–13`, `Mar 2024`.
pub(super) fn month_first(scan: &Scan<'_>, at: usize) -> Option<Edits> {
    if !scan.has(Classes::DATES) {
        return None;
    }
    let (index, abbreviated, end) = month(scan, at)?;
    let name = MONTHS[index].0;
    let start = scan.gap(end);
    let edits = if abbreviated { Edits::put(end, name) } else { Edits::keep(end) };
    if start == end {
        return None;
    }
    if let Some((value, behind, has_ending)) = day(scan, start) {
        // "March 5 people" is no date, but a number that ends a sentence or goes on with the year is.
        let first = words::ordinal(value);
        let edits =
            if has_ending { edits.then_keep(behind) } else { edits.then_keep(start).then(behind, first) };
        return Some(match day_range(scan, behind) {
            Some((last, last_end)) => edits.then(last_end, format!(" to {}", words::ordinal(last))),
            // "Jan. 1 - Feb. 2"
            None => match month_range(scan, behind) {
                Some(next) => edits.then(next, " to "),
                None => edits,
            },
        });
    }
    if !abbreviated {
        return None;
    }
    let year = scan.digits(start);
    (year.len() == 4 && scan.is_end(start + 4)).then_some(edits)
}

/// ` - Feb. 2` behind a day: where the month begins.
fn month_range(scan: &Scan<'_>, at: usize) -> Option<usize> {
    let sign_at = scan.spaces(at);
    let sign = scan.char(sign_at).filter(|c| matches!(c, '-' | '–' | '—') && scan.has(Classes::RANGES))?;
    let next = scan.spaces(sign_at + sign.len_utf8());
    let (_, _, end) = month(scan, next)?;
    day(scan, scan.gap(end)).map(|_| next)
}

/// `–13` behind a day: the day and its end.
fn day_range(scan: &Scan<'_>, at: usize) -> Option<(u64, usize)> {
    let sign_at = scan.spaces(at);
    let sign = scan.char(sign_at).filter(|c| matches!(c, '-' | '–' | '—'))?;
    let (last, end, _) = day(scan, scan.spaces(sign_at + sign.len_utf8()))?;
    Some((last, end))
}

/// `5 March 2024`, `5–7 Mar`, `11th Sept.`
pub(super) fn day_first(scan: &Scan<'_>, at: usize) -> Option<Edits> {
    if !scan.has(Classes::DATES) {
        return None;
    }
    let (first, first_end, has_ending) = day(scan, at)?;
    let range = day_range(scan, first_end);
    let day_end = range.map_or(first_end, |(_, end)| end);
    let of = scan.gap(day_end);
    let (month_at, has_of) = match scan.letters(of) {
        "of" if has_ending => (scan.gap(of + 2), true),
        _ => (of, false),
    };
    let (index, abbreviated, end) = month(scan, month_at)?;
    let joined = scan.rest(day_end).starts_with('-') && day_end == of;
    if month_at == day_end && !joined {
        return None;
    }
    // "5 May be": the verb has no capital, and "The 5 March hares" is rare.
    let the = if scan.word_before(at).eq_ignore_ascii_case("the") { "" } else { "the " };
    let through = range.map_or(String::new(), |(last, _)| format!(" to {}", words::ordinal(last)));
    let edits = if has_of || has_ending && !abbreviated {
        if !abbreviated && range.is_none() {
            return None;
        }
        Edits::put(day_end, format!("{}{through}", words::ordinal(first))).then_keep(month_at)
    } else {
        Edits::put(month_at, format!("{the}{}{through} of ", words::ordinal(first)))
    };
    let dot_ends = abbreviated && scan.text[..end].ends_with('.') && scan.ends_sentence(end);
    let end = if dot_ends { end - 1 } else { end };
    Some(if abbreviated { edits.then(end, MONTHS[index].0) } else { edits.then_keep(end) })
}

/// `Mon, 5 March`, `Mon-Fri`, `Tue.`
pub(super) fn weekday(scan: &Scan<'_>, at: usize) -> Option<Edits> {
    let find =
        |letters: &str| WEEKDAYS.iter().find(|(name, short)| letters == *name || short.contains(&letters));
    let letters = scan.letters(at);
    let (name, _) = find(letters)?;
    let end = at + letters.len();
    let dot = usize::from(scan.rest(end).starts_with('.') && letters.len() < name.len());
    let sign = scan.spaces(end + dot);
    if let Some(c @ ('-' | '–' | '—')) = scan.char(sign) {
        let next = scan.spaces(sign + c.len_utf8());
        let last = scan.letters(next);
        if let Some((last_name, _)) = find(last).filter(|_| scan.has(Classes::RANGES)) {
            let behind = next + last.len();
            let dot = scan.rest(behind).starts_with('.')
                && last.len() < last_name.len()
                && !scan.ends_sentence(behind + 1);
            return Some(Edits::put(behind + usize::from(dot), format!("{name} to {last_name}")));
        }
    }
    if letters.len() == name.len() || !scan.has(Classes::DATES) {
        return None;
    }
    // "Sun" and "Sat" are words: a comma or full stop and a date or number must follow.
    let comma = usize::from(scan.rest(end + dot).starts_with(','));
    let next = scan.gap(end + dot + comma);
    let dated = month(scan, next).is_some() || scan.char(next).is_some_and(|c| c.is_ascii_digit());
    (next > end && dated && (dot + comma > 0 || letters != "Sun" && letters != "Sat"))
        .then(|| Edits::put(end + dot, *name))
}

/// `'90s`, `'99`.
pub(super) fn short_year(scan: &Scan<'_>, at: usize, c: char) -> Option<Edits> {
    let start = at + c.len_utf8();
    let digits = scan.digits(start);
    if !scan.has(Classes::DATES) || digits.len() != 2 || !scan.is_start(at) {
        return None;
    }
    let value: u64 = digits.parse().ok()?;
    let end = start + 2;
    if scan.letters(end) == "s" && value.is_multiple_of(10) && value > 10 {
        let decade = words::cardinal(value);
        return Some(Edits::put(end + 1, format!("{}ies", &decade[..decade.len() - 1])));
    }
    // A quotation may begin with a number.
    let closes = scan.text[end..].chars().take(40).any(|c| matches!(c, '\'' | '’'));
    (scan.is_end(end) && !closes).then(|| {
        let year = if value < 10 { format!("oh {}", words::cardinal(value)) } else { words::cardinal(value) };
        Edits::put(end, year)
    })
}
