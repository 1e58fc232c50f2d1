//! Classes of phonemes, and where a stress mark may stand.
//!
//! Source: misaki 0.9.4, `en.py`.

/// Main stress.
pub(super) const PRIMARY: char = 'ˈ';
/// Side stress.
pub(super) const SECONDARY: char = 'ˌ';

const VOWELS: &str = "AIOQWYaiuæɑɒɔəɛɜɪʊʌᵻ";
const CONSONANTS: &str = "bdfhjklmnpstvwzðŋɡɹɾʃʒʤʧθ";
/// Symbols after which an American `t` is a flap.
const TAUS: &str = "AIOWYiuæɑəɛɪɹʊʌ";
/// Symbols that weigh two: diphthongs and affricates.
const HEAVY: &str = "AIOQWYʤʧ";
/// Marks of punctuation that Kokoro's vocabulary has.
const MARKS: &str = ";:,.!?—…\"“”";
/// Those that end what a word may lean on.
const STOPS: &str = ";:,.!?—…";

pub(super) fn is_vowel(symbol: char) -> bool {
    VOWELS.contains(symbol)
}

pub(super) fn is_consonant(symbol: char) -> bool {
    CONSONANTS.contains(symbol)
}

pub(super) fn is_tau(symbol: char) -> bool {
    TAUS.contains(symbol)
}

pub(super) fn is_mark(symbol: char) -> bool {
    MARKS.contains(symbol)
}

pub(super) fn is_stop(symbol: char) -> bool {
    STOPS.contains(symbol)
}

/// How much there is to say: two for a diphthong or affricate, one for any other symbol.
pub(super) fn weight(phonemes: &str) -> usize {
    phonemes.chars().map(|symbol| if HEAVY.contains(symbol) { 2 } else { 1 }).sum()
}

/// Changes the stress of `phonemes` to `level`, −2 to 2.
///
/// Below −1 all stress goes; −1 makes main stress side stress, as do −0.5 and 0 where there is main stress; 0 to 1 give
/// side stress to what has none; from 1 on side stress becomes main stress; above 1 what has none gets main stress.
pub(super) fn apply_stress(phonemes: &str, level: Option<f32>) -> String {
    let Some(level) = level else { return phonemes.to_owned() };
    let has_primary = phonemes.contains(PRIMARY);
    let has_secondary = phonemes.contains(SECONDARY);
    let unstressed = !has_primary && !has_secondary;
    if level < -1.0 {
        phonemes.replace([PRIMARY, SECONDARY], "")
    } else if level == -1.0 || ((level == 0.0 || level == -0.5) && has_primary) {
        phonemes.replace(SECONDARY, "").replace(PRIMARY, "ˌ")
    } else if unstressed && [0.0, 0.5, 1.0].contains(&level) {
        mark_first_vowel(phonemes, SECONDARY)
    } else if level >= 1.0 && !has_primary && has_secondary {
        phonemes.replace(SECONDARY, "ˈ")
    } else if level > 1.0 && unstressed {
        mark_first_vowel(phonemes, PRIMARY)
    } else {
        phonemes.to_owned()
    }
}

/// Puts `mark` before the first vowel, if there is one.
fn mark_first_vowel(phonemes: &str, mark: char) -> String {
    let mut marked = phonemes.to_owned();
    if let Some(at) = phonemes.find(is_vowel) {
        marked.insert(at, mark);
    }
    marked
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stress_levels_change_marks_as_in_misaki() {
        let cases = [
            ("hˈɛlO", -2.0, "hɛlO"),
            ("hˈɛlˌO", -1.0, "hˌɛlO"),
            ("hˈɛlˌO", -0.5, "hˌɛlO"),
            ("hˈɛlˌO", 0.0, "hˌɛlO"),
            ("hɛlO", 0.0, "hˌɛlO"),
            ("hɛlO", 0.5, "hˌɛlO"),
            ("hɛlO", 1.0, "hˌɛlO"),
            ("hɛlO", 2.0, "hˈɛlO"),
            ("hˌɛlO", 1.0, "hˈɛlO"),
            ("hˌɛlO", 0.5, "hˌɛlO"),
            ("stɹɪŋ", 2.0, "stɹˈɪŋ"),
            ("pst", 2.0, "pst"),
        ];
        for (phonemes, level, expected) in cases {
            assert_eq!(apply_stress(phonemes, Some(level)), expected, "{phonemes} at {level}");
        }
        assert_eq!(apply_stress("hˈɛlˌO", None), "hˈɛlˌO");
    }
}
