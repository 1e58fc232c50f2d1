//! Tokens cut into pieces of letters, numbers and other characters.
//!
//! Source: misaki 0.9.4, `SUBTOKEN_REGEX`, whose alternatives are tried in this order at each character.

use std::ops::Range;

use unicode_properties::{GeneralCategory, UnicodeGeneralCategory};

use super::lexicon::is_letter;

/// Bytes of the pieces of `token`, in order. Nothing but lone apostrophes between other pieces is left out.
pub(super) fn pieces(token: &str) -> Vec<Range<usize>> {
    let mut pieces = Vec::new();
    let mut at = 0;
    while let Some(first) = token[at..].chars().next() {
        let len = piece(token, at).unwrap_or(0);
        if len > 0 {
            pieces.push(at..at + len);
        }
        at += if len > 0 { len } else { first.len_utf8() };
    }
    pieces
}

/// Bytes of the piece that begins at byte `at`.
fn piece(token: &str, at: usize) -> Option<usize> {
    let rest = &token[at..];
    let first = rest.chars().next()?;
    let apostrophes = run(rest, is_apostrophe);
    if at == 0 && apostrophes > 0 {
        return Some(apostrophes);
    }
    if is_upper(first) {
        let mut next = rest.chars().skip(1);
        if next.next().is_some_and(is_upper) && next.next().is_some_and(is_lower) {
            return Some(first.len_utf8());
        }
    }
    let minus = usize::from(at == 0 && first == '-');
    let number = number(&rest[minus..]);
    if number > 0 {
        return Some(minus + number);
    }
    if matches!(first, '-' | '_') {
        return Some(run(rest, |c| matches!(c, '-' | '_')));
    }
    if rest.chars().take_while(|c| is_apostrophe(*c)).nth(1).is_some() {
        return Some(apostrophes);
    }
    if let Some(hump) = hump(rest) {
        return Some(hump);
    }
    if is_letter(first) {
        let letters = run(rest, is_letter);
        return Some(letters + contractions(&rest[letters..]));
    }
    if !is_apostrophe(first) && !is_digit(first) {
        return Some(first.len_utf8());
    }
    (apostrophes == rest.len()).then_some(apostrophes)
}

/// Bytes of a number: digits, each with a comma or point before it or not.
fn number(rest: &str) -> usize {
    let (mut end, mut separator) = (0, false);
    for (at, c) in rest.char_indices() {
        if is_digit(c) {
            end = at + c.len_utf8();
            separator = false;
        } else if matches!(c, ',' | '.') && !separator {
            separator = true;
        } else {
            break;
        }
    }
    end
}

/// Bytes of the shortest run of letters that ends in a small one before a capital: the `Mc` of `McDonald`.
fn hump(rest: &str) -> Option<usize> {
    let mut at = 0;
    loop {
        let tail = &rest[at..];
        let mut inner = 0;
        loop {
            let mut next = tail[inner..].chars();
            if let (Some(last), Some(capital)) = (next.next(), next.next())
                && is_lower(last)
                && is_upper(capital)
            {
                return Some(at + inner + last.len_utf8());
            }
            match contraction(&tail[inner..]) {
                0 => break,
                len => inner += len,
            }
        }
        match tail.chars().next().filter(|c| is_letter(*c)) {
            Some(letter) => at += letter.len_utf8(),
            None => return None,
        }
    }
}

/// Bytes of apostrophes followed by one letter each.
fn contractions(rest: &str) -> usize {
    let mut end = 0;
    loop {
        match contraction(&rest[end..]) {
            0 => return end,
            len => end += len,
        }
    }
}

/// Bytes of an apostrophe and one letter, if `rest` begins with them.
fn contraction(rest: &str) -> usize {
    let mut chars = rest.chars();
    match (chars.next(), chars.next()) {
        (Some(apostrophe), Some(letter)) if is_apostrophe(apostrophe) && is_letter(letter) => {
            apostrophe.len_utf8() + letter.len_utf8()
        }
        _ => 0,
    }
}

/// Bytes of the characters at the beginning of `rest` that are `wanted`.
fn run(rest: &str, wanted: impl Fn(char) -> bool) -> usize {
    rest.find(|c| !wanted(c)).unwrap_or(rest.len())
}

fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '‘' | '’')
}

fn is_digit(c: char) -> bool {
    c.is_ascii_digit() || (!c.is_ascii() && c.general_category() == GeneralCategory::DecimalNumber)
}

fn is_upper(c: char) -> bool {
    c.is_ascii_uppercase() || (!c.is_ascii() && c.general_category() == GeneralCategory::UppercaseLetter)
}

fn is_lower(c: char) -> bool {
    c.is_ascii_lowercase() || (!c.is_ascii() && c.general_category() == GeneralCategory::LowercaseLetter)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_cut_as_by_misaki() {
        let cases: [(&str, &[&str]); 22] = [
            ("$5.50", &["$", "5.50"]),
            ("iPhone6", &["i", "Phone", "6"]),
            ("x2y", &["x", "2", "y"]),
            ("10:30", &["10", ":", "30"]),
            ("1,234.5kg", &["1,234.5", "kg"]),
            ("e.g.", &["e", ".", "g", "."]),
            ("foo_bar", &["foo", "_", "bar"]),
            ("HTMLParser", &["HTMLParser"]),
            ("McDonald", &["Mc", "Donald"]),
            ("don't", &["don't"]),
            ("rock'n'roll", &["rock'n'r", "oll"]),
            ("O'Neil", &["O'N", "eil"]),
            ("'em", &["'", "em"]),
            ("dogs'", &["dogs", "'"]),
            ("-5", &["-5"]),
            ("F-16", &["F", "-", "16"]),
            ("a--b", &["a", "--", "b"]),
            ("1'2", &["1", "2"]),
            ("x''y", &["x", "''", "y"]),
            ("..5", &[".", ".5"]),
            ("a'bcD", &["a'bc", "D"]),
            ("", &[]),
        ];
        for (token, expected) in cases {
            let found: Vec<&str> = pieces(token).into_iter().map(|range| &token[range]).collect();
            assert_eq!(found, expected, "{token}");
        }
    }
}
