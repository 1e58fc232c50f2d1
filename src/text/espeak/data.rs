//! espeak-ng's data: built into the program, and put where espeak-ng can read it.
//!
//! espeak-ng reads files only, so the program carries the files and writes them once to a directory of the user,
//! whose name tells their content. `data/README.md` says where they come from.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::text::TextError;

/// Path below the data directory, and content.
type File = (&'static str, &'static [u8]);

macro_rules! files {
    ($($path:literal),* $(,)?) => {
        &[$(($path, include_bytes!(concat!("data/", $path)))),*]
    };
}

/// What the nine languages need, and every dictionary they may switch to in the middle of a text: espeak-ng
/// crashes where one is missing. English words switch in all of them, German, Russian and Polish ones from
/// Italian, and words of another script from any.
#[rustfmt::skip]
const FILES: &[File] = files![
    "phontab", "phonindex", "phondata", "intonations",
    "en_dict", "es_dict", "fr_dict", "hi_dict", "it_dict", "ja_dict", "pt_dict", "cmn_dict",
    "de_dict", "pl_dict", "ru_dict",
    "bn_dict", "el_dict", "gu_dict", "hy_dict", "ka_dict", "kn_dict", "ko_dict", "ml_dict", "pa_dict", "si_dict",
    "ta_dict", "te_dict",
    "lang/gmw/en", "lang/gmw/en-US", "lang/inc/hi", "lang/jpx/ja", "lang/roa/es", "lang/roa/fr", "lang/roa/it",
    "lang/roa/pt-BR", "lang/sit/cmn",
];

/// A file that espeak-ng needs and `directory` lacks. It costs some 40 lookups, less than a sentence does.
pub(super) fn missing(directory: &Path) -> Option<&'static str> {
    FILES.iter().map(|&(name, _)| name).find(|name| !directory.join(name).is_file())
}

/// Writes what is missing from or differs in a directory that [`find_or_write`] has given.
pub(super) fn restore(directory: &Path) -> Result<(), TextError> {
    repair(directory, FILES).map_err(|source| TextError::EspeakData { path: directory.to_owned(), source })
}

/// A directory with sound data and a path of at most `max_path_bytes`; written if need be.
///
/// # Errors
/// If the data can be written nowhere: the answer for the first place tried.
pub(super) fn find_or_write(max_path_bytes: usize) -> Result<PathBuf, TextError> {
    let name = format!("espeak-ng-data-{:016x}", content_hash(FILES));
    let mut first_error = None;
    let places: [fn() -> io::Result<PathBuf>; 3] = [cache_directory, own_temporary, new_temporary];
    for place in places {
        let (path, written) = match place() {
            Ok(parent) => {
                let path = parent.join(&name);
                let written = match path.as_os_str().len() > max_path_bytes {
                    true => Err(io::Error::other(format!("espeak-ng takes at most {max_path_bytes} bytes"))),
                    false => repair(&path, FILES),
                };
                (path, written)
            }
            Err(error) => (PathBuf::from(&name), Err(error)),
        };
        match written {
            Ok(()) => return Ok(path),
            Err(source) => first_error.get_or_insert(TextError::EspeakData { path, source }),
        };
    }
    Err(first_error.expect("every place has either returned or left an error"))
}

/// Compares `directory` with `files` and writes what is missing or differs.
///
/// Each file is written beside its place and renamed, so that another process reads the old or the new one, and
/// two that repair at once write the same.
fn repair(directory: &Path, files: &[File]) -> io::Result<()> {
    for &(name, content) in files {
        let path = directory.join(name);
        if is_sound(&path, content) {
            continue;
        }
        let parent = path.parent().unwrap_or(directory);
        create_private(parent)?;
        let mut file = tempfile::Builder::new().prefix(".new-").tempfile_in(parent)?;
        file.write_all(content)?;
        file.persist(&path)?;
    }
    Ok(())
}

/// Whether a file holds exactly `content`. All 2.6 MB are compared, in about a millisecond once cached.
fn is_sound(path: &Path, content: &[u8]) -> bool {
    let is_long_enough =
        fs::metadata(path).is_ok_and(|data| data.is_file() && data.len() == content.len() as u64);
    is_long_enough && fs::read(path).is_ok_and(|found| found == content)
}

/// The program's directory in the user's cache.
fn cache_directory() -> io::Result<PathBuf> {
    // The XDG base directory specification: a relative path is to be ignored.
    let absolute = |name| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let parent = absolute("XDG_CACHE_HOME")
        .or_else(|| absolute("LOCALAPPDATA"))
        .or_else(|| absolute("HOME").map(|home| home.join(".cache")))
        .ok_or_else(|| io::Error::new(io::ErrorKind::NotFound, "neither XDG_CACHE_HOME nor HOME is set"))?;
    Ok(parent.join("kokoro-gguf"))
}

