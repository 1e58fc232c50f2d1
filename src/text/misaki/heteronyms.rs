//! Words that misaki reads one way although their part of speech decides.

use super::tagger::Tag;

/// The reading of `word` with `tag` where it is not the lexicon's.
pub(super) fn reading(word: &str, tag: Tag, british: bool) -> Option<&'static str> {
    let _ = (word, tag, british);
    None
}
