//! The native phonemizer: its behaviour on a small set of rules, and the data of a real file.
#![cfg(feature = "native")]

mod common;

use common::gguf_builder::{GgufBuilder, string, strings, value};
use kokoro_gguf::Model;
use kokoro_gguf::gguf::{GgufFile, MetaValue, SharedBytes};
use kokoro_gguf::text::{
    Language, Mark, MarkKind, NativeData, NativePhonemizer, Origin, Passage, Phonemizer, Token, Vocab,
    WordReader,
};
use proptest::prelude::*;

use Language::{AmericanEnglish, BritishEnglish};

/// Every letter is read as itself, some groups as one sound, and a few words have entries.
fn small() -> NativePhonemizer {
    let letters: Vec<(String, String)> = ('a'..='z').map(|c| (c.to_string(), c.to_string())).collect();
    let mut rules: Vec<(&str, &str)> = letters.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
    rules.extend([("ing", "ɪŋ"), ("in", "ɪn"), ("a.^", "ɐ"), ("o.ll.$.he*", "ˈoʊ")]);
    let dictionary = vec![
        ("the", "ðə"),
        ("$lbs", "pˈaʊndz"),
        ("café", "kæfˈeɪ"),
        ("Mr", "mˈɪstɚ"),
        ("so", "sˈoʊ,sˌoʊ fˈɑːɹ: far"),
        ("so#", "sˌoʊ"),
        ("to", "tˈuː,tə bˈiː: be"),
        ("to#", "tə,təbi: be"),
        ("#what", "wˈʌt"),
        ("#what#", "wʌt"),
        ("new york", "nˈuː jˈɔːɹk"),
        ("new york city", "nˈuː jˈɔːɹk sˈɪɾi"),
        ("vis-à-vis", "vˈiːzɐvˈiː"),
        ("são paulo", "sˈaʊ"),
        ("it's", "ɪts"),
        ("cat", "kˈæt"),
    ];
    NativePhonemizer::new(&NativeData { graphemes: vec!["in", "ing", "ll"], rules, dictionary }).unwrap()
}

fn say(native: &NativePhonemizer, text: &str) -> String {
    native.phonemize(text, AmericanEnglish).unwrap()
}

#[test]
fn words_and_phrases_are_read_by_the_dictionary_in_their_context() {
    let native = small();
    for (text, phonemes) in [
        ("the café cafe CAT", "ðə kæfˈA cafA kˈæt"),
        ("Mr the", "mˈɪstəɹ ðə"),
        ("so far so. so so", "sˌO fˈɑɹ sˈO. sˌO sˈO"),
        ("So, far", "sˈO, faɹ"),
        ("to be to be. to", "təbi tə bˈi. tu"),
        ("what; x what x what", "what; ˈɛks wʌt ˈɛks wˈʌt"),
        ("5 lbs, lbs", "fˈIv pˈWndz, ˌɛlbˌiˈɛs"),
        ("New York, new york city New Yorker", "nˈu jˈɔɹk, nˈu jˈɔɹk sˈɪTi nAw yɔɹkAɹ"),
        ("Vis-à-vis", "vˈizəvˈi"),
        ("It’s it's", "ɪts ɪts"),
        ("cat's", "kˈæts"),
    ] {
        assert_eq!(say(&native, text), phonemes, "{text}");
    }
}

#[test]
fn what_tts_cpp_gets_wrong_is_read_as_meant() {
    let native = small();
    for (text, phonemes) in [
        ("1000", "wˈʌn θˈWzᵊnd"),
        ("0", "zˈɪɹO"),
        ("1,234", "wˈʌn θˈWzᵊnd tˈu hˈʌndɹəd θˈɜɹTi fˈɔɹ"),
        ("12, 13", "twˈɛlv, θˌɜɹtˈin"),
        ("-5", "mˈInəs fˈIv"),
        ("GB g", "ʤˌibˈi ʤˈi"),
        ("XIV I X", "fˌɔɹtˈin ˌI ˈɛks"),
        ("U.S.A.'s", "jˌuˌɛsˈAz"),
        ("1st 2nd", "fˈɜɹst sˈɛkənd"),
        ("NASA", "nasa"),
        ("wing-king", "wɪŋkɪŋ"),
        ("sing—song -- x", "sɪŋ—sɔng — ˈɛks"),
    ] {
        assert_eq!(say(&native, text), phonemes, "{text}");
    }
}

#[test]
fn what_the_rules_lack_is_read_by_letters() {
    let data = NativeData { rules: vec![("a", "ɐ"), ("k", "k"), ("e", "")], ..NativeData::default() };
    let native = NativePhonemizer::new(&data).unwrap();
    let tokens = native.tokens(&Passage::plain("aa station keke λόγος"), AmericanEnglish).unwrap();
    let origins: Vec<Origin> = tokens.iter().map(|token| token.origin).collect();
    assert_eq!(origins, [Origin::Native, Origin::Rules, Origin::Rules, Origin::Unknown]);
    assert!(!tokens[1].phonemes.is_empty() && !tokens[2].phonemes.is_empty());
    assert!(native.phonemize("hola", Language::Spanish).is_err());
}

