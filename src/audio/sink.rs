//! Where a finished file goes: beside its target and renamed, or straight into a device or stream.

use std::fmt;
use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{self, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use tempfile::{NamedTempFile, SpooledTempFile};

use super::AudioError;

/// Bytes that may wait in memory for a stream: 6 minutes of S16.
const SPOOL_IN_MEMORY_BYTES: usize = 16 << 20;

/// Links that may lead from one to the next, as Linux allows.
const MAX_LINKS: usize = 40;

pub(super) struct Sink {
    /// What the caller asked for: a path, or the name of a stream.
    name: PathBuf,
    place: Place,
}

enum Place {
    /// Header and samples are in `file`, beside `target`.
    Beside { file: NamedTempFile, target: PathBuf },
    /// The samples alone wait in `spool`; `out` cannot be rewound to set the sizes.
    Spool { spool: SpooledTempFile, out: Box<dyn Write + Send> },
}

impl Sink {
    /// A sink for `path`; `header` takes the place of the final header, which has the same length.
    pub(super) fn create(path: &Path, header: &[u8]) -> Result<Self, AudioError> {
        let fail = |action, source| AudioError::Io { action, path: path.to_path_buf(), source };
        let existing = match fs::metadata(path) {
            Ok(existing) if existing.is_dir() => {
                return Err(AudioError::IsFolder { path: path.to_path_buf() });
            }
            Ok(existing) => {
                // Also for a file that is to be replaced: one that may not be written may not be replaced either.
                let opened = OpenOptions::new().write(true).open(path).map_err(|e| fail("write", e))?;
                if !existing.is_file() {
                    return Ok(Self::to_stream(Box::new(opened), path.to_path_buf()));
                }
                Some(existing.permissions())
            }
            Err(e) if e.kind() == io::ErrorKind::NotFound => None,
            Err(e) => return Err(fail("create", e)),
        };
        let target = follow_links(path).map_err(|e| fail("create", e))?;
        if target.as_os_str().as_encoded_bytes().ends_with(b"/") {
            return Err(AudioError::NoFolder { path: path.to_path_buf(), folder: target });
        }
        let folder = match target.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        };
        let file = create_beside(folder, existing).map_err(|e| match e.kind() {
            // Folders such as /proc refuse with the same words as if they were not there.
            io::ErrorKind::NotFound if !folder.exists() => {
                AudioError::NoFolder { path: path.to_path_buf(), folder: folder.to_path_buf() }
            }
            _ => fail("create", without_path(e)),
        })?;
        let mut sink = Self { name: path.to_path_buf(), place: Place::Beside { file, target } };
        sink.write_all(header)?;
        Ok(sink)
    }

    pub(super) fn to_stream(out: Box<dyn Write + Send>, name: PathBuf) -> Self {
        let spool = SpooledTempFile::new(SPOOL_IN_MEMORY_BYTES);
        Self { name, place: Place::Spool { spool, out } }
    }

    pub(super) fn name(&self) -> &Path {
        &self.name
    }

    pub(super) fn scratch_path(&self) -> Option<&Path> {
        match &self.place {
            Place::Beside { file, .. } => Some(file.path()),
            Place::Spool { .. } => None,
        }
    }

    pub(super) fn write_all(&mut self, bytes: &[u8]) -> Result<(), AudioError> {
        let (action, written) = match &mut self.place {
            Place::Beside { file, .. } => ("write", file.as_file_mut().write_all(bytes)),
            Place::Spool { spool, .. } => ("store samples for", spool.write_all(bytes)),
        };
        written.map_err(|source| AudioError::Io { action, path: self.name.clone(), source })
    }

    /// Sets `header` and lets the file appear.
    pub(super) fn finish(self, header: &[u8]) -> Result<(), AudioError> {
        let fail = |source| AudioError::Io { action: "write", path: self.name.clone(), source };
        match self.place {
            Place::Beside { mut file, target } => {
                let opened = file.as_file_mut();
                opened.seek(SeekFrom::Start(0)).map_err(fail)?;
                opened.write_all(header).map_err(fail)?;
                // Some file systems report a full disk no earlier than here.
                opened.sync_all().map_err(fail)?;
                file.persist(target).map_err(|e| fail(without_path(e.error)))?;
            }
            Place::Spool { mut spool, mut out } => {
                spool.seek(SeekFrom::Start(0)).map_err(fail)?;
                out.write_all(header).map_err(fail)?;
                io::copy(&mut spool, &mut out).map_err(fail)?;
                out.flush().map_err(fail)?;
            }
        }
        Ok(())
    }
}

impl fmt::Debug for Sink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = match &self.place {
            Place::Beside { .. } => "beside and renamed",
            Place::Spool { .. } => "spooled",
        };
        write!(f, "Sink({}, {place})", self.name.display())
    }
}

/// A file in `folder` that deletes itself when dropped, with the mode of a newly created file or with `permissions`.
fn create_beside(folder: &Path, permissions: Option<Permissions>) -> io::Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".kokoro-gguf-").suffix(".part");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // Less the umask, as for every file that `open` creates; tempfile's own default is 0600.
        builder.permissions(Permissions::from_mode(0o666));
    }
    let file = builder.tempfile_in(folder)?;
    if let Some(permissions) = permissions {
        file.as_file().set_permissions(permissions)?;
    }
    Ok(file)
}

/// `error` as the system gave it: tempfile adds the name of its file, which the user has never heard of.
fn without_path(error: io::Error) -> io::Error {
    let inner = error.get_ref().and_then(std::error::Error::source);
    let inner = inner.and_then(|e| e.downcast_ref::<io::Error>());
    match inner.and_then(io::Error::raw_os_error) {
        Some(code) => io::Error::from_raw_os_error(code),
        None => error,
    }
}

/// The path that `path` leads to when links are followed, whether or not something is there.
fn follow_links(path: &Path) -> io::Result<PathBuf> {
    let mut path = path.to_path_buf();
    for _ in 0..MAX_LINKS {
        match fs::symlink_metadata(&path) {
            Ok(metadata) if metadata.is_symlink() => {
                let link = fs::read_link(&path)?;
                path = path.parent().unwrap_or(Path::new("")).join(link);
            }
            _ => return Ok(path),
        }
    }
    // Too many: the system has the words for it.
    File::open(&path)?;
    Ok(path)
}
