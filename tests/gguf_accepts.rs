//! Sound GGUF files, and what the reader makes of them.

mod common;

use std::path::{Path, PathBuf};

use common::gguf_builder::{self as build, GgufBuilder, one_of_everything, pattern, tensor, value};
use kokoro_gguf::gguf::{self, GgmlType, GgufFile, MetaArray, MetaValue, SharedBytes, ValueType, WrongType};

fn parse(bytes: Vec<u8>) -> GgufFile {
    GgufFile::parse(SharedBytes::new(bytes)).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn reads_versions_2_and_3() {
    for version in [2, 3] {
        let file = parse(one_of_everything().version(version).build().bytes);
        assert_eq!(file.version(), version);
        assert_eq!((file.metadata().len(), file.tensors().len()), (26, 8));
    }
}

#[test]
fn reads_a_file_with_nothing_in_it() {
    let built = GgufBuilder::new().unpadded().build();
    assert_eq!(built.bytes.len(), 24);
    let file = parse(built.bytes);
    assert!(file.metadata().is_empty() && file.tensors().is_empty());
    assert_eq!((file.data_offset(), file.alignment()), (32, 32));
    assert_eq!(file.metadata().get("any"), None);
    assert_eq!(file.tensor("any"), None);
}

#[test]
fn reads_values_of_every_type() {
    let file = parse(one_of_everything().build().bytes);
    let expected = [
        ("u8", MetaValue::U8(200), "u8", "200"),
        ("i8", MetaValue::I8(-7), "i8", "-7"),
        ("u16", MetaValue::U16(60_000), "u16", "60000"),
        ("i16", MetaValue::I16(-30_000), "i16", "-30000"),
        ("u32", MetaValue::U32(4_000_000_000), "u32", "4000000000"),
        ("i32", MetaValue::I32(-2_000_000_000), "i32", "-2000000000"),
        ("f32", MetaValue::F32(1.5), "f32", "1.5"),
        ("bool", MetaValue::Bool(true), "bool", "true"),
        ("text", MetaValue::String("ɹˈʌst".into()), "string", "\"ɹˈʌst\""),
        ("u64", MetaValue::U64(u64::MAX), "u64", "18446744073709551615"),
        ("i64", MetaValue::I64(i64::MIN), "i64", "-9223372036854775808"),
        ("f64", MetaValue::F64(0.1), "f64", "0.1"),
    ];
    for (key, value, type_name, text) in expected {
        let found = file.metadata().get(key).expect(key);
        assert_eq!(*found, value);
        assert_eq!((found.type_name(), &*found.to_string()), (type_name, text));
    }
}

#[test]
fn reads_arrays_of_every_type() {
    let file = parse(one_of_everything().build().bytes);
    let text = |text: &str| MetaValue::String(text.into());
    let expected = [
        ("array of u8", vec![MetaValue::U8(1), MetaValue::U8(2), MetaValue::U8(3)], "array<u8>[3]"),
        ("array of i8", vec![MetaValue::I8(-1)], "array<i8>[1]"),
        ("array of u16", vec![MetaValue::U16(258)], "array<u16>[1]"),
        ("array of i16", vec![MetaValue::I16(-2)], "array<i16>[1]"),
        ("array of u32", vec![MetaValue::U32(1), MetaValue::U32(1 << 24)], "array<u32>[2]"),
        ("array of i32", vec![MetaValue::I32(-3)], "array<i32>[1]"),
        ("array of f32", vec![MetaValue::F32(0.25)], "array<f32>[1]"),
        ("array of bool", vec![MetaValue::Bool(false), MetaValue::Bool(true)], "array<bool>[2]"),
        ("array of strings", vec![text(""), text("a"), text("ðə")], "array<string>[3]"),
        ("array of u64", vec![MetaValue::U64(5)], "array<u64>[1]"),
        ("array of i64", vec![MetaValue::I64(-5)], "array<i64>[1]"),
        ("array of f64", vec![MetaValue::F64(2.5)], "array<f64>[1]"),
        ("empty array", vec![], "array<string>[0]"),
    ];
    for (key, elements, text) in expected {
        let array = array(&file, key);
        assert_eq!(array.iter().collect::<Vec<_>>(), elements, "{key}");
        assert_eq!((array.len(), array.iter().len()), (elements.len(), elements.len()));
        assert_eq!(array.strings().is_some(), array.element_type() == ValueType::String);
        assert_eq!(array.to_string(), text);
    }
    assert_eq!(array(&file, "array of strings").strings().unwrap().collect::<Vec<_>>(), ["", "a", "ðə"]);
}

fn array<'a>(file: &'a GgufFile, key: &str) -> &'a MetaArray {
    match file.metadata().get(key) {
        Some(MetaValue::Array(array)) => array,
        other => panic!("{key} is {other:?}"),
    }
}

