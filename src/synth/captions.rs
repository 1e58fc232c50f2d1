//! The times of words as files: JSON, SubRip, WebVTT, tab-separated values. One entry a word in each.

use std::fmt;
use std::fmt::Write;
use std::path::Path;

use super::TimedWord;

/// How the times of words are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum CaptionFormat {
    /// A list of `{"word", "start", "end", "start_char", "end_char"}`: seconds, and Unicode scalars of the text.
    Json,
    /// SubRip, to the millisecond.
    Srt,
    /// WebVTT, to the millisecond.
    Vtt,
    /// Tab-separated values: `word`, `start`, `end`, `start_char`, `end_char`, with a line of headings.
    Tsv,
}

impl CaptionFormat {
    /// All of them.
    pub const ALL: [CaptionFormat; 4] =
        [CaptionFormat::Json, CaptionFormat::Srt, CaptionFormat::Vtt, CaptionFormat::Tsv];

    /// The ending of its files.
    pub fn extension(self) -> &'static str {
        match self {
            CaptionFormat::Json => "json",
            CaptionFormat::Srt => "srt",
            CaptionFormat::Vtt => "vtt",
            CaptionFormat::Tsv => "tsv",
        }
    }

    /// The format that the name of a file tells, in any case; `None` if its ending is none of them.
    pub fn of_path(path: &Path) -> Option<Self> {
        let extension = path.extension()?.to_str()?.to_ascii_lowercase();
        Self::ALL.into_iter().find(|format| format.extension() == extension)
    }

    /// The content of a file with `words`, which are bytes of `text`.
    ///
    /// # Panics
    /// If a word is not in `text`.
    pub fn render(self, text: &str, words: &[TimedWord]) -> String {
        let mut out = String::new();
        let written = match self {
            CaptionFormat::Json => json(&mut out, text, words),
            CaptionFormat::Srt => cues(&mut out, text, words, ','),
            CaptionFormat::Vtt => {
                out.push_str("WEBVTT\n\n");
                cues(&mut out, text, words, '.')
            }
            CaptionFormat::Tsv => tsv(&mut out, text, words),
        };
        written.expect("writing to a string does not fail");
        out
    }
}

fn json(out: &mut String, text: &str, words: &[TimedWord]) -> fmt::Result {
    out.push('[');
    for (index, word) in words.iter().enumerate() {
        out.push_str(if index == 0 { "\n" } else { ",\n" });
        out.push_str("  {\"word\": \"");
        for c in text[word.bytes.clone()].chars() {
            match c {
                '"' | '\\' => out.extend(['\\', c]),
                c if c < ' ' => write!(out, "\\u{:04x}", u32::from(c))?,
                c => out.push(c),
            }
        }
        let (start, end) = (seconds(word.start_s), seconds(word.end_s));
        let chars = &word.chars;
        write!(
            out,
            "\", \"start\": {start}, \"end\": {end}, \"start_char\": {}, \"end_char\": {}}}",
            chars.start, chars.end
        )?;
    }
    out.push_str(if words.is_empty() { "]\n" } else { "\n]\n" });
    Ok(())
}

fn tsv(out: &mut String, text: &str, words: &[TimedWord]) -> fmt::Result {
    out.push_str("word\tstart\tend\tstart_char\tend_char\n");
    for word in words {
        // A word has no white space, and so neither tab nor line break.
        let (start, end) = (seconds(word.start_s), seconds(word.end_s));
        writeln!(
            out,
            "{}\t{start}\t{end}\t{}\t{}",
            &text[word.bytes.clone()],
            word.chars.start,
            word.chars.end
        )?;
    }
    Ok(())
}

fn cues(out: &mut String, text: &str, words: &[TimedWord], decimal: char) -> fmt::Result {
    let mut earliest_ms = 0;
    for (index, word) in words.iter().enumerate() {
        // Rounded, a very short word may have no time left.
        let start_ms = milliseconds(word.start_s).max(earliest_ms);
        let end_ms = milliseconds(word.end_s).max(start_ms + 1);
        earliest_ms = end_ms;
        let shown = text[word.bytes.clone()].replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        let shown = if decimal == ',' { text[word.bytes.clone()].to_owned() } else { shown };
        writeln!(
            out,
            "{}\n{} --> {}\n{shown}\n",
            index + 1,
            clock(start_ms, decimal),
            clock(end_ms, decimal)
        )?;
    }
    Ok(())
}

fn milliseconds(seconds: f64) -> u64 {
    (seconds * 1000.0).round() as u64
}

/// `1:02:03.456` as both formats have it, with hours of two digits or more.
fn clock(ms: u64, decimal: char) -> String {
    let (s, ms) = (ms / 1000, ms % 1000);
    format!("{:02}:{:02}:{:02}{decimal}{ms:03}", s / 3600, s / 60 % 60, s % 60)
}

/// Seconds to the microsecond, without zeros at the end.
fn seconds(seconds: f64) -> String {
    let text = format!("{seconds:.6}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "Say \"a\\b\" <ü>";

    fn words() -> Vec<TimedWord> {
        let word = |bytes, chars, start_s, end_s| TimedWord { bytes, chars, start_s, end_s };
        vec![
            word(0..3, 0..3, 0.0, 0.4125),
            word(4..9, 4..9, 0.4125, 0.4126),
            word(10..14, 10..13, 3661.5, 3662.0),
        ]
    }

    #[test]
    fn json_is_read_back_by_serde() {
        let parsed: serde_json::Value =
            serde_json::from_str(&CaptionFormat::Json.render(TEXT, &words())).unwrap();
        let expected = serde_json::json!([
            {"word": "Say", "start": 0, "end": 0.4125, "start_char": 0, "end_char": 3},
            {"word": "\"a\\b\"", "start": 0.4125, "end": 0.4126, "start_char": 4, "end_char": 9},
            {"word": "<ü>", "start": 3661.5, "end": 3662, "start_char": 10, "end_char": 13},
        ]);
        assert_eq!(parsed, expected);
        assert_eq!(CaptionFormat::Json.render("", &[]), "[]\n");
    }

    #[test]
    fn cues_are_in_order_and_have_time() {
        let srt = CaptionFormat::Srt.render(TEXT, &words());
        let expected = "1\n00:00:00,000 --> 00:00:00,413\nSay\n\n2\n00:00:00,413 --> 00:00:00,414\n\"a\\b\"\n\n3\n\
                        01:01:01,500 --> 01:01:02,000\n<ü>\n\n";
        assert_eq!(srt, expected);
        let vtt = CaptionFormat::Vtt.render(TEXT, &words());
        assert!(vtt.starts_with("WEBVTT\n\n1\n00:00:00.000 --> 00:00:00.413\nSay\n"), "{vtt}");
        assert!(vtt.contains("&lt;ü&gt;"));
        let tsv = CaptionFormat::Tsv.render(TEXT, &words());
        assert!(tsv.ends_with("<ü>\t3661.5\t3662\t10\t13\n"), "{tsv}");
    }

    #[test]
    fn the_ending_of_a_name_tells_the_format() {
        let of = |name: &str| CaptionFormat::of_path(Path::new(name));
        assert_eq!((of("a.json"), of("b.SRT")), (Some(CaptionFormat::Json), Some(CaptionFormat::Srt)));
        assert_eq!((of("a.txt"), of("json"), of("")), (None, None, None));
    }
}
