//! Voice packs in files of their own: raw floats, NumPy arrays, PyTorch tensors.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use super::{Voice, npy, torch};
use crate::error::{Error, Result};
use crate::tensor::Matrix;

/// The largest voice file that is read; a pack of Kokoro's has 522,240 bytes.
const MAX_FILE_BYTES: u64 = 8 << 20;

/// The most rows and columns of a pack.
const MAX_ROWS: usize = 4096;
const MAX_COLUMNS: usize = 4096;

/// Columns of a raw pack, which does not say its shape.
const RAW_COLUMNS: usize = 256;

/// Rows of a raw pack: 510 in Kokoro-82M v1.0, a little more in others.
const RAW_ROWS: std::ops::RangeInclusive<usize> = 510..=512;

/// How a voice file is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum VoiceFormat {
    /// Little-endian f32, row by row, 256 to a row; `.bin`.
    Raw,
    /// A NumPy array of f16, f32 or f64, `[rows, columns]` or `[rows, 1, columns]`; `.npy`.
    Npy,
    /// A PyTorch tensor of the same shapes, saved as a zip archive; `.pt`. It can be read and not be written.
    Torch,
}

impl VoiceFormat {
    /// The format that the ending of a file's name tells, in any case.
    pub fn of_path(path: &Path) -> Option<Self> {
        match path.extension()?.to_str()?.to_ascii_lowercase().as_str() {
            "bin" => Some(VoiceFormat::Raw),
            "npy" => Some(VoiceFormat::Npy),
            "pt" => Some(VoiceFormat::Torch),
            _ => None,
        }
    }

    /// The endings, without the dot.
    pub const EXTENSIONS: [&str; 3] = ["bin", "npy", "pt"];
}

/// Numbers with a shape, as a file has them.
#[derive(Debug, PartialEq)]
pub(super) struct Array {
    pub(super) shape: Vec<usize>,
    pub(super) values: Vec<f32>,
}

/// What the numbers in a file are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Element {
    F16,
    F32,
    F64,
}

impl Element {
    pub(super) fn bytes(self) -> usize {
        match self {
            Element::F16 => 2,
            Element::F32 => 4,
            Element::F64 => 8,
        }
    }

    /// Little-endian numbers as f32; the rest of an incomplete one is left out.
    pub(super) fn decode(self, bytes: &[u8]) -> Vec<f32> {
        match self {
            Element::F16 => {
                bytes.as_chunks::<2>().0.iter().map(|b| f32_from_f16(u16::from_le_bytes(*b))).collect()
            }
            Element::F32 => bytes.as_chunks::<4>().0.iter().map(|b| f32::from_le_bytes(*b)).collect(),
            Element::F64 => bytes.as_chunks::<8>().0.iter().map(|b| f64::from_le_bytes(*b) as f32).collect(),
        }
    }
}

fn f32_from_f16(bits: u16) -> f32 {
    let sign = if bits & 0x8000 != 0 { -1.0 } else { 1.0 };
    let (exponent, fraction) = (i32::from(bits >> 10 & 0x1f), f32::from(bits & 0x3ff) / 1024.0);
    sign * match exponent {
        0 => fraction * 2f32.powi(-14),
        0x1f if fraction == 0.0 => f32::INFINITY,
        0x1f => f32::NAN,
        exponent => (1.0 + fraction) * 2f32.powi(exponent - 15),
    }
}

impl Voice {
    /// Reads a voice file; its ending tells the format. Nothing in it is executed, and at most 8 MiB are read.
    ///
    /// # Errors
    /// [`Error::Io`] if it cannot be read, [`Error::VoiceFile`] if it is no voice pack of finite numbers.
    pub fn open(path: impl AsRef<Path>) -> Result<Voice> {
        let path = path.as_ref();
        let bad = |reason: String| Error::VoiceFile { path: path.to_owned(), reason };
        let Some(format) = VoiceFormat::of_path(path) else {
            return Err(bad("its name has no known ending, expected .bin, .npy or .pt".into()));
        };
        let failed = |source| Error::Io { action: "read", path: path.to_owned(), source };
        let mut bytes = Vec::new();
        File::open(path).map_err(failed)?.take(MAX_FILE_BYTES + 1).read_to_end(&mut bytes).map_err(failed)?;
        if bytes.len() as u64 > MAX_FILE_BYTES {
            return Err(bad(format!("it has more than {MAX_FILE_BYTES} bytes")));
        }
        Voice::from_bytes(&bytes, format).map_err(bad)
    }

