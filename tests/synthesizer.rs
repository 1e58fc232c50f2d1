//! The library from outside: chunks, seams, determinism, refusals. Speaks with the built-in voice, in phonemes, so that it
//! runs in every build.
#![cfg(feature = "default-voice")]

use kokoro_gguf::model::{NoiseSource, Utterance};
use kokoro_gguf::synth::{MAX_SEAM_SLOPE, SAMPLES_PER_FRAME, Script, SpeakOptions, pause_samples};
use kokoro_gguf::text::{Boundary, Language, Origin, Passage, Phonemizer, TextError, Token};
use kokoro_gguf::{Chunk, Error, ErrorKind, Model, Synthesizer};

const HELLO: &str = "hᵊlˈO ðˈɛɹ.";

fn synthesizer() -> Synthesizer {
    Synthesizer::new(Model::built_in().expect("the built-in voice is sound")).expect("its vocabulary too")
}

fn options() -> SpeakOptions {
    SpeakOptions::default()
}

fn speak(script: Script<'_>, options: &SpeakOptions) -> Vec<Chunk> {
    synthesizer().speak(script, options).expect("sound options").map(|c| c.expect("it speaks")).collect()
}

#[test]
fn model_and_synthesizer_can_be_shared_among_threads() {
    fn shareable<T: Send + Sync>() {}
    shareable::<Model>();
    shareable::<Synthesizer>();
    shareable::<Chunk>();
    shareable::<Error>();
}

#[test]
fn a_chunk_is_600_samples_a_frame_with_a_duration_for_each_token() {
    let chunks = speak(Script::Phonemes(HELLO), &options());
    let [chunk] = chunks.as_slice() else { panic!("{} chunks", chunks.len()) };
    assert_eq!(chunk.token_ids.len(), HELLO.chars().count() + 2);
    assert_eq!((chunk.token_ids.first(), chunk.token_ids.last()), (Some(&0), Some(&0)));
    assert_eq!(chunk.durations_frames.len(), chunk.token_ids.len());
    let frames: u32 = chunk.durations_frames.iter().sum();
    assert_eq!(chunk.samples.len(), frames as usize * SAMPLES_PER_FRAME);
    assert_eq!((chunk.pause_samples, chunk.progress), (0, 1.0));
    assert!(chunk.skipped.is_empty());
}

#[test]
fn the_same_seed_gives_the_same_bytes_whatever_the_threads() {
    let run = |threads: usize, seed: u64| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
        let mut options = options();
        options.seed = seed;
        pool.install(|| speak(Script::Phonemes(HELLO), &options))
    };
    let one = run(1, 7);
    assert_eq!(one, run(2, 7));
    assert_eq!(one, run(5, 7));
    assert_ne!(one[0].samples, run(1, 8)[0].samples);
}

#[test]
fn long_phonemes_are_split_and_joined_without_a_step() {
    let long = vec![HELLO; 60].join(" ");
    let chunks = speak(Script::Phonemes(&long), &options());
    assert!(chunks.len() > 1);
    let rejoined: Vec<_> = chunks.iter().flat_map(|c| c.phonemes.split_whitespace()).collect();
    assert_eq!(rejoined, long.split_whitespace().collect::<Vec<_>>(), "a word was lost");
    let mut last = 0.0f32;
    for (i, chunk) in chunks.iter().enumerate() {
        assert!(chunk.phonemes.chars().count() <= 510);
        if i > 0 {
            assert_eq!(chunk.pause_samples, pause_samples(Boundary::Sentence));
            let first = chunk.samples[chunk.pause_samples];
            let seam = std::iter::once(last).chain(chunk.samples[..=chunk.pause_samples].iter().copied());
            let seam: Vec<f32> = seam.collect();
            let bound = MAX_SEAM_SLOPE * last.abs().max(first.abs());
            assert!(seam.windows(2).all(|w| (w[1] - w[0]).abs() <= bound), "chunk {i} clicks");
        }
        last = *chunk.samples.last().expect("samples");
    }
    assert_eq!(chunks.last().expect("chunks").progress, 1.0);
}

#[test]
fn pieces_have_noise_of_their_own() {
    // The same sentence twice in one script and once alone: the first piece is the lone one's, to the bit.
    let long = vec![HELLO; 60].join(" ");
    let chunks = speak(Script::Phonemes(&long), &options());
    let alone = speak(Script::Phonemes(&chunks[0].phonemes), &options());
    assert_eq!(alone[0].samples, chunks[0].samples);
}

