//! The command line: typed flags, then one file a subcommand.
//!
//! [`args`] holds literally what was typed; each subcommand turns that into something validated before it
//! does any work. Every way to fail is a [`Failure`], which knows its exit code and its one line.

mod args;
mod bench;
mod completions;
mod console;
mod failure;
mod inspect;
mod interrupt;
mod model_source;
mod output;
mod phonemize;
mod reading;
mod script;
mod summary;
mod synth;
mod timestamps;
mod usage;
mod voices;

use std::ffi::OsString;

use clap::Parser;

pub use failure::Failure;

use args::{Args, Command};

/// Runs the program with `argv`, whose first item is the program's name.
///
/// # Errors
/// Whatever stops it, to be told in one line.
pub fn run(argv: impl Iterator<Item = OsString>) -> Result<(), Failure> {
    let argv: Vec<OsString> = argv.collect();
    match Args::try_parse_from(&argv) {
        Ok(Args { command: Command::Synth(args) }) => synth::run(args),
        Ok(Args { command: Command::Phonemize(args) }) => phonemize::run(args),
        Ok(Args { command: Command::Voices(args) }) => voices::run(args),
        Ok(Args { command: Command::Inspect(args) }) => inspect::run(args),
        Ok(Args { command: Command::Bench(args) }) => bench::run(args),
        Ok(Args { command: Command::Completions(args) }) => completions::run(args),
        Err(error) => usage::answer(&error, &argv),
    }
}
