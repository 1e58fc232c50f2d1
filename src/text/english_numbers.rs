//! English numbers as words, for the phonemizers that have no grammar of their own.
//!
//! The rules are misaki's: no "and", four bare digits are a year, the digits of a fraction are said one by one.

use super::number_names::{BELOW_TWENTY, ORDINALS, TENS};

const UNITS: [(u64, &str); 4] =
    [(1_000_000_000_000, "trillion"), (1_000_000_000, "billion"), (1_000_000, "million"), (1000, "thousand")];
/// More digits are said one by one.
const MAX_DIGITS: usize = 15;

/// A number at the start of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Number<'a> {
    /// Its bytes, the ending included.
    pub len: usize,
    /// The digits before the point, with commas between thousands.
    pub integer: &'a str,
    /// The digits behind each point: none of 5, one of 3.14, two of 1.2.3.
    pub fractions: Vec<&'a str>,
    /// What is written behind it.
    pub ending: Ending,
}

/// What is written behind a number, without a space.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ending {
    /// Nothing that belongs to it.
    None,
    /// As in 3rd.
    Ordinal,
    /// As in 1990s or 747's.
    Plural,
}

impl<'a> Number<'a> {
    /// The number that `text` begins with; `None` if it does not begin with an ASCII digit.
    pub(crate) fn scan(text: &'a str) -> Option<Number<'a>> {
        let digits = |from: usize| text[from..].bytes().take_while(u8::is_ascii_digit).count();
        let mut end = digits(0);
        if end == 0 {
            return None;
        }
        // 1,234,567, but not 12,5 or 1,2345.
        if end <= 3 {
            while text[end..].starts_with(',') && digits(end + 1) == 3 {
                end += 4;
            }
        }
        let integer = &text[..end];
        let mut fractions = Vec::new();
        while text[end..].starts_with('.') && digits(end + 1) > 0 {
            let fraction = &text[end + 1..][..digits(end + 1)];
            fractions.push(fraction);
            end += 1 + fraction.len();
        }
        let rest = &text[end..];
        let letters = rest.bytes().take_while(u8::is_ascii_alphabetic).count();
        let apostrophe = rest.chars().next().filter(|c| matches!(c, '\'' | '’')).map_or(0, char::len_utf8);
        let ends_word = |from: usize| !rest[from..].starts_with(char::is_alphanumeric);
        let (len, ending) = match &rest[..letters] {
            "st" | "nd" | "rd" | "th" if fractions.is_empty() && ends_word(2) => (2, Ending::Ordinal),
            "s" if ends_word(1) => (1, Ending::Plural),
            _ if apostrophe > 0 && rest[apostrophe..].starts_with('s') && ends_word(apostrophe + 1) => {
                (apostrophe + 1, Ending::Plural)
            }
            _ => (0, Ending::None),
        };
        Some(Number { len: end + len, integer, fractions, ending })
    }

    /// Its words; a year is read as such unless `is_amount`. [`Ending::Plural`] is left to the caller.
    pub(crate) fn words(&self, is_amount: bool) -> Vec<&'static str> {
        let mut words = match self.integer.parse() {
            Ok(year @ 1000..=9999) if !is_amount && self.is_bare() => year_words(year),
            _ => cardinal(self.integer),
        };
        if self.ending == Ending::Ordinal
            && let Some(last) = words.last_mut()
        {
            *last = ordinal(last);
        }
        for fraction in &self.fractions {
            words.push("point");
            words.extend(digits(fraction));
        }
        words
    }

    /// Whether it is four digits and perhaps the ending of a plural.
    fn is_bare(&self) -> bool {
        self.integer.len() == 4 && self.fractions.is_empty() && self.ending != Ending::Ordinal
    }
}

/// Each digit of `text` by its name.
pub(crate) fn digits(text: &str) -> impl Iterator<Item = &'static str> {
    text.bytes().filter(u8::is_ascii_digit).map(|digit| BELOW_TWENTY[usize::from(digit - b'0')])
}

/// The words of a whole number that may have commas; digit by digit if it is long or begins with zero.
pub(crate) fn cardinal(integer: &str) -> Vec<&'static str> {
    let plain = || integer.bytes().filter(u8::is_ascii_digit);
    let count = plain().take(MAX_DIGITS + 1).count();
    if count > MAX_DIGITS || count > 1 && integer.starts_with('0') {
        return digits(integer).collect();
    }
    let mut words = Vec::new();
    push_cardinal(plain().fold(0, |value, digit| value * 10 + u64::from(digit - b'0')), &mut words);
    words
}

