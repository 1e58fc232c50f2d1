//! Emoji, which are not read aloud: nobody wants "grinning face" at the end of a sentence.

/// Replaces every emoji, with its joiners, selectors and tags, by a space.
///
/// The ranges are Unicode's pictographic blocks (Emoji_Presentation and the symbols that are drawn as emoji); arrows,
/// currency signs and mathematical symbols stay.
pub(super) fn strip(text: &str) -> String {
    let mut after_emoji = false;
    let replace = |c: char| {
        // The joiner ties emoji together, but Hindi is spelled with it too.
        after_emoji = is_emoji(c) || after_emoji && c == '\u{200d}';
        if after_emoji { ' ' } else { c }
    };
    text.chars().map(replace).collect()
}

fn is_emoji(c: char) -> bool {
    matches!(c,
        '\u{1f000}'..='\u{1faff}'    // Pictographs, flags, skin tones
        | '\u{2600}'..='\u{27bf}'    // Miscellaneous symbols, dingbats
        | '\u{2b00}'..='\u{2bff}'    // Stars and large squares
        | '\u{231a}' | '\u{231b}' | '\u{2328}' | '\u{23cf}' | '\u{23e9}'..='\u{23fa}'    // Clocks, media buttons
        | '\u{fe0e}' | '\u{fe0f}' | '\u{20e3}'    // Selectors, keycap
        | '\u{e0020}'..='\u{e007f}') // Tags of flags
}

#[cfg(test)]
mod tests {
    use super::strip;

    #[test]
    fn emoji_go_and_the_rest_stays() {
        assert_eq!(strip("Hi 😀!"), "Hi  !");
        assert_eq!(strip("👩‍🚀❤️🇫🇷").trim(), "");
        let kept = "5 % → 7 € & + é 漢字 ™ © ½ × क्\u{200d}ष";
        assert_eq!(strip(kept), kept);
    }
}
