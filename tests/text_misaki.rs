//! English by misaki's lexicons and rules, through the public interface.
#![cfg(feature = "misaki")]

use std::sync::Arc;

use kokoro_gguf::text::{
    Language, Mark, MarkKind, Misaki, Origin, Passage, Phonemizer, TextError, Token, WordReader,
};

/// Reads every word as itself in brackets, so that it shows what is asked.
struct Bracketed;

impl WordReader for Bracketed {
    fn read_word(&self, word: &str, _: Language) -> Result<Option<(String, Origin)>, TextError> {
        Ok(Some((format!("<{word}>"), Origin::Rules)))
    }
}

fn alone() -> Misaki {
    Misaki::new(None)
}

fn asking() -> Misaki {
    Misaki::new(Some(Arc::new(Bracketed)))
}

fn american(misaki: &Misaki, text: &str) -> String {
    misaki.phonemize(text, Language::AmericanEnglish).unwrap()
}

fn tokens(misaki: &Misaki, text: &str, marks: &[Mark]) -> Vec<Token> {
    misaki.tokens(&Passage { text, marks }, Language::AmericanEnglish).unwrap()
}

#[test]
fn sentences_are_read_as_by_misaki_with_a_reader_of_unknown_words_and_without() {
    let cases = [
        ("It grew 5% in the 1990s.", "ˌɪt ɡɹˈu fˈIv pəɹsˈɛnt ɪn ðə nˌIntˈin nˈIndiz."),
        ("They paid $5 million for 200 PDFs.", "ðˌA pˈAd fˈIv mˈɪljᵊn dˈɑləɹz fɔɹ tˈu hˈʌndɹəd pˌidˌiˈɛfs."),
        ("She keeps blogging about the FBI.", "ʃˌi kˈips blˈɑɡɪŋ əbˈWt ði ˌɛfbˌiˈI."),
        ("I used to live near the old theater.", "ˌI jˈust tə lˈɪv nˌɪɹ ði ˈOld θˈiəTəɹ."),
        ("Please read the report I read yesterday.", "plˈiz ɹˈid ðə ɹəpˈɔɹt ˌI ɹˈɛd jˈɛstəɹdˌA."),
    ];
    for (text, expected) in cases {
        for misaki in [alone(), asking(), alone().heteronyms(false)] {
            assert_eq!(american(&misaki, text), expected, "{text}");
        }
    }
}
