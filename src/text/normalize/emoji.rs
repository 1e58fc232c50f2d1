//! Emoji: not read aloud, for nobody wants "grinning face" at the end of a sentence, or read by their names on request.
//!
//! Names are those of Unicode CLDR for English, shortened where they are long.

use super::scan::{Edits, Scan};

/// Whether `c` is a part of an emoji.
///
/// The ranges are Unicode's pictographic blocks (Emoji_Presentation and the symbols that are drawn as emoji); arrows,
/// currency signs and mathematical symbols are none.
pub(in crate::text) fn is_emoji(c: char) -> bool {
    matches!(c,
        '\u{1f000}'..='\u{1faff}'    // Pictographs, flags, skin tones
        | '\u{2600}'..='\u{27bf}'    // Miscellaneous symbols, dingbats
        | '\u{2b00}'..='\u{2bff}'    // Stars and large squares
        | '\u{231a}' | '\u{231b}' | '\u{2328}' | '\u{23cf}' | '\u{23e9}'..='\u{23fa}'    // Clocks, media buttons
        | '\u{fe0e}' | '\u{fe0f}' | '\u{20e3}'    // Selectors, keycap
        | '\u{e0020}'..='\u{e007f}') // Tags of flags
}

/// Emoticons made of punctuation, where they stand between spaces.
const EMOTICONS: [&str; 22] = [
    ":-)", ":)", ";-)", ";)", ":-(", ":(", ":-D", ":D", ":-P", ":P", ":-p", ":p", ":'(", ":-/", ":-|", ":o)",
    "<3", "^_^", "^^", "=)", "xD", "XD",
];

/// Takes out a run of emoji, or names them. At the space before one as well, so that no space is left before a mark.
pub(super) fn rule(scan: &Scan<'_>, at: usize, c: char, spoken: bool) -> Option<Edits> {
    let start = if c == ' ' { at + 1 } else { at };
    let first = scan.char(start)?;
    if !is_emoji(first) {
        return emoticon(scan, at, start);
    }
    let mut names: Vec<&str> = Vec::new();
    let mut after_emoji = false;
    let len: usize = scan
        .rest(start)
        .chars()
        .take_while(|&c| {
            after_emoji = is_emoji(c) || after_emoji && c == '\u{200d}';
            // The same one again and again is said once.
            if let Some(name) = name(c).filter(|name| spoken && names.last() != Some(name) && names.len() < 8)
            {
                names.push(name);
            }
            after_emoji
        })
        .map(char::len_utf8)
        .sum();
    let end = start + len;
    if names.is_empty() {
        return Some(Edits::put(end, between(scan, at, end)));
    }
    let lead = if scan.before(start).is_some_and(|c| !c.is_whitespace()) { " " } else { "" };
    let tail = if scan.char(end).is_some_and(char::is_alphanumeric) { " " } else { "" };
    let names = format!("{lead}{}{tail}", names.join(", "));
    Some(Edits::keep(start).then(end, names))
}

fn emoticon(scan: &Scan<'_>, at: usize, start: usize) -> Option<Edits> {
    if scan.before(start).is_some_and(|c| !c.is_whitespace()) || !":;<^=xX".contains(scan.char(start)?) {
        return None;
    }
    let rest = scan.rest(start);
    let emoticon = EMOTICONS.iter().find(|emoticon| {
        rest.strip_prefix(**emoticon)
            .is_some_and(|after| after.chars().next().is_none_or(|c| c.is_whitespace() || ".,!?".contains(c)))
    })?;
    let end = start + emoticon.len();
    Some(Edits::put(end, between(scan, at, end)))
}

/// What is left between the words around a stretch that is taken out.
fn between(scan: &Scan<'_>, at: usize, end: usize) -> &'static str {
    let is_word = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    let next = scan.text[end..].chars().next();
    match scan.before(at) {
        Some(before) if !before.is_whitespace() && is_word(next) => " ",
        _ => "",
    }
}

fn name(c: char) -> Option<&'static str> {
    NAMES.binary_search_by_key(&c, |(emoji, _)| *emoji).ok().map(|index| NAMES[index].1)
}

