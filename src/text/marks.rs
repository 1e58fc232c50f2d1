//! What is spoken and what is punctuation: the cut of a text before espeak-ng, which drops the punctuation.
//!
//! Source: `punctuation.py` and `language_switch.py` of the phonemizer package (described, not copied).

use super::split::abbreviations;
use super::{Language, Rewrite, SourceMap};

/// Punctuation that is kept in the phonemes.
const MARKS: &str = ";:,.!?¡¿—…\"«»“”(){}[]";

/// The longest English word that may contain full stops.
const MAX_DOTTED_BYTES: usize = 64;

/// A stretch of text: to be spoken, or kept as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stretch<'a> {
    /// Goes to the phonemizer.
    Spoken(&'a str),
    /// Marks and the white space around them.
    Marks(&'a str),
}

/// Cuts `text` at maximal runs of marks and the white space around them.
///
/// In the other languages every mark cuts, as in the pipeline Kokoro was trained with. English never went that
/// way, word by word as misaki takes it; there a mark inside a number (`3.14`, `10:30`), a name (`node.js`) or
/// an abbreviation (`Mr.`) belongs to the word.
pub(crate) fn cut(text: &str, language: Language) -> Vec<Stretch<'_>> {
    let mut stretches = Vec::new();
    // Ends of the stretches before, and of the last character that is neither a mark nor white space.
    let (mut start, mut spoken_end) = (0, 0);
    // Whether the run since `spoken_end` holds a mark.
    let mut marked = false;
    for (at, c) in text.char_indices() {
        if c.is_whitespace() {
            continue;
        }
        if MARKS.contains(c) && !(language.is_english() && belongs_to_word(text, at, c)) {
            marked = true;
            continue;
        }
        if marked {
            push(&mut stretches, Stretch::Spoken(&text[start..spoken_end]));
            push(&mut stretches, Stretch::Marks(&text[spoken_end..at]));
            (start, marked) = (at, false);
        }
        spoken_end = at + c.len_utf8();
    }
    push(&mut stretches, Stretch::Spoken(&text[start..spoken_end]));
    if marked {
        push(&mut stretches, Stretch::Marks(&text[spoken_end..]));
    }
    stretches
}

fn push<'a>(stretches: &mut Vec<Stretch<'a>>, stretch: Stretch<'a>) {
    if !matches!(stretch, Stretch::Spoken("") | Stretch::Marks("")) {
        stretches.push(stretch);
    }
}

/// Whether the mark `c` at byte `at` is part of an English word or number.
fn belongs_to_word(text: &str, at: usize, c: char) -> bool {
    let (before, after) = (&text[..at], &text[at + c.len_utf8()..]);
    let (last, next) = (before.chars().next_back(), after.chars().next());
    let is = |c: Option<char>, class: fn(char) -> bool| c.is_some_and(class);
    let is_digit = |c| is(c, |c| c.is_ascii_digit());
    match c {
        ',' | ':' => is_digit(last) && is_digit(next),
        // espeak-ng has no bound on the letters of "U.S.A" and overruns a buffer.
        '.' if is_in_long_word(before, after) => false,
        '.' if is_digit(next) => !is(last, char::is_alphabetic),
        // "example.com", "U.S.A", but not "the end.Next".
        '.' if is(last, char::is_lowercase) && is(next, char::is_lowercase) => true,
        '.' if is(last, char::is_uppercase) && is(next, char::is_uppercase) => true,
        '.' => abbreviations::goes_on(before, after),
        _ => false,
    }
}

/// Whether a mark between `before` and `after` is in a word of more than [`MAX_DOTTED_BYTES`].
fn is_in_long_word(before: &str, after: &str) -> bool {
    let visible = |&c: &char| !c.is_whitespace();
    let len = |word: &mut dyn Iterator<Item = char>| -> usize {
        word.take_while(visible).take(MAX_DOTTED_BYTES).map(char::len_utf8).sum()
    };
    len(&mut before.chars().rev()) + len(&mut after.chars()) > MAX_DOTTED_BYTES
}

