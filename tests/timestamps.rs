//! When words are spoken: every word once, in order, by the durations of its own phonemes. Speaks with the built-in voice and
//! a phonemizer made for these tests, so that it runs in every build.
#![cfg(feature = "default-voice")]

use kokoro_gguf::model::{NoiseSource, Utterance};
use kokoro_gguf::synth::{SAMPLE_RATE_HZ, SAMPLES_PER_FRAME, Script, SpeakOptions, TimedWord};
use kokoro_gguf::text::{Language, Origin, Passage, Phonemizer, TextError, Token};
use kokoro_gguf::{Chunk, Model, Synthesizer};

/// Reads every word that has letters as [`SAID`], once for each nine bytes of it; `of` is said in one with the word before it, and `@` is a phoneme that no
/// vocabulary has.
struct Simple;

const SAID: &str = "ðˈɛɹ";

impl Phonemizer for Simple {
    fn tokens(&self, passage: &Passage<'_>, _: Language) -> Result<Vec<Token>, TextError> {
        let text = passage.text;
        let mut tokens: Vec<Token> = Vec::new();
        let mut at = 0;
        for word in text.split_inclusive(' ') {
            let (start, end) = (at, at + word.trim_end().len());
            at += word.len();
            let stem = word.trim_end().trim_end_matches(['.', ',', '!']);
            let space_after = word.ends_with(' ');
            let has_mark = stem.len() < end - start;
            if stem == "of" {
                let last = tokens.last_mut().expect("a word before it");
                last.source.end = start + stem.len();
                last.space_after = space_after;
                continue;
            }
            let letters = stem.contains(char::is_alphabetic);
            let (phonemes, origin) = match stem {
                "@" => ("@", Origin::Lexicon),
                _ if letters => (&*SAID.repeat((stem.len() / 9).max(1)), Origin::Lexicon),
                _ => ("", Origin::Unknown),
            };
            let (source, phonemes) = (start..start + stem.len(), phonemes.to_owned());
            tokens.push(Token { source, phonemes, space_after: space_after && !has_mark, origin });
            if has_mark {
                let (source, phonemes) = (start + stem.len()..end, text[start + stem.len()..end].to_owned());
                tokens.push(Token { source, phonemes, space_after, origin: Origin::Punctuation });
            }
        }
        Ok(tokens)
    }
}

fn speak(text: &str, change: impl FnOnce(&mut SpeakOptions)) -> Vec<Chunk> {
    let model = Model::built_in().expect("the built-in voice is sound");
    let synthesizer = Synthesizer::new(model).expect("its vocabulary too").with_phonemizer(Simple);
    let mut options = SpeakOptions::default();
    change(&mut options);
    let speaking = synthesizer.speak(Script::Text(text), &options).expect("sound options");
    speaking.map(|chunk| chunk.expect("it speaks")).collect()
}

/// All words of the chunks, after checks that hold for any text.
fn words(text: &str, chunks: &[Chunk]) -> Vec<TimedWord> {
    let words: Vec<TimedWord> = chunks.iter().flat_map(|chunk| chunk.words.iter().cloned()).collect();
    let samples: usize = chunks.iter().map(|chunk| chunk.samples.len()).sum();
    let seconds = samples as f64 / f64::from(SAMPLE_RATE_HZ);
    let slices: Vec<&str> = words.iter().map(|word| &text[word.bytes.clone()]).collect();
    assert_eq!(slices, text.split_whitespace().collect::<Vec<_>>());
    let scalars: Vec<char> = text.chars().collect();
    let mut end_s = 0.0;
    for word in &words {
        assert_eq!(scalars[word.chars.clone()].iter().collect::<String>(), text[word.bytes.clone()]);
        assert!(word.start_s >= end_s && word.end_s > word.start_s && word.end_s <= seconds, "{word:?}");
        end_s = word.end_s;
    }
    words
}

const FRAME_S: f64 = SAMPLES_PER_FRAME as f64 / SAMPLE_RATE_HZ as f64;

/// Rounding of sums of some hundred durations.
const CLOSE_S: f64 = 1e-9;

#[track_caller]
fn assert_close(found: f64, expected: f64) {
    assert!((found - expected).abs() < CLOSE_S, "{found} s instead of {expected} s");
}

#[test]
fn a_word_lasts_as_long_as_its_own_phonemes_and_half_of_the_spaces_around_them() {
    let text = "Hello wide, world.";
    for speed in [0.5, 1.0, 1.7] {
        let chunks = speak(text, |options| options.speed = speed);
        let [chunk] = chunks.as_slice() else { panic!("{} chunks", chunks.len()) };
        assert_eq!(chunk.phonemes, format!("{SAID} {SAID}, {SAID}."));
        let frames: Vec<f64> = chunk.durations_frames.iter().map(|&frames| f64::from(frames)).collect();
        // Boundary 0, word 1..5, space 5, word 6..10, comma 10, space 11, word 12..16, full stop 16, boundary 17.
        assert_eq!(frames.len(), 18);
        let sum = |range: std::ops::Range<usize>| frames[range].iter().sum::<f64>();
        let starts = frames[0] - frames[0].min(3.0);
        let first = starts + sum(1..5) + frames[5] / 2.0;
        let second = first + frames[5] / 2.0 + sum(6..11) + frames[11] / 2.0;
        let third = second + frames[11] / 2.0 + sum(12..17);
        let words = words(text, &chunks);
        for (word, (start, end)) in words.iter().zip([(starts, first), (first, second), (second, third)]) {
            assert_close(word.start_s, start * FRAME_S);
            assert_close(word.end_s, end * FRAME_S);
        }
    }
}

