//! Any bytes at all: the reader answers with a file or an error, and within a bounded amount of memory.
#![allow(unsafe_code, reason = "to count memory takes an allocator, and that is an unsafe trait")]

mod common;

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::fs;
use std::sync::Arc;

use common::gguf_builder::{self as build, GgufBuilder, PAIR_COUNT_AT, TENSOR_COUNT_AT, one_of_everything};
use common::gguf_builder::{tensor, value};
use kokoro_gguf::gguf::{GgufFile, MetaValue, SharedBytes};
use proptest::prelude::*;
use proptest::test_runner::FileFailurePersistence;

/// Memory that parsing may hold at any time, per byte of file.
///
/// The densest file is one of tiny pairs: 15 bytes each become a key, a value and a slot of the index, up to
/// 82 bytes. Names of errors and of tensors are far below.
const PEAK_PER_FILE_BYTE: usize = 6;

/// Memory that parsing may hold besides, for what does not depend on the file.
const PEAK_BASE_BYTES: usize = 4 << 10;

/// Counts the bytes that each thread holds, so that tests side by side do not disturb each other.
struct Counting;

thread_local! {
    static HELD: Cell<usize> = const { Cell::new(0) };
    static PEAK: Cell<usize> = const { Cell::new(0) };
}

fn count(allocated: usize, freed: usize) {
    // A thread at its end has no counters left, and nothing to measure either.
    let _ = HELD.try_with(|held| {
        // Memory can be freed by another thread than the one that asked for it.
        held.set((held.get() + allocated).saturating_sub(freed));
        let _ = PEAK.try_with(|peak| peak.set(peak.get().max(held.get())));
    });
}

// SAFETY: every call is passed on to the system's allocator as it is; counting neither allocates nor unwinds.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout.size(), 0);
        // SAFETY: the caller's promises are those that `System` asks for.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        count(layout.size(), 0);
        // SAFETY: as above.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        count(0, layout.size());
        // SAFETY: as above; `block` came from `System` with this layout.
        unsafe { System.dealloc(block, layout) }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // Both at once, as a block that has to move is held twice for a while.
        count(size, 0);
        count(0, layout.size());
        // SAFETY: as above; `block` came from `System` with this layout.
        unsafe { System.realloc(block, layout, size) }
    }
}

#[global_allocator]
static COUNTING: Counting = Counting;

/// The most memory held during a call beyond what was held before it.
fn peak_bytes<T>(call: impl FnOnce() -> T) -> (T, usize) {
    let before = HELD.get();
    PEAK.set(before);
    let result = call();
    (result, PEAK.get() - before)
}

/// Parses bytes within the bound on memory, then uses all that the reader has let pass.
fn check(bytes: impl AsRef<[u8]> + Send + Sync + 'static) -> bool {
    let bytes = SharedBytes::new(bytes);
    let n_bytes = bytes.len();
    let (parsed, peak) = peak_bytes(|| GgufFile::parse(bytes));
    let bound = PEAK_PER_FILE_BYTE * n_bytes + PEAK_BASE_BYTES;
    assert!(peak <= bound, "{peak} bytes held while parsing {n_bytes}, expected at most {bound}");
    match parsed {
        Ok(file) => walk(&file, n_bytes),
        Err(error) => {
            assert!(!error.to_string().is_empty());
            return false;
        }
    }
    true
}

/// Touches every value and tensor.
fn walk(file: &GgufFile, file_bytes: usize) {
    for (key, value) in file.metadata().iter() {
        assert_eq!(file.metadata().get(key).map(MetaValue::type_name), Some(value.type_name()));
        assert!(!value.to_string().is_empty());
        if let MetaValue::Array(array) = value {
            assert_eq!(array.iter().count(), array.len());
            assert!(array.strings().is_none_or(|strings| strings.count() == array.len()));
        }
    }
    for info in file.tensors() {
        assert_eq!(file.tensor(info.name()), Some(info));
        assert!(info.offset() >= file.data_offset() && info.offset() + info.n_bytes() <= file_bytes);
        assert_eq!(file.tensor_bytes(info).len(), info.n_bytes());
        assert_eq!(info.shape().iter().product::<u64>(), info.elements());
    }
}

