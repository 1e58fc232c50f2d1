//! Sentences, segments and pieces: nothing lost, nothing too long.

use std::cell::Cell;
use std::sync::atomic::{AtomicUsize, Ordering};

use kokoro_gguf::text::split::{split_phonemes, split_sentences};
use kokoro_gguf::text::{
    Boundary, Language, MAX_PHONEMES, Origin, Passage, Phonemizer, Piece, Pieces, TARGET_PHONEMES, TextError,
    Token,
};
use proptest::prelude::*;

fn sentences(text: &str) -> Vec<&str> {
    split_sentences(text).collect()
}

#[test]
fn sentences_end_at_marks_and_the_quotes_behind_them() {
    assert_eq!(sentences("One. Two! Three? Four… Five"), ["One.", "Two!", "Three?", "Four…", "Five"]);
    assert_eq!(sentences("“Stop.” She left. (Really!) Yes."), ["“Stop.”", "She left.", "(Really!)", "Yes."]);
    assert_eq!(sentences("What?! No... Go."), ["What?!", "No...", "Go."]);
    assert_eq!(sentences("  "), [""; 0]);
    assert_eq!(sentences(""), [""; 0]);
    assert_eq!(sentences("..."), ["..."]);
    assert_eq!(
        sentences("all lower case. as some write. fine."),
        ["all lower case.", "as some write.", "fine."]
    );
}

#[test]
fn a_quotation_may_stand_inside_a_sentence() {
    assert_eq!(sentences("“What?” she asked. “Well… perhaps.”"), ["“What?” she asked.", "“Well… perhaps.”"]);
    assert_eq!(sentences("\"Stop!\" he said."), ["\"Stop!\" he said."]);
}

#[test]
fn abbreviations_and_numbers_do_not_end_a_sentence() {
    for whole in [
        "Mr. Smith met Dr. Jones at St. Mary.",
        "It costs 3.14 or $1,000.50 at 10.30 today.",
        "Use e.g. This one, i.e. That.",
        "The U.S. Army and the U.K. Parliament agree.",
        "J. R. R. Tolkien wrote it.",
        "Apples, pears etc. are fruit, at 5 p.m. or so.",
        "See No. 5, Fig. 3 and pp. 7.",
        "El Sr. García y la Sra. López.",
        "M. Dupont, Mme. Curie",
        "1. First of all.",
        "Visit example.com or node.js today.",
    ] {
        assert_eq!(sentences(whole), [whole]);
    }
    assert_eq!(sentences("He said no. Then he left."), ["He said no.", "Then he left."]);
    assert_eq!(sentences("It was in the U.S. The end."), ["It was in the U.S.", "The end."]);
    assert_eq!(sentences("At 5 p.m. We left."), ["At 5 p.m.", "We left."]);
    assert_eq!(sentences("So did I. Then"), ["So did I.", "Then"]);
    assert_eq!(sentences("It was 1999. Then"), ["It was 1999.", "Then"]);
}

#[test]
fn a_blank_line_ends_a_paragraph_and_a_line_break_does_not() {
    assert_eq!(
        sentences("A heading\n\nsome text\nwrapped here. More."),
        ["A heading", "some text\nwrapped here.", "More."]
    );
    assert_eq!(sentences("one\r\ntwo\r\n\r\nthree\n \t\nfour"), ["one\r\ntwo", "three", "four"]);
}

#[test]
fn other_scripts_have_marks_of_their_own() {
    assert_eq!(sentences("你好。世界！「好？」是。"), ["你好。", "世界！", "「好？」", "是。"]);
    assert_eq!(sentences("नमस्ते। आप कैसे हैं?"), ["नमस्ते।", "आप कैसे हैं?"]);
}

#[test]
fn sentences_are_found_lazily_and_in_linear_time() {
    let text = format!("Go. {}", "no end of it ".repeat(400_000));
    assert_eq!(split_sentences(&text).next(), Some("Go."));
    for hard in ["Mr. ", "\n", "a\n", ". . ", "\".", "x", "A.", "…”"] {
        let text = hard.repeat(1_000_000 / hard.len());
        assert!(split_sentences(&text).map(str::len).sum::<usize>() <= text.len());
    }
}

fn boundaries(phonemes: &str, max: usize) -> Vec<(&str, Boundary)> {
    split_phonemes(phonemes, max).into_iter().map(|segment| (segment.phonemes, segment.boundary)).collect()
}

