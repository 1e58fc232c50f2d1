//! Model files of other tensor types, made from one file by the published files' rules (kokoro-gguf-layout.md section 6).

use kokoro_gguf::gguf::{GgmlType, GgufFile, MetaValue};
use kokoro_gguf_tools::published::type_of;
use kokoro_kernels::WeightType;
use kokoro_kernels::quantize::{dequantize_row, quantize_row};

use super::gguf_builder::{GgufBuilder, string, strings};

/// Codes of metadata value types.
const U32: u32 = 4;
const STRING: u32 = 8;
const ARRAY: u32 = 9;

/// `file` with every tensor's type replaced by `choose(name, its type)`.
pub fn requantize(file: &GgufFile, choose: impl Fn(&str, WeightType) -> WeightType) -> Vec<u8> {
    let mut builder = GgufBuilder::new();
    for (key, value) in file.metadata().iter() {
        builder = match value {
            MetaValue::U32(v) => builder.pair(key, U32, v.to_le_bytes()),
            MetaValue::String(v) => builder.pair(key, STRING, string(&**v)),
            MetaValue::Array(v) => {
                let texts: Vec<&str> = v.strings().expect("Kokoro's arrays hold strings").collect();
                builder.pair(key, ARRAY, strings(&texts))
            }
            other => panic!("{key}: Kokoro files hold no {}", other.type_name()),
        };
    }
    let mut blobs = Vec::new();
    for info in file.tensors() {
        let stored = weight_type(info.ggml_type());
        let wanted = choose(info.name(), stored);
        let mut values = vec![0.0; info.elements() as usize];
        dequantize_row(stored, &file.tensor_bytes(info), &mut values);
        let mut bytes = Vec::new();
        quantize_row(wanted, &values, &mut bytes);
        let code = GgmlType::ALL.into_iter().find(|t| t.name() == wanted.name()).expect("same names").code();
        builder = builder.tensor(info.name(), &info.ne()[..info.n_dims()], code);
        blobs.push(bytes);
    }
    let mut bytes = builder.build().bytes;
    let built = GgufFile::parse(kokoro_gguf::gguf::SharedBytes::new(bytes.clone())).expect("built soundly");
    for (info, blob) in built.tensors().iter().zip(blobs) {
        bytes[info.offset()..][..blob.len()].copy_from_slice(&blob);
    }
    bytes
}

/// The published files' mix: quantisable matrices in `wanted`, other large ones in half precision, the rest F32.
pub fn as_published(wanted: WeightType) -> impl Fn(&str, WeightType) -> WeightType {
    move |name, _| type_of(name, wanted)
}

pub fn weight_type(ty: GgmlType) -> WeightType {
    WeightType::ALL.into_iter().find(|w| w.name() == ty.name()).expect("every file type has kernels")
}
