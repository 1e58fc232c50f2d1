//! Numbers written in digits, and where they begin.

use super::scan::Scan;

/// A number written in digits.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Number<'a> {
    /// Digits before the point, without separators; empty in `.5`.
    pub(super) whole: String,
    /// Digits behind the point.
    pub(super) fraction: Option<&'a str>,
    /// Whether its thousands are set apart.
    pub(super) grouped: bool,
    /// Byte behind it.
    pub(super) end: usize,
}

impl Number<'_> {
    /// The value, if it is whole and small enough to be counted.
    pub(super) fn small(&self) -> Option<u64> {
        if self.fraction.is_some() || self.whole.len() > 15 { None } else { self.whole.parse().ok() }
    }

    /// Whether it is exactly one.
    pub(super) fn is_one(&self) -> bool {
        self.small() == Some(1)
    }
}

/// How a language writes numbers.
#[derive(Debug, Clone, Copy)]
pub(super) struct Notation {
    pub(super) thousands: &'static [char],
    pub(super) point: char,
}

/// `1,234.5`
pub(super) const ENGLISH: Notation = Notation { thousands: &[','], point: '.' };

/// `1.234,5`
pub(super) const CONTINENTAL: Notation =
    Notation { thousands: &['.', ' ', '\u{a0}', '\u{202f}'], point: ',' };

/// Whether a number may begin at byte `at`: it is not the rest of one, nor of a word.
pub(super) fn is_start(scan: &Scan<'_>, at: usize) -> bool {
    let mut before = scan.text[..at].chars().rev();
    match before.next() {
        None => true,
        Some(c) if c.is_alphanumeric() => false,
        Some('.' | ',' | ':' | '/' | '\'') => !before.next().is_some_and(|c| c.is_ascii_digit()),
        Some(_) => true,
    }
}

/// The number at byte `at`. A mark behind it that no digit follows is not part of it.
pub(super) fn number<'a>(scan: &Scan<'a>, at: usize, notation: Notation) -> Option<Number<'a>> {
    let first = scan.digits(at);
    let mut number =
        Number { whole: first.to_owned(), fraction: None, grouped: false, end: at + first.len() };
    if first.is_empty() {
        let fraction = scan.rest(at).strip_prefix(notation.point).map(|_| scan.digits(at + 1))?;
        let end = at + 1 + fraction.len();
        return (!fraction.is_empty()).then_some(Number { fraction: Some(fraction), end, ..number });
    }
    if first.len() <= 3 && first != "0" {
        for &separator in notation.thousands {
            while let Some(group) = scan.rest(number.end).strip_prefix(separator) {
                let digits = group.bytes().take(4).take_while(u8::is_ascii_digit).count();
                if digits != 3 {
                    break;
                }
                number.whole.push_str(&group[..3]);
                number.end += separator.len_utf8() + 3;
                number.grouped = true;
            }
            if number.grouped {
                break;
            }
        }
    }
    if scan.rest(number.end).starts_with(notation.point) {
        let fraction = scan.digits(number.end + 1);
        let end = number.end + 1 + fraction.len();
        // "1.2.3" is no decimal.
        let goes_on = scan.goes_on(end, &[notation.point]);
        if !fraction.is_empty() && !goes_on {
            (number.fraction, number.end) = (Some(fraction), end);
        }
    }
    Some(number)
}

/// The whole number below `bound` that has at most `digits` digits at byte `at`, and no further digit behind it.
pub(super) fn small(scan: &Scan<'_>, at: usize, digits: usize, bound: u64) -> Option<(u64, usize)> {
    let found = scan.rest(at).bytes().take(digits + 1).take_while(u8::is_ascii_digit).count();
    if found == 0 || found > digits {
        return None;
    }
    let value = scan.text[at..at + found].parse().ok()?;
    (value < bound).then_some((value, at + found))
}