#[test]
fn what_fits_is_one_segment_untouched() {
    let exact = " ə".repeat(MAX_PHONEMES / 2);
    assert_eq!(boundaries(&exact, MAX_PHONEMES), [(exact.as_str(), Boundary::Start)]);
    assert_eq!(boundaries(" a. b ", 6), [(" a. b ", Boundary::Start)]);
    assert_eq!(boundaries("", 5), []);
}

#[test]
fn cuts_are_made_at_the_strongest_place() {
    use Boundary::*;
    assert_eq!(boundaries("aa, bb. cc, dd ee", 10), [("aa, bb.", Start), ("cc, dd ee", Sentence)]);
    assert_eq!(boundaries("aaa bb, ccc ddd", 10), [("aaa bb,", Start), ("ccc ddd", Clause)]);
    assert_eq!(boundaries("aaa bbb ccc ddd", 10), [("aaa bbb", Start), ("ccc ddd", Word)]);
    assert_eq!(boundaries("aaaaabbbbb", 5), [("aaaaa", Start), ("bbbbb", Cut)]);
    // Quotes and brackets stay with what they close, and open.
    assert_eq!(boundaries("“aa bb.” “cc dd.”", 10), [("“aa bb.”", Start), ("“cc dd.”", Sentence)]);
    assert_eq!(boundaries("aa bb—cc dd", 8), [("aa bb—", Start), ("cc dd", Clause)]);
    assert_eq!(boundaries("həlˈoʊ,wˈɜːld", 10), [("həlˈoʊ,", Start), ("wˈɜːld", Clause)]);
}

#[test]
fn segments_are_even_where_the_places_allow() {
    let words = "abc ".repeat(150);
    let lengths: Vec<_> = split_phonemes(&words, MAX_PHONEMES).iter().map(|s| s.phonemes.len()).collect();
    assert_eq!(lengths, [299, 299]);
    // A sentence end close to the start would leave a scrap.
    let early = format!("a. {}", "abc ".repeat(150));
    assert!(split_phonemes(&early, MAX_PHONEMES).iter().all(|s| s.phonemes.len() > 200));
}

#[test]
fn a_cut_inside_a_word_keeps_marks_with_their_letters() {
    for segment in split_phonemes(&"ˈɐ\u{303}ː".repeat(50), 10) {
        assert!(segment.phonemes.starts_with('ˈ') && segment.phonemes.ends_with('ː'), "{segment:?}");
    }
}

/// Gives the text back, in capitals for digits, and counts its calls.
#[derive(Default)]
struct Echo {
    calls: AtomicUsize,
}

impl Phonemizer for Echo {
    fn tokens(&self, passage: &Passage<'_>, _: Language) -> Result<Vec<Token>, TextError> {
        let text = passage.text;
        self.calls.fetch_add(1, Ordering::Relaxed);
        if text.contains('†') {
            return Err(TextError::NoPhonemizer { feature: "test" });
        }
        let phonemes = text.chars().filter(|c| !c.is_control() && *c != '☃').collect();
        Ok(vec![Token { source: 0..text.len(), phonemes, space_after: false, origin: Origin::User }])
    }
}

fn pieces(text: &str) -> Vec<Piece> {
    Pieces::from_text(text, &Echo::default(), Language::AmericanEnglish).map(Result::unwrap).collect()
}

fn bare(text: &str) -> String {
    text.split_whitespace().collect()
}

#[test]
fn short_sentences_are_spoken_together() {
    let text = "One two. Three four! Five.";
    let all = pieces(text);
    assert_eq!(all.len(), 1);
    assert_eq!(all[0].phonemes, text);
    assert_eq!((all[0].boundary, all[0].source.clone()), (Boundary::Start, 0..text.len()));
}

#[test]
fn sentences_are_put_together_to_even_pieces() {
    let text = format!("{}. ", "a".repeat(99)).repeat(7);
    let all = pieces(&text);
    assert_eq!(all.iter().map(|piece| piece.phonemes.len()).collect::<Vec<_>>(), [201, 302, 201]);
    assert!(all[1..].iter().all(|piece| piece.boundary == Boundary::Sentence));
    let spoken: Vec<_> = all.iter().map(|piece| &text[piece.source.clone()]).collect();
    assert_eq!(spoken, all.iter().map(|piece| piece.phonemes.as_str()).collect::<Vec<_>>());
    // Nothing of a few words is left over at the end, where greed would leave the last sentence alone.
    let text = format!("{}. {}. Yes, so.", "a".repeat(150), "b".repeat(140));
    assert_eq!(pieces(&text).len(), 1);
    assert!(all.iter().all(|piece| piece.phonemes.len() <= TARGET_PHONEMES * 4 / 3));
}

