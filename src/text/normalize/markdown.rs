//! Markdown and the few HTML tags that come with it.

use super::scan::{Edits, LONGEST_WORD, Scan};

/// How far a link's parts are looked for.
const LONGEST_LINK: usize = 512;

/// The longest HTML tag.
const LONGEST_TAG: usize = 256;

const TAGS: &[&str] = &[
    "a",
    "b",
    "i",
    "u",
    "s",
    "em",
    "strong",
    "br",
    "p",
    "div",
    "span",
    "code",
    "pre",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "ul",
    "ol",
    "li",
    "table",
    "thead",
    "tbody",
    "tr",
    "td",
    "th",
    "img",
    "hr",
    "sub",
    "sup",
    "kbd",
    "blockquote",
    "small",
    "mark",
    "del",
    "ins",
    "details",
    "summary",
    "center",
    "font",
    "section",
    "article",
];

const ENTITIES: [(&str, &str); 10] = [
    ("&amp;", "&"),
    ("&lt;", "<"),
    ("&gt;", ">"),
    ("&quot;", "\""),
    ("&apos;", "'"),
    ("&#39;", "'"),
    ("&nbsp;", " "),
    ("&mdash;", "—"),
    ("&ndash;", "–"),
    ("&hellip;", "…"),
];

/// What has been opened and is to be closed.
#[derive(Debug, Default)]
pub(super) struct Markdown {
    /// Where a link's text ends, and the link.
    link: Option<(usize, usize)>,
    /// Where a heading's or an item's line ends, which makes a pause.
    stop: Option<usize>,
    /// The end of a table's line.
    table: usize,
}

impl Markdown {
    /// `last` is the last visible character that has been written.
    pub(super) fn rule(&mut self, scan: &Scan<'_>, at: usize, c: char, last: Option<char>) -> Option<Edits> {
        if let Some((_, end)) = self.link.take_if(|(close, _)| *close == at) {
            return Some(Edits::put(end, ""));
        }
        if let Some(edits) = self.line_start(scan, at, c) {
            return Some(edits);
        }
        if c == ' ' && at < self.table && scan.char(scan.spaces(at)) == Some('|') {
            // No space before the mark that stands for the line.
            let bar = scan.spaces(at);
            let is_last = scan.spaces(bar + 1) >= self.table;
            return Some(Edits::put(bar + 1, if is_last { "." } else { "," }));
        }
        match c {
            '\n' | '\r' | ' ' => {
                self.stop.take_if(|stop| *stop == at)?;
                let ended = last.is_none_or(|c| ".!?:;,…。！？".contains(c) || c == '—');
                let end = at + line_break(scan.rest(at));
                (!ended).then(|| Edits::put(at, ".").then_keep(end))
            }
            '|' if at < self.table => {
                let is_last = scan.spaces(at + 1) >= self.table;
                Some(Edits::put(at + 1, if is_last { "." } else { "," }))
            }
            '*' | '_' | '~' => emphasis(scan, at, c),
            '`' => {
                let len = scan.rest(at).bytes().take_while(|&byte| byte == b'`').count();
                let inside_word = scan.before(at).is_some_and(char::is_alphabetic)
                    && scan.char(at + len).is_some_and(char::is_alphabetic);
                (len > 1 || !inside_word).then(|| Edits::put(at + len, ""))
            }
            '\\' => {
                let escaped = scan.char(at + 1)?;
                "*_`#[](){}~>|-+.!\\".contains(escaped).then(|| Edits::put(at + 1, "").then_keep(at + 2))
            }
            '!' if scan.rest(at + 1).starts_with('[') => {
                self.open_link(scan, at + 1)?;
                Some(Edits::put(at + 2, ""))
            }
            '[' => {
                if scan.rest(at).starts_with("[^") {
                    let note = scan.rest(at + 2).bytes().take(8).position(|byte| byte == b']')?;
                    return Some(Edits::put(at + 2 + note + 1, ""));
                }
                self.open_link(scan, at)?;
                Some(Edits::put(at + 1, ""))
            }
            '<' => tag(scan, at),
            '&' => {
                let (entity, text) = ENTITIES.iter().find(|(entity, _)| scan.rest(at).starts_with(entity))?;
                Some(Edits::put(at + entity.len(), *text))
            }
            _ => None,
        }
    }

