//! Quotation marks, dashes, dots and repeated punctuation.

use super::scan::{Edits, LONGEST_WORD, Scan};
use super::{Classes, emoji};

/// The most repetitions looked at together.
const LONGEST_RUN: usize = 4 * LONGEST_WORD;

pub(super) fn rule(scan: &Scan<'_>, at: usize, c: char) -> Option<Edits> {
    let english = scan.language.is_english();
    let next = at + c.len_utf8();
    match c {
        // Soft hyphen, zero-width space, direction marks, byte order mark.
        '\u{ad}'
        | '\u{200b}'
        | '\u{200e}'
        | '\u{200f}'
        | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{2064}'
        | '\u{2066}'..='\u{2069}'
        | '\u{feff}'
            if scan.has(Classes::PUNCTUATION) =>
        {
            Some(Edits::put(next, ""))
        }
        '\'' | '’' | '‘' | '‛' | '´' | '`' | 'ʼ' | '′' if scan.has(Classes::QUOTES) => {
            apostrophe(scan, at, c)
        }
        '„' | '‟' | '〝' | '«' | '‹' if english && scan.has(Classes::QUOTES) => {
            Some(Edits::put(scan.spaces(next), "“"))
        }
        '»' | '›' if english && scan.has(Classes::QUOTES) => Some(Edits::put(next, "”")),
        ' ' | '\u{a0}' | '\u{202f}' if english && scan.has(Classes::QUOTES) => {
            let end = scan.spaces(at);
            let closer = scan.char(end).filter(|c| matches!(c, '»' | '›'))?;
            Some(Edits::put(end + closer.len_utf8(), "”"))
        }
        '-' | '‐' | '‑' | '‒' | '–' | '—' | '―' | '−' if scan.has(Classes::DASHES) => {
            dash(scan, at, c)
        }
        '.' | '…' if english && scan.has(Classes::ELLIPSES) => ellipsis(scan, at),
        '!' | '?' | ',' | ';' | '。' | '！' | '？' | '¡' | '¿' | '‽' | '⁇' | '⁉' | '⁈' | '‼'
            if scan.has(Classes::PUNCTUATION) =>
        {
            repeated(scan, at, c)
        }
        _ => None,
    }
}

/// An apostrophe inside a word, or before one that has lost its beginning, is the plain one.
fn apostrophe(scan: &Scan<'_>, at: usize, c: char) -> Option<Edits> {
    let next = at + c.len_utf8();
    let before = scan.before(at).is_some_and(char::is_alphanumeric);
    let after = scan.char(next).is_some_and(char::is_alphanumeric);
    if before && after {
        return (c != '\'').then(|| Edits::put(next, "'"));
    }
    // "’tis", "rock ’n’ roll", but not the opening quote of "‘I".
    if after && !before && matches!(c, '’' | 'ʼ') {
        return Some(Edits::put(next, "'"));
    }
    // "James’", "goin’": the end of a quotation looks the same and is silent as well.
    (before && matches!(c, '’' | 'ʼ') && scan.before(at) == Some('s')).then(|| Edits::put(next, "'"))
}

fn dash(scan: &Scan<'_>, at: usize, c: char) -> Option<Edits> {
    let is_dash = |c: &char| matches!(c, '-' | '‐' | '‑' | '‒' | '–' | '—' | '―' | '−');
    let run = scan.rest(at).chars().take(LONGEST_RUN).take_while(is_dash);
    let (count, len) = run.fold((0, 0), |(count, len), c| (count + 1, len + c.len_utf8()));
    let end = at + len;
    let (before, after) = (scan.before(at), scan.text[end..].chars().next());
    let is_space = |c: Option<char>| c.is_none_or(char::is_whitespace);
    if count == 1 {
        return match c {
            '‐' | '‑' => Some(Edits::put(end, "-")),
            _ if is_space(before) && is_space(after) && before.is_some() && c != '—' => {
                Some(Edits::put(end, "—"))
            }
            '―' | '‒' => Some(Edits::put(end, "—")),
            '–' if !(is_space(after) || is_digit(before) && is_digit(after)) => {
                // "Paris–Lyon" is a compound; between words with small letters it separates clauses.
                let capital = after.is_some_and(char::is_uppercase);
                Some(Edits::put(end, if capital { "-" } else { "—" }))
            }
            _ => None,
        };
    }
    // Options of programs: "--help".
    if is_space(before)
        && after.is_some_and(char::is_alphabetic)
        && scan.rest(at).starts_with("--")
        && count == 2
    {
        return Some(Edits::put(end, ""));
    }
    Some(Edits::put(end, "—"))
}

fn is_digit(c: Option<char>) -> bool {
    c.is_some_and(|c| c.is_ascii_digit())
}

/// Three full stops or more, with spaces between or not, are one sign.
fn ellipsis(scan: &Scan<'_>, at: usize) -> Option<Edits> {
    let rest = scan.rest(at).as_bytes();
    let (mut dots, mut end) = (0, 0);
    let mut cursor = 0;
    while cursor < rest.len().min(LONGEST_RUN) {
        match rest[cursor] {
            b'.' => dots += 1,
            0xe2 if rest[cursor..].starts_with("…".as_bytes()) => {
                dots += 3;
                cursor += 2;
            }
            // ". . ."
            b' ' if dots > 0 && rest.get(cursor + 1) == Some(&b'.') && rest[cursor - 1] == b'.' => {}
            _ => break,
        }
        cursor += 1;
        end = cursor;
    }
    (dots >= 3 && &scan.rest(at)[..end] != "…").then(|| Edits::put(at + end, "…"))
}

/// Marks of a kind said once: "!!!" is "!", "?!?!" is "?!".
fn repeated(scan: &Scan<'_>, at: usize, c: char) -> Option<Edits> {
    let single = match c {
        '‼' => "!",
        '⁇' => "?",
        '⁉' | '⁈' | '‽' => "?!",
        _ => "",
    };
    let is_ending = |c: char| matches!(c, '!' | '?' | '！' | '？');
    let run = scan.rest(at).chars().take(LONGEST_RUN);
    let run: Vec<char> = if is_ending(c) {
        run.take_while(|&c| is_ending(c)).collect()
    } else {
        run.take_while(|&other| other == c).collect()
    };
    let end = at + run.iter().map(|c| c.len_utf8()).sum::<usize>();
    if !single.is_empty() {
        return Some(Edits::put(end, single));
    }
    if run.len() < 2 {
        return None;
    }
    // "?!" stays as it is.
    let asks = run.iter().any(|c| matches!(c, '?' | '？'));
    let shouts = run.iter().any(|c| matches!(c, '!' | '！'));
    let text = match c {
        _ if asks && shouts && run.len() == 2 => return None,
        _ if asks && shouts => "?!".to_owned(),
        c => c.to_string(),
    };
    Some(Edits::put(end, text))
}

/// Emoji, if their class is on.
pub(super) fn emoji_rule(scan: &Scan<'_>, at: usize, c: char, spoken: bool) -> Option<Edits> {
    let may_be = c == ' ' || !c.is_ascii() || ":;<^=xX".contains(c);
    (may_be && scan.has(Classes::EMOJI))
        .then(|| emoji::rule(scan, at, c, spoken && scan.language.is_english()))?
}
