//! From IPA as people write it in `<phoneme>` to Kokoro's notation.
//!
//! A dictionary's IPA has no ties, puts the stress before the syllable and writes syllables' dots; Kokoro's has one symbol
//! for each diphthong and affricate, and the stress before the vowel. Source: misaki's symbols, `EN_PHONES.md`.

use crate::text::Language;

/// What every language has in common, longest first.
const COMMON: [(&str, &str); 7] =
    [("\u{361}", ""), ("\u{35c}", ""), (".", ""), ("‿", ""), ("'", "ˈ"), ("g", "ɡ"), ("ʻ", "")];

/// Digraphs, longest first.
const DIGRAPHS: [(&str, &str); 12] = [
    ("eɪ", "A"),
    ("aɪ", "I"),
    ("aʊ", "W"),
    ("ɔɪ", "Y"),
    ("oʊ", "O"),
    ("əʊ", "Q"),
    ("dʒ", "ʤ"),
    ("tʃ", "ʧ"),
    ("dz", "ʣ"),
    ("ts", "ʦ"),
    ("ʤ", "ʤ"),
    ("ʧ", "ʧ"),
];

/// Sounds of English in other spellings. `e` alone is how British dictionaries write the vowel of "bed".
const ENGLISH: [(&str, &str); 14] = [
    ("ʦ", "ts"),
    ("ʣ", "dz"),
    ("ɝ", "ɜɹ"),
    ("ɚ", "əɹ"),
    ("r", "ɹ"),
    ("ɫ", "l"),
    ("ʍ", "w"),
    ("x", "k"),
    ("e", "ɛ"),
    ("l\u{329}", "ᵊl"),
    ("n\u{329}", "ᵊn"),
    ("m\u{329}", "ᵊm"),
    ("\u{329}", ""),
    ("\u{303}", ""),
];

const AMERICAN: [(&str, &str); 5] = [("ː", ""), ("Q", "O"), ("ɾ", "T"), ("ɒ", "ɑ"), ("ɜɹɹ", "ɜɹ")];
const BRITISH: [(&str, &str); 3] = [("O", "Q"), ("ɛə", "ɛː"), ("æ", "a")];

const VOWELS: &str = "AIOQWYaeiouyæøœɐɑɒɔəɛɜɪɨʊʌɯɤᵊᵻ";

/// Maps `ipa` of `language`; slashes or brackets around it are dropped.
pub(super) fn to_kokoro(ipa: &str, language: Language) -> String {
    let ipa = ipa.trim().trim_matches(['/', '[', ']']).trim();
    let mut phonemes = replace(ipa, &COMMON);
    phonemes = replace(&phonemes, &DIGRAPHS);
    if language.is_english() {
        phonemes = replace(&phonemes, &ENGLISH);
        let variant: &[_] = if language == Language::BritishEnglish { &BRITISH } else { &AMERICAN };
        phonemes = replace(&phonemes, variant);
    }
    stress_before_vowels(&phonemes)
}

fn replace(text: &str, table: &[(&str, &str)]) -> String {
    table.iter().fold(text.to_owned(), |text, (from, to)| text.replace(from, to))
}

/// Moves each mark of stress to directly before the next vowel of its word.
fn stress_before_vowels(phonemes: &str) -> String {
    let mut moved = String::with_capacity(phonemes.len());
    let mut held = None;
    for symbol in phonemes.chars() {
        if matches!(symbol, 'ˈ' | 'ˌ') {
            held = Some(symbol);
            continue;
        }
        if VOWELS.contains(symbol) || symbol.is_whitespace() {
            // A word without a vowel has no stress.
            moved.extend(held.take().filter(|_| !symbol.is_whitespace()));
        }
        moved.push(symbol);
    }
    moved
}

#[cfg(test)]
mod tests {
    use super::to_kokoro;
    use crate::text::Language::{AmericanEnglish, BritishEnglish, Spanish};

    /// The right column is misaki's own entry for the word.
    #[test]
    fn dictionary_ipa_becomes_the_lexicons_entry() {
        let cases = [
            (AmericanEnglish, "/həˈloʊ/", "həlˈO"),
            (AmericanEnglish, "təˈmeɪ.ɾoʊ", "təmˈATO"),
            (AmericanEnglish, "ˈt͡ʃɜːrtʃ", "ʧˈɜɹʧ"),
            (AmericanEnglish, "ɡɔɪŋ ˈkæts", "ɡYŋ kˈæts"),
            (AmericanEnglish, "bɝd", "bɜɹd"),
            (BritishEnglish, "həˈləʊ", "həlˈQ"),
            (BritishEnglish, "ˈbed", "bˈɛd"),
            (BritishEnglish, "kɑː", "kɑː"),
            (Spanish, "ˈka.sa", "kˈasa"),
        ];
        for (language, ipa, expected) in cases {
            assert_eq!(to_kokoro(ipa, language), expected, "{ipa}");
        }
    }
}
