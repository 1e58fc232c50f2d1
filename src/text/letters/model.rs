//! The network that reads letters, and its file.
//!
//! Source: `write_model` and `forward` of tools/train_letters.py. Activations are `[letters + 2, channels]`: the word
//! stands between two boundary symbols. A block adds `relu(near · in + bias) · out` to them, where `near` is, for each
//! letter, the normalised activations of the letters `dilation` before it, of itself and `dilation` behind it.

/// What the network knows of one dialect.
#[derive(Debug)]
struct Head {
    /// Groups of phonemes that a letter may stand for.
    labels: Vec<String>,
    /// For each label, whether it carries the primary stress.
    stressed: Vec<bool>,
    /// `[channels, labels]`.
    weights: Vec<f32>,
    bias: Vec<f32>,
    /// Short words that the network misreads with their phonemes, sorted.
    exceptions: Vec<(String, String)>,
}

/// A residual block.
#[derive(Debug)]
struct Block {
    dilation: usize,
    /// `[3 channels, hidden]`.
    input: Vec<f32>,
    bias: Vec<f32>,
    /// `[hidden, channels]`.
    output: Vec<f32>,
}

/// The network.
#[derive(Debug)]
pub(super) struct Model {
    channels: usize,
    /// `[symbols, channels]`: nothing, the letters, the apostrophe, the boundary.
    embedding: Vec<f32>,
    blocks: Vec<Block>,
    heads: Vec<Head>,
}

/// Number of symbols, see [`symbol`].
const SYMBOLS: usize = 29;
/// The symbol before and behind a word.
const BOUNDARY: usize = 28;

/// The symbol of a lower-case letter or apostrophe.
fn symbol(letter: u8) -> usize {
    match letter {
        b'a'..=b'z' => usize::from(letter - b'a') + 1,
        _ => 27,
    }
}

impl Model {
    /// Reads the file; `None` if it is not one.
    pub(super) fn parse(bytes: &[u8]) -> Option<Model> {
        let mut file = File(bytes);
        if file.take(4)? != b"KGLS" || file.u16()? != 1 {
            return None;
        }
        let (channels, hidden) = (file.u16()?, file.u16()?);
        let (depth, heads) = (file.u16()?, file.u16()?);
        let dilations = file.take(depth)?;
        let embedding = file.matrix(SYMBOLS, channels)?;
        let block = |&dilation: &u8| {
            Some(Block {
                dilation: dilation.into(),
                input: file.matrix(3 * channels, hidden)?,
                bias: file.floats(hidden)?,
                output: file.matrix(hidden, channels)?,
            })
        };
        let blocks = dilations.iter().map(block).collect::<Option<Vec<_>>>()?;
        let heads = (0..heads).map(|_| Head::parse(&mut file, channels)).collect::<Option<Vec<_>>>()?;
        file.0.is_empty().then_some(Model { channels, embedding, blocks, heads })
    }

    /// The phonemes of `word`, lower-case letters and apostrophes, in dialect `head` (0 American, 1 British).
    ///
    /// # Panics
    /// If there is no such dialect.
    pub(super) fn read(&self, word: &str, head: usize) -> String {
        let head = &self.heads[head];
        if let Ok(at) = head.exceptions.binary_search_by(|(exception, _)| exception.as_str().cmp(word)) {
            return head.exceptions[at].1.clone();
        }
        head.read(&self.features(word), self.channels)
    }

    /// The normalised features of `word`, `[letters + 2, channels]`.
    fn features(&self, word: &str) -> Vec<f32> {
        let channels = self.channels;
        let symbols = [BOUNDARY].into_iter().chain(word.bytes().map(symbol)).chain([BOUNDARY]);
        let mut x: Vec<f32> =
            symbols.flat_map(|s| &self.embedding[s * channels..][..channels]).copied().collect();
        for block in &self.blocks {
            let y = normalised(&x, channels);
            let hidden = block.bias.len();
            let offset = block.dilation * channels;
            let mut near = Vec::new();
            for (at, out) in x.chunks_exact_mut(channels).enumerate() {
                let at = at * channels;
                let mut activations = block.bias.clone();
                let mut add = |from: Option<usize>, part: usize| {
                    if let Some(row) = from.and_then(|from| y.get(from..from + channels)) {
                        multiply_add(row, &block.input[part * channels * hidden..], &mut activations);
                    }
                };
                add(at.checked_sub(offset), 0);
                add(Some(at), 1);
                add(Some(at + offset), 2);
                near.clear();
                near.extend(activations.iter().map(|a| a.max(0.0)));
                multiply_add(&near, &block.output, out);
            }
        }
        normalised(&x, channels)
    }
}