/// Makes characters that espeak-ng would take as commands, or stumble over, into spaces, and drops those that
/// are not seen.
pub(crate) fn clean(text: &str) -> (String, SourceMap) {
    fn is_unseen(c: char) -> bool {
        // Soft hyphen, zero-width space, word joiner, byte order mark, direction marks. The zero-width joiners
        // stay: Hindi is spelled with them.
        matches!(c, '\u{ad}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
    }
    fn is_blank(c: char) -> bool {
        // Control characters, private use and non-characters: espeak-ng maps U+E0xx to ASCII.
        c.is_control()
            || matches!(c, '\u{2028}' | '\u{2029}' | '\u{e000}'..='\u{f8ff}' | '\u{fff9}'..='\u{ffff}')
            || c > '\u{effff}'
    }
    replace_chars(text, |c| match c {
        c if is_unseen(c) => Some(""),
        c if is_blank(c) => Some(" "),
        _ => None,
    })
}

/// Brings the marks of a language's typography to those that [`cut`] keeps.
pub(crate) fn normalise(text: &str, language: Language) -> (String, SourceMap) {
    match language {
        Language::AmericanEnglish | Language::BritishEnglish => dashes(text),
        Language::Japanese | Language::Mandarin => replace_chars(text, |c| {
            Some(match c {
                '、' | '，' => ", ",
                '。' | '．' | '｡' => ". ",
                '！' => "! ",
                '？' => "? ",
                '：' => ": ",
                '；' => "; ",
                '《' | '「' | '『' | '【' | '«' => " “",
                '》' | '」' | '』' | '】' | '»' => "” ",
                '（' | '(' => " «",
                '）' | ')' => "» ",
                _ => return None,
            })
        }),
        // espeak-ng drops round brackets and misaki brings them back as the guillemets that stood in for them.
        _ => replace_chars(text, |c| match c {
            '(' => Some("«"),
            ')' => Some("»"),
            _ => guillemets(c),
        }),
    }
}

fn guillemets(c: char) -> Option<&'static str> {
    match c {
        '«' => Some("“"),
        '»' => Some("”"),
        _ => None,
    }
}

/// Replaces each character for which `table` has something.
pub(super) fn replace_chars(
    text: &str,
    mut table: impl FnMut(char) -> Option<&'static str>,
) -> (String, SourceMap) {
    let mut rewrite = Rewrite::new(text);
    for (at, c) in text.char_indices() {
        if let Some(other) = table(c) {
            rewrite.keep_to(at);
            rewrite.replace_to(at + c.len_utf8(), other);
        }
    }
    rewrite.finish()
}

/// Guillemets are quotes; a hyphen or dash that stands alone between spaces, and any run of hyphens, are the dash that
/// Kokoro knows.
fn dashes(text: &str) -> (String, SourceMap) {
    let is_dash = |c: char| matches!(c, '-' | '‐' | '–' | '―' | '—');
    let mut rewrite = Rewrite::new(text);
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        if let Some(quote) = guillemets(c) {
            rewrite.keep_to(at);
            rewrite.replace_to(at + c.len_utf8(), quote);
        }
        if !is_dash(c) {
            continue;
        }
        let (mut end, mut count) = (at + c.len_utf8(), 1);
        while let Some((at, c)) = chars.next_if(|&(_, c)| is_dash(c)) {
            (end, count) = (at + c.len_utf8(), count + 1);
        }
        let stands_alone =
            text[..at].ends_with(char::is_whitespace) && text[end..].starts_with(char::is_whitespace);
        if stands_alone || count > 1 || c == '―' {
            rewrite.keep_to(at);
            rewrite.replace_to(end, "—");
        }
    }
    rewrite.finish()
}

/// What phonemizer does to espeak-ng's answer: spaces evened out, pause signs and language flags such as
/// `(en)` removed. Mandarin also loses its tone digits and the dots of its retroflexes, which are no full stops.
pub(crate) fn tidy(ipa: &str, language: Language) -> String {
    let mut tidied = String::with_capacity(ipa.len());
    let mut rest = ipa;
    while let Some((before, flag)) = rest.split_once('(') {
        let Some((_, after)) = flag.split_once(')') else { break };
        tidied.push_str(before);
        rest = after;
    }
    tidied.push_str(rest);
    if language == Language::Mandarin {
        tidied.retain(|c| c != '.' && !c.is_ascii_digit());
    }
    let words = tidied.split_whitespace().map(|word| word.trim_end_matches('_'));
    words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}
