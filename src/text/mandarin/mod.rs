//! Mandarin as Kokoro-82M v1.0 was trained with it: words of Chinese characters in IPA with arrows for tones.
//!
//! Source: the "legacy" path of misaki's `zh.py`, with the data that it uses.

mod data;
mod ipa;
mod numerals;
mod phonemizer;

pub use phonemizer::Mandarin;