#[test]
fn every_shorter_file_is_refused() {
    let bytes = one_of_everything().unpadded().build().bytes;
    for n_bytes in 0..bytes.len() {
        assert!(!check(bytes[..n_bytes].to_vec()), "{n_bytes} of {} bytes were accepted", bytes.len());
    }
    assert!(check(bytes));
}

#[test]
fn any_value_of_any_byte_is_survived() {
    let built = one_of_everything().build();
    for at in 0..built.data {
        for byte in 0..=255 {
            let mut bytes = built.bytes.clone();
            bytes[at] = byte;
            check(bytes);
        }
    }
}

#[test]
fn extreme_values_at_any_byte_are_survived() {
    let built = one_of_everything().build();
    let extremes = [u64::MAX, 1 << 63, (1 << 63) - 1, u64::MAX - 31, 1 << 32, 1 << 31, 65_536, 1_024, 0];
    for at in 0..built.data - 8 {
        for extreme in extremes {
            let mut bytes = built.bytes.clone();
            bytes[at..at + 8].copy_from_slice(&extreme.to_le_bytes());
            check(bytes);
        }
    }
}

#[test]
fn damage_to_real_models_is_survived() {
    let Some(dir) = common::shared_dir() else { return };
    // The second has over a megabyte of strings before its tensors, so a sample of it takes longer.
    for (name, samples) in [("tiny_espeak_Q5_0.gguf", 1_000), ("tiny_noespeak_f32.gguf", 100)] {
        let mut model: Arc<[u8]> = fs::read(dir.join("models/tiny").join(name)).unwrap().into();
        let data = GgufFile::parse(SharedBytes::new(Arc::clone(&model))).unwrap().data_offset();
        // An odd stride, to hit every byte of the fields, and every bit in turn.
        let places = (0..data).step_by((data / samples) | 1);
        for (i, at) in places.clone().enumerate() {
            let bit = 1 << (i % 8);
            Arc::get_mut(&mut model).expect("no parsed file is left")[at] ^= bit;
            check(Arc::clone(&model));
            Arc::get_mut(&mut model).expect("no parsed file is left")[at] ^= bit;
        }
        let whole = SharedBytes::new(model);
        for n_bytes in places {
            assert!(GgufFile::parse(whole.slice(0..n_bytes)).is_err(), "{name} cut to {n_bytes} bytes");
        }
    }
}

#[test]
fn hostile_counts_cost_no_memory() {
    for n_bytes in [0, 8, 100, 10_000, 1_000_000] {
        for (tensors, pairs) in [(u64::MAX, 0), (65_536, 0), (0, u64::MAX), (0, 65_536), (65_536, 65_536)] {
            for fill in [0, 1, 0xff] {
                let mut bytes = [&GgufBuilder::new().build().bytes[..24], &vec![fill; n_bytes]].concat();
                bytes[TENSOR_COUNT_AT..][..8].copy_from_slice(&u64::to_le_bytes(tensors));
                bytes[PAIR_COUNT_AT..][..8].copy_from_slice(&u64::to_le_bytes(pairs));
                check(bytes);
            }
        }
    }
}

#[test]
fn the_densest_files_stay_within_the_bound() {
    // Counts on both sides of a power of two, where the index doubles.
    for count in [1, 100, 127, 128, 129, 2_000, 16_384, 16_385, 65_536] {
        let (mut pairs, mut tensors) = (GgufBuilder::new(), GgufBuilder::new().alignment(1));
        tensors = tensors.pair("general.alignment", value::U32, 1u32.to_le_bytes());
        for i in 0..count {
            let name = short_name(i);
            pairs = pairs.pair(&name, value::U8, [0]);
            tensors = tensors.tensor(&name, &[1], tensor::F16);
        }
        assert!(check(pairs.build().bytes));
        assert!(check(tensors.build().bytes));
    }
}

/// Names as short as distinct names can be.
fn short_name(mut i: usize) -> String {
    let mut name = String::new();
    loop {
        name.push(char::from(1 + (i % 127) as u8));
        i /= 127;
        if i == 0 {
            return name;
        }
    }
}

