//! espeak-ng as a phonemizer, compiled in with the cargo feature `espeak`.
//!
//! espeak-ng is under the GPL, version 3 or later, and so is a binary with this feature.

#[cfg(not(feature = "espeak"))]
mod absent;
#[cfg(feature = "espeak")]
mod align;
#[cfg(feature = "espeak")]
mod chunks;
#[cfg(feature = "espeak")]
mod data;
#[cfg(feature = "espeak")]
mod ffi;
#[cfg(feature = "espeak")]
mod present;
#[cfg(feature = "espeak")]
mod scripts;
#[cfg(feature = "espeak")]
mod tokens;
mod word;

#[cfg(not(feature = "espeak"))]
pub use absent::Espeak;
#[cfg(feature = "espeak")]
pub use present::Espeak;
