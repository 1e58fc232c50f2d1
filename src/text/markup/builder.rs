//! A document in the making: what both syntaxes do with text, pauses and warnings.

use std::ops::Range;

use super::{Document, MAX_PAUSE_SECONDS, MAX_WARNINGS, Pause, RATE_RANGE, Rate, Warning};
use crate::text::{Mark, MarkKind, Rewrite};

/// A document of which the text up to [`position`](Builder::position) has been read.
pub(super) struct Builder<'a> {
    raw: &'a str,
    rewrite: Rewrite<'a>,
    document: Document,
    /// Since when the rate below holds.
    rate_since: usize,
    rate: f32,
    /// The last character written that is not white space.
    last_visible: Option<char>,
    /// Byte and line up to which lines have been counted.
    counted: (usize, usize),
    warnings_left_out: usize,
}

impl<'a> Builder<'a> {
    pub(super) fn new(raw: &'a str) -> Self {
        Self {
            raw,
            rewrite: Rewrite::new(raw),
            document: Document::default(),
            rate_since: 0,
            rate: 1.0,
            last_visible: None,
            counted: (0, 1),
            warnings_left_out: 0,
        }
    }

    /// Bytes written so far.
    pub(super) fn len(&self) -> usize {
        self.rewrite.written().len()
    }

    /// Bytes of the source read so far.
    pub(super) fn position(&self) -> usize {
        self.rewrite.position()
    }

    /// The last character written that is not white space.
    pub(super) fn last_visible(&self) -> Option<char> {
        self.last_visible
    }

    /// Keeps the text up to byte `end` of the source.
    pub(super) fn keep_to(&mut self, end: usize) {
        let kept = &self.raw[self.rewrite.position()..end];
        self.last_visible = kept.trim_end().chars().next_back().or(self.last_visible);
        self.rewrite.keep_to(end);
    }

    /// Puts `text` in place of the source up to byte `end`.
    pub(super) fn replace_to(&mut self, end: usize, text: &str) {
        self.last_visible = text.trim_end().chars().next_back().or(self.last_visible);
        self.rewrite.replace_to(end, text);
    }

    /// Takes out the source up to byte `end`, and leaves a space if words would run together.
    pub(super) fn blank_to(&mut self, end: usize) {
        let runs_on = self.rewrite.written().chars().next_back().is_some_and(|c| !c.is_whitespace());
        self.rewrite.replace_to(end, if runs_on { " " } else { "" });
    }

    /// Takes out the source up to byte `end`; what follows is a paragraph of its own.
    pub(super) fn paragraph_to(&mut self, end: usize) {
        let written = self.rewrite.written();
        let breaks = if written.is_empty() || written.ends_with("\n\n") { "" } else { "\n\n" };
        self.rewrite.replace_to(end, breaks);
    }

    /// Settles something about what was written since byte `start` of the text; whether there is a word in it.
    pub(super) fn mark_since(&mut self, start: usize, kind: MarkKind) -> bool {
        let range = trimmed(self.rewrite.written(), start..self.len());
        let start = range.start.max(self.document.marks.last().map_or(0, |mark| mark.range.end));
        if start >= range.end {
            return false;
        }
        self.document.marks.push(Mark { range: start..range.end, kind });
        true
    }

    /// Settles something about parts of what was written since byte `start` of the text.
    pub(super) fn add_marks(&mut self, marks: &[Mark], start: usize) {
        self.document.marks.extend(marks.iter().map(|mark| Mark {
            range: start + mark.range.start..start + mark.range.end,
            kind: mark.kind.clone(),
        }));
    }

    /// Puts a silence at the end of what has been written. `source` is where it was asked for.
    pub(super) fn pause(&mut self, seconds: f32, source: Range<usize>) {
        if seconds > MAX_PAUSE_SECONDS {
            let message = format!("a pause of {seconds} s is cut to {MAX_PAUSE_SECONDS} s");
            self.warn(source, message);
        }
        let seconds = seconds.min(MAX_PAUSE_SECONDS);
        if seconds > 0.0 {
            self.document.pauses.push(Pause { at_byte: self.len(), seconds });
        }
    }

    /// What follows is spoken at `rate` times the speed.
    pub(super) fn set_rate(&mut self, rate: f32) {
        let rate = rate.clamp(RATE_RANGE.0, RATE_RANGE.1);
        let range = self.rate_since..self.len();
        if self.rate != 1.0 && !range.is_empty() {
            self.document.rates.push(Rate { range, factor: self.rate });
        }
        (self.rate, self.rate_since) = (rate, self.len());
    }

    /// Tells of something at `range` of the source. Calls go through the source from left to right.
    pub(super) fn warn(&mut self, range: Range<usize>, message: String) {
        if self.document.warnings.len() + 1 >= MAX_WARNINGS {
            self.warnings_left_out += 1;
            return;
        }
        let line = self.line(range.start);
        self.document.warnings.push(Warning { range, line, message });
    }

    /// The line of byte `at` of the source, from 1.
    pub(super) fn line(&mut self, at: usize) -> usize {
        let (from, line) = self.counted;
        // Nested elements are told of at their ends, so a place may lie a little before the last one.
        let line = match at.checked_sub(from) {
            Some(_) => line + newlines(&self.raw[from..at]),
            None => line - newlines(&self.raw[at..from]),
        };
        self.counted = (at, line);
        line
    }

    /// Keeps the rest and ends.
    pub(super) fn finish(mut self) -> Document {
        self.keep_to(self.raw.len());
        self.set_rate(1.0);
        if self.warnings_left_out > 0 {
            let end = self.raw.len();
            let line = self.line(end);
            let message = format!("{} more warnings are left out", self.warnings_left_out);
            self.document.warnings.push(Warning { range: end..end, line, message });
        }
        let (text, map) = self.rewrite.finish();
        Document { text, map, ..self.document }
    }
}

fn newlines(text: &str) -> usize {
    text.bytes().filter(|&byte| byte == b'\n').count()
}

/// `range` of `text` without the white space at its ends.
pub(super) fn trimmed(text: &str, range: Range<usize>) -> Range<usize> {
    let part = &text[range.clone()];
    let start = range.start + (part.len() - part.trim_start().len());
    start..start + part.trim().len()
}

/// Reads a time such as `1.5s` or `300 ms`: not negative.
pub(super) fn seconds(text: &str) -> Option<f32> {
    let text = text.trim().trim_start_matches('+').to_ascii_lowercase();
    let (number, scale) = match text.strip_suffix("ms") {
        Some(number) => (number, 1000.0),
        None => (text.strip_suffix('s')?, 1.0),
    };
    decimal(number).map(|value| value / scale)
}

/// Reads a plain decimal number, without sign and exponent.
pub(super) fn decimal(text: &str) -> Option<f32> {
    let text = text.trim();
    let plain = text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    text.parse().ok().filter(|value: &f32| plain && value.is_finite())
}
