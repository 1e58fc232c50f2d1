//! Rows of f32 to ggml blocks and back, one obvious loop a format.
//!
//! Source: `quantize_row_*_ref` and `dequantize_row_*`, ggml-quants.c. The rounding is theirs to the bit: the
//! reciprocal of the scale is taken in f32 before the scale is rounded to f16.

use half::{bf16, f16};

use crate::WeightType;
use crate::block::{BLOCK_ELEMENTS, BlockQ4_0, BlockQ4_1, BlockQ5_0, BlockQ5_1, BlockQ8_0, f16_to_f32};

/// Decodes `bytes`, a row of `out.len()` weights.
///
/// # Panics
/// If `bytes` is not exactly the row's size.
pub fn dequantize_row(kind: WeightType, bytes: &[u8], out: &mut [f32]) {
    assert_eq!(bytes.len(), kind.row_bytes(out.len()), "dequantize_row: bytes of {} weights", out.len());
    match kind {
        WeightType::F32 => {
            for (b, w) in bytes.as_chunks::<4>().0.iter().zip(out) {
                *w = f32::from_le_bytes(*b);
            }
        }
        WeightType::F16 => {
            for (b, w) in bytes.as_chunks::<2>().0.iter().zip(out) {
                *w = f16_to_f32(*b);
            }
        }
        WeightType::BF16 => {
            for (b, w) in bytes.as_chunks::<2>().0.iter().zip(out) {
                *w = bf16::from_le_bytes(*b).to_f32();
            }
        }
        WeightType::Q4_0 => blocks(bytes, out, decode_q4_0),
        WeightType::Q4_1 => blocks(bytes, out, decode_q4_1),
        WeightType::Q5_0 => blocks(bytes, out, decode_q5_0),
        WeightType::Q5_1 => blocks(bytes, out, decode_q5_1),
        WeightType::Q8_0 => blocks(bytes, out, decode_q8_0),
    }
}

fn blocks<B: bytemuck::Pod>(bytes: &[u8], out: &mut [f32], decode: fn(&B, &mut [f32; BLOCK_ELEMENTS])) {
    for (block, out) in bytemuck::cast_slice(bytes).iter().zip(out.as_chunks_mut().0) {
        decode(block, out);
    }
}

pub(crate) fn decode_q4_0(block: &BlockQ4_0, out: &mut [f32; BLOCK_ELEMENTS]) {
    let d = f16_to_f32(block.d);
    for (j, &b) in block.qs.iter().enumerate() {
        out[j] = d * (f32::from(b & 15) - 8.0);
        out[j + 16] = d * (f32::from(b >> 4) - 8.0);
    }
}

pub(crate) fn decode_q4_1(block: &BlockQ4_1, out: &mut [f32; BLOCK_ELEMENTS]) {
    let (d, m) = (f16_to_f32(block.d), f16_to_f32(block.m));
    for (j, &b) in block.qs.iter().enumerate() {
        out[j] = d * f32::from(b & 15) + m;
        out[j + 16] = d * f32::from(b >> 4) + m;
    }
}

/// The five-bit values of a block: low nibbles `qs`, fifth bits `qh`.
fn five_bits(qs: &[u8; 16], qh: [u8; 4]) -> [u8; BLOCK_ELEMENTS] {
    let qh = u32::from_le_bytes(qh);
    let fifth = |i: usize| ((qh >> i & 1) as u8) << 4;
    std::array::from_fn(|i| fifth(i) | if i < 16 { qs[i] & 15 } else { qs[i - 16] >> 4 })
}

pub(crate) fn decode_q5_0(block: &BlockQ5_0, out: &mut [f32; BLOCK_ELEMENTS]) {
    let d = f16_to_f32(block.d);
    for (w, q) in out.iter_mut().zip(five_bits(&block.qs, block.qh)) {
        *w = d * (f32::from(q) - 16.0);
    }
}

pub(crate) fn decode_q5_1(block: &BlockQ5_1, out: &mut [f32; BLOCK_ELEMENTS]) {
    let (d, m) = (f16_to_f32(block.d), f16_to_f32(block.m));
    for (w, q) in out.iter_mut().zip(five_bits(&block.qs, block.qh)) {
        *w = d * f32::from(q) + m;
    }
}

pub(crate) fn decode_q8_0(block: &BlockQ8_0, out: &mut [f32; BLOCK_ELEMENTS]) {
    let d = f16_to_f32(block.d);
    for (w, &q) in out.iter_mut().zip(&block.qs) {
        *w = d * f32::from(q);
    }
}

