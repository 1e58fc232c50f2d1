//! What the faster arithmetic costs: the built-in voice at each precision beside f32, on the same phonemes and noise.

mod common;

use std::path::Path;
use std::sync::Arc;

use common::golden::{exact, log_spectral_distance_db, rms};
use common::requantize::{as_published, requantize};
use kokoro_gguf::gguf::{GgufFile, SharedBytes};
use kokoro_gguf::model::{ModelOptions, NoiseSource, Precision, Trace, Utterance};
use kokoro_gguf::tensor::Matrix;
use kokoro_gguf::{ErrorKind, Model};
use kokoro_kernels::{Kernels, WeightType};

/// Running speech of different length and kind, in misaki's notation.
const SENTENCES: [&str; 6] = [
    "ðə kwˈɪk bɹˈWn fˈɑks ʤˈʌmps ˈOvəɹ ðə lˈAzi dˈɔɡ.",
    "həlˈO.",
    "ðə bˈɜɹʧ kənˈu slˈɪd ˌɔn ðə smˈuð plˈæŋks.",
    "ˌI hæv ɐ kwˈɛsʧən fɔɹ ju: ˌɪz ɪt ɹˈAnɪŋ?",
    "ɡlˈu ðə ʃˈit tə ðə dˈɑɹk blˈu bˈækɡɹˌWnd, ænd ðˈɛn lˈɛt ɪt dɹˈI.",
    "ðə ʤˈus ʌv lˈɛmᵊnz mˌAks fˈIn pˈʌnʧ; ðə bˈɑks wʌz θɹˈOn bəsˈId ðə pˈɑɹkt tɹˈʌk.",
];

/// The share of tokens whose duration must be that of f32. Durations are not computed in bf16 or int8 anywhere.
const EQUAL_DURATIONS: f64 = 0.995;
/// Nobody hears a pitch that differs by a hertz; measured 0.0004.
const F0_HZ: f32 = 1.0;
/// Measured 0.22 dB for bf16, as much as PyTorch and ours differ by where the source is silent, and 0.47 dB for int8. (4-bit
/// weights cost 3 dB and more.)
const LSD_DB: f64 = 1.0;
/// Loudness within a fifth of a decibel.
const RMS_RATIO: std::ops::Range<f64> = 0.98..1.02;

/// Notes durations and pitch, and puts other durations in their place.
#[derive(Default)]
struct Watch<'a> {
    durations: Option<&'a [u32]>,
    predicted: Vec<u32>,
    f0_hz: Vec<f32>,
}

impl Trace for Watch<'_> {
    fn tensor(&mut self, name: &str, value: &mut Matrix) {
        if name == "f0" {
            self.f0_hz = value.data().to_vec();
        }
    }

    fn durations(&mut self, frames: &mut Vec<u32>) {
        self.predicted.clone_from(frames);
        if let Some(durations) = self.durations {
            *frames = durations.to_vec();
        }
    }
}

struct Spoken {
    /// Frames, as the model would have them.
    durations: Vec<u32>,
    f0_hz: Vec<f32>,
    samples: Vec<f32>,
}

fn speak(model: &Model, phonemes: &str, voice: &str, durations: Option<&[u32]>) -> Spoken {
    let id = |c: char| model.vocabulary().position(|token| token.chars().eq([c])).map(|id| id as u32);
    let ids: Vec<u32> = [0].into_iter().chain(phonemes.chars().filter_map(id)).chain([0]).collect();
    let voice = model.voice(voice).expect("one of its voices");
    let noise = NoiseSource::Seeded(7);
    let style = voice.style(phonemes.chars().count());
    let mut watch = Watch { durations, ..Watch::default() };
    let utterance = Utterance { token_ids: &ids, style, speed: 1.0, noise: &noise };
    let speech = model.forward_traced(&utterance, &mut watch).expect("a sound utterance");
    Spoken { durations: watch.predicted, f0_hz: watch.f0_hz, samples: speech.samples }
}

