//! The user's dictionary: its file, its rules of precedence, and what it does to a document.

use kokoro_gguf::ErrorKind;
use kokoro_gguf::text::lexicon::MAX_PARTS;
use kokoro_gguf::text::{Document, Language, MarkKind, UserLexicon};
use proptest::prelude::*;

const ENGLISH: Language = Language::AmericanEnglish;

fn lexicon(text: &str) -> UserLexicon {
    UserLexicon::parse("words.tsv", text).unwrap_or_else(|e| panic!("{e}"))
}

/// The text after the lexicon, and its marks as text and phonemes.
fn applied(entries: &str, text: &str, language: Language) -> (String, Vec<(String, String)>) {
    let document = lexicon(entries).apply(Document::plain(text), language);
    let marks = document.marks.iter().map(|mark| {
        let MarkKind::Phonemes(phonemes) = &mark.kind else { panic!("{mark:?}") };
        (document.text[mark.range.clone()].to_owned(), phonemes.clone())
    });
    let marks = marks.collect();
    (document.text, marks)
}

fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect()
}

#[test]
fn phonemes_are_marked_and_respellings_put_in() {
    let entries = "# a comment\n\nnguyen\twˈɪn\nGGUF\t=G G U F\nNew Delhi\tnˌu dˈɛli\nC++\t=C plus plus\n";
    let (text, marks) = applied(entries, "Nguyen reads GGUF in New  Delhi, in C++.", ENGLISH);
    assert_eq!(text, "Nguyen reads G G U F in New  Delhi, in C plus plus.");
    assert_eq!(marks, pairs(&[("Nguyen", "wˈɪn"), ("New  Delhi", "nˌu dˈɛli")]));
}

#[test]
fn the_map_leads_back_to_what_was_typed() {
    let raw = "[Hi](2) GGUF and Nguyen.";
    let document = lexicon("gguf\t=G G U F\nnguyen\twˈɪn").apply(Document::plain(raw), ENGLISH);
    assert_eq!(document.text, "Hi G G U F and Nguyen.");
    assert_eq!(&raw[document.map.to_source(3..4)], "GGUF");
    let mark = &document.marks[1];
    assert_eq!(&raw[document.map.to_source(mark.range.clone())], "Nguyen");
    assert_eq!(document.marks[0].kind, MarkKind::Stress(2.0));
}

#[test]
fn an_entry_with_capitals_matches_as_written_and_first() {
    let entries = "polish\tpˈɑlɪʃ\nPolish\tpˈOlɪʃ\nIT\tˌItˈi\n";
    let (_, marks) = applied(entries, "Polish polish POLISH; IT it It.", ENGLISH);
    assert_eq!(
        marks,
        pairs(&[("Polish", "pˈOlɪʃ"), ("polish", "pˈɑlɪʃ"), ("POLISH", "pˈɑlɪʃ"), ("IT", "ˌItˈi")])
    );
}

#[test]
fn only_whole_words_match_and_the_longest_entry_counts() {
    let entries = "new\ta\nnew york\tb\nnew york city\tc\ncat\td\nel niño\te\n";
    let (_, marks) =
        applied(entries, "New York City, new\nyork, new; cats concat cat-like 3cat El Niño.", ENGLISH);
    assert_eq!(
        marks,
        pairs(&[("New York City", "c"), ("new\nyork", "b"), ("new", "a"), ("cat", "d"), ("El Niño", "e")])
    );
}

#[test]
fn sections_are_for_their_languages_and_come_first() {
    let entries = "wifi\ta\n[es, fr]\nwifi\tb\n[en]\nwifi\tc\n[all]\nsolo\td\n";
    let found = |language| applied(entries, "wifi solo", language).1;
    assert_eq!(found(Language::Spanish), pairs(&[("wifi", "b"), ("solo", "d")]));
    assert_eq!(found(Language::BritishEnglish), pairs(&[("wifi", "c"), ("solo", "d")]));
    assert_eq!(found(Language::Italian), pairs(&[("wifi", "a"), ("solo", "d")]));
}

/// The endings are misaki's rule for -s.
#[test]
fn possessives_are_read_with_their_ending() {
    let entries = "rex\tɹˈɛks\nnguyen\twˈɪn\nkit\tkˈɪt\n";
    let (_, marks) = applied(entries, "Rex's Nguyen’s Kit's kits'.", ENGLISH);
    assert_eq!(marks, pairs(&[("Rex's", "ɹˈɛksᵻz"), ("Nguyen’s", "wˈɪnz"), ("Kit's", "kˈɪts")]));
    assert_eq!(applied(entries, "Rex's", Language::BritishEnglish).1, pairs(&[("Rex's", "ɹˈɛksɪz")]));
    assert_eq!(applied(entries, "Rex's", Language::French).1, pairs(&[("Rex", "ɹˈɛks")]));
}

