//! The full stop that a text may lack: without a mark the model breaks the last word off, most of all a lone one.

use crate::text::{MAX_PHONEMES, Piece, Vocab};

/// The mark that is added.
const FULL_STOP: char = '.';

/// Marks that end a sentence or a part of it.
const MARKS: &[char] = &['.', '!', '?', '…', ',', ';', ':', '—'];

/// What may stand behind the last mark.
const CLOSERS: &[char] = &['"', '”', '“', ')', '(', ' '];

/// The phonemes of `piece`, with a full stop and its id if it ends a sentence and no mark says so.
pub(super) fn with_full_stop(piece: &Piece, ends_sentence: bool, vocab: &Vocab) -> (String, Option<u32>) {
    let mut phonemes = piece.phonemes.clone();
    let is_open = !phonemes.trim_end_matches(CLOSERS).ends_with(MARKS);
    let has_room = phonemes.chars().count() < MAX_PHONEMES;
    let mut buffer = [0; 4];
    let id = vocab.encode(FULL_STOP.encode_utf8(&mut buffer)).ids.first().copied();
    let added = id.filter(|_| ends_sentence && is_open && has_room);
    if added.is_some() {
        phonemes.push(FULL_STOP);
    }
    (phonemes, added)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Pieces;

    #[test]
    fn only_an_open_end_gets_a_full_stop() {
        let vocab = Vocab::kokoro();
        let closed = |phonemes: &str, ends_sentence| {
            let piece = Pieces::from_phonemes(phonemes).next().unwrap().unwrap();
            with_full_stop(&piece, ends_sentence, &vocab)
        };
        assert_eq!(closed("jˈɛs", true), ("jˈɛs.".to_owned(), Some(4)));
        assert_eq!(closed("“jˈɛs”", true), ("“jˈɛs”.".to_owned(), Some(4)));
        for ended in ["jˈɛs.", "jˈɛs?", "“jˈɛs!”", "jˈɛs…", "jˈɛs —"] {
            assert_eq!(closed(ended, true), (ended.to_owned(), None));
        }
        assert_eq!(closed("jˈɛs", false), ("jˈɛs".to_owned(), None));
        let full = "a".repeat(MAX_PHONEMES);
        assert_eq!(closed(&full, true), (full.clone(), None));
    }
}
