//! The table of words and phonemes in the program's own data, read where it lies.
//!
//! Layout, little-endian: `KLX1`, u32 counts of entries, blocks, bytes of code tables and bytes of blocks; a u32 for each
//! block, where it begins; the code tables; the blocks. A block is 16 entries in order of their keys, each the number of
//! letters shared with the key before (not for the first), the other letters, an end, the reading, an end. Everything
//! is in canonical Huffman codes, most significant bit first, with one code for the shared lengths and, for letters and for
//! readings, one code for each symbol that can stand before. Written by tools/make_misaki_data.py.

/// Letters of keys, in the order of their codes from 1 on; 0 is the end.
const KEY_SYMBOLS: &[u8; 55] = b"'-.ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/// Phonemes, in the order of their codes from 1 on; 0 is the end.
const PHONEMES: [char; 50] = [
    'A', 'I', 'O', 'Q', 'W', 'Y', 'a', 'b', 'd', 'f', 'h', 'i', 'j', 'k', 'l', 'm', 'n', 'p', 's', 't', 'u',
    'v', 'w', 'z', 'æ', 'ð', 'ŋ', 'ɑ', 'ɒ', 'ɔ', 'ə', 'ɛ', 'ɜ', 'ɡ', 'ɪ', 'ɹ', 'ɾ', 'ʃ', 'ʊ', 'ʌ', 'ʒ', 'ʔ',
    'ʤ', 'ʧ', 'ˈ', 'ˌ', 'ː', 'θ', 'ᵊ', 'ᵻ',
];
const GOLD: u8 = PHONEMES.len() as u8 + 1;
const NOTHING: u8 = GOLD + 2;
const FIRST_TAG: u8 = GOLD + 3;
/// Conditions of readings, in the order of their codes.
const CONDITIONS: [&str; 10] = ["DEFAULT", "None", "NOUN", "VERB", "ADJ", "ADV", "VBD", "VBN", "VBP", "DT"];
const VALUE_SYMBOLS: usize = FIRST_TAG as usize + CONDITIONS.len();
/// Entries in a block.
const BLOCK: usize = 16;
const MAX_BITS: usize = 15;
/// Bytes of the head: the mark and four counts.
const HEAD: usize = 20;