#[test]
fn words_said_as_one_share_its_time_by_their_length() {
    let text = "Out of there.";
    let chunks = speak(text, |_| {});
    let words = words(text, &chunks);
    let frames: Vec<f64> = chunks[0].durations_frames.iter().map(|&frames| f64::from(frames)).collect();
    let said = frames[1..5].iter().sum::<f64>() * FRAME_S;
    assert_close(words[0].end_s - words[0].start_s, said * 3.0 / 5.0);
    assert_close(words[1].end_s - words[1].start_s, said * 2.0 / 5.0 + frames[5] * FRAME_S / 2.0);
}

#[test]
fn words_that_say_nothing_come_once_too() {
    for text in [
        "😀 Hello 😀 — there. 😀",
        "😀 😀\n\nHello there.\n\n😀\n\n😀 One. 😀",
        "7 Hello, 8 9 there 7.",
        "@ Hello @ there. @\n\n@\n\nHello.",
        "naïve “Ünïcödé” — 漢字 ok",
    ] {
        let chunks = speak(text, |_| {});
        words(text, &chunks);
    }
    let chunks = speak("Hello 7 there.", |_| {});
    let unread = chunks[0].tokens.iter().filter(|token| token.origin == Origin::Unknown);
    assert_eq!(unread.map(|token| token.source.clone()).collect::<Vec<_>>(), [6..7]);
}

#[test]
fn words_of_long_texts_are_timed_across_chunks() {
    let mut text = "So it goes on, word for word, and on. ".repeat(9);
    text.push_str("\n\n");
    text.push_str(&"another word ".repeat(50));
    // One word, which has to be cut.
    text.push_str(&"unbroken.".repeat(140));
    let chunks = speak(&text, |options| options.first_piece_short = true);
    assert!(chunks.len() >= 5, "{} chunks", chunks.len());
    words(&text, &chunks);
    let mut samples = 0;
    for chunk in &chunks {
        let begin_s = samples as f64 / f64::from(SAMPLE_RATE_HZ);
        samples += chunk.samples.len();
        assert!(chunk.words.iter().all(|word| word.end_s > begin_s));
    }
}

#[test]
fn phonemes_have_no_words() {
    let model = Model::built_in().expect("the built-in voice is sound");
    let synthesizer = Synthesizer::new(model).expect("its vocabulary too");
    let mut speaking = synthesizer.speak(Script::Phonemes(SAID), &SpeakOptions::default()).expect("sound");
    let chunk = speaking.next().expect("one").expect("it speaks");
    assert_eq!((chunk.words, chunk.closing_samples), (vec![], 0));
}

#[test]
fn slow_speech_does_not_stretch_the_silence_at_the_ends() {
    let speak_at = |speed: f32| {
        let chunk = speak("Hello there, friend.", |options| options.speed = speed).remove(0);
        chunk.durations_frames
    };
    let (trained, slow) = (speak_at(1.0), speak_at(0.5));
    let inner = |frames: &[u32]| frames[1..frames.len() - 1].iter().sum::<u32>();
    assert!(inner(&slow) * 10 > inner(&trained) * 18, "the words are slower");
    for (slow, trained) in [(slow[0], trained[0]), (slow[slow.len() - 1], trained[trained.len() - 1])] {
        assert!(slow.abs_diff(trained) <= 1, "{slow} frames instead of {trained}");
    }
}

#[test]
fn phonemes_keep_the_models_timing_at_any_speed() {
    let model = Model::built_in().expect("the built-in voice is sound");
    let synthesizer = Synthesizer::new(model).expect("its vocabulary too");
    for speed in [0.5, 1.0] {
        let mut options = SpeakOptions::default();
        options.speed = speed;
        let phonemes = "hᵊlˈO ðˈɛɹ";
        let mut speaking = synthesizer.speak(Script::Phonemes(phonemes), &options).expect("sound");
        let chunk = speaking.next().expect("one").expect("it speaks");
        let (model, noise) = (synthesizer.model(), NoiseSource::Seeded(0));
        let voice = model.voice(model.default_voice()).expect("a voice");
        let style = voice.style(phonemes.chars().count());
        let utterance = Utterance { token_ids: &chunk.token_ids, style, speed, noise: &noise };
        let speech = model.forward(&utterance).expect("it speaks");
        assert_eq!((speech.samples, speech.durations_frames), (chunk.samples, chunk.durations_frames));
    }
}

#[test]
fn pauses_are_as_long_as_asked() {
    let text = "One there.\n\nTwo there.";
    let pause = |change: fn(&mut SpeakOptions)| speak(text, change)[1].pause_samples;
    assert_eq!(pause(|_| {}), 9600);
    assert_eq!(pause(|options| options.pauses.paragraph_s = 1.5), 36_000);
    // Something is always there, lest it click.
    assert_eq!(pause(|options| options.pauses.paragraph_s = 0.0), 120);
}

#[test]
fn a_lone_word_ends_in_silence() {
    for text in ["No", "Yes!", "Hello"] {
        let chunk = speak(text, |_| {}).remove(0);
        let mark = if text == "Yes!" { "!" } else { "." };
        assert_eq!(chunk.phonemes, format!("{SAID}{mark}"));
        let tail = &chunk.samples[chunk.samples.len() - 240..];
        assert!(tail.iter().all(|sample| *sample == 0.0), "{text}: it ends within 10 ms of sound");
    }
}
