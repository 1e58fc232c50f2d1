//! Gaps between words: white space, and emoji, which are not read aloud.

use std::ops::Range;

use super::normalize::emoji::is_emoji;

/// The runs of white space and emoji in `text`, with the emoji's joiners, selectors and tags, as ranges of bytes.
pub(super) fn gaps(text: &str) -> impl Iterator<Item = Range<usize>> {
    let mut chars = text.char_indices().peekable();
    std::iter::from_fn(move || {
        let mut gap: Option<Range<usize>> = None;
        let mut after_emoji = false;
        while let Some(&(at, c)) = chars.peek() {
            // The joiner ties emoji together, but Hindi is spelled with it too.
            after_emoji = is_emoji(c) || after_emoji && c == '\u{200d}';
            match &mut gap {
                _ if after_emoji || c.is_whitespace() => {
                    gap.get_or_insert(at..at).end = at + c.len_utf8();
                }
                None => {}
                Some(_) => break,
            }
            chars.next();
        }
        gap
    })
}

#[cfg(test)]
mod tests {
    use super::gaps;

    fn strip(text: &str) -> String {
        let mut kept = text.to_owned();
        for gap in gaps(text).collect::<Vec<_>>().into_iter().rev() {
            kept.replace_range(gap, " ");
        }
        kept
    }

    #[test]
    fn emoji_go_and_the_rest_stays() {
        assert_eq!(strip("Hi 😀!"), "Hi !");
        assert_eq!(strip("👩‍🚀❤️🇫🇷").trim(), "");
        assert_eq!(strip("a\n b😀c"), "a b c");
        let kept = "5 % → 7 € & + é 漢字 ™ © ½ × क्\u{200d}ष";
        assert_eq!(strip(kept), kept);
    }
}