/// How a word of the lexicon is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    /// Checked by hand upstream; the other entries are not.
    pub gold: bool,
    /// Readings.
    pub reading: Reading,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Reading {
    /// Always the same phonemes.
    One(String),
    /// Phonemes by the part of speech: a Penn tag, its parent, `DEFAULT`, or `None` where nothing follows; no phonemes
    /// if it is spelled.
    ByTag(Vec<(&'static str, Option<String>)>),
}

/// A table of words.
pub(super) struct Packed {
    blocks: &'static [u8],
    offsets: &'static [u8],
    /// The first eight bytes of each block's first key, big-endian, so that most of a search needs no decoding.
    firsts: Vec<u64>,
    shared: Code,
    letters: Vec<Code>,
    values: Vec<Code>,
    len: usize,
}

/// A canonical Huffman code. Empty if nothing ever stands in its context.
#[derive(Default)]
struct Code {
    /// How many codes there are of each length.
    counts: [u16; MAX_BITS + 1],
    /// By length, then by symbol.
    symbols: Vec<u8>,
}

struct Bits<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Packed {
    /// The table in `data`, which is part of the program.
    ///
    /// # Panics
    /// If `data` is not such a table.
    pub fn new(data: &'static [u8]) -> Packed {
        assert!(data.starts_with(b"KLX1"), "lexicon: not a table");
        let count = |i: usize| read_u32(data, 4 * i) as usize;
        let (len, blocks, head, bytes) = (count(1), count(2), count(3), count(4));
        let tables = HEAD + 4 * blocks;
        assert_eq!(data.len(), tables + head + bytes, "lexicon: wrong length");
        let mut at = tables;
        let mut codes = (0..1 + KEY_SYMBOLS.len() + 1 + VALUE_SYMBOLS).map(|_| Code::read(data, &mut at));
        let shared = codes.next().expect("counted above");
        let letters: Vec<Code> = codes.by_ref().take(KEY_SYMBOLS.len() + 1).collect();
        let values: Vec<Code> = codes.collect();
        assert_eq!(at, tables + head, "lexicon: code tables of another length");
        let mut packed = Packed {
            blocks: &data[at..],
            offsets: &data[HEAD..tables],
            firsts: Vec::new(),
            shared,
            letters,
            values,
            len,
        };
        packed.firsts = (0..blocks).map(|block| prefix(&packed.first_key(block))).collect();
        packed
    }

    /// How many entries there are.
    #[cfg(test)]
    pub fn len(&self) -> usize {
        self.len
    }

    /// The entry of exactly this word.
    pub fn get(&self, word: &str) -> Option<Entry> {
        let mut bits = self.seek(word)?;
        Some(entry(&self.value(&mut bits)))
    }

    /// Whether there is an entry of exactly this word.
    pub fn contains(&self, word: &str) -> bool {
        self.seek(word).is_some()
    }

    /// Where the reading of `word` begins.
    fn seek(&self, word: &str) -> Option<Bits<'_>> {
        if word.is_empty() || !word.bytes().all(|b| KEY_SYMBOLS.contains(&b)) {
            return None;
        }
        let wanted = prefix(word.as_bytes());
        // Blocks that begin with the same eight letters are told apart by their whole first key.
        let (mut low, mut high) =
            (self.firsts.partition_point(|f| *f < wanted), self.firsts.partition_point(|f| *f <= wanted));
        while low < high {
            let middle = low.midpoint(high);
            if self.first_key(middle).as_slice() <= word.as_bytes() {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        let block = low.checked_sub(1)?;
        let mut bits = self.block(block);
        let mut key = Vec::with_capacity(48);
        for i in 0..BLOCK.min(self.len - block * BLOCK) {
            if i > 0 {
                key.truncate(self.shared.decode(&mut bits) as usize);
            }
            self.key(&mut bits, &mut key);
            match key.as_slice().cmp(word.as_bytes()) {
                std::cmp::Ordering::Equal => return Some(bits),
                std::cmp::Ordering::Greater => return None,
                std::cmp::Ordering::Less => self.skip_value(&mut bits),
            }
        }
        None
    }

    fn block(&self, block: usize) -> Bits<'_> {
        Bits { bytes: self.blocks, at: read_u32(self.offsets, 4 * block) as usize * 8 }
    }

    fn first_key(&self, block: usize) -> Vec<u8> {
        let mut key = Vec::with_capacity(48);
        self.key(&mut self.block(block), &mut key);
        key
    }

    /// Reads the letters of a key behind those that `key` holds.
    fn key(&self, bits: &mut Bits<'_>, key: &mut Vec<u8>) {
        let mut context = key.last().map_or(0, |last| {
            KEY_SYMBOLS.iter().position(|k| k == last).expect("keys are made of these") + 1
        });
        loop {
            let symbol = self.letters[context].decode(bits) as usize;
            if symbol == 0 {
                return;
            }
            key.push(KEY_SYMBOLS[symbol - 1]);
            context = symbol;
        }
    }

    fn value(&self, bits: &mut Bits<'_>) -> Vec<u8> {
        let (mut symbols, mut context) = (Vec::with_capacity(24), 0);
        loop {
            let symbol = self.values[context as usize].decode(bits);
            if symbol == 0 {
                return symbols;
            }
            symbols.push(symbol);
            context = symbol;
        }
    }

    fn skip_value(&self, bits: &mut Bits<'_>) {
        let mut context = 0;
        loop {
            context = self.values[context as usize].decode(bits);
            if context == 0 {
                return;
            }
        }
    }
}

impl Code {
    fn read(data: &[u8], at: &mut usize) -> Code {
        let mut code = Code::default();
        let count = usize::from(data[*at]);
        for pair in data[*at + 1..*at + 1 + 2 * count].chunks_exact(2) {
            code.symbols.push(pair[0]);
            code.counts[usize::from(pair[1])] += 1;
        }
        *at += 1 + 2 * count;
        code
    }

    fn decode(&self, bits: &mut Bits<'_>) -> u8 {
        let window = bits.peek();
        let (mut first, mut index) = (0, 0);
        for length in 1..=MAX_BITS {
            let code = window >> (MAX_BITS - length);
            let count = u32::from(self.counts[length]);
            if code - first < count {
                bits.at += length;
                return self.symbols[(index + code - first) as usize];
            }
            index += count;
            first = (first + count) << 1;
        }
        unreachable!("the codes of the built-in lexicons are complete")
    }
}

impl Bits<'_> {
    /// The next [`MAX_BITS`] bits; behind the end there are zeros.
    fn peek(&self) -> u32 {
        let byte = self.at / 8;
        let at = |i: usize| u32::from(self.bytes.get(byte + i).copied().unwrap_or(0));
        let window = (at(0) << 16) | (at(1) << 8) | at(2);
        (window >> (24 - MAX_BITS - self.at % 8)) & ((1 << MAX_BITS) - 1)
    }
}

fn entry(symbols: &[u8]) -> Entry {
    let phoneme = |symbol: &u8| PHONEMES[usize::from(*symbol) - 1];
    let (source, value) = symbols.split_first().expect("a reading begins with its source");
    let reading = if value.first().is_some_and(|first| *first >= FIRST_TAG) {
        let parts = value.chunk_by(|_, next| *next < FIRST_TAG);
        Reading::ByTag(
            parts
                .map(|part| {
                    let condition = CONDITIONS[usize::from(part[0] - FIRST_TAG)];
                    let nothing = part.get(1) == Some(&NOTHING);
                    (condition, (!nothing).then(|| part[1..].iter().map(phoneme).collect()))
                })
                .collect(),
        )
    } else {
        Reading::One(value.iter().map(phoneme).collect())
    };
    Entry { gold: *source == GOLD, reading }
}

/// The first eight bytes as a number that sorts like them.
fn prefix(key: &[u8]) -> u64 {
    let mut bytes = [0; 8];
    let len = key.len().min(8);
    bytes[..len].copy_from_slice(&key[..len]);
    u64::from_be_bytes(bytes)
}

fn read_u32(data: &[u8], at: usize) -> u32 {
    u32::from_le_bytes(data[at..at + 4].try_into().expect("four bytes"))
}