#[test]
fn a_phrase_is_one_token_over_its_words() {
    let marks = [Mark { range: 9..10, kind: MarkKind::Phonemes("x".into()) }];
    let passage = Passage { text: "New York x so far", marks: &marks };
    let tokens = small().tokens(&passage, AmericanEnglish).unwrap();
    let found: Vec<_> = tokens.iter().map(|t| (t.source.clone(), t.phonemes.as_str(), t.origin)).collect();
    let expected = [
        (0..8, "nˈu jˈɔɹk", Origin::Native),
        (9..10, "x", Origin::User),
        (11..17, "sˌO fˈɑɹ", Origin::Native),
    ];
    assert_eq!(found, expected);
}

#[test]
fn data_that_no_file_holds_is_refused() {
    let refused = |graphemes: Vec<&str>, rules: Vec<(&str, &str)>, dictionary: Vec<(&str, &str)>| {
        NativePhonemizer::new(&NativeData { graphemes, rules, dictionary })
            .map(|_| ())
            .unwrap_err()
            .to_string()
    };
    let long = "x".repeat(2000);
    assert_eq!(
        refused(vec![], vec![], vec![]),
        "native phonemizer: expected at least one of rules, found none"
    );
    for message in [
        refused(vec![&long], vec![("a", "")], vec![]),
        refused(vec![], vec![(&long, "")], vec![]),
        refused(vec![], vec![("a", &long)], vec![]),
        refused(vec![], vec![("a", "")], vec![("a", &long)]),
        refused(vec![], vec![("a", "")], vec![(&long, "a")]),
    ] {
        assert!(message.contains("at most 1024 bytes each"), "{message}");
    }
    let message = refused(vec![], vec![("a.b.c.d.e", "")], vec![]);
    assert!(message.contains("one to 4 parts") && message.contains("\"a.b.c.d.e\""), "{message}");
    assert!(refused(vec![""; 4_000_001], vec![("a", "")], vec![]).contains("at most 4000000 entries"));
}

/// The small golden model with other `phonemizer.*` pairs.
fn model_with(pairs: &[(&str, u32, Vec<u8>)]) -> kokoro_gguf::Result<Model> {
    let path = common::golden::fixture("golden/tiny_f32.gguf");
    let file = GgufFile::parse(SharedBytes::new(std::fs::read(path).expect("readable"))).expect("sound");
    let mut builder = GgufBuilder::new();
    for (key, found) in file.metadata().iter().filter(|(key, _)| !key.starts_with("phonemizer.")) {
        builder = match found {
            MetaValue::U32(v) => builder.pair(key, value::U32, v.to_le_bytes()),
            MetaValue::String(v) => builder.pair(key, value::STRING, string(&**v)),
            MetaValue::Array(v) => {
                let texts: Vec<&str> = v.strings().expect("Kokoro's arrays hold strings").collect();
                builder.pair(key, value::ARRAY, strings(&texts))
            }
            other => panic!("{key}: Kokoro files hold no {}", other.type_name()),
        };
    }
    for (key, value_type, bytes) in pairs {
        builder = builder.pair(key, *value_type, bytes);
    }
    for info in file.tensors() {
        builder = builder.tensor(info.name(), &info.ne()[..info.n_dims()], info.ggml_type().code());
    }
    let mut bytes = builder.build().bytes;
    let built = GgufFile::parse(SharedBytes::new(bytes.clone())).expect("built soundly");
    for (info, old) in built.tensors().iter().zip(file.tensors()) {
        let data = file.tensor_bytes(old);
        bytes[info.offset()..][..data.len()].copy_from_slice(&data);
    }
    Model::from_bytes(bytes)
}

#[test]
fn a_models_rules_are_read_or_refused_by_key() {
    let list = |texts: &[&str]| strings(texts);
    let native = |key, texts: Vec<u8>| {
        let mut pairs = vec![
            ("phonemizer.type", value::U32, 0u32.to_le_bytes().to_vec()),
            ("phonemizer.graphemes", value::ARRAY, list(&["a"])),
            ("phonemizer.rules.keys", value::ARRAY, list(&["a", "a.^"])),
            ("phonemizer.rules.phonemes", value::ARRAY, list(&["ɐ", "ə"])),
            ("phonemizer.dictionary.keys", value::ARRAY, list(&["b"])),
            ("phonemizer.dictionary.values", value::ARRAY, list(&["bˈiː"])),
        ];
        pairs.retain(|(kept, ..)| *kept != key);
        if !texts.is_empty() {
            pairs.push((key, value::ARRAY, texts));
        }
        model_with(&pairs).expect("opens")
    };
    let sound = native("", Vec::new());
    let rules = sound.native_rules().unwrap().expect("has them");
    assert_eq!(rules.rules, [("a", "ɐ"), ("a.^", "ə")]);
    assert_eq!((rules.graphemes, rules.dictionary), (vec!["a"], vec![("b", "bˈiː")]));

    let refused = |model: &Model| {
        let error = model.native_rules().unwrap_err();
        std::error::Error::source(&error).expect("a cause").to_string()
    };
    for key in ["phonemizer.graphemes", "phonemizer.rules.keys", "phonemizer.dictionary.values"] {
        assert!(refused(&native(key, Vec::new())).contains(key));
    }
    let message = refused(&native("phonemizer.rules.phonemes", list(&["x"])));
    assert!(message.contains("phonemizer.rules.phonemes") && message.contains("2 strings"), "{message}");
    let message =
        refused(&native("phonemizer.graphemes", common::gguf_builder::array(value::U32, 1, [0; 4])));
    assert!(message.contains("an array of strings"), "{message}");
    let of_type =
        |n: u32| model_with(&[("phonemizer.type", value::U32, n.to_le_bytes().to_vec())]).expect("opens");
    assert!(refused(&of_type(7)).contains("0 (native) or 1 (espeak)"));
    assert_eq!(of_type(1).native_rules().unwrap(), None);
    assert_eq!(model_with(&[]).expect("opens").native_rules().unwrap(), None);
}

