//! Which phonemizer reads which language, in every build.

use kokoro_gguf::text::{
    Language, Markup, Origin, Passage, Phonemizer, PhonemizerChoice, Phonemizers, Pieces, Preparation,
    Prepared, TextError, Token,
};
use proptest::prelude::*;

fn selected(
    choice: PhonemizerChoice,
    language: Language,
) -> Result<(&'static str, Option<String>), TextError> {
    Phonemizers::new().select(choice, language).map(|selected| (selected.name, selected.notice))
}

/// The first of `names` that is built in.
fn first(names: &[&'static str]) -> Option<&'static str> {
    let built_in = |name: &str| match name {
        "misaki" => cfg!(feature = "misaki"),
        "espeak" => cfg!(feature = "espeak"),
        "native" => cfg!(feature = "native"),
        _ => cfg!(feature = "mandarin"),
    };
    names.iter().copied().find(|name| built_in(name))
}

#[test]
fn auto_takes_the_best_that_is_built_in_and_says_if_it_is_not_the_best_there_is() {
    for language in Language::ALL {
        let names: &[&str] = match language {
            Language::AmericanEnglish | Language::BritishEnglish => &["misaki", "espeak", "native"],
            Language::Mandarin => &["mandarin", "espeak"],
            _ => &["espeak"],
        };
        match (selected(PhonemizerChoice::Auto, language), first(names)) {
            (Ok((name, notice)), Some(expected)) => {
                assert_eq!(name, expected, "{language}");
                let is_best = name == names[0] && language != Language::Japanese;
                assert_eq!(notice.is_none(), is_best, "{language}: {notice:?}");
                if name != names[0] {
                    assert!(notice.unwrap().contains(&format!("`{}`", names[0])), "the feature is named");
                }
            }
            (Err(TextError::NoPhonemizer { feature }), None) => assert_eq!(feature, names[0], "{language}"),
            (found, expected) => panic!("{language}: {found:?} instead of {expected:?}"),
        }
    }
}

#[test]
fn what_is_asked_for_is_given_or_refused() {
    for (choice, name) in [
        (PhonemizerChoice::Misaki, "misaki"),
        (PhonemizerChoice::Espeak, "espeak"),
        (PhonemizerChoice::Native, "native"),
    ] {
        match (selected(choice, Language::BritishEnglish), first(&[name])) {
            (Ok((found, _)), Some(_)) => assert_eq!(found, name),
            (Err(TextError::NoPhonemizer { feature }), None) => assert_eq!(feature, name),
            (found, _) => panic!("{choice}: {found:?}"),
        }
        assert_eq!(name.parse::<PhonemizerChoice>().unwrap(), choice);
    }
    for choice in [PhonemizerChoice::Misaki, PhonemizerChoice::Native] {
        let refused = selected(choice, Language::French);
        assert!(matches!(refused, Err(TextError::LanguageNotRead { .. } | TextError::NoPhonemizer { .. })));
    }
    assert!("festival".parse::<PhonemizerChoice>().unwrap_err().to_string().contains("misaki"));
}

/// Says each word as it is written, and honours settled phonemes.
struct AsWritten;

impl Phonemizer for AsWritten {
    fn tokens(&self, passage: &Passage<'_>, _: Language) -> Result<Vec<Token>, TextError> {
        let Passage { text, marks } = *passage;
        let mut at = 0;
        let words = text.split_inclusive(' ').map(|word| {
            let source = at..at + word.trim_end().len();
            at += word.len();
            let settled =
                marks.iter().find(|mark| mark.range.start < source.end && mark.range.end > source.start);
            let phonemes = match settled.map(|mark| &mark.kind) {
                Some(kokoro_gguf::text::MarkKind::Phonemes(phonemes)) => phonemes.clone(),
                _ => text[source.clone()].to_owned(),
            };
            Token { source, phonemes, space_after: word.ends_with(' '), origin: Origin::User }
        });
        Ok(words.collect())
    }
}

fn pieces(script: &str, markup: Markup) -> Vec<(String, Option<f32>, f32)> {
    let how = Preparation { markup, ..Preparation::default() };
    let prepared = Prepared::new(script, Language::AmericanEnglish, &how).unwrap();
    let pieces = Pieces::from_prepared(prepared, AsWritten, Language::AmericanEnglish);
    pieces.map(|piece| piece.unwrap()).map(|piece| (piece.phonemes, piece.pause_s, piece.rate)).collect()
}

fn piece(phonemes: &str, pause_s: Option<f32>, rate: f32) -> (String, Option<f32>, f32) {
    (phonemes.to_owned(), pause_s, rate)
}

#[test]
fn pieces_end_at_pauses() {
    assert_eq!(
        pieces("One two. [pause:1.5s] three four [pause:300ms] five.", Markup::Plain),
        [piece("One two.", None, 1.0), piece("three four", Some(1.5), 1.0), piece("five.", Some(0.3), 1.0)]
    );
    // Pauses around what says nothing add up.
    assert_eq!(
        pieces("[pause:1s]One. [pause:1s] 😀 [pause:2s] Two.", Markup::Plain),
        [piece("One.", Some(1.0), 1.0), piece("Two.", Some(3.0), 1.0)]
    );
    let how = Preparation::default();
    let prepared = Prepared::new("One. [pause:2s]", Language::AmericanEnglish, &how).unwrap();
    let mut pieces = Pieces::from_prepared(prepared, AsWritten, Language::AmericanEnglish);
    assert_eq!(pieces.by_ref().count(), 1);
    assert_eq!(pieces.closing_pause_s(), 2.0);
}

#[test]
fn pieces_have_one_rate() {
    let ssml = "<speak>One <prosody rate=\"200%\">two three.</prosody> Four.</speak>";
    assert_eq!(
        pieces(ssml, Markup::Ssml),
        [piece("One", None, 1.0), piece("two three.", None, 2.0), piece("Four.", None, 1.0)]
    );
}

#[test]
fn settled_phonemes_reach_the_phonemizer() {
    let found = pieces("See [Kokoro](/kˈOkəɹO/) run. And [xyz](/ˈɛks/)!", Markup::Plain);
    assert_eq!(found[0].0, "See kˈOkəɹO run. And ˈɛks");
}

/// Checks what holds for the pieces of any script.
fn check_pieces(script: &str, markup: Markup) {
    let how = Preparation { markup, ..Preparation::default() };
    let Ok(prepared) = Prepared::new(script, Language::AmericanEnglish, &how) else { return };
    let is_slice = |range: &std::ops::Range<usize>| script.get(range.clone()).is_some();
    let (mut end, mut word_end) = (0, 0);
    for piece in Pieces::from_prepared(prepared, AsWritten, Language::AmericanEnglish) {
        let piece = piece.unwrap();
        assert!(is_slice(&piece.source) && piece.source.start >= end, "{piece:?} behind {end}");
        end = piece.source.end;
        let symbols = piece.phonemes.chars().count();
        assert!((1..=kokoro_gguf::text::MAX_PHONEMES).contains(&symbols));
        let mut symbol = 0;
        for token in &piece.tokens {
            assert!(is_slice(&token.source));
            assert!(token.symbols.start >= symbol && token.symbols.end <= symbols, "{token:?}");
            symbol = token.symbols.end;
        }
        for word in &piece.words {
            assert!(is_slice(word) && word.start >= word_end && !word.is_empty(), "{word:?}");
            assert!(!script[word.clone()].contains(char::is_whitespace) || markup == Markup::Ssml);
            word_end = word.end;
        }
    }
}

#[test]
fn a_megabyte_of_markup_takes_linear_time() {
    for unit in ["[pause:1s] a ", "[a](/b/) ", "[", "](", "a\n\n", "😀 ", "[a](2) b. ", "**a** ", "3.5 % "]
    {
        check_pieces(&unit.repeat(1_000_000 / unit.len()), Markup::Plain);
    }
    let ssml = format!("<speak>{}</speak>", "<prosody rate='fast'>a</prosody> <break/> b. ".repeat(20_000));
    check_pieces(&ssml, Markup::Ssml);
}

proptest! {
    #[test]
    fn pieces_of_any_script_are_sound(
        script in "(\\PC|[a-z .,!?\\n*_#0-9$%-]|\\[pause:[0-9]s\\]|\\[[a-z ]{0,9}\\]\\(/?[a-zˈ ]{0,5}/?\\)|😀){0,120}",
        ssml in "(<(break|p|s|sub alias='x y'|prosody rate='slow'|/p|/s|/sub|/prosody)/?>|[a-z .é]{0,9}){0,30}",
    ) {
        check_pieces(&script, Markup::Plain);
        check_pieces(&script, Markup::None);
        check_pieces(&format!("<speak>{ssml}</speak>"), Markup::Ssml);
    }
}
