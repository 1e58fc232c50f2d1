//! WAV files byte by byte, and the promise that a file appears whole or not at all.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use kokoro_gguf::ErrorKind;
use kokoro_gguf::audio::{AudioError, SAMPLE_RATE_HZ, SampleFormat, WavWriter};

fn write_wav(path: &Path, format: SampleFormat, samples: &[f32]) -> Result<(), AudioError> {
    let mut wav = WavWriter::create(path, format)?;
    wav.write(samples)?;
    wav.finish()
}

fn names_in(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

fn u16_at(bytes: &[u8], at: usize) -> u16 {
    u16::from_le_bytes(bytes[at..at + 2].try_into().unwrap())
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap())
}

/// A stream whose bytes the test can look at.
#[derive(Clone, Default)]
struct Shared(Arc<Mutex<Vec<u8>>>);

impl Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[test]
fn one_sample_rate_for_audio_and_synthesis() {
    assert_eq!(SAMPLE_RATE_HZ, kokoro_gguf::synth::SAMPLE_RATE_HZ);
}

#[test]
fn s16_file_is_a_plain_44_byte_header_and_the_samples() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("a.wav");
    write_wav(&path, SampleFormat::S16, &[0.0, 1.0, -1.0, 2.0, -2.0, f32::NAN]).unwrap();
    #[rustfmt::skip]
    let expected: &[u8] = &[
        b'R', b'I', b'F', b'F', 48, 0, 0, 0, b'W', b'A', b'V', b'E', // 36 + 12
        b'f', b'm', b't', b' ', 16, 0, 0, 0,
        1, 0, // WAVE_FORMAT_PCM
        1, 0, // mono
        0xc0, 0x5d, 0, 0, // 24,000 samples a second
        0x80, 0xbb, 0, 0, // 48,000 bytes a second
        2, 0, // bytes a frame
        16, 0, // bits a sample
        b'd', b'a', b't', b'a', 12, 0, 0, 0,
        0, 0, 0xff, 0x7f, 0x01, 0x80, 0xff, 0x7f, 0x00, 0x80, 0, 0,
    ];
    assert_eq!(fs::read(&path).unwrap(), expected);
}

#[test]
fn f32_file_is_extensible_ieee_float_and_bit_exact() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("a.wav");
    let samples = [0.0, -0.0, 1.5, f32::MIN_POSITIVE / 2.0, f32::INFINITY, 0.1];
    write_wav(&path, SampleFormat::F32, &samples).unwrap();
    let bytes = fs::read(&path).unwrap();
    assert_eq!((&bytes[..4], u32_at(&bytes, 4)), (&b"RIFF"[..], bytes.len() as u32 - 8));
    assert_eq!((&bytes[8..16], u32_at(&bytes, 16)), (&b"WAVEfmt "[..], 40));
    assert_eq!((u16_at(&bytes, 20), u16_at(&bytes, 22)), (0xfffe, 1)); // WAVE_FORMAT_EXTENSIBLE, mono
    assert_eq!((u32_at(&bytes, 24), u32_at(&bytes, 28)), (24_000, 96_000));
    assert_eq!((u16_at(&bytes, 32), u16_at(&bytes, 34)), (4, 32));
    assert_eq!(u16_at(&bytes, 44), 3); // the sub-format begins with the IEEE float tag
    assert_eq!((&bytes[60..64], u32_at(&bytes, 64)), (&b"data"[..], 24));
    let stored: Vec<u32> = bytes[68..].chunks(4).map(|b| u32::from_le_bytes(b.try_into().unwrap())).collect();
    assert_eq!(stored, samples.map(f32::to_bits));
}

#[test]
fn every_s16_value_survives_a_file() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("a.wav");
    let values: Vec<i16> = (i16::MIN..=i16::MAX).collect();
    let samples: Vec<f32> = values.iter().map(|&s| f32::from(s) / 32_767.0).collect();
    write_wav(&path, SampleFormat::S16, &samples).unwrap();
    let mut reader = hound::WavReader::open(&path).unwrap();
    let stored: Vec<i16> = reader.samples().map(Result::unwrap).collect();
    assert_eq!(stored, values);
}

