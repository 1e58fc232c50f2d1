//! espeak-ng as a phonemizer, against what misaki and phonemizer answered.
#![cfg(feature = "espeak")]

use std::collections::HashMap;

use kokoro_gguf::ErrorKind;
use kokoro_gguf::text::{Espeak, Language, MAX_PHONEMES, Phonemizer, Pieces, Vocab};
use proptest::prelude::*;

fn speak(text: &str, language: Language) -> String {
    Espeak::new().unwrap().phonemize(text, language).unwrap()
}

fn american(text: &str) -> String {
    speak(text, Language::AmericanEnglish)
}

#[test]
fn phonemes_are_those_of_the_official_front_end() {
    for table in
        [include_str!("../fixtures/text/english.tsv"), include_str!("../fixtures/text/other_sentences.tsv")]
    {
        for line in table.lines().filter(|line| !line.starts_with('#')) {
            let mut cells = line.split('\t');
            let (language, text, phonemes) =
                (cells.next().unwrap(), cells.next().unwrap(), cells.next().unwrap());
            assert_eq!(speak(text, Language::parse(language).unwrap()), phonemes, "{language} {text}");
        }
    }
}

#[test]
fn nothing_of_one_call_is_spoken_by_the_next() {
    assert_eq!(american("a — b"), "ˈA — bˈi");
    assert_eq!(american("cat"), "kˈæt");
    let alone = speak("read", Language::Hindi);
    for before in ["have", "I have", "привет 한국어", "a –", "a\n\nb", "(", "😀"] {
        speak(before, Language::Hindi);
        assert_eq!(speak("read", Language::Hindi), alone, "after {before:?}");
    }
}

#[test]
fn english_numbers_names_and_abbreviations_keep_their_marks() {
    assert_eq!(american("3.14"), "θɹˈi pYnt wˈʌn fˈɔɹ");
    assert_eq!(american("Dr. Who met Mr. Smith."), "dˈɑktəɹ hˌu mˈɛt mˈɪstəɹ smˈɪθ.");
    assert_eq!(american("the U.S. Army"), "ðə jˌuˈɛs ˈɑɹmi");
    assert_eq!(american("at 10:30, then"), "æt tˈɛn θˈɜɹTi, ðˈɛn");
    assert_eq!(american("The end.Next"), "ðɪ ˈɛnd.nˈɛkst");
    for dash in [" - ", " – ", " -- ", "--", "—", "------"] {
        assert!(american(&format!("one{dash}two")).contains('—'), "{dash:?}");
    }
    assert!(!american("well-known").contains('—'));
}

#[test]
fn marks_keep_their_places_and_spaces() {
    assert_eq!(american("!!! ..."), "!!! ...");
    assert_eq!(american("“Go!” (now) … «so»"), "“ɡˈO!” (nˈW) … “sˈO”");
    assert_eq!(speak("¿Qué? ¡Sí!", Language::Spanish), "¿kˈe? ¡sˈi!");
}

#[test]
fn language_flags_are_removed() {
    for (text, language) in [
        ("le weekend", Language::French),
        ("नमस्ते hello", Language::Hindi),
        ("ciao привет", Language::Italian),
    ] {
        let phonemes = speak(text, language);
        assert!(!phonemes.contains(['(', ')', '^', '_']), "{phonemes}");
    }
}

#[test]
fn text_that_cannot_be_spoken_gives_nothing() {
    for text in ["", " ", "\n\t\u{0}", "\u{200b}\u{feff}", "\u{e000}"] {
        assert_eq!(american(text), "", "{text:?}");
    }
}

#[test]
fn control_characters_separate_and_unseen_ones_do_not() {
    assert_eq!(american("cat\0dog\u{1}5P\u{7f}cat"), american("cat dog 5P cat"));
    assert_eq!(american("exam\u{ad}ple"), american("example"));
    assert_eq!(american("\u{feff}cat\r\n\tdog"), american("cat dog"));
}

#[test]
fn markup_is_text() {
    assert_eq!(american("[[həl]]").matches("[[").count(), 1);
    assert!(american("<b>bold</b> &amp;").contains("bˈOld"));
}

#[test]
fn japanese_and_mandarin_are_spoken_after_a_fashion() {
    let vocab = Vocab::kokoro();
    let japanese = speak("こんにちは、せかい。", Language::Japanese);
    assert!(japanese.ends_with('.') && japanese.contains(", "), "{japanese}");
    let mandarin = speak("你好，世界！", Language::Mandarin);
    assert_eq!(mandarin.matches(['.', '!', ',']).collect::<String>(), ",!");
    assert_eq!(vocab.encode(&mandarin).skipped, []);
}

