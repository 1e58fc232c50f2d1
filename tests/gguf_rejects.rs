//! Hostile and damaged GGUF files: each rule of the reader, with the exact error and its byte.
//!
//! The builder tells where a field is, so that every offset is checked against an independent count.

mod common;

use common::gguf_builder::{
    self as build, Built, GgufBuilder, PAIR_COUNT_AT, TENSOR_COUNT_AT, one_of_everything, tensor, value,
};
use kokoro_gguf::gguf::{GgmlType, GgufError, GgufErrorKind as Kind, GgufFile, SharedBytes, limits};

const VERSION_AT: usize = 4;
const PAIRS_AT: usize = 24;

fn rejected(bytes: Vec<u8>) -> GgufError {
    match GgufFile::parse(SharedBytes::new(bytes)) {
        Ok(_) => panic!("the file was accepted"),
        Err(error) => error,
    }
}

#[track_caller]
fn assert_rejected(bytes: Vec<u8>, offset: usize, kind: Kind) {
    let error = rejected(bytes);
    assert_eq!((error.kind(), error.offset()), (&kind, offset as u64), "{error}");
}

/// A file with one pair.
fn with_pair(key: impl AsRef<[u8]>, value_type: u32, value: impl AsRef<[u8]>) -> Built {
    GgufBuilder::new().pair(key, value_type, value).build()
}

/// A file with one tensor named `w`.
fn with_tensor(ne: &[u64], code: u32) -> Built {
    GgufBuilder::new().tensor("w", ne, code).build()
}

/// A file with F32 tensors `a`, `b` and `c` of 32 bytes each, back to back.
fn with_three_tensors() -> Built {
    ["a", "b", "c"].into_iter().fold(GgufBuilder::new(), |b, name| b.tensor(name, &[8], tensor::F32)).build()
}

#[test]
fn rejects_what_does_not_begin_with_the_magic() {
    for found in [*b"GGUg", *b"FUGG", *b"PK\x03\x04", *b"vers", [0; 4]] {
        let bytes = [&found[..], &[0; 60]].concat();
        assert_rejected(bytes, 0, Kind::Magic { found });
    }
}

#[test]
fn rejects_other_versions() {
    for found in [0u32, 1, 4, 100, 0x0002_0003, 0x0300_0100, u32::MAX] {
        let bytes = one_of_everything().build().patch(VERSION_AT, found.to_le_bytes());
        assert_rejected(bytes, VERSION_AT, Kind::Version { found });
    }
}

#[test]
fn rejects_big_endian_files() {
    for version in [1u32, 2, 3, 7] {
        let bytes = one_of_everything().build().patch(VERSION_AT, version.to_be_bytes());
        assert_rejected(bytes, VERSION_AT, Kind::BigEndian { version });
    }
}

#[test]
fn rejects_a_header_cut_short() {
    let header = GgufBuilder::new().build().bytes;
    let fields = [(0, 4, "magic"), (4, 4, "version"), (8, 8, "tensor count"), (16, 8, "metadata count")];
    for (start, need, what) in fields {
        for have in 0..need {
            let bytes = header[..start + have].to_vec();
            let (need, have) = (need as u64, have as u64);
            assert_rejected(bytes, start, Kind::Truncated { what, need, have });
        }
    }
}

#[test]
fn rejects_counts_above_their_limits() {
    for found in [65_537, 1 << 32, u64::MAX] {
        for (at, what) in [(TENSOR_COUNT_AT, "tensor count"), (PAIR_COUNT_AT, "metadata count")] {
            let bytes = one_of_everything().build().patch(at, found.to_le_bytes());
            assert_rejected(bytes, at, Kind::Limit { what, found, limit: 65_536 });
        }
    }
}

#[test]
fn rejects_counts_that_the_file_is_too_short_for() {
    let built = GgufBuilder::new().build();
    let have = built.bytes.len() as u64 - 24;
    let bytes = built.patch(PAIR_COUNT_AT, 65_536u64.to_le_bytes());
    assert_rejected(bytes, PAIRS_AT, Kind::Truncated { what: "metadata", need: 14 * 65_536, have });

    let built = with_tensor(&[8], tensor::F32);
    let (at, have) = (built.tensors[0].name_len, built.bytes.len() - built.tensors[0].name_len);
    let bytes = built.patch(TENSOR_COUNT_AT, 65_536u64.to_le_bytes());
    let (need, have) = (32 * 65_536, have as u64);
    assert_rejected(bytes, at, Kind::Truncated { what: "tensor directory", need, have });
}