#[test]
fn pieces_of_any_length_give_the_same_file() {
    let dir = tempfile::tempdir().unwrap();
    let samples: Vec<f32> = (0..30_000).map(|i| (i as f32 * 0.01).sin()).collect();
    for format in [SampleFormat::S16, SampleFormat::F32] {
        let (whole, pieces) = (dir.path().join("whole.wav"), dir.path().join("pieces.wav"));
        write_wav(&whole, format, &samples).unwrap();
        let mut wav = WavWriter::create(&pieces, format).unwrap();
        for piece in [&samples[..0], &samples[..1], &samples[1..8193], &samples[8193..]] {
            wav.write(piece).unwrap();
        }
        wav.finish().unwrap();
        assert_eq!(fs::read(&whole).unwrap(), fs::read(&pieces).unwrap(), "{format:?}");
    }
}

#[test]
fn stream_gets_the_same_bytes_as_a_file() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("a.wav");
    // Above the 16 MiB that wait in memory.
    let samples: Vec<f32> = (0..5_000_000).map(|i| (i % 100) as f32 * 0.01).collect();
    for (format, samples) in [(SampleFormat::S16, &samples[..100]), (SampleFormat::F32, &samples[..])] {
        write_wav(&path, format, samples).unwrap();
        let out = Shared::default();
        let mut wav = WavWriter::to_stream(out.clone(), "memory", format);
        wav.write(samples).unwrap();
        assert!(out.0.lock().unwrap().is_empty(), "a stream cannot be rewound, so nothing may go out early");
        wav.finish().unwrap();
        assert!(*out.0.lock().unwrap() == fs::read(&path).unwrap(), "{format:?}: stream and file differ");
    }
}

#[test]
fn file_without_samples_is_a_header() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("a.wav");
    write_wav(&path, SampleFormat::S16, &[]).unwrap();
    let bytes = fs::read(&path).unwrap();
    assert_eq!((bytes.len(), u32_at(&bytes, 4), u32_at(&bytes, 40)), (44, 36, 0));
}

#[test]
fn nothing_appears_before_finish_and_nothing_stays_without_it() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("a.wav");
    fs::write(&path, "old").unwrap();
    let mut wav = WavWriter::create(&path, SampleFormat::S16).unwrap();
    wav.write(&[0.5; 100_000]).unwrap();
    assert_eq!(fs::read(&path).unwrap(), b"old");
    assert!(wav.scratch_path().unwrap().starts_with(dir.path()));
    drop(wav);
    assert_eq!(names_in(dir.path()), ["a.wav"]);
    assert_eq!(fs::read(&path).unwrap(), b"old");
    write_wav(&path, SampleFormat::S16, &[0.5; 10]).unwrap();
    assert_eq!(names_in(dir.path()), ["a.wav"]);
    assert_eq!(fs::read(&path).unwrap().len(), 44 + 20);
}

#[test]
fn file_without_a_folder_goes_to_the_working_directory() {
    // The working directory of tests is the package; the name is ignored by git.
    let path = Path::new("tests-audio-relative.wav");
    write_wav(path, SampleFormat::S16, &[0.0]).unwrap();
    let len = fs::metadata(path).unwrap().len();
    fs::remove_file(path).unwrap();
    assert_eq!(len, 46);
}

#[test]
fn missing_folder_is_named_before_any_work() {
    let dir = tempfile::tempdir().unwrap();
    for path in [dir.path().join("no/such/a.wav"), dir.path().join("nothing/")] {
        let error = WavWriter::create(&path, SampleFormat::S16).unwrap_err();
        assert_eq!(error.error_kind(), ErrorKind::NotFound);
        let message = error.to_string();
        assert!(message.contains("does not exist") && message.contains("no"), "{message}");
    }
    assert_eq!(names_in(dir.path()), [""; 0]);
}

#[test]
fn folder_as_target_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let error = WavWriter::create(dir.path(), SampleFormat::S16).unwrap_err();
    assert!(matches!(&error, AudioError::IsFolder { path } if path == dir.path()), "{error}");
}

#[test]
fn more_than_four_gib_is_refused_and_leaves_nothing() {
    let dir = tempfile::tempdir().unwrap();
    // 2^30 samples of F32 are 4 GiB; the check comes before the first byte of a piece is written. The zeros
    // are never touched by the writer, so the system does not have to find memory for them.
    let samples = vec![0.0_f32; 1 << 30];
    let mut wav = WavWriter::create(dir.path().join("a.wav"), SampleFormat::F32).unwrap();
    let error = wav.write(&samples).unwrap_err();
    assert_eq!(error.error_kind(), ErrorKind::LimitExceeded);
    assert!(error.to_string().contains("a.wav"), "{error}");
    drop(wav);
    assert_eq!(names_in(dir.path()), [""; 0]);
}