#[test]
fn strings_in_arrays_cost_no_memory() {
    let words = vec!["a word of the dictionary"; 700_000];
    let built = GgufBuilder::new().pair("words", value::ARRAY, build::strings(&words)).build();
    assert!(built.bytes.len() > 20_000_000);
    let bytes = SharedBytes::new(built.bytes);
    let (file, peak) = peak_bytes(|| GgufFile::parse(bytes).unwrap());
    assert!(peak <= PEAK_BASE_BYTES, "{peak} bytes held, expected at most {PEAK_BASE_BYTES}");
    let (count, peak) = peak_bytes(|| file.metadata().strings("words").unwrap().unwrap().count());
    assert_eq!((count, peak), (words.len(), 0));
}

/// Keeps inputs that failed in a file beside this one, to be tried first from then on.
fn keep_failures() -> ProptestConfig {
    let beside = FileFailurePersistence::WithSource("regressions");
    ProptestConfig { failure_persistence: Some(Box::new(beside)), ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(keep_failures())]

    #[test]
    fn random_bytes_are_survived(bytes in prop::collection::vec(any::<u8>(), 0..2_000)) {
        check(bytes);
    }

    #[test]
    fn random_bytes_after_a_sound_header_are_survived(
        tensors in 0u64..20,
        pairs in 0u64..20,
        rest in prop::collection::vec(prop_oneof![3 => Just(0u8), 1 => 0u8..40, 1 => any::<u8>()], 0..2_000),
    ) {
        let header = &GgufBuilder::new().build().bytes[..8];
        check([header, &tensors.to_le_bytes(), &pairs.to_le_bytes(), &rest].concat());
    }

    #[test]
    fn several_damages_at_once_are_survived(
        damages in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..12),
        cut in prop::option::of(any::<prop::sample::Index>()),
    ) {
        let built = one_of_everything().build();
        let mut bytes = built.bytes;
        for (at, byte) in damages {
            bytes[at.index(built.data)] = byte;
        }
        bytes.truncate(cut.map_or(bytes.len(), |cut| cut.index(bytes.len())));
        check(bytes);
    }

    #[test]
    fn sound_files_are_read_back(
        version in 2u32..=3,
        alignment_log2 in 0u32..8,
        numbers in prop::collection::btree_map("[a-z.]{1,12}", any::<u32>(), 0..8),
        texts in prop::collection::vec(any::<String>(), 0..8),
        shapes in prop::collection::btree_map("[a-z.]{1,80}", prop::collection::vec(1u64..5, 1..=4), 0..8),
        in_blocks in any::<bool>(),
    ) {
        let alignment = 1u32 << alignment_log2;
        let mut builder = GgufBuilder::new()
            .version(version)
            .alignment(alignment as usize)
            .pair("general.alignment", value::U32, alignment.to_le_bytes())
            .pair("the texts", value::ARRAY, build::strings(&texts));
        for (key, number) in &numbers {
            builder = builder.pair(key, value::U32, number.to_le_bytes());
        }
        let (row, code) = if in_blocks { (32, tensor::Q5_1) } else { (1, tensor::F32) };
        let ne = |shape: &[u64]| [&[shape[0] * row], &shape[1..]].concat();
        for (name, shape) in &shapes {
            builder = builder.tensor(name, &ne(shape), code);
        }

        let file = GgufFile::parse(SharedBytes::new(builder.build().bytes)).unwrap();
        prop_assert_eq!((file.version(), file.alignment()), (version, alignment));
        prop_assert!(file.metadata().strings("the texts").unwrap().unwrap().eq(&texts));
        for (key, number) in &numbers {
            prop_assert_eq!(file.metadata().u32(key), Ok(Some(*number)));
        }
        for (position, (name, shape)) in shapes.iter().enumerate() {
            let info = file.tensor(name).unwrap();
            prop_assert!(info.shape().iter().rev().eq(&ne(shape)));
            prop_assert_eq!(&*file.tensor_bytes(info), build::pattern(position, info.n_bytes()));
        }
    }
}
