//! Vocabulary, language names and the mapping to Kokoro's notation, against tables made by the official code.

use kokoro_gguf::ErrorKind;
use kokoro_gguf::text::{Language, TextError, Vocab, ipa};

/// Rows of a fixture: tab-separated, `#` begins a comment line.
fn rows<const N: usize>(table: &'static str) -> Vec<[&'static str; N]> {
    let lines = table.lines().filter(|line| !line.starts_with('#'));
    lines.map(|line| line.split('\t').collect::<Vec<_>>().try_into().unwrap()).collect()
}

#[test]
fn kokoro_vocabulary_is_the_official_one() {
    let vocab = Vocab::kokoro();
    let official = rows::<2>(include_str!("../fixtures/text/vocab.tsv"));
    assert_eq!(official.len(), 114);
    assert_eq!(vocab.len(), 114);
    for [id, code] in official {
        let symbol = char::from_u32(u32::from_str_radix(code, 16).unwrap()).unwrap();
        assert_eq!(vocab.encode(&symbol.to_string()).ids, [id.parse::<u32>().unwrap()], "{symbol}");
        assert!(vocab.contains(symbol));
    }
    assert_eq!(Vocab::new(Vocab::kokoro_tokens()).unwrap(), vocab);
    assert_eq!(Vocab::kokoro_tokens().len(), 178);
}

#[test]
fn encode_reports_what_the_vocabulary_lacks() {
    let encoded = Vocab::kokoro().encode("həlˈO, g'☃g!");
    assert_eq!(encoded.ids, [50, 83, 54, 156, 31, 3, 16, 5]);
    assert_eq!(encoded.skipped, ['g', '\'', '☃', 'g']);
}

#[test]
fn encode_drops_silent_marks_without_mention() {
    let encoded = Vocab::kokoro().encode("¿kˈe? [a] {a} «a»");
    assert_eq!(encoded.skipped, []);
    assert_eq!(encoded.ids, Vocab::kokoro().encode("kˈe? a a a").ids);
}

#[test]
fn encode_does_not_normalise() {
    let vocab = Vocab::kokoro();
    assert_eq!(vocab.encode("o\u{303}").ids, [57, 17]);
    assert_eq!(vocab.encode("õ").skipped, ['õ']);
    assert_eq!(vocab.encode("ç").ids, [78]);
}

#[test]
fn bad_vocabularies_are_refused() {
    for (tokens, message) in [
        (vec!["", "a", "bc"], "vocabulary token 2 is \"bc\", expected at most one code point"),
        (vec!["", "a", "b", "a"], "vocabulary token 3 is \"a\", expected a symbol that no lower id has"),
        (vec!["", ""], "vocabulary token 2 is \"\", expected at least one token with a symbol, after id 0"),
        (vec!["$"], "vocabulary token 1 is \"\", expected at least one token with a symbol, after id 0"),
    ] {
        let error = Vocab::new(tokens).unwrap_err();
        assert_eq!(error.to_string(), message);
        assert_eq!(error.error_kind(), ErrorKind::Malformed);
    }
}

#[test]
fn id_0_is_never_matched() {
    assert_eq!(Vocab::new(["$", "a"]).unwrap().encode("$a").ids, [1]);
}

#[test]
fn english_mapping_is_misakis() {
    for [language, ipa, phonemes] in rows(include_str!("../fixtures/text/map_english.tsv")) {
        assert_eq!(ipa::from_english_ipa(ipa, language == "b"), phonemes, "{ipa}");
        assert_eq!(ipa::from_english_ipa(&ipa.replace('^', "\u{361}"), language == "b"), phonemes, "{ipa}");
    }
}

#[test]
fn mapping_of_other_languages_is_misakis() {
    for [_, ipa, phonemes] in rows(include_str!("../fixtures/text/map_other.tsv")) {
        assert_eq!(ipa::from_other_ipa(ipa), phonemes, "{ipa}");
        assert_eq!(ipa::from_other_ipa(&ipa.replace('^', "\u{361}")), phonemes, "{ipa}");
    }
}

#[test]
fn languages_are_known_by_letter_tag_and_name() {
    use Language::*;
    for (name, language) in [
        ("a", AmericanEnglish),
        ("A", AmericanEnglish),
        ("en", AmericanEnglish),
        ("en-us", AmericanEnglish),
        ("en_US.UTF-8", AmericanEnglish),
        ("b", BritishEnglish),
        ("EN_GB", BritishEnglish),
        ("British English", BritishEnglish),
        ("e", Spanish),
        ("es", Spanish),
        ("f", French),
        ("fr", French),
        ("fr-fr", French),
        ("French", French),
        ("h", Hindi),
        ("hi", Hindi),
        ("i", Italian),
        (" it ", Italian),
        ("j", Japanese),
        ("ja", Japanese),
        ("p", BrazilianPortuguese),
        ("pt-br", BrazilianPortuguese),
        ("pt", BrazilianPortuguese),
        ("z", Mandarin),
        ("zh", Mandarin),
        ("cmn", Mandarin),
    ] {
        assert_eq!(Language::parse(name).unwrap(), language, "{name}");
    }
    for language in Language::ALL {
        for name in [language.letter().to_string().as_str(), language.tag(), language.english_name()] {
            assert_eq!(name.parse::<Language>().unwrap(), language);
        }
        assert_eq!(Language::from_voice(&format!("{}f_voice", language.letter())), Some(language));
    }
    assert_eq!(Language::from_voice("xf_voice"), None);
    assert_eq!(Language::from_voice(""), None);
}

#[test]
fn unknown_languages_are_told_what_exists() {
    for name in ["", "x", "de", "klingon", "aa", "en-", "日本語"] {
        let error = Language::parse(name).unwrap_err();
        assert!(matches!(&error, TextError::UnknownLanguage { found } if found == name));
        assert_eq!(error.error_kind(), ErrorKind::InvalidInput);
        let message = error.to_string();
        for language in Language::ALL {
            assert!(message.contains(&format!("{} or {}", language.letter(), language.tag())), "{message}");
        }
    }
}

#[test]
fn only_japanese_and_mandarin_come_with_a_note() {
    let noted = Language::ALL.into_iter().filter(|language| language.espeak_quality_note().is_some());
    assert_eq!(noted.collect::<Vec<_>>(), [Language::Japanese, Language::Mandarin]);
}

#[cfg(not(feature = "espeak"))]
#[test]
fn without_espeak_the_error_names_the_feature() {
    use kokoro_gguf::text::{Espeak, Pieces};
    for error in [Espeak::new().unwrap_err(), Espeak::with_data("/nowhere").unwrap_err()] {
        assert!(error.to_string().contains("`espeak`"), "{error}");
        assert_eq!(error.error_kind(), ErrorKind::Unsupported);
    }
    assert_eq!(Pieces::from_phonemes("həlˈO").count(), 1);
}
