//! English by misaki's lexicons and rules, through the public interface.
#![cfg(feature = "misaki")]

use std::sync::Arc;

use kokoro_gguf::ErrorKind;
use kokoro_gguf::text::{
    Language, Mark, MarkKind, Misaki, Origin, Passage, Phonemizer, TextError, Token, Vocab, WordReader, join,
};
use proptest::prelude::*;

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

#[test]
fn sentences_are_read_as_by_misaki_with_spacys_tags() {
    let misaki = asking().heteronyms(false);
    let mut wrong = Vec::new();
    for line in include_str!("../fixtures/text/misaki_sentences.tsv").lines().skip(1) {
        let cells: Vec<&str> = line.split('\t').collect();
        let [language, text, expected, tagged] = cells[..] else { panic!("a line of {} cells", cells.len()) };
        let tags = Misaki::tags(text).into_iter().map(|(range, tag)| format!("{}|{tag}", &text[range]));
        assert_eq!(tags.collect::<Vec<_>>().join(" "), tagged);
        let found = misaki.phonemize(text, Language::parse(language).unwrap()).unwrap();
        if found != expected {
            wrong.push(format!("{language} {text}\n  {found}\n  {expected}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn heteronyms_are_read_by_their_part_of_speech() {
    let mut wrong = Vec::new();
    for line in include_str!("../fixtures/text/misaki_heteronyms.tsv").lines().skip(1) {
        let cells: Vec<&str> = line.split('\t').collect();
        let [word, american, british, sentence] = cells[..] else {
            panic!("a line of {} cells", cells.len())
        };
        for (language, expected) in
            [(Language::AmericanEnglish, american), (Language::BritishEnglish, british)]
        {
            let tokens = alone().tokens(&Passage::plain(sentence), language).unwrap();
            let found = tokens.iter().find(|token| sentence[token.source.clone()].ends_with(word)).unwrap();
            if !found.phonemes.ends_with(expected) {
                wrong.push(format!("{language}: {sentence} {word} is {}, not {expected}", found.phonemes));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn without_heteronyms_words_keep_misakis_reading() {
    let misaki = alone().heteronyms(false);
    assert_eq!(american(&misaki, "He sent his resume."), "hˌi sˈɛnt hɪz ɹəzˈum.");
    assert_eq!(american(&alone(), "He sent his resume."), "hˌi sˈɛnt hɪz ɹˈɛzəmˌA.");
}

#[test]
fn tokens_are_the_words_and_marks_of_the_text_with_their_places() {
    let text = "  They paid $5 million — “for 200 PDFs”,\n\tnaïvely, x86_64!";
    let found = tokens(&asking(), text, &[]);
    let seen: Vec<(&str, &str, bool, Origin)> = found
        .iter()
        .map(|token| (&text[token.source.clone()], token.phonemes.as_str(), token.space_after, token.origin))
        .collect();
    assert_eq!(
        seen,
        [
            ("They", "ðˌA", true, Origin::Lexicon),
            ("paid", "pˈAd", true, Origin::Lexicon),
            ("$", "", false, Origin::Punctuation),
            ("5", "fˈIv", true, Origin::Number),
            ("million", "mˈɪljᵊn dˈɑləɹz", true, Origin::Lexicon),
            ("—", "—", true, Origin::Punctuation),
            ("“", "“", false, Origin::Punctuation),
            ("for", "fɔɹ", true, Origin::Lexicon),
            ("200", "tˈu hˈʌndɹəd", true, Origin::Number),
            ("PDFs", "pˌidˌiˈɛfs", false, Origin::Spelled),
            ("”", "”", false, Origin::Punctuation),
            (",", ",", true, Origin::Punctuation),
            ("naïvely", "<naïvely>", false, Origin::Rules),
            (",", ",", true, Origin::Punctuation),
            ("x86_64", "ˈɛks ˈATi sˈɪks sˈɪksti fˈɔɹ", false, Origin::Spelled),
            ("!", "!", false, Origin::Punctuation),
        ]
    );
}

#[test]
fn what_is_settled_about_a_part_is_kept() {
    let text = "The old tomato cost 101 or 100.";
    let mark = |word: &str, kind: MarkKind| {
        let at = text.find(word).unwrap();
        Mark { range: at..at + word.len(), kind }
    };
    let marks = [
        mark("old", MarkKind::Stress(2.0)),
        mark("tomato", MarkKind::Phonemes("təmˈɑɾO".to_owned())),
        mark("cost", MarkKind::Stress(-1.0)),
        mark("101", MarkKind::NumberFlags("&".to_owned())),
        mark("100", MarkKind::NumberFlags("a".to_owned())),
    ];
    let found = tokens(&alone(), text, &marks);
    // The user's phonemes are not touched, not even the flap that the model writes as T.
    assert_eq!(join(&found), "ði ˈOld təmˈɑɾO kˌɔst wˈʌn hˈʌndɹəd ænd wˈʌn ɔɹ ə hˈʌndɹəd.");
    let user = found.iter().find(|token| token.origin == Origin::User).unwrap();
    assert_eq!(&text[user.source.clone()], "tomato");
}

#[test]
fn settled_phonemes_may_begin_and_end_anywhere() {
    let phonemes = |range, phonemes: &str| Mark { range, kind: MarkKind::Phonemes(phonemes.to_owned()) };
    let read = |text: &str, marks: &[Mark]| {
        let found = tokens(&alone(), text, marks);
        let places: Vec<&str> = found.iter().map(|token| &text[token.source.clone()]).collect();
        (join(&found), places.join("|"))
    };
    let of = |phonemes: &str, places: &str| (phonemes.to_owned(), places.to_owned());
    assert_eq!(read("bookread end", &[phonemes(4..8, "ɹˈɛd")]), of("bˈʊkɹˈɛd ˈɛnd", "book|read|end"));
    assert_eq!(read("New York's end", &[phonemes(0..8, "nujˈɔɹk")]), of("nujˈɔɹks ˈɛnd", "New York|'s|end"));
    assert_eq!(read("Rio's bus", &[phonemes(0..3, "ɹˈiO")]), of("ɹˈiOz bˈʌs", "Rio|'s|bus"));
    assert_eq!(read("GPUs", &[phonemes(0..3, "ʤˌipˌijˈu")]), of("ʤˌipˌijˈuz", "GPU|s"));
    assert_eq!(read("a  b", &[phonemes(1..3, "x")]), of("ɐ x bˈi", "a|  |b"));
    assert_eq!(read("ab", &[phonemes(0..1, "x"), phonemes(1..2, "y")]), of("xy", "a|b"));
    assert_eq!(read("the end", &[phonemes(4..7, "")]), of("ðə", "the|end"));
    assert_eq!(read(" ", &[phonemes(0..1, "x")]), of("x", " "));
}

#[test]
fn the_next_sound_decides_also_when_the_user_gives_it() {
    let text = "the hour";
    let mark = |phonemes: &str| [Mark { range: 4..8, kind: MarkKind::Phonemes(phonemes.to_owned()) }];
    assert_eq!(join(&tokens(&alone(), text, &mark("ˈWəɹ"))), "ði ˈWəɹ");
    assert_eq!(join(&tokens(&alone(), text, &mark("hˈWəɹ"))), "ðə hˈWəɹ");
}

#[test]
fn no_word_is_dropped() {
    // Without a reader of unknown words they are spelled; one that gives up is no reader.
    struct Silent;
    impl WordReader for Silent {
        fn read_word(&self, _: &str, _: Language) -> Result<Option<(String, Origin)>, TextError> {
            Ok(None)
        }
    }
    for misaki in [alone(), Misaki::new(Some(Arc::new(Silent)))] {
        let text = "Xyzzy brrgl, café grptz-like Straße.";
        let found = tokens(&misaki, text, &[]);
        let origin = |word: &str| {
            found.iter().find(|token| text[token.source.clone()] == *word).map(|token| token.origin).unwrap()
        };
        assert_eq!(origin("Xyzzy"), Origin::Spelled);
        assert_eq!(origin("brrgl"), Origin::Spelled);
        assert_eq!(origin("grptz-like"), Origin::Spelled);
        // Read as the word that it is without its accent.
        assert_eq!(origin("café"), Origin::Lexicon);
        assert_eq!(origin("Straße"), Origin::Unknown);
        assert_eq!(american(&misaki, "café"), american(&misaki, "cafe"));
    }
    // Upstream says nothing for a number that is tagged as punctuation.
    assert_eq!(american(&alone(), "It was -5 degrees."), "ˌɪt wʌz mˈInəs fˈIv dəɡɹˈiz.");
    let found = tokens(&alone(), "Привет 你好", &[]);
    assert!(
        found.iter().all(|token| token.origin == Origin::Unknown && token.phonemes.is_empty()),
        "{found:?}"
    );
}

#[test]
fn other_languages_are_refused() {
    let error = alone().phonemize("hola", Language::Spanish).unwrap_err();
    assert_eq!(error.error_kind(), ErrorKind::Unsupported);
    assert_eq!(error.to_string(), "the misaki phonemizer does not read Spanish");
    assert!(Misaki::load(Language::French).is_err() && Misaki::load(Language::BritishEnglish).is_ok());
}

/// Text of what the rules look at, and of anything else.
fn any_text() -> impl Strategy<Value = String> {
    let part = prop_oneof![
        "\\PC{0,12}",
        "[a-zA-Z'’.-]{1,10}",
        "[0-9.,]{1,12}",
        "[-$£€%&+@/:;!?()\\[\\]{}\"“”_ \t\n…—–~*#<>=|]{1,4}",
        Just("used to".to_owned()),
        Just("$5 million".to_owned()),
        Just("the U.S. in".to_owned()),
        Just("’twas 10am".to_owned()),
        Just("http://a.b-c.de/f?g".to_owned()),
        Just("\u{301}\u{200d}\u{0}ß½²Ⅷ".to_owned()),
    ];
    prop::collection::vec((part, prop::bool::ANY), 0..12).prop_map(|parts| {
        parts.into_iter().map(|(part, space)| part + if space { " " } else { "" }).collect()
    })
}

/// Marks on stretches of `text`, in order.
fn marks_of(text: &str, cuts: &[(usize, u8)]) -> Vec<Mark> {
    let mut ends: Vec<usize> = cuts
        .iter()
        .map(|(at, _)| (0..=at % (text.len() + 1)).rfind(|at| text.is_char_boundary(*at)).unwrap_or(0))
        .collect();
    ends.sort_unstable();
    ends.dedup();
    let kinds = cuts.iter().map(|(_, kind)| match kind % 4 {
        0 => MarkKind::Phonemes("həlˈO".to_owned()),
        1 => MarkKind::Stress(f32::from(*kind) / 64.0 - 2.0),
        2 => MarkKind::NumberFlags("&na".to_owned()),
        _ => MarkKind::Phonemes(String::new()),
    });
    ends.windows(2).zip(kinds).map(|(end, kind)| Mark { range: end[0]..end[1], kind }).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(400) })]

    #[test]
    fn any_text_gives_tokens_in_order_in_the_vocabulary(
        text in any_text(),
        cuts in prop::collection::vec((any::<usize>(), any::<u8>()), 0..6),
        british in any::<bool>(),
    ) {
        let language = if british { Language::BritishEnglish } else { Language::AmericanEnglish };
        let marks = marks_of(&text, &cuts);
        let found = alone().tokens(&Passage { text: &text, marks: &marks }, language).unwrap();
        let mut end = 0;
        for token in &found {
            prop_assert!(token.source.start >= end && token.source.end > token.source.start, "{token:?}");
            prop_assert!(text.is_char_boundary(token.source.start) && text.is_char_boundary(token.source.end));
            prop_assert_eq!(token.phonemes.trim(), &token.phonemes);
            prop_assert!(!token.phonemes.contains("  "));
            end = token.source.end;
        }
        let joined = join(&found);
        prop_assert!(!joined.contains("  "), "{joined:?}");
        prop_assert_eq!(Vocab::kokoro().encode(&joined).skipped.len(), 0, "{}", joined);
        let settled = marks.iter().filter(|mark| matches!(mark.kind, MarkKind::Phonemes(_)));
        for mark in settled {
            let token = found.iter().find(|token| token.source == mark.range || (token.origin == Origin::User
                && token.source.start >= mark.range.start && token.source.end <= mark.range.end));
            prop_assert!(token.is_some(), "{mark:?} in {text:?}: {found:?}");
        }
    }
}

#[test]
fn long_texts_take_time_in_proportion() {
    // No limit is set: what is quadratic or worse in one of these would not end.
    let cases = [
        "a".repeat(100_000),
        "-".repeat(100_000),
        "a-".repeat(2_000),
        "x2".repeat(2_000),
        "a.b.".repeat(1_000),
        "'".repeat(5_000),
        "a'".repeat(2_000),
        "[(".repeat(2_000),
        "9".repeat(100_000),
        "1,".repeat(2_000),
        "@a.b".repeat(2_000),
        "Aa".repeat(2_000),
        "\u{301}".repeat(2_000),
        "(«".repeat(2_000) + "'s",
        "word ".repeat(2_000),
    ];
    for text in cases {
        let found = tokens(&asking(), &text, &[]);
        assert!(!found.is_empty(), "{} bytes of {}", text.len(), &text[..4]);
    }
}

/// What espeak-ng answers about words alone is in fixtures/text/english.tsv.
#[cfg(feature = "espeak")]
#[test]
fn espeak_reads_the_words_that_the_lexicons_lack() {
    let espeak = Arc::new(kokoro_gguf::text::Espeak::new().unwrap());
    let read = |word: &str| espeak.read_word(word, Language::AmericanEnglish).unwrap();
    assert_eq!(read("Bach"), Some(("bˈɑk".to_owned(), Origin::Espeak)));
    assert_eq!(read("\u{200b}"), None);
    let misaki = Misaki::new(Some(espeak));
    let text = "The Zorblaxians paid $5 million for 200 PDFs.";
    let found = tokens(&misaki, text, &[]);
    let asked: Vec<&str> = found
        .iter()
        .filter(|token| token.origin == Origin::Espeak && !token.phonemes.is_empty())
        .map(|token| &text[token.source.clone()])
        .collect();
    assert_eq!(asked, ["Zorblaxians"]);
    assert!(
        join(&found).ends_with("pˈAd fˈIv mˈɪljᵊn dˈɑləɹz fɔɹ tˈu hˈʌndɹəd pˌidˌiˈɛfs."),
        "{}",
        join(&found)
    );
}