impl Head {
    fn parse(file: &mut File<'_>, channels: usize) -> Option<Head> {
        let (count, len) = (file.u16()?, file.u16()?);
        let names = std::str::from_utf8(file.take(len)?).ok()?;
        let labels: Vec<String> = names.split('\n').map(final_symbols).collect();
        if labels.len() != count {
            return None;
        }
        let stressed = labels.iter().map(|label| label.contains('ˈ')).collect();
        let weights = file.matrix(channels, count)?;
        let bias = file.floats(count)?;
        let len = u32::from_le_bytes(file.take(4)?.try_into().ok()?);
        let lines = std::str::from_utf8(file.take(usize::try_from(len).ok()?)?).ok()?;
        let exception = |line: &str| {
            let (word, phonemes) = line.split_once('\t')?;
            Some((word.to_owned(), final_symbols(phonemes)))
        };
        let exceptions = lines.lines().map(exception).collect::<Option<Vec<_>>>()?;
        exceptions.is_sorted().then_some(Head { labels, stressed, weights, bias, exceptions })
    }

    /// The likeliest groups with exactly one primary stress, if any group may have one.
    fn read(&self, features: &[f32], channels: usize) -> String {
        let rows = features.chunks_exact(channels);
        let letters = rows.len().saturating_sub(2);
        let mut scores = self.bias.clone();
        // For each letter the best group without primary stress; the place where having it costs least.
        let mut choice = Vec::with_capacity(letters);
        let mut primary: Option<(f32, usize, usize)> = None;
        for row in rows.skip(1).take(letters) {
            scores.copy_from_slice(&self.bias);
            multiply_add(row, &self.weights, &mut scores);
            let best = |stressed: bool| {
                let of_kind = (0..scores.len()).filter(|&i| self.stressed[i] == stressed);
                of_kind.reduce(|a, b| if scores[b] > scores[a] { b } else { a })
            };
            let plain = best(false);
            if let Some(with) = best(true) {
                let gain = scores[with] - plain.map_or(0.0, |plain| scores[plain]);
                if primary.is_none_or(|(most, ..)| gain > most) {
                    primary = Some((gain, choice.len(), with));
                }
            }
            choice.push(plain.unwrap_or_default());
        }
        if let Some((_, at, label)) = primary {
            choice[at] = label;
        }
        choice.into_iter().map(|label| self.labels[label].as_str()).collect()
    }
}

/// The lexicons' flap and glottal stop as the v1.0 model writes them.
fn final_symbols(phonemes: &str) -> String {
    phonemes.replace('ɾ', "T").replace('ʔ', "t")
}

/// `out += row · weights`, `weights` being `[row, out]` or longer. What is zero is skipped, as half of the hidden
/// activations are.
fn multiply_add(row: &[f32], weights: &[f32], out: &mut [f32]) {
    for (&x, weights) in row.iter().zip(weights.chunks_exact(out.len())) {
        if x != 0.0 {
            for (sum, &weight) in out.iter_mut().zip(weights) {
                *sum += x * weight;
            }
        }
    }
}

/// Each row divided by the root of its mean square.
fn normalised(x: &[f32], channels: usize) -> Vec<f32> {
    let mut y = Vec::with_capacity(x.len());
    for row in x.chunks_exact(channels) {
        let mean_square = row.iter().map(|v| v * v).sum::<f32>() / channels as f32;
        let scale = 1.0 / (mean_square + 1e-6).sqrt();
        y.extend(row.iter().map(|v| v * scale));
    }
    y
}

/// What is left of the file.
struct File<'a>(&'a [u8]);

impl<'a> File<'a> {
    fn take(&mut self, len: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(len)?;
        self.0 = rest;
        Some(taken)
    }

    fn u16(&mut self) -> Option<usize> {
        let bytes = self.take(2)?;
        Some(u16::from_le_bytes([bytes[0], bytes[1]]).into())
    }

    fn floats(&mut self, count: usize) -> Option<Vec<f32>> {
        let (floats, _) = self.take(count.checked_mul(4)?)?.as_chunks::<4>();
        Some(floats.iter().map(|&bytes| f32::from_le_bytes(bytes)).collect())
    }

    /// `[rows, columns]` of eight-bit weights with a scale for each column.
    fn matrix(&mut self, rows: usize, columns: usize) -> Option<Vec<f32>> {
        let scale = self.floats(columns)?;
        let weights = self.take(rows.checked_mul(columns)?)?;
        let row = |row: &'a [u8]| row.iter().zip(&scale).map(|(&q, scale)| f32::from(q as i8) * scale);
        Some(weights.chunks_exact(columns.max(1)).flat_map(row).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_damaged_file_is_refused() {
        let bytes = super::super::reader::MODEL;
        assert!(Model::parse(bytes).is_some());
        assert!(Model::parse(&[]).is_none());
        assert!(Model::parse(&bytes[..bytes.len() - 1]).is_none());
        assert!(Model::parse(&[bytes, b"x"].concat()).is_none());
        assert!(Model::parse(&bytes[1..]).is_none());
        for len in [4, 14, 40, 1000, 100_000] {
            assert!(Model::parse(&bytes[..len]).is_none());
        }
    }
}
