//! Zip archives whose entries are not compressed, as PyTorch writes them.
//!
//! Source: APPNOTE.TXT, 4.3. Only what such archives need is read; a whole zip library would bring a dozen crates with it.

/// Signatures of the end record, of a directory's entry and of the header in front of an entry's content.
const END: u32 = 0x0605_4b50;
const ENTRY: u32 = 0x0201_4b50;
const HEADER: u32 = 0x0403_4b50;

/// Bytes of these records without their names.
const END_BYTES: usize = 22;
const ENTRY_BYTES: usize = 46;
const HEADER_BYTES: usize = 30;

/// The longest comment that may follow the end record.
const MAX_COMMENT_BYTES: usize = 0xffff;

/// The most entries; PyTorch's archive of a tensor has some six.
const MAX_ENTRIES: usize = 1024;

/// A file in an archive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Entry<'a> {
    pub(super) name: &'a str,
    pub(super) content: &'a [u8],
}

/// The entries of an archive, whose checksums are right.
pub(super) fn entries(bytes: &[u8]) -> Result<Vec<Entry<'_>>, String> {
    let not_zip = || "it is no zip archive, as PyTorch has written since 1.6".to_owned();
    let earliest = bytes.len().saturating_sub(END_BYTES + MAX_COMMENT_BYTES);
    let latest = bytes.len().checked_sub(END_BYTES).ok_or_else(not_zip)?;
    let end = (earliest..=latest).rev().find(|&at| u32_at(bytes, at) == Some(END)).ok_or_else(not_zip)?;
    let count = usize::from(u16_at(bytes, end + 10).ok_or_else(not_zip)?);
    if count > MAX_ENTRIES {
        return Err(format!("the archive has {count} entries, expected at most {MAX_ENTRIES}"));
    }
    let mut at = u32_at(bytes, end + 16).ok_or_else(not_zip)? as usize;
    let mut entries = Vec::with_capacity(count);
    for index in 0..count {
        let broken = || format!("entry {index} of the archive lies outside of it");
        if u32_at(bytes, at) != Some(ENTRY) {
            return Err(broken());
        }
        let long = |offset: usize| u32_at(bytes, at.checked_add(offset)?).map(|value| value as usize);
        let short = |offset: usize| u16_at(bytes, at.checked_add(offset)?).map(usize::from);
        let fields = (short(10), long(16), long(20), long(24), short(28), short(30), short(32), long(42));
        let (
            Some(method),
            Some(crc),
            Some(stored),
            Some(size),
            Some(name),
            Some(extra),
            Some(comment),
            Some(header),
        ) = fields
        else {
            return Err(broken());
        };
        let name_bytes =
            bytes.get(at + ENTRY_BYTES..).and_then(|rest| rest.get(..name)).ok_or_else(broken)?;
        let name_text = std::str::from_utf8(name_bytes)
            .map_err(|_| format!("entry {index} has a name that is not UTF-8"))?;
        if method != 0 || stored != size {
            return Err(format!("{name_text} in the archive is compressed, which PyTorch's entries are not"));
        }
        let content = content(bytes, header, size).ok_or_else(broken)?;
        if crc32(content) as usize != crc {
            return Err(format!("{name_text} in the archive is damaged: its checksum is wrong"));
        }
        entries.push(Entry { name: name_text, content });
        at += ENTRY_BYTES + name + extra + comment;
    }
    Ok(entries)
}

/// The content behind the header at byte `at`.
fn content(bytes: &[u8], at: usize, size: usize) -> Option<&[u8]> {
    if u32_at(bytes, at)? != HEADER {
        return None;
    }
    let (name, extra) = (u16_at(bytes, at + 26)?, u16_at(bytes, at + 28)?);
    let start = at + HEADER_BYTES + usize::from(name) + usize::from(extra);
    bytes.get(start..)?.get(..size)
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk().map(|bytes| u32::from_le_bytes(*bytes))
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..)?.first_chunk().map(|bytes| u16::from_le_bytes(*bytes))
}

/// CRC-32 as in zip and PNG.
fn crc32(bytes: &[u8]) -> u32 {
    let step = |crc: u32, byte: &u8| {
        (0..8).fold(
            crc ^ u32::from(*byte),
            |crc, _| if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 },
        )
    };
    !bytes.iter().fold(!0, step)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checksum_is_that_of_the_standard() {
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
        assert_eq!(crc32(b""), 0);
    }

    #[test]
    fn what_is_no_archive_is_refused() {
        for bytes in [&b""[..], b"PK", &[0; 22], &[0xff; 4000]] {
            assert!(entries(bytes).is_err());
        }
        // An end record that counts entries which are not there.
        let mut end = END.to_le_bytes().to_vec();
        end.extend([0; 18]);
        assert_eq!(entries(&end), Ok(Vec::new()));
        end[10] = 1;
        assert!(entries(&end).unwrap_err().contains("outside"));
        end[11] = 0xff;
        assert!(entries(&end).unwrap_err().contains("at most"));
    }
}
