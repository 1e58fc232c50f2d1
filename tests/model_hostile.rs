//! Files that are sound GGUF but no sound model: every one is refused or speaks, none panics.

mod common;

use std::panic::{AssertUnwindSafe, catch_unwind};

use common::gguf_builder::string;
use common::golden::fixture;
use common::requantize::requantize;
use kokoro_gguf::error::ModelError;
use kokoro_gguf::gguf::{self, GgufFile, MetaValue, SharedBytes};
use kokoro_gguf::model::{NoiseSource, Utterance};
use kokoro_gguf::{Error, Model};
use kokoro_kernels::WeightType;
use proptest::prelude::*;

fn bytes() -> Vec<u8> {
    std::fs::read(fixture("golden/tiny_f32.gguf")).expect("readable")
}

/// Opens the model and, if it opens, speaks three tokens. Any answer will do, except a panic.
fn open_and_speak(bytes: Vec<u8>) -> Result<(), String> {
    let tried = catch_unwind(AssertUnwindSafe(|| {
        let Ok(model) = Model::from_bytes(bytes) else { return };
        let style = vec![0.1; 2 * model.config().style_dim];
        let utterance =
            Utterance { token_ids: &[0, 1, 0], style: &style, speed: 1.0, noise: &NoiseSource::Silent };
        let _ = model.forward(&utterance);
    }));
    tried.map_err(|panic| format!("{:?}", panic.downcast_ref::<String>()))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(160))]

    #[test]
    fn a_flipped_header_bit_never_panics(at in 0.0..1.0f64, bit in 0..8u8) {
        let mut bytes = bytes();
        let file = GgufFile::parse(SharedBytes::new(bytes.clone())).expect("sound");
        let at = (at * file.data_offset() as f64) as usize;
        bytes[at] ^= 1 << bit;
        prop_assert_eq!(open_and_speak(bytes), Ok(()));
    }

    #[test]
    fn a_truncated_model_is_refused(at in 0.0..1.0f64) {
        let mut bytes = bytes();
        bytes.truncate((at * (bytes.len() - 64) as f64) as usize);
        prop_assert!(Model::from_bytes(bytes).is_err());
    }
}

/// Byte offset of the value of an integer key.
fn value_at(bytes: &[u8], key: &str) -> usize {
    let key = string(key);
    let at = bytes.windows(key.len()).position(|w| w == key).expect("the key is there");
    at + key.len() + 4
}

#[test]
fn every_integer_key_can_hold_anything() {
    let bytes = bytes();
    let file = GgufFile::parse(SharedBytes::new(bytes.clone())).expect("sound");
    for (key, value) in file.metadata().iter() {
        let MetaValue::U32(old) = *value else { continue };
        for new in [0, 1, 2, old.wrapping_sub(1), old + 1, 2 * old, 65, 1 << 20, u32::MAX] {
            let mut bytes = bytes.clone();
            let at = value_at(&bytes, key);
            bytes[at..at + 4].copy_from_slice(&new.to_le_bytes());
            assert_eq!(open_and_speak(bytes), Ok(()), "{key} = {new}");
        }
    }
}

#[test]
fn weights_that_poison_the_audio_are_named() {
    let path = fixture("golden/tiny_f32.gguf");
    let file = GgufFile::parse(gguf::map(&path).expect("readable")).expect("sound");
    let mut bytes = requantize(&file, |_, stored: WeightType| stored);
    let poison = |bytes: &mut Vec<u8>, name: &str, value: f32| {
        let file = GgufFile::parse(SharedBytes::new(bytes.clone())).expect("sound");
        let at = file.tensor(name).expect("the tensor is there").offset();
        bytes[at..at + 4].copy_from_slice(&value.to_le_bytes());
    };
    // A convolution's weight is not looked at when it is packed; its audio is.
    poison(&mut bytes, "kokoro.decoder.generator.conv_post_weight", f32::NAN);
    let model = Model::from_bytes(bytes.clone()).expect("it opens");
    let style = vec![0.1; 256];
    let utterance =
        Utterance { token_ids: &[0, 50, 0], style: &style, speed: 1.0, noise: &NoiseSource::Silent };
    let error = model.forward(&utterance).expect_err("its audio is no audio");
    assert!(matches!(error, Error::Model { source: ModelError::NotFinite { .. }, .. }), "{error:?}");
    // Biases and divisors are looked at when the model is opened.
    for (name, value) in [
        ("kokoro.decoder.generator.resblocks.0.0.alpha1", 0.0),
        ("kokoro.duration_predictor.encode_bias", f32::INFINITY),
    ] {
        let mut bytes = bytes.clone();
        poison(&mut bytes, name, value);
        match Model::from_bytes(bytes) {
            Err(Error::Model { source: ModelError::Value { name: found, .. }, .. }) => {
                assert_eq!(found, name)
            }
            other => panic!("{name}: {other:?}"),
        }
    }
}