#[test]
fn speed_divides_the_durations() {
    let length = |speed: f32| {
        let mut options = options();
        options.speed = speed;
        speak(Script::Phonemes(HELLO), &options)[0].samples.len() as f64
    };
    let normal = length(1.0);
    assert!((1.6..2.4).contains(&(length(0.5) / normal)));
    assert!((0.4..0.75).contains(&(length(2.0) / normal)));
}

#[test]
fn unknown_phonemes_are_left_out_and_told() {
    let with = speak(Script::Phonemes("hᵊlˈO Ж ðˈɛɹЖ."), &options());
    assert_eq!(with[0].skipped, ['Ж', 'Ж']);
    assert_eq!(with[0].token_ids.len(), "hᵊlˈO  ðˈɛɹ.".chars().count() + 2);
}

#[test]
fn the_style_row_counts_code_points_before_unknown_ones_are_dropped() {
    let synthesizer = synthesizer();
    let voice = synthesizer.model().voice("am_rms").expect("a voice");
    let chunk = &speak(Script::Phonemes("hᵊlˈO Ж ðˈɛɹ."), &options())[0];
    let utterance = Utterance {
        token_ids: &chunk.token_ids,
        style: voice.style("hᵊlˈO Ж ðˈɛɹ.".chars().count()),
        speed: 1.0,
        noise: &NoiseSource::Seeded(0),
    };
    assert_eq!(synthesizer.model().forward(&utterance).expect("sound").samples, chunk.samples);
}

#[test]
fn blends_speak_and_single_voices_are_themselves() {
    let say = |voice: &str| {
        let mut options = options();
        options.voice = Some(voice.to_owned());
        speak(Script::Phonemes(HELLO), &options).remove(0).samples
    };
    assert_eq!(say("am_rms"), say("am_rms:0.25"));
    assert_eq!(say("am_rms:2+af_slt:0"), say("am_rms"));
    let blend = say("am_rms:0.5+af_slt:0.5");
    assert!(blend != say("am_rms") && blend != say("af_slt"));
    assert_eq!(blend, say("am_rms+af_slt"));
}

#[test]
fn what_cannot_be_spoken_is_refused_at_once() {
    let synthesizer = synthesizer();
    let refuse = |script: Script<'_>, change: fn(&mut SpeakOptions)| {
        let mut options = options();
        change(&mut options);
        match synthesizer.speak(script, &options) {
            Err(error) => error,
            Ok(_) => panic!("{script:?} was not refused"),
        }
    };
    for blank in ["", " \n\t", "\u{200b}\0"] {
        assert!(matches!(refuse(Script::Text(blank), |_| {}), Error::NothingToSay { .. }), "{blank:?}");
    }
    for phonemes in ["", "  ", "...", "ЖЖЖ", "\0"] {
        assert!(
            matches!(refuse(Script::Phonemes(phonemes), |_| {}), Error::NothingToSay { .. }),
            "{phonemes:?}"
        );
    }
    let speeds: [fn(&mut SpeakOptions); 4] =
        [|o| o.speed = 0.0, |o| o.speed = f32::NAN, |o| o.speed = -1.0, |o| o.speed = 1e9];
    for change in speeds {
        assert_eq!(refuse(Script::Phonemes(HELLO), change).kind(), ErrorKind::InvalidInput);
    }
    for pieces in [0, 17, usize::MAX] {
        let mut options = options();
        options.pieces_at_once = pieces;
        let refused = synthesizer.speak(Script::Phonemes(HELLO), &options).err();
        let expected = format!("the number of pieces at once is {pieces}, expected 1 to 16");
        assert_eq!(refused.expect("out of range").to_string(), expected);
    }
    let unknown = refuse(Script::Phonemes(HELLO), |o| o.voice = Some("am_rsm".into()));
    let Error::UnknownVoice { near, .. } = &unknown else { panic!("{unknown:?}") };
    assert_eq!(near[0], "am_rms");
    let bad = refuse(Script::Phonemes(HELLO), |o| o.voice = Some("am_rms:-1".into()));
    assert!(matches!(bad, Error::BadVoice { .. }));
}

