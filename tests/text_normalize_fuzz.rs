//! No text breaks normalisation: marks and maps stay in order and on characters, and a megabyte of anything ends.

use kokoro_gguf::text::normalize::{Classes, Normalizer, Options, Signs};
use kokoro_gguf::text::{Document, Language, Mark, MarkKind, Passage, Rewrite, SourceMap};
use proptest::prelude::*;

const SPEAKING: Options = Options { classes: Classes::ALL, emoji: Signs::Speak, markdown: Signs::Speak };

/// Pieces of everything that a rule begins with.
fn pieces() -> impl Strategy<Value = String> {
    let fixed = proptest::sample::select(vec![
        "10:30",
        "5",
        "1,234",
        "3.14",
        ".5",
        "-",
        "–",
        "—",
        " ",
        " ",
        " ",
        "\n",
        "\n\n",
        "$",
        "€",
        "£",
        "¥",
        "R$",
        "km",
        "m²",
        "°C",
        "%",
        "/",
        "1/2",
        "½",
        "am",
        "p.m.",
        "Mar",
        "Mar.",
        "March",
        "2024",
        "-03-05",
        "Mon",
        "Dr.",
        "St.",
        "Henry",
        "VIII",
        "I",
        "No.",
        "etc.",
        "e.g.",
        "AT&T",
        "C++",
        "THE",
        "WORD",
        "NOT",
        "'",
        "’",
        "“",
        "\"",
        "...",
        "…",
        "!!",
        "?!",
        "*",
        "**",
        "_",
        "`",
        "# ",
        "- ",
        "> ",
        "|",
        "[a](b)",
        "[",
        "](",
        "<b>",
        "&amp;",
        "😀",
        "👍🏽",
        "\u{200d}",
        "\u{ad}",
        "a@b.com",
        "https://x.y/z?q=1",
        "example.com",
        "@me",
        "#tag",
        "#1",
        "555-123-4567",
        "+44 20 7946 0958",
        "(555)",
        "x",
        "×",
        "e6",
        "k",
        "bn",
        "USD",
        "v2.0",
        "0xff",
        "२०",
        "é",
        "漢字",
        "ः",
        "क्ष",
        "h30",
        "14h",
        "बजे",
        "l'",
        "1:30",
        "janvier",
        "'90s",
        "\u{a0}",
        "\t",
        "\r\n",
        "=",
        "<",
        ">",
        "~",
        "±",
        "²",
    ]);
    let piece = prop_oneof![8 => fixed.prop_map(str::to_owned), 1 => "\\PC{1,3}", 1 => "[0-9]{1,30}"];
    proptest::collection::vec(piece, 0..16).prop_map(|pieces| pieces.concat())
}

fn languages() -> impl Strategy<Value = Language> {
    proptest::sample::select(Language::ALL.to_vec())
}

/// Marks over the words of `text` whose number is in `chosen`, by turns of each kind.
fn marks(text: &str, chosen: u32) -> Vec<Mark> {
    let words = text.split_whitespace().enumerate().filter(|(index, _)| chosen >> (index % 32) & 1 == 1);
    words
        .map(|(index, word)| {
            let start = word.as_ptr() as usize - text.as_ptr() as usize;
            let kind = match index % 3 {
                0 => MarkKind::Phonemes(format!("p{index}")),
                1 => MarkKind::Stress(1.0),
                _ => MarkKind::NumberFlags("&".to_owned()),
            };
            Mark { range: start..start + word.len(), kind }
        })
        .collect()
}

