//! English words read by their letters, for what no dictionary has.
//!
//! A small network says for each letter which phonemes it stands for. tools/train_letters.py trains it from the
//! lexicons of misaki 0.9.4 (Apache-2.0); `docs/native-phonemizer.md` states how many words it reads as they do.

mod fold;
mod model;
mod numbers;
mod phonemizer;
mod pronounceable;
mod reader;
mod spelling;
mod weak_forms;

pub use reader::Letters;
