//! The phonemes of number words and signs. Source: misaki's gold lexicons, and its ending rules for ordinals.

/// A word, American, British.
const WORDS: &[(&str, &str, &str)] = &[
    ("zero", "zˈɪɹO", "zˈɪəɹQ"),
    ("oh", "ˈO", "ˈQ"),
    ("one", "wˈʌn", "wˈʌn"),
    ("two", "tˈu", "tˈuː"),
    ("three", "θɹˈi", "θɹˈiː"),
    ("four", "fˈɔɹ", "fˈɔː"),
    ("five", "fˈIv", "fˈIv"),
    ("six", "sˈɪks", "sˈɪks"),
    ("seven", "sˈɛvən", "sˈɛvᵊn"),
    ("eight", "ˈAt", "ˈAt"),
    ("nine", "nˈIn", "nˈIn"),
    ("ten", "tˈɛn", "tˈɛn"),
    ("eleven", "əlˈɛvᵊn", "ɪlˈɛvᵊn"),
    ("twelve", "twˈɛlv", "twˈɛlv"),
    ("thirteen", "θˌɜɹtˈin", "θˌɜːtˈiːn"),
    ("fourteen", "fˌɔɹtˈin", "fˌɔːtˈiːn"),
    ("fifteen", "fˌɪftˈin", "fˌɪftˈiːn"),
    ("sixteen", "sˌɪkstˈin", "sˌɪkstˈiːn"),
    ("seventeen", "sˌɛvəntˈin", "sˌɛvntˈiːn"),
    ("eighteen", "ˌAtˈin", "ˌAtˈiːn"),
    ("nineteen", "nˌIntˈin", "nˌIntˈiːn"),
    ("twenty", "twˈɛnti", "twˈɛnti"),
    ("thirty", "θˈɜɹTi", "θˈɜːti"),
    ("forty", "fˈɔɹTi", "fˈɔːti"),
    ("fifty", "fˈɪfti", "fˈɪfti"),
    ("sixty", "sˈɪksti", "sˈɪksti"),
    ("seventy", "sˈɛvənti", "sˈɛvnti"),
    ("eighty", "ˈATi", "ˈAti"),
    ("ninety", "nˈIndi", "nˈInti"),
    ("hundred", "hˈʌndɹəd", "hˈʌndɹəd"),
    ("thousand", "θˈWzᵊnd", "θˈWzᵊnd"),
    ("million", "mˈɪljᵊn", "mˈɪljən"),
    ("billion", "bˈɪljən", "bˈɪljən"),
    ("trillion", "tɹˈɪljən", "tɹˈɪljən"),
    ("first", "fˈɜɹst", "fˈɜːst"),
    ("second", "sˈɛkənd", "sˈɛkᵊnd"),
    ("third", "θˈɜɹd", "θˈɜːd"),
    ("fifth", "fˈɪfθ", "fˈɪfθ"),
    ("eighth", "ˈAθ", "ˈAtθ"),
    ("ninth", "nˈInθ", "nˈInθ"),
    ("twelfth", "twˈɛlfθ", "twˈɛlfθ"),
    ("thousandth", "θˈWzᵊnθ", "θˈWzᵊnθ"),
    ("point", "pYnt", "pYnt"),
    ("minus", "mˈInəs", "mˈInəs"),
    ("and", "ænd", "and"),
];

/// A sign that is said, American, British; each as misaki says its name.
const SIGNS: &[(char, &str, &str)] = &[
    ('%', "pəɹsˈɛnt", "pəsˈɛnt"),
    ('&', "ænd", "and"),
    ('+', "plˈʌs", "plˈʌs"),
    ('@', "æt", "at"),
    ('=', "ˈikwəlz", "ˈiːkwəlz"),
    ('#', "hˈæʃ", "hˈaʃ"),
    ('°', "dəɡɹˈiz", "dɪɡɹˈiːz"),
    ('/', "slˈæʃ", "slˈaʃ"),
    ('×', "tˈImz", "tˈImz"),
    ('−', "mˈInəs", "mˈInəs"),
];

/// A currency sign; its unit and hundredth, one and several, American then British.
const CURRENCIES: &[(char, [[&str; 4]; 2])] = &[
    ('$', [["dˈɑləɹ", "dˈɑləɹz", "sˈɛnt", "sˈɛnts"], ["dˈɒlə", "dˈɒləz", "sˈɛnt", "sˈɛnts"]]),
    ('£', [["pˈWnd", "pˈWndz", "pˈɛni", "pˈɛns"], ["pˈWnd", "pˈWndz", "pˈɛni", "pˈɛns"]]),
    ('€', [["jˈʊɹO", "jˈʊɹOz", "sˈɛnt", "sˈɛnts"], ["jˈʊəɹQ", "jˈʊəɹQz", "sˈɛnt", "sˈɛnts"]]),
];

/// The phonemes of a number word.
pub(in crate::text) fn word(word: &str, british: bool) -> String {
    let pick =
        |american: &str, in_british: &str| if british { in_british.to_owned() } else { american.to_owned() };
    if let Some((_, american, in_british)) = WORDS.iter().find(|(known, ..)| *known == word) {
        return pick(american, in_british);
    }
    // What remains are regular ordinals.
    match word.strip_suffix("ieth") {
        Some(ten) => self::word(&format!("{ten}y"), british) + if british { "ɪθ" } else { "əθ" },
        None => word.strip_suffix("th").map_or_else(String::new, |stem| self::word(stem, british) + "θ"),
    }
}

/// The name of a digit.
pub(in crate::text) fn digit(digit: u32, british: bool) -> Option<&'static str> {
    const NAMES: [&str; 10] =
        ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"];
    let name = NAMES.get(digit as usize)?;
    let (_, american, in_british) = WORDS.iter().find(|(known, ..)| known == name)?;
    Some(if british { in_british } else { american })
}

/// The name of a sign.
pub(in crate::text) fn sign(sign: char, british: bool) -> Option<&'static str> {
    let (_, american, in_british) = SIGNS.iter().find(|(known, ..)| *known == sign)?;
    Some(if british { in_british } else { american })
}

/// The names of a currency: the unit, units, the hundredth, hundredths.
pub(in crate::text) fn currency(sign: char, british: bool) -> Option<&'static [&'static str; 4]> {
    let (_, names) = CURRENCIES.iter().find(|(known, _)| *known == sign)?;
    Some(&names[usize::from(british)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_word_has_phonemes() {
        for n in (0..1000)
            .map(|n| format!("{n}th"))
            .chain([10u64.pow(3), 10u64.pow(6), 10u64.pow(9), 10u64.pow(12)].map(|n| format!("{n}th")))
        {
            let number = crate::text::english_numbers::Number::scan(&n).expect("digits");
            assert!(
                number.words(true).iter().all(|w| word(w, false).len() > 2 && word(w, true).len() > 2),
                "{n}"
            );
        }
        assert_eq!(word("twentieth", false), "twˈɛntiəθ");
        assert_eq!(word("hundredth", true), "hˈʌndɹədθ");
        assert_eq!(digit(2, true), Some("tˈuː"));
    }
}
