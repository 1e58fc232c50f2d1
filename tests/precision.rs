//! What the faster arithmetic costs: the built-in voice at each precision beside f32, on the same phonemes and noise.

mod common;

use common::golden::{exact, log_spectral_distance_db, rms};
use kokoro_gguf::model::{ModelOptions, NoiseSource, Precision, Trace, Utterance};
use kokoro_gguf::tensor::Matrix;
use kokoro_gguf::{Error, ErrorKind, Model};

/// Running speech of different length and kind, in misaki's notation.
const SENTENCES: [&str; 6] = [
    "ðə kwˈɪk bɹˈWn fˈɑks ʤˈʌmps ˈOvəɹ ðə lˈAzi dˈɔɡ.",
    "həlˈO.",
    "ðə bˈɜɹʧ kənˈu slˈɪd ˌɔn ðə smˈuð plˈæŋks.",
    "ˌI hæv ɐ kwˈɛsʧən fɔɹ ju: ˌɪz ɪt ɹˈAnɪŋ?",
    "ɡlˈu ðə ʃˈit tə ðə dˈɑɹk blˈu bˈækɡɹˌWnd, ænd ðˈɛn lˈɛt ɪt dɹˈI.",
    "ðə ʤˈus ʌv lˈɛmᵊnz mˌAks fˈIn pˈʌnʧ; ðə bˈɑks wʌz θɹˈOn bəsˈId ðə pˈɑɹkt tɹˈʌk.",
];

/// The share of tokens whose duration must be that of f32. Durations are not computed in bf16 anywhere.
const EQUAL_DURATIONS: f64 = 0.995;
/// Nobody hears a pitch that differs by a hertz; measured 0.0004.
const F0_HZ: f32 = 1.0;
/// Measured 0.22 dB for bf16, as much as PyTorch and ours differ by where the source is silent, and 0.47 dB for int8. (4-bit
/// weights cost 3 dB and more.)
const LSD_DB: f64 = 1.0;
/// Loudness within a fifth of a decibel.
const RMS_RATIO: std::ops::Range<f64> = 0.98..1.02;

#[derive(Default)]
struct Pitch(Vec<f32>);

impl Trace for Pitch {
    fn tensor(&mut self, name: &str, value: &mut Matrix) {
        if name == "f0" {
            self.0 = value.data().to_vec();
        }
    }
}

fn speak(model: &Model, phonemes: &str, voice: &str) -> (Vec<u32>, Vec<f32>, Vec<f32>) {
    let id = |c: char| model.vocabulary().position(|token| token.chars().eq([c])).map(|id| id as u32);
    let ids: Vec<u32> = [0].into_iter().chain(phonemes.chars().filter_map(id)).chain([0]).collect();
    let voice = model.voice(voice).expect("a built-in voice");
    let noise = NoiseSource::Seeded(7);
    let style = voice.style(phonemes.chars().count());
    let mut pitch = Pitch::default();
    let utterance = Utterance { token_ids: &ids, style, speed: 1.0, noise: &noise };
    let speech = model.forward_traced(&utterance, &mut pitch).expect("a sound utterance");
    (speech.durations_frames, pitch.0, speech.samples)
}

#[test]
#[cfg(feature = "default-voice")]
fn what_auto_may_choose_sounds_as_f32_does() {
    let single = exact().built_in().expect("sound");
    for precision in [Precision::Bf16, Precision::Int8] {
        let mut options = ModelOptions::default();
        options.precision = precision;
        let model = match options.built_in() {
            Ok(model) => model,
            Err(error @ Error::Precision { .. }) => {
                eprintln!("skipped: {error}");
                continue;
            }
            Err(error) => panic!("{error}"),
        };
        assert_eq!(model.precision(), precision);
        let (mut tokens, mut equal) = (0, 0);
        for voice in ["am_rms", "af_slt"] {
            for phonemes in SENTENCES {
                let (durations, f0, audio) = speak(&model, phonemes, voice);
                let (expected_durations, expected_f0, expected) = speak(&single, phonemes, voice);
                tokens += durations.len();
                equal += durations.iter().zip(&expected_durations).filter(|(a, b)| a == b).count();
                if durations != expected_durations {
                    continue;
                }
                let worst = f0.iter().zip(&expected_f0).fold(0.0f32, |w, (a, b)| w.max((a - b).abs()));
                let lsd = log_spectral_distance_db(&audio, &expected);
                let ratio = rms(&audio) / rms(&expected);
                println!("{precision} {voice}: f0 {worst:.4} Hz, lsd {lsd:.2} dB, rms ratio {ratio:.4}");
                assert!(worst <= F0_HZ, "{precision} {voice}: f0 off by {worst} Hz");
                assert!(lsd <= LSD_DB && RMS_RATIO.contains(&ratio), "{voice}: lsd {lsd} dB, ratio {ratio}");
            }
        }
        assert!(equal as f64 >= EQUAL_DURATIONS * tokens as f64, "{equal} of {tokens} durations are equal");
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
