//! A file's bytes, mapped or read. The only unsafe code of the reader is the mapping call.

#![allow(unsafe_code, reason = "a mapping's bytes can change under it, which no safe interface can rule out")]

use std::fs::{self, File};
use std::io::{self, Read};
use std::ops::Range;
use std::path::Path;

use memmap2::{Mmap, UncheckedAdvice};

use super::bytes::{Owner, SharedBytes};

/// Maps a file: its pages are loaded when first used and shared with other processes.
///
/// The file must not be changed while the bytes are in use. A process that writes into it changes what is
/// computed and can cause a panic; one that shortens it can end this process with a signal. Replacing
/// the file by renaming another over it is harmless. Where that cannot be relied on, use [`read`].
///
/// # Errors
/// If the path is not a regular file, or the system refuses to open or map it.
pub fn map(path: &Path) -> io::Result<SharedBytes> {
    let (file, n_bytes) = open(path)?;
    // Systems refuse to map nothing; the parser has the better message for an empty file.
    if n_bytes == 0 {
        return Ok(SharedBytes::new([]));
    }
    // SAFETY: the mapping is private, read-only and owned by the `SharedBytes`, so the memory stays valid
    // while borrowed; that nobody changes the file meanwhile is the condition stated above.
    let mapping = unsafe { Mmap::map(&file) }?;
    Ok(SharedBytes::of(Mapping(mapping)))
}

/// A mapped file.
struct Mapping(Mmap);

impl Owner for Mapping {
    fn bytes(&self) -> &[u8] {
        &self.0
    }

    fn release(&self, range: Range<usize>) {
        /// Larger than the pages of any system this runs on; ranges are whole pages then, and neighbours keep theirs.
        const PAGE_BYTES: usize = 64 * 1024;
        let (start, end) = (range.start.next_multiple_of(PAGE_BYTES), range.end / PAGE_BYTES * PAGE_BYTES);
        if start < end {
            // SAFETY: the mapping is read-only, so nothing that was written is lost: the pages come back from the file.
            let advised =
                unsafe { self.0.unchecked_advise_range(UncheckedAdvice::DontNeed, start, end - start) };
            // It was advice; without it there is only less free memory.
            drop(advised);
        }
    }
}

/// Copies a file into memory.
///
/// # Errors
/// If the path is not a regular file, the system refuses to open or read it, or memory is short.
pub fn read(path: &Path) -> io::Result<SharedBytes> {
    let (file, n_bytes) = open(path)?;
    let mut bytes = Vec::new();
    let capacity = usize::try_from(n_bytes).map_err(|_| io::ErrorKind::FileTooLarge)?;
    bytes.try_reserve_exact(capacity).map_err(|_| io::ErrorKind::OutOfMemory)?;
    // `take`: a file that grows while it is read must not grow the vector.
    file.take(n_bytes).read_to_end(&mut bytes)?;
    Ok(SharedBytes::new(bytes))
}

/// Opens a regular file and tells its size.
fn open(path: &Path) -> io::Result<(File, u64)> {
    // Before opening: to open a FIFO waits for its writer, and to open a device can have effects.
    refuse_irregular(&fs::metadata(path)?)?;
    let file = File::open(path)?;
    let metadata = file.metadata()?;
    refuse_irregular(&metadata)?;
    Ok((file, metadata.len()))
}

fn refuse_irregular(metadata: &fs::Metadata) -> io::Result<()> {
    if metadata.is_dir() {
        return Err(io::Error::new(io::ErrorKind::IsADirectory, "is a directory"));
    }
    if !metadata.is_file() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "not a regular file"));
    }
    Ok(())
}
