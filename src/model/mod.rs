//! The Kokoro graph.

use std::path::Path;

use crate::Result;

/// A loaded Kokoro model. `Send + Sync`; one instance serves any number of threads.
#[derive(Debug)]
pub struct Model;

impl Model {
    /// Maps the file and checks it.
    pub fn open(_path: impl AsRef<Path>) -> Result<Self> {
        Ok(Self)
    }
    /// As [`open`](Self::open), but copies the file into memory.
    pub fn read(_path: impl AsRef<Path>) -> Result<Self> {
        Ok(Self)
    }
    /// A model from bytes of any alignment: `&'static [u8]`, `Vec<u8>`, `Arc<[u8]>`.
    pub fn from_bytes(_bytes: impl AsRef<[u8]> + Send + Sync + 'static) -> Result<Self> {
        Ok(Self)
    }
    /// The built-in voice.
    #[cfg(feature = "default-voice")]
    pub fn built_in() -> Result<Self> {
        Self::from_bytes(include_bytes!("../../assets/default-voice.gguf"))
    }
    /// Names of the voices, in the file's order.
    pub fn voices(&self) -> impl Iterator<Item = &str> {
        ["af_heart"].into_iter()
    }
    /// `af_heart` if the file has it, else its first voice.
    pub fn default_voice(&self) -> &str {
        "af_heart"
    }
}
