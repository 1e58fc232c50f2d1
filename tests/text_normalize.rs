//! Normalisation against tables of text and its expected spoken form, each row written by hand.

use std::path::Path;

use kokoro_gguf::text::normalize::{Classes, Normalizer, Options};
use kokoro_gguf::text::{Language, Passage};

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
            let [class, text, spoken] = <[String; 3]>::try_from(fields).unwrap_or_else(|fields| panic!("{name}:{}: {fields:?}", index + 1));
            Row { class, text, spoken, line: index + 1 }
        })
        .collect()
}

fn normalize(text: &str, classes: Classes, language: Language) -> String {
    let options = Options { classes, ..Options::default() };
    Normalizer::new(options).normalize(&Passage::plain(text), language).text
}

/// Every row holds; a row of the class `keep` does not change, and one of another class needs that class.
fn check(name: &str, language: Language, least: usize) {
    let rows = table(name);
    let mut wrong = Vec::new();
    for Row { class, text, spoken, line } in &rows {
        let found = normalize(text, Classes::ALL, language);
        if found != *spoken {
            wrong.push(format!("{name}:{line}: {class}: {text:?}\n  expected {spoken:?}\n  found    {found:?}"));
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
    assert!(wrong.is_empty(), "{} of {} rows:\n{}", wrong.len(), rows.len(), wrong.join("\n"));
    assert!(rows.len() >= least, "{name} has {} rows", rows.len());
}

#[test]
fn english_is_spoken_as_the_table_says() {
    check("normalize_english.tsv", Language::AmericanEnglish, 300);
}

#[test]
fn british_english_differs_as_the_table_says() {
    check("normalize_british.tsv", Language::BritishEnglish, 15);
}