    /// `[text](target)` or `[text][reference]` at `at`.
    fn open_link(&mut self, scan: &Scan<'_>, at: usize) -> Option<()> {
        let window = |at: usize| &scan.rest(at).as_bytes()[..scan.rest(at).len().min(LONGEST_LINK)];
        let find = |at: usize, byte: u8| {
            let found =
                window(at).iter().position(|&b| b == byte || b == b'\n' || b == b'[').map(|len| at + len)?;
            (scan.text.as_bytes()[found] == byte).then_some(found)
        };
        let close = find(at + 1, b']').filter(|close| *close > at + 1)?;
        let end = match scan.text.as_bytes().get(close + 1).filter(|_| close + 1 < scan.limit)? {
            b'(' => window(close + 2).iter().position(|&byte| byte == b')').map(|len| close + 2 + len)?,
            b'[' => find(close + 2, b']')?,
            _ => return None,
        };
        self.link = Some((close, end + 1));
        Some(())
    }

    /// What stands only at the start of a line.
    fn line_start(&mut self, scan: &Scan<'_>, at: usize, c: char) -> Option<Edits> {
        if scan.before(at).is_some_and(|c| c != '\n') || !" \t#>-*+_=~`|•·▪◦‣–0123456789".contains(c)
        {
            return None;
        }
        let start = scan.spaces(at);
        let rest = scan.rest(start);
        let first = rest.chars().next()?;
        // The line's length is looked at only where a rule needs it, and then the line is gone.
        let line_end = || start + rest.find('\n').unwrap_or(rest.len());
        let visible_end = |end: usize| start + scan.text[start..end].trim_end().len();
        match first {
            '`' | '~' if rest.starts_with("```") || rest.starts_with("~~~") => {
                return Some(Edits::put(line_end(), ""));
            }
            '-' | '*' | '_' | '=' => {
                let same = rest.bytes().take_while(|&byte| byte == first as u8 || byte == b' ').count();
                let ends = rest.as_bytes().get(same).is_none_or(|byte| matches!(byte, b'\n' | b'\r'));
                let count = rest[..same].bytes().filter(|&byte| byte == first as u8).count();
                if ends && count >= 3 {
                    return Some(Edits::put(start + same, ""));
                }
            }
            '#' => {
                let level = rest.bytes().take_while(|&byte| byte == b'#').count();
                let text = scan.spaces(start + level);
                if level > 6 || text == start + level {
                    return None;
                }
                let end = line_end();
                let line = scan.text[text..end].trim_end();
                let title = line.trim_end_matches('#').trim_end();
                self.stop = Some(text + line.len());
                // A closing run of signs goes like a link behind its text.
                if title.len() < line.len() && !title.is_empty() && line[title.len()..].starts_with(' ') {
                    self.link = Some((text + title.len(), text + line.len()));
                }
                return Some(Edits::put(text, ""));
            }
            '>' => {
                let len =
                    rest.bytes().take(LONGEST_WORD).take_while(|&byte| byte == b'>' || byte == b' ').count();
                return Some(Edits::put(start + len, ""));
            }
            '|' => {
                let end = line_end();
                let line = &scan.text[start..end];
                let cells = line.trim_end();
                self.table = start + cells.len();
                if cells.bytes().all(|byte| b"|-: \t".contains(&byte)) {
                    return Some(Edits::put(end, ""));
                }
                return Some(Edits::put(scan.spaces(start + 1), ""));
            }
            _ => {}
        }
        let marker = match first {
            '-' | '*' | '+' | '•' | '·' | '▪' | '◦' | '‣' | '–' => first.len_utf8(),
            c if c.is_ascii_digit() => {
                let digits = rest.bytes().take(4).take_while(u8::is_ascii_digit).count();
                if !matches!(rest.as_bytes().get(digits)?, b'.' | b')') {
                    return None;
                }
                digits + 1
            }
            _ => return None,
        };
        let text = scan.spaces(start + marker);
        if text == start + marker || text >= scan.limit || scan.char(text) == Some('\n') {
            return None;
        }
        let end = line_end();
        if self.ends_item(scan, end) {
            self.stop = Some(visible_end(end));
        }
        if first.is_ascii_digit() {
            return None;
        }
        let box_end = ["[ ] ", "[x] ", "[X] "].iter().any(|mark| scan.rest(text).starts_with(mark));
        Some(Edits::put(if box_end { text + 4 } else { text }, ""))
    }

