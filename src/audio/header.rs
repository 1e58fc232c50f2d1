//! The bytes in front of the samples of a WAV file.
//!
//! `hound` makes the header; only the sizes are set here, since they are known last. Its sample writer is
//! not used: it takes one sample at a time, counts bytes in 32 bits without a check, and keeps the file to
//! itself, which is then neither to be renamed nor to be copied to a pipe.

use super::{SAMPLE_RATE_HZ, SampleFormat};

/// A header whose sizes count `data_bytes` bytes of samples.
///
/// S16: the plain 44 bytes (`fmt ` of 16 bytes, tag 1). F32: 68 bytes, `WAVE_FORMAT_EXTENSIBLE` with the IEEE
/// float sub-format, which hound writes for samples above 16 bits.
pub(super) fn header(format: SampleFormat, data_bytes: u32) -> Vec<u8> {
    let mut header = spec(format).into_header_for_infinite_file();
    let riff_bytes = header.len() as u32 - RIFF_PREFIX_BYTES + data_bytes;
    let data_size_at = header.len() - 4;
    header[4..8].copy_from_slice(&riff_bytes.to_le_bytes());
    header[data_size_at..].copy_from_slice(&data_bytes.to_le_bytes());
    header
}

/// The most bytes of samples that the sizes can count: whole samples, with the header in the RIFF size too.
pub(super) fn max_data_bytes(format: SampleFormat) -> u64 {
    let header_bytes = spec(format).into_header_for_infinite_file().len() as u64;
    let most = u64::from(u32::MAX) - (header_bytes - u64::from(RIFF_PREFIX_BYTES));
    most - most % format.bytes_per_sample() as u64
}

/// `RIFF` and the size itself are not counted by the RIFF size.
const RIFF_PREFIX_BYTES: u32 = 8;

fn spec(format: SampleFormat) -> hound::WavSpec {
    let (bits_per_sample, sample_format) = match format {
        SampleFormat::S16 => (16, hound::SampleFormat::Int),
        SampleFormat::F32 => (32, hound::SampleFormat::Float),
    };
    hound::WavSpec { channels: 1, sample_rate: SAMPLE_RATE_HZ, bits_per_sample, sample_format }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn largest_file_still_fits_its_sizes() {
        for format in [SampleFormat::S16, SampleFormat::F32] {
            let most = max_data_bytes(format);
            let header = header(format, u32::try_from(most).expect("fits in 32 bits"));
            let riff_bytes = u32::from_le_bytes(header[4..8].try_into().expect("4 bytes"));
            assert_eq!(u64::from(riff_bytes), most + header.len() as u64 - 8, "{format:?}");
            assert!(most + format.bytes_per_sample() as u64 + header.len() as u64 - 8 > u64::from(u32::MAX));
        }
    }
}
