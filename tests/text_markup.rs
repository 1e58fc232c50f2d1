//! Markup against documents written by hand, and against hostile text.

use kokoro_gguf::text::markup::{MAX_DEPTH, MAX_PAUSE_SECONDS, MAX_WARNINGS};
use kokoro_gguf::text::{Document, Language, MarkKind, TextError};
use proptest::prelude::*;

const ENGLISH: Language = Language::AmericanEnglish;

fn ssml(raw: &str) -> Document {
    Document::ssml(raw, ENGLISH).unwrap_or_else(|e| panic!("{raw}: {e}"))
}

/// The marks as text and kind.
fn marks(document: &Document) -> Vec<(&str, &MarkKind)> {
    document.marks.iter().map(|mark| (&document.text[mark.range.clone()], &mark.kind)).collect()
}

/// The pauses as the text before them and their length.
fn pauses(document: &Document) -> Vec<(&str, f32)> {
    document.pauses.iter().map(|pause| (&document.text[..pause.at_byte], pause.seconds)).collect()
}

fn messages(document: &Document) -> Vec<String> {
    document.warnings.iter().map(ToString::to_string).collect()
}

fn phonemes(text: &str) -> MarkKind {
    MarkKind::Phonemes(text.to_owned())
}

#[test]
fn misakis_notation_is_taken_out_and_kept_as_marks() {
    let raw = "Say [Kokoro](/kˈOkəɹO/), [really](2), [not](-1) [so](+1) [it](0.5) [is](-0.5); [101](#&n#).";
    let document = Document::plain(raw);
    assert_eq!(document.text, "Say Kokoro, really, not so it is; 101.");
    let expected = [
        ("Kokoro", phonemes("kˈOkəɹO")),
        ("really", MarkKind::Stress(2.0)),
        ("not", MarkKind::Stress(-1.0)),
        ("so", MarkKind::Stress(1.0)),
        ("it", MarkKind::Stress(0.5)),
        ("is", MarkKind::Stress(-0.5)),
        ("101", MarkKind::NumberFlags("&n".to_owned())),
    ];
    let found: Vec<_> = marks(&document).into_iter().map(|(text, kind)| (text, kind.clone())).collect();
    assert_eq!(found, expected);
    let at = document.text.find("really").expect("it is there");
    assert_eq!(&raw[document.map.to_source(at..at + 6)], "really");
}

/// The right column is what misaki's `preprocess` leaves of the text.
#[test]
fn other_values_leave_the_text_as_misaki_does() {
    for (raw, text) in [
        ("[a](b)", "a"),
        ("[the docs](https://example.com/x) say", "the docs say"),
        ("[[a](1)", "[a"),
        ("[a] (1)", "[a] (1)"),
        ("[](1) [a](", "[](1) [a]("),
        ("[a](1", "[a](1"),
        ("a [b c](/x y/) d", "a b c d"),
        ("[a](1.5) [b](--1) [c](/) [d](#)", "a b c d"),
        ("x [a\nb](2) y", "x a\nb y"),
    ] {
        assert_eq!(Document::plain(raw).text, text, "{raw}");
    }
    // Only an image's sign goes as well.
    assert_eq!(Document::plain("See ![a cat](cat.png). Wow![a](1)").text, "See a cat. Wow!a");
    // Beyond ±2 nothing changes, so that is what a level is cut to.
    let document = Document::plain("[a](99) [b](-300) [c](//)");
    assert_eq!(
        marks(&document),
        [("a", &MarkKind::Stress(2.0)), ("b", &MarkKind::Stress(-2.0)), ("c", &phonemes(""))]
    );
}

