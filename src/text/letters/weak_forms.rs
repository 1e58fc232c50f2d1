//! Function words whose vowel depends on what follows. Source: misaki's special words.

use crate::text::{Origin, Token};

/// Vowels that a word may begin with.
const VOWELS: &str = "AIOQWYaiuæɑɒɔəɛɜɪʊʌᵻ";

/// Gives "a", "an", "the", "to" and "I" the forms they have before the next word.
pub(in crate::text) fn choose(text: &str, tokens: &mut [Token], british: bool) {
    // Whether the next token begins with a vowel; `None` at a mark of punctuation or the end.
    let mut before_vowel = None;
    for token in tokens.iter_mut().rev() {
        let weak = match (token.origin, &text[token.source.clone()]) {
            (Origin::Rules | Origin::Spelled | Origin::Native, word) => {
                weak_form(word, before_vowel, british)
            }
            _ => None,
        };
        if let Some(weak) = weak {
            token.phonemes = weak.to_owned();
            if token.origin == Origin::Spelled {
                token.origin = Origin::Rules;
            }
        }
        let first = token.phonemes.chars().find(|c| !matches!(c, 'ˈ' | 'ˌ'));
        before_vowel = match token.origin {
            Origin::Punctuation => None,
            _ => first.map(|c| VOWELS.contains(c)).or(before_vowel),
        };
    }
}

fn weak_form(word: &str, before_vowel: Option<bool>, british: bool) -> Option<&'static str> {
    Some(match (word, before_vowel) {
        ("a" | "A", Some(_)) => "ɐ",
        ("an" | "An", _) => "ɐn",
        ("the" | "The", Some(true)) => "ði",
        ("the" | "The", _) => "ðə",
        ("to" | "To", Some(true)) => "tʊ",
        ("to" | "To", Some(false)) => "tə",
        ("to" | "To", None) if british => "tuː",
        ("to" | "To", None) => "tu",
        ("I", _) => "ˌI",
        _ => return None,
    })
}
