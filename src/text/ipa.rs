//! From espeak-ng's IPA to the notation Kokoro was trained with.
//!
//! Both functions take espeak-ng's output with ties, as U+0361 or as `^`, and work on words and on whole
//! sentences alike. The order of the replacements matters. Source: misaki, `espeak.py`.

/// Digraphs and foreign sounds of English, longest first.
const ENGLISH: [(&str, &str); 19] = [
    ("ʔˌn\u{329}", "ʔn"),
    ("ʔn\u{329}", "ʔn"),
    ("a^ɪ", "I"),
    ("a^ʊ", "W"),
    ("d^ʒ", "ʤ"),
    ("e^ɪ", "A"),
    ("t^ʃ", "ʧ"),
    ("ɔ^ɪ", "Y"),
    ("ə^l", "ᵊl"),
    ("ʲo", "jo"),
    ("ʲə", "jə"),
    ("e", "A"),
    ("ʲ", ""),
    ("ɚ", "əɹ"),
    ("r", "ɹ"),
    ("x", "k"),
    ("ç", "k"),
    ("ɐ", "ə"),
    ("ɬ", "l"),
];

/// Vowels of British English. As upstream, `e^ə` never matches: `e` has become `A` before.
const BRITISH: [(&str, &str); 3] = [("e^ə", "ɛː"), ("iə", "ɪə"), ("ə^ʊ", "Q")];

/// Vowels of American English, which has no long ones.
const AMERICAN: [(&str, &str); 5] = [("o^ʊ", "O"), ("ɜːɹ", "ɜɹ"), ("ɜː", "ɜɹ"), ("ɪə", "iə"), ("ː", "")];

/// The last step of English: the flap and the glottal stop as the v1.0 model writes them.
const ENGLISH_END: [(&str, &str); 5] = [("o", "ɔ"), ("ɾ", "T"), ("ʔ", "t"), ("^", ""), ("-", "")];

/// Digraphs of the other languages, and the marks that stood in for brackets.
const OTHER: [(&str, &str); 15] = [
    ("a^ɪ", "I"),
    ("a^ʊ", "W"),
    ("d^z", "ʣ"),
    ("d^ʒ", "ʤ"),
    ("e^ɪ", "A"),
    ("o^ʊ", "O"),
    ("s^s", "S"),
    ("t^s", "ʦ"),
    ("t^ʃ", "ʧ"),
    ("ɔ^ɪ", "Y"),
    ("ə^ʊ", "Q"),
    ("^", ""),
    ("-", ""),
    ("«", "("),
    ("»", ")"),
];

/// Maps espeak-ng's English, `british` or American.
pub fn from_english_ipa(ipa: &str, british: bool) -> String {
    let mut phonemes = replace(ipa.trim(), &[("\u{361}", "^")]);
    phonemes = replace(&phonemes, &ENGLISH);
    phonemes = replace(&phonemes, &[("\u{303}", "")]);
    phonemes = syllabic_to_schwa(&phonemes);
    phonemes = replace(&phonemes, if british { &BRITISH } else { &AMERICAN });
    replace(&phonemes, &ENGLISH_END)
}

/// Maps espeak-ng's output in any other language; `«` and `»` are brackets by now.
pub fn from_other_ipa(ipa: &str) -> String {
    let phonemes = replace(ipa.trim(), &[("\u{361}", "^")]);
    replace(&phonemes, &OTHER)
}

fn replace(text: &str, table: &[(&str, &str)]) -> String {
    table.iter().fold(text.to_owned(), |text, (from, to)| match text.contains(from) {
        true => text.replace(from, to),
        false => text,
    })
}

/// A consonant with the syllabic mark U+0329 becomes `ᵊ` and the consonant; stray marks go.
fn syllabic_to_schwa(phonemes: &str) -> String {
    let mut mapped = String::with_capacity(phonemes.len());
    let mut symbols = phonemes.chars().peekable();
    while let Some(symbol) = symbols.next() {
        if symbol == '\u{329}' {
            continue;
        }
        if symbols.peek() == Some(&'\u{329}') && !symbol.is_whitespace() {
            mapped.push('ᵊ');
        }
        mapped.push(symbol);
    }
    mapped
}
