//! Times of day and durations on a clock.

use super::super::Classes;
use super::super::digits::small;
use super::super::scan::{Edits, Scan, Spoken};
use super::words;

/// Zones of time, which are spelled.
const ZONES: &[&str] = &[
    "UTC", "GMT", "EST", "EDT", "CST", "CDT", "MST", "MDT", "PST", "PDT", "BST", "CET", "CEST", "IST", "JST",
    "ET", "PT",
];

/// Half of a day.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Half {
    Morning,
    Afternoon,
}

/// A time in words, without the half of the day: "ten thirty", "ten oh five", "ten o'clock", "zero hours".
pub(crate) fn spoken_time(hour: u64, minute: u64, second: Option<u64>) -> String {
    let mut text = match (hour, minute) {
        (0, 0) => "midnight".to_owned(),
        (0, _) => format!("zero {}", minutes(minute)),
        (1..=12, 0) => format!("{} o'clock", words::cardinal(hour)),
        (_, 0) => format!("{} hundred", words::cardinal(hour)),
        _ => format!("{} {}", words::cardinal(hour), minutes(minute)),
    };
    if let Some(second) = second {
        let plural = if second == 1 { "" } else { "s" };
        text = format!("{text} and {} second{plural}", words::cardinal(second));
    }
    text
}

fn minutes(minute: u64) -> String {
    if minute < 10 { format!("oh {}", words::cardinal(minute)) } else { words::cardinal(minute) }
}

/// A time as it is written: `10:30`, `10:30:15`, `10.30 am`, `5pm`.
struct Time {
    hour: u64,
    minute: Option<u64>,
    second: Option<u64>,
    half: Option<Half>,
    end: usize,
}

impl Time {
    fn text(&self, with_half: bool) -> Spoken {
        let half = self.half.filter(|_| with_half);
        let mut spoken = match (self.minute, self.half) {
            (None | Some(0), Some(_)) => Spoken::from(words::cardinal(self.hour)),
            (None, None) => Spoken::from(words::cardinal(self.hour)),
            (Some(minute), _) => Spoken::from(spoken_time(self.hour, minute, self.second)),
        };
        if let Some(half) = half {
            let name = if half == Half::Morning { "AM" } else { "PM" };
            spoken.word(name);
        }
        spoken
    }
}

pub(super) fn rule(scan: &Scan<'_>, at: usize) -> Option<Edits> {
    if !scan.has(Classes::TIMES) {
        return None;
    }
    let first = time(scan, at)?;
    // A range of times: "9-5 pm", "10:00–11:30".
    let sign = scan.spaces(first.end);
    if let Some(c @ ('-' | '–' | '—')) = scan.char(sign)
        && scan.has(Classes::RANGES)
        && let Some(last) = time(scan, scan.spaces(sign + c.len_utf8()))
    {
        let is_time =
            last.half.is_some() || first.half.is_some() || first.minute.is_some() && last.minute.is_some();
        if is_time && ends(scan, &last) {
            let mut spoken = first.text(true);
            spoken.word("to");
            return Some(Edits::put(last.end, with(spoken, last.text(true), scan)));
        }
    }
    // "John 11:43-44"
    if let Some(c @ ('-' | '–')) = scan.char(first.end)
        && scan.has(Classes::RANGES)
        && first.minute.is_some()
        && let Some((last, end)) = small(scan, first.end + c.len_utf8(), 3, 200)
        && scan.is_end(end)
        && !scan.rest(end).starts_with([':', '-', '–'])
    {
        let mut spoken = first.text(true);
        spoken.word("to");
        return Some(Edits::put(end, with(spoken, Spoken::from(words::cardinal(last)), scan)));
    }
    if first.minute.is_none() && first.half.is_none() || !ends(scan, &first) {
        return None;
    }
    let spoken = first.text(true);
    let mut edits = Edits::put(first.end, with(Spoken::default(), spoken, scan));
    let zone_at = scan.spaces(first.end);
    let zone = scan.letters(zone_at);
    if zone_at > first.end && ZONES.contains(&zone) {
        let mut name = Spoken::default();
        name.word_read(zone, words::spelled(zone, scan.british()));
        edits = edits.then_keep(zone_at).then(zone_at + zone.len(), name);
    }
    Some(edits)
}

