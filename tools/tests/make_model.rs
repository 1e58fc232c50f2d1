//! Models that `make-model` writes: in the published layout, loading, speaking, and the same for the same seed.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use kokoro_gguf::Model;
use kokoro_gguf::gguf::{self, GgmlType, GgufFile, MetaValue};
use kokoro_gguf::model::{NoiseSource, Trace, Utterance};
use kokoro_gguf::tensor::Matrix;
use kokoro_gguf::text::Vocab;
use kokoro_gguf_tools::gguf_writer::{Entry, GgufWriter, Value};
use kokoro_gguf_tools::layout::tensors;
use kokoro_gguf_tools::make::{Request, make};
use kokoro_gguf_tools::preset::Preset;
use kokoro_gguf_tools::published::type_of;
use kokoro_gguf_tools::{ToolError, metadata, voices};
use kokoro_kernels::WeightType;

/// Sounds that the calibration does not use.
const PHONEMES: &str = "ɪt wˌʌz ɐ bɹˈIt kˈOld dˈA ɪn ˈApɹəl, ænd ðə klˈɑks wɜɹ stɹˈIkɪŋ.";

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures").join(name)
}

fn lines(name: &str) -> Vec<Vec<String>> {
    let text = fs::read_to_string(fixture(name)).expect("the fixture is there");
    text.lines().skip(1).map(|line| line.split('\t').map(str::to_owned).collect()).collect()
}

fn names(n: usize) -> Vec<String> {
    voices::PUBLISHED[..n].iter().map(|&name| name.to_owned()).collect()
}

fn tiny(kind: WeightType) -> Request {
    Request { preset: Preset::TINY, kind, seed: 1, voices: 5, voice_folder: None }
}

fn open(path: &Path) -> GgufFile {
    GgufFile::parse(gguf::map(path).expect("readable")).expect("a sound file")
}

/// Runs the program; `out` and what goes before it.
fn make_model(arguments: &[&str], out: &Path) -> Output {
    let program = env!("CARGO_BIN_EXE_make-model");
    Command::new(program).args(arguments).arg("--out").arg(out).output().expect("the program starts")
}

#[test]
fn tensors_of_the_full_size_are_those_of_the_published_files() {
    let list = tensors(&Preset::FULL, &names(50));
    let published = lines("published/tensors.tsv");
    assert_eq!(list.len(), published.len());
    for (tensor, fields) in list.iter().zip(&published) {
        let [name, ne, n_dims, class] = &fields[..] else { panic!("four fields: {fields:?}") };
        assert_eq!(&tensor.name, name);
        assert_eq!(&format!("{:?}", tensor.ne(false)), ne, "{name}");
        assert_eq!(&tensor.ne(true).len().to_string(), n_dims, "{name}");
        let (q, h, f) = (type_of(name, WeightType::Q5_0), type_of(name, WeightType::F16), WeightType::F32);
        let expected = match class.as_str() {
            "Q" => (WeightType::Q5_0, WeightType::F16, f),
            "H" => (WeightType::F16, WeightType::F16, f),
            "F32" => (f, f, f),
            other => panic!("{name}: class {other}"),
        };
        assert_eq!((q, h, type_of(name, WeightType::F32)), expected, "{name}");
    }
}

#[test]
fn metadata_of_the_full_size_is_that_of_the_converter() {
    let voices = names(50);
    let pairs = metadata::pairs(&Preset::FULL, &tensors(&Preset::FULL, &voices), &voices, WeightType::F32);
    let found: Vec<Vec<String>> = pairs
        .into_iter()
        .map(|(key, value)| match value {
            Value::U32(v) => vec![key, "u32".into(), v.to_string()],
            Value::String(v) => vec![key, "string".into(), v],
            Value::Strings(v) => vec![key, "strings".into(), v.join(" ")],
        })
        .collect();
    assert_eq!(found, lines("published/metadata.tsv"));
}

#[test]
fn full_size_files_have_the_published_sizes() {
    // kokoro-gguf-layout.md section 6; its 384 bytes of the quantiser's longer header do not come back in a rebuilt file.
    for (kind, expected) in [
        (WeightType::F32, 350_751_200),
        (WeightType::F16, 201_811_008 - 384),
        (WeightType::Q8_0, 186_181_248 - 384),
        (WeightType::Q5_0, 179_929_344 - 384),
        (WeightType::Q4_0, 177_845_376 - 384),
    ] {
        let list = tensors(&Preset::FULL, &names(50));
        let entries: Vec<Entry> = list
            .iter()
            .map(|t| Entry {
                name: t.name.clone(),
                ne: t.ne(kind != WeightType::F32),
                kind: type_of(&t.name, kind),
            })
            .collect();
        let pairs = metadata::pairs(&Preset::FULL, &list, &names(50), kind);
        let mut writer = GgufWriter::start(std::io::sink(), &pairs, &entries).expect("a sink takes all");
        let zeros = vec![0; 16 << 20];
        entries.iter().for_each(|e| writer.tensor(&zeros[..e.n_bytes()]).expect("a sink takes all"));
        assert_eq!(writer.finish().1, expected, "{}", kind.name());
    }
}