/// A directory for temporary files that is the user's alone and found again by the next run.
#[cfg(unix)]
fn own_temporary() -> io::Result<PathBuf> {
    use std::os::unix::fs::MetadataExt;
    let user = tempfile::tempfile()?.metadata()?.uid();
    let path = std::path::absolute(std::env::temp_dir())?.join(format!("kokoro-gguf-{user}"));
    create_private(&path)?;
    let found = fs::symlink_metadata(&path)?;
    // Anyone may have made it before us, to have us read their files.
    match found.is_dir() && found.uid() == user && found.mode() & 0o077 == 0 {
        true => Ok(path),
        false => {
            Err(io::Error::new(io::ErrorKind::PermissionDenied, "the directory is not the user's alone"))
        }
    }
}

/// A directory for temporary files that is the user's alone and found again by the next run.
#[cfg(not(unix))]
fn own_temporary() -> io::Result<PathBuf> {
    Ok(std::path::absolute(std::env::temp_dir())?.join("kokoro-gguf"))
}

/// A fresh directory for temporary files, which stays behind: espeak-ng reads from it until the program ends.
fn new_temporary() -> io::Result<PathBuf> {
    let directory = tempfile::Builder::new().prefix("kokoro-gguf-").tempdir()?;
    std::path::absolute(directory.keep())
}

/// Creates a directory and those above it, for the user alone.
fn create_private(path: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

/// Tells one set of files from another; FNV-1a over words of 8 bytes, against accidents and not against malice.
fn content_hash(files: &[File]) -> u64 {
    let mix = |hash: u64, word: u64| (hash ^ word).wrapping_mul(0x0000_0100_0000_01b3).rotate_left(29);
    let bytes = |hash: u64, bytes: &[u8]| {
        let (words, tail) = bytes.as_chunks::<8>();
        let hash = words.iter().fold(hash, |hash, word| mix(hash, u64::from_le_bytes(*word)));
        tail.iter().fold(mix(hash, bytes.len() as u64), |hash, &byte| mix(hash, u64::from(byte)))
    };
    files
        .iter()
        .fold(0xcbf2_9ce4_8422_2325, |hash, (name, content)| bytes(bytes(hash, name.as_bytes()), content))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SMALL: &[File] = &[("phontab", b"one"), ("lang/gmw/en", b"two")];

    #[test]
    fn repair_writes_what_is_missing_or_differs_and_leaves_the_rest() {
        let root = tempfile::tempdir().unwrap();
        let data = root.path().join("a/b");
        repair(&data, SMALL).unwrap();
        let sound = fs::metadata(data.join("phontab")).unwrap().modified().unwrap();

        for damage in [&b"tw"[..], b"tWo", b""] {
            fs::write(data.join("lang/gmw/en"), damage).unwrap();
            repair(&data, SMALL).unwrap();
            assert_eq!(fs::read(data.join("lang/gmw/en")).unwrap(), b"two");
        }
        assert_eq!(fs::metadata(data.join("phontab")).unwrap().modified().unwrap(), sound);
        assert_eq!(fs::read_dir(data.join("lang/gmw")).unwrap().count(), 1, "no half-written file stays");
    }

    #[test]
    fn repair_reports_what_it_cannot_replace() {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir_all(root.path().join("phontab/in-the-way")).unwrap();
        assert!(repair(root.path(), SMALL).is_err());
    }

    #[test]
    fn content_hash_depends_on_names_and_bytes() {
        let hashes = [
            content_hash(SMALL),
            content_hash(&SMALL[..1]),
            content_hash(&[("phontab", b"onf"), SMALL[1]]),
            content_hash(&[("phontaa", b"one"), SMALL[1]]),
            content_hash(&[("phontab", b"12345678a"), SMALL[1]]),
            content_hash(&[("phontab", b"12345678b"), SMALL[1]]),
        ];
        let distinct: std::collections::HashSet<_> = hashes.iter().collect();
        assert_eq!(distinct.len(), hashes.len());
    }

    #[cfg(unix)]
    #[test]
    fn created_directories_are_private() {
        use std::os::unix::fs::MetadataExt;
        let root = tempfile::tempdir().unwrap();
        create_private(&root.path().join("a/b")).unwrap();
        assert_eq!(fs::metadata(root.path().join("a")).unwrap().mode() & 0o077, 0);
    }
}