/// Encodes a row and appends its bytes to `out`.
///
/// # Panics
/// If the row is no whole number of blocks.
pub fn quantize_row(kind: WeightType, row: &[f32], out: &mut Vec<u8>) {
    out.reserve(kind.row_bytes(row.len()));
    match kind {
        WeightType::F32 => row.iter().for_each(|w| out.extend(w.to_le_bytes())),
        WeightType::F16 => row.iter().for_each(|&w| out.extend(f16::from_f32(w).to_le_bytes())),
        WeightType::BF16 => row.iter().for_each(|&w| out.extend(bf16::from_f32(w).to_le_bytes())),
        WeightType::Q4_0 => encode(row, out, encode_q4_0),
        WeightType::Q4_1 => encode(row, out, encode_q4_1),
        WeightType::Q5_0 => encode(row, out, encode_q5_0),
        WeightType::Q5_1 => encode(row, out, encode_q5_1),
        WeightType::Q8_0 => encode(row, out, encode_q8_0),
    }
}

fn encode<B: bytemuck::Pod>(row: &[f32], out: &mut Vec<u8>, encode: fn(&[f32; BLOCK_ELEMENTS]) -> B) {
    for block in row.as_chunks().0 {
        out.extend_from_slice(bytemuck::bytes_of(&encode(block)));
    }
}

fn reciprocal(d: f32) -> f32 {
    if d == 0.0 { 0.0 } else { 1.0 / d }
}

/// The element of largest magnitude, with its sign; the first one wins ties.
fn signed_peak(x: &[f32; BLOCK_ELEMENTS]) -> f32 {
    x.iter().fold(0.0, |peak: f32, &v| if v.abs() > peak.abs() { v } else { peak })
}

fn min_max(x: &[f32; BLOCK_ELEMENTS]) -> (f32, f32) {
    x.iter()
        .fold((f32::MAX, f32::MIN), |(lo, hi), &v| (if v < lo { v } else { lo }, if v > hi { v } else { hi }))
}

/// Low nibbles of `q`, first half of the block in the low half of each byte.
fn nibbles(q: &[u8; BLOCK_ELEMENTS]) -> [u8; 16] {
    std::array::from_fn(|j| (q[j] & 15) | (q[j + 16] & 15) << 4)
}

/// Fifth bits of `q`.
fn fifth_bits(q: &[u8; BLOCK_ELEMENTS]) -> [u8; 4] {
    q.iter().enumerate().fold(0u32, |bits, (i, &v)| bits | u32::from(v >> 4 & 1) << i).to_le_bytes()
}

fn le_f16(v: f32) -> [u8; 2] {
    f16::from_f32(v).to_le_bytes()
}

fn encode_q4_0(x: &[f32; BLOCK_ELEMENTS]) -> BlockQ4_0 {
    let d = signed_peak(x) / -8.0;
    let id = reciprocal(d);
    let q = x.map(|v| ((v * id + 8.5) as i8).min(15) as u8);
    BlockQ4_0 { d: le_f16(d), qs: nibbles(&q) }
}

fn encode_q4_1(x: &[f32; BLOCK_ELEMENTS]) -> BlockQ4_1 {
    let (lo, hi) = min_max(x);
    let d = (hi - lo) / 15.0;
    let id = reciprocal(d);
    let q = x.map(|v| (((v - lo) * id + 0.5) as i8).min(15) as u8);
    BlockQ4_1 { d: le_f16(d), m: le_f16(lo), qs: nibbles(&q) }
}

fn encode_q5_0(x: &[f32; BLOCK_ELEMENTS]) -> BlockQ5_0 {
    let d = signed_peak(x) / -16.0;
    let id = reciprocal(d);
    let q = x.map(|v| ((v * id + 16.5) as i8).min(31) as u8);
    BlockQ5_0 { d: le_f16(d), qh: fifth_bits(&q), qs: nibbles(&q) }
}

fn encode_q5_1(x: &[f32; BLOCK_ELEMENTS]) -> BlockQ5_1 {
    let (lo, hi) = min_max(x);
    let d = (hi - lo) / 31.0;
    let id = reciprocal(d);
    let q = x.map(|v| ((v - lo) * id + 0.5) as u8);
    BlockQ5_1 { d: le_f16(d), m: le_f16(lo), qh: fifth_bits(&q), qs: nibbles(&q) }
}

fn encode_q8_0(x: &[f32; BLOCK_ELEMENTS]) -> BlockQ8_0 {
    let d = signed_peak(x).abs() / 127.0;
    let id = reciprocal(d);
    // `f32::round` rounds half away from zero, as C's `roundf`.
    BlockQ8_0 { d: le_f16(d), qs: x.map(|v| (v * id).round() as i8) }
}