#[test]
fn rejects_strings_longer_than_the_file() {
    for len in [1u64 << 16, 1 << 31, 1 << 32, 1 << 63, u64::MAX] {
        let built = with_pair("text", value::STRING, build::string("abc"));
        let (at, end) = (built.pairs[0].value, built.bytes.len());
        let have = (end - at - 8) as u64;
        let bytes = built.patch(at, len.to_le_bytes());
        assert_rejected(bytes, at + 8, Kind::Truncated { what: "metadata string", need: len, have });

        let built = with_pair("texts", value::ARRAY, build::strings(&["abc", "def"]));
        let (second, end) = (built.pairs[0].value + 12 + 11, built.bytes.len());
        let have = (end - second - 8) as u64;
        let bytes = built.patch(second, len.to_le_bytes());
        assert_rejected(bytes, second + 8, Kind::Truncated { what: "array string", need: len, have });
    }
}

#[test]
fn rejects_names_longer_than_the_file() {
    let built = with_pair("key", value::U8, [0]);
    let (at, have) = (built.pairs[0].key, (built.bytes.len() - built.pairs[0].key) as u64);
    let bytes = built.patch(at - 8, 65_535u64.to_le_bytes());
    assert_rejected(bytes, at, Kind::Truncated { what: "metadata key", need: 65_535, have });

    let built = with_tensor(&[1], tensor::F32);
    let (at, have) = (built.tensors[0].name, (built.bytes.len() - built.tensors[0].name) as u64);
    let bytes = built.patch(at - 8, 1_024u64.to_le_bytes());
    assert_rejected(bytes, at, Kind::Truncated { what: "tensor name", need: 1_024, have });
}

#[test]
fn rejects_names_above_their_limits() {
    let built = with_pair("k".repeat(65_536), value::U8, [0]);
    let at = built.pairs[0].key_len;
    let (what, limit) = ("metadata key", 65_535);
    assert_rejected(built.bytes, at, Kind::Limit { what, found: 65_536, limit });
    let bytes = with_pair("key", value::U8, [0]).patch(PAIRS_AT, u64::MAX.to_le_bytes());
    assert_rejected(bytes, PAIRS_AT, Kind::Limit { what, found: u64::MAX, limit });

    let built = GgufBuilder::new().tensor("n".repeat(1_025), &[1], tensor::F32).build();
    let at = built.tensors[0].name_len;
    let (what, limit) = ("tensor name", 1_024);
    assert_rejected(built.bytes, at, Kind::Limit { what, found: 1_025, limit });
}

#[test]
fn rejects_empty_keys() {
    let built = GgufBuilder::new().pair("a", value::U8, [0]).pair("", value::U16, [0, 0]).build();
    let at = built.pairs[1].key_len;
    assert_rejected(built.bytes, at, Kind::EmptyKey);
}

#[test]
fn rejects_text_that_is_not_utf8() {
    // A stray continuation byte, an overlong "/", a surrogate, a cut sequence, a byte that never occurs.
    let bad: [&[u8]; 5] = [b"\x80", b"\xc0\xaf", b"\xed\xa0\x80", b"\xe2\x82", b"\xff"];
    for bad in bad {
        let text = [b"ab", bad].concat();

        let built = with_pair(&text, value::U8, [0]);
        let at = built.pairs[0].key + 2;
        assert_rejected(built.bytes, at, Kind::Utf8 { what: "metadata key" });

        let built = with_pair("key", value::STRING, build::string(&text));
        let at = built.pairs[0].value + 8 + 2;
        assert_rejected(built.bytes, at, Kind::Utf8 { what: "metadata string" });

        let built = with_pair("key", value::ARRAY, build::strings(&[b"good", &text[..]]));
        let at = built.pairs[0].value + 12 + 8 + 4 + 8 + 2;
        assert_rejected(built.bytes, at, Kind::Utf8 { what: "array string" });

        let built = GgufBuilder::new().tensor(&text, &[1], tensor::F32).build();
        let at = built.tensors[0].name + 2;
        assert_rejected(built.bytes, at, Kind::Utf8 { what: "tensor name" });
    }
}

