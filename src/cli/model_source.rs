//! Which model a command uses: a flag, else the environment, else the built-in voice.

use std::env;
use std::path::PathBuf;

use kokoro_gguf::Model;
use kokoro_gguf::model::{ModelOptions, Precision};

use super::Failure;
use super::args::ModelArgs;

/// The variable that names a model when `--model` does not.
const MODEL_VARIABLE: &str = "KOKORO_MODEL";

/// A model that can be opened.
#[derive(Debug)]
pub enum ModelSource {
    /// A GGUF file.
    File {
        /// Where it is.
        path: PathBuf,
        /// Read it instead of mapping it.
        no_mmap: bool,
    },
    /// The voice inside the program.
    #[cfg(feature = "default-voice")]
    BuiltIn,
}

impl ModelSource {
    /// Chooses the model for `subcommand`; an empty variable counts as none.
    ///
    /// # Errors
    /// If no model is named and none is built in.
    #[cfg_attr(feature = "default-voice", expect(unused_variables, reason = "no error can occur"))]
    pub fn choose(args: ModelArgs, subcommand: &str) -> Result<Self, Failure> {
        let named_by_environment = || env::var_os(MODEL_VARIABLE).filter(|value| !value.is_empty());
        match args.model.or_else(|| named_by_environment().map(PathBuf::from)) {
            Some(path) => Ok(ModelSource::File { path, no_mmap: args.no_mmap }),
            #[cfg(feature = "default-voice")]
            None => Ok(ModelSource::BuiltIn),
            #[cfg(not(feature = "default-voice"))]
            None => Err(Failure::usage(
                subcommand,
                "this build has no built-in voice, so give a model with -m FILE or KOKORO_MODEL",
            )),
        }
    }

    /// Opens and checks it.
    ///
    /// # Errors
    /// If it cannot be read or is no usable Kokoro model, or the processor lacks the precision.
    pub fn open(&self, precision: Precision) -> Result<Model, Failure> {
        let mut options = ModelOptions::default();
        options.precision = precision;
        Ok(match self {
            ModelSource::File { path, no_mmap: false } => options.open(path)?,
            ModelSource::File { path, no_mmap: true } => options.read(path)?,
            #[cfg(feature = "default-voice")]
            ModelSource::BuiltIn => options.built_in()?,
        })
    }

    /// Whether this is a file the user chose.
    pub fn is_file(&self) -> bool {
        matches!(self, ModelSource::File { .. })
    }
}