    /// Reads a voice from the bytes of a file.
    ///
    /// # Errors
    /// What is wrong with them.
    pub fn from_bytes(bytes: &[u8], format: VoiceFormat) -> std::result::Result<Voice, String> {
        let Array { mut shape, values } = match format {
            VoiceFormat::Raw => raw(bytes)?,
            VoiceFormat::Npy => npy::read(bytes)?,
            VoiceFormat::Torch => torch::read(bytes)?,
        };
        let found = shape.clone();
        // Kokoro's packs are [510, 1, 256].
        if let [_, 1, _] = shape[..] {
            shape.remove(1);
        }
        let [rows, columns] = shape[..] else {
            return Err(format!("its shape is {found:?}, expected [rows, columns] or [rows, 1, columns]"));
        };
        if !(1..=MAX_ROWS).contains(&rows) || !(2..=MAX_COLUMNS).contains(&columns) || columns % 2 != 0 {
            return Err(format!(
                "its shape is {found:?}, expected 1 to {MAX_ROWS} rows of an even number of columns up to {MAX_COLUMNS}"
            ));
        }
        match values.iter().position(|value| !value.is_finite()) {
            Some(at) => Err(format!("number {at} is {}, expected a finite number", values[at])),
            None => Ok(Voice::new(Matrix::from_vec(rows, columns, values))),
        }
    }

    /// The bytes of a voice file.
    ///
    /// # Errors
    /// If the format is only read, or cannot hold a pack of this shape.
    pub fn to_bytes(&self, format: VoiceFormat) -> std::result::Result<Vec<u8>, String> {
        let (rows, columns) = (self.pack().rows(), self.pack().cols());
        let numbers = || self.pack().data().iter().flat_map(|value| value.to_le_bytes());
        match format {
            VoiceFormat::Raw if columns != RAW_COLUMNS || !RAW_ROWS.contains(&rows) => Err(format!(
                "a .bin voice has 510 rows of {RAW_COLUMNS} numbers, this one {rows} of {columns}; save it as .npy"
            )),
            VoiceFormat::Raw => Ok(numbers().collect()),
            VoiceFormat::Npy => Ok(npy::header(&[rows, 1, columns]).into_iter().chain(numbers()).collect()),
            VoiceFormat::Torch => Err(".pt files are read and not written, expected .bin or .npy".into()),
        }
    }
}

fn raw(bytes: &[u8]) -> std::result::Result<Array, String> {
    let row_bytes = RAW_COLUMNS * size_of::<f32>();
    let rows = bytes.len() / row_bytes;
    if !RAW_ROWS.contains(&rows) || bytes.len() % row_bytes != 0 {
        let expected = RAW_ROWS.start() * row_bytes;
        return Err(format!("it has {} bytes, expected {expected}: 510 rows of 256 f32", bytes.len()));
    }
    Ok(Array { shape: vec![rows, RAW_COLUMNS], values: Element::F32.decode(bytes) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves_are_those_of_ieee_754() {
        let cases = [
            (0x3c00, 1.0),
            (0xc000, -2.0),
            (0x7bff, 65504.0),
            (0x0001, 5.960_464_5e-8),
            (0x8000, -0.0),
            (0x3555, 0.333_251_95),
        ];
        for (bits, expected) in cases {
            assert_eq!(f32_from_f16(bits), expected, "{bits:#06x}");
        }
        assert!(f32_from_f16(0x7c00).is_infinite() && f32_from_f16(0x7e00).is_nan());
    }
}
