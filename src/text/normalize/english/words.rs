//! Numbers in English words, and the names of letters.
//!
//! As misaki reads numbers: without "and", without hyphens. Source of the letters' phonemes: misaki's gold lexicons.

use crate::text::number_names::{BELOW_TWENTY, ORDINALS, TENS};

const SCALES: [&str; 7] = ["", "thousand", "million", "billion", "trillion", "quadrillion", "quintillion"];

/// `value` in words: "one thousand two hundred thirty four".
pub(crate) fn cardinal(value: u64) -> String {
    if value == 0 {
        return BELOW_TWENTY[0].to_owned();
    }
    let mut groups = Vec::new();
    let mut rest = value;
    for scale in SCALES {
        let group = rest % 1000;
        if group > 0 {
            let words = below_thousand(group as usize);
            groups.push(if scale.is_empty() { words } else { format!("{words} {scale}") });
        }
        rest /= 1000;
    }
    groups.reverse();
    groups.join(" ")
}

fn below_thousand(value: usize) -> String {
    let mut words = Vec::new();
    if value >= 100 {
        words.extend([BELOW_TWENTY[value / 100], "hundred"]);
    }
    match value % 100 {
        0 => {}
        rest if rest < 20 => words.push(BELOW_TWENTY[rest]),
        rest => {
            words.push(TENS[rest / 10]);
            if rest % 10 > 0 {
                words.push(BELOW_TWENTY[rest % 10]);
            }
        }
    }
    words.join(" ")
}

/// `value` as an ordinal: "twenty third".
pub(crate) fn ordinal(value: u64) -> String {
    ordinal_of(&cardinal(value))
}

/// The ordinal of a number in words.
fn ordinal_of(words: &str) -> String {
    let last = words.rsplit(' ').next().unwrap_or_default();
    if let Some((cardinal, ordinal)) = ORDINALS.into_iter().find(|(cardinal, _)| last == *cardinal) {
        return format!("{}{ordinal}", &words[..words.len() - cardinal.len()]);
    }
    match words.strip_suffix('y') {
        Some(stem) => format!("{stem}ieth"),
        None => format!("{words}th"),
    }
}

/// A year: "nineteen oh five", "two thousand five", "twenty twenty four".
pub(crate) fn year(value: u64) -> String {
    let (high, low) = (value / 100, value % 100);
    match () {
        () if !(1000..=9999).contains(&value) || high % 10 == 0 && low < 10 => cardinal(value),
        () if low == 0 => format!("{} hundred", cardinal(high)),
        () if low < 10 => format!("{} oh {}", cardinal(high), BELOW_TWENTY[low as usize]),
        () => format!("{} {}", cardinal(high), cardinal(low)),
    }
}

/// Every digit of `digits` by its name, other characters left out. `zero` is the name of 0.
pub(crate) fn digits(digits: &str, zero: &str) -> String {
    let named = digits.bytes().filter(u8::is_ascii_digit).map(|digit| match digit {
        b'0' => zero,
        digit => BELOW_TWENTY[usize::from(digit - b'0')],
    });
    named.collect::<Vec<_>>().join(" ")
}

/// A whole number of any length: words, or digit by digit if it begins with a zero or is beyond the names of numbers.
pub(crate) fn integer(text: &str) -> String {
    match text.parse::<u64>() {
        Ok(value) if value == 0 && text.len() == 1 || !text.starts_with('0') => cardinal(value),
        _ => digits(text, BELOW_TWENTY[0]),
    }
}

/// A number with digits behind its point, if any.
pub(crate) fn number(whole: &str, fraction: Option<&str>) -> String {
    let mut words = match whole {
        "" => String::new(),
        "0" | "00" | "000" => BELOW_TWENTY[0].to_owned(),
        whole => integer(whole),
    };
    if let Some(fraction) = fraction {
        if !words.is_empty() {
            words.push(' ');
        }
        words.push_str("point ");
        words.push_str(&digits(fraction, BELOW_TWENTY[0]));
    }
    words
}