#[test]
fn keeps_pairs_and_tensors_in_the_files_order() {
    let mut builder = GgufBuilder::new();
    let names: Vec<String> = (0..500).map(|i| format!("name {}", i * 7919 % 500)).collect();
    for (i, name) in names.iter().enumerate() {
        builder = builder.pair(name, value::U32, (i as u32).to_le_bytes()).tensor(name, &[1], tensor::F32);
    }
    let file = parse(builder.build().bytes);
    assert!(file.metadata().iter().map(|(key, _)| key).eq(&names));
    assert!(file.tensors().iter().map(|info| info.name()).eq(&names));
    for (i, name) in names.iter().enumerate() {
        assert_eq!(file.metadata().u32(name), Ok(Some(i as u32)));
        assert_eq!(file.tensor(name).unwrap(), &file.tensors()[i]);
    }
}

#[test]
fn typed_getters_tell_a_missing_key_from_a_wrong_type() {
    let file = parse(one_of_everything().build().bytes);
    let metadata = file.metadata();
    assert_eq!(metadata.str("text"), Ok(Some("ɹˈʌst")));
    assert_eq!(metadata.u32("u8"), Ok(Some(200)));
    assert_eq!(metadata.u32("u32"), Ok(Some(4_000_000_000)));
    assert_eq!(metadata.f32("f32"), Ok(Some(1.5)));
    assert_eq!(metadata.f32("f64"), Ok(Some(0.1)));
    assert_eq!(metadata.bool("bool"), Ok(Some(true)));
    assert!(metadata.strings("array of strings").unwrap().unwrap().eq(["", "a", "ðə"]));

    assert_eq!(metadata.str("missing"), Ok(None));
    assert_eq!(metadata.u32("missing"), Ok(None));
    assert_eq!(metadata.f32("missing"), Ok(None));
    assert_eq!(metadata.bool("missing"), Ok(None));
    assert!(metadata.strings("missing").unwrap().is_none());

    let wrong = [
        (metadata.str("u8").err(), "metadata key u8 is u8 200, expected a string"),
        (metadata.u32("i8").err(), "metadata key i8 is i8 -7, expected an integer from 0 to 4294967295"),
        (
            metadata.u32("u64").err(),
            "metadata key u64 is u64 18446744073709551615, expected an integer from 0 to 4294967295",
        ),
        (metadata.f32("u32").err(), "metadata key u32 is u32 4000000000, expected a floating-point number"),
        (metadata.bool("text").err(), "metadata key text is string \"ɹˈʌst\", expected a bool"),
        (
            metadata.strings("array of u8").err(),
            "metadata key array of u8 is array<u8>[3], expected an array of strings",
        ),
    ];
    for (error, message) in wrong {
        assert_eq!(error.as_ref().map(WrongType::to_string).as_deref(), Some(message));
    }
}