/// How a model's speech differs from another's at the other's durations, after counting how many were equal.
struct Difference {
    tokens: usize,
    equal: usize,
    f0_hz: f32,
    /// Mean and largest.
    lsd_db: (f64, f64),
    /// The one furthest from 1.
    rms_ratio: f64,
}

impl Difference {
    fn between(model: &Model, reference: &Model, voices: &[&str]) -> Self {
        let mut worst = Self { tokens: 0, equal: 0, f0_hz: 0.0, lsd_db: (0.0, 0.0), rms_ratio: 1.0 };
        for voice in voices {
            for phonemes in SENTENCES {
                let expected = speak(reference, phonemes, voice, None);
                let found = speak(model, phonemes, voice, Some(&expected.durations));
                worst.tokens += expected.durations.len();
                worst.equal +=
                    found.durations.iter().zip(&expected.durations).filter(|(a, b)| a == b).count();
                let pitch = found.f0_hz.iter().zip(&expected.f0_hz);
                worst.f0_hz = pitch.fold(worst.f0_hz, |w, (a, b)| w.max((a - b).abs()));
                let lsd = log_spectral_distance_db(&found.samples, &expected.samples);
                worst.lsd_db = (worst.lsd_db.0 + lsd, worst.lsd_db.1.max(lsd));
                let ratio = rms(&found.samples) / rms(&expected.samples);
                if ratio.ln().abs() > worst.rms_ratio.ln().abs() {
                    worst.rms_ratio = ratio;
                }
            }
        }
        worst.lsd_db.0 /= (voices.len() * SENTENCES.len()) as f64;
        worst
    }

    fn equal_durations(&self) -> f64 {
        self.equal as f64 / self.tokens as f64
    }

    fn row(&self, what: &str) -> String {
        let &Difference { tokens, f0_hz, lsd_db: (mean, most), rms_ratio, .. } = self;
        let equal = 100.0 * self.equal_durations();
        format!(
            "| {what} | {equal:.2} % of {tokens} | {f0_hz:.4} Hz | {mean:.2} ({most:.2}) dB | {rms_ratio:.4} |"
        )
    }
}

/// Options for a precision; `None`, and a line that says so, where this CPU lacks it.
fn options(precision: Precision) -> Option<ModelOptions> {
    let mut options = ModelOptions::default();
    options.precision = precision;
    let isa = Kernels::from_environment().expect("KOKORO_ISA is valid").isa();
    match precision.resolve(isa) {
        Ok(_) => Some(options),
        Err(error) => {
            eprintln!("skipped: {error}");
            None
        }
    }
}

#[test]
#[cfg(feature = "default-voice")]
fn what_auto_may_choose_sounds_as_f32_does() {
    let single = exact().built_in().expect("sound");
    for precision in [Precision::Bf16, Precision::Int8] {
        let Some(options) = options(precision) else { continue };
        let model = options.built_in().expect("sound");
        assert_eq!(model.precision(), precision);
        let difference = Difference::between(&model, &single, &["am_rms", "af_slt"]);
        println!("{}", difference.row(precision.name()));
        let Difference { f0_hz, lsd_db: (_, most), rms_ratio, .. } = difference;
        assert!(difference.equal_durations() >= EQUAL_DURATIONS, "{precision}: durations");
        assert!(f0_hz <= F0_HZ, "{precision}: F0 off by {f0_hz} Hz");
        assert!(
            most <= LSD_DB && RMS_RATIO.contains(&rms_ratio),
            "{precision}: {most} dB, ratio {rms_ratio}"
        );
    }
}

