//! Numbers in English words.
//!
//! The wording, "and" included, is that of Python's num2words, whose words misaki looks up.

use crate::text::number_names::{BELOW_TWENTY, ORDINALS, TENS};

/// Powers of a thousand, as far as the lexicons have words for them.
const THOUSANDS: [&str; 10] = [
    "",
    "thousand",
    "million",
    "billion",
    "trillion",
    "quadrillion",
    "quintillion",
    "sextillion",
    "septillion",
    "octillion",
];

/// The most digits that there are words for.
pub(super) const MAX_DIGITS: usize = 3 * THOUSANDS.len();

/// The words of a whole number; those of its digits if it has more than [`MAX_DIGITS`].
pub(super) fn cardinal(digits: &str) -> Vec<&'static str> {
    let significant = digits.trim_start_matches('0');
    if significant.len() > MAX_DIGITS {
        return spelled(significant);
    }
    if significant.is_empty() {
        return vec![BELOW_TWENTY[0]];
    }
    let mut words = Vec::new();
    let groups = significant.len().div_ceil(3);
    let mut rest = significant;
    for power in (0..groups).rev() {
        let (group, tail) = rest.split_at(rest.len() - 3 * power);
        rest = tail;
        let value = group.bytes().fold(0, |value, digit| 10 * value + usize::from(digit - b'0'));
        if value == 0 {
            continue;
        }
        if power == 0 && value < 100 && !words.is_empty() {
            words.push("and");
        }
        below_thousand(value, &mut words);
        words.extend(Some(THOUSANDS[power]).filter(|_| power > 0));
    }
    words
}

/// The words of digits one by one.
pub(super) fn spelled(digits: &str) -> Vec<&'static str> {
    digits.bytes().filter(u8::is_ascii_digit).map(|digit| BELOW_TWENTY[usize::from(digit - b'0')]).collect()
}

/// The words of a year of four digits.
pub(super) fn year(digits: &str) -> Vec<&'static str> {
    let value = digits.bytes().fold(0, |value, digit| 10 * value + usize::from(digit - b'0'));
    let (high, low) = (value / 100, value % 100);
    if high == 0 || (high % 10 == 0 && low < 10) || high >= 100 {
        return cardinal(digits);
    }
    let mut words = Vec::new();
    below_thousand(high, &mut words);
    match low {
        0 => words.push("hundred"),
        1..10 => words.extend(["oh", BELOW_TWENTY[low]]),
        _ => below_thousand(low, &mut words),
    }
    words
}

/// The words of a number's rank, the last one in full: `twenty`, `first`.
pub(super) fn ordinal(digits: &str) -> Vec<String> {
    let mut words: Vec<String> = cardinal(digits).into_iter().map(str::to_owned).collect();
    if let Some(last) = words.last_mut() {
        let irregular = ORDINALS.into_iter().find(|(cardinal, _)| last == cardinal);
        *last = match (irregular, last.strip_suffix('y')) {
            (Some((_, ordinal)), _) => ordinal.to_owned(),
            (None, Some(stem)) => format!("{stem}ieth"),
            (None, None) => format!("{last}th"),
        };
    }
    words
}

fn below_thousand(value: usize, words: &mut Vec<&'static str>) {
    let (hundreds, rest) = (value / 100, value % 100);
    if hundreds > 0 {
        words.extend([BELOW_TWENTY[hundreds], "hundred"]);
        if rest > 0 {
            words.push("and");
        }
    }
    match rest {
        0 => {}
        1..20 => words.push(BELOW_TWENTY[rest]),
        _ => {
            words.push(TENS[rest / 10]);
            words.extend(Some(BELOW_TWENTY[rest % 10]).filter(|_| rest % 10 > 0));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_worded_as_num2words_does() {
        // Expected: num2words 0.5.14 without its commas and hyphens.
        let cases = [
            ("0", "zero"),
            ("000", "zero"),
            ("21", "twenty one"),
            ("100", "one hundred"),
            ("123", "one hundred and twenty three"),
            ("1005", "one thousand and five"),
            ("1234", "one thousand two hundred and thirty four"),
            ("123005", "one hundred and twenty three thousand and five"),
            ("1000000", "one million"),
            ("2000100", "two million one hundred"),
            ("1000000000000000000000000000", "one octillion"),
        ];
        for (digits, expected) in cases {
            assert_eq!(cardinal(digits).join(" "), expected, "{digits}");
        }
        assert_eq!(cardinal(&"1".repeat(MAX_DIGITS + 1)), vec!["one"; MAX_DIGITS + 1]);
    }

    #[test]
    fn years_and_ranks_are_worded_as_num2words_does() {
        let years = [
            ("1905", "nineteen oh five"),
            ("1900", "nineteen hundred"),
            ("2019", "twenty nineteen"),
            ("2005", "two thousand and five"),
            ("1000", "one thousand"),
            ("0042", "forty two"),
            ("1066", "ten sixty six"),
        ];
        for (digits, expected) in years {
            assert_eq!(year(digits).join(" "), expected, "{digits}");
        }
        let ranks = [
            ("1", "first"),
            ("22", "twenty second"),
            ("12", "twelfth"),
            ("20", "twentieth"),
            ("100", "one hundredth"),
            ("113", "one hundred and thirteenth"),
            ("1000000", "one millionth"),
        ];
        for (digits, expected) in ranks {
            assert_eq!(ordinal(digits).join(" "), expected, "{digits}");
        }
    }
}