/// The plural of a noun that forms it regularly.
pub(crate) fn plural(noun: &str) -> String {
    match noun {
        _ if noun.ends_with('y') && !noun.ends_with("ey") => format!("{}ies", &noun[..noun.len() - 1]),
        _ if noun.ends_with(['s', 'x']) || noun.ends_with("ch") => format!("{noun}es"),
        _ if noun.ends_with("lf") => format!("{}ves", &noun[..noun.len() - 1]),
        _ => format!("{noun}s"),
    }
}

/// The names of the letters A to Z without stress: American, and British where it differs.
const LETTERS: [(&str, &str); 26] = [
    ("A", ""),
    ("bi", "biː"),
    ("si", "siː"),
    ("di", "diː"),
    ("i", "iː"),
    ("ɛf", ""),
    ("ʤi", "ʤiː"),
    ("Aʧ", ""),
    ("I", ""),
    ("ʤA", ""),
    ("kA", ""),
    ("ɛl", ""),
    ("ɛm", ""),
    ("ɛn", ""),
    ("O", "Q"),
    ("pi", "piː"),
    ("kju", "kjuː"),
    ("ɑɹ", "ɑː"),
    ("ɛs", ""),
    ("ti", "tiː"),
    ("ju", "juː"),
    ("vi", "viː"),
    ("dʌbᵊlju", "dʌbᵊljuː"),
    ("ɛks", ""),
    ("wI", ""),
    ("zi", "zɛd"),
];

/// The phonemes of ASCII `letters` spelled as one word, as misaki spells: secondary stresses and a primary one on the last.
/// `None` if there is anything but letters.
pub(crate) fn spelled(letters: &str, british: bool) -> Option<String> {
    let mut phonemes = String::new();
    for (index, letter) in letters.bytes().enumerate() {
        let (american, different) =
            *LETTERS.get(usize::from(letter.to_ascii_uppercase().checked_sub(b'A')?))?;
        let name = if british && !different.is_empty() { different } else { american };
        let stress = if index + 1 == letters.len() { 'ˈ' } else { 'ˌ' };
        // The mark stands before the first vowel.
        let vowel = name.find(|c: char| !"bsdʤkpʧtvwzjl".contains(c)).unwrap_or(0);
        phonemes.push_str(&name[..vowel]);
        phonemes.push(stress);
        phonemes.push_str(&name[vowel..]);
    }
    (!phonemes.is_empty()).then_some(phonemes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_as_misaki_reads_them() {
        assert_eq!(cardinal(0), "zero");
        assert_eq!(
            cardinal(1_234_567),
            "one million two hundred thirty four thousand five hundred sixty seven"
        );
        assert_eq!(cardinal(u64::MAX).split(' ').next(), Some("eighteen"));
        for (value, expected) in [(1, "first"), (12, "twelfth"), (22, "twenty second"), (30, "thirtieth")] {
            assert_eq!(ordinal(value), expected);
        }
        for (value, expected) in [
            (1905, "nineteen oh five"),
            (1900, "nineteen hundred"),
            (2005, "two thousand five"),
            (2019, "twenty nineteen"),
            (1000, "one thousand"),
            (476, "four hundred seventy six"),
        ] {
            assert_eq!(year(value), expected);
        }
        assert_eq!(number("3", Some("10")), "three point one zero");
        assert_eq!(number("007", None), "zero zero seven");
        assert_eq!(number("", Some("5")), "point five");
    }

    #[test]
    fn letters_spell_as_misaki_spells_them() {
        assert_eq!(spelled("PDF", false).as_deref(), Some("pˌidˌiˈɛf"));
        assert_eq!(spelled("fbi", false).as_deref(), Some("ˌɛfbˌiˈI"));
        assert_eq!(spelled("AM", true).as_deref(), Some("ˌAˈɛm"));
        assert_eq!(spelled("Z", true).as_deref(), Some("zˈɛd"));
        assert_eq!(spelled("www", false).as_deref(), Some("dˌʌbᵊljudˌʌbᵊljudˈʌbᵊlju"));
        assert_eq!(spelled("A1", false), None);
    }
}
