//! misaki's notation in brackets, and pauses.

use super::Document;
use super::builder::{Builder, seconds};
use crate::text::MarkKind;

/// The longest pause's notation, in bytes.
const MAX_PAUSE_BYTES: usize = 32;

/// How a pause begins.
const PAUSE: &str = "[pause:";

pub(super) fn parse(raw: &str) -> Document {
    let mut builder = Builder::new(raw);
    let mut squares = Finder::new(raw, b']');
    let mut rounds = Finder::new(raw, b')');
    let mut at = 0;
    while let Some(open) = raw[at..].find('[').map(|found| at + found) {
        at = open + 1;
        if let Some(end) = pause(raw, open, &mut builder) {
            at = end;
            continue;
        }
        // The first closing bracket behind at least one character, directly before a round one.
        let Some(close) = squares.from(at).filter(|&close| close > at) else { continue };
        if raw.as_bytes().get(close + 1) != Some(&b'(') {
            continue;
        }
        let Some(end) = rounds.from(close + 2) else { continue };
        let feature = feature(&raw[close + 2..end]);
        let before = &raw[..open];
        let is_image = feature.is_none()
            && before.ends_with('!')
            && !before.ends_with("!!")
            && before[..before.len() - 1].chars().next_back().is_none_or(char::is_whitespace);
        builder.keep_to(if is_image { open - 1 } else { open });
        builder.replace_to(at, "");
        let start = builder.len();
        builder.keep_to(close);
        if let Some(kind) = feature
            && !builder.mark_since(start, kind)
        {
            builder.warn(open..end + 1, format!("{} covers no word", &raw[close + 1..=end]));
        }
        builder.replace_to(end + 1, "");
        at = end + 1;
    }
    builder.finish()
}

/// Reads a pause at `open`; the byte behind it.
fn pause(raw: &str, open: usize, builder: &mut Builder<'_>) -> Option<usize> {
    let head = raw.as_bytes().get(open..open + PAUSE.len())?;
    if !head.eq_ignore_ascii_case(PAUSE.as_bytes()) {
        return None;
    }
    let value = open + PAUSE.len();
    let window = &raw.as_bytes()[value..raw.len().min(value + MAX_PAUSE_BYTES)];
    let end = window.iter().position(|&byte| byte == b']').map(|len| value + len);
    let Some((end, length)) = end.and_then(|end| Some((end, seconds(&raw[value..end])?))) else {
        let end = end.map_or(value, |end| end + 1);
        builder.warn(
            open..end,
            format!("expected a pause such as [pause:1.5s] or [pause:300ms], found {:?}", &raw[open..end]),
        );
        return None;
    };
    builder.keep_to(open);
    builder.blank_to(end + 1);
    builder.pause(length, open..end + 1);
    Some(end + 1)
}

/// What the value in round brackets says about the text before it.
fn feature(value: &str) -> Option<MarkKind> {
    let digits = value.strip_prefix(['-', '+']).unwrap_or(value);
    if !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) {
        // Beyond ±2 nothing changes.
        let level = digits.parse::<u8>().map_or(2.0, |level| f32::from(level.min(2)));
        return Some(MarkKind::Stress(if value.starts_with('-') { -level } else { level }));
    }
    let delimited = |sign: char| value.strip_prefix(sign).filter(|rest| rest.ends_with(sign));
    match value {
        "0.5" | "+0.5" => Some(MarkKind::Stress(0.5)),
        "-0.5" => Some(MarkKind::Stress(-0.5)),
        _ => delimited('/').map(|rest| MarkKind::Phonemes(rest.trim_end_matches('/').to_owned())).or_else(
            || delimited('#').map(|rest| MarkKind::NumberFlags(rest.trim_end_matches('#').to_owned())),
        ),
    }
}

/// Finds a byte again and again, looking at each byte of the text once.
struct Finder<'a> {
    raw: &'a [u8],
    wanted: u8,
    /// The last answer; the text's length if there is none behind.
    found: Option<usize>,
}

impl<'a> Finder<'a> {
    fn new(raw: &'a str, wanted: u8) -> Self {
        Self { raw: raw.as_bytes(), wanted, found: None }
    }

    /// The first one at or behind `at`; `at` never decreases.
    fn from(&mut self, at: usize) -> Option<usize> {
        let found = match self.found.filter(|&found| found >= at) {
            Some(found) => found,
            None => {
                let rest = self.raw.get(at..).unwrap_or_default();
                rest.iter().position(|&byte| byte == self.wanted).map_or(self.raw.len(), |found| at + found)
            }
        };
        self.found = Some(found);
        (found < self.raw.len()).then_some(found)
    }
}