#[test]
fn utterances_out_of_range_are_refused() {
    let synthesizer = synthesizer();
    let (model, style) = (synthesizer.model(), vec![0.0; 256]);
    let noise = NoiseSource::Silent;
    let sound = Utterance { token_ids: &[0, 50, 0], style: &style, speed: 1.0, noise: &noise };
    assert!(model.forward(&sound).is_ok());
    let (long, far) = (vec![1; 513], [0, 178, 0]);
    for bad in [
        Utterance { token_ids: &[0, 0], ..sound },
        Utterance { token_ids: &long, ..sound },
        Utterance { token_ids: &far, ..sound },
        Utterance { style: &style[1..], ..sound },
        Utterance { speed: f32::INFINITY, ..sound },
    ] {
        assert!(matches!(model.forward(&bad), Err(Error::OutOfRange { .. })), "{bad:?}");
    }
    // A style that is no number poisons every weight it meets; the audio's check names it.
    let nan = vec![f32::NAN; 256];
    assert!(model.forward(&Utterance { style: &nan, ..sound }).is_err());
}

#[test]
fn a_phonemizer_of_the_callers_is_used() {
    struct Fixed;
    impl Phonemizer for Fixed {
        fn tokens(&self, passage: &Passage<'_>, language: Language) -> Result<Vec<Token>, TextError> {
            assert_eq!((passage.text, language), ("Hi.", Language::French));
            let (source, phonemes) = (0..passage.text.len(), HELLO.into());
            Ok(vec![Token { source, phonemes, space_after: false, origin: Origin::User }])
        }
    }
    let synthesizer = synthesizer().with_phonemizer(Fixed);
    let mut options = options();
    options.language = Some(Language::French);
    let chunks: Vec<_> = synthesizer.speak(Script::Text("Hi."), &options).expect("sound").collect();
    assert_eq!(chunks[0].as_ref().expect("it speaks").phonemes, HELLO);
}

#[test]
fn pieces_side_by_side_are_those_one_after_the_other() {
    /// Every word is a greeting.
    struct Greeting;
    impl Phonemizer for Greeting {
        fn tokens(&self, passage: &Passage<'_>, _: Language) -> Result<Vec<Token>, TextError> {
            let mut tokens = Vec::new();
            let mut from = 0;
            for word in passage.text.split_whitespace() {
                let start = from + passage.text[from..].find(word).expect("it was found there");
                from = start + word.len();
                let (source, phonemes) = (start..from, HELLO.into());
                tokens.push(Token { source, phonemes, space_after: true, origin: Origin::User });
            }
            Ok(tokens)
        }
    }
    let synthesizer = synthesizer().with_phonemizer(Greeting);
    let text = vec!["Hi."; 120].join(" ");
    let pool = rayon::ThreadPoolBuilder::new().num_threads(3).build().expect("threads");
    let speak = |pieces_at_once: usize| -> Vec<Chunk> {
        let mut options = options();
        options.pieces_at_once = pieces_at_once;
        let speaking = || synthesizer.speak(Script::Text(&text), &options).expect("sound");
        pool.install(|| speaking().map(|chunk| chunk.expect("it speaks")).collect())
    };
    let one_by_one = speak(1);
    assert!(one_by_one.len() > 4, "{} pieces", one_by_one.len());
    for pieces_at_once in [2, 3, 16] {
        assert_eq!(speak(pieces_at_once), one_by_one, "{pieces_at_once} at once");
    }
}

#[test]
fn models_open_from_files_and_bytes_of_any_alignment() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/assets/default-voice.gguf");
    let bytes = std::fs::read(path).expect("readable");
    let mut shifted = vec![0u8];
    shifted.extend_from_slice(&bytes);
    struct Tail(Vec<u8>);
    impl AsRef<[u8]> for Tail {
        fn as_ref(&self) -> &[u8] {
            &self.0[1..]
        }
    }
    let speak = |model: kokoro_gguf::Result<Model>| {
        let synthesizer = Synthesizer::new(model.expect("sound")).expect("sound");
        synthesizer
            .speak(Script::Phonemes(HELLO), &options())
            .expect("sound")
            .next()
            .expect("one")
            .expect("it speaks")
    };
    let mapped = speak(Model::open(path));
    assert_eq!(mapped, speak(Model::read(path)));
    assert_eq!(mapped, speak(Model::from_bytes(bytes)));
    assert_eq!(mapped, speak(Model::from_bytes(Tail(shifted))));
}