#[test]
fn a_real_files_data_reads_english() {
    let Some(shared) = common::shared_dir() else { return };
    let model = Model::open(shared.join("models/tiny/tiny_noespeak_f32.gguf")).expect("opens");
    let rules = model.native_rules().unwrap().expect("a file without espeak-ng");
    let data = NativeData { graphemes: rules.graphemes, rules: rules.rules, dictionary: rules.dictionary };
    let native = NativePhonemizer::new(&data).unwrap();
    let vocab = Vocab::kokoro();
    let text = include_str!("../tools/harvard_sentences.txt");
    let tokens = native.tokens(&Passage::plain(text), AmericanEnglish).unwrap();
    check(text, &tokens);
    for token in &tokens {
        assert!(
            token.phonemes.chars().all(|c| vocab.contains(c)),
            "{token:?}: {}",
            &text[token.source.clone()]
        );
        assert!(!token.phonemes.is_empty(), "{token:?}: {}", &text[token.source.clone()]);
    }
    for (text, phonemes) in EXPECTED {
        assert_eq!(say(&native, text), *phonemes, "{text}");
    }
}

/// Worked out by hand from the file's rules and entries.
const EXPECTED: &[(&str, &str)] = &[
    ("New York, new jersey", "nˈu jˈɔɹk, nˈu ʤˈɜɹsi"),
    ("5 lbs", "fˈIv pˈWndz"),
    ("I've had", "Ivhˈæd"),
    ("couldn't have x", "kˌʊdəntəv ˈɛks"),
    ("of the, of", "ʌvðə, ʌv"),
    ("up x up", "ˌʌp ˈɛks ʌp"),
    ("affable", "ˈæfəbᵊl"),
];

/// What every phonemizer's tokens keep to.
fn check(text: &str, tokens: &[Token]) {
    let mut at = 0;
    for token in tokens {
        assert!(token.source.start >= at && token.source.end >= token.source.start, "{text:?}: {token:?}");
        assert!(text.is_char_boundary(token.source.start) && text.is_char_boundary(token.source.end));
        assert_eq!(token.phonemes.trim(), token.phonemes);
        at = token.source.end;
    }
}

#[test]
fn megabytes_take_linear_time() {
    let native = small();
    for unit in
        ["so ", "so far ", "new york ", "new ", "new-", "a'", "cat's ", "XIV ", "what#", "1 lbs ", "vis-à-"]
    {
        let text = unit.repeat((1 << 20) / unit.len());
        check(&text, &native.tokens(&Passage::plain(&text), AmericanEnglish).unwrap());
    }
}

proptest! {
    #[test]
    fn any_text_can_be_read(text in ".{0,100}|([a-c'’ .,-]|new york|so far|XI|É|s|5 lbs){0,20}", british: bool) {
        let language = if british { BritishEnglish } else { AmericanEnglish };
        check(&text, &small().tokens(&Passage::plain(&text), language).unwrap());
        small().read_word(&text, language).unwrap();
    }

    #[test]
    fn any_data_can_be_taken_in_or_refused(
        graphemes in prop::collection::vec(".{0,3}", 0..5),
        rules in prop::collection::vec(("[ab.^$*é]{0,8}|.{0,9}", ".{0,4}"), 0..20),
        dictionary in prop::collection::vec(("[ab#$ '’-]{0,8}|.{0,9}", "[xˈə:, (]{0,12}|.{0,9}"), 0..20),
        text in "[abé '’.*$^#-]{0,30}",
    ) {
        let pairs = |list: &'_ [(String, String)]| -> Vec<(String, String)> { list.to_vec() };
        let (rules, dictionary) = (pairs(&rules), pairs(&dictionary));
        fn borrow(list: &[(String, String)]) -> Vec<(&str, &str)> {
            list.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect()
        }
        let data = NativeData {
            graphemes: graphemes.iter().map(String::as_str).collect(),
            rules: borrow(&rules),
            dictionary: borrow(&dictionary),
        };
        if let Ok(native) = NativePhonemizer::new(&data) {
            check(&text, &native.tokens(&Passage::plain(&text), AmericanEnglish).unwrap());
        }
    }
}
