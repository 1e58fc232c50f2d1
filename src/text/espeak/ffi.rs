//! espeak-ng's C functions behind one lock: the only file that calls them.
//!
//! The library keeps everything (data, voice, read-ahead) in globals, so all calls go through the one
//! [`Engine`], which exists only inside a mutex. No audio device is ever opened.

// The library has no safe interface: `espeak-rs` joins clauses without a separator and takes no lock.
#![allow(unsafe_code)]

use std::ffi::{CStr, CString, c_char, c_float, c_int, c_short, c_uint, c_void};
use std::path::{Path, PathBuf};
use std::ptr;
use std::sync::{Mutex, MutexGuard, PoisonError};

use espeak_rs_sys as sys;

/// Stands between the two letters of one phoneme: U+0361, combining double inverted breve.
pub(super) const TIE: char = '\u{361}';

/// `espeak_TextToPhonemes` text mode `espeakCHARS_UTF8`.
const TEXT_MODE_UTF8: c_int = 1;
/// Phoneme mode: IPA (bit 1), with a tie (bit 7), which is [`TIE`] (bits 8 to 23).
const PHONEME_MODE: c_int = 0x02 | 0x80 | ((TIE as c_int) << 8);
/// espeak keeps its data path in 160 bytes and cuts longer ones silently (`N_PATH_HOME` in `speech.h`).
pub(super) const MAX_DATA_PATH_BYTES: usize = 159;

/// A Korean and a Greek letter. Each makes espeak-ng load that language beside the voice's, in the place of the
/// one loaded before, whose memory of earlier words ("have" makes "read" a past tense) goes with it.
const OTHER_SCRIPTS: &CStr = c"\u{ac00} \u{3b1}";

static ENGINE: Mutex<Engine> = Mutex::new(Engine::NEW);

/// The library's global state; held only by whoever holds the lock.
pub(super) struct Engine {
    /// The data directory it has been started with.
    data: Option<PathBuf>,
    /// The voice selected since.
    voice: Option<&'static str>,
    /// Whether a word was spoken in another language than the voice's.
    switched: bool,
}

/// Waits for exclusive use of the library.
pub(super) fn lock() -> MutexGuard<'static, Engine> {
    ENGINE.lock().unwrap_or_else(|poisoned: PoisonError<MutexGuard<Engine>>| {
        // A panic under the lock may have left the fields behind the library's state.
        let mut engine = poisoned.into_inner();
        *engine = Engine::NEW;
        ENGINE.clear_poison();
        engine
    })
}

impl Engine {
    const NEW: Engine = Engine { data: None, voice: None, switched: false };

    /// Starts the library on the data in `directory`, unless that is what it runs on.
    ///
    /// No file may be missing: without phoneme tables espeak-ng looks elsewhere, and without a dictionary that a
    /// word switches to it crashes.
    ///
    /// # Errors
    /// What is wrong with the directory or its content.
    pub(super) fn start(&mut self, directory: &Path) -> Result<(), String> {
        if self.data.as_deref() == Some(directory) {
            return Ok(());
        }
        let path = c_path(directory)?;
        (self.data, self.voice) = (None, None);
        let mut context: sys::espeak_ng_ERROR_CONTEXT = ptr::null_mut();
        // SAFETY: `path` is NUL-terminated and copied by the callee; `context` is a null out-pointer as the
        // interface asks; `&mut self` shows that no other thread is in the library.
        let status = unsafe {
            sys::espeak_ng_InitializePath(path.as_ptr());
            sys::espeak_ng_Initialize(&mut context)
        };
        // SAFETY: `context` is null or was allocated by the call above; the callee frees and clears it.
        unsafe { sys::espeak_ng_ClearErrorContext(&mut context) };
        if status != 0 {
            return Err(message(status));
        }
        let used = started_path();
        if used.as_deref() != Some(path.as_c_str()) {
            return Err(format!("espeak-ng took its data from {used:?}"));
        }
        self.data = Some(directory.to_owned());
        Ok(())
    }

    /// The phonemes of `text` in IPA with ties, clauses joined by one space.
    ///
    /// # Errors
    /// If `voice` cannot be loaded, with espeak-ng's reason.
    ///
    /// # Panics
    /// If the library has not been started.
    pub(super) fn phonemes(&mut self, voice: &'static str, text: &CStr) -> Result<String, String> {
        assert!(self.data.is_some(), "phonemes: espeak-ng has not been started");
        if self.voice != Some(voice) {
            self.voice = None;
            let name =
                CString::new(voice).map_err(|_| format!("the voice name {voice:?} contains a NUL byte"))?;
            // SAFETY: `name` is NUL-terminated and copied; the library has been started and is ours alone.
            let status = unsafe { sys::espeak_ng_SetVoiceByName(name.as_ptr()) };
            if status != 0 {
                return Err(message(status));
            }
            self.voice = Some(voice);
        }
        if std::mem::take(&mut self.switched) {
            self.clauses(OTHER_SCRIPTS);
        }
        let phonemes = self.clauses(text);
        self.switched = phonemes.contains('(');
        Ok(phonemes)
    }