#[cfg(unix)]
mod unix {
    use std::os::unix::fs::{FileTypeExt, PermissionsExt, symlink};
    use std::process::Command;

    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o7777
    }

    #[test]
    fn new_file_has_the_mode_of_any_new_file() {
        let dir = tempfile::tempdir().unwrap();
        let (wav, plain) = (dir.path().join("a.wav"), dir.path().join("plain"));
        write_wav(&wav, SampleFormat::S16, &[0.0]).unwrap();
        fs::write(&plain, "").unwrap();
        assert_eq!(mode(&wav), mode(&plain));
    }

    #[test]
    fn replaced_file_keeps_its_mode() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.wav");
        for expected in [0o600, 0o666, 0o755] {
            fs::write(&path, "").unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(expected)).unwrap();
            write_wav(&path, SampleFormat::S16, &[0.0]).unwrap();
            assert_eq!(mode(&path), expected);
        }
    }

    #[test]
    fn symbolic_links_stay_and_what_they_name_is_written() {
        let dir = tempfile::tempdir().unwrap();
        let real = dir.path().join("real");
        fs::create_dir(&real).unwrap();
        fs::write(real.join("there.wav"), "old").unwrap();
        for (link, target, file) in [
            ("absolute.wav", real.join("there.wav"), "there.wav"),
            ("relative.wav", PathBuf::from("real/there.wav"), "there.wav"),
            ("dangling.wav", PathBuf::from("real/new.wav"), "new.wav"),
            ("twice.wav", PathBuf::from("relative.wav"), "there.wav"),
        ] {
            let link = dir.path().join(link);
            symlink(&target, &link).unwrap();
            write_wav(&link, SampleFormat::S16, &[0.0; 3]).unwrap();
            assert_eq!(fs::read_link(&link).unwrap(), target);
            assert_eq!(fs::read(real.join(file)).unwrap().len(), 50, "{}", link.display());
        }
        assert_eq!(names_in(&real), ["new.wav", "there.wav"]);
    }

    #[test]
    fn circle_of_links_is_an_error() {
        let dir = tempfile::tempdir().unwrap();
        let (a, b) = (dir.path().join("a.wav"), dir.path().join("b.wav"));
        symlink(&a, &b).unwrap();
        symlink(&b, &a).unwrap();
        let error = WavWriter::create(&a, SampleFormat::S16).unwrap_err();
        assert_eq!(error.error_kind(), ErrorKind::Io);
    }

    #[test]
    fn device_is_written_and_stays_a_device() {
        write_wav(Path::new("/dev/null"), SampleFormat::S16, &[0.0; 1000]).unwrap();
        assert!(fs::metadata("/dev/null").unwrap().file_type().is_char_device());
    }

    #[test]
    fn pipe_gets_the_whole_file_and_stays_a_pipe() {
        let dir = tempfile::tempdir().unwrap();
        let (pipe, file) = (dir.path().join("pipe"), dir.path().join("a.wav"));
        assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        let samples = vec![0.25; 200_000];
        let reader = std::thread::spawn({
            let pipe = pipe.clone();
            move || fs::read(pipe).unwrap()
        });
        write_wav(&pipe, SampleFormat::S16, &samples).unwrap();
        write_wav(&file, SampleFormat::S16, &samples).unwrap();
        assert!(reader.join().unwrap() == fs::read(&file).unwrap(), "pipe and file differ");
        assert!(fs::metadata(&pipe).unwrap().file_type().is_fifo());
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn full_device_is_an_error_with_the_system_s_reason() {
        let error = write_wav(Path::new("/dev/full"), SampleFormat::S16, &[0.0; 10]).unwrap_err();
        let source = std::error::Error::source(&error).unwrap().downcast_ref::<std::io::Error>().unwrap();
        assert_eq!(source.kind(), std::io::ErrorKind::StorageFull);
        assert!(error.to_string().contains("/dev/full"), "{error}");
    }
}
