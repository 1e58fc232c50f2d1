//! The words of a text as people count them: what stands between white space.

use std::ops::Range;

/// Bytes of the words of a text, in order.
#[derive(Debug, Clone)]
pub(crate) struct Words<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Words<'a> {
    /// The words of `text`.
    pub(crate) fn new(text: &'a str) -> Self {
        Words { text, at: 0 }
    }
}

impl Iterator for Words<'_> {
    type Item = Range<usize>;

    fn next(&mut self) -> Option<Range<usize>> {
        let rest = &self.text[self.at..];
        let start = self.at + (rest.len() - rest.trim_start().len());
        let word = &self.text[start..];
        let len = word.find(char::is_whitespace).unwrap_or(word.len());
        self.at = start + len;
        (len > 0).then(|| start..self.at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_what_white_space_separates() {
        let text = " Hello,\t“wörld”\n\n— 😀\u{a0}end ";
        let words: Vec<&str> = Words::new(text).map(|word| &text[word]).collect();
        assert_eq!(words, text.split_whitespace().collect::<Vec<_>>());
        assert_eq!(words, ["Hello,", "“wörld”", "—", "😀", "end"]);
        assert_eq!(Words::new(" \n ").count(), 0);
    }
}