#[test]
fn pauses_stand_where_they_were_asked_for() {
    let document = Document::plain("One[pause:1.5s]two [pause:300ms] three [PAUSE: 2 s]. [pause:99s]");
    assert_eq!(document.text, "One two  three . ");
    let expected = [
        ("One ", 1.5),
        ("One two ", 0.3),
        ("One two  three ", 2.0),
        ("One two  three . ", MAX_PAUSE_SECONDS),
    ];
    assert_eq!(pauses(&document), expected);
    assert_eq!(messages(&document), ["line 1: a pause of 99 s is cut to 10 s"]);
    let document = Document::plain("a\n[pause:long] b [pause:1m] [pause");
    assert_eq!(document.text, "a\n[pause:long] b [pause:1m] [pause");
    assert_eq!(
        messages(&document)[0],
        "line 2: expected a pause such as [pause:1.5s] or [pause:300ms], found \"[pause:long]\""
    );
    assert!(document.pauses.is_empty());
}

#[test]
fn ssml_says_what_it_says() {
    let document = ssml(
        "<?xml version=\"1.0\"?>\n<speak>Hi <break time=\"500ms\"/>there<break/>you <break strength='weak'/>all, \
         <sub alias=\"World Wide Web\">WWW</sub> &amp; <phoneme alphabet=\"ipa\" ph=\"təˈmeɪtoʊ\">tomato</phoneme> \
         <phoneme alphabet='kokoro' ph='kˈOkəɹO'>Kokoro</phoneme>. <![CDATA[a < b]]> &#233;<!-- no --></speak>",
    );
    assert_eq!(document.text.trim(), "Hi there you all, World Wide Web & tomato Kokoro. a < b é");
    assert_eq!(marks(&document), [("tomato", &phonemes("təmˈAtO")), ("Kokoro", &phonemes("kˈOkəɹO"))]);
    let lengths: Vec<f32> = document.pauses.iter().map(|pause| pause.seconds).collect();
    assert_eq!(lengths, [0.5, 0.75, 0.5]);
    assert_eq!(messages(&document), [""; 0]);
}

#[test]
fn paragraphs_and_sentences_end_like_them() {
    let document = ssml("<speak><p><s>One two</s><s>Three!</s> </p><p>Four \n</p>five<p/></speak>");
    assert_eq!(document.text, "One two. Three!\n\nFour.\n\nfive\n\n");
}

/// The expected reading of each kind.
#[test]
fn say_as_reads_each_kind() {
    for (attributes, content, expected) in [
        ("interpret-as='characters'", "AB3", "A B three"),
        ("interpret-as='spell-out'", "a-b", "A dash B"),
        ("interpret-as='digits'", "2024", "two zero two four"),
        ("interpret-as='cardinal'", "1905", "one thousand nine hundred five"),
        ("interpret-as='number'", "-3.50", "minus three point five zero"),
        ("interpret-as='ordinal'", "22", "twenty second"),
        ("interpret-as='ordinal'", "3rd", "third"),
        ("interpret-as='telephone'", "+1 555-0100", "plus one, five five five, zero one zero zero"),
        ("interpret-as='date' format='dmy'", "3/5/2024", "May third, twenty twenty four"),
        ("interpret-as='date' format='mdy'", "3/5/2024", "March fifth, twenty twenty four"),
        ("interpret-as='date' format='ym'", "2024-05", "May twenty twenty four"),
        ("interpret-as='date'", "2024-05-03", "May third, twenty twenty four"),
        ("interpret-as='time'", "10:05", "ten oh five"),
        ("interpret-as='time'", "5pm", "five PM"),
        ("interpret-as='fraction'", "3/4", "three quarters"),
        ("interpret-as='unit'", "5 km", "5 kilometers"),
        ("interpret-as='currency'", "$5.5", "five dollars and fifty cents"),
    ] {
        let raw = format!("<say-as {attributes}>{content}</say-as>");
        let document = ssml(&raw);
        assert_eq!(document.text, expected, "{raw}");
        assert_eq!(messages(&document), [""; 0], "{raw}");
    }
    let document = ssml("<say-as interpret-as='characters'>ab</say-as>");
    assert_eq!(marks(&document), [("A", &phonemes("ˈA")), ("B", &phonemes("bˈi"))]);
    let spanish = Document::ssml("<say-as interpret-as='date'>1/2/2024</say-as>", Language::Spanish).unwrap();
    assert_eq!(spanish.text, "1 de febrero de 2024");
    let document = ssml("<say-as interpret-as='date'>31/31/2024</say-as>");
    assert_eq!(document.text, "31/31/2024");
    assert_eq!(messages(&document), ["line 1: \"31/31/2024\" cannot be read as date; it is read as text"]);
}