    /// Whether a list's item ends with the line that ends at `end`: the next one is another item, or blank.
    fn ends_item(&self, scan: &Scan<'_>, end: usize) -> bool {
        let Some(next) = scan.rest(end).strip_prefix('\n') else { return true };
        let next = next.trim_start_matches([' ', '\t']);
        let Some(first) = next.chars().next() else { return true };
        first == '\n'
            || first == '\r'
            || "-*+•·▪◦‣–#>|".contains(first)
            || next.trim_start_matches(|c: char| c.is_ascii_digit()).starts_with(['.', ')'])
                && first.is_ascii_digit()
    }
}

fn line_break(text: &str) -> usize {
    let spaces = text.bytes().take_while(|&byte| byte == b' ').count();
    match &text.as_bytes()[spaces..] {
        [b'\r', b'\n', ..] => spaces + 2,
        [b'\n', ..] => spaces + 1,
        _ => spaces,
    }
}

/// Signs of emphasis at the edge of a word, or inside one if there are two.
fn emphasis(scan: &Scan<'_>, at: usize, c: char) -> Option<Edits> {
    let len = scan.rest(at).bytes().take(LONGEST_WORD).take_while(|&byte| byte == c as u8).count();
    let end = at + len;
    let (before, after) = (scan.before(at), scan.text[end..].chars().next());
    let is_space = |c: Option<char>| c.is_none_or(char::is_whitespace);
    let is_word = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    if c == '~' && len != 2 {
        return None;
    }
    let alone = is_space(before) && is_space(after);
    // "(_)" names the sign.
    if before.is_some_and(|c| "([{".contains(c)) && after.is_some_and(|c| ")]}".contains(c)) {
        return None;
    }
    // Lines of stars, and blanks to be filled in.
    if alone && len > 1 && c != '~' {
        return Some(Edits::put(end, ""));
    }
    let inside = is_word(before) && is_word(after);
    let is_edge = !alone && !inside || inside && len >= 2 && c == '*';
    is_edge.then(|| Edits::put(end, ""))
}

fn tag(scan: &Scan<'_>, at: usize) -> Option<Edits> {
    let rest = scan.rest(at + 1);
    let window = &rest.as_bytes()[..rest.len().min(LONGEST_TAG)];
    let len = window
        .iter()
        .position(|byte| matches!(byte, b'>' | b'<' | b'\n'))
        .filter(|&len| window[len] == b'>')?;
    let inside = &rest[..len];
    let end = at + 1 + len + 1;
    if inside.starts_with("http://") || inside.starts_with("https://") || inside.starts_with("mailto:") {
        return Some(Edits::put(at + 1, " "));
    }
    if inside.starts_with("!--") {
        return Some(Edits::put(end, ""));
    }
    let name =
        inside.trim_start_matches('/').split([' ', '/']).next().unwrap_or_default().to_ascii_lowercase();
    if !TAGS.contains(&name.as_str()) {
        return None;
    }
    let breaks =
        matches!(name.as_str(), "br" | "p" | "div" | "li" | "tr" | "td" | "th" | "hr" | "h1" | "h2" | "h3");
    Some(Edits::put(end, if breaks { " " } else { "" }))
}

/// The name of a sign, where Markdown is to be read aloud.
pub(super) fn spoken(scan: &Scan<'_>, at: usize, c: char) -> Option<Edits> {
    let name = match c {
        '*' => "asterisk",
        '#' => "hash",
        '_' => "underscore",
        '`' => "backtick",
        '~' => "tilde",
        '|' => "vertical bar",
        _ => return None,
    };
    let end = at + 1;
    let lead = if scan.before(at).is_some_and(|c| !c.is_whitespace()) { " " } else { "" };
    let tail = if scan.text[end..].starts_with(|c: char| !c.is_whitespace()) { " " } else { "" };
    Some(Edits::put(end, format!("{lead}{name}{tail}")))
}
