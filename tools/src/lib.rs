//! Development tools of kokoro-gguf: synthetic models in the layout of the published files.
//!
//! [`make::make`] writes a Kokoro GGUF with random weights that behave like trained ones where speed and robustness are
//! concerned: some three frames a token, F0 in the range of speech, audio of a usual level. Nothing here speaks: for
//! that the weights would have to be trained.
//!
//! * [`preset`] has the sizes, [`layout`] the tensors in the published order and how each is drawn.
//! * [`published`] says which tensor has which type in the published files.
//! * [`calibrate`] fits what cannot be known ahead by running the model.

pub mod calibrate;
pub mod draws;
pub mod error;
pub mod gguf_writer;
pub mod layout;
pub mod make;
pub mod metadata;
pub mod preset;
pub mod probe;
pub mod published;
pub mod voices;

pub use error::ToolError;
