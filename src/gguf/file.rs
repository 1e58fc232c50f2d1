//! A parsed file: header, metadata and tensor directory.

use super::bytes::SharedBytes;
use super::error::{GgufError, GgufErrorKind};
use super::limits;
use super::metadata::Metadata;
use super::name_index::NameIndex;
use super::reader::Reader;
use super::tensor_info::{Entry, TensorInfo};

const MAGIC: [u8; 4] = *b"GGUF";

/// A GGUF file whose every length, name and offset has been checked.
#[derive(Debug)]
pub struct GgufFile {
    bytes: SharedBytes,
    version: u32,
    metadata: Metadata,
    tensors: Vec<TensorInfo>,
    index: NameIndex,
    data_offset: usize,
}

impl GgufFile {
    /// Reads header, metadata and tensor directory; tensor data is left alone.
    ///
    /// Time and memory are bounded by the file's size: nothing is reserved for a count before the file is
    /// known to be long enough for it.
    ///
    /// # Errors
    /// If the file breaks a rule of the format or exceeds one of the [`limits`]. See [`GgufErrorKind`].
    pub fn parse(bytes: SharedBytes) -> Result<Self, GgufError> {
        let mut reader = Reader::new(&bytes);
        let version = parse_version(&mut reader)?;
        let tensor_count = parse_count(&mut reader, "tensor count", limits::MAX_TENSORS)?;
        let pair_count = parse_count(&mut reader, "metadata count", limits::MAX_METADATA_PAIRS)?;

        let metadata = Metadata::parse(&mut reader, pair_count)?;
        let directory = Directory::parse(&mut reader, tensor_count, metadata.alignment())?;
        let data_offset = reader.at().next_multiple_of(metadata.alignment() as usize);
        let (tensors, index) = directory.place(data_offset, bytes.len())?;
        refuse_overlap(&tensors)?;
        Ok(Self { version, metadata, tensors, index, data_offset, bytes })
    }

    /// The format version, 2 or 3.
    pub fn version(&self) -> u32 {
        self.version
    }

    /// The metadata.
    pub fn metadata(&self) -> &Metadata {
        &self.metadata
    }

    /// The tensors, in the file's order.
    pub fn tensors(&self) -> &[TensorInfo] {
        &self.tensors
    }

    /// The tensor of that name.
    pub fn tensor(&self, name: &str) -> Option<&TensorInfo> {
        let position = self.index.find(name, |i| self.tensors[i].name())?;
        Some(&self.tensors[position])
    }

    /// Says that no byte of the file is needed for now; see [`SharedBytes::release`].
    pub fn release(&self) {
        self.bytes.release();
    }

    /// A tensor's bytes, without a copy. Their address can have any alignment.
    ///
    /// # Panics
    /// If `info` is of another file and its bytes lie past the end of this one.
    pub fn tensor_bytes(&self, info: &TensorInfo) -> SharedBytes {
        self.bytes.slice(info.offset()..info.offset() + info.n_bytes())
    }

    /// Where the tensor data begins; past the end of a file that has no tensors and no padding.
    pub fn data_offset(&self) -> usize {
        self.data_offset
    }

    /// What tensor offsets are multiples of: `general.alignment`, or 32 without that key.
    pub fn alignment(&self) -> u32 {
        self.metadata.alignment()
    }
}

fn parse_version(reader: &mut Reader<'_>) -> Result<u32, GgufError> {
    let magic_at = reader.at() as u64;
    let magic: [u8; 4] = reader.fixed("magic")?;
    if magic != MAGIC {
        return Err(GgufError::new(magic_at, GgufErrorKind::Magic { found: magic }));
    }
    let version_at = reader.at() as u64;
    match reader.u32("version")? {
        version @ 2..=3 => Ok(version),
        // ggml's rule: no version needs its upper half, so one that needs nothing else is in the other order.
        swapped if swapped & 0xffff == 0 && swapped != 0 => {
            Err(GgufError::new(version_at, GgufErrorKind::BigEndian { version: swapped.swap_bytes() }))
        }
        found => Err(GgufError::new(version_at, GgufErrorKind::Version { found })),
    }
}

fn parse_count(reader: &mut Reader<'_>, what: &'static str, limit: u64) -> Result<u64, GgufError> {
    let at = reader.at() as u64;
    match reader.u64(what)? {
        count if count <= limit => Ok(count),
        found => Err(GgufError::new(at, GgufErrorKind::Limit { what, found, limit })),
    }
}

/// The tensor directory as read: offsets are relative until its end, and so the data's start, is known.
struct Directory<'a> {
    entries: Vec<Entry<'a>>,
    index: NameIndex,
}

impl<'a> Directory<'a> {
    fn parse(reader: &mut Reader<'a>, count: u64, alignment: u32) -> Result<Self, GgufError> {
        let count = reader.expect_records("tensor directory", count, limits::MIN_TENSOR_INFO_BYTES)?;
        let mut entries: Vec<Entry<'a>> = Vec::with_capacity(count);
        let mut index = NameIndex::with_capacity(count);
        for position in 0..count {
            let at = reader.at() as u64;
            let entry = Entry::parse(reader, alignment)?;
            if !index.insert(entry.name, position, |i| entries[i].name) {
                let kind = GgufErrorKind::DuplicateTensor { tensor: entry.name.to_owned() };
                return Err(GgufError::new(at, kind));
            }
            entries.push(entry);
        }
        Ok(Self { entries, index })
    }

    fn place(self, data_offset: usize, file_bytes: usize) -> Result<(Vec<TensorInfo>, NameIndex), GgufError> {
        let place = |entry: Entry<'_>| entry.place(data_offset, file_bytes);
        let tensors = self.entries.into_iter().map(place).collect::<Result<_, _>>()?;
        Ok((tensors, self.index))
    }
}

/// Refuses tensors that share bytes, by sorting: a pair of neighbours overlaps if any pair does.
fn refuse_overlap(tensors: &[TensorInfo]) -> Result<(), GgufError> {
    let mut by_offset: Vec<u32> = (0..).take(tensors.len()).collect();
    by_offset.sort_unstable_by_key(|&i| (tensors[i as usize].offset(), i));
    for pair in by_offset.windows(2) {
        let (other, tensor) = (&tensors[pair[0] as usize], &tensors[pair[1] as usize]);
        let other_end = other.offset() + other.n_bytes();
        if tensor.offset() < other_end {
            let (name, other) = (tensor.name().to_owned(), other.name().to_owned());
            let kind = GgufErrorKind::Overlap { tensor: name, other, other_end: other_end as u64 };
            return Err(GgufError::new(tensor.offset() as u64, kind));
        }
    }
    Ok(())
}
