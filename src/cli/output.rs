//! Standard output, which may be closed at any time.

use std::io::{self, BufWriter, Write};

use super::Failure;

/// Prints to standard output what `write` writes.
///
/// # Errors
/// If the system refuses; a closed pipe too, which the program ends on without a word.
pub fn print(write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), Failure> {
    let mut out = BufWriter::new(io::stdout().lock());
    let written = write(&mut out).and_then(|()| out.flush());
    written.map_err(|source| Failure::Io { action: "write", path: "standard output".into(), source })
}

/// `text` with its control characters escaped: names in files and on the command line may hold line breaks and
/// what terminals obey.
pub fn printable(text: &str) -> String {
    let mut printable = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_control() { printable.extend(c.escape_default()) } else { printable.push(c) }
    }
    printable
}

/// Prints `value` as JSON, indented, with a newline after it.
///
/// # Errors
/// As [`print`].
pub fn print_json(value: &impl serde::Serialize) -> Result<(), Failure> {
    print(|out| {
        serde_json::to_writer_pretty(&mut *out, value)?;
        writeln!(out)
    })
}