#[test]
fn reads_tensors_of_every_type() {
    let built = one_of_everything().build();
    let places: Vec<usize> = built.tensors.iter().map(|at| at.data).collect();
    let data = built.data;
    let file = parse(built.bytes);
    assert_eq!(file.data_offset(), data);
    let expected: [(_, _, &[u64], _, _); 8] = [
        ("f32", GgmlType::F32, &[2, 3], [3, 2, 1, 1], 24),
        ("f16", GgmlType::F16, &[5], [5, 1, 1, 1], 10),
        ("bf16", GgmlType::BF16, &[1, 3, 1], [1, 3, 1, 1], 6),
        ("q4_0", GgmlType::Q4_0, &[2, 64], [64, 2, 1, 1], 72),
        ("q4_1", GgmlType::Q4_1, &[2, 1, 1, 32], [32, 1, 1, 2], 40),
        ("q5_0", GgmlType::Q5_0, &[32], [32, 1, 1, 1], 22),
        ("q5_1", GgmlType::Q5_1, &[96], [96, 1, 1, 1], 72),
        ("q8_0", GgmlType::Q8_0, &[3, 32], [32, 3, 1, 1], 102),
    ];
    for (position, (name, ggml_type, shape, ne, n_bytes)) in expected.into_iter().enumerate() {
        let info = file.tensor(name).unwrap();
        assert_eq!(info, &file.tensors()[position]);
        assert_eq!((info.ggml_type(), info.ne(), info.n_bytes()), (ggml_type, ne, n_bytes), "{name}");
        assert_eq!((info.shape(), info.n_dims()), (shape.to_vec(), shape.len()));
        assert_eq!(info.elements(), shape.iter().product::<u64>());
        assert_eq!(info.offset(), places[position]);
        assert_eq!(*file.tensor_bytes(info), pattern(position, n_bytes), "{name}");
    }
}

#[test]
fn keeps_the_rank_that_each_writer_gives() {
    for ne in [&[1, 256][..], &[1, 256, 1], &[1, 256, 1, 1]] {
        let file = parse(GgufBuilder::new().tensor("alpha", ne, tensor::F32).build().bytes);
        let info = &file.tensors()[0];
        assert_eq!((info.ne(), info.n_dims()), ([1, 256, 1, 1], ne.len()));
        assert!(info.shape().iter().eq(ne.iter().rev()));
    }
}

#[test]
fn accepts_names_that_upstream_ggml_finds_too_long() {
    let kokoro = "kokoro.decoder.generator.noise_blocks.0.resblock.0.convs1_weight".to_owned();
    assert_eq!(kokoro.len(), 64);
    for name in [String::new(), kokoro, "n".repeat(128), "ə".repeat(512)] {
        let file = parse(GgufBuilder::new().tensor(&name, &[4], tensor::F32).build().bytes);
        assert_eq!(file.tensor(&name).map(|info| info.name()), Some(&*name));
    }
    let key = "k".repeat(65_535);
    let file = parse(GgufBuilder::new().pair(&key, value::BOOL, [0]).build().bytes);
    assert_eq!(file.metadata().bool(&key), Ok(Some(false)));
}

#[test]
fn accepts_gaps_between_tensors_and_any_order() {
    let builder = GgufBuilder::new().tensor("a", &[3], tensor::F32).gap(100).tensor("b", &[3], tensor::F32);
    let file = parse(builder.build().bytes);
    assert_eq!(file.tensor("b").unwrap().offset() - file.tensor("a").unwrap().offset(), 32 + 128);
    assert_eq!(*file.tensor_bytes(file.tensor("b").unwrap()), pattern(1, 12));

    let built = GgufBuilder::new().tensor("a", &[8], tensor::F32).tensor("b", &[8], tensor::F32).build();
    let (first, second) = (built.tensors[0].offset, built.tensors[1].offset);
    let mut swapped = built.patch(first, 32u64.to_le_bytes());
    swapped[second..second + 8].fill(0);
    let file = parse(swapped);
    assert_eq!(*file.tensor_bytes(file.tensor("b").unwrap()), pattern(0, 32));
    assert_eq!(*file.tensor_bytes(file.tensor("a").unwrap()), pattern(1, 32));
}

#[test]
fn honours_the_alignment_in_the_metadata() {
    for alignment in [1u32, 8, 32, 64, 4096, 1 << 20] {
        let file = GgufBuilder::new()
            .alignment(alignment as usize)
            .pair("general.alignment", value::U32, alignment.to_le_bytes())
            .tensor("a", &[3], tensor::F16)
            .tensor("b", &[5], tensor::F16)
            .build();
        let data = file.data;
        let file = parse(file.bytes);
        assert_eq!((file.alignment(), file.data_offset()), (alignment, data));
        for (position, n_bytes) in [6, 10].into_iter().enumerate() {
            let info = &file.tensors()[position];
            assert_eq!(info.offset() % alignment as usize, 0);
            assert_eq!(*file.tensor_bytes(info), pattern(position, n_bytes));
        }
    }
}

