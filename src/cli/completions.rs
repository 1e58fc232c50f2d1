//! `kokoro-gguf completions SHELL`.

use clap::CommandFactory;

use super::args::{Args, CompletionsArgs};
use super::{Failure, output};

/// Prints the completion script.
pub fn run(args: CompletionsArgs) -> Result<(), Failure> {
    // Into memory first: clap_complete panics when its writer fails, as a closed pipe does.
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Args::command(), "kokoro-gguf", &mut script);
    output::print(|out| out.write_all(&script))
}
