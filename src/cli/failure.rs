//! Every way the program can fail: its exit code and its one line.

use std::error::Error as StdError;
use std::fmt;
use std::io;
use std::path::PathBuf;

use kokoro_gguf::audio::AudioError;
use kokoro_gguf::error::ModelError;
use kokoro_gguf::{Error, ErrorKind};

use super::output::printable;

/// What stops the program.
#[derive(Debug)]
pub enum Failure {
    /// The command line is wrong.
    Usage {
        /// What is wrong with it.
        message: String,
        /// The subcommand whose help to point to.
        help: Option<String>,
    },
    /// The library refused.
    Library(Error),
    /// A text could not be read, or a report not written.
    Io {
        /// What was being done, such as `read`.
        action: &'static str,
        /// The file, or the name of a stream.
        path: PathBuf,
        /// The system's answer.
        source: io::Error,
    },
    /// What was given as text is none.
    NotText {
        /// The file, or the name of a stream.
        path: PathBuf,
        /// What it holds instead.
        found: &'static str,
        /// Where, counted from 0.
        offset: usize,
    },
    /// A text beyond the limit.
    TextTooLong {
        /// The file, or the name of a stream.
        path: PathBuf,
        /// The most that is read.
        limit_bytes: usize,
    },
    /// The times of words could not be written.
    Timestamps(AudioError),
    /// The threads could not be started.
    Threads {
        /// How many.
        threads: usize,
        /// Why not.
        source: rayon::ThreadPoolBuildError,
    },
}

impl Failure {
    /// A usage error that points to the help of `subcommand`.
    pub fn usage(subcommand: &str, message: impl Into<String>) -> Self {
        Failure::Usage { message: message.into(), help: Some(subcommand.to_owned()) }
    }

    /// 2 if the command line itself is wrong, whatever files hold; else 1.
    pub fn exit_code(&self) -> u8 {
        match self {
            Failure::Usage { .. } | Failure::Library(Error::BadVoice { .. } | Error::OutOfRange { .. }) => 2,
            _ => 1,
        }
    }

    /// Whether all that happened is that the reader of our output has left, which is no error.
    pub fn is_closed_pipe(&self) -> bool {
        let mut cause = self.source();
        while let Some(error) = cause {
            if error.downcast_ref::<io::Error>().is_some_and(|e| e.kind() == io::ErrorKind::BrokenPipe) {
                return true;
            }
            cause = error.source();
        }
        false
    }

    /// The failure, its causes and the way out, in one line without control characters.
    pub fn line(&self) -> String {
        let mut line = self.to_string();
        let mut cause = self.source();
        while let Some(error) = cause {
            line += ": ";
            line += &error.to_string();
            cause = error.source();
        }
        if let Some(way_out) = self.way_out() {
            line += way_out;
        }
        printable(&line)
    }

    /// What to do about it, where the message does not say so itself.
    fn way_out(&self) -> Option<&'static str> {
        Some(match self {
            Failure::Io { source, .. } if source.kind() == io::ErrorKind::NotFound => "; check the name",
            Failure::NotText { .. } => "; convert it to UTF-8 text first",
            Failure::TextTooLong { .. } => "; split it and speak the parts one by one",
            Failure::Threads { .. } => "; give --threads a smaller number",
            Failure::Library(error) => return library_way_out(error),
            Failure::Timestamps(error) => return file_way_out(error),
            _ => return None,
        })
    }
}

fn library_way_out(error: &Error) -> Option<&'static str> {
    Some(match error {
        Error::Io { .. } if error.kind() == ErrorKind::NotFound => {
            "; check the name given by -m or KOKORO_MODEL, or give none to use the built-in voice"
        }
        Error::Io { .. } => "; give a GGUF file that can be read",
        Error::Gguf { .. } => "; give a Kokoro GGUF file, and if it is one, download it again",
        Error::Model { source: ModelError::Architecture { .. }, .. } => {
            "; give a Kokoro-82M file ('kokoro-gguf inspect' shows what this one is)"
        }
        Error::Model { .. } => "; convert or download the model again",
        Error::BadVoice { .. } => "; write a name, or a blend such as af_heart:0.7+am_adam:0.3",
        Error::NothingToSay { .. } => "; give text with letters or digits",
        Error::Audio(error) => return file_way_out(error),
        _ => return None,
    })
}

fn file_way_out(error: &AudioError) -> Option<&'static str> {
    Some(match error {
        AudioError::NoFolder { .. } => "; create it first",
        AudioError::IsFolder { .. } => "; add a file name",
        AudioError::TooLong { .. } => "; split the text",
        AudioError::Io { source, .. } => match source.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge => {
                "; free some space or write elsewhere"
            }
            io::ErrorKind::BrokenPipe => return None,
            _ => "; write elsewhere with -o",
        },
        _ => return None,
    })
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Failure::Usage { message, help: Some(subcommand) } => {
                write!(f, "{message}, try 'kokoro-gguf {subcommand} --help'")
            }
            Failure::Usage { message, help: None } => write!(f, "{message}, try 'kokoro-gguf --help'"),
            Failure::Library(error) => error.fmt(f),
            Failure::Io { action, path, .. } => write!(f, "cannot {action} {}", path.display()),
            Failure::NotText { path, found, offset } => {
                write!(f, "{} is not UTF-8 text: {found} at byte {offset}", path.display())
            }
            Failure::TextTooLong { path, limit_bytes } => {
                write!(f, "{} is longer than {limit_bytes} bytes", path.display())
            }
            Failure::Timestamps(_) => write!(f, "cannot write the timestamps"),
            Failure::Threads { threads, .. } => write!(f, "cannot start {threads} threads"),
        }
    }
}

impl StdError for Failure {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match self {
            Failure::Library(error) => error.source(),
            Failure::Io { source, .. } => Some(source),
            Failure::Timestamps(error) => Some(error),
            Failure::Threads { source, .. } => Some(source),
            _ => None,
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Failure::Library(error)
    }
}

impl From<AudioError> for Failure {
    fn from(error: AudioError) -> Self {
        Failure::Library(error.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn line_joins_causes_and_the_way_out() {
        let source = io::Error::from_raw_os_error(2);
        let system = source.to_string();
        let failure = Failure::from(Error::Io { action: "open", path: "no\nsuch.gguf".into(), source });
        let expected = format!(
            "cannot open no\\nsuch.gguf: {system}; check the name given by -m or KOKORO_MODEL, or give none to \
             use the built-in voice"
        );
        assert_eq!((failure.line(), failure.exit_code()), (expected, 1));
    }

    #[test]
    fn closed_pipe_is_found_below_other_errors() {
        let closed = |kind: io::ErrorKind| {
            let (action, path) = ("write", PathBuf::from("standard output"));
            Failure::from(AudioError::Io { action, path, source: kind.into() }).is_closed_pipe()
        };
        assert!(closed(io::ErrorKind::BrokenPipe));
        assert!(!closed(io::ErrorKind::StorageFull));
    }
}