/// Common emoji in the order of their code points.
const NAMES: &[(char, &str)] = &[
    ('☀', "sun"),
    ('☁', "cloud"),
    ('☎', "telephone"),
    ('☑', "check mark"),
    ('☕', "hot drink"),
    ('☠', "skull and crossbones"),
    ('☹', "frowning face"),
    ('☺', "smiling face"),
    ('♥', "heart"),
    ('♻', "recycling"),
    ('⚠', "warning"),
    ('⚡', "lightning"),
    ('⚽', "football"),
    ('⛔', "no entry"),
    ('✅', "check mark"),
    ('✈', "airplane"),
    ('✉', "envelope"),
    ('✊', "raised fist"),
    ('✋', "raised hand"),
    ('✌', "victory hand"),
    ('✓', "check mark"),
    ('✔', "check mark"),
    ('✖', "cross mark"),
    ('✨', "sparkles"),
    ('❄', "snowflake"),
    ('❌', "cross mark"),
    ('❓', "question mark"),
    ('❗', "exclamation mark"),
    ('❤', "red heart"),
    ('➡', "right arrow"),
    ('⭐', "star"),
    ('🌈', "rainbow"),
    ('🌍', "globe"),
    ('🌎', "globe"),
    ('🌞', "sun with face"),
    ('🌟', "glowing star"),
    ('🌧', "rain"),
    ('🌹', "rose"),
    ('🍀', "four leaf clover"),
    ('🍎', "red apple"),
    ('🍕', "pizza"),
    ('🍺', "beer mug"),
    ('🎁', "gift"),
    ('🎂', "birthday cake"),
    ('🎄', "Christmas tree"),
    ('🎉', "party popper"),
    ('🎊', "confetti ball"),
    ('🎤', "microphone"),
    ('🎵', "musical note"),
    ('🎶', "musical notes"),
    ('🏆', "trophy"),
    ('🏠', "house"),
    ('🐍', "snake"),
    ('🐛', "bug"),
    ('🐱', "cat face"),
    ('🐶', "dog face"),
    ('👀', "eyes"),
    ('👇', "pointing down"),
    ('👈', "pointing left"),
    ('👉', "pointing right"),
    ('👋', "waving hand"),
    ('👌', "OK hand"),
    ('👍', "thumbs up"),
    ('👎', "thumbs down"),
    ('👏', "clapping hands"),
    ('💀', "skull"),
    ('💔', "broken heart"),
    ('💕', "two hearts"),
    ('💙', "blue heart"),
    ('💚', "green heart"),
    ('💛', "yellow heart"),
    ('💡', "light bulb"),
    ('💩', "pile of poo"),
    ('💪', "flexed biceps"),
    ('💯', "hundred points"),
    ('💰', "money bag"),
    ('💻', "laptop"),
    ('📅', "calendar"),
    ('📈', "chart going up"),
    ('📉', "chart going down"),
    ('📌', "pin"),
    ('📝', "memo"),
    ('📞', "telephone"),
    ('📢', "loudspeaker"),
    ('📱', "mobile phone"),
    ('📷', "camera"),
    ('🔍', "magnifying glass"),
    ('🔒', "locked"),
    ('🔔', "bell"),
    ('🔗', "link"),
    ('🔥', "fire"),
    ('🔴', "red circle"),
    ('🕒', "clock"),
    ('🖤', "black heart"),
    ('😀', "grinning face"),
    ('😁', "beaming face"),
    ('😂', "face with tears of joy"),
    ('😃', "grinning face with big eyes"),
    ('😄', "grinning face with smiling eyes"),
    ('😅', "grinning face with sweat"),
    ('😆', "grinning squinting face"),
    ('😇', "smiling face with halo"),
    ('😉', "winking face"),
    ('😊', "smiling face with smiling eyes"),
    ('😋', "face savoring food"),
    ('😍', "smiling face with heart eyes"),
    ('😎', "smiling face with sunglasses"),
    ('😐', "neutral face"),
    ('😒', "unamused face"),
    ('😔', "pensive face"),
    ('😘', "face blowing a kiss"),
    ('😜', "winking face with tongue"),
    ('😞', "disappointed face"),
    ('😡', "angry face"),
    ('😢', "crying face"),
    ('😩', "weary face"),
    ('😭', "loudly crying face"),
    ('😱', "face screaming in fear"),
    ('😳', "flushed face"),
    ('😴', "sleeping face"),
    ('🙁', "slightly frowning face"),
    ('🙂', "slightly smiling face"),
    ('🙃', "upside-down face"),
    ('🙄', "face with rolling eyes"),
    ('🙌', "raising hands"),
    ('🙏', "folded hands"),
    ('🚀', "rocket"),
    ('🚨', "police car light"),
    ('🛑', "stop sign"),
    ('🤔', "thinking face"),
    ('🤖', "robot"),
    ('🤗', "hugging face"),
    ('🤝', "handshake"),
    ('🤞', "crossed fingers"),
    ('🤣', "rolling on the floor laughing"),
    ('🤦', "facepalm"),
    ('🤩', "star-struck"),
    ('🤷', "shrug"),
    ('🥰', "smiling face with hearts"),
    ('🥳', "partying face"),
    ('🥺', "pleading face"),
    ('🧠', "brain"),
    ('🧡', "orange heart"),
];

#[cfg(test)]
mod tests {
    use super::{NAMES, is_emoji};

    #[test]
    fn names_are_in_order_and_of_emoji() {
        assert!(NAMES.windows(2).all(|pair| pair[0].0 < pair[1].0));
        assert!(NAMES.iter().all(|(emoji, _)| is_emoji(*emoji)));
    }
}
