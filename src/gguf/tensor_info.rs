//! One tensor of the directory: name, shape, type and where its bytes are.

use super::error::{GgufError, GgufErrorKind};
use super::ggml_type::GgmlType;
use super::limits::{MAX_DIMS, MAX_NE, MAX_TENSOR_NAME_BYTES};
use super::reader::Reader;

/// A tensor's directory entry; its bytes are known to lie in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TensorInfo {
    name: Box<str>,
    ne: [u64; MAX_DIMS],
    n_dims: usize,
    ggml_type: GgmlType,
    offset: usize,
    n_bytes: usize,
}

impl TensorInfo {
    /// The name, at most 1,024 bytes and without NUL.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Lengths of the axes, fastest first, padded with 1: a PyTorch shape reversed.
    pub fn ne(&self) -> [u64; MAX_DIMS] {
        self.ne
    }

    /// How many axes the file gives, 1 to 4; writers differ in whether trailing 1s of `ne` count.
    pub fn n_dims(&self) -> usize {
        self.n_dims
    }

    /// The shape in PyTorch's order, slowest axis first, with the rank the file gives.
    pub fn shape(&self) -> Vec<u64> {
        self.ne[..self.n_dims].iter().rev().copied().collect()
    }

    /// How many elements.
    pub fn elements(&self) -> u64 {
        self.ne.iter().product()
    }

    /// The storage type.
    pub fn ggml_type(&self) -> GgmlType {
        self.ggml_type
    }

    /// Where the bytes begin, counted from the start of the file.
    pub fn offset(&self) -> usize {
        self.offset
    }

    /// How many bytes: rows of whole blocks, without padding.
    pub fn n_bytes(&self) -> usize {
        self.n_bytes
    }
}

/// A directory entry as read, its offset not yet compared with the file.
pub(super) struct Entry<'a> {
    pub(super) name: &'a str,
    ne: [u64; MAX_DIMS],
    n_dims: usize,
    ggml_type: GgmlType,
    /// Counted from the start of the data.
    relative: u64,
    n_bytes: u64,
}

impl<'a> Entry<'a> {
    /// Reads an entry of a file with this alignment.
    pub(super) fn parse(reader: &mut Reader<'a>, alignment: u32) -> Result<Self, GgufError> {
        let name = reader.name("tensor name", MAX_TENSOR_NAME_BYTES)?;
        let tensor = || name.to_owned();

        let rank_at = reader.at() as u64;
        let rank = reader.u32("tensor rank")?;
        let n_dims = match usize::try_from(rank) {
            Ok(n_dims @ 1..=MAX_DIMS) => n_dims,
            _ => return Err(GgufError::new(rank_at, GgufErrorKind::Rank { tensor: tensor(), found: rank })),
        };
        let ne_at = reader.at() as u64;
        let mut ne = [1; MAX_DIMS];
        for (axis, length) in ne[..n_dims].iter_mut().enumerate() {
            let at = reader.at() as u64;
            *length = reader.u64("tensor shape")?;
            if !(1..=MAX_NE).contains(length) {
                let kind = GgufErrorKind::Dimension { tensor: tensor(), axis, found: *length };
                return Err(GgufError::new(at, kind));
            }
        }

        let type_at = reader.at() as u64;
        let code = reader.u32("tensor type")?;
        let ggml_type = GgmlType::from_code(code).ok_or_else(|| {
            GgufError::new(type_at, GgufErrorKind::TensorType { tensor: tensor(), found: code })
        })?;
        if !ne[0].is_multiple_of(ggml_type.block_elements() as u64) {
            let kind = GgufErrorKind::PartialBlock { tensor: tensor(), ggml_type, found: ne[0] };
            return Err(GgufError::new(ne_at, kind));
        }
        let n_bytes = byte_size(ne, ggml_type)
            .ok_or_else(|| GgufError::new(ne_at, GgufErrorKind::SizeOverflow { tensor: tensor(), ne }))?;

        let offset_at = reader.at() as u64;
        let relative = reader.u64("tensor offset")?;
        if !relative.is_multiple_of(alignment.into()) {
            let kind = GgufErrorKind::Misaligned { tensor: tensor(), found: relative, alignment };
            return Err(GgufError::new(offset_at, kind));
        }
        Ok(Self { name, ne, n_dims, ggml_type, relative, n_bytes })
    }

    /// Places the entry in a file of `file_bytes` whose data begins at `data_offset`.
    pub(super) fn place(self, data_offset: usize, file_bytes: usize) -> Result<TensorInfo, GgufError> {
        let start = (data_offset as u64).saturating_add(self.relative);
        let have = (file_bytes as u64).saturating_sub(start);
        // Bytes that the file has can be counted by a `usize`.
        match (usize::try_from(start), usize::try_from(self.n_bytes)) {
            (Ok(offset), Ok(n_bytes)) if self.n_bytes <= have => {
                let Self { name, ne, n_dims, ggml_type, .. } = self;
                Ok(TensorInfo { name: name.into(), ne, n_dims, ggml_type, offset, n_bytes })
            }
            _ => {
                let tensor = self.name.to_owned();
                Err(GgufError::new(start, GgufErrorKind::TensorPastEnd { tensor, need: self.n_bytes, have }))
            }
        }
    }
}

/// Bytes of a tensor whose rows are whole blocks, or `None` beyond 64 bits; elements must fit them too.
fn byte_size(ne: [u64; MAX_DIMS], ggml_type: GgmlType) -> Option<u64> {
    let elements = ne.into_iter().try_fold(1, u64::checked_mul)?;
    let blocks = elements / ggml_type.block_elements() as u64;
    blocks.checked_mul(ggml_type.block_bytes() as u64)
}
