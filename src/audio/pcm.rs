//! `f32` samples to the bytes of each sample format.

/// The sample value that becomes the largest 16-bit integer, as in Kokoro's own tools.
pub const S16_SCALE: f32 = 32_767.0;

/// One sample as a 16-bit integer: `x · 32767`, rounded to the nearest, ties to even, saturated.
///
/// 1.0 becomes 32767 and −1.0 becomes −32767; what lies beyond saturates at 32767 and −32768, infinities
/// included. NaN becomes 0. `s16_from_f32(s as f32 / 32767.0) == s` for every `s`.
pub fn s16_from_f32(sample: f32) -> i16 {
    // `as` saturates and takes NaN to 0, by definition of the language.
    (sample * S16_SCALE).round_ties_even() as i16
}

/// Appends `samples` to `bytes` as little-endian 16-bit integers (see [`s16_from_f32`]).
pub fn extend_s16_le(bytes: &mut Vec<u8>, samples: &[f32]) {
    bytes.extend(samples.iter().flat_map(|&sample| s16_from_f32(sample).to_le_bytes()));
}

/// Appends `samples` to `bytes` as little-endian IEEE floats, bit for bit.
pub fn extend_f32_le(bytes: &mut Vec<u8>, samples: &[f32]) {
    bytes.extend(samples.iter().flat_map(|sample| sample.to_le_bytes()));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s16_rounds_to_nearest_ties_to_even_and_saturates() {
        let cases = [
            (0.0, 0),
            (-0.0, 0),
            (1.0, 32_767),
            (-1.0, -32_767),
            (0.5, 16_384), // 16383.5, a tie
            (-0.5, -16_384),
            (2.5 / S16_SCALE, 2),
            (1.4 / S16_SCALE, 1),
            (1.6 / S16_SCALE, 2),
            (1.000_1, 32_767),
            (-1.000_1, -32_768),
            (1e30, 32_767),
            (-1e30, -32_768),
            (f32::INFINITY, 32_767),
            (f32::NEG_INFINITY, -32_768),
            (f32::NAN, 0),
            (-f32::NAN, 0),
            (f32::MIN_POSITIVE, 0),
        ];
        for (sample, expected) in cases {
            assert_eq!(s16_from_f32(sample), expected, "{sample:e}");
        }
    }

    #[test]
    fn every_s16_survives_the_round_trip() {
        for s in i16::MIN..=i16::MAX {
            assert_eq!(s16_from_f32(f32::from(s) / S16_SCALE), s);
        }
    }

    #[test]
    fn bytes_are_little_endian_and_appended() {
        let mut bytes = vec![7];
        extend_s16_le(&mut bytes, &[1.0, -1.0]);
        assert_eq!(bytes, [7, 0xff, 0x7f, 0x01, 0x80]);
        let mut bytes = Vec::new();
        extend_f32_le(&mut bytes, &[1.0, f32::from_bits(0x7fc0_1234)]);
        assert_eq!(bytes, [0, 0, 0x80, 0x3f, 0x34, 0x12, 0xc0, 0x7f]);
    }
}