    /// The phonemes of every clause of `text`; anything less would leave espeak-ng's read-ahead to be spoken by
    /// the next call.
    ///
    /// # Panics
    /// If no voice is set.
    fn clauses(&mut self, text: &CStr) -> String {
        assert!(self.voice.is_some(), "clauses: no voice is set");
        let mut phonemes = String::new();
        let mut rest: *const c_void = text.as_ptr().cast();
        while !rest.is_null() {
            let before = rest;
            // SAFETY: `rest` points into `text`, which is NUL-terminated and outlives the loop; a voice is set,
            // which the callee requires; `&mut self` shows that no other thread is in the library.
            let clause = unsafe { sys::espeak_TextToPhonemes(&mut rest, TEXT_MODE_UTF8, PHONEME_MODE) };
            if clause.is_null() || rest == before {
                break;
            }
            // SAFETY: not null, NUL-terminated, and valid until the next call, which the borrow does not reach.
            let clause = unsafe { CStr::from_ptr(clause) }.to_string_lossy();
            match clause.trim() {
                "" => {}
                clause if phonemes.is_empty() => phonemes.push_str(clause),
                clause => phonemes.extend([" ", clause]),
            }
        }
        phonemes
    }
}

/// `directory` as espeak-ng needs it.
fn c_path(directory: &Path) -> Result<CString, String> {
    let bytes = directory.as_os_str().as_encoded_bytes();
    if bytes.len() > MAX_DATA_PATH_BYTES {
        return Err(format!("the path has {} bytes, expected at most {MAX_DATA_PATH_BYTES}", bytes.len()));
    }
    CString::new(bytes).map_err(|_| "the path contains a NUL byte".to_owned())
}

/// The data directory in use.
fn started_path() -> Option<CString> {
    let mut path: *const c_char = ptr::null();
    // SAFETY: `path` is a valid out-pointer; the callee stores the address of its static, NUL-terminated path.
    unsafe { sys::espeak_Info(&mut path) };
    // SAFETY: not null, and the static path changes only when the library is started.
    (!path.is_null()).then(|| unsafe { CStr::from_ptr(path) }.to_owned())
}

/// espeak-ng's words for a status code.
fn message(status: sys::espeak_ng_STATUS) -> String {
    let mut buffer = [0 as c_char; 256];
    // SAFETY: the callee writes at most `buffer.len()` bytes, the terminating NUL included.
    unsafe { sys::espeak_ng_GetStatusCodeMessage(status, buffer.as_mut_ptr(), buffer.len()) };
    // SAFETY: the array is NUL-terminated, by the callee or because it was zeroed.
    let text = unsafe { CStr::from_ptr(buffer.as_ptr()) }.to_string_lossy().to_lowercase();
    format!("espeak-ng says: {}", text.trim_end_matches('.'))
}

/// Functions of libsonic and libpcaudio that espeak-ng's object files name but text-to-phonemes never calls.
///
/// With these the program needs neither library at run time: libpcaudio would bring ALSA and PulseAudio. Each
/// answers "nothing there". An archive's own definition is used when the linker has met it first.
mod never_called {
    use super::*;

    macro_rules! stubs {
        ($($name:ident($($argument:ty),*) -> $result:ty = $value:expr;)*) => {$(
            // SAFETY: the signature is that of sonic.h and pcaudiolib/audio.h; the body touches no argument.
            #[unsafe(no_mangle)]
            extern "C" fn $name($(_: $argument),*) -> $result { $value }
        )*};
    }

    stubs! {
        sonicCreateStream(c_int, c_int) -> *mut c_void = ptr::null_mut();
        sonicDestroyStream(*mut c_void) -> () = ();
        sonicFlushStream(*mut c_void) -> c_int = 0;
        sonicGetSpeed(*mut c_void) -> c_float = 1.0;
        sonicReadShortFromStream(*mut c_void, *mut c_short, c_int) -> c_int = 0;
        sonicSetSpeed(*mut c_void, c_float) -> () = ();
        sonicWriteShortToStream(*mut c_void, *const c_short, c_int) -> c_int = 0;
        create_audio_device_object(*const c_char, *const c_char, *const c_char) -> *mut c_void = ptr::null_mut();
        audio_object_open(*mut c_void, c_int, c_uint, u8) -> c_int = -1;
        audio_object_close(*mut c_void) -> () = ();
        audio_object_destroy(*mut c_void) -> () = ();
        audio_object_write(*mut c_void, *const c_void, usize) -> c_int = -1;
        audio_object_drain(*mut c_void) -> c_int = 0;
        audio_object_flush(*mut c_void) -> c_int = 0;
        audio_object_strerror(*mut c_void, c_int) -> *const c_char = c"audio output is not built in".as_ptr();
    }
}
