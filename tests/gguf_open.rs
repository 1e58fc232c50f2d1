//! Getting a file's bytes, mapped and read.

mod common;

use std::fs;
use std::io::{self, ErrorKind};
use std::path::Path;

use common::gguf_builder::one_of_everything;
use kokoro_gguf::gguf::{self, GgufErrorKind, GgufFile, SharedBytes};

const WAYS: [fn(&Path) -> io::Result<SharedBytes>; 2] = [gguf::map, gguf::read];

#[test]
fn mapping_and_reading_give_the_same_bytes() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("model.gguf");
    let written = one_of_everything().build().bytes;
    fs::write(&path, &written).unwrap();
    for open in WAYS {
        let bytes = open(&path).unwrap();
        assert_eq!(*bytes, written);
        assert!(GgufFile::parse(bytes).is_ok());
    }
}

#[test]
fn tensor_bytes_outlive_the_file_and_its_name() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("model.gguf");
    fs::write(&path, one_of_everything().build().bytes).unwrap();
    let file = GgufFile::parse(gguf::map(&path).unwrap()).unwrap();
    let bytes = file.tensor_bytes(file.tensor("q8_0").unwrap());
    drop(file);
    drop(dir);
    assert_eq!((bytes.len(), bytes[0]), (102, 7u8.wrapping_mul(31).wrapping_add(1)));
}

#[test]
fn an_empty_file_is_a_truncated_one() {
    let file = tempfile::NamedTempFile::new().unwrap();
    for open in WAYS {
        let error = GgufFile::parse(open(file.path()).unwrap()).unwrap_err();
        assert_eq!(error.offset(), 0);
        assert_eq!(*error.kind(), GgufErrorKind::Truncated { what: "magic", need: 4, have: 0 });
    }
}

#[test]
fn a_directory_is_refused_by_name() {
    let dir = tempfile::tempdir().unwrap();
    for open in WAYS {
        let error = open(dir.path()).unwrap_err();
        assert_eq!((error.kind(), &*error.to_string()), (ErrorKind::IsADirectory, "is a directory"));
    }
}

#[test]
fn a_missing_file_is_not_found() {
    let dir = tempfile::tempdir().unwrap();
    for open in WAYS {
        assert_eq!(open(&dir.path().join("missing.gguf")).unwrap_err().kind(), ErrorKind::NotFound);
    }
}

#[cfg(unix)]
#[test]
fn devices_and_pipes_are_refused_without_waiting_for_them() {
    let dir = tempfile::tempdir().unwrap();
    let fifo = dir.path().join("fifo");
    let made = std::process::Command::new("mkfifo").arg(&fifo).status().expect("mkfifo runs");
    assert!(made.success());
    for path in [&fifo, Path::new("/dev/zero"), Path::new("/dev/null")] {
        for open in WAYS {
            let error = open(path).unwrap_err();
            let expected = (ErrorKind::InvalidInput, "not a regular file".to_owned());
            assert_eq!((error.kind(), error.to_string()), expected, "{}", path.display());
        }
    }
}