#[test]
fn a_tiny_file_has_the_layout_of_the_converters_one_in_every_type() {
    let classes: HashMap<String, String> =
        lines("published/tensors.tsv").into_iter().map(|l| (l[0].clone(), l[3].clone())).collect();
    let reference = open(&fixture("golden/tiny_f32.gguf"));
    let folder = tempfile::tempdir().expect("a folder");
    for kind in WeightType::ALL {
        let path = folder.path().join("made.gguf");
        make(&tiny(kind), &path).expect("it can be made");
        let made = open(&path);
        let weights = |file: &GgufFile| -> Vec<(String, [u64; 4])> {
            let all = file.tensors().iter().filter(|t| !t.name().contains("voice_tensors"));
            all.map(|t| (t.name().to_owned(), t.ne())).collect()
        };
        assert_eq!(weights(&made), weights(&reference));
        assert_eq!(made.tensors().len(), reference.tensors().len() + 4, "five voices in place of one");
        for info in made.tensors() {
            let half = if kind == WeightType::BF16 { "BF16" } else { "F16" };
            let expected = match classes[info.name()].as_str() {
                _ if kind == WeightType::F32 => "F32",
                "Q" => kind.name(),
                "H" => half,
                _ => "F32",
            };
            assert_eq!(info.ggml_type().name(), expected, "{}", info.name());
        }
        for ((key, value), (expected_key, expected)) in
            made.metadata().iter().zip(reference.metadata().iter())
        {
            assert_eq!(key, expected_key);
            if !["kokoro.voices", "general.size_label"].contains(&key) {
                assert_eq!(format!("{value:?}"), format!("{expected:?}"), "{key}");
            }
        }
        let type_key = made.metadata().get("general.quantization_type");
        let code = GgmlType::ALL.into_iter().find(|t| t.name() == kind.name()).expect("same names").code();
        match (kind, type_key) {
            (WeightType::F32, None) => {}
            (_, Some(MetaValue::U32(found))) => assert_eq!(*found, code),
            (_, other) => panic!("{}: general.quantization_type is {other:?}", kind.name()),
        }
    }
}

/// Keeps the F0 curve.
struct F0(Vec<f32>);

impl Trace for F0 {
    fn tensor(&mut self, name: &str, value: &mut Matrix) {
        if name == "f0" {
            self.0 = value.data().to_vec();
        }
    }
}

#[test]
fn a_made_model_speaks_at_a_usual_pace_pitch_and_level() {
    let folder = tempfile::tempdir().expect("a folder");
    for (kind, seed) in [(WeightType::F32, 1), (WeightType::Q4_0, 1), (WeightType::F16, 2)] {
        let path = folder.path().join("made.gguf");
        make(&Request { seed, ..tiny(kind) }, &path).expect("it can be made");
        let model = Model::open(&path).expect("it loads");
        let ids = Vocab::kokoro().encode(PHONEMES).ids;
        let token_ids = [&[0], ids.as_slice(), &[0]].concat();
        let voice = model.voice(model.default_voice()).expect("it has a voice");
        let noise = NoiseSource::Seeded(0);
        let utterance =
            Utterance { token_ids: &token_ids, style: voice.style(ids.len()), speed: 1.0, noise: &noise };
        let mut f0 = F0(Vec::new());
        // An error if a sample is not finite.
        let speech = model.forward_traced(&utterance, &mut f0).expect("it speaks");
        let what = format!("{} of seed {seed}", kind.name());
        let frames = f64::from(speech.durations_frames.iter().sum::<u32>()) / token_ids.len() as f64;
        assert!((2.0..=5.0).contains(&frames), "{what}: {frames} frames a token");
        let squares: f64 = speech.samples.iter().map(|&s| f64::from(s).powi(2)).sum();
        let rms = (squares / speech.samples.len() as f64).sqrt();
        assert!((0.03..=0.3).contains(&rms), "{what}: RMS {rms}");
        let mean = f0.0.iter().sum::<f32>() / f0.0.len() as f32;
        assert!((80.0..300.0).contains(&mean), "{what}: mean F0 {mean} Hz");
        let voiced = f0.0.iter().filter(|&&hz| hz > 10.0).count() as f64 / f0.0.len() as f64;
        assert!(voiced > 0.5, "{what}: {voiced} of the frames are voiced");
    }
}