/// Prints what every precision and file type costs, in markdown: of the built-in voice, or of the F32 file that
/// `KOKORO_MODEL` names.
#[test]
#[ignore = "a table to look at; some minutes with a full-size model"]
#[cfg(feature = "default-voice")]
fn the_table_of_precisions_and_types() {
    let path = std::env::var_os("KOKORO_MODEL")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/default-voice.gguf"), Into::into);
    let bytes: Arc<[u8]> = std::fs::read(&path).expect("readable").into();
    let file = GgufFile::parse(SharedBytes::new(bytes.clone())).expect("sound");
    let open = |options: ModelOptions, bytes: Arc<[u8]>| options.from_bytes(bytes).expect("sound");
    let reference = open(exact(), bytes.clone());
    let voices: Vec<&str> = reference.voices().take(2).collect();
    println!(
        "| type, precision | durations equal | F0 off by at most | LSD, mean (most) | RMS ratio |\n|---|---|---|---|---|"
    );
    let kinds =
        [None, Some(WeightType::F16), Some(WeightType::Q8_0), Some(WeightType::Q5_0), Some(WeightType::Q4_0)];
    for kind in kinds {
        let name = kind.map_or("as stored", WeightType::name);
        let bytes = kind.map_or(bytes.clone(), |kind| requantize(&file, as_published(kind)).into());
        let single = open(exact(), bytes.clone());
        if kind.is_some() {
            let difference = Difference::between(&single, &reference, &voices);
            println!("{}", difference.row(&format!("{name} f32, beside the stored weights")));
        }
        for precision in [Precision::Bf16, Precision::Int8] {
            let Some(options) = options(precision) else { continue };
            let difference = Difference::between(&open(options, bytes.clone()), &single, &voices);
            println!("{}", difference.row(&format!("{name} {precision}, beside {name} f32")));
        }
    }
}

#[test]
fn precisions_are_read_by_name_and_refused_by_name() {
    for precision in Precision::ALL {
        assert_eq!(precision.name().parse::<Precision>().expect("its own name"), precision);
    }
    let error = "f64".parse::<Precision>().expect_err("unknown");
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
    assert_eq!(error.to_string(), "precision is \"f64\", expected auto, f32, bf16, int8");
}

#[test]
fn auto_is_what_the_instruction_set_multiplies_fastest() {
    use kokoro_kernels::Isa;
    for isa in Isa::ALL {
        let auto = Precision::Auto.resolve(isa).expect("auto always falls back");
        let fastest = match isa {
            Isa::Amx => Precision::Bf16,
            Isa::Avx2Vnni | Isa::Avx512Vnni | Isa::Avx512Bf16 => Precision::Int8,
            _ => Precision::F32,
        };
        assert_eq!(auto, fastest, "{isa}");
        assert_eq!(Precision::Int8.resolve(isa).expect("everywhere"), Precision::Int8);
        assert_eq!(Precision::F32.resolve(isa).expect("everywhere"), Precision::F32);
        let named = Precision::Bf16.resolve(isa);
        assert_eq!(named.is_ok(), isa >= Isa::Avx512Bf16, "{isa}");
        if let Err(error) = named {
            let expected =
                format!("precision bf16 needs instructions that {isa} lacks, expected f32 or auto");
            assert_eq!(error.to_string(), expected);
        }
    }
}

#[test]
#[cfg(feature = "default-voice")]
fn the_cost_of_the_generator_is_that_of_its_formula() {
    let model = exact().built_in().expect("sound");
    let channels = |stage: usize| -> u64 {
        let name = format!("kokoro.decoder.generator.ups.{stage}.weight");
        model.file().tensor(&name).expect("a stage").ne()[1]
    };
    let [before, first, second] = [
        model.file().tensor("kokoro.decoder.generator.ups.0.weight").expect("a stage").ne()[2],
        channels(0),
        channels(1),
    ];
    // kokoro-graph.md section 16: twenty steps a frame, then a hundred and twenty; three pairs of convolutions a group.
    let groups = 20 * first * first * 6 * (7 + 3 + 7 + 11) + 120 * second * second * 6 * (11 + 3 + 7 + 11);
    let noise = 20 * 22 * first * 12 + 120 * 22 * second;
    let ups = 2 * before * first * 20 + 20 * first * second * 12;
    let post = 120 * second * 22 * 7;
    let costs = model.multiply_adds(10, 30);
    let generator = costs.iter().find(|cost| cost.part == "generator").expect("a part");
    assert_eq!(generator.multiply_adds, 30 * (groups + noise + ups + post));
    let albert = costs.iter().find(|cost| cost.part == "albert").expect("a part");
    assert!(albert.multiply_adds > 0 && albert.multiply_adds.is_multiple_of(10));
}
