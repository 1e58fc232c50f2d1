//! Normalisation against tables of text and its expected spoken form, each row written by hand.

use std::path::Path;

use kokoro_gguf::text::normalize::{Classes, Normalizer, Options};
use kokoro_gguf::text::{Language, MarkKind, Passage};

/// A row of a table: what class it shows, the text, the spoken form, and the line it stands on.
struct Row {
    class: String,
    text: String,
    spoken: String,
    line: usize,
}

/// Rows of `class<TAB>text<TAB>spoken form`; `\n` stands for a line break.
fn table(name: &str) -> Vec<Row> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/text").join(name);
    let table = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    let lines = table.lines().enumerate().filter(|(_, line)| !line.is_empty() && !line.starts_with("# "));
    lines
        .map(|(index, line)| {
            let fields: Vec<String> = line.split('\t').map(|field| field.replace("\\n", "\n")).collect();
            let [class, text, spoken] = <[String; 3]>::try_from(fields)
                .unwrap_or_else(|fields| panic!("{name}:{}: {fields:?}", index + 1));
            Row { class, text, spoken, line: index + 1 }
        })
        .collect()
}

fn normalize(text: &str, classes: Classes, language: Language) -> String {
    let options = Options { classes, ..Options::default() };
    Normalizer::new(options).normalize(&Passage::plain(text), language).text
}

/// Fails unless every row of every table holds.
fn check(tables: &[(&str, Language, usize)]) {
    let wrong: Vec<_> =
        tables.iter().flat_map(|(name, language, least)| wrong_rows(name, *language, *least)).collect();
    assert!(wrong.is_empty(), "{} rows:\n{}", wrong.len(), wrong.join("\n"));
}

/// What does not hold: a row of the class `keep` must not change, and one of another class must need that class.
fn wrong_rows(name: &str, language: Language, least: usize) -> Vec<String> {
    let rows = table(name);
    let mut wrong = Vec::new();
    for Row { class, text, spoken, line } in &rows {
        let found = normalize(text, Classes::ALL, language);
        if found != *spoken {
            wrong.push(format!(
                "{name}:{line}: {class}: {text:?}\n  expected {spoken:?}\n  found    {found:?}"
            ));
        } else if class == "keep" {
            if text != spoken {
                wrong.push(format!("{name}:{line}: a row of keep changes"));
            }
        } else {
            let class: Classes = class.parse().unwrap_or_else(|e| panic!("{name}:{line}: {e}"));
            if normalize(text, Classes::ALL - class, language) == *spoken {
                wrong.push(format!("{name}:{line}: {text:?} does not need its class"));
            }
        }
        if normalize(text, Classes::NONE, language) != *text {
            wrong.push(format!("{name}:{line}: {text:?} changes without any class"));
        }
    }
    if rows.len() < least {
        wrong.push(format!("{name} has {} rows, expected {least}", rows.len()));
    }
    wrong
}

#[test]
fn english_is_spoken_as_the_table_says() {
    check(&[("normalize_english.tsv", Language::AmericanEnglish, 300)]);
}

#[test]
fn british_english_differs_as_the_table_says() {
    check(&[("normalize_british.tsv", Language::BritishEnglish, 15)]);
}

#[test]
fn the_languages_of_espeak_are_spoken_as_their_tables_say() {
    check(&[
        ("normalize_spanish.tsv", Language::Spanish, 30),
        ("normalize_french.tsv", Language::French, 30),
        ("normalize_italian.tsv", Language::Italian, 30),
        ("normalize_portuguese.tsv", Language::BrazilianPortuguese, 30),
        ("normalize_hindi.tsv", Language::Hindi, 30),
    ]);
}

#[test]
fn emoji_and_markdown_are_named_on_request() {
    use kokoro_gguf::text::normalize::Signs;
    let options = Options { emoji: Signs::Speak, markdown: Signs::Speak, ..Options::default() };
    for (text, expected) in [
        ("Great 👍!", "Great thumbs up!"),
        ("Yes😂😂😂no", "Yes face with tears of joy no"),
        ("Hi ❤\u{fe0f}🎉.", "Hi red heart, party popper."),
        ("a *b* c", "a asterisk b asterisk c"),
        ("# Title", "hash Title"),
    ] {
        let spoken =
            Normalizer::new(options).normalize(&Passage::plain(text), Language::AmericanEnglish).text;
        assert_eq!(spoken, expected, "{text}");
    }
    // Names are English: elsewhere emoji go, whatever is asked for.
    assert_eq!(
        Normalizer::new(options).normalize(&Passage::plain("Oui 👍 !"), Language::French).text,
        "Oui !"
    );
}

/// The phonemes are those of misaki's gold lexicon for the letters, stressed as it spells.
#[test]
fn what_is_spelled_carries_its_phonemes() {
    let marks = |text: &str, language| -> Vec<(String, String)> {
        let normalized = Normalizer::default().normalize(&Passage::plain(text), language);
        let read = |mark: &kokoro_gguf::text::Mark| match &mark.kind {
            MarkKind::Phonemes(phonemes) => {
                (normalized.text[mark.range.clone()].to_owned(), phonemes.clone())
            }
            other => panic!("{other:?}"),
        };
        normalized.marks.iter().map(read).collect()
    };
    let pair = |text: &str, phonemes: &str| (text.to_owned(), phonemes.to_owned());
    assert_eq!(
        marks("At 5 p.m. Ms. Lee read www.x.io.", Language::AmericanEnglish),
        [
            pair("PM", "pˌiˈɛm"),
            pair("Ms", "mˈɪz"),
            pair("WWW", "dˌʌbᵊljudˌʌbᵊljudˈʌbᵊlju"),
            pair("X", "ˈɛks"),
            pair("IO", "ˌIˈO"),
        ]
    );
    assert_eq!(
        marks("At 5 a.m. EST.", Language::BritishEnglish),
        [pair("AM", "ˌAˈɛm"), pair("EST", "ˌiːˌɛstˈiː")]
    );
}
