//! Block formats against vectors made by gguf-py (`fixtures/vectors/blocks.npz`).

use std::path::Path;

use kokoro_kernels::WeightType;
use kokoro_kernels::quantize::{dequantize_row, quantize_row};

#[test]
fn blocks_are_gguf_pys_to_the_bit() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/vectors/blocks.npz");
    let mut archive = npyz::npz::NpzArchive::open(&path).expect("the fixture is there");
    for kind in WeightType::ALL.into_iter().filter(|kind| *kind != WeightType::F32) {
        let floats = |archive: &mut npyz::npz::NpzArchive<_>, what: &str| -> Vec<f32> {
            let array =
                archive.by_name(&format!("{}/{what}", kind.name())).expect("readable").expect("listed");
            array.into_vec().expect("f32")
        };
        let input = floats(&mut archive, "input");
        let expected = floats(&mut archive, "dequantized");
        let bytes = archive.by_name(&format!("{}/bytes", kind.name())).expect("readable").expect("listed");
        let bytes: Vec<u8> = bytes.into_vec().expect("u8");
        let mut encoded = Vec::new();
        input.chunks_exact(64).for_each(|row| quantize_row(kind, row, &mut encoded));
        assert_eq!(encoded, bytes, "{} encodes differently", kind.name());
        let mut decoded = vec![0.0; input.len()];
        for (row, out) in bytes.chunks_exact(kind.row_bytes(64)).zip(decoded.chunks_exact_mut(64)) {
            dequantize_row(kind, row, out);
        }
        assert_eq!(decoded, expected, "{} decodes differently", kind.name());
    }
}
