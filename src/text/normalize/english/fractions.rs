//! Fractions, and pairs of numbers with a slash.

use super::super::Classes;
use super::super::scan::{Edits, Scan};
use super::units;
use super::{number_at, words};

/// Fractions that are one character.
const SIGNS: [(char, u64, u64); 17] = [
    ('½', 1, 2),
    ('⅓', 1, 3),
    ('⅔', 2, 3),
    ('¼', 1, 4),
    ('¾', 3, 4),
    ('⅕', 1, 5),
    ('⅖', 2, 5),
    ('⅗', 3, 5),
    ('⅘', 4, 5),
    ('⅙', 1, 6),
    ('⅚', 5, 6),
    ('⅐', 1, 7),
    ('⅛', 1, 8),
    ('⅜', 3, 8),
    ('⅝', 5, 8),
    ('⅞', 7, 8),
    ('⅒', 1, 10),
];

/// Denominators that are read as parts.
fn is_part(denominator: u64) -> bool {
    (2..=20).contains(&denominator) || [24, 25, 30, 32, 40, 50, 60, 64, 100, 128, 1000].contains(&denominator)
}

/// A fraction in words; `mixed` behind a whole number: "and a half".
fn fraction(top: u64, bottom: u64, mixed: bool) -> String {
    let part = match bottom {
        2 => if top == 1 { "half" } else { "halves" }.to_owned(),
        4 => words_of("quarter", top),
        100 => words_of("hundredth", top),
        1000 => words_of("thousandth", top),
        _ => words_of(&words::ordinal(bottom), top),
    };
    match (top, bottom) {
        (1, 2) if mixed => "a half".to_owned(),
        (1, 4) if mixed => "a quarter".to_owned(),
        _ => format!("{} {part}", words::cardinal(top)),
    }
}

fn words_of(part: &str, count: u64) -> String {
    if count == 1 { part.to_owned() } else { format!("{part}s") }
}

/// A fraction's sign that stands alone.
pub(super) fn sign(scan: &Scan<'_>, at: usize, c: char) -> Option<Edits> {
    let (_, top, bottom) =
        SIGNS.iter().find(|(sign, _, _)| *sign == c).filter(|_| scan.has(Classes::FRACTIONS))?;
    let end = at + c.len_utf8();
    let lead = if scan.before(at).is_some_and(char::is_alphanumeric) { " " } else { "" };
    let (text, end) = with_unit(scan, lead.to_owned() + &fraction(*top, *bottom, false), end, false);
    let tail = if scan.char(end).is_some_and(char::is_alphanumeric) { " " } else { "" };
    Some(Edits::put(end, text + tail))
}

