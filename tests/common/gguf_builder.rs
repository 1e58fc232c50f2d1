//! Writes GGUF files byte by byte, sound or not, and tells where each field went.
//!
//! Written from the format's description alone, without the reader's code or tables, so that the two check
//! each other.

/// Codes of value types.
pub mod value {
    pub const U8: u32 = 0;
    pub const I8: u32 = 1;
    pub const U16: u32 = 2;
    pub const I16: u32 = 3;
    pub const U32: u32 = 4;
    pub const I32: u32 = 5;
    pub const F32: u32 = 6;
    pub const BOOL: u32 = 7;
    pub const STRING: u32 = 8;
    pub const ARRAY: u32 = 9;
    pub const U64: u32 = 10;
    pub const I64: u32 = 11;
    pub const F64: u32 = 12;
}

/// Codes of tensor types.
pub mod tensor {
    pub const F32: u32 = 0;
    pub const F16: u32 = 1;
    pub const Q4_0: u32 = 2;
    pub const Q4_1: u32 = 3;
    pub const Q5_0: u32 = 6;
    pub const Q5_1: u32 = 7;
    pub const Q8_0: u32 = 8;
    pub const BF16: u32 = 30;

    /// Elements and bytes of a block.
    pub fn block(code: u32) -> (u64, u64) {
        match code {
            F32 => (1, 4),
            F16 | BF16 => (1, 2),
            Q4_0 => (32, 18),
            Q4_1 => (32, 20),
            Q5_0 => (32, 22),
            Q5_1 => (32, 24),
            Q8_0 => (32, 34),
            other => panic!("no size known for type {other}"),
        }
    }
}

/// A sound file to be. Lies are told by patching the bytes of the [`Built`] file.
pub struct GgufBuilder {
    version: u32,
    alignment: usize,
    pad_end: bool,
    pairs: Vec<(Vec<u8>, u32, Vec<u8>)>,
    tensors: Vec<Spec>,
    next_offset: usize,
}

struct Spec {
    name: Vec<u8>,
    ne: Vec<u64>,
    code: u32,
    offset: usize,
    data: Vec<u8>,
}

/// Where every file has its tensor count.
pub const TENSOR_COUNT_AT: usize = 8;
/// Where every file has its count of metadata pairs.
pub const PAIR_COUNT_AT: usize = 16;

/// A file and the places of its fields.
pub struct Built {
    /// The file.
    pub bytes: Vec<u8>,
    /// Fields of each pair.
    pub pairs: Vec<PairAt>,
    /// Fields of each tensor.
    pub tensors: Vec<TensorAt>,
    /// Start of the tensor data.
    pub data: usize,
}

/// Where a pair's fields are.
pub struct PairAt {
    pub key_len: usize,
    pub key: usize,
    pub value_type: usize,
    pub value: usize,
}

/// Where a tensor's fields are.
pub struct TensorAt {
    pub name_len: usize,
    pub name: usize,
    pub n_dims: usize,
    pub ne: usize,
    pub code: usize,
    pub offset: usize,
    pub data: usize,
}

impl GgufBuilder {
    pub fn new() -> Self {
        Self {
            version: 3,
            alignment: 32,
            pad_end: true,
            pairs: Vec::new(),
            tensors: Vec::new(),
            next_offset: 0,
        }
    }

    pub fn version(mut self, version: u32) -> Self {
        self.version = version;
        self
    }

    /// Aligns the tensors that follow; the caller adds `general.alignment`.
    pub fn alignment(mut self, alignment: usize) -> Self {
        self.alignment = alignment;
        self
    }

    /// Leaves out the padding after the last tensor, which writers add.
    pub fn unpadded(mut self) -> Self {
        self.pad_end = false;
        self
    }

    pub fn pair(mut self, key: impl AsRef<[u8]>, value_type: u32, value: impl AsRef<[u8]>) -> Self {
        self.pairs.push((key.as_ref().to_vec(), value_type, value.as_ref().to_vec()));
        self
    }

    /// Adds a tensor after the previous one, filled with [`pattern`].
    pub fn tensor(mut self, name: impl AsRef<[u8]>, ne: &[u64], code: u32) -> Self {
        let (block_elements, block_bytes) = tensor::block(code);
        let n_bytes = (ne.iter().product::<u64>() / block_elements * block_bytes) as usize;
        let data = pattern(self.tensors.len(), n_bytes);
        let (name, ne, offset) = (name.as_ref().to_vec(), ne.to_vec(), self.next_offset);
        self.tensors.push(Spec { name, ne, code, offset, data });
        self.next_offset = (offset + n_bytes).next_multiple_of(self.alignment);
        self
    }

    /// Leaves bytes unused before the next tensor.
    pub fn gap(mut self, n_bytes: usize) -> Self {
        self.next_offset += n_bytes.next_multiple_of(self.alignment);
        self
    }