#[test]
fn rates_nest_and_multiply() {
    let document = ssml(
        "a <prosody rate='slow'>b <prosody rate='200%'>c</prosody> d</prosody> \
         <prosody rate='+10%'>e</prosody><prosody rate='1'>f</prosody><prosody rate='999'>g</prosody>",
    );
    let rates: Vec<_> =
        document.rates.iter().map(|rate| (&document.text[rate.range.clone()], rate.factor)).collect();
    assert_eq!(rates, [("b ", 0.75), ("c", 1.5), (" d", 0.75), ("e", 1.1), ("g", 4.0)]);
}

#[test]
fn what_is_not_understood_is_told_with_its_line() {
    let document = ssml(
        "<speak>\n<emphasis>a</emphasis>\n<voice name='x'>b</voice>\n<sub>c</sub><say-as interpret-as='song'>d</say-as>\
         <phoneme alphabet='x-sampa' ph='a'>e</phoneme><prosody pitch='high'>f</prosody><break time='soon'/></speak>",
    );
    assert_eq!(document.text.split_whitespace().collect::<String>(), "abcdef");
    assert_eq!(
        messages(&document),
        [
            "line 2: <emphasis> is ignored",
            "line 3: <voice> is ignored",
            "line 4: <sub> without alias is ignored",
            "line 4: <say-as interpret-as=\"song\"> is ignored",
            "line 4: <phoneme alphabet=\"x-sampa\"> is ignored; ipa and kokoro are known",
            "line 4: pitch of <prosody> is ignored",
            "line 4: expected a time such as 1.5s or a strength such as medium, found \"soon\"",
        ]
    );
}

#[test]
fn what_is_malformed_is_refused_with_its_place() {
    for (raw, place) in [
        ("<speak>a\nb</speek>", "SSML at byte 10 (line 2): "),
        (
            "<speak>a &foo; b</speak>",
            "SSML at byte 9 (line 1): expected one of XML's entities or a character's number, found &foo;",
        ),
        (
            "a\n<speak>b",
            "SSML at byte 10 (line 2): expected the end of 1 open element(s), found the end of the text",
        ),
        ("a </b>", "SSML at byte 2 (line 1): "),
        ("<speak", "SSML at byte 0 (line 1): "),
        ("<sub alias=x>y</sub>", "SSML at byte 0 (line 1): "),
        ("a &#0; b", "SSML at byte 2 (line 1): "),
    ] {
        let error = Document::ssml(raw, ENGLISH).expect_err(raw);
        assert!(error.to_string().starts_with(place), "{raw}: {error}");
        assert!(matches!(error, TextError::Ssml { .. }));
    }
    let deep = "<p>".repeat(MAX_DEPTH + 1);
    let error = Document::ssml(&deep, ENGLISH).expect_err("it is too deep").to_string();
    assert!(error.contains("at most 64 deep"), "{error}");
}

#[test]
fn many_warnings_are_counted() {
    let document = ssml(&"<x/>".repeat(1000));
    assert_eq!(document.warnings.len(), MAX_WARNINGS);
    assert_eq!(messages(&document)[MAX_WARNINGS - 1], "line 1: 901 more warnings are left out");
}