/// `1/2`, `5 1/2`, `5½`, `24/7`, `120/80`.
pub(super) fn rule(scan: &Scan<'_>, at: usize) -> Option<Edits> {
    if !scan.has(Classes::FRACTIONS) {
        return None;
    }
    let whole = scan.digits(at);
    let end = at + whole.len();
    if whole.is_empty() || whole.len() > 9 {
        return None;
    }
    let value: u64 = whole.parse().ok()?;
    let next = scan.char(end)?;
    if let Some((_, top, bottom)) = SIGNS.iter().find(|(sign, _, _)| *sign == next) {
        let text = format!("{} and {}", words::cardinal(value), fraction(*top, *bottom, true));
        let (text, end) = with_unit(scan, text, end + next.len_utf8(), true);
        return Some(Edits::put(end, text));
    }
    // "5 1/2", "5-1/2"
    let part_at = if next == '-' { end + 1 } else { scan.spaces(end) };
    if part_at > end
        && let Some((top, bottom, part_end)) =
            slashed(scan, part_at).filter(|&(top, bottom, _)| top < bottom && is_part(bottom))
        && bottom <= 64
    {
        let text = format!("{} and {}", words::cardinal(value), fraction(top, bottom, true));
        let (text, end) = with_unit(scan, text, part_end, true);
        return Some(Edits::put(end, text));
    }
    let sign = scan.char(scan.spaces(end)).filter(|c| *c == '½' || *c == '¼' || *c == '¾');
    if let (Some(sign), true) = (sign, part_at > end) {
        let (_, top, bottom) = SIGNS.iter().find(|(known, _, _)| *known == sign)?;
        let text = format!("{} and {}", words::cardinal(value), fraction(*top, *bottom, true));
        let (text, end) = with_unit(scan, text, part_at + sign.len_utf8(), true);
        return Some(Edits::put(end, text));
    }
    let (top, bottom, end) = slashed(scan, at)?;
    let text = match (top, bottom) {
        (24, 7) => "twenty four seven".to_owned(),
        (9, 11) => "nine eleven".to_owned(),
        (top, bottom) if top == bottom && top < 10 => {
            format!("{} out of {}", words::cardinal(top), words::cardinal(bottom))
        }
        (10, 10) => "ten out of ten".to_owned(),
        (top, bottom) if top == bottom => format!("{0} {0}", words::cardinal(top)),
        // "2010/11": a season.
        (1900..=2100, 0..=99) => format!("{} {}", words::year(top), words::cardinal(bottom)),
        (top, bottom) if is_part(bottom) && top > 0 && (top < bottom || top < 20 && bottom <= 4) => {
            let (text, end) = with_unit(scan, fraction(top, bottom, false), end, false);
            return Some(Edits::put(end, text));
        }
        (0, _) | (_, 0 | 1) => format!("{} over {}", words::cardinal(top), words::cardinal(bottom)),
        (top, bottom) if top < bottom => {
            format!("{} out of {}", words::cardinal(top), words::cardinal(bottom))
        }
        _ => format!("{} over {}", words::cardinal(top), words::cardinal(bottom)),
    };
    Some(Edits::put(end, text))
}

/// Two whole numbers with a slash between and nothing around.
fn slashed(scan: &Scan<'_>, at: usize) -> Option<(u64, u64, usize)> {
    let top = scan.digits(at);
    let slash = at + top.len();
    let sign = scan.char(slash).filter(|c| matches!(c, '/' | '⁄'))?;
    let bottom_at = slash + sign.len_utf8();
    let bottom = scan.digits(bottom_at);
    let end = bottom_at + bottom.len();
    let fits = (1..=4).contains(&top.len()) && (1..=4).contains(&bottom.len());
    let ordinal = ["th", "rd", "nd", "ths", "rds"].contains(&scan.letters(end));
    let goes_on = scan.goes_on(end, &['/', '.', ',', ':', '-']);
    let end = if ordinal { end + scan.letters(end).len() } else { end };
    let unit_follows = units::find(scan, &number_at(scan, bottom_at)?).is_some();
    (fits && !goes_on && (scan.is_end(end) || unit_follows)).then_some((
        top.parse().ok()?,
        bottom.parse().ok()?,
        end,
    ))
}

/// Adds the unit behind a fraction: "half a mile", "three quarters of an inch", "five and a half miles".
fn with_unit(scan: &Scan<'_>, text: String, end: usize, mixed: bool) -> (String, usize) {
    let number = super::Number { whole: "2".to_owned(), fraction: None, grouped: false, end };
    let Some(unit) = units::find(scan, &number).filter(|_| scan.has(Classes::UNITS)) else {
        return (text, end);
    };
    if mixed {
        let name = if unit.adjective { &unit.singular } else { &unit.plural };
        return (format!("{text} {name}"), unit.end);
    }
    let article =
        if unit.singular.starts_with(['a', 'e', 'i', 'o']) || unit.singular == "hour" { "an" } else { "a" };
    let text = match text.as_str() {
        "one half" => format!("half {article} {}", unit.singular),
        _ => format!("{text} of {article} {}", unit.singular),
    };
    (text, unit.end)
}
