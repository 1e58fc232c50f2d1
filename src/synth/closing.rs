//! The mark that a text may lack at the end of a piece: without one the model breaks the last word off, most of all a lone one.

use crate::text::{MAX_PHONEMES, Piece, Vocab};

/// What comes behind a piece.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ending {
    /// Another sentence, or nothing.
    Sentence,
    /// A pause in the middle of a sentence.
    Pause,
    /// The rest of the sentence.
    Open,
}

/// Marks that end a sentence or a part of it.
const MARKS: &[char] = &['.', '!', '?', '…', ',', ';', ':', '—'];

/// What may stand behind the last mark.
const CLOSERS: &[char] = &['"', '”', '“', ')', '(', ' '];

/// The phonemes of `piece`, with a mark and its id if the piece needs one and has none: a full stop, or a comma where the
/// sentence goes on behind a pause.
pub(super) fn with_mark(piece: &Piece, ending: Ending, vocab: &Vocab) -> (String, Option<u32>) {
    let mut phonemes = piece.phonemes.clone();
    let mark = match ending {
        Ending::Sentence => ".",
        Ending::Pause => ",",
        Ending::Open => return (phonemes, None),
    };
    let is_open = !phonemes.trim_end_matches(CLOSERS).ends_with(MARKS);
    let has_room = phonemes.chars().count() < MAX_PHONEMES;
    let added = vocab.encode(mark).ids.first().copied().filter(|_| is_open && has_room);
    if added.is_some() {
        phonemes.push_str(mark);
    }
    (phonemes, added)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Pieces;

    #[test]
    fn only_an_open_end_gets_a_mark() {
        let vocab = Vocab::kokoro();
        let closed = |phonemes: &str, ending| {
            let piece = Pieces::from_phonemes(phonemes).next().unwrap().unwrap();
            with_mark(&piece, ending, &vocab)
        };
        assert_eq!(closed("jˈɛs", Ending::Sentence), ("jˈɛs.".to_owned(), Some(4)));
        assert_eq!(closed("“jˈɛs”", Ending::Sentence), ("“jˈɛs”.".to_owned(), Some(4)));
        assert_eq!(closed("jˈɛs", Ending::Pause), ("jˈɛs,".to_owned(), Some(3)));
        for ended in ["jˈɛs.", "jˈɛs?", "“jˈɛs!”", "jˈɛs…", "jˈɛs —"] {
            assert_eq!(closed(ended, Ending::Sentence), (ended.to_owned(), None));
        }
        assert_eq!(closed("jˈɛs", Ending::Open), ("jˈɛs".to_owned(), None));
        let full = "a".repeat(MAX_PHONEMES);
        assert_eq!(closed(&full, Ending::Sentence), (full.clone(), None));
    }
}