#[test]
fn rejects_nul_in_names_but_not_in_values() {
    let built = with_pair("a\0b", value::U8, [0]);
    let at = built.pairs[0].key + 1;
    assert_rejected(built.bytes, at, Kind::Nul { what: "metadata key" });

    let built = GgufBuilder::new().tensor("weight\0", &[1], tensor::F32).build();
    let at = built.tensors[0].name + 6;
    assert_rejected(built.bytes, at, Kind::Nul { what: "tensor name" });

    let built = with_pair("text", value::STRING, build::string("a\0b"));
    assert!(GgufFile::parse(SharedBytes::new(built.bytes)).is_ok());
}

#[test]
fn rejects_names_that_occur_twice() {
    let built = GgufBuilder::new()
        .pair("a", value::U8, [0])
        .pair("b", value::U8, [0])
        .pair("a", value::STRING, build::string(""))
        .build();
    let at = built.pairs[2].key_len;
    assert_rejected(built.bytes, at, Kind::DuplicateKey { key: "a".to_owned() });

    let built = with_three_tensors();
    let at = (built.tensors[2].name, built.tensors[2].name_len);
    assert_rejected(built.patch(at.0, b"a"), at.1, Kind::DuplicateTensor { tensor: "a".to_owned() });
}

#[test]
fn rejects_unknown_value_types() {
    for found in [13, 14, 255, 1 << 31, u32::MAX] {
        let built = with_pair("key", found, [0; 64]);
        let (at, key) = (built.pairs[0].value_type, "key".to_owned());
        assert_rejected(built.bytes, at, Kind::ValueType { key, found });

        let built = with_pair("key", value::ARRAY, build::array(found, 1, [0; 64]));
        let (at, key) = (built.pairs[0].value, "key".to_owned());
        assert_rejected(built.bytes, at, Kind::ValueType { key, found });
    }
}

#[test]
fn rejects_arrays_of_arrays() {
    let inner = build::array(value::U8, 1, [0]);
    let built = with_pair("key", value::ARRAY, build::array(value::ARRAY, 1, inner));
    let (at, key) = (built.pairs[0].value, "key".to_owned());
    assert_rejected(built.bytes, at, Kind::NestedArray { key });
}

#[test]
fn rejects_bools_other_than_0_and_1() {
    for found in [2, 0x80, 0xff] {
        let built = with_pair("key", value::BOOL, [found]);
        let (at, key) = (built.pairs[0].value, "key".to_owned());
        assert_rejected(built.bytes, at, Kind::Bool { key, found });

        let built = with_pair("key", value::ARRAY, build::array(value::BOOL, 3, [0, 1, found]));
        let (at, key) = (built.pairs[0].value + 12 + 2, "key".to_owned());
        assert_rejected(built.bytes, at, Kind::Bool { key, found });
    }
}

#[test]
fn rejects_arrays_longer_than_the_file() {
    let sizes = [
        (value::U8, 1),
        (value::U16, 2),
        (value::F32, 4),
        (value::BOOL, 1),
        (value::F64, 8),
        (value::STRING, 8),
    ];
    for (element_type, n_bytes) in sizes {
        for count in [65u64, 1 << 32, 1 << 61, u64::MAX] {
            let built = with_pair("key", value::ARRAY, build::array(element_type, count, []));
            let elements = built.pairs[0].value + 12;
            let bytes = [&built.bytes[..elements], &[0; 64]].concat();
            let need = count.saturating_mul(n_bytes);
            assert_rejected(bytes, elements, Kind::Truncated { what: "array", need, have: 64 });
        }
    }
    // Eight empty strings, but for the last byte.
    let built = with_pair("key", value::ARRAY, build::array(value::STRING, 8, []));
    let elements = built.pairs[0].value + 12;
    let bytes = [&built.bytes[..elements], &[0; 63]].concat();
    assert_rejected(bytes, elements, Kind::Truncated { what: "array", need: 64, have: 63 });
}

#[test]
fn rejects_values_cut_short() {
    for (value_type, need) in [(value::U8, 1), (value::I16, 2), (value::F32, 4), (value::I64, 8)] {
        // A pair cannot be shorter than 14 bytes, so a long key keeps the count itself plausible.
        let built = with_pair("a key of some length", value_type, []);
        let at = built.pairs[0].value;
        let have = need - 1;
        let bytes = [&built.bytes[..at], &vec![0; have]].concat();
        let (need, have) = (need as u64, have as u64);
        assert_rejected(bytes, at, Kind::Truncated { what: "metadata value", need, have });
    }
}

