//! The classes of error, below every module that has an error type of its own.

/// What a program can act on without reading the message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A file or voice does not exist.
    NotFound,
    /// A file's content is damaged or not what it should be.
    Malformed,
    /// Sound input that this build cannot handle.
    Unsupported,
    /// A bound on size or length was exceeded.
    LimitExceeded,
    /// The caller's text, option or request is wrong.
    InvalidInput,
    /// The system refused to read or write.
    Io,
}
