//! The tagger's network: hashed embeddings, four layers of convolution over three words, a linear classifier.
//!
//! Words in rows, 96 channels. Layer 0: `norm(maxout(embedding))` of 6·96 inputs; layers 1 to 4 add
//! `norm(maxout([x[t-1] x[t] x[t+1]]))` to their input. Weights, little-endian and in this order: for each of six tables a
//! f32 scale for each row, then rows of 96 i8; for each of five layers 288 f32 scales, 288 rows of i16, 288 f32 biases,
//! 96 f32 gains, 96 f32 biases; 50 rows of 96 f32 and 50 f32. Written by tools/make_misaki_data.py. Source: thinc 8.3.

use std::sync::OnceLock;

use super::LABELS;
use super::features::COLUMNS;

const WIDTH: usize = 96;
/// Alternatives of a maxout.
const PIECES: usize = 3;
const ROWS: [usize; COLUMNS] = [5000, 1000, 2500, 2500, 50, 50];
/// The seed of the first column's hash; the others count up.
const FIRST_SEED: u32 = 8;
const LAYERS: usize = 5;
/// Zero rows at both ends of a text, which pass through the layers like words.
const PAD: usize = 4;
const EPSILON: f32 = 1e-8;
/// Words that share one pass over the weights.
const TILE: usize = 4;
/// Words of one run, which bounds memory. Words at the seam see less of their neighbours.
const MAX_WORDS: usize = 4096;

pub(super) struct Network {
    tables: Vec<Table>,
    layers: Vec<Layer>,
    classes: Vec<f32>,
    class_biases: Vec<f32>,
}

struct Table {
    scales: &'static [u8],
    rows: &'static [i8],
}

/// A maxout and a normalisation.
struct Layer {
    /// `[inputs, 288]`, so that one input meets all outputs in a row.
    weights: Vec<f32>,
    biases: Vec<f32>,
    gains: Vec<f32>,
    shifts: Vec<f32>,
}

/// The data not read yet.
struct Reader(&'static [u8]);

impl Reader {
    fn bytes(&mut self, len: usize) -> &'static [u8] {
        let (head, tail) = self.0.split_at(len);
        self.0 = tail;
        head
    }

    fn floats(&mut self, count: usize) -> Vec<f32> {
        let (values, _) = self.bytes(4 * count).as_chunks::<4>();
        values.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect()
    }

    fn table(&mut self, rows: usize) -> Table {
        let scales = self.bytes(4 * rows);
        Table { scales, rows: bytemuck::cast_slice(self.bytes(rows * WIDTH)) }
    }

    fn layer(&mut self, inputs: usize) -> Layer {
        const OUTPUTS: usize = WIDTH * PIECES;
        let scales = self.floats(OUTPUTS);
        let (rows, _) = self.bytes(2 * OUTPUTS * inputs).as_chunks::<2>();
        let mut weights = vec![0.0; OUTPUTS * inputs];
        for (output, row) in rows.chunks_exact(inputs).enumerate() {
            for (input, value) in row.iter().enumerate() {
                // The pieces of an output lie 96 apart here, so that the greatest is found by vectors.
                let at = (output % PIECES) * WIDTH + output / PIECES;
                weights[input * OUTPUTS + at] = f32::from(i16::from_le_bytes(*value)) * scales[output];
            }
        }
        let mut biases = vec![0.0; OUTPUTS];
        for (output, bias) in self.floats(OUTPUTS).into_iter().enumerate() {
            biases[(output % PIECES) * WIDTH + output / PIECES] = bias;
        }
        Layer { weights, biases, gains: self.floats(WIDTH), shifts: self.floats(WIDTH) }
    }
}

