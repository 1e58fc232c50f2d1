//! Sentences in capitals, whose words misaki takes for names and spells where they are short.

use std::ops::Range;

use super::super::scan::{Edits, LONGEST_WORD, Scan};

/// Words in capitals that must follow each other before they are taken for shouting.
const FEWEST_WORDS: usize = 3;

/// Acronyms that stay in capitals among words in capitals.
#[rustfmt::skip]
const ACRONYMS: &[&str] = &[
    "USA", "UK", "EU", "UN", "FBI", "CIA", "NSA", "NASA", "NATO", "DNA", "RNA", "HIV", "AIDS", "CEO", "CFO", "CTO", "PDF", "URL",
    "HTML", "CSS", "HTTP", "HTTPS", "API", "CPU", "GPU", "RAM", "ROM", "SSD", "USB", "TV", "PC", "CD", "DVD", "VIP", "FAQ", "ATM",
    "BBC", "CNN", "NBC", "ABC", "CBS", "NBA", "NFL", "MLB", "NHL", "FIFA", "UFO", "DIY", "FYI", "ASAP", "LED", "LCD", "GPS", "SMS",
    "SQL", "JSON", "XML", "YAML", "AI", "ML", "NLP", "TTS", "LLM", "VPN", "DNS", "IP", "TCP", "UDP", "SSH", "PM", "AM", "OK", "ID",
    "GDP", "IRS", "NYC", "LA", "DC", "PHD", "MBA", "IBM", "AMD", "BMW", "MIT", "UCLA", "JPEG", "PNG", "GIF", "IOS", "EV", "HR", "PR",
];

/// Stretches of text that are shouted.
#[derive(Debug, Default)]
pub(super) struct Capitals {
    ranges: Vec<Range<usize>>,
    /// The first range that may still be of use.
    next: usize,
}

impl Capitals {
    /// Looks for runs of words in capitals, in one pass.
    pub(super) fn find(text: &str) -> Self {
        let mut ranges = Vec::new();
        // The run so far: where it starts and ends, its words, and those of them with four letters or a common short one.
        let (mut run, mut words, mut plain) = (0..0, 0, 0);
        let mut flush = |run: &Range<usize>, words: usize, plain: usize| {
            if words >= FEWEST_WORDS && 2 * plain >= words {
                ranges.push(run.clone());
            }
        };
        let mut at = 0;
        while at < text.len() {
            let rest = &text[at..];
            let len = rest.find(|c: char| !c.is_alphabetic() && c != '\'' && c != '’').unwrap_or(rest.len());
            let word = &rest[..len];
            if len == 0 {
                at += rest.chars().next().map_or(1, char::len_utf8);
                if rest.starts_with("\n\n") {
                    flush(&run, words, plain);
                    (run, words, plain) = (at..at, 0, 0);
                }
                continue;
            }
            let capitals = word.chars().all(|c| !c.is_lowercase()) && word.chars().any(char::is_uppercase);
            if capitals {
                if words == 0 {
                    run.start = at;
                }
                run.end = at + len;
                words += 1;
                let short = [
                    "THE", "IS", "A", "TO", "OF", "AND", "IN", "IT", "NOT", "FOR", "YOU", "ALL", "DO", "NO",
                    "BE", "WE", "I", "ON", "MY", "ARE",
                ];
                plain += usize::from((word.len() > 3 || short.contains(&word)) && !ACRONYMS.contains(&word));
            } else {
                flush(&run, words, plain);
                (run, words, plain) = (at..at, 0, 0);
            }
            at += len;
        }
        flush(&run, words, plain);
        Self { ranges, next: 0 }
    }

    /// A shouted word in small letters.
    pub(super) fn rule(&mut self, scan: &Scan<'_>, at: usize) -> Option<Edits> {
        while self.ranges.get(self.next).is_some_and(|range| range.end <= at) {
            self.next += 1;
        }
        if self.ranges.get(self.next)?.start > at {
            return None;
        }
        let rest = scan.rest(at);
        let is_part = |c: &char| c.is_alphabetic() || matches!(c, '\'' | '’');
        let len: usize = rest.chars().take(LONGEST_WORD).take_while(is_part).map(char::len_utf8).sum();
        let word = rest[..len].trim_end_matches(['\'', '’']);
        let end = at + word.len();
        // Letters before a digit or a full stop and a letter are a name.
        let is_name = !scan.is_end(end)
            || scan.text[end..].starts_with('.') && scan.text[end + 1..].starts_with(char::is_alphabetic);
        if word == "I" || word.starts_with("I'") || word.starts_with("I’") {
            let tail = word[1..].to_lowercase().replace('’', "'");
            return (!tail.is_empty()).then(|| Edits::put(end, format!("I{tail}")));
        }
        // An initial: "J. R. R. Tolkien".
        let initial = word.len() == 1 && (word != "A" || scan.text[end..].starts_with('.'));
        if initial || ACRONYMS.contains(&word) || is_name && word.len() < 4 {
            return None;
        }
        let lower = word.to_lowercase().replace('’', "'");
        // The first word keeps its capital, as in a sentence.
        let begins = {
            let before = scan.spaces_before(at);
            scan.text[..before].chars().next_back().is_none_or(|c| ".!?…:\n".contains(c))
        };
        let mut letters = lower.chars();
        let lower = match letters.next() {
            Some(first) if begins => first.to_uppercase().collect::<String>() + letters.as_str(),
            _ => lower.clone(),
        };
        Some(Edits::put(end, lower))
    }
}
