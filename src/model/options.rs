//! How to open a model.

use std::path::Path;

use kokoro_kernels::Kernels;

use super::{Model, Precision};
use crate::error::{Error, Result};
use crate::gguf::{self, GgufFile, SharedBytes};

/// How to open a model; [`Model::open`] and its like take the defaults.
///
/// ```
/// # fn main() -> kokoro_gguf::Result<()> {
/// # #[cfg(feature = "default-voice")] {
/// use kokoro_gguf::model::{ModelOptions, Precision};
///
/// let mut options = ModelOptions::default();
/// options.precision = Precision::F32;
/// let model = options.built_in()?;
/// assert_eq!(model.precision(), Precision::F32);
/// # }
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct ModelOptions {
    /// The arithmetic of the acoustic half.
    pub precision: Precision,
}

impl ModelOptions {
    /// Maps the file and checks it; see [`Model::open`].
    ///
    /// # Errors
    /// As [`Model::open`]; [`Error::Precision`] if the precision cannot be had here.
    pub fn open(&self, path: impl AsRef<Path>) -> Result<Model> {
        self.open_with(path.as_ref(), gguf::map)
    }

    /// As [`open`](Self::open), but copies the file into memory.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub fn read(&self, path: impl AsRef<Path>) -> Result<Model> {
        self.open_with(path.as_ref(), gguf::read)
    }

    /// A model from bytes of any alignment, which it keeps; see [`Model::from_bytes`].
    ///
    /// # Errors
    /// As [`Model::from_bytes`]; [`Error::Precision`] if the precision cannot be had here.
    pub fn from_bytes(&self, bytes: impl AsRef<[u8]> + Send + Sync + 'static) -> Result<Model> {
        self.load(Path::new("<memory>"), SharedBytes::new(bytes))
    }

    /// The built-in voice; see [`Model::built_in`].
    ///
    /// # Errors
    /// If `KOKORO_ISA` names an instruction set that this CPU lacks, or [`Error::Precision`].
    #[cfg(feature = "default-voice")]
    pub fn built_in(&self) -> Result<Model> {
        let bytes: &'static [u8] = include_bytes!("../../assets/default-voice.gguf");
        self.load(Path::new("<built-in voice>"), SharedBytes::new(bytes))
    }

    fn open_with(&self, path: &Path, bytes: fn(&Path) -> std::io::Result<SharedBytes>) -> Result<Model> {
        match bytes(path) {
            Ok(bytes) => self.load(path, bytes),
            Err(source) => Err(Error::Io { action: "read", path: path.to_owned(), source }),
        }
    }

    fn load(&self, label: &Path, bytes: SharedBytes) -> Result<Model> {
        let kernels = Kernels::from_environment().map_err(Error::Isa)?;
        let precision = self.precision.resolve(kernels.isa())?;
        match GgufFile::parse(bytes) {
            Err(source) => Err(Error::Gguf { path: label.to_owned(), source }),
            Ok(file) => Model::load(label.to_owned(), file, kernels, precision)
                .map_err(|source| Error::Model { path: label.to_owned(), source }),
        }
    }
}