#[test]
fn rejects_metadata_above_its_limit() {
    // A pair that takes all but 10 bytes of the limit, and one of 14 bytes.
    let limit = limits::MAX_METADATA_BYTES;
    let first = [&build::string("large")[..], &value::ARRAY.to_le_bytes(), &value::U8.to_le_bytes()].concat();
    let n_elements = limit - 10 - first.len() as u64 - 8;
    let second = [&build::string("k")[..], &value::U8.to_le_bytes(), &[0]].concat();
    let at = PAIRS_AT + limit as usize - 10;
    let file = |pair_count: u8| {
        // Zeros from the system: neither this nor the reader touches the pages in the middle.
        let mut bytes = vec![0; at + second.len()];
        let start =
            [&GgufBuilder::new().build().bytes[..PAIRS_AT], &first, &n_elements.to_le_bytes()].concat();
        bytes[..start.len()].copy_from_slice(&start);
        bytes[PAIR_COUNT_AT] = pair_count;
        bytes[at..].copy_from_slice(&second);
        bytes
    };
    assert!(GgufFile::parse(SharedBytes::new(file(1))).is_ok());
    assert_rejected(file(2), at, Kind::Limit { what: "metadata size", found: limit + 4, limit });
}

#[test]
fn rejects_an_alignment_of_another_type() {
    let values: [(u32, Vec<u8>, _); 4] = [
        (value::U64, 32u64.to_le_bytes().to_vec(), "u64"),
        (value::I32, 32i32.to_le_bytes().to_vec(), "i32"),
        (value::STRING, build::string("32"), "string"),
        (value::ARRAY, build::array(value::U32, 1, 32u32.to_le_bytes()), "array<u32>"),
    ];
    for (value_type, value, found) in values {
        let built = with_pair("general.alignment", value_type, value);
        let at = built.pairs[0].value_type;
        assert_rejected(built.bytes, at, Kind::AlignmentType { found });
    }
}

#[test]
fn rejects_an_alignment_that_is_no_power_of_two_or_too_large() {
    for found in [0u32, 3, 33, 48, (1 << 20) + 1, 1 << 21, 1 << 31, u32::MAX] {
        let built = with_pair("general.alignment", value::U32, found.to_le_bytes());
        let at = built.pairs[0].value_type;
        assert_rejected(built.bytes, at, Kind::Alignment { found });
    }
}

#[test]
fn rejects_tensors_without_axes_or_with_more_than_four() {
    for found in [0u32, 5, 1 << 31, u32::MAX] {
        let built = with_tensor(&[1, 1, 1, 1], tensor::F32);
        let (at, tensor) = (built.tensors[0].n_dims, "w".to_owned());
        assert_rejected(built.patch(at, found.to_le_bytes()), at, Kind::Rank { tensor, found });
    }
}

#[test]
fn rejects_axes_that_are_empty_or_too_long() {
    for found in [0u64, (1 << 31) + 1, 1 << 32, u64::MAX] {
        for axis in 0..4 {
            let built = with_tensor(&[1, 1, 1, 1], tensor::F32);
            let (at, tensor) = (built.tensors[0].ne + 8 * axis, "w".to_owned());
            let bytes = built.patch(at, found.to_le_bytes());
            assert_rejected(bytes, at, Kind::Dimension { tensor, axis, found });
        }
    }
}

#[test]
fn rejects_tensors_whose_size_overflows() {
    let longest = 1u64 << 31;
    let shapes = [[longest, longest, 4, 1], [longest; 4], [longest, longest, 2, 2], [longest, longest, 1, 1]];
    // The last shape has 2^62 elements, which only overflows once they are counted in bytes.
    for ne in shapes {
        let built = with_tensor(&[1, 1, 1, 1], tensor::F32);
        let (at, tensor) = (built.tensors[0].ne, "w".to_owned());
        let bytes = built.patch(at, ne.map(u64::to_le_bytes).concat());
        assert_rejected(bytes, at, Kind::SizeOverflow { tensor, ne });
    }
}

#[test]
fn rejects_tensor_types_it_cannot_use() {
    let usable = [0, 1, 2, 3, 6, 7, 8, 30];
    for found in (0..64).filter(|code| !usable.contains(code)).chain([1 << 31, u32::MAX]) {
        let built = with_tensor(&[256], tensor::F32);
        let (at, tensor) = (built.tensors[0].code, "w".to_owned());
        assert_rejected(built.patch(at, found.to_le_bytes()), at, Kind::TensorType { tensor, found });
    }
}

