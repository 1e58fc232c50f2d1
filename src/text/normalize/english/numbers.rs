//! Bare numbers that misaki drops zeros of, or has no grammar for.

use super::super::Classes;
use super::super::scan::{Edits, Scan, Spoken};
use super::{drops_zero, number_at, say, words};

/// Beyond this misaki fails.
const LONGEST_DIGITS: usize = 21;

pub(super) fn rule(scan: &Scan<'_>, at: usize) -> Option<Edits> {
    let number = number_at(scan, at)?;
    if !scan.has(Classes::NUMBERS) {
        return Some(Edits::keep(number.end));
    }
    if let Some(edits) = hexadecimal(scan, at) {
        return Some(edits);
    }
    // 1e6, 1.5e-3
    if let Some(edits) = scientific(scan, number.end, &say(&number)) {
        return Some(edits);
    }
    if let Some((power, end)) = power(scan, number.end) {
        return Some(Edits::put(end, say(&number) + &power));
    }
    // 10x10, 3 × 4; 5x faster
    if let Some(edits) = product(scan, at, number.end, &say(&number)) {
        return Some(edits);
    }
    let exact = number.whole.len() > 1 && number.whole.starts_with('0') && !number.grouped;
    let ends = scan.is_end(number.end);
    // 5/10.20 and "3.10.2" are something else.
    if ends && (exact || drops_zero(&number) || number.whole.len() > LONGEST_DIGITS) {
        let text = match number.fraction {
            None => words::digits(&number.whole, "zero"),
            Some(_) => say(&number),
        };
        return Some(Edits::put(number.end, text));
    }
    // 10k, 5M, 3bn: misaki reads the letters.
    let letters = scan.letters(number.end);
    let magnitude = match letters {
        "k" | "K" if number.whole.len() <= 3 => "thousand",
        "M" | "mn" if number.whole.len() <= 3 => "million",
        "B" | "bn" if number.whole.len() <= 3 => "billion",
        "tn" if number.whole.len() <= 3 => "trillion",
        _ => "",
    };
    let end = number.end + letters.len();
    let is_name = letters == "K" && matches!(number.whole.as_str(), "4" | "5" | "8");
    if !magnitude.is_empty() && scan.is_end(end) && !is_name {
        return Some(Edits::put(end, format!("{} {magnitude}", say(&number))));
    }
    Some(Edits::keep(number.end))
}

/// `0xff`, digit by digit.
fn hexadecimal(scan: &Scan<'_>, at: usize) -> Option<Edits> {
    let digits = scan.rest(at).strip_prefix("0x").or_else(|| scan.rest(at).strip_prefix("0X"))?;
    let len = digits.bytes().take(LONGEST_DIGITS).take_while(u8::is_ascii_hexdigit).count();
    let end = at + 2 + len;
    if len == 0 || !scan.is_end(end) {
        return None;
    }
    let mut spoken = Spoken::from("zero");
    for c in "X".chars().chain(digits[..len].chars()) {
        let name = c.to_ascii_uppercase().to_string();
        match c.is_ascii_digit() {
            true => spoken.word(&words::digits(&name, "zero")),
            false => spoken.word_read(&name, words::spelled(&name, scan.british())),
        }
    }
    Some(Edits::put(end, spoken))
}

/// The power behind a number that ends at `at`, and its end: `2^10`, `10^-3`, `5²`.
fn power(scan: &Scan<'_>, at: usize) -> Option<(String, usize)> {
    let rest = scan.rest(at);
    for (sign, name) in [('²', " squared"), ('³', " cubed")] {
        let end = at + sign.len_utf8();
        if rest.starts_with(sign) {
            return scan.is_end(end).then(|| (name.to_owned(), end));
        }
    }
    let exponent = rest.strip_prefix('^')?;
    let sign = exponent.chars().next().filter(|c| matches!(c, '-' | '−'));
    let power =
        number_at(scan, at + 1 + sign.map_or(0, char::len_utf8)).filter(|power| scan.is_end(power.end))?;
    let minus = if sign.is_some() { "minus " } else { "" };
    Some((format!(" to the power of {minus}{}", say(&power)), power.end))
}