#[test]
fn the_texts_own_markup_stays() {
    let entries = "word\ta\nfoo bar\tb\nhey\t=you";
    let (text, marks) = applied(entries, "[word](/x/) foo [pause:1s] bar [hey](/y/).", ENGLISH);
    assert_eq!(text, "word foo  bar hey.");
    assert_eq!(marks, pairs(&[("word", "x"), ("hey", "y")]));
}

#[test]
fn of_two_entries_the_last_counts_with_a_warning() {
    let lexicon = lexicon("word\ta\n[es]\nword\tb\n[all]\nword\tc\nWord\td\n");
    assert_eq!(lexicon.warnings(), ["words.tsv:5: \"word\" was given on line 1 as well; this entry counts"]);
    assert_eq!(lexicon.len(), 3);
    let document = lexicon.apply(Document::plain("word"), ENGLISH);
    assert_eq!(document.marks[0].kind, MarkKind::Phonemes("c".to_owned()));
}

#[test]
fn a_line_that_is_no_entry_is_refused_with_its_place() {
    for (text, expected) in [
        ("a\tb\nword", "words.tsv:2: expected a word, a tab, and phonemes or =respelling, found \"word\""),
        ("a\tb\tc", "words.tsv:1: expected a word, a tab, and phonemes or =respelling, found \"a\\tb\\tc\""),
        ("\tb", "words.tsv:1: expected a word, a tab, and phonemes or =respelling, found \"\\tb\""),
        ("a\t=", "words.tsv:1: expected a respelling behind =, found \"a\\t=\""),
        (
            "[klingon]\na\tb",
            "words.tsv:1: expected languages in brackets such as [en-us] or [es, fr], found \"[klingon]\"",
        ),
    ] {
        assert_eq!(UserLexicon::parse("words.tsv", text).unwrap_err().to_string(), expected);
    }
    let long = format!("{}\tb", "a ".repeat(MAX_PARTS));
    assert!(UserLexicon::parse("words.tsv", &long).is_err());
}

#[test]
fn files_are_read_and_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("words.tsv");
    std::fs::write(&path, "\u{feff}word\twˈɜɹd\r\n").expect("written");
    assert_eq!(UserLexicon::open(&path).expect("it is sound").len(), 1);
    std::fs::write(&path, b"a\tb\n\xff\xfe").expect("written");
    let error = UserLexicon::open(&path).unwrap_err();
    assert!(error.to_string().ends_with("words.tsv:2: expected UTF-8, found \"ff fe\""), "{error}");
    let error = UserLexicon::open(folder.path().join("none.tsv")).unwrap_err();
    assert_eq!(error.error_kind(), ErrorKind::NotFound);
    let file = std::fs::File::create(&path).expect("created");
    file.set_len(kokoro_gguf::text::lexicon::MAX_BYTES + 1).expect("grown");
    assert_eq!(UserLexicon::open(&path).unwrap_err().error_kind(), ErrorKind::Malformed);
}

proptest! {
    #[test]
    fn no_text_breaks_the_lexicon(words in proptest::collection::vec("[aA’'é b+\u{301}🎉]{1,6}", 1..8), text in "[aA’'é b+\u{301}🎉\n\\[\\]()/12]{0,60}") {
        let entries: String = words.iter().map(|word| format!("{word}\t=é x\n")).collect();
        if let Ok(lexicon) = UserLexicon::parse("words.tsv", &entries) {
            let document = lexicon.apply(Document::plain(&text), ENGLISH);
            for mark in &document.marks {
                prop_assert!(document.text.get(mark.range.clone()).is_some());
            }
            prop_assert!(document.marks.windows(2).all(|pair| pair[0].range.end <= pair[1].range.start));
        }
    }

    #[test]
    fn no_file_breaks_the_lexicon(text in "[\\PC\t\n#\\[\\]=]{0,80}") {
        let _ = UserLexicon::parse("words.tsv", &text);
    }
}

/// A megabyte of the beginnings of the longest entries: with work for each start over the rest this would not end.
#[test]
fn megabytes_are_searched() {
    let long = "a ".repeat(MAX_PARTS / 2 - 1) + "b";
    let many: String = (0..20_000).map(|index| format!("a w{index}\tx\n")).collect();
    let lexicon = lexicon(&format!("{long}\tx\n{many}"));
    let text = "a ".repeat(1 << 19);
    assert_eq!(lexicon.apply(Document::verbatim(&text), ENGLISH).text, text);
}