#[test]
fn long_words_and_long_clauses_are_complete() {
    assert_eq!(american(&"cat ".repeat(5000)).matches("kˈæt").count(), 5000);
    assert_eq!(american("你 привет नमस्ते"), "", "letters of other scripts are left out");
    assert_eq!(american(&"777 ".repeat(500)).matches("hˈʌndɹɪd").count(), 500);
    // These have made espeak-ng write outside its buffers.
    for unit in ["x.", "A.", "a.b ", "é.", "1a", "aB", "😀", "@", "12345678901234567890123456789012"] {
        for language in Language::ALL {
            speak(&unit.repeat(2000 / unit.len()), language);
        }
    }
}

#[test]
fn long_text_takes_linear_time() {
    let espeak = Espeak::new().unwrap();
    for unit in ["The quick brown fox, they say, jumps. ", "word "] {
        let text = unit.repeat(200_000 / unit.len());
        let words = text.matches(' ').count();
        let pieces: Vec<_> =
            Pieces::from_text(&text, &espeak, Language::BritishEnglish).map(Result::unwrap).collect();
        assert!(pieces.iter().all(|piece| piece.phonemes.chars().count() <= MAX_PHONEMES));
        let spoken: usize = pieces.iter().map(|piece| piece.phonemes.split(' ').count()).sum();
        assert_eq!(spoken, words);
        assert_eq!(pieces.last().unwrap().source.end, text.trim_end().len());
    }
}

#[test]
fn threads_do_not_disturb_each_other() {
    let texts = ["Hello there.", "I have read it — a cat.", "10:30, привет!", "Il weekend, pizza e 한국어."];
    let expected: HashMap<_, _> = Language::ALL
        .into_iter()
        .flat_map(|language| texts.map(|text| ((language, text), speak(text, language))))
        .collect();
    std::thread::scope(|scope| {
        for thread in 0..8 {
            let expected = &expected;
            scope.spawn(move || {
                let espeak = Espeak::new().unwrap();
                for turn in 0..40 {
                    let language = Language::ALL[(thread + turn) % Language::ALL.len()];
                    let text = texts[(thread * 3 + turn * 5) % texts.len()];
                    assert_eq!(espeak.phonemize(text, language).unwrap(), expected[&(language, text)]);
                }
            });
        }
    });
}

#[test]
fn a_wrong_data_directory_is_refused() {
    let empty = tempfile::tempdir().unwrap();
    let long = empty.path().join("x".repeat(200));
    for (path, part) in [(empty.path(), "there is no file phontab"), (long.as_path(), "there is no file")] {
        let error = Espeak::with_data(path).unwrap_err();
        assert!(error.to_string().contains(part), "{error}");
        assert!(error.to_string().contains(path.to_str().unwrap()), "{error}");
        assert_eq!(error.error_kind(), ErrorKind::NotFound);
    }
    assert_eq!(american("cat"), "kˈæt", "the failure has not disturbed the others");
}

#[test]
fn a_copy_of_the_data_serves_as_well() {
    let espeak = Espeak::new().unwrap();
    let copy = tempfile::tempdir().unwrap();
    copy_directory(espeak.data_directory(), copy.path());
    let other = Espeak::with_data(copy.path()).unwrap();
    for _ in 0..3 {
        assert_eq!(other.phonemize("cat", Language::AmericanEnglish).unwrap(), "kˈæt");
        assert_eq!(espeak.phonemize("cat", Language::BritishEnglish).unwrap(), "kˈat");
    }
    // A missing dictionary would crash espeak-ng; a damaged set of tables must not start.
    std::fs::remove_file(copy.path().join("ko_dict")).unwrap();
    assert!(other.phonemize("cat", Language::AmericanEnglish).is_err());
    std::fs::write(copy.path().join("ko_dict"), b"").unwrap();
    std::fs::write(copy.path().join("phondata"), [0; 64]).unwrap();
    assert!(espeak.phonemize("cat", Language::AmericanEnglish).is_ok());
    assert!(Espeak::with_data(copy.path()).is_err());
    assert_eq!(espeak.phonemize("cat", Language::AmericanEnglish).unwrap(), "kˈæt");
}

fn copy_directory(from: &std::path::Path, to: &std::path::Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap().map(Result::unwrap) {
        match entry.file_type().unwrap().is_dir() {
            true => copy_directory(&entry.path(), &to.join(entry.file_name())),
            false => drop(std::fs::copy(entry.path(), to.join(entry.file_name())).unwrap()),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn any_text_is_taken_and_gives_the_same_again(text in "(?s).{0,120}|\\PC{0,60}|[a-zA-Z0-9 .,'-]{0,200}", index in 0usize..9) {
        let espeak = Espeak::new().unwrap();
        let language = Language::ALL[index];
        let first = espeak.phonemize(&text, language).unwrap();
        espeak.phonemize("I have used to read", Language::ALL[(index + 1) % 9]).unwrap();
        prop_assert_eq!(espeak.phonemize(&text, language).unwrap(), first);
    }
}