#[test]
fn a_first_piece_can_be_asked_to_be_short() {
    let first = |text: &str| {
        let echo = Echo::default();
        let pieces = Pieces::from_text(text, &echo, Language::AmericanEnglish).with_short_first(true);
        let all: Vec<Piece> = pieces.map(Result::unwrap).collect();
        let rejoined = all.iter().map(|piece| bare(&piece.phonemes)).collect::<String>();
        assert_eq!(rejoined, bare(text));
        all[0].phonemes.clone()
    };
    assert_eq!(first("One two. Three four! Five."), "One two.");
    let clause = "and then some more words to come, ".repeat(8);
    assert_eq!(first(&clause), clause[..101].trim_end());
    // The rest of that sentence is not cut up, too.
    let echo = Echo::default();
    let pieces = Pieces::from_text(&clause, &echo, Language::AmericanEnglish).with_short_first(true);
    assert_eq!(pieces.count(), 2);
    // Where no clause ends the sentence stays whole.
    assert_eq!(first(&"word ".repeat(50)).len(), 249);
}

#[test]
fn a_long_sentence_stays_whole_until_it_no_longer_fits() {
    let fits = "abcde ".repeat(84);
    assert_eq!(pieces(&fits).len(), 1);
    let too_long = "abcde ".repeat(100);
    let all = pieces(&too_long);
    assert_eq!(all.iter().map(|piece| piece.boundary).collect::<Vec<_>>(), [Boundary::Start, Boundary::Word]);
    assert_eq!(all.last().unwrap().source.end, too_long.trim_end().len());
    // Near the limit the model rushes, so clauses are spoken apart.
    let clauses = "abcde abcd, ".repeat(40);
    let lens: Vec<_> = pieces(&clauses).iter().map(|piece| piece.phonemes.len()).collect();
    assert_eq!(lens, [239, 239]);
}

#[test]
fn paragraphs_are_not_put_together() {
    assert_eq!(
        pieces("One.\n\nTwo.\nThree.").iter().map(|p| &*p.phonemes).collect::<Vec<_>>(),
        ["One.", "Two. Three."]
    );
    let boundaries: Vec<_> = pieces("One.\n\nTwo.\n\n☃\n\nThree.").iter().map(|p| p.boundary).collect();
    assert_eq!(boundaries, [Boundary::Start, Boundary::Paragraph, Boundary::Paragraph]);
}

#[test]
fn every_word_is_in_one_piece() {
    let text = "☃ ☃ One “two”. ☃ ☃\n\n☃\n\nThree — four.\n\n☃";
    let all = pieces(text);
    let words: Vec<Vec<&str>> =
        all.iter().map(|piece| piece.words.iter().map(|word| &text[word.clone()]).collect()).collect();
    assert_eq!(words, [vec!["☃", "☃", "One", "“two”.", "☃", "☃", "☃"], vec!["Three", "—", "four.", "☃"]]);
    assert_eq!(all.iter().map(|piece| &text[piece.source.clone()]).collect::<Vec<_>>().join("\n\n"), text);
}

#[test]
fn tokens_of_a_piece_are_where_its_text_is() {
    let text = "One two.\nThree 😀 four. ".repeat(40);
    for piece in pieces(&text) {
        let symbols: Vec<char> = piece.phonemes.chars().collect();
        let mut spoken = String::new();
        for token in &piece.tokens {
            let phonemes: String = symbols[token.symbols.clone()].iter().collect();
            let source = &text[token.source.clone()];
            assert_eq!(bare(&phonemes), bare(&source.replace('😀', "")));
            spoken += &phonemes;
        }
        assert_eq!(bare(&spoken), bare(&piece.phonemes));
    }
}

#[test]
fn what_cannot_be_spoken_is_left_out() {
    assert!(pieces("").is_empty());
    assert!(pieces("  \n\n\u{0}").is_empty());
    assert!(pieces("... !!! — “”").is_empty());
    assert!(pieces("☃☃☃").is_empty());
    assert_eq!(pieces("… … One. !!! ☃").len(), 1);
    assert_eq!(Pieces::from_phonemes(". ˈ ? ").count(), 0);
}

