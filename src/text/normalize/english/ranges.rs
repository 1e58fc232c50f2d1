//! From one number to another.

use super::super::Classes;
use super::super::digits::Number;
use super::super::scan::{Edits, Scan};
use super::units;
use super::{number_at, say, words};

/// `5-10`, `1990–95`, `5–10 km`, `10-20%`, `3-2`.
pub(super) fn numbers(scan: &Scan<'_>, at: usize, _quote_open: bool) -> Option<Edits> {
    if !scan.has(Classes::RANGES) {
        return None;
    }
    let first = number_at(scan, at)?;
    if let Some(edits) = ratio(scan, &first) {
        return Some(edits);
    }
    let percent = usize::from(scan.rest(first.end).starts_with('%'));
    let (last_at, spaced) = separator(scan, first.end + percent)?;
    let last = number_at(scan, last_at)?;
    let goes_on = scan.goes_on(last.end, &['-', '–', '/', ':', '.', ',']);
    if goes_on || spaced && value(&first)? >= value(&last)? {
        return None;
    }
    // Behind a word and a hyphen it is a name: "F-16-20".
    if scan.before(at) == Some('-') {
        return None;
    }
    // "Boeing 747-400"
    if first.whole.len() >= 3
        && last.whole.len() >= 3
        && value(&first) > value(&last)
        && last.fraction.is_none()
    {
        return Some(Edits::keep(last.end));
    }
    let (from, to) = both(&first, &last);
    let joint = if value(&first) == value(&last) { " " } else { " to " };
    if scan.rest(last.end).starts_with('%') {
        return Some(Edits::put(last.end + 1, format!("{from}{joint}{to} percent")));
    }
    if scan.has(Classes::UNITS)
        && let Some(unit) = units::find(scan, &last)
    {
        let (from, to) = (say(&first), say(&last));
        return Some(Edits::put(unit.end, format!("{from}{joint}{to} {}", unit.for_number(&last))));
    }
    // "5-10K", "10-12th": the letters stay.
    let letters = scan.letters(last.end);
    if let Some(ordinal) = ["st", "nd", "rd", "th"].iter().find(|ending| **ending == letters) {
        let last_value = last.small()?;
        let end = last.end + ordinal.len();
        return Some(Edits::put(
            end,
            format!("{}{joint}{}", words::ordinal(first.small()?), words::ordinal(last_value)),
        ));
    }
    let magnitude = match letters {
        "k" | "K" => " thousand",
        "M" | "m" => " million",
        "bn" | "B" => " billion",
        "" => "",
        "s" if to.ends_with('y') => {
            // 1980s-1990s is handled by its own "s"; here "1980-90s".
            return Some(Edits::put(last.end + 1, format!("{from}{joint}{}ies", &to[..to.len() - 1])));
        }
        _ => return None,
    };
    let end = last.end + letters.len();
    scan.is_end(end).then(|| Edits::put(end, format!("{from}{joint}{to}{magnitude}")))
}

/// `16:9`, which is no time of day.
fn ratio(scan: &Scan<'_>, first: &Number<'_>) -> Option<Edits> {
    let last_at = scan.rest(first.end).strip_prefix(':').map(|_| first.end + 1)?;
    let last = number_at(scan, last_at)?;
    let goes_on = scan.text[last.end..].starts_with([':', '/', '-']);
    let fits = last.whole.len() != 2 && first.fraction.is_none() && scan.is_end(last.end) && !goes_on;
    fits.then(|| Edits::put(last.end, format!("{} to {}", say(first), say(&last))))
}

/// The sign between two numbers behind byte `at`: where the second begins, and whether spaces are around the sign.
pub(super) fn separator(scan: &Scan<'_>, at: usize) -> Option<(usize, bool)> {
    let sign_at = scan.spaces(at);
    let sign = scan.char(sign_at).filter(|c| matches!(c, '-' | '–' | '—' | '‑' | '‐'))?;
    let end = sign_at + sign.len_utf8();
    let next = scan.spaces(end);
    // "5 -10" is a negative number.
    let (before, after) = (sign_at > at, next > end);
    (before == after).then_some((next, before))
}

/// Both numbers in words, years as years.
pub(super) fn both(first: &Number<'_>, last: &Number<'_>) -> (String, String) {
    let year = |number: &Number<'_>| {
        number
            .small()
            .filter(|value| number.whole.len() == 4 && !number.grouped && (1000..=2100).contains(value))
    };
    match (year(first), year(last), last.small()) {
        (Some(from), Some(to), _) => (words::year(from), words::year(to)),
        // "1990-95", "2024-25"
        (Some(from), None, Some(to)) if last.whole.len() == 2 && to > from % 100 => {
            let to = if to < 10 { format!("oh {}", words::cardinal(to)) } else { words::cardinal(to) };
            (words::year(from), to)
        }
        _ => (say(first), say(last)),
    }
}

/// The value of a number, to compare.
fn value(number: &Number<'_>) -> Option<f64> {
    let fraction = number.fraction.unwrap_or("0");
    if number.whole.len() > 15 || fraction.len() > 15 {
        return None;
    }
    format!("{}.{fraction}", number.whole).parse().ok()
}