#[test]
fn does_not_require_padding_after_the_last_tensor() {
    let built = GgufBuilder::new().unpadded().tensor("a", &[3], tensor::F16).build();
    assert_eq!(built.bytes.len() - built.data, 6);
    let file = parse(built.bytes);
    assert_eq!(*file.tensor_bytes(&file.tensors()[0]), pattern(0, 6));
}

#[test]
fn reads_from_an_odd_address() {
    let bytes = one_of_everything().build().bytes;
    for shift in 0..8 {
        let shifted = SharedBytes::new([vec![0xaa; shift], bytes.clone()].concat());
        let file = GgufFile::parse(shifted.slice(shift..shifted.len())).unwrap();
        for (position, info) in file.tensors().iter().enumerate() {
            assert_eq!(*file.tensor_bytes(info), pattern(position, info.n_bytes()));
        }
        assert_eq!(array(&file, "array of f64").iter().next(), Some(MetaValue::F64(2.5)));
    }
}

#[test]
fn reads_static_bytes() {
    let bytes: &'static [u8] = one_of_everything().build().bytes.leak();
    assert!(GgufFile::parse(SharedBytes::new(bytes)).is_ok());
}

#[test]
fn reads_20_megabytes_of_strings() {
    let words: Vec<String> = (0..500_000).map(|i| format!("word {i} wˈɜːd {:024}", i)).collect();
    let built = GgufBuilder::new()
        .pair("phonemizer.dictionary.keys", value::ARRAY, build::strings(&words))
        .tensor("after", &[1], tensor::F32)
        .build();
    assert!(built.bytes.len() > 20_000_000);
    let file = parse(built.bytes);
    let strings = file.metadata().strings("phonemizer.dictionary.keys").unwrap().unwrap();
    assert_eq!(strings.len(), words.len());
    assert!(strings.eq(&words));
}

#[test]
fn reads_as_many_pairs_and_tensors_as_the_limits_allow() {
    let mut builder = GgufBuilder::new().alignment(1);
    builder = builder.pair("general.alignment", value::U32, 1u32.to_le_bytes());
    for i in 1..65_536 {
        builder = builder.pair(format!("{i}"), value::U8, [i as u8]);
    }
    for i in 0..65_536 {
        builder = builder.tensor(format!("{i}"), &[1], tensor::F16);
    }
    let file = parse(builder.build().bytes);
    assert_eq!((file.metadata().len(), file.tensors().len()), (65_536, 65_536));
    assert_eq!(file.metadata().u32("65535"), Ok(Some(255)));
    assert_eq!(*file.tensor_bytes(file.tensor("65535").unwrap()), pattern(65_535, 2));
}

#[test]
fn can_be_shared_between_threads() {
    fn shareable<T: Send + Sync + 'static>() {}
    shareable::<GgufFile>();
    shareable::<gguf::GgufError>();
}

#[test]
fn reads_every_shared_model() {
    let Some(dir) = common::shared_dir() else { return };
    let files = gguf_files(&dir.join("models"));
    assert!(!files.is_empty(), "no GGUF file below {}", dir.display());
    for path in files {
        let name = path.display();
        let file = GgufFile::parse(gguf::map(&path).unwrap()).unwrap_or_else(|e| panic!("{name}: {e}"));
        assert_eq!(file.metadata().str("general.architecture"), Ok(Some("kokoro")), "{name}");
        assert_eq!(file.metadata().strings("tokenizer.ggml.tokens").unwrap().unwrap().len(), 178, "{name}");
        let f32_bytes: u64 = file.tensors().iter().map(|info| info.elements() * 4).sum();
        let bytes: usize = file.tensors().iter().map(|info| file.tensor_bytes(info).len()).sum();
        eprintln!("{name}: {} tensors, {bytes} bytes, {f32_bytes} as F32", file.tensors().len());
        assert!(file.tensor("kokoro.albert.token_embd").is_some(), "{name}");
        for (key, value) in file.metadata().iter() {
            assert!(!key.is_empty() && !value.to_string().is_empty(), "{name}: {key}");
        }
    }
}

fn gguf_files(dir: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(gguf_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "gguf") {
            found.push(path);
        }
    }
    found.sort();
    found
}
