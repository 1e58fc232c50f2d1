//! Roman numerals.

/// Values that may stand one after the other, from the greatest.
const STEPS: [(&str, u32); 13] = [
    ("M", 1000),
    ("CM", 900),
    ("D", 500),
    ("CD", 400),
    ("C", 100),
    ("XC", 90),
    ("L", 50),
    ("XL", 40),
    ("X", 10),
    ("IX", 9),
    ("V", 5),
    ("IV", 4),
    ("I", 1),
];
/// With M, D or C, shorter ones are more often initialisms: "CD", "MD", "DC".
const MIN_LARGE: usize = 4;

/// The value of `word` in capitals, if it is written as the Romans did and is likely to be meant so: "XIV", not "I",
/// "XL" or "CD".
pub(super) fn value(word: &str) -> Option<u32> {
    if word.len() < 2 || word == "XL" || word.contains(['M', 'D', 'C']) && word.len() < MIN_LARGE {
        return None;
    }
    let (mut value, mut rest) = (0, word);
    for (step, worth) in STEPS {
        // No step stands more than three times.
        for _ in 0..3 {
            if let Some(after) = rest.strip_prefix(step) {
                (value, rest) = (value + worth, after);
            }
        }
    }
    (rest.is_empty() && numeral(value) == word).then_some(value)
}

/// The numeral of `value`.
fn numeral(mut value: u32) -> String {
    let mut numeral = String::new();
    for (step, worth) in STEPS {
        while value >= worth {
            numeral.push_str(step);
            value -= worth;
        }
    }
    numeral
}

#[cfg(test)]
mod tests {
    use super::value;

    #[test]
    fn only_what_romans_would_have_written_counts() {
        let known = [
            ("II", 2),
            ("XIV", 14),
            ("VI", 6),
            ("XLVIII", 48),
            ("MMXXIV", 2024),
            ("MCMXCIX", 1999),
            ("LX", 60),
        ];
        for (word, expected) in known {
            assert_eq!(value(word), Some(expected), "{word}");
        }
        for word in
            ["", "I", "X", "CD", "MD", "XL", "IIII", "VX", "IVI", "LIVI", "CIVIL", "xiv", "MIX!", "VV"]
        {
            assert_eq!(value(word), None, "{word}");
        }
    }
}