#[test]
fn the_first_piece_does_not_wait_for_the_rest() {
    let echo = Echo::default();
    let text = "A sentence of some twenty words. ".repeat(10_000);
    let first = Pieces::from_text(&text, &echo, Language::Spanish).next().unwrap().unwrap();
    assert!(first.source.end < 300);
    assert!(echo.calls.load(Ordering::Relaxed) < 40);
}

#[test]
fn an_error_comes_behind_what_precedes_it_and_ends_the_pieces() {
    let echo = Echo::default();
    let mut pieces = Pieces::from_text("One. Two †. Three.", &echo, Language::AmericanEnglish);
    assert_eq!(pieces.next().unwrap().unwrap().phonemes, "One.");
    assert!(pieces.next().unwrap().is_err());
    assert!(pieces.next().is_none());
}

#[test]
fn given_phonemes_are_verbatim() {
    let phonemes = " hˈɛlO  ☃ g, ";
    let all: Vec<_> = Pieces::from_phonemes(phonemes).map(Result::unwrap).collect();
    assert_eq!(all.len(), 1);
    assert_eq!((&*all[0].phonemes, all[0].source.clone()), (phonemes, 0..phonemes.len()));

    let long = "hˈɛlO wˈɜɹld. ".repeat(100);
    let all: Vec<_> = Pieces::from_phonemes(&long).map(Result::unwrap).collect();
    assert!(all.iter().all(|piece| piece.phonemes == long[piece.source.clone()]));
    assert!(all[1..].iter().all(|piece| piece.boundary == Boundary::Sentence));
}

#[test]
fn a_megabyte_is_split_in_linear_time() {
    for unit in ["word ", "Mr. A. b. ", "x", "One two, three. ", "。", "\u{303}", ". "] {
        let text = unit.repeat(1_000_000 / unit.len());
        let max = pieces(&text).iter().map(|piece| piece.phonemes.chars().count()).max();
        assert!(max.unwrap_or(0) <= MAX_PHONEMES);
        assert!(Pieces::from_phonemes(&text).all(|piece| piece.is_ok()));
    }
}

proptest! {
    #[test]
    fn sentences_lose_nothing(text in "[A-Za-z.!?…”\")\\n ,。Mr]{0,200}|\\PC{0,200}|(?s).{0,100}") {
        let joined: String = split_sentences(&text).map(bare).collect();
        prop_assert_eq!(joined, bare(&text));
        let at = Cell::new(0);
        for sentence in split_sentences(&text) {
            prop_assert!(!sentence.is_empty() && sentence.trim() == sentence);
            let start = sentence.as_ptr() as usize - text.as_ptr() as usize;
            prop_assert!(start >= at.get());
            at.set(start + sentence.len());
        }
    }

    #[test]
    fn segments_lose_nothing_and_fit(text in "[ab .,!?;:—”ˈː\u{303}]{0,300}|(?s).{0,300}", max in 1usize..80) {
        let segments = split_phonemes(&text, max);
        prop_assert_eq!(segments.iter().map(|s| bare(s.phonemes)).collect::<String>(), bare(&text));
        for (index, segment) in segments.iter().enumerate() {
            prop_assert!(segment.phonemes.chars().count() <= max);
            prop_assert!(!segment.phonemes.is_empty());
            prop_assert_eq!(segment.boundary == Boundary::Start, index == 0);
        }
    }

    #[test]
    fn pieces_lose_no_word_and_fit(text in "([a-z]{1,9}[ .,!?\n]{1,3}){0,400}") {
        let all = pieces(&text);
        let letters = |text: &str| text.chars().filter(|c| c.is_alphabetic()).collect::<String>();
        prop_assert_eq!(all.iter().map(|piece| letters(&piece.phonemes)).collect::<String>(), letters(&text));
        let words: Vec<&str> =
            all.iter().flat_map(|piece| &piece.words).map(|word| &text[word.clone()]).collect();
        if !all.is_empty() {
            prop_assert_eq!(words, text.split_whitespace().collect::<Vec<_>>());
        }
        let mut end = 0;
        for (index, piece) in all.iter().enumerate() {
            prop_assert!((1..=MAX_PHONEMES).contains(&piece.phonemes.chars().count()));
            prop_assert!(piece.source.start >= end && piece.source.end <= text.len());
            prop_assert_eq!(piece.boundary == Boundary::Start, index == 0);
            end = piece.source.end;
        }
    }
}
