//! From the data's IPA, espeak-ng's without ties, to Kokoro's notation.

use crate::text::ipa::from_english_ipa;

/// Digraphs, which the shared mapping knows with ties. The flap is not among them: it is one sound.
const DIGRAPHS: [(&str, &str); 8] = [
    ("aɪ", "a^ɪ"),
    ("aʊ", "a^ʊ"),
    ("dʒ", "d^ʒ"),
    ("eɪ", "e^ɪ"),
    ("tʃ", "t^ʃ"),
    ("ɔɪ", "ɔ^ɪ"),
    ("oʊ", "o^ʊ"),
    // An r-coloured vowel before an r is one r in speech.
    ("ɚɹ", "ɚ"),
];

/// American vowels with r as British ones without.
const BRITISH: [(&str, &str); 10] = [
    ("o^ʊ", "Q"),
    ("ɑːɹ", "ɑː"),
    ("ɔːɹ", "ɔː"),
    ("oːɹ", "ɔː"),
    ("ɜːɹ", "ɜː"),
    ("ɪɹ", "ɪə"),
    ("ɛɹ", "ɛː"),
    ("ʊɹ", "ʊə"),
    ("ɚ", "ə"),
    ("æ", "a"),
];

/// Maps the American phonemes of the data. For a British voice it is their nearest notation: r is heard before vowels
/// only.
pub(super) fn to_kokoro(ipa: &str, british: bool) -> String {
    let mut tied = syllabic_l(ipa);
    for (digraph, with_tie) in DIGRAPHS {
        if tied.contains(digraph) {
            tied = tied.replace(digraph, with_tie);
        }
    }
    if british {
        tied = british_r(&tied);
        tied = tied.replace('ɾ', "t").replace('ᵻ', "ɪ");
    }
    from_english_ipa(&tied, british)
}

/// `əl` is a syllabic l where no vowel follows.
fn syllabic_l(ipa: &str) -> String {
    let mut out = String::with_capacity(ipa.len());
    let mut rest = ipa;
    while let Some(at) = rest.find("əl") {
        let (before, after) = rest.split_at(at);
        let after = &after["əl".len()..];
        out.push_str(before);
        out.push_str(if after.starts_with(is_vowel_or_stress) { "əl" } else { "ə^l" });
        rest = after;
    }
    out + rest
}

fn is_vowel_or_stress(c: char) -> bool {
    "ˈˌaeiouæɐɑɔəɚɛɜɪʊʌᵻ".contains(c)
}

/// Long vowels instead of vowels with r, unless a vowel follows.
fn british_r(ipa: &str) -> String {
    let mut out = String::with_capacity(ipa.len());
    let mut rest = ipa;
    'next: while let Some(c) = rest.chars().next() {
        for (american, british) in BRITISH {
            if let Some(after) = rest.strip_prefix(american) {
                let keeps_r =
                    (american.ends_with('ɹ') || american == "ɚ") && after.starts_with(is_vowel_or_stress);
                out.push_str(british);
                if keeps_r {
                    out.push('ɹ');
                }
                rest = after;
                continue 'next;
            }
        }
        out.push(c);
        rest = &rest[c.len_utf8()..];
    }
    out
}

#[cfg(test)]
mod tests {
    use super::to_kokoro;

    #[test]
    fn digraphs_and_american_vowels_are_mapped_as_misaki_maps_espeak() {
        for (ipa, american, british) in [
            ("hˈaɪ", "hˈI", "hˈI"),
            ("lˈɪɾəl", "lˈɪTᵊl", "lˈɪtᵊl"),
            ("əlˈoʊn", "əlˈOn", "əlˈQn"),
            ("tʃˈɜːtʃ", "ʧˈɜɹʧ", "ʧˈɜːʧ"),
            ("fˈɔːɹ", "fˈɔɹ", "fˈɔː"),
            ("ˈoʊvɚ", "ˈOvəɹ", "ˈQvə"),
            ("ˌoʊvɚɹˈaɪd", "ˌOvəɹˈId", "ˌQvəɹˈId"),
            ("bˈæd dʒˈɔɪ", "bˈæd ʤˈY", "bˈad ʤˈY"),
            ("ɹˈoʊzᵻz", "ɹˈOzᵻz", "ɹˈQzɪz"),
            ("ɐbˈaʊt", "əbˈWt", "əbˈWt"),
        ] {
            assert_eq!(to_kokoro(ipa, false), american);
            assert_eq!(to_kokoro(ipa, true), british);
        }
    }
}