#[test]
fn rejects_rows_that_are_not_whole_blocks() {
    let quantised = [
        (tensor::Q4_0, GgmlType::Q4_0),
        (tensor::Q4_1, GgmlType::Q4_1),
        (tensor::Q5_0, GgmlType::Q5_0),
        (tensor::Q5_1, GgmlType::Q5_1),
        (tensor::Q8_0, GgmlType::Q8_0),
    ];
    for (code, ggml_type) in quantised {
        for found in [1u64, 16, 31, 33] {
            // 32 rows: the elements divide into blocks, the rows do not.
            let built = with_tensor(&[32, 32], code);
            let (at, tensor) = (built.tensors[0].ne, "w".to_owned());
            let bytes = built.patch(at, found.to_le_bytes());
            assert_rejected(bytes, at, Kind::PartialBlock { tensor, ggml_type, found });
        }
    }
}

#[test]
fn rejects_offsets_off_the_alignment() {
    for found in [1u64, 31, 33, u64::MAX] {
        let built = with_three_tensors();
        let (at, tensor) = (built.tensors[1].offset, "b".to_owned());
        let bytes = built.patch(at, found.to_le_bytes());
        assert_rejected(bytes, at, Kind::Misaligned { tensor, found, alignment: 32 });
    }
    let built = GgufBuilder::new()
        .alignment(64)
        .pair("general.alignment", value::U32, 64u32.to_le_bytes())
        .tensor("a", &[8], tensor::F32)
        .build();
    let (at, tensor) = (built.tensors[0].offset, "a".to_owned());
    let kind = Kind::Misaligned { tensor, found: 32, alignment: 64 };
    assert_rejected(built.patch(at, 32u64.to_le_bytes()), at, kind);
}

#[test]
fn rejects_tensors_past_the_end_of_the_file() {
    // One byte short, all of the data missing, not even the padding before it there.
    let built = GgufBuilder::new().unpadded().tensor("w", &[3], tensor::F32).build();
    for cut in [1, 12, 13] {
        let bytes = built.bytes[..built.bytes.len() - cut].to_vec();
        let (tensor, have) = ("w".to_owned(), 12u64.saturating_sub(cut as u64));
        assert_rejected(bytes, built.data, Kind::TensorPastEnd { tensor, need: 12, have });
    }
    for offset in [32u64, 1 << 20, 1 << 40, 1 << 63, u64::MAX - 31] {
        let at = (built.data as u64).saturating_add(offset);
        let built = GgufBuilder::new().unpadded().tensor("w", &[3], tensor::F32).build();
        let field = built.tensors[0].offset;
        let error = rejected(built.patch(field, offset.to_le_bytes()));
        let kind = Kind::TensorPastEnd { tensor: "w".to_owned(), need: 12, have: 0 };
        assert_eq!((error.kind(), error.offset()), (&kind, at));
    }
    let built = with_tensor(&[1, 1], tensor::F32);
    let (field, at) = (built.tensors[0].ne, built.data);
    let kind = Kind::TensorPastEnd { tensor: "w".to_owned(), need: 1 << 33, have: 32 };
    assert_rejected(built.patch(field, (1u64 << 31).to_le_bytes()), at, kind);
}

#[test]
fn rejects_tensors_that_overlap() {
    let moves = [(1, 0, "b", "a"), (0, 64, "c", "a"), (2, 32, "c", "b")];
    for (moved, to, tensor, other) in moves {
        let built = with_three_tensors();
        let at = built.data + to as usize;
        let field = built.tensors[moved].offset;
        let (tensor, other, other_end) = (tensor.to_owned(), other.to_owned(), at as u64 + 32);
        assert_rejected(
            built.patch(field, (to as u64).to_le_bytes()),
            at,
            Kind::Overlap { tensor, other, other_end },
        );
    }
    // One tensor that covers all the others.
    let built = with_three_tensors();
    let (at, field) = (built.tensors[1].data, built.tensors[0].ne);
    let (tensor, other, other_end) = ("b".to_owned(), "a".to_owned(), built.data as u64 + 96);
    assert_rejected(built.patch(field, 24u64.to_le_bytes()), at, Kind::Overlap { tensor, other, other_end });
}
