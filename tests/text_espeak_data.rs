//! Where the built-in espeak-ng data goes: each test starts this program again with an environment of its own.
#![cfg(all(feature = "espeak", unix))]

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use kokoro_gguf::text::{Espeak, Language, Phonemizer};

/// Not a test by itself: prints the data directory and the phonemes of a sentence.
#[test]
#[ignore = "started by the other tests"]
fn child() {
    let espeak = Espeak::new().unwrap();
    if std::env::var_os("EMPTY_THE_CACHE").is_some() {
        fs::remove_dir_all(espeak.data_directory()).unwrap();
    }
    let phonemes = espeak.phonemize("Ciao, weekend 한국어!", Language::Italian).unwrap();
    println!("\n@{}@{phonemes}@", espeak.data_directory().display());
}

/// This program as `child`, in an empty environment below `root`.
fn command(root: &Path) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "child", "--ignored", "--nocapture"]).env_clear().current_dir("/");
    command.env("HOME", root.join("home")).env("TMPDIR", root.join("tmp")).stdout(Stdio::piped());
    fs::create_dir_all(root.join("tmp")).unwrap();
    command
}

/// Runs `child`; the data directory it has used.
fn run(command: &mut Command) -> PathBuf {
    finish(command.spawn().unwrap())
}

fn finish(child: std::process::Child) -> PathBuf {
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    let stdout = String::from_utf8(output.stdout).unwrap();
    let mut answer = stdout.split('@').skip(1);
    let path = PathBuf::from(answer.next().unwrap());
    assert!(answer.next().unwrap().starts_with("ʧˈao, "), "{stdout}");
    path
}

#[test]
fn the_cache_directory_is_used_and_private() {
    let root = tempfile::tempdir().unwrap();
    let path = run(&mut command(root.path()));
    assert_eq!(path.parent().unwrap(), root.path().join("home/.cache/kokoro-gguf"));
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o077, 0);

    let path = run(command(root.path()).env("XDG_CACHE_HOME", root.path().join("xdg")));
    assert_eq!(path.parent().unwrap(), root.path().join("xdg/kokoro-gguf"));
    let path = run(command(root.path()).env("XDG_CACHE_HOME", "relative"));
    assert_eq!(path.parent().unwrap(), root.path().join("home/.cache/kokoro-gguf"));
}

#[test]
fn a_damaged_cache_is_repaired() {
    let root = tempfile::tempdir().unwrap();
    let path = run(&mut command(root.path()));
    let sound = fs::read(path.join("it_dict")).unwrap();
    fs::write(path.join("it_dict"), &sound[..sound.len() / 2]).unwrap();
    fs::write(path.join("phontab"), vec![b'x'; fs::metadata(path.join("phontab")).unwrap().len() as usize])
        .unwrap();
    fs::remove_file(path.join("lang/roa/it")).unwrap();
    assert_eq!(run(&mut command(root.path())), path);
    assert_eq!(fs::read(path.join("it_dict")).unwrap(), sound);
}

#[test]
fn a_cache_emptied_under_a_running_program_is_restored() {
    let root = tempfile::tempdir().unwrap();
    let path = run(command(root.path()).env("EMPTY_THE_CACHE", "1"));
    assert!(path.join("ko_dict").is_file());
}

#[test]
fn programs_that_start_at_once_share_the_cache() {
    let root = tempfile::tempdir().unwrap();
    let children: Vec<_> = (0..6).map(|_| command(root.path()).spawn().unwrap()).collect();
    let paths: Vec<_> = children.into_iter().map(finish).collect();
    assert!(paths.iter().all(|path| *path == paths[0]));
    let strays = fs::read_dir(&paths[0])
        .unwrap()
        .filter(|entry| entry.as_ref().unwrap().file_name().to_string_lossy().starts_with('.'));
    assert_eq!(strays.count(), 0);
}

#[test]
fn without_a_cache_the_temporary_directory_is_used_again_and_again() {
    let root = tempfile::tempdir().unwrap();
    // A file in the way: not even root can make a directory there.
    fs::write(root.path().join("home"), b"").unwrap();
    let path = run(&mut command(root.path()));
    assert!(path.starts_with(root.path().join("tmp")), "{}", path.display());
    assert_eq!(run(&mut command(root.path())), path);

    // Somebody else could write there: a fresh directory is used.
    fs::set_permissions(path.parent().unwrap(), fs::Permissions::from_mode(0o777)).unwrap();
    let fresh = run(command(root.path()).env_remove("HOME"));
    assert!(fresh.starts_with(root.path().join("tmp")) && fresh != path);
}

#[test]
fn a_path_too_long_for_espeak_is_avoided() {
    let root = tempfile::tempdir().unwrap();
    let path = run(command(root.path()).env("XDG_CACHE_HOME", root.path().join("long/".repeat(40))));
    assert!(path.starts_with(root.path().join("tmp")));
}
