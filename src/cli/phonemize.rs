//! `kokoro-gguf phonemize`: text in, phonemes out. No model is opened.

use std::ops::Range;

use kokoro_gguf::Error;
use kokoro_gguf::text::{Language, Origin, Piece, Pieces, Prepared, Vocab};
use serde::Serialize;

use super::args::PhonemizeArgs;
use super::console::Console;
use super::output::printable;
use super::reading::{self, UnknownWords};
use super::script::OwnedScript;
use super::{Failure, output};

/// What `--json` prints.
#[derive(Debug, Serialize)]
struct Report<'a> {
    /// All pieces, with a space between them.
    phonemes: String,
    /// The first piece's token ids, with the boundary zeros.
    ids: Vec<u32>,
    pieces: Vec<&'a str>,
    words: Vec<Word<'a>>,
    language: &'static str,
    phonemizer: &'static str,
}

/// A word and how it is read.
#[derive(Debug, Serialize, PartialEq)]
struct Word<'a> {
    text: &'a str,
    /// Unicode scalars of the text.
    start: usize,
    end: usize,
    phonemes: String,
    source: &'static str,
}

/// Token id at both ends of what the model speaks.
const BOUNDARY: u32 = 0;

/// Runs the command.
pub fn run(mut args: PhonemizeArgs) -> Result<(), Failure> {
    let console = Console::new(args.quiet, false);
    let preparation = reading::preparation(&args.reading, &console)?;
    let text = OwnedScript::read_text(args.text.take(), args.text_file.take())?;
    let language = args.reading.lang.unwrap_or(Language::AmericanEnglish);
    let selected =
        reading::phonemizers()?.select(args.reading.phonemizer.into(), language).map_err(Error::from)?;
    selected.notice.iter().for_each(|notice| console.warn(notice));
    let prepared = Prepared::new(&text, language, &preparation).map_err(Error::from)?;
    prepared.warnings().for_each(|warning| console.warn(warning));

    let pieces = Pieces::from_prepared(prepared, selected.phonemizer, language);
    let pieces = pieces.collect::<Result<Vec<Piece>, _>>().map_err(Error::from)?;
    let mut unknown = UnknownWords::default();
    for piece in &pieces {
        unknown.add(&text, &piece.tokens, selected.name);
    }
    unknown.warning().iter().for_each(|warning| console.warn(warning));
    if !args.json {
        return output::print(|out| {
            pieces.iter().try_for_each(|piece| writeln!(out, "{}", printable(&piece.phonemes)))
        });
    }
    output::print_json(&Report {
        phonemes: pieces.iter().map(|piece| &*piece.phonemes).collect::<Vec<_>>().join(" "),
        ids: pieces.first().map_or_else(Vec::new, |piece| ids(&piece.phonemes)),
        pieces: pieces.iter().map(|piece| &*piece.phonemes).collect(),
        words: words(&text, &pieces),
        language: language.tag(),
        phonemizer: selected.name,
    })
}

/// Token ids of Kokoro's vocabulary.
fn ids(phonemes: &str) -> Vec<u32> {
    let ids = Vocab::kokoro().encode(phonemes).ids;
    std::iter::once(BOUNDARY).chain(ids).chain(std::iter::once(BOUNDARY)).collect()
}

/// The words of the text, without marks. What several tokens say of one stretch of text, as of `10:30`, is one word.
fn words<'a>(text: &'a str, pieces: &[Piece]) -> Vec<Word<'a>> {
    let mut words: Vec<(Range<usize>, String, Origin)> = Vec::new();
    for piece in pieces {
        let symbols: Vec<char> = piece.phonemes.chars().collect();
        for token in piece.tokens.iter().filter(|token| token.origin != Origin::Punctuation) {
            let phonemes: String = symbols[token.symbols.clone()].iter().collect();
            match words.last_mut() {
                Some((range, said, _)) if token.source.start < range.end => {
                    range.end = range.end.max(token.source.end);
                    if !phonemes.is_empty() {
                        said.push(' ');
                        said.push_str(&phonemes);
                    }
                }
                _ => words.push((token.source.clone(), phonemes, token.origin)),
            }
        }
    }
    // Counted once from the start, as the words are in order.
    let (mut byte, mut count) = (0, 0);
    let mut scalars = |at: usize| {
        count += text[byte..at].chars().count();
        byte = at;
        count
    };
    let word = |(range, phonemes, origin): (Range<usize>, String, Origin)| {
        let source = &text[range.clone()];
        let is_number = source.contains(|c: char| c.is_ascii_digit());
        let source_name = match origin {
            // Written in words before it was read.
            Origin::Lexicon | Origin::Rules if is_number => Origin::Number,
            origin => origin,
        };
        let (start, end) = (scalars(range.start), scalars(range.end));
        Word { text: source, start, end, phonemes, source: source_name.name() }
    };
    words.into_iter().map(word).collect()
}
