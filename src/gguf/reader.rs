//! A cursor over a file's bytes: every read is bounds-checked and every error carries its offset.

use super::bytes::SharedBytes;
use super::error::{GgufError, GgufErrorKind};

/// Reads little-endian fields one after the other. `what` names a field in errors.
pub(super) struct Reader<'a> {
    file: &'a SharedBytes,
    bytes: &'a [u8],
    /// Never past the end of `bytes`.
    at: usize,
}

impl<'a> Reader<'a> {
    pub(super) fn new(file: &'a SharedBytes) -> Self {
        Self { file, bytes: file, at: 0 }
    }

    /// Offset of the next byte.
    pub(super) fn at(&self) -> usize {
        self.at
    }

    /// An error at the next byte.
    pub(super) fn error(&self, kind: GgufErrorKind) -> GgufError {
        GgufError::new(self.at as u64, kind)
    }

    /// The bytes from `start` to the next byte, without a copy.
    pub(super) fn window_from(&self, start: usize) -> SharedBytes {
        self.file.slice(start..self.at)
    }

    /// The next `need` bytes.
    pub(super) fn take(&mut self, what: &'static str, need: u64) -> Result<&'a [u8], GgufError> {
        let left = &self.bytes[self.at..];
        let taken = usize::try_from(need).ok().and_then(|n| left.get(..n));
        let taken = taken.ok_or_else(|| self.truncated(what, need))?;
        self.at += taken.len();
        Ok(taken)
    }

    /// Refuses `count` records of at least `min_bytes` each if the file is too short to hold them.
    ///
    /// This is what makes it safe to reserve memory for `count` records.
    pub(super) fn expect_records(
        &self,
        what: &'static str,
        count: u64,
        min_bytes: u64,
    ) -> Result<usize, GgufError> {
        let need = count.saturating_mul(min_bytes);
        match usize::try_from(count) {
            Ok(n) if need <= self.left() => Ok(n),
            _ => Err(self.truncated(what, need)),
        }
    }

    pub(super) fn u32(&mut self, what: &'static str) -> Result<u32, GgufError> {
        self.fixed(what).map(u32::from_le_bytes)
    }

    pub(super) fn u64(&mut self, what: &'static str) -> Result<u64, GgufError> {
        self.fixed(what).map(u64::from_le_bytes)
    }

    pub(super) fn fixed<const N: usize>(&mut self, what: &'static str) -> Result<[u8; N], GgufError> {
        let bytes = self.bytes[self.at..].first_chunk::<N>();
        let bytes = *bytes.ok_or_else(|| self.truncated(what, N as u64))?;
        self.at += N;
        Ok(bytes)
    }

    /// A length-prefixed UTF-8 string.
    pub(super) fn string(&mut self, what: &'static str) -> Result<&'a str, GgufError> {
        let len = self.u64(what)?;
        self.text(what, len)
    }

    /// A length-prefixed UTF-8 string of at most `max_bytes`, without NUL.
    pub(super) fn name(&mut self, what: &'static str, max_bytes: u64) -> Result<&'a str, GgufError> {
        let start = self.at;
        let len = self.u64(what)?;
        if len > max_bytes {
            let kind = GgufErrorKind::Limit { what, found: len, limit: max_bytes };
            return Err(GgufError::new(start as u64, kind));
        }
        let start = self.at;
        let name = self.text(what, len)?;
        match name.bytes().position(|byte| byte == 0) {
            None => Ok(name),
            Some(nul) => Err(GgufError::new((start + nul) as u64, GgufErrorKind::Nul { what })),
        }
    }

    fn text(&mut self, what: &'static str, len: u64) -> Result<&'a str, GgufError> {
        let start = self.at;
        str::from_utf8(self.take(what, len)?).map_err(|error| {
            GgufError::new((start + error.valid_up_to()) as u64, GgufErrorKind::Utf8 { what })
        })
    }

    fn left(&self) -> u64 {
        (self.bytes.len() - self.at) as u64
    }

    fn truncated(&self, what: &'static str, need: u64) -> GgufError {
        self.error(GgufErrorKind::Truncated { what, need, have: self.left() })
    }
}
