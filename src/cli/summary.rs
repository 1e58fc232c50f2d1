//! What a GGUF file holds, as plain data: the report of `inspect` before it is laid out.

use std::collections::BTreeMap;
use std::path::Path;

use kokoro_gguf::gguf::{GgufFile, MetaValue, TensorInfo};
use serde::Serialize;
use serde_json::Value;

/// A GGUF file's content without its weights.
#[derive(Debug, Serialize)]
pub struct Summary {
    pub path: String,
    pub file_bytes: u64,
    pub gguf_version: u32,
    /// `general.architecture`.
    pub architecture: Option<String>,
    /// How the file means text to become phonemes.
    pub phonemizer: Option<&'static str>,
    pub voices: Vec<String>,
    /// The architecture's numbers, by their keys without `kokoro.`.
    pub sizes: BTreeMap<String, u64>,
    pub tensor_count: usize,
    pub elements: u64,
    pub tensor_bytes: u64,
    pub families: Vec<Family>,
    pub metadata: Vec<Pair>,
    pub tensors: Vec<Tensor>,
}

/// Tensors that belong to one part of the model.
#[derive(Debug, Serialize, PartialEq)]
pub struct Family {
    pub name: String,
    pub types: Vec<TypeTotal>,
}

/// The tensors of a family that have one type.
#[derive(Debug, Serialize, PartialEq)]
pub struct TypeTotal {
    #[serde(rename = "type")]
    pub type_name: String,
    pub tensors: u64,
    pub elements: u64,
    pub bytes: u64,
}

/// A metadata key and its value.
#[derive(Debug, Serialize)]
pub struct Pair {
    pub key: String,
    #[serde(rename = "type")]
    pub type_name: &'static str,
    pub value: Value,
    /// The value as a person reads it; long strings are cut.
    #[serde(skip)]
    pub shown: String,
}

/// One tensor.
#[derive(Debug, Serialize)]
pub struct Tensor {
    pub name: String,
    #[serde(rename = "type")]
    pub type_name: String,
    /// Slowest axis first, as PyTorch shows it.
    pub shape: Vec<u64>,
    pub offset: u64,
    pub bytes: u64,
}

/// What every name of a Kokoro file begins with, in tensors as in metadata.
const PREFIX: &str = "kokoro.";

/// What a voice's tensor name begins with.
const VOICE_PREFIX: &str = "kokoro.voice_tensors.";

/// Arrays up to this length are given whole; a vocabulary (178) is, a pronunciation dictionary is not.
const MAX_SHOWN_ELEMENTS: usize = 256;

/// Characters of a string that a line has room for.
const MAX_SHOWN_CHARS: usize = 80;

impl Summary {
    /// Collects what `file`, read from `path` with `file_bytes` bytes, holds.
    pub fn of(path: &Path, file_bytes: u64, file: &GgufFile) -> Self {
        let metadata = file.metadata();
        let tensors = file.tensors();
        let integer = |key| metadata.get(key).and_then(MetaValue::as_integer);
        let voices = tensors.iter().filter_map(|tensor| tensor.name().strip_prefix(VOICE_PREFIX));
        Self {
            path: path.display().to_string(),
            file_bytes,
            gguf_version: file.version(),
            architecture: metadata.str("general.architecture").ok().flatten().map(str::to_owned),
            phonemizer: match integer("phonemizer.type") {
                Some(0) => Some("native (rules and dictionary in the file)"),
                Some(1) => Some("espeak"),
                Some(_) => Some("unknown"),
                None => None,
            },
            voices: voices.map(str::to_owned).collect(),
            sizes: metadata.iter().filter_map(|(key, value)| size(key, value)).collect(),
            tensor_count: tensors.len(),
            elements: tensors.iter().map(TensorInfo::elements).sum(),
            tensor_bytes: tensors.iter().map(|tensor| tensor.n_bytes() as u64).sum(),
            families: families(tensors),
            metadata: metadata.iter().map(|(key, value)| Pair::of(key, value)).collect(),
            tensors: tensors.iter().map(Tensor::of).collect(),
        }
    }
}

/// The numbers that shape the model; strides, paddings and dilations of single layers are left to the metadata.
fn size(key: &str, value: &MetaValue) -> Option<(String, u64)> {
    let name = key.strip_prefix(PREFIX)?;
    let of_one_layer = ["noise_blocks", "res_blocks", "up_convs"].iter().any(|part| name.contains(part));
    let value = u64::try_from(value.as_integer()?).ok()?;
    (!of_one_layer).then(|| (name.to_owned(), value))
}

/// Totals by the first part of the name after `kokoro.`, and within it by type, both in the file's order.
fn families(tensors: &[TensorInfo]) -> Vec<Family> {
    let mut families: Vec<Family> = Vec::new();
    for tensor in tensors {
        let name = tensor.name();
        let name = name.strip_prefix(PREFIX).unwrap_or(name);
        let name = name.split('.').next().unwrap_or(name);
        let types = match families.iter().position(|family| family.name == name) {
            Some(at) => &mut families[at].types,
            None => {
                families.push(Family { name: name.to_owned(), types: Vec::new() });
                let at = families.len() - 1;
                &mut families[at].types
            }
        };
        let type_name = tensor.ggml_type().to_string();
        let (elements, bytes) = (tensor.elements(), tensor.n_bytes() as u64);
        match types.iter_mut().find(|total| total.type_name == type_name) {
            Some(total) => {
                total.tensors += 1;
                total.elements += elements;
                total.bytes += bytes;
            }
            None => types.push(TypeTotal { type_name, tensors: 1, elements, bytes }),
        }
    }
    families
}

impl Pair {
    fn of(key: &str, value: &MetaValue) -> Self {
        let shown = match value {
            MetaValue::String(text) if text.chars().count() > MAX_SHOWN_CHARS => {
                let start: String = text.chars().take(MAX_SHOWN_CHARS).collect();
                format!("{start:?}… ({} bytes)", text.len())
            }
            value => value.to_string(),
        };
        Self { key: key.to_owned(), type_name: value.type_name(), value: json(value), shown }
    }
}

/// `value` in JSON; a long array is told by its length, since a dictionary would be 20 MB.
fn json(value: &MetaValue) -> Value {
    match value {
        MetaValue::Bool(value) => Value::from(*value),
        MetaValue::F32(value) => Value::from(*value),
        MetaValue::F64(value) => Value::from(*value),
        MetaValue::String(text) => Value::from(&**text),
        MetaValue::Array(array) if array.len() <= MAX_SHOWN_ELEMENTS => {
            array.iter().map(|element| json(&element)).collect()
        }
        MetaValue::Array(array) => serde_json::json!({ "length": array.len() }),
        MetaValue::U64(value) => Value::from(*value),
        integer => Value::from(integer.as_integer().and_then(|value| i64::try_from(value).ok())),
    }
}

impl Tensor {
    fn of(info: &TensorInfo) -> Self {
        Self {
            name: info.name().to_owned(),
            type_name: info.ggml_type().to_string(),
            shape: info.shape(),
            offset: info.offset() as u64,
            bytes: info.n_bytes() as u64,
        }
    }
}
