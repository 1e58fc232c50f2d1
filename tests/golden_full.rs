//! Every stage of a full-size synthetic model, made by `python tools/make_full_reference.py --out DIR`.

mod common;

use std::path::PathBuf;

use common::golden::{Comparison, Golden, exact, snr_db};

/// As for the small fixture. Measured: 9e-6 given the reference's input.
const TOLERANCE: f64 = 1e-4;

/// `KOKORO_FULL_REFERENCE`, else where the tool writes by default.
fn dir() -> PathBuf {
    let default = || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("target/full-reference");
    std::env::var_os("KOKORO_FULL_REFERENCE").map_or_else(default, PathBuf::from)
}

#[test]
#[ignore = "needs the full-size set: python tools/make_full_reference.py"]
fn every_stage_of_the_full_size_model_matches_pytorch_and_onnx_runtime() {
    let model = exact().open(dir().join("82m_F32.gguf")).expect("the full-size set has been made");
    let golden = Golden::load(&dir().join("stages.npz"));
    let mut given = Comparison::new(&golden, |_| true);
    golden.run(&model, &mut given);
    println!("{:#?}", given.errors);
    assert_eq!(given.durations, golden.integers("durations"));
    given.assert_within(TOLERANCE, |_| true);

    let mut chain = Comparison::new(&golden, |stage| stage == "har");
    let speech = golden.run(&model, &mut chain);
    println!("{:#?}", chain.errors);
    chain.assert_within(TOLERANCE, |s| !["harmonics", "source", "har"].contains(&s));
    let snr = snr_db(&speech.samples, golden.slice("audio"));
    assert!(snr >= 60.0, "{snr} dB");

    let onnx = Golden::load(&dir().join("stages_onnx.npz"));
    let mut given = Comparison::new(&onnx, |_| true);
    given.har_edge = 2;
    golden.run(&model, &mut given);
    given.assert_within(TOLERANCE, |stage| stage != "harmonics");
}
