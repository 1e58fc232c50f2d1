//! The `kokoro-gguf` program: exit codes and the one line that tells what failed.

use std::io::Write;
use std::process::ExitCode;

mod cli;

/// 0: done, or the reader of our output has left. 1: it failed. 2: the command line is wrong.
fn main() -> ExitCode {
    match cli::run(std::env::args_os()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) if failure.is_closed_pipe() => ExitCode::SUCCESS,
        Err(failure) => {
            // Nothing is left to tell it to if standard error is closed too.
            let _ = writeln!(std::io::stderr(), "kokoro-gguf: {}", failure.line());
            ExitCode::from(failure.exit_code())
        }
    }
}
