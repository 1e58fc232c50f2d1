//! The reference for the integer kernels.

use super::{activate, adain};
use crate::activations_q8::{Q8Rows, Q8RowsMut};
use crate::block::BLOCK_ELEMENTS;
use crate::dispatch::WeightRows;
use crate::dispatch::half::{Prepare, Values};
use crate::dispatch::integer::IntegerTable;
use crate::int8::{ByteLine, Int8Product, PANEL, STEP, ZERO, lines};
use crate::quantize::dequantize_row;
use crate::{WeightType, block};

pub(crate) const TABLE: IntegerTable = IntegerTable { quantize_q8, matmul_q8, gemm_int8, prepare_int8 };

/// The scale of a block whose largest magnitude is `peak`, and what its elements are multiplied with.
///
/// `witness` is zero if all elements are finite; else the scale is no number, so that every product shows it.
pub(crate) fn scale_and_reciprocal(peak: f32, witness: f32) -> (f32, f32) {
    let scale = peak / 127.0;
    if witness != 0.0 || witness.is_nan() {
        (f32::NAN, 0.0)
    } else if scale < f32::MIN_POSITIVE {
        // Its reciprocal could overflow.
        (0.0, 0.0)
    } else {
        (scale, 1.0 / scale)
    }
}

/// See [`Kernels::quantize_q8`](crate::Kernels::quantize_q8).
pub fn quantize_q8(x: &[f32], x_stride: usize, rows: &mut Q8RowsMut<'_>) {
    let blocks = rows.k / BLOCK_ELEMENTS;
    for r in 0..rows.m() {
        for b in 0..blocks {
            let x = &x[r * x_stride + b * BLOCK_ELEMENTS..][..BLOCK_ELEMENTS];
            let peak = x.iter().fold(0.0, |peak: f32, v| peak.max(v.abs()));
            let witness: f32 = x.iter().map(|v| v * 0.0).sum();
            let (scale, reciprocal) = scale_and_reciprocal(peak, witness);
            let codes = &mut rows.codes[r * rows.k + b * BLOCK_ELEMENTS..][..BLOCK_ELEMENTS];
            for (code, x) in codes.iter_mut().zip(x) {
                *code = (x * reciprocal).round_ties_even().clamp(-127.0, 127.0) as i8;
            }
            rows.scales[r * blocks + b] = scale;
            rows.negated_sums[r * blocks + b] = -codes.iter().map(|&c| i32::from(c)).sum::<i32>();
        }
    }
}

/// One in f16.
const ONE: [u8; 2] = [0, 0x3c];

/// A block as scale, offset and codes: `w = scale · code + offset`.
fn block_parts(kind: WeightType, bytes: &[u8]) -> (f32, f32, [i32; BLOCK_ELEMENTS]) {
    let half = |at: usize| block::f16_to_f32([bytes[at], bytes[at + 1]]);
    let offset = if matches!(kind, WeightType::Q4_1 | WeightType::Q5_1) { half(2) } else { 0.0 };
    // With scale one and offset zero a block decodes to its codes.
    let mut unit = bytes.to_vec();
    unit[..2].copy_from_slice(&ONE);
    if matches!(kind, WeightType::Q4_1 | WeightType::Q5_1) {
        unit[2..4].fill(0);
    }
    let mut codes = [0.0; BLOCK_ELEMENTS];
    dequantize_row(kind, &unit, &mut codes);
    (half(0), offset, codes.map(|c| c as i32))
}

/// See [`Kernels::matmul_q8`](crate::Kernels::matmul_q8).
pub fn matmul_q8(w: &WeightRows<'_>, x: Q8Rows<'_>, out: &mut [f32]) {
    let (blocks, block_bytes) = (w.k / BLOCK_ELEMENTS, w.kind.block_bytes());
    for o in 0..w.n {
        let row = &w.bytes[o * w.stride_bytes..][..blocks * block_bytes];
        let parts: Vec<_> = row.chunks_exact(block_bytes).map(|block| block_parts(w.kind, block)).collect();
        for i in 0..x.m() {
            let mut sum = 0.0f32;
            for (b, (scale, offset, codes)) in parts.iter().enumerate() {
                let x_codes = &x.codes[i * w.k + b * BLOCK_ELEMENTS..][..BLOCK_ELEMENTS];
                let dot: i32 = codes.iter().zip(x_codes).map(|(w, &x)| w * i32::from(x)).sum();
                let x_sum: i32 = x_codes.iter().map(|&x| i32::from(x)).sum();
                sum += (dot as f32 * scale + x_sum as f32 * offset) * x.scales[i * blocks + b];
            }
            out[i * w.n + o] = sum;
        }
    }
}

/// See [`Kernels::gemm_int8`](crate::Kernels::gemm_int8).
pub fn gemm_int8(product: &Int8Product<'_>, acc: &mut [f32], acc_stride: usize) {
    let Int8Product { lhs, row_stride, rows, tap_stride, panels, scale } = *product;
    for r in 0..rows {
        for (output, scaled) in acc[r * acc_stride..][..panels.len() * PANEL].iter_mut().enumerate() {
            let (panel, o) = (&panels[output / PANEL], output % PANEL);
            let mut sum = 0i32;
            for tap in 0..panel.taps() {
                for input in 0..panel.steps() * STEP {
                    let x = lhs[r * row_stride + tap * tap_stride + input / STEP].0[input % STEP];
                    sum += (i32::from(x) - i32::from(ZERO)) * i32::from(panel.code(tap, input, o));
                }
            }
            *scaled = sum as f32 * (panel.scales()[o] * scale);
        }
    }
}

/// See [`Kernels::prepare_int8`](crate::Kernels::prepare_int8).
pub fn prepare_int8(x: Values<'_>, inverse_scales: &[f32], how: &Prepare<'_>, dst: &mut [ByteLine]) {
    let channels = inverse_scales.len();
    for (r, dst) in dst.chunks_exact_mut(lines(channels)).enumerate() {
        let codes: &mut [u8] = bytemuck::cast_slice_mut(dst);
        for (c, code) in codes[..channels].iter_mut().enumerate() {
            let x = x.get(r * channels + c);
            let y = match how {
                Prepare::Plain(activation) => activate(x, *activation, c),
                Prepare::Styled(affine, activation) => activate(adain(x, affine, c), *activation, c),
            };
            let exact = y * inverse_scales[c] + f32::from(ZERO);
            *code = exact.round_ties_even().clamp(1.0, 255.0) as u8;
        }
    }
}