#[test]
fn the_same_seed_makes_the_same_file_and_another_seed_another() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("made.gguf");
    let made = |seed| {
        make(&Request { seed, ..tiny(WeightType::Q8_0) }, &path).expect("it can be made");
        fs::read(&path).expect("readable")
    };
    let (first, second, other) = (made(7), made(7), made(8));
    assert!(first == second, "two runs with one seed differ");
    assert_eq!(first.len(), other.len());
    assert!(first != other, "two seeds make the same file");
}

#[test]
fn files_of_one_seed_hold_the_same_weights() {
    let folder = tempfile::tempdir().expect("a folder");
    let paths = [WeightType::F32, WeightType::Q4_0].map(|kind| {
        let path = folder.path().join(kind.name());
        make(&tiny(kind), &path).expect("it can be made");
        path
    });
    let [full, quantised] = paths.map(|path| open(&path));
    let mut stored_as_f32 = 0;
    for info in quantised.tensors().iter().filter(|t| t.ggml_type() == GgmlType::F32) {
        let original = full.tensor(info.name()).expect("the same names");
        assert!(full.tensor_bytes(original)[..] == quantised.tensor_bytes(info)[..], "{}", info.name());
        stored_as_f32 += 1;
    }
    assert!(stored_as_f32 > 500, "{stored_as_f32} tensors were compared");
}

#[test]
fn voices_come_from_a_folder_if_one_is_given() {
    let folder = tempfile::tempdir().expect("a folder");
    let pack: Vec<u8> = (0..510 * 256).flat_map(|i| (i as f32 * 1e-6).to_le_bytes()).collect();
    fs::write(folder.path().join("af_alloy.bin"), &pack).expect("writable");
    let path = folder.path().join("made.gguf");
    let request =
        Request { voices: 1, voice_folder: Some(folder.path().to_owned()), ..tiny(WeightType::F16) };
    make(&request, &path).expect("it can be made");
    let made = open(&path);
    let info = made.tensor("kokoro.voice_tensors.af_alloy").expect("the voice is there");
    assert!(made.tensor_bytes(info)[..] == pack[..]);

    let refused = |bytes: &[u8]| {
        fs::write(folder.path().join("af_alloy.bin"), bytes).expect("writable");
        make(&request, &folder.path().join("refused.gguf")).expect_err("a pack that is none")
    };
    assert!(matches!(refused(&pack[4..]), ToolError::VoiceSize { found: 522_236, .. }));
    let mut nan = pack.clone();
    nan[400..404].copy_from_slice(&f32::NAN.to_le_bytes());
    assert!(matches!(refused(&nan), ToolError::VoiceValue { index: 100, .. }));
    let mut left: Vec<_> =
        fs::read_dir(folder.path()).expect("readable").map(|e| e.unwrap().file_name()).collect();
    left.sort();
    assert_eq!(left, ["af_alloy.bin", "made.gguf"], "a failed run left a file");
}

#[test]
fn the_program_tells_what_is_wrong_in_one_line() {
    let folder = tempfile::tempdir().expect("a folder");
    let here = folder.path();
    let good = ["--preset", "tiny", "--voice-count", "1"];
    let missing = here.join("voices");
    let with_voices = [&good[..], &["--voices", missing.to_str().expect("UTF-8")]].concat();
    for (arguments, out, code, words) in [
        (&good[..], here.to_owned(), 1, "is a folder"),
        (&good[..], here.join("no/such/folder.gguf"), 1, "cannot create a file in"),
        (&with_voices[..], here.join("x.gguf"), 1, "af_alloy.bin"),
        (&["--type", "Q9"][..], here.join("x.gguf"), 2, "Q5_0"),
        (&["--preset", "83m"][..], here.join("x.gguf"), 2, "82m or tiny"),
        (&["--voice-count", "0"][..], here.join("x.gguf"), 2, "1..=50"),
        (&["--voice-count", "51"][..], here.join("x.gguf"), 2, "1..=50"),
    ] {
        let output = make_model(arguments, &out);
        let said = String::from_utf8(output.stderr).expect("UTF-8");
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {said}");
        assert!(said.contains(words), "{arguments:?}: {said}");
        assert!(code == 2 || said.lines().count() == 1, "{arguments:?}: {said}");
    }
    #[cfg(unix)]
    assert!(
        make_model(&good, Path::new("/dev/null")).stderr.ends_with(b"is no file, and would be replaced\n")
    );
    assert_eq!(fs::read_dir(here).expect("readable").count(), 0, "a failed run left a file");

    let made = here.join("made.gguf");
    let output = make_model(&good, &made);
    assert!(output.status.success() && output.stdout.is_empty(), "{output:?}");
    assert!(Model::open(made).is_ok());
}
