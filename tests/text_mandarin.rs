//! Mandarin against what misaki's own code answers.
#![cfg(feature = "mandarin")]

use kokoro_gguf::text::{
    Language, Mandarin, Mark, MarkKind, Origin, Passage, Phonemizer, TextError, Token, Vocab, WordReader,
};
use proptest::prelude::*;
use std::sync::Arc;

/// Sentences with misaki's phonemes, made by tools/make_mandarin.py with misaki 0.9.4, jieba 0.42.1, pypinyin 0.55.0 and
/// cn2an 0.5.24.
const TABLE: &str = include_str!("../fixtures/text/mandarin.tsv");

/// Sentences that are read otherwise on purpose, see docs/native-phonemizer.md.
const INTENDED: &[&str] = &[
    "他学了10年钢琴。",
    "今天气温36.5℃，昨天-5℃。",
    "请打13812345678。",
    "这台电脑卖1,234元。",
    "我喜欢用Python写程序。",
    "他的代号是007。",
    "二〇一五年的春天。",
    "『你好』，他说。",
];

fn say(text: &str) -> String {
    Mandarin::new().phonemize(text, Language::Mandarin).unwrap()
}

/// What the model is given of misaki's answer: symbols of the vocabulary, spaces evened out.
fn known(phonemes: &str) -> String {
    let vocab = Vocab::kokoro();
    let kept: String = phonemes.chars().filter(|&c| vocab.contains(c)).collect();
    kept.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn sentences_are_read_as_misaki_reads_them() {
    let mut intended = Vec::new();
    for line in TABLE.lines() {
        let (text, expected) = line.split_once('\t').expect("two columns");
        let (found, expected) = (say(text), known(expected));
        if INTENDED.contains(&text) {
            assert_ne!(found, expected, "{text}: no longer a difference");
            intended.push(text);
        } else {
            assert_eq!(found, expected, "{text}");
        }
    }
    assert_eq!(intended, INTENDED);
    assert!(TABLE.lines().count() >= 440);
}

#[test]
fn readings_depend_on_the_word() {
    for (text, phonemes) in [
        ("银行 行长 自行车", "i↗nxa↗ŋ xa↗ŋꭧa↓ŋ ʦɨ↘ɕi↗ŋꭧʰɤ→"),
        ("重庆，重要", "ꭧʰʊ↗ŋʨʰi↘ŋ, ꭧʊ↘ŋjau↘"),
        ("还有", "xai↗jou↓"),
        ("绿色", "ly↘sɤ↘"),
        ("《红楼梦》。", "“xʊ↗ŋlou↗mə↘ŋ” ."),
    ] {
        assert_eq!(say(text), phonemes, "{text}");
    }
}

#[test]
fn latin_words_are_read_as_english_and_nothing_is_dropped() {
    assert_eq!(say("用USB。"), "jʊ↘ŋ jˌuˌɛsbˈi.");
    assert_eq!(say("Ａ股"), "ˈA ku↓");
    assert_eq!(say("二〇一五"), say("二零一五"));
    let tokens = Mandarin::new().tokens(&Passage::plain("你Ж好㐀"), Language::Mandarin).unwrap();
    let origins: Vec<Origin> = tokens.iter().map(|token| token.origin).collect();
    assert_eq!(origins, [Origin::Lexicon, Origin::Unknown, Origin::Lexicon, Origin::Unknown]);

    struct Fixed;
    impl WordReader for Fixed {
        fn read_word(&self, word: &str, _: Language) -> Result<Option<(String, Origin)>, TextError> {
            Ok(Some((format!("<{word}>"), Origin::User)))
        }
    }
    let mandarin = Mandarin::with_english(Arc::new(Fixed));
    assert_eq!(mandarin.phonemize("用 Python's吗", Language::Mandarin).unwrap(), "jʊ↘ŋ <Python's> ma");
    assert!(mandarin.phonemize("你好", Language::Spanish).is_err());
}

#[test]
fn tokens_cover_the_text_that_they_read() {
    let text = "去年2023年买了5%，好！";
    let marks = [Mark { range: 6..10, kind: MarkKind::Phonemes("x".into()) }];
    let read = |marks| {
        let tokens = Mandarin::new().tokens(&Passage { text, marks }, Language::Mandarin).unwrap();
        tokens
            .into_iter()
            .map(|t| (text[t.source.clone()].to_owned(), t.phonemes, t.origin))
            .collect::<Vec<_>>()
    };
    let expected = [
        ("去年", "ʨʰy↘njɛ↗n", Origin::Lexicon),
        ("2023年", "ɚ↘li↗ŋ ɚ↘sa→nnjɛ↗n", Origin::Number),
        ("买", "mai↓", Origin::Lexicon),
        ("了", "lɤ", Origin::Lexicon),
        ("5%", "pai↓fə→nꭧɨ→u↓", Origin::Number),
        ("，", ",", Origin::Punctuation),
        ("好", "xau↓", Origin::Lexicon),
        ("！", "!", Origin::Punctuation),
    ];
    let found = read(&[]);
    let found: Vec<_> =
        found.iter().map(|(text, phonemes, origin)| (text.as_str(), phonemes.as_str(), *origin)).collect();
    assert_eq!(found, expected);
    let found = read(&marks);
    assert_eq!(found[1], ("2023".to_owned(), "x".to_owned(), Origin::User));
    assert_eq!(found[2].0, "年");
}

/// What every phonemizer's tokens keep to.
fn check(text: &str, tokens: &[Token]) {
    let vocab = Vocab::kokoro();
    let mut at = 0;
    for token in tokens {
        assert!(token.source.start >= at && token.source.end >= token.source.start, "{text:?}: {token:?}");
        assert!(text.is_char_boundary(token.source.start) && text.is_char_boundary(token.source.end));
        assert!(token.phonemes.chars().all(|c| vocab.contains(c)), "{text:?}: {token:?}");
        assert_eq!(token.phonemes.trim(), token.phonemes);
        at = token.source.end;
    }
}

#[test]
fn megabytes_take_linear_time() {
    for unit in [
        "你", "银行", "1", "1年", "1-", "3-5个", "，", "《", "a", "1/", "5%", "一不", "鿿", "１", "1,", "。 ",
    ] {
        let text = unit.repeat((1 << 19) / unit.len());
        check(&text, &Mandarin::new().tokens(&Passage::plain(&text), Language::Mandarin).unwrap());
    }
}

proptest! {
    #[test]
    fn any_text_can_be_read(text in ".{0,80}|[你好银行一不0-9０-９年月个%℃/,.~a-z，。《》 \\-]{0,60}|[一-鿿]{0,60}") {
        check(&text, &Mandarin::new().tokens(&Passage::plain(&text), Language::Mandarin).unwrap());
    }
}
