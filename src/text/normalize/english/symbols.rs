//! Signs that stand for words.

use super::super::Classes;
use super::super::scan::{Edits, Scan};

/// Signs and their names. misaki reads `%`, `&`, `+` and `@` itself.
const SIGNS: &[(char, &str)] = &[
    ('=', "equals"),
    ('<', "is less than"),
    ('>', "is greater than"),
    ('≤', "is less than or equal to"),
    ('≥', "is greater than or equal to"),
    ('≠', "is not equal to"),
    ('≈', "is approximately"),
    ('±', "plus or minus"),
    ('×', "times"),
    ('÷', "divided by"),
    ('√', "the square root of"),
    ('∞', "infinity"),
    ('π', "pi"),
    ('§', "section"),
    ('¶', "paragraph"),
    ('→', "to"),
    ('⇒', "implies"),
    ('©', "copyright"),
    ('‰', "per mille"),
    ('№', "number"),
];

/// Signs that are seen and not said.
const SILENT: &[char] =
    &['®', '™', '℠', '•', '·', '▪', '►', '†', '‡', '←', '↑', '↓', '─', '━', '│', '■', '□', '●', '○', '◆'];

pub(super) fn rule(scan: &Scan<'_>, at: usize, c: char) -> Option<Edits> {
    let end = at + c.len_utf8();
    if c == '#' && scan.has(Classes::NUMBERS) && !scan.digits(end).is_empty() && scan.is_start(at) {
        let behind = end + scan.digits(end).len();
        return scan.is_end(behind).then(|| Edits::put(end, "number "));
    }
    if !scan.has(Classes::SYMBOLS) {
        return None;
    }
    let (before, after) = (scan.before(at), scan.text[end..].chars().next());
    let is_digit = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
    let is_space = |c: Option<char>| c.is_none_or(char::is_whitespace);
    // A letter's power; a number's is read with it.
    if let Some(name) = match c {
        '²' => Some(" squared"),
        '³' => Some(" cubed"),
        _ => None,
    } {
        return before.filter(|c| c.is_alphabetic()).map(|_| Edits::put(end, name));
    }
    if SILENT.contains(&c) {
        let apart = !is_space(before) && !is_space(after) && after.is_some_and(char::is_alphanumeric);
        return Some(Edits::put(end, if apart { " " } else { "" }));
    }
    // About five, but "~/" and "a~b" not.
    if c == '~'
        && (is_digit(after) || "$£€".contains(after.unwrap_or(' ')))
        && !before.is_some_and(char::is_alphanumeric)
    {
        return Some(Edits::put(end, "about "));
    }
    if c == '≈' && is_digit(after) && is_space(before) {
        return Some(Edits::put(end, "approximately "));
    }
    if matches!(c, '<' | '>') && is_digit(after) && is_space(before) && !ends_with_term(scan, at) {
        return Some(Edits::put(end, if c == '<' { "less than " } else { "more than " }));
    }
    // Between spaces or numbers "->" is "to".
    if c == '-' || c == '=' {
        let arrow = scan.rest(end).starts_with('>');
        if arrow && (is_space(before) || scan.before(at).is_some_and(char::is_alphanumeric)) {
            return Some(Edits::put(
                end + 1,
                padded(scan, at, end + 1, if c == '-' { "to" } else { "implies" }),
            ));
        }
    }
    if c == '/' {
        let alone = is_space(before) && is_space(after) && before.is_some() && after.is_some();
        return alone.then(|| Edits::put(end, "or"));
    }
    if c == '*' && is_space(before) && is_space(after) && scan.word_or_number_around(at, end) {
        return Some(Edits::put(end, "times"));
    }
    if matches!(c, '^' | '|' | '\\' | '{' | '}' | '[' | ']' | '~' | '_') {
        return None;
    }
    let (_, name) = SIGNS.iter().find(|(sign, _)| *sign == c)?;
    // Runs such as "====" are lines, not words.
    if after == Some(c) || before == Some(c) {
        return Some(Edits::put(end, if after == Some(c) || is_space(after) { "" } else { " " }));
    }
    match c {
        '=' if scan.rest(end).starts_with('=') => None,
        // "<name>" is no comparison.
        '<' | '>' if !(is_digit(before) || is_digit(after) || is_space(before) && is_space(after)) => None,
        '≤' | '≥' if is_digit(after) && !is_space(after) && is_space(before) && !ends_with_term(scan, at) => {
            Some(Edits::put(end, if c == '≤' { "at most " } else { "at least " }))
        }
        _ => Some(Edits::put(end, padded(scan, at, end, name))),
    }
}

/// Whether what is compared stands before byte `at`.
fn ends_with_term(scan: &Scan<'_>, at: usize) -> bool {
    let end = scan.spaces_before(at);
    let word = scan.letters_before(end);
    scan.before(end).is_some_and(|c| c.is_ascii_digit() || c == ')') || word.len() == 1
}

/// `name` with spaces where it would run into its neighbours.
fn padded(scan: &Scan<'_>, at: usize, end: usize, name: &str) -> String {
    let is_close = |c: Option<char>| c.is_some_and(|c| !c.is_whitespace());
    let lead = if is_close(scan.before(at)) && !scan.before(at).is_some_and(|c| "(“\"".contains(c)) {
        " "
    } else {
        ""
    };
    let next = scan.text[end..].chars().next();
    let tail = if is_close(next) && !next.is_some_and(|c| ".,;:!?)”".contains(c)) { " " } else { "" };
    format!("{lead}{name}{tail}")
}

/// A minus sign that is not a hyphen, before a number or between numbers.
pub(super) fn minus(scan: &Scan<'_>, at: usize, c: char) -> Option<Edits> {
    let end = at + c.len_utf8();
    if c == '-' {
        // "3 - 2"; "2 - 3" is a range.
        let spaced = scan.before(at) == Some(' ') && scan.rest(end).starts_with(' ');
        if spaced && scan.has(Classes::SYMBOLS) && scan.word_or_number_around(at, end) {
            return Some(Edits::put(end, "minus"));
        }
        return rule(scan, at, c);
    }
    let next = scan.char(scan.spaces(end))?;
    (scan.has(Classes::SYMBOLS) && (next.is_ascii_digit() || next == '.' || next.is_alphabetic()))
        .then(|| Edits::put(end, padded(scan, at, end, "minus")))
}

impl Scan<'_> {
    /// Whether a number stands before byte `at` and another one behind byte `end`, with spaces between.
    fn word_or_number_around(&self, at: usize, end: usize) -> bool {
        let before = self.before(self.spaces_before(at));
        let after = self.char(self.spaces(end));
        let is_term = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
        is_term(before) && is_term(after)
    }
}