/// Puts two texts together; the halves of the day get their phonemes.
fn with(mut head: Spoken, tail: Spoken, scan: &Scan<'_>) -> Spoken {
    head.word(&tail.text);
    let mut read = Spoken::default();
    for word in head.text.split(' ') {
        let phonemes = matches!(word, "AM" | "PM").then(|| words::spelled(word, scan.british()));
        read.word_read(word, phonemes.flatten());
    }
    read
}

/// Whether nothing goes on behind a time.
fn ends(scan: &Scan<'_>, time: &Time) -> bool {
    scan.is_end(time.end) && !scan.goes_on(time.end, &[':', '.', ',', '/'])
}

fn time(scan: &Scan<'_>, at: usize) -> Option<Time> {
    let (hour, mut end) = small(scan, at, 2, 25)?;
    let (mut minute, mut second) = (None, None);
    let separator = scan.char(end);
    if let Some(':' | '.') = separator
        && let Some((value, behind)) = two_digits(scan, end + 1)
    {
        (minute, end) = (Some(value), behind);
        if separator == Some(':')
            && scan.rest(end).starts_with(':')
            && let Some((value, behind)) = two_digits(scan, end + 1)
        {
            (second, end) = (Some(value), behind);
        }
    }
    let half = half(scan, end);
    // "10.30" is a time only with its half of the day, or as the British write it: in the text of a table.
    if separator == Some('.') && minute.is_some() && half.is_none() {
        return None;
    }
    if let Some((_, behind)) = half {
        end = behind;
    }
    let half = half.map(|(half, _)| half);
    let fits = match half {
        Some(_) => (1..=12).contains(&hour),
        None => hour < 24 || hour == 24 && minute == Some(0),
    };
    fits.then_some(Time { hour, minute, second, half, end })
}

fn two_digits(scan: &Scan<'_>, at: usize) -> Option<(u64, usize)> {
    small(scan, at, 2, 60).filter(|(_, end)| *end == at + 2)
}

/// `am`, `a.m.`, `PM` behind spaces at `at`; its last full stop stays if it ends the sentence.
fn half(scan: &Scan<'_>, at: usize) -> Option<(Half, usize)> {
    let start = scan.spaces(at);
    let bytes = scan.rest(start).as_bytes();
    let half = match bytes.first()? {
        b'a' | b'A' => Half::Morning,
        b'p' | b'P' => Half::Afternoon,
        _ => return None,
    };
    match bytes {
        [_, b'.', b'm' | b'M', b'.', ..] => {
            let zone = ZONES.contains(&scan.letters(scan.spaces(start + 4)));
            let stop = usize::from(zone || !scan.ends_sentence(start + 4));
            Some((half, start + 3 + stop))
        }
        [_, b'.', b'm' | b'M', ..] if scan.is_end(start + 3) => Some((half, start + 3)),
        [_, b'm' | b'M', ..] if scan.is_end(start + 2) => {
            // "5 am" is a time, "I at 5 am" as well; "Am" is a verb.
            let mixed = bytes[0].is_ascii_uppercase() != bytes[1].is_ascii_uppercase();
            let is_verb = scan.letters(scan.spaces(start + 2)) == "I";
            (!mixed && !is_verb).then_some((half, start + 2))
        }
        _ => None,
    }
}

/// `10:30:00Z` behind a date.
pub(super) fn iso_time(scan: &Scan<'_>, at: usize) -> Option<(String, usize)> {
    let (hour, end) = two_digits(scan, at).filter(|(hour, _)| *hour < 25)?;
    let (minute, mut end) = two_digits(scan, scan.rest(end).strip_prefix(':').map(|_| end + 1)?)?;
    let mut second = None;
    if scan.rest(end).starts_with(':') {
        let (value, behind) = two_digits(scan, end + 1)?;
        (second, end) = (Some(value).filter(|value| *value > 0), behind);
        if scan.rest(end).starts_with('.') {
            end += 1 + scan.digits(end + 1).len();
        }
    }
    let mut text = spoken_time(hour, minute, second);
    if scan.rest(end).starts_with(['Z', 'z']) {
        text.push_str(" UTC");
        end += 1;
    }
    scan.is_end(end).then_some((text, end))
}
