//! An interrupted run leaves no scratch file behind.

use std::path::PathBuf;

/// Deletes `scratch` if the user (Ctrl-C) or the system (SIGTERM) ends the process.
///
/// The process then ends by that signal as if nothing had been in its way. A file that has been renamed to its
/// target meanwhile is not touched, since it no longer has this name.
#[cfg(unix)]
pub fn delete_on_interrupt(scratch: PathBuf) {
    use signal_hook::consts::{SIGINT, SIGTERM};
    use signal_hook::iterator::Signals;
    use signal_hook::low_level::emulate_default_handler;

    // Without signals or a thread all that is lost is the tidying up.
    let Ok(mut signals) = Signals::new([SIGINT, SIGTERM]) else { return };
    let _ = std::thread::Builder::new().name("signals".to_owned()).spawn(move || {
        if let Some(signal) = signals.forever().next() {
            let _ = std::fs::remove_file(&scratch);
            let _ = emulate_default_handler(signal);
        }
    });
}

/// Windows ends the process at once; the scratch file stays.
#[cfg(not(unix))]
pub fn delete_on_interrupt(_scratch: PathBuf) {}
