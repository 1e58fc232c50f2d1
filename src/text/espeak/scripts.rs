//! The characters that espeak-ng 1.52 is trusted with.
//!
//! For a letter of another script it loads that script's language beside the voice's, and on some of these ways it walks in
//! front of its phoneme list and crashes (`InterpretPhoneme`; a few characters are enough, and it depends on what was said
//! before). A crash cannot be caught, so each language gets the scripts it is written in, Latin letters, and common signs;
//! everything else is as a space. A fuzzer (`tests/text_espeak.rs`) goes through what is left.

use std::ops::Range;

use crate::text::{Language, SourceMap, marks};

/// `text` with characters of foreign scripts and rare signs as spaces, and hyphens between a sign and something else too
/// (`€-x`), which lead to the same crash. A mark of punctuation is no such sign: espeak-ng never sees it.
pub(super) fn readable(text: &str, language: Language) -> (String, SourceMap) {
    let is_sign = |c: char| !c.is_alphanumeric() && !c.is_whitespace() && c != '-' && !marks::is_mark(c);
    let mut last = ' ';
    let mut chars = text.chars().skip(1).chain([' ']);
    marks::replace_chars(text, |c| {
        let next = chars.next().unwrap_or(' ');
        let is_stray_hyphen = c == '-' && is_sign(last) && !next.is_whitespace();
        let is_kept = !is_stray_hyphen && is_readable(c, language);
        last = if is_kept { c } else { ' ' };
        (!is_kept).then_some(" ")
    })
}

/// The runs of letters and digits in `text` that [`readable`] does not keep, as ranges of bytes.
pub(super) fn unreadable(text: &str, language: Language) -> impl Iterator<Item = Range<usize>> {
    let is_lost = move |c: char| c.is_alphanumeric() && !is_readable(c, language);
    let mut at = 0;
    std::iter::from_fn(move || {
        let start = at + text[at..].find(is_lost)?;
        // A run goes on over accents and signs of the same script.
        let goes_on = |c: char| !c.is_whitespace() && !is_readable(c, language);
        let len = text[start..].find(|c| !goes_on(c)).unwrap_or(text.len() - start);
        at = start + len;
        Some(start..at)
    })
}

fn is_readable(c: char, language: Language) -> bool {
    let common = matches!(c,
        '\t'..='\r' | ' '..='~'
        // Latin letters of Europe's languages, with what Latin-1 has of signs; Romanian's comma letters.
        | '\u{a0}'..='\u{17f}' | '\u{218}'..='\u{21b}'
        // Accents that stand alone: grave, acute, circumflex, tilde, macron, diaeresis, cedilla.
        | '\u{300}'..='\u{304}' | '\u{308}' | '\u{327}'
        // Dashes, quotes, dots; euro and rupee; trade mark; eighths and thirds; minus.
        | '\u{2010}'..='\u{2026}' | '\u{2032}' | '\u{2033}' | '€' | '₹' | '™' | '\u{2153}'..='\u{215e}' | '−');
    common
        || match language {
            Language::Hindi => matches!(c, '\u{900}'..='\u{97f}' | '\u{200c}' | '\u{200d}'),
            Language::Japanese | Language::Mandarin => is_east_asian(c),
            _ => false,
        }
}

/// Kana, Chinese characters and their punctuation, full-width forms.
fn is_east_asian(c: char) -> bool {
    matches!(c, '\u{3000}'..='\u{3011}' | '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}'
        | '\u{ff01}'..='\u{ff9f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_language_keeps_its_own_script() {
        let kept = |text, language| readable(text, language).0;
        let mixed = "naïve €5 — नमस्ते 한국어 漢字 привет";
        assert_eq!(kept(mixed, Language::French).trim_end(), "naïve €5 —");
        assert_eq!(kept(mixed, Language::Hindi).trim_end(), "naïve €5 — नमस्ते");
        assert!(kept(mixed, Language::Mandarin).contains("漢字"));
        let lost = |language| unreadable(mixed, language).map(|range| &mixed[range]).collect::<Vec<_>>();
        assert_eq!(lost(Language::French), ["नमस्ते", "한국어", "漢字", "привет"]);
        assert_eq!(lost(Language::Hindi), ["한국어", "漢字", "привет"]);
        assert_eq!(
            kept("well-known -5 a - b €-5 (-x) --", Language::Spanish),
            "well-known -5 a - b € 5 (-x) --"
        );
    }
}