fn in_order(marks: &[Mark], text: &str) -> bool {
    marks.windows(2).all(|pair| pair[0].range.end <= pair[1].range.start)
        && marks.iter().all(|mark| text.get(mark.range.clone()).is_some_and(|part| !part.is_empty()))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn marks_and_maps_survive_any_text(text in pieces(), chosen: u32, language in languages(), speaking: bool) {
        let old = marks(&text, chosen);
        let options = if speaking { SPEAKING } else { Options::default() };
        let normalized = Normalizer::new(options).normalize(&Passage { text: &text, marks: &old }, language);
        prop_assert!(in_order(&normalized.marks, &normalized.text), "{:?}", normalized);
        // What the user has settled reads as before.
        for mark in old.iter().filter(|mark| !matches!(mark.kind, MarkKind::Stress(_))) {
            let found = normalized.marks.iter().find(|new| new.kind == mark.kind && normalized.map.to_source(new.range.clone()) == mark.range);
            let found = found.map(|new| &normalized.text[new.range.clone()]);
            prop_assert_eq!(found, Some(&text[mark.range.clone()]), "{:?} in {:?}", mark, normalized);
        }
        let mut last = 0..0;
        for (at, c) in normalized.text.char_indices() {
            let source = normalized.map.to_source(at..at + c.len_utf8());
            prop_assert!(text.get(source.clone()).is_some());
            prop_assert!(last.start <= source.start && last.end <= source.end, "{:?} behind {:?}", source, last);
            last = source;
        }
        for (at, c) in text.char_indices() {
            prop_assert!(normalized.text.get(normalized.map.to_rewritten(at..at + c.len_utf8())).is_some());
        }
        // The same text, the same answer; and no class, no change.
        let again = Normalizer::new(options).normalize(&Passage { text: &text, marks: &old }, language);
        prop_assert_eq!(&again, &normalized);
        let none = Options { classes: Classes::NONE, ..options };
        let none = Normalizer::new(none).normalize(&Passage { text: &text, marks: &old }, language);
        prop_assert_eq!((&none.text, &none.marks), (&text, &old));
    }

    #[test]
    fn documents_keep_their_pauses(parts in proptest::collection::vec(pieces(), 1..5), language in languages()) {
        let raw = parts.join("[pause:1s]");
        let document = Document::plain(&raw);
        let pauses = document.pauses.len();
        let normalized = Normalizer::default().normalize_document(document, language);
        prop_assert_eq!(normalized.pauses.len(), pauses);
        prop_assert!(normalized.pauses.iter().all(|pause| normalized.text.is_char_boundary(pause.at_byte)));
        prop_assert!(normalized.pauses.windows(2).all(|pair| pair[0].at_byte <= pair[1].at_byte));
        prop_assert!(in_order(&normalized.marks, &normalized.text));
        for (at, c) in normalized.text.char_indices() {
            prop_assert!(raw.get(normalized.map.to_source(at..at + c.len_utf8())).is_some());
        }
    }

    #[test]
    fn any_unicode_survives(text in "\\PC{0,80}", language in languages()) {
        let normalized = Normalizer::new(SPEAKING).normalize(&Passage::plain(&text), language);
        prop_assert!(in_order(&normalized.marks, &normalized.text));
    }

    #[test]
    fn each_class_alone_survives_any_text(text in pieces(), language in languages(), class in 0..Classes::NAMED.len()) {
        let options = Options { classes: Classes::NAMED[class].1, ..Options::default() };
        let normalized = Normalizer::new(options).normalize(&Passage::plain(&text), language);
        prop_assert!(in_order(&normalized.marks, &normalized.text));
    }
}

/// A rewriting of `text`: at each character, by turns of `choices`, it is kept, taken out, replaced, or something put before it.
fn rewrite(text: &str, choices: &[u8]) -> (String, SourceMap) {
    let mut rewrite = Rewrite::new(text);
    for ((at, c), choice) in text.char_indices().zip(choices.iter().cycle()) {
        match choice % 6 {
            0 => rewrite.replace_to(at + c.len_utf8(), ""),
            1 => rewrite.replace_to(at + c.len_utf8(), "xyz"),
            2 => rewrite.replace_to(at, "é"),
            _ => rewrite.keep_to(at + c.len_utf8()),
        }
    }
    rewrite.finish()
}