/// Everything in a document is on character boundaries and in order.
fn check(document: &Document, raw: &str) {
    let text = &document.text;
    let mut last = 0;
    for mark in &document.marks {
        assert!(last <= mark.range.start && mark.range.start < mark.range.end, "{mark:?} behind {last}");
        assert!(text.get(mark.range.clone()).is_some(), "{mark:?}");
        assert!(raw.get(document.map.to_source(mark.range.clone())).is_some());
        last = mark.range.end;
    }
    assert!(document.pauses.windows(2).all(|pair| pair[0].at_byte <= pair[1].at_byte));
    assert!(document.pauses.iter().all(|pause| text.is_char_boundary(pause.at_byte)));
    assert!(document.rates.windows(2).all(|pair| pair[0].range.end <= pair[1].range.start));
    assert!(
        document.rates.iter().all(|rate| text.get(rate.range.clone()).is_some_and(|part| !part.is_empty()))
    );
    assert!(document.warnings.iter().all(|warning| raw.get(warning.range.clone()).is_some()));
    for (at, c) in text.char_indices() {
        let source = document.map.to_source(at..at + c.len_utf8());
        assert!(raw.get(source.clone()).is_some(), "{source:?}");
    }
}

/// Pieces of markup, whole and broken, among words.
fn markup() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("["),
        Just("]"),
        Just("("),
        Just(")"),
        Just("](/a/)"),
        Just("[pause:1s]"),
        Just("[pause:"),
        Just("![x](y)"),
        Just("](2)"),
        Just("<p>"),
        Just("</p>"),
        Just("<s>"),
        Just("</s>"),
        Just("<break time='1s'/>"),
        Just("<sub alias='é'>"),
        Just("</sub>"),
        Just("<phoneme ph='a'>"),
        Just("</phoneme>"),
        Just("<say-as interpret-as='date'>"),
        Just("<say-as interpret-as='characters'>"),
        Just("</say-as>"),
        Just("<prosody rate='50%'>"),
        Just("</prosody>"),
        Just("&amp;"),
        Just("&#x1F600;"),
        Just("<![CDATA["),
        Just("]]>"),
        Just("<!--"),
        Just("-->"),
        Just(" "),
        Just("é漢😀"),
        Just("1/2/2024 10:30"),
        Just("\n"),
        Just("word"),
        Just("<"),
        Just("&"),
    ];
    proptest::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn no_text_breaks_the_markup(raw in markup()) {
        check(&Document::plain(&raw), &raw);
        if let Ok(document) = Document::ssml(&raw, ENGLISH) {
            check(&document, &raw);
        }
    }

    #[test]
    fn no_unicode_breaks_the_markup(raw in "\\PC{0,60}") {
        check(&Document::plain(&raw), &raw);
        if let Ok(document) = Document::ssml(&raw, Language::French) {
            check(&document, &raw);
        }
    }
}

/// Hostile patterns, a megabyte each: they must end, which with quadratic work they would not within a day.
#[test]
fn megabytes_of_brackets_and_tags_are_read() {
    let repeat = |pattern: &str| pattern.repeat((1 << 20) / pattern.len());
    for pattern in ["[", "[a", "[a](", "[a](1)", "](", "[pause:", "[pause:1s]", "[[a](/b/)]", "(", "![a](b)"]
    {
        let raw = repeat(pattern);
        let document = Document::plain(&raw);
        assert!(document.text.len() <= raw.len());
        assert!(document.warnings.len() <= MAX_WARNINGS);
    }
    for pattern in [
        "<",
        "<a ",
        "&",
        "&amp;",
        "<x/>",
        "<p></p>",
        "<s>a</s>",
        "<break/>",
        "<!--",
        "<sub alias='a'>b</sub>",
        "a\n<x/>",
    ] {
        let raw = repeat(pattern);
        match Document::ssml(&raw, ENGLISH) {
            Ok(document) => assert!(document.warnings.len() <= MAX_WARNINGS),
            Err(error) => assert!(error.to_string().len() < 1000, "{pattern}"),
        }
    }
    let attributes: String = (0..100_000).map(|index| format!(" a{index}='b'")).collect();
    ssml(&format!("<sub{attributes} alias='c'>d</sub>"));
}
