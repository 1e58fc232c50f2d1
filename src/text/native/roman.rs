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
        let most = if step.len() == 1 && !matches!(step, "D" | "L" | "V") { 3 } else { 1 };
        for _ in 0..most {
            if let Some(after) = rest.strip_prefix(step) {
                (value, rest) = (value + worth, after);
            }
        }
    }
    rest.is_empty().then_some(value)
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
