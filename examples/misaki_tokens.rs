//! Prints what [`Misaki`] makes of each line of standard input, as one line of JSON: the tags, and the tokens.
//!
//! For tools/compare_misaki.py. `misaki_tokens LANGUAGE [--ask] [--misaki-only]`: with `--ask` unknown words are read as
//! themselves in brackets, with `--misaki-only` no heteronym is read that misaki does not tell apart.

use std::io::{self, BufRead, Write};
use std::sync::Arc;

use kokoro_gguf::text::{Language, Misaki, Origin, Passage, Phonemizer, TextError, WordReader};
use serde_json::json;

struct Bracketed;

impl WordReader for Bracketed {
    fn read_word(&self, word: &str, _: Language) -> Result<Option<(String, Origin)>, TextError> {
        Ok(Some((format!("<{word}>"), Origin::Rules)))
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let has = |flag: &str| arguments.iter().any(|argument| argument == flag);
    let language = Language::parse(arguments.first().map_or("a", String::as_str))?;
    let reader: Option<Arc<dyn WordReader>> = if has("--ask") { Some(Arc::new(Bracketed)) } else { None };
    let misaki = Misaki::new(reader).heteronyms(!has("--misaki-only"));
    let mut out = io::BufWriter::new(io::stdout().lock());
    for line in io::stdin().lock().lines() {
        let line = line?;
        let tags: Vec<_> =
            Misaki::tags(&line).into_iter().map(|(range, tag)| json!([&line[range], tag])).collect();
        let tokens = misaki.tokens(&Passage::plain(&line), language)?.into_iter().map(|token| {
            json!([&line[token.source], token.phonemes, token.space_after, token.origin.name()])
        });
        let tokens: Vec<_> = tokens.collect();
        writeln!(out, "{}", json!({ "text": line, "tags": tags, "tokens": tokens }))?;
    }
    Ok(())
}
