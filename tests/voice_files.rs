//! Voice packs as files: what PyTorch and NumPy write, and what nobody should.

use std::path::Path;

use kokoro_gguf::voice::{Voice, VoiceFormat, VoiceSpec};
use kokoro_gguf::{Error, ErrorKind};
use proptest::prelude::*;

const ROWS: usize = 510;
const COLUMNS: usize = 256;

/// A number of a pack, exact in every float format.
fn number(at: usize) -> f32 {
    (at % 2048) as f32 / 16.0 - 64.0
}

fn numbers() -> Vec<f32> {
    (0..ROWS * COLUMNS).map(number).collect()
}

fn raw() -> Vec<u8> {
    numbers().iter().flat_map(|value| value.to_le_bytes()).collect()
}

fn npy(descr: &str, shape: &str, data: &[u8]) -> Vec<u8> {
    let header = format!("{{'descr': '{descr}', 'fortran_order': False, 'shape': {shape}, }}\n");
    let len = (header.len() as u16).to_le_bytes();
    [b"\x93NUMPY\x01\x00", &len[..], header.as_bytes(), data].concat()
}

/// The pickle that `torch.save` writes for a float tensor of shape [510, 1, 256].
fn pickle() -> Vec<u8> {
    [
        &b"\x80\x02ctorch._utils\n_rebuild_tensor_v2\nq\x00((X\x07\x00\x00\x00storageq\x01ctorch\nFloatStorage\nq\x02"[..],
        b"X\x01\x00\x00\x000q\x03X\x03\x00\x00\x00cpuq\x04J\x00\xfe\x01\x00tq\x05QK\x00M\xfe\x01K\x01M\x00\x01\x87q\x06",
        b"M\x00\x01M\x00\x01K\x01\x87q\x07\x89ccollections\nOrderedDict\nq\x08)Rq\ttq\nRq\x0b.",
    ]
    .concat()
}

/// An archive of uncompressed entries.
fn zip(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let crc = |bytes: &[u8]| {
        !bytes.iter().fold(!0u32, |crc, byte| {
            (0..8).fold(crc ^ u32::from(*byte), |c, _| if c & 1 == 1 { c >> 1 ^ 0xedb8_8320 } else { c >> 1 })
        })
    };
    let (mut out, mut directory) = (Vec::new(), Vec::new());
    for (name, content) in entries {
        let at = out.len() as u32;
        let len = content.len() as u32;
        let mut common = vec![0u8; 10];
        common.extend(crc(content).to_le_bytes());
        common.extend(len.to_le_bytes());
        common.extend(len.to_le_bytes());
        common.extend((name.len() as u16).to_le_bytes());
        common.extend([0, 0]);
        out.extend(b"PK\x03\x04");
        out.extend(&common);
        out.extend(name.as_bytes());
        out.extend(*content);
        directory.extend(b"PK\x01\x02\0\0");
        directory.extend(&common);
        directory.extend([0; 10]);
        directory.extend(at.to_le_bytes());
        directory.extend(name.as_bytes());
    }
    let (at, count) = (out.len() as u32, entries.len() as u16);
    out.extend(&directory);
    out.extend(b"PK\x05\x06\0\0\0\0");
    out.extend(count.to_le_bytes());
    out.extend(count.to_le_bytes());
    out.extend((directory.len() as u32).to_le_bytes());
    out.extend(at.to_le_bytes());
    out.extend([0, 0]);
    out
}

fn torch(pickle: &[u8]) -> Vec<u8> {
    zip(&[
        ("voice/data.pkl", pickle),
        ("voice/byteorder", b"little"),
        ("voice/data/0", &raw()),
        ("voice/version", b"3\n"),
    ])
}

#[track_caller]
fn assert_is_the_pack(voice: &Voice) {
    assert_eq!((voice.pack().rows(), voice.pack().cols()), (ROWS, COLUMNS));
    assert!(voice.pack().data().iter().enumerate().all(|(at, &value)| value == number(at)));
}

