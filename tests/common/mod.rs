//! Helpers shared by the test binaries; each uses its part.
#![allow(dead_code, reason = "no test binary uses every helper")]

use std::env;
use std::path::PathBuf;

pub mod gguf_builder;

/// The folder of test models: `KOKORO_SHARED`, else `shared` beside the repository.
///
/// `None`, with a line on stderr, if there is no such folder.
///
/// # Panics
/// If there is none and `KOKORO_REQUIRE_SHARED=1` says that there must be.
pub fn shared_dir() -> Option<PathBuf> {
    let beside = || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared");
    let dir = env::var_os("KOKORO_SHARED").map_or_else(beside, PathBuf::from);
    if dir.is_dir() {
        return Some(dir);
    }
    let required = env::var_os("KOKORO_REQUIRE_SHARED").is_some_and(|value| value == "1");
    assert!(!required, "KOKORO_REQUIRE_SHARED is set and {} is no folder", dir.display());
    eprintln!("skipped: {} is no folder, set KOKORO_SHARED", dir.display());
    None
}