fn scientific(scan: &Scan<'_>, at: usize, words_before: &str) -> Option<Edits> {
    let power = scan.rest(at).strip_prefix(['e', 'E'])?;
    let (sign, skip) = match power.as_bytes().first()? {
        b'-' => ("minus ", 1),
        b'+' => ("", 1),
        _ => ("", 0),
    };
    let digits = scan.digits(at + 1 + skip);
    let end = at + 1 + skip + digits.len();
    (!digits.is_empty() && digits.len() <= 3 && scan.is_end(end)).then(|| {
        let exponent = words::integer(digits);
        Edits::put(end, format!("{words_before} times ten to the power of {sign}{exponent}"))
    })
}

/// Sizes and products, as many in a row as there are; "times" behind a single number.
fn product(scan: &Scan<'_>, _at: usize, end: usize, first: &str) -> Option<Edits> {
    let mut text = first.to_owned();
    let mut at = end;
    for _ in 0..4 {
        let sign = scan.spaces(at);
        let Some(c @ ('x' | 'X' | '×' | '*')) = scan.char(sign) else { break };
        let next = scan.spaces(sign + c.len_utf8());
        let spaced = sign > at && next > sign + c.len_utf8();
        let Some(number) = number_at(scan, next).filter(|_| spaced || next == sign + c.len_utf8()) else {
            break;
        };
        let power = power(scan, number.end);
        let word = match c {
            _ if power.is_some() => "times",
            '*' => "times",
            '×' if spaced && scan.rest(scan.spaces(number.end)).starts_with('=') => "times",
            _ => "by",
        };
        text = format!("{text} {word} {}", side(&number.whole, &say(&number)));
        at = number.end;
        if let Some((power, end)) = power {
            text.push_str(&power);
            at = end;
        }
    }
    if at > end {
        let text = match text.split_once(' ') {
            // 1920x1080
            Some(_) => text.replacen(first, &side(scan.digits(_at), first), 1),
            None => text,
        };
        return Some(Edits::put(at, text));
    }
    // "5x faster", "a 10x increase"
    let is_times = scan.rest(end).starts_with(['x', '×']);
    let sign = if scan.rest(end).starts_with('x') { 1 } else { '×'.len_utf8() };
    (is_times && scan.is_end(end + sign)).then(|| Edits::keep(end).then(end + sign, " times"))
}

/// A side of a picture is read in pairs: "nineteen twenty by ten eighty".
fn side(digits: &str, words_of_it: &str) -> String {
    match digits.parse::<u64>() {
        Ok(value) if digits.len() == 4 && value % 100 >= 10 && value % 1000 != 0 => words::year(value),
        _ => words_of_it.to_owned(),
    }
}

/// "mid-1990s", "post-1945": behind a hyphen misaki reads digit by digit. "v2.0", "#5" and the like.
pub(super) fn compound(scan: &Scan<'_>, at: usize) -> Option<Edits> {
    if !scan.has(Classes::NUMBERS) {
        return None;
    }
    let letters = scan.letters(at);
    let end = at + letters.len();
    if let Some('-' | '–') = scan.char(end) {
        let hyphen = scan.char(end).map_or(1, char::len_utf8);
        let digits = scan.digits(end + hyphen);
        let is_year = digits.len() == 4 && (digits.starts_with('1') || digits.starts_with('2'));
        if letters.len() > 1 && is_year && letters.chars().all(char::is_lowercase) {
            return Some(Edits::keep(end).then(end + hyphen, " "));
        }
        return None;
    }
    let name = match letters {
        "v" | "ver" | "Ver" => "version",
        // "V8" is an engine.
        "V" if scan.rest(end + scan.digits(end).len()).starts_with('.') => "version",
        _ => return None,
    };
    let start = if scan.rest(end).starts_with('.') && letters.len() > 1 { scan.spaces(end + 1) } else { end };
    version(scan, start).map(|(text, end)| Edits::put(end, format!("{name} {text}")))
}

/// `2.0.1` in words: up to four parts.
fn version(scan: &Scan<'_>, at: usize) -> Option<(String, usize)> {
    let mut text = String::new();
    let mut end = at;
    for part in 0..6 {
        let digits = scan.digits(end);
        if digits.is_empty() || digits.len() > 8 {
            return None;
        }
        if part > 0 {
            text.push_str(" point ");
        }
        text.push_str(&words::integer(digits));
        end += digits.len();
        if !scan.rest(end).starts_with('.') || scan.digits(end + 1).is_empty() {
            break;
        }
        end += 1;
    }
    scan.is_end(end).then_some((text, end))
}