#[test]
fn every_format_gives_the_same_pack() {
    let f64s: Vec<u8> = numbers().iter().flat_map(|&value| f64::from(value).to_le_bytes()).collect();
    let files = [
        (raw(), VoiceFormat::Raw),
        (npy("<f4", "(510, 256)", &raw()), VoiceFormat::Npy),
        (npy("<f4", "(510, 1, 256)", &raw()), VoiceFormat::Npy),
        (npy("<f8", "(510, 1, 256)", &f64s), VoiceFormat::Npy),
        (torch(&pickle()), VoiceFormat::Torch),
    ];
    for (bytes, format) in files {
        assert_is_the_pack(&Voice::from_bytes(&bytes, format).unwrap());
    }
}

#[test]
fn what_is_saved_is_read_again() {
    let voice = Voice::from_bytes(&raw(), VoiceFormat::Raw).unwrap();
    let folder = tempfile::tempdir().unwrap();
    for (name, format) in [("a.bin", VoiceFormat::Raw), ("a.NPY", VoiceFormat::Npy)] {
        let path = folder.path().join(name);
        std::fs::write(&path, voice.to_bytes(format).unwrap()).unwrap();
        assert_eq!(Voice::open(&path).unwrap(), voice);
    }
    // NumPy asks that the data be aligned.
    let bytes = voice.to_bytes(VoiceFormat::Npy).unwrap();
    assert_eq!((bytes.len() - raw().len()) % 64, 0);
    assert!(voice.to_bytes(VoiceFormat::Torch).unwrap_err().contains(".npy"));
}

#[test]
fn the_official_voices_are_read() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/voices");
    let Ok(files) = std::fs::read_dir(&folder) else {
        assert!(std::env::var_os("KOKORO_REQUIRE_SHARED").is_none(), "{} is missing", folder.display());
        return;
    };
    let voices = files.map(|file| Voice::open(file.unwrap().path()).unwrap());
    assert_eq!(
        voices.filter(|voice| (voice.pack().rows(), voice.pack().cols()) == (ROWS, COLUMNS)).count(),
        54
    );
}

#[test]
fn files_that_are_no_voices_are_refused() {
    let refused = |bytes: &[u8], format, part: &str| {
        let error = Voice::from_bytes(bytes, format).unwrap_err();
        assert!(error.contains(part), "{error:?} does not tell of {part:?}");
    };
    refused(&raw()[1..], VoiceFormat::Raw, "522240");
    refused(b"", VoiceFormat::Raw, "0 bytes");
    let mut nan = raw();
    nan[8..12].copy_from_slice(&f32::NAN.to_le_bytes());
    refused(&nan, VoiceFormat::Raw, "number 2 is NaN");

    refused(b"NUMPY", VoiceFormat::Npy, "begin");
    refused(&npy("<f4", "(510, 256)", &raw()[4..]), VoiceFormat::Npy, "does not fit");
    refused(&npy("<f4", "(510, 256, 1, 1)", &raw()), VoiceFormat::Npy, "shape");
    refused(&npy("<f4", "(18446744073709551615, 256)", &raw()), VoiceFormat::Npy, "does not fit");
    refused(&npy("<f4", "(99999999999999999999, 256)", &raw()), VoiceFormat::Npy, "shape");
    refused(&npy("|O", "(510, 256)", &raw()), VoiceFormat::Npy, "floats");
    refused(&npy(">f4", "(510, 256)", &raw()), VoiceFormat::Npy, "little-endian");
    refused(&npy("<f4", "(130560, 1)", &raw()), VoiceFormat::Npy, "even number of columns");
    refused(b"\x93NUMPY\x01\x00\xff\xff", VoiceFormat::Npy, "header");

    refused(b"not a zip archive", VoiceFormat::Torch, "zip");
    refused(&zip(&[]), VoiceFormat::Torch, "0 files data.pkl");
    let mut damaged = torch(&pickle());
    damaged[1000] ^= 1;
    refused(&damaged, VoiceFormat::Torch, "checksum");
    let mut compressed = torch(&pickle());
    let directory = compressed.windows(4).position(|bytes| bytes == b"PK\x01\x02").unwrap();
    compressed[directory + 10] = 8;
    refused(&compressed, VoiceFormat::Torch, "compressed");
}

