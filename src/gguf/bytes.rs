//! Bytes shared by everything that reads a model file: mapped, owned or borrowed.

use std::fmt;
use std::ops::{Deref, Range};
use std::sync::Arc;

/// Whoever owns bytes.
pub(super) trait Owner: Send + Sync {
    /// The bytes, the same every time.
    fn bytes(&self) -> &[u8];

    /// The bytes in `range` are not needed for now; their memory may serve others until they are read again.
    fn release(&self, range: Range<usize>) {
        let _ = range;
    }
}

/// An owner that needs to know nothing.
struct Plain<T>(T);

impl<T: AsRef<[u8]> + Send + Sync> Owner for Plain<T> {
    fn bytes(&self) -> &[u8] {
        self.0.as_ref()
    }
}

/// A cheap-to-clone window on bytes that somebody else owns: a mapped file, a vector, a static array.
///
/// Alignment is that of the owner plus the window's offset, so it can be anything.
#[derive(Clone)]
pub struct SharedBytes {
    owner: Arc<dyn Owner>,
    range: Range<usize>,
}

impl SharedBytes {
    /// Wraps an owner whose `as_ref` returns the same bytes every time.
    pub fn new(owner: impl AsRef<[u8]> + Send + Sync + 'static) -> Self {
        Self::of(Plain(owner))
    }

    /// All bytes of an owner.
    pub(super) fn of(owner: impl Owner + 'static) -> Self {
        let range = 0..owner.bytes().len();
        Self { owner: Arc::new(owner), range }
    }

    /// Says that these bytes are not needed for now: a mapped file's pages then leave this process until they are read
    /// again. They stay the same bytes.
    pub fn release(&self) {
        self.owner.release(self.range.clone());
    }

    /// The window `range` of this window.
    ///
    /// # Panics
    /// If `range` reaches past the end.
    pub fn slice(&self, range: Range<usize>) -> Self {
        assert!(
            range.start <= range.end && range.end <= self.len(),
            "slice {range:?} of {} bytes",
            self.len()
        );
        let start = self.range.start;
        Self { owner: Arc::clone(&self.owner), range: start + range.start..start + range.end }
    }
}

impl Deref for SharedBytes {
    type Target = [u8];
    fn deref(&self) -> &[u8] {
        &self.owner.bytes()[self.range.clone()]
    }
}

impl fmt::Debug for SharedBytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SharedBytes({} bytes)", self.len())
    }
}
