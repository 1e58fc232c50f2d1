//! What errors tell programs and people.

mod common;

use common::gguf_builder::{GgufBuilder, TENSOR_COUNT_AT, one_of_everything, tensor, value};
use kokoro_gguf::ErrorKind;
use kokoro_gguf::gguf::{GgufError, GgufFile, SharedBytes};

const VERSION_AT: usize = 4;

fn rejected(bytes: Vec<u8>) -> GgufError {
    GgufFile::parse(SharedBytes::new(bytes)).expect_err("the file is unsound")
}

/// A file with a tensor `w` of 256 elements and this type.
fn with_tensor_type(code: u32) -> Vec<u8> {
    let built = GgufBuilder::new().tensor("w", &[256], tensor::F32).build();
    let at = built.tensors[0].code;
    built.patch(at, code.to_le_bytes())
}

/// A file whose one pair is a bool that is neither 0 nor 1.
fn with_bad_bool(key: &str) -> Vec<u8> {
    GgufBuilder::new().pair(key, value::BOOL, [7]).build().bytes
}

#[test]
fn classes_errors_for_programs() {
    let built = one_of_everything().build();
    let truncated = built.bytes[..100].to_vec();
    let cases = [
        (truncated, ErrorKind::Malformed),
        (b"nonsense".to_vec(), ErrorKind::Malformed),
        (with_tensor_type(14), ErrorKind::Unsupported),
        (one_of_everything().build().patch(VERSION_AT, [1]), ErrorKind::Unsupported),
        (one_of_everything().build().patch(VERSION_AT, [0, 0, 0, 3]), ErrorKind::Unsupported),
        (one_of_everything().build().patch(TENSOR_COUNT_AT, [0, 0, 0, 3]), ErrorKind::LimitExceeded),
    ];
    for (bytes, kind) in cases {
        assert_eq!(rejected(bytes).error_kind(), kind);
    }
}

#[test]
fn messages_tell_the_place_and_what_was_expected_and_found() {
    let types = "expected F32, F16, BF16, Q4_0, Q4_1, Q5_0, Q5_1 or Q8_0";
    let cases = [
        (Vec::new(), "magic at byte 0 needs 4 bytes, file has 0".to_owned()),
        (
            b"version https://git-lfs.github.com/spec/v1".to_vec(),
            "magic at byte 0 is \"vers\", expected \"GGUF\" (a Git LFS pointer: the model itself was not \
             downloaded)"
                .to_owned(),
        ),
        (
            one_of_everything().build().patch(VERSION_AT, [0, 0, 0, 3]),
            "version at byte 4 is 3 in big-endian order, expected little-endian".to_owned(),
        ),
        (
            one_of_everything().build().patch(VERSION_AT, [1]),
            "version at byte 4 is 1, expected 2 or 3".to_owned(),
        ),
        (with_tensor_type(14), format!("tensor \"w\" at byte 45 has type Q6_K, {types}")),
        (
            with_tensor_type(4),
            format!("tensor \"w\" at byte 45 has type Q4_2, which ggml has retired, {types}"),
        ),
        (
            with_tensor_type(99),
            format!("tensor \"w\" at byte 45 has type 99, which this version does not know, {types}"),
        ),
        (
            with_bad_bool("\x1b[2J"),
            "bool of metadata key \"\\u{1b}[2J\" at byte 40 is 7, expected 0 or 1".to_owned(),
        ),
        (
            with_bad_bool(&"k".repeat(1_000)),
            format!("bool of metadata key \"{}\"… at byte 1036 is 7, expected 0 or 1", "k".repeat(128)),
        ),
    ];
    for (bytes, message) in cases {
        assert_eq!(rejected(bytes).to_string(), message);
    }
}