fn push_cardinal(value: u64, words: &mut Vec<&'static str>) {
    let mut rest = value;
    for (unit, name) in UNITS {
        if rest >= unit {
            push_cardinal(rest / unit, words);
            words.push(name);
            rest %= unit;
        }
    }
    if rest >= 100 {
        words.extend([BELOW_TWENTY[(rest / 100) as usize], "hundred"]);
        rest %= 100;
    }
    if rest >= 20 {
        words.push(TENS[(rest / 10) as usize]);
        rest %= 10;
    }
    if rest > 0 || words.is_empty() {
        words.push(BELOW_TWENTY[rest as usize]);
    }
}

/// 1905 is "nineteen oh five", 2005 "two thousand five".
fn year_words(year: u64) -> Vec<&'static str> {
    let (century, rest) = (year / 100, year % 100);
    let mut words = Vec::new();
    if century.is_multiple_of(10) && rest < 10 {
        push_cardinal(year, &mut words);
        return words;
    }
    push_cardinal(century, &mut words);
    match rest {
        0 => words.push("hundred"),
        1..10 => words.extend(["oh", BELOW_TWENTY[rest as usize]]),
        _ => push_cardinal(rest, &mut words),
    }
    words
}

/// The ordinal of a cardinal's last word.
fn ordinal(word: &'static str) -> &'static str {
    const REGULAR: [(&str, &str); 25] = [
        ("zero", "zeroth"),
        ("four", "fourth"),
        ("six", "sixth"),
        ("seven", "seventh"),
        ("ten", "tenth"),
        ("eleven", "eleventh"),
        ("thirteen", "thirteenth"),
        ("fourteen", "fourteenth"),
        ("fifteen", "fifteenth"),
        ("sixteen", "sixteenth"),
        ("seventeen", "seventeenth"),
        ("eighteen", "eighteenth"),
        ("nineteen", "nineteenth"),
        ("twenty", "twentieth"),
        ("thirty", "thirtieth"),
        ("forty", "fortieth"),
        ("fifty", "fiftieth"),
        ("sixty", "sixtieth"),
        ("seventy", "seventieth"),
        ("eighty", "eightieth"),
        ("ninety", "ninetieth"),
        ("hundred", "hundredth"),
        ("thousand", "thousandth"),
        ("million", "millionth"),
        ("billion", "billionth"),
    ];
    let of = |(cardinal, _): &&(&str, &str)| *cardinal == word;
    let found = ORDINALS.iter().find(of).or_else(|| REGULAR.iter().find(of));
    found.map_or("trillionth", |(_, ordinal)| ordinal)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> String {
        let number = Number::scan(text).expect("a digit");
        number.words(false).join(" ")
    }

    #[test]
    fn numbers_are_read_as_misaki_reads_them() {
        // The first eleven from frontend.md's vectors of misaki's own code.
        for (text, expected) in [
            ("2019", "twenty nineteen"),
            ("1905", "nineteen oh five"),
            ("2005", "two thousand five"),
            ("1900", "nineteen hundred"),
            ("1000", "one thousand"),
            ("123", "one hundred twenty three"),
            ("1,234", "one thousand two hundred thirty four"),
            ("3.14", "three point one four"),
            ("0", "zero"),
            ("1st", "first"),
            ("22nd", "twenty second"),
            ("1990s", "nineteen ninety"),
            ("007", "zero zero seven"),
            ("20th", "twentieth"),
            ("1000th", "one thousandth"),
            ("12,5", "twelve"),
            ("1,2345", "one"),
            ("1.2.3.", "one point two point three"),
            (
                "999999999999999",
                "nine hundred ninety nine trillion nine hundred ninety nine billion nine hundred ninety \
              nine million nine hundred ninety nine thousand nine hundred ninety nine",
            ),
            ("1000000", "one million"),
            ("12,000", "twelve thousand"),
            ("5kg", "five"),
            ("3rdly", "three"),
        ] {
            assert_eq!(words(text), expected, "{text}");
        }
        assert_eq!(words(&"1".repeat(16)), vec!["one"; 16].join(" "));
        assert_eq!(Number::scan("x"), None);
    }

    #[test]
    fn the_ending_belongs_to_the_number() {
        let scan = |text| Number::scan(text).map(|number| (number.len, number.ending));
        assert_eq!(scan("1990s,"), Some((5, Ending::Plural)));
        assert_eq!(scan("747’s wing"), Some((7, Ending::Plural)));
        assert_eq!(scan("3rd"), Some((3, Ending::Ordinal)));
        assert_eq!(scan("5sec"), Some((1, Ending::None)));
        assert_eq!(scan("1,234.50."), Some((8, Ending::None)));
    }
}