impl Network {
    pub fn get() -> &'static Network {
        static NETWORK: OnceLock<Network> = OnceLock::new();
        NETWORK.get_or_init(|| {
            let mut reader = Reader(include_bytes!("../../../../assets/misaki/tagger.bin"));
            let network = Network {
                tables: ROWS.into_iter().map(|rows| reader.table(rows)).collect(),
                layers: (0..LAYERS).map(|i| reader.layer(WIDTH * if i == 0 { COLUMNS } else { 3 })).collect(),
                classes: reader.floats(LABELS.len() * WIDTH),
                class_biases: reader.floats(LABELS.len()),
            };
            assert!(reader.0.is_empty(), "tagger: bytes behind the weights");
            network
        })
    }

    /// The class of each word.
    pub fn classes(&self, words: &[[u64; COLUMNS]]) -> Vec<usize> {
        words.chunks(MAX_WORDS).flat_map(|words| self.run(words)).collect()
    }

    fn run(&self, words: &[[u64; COLUMNS]]) -> Vec<usize> {
        let mut embedded = vec![0.0; words.len() * WIDTH * COLUMNS];
        for (word, row) in words.iter().zip(embedded.chunks_exact_mut(WIDTH * COLUMNS)) {
            for (column, out) in row.chunks_exact_mut(WIDTH).enumerate() {
                self.tables[column].add(word[column], FIRST_SEED + column as u32, out);
            }
        }
        let rows = words.len() + 2 * PAD;
        let mut x = vec![0.0; rows * WIDTH];
        self.layers[0].apply(&embedded, &mut x[PAD * WIDTH..(PAD + words.len()) * WIDTH]);
        let mut windows = vec![0.0; rows * 3 * WIDTH];
        let mut y = vec![0.0; rows * WIDTH];
        for layer in &self.layers[1..] {
            for (row, window) in windows.chunks_exact_mut(3 * WIDTH).enumerate() {
                for (offset, part) in window.chunks_exact_mut(WIDTH).enumerate() {
                    match (row + offset).checked_sub(1).filter(|at| *at < rows) {
                        Some(at) => part.copy_from_slice(&x[at * WIDTH..(at + 1) * WIDTH]),
                        None => part.fill(0.0),
                    }
                }
            }
            layer.apply(&windows, &mut y);
            x.iter_mut().zip(&y).for_each(|(x, y)| *x += y);
        }
        x[PAD * WIDTH..(PAD + words.len()) * WIDTH].chunks_exact(WIDTH).map(|row| self.class(row)).collect()
    }

    fn class(&self, row: &[f32]) -> usize {
        let scores = self.classes.chunks_exact(WIDTH).zip(&self.class_biases);
        let score =
            |(weights, bias): (&[f32], &f32)| bias + row.iter().zip(weights).map(|(x, w)| x * w).sum::<f32>();
        // The first of equals, as NumPy's argmax.
        scores
            .map(score)
            .enumerate()
            .fold(
                (0, f32::NEG_INFINITY),
                |best, (class, score)| {
                    if score > best.1 { (class, score) } else { best }
                },
            )
            .0
    }
}

impl Table {
    /// Adds the four rows that `value` hashes to.
    fn add(&self, value: u64, seed: u32, out: &mut [f32]) {
        let rows = self.rows.len() / WIDTH;
        for key in keys(value, seed) {
            let row = key as usize % rows;
            let scale = &self.scales[4 * row..4 * row + 4];
            let scale = f32::from_le_bytes(scale.try_into().expect("four bytes"));
            let weights = &self.rows[row * WIDTH..(row + 1) * WIDTH];
            out.iter_mut().zip(weights).for_each(|(out, weight)| *out += f32::from(*weight) * scale);
        }
    }
}

impl Layer {
    /// `x`: `[words, inputs]`, `out`: `[words, 96]`.
    fn apply(&self, x: &[f32], out: &mut [f32]) {
        let inputs = self.weights.len() / (WIDTH * PIECES);
        for (x, out) in x.chunks(TILE * inputs).zip(out.chunks_mut(TILE * WIDTH)) {
            let words = out.len() / WIDTH;
            let mut sums = [[0.0_f32; WIDTH * PIECES]; TILE];
            for sums in &mut sums[..words] {
                sums.copy_from_slice(&self.biases);
            }
            for (input, weights) in self.weights.chunks_exact(WIDTH * PIECES).enumerate() {
                for (word, sums) in sums[..words].iter_mut().enumerate() {
                    let value = x[word * inputs + input];
                    sums.iter_mut().zip(weights).for_each(|(sum, weight)| *sum += value * weight);
                }
            }
            for (sums, out) in sums.iter().zip(out.chunks_exact_mut(WIDTH)) {
                for (i, out) in out.iter_mut().enumerate() {
                    *out = sums[i].max(sums[WIDTH + i]).max(sums[2 * WIDTH + i]);
                }
                self.normalise(out);
            }
        }
    }

    fn normalise(&self, row: &mut [f32]) {
        let mean = row.iter().sum::<f32>() / WIDTH as f32;
        let variance = row.iter().map(|x| (x - mean) * (x - mean)).sum::<f32>() / WIDTH as f32;
        let scale = 1.0 / (variance + EPSILON).sqrt();
        for ((x, gain), shift) in row.iter_mut().zip(&self.gains).zip(&self.shifts) {
            *x = (*x - mean) * scale * gain + shift;
        }
    }
}

/// Four keys of a value: thinc's 128-bit MurmurHash3 of one 64-bit number.
fn keys(value: u64, seed: u32) -> [u32; 4] {
    let seed = u64::from(seed);
    let mut h1 =
        value.wrapping_mul(0x87c3_7b91_1142_53d5).rotate_left(31).wrapping_mul(0x4cf5_ad43_2745_937f);
    h1 ^= seed ^ 8;
    let mut h2 = seed ^ 8;
    h1 = h1.wrapping_add(h2);
    h2 = h2.wrapping_add(h1);
    (h1, h2) = (scramble(h1), scramble(h2));
    h1 = h1.wrapping_add(h2);
    h2 = h2.wrapping_add(h1);
    [h1 as u32, (h1 >> 32) as u32, h2 as u32, (h2 >> 32) as u32]
}

fn scramble(mut h: u64) -> u64 {
    h = (h ^ (h >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
    h = (h ^ (h >> 33)).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    h ^ (h >> 33)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_thincs() {
        // Expected: thinc.api.NumpyOps().hash, thinc 8.3.
        assert_eq!(keys(10_239_237_003_504_588_839, 8), [3993151804, 1246972850, 1694760410, 4017942924]);
    }
}