    pub fn build(&self) -> Built {
        let mut bytes = b"GGUF".to_vec();
        bytes.extend(self.version.to_le_bytes());
        bytes.extend((self.tensors.len() as u64).to_le_bytes());
        bytes.extend((self.pairs.len() as u64).to_le_bytes());

        let mut pairs = Vec::new();
        for (key, value_type, value) in &self.pairs {
            let key_len = bytes.len();
            bytes.extend(string(key));
            let value_type_at = bytes.len();
            bytes.extend(value_type.to_le_bytes());
            let at = bytes.len();
            pairs.push(PairAt { key_len, key: key_len + 8, value_type: value_type_at, value: at });
            bytes.extend(value);
        }

        let mut tensors = Vec::new();
        for spec in &self.tensors {
            let name_len = bytes.len();
            bytes.extend(string(&spec.name));
            let n_dims = bytes.len();
            bytes.extend((spec.ne.len() as u32).to_le_bytes());
            spec.ne.iter().for_each(|length| bytes.extend(length.to_le_bytes()));
            let code = bytes.len();
            bytes.extend(spec.code.to_le_bytes());
            bytes.extend((spec.offset as u64).to_le_bytes());
            let (name, ne, offset) = (name_len + 8, n_dims + 4, code + 4);
            tensors.push(TensorAt { name_len, name, n_dims, ne, code, offset, data: spec.offset });
        }

        let data = bytes.len().next_multiple_of(self.alignment);
        for (spec, at) in self.tensors.iter().zip(&mut tensors) {
            at.data = data + spec.offset;
            bytes.resize(at.data, 0);
            bytes.extend(&spec.data);
        }
        if self.pad_end {
            bytes.resize(bytes.len().next_multiple_of(self.alignment), 0);
        }
        Built { bytes, pairs, tensors, data }
    }
}

impl Built {
    /// Overwrites bytes.
    pub fn patch(mut self, at: usize, with: impl AsRef<[u8]>) -> Vec<u8> {
        let with = with.as_ref();
        self.bytes[at..at + with.len()].copy_from_slice(with);
        self.bytes
    }
}

/// Contents of the tensor at this position: bytes that tell tensors apart.
pub fn pattern(position: usize, n_bytes: usize) -> Vec<u8> {
    (0..n_bytes).map(|i| (i * 7 + position * 31 + 1) as u8).collect()
}

/// A string with its length before it.
pub fn string(text: impl AsRef<[u8]>) -> Vec<u8> {
    let text = text.as_ref();
    [&(text.len() as u64).to_le_bytes(), text].concat()
}

/// An array: element type, length and elements.
pub fn array(element_type: u32, len: u64, elements: impl AsRef<[u8]>) -> Vec<u8> {
    [&element_type.to_le_bytes()[..], &len.to_le_bytes(), elements.as_ref()].concat()
}

/// An array of strings.
pub fn strings<T: AsRef<[u8]>>(texts: &[T]) -> Vec<u8> {
    let elements: Vec<u8> = texts.iter().flat_map(string).collect();
    array(value::STRING, texts.len() as u64, elements)
}

/// A file with a value of every type, an array of every type, and a tensor of every type.
pub fn one_of_everything() -> GgufBuilder {
    GgufBuilder::new()
        .pair("general.architecture", value::STRING, string("kokoro"))
        .pair("u8", value::U8, [200])
        .pair("i8", value::I8, (-7i8).to_le_bytes())
        .pair("u16", value::U16, 60_000u16.to_le_bytes())
        .pair("i16", value::I16, (-30_000i16).to_le_bytes())
        .pair("u32", value::U32, 4_000_000_000u32.to_le_bytes())
        .pair("i32", value::I32, (-2_000_000_000i32).to_le_bytes())
        .pair("f32", value::F32, 1.5f32.to_le_bytes())
        .pair("bool", value::BOOL, [1])
        .pair("text", value::STRING, string("ɹˈʌst"))
        .pair("u64", value::U64, u64::MAX.to_le_bytes())
        .pair("i64", value::I64, i64::MIN.to_le_bytes())
        .pair("f64", value::F64, 0.1f64.to_le_bytes())
        .pair("array of u8", value::ARRAY, array(value::U8, 3, [1, 2, 3]))
        .pair("array of i8", value::ARRAY, array(value::I8, 1, [255]))
        .pair("array of u16", value::ARRAY, array(value::U16, 1, 258u16.to_le_bytes()))
        .pair("array of i16", value::ARRAY, array(value::I16, 1, (-2i16).to_le_bytes()))
        .pair("array of u32", value::ARRAY, array(value::U32, 2, [1, 0, 0, 0, 0, 0, 0, 1]))
        .pair("array of i32", value::ARRAY, array(value::I32, 1, (-3i32).to_le_bytes()))
        .pair("array of f32", value::ARRAY, array(value::F32, 1, 0.25f32.to_le_bytes()))
        .pair("array of bool", value::ARRAY, array(value::BOOL, 2, [0, 1]))
        .pair("array of strings", value::ARRAY, strings(&["", "a", "ðə"]))
        .pair("array of u64", value::ARRAY, array(value::U64, 1, 5u64.to_le_bytes()))
        .pair("array of i64", value::ARRAY, array(value::I64, 1, (-5i64).to_le_bytes()))
        .pair("array of f64", value::ARRAY, array(value::F64, 1, 2.5f64.to_le_bytes()))
        .pair("empty array", value::ARRAY, strings::<&str>(&[]))
        .tensor("f32", &[3, 2], tensor::F32)
        .tensor("f16", &[5], tensor::F16)
        .tensor("bf16", &[1, 3, 1], tensor::BF16)
        .tensor("q4_0", &[64, 2], tensor::Q4_0)
        .tensor("q4_1", &[32, 1, 1, 2], tensor::Q4_1)
        .tensor("q5_0", &[32], tensor::Q5_0)
        .tensor("q5_1", &[96], tensor::Q5_1)
        .tensor("q8_0", &[32, 3], tensor::Q8_0)
}
