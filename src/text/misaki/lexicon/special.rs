//! Words whose reading depends on what follows or on their part of speech, and signs that are words.
//!
//! Source: misaki 0.9.4, `Lexicon.get_special_case`.

use super::{Asked, Lexicon, Spoken, is_letter};
use crate::text::misaki::tagger::Tag;

/// The word that a sign stands for.
pub(super) fn symbol(text: &str) -> Option<&'static str> {
    match text {
        "%" => Some("percent"),
        "&" => Some("and"),
        "+" => Some("plus"),
        "@" => Some("at"),
        _ => None,
    }
}

impl Lexicon {
    pub(super) fn special(&self, word: &str, asked: Asked<'_>) -> Option<Spoken> {
        let tag = asked.tag;
        let is = |wanted: Tag| tag == Some(wanted);
        let is_noun = tag.is_some_and(|tag| tag.name().starts_with("NN"));
        let future_vowel = asked.context.and_then(|context| context.future_vowel);
        let plain = Asked { tag: None, stress: None, ..asked };
        match word {
            "." | "/" if is(Tag::ADD) => {
                let name = if word == "." { "dot" } else { "slash" };
                self.lookup(name, Asked { stress: Some(-0.5), ..plain })
            }
            "%" | "&" | "+" | "@" => self.lookup(symbol(word)?, plain),
            _ if is_dotted(word) => self.spell(word),
            "a" | "A" => Some(Spoken::word(if is(Tag::DT) { "ɐ" } else { "ˈA" })),
            "am" | "Am" | "AM" => {
                if is_noun {
                    self.spell(word)
                } else if future_vowel.is_none() || word != "am" || asked.stress.is_some_and(|s| s > 0.0) {
                    self.lookup("am", Asked::default())
                } else {
                    Some(Spoken::word("ɐm"))
                }
            }
            "an" | "An" | "AN" => {
                if word == "AN" && is_noun {
                    self.spell(word)
                } else {
                    Some(Spoken::word("ɐn"))
                }
            }
            "I" if is(Tag::PRP) => Some(Spoken::word("ˌI")),
            "by" | "By" | "BY" if tag.is_some_and(|tag| tag.parent() == "ADV") => Some(Spoken::word("bˈI")),
            "to" | "To" | "TO" if word != "TO" || is(Tag::TO) || is(Tag::IN) => match future_vowel {
                None => self.lookup("to", Asked::default()),
                Some(true) => Some(Spoken::word("tʊ")),
                Some(false) => Some(Spoken::word("tə")),
            },
            "in" | "In" | "IN" if word != "IN" || !is(Tag::NNP) => {
                Some(Spoken::word(if future_vowel.is_none() || !is(Tag::IN) { "ˈɪn" } else { "ɪn" }))
            }
            "the" | "The" | "THE" if word != "THE" || is(Tag::DT) => {
                Some(Spoken::word(if future_vowel == Some(true) { "ði" } else { "ðə" }))
            }
            _ if is(Tag::IN) && word.strip_suffix('.').unwrap_or(word).eq_ignore_ascii_case("vs") => {
                self.lookup("versus", plain)
            }
            "used" | "Used" | "USED" => {
                let to_follows = asked.context.is_some_and(|context| context.future_to);
                let tag = if (is(Tag::VBD) || is(Tag::JJ)) && to_follows { Some(Tag::VBD) } else { None };
                self.lookup("used", Asked { tag, ..Asked::default() })
            }
            _ => None,
        }
    }
}

/// Whether `word` is initials or an abbreviation such as `U.S.` and `e.g`.
fn is_dotted(word: &str) -> bool {
    word.trim_matches('.').contains('.')
        && word.chars().all(|c| c == '.' || is_letter(c))
        && word.split('.').all(|part| part.chars().count() < 3)
}
