//! Every tensor type against PyTorch on the same file's weights.
//!
//! The files are made here from the F32 fixture by quantising it; the fixtures hold their hashes and PyTorch's tensors.

mod common;

use common::golden::{Comparison, Golden, exact, fixture};
use common::requantize::{as_published, requantize};
use kokoro_gguf::gguf::{self, GgufFile, SharedBytes};
use kokoro_gguf::model::{NoiseSource, Trace, Utterance};
use kokoro_gguf::tensor::Matrix;
use kokoro_kernels::WeightType;
use sha2::{Digest, Sha256};

/// Weights are decoded to f32 and multiplied in f32, so F32's bound holds for every type. Measured: 7e-6.
const TYPE_TOLERANCE: f64 = 1e-4;

const TYPES: [WeightType; 7] = [
    WeightType::F16,
    WeightType::BF16,
    WeightType::Q8_0,
    WeightType::Q5_0,
    WeightType::Q5_1,
    WeightType::Q4_0,
    WeightType::Q4_1,
];

fn made(kind: WeightType) -> Vec<u8> {
    let path = fixture("golden/tiny_f32.gguf");
    let file = GgufFile::parse(gguf::map(&path).expect("readable")).expect("sound");
    requantize(&file, as_published(kind))
}

/// The errors of one type: of the stages that its reference has, and of the last convolution given the F32 chain's
/// source spectrum where it has that.
fn errors(kind: WeightType, golden: &Golden, types: &Golden) -> (Vec<(String, f64)>, bool) {
    struct Typed<'a> {
        kind: WeightType,
        types: &'a Golden,
        golden: &'a Golden,
        inner: Comparison<'a>,
    }
    impl Trace for Typed<'_> {
        fn tensor(&mut self, name: &str, value: &mut Matrix) {
            if name == "har" && self.types.get(&format!("{}/conv_post", self.kind.name())).is_some() {
                value.data_mut().copy_from_slice(self.golden.slice("har"));
            }
            self.inner.tensor(&format!("{}/{name}", self.kind.name()), value);
        }
        fn durations(&mut self, frames: &mut Vec<u32>) {
            self.inner.durations(frames);
        }
    }
    let model = exact().from_bytes(made(kind)).expect("the made file is sound");
    let mut trace = Typed { kind, types, golden, inner: Comparison::new(types, |_| false) };
    golden.run(&model, &mut trace);
    let expected = types.integers(&format!("{}/durations", kind.name()));
    (trace.inner.errors, trace.inner.durations == expected)
}

#[test]
fn every_type_matches_pytorch_on_the_same_weights() {
    let golden = Golden::load(&fixture("golden/stages.npz"));
    let types = Golden::load(&fixture("golden/types.npz"));
    for kind in TYPES {
        let (errors, durations_equal) = errors(kind, &golden, &types);
        println!("{errors:?}");
        assert!(durations_equal, "{}: durations differ", kind.name());
        assert!(errors.len() >= 3, "{}: stages were not compared", kind.name());
        for (stage, error) in errors {
            assert!(error <= TYPE_TOLERANCE, "{stage}: {error:e}");
        }
    }
}

#[test]
fn quantised_tensors_are_the_converters_to_the_bit() {
    let text = std::fs::read_to_string(fixture("golden/types.json")).expect("readable");
    let hashes: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    for kind in TYPES {
        let file = GgufFile::parse(SharedBytes::new(made(kind))).expect("sound");
        let tensors = hashes[kind.name()]["tensors"].as_object().expect("tensors of every type");
        assert!(tensors.len() >= 3);
        for (name, expected) in tensors {
            let info = file.tensor(&format!("kokoro.{name}")).expect("the same tensors");
            assert_eq!(info.ggml_type().name(), expected["type"], "{name}");
            let hash: String =
                Sha256::digest(&*file.tensor_bytes(info)).iter().map(|b| format!("{b:02x}")).collect();
            assert_eq!(hash, expected["sha256"], "{} {name}", kind.name());
        }
    }
}

/// Prints the table of `docs/numerics.md`.
#[test]
#[ignore = "prints a table: cargo test --release --test golden_types -- --ignored --nocapture"]
fn print_the_table_of_errors() {
    let golden = Golden::load(&fixture("golden/stages.npz"));
    let types = Golden::load(&fixture("golden/types.npz"));
    let model = exact().open(fixture("golden/tiny_f32.gguf")).expect("the fixture is sound");
    let onnx = Golden::load(&fixture("golden/stages_onnx.npz"));
    let run = |reference, inject| {
        let mut comparison = Comparison::new(reference, inject);
        comparison.har_edge = 2;
        golden.run(&model, &mut comparison);
        comparison
    };
    let (stage, chain, har) = (run(&golden, |_| true), run(&golden, |_| false), run(&golden, |s| s == "har"));
    let onnx = run(&onnx, |_| true);
    println!(
        "| stage (F32, {}) | PyTorch, its input | ONNX Runtime, its input | whole chain | chain, har given |",
        model.isa()
    );
    println!("|---|---|---|---|---|");
    for (name, error) in &stage.errors {
        let of = |c: &Comparison<'_>| {
            c.errors.iter().find(|(n, _)| n == name).map_or("–".into(), |(_, e)| format!("{e:.1e}"))
        };
        println!("| {name} | {error:.1e} | {} | {} | {} |", of(&onnx), of(&chain), of(&har));
    }
    println!(
        "\n| type | durations | f0 | n | decoder.decode.3 | conv_post, har given |\n|---|---|---|---|---|---|"
    );
    for kind in TYPES {
        let (errors, equal) = errors(kind, &golden, &types);
        let of = |stage: &str| {
            let found = errors.iter().find(|(n, _)| n.ends_with(stage));
            found.map_or("–".into(), |(_, e)| format!("{e:.1e}"))
        };
        let durations = if equal { "equal" } else { "differ" };
        let row = ["/f0", "/n", "decoder.decode.3", "conv_post"].map(of).join(" | ");
        println!("| {} | {durations} | {row} |", kind.name());
    }
}

#[test]
fn mixed_types_and_stripped_axes_load() {
    // F32 everywhere but one family each: any mix is legal.
    let path = fixture("golden/tiny_f32.gguf");
    let file = GgufFile::parse(gguf::map(&path).expect("readable")).expect("sound");
    let mixed = requantize(&file, |name, stored| match name {
        n if n.contains("albert.layer.0.q") && !n.contains("bias") => WeightType::Q4_1,
        n if n.contains("decoder.decoder_blocks.0.conv1_weight") => WeightType::BF16,
        n if n.contains("alpha1") || n.contains("gamma_bias") => WeightType::F16,
        _ => stored,
    });
    let golden = Golden::load(&fixture("golden/stages.npz"));
    let model = exact().from_bytes(mixed).expect("a mix of types is sound");
    let (ids, style) = (golden.integers("input_ids"), golden.slice("style"));
    let utterance = Utterance { token_ids: &ids, style, speed: 1.0, noise: &NoiseSource::Silent };
    let speech = model.forward(&utterance).expect("a sound utterance");
    assert_eq!(speech.samples.len(), 600 * speech.durations_frames.iter().sum::<u32>() as usize);
}
