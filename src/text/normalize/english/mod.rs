//! English: what misaki's grammar lacks or misreads. Source: misaki `en.py`.

mod abbreviations;
mod acronyms;
mod amounts;
mod calendar;
mod capitals;
mod clock;
mod fractions;
mod groups;
mod numbers;
mod ranges;
mod roman;
mod symbols;
mod units;
pub(crate) mod words;

pub(crate) use calendar::{Date, spoken_date};
pub(crate) use clock::spoken_time;

use super::Classes;
use super::digits::{self, Number};
use super::scan::{Edits, Scan};
use capitals::Capitals;

/// The rules of English, and what they remember.
#[derive(Debug)]
pub(super) struct English {
    capitals: Capitals,
    /// Whether a straight quotation mark has been opened in this paragraph.
    quote_open: bool,
}

impl English {
    pub(super) fn new(text: &str, classes: Classes) -> Self {
        let capitals =
            if classes.contains(Classes::CAPITALS) { Capitals::find(text) } else { Capitals::default() };
        Self { capitals, quote_open: false }
    }

    pub(super) fn rule(&mut self, scan: &Scan<'_>, at: usize, c: char) -> Option<Edits> {
        match c {
            // Directly behind a word it closes, else it opens.
            '"' => {
                self.quote_open = scan.before(at).is_none_or(|c| c.is_whitespace() || "([{—-*_".contains(c))
            }
            '\n' if scan.rest(at + 1).starts_with('\n') => self.quote_open = false,
            _ => {}
        }
        if c.is_ascii_digit() || c == '.' && !scan.digits(at + 1).is_empty() {
            return if digits::is_start(scan, at) { self.number(scan, at) } else { None };
        }
        if c.is_alphabetic() {
            return if scan.is_start(at) { self.word(scan, at) } else { None };
        }
        match c {
            '+' | '(' => groups::phone(scan, at).or_else(|| symbols::rule(scan, at, c)),
            '-' | '−' => amounts::negative(scan, at, c).or_else(|| symbols::minus(scan, at, c)),
            '\'' | '’' | '‘' => calendar::short_year(scan, at, c),
            _ => amounts::prefixed(scan, at, c)
                .or_else(|| fractions::sign(scan, at, c))
                .or_else(|| symbols::rule(scan, at, c)),
        }
    }

    fn number(&self, scan: &Scan<'_>, at: usize) -> Option<Edits> {
        // The number of a name: "PDP-11/24", "RSX-11M".
        if scan.before(at) == Some('-') && scan.before(at - 1).is_some_and(char::is_alphabetic) {
            return Some(Edits::keep(at + scan.digits(at).len().max(1)));
        }
        groups::phone(scan, at)
            .or_else(|| calendar::numeric(scan, at))
            .or_else(|| clock::rule(scan, at))
            .or_else(|| calendar::day_first(scan, at))
            .or_else(|| groups::numbers(scan, at))
            .or_else(|| ranges::numbers(scan, at, self.quote_open))
            .or_else(|| fractions::rule(scan, at))
            .or_else(|| amounts::suffixed(scan, at))
            .or_else(|| units::rule(scan, at, self.quote_open))
            .or_else(|| numbers::rule(scan, at))
    }

    fn word(&mut self, scan: &Scan<'_>, at: usize) -> Option<Edits> {
        acronyms::rule(scan, at)
            .or_else(|| abbreviations::rule(scan, at))
            .or_else(|| calendar::month_first(scan, at))
            .or_else(|| calendar::weekday(scan, at))
            .or_else(|| amounts::coded(scan, at))
            .or_else(|| roman::rule(scan, at))
            .or_else(|| numbers::compound(scan, at))
            .or_else(|| self.capitals.rule(scan, at))
    }
}

/// A number in words.
fn say(number: &Number<'_>) -> String {
    words::number(&number.whole, number.fraction)
}

/// Whether misaki reads the digits of `number` as a count when they are left as they are: not as a year, without
/// dropping zeros at its ends.
fn reads_right(number: &Number<'_>) -> bool {
    let whole = &number.whole;
    let is_year = whole.len() == 4 && !number.grouped && number.fraction.is_none();
    let zeros = whole.len() > 1 && whole.starts_with('0');
    !is_year && !zeros && !whole.is_empty() && whole.len() <= 15 && !drops_zero(number)
}

/// Whether misaki, which reads decimals through a floating-point number, drops a zero at the end.
fn drops_zero(number: &Number<'_>) -> bool {
    number
        .fraction
        .is_some_and(|fraction| fraction.len() > 1 && fraction.ends_with('0') || fraction.len() > 12)
}

/// The number at `at`, where it is one to read in words.
fn number_at<'a>(scan: &Scan<'a>, at: usize) -> Option<Number<'a>> {
    digits::number(scan, at, digits::ENGLISH)
}