#[test]
fn pickles_that_would_run_something_are_refused() {
    let refused = |pickle: &[u8], part: &str| {
        let error = Voice::from_bytes(&torch(pickle), VoiceFormat::Torch).unwrap_err();
        assert!(error.contains(part), "{error:?} does not tell of {part:?}");
    };
    refused(b"cos\nsystem\n(X\x04\x00\x00\x00true\x85R.", "calls");
    refused(b"cos\nsystem\nX\x04\x00\x00\x00true\x85R.", "calls os.system");
    refused(b"\x80\x04\x8c\x08builtins\x8c\x04eval\x93\x8c\x011\x85R.", "calls builtins.eval");
    refused(b"", "cut off");
    refused(b"K\x01.", "no tensor");
    refused(b"(((", "cut off");
    refused(b"h\x07.", "makes no sense");
    refused(b"R", "makes no sense");
    refused(b"\x8a\xff", "cut off");
    // Tuples of tuples that would unfold to 2^400 items.
    refused(&[&b")q\x00"[..], &b"h\x00h\x00\x86q\x00".repeat(400), b"."].concat(), "no tensor");
    refused(&b"N".repeat(5000), "does not end");
    let far = String::from_utf8_lossy(&pickle()).len();
    assert!(far > 0);
    // A shape that its numbers do not have.
    let mut large = pickle();
    let shape = large.windows(3).position(|bytes| bytes == b"M\xfe\x01").unwrap();
    large[shape + 2] = 2;
    refused(&large, "beyond its numbers");
}

#[test]
fn errors_name_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let missing = Voice::open(folder.path().join("none.pt")).unwrap_err();
    assert_eq!(missing.kind(), ErrorKind::NotFound);
    let path = folder.path().join("voice.bin");
    std::fs::write(&path, "short").unwrap();
    let error = Voice::open(&path).unwrap_err();
    assert!(matches!(error, Error::VoiceFile { .. }) && error.to_string().contains("voice.bin"), "{error}");
    assert!(Voice::open(folder.path().join("voice.wav")).unwrap_err().to_string().contains(".npy"));
    std::fs::write(&path, vec![0; 9 << 20]).unwrap();
    assert!(Voice::open(&path).unwrap_err().to_string().contains("more than"));
}

#[test]
fn negative_weights_take_a_voice_away() {
    let spec = VoiceSpec::parse("a:1.5+b:-0.5").unwrap();
    let voice = |value: f32| {
        let bytes: Vec<u8> = std::iter::repeat_n(value.to_le_bytes(), ROWS * COLUMNS).flatten().collect();
        Voice::from_bytes(&bytes, VoiceFormat::Raw).unwrap()
    };
    let (a, b) = (voice(2.0), voice(6.0));
    let weights: Vec<f64> = spec.parts().map(|(_, weight)| weight).collect();
    let blend = Voice::blend(&[(&a, weights[0]), (&b, weights[1])]);
    assert!(blend.pack().data().iter().all(|&value| value == 0.0));
}

proptest! {
    #[test]
    fn any_bytes_are_taken_without_a_panic(
        bytes in proptest::collection::vec(any::<u8>(), 0..300),
        at in 0usize..600,
        format in 0usize..3,
    ) {
        let format = [VoiceFormat::Raw, VoiceFormat::Npy, VoiceFormat::Torch][format];
        let _ = Voice::from_bytes(&bytes, format);
        // Damage to a sound file.
        let mut sound = match format {
            VoiceFormat::Torch => torch(&pickle()),
            _ => npy("<f4", "(510, 1, 256)", &raw()),
        };
        let at = at.min(sound.len() - bytes.len());
        sound[at..at + bytes.len().min(3)].copy_from_slice(&bytes[..bytes.len().min(3)]);
        let _ = Voice::from_bytes(&sound, format);
        let _ = Voice::from_bytes(&torch(&bytes), VoiceFormat::Torch);
    }
}
