//! Clap's answers in this program's manner: help on standard output, errors as one line.

use std::ffi::OsString;

use clap::CommandFactory;
use clap::error::{ContextKind, ContextValue, ErrorKind};

use super::args::Args;
use super::{Failure, output};

/// Prints the help or version that clap returns as an error; turns a real error into a [`Failure`].
pub fn answer(error: &clap::Error, argv: &[OsString]) -> Result<(), Failure> {
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            let text = error.render();
            let colour = std::io::IsTerminal::is_terminal(&std::io::stdout());
            output::print(|out| if colour { write!(out, "{}", text.ansi()) } else { write!(out, "{text}") })
        }
        _ => Err(Failure::Usage { message: message(error), help: help_for(argv) }),
    }
}

/// What is wrong, in one line: clap's text without its label, its usage line and its layout.
fn message(error: &clap::Error) -> String {
    match error.kind() {
        ErrorKind::MissingSubcommand | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            return "no command given".to_owned();
        }
        ErrorKind::MissingRequiredArgument if is_script(error) => {
            return "no text given, expected TEXT, '-' for standard input, --text-file FILE or --phonemes PHONEMES"
                .to_owned();
        }
        _ => {}
    }
    let text = error.render().to_string();
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let told =
        lines.take_while(|line| !line.starts_with("Usage:") && !line.starts_with("For more information"));
    let mut message = String::new();
    for line in told {
        let line = line.strip_prefix("error: ").unwrap_or(line);
        let joint = match () {
            () if message.is_empty() => "",
            () if line.starts_with("tip: ") => "; ",
            () => " ",
        };
        message.push_str(joint);
        message.push_str(line.strip_prefix("tip: ").unwrap_or(line));
    }
    message
}

/// Whether what is missing is the text of `synth`, which can be given in three ways.
fn is_script(error: &clap::Error) -> bool {
    let missing = error.get(ContextKind::InvalidArg);
    matches!(missing, Some(ContextValue::Strings(names)) if names.iter().any(|n| n.contains("--text-file")))
}

/// The command whose help to point to: the subcommand named, if one is.
fn help_for(argv: &[OsString]) -> Option<String> {
    let named = argv.get(1)?.to_str()?;
    let command = Args::command();
    command.get_subcommands().map(clap::Command::get_name).find(|name| *name == named).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    fn line(argv: &[&str]) -> String {
        let argv: Vec<OsString> = argv.iter().map(OsString::from).collect();
        let error = Args::try_parse_from(&argv).expect_err("a usage error");
        answer(&error, &argv).expect_err("no help was asked for").line()
    }

    #[test]
    fn usage_errors_are_one_line_with_a_hint() {
        let cases: [(&[&str], &str); 9] = [
            (&["k"], "no command given, try 'kokoro-gguf --help'"),
            (&["k", "sing"], "unrecognized subcommand 'sing', try 'kokoro-gguf --help'"),
            (
                &["k", "synth"],
                "no text given, expected TEXT, '-' for standard input, --text-file FILE or --phonemes PHONEMES, \
                 try 'kokoro-gguf synth --help'",
            ),
            (
                &["k", "synth", "a", "--spede", "1"],
                "unexpected argument '--spede' found; a similar argument exists: '--speed', \
                 try 'kokoro-gguf synth --help'",
            ),
            (
                &["k", "synth", "a", "--speed", "3"],
                "invalid value '3' for '--speed <RATIO>': expected a number from 0.5 to 2, \
                 try 'kokoro-gguf synth --help'",
            ),
            (
                &["k", "synth", "a", "--speed=-1"],
                "invalid value '-1' for '--speed <RATIO>': expected a number from 0.5 to 2, \
                 try 'kokoro-gguf synth --help'",
            ),
            (
                &["k", "synth", "a", "--format", "mp3"],
                "invalid value 'mp3' for '--format <FORMAT>' [possible values: s16, f32], \
                 try 'kokoro-gguf synth --help'",
            ),
            (
                &["k", "synth", "a", "--phonemes", "b"],
                "the argument '[TEXT]' cannot be used with '--phonemes <PHONEMES>', \
                 try 'kokoro-gguf synth --help'",
            ),
            (
                &["k", "inspect"],
                "the following required arguments were not provided: <MODEL>, try 'kokoro-gguf inspect --help'",
            ),
        ];
        for (argv, expected) in cases {
            assert_eq!(line(argv), expected, "{argv:?}");
        }
    }
}
