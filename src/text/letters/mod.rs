//! English words read by their letters, for what no dictionary has.
//!
//! A small network says for each letter which phonemes it stands for. tools/train_letters.py trains it from the
//! lexicons of misaki 0.9.4 (Apache-2.0); `docs/native-phonemizer.md` states how many words it reads as they do.

mod fold;
mod model;
pub(super) mod numbers;
mod phonemizer;
mod pronounceable;
mod reader;
mod spelling;
pub(super) mod weak_forms;

pub(super) use fold::{fold, is_accent, is_apostrophe};
pub use reader::Letters;
pub(super) use reader::is_spelled;