proptest! {
    /// What one map after the other says is within what the joined one says, and equal to it where all is kept.
    #[test]
    fn joined_maps_cover_what_they_say_one_by_one(text in "[a-e]{0,40}", first: [u8; 7], second: [u8; 5]) {
        let (middle, first) = rewrite(&text, &first);
        let (new, second) = rewrite(&middle, &second);
        let joined = first.then(&second);
        for (at, c) in new.char_indices() {
            let range = at..at + c.len_utf8();
            let in_between = second.to_source(range.clone());
            let by_steps = first.to_source(in_between.clone());
            let at_once = joined.to_source(range.clone());
            // What was put in has no place of its own.
            if !in_between.is_empty() && !by_steps.is_empty() {
                prop_assert!(at_once.start <= by_steps.start && by_steps.end <= at_once.end, "{:?} in {:?}", by_steps, at_once);
            }
            if text.get(at_once.clone()) == Some(&new[range.clone()]) {
                prop_assert_eq!(joined.to_rewritten(at_once), range);
            }
        }
        prop_assert_eq!(joined.to_source(0..new.len()).len() <= text.len(), true);
    }
}

/// With work for each byte over the rest of the text none of these would end within a day; how the work grows is counted
/// in the library's own tests.
#[test]
fn long_texts_of_anything_end() {
    const BYTES: usize = 200_000;
    let patterns = [
        "1", "1-", "1,", "1,234", "$1-", "(1 ", "5-10 ", "A ", "Dr. ", "*a", "[a](", "<b ", "| ", "# ",
        "- a\n", "\n", ". ", "😀 ", "a@b.c ", "http://a", "10:30 ", "1/2 ", "Jan. 1 ", "\"", "'", "Henry V ",
        "a-1990", "漢字", "!?",
    ];
    for pattern in patterns {
        let text = pattern.repeat(BYTES / pattern.len());
        for language in [Language::AmericanEnglish, Language::French] {
            let normalized = Normalizer::default().normalize(&Passage::plain(&text), language);
            assert!(normalized.text.len() < 64 * text.len(), "{pattern:?}");
        }
    }
}

#[test]
fn a_megabyte_of_prose_and_of_nothing_ends() {
    for pattern in ["On March 5, 2024 at 10:30 Dr. Smith paid $5.5 for 3 km. ", " ", "a", "[", "1"] {
        let text = pattern.repeat((1 << 20) / pattern.len());
        assert!(
            !Normalizer::default()
                .normalize(&Passage::plain(&text), Language::AmericanEnglish)
                .text
                .is_empty()
        );
    }
}

#[test]
fn numbers_of_a_thousand_digits_are_read_digit_by_digit() {
    let digits = "1234567890".repeat(100);
    let normalized = Normalizer::default().normalize(&Passage::plain(&digits), Language::AmericanEnglish);
    assert_eq!(normalized.text.split(' ').count(), 1000);
    assert!(normalized.text.starts_with("one two three four five six seven eight nine zero one two"));
}

#[test]
fn a_document_is_rewritten_between_its_pauses_and_maps_to_what_was_typed() {
    let raw = "At [10](/tˈɛn/):30, [pause:1s] pay 5 [pause:2s] km or **$5.5** [now](1).";
    let document = Normalizer::default().normalize_document(Document::plain(raw), Language::AmericanEnglish);
    assert_eq!(document.text, "At 10:30,  pay 5  km or five dollars and fifty cents now.");
    let source = |part: &str| {
        let at = document.text.find(part).expect("it is there");
        &raw[document.map.to_source(at..at + part.len())]
    };
    assert_eq!(source("fifty"), "$5.5");
    assert_eq!(source("km"), "km");
    assert_eq!(source("now"), "now");
    assert_eq!(document.marks.len(), 2);
    assert_eq!(
        document.pauses.iter().map(|pause| &document.text[pause.at_byte..][..5]).collect::<Vec<_>>(),
        [" pay ", " km o"]
    );
}
